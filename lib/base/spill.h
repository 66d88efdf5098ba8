/* Temporary files that have no name: whatever ends the process, nothing is left behind. For sort.c, and for what
 * another library writes by itself into `fd`. */
#ifndef AY_BASE_SPILL_H
#define AY_BASE_SPILL_H

#include "base/sort.h"

/* Shared by the runs that lie in it. Only the sorter that opened it appends; the runs may be read, and let go, by the
 * thread that absorbed them. */
typedef struct ay_spill {
    int fd;
    _Atomic uint32_t refs;
    uint64_t size;
    _Atomic uint64_t held; /* of it, what was not given back to the disk */
    ay_budget *budget;
    const char *dir; /* for messages; borrowed from the budget or the environment */
} ay_spill;

assay_status ay_spill_open(ay_budget *budget, ay_spill **ret, assay_err *err); /* one reference */
ay_spill *ay_spill_ref(ay_spill *file);
void ay_spill_unref(ay_spill *file); /* takes NULL */
/* Append. Counted in the budget. Errors: EIO, ELIMIT (spill_limit). */
assay_status ay_spill_write(ay_spill *file, ay_str bytes, assay_err *err);
assay_status ay_spill_read(const ay_spill *file, uint64_t at, char *to, size_t len, assay_err *err);
void ay_spill_discard(ay_spill *file, uint64_t from, uint64_t to); /* gives the disk space back, where it can */

#endif
