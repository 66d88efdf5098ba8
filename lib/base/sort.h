/* Sets of records in byte order, bounded in memory: the one mechanism behind findings, unique, depends, sequence and
 * overlap. Records are put in any order, kept in sorted runs, spilled to unlinked temporary files when the budget is
 * used up, and read back merged. The order is (prefix, bytes as memcmp, shorter first), equal records all kept: it does
 * not depend on the order of arrival, on the number of runs, or on which sorter took which record. */
#ifndef AY_BASE_SORT_H
#define AY_BASE_SORT_H

#include <stdatomic.h>

#include "base/err.h"
#include "base/str.h"

#define AY_SORT_RECORD_MAX ((size_t)64 << 20)

/* Shared by all threads of a run. Zero members mean: memory 512 MiB, spill without limit, dir $TMPDIR or /tmp. */
typedef struct ay_budget {
    size_t memory_limit;
    uint64_t spill_limit;
    const char *spill_dir;
    _Atomic size_t used, peak;
    _Atomic uint64_t spilled;  /* bytes written to temporary files so far */
    _Atomic uint64_t on_disk;  /* bytes that they take now; at most spill_limit */
    const atomic_bool *cancel; /* reading back what was sorted fails with ECANCELLED when it is set; may be NULL */
} ay_budget;

void ay_budget_take(ay_budget *budget, size_t bytes); /* counts, keeps the peak; never refuses */
void ay_budget_give(ay_budget *budget, size_t bytes);
size_t ay_budget_limit(const ay_budget *budget); /* memory_limit, or what 0 means */
/* Seven eighths of the limit are used: the last one is for what nobody can spill, the buffers of merging above all. */
bool ay_budget_over(const ay_budget *budget);
bool ay_budget_has_room(const ay_budget *budget, uint64_t bytes); /* within all of the limit, for a while */
/* Over, and who holds so many bytes is to spill them: little things do not spill because of others. */
bool ay_budget_presses(const ay_budget *budget, size_t held);
assay_status ay_budget_cancelled(const ay_budget *budget, assay_err *err); /* ECANCELLED when the budget says so */

typedef struct ay_sorter ay_sorter; /* one thread at a time */
typedef struct ay_sorted ay_sorted; /* reading a finished sorter */

typedef struct ay_sort_record {
    uint64_t prefix;
    ay_str bytes; /* valid until the next call */
    bool stays;   /* ... or rather as long as the sorter: the record is in memory */
} ay_sort_record;

/* The first eight bytes, big-endian, zeros behind a shorter text: then the order is that of memcmp. */
static inline uint64_t ay_sort_prefix(ay_str bytes)
{
    uint64_t v = 0;
    memcpy(&v, bytes.ptr, bytes.len < sizeof v ? bytes.len : sizeof v);
    return __builtin_bswap64(v);
}

assay_status ay_sorter_open(ay_budget *budget, ay_sorter **ret, assay_err *err); /* budget is borrowed */
ay_sorter *ay_sorter_free(ay_sorter *sorter);
assay_status ay_sort_check_length(size_t len, assay_err *err); /* ELIMIT beyond AY_SORT_RECORD_MAX */
/* Copies the bytes. Records up to 64 MiB. Errors: ENOMEM, EIO (spill), ELIMIT (spill_limit, record too long). */
assay_status ay_sorter_put(ay_sorter *sorter, uint64_t prefix, ay_str bytes, assay_err *err);
assay_status ay_sorter_absorb(ay_sorter *into, ay_sorter *from, assay_err *err); /* from is empty afterwards */
uint64_t ay_sorter_count(const ay_sorter *sorter);
/* No put after this. The sorter must outlive the reading; one reading at a time, several in turn are fine. */
assay_status ay_sorted_open(ay_sorter *sorter, ay_sorted **ret, assay_err *err);
assay_status ay_sorted_next(ay_sorted *sorted, ay_sort_record *ret, bool *ret_end, assay_err *err);
ay_sorted *ay_sorted_close(ay_sorted *sorted);

#endif
