/* Decimals and doubles. The expected texts were taken by hand from PostgreSQL 15 (numeric, float8), those of the range
 * follow from the 38 digits; nothing here needs a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>

#include "base/dec.h"
#include "base/mem.h"

#define NINES "99999999999999999999999999999999999999" /* 38 */

static ay_dec dec(const char *text)
{
    ay_dec d;
    if (ay_dec_parse(ay_str_from(text), &d) != AY_NUM_OK) fail_msg("cannot parse %s", text);
    return d;
}

static void assert_text(const char *label, ay_dec d, const char *want)
{
    ay_buf out = {0};
    ay_dec_text(d, &out);
    if (!ay_str_is(ay_buf_view(&out), want)) fail_msg("%s: got %.*s, want %s", label, (int)out.len, out.ptr, want);
    ay_buf_free(&out);
}

static ay_num_status apply(char op, ay_dec a, ay_dec b, ay_dec *ret)
{
    switch (op) {
    case '+': return ay_dec_add(a, b, ret);
    case '-': return ay_dec_sub(a, b, ret);
    case '*': return ay_dec_mul(a, b, ret);
    case '/': return ay_dec_div(a, b, ret);
    default: return ay_dec_mod(a, b, ret);
    }
}

static const struct text_case {
    const char *in, *out;
} texts[] = {
    {"0", "0"},
    {"-0", "0"},
    {"007", "7"},
    {"1.50", "1.50"},
    {"-1.50", "-1.50"},
    {".5", "0.5"},
    {"5.", "5"},
    {"+3", "3"},
    {"1e3", "1000"},
    {"1E+3", "1000"},
    {"1.50e1", "15.0"},
    {"1e-3", "0.001"},
    {"12345e-2", "123.45"},
    {"1.0e37", "10000000000000000000000000000000000000"},
    {"1e37", "10000000000000000000000000000000000000"},
    {"99999999999999999999999999999999999999", "99999999999999999999999999999999999999"},
    {"-99999999999999999999999999999999999999", "-99999999999999999999999999999999999999"},
    {"0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"},
    {"nan", "NaN"},
    {"inf", "Infinity"},
    {"+Infinity", "Infinity"},
    {"-iNF", "-Infinity"},
    {"123456789012345678", "123456789012345678"},
    {"1234567890123456789", "1234567890123456789"},
    {"-123456789012345678", "-123456789012345678"},
    {"0e500", "0"},
    {"100e-2", "1.00"},
    {"0.10e1", "1.0"},
    {"0e-500", "0.00000000000000000000000000000000000000"}, /* PostgreSQL refuses the scale; zeros that do not fit go */
    {"1.000000000000000000000000000000000000000000", "1.0000000000000000000000000000000000000"},
    {"0000000000000000000000000000000000000000000001", "1"},
};

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(texts); i++) assert_text(texts[i].in, dec(texts[i].in), texts[i].out);
}

static const struct bad_case {
    ay_str in;
    ay_num_status want;
} bad_texts[] = {
    {AY_STR(""), AY_NUM_SYNTAX},
    {AY_STR("."), AY_NUM_SYNTAX},
    {AY_STR("-"), AY_NUM_SYNTAX},
    {AY_STR("+."), AY_NUM_SYNTAX},
    {AY_STR(" 1"), AY_NUM_SYNTAX},
    {AY_STR("1 "), AY_NUM_SYNTAX},
    {AY_STR("1,000"), AY_NUM_SYNTAX},
    {AY_STR("1.2.3"), AY_NUM_SYNTAX},
    {AY_STR("1e"), AY_NUM_SYNTAX},
    {AY_STR("1e+"), AY_NUM_SYNTAX},
    {AY_STR("1e5.0"), AY_NUM_SYNTAX},
    {AY_STR("e5"), AY_NUM_SYNTAX},
    {AY_STR("--1"), AY_NUM_SYNTAX},
    {AY_STR("0x10"), AY_NUM_SYNTAX},
    {AY_STR("-NaN"), AY_NUM_SYNTAX},
    {AY_STR("infinit"), AY_NUM_SYNTAX},
    {AY_STR("1\0"), AY_NUM_SYNTAX},
    {AY_STR("１２"), AY_NUM_SYNTAX},
    {AY_STR("1" NINES "x"), AY_NUM_SYNTAX},
    {AY_STR("1" NINES), AY_NUM_RANGE},
    {AY_STR("1e38"), AY_NUM_RANGE},
    {AY_STR("1e-39"), AY_NUM_RANGE},
    {AY_STR(NINES ".1"), AY_NUM_RANGE},
    {AY_STR("1e999999999999999999999"), AY_NUM_RANGE},
    {AY_STR("-1e-999999999999999999999"), AY_NUM_RANGE},
};

/* Short texts are read eight digits at a time; with zeros in front they are long and read digit by digit. */
static void test_short_and_long_texts_agree(void **state)
{
    static const char digits[] = "0123456789", all[] = "0123456789.-+eE :/\0";
    (void)state;
    uint64_t random = 11;
    unsigned good = 0;
    for (unsigned i = 0; i < 200000; i++) {
        char brief[17], padded[64] = "-0000000000000000000000000";
        const size_t len = 1 + (random >> 40) % sizeof brief;
        for (size_t k = 0; k < len; k++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            const unsigned any = (unsigned)(random >> 33);
            brief[k] = any % 16 == 0 ? all[any / 16 % (sizeof all - 1)] : digits[any / 16 % 10];
        }
        if (i % 2) brief[len / 2] = '.';
        const bool negative = brief[0] == '-';
        const size_t zeros = 20;
        memcpy(padded + negative + zeros, brief + negative, len - negative);
        memset(padded + negative, '0', zeros);
        ay_dec a = {0}, b = {0};
        const ay_num_status one = ay_dec_parse((ay_str){brief, len}, &a);
        if (brief[negative] == '+' || len == negative || !memchr(digits, brief[negative], 10)) continue; /* not alike */
        const ay_num_status two = ay_dec_parse((ay_str){padded, len + zeros}, &b);
        if (one != two || (one == AY_NUM_OK && (a.coef != b.coef || a.scale != b.scale)))
            fail_msg("'%.*s': %d and %d", (int)len, brief, one, two);
        good += one == AY_NUM_OK;
    }
    assert_true(good > 50000);
}

static void test_bad_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(bad_texts); i++) {
        ay_dec d;
        const ay_num_status got = ay_dec_parse(bad_texts[i].in, &d);
        if (got != bad_texts[i].want) fail_msg("'%.*s': %d", (int)bad_texts[i].in.len, bad_texts[i].in.ptr, got);
    }
}

static const struct op_case {
    const char *a;
    char op;
    const char *b, *want;
} ops[] = {
    {"1.50", '+', "2.5", "4.00"},
    {"99999999999999999999999999999999999999", '+', "-1", "99999999999999999999999999999999999998"},
    {"-0.5", '+', "0.50", "0.00"},
    {"Infinity", '+', "-Infinity", "NaN"},
    {"Infinity", '+', "1", "Infinity"},
    {"NaN", '+', "-Infinity", "NaN"},
    {"170141183460469231731687303715884105", '+', "0.99", "170141183460469231731687303715884105.99"},
    {"1", '-', "1.000", "0.000"},
    {"0.1", '-', "0.3", "-0.2"},
    {"Infinity", '-', "Infinity", "NaN"},
    {"1", '-', "Infinity", "-Infinity"},
    {"-99999999999999999999999999999999999998", '-', "1", "-99999999999999999999999999999999999999"},
    {"1.10", '*', "2.200", "2.42000"},
    {"-12345678901234567890", '*', "1234567890.12345678", "-15241578753238836639079409876.39079420"},
    {"0", '*', "Infinity", "NaN"},
    {"-2", '*', "Infinity", "-Infinity"},
    {"0.00", '*', "-5", "0.00"},
    {"9999999999999999999", '*', "9999999999999999999", "99999999999999999980000000000000000001"},
    {"10", '/', "3", "3.3333333333333333"},
    {"1", '/', "3", "0.33333333333333333333"},
    {"2", '/', "3", "0.66666666666666666667"},
    {"-2", '/', "3", "-0.66666666666666666667"},
    {"1", '/', "8", "0.12500000000000000000"},
    {"1", '/', "33554432", "0.000000029802322387695313"}, /* a tie: ...53125 */
    {"-1", '/', "33554432", "-0.000000029802322387695313"},
    {"10000", '/', "3", "3333.3333333333333333"},
    {"9999", '/', "3", "3333.0000000000000000"},
    {"1", '/', "30000", "0.000033333333333333333333"},
    {"3", '/', "3.00", "1.00000000000000000000"},
    {"1", '/', "7000000", "0.000000142857142857142857"},
    {"0", '/', "3", "0.00000000000000000000"},
    {"0.00", '/', "3", "0.00000000000000000000"},
    {"1e10", '/', "3", "3333333333.33333333"},
    {"12345678901234567890123456789", '/', "7", "1763668414462081127160493827"},
    {"1.00000000000000000000", '/', "3", "0.33333333333333333333"},
    {"0.0001", '/', "10000", "0.0000000100000000000000000000"},
    {"1", '/', "9", "0.11111111111111111111"},
    {"Infinity", '/', "-2", "-Infinity"},
    {"Infinity", '/', "Infinity", "NaN"},
    {"1", '/', "-Infinity", "0"},
    {"NaN", '/', "0", "NaN"},
    {"99999", '/', "100000", "0.99999000000000000000"},
    {"2", '/', "10001", "0.00019998000199980002"},
    {"20000", '/', "9999", "2.0002000200020002"},
    {"99999999999999999999999999999999999999", '/', "99999999999999999999999999999999999998", "1.00000000000000000000"},
    {"7", '%', "3", "1"},
    {"-7", '%', "3", "-1"},
    {"7", '%', "-3", "1"},
    {"-7.5", '%', "2", "-1.5"},
    {"5.5", '%', "0.02", "0.00"},
    {"1", '%', "0.30", "0.10"},
    {"99999999999999999999999999999999999999", '%', "0.00000000000000000000000000000000000007",
     "0.00000000000000000000000000000000000002"},
    {"5", '%', "Infinity", "5"},
    {"Infinity", '%', "5", "NaN"},
    {"0.00", '%', "3", "0.00"},
};

static void test_operations(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(ops); i++) {
        const struct op_case *c = &ops[i];
        char label[160];
        ay_dec r;
        (void)snprintf(label, sizeof label, "%s %c %s", c->a, c->op, c->b);
        if (apply(c->op, dec(c->a), dec(c->b), &r) != AY_NUM_OK) fail_msg("%s failed", label);
        assert_text(label, r, c->want);
    }
}

static const struct fault_case {
    const char *a;
    char op;
    const char *b;
    ay_num_status want;
} faults[] = {
    {"1", '/', "0", AY_NUM_ZERO_DIV},
    {"0", '/', "0.00", AY_NUM_ZERO_DIV},
    {"Infinity", '/', "0", AY_NUM_ZERO_DIV},
    {"1", '%', "0", AY_NUM_ZERO_DIV},
    {"-Infinity", '%', "0", AY_NUM_ZERO_DIV},
    {"1", '+', "0.00000000000000000000000000000000000001", AY_NUM_RANGE},
    {NINES, '+', "1", AY_NUM_RANGE},
    {NINES, '+', NINES, AY_NUM_RANGE},
    {NINES, '-', "0.1", AY_NUM_RANGE},
    {NINES, '*', "10", AY_NUM_RANGE},
    {NINES, '*', NINES, AY_NUM_RANGE},
    {"1e-20", '*', "1e-20", AY_NUM_RANGE},
    {"1e-30", '/', "3", AY_NUM_RANGE},                  /* PostgreSQL shows 48 digits behind the point */
    {"5", '/', "0.00000000000000000007", AY_NUM_RANGE}, /* 40 digits */
    {"1e30", '/', "0.00000000000000000003", AY_NUM_RANGE},
    {NINES, '/', "0.00000000000000000000000000000000000007", AY_NUM_RANGE},
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(faults); i++) {
        const struct fault_case *c = &faults[i];
        ay_dec r = {.coef = 77};
        const ay_num_status got = apply(c->op, dec(c->a), dec(c->b), &r);
        if (got != c->want) fail_msg("%s %c %s: status %d", c->a, c->op, c->b, got);
        if (r.coef != 77) fail_msg("%s %c %s: result touched", c->a, c->op, c->b);
    }
}

/* Zeros that do not fit are dropped, where PostgreSQL would show more than 38 digits. */
static void test_dropped_zeros(void **state)
{
    (void)state;
    ay_dec r;
    assert_int_equal(ay_dec_mul(dec("12345678901234567890.00"), dec("1.00000000000000000000"), &r), AY_NUM_OK);
    assert_text("mul", r, "12345678901234567890.000000000000000000");
    assert_int_equal(ay_dec_add(dec("1e37"), dec("0.00"), &r), AY_NUM_OK);
    assert_text("add", r, "10000000000000000000000000000000000000");
    assert_int_equal(ay_dec_div(dec("1e-20"), dec("1e5"), &r), AY_NUM_OK);
    assert_text("div", r, "0.00000000000000000000000010000000000000");
}

static const struct round_case {
    const char *in;
    int scale;
    const char *want;
} rounds[] = {
    {"2.5", 0, "3"},
    {"-2.5", 0, "-3"},
    {"3.5", 0, "4"},
    {"0.05", 1, "0.1"},
    {"-0.05", 1, "-0.1"},
    {"1.2345", 3, "1.235"},
    {"1.5", 4, "1.5000"},
    {"1250", -2, "1300"},
    {"-1350", -2, "-1400"},
    {"5", -1, "10"},
    {"4", -1, "0"},
    {"5", -2, "0"},
    {"0.005", 2, "0.01"},
    {"99999999999999999999999999999999999999", -39, "0"},
    {"49999999999999999999999999999999999999", -38, "0"},
    {"0.99999999999999999999999999999999999999", 37, "1.0000000000000000000000000000000000000"},
    {"NaN", 2, "NaN"},
    {"-Infinity", -3, "-Infinity"},
    {"1.25", -2147483648, "0"},
    {"0", -5, "0"},
    {"1.25", 100, "1.2500000000000000000000000000000000000"},
    {"0", 2147483647, "0.00000000000000000000000000000000000000"},
};

static void test_rounding(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(rounds); i++) {
        ay_dec r;
        assert_int_equal(ay_dec_round(dec(rounds[i].in), rounds[i].scale, &r), AY_NUM_OK);
        assert_text(rounds[i].in, r, rounds[i].want);
    }
    ay_dec r;
    assert_int_equal(ay_dec_round(dec(NINES), -1, &r), AY_NUM_RANGE); /* 10^38 */
    assert_int_equal(ay_dec_round(dec(NINES), -38, &r), AY_NUM_RANGE);
}

/* Every pair of this ascending list, both ways; equal neighbours share a rank. */
static void test_order(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int rank;
    } list[] = {
        {"-Infinity", 0},
        {"-" NINES, 1},
        {"-1.00000000000000000001", 2},
        {"-1", 3},
        {"-1.000", 3},
        {"-0.5", 4},
        {"-0.00000000000000000000000000000000000001", 5},
        {"0", 6},
        {"0.00", 6},
        {"0.00000000000000000000000000000000000001", 7},
        {"0.1", 8},
        {"0.10", 8},
        {"0.11", 9},
        {"9", 10},
        {"9.99", 11},
        {"10", 12},
        {"10.0000000000000000000", 12},
        {"9999999999999999999999999999999999999.9", 13},
        {NINES, 14},
        {"Infinity", 15},
        {"NaN", 16},
        {"nan", 16},
    };
    for (size_t i = 0; i < AY_COUNT(list); i++) {
        for (size_t j = 0; j < AY_COUNT(list); j++) {
            const int want = (list[i].rank > list[j].rank) - (list[i].rank < list[j].rank);
            const ay_dec a = dec(list[i].text), b = dec(list[j].text);
            if (ay_dec_cmp(a, b) != want) fail_msg("%s and %s", list[i].text, list[j].text);
        }
    }
}

static void test_canonical(void **state)
{
    (void)state;
    static const struct text_case cases[] = {{"1.00", "1"},  {"100", "100"}, {"-1.50", "-1.5"},
                                             {"0.000", "0"}, {"NaN", "NaN"}, {"-inf", "-Infinity"}};
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        assert_text(cases[i].in, ay_dec_canonical(dec(cases[i].in)), cases[i].out);
    assert_text("neg", ay_dec_neg(dec("Infinity")), "-Infinity");
    assert_text("neg", ay_dec_neg(dec("-1.20")), "1.20");
    assert_text("abs", ay_dec_abs(dec("-Infinity")), "Infinity");
    assert_text("abs", ay_dec_abs(dec("-0.1")), "0.1");
    assert_text("abs", ay_dec_abs(dec("NaN")), "NaN");
}

/* Bodies of numeric_send. */
static const struct wire_case {
    const char *label;
    uint16_t digits[12];
    int n, weight;
    bool negative;
    int dscale;
    const char *want; /* NULL: `status` */
    ay_num_status status;
} wires[] = {
    {"0", {0}, 0, 0, false, 0, "0", AY_NUM_OK},
    {"0.00", {0}, 0, 0, false, 2, "0.00", AY_NUM_OK},
    {"1.5", {1, 5000}, 2, 0, false, 1, "1.5", AY_NUM_OK},
    {"-12345.678", {1, 0x929, 0x1a7c}, 3, 1, true, 3, "-12345.678", AY_NUM_OK},
    {"10000", {1}, 1, 1, false, 0, "10000", AY_NUM_OK},
    {"1e20", {1}, 1, 5, false, 0, "100000000000000000000", AY_NUM_OK},
    {"38 nines", {99, 9999, 9999, 9999, 9999, 9999, 9999, 9999, 9999, 9999}, 10, 9, false, 0, NINES, AY_NUM_OK},
    {"1e-38", {100}, 1, -10, false, 38, "0.00000000000000000000000000000000000001", AY_NUM_OK},
    {"1.0e37", {10}, 1, 9, false, 0, "10000000000000000000000000000000000000", AY_NUM_OK},
    {"zeros at both ends", {0, 1, 0, 0}, 4, 1, false, 1, "1.0", AY_NUM_OK},
    {"zeros do not fit", {1}, 1, 0, false, 16383, "1.0000000000000000000000000000000000000", AY_NUM_OK},
    {"1e38", {100}, 1, 9, false, 0, NULL, AY_NUM_RANGE},
    {"too long", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 12, 11, false, 0, NULL, AY_NUM_RANGE},
    {"far away", {1}, 1, 32767, false, 0, NULL, AY_NUM_RANGE},
    {"far below", {1}, 1, -32768, false, 16383, NULL, AY_NUM_SYNTAX},
    {"no such digit", {10000}, 1, 0, false, 0, NULL, AY_NUM_SYNTAX},
    {"digits behind the scale", {1, 5000}, 2, 0, false, 0, NULL, AY_NUM_SYNTAX},
    {"negative scale", {1}, 1, 0, false, -1, NULL, AY_NUM_SYNTAX},
};

static void test_base10000(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(wires); i++) {
        const struct wire_case *c = &wires[i];
        ay_dec d;
        const ay_num_status got = ay_dec_from_base10000(c->digits, c->n, c->weight, c->negative, c->dscale, &d);
        if (got != c->status) fail_msg("%s: status %d", c->label, got);
        if (c->want) assert_text(c->label, d, c->want);
    }
}

static void test_integers(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        ay_num_status status;
        int64_t want;
    } cases[] = {
        {"0", AY_NUM_OK, 0},
        {"-0", AY_NUM_OK, 0},
        {"+7", AY_NUM_OK, 7},
        {"007", AY_NUM_OK, 7},
        {"9223372036854775807", AY_NUM_OK, INT64_MAX},
        {"-9223372036854775808", AY_NUM_OK, INT64_MIN},
        {"9223372036854775808", AY_NUM_RANGE, 0},
        {"-9223372036854775809", AY_NUM_RANGE, 0},
        {"99999999999999999999999999", AY_NUM_RANGE, 0},
        {"", AY_NUM_SYNTAX, 0},
        {"-", AY_NUM_SYNTAX, 0},
        {"1.0", AY_NUM_SYNTAX, 0},
        {"1e3", AY_NUM_SYNTAX, 0},
        {" 1", AY_NUM_SYNTAX, 0},
        {"0x1", AY_NUM_SYNTAX, 0},
        {"99999999999999999999999999x", AY_NUM_SYNTAX, 0},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        int64_t v = 0;
        if (ay_i64_parse(ay_str_from(cases[i].in), &v) != cases[i].status || v != cases[i].want)
            fail_msg("%s", cases[i].in);
    }
    int64_t v;
    assert_int_equal(ay_dec_to_i64(dec("-9223372036854775808.000"), &v), AY_NUM_OK);
    assert_true(v == INT64_MIN);
    assert_int_equal(ay_dec_to_i64(dec("9223372036854775808"), &v), AY_NUM_RANGE);
    assert_int_equal(ay_dec_to_i64(dec("1.5"), &v), AY_NUM_RANGE);
    assert_int_equal(ay_dec_to_i64(dec("NaN"), &v), AY_NUM_RANGE);
    assert_text("from", ay_dec_from_i64(INT64_MIN), "-9223372036854775808");
}

/* ---- Doubles ---- */

static const struct text_case floats[] = {
    {"0", "0"},
    {"-0", "-0"},
    {"1", "1"},
    {"0.1", "0.1"},
    {"100000000000000", "100000000000000"},
    {"1e15", "1e+15"},
    {"123456789012345680", "1.2345678901234568e+17"},
    {"0.0001", "0.0001"},
    {"0.00001", "1e-05"},
    {"-1.5e-7", "-1.5e-07"},
    {"0.30000000000000004", "0.30000000000000004"},
    {"1e23", "9.999999999999999e+22"},
    {"1e22", "1e+22"},
    {"5e-324", "5e-324"},
    {"2.5e-324", "5e-324"},
    {"1.7976931348623157e308", "1.7976931348623157e+308"},
    {"2.2250738585072014e-308", "2.2250738585072014e-308"},
    {"2.2250738585072011e-308", "2.225073858507201e-308"},
    {"5.6843418860808015e-14", "5.684341886080802e-14"}, /* 2^-44 */
    {"9007199254740993", "9.007199254740992e+15"},
    {"9007199254740993.00000000000000000000000000001", "9.007199254740994e+15"},
    {"NaN", "NaN"},
    {"inf", "Infinity"},
    {"-Infinity", "-Infinity"},
    {"123.456", "123.456"},
    {"1e2", "100"},
};

static const struct bad_case bad_floats[] = {
    {AY_STR(""), AY_NUM_SYNTAX},
    {AY_STR("."), AY_NUM_SYNTAX},
    {AY_STR("1,5"), AY_NUM_SYNTAX},
    {AY_STR("0x1p3"), AY_NUM_SYNTAX},
    {AY_STR(" 1"), AY_NUM_SYNTAX},
    {AY_STR("1f"), AY_NUM_SYNTAX},
    {AY_STR("1e"), AY_NUM_SYNTAX},
    {AY_STR("nan(1)"), AY_NUM_SYNTAX},
    {AY_STR("1e309"), AY_NUM_RANGE},
    {AY_STR("1e-400"), AY_NUM_RANGE},
    {AY_STR("1e99999999999999999999"), AY_NUM_RANGE},
    {AY_STR("1\0"), AY_NUM_SYNTAX},
};

static void check_floats(void)
{
    for (size_t i = 0; i < AY_COUNT(floats); i++) {
        double v = 0;
        ay_buf out = {0};
        if (ay_f64_parse(ay_str_from(floats[i].in), &v) != AY_NUM_OK) fail_msg("%s", floats[i].in);
        ay_f64_text(v, &out);
        if (!ay_str_is(ay_buf_view(&out), floats[i].out)) fail_msg("%s: got %.*s", floats[i].in, (int)out.len, out.ptr);
        ay_buf_free(&out);
    }
}

static void test_floats(void **state)
{
    (void)state;
    check_floats();
    for (size_t i = 0; i < AY_COUNT(bad_floats); i++) {
        double v;
        const ay_num_status got = ay_f64_parse(bad_floats[i].in, &v);
        if (got != bad_floats[i].want) fail_msg("'%.*s': %d", (int)bad_floats[i].in.len, bad_floats[i].in.ptr, got);
    }
}

/* A decimal comma must not show; where no such locale is installed this repeats the test above. */
static void test_floats_in_a_locale_with_comma(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ru_RU.UTF-8"};
    for (size_t i = 0; i < AY_COUNT(names); i++) {
        if (!setlocale(LC_NUMERIC, names[i])) continue;
        check_floats();
    }
    setlocale(LC_NUMERIC, "C");
}

/* 1 and 800 zeros and 1: the last digit decides that it lies above the midpoint of 1 and the next double. */
static void test_float_with_digits_beyond_the_buffer(void **state)
{
    (void)state;
    static const char midpoint[] = "1.00000000000000011102230246251565404236316680908203125"; /* 1 + 2^-53 */
    char text[1200];
    memset(text, '0', sizeof text);
    memcpy(text, midpoint, sizeof midpoint - 1);
    double v;
    assert_int_equal(ay_f64_parse((ay_str){text, sizeof text}, &v), AY_NUM_OK);
    assert_true(v == 1.0);       /* to even */
    text[sizeof text - 2] = '1'; /* and a 0 behind it */
    assert_int_equal(ay_f64_parse((ay_str){text, sizeof text}, &v), AY_NUM_OK);
    assert_true(v == nextafter(1.0, 2));
    memset(text, '9', sizeof text);
    assert_int_equal(ay_f64_parse((ay_str){text, sizeof text}, &v), AY_NUM_RANGE);
}

/* Digit by digit, from behind. */
static ay_str plain_text(unsigned __int128 magnitude, bool is_negative, unsigned scale, char text[48])
{
    size_t at = 48;
    for (unsigned n = 0; magnitude || n <= scale; n++, magnitude /= 10) {
        if (n > 0 && n == scale) text[--at] = '.';
        text[--at] = (char)('0' + (int)(magnitude % 10));
    }
    if (is_negative) text[--at] = '-';
    return (ay_str){text + at, 48 - at};
}

/* Around every power of ten and of two, where the number of digits and of words changes. */
static void test_text_of_every_length(void **state)
{
    (void)state;
    unsigned __int128 ten = 1;
    for (unsigned power = 0; power < 126; power++, ten *= power < 38 ? 10 : 1) {
        const unsigned __int128 middles[] = {ten, (unsigned __int128)1 << power};
        for (unsigned k = 0; k < 6 * 39; k++) {
            const unsigned __int128 magnitude = middles[k % 2] + k / 2 % 3 - 1;
            char digits[48];
            const ay_str want = plain_text(magnitude, power % 2 && magnitude, k / 6, digits);
            ay_buf out = {0};
            ay_dec_text(
                (ay_dec){.coef = power % 2 ? -(ay_i128)magnitude : (ay_i128)magnitude, .scale = (uint16_t)(k / 6)},
                &out);
            if (!ay_str_eq(ay_buf_view(&out), want)) fail_msg("2^%u, case %u: %.*s", power, k, (int)out.len, out.ptr);
            ay_buf_free(&out);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_of_every_length),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_bad_texts),
        cmocka_unit_test(test_short_and_long_texts_agree),
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_dropped_zeros),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_base10000),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_floats_in_a_locale_with_comma),
        cmocka_unit_test(test_float_with_digits_beyond_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
