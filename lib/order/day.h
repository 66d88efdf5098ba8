/* Days as people and spreadsheets write them. */
#ifndef AY_ORDER_DAY_H
#define AY_ORDER_DAY_H

#include "base/scan.h"

bool ay_day_number(ay_scan *s, unsigned digits_max, uint32_t *ret); /* at least one digit, at most 9 */

/* 2026-07-01, 2026/7/1, 2026.7.1, 2026年7月1日, 20260701, each with a time behind it, which is dropped; and the number
 * that a spreadsheet counts days by, from 2000 to 2099 (from_1904: in the system of that year). *ret: since 1970. */
bool ay_day_read(ay_str text, bool from_1904, int64_t *ret);

#endif
