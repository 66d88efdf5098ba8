#include "run/judge.h"

#include "base/mem.h"

/* ---- What rules share ---- */

/* Bitmaps of what is shared, as places in ay_judge.conditions and .checks. */
enum { ACTIVE, UNREADABLE, UNDECIDED, CONDITIONS };
enum { CHECK_KNOWN, CHECK_FAIL, CHECK_UNKNOWN, CHECK_UNREADABLE, CHECKS };

static bool is_same_condition(const ay_rule *a, const ay_rule *b)
{
    return b->where && ay_node_eq(a->condition, b->condition);
}

/* A check is what was written and the fields it is about. */
static bool is_same_check(const ay_rule *a, const ay_rule *b)
{
    return a->kind == b->kind && a->kind->eval && a->field == b->field && ay_node_eq(a->arg, b->arg);
}

static assay_status share(uint64_t **bits, size_t n, size_t words, assay_err *err)
{
    if (!*bits) *bits = AY_NEW_ARRAY(n * words, uint64_t);
    AY_NOMEM_IF(!*bits, err);
    return ASSAY_OK;
}

static assay_status open_where(ay_judge *judges, ay_judge *j, uint32_t cap, assay_err *err)
{
    ay_judge *first = judges;
    if (!j->rule->where) return ASSAY_OK;
    while (first < j && !is_same_condition(j->rule, first->rule)) first++;
    j->where_of = first;
    if (first < j) return share(&first->conditions, CONDITIONS, j->words, err);
    return ay_eval_open(j->rule->where, cap, &j->where, err);
}

static assay_status open_check(ay_judge *judges, ay_judge *j, uint32_t cap, assay_err *err)
{
    ay_judge *first = judges;
    while (first < j && !is_same_check(j->rule, first->rule)) first++;
    j->check_of = first;
    if (first < j) return share(&first->checks, CHECKS, j->words, err);
    return j->rule->kind->open ? j->rule->kind->open(j->rule, cap, &j->scratch, err) : ASSAY_OK;
}

assay_status ay_judges_open(const ay_rule *const *rules, uint32_t n, uint32_t cap, ay_judge **ret, assay_err *err)
{
    assay_status st = ASSAY_OK;
    ay_judge *judges = AY_NEW_ARRAY((size_t)n + 1, ay_judge);
    AY_NOMEM_IF(!judges, err);
    for (uint32_t i = 0; i < n && st == ASSAY_OK; i++) {
        judges[i] = (ay_judge){.rule = rules[i], .words = AY_BITS_WORDS(cap)};
        st = open_where(judges, &judges[i], cap, err);
        if (st == ASSAY_OK) st = open_check(judges, &judges[i], cap, err);
    }
    if (st == ASSAY_OK) *ret = judges;
    else ay_judges_close(judges, n);
    return st;
}

void ay_judges_close(ay_judge *judges, uint32_t n)
{
    for (uint32_t i = 0; judges && i < n; i++) {
        ay_judge *j = &judges[i];
        ay_eval_close(j->where);
        if (j->scratch && j->rule->kind->close) j->rule->kind->close(j->scratch);
        ay_free(j->conditions);
        ay_free(j->checks);
    }
    ay_free(judges);
}

/* ---- Judging ---- */

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

static assay_status run_where(ay_judge *j, const ay_view *view, ay_judged *out, assay_err *err)
{
    ay_bits_fill(out->evaluated, view->batch->rows); /* borrowed as the input of the expression */
    AY_TRY(ay_eval_run(j->where, view->batch, view->context, out->evaluated, out->active, out->spare, out->unreadable,
                       err));
    const uint32_t *fields;
    const uint32_t n = ay_expr_fields(j->rule->where, &fields);
    without_bad(out->unreadable, view->batch, fields, n, out->undecided);
    return ASSAY_OK;
}

assay_status ay_judge_where(ay_judge *j, const ay_view *view, ay_judged *out, assay_err *err)
{
    const uint32_t rows = view->batch->rows;
    uint64_t *const parts[] = {[ACTIVE] = out->active, [UNREADABLE] = out->unreadable, [UNDECIDED] = out->undecided};
    if (!j->where_of) {
        ay_bits_fill(out->active, rows);
        ay_bits_zero(out->unreadable, rows);
        ay_bits_zero(out->undecided, rows);
        return ASSAY_OK;
    }
    const bool is_first = j->where_of == j;
    uint64_t *shared = j->where_of->conditions;
    if (is_first) AY_TRY(run_where(j, view, out, err));
    for (size_t i = 0; shared && i < CONDITIONS; i++) {
        uint64_t *kept = shared + i * j->words;
        memcpy(is_first ? kept : parts[i], is_first ? parts[i] : kept, AY_BITS_WORDS(rows) * sizeof *kept);
    }
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

static assay_status run_check(ay_judge *first, const ay_view *view, const uint64_t *active, ay_marks marks,
                              assay_err *err)
{
    if (!ay_bits_count(active, view->batch->rows)) return ASSAY_OK;
    return first->rule->kind->eval(first->rule, first->scratch, view, active, marks, err);
}

/* Only those records are looked at that no rule with the same check has looked at before. */
static assay_status check_records(ay_judge *j, const ay_view *view, const ay_judged *out, ay_marks marks,
                                  assay_err *err)
{
    ay_judge *first = j->check_of;
    if (!first->checks) return run_check(first, view, out->active, marks, err);
    const size_t words = AY_BITS_WORDS(view->batch->rows);
    uint64_t *known = first->checks + CHECK_KNOWN * j->words, *todo = out->own; /* not in use yet */
    if (first == j) memset(first->checks, 0, CHECKS * j->words * sizeof *known);
    for (size_t w = 0; w < words; w++) todo[w] = out->active[w] & ~known[w];
    AY_TRY(run_check(first, view, todo, marks, err));
    uint64_t *const found[] = {
        [CHECK_FAIL] = marks.fail, [CHECK_UNKNOWN] = marks.unknown, [CHECK_UNREADABLE] = marks.unreadable};
    for (size_t i = CHECK_FAIL; i < CHECKS; i++) {
        uint64_t *kept = first->checks + i * j->words;
        for (size_t w = 0; w < words; w++) {
            kept[w] |= found[i][w] & todo[w];
            found[i][w] |= kept[w] & out->active[w];
        }
    }
    for (size_t w = 0; w < words; w++) known[w] |= todo[w];
    return ASSAY_OK;
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
    AY_TRY(check_records(j, view, out, marks, err));
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
