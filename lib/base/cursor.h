/* Binary input through a cursor that goes short and stays short: one check per record, not one per read. Big-endian. */
#ifndef AY_BASE_CURSOR_H
#define AY_BASE_CURSOR_H

#include "base/str.h"

typedef struct ay_cursor {
    const unsigned char *at, *end;
    bool is_short;
} ay_cursor;

static inline ay_cursor ay_cursor_on(const void *bytes, size_t len)
{
    const unsigned char *p = (const unsigned char *)(len ? bytes : "");
    return (ay_cursor){p, p + len, false};
}

static inline const unsigned char *ay_take(ay_cursor *c, size_t n)
{
    if (c->is_short || (size_t)(c->end - c->at) < n) {
        c->is_short = true;
        return NULL;
    }
    const unsigned char *p = c->at;
    c->at += n;
    return p;
}

static inline uint16_t ay_take_u16(ay_cursor *c)
{
    const unsigned char *p = ay_take(c, 2);
    return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t ay_take_u32(ay_cursor *c)
{
    const unsigned char *p = ay_take(c, 4);
    if (!p) return 0;
    uint32_t v;
    memcpy(&v, p, 4);
    return __builtin_bswap32(v);
}

static inline uint64_t ay_take_u64(ay_cursor *c)
{
    const unsigned char *p = ay_take(c, 8);
    if (!p) return 0;
    uint64_t v;
    memcpy(&v, p, 8);
    return __builtin_bswap64(v);
}

#endif
