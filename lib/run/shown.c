#include "run/shown.h"

#include "base/json.h"
#include "base/mem.h"
#include "check/normalize.h"

struct ay_shower {
    assay_result *result;
    const ay_dataset_result *dataset;
    ay_finding *finding;
    ay_arena heap; /* of one finding */
    ay_buf text;   /* scratch */
    ay_buf shown;  /* masked */
    ay_norm_room room;
    ay_memo *memos; /* of the rules of `dataset`; NULL: it is not set yet */
    bool is_masked;
    bool key_is_masked;
    ay_buf key_bytes; /* those that `key` shows; empty: it shows none */
    ay_json json;     /* into one of these: */
    ay_buf key, value, reason, suggestion;
};

assay_status ay_shower_open(assay_result *result, ay_shower **ret, assay_err *err)
{
    ay_shower *s = AY_NEW(ay_shower);
    AY_NOMEM_IF(!s, err);
    s->result = result;
    s->finding = AY_NEW(ay_finding);
    if (!s->finding) {
        ay_shower_free(s);
        return ay_fail_nomem(err);
    }
    *ret = s;
    return ASSAY_OK;
}

/* The scratch buffer, empty; a failure in it becomes one of the output. */
static ay_buf *blank(ay_shower *s, ay_buf *scratch)
{
    if (scratch->failed) s->json.out->failed = scratch->failed;
    ay_buf_clear(scratch);
    return scratch;
}

static void write_to(ay_shower *s, ay_buf *out)
{
    ay_buf_clear(out);
    s->json = (ay_json){.out = out};
}

/* `rule` as in ay_leaving. */
static void put_masked(ay_shower *s, const ay_rule *rule, uint32_t field, ay_str text)
{
    const ay_leaving what = {s->dataset->dataset, field, rule};
    if (!ay_gate_hides(&s->result->gate, what, text)) {
        ay_json_str(&s->json, text);
        return;
    }
    s->is_masked = true;
    ay_gate_put(&s->result->gate, what, text, blank(s, &s->shown));
    ay_json_str(&s->json, ay_buf_view(&s->shown));
}

/* The cell as text; one that is text already is not copied. */
static ay_str text_of(ay_shower *s, const ay_cell *cell)
{
    return ay_cell_view(cell, s->result->pack->zone, blank(s, &s->text));
}

static void put_cell(ay_shower *s, const ay_rule *rule, uint32_t field, const ay_cell *cell)
{
    if (cell->is_null) {
        ay_json_null(&s->json);
        return;
    }
    const ay_str text = text_of(s, cell);
    const bool is_number =
        cell->type == AY_INT && !cell->is_bad && s->dataset->dataset->fields[field].level <= AY_INTERNAL;
    if (is_number) ay_json_raw(&s->json, text);
    else put_masked(s, rule, field, text);
}

static void put_key(ay_shower *s, const ay_finding *f)
{
    const ay_dataset *d = s->dataset->dataset;
    bool is_known = false;
    for (uint32_t k = 0; k < f->n_key; k++) is_known |= !f->key[k].is_null;
    if (!is_known) {
        ay_json_null(&s->json);
        return;
    }
    ay_json_open_object(&s->json);
    for (uint32_t k = 0; k < f->n_key; k++) {
        ay_json_key(&s->json, d->fields[d->key[k]].name);
        put_cell(s, NULL, d->key[k], &f->key[k]);
    }
    ay_json_close_object(&s->json);
}

static void put_values(ay_shower *s, const ay_rule *rule, const ay_finding *f)
{
    const ay_field *fields = s->dataset->dataset->fields;
    if (f->n_values == 1) {
        put_cell(s, rule, rule->fields[0], &f->values[0]);
        return;
    }
    ay_json_open_object(&s->json);
    for (uint32_t i = 0; i < f->n_values; i++) {
        ay_json_key(&s->json, fields[rule->fields[i]].name);
        put_cell(s, rule, rule->fields[i], &f->values[i]);
    }
    ay_json_close_object(&s->json);
}

/* What a normaliser would make of the one text the rule reads. False: nothing else, or memory ran out. */
static bool repair(ay_shower *s, const ay_rule *rule, const ay_facts *facts, ay_cell *ret)
{
    if (rule->n_fields != 1 || facts->values[0].is_null) return false;
    const ay_str text = facts->values[0].v.str;
    const uint32_t normalizers = s->dataset->dataset->fields[rule->fields[0]].normalizers;
    *ret = facts->values[0];
    s->text.failed = ay_norm_apply(normalizers, text, &s->room, &ret->v.str, NULL);
    return !s->text.failed && !ay_str_eq(ret->v.str, text);
}

/* The kind speaks of the value that the allowed repairs make; where it has nothing to say they were all that was
 * needed, or all that is known. */
static bool suggest(ay_shower *s, const ay_rule *rule, const ay_facts *facts, ay_memo *memo, ay_suggestion *ret)
{
    ay_cell repaired;
    ay_facts told = *facts;
    const bool is_repaired = repair(s, rule, facts, &repaired);
    if (s->text.failed) return false;
    if (is_repaired) told.values = &repaired;
    if (ay_rule_suggest(rule, s->dataset->dataset->fields, &told, memo, ret, &s->text)) return true;
    if (!is_repaired || s->text.failed) return false;
    *ret = (ay_suggestion){.by = AY_BY_NORMALIZER, .confidence = AY_NORM_CONFIDENCE};
    ay_buf_str(&s->text, repaired.v.str);
    return true;
}

static bool put_suggestion(ay_shower *s, const ay_rule *rule, const ay_facts *facts, ay_memo *memo, ay_suggestion *ret)
{
    blank(s, &s->text);
    if (!suggest(s, rule, facts, memo, ret)) return false;
    const uint32_t field = rule->fields[ret->i];
    if (rule->n_fields == 1) {
        put_masked(s, rule, field, ay_buf_view(&s->text));
        return true;
    }
    ay_json_open_object(&s->json);
    ay_json_key(&s->json, s->dataset->dataset->fields[field].name);
    put_masked(s, rule, field, ay_buf_view(&s->text));
    ay_json_close_object(&s->json);
    return true;
}

/* ---- the memos of a dataset's rules ---- */

/* One for each rule, and the last for rejected records. */
static size_t n_memos(const ay_dataset_result *d)
{
    return (size_t)d->dataset->n_rules + 1;
}

static void free_memos(ay_shower *s)
{
    for (size_t i = 0; s->memos && i < n_memos(s->dataset); i++) ay_memo_close(&s->memos[i]);
    s->memos = (ay_memo *)ay_free(s->memos);
}

static assay_status turn_to(ay_shower *s, const ay_dataset_result *dataset, assay_err *err)
{
    if (s->memos && s->dataset == dataset) return ASSAY_OK;
    free_memos(s);
    ay_buf_clear(&s->key_bytes);
    s->dataset = dataset;
    s->memos = AY_NEW_ARRAY(n_memos(dataset), ay_memo);
    AY_NOMEM_IF(!s->memos, err);
    return ASSAY_OK;
}

static ay_memo *memo_of(const ay_shower *s, uint32_t ordinal)
{
    const uint32_t n = s->dataset->dataset->n_rules;
    return &s->memos[ordinal < n ? ordinal : n];
}

/* ---- the key: that of the finding before, more often than not ---- */

static assay_status show_key(ay_shower *s, ay_str bytes, assay_err *err)
{
    size_t length;
    ay_buf_clear(&s->key_bytes);
    ay_arena_reset(&s->heap);
    AY_TRY(ay_finding_take_key(bytes, s->dataset->dataset->n_key, &s->heap, s->finding, &length, err));
    s->is_masked = false;
    write_to(s, &s->key);
    put_key(s, s->finding);
    s->key_is_masked = s->is_masked;
    AY_TRY(ay_buf_status(&s->key, err));
    ay_buf_str(&s->key_bytes, ay_str_slice(bytes, 0, length));
    return ay_buf_status(&s->key_bytes, err);
}

/* No key begins another one. */
static bool has_key(const ay_shower *s, ay_str bytes)
{
    const size_t n = s->key_bytes.len;
    return n && n <= bytes.len && memcmp(bytes.ptr, s->key_bytes.ptr, n) == 0;
}

assay_status ay_show_key(ay_shower *s, const ay_dataset_result *dataset, ay_str bytes, ay_str *ret, ay_str *ret_fault,
                         assay_err *err)
{
    AY_TRY(turn_to(s, dataset, err));
    if (!has_key(s, bytes)) AY_TRY(show_key(s, bytes, err));
    *ret = ay_buf_view(&s->key);
    *ret_fault = ay_str_slice(bytes, s->key_bytes.len, bytes.len);
    return ASSAY_OK;
}

/* ---- the whole ---- */

static void show(ay_shower *s, const ay_rule *rule, ay_shown *ret)
{
    const ay_finding *f = s->finding;
    const ay_field *fields = s->dataset->dataset->fields;
    const ay_facts facts = {.values = f->values,
                            .detail = f->detail,
                            .n_detail = f->n_detail,
                            .verdict = f->verdict,
                            .today = s->result->today};
    s->is_masked = s->key_is_masked;
    write_to(s, &s->value);
    put_values(s, rule, f);
    write_to(s, &s->reason);
    ay_rule_reason(rule, fields, &facts, strcmp(s->result->lang, "zh") == 0, &s->reason);
    write_to(s, &s->suggestion);
    ay_suggestion suggestion = {0};
    const bool is_suggested = f->n_values && put_suggestion(s, rule, &facts, memo_of(s, f->ordinal), &suggestion);
    blank(s, &s->text);
    blank(s, &s->shown);
    *ret = (ay_shown){.rule = rule,
                      .key = ay_buf_view(&s->key),
                      .field = f->n_values == 1 ? fields[rule->fields[0]].name : NULL,
                      .value = ay_buf_view(&s->value),
                      .reason = ay_buf_view(&s->reason),
                      .suggestion = is_suggested ? ay_buf_view(&s->suggestion) : (ay_str){0},
                      .suggestion_by = is_suggested ? ay_origin_name(suggestion.by) : "",
                      .confidence = suggestion.confidence,
                      .is_masked = s->is_masked,
                      .verdict = f->verdict == AY_FAIL ? "fail" : "unreadable"};
}

assay_status ay_show(ay_shower *s, const ay_dataset_result *dataset, ay_str bytes, ay_shown *ret, assay_err *err)
{
    ay_str key, fault;
    AY_TRY(ay_show_key(s, dataset, bytes, &key, &fault, err));
    ay_arena_reset(&s->heap);
    AY_TRY(ay_finding_take_fault(fault, &s->heap, s->finding, err));
    show(s, ay_finding_rule(dataset, s->finding->ordinal), ret);
    AY_TRY(ay_buf_status(&s->value, err));
    AY_TRY(ay_buf_status(&s->reason, err));
    return ay_buf_status(&s->suggestion, err);
}

ay_shower *ay_shower_free(ay_shower *s)
{
    if (!s) return NULL;
    free_memos(s);
    ay_free(s->finding);
    ay_arena_free(&s->heap);
    ay_norm_room_free(&s->room);
    ay_buf *const bufs[] = {&s->text, &s->shown, &s->key_bytes, &s->key, &s->value, &s->reason, &s->suggestion};
    for (size_t i = 0; i < AY_COUNT(bufs); i++) ay_buf_free(bufs[i]);
    return ay_free(s);
}
