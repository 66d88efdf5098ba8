/* UTF-8, 64 bytes at a time (J. Keiser, D. Lemire: Validating UTF-8 in less than one instruction per byte, 2021): three
 * tables, asked by halves of a byte and of the byte before it, tell which rules the pair may break; it breaks one where
 * all three agree. What lies outside the text is never read and counts as zero. */
#include <immintrin.h>

#include "base/utf8_text.h"

enum {
    TOO_SHORT = 1 << 0,  /* a lead byte without a continuation */
    TOO_LONG = 1 << 1,   /* ASCII, then a continuation */
    OVERLONG_3 = 1 << 2, /* E0 80..9F */
    TOO_LARGE = 1 << 3,  /* F4 90..BF, and above */
    SURROGATE = 1 << 4,  /* ED A0..BF */
    OVERLONG_2 = 1 << 5, /* C0, C1 */
    OUTSIDE_4 = 1 << 6,  /* F0 80..8F, and F5 80..8F and above */
    TWO_MORE = 1 << 7,   /* continuations in a row: right only as a third or fourth byte, see below */
    ANY = TOO_SHORT | TOO_LONG | TWO_MORE,
};

#define FOUR(x)  x, x, x, x
#define EIGHT(x) FOUR(x), FOUR(x)

static const uint8_t by_first_high[16] = {
    EIGHT(TOO_LONG),
    FOUR(TWO_MORE),
    TOO_SHORT | OVERLONG_2,
    TOO_SHORT,
    TOO_SHORT | OVERLONG_3 | SURROGATE,
    TOO_SHORT | TOO_LARGE | OUTSIDE_4,
};
static const uint8_t by_first_low[16] = {
    ANY | OVERLONG_2 | OVERLONG_3 | OUTSIDE_4,
    ANY | OVERLONG_2,
    ANY,
    ANY,
    ANY | TOO_LARGE,
    EIGHT(ANY | TOO_LARGE | OUTSIDE_4),
    ANY | TOO_LARGE | OUTSIDE_4 | SURROGATE,
    ANY | TOO_LARGE | OUTSIDE_4,
    ANY | TOO_LARGE | OUTSIDE_4,
};
static const uint8_t by_second_high[16] = {
    EIGHT(TOO_SHORT),
    TOO_LONG | TWO_MORE | OVERLONG_2 | OVERLONG_3 | OUTSIDE_4,
    TOO_LONG | TWO_MORE | OVERLONG_2 | OVERLONG_3 | TOO_LARGE,
    TOO_LONG | TWO_MORE | OVERLONG_2 | SURROGATE | TOO_LARGE,
    TOO_LONG | TWO_MORE | OVERLONG_2 | SURROGATE | TOO_LARGE,
    FOUR(TOO_SHORT),
};

static __m512i look_up(const uint8_t table[16], __m512i halves)
{
    return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)table)), halves);
}

static __m512i high_half(__m512i bytes)
{
    return _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(0x0f));
}

static __m512i low_half(__m512i bytes)
{
    return _mm512_and_si512(bytes, _mm512_set1_epi8(0x0f));
}

/* Bit i: the byte at `at` + i, `back` bytes back, lies in the text. `here`: the same for back = 0. */
static __m512i load_back(const char *p, size_t at, uint64_t here, unsigned back)
{
    const uint64_t before = at ? (UINT64_C(1) << back) - 1 : 0;
    return _mm512_maskz_loadu_epi8(here << back | before, (const void *)((uintptr_t)p + at - back));
}

/* Not zero where the bytes at `at` are wrong behind those before them. */
static __m512i faults(const char *p, size_t at, uint64_t here, __m512i bytes)
{
    const __m512i first = load_back(p, at, here, 1);
    const __m512i pairs = _mm512_and_si512(
        _mm512_and_si512(look_up(by_first_high, high_half(first)), look_up(by_first_low, low_half(first))),
        look_up(by_second_high, high_half(bytes)));
    const __m512i third = _mm512_subs_epu8(load_back(p, at, here, 2), _mm512_set1_epi8(0xe0 - 0x80));
    const __m512i fourth = _mm512_subs_epu8(load_back(p, at, here, 3), _mm512_set1_epi8(0xf0 - 0x80));
    const __m512i due = _mm512_and_si512(_mm512_or_si512(third, fourth), _mm512_set1_epi8((char)0x80));
    return _mm512_xor_si512(due, pairs);
}

bool ay_utf8_is_text_wide(ay_str s)
{
    for (size_t at = 0; at <= s.len; at += 64) { /* one byte past the end, too: what ends there is complete */
        const size_t left = s.len - at;
        const uint64_t here = left < 64 ? (UINT64_C(1) << left) - 1 : UINT64_MAX;
        const __m512i bytes = _mm512_maskz_loadu_epi8(here, (const void *)((uintptr_t)s.ptr + at));
        if (_mm512_mask_testn_epi8_mask(here, bytes, bytes)) return false;
        if (at == 0 && left < 64 && _mm512_movepi8_mask(bytes) == 0) return true;
        const __m512i wrong = faults(s.ptr, at, here, bytes);
        if (_mm512_test_epi8_mask(wrong, wrong)) return false;
    }
    return true;
}
