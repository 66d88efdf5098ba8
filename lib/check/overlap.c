/* overlap: the periods [from, to] of a group, both ends included, have no instant in common. Every record that overlaps
 * another is a finding, and so is one whose period ends before it begins. `to` null: no end. `from` null: no period. */
#include "base/mem.h"
#include "check/group.h"
#include "check/kinds.h"
#include "check/param.h"
#include "check/state.h"

/* rule->fields: those of `by`, then from, then to. */
typedef struct overlap_args {
    ay_shape shape;
} overlap_args;

/* Detail of a finding: which fault, and for an overlap the other's period as texts (null: no end). */
enum { DETAIL_FAULT, DETAIL_FROM, DETAIL_TO };
enum { FAULT_OVERLAP, FAULT_REVERSED };

static bool check_types(ay_build *b, const ay_node *arg, const uint32_t *ends)
{
    const uint32_t able =
        1u << AY_DATE | 1u << AY_TIMESTAMP | 1u << AY_TIMESTAMPTZ | 1u << AY_INT | 1u << AY_DEC | 1u << AY_TIME;
    const ay_field *from = &b->fields[ends[0]], *to = &b->fields[ends[1]];
    if (from->type == to->type && (able >> from->type & 1)) return true;
    ay_diag_error(
        b->diags, "type-mismatch", arg->pos,
        "fields '%s' (%s) and '%s' (%s) make no period: both must be date, timestamp, timestamptz, time, "
        "integer or decimal",
        "字段“%s”（%s）与“%s”（%s）不能构成区间：两者应同为 date、timestamp、timestamptz、time、integer 或 decimal",
        from->name, ay_type_name(from->type), to->name, ay_type_name(to->type));
    return false;
}

static bool compile(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    static const char *const keys[] = {"from", "to", "by"};
    overlap_args *args = AY_ARENA_NEW(b->arena, overlap_args);
    if (!args || !ay_param_map(b, arg, "overlap", keys, AY_COUNT(keys))) return false;
    rule->args = args;
    const ay_node *from = ay_shape_need(b, arg, "overlap", "from"), *to = ay_shape_need(b, arg, "overlap", "to");
    const ay_node *by = ay_node_get(arg, "by");
    const uint32_t *fields = NULL;
    uint32_t n = 0, ends[2] = {0};
    if (!from || !to || !ay_param_field(b, from, &ends[0]) || !ay_param_field(b, to, &ends[1])) return false;
    if (by && !ay_param_fields(b, by, &fields, &n)) return false;
    if (!check_types(b, arg, ends) || !ay_shape_compile(b, rule, fields, n, ends, 2, &args->shape)) return false;
    args->shape.n_known = rule->n_fields - 1;
    return true;
}

static assay_status state_open(const ay_rule *rule, ay_budget *budget, void **ret, assay_err *err)
{
    const overlap_args *args = (const overlap_args *)rule->args;
    ay_groups *groups = NULL;
    AY_TRY(ay_groups_open(&args->shape, rule->nulls, budget, &groups, err));
    *ret = groups;
    return ASSAY_OK;
}

/* In a group the records come by from. A record overlaps an earlier one when it begins no later than the latest end so
 * far, and a later one when the next begins no later than its own end: one record held back is enough. */
typedef struct period {
    ay_buf record;
    ay_cell from, to;
    bool is_set;
} period;

typedef struct overlap_finish {
    const ay_rule *rule;
    ay_groups *groups;
    const ay_emit *emit;
    const ay_zone *zone;
    period held, longest; /* the last record; the one of the records before it that ends last */
    ay_buf detail, text;
    uint64_t overlapping, reversed, failed;
} overlap_finish;

static bool touches(const period *a, const ay_cell *from)
{
    return a->is_set && (a->to.is_null || ay_cell_cmp(from, &a->to) <= 0);
}

static assay_status put_end_text(overlap_finish *f, const ay_cell *cell, assay_err *err)
{
    if (cell->is_null) {
        ay_tuple_put(&f->detail, cell);
        return ASSAY_OK;
    }
    ay_buf_clear(&f->text);
    if (cell->type == AY_TIMESTAMPTZ) ay_timestamptz_text(cell->v.i64, f->zone, &f->text);
    else ay_cell_text(cell, &f->text);
    ay_tuple_put_str(&f->detail, ay_buf_view(&f->text));
    return ay_buf_status(&f->text, err);
}

static assay_status name_record(overlap_finish *f, ay_str record, const period *other, assay_err *err)
{
    ay_buf_clear(&f->detail);
    ay_tuple_put_u64(&f->detail, other ? FAULT_OVERLAP : FAULT_REVERSED);
    if (other) {
        AY_TRY(put_end_text(f, &other->from, err));
        AY_TRY(put_end_text(f, &other->to, err));
    }
    f->failed++;
    *(other ? &f->overlapping : &f->reversed) += 1;
    AY_TRY(ay_buf_status(&f->detail, err));
    return ay_groups_emit(f->rule, f->groups, record, ay_buf_view(&f->detail), f->emit, err);
}

static void steal(period *into, period *from)
{
    const ay_buf spare = into->record;
    *into = *from;
    from->record = spare;
    from->is_set = false;
}

/* Judge the held record now that the next one of its group (NULL: none) is known. */
static assay_status settle(overlap_finish *f, const period *next, assay_err *err)
{
    period *held = &f->held;
    if (!held->is_set) return ASSAY_OK;
    const bool earlier = touches(&f->longest, &held->from), later = next && touches(held, &next->from);
    if (earlier || later) AY_TRY(name_record(f, ay_buf_view(&held->record), earlier ? &f->longest : next, err));
    const bool is_longest = !f->longest.is_set || (!f->longest.to.is_null &&
                                                   (held->to.is_null || ay_cell_cmp(&held->to, &f->longest.to) > 0));
    if (is_longest) steal(&f->longest, held);
    held->is_set = false;
    return ASSAY_OK;
}

static assay_status visit(void *ctx, const ay_member *member, assay_err *err)
{
    overlap_finish *f = (overlap_finish *)ctx;
    const uint32_t n = f->rule->n_fields;
    period next = {.is_set = true};
    AY_NOMEM_IF(!ay_groups_cell(f->groups, ay_groups_value(member->record, n - 2, n - 1), &next.from), err);
    AY_NOMEM_IF(!ay_groups_cell(f->groups, ay_groups_value(member->record, n - 1, n), &next.to), err);
    if (!next.to.is_null && ay_cell_cmp(&next.from, &next.to) > 0) return name_record(f, member->record, NULL, err);
    AY_TRY(settle(f, &next, err));
    next.record = f->held.record;
    ay_buf_clear(&next.record);
    ay_buf_str(&next.record, member->record);
    f->held = next;
    return ay_buf_status(&f->held.record, err);
}

static assay_status close_group(void *ctx, uint64_t group, assay_err *err)
{
    (void)group;
    overlap_finish *f = (overlap_finish *)ctx;
    AY_TRY(settle(f, NULL, err));
    f->longest.is_set = false;
    return ASSAY_OK;
}

static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    overlap_finish f = {.rule = rule, .groups = (ay_groups *)state, .emit = emit, .zone = context->zone};
    const ay_visitor visitor = {visit, close_group, &f};
    const assay_status status = ay_groups_each(f.groups, &visitor, err);
    ay_buf_free(&f.held.record);
    ay_buf_free(&f.longest.record);
    ay_buf_free(&f.detail);
    ay_buf_free(&f.text);
    if (status != ASSAY_OK) return status;
    AY_TRY(ay_groups_tally(rule, f.groups, emit, tally, err));
    tally->failed += f.failed;
    ay_tally_figure(tally, "overlapping", f.overlapping);
    ay_tally_figure(tally, "reversed", f.reversed);
    return ASSAY_OK;
}

static void put_end(const ay_cell *cell, bool zh, ay_buf *out)
{
    if (cell->is_null) ay_buf_text(out, zh ? "无截止" : "open");
    else ay_buf_str(out, cell->v.str);
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const ay_shape *shape = &((const overlap_args *)rule->args)->shape;
    if (!facts->n_detail) {
        ay_buf_text(out, zh ? "缺少取值" : "a value is missing");
    } else if (facts->detail[DETAIL_FAULT].v.i64 == FAULT_REVERSED) {
        ay_buf_text(out, zh ? "区间的结束早于开始" : "the period ends before it begins");
    } else {
        ay_buf_text(out, zh ? "与同组另一区间重叠" : "overlaps another period of its group");
        if (!shape->quotable) return;
        ay_buf_text(out, zh ? "：" : ": ");
        put_end(&facts->detail[DETAIL_FROM], zh, out);
        ay_buf_text(out, zh ? " 至 " : " to ");
        put_end(&facts->detail[DETAIL_TO], zh, out);
    }
}

const ay_kind ay_kind_overlap = {
    .name = "overlap",
    .over = AY_OVER_DATASET,
    .summary = "the periods of a group do not overlap",
    .summary_zh = "同组的有效期区间互不重叠",
    .indicator = "0503",
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
