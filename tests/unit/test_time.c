/* Dates, times and intervals. The expected texts were taken by hand from PostgreSQL 15 (DateStyle ISO, IntervalStyle
 * postgres) and the days from Python's datetime; nothing here needs a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/time.h"

static void assert_buf(const char *label, ay_buf *out, const char *want)
{
    if (!ay_str_is(ay_buf_view(out), want)) fail_msg("%s: got %.*s, want %s", label, (int)out->len, out->ptr, want);
    ay_buf_free(out);
}

/* ---- Calendar ---- */

static void test_days(void **state)
{
    (void)state;
    static const struct {
        int64_t year;
        unsigned month, day;
        int64_t days;
    } cases[] = {
        {1970, 1, 1, 0},         {1969, 12, 31, -1},      {2000, 2, 29, 11016},      {2000, 3, 1, 11017},
        {1900, 2, 28, -25509},   {1900, 3, 1, -25508},    {2100, 3, 1, 47541},       {1, 1, 1, -719162},
        {9999, 12, 31, 2932896}, {1600, 12, 31, -134775}, {-4713, 11, 24, -2440588}, {5874897, 12, 31, 2145042905},
        {0, 2, 29, -719469},     {0, 1, 1, -719528},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        int64_t year;
        unsigned month, day;
        if (ay_days_from_civil(cases[i].year, cases[i].month, cases[i].day) != cases[i].days) fail_msg("day %zu", i);
        ay_civil_from_days(cases[i].days, &year, &month, &day);
        if (year != cases[i].year || month != cases[i].month || day != cases[i].day) fail_msg("civil %zu", i);
    }
}

static unsigned two_at(const char *text)
{
    return (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
}

/* 0000-00-00 and 00:00:00 with one byte or two changed: a date or a time where all are digits and in range. */
static void test_changed_bytes(void **state)
{
    static const char like[] = "2024-05-17 12:34:56", form[] = "0000-00-00 00:00:00";
    static const char bytes[] = "0123456789:-/ ;\xb0.T";
    (void)state;
    uint64_t random = 3;
    unsigned good = 0;
    for (unsigned i = 0; i < 400000; i++) {
        char text[sizeof like];
        memcpy(text, like, sizeof like);
        for (unsigned k = 0; k <= i % 2; k++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            const size_t at = (random >> 33) % (sizeof like - 1);
            text[at] = (random >> 40 & 3) ? bytes[(random >> 44) % (sizeof bytes - 1)] : (char)(random >> 50);
        }
        bool is_like = true;
        for (size_t k = 0; k < sizeof like - 1; k++)
            is_like = is_like && (form[k] == '0' ? text[k] >= '0' && text[k] <= '9' : text[k] == form[k]);
        int64_t us = 0;
        const bool got = ay_timestamp_parse((ay_str){text, sizeof like - 1}, &us) == AY_TIME_OK;
        if (!is_like) {
            if (got && text[10] != 'T') fail_msg("'%s' is read", text);
            continue;
        }
        const unsigned y = two_at(text) * 100 + two_at(text + 2), mo = two_at(text + 5), d = two_at(text + 8);
        const unsigned h = two_at(text + 11), mi = two_at(text + 14), s = two_at(text + 17);
        const bool want =
            y && mo >= 1 && mo <= 12 && d >= 1 && d <= ay_days_in_month(y, mo) && h < 24 && mi < 60 && s < 60;
        if (got != want) fail_msg("'%s': %d", text, got);
        const int64_t seconds = (ay_days_from_civil(y, mo, d) * 24 + h) * 3600 + mi * 60 + s;
        if (got && us != seconds * 1000000) fail_msg("'%s' is %lld", text, (long long)us);
        good += got;
    }
    assert_true(good > 50000);
}

/* Day by day through 800 years, with a calendar that counts. */
static void test_every_day(void **state)
{
    (void)state;
    int64_t year = -400;
    unsigned month = 1, day = 1;
    const int64_t first = ay_days_from_civil(year, month, day), last = ay_days_from_civil(400, 1, 1);
    assert_int_equal(last - first, 2 * 146097);
    for (int64_t d = first; d < last; d++) {
        int64_t y;
        unsigned m, dd;
        ay_civil_from_days(d, &y, &m, &dd);
        if (y != year || m != month || dd != day) fail_msg("%lld-%u-%u", (long long)year, month, day);
        if (++day <= ay_days_in_month(year, month)) continue;
        day = 1;
        if (++month <= 12) continue;
        month = 1;
        year++;
    }
}

static void test_months(void **state)
{
    (void)state;
    static const struct {
        int64_t year;
        unsigned days;
    } february[] = {{2024, 29}, {2023, 28}, {1900, 28}, {2000, 29}, {0, 29}, {-4, 29}, {-100, 28}, {-400, 29}};
    for (size_t i = 0; i < AY_COUNT(february); i++)
        assert_int_equal(ay_days_in_month(february[i].year, 2), february[i].days);
    assert_int_equal(ay_days_in_month(2023, 4), 30);
    assert_int_equal(ay_days_in_month(2023, 12), 31);
}

/* ---- Reading ---- */

static const struct parse_case {
    const char *in;
    ay_time_status status;
    const char *out; /* as written again */
} dates[] = {
    {"2024-02-29", AY_TIME_OK, "2024-02-29"},
    {"20240229", AY_TIME_OK, "2024-02-29"},
    {"0001-01-01", AY_TIME_OK, "0001-01-01"},
    {"0001-02-29 BC", AY_TIME_OK, "0001-02-29 BC"},
    {"4714-11-24 BC", AY_TIME_OK, "4714-11-24 BC"},
    {"10000-01-01", AY_TIME_OK, "10000-01-01"},
    {"5874897-12-31", AY_TIME_OK, "5874897-12-31"},
    {"infinity", AY_TIME_OK, "infinity"},
    {"-Infinity", AY_TIME_OK, "-infinity"},
    {"2023-02-29", AY_TIME_NO_DAY, NULL},
    {"1900-02-29", AY_TIME_NO_DAY, NULL},
    {"0002-02-29 BC", AY_TIME_NO_DAY, NULL},
    {"2024-02-30", AY_TIME_NO_DAY, NULL},
    {"20230229", AY_TIME_NO_DAY, NULL},
    {"0000-00-00", AY_TIME_NO_DAY, NULL},
    {"0000-01-01", AY_TIME_NO_DAY, NULL},
    {"2024-00-01", AY_TIME_NO_DAY, NULL},
    {"2024-13-01", AY_TIME_NO_DAY, NULL},
    {"2024-01-00", AY_TIME_NO_DAY, NULL},
    {"4714-11-23 BC", AY_TIME_RANGE, NULL},
    {"5874898-01-01", AY_TIME_RANGE, NULL},
    {"99999999999999999999-01-01", AY_TIME_RANGE, NULL},
    {"", AY_TIME_SYNTAX, NULL},
    {"2024", AY_TIME_SYNTAX, NULL},
    {"2024-2-29", AY_TIME_SYNTAX, NULL},
    {"24-02-29", AY_TIME_SYNTAX, NULL},
    {"2024/02/29", AY_TIME_SYNTAX, NULL},
    {"2024-02-29 ", AY_TIME_SYNTAX, NULL},
    {" 2024-02-29", AY_TIME_SYNTAX, NULL},
    {"2024-02-29 00:00", AY_TIME_SYNTAX, NULL},
    {"2024-02-29 bc", AY_TIME_SYNTAX, NULL},
    {"-2024-02-29", AY_TIME_SYNTAX, NULL},
    {"2024-02-29x", AY_TIME_SYNTAX, NULL},
    {"2024-02-2", AY_TIME_SYNTAX, NULL},
    {"2024年02月29日", AY_TIME_SYNTAX, NULL},
    {"+infinity", AY_TIME_SYNTAX, NULL},
    {"2024022", AY_TIME_SYNTAX, NULL},
    {"202402290", AY_TIME_SYNTAX, NULL},
};

static const struct parse_case times[] = {
    {"22:22", AY_TIME_OK, "22:22:00"},
    {"22:22:01", AY_TIME_OK, "22:22:01"},
    {"22:22:01.100000", AY_TIME_OK, "22:22:01.1"},
    {"00:00:00.000001", AY_TIME_OK, "00:00:00.000001"},
    {"23:59:59.999999", AY_TIME_OK, "23:59:59.999999"},
    {"22:22:01.1234560000", AY_TIME_OK, "22:22:01.123456"},
    {"22:22:01.1234567", AY_TIME_RANGE, NULL},
    {"24:00:00", AY_TIME_NO_TIME, NULL},
    {"24:00", AY_TIME_NO_TIME, NULL},
    {"12:60", AY_TIME_NO_TIME, NULL},
    {"23:59:60", AY_TIME_NO_TIME, NULL},
    {"22:22:01+08", AY_TIME_ZONE, NULL},
    {"22:22Z", AY_TIME_ZONE, NULL},
    {"", AY_TIME_SYNTAX, NULL},
    {"22", AY_TIME_SYNTAX, NULL},
    {"2:22", AY_TIME_SYNTAX, NULL},
    {"22:2", AY_TIME_SYNTAX, NULL},
    {"22:22:", AY_TIME_SYNTAX, NULL},
    {"22:22:01.", AY_TIME_SYNTAX, NULL},
    {"22:22:01,5", AY_TIME_SYNTAX, NULL},
    {"22:22.5", AY_TIME_SYNTAX, NULL},
    {"10:00 PM", AY_TIME_SYNTAX, NULL},
};

static const struct parse_case timetzs[] = {
    {"22:22:01+08", AY_TIME_OK, "22:22:01+08"},
    {"22:22Z", AY_TIME_OK, "22:22:00+00"},
    {"22:22:01.5-05:30:15", AY_TIME_OK, "22:22:01.5-05:30:15"},
    {"22:22:01-0330", AY_TIME_OK, "22:22:01-03:30"},
    {"22:22:01+15:59", AY_TIME_OK, "22:22:01+15:59"},
    {"22:22:01", AY_TIME_ZONE, NULL},
    {"22:22:01+16", AY_TIME_ZONE, NULL},
    {"22:22:01+08:60", AY_TIME_ZONE, NULL},
    {"25:22:01+08", AY_TIME_NO_TIME, NULL},
    {"22:22:01+8", AY_TIME_SYNTAX, NULL},
    {"22:22:01+08:", AY_TIME_SYNTAX, NULL},
    {"22:22:01+08:00:", AY_TIME_SYNTAX, NULL},
    {"22:22:01z", AY_TIME_SYNTAX, NULL},
    {"22:22:01+080", AY_TIME_SYNTAX, NULL},
};

static const struct parse_case timestamps[] = {
    {"2024-02-29 22:22:01", AY_TIME_OK, "2024-02-29 22:22:01"},
    {"2024-02-29T22:22:01.500", AY_TIME_OK, "2024-02-29 22:22:01.5"},
    {"2024-02-29T22:22", AY_TIME_OK, "2024-02-29 22:22:00"},
    {"1969-12-31 23:59:59.999999", AY_TIME_OK, "1969-12-31 23:59:59.999999"},
    {"0044-03-15 12:00:00.25 BC", AY_TIME_OK, "0044-03-15 12:00:00.25 BC"},
    {"4714-11-24 00:00:00 BC", AY_TIME_OK, "4714-11-24 00:00:00 BC"},
    {"294247-01-10 04:00:54.775806", AY_TIME_OK, "294247-01-10 04:00:54.775806"},
    {"infinity", AY_TIME_OK, "infinity"},
    {"294247-01-10 04:00:54.775807", AY_TIME_RANGE, NULL}, /* would be infinity */
    {"294277-01-01 00:00:00", AY_TIME_RANGE, NULL},
    {"4714-11-23 23:59:59 BC", AY_TIME_RANGE, NULL},
    {"2023-02-29 00:00:00", AY_TIME_NO_DAY, NULL},
    {"2024-02-29 24:00:00", AY_TIME_NO_TIME, NULL},
    {"2024-02-29 22:22:01+08", AY_TIME_ZONE, NULL},
    {"2024-02-29T22:22:01Z", AY_TIME_ZONE, NULL},
    {"2024-02-29", AY_TIME_SYNTAX, NULL},
    {"2024-02-29  22:22:01", AY_TIME_SYNTAX, NULL},
    {"2024-02-29t22:22:01", AY_TIME_SYNTAX, NULL},
    {"2024-02-29 22:22:01 AD", AY_TIME_SYNTAX, NULL},
    {"2024-02-29 22", AY_TIME_SYNTAX, NULL},
};

/* Without a zone for texts that name none. */
static const struct parse_case timestamptzs[] = {
    {"2024-02-29 22:22:01+08", AY_TIME_OK, "2024-02-29 14:22:01+00"},
    {"2024-02-29T22:22:01Z", AY_TIME_OK, "2024-02-29 22:22:01+00"},
    {"2024-02-29T22:22:01.5-03:30", AY_TIME_OK, "2024-03-01 01:52:01.5+00"},
    {"0044-03-15 12:00:00+08:05:43 BC", AY_TIME_OK, "0044-03-15 03:54:17+00 BC"},
    {"-infinity", AY_TIME_OK, "-infinity"},
    {"4714-11-23 23:00:00-08 BC", AY_TIME_OK, "4714-11-24 07:00:00+00 BC"},
    {"4714-11-24 00:00:00+08 BC", AY_TIME_RANGE, NULL},
    {"2024-02-29 22:22:01", AY_TIME_ZONE, NULL},
    {"2024-02-29 22:22:01+16", AY_TIME_ZONE, NULL},
    {"2024-02-29 22:22:01 +08", AY_TIME_SYNTAX, NULL},
    {"2024-02-29 22:22:01 Asia/Shanghai", AY_TIME_SYNTAX, NULL},
};

static ay_time_status date_again(ay_str in, ay_buf *out)
{
    int64_t v = 0;
    const ay_time_status status = ay_date_parse(in, &v);
    if (status == AY_TIME_OK) ay_date_text(v, out);
    return status;
}

static ay_time_status time_again(ay_str in, ay_buf *out)
{
    int64_t v = 0;
    const ay_time_status status = ay_time_parse(in, &v);
    if (status == AY_TIME_OK) ay_time_text(v, out);
    return status;
}

static ay_time_status timetz_again(ay_str in, ay_buf *out)
{
    ay_timetz v = {0};
    const ay_time_status status = ay_timetz_parse(in, &v);
    if (status == AY_TIME_OK) ay_timetz_text(v, out);
    return status;
}

static ay_time_status timestamp_again(ay_str in, ay_buf *out)
{
    int64_t v = 0;
    const ay_time_status status = ay_timestamp_parse(in, &v);
    if (status == AY_TIME_OK) ay_timestamp_text(v, out);
    return status;
}

static ay_time_status timestamptz_again(ay_str in, ay_buf *out)
{
    int64_t v = 0;
    const ay_time_status status = ay_timestamptz_parse(in, NULL, &v);
    if (status == AY_TIME_OK) ay_timestamptz_text(v, NULL, out);
    return status;
}

static ay_time_status interval_again(ay_str in, ay_buf *out)
{
    ay_interval v = {0};
    const ay_time_status status = ay_interval_parse(in, &v);
    if (status == AY_TIME_OK) ay_interval_text(v, out);
    return status;
}

static void check(ay_time_status (*again)(ay_str in, ay_buf *out), const struct parse_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ay_buf out = {0};
        const ay_time_status got = again(ay_str_from(cases[i].in), &out);
        if (got != cases[i].status) fail_msg("'%s': status %d, want %d", cases[i].in, got, cases[i].status);
        assert_buf(cases[i].in, &out, cases[i].out ? cases[i].out : "");
    }
}

static void test_reading(void **state)
{
    (void)state;
    check(date_again, dates, AY_COUNT(dates));
    check(time_again, times, AY_COUNT(times));
    check(timetz_again, timetzs, AY_COUNT(timetzs));
    check(timestamp_again, timestamps, AY_COUNT(timestamps));
    check(timestamptz_again, timestamptzs, AY_COUNT(timestamptzs));
}

static void test_cut_short(void **state)
{
    (void)state;
    static const char text[] = "2024-02-29 22:22";
    for (size_t n = 0; n < sizeof text - 1; n++) {
        int64_t v;
        assert_int_equal(ay_timestamp_parse((ay_str){text, n}, &v), AY_TIME_SYNTAX);
        if (n != 10) assert_int_equal(ay_date_parse((ay_str){text, n}, &v), AY_TIME_SYNTAX);
    }
    int64_t v;
    assert_int_equal(ay_date_parse((ay_str){NULL, 0}, &v), AY_TIME_SYNTAX);
    assert_int_equal(ay_date_parse((ay_str){"2024-02-29\0", 11}, &v), AY_TIME_SYNTAX);
    ay_interval iv;
    assert_int_equal(ay_interval_parse((ay_str){NULL, 0}, &iv), AY_TIME_SYNTAX);
}

/* ---- Intervals ---- */

static const struct parse_case intervals[] = {
    {"1 day", AY_TIME_OK, "1 day"},
    {"24h", AY_TIME_OK, "24:00:00"},
    {"90 minutes", AY_TIME_OK, "01:30:00"},
    {"1 mon 2 days 03:04:05", AY_TIME_OK, "1 mon 2 days 03:04:05"},
    {"P1DT2H", AY_TIME_OK, "1 day 02:00:00"},
    {"1.5 days", AY_TIME_OK, "1 day 12:00:00"},
    {"1.5 hours", AY_TIME_OK, "01:30:00"},
    {"2 weeks", AY_TIME_OK, "14 days"},
    {"0.5 mon", AY_TIME_OK, "15 days"},
    {"1.5 years", AY_TIME_OK, "1 year 6 mons"},
    {"1 year -2 mons +3 days -04:05:06.789", AY_TIME_OK, "10 mons 3 days -04:05:06.789"},
    {"-1 days +02:03:04", AY_TIME_OK, "-1 days +02:03:04"},
    {"P1Y2M3W4DT5H6M7.5S", AY_TIME_OK, "1 year 2 mons 25 days 05:06:07.5"},
    {"P-1Y2M-3DT-4H", AY_TIME_OK, "-10 mons -3 days -04:00:00"},
    {"PT0S", AY_TIME_OK, "00:00:00"},
    {"00:00:00", AY_TIME_OK, "00:00:00"},
    {"03:04", AY_TIME_OK, "03:04:00"},
    {"-00:00:00.5", AY_TIME_OK, "-00:00:00.5"},
    {"178956970 years 7 mons", AY_TIME_OK, "178956970 years 7 mons"},
    {"-178956970 years -8 mons", AY_TIME_OK, "-178956970 years -8 mons"},
    {"2562047788:00:54.775807", AY_TIME_OK, "2562047788:00:54.775807"},
    {"-2147483648 days", AY_TIME_OK, "-2147483648 days"},
    {"1 Y 1 MONTH 1 D 1 H 1 MIN 1 S 1 ms 1 us", AY_TIME_OK, "1 year 1 mon 1 day 01:01:01.001001"},
    {"1 week 1 day", AY_TIME_OK, "8 days"},
    {"100 hours", AY_TIME_OK, "100:00:00"},
    {"1 day -25:00:00", AY_TIME_OK, "1 day -25:00:00"},
    {"-1 mons +3 days", AY_TIME_OK, "-1 mons +3 days"},
    {"3 W", AY_TIME_OK, "21 days"},
    {"+1 day  02:00", AY_TIME_OK, "1 day 02:00:00"},
    {"0.000001 s", AY_TIME_OK, "00:00:00.000001"},
    {"1.000000000000000000000 day", AY_TIME_OK, "1 day"},
    {"1.3 years", AY_TIME_RANGE, NULL}, /* 15.6 months */
    {"0.0000001 s", AY_TIME_RANGE, NULL},
    {"0.3 us", AY_TIME_RANGE, NULL},
    {"178956970 years 8 mons", AY_TIME_RANGE, NULL},
    {"2147483648 days", AY_TIME_RANGE, NULL},
    {"2562047788:00:54.775808", AY_TIME_RANGE, NULL},
    {"99999999999999999999999999999 us", AY_TIME_RANGE, NULL},
    {"00:60:00", AY_TIME_NO_TIME, NULL},
    {"", AY_TIME_SYNTAX, NULL},
    {" ", AY_TIME_SYNTAX, NULL},
    {"5", AY_TIME_SYNTAX, NULL},
    {"day", AY_TIME_SYNTAX, NULL},
    {"1 dayx", AY_TIME_SYNTAX, NULL},
    {"1 m", AY_TIME_SYNTAX, NULL},
    {"1 day ", AY_TIME_SYNTAX, NULL},
    {" 1 day", AY_TIME_SYNTAX, NULL},
    {"1 day 2 days", AY_TIME_SYNTAX, NULL},
    {"1 hour 02:00", AY_TIME_SYNTAX, NULL},
    {"02:00 1 hour", AY_TIME_SYNTAX, NULL},
    {"1 day, 2 hours", AY_TIME_SYNTAX, NULL},
    {"1 day ago", AY_TIME_SYNTAX, NULL},
    {"10 working days", AY_TIME_SYNTAX, NULL},
    {"1. day", AY_TIME_SYNTAX, NULL},
    {".5 day", AY_TIME_SYNTAX, NULL},
    {"- 1 day", AY_TIME_SYNTAX, NULL},
    {"1.5:00", AY_TIME_SYNTAX, NULL},
    {"1:2", AY_TIME_SYNTAX, NULL},
    {"P", AY_TIME_SYNTAX, NULL},
    {"PT", AY_TIME_SYNTAX, NULL},
    {"P1DT", AY_TIME_SYNTAX, NULL},
    {"P1D2Y", AY_TIME_SYNTAX, NULL},
    {"P1D1D", AY_TIME_SYNTAX, NULL},
    {"P1", AY_TIME_SYNTAX, NULL},
    {"P1H", AY_TIME_SYNTAX, NULL},
    {"p1d", AY_TIME_SYNTAX, NULL},
    {"1d1h", AY_TIME_SYNTAX, NULL},
};

static void test_intervals(void **state)
{
    (void)state;
    check(interval_again, intervals, AY_COUNT(intervals));
}

static ay_interval interval(const char *text)
{
    ay_interval iv;
    if (ay_interval_parse(ay_str_from(text), &iv) != AY_TIME_OK) fail_msg("%s", text);
    return iv;
}

static void test_interval_order(void **state)
{
    (void)state;
    assert_int_equal(ay_interval_cmp(interval("1 mon"), interval("30 days")), 0);
    assert_int_equal(ay_interval_cmp(interval("1 day"), interval("24:00:00")), 0);
    assert_int_equal(ay_interval_cmp(interval("1 mon"), interval("29 days 23:59:59.999999")), 1);
    assert_int_equal(ay_interval_cmp(interval("-1 mon"), interval("-29 days")), -1);
    assert_int_equal(
        ay_interval_cmp((ay_interval){INT32_MAX, INT32_MAX, INT64_MAX}, (ay_interval){INT32_MAX, INT32_MAX, 0}), 1);
    const ay_interval neg = ay_interval_neg(interval("1 mon -2 days 03:00:00"));
    assert_true(neg.months == -1 && neg.days == 2 && neg.us == -INT64_C(10800000000));
    const ay_interval least = ay_interval_neg((ay_interval){INT32_MIN, INT32_MIN, INT64_MIN});
    assert_true(least.months == INT32_MAX && least.days == INT32_MAX && least.us == INT64_MAX);
}

/* ---- Arithmetic ---- */

static const struct add_case {
    const char *timestamp, *interval, *want;
} adds[] = {
    {"2024-01-31 00:00:00", "1 mon", "2024-02-29 00:00:00"},
    {"2023-01-31 00:00:00", "1 mon", "2023-02-28 00:00:00"},
    {"2024-03-31 12:00:00", "-1 mon", "2024-02-29 12:00:00"},
    {"2024-02-29 00:00:00", "1 year", "2025-02-28 00:00:00"},
    {"2024-02-29 00:00:00", "-4 years", "2020-02-29 00:00:00"},
    {"2024-01-31 00:00:00", "1 mon 1 day", "2024-03-01 00:00:00"},
    {"2024-01-31 00:00:00", "1 mon -1 day 01:00:00", "2024-02-28 01:00:00"},
    {"0001-01-01 00:00:00", "-1 mon", "0001-12-01 00:00:00 BC"},
    {"1969-12-31 23:59:59.999999", "00:00:00.000001", "1970-01-01 00:00:00"},
    {"2024-12-31 00:00:00", "1 mon", "2025-01-31 00:00:00"},
    {"2024-01-15 00:00:00", "-13 mons", "2022-12-15 00:00:00"},
    {"4714-11-24 00:00:00 BC", "00:00:01", "4714-11-24 00:00:01 BC"},
    {"4714-11-24 00:00:00 BC", "106800000 days", "287696-05-13 00:00:00"},
    {"infinity", "1 mon", "infinity"},
    {"-infinity", "1 day", "-infinity"},
};

static void test_adding(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(adds); i++) {
        int64_t us;
        ay_buf out = {0};
        assert_int_equal(ay_timestamp_parse(ay_str_from(adds[i].timestamp), &us), AY_TIME_OK);
        if (ay_timestamp_add(us, interval(adds[i].interval), &us) != AY_TIME_OK) fail_msg("case %zu", i);
        ay_timestamp_text(us, &out);
        assert_buf(adds[i].timestamp, &out, adds[i].want);
    }
}

static void test_adding_out_of_range(void **state)
{
    (void)state;
    static const struct add_case cases[] = {
        {"4714-11-24 00:00:00 BC", "-00:00:01", NULL},
        {"2024-01-01 00:00:00", "300000 years", NULL},
        {"2024-01-01 00:00:00", "-300000 years", NULL},
        {"2024-01-01 00:00:00", "2147483647 days", NULL},
        {"2024-01-01 00:00:00", "178956970 years", NULL},
        {"2024-01-01 00:00:00", "300000 years -109575000 days", NULL}, /* there and back is still out */
        {"294247-01-10 04:00:54.775806", "1 us", NULL},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        int64_t us;
        assert_int_equal(ay_timestamp_parse(ay_str_from(cases[i].timestamp), &us), AY_TIME_OK);
        if (ay_timestamp_add(us, interval(cases[i].interval), &us) != AY_TIME_RANGE) fail_msg("case %zu", i);
    }
}

static void test_adding_to_dates(void **state)
{
    (void)state;
    static const struct {
        const char *date, *interval, *want; /* NULL: out of range */
    } cases[] = {
        {"2024-01-31", "1 mon", "2024-02-29"},
        {"2024-01-31", "1 mon 1 day", "2024-03-01"},
        {"2024-03-31", "-1 mon", "2024-02-29"},
        {"294277-01-31", "1 mon", "294277-02-28"}, /* no timestamp reaches so far */
        {"5874897-12-30", "1 day", "5874897-12-31"},
        {"5874897-12-31", "1 day", NULL},
        {"5874897-12-01", "1 mon", NULL},
        {"2024-01-01", "178956970 years", NULL},
        {"4714-11-25 BC", "-1 day", "4714-11-24 BC"},
        {"4714-11-24 BC", "-1 day", NULL},
        {"infinity", "-1 mon", "infinity"},
        {"-infinity", "1 day", "-infinity"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        int64_t days;
        ay_buf out = {0};
        assert_int_equal(ay_date_parse(ay_str_from(cases[i].date), &days), AY_TIME_OK);
        const ay_time_status status = ay_date_add(days, interval(cases[i].interval), &days);
        if (status != (cases[i].want ? AY_TIME_OK : AY_TIME_RANGE)) fail_msg("case %zu", i);
        if (!cases[i].want) continue;
        ay_date_text(days, &out);
        assert_buf(cases[i].date, &out, cases[i].want);
    }
}

static void test_age(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        int64_t years;
    } cases[] = {
        {"2000-01-01", "2000-01-01", 0},       {"2000-06-15", "2018-06-14", 17},
        {"2000-06-15", "2018-06-15", 18},      {"2004-02-29", "2023-02-28", 18},
        {"2004-02-29", "2023-03-01", 19},      {"2004-02-29", "2024-02-29", 20},
        {"2018-06-15", "2000-06-15", -18},     {"2018-06-14", "2000-06-15", -17},
        {"0001-12-31 BC", "0001-12-31", 1},    {"2000-01-01", "infinity", INT64_MAX},
        {"infinity", "2000-01-01", INT64_MIN}, {"infinity", "infinity", 0},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        int64_t from, to;
        assert_int_equal(ay_date_parse(ay_str_from(cases[i].from), &from), AY_TIME_OK);
        assert_int_equal(ay_date_parse(ay_str_from(cases[i].to), &to), AY_TIME_OK);
        if (ay_age_years(from, to) != cases[i].years) fail_msg("%s to %s", cases[i].from, cases[i].to);
    }
}

/* PostgreSQL: timetz '12:00+08' < '12:00+00'; of one instant the one further west is the later. */
static void test_timetz_order(void **state)
{
    (void)state;
    const ay_timetz noon = {AY_DAY_US / 2, 0}, east = {AY_DAY_US / 2, 28800},
                    same = {AY_DAY_US / 2 + INT64_C(28800000000), 28800};
    assert_int_equal(ay_timetz_cmp(east, noon), -1);
    assert_int_equal(ay_timetz_cmp(noon, east), 1);
    assert_int_equal(ay_timetz_cmp(same, noon), -1);
    assert_int_equal(ay_timetz_cmp(noon, same), 1);
    assert_int_equal(ay_timetz_cmp(noon, noon), 0);
}

static void test_reasons(void **state)
{
    (void)state;
    for (int s = 0; s < AY_TIME_STATUS_COUNT; s++)
        assert_string_not_equal(ay_time_reason((ay_time_status)s, false), ay_time_reason((ay_time_status)s, true));
    assert_string_equal(ay_time_reason(AY_TIME_NO_DAY, false), "no such day in the calendar");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_months),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_changed_bytes),
        cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_interval_order),
        cmocka_unit_test(test_adding),
        cmocka_unit_test(test_adding_out_of_range),
        cmocka_unit_test(test_adding_to_dates),
        cmocka_unit_test(test_age),
        cmocka_unit_test(test_timetz_order),
        cmocka_unit_test(test_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
