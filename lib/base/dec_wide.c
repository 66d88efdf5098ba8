#include "base/dec_wide.h"

#define E18 ((ay_u128)1000000000000000000)

const ay_u128 ay_pow10[AY_DEC_DIGITS + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    E18,
    E18 * 10,
    E18 * 100,
    E18 * 1000,
    E18 * 10000,
    E18 * 100000,
    E18 * 1000000,
    E18 * 10000000,
    E18 * 100000000,
    E18 * 1000000000,
    E18 * 10000000000,
    E18 * 100000000000,
    E18 * 1000000000000,
    E18 * 10000000000000,
    E18 * 100000000000000,
    E18 * 1000000000000000,
    E18 * 10000000000000000,
    E18 * 100000000000000000,
    E18 *E18,
    E18 *E18 * 10,
    E18 *E18 * 100,
};

int ay_wide_cmp(ay_wide a, ay_wide b)
{
    for (int i = 3; i >= 0; i--) {
        if (a.w[i] != b.w[i]) return a.w[i] < b.w[i] ? -1 : 1;
    }
    return 0;
}

ay_wide ay_wide_mul(ay_u128 a, ay_u128 b)
{
    const uint64_t x[2] = {(uint64_t)a, (uint64_t)(a >> 64)}, y[2] = {(uint64_t)b, (uint64_t)(b >> 64)};
    ay_wide r = {0};
    for (int i = 0; i < 2; i++) {
        ay_u128 carry = 0;
        for (int j = 0; j < 2; j++) {
            carry += (ay_u128)x[i] * y[j] + r.w[i + j];
            r.w[i + j] = (uint64_t)carry;
            carry >>= 64;
        }
        r.w[i + 2] = (uint64_t)carry;
    }
    return r;
}

ay_wide ay_wide_add(ay_wide a, ay_wide b)
{
    ay_u128 carry = 0;
    for (int i = 0; i < 4; i++) {
        carry += (ay_u128)a.w[i] + b.w[i];
        a.w[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return a;
}

ay_wide ay_wide_sub(ay_wide a, ay_wide b)
{
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) {
        const ay_u128 take = (ay_u128)b.w[i] + borrow;
        borrow = a.w[i] < take;
        a.w[i] = (uint64_t)(a.w[i] - take);
    }
    return a;
}

static bool scale_step(ay_wide *a, uint64_t by)
{
    ay_u128 carry = 0;
    for (int i = 0; i < 4; i++) {
        carry += (ay_u128)a->w[i] * by;
        a->w[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return carry == 0;
}

bool ay_wide_scale(ay_wide *a, unsigned pow10)
{
    for (; pow10 > 18; pow10 -= 18) {
        if (!scale_step(a, (uint64_t)E18)) return false;
    }
    return scale_step(a, (uint64_t)ay_pow10[pow10]);
}

uint64_t ay_wide_div_small(ay_wide *a, uint64_t by)
{
    ay_u128 rest = 0;
    for (int i = 3; i >= 0; i--) {
        rest = rest << 64 | a->w[i];
        a->w[i] = (uint64_t)(rest / by);
        rest %= by;
    }
    return (uint64_t)rest;
}

static ay_wide double_plus(ay_wide a, unsigned bit)
{
    for (int i = 3; i > 0; i--) a.w[i] = a.w[i] << 1 | a.w[i - 1] >> 63;
    a.w[0] = a.w[0] << 1 | bit;
    return a;
}

/* Bit by bit. The rest stays below the divisor, and that below 2^255, so doubling it never loses a bit. */
static ay_wide div_long(ay_wide a, ay_wide by, ay_wide *ret_rest)
{
    ay_wide quotient = {0}, rest = {0};
    for (int i = 255; i >= 0; i--) {
        rest = double_plus(rest, (unsigned)(a.w[i / 64] >> (i % 64)) & 1);
        const bool fits = ay_wide_cmp(rest, by) >= 0;
        if (fits) rest = ay_wide_sub(rest, by);
        quotient = double_plus(quotient, fits);
    }
    *ret_rest = rest;
    return quotient;
}

ay_wide ay_wide_div(ay_wide a, ay_wide by, ay_wide *ret_rest)
{
    if (!ay_wide_fits_u128(a) || !ay_wide_fits_u128(by)) return div_long(a, by, ret_rest);
    const ay_u128 x = ay_wide_low(a), y = ay_wide_low(by);
    *ret_rest = ay_wide_from(x % y);
    return ay_wide_from(x / y);
}

ay_num_status ay_dec_fit(ay_wide magnitude, bool negative, unsigned scale, ay_dec *ret)
{
    const ay_wide limit = ay_wide_from(ay_pow10[AY_DEC_DIGITS]);
    while (scale > AY_DEC_DIGITS || ay_wide_cmp(magnitude, limit) >= 0) {
        if (scale == 0 || ay_wide_div_small(&magnitude, 10) != 0) return AY_NUM_RANGE;
        scale--;
    }
    const ay_i128 coef = (ay_i128)ay_wide_low(magnitude);
    *ret = (ay_dec){.coef = negative ? -coef : coef, .scale = (uint16_t)scale};
    return AY_NUM_OK;
}

static int count_digits(ay_u128 v)
{
    int n = 0;
    while (n < AY_DEC_DIGITS && v >= ay_pow10[n]) n++;
    return n;
}

ay_num_status ay_dec_compose(ay_u128 coef, bool negative, int64_t zeros, int64_t scale, ay_dec *ret)
{
    if (coef == 0) {
        *ret = (ay_dec){.scale = (uint16_t)(scale > AY_DEC_DIGITS ? AY_DEC_DIGITS : scale)};
        return AY_NUM_OK;
    }
    int64_t drop = count_digits(coef) + zeros - AY_DEC_DIGITS;
    if (drop < scale - AY_DEC_DIGITS) drop = scale - AY_DEC_DIGITS;
    if (drop > 0) {
        if (drop > zeros || drop > scale) return AY_NUM_RANGE;
        zeros -= drop;
        scale -= drop;
    }
    const ay_i128 value = (ay_i128)(coef * ay_pow10[zeros]);
    *ret = (ay_dec){.coef = negative ? -value : value, .scale = (uint16_t)scale};
    return AY_NUM_OK;
}
