/* ASCII without the process's locale. */
#ifndef AY_BASE_ASCII_H
#define AY_BASE_ASCII_H

#include "base/str.h"

static inline bool ay_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static inline bool ay_is_alpha(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}
static inline char ay_to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Equal without regard to the case of ASCII letters; `lower` is in lower case. */
static inline bool ay_is_word(ay_str text, const char *lower)
{
    if (text.len != strlen(lower)) return false;
    for (size_t i = 0; i < text.len; i++) {
        if (ay_to_lower(text.ptr[i]) != lower[i]) return false;
    }
    return true;
}

#endif
