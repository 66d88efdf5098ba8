#include "base/prints.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/bins.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/sift.h"

assay_status ay_prints_key_make(ay_prints_key *key, assay_err *err)
{
    const ssize_t n = getrandom(key->bytes, sizeof key->bytes, 0); /* up to 256 bytes come whole */
    AY_FAIL_IF(n != (ssize_t)sizeof key->bytes, err, ASSAY_EIO, "the system gives no random bytes",
               "系统未能提供随机字节");
    return ASSAY_OK;
}

enum { FILLING_MIN = 64, FILLING_MAX = 4096 };

struct ay_prints {
    ay_bins *bins; /* of ay_pair, by the lowest byte of the hash */
    const ay_prints_key *key;
    uint64_t count;
    ay_pair *filling; /* not in bins yet */
    uint32_t n, cap;
};

assay_status ay_prints_open(ay_budget *budget, const ay_prints_key *key, ay_prints **ret, assay_err *err)
{
    ay_prints *prints = AY_NEW(ay_prints);
    AY_NOMEM_IF(!prints, err);
    prints->key = key;
    const assay_status st = ay_bins_open(budget, &prints->bins, err);
    if (st == ASSAY_OK) *ret = prints;
    else ay_prints_free(prints);
    return st;
}

ay_prints *ay_prints_free(ay_prints *prints)
{
    if (!prints) return NULL;
    if (prints->bins) ay_budget_give(ay_bins_budget(prints->bins), prints->cap * sizeof *prints->filling);
    ay_free(prints->filling);
    ay_bins_free(prints->bins);
    return (ay_prints *)ay_free(prints);
}

/* ---- Putting ---- */

static unsigned bin_of(ay_pair print)
{
    return (unsigned char)print.hash;
}

static assay_status put_sorted(ay_prints *prints, ay_pair *sorted, assay_err *err)
{
    uint32_t ends[AY_BINS] = {0}, n = 0;
    for (uint32_t i = 0; i < prints->n; i++) ends[bin_of(prints->filling[i])]++;
    for (unsigned b = 0; b < AY_BINS; b++) {
        const uint32_t own = ends[b];
        ends[b] = n;
        n += own;
    }
    for (uint32_t i = 0; i < prints->n; i++) sorted[ends[bin_of(prints->filling[i])]++] = prints->filling[i];
    for (uint32_t b = 0, from = 0; b < AY_BINS; from = ends[b++]) {
        const ay_str rows = {(const char *)(sorted + from), (ends[b] - from) * sizeof *sorted};
        if (rows.len) AY_TRY(ay_bins_put_rows(prints->bins, rows, ends[b] - from, err));
    }
    return ASSAY_OK;
}

/* Some of each bin together: each on its own would wait for memory. */
static assay_status empty(ay_prints *prints, assay_err *err)
{
    if (!prints->n) return ASSAY_OK;
    ay_pair *sorted = AY_NEW_ARRAY(prints->n, ay_pair);
    AY_NOMEM_IF(!sorted, err);
    const assay_status st = put_sorted(prints, sorted, err);
    ay_free(sorted);
    prints->n = 0;
    return st;
}

static assay_status make_place(ay_prints *prints, assay_err *err)
{
    if (prints->cap == FILLING_MAX) return empty(prints, err);
    const uint32_t cap = prints->cap ? prints->cap * 2 : FILLING_MIN;
    ay_pair *filling = (ay_pair *)ay_realloc_array(prints->filling, cap, sizeof *filling);
    AY_NOMEM_IF(!filling, err);
    ay_budget_take(ay_bins_budget(prints->bins), (cap - prints->cap) * sizeof *filling);
    prints->filling = filling;
    prints->cap = cap;
    return ASSAY_OK;
}

assay_status ay_prints_put(ay_prints *prints, ay_str value, assay_err *err)
{
    if (prints->n == prints->cap) AY_TRY(make_place(prints, err));
    ay_pair *print = &prints->filling[prints->n++];
    ay_hash128_keyed(value, prints->key->bytes, sizeof prints->key->bytes, &print->hash, &print->with);
    prints->count++;
    return ASSAY_OK;
}

assay_status ay_prints_absorb(ay_prints *into, ay_prints *from, assay_err *err)
{
    AY_TRY(empty(from, err));
    into->count += from->count;
    from->count = 0;
    return ay_bins_absorb(into->bins, from->bins, err);
}

uint64_t ay_prints_count(const ay_prints *prints)
{
    return prints->count;
}

/* ---- Counting ---- */

static void count_run(uint64_t n, ay_repeats *ret)
{
    if (n < 2) return;
    ret->values++;
    ret->records += n;
}

static int compare(const void *a, const void *b)
{
    const ay_pair *x = (const ay_pair *)a, *y = (const ay_pair *)b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return (x->with > y->with) - (x->with < y->with);
}

static bool is_same(const ay_pair *a, const ay_pair *b)
{
    return a->hash == b->hash && a->with == b->with;
}

static assay_status count_in_memory(const ay_prints *prints, unsigned which, ay_bin_room *room, ay_repeats *ret,
                                    assay_err *err)
{
    const size_t n = (size_t)ay_bins_size(prints->bins, which).rows;
    ay_pair *pairs = (ay_pair *)(void *)room->at;
    ay_sift sift = {0};
    AY_TRY(ay_bins_load(prints->bins, which, room->at, err));
    AY_TRY(ay_sift_open(&sift, ay_bins_budget(prints->bins), n, 8, err)); /* a bin is of one lowest byte */
    const size_t kept = ay_sift_keep(&sift, pairs, n);
    ay_sift_close(&sift);
    if (kept) qsort(pairs, kept, sizeof *pairs, compare);
    for (size_t from = 0, to; from < kept; from = to) {
        for (to = from + 1; to < kept && is_same(&pairs[to], &pairs[from]);) to++;
        count_run(to - from, ret);
    }
    return ASSAY_OK;
}

/* ---- A bin that does not fit ---- */

_Static_assert(AY_BINS_PIECE % sizeof(ay_pair) == 0, "no piece cuts a print");

static assay_status put_in_sorter(void *sorter, ay_str bytes, assay_err *err)
{
    for (size_t at = 0; at < bytes.len; at += sizeof(ay_pair)) {
        ay_pair print;
        memcpy(&print, bytes.ptr + at, sizeof print);
        AY_TRY(ay_sorter_put((ay_sorter *)sorter, print.hash, (ay_str){(const char *)&print.with, sizeof print.with},
                             err));
    }
    return ASSAY_OK;
}

static assay_status count_sorted(ay_sorted *sorted, ay_repeats *ret, assay_err *err)
{
    ay_pair last = {0};
    uint64_t n = 0;
    for (;;) {
        ay_sort_record record;
        bool end;
        AY_TRY(ay_sorted_next(sorted, &record, &end, err));
        if (end) break;
        ay_pair print = {.hash = record.prefix};
        memcpy(&print.with, record.bytes.ptr, sizeof print.with);
        if (n && !is_same(&print, &last)) {
            count_run(n, ret);
            n = 0;
        }
        last = print;
        n++;
    }
    count_run(n, ret);
    return ASSAY_OK;
}

static assay_status count_with_sorter(const ay_prints *prints, unsigned which, ay_repeats *ret, assay_err *err)
{
    ay_sorter *sorter = NULL;
    ay_sorted *sorted = NULL;
    AY_TRY(ay_sorter_open(ay_bins_budget(prints->bins), &sorter, err));
    assay_status st = ay_bins_each(prints->bins, which, &(ay_bin_taker){put_in_sorter, sorter}, err);
    if (st == ASSAY_OK) st = ay_sorted_open(sorter, &sorted, err);
    if (st == ASSAY_OK) st = count_sorted(sorted, ret, err);
    ay_sorted_close(sorted);
    ay_sorter_free(sorter);
    return st;
}

static assay_status count_bins(const ay_prints *prints, ay_bin_room *room, ay_repeats *ret, assay_err *err)
{
    for (unsigned which = 0; which < AY_BINS; which++) {
        const uint64_t bytes = ay_bins_size(prints->bins, which).bytes;
        bool fits;
        AY_TRY(ay_budget_cancelled(ay_bins_budget(prints->bins), err));
        if (bytes == 0) continue;
        AY_TRY(ay_bins_make_room(prints->bins, room, bytes, &fits, err));
        AY_TRY(fits ? count_in_memory(prints, which, room, ret, err) : count_with_sorter(prints, which, ret, err));
    }
    return ASSAY_OK;
}

assay_status ay_prints_repeats(ay_prints *prints, ay_repeats *ret, assay_err *err)
{
    ay_bin_room room = {0};
    *ret = (ay_repeats){0};
    AY_TRY(empty(prints, err));
    AY_TRY(ay_bins_settle(prints->bins, AY_SIFT_PLACES / 2, err));
    const assay_status st = count_bins(prints, &room, ret, err);
    ay_bins_free_room(prints->bins, &room);
    return st;
}
