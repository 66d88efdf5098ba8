#include <assert.h>

#include "base/dec_wide.h"
#include "base/digits.h"
#include "base/num_text.h"
#include "base/word.h"

/* The significant digits of a number while it is read: value = coef * 10^zeros, `too_long` when they are over 38. */
typedef struct mantissa {
    ay_u128 coef;
    int64_t zeros, point; /* digits behind the point */
    int used;             /* digits in coef */
    bool any, too_long;
} mantissa;

static void put_digit(mantissa *m, unsigned digit)
{
    m->any = true;
    if (digit == 0) {
        m->zeros += m->coef != 0;
        return;
    }
    if (m->too_long || m->used + m->zeros + 1 > AY_DEC_DIGITS) {
        m->too_long = true;
        return;
    }
    m->coef = m->coef * ay_pow10[m->zeros + 1] + digit;
    m->used = m->coef == digit ? 1 : m->used + (int)m->zeros + 1;
    m->zeros = 0;
}

static void take_mantissa(ay_scan *s, mantissa *m)
{
    bool behind = false;
    for (; !ay_scan_ended(s); s->at++) {
        if (ay_scan_at(s, '.') && !behind) {
            behind = true;
        } else if (ay_scan_at_digit(s)) {
            put_digit(m, (unsigned)(*s->at - '0'));
            m->point += behind;
        } else {
            break;
        }
    }
}

bool ay_num_exponent(ay_scan *s, int64_t *ret)
{
    *ret = 0;
    if (ay_scan_ended(s)) return true;
    if (!ay_scan_take(s, 'e') && !ay_scan_take(s, 'E')) return false;
    const bool negative = ay_scan_minus(s);
    int64_t value = 0;
    if (ay_scan_ended(s)) return false;
    for (; ay_scan_at_digit(s); s->at++) {
        if (value < AY_EXPONENT_MAX) value = value * 10 + (*s->at - '0');
    }
    *ret = negative ? -value : value;
    return ay_scan_ended(s);
}

bool ay_num_special(ay_str text, ay_dec_kind *ret)
{
    if (ay_is_word(text, "nan")) {
        *ret = AY_DEC_NAN;
        return true;
    }
    ay_scan s = ay_scan_on(text);
    const bool negative = ay_scan_minus(&s);
    const ay_str word = {s.at, (size_t)(s.end - s.at)};
    if (!ay_is_word(word, "infinity") && !ay_is_word(word, "inf")) return false;
    *ret = negative ? AY_DEC_NINF : AY_DEC_PINF;
    return true;
}

static ay_num_status parse_special(ay_str text, ay_dec *ret)
{
    ay_dec_kind kind;
    if (!ay_num_special(text, &kind)) return AY_NUM_SYNTAX;
    *ret = ay_dec_special(kind);
    return AY_NUM_OK;
}

static ay_num_status parse_long(ay_str text, ay_dec *ret)
{
    ay_scan s = ay_scan_on(text);
    mantissa m = {0};
    int64_t exponent;
    const bool negative = ay_scan_minus(&s);
    take_mantissa(&s, &m);
    if (!m.any) return parse_special(text, ret);
    if (!ay_num_exponent(&s, &exponent)) return AY_NUM_SYNTAX;
    if (m.too_long) return AY_NUM_RANGE;
    const int64_t point = m.point - exponent;
    return ay_dec_compose(m.coef, negative, point > 0 ? m.zeros : m.zeros - point, point > 0 ? point : 0, ret);
}

#define SHORT 16

/* Where the point of the first 16 bytes is; `len` where there is none. */
static size_t find_point(uint64_t low, uint64_t high, size_t len)
{
    const uint64_t in_low = ay_word_within(low, '.', '.'), in_high = ay_word_within(high, '.', '.');
    if (in_low) return (size_t)__builtin_ctzll(in_low) / 8;
    return in_high ? 8 + (size_t)__builtin_ctzll(in_high) / 8 : len;
}

/* At most 16 digits and points as two words: the point is taken out, the digits are moved to the end, behind zeros.
 * False: it is something else, or too long. */
static bool parse_short(ay_str text, bool negative, ay_dec *ret)
{
    if (text.len == 0 || text.len > SHORT) return false;
    const uint64_t low = ay_word_at(text, 0), high = text.len > 8 ? ay_word_at(text, 8) : 0;
    const size_t point = find_point(low, high, text.len), digits = text.len - (point < text.len);
    if (digits == 0) return false;
    const ay_u128 all = (ay_u128)high << 64 | low, before = ((ay_u128)1 << 8 * point % 128) - 1;
    const ay_u128 kept = point < text.len ? (all & before) | (all >> 8 & ~before) : all;
    const ay_u128 zeros = (ay_u128)AY_WORD_OF('0') << 64 | AY_WORD_OF('0');
    const unsigned gap = 8 * (unsigned)(SHORT - digits);
    const ay_u128 full = gap ? kept << gap | zeros >> (128 - gap) : kept;
    const uint64_t first = (uint64_t)full, last = (uint64_t)(full >> 64);
    if (!ay_word_is_digits(first) || !ay_word_is_digits(last)) return false;
    const int64_t value = (int64_t)(ay_word_number(first) * 100000000 + ay_word_number(last));
    *ret = ay_dec_from_i64(negative ? -value : value);
    ret->scale = (uint16_t)(point < text.len ? digits - point : 0);
    return true;
}

ay_num_status ay_dec_parse(ay_str text, ay_dec *ret)
{
    const bool negative = text.len && text.ptr[0] == '-';
    return parse_short(ay_str_slice(text, negative, text.len), negative, ret) ? AY_NUM_OK : parse_long(text, ret);
}

#define PG_BASE        10000
#define PG_BASE_DIGITS 4
#define PG_SPAN_MAX    11 /* 38 digits touch at most so many base-10000 digits */

ay_num_status ay_dec_from_base10000(const uint16_t *digits, int ndigits, int weight, bool negative, int dscale,
                                    ay_dec *ret)
{
    for (int i = 0; i < ndigits; i++) {
        if (digits[i] >= PG_BASE) return AY_NUM_SYNTAX;
    }
    if (dscale < 0) return AY_NUM_SYNTAX;
    while (ndigits > 0 && digits[0] == 0) digits++, ndigits--, weight--;
    while (ndigits > 0 && digits[ndigits - 1] == 0) ndigits--;
    if (ndigits > PG_SPAN_MAX) return AY_NUM_RANGE;
    ay_wide value = {0};
    for (int i = 0; i < ndigits; i++) {
        (void)ay_wide_scale(&value, PG_BASE_DIGITS); /* 44 digits always fit */
        value = ay_wide_add(value, ay_wide_from(digits[i]));
    }
    int64_t zeros = ((int64_t)weight - ndigits + 1) * PG_BASE_DIGITS + dscale;
    for (; zeros < 0 && ndigits > 0; zeros++) { /* the padding of the last digit; digits behind the scale are a fault */
        if (ay_wide_div_small(&value, 10) != 0) return AY_NUM_SYNTAX;
    }
    while (ay_wide_cmp(value, ay_wide_from(ay_pow10[AY_DEC_DIGITS])) >= 0) {
        if (ay_wide_div_small(&value, 10) != 0) return AY_NUM_RANGE;
        zeros++;
    }
    return ay_dec_compose(ay_wide_low(value), negative, zeros, dscale, ret);
}

static char *put_word(char *to, ay_dec_kind kind)
{
    static const char *const words[] = {[AY_DEC_NAN] = "NaN", [AY_DEC_PINF] = "Infinity", [AY_DEC_NINF] = "-Infinity"};
    const size_t len = strlen(words[kind]);
    memcpy(to, words[kind], len);
    return to + len;
}

/* What is behind the point is fewer digits than fit 64 bits. */
static char *put_short(char *to, uint64_t magnitude, unsigned scale)
{
    const uint64_t unit = (uint64_t)ay_pow10[scale], whole = scale ? magnitude / unit : magnitude;
    to = ay_put_digits(to, whole, ay_digit_count(whole));
    if (scale == 0) return to;
    *to++ = '.';
    return ay_put_digits(to, magnitude - whole * unit, scale);
}

/* 19 digits at once are what 64 bits hold; the point is put between the last `scale` digits and the others. */
static char *put_long(char *to, ay_u128 magnitude, unsigned scale)
{
    enum { AT_ONCE = AY_U64_TENS - 1 };
    char digits[2 * AY_U64_TENS];
    const uint64_t high = (uint64_t)(magnitude / ay_pow10[AT_ONCE]), low = (uint64_t)(magnitude % ay_pow10[AT_ONCE]);
    unsigned n = high ? ay_digit_count(high) : 0;
    if (n + AT_ONCE <= scale) n = scale + 1 - AT_ONCE;
    (void)ay_put_digits(ay_put_digits(digits, high, n), low, AT_ONCE);
    const size_t whole = n + AT_ONCE - scale;
    memcpy(to, digits, whole);
    to += whole;
    if (scale > 0) *to++ = '.';
    memcpy(to, digits + whole, scale);
    return to + scale;
}

char *ay_dec_put(ay_dec a, char *to)
{
    if (a.kind != AY_DEC_FINITE) return put_word(to, (ay_dec_kind)a.kind);
    assert(a.scale <= AY_DEC_DIGITS);
    const ay_u128 magnitude = ay_dec_magnitude(a.coef);
    if (a.coef < 0) *to++ = '-';
    if (magnitude <= UINT64_MAX && a.scale < AY_U64_TENS) return put_short(to, (uint64_t)magnitude, a.scale);
    return put_long(to, magnitude, a.scale);
}

void ay_dec_text(ay_dec a, ay_buf *out)
{
    char text[AY_DEC_TEXT_MAX];
    ay_buf_put(out, text, (size_t)(ay_dec_put(a, text) - text));
}

ay_num_status ay_i64_parse(ay_str text, int64_t *ret)
{
    ay_scan s = ay_scan_on(text);
    const bool negative = ay_scan_minus(&s);
    if (ay_scan_ended(&s)) return AY_NUM_SYNTAX;
    int64_t value = 0; /* kept negative, since INT64_MIN has no positive twin */
    bool over = false;
    for (; ay_scan_at_digit(&s); s.at++) {
        over |= __builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, *s.at - '0', &value);
    }
    if (!ay_scan_ended(&s)) return AY_NUM_SYNTAX;
    if (over || (!negative && value == INT64_MIN)) return AY_NUM_RANGE;
    *ret = negative ? value : -value;
    return AY_NUM_OK;
}
