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
/* Optional, before the run is fed: what assay_archive_add would refuse then. EUSAGE: the run makes no leaves, or lays a
 * bridge (bridge_alg) for a dataset whose last manifest is of another algorithm or epoch, or which has none. */
ASSAY_NODISCARD ASSAY_API assay_status assay_archive_check(const assay_archive *archive, const assay_run *run,
                                                           assay_err *err);
/* Optional, before assay_archive_add: threads begin to write the leaves while the caller does something else, as
 * writing the report. The result may be read meanwhile and must live until it was added or the archive is closed, which
 * takes back what was begun. What goes wrong in writing is told by assay_archive_add. Errors: EUSAGE (the run had no
 * proof_key, another result was begun and not added), ELIMIT (no thread), ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_archive_begin(assay_archive *archive, assay_result *result,
                                                           assay_err *err);
/* Write the leaves of each dataset that was read, append one manifest for each (with bridge_alg two, the run's own
 * last) and sign new checkpoints. Manifests state the digest of ASSAY_RESULT_JSON and, unless the run was counts_only,
 * the RFC 6962 root over the lines of ASSAY_RESULT_FINDINGS of this result; where the findings were written before,
 * they are not put into words again. Errors: EUSAGE (the run had no proof_key, another result was begun, a bridge that
 * assay_archive_check refuses), EIO, ELIMIT, ENOMEM; files of an earlier run are never changed. */
ASSAY_NODISCARD ASSAY_API assay_status assay_archive_add(assay_archive *archive, assay_result *result, assay_err *err);
/* Write down that another key signs from now on: a manifest of its own, under checkpoints that both keys sign. The
 * archive was opened with the old key first and the new one second; with one signer it is the first key that the log
 * names. `reason` may be NULL. Errors: EUSAGE (another number of signers), EIO, ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_archive_rotate(assay_archive *archive, const char *reason, assay_err *err);
ASSAY_API uint64_t assay_archive_size(const assay_archive *archive); /* manifests in the log */

/* ---- Looking back ---- */

/* One dataset of one run of an archive, and who may have signed for it. */
typedef struct assay_archive_place {
    size_t struct_size;
    const char *dir;
    const char *dataset;
    const char *run;              /* id of the run; default: the last one of the dataset */
    const char *const *verifiers; /* public keys, "name+id+base64"; at least one of them must have signed */
    size_t n_verifiers;
} assay_archive_place;
#define ASSAY_ARCHIVE_PLACE_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(assay_archive_place), 0, 0, 0, 0, 0                                                                     \
    }

/* What a comparison came to. */
typedef struct assay_archive_difference {
    char run[37];       /* that the data was compared with */
    uint64_t then, now; /* records */
    uint64_t added, removed, changed;
} assay_archive_difference;

/* Read a dataset again and compare it, record by record, with what the run has archived. Options: proof_key is needed;
 * algorithm and epoch are those of the manifest; no rule is run. Writes one line of JSON for each key with a
 * difference:
 * {"dataset", "op": "added" | "removed" | "changed", "key": {...}, "records": N}, ordered by the key's hash, and for
 * "changed" also "fields" where the run kept proof_fields; keys are masked as in findings, and where the key of a
 * removed record was not kept it is told as "kh". Errors: EUSAGE, EIO, ESOURCE, EFORMAT (signature, log or leaf file do
 * not hold: then nothing is compared), ECANCELLED, ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_archive_compare(const assay_pack *pack, const assay_run_options *options,
                                                             const assay_archive_place *place,
                                                             const assay_explain_source *source, assay_write_fn write,
                                                             void *ctx, assay_archive_difference *ret, assay_err *err);
/* Read a dataset again and write, for each record with this key, a proof that it stands in what the run has archived
 * (one text behind the other, each ends with its signatures). EUSAGE: no such record now; EFORMAT: a record with this
 * key is not what it was, or the archive does not hold. */
ASSAY_NODISCARD ASSAY_API assay_status assay_archive_prove(const assay_pack *pack, const assay_run_options *options,
                                                           const assay_archive_place *place, const char *const *key,
                                                           size_t n_key, const assay_explain_source *source,
                                                           assay_write_fn write, void *ctx, assay_err *err);

/* Read a dataset again and write a proof that no record with this key stands in what the run has archived. The proof
 * shows the records of the two neighbours in the tree, which must still be what they were: it is for an auditor, not
 * for the public. EUSAGE: the run has such a record; EFORMAT: a neighbour has changed, or the archive does not hold. */
ASSAY_NODISCARD ASSAY_API assay_status assay_archive_prove_absent(
    const assay_pack *pack, const assay_run_options *options, const assay_archive_place *place, const char *const *key,
    size_t n_key, const assay_explain_source *source, assay_write_fn write, void *ctx, assay_err *err);

#ifdef __cplusplus
}
#endif
#endif
