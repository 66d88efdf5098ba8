/* COPY text: escapes, line ends, the end mark. Every input is decoded in steps of 1 .. all bytes, with batches of 1, 3
 * and 64 records. */
#include "decode_kit.h"
#include "fault.h"

typedef struct text_case {
    const char *label;
    uint32_t n;
    const char *in;
    size_t len;
    const char *want;
    bool lenient;
    uint64_t field_bytes;
    ay_copytext_options options;
} text_case;

#define CASE(l, columns, literal) .label = (l), .n = (columns), .in = (literal), .len = sizeof(literal) - 1

static ay_decoder *open_case(const void *ctx, uint32_t cap)
{
    const text_case *c = ctx;
    ay_decoder *d = NULL;
    const ay_decode_limits limits = {.batch_cap = cap, .field_bytes = c->field_bytes};
    assert_int_equal(ay_copytext_open(c->n, &c->options, limits, &d, NULL), ASSAY_OK);
    return d;
}

static const text_case records[] = {
    {CASE("nothing", 2, ""), .want = ""},
    {CASE("records", 2, "a\tb\nc\td\n"), .want = "1:a|b\n2:c|d\n"},
    {CASE("no line end at the end", 2, "a\tb\nc\td"), .want = "1:a|b\n2:c|d\n"},
    {CASE("CRLF", 2, "a\tb\r\nc\td\r\n"), .want = "1:a|b\n2:c|d\n"},
    {CASE("CR", 2, "a\tb\rc\td\r"), .want = "1:a|b\n2:c|d\n"},
    {CASE("CR, no line end at the end", 1, "a\rb"), .want = "1:a\n2:b\n"},
    {CASE("null and empty", 3, "\\N\t\t\\N\n"), .want = "1:NULL||NULL\n"},
    {CASE("null is the whole field only", 3, "\\Na\ta\\N\tN\n"), .want = "1:Na|aN|N\n"},
    {CASE("blank lines of one column are empty texts", 1, "\n\na\n"), .want = "1:\n2:\n3:a\n"},
    {CASE("end mark", 1, "a\n\\.\n"), .want = "1:a\n"},
    {CASE("end mark without line end", 1, "a\n\\."), .want = "1:a\n"},
    {CASE("end mark, CRLF", 1, "a\r\n\\.\r\n"), .want = "1:a\n"},
    {CASE("end mark, CR", 1, "a\r\\.\r"), .want = "1:a\n"},
    {CASE("only the end mark", 1, "\\.\n"), .want = ""},
    {CASE("letters", 1, "\\b\\f\\n\\r\\t\\v\n"), .want = "1:\b\f\n\r\t\v\n"},
    {CASE("octal", 4, "\\101\t\\1012\t\\7\t\\18\n"), .want = "1:A|A2|\a|\x01"
                                                             "8\n"},
    {CASE("octal beyond a byte is cut to it", 1, "\\501\n"), .want = "1:A\n"},
    {CASE("hex", 4, "\\x41\t\\x4g\t\\x414\t\\xg\n"), .want = "1:A|\x04g|A4|xg\n"},
    {CASE("other characters stand for themselves", 3, "\\\\\t\\a\\%\t\\\t\n"), .want = "1:\\|a%|\t\n"},
    {CASE("backslash and line feed", 2, "a\\\nb\tc\nd\te\n"), .want = "1:a\nb|c\n2:d|e\n"},
    {CASE("backslash and carriage return", 1, "a\\\rb\nc\n"), .want = "1:a\rb\n2:c\n"},
    {CASE("backslashes before the end of a line", 1, "a\\\\\nb\n"), .want = "1:a\\\n2:b\n"},
    {CASE("a character of escaped bytes", 1, "\\xe4\\xb8\\xad\\344\\270\\255\n"), .want = "1:中中\n"},
    {CASE("backslash before a character", 1, "\\中\n"), .want = "1:中\n"},
    {CASE("byte order mark", 1,
          "\xef\xbb\xbf"
          "a\n"),
     .want = "1:a\n"},
    {CASE("quotes and commas are data", 2, "\"a,b\"\t\"\n"), .want = "1:\"a,b\"|\"\n"},
    {CASE("other control characters are data", 1, "\x01\x02\x1f\n"), .want = "1:\x01\x02\x1f\n"},
    {CASE("long fields", 2, "0123456789abcdef01\\t23\t0123456789012345678901234567890123456789\n"),
     .want = "1:0123456789abcdef01\t23|0123456789012345678901234567890123456789\n"},
    {CASE("own delimiter and null", 3, "a|NULL|\\|\n"), .want = "1:a|NULL||\n",
     .options = {.delimiter = '|', .null_text = "NULL"}},
    {CASE("empty as null", 2, "a\t\n"), .want = "1:a|NULL\n", .options = {.null_text = ""}},
};

/* COPY t TO STDOUT from PostgreSQL 15.16 with
 *   create table t (a text, b text);
 *   insert into t values (E'tab\there', E'line\nend'), (E'back\\slash', E'\\N'), (null, ''), (E'cr\r', E'\b\f\v\x01'),
 *     ('\.', '一数一源'); */
static const text_case servers[] = {
    {CASE("what the server writes", 2,
          "tab\\there\tline\\nend\nback\\\\slash\t\\\\N\n\\N\t\ncr\\r\t\\b\\f\\v\x01\n\\\\.\t\xe4\xb8\x80\xe6\x95\xb0"
          "\xe4\xb8\x80\xe6\xba\x90\n"),
     .want = "1:tab\there|line\nend\n2:back\\slash|\\N\n3:NULL|\n4:cr\r|\b\f\v\x01\n5:\\.|一数一源\n"},
};

static const text_case faults[] = {
    {CASE("too few fields", 2, "a\tb\nc\n"), .want = "1:a|b\nEFORMAT line 2: line 2, record 2: 1 fields, expected 2\n"},
    {CASE("too many fields", 1, "a\tb\n"), .want = "EFORMAT line 1: line 1, record 1: 2 fields, expected 1\n"},
    {CASE("blank line", 2, "a\tb\n\n"), .want = "1:a|b\nEFORMAT line 2: line 2, record 2: 1 fields, expected 2\n"},
    {CASE("LF, then CRLF", 1, "a\nb\r\n"),
     .want = "1:a\nEFORMAT line 2: line 2, record 2: a bare line end character in a file whose lines end with LF\n"},
    {CASE("LF, then CR", 1, "a\nb\rc\n"),
     .want = "1:a\nEFORMAT line 2: line 2, record 2: a bare line end character in a file whose lines end with LF\n"},
    {CASE("CRLF, then LF", 1, "a\r\nb\nc\r\n"),
     .want = "1:a\nEFORMAT line 2: line 2, record 2: a bare line end character in a file whose lines end with CR LF\n"},
    {CASE("CRLF, then CR", 1, "a\r\nb\rc\r\n"),
     .want = "1:a\nEFORMAT line 2: line 2, record 2: a bare line end character in a file whose lines end with CR LF\n"},
    {CASE("cut between CR and LF", 1, "a\r\nb\r"),
     .want = "1:a\nEFORMAT line 2: line 2, record 2: a bare line end character in a file whose lines end with CR LF\n"},
    {CASE("CR, then LF", 1, "a\rb\nc\r"),
     .want = "1:a\nEFORMAT line 2: line 2, record 2: a bare line end character in a file whose lines end with CR\n"},
    {CASE("lines are counted by CR", 1, "a\rb\\\rc\rd\te\r"),
     .want = "1:a\n2:b\rc\nEFORMAT line 4: line 4, record 3: 2 fields, expected 1\n"},
    {CASE("ends with a backslash", 1, "a\\"),
     .want = "EFORMAT line 1: line 1, record 1: the input ends with a backslash\n"},
    {CASE("only a backslash", 1, "\\"), .want = "EFORMAT line 1: line 1, record 1: the input ends with a backslash\n"},
    {CASE("data after the end mark", 1, "a\n\\.\nb\n"),
     .want = "1:a\nEFORMAT line 3: line 3: data after the end mark\n", .lenient = true},
    {CASE("text behind the end mark", 1, "\\.a\n"),
     .want = "EFORMAT line 1: line 1, record 1: text after the end mark \\.\n"},
    {CASE("end mark inside a line", 1, "a\\.\n"),
     .want = "EFORMAT line 1: line 1, record 1: the end mark \\. inside a line\n"},
    {CASE("end mark in a field", 2, "a\t\\.\n"),
     .want = "EFORMAT line 1: line 1, record 1: the end mark \\. inside a line\n"},
    {CASE("NUL byte", 1, "a\0\n"), .want = "EFORMAT line 1: line 1, record 1: a NUL byte (is the file UTF-16?)\n"},
    {CASE("NUL as octal", 1, "a\\0\n"), .want = "EFORMAT line 1: line 1, record 1: a NUL byte\n"},
    {CASE("NUL as octal 400", 1, "a\\400\n"), .want = "EFORMAT line 1: line 1, record 1: a NUL byte\n"},
    {CASE("NUL as hex", 1, "a\\x00\n"), .want = "EFORMAT line 1: line 1, record 1: a NUL byte\n"},
    {CASE("not UTF-8", 1, "\xd6\xd0\n"),
     .want = "EFORMAT line 1: line 1, record 1: a byte that is not of the encoding\n"},
    {CASE("escapes that do not make UTF-8", 1, "\\xd6\\xd0\n"),
     .want = "EFORMAT line 1: line 1, record 1: escapes that do not make UTF-8\n"},
    {CASE("an escape beside a character", 1, "中\\xad\n"),
     .want = "EFORMAT line 1: line 1, record 1: escapes that do not make UTF-8\n"},
    {CASE("a field of just the limit", 1, "abcd\n"), .want = "1:abcd\n", .field_bytes = 4},
    {CASE("a field beyond the limit", 2, "a\tabcde\n"),
     .want = "ELIMIT line 1: line 1, record 1: field 2 is longer than 4 bytes\n", .field_bytes = 4},
};

static const text_case lenient[] = {
    {CASE("wrong number of fields", 2, "a\tb\nc\nd\te\tf\ng\th\n"),
     .want = "1:a|b\n4:g|h\nreject 2 line 2 at 4: 1 fields, expected 2\nreject 3 line 3 at 6: 3 fields, expected 2\n",
     .lenient = true},
    {CASE("a bad escape in the second field undoes the first", 2, "\\N\t\\0\nb\tc\n"),
     .want = "2:b|c\nreject 1 line 1 at 3: a NUL byte\n", .lenient = true},
    {CASE("bare CR", 1, "a\nb\rc\nd\n"),
     .want = "1:a\n3:d\nreject 2 line 2 at 3: a bare line end character in a file whose lines end with LF\n",
     .lenient = true},
    {CASE("bare LF where lines end with CR", 1, "a\rb\nc\rd\r"),
     .want = "1:a\n3:d\nreject 2 line 2 at 3: a bare line end character in a file whose lines end with CR\n",
     .lenient = true},
    {CASE("text behind the end mark", 1, "\\.a\nb\n"),
     .want = "2:b\nreject 1 line 1 at 2: text after the end mark \\.\n", .lenient = true},
    {CASE("ends with a backslash", 1, "a\nb\\"), .want = "1:a\nreject 2 line 2 at 3: the input ends with a backslash\n",
     .lenient = true},
    {CASE("beyond the limit", 1, "a\nabcdefgh\\\nb\nc\n"),
     .want = "1:a\n3:b\n4:c\nreject 2 line 2 at 6: field 1 is longer than 4 bytes\n", .lenient = true,
     .field_bytes = 4},
    {CASE("beyond the limit before the first line end", 1, "abcdefgh\r\nb\r\nc\r\n"),
     .want = "2:b\n3:c\nreject 1 line 1 at 4: field 1 is longer than 4 bytes\n", .lenient = true, .field_bytes = 4},
    {CASE("not UTF-8 behind an escaped line end", 1, "a\\\n\xff\nb\n"),
     .want = "2:b\nreject 1 line 2 at 3: a byte that is not of the encoding\n", .lenient = true},
};

static const ay_column names[] = {{.name = "a"}, {.name = "b\tx"}};
static const ay_schema header = {.columns = names, .n = 2};
static const uint32_t keep_of[] = {UINT32_MAX, 0};
static const ay_keep keep = {.of = keep_of, .n = 1};

static const text_case headers[] = {
    {CASE("header", 2, "a\tb\\tx\n1\t2\n"), .want = "1:1|2\n", .options = {.expect_header = &header}},
    {CASE("header and chosen fields", 2, "a\tb\\tx\n1\t2\n3\t\\N\n"), .want = "1:2\n2:NULL\n",
     .options = {.expect_header = &header, .keep = &keep}},
    {CASE("another header", 2, "a\tb\n"),
     .want = "EFORMAT line 1: line 1: column 2 of the header is 'b', expected 'b x'\n", .lenient = true,
     .options = {.expect_header = &header}},
    {CASE("a bad escape in the header", 2, "a\t\\0\n"), .want = "EFORMAT line 1: line 1: a NUL byte\n", .lenient = true,
     .options = {.expect_header = &header}},
    {CASE("no header", 2, "\\.\n"), .want = "EFORMAT line 0: the input is empty, but a header line is expected\n",
     .options = {.expect_header = &header}},
};

static void run(const text_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        kit_all_cuts(cases[i].label, open_case, &cases[i], cases[i].lenient, (ay_str){cases[i].in, cases[i].len},
                     cases[i].want);
}

static void test_records(void **state)
{
    (void)state;
    run(records, AY_COUNT(records));
    run(servers, AY_COUNT(servers));
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

/* With faults one in some lines, and mostly as usual. The first line end decides. */
static void test_long_text(void **state)
{
    static const char *const pieces[] = {"a\tb\tc\n",      "a\\tb\tc\\\n\td\n",
                                         "\\N\t\\N\t\n",   "\\x41\t\\101\t\\\\\n",
                                         "\xe4\xb8\xad\t", "\t\t\n",
                                         "a\tb\n",         "long text without any mark in it\t\t\n"};
    static const char *const faults_too[] = {"a\tb\tc\n",    "a\tb\tc\r\n",    "a\\.\tb\tc\n", "a\tb\tc\td\n",
                                             "\xff\tb\tc\n", "a\\\tb\tc\td\n", "a\tb\tc\n"};
    const text_case c = {.n = 3};
    (void)state;
    kit_long_text("as usual", open_case, &c, pieces, AY_COUNT(pieces));
    kit_long_text("with faults", open_case, &c, faults_too, AY_COUNT(faults_too));
}

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
        ay_copytext_options options;
    } bad[] = {
        {"no columns", 0, {0}},
        {"delimiter is the backslash", 1, {.delimiter = '\\'}},
        {"delimiter is the point of the end mark", 1, {.delimiter = '.'}},
        {"delimiter is a digit", 1, {.delimiter = '0'}},
        {"null with a delimiter", 1, {.null_text = "a\tb"}},
        {"null with a line end", 1, {.null_text = "\n"}},
    };
    for (size_t i = 0; i < AY_COUNT(bad); i++) {
        assay_err err = {0};
        ay_decoder *d = NULL;
        const assay_status st = ay_copytext_open(bad[i].n, &bad[i].options, (ay_decode_limits){0}, &d, &err);
        if (st != ASSAY_EUSAGE || d || !err.text[0] || !err.text_zh[0]) fail_msg("%s: status %d", bad[i].label, st);
    }
}

static assay_status decode_some(void *arg)
{
    (void)arg;
    static const char in[] = "a\tb\\tx\n1\t2\n\\x41\\\n\tlong enough to be carried\nlast\tone";
    const ay_copytext_options options = {.expect_header = &header};
    ay_decoder *d = NULL;
    ay_buf out = {0};
    assay_status st = ay_copytext_open(2, &options, (ay_decode_limits){.batch_cap = 2}, &d, NULL);
    if (st != ASSAY_OK) return st;
    for (size_t at = 0; st == ASSAY_OK && at < sizeof in - 1; at += 5)
        st = kit_push(d, in + at, sizeof in - 1 - at < 5 ? sizeof in - 1 - at : 5, &out, NULL);
    if (st == ASSAY_OK) st = kit_finish(d, &out, NULL);
    if (st == ASSAY_OK) st = ay_buf_status(&out, NULL);
    if (st == ASSAY_OK && !ay_str_is(ay_buf_view(&out), "1:1|2\n2:A\n|long enough to be carried\n3:last|one\n"))
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),   cmocka_unit_test(test_faults),  cmocka_unit_test(test_lenient),
        cmocka_unit_test(test_long_text), cmocka_unit_test(test_headers), cmocka_unit_test(test_options),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
