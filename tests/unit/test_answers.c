/* Answers read from CSV and NDJSON: what counts, what is refused and why. */
#include "order_kit.h"
#include "fault.h"
#include "order/day.h"

#define HEAD   "id,state,answer,remark,days,answered_by,answered_on\n"
#define COUNT1 "1 answered, 0 refused, 0 unanswered, 0 repeated\n"
#define BAD1   "0 answered, 1 refused, 0 unanswered, 0 repeated\n"

static const struct csv_case {
    const char *label, *text, *want;
} csv_cases[] = {
    {"plain", HEAD ID_A ",open,confirm,,,Li,2026-07-01\n", "2 A confirm||Li|2026-07-01|open|0\n" COUNT1},
    {"Chinese, other order, CRLF, mark, no last line end",
     "\xef\xbb\xbf答复,多余的列,工单编号,答复说明,状态\r\n不属实,x," ID_A ",已核对,已派发\r\n退回,y," ID_B
     ",非本单位,待派发",
     "2 A reject|已核对|||dispatched|0\n3 B return|非本单位|||open|0\n2 answered, 0 refused, 0 unanswered, 0 "
     "repeated\n"},
    {"capitals and spaces", HEAD " 0123456789ABCDEF0123456789ABCDEF ,Open, Confirm , , ,\xe3\x80\x80Li ,\n",
     "2 A confirm||Li||open|0\n" COUNT1},
    {"a title above", "工单,,\n,,\nid,answer,remark\n" ID_A ",confirm,\n", "4 A confirm|||||0\n" COUNT1},
    {"empty lines and lines without an answer",
     HEAD ",,,,,,\n" ID_A ",open,,note,,,\n" ID_B ",open,confirm,,,,\n\n\r\n",
     "4 B confirm||||open|0\n1 answered, 0 refused, 1 unanswered, 0 repeated\n"},
    {"extend", HEAD ID_A ",open,extend,外业核查,5,,\n", "2 A extend|外业核查|||open|5\n" COUNT1},
    {"extend in Chinese, as a number is saved", "工单编号,答复,答复说明,延期工作日\n" ID_A ",延期,雨季,10.00\n",
     "2 A extend|雨季||||10\n" COUNT1},
    {"remark of lines", HEAD ID_A ",open,dispute,\"a\r\nb\nc\",,,\n", "2 A dispute|a\nb\nc|||open|0\n" COUNT1},
    {"the apostrophe before a formula goes", HEAD ID_A ",open,reject,'=1+1,,'@x,\n",
     "2 A reject|=1+1|@x||open|0\n" COUNT1},
    {"another apostrophe stays", HEAD ID_A ",open,reject,'quoted',,''=x,\n",
     "2 A reject|'quoted'|'=x||open|0\n" COUNT1},
    {"control characters", HEAD ID_A ",open,reject,a\tb\x01,,\x7f\xc2\x81,\n",
     "2 A reject|a␉b␁|␡\xef\xbf\xbd||open|0\n" COUNT1},
    {"SQL is text", HEAD ID_A ",open,reject,'; DROP TABLE ticket; --,,Robert'),\n",
     "2 A reject|'; DROP TABLE ticket; --|Robert')||open|0\n" COUNT1},
    {"the same twice", HEAD ID_A ",open,confirm,,,,\n" ID_A ",open,confirm,,,,\n",
     "2 A confirm||||open|0\n1 answered, 0 refused, 0 unanswered, 1 repeated\n"},
    {"two answers",
     HEAD ID_A ",open,confirm,,,,\n" ID_A ",open,confirm,,,,\n" ID_A ",open,reject,no,,,\n" ID_B ",open,confirm,,,,\n",
     "2 A refused: line 4 answers the same ticket differently; keep one of them\n"
     "3 A refused: line 4 answers the same ticket differently; keep one of them\n"
     "4 A refused: line 2 answers the same ticket differently; keep one of them\n"
     "5 B confirm||||open|0\n1 answered, 3 refused, 0 unanswered, 0 repeated\n"},
    {"two remarks are two answers", HEAD ID_A ",open,reject,a,,,\n" ID_A ",open,reject,b,,,\n",
     "2 A refused: line 3 answers the same ticket differently; keep one of them\n"
     "3 A refused: line 2 answers the same ticket differently; keep one of them\n"
     "0 answered, 2 refused, 0 unanswered, 0 repeated\n"},
    {"an answer beside a wrong one", HEAD ID_A ",open,reject,,,,\n" ID_A ",open,confirm,,,,\n",
     "2 A refused: the answer 'reject' needs a remark that says why\n"
     "3 A refused: line 2 answers the same ticket differently; keep one of them\n"
     "0 answered, 2 refused, 0 unanswered, 0 repeated\n"},
    {"answered once, left empty once", HEAD ID_A ",open,,,,,\n" ID_A ",open,confirm,,,,\n",
     "3 A confirm||||open|0\n1 answered, 0 refused, 1 unanswered, 0 repeated\n"},
    {"unknown answer", HEAD ID_A ",open,ok,,,,\n",
     "2 A refused: answer 'ok' is unknown; allowed: confirm, correct, reject, return, dispute, extend\n" BAD1},
    {"unknown state", HEAD ID_A ",new,confirm,,,,\n",
     "2 A refused: state 'new' is unknown; allowed: open, dispatched, confirmed, rejected, corrected, returned, "
     "disputed, "
     "gone, closed\n" BAD1},
    {"no remark", HEAD ID_A ",open,return, ,,,\n",
     "2 A refused: the answer 'return' needs a remark that says why\n" BAD1},
    {"no id", HEAD ",open,confirm,,,,\n",
     "2  refused: '' is not the id of a ticket, which has 32 hexadecimal digits; copy it from the work order\n" BAD1},
    {"an id made a number", HEAD "1.23457E+31,open,confirm,,,,\n",
     "2 1.23457E+31 refused: '1.23457E+31' is not the id of a ticket, which has 32 hexadecimal digits; copy it from "
     "the "
     "work order\n" BAD1},
    {"extend without days", HEAD ID_A ",open,extend,x,,,\n",
     "2 A refused: 'extend' needs a number of working days from 1 to 250 in days, not ''\n" BAD1},
    {"extend by too much", HEAD ID_A ",open,extend,x,251,,\n",
     "2 A refused: 'extend' needs a number of working days from 1 to 250 in days, not '251'\n" BAD1},
    {"extend by half a day", HEAD ID_A ",open,extend,x,1.5,,\n",
     "2 A refused: 'extend' needs a number of working days from 1 to 250 in days, not '1.5'\n" BAD1},
    {"extend by nothing", HEAD ID_A ",open,extend,x,0,,\n",
     "2 A refused: 'extend' needs a number of working days from 1 to 250 in days, not '0'\n" BAD1},
    {"days without extend", HEAD ID_A ",open,confirm,,3,,\n",
     "2 A refused: days do not go with the answer 'confirm', but with 'extend'; empty the cell, or answer so\n" BAD1},
    {"no day", HEAD ID_A ",open,confirm,,,,2026-02-30\n",
     "2 A refused: answered_on '2026-02-30' is not a day; write it as 2026-07-01\n" BAD1},
    {"lines without their empty end, and longer ones", HEAD ID_A ",open,confirm\n" ID_B ",open,confirm,,,,,x\n",
     "2 A confirm||||open|0\n3 B confirm||||open|0\n2 answered, 0 refused, 0 unanswered, 0 repeated\n"},
    {"lines that cannot be split", HEAD "\"" ID_A "\"x,open,confirm\n" ID_B ",open,confirm\na\"b\nc\"\n\"",
     "2  refused: text after the closing quote of field 1\n3 B confirm||||open|0\n"
     "4  refused: a quote inside field 1, which does not begin with one\n"
     "5  refused: a quote inside field 1, which does not begin with one\n"
     "6  refused: the quote that opens field 1 is never closed\n1 answered, 4 refused, 0 unanswered, 0 repeated\n"},
    {"nothing", "",
     "status 4: no header with the columns 'id' and 'answer' (or '工单编号' and '答复'); fill in the work "
     "order as it was sent\n"},
    {"no header", "a,b\nc,d\n",
     "status 4: no header with the columns 'id' and 'answer' (or '工单编号' and '答复'); fill in "
     "the work order as it was sent\n"},
    {"a column twice", "id,answer,答复\n", "status 4: the header names the column 'answer' twice\n"},
    {"UTF-16", "\xff\xfei", "status 4: the file is UTF-16; save it as xlsx, or as CSV in UTF-8\n"},
    {"GB 18030",
     "\xb9\xa4\xb5\xa5\xb1\xe0\xba\xc5,\xb4\xf0\xb8\xb4,\xb4\xf0\xb8\xb4\xcb\xb5\xc3\xf7\n" ID_A
     ",\xcd\xcb\xbb\xd8,\xb7\xc7\xb1\xbe\xb5\xa5\xce\xbb\n",
     "2 A return|非本单位||||0\n" COUNT1},
};

static void test_csv(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(csv_cases); i++)
        kit_expect(csv_cases[i].label, AY_ORDER_CSV, ay_str_from(csv_cases[i].text), csv_cases[i].want);
}

static void test_ndjson(void **state)
{
    (void)state;
    static const struct csv_case cases[] = {
        {"plain",
         "\xef\xbb\xbf{\"id\":\"" ID_A
         "\",\"answer\":\"extend\",\"days\":3,\"remark\":\"\\u96e8\",\"value\":{\"a\":[1]}}\r\n\n",
         "1 A extend|雨||||3\n" COUNT1},
        {"days as text, nulls",
         "{\"id\":\"" ID_A "\",\"answer\":\"extend\",\"days\":\"3\",\"remark\":\"r\",\"answered_by\":null}",
         "1 A extend|r||||3\n" COUNT1},
        {"not answered", "{\"id\":\"" ID_A "\",\"state\":\"open\"}\n{}\n",
         "0 answered, 0 refused, 1 unanswered, 0 repeated\n"},
        {"NUL in a text", "{\"id\":\"" ID_A "\",\"answer\":\"reject\",\"remark\":\"a\\u0000b\"}",
         "1 A reject|a␀b||||0\n" COUNT1},
        {"an apostrophe is one", "{\"id\":\"" ID_A "\",\"answer\":\"reject\",\"remark\":\"'=1\"}",
         "1 A reject|'=1||||0\n" COUNT1},
        {"lines that are none", "[]\n{\"id\":1}}\n{\"answer\":[]}\n{\"id\":\"" ID_A "\",\"answer\":\"confirm\"}",
         "1  refused: no JSON object\n2  refused: JSON, byte 9: not JSON\n3  refused: the member 'answer' is no text\n"
         "4 A confirm|||||0\n1 answered, 3 refused, 0 unanswered, 0 repeated\n"},
        {"a member twice", "{\"id\":\"a\",\"id\":\"b\"}",
         "1  refused: JSON, byte 20: the name of a member occurs twice\n" BAD1},
        {"no UTF-8", "{\"id\":\"\xff\"}", "1  refused: JSON, byte 8: not UTF-8\n" BAD1},
        {"nothing", "", "0 answered, 0 refused, 0 unanswered, 0 repeated\n"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        kit_expect(cases[i].label, AY_ORDER_NDJSON, ay_str_from(cases[i].text), cases[i].want);
}

struct input {
    ay_order_format format;
    ay_str bytes;
};

static assay_status read_once(void *arg)
{
    const struct input *in = arg;
    ay_buf out = {0};
    const assay_status st = kit_read(in->format, in->bytes, &out);
    ay_buf_free(&out);
    return st;
}

static void test_lengths(void **state)
{
    (void)state;
    ay_buf text = {0};
    for (unsigned chars = 2000; chars <= 2001; chars++) {
        ay_buf_clear(&text);
        ay_buf_text(&text, HEAD ID_A ",open,reject,");
        for (unsigned i = 0; i < chars; i++) ay_buf_text(&text, "长");
        ay_buf_text(&text, ",,,\n");
        if (chars == 2001)
            kit_expect("2001", AY_ORDER_CSV, ay_buf_view(&text),
                       "2 A refused: remark is longer than 2000 characters\n" BAD1);
        else assert_int_equal(read_once(&(struct input){AY_ORDER_CSV, ay_buf_view(&text)}), ASSAY_OK);
    }
    ay_buf_free(&text);
}

static void test_days(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool from_1904;
        int64_t want; /* since 1970; -1: none */
    } cases[] = {
        {"2026-07-01", false, 20635},
        {"2026/7/1", false, 20635},
        {"2026.07.1", false, 20635},
        {"2026年7月1日", false, 20635},
        {"2026年7月1", false, 20635},
        {"20260701", false, 20635},
        {"2026-07-01 23:59", false, 20635},
        {"2026-07-01T08:00:00Z", false, 20635},
        {"46204", false, 20635},
        {"46204.75", false, 20635},
        {"44742", true, 20635},
        {"36526", false, 10957},
        {"73050", false, 47481},
        {"36525", false, -1},
        {"73051", false, -1},
        {"2024-02-29", false, 19782},
        {"2023-02-29", false, -1},
        {"2026-13-01", false, -1},
        {"2026-00-01", false, -1},
        {"2026-07-00", false, -1},
        {"1899-12-31", false, -1},
        {"", false, -1},
        {"7/1/2026", false, -1},
        {"2026-07", false, -1},
        {"2026-07-01x", false, -1},
        {"2026-07-011", false, -1},
        {"202607011", false, -1},
        {"-46204", false, -1},
        {"infinity", false, -1},
        {"20260732", false, -1},
        {"46204.7x", false, -1},
        {"12026-07-01", false, -1},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        int64_t day = -1;
        if (!ay_day_read(ay_str_from(cases[i].text), cases[i].from_1904, &day)) day = -1;
        if (day != cases[i].want) fail_msg("'%s': %lld", cases[i].text, (long long)day);
    }
}

/* What the sink says ends the reading. */
static assay_status stop(void *ctx, const ay_answer *answer, assay_err *err)
{
    (void)answer;
    ++*(int *)ctx;
    return ay_fail(err, ASSAY_ECANCELLED, "stop", "停");
}

static void test_sink_fails(void **state)
{
    (void)state;
    int calls = 0;
    assay_err err;
    ay_answers_count n = {.answered = 7};
    const ay_answers_sink sink = {.ctx = &calls, .line = stop};
    const ay_str text = AY_STR(HEAD ID_A ",open,confirm,,,,\n" ID_B ",open,confirm,,,,\n");
    assert_int_equal(ay_answers_read(AY_ORDER_CSV, text, &sink, &n, &err), ASSAY_ECANCELLED);
    assert_int_equal(calls, 1);
    assert_int_equal(n.answered, 7);
}

/* ---- Faults ---- */

static void test_no_memory(void **state)
{
    (void)state;
    struct input inputs[] = {
        {AY_ORDER_CSV, AY_STR(HEAD ID_A ",open,extend,x,3,Li,46204\n" ID_A ",open,extend,x,3,Li,46204\n" ID_B
                                        ",x,no,,,,\n,,,,,,y\nx\n")},
        {AY_ORDER_CSV, AY_STR("id,answer,\xb4\xf0\xb8\xb4\xcb\xb5\xc3\xf7\n" ID_A ",reject,\xcd\xcb\n")},
        {AY_ORDER_NDJSON,
         AY_STR("{\"id\":\"" ID_A
                "\",\"answer\":\"confirm\",\"remark\":\"\\n\"}\n{}\n[\n{\"id\":\"x\",\"answer\":\"y\"}")},
    };
    for (size_t i = 0; i < AY_COUNT(inputs); i++) assert_true(fail_each_allocation(read_once, &inputs[i]) > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),  cmocka_unit_test(test_ndjson),     cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_days), cmocka_unit_test(test_sink_fails), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
