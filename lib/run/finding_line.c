#include "run/finding_line.h"

#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "run/shown.h"

#define PAIRS 256 /* of faults whose words are kept */
#define LONG  512 /* bytes of a fault that will hardly come again */

/* A line but for the key. */
typedef struct wording {
    const ay_dataset_result *dataset; /* NULL: none is kept here */
    ay_buf fault;                     /* its bytes */
    ay_buf text;
    size_t before; /* of it, what stands before the key */
} wording;

struct ay_liner {
    ay_shower *shower;
    wording known[PAIRS][2]; /* by the hash of the fault, the later one first */
    wording once;            /* the last long one */
};

assay_status ay_liner_open(assay_result *result, ay_liner **ret, assay_err *err)
{
    ay_liner *l = AY_NEW(ay_liner);
    AY_NOMEM_IF(!l, err);
    const assay_status st = ay_shower_open(result, &l->shower, err);
    if (st == ASSAY_OK) *ret = l;
    else ay_free(l);
    return st;
}

static void wording_free(wording *w)
{
    ay_buf_free(&w->fault);
    ay_buf_free(&w->text);
}

ay_liner *ay_liner_free(ay_liner *l)
{
    if (!l) return NULL;
    for (size_t i = 0; i < PAIRS; i++) {
        wording_free(&l->known[i][0]);
        wording_free(&l->known[i][1]);
    }
    wording_free(&l->once);
    ay_shower_free(l->shower);
    return (ay_liner *)ay_free(l);
}

/* The members are always the same, in the same order: what stands between their values is written as it is. */
#define PUT(out, literal) ay_buf_put((out), (literal), sizeof(literal) - 1)

static void put_before_key(const ay_dataset *dataset, const ay_shown *shown, ay_buf *out)
{
    ay_json json = {.out = out};
    PUT(out, "{\"dataset\":");
    ay_json_text(&json, dataset->name);
    PUT(out, ",\"rule\":");
    ay_json_text(&json, shown->rule->id);
    PUT(out, ",\"key\":");
}

static void put_suggestion(const ay_shown *shown, ay_json *json, ay_buf *out)
{
    PUT(out, ",\"suggestion\":");
    ay_buf_str(out, shown->suggestion);
    PUT(out, ",\"suggestion_by\":");
    ay_json_text(json, shown->suggestion_by);
    PUT(out, ",\"confidence\":");
    ay_buf_int(out, shown->confidence);
}

static void put_after_key(const ay_shown *shown, ay_buf *out)
{
    ay_json json = {.out = out};
    PUT(out, ",\"field\":");
    ay_json_text(&json, shown->field);
    if (shown->field) PUT(out, ",\"value\":");
    else PUT(out, ",\"values\":");
    ay_buf_str(out, shown->value);
    PUT(out, ",\"verdict\":");
    ay_json_text(&json, shown->verdict);
    PUT(out, ",\"reason\":");
    ay_json_str(&json, shown->reason);
    if (shown->suggestion.ptr) put_suggestion(shown, &json, out);
    PUT(out, "}\n");
}

static assay_status put_into_words(ay_liner *l, const ay_dataset_result *dataset, ay_str finding, ay_str fault,
                                   wording *w, assay_err *err)
{
    ay_shown shown;
    w->dataset = NULL;
    AY_TRY(ay_show(l->shower, dataset, finding, &shown, err));
    ay_buf_clear(&w->text);
    put_before_key(dataset->dataset, &shown, &w->text);
    w->before = w->text.len;
    put_after_key(&shown, &w->text);
    AY_TRY(ay_buf_status(&w->text, err));
    ay_buf_clear(&w->fault);
    ay_buf_str(&w->fault, fault);
    AY_TRY(ay_buf_status(&w->fault, err));
    w->dataset = dataset;
    return ASSAY_OK;
}

static bool is_about(const wording *w, const ay_dataset_result *dataset, ay_str fault)
{
    return w->dataset == dataset && ay_str_eq(ay_buf_view(&w->fault), fault);
}

/* The one about this fault, or the one that is to be. */
static wording *wording_of(ay_liner *l, const ay_dataset_result *dataset, ay_str fault)
{
    if (fault.len > LONG) return &l->once;
    wording *pair = l->known[ay_hash64(fault) % PAIRS];
    if (is_about(&pair[0], dataset, fault)) return &pair[0];
    if (is_about(&pair[1], dataset, fault)) return &pair[1];
    const wording earlier = pair[1];
    pair[1] = pair[0];
    pair[0] = earlier;
    return &pair[0];
}

assay_status ay_liner_put(ay_liner *l, const ay_dataset_result *dataset, ay_str finding, ay_buf *out, assay_err *err)
{
    ay_str key, fault;
    AY_TRY(ay_show_key(l->shower, dataset, finding, &key, &fault, err));
    wording *w = wording_of(l, dataset, fault);
    if (!is_about(w, dataset, fault)) AY_TRY(put_into_words(l, dataset, finding, fault, w, err));
    ay_buf_put(out, w->text.ptr, w->before);
    ay_buf_str(out, key);
    ay_buf_put(out, w->text.ptr + w->before, w->text.len - w->before);
    return ASSAY_OK;
}
