/* Of very many pairs those whose hash another one has: nearly all of those that are alone with theirs are sifted out by
 * filters, so that only the few others need be sorted. */
#ifndef AY_BASE_SIFT_H
#define AY_BASE_SIFT_H

#include "base/sort.h"

typedef struct ay_pair {
    uint64_t hash, with;
} ay_pair;

#define AY_SIFT_PLACES 16 /* of two bits in a filter, for each pair: up to eight bytes */

typedef struct ay_sift {
    ay_budget *budget;
    uint64_t *seen;     /* two bits a place: seen, seen again */
    unsigned bits, low; /* the places are 1 << bits, by the bits of the hash from `low` on */
} ay_sift;

/* For up to `most` pairs at once; the lowest `low` bits of their hashes, 0 or 8, may be the same for all. Counted. One
 * thread. Errors: ENOMEM. */
assay_status ay_sift_open(ay_sift *sift, ay_budget *budget, size_t most, unsigned low, assay_err *err);
void ay_sift_close(ay_sift *sift); /* takes one that is all zero */
/* Keeps at least those whose hash another one has, at the front and in the order they had; returns how many. */
size_t ay_sift_keep(ay_sift *sift, ay_pair *pairs, size_t n);

#endif
