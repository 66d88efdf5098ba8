/* Reading dates and times. The whole text has to be of the form before its parts are looked at. */
#include "base/scan.h"
#include "base/time_range.h"
#include "base/word.h"

#define SECOND_US        INT64_C(1000000)
#define YEAR_MAX         INT64_C(99999999) /* far beyond every range; more digits count as this */
#define OFFSET_HOURS_MAX 15                /* PostgreSQL's bound */

typedef struct fields {
    int64_t year, us; /* us: of the second */
    unsigned month, day, hour, minute, second;
    unsigned zone_hour, zone_minute, zone_second;
    bool is_bc, has_zone, is_west, too_fine;
} fields;

static bool take_two(ay_scan *s, unsigned *ret)
{
    if (s->end - s->at < 2 || !ay_is_digit(s->at[0]) || !ay_is_digit(s->at[1])) return false;
    *ret = (unsigned)(s->at[0] - '0') * 10 + (unsigned)(s->at[1] - '0');
    s->at += 2;
    return true;
}

/* Eight bytes like these, with any digit where a 0 stands. *ret: byte i is the number of the two digits at i and i + 1.
 */
static inline bool take_like(ay_scan *s, const char like[8], uint64_t *ret)
{
    if (s->end - s->at < 8) return false;
    const uint64_t form = ay_load64(like), digits = ay_word_within(form, '0', '0') >> 7;
    const uint64_t off = ay_load64(s->at) ^ form; /* 0 to 9, or just 0 */
    if ((off | (off + AY_WORD_OF(0x7F) - digits * 9)) & AY_WORD_OF(0x80)) return false;
    *ret = off * 10 + (off >> 8);
    s->at += 8;
    return true;
}

static unsigned pair_at(uint64_t pairs, unsigned byte)
{
    return (unsigned)(pairs >> 8 * byte) & 0xFF;
}

static size_t take_year(ay_scan *s, int64_t *ret)
{
    const char *start = s->at;
    int64_t year = 0;
    for (; ay_scan_at_digit(s); s->at++) {
        if (year < YEAR_MAX) year = year * 10 + (*s->at - '0');
    }
    *ret = year;
    return (size_t)(s->at - start);
}

/* 2024-02-29 with at least four digits of year, or 20240229. */
static bool take_date(ay_scan *s, fields *f)
{
    uint64_t pairs;
    if (take_like(s, "0000-00-", &pairs)) {
        f->year = pair_at(pairs, 0) * 100 + pair_at(pairs, 2);
        f->month = pair_at(pairs, 5);
        return take_two(s, &f->day);
    }
    const size_t digits = take_year(s, &f->year);
    if (digits == 8 && !ay_scan_at(s, '-')) {
        f->month = (unsigned)(f->year / 100 % 100);
        f->day = (unsigned)(f->year % 100);
        f->year /= 10000;
        return true;
    }
    return digits >= 4 && ay_scan_take(s, '-') && take_two(s, &f->month) && ay_scan_take(s, '-') &&
           take_two(s, &f->day);
}

/* Digits behind the sixth must be 0: nothing is rounded. */
static bool take_fraction(ay_scan *s, fields *f)
{
    int64_t unit = SECOND_US;
    const char *start = s->at;
    for (; ay_scan_at_digit(s); s->at++) {
        unit /= 10;
        f->us += unit * (*s->at - '0');
        f->too_fine |= unit == 0 && *s->at != '0';
    }
    return s->at > start;
}

static bool take_time(ay_scan *s, fields *f)
{
    uint64_t pairs;
    if (take_like(s, "00:00:00", &pairs)) {
        f->hour = pair_at(pairs, 0);
        f->minute = pair_at(pairs, 3);
        f->second = pair_at(pairs, 6);
    } else {
        if (!take_two(s, &f->hour) || !ay_scan_take(s, ':') || !take_two(s, &f->minute)) return false;
        if (!ay_scan_take(s, ':')) return true;
        if (!take_two(s, &f->second)) return false;
    }
    return !ay_scan_take(s, '.') || take_fraction(s, f);
}

/* Z, +08, +0800, +08:00, +08:05:43, or nothing. */
static bool take_zone(ay_scan *s, fields *f)
{
    if (ay_scan_take(s, 'Z')) {
        f->has_zone = true;
        return true;
    }
    f->is_west = ay_scan_at(s, '-');
    if (!ay_scan_take(s, '-') && !ay_scan_take(s, '+')) return true;
    f->has_zone = true;
    if (!take_two(s, &f->zone_hour)) return false;
    if (!ay_scan_take(s, ':')) return !ay_scan_at_digit(s) || take_two(s, &f->zone_minute);
    if (!take_two(s, &f->zone_minute)) return false;
    return !ay_scan_take(s, ':') || take_two(s, &f->zone_second);
}

static bool take_era(ay_scan *s, fields *f)
{
    if (s->end - s->at == 3 && memcmp(s->at, " BC", 3) == 0) {
        f->is_bc = true;
        s->at = s->end;
    }
    return ay_scan_ended(s);
}

static ay_time_status to_days(const fields *f, int64_t *ret)
{
    if (f->year == 0 || f->month < 1 || f->month > 12 || f->day < 1) return AY_TIME_NO_DAY;
    const int64_t year = f->is_bc ? 1 - f->year : f->year;
    if (f->day > ay_days_in_month(year, f->month)) return AY_TIME_NO_DAY;
    *ret = ay_days_from_civil(year, f->month, f->day);
    return AY_TIME_OK;
}

static ay_time_status to_us(const fields *f, int64_t *ret)
{
    if (f->hour > 23 || f->minute > 59 || f->second > 59) return AY_TIME_NO_TIME;
    if (f->too_fine) return AY_TIME_RANGE;
    *ret = ((int64_t)f->hour * 3600 + f->minute * 60 + f->second) * SECOND_US + f->us;
    return AY_TIME_OK;
}

static ay_time_status to_offset(const fields *f, int32_t *ret)
{
    if (f->zone_hour > OFFSET_HOURS_MAX || f->zone_minute > 59 || f->zone_second > 59) return AY_TIME_ZONE;
    const int32_t offset = (int32_t)(f->zone_hour * 3600 + f->zone_minute * 60 + f->zone_second);
    *ret = f->is_west ? -offset : offset;
    return AY_TIME_OK;
}

static bool parse_infinity(ay_str text, int64_t *ret)
{
    const bool is_later = ay_is_word(text, "infinity");
    if (!is_later && !ay_is_word(text, "-infinity")) return false;
    *ret = is_later ? AY_INFINITY : AY_NEG_INFINITY;
    return true;
}

ay_time_status ay_date_parse(ay_str text, int64_t *ret_days)
{
    if (parse_infinity(text, ret_days)) return AY_TIME_OK;
    ay_scan s = ay_scan_on(text);
    fields f = {0};
    int64_t days;
    if (!take_date(&s, &f) || !take_era(&s, &f)) return AY_TIME_SYNTAX;
    const ay_time_status status = to_days(&f, &days);
    if (status != AY_TIME_OK) return status;
    if (days < AY_DATE_MIN || days > AY_DATE_MAX) return AY_TIME_RANGE;
    *ret_days = days;
    return AY_TIME_OK;
}

ay_time_status ay_time_parse(ay_str text, int64_t *ret_us)
{
    ay_scan s = ay_scan_on(text);
    fields f = {0};
    if (!take_time(&s, &f) || !take_zone(&s, &f) || !ay_scan_ended(&s)) return AY_TIME_SYNTAX;
    return f.has_zone ? AY_TIME_ZONE : to_us(&f, ret_us);
}

ay_time_status ay_timetz_parse(ay_str text, ay_timetz *ret)
{
    ay_scan s = ay_scan_on(text);
    fields f = {0};
    ay_timetz t;
    if (!take_time(&s, &f) || !take_zone(&s, &f) || !ay_scan_ended(&s)) return AY_TIME_SYNTAX;
    if (!f.has_zone) return AY_TIME_ZONE;
    ay_time_status status = to_us(&f, &t.us);
    if (status == AY_TIME_OK) status = to_offset(&f, &t.offset_s);
    if (status == AY_TIME_OK) *ret = t;
    return status;
}

/* The local time as written, which may lie outside the range by as much as an offset brings back. */
static ay_time_status parse_local(ay_str text, fields *f, int64_t *ret_us)
{
    ay_scan s = ay_scan_on(text);
    if (!take_date(&s, f) || (!ay_scan_take(&s, 'T') && !ay_scan_take(&s, ' ')) || !take_time(&s, f))
        return AY_TIME_SYNTAX;
    if (!take_zone(&s, f) || !take_era(&s, f)) return AY_TIME_SYNTAX;
    int64_t days, of_day, us;
    ay_time_status status = to_days(f, &days);
    if (status == AY_TIME_OK) status = to_us(f, &of_day);
    if (status != AY_TIME_OK) return status;
    if (__builtin_mul_overflow(days, AY_DAY_US, &us) || __builtin_add_overflow(us, of_day, &us)) return AY_TIME_RANGE;
    *ret_us = us;
    return AY_TIME_OK;
}

ay_time_status ay_timestamp_parse(ay_str text, int64_t *ret_us)
{
    if (parse_infinity(text, ret_us)) return AY_TIME_OK;
    fields f = {0};
    int64_t us;
    const ay_time_status status = parse_local(text, &f, &us);
    if (status != AY_TIME_OK) return status;
    if (f.has_zone) return AY_TIME_ZONE;
    if (!ay_timestamp_in_range(us)) return AY_TIME_RANGE;
    *ret_us = us;
    return AY_TIME_OK;
}

ay_time_status ay_timestamptz_parse(ay_str text, const ay_zone *zone, int64_t *ret_utc_us)
{
    if (parse_infinity(text, ret_utc_us)) return AY_TIME_OK;
    fields f = {0};
    int64_t us;
    int32_t offset;
    ay_time_status status = parse_local(text, &f, &us);
    if (status == AY_TIME_OK) status = to_offset(&f, &offset);
    if (status != AY_TIME_OK) return status;
    if (!f.has_zone && !zone) return AY_TIME_ZONE;
    if (!f.has_zone) us = ay_zone_to_utc(zone, us);
    else if (__builtin_sub_overflow(us, offset * SECOND_US, &us)) return AY_TIME_RANGE;
    if (!ay_timestamp_in_range(us)) return AY_TIME_RANGE;
    *ret_utc_us = us;
    return AY_TIME_OK;
}
