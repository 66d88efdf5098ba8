#include "base/buf.h"

#include <stdio.h>

#include "base/digits.h"
#include "base/mem.h"

#define FIRST_CAP ((size_t)64)

static bool grow(ay_buf *buf, size_t need)
{
    size_t cap = buf->cap ? buf->cap : FIRST_CAP;
    while (cap < need && cap <= SIZE_MAX / 2) cap *= 2;
    if (cap < need) cap = need;
    char *p = (char *)ay_realloc_array(buf->ptr, cap, 1);
    if (!p) {
        buf->failed = ASSAY_ENOMEM;
        return false;
    }
    buf->ptr = p;
    buf->cap = cap;
    return true;
}

char *ay_buf_grow(ay_buf *buf, size_t more)
{
    if (buf->failed) return NULL;
    const size_t max = buf->max ? buf->max : SIZE_MAX;
    if (more > max - buf->len) {
        buf->failed = buf->max ? ASSAY_ELIMIT : ASSAY_ENOMEM;
        return NULL;
    }
    if ((!buf->ptr || buf->cap - buf->len < more) && !grow(buf, buf->len + more)) return NULL;
    return buf->ptr + buf->len;
}

void ay_buf_str(ay_buf *buf, ay_str s)
{
    ay_buf_put(buf, s.ptr, s.len);
}

void ay_buf_text(ay_buf *buf, const char *zero_terminated)
{
    ay_buf_put(buf, zero_terminated, strlen(zero_terminated));
}

void ay_buf_vprintf(ay_buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, format, args);
    char *to = n < 0 ? NULL : ay_buf_reserve(buf, (size_t)n);
    /* vsnprintf writes a zero behind the text: one byte beyond what counts against the limit. */
    if (to && (buf->cap - buf->len > (size_t)n || grow(buf, buf->len + (size_t)n + 1))) {
        (void)vsnprintf(buf->ptr + buf->len, (size_t)n + 1, format, again);
        buf->len += (size_t)n;
    }
    va_end(again);
}

void ay_buf_printf(ay_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ay_buf_vprintf(buf, format, args);
    va_end(args);
}

void ay_buf_int(ay_buf *buf, int64_t value)
{
    char text[AY_I64_TEXT_MAX];
    ay_buf_put(buf, text, (size_t)(ay_put_i64(text, value) - text));
}

void ay_buf_u32(ay_buf *buf, uint32_t value)
{
    value = __builtin_bswap32(value);
    ay_buf_put(buf, &value, sizeof value);
}

void ay_buf_u64(ay_buf *buf, uint64_t value)
{
    value = __builtin_bswap64(value);
    ay_buf_put(buf, &value, sizeof value);
}

void ay_buf_sized(ay_buf *buf, ay_str s)
{
    ay_buf_u32(buf, (uint32_t)s.len);
    ay_buf_str(buf, s);
}

void ay_buf_clear(ay_buf *buf)
{
    buf->len = 0;
    buf->failed = ASSAY_OK;
}

void ay_buf_free(ay_buf *buf)
{
    ay_free(buf->ptr);
    *buf = (ay_buf){.max = buf->max};
}

assay_status ay_buf_status(const ay_buf *buf, assay_err *err)
{
    if (buf->failed == ASSAY_ELIMIT)
        return ay_fail(err, ASSAY_ELIMIT, "a text would be longer than %zu bytes", "文本将超过 %zu 字节", buf->max);
    return buf->failed ? ay_fail_nomem(err) : ASSAY_OK;
}
