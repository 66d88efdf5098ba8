/* Calendars of working days: Monday to Friday, but for the holidays, and the days of a weekend that make up for them.
 * Only the years that a calendar states are known: beyond them nothing is guessed. */
#ifndef AY_BASE_WORKDAYS_H
#define AY_BASE_WORKDAYS_H

#include "base/err.h"
#include "base/str.h"

#define AY_WORKDAYS_BYTES (1024 * 1024) /* more is no calendar */

typedef struct ay_workdays ay_workdays; /* immutable: any number of threads may ask */

/* Read a calendar, UTF-8, whose every line has an end:
 *
 *     # years: 2025-2026              among comment lines, which stand before the header; the years are inclusive
 *     date,kind,name
 *     2025-01-26,workday,春节          a Saturday or Sunday on which people work
 *     2025-01-28,holiday,春节          a free day, on whatever day of the week
 *
 * in order of time, each day once, and in each year of the calendar at least one holiday. Nothing of `csv` is kept.
 * `name` is what errors of the functions below call the calendar. Errors: EFORMAT, with err->line, which the text does
 * not repeat; ENOMEM. Free with ay_workdays_free, which takes NULL and returns NULL. */
assay_status ay_workdays_parse(ay_str csv, const char *name, ay_workdays **ret, assay_err *err);
ay_workdays *ay_workdays_free(ay_workdays *days);

/* Days are counted from 1970-01-01. Errors of both: ELIMIT where a day of a year would be needed that the calendar has
 * not; EUSAGE for a day outside the years 1 to 9999. */
assay_status ay_workdays_is_working(const ay_workdays *days, int64_t day, bool *ret, assay_err *err);
/* The n-th working day after `day`, which itself does not count; it need not be a working day. n 0: `day` itself,
 * whatever it is. */
assay_status ay_workdays_add(const ay_workdays *days, int64_t day, uint32_t n, int64_t *ret_due, assay_err *err);

#endif
