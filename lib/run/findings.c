/* findings.ndjson: each finding put into words and masked, in order of dataset, key, rule. */
#include "base/json.h"
#include "base/stream.h"
#include "base/thread.h"
#include "proof/line_tree.h"
#include "run/result.h"
#include "run/shown.h"

#define BATCH ((size_t)256 << 10) /* bytes, and the rest of a line */
#define MANY  4096                /* findings that are worth a thread of their own */

/* The members are always the same, in the same order: what stands between their values is written as it is. */
#define PUT(out, literal) ay_buf_put((out), (literal), sizeof(literal) - 1)

static void put_suggestion(const ay_shown *shown, ay_json *json, ay_buf *out)
{
    PUT(out, ",\"suggestion\":");
    ay_buf_str(out, shown->suggestion);
    PUT(out, ",\"suggestion_by\":");
    ay_json_text(json, shown->suggestion_by);
    PUT(out, ",\"confidence\":");
    ay_buf_int(out, shown->confidence);
}

static void put_finding(const ay_dataset *dataset, const ay_shown *shown, ay_buf *out)
{
    ay_json json = {.out = out};
    PUT(out, "{\"dataset\":");
    ay_json_text(&json, dataset->name);
    PUT(out, ",\"rule\":");
    ay_json_text(&json, shown->rule->id);
    PUT(out, ",\"key\":");
    ay_buf_str(out, shown->key);
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

/* ---- Batches of lines, one after another ---- */

typedef struct wording {
    assay_result *result;
    ay_shower *shower;
    uint32_t dataset;  /* by its number: the one whose turn it is */
    ay_sorted *sorted; /* its findings; NULL: not opened yet */
    ay_buf lines;
} wording;

static assay_status add_line(wording *w, assay_err *err)
{
    const ay_dataset_result *d = &w->result->datasets[w->dataset];
    bool end = !d->selected || !d->fed;
    ay_sort_record record;
    ay_shown shown;
    if (!end && !w->sorted) AY_TRY(ay_sorted_open(d->partial.sorted, &w->sorted, err));
    if (!end) AY_TRY(ay_sorted_next(w->sorted, &record, &end, err));
    if (end) {
        w->sorted = ay_sorted_close(w->sorted);
        w->dataset++;
        return ASSAY_OK;
    }
    AY_TRY(ay_show(w->shower, d, record.bytes, &shown, err));
    put_finding(d->dataset, &shown, &w->lines);
    return ASSAY_OK;
}

/* The next lines; none: that was all. */
static assay_status add_lines(void *self, assay_err *err)
{
    wording *w = (wording *)self;
    ay_buf_clear(&w->lines);
    while (w->lines.len < BATCH && w->dataset < w->result->pack->n_datasets) AY_TRY(add_line(w, err));
    return ay_buf_status(&w->lines, err);
}

/* ---- Writing: a batch is hashed and handed over while the next one is put into words ---- */

typedef struct writing {
    wording wording;
    ay_companion *companion; /* it does the wording; NULL: there is not enough of it */
    ay_line_tree *tree;      /* NULL: nobody asks for it, or it is known */
    ay_stream *out;
} writing;

static assay_status open_parts(writing *w, assay_err *err)
{
    assay_result *result = w->wording.result;
    const ay_proving *proving = result->has_findings_tree ? NULL : ay_result_proving(result);
    AY_TRY(ay_shower_open(result, &w->wording.shower, err));
    if (proving) AY_TRY(ay_line_tree_open(proving->alg, AY_PROVIDER_LANES, &w->tree, err));
    if (assay_result_finding_count(result) < MANY) return ASSAY_OK;
    return ay_companion_open(add_lines, &w->wording, &w->companion, err);
}

static void close_parts(writing *w)
{
    ay_companion_close(w->companion); /* before what it works on */
    ay_sorted_close(w->wording.sorted);
    ay_shower_free(w->wording.shower);
    ay_buf_free(&w->wording.lines);
    (void)ay_line_tree_free(w->tree);
}

/* Into the stream's buffer; the companion is at work on the batch behind it. */
static assay_status next_batch(writing *w, assay_err *err)
{
    AY_TRY(w->companion ? ay_companion_wait(w->companion, err) : add_lines(&w->wording, err));
    const ay_buf written = w->out->buf;
    w->out->buf = w->wording.lines;
    w->wording.lines = written;
    if (w->companion && w->out->buf.len) ay_companion_start(w->companion);
    return ASSAY_OK;
}

static assay_status write_all(writing *w, assay_err *err)
{
    AY_TRY(open_parts(w, err));
    if (w->companion) ay_companion_start(w->companion);
    for (;;) {
        AY_TRY(next_batch(w, err));
        if (!w->out->buf.len) break;
        if (w->tree) AY_TRY(ay_line_tree_put(w->tree, ay_buf_view(&w->out->buf), err));
        AY_TRY(ay_stream_flush(w->out, 0, err));
    }
    if (!w->tree) return ASSAY_OK;
    assay_result *result = w->wording.result;
    AY_TRY(ay_line_tree_end(w->tree, &result->findings_tree, err));
    result->has_findings_tree = true;
    return ASSAY_OK;
}

assay_status ay_result_check_findings(const assay_result *result, assay_err *err)
{
    for (uint32_t i = 0; i < result->pack->n_datasets; i++)
        AY_FAIL_IF(result->datasets[i].plan->counts_only, err, ASSAY_EUSAGE,
                   "the run was opened with counts_only: it kept no findings",
                   "本次运行指定了 counts_only：未保留问题记录");
    return ASSAY_OK;
}

assay_status ay_result_write_findings(assay_result *result, ay_stream *out, assay_err *err)
{
    AY_TRY(ay_result_check_findings(result, err));
    writing w = {.wording.result = result, .out = out};
    const assay_status st = write_all(&w, err);
    close_parts(&w);
    return st;
}

/* ---- The tree alone ---- */

static int write_nowhere(void *ctx, const void *bytes, size_t len)
{
    (void)ctx, (void)bytes, (void)len;
    return 0;
}

assay_status ay_result_findings_tree(assay_result *result, ay_merkle_head *ret, assay_err *err)
{
    if (!result->has_findings_tree) AY_TRY(assay_result_write(result, ASSAY_RESULT_FINDINGS, write_nowhere, NULL, err));
    *ret = result->findings_tree;
    return ASSAY_OK;
}
