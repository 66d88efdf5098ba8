/* Reading CRE1: what a verifier is given and has to show. */
#include "base/mem.h"
#include "base/scan.h"
#include "base/utf8.h"
#include "proof/exact.h"
#include "proof/record.h"

ay_record_reader ay_record_open(ay_str record)
{
    ay_record_reader r = {.cursor = ay_cursor_on(record.ptr, record.len)};
    const unsigned char *magic = ay_take(&r.cursor, 4);
    r.left = ay_take_u16(&r.cursor);
    if (magic && memcmp(magic, "CRE\1", 4) != 0) r.cursor.is_short = true;
    if (r.left == 0 && r.cursor.at != r.cursor.end) r.cursor.is_short = true;
    return r;
}

static bool is_float(ay_str value)
{
    double v;
    uint64_t bits;
    memcpy(&bits, value.ptr, 8);
    bits = __builtin_bswap64(bits);
    memcpy(&v, &bits, 8);
    if (__builtin_isnan(v)) return bits == UINT64_C(0x7ff8000000000000);
    return bits != UINT64_C(1) << 63;
}

static size_t take_digits(ay_scan *s)
{
    const char *start = s->at;
    while (ay_scan_at_digit(s)) s->at++;
    return (size_t)(s->at - start);
}

/* As ay_exact_put writes it. */
static bool is_exact(ay_str value)
{
    ay_scan s = ay_scan_on(value);
    if (ay_str_is(value, "NaN") || ay_str_is(value, "Infinity") || ay_str_is(value, "-Infinity")) return true;
    const bool is_negative = ay_scan_take(&s, '-'), is_zero = ay_scan_at(&s, '0');
    const size_t whole = take_digits(&s);
    if (whole == 0 || whole > AY_EXACT_WHOLE || (is_zero && whole > 1)) return false;
    if (ay_scan_ended(&s)) return !is_zero || !is_negative;
    if (!ay_scan_take(&s, '.')) return false;
    const size_t fraction = take_digits(&s);
    return fraction > 0 && fraction <= AY_EXACT_FRACTION && ay_scan_ended(&s) && s.at[-1] != '0';
}

static bool fits_tag(uint8_t tag, ay_str value)
{
    static const uint8_t lengths[] = {
        [AY_TAG_BOOL] = 1,        [AY_TAG_FLOAT] = 8, [AY_TAG_DATE] = 4,    [AY_TAG_TIMESTAMP] = 8,
        [AY_TAG_TIMESTAMPTZ] = 8, [AY_TAG_TIME] = 8,  [AY_TAG_TIMETZ] = 12, [AY_TAG_INTERVAL] = 16,
        [AY_TAG_UUID] = 16,       [AY_TAG_JSON] = 0,
    };
    if (tag >= AY_COUNT(lengths) || (lengths[tag] && value.len != lengths[tag])) return false;
    switch (tag) {
    case 0x00:
    case 0x03: return false;
    case AY_TAG_BOOL: return (unsigned char)value.ptr[0] <= 1;
    case AY_TAG_NUMBER: return is_exact(value);
    case AY_TAG_FLOAT: return is_float(value);
    case AY_TAG_TEXT:
    case AY_TAG_JSONB:
    case AY_TAG_JSON: return ay_utf8_valid(value) == value.len;
    default: return true;
    }
}

static ay_str take_bytes(ay_cursor *c, size_t len)
{
    const unsigned char *p = ay_take(c, len);
    return (ay_str){(const char *)p, p ? len : 0};
}

bool ay_record_take(ay_record_reader *reader, ay_record_field *ret)
{
    ay_cursor *c = &reader->cursor;
    if (c->is_short || reader->left == 0) return false;
    const bool is_first = !reader->last.ptr;
    ret->name = take_bytes(c, ay_take_u16(c));
    const unsigned char *tag = ay_take(c, 1);
    ret->value = take_bytes(c, ay_take_u32(c));
    if (c->is_short) return false;
    ret->tag = *tag;
    reader->left--;
    const bool in_order = is_first || ay_str_cmp(reader->last, ret->name) < 0;
    const bool ends = reader->left > 0 || c->at == c->end;
    c->is_short = !in_order || !ends || !fits_tag(ret->tag, ret->value) || ay_utf8_valid(ret->name) != ret->name.len;
    reader->last = ret->name;
    return !c->is_short;
}

bool ay_record_valid(ay_str record)
{
    ay_record_reader reader = ay_record_open(record);
    ay_record_field field;
    while (ay_record_take(&reader, &field)) {
    }
    return !reader.cursor.is_short;
}
