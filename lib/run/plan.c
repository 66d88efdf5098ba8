#include "run/plan.h"

#include "base/bits.h"
#include "base/mem.h"
#include "run/reject.h"

static bool is_chosen(const ay_rule *rule, ay_chosen only)
{
    bool chosen = only.n == 0;
    for (size_t i = 0; i < only.n && !chosen; i++) chosen = strcmp(rule->id, only.ids[i]) == 0;
    return chosen;
}

static assay_status choose_rules(ay_arena *arena, ay_chosen only, ay_plan *plan, assay_err *err)
{
    const ay_dataset *d = plan->dataset;
    const ay_rule **rules = AY_ARENA_ARRAY(arena, d->n_rules + 1, const ay_rule *);
    AY_NOMEM_IF(!rules, err);
    for (uint32_t i = 0; i < d->n_rules; i++)
        if (is_chosen(d->rules[i], only)) rules[plan->n_rules++] = d->rules[i];
    plan->rules = rules;
    return ASSAY_OK;
}

static void mark_fields(uint64_t *needed, const uint32_t *fields, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) ay_bit_set(needed, fields[i]);
}

static void mark_needed(const ay_plan *plan, uint64_t *needed)
{
    const ay_dataset *d = plan->dataset;
    if (plan->proving) ay_bits_fill(needed, d->n_fields);
    mark_fields(needed, d->key, d->n_key);
    if (d->segment.field >= 0) ay_bit_set(needed, (size_t)d->segment.field);
    for (uint32_t i = 0; i < plan->n_rules; i++) {
        const ay_rule *rule = plan->rules[i];
        const uint32_t *fields;
        mark_fields(needed, rule->fields, rule->n_fields);
        if (!rule->where) continue;
        const uint32_t n = ay_expr_fields(rule->where, &fields);
        mark_fields(needed, fields, n);
    }
}

static assay_status project(ay_arena *arena, ay_plan *plan, assay_err *err)
{
    const ay_dataset *d = plan->dataset;
    uint64_t *marks = AY_ARENA_ARRAY(arena, AY_BITS_WORDS(d->n_fields), uint64_t);
    uint32_t *needed = AY_ARENA_ARRAY(arena, d->n_fields, uint32_t);
    ay_field *fields = AY_ARENA_ARRAY(arena, d->n_fields, ay_field);
    plan->columns = AY_ARENA_ARRAY(arena, d->n_fields, const char *);
    AY_NOMEM_IF(!marks || !needed || !fields || !plan->columns, err);
    mark_needed(plan, marks);
    AY_BITS_EACH (i, marks, d->n_fields) {
        needed[plan->n_needed] = (uint32_t)i;
        fields[plan->n_needed] = d->fields[i];
        plan->columns[plan->n_needed++] = d->fields[i].column;
    }
    plan->needed = needed;
    plan->fields = fields;
    return ASSAY_OK;
}

assay_status ay_plan_make(ay_arena *arena, const ay_dataset *dataset, const ay_context *context, ay_chosen only,
                          const ay_proving *proving, ay_plan *ret, assay_err *err)
{
    ay_plan plan = {.dataset = dataset, .context = context, .proving = proving};
    AY_TRY(choose_rules(arena, only, &plan, err));
    AY_TRY(project(arena, &plan, err));
    AY_TRY(ay_reject_rule(arena, dataset, &plan.reject_rule, err));
    *ret = plan;
    return ASSAY_OK;
}
