/* Records pushed by the caller, value by value and by whole columns. */
#include "decode_kit.h"
#include "fault.h"

#include "assay/run.h"
#include "source/push.h"

static const ay_column all_columns[] = {
    {.name = "t", .type = AY_TEXT, .source_type = "push"},
    {.name = "b", .type = AY_BOOL},
    {.name = "i", .type = AY_INT},
    {.name = "n", .type = AY_DEC},
    {.name = "f", .type = AY_FLOAT},
    {.name = "d", .type = AY_DATE},
    {.name = "tm", .type = AY_TIME},
    {.name = "tz", .type = AY_TIMETZ},
    {.name = "ts", .type = AY_TIMESTAMP},
    {.name = "tsz", .type = AY_TIMESTAMPTZ},
    {.name = "iv", .type = AY_INTERVAL},
    {.name = "u", .type = AY_UUID},
    {.name = "by", .type = AY_BYTES},
    {.name = "j", .type = AY_JSON},
    {.name = "jb", .type = AY_JSONB},
};
enum { T, B, I, N, F, D, TM, TZ, TS, TSZ, IV, U, BY, J, JB, COLUMNS };
static const ay_schema all = {.columns = all_columns, .n = COLUMNS};
static const ay_schema two = {
    .columns = (const ay_column[]){{.name = "i", .type = AY_INT}, {.name = "t", .type = AY_TEXT}}, .n = 2};

static assay_status take(void *ctx, const ay_batch *batch, assay_err *err)
{
    (void)err;
    kit_batch(batch, ctx);
    return ASSAY_OK;
}

static ay_push *open_push(const ay_schema *schema, uint32_t cap, ay_buf *out)
{
    ay_push *p = NULL;
    assert_int_equal(ay_push_open(schema, cap, take, out, &p, NULL), ASSAY_OK);
    return p;
}

static void text(ay_push *p, size_t column, const char *value)
{
    char *copy = ay_alloc(strlen(value) + 1); /* the value is copied: its bytes may go */
    assert_non_null(copy);
    memcpy(copy, value, strlen(value) + 1);
    assert_int_equal(ay_push_text(p, column, ay_str_from(copy), NULL), ASSAY_OK);
    ay_free(copy);
}

static void test_all_types(void **state)
{
    (void)state;
    ay_buf out = {0};
    ay_push *p = open_push(&all, 2, &out);
    assert_int_equal(ay_push_schema(p)->n, COLUMNS);
    assert_string_equal(ay_push_schema(p)->columns[TSZ].name, "tsz");
    text(p, T, "统一");
    assert_int_equal(ay_push_int(p, B, 1, NULL), ASSAY_OK);
    assert_int_equal(ay_push_int(p, I, INT64_MIN, NULL), ASSAY_OK);
    text(p, N, "12345678901234567890.50");
    assert_int_equal(ay_push_float(p, F, 0.1, NULL), ASSAY_OK);
    assert_int_equal(ay_push_int(p, D, 19782, NULL), ASSAY_OK); /* 2024-02-29 */
    assert_int_equal(ay_push_int(p, TM, AY_DAY_US - 1, NULL), ASSAY_OK);
    text(p, TZ, "22:22:01+08");
    assert_int_equal(ay_push_int(p, TS, 1, NULL), ASSAY_OK);
    assert_int_equal(ay_push_int(p, TSZ, AY_NEG_INFINITY, NULL), ASSAY_OK);
    text(p, IV, "1 mon 2 days 03:04:05");
    text(p, U, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    assert_int_equal(ay_push_text(p, BY, (ay_str){"\0\xff", 2}, NULL), ASSAY_OK);
    text(p, J, "{\"a\": 1 }");
    text(p, JB, "[]");
    assert_int_equal(ay_push_next(p, NULL), ASSAY_OK);
    assert_int_equal(ay_push_next(p, NULL), ASSAY_OK); /* all null */
    assert_int_equal(ay_push_text(p, U, (ay_str){"0123456789abcdef", 16}, NULL), ASSAY_OK);
    assert_int_equal(ay_push_text(p, T, (ay_str){NULL, 0}, NULL), ASSAY_OK); /* empty, not null */
    assert_int_equal(ay_push_next(p, NULL), ASSAY_OK);
    assert_int_equal(ay_push_end(p, NULL), ASSAY_OK);
    kit_same(
        "all types", 0, 2, ay_buf_view(&out),
        "1:统一|true|-9223372036854775808|12345678901234567890.50|0.1|2024-02-29|23:59:59.999999|22:22:01+08|"
        "1970-01-01 00:00:00.000001|-infinity|1 mon 2 days 03:04:05|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|\\x00ff|"
        "{\"a\": 1 }|[]\n"
        "2:NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL\n"
        "3:|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|30313233-3435-3637-3839-616263646566|NULL|NULL|NULL\n");
    ay_push_free(p);
    ay_buf_free(&out);
}

static void test_batches(void **state)
{
    (void)state;
    ay_buf out = {0};
    ay_push *p = open_push(&two, 2, &out);
    for (int i = 1; i <= 5; i++) {
        assert_int_equal(ay_push_int(p, 0, 7, NULL), ASSAY_OK);
        assert_int_equal(ay_push_int(p, 0, i, NULL), ASSAY_OK); /* the last value counts */
        assert_int_equal(ay_push_next(p, NULL), ASSAY_OK);
        if (i == 3) kit_same("after three", 0, 2, ay_buf_view(&out), "1:1|NULL\n2:2|NULL\n");
    }
    assert_int_equal(ay_push_end(p, NULL), ASSAY_OK);
    kit_same("at the end", 0, 2, ay_buf_view(&out), "1:1|NULL\n2:2|NULL\n3:3|NULL\n4:4|NULL\n5:5|NULL\n");
    ay_push_free(p);
    ay_buf_free(&out);
}

static void test_nothing(void **state)
{
    (void)state;
    ay_buf out = {0};
    ay_push *p = open_push(&two, 2, &out);
    assert_int_equal(ay_push_end(p, NULL), ASSAY_OK);
    assert_int_equal(out.len, 0);
    ay_push_free(p);
    assert_null(ay_push_free(NULL));
}

typedef enum kind { INT, FLOAT, TEXT } kind;

static const struct bad_case {
    const char *label;
    kind kind;
    size_t column;
    int64_t value;
    const char *text;
    size_t len;
    assay_status want;
} bad_values[] = {
    {"no such column", INT, COLUMNS, 1, "", 0, ASSAY_EUSAGE},
    {"no such column, text", TEXT, SIZE_MAX, 0, "", 0, ASSAY_EUSAGE},
    {"no such column, float", FLOAT, COLUMNS, 0, "", 0, ASSAY_EUSAGE},
    {"int for text", INT, T, 1, "", 0, ASSAY_EUSAGE},
    {"int for decimal", INT, N, 1, "", 0, ASSAY_EUSAGE},
    {"int for float", INT, F, 1, "", 0, ASSAY_EUSAGE},
    {"int for timetz", INT, TZ, 1, "", 0, ASSAY_EUSAGE},
    {"float for int", FLOAT, I, 1, "", 0, ASSAY_EUSAGE},
    {"float for text", FLOAT, T, 1, "", 0, ASSAY_EUSAGE},
    {"text for int", TEXT, I, 0, BYTES("1"), ASSAY_EUSAGE},
    {"text for date", TEXT, D, 0, BYTES("2024-02-29"), ASSAY_EUSAGE},
    {"text for float", TEXT, F, 0, BYTES("1"), ASSAY_EUSAGE},
    {"bool of 2", INT, B, 2, "", 0, ASSAY_EFORMAT},
    {"negative time", INT, TM, -1, "", 0, ASSAY_EFORMAT},
    {"time beyond the day", INT, TM, AY_DAY_US + 1, "", 0, ASSAY_EFORMAT},
    {"date beyond the calendar", INT, D, INT64_C(2145042906), "", 0, ASSAY_EFORMAT},
    {"date before the calendar", INT, D, -2440589, "", 0, ASSAY_EFORMAT},
    {"timestamp before the calendar", INT, TS, INT64_MIN + 1, "", 0, ASSAY_EFORMAT},
    {"text that is not UTF-8", TEXT, T, 0, BYTES("\xd6\xd0"), ASSAY_EFORMAT},
    {"text with NUL", TEXT, T, 0, BYTES("a\0b"), ASSAY_EFORMAT},
    {"json that is none", TEXT, J, 0, BYTES("{"), ASSAY_EFORMAT},
    {"jsonb that is not UTF-8", TEXT, JB, 0, BYTES("\"\xff\""), ASSAY_EFORMAT},
    {"uuid of 15 bytes", TEXT, U, 0, BYTES("0123456789abcde"), ASSAY_EFORMAT},
    {"no decimal", TEXT, N, 0, BYTES("1,5"), ASSAY_EFORMAT},
    {"a decimal of 39 digits", TEXT, N, 0, BYTES("123456789012345678901234567890123456789"), ASSAY_EFORMAT},
    {"no interval", TEXT, IV, 0, BYTES("soon"), ASSAY_EFORMAT},
    {"timetz without zone", TEXT, TZ, 0, BYTES("22:22"), ASSAY_EFORMAT},
};

static void test_bad_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(bad_values); i++) {
        const struct bad_case *c = &bad_values[i];
        ay_buf out = {0};
        assay_err err = {0};
        ay_push *p = open_push(&all, 2, &out);
        assay_status st = ASSAY_OK;
        if (c->kind == INT) st = ay_push_int(p, c->column, c->value, &err);
        if (c->kind == FLOAT) st = ay_push_float(p, c->column, (double)c->value, &err);
        if (c->kind == TEXT) st = ay_push_text(p, c->column, (ay_str){c->text, c->len}, &err);
        if (st != c->want || err.code != st || !err.text[0] || !err.text_zh[0])
            fail_msg("%s: %d %s", c->label, st, err.text);
        if (c->len > 3 && strstr(err.text, c->text)) fail_msg("%s: the value is in the message", c->label);
        ay_push_free(p);
        ay_buf_free(&out);
    }
}

static void test_half_record(void **state)
{
    (void)state;
    ay_buf out = {0};
    assay_err err = {0};
    ay_push *p = open_push(&two, 2, &out);
    const int64_t values[] = {1};
    const assay_str texts[] = {{"a", 1}};
    assert_int_equal(ay_push_int(p, 0, 1, NULL), ASSAY_OK);
    assert_int_equal(ay_push_columns(p, NULL, (const void *const[]){values, texts}, 1, &err), ASSAY_EUSAGE);
    assert_int_equal(ay_push_end(p, &err), ASSAY_EUSAGE);
    assert_true(err.text_zh[0] != '\0');
    assert_int_equal(out.len, 0);
    ay_push_free(p);
}

static assay_status refuse(void *ctx, const ay_batch *batch, assay_err *err)
{
    (void)ctx;
    (void)batch;
    return ay_fail(err, ASSAY_ECANCELLED, "stop", "停");
}

static void test_owner_refuses(void **state)
{
    (void)state;
    ay_push *p = NULL;
    assay_err err = {0};
    assert_int_equal(ay_push_open(&two, 1, refuse, NULL, &p, NULL), ASSAY_OK);
    assert_int_equal(ay_push_next(p, &err), ASSAY_ECANCELLED);
    assert_string_equal(err.text, "stop");
    ay_push_free(p);
}

/* 150 records at once, with every third null in one column, into batches of every kind of size. */
static void test_columns(void **state)
{
    (void)state;
    enum { ROWS = 150 };
    int64_t ints[ROWS];
    assay_str texts[ROWS];
    char letters[ROWS];
    uint64_t null[AY_BITS_WORDS(ROWS)] = {0};
    ay_buf want = {0};
    ay_buf_text(&want, "1:0|one by one\n");
    for (int i = 0; i < ROWS; i++) {
        ints[i] = i * 1000;
        letters[i] = (char)('a' + i % 26);
        texts[i] = (assay_str){&letters[i], 1};
        if (i % 3 == 0) {
            ay_bit_set(null, (size_t)i);
            texts[i] = (assay_str){"\xff", 1}; /* not looked at */
        }
        ay_buf_printf(&want, i % 3 ? "%d:%d|%c\n" : "%d:%d|NULL\n", i + 2, i * 1000, letters[i]);
    }
    ay_buf_char(&want, '\0');
    static const uint32_t caps[] = {1, 3, 64, 100, 4096};
    for (size_t c = 0; c < AY_COUNT(caps); c++) {
        ay_buf out = {0};
        ay_push *p = open_push(&two, caps[c], &out);
        assert_int_equal(ay_push_int(p, 0, 0, NULL), ASSAY_OK);
        text(p, 1, "one by one");
        assert_int_equal(ay_push_next(p, NULL), ASSAY_OK);
        assert_int_equal(
            ay_push_columns(p, (const uint64_t *const[]){NULL, null}, (const void *const[]){ints, texts}, ROWS, NULL),
            ASSAY_OK);
        assert_int_equal(ay_push_columns(p, NULL, (const void *const[]){NULL, NULL}, 0, NULL), ASSAY_OK);
        assert_int_equal(ay_push_end(p, NULL), ASSAY_OK);
        kit_same("columns", 0, caps[c], ay_buf_view(&out), want.ptr);
        ay_push_free(p);
        ay_buf_free(&out);
    }
    ay_buf_free(&want);
}

static void test_column_faults(void **state)
{
    (void)state;
    static const ay_column columns[] = {
        {.name = "f", .type = AY_FLOAT}, {.name = "b", .type = AY_BOOL}, {.name = "t", .type = AY_TEXT}};
    static const ay_schema schema = {.columns = columns, .n = 3};
    static const double floats[] = {0.5, -1};
    static const int64_t good[] = {0, 1}, bad[] = {0, 2};
    static const assay_str texts[] = {{"a", 1}, {"\xff", 1}};
    ay_buf out = {0};
    assay_err err = {0};
    ay_push *p = open_push(&schema, 8, &out);
    assert_int_equal(ay_push_columns(p, NULL, (const void *const[]){floats, bad, texts}, 2, &err), ASSAY_EFORMAT);
    assert_int_equal(ay_push_columns(p, NULL, (const void *const[]){floats, good, texts}, 2, &err), ASSAY_EFORMAT);
    assert_non_null(strstr(err.text, "record 2, column 't'"));
    assert_int_equal(ay_push_columns(p, NULL, (const void *const[]){floats, good, texts}, 1, &err), ASSAY_OK);
    assert_int_equal(ay_push_end(p, NULL), ASSAY_OK);
    kit_same("columns", 0, 8, ay_buf_view(&out), "1:0.5|false|a\n");
    ay_push_free(p);
    ay_buf_free(&out);
}

/* A null's slot is zeroed, whatever an earlier batch left there. */
static assay_status check_zero(void *ctx, const ay_batch *batch, assay_err *err)
{
    (void)err;
    int *calls = ctx;
    assert_int_equal(batch->cols[0].v.i64[0], ++*calls == 1 ? 7 : 0);
    assert_int_equal(ay_bit(batch->cols[0].null, 0), *calls > 1);
    return ASSAY_OK;
}

static void test_slots(void **state)
{
    (void)state;
    int calls = 0;
    ay_push *p = NULL;
    const uint64_t null = 1;
    const int64_t value = 9;
    const assay_str empty = {"", 0};
    assert_int_equal(ay_push_open(&two, 1, check_zero, &calls, &p, NULL), ASSAY_OK);
    assert_int_equal(ay_push_int(p, 0, 7, NULL), ASSAY_OK);
    assert_int_equal(ay_push_next(p, NULL), ASSAY_OK);
    assert_int_equal(ay_push_next(p, NULL), ASSAY_OK);
    assert_int_equal(
        ay_push_columns(p, (const uint64_t *const[]){&null, NULL}, (const void *const[]){&value, &empty}, 1, NULL),
        ASSAY_OK);
    assert_int_equal(calls, 3);
    ay_push_free(p);
}

static assay_status push_some(void *arg)
{
    (void)arg;
    ay_buf out = {0};
    ay_push *p = NULL;
    assay_status st = ay_push_open(&all, 2, take, &out, &p, NULL);
    if (st != ASSAY_OK) return st;
    for (int i = 0; st == ASSAY_OK && i < 3; i++) {
        st = ay_push_text(p, T, AY_STR("text"), NULL);
        if (st == ASSAY_OK) st = ay_push_text(p, U, AY_STR("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), NULL);
        if (st == ASSAY_OK) st = ay_push_text(p, J, AY_STR("[1]"), NULL);
        if (st == ASSAY_OK) st = ay_push_next(p, NULL);
    }
    if (st == ASSAY_OK) st = ay_push_end(p, NULL);
    if (st == ASSAY_OK) st = ay_buf_status(&out, NULL);
    ay_push_free(p);
    ay_buf_free(&out);
    return st;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(push_some, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_types),  cmocka_unit_test(test_batches),       cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_bad_values), cmocka_unit_test(test_half_record),   cmocka_unit_test(test_owner_refuses),
        cmocka_unit_test(test_columns),    cmocka_unit_test(test_column_faults), cmocka_unit_test(test_slots),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
