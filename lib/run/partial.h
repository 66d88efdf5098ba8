/* The mergeable state of any subset of a dataset's records, and the worker that grows one from batches. */
#ifndef AY_RUN_PARTIAL_H
#define AY_RUN_PARTIAL_H

#include "pack/pack.h"
#include "base/input.h"
#include "base/stream.h"
#include "proof/digest.h"
#include "run/plan.h"

typedef struct ay_count {
    uint64_t evaluated, failed, skipped, unreadable, excluded;
} ay_count;

/* Counts by segment: one row of counts a segment, in order of first sight; sorted by key only when written. */
typedef struct ay_segments {
    ay_arena arena;
    ay_set index; /* key tuple -> row */
    ay_str *keys;
    ay_count **counts; /* [row][rule] */
    uint32_t n, cap;
    ay_budget *budget;
    size_t taken; /* from the budget */
} ay_segments;

#define AY_SEGMENTS_MAX 10000

/* Merging is exact, associative and commutative: sums, and unions of sorted runs. */
typedef struct ay_partial {
    const ay_plan *plan;
    uint64_t records, rejected;
    uint64_t findings; /* put so far */
    ay_count *counts;  /* [rule] for rules over values and records */
    void **states;     /* [rule] for rules over the dataset */
    ay_sorter *sorted; /* findings, see finding.h */
    ay_segments segments;
    ay_evidence evidence;
    ay_evidence bridge; /* leaves as before, where the plan has a bridge */
    ay_digest schema;   /* of the columns that were read */
} ay_partial;

assay_status ay_partial_open(const ay_plan *plan, ay_budget *budget, ay_partial *ret, assay_err *err);
assay_status ay_partial_merge(ay_partial *into, ay_partial *from, assay_err *err);
void ay_partial_free(ay_partial *partial);

/* Before the rules over the dataset have spoken: everything but schema and evidence as canonical bytes, which depend on
 * the records alone; and back into a partial that was just opened. EFORMAT: no partial of this plan was written so. */
assay_status ay_partial_save(ay_partial *partial, ay_stream *out, assay_err *err);
assay_status ay_partial_load(ay_partial *partial, ay_in *in, assay_err *err);

/* The row of this segment key, added when new. ELIMIT past AY_SEGMENTS_MAX. */
assay_status ay_segments_row(ay_segments *segments, ay_str key, uint32_t n_rules, uint32_t *ret_row, assay_err *err);

#endif
