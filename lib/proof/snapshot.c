#include "proof/snapshot.h"

#include "base/bins.h"
#include "base/mem.h"
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

static assay_status each_of_bin(const ay_snapshot *part, unsigned bin, ay_bin_room *room, const ay_leaf_taker *taker,
                                assay_err *err)
{
    AY_TRY(ay_budget_cancelled(ay_bins_budget(part->bins), err));
    bool fits;
    const ay_bin_size size = ay_bins_size(part->bins, bin);
    AY_TRY(ay_bins_make_room(part->bins, room, size.bytes, &fits, err));
    if (!fits) return each_by_sorter(part, bin, taker, err);
    AY_TRY(ay_bins_load(part->bins, bin, room->at, err));
    ay_leaf *leaves = (ay_leaf *)(void *)room->at;
    ay_leaf_sort(leaves, size.rows, 1);
    return taker->take(taker->self, leaves, size.rows, err);
}

assay_status ay_snapshot_each(ay_snapshot *part, const ay_leaf_taker *taker, assay_err *err)
{
    AY_TRY(ay_bins_settle(part->bins, 0, err));
    ay_bin_room room = {0};
    assay_status status = ASSAY_OK;
    for (unsigned i = 0; i < AY_BINS && status == ASSAY_OK; i++)
        if (ay_bins_size(part->bins, i).rows) status = each_of_bin(part, i, &room, taker, err);
    ay_bins_free_room(part->bins, &room);
    return status;
}
