/* Manifests: what a run of one dataset proves, and which keys sign from now on. Each is an entry of the run log, as
 * canonical JSON with texts only: counts are texts too, so that no reader rounds them. SPEC_RECORD.md lists the
 * members.
 *
 * What a manifest says is signed, so nothing in it may be passed over: a member that this version does not know, or one
 * that is missing, is an error. New members come with a new format. */
#ifndef AY_PROOF_MANIFEST_H
#define AY_PROOF_MANIFEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "proof/digest.h"

#define AY_MANIFEST_BYTES ((size_t)16 << 20)

typedef struct ay_manifest_column {
    ay_str name, type, source_type;
} ay_manifest_column;

/* Digests are "sm3:" or "sha256:" and 64 hex digits. A text whose ptr is NULL is absent, where "may be absent" says so.
 */
typedef struct ay_run_manifest {
    ay_str run; /* UUID, version 7 */
    ay_str engine;
    int64_t started, ended;            /* microseconds, UTC */
    ay_str namespace_, dataset;        /* as OpenLineage names them */
    ay_str contract;                   /* may be absent */
    const ay_manifest_column *columns; /* those of the records, in the order of the contract */
    uint32_t n_columns;
    const ay_str *key; /* names of columns; none: all of them */
    uint32_t n_key;
    ay_alg alg;
    ay_str root, bucket_table;
    uint64_t rows, bucket_bits, epoch;
    ay_str pack, pack_version, pack_digest;
    ay_str outcome, score, result;  /* may be absent: nothing was judged. score: 1/10000 points; result: a digest */
    ay_str findings, findings_root; /* may be absent, together: lines of the file, a count; root of their tree */
    ay_str snapshot, lsn;           /* may be absent: not from a database */
    ay_str previous;                /* may be absent: digest of the manifest before it of this dataset */
    ay_str bridge_of; /* may be absent: digest of the manifest of the same reading under another algorithm, epoch or
                         secret */
} ay_run_manifest;

typedef struct ay_key_manifest {
    ay_str engine;
    int64_t at;        /* microseconds, UTC */
    ay_str new_signer; /* see ay_signer_put */
    ay_str old_signer; /* may be absent: the first key */
    ay_str reason;     /* may be absent */
} ay_key_manifest;

typedef enum ay_manifest_kind { AY_MANIFEST_RUN, AY_MANIFEST_KEY } ay_manifest_kind;

typedef struct ay_manifest {
    ay_manifest_kind kind;
    union {
        ay_run_manifest run;
        ay_key_manifest key;
    } as;
} ay_manifest;

/* EUSAGE: a member that is missing or not of its form, named. */
assay_status ay_manifest_put(const ay_manifest *manifest, ay_buf *out, assay_err *err);
/* Exactly what ay_manifest_put writes, else EFORMAT; ELIMIT beyond AY_MANIFEST_BYTES. Texts live in the arena or in
 * the bytes. */
assay_status ay_manifest_take(ay_str bytes, ay_arena *arena, ay_manifest *ret, assay_err *err);

/* ---- Digests as text ---- */

const char *ay_alg_name(ay_alg alg); /* "sm3", "sha256" */
bool ay_alg_from_name(ay_str name, ay_alg *ret);
void ay_digest_put(ay_alg alg, const ay_digest *digest, ay_buf *out);
bool ay_digest_take(ay_str text, ay_alg *ret_alg, ay_digest *ret);
/* The digest of bytes, as text. */
assay_status ay_digest_of(ay_alg alg, ay_str bytes, ay_buf *out, assay_err *err);

#endif
