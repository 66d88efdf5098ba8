#include "run/result.h"

#include "base/mem.h"
#include "run/outcome.h"
#include "base/stream.h"

assay_result *assay_result_free(assay_result *result)
{
    if (!result) return NULL;
    for (uint32_t i = 0; result->datasets && i < result->pack->n_datasets; i++)
        if (result->datasets[i].partial.plan) ay_partial_free(&result->datasets[i].partial);
    ay_free(result->datasets);
    ay_free(result->sources);
    ay_secret_free(result->gate.pseudonym_key);
    ay_arena_free(&result->arena);
    ay_free(result->budget); /* last: what lives in the arena may give back to it */
    return ay_free(result);
}

static const ay_dataset_result *dataset_at(const assay_result *result, uint32_t i)
{
    return result->datasets[i].selected ? &result->datasets[i] : NULL;
}

const ay_proving *ay_result_proving(const assay_result *result)
{
    for (uint32_t i = 0; i < result->pack->n_datasets; i++)
        if (ay_is_proved(&result->datasets[i])) return result->datasets[i].plan->proving;
    return NULL;
}

size_t assay_result_rule_count(const assay_result *result)
{
    size_t n = 0;
    for (uint32_t i = 0; i < result->pack->n_datasets; i++)
        if (dataset_at(result, i)) n += result->datasets[i].n_rules;
    return n;
}

void assay_result_rule(const assay_result *result, size_t i, assay_rule_result *ret)
{
    uint32_t d = 0;
    for (; !result->datasets[d].selected || i >= result->datasets[d].n_rules; d++)
        if (result->datasets[d].selected) i -= result->datasets[d].n_rules;
    const ay_rule_outcome *o = &result->datasets[d].rules[i];
    const ay_rule *rule = o->rule;
    *ret = (assay_rule_result){
        .id = rule->id,
        .dataset = o->dataset->name,
        .field = rule->field >= 0 ? o->dataset->fields[rule->field].name : NULL,
        .check = rule->kind->name,
        .severity = ay_severity_name(rule->severity),
        .indicator = rule->indicator,
        .outcome = o->outcome,
        .evaluated = o->count.evaluated,
        .failed = o->count.failed,
        .skipped = o->count.skipped,
        .unreadable = o->count.unreadable,
        .excluded = o->count.excluded,
    };
}

assay_outcome assay_result_outcome(const assay_result *result)
{
    assay_outcome worst = assay_result_rule_count(result) ? ASSAY_PASS : ASSAY_VACUOUS;
    for (uint32_t i = 0; i < result->pack->n_datasets; i++) {
        const ay_dataset_result *d = dataset_at(result, i);
        for (uint32_t r = 0; d && r < d->n_rules; r++) worst = ay_outcome_worse(worst, &d->rules[r]);
    }
    return worst;
}

uint64_t assay_result_finding_count(const assay_result *result)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < result->pack->n_datasets; i++) n += result->datasets[i].findings;
    return n;
}

int64_t assay_result_score(const assay_result *result)
{
    return result->score.total_e4;
}

void assay_result_stats(const assay_result *result, assay_stats *ret)
{
    *ret = (assay_stats){.findings = assay_result_finding_count(result),
                         .peak_memory = atomic_load(&result->budget->peak),
                         .spilled = atomic_load(&result->budget->spilled),
                         .elapsed_us = result->elapsed_us};
    for (uint32_t i = 0; i < result->pack->n_datasets; i++) ret->records += result->datasets[i].records;
}

assay_status assay_result_write(assay_result *result, assay_part part, assay_write_fn write, void *ctx, assay_err *err)
{
    ay_stream out = {.write = write, .ctx = ctx};
    assay_status st;
    switch (part) {
    case ASSAY_RESULT_JSON: st = ay_result_write_json(result, &out, err); break;
    case ASSAY_RESULT_FINDINGS: st = ay_result_write_findings(result, &out, err); break;
    case ASSAY_RESULT_SUMMARY: st = ay_result_write_summary(result, &out, err); break;
    default: st = ay_fail(err, ASSAY_EUSAGE, "unknown part of a result", "未知的结果部分");
    }
    if (st == ASSAY_OK) st = ay_stream_flush(&out, 0, err);
    ay_buf_free(&out.buf);
    return st;
}
