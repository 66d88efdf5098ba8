/* The calendar and arithmetic on it. */
#include <assert.h>
#include <time.h>

#include "base/time_range.h"

#define DAYS_400     146097 /* days in 400 years */
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

bool ay_date_is_sound(int64_t days)
{
    return (days >= AY_DATE_MIN && days <= AY_DATE_MAX) || days == AY_INFINITY || days == AY_NEG_INFINITY;
}

bool ay_timestamp_is_sound(int64_t us)
{
    return ay_timestamp_in_range(us) || us == AY_INFINITY || us == AY_NEG_INFINITY;
}

int64_t ay_days_from_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2; /* years begin in March, so that the leap day is the last */
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t in_era = year - era * 400;
    const int64_t in_year = (153 * (int64_t)((month + 9) % 12) + 2) / 5 + (int64_t)day - 1;
    return era * DAYS_400 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - DAYS_TO_1970;
}

void ay_civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
    days += DAYS_TO_1970;
    const int64_t era = (days >= 0 ? days : days - (DAYS_400 - 1)) / DAYS_400;
    const int64_t in_era = days - era * DAYS_400;
    const int64_t year_in_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    const int64_t in_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
    const int64_t march = (5 * in_year + 2) / 153;
    *day = (unsigned)(in_year - (153 * march + 2) / 5 + 1);
    *month = (unsigned)(march < 10 ? march + 3 : march - 9);
    *year = year_in_era + era * 400 + (*month <= 2);
}

unsigned ay_days_in_month(int64_t year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    const bool is_leap =
        (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)); /* no branch: years are guessed badly */
    return days[month - 1] + (unsigned)((month == 2) & is_leap);
}

static int64_t add_months(int64_t days, int32_t months)
{
    int64_t year;
    unsigned month, day;
    ay_civil_from_days(days, &year, &month, &day);
    const int64_t total = year * 12 + (month - 1) + months;
    year = ay_floor_div(total, 12);
    month = (unsigned)(total - year * 12) + 1;
    const unsigned last = ay_days_in_month(year, month);
    return ay_days_from_civil(year, month, day < last ? day : last);
}

ay_time_status ay_timestamp_add(int64_t us, ay_interval iv, int64_t *ret)
{
    if (us != AY_INFINITY && us != AY_NEG_INFINITY) {
        /* PostgreSQL looks at the range after each step, so that 100000 years there and back is an error. */
        const int64_t days = ay_floor_div(us, AY_DAY_US), of_day = us - days * AY_DAY_US;
        const int64_t moved = iv.months ? add_months(days, iv.months) : days;
        if (ay_timestamp_join(moved, of_day, &us) != AY_TIME_OK) return AY_TIME_RANGE;
        if (ay_timestamp_join(moved + iv.days, of_day, &us) != AY_TIME_OK) return AY_TIME_RANGE;
        if (__builtin_add_overflow(us, iv.us, &us) || !ay_timestamp_in_range(us)) return AY_TIME_RANGE;
    }
    *ret = us;
    return AY_TIME_OK;
}

ay_time_status ay_date_add(int64_t days, ay_interval iv, int64_t *ret)
{
    assert(iv.us == 0);
    if (days != AY_INFINITY && days != AY_NEG_INFINITY) {
        days = (iv.months ? add_months(days, iv.months) : days) + iv.days;
        if (days < AY_DATE_MIN || days > AY_DATE_MAX) return AY_TIME_RANGE;
    }
    *ret = days;
    return AY_TIME_OK;
}

bool ay_timestamp_in_range(int64_t us)
{
    return us >= AY_TIMESTAMP_MIN && us != AY_INFINITY;
}

ay_time_status ay_timestamp_join(int64_t days, int64_t us_of_day, int64_t *ret)
{
    int64_t us;
    if (__builtin_mul_overflow(days, AY_DAY_US, &us) || __builtin_add_overflow(us, us_of_day, &us))
        return AY_TIME_RANGE;
    if (!ay_timestamp_in_range(us)) return AY_TIME_RANGE;
    *ret = us;
    return AY_TIME_OK;
}

/* The least values have no opposite; their neighbour's is as far beyond every date. */
ay_interval ay_interval_neg(ay_interval iv)
{
    return (ay_interval){
        iv.months == INT32_MIN ? INT32_MAX : -iv.months,
        iv.days == INT32_MIN ? INT32_MAX : -iv.days,
        iv.us == INT64_MIN ? INT64_MAX : -iv.us,
    };
}

int ay_interval_cmp(ay_interval a, ay_interval b)
{
    const __int128 x = ((__int128)a.months * 30 + a.days) * AY_DAY_US + a.us;
    const __int128 y = ((__int128)b.months * 30 + b.days) * AY_DAY_US + b.us;
    return (x > y) - (x < y);
}

int ay_timetz_cmp(ay_timetz a, ay_timetz b)
{
    const int64_t x = a.us - a.offset_s * INT64_C(1000000), y = b.us - b.offset_s * INT64_C(1000000);
    if (x != y) return x < y ? -1 : 1;
    return (a.offset_s < b.offset_s) - (a.offset_s > b.offset_s); /* PostgreSQL counts west of Greenwich */
}

int64_t ay_age_years(int64_t from_days, int64_t to_days)
{
    if (from_days == to_days) return 0;
    if (from_days > to_days) {
        const int64_t years = ay_age_years(to_days, from_days);
        return years == AY_INFINITY ? AY_NEG_INFINITY : -years;
    }
    if (from_days == AY_NEG_INFINITY || to_days == AY_INFINITY) return AY_INFINITY;
    int64_t from_year, to_year;
    unsigned from_month, from_day, to_month, to_day;
    ay_civil_from_days(from_days, &from_year, &from_month, &from_day);
    ay_civil_from_days(to_days, &to_year, &to_month, &to_day);
    const bool before = to_month != from_month ? to_month < from_month : to_day < from_day;
    return to_year - from_year - before;
}

const char *ay_time_reason(ay_time_status status, bool zh)
{
    static const char *const reasons[][2] = {
        [AY_TIME_OK] = {"in order", "无误"},
        [AY_TIME_SYNTAX] = {"not of the form of ISO 8601", "不符合 GB/T 7408（ISO 8601）的格式"},
        [AY_TIME_NO_DAY] = {"no such day in the calendar", "日历中没有这一天"},
        [AY_TIME_NO_TIME] = {"no such time of day", "没有这一时刻"},
        [AY_TIME_RANGE] = {"out of range, or finer than a microsecond", "超出范围，或精度细于微秒"},
        [AY_TIME_ZONE] = {"a time zone is missing, wrong, or does not belong here",
                          "缺少时区、时区有误或此处不应有时区"},
    };
    _Static_assert(sizeof reasons / sizeof reasons[0] == AY_TIME_STATUS_COUNT, "a reason for every status");
    assert(status < AY_TIME_STATUS_COUNT);
    return reasons[status][zh];
}

int64_t ay_clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
