/* The canonical bytes of records: each type, what is null, missing or unreadable, and the same whatever the source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "fault.h"
#include "proof/jcs.h"
#include "proof/record.h"
#include "vectors.h"

#define BYTES(literal)                                                                                                 \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }

static ay_zone *shanghai;

static int set_up(void **state)
{
    (void)state;
    return ay_zone_open("+08:00", &shanghai, NULL) == ASSAY_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    shanghai = ay_zone_close(shanghai);
    return 0;
}

/* ---- One field, from text ---- */

static assay_status encode_text(const ay_field *field, const ay_str *text, ay_records *out)
{
    const ay_column column = {.name = field->name, .type = AY_TEXT};
    const ay_type type = AY_TEXT;
    const ay_batch *typed = NULL;
    ay_batch batch = {0};
    ay_reader *reader = NULL;
    ay_record_plan *plan = NULL;
    assay_status st = ay_batch_open(&batch, &type, 1, 4, NULL);
    if (st == ASSAY_OK) st = ay_reader_open(field, 1, &(ay_schema){&column, 1}, 4, &reader, NULL);
    if (st == ASSAY_OK) st = ay_record_plan_open(field, NULL, 1, &plan, NULL);
    if (st == ASSAY_OK) {
        batch.rows = 1;
        if (text) batch.cols[0].v.str[0] = *text;
        else ay_bit_set(batch.cols[0].null, 0);
        st = ay_reader_read(reader, &batch, &typed, NULL);
    }
    if (st == ASSAY_OK) st = ay_records_encode(plan, typed, out, NULL);
    ay_record_plan_free(plan);
    ay_reader_free(reader);
    ay_batch_free(&batch);
    return st;
}

static void put_wanted(ay_buf *out, uint8_t tag, ay_str value)
{
    const unsigned char tail[5] = {tag, 0, 0, (unsigned char)(value.len >> 8), (unsigned char)value.len};
    ay_buf_put(out, "CRE\1\0\1\0\1f", 9);
    ay_buf_put(out, tail, 5);
    ay_buf_str(out, value);
}

/* clang-format off */
static const struct text_case {
    const char *label;
    ay_type type;
    ay_str text;
    uint8_t tag;
    ay_str value;
} text_cases[] = {
    {"text", AY_TEXT, BYTES("中文"), 5, BYTES("\xe4\xb8\xad\xe6\x96\x87")},
    {"empty text", AY_TEXT, BYTES(""), 5, BYTES("")},
    {"padded text", AY_TEXT, BYTES(" a "), 5, BYTES(" a ")},
    {"composed", AY_TEXT, BYTES("\xc3\xa9"), 5, BYTES("\xc3\xa9")},
    {"decomposed", AY_TEXT, BYTES("e\xcc\x81"), 5, BYTES("e\xcc\x81")},
    {"true", AY_BOOL, BYTES("yes"), 1, BYTES("\1")},
    {"false", AY_BOOL, BYTES("f"), 1, BYTES("\0")},
    {"no boolean", AY_BOOL, BYTES("maybe"), 5, BYTES("maybe")},
    {"integer", AY_INT, BYTES("+0042"), 2, BYTES("42")},
    {"least integer", AY_INT, BYTES("-9223372036854775808"), 2, BYTES("-9223372036854775808")},
    {"too large an integer", AY_INT, BYTES("9223372036854775808"), 2, BYTES("9223372036854775808")},
    {"no integer", AY_INT, BYTES("12.50"), 2, BYTES("12.5")},
    {"no number", AY_INT, BYTES("twelve"), 5, BYTES("twelve")},
    {"decimal", AY_DEC, BYTES("5000000.00"), 2, BYTES("5000000")},
    {"decimal with an exponent", AY_DEC, BYTES("1E+2"), 2, BYTES("100")},
    {"negative zero", AY_DEC, BYTES("-0.00"), 2, BYTES("0")},
    {"small", AY_DEC, BYTES("-0.0010"), 2, BYTES("-0.001")},
    {"36 digits", AY_DEC, BYTES("123456789012345678901234567890.123450"), 2, BYTES("123456789012345678901234567890.12345")},
    {"38 digits", AY_DEC, BYTES("99999999999999999999999999999999999999"), 2, BYTES("99999999999999999999999999999999999999")},
    {"40 digits", AY_DEC, BYTES("1234567890123456789012345678901234567890.0"), 2, BYTES("1234567890123456789012345678901234567890")},
    {"no number at all", AY_DEC, BYTES("NaN"), 2, BYTES("NaN")},
    {"infinite", AY_DEC, BYTES("-inf"), 2, BYTES("-Infinity")},
    {"grouped", AY_DEC, BYTES("1,000"), 5, BYTES("1,000")},
    {"padded number", AY_DEC, BYTES(" 1"), 5, BYTES(" 1")},
    {"float", AY_FLOAT, BYTES("0.30000000000000004"), 4, BYTES("\x3f\xd3\x33\x33\x33\x33\x33\x34")},
    {"float of an integer", AY_FLOAT, BYTES("1"), 4, BYTES("\x3f\xf0\0\0\0\0\0\0")},
    {"float -0", AY_FLOAT, BYTES("-0"), 4, BYTES("\0\0\0\0\0\0\0\0")},
    {"float NaN", AY_FLOAT, BYTES("NaN"), 4, BYTES("\x7f\xf8\0\0\0\0\0\0")},
    {"float infinity", AY_FLOAT, BYTES("-inf"), 4, BYTES("\xff\xf0\0\0\0\0\0\0")},
    {"float out of range", AY_FLOAT, BYTES("1e400"), 5, BYTES("1e400")},
    {"date", AY_DATE, BYTES("2024-02-29"), 7, BYTES("\0\0\x4d\x46")},
    {"date before 1970", AY_DATE, BYTES("1969-12-31"), 7, BYTES("\xff\xff\xff\xff")},
    {"date infinity", AY_DATE, BYTES("infinity"), 7, BYTES("\x7f\xff\xff\xff")},
    {"date -infinity", AY_DATE, BYTES("-infinity"), 7, BYTES("\x80\0\0\0")},
    {"no day", AY_DATE, BYTES("2023-02-29"), 5, BYTES("2023-02-29")},
    {"timestamp", AY_TIMESTAMP, BYTES("2024-02-29 22:22:01"), 8, BYTES("\0\x06\x12\x8c\xb0\x31\x34\x40")},
    {"timestamp before 1970", AY_TIMESTAMP, BYTES("1969-12-31T23:59:59.999999"), 8, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff")},
    {"timestamp infinity", AY_TIMESTAMP, BYTES("infinity"), 8, BYTES("\x7f\xff\xff\xff\xff\xff\xff\xff")},
    {"timestamp -infinity", AY_TIMESTAMP, BYTES("-infinity"), 8, BYTES("\x80\0\0\0\0\0\0\0")},
    {"late timestamp", AY_TIMESTAMP, BYTES("294250-01-01 00:00:00"), 5, BYTES("294250-01-01 00:00:00")},
    {"timestamptz", AY_TIMESTAMPTZ, BYTES("2024-02-29 22:22:01+08"), 9, BYTES("\0\x06\x12\x85\xfb\x94\x14\x40")},
    {"timestamptz by the field's zone", AY_TIMESTAMPTZ, BYTES("2024-02-29 22:22:01"), 9, BYTES("\0\x06\x12\x85\xfb\x94\x14\x40")},
    {"time", AY_TIME, BYTES("22:22:01.5"), 10, BYTES("\0\0\0\x12\xbf\x74\x95\x60")},
    {"end of the day", AY_TIME, BYTES("24:00:00"), 10, BYTES("\0\0\0\x14\x1d\xd7\x60\0")},
    {"behind the end of the day", AY_TIME, BYTES("24:00:01"), 5, BYTES("24:00:01")},
    {"timetz", AY_TIMETZ, BYTES("22:22:01.5+08"), 11, BYTES("\0\0\0\x12\xbf\x74\x95\x60\0\0\x70\x80")},
    {"timetz, end of the day", AY_TIMETZ, BYTES("24:00:00+08"), 11, BYTES("\0\0\0\x14\x1d\xd7\x60\0\0\0\x70\x80")},
    {"timestamp, end of the day", AY_TIMESTAMP, BYTES("2024-01-01 24:00:00"), 5, BYTES("2024-01-01 24:00:00")},
    {"interval", AY_INTERVAL, BYTES("1 year 2 mons 3 days 04:00:00"), 12, BYTES("\0\0\0\x0e\0\0\0\x03\0\0\0\x03\x5a\x4e\x90\0")},
    {"30 days are no month", AY_INTERVAL, BYTES("30 days"), 12, BYTES("\0\0\0\0\0\0\0\x1e\0\0\0\0\0\0\0\0")},
    {"uuid", AY_UUID, BYTES("00112233-4455-6677-8899-AABBCCDDEEFF"), 13, BYTES("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff")},
    {"no uuid", AY_UUID, BYTES("0011"), 5, BYTES("0011")},
    {"bytes", AY_BYTES, BYTES("\\xFF00"), 6, BYTES("\xff\0")},
    {"no bytes", AY_BYTES, BYTES("\\xF"), 5, BYTES("\\xF")},
    {"json as it is", AY_JSON, BYTES("{ \"b\":1.0, \"a\":1, \"a\":2 }"), 15, BYTES("{ \"b\":1.0, \"a\":1, \"a\":2 }")},
    {"no json", AY_JSON, BYTES("{"), 5, BYTES("{")},
    {"jsonb", AY_JSONB, BYTES("{ \"b\":1.00, \"a\":[9007199254740993, -0.0, 1e2] }"), 14, BYTES("{\"a\":[9007199254740993,0,100],\"b\":1}")},
    {"jsonb, a name twice", AY_JSONB, BYTES("{\"a\":1, \"a\":2}"), 5, BYTES("{\"a\":1, \"a\":2}")},
    {"jsonb, half a pair", AY_JSONB, BYTES("\"\\ud800\""), 5, BYTES("\"\\ud800\"")},
    {"jsonb, too long a number", AY_JSONB, BYTES("1e131072"), 5, BYTES("1e131072")},
};
/* clang-format on */

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(text_cases); i++) {
        const struct text_case *c = &text_cases[i];
        const ay_field field = {.name = "f", .column = "f", .type = c->type, .zone = shanghai};
        ay_records got = {0};
        ay_buf want = {0};
        put_wanted(&want, c->tag, c->value);
        assert_int_equal(encode_text(&field, &c->text, &got), ASSAY_OK);
        assert_str(c->label, ay_records_at(&got, 0), ay_buf_view(&want));
        if (!ay_record_valid(ay_buf_view(&want))) fail_msg("%s: not valid", c->label);
        ay_records_free(&got);
        ay_buf_free(&want);
    }
}

/* A word that means "no value" to the rules is stored all the same: the record is that without the list. */
static void test_missing_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(text_cases); i++) {
        const struct text_case *c = &text_cases[i];
        ay_set missing = {0};
        const ay_field field = {.name = "f", .column = "f", .type = c->type, .zone = shanghai, .missing = &missing};
        ay_records got = {0};
        ay_buf want = {0};
        assert_true(ay_set_add(&missing, c->text, 0, NULL));
        put_wanted(&want, c->tag, c->value);
        assert_int_equal(encode_text(&field, &c->text, &got), ASSAY_OK);
        assert_str(c->label, ay_records_at(&got, 0), ay_buf_view(&want));
        ay_records_free(&got);
        ay_buf_free(&want);
        ay_set_free(&missing);
    }
}

static void test_null_is_absent(void **state)
{
    (void)state;
    for (int type = 0; type < AY_TYPE_COUNT; type++) {
        ay_set missing = {0};
        const ay_field field = {.name = "f", .column = "f", .type = (ay_type)type, .missing = &missing};
        ay_records got = {0};
        assert_true(ay_set_add(&missing, AY_STR(""), 0, NULL));
        assert_int_equal(encode_text(&field, NULL, &got), ASSAY_OK);
        assert_str(ay_type_name((ay_type)type), ay_records_at(&got, 0), AY_STR("CRE\1\0\0"));
        ay_records_free(&got);
        ay_set_free(&missing);
    }
}

/* ---- Typed sources ---- */

typedef struct typed_case {
    const char *label;
    ay_type type;
    union {
        int64_t i64;
        double f64;
        ay_dec dec;
        ay_str str;
        ay_interval iv;
        ay_timetz ttz;
    } v;
    ay_str text; /* the same value in a file */
} typed_case;

/* clang-format off */
static const typed_case typed_cases[] = {
    {"text", AY_TEXT, {.str = BYTES("a")}, BYTES("a")},
    {"bool", AY_BOOL, {.i64 = 1}, BYTES("t")},
    {"int", AY_INT, {.i64 = -7}, BYTES("-7")},
    {"dec", AY_DEC, {.dec = {.coef = 1500, .scale = 2}}, BYTES("15.00")},
    {"dec of zeros", AY_DEC, {.dec = {.coef = 0, .scale = 5}}, BYTES("0.00000")},
    {"dec with zeros before", AY_DEC, {.dec = {.coef = -50, .scale = 4}}, BYTES("-0.0050")},
    {"long dec", AY_DEC, {.dec = {.coef = (ay_i128)1000000000000000000 * 1234567890, .scale = 20}}, BYTES("12345678.90")},
    {"NaN", AY_DEC, {.dec = {.kind = AY_DEC_NAN}}, BYTES("NaN")},
    {"float", AY_FLOAT, {.f64 = 0.1}, BYTES("0.1")},
    {"float NaN", AY_FLOAT, {.f64 = -(double)NAN}, BYTES("NaN")},
    {"float -0", AY_FLOAT, {.f64 = -0.0}, BYTES("0")},
    {"date", AY_DATE, {.i64 = -2451545 + 10957}, BYTES("4714-11-24 BC")},
    {"date infinity", AY_DATE, {.i64 = AY_NEG_INFINITY}, BYTES("-infinity")},
    {"time", AY_TIME, {.i64 = AY_DAY_US}, BYTES("24:00:00")},
    {"timetz", AY_TIMETZ, {.ttz = {AY_DAY_US, -3600}}, BYTES("24:00:00-01")},
    {"timestamp", AY_TIMESTAMP, {.i64 = 1}, BYTES("1970-01-01 00:00:00.000001")},
    {"timestamptz", AY_TIMESTAMPTZ, {.i64 = 0}, BYTES("1970-01-01 08:00:00+08")},
    {"interval", AY_INTERVAL, {.iv = {-1, 2, -3}}, BYTES("-1 mons +2 days -00:00:00.000003")},
    {"uuid", AY_UUID, {.str = BYTES("\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f")}, BYTES("00010203-0405-0607-0809-0a0b0c0d0e0f")},
    {"bytes", AY_BYTES, {.str = BYTES("\0\xff")}, BYTES("\\x00ff")},
    {"json", AY_JSON, {.str = BYTES("[1, 2]")}, BYTES("[1, 2]")},
    {"jsonb", AY_JSONB, {.str = BYTES("{\"a\": 1.0}")}, BYTES("{\"a\":1}")},
};
/* clang-format on */

/* Into a buffer that grows with each field, into one with room for all, and from text. */
static void assert_same_from_typed(const typed_case *c, const char *name)
{
    const ay_field field = {.name = name, .column = name, .type = c->type, .zone = shanghai};
    ay_batch batch = {0};
    ay_record_plan *plan = NULL;
    ay_records typed = {0}, roomy = {0}, read = {0};
    assert_int_equal(ay_batch_open(&batch, &c->type, 1, 1, NULL), ASSAY_OK);
    memcpy(batch.cols[0].v.any, &c->v, ay_storage_size(ay_type_storage(c->type)));
    batch.rows = 1;
    assert_non_null(ay_buf_reserve(&roomy.bytes, 4096));
    assert_int_equal(ay_record_plan_open(&field, NULL, 1, &plan, NULL), ASSAY_OK);
    assert_int_equal(ay_records_encode(plan, &batch, &typed, NULL), ASSAY_OK);
    assert_int_equal(ay_records_encode(plan, &batch, &roomy, NULL), ASSAY_OK);
    assert_int_equal(encode_text(&field, &c->text, &read), ASSAY_OK);
    assert_str(c->label, ay_records_at(&typed, 0), ay_records_at(&read, 0));
    assert_str(c->label, ay_records_at(&roomy, 0), ay_records_at(&read, 0));
    ay_record_plan_free(plan);
    ay_records_free(&typed);
    ay_records_free(&roomy);
    ay_records_free(&read);
    ay_batch_free(&batch);
}

static void test_same_from_typed(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(typed_cases); i++) {
        assert_same_from_typed(&typed_cases[i], "f");
        assert_same_from_typed(&typed_cases[i], "a name of more bytes than most fields have");
    }
}

/* Texts and numbers of every length, in buffers of every size: whatever fits is written at once, the rest as it grows.
 */
static void test_room(void **state)
{
    (void)state;
    enum { ROWS = 200 };
    const ay_field fields[] = {{.name = "a", .type = AY_TEXT},
                               {.name = "b", .type = AY_DEC},
                               {.name = "c", .type = AY_JSONB},
                               {.name = "d", .type = AY_DATE},
                               {.name = "e", .type = AY_TEXT}};
    const ay_type types[] = {AY_TEXT, AY_DEC, AY_JSONB, AY_DATE, AY_TEXT};
    char text[ROWS];
    ay_batch batch = {0};
    ay_record_plan *plan = NULL;
    ay_records once = {0}, each = {0};
    memset(text, 'x', sizeof text);
    assert_int_equal(ay_batch_open(&batch, types, 5, ROWS, NULL), ASSAY_OK);
    batch.rows = ROWS;
    for (uint32_t i = 0; i < ROWS; i++) {
        batch.cols[0].v.str[i] = batch.cols[4].v.str[i] = (ay_str){text, i};
        batch.cols[1].v.dec[i] = (ay_dec){.coef = i * 7, .scale = (uint16_t)(i % 39)};
        batch.cols[2].v.str[i] = AY_STR("[1.0]");
        if (i % 3 == 0) ay_bit_set(batch.cols[3].null, i);
    }
    assert_int_equal(ay_record_plan_open(fields, NULL, 5, &plan, NULL), ASSAY_OK);
    for (int again = 0; again < 2; again++) assert_int_equal(ay_records_encode(plan, &batch, &once, NULL), ASSAY_OK);
    for (uint32_t i = 0; i < ROWS; i++) {
        each.n = 0;
        ay_buf_free(&each.bytes);
        assert_non_null(ay_buf_reserve(&each.bytes, i * 2 + 1));
        assert_int_equal(ay_records_add(plan, &batch, i, &each, NULL), ASSAY_OK);
        assert_str("room", ay_records_at(&each, 0), ay_records_at(&once, i));
        assert_true(ay_record_valid(ay_records_at(&once, i)));
    }
    ay_record_plan_free(plan);
    ay_records_free(&once);
    ay_records_free(&each);
    ay_batch_free(&batch);
}

/* What the server's binary form holds and a batch does not comes with its text, which may be written with an exponent
 * where text COPY writes all zeros. */
static void test_long_numbers(void **state)
{
    (void)state;
    const ay_field field = {.name = "f", .column = "f", .type = AY_DEC};
    const ay_type type = AY_DEC;
    ay_str raw = AY_STR("12e1500");
    char plain[1502];
    ay_batch batch = {0};
    ay_record_plan *plan = NULL;
    ay_records binary = {0}, text = {0};
    memset(plain, '0', sizeof plain);
    memcpy(plain, "12", 2);
    assert_int_equal(ay_batch_open(&batch, &type, 1, 1, NULL), ASSAY_OK);
    batch.rows = 1;
    batch.cols[0].raw = &raw;
    ay_bit_set(batch.cols[0].bad, 0);
    assert_int_equal(ay_record_plan_open(&field, NULL, 1, &plan, NULL), ASSAY_OK);
    assert_int_equal(ay_records_encode(plan, &batch, &binary, NULL), ASSAY_OK);
    assert_int_equal(encode_text(&field, &(ay_str){plain, sizeof plain}, &text), ASSAY_OK);
    assert_str("12e1500", ay_records_at(&binary, 0), ay_records_at(&text, 0));
    assert_int_equal(ay_records_at(&text, 0).ptr[9], AY_TAG_NUMBER);
    ay_record_plan_free(plan);
    ay_records_free(&binary);
    ay_records_free(&text);
    ay_batch_free(&batch);
}

/* Where the canonical form of a jsonb ends: 512 levels, 16 MiB. Beyond, it is the text that is stored. */
static void test_large_jsonb(void **state)
{
    (void)state;
    const ay_field field = {.name = "f", .column = "f", .type = AY_JSONB};
    static const struct {
        size_t levels, bytes;
        uint8_t tag;
    } cases[] = {{512, 0, AY_TAG_JSONB},
                 {513, 0, AY_TAG_TEXT},
                 {0, AY_RECORD_JSON_BYTES, AY_TAG_JSONB},
                 {0, AY_RECORD_JSON_BYTES + 1, AY_TAG_TEXT}};
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf text = {0};
        ay_records got = {0};
        const size_t n = cases[i].levels ? cases[i].levels * 2 : cases[i].bytes;
        char *to = ay_buf_reserve(&text, n);
        memset(to, cases[i].levels ? '[' : 'x', n);
        if (cases[i].levels) memset(to + n / 2, ']', n / 2);
        else to[0] = to[n - 1] = '"';
        assert_int_equal(encode_text(&field, &(ay_str){to, n}, &got), ASSAY_OK);
        assert_int_equal(ay_records_at(&got, 0).ptr[9], cases[i].tag);
        assert_int_equal(ay_records_at(&got, 0).len, 14 + n);
        ay_records_free(&got);
        ay_buf_free(&text);
    }
}

/* ---- Several fields and records ---- */

static void test_order_and_scope(void **state)
{
    (void)state;
    const ay_field fields[] = {{.name = "name", .type = AY_TEXT},
                               {.name = "编号", .type = AY_INT},
                               {.name = "nam", .type = AY_BOOL},
                               {.name = "Z", .type = AY_INT}};
    const ay_type types[] = {AY_TEXT, AY_INT, AY_BOOL, AY_INT};
    const uint32_t key[] = {3, 0};
    ay_batch batch = {0};
    ay_record_plan *all = NULL, *some = NULL;
    ay_records out = {0};
    assert_int_equal(ay_batch_open(&batch, types, 4, 2, NULL), ASSAY_OK);
    batch.rows = 2;
    batch.cols[0].v.str[0] = AY_STR("x|y");
    batch.cols[1].v.i64[0] = 7;
    ay_bit_set(batch.cols[2].null, 0);
    ay_bit_set(batch.cols[3].null, 1);
    batch.cols[0].v.str[1] = AY_STR("");
    assert_int_equal(ay_record_plan_open(fields, NULL, 4, &all, NULL), ASSAY_OK);
    assert_int_equal(ay_record_plan_open(fields, key, 2, &some, NULL), ASSAY_OK);
    assert_int_equal(ay_records_encode(all, &batch, &out, NULL), ASSAY_OK);
    assert_int_equal(out.n, 2);
    assert_str("first", ay_records_at(&out, 0),
               AY_STR("CRE\1\0\3\0\1Z\2\0\0\0\1"
                      "0\0\4name\5\0\0\0\3x|y\0\6\xe7\xbc\x96\xe5\x8f\xb7\2\0\0\0\1"
                      "7"));
    assert_str("second", ay_records_at(&out, 1),
               AY_STR("CRE\1\0\3\0\3nam\1\0\0\0\1\0\0\4name\5\0\0\0\0\0\6\xe7\xbc\x96\xe5\x8f\xb7\2\0\0\0\1"
                      "0"));
    assert_int_equal(ay_records_encode(some, &batch, &out, NULL), ASSAY_OK);
    assert_str("key", ay_records_at(&out, 1), AY_STR("CRE\1\0\1\0\4name\5\0\0\0\0"));
    ay_record_plan_free(all);
    ay_record_plan_free(some);
    ay_records_free(&out);
    ay_batch_free(&batch);
}

static void test_refused_plans(void **state)
{
    (void)state;
    const ay_field twice[] = {{.name = "b"}, {.name = "a"}, {.name = "b"}};
    ay_record_plan *plan = NULL;
    assay_err err = {0};
    assert_int_equal(ay_record_plan_open(twice, NULL, 3, &plan, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "a record takes field 'b' once");
    char *name = ay_alloc(70000);
    memset(name, 'n', 70000);
    name[69999] = '\0';
    const ay_field one = {.name = name};
    assert_int_equal(ay_record_plan_open(&one, NULL, 1, &plan, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "the name of a field has 69999 bytes, a record takes 65535");
    assert_int_equal(ay_record_plan_open(&one, NULL, 65536, &plan, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "65536 fields, a record takes 65535");
    assert_null(plan);
    ay_free(name);
}

/* XXH3-128 of records: what libxxhash itself says of the bytes is tested in test_hash; here, that one bit shows. */
static void test_fingerprint(void **state)
{
    (void)state;
    unsigned char a[16], b[16];
    ay_hash128(AY_STR("CRE\1\0\1\0\1a\5\0\0\0\0"), a);
    ay_hash128(AY_STR("CRE\1\0\1\0\1b\5\0\0\0\0"), b);
    assert_memory_not_equal(a, b, 16);
    static const unsigned char empty[16] = {0x99, 0xaa, 0x06, 0xd3, 0x01, 0x47, 0x98, 0xd8,
                                            0x60, 0x01, 0xc3, 0x24, 0x46, 0x8d, 0x49, 0x7f};
    ay_hash128((ay_str){0}, a);
    assert_memory_equal(a, empty, 16);
}

/* The record of SPEC_RECORD.md, from texts as a file has them; its bytes and digests come from the Python that wrote
 * the specification's example. */
static void test_golden(void **state)
{
    (void)state;
    static const char hex[] = "435245010006000565787472610e000000227b2261223a5b393030373139393235343734303939332c302e31"
                              "5d2c2262223a317d00026964"
                              "02000000013700026f6b01000000010100026f6e070000000400004d46000470616964020000002a31323334"
                              "353637383930313233343536"
                              "3738393031323334353637383930313233343536373839302e350006e7bc96e58fb70500000003e697a0";
    static const struct {
        const char *name, *text;
        ay_type type;
    } columns[] = {{"id", "007", AY_INT},
                   {"编号", "无", AY_TEXT},
                   {"paid", "1234567890123456789012345678901234567890.50", AY_DEC},
                   {"on", "2024-02-29", AY_DATE},
                   {"extra", "{\"b\": 1.0, \"a\": [9007199254740993, 1e-1]}", AY_JSONB},
                   {"ok", "true", AY_BOOL},
                   {"gone", NULL, AY_TEXT}};
    enum { N = AY_COUNT(columns) };
    ay_set missing = {0};
    ay_field fields[N] = {0};
    ay_column source[N] = {0};
    const ay_type types[N] = {AY_TEXT};
    ay_batch batch = {0};
    const ay_batch *typed;
    ay_reader *reader = NULL;
    ay_record_plan *plan = NULL;
    ay_records got = {0};
    ay_buf want = {0};
    assert_true(ay_set_add(&missing, AY_STR("无"), 0, NULL));
    assert_int_equal(ay_batch_open(&batch, types, N, 1, NULL), ASSAY_OK);
    batch.rows = 1;
    for (size_t i = 0; i < N; i++) {
        const char *name = columns[i].name;
        fields[i] = (ay_field){.name = name, .column = name, .type = columns[i].type, .missing = &missing};
        source[i] = (ay_column){.name = name, .type = AY_TEXT};
        if (columns[i].text) batch.cols[i].v.str[0] = ay_str_from(columns[i].text);
        else ay_bit_set(batch.cols[i].null, 0);
    }
    assert_int_equal(ay_reader_open(fields, N, &(ay_schema){source, N}, 1, &reader, NULL), ASSAY_OK);
    assert_int_equal(ay_reader_read(reader, &batch, &typed, NULL), ASSAY_OK);
    assert_int_equal(ay_record_plan_open(fields, NULL, N, &plan, NULL), ASSAY_OK);
    assert_int_equal(ay_records_encode(plan, typed, &got, NULL), ASSAY_OK);
    put_unhex(&want, ay_str_from(hex));
    assert_str("golden", ay_records_at(&got, 0), ay_buf_view(&want));
    ay_records_free(&got);
    ay_buf_free(&want);
    ay_record_plan_free(plan);
    ay_reader_free(reader);
    ay_batch_free(&batch);
    ay_set_free(&missing);
}

/* ---- Reading ---- */

static void test_damaged(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        ay_str record;
    } cases[] = {
        {"nothing", BYTES("")},
        {"no magic", BYTES("CRF\1\0\0")},
        {"other version", BYTES("CRE\2\0\0")},
        {"cut head", BYTES("CRE\1\0")},
        {"more behind", BYTES("CRE\1\0\0x")},
        {"a field is missing", BYTES("CRE\1\0\1")},
        {"cut name", BYTES("CRE\1\0\1\0\2a")},
        {"cut value", BYTES("CRE\1\0\1\0\1a\5\0\0\0\2x")},
        {"more behind the last", BYTES("CRE\1\0\1\0\1a\5\0\0\0\1xx")},
        {"out of order", BYTES("CRE\1\0\2\0\1b\5\0\0\0\0\0\1a\5\0\0\0\0")},
        {"twice", BYTES("CRE\1\0\2\0\1a\5\0\0\0\0\0\1a\5\0\0\0\0")},
        {"tag 0", BYTES("CRE\1\0\1\0\1a\0\0\0\0\0")},
        {"tag 3", BYTES("CRE\1\0\1\0\1a\3\0\0\0\1"
                        "1")},
        {"tag 16", BYTES("CRE\1\0\1\0\1a\x10\0\0\0\0")},
        {"boolean 2", BYTES("CRE\1\0\1\0\1a\1\0\0\0\1\2")},
        {"long boolean", BYTES("CRE\1\0\1\0\1a\1\0\0\0\2\1\1")},
        {"number with zeros", BYTES("CRE\1\0\1\0\1a\2\0\0\0\3"
                                    "1.0")},
        {"number with an exponent", BYTES("CRE\1\0\1\0\1a\2\0\0\0\3"
                                          "1e9")},
        {"number -0", BYTES("CRE\1\0\1\0\1a\2\0\0\0\2-0")},
        {"number with a zero before", BYTES("CRE\1\0\1\0\1a\2\0\0\0\2"
                                            "01")},
        {"number with a point at the end", BYTES("CRE\1\0\1\0\1a\2\0\0\0\2"
                                                 "1.")},
        {"number with a point at the beginning", BYTES("CRE\1\0\1\0\1a\2\0\0\0\2.5")},
        {"other infinity", BYTES("CRE\1\0\1\0\1a\2\0\0\0\3inf")},
        {"empty number", BYTES("CRE\1\0\1\0\1a\2\0\0\0\0")},
        {"float -0", BYTES("CRE\1\0\1\0\1a\4\0\0\0\x08\x80\0\0\0\0\0\0\0")},
        {"other NaN", BYTES("CRE\1\0\1\0\1a\4\0\0\0\x08\xff\xf8\0\0\0\0\0\0")},
        {"date of 8 bytes", BYTES("CRE\1\0\1\0\1a\7\0\0\0\x08\0\0\0\0\0\0\0\0")},
        {"no UTF-8", BYTES("CRE\1\0\1\0\1a\5\0\0\0\1\xff")},
        {"no UTF-8 in the name", BYTES("CRE\1\0\1\0\1\xff\5\0\0\0\1x")},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        if (ay_record_valid(cases[i].record)) fail_msg("%s: valid", cases[i].label);
}

/* ---- Reference vectors ---- */

static ay_type vector_type(ay_str name)
{
    if (ay_str_is(name, "dec")) return AY_DEC;
    if (ay_str_is(name, "f64")) return AY_FLOAT;
    if (ay_str_is(name, "tstz")) return AY_TIMESTAMPTZ;
    if (ay_str_is(name, "date")) return AY_DATE;
    if (ay_str_is(name, "bool")) return AY_BOOL;
    return ay_str_is(name, "text") ? AY_TEXT : AY_TYPE_COUNT;
}

/* The file writes times as Python does. */
static ay_str vector_text(const ay_jcs *value)
{
    if (value->kind == AY_JCS_TRUE) return AY_STR("true");
    if (value->kind != AY_JCS_STRING || value->text.len < 13) return value->text;
    if (memcmp(value->text.ptr, "datetime.date", 13) != 0) return value->text;
    return value->text.len > 40 ? AY_STR("2024-01-02 03:04:05.678901+08") : AY_STR("1969-12-31");
}

static bool run_vector(const ay_jcs *vector)
{
    const ay_jcs *list = ay_jcs_member(vector, "fields");
    ay_field fields[8] = {0};
    ay_column columns[8] = {0};
    ay_type types[8] = {0};
    char names[8][32];
    ay_batch batch = {0};
    const ay_batch *typed;
    ay_reader *reader = NULL;
    ay_record_plan *plan = NULL;
    ay_records got = {0};
    ay_buf want = {0};
    for (uint32_t i = 0; i < list->n; i++) {
        (void)snprintf(names[i], sizeof names[i], "%.*s", (int)list->items[i]->name.len, list->items[i]->name.ptr);
        fields[i] =
            (ay_field){.name = names[i], .column = names[i], .type = vector_type(list->items[i]->items[0]->text)};
        columns[i] = (ay_column){.name = names[i], .type = AY_TEXT};
        if (fields[i].type == AY_TYPE_COUNT) return false;
    }
    assert_int_equal(ay_batch_open(&batch, types, list->n, 1, NULL), ASSAY_OK);
    batch.rows = 1;
    for (uint32_t i = 0; i < list->n; i++) {
        const ay_jcs *value = list->items[i]->items[1];
        if (value->kind == AY_JCS_NULL) ay_bit_set(batch.cols[i].null, 0);
        else batch.cols[i].v.str[0] = vector_text(value);
    }
    assert_int_equal(ay_reader_open(fields, list->n, &(ay_schema){columns, list->n}, 1, &reader, NULL), ASSAY_OK);
    assert_int_equal(ay_reader_read(reader, &batch, &typed, NULL), ASSAY_OK);
    assert_int_equal(ay_record_plan_open(fields, NULL, list->n, &plan, NULL), ASSAY_OK);
    assert_int_equal(ay_records_encode(plan, typed, &got, NULL), ASSAY_OK);
    put_unhex(&want, ay_jcs_member(vector, "cre1_hex")->text);
    assert_str("vector", ay_records_at(&got, 0), ay_buf_view(&want));
    ay_records_free(&got);
    ay_buf_free(&want);
    ay_record_plan_free(plan);
    ay_reader_free(reader);
    ay_batch_free(&batch);
    return true;
}

static void test_vectors(void **state)
{
    (void)state;
    ay_buf text = {0};
    ay_arena arena = {0};
    const ay_jcs *file;
    if (read_vectors("cre1/cre1_vectors.json", &text)) {
        uint32_t used = 0;
        assert_int_equal(ay_jcs_read(ay_buf_view(&text), 16, &arena, &file, NULL), ASSAY_OK);
        const ay_jcs *vectors = ay_jcs_member(file, "vectors");
        for (uint32_t i = 0; i < vectors->n; i++) used += run_vector(vectors->items[i]);
        print_message("%u of %u vectors used; the others are arrays\n", used, vectors->n);
        assert_int_equal(used, vectors->n - 2);
    }
    ay_buf_free(&text);
    ay_arena_free(&arena);
}

/* ---- Faults ---- */

static assay_status faulty(void *arg)
{
    const struct text_case *c = arg;
    const ay_field field = {.name = "f", .column = "f", .type = c->type, .zone = shanghai};
    ay_records got = {0};
    const assay_status st = encode_text(&field, &c->text, &got);
    ay_records_free(&got);
    return st;
}

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(text_cases); i++)
        assert_true(fail_each_allocation(faulty, (void *)(uintptr_t)&text_cases[i]) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),          cmocka_unit_test(test_missing_words),
        cmocka_unit_test(test_null_is_absent), cmocka_unit_test(test_same_from_typed),
        cmocka_unit_test(test_room),           cmocka_unit_test(test_long_numbers),
        cmocka_unit_test(test_large_jsonb),    cmocka_unit_test(test_order_and_scope),
        cmocka_unit_test(test_refused_plans),  cmocka_unit_test(test_fingerprint),
        cmocka_unit_test(test_golden),         cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_vectors),        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
