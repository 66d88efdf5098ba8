/* What the texts of this layer are made of: lines, words and counts that can be written in one way only. */
#ifndef AY_PROOF_LINES_H
#define AY_PROOF_LINES_H

#include "base/str.h"

/* The next line, without its line feed; false: no whole line is left. */
static inline bool ay_line_take(ay_str *rest, ay_str *ret)
{
    const char *end = rest->len ? memchr(rest->ptr, '\n', rest->len) : NULL;
    if (!end) return false;
    const size_t len = (size_t)(end - rest->ptr);
    *ret = ay_str_slice(*rest, 0, len);
    *rest = ay_str_slice(*rest, len + 1, rest->len);
    return true;
}

/* The next word of a line; words are parted by one space. False: it is empty, or there is none. */
static inline bool ay_word_take(ay_str *line, ay_str *ret)
{
    const char *space = line->len ? memchr(line->ptr, ' ', line->len) : NULL;
    const size_t len = space ? (size_t)(space - line->ptr) : line->len;
    if (len == 0 || (space && len + 1 == line->len)) return false;
    *ret = ay_str_slice(*line, 0, len);
    *line = ay_str_slice(*line, space ? len + 1 : len, line->len);
    return true;
}

/* Decimal digits without a leading zero, up to 2^64 - 1. */
static inline bool ay_count_take(ay_str text, uint64_t *ret)
{
    uint64_t v = 0;
    if (text.len == 0 || (text.ptr[0] == '0' && text.len > 1)) return false;
    for (size_t i = 0; i < text.len; i++) {
        const unsigned digit = (unsigned)(unsigned char)text.ptr[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v)) return false;
    }
    *ret = v;
    return true;
}

#endif
