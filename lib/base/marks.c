#include "base/marks.h"

#include "base/word.h"

/* The highest bits of eight bytes, as eight bits. */
static uint64_t gather(uint64_t word)
{
    return (word >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static uint64_t block(ay_str text, size_t from, const ay_mark_set *set)
{
    uint64_t found = 0;
    for (size_t at = from; at < text.len && at < from + 64; at += 8) {
        const uint64_t word = ay_word_at(text, at);
        uint64_t hits = 0;
        for (size_t i = 0; i < AY_MARKS_KINDS; i++) {
            const unsigned char c = (unsigned char)set->of[i];
            hits |= ay_word_within(word, c, c);
        }
        found |= gather(hits) << (at - from);
    }
    return found;
}

void ay_marks_plain(ay_str text, const ay_mark_set *set, uint64_t *out)
{
    for (size_t at = 0; at < text.len; at += 64) out[at / 64] = block(text, at, set);
}

ay_marks_fn ay_marks_best(void)
{
#if AY_MARKS_WIDE
    if (__builtin_cpu_supports("avx512bw")) return ay_marks_avx512;
    if (__builtin_cpu_supports("avx2")) return ay_marks_avx2;
#endif
    return ay_marks_plain;
}
