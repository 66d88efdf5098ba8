#include "base/bins.h"

#include <assert.h>
#include <stdalign.h>

#include "base/mem.h"
#include "base/spill.h"

#define STAGED     ((size_t)48 << 10) /* bytes that are written to a file together */
#define PAGE       ((size_t)4096)
#define SLAB_LEAST (4 * PAGE)
#define SLAB_MOST  (16 * PAGE)

typedef struct chunk {
    struct chunk *next;
    uint32_t len, cap;
    char bytes[];
} chunk;
_Static_assert(sizeof(chunk) + AY_BINS_PIECE == PAGE, "a chunk is a page");

/* What chunks are cut from: in a thread that is not the first one, the heap asks the system for every page by itself.
 * Chunks of all bins lie in it, and are let go together. */
typedef struct slab {
    struct slab *next;
    size_t used, cap;
    alignas(chunk) char bytes[];
} slab;

typedef struct extent {
    ay_spill *file;
    uint64_t at, len;
} extent;

typedef struct bin {
    ay_bin_size size;
    chunk *filling; /* the chunks in memory, the one being filled first */
    chunk *last;    /* ... and the last of them; walking there would fetch them all */
    extent *extents;
    uint32_t n, cap;
} bin;

struct ay_bins {
    ay_budget *budget;
    slab *slabs;  /* the one being cut first */
    size_t held;  /* bytes of slabs */
    size_t known; /* ... and of what is to be known of what was spilled */
    bool spilled;
    ay_spill *file; /* where this store writes; opened by the first spill */
    bin all[AY_BINS];
};

assay_status ay_bins_open(ay_budget *budget, ay_bins **ret, assay_err *err)
{
    ay_bins *bins = AY_NEW(ay_bins);
    AY_NOMEM_IF(!bins, err);
    bins->budget = budget;
    *ret = bins;
    return ASSAY_OK;
}

static void free_slabs(ay_bins *bins)
{
    while (bins->slabs) {
        slab *first = bins->slabs;
        bins->slabs = first->next;
        ay_free(first);
    }
    ay_budget_give(bins->budget, bins->held);
    bins->held = 0;
}

ay_bins *ay_bins_free(ay_bins *bins)
{
    if (!bins) return NULL;
    for (unsigned i = 0; i < AY_BINS; i++) {
        bin *b = &bins->all[i];
        for (uint32_t e = 0; e < b->n; e++) ay_spill_unref(b->extents[e].file);
        ay_free(b->extents);
    }
    ay_budget_give(bins->budget, bins->known);
    free_slabs(bins);
    ay_spill_unref(bins->file);
    return (ay_bins *)ay_free(bins);
}

ay_budget *ay_bins_budget(const ay_bins *bins)
{
    return bins->budget;
}

ay_bin_size ay_bins_size(const ay_bins *bins, unsigned which)
{
    return bins->all[which].size;
}

/* ---- Spilling ---- */

static assay_status reserve_extents(ay_bins *bins, bin *b, uint32_t more, assay_err *err)
{
    if (b->cap - b->n >= more) return ASSAY_OK;
    uint32_t cap = b->cap ? b->cap : 4;
    while (cap - b->n < more) cap *= 2;
    extent *extents = (extent *)ay_realloc_array(b->extents, cap, sizeof *extents);
    AY_NOMEM_IF(!extents, err);
    const size_t grown = (cap - b->cap) * sizeof *extents;
    ay_budget_take(bins->budget, grown);
    bins->known += grown;
    b->extents = extents;
    b->cap = cap;
    return ASSAY_OK;
}

static assay_status write_chunks(ay_bins *bins, const bin *b, char *staged, uint64_t *ret_len, assay_err *err)
{
    size_t len = 0;
    *ret_len = 0;
    for (const chunk *c = b->filling; c; c = c->next) {
        if (len + c->len > STAGED) {
            AY_TRY(ay_spill_write(bins->file, (ay_str){staged, len}, err));
            len = 0;
        }
        *ret_len += c->len;
        if (c->len > STAGED) {
            AY_TRY(ay_spill_write(bins->file, (ay_str){c->bytes, c->len}, err));
            continue;
        }
        memcpy(staged + len, c->bytes, c->len);
        len += c->len;
    }
    return len ? ay_spill_write(bins->file, (ay_str){staged, len}, err) : ASSAY_OK;
}

static assay_status spill_bin(ay_bins *bins, bin *b, char *staged, assay_err *err)
{
    if (!b->filling) return ASSAY_OK;
    AY_TRY(reserve_extents(bins, b, 1, err));
    extent e = {.file = bins->file, .at = bins->file->size};
    AY_TRY(write_chunks(bins, b, staged, &e.len, err));
    (void)ay_spill_ref(e.file);
    b->extents[b->n++] = e;
    b->filling = b->last = NULL;
    return ASSAY_OK;
}

static assay_status spill(ay_bins *bins, assay_err *err)
{
    if (!bins->file) AY_TRY(ay_spill_open(bins->budget, &bins->file, err));
    char *staged = (char *)ay_alloc(STAGED);
    AY_NOMEM_IF(!staged, err);
    bins->spilled = true;
    assay_status st = ASSAY_OK;
    for (unsigned i = 0; i < AY_BINS && st == ASSAY_OK; i++) st = spill_bin(bins, &bins->all[i], staged, err);
    ay_free(staged);
    if (st == ASSAY_OK) free_slabs(bins);
    return st;
}

/* At least as much at once as is to be known of it all: so that grows with the root of what is spilled. */
static assay_status spill_if_over(ay_bins *bins, assay_err *err)
{
    const bool is_worth_it = bins->held >= AY_BINS_LEAST && bins->held >= bins->known;
    return is_worth_it && ay_budget_over(bins->budget) ? spill(bins, err) : ASSAY_OK;
}

/* ---- Taking rows ---- */

/* A store of few rows stays small. A long row has a slab of its own, behind the one that is being cut. */
static slab *add_slab(ay_bins *bins, size_t chunk_size)
{
    const bool is_long = chunk_size > PAGE;
    const size_t cap = is_long ? chunk_size : bins->held < SLAB_MOST ? SLAB_LEAST : SLAB_MOST;
    slab *s = (slab *)ay_alloc(sizeof *s + cap);
    if (!s) return NULL;
    slab **at = is_long && bins->slabs ? &bins->slabs->next : &bins->slabs;
    *s = (slab){.next = *at, .cap = cap};
    *at = s;
    ay_budget_take(bins->budget, sizeof *s + cap);
    bins->held += sizeof *s + cap;
    return s;
}

static assay_status cut(ay_bins *bins, size_t chunk_size, void **ret, assay_err *err)
{
    slab *s = bins->slabs;
    if (!s || s->used == s->cap || chunk_size > PAGE) {
        AY_TRY(spill_if_over(bins, err));
        s = add_slab(bins, chunk_size);
        AY_NOMEM_IF(!s, err);
    }
    *ret = s->bytes + s->used;
    s->used += chunk_size;
    return ASSAY_OK;
}

static assay_status add_chunk(ay_bins *bins, bin *b, size_t least, assay_err *err)
{
    const size_t cap = least > AY_BINS_PIECE ? least : AY_BINS_PIECE;
    AY_FAIL_IF(cap > UINT32_MAX, err, ASSAY_ELIMIT, "a row of %zu bytes is too long to be kept",
               "长 %zu 字节的行过长，无法保留", least);
    void *at = NULL;
    AY_TRY(cut(bins, sizeof(chunk) + cap, &at, err));
    chunk *c = (chunk *)at;
    *c = (chunk){.next = b->filling, .cap = (uint32_t)cap};
    if (!b->filling) b->last = c;
    b->filling = c;
    return ASSAY_OK;
}

assay_status ay_bins_put_rows(ay_bins *bins, ay_str rows, uint64_t n, assay_err *err)
{
    assert(rows.len > 0);
    bin *b = &bins->all[(unsigned char)rows.ptr[0]];
    if (!b->filling || b->filling->cap - b->filling->len < rows.len) AY_TRY(add_chunk(bins, b, rows.len, err));
    memcpy(b->filling->bytes + b->filling->len, rows.ptr, rows.len);
    b->filling->len += (uint32_t)rows.len;
    b->size.bytes += rows.len;
    b->size.rows += n;
    return ASSAY_OK;
}

assay_status ay_bins_put(ay_bins *bins, ay_str row, assay_err *err)
{
    return ay_bins_put_rows(bins, row, 1, err);
}

static void move_bin(bin *into, bin *from)
{
    if (from->n) memcpy(into->extents + into->n, from->extents, from->n * sizeof *from->extents);
    into->n += from->n;
    from->n = 0;
    if (from->filling) {
        from->last->next = into->filling;
        if (!into->filling) into->last = from->last;
        into->filling = AY_STEAL(from->filling);
        from->last = NULL;
    }
    into->size.rows += from->size.rows;
    into->size.bytes += from->size.bytes;
    from->size = (ay_bin_size){0};
}

static void move_slabs(ay_bins *into, ay_bins *from)
{
    slab **end = &from->slabs;
    while (*end) end = &(*end)->next;
    *end = into->slabs;
    into->slabs = AY_STEAL(from->slabs);
    into->held += from->held;
    from->held = 0;
}

assay_status ay_bins_absorb(ay_bins *into, ay_bins *from, assay_err *err)
{
    assert(into != from && into->budget == from->budget);
    for (unsigned i = 0; i < AY_BINS; i++) AY_TRY(reserve_extents(into, &into->all[i], from->all[i].n, err));
    for (unsigned i = 0; i < AY_BINS; i++) move_bin(&into->all[i], &from->all[i]);
    move_slabs(into, from);
    into->spilled |= from->spilled;
    from->spilled = false;
    return spill_if_over(into, err);
}

/* ---- Reading ---- */

static bool has_room_to_sort(const ay_bins *bins, size_t extra)
{
    uint64_t largest = 0;
    for (unsigned i = 0; i < AY_BINS; i++) {
        const ay_bin_size size = bins->all[i].size;
        if (size.bytes + size.rows * extra > largest) largest = size.bytes + size.rows * extra;
    }
    return ay_budget_has_room(bins->budget, largest);
}

assay_status ay_bins_settle(ay_bins *bins, size_t extra, assay_err *err)
{
    return bins->held && (bins->spilled || !has_room_to_sort(bins, extra)) ? spill(bins, err) : ASSAY_OK;
}

assay_status ay_bins_load(const ay_bins *bins, unsigned which, char *to, assay_err *err)
{
    const struct bin *b = &bins->all[which];
    for (const chunk *c = b->filling; c; c = c->next) {
        memcpy(to, c->bytes, c->len);
        to += c->len;
    }
    for (uint32_t e = 0; e < b->n; e++) {
        AY_TRY(ay_spill_read(b->extents[e].file, b->extents[e].at, to, b->extents[e].len, err));
        to += b->extents[e].len;
    }
    return ASSAY_OK;
}

static assay_status each_of_extent(const extent *x, const ay_bin_taker *taker, assay_err *err)
{
    char piece[AY_BINS_PIECE];
    for (uint64_t done = 0; done < x->len;) {
        const size_t n = x->len - done < sizeof piece ? (size_t)(x->len - done) : sizeof piece;
        AY_TRY(ay_spill_read(x->file, x->at + done, piece, n, err));
        AY_TRY(taker->take(taker->self, (ay_str){piece, n}, err));
        done += n;
    }
    return ASSAY_OK;
}

assay_status ay_bins_each(const ay_bins *bins, unsigned which, const ay_bin_taker *taker, assay_err *err)
{
    const struct bin *b = &bins->all[which];
    for (const chunk *c = b->filling; c; c = c->next) AY_TRY(taker->take(taker->self, (ay_str){c->bytes, c->len}, err));
    for (uint32_t e = 0; e < b->n; e++) AY_TRY(each_of_extent(&b->extents[e], taker, err));
    return ASSAY_OK;
}

void ay_bins_free_room(const ay_bins *bins, ay_bin_room *room)
{
    room->at = (char *)ay_free(room->at);
    ay_budget_give(bins->budget, room->size);
    room->size = 0;
}

assay_status ay_bins_make_room(const ay_bins *bins, ay_bin_room *room, uint64_t bytes, bool *ret_fits, assay_err *err)
{
    *ret_fits = true;
    if (bytes <= room->size) return ASSAY_OK;
    ay_bins_free_room(bins, room);
    *ret_fits = bytes <= AY_BINS_LEAST || ay_budget_has_room(bins->budget, bytes);
    if (!*ret_fits) return ASSAY_OK;
    room->at = (char *)ay_alloc(bytes);
    AY_NOMEM_IF(!room->at, err);
    ay_budget_take(bins->budget, bytes);
    room->size = bytes;
    return ASSAY_OK;
}
