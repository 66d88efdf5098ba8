/* From the partials of a run to its result. */
#include "base/mem.h"
#include "run/digests.h"
#include "run/finish_rules.h"
#include "run/merge.h"
#include "run/opening.h"
#include "run/outcome.h"

/* ---- Rules ---- */

static bool is_whole(const ay_dataset_result *d)
{
    return d->fed && !d->missing;
}

static assay_status decide_rules(assay_result *result, ay_dataset_result *d, assay_err *err)
{
    const ay_partial *partial = &d->partial;
    for (uint32_t i = 0; i < d->plan->n_rules; i++) {
        ay_rule_outcome *o = &d->rules[i];
        *o = (ay_rule_outcome){.rule = d->plan->rules[i], .dataset = d->dataset};
        if (d->fed) o->count = partial->counts[i];
    }
    AY_TRY(ay_finish_rules(result, d, err));
    for (uint32_t i = 0; i < d->plan->n_rules; i++) ay_outcome_decide(&d->rules[i], is_whole(d));
    d->n_rules = d->plan->n_rules;
    if (!d->facts.lenient) return ASSAY_OK;
    ay_rule_outcome *o = &d->rules[d->n_rules++];
    *o = (ay_rule_outcome){.rule = &d->plan->reject_rule, .dataset = d->dataset};
    o->count.evaluated = partial->records + partial->rejected;
    o->count.failed = partial->rejected;
    ay_outcome_decide(o, is_whole(d));
    return ASSAY_OK;
}

/* ---- Segments ---- */

typedef struct segment_order {
    ay_str key;
    const ay_count *counts;
} segment_order;

static int by_key(const void *a, const void *b)
{
    return ay_str_cmp(((const segment_order *)a)->key, ((const segment_order *)b)->key);
}

static void score_segment(const ay_dataset_result *d, const segment_order *segment, const assay_pack *pack,
                          ay_segment_result *ret)
{
    ret->key = segment->key;
    for (uint32_t r = 0; r < d->plan->n_rules; r++)
        if (d->plan->rules[r]->kind->over != AY_OVER_DATASET)
            ay_score_add(&ret->score, d->plan->rules[r], segment->counts[r].evaluated, segment->counts[r].failed,
                         !is_whole(d));
    ay_score_close(&ret->score, pack);
}

static assay_status score_segments(assay_result *result, ay_dataset_result *d, assay_err *err)
{
    const ay_segments *s = &d->partial.segments;
    if (s->n == 0) return ASSAY_OK;
    segment_order *order = AY_NEW_ARRAY(s->n, segment_order);
    d->segments = AY_ARENA_ARRAY(&result->arena, s->n, ay_segment_result);
    if (!order || !d->segments) {
        ay_free(order);
        return ay_fail_nomem(err);
    }
    for (uint32_t i = 0; i < s->n; i++) order[i] = (segment_order){s->keys[i], s->counts[i]};
    qsort(order, s->n, sizeof *order, by_key);
    for (uint32_t i = 0; i < s->n; i++) score_segment(d, &order[i], result->pack, &d->segments[i]);
    d->n_segments = s->n;
    ay_free(order);
    return ASSAY_OK;
}

/* ---- Scores ---- */

static uint32_t source_of(const ay_dataset *d, const ay_rule *rule)
{
    return rule->field >= 0 ? d->facts[rule->field].source : d->source;
}

static bool is_missing(const ay_rule_outcome *o)
{
    return o->outcome == ASSAY_NOT_EVALUATED || o->outcome == ASSAY_ERROR;
}

static void score_rules(assay_result *result, ay_dataset_result *d)
{
    for (uint32_t i = 0; i < d->n_rules; i++) {
        const ay_rule_outcome *o = &d->rules[i];
        const ay_count *c = &o->count;
        ay_score_add(&d->score, o->rule, c->evaluated, c->failed, is_missing(o));
        ay_score_add(&result->score, o->rule, c->evaluated, c->failed, is_missing(o));
        ay_score_add(&result->sources[source_of(d->dataset, o->rule)], o->rule, c->evaluated, c->failed, is_missing(o));
    }
}

static void score_trace(assay_result *result, ay_dataset_result *d)
{
    for (uint32_t f = 0; f < d->dataset->n_fields; f++) {
        const uint32_t source = d->dataset->facts[f].source;
        const bool answerable = result->pack->sources[source].owner[0] != '\0';
        ay_score_add_trace(&d->score, answerable, 1);
        ay_score_add_trace(&result->score, answerable, 1);
        ay_score_add_trace(&result->sources[source], answerable, 1);
    }
}

static assay_status score_all(assay_result *result, assay_err *err)
{
    const assay_pack *pack = result->pack;
    for (uint32_t i = 0; i < pack->n_datasets; i++) {
        ay_dataset_result *d = &result->datasets[i];
        if (!d->selected) continue;
        score_rules(result, d);
        score_trace(result, d);
        ay_score_close(&d->score, pack);
        AY_TRY(score_segments(result, d, err));
    }
    for (uint32_t i = 0; i < pack->n_sources; i++) ay_score_close(&result->sources[i], pack);
    ay_score_close(&result->score, pack);
    return ASSAY_OK;
}

/* ---- The result ---- */

static assay_status finish_dataset(assay_run *run, assay_result *result, uint32_t i, assay_err *err)
{
    ay_dataset_run *from = &run->datasets[i];
    ay_dataset_result *d = &result->datasets[i];
    ay_plan *plan = AY_ARENA_NEW(&result->arena, ay_plan);
    d->rules = AY_ARENA_ARRAY(&result->arena, from->plan.n_rules + 1, ay_rule_outcome);
    AY_NOMEM_IF(!plan || !d->rules, err);
    *plan = from->plan;
    d->dataset = plan->dataset;
    d->plan = plan;
    d->selected = from->selected;
    d->fed = from->fed == AY_FED;
    d->facts = from->facts;
    if (from->origin) ay_merge_facts(from->origin, &d->facts);
    d->missing = ay_merge_missing(from);
    d->chunks = from->origin ? from->origin->head.of : 0;
    d->partial = from->partial;
    from->partial = (ay_partial){0};
    if (d->partial.plan) d->partial.plan = plan;
    AY_TRY(decide_rules(result, d, err));
    d->records = d->partial.records;
    d->rejected = d->partial.rejected;
    d->findings = d->partial.findings;
    return ay_opening_decide(&result->arena, d, err);
}

static assay_status fill(assay_run *run, assay_result *result, assay_err *err)
{
    const assay_pack *pack = run->pack;
    result->datasets = AY_NEW_ARRAY(pack->n_datasets + 1, ay_dataset_result);
    result->sources = AY_NEW_ARRAY(pack->n_sources + 1, ay_scoreboard);
    AY_NOMEM_IF(!result->datasets || !result->sources, err);
    for (uint32_t i = 0; i < pack->n_datasets; i++) AY_TRY(finish_dataset(run, result, i, err));
    AY_TRY(ay_pack_digest(pack, result->pack_digest, err));
    return score_all(result, err);
}

static assay_status check_ready(const assay_run *run, assay_err *err)
{
    AY_FAIL_IF(atomic_load(&run->cancel), err, ASSAY_ECANCELLED, "cancelled", "已取消");
    AY_TRY(ay_run_check(run, err));
    AY_FAIL_IF(!run->budget, err, ASSAY_EUSAGE, "the run is already finished", "本次运行已经结束");
    AY_FAIL_IF(run->is_for_partial, err, ASSAY_EUSAGE, "the run was opened for partials alone: it has no result",
               "本次运行只用于部分结果：没有结果可取");
    for (uint32_t i = 0; i < run->pack->n_datasets; i++)
        AY_FAIL_IF(run->datasets[i].fed == AY_FEEDING, err, ASSAY_EUSAGE,
                   "dataset %s is still being read: close its feed first", "数据集 %s 仍在读取：请先关闭它的 feed",
                   run->pack->datasets[i].name);
    for (uint32_t i = 0; i < run->pack->n_datasets; i++)
        AY_FAIL_IF(run->datasets[i].fed == AY_WRITTEN, err, ASSAY_EUSAGE,
                   "dataset %s was written as a partial: the run can only be freed",
                   "数据集 %s 已写成部分结果：本次运行只能释放", run->pack->datasets[i].name);
    return ay_merge_check(run, err);
}

/* The partials that did not get into the result: their plans lie in the arena that goes with it. */
static void drop_partials(assay_run *run)
{
    for (uint32_t i = 0; i < run->pack->n_datasets; i++)
        if (run->datasets[i].partial.plan) ay_partial_free(&run->datasets[i].partial);
}

assay_status assay_run_finish(assay_run *run, assay_result **ret_result, assay_err *err)
{
    AY_TRY(check_ready(run, err));
    assay_result *result = AY_NEW(assay_result);
    AY_NOMEM_IF(!result, err);
    result->pack = run->pack;
    result->lang = run->lang;
    result->as_of = run->as_of;
    result->as_of_us = run->context->as_of_us;
    result->today = run->context->today;
    result->gate = run->gate;
    run->gate = (ay_gate){0};
    result->arena = run->arena;
    run->arena = (ay_arena){0};
    result->budget = run->budget;
    run->budget = NULL;
    const assay_status st = fill(run, result, err);
    result->budget->cancel = NULL; /* the result outlives the run */
    result->elapsed_us = ay_monotonic_us() - run->began_us;
    drop_partials(run);
    if (st == ASSAY_OK) *ret_result = result;
    else assay_result_free(result);
    return st;
}
