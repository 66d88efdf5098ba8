/* Reading intervals: "1 day", "24h", "1 mon 2 days 03:04:05", "P1DT2H". A fraction that does not come out even in
 * microseconds (or months, for years) is refused, not rounded. */
#include "base/mem.h"
#include "base/scan.h"
#include "base/time.h"

#define FRACTION_ONE INT64_C(1000000000000000000) /* fractions are counted in 10^-18 */
#define WHOLE_MAX    (UINT64_MAX / 10 - 1)

typedef enum part { PART_MONTHS, PART_DAYS, PART_US } part;

#define BIT_US     (1u << 0)
#define BIT_MS     (1u << 1)
#define BIT_SECOND (1u << 2)
#define BIT_MINUTE (1u << 3)
#define BIT_HOUR   (1u << 4)
#define BIT_DAY    (1u << 5)
#define BIT_WEEK   (1u << 6)
#define BIT_MONTH  (1u << 7)
#define BIT_YEAR   (1u << 8)
#define BITS_CLOCK (BIT_US | BIT_MS | BIT_SECOND | BIT_MINUTE | BIT_HOUR)

static const struct unit {
    const char *name;
    bool has_plural; /* with -s */
    part part;
    unsigned bit;
    int64_t size; /* in months, days or microseconds */
} units[] = {
    {"us", false, PART_US, BIT_US, 1},
    {"ms", false, PART_US, BIT_MS, 1000},
    {"s", false, PART_US, BIT_SECOND, 1000000},
    {"sec", true, PART_US, BIT_SECOND, 1000000},
    {"second", true, PART_US, BIT_SECOND, 1000000},
    {"min", true, PART_US, BIT_MINUTE, INT64_C(60000000)},
    {"minute", true, PART_US, BIT_MINUTE, INT64_C(60000000)},
    {"h", false, PART_US, BIT_HOUR, INT64_C(3600000000)},
    {"hour", true, PART_US, BIT_HOUR, INT64_C(3600000000)},
    {"d", false, PART_DAYS, BIT_DAY, 1},
    {"day", true, PART_DAYS, BIT_DAY, 1},
    {"week", true, PART_DAYS, BIT_WEEK, 7},
    {"w", false, PART_DAYS, BIT_WEEK, 7},
    {"mon", true, PART_MONTHS, BIT_MONTH, 1},
    {"month", true, PART_MONTHS, BIT_MONTH, 1},
    {"y", false, PART_MONTHS, BIT_YEAR, 12},
    {"year", true, PART_MONTHS, BIT_YEAR, 12},
};

/* value = sign * (whole + fraction / 10^18) */
typedef struct number {
    uint64_t whole;
    int64_t fraction;
    bool negative, too_fine, too_large;
} number;

typedef struct sum {
    __int128 parts[3]; /* by part */
    unsigned seen;     /* bits of the units */
    bool inexact;
} sum;

static bool take_whole(ay_scan *s, number *num)
{
    const char *start = s->at;
    for (; ay_scan_at_digit(s); s->at++) {
        if (num->whole > WHOLE_MAX) num->too_large = true;
        else num->whole = num->whole * 10 + (uint64_t)(*s->at - '0');
    }
    return s->at > start;
}

static bool take_fraction(ay_scan *s, number *num)
{
    const char *start = s->at;
    int64_t place = FRACTION_ONE;
    for (; ay_scan_at_digit(s); s->at++) {
        place /= 10;
        num->fraction += place * (*s->at - '0');
        num->too_fine |= place == 0 && *s->at != '0';
    }
    return s->at > start;
}

static bool take_number(ay_scan *s, number *num)
{
    *num = (number){0};
    num->negative = ay_scan_minus(s);
    return take_whole(s, num) && (!ay_scan_take(s, '.') || take_fraction(s, num));
}

/* Adds the whole parts of `rest`, which is in 10^-18 parts; what is left of it. */
static __int128 add_rest(sum *total, part to, int sign, __int128 rest)
{
    total->parts[to] += sign * (rest / FRACTION_ONE);
    return rest % FRACTION_ONE;
}

/* False: the unit was there already. What a fraction of a month or a day leaves over goes to the smaller parts: 30
 * days a month, 24 hours a day. */
static bool add(sum *total, const number *num, const struct unit *unit)
{
    if (total->seen & unit->bit) return false;
    total->seen |= unit->bit;
    const int sign = num->negative ? -1 : 1;
    total->parts[unit->part] += sign * (__int128)num->whole * unit->size;
    __int128 rest = add_rest(total, unit->part, sign, (__int128)num->fraction * unit->size);
    const bool is_month = unit->bit == BIT_MONTH;
    if (is_month) rest = add_rest(total, PART_DAYS, sign, rest * 30);
    if (is_month || unit->part == PART_DAYS) rest = add_rest(total, PART_US, sign, rest * AY_DAY_US);
    total->inexact |= num->too_fine || num->too_large || rest != 0;
    return true;
}

static ay_time_status finish(const sum *total, ay_interval *ret)
{
    const __int128 months = total->parts[PART_MONTHS], days = total->parts[PART_DAYS], us = total->parts[PART_US];
    if (total->inexact) return AY_TIME_RANGE;
    if (months < INT32_MIN || months > INT32_MAX || days < INT32_MIN || days > INT32_MAX) return AY_TIME_RANGE;
    if (us < INT64_MIN || us > INT64_MAX) return AY_TIME_RANGE;
    *ret = (ay_interval){(int32_t)months, (int32_t)days, (int64_t)us};
    return AY_TIME_OK;
}

static const struct unit *find_unit(ay_str word)
{
    for (size_t i = 0; i < AY_COUNT(units); i++) {
        if (ay_is_word(word, units[i].name)) return &units[i];
        const bool is_plural = units[i].has_plural && word.len > 1 && ay_to_lower(word.ptr[word.len - 1]) == 's';
        if (is_plural && ay_is_word(ay_str_slice(word, 0, word.len - 1), units[i].name)) return &units[i];
    }
    return NULL;
}

static bool take_two(ay_scan *s, number *num)
{
    const char *start = s->at;
    return take_whole(s, num) && s->at - start == 2;
}

/* The rest of 03:04[:05[.6]] behind the hours. */
static ay_time_status take_clock(ay_scan *s, number *hours, sum *total)
{
    number minutes = {.negative = hours->negative}, seconds = minutes;
    if (hours->fraction || (total->seen & BITS_CLOCK) || !ay_scan_take(s, ':') || !take_two(s, &minutes))
        return AY_TIME_SYNTAX;
    if (ay_scan_take(s, ':')) {
        if (!take_two(s, &seconds) || (ay_scan_take(s, '.') && !take_fraction(s, &seconds))) return AY_TIME_SYNTAX;
    }
    if (minutes.whole > 59 || seconds.whole > 59) return AY_TIME_NO_TIME;
    (void)add(total, hours, find_unit(AY_STR("h")));
    (void)add(total, &minutes, find_unit(AY_STR("min")));
    (void)add(total, &seconds, find_unit(AY_STR("s")));
    total->seen |= BITS_CLOCK;
    return AY_TIME_OK;
}

static ay_time_status take_component(ay_scan *s, sum *total)
{
    number num;
    if (!take_number(s, &num)) return AY_TIME_SYNTAX;
    if (ay_scan_at(s, ':')) return take_clock(s, &num, total);
    while (ay_scan_take(s, ' ')) continue;
    const char *start = s->at;
    while (s->at < s->end && ay_is_alpha(*s->at)) s->at++;
    const struct unit *unit = find_unit((ay_str){start, (size_t)(s->at - start)});
    return unit && add(total, &num, unit) ? AY_TIME_OK : AY_TIME_SYNTAX;
}

static ay_time_status parse_words(ay_scan *s, sum *total)
{
    while (true) {
        const ay_time_status status = take_component(s, total);
        if (status != AY_TIME_OK || ay_scan_ended(s)) return status;
        if (!ay_scan_take(s, ' ')) return AY_TIME_SYNTAX;
        while (ay_scan_take(s, ' ')) continue;
    }
}

/* Components of P...T... in the order of the standard, each at most once. */
static bool take_designated(ay_scan *s, const char *letters, const char *const *names, sum *total)
{
    size_t next = 0;
    while (ay_scan_at_digit(s) || ay_scan_at(s, '-') || ay_scan_at(s, '+')) {
        number num;
        if (!take_number(s, &num) || ay_scan_ended(s)) return false;
        while (letters[next] && letters[next] != *s->at) next++;
        if (!letters[next]) return false;
        s->at++;
        (void)add(total, &num, find_unit(ay_str_from(names[next++])));
    }
    return true;
}

static ay_time_status parse_designators(ay_scan *s, sum *total)
{
    static const char *const date[] = {"y", "mon", "w", "d"}, *const clock[] = {"h", "min", "s"};
    if (!take_designated(s, "YMWD", date, total)) return AY_TIME_SYNTAX;
    if (ay_scan_take(s, 'T')) {
        const unsigned before = total->seen;
        if (!take_designated(s, "HMS", clock, total) || total->seen == before) return AY_TIME_SYNTAX;
    }
    return ay_scan_ended(s) && total->seen ? AY_TIME_OK : AY_TIME_SYNTAX;
}

ay_time_status ay_interval_parse(ay_str text, ay_interval *ret)
{
    ay_scan s = ay_scan_on(text);
    sum total = {0};
    const ay_time_status status = ay_scan_take(&s, 'P') ? parse_designators(&s, &total) : parse_words(&s, &total);
    return status == AY_TIME_OK ? finish(&total, ret) : status;
}
