#define _GNU_SOURCE /* qsort_r */
#include "run/proving.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"
#include "record/tuple.h"

/* ---- How ---- */

static void free_plan(void *plan)
{
    ay_record_plan_free((ay_record_plan *)plan);
}

static void wipe_keys(void *options)
{
    ay_leaf_keys_wipe((ay_leaf_options *)options);
}

/* Names as bytes: the order of fields in a record. */
static int by_name(const void *a, const void *b, void *fields)
{
    const ay_field *const *f = (const ay_field *const *)fields;
    return ay_str_cmp(ay_str_from((*f)[*(const uint32_t *)a].name), ay_str_from((*f)[*(const uint32_t *)b].name));
}

static assay_status order_fields(ay_arena *arena, const ay_dataset *d, ay_proving *p, assay_err *err)
{
    uint32_t *order = AY_ARENA_ARRAY(arena, d->n_fields, uint32_t);
    const ay_field *fields = d->fields;
    AY_NOMEM_IF(!order, err);
    for (uint32_t i = 0; i < d->n_fields; i++) order[i] = i;
    qsort_r(order, d->n_fields, sizeof *order, by_name, &fields);
    p->by_name = order;
    return ASSAY_OK;
}

static assay_status make_plan(ay_arena *arena, const ay_dataset *d, const uint32_t *scope, uint32_t n,
                              ay_record_plan **ret, assay_err *err)
{
    AY_TRY(ay_record_plan_open(d->fields, scope, n, ret, err));
    AY_NOMEM_IF(!ay_arena_defer(arena, free_plan, *ret), err);
    return ASSAY_OK;
}

assay_status ay_proving_make(ay_arena *arena, const ay_dataset *dataset, const ay_proving_options *options,
                             const ay_proving **ret, assay_err *err)
{
    ay_proving *p = AY_ARENA_NEW(arena, ay_proving);
    AY_NOMEM_IF(!p || !ay_arena_defer(arena, wipe_keys, &p->leaf), err);
    p->alg = options->alg;
    p->leaf.dataset = ay_str_from(dataset->name);
    AY_TRY(ay_leaf_keys(options->secret, options->epoch, &p->leaf, err));
    if (options->keep_fields) AY_TRY(order_fields(arena, dataset, p, err));
    AY_TRY(make_plan(arena, dataset, NULL, dataset->n_fields, &p->record, err));
    AY_TRY(make_plan(arena, dataset, dataset->key, dataset->n_key, &p->key, err));
    *ret = p;
    return ASSAY_OK;
}

bool ay_proving_same(const ay_proving *a, const ay_proving *b)
{
    return a->alg == b->alg && memcmp(a->leaf.index_key, b->leaf.index_key, AY_LEAF_KEY_SIZE) == 0 &&
           memcmp(a->leaf.salt_key, b->leaf.salt_key, AY_LEAF_KEY_SIZE) == 0;
}

/* ---- What is kept ---- */

assay_status ay_evidence_open(ay_budget *budget, ay_evidence *ret, assay_err *err)
{
    ay_evidence e = {0};
    AY_TRY(ay_snapshot_open(budget, &e.leaves, err));
    const assay_status st = ay_bins_open(budget, &e.keys, err);
    if (st == ASSAY_OK) *ret = e;
    else ay_evidence_free(&e);
    return st;
}

assay_status ay_evidence_absorb(ay_evidence *into, ay_evidence *from, assay_err *err)
{
    AY_TRY(ay_buf_status(&into->types, err));
    AY_TRY(ay_buf_status(&from->types, err));
    if (!into->types.len) {
        const ay_buf empty = into->types;
        into->types = from->types;
        from->types = empty;
    }
    AY_TRY(ay_snapshot_absorb(into->leaves, from->leaves, err));
    return ay_bins_absorb(into->keys, from->keys, err);
}

void ay_evidence_free(ay_evidence *evidence)
{
    ay_snapshot_free(evidence->leaves);
    ay_bins_free(evidence->keys);
    ay_buf_free(&evidence->types);
    *evidence = (ay_evidence){0};
}

static const char *type_of(const ay_schema *source, const char *column)
{
    for (uint32_t i = 0; i < source->n; i++) {
        const ay_column *c = &source->columns[i];
        if (strcmp(c->name, column) == 0) return c->source_type ? c->source_type : ay_type_name(c->type);
    }
    return "";
}

void ay_evidence_note_types(ay_evidence *evidence, const ay_dataset *dataset, const ay_schema *source)
{
    for (uint32_t i = 0; i < dataset->n_fields; i++) {
        const char *type = type_of(source, dataset->fields[i].column);
        ay_buf_put(&evidence->types, type, strlen(type) + 1);
    }
}

/* Leaves and keys stand in the same order, that of kh; where several records have one key, any of them may stand beside
 * any of its leaves. */
typedef struct pairing {
    ay_kept_reader *keys;
    size_t prints; /* bytes before the key tuple */
    const ay_evidence_taker *taker;
} pairing;

static assay_status pair_leaves(void *self, const ay_leaf *leaves, size_t n, assay_err *err)
{
    const pairing *p = (const pairing *)self;
    for (size_t i = 0; i < n; i++) {
        ay_str row;
        AY_TRY(ay_kept_next(p->keys, &row, err));
        AY_FAIL_IF(!row.ptr || memcmp(row.ptr, leaves[i].kh, AY_KH_SIZE) != 0, err, ASSAY_EINTERNAL,
                   "leaves and keys do not fit together", "叶与主键不对应");
        row = ay_kept_rest(row);
        AY_TRY(p->taker->take(p->taker->ctx, &leaves[i], ay_str_slice(row, p->prints, row.len), err));
    }
    return ASSAY_OK;
}

assay_status ay_evidence_each(const ay_evidence *evidence, const ay_proving *how, const ay_dataset *dataset,
                              const ay_evidence_taker *taker, assay_err *err)
{
    const size_t prints = how->by_name ? (size_t)dataset->n_fields * AY_FIELD_PRINT_SIZE : 0;
    pairing p = {.prints = prints, .taker = taker};
    AY_TRY(ay_kept_open(evidence->keys, &p.keys, err));
    const assay_status st = ay_snapshot_each(evidence->leaves, &(ay_leaf_taker){pair_leaves, &p}, err);
    ay_kept_close(p.keys);
    return st;
}

/* ---- One worker ---- */

#define BATCHES AY_COMPANION_MOST
#define LARGE   ((size_t)1 << 20) /* bytes of records: of such batches one waits at most */

/* A batch as bytes, to be hashed. */
typedef struct written {
    ay_prover *prover;
    ay_records records, keys;
    ay_str *record_texts, *key_texts;
    ay_buf kept; /* rows for ay_evidence.keys, one behind the other, without their kh */
    size_t *kept_ends;
    uint32_t rows;
} written;

/* What one thread hashes with, and where it puts what it makes. */
typedef struct hand {
    ay_hasher *hasher;
    ay_leaf_maker *maker;
    ay_leaf *leaves; /* of the last batch */
    uint32_t *order; /* in which they are put, bin by bin: else each would wait for the memory of another bin */
    ay_evidence *into;
} hand;

/* The worker writes the records of a batch, a companion hashes them. The companion may be some batches behind: on a
 * small machine the server needs its processor, too. Where it is further behind, the worker hashes as well, so that
 * nobody waits for the other. */
struct ay_prover {
    const ay_proving *how;
    const ay_dataset *dataset;
    written batches[BATCHES]; /* a ring; `next` is free */
    uint32_t next, cap;
    hand own;
    const hand *last;        /* which had the batch taken last */
    ay_companion *companion; /* NULL until a batch is taken */
    hand other;              /* the companion's */
    ay_evidence aside;       /* what it has made; no types */
};

static assay_status open_hand(const ay_proving *how, uint32_t cap, hand *h, assay_err *err)
{
    AY_TRY(ay_hasher_open(how->alg, AY_PROVIDER_LANES, &h->hasher, err));
    AY_TRY(ay_leaf_maker_open(h->hasher, &how->leaf, &h->maker, err));
    h->leaves = AY_NEW_ARRAY(cap, ay_leaf);
    h->order = AY_NEW_ARRAY(cap, uint32_t);
    AY_NOMEM_IF(!h->leaves || !h->order, err);
    return ASSAY_OK;
}

static void free_hand(hand *h)
{
    ay_leaf_maker_free(h->maker);
    ay_hasher_free(h->hasher);
    ay_free(h->leaves);
    ay_free(h->order);
}

static assay_status open_written(ay_prover *p, written *w, assay_err *err)
{
    if (w->prover) return ASSAY_OK;
    w->record_texts = AY_NEW_ARRAY(p->cap, ay_str);
    w->key_texts = AY_NEW_ARRAY(p->cap, ay_str);
    w->kept_ends = AY_NEW_ARRAY(p->cap, size_t);
    AY_NOMEM_IF(!w->record_texts || !w->key_texts || !w->kept_ends, err);
    w->prover = p;
    return ASSAY_OK;
}

static void free_bytes(written *w)
{
    ay_records_free(&w->records);
    ay_records_free(&w->keys);
    ay_buf_free(&w->kept);
}

static void free_written(written *w)
{
    free_bytes(w);
    ay_free(w->record_texts);
    ay_free(w->key_texts);
    ay_free(w->kept_ends);
}

assay_status ay_prover_open(const ay_proving *proving, const ay_dataset *dataset, uint32_t cap, ay_prover **ret,
                            assay_err *err)
{
    ay_prover *p = AY_NEW(ay_prover);
    AY_NOMEM_IF(!p, err);
    p->how = proving;
    p->dataset = dataset;
    p->cap = cap;
    assay_status st = open_hand(proving, cap, &p->own, err);
    if (st == ASSAY_OK) st = open_hand(proving, cap, &p->other, err);
    if (st == ASSAY_OK) *ret = p;
    else ay_prover_close(p);
    return st;
}

ay_prover *ay_prover_close(ay_prover *p)
{
    if (!p) return NULL;
    ay_companion_close(p->companion);
    free_hand(&p->own);
    free_hand(&p->other);
    for (uint32_t i = 0; i < BATCHES; i++) free_written(&p->batches[i]);
    ay_evidence_free(&p->aside);
    return ay_free(p);
}

/* A record that was just written: its fields stand in the order of their names, without those that are null. */
static void put_prints(const ay_prover *p, uint32_t row, written *w)
{
    const ay_dataset *d = p->dataset;
    const size_t size = (size_t)d->n_fields * AY_FIELD_PRINT_SIZE;
    ay_cursor c = ay_cursor_on(w->record_texts[row].ptr, w->record_texts[row].len);
    char *to = ay_buf_reserve(&w->kept, size);
    if (!to) return;
    memset(to, 0, size);
    w->kept.len += size;
    (void)ay_take(&c, 4);
    for (uint32_t left = ay_take_u16(&c), i = 0; left; left--, i++) {
        const uint16_t n = ay_take_u16(&c);
        const ay_str name = {(const char *)ay_take(&c, n), n};
        assert(name.ptr); /* we have just written it */
        const char *value = (const char *)c.at;
        (void)ay_take(&c, 1);
        (void)ay_take(&c, ay_take_u32(&c));
        unsigned char print[16];
        ay_hash128((ay_str){value, (size_t)((const char *)c.at - value)}, print);
        while (!ay_str_is(name, d->fields[p->how->by_name[i]].name)) i++;
        memcpy(to + (size_t)p->how->by_name[i] * AY_FIELD_PRINT_SIZE, print, AY_FIELD_PRINT_SIZE);
    }
}

static void put_kept(const ay_prover *p, const ay_batch *fields, uint32_t row, written *w)
{
    static const unsigned char room[AY_KEPT_HEAD];
    const ay_dataset *d = p->dataset;
    const size_t from = w->kept.len;
    ay_buf_put(&w->kept, room, sizeof room);
    if (p->how->by_name) put_prints(p, row, w);
    for (uint32_t k = 0; k < d->n_key; k++) ay_tuple_put_col(&w->kept, fields, d->key[k], row);
    if (!w->kept.failed) ay_kept_put_length(w->kept.ptr + from, w->kept.len - from);
    w->kept_ends[row] = w->kept.len;
}

static assay_status write_batch(const ay_prover *p, const ay_batch *fields, written *w, assay_err *err)
{
    AY_TRY(ay_records_encode(p->how->record, fields, &w->records, err));
    AY_TRY(ay_records_encode(p->how->key, fields, &w->keys, err));
    ay_buf_clear(&w->kept);
    w->rows = fields->rows;
    for (uint32_t row = 0; row < w->rows; row++) {
        w->record_texts[row] = ay_records_at(&w->records, row);
        w->key_texts[row] = ay_records_at(&w->keys, row);
        put_kept(p, fields, row, w);
    }
    return ay_buf_status(&w->kept, err);
}

static void set_order(const hand *h, uint32_t rows)
{
    uint32_t begin[AY_BINS + 1] = {0};
    for (uint32_t i = 0; i < rows; i++) begin[h->leaves[i].kh[0] + 1]++;
    for (uint32_t b = 1; b < AY_BINS; b++) begin[b] += begin[b - 1];
    for (uint32_t i = 0; i < rows; i++) h->order[begin[h->leaves[i].kh[0]]++] = i;
}

static assay_status keep(const hand *h, const written *w, uint32_t row, assay_err *err)
{
    const size_t from = row ? w->kept_ends[row - 1] : 0;
    char *kept = w->kept.ptr + from;
    memcpy(kept, h->leaves[row].kh, AY_KH_SIZE);
    AY_TRY(ay_snapshot_add(h->into->leaves, &h->leaves[row], 1, err));
    return ay_bins_put(h->into->keys, (ay_str){kept, w->kept_ends[row] - from}, err);
}

static bool is_large(const written *w)
{
    return w->records.bytes.len > LARGE;
}

static assay_status make_leaves(const hand *h, written *w, assay_err *err)
{
    const ay_leaf_batch batch = {w->key_texts, w->record_texts, w->rows};
    AY_TRY(ay_leaf_make(h->maker, &batch, h->leaves, NULL, err));
    set_order(h, w->rows);
    for (uint32_t i = 0; i < w->rows; i++) AY_TRY(keep(h, w, h->order[i], err));
    if (is_large(w)) free_bytes(w);
    return ASSAY_OK;
}

static assay_status by_companion(void *batch, assay_err *err)
{
    written *w = (written *)batch;
    return make_leaves(&w->prover->other, w, err);
}

static assay_status open_companion(ay_prover *p, const ay_evidence *into, assay_err *err)
{
    if (p->companion) return ASSAY_OK;
    AY_TRY(ay_evidence_open(ay_bins_budget(into->keys), &p->aside, err));
    p->other.into = &p->aside;
    return ay_companion_open(by_companion, &p->companion, err);
}

assay_status ay_prover_take(ay_prover *p, const ay_batch *fields, ay_evidence *into, assay_err *err)
{
    written *w = &p->batches[p->next];
    uint32_t waiting;
    p->own.into = into;
    AY_TRY(open_companion(p, into, err));
    AY_TRY(open_written(p, w, err));
    AY_TRY(write_batch(p, fields, w, err));
    AY_TRY(ay_companion_load(p->companion, &waiting, err));
    const bool is_behind = waiting >= (is_large(w) ? 1 : BATCHES - 1); /* one is being written */
    p->last = is_behind ? &p->own : &p->other;
    if (is_behind) return make_leaves(&p->own, w, err);
    ay_companion_start(p->companion, w);
    p->next = (p->next + 1) % BATCHES;
    return ASSAY_OK;
}

assay_status ay_prover_settle(ay_prover *p, assay_err *err)
{
    if (!p->companion) return ASSAY_OK;
    AY_TRY(ay_companion_wait(p->companion, err));
    return ay_evidence_absorb(p->own.into, &p->aside, err);
}

const ay_leaf *ay_prover_leaf(const ay_prover *prover, uint32_t row)
{
    return &prover->last->leaves[row];
}

assay_status ay_prover_one(ay_prover *p, const ay_batch *fields, uint32_t row, ay_opened *ret, assay_err *err)
{
    written *w = &p->batches[p->next];
    ay_records_clear(&w->records);
    ay_records_clear(&w->keys);
    AY_TRY(ay_records_add(p->how->record, fields, row, &w->records, err));
    AY_TRY(ay_records_add(p->how->key, fields, row, &w->keys, err));
    const ay_str record = ay_records_at(&w->records, 0), key = ay_records_at(&w->keys, 0);
    ret->record = record;
    return ay_leaf_make(p->own.maker, &(ay_leaf_batch){&key, &record, 1}, &ret->leaf, &ret->salt, err);
}
