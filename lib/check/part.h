/* A part of a text value: characters from .. to, where a check looks at these only. */
#ifndef AY_CHECK_PART_H
#define AY_CHECK_PART_H

#include "base/utf8.h"
#include "check/rule.h"

typedef struct ay_part {
    uint32_t from, to; /* 1-based, inclusive; 0 and 0: the whole value */
} ay_part;

/* False: the value ends before the part does. */
static inline bool ay_part_take(ay_part part, ay_str text, ay_str *ret)
{
    size_t at = 0;
    *ret = text;
    if (!part.to) return true;
    while (at < text.len && at < part.to && !(text.ptr[at] & 0x80)) at++;
    if (at == part.to) { /* a character is a byte, as nearly always */
        *ret = ay_str_slice(text, part.from - 1, part.to);
        return true;
    }
    if (ay_utf8_length(text) < part.to) return false;
    *ret = ay_str_slice(text, ay_utf8_offset(text, part.from - 1), ay_utf8_offset(text, part.to));
    return true;
}

#endif
