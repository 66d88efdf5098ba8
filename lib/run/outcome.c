#include "run/outcome.h"

const char *assay_outcome_name(assay_outcome outcome)
{
    static const char *const names[] = {
        [ASSAY_PASS] = "PASS",
        [ASSAY_WARN] = "WARN",
        [ASSAY_FAIL] = "FAIL",
        [ASSAY_VACUOUS] = "VACUOUS",
        [ASSAY_NOT_EVALUATED] = "NOT_EVALUATED",
        [ASSAY_ERROR] = "ERROR",
    };
    return (unsigned)outcome < sizeof names / sizeof *names ? names[outcome] : "UNKNOWN";
}

uint64_t ay_limit_allows(ay_limit limit, uint64_t evaluated)
{
    if (limit.den == 0) return limit.num;
    return (uint64_t)((unsigned __int128)evaluated * limit.num / limit.den);
}

static assay_outcome decide(const ay_rule_outcome *o)
{
    const ay_count *c = &o->count;
    const bool lacks = c->unreadable || o->tally.lack.of != AY_LACK_NONE;
    if (c->evaluated == 0) return lacks ? ASSAY_NOT_EVALUATED : ASSAY_VACUOUS;
    if (c->failed > o->allowed_fail) return o->rule->severity <= AY_WARNING ? ASSAY_WARN : ASSAY_FAIL;
    return c->failed > o->allowed_warn || c->unreadable ? ASSAY_WARN : ASSAY_PASS;
}

void ay_outcome_decide(ay_rule_outcome *o, bool fed)
{
    o->allowed_warn = ay_limit_allows(o->rule->warn, o->count.evaluated);
    o->allowed_fail = ay_limit_allows(o->rule->fail, o->count.evaluated);
    o->outcome = fed ? decide(o) : ASSAY_NOT_EVALUATED;
}

static int rank(assay_outcome outcome)
{
    static const int ranks[] = {
        [ASSAY_PASS] = 0, [ASSAY_WARN] = 1,          [ASSAY_VACUOUS] = 2,
        [ASSAY_FAIL] = 3, [ASSAY_NOT_EVALUATED] = 4, [ASSAY_ERROR] = 5,
    };
    return ranks[outcome];
}

assay_outcome ay_outcome_worse(assay_outcome a, const ay_rule_outcome *b)
{
    static const assay_outcome empty[] = {
        [AY_EMPTY_WARN] = ASSAY_VACUOUS,
        [AY_EMPTY_PASS] = ASSAY_PASS,
        [AY_EMPTY_FAIL] = ASSAY_FAIL,
    };
    assay_outcome other = b->outcome == ASSAY_VACUOUS ? empty[b->rule->on_empty] : b->outcome;
    if (other == ASSAY_FAIL && b->rule->severity <= AY_WARNING) other = ASSAY_VACUOUS;
    return rank(other) > rank(a) ? other : a;
}
