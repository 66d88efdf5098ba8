/* Inside of time zones. Only the zone*.c files include this. */
#ifndef AY_BASE_ZONE_H
#define AY_BASE_ZONE_H

#include "base/err.h"
#include "base/time.h"

typedef struct ay_zone_change {
    int64_t at;       /* seconds since 1970, UTC; the first second with this offset */
    int32_t offset_s; /* east of UTC */
} ay_zone_change;

/* One day a year, at a time counted from its local midnight: M3.2.0/2, J60, 59. */
typedef struct ay_zone_day {
    char form;            /* 'M', 'J' or 'n' */
    int month, week, day; /* day: of the week (M), of the year from 1 without 29 February (J), of the year from 0 (n) */
    int32_t at_s;
} ay_zone_day;

/* The rule of a POSIX TZ string, for times behind the last change of the table. */
typedef struct ay_zone_rule {
    bool is_set, has_dst;
    int32_t standard_s, dst_s;
    ay_zone_day begin, end; /* of daylight saving time */
} ay_zone_rule;

struct ay_zone {
    int32_t first_s; /* offset before the first change */
    ay_zone_change *changes;
    size_t n;
    ay_zone_rule rule;
};

bool ay_zone_rule_parse(ay_str text, ay_zone_rule *ret); /* EST5EDT,M3.2.0,M11.1.0 */
/* The two changes of a year, ordered. The rule has DST. */
void ay_zone_rule_year(const ay_zone_rule *rule, int64_t year, ay_zone_change ret[2]);
/* +08:00, -05:30, +08, +0530. */
bool ay_zone_offset_parse(ay_str text, int32_t *ret_s);
/* Fill the zone from the bytes of a TZif file; the name is for messages. EFORMAT, ENOMEM. */
assay_status ay_zone_decode(const char *name, ay_str bytes, ay_zone *zone, assay_err *err);

#endif
