#include <assert.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "record/batch.h"

#define UUID_BYTES 16

static void put_hex(ay_buf *out, const char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *to = ay_buf_reserve(out, n * 2);
    if (!to) return;
    for (size_t i = 0; i < n; i++) {
        const unsigned char byte = (unsigned char)bytes[i];
        to[2 * i] = digits[byte >> 4];
        to[2 * i + 1] = digits[byte & 15];
    }
    out->len += n * 2;
}

static void put_uuid(ay_buf *out, ay_str uuid)
{
    static const uint8_t groups[] = {4, 2, 2, 2, 6};
    assert(uuid.len == UUID_BYTES);
    for (size_t i = 0, at = 0; i < AY_COUNT(groups); at += groups[i++]) {
        if (i > 0) ay_buf_char(out, '-');
        put_hex(out, uuid.ptr + at, groups[i]);
    }
}

static void put_value(const ay_cell *cell, const ay_zone *zone, ay_buf *out)
{
    switch (cell->type) {
    case AY_BOOL: ay_buf_text(out, cell->v.i64 ? "true" : "false"); return;
    case AY_INT: ay_buf_int(out, cell->v.i64); return;
    case AY_DEC: ay_dec_text(cell->v.dec, out); return;
    case AY_FLOAT: ay_f64_text(cell->v.f64, out); return;
    case AY_DATE: ay_date_text(cell->v.i64, out); return;
    case AY_TIME: ay_time_text(cell->v.i64, out); return;
    case AY_TIMETZ: ay_timetz_text(cell->v.ttz, out); return;
    case AY_TIMESTAMP: ay_timestamp_text(cell->v.i64, out); return;
    case AY_TIMESTAMPTZ: ay_timestamptz_text(cell->v.i64, zone, out); return;
    case AY_INTERVAL: ay_interval_text(cell->v.iv, out); return;
    case AY_UUID: put_uuid(out, cell->v.str); return;
    case AY_BYTES:
        ay_buf_text(out, "\\x");
        put_hex(out, cell->v.str.ptr, cell->v.str.len);
        return;
    case AY_TEXT:
    case AY_JSON:
    case AY_JSONB: ay_buf_str(out, cell->v.str); return;
    case AY_TYPE_COUNT: return;
    }
}

void ay_cell_text_in(const ay_cell *cell, const ay_zone *zone, ay_buf *out)
{
    if (cell->is_null) return;
    if (cell->raw.ptr) ay_buf_str(out, cell->raw);
    else if (!cell->is_bad) put_value(cell, zone, out);
}

void ay_cell_text(const ay_cell *cell, ay_buf *out)
{
    ay_cell_text_in(cell, NULL, out);
}

ay_str ay_cell_view(const ay_cell *cell, const ay_zone *zone, ay_buf *scratch)
{
    ay_buf_clear(scratch);
    if (cell->is_null) return ay_buf_view(scratch);
    if (cell->raw.ptr) return cell->raw;
    if (!cell->is_bad && cell->type == AY_TEXT) return cell->v.str;
    ay_cell_text_in(cell, zone, scratch);
    return ay_buf_view(scratch);
}

static int cmp_f64(double a, double b)
{
    const bool a_nan = __builtin_isnan(a), b_nan = __builtin_isnan(b);
    if (a_nan || b_nan) return a_nan - b_nan;
    return (a > b) - (a < b);
}

int ay_cell_cmp(const ay_cell *a, const ay_cell *b)
{
    assert(a->type == b->type);
    switch (ay_type_storage(a->type)) {
    case AY_STORE_I64: return (a->v.i64 > b->v.i64) - (a->v.i64 < b->v.i64);
    case AY_STORE_F64: return cmp_f64(a->v.f64, b->v.f64);
    case AY_STORE_DEC: return ay_dec_cmp(a->v.dec, b->v.dec);
    case AY_STORE_STR: return ay_str_cmp(a->v.str, b->v.str);
    case AY_STORE_IV: return ay_interval_cmp(a->v.iv, b->v.iv);
    case AY_STORE_TTZ: return ay_timetz_cmp(a->v.ttz, b->v.ttz);
    }
    return 0;
}

static bool is_text(ay_str s)
{
    return ay_utf8_valid(s) == s.len;
}

bool ay_cell_is_sound(const ay_cell *cell)
{
    if (cell->is_null) return true;
    if (cell->is_bad) return is_text(cell->raw);
    switch (cell->type) {
    case AY_BOOL: return cell->v.i64 == 0 || cell->v.i64 == 1;
    case AY_DATE: return ay_date_is_sound(cell->v.i64);
    case AY_TIME: return cell->v.i64 >= 0 && cell->v.i64 <= AY_DAY_US;
    case AY_TIMESTAMP:
    case AY_TIMESTAMPTZ: return ay_timestamp_is_sound(cell->v.i64);
    case AY_UUID: return cell->v.str.len == UUID_BYTES;
    case AY_TEXT:
    case AY_JSON:
    case AY_JSONB: return is_text(cell->v.str);
    case AY_INT:
    case AY_DEC:
    case AY_FLOAT:
    case AY_TIMETZ:
    case AY_INTERVAL:
    case AY_BYTES:
    case AY_TYPE_COUNT: return true;
    }
    return false;
}
