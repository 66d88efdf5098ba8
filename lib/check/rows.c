/* rows: how many records there are. An empty table is 0 records, and judged as such. */
#include "base/bits.h"
#include "base/mem.h"
#include "check/group.h"
#include "check/kinds.h"
#include "check/param.h"

typedef struct rows_args {
    bool has_min, has_max;
    uint64_t min, max;
} rows_args;

static bool compile(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    static const char *const keys[] = {"min", "max"};
    rows_args *args = AY_ARENA_NEW(b->arena, rows_args);
    if (!args || !ay_param_map(b, arg, "rows", keys, AY_COUNT(keys))) return false;
    rule->args = args;
    const ay_node *min = ay_node_get(arg, "min"), *max = ay_node_get(arg, "max");
    args->has_min = min;
    args->has_max = max;
    if (min && !ay_param_u64(b, min, INT64_MAX, &args->min)) return false;
    if (max && !ay_param_u64(b, max, INT64_MAX, &args->max)) return false;
    if ((min || max) && !(min && max && args->min > args->max)) return true;
    ay_diag_error(b->diags, "bad-value", arg->pos, "'rows' needs 'min' or 'max', and min <= max",
                  "“rows”需要 min 或 max，且 min 不大于 max");
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

static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    (void)context;
    const rows_args *args = (const rows_args *)rule->args;
    const uint64_t rows = *(const uint64_t *)state;
    tally->evaluated = 1;
    tally->failed = (args->has_min && rows < args->min) || (args->has_max && rows > args->max);
    ay_tally_figure(tally, "rows", rows);
    if (!tally->failed) return ASSAY_OK;
    ay_buf detail = {0};
    ay_tuple_put_u64(&detail, rows);
    assay_status status = ay_buf_status(&detail, err);
    if (status == ASSAY_OK)
        status = emit->finding(emit->ctx, rule, AY_FAIL, (ay_str){0}, (ay_str){0}, ay_buf_view(&detail), err);
    ay_buf_free(&detail);
    return status;
}

static void state_close(void *state)
{
    ay_free(state);
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const rows_args *args = (const rows_args *)rule->args;
    if (!facts->n_detail) return;
    const uint64_t rows = (uint64_t)facts->detail[0].v.i64;
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
    .of_whole = true,
    .summary = "how many records there are",
    .summary_zh = "记录条数在规定范围内",
    .indicator = "0202",
    .without = AY_WITHOUT_NULLS | AY_WITHOUT_ON_EMPTY | AY_WITHOUT_TOLERANCE,
    .compile = compile,
    .state_open = state_open,
    .absorb = absorb,
    .merge = merge,
    .finish = finish,
    .state_close = state_close,
    .reason = reason,
};
