/* Normalisation with the calls of utf8proc that take their memory from us. Marks are put into their order here:
 * utf8proc does it by neighbours, in quadratic time, and a value may be nothing but marks. */
#include <utf8proc.h>

#include "base/mem.h"
#include "base/nfc.h"
#include "base/utf8.h"

#define CLASSES 256 /* of combining characters */

typedef struct range {
    uint32_t from, to;
    bool is_nfc_only;
} range;

/* Common characters that are their own form and never combine with what stands before them. */
static const range plain[] = {
    {0x0, 0x7f, false},        {0x80, 0xb6, true},      {0xb7, 0xb7, false},     {0xb8, 0x2ff, true},
    {0x400, 0x482, true},      {0x620, 0x64a, true},    {0x671, 0x6d5, true},    {0x2010, 0x2027, true},
    {0x3001, 0x3029, false},   {0x3041, 0x3096, false}, {0x30a0, 0x30fe, false}, {0x3400, 0x9fff, false},
    {0xac00, 0xd7a3, false},   {0xe000, 0xf8ff, false}, {0xff01, 0xffee, true},  {0xfffd, 0xfffd, false},
    {0x20000, 0x2f7ff, false},
};

bool ay_nfc_is_plain(ay_form form, uint32_t cp)
{
    size_t i = 0;
    while (i < AY_COUNT(plain) && cp > plain[i].to) i++;
    return i < AY_COUNT(plain) && cp >= plain[i].from && !(plain[i].is_nfc_only && form == AY_FORM_NFKC);
}

int ay_unicode_digit(uint32_t cp)
{
    /* The zeros: their digits follow them in order. The five sets of mathematical digits follow each other. */
    static const uint32_t zeros[] = {
        0x30,    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,   0xc66,   0xce6,
        0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,  0x1946,  0x19d0,  0x1a80,
        0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,  0xa900,  0xa9d0,  0xa9f0,  0xaa50,  0xabf0,
        0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0,
        0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8,
        0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950, 0x1fbf0};
    size_t low = 0, high = AY_COUNT(zeros);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (zeros[middle] <= cp) low = middle + 1;
        else high = middle;
    }
    return low && cp - zeros[low - 1] < 10 ? (int)(cp - zeros[low - 1]) : -1;
}

static int class_of(int32_t cp)
{
    return utf8proc_get_property(cp)->combining_class;
}

/* Code points in a buffer. */
static int32_t *points(const ay_buf *room)
{
    return (int32_t *)(void *)room->ptr;
}

static int32_t *reserve(ay_buf *room, size_t more)
{
    return (int32_t *)(void *)ay_buf_reserve(room, more * sizeof(int32_t));
}

static void put_decomposed(ay_form form, ay_str text, ay_buf *room)
{
    enum { LONGEST = 32 }; /* U+FDFA becomes 18 */
    const utf8proc_option_t options = form == AY_FORM_NFKC ? UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT : UTF8PROC_DECOMPOSE;
    for (size_t at = 0; at < text.len;) {
        int32_t *to = reserve(room, LONGEST);
        if (!to) return;
        const ptrdiff_t n = utf8proc_decompose_char((int32_t)ay_utf8_next(text, &at), to, LONGEST, options, &(int){0});
        room->len += (size_t)n * sizeof *to;
    }
}

/* A run of marks by class; those of one class keep their order. `copy` has room for the run. */
static void order_run(int32_t *run, size_t n, int32_t *copy)
{
    size_t next[CLASSES + 1] = {0};
    for (size_t i = 0; i < n; i++) next[class_of(run[i]) + 1]++;
    for (size_t c = 1; c < CLASSES; c++) next[c] += next[c - 1];
    memcpy(copy, run, n * sizeof *run);
    for (size_t i = 0; i < n; i++) run[next[class_of(copy[i])]++] = copy[i];
}

static void order_marks(ay_buf *room)
{
    const size_t n = room->len / sizeof(int32_t);
    int32_t *copy = reserve(room, n), *cps = points(room);
    for (size_t from = 0, to; copy && from < n; from = to + 1) {
        bool is_ordered = true;
        for (to = from; to < n && class_of(cps[to]); to++)
            is_ordered &= to == from || class_of(cps[to - 1]) <= class_of(cps[to]);
        if (!is_ordered) order_run(cps + from, to - from, copy);
    }
}

static void put_composed(ay_buf *room, ay_buf *out)
{
    int32_t *cps = points(room);
    const ptrdiff_t n =
        utf8proc_normalize_utf32(cps, (ptrdiff_t)(room->len / sizeof *cps), UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    for (ptrdiff_t i = 0; i < n; i++) {
        char bytes[4];
        ay_buf_put(out, bytes, ay_utf8_encode((uint32_t)cps[i], bytes));
    }
}

void ay_nfc_put(ay_form form, ay_str text, ay_buf *room, ay_buf *out)
{
    if (text.len == 0) return;
    ay_buf_clear(room);
    put_decomposed(form, text, room);
    order_marks(room);
    if (room->failed) out->failed = room->failed;
    else put_composed(room, out);
}
