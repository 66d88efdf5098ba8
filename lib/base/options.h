/* Option structs that can grow: the caller says how large its own is. */
#ifndef AY_BASE_OPTIONS_H
#define AY_BASE_OPTIONS_H

#include "base/err.h"

/* Copy *from (NULL: all defaults) over the zeroed `size` bytes at `to`. The first member of both is a size_t, the size
 * of the caller's struct: EUSAGE when it is smaller than `least` (the first version; it was not set) or when the caller
 * has members that this library does not know and that are not 0. */
assay_status ay_take_options(void *to, size_t size, size_t least, const void *from, assay_err *err);

#endif
