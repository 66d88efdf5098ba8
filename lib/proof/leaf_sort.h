/* Sorting leaves in memory, in place. For snapshot.c. */
#ifndef AY_PROOF_LEAF_SORT_H
#define AY_PROOF_LEAF_SORT_H

#include "proof/leaf.h"

/* By memcmp over the 48 bytes; the first `known` bytes are the same in all. */
void ay_leaf_sort(ay_leaf *leaves, size_t n, unsigned known);

#endif
