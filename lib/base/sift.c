#include "base/sift.h"

#include <stdlib.h>

#include "base/mem.h"

#define PLACES 16 /* in the filter for each pair */

static size_t seen_bytes(unsigned bits)
{
    return ((size_t)1 << bits) / 32 * sizeof(uint64_t);
}

assay_status ay_sift_open(ay_sift *sift, ay_budget *budget, size_t most, assay_err *err)
{
    unsigned bits = 5;
    while ((size_t)1 << bits < most * PLACES) bits++;
    uint64_t *seen = (uint64_t *)ay_alloc(seen_bytes(bits));
    AY_NOMEM_IF(!seen, err);
    ay_budget_take(budget, seen_bytes(bits));
    *sift = (ay_sift){budget, seen, bits};
    return ASSAY_OK;
}

void ay_sift_close(ay_sift *sift)
{
    if (!sift->seen) return;
    ay_budget_give(sift->budget, seen_bytes(sift->bits));
    sift->seen = (uint64_t *)ay_free(sift->seen);
}

static uint64_t *word_of(const ay_sift *s, uint64_t hash)
{
    return &s->seen[(hash >> 8 & (((uint64_t)1 << s->bits) - 1)) >> 5];
}

static unsigned place_in_word(uint64_t hash)
{
    return (unsigned)(hash >> 8 & 31) * 2;
}

/* Those that share their place in the filter, in the order in which they were. */
static size_t keep_sharing(ay_sift *s, ay_pair *pairs, size_t n)
{
    size_t kept = 0;
    memset(s->seen, 0, seen_bytes(s->bits));
    for (size_t i = 0; i < n; i++) {
        uint64_t *word = word_of(s, pairs[i].hash);
        const uint64_t once = UINT64_C(1) << place_in_word(pairs[i].hash);
        *word |= once | (*word & once) << 1;
    }
    for (size_t i = 0; i < n; i++) {
        const ay_pair p = pairs[i];
        pairs[kept] = p;
        kept += *word_of(s, p.hash) >> place_in_word(p.hash) >> 1 & 1;
    }
    return kept;
}

static int compare(const void *a, const void *b)
{
    const ay_pair *x = (const ay_pair *)a, *y = (const ay_pair *)b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return (x->with > y->with) - (x->with < y->with);
}

/* Of sorted ones; some only shared their place with another one. */
static size_t keep_repeats(ay_pair *pairs, size_t n)
{
    size_t kept = 0;
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && pairs[to].hash == pairs[from].hash;) to++;
        for (size_t i = from; to - from > 1 && i < to; i++) pairs[kept++] = pairs[i];
    }
    return kept;
}

size_t ay_sift_repeats(ay_sift *sift, ay_pair *pairs, size_t n)
{
    const size_t sharing = keep_sharing(sift, pairs, n);
    if (sharing) qsort(pairs, sharing, sizeof *pairs, compare);
    return keep_repeats(pairs, sharing);
}
