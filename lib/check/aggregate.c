/* aggregate: a figure over a field stays within bounds, in the whole dataset or in each group. Exact: sums and squares
 * are wide integers, quotients are compared by multiplication. Null values are left out (and are what share_null
 * counts).
 *
 * Without `by` most figures are accumulated as the records come. With `by`, and for distinct and quantile, the values
 * go through a sorter, so that memory does not grow with the number of groups or values. */
#include "base/bits.h"
#include "base/mem.h"
#include "check/aggregate.h"
#include "check/kinds.h"
#include "check/param.h"
#include "check/state.h"

static const char *const figure_words[] = {
    [AY_FIGURE_COUNT] = "count",       [AY_FIGURE_SUM] = "sum",           [AY_FIGURE_MEAN] = "mean",
    [AY_FIGURE_MIN] = "min",           [AY_FIGURE_MAX] = "max",           [AY_FIGURE_STDDEV] = "stddev",
    [AY_FIGURE_QUANTILE] = "quantile", [AY_FIGURE_DISTINCT] = "distinct", [AY_FIGURE_SHARE_NULL] = "share_null",
};
_Static_assert(AY_COUNT(figure_words) == AY_FIGURE_KINDS, "name every figure");

static const char *const figure_zh[] = {
    [AY_FIGURE_COUNT] = "计数",          [AY_FIGURE_SUM] = "合计",
    [AY_FIGURE_MEAN] = "平均值",         [AY_FIGURE_MIN] = "最小值",
    [AY_FIGURE_MAX] = "最大值",          [AY_FIGURE_STDDEV] = "标准差",
    [AY_FIGURE_QUANTILE] = "分位数",     [AY_FIGURE_DISTINCT] = "不同取值数",
    [AY_FIGURE_SHARE_NULL] = "空值占比",
};
_Static_assert(AY_COUNT(figure_zh) == AY_FIGURE_KINDS, "name every figure");

enum { DETAIL_VALUE, DETAIL_SIDE }; /* a text, and which bound */
enum { SIDE_MIN, SIDE_MAX };

/* ---- Compile ---- */

static bool is_extreme(uint32_t figure)
{
    return figure == AY_FIGURE_MIN || figure == AY_FIGURE_MAX || figure == AY_FIGURE_QUANTILE;
}

/* How many records, values or nulls there are tells nothing of a value. */
bool ay_aggregate_is_quotable(const ay_aggregate_args *args)
{
    return args->shape.quotable || args->figure == AY_FIGURE_COUNT || args->figure == AY_FIGURE_DISTINCT ||
           args->figure == AY_FIGURE_SHARE_NULL;
}

static bool is_sum(uint32_t figure)
{
    return figure == AY_FIGURE_SUM || figure == AY_FIGURE_MEAN || figure == AY_FIGURE_STDDEV;
}

static bool check_type(ay_build *b, const ay_node *of, const ay_field *field, uint32_t figure)
{
    const uint32_t numbers = AY_TYPE_BIT(AY_INT) | AY_TYPE_BIT(AY_DEC);
    const uint32_t ordered = numbers | AY_TYPE_BIT(AY_FLOAT) | AY_TYPE_BIT(AY_DATE) | AY_TYPE_BIT(AY_TIME) |
                             AY_TYPE_BIT(AY_TIMESTAMP) | AY_TYPE_BIT(AY_TIMESTAMPTZ);
    const uint32_t able = is_sum(figure) ? numbers : is_extreme(figure) ? ordered : UINT32_MAX;
    if (able >> field->type & 1) return true;
    if (is_sum(figure) && field->type == AY_FLOAT)
        ay_diag_error(b->diags, "type-mismatch", of->pos,
                      "the %s of '%s' would depend on the order of addition: read the field as decimal, not float",
                      "%s(%s) 会随相加次序变化：请把字段按 decimal 而不是 float 读取", figure_words[figure],
                      field->name);
    else
        ay_diag_error(b->diags, "type-mismatch", of->pos, "there is no %s of field '%s' of type %s",
                      "无法计算 %s：字段“%s”的类型为 %s", figure_words[figure], field->name, ay_type_name(field->type));
    return false;
}

bool ay_aggregate_compile(ay_build *b, const ay_node *arg, ay_rule *rule, ay_aggregate_args *args)
{
    const ay_node *of = ay_node_get(arg, "of"), *by = ay_node_get(arg, "by");
    const uint32_t *fields = NULL;
    uint32_t n = 0, own = 0;
    args->has_of = of;
    if (!of && args->figure != AY_FIGURE_COUNT && !ay_shape_need(b, arg, rule->kind->name, "of")) return false;
    if (of && (!ay_param_field(b, of, &own) || !check_type(b, of, &b->fields[own], args->figure))) return false;
    if (by && !ay_param_fields(b, by, &fields, &n)) return false;
    if (!ay_shape_compile(b, rule, fields, n, &own, of ? 1 : 0, &args->shape)) return false;
    args->shape.n_known = 0;
    args->shape.bare = true;
    args->is_sorted = by || args->figure == AY_FIGURE_DISTINCT || args->figure == AY_FIGURE_QUANTILE;
    return true;
}

static bool compile_quantile(ay_build *b, const ay_node *arg, ay_aggregate_args *args)
{
    const ay_node *quantile = ay_node_get(arg, "quantile");
    if (args->figure != AY_FIGURE_QUANTILE) {
        if (!quantile) return true;
        ay_diag_error(b->diags, "bad-value", quantile->pos, "'quantile' belongs to 'figure: quantile'",
                      "quantile 只用于 figure: quantile");
        return false;
    }
    if (!ay_shape_need(b, arg, "aggregate", "quantile") || !ay_param_dec(b, quantile, &args->quantile)) return false;
    const ay_dec one = {.coef = 1};
    args->quantile = ay_dec_canonical(args->quantile);
    if (args->quantile.coef >= 0 && args->quantile.scale <= 18 && ay_dec_cmp(args->quantile, one) <= 0) return true;
    ay_diag_error(b->diags, "bad-value", quantile->pos, "a quantile is from 0 to 1, with at most 18 decimals",
                  "分位应在 0 到 1 之间，至多 18 位小数");
    return false;
}

/* Bounds of min, max and quantile are constants of the field's type (dates: also `today`); those of the others, and of
 * integers, are decimals. */
static bool compile_bound(ay_build *b, const ay_node *node, const ay_rule *rule, const ay_aggregate_args *args,
                          const ay_constant **ret)
{
    const ay_type own = rule->n_fields ? b->fields[rule->fields[rule->n_fields - 1]].type : AY_DEC;
    const bool is_own = is_extreme(args->figure) && own != AY_INT;
    ay_dec number;
    if (!node) return true;
    if ((!is_own || own == AY_DEC) && !ay_param_dec(b, node, &number)) return false;
    *ret = ay_constant_compile(b->arena, node, is_own ? own : AY_DEC, b->zone, b->diags);
    return *ret;
}

static bool compile_bounds(ay_build *b, const ay_node *arg, const ay_rule *rule, ay_aggregate_args *args)
{
    const ay_node *min = ay_node_get(arg, "min"), *max = ay_node_get(arg, "max");
    if (!min && !max) {
        ay_diag_error(b->diags, "missing-key", arg->pos, "check 'aggregate' needs 'min' or 'max'",
                      "检查“aggregate”缺少 min 或 max");
        return false;
    }
    if (!compile_bound(b, min, rule, args, &args->min) || !compile_bound(b, max, rule, args, &args->max)) return false;
    if (min) args->min_text = ay_arena_copy(b->arena, min->text);
    if (max) args->max_text = ay_arena_copy(b->arena, max->text);
    if ((min && !args->min_text) || (max && !args->max_text)) return false;
    if (!min || !max || !ay_constant_is_fixed(args->min) || !ay_constant_is_fixed(args->max)) return true;
    static const ay_context none = {0};
    const ay_cell low = ay_constant_value(args->min, &none), high = ay_constant_value(args->max, &none);
    if (ay_cell_cmp(&low, &high) <= 0) return true;
    ay_diag_error(b->diags, "bad-value", min->pos, "'min' is above 'max'", "min 大于 max");
    return false;
}

static bool compile(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    static const char *const keys[] = {"figure", "of", "by", "quantile", "min", "max"};
    ay_aggregate_args *args = AY_ARENA_NEW(b->arena, ay_aggregate_args);
    if (!args || !ay_param_map(b, arg, "aggregate", keys, AY_COUNT(keys))) return false;
    rule->args = args;
    const ay_node *figure = ay_shape_need(b, arg, "aggregate", "figure");
    if (!figure || !ay_param_word(b, figure, figure_words, AY_COUNT(figure_words), &args->figure)) return false;
    return ay_aggregate_compile(b, arg, rule, args) && compile_quantile(b, arg, args) &&
           compile_bounds(b, arg, rule, args);
}

/* ---- State ---- */

typedef struct aggregate_state {
    ay_groups *groups; /* NULL unless is_sorted */
    ay_figure figure;
    uint64_t unreadable;
} aggregate_state;

void ay_aggregate_state_close(void *state)
{
    aggregate_state *s = (aggregate_state *)state;
    if (s) ay_groups_close(s->groups);
    ay_free(s);
}

assay_status ay_aggregate_state_open(const ay_rule *rule, ay_budget *budget, void **ret, assay_err *err)
{
    const ay_aggregate_args *args = (const ay_aggregate_args *)rule->args;
    aggregate_state *s = AY_NEW(aggregate_state);
    AY_NOMEM_IF(!s, err);
    if (args->is_sorted) {
        const assay_status status = ay_groups_open(&args->shape, AY_NULLS_SKIP, budget, &s->groups, err);
        if (status != ASSAY_OK) {
            ay_aggregate_state_close(s);
            return status;
        }
    }
    *ret = s;
    return ASSAY_OK;
}

assay_status ay_aggregate_absorb(const ay_rule *rule, void *state, const ay_view *view, const uint64_t *active,
                                 assay_err *err)
{
    const ay_aggregate_args *args = (const ay_aggregate_args *)rule->args;
    aggregate_state *s = (aggregate_state *)state;
    if (args->is_sorted) return ay_groups_absorb(rule, s->groups, view, active, err);
    AY_BITS_EACH (i, active, view->batch->rows) {
        if (!args->has_of) {
            ay_figure_add((ay_figure_kind)args->figure, &s->figure, NULL);
            continue;
        }
        const ay_cell cell = ay_batch_cell(view->batch, rule->fields[0], (uint32_t)i);
        if (cell.is_bad) s->unreadable++;
        else ay_figure_add((ay_figure_kind)args->figure, &s->figure, &cell);
    }
    return ASSAY_OK;
}

assay_status ay_aggregate_merge(const ay_rule *rule, void *into, void *from, assay_err *err)
{
    const ay_aggregate_args *args = (const ay_aggregate_args *)rule->args;
    aggregate_state *a = (aggregate_state *)into, *b = (aggregate_state *)from;
    if (args->is_sorted) return ay_groups_merge(a->groups, b->groups, err);
    ay_figure_merge((ay_figure_kind)args->figure, &a->figure, &b->figure);
    a->unreadable += b->unreadable;
    b->figure = (ay_figure){0};
    b->unreadable = 0;
    return ASSAY_OK;
}

/* ---- Stored ---- */

static void put_huge(ay_stream *out, const ay_huge *huge)
{
    for (size_t i = 0; i < AY_HUGE_LIMBS; i++) ay_buf_u64(&out->buf, huge->limb[i]);
}

static assay_status take_huge(ay_in *in, ay_huge *ret, assay_err *err)
{
    for (size_t i = 0; i < AY_HUGE_LIMBS; i++) AY_TRY(ay_in_u64(in, &ret->limb[i], err));
    return ASSAY_OK;
}

assay_status ay_aggregate_save(const ay_rule *rule, void *state, ay_stream *out, assay_err *err)
{
    const ay_aggregate_args *args = (const ay_aggregate_args *)rule->args;
    aggregate_state *s = (aggregate_state *)state;
    const ay_figure *f = &s->figure;
    if (s->groups) return ay_groups_kind_save(rule, s->groups, out, err);
    const uint64_t counts[] = {f->records, f->nulls, f->special, s->unreadable};
    ay_buf chosen = {0};
    if (f->has_chosen) ay_tuple_put(&chosen, &f->chosen);
    const assay_status status = ay_buf_status(&chosen, err);
    ay_state_put_counts(out, counts, AY_COUNT(counts));
    if (is_sum(args->figure)) put_huge(out, &f->sum);
    if (args->figure == AY_FIGURE_STDDEV) put_huge(out, &f->squares);
    ay_buf_sized(&out->buf, ay_buf_view(&chosen));
    ay_buf_free(&chosen);
    return status;
}

/* The least or greatest value; none while there was none. */
static assay_status take_chosen(const ay_aggregate_args *args, ay_str tuple, ay_figure *f, assay_err *err)
{
    const bool is_wanted = args->figure == AY_FIGURE_MIN || args->figure == AY_FIGURE_MAX;
    const bool has_values = f->records > f->nulls;
    ay_cursor c = ay_cursor_on(tuple.ptr, tuple.len);
    ay_cell cell;
    if ((tuple.len > 0) != (is_wanted && has_values)) return ay_in_damaged(err);
    if (!tuple.len) return ASSAY_OK;
    AY_TRY(ay_state_take_cell(&c, NULL, &cell, err)); /* a number or a time: no text */
    if (c.at != c.end || cell.is_null || cell.is_bad || cell.type != args->shape.types[0]) return ay_in_damaged(err);
    ay_figure_choose(f, &cell);
    return ASSAY_OK;
}

assay_status ay_aggregate_load(const ay_rule *rule, void *state, const ay_context *context, ay_in *in, assay_err *err)
{
    const ay_aggregate_args *args = (const ay_aggregate_args *)rule->args;
    aggregate_state *s = (aggregate_state *)state;
    if (s->groups) return ay_groups_kind_load(rule, s->groups, context, in, err);
    uint64_t counts[4];
    ay_str chosen;
    AY_TRY(ay_state_take_counts(in, counts, AY_COUNT(counts), err));
    s->figure = (ay_figure){.records = counts[0], .nulls = counts[1], .special = counts[2]};
    s->unreadable = counts[3];
    if (counts[1] > counts[0] || counts[2] > counts[0] - counts[1]) return ay_in_damaged(err);
    if (is_sum(args->figure)) AY_TRY(take_huge(in, &s->figure.sum, err));
    if (args->figure == AY_FIGURE_STDDEV) AY_TRY(take_huge(in, &s->figure.squares, err));
    AY_TRY(ay_in_str(in, AY_SORT_RECORD_MAX, &chosen, err));
    return take_chosen(args, chosen, &s->figure, err);
}

/* ---- Finish ---- */

typedef struct aggregate_finish {
    const ay_rule *rule;
    const ay_aggregate_args *args;
    const ay_context *context;
    const ay_emit *emit;
    ay_tally *tally;
    ay_groups *groups;
    ay_notes *sizes; /* quantile: how many values each group has */
    ay_figure figure;
    ay_buf previous; /* the value before this one */
    ay_buf group, values, detail, text;
    uint64_t position, rank;
    uint64_t groups_seen, empty, nulls;
    int64_t value_e6;
    bool has_value;
} aggregate_finish;

/* The texts of the group's values, and null for `of`: what the finding shows. */
static assay_status put_group(aggregate_finish *f, assay_err *err)
{
    static const ay_cell none = {.is_null = true};
    const ay_str group = ay_buf_view(&f->group);
    ay_buf_clear(&f->values);
    for (uint32_t i = 0; i < f->rule->n_fields; i++) {
        ay_cell cell = none;
        if (i < f->args->shape.n_group)
            AY_NOMEM_IF(!ay_groups_cell(f->groups, ay_groups_value(group, i, i + 1), &cell), err);
        if (cell.is_null) {
            ay_tuple_put(&f->values, &none);
            continue;
        }
        ay_buf_clear(&f->text);
        ay_cell_text(&cell, &f->text);
        AY_TRY(ay_buf_status(&f->text, err));
        ay_tuple_put_str(&f->values, ay_buf_view(&f->text));
    }
    return ay_buf_status(&f->values, err);
}

static assay_status emit_group(aggregate_finish *f, ay_verdict verdict, const ay_figure_value *value, uint64_t side,
                               assay_err *err)
{
    AY_TRY(put_group(f, err));
    ay_buf_clear(&f->detail);
    if (verdict == AY_FAIL) {
        ay_buf_clear(&f->text);
        ay_figure_text(value, f->context->zone, &f->text);
        AY_TRY(ay_buf_status(&f->text, err));
        ay_tuple_put_str(&f->detail, ay_buf_view(&f->text));
        ay_tuple_put_u64(&f->detail, side);
        AY_TRY(ay_buf_status(&f->detail, err));
    }
    return f->emit->finding(f->emit->ctx, f->rule, verdict, (ay_str){0}, ay_buf_view(&f->values),
                            ay_buf_view(&f->detail), err);
}

static bool is_beyond(const aggregate_finish *f, const ay_constant *bound, const ay_figure_value *value, int sign)
{
    if (!bound) return false;
    const ay_cell limit = ay_constant_value(bound, f->context);
    return ay_figure_cmp(value, &limit) * sign > 0;
}

static bool is_bound_bad(const aggregate_finish *f)
{
    return (f->args->min && ay_constant_value(f->args->min, f->context).is_bad) ||
           (f->args->max && ay_constant_value(f->args->max, f->context).is_bad);
}

/* The verdict on one group's figure. */
static assay_status judge(aggregate_finish *f, assay_err *err)
{
    const ay_figure_value value = ay_figure_value_of((ay_figure_kind)f->args->figure, &f->figure);
    f->nulls += f->figure.nulls;
    f->groups_seen++;
    f->has_value = ay_figure_millionths(&value, &f->value_e6);
    if (value.form == AY_FIGURE_NONE) {
        f->empty++;
        return ASSAY_OK;
    }
    if (value.form == AY_FIGURE_SPECIAL || is_bound_bad(f)) {
        f->tally->unreadable++;
        return emit_group(f, AY_UNREADABLE, &value, 0, err);
    }
    f->tally->evaluated++;
    const bool is_low = is_beyond(f, f->args->min, &value, -1);
    if (!is_low && !is_beyond(f, f->args->max, &value, 1)) return ASSAY_OK;
    f->tally->failed++;
    return emit_group(f, AY_FAIL, &value, is_low ? SIDE_MIN : SIDE_MAX, err);
}

static assay_status begin_group(aggregate_finish *f, const ay_member *member, assay_err *err)
{
    f->figure = (ay_figure){0};
    f->position = f->rank = 0;
    ay_buf_clear(&f->group);
    ay_buf_str(&f->group, ay_groups_value(member->record, 0, f->args->shape.n_group));
    AY_TRY(ay_buf_status(&f->group, err));
    if (!f->sizes) return ASSAY_OK;
    ay_str note;
    ay_cell size;
    AY_TRY(ay_notes_get(f->sizes, member->group, &note, err));
    if (!note.len) return ASSAY_OK;
    AY_NOMEM_IF(!ay_groups_cell(f->groups, note, &size), err);
    f->rank = ay_figure_rank(f->args->quantile, (uint64_t)size.v.i64);
    return ASSAY_OK;
}

/* Values of a group come in order, nulls first: a distinct one is the first, or differs from the one before it. */
static assay_status count_distinct(aggregate_finish *f, ay_str value, assay_err *err)
{
    const bool is_same = f->figure.distinct && ay_str_eq(value, ay_buf_view(&f->previous));
    f->figure.distinct += !is_same;
    if (is_same) return ASSAY_OK;
    ay_buf_clear(&f->previous);
    ay_buf_str(&f->previous, value);
    return ay_buf_status(&f->previous, err);
}

static bool is_null_value(ay_str value)
{
    return value.len == 1 && value.ptr[0] == 0;
}

static assay_status visit(void *ctx, const ay_member *member, assay_err *err)
{
    aggregate_finish *f = (aggregate_finish *)ctx;
    const uint32_t n = f->rule->n_fields;
    const ay_figure_kind kind = (ay_figure_kind)f->args->figure;
    ay_cell cell = {.is_null = true};
    if (member->is_first) AY_TRY(begin_group(f, member, err));
    if (!f->args->has_of) {
        ay_figure_add(kind, &f->figure, NULL);
        return ASSAY_OK;
    }
    const ay_str value = ay_groups_value(member->record, n - 1, n);
    const bool is_null = is_null_value(value);
    const bool is_read = kind != AY_FIGURE_DISTINCT && kind != AY_FIGURE_COUNT && kind != AY_FIGURE_SHARE_NULL;
    cell.is_null = is_null;
    if (is_read && !is_null) AY_NOMEM_IF(!ay_groups_cell(f->groups, value, &cell), err);
    ay_figure_add(kind, &f->figure, &cell);
    if (is_null) return ASSAY_OK;
    if (kind == AY_FIGURE_DISTINCT) return count_distinct(f, value, err);
    if (kind == AY_FIGURE_QUANTILE && ++f->position == f->rank) ay_figure_choose(&f->figure, &cell);
    return ASSAY_OK;
}

static assay_status close_group(void *ctx, uint64_t group, assay_err *err)
{
    (void)group;
    return judge((aggregate_finish *)ctx, err);
}

static assay_status count_value(void *ctx, const ay_member *member, assay_err *err)
{
    aggregate_finish *f = (aggregate_finish *)ctx;
    const uint32_t n = f->rule->n_fields;
    (void)err;
    f->position += !is_null_value(ay_groups_value(member->record, n - 1, n));
    return ASSAY_OK;
}

static assay_status note_size(void *ctx, uint64_t group, assay_err *err)
{
    aggregate_finish *f = (aggregate_finish *)ctx;
    const uint64_t size = f->position;
    f->position = 0;
    if (!size) return ASSAY_OK;
    ay_buf_clear(&f->detail);
    ay_tuple_put_u64(&f->detail, size);
    AY_TRY(ay_buf_status(&f->detail, err));
    return ay_notes_put(f->sizes, group, ay_buf_view(&f->detail), err);
}

static assay_status judge_groups(aggregate_finish *f, assay_err *err)
{
    const ay_visitor measure = {count_value, note_size, f}, visitor = {visit, close_group, f};
    if (f->sizes) AY_TRY(ay_groups_each(f->groups, &measure, err));
    return ay_groups_each(f->groups, &visitor, err);
}

static assay_status judge_all(aggregate_finish *f, const aggregate_state *s, assay_err *err)
{
    AY_CLEANUP(ay_notes_cleanup) ay_notes *sizes = NULL;
    f->tally->unreadable = s->groups ? s->groups->unreadable : s->unreadable;
    if (!s->groups) {
        f->figure = s->figure;
        return judge(f, err);
    }
    f->groups = s->groups;
    if (f->args->figure == AY_FIGURE_QUANTILE) AY_TRY(ay_notes_open(s->groups->budget, &sizes, err));
    f->sizes = sizes;
    return judge_groups(f, err);
}

assay_status ay_aggregate_whole(const ay_rule *rule, const void *state, ay_figure *ret, uint64_t *ret_unreadable,
                                assay_err *err)
{
    const aggregate_state *s = (const aggregate_state *)state;
    aggregate_finish f = {
        .rule = rule,
        .args = (const ay_aggregate_args *)rule->args,
        .groups = s->groups,
        .figure = s->figure,
    };
    const ay_visitor visitor = {visit, NULL, &f};
    const assay_status status = s->groups ? ay_groups_each(s->groups, &visitor, err) : ASSAY_OK;
    ay_buf_free(&f.previous);
    ay_buf_free(&f.group);
    *ret = f.figure;
    *ret_unreadable = s->groups ? s->groups->unreadable : s->unreadable;
    return status;
}

static void put_figures(const aggregate_finish *f)
{
    ay_tally *tally = f->tally;
    ay_tally_figure(tally, "groups", f->groups_seen);
    ay_tally_figure(tally, "empty_groups", f->empty);
    ay_tally_figure(tally, "nulls", f->nulls);
    if (f->args->shape.n_group || !f->has_value || !ay_aggregate_is_quotable(f->args)) return;
    ay_tally_figure(tally, "value_e6", (uint64_t)f->value_e6);
}

static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    aggregate_finish f = {
        .rule = rule,
        .args = (const ay_aggregate_args *)rule->args,
        .context = context,
        .emit = emit,
        .tally = tally,
    };
    const assay_status status = judge_all(&f, (const aggregate_state *)state, err);
    ay_buf_free(&f.previous);
    ay_buf_free(&f.group);
    ay_buf_free(&f.values);
    ay_buf_free(&f.detail);
    ay_buf_free(&f.text);
    if (status == ASSAY_OK) put_figures(&f);
    return status;
}

/* ---- Words ---- */

void ay_aggregate_name(const ay_rule *rule, bool zh, ay_buf *out)
{
    const ay_aggregate_args *args = (const ay_aggregate_args *)rule->args;
    if (args->has_of) ay_buf_text(out, args->shape.names[rule->n_fields - 1]);
    if (zh && args->has_of) ay_buf_text(out, " 的");
    if (!zh && args->has_of) ay_buf_text(out, ": ");
    ay_buf_text(out, (zh ? figure_zh : figure_words)[args->figure]);
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const ay_aggregate_args *args = (const ay_aggregate_args *)rule->args;
    ay_aggregate_name(rule, zh, out);
    if (facts->verdict == AY_UNREADABLE) {
        ay_buf_text(out, zh ? "无法计算：取值中有 NaN 或无穷大，或界限超出范围"
                            : " cannot be told: a value is NaN or infinite, or a bound is out of range");
        return;
    }
    if (facts->n_detail <= DETAIL_SIDE) {
        ay_buf_text(out, zh ? "超出范围" : " is out of range");
        return;
    }
    const bool is_low = facts->detail[DETAIL_SIDE].v.i64 == SIDE_MIN;
    if (ay_aggregate_is_quotable(args)) {
        ay_buf_text(out, zh ? "为 " : " is ");
        ay_buf_str(out, facts->detail[DETAIL_VALUE].v.str);
        ay_buf_text(out, zh ? "，" : ", ");
    } else {
        ay_buf_text(out, zh ? "超出范围，" : " is out of range, ");
    }
    if (zh) ay_buf_printf(out, "应%s %s", is_low ? "不小于" : "不大于", is_low ? args->min_text : args->max_text);
    else
        ay_buf_printf(out, "%s %s expected", is_low ? "at least" : "at most", is_low ? args->min_text : args->max_text);
}

const ay_kind ay_kind_aggregate = {
    .name = "aggregate",
    .over = AY_OVER_DATASET,
    .of_whole = true,
    .summary = "a figure over a field (count, sum, mean, quantile ...) stays within bounds",
    .summary_zh = "字段的统计量（计数、合计、平均、分位数等）在规定范围内",
    .indicator = "0402",
    .without = AY_WITHOUT_NULLS | AY_WITHOUT_TOLERANCE,
    .compile = compile,
    .state_open = ay_aggregate_state_open,
    .absorb = ay_aggregate_absorb,
    .merge = ay_aggregate_merge,
    .save = ay_aggregate_save,
    .load = ay_aggregate_load,
    .finish = finish,
    .state_close = ay_aggregate_state_close,
    .reason = reason,
};
