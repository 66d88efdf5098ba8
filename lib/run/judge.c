#include "run/judge.h"

#include "base/mem.h"

assay_status ay_judge_open(const ay_rule *rule, uint32_t cap, ay_judge *ret, assay_err *err)
{
    ay_judge j = {.rule = rule};
    if (rule->where) AY_TRY(ay_eval_open(rule->where, cap, &j.where, err));
    if (rule->kind->open) {
        const assay_status st = rule->kind->open(rule, cap, &j.scratch, err);
        if (st != ASSAY_OK) {
            ay_eval_close(j.where);
            return st;
        }
    }
    *ret = j;
    return ASSAY_OK;
}

void ay_judge_close(ay_judge *j)
{
    ay_eval_close(j->where);
    if (j->rule && j->rule->kind->close && j->scratch) j->rule->kind->close(j->scratch);
    *j = (ay_judge){0};
}

/* Which of the records have no unreadable field among these. */
static void without_bad(const uint64_t *records, const ay_batch *batch, const uint32_t *fields, uint32_t n,
                        uint64_t *out)
{
    for (size_t w = 0; w < AY_BITS_WORDS(batch->rows); w++) {
        uint64_t bad = 0;
        for (uint32_t f = 0; f < n; f++) bad |= batch->cols[fields[f]].bad[w];
        out[w] = records[w] & ~bad;
    }
}

assay_status ay_judge_where(ay_judge *j, const ay_view *view, ay_judged *out, assay_err *err)
{
    const uint32_t rows = view->batch->rows;
    ay_bits_zero(out->unreadable, rows);
    ay_bits_zero(out->undecided, rows);
    ay_bits_fill(out->active, rows);
    if (!j->where) return ASSAY_OK;
    ay_bits_fill(out->evaluated, rows); /* borrowed as the input of the expression */
    AY_TRY(ay_eval_run(j->where, view->batch, view->context, out->evaluated, out->active, out->spare, out->unreadable,
                       err));
    const uint32_t *fields;
    const uint32_t n = ay_expr_fields(j->rule->where, &fields);
    without_bad(out->unreadable, view->batch, fields, n, out->undecided);
    return ASSAY_OK;
}

/* A value kind that does not see nulls: nulls are unknown and bad values unreadable before it is asked. */
static void take_out_absent(const ay_col *col, uint32_t rows, ay_judged *out)
{
    for (size_t w = 0; w < AY_BITS_WORDS(rows); w++) {
        out->skipped[w] = out->active[w] & col->null[w];
        out->unreadable[w] |= out->active[w] & col->bad[w];
        out->active[w] &= ~(col->null[w] | col->bad[w]);
    }
}

static void apply_nulls(ay_nulls nulls, uint32_t rows, ay_judged *out)
{
    for (size_t w = 0; w < AY_BITS_WORDS(rows); w++) {
        const uint64_t unknown = out->skipped[w];
        if (nulls == AY_NULLS_FAIL) out->fail[w] |= unknown;
        if (nulls != AY_NULLS_SKIP) {
            out->evaluated[w] |= unknown;
            out->skipped[w] = 0;
        }
    }
}

assay_status ay_judge_run(ay_judge *j, const ay_view *view, ay_judged *out, assay_err *err)
{
    const ay_rule *rule = j->rule;
    const uint32_t rows = view->batch->rows;
    AY_TRY(ay_judge_where(j, view, out, err));
    ay_bits_zero(out->skipped, rows);
    ay_bits_zero(out->fail, rows);
    ay_bits_zero(out->spare, rows);
    if (rule->kind->over == AY_OVER_VALUE && !rule->kind->sees_null)
        take_out_absent(&view->batch->cols[rule->fields[0]], rows, out);
    const ay_marks marks = {.fail = out->fail, .unknown = out->skipped, .unreadable = out->spare};
    AY_TRY(rule->kind->eval(rule, j->scratch, view, out->active, marks, err));
    without_bad(out->spare, view->batch, rule->fields, rule->n_fields, out->own);
    for (size_t w = 0; w < AY_BITS_WORDS(rows); w++) {
        out->unreadable[w] |= out->spare[w];
        out->skipped[w] &= ~out->unreadable[w];
        out->evaluated[w] = out->active[w] & ~(out->unreadable[w] | out->skipped[w]);
        out->fail[w] &= out->evaluated[w];
    }
    apply_nulls(rule->nulls, rows, out);
    return ASSAY_OK;
}

void ay_judge_count(const ay_judged *judged, uint32_t rows, ay_count *count)
{
    const uint64_t evaluated = ay_bits_count(judged->evaluated, rows);
    const uint64_t skipped = ay_bits_count(judged->skipped, rows);
    const uint64_t unreadable = ay_bits_count(judged->unreadable, rows);
    count->evaluated += evaluated;
    count->skipped += skipped;
    count->unreadable += unreadable;
    count->failed += ay_bits_count(judged->fail, rows);
    count->excluded += rows - evaluated - skipped - unreadable;
}
