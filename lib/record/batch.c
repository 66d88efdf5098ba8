#include "record/batch.h"

#include <assert.h>

static bool column_open(ay_batch *batch, ay_col *col, ay_type type)
{
    col->type = type;
    col->null = AY_ARENA_ARRAY(&batch->fixed, AY_BITS_WORDS(batch->cap), uint64_t);
    col->bad = AY_ARENA_ARRAY(&batch->fixed, AY_BITS_WORDS(batch->cap), uint64_t);
    col->v.any = ay_arena_alloc(&batch->fixed, batch->cap, ay_storage_size(ay_type_storage(type)));
    return col->null && col->bad && col->v.any;
}

assay_status ay_batch_open(ay_batch *batch, const ay_type *types, uint32_t n, uint32_t cap, assay_err *err)
{
    ay_batch made = {.cap = cap ? cap : AY_BATCH_ROWS, .n = n};
    made.cols = AY_ARENA_ARRAY(&made.fixed, n, ay_col);
    bool ok = made.cols != NULL;
    for (uint32_t i = 0; ok && i < n; i++) ok = column_open(&made, &made.cols[i], types[i]);
    if (!ok) {
        ay_batch_free(&made);
        return ay_fail_nomem(err);
    }
    *batch = made;
    return ASSAY_OK;
}

void ay_batch_clear(ay_batch *batch)
{
    batch->rows = 0;
    batch->first_record = 0;
    for (uint32_t i = 0; i < batch->n; i++) {
        ay_bits_zero(batch->cols[i].null, batch->cap);
        ay_bits_zero(batch->cols[i].bad, batch->cap);
    }
    ay_arena_reset(&batch->heap);
}

void ay_batch_free(ay_batch *batch)
{
    ay_arena_free(&batch->heap);
    ay_arena_free(&batch->fixed);
    *batch = (ay_batch){0};
}

static void read_value(ay_cell *cell, const ay_col *col, uint32_t row)
{
    switch (ay_type_storage(col->type)) {
    case AY_STORE_I64: cell->v.i64 = col->v.i64[row]; break;
    case AY_STORE_F64: cell->v.f64 = col->v.f64[row]; break;
    case AY_STORE_DEC: cell->v.dec = col->v.dec[row]; break;
    case AY_STORE_STR: cell->v.str = col->v.str[row]; break;
    case AY_STORE_IV: cell->v.iv = col->v.iv[row]; break;
    case AY_STORE_TTZ: cell->v.ttz = col->v.ttz[row]; break;
    }
}

ay_cell ay_batch_cell(const ay_batch *batch, uint32_t col, uint32_t row)
{
    assert(col < batch->n && row < batch->rows);
    const ay_col *c = &batch->cols[col];
    ay_cell cell = {.type = c->type, .is_null = ay_bit(c->null, row), .is_bad = ay_bit(c->bad, row)};
    if (c->raw) cell.raw = c->raw[row];
    if (!cell.is_null && !cell.is_bad) read_value(&cell, c, row);
    return cell;
}
