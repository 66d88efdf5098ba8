/* Texts on their way into a tuple (see tuple.h), for those who write tuples. */
#ifndef AY_RECORD_TUPLE_TEXT_H
#define AY_RECORD_TUPLE_TEXT_H

#include "base/word.h"

#define AY_TUPLE_TEXT_MORE 4 /* bytes beside those of a text without zeros: tag, type, two that close it */

typedef unsigned char ay_tuple_block __attribute__((vector_size(16)));

static inline ay_tuple_block ay_tuple_copy_block(char *to, const char *from)
{
    ay_tuple_block block;
    memcpy(&block, from, sizeof block);
    memcpy(to, &block, sizeof block);
    return (ay_tuple_block)(block == 0);
}

static inline uint64_t ay_tuple_zeros(uint64_t word)
{
    return (word - AY_WORD_OF(1)) & ~word & AY_WORD_OF(0x80);
}

static inline uint64_t ay_tuple_copy_few(char *to, ay_str s)
{
    const uint64_t word = ay_load_few(s.ptr, s.len);
    const size_t n = s.len, middle = n / 2;
    if (n >= 4) {
        memcpy(to, &word, 4);
        memcpy(to + n - 4, s.ptr + n - 4, 4);
    } else if (n) {
        to[0] = s.ptr[0];
        to[middle] = s.ptr[middle];
        to[n - 1] = s.ptr[n - 1];
    }
    return ay_tuple_zeros(word | ~UINT64_C(0) << 8 * n);
}

/* Copies the text as it is, in blocks of which the last two may overlap. Not 0: it has a zero byte, so what was copied
 * is of no use. */
static inline uint64_t ay_tuple_copy(char *to, ay_str s)
{
    const char *from = s.ptr;
    if (s.len < 8) return ay_tuple_copy_few(to, s);
    if (s.len < 16) {
        const uint64_t first = ay_load64(from), last = ay_load64(from + s.len - 8);
        memcpy(to, &first, 8);
        memcpy(to + s.len - 8, &last, 8);
        return ay_tuple_zeros(first) | ay_tuple_zeros(last);
    }
    ay_tuple_block zeros = {0};
    const char *const end = from + s.len;
    for (; end - from > 32; from += 32, to += 32)
        zeros |= ay_tuple_copy_block(to, from) | ay_tuple_copy_block(to + 16, from + 16);
    const size_t left = (size_t)(end - from), back = s.len < 32 ? s.len : 32; /* left: up to 32 */
    zeros |= ay_tuple_copy_block(to + left - back, end - back);
    zeros |= ay_tuple_copy_block(to + left - 16, end - 16);
    uint64_t halves[2];
    memcpy(halves, &zeros, sizeof zeros);
    return halves[0] | halves[1];
}

#endif
