/* Why 640 bits are enough: a decimal at 38 fraction digits is below 10^76 < 2^253 in magnitude, a sum of 2^64 of them
 * below 2^317, a sum of squares below 2^570. The largest products compared are n * sum of squares, the square of a sum,
 * and bound^2 * n * (n - 1): all below 2^635. */
#include "check/huge.h"

#include "base/ascii.h"
#include "base/mem.h"

__extension__ typedef unsigned __int128 u128;

#define E18 UINT64_C(1000000000000000000)

ay_huge ay_huge_from_u64(uint64_t v)
{
    return (ay_huge){.limb = {v}};
}

bool ay_huge_is_negative(const ay_huge *a)
{
    return a->limb[AY_HUGE_LIMBS - 1] >> 63;
}

void ay_huge_add(ay_huge *a, const ay_huge *b)
{
    u128 carry = 0;
    for (int i = 0; i < AY_HUGE_LIMBS; i++) {
        carry += (u128)a->limb[i] + b->limb[i];
        a->limb[i] = (uint64_t)carry;
        carry >>= 64;
    }
}

static void negate(ay_huge *a)
{
    for (int i = 0; i < AY_HUGE_LIMBS; i++) a->limb[i] = ~a->limb[i];
    const ay_huge one = ay_huge_from_u64(1);
    ay_huge_add(a, &one);
}

void ay_huge_abs(ay_huge *a)
{
    if (ay_huge_is_negative(a)) negate(a);
}

void ay_huge_sub(ay_huge *a, const ay_huge *b)
{
    ay_huge minus = *b;
    negate(&minus);
    ay_huge_add(a, &minus);
}

/* Modulo 2^640, which is right for both signs as long as the product fits. */
void ay_huge_mul(ay_huge *a, const ay_huge *b)
{
    ay_huge r = {0};
    for (int i = 0; i < AY_HUGE_LIMBS; i++) {
        u128 carry = 0;
        for (int j = 0; a->limb[i] && i + j < AY_HUGE_LIMBS; j++) {
            carry += (u128)a->limb[i] * b->limb[j] + r.limb[i + j];
            r.limb[i + j] = (uint64_t)carry;
            carry >>= 64;
        }
    }
    *a = r;
}

static uint64_t div_magnitude(ay_huge *a, uint64_t by)
{
    u128 rest = 0;
    for (int i = AY_HUGE_LIMBS - 1; i >= 0; i--) {
        rest = rest << 64 | a->limb[i];
        a->limb[i] = (uint64_t)(rest / by);
        rest %= by;
    }
    return (uint64_t)rest;
}

void ay_huge_div(ay_huge *a, uint64_t by)
{
    const bool is_negative = ay_huge_is_negative(a);
    if (is_negative) negate(a);
    (void)div_magnitude(a, by);
    if (is_negative) negate(a);
}

ay_huge ay_huge_from_dec(ay_dec d)
{
    const bool is_negative = d.coef < 0;
    const u128 magnitude = is_negative ? -(u128)d.coef : (u128)d.coef;
    ay_huge r = {.limb = {(uint64_t)magnitude, (uint64_t)(magnitude >> 64)}};
    for (unsigned left = AY_HUGE_SCALE - d.scale; left;) {
        const unsigned step = left < 18 ? left : 18;
        ay_huge power = ay_huge_from_u64(1);
        for (unsigned i = 0; i < step; i++) power.limb[0] *= 10;
        ay_huge_mul(&r, &power);
        left -= step;
    }
    if (is_negative) negate(&r);
    return r;
}

int ay_huge_cmp(const ay_huge *a, const ay_huge *b)
{
    if (ay_huge_is_negative(a) != ay_huge_is_negative(b)) return ay_huge_is_negative(a) ? -1 : 1;
    for (int i = AY_HUGE_LIMBS - 1; i >= 0; i--)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

/* a = a / 2, a >= 0. */
static void halve(ay_huge *a)
{
    for (int i = 0; i < AY_HUGE_LIMBS; i++) {
        const uint64_t above = i + 1 < AY_HUGE_LIMBS ? a->limb[i + 1] : 0;
        a->limb[i] = a->limb[i] >> 1 | above << 63;
    }
}

/* Digit by digit in base 2: `bit` goes down through the powers of four. */
void ay_huge_sqrt(ay_huge *a)
{
    ay_huge rest = *a, root = {0}, bit = {0};
    bit.limb[AY_HUGE_LIMBS - 1] = UINT64_C(1) << 62;
    for (int i = 0; i < AY_HUGE_LIMBS * 32; i++) {
        ay_huge trial = root;
        ay_huge_add(&trial, &bit);
        halve(&root);
        if (ay_huge_cmp(&rest, &trial) >= 0) {
            ay_huge_sub(&rest, &trial);
            ay_huge_add(&root, &bit);
        }
        halve(&bit);
        halve(&bit);
    }
    *a = root;
}

#define DIGITS (12 * 18) /* 640 bits are 193 digits */

/* Digits of the magnitude, right-aligned in out, zeros in front. */
static void to_digits(ay_huge a, char out[DIGITS])
{
    for (int group = 11; group >= 0; group--) {
        uint64_t part = div_magnitude(&a, E18);
        for (int i = 17; i >= 0; i--) {
            out[group * 18 + i] = (char)('0' + part % 10);
            part /= 10;
        }
    }
}

void ay_huge_text(const ay_huge *a, unsigned digits, ay_buf *out)
{
    char text[DIGITS];
    ay_huge magnitude = *a;
    const bool is_negative = ay_huge_is_negative(a);
    if (is_negative) negate(&magnitude);
    to_digits(magnitude, text);
    const size_t point = DIGITS - AY_HUGE_SCALE;
    size_t first = 0;
    while (first < point - 1 && text[first] == '0') first++;
    size_t significant = point;
    while (text[first] == '0' && significant < DIGITS && text[significant] == '0') significant++;
    size_t end = significant + digits < DIGITS ? significant + digits : DIGITS;
    while (end > point && text[end - 1] == '0') end--;
    if (is_negative) ay_buf_char(out, '-');
    ay_buf_put(out, text + first, point - first);
    if (end == point) return;
    ay_buf_char(out, '.');
    ay_buf_put(out, text + point, end - point);
}

bool ay_huge_whole(const ay_huge *a, uint64_t *ret)
{
    const ay_huge one = ay_huge_from_dec((ay_dec){.coef = 1});
    ay_huge value = *a;
    ay_huge_div(&value, UINT64_C(10000000000000000000)); /* 10^38 = 10^19 * 10^19 */
    ay_huge_div(&value, UINT64_C(10000000000000000000));
    *ret = value.limb[0];
    value = ay_huge_from_u64(*ret);
    ay_huge_mul(&value, &one);
    return ay_huge_cmp(&value, a) == 0;
}

bool ay_huge_millionths(const ay_huge *a, int64_t *ret)
{
    ay_huge value = *a;
    ay_huge_div(&value, UINT64_C(10000000000000000)); /* 10^38 = 10^32 * 10^6 */
    ay_huge_div(&value, UINT64_C(10000000000000000));
    const bool is_negative = ay_huge_is_negative(&value);
    for (int i = 1; i < AY_HUGE_LIMBS; i++)
        if (value.limb[i] != (is_negative ? UINT64_MAX : 0)) return false;
    *ret = (int64_t)value.limb[0];
    return (*ret < 0) == is_negative;
}

#define WHOLE_DIGITS 58 /* 2^64 decimals of 38 digits */

static void take_digit(ay_huge *a, unsigned digit)
{
    const ay_huge ten = ay_huge_from_u64(10), more = ay_huge_from_u64(digit);
    ay_huge_mul(a, &ten);
    ay_huge_add(a, &more);
}

bool ay_huge_read(ay_str text, ay_huge *ret)
{
    const bool is_negative = text.len && text.ptr[0] == '-';
    const ay_str digits = ay_str_slice(text, is_negative, text.len);
    const char *point = digits.len ? (const char *)memchr(digits.ptr, '.', digits.len) : NULL;
    const size_t whole = point ? (size_t)(point - digits.ptr) : digits.len;
    const size_t fraction = point ? digits.len - whole - 1 : 0;
    if (!whole || whole > WHOLE_DIGITS || (point && !fraction) || fraction > AY_HUGE_SCALE) return false;
    *ret = (ay_huge){0};
    for (size_t i = 0; i < digits.len; i++) {
        if (point && i == whole) continue;
        if (!ay_is_digit(digits.ptr[i])) return false;
        take_digit(ret, (unsigned)(digits.ptr[i] - '0'));
    }
    for (size_t i = fraction; i < AY_HUGE_SCALE; i++) take_digit(ret, 0);
    if (is_negative) negate(ret);
    return true;
}
