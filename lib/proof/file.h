/* Files that somebody names: read whole, or digested. */
#ifndef AY_PROOF_FILE_H
#define AY_PROOF_FILE_H

#include "base/buf.h"
#include "proof/log_index.h"
#include "proof/merkle.h"

/* Errors: EIO with the path and the reason; ELIMIT: more than `max` bytes. */
assay_status ay_file_read(const char *path, size_t max, ay_buf *out, assay_err *err);
/* The digests of a file's bytes, by ay_alg. */
assay_status ay_file_digests(const char *path, ay_digest ret[AY_LOG_ALGS], assay_err *err);
/* The trees of its lines (line_tree.h), by ay_alg. */
assay_status ay_file_line_trees(const char *path, ay_merkle_head ret[AY_LOG_ALGS], assay_err *err);

/* ---- A file that is read here and there ---- */

typedef struct ay_file {
    const char *path;
    int fd;
    uint64_t size;
} ay_file;

/* *ret_there false: there is none of this name. */
assay_status ay_file_open(const char *path, ay_file *ret, bool *ret_there, assay_err *err);
void ay_file_close(ay_file *file);
assay_status ay_file_read_at(void *file, uint64_t at, void *to, size_t len, assay_err *err); /* an ay_source_at */

#endif
