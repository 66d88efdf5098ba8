/* Whether a text is JSON (RFC 8259). */
#ifndef AY_RECORD_JSON_CHECK_H
#define AY_RECORD_JSON_CHECK_H

#include "base/scan.h"

#define AY_JSON_DEPTH 512 /* arrays and objects within each other; more counts as unreadable */

bool ay_json_number(ay_scan *s); /* steps over a number */
bool ay_json_valid(ay_str text); /* one value, white space around it; text is valid UTF-8 */

#endif
