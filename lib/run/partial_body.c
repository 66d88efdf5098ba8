/* The state of a dataset as canonical bytes, and back.
 *
 * body := records u64 . rejected u64 . rules u32 . 5 counts u64 a rule . segments u32 . segments . findings .
 *         the state of each rule over the dataset
 * segment := key . evaluated u64 and failed u64 of each rule, ordered by key
 * findings := number u64 . findings (finding.h), in order */
#include <stdlib.h>

#include "base/mem.h"
#include "check/state.h"
#include "run/finding.h"
#include "run/partial.h"
#include "run/reject.h"

#define SEGMENT_KEY_MAX ((size_t)64 << 20)

/* ---- Writing ---- */

static void put_counts(const ay_partial *p, ay_stream *out)
{
    for (uint32_t i = 0; i < p->plan->n_rules; i++) {
        const ay_count *c = &p->counts[i];
        const uint64_t counts[] = {c->evaluated, c->failed, c->skipped, c->unreadable, c->excluded};
        ay_state_put_counts(out, counts, AY_COUNT(counts));
    }
}

typedef struct segment {
    ay_str key;
    const ay_count *counts;
} segment;

static int by_key(const void *a, const void *b)
{
    return ay_str_cmp(((const segment *)a)->key, ((const segment *)b)->key);
}

static void put_segment(const ay_partial *p, const segment *s, ay_stream *out)
{
    ay_buf_sized(&out->buf, s->key);
    for (uint32_t i = 0; i < p->plan->n_rules; i++) {
        const uint64_t counts[] = {s->counts[i].evaluated, s->counts[i].failed};
        ay_state_put_counts(out, counts, AY_COUNT(counts));
    }
}

static assay_status put_segments(const ay_partial *p, ay_stream *out, assay_err *err)
{
    const ay_segments *s = &p->segments;
    segment *order = AY_NEW_ARRAY(s->n + 1, segment);
    AY_NOMEM_IF(!order, err);
    for (uint32_t i = 0; i < s->n; i++) order[i] = (segment){s->keys[i], s->counts[i]};
    qsort(order, s->n, sizeof *order, by_key);
    ay_buf_u32(&out->buf, s->n);
    for (uint32_t i = 0; i < s->n; i++) put_segment(p, &order[i], out);
    ay_free(order);
    return ASSAY_OK;
}

assay_status ay_partial_save(ay_partial *p, ay_stream *out, assay_err *err)
{
    const uint64_t totals[] = {p->records, p->rejected};
    ay_state_put_counts(out, totals, AY_COUNT(totals));
    ay_buf_u32(&out->buf, p->plan->n_rules);
    put_counts(p, out);
    AY_TRY(put_segments(p, out, err));
    AY_TRY(ay_state_put_sorter(out, p->sorted, err));
    for (uint32_t i = 0; i < p->plan->n_rules; i++)
        if (p->states[i]) AY_TRY(p->plan->rules[i]->kind->save(p->plan->rules[i], p->states[i], out, err));
    return ay_stream_flush(out, 0, err);
}

/* ---- Reading ---- */

static assay_status take_counts(ay_partial *p, ay_in *in, assay_err *err)
{
    for (uint32_t i = 0; i < p->plan->n_rules; i++) {
        uint64_t counts[5];
        AY_TRY(ay_state_take_counts(in, counts, AY_COUNT(counts), err));
        p->counts[i] = (ay_count){counts[0], counts[1], counts[2], counts[3], counts[4]};
    }
    return ASSAY_OK;
}

/* One value: a text, or null. */
static assay_status check_segment_key(ay_str key, assay_err *err)
{
    ay_arena heap = {0};
    ay_cursor c = ay_cursor_on(key.ptr, key.len);
    assay_status status = ay_state_take_null_or_text(&c, &heap, err);
    if (status == ASSAY_OK && c.at != c.end) status = ay_in_damaged(err);
    ay_arena_free(&heap);
    return status;
}

static assay_status take_segment(ay_partial *p, ay_in *in, assay_err *err)
{
    ay_segments *s = &p->segments;
    ay_str key;
    uint32_t row;
    AY_TRY(ay_in_str(in, SEGMENT_KEY_MAX, &key, err));
    AY_TRY(check_segment_key(key, err));
    if (s->n && ay_str_cmp(s->keys[s->n - 1], key) >= 0) return ay_in_damaged(err);
    AY_TRY(ay_segments_row(s, key, p->plan->n_rules, &row, err));
    for (uint32_t i = 0; i < p->plan->n_rules; i++) {
        uint64_t counts[2];
        AY_TRY(ay_state_take_counts(in, counts, AY_COUNT(counts), err));
        s->counts[row][i] = (ay_count){.evaluated = counts[0], .failed = counts[1]};
    }
    return ASSAY_OK;
}

static assay_status take_segments(ay_partial *p, ay_in *in, assay_err *err)
{
    uint32_t n;
    AY_TRY(ay_in_u32(in, &n, err));
    if (n && p->plan->dataset->segment.field < 0) return ay_in_damaged(err);
    for (uint32_t i = 0; i < n; i++) AY_TRY(take_segment(p, in, err));
    return ASSAY_OK;
}

/* ---- Findings ---- */

static assay_status take_u32(ay_cursor *c, ay_arena *heap, uint32_t *ret, assay_err *err)
{
    ay_cell cell;
    AY_TRY(ay_state_take_cell(c, heap, &cell, err));
    if (cell.is_null || cell.is_bad || cell.type != AY_INT || cell.v.i64 < 0 || cell.v.i64 > UINT32_MAX)
        return ay_in_damaged(err);
    *ret = (uint32_t)cell.v.i64;
    return ASSAY_OK;
}

static bool is_verdict(const ay_rule *rule, uint32_t verdict)
{
    if (rule->kind->over == AY_OVER_DATASET) return verdict == AY_UNDECIDED; /* they have not spoken yet */
    return verdict == AY_FAIL || verdict == AY_UNREADABLE || verdict == AY_UNDECIDED;
}

/* Behind its key: ordinal, verdict, number of values, values. */
static assay_status check_verdict(const ay_plan *plan, ay_cursor *c, ay_arena *heap, assay_err *err)
{
    const ay_dataset *d = plan->dataset;
    uint32_t ordinal = 0, verdict = 0, n = 0;
    AY_TRY(take_u32(c, heap, &ordinal, err));
    AY_TRY(take_u32(c, heap, &verdict, err));
    AY_TRY(take_u32(c, heap, &n, err));
    if (ordinal == d->n_rules) return verdict == AY_FAIL && n == 0 ? ay_reject_check(c, heap, err) : ay_in_damaged(err);
    if (ordinal > d->n_rules) return ay_in_damaged(err);
    const ay_rule *rule = d->rules[ordinal];
    if (!is_verdict(rule, verdict) || n != rule->n_fields) return ay_in_damaged(err);
    for (uint32_t i = 0; i < n; i++) AY_TRY(ay_state_take_null_or_text(c, heap, err));
    return ASSAY_OK;
}

static assay_status check_finding(const void *ctx, ay_str record, ay_arena *heap, uint64_t *ret_prefix, assay_err *err)
{
    const ay_plan *plan = ctx;
    ay_cursor c = ay_cursor_on(record.ptr, record.len);
    for (uint32_t i = 0; i < plan->dataset->n_key; i++) {
        ay_cell cell;
        AY_TRY(ay_state_take_cell(&c, heap, &cell, err));
    }
    AY_TRY(check_verdict(plan, &c, heap, err));
    *ret_prefix = ay_sort_prefix(record);
    return c.at == c.end ? ASSAY_OK : ay_in_damaged(err);
}

assay_status ay_partial_load(ay_partial *p, ay_in *in, assay_err *err)
{
    const ay_plan *plan = p->plan;
    const ay_state_form form = {.check = check_finding, .ctx = plan};
    uint64_t totals[2];
    uint32_t n_rules;
    AY_TRY(ay_state_take_counts(in, totals, AY_COUNT(totals), err));
    AY_TRY(ay_in_u32(in, &n_rules, err));
    if (n_rules != plan->n_rules) return ay_in_damaged(err);
    p->records = totals[0];
    p->rejected = totals[1];
    AY_TRY(take_counts(p, in, err));
    AY_TRY(take_segments(p, in, err));
    AY_TRY(ay_state_take_sorter(in, p->sorted, &form, err));
    p->findings = ay_sorter_count(p->sorted);
    for (uint32_t i = 0; i < plan->n_rules; i++)
        if (p->states[i]) AY_TRY(plan->rules[i]->kind->load(plan->rules[i], p->states[i], plan->context, in, err));
    return ASSAY_OK;
}
