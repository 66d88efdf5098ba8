/* What a date and a timestamp can hold: PostgreSQL's range, cut at its upper end where microseconds from 1970 end
 * (294247-01-10; PostgreSQL counts from 2000 and reaches 294276). Only the time*.c and zone*.c files
 * include this. */
#ifndef AY_BASE_TIME_RANGE_H
#define AY_BASE_TIME_RANGE_H

#include "base/time.h"

#define AY_DATE_MIN      INT64_C(-2440588)   /* 4714-11-24 BC, Julian day 0 */
#define AY_DATE_MAX      INT64_C(2145042905) /* 5874897-12-31 */
#define AY_TIMESTAMP_MIN (AY_DATE_MIN * AY_DAY_US)

static inline int64_t ay_floor_div(int64_t a, int64_t b) /* b > 0 */
{
    return a / b - (a % b < 0);
}

bool ay_timestamp_in_range(int64_t us); /* and not infinite */
ay_time_status ay_timestamp_join(int64_t days, int64_t us_of_day, int64_t *ret);

#endif
