#include "base/sort_repeat.h"

#include <stdlib.h>

#include "base/mem.h"

#define SLICE      ((uint64_t)16 << 10) /* records of a slice, about */
#define CROWDED    (4 * SLICE)          /* more than hashes ever put into one slice */
#define SEEN_BITS  18                   /* 16 places for each record of a slice: 64 KiB, which stay in the cache */
#define SEEN_WORDS ((size_t)1 << SEEN_BITS >> 5)
#define FOUND_MIN  ((size_t)1024)

/* ---- Slices ---- */

static unsigned slice_bits(const ay_run *runs, uint32_t n)
{
    uint64_t records = 0;
    for (uint32_t i = 0; i < n; i++) records += runs[i].n;
    unsigned bits = 1;
    while (records >> bits > SLICE) bits++;
    return bits;
}

/* The first entry from `from` on that is behind the slice. */
static uint32_t slice_end(const ay_run *run, uint32_t from, uint64_t slice, unsigned bits)
{
    const ay_run_entry *e = ay_run_entries(run);
    uint32_t low = from, high = run->n;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (e[middle].prefix >> (64 - bits) <= slice) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Where the next slice lies in each run. Returns how many records it has. */
static uint64_t cut_slice(ay_repeats *r)
{
    uint64_t records = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        r->from[i] = r->to[i];
        r->to[i] = slice_end(&r->runs[i], r->from[i], r->slice, r->bits);
        records += r->to[i] - r->from[i];
    }
    r->slice++;
    return records;
}

static void rewind_slices(ay_repeats *r)
{
    r->slice = 0;
    if (r->n) memset(r->to, 0, r->n * sizeof *r->to);
}

static bool is_last(const ay_repeats *r)
{
    return r->slice >> r->bits != 0;
}

static bool suits(ay_repeats *r)
{
    for (uint32_t i = 0; i < r->n; i++)
        if (r->runs[i].level) return false;
    rewind_slices(r);
    while (!is_last(r))
        if (cut_slice(r) > CROWDED) return false;
    rewind_slices(r);
    return true;
}

/* ---- Of a slice, what occurs more than once ---- */

static uint64_t *word_of(const ay_repeats *r, uint64_t prefix)
{
    return &r->seen[prefix % ((uint64_t)SEEN_WORDS << 5) >> 5];
}

static unsigned place_in_word(uint64_t prefix)
{
    return (unsigned)(prefix & 31) * 2;
}

static void mark(ay_repeats *r)
{
    memset(r->seen, 0, SEEN_WORDS * sizeof *r->seen);
    for (uint32_t i = 0; i < r->n; i++) {
        const ay_run_entry *e = ay_run_entries(&r->runs[i]);
        for (uint32_t j = r->from[i]; j < r->to[i]; j++) {
            uint64_t *word = word_of(r, e[j].prefix);
            const uint64_t once = UINT64_C(1) << place_in_word(e[j].prefix);
            *word |= once | (*word & once) << 1;
        }
    }
}

static assay_status grow_found(ay_repeats *r, assay_err *err)
{
    const size_t cap = r->cap ? r->cap * 2 : FOUND_MIN;
    ay_sort_record *found = (ay_sort_record *)ay_realloc_array(r->found, cap, sizeof *found);
    AY_NOMEM_IF(!found, err);
    ay_budget_take(r->budget, (cap - r->cap) * sizeof *found);
    r->found = found;
    r->cap = cap;
    return ASSAY_OK;
}

static assay_status gather(ay_repeats *r, assay_err *err)
{
    r->n_found = r->at = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        const ay_run_entry *e = ay_run_entries(&r->runs[i]);
        for (uint32_t j = r->from[i]; j < r->to[i]; j++) {
            if (!(*word_of(r, e[j].prefix) >> place_in_word(e[j].prefix) & 2)) continue;
            if (r->n_found == r->cap) AY_TRY(grow_found(r, err));
            r->found[r->n_found++] = (ay_sort_record){e[j].prefix, {r->runs[i].block + e[j].offset, e[j].len}, true};
        }
    }
    return ASSAY_OK;
}

static int by_prefix_and_bytes(const void *a, const void *b)
{
    const ay_sort_record *x = (const ay_sort_record *)a, *y = (const ay_sort_record *)b;
    if (x->prefix != y->prefix) return x->prefix < y->prefix ? -1 : 1;
    return ay_str_cmp(x->bytes, y->bytes);
}

/* Some only shared the low bits with another one. */
static void drop_lone(ay_repeats *r)
{
    size_t kept = 0;
    for (size_t from = 0, to; from < r->n_found; from = to) {
        for (to = from + 1; to < r->n_found && r->found[to].prefix == r->found[from].prefix;) to++;
        if (to - from == 1) continue;
        memmove(r->found + kept, r->found + from, (to - from) * sizeof *r->found);
        kept += to - from;
    }
    r->n_found = kept;
}

static assay_status read_slice(ay_repeats *r, assay_err *err)
{
    if (cut_slice(r) == 0) return ASSAY_OK;
    mark(r);
    AY_TRY(gather(r, err));
    if (r->n_found) qsort(r->found, r->n_found, sizeof *r->found, by_prefix_and_bytes);
    drop_lone(r);
    return ASSAY_OK;
}

/* ---- Reading ---- */

assay_status ay_repeats_open(ay_repeats *repeats, const ay_run *runs, uint32_t n, ay_budget *budget, bool *ret_suits,
                             assay_err *err)
{
    *repeats = (ay_repeats){.budget = budget, .runs = runs, .n = n, .bits = slice_bits(runs, n)};
    repeats->from = AY_NEW_ARRAY(n, uint32_t);
    repeats->to = AY_NEW_ARRAY(n, uint32_t);
    repeats->seen = AY_NEW_ARRAY(SEEN_WORDS, uint64_t);
    AY_NOMEM_IF(!repeats->from || !repeats->to || !repeats->seen, err);
    *ret_suits = suits(repeats);
    return ASSAY_OK;
}

assay_status ay_repeats_next(ay_repeats *repeats, ay_sort_record *ret, bool *ret_end, assay_err *err)
{
    AY_TRY(ay_budget_cancelled(repeats->budget, err));
    while (repeats->at == repeats->n_found && !is_last(repeats)) AY_TRY(read_slice(repeats, err));
    *ret_end = repeats->at == repeats->n_found;
    if (!*ret_end) *ret = repeats->found[repeats->at++];
    return ASSAY_OK;
}

void ay_repeats_close(ay_repeats *repeats)
{
    if (repeats->cap) ay_budget_give(repeats->budget, repeats->cap * sizeof *repeats->found);
    ay_free(repeats->from);
    ay_free(repeats->to);
    ay_free(repeats->seen);
    ay_free(repeats->found);
    *repeats = (ay_repeats){0};
}
