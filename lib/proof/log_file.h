/* The files of a run log. */
#ifndef AY_PROOF_LOG_FILE_H
#define AY_PROOF_LOG_FILE_H

#include "base/buf.h"
#include "proof/log.h"

/* "DIR/NAME: reason", from errno. */
assay_status ay_log_fail(const char *dir, const char *name, assay_err *err);
/* Opens DIR/entries. Writing: makes folder and file, takes the lock. */
assay_status ay_log_open_entries(const char *dir, ay_log_mode mode, int *ret_dir, int *ret_fd, assay_err *err);
bool ay_log_write_at(int fd, uint64_t at, ay_str bytes); /* false: errno */
bool ay_log_read_at(int fd, uint64_t at, void *to, size_t len);
/* A small file of the folder, whole; absent: empty. */
assay_status ay_log_read_file(int dir_fd, const char *dir, const char *name, ay_buf *out, assay_err *err);
/* In place of the file of that name: the old one or the new one is there after a crash, never a part. */
assay_status ay_log_replace_file(int dir_fd, const char *dir, const char *name, ay_str bytes, assay_err *err);

#endif
