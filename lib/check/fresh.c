/* fresh: the newest value of a date or timestamp is no older than `within` before as-of. A date counts as the start of
 * its day in the pack's zone. Values later than as-of prove nothing: they are counted apart and do not make it fresh.
 */
#include "base/bits.h"
#include "base/mem.h"
#include "check/group.h"
#include "check/kinds.h"
#include "check/param.h"
#include "check/state.h"

typedef struct fresh_args {
    uint32_t field;
    ay_type type;
    ay_interval within;
} fresh_args;

typedef struct fresh_state {
    int64_t newest; /* of those not in the future */
    bool has_newest;
    uint64_t values, nulls, future, unreadable;
} fresh_state;

static bool compile(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    static const char *const keys[] = {"field", "within"};
    fresh_args *args = AY_ARENA_NEW(b->arena, fresh_args);
    if (!args || !ay_param_map(b, arg, "fresh", keys, AY_COUNT(keys))) return false;
    rule->args = args;
    const ay_node *field = ay_shape_need(b, arg, "fresh", "field"), *within = ay_shape_need(b, arg, "fresh", "within");
    if (!field || !within || !ay_param_field(b, field, &args->field)) return false;
    if (!ay_param_interval(b, within, &args->within)) return false;
    args->type = b->fields[args->field].type;
    rule->fields = &args->field;
    rule->n_fields = 1;
    if (args->within.months < 0 || args->within.days < 0 || args->within.us < 0) {
        ay_diag_error(b->diags, "bad-value", within->pos, "'within' cannot be negative", "within 不能为负");
        return false;
    }
    if (args->type == AY_DATE || args->type == AY_TIMESTAMP || args->type == AY_TIMESTAMPTZ) return true;
    ay_diag_error(b->diags, "type-mismatch", field->pos,
                  "check 'fresh' cannot test field '%s' of type %s; it takes: date, timestamp, timestamptz",
                  "检查“fresh”不能用于字段“%s”（类型 %s）；可用类型：date, timestamp, timestamptz",
                  b->fields[args->field].name, ay_type_name(args->type));
    return false;
}

static assay_status state_open(const ay_rule *rule, ay_budget *budget, void **ret, assay_err *err)
{
    (void)rule;
    (void)budget;
    fresh_state *state = AY_NEW(fresh_state);
    AY_NOMEM_IF(!state, err);
    *ret = state;
    return ASSAY_OK;
}

/* As-of in the unit of the field. */
static int64_t now_of(const fresh_args *args, const ay_context *context)
{
    if (args->type == AY_DATE) return context->today;
    return args->type == AY_TIMESTAMP ? context->now_local : context->as_of_us;
}

static void take_newest(fresh_state *s, int64_t value)
{
    if (s->has_newest && value <= s->newest) return;
    s->newest = value;
    s->has_newest = true;
}

static assay_status absorb(const ay_rule *rule, void *state, const ay_view *view, const uint64_t *active,
                           assay_err *err)
{
    (void)err;
    const fresh_args *args = (const fresh_args *)rule->args;
    fresh_state *s = (fresh_state *)state;
    const ay_col *col = &view->batch->cols[args->field];
    const int64_t now = now_of(args, view->context);
    AY_BITS_EACH (i, active, view->batch->rows) {
        if (ay_bit(col->bad, i)) s->unreadable++;
        else if (ay_bit(col->null, i)) s->nulls++;
        else {
            s->values++;
            if (col->v.i64[i] > now) s->future++;
            else take_newest(s, col->v.i64[i]);
        }
    }
    return ASSAY_OK;
}

static assay_status merge(const ay_rule *rule, void *into, void *from, assay_err *err)
{
    (void)rule;
    (void)err;
    fresh_state *a = (fresh_state *)into, *b = (fresh_state *)from;
    if (b->has_newest) take_newest(a, b->newest);
    a->values += b->values;
    a->nulls += b->nulls;
    a->future += b->future;
    a->unreadable += b->unreadable;
    *b = (fresh_state){0};
    return ASSAY_OK;
}

/* Calendar arithmetic is done in local time, in the pack's zone. An interval that reaches before all time: always
 * fresh. */
static bool is_fresh(const fresh_args *args, const fresh_state *s, const ay_context *context)
{
    int64_t limit = 0;
    if (!s->has_newest || s->newest == AY_NEG_INFINITY) return false;
    if (ay_timestamp_add(context->now_local, ay_interval_neg(args->within), &limit) != AY_TIME_OK) return true;
    if (args->type == AY_DATE) return s->newest * AY_DAY_US >= limit;
    return s->newest >= (args->type == AY_TIMESTAMP ? limit : ay_zone_to_utc(context->zone, limit));
}

static void newest_text(const fresh_args *args, const fresh_state *s, const ay_zone *zone, ay_buf *out)
{
    if (args->type == AY_DATE) ay_date_text(s->newest, out);
    else if (args->type == AY_TIMESTAMP) ay_timestamp_text(s->newest, out);
    else ay_timestamptz_text(s->newest, zone, out);
}

/* The finding has no key; its value is the newest one. */
static assay_status emit_stale(const ay_rule *rule, const fresh_state *s, const ay_context *context,
                               const ay_emit *emit, assay_err *err)
{
    static const ay_cell none = {.is_null = true};
    ay_buf text = {0}, values = {0};
    if (s->has_newest) {
        newest_text((const fresh_args *)rule->args, s, context->zone, &text);
        ay_tuple_put_str(&values, ay_buf_view(&text));
    } else {
        ay_tuple_put(&values, &none);
    }
    assay_status status = ay_buf_status(&text, err);
    if (status == ASSAY_OK) status = ay_buf_status(&values, err);
    if (status == ASSAY_OK)
        status = emit->finding(emit->ctx, rule, AY_FAIL, (ay_str){0}, ay_buf_view(&values), (ay_str){0}, err);
    ay_buf_free(&text);
    ay_buf_free(&values);
    return status;
}

static assay_status save(const ay_rule *rule, void *state, ay_stream *out, assay_err *err)
{
    (void)rule;
    (void)err;
    const fresh_state *s = (const fresh_state *)state;
    const uint64_t counts[] = {s->has_newest, s->values, s->nulls, s->future, s->unreadable};
    ay_state_put_counts(out, counts, AY_COUNT(counts));
    ay_buf_u64(&out->buf, (uint64_t)s->newest);
    return ASSAY_OK;
}

/* A newest value in the future would prove nothing, and is not there where there is no value. */
static bool is_sound(const fresh_args *args, const fresh_state *s, const ay_context *context)
{
    if (!s->has_newest) return s->newest == 0;
    const bool is_date = args->type == AY_DATE;
    return (is_date ? ay_date_is_sound(s->newest) : ay_timestamp_is_sound(s->newest)) &&
           s->newest <= now_of(args, context);
}

static assay_status load(const ay_rule *rule, void *state, const ay_context *context, ay_in *in, assay_err *err)
{
    fresh_state *s = (fresh_state *)state;
    uint64_t counts[5], newest;
    AY_TRY(ay_state_take_counts(in, counts, AY_COUNT(counts), err));
    AY_TRY(ay_in_u64(in, &newest, err));
    *s = (fresh_state){.newest = (int64_t)newest,
                       .has_newest = counts[0] == 1,
                       .values = counts[1],
                       .nulls = counts[2],
                       .future = counts[3],
                       .unreadable = counts[4]};
    const bool is_fine = counts[0] <= 1 && is_sound((const fresh_args *)rule->args, s, context);
    return is_fine ? ASSAY_OK : ay_in_damaged(err);
}

static assay_status finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *tally, assay_err *err)
{
    const fresh_state *s = (const fresh_state *)state;
    tally->evaluated = s->values + s->nulls > 0;
    tally->failed = tally->evaluated && !is_fresh((const fresh_args *)rule->args, s, context);
    tally->unreadable = s->unreadable;
    ay_tally_figure(tally, "values", s->values);
    ay_tally_figure(tally, "nulls", s->nulls);
    ay_tally_figure(tally, "future", s->future);
    return tally->failed ? emit_stale(rule, s, context, emit, err) : ASSAY_OK;
}

static void state_close(void *state)
{
    ay_free(state);
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const fresh_args *args = (const fresh_args *)rule->args;
    if (facts->values[0].is_null) {
        ay_buf_text(out, zh ? "截至检查时点没有任何取值" : "there is no value up to the time of the check");
        return;
    }
    ay_buf_text(out, zh ? "最新的值距检查时点超过 " : "the newest value is older than ");
    ay_interval_text(args->within, out);
}

const ay_kind ay_kind_fresh = {
    .name = "fresh",
    .over = AY_OVER_DATASET,
    .of_whole = true,
    .summary = "the newest value is no older than an interval",
    .summary_zh = "最新数据的时间不早于规定时限",
    .indicator = "0502",
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
