#include "proof/snapshot.h"

#include <assert.h>

#include "base/mem.h"
#include "base/spill.h"
#include "proof/leaf_sort.h"

#define PARTITIONS 256 /* by the first byte of kh */
#define PER_CHUNK  85  /* leaves of a chunk: 4 KiB with its head */
#define STAGED     1024
#define LEAST      ((size_t)1 << 20) /* bytes a part may hold, and sort at once, whatever others hold */

typedef struct chunk {
    struct chunk *next;
    uint32_t n;
    ay_leaf leaves[PER_CHUNK];
} chunk;

typedef struct extent {
    ay_spill *file;
    uint64_t at, n;
} extent;

typedef struct partition {
    uint64_t count;
    chunk *filling; /* the chunks in memory, the one being filled first */
    extent *extents;
    uint32_t n, cap;
} partition;

struct ay_snapshot {
    ay_budget *budget;
    uint64_t count;
    size_t held; /* bytes of chunks */
    bool spilled;
    ay_spill *file; /* where this part writes; opened by the first spill */
    partition partitions[PARTITIONS];
};

assay_status ay_snapshot_open(ay_budget *budget, ay_snapshot **ret, assay_err *err)
{
    ay_snapshot *part = AY_NEW(ay_snapshot);
    AY_NOMEM_IF(!part, err);
    part->budget = budget;
    *ret = part;
    return ASSAY_OK;
}

static void free_chunks(ay_snapshot *part, partition *p)
{
    while (p->filling) {
        chunk *first = p->filling;
        p->filling = first->next;
        ay_free(first);
        part->held -= sizeof(chunk);
        ay_budget_give(part->budget, sizeof(chunk));
    }
}

ay_snapshot *ay_snapshot_free(ay_snapshot *part)
{
    if (!part) return NULL;
    for (unsigned i = 0; i < PARTITIONS; i++) {
        partition *p = &part->partitions[i];
        free_chunks(part, p);
        for (uint32_t e = 0; e < p->n; e++) ay_spill_unref(p->extents[e].file);
        ay_free(p->extents);
    }
    ay_spill_unref(part->file);
    return (ay_snapshot *)ay_free(part);
}

uint64_t ay_snapshot_count(const ay_snapshot *part)
{
    return part->count;
}

/* ---- Spilling ---- */

static assay_status reserve_extents(partition *p, uint32_t more, assay_err *err)
{
    if (p->cap - p->n >= more) return ASSAY_OK;
    uint32_t cap = p->cap ? p->cap : 4;
    while (cap - p->n < more) cap *= 2;
    extent *extents = (extent *)ay_realloc_array(p->extents, cap, sizeof *extents);
    AY_NOMEM_IF(!extents, err);
    p->extents = extents;
    p->cap = cap;
    return ASSAY_OK;
}

static assay_status flush(ay_snapshot *part, const ay_leaf *staged, size_t *n, assay_err *err)
{
    const size_t bytes = *n * sizeof *staged;
    *n = 0;
    return bytes ? ay_spill_write(part->file, (ay_str){(const char *)staged, bytes}, err) : ASSAY_OK;
}

static assay_status write_chunks(ay_snapshot *part, const partition *p, ay_leaf *staged, uint64_t *ret_n,
                                 assay_err *err)
{
    size_t n = 0;
    *ret_n = 0;
    for (const chunk *c = p->filling; c; c = c->next) {
        if (n + c->n > STAGED) AY_TRY(flush(part, staged, &n, err));
        memcpy(staged + n, c->leaves, c->n * sizeof *staged);
        n += c->n;
        *ret_n += c->n;
    }
    return flush(part, staged, &n, err);
}

static assay_status spill_partition(ay_snapshot *part, partition *p, ay_leaf *staged, assay_err *err)
{
    if (!p->filling) return ASSAY_OK;
    AY_TRY(reserve_extents(p, 1, err));
    extent e = {.file = part->file, .at = part->file->size};
    AY_TRY(write_chunks(part, p, staged, &e.n, err));
    (void)ay_spill_ref(e.file);
    p->extents[p->n++] = e;
    free_chunks(part, p);
    return ASSAY_OK;
}

static assay_status spill(ay_snapshot *part, assay_err *err)
{
    if (!part->file) AY_TRY(ay_spill_open(part->budget, &part->file, err));
    ay_leaf *staged = AY_NEW_ARRAY(STAGED, ay_leaf);
    AY_NOMEM_IF(!staged, err);
    part->spilled = true;
    assay_status status = ASSAY_OK;
    for (unsigned i = 0; i < PARTITIONS && status == ASSAY_OK; i++)
        status = spill_partition(part, &part->partitions[i], staged, err);
    ay_free(staged);
    return status;
}

static assay_status spill_if_over(ay_snapshot *part, assay_err *err)
{
    return part->held >= LEAST && ay_budget_over(part->budget) ? spill(part, err) : ASSAY_OK;
}

/* ---- Taking leaves ---- */

static assay_status add_chunk(ay_snapshot *part, partition *p, assay_err *err)
{
    AY_TRY(spill_if_over(part, err));
    chunk *c = (chunk *)ay_alloc(sizeof *c);
    AY_NOMEM_IF(!c, err);
    ay_budget_take(part->budget, sizeof *c);
    part->held += sizeof *c;
    c->n = 0;
    c->next = p->filling;
    p->filling = c;
    return ASSAY_OK;
}

assay_status ay_snapshot_add(ay_snapshot *part, const ay_leaf *leaves, size_t n, assay_err *err)
{
    for (size_t i = 0; i < n; i++) {
        partition *p = &part->partitions[leaves[i].kh[0]];
        if (!p->filling || p->filling->n == PER_CHUNK) AY_TRY(add_chunk(part, p, err));
        p->filling->leaves[p->filling->n++] = leaves[i];
        p->count++;
    }
    part->count += n;
    return ASSAY_OK;
}

static void move_partition(partition *into, partition *from)
{
    if (from->n) memcpy(into->extents + into->n, from->extents, from->n * sizeof *from->extents);
    into->n += from->n;
    from->n = 0;
    chunk **end = &from->filling;
    while (*end) end = &(*end)->next;
    *end = into->filling;
    into->filling = AY_STEAL(from->filling);
    into->count += from->count;
    from->count = 0;
}

assay_status ay_snapshot_absorb(ay_snapshot *into, ay_snapshot *from, assay_err *err)
{
    assert(into != from && into->budget == from->budget);
    for (unsigned i = 0; i < PARTITIONS; i++) AY_TRY(reserve_extents(&into->partitions[i], from->partitions[i].n, err));
    for (unsigned i = 0; i < PARTITIONS; i++) move_partition(&into->partitions[i], &from->partitions[i]);
    into->count += from->count;
    into->held += from->held;
    into->spilled |= from->spilled;
    from->count = 0;
    from->held = 0;
    from->spilled = false;
    return spill_if_over(into, err);
}

/* ---- Reading in order ---- */

typedef struct room {
    ay_leaf *leaves;
    uint64_t cap;
} room;

static void free_room(ay_snapshot *part, room *r)
{
    r->leaves = (ay_leaf *)ay_free(r->leaves);
    ay_budget_give(part->budget, r->cap * sizeof(ay_leaf));
    r->cap = 0;
}

/* *ret_fits: whether the partition may be sorted in memory; then there is room for it. */
static assay_status make_room(ay_snapshot *part, room *r, uint64_t n, bool *ret_fits, assay_err *err)
{
    *ret_fits = true;
    if (n <= r->cap) return ASSAY_OK;
    free_room(part, r);
    ay_budget_take(part->budget, n * sizeof(ay_leaf));
    *ret_fits = n * sizeof(ay_leaf) <= LEAST || !ay_budget_over(part->budget);
    if (*ret_fits) r->leaves = (ay_leaf *)ay_alloc(n * sizeof(ay_leaf));
    if (r->leaves) {
        r->cap = n;
        return ASSAY_OK;
    }
    ay_budget_give(part->budget, n * sizeof(ay_leaf));
    return *ret_fits ? ay_fail_nomem(err) : ASSAY_OK;
}

/* The leaves of a partition in no order, some at a time. */
static assay_status each_of(const partition *p, const ay_leaf_taker *taker, assay_err *err)
{
    ay_leaf piece[PER_CHUNK];
    for (const chunk *c = p->filling; c; c = c->next) AY_TRY(taker->take(taker->self, c->leaves, c->n, err));
    for (uint32_t e = 0; e < p->n; e++)
        for (uint64_t done = 0; done < p->extents[e].n;) {
            const uint64_t rest = p->extents[e].n - done, n = rest < PER_CHUNK ? rest : PER_CHUNK;
            const uint64_t at = p->extents[e].at + done * sizeof(ay_leaf);
            AY_TRY(ay_spill_read(p->extents[e].file, at, (char *)piece, n * sizeof(ay_leaf), err));
            AY_TRY(taker->take(taker->self, piece, n, err));
            done += n;
        }
    return ASSAY_OK;
}

static assay_status load(const partition *p, ay_leaf *to, assay_err *err)
{
    for (const chunk *c = p->filling; c; c = c->next) {
        memcpy(to, c->leaves, c->n * sizeof *to);
        to += c->n;
    }
    for (uint32_t e = 0; e < p->n; e++) {
        const extent *x = &p->extents[e];
        AY_TRY(ay_spill_read(x->file, x->at, (char *)to, x->n * sizeof *to, err));
        to += x->n;
    }
    return ASSAY_OK;
}

/* The prefix holds the first bytes of the leaf, so the sorter is given only those behind them. */
static void put_back(const ay_sort_record *record, ay_leaf *ret)
{
    const uint64_t v = __builtin_bswap64(record->prefix);
    memcpy(ret, &v, sizeof v);
    memcpy((char *)ret + sizeof v, record->bytes.ptr, sizeof *ret - sizeof v);
}

static assay_status put_in_sorter(void *self, const ay_leaf *leaves, size_t n, assay_err *err)
{
    ay_sorter *sorter = (ay_sorter *)self;
    for (size_t i = 0; i < n; i++) {
        const ay_str rest = {(const char *)&leaves[i] + sizeof(uint64_t), sizeof *leaves - sizeof(uint64_t)};
        AY_TRY(ay_sorter_put(sorter, ay_sort_prefix((ay_str){(const char *)&leaves[i], sizeof *leaves}), rest, err));
    }
    return ASSAY_OK;
}

static assay_status take_sorted(ay_sorted *sorted, const ay_leaf_taker *taker, assay_err *err)
{
    ay_leaf piece[PER_CHUNK];
    for (bool end = false; !end;) {
        size_t n = 0;
        for (; n < PER_CHUNK; n++) {
            ay_sort_record record;
            AY_TRY(ay_sorted_next(sorted, &record, &end, err));
            if (end) break;
            put_back(&record, &piece[n]);
        }
        if (n) AY_TRY(taker->take(taker->self, piece, n, err));
    }
    return ASSAY_OK;
}

/* For a partition that does not fit: many records of few keys, or little memory. */
static assay_status each_by_sorter(ay_snapshot *part, const partition *p, const ay_leaf_taker *taker, assay_err *err)
{
    ay_sorter *sorter = NULL;
    ay_sorted *sorted = NULL;
    AY_TRY(ay_sorter_open(part->budget, &sorter, err));
    assay_status status = each_of(p, &(ay_leaf_taker){put_in_sorter, sorter}, err);
    if (status == ASSAY_OK) status = ay_sorted_open(sorter, &sorted, err);
    if (status == ASSAY_OK) status = take_sorted(sorted, taker, err);
    (void)ay_sorted_close(sorted);
    (void)ay_sorter_free(sorter);
    return status;
}

static assay_status each_partition(ay_snapshot *part, const partition *p, room *r, const ay_leaf_taker *taker,
                                   assay_err *err)
{
    const atomic_bool *cancel = part->budget->cancel;
    AY_FAIL_IF(cancel && atomic_load_explicit(cancel, memory_order_relaxed), err, ASSAY_ECANCELLED, "cancelled",
               "已取消");
    bool fits;
    AY_TRY(make_room(part, r, p->count, &fits, err));
    if (!fits) return each_by_sorter(part, p, taker, err);
    AY_TRY(load(p, r->leaves, err));
    ay_leaf_sort(r->leaves, p->count, 1);
    return taker->take(taker->self, r->leaves, p->count, err);
}

static bool room_to_sort(ay_snapshot *part)
{
    uint64_t largest = 0;
    for (unsigned i = 0; i < PARTITIONS; i++)
        if (part->partitions[i].count > largest) largest = part->partitions[i].count;
    ay_budget_take(part->budget, largest * sizeof(ay_leaf));
    const bool over = ay_budget_over(part->budget);
    ay_budget_give(part->budget, largest * sizeof(ay_leaf));
    return !over;
}

assay_status ay_snapshot_each(ay_snapshot *part, const ay_leaf_taker *taker, assay_err *err)
{
    if (part->held && (part->spilled || !room_to_sort(part))) AY_TRY(spill(part, err));
    room r = {0};
    assay_status status = ASSAY_OK;
    for (unsigned i = 0; i < PARTITIONS && status == ASSAY_OK; i++)
        if (part->partitions[i].count) status = each_partition(part, &part->partitions[i], &r, taker, err);
    free_room(part, &r);
    return status;
}
