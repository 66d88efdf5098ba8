/* Reading a pile: the records whose hashes came again are found in the index, bucket by bucket, and then read from the
 * log from front to back. */
#include "base/mem.h"
#include "base/pile_parts.h"

#define SLICE     48             /* bits of a hash from there on, below those of the bucket, say in which slice it is */
#define SLICES    256            /* of a bucket, at most */
#define ROOM_MIN  ((size_t)1024) /* entries */
#define PIECE     1024           /* entries that are read at once */
#define READ_MIN  ((size_t)1 << 10)   /* from the file where records are read here and there */
#define READ_MAX  ((size_t)256 << 10) /* ... where one is read behind the other */
#define FOUND_MIN ((uint64_t)1024)

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
    ay_pair *room; /* all entries of a slice of a bucket; then those that may be repeats, at its front */
    size_t n, cap;
    bool is_crowded; /* they were more than there is room for */
    uint64_t slice, slices;
    ay_sift sift;
    ay_sorter *found; /* prefix: place in the log */
} finder;

static void finder_free(finder *f)
{
    if (f->room) ay_budget_give(f->pile->budget, f->cap * sizeof *f->room);
    ay_free(f->room);
    ay_sift_close(&f->sift);
    ay_sorter_free(f->found);
}

static uint64_t bucket_size(const ay_pile *pile, uint32_t bucket)
{
    uint64_t n = 0;
    for (const ay_pile_chunk *c = pile->chunks; c; c = c->next) n += c->starts[bucket + 1] - c->starts[bucket];
    for (const ay_pile_run *r = pile->runs; r; r = r->next) n += r->starts[bucket + 1] - r->starts[bucket];
    return n;
}

/* Room for the largest bucket, or for a sixteenth of the memory with the filter: then slices that are smaller by a
 * fifth if no hash comes often. */
static void plan_slices(finder *f)
{
    const size_t share = ay_budget_limit(f->pile->budget) / 16 / (sizeof *f->room + AY_SIFT_PLACES / 2);
    const size_t most = share < ROOM_MIN ? ROOM_MIN : share;
    uint64_t largest = 0;
    for (uint32_t b = 0; b < AY_PILE_BUCKETS; b++) {
        const uint64_t n = bucket_size(f->pile, b);
        if (n > largest) largest = n;
    }
    f->cap = largest < most ? (size_t)largest : most;
    f->slices = 1;
    while (largest > most && f->slices < SLICES && f->pile->count / AY_PILE_BUCKETS / f->slices > most / 5 * 4)
        f->slices *= 2;
}

static assay_status open_finder(finder *f, assay_err *err)
{
    plan_slices(f);
    AY_TRY(ay_sorter_open(f->pile->budget, &f->found, err));
    AY_TRY(ay_sift_open(&f->sift, f->pile->budget, f->cap, 0, err));
    f->room = AY_NEW_ARRAY(f->cap, ay_pair);
    AY_NOMEM_IF(!f->room, err);
    ay_budget_take(f->pile->budget, f->cap * sizeof *f->room);
    return ASSAY_OK;
}

static assay_status note_all(finder *f, assay_err *err)
{
    for (size_t i = 0; i < f->n; i++) AY_TRY(ay_sorter_put(f->found, f->room[i].with, AY_STR(""), err));
    f->n = 0;
    return ASSAY_OK;
}

/* A slice for which there is no room has many repeats in it: all of it is noted. */
static assay_status take(finder *f, const ay_pair *entries, size_t n, uint64_t base, assay_err *err)
{
    for (size_t i = 0; i < n; i++) {
        if ((entries[i].hash >> SLICE & (f->slices - 1)) != f->slice) continue;
        if (f->n == f->cap) {
            f->is_crowded = true;
            AY_TRY(note_all(f, err));
        }
        f->room[f->n++] = (ay_pair){entries[i].hash, base + entries[i].with};
    }
    return ASSAY_OK;
}

static assay_status take_from_file(finder *f, const ay_pile_run *run, uint32_t bucket, assay_err *err)
{
    ay_pair piece[PIECE];
    const uint64_t end = run->starts[bucket + 1];
    for (uint64_t at = run->starts[bucket]; at < end;) {
        const size_t n = end - at < PIECE ? (size_t)(end - at) : PIECE;
        AY_TRY(ay_spill_read(run->file, run->from + at * sizeof *piece, (char *)piece, n * sizeof *piece, err));
        AY_TRY(take(f, piece, n, run->base, err));
        at += n;
    }
    return ASSAY_OK;
}

static assay_status load(finder *f, uint32_t bucket, assay_err *err)
{
    f->n = 0;
    f->is_crowded = false;
    for (const ay_pile_chunk *c = f->pile->chunks; c; c = c->next) {
        const uint32_t from = c->starts[bucket];
        AY_TRY(take(f, c->entries + from, c->starts[bucket + 1] - from, c->base, err));
    }
    for (const ay_pile_run *r = f->pile->runs; r; r = r->next) AY_TRY(take_from_file(f, r, bucket, err));
    return ASSAY_OK;
}

static assay_status find_in(finder *f, uint32_t bucket, assay_err *err)
{
    for (f->slice = 0; f->slice < f->slices; f->slice++) {
        AY_TRY(ay_budget_cancelled(f->pile->budget, err));
        AY_TRY(load(f, bucket, err));
        if (!f->is_crowded) f->n = ay_sift_keep(&f->sift, f->room, f->n);
        AY_TRY(note_all(f, err));
    }
    return ASSAY_OK;
}

/* *ret_all: so many are found that reading all of the log is as good. */
static assay_status find(finder *f, bool *ret_all, assay_err *err)
{
    const uint64_t most = FOUND_MIN + f->pile->count / 4;
    AY_TRY(open_finder(f, err));
    for (uint32_t b = 0; b < AY_PILE_BUCKETS && ay_sorter_count(f->found) <= most; b++) AY_TRY(find_in(f, b, err));
    *ret_all = ay_sorter_count(f->found) > most;
    return ASSAY_OK;
}

static assay_status hand_over_each(reader *r, ay_sorted *places, ay_sorter *into, assay_err *err)
{
    for (;;) {
        ay_sort_record place;
        uint64_t next;
        bool end = false;
        AY_TRY(ay_sorted_next(places, &place, &end, err));
        if (end) return ASSAY_OK;
        AY_TRY(hand_over(r, place.prefix, into, &next, err));
    }
}

static assay_status read_found(finder *f, ay_sorter *into, assay_err *err)
{
    reader r = {.pile = f->pile};
    ay_sorted *places = NULL;
    AY_TRY(ay_sorted_open(f->found, &places, err));
    const assay_status status = hand_over_each(&r, places, into, err);
    ay_sorted_close(places);
    reader_free(&r);
    return status;
}

assay_status ay_pile_repeats(ay_pile *pile, ay_sorter *into, assay_err *err)
{
    AY_TRY(ay_pile_seal(pile, err));
    finder f = {.pile = pile};
    bool is_all = false;
    assay_status status = find(&f, &is_all, err);
    if (status == ASSAY_OK && !is_all) status = read_found(&f, into, err);
    finder_free(&f);
    return status == ASSAY_OK && is_all ? read_all(pile, into, err) : status;
}
