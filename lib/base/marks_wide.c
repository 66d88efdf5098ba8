/* Marks in vectors of 32 and 64 bytes. What lies outside the text is never read. */
#include <immintrin.h>

#include "base/marks.h"

#define AVX2   __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512bw")))

AVX2 static inline uint64_t half(const char *p, const __m256i of[AY_MARKS_KINDS])
{
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i hits = _mm256_cmpeq_epi8(bytes, of[0]);
    for (int i = 1; i < AY_MARKS_KINDS; i++) hits = _mm256_or_si256(hits, _mm256_cmpeq_epi8(bytes, of[i]));
    return (uint32_t)_mm256_movemask_epi8(hits);
}

AVX2 void ay_marks_avx2(ay_str text, const ay_mark_set *set, uint64_t *out)
{
    __m256i of[AY_MARKS_KINDS];
    for (int i = 0; i < AY_MARKS_KINDS; i++) of[i] = _mm256_set1_epi8(set->of[i]);
    size_t at = 0;
    for (; text.len - at >= 64; at += 64) out[at / 64] = half(text.ptr + at, of) | half(text.ptr + at + 32, of) << 32;
    if (at < text.len) ay_marks_plain(ay_str_slice(text, at, text.len), set, out + at / 64);
}

AVX512 void ay_marks_avx512(ay_str text, const ay_mark_set *set, uint64_t *out)
{
    __m512i of[AY_MARKS_KINDS];
    for (int i = 0; i < AY_MARKS_KINDS; i++) of[i] = _mm512_set1_epi8(set->of[i]);
    for (size_t at = 0; at < text.len; at += 64) {
        const size_t left = text.len - at;
        const uint64_t here = left < 64 ? (UINT64_C(1) << left) - 1 : UINT64_MAX;
        const __m512i bytes = _mm512_maskz_loadu_epi8(here, text.ptr + at);
        uint64_t hits = 0;
        for (int i = 0; i < AY_MARKS_KINDS; i++) hits |= _mm512_mask_cmpeq_epi8_mask(here, bytes, of[i]);
        out[at / 64] = hits;
    }
}
