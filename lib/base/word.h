/* Eight bytes of text at once, as a word whose lowest byte is the first. Only the bytes that are named are read. */
#ifndef AY_BASE_WORD_H
#define AY_BASE_WORD_H

#include "base/str.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte of a word is its lowest");

#define AY_WORD_OF(byte) (UINT64_C(0x0101010101010101) * (byte)) /* eight times the same */

static inline uint32_t ay_load32(const char *at)
{
    uint32_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline uint64_t ay_load64(const char *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

/* The first n bytes, n <= 8, and zeros above. Some are read twice, and a byte always goes to its own place. */
static inline uint64_t ay_load_few(const char *at, size_t n)
{
    const unsigned char *p = (const unsigned char *)at;
    if (n >= 4) return ay_load32(at) | (uint64_t)ay_load32(at + n - 4) << 8 * (n - 4);
    return n ? p[0] | (uint64_t)p[n / 2] << 8 * (n / 2) | (uint64_t)p[n - 1] << 8 * (n - 1) : 0;
}

/* The word at a place inside the text, with zeros above its end. */
static inline uint64_t ay_word_at(ay_str text, size_t at)
{
    const size_t left = text.len - at;
    return left >= 8 ? ay_load64(text.ptr + at) : ay_load_few(text.ptr + at, left);
}

/* ay_str_eq without a call where the texts are short. */
static inline bool ay_word_eq(ay_str a, ay_str b)
{
    if (a.len != b.len) return false;
    if (a.len <= 8) return ay_load_few(a.ptr, a.len) == ay_load_few(b.ptr, b.len);
    if (a.len > 16) return memcmp(a.ptr, b.ptr, a.len) == 0;
    const size_t last = a.len - 8;
    return ay_load64(a.ptr) == ay_load64(b.ptr) && ay_load64(a.ptr + last) == ay_load64(b.ptr + last);
}

static inline bool ay_is_ascii(ay_str text)
{
    uint64_t all = 0;
    for (size_t at = 0; at < text.len; at += 8) all |= ay_word_at(text, at);
    return !(all & AY_WORD_OF(0x80));
}

/* The highest bit of every byte that lies from `low` to `high`, both of ASCII. */
static inline uint64_t ay_word_within(uint64_t word, unsigned char low, unsigned char high)
{
    const uint64_t seven_bits = word & AY_WORD_OF(0x7F);
    const uint64_t from_low = seven_bits + AY_WORD_OF(0x80u - low), above = seven_bits + AY_WORD_OF(0x7Fu - high);
    return from_low & ~above & ~word & AY_WORD_OF(0x80);
}

/* How many bytes have their highest bit set. */
static inline size_t ay_word_count(uint64_t word)
{
    return (word >> 7 & AY_WORD_OF(1)) * AY_WORD_OF(1) >> 56;
}

static inline bool ay_word_is_digits(uint64_t word)
{
    return ay_word_within(word, '0', '9') == AY_WORD_OF(0x80);
}

/* The number that eight digits are, the first at the lowest byte: neighbours become pairs, then fours, then all. */
static inline uint64_t ay_word_number(uint64_t digits)
{
    uint64_t v = digits & AY_WORD_OF(0x0F);
    v = (v * 10 + (v >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    v = (v * 100 + (v >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    return (v * 10000 + (v >> 32)) & UINT64_C(0xFFFFFFFF);
}

/* Every byte is one of 0 to 9; true where there is none. */
static inline bool ay_is_digits(ay_str text)
{
    size_t left = text.len;
    const char *at = text.ptr;
    for (; left >= 8; left -= 8, at += 8)
        if (!ay_word_is_digits(ay_load64(at))) return false;
    return !left || ay_word_is_digits(ay_load_few(at, left) | AY_WORD_OF('0') << 8 * left);
}

#endif
