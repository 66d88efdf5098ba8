/* Of very many pairs those whose hash another one has: most are alone with theirs and are sifted out by a filter, so
 * that only the few others are sorted. */
#ifndef AY_BASE_SIFT_H
#define AY_BASE_SIFT_H

#include "base/sort.h"

typedef struct ay_pair {
    uint64_t hash, with; /* lowest and highest byte of the hash may be the same for all */
} ay_pair;

typedef struct ay_sift {
    ay_budget *budget;
    uint64_t *seen; /* two bits a place: seen, seen again */
    unsigned bits;  /* the places are 1 << bits */
} ay_sift;

/* For up to `most` pairs at once: about four bytes each, counted. One thread. Errors: ENOMEM. */
assay_status ay_sift_open(ay_sift *sift, ay_budget *budget, size_t most, assay_err *err); /* budget is borrowed */
void ay_sift_close(ay_sift *sift);
/* Moves those whose hash another one has to the front, in order of hash and then `with`; returns how many. */
size_t ay_sift_repeats(ay_sift *sift, ay_pair *pairs, size_t n);

#endif
