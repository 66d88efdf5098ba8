/* A growing byte buffer that knows when to stop. Failure is sticky: after the first one nothing is appended and
 * ay_buf_status tells why, so a writer checks once at the end. */
#ifndef AY_BASE_BUF_H
#define AY_BASE_BUF_H

#include <stdarg.h>

#include "base/err.h"
#include "base/str.h"

typedef struct ay_buf {
    char *ptr;
    size_t len, cap, max; /* max 0: no limit of its own */
    assay_status failed;
} ay_buf;

/* Room for `more` bytes behind len; NULL on failure. */
char *ay_buf_grow(ay_buf *buf, size_t more);
static inline char *ay_buf_reserve(ay_buf *buf, size_t more)
{
    const bool is_there = buf->ptr && buf->cap - buf->len >= more && !buf->max && !buf->failed;
    return is_there ? buf->ptr + buf->len : ay_buf_grow(buf, more);
}
static inline void ay_buf_put(ay_buf *buf, const void *bytes, size_t len)
{
    char *to = len ? ay_buf_reserve(buf, len) : NULL;
    if (!to) return;
    memcpy(to, bytes, len);
    buf->len += len;
}
static inline void ay_buf_char(ay_buf *buf, char c)
{
    char *to = ay_buf_reserve(buf, 1);
    if (!to) return;
    *to = c;
    buf->len++;
}
void ay_buf_str(ay_buf *buf, ay_str s);
void ay_buf_text(ay_buf *buf, const char *zero_terminated);
void ay_buf_printf(ay_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ay_buf_vprintf(ay_buf *buf, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void ay_buf_int(ay_buf *buf, int64_t value);
void ay_buf_u32(ay_buf *buf, uint32_t value); /* four bytes, big-endian */
void ay_buf_u64(ay_buf *buf, uint64_t value); /* eight */
void ay_buf_sized(ay_buf *buf, ay_str s);     /* the length as u32, then the bytes */
void ay_buf_clear(ay_buf *buf);               /* empty, failure forgotten, memory kept */
void ay_buf_free(ay_buf *buf);
assay_status ay_buf_status(const ay_buf *buf, assay_err *err); /* ENOMEM or ELIMIT if an append failed */
static inline ay_str ay_buf_view(const ay_buf *buf)
{
    return (ay_str){buf->ptr, buf->len};
}

#endif
