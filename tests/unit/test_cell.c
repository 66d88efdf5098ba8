/* Types, and one value at a time: read, written, compared. Expected texts follow PostgreSQL's output and the header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/mem.h"
#include "record/batch.h"
#include "record/json_check.h"

/* ---- Types ---- */

static void test_type_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        ay_type type;
        ay_storage storage;
    } cases[] = {
        {"text", AY_TEXT, AY_STORE_STR},
        {"boolean", AY_BOOL, AY_STORE_I64},
        {"integer", AY_INT, AY_STORE_I64},
        {"decimal", AY_DEC, AY_STORE_DEC},
        {"float", AY_FLOAT, AY_STORE_F64},
        {"date", AY_DATE, AY_STORE_I64},
        {"time", AY_TIME, AY_STORE_I64},
        {"timetz", AY_TIMETZ, AY_STORE_TTZ},
        {"timestamp", AY_TIMESTAMP, AY_STORE_I64},
        {"timestamptz", AY_TIMESTAMPTZ, AY_STORE_I64},
        {"interval", AY_INTERVAL, AY_STORE_IV},
        {"uuid", AY_UUID, AY_STORE_STR},
        {"bytes", AY_BYTES, AY_STORE_STR},
        {"json", AY_JSON, AY_STORE_STR},
        {"jsonb", AY_JSONB, AY_STORE_STR},
        {"bool", AY_BOOL, AY_STORE_I64},
        {"int", AY_INT, AY_STORE_I64},
        {"bigint", AY_INT, AY_STORE_I64},
        {"numeric", AY_DEC, AY_STORE_DEC},
        {"double", AY_FLOAT, AY_STORE_F64},
        {"varchar", AY_TEXT, AY_STORE_STR},
        {"char", AY_TEXT, AY_STORE_STR},
        {"bytea", AY_BYTES, AY_STORE_STR},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_type type;
        if (!ay_type_from_name(ay_str_from(cases[i].name), &type) || type != cases[i].type)
            fail_msg("%s", cases[i].name);
        assert_int_equal(ay_type_storage(type), cases[i].storage);
        if (i < AY_TYPE_COUNT) assert_string_equal(ay_type_name(type), cases[i].name);
    }
    ay_type type;
    static const char *const unknown[] = {"", "Text", "tex", "text ", "int4", "numeric(10,2)"};
    for (size_t i = 0; i < AY_COUNT(unknown); i++) assert_false(ay_type_from_name(ay_str_from(unknown[i]), &type));
    assert_int_equal(ay_storage_size(AY_STORE_DEC), sizeof(ay_dec));
    assert_int_equal(ay_storage_size(AY_STORE_TTZ), sizeof(ay_timetz));
    assert_string_equal(ay_level_name(AY_PERSONAL), "personal");
}

/* ---- Reading and writing ---- */

static const struct read_case {
    ay_type type;
    const char *in;
    const char *text; /* canonical; NULL: unreadable */
} reads[] = {
    {AY_TEXT, "", ""},
    {AY_TEXT, " 注销\n\"x\"", " 注销\n\"x\""},
    {AY_BOOL, "t", "true"},
    {AY_BOOL, "TRUE", "true"},
    {AY_BOOL, "1", "true"},
    {AY_BOOL, "yes", "true"},
    {AY_BOOL, "on", "true"},
    {AY_BOOL, "f", "false"},
    {AY_BOOL, "No", "false"},
    {AY_BOOL, "0", "false"},
    {AY_BOOL, "off", "false"},
    {AY_BOOL, "", NULL},
    {AY_BOOL, "2", NULL},
    {AY_BOOL, "tru", NULL},
    {AY_INT, "-9223372036854775808", "-9223372036854775808"},
    {AY_INT, "007", "7"},
    {AY_INT, "9223372036854775808", NULL},
    {AY_INT, "1.0", NULL},
    {AY_INT, "", NULL},
    {AY_DEC, "1.00", "1.00"},
    {AY_DEC, "99999999999999999999999999999999999999", "99999999999999999999999999999999999999"},
    {AY_DEC, "NaN", "NaN"},
    {AY_DEC, "-inf", "-Infinity"},
    {AY_DEC, "999999999999999999999999999999999999999", NULL},
    {AY_DEC, "1,000", NULL},
    {AY_FLOAT, "0.1", "0.1"},
    {AY_FLOAT, "1e300", "1e+300"},
    {AY_FLOAT, "nan", "NaN"},
    {AY_FLOAT, "Infinity", "Infinity"},
    {AY_FLOAT, "1e400", NULL},
    {AY_FLOAT, "abc", NULL},
    {AY_DATE, "2024-02-29", "2024-02-29"},
    {AY_DATE, "2023-02-29", NULL},
    {AY_TIME, "22:22", "22:22:00"},
    {AY_TIME, "24:00", NULL},
    {AY_TIMETZ, "22:22:01+08", "22:22:01+08"},
    {AY_TIMETZ, "22:22:01", NULL},
    {AY_TIMESTAMP, "2024-02-29T22:22:01", "2024-02-29 22:22:01"},
    {AY_TIMESTAMP, "2024-02-29 22:22:01+08", NULL},
    {AY_TIMESTAMPTZ, "2024-02-29 22:22:01+08", "2024-02-29 14:22:01+00"},
    {AY_TIMESTAMPTZ, "1986-07-01 12:00:00", "1986-07-01 03:00:00+00"}, /* Shanghai */
    {AY_TIMESTAMPTZ, "2024-02-29", NULL},
    {AY_INTERVAL, "P1DT2H", "1 day 02:00:00"},
    {AY_INTERVAL, "1 fortnight", NULL},
    {AY_UUID, "A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {AY_UUID, "a0eebc999c0b4ef8bb6d6bb9bd380a11", NULL},
    {AY_UUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", NULL},
    {AY_UUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g", NULL},
    {AY_UUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 ", NULL},
    {AY_UUID, "a0eebc99+9c0b-4ef8-bb6d-6bb9bd380a11", NULL},
    {AY_BYTES, "\\x", "\\x"},
    {AY_BYTES, "\\x00Ff", "\\x00ff"},
    {AY_BYTES, "\\x0", NULL},
    {AY_BYTES, "\\x0g", NULL},
    {AY_BYTES, "00ff", NULL},
    {AY_BYTES, "", NULL},
    {AY_JSON, " {\"a\": [1, null]} ", " {\"a\": [1, null]} "},
    {AY_JSON, "{a: 1}", NULL},
    {AY_JSONB, "1.00", "1.00"},
    {AY_JSONB, "", NULL},
};

static void assert_written(const char *label, void (*write)(const ay_cell *, ay_buf *), const ay_cell *cell,
                           const char *want)
{
    ay_buf out = {0};
    write(cell, &out);
    if (out.failed || !ay_str_is(ay_buf_view(&out), want))
        fail_msg("%s: got %.*s, want %s", label, (int)out.len, out.ptr, want);
    ay_buf_free(&out);
}

/* Copied or not. */
static void view(const ay_cell *cell, ay_buf *out)
{
    ay_buf scratch = {0};
    ay_buf_text(&scratch, "of the one before");
    ay_buf_str(out, ay_cell_view(cell, NULL, &scratch));
    ay_buf_free(&scratch);
}

static void check_read(const struct read_case *c, const ay_zone *zone)
{
    ay_arena heap = {0};
    ay_cell cell;
    const char *en, *zh;
    assay_status status;
    const bool ok = ay_cell_read(ay_str_from(c->in), c->type, zone, &heap, &cell, &en, &zh, &status);
    if (ok != (c->text != NULL)) fail_msg("%s '%s'", ay_type_name(c->type), c->in);
    assert_int_equal(status, ASSAY_OK);
    assert_int_equal(cell.type, c->type);
    assert_true(ay_str_is(cell.raw, c->in) && cell.is_bad == !ok && !cell.is_null);
    assert_written(c->in, ay_cell_text, &cell, c->in); /* the text as it came */
    assert_written(c->in, view, &cell, c->in);
    if (ok) {
        cell.raw = (ay_str){0};
        assert_written(c->in, ay_cell_text, &cell, c->text);
        assert_written(c->in, view, &cell, c->text);
    } else {
        assert_true(en && zh && en[0] && zh[0]);
        assert_string_not_equal(en, zh);
    }
    ay_arena_free(&heap);
}

static void test_reading(void **state)
{
    (void)state;
    ay_zone *zone = NULL;
    assert_int_equal(ay_zone_open("Asia/Shanghai", &zone, NULL), ASSAY_OK);
    for (size_t i = 0; i < AY_COUNT(reads); i++) check_read(&reads[i], zone);
    ay_zone_close(zone);
}

/* Each type has its reason, so that people are told more than "unreadable". */
static void test_reasons(void **state)
{
    (void)state;
    static const struct {
        ay_type type;
        const char *in, *en, *zh;
    } cases[] = {
        {AY_INT, "x", "not a whole number", "不是整数"},
        {AY_INT, "9223372036854775808", "a whole number beyond 64 bits", "整数超出 64 位的范围"},
        {AY_DATE, "2023-02-29", "no such day in the calendar", "日历中没有这一天"},
        {AY_UUID, "x", "not a UUID", "不是 UUID"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_arena heap = {0};
        ay_cell cell;
        const char *en, *zh;
        assert_false(ay_cell_read(ay_str_from(cases[i].in), cases[i].type, NULL, &heap, &cell, &en, &zh, NULL));
        assert_string_equal(en, cases[i].en);
        assert_string_equal(zh, cases[i].zh);
        assert_false(ay_cell_read(ay_str_from(cases[i].in), cases[i].type, NULL, &heap, &cell, NULL, NULL, NULL));
        ay_arena_free(&heap);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    static const struct read_case cases[] = {{AY_UUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", NULL},
                                             {AY_BYTES, "\\x00", NULL}};
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_arena heap = {0};
        ay_cell cell;
        assay_status status = ASSAY_OK;
        (void)ay_mem_fail_at(1);
        assert_false(ay_cell_read(ay_str_from(cases[i].in), cases[i].type, NULL, &heap, &cell, NULL, NULL, &status));
        (void)ay_mem_fail_at(0);
        assert_int_equal(status, ASSAY_ENOMEM);
        ay_arena_free(&heap);
    }
    ay_buf out = {0};
    const ay_cell cell = {.type = AY_TEXT, .v.str = AY_STR("x")};
    (void)ay_mem_fail_at(1);
    ay_cell_text(&cell, &out);
    (void)ay_mem_fail_at(0);
    assert_int_equal(out.failed, ASSAY_ENOMEM);
    ay_buf_free(&out);
}

static void test_null_and_bad(void **state)
{
    (void)state;
    const ay_cell null = {.type = AY_INT, .is_null = true, .raw = AY_STR("无")};
    assert_written("null", ay_cell_text, &null, "");
    assert_written("null", view, &null, "");
    const ay_cell bad = {.type = AY_INT, .is_bad = true, .raw = AY_STR("12x")};
    assert_written("bad", ay_cell_text, &bad, "12x");
    assert_written("bad", view, &bad, "12x");
    const ay_cell lost = {.type = AY_INT, .is_bad = true};
    assert_written("bad without text", ay_cell_text, &lost, "");
    assert_written("bad without text", view, &lost, "");
}

/* ---- Order ---- */

static ay_cell cell_of(ay_type type, const char *text, ay_arena *heap)
{
    ay_cell cell;
    if (!ay_cell_read(ay_str_from(text), type, NULL, heap, &cell, NULL, NULL, NULL)) fail_msg("%s", text);
    return cell;
}

/* Ascending; "=" before a text: equal to the one before it. */
static const struct order_case {
    ay_type type;
    const char *list[8];
} orders[] = {
    {AY_TEXT, {"", "A", "B", "a", "aa", "中"}},
    {AY_BOOL, {"false", "true"}},
    {AY_INT, {"-9223372036854775808", "-1", "0", "9223372036854775807"}},
    {AY_DEC, {"-inf", "-1", "0", "=0.00", "1.0", "=1.00", "inf", "nan"}},
    {AY_FLOAT, {"-inf", "-1", "-0", "=0", "1e300", "inf", "nan", "=NaN"}},
    {AY_DATE, {"-infinity", "0001-01-01 BC", "1970-01-01", "infinity"}},
    {AY_TIMETZ, {"12:00+08", "12:00+00", "12:00-08"}},
    {AY_INTERVAL, {"-1 day", "00:00:00", "29 days", "1 mon", "=30 days", "1 year"}},
    {AY_UUID, {"00000000-0000-0000-0000-000000000001", "ffffffff-0000-0000-0000-000000000000"}},
    {AY_BYTES, {"\\x", "\\x00", "\\x0000", "\\x7f", "\\x80"}},
};

static void check_order(const struct order_case *c)
{
    ay_arena heap = {0};
    ay_cell cells[8];
    int ranks[8];
    size_t n = 0;
    for (; n < 8 && c->list[n]; n++) {
        const bool same = c->list[n][0] == '=';
        cells[n] = cell_of(c->type, c->list[n] + same, &heap);
        ranks[n] = n ? ranks[n - 1] + !same : 0;
    }
    for (size_t i = 0; i < n * n; i++) {
        const size_t a = i / n, b = i % n;
        const int got = ay_cell_cmp(&cells[a], &cells[b]), want = (ranks[a] > ranks[b]) - (ranks[a] < ranks[b]);
        if ((got > 0) - (got < 0) != want) fail_msg("%s: %s and %s", ay_type_name(c->type), c->list[a], c->list[b]);
    }
    ay_arena_free(&heap);
}

static void test_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(orders); i++) check_order(&orders[i]);
}

/* ---- JSON ---- */

static void test_json(void **state)
{
    (void)state;
    static const ay_str good[] = {
        AY_STR("0"),
        AY_STR("-0.5e+10"),
        AY_STR("10"),
        AY_STR("1E5"),
        AY_STR("true"),
        AY_STR("false"),
        AY_STR("null"),
        AY_STR("\"\""),
        AY_STR("\"\\u00e9\\\"\\\\\\/\\b\\f\\n\\r\\t中\""),
        AY_STR("[]"),
        AY_STR("{}"),
        AY_STR("[ ]"),
        AY_STR(" \t\r\n[1 , {\"a\" : [ ] , \"a\":2}] "),
        AY_STR("\"\x7f\""),
    };
    static const ay_str bad[] = {
        AY_STR(""),
        AY_STR(" "),
        AY_STR("01"),
        AY_STR("+1"),
        AY_STR("1."),
        AY_STR(".5"),
        AY_STR("1e"),
        AY_STR("-"),
        AY_STR("tru"),
        AY_STR("True"),
        AY_STR("nullx"),
        AY_STR("NaN"),
        AY_STR("'a'"),
        AY_STR("\""),
        AY_STR("\"\\\""),
        AY_STR("\"\\x\""),
        AY_STR("\"\\u12\""),
        AY_STR("\"\\u12g4\""),
        AY_STR("\"a\nb\""),
        AY_STR("\"\0\""),
        AY_STR("[1,]"),
        AY_STR("[,1]"),
        AY_STR("[1 2]"),
        AY_STR("["),
        AY_STR("]"),
        AY_STR("{\"a\"}"),
        AY_STR("{\"a\":}"),
        AY_STR("{\"a\":1,}"),
        AY_STR("{1:2}"),
        AY_STR("{"),
        AY_STR("[}"),
        AY_STR("1 2"),
        AY_STR("1\0"),
        AY_STR("\"\\\0\""),
        AY_STR("\xef\xbb\xbf"
               "1"),
    };
    for (size_t i = 0; i < AY_COUNT(good); i++)
        if (!ay_json_valid(good[i])) fail_msg("good: %.*s", (int)good[i].len, good[i].ptr);
    for (size_t i = 0; i < AY_COUNT(bad); i++)
        if (ay_json_valid(bad[i])) fail_msg("bad: %.*s", (int)bad[i].len, bad[i].ptr);
}

static void test_json_depth(void **state)
{
    (void)state;
    char text[2 * (AY_JSON_DEPTH + 1)];
    memset(text, '[', AY_JSON_DEPTH + 1);
    memset(text + AY_JSON_DEPTH + 1, ']', AY_JSON_DEPTH + 1);
    assert_true(ay_json_valid((ay_str){text + 1, 2 * AY_JSON_DEPTH}));
    assert_false(ay_json_valid((ay_str){text, sizeof text}));
    for (size_t n = 0; n < 2 * AY_JSON_DEPTH; n++) assert_false(ay_json_valid((ay_str){text + 1, n}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_type_names), cmocka_unit_test(test_reading),      cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_no_memory),  cmocka_unit_test(test_null_and_bad), cmocka_unit_test(test_order),
        cmocka_unit_test(test_json),       cmocka_unit_test(test_json_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
