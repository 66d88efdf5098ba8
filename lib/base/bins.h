/* Rows of bytes in 256 bins by their first byte, bounded in memory, in no order: what is sorted at the end only, one
 * bin at a time, and read once then. Taking a row is a copy behind the last one of its bin. Any number of stores take
 * rows, each by one thread, and are absorbed into one; what does not fit the budget lies in temporary files without
 * names. A store holds at least 1 MiB before it spills, whatever others hold, and as much as what it has to know of
 * what it spilled. */
#ifndef AY_BASE_BINS_H
#define AY_BASE_BINS_H

#include "base/sort.h"

#define AY_BINS       256
#define AY_BINS_LEAST ((size_t)1 << 20) /* what a store may hold, and a reader sort at once, whatever others hold */
#define AY_BINS_PIECE 4080              /* bytes of a piece that is read, at most, and divisible by 48 */

typedef struct ay_bins ay_bins; /* one thread takes rows; several may read, each with a room of its own */

assay_status ay_bins_open(ay_budget *budget, ay_bins **ret, assay_err *err); /* budget is borrowed */
ay_bins *ay_bins_free(ay_bins *bins);
/* Rows, one behind the other and none of them empty, that all begin with the same byte. Errors: ENOMEM, EIO (spill),
 * ELIMIT (spill_limit). After an error only free is allowed. */
assay_status ay_bins_put_rows(ay_bins *bins, ay_str rows, uint64_t n, assay_err *err);
assay_status ay_bins_put(ay_bins *bins, ay_str row, assay_err *err);       /* one */
assay_status ay_bins_absorb(ay_bins *into, ay_bins *from, assay_err *err); /* from is empty afterwards */

typedef struct ay_bin_size {
    uint64_t rows, bytes;
} ay_bin_size;

ay_budget *ay_bins_budget(const ay_bins *bins);
ay_bin_size ay_bins_size(const ay_bins *bins, unsigned which);

/* Before reading: what is in memory is spilled if some was before, or if otherwise there would be no room for sorting
 * the largest bin with `extra` bytes a row. Reading may be repeated, and rows be added in between. */
assay_status ay_bins_settle(ay_bins *bins, size_t extra, assay_err *err);
assay_status ay_bins_load(const ay_bins *bins, unsigned which, char *to, assay_err *err); /* all of its bytes */

/* The rows of a bin one behind the other, some bytes at a time, whatever row they cut. */
typedef struct ay_bin_taker {
    assay_status (*take)(void *self, ay_str bytes, assay_err *err);
    void *self;
} ay_bin_taker;
assay_status ay_bins_each(const ay_bins *bins, unsigned which, const ay_bin_taker *taker, assay_err *err);

/* Room for `bytes`, counted: *ret_fits false where it is more than may be sorted at once. */
typedef struct ay_bin_room {
    char *at;
    size_t size;
} ay_bin_room;
assay_status ay_bins_make_room(const ay_bins *bins, ay_bin_room *room, uint64_t bytes, bool *ret_fits, assay_err *err);
void ay_bins_free_room(const ay_bins *bins, ay_bin_room *room);

#endif
