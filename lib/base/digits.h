/* Decimal digits of a number, written where the caller has room. */
#ifndef AY_BASE_DIGITS_H
#define AY_BASE_DIGITS_H

#include <stdint.h>

#define AY_I64_TEXT_MAX 20 /* sign and digits */
#define AY_U64_TENS     20 /* powers of ten that fit */

#define AY_DIGIT_PAIRS_END UINT64_C(10000000000000000) /* 16 digits are eight pairs */

unsigned ay_digit_count(uint64_t v); /* of 0: 1 */
/* The digits of v < AY_DIGIT_PAIRS_END as pairs of 0 to 99 from the first one on, zeros behind the last; the first pair
 * is the lowest byte. *ret_n: how many digits there are. */
uint64_t ay_digit_pairs(uint64_t v, unsigned *ret_n);
/* The last n digits, zeros before them where there are fewer; the end of them. */
char *ay_put_digits(char *to, uint64_t v, unsigned n);
char *ay_put_i64(char *to, int64_t v);

#endif
