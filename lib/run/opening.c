#include "run/opening.h"

#include "base/mem.h"
#include "check/sharing.h"

const char *ay_may_open_name(ay_may_open verdict)
{
    static const char *const names[] = {
        [AY_OPEN_ALLOWED] = "allowed", [AY_OPEN_BLOCKED] = "blocked", [AY_OPEN_UNKNOWN] = "unknown"};
    return names[verdict];
}

static bool is_on_list(const ay_rule *rule)
{
    return strcmp(rule->kind->name, "opening") == 0 || rule->kind->finds_personal;
}

/* NULL: the rule was not among those chosen for the run. */
static const ay_rule_outcome *outcome_of(const ay_dataset_result *d, const ay_rule *rule)
{
    for (uint32_t i = 0; i < d->n_rules; i++)
        if (d->rules[i].rule == rule) return &d->rules[i];
    return NULL;
}

static bool is_blocking(const ay_dataset_result *d, const ay_rule_outcome *o)
{
    return d->fed && o && o->count.failed > 0;
}

/* A column of nulls alone was looked through all the same; records that a condition left out were not. */
static bool is_unknown(const ay_dataset_result *d, const ay_rule_outcome *o)
{
    return !d->fed || d->missing || !o || o->count.unreadable > 0 || o->count.excluded > 0;
}

/* A search for some of the records beside one for all. */
static bool is_extra(const ay_dataset *dataset, const ay_rule *rule)
{
    bool extra = false;
    for (uint32_t i = 0; rule->where && i < dataset->n_rules && !extra; i++) {
        const ay_rule *other = dataset->rules[i];
        extra = is_on_list(other) && !other->where && other->field == rule->field;
    }
    return extra;
}

static ay_may_open verdict_of(const ay_dataset_result *d, const ay_rule *rule)
{
    const ay_rule_outcome *o = outcome_of(d, rule);
    if (is_blocking(d, o)) return AY_OPEN_BLOCKED;
    if (is_extra(d->dataset, rule)) return AY_OPEN_ALLOWED;
    return is_unknown(d, o) ? AY_OPEN_UNKNOWN : AY_OPEN_ALLOWED;
}

/* The rules with this verdict. */
static void collect(const ay_dataset_result *d, ay_may_open verdict, ay_openness *ret)
{
    const ay_dataset *dataset = d->dataset;
    ret->n = 0;
    for (uint32_t i = 0; i < dataset->n_rules; i++)
        if (is_on_list(dataset->rules[i]) && verdict_of(d, dataset->rules[i]) == verdict)
            ret->because[ret->n++] = dataset->rules[i];
}

assay_status ay_opening_decide(ay_arena *arena, ay_dataset_result *d, assay_err *err)
{
    ay_openness *o = &d->opening;
    *o = (ay_openness){.verdict = AY_OPEN_BLOCKED};
    if (!ay_asks_to_open(ay_str_from(d->dataset->open))) return ASSAY_OK;
    o->because = AY_ARENA_ARRAY(arena, d->dataset->n_rules, const ay_rule *);
    AY_NOMEM_IF(!o->because, err);
    collect(d, AY_OPEN_BLOCKED, o);
    if (o->n) return ASSAY_OK;
    collect(d, AY_OPEN_UNKNOWN, o);
    o->verdict = o->n || d->records == 0 || d->rejected ? AY_OPEN_UNKNOWN : AY_OPEN_ALLOWED;
    return ASSAY_OK;
}
