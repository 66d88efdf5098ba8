/* Copies of texts, which are short: without a call, in blocks of which the last two may overlap. */
#ifndef AY_BASE_COPY_H
#define AY_BASE_COPY_H

#include <stddef.h>
#include <string.h>

#define AY_COPY_LONG 128 /* from here on memcpy is better */

static inline void ay_copy_short(void *to, const void *from, size_t n)
{
    char *t = (char *)to;
    const char *f = (const char *)from;
    if (n >= 16) {
        for (size_t i = 0; i + 16 < n; i += 16) memcpy(t + i, f + i, 16);
        memcpy(t + n - 16, f + n - 16, 16);
    } else if (n >= 8) {
        memcpy(t, f, 8);
        memcpy(t + n - 8, f + n - 8, 8);
    } else if (n >= 4) {
        memcpy(t, f, 4);
        memcpy(t + n - 4, f + n - 4, 4);
    } else if (n > 0) {
        t[0] = f[0];
        t[n / 2] = f[n / 2];
        t[n - 1] = f[n - 1];
    }
}

static inline void ay_copy(void *to, const void *from, size_t n)
{
    if (n < AY_COPY_LONG) ay_copy_short(to, from, n);
    else memcpy(to, from, n);
}

#endif
