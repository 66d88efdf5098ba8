/* change: a figure of the dataset is close to what it was in earlier runs. The figures are those of `aggregate` that
 * have an exact mean over runs, so they are measured by it; what is kept of a run are whole counts and exact sums. */
#include "base/mem.h"
#include "check/aggregate.h"
#include "check/history.h"
#include "check/kinds.h"
#include "check/param.h"

typedef struct change_args {
    ay_aggregate_args measure; /* first: see aggregate.h */
    ay_change change;
    const char *names[2]; /* of the figures that are kept, see ay_measured */
} change_args;

static const char *const words[] = {"count", "sum", "mean", "min", "max", "distinct", "share_null"};
static const ay_figure_kind kinds[] = {AY_FIGURE_COUNT, AY_FIGURE_SUM,      AY_FIGURE_MEAN,      AY_FIGURE_MIN,
                                       AY_FIGURE_MAX,   AY_FIGURE_DISTINCT, AY_FIGURE_SHARE_NULL};
_Static_assert(AY_COUNT(words) == AY_COUNT(kinds), "one word, one figure");

/* ---- Compile ---- */

/* "sum(amount)"; NULL: no memory. */
static const char *figure_of(ay_build *b, const char *word, const ay_rule *rule)
{
    AY_CLEANUP(ay_buf_free) ay_buf name = {0};
    ay_buf_text(&name, word);
    if (rule->n_fields) ay_buf_printf(&name, "(%s)", b->fields[rule->fields[0]].name);
    return name.failed ? NULL : ay_arena_copy(b->arena, ay_buf_view(&name));
}

/* A mean is kept as its sum and count, a share as its two counts. */
static bool name_figures(ay_build *b, const ay_rule *rule, const char *word, change_args *args)
{
    const bool is_mean = args->measure.figure == AY_FIGURE_MEAN;
    const bool is_share = args->measure.figure == AY_FIGURE_SHARE_NULL;
    args->names[0] = figure_of(b, is_mean ? "sum" : is_share ? "nulls" : word, rule);
    if (is_mean) args->names[1] = figure_of(b, "count", rule);
    if (is_share) args->names[1] = "records";
    return args->names[0] && (args->names[1] || !is_mean);
}

static bool has_mean(ay_build *b, const ay_node *of, const ay_rule *rule, const char *word)
{
    const ay_field *field = &b->fields[rule->fields[0]];
    if (field->type == AY_INT || field->type == AY_DEC) return true;
    ay_diag_error(b->diags, "type-mismatch", of->pos, "the %s of field '%s' of type %s has no mean over several runs",
                  "%s(%s) 没有多次运行的平均值：字段类型为 %s", word, field->name, ay_type_name(field->type));
    return false;
}

/* The figure would be published in the result and kept by the store. */
static bool report_sensitive(ay_build *b, const ay_node *of, const ay_rule *rule, const char *word)
{
    const ay_field *field = &b->fields[rule->fields[0]];
    ay_diag_error(
        b->diags, "sensitive-figure", of->pos,
        "the %s of '%s' would be kept by the store, but the field is %s: count, distinct or share_null may be",
        "%s(%s) 会存入存储库，而该字段的级别为 %s：只可使用 count、distinct 或 share_null", word, field->name,
        ay_level_name(field->level));
    return false;
}

static bool compile_figure(ay_build *b, const ay_node *arg, ay_rule *rule, change_args *args)
{
    const ay_node *figure = ay_shape_need(b, arg, "change", "figure"), *of = ay_node_get(arg, "of");
    uint32_t word = 0;
    if (!figure || !ay_param_word(b, figure, words, AY_COUNT(words), &word)) return false;
    args->measure.figure = kinds[word];
    if (!ay_aggregate_compile(b, arg, rule, &args->measure)) return false;
    const bool is_extreme = kinds[word] == AY_FIGURE_MIN || kinds[word] == AY_FIGURE_MAX;
    if (is_extreme && !has_mean(b, of, rule, words[word])) return false;
    if (!ay_aggregate_is_quotable(&args->measure)) return report_sensitive(b, of, rule, words[word]);
    return name_figures(b, rule, words[word], args);
}

static bool compile(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    static const char *const keys[] = {"figure", "of", "within"};
    change_args *args = AY_ARENA_NEW(b->arena, change_args);
    if (!args || !ay_param_map(b, arg, "change", keys, AY_COUNT(keys))) return false;
    rule->args = args;
    const ay_node *within = ay_shape_need(b, arg, "change", "within");
    if (!within || !ay_param_change(b, within, &args->change)) return false;
    return compile_figure(b, arg, rule, args);
}

/* ---- Finish ---- */

static void put_figures(const change_args *args, const ay_ratio *now, ay_tally *tally)
{
    const uint32_t figure = args->measure.figure;
    const bool is_count = figure == AY_FIGURE_COUNT || figure == AY_FIGURE_DISTINCT || figure == AY_FIGURE_SHARE_NULL;
    uint64_t count = 0;
    if (is_count && ay_huge_whole(&now->num, &count)) ay_tally_figure(tally, args->names[0], count);
    else ay_tally_decimal(tally, args->names[0], &now->num);
    if (args->names[1]) ay_tally_figure(tally, args->names[1], now->den);
}

enum { DETAIL_NOW, DETAIL_MEAN };

static assay_status put_ratio(ay_buf *out, const ay_ratio *ratio, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf text = {0};
    ay_ratio_text(ratio, &text);
    AY_TRY(ay_buf_status(&text, err));
    ay_tuple_put_str(out, ay_buf_view(&text));
    return ay_buf_status(out, err);
}

/* About the whole dataset: neither key nor value. */
static assay_status emit_finding(const ay_rule *rule, ay_verdict verdict, ay_str detail, const ay_emit *emit,
                                 assay_err *err)
{
    static const ay_cell none = {.is_null = true};
    AY_CLEANUP(ay_buf_free) ay_buf values = {0};
    for (uint32_t i = 0; i < rule->n_fields; i++) ay_tuple_put(&values, &none);
    AY_TRY(ay_buf_status(&values, err));
    return emit->finding(emit->ctx, rule, verdict, (ay_str){0}, ay_buf_view(&values), detail, err);
}

static assay_status emit_change(const ay_rule *rule, const ay_ratio *now, const ay_ratio *mean, const ay_emit *emit,
                                assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf detail = {0};
    AY_TRY(put_ratio(&detail, now, err));
    AY_TRY(put_ratio(&detail, mean, err));
    return emit_finding(rule, AY_FAIL, ay_buf_view(&detail), emit, err);
}

static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    const change_args *args = (const change_args *)rule->args;
    ay_figure figure;
    AY_TRY(ay_aggregate_whole(rule, state, &figure, &tally->unreadable, err));
    const ay_figure_value value = ay_figure_value_of((ay_figure_kind)args->measure.figure, &figure);
    ay_measured measured = {.names = {args->names[0], args->names[1]}};
    ay_ratio mean;
    bool is_beyond = false;
    if (value.form == AY_FIGURE_NONE) return ASSAY_OK;
    if (!ay_figure_fraction(&value, &measured.now.num, &measured.now.den)) {
        tally->unreadable++;
        return emit_finding(rule, AY_UNREADABLE, (ay_str){0}, emit, err);
    }
    put_figures(args, &measured.now, tally);
    AY_TRY(ay_change_judge(&args->change, &measured, rule, context, tally, &is_beyond, &mean, err));
    tally->evaluated = tally->lack.of == AY_LACK_NONE;
    tally->failed = is_beyond;
    return is_beyond ? emit_change(rule, &measured.now, &mean, emit, err) : ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const change_args *args = (const change_args *)rule->args;
    if (facts->verdict == AY_FAIL && facts->n_detail <= DETAIL_MEAN) return;
    ay_aggregate_name(rule, zh, out);
    if (facts->verdict != AY_FAIL) {
        ay_buf_text(out, zh ? "无法计算：取值中有 NaN 或无穷大" : " cannot be told: a value is NaN or infinite");
        return;
    }
    ay_buf_text(out, zh ? "为 " : " is ");
    ay_buf_str(out, facts->detail[DETAIL_NOW].v.str);
    ay_change_reason(&args->change, facts->detail[DETAIL_MEAN].v.str, zh, out);
}

const ay_kind ay_kind_change = {
    .name = "change",
    .over = AY_OVER_DATASET,
    .looks_back = true,
    .of_whole = true,
    .summary = "a figure of the dataset is close to its mean over earlier runs",
    .summary_zh = "统计量与此前各次运行的平均值相近",
    .indicator = "0202",
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
