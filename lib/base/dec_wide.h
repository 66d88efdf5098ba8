/* 256-bit magnitudes for the intermediate results of decimal arithmetic. Only the dec*.c files include this. */
#ifndef AY_BASE_DEC_WIDE_H
#define AY_BASE_DEC_WIDE_H

#include "base/dec.h"

#define AY_DEC_DIGITS 38

typedef unsigned __int128 ay_u128;

typedef struct ay_wide {
    uint64_t w[4]; /* least significant first */
} ay_wide;

extern const ay_u128 ay_pow10[AY_DEC_DIGITS + 1];

static inline ay_u128 ay_dec_magnitude(ay_i128 v)
{
    return v < 0 ? -(ay_u128)v : (ay_u128)v;
}

static inline ay_wide ay_wide_from(ay_u128 v)
{
    return (ay_wide){{(uint64_t)v, (uint64_t)(v >> 64), 0, 0}};
}

static inline ay_u128 ay_wide_low(ay_wide a)
{
    return (ay_u128)a.w[1] << 64 | a.w[0];
}

static inline bool ay_wide_fits_u128(ay_wide a)
{
    return (a.w[2] | a.w[3]) == 0;
}

int ay_wide_cmp(ay_wide a, ay_wide b);
ay_wide ay_wide_mul(ay_u128 a, ay_u128 b);           /* exact */
ay_wide ay_wide_add(ay_wide a, ay_wide b);           /* the caller knows that it fits */
ay_wide ay_wide_sub(ay_wide a, ay_wide b);           /* a >= b */
bool ay_wide_scale(ay_wide *a, unsigned pow10);      /* a *= 10^pow10; false: more than 256 bits */
uint64_t ay_wide_div_small(ay_wide *a, uint64_t by); /* a /= by; the remainder */
ay_wide ay_wide_div(ay_wide a, ay_wide by, ay_wide *ret_rest);

/* The decimal with this magnitude. Trailing zeros behind the point that do not fit are dropped. */
ay_num_status ay_dec_fit(ay_wide magnitude, bool negative, unsigned scale, ay_dec *ret);
/* Likewise for coef * 10^zeros at this scale; any sizes. coef < 10^38. */
ay_num_status ay_dec_compose(ay_u128 coef, bool negative, int64_t zeros, int64_t scale, ay_dec *ret);

static inline ay_dec ay_dec_special(ay_dec_kind kind)
{
    return (ay_dec){.kind = (uint8_t)kind};
}

static inline int ay_dec_sign(ay_dec a) /* of the infinities too; 0 for NaN */
{
    if (a.kind == AY_DEC_FINITE) return (a.coef > 0) - (a.coef < 0);
    return (a.kind == AY_DEC_PINF) - (a.kind == AY_DEC_NINF);
}

static inline ay_dec ay_dec_infinity(int sign)
{
    return ay_dec_special(sign > 0 ? AY_DEC_PINF : AY_DEC_NINF);
}

#endif
