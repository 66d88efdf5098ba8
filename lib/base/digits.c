#include "base/digits.h"

#include <string.h>

#include "base/dec_wide.h"

static const char pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445"
    "46474849505152535455565758596061626364656667686970717273747576777879808182838485868788899091"
    "9293949596979899";

unsigned ay_digit_count(uint64_t v)
{
    const unsigned bits = 64 - (unsigned)__builtin_clzll(v | 1), least = bits * 1233 >> 12; /* log10(2) */
    return least + ((v | 1) >= (uint64_t)ay_pow10[least]);
}

/* Four numbers of four digits are divided by 100 in two steps, each in words of 32 bits: 5243 / 2^19 is near enough. */
static uint64_t split_fours(uint64_t fours)
{
    const uint64_t mask = UINT64_C(0x0000FFFF0000FFFF), odd = fours >> 16 & mask, even = fours & mask;
    const uint64_t high = (even * 5243 >> 19 & UINT64_C(0x7F0000007F)) | (odd * 5243 >> 19 & UINT64_C(0x7F0000007F))
                                                                             << 16;
    return high | (fours - high * 100) << 8;
}

uint64_t ay_digit_pairs(uint64_t v, unsigned *ret_n)
{
    *ret_n = ay_digit_count(v);
    v *= (uint64_t)ay_pow10[16 - *ret_n];
    const uint64_t high = v / 100000000, low = v % 100000000;
    return split_fours(high / 10000 | high % 10000 << 16 | low / 10000 << 32 | low % 10000 << 48);
}

char *ay_put_digits(char *to, uint64_t v, unsigned n)
{
    unsigned left = n;
    for (; left >= 2; left -= 2, v /= 100) memcpy(to + left - 2, pairs + v % 100 * 2, 2);
    if (left) *to = (char)('0' + v % 10);
    return to + n;
}

char *ay_put_i64(char *to, int64_t v)
{
    const uint64_t magnitude = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    if (v < 0) *to++ = '-';
    return ay_put_digits(to, magnitude, ay_digit_count(magnitude));
}
