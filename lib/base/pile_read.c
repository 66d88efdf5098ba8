/* Reading a pile: the records whose hashes came again are found in the index, bucket by bucket, and then read from the
 * log from front to back. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/pile_parts.h"

#define PLACES    16                  /* of two bits in the filter, for each entry of a bucket */
#define READ_MIN  ((size_t)1 << 10)   /* from the file where records are read here and there */
#define READ_MAX  ((size_t)256 << 10) /* ... where one is read behind the other */
#define FOUND_MIN ((size_t)1024)

/* ---- Reading the log in one direction ---- */

typedef struct reader {
    const ay_pile *pile;
    uint32_t piece;
    char *buffer;
    size_t cap, ahead;
    uint64_t from, to; /* what of the log is in the buffer */
} reader;

static void reader_free(reader *r)
{
    ay_budget_give(r->pile->budget, r->cap);
    ay_free(r->buffer);
}

static assay_status grow_buffer(reader *r, size_t size, assay_err *err)
{
    if (size <= r->cap) return ASSAY_OK;
    char *buffer = (char *)ay_realloc_array(r->buffer, size, 1);
    AY_NOMEM_IF(!buffer, err);
    ay_budget_take(r->pile->budget, size - r->cap);
    r->buffer = buffer;
    r->cap = size;
    return ASSAY_OK;
}

static assay_status read_file(reader *r, const ay_pile_piece *piece, uint64_t at, size_t need, assay_err *err)
{
    const bool goes_on = at >= r->from && at <= r->to + r->ahead;
    r->ahead = !goes_on || !r->ahead ? READ_MIN : r->ahead < READ_MAX ? r->ahead * 2 : READ_MAX;
    const uint64_t left = piece->to - at;
    AY_FAIL_IF(need > left, err, ASSAY_EIO, "a temporary file in '%s' was damaged", "“%s”中的临时文件已损坏",
               piece->file->dir);
    size_t size = need > r->ahead ? need : r->ahead;
    if (size > left) size = (size_t)left;
    AY_TRY(grow_buffer(r, size, err));
    AY_TRY(ay_spill_read(piece->file, piece->at + (at - piece->from), r->buffer, size, err));
    r->from = at;
    r->to = at + size;
    return ASSAY_OK;
}

/* The bytes [at, at + need) of the log; `at` never goes back. */
static assay_status look(reader *r, uint64_t at, size_t need, const char **ret, assay_err *err)
{
    while (at >= r->pile->pieces[r->piece].to) r->piece++;
    const ay_pile_piece *piece = &r->pile->pieces[r->piece];
    if (piece->block.ptr) {
        *ret = piece->block.ptr + (at - piece->from);
        return ASSAY_OK;
    }
    if (at < r->from || at + need > r->to) AY_TRY(read_file(r, piece, at, need, err));
    *ret = r->buffer + (at - r->from);
    return ASSAY_OK;
}

/* One record into the sorter; *ret_next: where the next one begins. */
static assay_status hand_over(reader *r, uint64_t at, ay_sorter *into, uint64_t *ret_next, assay_err *err)
{
    const char *p;
    uint64_t hash;
    uint32_t len;
    AY_TRY(look(r, at, AY_PILE_HEADER, &p, err));
    memcpy(&hash, p, sizeof hash);
    memcpy(&len, p + sizeof hash, sizeof len);
    AY_TRY(look(r, at, AY_PILE_HEADER + len, &p, err));
    *ret_next = at + AY_PILE_HEADER + len;
    return ay_sorter_put(into, hash, (ay_str){p + AY_PILE_HEADER, len}, err);
}

/* ---- All ---- */

static assay_status hand_over_all(reader *r, ay_sorter *into, assay_err *err)
{
    for (uint64_t at = 0; at < r->pile->end;) {
        if (at == 0 || at >= r->pile->pieces[r->piece].to) AY_TRY(ay_budget_cancelled(r->pile->budget, err));
        AY_TRY(hand_over(r, at, into, &at, err));
    }
    return ASSAY_OK;
}

static assay_status read_all(ay_pile *pile, ay_sorter *into, assay_err *err)
{
    reader r = {.pile = pile};
    const assay_status status = hand_over_all(&r, into, err);
    reader_free(&r);
    return status;
}

assay_status ay_pile_pour(ay_pile *pile, ay_sorter *into, assay_err *err)
{
    AY_TRY(ay_pile_seal(pile, err));
    AY_TRY(read_all(pile, into, err));
    ay_pile_clear(pile);
    return ASSAY_OK;
}

/* ---- Repeats ---- */

typedef struct finder {
    const ay_pile *pile;
    ay_pile_entry *bucket; /* all entries of one, those that may be repeats moved to its front */
    size_t n, cap;
    uint64_t *seen;  /* two bits a place: seen, seen again */
    unsigned bits;   /* the places are 1 << bits */
    uint64_t *found; /* places in the log */
    size_t n_found, cap_found, max_found;
} finder;

static size_t seen_bytes(unsigned bits)
{
    return ((size_t)1 << bits) / 32 * sizeof(uint64_t);
}

static void finder_free(finder *f)
{
    ay_budget *budget = f->pile->budget;
    ay_budget_give(budget,
                   f->cap * sizeof *f->bucket + f->cap_found * sizeof *f->found + (f->seen ? seen_bytes(f->bits) : 0));
    ay_free(f->bucket);
    ay_free(f->seen);
    ay_free(f->found);
}

static size_t bucket_size(const ay_pile *pile, uint32_t bucket)
{
    size_t n = 0;
    for (uint32_t i = 0; i < pile->n_chunks; i++)
        n += pile->chunks[i].starts[bucket + 1] - pile->chunks[i].starts[bucket];
    return n;
}

/* Room for the largest bucket, and a filter of that size. */
static assay_status open_finder(finder *f, assay_err *err)
{
    for (uint32_t b = 0; b < AY_PILE_BUCKETS; b++) {
        const size_t n = bucket_size(f->pile, b);
        if (n > f->n) f->n = n;
    }
    unsigned bits = 5;
    while ((size_t)1 << bits < f->n * PLACES) bits++;
    f->bucket = AY_NEW_ARRAY(f->n, ay_pile_entry);
    f->seen = (uint64_t *)ay_alloc(seen_bytes(bits));
    AY_NOMEM_IF(!f->bucket || !f->seen, err);
    f->cap = f->n;
    f->bits = bits;
    ay_budget_take(f->pile->budget, f->cap * sizeof *f->bucket + seen_bytes(bits));
    return ASSAY_OK;
}

static assay_status load_bucket(finder *f, uint32_t bucket, assay_err *err)
{
    f->n = 0;
    for (uint32_t i = 0; i < f->pile->n_chunks; i++) {
        const ay_pile_chunk *c = &f->pile->chunks[i];
        const uint32_t from = c->starts[bucket], n = c->starts[bucket + 1] - from;
        ay_pile_entry *to = f->bucket + f->n;
        if (!n) continue;
        if (c->entries) memcpy(to, c->entries + from, n * sizeof *to);
        else AY_TRY(ay_spill_read(c->file, c->from + from * sizeof *to, (char *)to, n * sizeof *to, err));
        for (uint32_t j = 0; c->base && j < n; j++) to[j].at += c->base;
        f->n += n;
    }
    return ASSAY_OK;
}

static uint64_t *word_of(const finder *f, uint64_t hash)
{
    return &f->seen[(hash & (((uint64_t)1 << f->bits) - 1)) >> 5];
}

static unsigned place_in_word(uint64_t hash)
{
    return (unsigned)(hash & 31) * 2;
}

/* Of the bucket only what shares its place in the filter. */
static void sift_bucket(finder *f)
{
    size_t kept = 0;
    memset(f->seen, 0, seen_bytes(f->bits));
    for (size_t i = 0; i < f->n; i++) {
        uint64_t *word = word_of(f, f->bucket[i].hash);
        const uint64_t once = UINT64_C(1) << place_in_word(f->bucket[i].hash);
        *word |= once | (*word & once) << 1;
    }
    for (size_t i = 0; i < f->n; i++) {
        const ay_pile_entry e = f->bucket[i];
        f->bucket[kept] = e;
        kept += *word_of(f, e.hash) >> place_in_word(e.hash) >> 1 & 1;
    }
    f->n = kept;
}

static int by_hash(const void *a, const void *b)
{
    const uint64_t x = ((const ay_pile_entry *)a)->hash, y = ((const ay_pile_entry *)b)->hash;
    return (x > y) - (x < y);
}

static assay_status note(finder *f, uint64_t at, assay_err *err)
{
    if (f->n_found == f->cap_found) {
        const size_t cap = f->cap_found ? f->cap_found * 2 : FOUND_MIN;
        uint64_t *found = (uint64_t *)ay_realloc_array(f->found, cap, sizeof *found);
        AY_NOMEM_IF(!found, err);
        ay_budget_take(f->pile->budget, (cap - f->cap_found) * sizeof *found);
        f->found = found;
        f->cap_found = cap;
    }
    f->found[f->n_found++] = at;
    return ASSAY_OK;
}

/* Some only shared their place with another one. */
static assay_status note_repeats(finder *f, assay_err *err)
{
    if (f->n) qsort(f->bucket, f->n, sizeof *f->bucket, by_hash);
    for (size_t from = 0, to; from < f->n; from = to) {
        for (to = from + 1; to < f->n && f->bucket[to].hash == f->bucket[from].hash;) to++;
        for (size_t i = from; to - from > 1 && i < to; i++) AY_TRY(note(f, f->bucket[i].at, err));
    }
    return ASSAY_OK;
}

/* Ends early where so many are found that reading all of the log is as good. */
static assay_status find(finder *f, assay_err *err)
{
    AY_TRY(open_finder(f, err));
    for (uint32_t b = 0; b < AY_PILE_BUCKETS && f->n_found <= f->max_found; b++) {
        AY_TRY(ay_budget_cancelled(f->pile->budget, err));
        AY_TRY(load_bucket(f, b, err));
        sift_bucket(f);
        AY_TRY(note_repeats(f, err));
    }
    return ASSAY_OK;
}

static int by_place(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static assay_status read_found(finder *f, ay_sorter *into, assay_err *err)
{
    reader r = {.pile = f->pile};
    assay_status status = ASSAY_OK;
    uint64_t next;
    if (f->n_found) qsort(f->found, f->n_found, sizeof *f->found, by_place);
    for (size_t i = 0; status == ASSAY_OK && i < f->n_found; i++) status = hand_over(&r, f->found[i], into, &next, err);
    reader_free(&r);
    return status;
}

assay_status ay_pile_repeats(ay_pile *pile, ay_sorter *into, assay_err *err)
{
    AY_TRY(ay_pile_seal(pile, err));
    finder f = {.pile = pile, .max_found = FOUND_MIN + pile->count / 4};
    assay_status status = find(&f, err);
    const bool is_all = f.n_found > f.max_found;
    if (status == ASSAY_OK && !is_all) status = read_found(&f, into, err);
    finder_free(&f);
    return status == ASSAY_OK && is_all ? read_all(pile, into, err) : status;
}
