/* Dates and times as integers: days and microseconds from 1970-01-01 in the proleptic Gregorian calendar.
 * Reading is strict ISO 8601 (GB/T 7408) plus the forms PostgreSQL writes with DateStyle ISO; what cannot be is
 * refused with a reason, never repaired. */
#ifndef AY_BASE_TIME_H
#define AY_BASE_TIME_H

#include "base/buf.h"
#include "base/str.h"

#define AY_DAY_US       INT64_C(86400000000)
#define AY_INFINITY     INT64_MAX /* date, timestamp: later than all others */
#define AY_NEG_INFINITY INT64_MIN

typedef enum ay_time_status {
    AY_TIME_OK,
    AY_TIME_SYNTAX,  /* not of the form */
    AY_TIME_NO_DAY,  /* 2024-02-30, 0000-00-00, month 13 */
    AY_TIME_NO_TIME, /* hour 24, minute 60, second 60 (leap second) */
    AY_TIME_RANGE,   /* outside what PostgreSQL can hold */
    AY_TIME_ZONE,    /* a zone where none belongs, or none where one is needed */
    AY_TIME_STATUS_COUNT
} ay_time_status;

typedef struct ay_interval {
    int32_t months, days;
    int64_t us;
} ay_interval;

typedef struct ay_timetz {
    int64_t us;       /* since local midnight */
    int32_t offset_s; /* seconds east of UTC */
} ay_timetz;

typedef struct ay_zone ay_zone; /* immutable once open; shared by threads */

/* "Asia/Shanghai" (from the system's zoneinfo: TZif v1-v4, footer rule included), "UTC", or "+08:00".
 * EUSAGE for a name that cannot be found, with the nearest thing to do. Free with ay_zone_close. */
assay_status ay_zone_open(const char *name, ay_zone **ret, assay_err *err);
ay_zone *ay_zone_close(ay_zone *zone);
/* Local time to UTC. In a gap the offset before the change counts, in an overlap the later offset (standard time), as
 * PostgreSQL does. Infinities stay. */
int64_t ay_zone_to_utc(const ay_zone *zone, int64_t local_us);
int64_t ay_zone_from_utc(const ay_zone *zone, int64_t utc_us, int32_t *ret_offset_s); /* offset may be NULL */

int64_t ay_clock_us(void); /* the system's clock, UTC */
/* Whether this is a day, or a moment in microseconds, that can be held: in range, or infinite. */
bool ay_date_is_sound(int64_t days);
bool ay_timestamp_is_sound(int64_t us);

int64_t ay_days_from_civil(int64_t year, unsigned month, unsigned day);
void ay_civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day); /* year 0 is 1 BC */
unsigned ay_days_in_month(int64_t year, unsigned month);

ay_time_status ay_date_parse(ay_str text, int64_t *ret_days);    /* 2024-02-29; infinity, -infinity, " BC" */
ay_time_status ay_time_parse(ay_str text, int64_t *ret_us);      /* 22:22, 22:22:01, 22:22:01.123456 */
ay_time_status ay_timetz_parse(ay_str text, ay_timetz *ret);     /* 22:22:01+08, Z */
ay_time_status ay_timestamp_parse(ay_str text, int64_t *ret_us); /* date [T or space] time, no zone */
/* With an offset: UTC. Without: local in `zone`; zone NULL: AY_TIME_ZONE. */
ay_time_status ay_timestamptz_parse(ay_str text, const ay_zone *zone, int64_t *ret_utc_us);
/* "1 day", "24h", "90 minutes", "1 mon 2 days 03:04:05", "P1DT2H", and PostgreSQL's output (IntervalStyle postgres,
 * iso_8601). Units: us ms s sec second min minute h hour d day w week mon month y year, with plurals. */
ay_time_status ay_interval_parse(ay_str text, ay_interval *ret);

void ay_date_text(int64_t days, ay_buf *out);
void ay_time_text(int64_t us, ay_buf *out); /* 22:22:01[.123456], trailing zeros cut */
void ay_timetz_text(ay_timetz t, ay_buf *out);
void ay_timestamp_text(int64_t us, ay_buf *out);                            /* 2024-02-29 22:22:01 */
void ay_timestamptz_text(int64_t utc_us, const ay_zone *zone, ay_buf *out); /* 2024-02-29 22:22:01+08; zone NULL: UTC */
void ay_interval_text(ay_interval iv, ay_buf *out);                         /* as PostgreSQL's IntervalStyle postgres */

/* PostgreSQL's arithmetic: months first (day clipped to the month's end), then days, then microseconds. */
ay_time_status ay_timestamp_add(int64_t us, ay_interval iv, int64_t *ret);
/* The same for a date and an interval of whole days: dates reach further than microseconds do. */
ay_time_status ay_date_add(int64_t days, ay_interval iv, int64_t *ret);
ay_interval ay_interval_neg(ay_interval iv);
int ay_interval_cmp(ay_interval a, ay_interval b);        /* 1 mon = 30 days, 1 day = 24 h, as PostgreSQL orders them */
int ay_timetz_cmp(ay_timetz a, ay_timetz b);              /* by UTC instant, then by offset, as PostgreSQL */
int64_t ay_age_years(int64_t from_days, int64_t to_days); /* whole years; negative when from is later */

const char *ay_time_reason(ay_time_status status, bool zh); /* "no such day in the calendar" */

#endif
