#include "base/input.h"

#include "base/cursor.h"

#define PIECE ((size_t)64 << 10)

assay_status ay_in_damaged(assay_err *err)
{
    return ay_fail(err, ASSAY_EFORMAT, "damaged: these bytes were not written by this program",
                   "已损坏：这些字节不是本程序写出的");
}

assay_status ay_in_settle(ay_in *in, assay_err *err)
{
    if (in->at && in->seen) AY_TRY(in->seen(in->ctx, (ay_str){in->buf.ptr, in->at}, err));
    in->buf.len -= in->at;
    if (in->at) memmove(in->buf.ptr, in->buf.ptr + in->at, in->buf.len);
    in->at = 0;
    return ASSAY_OK;
}

/* One piece more; *ret_len 0: there is none. */
static assay_status refill(ay_in *in, size_t *ret_len, assay_err *err)
{
    AY_TRY(ay_in_settle(in, err));
    char *to = ay_buf_reserve(&in->buf, PIECE);
    if (!to) return ay_buf_status(&in->buf, err);
    *ret_len = 0;
    AY_TRY(in->read(in->ctx, to, PIECE, ret_len, err));
    in->buf.len += *ret_len;
    return ASSAY_OK;
}

assay_status ay_in_take(ay_in *in, size_t n, ay_str *ret, assay_err *err)
{
    if (n > in->left) return ay_in_damaged(err);
    while (in->buf.len - in->at < n) {
        size_t len = 0;
        AY_TRY(refill(in, &len, err));
        AY_FAIL_IF(len == 0, err, ASSAY_EFORMAT, "cut off: the end is missing", "不完整：缺少末尾部分");
    }
    *ret = (ay_str){in->buf.ptr + in->at, n};
    in->at += n;
    in->left -= n;
    return ASSAY_OK;
}

assay_status ay_in_u8(ay_in *in, uint8_t *ret, assay_err *err)
{
    ay_str bytes = AY_STR("");
    AY_TRY(ay_in_take(in, 1, &bytes, err));
    *ret = (uint8_t)bytes.ptr[0];
    return ASSAY_OK;
}

assay_status ay_in_u32(ay_in *in, uint32_t *ret, assay_err *err)
{
    ay_str bytes = AY_STR("");
    AY_TRY(ay_in_take(in, sizeof *ret, &bytes, err));
    ay_cursor c = ay_cursor_on(bytes.ptr, bytes.len);
    *ret = ay_take_u32(&c);
    return ASSAY_OK;
}

assay_status ay_in_u64(ay_in *in, uint64_t *ret, assay_err *err)
{
    ay_str bytes = AY_STR("");
    AY_TRY(ay_in_take(in, sizeof *ret, &bytes, err));
    ay_cursor c = ay_cursor_on(bytes.ptr, bytes.len);
    *ret = ay_take_u64(&c);
    return ASSAY_OK;
}

assay_status ay_in_str(ay_in *in, size_t max, ay_str *ret, assay_err *err)
{
    uint32_t len = 0;
    AY_TRY(ay_in_u32(in, &len, err));
    return len > max ? ay_in_damaged(err) : ay_in_take(in, len, ret, err);
}

assay_status ay_in_end(ay_in *in, bool *ret_is_end, assay_err *err)
{
    size_t len = 1;
    if (in->at == in->buf.len) AY_TRY(refill(in, &len, err));
    *ret_is_end = len == 0;
    return ASSAY_OK;
}

void ay_in_free(ay_in *in)
{
    ay_buf_free(&in->buf);
}
