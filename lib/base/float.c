/* Doubles as text. strtod and snprintf obey the process's locale in one thing that matters here, the decimal point; so
 * text with a point is never given to the one ("1.25" becomes "125e-2") nor taken from the other. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/num_text.h"

/* No double and no midpoint between two has more significant digits (767): what follows only tells "above". */
#define DIGITS_MAX   780
#define EXPONENT_MAX 100000000 /* out of range whatever the mantissa that fits into memory */

typedef struct number {
    char digits[DIGITS_MAX + 40]; /* and room for "1e-1234567890" */
    size_t n;
    int64_t exponent;
    bool negative, any, cut; /* cut: digits other than 0 were left out */
} number;

static void put_digit(number *num, char c, bool behind)
{
    num->any = true;
    const bool leading_zero = num->n == 0 && c == '0';
    const bool kept = !leading_zero && num->n < DIGITS_MAX;
    if (kept) num->digits[num->n++] = c;
    else num->cut |= c != '0';
    if (behind) num->exponent--;
    if (!kept && !leading_zero) num->exponent++;
}

static bool take_number(ay_scan *s, number *num)
{
    bool behind = false;
    num->negative = ay_scan_minus(s);
    for (; !ay_scan_ended(s); s->at++) {
        if (ay_scan_at(s, '.') && !behind) behind = true;
        else if (ay_scan_at_digit(s)) put_digit(num, *s->at, behind);
        else break;
    }
    int64_t exponent;
    if (!num->any || !ay_num_exponent(s, &exponent)) return false;
    num->exponent += exponent;
    return true;
}

/* digits * 10^exponent, correctly rounded: up to 2^53 and 10^22 both are exact doubles and one operation rounds once.
 */
static double convert(number *num)
{
    static const double pow10[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (num->n == 0) return 0;
    if (num->n <= 15 && num->exponent >= -22 && num->exponent <= 22) {
        uint64_t value = 0;
        for (size_t i = 0; i < num->n; i++) value = value * 10 + (uint64_t)(num->digits[i] - '0');
        return num->exponent < 0 ? (double)value / pow10[-num->exponent] : (double)value * pow10[num->exponent];
    }
    if (num->cut) {
        num->digits[num->n++] = '1';
        num->exponent--;
    }
    int64_t exponent = num->exponent;
    if (exponent > EXPONENT_MAX) exponent = EXPONENT_MAX;
    if (exponent < -EXPONENT_MAX) exponent = -EXPONENT_MAX;
    (void)snprintf(num->digits + num->n, sizeof num->digits - num->n, "e%lld", (long long)exponent);
    return strtod(num->digits, NULL);
}

static ay_num_status parse_special(ay_str text, double *ret)
{
    static const double values[] = {
        [AY_DEC_NAN] = (double)NAN, [AY_DEC_PINF] = (double)INFINITY, [AY_DEC_NINF] = -(double)INFINITY};
    ay_dec_kind kind;
    if (!ay_num_special(text, &kind)) return AY_NUM_SYNTAX;
    *ret = values[kind];
    return AY_NUM_OK;
}

ay_num_status ay_f64_parse(ay_str text, double *ret)
{
    number num;
    num.n = 0, num.exponent = 0;
    num.any = num.cut = false;
    ay_scan s = ay_scan_on(text);
    if (!take_number(&s, &num)) return num.any ? AY_NUM_SYNTAX : parse_special(text, ret);
    const bool is_zero = num.n == 0;
    const double value = convert(&num);
    if (isinf(value) || (value == 0 && !is_zero)) return AY_NUM_RANGE;
    *ret = num.negative ? -value : value;
    return AY_NUM_OK;
}

/* A candidate for the shortest text: d.ddd * 10^exponent as its digits without the point. */
typedef struct shortest {
    char digits[DBL_DECIMAL_DIG + 1];
    int n, exponent;
} shortest;

static shortest format(double v, int n)
{
    char text[64];
    shortest s = {.n = n};
    (void)snprintf(text, sizeof text, "%.*e", n - 1, v);
    const char *e = strrchr(text, 'e');
    s.exponent = (int)strtol(e + 1, NULL, 10);
    s.digits[0] = text[0];
    memcpy(s.digits + 1, e - (n - 1), (size_t)n - 1); /* whatever the locale put between them */
    return s;
}

static bool reads_back(const shortest *s, const char *tail, double v)
{
    char text[80];
    const int tail_digits = (int)strlen(tail);
    (void)snprintf(text, sizeof text, "%.*s%se%d", s->n, s->digits, tail, s->exponent - (s->n - 1) - tail_digits);
    return strtod(text, NULL) == v;
}

/* The last digit one less, for `s` as an integer; digits stay digits since the integer is not 0. */
static shortest less_one(shortest s)
{
    int i = s.n - 1;
    while (i > 0 && s.digits[i] == '0') s.digits[i--] = '9';
    s.digits[i]--;
    return s;
}

static shortest more_one(shortest s)
{
    int i = s.n - 1;
    while (i > 0 && s.digits[i] == '9') s.digits[i--] = '0';
    if (s.digits[i] == '9') { /* 9.99 -> 1.000 */
        s.digits[i] = '1';
        s.exponent++;
    } else {
        s.digits[i]++;
    }
    return s;
}

/* PostgreSQL does not use a text that lies exactly between two doubles, though reading rounds it to the even one: a
 * hair above and a hair below it must read back, too. */
static bool is_good(const shortest *s, double v)
{
    if (!reads_back(s, "", v)) return false;
    if (s->n == DBL_DECIMAL_DIG) return true;
    const shortest below = less_one(*s);
    return reads_back(s, "0000000000000000000000000000000000000001", v) &&
           reads_back(&below, "9999999999999999999999999999999999999999", v);
}

static void strip_zeros(shortest *s)
{
    while (s->n > 1 && s->digits[s->n - 1] == '0') s->n--;
}

/* v is finite and above 0. Texts of 15 digits never collide, so nothing shorter can do better, except among
 * subnormals, which have fewer bits. */
static shortest find_shortest(double v)
{
    int n = v < DBL_MIN ? 1 : DBL_DIG;
    for (;; n++) {
        shortest s = format(v, n);
        if (n == DBL_DECIMAL_DIG || is_good(&s, v)) {
            strip_zeros(&s);
            return s;
        }
        /* At a power of two the lower neighbour is nearer: the next text above may do where the nearest one does not.
         */
        s = more_one(s);
        if (is_good(&s, v)) {
            strip_zeros(&s);
            return s;
        }
    }
}

static void put_plain(const shortest *s, ay_buf *out)
{
    if (s->exponent < 0) {
        ay_buf_put(out, "0.000", (size_t)(1 - s->exponent));
        ay_buf_put(out, s->digits, (size_t)s->n);
        return;
    }
    const int whole = s->exponent + 1;
    ay_buf_put(out, s->digits, (size_t)(s->n < whole ? s->n : whole));
    for (int i = s->n; i < whole; i++) ay_buf_char(out, '0');
    if (s->n <= whole) return;
    ay_buf_char(out, '.');
    ay_buf_put(out, s->digits + whole, (size_t)(s->n - whole));
}

void ay_f64_text(double v, ay_buf *out)
{
    if (isnan(v)) {
        ay_buf_text(out, "NaN");
        return;
    }
    if (signbit(v)) ay_buf_char(out, '-');
    v = fabs(v);
    if (isinf(v)) {
        ay_buf_text(out, "Infinity");
        return;
    }
    if (v == 0) {
        ay_buf_char(out, '0');
        return;
    }
    const shortest s = find_shortest(v);
    if (s.exponent >= -4 && s.exponent < DBL_DIG) {
        put_plain(&s, out);
        return;
    }
    ay_buf_char(out, s.digits[0]);
    if (s.n > 1) ay_buf_char(out, '.');
    ay_buf_put(out, s.digits + 1, (size_t)s.n - 1);
    ay_buf_printf(out, "e%c%02d", s.exponent < 0 ? '-' : '+', abs(s.exponent));
}
