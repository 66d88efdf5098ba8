#include "proof/snapshot.h"

#include "base/bins.h"
#include "base/mem.h"
#include "base/thread.h"
#include "proof/leaf_sort.h"

#define PER_PIECE (AY_BINS_PIECE / sizeof(ay_leaf))
_Static_assert(AY_BINS_PIECE % sizeof(ay_leaf) == 0, "no piece cuts a leaf");

struct ay_snapshot {
    ay_bins *bins; /* of leaves: the first byte of kh is their first byte */
    uint64_t count;
};

assay_status ay_snapshot_open(ay_budget *budget, ay_snapshot **ret, assay_err *err)
{
    ay_snapshot *part = AY_NEW(ay_snapshot);
    AY_NOMEM_IF(!part, err);
    const assay_status status = ay_bins_open(budget, &part->bins, err);
    if (status == ASSAY_OK) *ret = part;
    else (void)ay_snapshot_free(part);
    return status;
}

ay_snapshot *ay_snapshot_free(ay_snapshot *part)
{
    if (!part) return NULL;
    (void)ay_bins_free(part->bins);
    return (ay_snapshot *)ay_free(part);
}

uint64_t ay_snapshot_count(const ay_snapshot *part)
{
    return part->count;
}

assay_status ay_snapshot_add(ay_snapshot *part, const ay_leaf *leaves, size_t n, assay_err *err)
{
    for (size_t i = 0; i < n; i++)
        AY_TRY(ay_bins_put(part->bins, (ay_str){(const char *)&leaves[i], sizeof leaves[i]}, err));
    part->count += n;
    return ASSAY_OK;
}

assay_status ay_snapshot_absorb(ay_snapshot *into, ay_snapshot *from, assay_err *err)
{
    into->count += from->count;
    from->count = 0;
    return ay_bins_absorb(into->bins, from->bins, err);
}

/* ---- Reading in order ---- */

/* The prefix holds the first bytes of the leaf, so the sorter is given only those behind them. */
static void put_back(const ay_sort_record *record, ay_leaf *ret)
{
    const uint64_t v = __builtin_bswap64(record->prefix);
    memcpy(ret, &v, sizeof v);
    memcpy((char *)ret + sizeof v, record->bytes.ptr, sizeof *ret - sizeof v);
}

static assay_status put_in_sorter(void *self, ay_str bytes, assay_err *err)
{
    ay_sorter *sorter = (ay_sorter *)self;
    for (size_t at = 0; at < bytes.len; at += sizeof(ay_leaf)) {
        const ay_str leaf = ay_str_slice(bytes, at, at + sizeof(ay_leaf));
        AY_TRY(ay_sorter_put(sorter, ay_sort_prefix(leaf), ay_str_slice(leaf, sizeof(uint64_t), leaf.len), err));
    }
    return ASSAY_OK;
}

static assay_status take_sorted(ay_sorted *sorted, const ay_leaf_taker *taker, assay_err *err)
{
    ay_leaf piece[PER_PIECE];
    for (bool end = false; !end;) {
        size_t n = 0;
        for (; n < PER_PIECE; n++) {
            ay_sort_record record;
            AY_TRY(ay_sorted_next(sorted, &record, &end, err));
            if (end) break;
            put_back(&record, &piece[n]);
        }
        if (n) AY_TRY(taker->take(taker->self, piece, n, err));
    }
    return ASSAY_OK;
}

/* For a bin that does not fit: many records of few keys, or little memory. */
static assay_status each_by_sorter(const ay_snapshot *part, unsigned bin, const ay_leaf_taker *taker, assay_err *err)
{
    ay_sorter *sorter = NULL;
    ay_sorted *sorted = NULL;
    AY_TRY(ay_sorter_open(ay_bins_budget(part->bins), &sorter, err));
    assay_status status = ay_bins_each(part->bins, bin, &(ay_bin_taker){put_in_sorter, sorter}, err);
    if (status == ASSAY_OK) status = ay_sorted_open(sorter, &sorted, err);
    if (status == ASSAY_OK) status = take_sorted(sorted, taker, err);
    (void)ay_sorted_close(sorted);
    (void)ay_sorter_free(sorter);
    return status;
}

/* A bin that is read and sorted by a companion, while its owner takes the one before. */
typedef struct sorting {
    const ay_snapshot *part;
    unsigned bin; /* AY_BINS: none */
    bool fits;
    ay_bin_room room;
} sorting;

static assay_status sort_bin(void *job, assay_err *err)
{
    const sorting *s = (const sorting *)job;
    AY_TRY(ay_bins_load(s->part->bins, s->bin, s->room.at, err));
    ay_leaf_sort((ay_leaf *)(void *)s->room.at, ay_bins_size(s->part->bins, s->bin).rows, 1);
    return ASSAY_OK;
}

/* Where there is room for it: memory is asked for by the owner, who has just given some back. */
static assay_status start_sorting(ay_companion *companion, sorting *s, assay_err *err)
{
    if (s->bin == AY_BINS) return ASSAY_OK;
    const uint64_t bytes = ay_bins_size(s->part->bins, s->bin).bytes;
    AY_TRY(ay_bins_make_room(s->part->bins, &s->room, bytes, &s->fits, err));
    if (s->fits) ay_companion_start(companion, s);
    return ASSAY_OK;
}

static unsigned next_bin(const ay_snapshot *part, unsigned from)
{
    while (from < AY_BINS && !ay_bins_size(part->bins, from).rows) from++;
    return from;
}

static assay_status take_bin(const sorting *s, const ay_leaf_taker *taker, assay_err *err)
{
    if (!s->fits) return each_by_sorter(s->part, s->bin, taker, err);
    return taker->take(taker->self, (const ay_leaf *)(const void *)s->room.at, ay_bins_size(s->part->bins, s->bin).rows,
                       err);
}

/* The bin behind one that goes through a sorter leaves the room to it; what finds none beside another may find it
 * alone. */
static assay_status each_bin(ay_companion *companion, sorting *s, sorting *next, const ay_leaf_taker *taker,
                             assay_err *err)
{
    ay_bins *bins = s->part->bins;
    s->bin = next_bin(s->part, 0);
    AY_TRY(start_sorting(companion, s, err));
    while (s->bin < AY_BINS) {
        AY_TRY(ay_budget_cancelled(ay_bins_budget(bins), err));
        AY_TRY(ay_companion_wait(companion, err));
        next->bin = next_bin(s->part, s->bin + 1);
        next->fits = false;
        if (s->fits) AY_TRY(start_sorting(companion, next, err));
        AY_TRY(take_bin(s, taker, err));
        if (!next->fits) {
            ay_bins_free_room(bins, &s->room);
            AY_TRY(start_sorting(companion, next, err));
        }
        sorting *const taken = s;
        s = next;
        next = taken;
    }
    return ASSAY_OK;
}

assay_status ay_snapshot_each(ay_snapshot *part, const ay_leaf_taker *taker, assay_err *err)
{
    sorting both[2] = {{.part = part}, {.part = part}};
    ay_companion *companion = NULL;
    AY_TRY(ay_bins_settle(part->bins, 0, err));
    AY_TRY(ay_companion_open(sort_bin, &companion, err));
    const assay_status status = each_bin(companion, &both[0], &both[1], taker, err);
    (void)ay_companion_close(companion);
    for (unsigned i = 0; i < 2; i++) ay_bins_free_room(part->bins, &both[i].room);
    return status;
}
