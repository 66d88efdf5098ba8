#include "base/prints.h"

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

struct ay_prints {
    ay_bins *bins; /* of ay_pair, by the lowest byte of the hash */
    const ay_prints_key *key;
    uint64_t count;
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
    ay_bins_free(prints->bins);
    return (ay_prints *)ay_free(prints);
}

assay_status ay_prints_put(ay_prints *prints, ay_str value, assay_err *err)
{
    ay_pair print;
    ay_hash128_keyed(value, prints->key->bytes, sizeof prints->key->bytes, &print.hash, &print.with);
    prints->count++;
    return ay_bins_put(prints->bins, (ay_str){(const char *)&print, sizeof print}, err);
}

assay_status ay_prints_absorb(ay_prints *into, ay_prints *from, assay_err *err)
{
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
    AY_TRY(ay_sift_open(&sift, ay_bins_budget(prints->bins), n, err));
    const size_t repeats = ay_sift_repeats(&sift, pairs, n);
    ay_sift_close(&sift);
    for (size_t from = 0, to; from < repeats; from = to) {
        for (to = from + 1; to < repeats && is_same(&pairs[to], &pairs[from]);) to++;
        count_run(to - from, ret);
    }
    return ASSAY_OK;
}

/* ---- A bin that does not fit ---- */

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

assay_status ay_prints_repeats(const ay_prints *prints, ay_repeats *ret, assay_err *err)
{
    ay_bin_room room = {0};
    *ret = (ay_repeats){0};
    AY_TRY(ay_bins_settle(prints->bins, sizeof(uint32_t), err)); /* four bytes a print for the sieve */
    const assay_status st = count_bins(prints, &room, ret, err);
    ay_bins_free_room(prints->bins, &room);
    return st;
}
