/* Archives: what proves later what a run has read. A folder with the run log (manifests, signed checkpoints) and, for
 * each run and dataset, the leaves of its records. lib/proof/SPEC.md describes all files.
 *
 * Order: open the archive (which locks it and tries keys and folder), run a pack with `proof_key`, finish, add the
 * result, close. One thread at a time; one process at a time writes to a folder. */
#ifndef ASSAY_ARCHIVE_H
#define ASSAY_ARCHIVE_H

#include "assay/run.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct assay_archive assay_archive;

/* Who signs checkpoints: a key of ours, or a command that asks a device. */
typedef struct assay_archive_signer {
    const char *name;     /* of the key in the notes, with key_file */
    const char *key_file; /* private key, PEM: SM2 or Ed25519 */
    const char *verifier; /* or the public key as "name+id+base64", with command */
    const char *command;  /* run by /bin/sh -c: the text on standard input, the signature in base64 as its output */
} assay_archive_signer;

/* Start from ASSAY_ARCHIVE_OPTIONS_INIT; a member left 0 means its default. Strings are copied. */
typedef struct assay_archive_options {
    size_t struct_size;
    const char *origin; /* name of the log, in its checkpoints; default: that of the last one, and a new log needs it */
    const assay_archive_signer *signers; /* at least one */
    size_t n_signers;
    uint32_t timeout_ms; /* of a signer's command; default 60000 */
} assay_archive_options;
#define ASSAY_ARCHIVE_OPTIONS_INIT                                                                                     \
    {                                                                                                                  \
        sizeof(assay_archive_options), 0, 0, 0, 0                                                                      \
    }

/* The folder is made, for its owner alone, where there is none. Errors: EUSAGE (no signer, no origin, another origin
 * than the log's, another process writes), EIO (folder, keys), EFORMAT (a damaged log, a key that is none), ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_archive_open(const char *dir, const assay_archive_options *options,
                                                          assay_archive **ret_archive, assay_err *err);
ASSAY_API assay_archive *assay_archive_close(assay_archive *archive); /* takes NULL, returns NULL */
/* Write the leaves of each dataset that was read, append one manifest for each and sign new checkpoints. Manifests
 * state the digests of ASSAY_RESULT_JSON and ASSAY_RESULT_FINDINGS of this result. Errors: EUSAGE (the run had no
 * proof_key), EIO, ELIMIT, ENOMEM; files of an earlier run are never changed. */
ASSAY_NODISCARD ASSAY_API assay_status assay_archive_add(assay_archive *archive, assay_result *result, assay_err *err);
ASSAY_API uint64_t assay_archive_size(const assay_archive *archive); /* manifests in the log */

#ifdef __cplusplus
}
#endif
#endif
