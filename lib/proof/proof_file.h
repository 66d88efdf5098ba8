/* The proof that a record stood in a snapshot, or that none had a key: a text that holds all an auditor needs besides
 * the keys that may sign. SPEC_RECORD.md describes it. */
#ifndef AY_PROOF_PROOF_FILE_H
#define AY_PROOF_PROOF_FILE_H

#include "proof/leaf.h"
#include "proof/manifest.h"
#include "proof/note.h"
#include "proof/snapshot.h"
#include "proof/tlog_proof.h"

#define AY_PROOF_BYTES ((size_t)64 << 20)

typedef struct ay_proof {
    ay_alg alg;
    bool is_absence;
    unsigned char absent[AY_KH_SIZE]; /* of absence: the kh that no record has */
    ay_opening openings[2];           /* of the place's leaves, where they stand */
    uint32_t bucket_bits;
    ay_snapshot_proof place; /* The hashes of its leaves are not in the file: ay_proof_check sets them */
    ay_str manifest;
    ay_tlog_proof log;
} ay_proof;

/* EUSAGE: paths that are too long, a leaf without its record, or, unless it is one of absence, not just one leaf. */
assay_status ay_proof_put(const ay_proof *proof, ay_buf *out, assay_err *err);
/* One text for each proof. Borrows from the text. EFORMAT with the word that is missing or not of its form; ELIMIT. */
assay_status ay_proof_take(ay_str text, ay_arena *arena, ay_proof *ret, assay_err *err);

/* What a proof that holds has shown. */
typedef struct ay_proof_facts {
    ay_manifest manifest;
    uint64_t index, size; /* of the manifest in the log, and of the log at its checkpoint */
    ay_str origin;
    uint64_t who; /* bit i: signers[i] signed the checkpoint */
} ay_proof_facts;

/* OK only where all of it holds: the record gives the leaf, the leaf stands in the snapshot that the manifest names (of
 * absence: the neighbours do, and leave no place between them), the manifest stands in the log, and one of the signers
 * signed the log's checkpoint. EFORMAT says what does not. The log's algorithm is SM3 where its origin ends in "/sm3",
 * else SHA-256. */
assay_status ay_proof_check(ay_proof *proof, const ay_signer *signers, uint32_t n, ay_arena *arena, ay_proof_facts *ret,
                            assay_err *err);

#endif
