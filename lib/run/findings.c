/* findings.ndjson: each finding put into words and masked, in order of dataset, key, rule. */
#include "base/mem.h"
#include "base/stream.h"
#include "base/thread.h"
#include "proof/line_tree.h"
#include "run/result.h"
#include "run/finding_line.h"

#define OTHERS ((size_t)96 << 10) /* bytes of findings that are put into words together by the one thread, */
#define OWN    ((size_t)48 << 10) /* and by the other, which has more to do besides */
#define MANY   4096               /* findings that are worth a thread of their own */

/* ---- Reading findings in order ---- */

typedef struct reading {
    assay_result *result;
    uint32_t dataset;  /* by its number: the one whose turn it is */
    ay_sorted *sorted; /* its findings; NULL: not opened yet */
} reading;

/* The next finding of the dataset whose turn it is. *ret_end: it has no more. */
static assay_status next_finding(reading *r, ay_sort_record *ret, bool *ret_end, assay_err *err)
{
    const ay_dataset_result *d = &r->result->datasets[r->dataset];
    *ret_end = !d->selected || !d->fed;
    if (*ret_end) return ASSAY_OK;
    if (!r->sorted) AY_TRY(ay_sorted_open(d->partial.sorted, &r->sorted, err));
    AY_TRY(ay_sorted_next(r->sorted, ret, ret_end, err));
    if (*ret_end) r->sorted = ay_sorted_close(r->sorted);
    return ASSAY_OK;
}

/* ---- Putting a batch into words ---- */

typedef struct wording {
    ay_liner *liner;
    const ay_dataset_result *dataset; /* of the whole batch */
    ay_str *findings;                 /* [n] */
    size_t n, cap;
    ay_arena copies; /* of those that do not stay where they were read */
    ay_buf lines;
} wording;

static assay_status add_finding(wording *w, const ay_sort_record *record, assay_err *err)
{
    if (w->n == w->cap) {
        const size_t cap = w->cap ? 2 * w->cap : 256;
        ay_str *findings = (ay_str *)ay_realloc_array(w->findings, cap, sizeof *findings);
        AY_NOMEM_IF(!findings, err);
        w->findings = findings;
        w->cap = cap;
    }
    ay_str bytes = record->bytes;
    AY_NOMEM_IF(!record->stays && !ay_arena_str(&w->copies, record->bytes, &bytes), err);
    w->findings[w->n++] = bytes;
    return ASSAY_OK;
}

/* The next findings, of one dataset; none: that was all. */
static assay_status fill(wording *w, reading *r, size_t most, assay_err *err)
{
    size_t total = 0;
    w->n = 0;
    ay_arena_reset(&w->copies);
    while (total < most && r->dataset < r->result->pack->n_datasets) {
        bool end;
        ay_sort_record record;
        AY_TRY(next_finding(r, &record, &end, err));
        w->dataset = &r->result->datasets[r->dataset];
        if (!end) AY_TRY(add_finding(w, &record, err));
        if (!end) total += record.bytes.len;
        else r->dataset++;
        if (end && w->n) break;
    }
    return ASSAY_OK;
}

static assay_status put_into_words(void *self, assay_err *err)
{
    wording *w = (wording *)self;
    ay_buf_clear(&w->lines);
    for (size_t i = 0; i < w->n; i++) AY_TRY(ay_liner_put(w->liner, w->dataset, w->findings[i], &w->lines, err));
    return ay_buf_status(&w->lines, err);
}

/* ---- Writing: two threads put batches into words in turn, and the caller's hashes and hands over as well ---- */

typedef struct writing {
    reading reading;
    wording own, other;
    ay_companion *companion; /* it does the other; NULL: there is not enough of it */
    ay_line_tree *tree;      /* NULL: nobody asks for it, or it is known */
    ay_stream *out;
} writing;

static assay_status open_parts(writing *w, assay_err *err)
{
    assay_result *result = w->reading.result;
    const ay_proving *proving = result->has_findings_tree ? NULL : ay_result_proving(result);
    AY_TRY(ay_liner_open(result, &w->own.liner, err));
    if (proving) AY_TRY(ay_line_tree_open(proving->alg, AY_PROVIDER_LANES, &w->tree, err));
    if (assay_result_finding_count(result) < MANY) return ASSAY_OK;
    AY_TRY(ay_liner_open(result, &w->other.liner, err));
    return ay_companion_open(put_into_words, &w->companion, err);
}

static void close_wording(wording *w)
{
    ay_liner_free(w->liner);
    ay_free(w->findings);
    ay_arena_free(&w->copies);
    ay_buf_free(&w->lines);
}

static void close_parts(writing *w)
{
    ay_companion_close(w->companion); /* before what it works on */
    ay_sorted_close(w->reading.sorted);
    close_wording(&w->own);
    close_wording(&w->other);
    (void)ay_line_tree_free(w->tree);
}

/* These lines are the next ones; they are given away for an empty buffer. */
static void take_lines(writing *w, ay_buf *lines)
{
    const ay_buf written = w->out->buf;
    w->out->buf = *lines;
    *lines = written;
}

static assay_status hand_over(writing *w, assay_err *err)
{
    if (w->tree && w->out->buf.len) AY_TRY(ay_line_tree_put(w->tree, ay_buf_view(&w->out->buf), err));
    return ay_stream_flush(w->out, 0, err);
}

static assay_status start_other(writing *w, assay_err *err)
{
    if (!w->companion) return ASSAY_OK;
    AY_TRY(fill(&w->other, &w->reading, OTHERS, err));
    ay_companion_start(w->companion, &w->other);
    return ASSAY_OK;
}

/* The other's lines come first. It is at work on the next ones while ours are made and both are handed over. */
static assay_status write_two(writing *w, bool *ret_end, assay_err *err)
{
    AY_TRY(fill(&w->own, &w->reading, OWN, err));
    AY_TRY(put_into_words(&w->own, err));
    if (w->companion) AY_TRY(ay_companion_wait(w->companion, err));
    *ret_end = !w->own.lines.len && !w->other.lines.len;
    if (*ret_end) return ASSAY_OK;
    take_lines(w, &w->other.lines);
    AY_TRY(start_other(w, err));
    AY_TRY(hand_over(w, err));
    take_lines(w, &w->own.lines);
    return hand_over(w, err);
}

static assay_status write_all(writing *w, assay_err *err)
{
    bool end = false;
    AY_TRY(open_parts(w, err));
    AY_TRY(start_other(w, err));
    while (!end) AY_TRY(write_two(w, &end, err));
    if (!w->tree) return ASSAY_OK;
    assay_result *result = w->reading.result;
    AY_TRY(ay_line_tree_end(w->tree, &result->findings_tree, err));
    result->has_findings_tree = true;
    return ASSAY_OK;
}

bool ay_result_keeps_findings(const assay_result *result)
{
    for (uint32_t i = 0; i < result->pack->n_datasets; i++)
        if (result->datasets[i].plan->counts_only) return false;
    return true;
}

assay_status ay_result_write_findings(assay_result *result, ay_stream *out, assay_err *err)
{
    AY_FAIL_IF(!ay_result_keeps_findings(result), err, ASSAY_EUSAGE,
               "the run was opened with counts_only: it kept no findings",
               "本次运行指定了 counts_only：未保留问题记录");
    writing w = {.reading.result = result, .out = out};
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
