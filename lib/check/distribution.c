/* distribution: the values of a field are distributed as they were in earlier runs. They are counted by fixed bins or
 * listed values; the counts are the figures of the rule, so they merge exactly and a store gives them back. The runs
 * that are compared with are taken together. */
#include "base/bits.h"
#include "base/mem.h"
#include "check/drift.h"
#include "check/group.h"
#include "check/history.h"
#include "check/kinds.h"
#include "check/param.h"
#include "check/state.h"

#include <stdlib.h>

#define MARKS_MAX   100 /* edges or values */
#define LIMIT_SCALE 6

/* Categories, in this order: of n edges the n + 1 bins, or the n values and the others; then null. */
typedef struct distribution_args {
    uint32_t field;
    bool is_bins, is_ks;
    uint32_t n_marks, n;
    ay_cell *marks;     /* [n_marks], ascending */
    const char **names; /* [n]: what their figures are called */
    uint32_t last;
    uint64_t limit_e6;
    const char *limit; /* as written */
} distribution_args;

/* ---- Compile ---- */

#define NUMBERS (AY_TYPE_BIT(AY_INT) | AY_TYPE_BIT(AY_DEC))
#define BINNED                                                                                                         \
    (NUMBERS | AY_TYPE_BIT(AY_FLOAT) | AY_TYPE_BIT(AY_DATE) | AY_TYPE_BIT(AY_TIME) | AY_TYPE_BIT(AY_TIMESTAMP) |       \
     AY_TYPE_BIT(AY_TIMESTAMPTZ))
#define LISTED (NUMBERS | AY_TYPE_BIT(AY_TEXT) | AY_TYPE_BIT(AY_BOOL) | AY_TYPE_BIT(AY_DATE))

/* The one of two keys that is there; exactly one must be. */
static const ay_node *either(ay_build *b, const ay_node *arg, const char *one, const char *other, bool *ret_is_one)
{
    const ay_node *first = ay_node_get(arg, one), *second = ay_node_get(arg, other);
    *ret_is_one = first;
    if (!first != !second) return first ? first : second;
    ay_diag_error(b->diags, first ? "contradiction" : "missing-key", first ? second->pos : arg->pos,
                  "check 'distribution' needs either '%s' or '%s'", "检查“distribution”需要 %s 或 %s 之一", one, other);
    return NULL;
}

static bool has_type(ay_build *b, const ay_node *node, const distribution_args *args)
{
    const ay_field *field = &b->fields[args->field];
    if ((args->is_bins ? BINNED : LISTED) >> field->type & 1) return true;
    ay_diag_error(b->diags, "type-mismatch", node->pos, "the values of field '%s' of type %s cannot be counted by %s",
                  "字段“%s”（类型 %s）的取值不能按 %s 计数", field->name, ay_type_name(field->type),
                  args->is_bins ? "bins" : "values");
    return false;
}

/* NaN lies on no side of anything. */
static bool is_nan(const ay_cell *cell)
{
    return (cell->type == AY_FLOAT && __builtin_isnan(cell->v.f64)) ||
           (cell->type == AY_DEC && cell->v.dec.kind == AY_DEC_NAN);
}

static bool read_mark(ay_build *b, const ay_node *node, distribution_args *args)
{
    ay_cell cell;
    if (!ay_param_value(b, node, &b->fields[args->field], &cell)) return false;
    cell.raw = (ay_str){0};
    if (cell.type == AY_DEC) cell.v.dec = ay_dec_canonical(cell.v.dec);
    if (is_nan(&cell)) {
        ay_diag_error(b->diags, "contradiction", node->pos, "no value is on any side of NaN", "没有值可与 NaN 比较");
        return false;
    }
    for (uint32_t i = 0; i < args->n_marks; i++) {
        const int order = ay_cell_cmp(&args->marks[i], &cell);
        if (order == 0) ay_param_repeated(b, node);
        else if (order > 0 && args->is_bins)
            ay_diag_error(b->diags, "bad-value", node->pos, "the edges of bins must ascend", "区间边界必须递增");
        else continue;
        return false;
    }
    args->marks[args->n_marks++] = cell;
    return true;
}

static int by_value(const void *a, const void *b)
{
    return ay_cell_cmp((const ay_cell *)a, (const ay_cell *)b);
}

static bool read_marks(ay_build *b, const ay_node *list, distribution_args *args)
{
    if (list->kind != AY_NODE_LIST || !list->n || list->n > MARKS_MAX) {
        ay_diag_error(b->diags, "wrong-kind", list->pos, "expected a list of 1 to %d values",
                      "此处应为 1 到 %d 个值的列表", MARKS_MAX);
        return false;
    }
    args->marks = AY_ARENA_ARRAY(b->arena, list->n, ay_cell);
    if (!args->marks) return false;
    for (size_t i = 0; i < list->n; i++)
        if (!read_mark(b, list->items[i], args)) return false;
    qsort(args->marks, args->n_marks, sizeof *args->marks, by_value);
    return true;
}

/* "<0", "[0,18)", ">=18"; "=a", "other"; "null". A changed mark is another figure, so old runs are not mistaken. */
static void put_name(const distribution_args *args, uint32_t i, ay_buf *out)
{
    const bool is_first = i == 0, is_last = i == args->n_marks;
    if (i > args->n_marks) ay_buf_text(out, "null");
    else if (!args->is_bins && is_last) ay_buf_text(out, "other");
    else if (!args->is_bins || is_first || is_last) {
        ay_buf_text(out, !args->is_bins ? "=" : is_first ? "<" : ">=");
        ay_cell_text(&args->marks[is_last ? i - 1 : i], out);
    } else {
        ay_buf_char(out, '[');
        ay_cell_text(&args->marks[i - 1], out);
        ay_buf_char(out, ',');
        ay_cell_text(&args->marks[i], out);
        ay_buf_char(out, ')');
    }
}

static bool name_categories(ay_build *b, distribution_args *args)
{
    AY_CLEANUP(ay_buf_free) ay_buf name = {0};
    args->n = args->n_marks + 2;
    args->names = AY_ARENA_ARRAY(b->arena, args->n, const char *);
    for (uint32_t i = 0; args->names && i < args->n; i++) {
        ay_buf_clear(&name);
        put_name(args, i, &name);
        args->names[i] = name.failed ? NULL : ay_arena_copy(b->arena, ay_buf_view(&name));
        if (!args->names[i]) return false;
    }
    return args->names;
}

static bool read_limit(ay_build *b, const ay_node *node, distribution_args *args)
{
    ay_dec limit;
    if (!ay_param_dec(b, node, &limit)) return false;
    const uint32_t most = args->is_ks ? 1 : 100;
    limit = ay_dec_canonical(limit);
    if (limit.scale > LIMIT_SCALE || limit.coef < 0 || ay_dec_cmp(limit, ay_dec_from_i64(most)) > 0) {
        ay_diag_error(b->diags, "bad-value", node->pos, "'" AY_STR_FMT "' is not from 0 to %u with at most %d decimals",
                      "“" AY_STR_FMT "”不在 0 到 %u 之间，或小数多于 %d 位", AY_STR_ARG(node->text), most, LIMIT_SCALE);
        return false;
    }
    args->limit_e6 = (uint64_t)limit.coef;
    for (uint32_t i = limit.scale; i < LIMIT_SCALE; i++) args->limit_e6 *= 10;
    args->limit = ay_arena_copy(b->arena, node->text);
    return args->limit;
}

static bool compile_limit(ay_build *b, const ay_node *arg, distribution_args *args)
{
    const ay_node *limit = either(b, arg, "ks", "psi", &args->is_ks);
    if (!limit || !read_limit(b, limit, args)) return false;
    if (args->is_bins || !args->is_ks) return true;
    ay_diag_error(b->diags, "contradiction", limit->pos, "'ks' needs an order: 'values' have none, use 'psi' or 'bins'",
                  "ks 需要次序，而 values 没有次序：请用 psi，或改用 bins");
    return false;
}

static bool compile(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    static const char *const keys[] = {"field", "bins", "values", "against", "psi", "ks"};
    distribution_args *args = AY_ARENA_NEW(b->arena, distribution_args);
    if (!args || !ay_param_map(b, arg, "distribution", keys, AY_COUNT(keys))) return false;
    rule->args = args;
    rule->fields = &args->field;
    rule->n_fields = 1;
    const ay_node *field = ay_shape_need(b, arg, "distribution", "field");
    const ay_node *against = ay_shape_need(b, arg, "distribution", "against");
    const ay_node *marks = either(b, arg, "bins", "values", &args->is_bins);
    if (!field || !against || !marks || !ay_param_field(b, field, &args->field)) return false;
    if (!has_type(b, field, args) || !ay_param_last(b, against, &args->last)) return false;
    return compile_limit(b, arg, args) && read_marks(b, marks, args) && name_categories(b, args);
}

/* ---- State ---- */

typedef struct distribution_state {
    uint64_t unreadable;
    uint64_t counts[MARKS_MAX + 2];
} distribution_state;

static assay_status state_open(const ay_rule *rule, ay_budget *budget, void **ret, assay_err *err)
{
    (void)rule;
    (void)budget;
    *ret = AY_NEW(distribution_state);
    AY_NOMEM_IF(!*ret, err);
    return ASSAY_OK;
}

/* How many marks are not above the value. */
static uint32_t marks_below(const distribution_args *args, const ay_cell *cell)
{
    uint32_t low = 0, high = args->n_marks;
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (ay_cell_cmp(&args->marks[middle], cell) <= 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

static uint32_t category_of(const distribution_args *args, const ay_cell *cell)
{
    if (cell->is_null) return args->n - 1;
    const uint32_t below = marks_below(args, cell);
    if (args->is_bins) return below;
    return below && ay_cell_cmp(&args->marks[below - 1], cell) == 0 ? below - 1 : args->n_marks;
}

static assay_status absorb(const ay_rule *rule, void *state, const ay_view *view, const uint64_t *active,
                           assay_err *err)
{
    (void)err;
    const distribution_args *args = (const distribution_args *)rule->args;
    distribution_state *s = (distribution_state *)state;
    AY_BITS_EACH (i, active, view->batch->rows) {
        const ay_cell cell = ay_batch_cell(view->batch, args->field, (uint32_t)i);
        if (cell.is_bad || (!cell.is_null && is_nan(&cell))) s->unreadable++;
        else s->counts[category_of(args, &cell)]++;
    }
    return ASSAY_OK;
}

static assay_status merge(const ay_rule *rule, void *into, void *from, assay_err *err)
{
    (void)err;
    const distribution_args *args = (const distribution_args *)rule->args;
    distribution_state *a = (distribution_state *)into, *b = (distribution_state *)from;
    a->unreadable += b->unreadable;
    for (uint32_t i = 0; i < args->n; i++) a->counts[i] += b->counts[i];
    *b = (distribution_state){0};
    return ASSAY_OK;
}

static assay_status save(const ay_rule *rule, void *state, ay_stream *out, assay_err *err)
{
    (void)err;
    const distribution_state *s = (const distribution_state *)state;
    ay_state_put_counts(out, &s->unreadable, 1);
    ay_state_put_counts(out, s->counts, ((const distribution_args *)rule->args)->n);
    return ASSAY_OK;
}

static assay_status load(const ay_rule *rule, void *state, const ay_context *context, ay_in *in, assay_err *err)
{
    (void)context;
    distribution_state *s = (distribution_state *)state;
    AY_TRY(ay_state_take_counts(in, &s->unreadable, 1, err));
    return ay_state_take_counts(in, s->counts, ((const distribution_args *)rule->args)->n, err);
}

static void state_close(void *state)
{
    ay_free(state);
}

/* ---- Finish ---- */

enum { DETAIL_MOVED, DETAIL_MOST }; /* the index as text, and where most of it comes from */

static assay_status emit_moved(const ay_rule *rule, uint64_t moved_e6, uint32_t most, const ay_emit *emit,
                               assay_err *err)
{
    static const ay_cell none = {.is_null = true};
    AY_CLEANUP(ay_buf_free) ay_buf values = {0}, detail = {0}, text = {0};
    ay_dec_text(ay_dec_canonical((ay_dec){.coef = (ay_i128)moved_e6, .scale = LIMIT_SCALE}), &text);
    AY_TRY(ay_buf_status(&text, err));
    ay_tuple_put(&values, &none);
    ay_tuple_put_str(&detail, ay_buf_view(&text));
    ay_tuple_put_str(&detail, ay_str_from(((const distribution_args *)rule->args)->names[most]));
    AY_TRY(ay_buf_status(&values, err));
    AY_TRY(ay_buf_status(&detail, err));
    return emit->finding(emit->ctx, rule, AY_FAIL, (ay_str){0}, ay_buf_view(&values), ay_buf_view(&detail), err);
}

static assay_status pool_counts(const ay_rule *rule, const ay_context *context, uint64_t *ret, ay_tally *tally,
                                assay_err *err)
{
    const distribution_args *args = (const distribution_args *)rule->args;
    ay_huge sums[MARKS_MAX + 2] = {{{0}}};
    ay_pool pool = {.names = args->names, .n = args->n, .sums = sums};
    AY_TRY(ay_pool_fill(&pool, rule, context, args->last, tally, err));
    for (uint32_t i = 0; i < args->n; i++) AY_TRY(ay_pool_count(&pool, i, rule, &ret[i], err));
    return ASSAY_OK;
}

static uint64_t total_of(const uint64_t *counts, uint32_t n)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < n; i++) total += counts[i];
    return total;
}

/* Nulls are a category of PSI; they have no place in the order that KS needs. */
static assay_status judge(const ay_rule *rule, const uint64_t *now, const uint64_t *then, const ay_emit *emit,
                          ay_tally *tally, assay_err *err)
{
    const distribution_args *args = (const distribution_args *)rule->args;
    uint32_t most = 0;
    uint64_t moved = 0;
    if (args->is_ks) {
        tally->failed = ay_ks_is_above(now, then, args->n - 1, args->limit_e6, &moved, &most);
    } else {
        moved = ay_psi_e6(now, then, args->n, &most);
        tally->failed = moved > args->limit_e6;
    }
    tally->evaluated = 1;
    ay_tally_figure(tally, args->is_ks ? "ks_e6" : "psi_e6", moved);
    return tally->failed ? emit_moved(rule, moved, most, emit, err) : ASSAY_OK;
}

static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    const distribution_args *args = (const distribution_args *)rule->args;
    const distribution_state *s = (const distribution_state *)state;
    const uint32_t n_compared = args->n - args->is_ks;
    uint64_t then[MARKS_MAX + 2] = {0};
    tally->unreadable = s->unreadable;
    if (!total_of(s->counts, args->n)) return ASSAY_OK;
    for (uint32_t i = 0; i < args->n; i++) ay_tally_figure(tally, args->names[i], s->counts[i]);
    if (!total_of(s->counts, n_compared)) return ASSAY_OK;
    AY_TRY(pool_counts(rule, context, then, tally, err));
    if (tally->lack.of != AY_LACK_NONE) return ASSAY_OK;
    if (total_of(then, n_compared)) return judge(rule, s->counts, then, emit, tally, err);
    tally->lack = (ay_lack){AY_LACK_RECORDS, args->last, args->last};
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const distribution_args *args = (const distribution_args *)rule->args;
    if (facts->n_detail <= DETAIL_MOST) return;
    const ay_str moved = facts->detail[DETAIL_MOVED].v.str, most = facts->detail[DETAIL_MOST].v.str;
    ay_buf_printf(out,
                  zh ? "与最近 %u 次运行相比，%s 为 " AY_STR_FMT "，应不大于 %s；主要来自 " AY_STR_FMT
                     : "against the last %u: %s is " AY_STR_FMT ", at most %s expected; most of it at " AY_STR_FMT,
                  args->last, args->is_ks ? "KS" : "PSI", AY_STR_ARG(moved), args->limit, AY_STR_ARG(most));
}

const ay_kind ay_kind_distribution = {
    .name = "distribution",
    .over = AY_OVER_DATASET,
    .looks_back = true,
    .of_whole = true,
    .summary = "the values of a field are distributed as in earlier runs (PSI, KS)",
    .summary_zh = "字段取值的分布与此前各次运行相近（PSI、KS）",
    .indicator = "0301",
    .without = AY_WITHOUT_NULLS | AY_WITHOUT_TOLERANCE,
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
