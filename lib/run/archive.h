/* What the files of an archive share. */
#ifndef AY_RUN_ARCHIVE_H
#define AY_RUN_ARCHIVE_H

#include "assay/archive.h"
#include "proof/log.h"
#include "proof/manifest.h"
#include "proof/note.h"
#include "proof/run_id.h"
#include "run/result.h"

#define AY_ARCHIVE_SIGNERS 8

typedef struct ay_archive_signer {
    ay_signer signer;
    ay_key *key;         /* owned */
    const char *command; /* NULL: the key is private */
} ay_archive_signer;

typedef struct ay_archive_draft ay_archive_draft;

struct assay_archive {
    ay_arena arena;
    const char *dir;
    const char *origin; /* of the SHA-256 log; that of SM3 has /sm3 behind it */
    ay_archive_signer signers[AY_ARCHIVE_SIGNERS];
    size_t n_signers;
    uint32_t timeout_ms;
    ay_log *log;
    ay_archive_draft *draft; /* NULL: no result was begun */
};

/* One for each algorithm; kept with the result (NULL: there is none). */
assay_status ay_archive_checkpoints(assay_archive *archive, assay_result *result, assay_err *err);

/* ---- archive_add.c ---- */

void ay_archive_drop_draft(assay_archive *archive); /* with its files, as far as no manifest speaks of them */

/* "DIR/snapshots/RUN.DATASET.SUFFIX", with a zero. */
void ay_archive_path(const char *dir, const char *run, const char *dataset, const char *suffix, ay_buf *out);

/* ---- archive_files.c ---- */

#define AY_KEYS_HEAD_SIZE 12 /* "assaykey", u32 fingerprints in each row */
void ay_archive_keys_head(uint32_t prints, char to[AY_KEYS_HEAD_SIZE]);

typedef struct ay_archived {
    ay_snapshot_head head;
    ay_digest buckets; /* of the bucket table */
} ay_archived;

/* Leaves of one dataset on their way into an archive: a run has them once, or twice where it lays a bridge. */
typedef struct ay_archive_leaves {
    const ay_dataset *dataset;
    const ay_proving *how;
    ay_evidence *evidence;
    const char *run; /* id */
} ay_archive_leaves;

/* The leaf file, the bucket table and the keys, each whole or not there. */
assay_status ay_archive_files(const char *dir, const ay_archive_leaves *leaves, uint32_t bucket_bits, ay_archived *ret,
                              assay_err *err);

void ay_archive_files_remove(const char *dir, const char *run, const char *dataset);

/* Remove what a run that was killed left half-written in the folder of snapshots: kept keys are personal data. Only for
 * who holds the lock. */
void ay_archive_sweep(const char *snapshots);

/* ---- archive_manifest.c ---- */

/* What all manifests of one run share. */
typedef struct ay_archive_run {
    const assay_result *result;
    int64_t started, ended;                        /* microseconds, UTC */
    ay_buf result_digest, findings_root, findings; /* findings: the count, as text */
} ay_archive_run;

/* The last manifest of the same dataset in the log: its digest in the algorithm that was asked for, and what it says of
 * its leaves. found false: none. */
typedef struct ay_archive_previous {
    bool found;
    uint32_t bucket_bits;
    ay_alg alg;
    uint64_t epoch;
    ay_buf digest;
} ay_archive_previous;

assay_status ay_archive_find_previous(const assay_archive *archive, const assay_pack *pack, const ay_dataset *dataset,
                                      ay_alg alg, ay_archive_previous *ret, assay_err *err);
/* `is_bridge`: it leads from `previous`, which is of the same reading. */
assay_status ay_archive_manifest(const ay_archive_run *run, const ay_dataset_result *dataset,
                                 const ay_archive_leaves *leaves, const ay_archived *archived,
                                 const ay_archive_previous *previous, bool is_bridge, ay_buf *out, assay_err *err);

#endif
