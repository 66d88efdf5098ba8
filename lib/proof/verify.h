/* What verifying a log and verifying a report share: the log, its two signed checkpoints, and the manifests. */
#ifndef AY_PROOF_VERIFY_H
#define AY_PROOF_VERIFY_H

#include "proof/checkpoint.h"
#include "proof/log.h"
#include "proof/log_index.h"
#include "proof/manifest.h"
#include "proof/signers.h"
#include "proof/verdict.h"

typedef struct ay_audit {
    const char *dir;
    assay_verify_options options;
    ay_signers signers;
    ay_log *log;
    ay_arena arena; /* what is kept to the end; manifests that are looked at have one of their own */
    ay_buf notes[AY_LOG_ALGS];
    ay_note note[AY_LOG_ALGS];
    ay_checkpoint heads[AY_LOG_ALGS]; /* by ay_alg; signed, and those of all entries */
    uint64_t who[AY_LOG_ALGS];
    assay_verdict *verdict;
} ay_audit;

/* Runs `body` between opening and closing. EFORMAT and ELIMIT of it are the verdict. */
assay_status ay_verify_run(const char *dir, const assay_verify_options *options, const char *what,
                           assay_status (*body)(ay_audit *v, assay_err *err), assay_verdict **ret, assay_err *err);

/* The log: opened, nothing behind its entries, both checkpoints signed and of all entries. */
assay_status ay_verify_heads(ay_audit *v, assay_err *err);

/* Each manifest of the log in turn, with its bytes. */
typedef struct ay_manifest_taker {
    assay_status (*take)(void *self, uint64_t index, ay_str bytes, const ay_manifest *manifest, assay_err *err);
    void *self;
} ay_manifest_taker;

assay_status ay_verify_each(ay_audit *v, const ay_manifest_taker *taker, assay_err *err);

/* ---- Parts of verifying a log ---- */

/* What manifests say of each other, and the changes of keys. */
assay_status ay_verify_chain(ay_audit *v, assay_err *err);
/* The files of snapshots that are kept. */
assay_status ay_verify_snapshots(ay_audit *v, assay_err *err);

#endif
