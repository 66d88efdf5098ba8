/* The compression function of SM3, once for every number of lanes: the file that includes this says LANES and may have
 * been compiled for a processor with wide registers, so nothing here is shared with other files. With LANES 1 a vector
 * is a plain word. Names are those of GB/T 32905. */
#include "proof/sm3.h"

#if LANES == 1
typedef uint32_t vec;
#else
typedef uint32_t vec __attribute__((vector_size(4 * LANES), may_alias));
#endif

/* Words side by side, one vector after another: each is taken and put by itself, as copies of many at once go through
 * memory. */
static inline vec *vectors(uint32_t *words)
{
    return (vec *)__builtin_assume_aligned(words, sizeof(vec));
}

static inline const vec *const_vectors(const uint32_t *words)
{
    return (const vec *)__builtin_assume_aligned(words, sizeof(vec));
}

#define ROL(x, n)    ((x) << (n) | (x) >> (32 - (n)))
#define P0(x)        ((x) ^ ROL(x, 9) ^ ROL(x, 17))
#define P1(x)        ((x) ^ ROL(x, 15) ^ ROL(x, 23))
#define XOR(x, y, z) ((x) ^ (y) ^ (z))
#if LANES == 16 && defined __AVX512F__ /* compilers find the one instruction for the other two, not for this */
#include <immintrin.h>
#define MAJORITY(x, y, z) ((vec)_mm512_ternarylogic_epi32((__m512i)(x), (__m512i)(y), (__m512i)(z), 0xe8))
#else
#define MAJORITY(x, y, z) (((x) & (y)) | (((x) | (y)) & (z)))
#endif
#define CHOICE(x, y, z) ((((y) ^ (z)) & (x)) ^ (z))

/* ---- From blocks to vectors, word i of all lanes side by side and turned to the machine's order, and back ---- */

#if LANES == 1
static void load(uint32_t *words, const unsigned char *const *blocks)
{
    memcpy(words, blocks[0], AY_SM3_BLOCK);
    for (unsigned i = 0; i < 16; i++) words[i] = __builtin_bswap32(words[i]);
}

static void store(const uint32_t *state, unsigned char *const *digests)
{
    for (unsigned i = 0; i < 8; i++) {
        const uint32_t word = __builtin_bswap32(state[i]);
        memcpy(digests[0] + 4 * i, &word, sizeof word);
    }
}
#else
typedef uint32_t quarter __attribute__((vector_size(16))); /* of a block: four words */

static inline quarter quarter_at(const unsigned char *at)
{
    quarter q;
    memcpy(&q, at, sizeof q);
    return q;
}

/* ROW: a quarter of every fourth lane. LOW and HIGH pair the words, LOW2 and HIGH2 the pairs of words, of the first and
 * of the second half of each quarter. */
#if LANES == 4
#define ROW(blocks, at) quarter_at((blocks)[0] + (at))
#define LOW(x, y)       __builtin_shufflevector(x, y, 0, 4, 1, 5)
#define HIGH(x, y)      __builtin_shufflevector(x, y, 2, 6, 3, 7)
#define LOW2(x, y)      __builtin_shufflevector(x, y, 0, 1, 4, 5)
#define HIGH2(x, y)     __builtin_shufflevector(x, y, 2, 3, 6, 7)
#elif LANES == 8
#define JOIN(x, y)      __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7)
#define ROW(blocks, at) JOIN(quarter_at((blocks)[0] + (at)), quarter_at((blocks)[4] + (at)))
#define LOW(x, y)       __builtin_shufflevector(x, y, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(x, y)      __builtin_shufflevector(x, y, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW2(x, y)      __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH2(x, y)     __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15)
#else
#define JOIN(x, y)      __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7)
#define JOIN2(x, y)     __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#define HALF(b, at)     JOIN(quarter_at((b)[0] + (at)), quarter_at((b)[4] + (at)))
#define ROW(blocks, at) JOIN2(HALF(blocks, at), HALF((blocks) + 8, at))
#define LOW(x, y)       __builtin_shufflevector(x, y, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define HIGH(x, y)      __builtin_shufflevector(x, y, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define LOW2(x, y)      __builtin_shufflevector(x, y, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define HIGH2(x, y)     __builtin_shufflevector(x, y, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#endif

#if LANES == 4 /* its processors may have no instruction that moves bytes as it likes */
#define SWAP(x) ((ROL(x, 8) & 0x00ff00ff) | (ROL(x, 24) & 0xff00ff00))
#else
typedef unsigned char vec_bytes __attribute__((vector_size(4 * LANES)));
#define W(i) (i) + 3, (i) + 2, (i) + 1, (i)
#define Q(i) W(i), W((i) + 4), W((i) + 8), W((i) + 12)
#if LANES == 8
#define SWAP(x) ((vec)__builtin_shufflevector((vec_bytes)(x), (vec_bytes)(x), Q(0), Q(16)))
#else
#define SWAP(x) ((vec)__builtin_shufflevector((vec_bytes)(x), (vec_bytes)(x), Q(0), Q(16), Q(32), Q(48)))
#endif
#endif

/* A square of four words of four lanes, in each quarter of the registers one: rows become columns. */
static inline void turn(const vec *rows, vec *ret)
{
    const vec low = LOW(rows[0], rows[1]), low2 = LOW(rows[2], rows[3]);
    const vec high = HIGH(rows[0], rows[1]), high2 = HIGH(rows[2], rows[3]);
    ret[0] = LOW2(low, low2);
    ret[1] = HIGH2(low, low2);
    ret[2] = LOW2(high, high2);
    ret[3] = HIGH2(high, high2);
}

static void load(uint32_t *words, const unsigned char *const *blocks)
{
    for (size_t q = 0; q < 4; q++) {
        vec rows[4];
        for (unsigned l = 0; l < 4; l++) {
            rows[l] = ROW(blocks + l, 16 * q);
            rows[l] = SWAP(rows[l]);
        }
        turn(rows, vectors(words) + 4 * q);
    }
}

static void store(const uint32_t *state, unsigned char *const *digests)
{
    for (size_t q = 0; q < 2; q++) {
        vec rows[4];
        turn(const_vectors(state) + 4 * q, rows);
        for (unsigned l = 0; l < 4; l++) {
            const vec row = SWAP(rows[l]);
            for (unsigned i = 0; i < LANES / 4; i++)
                memcpy(digests[4 * i + l] + 16 * q, (const char *)&row + (size_t)16 * i, 16);
        }
    }
}
#endif

/* ---- The compression ---- */

/* The sixteen words of the schedule that are still wanted, in a ring: word j gives way to word j + 16. */
#define WORD(j) w[(j) % 16]

#define EXPAND(j)                                                                                                      \
    do {                                                                                                               \
        const vec mixed = WORD(j) ^ WORD((j) + 7) ^ ROL(WORD((j) + 13), 15);                                           \
        WORD(j) = P1(mixed) ^ ROL(WORD((j) + 3), 7) ^ WORD((j) + 10);                                                  \
    } while (0)

/* Round j, and the schedule, which waits for nobody, beside the rounds, which wait for each other. Instead of moving
 * the eight words one place on, the caller names them one place on. Sums are bracketed so that what comes last from the
 * round before is added last. */
#define ROUND(FF, GG, a, b, c, d, e, f, g, h, j)                                                                       \
    do {                                                                                                               \
        const vec word = WORD(j);                                                                                      \
        if ((j) < 52) EXPAND(j);                                                                                       \
        const vec a12 = ROL(a, 12);                                                                                    \
        const vec sum = (a12 + ay_sm3_constants[j]) + (e);                                                             \
        const vec ss1 = ROL(sum, 7);                                                                                   \
        const vec tt2 = (((h) + word) + GG(e, f, g)) + ss1;                                                            \
        (d) = (((d) + (word ^ WORD((j) + 4))) + FF(a, b, c)) + (ss1 ^ a12);                                            \
        (h) = P0(tt2);                                                                                                 \
        (b) = ROL(b, 9);                                                                                               \
        (f) = ROL(f, 19);                                                                                              \
    } while (0)

#define FOUR_ROUNDS(FF, GG, j)                                                                                         \
    do {                                                                                                               \
        ROUND(FF, GG, a, b, c, d, e, f, g, h, (j));                                                                    \
        ROUND(FF, GG, d, a, b, c, h, e, f, g, (j) + 1);                                                                \
        ROUND(FF, GG, c, d, a, b, g, h, e, f, (j) + 2);                                                                \
        ROUND(FF, GG, b, c, d, a, f, g, h, e, (j) + 3);                                                                \
    } while (0)

#define SIXTEEN_ROUNDS(FF, GG, j)                                                                                      \
    do {                                                                                                               \
        FOUR_ROUNDS(FF, GG, (j));                                                                                      \
        FOUR_ROUNDS(FF, GG, (j) + 4);                                                                                  \
        FOUR_ROUNDS(FF, GG, (j) + 8);                                                                                  \
        FOUR_ROUNDS(FF, GG, (j) + 12);                                                                                 \
    } while (0)

/* Written out in full: only so do the words stay in registers. */
static void absorb(uint32_t *state, const uint32_t *words)
{
    vec *v = vectors(state), w[16];
    for (unsigned i = 0; i < 16; i++) w[i] = const_vectors(words)[i];
    vec a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
    SIXTEEN_ROUNDS(XOR, XOR, 0);
    SIXTEEN_ROUNDS(MAJORITY, CHOICE, 16);
    SIXTEEN_ROUNDS(MAJORITY, CHOICE, 32);
    SIXTEEN_ROUNDS(MAJORITY, CHOICE, 48);
    const vec turned[8] = {a, b, c, d, e, f, g, h};
    for (unsigned i = 0; i < 8; i++) v[i] ^= turned[i];
}
