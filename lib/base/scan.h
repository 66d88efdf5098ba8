/* Reading text from left to right, byte by byte. */
#ifndef AY_BASE_SCAN_H
#define AY_BASE_SCAN_H

#include "base/ascii.h"

typedef struct ay_scan {
    const char *at, *end;
} ay_scan;

static inline ay_scan ay_scan_on(ay_str text)
{
    return (ay_scan){text.ptr, text.len ? text.ptr + text.len : text.ptr};
}

static inline bool ay_scan_ended(const ay_scan *s)
{
    return s->at == s->end;
}
static inline bool ay_scan_at(const ay_scan *s, char c)
{
    return s->at < s->end && *s->at == c;
}
static inline bool ay_scan_at_digit(const ay_scan *s)
{
    return s->at < s->end && ay_is_digit(*s->at);
}

static inline bool ay_scan_take(ay_scan *s, char c)
{
    if (!ay_scan_at(s, c)) return false;
    s->at++;
    return true;
}

/* A sign or nothing; true: it was a minus. */
static inline bool ay_scan_minus(ay_scan *s)
{
    if (ay_scan_take(s, '-')) return true;
    (void)ay_scan_take(s, '+');
    return false;
}

#endif
