/* Tuples: bytes that sort like the values they hold and give them back; batches, from which they are taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/mem.h"
#include "fault.h"
#include "record/tuple.h"

/* ---- The values of each type, from the least to the greatest ---- */

/* Values of the same rank are equal for PostgreSQL. The order is written down here by hand: it is the oracle. */
typedef struct rung {
    const char *label;
    int rank;
    ay_cell cell;
} rung;

/* clang-format off */
#define I64(t, r, value) {#t " " #value, (r), {.type = AY_##t, .v.i64 = (value)}}
#define F64(r, value) {#value, (r), {.type = AY_FLOAT, .v.f64 = (value)}}
#define STR(t, r, literal) {#t " " #literal, (r), {.type = AY_##t, .v.str = {literal, sizeof(literal) - 1}}}
#define DEC(r, c, s) {#c " / 10^" #s, (r), {.type = AY_DEC, .v.dec = {.coef = (c), .scale = (s)}}}
#define DECX(r, k) {#k, (r), {.type = AY_DEC, .v.dec = {.kind = AY_DEC_##k}}}
#define IV(r, m, d, u) {#m " months " #d " days " #u " us", (r), {.type = AY_INTERVAL, .v.iv = {(m), (d), (u)}}}
#define TTZ(r, u, o) {#u " us at " #o, (r), {.type = AY_TIMETZ, .v.ttz = {(u), (o)}}}
#define E18 ((ay_i128)1000000000000000000)
#define E37 (E18 * E18 * 10)
#define LARGEST (E37 * 10 - 1)

static const rung ladder[] = {
    STR(TEXT, 0, ""), STR(TEXT, 1, "\0"), STR(TEXT, 2, "\0\0"), STR(TEXT, 3, "\0\x01"), STR(TEXT, 4, "\0\xff"),
    STR(TEXT, 5, "\x01"), STR(TEXT, 6, "a"), STR(TEXT, 7, "a\0"), STR(TEXT, 8, "a\0\0"), STR(TEXT, 9, "a\0\xff"),
    STR(TEXT, 10, "a\0\xff" "b"), STR(TEXT, 11, "a\0" "\xff\xff"), STR(TEXT, 12, "a\x01"), STR(TEXT, 13, "aa"),
    STR(TEXT, 14, "b"), STR(TEXT, 15, "\x7f"), STR(TEXT, 16, "中"), STR(TEXT, 17, "😀"), STR(TEXT, 18, "\xff"),
    STR(TEXT, 19, "\xff\0"), STR(TEXT, 20, "\xff\xff"),

    I64(BOOL, 0, 0), I64(BOOL, 1, 1),

    I64(INT, 0, INT64_MIN), I64(INT, 1, INT64_MIN + 1), I64(INT, 2, -256), I64(INT, 3, -255), I64(INT, 4, -1),
    I64(INT, 5, 0), I64(INT, 6, 1), I64(INT, 7, 255), I64(INT, 8, 256), I64(INT, 9, INT64_MAX - 1),
    I64(INT, 10, INT64_MAX),

    DECX(0, NINF), DEC(1, -LARGEST, 0), DEC(2, -E37, 0), DEC(3, -1000, 0), DEC(4, -100, 0), DEC(4, -10000, 2),
    DEC(5, -99, 0), DEC(6, -12, 0), DEC(7, -119, 1), DEC(8, -11, 0), DEC(9, -10, 0), DEC(10, -2, 0), DEC(11, -15, 1),
    DEC(12, -1, 0), DEC(12, -100, 2), DEC(13, -1, 1), DEC(14, -101, 4), DEC(15, -1, 2), DEC(16, -1, 38), DEC(17, 0, 0),
    DEC(17, 0, 38), DEC(18, 1, 38), DEC(19, 1, 2), DEC(20, 101, 4), DEC(21, 1, 1), DEC(22, LARGEST, 38), DEC(23, 1, 0),
    DEC(23, 100, 2), DEC(23, E37, 37), DEC(24, E37 + 1, 37), DEC(25, 101, 2), DEC(26, 15, 1), DEC(27, 2, 0),
    DEC(28, 10, 0), DEC(29, 11, 0), DEC(30, 119, 1), DEC(31, 12, 0), DEC(32, 99, 0), DEC(33, 100, 0), DEC(33, 1000, 1),
    DEC(34, 1001, 1), DEC(35, 1010, 1), DEC(36, 1000, 0), DEC(37, E37, 0), DEC(38, E37 + 1, 0), DEC(39, LARGEST - 1, 0),
    DEC(40, LARGEST, 0), DECX(41, PINF), DECX(42, NAN),

    F64(0, -INFINITY), F64(1, -1.7976931348623157e308), F64(2, -1.5), F64(3, -1), F64(4, -4.9406564584124654e-324),
    F64(5, -0.0), F64(5, 0.0), F64(6, 4.9406564584124654e-324), F64(7, 2.2250738585072014e-308), F64(8, 1),
    F64(9, 1.0000000000000002), F64(10, 1.7976931348623157e308), F64(11, INFINITY), F64(12, NAN), F64(12, -NAN),

    I64(DATE, 0, AY_NEG_INFINITY), I64(DATE, 1, -1), I64(DATE, 2, 0), I64(DATE, 3, 20000), I64(DATE, 4, AY_INFINITY),
    I64(TIME, 0, 0), I64(TIME, 1, AY_DAY_US),
    TTZ(0, 0, 57599), TTZ(1, 3600000000, 7200), TTZ(2, 0, 3600), TTZ(3, 0, 0), TTZ(4, 0, -3600),
    TTZ(5, AY_DAY_US, 28800), TTZ(6, AY_DAY_US, 0), TTZ(7, AY_DAY_US, -57599),
    I64(TIMESTAMP, 0, AY_NEG_INFINITY), I64(TIMESTAMP, 1, -5), I64(TIMESTAMP, 2, AY_INFINITY),
    I64(TIMESTAMPTZ, 0, AY_NEG_INFINITY), I64(TIMESTAMPTZ, 1, 5), I64(TIMESTAMPTZ, 2, AY_INFINITY),

    IV(0, INT32_MIN, INT32_MIN, INT64_MIN), IV(1, INT32_MIN, 0, 0), IV(2, 0, -1, 0), IV(3, 0, 0, -1), IV(4, 0, 0, 0),
    IV(4, 1, -30, 0), IV(5, 0, 0, 1), IV(6, 0, 1, 0), IV(6, 0, 0, AY_DAY_US), IV(7, 0, 29, 0), IV(8, 1, 0, 0),
    IV(8, 0, 30, 0), IV(9, 12, 0, 0), IV(10, 0, 365, 0), IV(11, 0, 0, INT64_MAX),
    IV(12, INT32_MAX, INT32_MAX, INT64_MAX),

    STR(UUID, 0, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), STR(UUID, 1, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"),
    STR(UUID, 2, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
    STR(BYTES, 0, ""), STR(BYTES, 1, "\0\xff\0"), STR(BYTES, 2, "\xff\0\0"),
    STR(JSON, 0, "[]"), STR(JSON, 1, "{}"),
    STR(JSONB, 0, "[]"), STR(JSONB, 1, "{}"),
};
/* clang-format on */

static int sign(int c)
{
    return (c > 0) - (c < 0);
}

static ay_buf encode(const ay_cell *cell)
{
    ay_buf out = {0};
    ay_tuple_put(&out, cell);
    assert_int_equal(ay_buf_status(&out, NULL), ASSAY_OK);
    return out;
}

static void test_order(void **state)
{
    (void)state;
    bool seen[AY_TYPE_COUNT] = {0};
    for (size_t i = 0; i < AY_COUNT(ladder) * AY_COUNT(ladder); i++) {
        const rung *a = &ladder[i / AY_COUNT(ladder)], *b = &ladder[i % AY_COUNT(ladder)];
        seen[a->cell.type] = true;
        if (a->cell.type != b->cell.type) continue;
        ay_buf x = encode(&a->cell), y = encode(&b->cell);
        const int want = sign(a->rank - b->rank), got = sign(ay_str_cmp(ay_buf_view(&x), ay_buf_view(&y)));
        /* equal intervals may be written differently: 1 month is not 30 days where days are added to */
        const bool may_differ = want == 0 && a->cell.type == AY_INTERVAL;
        if (got != want && !may_differ) fail_msg("%s against %s: %d, should be %d", a->label, b->label, got, want);
        if (sign(ay_cell_cmp(&a->cell, &b->cell)) != want) fail_msg("%s against %s: cells", a->label, b->label);
        /* no value is the beginning of another, so that tuples can be put one behind the other */
        if (x.len < y.len) assert_memory_not_equal(x.ptr, y.ptr, x.len);
        ay_buf_free(&x);
        ay_buf_free(&y);
    }
    for (int type = 0; type < AY_TYPE_COUNT; type++)
        if (!seen[type]) fail_msg("no values of type %s", ay_type_name((ay_type)type));
}

static void test_null_values_bad(void **state)
{
    (void)state;
    const ay_cell null = {.type = AY_TEXT, .is_null = true}, bad = {.type = AY_INT, .is_bad = true, .raw = AY_STR("")};
    ay_buf n = encode(&null), b = encode(&bad);
    for (size_t i = 0; i < AY_COUNT(ladder); i++) {
        ay_buf v = encode(&ladder[i].cell);
        assert_true(ay_str_cmp(ay_buf_view(&n), ay_buf_view(&v)) < 0);
        assert_true(ay_str_cmp(ay_buf_view(&v), ay_buf_view(&b)) < 0);
        ay_buf_free(&v);
    }
    ay_buf_free(&n);
    ay_buf_free(&b);
}

static void assert_same_value(const char *label, const ay_cell *got, const ay_cell *want)
{
    if (got->is_null || got->is_bad || got->type != want->type) fail_msg("%s: state or type", label);
    if (ay_cell_cmp(got, want) != 0) fail_msg("%s: another value", label);
    if (want->type == AY_INTERVAL) assert_memory_equal(&got->v.iv, &want->v.iv, sizeof want->v.iv);
    if (want->type == AY_TIMETZ) assert_memory_equal(&got->v.ttz, &want->v.ttz, sizeof want->v.ttz);
    if (want->type == AY_DEC) assert_int_equal(got->v.dec.scale, ay_dec_canonical(want->v.dec).scale);
}

static void test_round_trip(void **state)
{
    (void)state;
    ay_arena heap = {0};
    for (size_t i = 0; i < AY_COUNT(ladder); i++) {
        ay_buf out = encode(&ladder[i].cell);
        ay_cursor c = ay_cursor_on(out.ptr, out.len);
        ay_cell got;
        if (!ay_tuple_take(&c, &heap, &got)) fail_msg("%s: not read", ladder[i].label);
        assert_same_value(ladder[i].label, &got, &ladder[i].cell);
        assert_false(ay_tuple_take(&c, &heap, &got)); /* the end, no damage */
        assert_false(c.is_short);
        assert_int_equal(ay_tuple_length(ay_buf_view(&out), 1), out.len);
        ay_buf_free(&out);
    }
    ay_arena_free(&heap);
}

/* Numbers with up to 15 digits: compared exactly as integers of 10^-18. */
static void test_random_decimals(void **state)
{
    (void)state;
    uint64_t random = 12345;
    ay_dec last = {0};
    ay_i128 last_scaled = 0;
    ay_arena heap = {0};
    for (int i = 0; i < 20000; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int64_t coef = (int64_t)(random >> 14) % 1000000000000000;
        for (uint64_t cut = random % 16; cut > 0; cut--) coef /= 10;
        if (random >> 5 & 1) coef = -coef;
        const ay_dec d = {.coef = coef, .scale = (uint16_t)((random >> 6) % 19)};
        ay_i128 scaled = coef;
        for (int s = d.scale; s < 18; s++) scaled *= 10;
        const ay_cell now = {.type = AY_DEC, .v.dec = d}, before = {.type = AY_DEC, .v.dec = last};
        ay_buf x = encode(&now), y = encode(&before);
        const int want = (scaled > last_scaled) - (scaled < last_scaled);
        if (sign(ay_str_cmp(ay_buf_view(&x), ay_buf_view(&y))) != want)
            fail_msg("%lld / 10^%u", (long long)coef, d.scale);
        ay_cursor c = ay_cursor_on(x.ptr, x.len);
        ay_cell got;
        assert_true(ay_tuple_take(&c, &heap, &got));
        ay_i128 back = got.v.dec.coef;
        for (int s = got.v.dec.scale; s < 18; s++) back *= 10;
        assert_true(back == scaled);
        ay_buf_free(&x);
        ay_buf_free(&y);
        last = d;
        last_scaled = scaled;
    }
    ay_arena_free(&heap);
}

/* The bytes of a decimal by way of its digits as text: two at a time, the last one filled up, none that are all zeros
 * at the end. */
static size_t decimal_as_defined(ay_dec d, unsigned char *to)
{
    char digits[48];
    int n = 0;
    unsigned char *at = to;
    ay_i128 left = d.coef < 0 ? -d.coef : d.coef;
    for (ay_i128 all = left; all; all /= 10) n++;
    for (int i = n; i > 0; left /= 10) digits[--i] = (char)(left % 10);
    digits[n] = 0;
    *at++ = d.coef < 0 ? 0x20 : d.coef > 0 ? 0x40 : 0x30;
    if (!n) return 1;
    *at++ = (unsigned char)(n - d.scale + 64);
    for (int end = n; n && digits[end - 1] == 0;) n = --end;
    for (int i = 0; i < n; i += 2) *at++ = (unsigned char)(digits[i] * 10 + (i + 1 < n ? digits[i + 1] : 0) + 1);
    *at++ = 0;
    for (unsigned char *p = to + 1; d.coef < 0 && p < at; p++) *p ^= 0xff;
    return (size_t)(at - to);
}

static void test_decimals_as_defined(void **state)
{
    (void)state;
    uint64_t random = 54321;
    for (int i = 0; i < 40000; i++) {
        ay_cell cell = {.type = AY_DEC, .v.dec.scale = (uint16_t)(i % 39)};
        for (int n = i % 38 + 1; n > 0; n--) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const unsigned digit = (unsigned)(random >> 40) % 16; /* zeros and nines are what is special */
            cell.v.dec.coef = cell.v.dec.coef * 10 + (digit < 10 ? digit : digit < 13 ? 0 : 9);
        }
        if (random >> 33 & 1) cell.v.dec.coef = -cell.v.dec.coef;
        unsigned char want[48] = {0x01, AY_DEC};
        const size_t len = 2 + decimal_as_defined(cell.v.dec, want + 2);
        ay_buf got = encode(&cell);
        assert_int_equal(got.len, len);
        assert_memory_equal(got.ptr, want, len);
        ay_buf_free(&got);
    }
}

/* ---- Damage ---- */

static void test_every_truncation(void **state)
{
    (void)state;
    ay_arena heap = {0};
    for (size_t i = 0; i < AY_COUNT(ladder); i++) {
        ay_buf out = encode(&ladder[i].cell);
        for (size_t len = 1; len < out.len; len++) {
            char *exact = (char *)ay_alloc(len); /* so that reading past the end is noticed */
            memcpy(exact, out.ptr, len);
            ay_cursor c = ay_cursor_on(exact, len);
            ay_cell got;
            if (ay_tuple_take(&c, &heap, &got) || !c.is_short) fail_msg("%s cut to %zu bytes", ladder[i].label, len);
            assert_true(ay_tuple_length((ay_str){exact, len}, 1) == SIZE_MAX);
            ay_free(exact);
        }
        ay_buf_free(&out);
    }
    ay_arena_free(&heap);
}

/* Any byte changed to any other: either it is refused, or it is exactly what the value read would be written as. */
static void check_changed(const char *label, const ay_buf *changed, ay_arena *heap)
{
    ay_cursor c = ay_cursor_on(changed->ptr, changed->len);
    ay_cell got;
    const size_t length = ay_tuple_length(ay_buf_view(changed), 1);
    if (!ay_tuple_take(&c, heap, &got)) {
        if (!c.is_short || length != SIZE_MAX) fail_msg("%s: an end without damage", label);
        return;
    }
    assert_int_equal(length, (const char *)c.at - changed->ptr);
    ay_buf again = encode(&got);
    if (again.len != length || memcmp(again.ptr, changed->ptr, length) != 0)
        fail_msg("%s: two forms of one value", label);
    ay_buf_free(&again);
}

static void test_every_changed_byte(void **state)
{
    (void)state;
    ay_arena heap = {0};
    for (size_t i = 0; i < AY_COUNT(ladder); i++) {
        ay_buf out = encode(&ladder[i].cell);
        for (size_t at = 0; at < out.len * 256; at++) {
            const char kept = out.ptr[at / 256];
            out.ptr[at / 256] = (char)at;
            check_changed(ladder[i].label, &out, &heap);
            out.ptr[at / 256] = kept;
        }
        ay_buf_free(&out);
        ay_arena_reset(&heap);
    }
    ay_arena_free(&heap);
}

#define BYTES(literal)                                                                                                 \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }

static void test_named_damage(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        ay_str bytes;
    } cases[] = {
        {"unknown tag", BYTES("\x03")},
        {"unknown type", BYTES("\x01\x0f\0\0\0\0\0\0\0\0")},
        {"string without end", BYTES("\x01\x00"
                                     "abc")},
        {"zero with a wrong escape", BYTES("\x01\x00"
                                           "a\0\x01"
                                           "b\0\0")},
        {"zero at the very end", BYTES("\x01\x00"
                                       "a\0")},
        {"bad value without end", BYTES("\x02"
                                        "abc")},
        {"decimal of no class", BYTES("\x01\x03\x11")},
        {"decimal without digits", BYTES("\x01\x03\x40\x40\0")},
        {"decimal with a leading zero", BYTES("\x01\x03\x40\x40\x0a\0")},
        {"decimal with trailing zeros", BYTES("\x01\x03\x40\x41\x0b\x01\0")},
        {"decimal with a digit pair of 100", BYTES("\x01\x03\x40\x41\x65\0")},
        {"decimal too large", BYTES("\x01\x03\x40\x67\x0b\0")},
        {"decimal too small", BYTES("\x01\x03\x40\x19\x0b\0")},
        {"decimal of 40 digits",
         BYTES("\x01\x03\x40\x66\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c"
               "\x0c\x0c\x0c\x0c\0")},
        {"float -0", BYTES("\x01\x04\x7f\xff\xff\xff\xff\xff\xff\xff")},
        {"float: another NaN", BYTES("\x01\x04\xff\xf8\0\0\0\0\0\0")},
        {"interval whose key is not of its parts",
         BYTES("\x01\x0a\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\x80\0\0\0\x80\0\0\0\x80\0\0\0\0\0\0\0")},
        {"timetz 25 hours west", BYTES("\x01\x07\x80\0\0\x14\xf4\x6b\x04\0\x80\x01\x5f\x90")},
        {"timetz of an impossible offset", BYTES("\x01\x07\x80\0\0\0\0\0\0\0\0\0\0\0")},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_arena heap = {0};
        ay_cell got;
        ay_cursor c = ay_cursor_on(cases[i].bytes.ptr, cases[i].bytes.len);
        if (ay_tuple_take(&c, &heap, &got) || !c.is_short) fail_msg("%s", cases[i].label);
        assert_false(ay_tuple_take(&c, &heap, &got)); /* and it stays damaged */
        ay_arena_free(&heap);
    }
}

/* ---- Several values; batches ---- */

static void test_several_values(void **state)
{
    (void)state;
    ay_buf out = {0};
    const ay_cell bad = {.type = AY_DATE, .is_bad = true, .raw = AY_STR("2024-02-30\0x")};
    const ay_cell null = {.type = AY_DATE, .is_null = true, .raw = AY_STR("无")};
    ay_tuple_put_str(&out, AY_STR("a\0b"));
    ay_tuple_put_u64(&out, INT64_MAX);
    ay_tuple_put(&out, &null);
    ay_tuple_put(&out, &bad);
    static const size_t ends[] = {0, 2 + 4 + 2, 8 + 10, 18 + 1, 19 + 1 + 13 + 2};
    for (uint32_t n = 0; n < AY_COUNT(ends); n++) assert_int_equal(ay_tuple_length(ay_buf_view(&out), n), ends[n]);
    assert_true(ay_tuple_length(ay_buf_view(&out), 5) == SIZE_MAX);
    assert_int_equal(ay_tuple_length((ay_str){NULL, 0}, 0), 0);
    assert_true(ay_tuple_length((ay_str){NULL, 0}, 1) == SIZE_MAX);
    ay_arena heap = {0};
    ay_cursor c = ay_cursor_on(out.ptr, out.len);
    ay_cell got[4];
    for (int i = 0; i < 4; i++) assert_true(ay_tuple_take(&c, &heap, &got[i]));
    assert_int_equal(got[0].type, AY_TEXT);
    assert_true(ay_str_eq(got[0].v.str, AY_STR("a\0b")));
    assert_int_equal(got[1].type, AY_INT);
    assert_true(got[1].v.i64 == INT64_MAX);
    assert_true(got[2].is_null && !got[2].is_bad && !got[2].raw.ptr);
    assert_true(got[3].is_bad && !got[3].is_null);
    assert_true(ay_str_eq(got[3].raw, AY_STR("2024-02-30\0x")));
    ay_arena_free(&heap);
    ay_buf_free(&out);
}

/* A tuple orders by its first value, then by its second, though the first differ in length. */
static void test_order_of_pairs(void **state)
{
    (void)state;
    static const ay_str rising[][2] = {
        {BYTES(""), BYTES("")},   {BYTES(""), BYTES("z")},      {BYTES("\0"), BYTES("")},   {BYTES("a"), BYTES("")},
        {BYTES("a"), BYTES("z")}, {BYTES("a\0"), BYTES("")},    {BYTES("a\0"), BYTES("b")}, {BYTES("a\x01"), BYTES("")},
        {BYTES("ab"), BYTES("")}, {BYTES("ab"), BYTES("\xff")}, {BYTES("b"), BYTES("")},
    };
    ay_buf last = {0};
    for (size_t i = 0; i < AY_COUNT(rising); i++) {
        ay_buf now = {0};
        ay_tuple_put_str(&now, rising[i][0]);
        ay_tuple_put_str(&now, rising[i][1]);
        if (ay_str_cmp(ay_buf_view(&last), ay_buf_view(&now)) >= 0) fail_msg("pair %zu", i);
        ay_buf_free(&last);
        last = now;
    }
    ay_buf_free(&last);
}

static const ay_type column_types[] = {AY_TEXT, AY_INT, AY_FLOAT, AY_DEC, AY_INTERVAL, AY_TIMETZ};
enum { COLUMNS = AY_COUNT(column_types) };

/* Row 0: values; row 1: nulls; row 2: unreadable, with their texts. */
static void fill_batch(ay_batch *batch, const ay_str *raw)
{
    batch->rows = 3;
    batch->cols[0].v.str[0] = AY_STR("text");
    batch->cols[1].v.i64[0] = -42;
    batch->cols[2].v.f64[0] = 0.5;
    batch->cols[3].v.dec[0] = (ay_dec){.coef = 150, .scale = 2};
    batch->cols[4].v.iv[0] = (ay_interval){1, 2, 3};
    batch->cols[5].v.ttz[0] = (ay_timetz){3600000000, 28800};
    for (uint32_t i = 0; i < COLUMNS; i++) {
        ay_bit_set(batch->cols[i].null, 1);
        ay_bit_set(batch->cols[i].bad, 2);
        batch->cols[i].raw = raw;
    }
}

static void test_batch(void **state)
{
    (void)state;
    static const ay_str raw[3] = {BYTES("as it came"), BYTES("无"), BYTES("?")};
    ay_batch batch;
    assert_int_equal(ay_batch_open(&batch, column_types, COLUMNS, 3, NULL), ASSAY_OK);
    assert_int_equal(batch.cap, 3);
    fill_batch(&batch, raw);
    for (uint32_t i = 0; i < COLUMNS; i++) {
        ay_buf out = {0}, want = {0};
        const ay_cell value = ay_batch_cell(&batch, i, 0), null = ay_batch_cell(&batch, i, 1);
        const ay_cell bad = ay_batch_cell(&batch, i, 2);
        assert_int_equal(value.type, column_types[i]);
        assert_true(!value.is_null && !value.is_bad && ay_str_is(value.raw, "as it came"));
        assert_true(null.is_null && !null.is_bad && ay_str_is(null.raw, "无"));
        assert_true(bad.is_bad && !bad.is_null && ay_str_is(bad.raw, "?"));
        for (uint32_t row = 0; row < 3; row++) ay_tuple_put_col(&out, &batch, i, row);
        ay_tuple_put(&want, &value);
        ay_buf_put(&want, "\x00\x02?\x00\x00", 5);
        assert_int_equal(out.len, want.len);
        assert_memory_equal(out.ptr, want.ptr, want.len);
        ay_buf_free(&out);
        ay_buf_free(&want);
    }
    assert_true(ay_batch_cell(&batch, 1, 0).v.i64 == -42);
    assert_true(ay_batch_cell(&batch, 3, 0).v.dec.coef == 150);
    assert_int_equal(ay_batch_cell(&batch, 5, 0).v.ttz.offset_s, 28800);
    assert_non_null(ay_arena_bytes(&batch.heap, 100));
    ay_batch_clear(&batch);
    assert_int_equal(batch.rows, 0);
    for (uint32_t i = 0; i < COLUMNS; i++)
        assert_true(ay_bits_count(batch.cols[i].null, 3) + ay_bits_count(batch.cols[i].bad, 3) == 0);
    ay_batch_free(&batch);
    assert_null(batch.cols);
    ay_batch_free(&batch); /* an empty one too */
}

static void test_batch_of_full_size(void **state)
{
    (void)state;
    ay_batch batch;
    assert_int_equal(ay_batch_open(&batch, column_types, COLUMNS, 0, NULL), ASSAY_OK);
    assert_int_equal(batch.cap, AY_BATCH_ROWS);
    batch.rows = AY_BATCH_ROWS;
    for (uint32_t i = 0; i < COLUMNS; i++) {
        const ay_cell last = ay_batch_cell(&batch, i, AY_BATCH_ROWS - 1);
        assert_true(!last.is_null && !last.is_bad && !last.raw.ptr); /* zeroed */
    }
    ay_batch_free(&batch);
    assert_int_equal(ay_batch_open(&batch, NULL, 0, 0, NULL), ASSAY_OK); /* records without fields can be counted */
    ay_batch_clear(&batch);
    ay_batch_free(&batch);
}

static assay_status open_and_encode(void *arg)
{
    (void)arg;
    ay_batch batch;
    AY_TRY(ay_batch_open(&batch, column_types, COLUMNS, 3, NULL));
    fill_batch(&batch, NULL);
    ay_buf out = {0};
    ay_arena heap = {0};
    for (uint32_t i = 0; i < COLUMNS; i++) ay_tuple_put_col(&out, &batch, i, 0);
    assay_status status = ay_buf_status(&out, NULL);
    ay_cursor c = ay_cursor_on(out.ptr, status == ASSAY_OK ? out.len : 0);
    ay_cell cell;
    while (ay_tuple_take(&c, &heap, &cell)) {
    }
    if (c.is_short) status = ASSAY_ENOMEM;
    ay_arena_free(&heap);
    ay_buf_free(&out);
    ay_batch_free(&batch);
    return status;
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    assert_in_range(fail_each_allocation(open_and_encode, NULL), 4, 100);
}

/* ---- Texts of every length, with a zero byte at every place ---- */

static void put_as_defined(ay_buf *out, ay_str s)
{
    ay_buf_put(out, "\x01", 1);
    ay_buf_char(out, (char)AY_TEXT);
    for (size_t i = 0; i < s.len; i++) ay_buf_put(out, s.ptr[i] ? &s.ptr[i] : "\x00\xff", s.ptr[i] ? 1 : 2);
    ay_buf_put(out, "\x00\x00", 2);
}

static void test_zeros_anywhere(void **state)
{
    (void)state;
    char bytes[40];
    ay_buf got = {0}, want = {0};
    ay_arena heap = {0};
    for (size_t len = 0; len <= sizeof bytes; len++)
        for (size_t zero = 0; zero <= len; zero++) { /* the last time there is none */
            for (size_t i = 0; i < len; i++) bytes[i] = i == zero ? 0 : (char)(0x80 >> i % 8);
            ay_buf_clear(&got);
            ay_buf_clear(&want);
            ay_tuple_put_str(&got, (ay_str){bytes, len});
            put_as_defined(&want, (ay_str){bytes, len});
            assert_true(ay_str_eq(ay_buf_view(&got), ay_buf_view(&want)));
            ay_cursor c = ay_cursor_on(got.ptr, got.len);
            ay_cell cell;
            assert_true(ay_tuple_take(&c, &heap, &cell) && c.at == c.end);
            assert_true(ay_str_eq(cell.v.str, (ay_str){bytes, len}));
        }
    ay_buf_clear(&got);
    ay_tuple_put_nulls(&got, 0);
    assert_int_equal(got.len, 0);
    ay_tuple_put_nulls(&got, 3);
    assert_int_equal(ay_tuple_length(ay_buf_view(&got), 3), 3);
    ay_arena_free(&heap);
    ay_buf_free(&got);
    ay_buf_free(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zeros_anywhere),     cmocka_unit_test(test_order),
        cmocka_unit_test(test_null_values_bad),    cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_random_decimals),    cmocka_unit_test(test_decimals_as_defined),
        cmocka_unit_test(test_every_truncation),   cmocka_unit_test(test_every_changed_byte),
        cmocka_unit_test(test_named_damage),       cmocka_unit_test(test_several_values),
        cmocka_unit_test(test_order_of_pairs),     cmocka_unit_test(test_batch),
        cmocka_unit_test(test_batch_of_full_size), cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
