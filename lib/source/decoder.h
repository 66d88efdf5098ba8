/* Decoders: bytes in (cut anywhere), batches out, no I/O, no libpq. Each is an ay_decoder over one ay_batch. */
#ifndef AY_SOURCE_DECODER_H
#define AY_SOURCE_DECODER_H

#include "source/source.h"

typedef struct ay_decoder ay_decoder;

typedef struct ay_decoder_ops {
    /* Take bytes until they are used up or the batch is full (ay_decoder_full: the caller takes it and calls
     * ay_batch_clear; until then nothing more is taken). Bytes taken are copied as far as needed. */
    assay_status (*push)(ay_decoder *self, const void *bytes, size_t len, size_t *ret_used, assay_err *err);
    /* End of input; EFORMAT when it ends too early. It may add records: as long as the batch is full afterwards, the
     * caller takes it and calls finish again. The last batch may be partly filled. */
    assay_status (*finish)(ay_decoder *self, assay_err *err);
    void (*free)(ay_decoder *self);
} ay_decoder_ops;

struct ay_decoder {
    const ay_decoder_ops *ops;
    ay_batch batch;   /* full, or the input ended: the caller takes it, then calls ay_batch_clear */
    uint64_t records; /* so far, the rejected ones included */
    size_t bytes;     /* text and bytes of the records of the batch */
    assay_status (*on_reject)(void *ctx, const ay_reject *reject, assay_err *err); /* NULL: strict */
    void *reject_ctx;
};

#define AY_BATCH_BYTES ((size_t)32 << 20)

/* The batch must be taken: no room, much text (so that memory stays bounded), or the next record would not carry the
 * number after the last one's, because a rejected one lies between. Depends on the records alone, not on the cuts. */
static inline bool ay_decoder_full(const ay_decoder *d)
{
    const ay_batch *b = &d->batch;
    return b->rows > 0 &&
           (b->rows == b->cap || d->bytes >= AY_BATCH_BYTES || b->first_record + b->rows != d->records + 1);
}

typedef struct ay_decode_limits {
    uint32_t batch_cap;   /* 0: AY_BATCH_ROWS */
    uint64_t field_bytes; /* 0: 64 MiB */
} ay_decode_limits;

/* COPY ... (FORMAT binary): header and its extension, records, trailer. types[i] is how column i is laid out on the
 * wire (bool int2 int4 int8 by length for INT, numeric for DEC, float4 float8 by length for FLOAT, ...). */
assay_status ay_copybin_open(const ay_type *types, uint32_t n, ay_decode_limits limits, ay_decoder **ret,
                             assay_err *err);
/* Which fields of a line are kept: field i of the line is column of[i] of the batch, UINT32_MAX: read over. */
typedef struct ay_keep {
    const uint32_t *of;
    uint32_t n; /* columns of the batch */
} ay_keep;

/* COPY text format: every column TEXT; backslash escapes, \N, \. ; line ends LF, CRLF, CR, not mixed. n is the number
 * of fields in a line. */
typedef struct ay_copytext_options {
    char delimiter;                 /* 0: tab */
    const char *null_text;          /* NULL: \N */
    const ay_schema *expect_header; /* NULL: no header line; else the names that it must hold */
    const ay_keep *keep;            /* NULL: all */
} ay_copytext_options;
assay_status ay_copytext_open(uint32_t n, const ay_copytext_options *options, ay_decode_limits limits, ay_decoder **ret,
                              assay_err *err);
/* CSV, RFC 4180: every column TEXT; quotes, quoted line ends, CRLF or LF; a BOM is skipped. A blank line is a record of
 * one empty field, hence a fault where there are more columns.
 * Lenient, CSV and COPY text: a record with the wrong number of fields, a NUL byte or a byte that is not of the
 * encoding is rejected as a whole. After a fault in the quoting or a field that is too long decoding goes on behind the
 * first line end after the quote that opened the faulty field, or after the fault where the field was not quoted: a
 * stray quote costs one line, not the rest of the file. A fault in the header is always an error. */
typedef struct ay_csv_options {
    char delimiter, quote;          /* 0: , and " */
    const char *null_text;          /* NULL: "" (an unquoted empty field is null, a quoted one is the empty text) */
    const ay_schema *expect_header; /* NULL: no header line; else the names that it must hold */
    const ay_keep *keep;            /* NULL: all */
    bool ragged;                    /* a line of fewer fields is none that is at fault: its last ones are null */
} ay_csv_options;
assay_status ay_csv_open(uint32_t n, const ay_csv_options *options, ay_decode_limits limits, ay_decoder **ret,
                         assay_err *err);

static inline assay_status ay_decoder_push(ay_decoder *d, const void *bytes, size_t len, size_t *ret_used,
                                           assay_err *err)
{
    return d->ops->push(d, bytes, len, ret_used, err);
}
static inline assay_status ay_decoder_finish(ay_decoder *d, assay_err *err)
{
    return d->ops->finish(d, err);
}
static inline ay_decoder *ay_decoder_free(ay_decoder *d)
{
    if (d) d->ops->free(d);
    return NULL;
}

#endif
