/* Of the runs in memory, the records whose prefix occurs more than once. For sort.c only. Where nearly every prefix is
 * one of a kind, as with hashes of keys, this is far cheaper than a merge: the index is read twice in the order in
 * which it lies, and of the records themselves only those that are handed out are touched. */
#ifndef AY_BASE_SORT_REPEAT_H
#define AY_BASE_SORT_REPEAT_H

#include "base/sort_run.h"

typedef struct ay_repeats {
    ay_budget *budget;
    const ay_run *runs;
    uint32_t n;
    unsigned bits;         /* the top bits of the prefix are the slice: all runs are read one slice at a time */
    uint64_t slice;        /* the next one */
    uint32_t *from;        /* of each run: where that slice starts ... */
    uint32_t *to;          /* ... and ends */
    uint64_t *seen;        /* two bits for each value of the low bits of the prefix: seen, seen again */
    ay_sort_record *found; /* of the slice before */
    size_t n_found, cap, at;
} ay_repeats;

/* The runs are borrowed. *ret_suits false: a run is in a file, or the prefixes crowd so much that slices do not divide
 * them: then the runs are to be merged. Close it in any case. */
assay_status ay_repeats_open(ay_repeats *repeats, const ay_run *runs, uint32_t n, ay_budget *budget, bool *ret_suits,
                             assay_err *err);
assay_status ay_repeats_next(ay_repeats *repeats, ay_sort_record *ret, bool *ret_end, assay_err *err);
void ay_repeats_close(ay_repeats *repeats);

#endif
