/* 640-bit integers for figures that must be exact: sums of decimals at 38 fraction digits, their squares, and products
 * of both with counts of up to 2^64 records (the bounds are in huge.c). Two's complement. */
#ifndef AY_CHECK_HUGE_H
#define AY_CHECK_HUGE_H

#include "base/buf.h"
#include "base/dec.h"

#define AY_HUGE_LIMBS 10
#define AY_HUGE_SCALE 38

typedef struct ay_huge {
    uint64_t limb[AY_HUGE_LIMBS]; /* least first */
} ay_huge;

ay_huge ay_huge_from_dec(ay_dec d); /* d * 10^38; d is finite */
ay_huge ay_huge_from_u64(uint64_t v);
void ay_huge_add(ay_huge *a, const ay_huge *b);
void ay_huge_sub(ay_huge *a, const ay_huge *b);
void ay_huge_mul(ay_huge *a, const ay_huge *b);
void ay_huge_div(ay_huge *a, uint64_t by); /* toward zero; by > 0 */
void ay_huge_sqrt(ay_huge *a);             /* a >= 0; rounded down */
bool ay_huge_is_negative(const ay_huge *a);
void ay_huge_abs(ay_huge *a);
int ay_huge_cmp(const ay_huge *a, const ay_huge *b);
/* a / 10^38 as text, trailing zeros cut; at most `digits` significant digits behind the integer part, cut off, not
 * rounded. */
void ay_huge_text(const ay_huge *a, unsigned digits, ay_buf *out);
/* a / 10^38 as a whole number; false when it is negative, has a fraction or needs more than 64 bits. */
bool ay_huge_whole(const ay_huge *a, uint64_t *ret);
/* a / 10^38 in millionths, toward zero; false when that needs more than 64 bits. */
bool ay_huge_millionths(const ay_huge *a, int64_t *ret);
/* The text of ay_huge_text back, at 38 fraction digits: any decimal with up to 58 digits in front of the point and 38
 * behind it, which holds every sum of 2^64 decimals. False: it is none. */
bool ay_huge_read(ay_str text, ay_huge *ret);

#endif
