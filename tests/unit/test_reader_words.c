/* Words that mean "no value", in a source that has types: their values are none there either, and are kept as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fault.h"
#include "record/batch.h"

#define ROWS 67 /* beyond one word of a bitmap */

typedef struct words_case {
    const char *label;
    ay_type from, to;
    const char *present, *missing, *text; /* `missing` in every third record; the text that is kept of it */
} words_case;

static const words_case cases[] = {
    {"integers as they are", AY_INT, AY_INT, "7", "999999", "999999"},
    {"integers read as decimals", AY_INT, AY_DEC, "7", "999999", "999999"},
    {"decimals, whatever their scale", AY_DEC, AY_DEC, "7.5", "999999.00", "999999.00"},
    {"floats", AY_FLOAT, AY_FLOAT, "7.5", "999999", "999999"},
    {"dates", AY_DATE, AY_DATE, "2024-02-29", "1900-01-01", "1900-01-01"},
    {"unreadable values beside them", AY_DEC, AY_INT, "7.5", "999999", "999999"},
};

static void fill(ay_batch *in, const words_case *c)
{
    ay_arena heap = {0};
    for (uint32_t row = 0; row < ROWS; row++) {
        ay_cell cell;
        assay_status status;
        const char *text = row % 3 == 1 ? c->missing : c->present;
        assert_true(ay_cell_read(ay_str_from(text), c->from, NULL, &heap, &cell, NULL, NULL, &status));
        if (ay_type_storage(c->from) == AY_STORE_I64) in->cols[0].v.i64[row] = cell.v.i64;
        else if (ay_type_storage(c->from) == AY_STORE_F64) in->cols[0].v.f64[row] = cell.v.f64;
        else in->cols[0].v.dec[row] = cell.v.dec;
    }
    in->rows = ROWS;
    ay_arena_free(&heap);
}

static void check_row(const words_case *c, const ay_batch *out, uint32_t row)
{
    const ay_cell cell = ay_batch_cell(out, 0, row);
    AY_CLEANUP(ay_buf_free) ay_buf text = {0};
    const bool is_missing = row % 3 == 1, is_bad = c->from == AY_DEC && c->to == AY_INT && !is_missing;
    if (cell.is_null != is_missing || cell.is_bad != is_bad) fail_msg("%s: record %u", c->label, row);
    if (is_missing && !ay_str_is(cell.raw, c->text)) fail_msg("%s: kept '%.*s'", c->label, AY_STR_ARG(cell.raw));
    if (is_missing) return;
    ay_cell_text(&cell, &text);
    if (!ay_str_is(ay_buf_view(&text), c->present)) fail_msg("%s: value '%.*s'", c->label, (int)text.len, text.ptr);
}

typedef struct rig {
    const words_case *c;
    bool is_checked;
    ay_set words;
    ay_batch in;
    ay_column column;
    ay_field field;
} rig;

static void rig_open(rig *r, const words_case *c)
{
    static const char *const words[] = {"", "无", "999999", "1900-01-01"};
    *r = (rig){.c = c, .column = {"c", c->from, "test", false}};
    for (size_t i = 0; i < AY_COUNT(words); i++) assert_true(ay_set_add(&r->words, ay_str_from(words[i]), 0, NULL));
    assert_int_equal(ay_batch_open(&r->in, &c->from, 1, ROWS, NULL), ASSAY_OK);
    r->field = (ay_field){.name = "f", .column = "c", .type = c->to, .missing = &r->words};
    fill(&r->in, c);
}

static void rig_close(rig *r)
{
    ay_set_free(&r->words);
    ay_batch_free(&r->in);
}

static assay_status read_twice(void *arg)
{
    rig *r = (rig *)arg;
    const ay_schema schema = {&r->column, 1};
    ay_reader *reader = NULL;
    const ay_batch *out = NULL;
    assay_status status = ay_reader_open(&r->field, 1, &schema, ROWS, &reader, NULL);
    for (int round = 0; round < 2 && status == ASSAY_OK; round++) {
        status = ay_reader_read(reader, &r->in, &out, NULL);
        for (uint32_t row = 0; r->is_checked && row < ROWS; row++) check_row(r->c, out, row);
    }
    ay_reader_free(reader);
    return status;
}

static void values_of_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        rig r;
        rig_open(&r, &cases[i]);
        r.is_checked = true;
        assert_int_equal(read_twice(&r), ASSAY_OK);
        rig_close(&r);
    }
}

static void without_memory(void **state)
{
    (void)state;
    rig r;
    rig_open(&r, &cases[1]);
    assert_true(fail_each_allocation(read_twice, &r) >= 4);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_of_words), cmocka_unit_test(without_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
