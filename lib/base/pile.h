/* Records kept as they came, for whoever wants only those that share a hash: the mechanism behind `unique`. Most
 * records are alone with their hash, so nothing is sorted but the few that are not. The bytes go to a log, in memory at
 * first and then to an unlinked temporary file, in large pieces that are written once and never moved; beside it stands
 * an index of 16 bytes a record. What is found does not depend on the order of arrival, nor on which pile took what. */
#ifndef AY_BASE_PILE_H
#define AY_BASE_PILE_H

#include "base/buf.h"
#include "base/sort.h"

typedef struct ay_pile ay_pile; /* one thread at a time */

assay_status ay_pile_open(ay_budget *budget, ay_pile **ret, assay_err *err); /* budget is borrowed */
ay_pile *ay_pile_free(ay_pile *pile);
/* A record is what is appended to the buffer between the two. Records up to AY_SORT_RECORD_MAX. Errors as
 * ay_sorter_put. */
ay_buf *ay_pile_begin(ay_pile *pile);
assay_status ay_pile_end(ay_pile *pile, uint64_t hash, assay_err *err);
/* Several at once, of these lengths: where the bytes of each are to be written, and then that they are. Not
 * *ret_is_there: they are too long for that and have to come one by one. */
assay_status ay_pile_room(ay_pile *pile, const size_t *lens, uint32_t n, char **ret_to, bool *ret_is_there,
                          assay_err *err);
assay_status ay_pile_take(ay_pile *pile, const size_t *lens, const uint64_t *hashes, uint32_t n, assay_err *err);
uint64_t ay_pile_count(const ay_pile *pile);
assay_status ay_pile_absorb(ay_pile *into, ay_pile *from, assay_err *err); /* from is empty afterwards */

/* Each as a record of the sorter whose prefix is its hash. All; the pile is empty afterwards: */
assay_status ay_pile_pour(ay_pile *pile, ay_sorter *into, assay_err *err);
/* At least those whose hash another one has; the pile stays as it is: */
assay_status ay_pile_repeats(ay_pile *pile, ay_sorter *into, assay_err *err);

#endif
