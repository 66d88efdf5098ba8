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

/* Hand-made, in the form of the lists that come with the rules: 3 was split into 4 and 5, 4 was renamed to 6. */
#define HISTORY                                                                                                        \
    "# Regions\n#\n# Licence: none\ncode,name,parent,since,until,successors\n100000,top,,,,\n"                         \
    "110003,three,100000,1981,1990,110004;110005\n110004,four,100000,1990,2003,110006\n"                               \
    "110005,five,100000,1990,2026,110006\n110006,six,100000,2003,,\n110007,seven,100000,1981,1983,\n"                  \
    "110007,again,100000,1992,2001,110003;110006\n110008,eight,100000,2030,,\n110009,nine,100000,1999,2001,110006\n"

static const kit_case history[] = {
    {"usual columns",
     "text",
     "code",
     "x.csv",
     {"110003", "110004", "110005", "110006", "110007", "110008", "100000", "top", "# Regions"},
     "FFPPFFPFF"},
    {"leaves by the usual column", "text", "code", "{file: x.csv, leaf: true}", {"100000", "110006"}, "FP"},
    {"another key", "text", "code", "{file: x.csv, key: name}", {"110006", "six"}, "FP"},
    {"a part of the value",
     "text",
     "code",
     "{file: x.csv, part: 2..7}",
     {"x110006", "x110006yz", "x11000", "110006", "", "x110003", "中110006", "中110006中", "中11000"},
     "PPFFFFPPF"},
    {"since the year of a date, in the first and the last year",
     "text date",
     "code",
     "{file: x.csv, since: b}",
     {"110003|1990-12-31", "110003|1991-01-01", "110003|1950-06-01", "110004|2003-01-01", "110004|2004-01-01",
      "110006|1989-05-01", "110008|1989-05-01", "110006|2999-01-01", "110006|NULL", "110006|1999-02-30",
      "110006|infinity", "110003|-infinity"},
     "PFPPFPFPSUPP"},
    {"since the year of a timestamp with zone, in the pack's",
     "text timestamptz",
     "code",
     "{file: x.csv, since: b}",
     {"110003|1990-12-31 15:59:59Z", "110003|1990-12-31 16:00:00Z"},
     "PF"},
    {"since, with a gap",
     "text date",
     "code",
     "{file: x.csv, since: b}",
     {"110007|1982-01-01", "110007|1985-01-01", "110007|2001-01-01", "110007|2002-01-01"},
     "PPPF"},
    {"since a year in the value",
     "text",
     "code",
     "{file: x.csv, part: 1..6, since: 7..10}",
     {"110003199001010014", "110003199101010014", "1100031990", "110003199", "11000319 0", "1100030000",
      "110006２０００", "110006abcd", "110007198501010014", "220000199001010014"},
     "PFPFFFFFPF"},
};

/* Periods of a code in two files are joined, parents and successors may stand in the other. */
#define OTHER "code,parent,since,until,successors\n110003,100000,1990,1995,\n110020,100000,,2000,110006\n110021,,,,\n"

static const kit_case joined[] = {
    {"two files", "text", "code", "{file: [x.csv, y.csv]}", {"110006", "110021", "110020", "110099"}, "PPFF"},
    {"the later end counts",
     "text date",
     "code",
     "{file: [x.csv, y.csv], at: b}",
     {"110003|1981-01-01", "110003|1990-06-01", "110003|1995-12-31", "110003|1996-01-01", "110020|0001-01-01"},
     "PPPFP"},
    {"the order of the files does not matter",
     "text date",
     "code",
     "{file: [y.csv, x.csv], at: b}",
     {"110003|1981-01-01", "110003|1990-06-01", "110003|1995-12-31", "110003|1996-01-01", "110020|0001-01-01"},
     "PPPFP"},
};

static void run_with_other(const kit_case *c)
{
    kit k;
    char got[KIT_ROWS + 1];
    const uint32_t rows = (uint32_t)strlen(c->verdicts);
    kit_open(&k, c->types);
    k.file = HISTORY;
    k.other = OTHER;
    if (!kit_compile(&k, c->check, c->arg)) fail_msg("%s: does not compile", c->label);
    kit_batch(&k, rows);
    for (uint32_t i = 0; i < rows; i++) kit_record(&k, i, c->rows[i]);
    kit_verdicts(&k, got);
    if (strcmp(got, c->verdicts) != 0) fail_msg("%s: got %s, want %s", c->label, got, c->verdicts);
    kit_close(&k);
}

static void verdicts_with_history(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(history); i++) kit_run_case(&history[i], HISTORY);
    for (size_t i = 0; i < AY_COUNT(joined); i++) run_with_other(&joined[i]);
}

static const struct {
    kit_reason_case c;
    ay_level level; /* of field a; b is public */
    const char *suggestion;
} lapses[] = {
    {{"through one that is retired too", "text", "code", "x.csv", "110003", AY_FAIL,
      "retired 1990; replaced by 110005 or 110006", "已于 1990 停用；由 110005 或 110006 取代"},
     AY_PUBLIC,
     ""},
    {{"one successor", "text", "code", "x.csv", "110004", AY_FAIL, "retired 2003; replaced by 110006",
      "已于 2003 停用；由 110006 取代"},
     AY_PUBLIC,
     "110006 by successor 95"},
    {{"not yet", "text", "code", "x.csv", "110008", AY_FAIL, "not in force before 2030", "自 2030 起才生效"},
     AY_PUBLIC,
     ""},
    {{"two ways to one", "text date", "code", "{file: x.csv, at: b}", "110003|2027-01-01", AY_FAIL,
      "not in force on 2027-01-01: retired 1990; replaced by 110006",
      "在 2027-01-01 不在有效期内：已于 1990 停用；由 110006 取代"},
     AY_PUBLIC,
     "110006 by successor 95"},
    {{"no successor in force on the day", "text date", "code", "{file: x.csv, at: b}", "110007|1985-01-01", AY_FAIL,
      "not in force on 1985-01-01: retired 1983", "在 1985-01-01 不在有效期内：已于 1983 停用"},
     AY_PUBLIC,
     ""},
    {{"of the last period", "text", "code", "x.csv", "110007", AY_FAIL, "retired 2001; replaced by 110005 or 110006",
      "已于 2001 停用；由 110005 或 110006 取代"},
     AY_PUBLIC,
     ""},
    {{"since a date", "text date", "code", "{file: x.csv, since: b}", "110009|2002-05-05", AY_FAIL,
      "retired 2001; replaced by 110006", "已于 2001 停用；由 110006 取代"},
     AY_PUBLIC,
     "110006 by successor 95"},
    {{"within a value nothing is suggested", "text", "code", "{file: x.csv, part: 1..6, since: 7..10}", "1100042004",
      AY_FAIL, "characters 1 to 6: retired 2003; replaced by 110006",
      "第 1 至 6 个字符：已于 2003 停用；由 110006 取代"},
     AY_INTERNAL,
     ""},
    {{"a personal value is not told about", "text", "code", "{file: x.csv, part: 1..6, since: 7..10}", "1100042004",
      AY_FAIL, "characters 1 to 6: retired", "第 1 至 6 个字符：代码已停用"},
     AY_PERSONAL,
     ""},
    {{"not yet, of a sensitive value", "text", "code", "x.csv", "110008", AY_FAIL, "not yet in force", "代码尚未生效"},
     AY_SENSITIVE,
     ""},
    {{"too short", "text", "code", "{file: x.csv, part: 1..6}", "11000", AY_FAIL,
      "characters 1 to 6: the value is too short", "第 1 至 6 个字符：值太短"},
     AY_PUBLIC,
     ""},
    {{"no year", "text", "code", "{file: x.csv, part: 1..6, since: 7..10}", "110006199x", AY_FAIL,
      "characters 7 to 10 are not a year", "第 7 至 10 个字符不是年份"},
     AY_PUBLIC,
     ""},
    {{"part not listed", "text", "code", "{file: x.csv, part: 1..6}", "220000", AY_FAIL,
      "characters 1 to 6: not in the list x.csv", "第 1 至 6 个字符：不在代码表 x.csv 中"},
     AY_PUBLIC,
     ""},
    {{"listed nowhere", "text", "code", "{file: [x.csv, z.csv]}", "220000", AY_FAIL, "not in the list x.csv, z.csv",
      "不在代码表 x.csv, z.csv 中"},
     AY_PUBLIC,
     ""},
    {{"a date that cannot be read", "text date", "code", "{file: x.csv, since: b}", "110004|x", AY_UNREADABLE,
      "the date that the code is checked for cannot be read", "检查所依据的日期无法读取"},
     AY_PUBLIC,
     ""},
};

static void run_lapse(size_t i)
{
    const kit_reason_case *c = &lapses[i].c;
    kit k;
    char got[512], row[64];
    ay_cell values[KIT_FIELDS] = {{0}};
    char suggestion[64];
    kit_open(&k, c->types);
    k.file = HISTORY;
    k.fields[0].level = lapses[i].level;
    if (!kit_compile(&k, c->check, c->arg)) fail_msg("%s: does not compile", c->label);
    kit_reason(&k, c->row, c->verdict, false, got, sizeof got);
    if (strcmp(got, c->en) != 0) fail_msg("%s: got '%s', want '%s'", c->label, got, c->en);
    kit_reason(&k, c->row, c->verdict, true, got, sizeof got);
    if (strcmp(got, c->zh) != 0) fail_msg("%s: got '%s', want '%s'", c->label, got, c->zh);
    snprintf(row, sizeof row, "%s", c->row);
    char *bar = strchr(row, '|');
    if (bar) *bar = 0;
    values[0] = (ay_cell){.type = AY_TEXT, .v.str = ay_str_from(row)};
    values[1] = (ay_cell){.type = AY_TEXT, .v.str = ay_str_from(bar ? bar + 1 : "")};
    const ay_facts facts = {.values = values, .verdict = c->verdict, .today = k.context.today};
    kit_suggest(&k, &facts, suggestion, sizeof suggestion);
    if (strcmp(suggestion, lapses[i].suggestion) != 0) fail_msg("%s: suggests '%s'", c->label, suggestion);
    kit_close(&k);
}

static void lapses_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(lapses); i++) run_lapse(i);
}

/* What is not followed for ever: a circle, a hundred successors, a hundred generations. */
static void long_descent(void **state)
{
    (void)state;
    static char wide[4000], deep[4000];
    size_t len = (size_t)snprintf(wide, sizeof wide, "code,until,successors\n0,2000,1");
    for (int i = 2; i <= 17; i++) len += (size_t)snprintf(wide + len, sizeof wide - len, ";%d", i);
    for (int i = 1; i <= 17; i++) len += (size_t)snprintf(wide + len, sizeof wide - len, "\n%d,,", i);
    len = (size_t)snprintf(deep, sizeof deep, "code,until,successors\n");
    for (int i = 0; i < 100; i++) len += (size_t)snprintf(deep + len, sizeof deep - len, "%d,2000,%d\n", i, i + 1);
    snprintf(deep + len, sizeof deep - len, "100,,\n");
    const kit_reason_case many = {
        "wide",
        "text",
        "code",
        "x.csv",
        "0",
        AY_FAIL,
        "retired 2000; replaced by 1, 10, 11, 12, 13, 14, 15, 16, 2, 3, 4, 5, 6, 7, 8, 9 or "
        "others",
        "已于 2000 停用；由 1、10、11、12、13、14、15、16、2、3、4、5、6、7、8、9 或其他代码 取代"};
    const kit_reason_case far = {"deep", "text", "code", "x.csv", "0", AY_FAIL, "retired 2000", "已于 2000 停用"};
    const kit_reason_case near = {
        "near", "text", "code", "x.csv", "60", AY_FAIL, "retired 2000; replaced by 100", "已于 2000 停用；由 100 取代"};
    const kit_reason_case round = {"round", "text", "code", "x.csv", "1", AY_FAIL, "retired 2000", "已于 2000 停用"};
    kit_run_reason(&many, wide);
    kit_run_reason(&far, deep);
    kit_run_reason(&near, deep);
    kit_run_reason(&round, "code,until,successors\n1,2000,2\n2,2000,1;2\n");
}

static void verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) kit_run_case(&cases[i].c, cases[i].file);
}

static const kit_reason_case reasons[] = {
    {"not listed", "text", "code", "{file: codes/x.csv, from: since, to: until}", "3", AY_FAIL,
     "not in the list codes/x.csv", "不在代码表 codes/x.csv 中"},
    {"not in force", "text date", "code", "{file: x.csv, from: since, to: until, at: b}", "2|2001-05-03", AY_FAIL,
     "not in force on 2001-05-03: retired 2000", "在 2001-05-03 不在有效期内：已于 2000 停用"},
    {"not in force yet", "text timestamptz", "code", "{file: x.csv, at: b}", "11|1994-12-31 15:59:59Z", AY_FAIL,
     "not in force on 1994-12-31 15:59:59Z: not in force before 1995",
     "在 1994-12-31 15:59:59Z 不在有效期内：自 1995 起才生效"},
    {"not in force today", "text", "code", "{file: x.csv, from: since, to: until}", "2", AY_FAIL, "retired 2000",
     "已于 2000 停用"},
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

#define PART(text) "'" text "' is not a part such as '1..6', from 1 to at most 1000 characters"
#define MAP        "{file: x.csv, from: f, to: t, parent: p}"
#define HEAD       "k,f,t,p\n"

static const struct {
    const char *file;
    kit_fault_case c;
} faults[] = {
    {"code,name,from,to\n1,one,,\n11,a,1995,2001-05\n11,b,2001-06-01,\n",
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
     {"at and since", "text date", "code", "{file: x.csv, at: b, since: b}", "contradiction", 1, 29,
      "'at' and 'since' exclude each other"}},
    {"code,since\n1,\n",
     {"since without an end of validity", "text date", "code", "{file: x.csv, since: b}", "no-effect", 1, 1,
      "'since' has no effect without 'to'"}},
    {"code,until\n1,\n",
     {"since is no date", "text integer", "code", "{file: x.csv, since: b}", "type-mismatch", 1, 22,
      "'since' needs a date, but field 'b' is of type integer"}},
    {"code,until\n1,\n",
     {"since is a list", "text date", "code", "{file: x.csv, since: [b]}", "wrong-kind", 1, 22,
      "expected one value, found a list"}},
    {"code,until\n1,\n",
     {"a year of two digits", "text", "code", "{file: x.csv, since: 7..8}", "bad-value", 1, 22,
      "a year has four characters, '7..8' are 2"}},
    {"code\n1\n", {"part from 0", "text", "code", "{file: x.csv, part: 0..6}", "bad-value", 1, 21, PART("0..6")}},
    {"code\n1\n", {"part backwards", "text", "code", "{file: x.csv, part: 6..1}", "bad-value", 1, 21, PART("6..1")}},
    {"code\n1\n",
     {"part too far", "text", "code", "{file: x.csv, part: 1..1001}", "bad-value", 1, 21, PART("1..1001")}},
    {"code\n1\n", {"part open", "text", "code", "{file: x.csv, part: 1..}", "bad-value", 1, 21, PART("1..")}},
    {"code\n1\n", {"part of one number", "text", "code", "{file: x.csv, part: 6}", "bad-value", 1, 21, PART("6")}},
    {"code\n1\n", {"part in words", "text", "code", "{file: x.csv, part: a..b}", "bad-value", 1, 21, PART("a..b")}},
    {"code\n1\n",
     {"part of huge numbers", "text", "code", "{file: x.csv, part: 1..4294967297}", "bad-value", 1, 21,
      PART("1..4294967297")}},
    {"code\n1\n", {"no files", "text", "code", "{file: []}", "no-effect", 1, 8, "the list is empty"}},
    {"code\n1\n",
     {"a file twice", "text", "code", "{file: [x.csv, y.csv, x.csv]}", "duplicate", 1, 23, "'x.csv' is listed twice"}},
    {"code\n1\n",
     {"a file that is a list", "text", "code", "{file: [[x.csv]]}", "wrong-kind", 1, 9,
      "expected one value, found a list"}},
    {"# only a comment\n", {"no header", "text", "code", "x.csv", "bad-code-list", 1, 0, "the code list is empty"}},
    {"# a\n# b\ncode\n\n",
     {"lines behind comments", "text", "code", "x.csv", "bad-code-list", 4, 0, "the code is empty"}},
    {"code,until,successors\n1,2000,2;3\n2,,\n",
     {"unknown successor", "text", "code", "x.csv", "bad-code-list", 2, 0, "a successor is not a code of the list"}},
    {"code,until,successors\n1,,2\n2,,\n",
     {"successor of a code in force", "text", "code", "x.csv", "bad-code-list", 2, 0,
      "a code whose validity has no end has no successors"}},
    {"code,successors\n1,2\n2,\n",
     {"successors without validity", "text", "code", "x.csv", "bad-code-list", 2, 0,
      "a code whose validity has no end has no successors"}},
    {"code,up\n1,\n",
     {"unknown successors column", "text", "code", "{file: x.csv, successors: heirs}", "unknown-column", 1, 27,
      "unknown column 'heirs'; known: code, up"}},
    {"code,parent\n11,1\n",
     {"unknown parent in the usual column", "text", "code", "x.csv", "bad-code-list", 2, 0,
      "the parent is not a code of the list"}},
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

/* More records than are looked up together, some of them inactive, with days of their own: as one by one. */
static void many_records(void **state)
{
    (void)state;
    enum { RECORDS = 200 };
    static const char *const args[] = {"{file: x.csv, from: since, to: until}",
                                       "{file: x.csv, from: since, to: until, at: b}",
                                       "{file: x.csv, from: since, to: until, part: 1..2, since: 3..6}"};
    static const char *const codes[] = {
        "1", "11", "2", "3", "11x", "112001", "110000", "992001", "11200", "", "a code of many bytes"};
    static const char *const days[] = {"2000-05-05", "1999-05-05", "NULL", "2001-02-30"};
    for (size_t a = 0; a < AY_COUNT(args); a++) {
        uint64_t fail[4] = {0}, unknown[4] = {0}, unreadable[4] = {0}, active[4] = {0};
        kit k;
        kit_open(&k, "text date");
        k.file = LIST;
        assert_true(kit_compile(&k, "code", args[a]));
        kit_batch(&k, RECORDS);
        for (uint32_t i = 0; i < RECORDS; i++) {
            char line[64];
            snprintf(line, sizeof line, "%s|%s", codes[i % AY_COUNT(codes)], days[i / 3 % AY_COUNT(days)]);
            kit_record(&k, i, line);
            if (i % 5) ay_bit_set(active, i);
        }
        assert_int_equal(kit_eval(&k, active, (ay_marks){fail, unknown, unreadable}, NULL), ASSAY_OK);
        for (uint32_t i = 0; i < RECORDS; i++) {
            uint64_t one[4] = {0}, f[4] = {0}, s[4] = {0}, u[4] = {0};
            if (i % 5) ay_bit_set(one, i);
            assert_int_equal(kit_eval(&k, one, (ay_marks){f, s, u}, NULL), ASSAY_OK);
            if (ay_bit(f, i) != ay_bit(fail, i) || ay_bit(s, i) != ay_bit(unknown, i) ||
                ay_bit(u, i) != ay_bit(unreadable, i))
                fail_msg("%s: record %u", args[a], i);
        }
        assert_true(ay_bits_count(fail, RECORDS) > 20 && ay_bits_count(fail, RECORDS) < 150);
        kit_close(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(verdicts_with_history),
        cmocka_unit_test(reasons_in_words),
        cmocka_unit_test(lapses_in_words),
        cmocka_unit_test(long_descent),
        cmocka_unit_test(faults_with_their_lines),
        cmocka_unit_test(every_bad_line_is_reported),
        cmocka_unit_test(too_many_columns),
        cmocka_unit_test(many_codes),
        cmocka_unit_test(many_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
