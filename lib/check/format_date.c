/* Dates and times as GB/T 7408 writes them (ISO 8601), complete: calendar, ordinal and week dates, times with or
 * without a zone; basic and extended, one form throughout. No 24:00 and no leap second, as in values that are read. */
#include "check/format.h"

#include "base/mem.h"
#include "base/time.h"

/* What is left to read; is_extended: with separators. */
typedef struct reading {
    ay_str rest;
    bool is_extended;
} reading;

static bool take_char(reading *r, char c)
{
    if (!r->rest.len || r->rest.ptr[0] != c) return false;
    r->rest = ay_str_slice(r->rest, 1, r->rest.len);
    return true;
}

static size_t count_digits(ay_str s)
{
    size_t n = 0;
    while (n < s.len && (unsigned)(s.ptr[n] - '0') <= 9) n++;
    return n;
}

static bool take_number(reading *r, size_t digits, unsigned *ret)
{
    if (count_digits(r->rest) < digits) return false;
    *ret = 0;
    for (size_t i = 0; i < digits; i++) *ret = *ret * 10 + (unsigned)(r->rest.ptr[i] - '0');
    r->rest = ay_str_slice(r->rest, digits, r->rest.len);
    return true;
}

/* ---- dates ---- */

static bool is_leap(unsigned year)
{
    return ay_days_in_month(year, 2) == 29;
}

/* A year has a week 53 where it begins on a Thursday, or on a Wednesday with a leap day to come. */
static unsigned weeks_in(unsigned year)
{
    const int64_t monday = ay_days_from_civil(2024, 1, 1);
    const int64_t day = ((ay_days_from_civil(year, 1, 1) - monday) % 7 + 7) % 7; /* 0: Monday */
    return day == 3 || (day == 2 && is_leap(year)) ? 53 : 52;
}

static ay_flaw not_a_date(void)
{
    return ay_flaw_part("it is no date of GB/T 7408 such as 2024-02-29, 2024-060 or 2024-W09-4",
                        "不是 GB/T 7408 的日期，如 2024-02-29、2024-060 或 2024-W09-4");
}

static ay_flaw take_week_date(reading *r, unsigned year)
{
    unsigned week, day;
    if (!take_number(r, 2, &week) || (r->is_extended && !take_char(r, '-')) || !take_number(r, 1, &day))
        return not_a_date();
    if (week < 1 || week > weeks_in(year)) return ay_flaw_part("the year has no such week", "该年没有这一周");
    if (day < 1 || day > 7) return ay_flaw_part("the week has no such day", "一周没有这一天");
    return ay_flaw_none();
}

static ay_flaw take_ordinal_date(reading *r, unsigned year)
{
    unsigned day;
    if (!take_number(r, 3, &day)) return not_a_date();
    if (day < 1 || day > (is_leap(year) ? 366u : 365u))
        return ay_flaw_part("the year has no such day", "该年没有这一天");
    return ay_flaw_none();
}

static ay_flaw take_calendar_date(reading *r, unsigned year)
{
    unsigned month, day;
    if (!take_number(r, 2, &month) || (r->is_extended && !take_char(r, '-')) || !take_number(r, 2, &day))
        return not_a_date();
    if (month < 1 || month > 12) return ay_flaw_part("there is no such month", "没有这个月份");
    if (day < 1 || day > ay_days_in_month(year, month))
        return ay_flaw_part("the month has no such day", "该月没有这一天");
    return ay_flaw_none();
}

static ay_flaw take_date(reading *r)
{
    unsigned year;
    if (count_digits(r->rest) < 4 || !take_number(r, 4, &year)) return not_a_date();
    r->is_extended = take_char(r, '-');
    if (take_char(r, 'W')) return take_week_date(r, year);
    const size_t digits = count_digits(r->rest);
    if (digits == 3) return take_ordinal_date(r, year);
    return digits == (r->is_extended ? 2 : 4) ? take_calendar_date(r, year) : not_a_date();
}

static ay_flaw end(const reading *r, ay_flaw flaw, ay_flaw (*none)(void))
{
    return flaw.code == AY_FLAW_NONE && r->rest.len ? none() : flaw;
}

ay_flaw ay_iso_date_test(ay_str text)
{
    reading r = {.rest = text};
    const ay_flaw flaw = take_date(&r);
    return end(&r, flaw, not_a_date);
}

/* ---- times ---- */

static ay_flaw not_a_time(void)
{
    return ay_flaw_part("it is no time of GB/T 7408 such as 08:30, 08:30:00 or 083000+0800",
                        "不是 GB/T 7408 的时间，如 08:30、08:30:00 或 083000+0800");
}

/* Two digits below the limit, behind a colon where the form has one. */
static bool take_below(reading *r, unsigned limit)
{
    unsigned value;
    return (!r->is_extended || take_char(r, ':')) && take_number(r, 2, &value) && value < limit;
}

static bool take_fraction(reading *r)
{
    if (!take_char(r, '.') && !take_char(r, ',')) return true;
    const size_t digits = count_digits(r->rest);
    r->rest = ay_str_slice(r->rest, digits, r->rest.len);
    return digits > 0;
}

/* Nothing, Z, or an offset of hours and perhaps minutes. */
static bool take_zone(reading *r)
{
    unsigned hours;
    if (!r->rest.len || take_char(r, 'Z')) return true;
    if (!take_char(r, '+') && !take_char(r, '-')) return false;
    if (!take_number(r, 2, &hours) || hours > 23) return false;
    return !r->rest.len || take_below(r, 60);
}

static bool is_seconds_next(const reading *r)
{
    return r->is_extended ? r->rest.len && r->rest.ptr[0] == ':' : count_digits(r->rest) > 0;
}

static ay_flaw take_time(reading *r)
{
    unsigned hour;
    if (!take_number(r, 2, &hour)) return not_a_time();
    if (hour > 23) return ay_flaw_part("the hours end with 23 (24:00 was dropped)", "小时最大为 23（24:00 已取消）");
    if (!take_below(r, 60)) return not_a_time();
    if (is_seconds_next(r) && !take_below(r, 60)) return not_a_time();
    return take_fraction(r) && take_zone(r) ? ay_flaw_none() : not_a_time();
}

ay_flaw ay_iso_time_test(ay_str text)
{
    reading r = {.rest = text, .is_extended = text.len > 2 && text.ptr[2] == ':'};
    const ay_flaw flaw = take_time(&r);
    return end(&r, flaw, not_a_time);
}

ay_flaw ay_iso_datetime_test(ay_str text)
{
    reading r = {.rest = text};
    const ay_flaw date = take_date(&r);
    if (date.code != AY_FLAW_NONE) return date;
    if (!take_char(&r, 'T')) return ay_flaw_part("there is no T between date and time", "日期与时间之间缺少 T");
    const ay_flaw time = take_time(&r);
    return end(&r, time, not_a_time);
}

ay_flaw ay_iso_any_test(ay_str text)
{
    return text.len && memchr(text.ptr, 'T', text.len) ? ay_iso_datetime_test(text) : ay_iso_date_test(text);
}
