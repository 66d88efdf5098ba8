/* A borrowed string: pointer and length, not zero-terminated, NUL bytes are data, never freed through this. */
#ifndef AY_BASE_STR_H
#define AY_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct ay_str {
    const char *ptr;
    size_t len;
} ay_str;

#define AY_STR(literal) ((ay_str){(literal), sizeof(literal) - 1})
#define AY_STR_FMT      "%.*s" /* with AY_STR_ARG(s) */
#define AY_STR_ARG(s)   (int)((s).len > 256 ? 256 : (s).len), ((s).len ? (s).ptr : "")

static inline ay_str ay_str_from(const char *zero_terminated)
{
    return (ay_str){zero_terminated, zero_terminated ? strlen(zero_terminated) : 0};
}

static inline bool ay_str_eq(ay_str a, ay_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool ay_str_is(ay_str a, const char *b)
{
    return ay_str_eq(a, ay_str_from(b));
}

/* Byte order, the shorter first where one is a prefix of the other: PostgreSQL's COLLATE "C". */
static inline int ay_str_cmp(ay_str a, ay_str b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    const int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

static inline ay_str ay_str_slice(ay_str s, size_t from, size_t to)
{
    return (ay_str){from ? s.ptr + from : s.ptr, to - from}; /* no pointer may be moved by 0 where there is none */
}

#endif
