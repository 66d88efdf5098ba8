#include "check/drift.h"

#include <math.h>

#include "check/huge.h"

#define E6 1000000

__extension__ typedef unsigned __int128 u128;

static uint64_t sum_of(const uint64_t *counts, uint32_t n)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += counts[i];
    return sum;
}

/* The counts that shares are made of: count * times + more, over total * times + kinds * more. */
typedef struct smoothing {
    uint64_t times, more, kinds;
} smoothing;

static smoothing smoothing_of(const uint64_t *now, const uint64_t *then, uint32_t n)
{
    smoothing s = {1, 0, 0};
    for (uint32_t i = 0; i < n; i++) {
        s.kinds += now[i] || then[i];
        if (!now[i] == !then[i]) continue;
        s.times = 2;
        s.more = 1;
    }
    return s;
}

static double share(const smoothing *s, uint64_t count, uint64_t total)
{
    return (double)(count * s->times + s->more) / (double)(total * s->times + s->kinds * s->more);
}

uint64_t ay_psi_e6(const uint64_t *now, const uint64_t *then, uint32_t n, uint32_t *ret_most)
{
    const smoothing s = smoothing_of(now, then, n);
    const uint64_t n_now = sum_of(now, n), n_then = sum_of(then, n);
    double sum = 0, most = 0;
    *ret_most = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!now[i] && !then[i]) continue;
        const double p = share(&s, now[i], n_now), q = share(&s, then[i], n_then);
        const double part = (p - q) * log(p / q);
        sum += part;
        if (part <= most) continue;
        most = part;
        *ret_most = i;
    }
    return sum > 0 ? (uint64_t)(sum * E6 + 0.5) : 0;
}

static ay_huge huge_of(u128 v)
{
    return (ay_huge){.limb = {(uint64_t)v, (uint64_t)(v >> 64)}};
}

bool ay_ks_is_above(const uint64_t *now, const uint64_t *then, uint32_t n, uint64_t limit_e6, uint64_t *ret_e6,
                    uint32_t *ret_most)
{
    const uint64_t n_now = sum_of(now, n), n_then = sum_of(then, n);
    uint64_t up_now = 0, up_then = 0;
    u128 most = 0;
    *ret_most = 0;
    for (uint32_t i = 0; i < n; i++) {
        up_now += now[i];
        up_then += then[i];
        const u128 a = (u128)up_now * n_then, b = (u128)up_then * n_now;
        const u128 apart = a > b ? a - b : b - a;
        if (apart <= most) continue;
        most = apart;
        *ret_most = i;
    }
    ay_huge moved = huge_of(most), allowed = huge_of((u128)n_now * n_then);
    const ay_huge million = ay_huge_from_u64(E6), limit = ay_huge_from_u64(limit_e6);
    ay_huge_mul(&moved, &million);
    ay_huge_mul(&allowed, &limit);
    const bool is_above = ay_huge_cmp(&moved, &allowed) > 0;
    ay_huge_div(&moved, n_now);
    ay_huge_div(&moved, n_then);
    *ret_e6 = moved.limb[0];
    return is_above;
}
