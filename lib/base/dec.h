/* Exact decimals: a 128-bit coefficient and a scale, |coefficient| < 10^38, scale 0..38, and PostgreSQL's NaN and
 * infinities. Division, rounding and the scale of results follow PostgreSQL's numeric. No floating point anywhere. */
#ifndef AY_BASE_DEC_H
#define AY_BASE_DEC_H

#include "base/buf.h"
#include "base/str.h"

typedef __int128 ay_i128;

typedef enum ay_dec_kind { AY_DEC_FINITE, AY_DEC_NAN, AY_DEC_PINF, AY_DEC_NINF } ay_dec_kind;

typedef struct ay_dec {
    ay_i128 coef;   /* value = coef / 10^scale; 0 for the special kinds */
    uint16_t scale; /* digits shown behind the point (PostgreSQL's dscale), trailing zeros included */
    uint8_t kind;   /* ay_dec_kind */
} ay_dec;

typedef enum ay_num_status {
    AY_NUM_OK,
    AY_NUM_SYNTAX,   /* not a number */
    AY_NUM_RANGE,    /* more than 38 digits, or outside the target type */
    AY_NUM_ZERO_DIV, /* division by zero */
} ay_num_status;

/* Whole text: optional sign, digits with at most one point, optional exponent; NaN, Infinity, -Infinity, inf (any
 * case) as PostgreSQL writes and reads them. No white space, no grouping. Zeros that do not fit are dropped. */
ay_num_status ay_dec_parse(ay_str text, ay_dec *ret);
ay_dec ay_dec_from_i64(int64_t value);
ay_num_status ay_dec_to_i64(ay_dec d, int64_t *ret); /* RANGE when not integral or too large */
/* The decimal value of base-10000 digits as PostgreSQL sends them: weight of the first digit, dscale. */
ay_num_status ay_dec_from_base10000(const uint16_t *digits, int ndigits, int weight, bool negative, int dscale,
                                    ay_dec *ret);
/* Total order: -inf < finite < inf < NaN, NaN = NaN (PostgreSQL); scale does not matter (1.0 = 1.00). */
int ay_dec_cmp(ay_dec a, ay_dec b);
ay_num_status ay_dec_add(ay_dec a, ay_dec b, ay_dec *ret);
ay_num_status ay_dec_sub(ay_dec a, ay_dec b, ay_dec *ret);
ay_num_status ay_dec_mul(ay_dec a, ay_dec b, ay_dec *ret);
ay_num_status ay_dec_div(ay_dec a, ay_dec b,
                         ay_dec *ret); /* scale as PostgreSQL's select_div_scale, half away from 0 */
ay_num_status ay_dec_mod(ay_dec a, ay_dec b, ay_dec *ret);    /* sign of a */
ay_num_status ay_dec_round(ay_dec a, int scale, ay_dec *ret); /* half away from zero; scale may be negative */
ay_dec ay_dec_neg(ay_dec a);
ay_dec ay_dec_abs(ay_dec a);
ay_dec ay_dec_canonical(ay_dec a);       /* least scale; 1.00 -> 1, -0 -> 0 */
#define AY_DEC_TEXT_MAX 41               /* sign, 39 digits, point */
char *ay_dec_put(ay_dec a, char *to);    /* the same text where there is room for AY_DEC_TEXT_MAX; the end of it */
void ay_dec_text(ay_dec a, ay_buf *out); /* plain, as PostgreSQL: 1.00 stays 1.00; NaN, Infinity, -Infinity */

ay_num_status ay_i64_parse(ay_str text, int64_t *ret); /* optional sign and digits, whole text */
/* Whole text as IEEE double, correctly rounded, independent of the locale; NaN, Infinity, -Infinity, inf. */
ay_num_status ay_f64_parse(ay_str text, double *ret);
void ay_f64_text(double v, ay_buf *out); /* shortest text that reads back the same, as PostgreSQL 12 and later */

#endif
