#include "proof/sm3.h"

#include "base/mem.h"
#include "proof/sm3_wide.h"

#define BLOCK AY_SM3_BLOCK
#define MOST  AY_SM3_LANES_MAX

/* ---- Which kernels there are ---- */

const ay_sm3_kernel *ay_sm3_kernel_at(size_t i)
{
    const ay_sm3_kernel *usable[4] = {&ay_sm3_plain};
    size_t n = 1;
#if AY_SM3_WIDE
    if (__builtin_cpu_supports("sse2")) usable[n++] = &ay_sm3_sse2;
    if (__builtin_cpu_supports("avx2")) usable[n++] = &ay_sm3_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) usable[n++] = &ay_sm3_avx512;
#endif
    return i < n ? usable[i] : NULL;
}

const ay_sm3_kernel *ay_sm3_widest(void)
{
    const ay_sm3_kernel *widest = &ay_sm3_plain;
    for (size_t i = 1; ay_sm3_kernel_at(i); i++) widest = ay_sm3_kernel_at(i);
    return widest;
}

/* ---- Words of all lanes side by side ---- */

typedef struct words {
    uint32_t of[16 * MOST] __attribute__((aligned(64)));
} words;

typedef struct states {
    uint32_t of[8 * MOST] __attribute__((aligned(64)));
} states;

static void set_word(uint32_t *word, uint32_t lanes, uint32_t v)
{
    for (uint32_t l = 0; l < lanes; l++) word[l] = v;
}

static void set_states(states *to, uint32_t lanes, const ay_sm3_start *start)
{
    for (uint32_t w = 0; w < 8; w++) set_word(to->of + (size_t)w * lanes, lanes, start->words[w]);
}

static void write_digest(ay_digest *ret, const uint32_t *state, uint32_t stride)
{
    for (uint32_t w = 0; w < 8; w++) {
        const uint32_t v = __builtin_bswap32(state[w * stride]);
        memcpy(ret->bytes + 4 * (size_t)w, &v, sizeof v);
    }
}

void ay_sm3_start_behind(const unsigned char *block, ay_sm3_start *ret)
{
    words w;
    *ret = ay_sm3_initial;
    ay_sm3_plain.load(w.of, &block);
    ay_sm3_plain.absorb(ret->words, w.of);
    ret->bytes = BLOCK;
}

/* ---- The blocks of a message ---- */

static size_t length_of(const ay_message *message)
{
    return message->head.len + message->body.len;
}

static size_t blocks_of(const ay_message *message)
{
    return (length_of(message) + 1 + 8 + BLOCK - 1) / BLOCK; /* 0x80 and eight bytes of length behind it */
}

/* As much of the piece from `from` on as there is room behind the n bytes that are there. */
static size_t put_piece(unsigned char *block, size_t n, ay_str piece, size_t from)
{
    if (from >= piece.len) return n;
    const size_t rest = piece.len - from, room = BLOCK - n, len = rest < room ? rest : room;
    memcpy(block + n, piece.ptr + from, len);
    return n + len;
}

/* The bytes from `at` on: where they lie, or else put together in `scratch` with what pads the message. */
static const unsigned char *block_at(const ay_message *m, size_t at, uint64_t before, unsigned char *scratch)
{
    const size_t len = length_of(m), in_body = at > m->head.len ? at - m->head.len : 0;
    if (at >= m->head.len && at + BLOCK <= len) return (const unsigned char *)m->body.ptr + in_body;
    memset(scratch, 0, BLOCK);
    const size_t n = put_piece(scratch, put_piece(scratch, 0, m->head, at), m->body, in_body);
    if (n < BLOCK && at + n == len) scratch[n] = 0x80;
    const uint64_t bits = __builtin_bswap64((before + len) * 8);
    if (at + BLOCK >= len + 1 + sizeof bits) memcpy(scratch + BLOCK - sizeof bits, &bits, sizeof bits);
    return scratch;
}

/* ---- Groups: as many messages as there are lanes, of nearly the same length ---- */

typedef struct group {
    const ay_sm3_kernel *kernel;
    const ay_sm3_start *start, *outer; /* outer: NULL where it is no HMAC */
    uint32_t n;                        /* messages: the lanes behind them do nothing of use */
    const ay_message *messages[MOST];
    ay_digest *ret[MOST];
    size_t blocks[MOST];
    states running, ended;
    words words;
    unsigned char scratch[MOST][BLOCK];
} group;

/* Block k of every lane that has one. */
static void step(group *g, size_t k)
{
    static const unsigned char idle[BLOCK];
    const unsigned char *blocks[MOST];
    for (uint32_t l = 0; l < g->kernel->lanes; l++)
        blocks[l] =
            l < g->n && k < g->blocks[l] ? block_at(g->messages[l], k * BLOCK, g->start->bytes, g->scratch[l]) : idle;
    g->kernel->load(g->words.of, blocks);
    g->kernel->absorb(g->running.of, g->words.of);
}

/* What a lane has come to when its message ends. */
static void keep_ended(group *g, size_t blocks)
{
    const uint32_t lanes = g->kernel->lanes;
    for (uint32_t l = 0; l < g->n; l++)
        for (uint32_t w = 0; g->blocks[l] == blocks && w < 8; w++)
            g->ended.of[w * lanes + l] = g->running.of[w * lanes + l];
}

/* The digests stand side by side already, as the words of the outer block begin. */
static void absorb_outer(group *g)
{
    const uint32_t lanes = g->kernel->lanes;
    memset(&g->words, 0, sizeof g->words);
    memcpy(g->words.of, g->ended.of, 8 * sizeof(uint32_t) * lanes);
    set_word(g->words.of + (size_t)8 * lanes, lanes, 0x80000000);
    set_word(g->words.of + (size_t)15 * lanes, lanes, (uint32_t)(g->outer->bytes + AY_DIGEST_SIZE) * 8);
    set_states(&g->ended, lanes, g->outer);
    g->kernel->absorb(g->ended.of, g->words.of);
}

static void hash_group(group *g)
{
    const uint32_t lanes = g->kernel->lanes;
    size_t least = SIZE_MAX, most = 0;
    for (uint32_t l = 0; l < g->n; l++) {
        g->blocks[l] = blocks_of(g->messages[l]);
        if (g->blocks[l] < least) least = g->blocks[l];
        if (g->blocks[l] > most) most = g->blocks[l];
    }
    set_states(&g->running, lanes, g->start);
    for (size_t k = 0; k < most; k++) {
        step(g, k);
        if (least != most) keep_ended(g, k + 1);
    }
    if (least == most) g->ended = g->running;
    if (g->outer) absorb_outer(g);
    for (uint32_t l = 0; l < g->n; l++) write_digest(g->ret[l], g->ended.of + l, lanes);
}

/* ---- Batches: in the order of length ---- */

#define CHUNK   256
#define SHORT   64 /* blocks: up to here each number of them is a class, beyond an eighth of an octave */
#define CLASSES (SHORT + 8 * 58)

static size_t class_of(const ay_message *message)
{
    const size_t blocks = blocks_of(message);
    if (blocks < SHORT) return blocks;
    const unsigned octave = 63 - (unsigned)__builtin_clzll(blocks);
    return SHORT + 8 * (size_t)(octave - 6) + (blocks >> (octave - 3) & 7);
}

static void set_order(const ay_message *messages, uint32_t n, uint16_t *order)
{
    uint16_t begin[CLASSES + 1] = {0}, classes[CHUNK];
    for (uint32_t i = 0; i < n; i++) begin[(classes[i] = (uint16_t)class_of(&messages[i])) + 1]++;
    for (uint32_t c = 1; c < CLASSES; c++) begin[c] += begin[c - 1];
    for (uint32_t i = 0; i < n; i++) order[begin[classes[i]]++] = (uint16_t)i;
}

static void hash_chunk(group *g, const ay_message *messages, uint32_t n, ay_digest *ret)
{
    uint16_t order[CHUNK];
    set_order(messages, n, order);
    for (uint32_t from = 0; from < n; from += g->n) {
        g->n = n - from < g->kernel->lanes ? n - from : g->kernel->lanes;
        for (uint32_t l = 0; l < g->n; l++) {
            g->messages[l] = &messages[order[from + l]];
            g->ret[l] = &ret[order[from + l]];
        }
        hash_group(g);
    }
}

void ay_sm3_mac_batch(const ay_sm3_kernel *kernel, const ay_sm3_start *inner, const ay_sm3_start *outer,
                      const ay_message *messages, size_t n, ay_digest *ret)
{
    group g = {.kernel = kernel, .start = inner, .outer = outer};
    for (size_t i = 0; i < n; i += CHUNK)
        hash_chunk(&g, messages + i, (uint32_t)(n - i < CHUNK ? n - i : CHUNK), ret + i);
}

void ay_sm3_batch(const ay_sm3_kernel *kernel, const ay_sm3_start *start, const ay_message *messages, size_t n,
                  ay_digest *ret)
{
    ay_sm3_mac_batch(kernel, start, NULL, messages, n, ret);
}

/* ---- Nodes of a Merkle tree: 65 bytes ---- */

/* The words of two children one byte on, behind the byte of a node; *last: what is left for the second block. */
static void move_one_byte(words *w, uint32_t lanes, words *last)
{
    memset(last, 0, sizeof *last);
    for (uint32_t l = 0; l < lanes; l++) last->of[l] = w->of[15 * lanes + l] << 24 | 0x00800000;
    set_word(last->of + (size_t)15 * lanes, lanes, (1 + 2 * AY_DIGEST_SIZE) * 8);
    for (uint32_t i = 16 * lanes; i-- > lanes;) w->of[i] = w->of[i] >> 8 | w->of[i - lanes] << 24;
    for (uint32_t l = 0; l < lanes; l++) w->of[l] = w->of[l] >> 8 | 0x01000000;
}

void ay_sm3_nodes(const ay_sm3_kernel *kernel, const ay_digest *children, size_t n, ay_digest *ret)
{
    words w, last;
    states s;
    const unsigned char *blocks[MOST];
    for (size_t from = 0; from < n; from += kernel->lanes) {
        const size_t left = n - from;
        for (uint32_t l = 0; l < kernel->lanes; l++) blocks[l] = children[2 * (from + (l < left ? l : 0))].bytes;
        kernel->load(w.of, blocks);
        move_one_byte(&w, kernel->lanes, &last);
        set_states(&s, kernel->lanes, &ay_sm3_initial);
        kernel->absorb(s.of, w.of);
        kernel->absorb(s.of, last.of);
        for (uint32_t l = 0; l < kernel->lanes && l < left; l++) write_digest(&ret[from + l], s.of + l, kernel->lanes);
    }
}
