#include "proof/sm3.h"

#include "base/copy.h"
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

void ay_sm3_start_behind(const unsigned char *block, ay_sm3_start *ret)
{
    words w;
    *ret = ay_sm3_initial;
    ay_sm3_plain.load(w.of, &block);
    ay_sm3_plain.absorb(ret->words, w.of);
    ret->bytes = BLOCK;
}

/* ---- The blocks of a message ---- */

/* A message as its lane takes it in: whole blocks of the head and of the body where they lie, between them the one that
 * both have part in, and last those that pad it. Copies are of fixed lengths where they can be: they cost least. */
typedef struct lane {
    const ay_message *message;
    size_t blocks, in_body, in_edge; /* the first that lies in the body, and the first that lies in the edge */
    unsigned char joint[2 * BLOCK];
    unsigned char edge[5 * BLOCK]; /* behind a block for what a copy of a fixed length brings too much */
} lane;

static size_t length_of(const ay_message *message)
{
    return message->head.len + message->body.len;
}

static size_t blocks_of(const ay_message *message)
{
    return (length_of(message) + 1 + 8 + BLOCK - 1) / BLOCK; /* 0x80 and eight bytes of length behind it */
}

/* Behind the last `rest` bytes of the message, which are in the edge. */
static inline void pad(lane *l, size_t rest, uint64_t bytes)
{
    const uint64_t bits = __builtin_bswap64(bytes * 8);
    unsigned char *edge = l->edge + BLOCK;
    memset(edge + rest, 0, 2 * BLOCK);
    edge[rest] = 0x80;
    memcpy(edge + (l->blocks - l->in_edge) * BLOCK - sizeof bits, &bits, sizeof bits);
}

static void lay_out(lane *l, uint64_t before)
{
    const ay_str head = l->message->head, body = l->message->body;
    const size_t len = head.len + body.len, of_head = head.len % BLOCK, rest = len % BLOCK;
    const char *head_rest = of_head ? head.ptr + (head.len - of_head) : NULL;
    unsigned char *edge = l->edge + BLOCK;
    l->blocks = blocks_of(l->message);
    l->in_body = (head.len + BLOCK - 1) / BLOCK;
    if (body.len < BLOCK) {
        l->in_edge = head.len / BLOCK;
        ay_copy_short(edge, head_rest, of_head);
        ay_copy_short(edge + of_head, body.ptr, body.len);
        pad(l, of_head + body.len, before + len);
    } else {
        l->in_edge = len / BLOCK;
        ay_copy_short(l->joint, head_rest, of_head);
        memcpy(l->joint + of_head, body.ptr, BLOCK);
        memcpy(edge + rest - BLOCK, body.ptr + body.len - BLOCK, BLOCK);
        pad(l, rest, before + len);
    }
}

static inline const unsigned char *body_at(const lane *l, size_t k)
{
    return (const unsigned char *)l->message->body.ptr + (k * BLOCK - l->message->head.len);
}

static const unsigned char *block_at(const lane *l, size_t k)
{
    if (k >= l->in_edge) return l->edge + BLOCK + (k - l->in_edge) * BLOCK;
    if (k >= l->in_body) return body_at(l, k);
    const ay_str head = l->message->head;
    return (k + 1) * BLOCK <= head.len ? (const unsigned char *)head.ptr + k * BLOCK : l->joint;
}

/* ---- Groups: as many messages as there are lanes, of nearly the same length ---- */

typedef struct group {
    const ay_sm3_kernel *kernel;
    const ay_sm3_start *start, *outer; /* outer: NULL where it is no HMAC */
    uint32_t n;                        /* messages: the lanes behind them do nothing of use */
    ay_digest *ret[MOST];
    lane lanes[MOST];
    size_t in_body, in_edge; /* between them block k of every lane lies in its body */
    size_t least, most;      /* blocks */
    states started, outer_started, running, ended;
    words words;
} group;

static void open_group(group *g, const ay_sm3_kernel *kernel, const ay_sm3_start *start, const ay_sm3_start *outer)
{
    g->kernel = kernel;
    g->start = start;
    g->outer = outer;
    set_states(&g->started, kernel->lanes, start);
    g->ended = g->started; /* lanes that no message has had are hashed, too */
    if (outer) set_states(&g->outer_started, kernel->lanes, outer);
}

/* Block k of every lane that has one. */
static void step(group *g, size_t k)
{
    static const unsigned char idle[BLOCK];
    const unsigned char *blocks[MOST];
    const bool is_simple = g->n == g->kernel->lanes && k >= g->in_body && k < g->in_edge;
    for (uint32_t l = 0; is_simple && l < g->n; l++) blocks[l] = body_at(&g->lanes[l], k);
    for (uint32_t l = 0; !is_simple && l < g->kernel->lanes; l++)
        blocks[l] = l < g->n && k < g->lanes[l].blocks ? block_at(&g->lanes[l], k) : idle;
    g->kernel->load(g->words.of, blocks);
    g->kernel->absorb(g->running.of, g->words.of);
}

/* What a lane has come to when its message ends. */
static void keep_ended(group *g, size_t blocks)
{
    const uint32_t lanes = g->kernel->lanes;
    for (uint32_t l = 0; l < g->n; l++)
        for (uint32_t w = 0; g->lanes[l].blocks == blocks && w < 8; w++)
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
    g->ended = g->outer_started;
    g->kernel->absorb(g->ended.of, g->words.of);
}

static void lay_out_group(group *g)
{
    g->in_body = g->most = 0;
    g->in_edge = g->least = SIZE_MAX;
    for (uint32_t i = 0; i < g->n; i++) {
        lane *l = &g->lanes[i];
        lay_out(l, g->start->bytes);
        if (l->blocks < g->least) g->least = l->blocks;
        if (l->blocks > g->most) g->most = l->blocks;
        if (l->in_body > g->in_body) g->in_body = l->in_body;
        if (l->in_edge < g->in_edge) g->in_edge = l->in_edge;
    }
}

static void hash_group(group *g)
{
    unsigned char spare[AY_DIGEST_SIZE], *ret[MOST];
    lay_out_group(g);
    g->running = g->started;
    for (size_t k = 0; k < g->most; k++) {
        step(g, k);
        if (g->least != g->most) keep_ended(g, k + 1);
    }
    if (g->least == g->most) g->ended = g->running;
    if (g->outer) absorb_outer(g);
    for (uint32_t l = 0; l < g->kernel->lanes; l++) ret[l] = l < g->n ? g->ret[l]->bytes : spare;
    g->kernel->store(g->ended.of, ret);
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
    uint16_t begin[CLASSES + 1], classes[CHUNK], least = CLASSES - 1, most = 0;
    for (uint32_t i = 0; i < n; i++) {
        order[i] = (uint16_t)i;
        classes[i] = (uint16_t)class_of(&messages[i]);
        if (classes[i] < least) least = classes[i];
        if (classes[i] > most) most = classes[i];
    }
    if (least >= most) return;
    memset(begin + least, 0, (most - least + 2U) * sizeof *begin);
    for (uint32_t i = 0; i < n; i++) begin[classes[i] + 1]++;
    for (uint32_t c = least + 1U; c <= most; c++) begin[c] = (uint16_t)(begin[c] + begin[c - 1]);
    for (uint32_t i = 0; i < n; i++) order[begin[classes[i]]++] = (uint16_t)i;
}

static void hash_chunk(group *g, const ay_message *messages, uint32_t n, ay_digest *ret)
{
    uint16_t order[CHUNK];
    set_order(messages, n, order);
    for (uint32_t from = 0; from < n; from += g->n) {
        g->n = n - from < g->kernel->lanes ? n - from : g->kernel->lanes;
        for (uint32_t l = 0; l < g->n; l++) {
            g->lanes[l].message = &messages[order[from + l]];
            g->ret[l] = &ret[order[from + l]];
        }
        hash_group(g);
    }
}

void ay_sm3_mac_batch(const ay_sm3_kernel *kernel, const ay_sm3_start *inner, const ay_sm3_start *outer,
                      const ay_message *messages, size_t n, ay_digest *ret)
{
    group g;
    open_group(&g, kernel, inner, outer);
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
    unsigned char spare[AY_DIGEST_SIZE], *nodes[MOST];
    for (size_t from = 0; from < n; from += kernel->lanes) {
        const size_t left = n - from;
        for (uint32_t l = 0; l < kernel->lanes; l++) blocks[l] = children[2 * (from + (l < left ? l : 0))].bytes;
        for (uint32_t l = 0; l < kernel->lanes; l++) nodes[l] = l < left ? ret[from + l].bytes : spare;
        kernel->load(w.of, blocks);
        move_one_byte(&w, kernel->lanes, &last);
        set_states(&s, kernel->lanes, &ay_sm3_initial);
        kernel->absorb(s.of, w.of);
        kernel->absorb(s.of, last.of);
        kernel->store(s.of, nodes);
    }
}
