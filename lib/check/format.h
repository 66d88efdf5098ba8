/* Structured values that carry no check character: what each looks like. Sources: rules/checks/format.md. */
#ifndef AY_CHECK_FORMAT_H
#define AY_CHECK_FORMAT_H

#include "check/flaw.h"

ay_flaw ay_plate_test(ay_str text); /* GA 36 */

ay_flaw ay_mobile_test(ay_str text);
ay_flaw ay_landline_test(ay_str text);
ay_flaw ay_phone_test(ay_str text); /* one of the two */
ay_flaw ay_postcode_test(ay_str text);

ay_flaw ay_email_test(ay_str text);       /* RFC 5322 dot-atom, RFC 6531 characters */
ay_flaw ay_email_ascii_test(ay_str text); /* without the latter */
ay_flaw ay_ipv4_test(ay_str text);
ay_flaw ay_ipv6_test(ay_str text);
ay_flaw ay_ip_test(ay_str text);

ay_flaw ay_iso_date_test(ay_str text);     /* GB/T 7408: calendar, ordinal and week dates */
ay_flaw ay_iso_time_test(ay_str text);     /* with or without a zone */
ay_flaw ay_iso_datetime_test(ay_str text); /* a date, T and a time */
ay_flaw ay_iso_any_test(ay_str text);      /* a date or a date and time */

ay_flaw ay_stat_code_test(ay_str text); /* 12 digits: county, township, village */

#endif
