/* Partials: what one chunk of a dataset says about the rules, as bytes. Chunks are read anywhere, in any order and as
 * often as a scheduler likes; merged, they give the bytes of one run over all of them.
 *
 * One chunk:  assay_run_open -> feed the dataset (postgres, file or push) -> assay_run_partial
 * The merge:  assay_run_open -> assay_run_merge for each partial -> assay_run_finish, or assay_run_partial again, so
 *             that merges make a tree
 *
 * All of them share pack, version of the library, job, as-of moment and label, and the columns that were read. A
 * partial holds values of records that failed, unmasked: guard it as the data itself. Leaves of records (proof_key) are
 * not carried. */
#ifndef ASSAY_PARTIAL_H
#define ASSAY_PARTIAL_H

#include "assay/run.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Start from ASSAY_PARTIAL_OPTIONS_INIT. Texts are UTF-8 of at most 128 bytes without control characters. */
typedef struct assay_partial_options {
    size_t struct_size;
    const char *job;   /* the same for all chunks that are merged, at least one byte */
    const char *chunk; /* the name of this one in its dataset, at least one byte */
    uint32_t of;       /* how many chunks the dataset has: 1 to 100000 */
    const char *label; /* of the snapshot that all chunks are read from, compared and nothing else; default "" */
    const char *place; /* what the result names as the place of the records; default: what was read. Where chunks
                        * disagree the result names none. At most 4096 bytes */
    int line;          /* 1: one line of base64 instead of bytes */
} assay_partial_options;
#define ASSAY_PARTIAL_OPTIONS_INIT                                                                                     \
    {                                                                                                                  \
        sizeof(assay_partial_options), 0, 0, 0, 0, 0, 0                                                                \
    }

/* Write what is known of a dataset that was read or merged; nothing is written before it is known whole. The run cannot
 * be finished afterwards, but partials of its other datasets can be written. Of a merged dataset job, chunks and label
 * are those of its partials: only `line` counts.
 * Errors: EUSAGE (dataset not read; options; a run with `rules` or `proof_key`, or without `as_of`), EIO (`write`
 * refused, a temporary file), ELIMIT, ENOMEM, ECANCELLED. */
ASSAY_NODISCARD ASSAY_API assay_status assay_run_partial(assay_run *run, const char *dataset,
                                                         const assay_partial_options *options, assay_write_fn write,
                                                         void *ctx, assay_err *err);

/* Take one partial, as bytes or as a line. A chunk that is there already is dropped where it is the same, to the byte,
 * and EFORMAT where it is not. A partial of several chunks of which only some are there is EFORMAT too: give the one
 * with more chunks first (assay_run_merge_files does). A failed call ends the run.
 * Errors: EFORMAT (not a partial, damaged, cut off; of another pack, version, job, moment, label or number of chunks;
 * read from other columns), EUSAGE (a dataset that was not selected, or was read in this run; a run with `proof_key`),
 * EIO, ELIMIT, ENOMEM, ECANCELLED. */
ASSAY_NODISCARD ASSAY_API assay_status assay_run_merge(assay_run *run, const void *bytes, size_t len, assay_err *err);
/* The same for files in any order; each is a partial, or lines with one partial each. They are read twice and never
 * held in memory. */
ASSAY_NODISCARD ASSAY_API assay_status assay_run_merge_files(assay_run *run, const char *const *paths, size_t n,
                                                             assay_err *err);

#ifdef __cplusplus
}
#endif
#endif
