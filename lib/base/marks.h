/* Where in a text a few characters stand: a bitmap, made 64 bytes at a time, so that who looks for them goes from one
 * to the next without looking at what lies between. */
#ifndef AY_BASE_MARKS_H
#define AY_BASE_MARKS_H

#include "base/str.h"

#ifdef __x86_64__
#define AY_MARKS_WIDE 1
#else
#define AY_MARKS_WIDE 0
#endif

#define AY_MARKS_KINDS 4

/* The characters, of ASCII; one may stand there twice. */
typedef struct ay_mark_set {
    char of[AY_MARKS_KINDS];
} ay_mark_set;

/* Bit i % 64 of out[i / 64]: text.ptr[i] is one of them. Bits beyond the text, in the last word, are 0. */
typedef void (*ay_marks_fn)(ay_str text, const ay_mark_set *set, uint64_t *out);

/* The fastest way that this processor has. */
ay_marks_fn ay_marks_best(void);

/* All ways, for the tests: they agree on every text. */
void ay_marks_plain(ay_str text, const ay_mark_set *set, uint64_t *out);
#if AY_MARKS_WIDE
void ay_marks_avx2(ay_str text, const ay_mark_set *set, uint64_t *out);   /* only where the processor has AVX2 */
void ay_marks_avx512(ay_str text, const ay_mark_set *set, uint64_t *out); /* AVX512BW */
#endif

#endif
