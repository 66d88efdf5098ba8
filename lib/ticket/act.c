#include "ticket/act.h"

#include "base/mem.h"

enum {
    OPEN = 1 << AY_STATE_OPEN,
    DISPATCHED = 1 << AY_STATE_DISPATCHED,
    CONFIRMED = 1 << AY_STATE_CONFIRMED,
    REJECTED = 1 << AY_STATE_REJECTED,
    CORRECTED = 1 << AY_STATE_CORRECTED,
    RETURNED = 1 << AY_STATE_RETURNED,
    DISPUTED = 1 << AY_STATE_DISPUTED,
    GONE = 1 << AY_STATE_GONE,
    CLOSED = 1 << AY_STATE_CLOSED,
    /* sets of them */
    HELD = DISPATCHED | CONFIRMED,               /* the owner has it */
    PENDING = OPEN | HELD | RETURNED | DISPUTED, /* nobody said it is right */
    ANSWERED = REJECTED | CORRECTED,
    OVER = GONE | CLOSED
};

const ay_act_rule ay_acts[AY_ACT_COUNT] = {
    [AY_ACT_FOUND] = {"found", "发现", 0, AY_STATE_OPEN, 0, 0, 0, 0},
    [AY_ACT_CHANGED] = {"changed", "问题变化", PENDING, AY_STATE_COUNT, 0, 0, 0, 0},
    [AY_ACT_REFOUND] = {"refound", "再次发现", ANSWERED | OVER, AY_STATE_OPEN, 0, 0, 0, 0},
    [AY_ACT_PASSED] = {"passed", "复核通过", PENDING | ANSWERED, AY_STATE_CLOSED, 0, 0, 0, 0},
    [AY_ACT_VANISHED] = {"vanished", "记录消失", PENDING | ANSWERED, AY_STATE_GONE, 0, 0, 0, 0},
    [AY_ACT_DISPATCH] = {"dispatch", "派发", OPEN | RETURNED | DISPUTED, AY_STATE_DISPATCHED, 0, 0, 0, 1},
    [AY_ACT_CONFIRM] = {"confirm", "属实", OPEN | DISPATCHED | DISPUTED, AY_STATE_CONFIRMED, 0, 0, 0, 1},
    [AY_ACT_REJECT] = {"reject", "不属实", OPEN | HELD | DISPUTED, AY_STATE_REJECTED, 1, 0, 0, 1},
    [AY_ACT_CORRECT] = {"correct", "已整改", OPEN | HELD | DISPUTED, AY_STATE_CORRECTED, 0, 0, 0, 1},
    [AY_ACT_RETURN] = {"return", "退回", HELD, AY_STATE_RETURNED, 1, 0, 0, 1},
    [AY_ACT_TRANSFER] = {"transfer", "转派", PENDING, AY_STATE_DISPATCHED, 0, 1, 0, 1},
    [AY_ACT_EXTEND] = {"extend", "延期", OPEN | HELD | DISPUTED, AY_STATE_COUNT, 1, 0, 1, 1},
    [AY_ACT_DISPUTE] = {"dispute", "争议", OPEN | HELD | REJECTED, AY_STATE_DISPUTED, 1, 0, 0, 1},
    [AY_ACT_CLOSE] = {"close", "办结", PENDING | ANSWERED | GONE, AY_STATE_CLOSED, 1, 0, 0, 1},
    [AY_ACT_REOPEN] = {"reopen", "重开", ANSWERED | OVER, AY_STATE_OPEN, 1, 0, 0, 1},
};

static const struct {
    const char *name, *zh;
} states[AY_STATE_COUNT] = {
    [AY_STATE_OPEN] = {"open", "待派发"},           [AY_STATE_DISPATCHED] = {"dispatched", "已派发"},
    [AY_STATE_CONFIRMED] = {"confirmed", "属实"},   [AY_STATE_REJECTED] = {"rejected", "不属实"},
    [AY_STATE_CORRECTED] = {"corrected", "已整改"}, [AY_STATE_RETURNED] = {"returned", "退回"},
    [AY_STATE_DISPUTED] = {"disputed", "争议"},     [AY_STATE_GONE] = {"gone", "记录消失"},
    [AY_STATE_CLOSED] = {"closed", "办结"},
};

const char *ay_state_name(ay_state state)
{
    return states[state].name;
}

const char *ay_state_zh(ay_state state)
{
    return states[state].zh;
}

bool ay_state_find(ay_str name, ay_state *ret)
{
    for (int i = 0; i < AY_STATE_COUNT; i++) {
        if (!ay_str_is(name, states[i].name)) continue;
        *ret = (ay_state)i;
        return true;
    }
    return false;
}

bool ay_act_find(ay_str name, ay_act *ret)
{
    for (int i = 0; i < AY_ACT_COUNT; i++) {
        if (!ay_acts[i].is_of_people || !ay_str_is(name, ay_acts[i].name)) continue;
        *ret = (ay_act)i;
        return true;
    }
    return false;
}

/* An answer holds for the value it was given about: "no fault" as long as the value stays. "Corrected" is a claim that
 * the next run tests. */
static bool on_found(const ay_sight *s, ay_act *ret)
{
    const bool is_denied = s->state == AY_STATE_REJECTED || (s->state == AY_STATE_CLOSED && s->was_rejected);
    if (is_denied && s->is_same) return false;
    if (ay_act_may(AY_ACT_REFOUND, s->state)) {
        *ret = AY_ACT_REFOUND;
        return true;
    }
    *ret = AY_ACT_CHANGED;
    return !s->is_same;
}

/* What nobody has looked at proves nothing: a rule that was not evaluated, a record that may be among those that could
 * not be read. */
static bool on_absent(const ay_sight *s, ay_act *ret)
{
    if (ay_state_is_over(s->state) || !s->is_judged) return false;
    if (!s->is_seen && !s->is_certain) return false;
    *ret = s->is_seen ? AY_ACT_PASSED : AY_ACT_VANISHED;
    return true;
}

bool ay_act_of_run(const ay_sight *sight, ay_act *ret)
{
    return sight->is_found ? on_found(sight, ret) : on_absent(sight, ret);
}
