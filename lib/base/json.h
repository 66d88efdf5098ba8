/* Writing JSON (RFC 8259) into a buffer: compact or with two spaces; keys in the order given; UTF-8 as it is, control
 * characters, quotes, backslash and U+2028/9 escaped; invalid UTF-8 becomes U+FFFD. Nesting up to 32. */
#ifndef AY_BASE_JSON_H
#define AY_BASE_JSON_H

#include "base/buf.h"

typedef struct ay_json {
    ay_buf *out;
    bool pretty;
    uint8_t depth;
    bool after[33]; /* something was written at this depth */
    bool after_key;
} ay_json;

void ay_json_open_object(ay_json *j);
void ay_json_close_object(ay_json *j);
void ay_json_open_array(ay_json *j);
void ay_json_close_array(ay_json *j);
void ay_json_key(ay_json *j, const char *key);
void ay_json_str(ay_json *j, ay_str s);
void ay_json_text(ay_json *j, const char *zero_terminated); /* NULL writes null */
void ay_json_int(ay_json *j, int64_t v);
void ay_json_uint(ay_json *j, uint64_t v);
void ay_json_null(ay_json *j);
void ay_json_raw(ay_json *j, ay_str s); /* already JSON, e.g. a number */

#endif
