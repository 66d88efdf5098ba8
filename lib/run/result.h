/* The result of a run: integers only; every share and score is derived from them. */
#ifndef AY_RUN_RESULT_H
#define AY_RUN_RESULT_H

#include "proof/merkle.h"
#include "run/run.h"
#include "run/score.h"

typedef struct ay_rule_outcome {
    const ay_rule *rule;
    const ay_dataset *dataset;
    ay_count count;
    ay_tally tally;                      /* figures of a rule over the dataset */
    uint64_t allowed_warn, allowed_fail; /* the most failures that were within the tolerance */
    assay_outcome outcome;
} ay_rule_outcome;

typedef struct ay_segment_result {
    ay_str key; /* tuple of one value */
    ay_scoreboard score;
} ay_segment_result;

/* Whether a dataset that asks to be open may be. */
typedef enum ay_may_open { AY_OPEN_ALLOWED, AY_OPEN_BLOCKED, AY_OPEN_UNKNOWN } ay_may_open;

typedef struct ay_openness {
    ay_may_open verdict;
    const ay_rule **because; /* [n]: the rules that block it or could not be evaluated */
    uint32_t n;
} ay_openness;

typedef struct ay_dataset_result {
    const ay_dataset *dataset;
    const ay_plan *plan;
    bool selected, fed;
    ay_reading_facts facts;
    uint32_t missing, chunks; /* of a merged dataset: chunks that it lacks, and how many it has; else 0 */
    uint64_t records, rejected, findings;
    ay_rule_outcome *rules; /* [n_rules], the last may be DATASET.record */
    uint32_t n_rules;
    ay_openness opening; /* where the pack states `open` */
    ay_scoreboard score;
    ay_segment_result *segments; /* ordered by key */
    uint32_t n_segments;
    ay_partial partial;   /* owns the sorted findings */
    const char *manifest; /* once the result was added to an archive, NULL before; */
    uint64_t entry;       /* its index in the run log */
} ay_dataset_result;

/* Whether its leaves are there to be archived. */
static inline bool ay_is_proved(const ay_dataset_result *d)
{
    return d->selected && d->fed && d->plan->proving && d->partial.evidence.leaves;
}

/* The rule that a finding names by its ordinal. */
static inline const ay_rule *ay_finding_rule(const ay_dataset_result *d, uint32_t ordinal)
{
    return ordinal < d->dataset->n_rules ? d->dataset->rules[ordinal] : &d->plan->reject_rule;
}

struct assay_result {
    const assay_pack *pack;
    ay_arena arena;
    ay_budget *budget;
    const char *lang, *as_of;
    int64_t as_of_us, today;    /* the moment of the check, UTC; its day in the pack's zone */
    char archived_run[37];      /* its id in an archive, once it was added to one; "" before */
    const char *checkpoints[2]; /* [ay_alg] the signed notes over it, in the same way; NULL before */
    ay_gate gate;
    char pack_digest[65];
    ay_dataset_result *datasets; /* [pack->n_datasets], in the order of the pack */
    ay_scoreboard *sources;      /* [pack->n_sources] */
    ay_scoreboard score;
    uint64_t elapsed_us;
    bool has_findings_tree;       /* ASSAY_RESULT_FINDINGS was written whole: then */
    ay_merkle_head findings_tree; /* that of its lines, in the algorithm of the proof */
};

const ay_proving *ay_result_proving(const assay_result *result); /* of the datasets that are proved; NULL: none is */

/* Writers of the parts; each appends to a buffer-backed stream, see stream.h. */
struct ay_stream;
assay_status ay_result_write_json(assay_result *result, struct ay_stream *out, assay_err *err);
assay_status ay_result_write_findings(assay_result *result, struct ay_stream *out, assay_err *err);
assay_status ay_result_write_summary(assay_result *result, struct ay_stream *out, assay_err *err);
bool ay_result_keeps_findings(const assay_result *result); /* false: they were counted only */
/* For a result that is proved. Findings are put into words for it only where they were not written before. */
assay_status ay_result_findings_tree(assay_result *result, ay_merkle_head *ret, assay_err *err);

#endif
