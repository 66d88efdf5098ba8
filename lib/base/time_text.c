/* Writing dates, times and intervals as PostgreSQL does with DateStyle ISO and IntervalStyle postgres. */
#include <stdlib.h>

#include "base/time_range.h"

#define SECOND_US INT64_C(1000000)

static bool put_infinity(int64_t v, ay_buf *out)
{
    if (v != AY_INFINITY && v != AY_NEG_INFINITY) return false;
    ay_buf_text(out, v == AY_INFINITY ? "infinity" : "-infinity");
    return true;
}

/* At least so many digits, with zeros before them. */
static void put_padded(uint64_t value, size_t width, ay_buf *out)
{
    char digits[20];
    size_t n = 0;
    for (; value || n < width; value /= 10) digits[sizeof digits - ++n] = (char)('0' + value % 10);
    ay_buf_put(out, digits + sizeof digits - n, n);
}

static void put_part(char before, uint64_t value, ay_buf *out)
{
    ay_buf_char(out, before);
    put_padded(value, 2, out);
}

/* Without the era; true: it is BC. */
static bool put_day(int64_t days, ay_buf *out)
{
    int64_t year;
    unsigned month, day;
    ay_civil_from_days(days, &year, &month, &day);
    const bool is_bc = year <= 0;
    put_padded((uint64_t)(is_bc ? 1 - year : year), 4, out);
    put_part('-', month, out);
    put_part('-', day, out);
    return is_bc;
}

static void put_fraction(int64_t us, ay_buf *out)
{
    if (us == 0) return;
    size_t width = 6;
    for (; us % 10 == 0; us /= 10) width--;
    ay_buf_char(out, '.');
    put_padded((uint64_t)us, width, out);
}

static void put_clock(uint64_t us, ay_buf *out)
{
    const uint64_t seconds = us / (uint64_t)SECOND_US;
    put_padded(seconds / 3600, 2, out);
    put_part(':', seconds / 60 % 60, out);
    put_part(':', seconds % 60, out);
    put_fraction((int64_t)(us % (uint64_t)SECOND_US), out);
}

static void put_offset(int32_t offset_s, ay_buf *out)
{
    const unsigned total = (unsigned)abs(offset_s);
    put_part(offset_s < 0 ? '-' : '+', total / 3600, out);
    if (total % 3600) put_part(':', total / 60 % 60, out);
    if (total % 60) put_part(':', total % 60, out);
}

void ay_date_text(int64_t days, ay_buf *out)
{
    if (!put_infinity(days, out) && put_day(days, out)) ay_buf_text(out, " BC");
}

void ay_time_text(int64_t us, ay_buf *out)
{
    put_clock((uint64_t)us, out);
}

void ay_timetz_text(ay_timetz t, ay_buf *out)
{
    put_clock((uint64_t)t.us, out);
    put_offset(t.offset_s, out);
}

/* Date and time of day; true: it is BC. */
static bool put_local(int64_t us, ay_buf *out)
{
    const int64_t days = ay_floor_div(us, AY_DAY_US);
    const bool is_bc = put_day(days, out);
    ay_buf_char(out, ' ');
    put_clock((uint64_t)(us - days * AY_DAY_US), out);
    return is_bc;
}

void ay_timestamp_text(int64_t us, ay_buf *out)
{
    if (!put_infinity(us, out) && put_local(us, out)) ay_buf_text(out, " BC");
}

void ay_timestamptz_text(int64_t utc_us, const ay_zone *zone, ay_buf *out)
{
    if (put_infinity(utc_us, out)) return;
    int32_t offset = 0;
    const int64_t local = zone ? ay_zone_from_utc(zone, utc_us, &offset) : utc_us;
    const bool is_bc = put_local(local, out);
    put_offset(offset, out);
    if (is_bc) ay_buf_text(out, " BC");
}

/* PostgreSQL's way with signs: a field is told to be positive only behind a negative one. */
typedef struct interval_writer {
    ay_buf *out;
    bool any, before;
} interval_writer;

static void put_unit(interval_writer *w, int32_t value, const char *unit)
{
    if (value == 0) return;
    ay_buf_printf(w->out, "%s%s%d %s%s", w->any ? " " : "", w->before && value > 0 ? "+" : "", value, unit,
                  value == 1 ? "" : "s");
    w->before = value < 0;
    w->any = true;
}

void ay_interval_text(ay_interval iv, ay_buf *out)
{
    interval_writer w = {out, false, false};
    put_unit(&w, iv.months / 12, "year");
    put_unit(&w, iv.months % 12, "mon");
    put_unit(&w, iv.days, "day");
    if (w.any && iv.us == 0) return;
    if (w.any) ay_buf_char(out, ' ');
    if (iv.us < 0) ay_buf_char(out, '-');
    else if (w.before) ay_buf_char(out, '+');
    put_clock(iv.us < 0 ? -(uint64_t)iv.us : (uint64_t)iv.us, out);
}
