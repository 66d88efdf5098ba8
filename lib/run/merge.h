/* Taking partials into a run. */
#ifndef AY_RUN_MERGE_H
#define AY_RUN_MERGE_H

#include "run/run.h"

/* Bytes from somewhere. */
typedef struct ay_bytes {
    /* Up to `len` bytes; *ret_len 0: the end. */
    assay_status (*read)(void *ctx, char *to, size_t len, size_t *ret_len, assay_err *err);
    void *ctx;
} ay_bytes;

/* Take one partial, behind which its bytes end. A failure ends the run. */
assay_status ay_merge_one(assay_run *run, const ay_bytes *from, assay_err *err);
/* How many chunks it covers, as its head says. */
assay_status ay_merge_peek(const ay_bytes *from, uint32_t *ret_chunks, assay_err *err);

/* Whether bytes begin like a partial that was written as a line of base64. */
bool ay_line_begins(ay_str bytes);
/* The bytes that such a line stands for. Set `text`; the rest is zero at first. */
typedef struct ay_line {
    const ay_bytes *text;
    char chars[4096]; /* not decoded yet */
    size_t n;
    bool is_end, is_padded;
} ay_line;
assay_status ay_line_read(void *line, char *to, size_t len, size_t *ret_len, assay_err *err);

/* How many chunks a dataset lacks; 0 also where it was not merged. */
uint32_t ay_merge_missing(const ay_dataset_run *d);
/* ESOURCE where chunks are missing and that is not allowed. */
assay_status ay_merge_check(const assay_run *run, assay_err *err);
/* How the records of a merged dataset came in: what all of its partials say, "" where they disagree. */
void ay_merge_facts(const ay_merged *origin, ay_reading_facts *ret);

#endif
