/* Wide integers against 128-bit arithmetic of the compiler, and at the ends of the range by undoing each step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "check/huge.h"

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

static ay_huge huge(const char *text)
{
    ay_dec d;
    assert_int_equal(ay_dec_parse(ay_str_from(text), &d), AY_NUM_OK);
    return ay_huge_from_dec(d);
}

static void assert_text(const char *label, const ay_huge *a, unsigned digits, const char *want)
{
    ay_buf buf = {0};
    ay_huge_text(a, digits, &buf);
    ay_buf_char(&buf, 0);
    if (strcmp(buf.ptr, want) != 0) fail_msg("%s: got %s, want %s", label, buf.ptr, want);
    ay_buf_free(&buf);
}

#define NINES "99999999999999999999999999999999999999"

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        unsigned digits;
        const char *want;
    } cases[] = {
        {"0", 38, "0"},
        {"-0.00", 38, "0"},
        {"1", 38, "1"},
        {"-1.50", 38, "-1.5"},
        {"100", 38, "100"},
        {"0.00000000000000000000000000000000000001", 38, "0.00000000000000000000000000000000000001"},
        {NINES, 38, NINES},
        {"-0." NINES, 38, "-0." NINES},
        {"12.3456789", 3, "12.345"},
        {"0.000123456", 3, "0.000123"},
        {"12.0001", 3, "12"},
        {"-0.99999", 2, "-0.99"},
        {"9.5", 0, "9"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        const ay_huge a = huge(cases[i].value);
        assert_text(cases[i].value, &a, cases[i].digits, cases[i].want);
    }
}

static void order_and_sums(void **state)
{
    (void)state;
    static const char *const ordered[] = {"-" NINES, "-1.5", "-1", "-0." NINES, "0", "0." NINES, "1", "1.5", NINES};
    for (size_t i = 0; i < AY_COUNT(ordered); i++) {
        for (size_t j = 0; j < AY_COUNT(ordered); j++) {
            const ay_huge a = huge(ordered[i]), b = huge(ordered[j]);
            assert_int_equal(ay_huge_cmp(&a, &b), (i > j) - (i < j));
            ay_huge back = a;
            ay_huge_add(&back, &b);
            ay_huge_sub(&back, &b);
            assert_int_equal(ay_huge_cmp(&back, &a), 0);
            ay_huge_sub(&back, &a);
            assert_text("a + b - b - a", &back, 38, "0");
        }
    }
}

/* The largest values that a stddev compares, see huge.c: nothing of them may be lost. */
static void largest(void **state)
{
    (void)state;
    const ay_huge value = huge(NINES), n = ay_huge_from_u64(UINT64_MAX), n1 = ay_huge_from_u64(UINT64_MAX - 1);
    ay_huge square = value;
    ay_huge_mul(&square, &value);
    ay_huge limit = square;
    ay_huge_mul(&limit, &n);
    ay_huge_mul(&limit, &n1);
    assert_false(ay_huge_is_negative(&limit));
    ay_huge_div(&limit, UINT64_MAX);
    ay_huge_div(&limit, UINT64_MAX - 1);
    assert_int_equal(ay_huge_cmp(&limit, &square), 0);
    ay_huge_sqrt(&square);
    assert_text("root of the square", &square, 38, NINES);
    ay_huge sum = huge("-" NINES);
    ay_huge_mul(&sum, &n);
    const ay_huge same = sum;
    ay_huge_mul(&sum, &same);
    assert_false(ay_huge_is_negative(&sum));
    ay_huge_div(&sum, UINT64_MAX);
    ay_huge_div(&sum, UINT64_MAX);
    ay_huge_sqrt(&sum);
    assert_text("root of the square of a sum", &sum, 38, NINES);
}

static void small_against_the_compiler(void **state)
{
    (void)state;
    static const int64_t some[] = {0, 1, -1, 7, -7, 1000003, -999999999999, INT64_MAX, -INT64_MAX};
    static const uint64_t by[] = {1, 2, 3, 10, 1000000007, UINT64_MAX};
    for (size_t i = 0; i < AY_COUNT(some); i++) {
        for (size_t j = 0; j < AY_COUNT(some); j++) {
            for (size_t k = 0; k < AY_COUNT(by); k++) {
                /* without the 38 digits: the raw integers */
                const i128 product = (i128)some[i] * some[j], want = product / (i128)by[k];
                ay_huge a = ay_huge_from_dec((ay_dec){.coef = some[i], .scale = 38});
                const ay_huge b = ay_huge_from_dec((ay_dec){.coef = some[j], .scale = 38});
                ay_huge_mul(&a, &b);
                ay_huge_div(&a, by[k]);
                assert_true((i128)((u128)a.limb[1] << 64 | a.limb[0]) == want);
                assert_int_equal(a.limb[2], want < 0 ? UINT64_MAX : 0);
            }
        }
    }
}

static void millionths(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool fits;
        int64_t want;
    } cases[] = {
        {"0", true, 0},
        {"1.2345678", true, 1234567},
        {"-1.2345678", true, -1234567},
        {"-0.0000009", true, 0},
        {"9223372036854.775807", true, INT64_MAX},
        {"9223372036854.775808", false, 0},
        {"-9223372036854.775808", true, INT64_MIN},
        {"-9223372036854.775809", false, 0},
        {NINES, false, 0},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        const ay_huge a = huge(cases[i].value);
        int64_t got = 0;
        if (ay_huge_millionths(&a, &got) != cases[i].fits) fail_msg("%s", cases[i].value);
        if (cases[i].fits) assert_int_equal(got, cases[i].want);
    }
}

/* What is written is read back, to the last digit of the largest sum. */
static void read_back(void **state)
{
    (void)state;
    static const char *const values[] = {"0", "-1", "1.5", "-0." NINES, NINES, "-" NINES};
    for (size_t i = 0; i < AY_COUNT(values); i++) {
        ay_huge a = huge(values[i]), b;
        const ay_huge n = ay_huge_from_u64(UINT64_MAX);
        AY_CLEANUP(ay_buf_free) ay_buf text = {0};
        ay_huge_mul(&a, &n);
        ay_huge_text(&a, 38, &text);
        assert_true(ay_huge_read(ay_buf_view(&text), &b));
        assert_int_equal(ay_huge_cmp(&a, &b), 0);
    }
    static const char *const wrong[] = {"",    "-",   ".",     "1.", ".1",  "+1",
                                        "1e3", "1-2", "1.2.3", " 1", "NaN", "0." NINES "0"};
    ay_huge ignored;
    for (size_t i = 0; i < AY_COUNT(wrong); i++)
        if (ay_huge_read(ay_str_from(wrong[i]), &ignored)) fail_msg("'%s' is read", wrong[i]);
}

static void whole_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool is_whole;
        uint64_t want;
    } cases[] = {
        {"0", true, 0},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"-1", false, 0},
        {"-0.5", false, 0},
        {"0.5", false, 0},
        {"7.00000000000000000000000000000000000001", false, 0},
        {"7.00", true, 7},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_huge a;
        uint64_t got = 0;
        assert_true(ay_huge_read(ay_str_from(cases[i].value), &a));
        if (ay_huge_whole(&a, &got) != cases[i].is_whole) fail_msg("%s", cases[i].value);
        if (cases[i].is_whole) assert_int_equal(got, cases[i].want);
        ay_huge_abs(&a);
        assert_false(ay_huge_is_negative(&a));
    }
}

static void roots(void **state)
{
    (void)state;
    for (uint64_t v = 0; v < 300; v++) {
        ay_huge a = ay_huge_from_u64(v);
        ay_huge_sqrt(&a);
        const uint64_t root = a.limb[0];
        assert_true(root * root <= v && (root + 1) * (root + 1) > v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),     cmocka_unit_test(order_and_sums), cmocka_unit_test(largest),
        cmocka_unit_test(roots),     cmocka_unit_test(millionths),     cmocka_unit_test(small_against_the_compiler),
        cmocka_unit_test(read_back), cmocka_unit_test(whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
