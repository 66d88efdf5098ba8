/* The life of a ticket: its states, what may be done in each, and by whom. One table; see act.c. */
#ifndef AY_TICKET_ACT_H
#define AY_TICKET_ACT_H

#include "base/str.h"

typedef enum ay_state {
    AY_STATE_OPEN,       /* found, not yet given to anybody */
    AY_STATE_DISPATCHED, /* with its owner */
    AY_STATE_CONFIRMED,  /* the owner says: so it is */
    AY_STATE_REJECTED,   /* the owner says: no fault */
    AY_STATE_CORRECTED,  /* the owner says: put right; the next run will tell */
    AY_STATE_RETURNED,   /* the owner says: not mine */
    AY_STATE_DISPUTED,   /* owner and reporter disagree; to be settled (政务数据共享条例 Art. 28) */
    AY_STATE_GONE,       /* the record is not there any more */
    AY_STATE_CLOSED,
    AY_STATE_COUNT
} ay_state;

typedef enum ay_act {
    /* by a run */
    AY_ACT_FOUND,
    AY_ACT_CHANGED, /* found again, with another value */
    AY_ACT_REFOUND, /* found again after it was said or seen to be right */
    AY_ACT_PASSED,
    AY_ACT_VANISHED,
    /* by people */
    AY_ACT_DISPATCH,
    AY_ACT_CONFIRM,
    AY_ACT_REJECT,
    AY_ACT_CORRECT,
    AY_ACT_RETURN,
    AY_ACT_TRANSFER,
    AY_ACT_EXTEND,
    AY_ACT_DISPUTE,
    AY_ACT_CLOSE,
    AY_ACT_REOPEN,
    AY_ACT_COUNT
} ay_act;

typedef struct ay_act_rule {
    const char *name, *zh;
    uint32_t from;     /* bit set of states in which it may be done */
    ay_state to;       /* AY_STATE_COUNT: stays */
    bool needs_remark; /* the reason is part of the record */
    bool needs_owner;  /* to whom */
    bool needs_days;   /* how many working days more */
    bool is_of_people;
} ay_act_rule;

extern const ay_act_rule ay_acts[AY_ACT_COUNT];

const char *ay_state_name(ay_state state); /* "open" */
const char *ay_state_zh(ay_state state);
bool ay_state_find(ay_str name, ay_state *ret);
bool ay_act_find(ay_str name, ay_act *ret); /* of people only */
static inline bool ay_state_is_over(ay_state state)
{
    return state == AY_STATE_GONE || state == AY_STATE_CLOSED;
}
static inline bool ay_act_may(ay_act act, ay_state state)
{
    return ay_acts[act].from >> state & 1;
}
static inline ay_state ay_act_leads_to(ay_act act, ay_state from)
{
    return ay_acts[act].to == AY_STATE_COUNT ? from : ay_acts[act].to;
}

/* What a run does with a ticket. */
typedef struct ay_sight {
    ay_state state;
    bool is_found, is_same;   /* the fault is there, with the value of last time */
    bool was_rejected;        /* it was closed because it is no fault */
    bool is_judged;           /* the rule was evaluated in this run */
    bool is_seen, is_certain; /* the record was read; whether that can be known */
} ay_sight;

/* False: nothing happens to it. */
bool ay_act_of_run(const ay_sight *sight, ay_act *ret);

#endif
