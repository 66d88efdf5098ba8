/* Tuples of many records at once against ay_tuple_put_col, which writes the same value by value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>

#include "base/mem.h"
#include "record/tuple.h"
#include "record/tuple_rows.h"

enum { ROWS = 128 };

/* Every type, and more columns of decimals than are kept. */
static const ay_type column_types[] = {
    AY_TEXT, AY_BOOL,     AY_INT,  AY_DEC,   AY_FLOAT, AY_DATE,  AY_TIME, AY_DEC,  AY_TIMETZ, AY_TIMESTAMP,  AY_DEC,
    AY_DEC,  AY_INTERVAL, AY_UUID, AY_BYTES, AY_JSON,  AY_JSONB, AY_DEC,  AY_TEXT, AY_DEC,    AY_TIMESTAMPTZ};
enum { COLUMNS = AY_COUNT(column_types) };
_Static_assert(AY_TUPLE_KEPT < 6, "some decimals are kept and some are not");

static uint64_t next_random(void)
{
    static uint64_t random = 2026;
    random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return random >> 20;
}

static ay_str random_text(char *to, size_t len, bool with_zeros)
{
    for (size_t i = 0; i < len; i++) to[i] = (char)(next_random() % 256);
    for (size_t i = 0; i < len; i++)
        if (to[i] == 0 && !with_zeros) to[i] = 'x';
    return (ay_str){to, len};
}

static ay_dec random_decimal(void)
{
    static const ay_dec_kind kinds[] = {AY_DEC_NAN, AY_DEC_PINF, AY_DEC_NINF};
    if (next_random() % 16 == 0) return (ay_dec){.kind = (uint8_t)kinds[next_random() % 3]};
    ay_i128 coef = 0;
    for (uint64_t n = next_random() % 39; n > 0; n--) coef = coef * 10 + (ay_i128)(next_random() % 10);
    return (ay_dec){.coef = next_random() % 2 ? coef : -coef, .scale = (uint16_t)(next_random() % 39)};
}

/* Texts lie in memory of just their size: what is read beyond them is found. */
static ay_str text_of_its_own(size_t len, bool with_zeros)
{
    char *to = (char *)ay_alloc(len);
    assert_true(to || !len);
    return random_text(to, len, with_zeros);
}

static void set_value(ay_col *c, uint32_t row, size_t len)
{
    static const double floats[] = {0.0, -0.0, 1.5, -2.25, INFINITY, -INFINITY, NAN};
    const bool with_zeros = c->type == AY_UUID || c->type == AY_BYTES;
    switch (ay_type_storage(c->type)) {
    case AY_STORE_I64: c->v.i64[row] = (int64_t)(next_random() << 30 ^ next_random()); break;
    case AY_STORE_F64: c->v.f64[row] = floats[next_random() % AY_COUNT(floats)]; break;
    case AY_STORE_DEC: c->v.dec[row] = random_decimal(); break;
    case AY_STORE_STR: c->v.str[row] = text_of_its_own(c->type == AY_UUID ? 16 : len, with_zeros); break;
    case AY_STORE_IV: c->v.iv[row] = (ay_interval){(int32_t)next_random(), -3, (int64_t)next_random()}; break;
    case AY_STORE_TTZ: c->v.ttz[row] = (ay_timetz){(int64_t)(next_random() % 86400000000), 28800}; break;
    }
}

static void fill(ay_batch *batch, size_t longest, unsigned nulls_in_four)
{
    ay_batch_clear(batch);
    batch->rows = ROWS;
    for (uint32_t i = 0; i < COLUMNS; i++)
        for (uint32_t row = 0; row < ROWS; row++) {
            const bool is_null = next_random() % 4 < nulls_in_four;
            if (is_null) ay_bit_set(batch->cols[i].null, row);
            else set_value(&batch->cols[i], row, next_random() % (longest + 1));
        }
}

static void free_texts(ay_batch *batch)
{
    for (uint32_t i = 0; i < COLUMNS; i++)
        for (uint32_t row = 0; row < ROWS && ay_type_storage(column_types[i]) == AY_STORE_STR; row++)
            if (!ay_bit(batch->cols[i].null, row)) ay_free((void *)(uintptr_t)batch->cols[i].v.str[row].ptr);
}

/* All columns, with some nulls in their midst. */
static void put_all(ay_tuple_rows *rows, const ay_batch *batch, size_t word)
{
    for (uint32_t i = 0; i < COLUMNS; i++) {
        const ay_col *c = &batch->cols[i];
        const size_t size = ay_storage_size(ay_type_storage(c->type));
        if (i == 5) ay_tuple_rows_put_nulls(rows, 3);
        ay_tuple_rows_put(rows, &(ay_tuple_lane){c->type, c->null[word], (const char *)c->v.any + word * 64 * size});
    }
}

static void put_one_by_one(ay_buf *out, const ay_batch *batch, uint32_t row)
{
    ay_buf_clear(out);
    for (uint32_t i = 0; i < COLUMNS; i++) {
        if (i == 5) ay_tuple_put_nulls(out, 3);
        ay_tuple_put_col(out, batch, i, row);
    }
    assert_int_equal(ay_buf_status(out, NULL), ASSAY_OK);
}

/* Records one behind the other, in memory of just their size. Returns whether a zero byte was in the way. */
static bool compare(const ay_batch *batch, uint64_t which, size_t word)
{
    static ay_tuple_rows rows;
    ay_buf want = {0};
    size_t all = 0;
    ay_tuple_rows_begin(&rows, which);
    put_all(&rows, batch, word);
    assert_int_equal(rows.n, __builtin_popcountll(which));
    for (uint32_t i = 0; i < rows.n; i++) all += rows.len[i];
    char *const place = (char *)ay_alloc(all), *to = place;
    assert_non_null(place);
    for (uint32_t i = 0; i < rows.n; to += rows.len[i++]) rows.to[i] = to;
    rows.is_placed = true;
    put_all(&rows, batch, word);
    to = place;
    for (uint32_t i = 0; !rows.is_torn && i < rows.n; to += rows.len[i++]) {
        put_one_by_one(&want, batch, (uint32_t)word * 64 + rows.row[i]);
        assert_true(ay_str_eq((ay_str){to, rows.len[i]}, ay_buf_view(&want)));
        assert_ptr_equal(rows.to[i], to + rows.len[i]);
    }
    ay_buf_free(&want);
    ay_free(place);
    return rows.is_torn;
}

static void test_same_as_one_by_one(void **state)
{
    (void)state;
    ay_batch batch;
    assert_int_equal(ay_batch_open(&batch, column_types, COLUMNS, ROWS, NULL), ASSAY_OK);
    for (unsigned round = 0; round < 24; round++) {
        fill(&batch, round % 3 ? 5 * round : 200, round % 5);
        for (size_t word = 0; word < ROWS / 64; word++) {
            assert_false(compare(&batch, UINT64_MAX, word));
            assert_false(compare(&batch, UINT64_C(1) << round, word));
            assert_false(compare(&batch, next_random() << 32 | next_random() | 1, word));
        }
        free_texts(&batch);
    }
    ay_batch_free(&batch);
}

/* At every place of texts of every length. */
static void test_a_zero_is_seen(void **state)
{
    (void)state;
    static char bytes[100];
    ay_batch batch;
    assert_int_equal(ay_batch_open(&batch, column_types, COLUMNS, 64, NULL), ASSAY_OK);
    batch.rows = 64;
    memset(bytes, 'x', sizeof bytes);
    for (size_t len = 0; len < sizeof bytes; len++)
        for (size_t zero = 0; zero <= len; zero++) { /* the last time it stands behind the text */
            bytes[zero] = 0;
            batch.cols[0].v.str[7] = (ay_str){bytes, len};
            if (compare(&batch, UINT64_C(0xff), 0) != (zero < len)) fail_msg("zero at %zu of %zu", zero, len);
            assert_false(compare(&batch, UINT64_C(0x7f), 0)); /* not one of these records */
            bytes[zero] = 'x';
        }
    ay_batch_free(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_one_by_one),
        cmocka_unit_test(test_a_zero_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
