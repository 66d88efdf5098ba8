/* Numbers of any length in one text each: what a record and JSON in a record hold of a number. */
#ifndef AY_PROOF_EXACT_H
#define AY_PROOF_EXACT_H

#include "base/buf.h"

/* Digits before and behind the point, as many as PostgreSQL's numeric can hold. */
#define AY_EXACT_WHOLE    131072
#define AY_EXACT_FRACTION 16383

/* The number without exponent, plus, leading and trailing zeros: -?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?, and NaN, Infinity,
 * -Infinity; -0 is 0. What ay_dec_parse takes, without its limit of digits. False: no number, or one of more digits
 * than the above; nothing was appended. */
bool ay_exact_put(ay_str text, ay_buf *out);

#endif
