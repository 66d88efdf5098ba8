/* Doubles as ECMAScript writes them: the shortest digits that read back, of those the nearest; plain from 1e-7 up to
 * below 1e21. base/float keeps PostgreSQL's rule instead, which avoids texts that lie between two doubles. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/dec.h"
#include "proof/jcs.h"

#define PLAIN_DIGITS 21
#define PLAIN_ZEROS  (-6)

typedef struct shortest {
    char digits[DBL_DECIMAL_DIG + 1];
    int n, point; /* 0.DDD * 10^point */
} shortest;

static bool reads_back(const shortest *s, double v)
{
    char text[DBL_DECIMAL_DIG + 16];
    double back;
    const int len = snprintf(text, sizeof text, "%.*se%d", s->n, s->digits, s->point - s->n);
    return ay_f64_parse((ay_str){text, (size_t)len}, &back) == AY_NUM_OK && back == v;
}

static shortest nearest(double v, int n)
{
    char text[64];
    shortest s = {.n = n};
    (void)snprintf(text, sizeof text, "%.*e", n - 1, v);
    const char *e = strrchr(text, 'e');
    s.point = (int)strtol(e + 1, NULL, 10) + 1;
    s.digits[0] = text[0];
    memcpy(s.digits + 1, e - (n - 1), (size_t)n - 1); /* whatever the locale put between them */
    return s;
}

static shortest next_above(shortest s)
{
    int i = s.n - 1;
    while (i > 0 && s.digits[i] == '9') s.digits[i--] = '0';
    if (s.digits[i] != '9') {
        s.digits[i]++;
        return s;
    }
    s.digits[i] = '1';
    s.point++;
    return s;
}

/* Above a power of two there is twice as much room as below it: there the next digits above may do where the nearest
 * do not. */
static shortest find(double v)
{
    for (int n = 1;; n++) {
        const shortest s = nearest(v, n), above = next_above(s);
        if (n == DBL_DECIMAL_DIG || reads_back(&s, v)) return s;
        if (reads_back(&above, v)) return above;
    }
}

static void put_zeros(int n, ay_buf *out)
{
    for (int i = 0; i < n; i++) ay_buf_char(out, '0');
}

static void put_plain(const shortest *s, ay_buf *out)
{
    const int whole = s->point < s->n ? s->point : s->n;
    if (whole <= 0) {
        ay_buf_text(out, "0.");
        put_zeros(-s->point, out);
        ay_buf_put(out, s->digits, (size_t)s->n);
        return;
    }
    ay_buf_put(out, s->digits, (size_t)whole);
    put_zeros(s->point - s->n, out);
    if (whole == s->n) return;
    ay_buf_char(out, '.');
    ay_buf_put(out, s->digits + whole, (size_t)(s->n - whole));
}

static void put_exponent(const shortest *s, ay_buf *out)
{
    ay_buf_char(out, s->digits[0]);
    if (s->n > 1) ay_buf_char(out, '.');
    ay_buf_put(out, s->digits + 1, (size_t)s->n - 1);
    ay_buf_printf(out, "e%+d", s->point - 1);
}

void ay_jcs_put_double(double finite, ay_buf *out)
{
    if (finite == 0) {
        ay_buf_char(out, '0');
        return;
    }
    if (finite < 0) ay_buf_char(out, '-');
    const shortest s = find(fabs(finite));
    if (s.point > PLAIN_ZEROS && s.point <= PLAIN_DIGITS) put_plain(&s, out);
    else put_exponent(&s, out);
}
