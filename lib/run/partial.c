#include "run/partial.h"

#include "base/mem.h"

assay_status ay_partial_open(const ay_plan *plan, ay_budget *budget, ay_partial *ret, assay_err *err)
{
    ay_partial p = {.plan = plan, .segments.budget = budget};
    assay_status st = ay_sorter_open(budget, &p.sorted, err);
    p.counts = AY_NEW_ARRAY(plan->n_rules + 1, ay_count);
    p.states = AY_NEW_ARRAY(plan->n_rules + 1, void *);
    if (st == ASSAY_OK && (!p.counts || !p.states)) st = ay_fail_nomem(err);
    for (uint32_t i = 0; st == ASSAY_OK && i < plan->n_rules; i++) {
        const ay_rule *rule = plan->rules[i];
        if (rule->kind->over == AY_OVER_DATASET) st = rule->kind->state_open(rule, budget, &p.states[i], err);
    }
    if (st == ASSAY_OK && plan->proving) st = ay_evidence_open(budget, &p.evidence, err);
    if (st == ASSAY_OK && plan->bridge) st = ay_evidence_open(budget, &p.bridge, err);
    if (st == ASSAY_OK) *ret = p;
    else ay_partial_free(&p);
    return st;
}

static void segments_free(ay_segments *s)
{
    ay_set_free(&s->index);
    ay_free(s->keys);
    for (uint32_t i = 0; i < s->n; i++) ay_free(s->counts[i]);
    ay_free(s->counts);
    ay_arena_free(&s->arena);
    if (s->taken) ay_budget_give(s->budget, s->taken);
}

void ay_partial_free(ay_partial *p)
{
    for (uint32_t i = 0; p->states && i < p->plan->n_rules; i++)
        if (p->states[i]) p->plan->rules[i]->kind->state_close(p->states[i]);
    ay_free(p->states);
    ay_free(p->counts);
    ay_sorter_free(p->sorted);
    segments_free(&p->segments);
    ay_evidence_free(&p->evidence);
    ay_evidence_free(&p->bridge);
    *p = (ay_partial){0};
}

static assay_status segments_grow(ay_segments *s, assay_err *err)
{
    const uint32_t cap = s->cap ? s->cap * 2 : 16;
    ay_str *keys = ay_realloc_array(s->keys, cap, sizeof *keys);
    if (keys) s->keys = keys;
    ay_count **counts = ay_realloc_array(s->counts, cap, sizeof *counts);
    if (counts) s->counts = counts;
    AY_NOMEM_IF(!keys || !counts, err);
    s->cap = cap;
    return ASSAY_OK;
}

assay_status ay_segments_row(ay_segments *s, ay_str key, uint32_t n_rules, uint32_t *ret_row, assay_err *err)
{
    const uint32_t found = ay_set_find(&s->index, key);
    if (found != UINT32_MAX) {
        *ret_row = found;
        return ASSAY_OK;
    }
    AY_FAIL_IF(s->n >= AY_SEGMENTS_MAX, err, ASSAY_ELIMIT,
               "more than %d segments: choose a coarser `segment` (fewer characters of a code)",
               "分组多于 %d 个：请选用更粗的 segment（代码取更少的字符）", AY_SEGMENTS_MAX);
    if (s->n == s->cap) AY_TRY(segments_grow(s, err));
    ay_str copy;
    ay_count *counts = AY_NEW_ARRAY(n_rules + 1, ay_count);
    AY_NOMEM_IF(!counts, err);
    if (!ay_arena_str(&s->arena, key, &copy) || !ay_set_add(&s->index, copy, s->n, NULL)) {
        ay_free(counts);
        return ay_fail_nomem(err);
    }
    const size_t size = (n_rules + 1) * sizeof(ay_count) + key.len;
    ay_budget_take(s->budget, size);
    s->taken += size;
    s->keys[s->n] = copy;
    s->counts[s->n] = counts;
    *ret_row = s->n++;
    return ASSAY_OK;
}

static void count_add(ay_count *into, const ay_count *from)
{
    into->evaluated += from->evaluated;
    into->failed += from->failed;
    into->skipped += from->skipped;
    into->unreadable += from->unreadable;
    into->excluded += from->excluded;
}

static assay_status segments_merge(ay_segments *into, const ay_segments *from, uint32_t n_rules, assay_err *err)
{
    for (uint32_t i = 0; i < from->n; i++) {
        uint32_t row;
        AY_TRY(ay_segments_row(into, from->keys[i], n_rules, &row, err));
        for (uint32_t r = 0; r < n_rules; r++) count_add(&into->counts[row][r], &from->counts[i][r]);
    }
    return ASSAY_OK;
}

assay_status ay_partial_merge(ay_partial *into, ay_partial *from, assay_err *err)
{
    const ay_plan *plan = into->plan;
    into->records += from->records;
    into->rejected += from->rejected;
    into->findings += from->findings;
    into->schema = from->schema; /* parts of one source have the same */
    for (uint32_t i = 0; i < plan->n_rules; i++) {
        count_add(&into->counts[i], &from->counts[i]);
        if (into->states[i]) AY_TRY(plan->rules[i]->kind->merge(plan->rules[i], into->states[i], from->states[i], err));
    }
    AY_TRY(ay_sorter_absorb(into->sorted, from->sorted, err));
    if (plan->proving) AY_TRY(ay_evidence_absorb(&into->evidence, &from->evidence, err));
    if (plan->bridge) AY_TRY(ay_evidence_absorb(&into->bridge, &from->bridge, err));
    return segments_merge(&into->segments, &from->segments, plan->n_rules, err);
}
