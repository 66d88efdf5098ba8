#define _GNU_SOURCE /* qsort_r */
#include "run/proving.h"

#include <stdlib.h>

#include "base/mem.h"
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

/* ---- What is kept ---- */

assay_status ay_evidence_open(ay_budget *budget, ay_evidence *ret, assay_err *err)
{
    ay_evidence e = {0};
    AY_TRY(ay_snapshot_open(budget, &e.leaves, err));
    const assay_status st = ay_sorter_open(budget, &e.keys, err);
    if (st == ASSAY_OK) *ret = e;
    else ay_evidence_free(&e);
    return st;
}

assay_status ay_evidence_absorb(ay_evidence *into, ay_evidence *from, assay_err *err)
{
    if (!into->types.len) {
        const ay_buf empty = into->types;
        into->types = from->types;
        from->types = empty;
    }
    AY_TRY(ay_buf_status(&into->types, err));
    AY_TRY(ay_snapshot_absorb(into->leaves, from->leaves, err));
    return ay_sorter_absorb(into->keys, from->keys, err);
}

void ay_evidence_free(ay_evidence *evidence)
{
    ay_snapshot_free(evidence->leaves);
    ay_sorter_free(evidence->keys);
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

/* ---- One worker ---- */

struct ay_prover {
    const ay_proving *how;
    const ay_dataset *dataset;
    ay_hasher *hasher;
    ay_leaf_maker *maker;
    ay_records records, keys;
    ay_str *record_texts, *key_texts;
    ay_leaf *leaves;
    ay_buf tuple;
};

static assay_status open_parts(ay_prover *p, uint32_t cap, assay_err *err)
{
    AY_TRY(ay_hasher_open(p->how->alg, AY_PROVIDER_LANES, &p->hasher, err));
    AY_TRY(ay_leaf_maker_open(p->hasher, &p->how->leaf, &p->maker, err));
    p->record_texts = AY_NEW_ARRAY(cap, ay_str);
    p->key_texts = AY_NEW_ARRAY(cap, ay_str);
    p->leaves = AY_NEW_ARRAY(cap, ay_leaf);
    AY_NOMEM_IF(!p->record_texts || !p->key_texts || !p->leaves, err);
    return ASSAY_OK;
}

assay_status ay_prover_open(const ay_proving *proving, const ay_dataset *dataset, uint32_t cap, ay_prover **ret,
                            assay_err *err)
{
    ay_prover *p = AY_NEW(ay_prover);
    AY_NOMEM_IF(!p, err);
    p->how = proving;
    p->dataset = dataset;
    const assay_status st = open_parts(p, cap, err);
    if (st == ASSAY_OK) *ret = p;
    else ay_prover_close(p);
    return st;
}

ay_prover *ay_prover_close(ay_prover *p)
{
    if (!p) return NULL;
    ay_leaf_maker_free(p->maker);
    ay_hasher_free(p->hasher);
    ay_records_free(&p->records);
    ay_records_free(&p->keys);
    ay_free(p->record_texts);
    ay_free(p->key_texts);
    ay_free(p->leaves);
    ay_buf_free(&p->tuple);
    return ay_free(p);
}

static uint64_t prefix_of(const unsigned char *kh)
{
    uint64_t v;
    memcpy(&v, kh, sizeof v);
    return __builtin_bswap64(v);
}

/* A record that was just written: its fields stand in the order of their names, without those that are null. */
static void put_prints(ay_prover *p, uint32_t row)
{
    const ay_dataset *d = p->dataset;
    const size_t size = (size_t)d->n_fields * AY_FIELD_PRINT_SIZE;
    ay_cursor c = ay_cursor_on(p->record_texts[row].ptr, p->record_texts[row].len);
    char *to = ay_buf_reserve(&p->tuple, size);
    if (!to) return;
    memset(to, 0, size);
    p->tuple.len += size;
    (void)ay_take(&c, 4);
    for (uint32_t left = ay_take_u16(&c), i = 0; left; left--, i++) {
        const uint16_t n = ay_take_u16(&c);
        const ay_str name = {(const char *)ay_take(&c, n), n};
        const char *value = (const char *)c.at;
        (void)ay_take(&c, 1);
        (void)ay_take(&c, ay_take_u32(&c));
        unsigned char print[16];
        ay_hash128((ay_str){value, (size_t)((const char *)c.at - value)}, print);
        while (!ay_str_is(name, d->fields[p->how->by_name[i]].name)) i++;
        memcpy(to + (size_t)p->how->by_name[i] * AY_FIELD_PRINT_SIZE, print, AY_FIELD_PRINT_SIZE);
    }
}

static assay_status keep_keys(ay_prover *p, const ay_batch *fields, ay_sorter *keys, assay_err *err)
{
    const ay_dataset *d = p->dataset;
    for (uint32_t row = 0; row < fields->rows; row++) {
        ay_buf_clear(&p->tuple);
        ay_buf_put(&p->tuple, p->leaves[row].kh, AY_KH_SIZE);
        if (p->how->by_name) put_prints(p, row);
        for (uint32_t k = 0; k < d->n_key; k++) ay_tuple_put_col(&p->tuple, fields, d->key[k], row);
        AY_TRY(ay_buf_status(&p->tuple, err));
        AY_TRY(ay_sorter_put(keys, prefix_of(p->leaves[row].kh), ay_buf_view(&p->tuple), err));
    }
    return ASSAY_OK;
}

assay_status ay_prover_take(ay_prover *p, const ay_batch *fields, ay_evidence *into, assay_err *err)
{
    AY_TRY(ay_records_encode(p->how->record, fields, &p->records, err));
    AY_TRY(ay_records_encode(p->how->key, fields, &p->keys, err));
    for (uint32_t row = 0; row < fields->rows; row++) {
        p->record_texts[row] = ay_records_at(&p->records, row);
        p->key_texts[row] = ay_records_at(&p->keys, row);
    }
    const ay_leaf_batch batch = {p->key_texts, p->record_texts, fields->rows};
    AY_TRY(ay_leaf_make(p->maker, &batch, p->leaves, NULL, err));
    AY_TRY(ay_snapshot_add(into->leaves, p->leaves, fields->rows, err));
    return keep_keys(p, fields, into->keys, err);
}

const ay_leaf *ay_prover_leaf(const ay_prover *prover, uint32_t row)
{
    return &prover->leaves[row];
}

assay_status ay_prover_one(ay_prover *p, const ay_batch *fields, uint32_t row, ay_opened *ret, assay_err *err)
{
    ay_records_clear(&p->records);
    ay_records_clear(&p->keys);
    AY_TRY(ay_records_add(p->how->record, fields, row, &p->records, err));
    AY_TRY(ay_records_add(p->how->key, fields, row, &p->keys, err));
    const ay_str record = ay_records_at(&p->records, 0), key = ay_records_at(&p->keys, 0);
    ret->record = record;
    return ay_leaf_make(p->maker, &(ay_leaf_batch){&key, &record, 1}, &ret->leaf, &ret->salt, err);
}
