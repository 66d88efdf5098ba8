/* Canonical JSON and exact numbers: what is refused, and the one form of what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "fault.h"
#include "proof/exact.h"
#include "proof/jcs.h"
#include "vectors.h"

/* ---- Exact numbers ---- */

static void test_exact(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want; /* NULL: refused */
    } cases[] = {
        {"0", "0"},
        {"-0", "0"},
        {"-0.000e7", "0"},
        {"1", "1"},
        {"+1", "1"},
        {"-1", "-1"},
        {"1.00", "1"},
        {"1E0", "1"},
        {"1E+2", "100"},
        {"007", "7"},
        {"100", "100"},
        {"1.50", "1.5"},
        {".5", "0.5"},
        {"5.", "5"},
        {"0.000000001", "0.000000001"},
        {"1e-9", "0.000000001"},
        {"12.34e1", "123.4"},
        {"12.34e2", "1234"},
        {"12.34e4", "123400"},
        {"12.34e-1", "1.234"},
        {"12.34e-2", "0.1234"},
        {"12.34e-4", "0.001234"},
        {"1203.0045e-2", "12.030045"},
        {"-100.0010", "-100.001"},
        {"10.01e-1", "1.001"},
        {"0.00120e2", "0.12"},
        {"123456789012345678901234567890.123450", "123456789012345678901234567890.12345"},
        {"99999999999999999999999999999999999999999999999999", "99999999999999999999999999999999999999999999999999"},
        {"nan", "NaN"},
        {"inf", "Infinity"},
        {"-Infinity", "-Infinity"},
        {"", NULL},
        {"-", NULL},
        {".", NULL},
        {"1e", NULL},
        {"1.2.3", NULL},
        {"1 ", NULL},
        {" 1", NULL},
        {"1,000", NULL},
        {"0x10", NULL},
        {"1e131072", NULL},
        {"1e-16384", NULL},
        {"1e99999999999999999999", NULL},
        {"0e99999999999999999999", "0"},
        {"１", NULL},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf out = {0};
        ay_buf_text(&out, "<");
        const bool ok = ay_exact_put(ay_str_from(cases[i].text), &out);
        if (ok != (cases[i].want != NULL)) fail_msg("'%s' is taken: %d", cases[i].text, ok);
        const ay_str got = ay_str_slice(ay_buf_view(&out), 1, out.len);
        assert_str(cases[i].text, got, ay_str_from(cases[i].want ? cases[i].want : ""));
        ay_buf_free(&out);
    }
}

static void test_exact_limits(void **state)
{
    (void)state;
    ay_buf out = {0};
    assert_true(ay_exact_put(AY_STR("1e131071"), &out));
    assert_int_equal(out.len, 131072);
    ay_buf_clear(&out);
    assert_true(ay_exact_put(AY_STR("1e-16383"), &out));
    assert_int_equal(out.len, 2 + 16383);
    ay_buf_free(&out);
}

/* ---- Doubles ---- */

static void test_doubles(void **state)
{
    (void)state;
    /* RFC 8785, appendix B, as far as JSON can hold them; the others from ECMAScript's own description. */
    static const struct {
        uint64_t bits;
        const char *want;
    } cases[] = {
        {0, "0"},
        {0x8000000000000000, "0"},
        {1, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"},
        {0x41b3de4355555556, "333333333.3333334"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
        {0x3fd3333333333334, "0.30000000000000004"},
        {0x3d30000000000000, "5.684341886080802e-14"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf out = {0};
        double v;
        memcpy(&v, &cases[i].bits, 8);
        ay_jcs_put_double(v, &out);
        assert_str(cases[i].want, ay_buf_view(&out), ay_str_from(cases[i].want));
        ay_buf_free(&out);
    }
}

/* ---- Texts ---- */

/* The canonical form in `out`, or the error. */
static assay_status canonical(ay_str text, ay_jcs_numbers numbers, unsigned depth, ay_buf *out, assay_err *err)
{
    ay_arena arena = {0};
    const ay_jcs *value;
    assay_status st = ay_jcs_read(text, depth, &arena, &value, err);
    if (st == ASSAY_OK) st = ay_jcs_write(value, numbers, out, err);
    ay_arena_free(&arena);
    return st;
}

static void test_canonical(void **state)
{
    (void)state;
    static const struct {
        const char *text, *doubles, *exact; /* exact NULL: the same */
    } cases[] = {
        {"null", "null", NULL},
        {" [ true , false ]\r\n\t", "[true,false]", NULL},
        {"{}", "{}", NULL},
        {"{\"b\":1,\"a\":{\"d\":[],\"c\":{}}}", "{\"a\":{\"c\":{},\"d\":[]},\"b\":1}", NULL},
        {"{\"\":1,\"a\":2,\"aa\":3,\"A\":4}", "{\"\":1,\"A\":4,\"a\":2,\"aa\":3}", NULL},
        /* U+1F600 is D83D DE00 in UTF-16, and so before U+E000 and U+FB33, but behind U+20AC and U+D7FF */
        {"{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\ue000\":3,\"\\u20ac\":4,\"\\ud7ff\":5}",
         "{\"€\":4,\"\xed\x9f\xbf\":5,\"😀\":2,\"\xee\x80\x80\":3,\"\xef\xac\xb3\":1}", NULL},
        {"\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\\u0022\\\\\\/\\u007f\\u2028\"",
         "\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\x7f\xe2\x80\xa8\"", NULL},
        {"\"e\\u0301\\uD83D\\uDE02\"", "\"e\xcc\x81😂\"", NULL},
        {"[1.0,1e2,-0,0.30000000000000004]", "[1,100,0,0.30000000000000004]", NULL},
        {"[9007199254740993,1e21]", "[9007199254740992,1e+21]", "[9007199254740993,1000000000000000000000]"},
        {"[0.1000000000000000055511151231257827]", "[0.1]", "[0.1000000000000000055511151231257827]"},
    };
    for (size_t i = 0; i < AY_COUNT(cases) * 2; i++) {
        const bool exact = i % 2;
        ay_buf out = {0}, again = {0};
        const char *want = exact && cases[i / 2].exact ? cases[i / 2].exact : cases[i / 2].doubles;
        const ay_jcs_numbers mode = exact ? AY_JCS_EXACT : AY_JCS_DOUBLES;
        assert_int_equal(canonical(ay_str_from(cases[i / 2].text), mode, 8, &out, NULL), ASSAY_OK);
        assert_str(cases[i / 2].text, ay_buf_view(&out), ay_str_from(want));
        assert_int_equal(canonical(ay_buf_view(&out), mode, 8, &again, NULL), ASSAY_OK);
        assert_str("again", ay_buf_view(&again), ay_buf_view(&out));
        ay_buf_free(&out);
        ay_buf_free(&again);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", "JSON, byte 1: not JSON"},
        {" ", "JSON, byte 2: not JSON"},
        {"nul", "JSON, byte 1: not JSON"},
        {"nullx", "JSON, byte 5: not JSON"},
        {"1 2", "JSON, byte 3: not JSON"},
        {"01", "JSON, byte 2: not JSON"},
        {"-", "JSON, byte 2: not JSON"},
        {"1.", "JSON, byte 3: not JSON"},
        {".5", "JSON, byte 1: not JSON"},
        {"1e", "JSON, byte 3: not JSON"},
        {"+1", "JSON, byte 1: not JSON"},
        {"NaN", "JSON, byte 1: not JSON"},
        {"[1,]", "JSON, byte 4: not JSON"},
        {"[1", "JSON, byte 3: not JSON"},
        {"[", "JSON, byte 2: not JSON"},
        {"{\"a\":1,}", "JSON, byte 8: not JSON"},
        {"{\"a\" 1}", "JSON, byte 6: not JSON"},
        {"{a:1}", "JSON, byte 2: not JSON"},
        {"{\"a\":}", "JSON, byte 6: not JSON"},
        {"{1:1}", "JSON, byte 2: not JSON"},
        {"\"a", "JSON, byte 2: not JSON"},
        {"\"a\nb\"", "JSON, byte 2: not JSON"},
        {"\"\\x\"", "JSON, byte 4: not JSON"},
        {"\"\\", "JSON, byte 2: not JSON"},
        {"\"\\u12\"", "JSON, byte 4: not JSON"},
        {"\"\\u12g4\"", "JSON, byte 6: not JSON"},
        {"\"\\ud800\"", "JSON, byte 8: half a surrogate pair"},
        {"\"\\udc00\"", "JSON, byte 8: half a surrogate pair"},
        {"\"\\ud800\\u0041\"", "JSON, byte 14: half a surrogate pair"},
        {"\"\\ud800x\"", "JSON, byte 8: half a surrogate pair"},
        {"\"\xff\"", "JSON, byte 2: not UTF-8"},
        {"\"\xed\xa0\x80\"", "JSON, byte 2: not UTF-8"},
        {"\"\xc0\x80\"", "JSON, byte 2: not UTF-8"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "JSON, byte 20: the name of a member occurs twice"},
        {"{\"a\":1,\"\\u0061\":1}", "JSON, byte 19: the name of a member occurs twice"},
        {"[[[[1]]]]", "JSON, byte 4: too many arrays and objects within each other"},
        {"1e400", "JSON: a number that is out of range"},
        {"[-1e999]", "JSON: a number that is out of range"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf out = {0};
        assay_err err = {0};
        const assay_status st = canonical(ay_str_from(cases[i].text), AY_JCS_DOUBLES, 3, &out, &err);
        if (st != ASSAY_EFORMAT) fail_msg("'%s': status %d", cases[i].text, st);
        if (strcmp(err.text, cases[i].want) != 0) fail_msg("'%s': %s", cases[i].text, err.text);
        assert_true(err.text_zh[0] != '\0');
        ay_buf_free(&out);
    }
}

static void test_nul_is_no_end(void **state)
{
    (void)state;
    ay_buf out = {0};
    assert_int_equal(canonical(AY_STR("1\0"), AY_JCS_DOUBLES, 1, &out, NULL), ASSAY_EFORMAT);
    assert_int_equal(canonical(AY_STR("\"\0\""), AY_JCS_DOUBLES, 1, &out, NULL), ASSAY_EFORMAT);
    assert_int_equal(canonical(AY_STR("\"\\\0\""), AY_JCS_DOUBLES, 1, &out, NULL), ASSAY_EFORMAT);
    ay_buf_free(&out);
}

static void test_member(void **state)
{
    (void)state;
    ay_arena arena = {0};
    const ay_jcs *value;
    assert_int_equal(ay_jcs_read(AY_STR("{\"a\":\"x\\n\",\"b\":7}"), 1, &arena, &value, NULL), ASSAY_OK);
    assert_str("a", ay_jcs_member(value, "a")->text, AY_STR("x\n"));
    assert_str("b", ay_jcs_member(value, "b")->text, AY_STR("7"));
    assert_null(ay_jcs_member(value, "c"));
    ay_arena_free(&arena);
}

static void test_vectors(void **state)
{
    (void)state;
    static const char *const names[] = {"arrays", "french", "structures", "unicode", "values", "weird"};
    for (size_t i = 0; i < AY_COUNT(names); i++) {
        char in[64], want[64];
        ay_buf text = {0}, wanted = {0}, out = {0};
        (void)snprintf(in, sizeof in, "jcs/input/%s.json", names[i]);
        (void)snprintf(want, sizeof want, "jcs/output/%s.json", names[i]);
        if (read_vectors(in, &text) && read_vectors(want, &wanted)) {
            assert_int_equal(canonical(ay_buf_view(&text), AY_JCS_DOUBLES, 16, &out, NULL), ASSAY_OK);
            assert_str(names[i], ay_buf_view(&out), ay_utf8_trim(ay_buf_view(&wanted)));
        }
        ay_buf_free(&text);
        ay_buf_free(&wanted);
        ay_buf_free(&out);
    }
}

static assay_status faulty(void *arg)
{
    ay_buf out = {0};
    (void)arg;
    const assay_status st =
        canonical(AY_STR("{\"b\":[1,2,{\"x\":\"\\u0041\"}],\"a\\n\":null}"), AY_JCS_EXACT, 8, &out, NULL);
    ay_buf_free(&out);
    return st;
}

static void test_faults(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(faulty, NULL) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),     cmocka_unit_test(test_exact_limits), cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_canonical), cmocka_unit_test(test_refused),      cmocka_unit_test(test_nul_is_no_end),
        cmocka_unit_test(test_member),    cmocka_unit_test(test_vectors),      cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
