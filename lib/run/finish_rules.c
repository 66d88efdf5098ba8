/* Rules over the dataset speak at the end: two at a time, where there is much to be looked through. */
#include "run/finish_rules.h"

#include <stdatomic.h>

#include "base/mem.h"
#include "base/thread.h"
#include "run/finding.h"
#include "run/outcome.h"

#define MANY  10000               /* records that are worth a thread */
#define AMPLE ((size_t)256 << 20) /* memory beside which what its heap does not give back is little: some 25 MiB */

enum { HANDS = 2 };

/* What both take their rules from. */
typedef struct finishing {
    ay_dataset_result *d;
    ay_budget *budget;
    _Atomic uint32_t next; /* rule that nobody has taken yet */
} finishing;

/* What one thread finishes rules with. */
typedef struct hand {
    finishing *all;
    ay_arena *arena; /* figures of the rules */
    ay_sorter *sorted;
    ay_buf scratch;
    uint64_t findings;
} hand;

static assay_status emit_finding(void *ctx, const ay_rule *rule, ay_verdict verdict, ay_str key, ay_str values,
                                 ay_str detail, assay_err *err)
{
    hand *h = (hand *)ctx;
    const ay_plan *plan = h->all->d->plan;
    h->findings++;
    if (plan->counts_only) return ASSAY_OK;
    return ay_finding_put(h->sorted, &h->scratch, plan->dataset->n_key, rule, verdict, key, values, detail, err);
}

static assay_status finish_rule(hand *h, uint32_t i, assay_err *err)
{
    const ay_partial *partial = &h->all->d->partial;
    ay_rule_outcome *o = &h->all->d->rules[i];
    const ay_emit emit = {.finding = emit_finding, .ctx = h};
    AY_TRY(ay_rule_finish(o->rule, partial->states[i], partial->plan->context, &emit, h->arena, &o->tally, err));
    o->rule->kind->state_close(AY_STEAL(partial->states[i])); /* may be much, and takes a while to be let go */
    o->count.evaluated += o->tally.evaluated;
    o->count.failed += o->tally.failed;
    o->count.skipped += o->tally.skipped;
    o->count.unreadable += o->tally.unreadable;
    return ASSAY_OK;
}

/* A store is asked by the caller's thread alone. */
static bool is_due(const ay_dataset_result *d, uint32_t i, bool looks_back)
{
    return d->fed && d->partial.states[i] && d->rules[i].rule->kind->looks_back == looks_back;
}

static assay_status finish_shared(void *self, assay_err *err)
{
    hand *h = (hand *)self;
    for (;;) {
        const uint32_t i = atomic_fetch_add_explicit(&h->all->next, 1, memory_order_relaxed);
        if (i >= h->all->d->plan->n_rules) return ASSAY_OK;
        if (is_due(h->all->d, i, false)) AY_TRY(finish_rule(h, i, err));
    }
}

static uint32_t count_hands(const finishing *all)
{
    const ay_dataset_result *d = all->d;
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->plan->n_rules; i++) n += is_due(d, i, false);
    return n >= HANDS && d->partial.records >= MANY && ay_budget_limit(all->budget) >= AMPLE ? HANDS : 1;
}

/* ---- The second thread has an arena and a sorter of its own ---- */

static void free_arena(void *arena)
{
    ay_arena_free((ay_arena *)arena);
}

static assay_status open_other(hand *h, const hand *own, assay_err *err)
{
    ay_arena *arena = AY_ARENA_NEW(own->arena, ay_arena);
    AY_NOMEM_IF(!arena || !ay_arena_defer(own->arena, free_arena, arena), err);
    *h = (hand){.all = own->all, .arena = arena};
    return ay_sorter_open(own->all->budget, &h->sorted, err);
}

static assay_status finish_all(hand hands[HANDS], assay_err *err)
{
    ay_dataset_result *d = hands[0].all->d;
    const uint32_t n = count_hands(hands[0].all);
    void *const jobs[HANDS] = {&hands[0], &hands[1]};
    if (n > 1) AY_TRY(open_other(&hands[1], &hands[0], err));
    AY_TRY(ay_threads_run(finish_shared, jobs, n, err));
    for (uint32_t i = 0; i < d->plan->n_rules; i++)
        if (is_due(d, i, true)) AY_TRY(finish_rule(&hands[0], i, err));
    d->partial.findings += hands[0].findings + hands[1].findings;
    return hands[1].sorted ? ay_sorter_absorb(hands[0].sorted, hands[1].sorted, err) : ASSAY_OK;
}

assay_status ay_finish_rules(assay_result *result, ay_dataset_result *d, assay_err *err)
{
    finishing all = {.d = d, .budget = result->budget};
    hand hands[HANDS] = {{.all = &all, .arena = &result->arena, .sorted = d->partial.sorted}};
    const assay_status st = finish_all(hands, err);
    ay_sorter_free(hands[1].sorted);
    for (uint32_t i = 0; i < HANDS; i++) ay_buf_free(&hands[i].scratch);
    return st;
}
