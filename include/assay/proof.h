/* Proof: keys that sign, and verifying what a folder of proofs holds.
 *
 * A folder of proofs has a run log: one manifest for each dataset of each run, never changed, under two checkpoints
 * that are signed. Whoever has the public keys can verify that nothing of it was changed, dropped or put in between.
 *
 * Verifying gives a verdict where it could be done, whatever the verdict is; a status other than ASSAY_OK says that it
 * could not be done. All functions may be called from any thread; a verdict is used by one thread at a time. */
#ifndef ASSAY_PROOF_H
#define ASSAY_PROOF_H

#include "assay/run.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Keys that sign ---- */

typedef enum assay_key_kind {
    ASSAY_KEY_SM2,    /* SM2 with SM3, GB/T 32918.2 */
    ASSAY_KEY_ED25519 /* RFC 8032 */
} assay_key_kind;

/* Make a private key in a new file (PEM, PKCS #8, mode 0600). A file that exists is never overwritten; on failure there
 * is none. Where `name` is not NULL, what verifies its signatures is written: "NAME+id+base64" and a line feed.
 * Errors: EUSAGE (no path; a name that is empty or has white space or plus), EIO, ENOMEM, EINTERNAL. */
ASSAY_NODISCARD ASSAY_API assay_status assay_signing_key_new(const char *path, assay_key_kind kind, const char *name,
                                                             assay_write_fn write, void *ctx, assay_err *err);
/* Write the public part of a key file, private or public: as "NAME+id+base64", or as PEM where `name` is NULL.
 * Errors: EUSAGE (the name; a private key that others can read), EFORMAT (no key of these kinds), EIO, ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_public_key_write(const char *path, const char *name, assay_write_fn write,
                                                              void *ctx, assay_err *err);

/* ---- Verifying ---- */

typedef struct assay_verdict assay_verdict;

/* Start from ASSAY_VERIFY_OPTIONS_INIT. Strings are borrowed for the call. */
typedef struct assay_verify_options {
    size_t struct_size;
    const char *const *signers; /* "NAME+id+base64" each: one of them must have signed; at least one, at most 64 */
    size_t n_signers;
    const char *since;    /* log: file of an older checkpoint, which the log must continue; NULL: none */
    int snapshots;        /* log: 1: verify the leaf files and bucket tables that are kept, too */
    const char *result;   /* report: result.json; required */
    const char *findings; /* report: findings.ndjson; NULL: not verified */
} assay_verify_options;
#define ASSAY_VERIFY_OPTIONS_INIT                                                                                      \
    {                                                                                                                  \
        sizeof(assay_verify_options), 0, 0, 0, 0, 0, 0                                                                 \
    }

/* Verify the log in the folder: both checkpoints are signed and are those of the entries, nothing stands behind them,
 * every manifest is well-formed, names the one before it of its dataset, and changes of keys follow from each other.
 * The data itself is not read. Errors: EUSAGE (options), EIO, ENOMEM, EINTERNAL, ESOURCE (libcrypto lacks SM3). */
ASSAY_NODISCARD ASSAY_API assay_status assay_verify_log(const char *dir, const assay_verify_options *options,
                                                        assay_verdict **ret_verdict, assay_err *err);
/* Verify that a report is the one of a run: its digests stand in a manifest of the log, and that under signed
 * checkpoints. Errors: as assay_verify_log. */
ASSAY_NODISCARD ASSAY_API assay_status assay_verify_report(const char *dir, const assay_verify_options *options,
                                                           assay_verdict **ret_verdict, assay_err *err);

ASSAY_API assay_verdict *assay_verdict_free(assay_verdict *verdict); /* takes NULL, returns NULL */
ASSAY_API int assay_verdict_holds(const assay_verdict *verdict);     /* 1: all of it holds */
/* What does not hold, the first of it; NULL: all holds. Lives as long as the verdict. */
ASSAY_API const assay_err *assay_verdict_fault(const assay_verdict *verdict);

typedef enum assay_verdict_form {
    ASSAY_VERDICT_TEXT,    /* for people: what was verified, what was found, English */
    ASSAY_VERDICT_TEXT_ZH, /* the same, Chinese */
    ASSAY_VERDICT_JSON     /* one object in one line */
} assay_verdict_form;
/* Errors: EIO (write refused), EUSAGE (no such form). */
ASSAY_NODISCARD ASSAY_API assay_status assay_verdict_write(const assay_verdict *verdict, assay_verdict_form form,
                                                           assay_write_fn write, void *ctx, assay_err *err);

#ifdef __cplusplus
}
#endif
#endif
