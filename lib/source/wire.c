#include "source/wire.h"

#include <assert.h>

#include "base/buf.h"
#include "base/utf8.h"

/* PostgreSQL counts from 2000-01-01, a batch from 1970-01-01. */
#define EPOCH_DAYS 10957
#define EPOCH_US   (EPOCH_DAYS * AY_DAY_US)
/* What PostgreSQL can hold, counted from 2000: 4713-11-24 BC to 5874897-12-31, and to 294276-12-31 for timestamps. */
#define MIN_DATE      (-2451545)
#define END_DATE      2145031949
#define MIN_TIMESTAMP (MIN_DATE * AY_DAY_US)
#define END_TIMESTAMP INT64_C(9223371331200000000)
#define ZONE_LIMIT    (16 * 3600)

static uint16_t load16(const unsigned char *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t load32(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return __builtin_bswap32(v);
}

static uint64_t load64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return __builtin_bswap64(v);
}

static ay_wire_fault read_bool(const unsigned char *p, uint32_t len, int64_t *ret)
{
    if (len != 1) return AY_WIRE_LENGTH;
    *ret = p[0];
    return p[0] <= 1 ? AY_WIRE_OK : AY_WIRE_RANGE;
}

static ay_wire_fault read_int(const unsigned char *p, uint32_t len, int64_t *ret)
{
    switch (len) {
    case 2: *ret = (int16_t)load16(p); return AY_WIRE_OK;
    case 4: *ret = (int32_t)load32(p); return AY_WIRE_OK;
    case 8: *ret = (int64_t)load64(p); return AY_WIRE_OK;
    default: return AY_WIRE_LENGTH;
    }
}

static ay_wire_fault read_float(const unsigned char *p, uint32_t len, double *ret)
{
    if (len == 8) {
        const uint64_t bits = load64(p);
        memcpy(ret, &bits, 8);
        return AY_WIRE_OK;
    }
    if (len != 4) return AY_WIRE_LENGTH;
    const uint32_t bits = load32(p);
    float single;
    memcpy(&single, &bits, 4);
    *ret = (double)single;
    return AY_WIRE_OK;
}

static ay_wire_fault read_date(const unsigned char *p, uint32_t len, int64_t *ret)
{
    if (len != 4) return AY_WIRE_LENGTH;
    const int32_t days = (int32_t)load32(p);
    const bool is_infinite = days == INT32_MAX || days == INT32_MIN;
    if (is_infinite) *ret = days > 0 ? AY_INFINITY : AY_NEG_INFINITY;
    else *ret = (int64_t)days + EPOCH_DAYS;
    return is_infinite || (days >= MIN_DATE && days < END_DATE) ? AY_WIRE_OK : AY_WIRE_RANGE;
}

static ay_wire_fault read_time(const unsigned char *p, int64_t *ret)
{
    *ret = (int64_t)load64(p);
    return *ret >= 0 && *ret <= AY_DAY_US ? AY_WIRE_OK : AY_WIRE_RANGE; /* 24:00:00 is a time in PostgreSQL */
}

/* The zone on the wire is seconds west. */
static ay_wire_fault read_timetz(const unsigned char *p, uint32_t len, ay_timetz *ret)
{
    if (len != 12) return AY_WIRE_LENGTH;
    const int32_t west = (int32_t)load32(p + 8);
    if (west <= -ZONE_LIMIT || west >= ZONE_LIMIT) return AY_WIRE_RANGE;
    ret->offset_s = -west;
    return read_time(p, &ret->us);
}

static ay_wire_fault read_interval(const unsigned char *p, uint32_t len, ay_interval *ret)
{
    if (len != 16) return AY_WIRE_LENGTH;
    *ret = (ay_interval){.us = (int64_t)load64(p), .days = (int32_t)load32(p + 8), .months = (int32_t)load32(p + 12)};
    return AY_WIRE_OK;
}

static ay_wire_fault read_text(const unsigned char *p, uint32_t len, ay_str *ret)
{
    *ret = (ay_str){(const char *)p, len};
    return ay_utf8_is_text(*ret) ? AY_WIRE_OK : AY_WIRE_TEXT;
}

static ay_wire_fault read_jsonb(const unsigned char *p, uint32_t len, ay_str *ret)
{
    if (len == 0) return AY_WIRE_LENGTH;
    return p[0] == 1 ? read_text(p + 1, len - 1, ret) : AY_WIRE_VERSION;
}

static ay_wire_fault read_uuid(const unsigned char *p, uint32_t len, ay_str *ret)
{
    *ret = (ay_str){(const char *)p, len};
    return len == 16 ? AY_WIRE_OK : AY_WIRE_LENGTH;
}

/* ---- Values that a batch cannot hold: bad, with their text ---- */

/* The batch owns the array, see set_bad. */
static ay_str *raw_of(const ay_col *col)
{
    return (ay_str *)(uintptr_t)col->raw;
}

static ay_wire_fault set_bad(ay_batch *batch, ay_col *col, ay_buf *text)
{
    ay_str copy = {0};
    if (!col->raw) col->raw = AY_ARENA_ARRAY(&batch->fixed, batch->cap, ay_str);
    const bool ok =
        col->raw && ay_buf_status(text, NULL) == ASSAY_OK && ay_arena_str(&batch->heap, ay_buf_view(text), &copy);
    ay_buf_free(text);
    if (!ok) return AY_WIRE_NOMEM;
    raw_of(col)[batch->rows] = copy;
    ay_bit_set(col->bad, batch->rows);
    return AY_WIRE_OK;
}

/* From year 294247 on microseconds since 1970 do not fit, while PostgreSQL's since 2000 do. */
static ay_wire_fault late_timestamp(ay_batch *batch, ay_col *col, int64_t us)
{
    ay_buf text = {0};
    ay_date_text(us / AY_DAY_US + EPOCH_DAYS, &text);
    ay_buf_char(&text, ' ');
    ay_time_text(us % AY_DAY_US, &text);
    if (col->type == AY_TIMESTAMPTZ) ay_buf_text(&text, "+00");
    return set_bad(batch, col, &text);
}

static ay_wire_fault put_timestamp(ay_batch *batch, ay_col *col, const unsigned char *p, uint32_t len)
{
    if (len != 8) return AY_WIRE_LENGTH;
    int64_t us = (int64_t)load64(p);
    const bool is_infinite = us == AY_INFINITY || us == AY_NEG_INFINITY;
    if (!is_infinite && (us < MIN_TIMESTAMP || us >= END_TIMESTAMP)) return AY_WIRE_RANGE;
    if (!is_infinite && us > INT64_MAX - 1 - EPOCH_US) return late_timestamp(batch, col, us);
    if (!is_infinite) us += EPOCH_US;
    col->v.i64[batch->rows] = us;
    return AY_WIRE_OK;
}

/* ---- numeric ---- */

/* Digits to base 10000; the first one counts 10000^weight. */
typedef struct numeric {
    const unsigned char *digits;
    int n, weight, scale;
    bool negative;
} numeric;

#define NUMERIC_NEGATIVE 0x4000
#define NUMERIC_NAN      0xc000
#define NUMERIC_PINF     0xd000
#define NUMERIC_NINF     0xf000
#define MAX_SCALE        0x3fff
#define DEC_DIGITS       64 /* base 10000, far more than 38 decimal digits need */
/* Zeros that the wire does not hold, in a text; beyond that the exponent is written. */
#define PLAIN_ZEROS 1000

static int decimal_digit(const numeric *x, int power)
{
    static const int tens[] = {1, 10, 100, 1000};
    const int group = power >= 0 ? power / 4 : -((3 - power) / 4);
    const int i = x->weight - group;
    if (i < 0 || i >= x->n) return 0;
    return load16(x->digits + 2 * i) / tens[power - 4 * group] % 10;
}

static void digits_text(const numeric *x, int from, int to, ay_buf *out)
{
    for (int power = from; power >= to; power--) {
        if (power == -1) ay_buf_char(out, '.');
        ay_buf_char(out, (char)('0' + decimal_digit(x, power)));
    }
}

static void numeric_text(const numeric *x, ay_buf *out)
{
    if (x->negative) ay_buf_char(out, '-');
    int first = x->weight * 4 + 3;
    const int last = 4 * (x->weight - x->n + 1); /* the power of the last digit on the wire */
    while (first > last && decimal_digit(x, first) == 0) first--;
    if (last > PLAIN_ZEROS || first < -PLAIN_ZEROS) {
        numeric shifted = *x; /* D.DDDe+N would need more work than DDDeN */
        shifted.weight = x->n - 1;
        digits_text(&shifted, first - last, 0, out);
        ay_buf_printf(out, "e%d", last);
        return;
    }
    digits_text(x, first < 0 ? 0 : first, -x->scale, out); /* behind the scale there is only padding */
}

static int64_t power_of_ten(int n)
{
    int64_t power = 1;
    while (n-- > 0) power *= 10;
    return power;
}

/* Most numbers have few digits; false: not one of those. */
static bool read_short(const numeric *x, ay_dec *ret)
{
    const int zeros = (x->weight - x->n + 1) * 4 + x->scale; /* behind the digits, in the coefficient */
    if (x->n > 4 || x->scale > 38 || zeros < -3 || zeros > 16) return false;
    int64_t value = 0;
    for (int i = 0; i < x->n; i++) {
        const int64_t digit = load16(x->digits + 2 * i);
        if (digit > 9999) return false;
        value = value * 10000 + digit;
    }
    const int64_t shift = power_of_ten(zeros < 0 ? -zeros : zeros);
    if (zeros < 0 && value % shift != 0) return false;
    if (x->negative) value = -value;
    const ay_i128 coef = zeros < 0 ? (ay_i128)(value / shift) : (ay_i128)value * shift;
    *ret = (ay_dec){.coef = coef, .scale = (uint16_t)x->scale};
    return true;
}

static ay_wire_fault put_finite(ay_batch *batch, ay_col *col, const numeric *x)
{
    ay_dec *slot = &col->v.dec[batch->rows];
    if (read_short(x, slot)) return AY_WIRE_OK;
    uint16_t digits[DEC_DIGITS];
    for (int i = 0; i < x->n; i++) {
        const uint16_t digit = load16(x->digits + 2 * i);
        if (digit > 9999) return AY_WIRE_RANGE;
        if (i < DEC_DIGITS) digits[i] = digit;
    }
    const ay_num_status status =
        x->n > DEC_DIGITS ? AY_NUM_RANGE : ay_dec_from_base10000(digits, x->n, x->weight, x->negative, x->scale, slot);
    if (status != AY_NUM_RANGE) return status == AY_NUM_OK ? AY_WIRE_OK : AY_WIRE_RANGE;
    *slot = (ay_dec){0};
    ay_buf text = {0};
    numeric_text(x, &text);
    return set_bad(batch, col, &text);
}

static ay_wire_fault put_numeric(ay_batch *batch, ay_col *col, const unsigned char *p, uint32_t len)
{
    if (len < 8) return AY_WIRE_LENGTH;
    const numeric x = {.digits = p + 8,
                       .n = load16(p),
                       .weight = (int16_t)load16(p + 2),
                       .negative = load16(p + 4) == NUMERIC_NEGATIVE,
                       .scale = load16(p + 6)};
    if (len != 8 + 2 * (uint32_t)x.n) return AY_WIRE_LENGTH;
    ay_dec *slot = &col->v.dec[batch->rows];
    switch (load16(p + 4)) {
    case 0:
    case NUMERIC_NEGATIVE: return x.scale <= MAX_SCALE ? put_finite(batch, col, &x) : AY_WIRE_RANGE;
    case NUMERIC_NAN: *slot = (ay_dec){.kind = AY_DEC_NAN}; return AY_WIRE_OK;
    case NUMERIC_PINF: *slot = (ay_dec){.kind = AY_DEC_PINF}; return AY_WIRE_OK;
    case NUMERIC_NINF: *slot = (ay_dec){.kind = AY_DEC_NINF}; return AY_WIRE_OK;
    default: return AY_WIRE_RANGE;
    }
}

/* ---- All types ---- */

static void zero_slot(ay_col *col, uint32_t row)
{
    const size_t size = ay_storage_size(ay_type_storage(col->type));
    memset((char *)col->v.any + row * size, 0, size);
}

void ay_wire_null(ay_col *col, uint32_t row)
{
    if (col->raw) raw_of(col)[row] = (ay_str){0};
    ay_bit_set(col->null, row);
    zero_slot(col, row);
}

ay_wire_fault ay_wire_value(ay_batch *batch, uint32_t column, const unsigned char *p, uint32_t len)
{
    ay_col *col = &batch->cols[column];
    const uint32_t row = batch->rows;
    assert(col->type < AY_TYPE_COUNT && row < batch->cap);
    if (col->raw) raw_of(col)[row] = (ay_str){0};
    switch (col->type) {
    case AY_TEXT:
    case AY_JSON: return read_text(p, len, &col->v.str[row]);
    case AY_BYTES: col->v.str[row] = (ay_str){(const char *)p, len}; return AY_WIRE_OK;
    case AY_JSONB: return read_jsonb(p, len, &col->v.str[row]);
    case AY_UUID: return read_uuid(p, len, &col->v.str[row]);
    case AY_INT: return read_int(p, len, &col->v.i64[row]);
    case AY_BOOL: return read_bool(p, len, &col->v.i64[row]);
    case AY_FLOAT: return read_float(p, len, &col->v.f64[row]);
    case AY_DEC: return put_numeric(batch, col, p, len);
    case AY_DATE: return read_date(p, len, &col->v.i64[row]);
    case AY_TIME: return len == 8 ? read_time(p, &col->v.i64[row]) : AY_WIRE_LENGTH;
    case AY_TIMETZ: return read_timetz(p, len, &col->v.ttz[row]);
    case AY_TIMESTAMP:
    case AY_TIMESTAMPTZ: return put_timestamp(batch, col, p, len);
    case AY_INTERVAL: return read_interval(p, len, &col->v.iv[row]);
    case AY_TYPE_COUNT: break;
    }
    return AY_WIRE_RANGE;
}

void ay_wire_explain(ay_wire_fault fault, ay_type type, uint32_t column, assay_err *ret)
{
    static const struct {
        const char *en, *zh;
    } reasons[] = {
        [AY_WIRE_OK] = {"no fault", "无误"},
        [AY_WIRE_LENGTH] = {"a length that the type does not have", "长度不符合该类型"},
        [AY_WIRE_RANGE] = {"a value that PostgreSQL cannot hold", "PostgreSQL 中不存在的值"},
        [AY_WIRE_TEXT] = {"text that is not UTF-8, or holds a NUL byte", "文本不是 UTF-8，或含 NUL 字节"},
        [AY_WIRE_VERSION] = {"an unknown version of the binary form", "二进制形式的版本未知"},
        [AY_WIRE_NOMEM] = {"out of memory", "内存不足"},
    };
    assay_err zh;
    (void)ay_fail(ret, ASSAY_EFORMAT, "column %u (%s): %s", "第 %u 列（%s）：%s", column + 1, ay_type_name(type),
                  reasons[fault].en);
    (void)ay_fail(&zh, ASSAY_EFORMAT, "column %u (%s): %s", "第 %u 列（%s）：%s", column + 1, ay_type_name(type),
                  reasons[fault].zh);
    memcpy(ret->text_zh, zh.text_zh, sizeof ret->text_zh);
}
