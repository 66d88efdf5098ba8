#include "proof/exact.h"

#include "base/num_text.h"

/* The digits of a number, leading and trailing zeros included; digit i stands at 10^(point - 1 - i). */
typedef struct digits {
    const char *text;    /* with at most one point between */
    int64_t n;           /* digits */
    int64_t behind;      /* the point stands before this digit of the text; n: it has none */
    int64_t point;       /* the same, when the exponent is counted in */
    int64_t first, last; /* the first and the last that is not 0; first == n: all are 0 */
    bool is_negative;
} digits;

static void take_digit(digits *d, char c)
{
    if (c != '0') {
        if (d->first < 0) d->first = d->n;
        d->last = d->n;
    }
    d->n++;
}

static bool take_number(ay_str text, digits *d)
{
    ay_scan s = ay_scan_on(text);
    int64_t exponent;
    *d = (digits){.first = -1, .behind = -1, .is_negative = ay_scan_minus(&s)};
    d->text = s.at;
    for (; !ay_scan_ended(&s); s.at++) {
        if (ay_scan_at_digit(&s)) take_digit(d, *s.at);
        else if (*s.at == '.' && d->behind < 0) d->behind = d->n;
        else break;
    }
    if (d->n == 0 || !ay_num_exponent(&s, &exponent)) return false;
    if (d->behind < 0) d->behind = d->n;
    if (d->first < 0) d->first = d->n;
    d->point = d->behind + exponent;
    return true;
}

/* Digits from..to-1, around the point of the text. */
static void put_digits(const digits *d, int64_t from, int64_t to, ay_buf *out)
{
    const int64_t middle = to < d->behind ? to : d->behind;
    if (from < middle) ay_buf_put(out, d->text + from, (size_t)(middle - from));
    if (from < middle) from = middle;
    if (from < to) ay_buf_put(out, d->text + from + 1, (size_t)(to - from));
}

static void put_zeros(int64_t n, ay_buf *out)
{
    char *to = n > 0 ? ay_buf_reserve(out, (size_t)n) : NULL;
    if (!to) return;
    memset(to, '0', (size_t)n);
    out->len += (size_t)n;
}

static void put_number(const digits *d, ay_buf *out)
{
    const int64_t whole = d->point - d->first, end = d->last + 1;
    if (d->is_negative) ay_buf_char(out, '-');
    if (whole > 0) {
        put_digits(d, d->first, d->point < end ? d->point : end, out);
        put_zeros(d->point - end, out);
    } else {
        ay_buf_char(out, '0');
    }
    if (d->point >= end) return;
    ay_buf_char(out, '.');
    put_zeros(-whole, out);
    put_digits(d, whole > 0 ? d->point : d->first, end, out);
}

static bool put_special(ay_str text, ay_buf *out)
{
    static const char *const names[] = {[AY_DEC_NAN] = "NaN", [AY_DEC_PINF] = "Infinity", [AY_DEC_NINF] = "-Infinity"};
    ay_dec_kind kind;
    if (!ay_num_special(text, &kind)) return false;
    ay_buf_text(out, names[kind]);
    return true;
}

bool ay_exact_put(ay_str text, ay_buf *out)
{
    digits d;
    if (!take_number(text, &d)) return put_special(text, out);
    if (d.first == d.n) {
        ay_buf_char(out, '0');
        return true;
    }
    if (d.point - d.first > AY_EXACT_WHOLE || d.last + 1 - d.point > AY_EXACT_FRACTION) return false;
    put_number(&d, out);
    return true;
}
