#include "record/tuple.h"

#include <assert.h>

#include "base/word.h"

#define TAG_NULL  0x00
#define TAG_VALUE 0x01
#define TAG_BAD   0x02

#define SIGN64 (UINT64_C(1) << 63)
#define SIGN32 (UINT32_C(1) << 31)

/* ---- Writing ---- */

static void put_be64(unsigned char *to, uint64_t v)
{
    v = __builtin_bswap64(v);
    memcpy(to, &v, sizeof v);
}

static void put_be32(unsigned char *to, uint32_t v)
{
    v = __builtin_bswap32(v);
    memcpy(to, &v, sizeof v);
}

static void put_escaped(ay_buf *out, ay_str s)
{
    while (s.len) {
        const char *zero = (const char *)memchr(s.ptr, 0, s.len);
        const size_t n = zero ? (size_t)(zero - s.ptr) : s.len;
        ay_buf_put(out, s.ptr, n);
        if (!zero) break;
        ay_buf_put(out, "\x00\xff", 2);
        s = ay_str_slice(s, n + 1, s.len);
    }
    ay_buf_put(out, "\x00\x00", 2);
}

static bool has_zero(uint64_t word)
{
    return ((word - AY_WORD_OF(1)) & ~word & AY_WORD_OF(0x80)) != 0;
}

/* Copies the text in words; up to eight bytes at `to` are written even where it is shorter. False: it has a zero byte,
 * and what was copied is of no use. */
static bool copy_plain(char *to, ay_str s)
{
    uint64_t word = ay_load_few(s.ptr, s.len < 8 ? s.len : 0);
    if (s.len < 8) {
        memcpy(to, &word, sizeof word);
        return !has_zero(word | (~UINT64_C(0) << 8 * s.len));
    }
    bool is_plain = true;
    for (size_t at = 0; at + 8 <= s.len; at += 8) {
        word = ay_load64(s.ptr + at);
        memcpy(to + at, &word, sizeof word);
        is_plain &= !has_zero(word);
    }
    word = ay_load64(s.ptr + s.len - 8);
    memcpy(to + s.len - 8, &word, sizeof word);
    return is_plain && !has_zero(word);
}

/* The usual text has no zero byte: one reservation for all of it. */
static void put_text(ay_buf *out, ay_type type, ay_str s)
{
    char *to = ay_buf_reserve(out, 2 + s.len + 8);
    if (!to) return; /* the buffer remembers */
    to[0] = TAG_VALUE;
    to[1] = (char)type;
    out->len += 2;
    if (!copy_plain(to + 2, s)) {
        put_escaped(out, s);
        return;
    }
    memset(to + 2 + s.len, 0, 2);
    out->len += s.len + 2;
}

static uint64_t f64_key(double v)
{
    if (v != v) return UINT64_MAX;
    uint64_t bits;
    const double value = v == 0 ? 0 : v; /* -0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits & SIGN64 ? ~bits : bits | SIGN64;
}

/* Decimals: a class byte; for numbers other than zero then the exponent e and the digits d of 0.ddd * 10^e, without
 * trailing zeros, in pairs stored as 1..100 and closed by 0. Behind the class of a negative number all is inverted. */
enum { DEC_NINF = 0x10, DEC_NEGATIVE = 0x20, DEC_ZERO = 0x30, DEC_POSITIVE = 0x40, DEC_PINF = 0x50, DEC_NAN = 0x60 };
enum { DEC_DIGITS = 38, DEC_PAIRS = DEC_DIGITS / 2, EXPONENT_BIAS = 64 };

static unsigned char dec_class(ay_dec d)
{
    static const unsigned char special[] = {[AY_DEC_NAN] = DEC_NAN, [AY_DEC_PINF] = DEC_PINF, [AY_DEC_NINF] = DEC_NINF};
    if (d.kind != AY_DEC_FINITE) return special[d.kind];
    return d.coef < 0 ? DEC_NEGATIVE : d.coef > 0 ? DEC_POSITIVE : DEC_ZERO;
}

enum { DEC_BYTES = 1 + 1 + DEC_PAIRS + 1 };

static int count_digits(uint64_t v)
{
    int n = 1;
    for (; v >= 10000; v /= 10000) n += 4;
    return n + (v >= 10) + (v >= 100) + (v >= 1000);
}

/* The pairs of digits of 0.ddd, first to last and without zeros behind the last; *ret_digits: how many digits there
 * were. Division of 128 bits is slow, so it ends as soon as 64 will do. */
static int split_pairs(unsigned __int128 coef, unsigned char pairs[DEC_PAIRS], int *ret_digits)
{
    unsigned char reversed[DEC_PAIRS + 1] = {0};
    int low = 0, n = 0, used = 0; /* low: digits below what is left of coef */
    unsigned __int128 rest = coef;
    for (; rest > UINT64_MAX; rest /= 100) low += 2;
    const int digits = low + count_digits((uint64_t)rest);
    if (digits % 2) coef *= 10; /* the last pair is filled up */
    for (; coef > UINT64_MAX; coef /= 100) reversed[n++] = (unsigned char)(coef % 100);
    for (uint64_t left = (uint64_t)coef; left; left /= 100) reversed[n++] = (unsigned char)(left % 100);
    while (reversed[used] == 0) used++;
    for (int i = n; i > used; i--) pairs[n - i] = reversed[i - 1];
    *ret_digits = digits;
    return n - used;
}

static size_t encode_dec(ay_dec d, unsigned char to[DEC_BYTES])
{
    to[0] = dec_class(d);
    if (to[0] != DEC_NEGATIVE && to[0] != DEC_POSITIVE) return 1;
    unsigned char pairs[DEC_PAIRS];
    int digits;
    const int n = split_pairs((unsigned __int128)(d.coef < 0 ? -d.coef : d.coef), pairs, &digits);
    size_t len = 1;
    to[len++] = (unsigned char)(digits - d.scale + EXPONENT_BIAS);
    for (int i = 0; i < n; i++) to[len++] = (unsigned char)(pairs[i] + 1);
    to[len++] = 0;
    const unsigned char flip = to[0] == DEC_NEGATIVE ? 0xff : 0;
    for (size_t i = 1; i < len; i++) to[i] ^= flip;
    return len;
}

/* PostgreSQL orders intervals as if a month had 30 days and a day 24 hours. */
enum { INTERVAL_BYTES = 32 };

static void encode_interval(ay_interval iv, unsigned char to[INTERVAL_BYTES])
{
    const ay_i128 days = (ay_i128)iv.months * 30 + iv.days;
    const ay_i128 key = days * AY_DAY_US + iv.us;
    put_be64(to, (uint64_t)(key >> 64) ^ SIGN64);
    put_be64(to + 8, (uint64_t)key);
    put_be32(to + 16, (uint32_t)iv.months ^ SIGN32);
    put_be32(to + 20, (uint32_t)iv.days ^ SIGN32);
    put_be64(to + 24, (uint64_t)iv.us ^ SIGN64);
}

/* By the instant in UTC; of equal instants the one further west is later. */
enum { TIMETZ_BYTES = 12 };

static void encode_timetz(ay_timetz t, unsigned char to[TIMETZ_BYTES])
{
    put_be64(to, (uint64_t)(t.us - (int64_t)t.offset_s * 1000000) ^ SIGN64);
    put_be32(to + 8, (uint32_t)-t.offset_s ^ SIGN32);
}

static void put_body(ay_buf *out, ay_type type, const unsigned char *body, size_t len)
{
    const unsigned char head[2] = {TAG_VALUE, (unsigned char)type};
    unsigned char *to = (unsigned char *)ay_buf_reserve(out, sizeof head + len);
    if (!to) return;
    memcpy(to, head, sizeof head);
    if (len) memcpy(to + sizeof head, body, len);
    out->len += sizeof head + len;
}

static void put_key64(ay_buf *out, ay_type type, uint64_t key)
{
    unsigned char body[8];
    put_be64(body, key);
    put_body(out, type, body, sizeof body);
}

static void put_value(ay_buf *out, const ay_cell *cell)
{
    unsigned char body[INTERVAL_BYTES];
    _Static_assert(sizeof body >= DEC_BYTES && sizeof body >= TIMETZ_BYTES, "room for every type");
    switch (ay_type_storage(cell->type)) {
    case AY_STORE_I64: put_key64(out, cell->type, (uint64_t)cell->v.i64 ^ SIGN64); break;
    case AY_STORE_F64: put_key64(out, cell->type, f64_key(cell->v.f64)); break;
    case AY_STORE_DEC: put_body(out, cell->type, body, encode_dec(cell->v.dec, body)); break;
    case AY_STORE_STR: put_text(out, cell->type, cell->v.str); break;
    case AY_STORE_IV:
        encode_interval(cell->v.iv, body);
        put_body(out, cell->type, body, INTERVAL_BYTES);
        break;
    case AY_STORE_TTZ:
        encode_timetz(cell->v.ttz, body);
        put_body(out, cell->type, body, TIMETZ_BYTES);
        break;
    }
}

void ay_tuple_put(ay_buf *out, const ay_cell *cell)
{
    if (cell->is_null) {
        ay_buf_char(out, TAG_NULL);
    } else if (cell->is_bad) {
        ay_buf_char(out, TAG_BAD);
        put_escaped(out, cell->raw);
    } else {
        put_value(out, cell);
    }
}

void ay_tuple_put_nulls(ay_buf *out, size_t n)
{
    char *to = ay_buf_reserve(out, n);
    if (!to) return;
    memset(to, TAG_NULL, n);
    out->len += n;
}

void ay_tuple_put_str(ay_buf *out, ay_str s)
{
    put_text(out, AY_TEXT, s);
}

void ay_tuple_put_u64(ay_buf *out, uint64_t v)
{
    assert(v <= INT64_MAX);
    put_key64(out, AY_INT, v ^ SIGN64);
}

/* The two usual storages without the way through a cell. */
void ay_tuple_put_col(ay_buf *out, const ay_batch *batch, uint32_t col, uint32_t row)
{
    const ay_col *c = &batch->cols[col];
    const ay_storage storage = ay_type_storage(c->type);
    const bool is_value = !ay_bit(c->null, row) && !ay_bit(c->bad, row);
    if (is_value && storage == AY_STORE_STR) {
        put_text(out, c->type, c->v.str[row]);
    } else if (is_value && storage == AY_STORE_I64) {
        put_key64(out, c->type, (uint64_t)c->v.i64[row] ^ SIGN64);
    } else {
        const ay_cell cell = ay_batch_cell(batch, col, row);
        ay_tuple_put(out, &cell);
    }
}

/* ---- Reading. Damaged bytes and lack of memory make the cursor short. ---- */

static unsigned char take_byte(ay_cursor *c)
{
    const unsigned char *p = ay_take(c, 1);
    return p ? *p : 0;
}

static void damaged(ay_cursor *c)
{
    c->is_short = true;
}

/* Length of the escaped string at the cursor, without its end; SIZE_MAX when it has none. */
static size_t escaped_length(const ay_cursor *c)
{
    for (const unsigned char *p = c->at; p < c->end; p += 2) {
        p = (const unsigned char *)memchr(p, 0, (size_t)(c->end - p));
        if (!p || c->end - p < 2 || (p[1] != 0 && p[1] != 0xff)) return SIZE_MAX;
        if (p[1] == 0) return (size_t)(p - c->at);
    }
    return SIZE_MAX;
}

/* heap NULL: only move on. */
static ay_str take_str(ay_cursor *c, ay_arena *heap)
{
    const size_t len = c->is_short ? SIZE_MAX : escaped_length(c);
    char *to = len == SIZE_MAX || !heap ? NULL : ay_arena_bytes(heap, len);
    if (len == SIZE_MAX || (heap && !to)) {
        damaged(c);
        return (ay_str){NULL, 0};
    }
    const unsigned char *from = ay_take(c, len + 2);
    if (!heap) return (ay_str){NULL, 0};
    size_t n = 0;
    for (size_t at = 0; at < len;) { /* to the end, or up to a zero and over the FF behind it */
        const unsigned char *zero = (const unsigned char *)memchr(from + at, 0, len - at);
        const size_t stretch = zero ? (size_t)(zero + 1 - from) - at : len - at;
        memcpy(to + n, from + at, stretch);
        n += stretch;
        at += stretch + (zero != NULL);
    }
    return (ay_str){to, n};
}

static double take_f64(ay_cursor *c)
{
    const uint64_t key = ay_take_u64(c);
    const uint64_t bits = key == UINT64_MAX ? UINT64_C(0x7ff8000000000000) : key & SIGN64 ? key ^ SIGN64 : ~key;
    double v;
    memcpy(&v, &bits, sizeof v);
    if (f64_key(v) != key) damaged(c); /* another NaN, or -0 */
    return v;
}

/* Whatever put_value does not write is damage: the bytes are compared with what the value read would be written as. */
static void check_written(ay_cursor *c, const unsigned char *from, const unsigned char *want, size_t len)
{
    if ((size_t)(c->end - from) < len || memcmp(from, want, len) != 0) damaged(c);
}

static bool scale_digits(unsigned __int128 coef, int n, int exponent, ay_dec *ret)
{
    if (coef % 10 == 0) { /* the filler of the last pair */
        coef /= 10;
        n--;
    }
    if (exponent > DEC_DIGITS || n > DEC_DIGITS || n - exponent > DEC_DIGITS) return false;
    for (; n < exponent; n++) coef *= 10;
    ret->coef = (ay_i128)coef;
    ret->scale = (uint16_t)(n - exponent);
    return true;
}

static bool take_digits(ay_cursor *c, bool negative, ay_dec *ret)
{
    const unsigned char flip = negative ? 0xff : 0;
    const int exponent = (take_byte(c) ^ flip) - EXPONENT_BIAS;
    unsigned __int128 coef = 0;
    for (int n = 0; n <= DEC_DIGITS; n += 2) {
        const unsigned char pair = take_byte(c) ^ flip;
        if (c->is_short || pair > 100) return false;
        if (pair == 0) {
            const bool ok = scale_digits(coef, n, exponent, ret);
            if (negative) ret->coef = -ret->coef;
            return ok;
        }
        coef = coef * 100 + pair - 1U;
    }
    return false;
}

static ay_dec take_dec(ay_cursor *c)
{
    const unsigned char *from = c->at;
    ay_dec d = {0};
    const unsigned char class = take_byte(c);
    if (class == DEC_NEGATIVE || class == DEC_POSITIVE) {
        if (!take_digits(c, class == DEC_NEGATIVE, &d)) damaged(c);
    } else if (class != DEC_ZERO) {
        d.kind = class == DEC_NINF ? AY_DEC_NINF : class == DEC_PINF ? AY_DEC_PINF : AY_DEC_NAN;
    }
    unsigned char want[DEC_BYTES];
    check_written(c, from, want, encode_dec(d, want));
    return d;
}

static ay_interval take_interval(ay_cursor *c)
{
    const unsigned char *from = c->at;
    ay_interval iv = {0};
    if (!ay_take(c, 16)) return iv;
    iv.months = (int32_t)(ay_take_u32(c) ^ SIGN32);
    iv.days = (int32_t)(ay_take_u32(c) ^ SIGN32);
    iv.us = (int64_t)(ay_take_u64(c) ^ SIGN64);
    unsigned char want[INTERVAL_BYTES];
    encode_interval(iv, want);
    check_written(c, from, want, sizeof want);
    return iv;
}

static ay_timetz take_timetz(ay_cursor *c)
{
    const int64_t utc = (int64_t)(ay_take_u64(c) ^ SIGN64);
    const int64_t west = (int32_t)(ay_take_u32(c) ^ SIGN32);
    ay_timetz t = {.offset_s = (int32_t)-west};
    if (west < -86400 || west > 86400 || __builtin_sub_overflow(utc, west * 1000000, &t.us) || t.us < 0 ||
        t.us > AY_DAY_US)
        damaged(c);
    return t;
}

static void take_value(ay_cursor *c, ay_arena *heap, ay_cell *ret)
{
    const unsigned char type = take_byte(c);
    if (c->is_short || type >= AY_TYPE_COUNT) {
        damaged(c);
        return;
    }
    ret->type = (ay_type)type;
    switch (ay_type_storage(ret->type)) {
    case AY_STORE_I64: ret->v.i64 = (int64_t)(ay_take_u64(c) ^ SIGN64); break;
    case AY_STORE_F64: ret->v.f64 = take_f64(c); break;
    case AY_STORE_DEC: ret->v.dec = take_dec(c); break;
    case AY_STORE_STR: ret->v.str = take_str(c, heap); break;
    case AY_STORE_IV: ret->v.iv = take_interval(c); break;
    case AY_STORE_TTZ: ret->v.ttz = take_timetz(c); break;
    }
}

bool ay_tuple_take(ay_cursor *c, ay_arena *heap, ay_cell *ret)
{
    if (c->is_short || c->at == c->end) return false;
    ay_cell cell = {.type = AY_TEXT};
    switch (take_byte(c)) {
    case TAG_NULL: cell.is_null = true; break;
    case TAG_VALUE: take_value(c, heap, &cell); break;
    case TAG_BAD:
        cell.is_bad = true;
        cell.raw = take_str(c, heap);
        break;
    default: damaged(c); break;
    }
    if (c->is_short) return false;
    *ret = cell;
    return true;
}

bool ay_tuple_take_u64(ay_cursor *c, uint64_t *ret)
{
    enum { BYTES = 2 + sizeof(uint64_t) };
    if (c->is_short || c->end - c->at < BYTES || c->at[0] != TAG_VALUE || c->at[1] != AY_INT) return false;
    uint64_t v;
    memcpy(&v, c->at + 2, sizeof v);
    *ret = __builtin_bswap64(v) ^ SIGN64;
    if (*ret > INT64_MAX) return false;
    c->at += BYTES;
    return true;
}

size_t ay_tuple_length(ay_str tuple, uint32_t n)
{
    ay_cursor c = ay_cursor_on(tuple.ptr, tuple.len);
    const unsigned char *start = c.at;
    ay_cell cell;
    for (uint32_t i = 0; i < n; i++)
        if (!ay_tuple_take(&c, NULL, &cell)) return SIZE_MAX;
    return (size_t)(c.at - start);
}
