/* What is kept of each record beside its leaf, in the rows of a file of keys: kh, u32 length of what follows
 * (big-endian), the fingerprints of the fields where these are kept, the key tuple. Collected in any order, read in
 * that of kh, and where several rows have one kh in that of the bytes behind the length. */
#ifndef AY_RUN_KEPT_H
#define AY_RUN_KEPT_H

#include "base/bins.h"
#include "proof/leaf.h"

#define AY_KEPT_HEAD (AY_KH_SIZE + 4)

static inline ay_str ay_kept_rest(ay_str row)
{
    return ay_str_slice(row, AY_KEPT_HEAD, row.len);
}

void ay_kept_put_length(char *row, size_t len); /* of a whole row */

typedef struct ay_kept_reader ay_kept_reader;

/* The bins must outlive the reading; one reading at a time, several in turn are fine. */
assay_status ay_kept_open(ay_bins *bins, ay_kept_reader **ret, assay_err *err);
/* The row is valid until the next call; its ptr is NULL behind the last one. */
assay_status ay_kept_next(ay_kept_reader *reader, ay_str *ret, assay_err *err);
ay_kept_reader *ay_kept_close(ay_kept_reader *reader);

#endif
