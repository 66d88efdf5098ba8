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
    *ret = text;
    if (!part.to) return true;
    const size_t start = ay_utf8_offset(text, part.from - 1);
    const ay_str rest = ay_str_slice(text, start, text.len);
    *ret = ay_str_slice(rest, 0, ay_utf8_offset(rest, part.to - part.from + 1));
    return ay_utf8_length(*ret) == part.to - part.from + 1;
}

#endif
