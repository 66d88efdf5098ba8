/* Calendars of working days. The days of the committed calendar were counted by hand from the yearly notices of the
 * State Council, not taken from the origin of the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/buf.h"
#include "base/time.h"
#include "base/workdays.h"
#include "fault.h"

static int64_t day_of(const char *date)
{
    int64_t day = 0;
    if (ay_date_parse(ay_str_from(date), &day) != AY_TIME_OK) fail_msg("%s", date);
    return day;
}

static void read_calendar(ay_buf *out)
{
    FILE *file = fopen(ASSAY_CALENDAR, "rb");
    assert_non_null(file);
    for (size_t n = 1; n; out->len += n) {
        char *room = ay_buf_reserve(out, 4096);
        assert_non_null(room);
        n = fread(room, 1, 4096, file);
    }
    fclose(file);
}

static ay_workdays *parse(ay_str text)
{
    ay_workdays *days = NULL;
    assay_err err;
    if (ay_workdays_parse(text, "cn.csv", &days, &err) != ASSAY_OK) fail_msg("line %u: %s", err.line, err.text);
    return days;
}

static ay_workdays *parse_committed(void)
{
    ay_buf text = {0};
    read_calendar(&text);
    ay_workdays *days = parse(ay_buf_view(&text));
    ay_buf_free(&text);
    return days;
}

/* ---- counting ---- */

static const struct due_case {
    const char *from;
    uint32_t n;
    const char *due;
} dues[] = {
    /* Spring Festival 2026: free 15 to 23 February, worked on Saturday 14 and Saturday 28 */
    {"2026-02-13", 0, "2026-02-13"},
    {"2026-02-13", 1, "2026-02-14"},
    {"2026-02-13", 2, "2026-02-24"},
    {"2026-02-13", 5, "2026-02-27"},
    {"2026-02-13", 6, "2026-02-28"},
    {"2026-02-13", 7, "2026-03-02"},
    {"2026-02-13", 10, "2026-03-05"},
    {"2026-02-18", 0, "2026-02-18"}, /* asked for on a free day */
    {"2026-02-18", 1, "2026-02-24"},
    {"2026-02-14", 1, "2026-02-24"},
    /* Spring Festival 2025: free 28 January to 4 February, worked on Sunday 26 January and Saturday 8 February */
    {"2025-01-24", 1, "2025-01-26"},
    {"2025-01-24", 3, "2025-02-05"},
    {"2025-01-24", 10, "2025-02-13"},
    /* 2020: free 24 January to 2 February, as it was prolonged; Saturday 1 February was not worked */
    {"2020-01-18", 1, "2020-01-19"},
    {"2020-01-23", 1, "2020-02-03"},
    {"2020-01-23", 10, "2020-02-14"},
    /* National Day and Mid-Autumn 2026: free 25 to 27 September and 1 to 7 October, worked on Sunday 20 September and
     * Saturday 10 October */
    {"2026-09-18", 1, "2026-09-20"},
    {"2026-09-24", 3, "2026-09-30"},
    {"2026-09-24", 4, "2026-10-08"},
    {"2026-09-24", 6, "2026-10-10"},
    {"2026-09-24", 10, "2026-10-15"},
    /* National Day 2025: free 1 to 8 October, worked on Sunday 28 September and Saturday 11 October */
    {"2025-09-26", 1, "2025-09-28"},
    {"2025-09-26", 10, "2025-10-16"},
    /* The 70th anniversary, 2015: free 3 to 5 September, worked on Sunday 6 */
    {"2015-09-02", 1, "2015-09-06"},
    {"2015-09-02", 2, "2015-09-07"},
    /* Ends of years: 2013 free 1 to 3 January, worked on Saturday 5 and Sunday 6; 2008 free 30 December to 1 January,
     * worked on Saturday 29 December; 2026 free 1 to 3 January, worked on Sunday 4 */
    {"2012-12-31", 1, "2013-01-04"},
    {"2012-12-31", 3, "2013-01-06"},
    {"2012-12-31", 4, "2013-01-07"},
    {"2007-12-28", 1, "2007-12-29"},
    {"2007-12-28", 2, "2008-01-02"},
    {"2025-12-31", 1, "2026-01-04"},
    {"2025-12-31", 10, "2026-01-15"},
    /* The edges of the calendar: what is counted has to be known, not where counting starts */
    {"2003-12-31", 1, "2004-01-02"},
    {"2026-12-17", 10, "2026-12-31"},
    {"2026-12-30", 1, "2026-12-31"},
    {"2031-06-01", 0, "2031-06-01"},
    /* A plain week */
    {"2026-11-06", 1, "2026-11-09"},
    {"2026-11-07", 1, "2026-11-09"},
    {"2026-11-06", 5, "2026-11-13"},
};

static void test_due(void **state)
{
    (void)state;
    ay_workdays *days = parse_committed();
    for (size_t i = 0; i < AY_COUNT(dues); i++) {
        int64_t due = 0;
        assay_err err = {0};
        if (ay_workdays_add(days, day_of(dues[i].from), dues[i].n, &due, &err) != ASSAY_OK)
            fail_msg("%s + %u: %s", dues[i].from, dues[i].n, err.text);
        if (due != day_of(dues[i].due)) fail_msg("%s + %u: not %s", dues[i].from, dues[i].n, dues[i].due);
    }
    assert_null(ay_workdays_free(days));
    assert_null(ay_workdays_free(NULL));
}

static const struct working_case {
    const char *date;
    bool working;
} workings[] = {
    {"2004-01-01", false}, {"2004-01-02", true},  {"2026-12-31", true},  {"2026-02-14", true},  {"2026-02-15", false},
    {"2026-02-24", true},  {"2026-10-10", true},  {"2026-10-11", false}, {"2026-11-07", false}, {"2026-11-06", true},
    {"2024-02-29", true},  {"2026-04-04", false}, {"2026-04-06", false}, {"2020-02-01", false}, {"2026-05-09", true},
};

static void test_working(void **state)
{
    (void)state;
    ay_workdays *days = parse_committed();
    for (size_t i = 0; i < AY_COUNT(workings); i++) {
        bool working = !workings[i].working;
        assert_int_equal(ay_workdays_is_working(days, day_of(workings[i].date), &working, NULL), ASSAY_OK);
        if (working != workings[i].working) fail_msg("%s", workings[i].date);
    }
    ay_workdays_free(days);
}

/* ---- years that are not there ---- */

static const struct missing_case {
    const char *from;
    uint32_t n;
    const char *year;
} missing[] = {
    {"2026-12-31", 1, "2027"},  {"2026-12-18", 10, "2027"}, {"2026-12-30", 2, "2027"},
    {"2003-12-30", 1, "2003"},  {"1999-05-01", 1, "1999"},  {"2030-01-31", 3, "2030"},
    {"9999-12-31", 1, "10000"}, {"0001-01-01", 1, "1"},     {"2004-01-01", UINT32_MAX, "2027"},
};

static void test_missing_year(void **state)
{
    (void)state;
    ay_workdays *days = parse_committed();
    for (size_t i = 0; i < AY_COUNT(missing); i++) {
        const struct missing_case *c = &missing[i];
        int64_t due = 77;
        assay_err err = {0};
        char want[256];
        snprintf(want, sizeof want,
                 "calendar 'cn.csv' has the years 2004-2026, but %s is needed: add the holidays and make-up days of "
                 "that year",
                 c->year);
        assert_int_equal(ay_workdays_add(days, day_of(c->from), c->n, &due, &err), ASSAY_ELIMIT);
        assert_string_equal(err.text, want);
        assert_non_null(strstr(err.text_zh, "日历“cn.csv”只有 2004-2026 年，还需要 "));
        assert_int_equal(due, 77);
    }
    bool working;
    assay_err err = {0};
    assert_int_equal(ay_workdays_is_working(days, day_of("2027-01-01"), &working, &err), ASSAY_ELIMIT);
    assert_int_equal(ay_workdays_is_working(days, day_of("2003-12-31"), &working, NULL), ASSAY_ELIMIT);
    ay_workdays_free(days);
}

static void test_no_day(void **state)
{
    (void)state;
    static const int64_t odd[] = {INT64_MAX, INT64_MIN, 2932897, -719163};
    ay_workdays *days = parse_committed();
    for (size_t i = 0; i < AY_COUNT(odd); i++) {
        int64_t due;
        bool working;
        assert_int_equal(ay_workdays_add(days, odd[i], 1, &due, NULL), ASSAY_EUSAGE);
        assert_int_equal(ay_workdays_add(days, odd[i], 0, &due, NULL), ASSAY_EUSAGE);
        assert_int_equal(ay_workdays_is_working(days, odd[i], &working, NULL), ASSAY_EUSAGE);
    }
    ay_workdays_free(days);
}

/* ---- reading ---- */

#define YEARS  "# years: 2026-2026\n"
#define HEADER YEARS "date,kind,name\n"
#define FIRST  "2026-01-01,holiday,元旦\n"

static const char *const good[] = {
    HEADER FIRST,
    "# a\n#\n" HEADER FIRST,
    "\xEF\xBB\xBF" HEADER FIRST,
    "# years: 2026-2026\r\ndate,kind,name\r\n2026-01-01,holiday,\r\n2026-01-04,workday,x\r\n",
    HEADER "2026-01-03,holiday,a Saturday\n2026-01-04,workday,a Sunday\n",
    "# years: 2024-2025\ndate,kind,name\n2024-02-29,holiday,\n2025-12-31,holiday,\n",
};

static const struct bad_case {
    const char *text;
    uint32_t line;
    const char *want;
} bad[] = {
    {"", 1, "a whole line is missing here: the file may have been cut off"},
    {"# years: 2026-2026\n", 2, "a whole line is missing here: the file may have been cut off"},
    {"# years: 2026-2026", 1, "a whole line is missing here: the file may have been cut off"},
    {HEADER FIRST "2026-01-04,workday,元", 4, "a whole line is missing here: the file may have been cut off"},
    {HEADER, 2, "no holiday is listed for the year 2026, which the calendar says it has"},
    {"date,kind,name\n" FIRST, 1, "a line '# years: 2004-2026' must stand before the header"},
    {"# year: 2026-2026\ndate,kind,name\n", 2, "a line '# years: 2004-2026' must stand before the header"},
    {YEARS YEARS "date,kind,name\n" FIRST, 2, "the years are stated twice"},
    {"# years: 2026\n", 1, "'2026' is not a range of years such as 2004-2026"},
    {"# years: 2026-25\n", 1, "'2026-25' is not a range of years such as 2004-2026"},
    {"# years: 2026-2025\n", 1, "'2026-2025' is not a range of years such as 2004-2026"},
    {"# years: 2026-2026 \n", 1, "'2026-2026 ' is not a range of years such as 2004-2026"},
    {"# years: 0000-2026\n", 1, "'0000-2026' is not a range of years such as 2004-2026"},
    {"# years: 2004-20266\n", 1, "'2004-20266' is not a range of years such as 2004-2026"},
    {YEARS "date,kind\n", 2, "the header must be 'date,kind,name', found 'date,kind'"},
    {YEARS FIRST, 2, "the header must be 'date,kind,name', found '2026-01-01,holiday,元旦'"},
    {YEARS "\n", 2, "the header must be 'date,kind,name', found ''"},
    {HEADER "\n", 3, "a line has three cells: date,kind,name"},
    {HEADER FIRST "# later\n", 4, "a line has three cells: date,kind,name"},
    {HEADER "2026-01-01,holiday\n", 3, "a line has three cells: date,kind,name"},
    {HEADER "2026-01-01,holiday,a,b\n", 3, "a line has three cells: date,kind,name"},
    {HEADER "2026-02-30,holiday,\n", 3, "'2026-02-30' is not a date such as 2026-10-01"},
    {HEADER "2026-1-1,holiday,\n", 3, "'2026-1-1' is not a date such as 2026-10-01"},
    {HEADER "20260101,holiday,\n", 3, "'20260101' is not a date such as 2026-10-01"},
    {HEADER "2026/01/01,holiday,\n", 3, "'2026/01/01' is not a date such as 2026-10-01"},
    {HEADER " 2026-01-1,holiday,\n", 3, "' 2026-01-1' is not a date such as 2026-10-01"},
    {HEADER "infinity,holiday,\n", 3, "'infinity' is not a date such as 2026-10-01"},
    {HEADER "\"2026-01-01\",holiday,\n", 3, "'\"2026-01-01\"' is not a date such as 2026-10-01"},
    {HEADER FIRST "2027-01-01,holiday,\n", 4, "2027-01-01 lies outside the stated years 2026-2026"},
    {HEADER "2025-12-31,holiday,\n", 3, "2025-12-31 lies outside the stated years 2026-2026"},
    {HEADER FIRST FIRST, 4, "2026-01-01 is listed twice"},
    {HEADER FIRST "2026-01-01,workday,\n", 4, "2026-01-01 is listed twice"},
    {HEADER "2026-01-02,holiday,\n" FIRST, 4,
     "2026-01-01 stands behind a later day: the days must be in order of time"},
    {HEADER "2026-01-01,Holiday,\n", 3, "'Holiday' is neither 'holiday' nor 'workday'"},
    {HEADER "2026-01-01,,\n", 3, "'' is neither 'holiday' nor 'workday'"},
    {HEADER FIRST "2026-01-05,workday,\n", 4, "2026-01-05 is no Saturday or Sunday: people work on it anyway"},
    {HEADER "2026-01-04,workday,\n", 3, "no holiday is listed for the year 2026, which the calendar says it has"},
    {"# years: 2025-2027\ndate,kind,name\n2025-01-01,holiday,\n2027-01-01,holiday,\n", 4,
     "no holiday is listed for the year 2026, which the calendar says it has"},
    {"# years: 2025-2026\ndate,kind,name\n2025-01-01,holiday,\n", 3,
     "no holiday is listed for the year 2026, which the calendar says it has"},
    {"# years: 0001-9999\ndate,kind,name\n9999-12-31,holiday,\n", 3,
     "no holiday is listed for the year 1, which the calendar says it has"},
    {HEADER FIRST "2026-01-04,workday,\xff\n", 4, "the calendar is not UTF-8"},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(good); i++) ay_workdays_free(parse(ay_str_from(good[i])));
}

static void check_refused(ay_str text, uint32_t line, const char *want)
{
    ay_workdays *days = NULL;
    assay_err err = {0};
    const assay_status status = ay_workdays_parse(text, "x", &days, &err);
    if (status != ASSAY_EFORMAT || err.line != line || strcmp(err.text, want) != 0)
        fail_msg("%.60s: status %d, line %u: %s", text.ptr, (int)status, err.line, err.text);
    if (!err.text_zh[0] || strcmp(err.text, err.text_zh) == 0) fail_msg("not translated: %s", err.text);
    assert_null(days);
    assert_int_equal(ay_workdays_parse(text, "x", &days, NULL), ASSAY_EFORMAT);
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(bad); i++) check_refused(ay_str_from(bad[i].text), bad[i].line, bad[i].want);
    check_refused((ay_str){NULL, 0}, 1, "a whole line is missing here: the file may have been cut off");
}

/* As long as a calendar may be, and one byte more. */
static void test_huge(void **state)
{
    (void)state;
    static const char body[] = HEADER FIRST;
    ay_buf text = {0};
    ay_buf_text(&text, "# ");
    while (text.len < AY_WORKDAYS_BYTES - sizeof body) ay_buf_char(&text, 'x');
    ay_buf_text(&text, "\n" HEADER FIRST);
    assert_int_equal(text.len, AY_WORKDAYS_BYTES);
    ay_workdays_free(parse(ay_buf_view(&text)));
    ay_buf_char(&text, '\n');
    check_refused(ay_buf_view(&text), 0, "a calendar has at most 1048576 bytes");
    ay_buf_free(&text);
}

/* Cut anywhere, the committed calendar is refused, but for where a whole day of the last year ends. */
static void test_truncated(void **state)
{
    (void)state;
    ay_buf text = {0};
    read_calendar(&text);
    size_t accepted = 0;
    for (size_t len = 0; len < text.len; len++) {
        ay_workdays *days = NULL;
        if (ay_workdays_parse((ay_str){text.ptr, len}, "x", &days, NULL) != ASSAY_OK) continue;
        accepted++;
        assert_int_equal(text.ptr[len - 1], '\n');
        ay_workdays_free(days);
    }
    assert_int_equal(accepted, 38); /* of the 39 lines of 2026 */
    ay_buf_free(&text);
}

static assay_status parse_once(void *arg)
{
    ay_workdays *days = NULL;
    const assay_status status = ay_workdays_parse(ay_str_from((const char *)arg), "x", &days, NULL);
    ay_workdays_free(days);
    return status;
}

static void test_allocations(void **state)
{
    (void)state;
    assert_int_equal(fail_each_allocation(parse_once, (char[]){HEADER FIRST}), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_due),    cmocka_unit_test(test_working),   cmocka_unit_test(test_missing_year),
        cmocka_unit_test(test_no_day), cmocka_unit_test(test_good),      cmocka_unit_test(test_bad),
        cmocka_unit_test(test_huge),   cmocka_unit_test(test_truncated), cmocka_unit_test(test_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
