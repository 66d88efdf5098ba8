#include "order/day.h"

#include "base/time.h"

/* In a spreadsheet day 25569 is 1970-01-01; in the system of 1904 numbers are 1462 lower. */
#define SERIAL_1970 25569
#define SERIAL_1904 1462
#define SERIAL_MIN  36526 /* 2000-01-01 */
#define SERIAL_MAX  73050 /* 2099-12-31 */
#define YEAR_MIN    1900

bool ay_day_number(ay_scan *s, unsigned digits_max, uint32_t *ret)
{
    const char *start = s->at;
    for (*ret = 0; ay_scan_at_digit(s); s->at++) {
        if (s->at - start == (ptrdiff_t)digits_max) return false;
        *ret = *ret * 10 + (uint32_t)(*s->at - '0');
    }
    return s->at > start;
}

static bool take_word(ay_scan *s, ay_str word)
{
    if ((size_t)(s->end - s->at) < word.len || memcmp(s->at, word.ptr, word.len) != 0) return false;
    s->at += word.len;
    return true;
}

static bool take_mark(ay_scan *s, ay_str word)
{
    return ay_scan_take(s, '-') || ay_scan_take(s, '/') || ay_scan_take(s, '.') || take_word(s, word);
}

static bool from_civil(uint32_t year, uint32_t month, uint32_t day, int64_t *ret)
{
    if (year < YEAR_MIN || month < 1 || month > 12 || day < 1 || day > ay_days_in_month(year, month)) return false;
    *ret = ay_days_from_civil(year, month, day);
    return true;
}

/* Three numbers with marks between them. */
static bool read_civil(ay_scan s, int64_t *ret)
{
    uint32_t year, month, day;
    if (!ay_day_number(&s, 4, &year) || !take_mark(&s, AY_STR("年"))) return false;
    if (!ay_day_number(&s, 2, &month) || !take_mark(&s, AY_STR("月")) || !ay_day_number(&s, 2, &day)) return false;
    (void)take_word(&s, AY_STR("日"));
    return (ay_scan_ended(&s) || *s.at == ' ' || *s.at == 'T') && from_civil(year, month, day, ret);
}

/* One number, with the part of the day behind its point. */
static bool read_single(ay_scan s, bool from_1904, int64_t *ret)
{
    uint32_t v;
    if (!ay_day_number(&s, 8, &v)) return false;
    if (ay_scan_ended(&s) && v > 9999999) return from_civil(v / 10000, v / 100 % 100, v % 100, ret);
    if (ay_scan_take(&s, '.'))
        while (ay_scan_at_digit(&s)) s.at++;
    if (from_1904) v += SERIAL_1904;
    *ret = (int64_t)v - SERIAL_1970;
    return ay_scan_ended(&s) && v >= SERIAL_MIN && v <= SERIAL_MAX;
}

bool ay_day_read(ay_str text, bool from_1904, int64_t *ret)
{
    const ay_scan s = ay_scan_on(text);
    return read_civil(s, ret) || read_single(s, from_1904, ret);
}
