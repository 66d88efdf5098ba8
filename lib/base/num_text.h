/* What texts of decimals and of doubles have in common. */
#ifndef AY_BASE_NUM_TEXT_H
#define AY_BASE_NUM_TEXT_H

#include "base/dec.h"
#include "base/scan.h"

/* Beyond this every exponent is as good as any other: the number is out of range, or zero. */
#define AY_EXPONENT_MAX INT64_C(1000000000000000)

/* NaN, [+-]Infinity, [+-]inf in any case; false: something else. */
bool ay_num_special(ay_str text, ay_dec_kind *ret);
/* The exponent, from the 'e' to the end of the text, or 0 where the text has ended; false: neither. */
bool ay_num_exponent(ay_scan *s, int64_t *ret);

#endif
