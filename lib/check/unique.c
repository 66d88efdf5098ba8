/* unique: no two records have the same values in these fields. Values are compared exactly (text by its bytes, 1.0
 * equals 1.00); every record of a repeated value is a finding, whichever way `count` counts. */
#include "base/mem.h"
#include "check/group.h"
#include "check/kinds.h"
#include "check/param.h"
#include "check/state.h"

typedef enum unique_nulls { NULLS_DISTINCT, NULLS_EQUAL, NULLS_FAIL } unique_nulls;
typedef enum unique_count { COUNT_ROWS, COUNT_SURPLUS } unique_count;

typedef struct unique_args {
    ay_shape shape;
    uint32_t nulls, count;
} unique_args;

static const char *const nulls_words[] = {
    [NULLS_DISTINCT] = "distinct", [NULLS_EQUAL] = "equal", [NULLS_FAIL] = "fail"};
static const char *const count_words[] = {[COUNT_ROWS] = "rows", [COUNT_SURPLUS] = "surplus"};

/* The fields: named in `list`, or the one that the rule belongs to. */
static bool compile_fields(ay_build *b, const ay_node *list, ay_rule *rule, ay_shape *ret)
{
    if (!list) {
        if (!ay_param_own_field(b, rule->arg, rule)) return false;
        const uint32_t own = (uint32_t)rule->field;
        return ay_shape_compile(b, rule, &own, 1, NULL, 0, ret);
    }
    const uint32_t *fields = NULL;
    uint32_t n = 0;
    return ay_param_fields(b, list, &fields, &n) && ay_shape_compile(b, rule, fields, n, NULL, 0, ret);
}

static bool compile_map(ay_build *b, const ay_node *arg, ay_rule *rule, unique_args *args)
{
    static const char *const keys[] = {"fields", "nulls", "count"};
    if (!ay_param_map(b, arg, "unique", keys, AY_COUNT(keys))) return false;
    bool ok = true;
    const ay_node *nulls = ay_node_get(arg, "nulls"), *count = ay_node_get(arg, "count");
    if (nulls) ok &= ay_param_word(b, nulls, nulls_words, AY_COUNT(nulls_words), &args->nulls);
    if (count) ok &= ay_param_word(b, count, count_words, AY_COUNT(count_words), &args->count);
    return compile_fields(b, ay_node_get(arg, "fields"), rule, &args->shape) && ok;
}

static bool compile_true(ay_build *b, const ay_node *arg, ay_rule *rule, unique_args *args)
{
    bool is_true = false;
    if (!ay_param_bool(b, arg, &is_true)) return false;
    if (is_true) return compile_fields(b, NULL, rule, &args->shape);
    ay_diag_error(b->diags, "bad-value", arg->pos, "'unique: false' checks nothing: leave it out",
                  "“unique: false”不做任何检查：请删去");
    return false;
}

static bool compile(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    unique_args *args = AY_ARENA_NEW(b->arena, unique_args);
    if (!args) return false;
    const bool ok = arg->kind == AY_NODE_MAP    ? compile_map(b, arg, rule, args)
                    : arg->kind == AY_NODE_LIST ? compile_fields(b, arg, rule, &args->shape)
                                                : compile_true(b, arg, rule, args);
    if (args->nulls == NULLS_EQUAL) args->shape.n_known = 0;
    args->shape.repeats = true;
    rule->args = args;
    return ok;
}

static assay_status state_open(const ay_rule *rule, ay_budget *budget, void **ret, assay_err *err)
{
    const unique_args *args = (const unique_args *)rule->args;
    ay_groups *groups = NULL;
    AY_TRY(ay_groups_open(&args->shape, args->nulls == NULLS_FAIL ? AY_NULLS_FAIL : rule->nulls, budget, &groups, err));
    *ret = groups;
    return ASSAY_OK;
}

/* One walk keeps the records of repeated values in a sorter of their own, by group; once the size of every
 * group is known they are named with it. */
typedef struct unique_finish {
    const ay_rule *rule;
    ay_groups *groups;
    const ay_emit *emit;
    ay_notes *notes;    /* the detail of a repeated group: its size */
    ay_sorter *repeats; /* prefix: the group */
    ay_buf detail;
    uint64_t size, rows, surplus, repeated;
} unique_finish;

static assay_status count_record(void *ctx, const ay_member *member, assay_err *err)
{
    unique_finish *f = (unique_finish *)ctx;
    f->size++;
    if (f->size == 1) return ASSAY_OK;
    if (f->size == 2) AY_TRY(ay_sorter_put(f->repeats, member->group, ay_groups_last(f->groups), err));
    return ay_sorter_put(f->repeats, member->group, member->record, err);
}

static assay_status note_group(void *ctx, uint64_t group, assay_err *err)
{
    unique_finish *f = (unique_finish *)ctx;
    const uint64_t size = f->size;
    f->size = 0;
    if (size < 2) return ASSAY_OK;
    f->rows += size;
    f->surplus += size - 1;
    f->repeated++;
    ay_buf_clear(&f->detail);
    ay_tuple_put_u64(&f->detail, size);
    AY_TRY(ay_buf_status(&f->detail, err));
    return ay_notes_put(f->notes, group, ay_buf_view(&f->detail), err);
}

static assay_status name_repeats(unique_finish *f, ay_sorted *sorted, assay_err *err)
{
    for (;;) {
        ay_sort_record record;
        ay_str detail;
        bool end = false;
        AY_TRY(ay_sorted_next(sorted, &record, &end, err));
        if (end) return ASSAY_OK;
        AY_TRY(ay_notes_get(f->notes, record.prefix, &detail, err));
        AY_TRY(ay_groups_emit(f->rule, f->groups, record.bytes, detail, f->emit, err));
    }
}

static assay_status name_groups(unique_finish *f, assay_err *err)
{
    const ay_visitor measure = {count_record, note_group, f};
    ay_sorted *sorted = NULL;
    AY_TRY(ay_notes_open(f->groups->budget, &f->notes, err));
    AY_TRY(ay_sorter_open(f->groups->budget, &f->repeats, err));
    AY_TRY(ay_groups_repeats(f->groups, &measure, err));
    AY_TRY(ay_sorted_open(f->repeats, &sorted, err));
    const assay_status status = name_repeats(f, sorted, err);
    ay_sorted_close(sorted);
    return status;
}

/* There is nothing to name them by. */
static assay_status count_repeats(unique_finish *f, assay_err *err)
{
    ay_repeats repeats;
    AY_TRY(ay_prints_repeats(f->groups->prints, &repeats, err));
    f->rows = repeats.records;
    f->surplus = repeats.records - repeats.values;
    f->repeated = repeats.values;
    for (uint64_t i = 0; i < f->rows; i++)
        AY_TRY(f->emit->finding(f->emit->ctx, f->rule, AY_FAIL, (ay_str){0}, (ay_str){0}, (ay_str){0}, err));
    return ASSAY_OK;
}

static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    (void)context;
    const unique_args *args = (const unique_args *)rule->args;
    unique_finish f = {.rule = rule, .groups = (ay_groups *)state, .emit = emit};
    const assay_status status = f.groups->prints ? count_repeats(&f, err) : name_groups(&f, err);
    ay_buf_free(&f.detail);
    ay_sorter_free(f.repeats);
    ay_notes_close(f.notes);
    if (status != ASSAY_OK) return status;
    AY_TRY(ay_groups_tally(rule, f.groups, emit, tally, err));
    tally->failed += args->count == COUNT_SURPLUS ? f.surplus : f.rows;
    ay_tally_figure(tally, "duplicate_rows", f.rows);
    ay_tally_figure(tally, "duplicate_surplus", f.surplus);
    ay_tally_figure(tally, "duplicate_groups", f.repeated);
    ay_tally_figure(tally, "null_keys", f.groups->null_groups);
    ay_tally_figure(tally, "partial_null_keys", f.groups->partial_groups);
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const ay_shape *shape = &((const unique_args *)rule->args)->shape;
    if (!facts->n_detail) {
        ay_buf_text(out, zh ? "缺少取值" : "a value is missing");
        return;
    }
    const long long size = (long long)facts->detail[0].v.i64;
    if (shape->n_group == 1) {
        ay_buf_printf(out, zh ? "该值出现 %lld 次" : "the value occurs %lld times", size);
        return;
    }
    ay_buf_text(out, zh ? "" : "the combination of ");
    ay_shape_names(shape, 0, shape->n_group, zh, out);
    ay_buf_printf(out, zh ? "的组合出现 %lld 次" : " occurs %lld times", size);
}

const ay_kind ay_kind_unique = {
    .name = "unique",
    .over = AY_OVER_DATASET,
    .summary = "no value, or combination of values, occurs twice",
    .summary_zh = "取值（或取值组合）不重复",
    .indicator = "0304",
    .compile = compile,
    .state_open = state_open,
    .absorb = ay_groups_kind_absorb,
    .merge = ay_groups_kind_merge,
    .save = ay_groups_kind_save,
    .load = ay_groups_kind_load,
    .finish = finish,
    .state_close = ay_groups_close,
    .reason = reason,
};
