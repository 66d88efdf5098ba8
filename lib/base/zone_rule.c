/* POSIX TZ strings as they stand in the footer of TZif files (RFC 8536, 3.3.1: hours up to 167 either way). */
#include "base/scan.h"
#include "base/zone.h"

#define DAY_S            86400
#define HOURS_MAX        167
#define OFFSET_HOURS_MAX 15 /* PostgreSQL's bound */

static bool take_int(ay_scan *s, int least, int most, int *ret)
{
    const char *start = s->at;
    int value = 0;
    for (; ay_scan_at_digit(s) && s->at - start < 4; s->at++) value = value * 10 + (*s->at - '0');
    *ret = value;
    return s->at > start && value >= least && value <= most;
}

/* CST or <+08>. */
static bool take_name(ay_scan *s)
{
    const bool quoted = ay_scan_take(s, '<');
    const char *start = s->at;
    while (s->at < s->end && (ay_is_alpha(*s->at) || (quoted && *s->at != '>'))) s->at++;
    return s->at - start >= 3 && (!quoted || ay_scan_take(s, '>'));
}

/* [+-]h[h[h]][:mm[:ss]] in seconds. */
static bool take_hms(ay_scan *s, int32_t *ret)
{
    const bool negative = ay_scan_minus(s);
    int hours, minutes = 0, seconds = 0;
    if (!take_int(s, 0, HOURS_MAX, &hours)) return false;
    if (ay_scan_take(s, ':') && !take_int(s, 0, 59, &minutes)) return false;
    if (ay_scan_take(s, ':') && !take_int(s, 0, 59, &seconds)) return false;
    const int32_t total = hours * 3600 + minutes * 60 + seconds;
    *ret = negative ? -total : total;
    return true;
}

static bool take_offset(ay_scan *s, int32_t *ret_east_s)
{
    int32_t west;
    if (!take_hms(s, &west) || west <= -DAY_S || west >= DAY_S) return false;
    *ret_east_s = -west;
    return true;
}

static bool take_day(ay_scan *s, ay_zone_day *day)
{
    *day = (ay_zone_day){.form = 'n', .at_s = 2 * 3600};
    bool ok;
    if (ay_scan_take(s, 'M')) {
        day->form = 'M';
        ok = take_int(s, 1, 12, &day->month) && ay_scan_take(s, '.') && take_int(s, 1, 5, &day->week) &&
             ay_scan_take(s, '.') && take_int(s, 0, 6, &day->day);
    } else if (ay_scan_take(s, 'J')) {
        day->form = 'J';
        ok = take_int(s, 1, 365, &day->day);
    } else {
        ok = take_int(s, 0, 365, &day->day);
    }
    return ok && (!ay_scan_take(s, '/') || take_hms(s, &day->at_s));
}

bool ay_zone_rule_parse(ay_str text, ay_zone_rule *ret)
{
    ay_scan s = ay_scan_on(text);
    ay_zone_rule rule = {.is_set = true};
    if (!take_name(&s) || !take_offset(&s, &rule.standard_s)) return false;
    if (s.at < s.end) {
        rule.has_dst = true;
        if (!take_name(&s)) return false;
        rule.dst_s = rule.standard_s + 3600;
        if (!ay_scan_at(&s, ',') && !take_offset(&s, &rule.dst_s)) return false;
        if (!ay_scan_take(&s, ',') || !take_day(&s, &rule.begin) || !ay_scan_take(&s, ',') || !take_day(&s, &rule.end))
            return false;
    }
    if (s.at != s.end) return false;
    *ret = rule;
    return true;
}

static int64_t rule_day(const ay_zone_day *day, int64_t year)
{
    const int64_t new_year = ay_days_from_civil(year, 1, 1);
    if (day->form == 'n') return new_year + day->day;
    if (day->form == 'J') return new_year + day->day - 1 + (day->day >= 60 && ay_days_in_month(year, 2) == 29);
    const unsigned month = (unsigned)day->month;
    const int64_t first = ay_days_from_civil(year, month, 1);
    const int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    int64_t in_month = (day->day - weekday + 7) % 7 + (day->week - 1) * 7;
    if (in_month >= ay_days_in_month(year, month)) in_month -= 7; /* week 5: the last */
    return first + in_month;
}

void ay_zone_rule_year(const ay_zone_rule *rule, int64_t year, ay_zone_change ret[2])
{
    const ay_zone_change begin = {rule_day(&rule->begin, year) * DAY_S + rule->begin.at_s - rule->standard_s,
                                  rule->dst_s};
    const ay_zone_change end = {rule_day(&rule->end, year) * DAY_S + rule->end.at_s - rule->dst_s, rule->standard_s};
    const bool swap = end.at < begin.at;
    ret[0] = swap ? end : begin;
    ret[1] = swap ? begin : end;
}

static bool take_two(ay_scan *s, int most, int *ret)
{
    const char *start = s->at;
    return take_int(s, 0, most, ret) && s->at - start == 2;
}

bool ay_zone_offset_parse(ay_str text, int32_t *ret_s)
{
    ay_scan s = ay_scan_on(text);
    int hours, minutes = 0;
    if (!ay_scan_at(&s, '-') && !ay_scan_at(&s, '+')) return false;
    const int sign = ay_scan_minus(&s) ? -1 : 1;
    if (text.len == 5) { /* +0530 */
        s.end -= 2;
        if (!take_two(&s, OFFSET_HOURS_MAX, &hours)) return false;
        s.end += 2;
        if (!take_two(&s, 59, &minutes)) return false;
    } else if (!take_two(&s, OFFSET_HOURS_MAX, &hours) || (ay_scan_take(&s, ':') && !take_two(&s, 59, &minutes))) {
        return false;
    }
    *ret_s = (hours * 3600 + minutes * 60) * sign;
    return ay_scan_ended(&s);
}
