/* CSV as RFC 4180 has it, and what it does not have. Every input is decoded in steps of 1 .. all bytes, with batches of
 * 1, 3 and 64 records: the records, the rejects and the errors must be the same. */
#include "decode_kit.h"
#include "fault.h"
#include "source/common.h"

typedef struct csv_case {
    const char *label;
    uint32_t n;
    const char *in;
    size_t len;
    const char *want;
    bool lenient;
    uint64_t field_bytes;
    ay_csv_options options;
} csv_case;

#define CASE(l, columns, literal) .label = (l), .n = (columns), .in = (literal), .len = sizeof(literal) - 1

static ay_decoder *open_case(const void *ctx, uint32_t cap)
{
    const csv_case *c = ctx;
    ay_decoder *d = NULL;
    const ay_decode_limits limits = {.batch_cap = cap, .field_bytes = c->field_bytes};
    assert_int_equal(ay_csv_open(c->n, &c->options, limits, &d, NULL), ASSAY_OK);
    return d;
}

static const csv_case records[] = {
    {CASE("nothing", 2, ""), .want = ""},
    {CASE("one record", 2, "a,b\n"), .want = "1:a|b\n"},
    {CASE("no line end at the end", 2, "a,b\nc,d"), .want = "1:a|b\n2:c|d\n"},
    {CASE("CRLF", 2, "a,b\r\nc,d\r\n"), .want = "1:a|b\n2:c|d\n"},
    {CASE("line ends may differ", 2, "a,b\r\nc,d\ne,f\r\n"), .want = "1:a|b\n2:c|d\n3:e|f\n"},
    {CASE("empty is null, quoted empty is not", 3, ",\"\",\n"), .want = "1:NULL||NULL\n"},
    {CASE("the last field is empty at the end", 2, "a,"), .want = "1:a|NULL\n"},
    {CASE("blank lines of one column are nulls", 1, "\n\na\n\"\"\n"), .want = "1:NULL\n2:NULL\n3:a\n4:\n"},
    {CASE("CRLF blank line", 1, "\r\na\r\n"), .want = "1:NULL\n2:a\n"},
    {CASE("quotes", 2, "\"a\",\"b,c\"\n"), .want = "1:a|b,c\n"},
    {CASE("doubled quotes", 3, "\"\"\"\",\"a\"\"b\",\"\"\"\"\"\"\n"), .want = "1:\"|a\"b|\"\"\n"},
    {CASE("line ends in quotes", 2, "\"a\nb\",\"c\r\nd\"\ne,f\n"), .want = "1:a\nb|c\r\nd\n2:e|f\n"},
    {CASE("a carriage return in quotes", 1, "\"a\rb\"\n"), .want = "1:a\rb\n"},
    {CASE("quoted field at the end of input", 1, "\"a\""), .want = "1:a\n"},
    {CASE("quoted empty field at the end of input", 2, "a,\"\""), .want = "1:a|\n"},
    {CASE("blanks are data", 2, " a , b \n"), .want = "1: a | b \n"},
    {CASE("a tab is data", 2, "a\tb,c\x01\x02\n"), .want = "1:a\tb|c\x01\x02\n"},
    {CASE("byte order mark", 2,
          "\xef\xbb\xbf"
          "a,b\n"),
     .want = "1:a|b\n"},
    {CASE("byte order mark and quote", 1,
          "\xef\xbb\xbf"
          "\"a\"\n"),
     .want = "1:a\n"},
    {CASE("only a byte order mark", 1, "\xef\xbb\xbf"), .want = ""},
    {CASE("a second byte order mark is data", 1,
          "\xef\xbb\xbf\xef\xbb\xbf"
          "a\n"),
     .want = "1:\xef\xbb\xbf"
             "a\n"},
    {CASE("Chinese", 2, "社会信用代码,\"名称\"\n"), .want = "1:社会信用代码|名称\n"},
    {CASE("backslash is data", 1, "a\\\"\n"),
     .want = "EFORMAT line 1: line 1, record 1: a quote inside field 1, which does not begin with one\n"},
    {CASE("long fields", 2, "0123456789abcdef,0123456789abcdef0123456789\n\"0123456789\"\"abcdef\",\n"),
     .want = "1:0123456789abcdef|0123456789abcdef0123456789\n2:0123456789\"abcdef|NULL\n"},
    {CASE("own delimiter and quote", 2, "'a;b';c,\"\n"), .want = "1:a;b|c,\"\n",
     .options = {.delimiter = ';', .quote = '\''}},
    {CASE("tab as delimiter", 2, "a\tb\n"), .want = "1:a|b\n", .options = {.delimiter = '\t'}},
    {CASE("own null", 3, "\\N,\"\\N\",\n"), .want = "1:NULL|\\N|\n", .options = {.null_text = "\\N"}},
};

static const csv_case faults[] = {
    {CASE("quote in an unquoted field", 2, "a,b\nc\"d,e\n"),
     .want = "1:a|b\nEFORMAT line 2: line 2, record 2: a quote inside field 1, which does not begin with one\n"},
    {CASE("blank before a quote", 2, "a, \"b\"\n"),
     .want = "EFORMAT line 1: line 1, record 1: a quote inside field 2, which does not begin with one\n"},
    {CASE("text after a closing quote", 2, "\"a\"b,c\n"),
     .want = "EFORMAT line 1: line 1, record 1: text after the closing quote of field 1\n"},
    {CASE("text after a closing quote, lines later", 2, "x,y\n\"a\n\nb\"c,d\n"),
     .want = "1:x|y\nEFORMAT line 4: line 4, record 2: text after the closing quote of field 1\n"},
    {CASE("too few fields", 3, "a,b,c\nd,e\n"),
     .want = "1:a|b|c\nEFORMAT line 2: line 2, record 2: 2 fields, expected 3\n"},
    {CASE("too many fields", 2, "a,b,c,d\n"), .want = "EFORMAT line 1: line 1, record 1: 4 fields, expected 2\n"},
    {CASE("blank line", 2, "a,b\n\nc,d\n"), .want = "1:a|b\nEFORMAT line 2: line 2, record 2: 1 fields, expected 2\n"},
    {CASE("the quote is never closed", 2, "a,b\nc,\"d\ne,f\n"),
     .want = "1:a|b\nEFORMAT line 2: line 2, record 2: the quote that opens field 2 is never closed\n"},
    {CASE("only a quote", 1, "\""),
     .want = "EFORMAT line 1: line 1, record 1: the quote that opens field 1 is never closed\n"},
    {CASE("a lone carriage return", 2, "a,b\rc,d\r"),
     .want = "EFORMAT line 1: line 1, record 1: a carriage return without a line feed in field 2\n"},
    {CASE("a lone carriage return behind a quote", 1, "\"a\"\rb\n"),
     .want = "EFORMAT line 1: line 1, record 1: a carriage return without a line feed in field 1\n"},
    {CASE("cut between CR and LF", 1, "a\r"),
     .want = "EFORMAT line 1: line 1, record 1: a carriage return without a line feed in field 1\n"},
    {CASE("NUL byte", 2, "a,b\nc\0,d\n"),
     .want = "1:a|b\nEFORMAT line 2: line 2, record 2: a NUL byte (is the file UTF-16?)\n"},
    {CASE("NUL byte in quotes", 1, "\"\0\"\n"),
     .want = "EFORMAT line 1: line 1, record 1: a NUL byte (is the file UTF-16?)\n"},
    {CASE("not UTF-8", 2, "a,b\nc,\xd6\xd0\n"),
     .want = "1:a|b\nEFORMAT line 2: line 2, record 2: a byte that is not of the encoding\n"},
    {CASE("not UTF-8, on the third line of the record", 1, "\"\n\n\xff\"\n"),
     .want = "EFORMAT line 3: line 3, record 1: a byte that is not of the encoding\n"},
    {CASE("a character cut by the end", 1, "\xe4\xb8"),
     .want = "EFORMAT line 1: line 1, record 1: a byte that is not of the encoding\n"},
    {CASE("half a byte order mark", 1, "\xef\xbb"),
     .want = "EFORMAT line 1: line 1, record 1: a byte that is not of the encoding\n"},
    {CASE("a field of just the limit", 1, "abcd\n\"abcd\"\n"), .want = "1:abcd\n2:abcd\n", .field_bytes = 4},
    {CASE("a field beyond the limit", 1, "abcd\nabcde\n"),
     .want = "1:abcd\nELIMIT line 2: line 2, record 2: field 1 is longer than 4 bytes\n", .field_bytes = 4},
    {CASE("a quoted field beyond the limit", 2, "a,\"b\nc\nde\"\n"),
     .want = "ELIMIT line 3: line 3, record 1: field 2 is longer than 4 bytes\n", .field_bytes = 4},
    {CASE("beyond the limit and never closed", 1, "\"abcdefgh"),
     .want = "ELIMIT line 1: line 1, record 1: field 1 is longer than 4 bytes\n", .field_bytes = 4},
};

/* What is lost, and where decoding goes on. */
static const csv_case lenient[] = {
    {CASE("wrong number of fields", 2, "a,b\nc\nd,e,f\ng,h\n"),
     .want = "1:a|b\n4:g|h\nreject 2 line 2 at 4: 1 fields, expected 2\nreject 3 line 3 at 6: 3 fields, expected 2\n",
     .lenient = true},
    {CASE("a stray quote inside a field costs its line", 2, "a\"a,b\nc,d\n"),
     .want = "2:c|d\nreject 1 line 1 at 1: a quote inside field 1, which does not begin with one\n", .lenient = true},
    {CASE("a quote never closed costs one line", 2, "a,b\n\"c,d\ne,f\ng,h\n"),
     .want = "1:a|b\n3:e|f\n4:g|h\nreject 2 line 2 at 4: the quote that opens field 1 is never closed\n",
     .lenient = true},
    {CASE("a stray opening quote that a later line closes costs one line", 2, "\"a,b\nc,d\n\"e\",f\ng,h\n"),
     .want = "2:c|d\n3:e|f\n4:g|h\nreject 1 line 3 at 10: text after the closing quote of field 1\n", .lenient = true},
    {CASE("text after the closing quote", 2, "\"a\"x,b\r\nc,d\r\n"),
     .want = "2:c|d\nreject 1 line 1 at 3: text after the closing quote of field 1\n", .lenient = true},
    {CASE("the last line has no end", 2, "a,b\nc\"d"),
     .want = "1:a|b\nreject 2 line 2 at 5: a quote inside field 1, which does not begin with one\n", .lenient = true},
    {CASE("bad bytes cost the record, lines inside quotes included", 2, "\"a\n\xff\",b\nc,d\n"),
     .want = "2:c|d\nreject 1 line 2 at 3: a byte that is not of the encoding\n", .lenient = true},
    {CASE("NUL byte", 1, "a\0b\nc\n"), .want = "2:c\nreject 1 line 1 at 1: a NUL byte (is the file UTF-16?)\n",
     .lenient = true},
    {CASE("lone carriage return", 1, "a\rb\nc\n"),
     .want = "2:c\nreject 1 line 1 at 1: a carriage return without a line feed in field 1\n", .lenient = true},
    {CASE("a field beyond the limit", 1, "ab\nabcdefgh\nc\n"),
     .want = "1:ab\n3:c\nreject 2 line 2 at 7: field 1 is longer than 4 bytes\n", .lenient = true, .field_bytes = 4},
    {CASE("a quoted field beyond the limit goes on behind its first line", 1, "\"a\nb\nc\nd\ne\n"),
     .want = "2:b\n3:c\n4:d\n5:e\nreject 1 line 3 at 5: field 1 is longer than 4 bytes\n", .lenient = true,
     .field_bytes = 4},
    {CASE("the byte order mark counts", 1,
          "\xef\xbb\xbf"
          "a\"\nb\n"),
     .want = "2:b\nreject 1 line 1 at 4: a quote inside field 1, which does not begin with one\n", .lenient = true},
    {CASE("all are rejected", 2, "a\nb\n"),
     .want = "reject 1 line 1 at 0: 1 fields, expected 2\nreject 2 line 2 at 2: 1 fields, expected 2\n",
     .lenient = true},
    {CASE("every other one", 1, "a\nb\"\nc\nd\"\ne\n"),
     .want = "1:a\n3:c\n5:e\nreject 2 line 2 at 3: a quote inside field 1, which does not begin with one\n"
             "reject 4 line 4 at 8: a quote inside field 1, which does not begin with one\n",
     .lenient = true},
    {CASE("quotes never closed, twice", 1, "\"a\nb\n\"c"),
     .want = "2:b\nreject 1 line 3 at 6: text after the closing quote of field 1\n"
             "reject 3 line 3 at 5: the quote that opens field 1 is never closed\n",
     .lenient = true},
};

static void run(const csv_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        kit_all_cuts(cases[i].label, open_case, &cases[i], cases[i].lenient, (ay_str){cases[i].in, cases[i].len},
                     cases[i].want);
}

static void test_records(void **state)
{
    (void)state;
    run(records, AY_COUNT(records));
}

static void test_faults(void **state)
{
    (void)state;
    run(faults, AY_COUNT(faults));
}

static void test_lenient(void **state)
{
    (void)state;
    run(lenient, AY_COUNT(lenient));
}

/* With faults one in some lines; mostly as usual. */
static void test_long_text(void **state)
{
    static const char *const pieces[] = {"a,b,c\n",       "\"a\",\"b,\",\"c\"\"d\"\r\n",
                                         ",,\n",          "\"x\ny\",1,2\n",
                                         "\xe4\xb8\xad,", "12345678901234567890,",
                                         ",\n",           "a,b\n",
                                         "a,b,c\r\n",     "long text without any mark in it, ,\n"};
    static const char *const faults_too[] = {"a,b,c\n",      "a\"b,c,d\n",        "a\rb,c,d\n",
                                             "\"a\"x,b,c\n", "a,b,c,d\n",         "\"a,b\"\"\",c,d\n",
                                             "\xff,b,c\n",   "a,\"b\nc\",\"\"\n", "a,b,c\n"};
    const csv_case c = {.n = 3};
    (void)state;
    kit_long_text("as usual", open_case, &c, pieces, AY_COUNT(pieces));
    kit_long_text("with faults", open_case, &c, faults_too, AY_COUNT(faults_too));
}

static const ay_column names[] = {{.name = "a"}, {.name = "b,\"x"}, {.name = ""}};
static const ay_schema header = {.columns = names, .n = 3};
static const uint32_t keep_of[] = {1, UINT32_MAX, 0};
static const ay_keep keep = {.of = keep_of, .n = 2};

static const csv_case ragged[] = {
    {CASE("shorter lines end in nulls", 3, "a,b,c\n\"d\"\n\n\"\",e\r\nf,"),
     .want = "1:a|b|c\n2:d|NULL|NULL\n3:NULL|NULL|NULL\n4:|e|NULL\n5:f|NULL|NULL\n", .options = {.ragged = true}},
    {CASE("longer ones are at fault", 2, "a,b,c\n"), .want = "EFORMAT line 1: line 1, record 1: 3 fields, expected 2\n",
     .options = {.ragged = true}},
};

static void test_ragged(void **state)
{
    (void)state;
    run(ragged, AY_COUNT(ragged));
}

static const csv_case headers[] = {
    {CASE("header", 3, "a,\"b,\"\"x\",\n1,2,3\n"), .want = "1:1|2|3\n", .options = {.expect_header = &header}},
    {CASE("only a header", 3,
          "\xef\xbb\xbf"
          "a,\"b,\"\"x\",\r\n"),
     .want = "", .options = {.expect_header = &header}},
    {CASE("header without line end", 3, "a,\"b,\"\"x\","), .want = "", .options = {.expect_header = &header}},
    {CASE("fields chosen", 3, "a,\"b,\"\"x\",\n1,2,3\n4,\"5\",6\n"), .want = "1:3|1\n2:6|4\n",
     .options = {.expect_header = &header, .keep = &keep}},
    {CASE("a field read over is looked at, too", 3, "1,\xff,3\n"),
     .want = "EFORMAT line 1: line 1, record 1: a byte that is not of the encoding\n", .options = {.keep = &keep}},
    {CASE("no header", 3, ""), .want = "EFORMAT line 0: the input is empty, but a header line is expected\n",
     .options = {.expect_header = &header}},
    {CASE("another header", 3, "a,b,\n"),
     .want = "EFORMAT line 1: line 1: column 2 of the header is 'b', expected 'b,\"x'\n", .lenient = true,
     .options = {.expect_header = &header}},
    {CASE("a shorter header", 3, "a\n"), .want = "EFORMAT line 1: line 1: 1 fields, expected 3\n", .lenient = true,
     .options = {.expect_header = &header}},
    {CASE("a header with a fault", 3, "a\"\n"),
     .want = "EFORMAT line 1: line 1: a quote inside field 1, which does not begin with one\n", .lenient = true,
     .options = {.expect_header = &header}},
    {CASE("records count from behind the header, lines do not", 3, "a,\"b,\"\"x\",\n1\n"),
     .want = "reject 1 line 2 at 11: 1 fields, expected 3\n", .lenient = true, .options = {.expect_header = &header}},
};

static void test_headers(void **state)
{
    (void)state;
    run(headers, AY_COUNT(headers));
}

static void test_options(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        uint32_t n;
        ay_csv_options options;
    } bad[] = {
        {"no columns", 0, {0}},
        {"delimiter is the quote", 1, {.delimiter = '"'}},
        {"delimiter is a line end", 1, {.delimiter = '\n'}},
        {"delimiter is a letter", 1, {.delimiter = 'a'}},
        {"delimiter is part of a character", 1, {.delimiter = '\xe4'}},
        {"quote is a line end", 1, {.quote = '\r'}},
        {"quote is a backslash", 1, {.quote = '\\'}},
        {"null with a delimiter", 1, {.null_text = "a,b"}},
        {"null with a quote", 1, {.null_text = "\""}},
        {"header of another length", 1, {.expect_header = &header}},
    };
    for (size_t i = 0; i < AY_COUNT(bad); i++) {
        assay_err err = {0};
        ay_decoder *d = NULL;
        const assay_status st = ay_csv_open(bad[i].n, &bad[i].options, (ay_decode_limits){0}, &d, &err);
        if (st != ASSAY_EUSAGE || d || !err.text[0] || !err.text_zh[0]) fail_msg("%s: status %d", bad[i].label, st);
    }
}

static assay_status refuse(void *ctx, const ay_reject *reject, assay_err *err)
{
    assert_int_equal(reject->code, ASSAY_EFORMAT);
    assert_string_not_equal(reject->reason_zh, "");
    return ay_fail(err, ASSAY_ECANCELLED, "%s", "%s", (const char *)ctx);
}

static void test_reject_can_fail(void **state)
{
    (void)state;
    char why[] = "enough";
    ay_decoder *d = NULL;
    assay_err err = {0};
    ay_buf out = {0};
    assert_int_equal(ay_csv_open(1, NULL, (ay_decode_limits){0}, &d, NULL), ASSAY_OK);
    d->on_reject = refuse;
    d->reject_ctx = why;
    assert_int_equal(kit_push(d, BYTES("a,b\n"), &out, &err), ASSAY_ECANCELLED);
    assert_string_equal(err.text, "enough");
    ay_decoder_free(d);
    ay_buf_free(&out);
}

/* A batch with much text is full before it has all its rows. */
static void test_batch_bytes(void **state)
{
    (void)state;
    const size_t len = 10 << 20;
    char *line = ay_alloc(len);
    assert_non_null(line);
    memset(line, 'x', len);
    line[len - 1] = '\n';
    ay_decoder *d = NULL;
    assert_int_equal(ay_csv_open(1, NULL, (ay_decode_limits){0}, &d, NULL), ASSAY_OK);
    for (uint32_t i = 1; i <= 8; i++) {
        size_t used = 0;
        assert_int_equal(ay_decoder_push(d, line, len, &used, NULL), ASSAY_OK);
        assert_int_equal(used, len);
        assert_int_equal(d->batch.rows, (i - 1) % 4 + 1);
        assert_int_equal(ay_decoder_full(d), i % 4 == 0);
        if (ay_decoder_full(d)) ay_batch_clear(&d->batch);
    }
    assert_int_equal(d->records, 8);
    ay_decoder_free(d);
    ay_free(line);
}

/* A line of nothing but delimiters does not grow without end. */
static void test_endless_line(void **state)
{
    (void)state;
    enum { LEN = 20000 };
    char line[LEN];
    memset(line, ',', LEN);
    ay_decoder *d = NULL;
    assay_err err = {0};
    size_t used = 0;
    assert_int_equal(ay_csv_open(3, NULL, (ay_decode_limits){0}, &d, NULL), ASSAY_OK);
    assert_int_equal(ay_decoder_push(d, line, LEN, &used, &err), ASSAY_EFORMAT);
    assert_string_equal(err.text, "line 1, record 1: more than 10003 fields, expected 3");
    ay_decoder_free(d);
}

static assay_status decode_some(void *arg)
{
    (void)arg;
    static const csv_case c = {.n = 3, .options = {.expect_header = &header, .keep = &keep}};
    static const char in[] = "a,\"b,\"\"x\",\n1,2,3\n\"a\nb\",\"x\"\"y\",z\nlast,one,cut";
    ay_decoder *d = NULL;
    ay_buf out = {0};
    const ay_decode_limits limits = {.batch_cap = 2};
    assay_status st = ay_csv_open(c.n, &c.options, limits, &d, NULL);
    if (st != ASSAY_OK) return st;
    for (size_t at = 0; st == ASSAY_OK && at < sizeof in - 1; at += 5)
        st = kit_push(d, in + at, sizeof in - 1 - at < 5 ? sizeof in - 1 - at : 5, &out, NULL);
    if (st == ASSAY_OK) st = kit_finish(d, &out, NULL);
    if (st == ASSAY_OK) st = ay_buf_status(&out, NULL);
    if (st == ASSAY_OK && !ay_str_is(ay_buf_view(&out), "1:3|1\n2:z|a\nb\n3:cut|last\n"))
        fail_msg("got %.*s", (int)out.len, out.ptr);
    ay_decoder_free(d);
    ay_buf_free(&out);
    return st;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(decode_some, NULL) > 10);
}

static const struct text_case {
    const char *label, *in;
    size_t len, want;
} texts[] = {
    {"empty", BYTES(""), 0},
    {"short", BYTES("abc"), 3},
    {"one word", BYTES("abcdefgh"), 8},
    {"high byte in the first word", BYTES("abc\xffzzzzzzzz"), 3},
    {"NUL in the second word", BYTES("abcdefghij\0k"), 10},
    {"NUL before a bad byte", BYTES("a\0\xff"), 1},
    {"a bad byte before NUL", BYTES("a\xff\0"), 1},
    {"NUL behind a character", BYTES("中\0"), 3},
    {"01 and 80 in one word", BYTES("\x01\x01\x01\x01\x01\x01\x01\x80"), 7},
    {"all is well", BYTES("abcdefgh中文abcdefghi"), 23},
    {"surrogate", BYTES("abcdefgh\xed\xa0\x80"), 8},
};

static void test_text_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(texts); i++) {
        const size_t got = ay_text_valid((ay_str){texts[i].in, texts[i].len});
        if (got != texts[i].want) fail_msg("%s: got %zu, want %zu", texts[i].label, got, texts[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),      cmocka_unit_test(test_faults),          cmocka_unit_test(test_lenient),
        cmocka_unit_test(test_long_text),    cmocka_unit_test(test_headers),         cmocka_unit_test(test_ragged),
        cmocka_unit_test(test_options),      cmocka_unit_test(test_reject_can_fail), cmocka_unit_test(test_batch_bytes),
        cmocka_unit_test(test_endless_line), cmocka_unit_test(test_no_memory),       cmocka_unit_test(test_text_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
