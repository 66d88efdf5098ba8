/* Output through the caller's write function in large pieces. */
#ifndef AY_BASE_STREAM_H
#define AY_BASE_STREAM_H

#include "assay/run.h"
#include "base/buf.h"

typedef struct ay_stream {
    assay_write_fn write;
    void *ctx;
    ay_buf buf; /* append here, then ay_stream_flush now and then */
} ay_stream;

/* Hand over what is buffered when it is more than `least` bytes. EIO when the function refuses, ENOMEM. */
assay_status ay_stream_flush(ay_stream *stream, size_t least, assay_err *err);

#endif
