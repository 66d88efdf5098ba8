/* Answers read from xlsx files of many makers, whole, odd, hostile and damaged. */
#include "order_kit.h"
#include "fault.h"
#include "xlsx_kit.h"

#define ROW(cells)  "<row>" cells "</row>"
#define TEXT(text)  "<c t='inlineStr'><is><t>" text "</t></is></c>"
#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"
#define HEAD        ROW(TEXT("id") TEXT("answer") TEXT("remark") TEXT("answered_on") TEXT("days"))
#define CONFIRM     ROW(TEXT(ID_A) TEXT("confirm"))
#define SHARED                                                                                                         \
    "<sst><si><t>" ID_A "</t></si><si><r><t>re</t></r><r><t>ject</t></r><rPh><t>no</t></rPh></si><si><t>why</t></si>"  \
    "<si/></sst>"
#define COUNT1 "1 answered, 0 refused, 0 unanswered, 0 repeated\n"

static const struct xlsx_case {
    const char *label, *sheet, *want;
    const char *book, *relations, *shared; /* NULL: as usual */
} cases[] = {
    {.label = "inline texts", SHEET(HEAD CONFIRM), "2 A confirm|||||0\n" COUNT1},
    {.label = "shared texts, of runs, without readings",
     SHEET(HEAD ROW("<c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'><v>2</v></c><c t='s'><v>3</v></c>")),
     "2 A reject|why||||0\n" COUNT1},
    {.label = "places of rows and cells, gaps between",
     SHEET("<row r='3'><c r='B3' t='inlineStr'><is><t>answer</t></is></c><c r='AA3' "
           "t='inlineStr'><is><t>id</t></is></c></row>"
           "<row r='9'><c r='B9' t='str'><f>x</f><v>confirm</v></c><c r='AA9' t='inlineStr'><is><t>" ID_A
           "</t></is></c></row>"),
     "9 A confirm|||||0\n" COUNT1},
    {.label = "numbers: a day, days",
     SHEET(HEAD ROW(TEXT(ID_A) TEXT("extend") TEXT("r") "<c><v>46204.5</v></c><c t='n'><v>5</v></c>")),
     "2 A extend|r||2026-07-01||5\n" COUNT1},
    {.label = "days counted from 1904",
     SHEET(HEAD ROW(TEXT(ID_A) TEXT("confirm") TEXT("") "<c><v>44742</v></c>")),
     "2 A confirm|||2026-07-01||0\n" COUNT1,
     .book = "<workbook><workbookPr date1904='1'/><sheets><sheet id='rId7'/></sheets></workbook>"},
    {.label = "names with prefixes",
     "<x:worksheet xmlns:x='m'><x:sheetData><x:row><x:c t='inlineStr'><x:is><x:t>id</x:t></x:is></x:c><x:c "
     "t='inlineStr'><x:is>"
     "<x:t>answer</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>",
     "0 answered, 0 refused, 0 unanswered, 0 repeated\n"},
    {.label = "entities, escapes",
     SHEET(HEAD ROW(TEXT(ID_A) TEXT("reject") TEXT("&lt;a&#38;&quot;_x000D_\n_x005F_x0041__x0001__xD800__x00_"))),
     "2 A reject|<a&\"\n_x0041_␁\xef\xbf\xbd_x00_||||0\n" COUNT1},
    {.label = "a formula's apostrophe stays",
     SHEET(HEAD ROW(TEXT(ID_A) TEXT("reject") TEXT("'=1"))),
     "2 A reject|'=1||||0\n" COUNT1},
    {.label = "an error value",
     SHEET(HEAD ROW(TEXT(ID_A) "<c t='e'><v>#REF!</v></c>")),
     "2 A refused: answer '#REF!' is unknown; allowed: confirm, correct, reject, return, dispute, extend\n"
     "0 answered, 1 refused, 0 unanswered, 0 repeated\n"},
    {.label = "far to the right",
     SHEET(HEAD "<row><c r='XFD2'><v>1</v></c><c t='inlineStr'><is><t>y</t></is></c></row>"),
     "0 answered, 0 refused, 0 unanswered, 0 repeated\n"},
    {.label = "text outside of cells",
     SHEET("x<row>y<t>z</t><v>1</v></row>" HEAD "<c t='s'><v>99</v></c>"),
     "0 answered, 0 refused, 0 unanswered, 0 repeated\n"},
    {.label = "no header",
     SHEET(ROW(TEXT("a"))),
     "status 4: no header with the columns 'id' and 'answer' (or '工单编号' and '答复'); fill in the work order as it "
     "was sent\n"},
    {.label = "a shared text that is not there",
     SHEET(HEAD ROW("<c t='s'><v>4</v></c>")),
     "status 4: the xlsx file names a text that it does not hold\n"},
    {.label = "a shared text without a number",
     SHEET(HEAD ROW("<c t='s'><v>-1</v></c>")),
     "status 4: the xlsx file names a text that it does not hold\n"},
    {.label = "a shared text of a huge number",
     SHEET(HEAD ROW("<c t='s'><v>18446744073709551616</v></c>")),
     "status 4: the xlsx file names a text that it does not hold\n"},
    {.label = "a row of no number",
     SHEET("<row r='0'/>"),
     "status 4: the xlsx file has a row without a right number\n"},
    {.label = "a row twice",
     SHEET("<row r='3'/><row r='3'/>"),
     "status 4: the xlsx file has a row without a right number\n"},
    {.label = "a row too far",
     SHEET("<row r='1048577'/>"),
     "status 4: the xlsx file has a row without a right number\n"},
    {.label = "a cell of no place",
     SHEET("<row><c r='1A'/></row>"),
     "status 4: the xlsx file has a cell without a right place\n"},
    {.label = "entities of its own",
     "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>" SHEET(HEAD ROW(TEXT("&b;"))),
     "status 4: the xlsx file declares a document type, which is not read\n"},
    {.label = "an external entity",
     "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>" SHEET(HEAD),
     "status 4: the xlsx file declares a document type, which is not read\n"},
    {.label = "an entity that is none",
     SHEET(HEAD ROW(TEXT("&b;"))),
     "status 4: the xlsx file is no XML inside: line 1: undefined entity\n"},
    {.label = "cut short",
     "<worksheet><sheetData>",
     "status 4: the xlsx file is no XML inside: line 1: no element found\n"},
    {.label = "no UTF-8",
     SHEET(HEAD ROW(TEXT("\xff"))),
     "status 4: the xlsx file is no XML inside: line 1: not well-formed (invalid token)\n"},
    {.label = "no sheet", SHEET(HEAD), "status 4: the file is no xlsx workbook with a sheet\n", .book = "<workbook/>"},
    {.label = "a sheet without an id",
     SHEET(HEAD),
     "status 4: the file is no xlsx workbook with a sheet\n",
     .book = "<w><sheet/></w>"},
    {.label = "a sheet that nothing relates to",
     SHEET(HEAD),
     "status 4: the file is no xlsx workbook with a sheet\n",
     .relations = "<Relationships/>"},
    {.label = "a sheet that is not there",
     SHEET(HEAD),
     "status 4: the file is no xlsx workbook with a sheet\n",
     .relations = "<Relationships><Relationship Id='rId7' Type='t' Target='../../etc/passwd'/></Relationships>"},
    {.label = "no shared texts",
     SHEET(HEAD CONFIRM),
     "2 A confirm|||||0\n" COUNT1,
     .relations = "<Relationships><Relationship Id='rId7' Type='t' Target='worksheets/Sheet1.XML'/></Relationships>"},
};

static void make(const struct xlsx_case *c, ay_buf *out)
{
    kit_xlsx(ay_str_from(c->book ? c->book : KIT_BOOK), ay_str_from(c->relations ? c->relations : KIT_RELATIONS),
             ay_str_from(c->shared ? c->shared : SHARED), ay_str_from(c->sheet), out);
}

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf bytes = {0};
        make(&cases[i], &bytes);
        kit_expect(cases[i].label, AY_ORDER_XLSX, ay_buf_view(&bytes), cases[i].want);
        ay_buf_free(&bytes);
    }
}

static void test_no_archive(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        ay_str bytes;
        const char *want;
    } others[] = {
        {"nothing", {"", 0}, "status 4: the xlsx file is damaged or cut short; ask for it again\n"},
        {"text", {"id,answer\n", 10}, "status 4: the xlsx file is damaged or cut short; ask for it again\n"},
        {"xls",
         {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8},
         "status 4: the file is an old xls or has a password; save it as xlsx without one\n"},
    };
    for (size_t i = 0; i < AY_COUNT(others); i++)
        kit_expect(others[i].label, AY_ORDER_XLSX, others[i].bytes, others[i].want);
}

/* A part that is said to be deflated, of bytes that are. */
static void make_deflated(const char *sheet, size_t size, ay_buf *out)
{
    ay_buf packed = {0};
    z_stream z = {0};
    char *to = ay_buf_reserve(&packed, size / 100 + 1024);
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)sheet;
    z.avail_in = (uInt)size;
    z.next_out = (Bytef *)to;
    z.avail_out = (uInt)(size / 100 + 1024);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    packed.len = z.total_out;
    assert_int_equal(deflateEnd(&z), Z_OK);
    kit_xlsx(AY_STR(KIT_BOOK), AY_STR(KIT_RELATIONS), AY_STR(SHARED), ay_buf_view(&packed), out);
    ay_buf_free(&packed);
}

/* Of the last part, in its entry in the directory. */
static void patch(ay_buf *xlsx, size_t at, size_t value, size_t bytes)
{
    const size_t entry = xlsx->len - 22 - 46 - strlen("xl/worksheets/sheet1.xml");
    for (size_t i = 0; i < bytes; i++) xlsx->ptr[entry + at + i] = (char)(value >> 8 * i & 0xff);
}

#define METHOD_AT 10
#define FLAGS_AT  8
#define CRC_AT    16
#define SIZE_AT   24

static void test_deflated(void **state)
{
    (void)state;
    static const char sheet[] = SHEET(HEAD CONFIRM);
    const size_t size = sizeof sheet - 1;
    const char *const damaged = "status 4: the xlsx file is damaged or cut short; ask for it again\n";
    const uLong crc = crc32(crc32(0, NULL, 0), (const Bytef *)sheet, (uInt)size);
    const struct {
        const char *label;
        size_t method, flags, crc, size;
        const char *want;
    } variants[] = {
        {"whole", 8, 0, crc, size, "2 A confirm|||||0\n" COUNT1},
        {"another checksum", 8, 0, crc + 1, size, damaged},
        {"another size", 8, 0, crc, size + 1, damaged},
        {"not deflated", 0, 0, crc, size,
         "status 4: the xlsx file is no XML inside: line 1: not well-formed (invalid token)\n"},
        {"encrypted", 8, 1, crc, size, "status 4: the xlsx file is encrypted; save it without a password\n"},
        {"another method", 9, 0, crc, size,
         "status 4: the xlsx file is packed by a method (9) that is not read; save it again with a spreadsheet "
         "program\n"},
    };
    for (size_t i = 0; i < AY_COUNT(variants); i++) {
        ay_buf bytes = {0};
        make_deflated(sheet, size, &bytes);
        patch(&bytes, METHOD_AT, variants[i].method, 2);
        patch(&bytes, FLAGS_AT, variants[i].flags, 2);
        patch(&bytes, CRC_AT, variants[i].crc, 4);
        patch(&bytes, SIZE_AT, variants[i].size, 4);
        kit_expect(variants[i].label, AY_ORDER_XLSX, ay_buf_view(&bytes), variants[i].want);
        ay_buf_free(&bytes);
    }
}

/* Spaces between rows, which shrink a thousandfold; and one tag without end. */
static void test_bombs(void **state)
{
    (void)state;
    static const struct {
        const char *label, *begin;
        char fill;
        size_t size;
        const char *want;
    } bombs[] = {
        {"blank", "<worksheet>", ' ', (size_t)64 << 20,
         "status 5: the xlsx file unpacks to more than a work order can hold\n"},
        {"a long tag", "<worksheet a='", 'a', (size_t)3 << 20,
         "status 5: the xlsx file has a tag longer than 1048576 bytes\n"},
        {"a long text", "<worksheet><row><c t='inlineStr'><is><t>", 'a', (size_t)3 << 20,
         "status 4: the xlsx file is no XML inside: line 1: no element found\n"},
    };
    for (size_t i = 0; i < AY_COUNT(bombs); i++) {
        ay_buf bytes = {0};
        char *sheet = ay_alloc(bombs[i].size);
        assert_non_null(sheet);
        memset(sheet, bombs[i].fill, bombs[i].size);
        memcpy(sheet, bombs[i].begin, strlen(bombs[i].begin));
        make_deflated(sheet, bombs[i].size, &bytes);
        patch(&bytes, METHOD_AT, 8, 2);
        patch(&bytes, SIZE_AT, bombs[i].size, 4);
        patch(&bytes, CRC_AT, crc32(crc32(0, NULL, 0), (const Bytef *)sheet, (uInt)bombs[i].size), 4);
        kit_expect(bombs[i].label, AY_ORDER_XLSX, ay_buf_view(&bytes), bombs[i].want);
        ay_buf_free(&bytes);
        ay_free(sheet);
    }
}

/* Cut anywhere, any byte changed: an error with a reason, or what was said before. */
static void test_damaged(void **state)
{
    (void)state;
    static const char whole[] = "2 A confirm|||||0\n" COUNT1;
    ay_buf bytes = {0};
    make(&cases[0], &bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        ay_buf out = {0};
        assert_int_equal(kit_read(AY_ORDER_XLSX, (ay_str){bytes.ptr, len}, &out), ASSAY_EFORMAT);
        ay_buf_free(&out);
    }
    for (size_t at = 0; at < bytes.len; at++) {
        ay_buf out = {0};
        bytes.ptr[at] = (char)(bytes.ptr[at] ^ 0x10);
        if (kit_read(AY_ORDER_XLSX, ay_buf_view(&bytes), &out) == ASSAY_OK && strcmp(out.ptr, whole) != 0)
            fail_msg("byte %zu: %s", at, out.ptr);
        bytes.ptr[at] = (char)(bytes.ptr[at] ^ 0x10);
        ay_buf_free(&out);
    }
    ay_buf_free(&bytes);
}

/* One long text, named by cell after cell. */
static void test_repeated_text(void **state)
{
    (void)state;
    ay_buf shared = {0}, bytes = {0};
    ay_buf_text(&shared, "<sst><si><t>");
    for (size_t i = 0; i < (size_t)3 << 20; i++) ay_buf_char(&shared, 'a');
    ay_buf_text(&shared, "</t></si></sst>");
    const ay_str sheet =
        AY_STR(SHEET(HEAD ROW("<c t='s'><v>0</v></c><c t='s'><v>0</v></c>") ROW("<c t='s'><v>0</v></c>" TEXT("confirm"))
                         ROW("<c t='s'><v>0</v></c><c t='s'><v>0</v></c><c t='s'><v>0</v></c>")));
    kit_xlsx(AY_STR(KIT_BOOK), AY_STR(KIT_RELATIONS), ay_buf_view(&shared), sheet, &bytes);
    kit_expect("a row of 9 MiB", AY_ORDER_XLSX, ay_buf_view(&bytes),
               "status 5: a text would be longer than 8388608 bytes\n");
    ay_buf_free(&shared);
    ay_buf_free(&bytes);
}

static assay_status read_once(void *arg)
{
    ay_buf out = {0};
    const assay_status st = kit_read(AY_ORDER_XLSX, ay_buf_view(arg), &out);
    ay_buf_free(&out);
    return st;
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char sheet[] = SHEET(HEAD ROW("<c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'><v>2</v></c>"));
    ay_buf bytes = {0};
    make_deflated(sheet, sizeof sheet - 1, &bytes);
    patch(&bytes, METHOD_AT, 8, 2);
    patch(&bytes, SIZE_AT, sizeof sheet - 1, 4);
    patch(&bytes, CRC_AT, crc32(crc32(0, NULL, 0), (const Bytef *)sheet, sizeof sheet - 1), 4);
    assert_true(fail_each_allocation(read_once, &bytes) > 20);
    ay_buf_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),      cmocka_unit_test(test_no_archive), cmocka_unit_test(test_deflated),
        cmocka_unit_test(test_bombs),     cmocka_unit_test(test_damaged),    cmocka_unit_test(test_repeated_text),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
