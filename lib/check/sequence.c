/* sequence: in each group the values, put in order, follow each other by exactly one step. A value behind a gap and a
 * repeated value are findings; the first of a group has nothing to follow. Where the step is a number of months, the
 * last day of a month is also followed by the last day of the other. */
#include "base/mem.h"
#include "check/group.h"
#include "check/kinds.h"
#include "check/param.h"
#include "check/state.h"

/* rule->fields: those of `by`, then the field. */
typedef struct sequence_args {
    ay_shape shape;
    ay_type type;
    ay_dec number;        /* step of numbers */
    ay_interval interval; /* step of dates and timestamps */
} sequence_args;

/* Detail of a finding: which fault, and the value that was expected (null where there is none in range). */
enum { DETAIL_FAULT, DETAIL_EXPECTED };
enum { FAULT_GAP, FAULT_REPEAT };

static bool is_step(ay_build *b, const ay_node *step, bool is_positive, bool is_whole)
{
    if (!is_positive) ay_diag_error(b->diags, "bad-value", step->pos, "the step must be more than 0", "步长应大于 0");
    else if (!is_whole)
        ay_diag_error(b->diags, "bad-value", step->pos, "the step must be whole, as the values of the field are",
                      "步长应为整数或整天（与字段的取值一致）");
    return is_positive && is_whole;
}

static bool compile_number(ay_build *b, const ay_node *step, sequence_args *args)
{
    int64_t whole = 0;
    if (!ay_param_dec(b, step, &args->number)) return false;
    return is_step(b, step, args->number.coef > 0,
                   args->type == AY_DEC || ay_dec_to_i64(args->number, &whole) == AY_NUM_OK);
}

static bool compile_interval(ay_build *b, const ay_node *step, sequence_args *args)
{
    int64_t days = 0;
    if (args->type == AY_DATE && step->kind == AY_NODE_SCALAR && ay_i64_parse(step->text, &days) == AY_NUM_OK) {
        args->interval = (ay_interval){.days = days > INT32_MAX ? INT32_MAX : (int32_t)days};
        return is_step(b, step, days > 0, true);
    }
    ay_interval *iv = &args->interval;
    if (!ay_param_interval(b, step, iv)) return false;
    const bool is_positive = iv->months >= 0 && iv->days >= 0 && iv->us >= 0 && (iv->months || iv->days || iv->us);
    return is_step(b, step, is_positive, args->type != AY_DATE || !iv->us);
}

static bool compile_step(ay_build *b, const ay_node *step, const ay_field *field, sequence_args *args)
{
    args->type = field->type;
    switch (field->type) {
    case AY_INT:
    case AY_DEC: return compile_number(b, step, args);
    case AY_DATE:
    case AY_TIMESTAMP:
    case AY_TIMESTAMPTZ: return compile_interval(b, step, args);
    default:
        ay_diag_error(
            b->diags, "type-mismatch", step->pos,
            "check 'sequence' cannot test field '%s' of type %s; it takes: integer, decimal, date, timestamp, "
            "timestamptz",
            "检查“sequence”不能用于字段“%s”（类型 %s）；可用类型：integer, decimal, date, timestamp, timestamptz",
            field->name, ay_type_name(field->type));
        return false;
    }
}

static bool compile(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    static const char *const keys[] = {"field", "step", "by"};
    sequence_args *args = AY_ARENA_NEW(b->arena, sequence_args);
    if (!args || !ay_param_map(b, arg, "sequence", keys, AY_COUNT(keys))) return false;
    rule->args = args;
    const ay_node *field = ay_shape_need(b, arg, "sequence", "field"),
                  *step = ay_shape_need(b, arg, "sequence", "step");
    const ay_node *by = ay_node_get(arg, "by");
    const uint32_t *fields = NULL;
    uint32_t n = 0, own = 0;
    if (!field || !step || !ay_param_field(b, field, &own)) return false;
    if (by && !ay_param_fields(b, by, &fields, &n)) return false;
    return compile_step(b, step, &b->fields[own], args) && ay_shape_compile(b, rule, fields, n, &own, 1, &args->shape);
}

static assay_status state_open(const ay_rule *rule, ay_budget *budget, void **ret, assay_err *err)
{
    const sequence_args *args = (const sequence_args *)rule->args;
    ay_groups *groups = NULL;
    AY_TRY(ay_groups_open(&args->shape, rule->nulls, budget, &groups, err));
    *ret = groups;
    return ASSAY_OK;
}

typedef struct sequence_finish {
    const ay_rule *rule;
    const sequence_args *args;
    ay_groups *groups;
    const ay_emit *emit;
    const ay_zone *zone;
    ay_cell previous;
    ay_buf detail, text;
    uint64_t groups_seen, gaps, repeats;
} sequence_finish;

static bool is_month_end(int64_t days)
{
    int64_t year = 0;
    unsigned month = 0, day = 0;
    ay_civil_from_days(days, &year, &month, &day);
    return day == ay_days_in_month(year, month);
}

static bool is_infinite(int64_t value)
{
    return value == AY_INFINITY || value == AY_NEG_INFINITY;
}

/* The day one step behind `previous`. *ret_last: where both are last days of a month, another that will do. */
static bool next_day(ay_interval step, int64_t previous, int64_t *ret, int64_t *ret_last)
{
    if (is_infinite(previous) || ay_date_add(previous, step, ret) != AY_TIME_OK) return false;
    *ret_last = *ret;
    if (step.days || !is_month_end(previous)) return true;
    while (!is_month_end(*ret_last)) ++*ret_last;
    return true;
}

static int64_t day_of(int64_t us)
{
    return us / AY_DAY_US - (us % AY_DAY_US < 0);
}

/* The same for timestamps, in local time. */
static bool next_instant(const sequence_finish *f, int64_t previous, int64_t *ret, int64_t *ret_last)
{
    const ay_interval step = f->args->interval;
    const bool is_utc = f->args->type == AY_TIMESTAMPTZ;
    int64_t local = 0;
    if (is_infinite(previous)) return false;
    const int64_t from = is_utc ? ay_zone_from_utc(f->zone, previous, NULL) : previous;
    if (ay_timestamp_add(from, step, &local) != AY_TIME_OK) return false;
    *ret = *ret_last = is_utc ? ay_zone_to_utc(f->zone, local) : local;
    if (step.days || step.us || !is_month_end(day_of(from))) return true;
    while (!is_month_end(day_of(local))) local += AY_DAY_US;
    *ret_last = is_utc ? ay_zone_to_utc(f->zone, local) : local;
    return true;
}

static bool next_number(const sequence_finish *f, const ay_cell *previous, ay_cell *ret)
{
    int64_t step = 0;
    *ret = (ay_cell){.type = previous->type};
    if (previous->type == AY_DEC)
        return previous->v.dec.kind == AY_DEC_FINITE &&
               ay_dec_add(previous->v.dec, f->args->number, &ret->v.dec) == AY_NUM_OK;
    return ay_dec_to_i64(f->args->number, &step) == AY_NUM_OK &&
           !__builtin_add_overflow(previous->v.i64, step, &ret->v.i64);
}

/* Whether the cell follows the previous one; else the value expected (null: none in range). */
static bool follows(const sequence_finish *f, const ay_cell *cell, ay_cell *ret_expected)
{
    bool is_known;
    int64_t last = 0;
    if (cell->type == AY_INT || cell->type == AY_DEC) {
        is_known = next_number(f, &f->previous, ret_expected);
        last = ret_expected->v.i64;
    } else {
        *ret_expected = (ay_cell){.type = cell->type};
        is_known = cell->type == AY_DATE ? next_day(f->args->interval, f->previous.v.i64, &ret_expected->v.i64, &last)
                                         : next_instant(f, f->previous.v.i64, &ret_expected->v.i64, &last);
    }
    ret_expected->is_null = !is_known;
    if (!is_known) return false;
    return ay_cell_cmp(cell, ret_expected) == 0 || (cell->type != AY_DEC && cell->v.i64 == last);
}

static assay_status fail_record(sequence_finish *f, const ay_member *member, bool is_repeat, const ay_cell *expected,
                                assay_err *err)
{
    *(is_repeat ? &f->repeats : &f->gaps) += 1;
    ay_buf_clear(&f->text);
    ay_buf_clear(&f->detail);
    ay_tuple_put_u64(&f->detail, is_repeat ? FAULT_REPEAT : FAULT_GAP);
    if (expected->is_null) {
        ay_tuple_put(&f->detail, expected);
    } else {
        if (expected->type == AY_TIMESTAMPTZ) ay_timestamptz_text(expected->v.i64, f->zone, &f->text);
        else ay_cell_text(expected, &f->text);
        AY_TRY(ay_buf_status(&f->text, err));
        ay_tuple_put_str(&f->detail, ay_buf_view(&f->text));
    }
    AY_TRY(ay_buf_status(&f->detail, err));
    return ay_groups_emit(f->rule, f->groups, member->record, ay_buf_view(&f->detail), f->emit, err);
}

static assay_status visit(void *ctx, const ay_member *member, assay_err *err)
{
    sequence_finish *f = (sequence_finish *)ctx;
    ay_cell cell, expected = {.is_null = true};
    const uint32_t n = f->rule->n_fields;
    AY_NOMEM_IF(!ay_groups_cell(f->groups, ay_groups_value(member->record, n - 1, n), &cell), err);
    const ay_cell previous = f->previous;
    const bool is_ok = member->is_first || follows(f, &cell, &expected);
    f->groups_seen += member->is_first;
    f->previous = cell;
    if (is_ok) return ASSAY_OK;
    return fail_record(f, member, ay_cell_cmp(&cell, &previous) == 0, &expected, err);
}

static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    sequence_finish f = {
        .rule = rule,
        .args = (const sequence_args *)rule->args,
        .groups = (ay_groups *)state,
        .emit = emit,
        .zone = context->zone,
    };
    const ay_visitor visitor = {visit, NULL, &f};
    const assay_status status = ay_groups_each(f.groups, &visitor, err);
    ay_buf_free(&f.detail);
    ay_buf_free(&f.text);
    if (status != ASSAY_OK) return status;
    AY_TRY(ay_groups_tally(rule, f.groups, emit, tally, err));
    tally->failed += f.gaps + f.repeats;
    ay_tally_figure(tally, "groups", f.groups_seen);
    ay_tally_figure(tally, "gaps", f.gaps);
    ay_tally_figure(tally, "repeats", f.repeats);
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const ay_shape *shape = &((const sequence_args *)rule->args)->shape;
    if (!facts->n_detail) {
        ay_buf_text(out, zh ? "缺少取值" : "a value is missing");
    } else if (facts->detail[DETAIL_FAULT].v.i64 == FAULT_REPEAT) {
        ay_buf_text(out, zh ? "与前一个值重复" : "repeats the value before it");
    } else {
        ay_buf_text(out, zh ? "与前一个值之间不是一个步长" : "is not one step behind the value before it");
        if (!shape->quotable || facts->detail[DETAIL_EXPECTED].is_null) return;
        ay_buf_text(out, zh ? "，应为 " : ": expected ");
        ay_buf_str(out, facts->detail[DETAIL_EXPECTED].v.str);
    }
}

const ay_kind ay_kind_sequence = {
    .name = "sequence",
    .over = AY_OVER_DATASET,
    .summary = "values follow each other by one step, without gap or repeat",
    .summary_zh = "取值按固定步长连续，无缺号、无重号",
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
};
