/* The nearest of many texts, by edit distance: one insertion, deletion, substitution or exchange of two neighbouring
 * characters is one edit, and no character is touched twice (optimal string alignment). Characters are code points. */
#ifndef AY_CHECK_NEAR_H
#define AY_CHECK_NEAR_H

#include "base/str.h"

typedef struct ay_near ay_near; /* immutable */

/* Which texts may be suggested; others are as if they were not there. */
typedef struct ay_near_filter {
    bool (*accepts)(const void *ctx, ay_str text);
    const void *ctx;
} ay_near_filter;

typedef struct ay_near_hit {
    ay_str text;
    uint32_t confidence; /* percent, as doc/suggestions.md has it */
} ay_near_hit;

/* Index texts of valid UTF-8, none twice. The array becomes the index's own, also on failure; what it points to stays
 * the caller's. False: no memory. Takes up to 32 MiB, and finds nothing where that is too little: from about 190,000
 * texts of 6 characters on, 50,000 of 12 and more. */
bool ay_near_open(ay_str *texts, uint32_t n, ay_near **ret);
void ay_near_close(void *near);
/* The one text nearest to the value (valid UTF-8), within 1 edit of up to 5 characters and 2 of more. Of digits only:
 * within one substitution or exchange, and only texts of digits. False: there is none, or two are equally near, or the
 * value is one of them, or a single character, of which an edit would leave nothing; or more than 4,096 texts have to
 * be looked at, which bounds the time. Fails never. */
bool ay_near_find(const ay_near *near, ay_str value, const ay_near_filter *filter, ay_near_hit *ret);

#endif
