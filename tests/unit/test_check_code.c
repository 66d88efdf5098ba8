/* Code lists: reading the file, validity, hierarchy. */
#include "check_kit.h"

#define LIST                                                                                                           \
    "code,name,since,until,up\n1,one,,,\n11,\"one, one\",1995,2001-05,1\n11,again,2001-06-01,,1\n2,two,2000,2000,\n"
#define FLAT "code,name,up\n1,one,\n11,\"one, one\",1\n2,two,\n"

static const struct {
    const char *file;
    kit_case c;
} cases[] = {
    {FLAT, {"a name alone", "text", "code", "codes/x.csv", {"1", "11", "2", "3", "", "one", "NULL"}, "PPPFFFS"}},
    {FLAT,
     {"another key", "text", "code", "{file: x.csv, key: name}", {"one", "one, one", "1", "code", "name"}, "PPFFF"}},
    {LIST, {"in force today", "text", "code", "{file: x.csv, from: since, to: until}", {"1", "11", "2"}, "PPF"}},
    {LIST,
     {"in force on a date",
      "text date",
      "code",
      "{file: x.csv, from: since, to: until, at: b}",
      {"2|2000-01-01", "2|2000-12-31", "2|1999-12-31", "2|2001-01-01", "1|0001-01-01", "1|infinity", "1|-infinity",
       "2|infinity", "2|NULL", "2|1999-02-29", "NULL|2000-01-01"},
      "PPFFPPPFSUS"}},
    {LIST,
     {"a code that comes back",
      "text date",
      "code",
      "{file: x.csv, from: since, to: until, at: b}",
      {"11|1994-12-31", "11|1995-01-01", "11|2001-05-31", "11|2001-06-01", "11|2026-01-01"},
      "FPPPP"}},
    {"code,since\n2,2000\n",
     {"open on one side",
      "text date",
      "code",
      "{file: x.csv, from: since, at: b}",
      {"2|1999-12-31", "2|2026-01-01"},
      "FP"}},
    {LIST,
     {"a timestamp is its day",
      "text timestamp",
      "code",
      "{file: x.csv, from: since, to: until, at: b}",
      {"2|2000-12-31 23:59:59", "2|2001-01-01 00:00:00", "2|1969-12-31 23:59:59"},
      "PFF"}},
    {LIST,
     {"a timestamp with zone is its day in the pack's",
      "text timestamptz",
      "code",
      "{file: x.csv, from: since, to: until, at: b}",
      {"2|2000-12-31 15:59:59Z", "2|2000-12-31 16:00:00Z", "2|1999-12-31 16:00:00Z"},
      "PFP"}},
    {FLAT, {"leaves", "text", "code", "{file: x.csv, parent: up, leaf: true}", {"1", "11", "2"}, "FPP"}},
    {FLAT, {"any level", "text", "code", "{file: x.csv, parent: up, leaf: false}", {"1", "11", "2"}, "PPP"}},
    {"\xEF\xBB\xBF"
     "code\r\n\"a\"\"b\"\r\n\"c\nd\"\r\ne",
     {"BOM, CRLF, quotes, line break, no last end of line",
      "text",
      "code",
      "x.csv",
      {"a\"b", "c\nd", "e", "a",
       "\xEF\xBB\xBF"
       "code",
       "code"},
      "PPPFFF"}},
    {"code,up\n11,1\n1,\n2,2\n",
     {"children before parents, and one that is its own",
      "text",
      "code",
      "{file: x.csv, parent: up, leaf: true}",
      {"1", "11", "2"},
      "FPP"}},
    {"c,f,t\n1,1996-02,1996-02\n",
     {"a month, to its last day",
      "text date",
      "code",
      "{file: x.csv, from: f, to: t, at: b}",
      {"1|1996-02-01", "1|1996-02-29", "1|1996-03-01", "1|1996-01-31"},
      "PPFF"}},
};

static void verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) kit_run_case(&cases[i].c, cases[i].file);
}

static const kit_reason_case reasons[] = {
    {"not listed", "text", "code", "{file: codes/x.csv, from: since, to: until}", "3", AY_FAIL,
     "not in the list codes/x.csv", "不在代码表 codes/x.csv 中"},
    {"not in force", "text date", "code", "{file: x.csv, from: since, to: until, at: b}", "2|2001-05-03", AY_FAIL,
     "not in force on 2001-05-03", "在 2001-05-03 不在有效期内"},
    {"not in force today", "text", "code", "{file: x.csv, from: since, to: until}", "2", AY_FAIL,
     "not in force on the day of the check", "在检查日期已不在有效期内"},
    {"not a leaf", "text", "code", "{file: x.csv, from: since, to: until, parent: up, leaf: true}", "1", AY_FAIL,
     "not a leaf of the list x.csv", "在代码表 x.csv 中不是末级代码"},
    {"unreadable", "text date", "code", "{file: x.csv, from: since, to: until, at: b}", "2|x", AY_UNREADABLE,
     "the date that the code is checked for cannot be read", "检查所依据的日期无法读取"},
};

static void reasons_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(reasons); i++) kit_run_reason(&reasons[i], LIST);
}

#define MAP  "{file: x.csv, from: f, to: t, parent: p}"
#define HEAD "k,f,t,p\n"

static const struct {
    const char *file;
    kit_fault_case c;
} faults[] = {
    {LIST,
     {"a code that comes back needs its validity", "text", "code", "x.csv", "bad-code-list", 4, 0,
      "the code is listed twice for the same time"}},
    {NULL, {"no file", "text", "code", "x.csv", "file-not-found", 1, 1, "no file 'x.csv'"}},
    {"", {"empty file", "text", "code", "x.csv", "bad-code-list", 1, 0, "the code list is empty"}},
    {"code\n", {"no codes", "text", "code", "x.csv", "bad-code-list", 1, 0, "the code list has no codes"}},
    {"code\n1\n\n2\n", {"an empty line", "text", "code", "x.csv", "bad-code-list", 3, 0, "the code is empty"}},
    {"code,name\n1,a\n2\n",
     {"a short line", "text", "code", "x.csv", "bad-code-list", 3, 0,
      "the line has another number of columns than the header"}},
    {"code\n1,a\n",
     {"a long line", "text", "code", "x.csv", "bad-code-list", 2, 0,
      "the line has another number of columns than the header"}},
    {"code\n1\n1\n",
     {"twice", "text", "code", "x.csv", "bad-code-list", 3, 0, "the code is listed twice for the same time"}},
    {"code\n 1\n", {"white space", "text", "code", "x.csv", "bad-code-list", 2, 0, "white space around the code"}},
    {"code\n\"1\n2", {"open quote", "text", "code", "x.csv", "bad-code-list", 2, 0, "a quote is not closed"}},
    {"code\n\"a\nb\"\n1\"\n",
     {"quote inside, after a line break in a cell", "text", "code", "x.csv", "bad-code-list", 4, 0,
      "a quote in the middle of a cell"}},
    {"code\n\"1\"x\n",
     {"text behind a quote", "text", "code", "x.csv", "bad-code-list", 2, 0,
      "expected a comma or the end of the line"}},
    {"code\n1\r2\n",
     {"a bare CR", "text", "code", "x.csv", "bad-code-list", 2, 0, "expected a comma or the end of the line"}},
    {"code\n1\n\xFF\n", {"not UTF-8", "text", "code", "x.csv", "bad-code-list", 3, 0, "the file is not UTF-8"}},
    {HEAD "1,1995-13,,\n",
     {"no month 13", "text", "code", MAP, "bad-code-list", 2, 0,
      "the first day of validity is no year, month or date"}},
    {HEAD "1,,95,\n",
     {"no such year", "text", "code", MAP, "bad-code-list", 2, 0,
      "the last day of validity is no year, month or date"}},
    {HEAD "1,2001,2000,\n",
     {"backwards", "text", "code", MAP, "bad-code-list", 2, 0, "the validity ends before it begins"}},
    {HEAD "1,1999,2000,\n1,2000,2001,\n",
     {"overlap", "text", "code", MAP, "bad-code-list", 3, 0, "the code is listed twice for the same time"}},
    {HEAD "1,,,9\n",
     {"unknown parent", "text", "code", MAP, "bad-code-list", 2, 0, "the parent is not a code of the list"}},
    {"code,name\n1,a\n",
     {"unknown column", "text", "code", "{file: x.csv, key: nam}", "unknown-column", 1, 20,
      "unknown column 'nam', did you mean 'name'?"}},
    {"code\n1\n",
     {"unknown key", "text", "code", "{fil: x.csv}", "unknown-key", 1, 2, "unknown key 'fil', did you mean 'file'?"}},
    {"code\n1\n", {"no file named", "text", "code", "{key: code}", "missing-key", 1, 1, "'code' needs a file"}},
    {"code\n1\n", {"a list", "text", "code", "[x.csv]", "wrong-kind", 1, 1, "expected one value, found a list"}},
    {"code\n1\n",
     {"at without validity", "text date", "code", "{file: x.csv, at: b}", "no-effect", 1, 1,
      "'at' has no effect without 'from' or 'to'"}},
    {"code\n1\n",
     {"leaf without parent", "text", "code", "{file: x.csv, leaf: true}", "missing-key", 1, 1,
      "'leaf' needs the column 'parent'"}},
    {"code,f\n1,\n",
     {"at is no date", "text integer", "code", "{file: x.csv, from: f, at: b}", "type-mismatch", 1, 28,
      "'at' needs a date, but field 'b' is of type integer"}},
    {"code,f\n1,\n",
     {"at is no field", "text date", "code", "{file: x.csv, from: f, at: c}", "unknown-field", 1, 28,
      "unknown field 'c'; known: a, b"}},
    {"code\n1\n",
     {"not a text", "integer", "code", "x.csv", "type-mismatch", 1, 1,
      "check 'code' cannot test field 'a' of type integer; it takes: text"}},
};

static void faults_with_their_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(faults); i++) kit_run_fault(&faults[i].c, faults[i].file);
}

/* Faults of lines are all reported, not only the first. */
static void every_bad_line_is_reported(void **state)
{
    (void)state;
    kit k;
    kit_open(&k, "text");
    k.file = "code\n1\n1\n 2\n3\n\n";
    assert_false(kit_compile(&k, "code", "x.csv"));
    assert_int_equal(assay_diags_count(k.diags), 3);
    assert_string_equal(assay_diags_at(k.diags, 0)->file, "x.csv");
    assert_int_equal(assay_diags_at(k.diags, 2)->line, 6);
    kit_close(&k);
}

static void too_many_columns(void **state)
{
    (void)state;
    char text[200];
    memset(text, ',', 64);
    memcpy(text + 64, "\n", 2);
    kit k;
    kit_open(&k, "text");
    k.file = text;
    assert_false(kit_compile(&k, "code", "x.csv"));
    assert_string_equal(assay_diags_at(k.diags, 0)->text, "more than 64 columns");
    kit_close(&k);
}

/* More codes than the first allocation holds. */
static void many_codes(void **state)
{
    (void)state;
    static char text[200000];
    size_t len = (size_t)snprintf(text, sizeof text, "code\n");
    for (int i = 0; i < 5000; i++) len += (size_t)snprintf(text + len, sizeof text - len, "c%d\n", i);
    const kit_case c = {"many", "text", "code", "x.csv", {"c0", "c4999", "c5000", "c64"}, "PPFP"};
    kit_run_case(&c, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(reasons_in_words),
        cmocka_unit_test(faults_with_their_lines),
        cmocka_unit_test(every_bad_line_is_reported),
        cmocka_unit_test(too_many_columns),
        cmocka_unit_test(many_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
