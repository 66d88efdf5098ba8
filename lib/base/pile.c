#include <assert.h>

#include "base/mem.h"
#include "base/pile_parts.h"

#define BLOCK_MAX ((size_t)256 << 10) /* of the log, written at once */
#define BLOCK_MIN ((size_t)4 << 10)
#define CHUNK_MAX ((uint32_t)32 << 10) /* entries: put into buckets within the cache */
#define CHUNK_MIN ((uint32_t)256)
#define STAGED    1024 /* entries that are written at once */

/* ---- Sizes ---- */

static size_t block_size(const ay_pile *pile)
{
    const size_t share = ay_budget_limit(pile->budget) / 64;
    return share < BLOCK_MIN ? BLOCK_MIN : share > BLOCK_MAX ? BLOCK_MAX : share;
}

static uint32_t chunk_size(const ay_pile *pile)
{
    const size_t share = ay_budget_limit(pile->budget) / 64 / sizeof(ay_pair);
    return share < CHUNK_MIN ? CHUNK_MIN : share > CHUNK_MAX ? CHUNK_MAX : (uint32_t)share;
}

/* ---- Opening ---- */

assay_status ay_pile_open(ay_budget *budget, ay_pile **ret, assay_err *err)
{
    ay_pile *pile = AY_NEW(ay_pile);
    AY_NOMEM_IF(!pile, err);
    pile->budget = budget;
    *ret = pile;
    return ASSAY_OK;
}

static void free_piece(ay_pile *pile, ay_pile_piece *piece)
{
    ay_budget_give(pile->budget, piece->block.cap);
    if (piece->block.ptr) pile->held_log -= piece->block.cap;
    ay_buf_free(&piece->block);
    ay_spill_unref(piece->file);
    piece->file = NULL;
}

static void free_chunks(ay_pile *pile)
{
    while (pile->chunks) {
        ay_pile_chunk *first = pile->chunks;
        pile->chunks = first->next;
        ay_free(first);
    }
    ay_budget_give(pile->budget, pile->held_index);
    pile->held_index = 0;
}

static void free_runs(ay_pile *pile)
{
    while (pile->runs) {
        ay_pile_run *first = pile->runs;
        pile->runs = first->next;
        ay_spill_unref(first->file);
        ay_free(first);
    }
    ay_budget_give(pile->budget, pile->held_runs);
    pile->held_runs = 0;
}

static void free_tail(ay_pile *pile)
{
    ay_budget_give(pile->budget, pile->tail_taken);
    pile->tail_taken = 0;
    ay_buf_free(&pile->tail);
}

void ay_pile_clear(ay_pile *pile)
{
    for (uint32_t i = 0; i < pile->n_pieces; i++) free_piece(pile, &pile->pieces[i]);
    free_chunks(pile);
    free_runs(pile);
    free_tail(pile);
    ay_budget_give(pile->budget, pile->cap_filling * sizeof *pile->filling);
    pile->filling = (ay_pair *)ay_free(pile->filling);
    pile->n_filling = pile->cap_filling = pile->n_pieces = 0;
    pile->count = pile->end = 0;
    ay_spill_unref(AY_STEAL(pile->file));
}

ay_pile *ay_pile_free(ay_pile *pile)
{
    if (!pile) return NULL;
    ay_pile_clear(pile);
    ay_budget_give(pile->budget, pile->cap_pieces * sizeof *pile->pieces);
    ay_free(pile->pieces);
    return (ay_pile *)ay_free(pile);
}

uint64_t ay_pile_count(const ay_pile *pile)
{
    return pile->count;
}

static assay_status reserve_pieces(ay_pile *pile, uint32_t more, assay_err *err)
{
    if (pile->cap_pieces - pile->n_pieces >= more) return ASSAY_OK;
    uint32_t cap = pile->cap_pieces ? pile->cap_pieces : 4;
    while (cap - pile->n_pieces < more) cap *= 2;
    ay_pile_piece *pieces = (ay_pile_piece *)ay_realloc_array(pile->pieces, cap, sizeof *pieces);
    AY_NOMEM_IF(!pieces, err);
    ay_budget_take(pile->budget, (cap - pile->cap_pieces) * sizeof *pieces);
    pile->pieces = pieces;
    pile->cap_pieces = cap;
    return ASSAY_OK;
}

/* ---- Writing to the file ---- */

static assay_status open_file(ay_pile *pile, assay_err *err)
{
    return pile->file ? ASSAY_OK : ay_spill_open(pile->budget, &pile->file, err);
}

static assay_status write_to_log(ay_pile *pile, ay_str bytes, uint64_t *ret_at, assay_err *err)
{
    AY_TRY(open_file(pile, err));
    *ret_at = pile->file->size;
    return ay_spill_write(pile->file, bytes, err);
}

static assay_status spill_pieces(ay_pile *pile, assay_err *err)
{
    for (uint32_t i = 0; i < pile->n_pieces; i++) {
        ay_pile_piece *piece = &pile->pieces[i];
        if (!piece->block.ptr) continue;
        AY_TRY(write_to_log(pile, ay_buf_view(&piece->block), &piece->at, err));
        free_piece(pile, piece);
        piece->file = ay_spill_ref(pile->file);
    }
    return ASSAY_OK;
}

typedef struct stage {
    ay_spill *file;
    size_t n;
    ay_pair entries[STAGED];
} stage;

static assay_status write_stage(stage *s, assay_err *err)
{
    const ay_str bytes = {(const char *)s->entries, s->n * sizeof *s->entries};
    s->n = 0;
    return ay_spill_write(s->file, bytes, err);
}

static assay_status write_bucket(stage *s, const ay_pile_chunk *chunk, uint32_t bucket, assay_err *err)
{
    for (uint32_t i = chunk->starts[bucket]; i < chunk->starts[bucket + 1]; i++) {
        if (s->n == STAGED) AY_TRY(write_stage(s, err));
        s->entries[s->n++] = (ay_pair){chunk->entries[i].hash, chunk->base + chunk->entries[i].with};
    }
    return ASSAY_OK;
}

/* All chunks; starts[]: where each bucket begins. */
static assay_status write_chunks(const ay_pile *pile, uint64_t *starts, assay_err *err)
{
    stage s = {.file = pile->file};
    for (uint32_t b = 0; b < AY_PILE_BUCKETS; b++) {
        starts[b + 1] = starts[b];
        for (const ay_pile_chunk *c = pile->chunks; c; c = c->next) {
            AY_TRY(write_bucket(&s, c, b, err));
            starts[b + 1] += c->starts[b + 1] - c->starts[b];
        }
    }
    return write_stage(&s, err);
}

static assay_status spill_chunks(ay_pile *pile, assay_err *err)
{
    AY_TRY(open_file(pile, err));
    ay_pile_run *run = AY_NEW(ay_pile_run);
    AY_NOMEM_IF(!run, err);
    run->from = pile->file->size;
    const assay_status status = write_chunks(pile, run->starts, err);
    if (status != ASSAY_OK) {
        ay_free(run);
        return status;
    }
    run->file = ay_spill_ref(pile->file);
    run->next = pile->runs;
    pile->runs = run;
    ay_budget_take(pile->budget, sizeof *run);
    pile->held_runs += sizeof *run;
    free_chunks(pile);
    return ASSAY_OK;
}

/* The log first: it is read little, and mostly in one direction. Of the index at least as much at once as is to be
 * known of all runs: so that grows with the root of what is spilled. */
static assay_status spill_if_over(ay_pile *pile, assay_err *err)
{
    if (!ay_budget_presses(pile->budget, pile->held_log + pile->held_index)) return ASSAY_OK;
    AY_TRY(spill_pieces(pile, err));
    const bool presses = ay_budget_presses(pile->budget, pile->held_index);
    return presses && pile->held_index >= pile->held_runs ? spill_chunks(pile, err) : ASSAY_OK;
}

/* ---- The log ---- */

static void add_piece(ay_pile *pile, ay_pile_piece piece)
{
    assert(pile->pieces); /* reserved */
    piece.from = pile->end;
    piece.to = pile->end += pile->tail.len;
    pile->pieces[pile->n_pieces++] = piece;
}

static assay_status write_tail(ay_pile *pile, assay_err *err)
{
    uint64_t at;
    AY_TRY(write_to_log(pile, ay_buf_view(&pile->tail), &at, err));
    ay_pile_piece *last = pile->n_pieces ? &pile->pieces[pile->n_pieces - 1] : NULL;
    const bool goes_on = last && last->file == pile->file && last->at + (last->to - last->from) == at;
    if (goes_on) last->to = pile->end += pile->tail.len;
    else add_piece(pile, (ay_pile_piece){.file = ay_spill_ref(pile->file), .at = at});
    if (pile->tail.cap > 2 * block_size(pile)) free_tail(pile); /* a record was long */
    else ay_buf_clear(&pile->tail);
    return ASSAY_OK;
}

static void keep_tail(ay_pile *pile)
{
    add_piece(pile, (ay_pile_piece){.block = pile->tail});
    pile->held_log += pile->tail.cap;
    pile->tail = (ay_buf){0};
    pile->tail_taken = 0;
}

/* A log that is long goes to the file at once, and all that follows: written from the cache it costs no more than fresh
 * memory does, is not written again later, and is cut only where the index was written in between. While memory is left
 * a file that cannot be written is no reason to stop. */
static assay_status stow_tail(ay_pile *pile, assay_err *err)
{
    AY_TRY(reserve_pieces(pile, 1, err));
    const bool is_over = ay_budget_over(pile->budget);
    if (is_over || pile->file || pile->held_log >= ay_budget_limit(pile->budget) / 8) {
        const assay_status status = write_tail(pile, err);
        if (status == ASSAY_OK || is_over || status == ASSAY_ENOMEM) return status;
    }
    keep_tail(pile);
    return ASSAY_OK;
}

/* ---- The index ---- */

/* The entries by their buckets, the order of arrival kept within each. */
static void scatter(const ay_pair *from, ay_pile_chunk *chunk)
{
    uint32_t *starts = chunk->starts, next[AY_PILE_BUCKETS];
    for (uint32_t i = 0; i < chunk->n; i++) starts[(from[i].hash >> 56) + 1]++;
    for (uint32_t b = 0; b < AY_PILE_BUCKETS; b++) starts[b + 1] += next[b] = starts[b];
    for (uint32_t i = 0; i < chunk->n; i++) chunk->entries[next[from[i].hash >> 56]++] = from[i];
}

static assay_status add_chunk(ay_pile *pile, assay_err *err)
{
    if (pile->n_filling == 0) return ASSAY_OK;
    const size_t bytes = sizeof(ay_pile_chunk) + pile->n_filling * sizeof(ay_pair);
    ay_pile_chunk *chunk = (ay_pile_chunk *)ay_alloc(bytes);
    AY_NOMEM_IF(!chunk, err);
    *chunk = (ay_pile_chunk){.next = pile->chunks, .n = pile->n_filling};
    ay_budget_take(pile->budget, bytes);
    pile->held_index += bytes;
    scatter(pile->filling, chunk);
    pile->chunks = chunk;
    pile->n_filling = 0;
    return ASSAY_OK;
}

static assay_status grow_filling(ay_pile *pile, assay_err *err)
{
    const uint32_t cap = pile->cap_filling ? pile->cap_filling * 2 : CHUNK_MIN;
    ay_pair *filling = (ay_pair *)ay_realloc_array(pile->filling, cap, sizeof *filling);
    AY_NOMEM_IF(!filling, err);
    ay_budget_take(pile->budget, (cap - pile->cap_filling) * sizeof *filling);
    pile->filling = filling;
    pile->cap_filling = cap;
    return ASSAY_OK;
}

static assay_status put_entry(ay_pile *pile, ay_pair entry, assay_err *err)
{
    if (pile->n_filling == pile->cap_filling) {
        if (pile->n_filling >= chunk_size(pile)) AY_TRY(add_chunk(pile, err));
        else AY_TRY(grow_filling(pile, err));
    }
    pile->filling[pile->n_filling++] = entry;
    return ASSAY_OK;
}

/* ---- Putting ---- */

/* All but the first are of the full size at once. */
static void open_tail(ay_pile *pile)
{
    if (!pile->tail.ptr && pile->n_pieces) (void)ay_buf_reserve(&pile->tail, block_size(pile));
}

static void take_tail(ay_pile *pile)
{
    if (pile->tail.cap == pile->tail_taken) return;
    ay_budget_take(pile->budget, pile->tail.cap - pile->tail_taken);
    pile->tail_taken = pile->tail.cap;
}

/* The record whose header is at `begun` in the tail. */
static assay_status enter(ay_pile *pile, size_t begun, uint64_t hash, size_t len, assay_err *err)
{
    const uint32_t short_len = (uint32_t)len;
    memcpy(pile->tail.ptr + begun, &hash, sizeof hash);
    memcpy(pile->tail.ptr + begun + sizeof hash, &short_len, sizeof short_len);
    AY_TRY(put_entry(pile, (ay_pair){hash, pile->end + begun}, err));
    pile->count++;
    return ASSAY_OK;
}

static assay_status close_tail(ay_pile *pile, assay_err *err)
{
    AY_TRY(stow_tail(pile, err));
    return spill_if_over(pile, err);
}

ay_buf *ay_pile_begin(ay_pile *pile)
{
    static const char header[AY_PILE_HEADER];
    open_tail(pile);
    pile->begun = pile->tail.len;
    ay_buf_put(&pile->tail, header, sizeof header);
    return &pile->tail;
}

assay_status ay_pile_end(ay_pile *pile, uint64_t hash, assay_err *err)
{
    AY_TRY(ay_buf_status(&pile->tail, err));
    take_tail(pile);
    const size_t len = pile->tail.len - pile->begun - AY_PILE_HEADER;
    AY_TRY(ay_sort_check_length(len, err));
    AY_TRY(enter(pile, pile->begun, hash, len, err));
    const bool is_full = pile->tail.len + AY_PILE_HEADER + len > block_size(pile); /* of another one like it */
    return is_full ? close_tail(pile, err) : ASSAY_OK;
}

assay_status ay_pile_room(ay_pile *pile, const size_t *lens, uint32_t n, char **ret_to, bool *ret_is_there,
                          assay_err *err)
{
    size_t all = n * AY_PILE_HEADER;
    for (uint32_t i = 0; i < n; i++) all += lens[i];
    *ret_is_there = all <= block_size(pile);
    if (!*ret_is_there) return ASSAY_OK;
    if (pile->tail.len + all > block_size(pile)) AY_TRY(close_tail(pile, err));
    open_tail(pile);
    char *to = ay_buf_reserve(&pile->tail, all);
    AY_TRY(ay_buf_status(&pile->tail, err));
    for (uint32_t i = 0; i < n; to += lens[i++]) ret_to[i] = to += AY_PILE_HEADER;
    return ASSAY_OK;
}

assay_status ay_pile_take(ay_pile *pile, const size_t *lens, const uint64_t *hashes, uint32_t n, assay_err *err)
{
    take_tail(pile);
    for (uint32_t i = 0; i < n; i++) {
        const size_t begun = pile->tail.len;
        pile->tail.len += AY_PILE_HEADER + lens[i];
        AY_TRY(enter(pile, begun, hashes[i], lens[i], err));
    }
    return ASSAY_OK;
}

assay_status ay_pile_seal(ay_pile *pile, assay_err *err)
{
    AY_TRY(add_chunk(pile, err));
    return pile->tail.len ? stow_tail(pile, err) : ASSAY_OK;
}

static void move_pieces(ay_pile *into, ay_pile *from)
{
    for (uint32_t i = 0; i < from->n_pieces; i++) {
        ay_pile_piece *piece = &into->pieces[into->n_pieces++];
        *piece = from->pieces[i];
        piece->from += into->end;
        piece->to += into->end;
    }
    from->n_pieces = 0;
    into->held_log += from->held_log;
    from->held_log = 0;
}

static void move_index(ay_pile *into, ay_pile *from)
{
    ay_pile_chunk **chunks = &from->chunks;
    ay_pile_run **runs = &from->runs;
    for (; *chunks; chunks = &(*chunks)->next) (*chunks)->base += into->end;
    for (; *runs; runs = &(*runs)->next) (*runs)->base += into->end;
    *chunks = into->chunks;
    *runs = into->runs;
    into->chunks = AY_STEAL(from->chunks);
    into->runs = AY_STEAL(from->runs);
    into->held_index += from->held_index;
    into->held_runs += from->held_runs;
    from->held_index = from->held_runs = 0;
}

assay_status ay_pile_absorb(ay_pile *into, ay_pile *from, assay_err *err)
{
    assert(into != from && into->budget == from->budget);
    AY_TRY(ay_pile_seal(from, err));
    AY_TRY(ay_pile_seal(into, err));
    AY_TRY(reserve_pieces(into, from->n_pieces, err));
    move_pieces(into, from);
    move_index(into, from);
    into->end += from->end;
    into->count += from->count;
    ay_pile_clear(from);
    return spill_if_over(into, err);
}
