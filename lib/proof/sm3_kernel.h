/* The compression function of SM3, once for every number of lanes: the file that includes this says LANES and may have
 * been compiled for a processor with wide registers, so nothing here is shared with other files. With LANES 1 a vector
 * is a plain word. Names are those of GB/T 32905. */
#include "proof/sm3.h"

#if LANES == 1
typedef uint32_t vec;
#else
typedef uint32_t vec __attribute__((vector_size(4 * LANES)));
#endif

#define ROL(x, n)         ((x) << (n) | (x) >> (32 - (n)))
#define P0(x)             ((x) ^ ROL(x, 9) ^ ROL(x, 17))
#define P1(x)             ((x) ^ ROL(x, 15) ^ ROL(x, 23))
#define XOR(x, y, z)      ((x) ^ (y) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | (((x) | (y)) & (z)))
#define CHOICE(x, y, z)   ((((y) ^ (z)) & (x)) ^ (z))

/* Round j. Instead of moving the eight words one place on, the caller names them one place on. Sums are bracketed so
 * that what comes last from the round before is added last. */
#define ROUND(FF, GG, a, b, c, d, e, f, g, h, j)                                                                       \
    do {                                                                                                               \
        const vec a12 = ROL(a, 12);                                                                                    \
        const vec sum = (a12 + ay_sm3_constants[j]) + (e);                                                             \
        const vec ss1 = ROL(sum, 7);                                                                                   \
        const vec tt2 = (((h) + w[j]) + GG(e, f, g)) + ss1;                                                            \
        (d) = (((d) + (w[j] ^ w[(j) + 4])) + FF(a, b, c)) + (ss1 ^ a12);                                               \
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

/* ---- From blocks to vectors: word i of all lanes side by side, turned to the machine's order of bytes ---- */

#if LANES == 1
static void load(vec *w, const unsigned char *const *blocks)
{
    memcpy(w, blocks[0], AY_SM3_BLOCK);
    for (unsigned i = 0; i < 16; i++) w[i] = __builtin_bswap32(w[i]);
}
#else
#define SWAP(x) ((ROL(x, 8) & 0x00ff00ff) | (ROL(x, 24) & 0xff00ff00))

#if LANES == 4
#define LOW(x, y)  __builtin_shufflevector(x, y, 0, 4, 1, 5)
#define HIGH(x, y) __builtin_shufflevector(x, y, 2, 6, 3, 7)
#elif LANES == 8
#define LOW(x, y)  __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(x, y) __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define LOW(x, y)  __builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(x, y) __builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#endif

/* Shuffling a row with the one half the rows away turns the bits of (row, column) by one place; when all bits of the
 * row have become those of the column the square is transposed. */
static void transpose(vec *rows)
{
    for (unsigned turned = 1; turned < LANES; turned *= 2) {
        vec next[LANES];
        for (unsigned i = 0; i < LANES / 2; i++) {
            next[2 * i] = LOW(rows[i], rows[i + LANES / 2]);
            next[2 * i + 1] = HIGH(rows[i], rows[i + LANES / 2]);
        }
        memcpy(rows, next, sizeof next);
    }
}

static void load(vec *w, const unsigned char *const *blocks)
{
    for (unsigned from = 0; from < 16; from += LANES) {
        vec rows[LANES];
        for (unsigned l = 0; l < LANES; l++) memcpy(&rows[l], blocks[l] + 4 * (size_t)from, sizeof rows[l]);
        transpose(rows);
        for (unsigned i = 0; i < LANES; i++) w[from + i] = SWAP(rows[i]);
    }
}
#endif

/* ---- The compression ---- */

/* The words j to j + 3 of the schedule. */
static inline void expand(vec *w, unsigned j)
{
    for (const unsigned end = j + 4; j < end; j++) {
        const vec w3 = w[j - 3], w13 = w[j - 13];
        const vec mixed = w[j - 16] ^ w[j - 9] ^ ROL(w3, 15);
        w[j] = P1(mixed) ^ ROL(w13, 7) ^ w[j - 6];
    }
}

static void absorb(uint32_t *state, const unsigned char *const *blocks)
{
    vec w[68], v[8];
    load(w, blocks);
    memcpy(v, state, sizeof v);
    vec a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
    unsigned j = 0;
    for (; j < 16; j += 4) { /* the schedule, which waits for nobody, beside the rounds, which wait for each other */
        expand(w, j + 16);
        FOUR_ROUNDS(XOR, XOR, j);
    }
    for (; j < 52; j += 4) {
        expand(w, j + 16);
        FOUR_ROUNDS(MAJORITY, CHOICE, j);
    }
    for (; j < 64; j += 4) FOUR_ROUNDS(MAJORITY, CHOICE, j);
    const vec turned[8] = {a, b, c, d, e, f, g, h};
    for (unsigned i = 0; i < 8; i++) v[i] ^= turned[i];
    memcpy(state, v, sizeof v);
}
