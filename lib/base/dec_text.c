#include <assert.h>

#include "base/ascii.h"
#include "base/dec_wide.h"

#define EXPONENT_MAX INT64_C(1000000000000000) /* larger ones are as good as this: out of range, or of zero */

static ay_num_status parse_special(ay_str text, ay_dec *ret)
{
    if (ay_is_word(text, "nan")) {
        *ret = ay_dec_special(AY_DEC_NAN);
        return AY_NUM_OK;
    }
    const bool is_signed = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
    const ay_str word = is_signed ? ay_str_slice(text, 1, text.len) : text;
    if (!ay_is_word(word, "infinity") && !ay_is_word(word, "inf")) return AY_NUM_SYNTAX;
    *ret = ay_dec_infinity(is_signed && text.ptr[0] == '-' ? -1 : 1);
    return AY_NUM_OK;
}

/* The significant digits of a number while it is read: value = coef * 10^zeros, `too_long` when they are over 38. */
typedef struct mantissa {
    ay_u128 coef;
    int64_t zeros, point; /* digits behind the point */
    int used;             /* digits in coef */
    bool any, too_long;
} mantissa;

static void put_digit(mantissa *d, unsigned digit)
{
    d->any = true;
    if (digit == 0) {
        d->zeros += d->coef != 0;
        return;
    }
    if (d->too_long || d->used + d->zeros + 1 > AY_DEC_DIGITS) {
        d->too_long = true;
        return;
    }
    d->coef = d->coef * ay_pow10[d->zeros + 1] + digit;
    d->used = d->coef == digit ? 1 : d->used + (int)d->zeros + 1;
    d->zeros = 0;
}

static size_t scan_mantissa(ay_str text, size_t at, mantissa *d)
{
    bool behind = false;
    for (; at < text.len; at++) {
        const char c = text.ptr[at];
        if (c == '.' && !behind) {
            behind = true;
        } else if (ay_is_digit(c)) {
            put_digit(d, (unsigned)(c - '0'));
            d->point += behind;
        } else {
            break;
        }
    }
    return at;
}

/* From the 'e' on to the end of the text. */
static bool scan_exponent(ay_str text, size_t at, int64_t *ret)
{
    at++;
    const bool negative = at < text.len && text.ptr[at] == '-';
    if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+')) at++;
    if (at == text.len) return false;
    int64_t value = 0;
    for (; at < text.len; at++) {
        if (!ay_is_digit(text.ptr[at])) return false;
        if (value < EXPONENT_MAX) value = value * 10 + (text.ptr[at] - '0');
    }
    *ret = negative ? -value : value;
    return true;
}

static ay_num_status parse_long(ay_str text, ay_dec *ret)
{
    mantissa d = {0};
    int64_t exponent = 0;
    const bool negative = text.len && text.ptr[0] == '-';
    const size_t start = text.len && (negative || text.ptr[0] == '+');
    const size_t at = scan_mantissa(text, start, &d);
    if (!d.any) return parse_special(text, ret);
    if (at < text.len) {
        if ((text.ptr[at] | 32) != 'e' || !scan_exponent(text, at, &exponent)) return AY_NUM_SYNTAX;
    }
    if (d.too_long) return AY_NUM_RANGE;
    const int64_t point = d.point - exponent;
    return ay_dec_compose(d.coef, negative, point > 0 ? d.zeros : d.zeros - point, point > 0 ? point : 0, ret);
}

ay_num_status ay_dec_parse(ay_str text, ay_dec *ret)
{
    if (text.len == 0 || text.len > 18) return parse_long(text, ret);
    const size_t start = text.ptr[0] == '-';
    int64_t value = 0;
    for (size_t i = start; i < text.len; i++) {
        if (!ay_is_digit(text.ptr[i])) return parse_long(text, ret);
        value = value * 10 + (text.ptr[i] - '0');
    }
    if (start == text.len) return AY_NUM_SYNTAX;
    *ret = ay_dec_from_i64(start ? -value : value);
    return AY_NUM_OK;
}

#define PG_BASE 10000
#define PG_BASE_DIGITS 4
#define PG_SPAN_MAX 11 /* 38 digits touch at most so many base-10000 digits */

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

static size_t put_digits(ay_u128 v, char out[AY_DEC_DIGITS + 2], size_t least)
{
    char reversed[AY_DEC_DIGITS + 2];
    size_t n = 0;
    for (; v > UINT64_MAX; v /= 10) reversed[n++] = (char)('0' + (int)(v % 10));
    for (uint64_t low = (uint64_t)v; low || n < least; low /= 10) reversed[n++] = (char)('0' + (int)(low % 10));
    for (size_t i = 0; i < n; i++) out[i] = reversed[n - 1 - i];
    return n;
}

void ay_dec_text(ay_dec a, ay_buf *out)
{
    static const char *const words[] = {[AY_DEC_NAN] = "NaN", [AY_DEC_PINF] = "Infinity", [AY_DEC_NINF] = "-Infinity"};
    if (a.kind != AY_DEC_FINITE) {
        ay_buf_text(out, words[a.kind]);
        return;
    }
    assert(a.scale <= AY_DEC_DIGITS);
    char text[AY_DEC_DIGITS + 2];
    const size_t n = put_digits(ay_dec_magnitude(a.coef), text, (size_t)a.scale + 1), whole = n - a.scale;
    if (a.coef < 0) ay_buf_char(out, '-');
    ay_buf_put(out, text, whole);
    if (a.scale == 0) return;
    ay_buf_char(out, '.');
    ay_buf_put(out, text + whole, a.scale);
}

ay_num_status ay_i64_parse(ay_str text, int64_t *ret)
{
    const bool negative = text.len && text.ptr[0] == '-';
    const size_t start = text.len && (negative || text.ptr[0] == '+');
    if (start == text.len) return AY_NUM_SYNTAX;
    int64_t value = 0; /* kept negative, since INT64_MIN has no positive twin */
    bool over = false;
    for (size_t i = start; i < text.len; i++) {
        if (!ay_is_digit(text.ptr[i])) return AY_NUM_SYNTAX;
        over |= __builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, text.ptr[i] - '0', &value);
    }
    if (over || (!negative && value == INT64_MIN)) return AY_NUM_RANGE;
    *ret = negative ? value : -value;
    return AY_NUM_OK;
}
