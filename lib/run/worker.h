/* A worker judges batches of one dataset under all its rules and keeps what it finds in a partial. One thread. */
#ifndef AY_RUN_WORKER_H
#define AY_RUN_WORKER_H

#include "run/partial.h"
#include "source/source.h"

typedef struct ay_worker ay_worker;

/* What a record got under the one rule of an explain run: called for every record of every batch; may be NULL.
 * is_excluded: `where` left it out, and it has no verdict. Rules over the dataset have not spoken yet: pass, or
 * AY_UNDECIDED. */
typedef struct ay_trace {
    assay_status (*record)(void *ctx, const ay_batch *fields, uint32_t row, ay_verdict verdict, bool is_excluded,
                           assay_err *err);
    /* Called for every record that leaves are made of; may be NULL. */
    assay_status (*leaf)(void *ctx, ay_prover *prover, const ay_batch *fields, uint32_t row, assay_err *err);
    void *ctx;
} ay_trace;

/* schema: columns of the batches; all: all columns of the source (for messages and the `schema` check).
 * Fails with EUSAGE where a needed field is missing from the schema or has a type that does not fit. */
assay_status ay_worker_open(const ay_plan *plan, const ay_schema *schema, const ay_schema *all, ay_budget *budget,
                            const ay_trace *trace, ay_worker **ret, assay_err *err);
/* The batch may go when this returns; after a failure not before the worker is closed. */
assay_status ay_worker_take(ay_worker *worker, const ay_batch *batch, assay_err *err);
assay_status ay_worker_reject(ay_worker *worker, const ay_reject *reject, assay_err *err);
/* Fold what it found into a partial of the same plan; the worker is only good for closing afterwards. */
assay_status ay_worker_merge(ay_worker *worker, ay_partial *into, assay_err *err);
ay_worker *ay_worker_close(ay_worker *worker);

#endif
