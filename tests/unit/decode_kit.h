/* What the tests of the decoders share: decode bytes cut in steps, and write down all that came out as text, so that
 * two decodings can be compared whole. */
#ifndef DECODE_KIT_H
#define DECODE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "record/batch.h"
#include "source/decoder.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

/* "a|NULL|<bad 12>" and so on, a line a record, with the record's number where numbers are wanted. */
static inline void kit_batch(const ay_batch *b, ay_buf *out)
{
    for (uint32_t row = 0; row < b->rows; row++) {
        ay_buf_printf(out, "%llu:", (unsigned long long)(b->first_record + row));
        for (uint32_t c = 0; c < b->n; c++) {
            const ay_cell cell = ay_batch_cell(b, c, row);
            if (c) ay_buf_char(out, '|');
            if (cell.is_bad) ay_buf_text(out, "<bad ");
            if (cell.is_null) ay_buf_text(out, "NULL");
            else ay_cell_text(&cell, out);
            if (cell.is_bad) ay_buf_char(out, '>');
        }
        ay_buf_char(out, '\n');
    }
}

/* Rejects are handed over at once, records when the batch is full: they are kept apart. */
static inline assay_status kit_reject(void *ctx, const ay_reject *reject, assay_err *err)
{
    (void)err;
    ay_buf_printf(ctx, "reject %llu line %llu at %llu: %s\n", (unsigned long long)reject->record,
                  (unsigned long long)reject->line, (unsigned long long)reject->byte_offset, reject->reason);
    return ASSAY_OK;
}

static inline void kit_take(ay_decoder *d, ay_buf *out)
{
    kit_batch(&d->batch, out);
    ay_batch_clear(&d->batch);
}

static inline assay_status kit_push(ay_decoder *d, const char *bytes, size_t len, ay_buf *out, assay_err *err)
{
    for (size_t used = 0; len > 0; bytes += used, len -= used) {
        const assay_status st = ay_decoder_push(d, bytes, len, &used, err);
        if (st != ASSAY_OK) return st;
        if (ay_decoder_full(d)) kit_take(d, out);
        else if (used < len) fail_msg("bytes left over although the batch is not full");
    }
    return ASSAY_OK;
}

static inline assay_status kit_finish(ay_decoder *d, ay_buf *out, assay_err *err)
{
    for (;;) {
        const assay_status st = ay_decoder_finish(d, err);
        if (st != ASSAY_OK) return st;
        const bool more = ay_decoder_full(d);
        kit_take(d, out);
        if (!more) return ASSAY_OK;
    }
}

/* Decode all of it, `step` bytes at a time. What came before a fault is written too. */
static inline void kit_decode(ay_decoder *d, const char *bytes, size_t len, size_t step, ay_buf *out)
{
    assay_err err = {0};
    assay_status st = ASSAY_OK;
    for (size_t at = 0; st == ASSAY_OK && at < len; at += step) {
        const size_t n = len - at < step ? len - at : step;
        char *piece =
            ay_alloc(n); /* its own block: reading behind a cut is found, and so is keeping a pointer into it */
        assert_non_null(piece);
        memcpy(piece, bytes + at, n);
        st = kit_push(d, piece, n, out, &err);
        ay_free(piece);
    }
    if (st == ASSAY_OK) st = kit_finish(d, out, &err);
    if (st == ASSAY_OK) return;
    kit_take(d, out);
    assert_int_equal(err.code, st);
    assert_true(err.text_zh[0] != '\0');
    ay_buf_printf(out, "%s line %u: %s\n",
                  st == ASSAY_ELIMIT    ? "ELIMIT"
                  : st == ASSAY_EFORMAT ? "EFORMAT"
                                        : "?",
                  err.line, err.text);
}

static inline void kit_same(const char *label, size_t step, uint32_t cap, ay_str got, const char *want)
{
    if (ay_str_is(got, want)) return;
    fail_msg("%s, step %zu, cap %u\n--- got\n%.*s--- want\n%s", label, step, cap, (int)got.len, got.len ? got.ptr : "",
             want);
}

typedef ay_decoder *(*kit_open)(const void *ctx, uint32_t cap);

/* The same text must come out for every step and every size of the batch. */
static inline void kit_all_cuts(const char *label, kit_open open, const void *ctx, bool lenient, ay_str in,
                                const char *want)
{
    static const uint32_t caps[] = {1, 3, 64};
    for (size_t c = 0; c < AY_COUNT(caps); c++)
        for (size_t step = 1; step <= in.len + 1; step++) {
            ay_buf out = {0}, rejects = {0};
            ay_decoder *d = open(ctx, caps[c]);
            d->on_reject = lenient ? kit_reject : NULL;
            d->reject_ctx = &rejects;
            kit_decode(d, in.ptr, in.len, step, &out);
            ay_buf_str(&out, ay_buf_view(&rejects));
            kit_same(label, step, caps[c], ay_buf_view(&out), want);
            ay_decoder_free(d);
            ay_buf_free(&out);
            ay_buf_free(&rejects);
        }
}

/* A text of many records made of these pieces, more than any window or vector holds: cut after each byte it reads as it
 * does whole, and in steps of some primes. */
static inline void kit_long_text(const char *label, kit_open open, const void *ctx, const char *const *pieces, size_t n)
{
    static const size_t steps[] = {1, 61, 4099, SIZE_MAX / 2};
    for (uint32_t seed = 1; seed <= 40; seed++) {
        uint64_t random = seed;
        ay_buf in = {0}, want = {0};
        while (in.len < 20000) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            ay_buf_text(&in, pieces[(random >> 33) % n]);
        }
        for (size_t i = 0; i < AY_COUNT(steps); i++) {
            ay_buf out = {0};
            ay_decoder *d = open(ctx, 7);
            d->on_reject = kit_reject;
            d->reject_ctx = &out;
            kit_decode(d, in.ptr, in.len, steps[i], &out);
            ay_buf_char(&out, 0);
            if (i == 0) want = out;
            else kit_same(label, steps[i], 7, (ay_str){out.ptr, out.len - 1}, want.ptr);
            if (i > 0) ay_buf_free(&out);
            ay_decoder_free(d);
        }
        assert_true(want.len > 1000);
        ay_buf_free(&in);
        ay_buf_free(&want);
    }
}

#endif
