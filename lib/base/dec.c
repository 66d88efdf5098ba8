#include "base/dec_wide.h"

ay_dec ay_dec_from_i64(int64_t value)
{
    return (ay_dec){.coef = value};
}

ay_num_status ay_dec_to_i64(ay_dec d, int64_t *ret)
{
    if (d.kind != AY_DEC_FINITE) return AY_NUM_RANGE;
    const ay_i128 unit = (ay_i128)ay_pow10[d.scale];
    if (d.coef % unit != 0) return AY_NUM_RANGE;
    const ay_i128 value = d.coef / unit;
    if (value < INT64_MIN || value > INT64_MAX) return AY_NUM_RANGE;
    *ret = (int64_t)value;
    return AY_NUM_OK;
}

static bool is_short(ay_i128 v)
{
    return v == (int64_t)v;
}

/* a / 10^digits against b, for digits >= 0. Where both are short one multiplication of 64 bits says it; else the
 * integral parts decide, or the sign of what is left of a. */
static int cmp_scaled(ay_i128 a, unsigned digits, ay_i128 b)
{
    const unsigned short_digits = 18; /* of the longest power of ten that is short */
    const ay_i128 unit = (ay_i128)ay_pow10[digits];
    if (digits <= short_digits && is_short(a) && is_short(b)) {
        const ay_i128 scaled = (ay_i128)(int64_t)b * (int64_t)unit;
        return (a > scaled) - (a < scaled);
    }
    const ay_i128 whole = a / unit;
    if (whole != b) return whole < b ? -1 : 1;
    const ay_i128 rest = a % unit;
    return (rest > 0) - (rest < 0);
}

static int rank(ay_dec a)
{
    static const int8_t ranks[] = {[AY_DEC_NINF] = 0, [AY_DEC_FINITE] = 1, [AY_DEC_PINF] = 2, [AY_DEC_NAN] = 3};
    return ranks[a.kind];
}

int ay_dec_cmp(ay_dec a, ay_dec b)
{
    if (a.kind != AY_DEC_FINITE || b.kind != AY_DEC_FINITE) return (rank(a) > rank(b)) - (rank(a) < rank(b));
    if (a.scale == b.scale) return (a.coef > b.coef) - (a.coef < b.coef);
    if (a.scale > b.scale) return cmp_scaled(a.coef, a.scale - (unsigned)b.scale, b.coef);
    return -cmp_scaled(b.coef, b.scale - (unsigned)a.scale, a.coef);
}

static ay_wide widen(ay_dec a, unsigned scale)
{
    return ay_wide_mul(ay_dec_magnitude(a.coef), ay_pow10[scale - a.scale]);
}

static ay_num_status add_wide(ay_dec a, ay_dec b, ay_dec *ret)
{
    const unsigned scale = a.scale > b.scale ? a.scale : b.scale;
    const ay_wide x = widen(a, scale), y = widen(b, scale);
    if ((a.coef < 0) == (b.coef < 0)) return ay_dec_fit(ay_wide_add(x, y), a.coef < 0, scale, ret);
    if (ay_wide_cmp(x, y) >= 0) return ay_dec_fit(ay_wide_sub(x, y), a.coef < 0, scale, ret);
    return ay_dec_fit(ay_wide_sub(y, x), b.coef < 0, scale, ret);
}

static ay_dec add_special(ay_dec a, ay_dec b)
{
    const int sign_a = ay_dec_sign(a), sign_b = ay_dec_sign(b);
    if (a.kind == AY_DEC_NAN || b.kind == AY_DEC_NAN) return ay_dec_special(AY_DEC_NAN);
    if (a.kind == AY_DEC_FINITE) return b;
    if (b.kind == AY_DEC_FINITE || sign_a == sign_b) return a;
    return ay_dec_special(AY_DEC_NAN);
}

ay_num_status ay_dec_add(ay_dec a, ay_dec b, ay_dec *ret)
{
    if (a.kind != AY_DEC_FINITE || b.kind != AY_DEC_FINITE) {
        *ret = add_special(a, b);
        return AY_NUM_OK;
    }
    ay_i128 sum;
    if (a.scale == b.scale && !__builtin_add_overflow(a.coef, b.coef, &sum) &&
        ay_dec_magnitude(sum) < ay_pow10[AY_DEC_DIGITS]) {
        *ret = (ay_dec){.coef = sum, .scale = a.scale};
        return AY_NUM_OK;
    }
    return add_wide(a, b, ret);
}

ay_num_status ay_dec_sub(ay_dec a, ay_dec b, ay_dec *ret)
{
    return ay_dec_add(a, ay_dec_neg(b), ret);
}

ay_num_status ay_dec_mul(ay_dec a, ay_dec b, ay_dec *ret)
{
    if (a.kind == AY_DEC_FINITE && b.kind == AY_DEC_FINITE) {
        const ay_wide product = ay_wide_mul(ay_dec_magnitude(a.coef), ay_dec_magnitude(b.coef));
        return ay_dec_fit(product, (a.coef < 0) != (b.coef < 0), (unsigned)a.scale + b.scale, ret);
    }
    const int sign = ay_dec_sign(a) * ay_dec_sign(b); /* 0: NaN, or infinity times zero */
    *ret = sign ? ay_dec_infinity(sign) : ay_dec_special(AY_DEC_NAN);
    return AY_NUM_OK;
}

/* |a| / 10^digits, half away from zero, for digits > 0. */
static ay_u128 round_off(ay_u128 a, int digits)
{
    if (digits > AY_DEC_DIGITS) return 0;
    const ay_u128 unit = ay_pow10[digits];
    return a / unit + (a % unit >= unit / 2);
}

ay_num_status ay_dec_round(ay_dec a, int scale, ay_dec *ret)
{
    if (a.kind != AY_DEC_FINITE) {
        *ret = a;
        return AY_NUM_OK;
    }
    /* Beyond these nothing changes any more, and the sums below cannot overflow. */
    if (scale > 2 * AY_DEC_DIGITS) scale = 2 * AY_DEC_DIGITS;
    if (scale < -2 * AY_DEC_DIGITS) scale = -2 * AY_DEC_DIGITS;
    const bool negative = a.coef < 0;
    ay_u128 coef = ay_dec_magnitude(a.coef);
    if (scale >= a.scale) return ay_dec_compose(coef, negative, scale - a.scale, scale, ret);
    coef = round_off(coef, a.scale - scale);
    if (scale >= 0) return ay_dec_fit(ay_wide_from(coef), negative, (unsigned)scale, ret);
    return ay_dec_compose(coef, negative, -scale, 0, ret);
}

ay_dec ay_dec_neg(ay_dec a)
{
    if (a.kind == AY_DEC_PINF || a.kind == AY_DEC_NINF) return ay_dec_infinity(-ay_dec_sign(a));
    a.coef = -a.coef;
    return a;
}

ay_dec ay_dec_abs(ay_dec a)
{
    return ay_dec_sign(a) < 0 ? ay_dec_neg(a) : a;
}

/* Division of 64 bits is many times faster, and enough for most values. */
static ay_dec canonical_i64(ay_dec a)
{
    int64_t coef = (int64_t)a.coef;
    while (a.scale > 0 && coef % 10 == 0) {
        coef /= 10;
        a.scale--;
    }
    a.coef = coef;
    return a;
}

ay_dec ay_dec_canonical(ay_dec a)
{
    if (a.coef == 0) return (ay_dec){.kind = a.kind};
    if (a.coef >= INT64_MIN && a.coef <= INT64_MAX) return canonical_i64(a);
    while (a.scale > 0 && a.coef % 10 == 0) {
        a.coef /= 10;
        a.scale--;
    }
    return a;
}
