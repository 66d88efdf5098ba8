/* Bitmaps over the records of a batch: bit i is record i, words of 64. Bits past the last record are 0. */
#ifndef AY_BASE_BITS_H
#define AY_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define AY_BITS_WORDS(n) (((size_t)(n) + 63) / 64)

static inline bool ay_bit(const uint64_t *bits, size_t i)
{
    return (bits[i >> 6] >> (i & 63)) & 1;
}
static inline void ay_bit_set(uint64_t *bits, size_t i)
{
    bits[i >> 6] |= UINT64_C(1) << (i & 63);
}
static inline void ay_bit_clear(uint64_t *bits, size_t i)
{
    bits[i >> 6] &= ~(UINT64_C(1) << (i & 63));
}
static inline void ay_bits_zero(uint64_t *bits, size_t n)
{
    memset(bits, 0, AY_BITS_WORDS(n) * 8);
}

static inline void ay_bits_fill(uint64_t *bits, size_t n)
{
    memset(bits, 0xff, AY_BITS_WORDS(n) * 8);
    if (n % 64) bits[n / 64] &= (UINT64_C(1) << (n % 64)) - 1;
}

static inline uint64_t ay_bits_count(const uint64_t *bits, size_t n)
{
    uint64_t total = 0;
    for (size_t w = 0; w < AY_BITS_WORDS(n); w++) total += (uint64_t)__builtin_popcountll(bits[w]);
    return total;
}

/* for every set bit i of bits[0..n): body. `break` leaves only the current word. */
#define AY_BITS_EACH(i, bits, n)                                                                                       \
    for (size_t ay_w = 0, i = 0; ay_w < AY_BITS_WORDS(n); ay_w++)                                                      \
        for (uint64_t ay_m = (bits)[ay_w]; ay_m && (i = ay_w * 64 + (size_t)__builtin_ctzll(ay_m), true);              \
             ay_m &= ay_m - 1)

#endif
