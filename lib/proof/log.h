/* The run log: manifests one behind the other in a folder, never changed, with the roots of two trees over them (SM3
 * and SHA-256) and the last signed checkpoint of each.
 *
 *   DIR/entries             the entries, see log_index.h
 *   DIR/checkpoint.sm3      signed notes, replaced as a whole
 *   DIR/checkpoint.sha256
 *
 * Who reads needs no lock: an entry that is being written meanwhile looks like a tail.
 * An entry is on the disk when ay_log_append returns. What a crash left half-written is found when the log is opened
 * and told as its tail: entries can be read, none can be added until somebody has decided to drop the tail. A log that
 * is shorter than one of its checkpoints is not opened at all. */
#ifndef AY_PROOF_LOG_H
#define AY_PROOF_LOG_H

#include "base/buf.h"
#include "proof/merkle.h"

typedef struct ay_log ay_log; /* one thread at a time */

typedef enum ay_log_mode {
    AY_LOG_READ,
    AY_LOG_WRITE, /* made where there is none; one writer at a time, on this machine */
} ay_log_mode;

/* Errors: EIO, EFORMAT (no run log; shorter than a checkpoint), EUSAGE (another process writes). */
assay_status ay_log_open(const char *dir, ay_log_mode mode, ay_log **ret, assay_err *err);
ay_log *ay_log_free(ay_log *log);

uint64_t ay_log_size(const ay_log *log); /* entries */
uint64_t ay_log_tail(const ay_log *log); /* bytes behind the last entry that are none */

/* EUSAGE: opened for reading, an entry of no bytes, or there is a tail. ELIMIT: more than AY_LOG_ENTRY_BYTES. EIO: it
 * could not be written; if it is not known whether it was, only ay_log_free is allowed. */
assay_status ay_log_append(ay_log *log, ay_str data, uint64_t *ret_index, assay_err *err);
assay_status ay_log_drop_tail(ay_log *log, assay_err *err);

/* Index and sizes are at most the log's size: EUSAGE. */
assay_status ay_log_entry_at(const ay_log *log, uint64_t index, ay_buf *out, assay_err *err);
assay_status ay_log_root(ay_log *log, ay_alg alg, uint64_t size, ay_digest *ret, assay_err *err);
assay_status ay_log_path(ay_log *log, ay_alg alg, uint64_t index, uint64_t size, ay_digest ret[AY_MERKLE_DEPTH_MAX],
                         uint32_t *ret_n, assay_err *err);
assay_status ay_log_consistency(ay_log *log, ay_alg alg, uint64_t old_size, uint64_t size,
                                ay_digest ret[AY_MERKLE_CONSISTENCY_MAX], uint32_t *ret_n, assay_err *err);

/* The last checkpoint, signed; empty: there is none yet. */
assay_status ay_log_read_note(const ay_log *log, ay_alg alg, ay_buf *out, assay_err *err);
/* EUSAGE: opened for reading, or the note's checkpoint is not that of this log as it is (size, root). */
assay_status ay_log_write_note(ay_log *log, ay_alg alg, ay_str note, assay_err *err);

#endif
