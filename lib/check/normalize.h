/* Allowed repairs of text. A value that needs one is a finding with the repaired value as suggestion; data is never
 * changed. */
#ifndef AY_CHECK_NORMALIZE_H
#define AY_CHECK_NORMALIZE_H

#include "base/buf.h"

/* Bits of ay_field.normalizers. Order: the dot, the form, the characters, the ends; over again until nothing changes.
 */
#define AY_NORM_TRIM   1u  /* white space as ay_unicode_is_space at both ends */
#define AY_NORM_WIDTH  2u  /* full-width ASCII and U+3000 to half width */
#define AY_NORM_UPPER  4u  /* ASCII a-z */
#define AY_NORM_LOWER  8u  /* ASCII A-Z */
#define AY_NORM_DIGITS 16u /* decimal digits of all scripts to ASCII */
#define AY_NORM_NFC    32u
#define AY_NORM_NFKC   64u
#define AY_NORM_DOT    128u /* variants of the dot in names to U+00B7 */

#define AY_NORM_CONFIDENCE 100 /* of a repair: the standard allows it */

/* Memory of ay_norm_apply, kept from value to value; zeroed before the first. */
typedef struct ay_norm_room {
    ay_buf steps[2], points;
    unsigned last; /* the step that was written last */
} ay_norm_room;

const char *const *ay_norm_words(size_t *ret_n); /* for nearest-word messages */
/* *ret: the text itself where it needs no repair, else the repaired one, in `room` until the next call. Applied to its
 * own result it changes nothing. */
assay_status ay_norm_apply(uint32_t normalizers, ay_str text, ay_norm_room *room, ay_str *ret, assay_err *err);
void ay_norm_room_free(ay_norm_room *room);

#endif
