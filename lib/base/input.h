/* Input in whole items, from pieces of any size; numbers big-endian. What the bytes say of their own length may be a
 * lie: memory grows with what has come, not with what was announced. */
#ifndef AY_BASE_INPUT_H
#define AY_BASE_INPUT_H

#include "base/buf.h"

/* Set `read`, `ctx` and `left`; the rest is zero at first. Free it with ay_in_free. */
typedef struct ay_in {
    /* Up to `len` bytes; *ret_len 0: the end. */
    assay_status (*read)(void *ctx, char *to, size_t len, size_t *ret_len, assay_err *err);
    /* Everything that was taken, in order, some time after it was (see ay_in_settle); may be NULL. */
    assay_status (*seen)(void *ctx, ay_str bytes, assay_err *err);
    void *ctx;
    ay_buf buf;
    size_t at;     /* what is in buf before it was taken */
    uint64_t left; /* bytes that may still be taken */
} ay_in;

/* The next n bytes, valid until the next call. EFORMAT where the input ends before, or `left` does not allow it. */
assay_status ay_in_take(ay_in *in, size_t n, ay_str *ret, assay_err *err);
assay_status ay_in_u8(ay_in *in, uint8_t *ret, assay_err *err);
assay_status ay_in_u32(ay_in *in, uint32_t *ret, assay_err *err);
assay_status ay_in_u64(ay_in *in, uint64_t *ret, assay_err *err);
/* A length of 32 bits, at most `max`, and as many bytes. */
assay_status ay_in_str(ay_in *in, size_t max, ay_str *ret, assay_err *err);
assay_status ay_in_settle(ay_in *in, assay_err *err);                /* everything that was taken has been seen */
assay_status ay_in_end(ay_in *in, bool *ret_is_end, assay_err *err); /* whether nothing follows */
void ay_in_free(ay_in *in);

/* EFORMAT: what is read cannot have been written by this program. */
assay_status ay_in_damaged(assay_err *err);

#endif
