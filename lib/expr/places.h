/* Patterns of a fixed number of ASCII characters, each of a class: [0-9A-HJ-NPQRTUWXY]{18}, \d{6}, CN-[A-Z]{2}\d{4}.
 * What PCRE2 would say of them, a walk over two tables says in a tenth of the time. */
#ifndef AY_EXPR_PLACES_H
#define AY_EXPR_PLACES_H

#include "base/str.h"

#define AY_PLACES_MAX 64
#define AY_ROWS_MAX   2 /* of alternatives: 1[3-9]\d{9}|0\d{11} */

typedef struct ay_places {
    size_t n;                      /* 0: the pattern is none of these */
    uint8_t wanted[AY_PLACES_MAX]; /* of each place: the bit of its class */
    uint8_t members[256];          /* of each byte: the bits of the classes that it belongs to */
} ay_places;

typedef struct ay_rows {
    size_t n; /* 0: the pattern is none of these */
    ay_places of[AY_ROWS_MAX];
} ay_rows;

/* A pattern that PCRE2 has compiled without (?u). Whatever is not certain to mean the same here is none of these. */
ay_places ay_places_read(ay_str pattern);
bool ay_places_hold(const ay_places *places, ay_str value); /* false where n is 0 */
ay_rows ay_rows_read(ay_str pattern);                       /* alternatives of such, one or more */
bool ay_rows_hold(const ay_rows *rows, ay_str value);

#endif
