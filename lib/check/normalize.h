/* Allowed repairs of text. A value that needs one is a finding with the repaired value as suggestion; data is never
 * changed. */
#ifndef AY_CHECK_NORMALIZE_H
#define AY_CHECK_NORMALIZE_H

#include "base/buf.h"

/* Bits of ay_field.normalizers; applied in this order. */
#define AY_NORM_TRIM  1u /* white space as ay_unicode_is_space at both ends */
#define AY_NORM_WIDTH 2u /* full-width ASCII and U+3000 to half width */
#define AY_NORM_UPPER 4u /* ASCII a-z */
#define AY_NORM_LOWER 8u /* ASCII A-Z */

const char *const *ay_norm_words(size_t *ret_n); /* for nearest-word messages */
bool ay_norm_needed(uint32_t normalizers, ay_str text);
void ay_norm_apply(uint32_t normalizers, ay_str text, ay_buf *out);

#endif
