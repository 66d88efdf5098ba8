/* For the decoders: whatever the bytes are and however they are cut, the same records, rejects and error come out.
 * The first byte chooses the options, the second the cut. */
#ifndef FUZZ_DECODE_H
#define FUZZ_DECODE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "record/batch.h"
#include "source/decoder.h"

typedef struct fuzz_out {
    ay_buf records, rejects;
    assay_err err;
    assay_status status;
} fuzz_out;

static assay_status fuzz_reject(void *ctx, const ay_reject *r, assay_err *err)
{
    fuzz_out *out = ctx;
    (void)err;
    ay_buf_printf(&out->rejects, "%llu %llu %llu %d %s %s\n", (unsigned long long)r->record,
                  (unsigned long long)r->line, (unsigned long long)r->byte_offset, (int)r->code, r->reason,
                  r->reason_zh);
    return ASSAY_OK;
}

/* A typed value is shown as a text that reads back as the same value. */
static void fuzz_reread(const ay_cell *cell, ay_arena *heap)
{
    ay_buf text = {0};
    ay_cell again = {0};
    assay_status status = ASSAY_OK;
    ay_cell_text(cell, &text);
    if (ay_buf_status(&text, NULL) != ASSAY_OK) abort();
    if (!ay_cell_read(ay_buf_view(&text), cell->type, NULL, heap, &again, NULL, NULL, &status)) abort();
    if (ay_cell_cmp(cell, &again) != 0) abort();
    ay_buf_free(&text);
}

/* JSON comes as the server wrote it; 24:00:00 is a time of PostgreSQL, but not one that is read from text. */
static bool fuzz_is_typed(const ay_cell *cell)
{
    if (cell->type == AY_TIME && cell->v.i64 == AY_DAY_US) return false;
    if (cell->type == AY_TIMETZ && cell->v.ttz.us == AY_DAY_US) return false;
    return !cell->is_null && !cell->is_bad && cell->type != AY_TEXT && cell->type != AY_JSON && cell->type != AY_JSONB;
}

static void fuzz_take(ay_decoder *d, fuzz_out *out)
{
    const ay_batch *b = &d->batch;
    ay_arena heap = {0};
    for (uint32_t row = 0; row < b->rows; row++) {
        ay_buf_printf(&out->records, "%llu", (unsigned long long)(b->first_record + row));
        for (uint32_t c = 0; c < b->n; c++) {
            const ay_cell cell = ay_batch_cell(b, c, row);
            ay_buf_text(&out->records, cell.is_null ? "|N" : cell.is_bad ? "|B" : "|=");
            ay_cell_text(&cell, &out->records);
            if (fuzz_is_typed(&cell)) fuzz_reread(&cell, &heap);
        }
        ay_buf_char(&out->records, '\n');
    }
    ay_arena_free(&heap);
    ay_batch_clear(&d->batch);
}

static assay_status fuzz_push(ay_decoder *d, const uint8_t *bytes, size_t len, fuzz_out *out)
{
    for (size_t used = 0; len > 0; bytes += used, len -= used) {
        const assay_status st = ay_decoder_push(d, bytes, len, &used, &out->err);
        if (st != ASSAY_OK) return st;
        if (ay_decoder_full(d)) fuzz_take(d, out);
        else if (used < len) abort(); /* nothing taken although there is room: the caller would never end */
    }
    return ASSAY_OK;
}

static assay_status fuzz_finish(ay_decoder *d, fuzz_out *out)
{
    for (bool more = true; more;) {
        const assay_status st = ay_decoder_finish(d, &out->err);
        if (st != ASSAY_OK) return st;
        more = ay_decoder_full(d);
        fuzz_take(d, out);
    }
    return ASSAY_OK;
}

static void fuzz_decode(ay_decoder *d, bool lenient, const uint8_t *bytes, size_t len, size_t step, fuzz_out *out)
{
    d->on_reject = lenient ? fuzz_reject : NULL;
    d->reject_ctx = out;
    for (size_t at = 0; out->status == ASSAY_OK && at < len; at += step) {
        const size_t n = len - at < step ? len - at : step;
        uint8_t *piece = ay_alloc(n); /* a block of its own: reading behind a cut is found */
        if (!piece) abort();
        memcpy(piece, bytes + at, n);
        out->status = fuzz_push(d, piece, n, out);
        ay_free(piece);
    }
    if (out->status == ASSAY_OK) out->status = fuzz_finish(d, out);
    fuzz_take(d, out);
    ay_decoder_free(d);
}

static void fuzz_same(const fuzz_out *a, const fuzz_out *b)
{
    if (a->status != b->status || a->err.line != b->err.line || strcmp(a->err.text, b->err.text) != 0) abort();
    if (!ay_str_eq(ay_buf_view(&a->records), ay_buf_view(&b->records))) abort();
    if (!ay_str_eq(ay_buf_view(&a->rejects), ay_buf_view(&b->rejects))) abort();
}

typedef ay_decoder *(*fuzz_open)(uint8_t options, uint32_t cap);

static int fuzz_cuts(fuzz_open open, const uint8_t *data, size_t len)
{
    if (len < 2) return 0;
    fuzz_out whole = {0}, cut = {0};
    const bool lenient = data[0] & 1;
    fuzz_decode(open(data[0], 64), lenient, data + 2, len - 2, len, &whole);
    fuzz_decode(open(data[0], 1 + data[1] % 3), lenient, data + 2, len - 2, 1 + data[1] % 13, &cut);
    fuzz_same(&whole, &cut);
    ay_buf_free(&whole.records);
    ay_buf_free(&whole.rejects);
    ay_buf_free(&cut.records);
    ay_buf_free(&cut.rejects);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif
