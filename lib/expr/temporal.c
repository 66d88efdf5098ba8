/* Kernels over dates, timestamps and intervals, with PostgreSQL's ranges and infinities. */
#include "base/mem.h"
#include "expr/kernel.h"

static bool infinite(int64_t v)
{
    return v == AY_INFINITY || v == AY_NEG_INFINITY;
}

int64_t ay_local_to_utc(const ay_zone *zone, int64_t local_us)
{
    return zone ? ay_zone_to_utc(zone, local_us) : local_us;
}

static int64_t utc_to_local(const ay_zone *zone, int64_t utc_us)
{
    return zone ? ay_zone_from_utc(zone, utc_us, NULL) : utc_us;
}

bool ay_date_midnight(int64_t days, int64_t *ret_us)
{
    const ay_interval none = {0, 0, 0};
    int64_t us = days;
    if (!infinite(days) && __builtin_mul_overflow(days, AY_DAY_US, &us)) return false;
    return infinite(us) ? (*ret_us = us, infinite(days)) : ay_timestamp_add(us, none, ret_us) == AY_TIME_OK;
}

bool ay_k_date_ts(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const int64_t days = AY_AT(c->arg[0], i64, i);
        if (ay_date_midnight(days, &c->out->v.i64[i])) continue;
        c->out->v.i64[i] = days > 0 ? AY_INFINITY - 1 : AY_NEG_INFINITY + 1;
        if (!c->term->lenient) ay_bit_set(c->out->bad, i);
    }
    return true;
}

bool ay_k_ts_tstz(const ay_call *c)
{
    AY_EACH_LIVE (i, c) c->out->v.i64[i] = ay_local_to_utc(c->context->zone, AY_AT(c->arg[0], i64, i));
    return true;
}

/* The days to add are a PostgreSQL integer, of 32 bits, also where the date is infinite. */
static bool date_plus(int64_t days, int64_t more, int64_t *ret)
{
    if (more < INT32_MIN || more > INT32_MAX) return false;
    if (infinite(days)) {
        *ret = days;
        return true;
    }
    return !__builtin_add_overflow(days, more, ret) && *ret >= AY_DATE_MIN && *ret <= AY_DATE_MAX;
}

bool ay_k_date_add(const ay_call *c)
{
    AY_EACH_LIVE (i, c)
        if (!date_plus(AY_AT(c->arg[0], i64, i), AY_AT(c->arg[1], i64, i), &c->out->v.i64[i]))
            ay_bit_set(c->out->bad, i);
    return true;
}

bool ay_k_date_sub(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const int64_t less = AY_AT(c->arg[1], i64, i);
        if (less == INT64_MIN || !date_plus(AY_AT(c->arg[0], i64, i), -less, &c->out->v.i64[i]))
            ay_bit_set(c->out->bad, i);
    }
    return true;
}

bool ay_k_date_diff(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const int64_t a = AY_AT(c->arg[0], i64, i), b = AY_AT(c->arg[1], i64, i);
        if (infinite(a) || infinite(b)) ay_bit_set(c->out->bad, i);
        else c->out->v.i64[i] = a - b;
    }
    return true;
}

static bool negated(ay_interval iv, ay_interval *ret)
{
    if (iv.months == INT32_MIN || iv.days == INT32_MIN || iv.us == INT64_MIN) return false;
    *ret = ay_interval_neg(iv);
    return true;
}

static bool ts_plus(int64_t us, ay_interval iv, int64_t *ret)
{
    if (infinite(us)) {
        *ret = us;
        return true;
    }
    return ay_timestamp_add(us, iv, ret) == AY_TIME_OK;
}

/* Months and days move the local clock, microseconds the instant. */
bool ay_tstz_plus(const ay_zone *zone, int64_t utc_us, ay_interval iv, int64_t *ret_us)
{
    const ay_interval steps[] = {{iv.months, 0, 0}, {0, iv.days, 0}};
    int64_t at = utc_us;
    for (size_t i = 0; i < AY_COUNT(steps); i++) {
        if (steps[i].months == 0 && steps[i].days == 0) continue;
        if (!ts_plus(utc_to_local(zone, at), steps[i], &at)) return false;
        at = ay_local_to_utc(zone, at);
    }
    return ts_plus(at, (ay_interval){0, 0, iv.us}, ret_us);
}

bool ay_k_ts_add(const ay_call *c)
{
    AY_EACH_LIVE (i, c)
        if (!ts_plus(AY_AT(c->arg[0], i64, i), AY_AT(c->arg[1], iv, i), &c->out->v.i64[i])) ay_bit_set(c->out->bad, i);
    return true;
}

bool ay_k_ts_sub(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        ay_interval iv;
        if (!negated(AY_AT(c->arg[1], iv, i), &iv) || !ts_plus(AY_AT(c->arg[0], i64, i), iv, &c->out->v.i64[i]))
            ay_bit_set(c->out->bad, i);
    }
    return true;
}

/* The day is only looked at where there is an interval: a far one and null are null. */
bool ay_k_date_iv_add(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        int64_t us;
        if (!ay_date_midnight(AY_AT(c->arg[0], i64, i), &us) ||
            !ts_plus(us, AY_AT(c->arg[1], iv, i), &c->out->v.i64[i]))
            ay_bit_set(c->out->bad, i);
    }
    return true;
}

bool ay_k_date_iv_sub(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        int64_t us;
        ay_interval iv;
        const bool ok = negated(AY_AT(c->arg[1], iv, i), &iv) && ay_date_midnight(AY_AT(c->arg[0], i64, i), &us) &&
                        ts_plus(us, iv, &c->out->v.i64[i]);
        if (!ok) ay_bit_set(c->out->bad, i);
    }
    return true;
}

bool ay_k_tstz_add(const ay_call *c)
{
    const ay_zone *zone = c->context->zone;
    AY_EACH_LIVE (i, c)
        if (!ay_tstz_plus(zone, AY_AT(c->arg[0], i64, i), AY_AT(c->arg[1], iv, i), &c->out->v.i64[i]))
            ay_bit_set(c->out->bad, i);
    return true;
}

bool ay_k_tstz_sub(const ay_call *c)
{
    const ay_zone *zone = c->context->zone;
    AY_EACH_LIVE (i, c) {
        ay_interval iv;
        if (!negated(AY_AT(c->arg[1], iv, i), &iv) ||
            !ay_tstz_plus(zone, AY_AT(c->arg[0], i64, i), iv, &c->out->v.i64[i]))
            ay_bit_set(c->out->bad, i);
    }
    return true;
}

bool ay_k_ts_diff(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const int64_t a = AY_AT(c->arg[0], i64, i), b = AY_AT(c->arg[1], i64, i);
        int64_t us;
        if (infinite(a) || infinite(b) || __builtin_sub_overflow(a, b, &us)) ay_bit_set(c->out->bad, i);
        else c->out->v.iv[i] = (ay_interval){0, (int32_t)(us / AY_DAY_US), us % AY_DAY_US};
    }
    return true;
}

static bool iv_plus(ay_interval a, ay_interval b, ay_interval *ret)
{
    bool over = __builtin_add_overflow(a.months, b.months, &ret->months);
    over |= __builtin_add_overflow(a.days, b.days, &ret->days);
    over |= __builtin_add_overflow(a.us, b.us, &ret->us);
    return !over;
}

static bool iv_minus(ay_interval a, ay_interval b, ay_interval *ret)
{
    bool over = __builtin_sub_overflow(a.months, b.months, &ret->months);
    over |= __builtin_sub_overflow(a.days, b.days, &ret->days);
    over |= __builtin_sub_overflow(a.us, b.us, &ret->us);
    return !over;
}

bool ay_k_iv_add(const ay_call *c)
{
    AY_EACH_LIVE (i, c)
        if (!iv_plus(AY_AT(c->arg[0], iv, i), AY_AT(c->arg[1], iv, i), &c->out->v.iv[i])) ay_bit_set(c->out->bad, i);
    return true;
}

bool ay_k_iv_sub(const ay_call *c)
{
    AY_EACH_LIVE (i, c)
        if (!iv_minus(AY_AT(c->arg[0], iv, i), AY_AT(c->arg[1], iv, i), &c->out->v.iv[i])) ay_bit_set(c->out->bad, i);
    return true;
}

bool ay_k_iv_neg(const ay_call *c)
{
    AY_EACH_LIVE (i, c)
        if (!negated(AY_AT(c->arg[0], iv, i), &c->out->v.iv[i])) ay_bit_set(c->out->bad, i);
    return true;
}

bool ay_k_age_years(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const int64_t from = AY_AT(c->arg[0], i64, i);
        const int64_t to = c->term->n == 2 ? AY_AT(c->arg[1], i64, i) : c->context->today;
        if (infinite(from) || infinite(to)) ay_bit_set(c->out->bad, i);
        else c->out->v.i64[i] = ay_age_years(from, to);
    }
    return true;
}

/* Of days, or of instants of which `day` make one day. */
static bool month(const ay_call *c, int64_t day, const ay_zone *zone)
{
    AY_EACH_LIVE (i, c) {
        const int64_t at = utc_to_local(zone, AY_AT(c->arg[0], i64, i));
        int64_t year;
        unsigned number, of_month;
        if (infinite(at)) {
            ay_bit_set(c->out->null, i);
            continue;
        }
        ay_civil_from_days(at / day - (at % day < 0), &year, &number, &of_month);
        c->out->v.i64[i] = number;
    }
    return true;
}

bool ay_k_date_month(const ay_call *c)
{
    return month(c, 1, NULL);
}

bool ay_k_ts_month(const ay_call *c)
{
    return month(c, AY_DAY_US, NULL);
}

bool ay_k_tstz_month(const ay_call *c)
{
    return month(c, AY_DAY_US, c->context->zone);
}

size_t ay_to_char_word(ay_str text)
{
    static const char *const words[] = {"YYYY", "MM", "DD", "-", "/", "."};
    for (size_t i = 0; i < AY_COUNT(words); i++) {
        const size_t n = strlen(words[i]);
        if (text.len >= n && memcmp(text.ptr, words[i], n) == 0) return n;
    }
    return 0;
}

static void put_digits(char *out, size_t width, unsigned value)
{
    for (size_t k = width; k--; value /= 10) out[k] = (char)('0' + value % 10);
}

/* Every word of the template is as long as what stands for it. */
static void put_date(char *out, ay_str template, unsigned year, unsigned month, unsigned day)
{
    for (size_t at = 0, n; at < template.len; at += n) {
        n = ay_to_char_word(ay_str_slice(template, at, template.len));
        switch (template.ptr[at]) {
        case 'Y': put_digits(out + at, n, year); break;
        case 'M': put_digits(out + at, n, month); break;
        case 'D': put_digits(out + at, n, day); break;
        default: out[at] = template.ptr[at];
        }
    }
}

bool ay_k_to_char(const ay_call *c)
{
    AY_EACH_LIVE (i, c) {
        const ay_str template = AY_AT(c->arg[1], str, i);
        int64_t year = 0;
        unsigned month, day;
        if (!infinite(AY_AT(c->arg[0], i64, i))) ay_civil_from_days(AY_AT(c->arg[0], i64, i), &year, &month, &day);
        if (year < 1 || year > 9999) {
            ay_bit_set(c->out->bad, i);
            continue;
        }
        char *out = ay_arena_bytes(c->heap, template.len);
        if (!out) return false;
        put_date(out, template, (unsigned)year, month, day);
        c->out->v.str[i] = (ay_str){out, template.len};
    }
    return true;
}
