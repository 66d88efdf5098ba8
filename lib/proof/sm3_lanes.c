#include "proof/sm3.h"

#include "base/mem.h"
#include "proof/sm3_wide.h"

/* ---- Which kernels there are ---- */

const ay_sm3_kernel *ay_sm3_kernel_at(size_t i)
{
    const ay_sm3_kernel *usable[4] = {&ay_sm3_plain};
    size_t n = 1;
#if AY_SM3_WIDE
    if (__builtin_cpu_supports("sse2")) usable[n++] = &ay_sm3_sse2;
    if (__builtin_cpu_supports("avx2")) usable[n++] = &ay_sm3_avx2;
    if (__builtin_cpu_supports("avx512f")) usable[n++] = &ay_sm3_avx512;
#endif
    return i < n ? usable[i] : NULL;
}

const ay_sm3_kernel *ay_sm3_widest(void)
{
    const ay_sm3_kernel *widest = &ay_sm3_plain;
    for (size_t i = 1; ay_sm3_kernel_at(i); i++) widest = ay_sm3_kernel_at(i);
    return widest;
}

/* ---- One lane: the blocks of its message, one after another ---- */

#define WINDOW_BLOCKS 8
#define WINDOW        (WINDOW_BLOCKS * AY_SM3_BLOCK)
#define LEAST_PADDING 9 /* 0x80 and eight bytes of length */
#define MOST_PADDING  (LEAST_PADDING + AY_SM3_BLOCK - 1)

/* A message of the usual length is laid out in the window as a whole, padding and all; a longer one part by part. */
typedef struct lane {
    const ay_message *message; /* NULL: nothing to do */
    ay_digest *out;
    size_t block, blocks; /* the next one, how many there are */
    size_t laid;          /* blocks that have been laid out */
    unsigned char window[WINDOW + MOST_PADDING];
} lane;

static size_t length_of(const ay_message *message)
{
    return message->head.len + message->body.len;
}

static size_t blocks_of(const ay_message *message)
{
    return (length_of(message) + MOST_PADDING) / AY_SM3_BLOCK;
}

/* The piece from `from` on, as far as there is room behind the n bytes that are there. */
static size_t put_piece(unsigned char *window, size_t n, ay_str piece, size_t from)
{
    if (from >= piece.len) return n;
    const size_t rest = piece.len - from, room = WINDOW - n, len = rest < room ? rest : room;
    memcpy(window + n, piece.ptr + from, len);
    return n + len;
}

static void put_padding(lane *l, size_t n, size_t end, uint64_t bytes_before)
{
    const size_t len = length_of(l->message);
    memset(l->window + n, 0, MOST_PADDING); /* past the end, too: cheaper than to count */
    if ((l->block * AY_SM3_BLOCK) + n == len) l->window[n] = 0x80;
    if (l->laid < l->blocks) return;
    const uint64_t bits = __builtin_bswap64((bytes_before + len) * 8);
    memcpy(l->window + end - sizeof bits, &bits, sizeof bits);
}

/* From the next block on. */
static void lay_out(lane *l, uint64_t bytes_before)
{
    const ay_message *m = l->message;
    const size_t at = l->block * AY_SM3_BLOCK, left = l->blocks - l->block;
    const size_t blocks = left < WINDOW_BLOCKS ? left : WINDOW_BLOCKS, end = blocks * AY_SM3_BLOCK;
    size_t n = put_piece(l->window, 0, m->head, at);
    n = put_piece(l->window, n, m->body, at > m->head.len ? at - m->head.len : 0);
    l->laid += blocks;
    if (n < end) put_padding(l, n, end, bytes_before);
}

static const unsigned char *next_block(lane *l, uint64_t bytes_before)
{
    if (l->block == l->laid) lay_out(l, bytes_before);
    return l->window + l->block++ % WINDOW_BLOCKS * AY_SM3_BLOCK;
}

/* ---- All lanes: longest messages first, a lane that is through takes the next message ---- */

#define CHUNK   256
#define CLASSES 64 /* longer ones are one class: they fill the lanes by themselves */

typedef struct feed {
    const ay_sm3_kernel *kernel;
    const ay_sm3_start *start;
    const ay_message *messages;
    ay_digest *ret;
    uint16_t order[CHUNK];
    uint32_t n, next; /* of order */
    uint32_t live;
    lane lanes[AY_SM3_LANES_MAX];
    uint32_t state[8 * AY_SM3_LANES_MAX] __attribute__((aligned(64)));
} feed;

static size_t class_of(const ay_message *message)
{
    const size_t blocks = blocks_of(message);
    return blocks < CLASSES ? CLASSES - blocks : 0;
}

static void set_order(feed *f)
{
    uint32_t begin[CLASSES + 1] = {0};
    for (uint32_t i = 0; i < f->n; i++) begin[class_of(&f->messages[i]) + 1]++;
    for (uint32_t c = 1; c < CLASSES; c++) begin[c] += begin[c - 1];
    for (uint32_t i = 0; i < f->n; i++) f->order[begin[class_of(&f->messages[i])]++] = (uint16_t)i;
}

static void refill(feed *f, uint32_t l)
{
    lane *to = &f->lanes[l];
    to->message = NULL;
    if (f->next == f->n) return;
    const uint32_t i = f->order[f->next++];
    to->message = &f->messages[i];
    to->out = &f->ret[i];
    to->block = to->laid = 0;
    to->blocks = blocks_of(to->message);
    for (uint32_t w = 0; w < 8; w++) f->state[w * f->kernel->lanes + l] = f->start->words[w];
    f->live++;
}

static void write_digest(ay_digest *ret, const uint32_t *words, uint32_t stride)
{
    for (uint32_t w = 0; w < 8; w++) {
        const uint32_t v = __builtin_bswap32(words[w * stride]);
        memcpy(ret->bytes + 4 * (size_t)w, &v, sizeof v);
    }
}

static void step(feed *f)
{
    static const unsigned char idle[AY_SM3_BLOCK];
    const unsigned char *blocks[AY_SM3_LANES_MAX];
    const uint32_t lanes = f->kernel->lanes;
    for (uint32_t l = 0; l < lanes; l++)
        blocks[l] = f->lanes[l].message ? next_block(&f->lanes[l], f->start->bytes) : idle;
    f->kernel->absorb(f->state, blocks);
    for (uint32_t l = 0; l < lanes; l++) {
        lane *each = &f->lanes[l];
        if (!each->message || each->block < each->blocks) continue;
        write_digest(each->out, f->state + l, lanes);
        f->live--;
        refill(f, l);
    }
}

/* The last message alone would pay for all lanes. */
static void finish_alone(feed *f, uint32_t l)
{
    lane *last = &f->lanes[l];
    uint32_t state[8];
    for (uint32_t w = 0; w < 8; w++) state[w] = f->state[w * f->kernel->lanes + l];
    while (last->block < last->blocks) {
        const unsigned char *block = next_block(last, f->start->bytes);
        ay_sm3_plain.absorb(state, &block);
    }
    write_digest(last->out, state, 1);
}

static void run(feed *f)
{
    set_order(f);
    f->next = 0;
    f->live = 0;
    for (uint32_t l = 0; l < f->kernel->lanes; l++) refill(f, l);
    while (f->live > 1 || f->next < f->n) step(f);
    for (uint32_t l = 0; f->live && l < f->kernel->lanes; l++)
        if (f->lanes[l].message) finish_alone(f, l);
}

void ay_sm3_batch(const ay_sm3_kernel *kernel, const ay_sm3_start *start, const ay_message *messages, size_t n,
                  ay_digest *ret)
{
    feed f;
    f.kernel = kernel;
    f.start = start;
    for (size_t i = 0; i < n; i += CHUNK) {
        f.messages = messages + i;
        f.ret = ret + i;
        f.n = (uint32_t)(n - i < CHUNK ? n - i : CHUNK);
        run(&f);
    }
}
