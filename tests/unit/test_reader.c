/* From the columns of a source to the fields of a dataset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "fault.h"
#include "record/batch.h"

#define CAP 130

/* ---- A source of one column, and a reader on it ---- */

typedef struct rig {
    ay_batch in;
    ay_reader *reader;
    const ay_batch *out;
    ay_column column;
    ay_schema schema;
    ay_field field;
} rig;

static void rig_open(rig *r, ay_type from, ay_type to, const ay_set *missing)
{
    *r = (rig){.column = {"c", from, "test", false},
               .field = {.name = "f", .column = "c", .type = to, .missing = missing}};
    r->schema = (ay_schema){&r->column, 1};
    assert_int_equal(ay_batch_open(&r->in, &from, 1, CAP, NULL), ASSAY_OK);
    assert_int_equal(ay_reader_open(&r->field, 1, &r->schema, CAP, &r->reader, NULL), ASSAY_OK);
}

static void rig_read(rig *r)
{
    assert_int_equal(ay_reader_read(r->reader, &r->in, &r->out, NULL), ASSAY_OK);
    assert_int_equal(r->out->n, 1);
    assert_int_equal(r->out->rows, r->in.rows);
    assert_int_equal(r->out->first_record, r->in.first_record);
    assert_int_equal(r->out->cols[0].type, r->field.type);
}

static void rig_close(rig *r)
{
    r->reader = ay_reader_free(r->reader);
    assert_null(r->reader);
    ay_batch_free(&r->in);
}

static void add_text(rig *r, const char *text) /* NULL: null */
{
    const uint32_t row = r->in.rows++;
    if (text) r->in.cols[0].v.str[row] = ay_str_from(text);
    else ay_bit_set(r->in.cols[0].null, row);
}

/* "null", "bad:TEXT", or the value as text. */
static void assert_row(const rig *r, uint32_t row, const char *want)
{
    ay_cell cell = ay_batch_cell(r->out, 0, row);
    ay_buf out = {0};
    if (cell.is_null) ay_buf_text(&out, "null");
    if (cell.is_bad) ay_buf_text(&out, "bad:");
    else cell.raw = (ay_str){0};
    ay_cell_text(&cell, &out);
    if (cell.is_null && cell.is_bad) fail_msg("row %u is null and bad", row);
    if (!ay_str_is(ay_buf_view(&out), want)) fail_msg("row %u: got %.*s, want %s", row, (int)out.len, out.ptr, want);
    ay_buf_free(&out);
}

static void set_of(ay_set *set, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) assert_true(ay_set_add(set, ay_str_from(words[i]), 0, NULL));
}

/* ---- Which types fit ---- */

/* One line a source type, one column a field type, in the order of AY_TYPE_MAP:
 * text bool int dec float date time timetz timestamp timestamptz interval uuid bytes json jsonb */
static const char *const fits[AY_TYPE_COUNT] = {
    [AY_TEXT] = "111111111111111",        [AY_BOOL] = "010000000000000",     [AY_INT] = "001110000000000",
    [AY_DEC] = "001100000000000",         [AY_FLOAT] = "000010000000000",    [AY_DATE] = "000001000000000",
    [AY_TIME] = "000000100000000",        [AY_TIMETZ] = "000000010000000",   [AY_TIMESTAMP] = "000000001000000",
    [AY_TIMESTAMPTZ] = "000000000100000", [AY_INTERVAL] = "000000000010000", [AY_UUID] = "100000000001000",
    [AY_BYTES] = "000000000000100",       [AY_JSON] = "100000000000011",     [AY_JSONB] = "100000000000011",
};

static void test_fits(void **state)
{
    (void)state;
    for (int from = 0; from < AY_TYPE_COUNT; from++) {
        for (int to = 0; to < AY_TYPE_COUNT; to++) {
            const bool want = fits[from][to] == '1';
            if (ay_type_fits((ay_type)from, (ay_type)to) != want)
                fail_msg("%s as %s", ay_type_name((ay_type)from), ay_type_name((ay_type)to));
            const ay_column column = {"c", (ay_type)from, "test", false};
            const ay_field field = {.name = "f", .column = "c", .type = (ay_type)to};
            ay_reader *reader = NULL;
            const assay_status status = ay_reader_open(&field, 1, &(ay_schema){&column, 1}, 3, &reader, NULL);
            assert_int_equal(status, want ? ASSAY_OK : ASSAY_EUSAGE);
            ay_reader_free(reader);
        }
    }
}

/* ---- Pairs of types ---- */

static const struct text_case {
    ay_type to;
    const char *good, *canonical, *bad;
} from_text[] = {
    {AY_TEXT, "x ", "x ", NULL},
    {AY_BOOL, "t", "true", "2"},
    {AY_INT, "007", "7", "1.0"},
    {AY_DEC, "1.50", "1.50", "1,5"},
    {AY_FLOAT, "1e3", "1000", "1e999"},
    {AY_DATE, "2024-02-29", "2024-02-29", "2023-02-29"},
    {AY_TIME, "22:22", "22:22:00", "24:00"},
    {AY_TIMETZ, "22:22+08", "22:22:00+08", "22:22"},
    {AY_TIMESTAMP, "2024-02-29T00:00", "2024-02-29 00:00:00", "2024-02-29"},
    {AY_TIMESTAMPTZ, "2024-02-29T00:00Z", "2024-02-29 00:00:00+00", "2024-02-29 00:00"},
    {AY_INTERVAL, "24h", "24:00:00", "1"},
    {AY_UUID, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99"},
    {AY_BYTES, "\\xFF", "\\xff", "FF"},
    {AY_JSON, "{}", "{}", "{"},
    {AY_JSONB, "[1]", "[1]", "[1"},
};

static void test_from_text(void **state)
{
    (void)state;
    static const char *const words[] = {"无", "-", ""};
    ay_set missing = {0};
    set_of(&missing, words, AY_COUNT(words));
    for (size_t i = 0; i < AY_COUNT(from_text); i++) {
        const struct text_case *c = &from_text[i];
        rig r;
        rig_open(&r, AY_TEXT, c->to, &missing);
        for (int round = 0; round < 2; round++) { /* the second round must not see the first */
            ay_batch_clear(&r.in);
            memset(r.in.cols[0].v.str, 0, CAP * sizeof(ay_str));
            r.in.first_record = 77;
            if (round == 1) add_text(&r, c->good);
            add_text(&r, NULL);
            add_text(&r, "无");
            add_text(&r, c->good);
            if (c->bad) add_text(&r, c->bad);
            rig_read(&r);
            uint32_t row = 0;
            if (round == 1) assert_row(&r, row++, c->canonical);
            assert_row(&r, row++, "null");
            assert_null(ay_batch_cell(r.out, 0, row - 1).raw.ptr);
            assert_row(&r, row++, "null");
            assert_true(ay_str_is(ay_batch_cell(r.out, 0, row - 1).raw, "无"));
            assert_row(&r, row++, c->canonical);
            assert_true(ay_str_is(ay_batch_cell(r.out, 0, row - 1).raw, c->good));
            if (!c->bad) continue;
            char want[64];
            (void)snprintf(want, sizeof want, "bad:%s", c->bad);
            assert_row(&r, row, want);
        }
        rig_close(&r);
    }
    ay_set_free(&missing);
}

static void test_integer_as_number(void **state)
{
    (void)state;
    static const ay_type to[] = {AY_DEC, AY_FLOAT};
    static const char *const want[2][3] = {{"-9223372036854775808", "9007199254740993", "0"},
                                           {"-9.223372036854776e+18", "9.007199254740992e+15", "0"}};
    for (size_t i = 0; i < AY_COUNT(to); i++) {
        rig r;
        rig_open(&r, AY_INT, to[i], NULL);
        r.in.cols[0].v.i64[0] = INT64_MIN;
        r.in.cols[0].v.i64[1] = INT64_C(9007199254740993);
        ay_bit_set(r.in.cols[0].null, 3);
        r.in.rows = 4;
        rig_read(&r);
        for (uint32_t row = 0; row < 3; row++) assert_row(&r, row, want[i][row]);
        assert_row(&r, 3, "null");
        assert_null(r.out->cols[0].raw);
        rig_close(&r);
    }
}

static void test_decimal_as_integer(void **state)
{
    (void)state;
    static const struct {
        const char *in, *want;
    } cases[] = {{"5.00", "5"},
                 {"-9223372036854775808", "-9223372036854775808"},
                 {"1.50", "bad:1.50"},
                 {"9223372036854775808", "bad:9223372036854775808"},
                 {"NaN", "bad:NaN"}};
    rig r;
    rig_open(&r, AY_DEC, AY_INT, NULL);
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        assert_int_equal(ay_dec_parse(ay_str_from(cases[i].in), &r.in.cols[0].v.dec[r.in.rows++]), AY_NUM_OK);
    rig_read(&r);
    for (uint32_t row = 0; row < AY_COUNT(cases); row++) assert_row(&r, row, cases[row].want);
    assert_int_equal(r.out->cols[0].v.i64[2], 0); /* a bad value's slot */
    r.in.rows = 2;
    rig_read(&r);
    assert_null(r.out->cols[0].raw); /* nothing bad any more */
    ay_bit_set(r.in.cols[0].bad, 1); /* a numeric that the decoder could not hold */
    const ay_str raw[] = {{0}, AY_STR("1e100"), {0}};
    r.in.cols[0].raw = raw;
    r.in.rows = 3;
    rig_read(&r);
    assert_row(&r, 1, "bad:1e100");
    assert_row(&r, 2, "bad:1.50");
    r.in.cols[0].raw = NULL;
    rig_close(&r);
}

static void test_uuid_as_text(void **state)
{
    (void)state;
    rig r;
    rig_open(&r, AY_UUID, AY_TEXT, NULL);
    r.in.cols[0].v.str[0] = AY_STR("\xa0\xee\xbc\x99\x9c\x0b\x4e\xf8\xbb\x6d\x6b\xb9\xbd\x38\x0a\x11");
    ay_bit_set(r.in.cols[0].null, 1);
    r.in.rows = 2;
    rig_read(&r);
    assert_row(&r, 0, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    assert_row(&r, 1, "null");
    rig_close(&r);
}

/* Where nothing has to be changed, nothing is copied. */
static void test_borrowing(void **state)
{
    (void)state;
    static const ay_type pairs[][2] = {{AY_JSON, AY_TEXT},         {AY_JSONB, AY_TEXT},   {AY_JSON, AY_JSONB},
                                       {AY_JSONB, AY_JSON},        {AY_TEXT, AY_TEXT},    {AY_INT, AY_INT},
                                       {AY_DEC, AY_DEC},           {AY_UUID, AY_UUID},    {AY_FLOAT, AY_FLOAT},
                                       {AY_INTERVAL, AY_INTERVAL}, {AY_TIMETZ, AY_TIMETZ}};
    static const char *const words[] = {"无"};
    ay_set missing = {0};
    set_of(&missing, words, 1);
    for (size_t i = 0; i < AY_COUNT(pairs); i++) {
        rig r;
        rig_open(&r, pairs[i][0], pairs[i][1], &missing);
        r.in.rows = 3;
        ay_bit_set(r.in.cols[0].null, 1);
        ay_bit_set(r.in.cols[0].bad, 2);
        rig_read(&r);
        assert_ptr_equal(r.out->cols[0].v.any, r.in.cols[0].v.any);
        assert_ptr_equal(r.out->cols[0].null, r.in.cols[0].null);
        assert_ptr_equal(r.out->cols[0].bad, r.in.cols[0].bad);
        assert_ptr_equal(r.out->cols[0].raw, pairs[i][0] == AY_TEXT ? r.in.cols[0].v.str : NULL);
        rig_close(&r);
    }
    ay_set_free(&missing);
}

/* ---- Missing words ---- */

/* Text to text at the edges of bitmap words: only the rows that are missing become null, the rest stays borrowed text.
 */
static void test_missing_at_word_edges(void **state)
{
    (void)state;
    static const uint32_t edges[] = {0, 62, 63, 64, 65, 127, 128, 129};
    static const char *const words[] = {"无", "不详", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"};
    ay_set missing = {0};
    set_of(&missing, words, AY_COUNT(words));
    for (size_t i = 0; i < AY_COUNT(edges); i++) {
        for (uint32_t rows = edges[i] + 1; rows <= CAP; rows++) {
            rig r;
            rig_open(&r, AY_TEXT, AY_TEXT, &missing);
            for (uint32_t row = 0; row < rows; row++) add_text(&r, row == edges[i] ? words[i % 3] : "有");
            rig_read(&r);
            assert_int_equal(ay_bits_count(r.out->cols[0].null, CAP), 1);
            assert_true(ay_bit(r.out->cols[0].null, edges[i]));
            assert_int_equal(ay_bits_count(r.out->cols[0].bad, CAP), 0);
            for (uint32_t row = 0; row < rows; row++) assert_row(&r, row, row == edges[i] ? "null" : "有");
            assert_null(r.out->cols[0].v.str[edges[i]].ptr);
            assert_true(ay_str_is(r.out->cols[0].raw[edges[i]], words[i % 3]));
            assert_true(ay_str_is(r.in.cols[0].v.str[edges[i]], words[i % 3])); /* the source is left alone */
            assert_int_equal(ay_bits_count(r.in.cols[0].null, CAP), 0);
            rig_close(&r);
        }
    }
    ay_set_free(&missing);
}

/* White space around a word, where the field says that it is repaired: " 无 " says no more than 无. */
static const struct {
    const char *label, *text, *want, *want_trimmed;
} padded[] = {
    {"the word", "无", "null", "null"},
    {"blanks", " 无  ", " 无  ", "null"},
    {"tab and line end", "\t无\r\n", "\t无\r\n", "null"},
    {"no-break space behind", "无\u00a0", "无\u00a0", "null"},
    {"ogham space before", "\u1680无", "\u1680无", "null"},
    {"em space behind", "-\u2003", "-\u2003", "null"},
    {"ideographic spaces", "\u3000无\u3000", "\u3000无\u3000", "null"},
    {"only blanks", "  ", "  ", "null"},
    {"only an ideographic space", "\u3000", "\u3000", "null"},
    {"inside", "无 无", "无 无", "无 无"},
    {"a padded value", " 有 ", " 有 ", " 有 "},
    {"zero width space", "\u200b无", "\u200b无", "null"},
    {"byte order mark before", "\ufeff无", "\ufeff无", "null"},
    {"word joiner behind", "无\u2060", "无\u2060", "null"},
    {"next line behind", "无\xc2\x85", "无\xc2\x85", "null"},
    {"soft hyphen is no white space", "无\u00ad", "无\u00ad", "无\u00ad"},
    {"a symbol of the same lead byte", "〇", "〇", "〇"},
    {"one byte", "x", "x", "x"},
};

static void test_missing_with_white_space(void **state)
{
    (void)state;
    static const char *const words[] = {"无", "-", ""};
    ay_set missing = {0};
    set_of(&missing, words, AY_COUNT(words));
    for (int trimmed = 0; trimmed < 2; trimmed++) {
        rig r;
        rig_open(&r, AY_TEXT, AY_TEXT, &missing);
        r.field.missing_trimmed = trimmed;
        for (size_t i = 0; i < AY_COUNT(padded); i++) add_text(&r, padded[i].text);
        rig_read(&r);
        for (uint32_t i = 0; i < AY_COUNT(padded); i++) {
            const char *want = trimmed ? padded[i].want_trimmed : padded[i].want;
            if (ay_field_is_missing(&r.field, ay_str_from(padded[i].text)) != (strcmp(want, "null") == 0))
                fail_msg("%s, %s", padded[i].label, trimmed ? "trimmed" : "exact");
            assert_row(&r, i, want);
            assert_true(ay_str_is(ay_batch_cell(r.out, 0, i).raw, padded[i].text));
        }
        rig_close(&r);
    }
    ay_set_free(&missing);
}

/* A padded word is "no value" before it is read as the type. */
static void test_missing_with_white_space_before_type(void **state)
{
    (void)state;
    static const char *const words[] = {"无"};
    ay_set missing = {0};
    set_of(&missing, words, 1);
    for (int trimmed = 0; trimmed < 2; trimmed++) {
        rig r;
        rig_open(&r, AY_TEXT, AY_DATE, &missing);
        r.field.missing_trimmed = trimmed;
        add_text(&r, "\u3000无");
        add_text(&r, "2024-02-29");
        rig_read(&r);
        assert_row(&r, 0, trimmed ? "null" : "bad:\u3000无");
        assert_true(ay_str_is(ay_batch_cell(r.out, 0, 0).raw, "\u3000无"));
        assert_row(&r, 1, "2024-02-29");
        rig_close(&r);
    }
    ay_set_free(&missing);
}

/* Typed columns over whole and broken words: exactly the bits of the rows that are there. */
static void test_rows_at_word_edges(void **state)
{
    (void)state;
    static const uint32_t counts[] = {0, 1, 63, 64, 65, 127, 128, 129, 130};
    rig r;
    rig_open(&r, AY_TEXT, AY_INT, NULL);
    for (size_t i = AY_COUNT(counts); i-- > 0;) { /* from many to few: old bits must go */
        ay_batch_clear(&r.in);
        for (uint32_t row = 0; row < counts[i]; row++) add_text(&r, row % 3 == 0 ? "x" : row % 3 == 1 ? NULL : "5");
        rig_read(&r);
        assert_int_equal(ay_bits_count(r.out->cols[0].bad, CAP), (counts[i] + 2) / 3);
        assert_int_equal(ay_bits_count(r.out->cols[0].null, CAP), (counts[i] + 1) / 3);
        for (uint32_t row = 0; row < counts[i]; row++)
            assert_int_equal(r.out->cols[0].v.i64[row], row % 3 == 2 ? 5 : 0);
    }
    rig_close(&r);
}

/* A word that means "no value" is one before it is read as the type. */
static void test_missing_before_type(void **state)
{
    (void)state;
    static const char *const words[] = {"0000-00-00"};
    ay_set missing = {0};
    set_of(&missing, words, 1);
    rig r;
    rig_open(&r, AY_TEXT, AY_DATE, &missing);
    add_text(&r, "0000-00-00");
    add_text(&r, "0000-00-01");
    rig_read(&r);
    assert_row(&r, 0, "null");
    assert_row(&r, 1, "bad:0000-00-01");
    rig_close(&r);
    ay_set_free(&missing);
}

static void test_zone_of_field(void **state)
{
    (void)state;
    ay_zone *zone = NULL;
    assert_int_equal(ay_zone_open("Asia/Shanghai", &zone, NULL), ASSAY_OK);
    rig r;
    rig_open(&r, AY_TEXT, AY_TIMESTAMPTZ, NULL);
    r.field.zone = zone;
    add_text(&r, "1990-07-01 12:00:00"); /* summer time */
    rig_read(&r);
    assert_row(&r, 0, "1990-07-01 03:00:00+00");
    rig_close(&r);
    ay_zone_close(zone);
}

/* ---- Several fields ---- */

static const ay_column people[] = {
    {"name", AY_TEXT, "text", true},     {"born", AY_TEXT, "text", false}, {"salary", AY_DEC, "numeric(10,2)", false},
    {"updated", AY_DATE, "date", false}, {"twice", AY_TEXT, "csv", false}, {"twice", AY_TEXT, "csv", false},
};
static const ay_schema people_schema = {people, AY_COUNT(people)};

static void test_all_faults_in_one_message(void **state)
{
    (void)state;
    static const ay_field fields[] = {
        {.name = "name", .column = "name", .type = AY_TEXT},  {.name = "birth", .column = "bron", .type = AY_DATE},
        {.name = "pay", .column = "salary", .type = AY_TEXT}, {.name = "ghost", .column = "zzzzzzzz", .type = AY_TEXT},
        {.name = "two", .column = "twice", .type = AY_TEXT},
    };
    ay_reader *reader = NULL;
    assay_err err = {0};
    assert_int_equal(ay_reader_open(fields, AY_COUNT(fields), &people_schema, 0, &reader, &err), ASSAY_EUSAGE);
    assert_null(reader);
    assert_string_equal(err.text,
                        "4 fields cannot be read: field 'birth' has no column 'bron', did you mean 'born'?; "
                        "field 'pay' is text, but column 'salary' is decimal (numeric(10,2)); "
                        "field 'ghost' has no column 'zzzzzzzz'; field 'two' has more than one column 'twice'");
    assert_string_equal(err.text_zh, "4 个字段无法读取：字段“birth”没有对应的列“bron”，是否应为“born”？；"
                                     "字段“pay”为 text，而列“salary”为 decimal（numeric(10,2)）；"
                                     "字段“ghost”没有对应的列“zzzzzzzz”；字段“two”对应的列“twice”不止一个");
}

static void test_no_columns_at_all(void **state)
{
    (void)state;
    const ay_field field = {.name = "a", .column = "a", .type = AY_TEXT};
    ay_reader *reader = NULL;
    assert_int_equal(ay_reader_open(&field, 1, &(ay_schema){NULL, 0}, 0, &reader, NULL), ASSAY_EUSAGE);
    assert_int_equal(ay_reader_open(NULL, 0, &people_schema, 0, &reader, NULL), ASSAY_OK);
    ay_batch in = {.rows = 5, .cap = 5};
    const ay_batch *out;
    assert_int_equal(ay_reader_read(reader, &in, &out, NULL), ASSAY_OK);
    assert_int_equal(out->n, 0);
    assert_int_equal(out->rows, 5);
    assert_null(ay_reader_free(reader));
    assert_null(ay_reader_free(NULL));
}

/* One column may serve several fields. */
static assay_status read_all(void *arg)
{
    static const ay_type types[] = {AY_TEXT, AY_TEXT, AY_DEC, AY_DATE, AY_UUID, AY_TEXT};
    static const ay_column columns[] = {{"a", AY_TEXT, "", false}, {"b", AY_TEXT, "", false},
                                        {"c", AY_DEC, "", false},  {"d", AY_DATE, "", false},
                                        {"e", AY_UUID, "", false}, {"g", AY_TEXT, "", false}};
    const ay_field fields[] = {
        {.name = "1", .column = "b", .type = AY_UUID},
        {.name = "2", .column = "c", .type = AY_INT},
        {.name = "3", .column = "d", .type = AY_DATE},
        {.name = "4", .column = "e", .type = AY_TEXT},
        {.name = "5", .column = "a", .type = AY_TEXT, .missing = (const ay_set *)arg},
        {.name = "6", .column = "a", .type = AY_TEXT},
        {.name = "7", .column = "g", .type = AY_BYTES},
    };
    ay_batch in;
    ay_reader *reader = NULL;
    const ay_batch *out;
    assay_status status = ay_batch_open(&in, types, AY_COUNT(types), 4, NULL);
    if (status != ASSAY_OK) return status;
    in.rows = 1;
    in.cols[0].v.str[0] = AY_STR("无");
    in.cols[1].v.str[0] = AY_STR("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    in.cols[2].v.dec[0] = (ay_dec){.coef = 15, .scale = 1};
    in.cols[4].v.str[0] = AY_STR("\xa0\xee\xbc\x99\x9c\x0b\x4e\xf8\xbb\x6d\x6b\xb9\xbd\x38\x0a\x11");
    in.cols[5].v.str[0] = AY_STR("\\x00ff");
    const ay_schema schema = {columns, AY_COUNT(columns)};
    status = ay_reader_open(fields, AY_COUNT(fields), &schema, 4, &reader, NULL);
    if (status == ASSAY_OK) status = ay_reader_read(reader, &in, &out, NULL);
    if (status == ASSAY_OK) {
        assert_int_equal(out->n, AY_COUNT(fields));
        assert_true(ay_bit(out->cols[4].null, 0) && !ay_bit(out->cols[5].null, 0));
        assert_true(ay_bit(out->cols[1].bad, 0) && ay_str_is(out->cols[1].raw[0], "1.5"));
        assert_true(ay_str_eq(out->cols[0].v.str[0], in.cols[4].v.str[0]));
        assert_true(ay_str_eq(out->cols[3].v.str[0], in.cols[1].v.str[0]));
    }
    ay_reader_free(reader);
    ay_batch_free(&in);
    return status;
}

static void test_memory(void **state)
{
    (void)state;
    static const char *const words[] = {"无"};
    ay_set missing = {0};
    set_of(&missing, words, 1);
    assert_true(fail_each_allocation(read_all, &missing) > 10);
    ay_set_free(&missing);
}

static assay_status open_with_faults(void *arg)
{
    (void)arg;
    static const ay_field fields[] = {{.name = "a", .column = "nam", .type = AY_TEXT}};
    ay_reader *reader = NULL;
    const assay_status status = ay_reader_open(fields, 1, &people_schema, 0, &reader, NULL);
    return status == ASSAY_EUSAGE ? ASSAY_OK : status;
}

static void test_memory_while_complaining(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(open_with_faults, NULL) >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_from_text),
        cmocka_unit_test(test_integer_as_number),
        cmocka_unit_test(test_decimal_as_integer),
        cmocka_unit_test(test_uuid_as_text),
        cmocka_unit_test(test_borrowing),
        cmocka_unit_test(test_missing_at_word_edges),
        cmocka_unit_test(test_rows_at_word_edges),
        cmocka_unit_test(test_missing_before_type),
        cmocka_unit_test(test_missing_with_white_space),
        cmocka_unit_test(test_missing_with_white_space_before_type),
        cmocka_unit_test(test_zone_of_field),
        cmocka_unit_test(test_all_faults_in_one_message),
        cmocka_unit_test(test_no_columns_at_all),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_memory_while_complaining),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
