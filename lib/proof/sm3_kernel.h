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

/* Round j. Instead of moving the eight words one place on, the caller names them one place on. */
#define ROUND(FF, GG, a, b, c, d, e, f, g, h, j)                                                                       \
    do {                                                                                                               \
        const vec a12 = ROL(a, 12);                                                                                    \
        const vec sum = a12 + (e) + ay_sm3_constants[j];                                                               \
        const vec ss1 = ROL(sum, 7);                                                                                   \
        const vec tt2 = GG(e, f, g) + (h) + ss1 + w[j];                                                                \
        (d) += FF(a, b, c) + (ss1 ^ a12) + (w[j] ^ w[(j) + 4]);                                                        \
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

static void load(vec *w, const unsigned char *const *blocks)
{
    uint32_t words[16][LANES];
    for (unsigned l = 0; l < LANES; l++)
        for (unsigned i = 0; i < 16; i++) {
            const unsigned char *p = blocks[l] + 4 * i;
            words[i][l] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
        }
    memcpy(w, words, sizeof words);
}

static void expand(vec *w)
{
    for (unsigned j = 16; j < 68; j++) {
        const vec w3 = w[j - 3], w13 = w[j - 13];
        const vec mixed = w[j - 16] ^ w[j - 9] ^ ROL(w3, 15);
        w[j] = P1(mixed) ^ ROL(w13, 7) ^ w[j - 6];
    }
}

static void absorb(uint32_t *state, const unsigned char *const *blocks)
{
    vec w[68], v[8];
    load(w, blocks);
    expand(w);
    memcpy(v, state, sizeof v);
    vec a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
    for (unsigned j = 0; j < 16; j += 4) FOUR_ROUNDS(XOR, XOR, j);
    for (unsigned j = 16; j < 64; j += 4) FOUR_ROUNDS(MAJORITY, CHOICE, j);
    const vec turned[8] = {a, b, c, d, e, f, g, h};
    for (unsigned i = 0; i < 8; i++) v[i] ^= turned[i];
    memcpy(state, v, sizeof v);
}
