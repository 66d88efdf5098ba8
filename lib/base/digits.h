/* Decimal digits of a number, written where the caller has room. */
#ifndef AY_BASE_DIGITS_H
#define AY_BASE_DIGITS_H

#include <stdint.h>

#define AY_I64_TEXT_MAX 20 /* sign and digits */
#define AY_U64_TENS     20 /* powers of ten that fit */

unsigned ay_digit_count(uint64_t v); /* of 0: 1 */
/* The last n digits, zeros before them where there are fewer; the end of them. */
char *ay_put_digits(char *to, uint64_t v, unsigned n);
char *ay_put_i64(char *to, int64_t v);

#endif
