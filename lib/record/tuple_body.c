#include "record/tuple_body.h"

#include <assert.h>

#include "base/digits.h"
#include "base/word.h"

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

/* The pairs of digits of 0.ddd, first to last and without zeros behind the last; *ret_digits: how many digits there
 * were. Division of 128 bits is slow, so it ends as soon as 64 will do. */
static int split_pairs(unsigned __int128 coef, unsigned char pairs[DEC_PAIRS], int *ret_digits)
{
    unsigned char reversed[DEC_PAIRS + 1] = {0};
    int low = 0, n = 0, used = 0; /* low: digits below what is left of coef */
    unsigned __int128 rest = coef;
    for (; rest > UINT64_MAX; rest /= 100) low += 2;
    const int digits = low + (int)ay_digit_count((uint64_t)rest);
    if (digits % 2) coef *= 10; /* the last pair is filled up */
    for (; coef > UINT64_MAX; coef /= 100) reversed[n++] = (unsigned char)(coef % 100);
    for (uint64_t left = (uint64_t)coef; left; left /= 100) reversed[n++] = (unsigned char)(left % 100);
    while (reversed[used] == 0) used++;
    for (int i = n; i > used; i--) pairs[n - i] = reversed[i - 1];
    *ret_digits = digits;
    return n - used;
}

/* Of a number of up to 16 digits: its pairs are one word. */
static size_t encode_short(uint64_t coef, unsigned scale, unsigned char flip, unsigned char *to)
{
    unsigned digits;
    const uint64_t pairs = ay_digit_pairs(coef, &digits);
    const unsigned used = 8 - (unsigned)__builtin_clzll(pairs) / 8;
    const uint64_t body = (pairs + AY_WORD_OF(1)) ^ AY_WORD_OF(1) * flip;
    to[1] = (unsigned char)((int)digits - (int)scale + EXPONENT_BIAS) ^ flip;
    memcpy(to + 2, &body, sizeof body);
    to[2 + used] = flip;
    return 3 + used;
}

/* Of any number; apart, so that the usual way stays short. */
static __attribute__((noinline)) size_t encode_long(unsigned __int128 coef, unsigned scale, unsigned char flip,
                                                    unsigned char *to)
{
    unsigned char pairs[DEC_PAIRS];
    int digits;
    const int n = split_pairs(coef, pairs, &digits);
    size_t len = 1;
    to[len++] = (unsigned char)(digits - (int)scale + EXPONENT_BIAS) ^ flip;
    for (int i = 0; i < n; i++) to[len++] = (unsigned char)(pairs[i] + 1) ^ flip;
    to[len++] = flip;
    return len;
}

static size_t encode_dec(ay_dec d, unsigned char to[DEC_BYTES])
{
    to[0] = dec_class(d);
    if (to[0] != DEC_NEGATIVE && to[0] != DEC_POSITIVE) return 1;
    const unsigned char flip = to[0] == DEC_NEGATIVE ? 0xff : 0;
    const unsigned __int128 coef = (unsigned __int128)(d.coef < 0 ? -d.coef : d.coef);
    if (coef < AY_DIGIT_PAIRS_END) return encode_short((uint64_t)coef, d.scale, flip, to);
    return encode_long(coef, d.scale, flip, to);
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

size_t ay_tuple_body(ay_storage storage, const void *slot, char *to)
{
    unsigned char *body = (unsigned char *)to;
    switch (storage) {
    case AY_STORE_I64: put_be64(body, *(const uint64_t *)slot ^ SIGN64); return 8;
    case AY_STORE_F64: put_be64(body, f64_key(*(const double *)slot)); return 8;
    case AY_STORE_DEC: return encode_dec(*(const ay_dec *)slot, body);
    case AY_STORE_IV: encode_interval(*(const ay_interval *)slot, body); return INTERVAL_BYTES;
    case AY_STORE_TTZ: encode_timetz(*(const ay_timetz *)slot, body); return TIMETZ_BYTES;
    case AY_STORE_STR: break;
    }
    assert(false);
    return 0;
}

size_t ay_tuple_body_size(ay_storage storage)
{
    static const size_t sizes[] = {
        [AY_STORE_I64] = 8,
        [AY_STORE_F64] = 8,
        [AY_STORE_DEC] = 0,
        [AY_STORE_STR] = 0,
        [AY_STORE_IV] = INTERVAL_BYTES,
        [AY_STORE_TTZ] = TIMETZ_BYTES,
    };
    return sizes[storage];
}

/* ---- Reading. Damaged bytes make the cursor short. ---- */

static unsigned char take_byte(ay_cursor *c)
{
    const unsigned char *p = ay_take(c, 1);
    return p ? *p : 0;
}

static void damaged(ay_cursor *c)
{
    c->is_short = true;
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

/* Whatever would not be written is damage: the bytes are compared with what the value read would be written as. */
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

void ay_tuple_take_body(ay_cursor *c, ay_cell *ret)
{
    switch (ay_type_storage(ret->type)) {
    case AY_STORE_I64: ret->v.i64 = (int64_t)(ay_take_u64(c) ^ SIGN64); break;
    case AY_STORE_F64: ret->v.f64 = take_f64(c); break;
    case AY_STORE_DEC: ret->v.dec = take_dec(c); break;
    case AY_STORE_IV: ret->v.iv = take_interval(c); break;
    case AY_STORE_TTZ: ret->v.ttz = take_timetz(c); break;
    case AY_STORE_STR: assert(false); break;
    }
}
