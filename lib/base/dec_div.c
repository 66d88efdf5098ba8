#include "base/dec_wide.h"

#define PG_BASE_DIGITS    4  /* PostgreSQL keeps numerics in base 10000 ... */
#define PG_MIN_SIG_DIGITS 16 /* ... and wants this many significant digits in a quotient */

/* Where the first base-10000 digit stands and what it is: 12345.6 is 1 2345 6000, weight 1, first digit 1. */
typedef struct lead {
    int weight;
    unsigned digit;
} lead;

static lead leading(ay_dec a)
{
    const ay_u128 coef = ay_dec_magnitude(a.coef);
    if (coef == 0) return (lead){0, 0};
    int digits = 1;
    while (digits < AY_DEC_DIGITS && coef >= ay_pow10[digits]) digits++;
    const int top = digits - 1 - a.scale; /* power of ten of the first decimal digit */
    const int weight = top / PG_BASE_DIGITS - (top % PG_BASE_DIGITS < 0);
    const int shift = weight * PG_BASE_DIGITS + a.scale; /* digit = coef / 10^shift */
    const ay_u128 digit = shift >= 0 ? coef / ay_pow10[shift] : coef * ay_pow10[-shift];
    return (lead){weight, (unsigned)digit};
}

/* PostgreSQL's select_div_scale: numbers of digits depend on the base-10000 digits, not on the value alone. */
static int div_scale(ay_dec a, ay_dec b)
{
    const lead x = leading(a), y = leading(b);
    int weight = x.weight - y.weight;
    if (x.digit <= y.digit) weight--;
    int scale = PG_MIN_SIG_DIGITS - weight * PG_BASE_DIGITS;
    if (scale < a.scale) scale = a.scale;
    if (scale < b.scale) scale = b.scale;
    return scale;
}

static ay_num_status div_special(ay_dec a, ay_dec b, ay_dec *ret)
{
    const int sign_b = ay_dec_sign(b);
    const bool a_finite = a.kind == AY_DEC_FINITE, b_finite = b.kind == AY_DEC_FINITE;
    if (a.kind == AY_DEC_NAN || b.kind == AY_DEC_NAN || (!a_finite && !b_finite)) *ret = ay_dec_special(AY_DEC_NAN);
    else if (a_finite) *ret = (ay_dec){0};
    else if (sign_b == 0) return AY_NUM_ZERO_DIV;
    else *ret = ay_dec_infinity(ay_dec_sign(a) * sign_b);
    return AY_NUM_OK;
}

ay_num_status ay_dec_div(ay_dec a, ay_dec b, ay_dec *ret)
{
    if (a.kind != AY_DEC_FINITE || b.kind != AY_DEC_FINITE) return div_special(a, b, ret);
    if (b.coef == 0) return AY_NUM_ZERO_DIV;
    const int scale = div_scale(a, b);
    const ay_dec x = ay_dec_canonical(a), y = ay_dec_canonical(b); /* the same values with fewer zeros to carry */
    ay_wide numerator = ay_wide_from(ay_dec_magnitude(x.coef)), rest;
    /* More than 256 bits over at most 38 digits leaves more than 38 digits. */
    if (!ay_wide_scale(&numerator, (unsigned)(scale + y.scale - x.scale))) return AY_NUM_RANGE;
    const ay_wide denominator = ay_wide_from(ay_dec_magnitude(y.coef));
    ay_wide quotient = ay_wide_div(numerator, denominator, &rest);
    const ay_wide twice = ay_wide_add(rest, rest);
    if (ay_wide_cmp(twice, denominator) >= 0) quotient = ay_wide_add(quotient, ay_wide_from(1));
    return ay_dec_fit(quotient, (x.coef < 0) != (y.coef < 0), (unsigned)scale, ret);
}

static ay_num_status mod_special(ay_dec a, ay_dec b, ay_dec *ret)
{
    if (a.kind == AY_DEC_FINITE && b.kind != AY_DEC_NAN) {
        *ret = a;
        return AY_NUM_OK;
    }
    if (a.kind != AY_DEC_NAN && b.kind == AY_DEC_FINITE && b.coef == 0) return AY_NUM_ZERO_DIV;
    *ret = ay_dec_special(AY_DEC_NAN);
    return AY_NUM_OK;
}

ay_num_status ay_dec_mod(ay_dec a, ay_dec b, ay_dec *ret)
{
    if (a.kind != AY_DEC_FINITE || b.kind != AY_DEC_FINITE) return mod_special(a, b, ret);
    if (b.coef == 0) return AY_NUM_ZERO_DIV;
    const unsigned scale = a.scale > b.scale ? a.scale : b.scale;
    const ay_wide x = ay_wide_mul(ay_dec_magnitude(a.coef), ay_pow10[scale - a.scale]);
    const ay_wide y = ay_wide_mul(ay_dec_magnitude(b.coef), ay_pow10[scale - b.scale]);
    ay_wide rest;
    (void)ay_wide_div(x, y, &rest);
    return ay_dec_fit(rest, a.coef < 0, scale, ret);
}
