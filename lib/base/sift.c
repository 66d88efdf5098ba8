#include "base/sift.h"

#include "base/mem.h"

enum { FILTERS = 3, STEP = 16 };

static size_t seen_bytes(unsigned bits)
{
    return ((size_t)1 << bits) / 32 * sizeof(uint64_t);
}

assay_status ay_sift_open(ay_sift *sift, ay_budget *budget, size_t most, unsigned low, assay_err *err)
{
    unsigned bits = 10;
    while ((size_t)1 << bits < most * AY_SIFT_PLACES) bits++;
    uint64_t *seen = (uint64_t *)ay_alloc(seen_bytes(bits));
    AY_NOMEM_IF(!seen, err);
    ay_budget_take(budget, seen_bytes(bits));
    *sift = (ay_sift){budget, seen, bits, low};
    return ASSAY_OK;
}

void ay_sift_close(ay_sift *sift)
{
    if (sift->seen) ay_budget_give(sift->budget, seen_bytes(sift->bits));
    sift->seen = (uint64_t *)ay_free(sift->seen);
}

/* Those that share their place in the filter with another one. */
static size_t keep_sharing(ay_sift *s, unsigned shift, ay_pair *pairs, size_t n)
{
    const uint64_t mask = ((uint64_t)1 << s->bits) - 1;
    size_t kept = 0;
    memset(s->seen, 0, seen_bytes(s->bits));
    for (size_t i = 0; i < n; i++) {
        const uint64_t place = pairs[i].hash >> shift & mask, once = UINT64_C(1) << place % 32 * 2;
        s->seen[place / 32] |= once | (s->seen[place / 32] & once) << 1;
    }
    for (size_t i = 0; i < n; i++) {
        const ay_pair pair = pairs[i];
        const uint64_t place = pair.hash >> shift & mask;
        pairs[kept] = pair;
        kept += s->seen[place / 32] >> (place % 32 * 2 + 1) & 1;
    }
    return kept;
}

/* One in sixteen of those that are alone shares its place with another one, and hardly one shares three. */
size_t ay_sift_keep(ay_sift *sift, ay_pair *pairs, size_t n)
{
    for (unsigned i = 0; i < FILTERS; i++) n = keep_sharing(sift, sift->low + i * STEP, pairs, n);
    return n;
}
