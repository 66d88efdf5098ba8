/* rows: how many records there are, and how many there were before. An empty table is 0 records, and judged as such. */
#include "base/bits.h"
#include "base/mem.h"
#include "check/history.h"
#include "check/kinds.h"
#include "check/param.h"
#include "check/state.h"

typedef struct rows_args {
    bool has_min, has_max;
    uint64_t min, max;
    bool has_change;
    ay_change change;
} rows_args;

enum { DETAIL_ROWS, DETAIL_MEAN }; /* the mean, as text, where the change is what is wrong */

static bool compile(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    static const char *const keys[] = {"min", "max", "change"};
    rows_args *args = AY_ARENA_NEW(b->arena, rows_args);
    if (!args || !ay_param_map(b, arg, "rows", keys, AY_COUNT(keys))) return false;
    rule->args = args;
    const ay_node *min = ay_node_get(arg, "min"), *max = ay_node_get(arg, "max");
    const ay_node *change = ay_node_get(arg, "change");
    args->has_min = min;
    args->has_max = max;
    args->has_change = change;
    if (min && !ay_param_u64(b, min, INT64_MAX, &args->min)) return false;
    if (max && !ay_param_u64(b, max, INT64_MAX, &args->max)) return false;
    if (change && !ay_param_change(b, change, &args->change)) return false;
    if ((min || max || change) && !(min && max && args->min > args->max)) return true;
    ay_diag_error(b->diags, "bad-value", arg->pos, "'rows' needs 'min', 'max' or 'change', and min <= max",
                  "“rows”需要 min、max 或 change，且 min 不大于 max");
    return false;
}

static assay_status state_open(const ay_rule *rule, ay_budget *budget, void **ret, assay_err *err)
{
    (void)rule;
    (void)budget;
    uint64_t *rows = AY_NEW(uint64_t);
    AY_NOMEM_IF(!rows, err);
    *ret = rows;
    return ASSAY_OK;
}

static assay_status absorb(const ay_rule *rule, void *state, const ay_view *view, const uint64_t *active,
                           assay_err *err)
{
    (void)rule;
    (void)err;
    *(uint64_t *)state += ay_bits_count(active, view->batch->rows);
    return ASSAY_OK;
}

static assay_status merge(const ay_rule *rule, void *into, void *from, assay_err *err)
{
    (void)rule;
    (void)err;
    *(uint64_t *)into += *(uint64_t *)from;
    *(uint64_t *)from = 0;
    return ASSAY_OK;
}

static assay_status save(const ay_rule *rule, void *state, ay_stream *out, assay_err *err)
{
    (void)rule;
    (void)err;
    ay_state_put_counts(out, (const uint64_t *)state, 1);
    return ASSAY_OK;
}

static assay_status load(const ay_rule *rule, void *state, const ay_context *context, ay_in *in, assay_err *err)
{
    (void)rule;
    (void)context;
    return ay_state_take_counts(in, (uint64_t *)state, 1, err);
}

/* mean NULL: a limit is what is wrong. */
static assay_status emit_finding(const ay_rule *rule, uint64_t rows, const ay_ratio *mean, const ay_emit *emit,
                                 assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf detail = {0}, text = {0};
    ay_tuple_put_u64(&detail, rows);
    if (mean) {
        ay_ratio_text(mean, &text);
        AY_TRY(ay_buf_status(&text, err));
        ay_tuple_put_str(&detail, ay_buf_view(&text));
    }
    AY_TRY(ay_buf_status(&detail, err));
    return emit->finding(emit->ctx, rule, AY_FAIL, (ay_str){0}, (ay_str){0}, ay_buf_view(&detail), err);
}

/* One verdict: a limit that is broken is told first, whatever the history; otherwise the rule passes only if all of it
 * could be evaluated. */
static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    const rows_args *args = (const rows_args *)rule->args;
    const uint64_t rows = *(const uint64_t *)state;
    const bool is_out = (args->has_min && rows < args->min) || (args->has_max && rows > args->max);
    const ay_measured measured = {{ay_huge_from_dec(ay_dec_from_i64((int64_t)rows)), 1}, {"rows", NULL}};
    bool is_beyond = false;
    ay_ratio mean;
    if (args->has_change)
        AY_TRY(ay_change_judge(&args->change, &measured, rule, context, tally, &is_beyond, &mean, err));
    ay_tally_figure(tally, "rows", rows);
    tally->failed = is_out || is_beyond;
    tally->evaluated = tally->failed || tally->lack.of == AY_LACK_NONE;
    return tally->failed ? emit_finding(rule, rows, is_out ? NULL : &mean, emit, err) : ASSAY_OK;
}

static void state_close(void *state)
{
    ay_free(state);
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const rows_args *args = (const rows_args *)rule->args;
    if (!facts->n_detail) return;
    const uint64_t rows = (uint64_t)facts->detail[DETAIL_ROWS].v.i64;
    if (facts->n_detail > DETAIL_MEAN) {
        ay_buf_printf(out, zh ? "共 %llu 条记录" : "%llu records", (unsigned long long)rows);
        ay_change_reason(&args->change, facts->detail[DETAIL_MEAN].v.str, zh, out);
        return;
    }
    const bool is_few = args->has_min && rows < args->min;
    const unsigned long long limit = is_few ? args->min : args->max;
    if (zh)
        ay_buf_printf(out, "共 %llu 条记录，应%s %llu 条", (unsigned long long)rows, is_few ? "不少于" : "不多于",
                      limit);
    else
        ay_buf_printf(out, "%llu records, %s %llu expected", (unsigned long long)rows, is_few ? "at least" : "at most",
                      limit);
}

const ay_kind ay_kind_rows = {
    .name = "rows",
    .over = AY_OVER_DATASET,
    .looks_back = true,
    .of_whole = true,
    .summary = "how many records there are, within limits or against earlier runs",
    .summary_zh = "记录条数在规定范围内，或与此前各次运行相近",
    .indicator = "0202",
    .without = AY_WITHOUT_NULLS | AY_WITHOUT_ON_EMPTY | AY_WITHOUT_TOLERANCE,
    .compile = compile,
    .state_open = state_open,
    .absorb = absorb,
    .merge = merge,
    .save = save,
    .load = load,
    .finish = finish,
    .state_close = state_close,
    .reason = reason,
};
