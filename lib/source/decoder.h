/* Decoders: bytes in (cut anywhere), batches out, no I/O, no libpq. Each is an ay_decoder over one ay_batch. */
#ifndef AY_SOURCE_DECODER_H
#define AY_SOURCE_DECODER_H

#include "source/source.h"

typedef struct ay_decoder ay_decoder;

typedef struct ay_decoder_ops {
    /* Take bytes until they are used up or the batch is full. Bytes taken are copied as far as needed. */
    assay_status (*push)(ay_decoder *self, const void *bytes, size_t len, size_t *ret_used, assay_err *err);
    assay_status (*finish)(ay_decoder *self, assay_err *err); /* end of input; EFORMAT when it ends too early */
    void (*free)(ay_decoder *self);
} ay_decoder_ops;

struct ay_decoder {
    const ay_decoder_ops *ops;
    ay_batch batch; /* full, or the input ended: the caller takes it, then calls ay_batch_clear */
    uint64_t records;
    assay_status (*on_reject)(void *ctx, const ay_reject *reject, assay_err *err); /* NULL: strict */
    void *reject_ctx;
};

typedef struct ay_decode_limits {
    uint32_t batch_cap;   /* 0: AY_BATCH_ROWS */
    uint64_t field_bytes; /* 0: 64 MiB */
} ay_decode_limits;

/* COPY ... (FORMAT binary): header and its extension, records, trailer. types[i] is how column i is laid out on the wire
 * (bool int2 int4 int8 by length for INT, numeric for DEC, float4 float8 by length for FLOAT, ...). */
assay_status ay_copybin_open(const ay_type *types, uint32_t n, ay_decode_limits limits, ay_decoder **ret, assay_err *err);
/* COPY text format: every column TEXT; backslash escapes, \N, \. ; line ends LF, CRLF, CR, not mixed. */
typedef struct ay_copytext_options {
    char delimiter;        /* 0: tab */
    const char *null_text; /* NULL: \N */
    const ay_schema *expect_header; /* NULL: no header line */
} ay_copytext_options;
assay_status ay_copytext_open(uint32_t n, const ay_copytext_options *options, ay_decode_limits limits, ay_decoder **ret,
                              assay_err *err);
/* CSV, RFC 4180: every column TEXT; quotes, quoted line ends, CRLF or LF; a BOM is skipped. */
typedef struct ay_csv_options {
    char delimiter, quote; /* 0: , and " */
    const char *null_text; /* NULL: "" (an unquoted empty field is null, a quoted one is the empty text) */
} ay_csv_options;
assay_status ay_csv_open(uint32_t n, const ay_csv_options *options, ay_decode_limits limits, ay_decoder **ret,
                         assay_err *err);

static inline assay_status ay_decoder_push(ay_decoder *d, const void *bytes, size_t len, size_t *ret_used, assay_err *err)
{
    return d->ops->push(d, bytes, len, ret_used, err);
}
static inline assay_status ay_decoder_finish(ay_decoder *d, assay_err *err) { return d->ops->finish(d, err); }
static inline ay_decoder *ay_decoder_free(ay_decoder *d)
{
    if (d) d->ops->free(d);
    return NULL;
}

#endif
