#include "proof/record_text.h"

#include "base/time.h"
#include "base/utf8.h"
#include "proof/base64.h"
#include "proof/jcs.h"

static bool is_unseen(uint32_t cp)
{
    return ay_unicode_is_control(cp) || ay_unicode_is_zero_width(cp) || (cp >= 0x2066 && cp <= 0x2069) ||
           cp == 0x2028 || cp == 0x2029;
}

static void put_text(ay_str text, bool is_quoted, ay_buf *out)
{
    const ay_str valid = ay_str_slice(text, 0, ay_utf8_valid(text));
    for (size_t at = 0; at < valid.len;) {
        const size_t from = at;
        const uint32_t cp = ay_utf8_next(valid, &at);
        if (is_quoted && (cp == '"' || cp == '\\')) ay_buf_char(out, '\\');
        if (is_unseen(cp)) ay_buf_printf(out, "\\u{%x}", cp);
        else ay_buf_str(out, ay_str_slice(valid, from, at));
    }
    for (size_t at = valid.len; at < text.len; at++) ay_buf_printf(out, "\\x%02x", (unsigned char)text.ptr[at]);
}

void ay_plain_text(ay_str text, ay_buf *out)
{
    put_text(text, false, out);
}

static int64_t take_i64(ay_cursor *c)
{
    return (int64_t)ay_take_u64(c);
}

static int32_t take_i32(ay_cursor *c)
{
    return (int32_t)ay_take_u32(c);
}

static void put_date(ay_cursor *c, ay_buf *out)
{
    const int32_t days = take_i32(c);
    ay_date_text(days == INT32_MAX ? AY_INFINITY : days == INT32_MIN ? AY_NEG_INFINITY : days, out);
}

static void put_float(ay_cursor *c, ay_buf *out)
{
    const uint64_t bits = ay_take_u64(c);
    double v;
    memcpy(&v, &bits, sizeof v);
    if (__builtin_isfinite(v)) ay_jcs_put_double(v, out);
    else ay_buf_text(out, __builtin_isnan(v) ? "NaN" : v > 0 ? "Infinity" : "-Infinity");
}

static void put_timetz(ay_cursor *c, ay_buf *out)
{
    const int64_t us = take_i64(c);
    ay_timetz_text((ay_timetz){us, take_i32(c)}, out);
}

static void put_interval(ay_cursor *c, ay_buf *out)
{
    const int32_t months = take_i32(c), days = take_i32(c);
    ay_interval_text((ay_interval){months, days, take_i64(c)}, out);
}

static void put_uuid(ay_str bytes, ay_buf *out)
{
    static const uint8_t ends[] = {4, 6, 8, 10, 16};
    for (size_t i = 0, at = 0; i < sizeof ends; at = ends[i++]) {
        if (i > 0) ay_buf_char(out, '-');
        ay_hex_put(ay_str_slice(bytes, at, ends[i]), out);
    }
}

static void put_quoted(ay_str text, ay_buf *out)
{
    ay_buf_char(out, '"');
    put_text(text, true, out);
    ay_buf_char(out, '"');
}

/* Of its tag and length: the record was found valid. */
static void put_value(const ay_record_field *field, ay_buf *out)
{
    ay_cursor c = ay_cursor_on(field->value.ptr, field->value.len);
    switch (field->tag) {
    case AY_TAG_BOOL: ay_buf_text(out, field->value.ptr[0] ? "true" : "false"); return;
    case AY_TAG_FLOAT: put_float(&c, out); return;
    case AY_TAG_DATE: put_date(&c, out); return;
    case AY_TAG_TIMESTAMP: ay_timestamp_text(take_i64(&c), out); return;
    case AY_TAG_TIMESTAMPTZ: ay_timestamptz_text(take_i64(&c), NULL, out); return;
    case AY_TAG_TIME: ay_time_text(take_i64(&c), out); return;
    case AY_TAG_TIMETZ: put_timetz(&c, out); return;
    case AY_TAG_INTERVAL: put_interval(&c, out); return;
    case AY_TAG_UUID: put_uuid(field->value, out); return;
    case AY_TAG_BYTES:
        ay_buf_text(out, "\\x");
        ay_hex_put(field->value, out);
        return;
    case AY_TAG_TEXT: put_quoted(field->value, out); return;
    default: ay_plain_text(field->value, out); return; /* numbers and JSON */
    }
}

void ay_record_field_text(const ay_record_field *field, ay_buf *out)
{
    ay_plain_text(field->name, out);
    ay_buf_text(out, " = ");
    put_value(field, out);
}
