/* Files and standard input as a source: header, encodings, places of faults in the original bytes, and what cannot be
 * read. */
#include "decode_kit.h"
#include "fault.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/encoding.h"
#include "source/file.h"

static char dir[64], path[96];

static const char *write_file(const char *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    return path;
}

static const ay_field fields[] = {
    {.name = "id", .column = "uscc", .type = AY_TEXT},
    {.name = "name", .column = "名称", .type = AY_TEXT},
    {.name = "n", .column = "n", .type = AY_INT},
};

static void put_schema(const ay_schema *s, ay_buf *out)
{
    for (uint32_t i = 0; i < s->n; i++)
        ay_buf_printf(out, "%s%s:%s", i ? "|" : "", s->columns[i].name, ay_type_name(s->columns[i].type));
    ay_buf_char(out, '\n');
}

static assay_status read_all(ay_source *s, ay_buf *out, assay_err *err)
{
    for (bool end = false; !end;) {
        const ay_batch *batch = NULL;
        const assay_status st = ay_source_next(s, &batch, &end, err);
        if (st != ASSAY_OK) return st;
        if (!end) kit_batch(batch, out);
    }
    return ASSAY_OK;
}

#define REQUEST(path, options, cap) (&(const ay_file_request){(path), (options), fields, AY_COUNT(fields), (cap), NULL})

/* Schema, records and rejects; or the error, without the name of the directory. */
static void read_file(const char *name, const assay_file_options *options, uint32_t cap, bool lenient, ay_buf *out)
{
    ay_source *s = NULL;
    ay_buf rejects = {0};
    assay_err err = {0};
    assay_status st = ay_file_source_open(REQUEST(name, options, cap), &s, &err);
    if (st == ASSAY_OK) {
        s->on_reject = lenient ? kit_reject : NULL;
        s->reject_ctx = &rejects;
        put_schema(s->schema, out);
        st = read_all(s, out, &err);
    }
    ay_buf_str(out, ay_buf_view(&rejects));
    ay_buf_free(&rejects);
    ay_source_close(s);
    if (st == ASSAY_OK) return;
    assert_int_equal(err.code, st);
    assert_true(err.text_zh[0] != '\0');
    ay_buf_clear(out); /* how many records came before the error depends on the size of the batch */
    const char *text = strncmp(err.text, dir, strlen(dir)) == 0 ? err.text + strlen(dir) + 1 : err.text;
    ay_buf_printf(out, "error %d line %u: %s\n", (int)st, err.line, text);
}

typedef struct file_case {
    const char *label;
    const char *in;
    size_t len;
    const char *want;
    bool lenient;
    assay_file_options options;
} file_case;

#define CASE(l, literal) .label = (l), .in = (literal), .len = sizeof(literal) - 1

/* 中文 is D6 D0 CE C4 in GBK and GB18030, 㐀 (U+3400) is 81 39 EE 39 in GB18030 alone. */
static const file_case cases[] = {
    {CASE("columns in any order, more than wanted", "n,other,名称,uscc\n1,x,甲,A\n2,\"y\nz\",乙,\n"),
     .want = "n:text|名称:text|uscc:text\n1:1|甲|A\n2:2|乙|NULL\n"},
    {CASE("a wanted column is absent", "uscc,x\nA,1\n"), .want = "uscc:text\n1:A\n"},
    {CASE("no wanted column at all", "x,y\n1,2\n"), .want = "\n1:\n"},
    {CASE("a wanted column twice", "uscc,n,uscc\n"),
     .want = "error 2 line 0: in.csv: the header names the column 'uscc' twice\n"},
    {CASE("another column twice", "x,n,x\n1,2,3\n"), .want = "n:text\n1:2\n"},
    {CASE("quoted header with byte order mark", "\xef\xbb\xbf\"uscc\",\"n\"\r\n\"A\",\"1\"\r\n"),
     .want = "uscc:text|n:text\n1:A|1\n"},
    {CASE("only a header", "uscc,n\n"), .want = "uscc:text|n:text\n"},
    {CASE("only a header, no line end", "uscc,n"), .want = "uscc:text|n:text\n"},
    {CASE("empty", ""), .want = "error 4 line 0: in.csv: the file is empty, but a header line is expected\n"},
    {CASE("only a byte order mark", "\xef\xbb\xbf"),
     .want = "error 4 line 0: in.csv: the file is empty, but a header line is expected\n"},
    {CASE("no header: the fields in order", "A,甲,1\nB,乙,2"),
     .want = "uscc:text|名称:text|n:text\n1:A|甲|1\n2:B|乙|2\n", .options = {.no_header = 1}},
    {CASE("no header and empty", ""), .want = "uscc:text|名称:text|n:text\n", .options = {.no_header = 1}},
    {CASE("a fault names file, line, record and byte", "uscc,n\nA,1\nB\n"),
     .want = "error 4 line 3: in.csv: line 3, record 2, byte offset 11: 1 fields, expected 2\n"},
    {CASE("a fault in the header", "uscc,\"n\nA,1\n"),
     .want = "error 4 line 1: in.csv: line 1: the quote that opens field 2 is never closed\n"},
    {CASE("a bad byte in the header", "uscc,\xff\n"),
     .want = "error 4 line 1: in.csv: line 1, record 1: a byte that is not of the encoding\n"},
    {CASE("lenient", "uscc,n\nA,1\nB\nC,3\n"),
     .want = "uscc:text|n:text\n1:A|1\n3:C|3\nreject 2 line 3 at 11: 1 fields, expected 2\n", .lenient = true},
    {CASE("own signs", "uscc;n\n'A;B';-\n"), .want = "uscc:text|n:text\n1:A;B|NULL\n",
     .options = {.delimiter = ';', .quote = '\'', .null_text = "-"}},
    {CASE("field limit", "uscc,n\nA,12345\n"),
     .want = "error 5 line 2: in.csv: line 2, record 1, byte offset 13: field 2 is longer than 4 bytes\n",
     .options = {.field_limit = 4}},
    {CASE("COPY text with header", "n\tuscc\n1\tA\\tB\n\\N\t\n\\.\n"), .want = "n:text|uscc:text\n1:1|A\tB\n2:NULL|\n",
     .options = {.format = ASSAY_FILE_COPY_TEXT}},
    {CASE("COPY text without header", "A\t\\N\t1\n"), .want = "uscc:text|名称:text|n:text\n1:A|NULL|1\n",
     .options = {.format = ASSAY_FILE_COPY_TEXT, .no_header = 1}},
    {CASE("COPY binary", "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
                         "\0\3\0\0\0\1A\377\377\377\377\0\0\0\4\0\0\0\7"
                         "\377\377"),
     .want = "uscc:text|名称:text|n:integer\n1:A|NULL|7\n", .options = {.format = ASSAY_FILE_COPY_BINARY}},
    {CASE("COPY binary, truncated", "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
                                    "\0\3\0\0\0\1A"),
     .want = "error 4 line 0: in.csv: the input ends inside record 1\n", .options = {.format = ASSAY_FILE_COPY_BINARY}},
    {CASE("COPY binary has no other encoding", ""),
     .want = "error 2 line 0: in.csv: COPY binary is read as UTF-8, not as 'GBK'\n",
     .options = {.format = ASSAY_FILE_COPY_BINARY, .encoding = "GBK"}},
    {CASE("UTF-8 by name", "uscc\n中\n"), .want = "uscc:text\n1:中\n", .options = {.encoding = "utf8"}},
    {CASE("GB18030", "uscc,\xc3\xfb\xb3\xc6\n\xd6\xd0\xce\xc4,\x81\x39\xee\x39\n"),
     .want = "uscc:text|名称:text\n1:中文|㐀\n", .options = {.encoding = "GB18030"}},
    {CASE("GB18030 with its byte order mark", "\x84\x31\x95\x33uscc\n\xd6\xd0\n"), .want = "uscc:text\n1:中\n",
     .options = {.encoding = "GB18030"}},
    {CASE("GBK", "uscc\n\xd6\xd0\xce\xc4\n"), .want = "uscc:text\n1:中文\n", .options = {.encoding = "GBK"}},
    {CASE("a byte that is not GBK", "uscc,n\n\xd6\xd0,1\n\xce\xc4\xff,2\n"),
     .want = "error 4 line 3: in.csv: line 3, record 2, byte offset 14: a byte that is not of the encoding\n",
     .options = {.encoding = "GBK"}},
    {CASE("four bytes are not GBK", "uscc\n\x81\x30\x81\x30\n"),
     .want = "error 4 line 2: in.csv: line 2, record 1, byte offset 5: a byte that is not of the encoding\n",
     .options = {.encoding = "GBK"}},
    {CASE("lenient: bad bytes cost one record", "uscc,n\n\xd6\xd0,1\n\xce\xc4\xff\xff,2\n\xd6,\n\xd6\xd0,4\n"),
     .want = "uscc:text|n:text\n1:中|1\n4:中|4\nreject 2 line 3 at 14: a byte that is not of the encoding\n"
             "reject 3 line 4 at 19: a byte that is not of the encoding\n",
     .lenient = true, .options = {.encoding = "GBK"}},
    {CASE("a character cut by the end of the file", "uscc\n\xd6\xd0\n\xd6"),
     .want = "error 4 line 3: in.csv: line 3, record 2, byte offset 8: a byte that is not of the encoding\n",
     .options = {.encoding = "GB18030"}},
    {CASE("GB18030 read as UTF-8", "uscc\n\xd6\xd0\n"),
     .want = "error 4 line 2: in.csv: line 2, record 1, byte offset 5: a byte that is not of the encoding\n"},
    {CASE("UTF-16 read as UTF-8", "u\0s\0c\0c\0\n\0"),
     .want = "error 4 line 1: in.csv: line 1, record 1: a NUL byte (is the file UTF-16?)\n"},
    {CASE("UTF-16", "\xff\xfeu\0s\0c\0c\0\n\0\x2d\x4e\n\0"), .want = "uscc:text\n1:中\n",
     .options = {.encoding = "UTF-16"}},
    {CASE("unknown encoding", "uscc\n"),
     .want = "error 2 line 0: unknown encoding 'GB99'; 'iconv -l' lists those that this system knows\n",
     .options = {.encoding = "GB99"}},
    {CASE("no encoding that lets bad bytes pass", "uscc\n"),
     .want = "error 2 line 0: unknown encoding 'GBK//IGNORE'; 'iconv -l' lists those that this system knows\n",
     .options = {.encoding = "GBK//IGNORE"}},
    {CASE("empty name of an encoding", "uscc\n"),
     .want = "error 2 line 0: unknown encoding ''; 'iconv -l' lists those that this system knows\n",
     .options = {.encoding = ""}},
    {CASE("unknown format", "uscc\n"), .want = "error 2 line 0: in.csv: unknown file format 9\n",
     .options = {.format = (assay_file_format)9}},
};

static void test_cases(void **state)
{
    (void)state;
    static const uint32_t caps[] = {1, 3, 64};
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        for (size_t c = 0; c < AY_COUNT(caps); c++) {
            ay_buf out = {0};
            read_file(write_file(cases[i].in, cases[i].len), &cases[i].options, caps[c], cases[i].lenient, &out);
            kit_same(cases[i].label, 0, caps[c], ay_buf_view(&out), cases[i].want);
            ay_buf_free(&out);
        }
}

static void test_cannot_read(void **state)
{
    (void)state;
    const struct {
        const char *label, *path;
        int fault;
    } bad[] = {
        {"no such file", "/nonexistent/in.csv", ENOENT},
        {"a directory", dir, EISDIR},
        {"a file below a file", "/dev/null/in.csv", ENOTDIR},
    };
    for (size_t i = 0; i < AY_COUNT(bad); i++) {
        ay_source *s = NULL;
        assay_err err = {0};
        const assay_status st = ay_file_source_open(REQUEST(bad[i].path, NULL, 0), &s, &err);
        if (st != ASSAY_EIO || s) fail_msg("%s: status %d", bad[i].label, st);
        if (!strstr(err.text, bad[i].path) || !strstr(err.text, strerror(bad[i].fault)) ||
            !strstr(err.text_zh, bad[i].path))
            fail_msg("%s: %s", bad[i].label, err.text);
    }
}

static void test_no_permission(void **state)
{
    (void)state;
    const bool is_root = geteuid() == 0; /* root may read everything, nobody (65534) may not */
    write_file(BYTES("uscc\n"));
    assert_int_equal(chmod(path, 0), 0);
    if (is_root) assert_int_equal(seteuid(65534), 0);
    ay_source *s = NULL;
    assay_err err = {0};
    const assay_status st = ay_file_source_open(REQUEST(path, NULL, 0), &s, &err);
    if (is_root) assert_int_equal(seteuid(0), 0);
    assert_int_equal(st, ASSAY_EIO);
    assert_non_null(strstr(err.text, strerror(EACCES)));
    assert_int_equal(unlink(path), 0);
}

static void test_standard_input(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const int saved = dup(STDIN_FILENO);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    static const char in[] = "uscc,n\nA,1\nB\n";
    assert_int_equal(write(ends[1], in, sizeof in - 1), sizeof in - 1);
    close(ends[1]);
    ay_buf out = {0};
    read_file("-", NULL, 0, false, &out);
    kit_same("standard input", 0, 0, ay_buf_view(&out),
             "error 4 line 3: standard input: line 3, record 2, byte offset 11: 1 fields, expected 2\n");
    ay_buf_free(&out);
    close(ends[0]);
    assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO); /* it was left open */
    close(saved);
}

/* A file of several pieces (256 KiB each), so that records and characters lie across the cuts: lines "NNNNNN,中文中",
 * one of them with a byte too many. */
enum { LINES = 60000, LINE_GBK = 14, LINE_UTF8 = 17, BAD_LINE = 50001 };

static const char *write_big(bool gbk)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs("uscc,n\n", f) >= 0);
    for (int i = 1; i <= LINES; i++)
        assert_true(
            fprintf(f, "%06d,%s%s\n", i, gbk ? "\xd6\xd0\xce\xc4\xd6\xd0" : "中文中", i == BAD_LINE ? "\xff" : "") > 0);
    assert_int_equal(fclose(f), 0);
    return path;
}

static void check_big(const ay_batch *b, uint64_t *seen)
{
    for (uint32_t row = 0; row < b->rows; row++) {
        const uint64_t record = b->first_record + row;
        char want[16];
        *seen += *seen + 1 == BAD_LINE ? 2 : 1;
        assert_int_equal(record, *seen);
        (void)snprintf(want, sizeof want, "%06llu", (unsigned long long)record);
        assert_true(ay_str_is(b->cols[0].v.str[row], want));
        assert_true(ay_str_is(b->cols[1].v.str[row], "中文中"));
    }
}

static void test_big(void **state)
{
    (void)state;
    for (int gbk = 0; gbk < 2; gbk++) {
        const assay_file_options options = {.encoding = gbk ? "GB18030" : NULL};
        ay_source *s = NULL;
        ay_buf rejects = {0};
        assert_int_equal(ay_file_source_open(REQUEST(write_big(gbk), &options, 0), &s, NULL), ASSAY_OK);
        s->on_reject = kit_reject;
        s->reject_ctx = &rejects;
        uint64_t seen = 0;
        for (bool end = false; !end;) {
            const ay_batch *batch = NULL;
            assert_int_equal(ay_source_next(s, &batch, &end, NULL), ASSAY_OK);
            if (!end) check_big(batch, &seen);
        }
        assert_int_equal(seen, LINES);
        const int line = gbk ? LINE_GBK : LINE_UTF8;
        char want[128];
        (void)snprintf(want, sizeof want, "reject %d line %d at %d: a byte that is not of the encoding\n", BAD_LINE,
                       BAD_LINE + 1, 7 + (BAD_LINE - 1) * line + line - 1);
        kit_same("big", 0, (uint32_t)gbk, ay_buf_view(&rejects), want);
        ay_buf_free(&rejects);
        ay_source_close(s);
    }
}

static assay_status check_reject(void *ctx, const ay_reject *reject, assay_err *err)
{
    uint64_t *seen = ctx;
    (void)err;
    ++*seen;
    assert_int_equal(reject->record, *seen);
    assert_int_equal(reject->byte_offset, 8 + 4 * (*seen - 1) + 2);
    return ASSAY_OK;
}

/* Every record is bad: finding their places must not take the square of their number. */
static void test_all_bad(void **state)
{
    (void)state;
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs("uscc,ab\n", f) >= 0); /* as long as two records, so that no piece ends within one */
    for (int i = 0; i < 200000; i++) assert_true(fputs("\xd6\xd0\xff\n", f) >= 0);
    assert_int_equal(fclose(f), 0);
    const assay_file_options options = {.encoding = "GB18030"};
    ay_source *s = NULL;
    ay_buf out = {0};
    uint64_t seen = 0;
    assert_int_equal(ay_file_source_open(REQUEST(path, &options, 0), &s, NULL), ASSAY_OK);
    s->on_reject = check_reject;
    s->reject_ctx = &seen;
    assert_int_equal(read_all(s, &out, NULL), ASSAY_OK);
    assert_int_equal(seen, 200000);
    assert_int_equal(out.len, 0);
    ay_source_close(s);
}

/* The header is longer than a piece; then it is longer than what is tolerated. */
static void test_long_header(void **state)
{
    (void)state;
    const size_t sizes[] = {400000, 2000000};
    for (size_t i = 0; i < AY_COUNT(sizes); i++) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        for (size_t n = 0; n < sizes[i]; n++) (void)fputc('x', f);
        assert_true(fputs(",uscc\n1,A\n", f) >= 0);
        assert_int_equal(fclose(f), 0);
        ay_buf out = {0};
        read_file(path, NULL, 0, false, &out);
        kit_same("long header", 0, (uint32_t)i, ay_buf_view(&out),
                 i == 0 ? "uscc:text\n1:A\n"
                        : "error 4 line 0: in.csv: the header line is longer than 1048576 bytes\n");
        ay_buf_free(&out);
    }
}

/* Convert in steps: the text does not depend on them, and every place is found again. */
static void test_encoding_cuts(void **state)
{
    (void)state;
    static const char in[] = "a\xd6\xd0\xff\n\x81\x39\xee\x39"
                             "b\xce\xc4\xd6";
    static const char want[] = "a中\xff\n㐀b文\xff";
    static const struct {
        size_t text, byte;
    } places[] = {{0, 0}, {1, 1}, {2, 1}, {4, 3}, {5, 4}, {6, 5}, {9, 9}, {10, 10}, {13, 12}, {14, 13}};
    for (size_t step = 1; step <= sizeof in; step++) {
        ay_encoding *e = NULL;
        ay_buf out = {0};
        assert_int_equal(ay_encoding_open("GB18030", &e, NULL), ASSAY_OK);
        for (size_t at = 0, end = 0; at < sizeof in - 1;) {
            end = end + step < sizeof in - 1 ? end + step : sizeof in - 1;
            size_t used = 0;
            const ay_str piece = {in + at, end - at};
            assert_int_equal(ay_encoding_convert(e, piece, end == sizeof in - 1, &used, &out, NULL), ASSAY_OK);
            at += used;
        }
        kit_same("GB18030", step, 0, ay_buf_view(&out), want);
        for (size_t i = 0; i < AY_COUNT(places); i++)
            assert_int_equal(ay_encoding_locate(e, (ay_str){in, sizeof in - 1}, places[i].text), places[i].byte);
        for (size_t i = AY_COUNT(places); i-- > 0;)
            assert_int_equal(ay_encoding_locate(e, (ay_str){in, sizeof in - 1}, places[i].text), places[i].byte);
        ay_buf_free(&out);
        ay_encoding_close(e);
    }
}

static assay_status read_some(void *arg)
{
    const assay_file_options *options = arg;
    ay_source *s = NULL;
    ay_buf out = {0};
    assay_status st = ay_file_source_open(REQUEST(path, options, 2), &s, NULL);
    if (st != ASSAY_OK) return st;
    st = read_all(s, &out, NULL);
    if (st == ASSAY_OK) st = ay_buf_status(&out, NULL);
    if (st == ASSAY_OK && !ay_str_is(ay_buf_view(&out), "1:A|中\n2:B|文\n3:C\n|中\n"))
        fail_msg("got %.*s", (int)out.len, out.ptr);
    ay_buf_free(&out);
    ay_source_close(s);
    return st;
}

static void test_no_memory(void **state)
{
    (void)state;
    assay_file_options options = {.encoding = "GBK"};
    write_file(BYTES("uscc,x,n\nA,,\xd6\xd0\nB,,\xce\xc4\n\"C\n\",,\xd6\xd0"));
    assert_true(fail_each_allocation(read_some, &options) > 20);
}

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/assay-test-XXXXXX");
    if (!mkdtemp(dir)) return -1;
    (void)snprintf(path, sizeof path, "%s/in.csv", dir);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),         cmocka_unit_test(test_cannot_read),
        cmocka_unit_test(test_no_permission), cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_big),           cmocka_unit_test(test_all_bad),
        cmocka_unit_test(test_long_header),   cmocka_unit_test(test_encoding_cuts),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
