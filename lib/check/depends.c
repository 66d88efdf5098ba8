/* depends: records with the same determining values (zip) have the same dependent value (city). Where a group
 * disagrees, the records that differ from the majority are findings and the majority is suggested; without a majority
 * all of the group are findings and nothing is suggested. A record with a null on either side says nothing about the
 * dependency. */
#include "base/mem.h"
#include "check/group.h"
#include "check/kinds.h"
#include "check/param.h"
#include "check/state.h"

/* rule->fields: the determining fields, then the dependent one. */
typedef struct depends_args {
    ay_shape shape;
} depends_args;

/* Detail of a finding: how many agree with the majority (0: there is none), of how many, and the majority's text. */
enum { DETAIL_MAJORITY, DETAIL_SIZE, DETAIL_VALUE };

static bool compile(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    depends_args *args = AY_ARENA_NEW(b->arena, depends_args);
    if (!args) return false;
    rule->args = args;
    if (arg->kind != AY_NODE_MAP || arg->n != 1) {
        ay_diag_error(b->diags, "bad-value", arg->pos, "'depends' takes one dependent field, as in {city: [zip]}",
                      "“depends”的参数应为一个被决定字段，如 {city: [zip]}");
        return false;
    }
    const uint32_t *fields = NULL;
    uint32_t n = 0, dependent = 0;
    const bool ok = ay_param_field(b, arg->items[0]->key, &dependent);
    if (!ay_param_fields(b, arg->items[0], &fields, &n) || !ok) return false;
    return ay_shape_compile(b, rule, fields, n, &dependent, 1, &args->shape);
}

static assay_status state_open(const ay_rule *rule, ay_budget *budget, void **ret, assay_err *err)
{
    const depends_args *args = (const depends_args *)rule->args;
    ay_groups *groups = NULL;
    AY_TRY(ay_groups_open(&args->shape, rule->nulls, budget, &groups, err));
    *ret = groups;
    return ASSAY_OK;
}

/* Two walks. In a group equal dependent values stand together, so the first walk needs the current run of them and the
 * longest one; it notes each group that disagrees: the head of the detail, then the majority as a typed value. */
typedef struct depends_finish {
    const ay_rule *rule;
    ay_groups *groups;
    const ay_emit *emit;
    ay_notes *notes;
    ay_buf current, best, note, text;
    uint64_t size, run, longest, values;
    bool is_tie;
    uint64_t failed, disagreeing, tied;
} depends_finish;

static ay_str dependent(const depends_finish *f, ay_str record)
{
    return ay_groups_value(record, f->rule->n_fields - 1, f->rule->n_fields);
}

static void close_run(depends_finish *f)
{
    if (f->run > f->longest) {
        f->longest = f->run;
        f->is_tie = false;
        ay_buf_clear(&f->best);
        ay_buf_str(&f->best, ay_buf_view(&f->current));
    } else if (f->run == f->longest) {
        f->is_tie = true;
    }
    f->run = 0;
}

static assay_status count_record(void *ctx, const ay_member *member, assay_err *err)
{
    depends_finish *f = (depends_finish *)ctx;
    const ay_str value = dependent(f, member->record);
    if (member->is_first || !ay_str_eq(value, ay_buf_view(&f->current))) {
        if (!member->is_first) close_run(f);
        f->values++;
        ay_buf_clear(&f->current);
        ay_buf_str(&f->current, value);
    }
    f->run++;
    f->size++;
    AY_TRY(ay_buf_status(&f->best, err));
    return ay_buf_status(&f->current, err);
}

static assay_status note_disagreement(depends_finish *f, uint64_t group, assay_err *err)
{
    f->disagreeing++;
    f->tied += f->is_tie;
    f->failed += f->is_tie ? f->size : f->size - f->longest;
    ay_buf_clear(&f->note);
    ay_tuple_put_u64(&f->note, f->is_tie ? 0 : f->longest);
    ay_tuple_put_u64(&f->note, f->size);
    if (!f->is_tie) ay_buf_str(&f->note, ay_buf_view(&f->best));
    AY_TRY(ay_buf_status(&f->note, err));
    return ay_notes_put(f->notes, group, ay_buf_view(&f->note), err);
}

static assay_status note_group(void *ctx, uint64_t group, assay_err *err)
{
    depends_finish *f = (depends_finish *)ctx;
    close_run(f);
    AY_TRY(ay_buf_status(&f->best, err));
    if (f->values > 1) AY_TRY(note_disagreement(f, group, err));
    f->size = f->longest = f->values = 0;
    f->is_tie = false;
    return ASSAY_OK;
}

/* The note with the majority as a text: the detail. */
static assay_status put_detail(depends_finish *f, ay_str note, ay_str majority, assay_err *err)
{
    ay_cell cell;
    ay_buf_clear(&f->note);
    ay_buf_str(&f->note, ay_str_slice(note, 0, note.len - majority.len));
    if (majority.len) {
        AY_NOMEM_IF(!ay_groups_cell(f->groups, majority, &cell), err);
        ay_buf_clear(&f->text);
        ay_cell_text(&cell, &f->text);
        AY_TRY(ay_buf_status(&f->text, err));
        ay_tuple_put_str(&f->note, ay_buf_view(&f->text));
    }
    return ay_buf_status(&f->note, err);
}

static assay_status name_record(void *ctx, const ay_member *member, assay_err *err)
{
    depends_finish *f = (depends_finish *)ctx;
    ay_str note;
    AY_TRY(ay_notes_get(f->notes, member->group, &note, err));
    if (!note.len) return ASSAY_OK;
    const ay_str majority = ay_str_slice(note, ay_tuple_length(note, DETAIL_VALUE), note.len);
    if (majority.len && ay_str_eq(majority, dependent(f, member->record))) return ASSAY_OK;
    AY_TRY(put_detail(f, note, majority, err));
    return ay_groups_emit(f->rule, f->groups, member->record, ay_buf_view(&f->note), f->emit, err);
}

static assay_status name_groups(depends_finish *f, assay_err *err)
{
    const ay_visitor measure = {count_record, note_group, f}, name = {name_record, NULL, f};
    AY_TRY(ay_groups_each(f->groups, &measure, err));
    return f->disagreeing ? ay_groups_each(f->groups, &name, err) : ASSAY_OK;
}

static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    (void)context;
    AY_CLEANUP(ay_notes_cleanup) ay_notes *notes = NULL;
    depends_finish f = {.rule = rule, .groups = (ay_groups *)state, .emit = emit};
    AY_TRY(ay_notes_open(f.groups->budget, &notes, err));
    f.notes = notes;
    const assay_status status = name_groups(&f, err);
    ay_buf_free(&f.current);
    ay_buf_free(&f.best);
    ay_buf_free(&f.note);
    ay_buf_free(&f.text);
    if (status != ASSAY_OK) return status;
    AY_TRY(ay_groups_tally(rule, f.groups, emit, tally, err));
    tally->failed += f.failed;
    ay_tally_figure(tally, "disagreeing_groups", f.disagreeing);
    ay_tally_figure(tally, "tied_groups", f.tied);
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const ay_shape *shape = &((const depends_args *)rule->args)->shape;
    if (facts->n_detail <= DETAIL_SIZE) {
        ay_buf_text(out, zh ? "缺少取值" : "a value is missing");
        return;
    }
    const long long majority = (long long)facts->detail[DETAIL_MAJORITY].v.i64;
    const long long size = (long long)facts->detail[DETAIL_SIZE].v.i64;
    if (zh) {
        ay_shape_names(shape, 0, shape->n_group, zh, out);
        ay_buf_printf(out, " 相同的 %lld 条记录", size);
        if (majority) ay_buf_printf(out, "中有 %lld 条取另一个值", majority);
        else ay_buf_text(out, "取值不一，且没有多数");
        return;
    }
    if (majority) ay_buf_printf(out, "differs from the majority (%lld) of %lld records with the same ", majority, size);
    else ay_buf_printf(out, "one of several values, none of them the majority, of %lld records with the same ", size);
    ay_shape_names(shape, 0, shape->n_group, zh, out);
}

/* As sure as the majority is great: its share of the group. */
static bool suggest(const ay_rule *rule, const ay_facts *facts, ay_memo *memo, ay_suggestion *ret, ay_buf *out)
{
    (void)memo;
    if (facts->n_detail <= DETAIL_VALUE) return false;
    const int64_t majority = facts->detail[DETAIL_MAJORITY].v.i64, size = facts->detail[DETAIL_SIZE].v.i64;
    *ret = (ay_suggestion){rule->n_fields - 1, AY_BY_MAJORITY, (uint32_t)(100 * majority / size)};
    ay_buf_str(out, facts->detail[DETAIL_VALUE].v.str);
    return true;
}

const ay_kind ay_kind_depends = {
    .name = "depends",
    .over = AY_OVER_DATASET,
    .summary = "records that agree in some fields agree in another",
    .summary_zh = "某些字段相同的记录，另一字段也相同",
    .indicator = "0402",
    .compile = compile,
    .state_open = state_open,
    .absorb = ay_groups_kind_absorb,
    .merge = ay_groups_kind_merge,
    .save = ay_groups_kind_save,
    .load = ay_groups_kind_load,
    .finish = finish,
    .state_close = ay_groups_close,
    .reason = reason,
    .suggest = suggest,
};
