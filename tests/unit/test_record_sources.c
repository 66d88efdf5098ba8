/* The same record, read in every way there is, gives the same bytes: COPY binary, COPY text, CSV, pushed values. What
 * is on the wire was laid out by hand after PostgreSQL's send functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/mem.h"
#include "proof/record.h"
#include "source/decoder.h"
#include "source/push.h"
#include "vectors.h"

typedef enum push_kind { NO_PUSH, PUSH_NULL, PUSH_INT, PUSH_FLOAT, PUSH_TEXT } push_kind;

typedef struct sample {
    const char *label;
    ay_type wire, field;
    ay_str binary; /* ptr NULL: NULL */
    const char *copy, *csv;
    push_kind kind;
    int64_t i64;
    double f64;
    ay_str text;
    uint8_t tag; /* 0: no field */
} sample;

#define BYTES(literal)                                                                                                 \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }
#define TEXT(literal) PUSH_TEXT, 0, 0, BYTES(literal)
#define INT(value)                                                                                                     \
    PUSH_INT, (value), 0,                                                                                              \
    {                                                                                                                  \
        0                                                                                                              \
    }
#define FLOAT(value)                                                                                                   \
    PUSH_FLOAT, 0, (value),                                                                                            \
    {                                                                                                                  \
        0                                                                                                              \
    }
#define ONLY_READ                                                                                                      \
    NO_PUSH, 0, 0,                                                                                                     \
    {                                                                                                                  \
        0                                                                                                              \
    }
#define ZEROS49 "0000000000000000000000000000000000000000000000000"

/* clang-format off */
static const sample samples[] = {
    {"text", AY_TEXT, AY_TEXT, BYTES("中文"), "中文", "中文", TEXT("中文"), 5},
    {"empty text", AY_TEXT, AY_TEXT, BYTES(""), "", "\"\"", TEXT(""), 5},
    {"NULL", AY_TEXT, AY_TEXT, {0}, "\\N", "", PUSH_NULL, 0, 0, {0}, 0},
    {"missing word", AY_TEXT, AY_TEXT, BYTES("无"), "无", "无", TEXT("无"), 5},
    {"text to be escaped", AY_TEXT, AY_TEXT, BYTES("a\t\\\"\n"), "a\\t\\\\\"\\n", "\"a\t\\\"\"\n\"", TEXT("a\t\\\"\n"), 5},
    {"true", AY_BOOL, AY_BOOL, BYTES("\1"), "t", "true", INT(1), 1},
    {"int2", AY_INT, AY_INT, BYTES("\xff\xf9"), "-7", "-7", INT(-7), 2},
    {"int8", AY_INT, AY_INT, BYTES("\x7f\xff\xff\xff\xff\xff\xff\xff"), "9223372036854775807", "9223372036854775807", INT(INT64_MAX), 2},
    {"integer as decimal", AY_INT, AY_DEC, BYTES("\0\0\0\x0c"), "12", "12.0", INT(12), 2},
    {"numeric", AY_DEC, AY_DEC, BYTES("\0\2\0\0\0\0\0\2\0\x0c\x0b\xb8"), "12.30", "12.3", TEXT("12.300"), 2},
    {"numeric as integer", AY_DEC, AY_INT, BYTES("\0\1\0\0\0\0\0\2\0\x0c"), "12", "12", TEXT("12.00"), 2},
    {"numeric that is no integer", AY_DEC, AY_INT, BYTES("\0\2\0\0\0\0\0\2\0\x0c\x0b\xb8"), "12.30", "12.3", TEXT("12.300"), 2},
    {"numeric of 50 digits", AY_DEC, AY_DEC, BYTES("\0\1\0\x0c\0\0\0\0\0\x0a"), "1" ZEROS49, "1" ZEROS49 ".0", ONLY_READ, 2},
    {"numeric NaN", AY_DEC, AY_DEC, BYTES("\0\0\0\0\xc0\0\0\0"), "NaN", "nan", TEXT("NaN"), 2},
    {"float8", AY_FLOAT, AY_FLOAT, BYTES("\x3f\xb9\x99\x99\x99\x99\x99\x9a"), "0.1", "1e-1", FLOAT(0.1), 4},
    {"float8 -0", AY_FLOAT, AY_FLOAT, BYTES("\x80\0\0\0\0\0\0\0"), "-0", "0", FLOAT(-0.0), 4},
    {"date", AY_DATE, AY_DATE, BYTES("\0\0\0\1"), "2000-01-02", "2000-01-02", INT(10958), 7},
    {"date infinity", AY_DATE, AY_DATE, BYTES("\x7f\xff\xff\xff"), "infinity", "infinity", INT(INT64_MAX), 7},
    {"time", AY_TIME, AY_TIME, BYTES("\0\0\0\0\0\x0f\x42\x40"), "00:00:01", "00:00:01.000", INT(1000000), 10},
    {"end of the day", AY_TIME, AY_TIME, BYTES("\0\0\0\x14\x1d\xd7\x60\0"), "24:00:00", "24:00", INT(AY_DAY_US), 10},
    {"timetz", AY_TIMETZ, AY_TIMETZ, BYTES("\0\0\0\0\0\x0f\x42\x40\xff\xff\x8f\x80"), "00:00:01+08", "00:00:01+08:00", TEXT("00:00:01+08"), 11},
    {"end of the day with a zone", AY_TIMETZ, AY_TIMETZ, BYTES("\0\0\0\x14\x1d\xd7\x60\0\xff\xff\x8f\x80"), "24:00:00+08", "24:00:00+08", ONLY_READ, 11},
    {"timestamp", AY_TIMESTAMP, AY_TIMESTAMP, BYTES("\0\0\0\0\0\0\0\1"), "2000-01-01 00:00:00.000001", "2000-01-01T00:00:00.000001", INT(INT64_C(946684800000001)), 8},
    {"timestamp -infinity", AY_TIMESTAMP, AY_TIMESTAMP, BYTES("\x80\0\0\0\0\0\0\0"), "-infinity", "-infinity", INT(INT64_MIN), 8},
    {"late timestamp", AY_TIMESTAMP, AY_TIMESTAMP, BYTES("\x7f\xfc\xe0\xaa\xe8\xa3\x20\x00"), "294249-03-05 00:00:00", "294249-03-05 00:00:00", ONLY_READ, 5},
    {"timestamptz", AY_TIMESTAMPTZ, AY_TIMESTAMPTZ, BYTES("\0\0\0\0\0\0\0\0"), "2000-01-01 00:00:00+00", "2000-01-01 08:00:00+08", INT(INT64_C(946684800000000)), 9},
    {"interval", AY_INTERVAL, AY_INTERVAL, BYTES("\0\0\0\0\0\x0f\x42\x40\0\0\0\2\0\0\0\x0d"), "1 year 1 mon 2 days 00:00:01", "P1Y1M2DT1S", TEXT("13 months 2 days 1 second"), 12},
    {"uuid", AY_UUID, AY_UUID, BYTES("\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"), "00010203-0405-0607-0809-0a0b0c0d0e0f", "00010203-0405-0607-0809-0A0B0C0D0E0F", TEXT("\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"), 13},
    {"bytea", AY_BYTES, AY_BYTES, BYTES("\0\xff"), "\\\\x00ff", "\\x00FF", TEXT("\0\xff"), 6},
    {"json", AY_JSON, AY_JSON, BYTES("{ \"a\":1.0}"), "{ \"a\":1.0}", "\"{ \"\"a\"\":1.0}\"", TEXT("{ \"a\":1.0}"), 15},
    {"jsonb", AY_JSONB, AY_JSONB, BYTES("\1{\"a\": 1.0, \"bb\": 2}"), "{\"a\": 1.0, \"bb\": 2}", "\"{\"\"bb\"\":2,\"\"a\"\":1}\"", TEXT("{\"bb\": 2e0, \"a\":1}"), 14},
};
/* clang-format on */

typedef struct target {
    const sample *sample;
    ay_buf record;
} target;

static ay_set missing;

static assay_status encode(target *t, const ay_batch *batch, ay_type from)
{
    const ay_field field = {.name = "f", .column = "f", .type = t->sample->field, .missing = &missing};
    const ay_column column = {.name = "f", .type = from};
    ay_reader *reader = NULL;
    ay_record_plan *plan = NULL;
    const ay_batch *typed = NULL;
    ay_records records = {0};
    assert_int_equal(batch->rows, 1);
    assert_int_equal(ay_reader_open(&field, 1, &(ay_schema){&column, 1}, 4, &reader, NULL), ASSAY_OK);
    assert_int_equal(ay_reader_read(reader, batch, &typed, NULL), ASSAY_OK);
    assert_int_equal(ay_record_plan_open(&field, NULL, 1, &plan, NULL), ASSAY_OK);
    assert_int_equal(ay_records_encode(plan, typed, &records, NULL), ASSAY_OK);
    ay_buf_clear(&t->record);
    ay_buf_str(&t->record, ay_records_at(&records, 0));
    ay_records_free(&records);
    ay_record_plan_free(plan);
    ay_reader_free(reader);
    return ASSAY_OK;
}

static void decode(target *t, ay_decoder *d, ay_str bytes, ay_type from)
{
    size_t used = 0;
    assay_err err = {0};
    assay_status st = ay_decoder_push(d, bytes.ptr, bytes.len, &used, &err);
    if (st == ASSAY_OK) st = ay_decoder_finish(d, &err);
    if (st != ASSAY_OK || used != bytes.len) fail_msg("%s: %s", t->sample->label, err.text);
    (void)encode(t, &d->batch, from);
    ay_decoder_free(d);
}

static void by_binary(target *t)
{
    const ay_str value = t->sample->binary;
    const uint32_t len = __builtin_bswap32(value.ptr ? (uint32_t)value.len : UINT32_MAX);
    ay_buf bytes = {0};
    ay_decoder *d = NULL;
    ay_buf_put(&bytes, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1", 21);
    ay_buf_put(&bytes, &len, sizeof len);
    ay_buf_str(&bytes, value);
    ay_buf_put(&bytes, "\xff\xff", 2);
    assert_int_equal(ay_copybin_open(&t->sample->wire, 1, (ay_decode_limits){4, 0}, &d, NULL), ASSAY_OK);
    decode(t, d, ay_buf_view(&bytes), t->sample->wire);
    ay_buf_free(&bytes);
}

static void by_text(target *t, bool csv)
{
    ay_buf bytes = {0};
    ay_decoder *d = NULL;
    const ay_decode_limits limits = {4, 0};
    ay_buf_text(&bytes, csv ? t->sample->csv : t->sample->copy);
    ay_buf_char(&bytes, '\n');
    if (csv) assert_int_equal(ay_csv_open(1, NULL, limits, &d, NULL), ASSAY_OK);
    else assert_int_equal(ay_copytext_open(1, NULL, limits, &d, NULL), ASSAY_OK);
    decode(t, d, ay_buf_view(&bytes), AY_TEXT);
    ay_buf_free(&bytes);
}

static assay_status take(void *ctx, const ay_batch *batch, assay_err *err)
{
    (void)err;
    return encode(ctx, batch, ((target *)ctx)->sample->wire);
}

static void by_push(target *t)
{
    const sample *s = t->sample;
    const ay_column column = {.name = "f", .type = s->wire};
    ay_push *push = NULL;
    assay_err err = {0};
    assay_status st = ASSAY_OK;
    assert_int_equal(ay_push_open(&(ay_schema){&column, 1}, 4, take, t, &push, NULL), ASSAY_OK);
    if (s->kind == PUSH_INT) st = ay_push_int(push, 0, s->i64, &err);
    if (s->kind == PUSH_FLOAT) st = ay_push_float(push, 0, s->f64, &err);
    if (s->kind == PUSH_TEXT) st = ay_push_text(push, 0, s->text, &err);
    if (st == ASSAY_OK) st = ay_push_next(push, &err);
    if (st == ASSAY_OK) st = ay_push_end(push, &err);
    if (st != ASSAY_OK) fail_msg("%s: %s", s->label, err.text);
    ay_push_free(push);
}

static void test_same(void **state)
{
    (void)state;
    assert_true(ay_set_add(&missing, AY_STR("无"), 0, NULL));
    for (size_t i = 0; i < AY_COUNT(samples); i++) {
        target binary = {.sample = &samples[i]}, other = {.sample = &samples[i]};
        by_binary(&binary);
        assert_int_equal(binary.record.ptr[5], samples[i].tag ? 1 : 0);
        if (samples[i].tag && binary.record.ptr[9] != samples[i].tag) fail_msg("%s: tag", samples[i].label);
        by_text(&other, false);
        assert_str(samples[i].label, ay_buf_view(&other.record), ay_buf_view(&binary.record));
        by_text(&other, true);
        assert_str(samples[i].label, ay_buf_view(&other.record), ay_buf_view(&binary.record));
        if (samples[i].kind != NO_PUSH) {
            by_push(&other);
            assert_str(samples[i].label, ay_buf_view(&other.record), ay_buf_view(&binary.record));
        }
        ay_buf_free(&binary.record);
        ay_buf_free(&other.record);
    }
    ay_set_free(&missing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
