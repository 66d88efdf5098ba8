/* The one gate through which values leave the library: by the level of their standard, unless revealed by name. */
#ifndef AY_RUN_MASK_H
#define AY_RUN_MASK_H

#include "base/buf.h"
#include "record/schema.h"

/* public, internal: as it is. sensitive: the first and last quarter (at most 4 characters each) and stars between.
 * personal: the first character of at least 6 and stars. The number of stars is always 3, so the length is not told. */
void ay_mask(ay_level level, ay_str text, ay_buf *out);

#endif
