/* A part of a text value: characters from .. to, where a check looks at these only. */
#ifndef AY_CHECK_PART_H
#define AY_CHECK_PART_H

#include "base/utf8.h"
#include "base/word.h"
#include "check/rule.h"

typedef struct ay_part {
    uint32_t from, to; /* 1-based, inclusive; 0 and 0: the whole value */
} ay_part;

/* False: the value ends before the part does. */
static inline bool ay_part_take(ay_part part, ay_str text, ay_str *ret)
{
    *ret = text;
    if (!part.to) return true;
    if (part.to <= text.len &&
        ay_is_ascii(ay_str_slice(text, 0, part.to))) { /* a character is a byte, as nearly always */
        *ret = ay_str_slice(text, part.from - 1, part.to);
        return true;
    }
    if (ay_utf8_length(text) < part.to) return false;
    *ret = ay_str_slice(text, ay_utf8_offset(text, part.from - 1), ay_utf8_offset(text, part.to));
    return true;
}

#endif
