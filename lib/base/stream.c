#include "base/stream.h"

assay_status ay_stream_flush(ay_stream *stream, size_t least, assay_err *err)
{
    AY_TRY(ay_buf_status(&stream->buf, err));
    if (stream->buf.len <= least) return ASSAY_OK;
    AY_FAIL_IF(stream->write(stream->ctx, stream->buf.ptr, stream->buf.len) != 0, err, ASSAY_EIO,
               "the output could not be written", "无法写出结果");
    ay_buf_clear(&stream->buf);
    return ASSAY_OK;
}
