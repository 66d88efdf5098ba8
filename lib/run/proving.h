/* Leaves of the records that a run reads: made by each worker, kept in its partial, merged like everything else. */
#ifndef AY_RUN_PROVING_H
#define AY_RUN_PROVING_H

#include "pack/pack.h"
#include "proof/leaf_key.h"
#include "proof/record.h"
#include "proof/snapshot.h"
#include "run/kept.h"

/* How leaves of one dataset are made. Immutable; shared by its workers; lives in an arena, which frees what it owns. */
typedef struct ay_proving {
    ay_alg alg;
    ay_leaf_options leaf;
    ay_record_plan *record, *key; /* of all fields, of the key fields */
    const uint32_t *by_name;      /* numbers of the fields in the order of a record's; NULL: fields are not kept */
} ay_proving;

typedef struct ay_proving_options {
    ay_alg alg;
    uint32_t epoch;
    const ay_secret *secret;
    bool keep_fields;
} ay_proving_options;

assay_status ay_proving_make(ay_arena *arena, const ay_dataset *dataset, const ay_proving_options *options,
                             const ay_proving **ret, assay_err *err);

bool ay_proving_same(const ay_proving *a, const ay_proving *b); /* both make the same leaves of a dataset */

#define AY_FIELD_PRINT_SIZE                                                                                            \
    4 /* of one field: the first bytes of XXH3-128 over tag, length and value; zeros for null                          \
       */

/* The mergeable part: leaves, and what is kept of each record beside its leaf. */
typedef struct ay_evidence {
    ay_snapshot *leaves; /* NULL: none are made */
    ay_bins *keys;       /* run/kept.h */
    ay_buf types;        /* of the fields' columns, as the source names them, zero-terminated one behind the other */
} ay_evidence;

assay_status ay_evidence_open(ay_budget *budget, ay_evidence *ret, assay_err *err);
assay_status ay_evidence_absorb(ay_evidence *into, ay_evidence *from, assay_err *err);
void ay_evidence_free(ay_evidence *evidence);
void ay_evidence_note_types(ay_evidence *evidence, const ay_dataset *dataset, const ay_schema *source);

/* Each record's leaf beside its key tuple, in order of the key's hash. May be repeated. */
typedef struct ay_evidence_taker {
    assay_status (*take)(void *ctx, const ay_leaf *leaf, ay_str key, assay_err *err);
    void *ctx;
} ay_evidence_taker;
assay_status ay_evidence_each(const ay_evidence *evidence, const ay_proving *how, const ay_dataset *dataset,
                              const ay_evidence_taker *taker, assay_err *err);

typedef struct ay_prover ay_prover; /* of one worker */

assay_status ay_prover_open(const ay_proving *proving, const ay_dataset *dataset, uint32_t cap, ay_prover **ret,
                            assay_err *err);
/* `fields`: columns by field number of the dataset, all of them there. Leaves are made by the caller or by a thread of
 * the prover's own, so that an error may be told by a later call. */
assay_status ay_prover_take(ay_prover *prover, const ay_batch *fields, ay_evidence *into, assay_err *err);
assay_status ay_prover_settle(ay_prover *prover, assay_err *err); /* all that was taken is in `into` */
ay_prover *ay_prover_close(ay_prover *prover); /* what was not settled may be lost; `into` is still there */

/* The leaf of a record of the batch that was taken last, when it is settled. */
const ay_leaf *ay_prover_leaf(const ay_prover *prover, uint32_t row);

/* What opens the leaf of one record: for proofs, when all is settled. The record's bytes live in the prover until the
 * next call. */
typedef struct ay_opened {
    ay_leaf leaf;
    ay_salt salt;
    ay_str record;
} ay_opened;
assay_status ay_prover_one(ay_prover *prover, const ay_batch *fields, uint32_t row, ay_opened *ret, assay_err *err);

#endif
