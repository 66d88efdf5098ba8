/* The set of codes against its plain twin, ay_set: the same answers for every text, in it or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "check/code_set.h"

#define TEXTS 20000

static char texts[TEXTS][24];
static size_t lengths[TEXTS];

/* Digits of six and more, single bytes, bytes of any value, NUL among them, of 0 to 20 bytes. */
static void make_texts(void)
{
    uint64_t state = 88172645463325252;
    for (size_t i = 0; i < TEXTS; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        const bool is_number = i % 2;
        lengths[i] = is_number ? 6 + i % 5 : (size_t)(state >> 60) + (i % 7 == 0 ? 5 : 0);
        for (size_t at = 0; at < lengths[i]; at++) {
            const unsigned byte = (unsigned)(state >> at % 8 * 7);
            texts[i][at] = (char)(is_number ? '0' + byte % 10 : i % 3 ? byte % 3 : byte % 256);
        }
    }
}

static void agrees_with_its_twin(void **state)
{
    (void)state;
    make_texts();
    ay_code_set set = {0};
    ay_set twin = {0};
    assert_int_equal(ay_code_set_find(&set, AY_STR("510903")), UINT32_MAX);
    assert_int_equal(ay_code_set_find(&set, AY_STR("a code of many bytes")), UINT32_MAX);
    for (uint32_t i = 0; i < TEXTS; i += 3) {
        uint32_t existing = 0, known = 0;
        const ay_str text = {texts[i], lengths[i]};
        assert_true(ay_code_set_add(&set, text, i, &existing));
        assert_true(ay_set_add(&twin, text, i, &known));
        assert_int_equal(existing, known);
    }
    assert_int_equal(set.n + set.longer.n, twin.n);
    assert_true(set.n > 1000 && set.longer.n > 1000);
    size_t found = 0;
    for (size_t i = 0; i < TEXTS; i++) {
        const ay_str text = {texts[i], lengths[i]};
        const uint32_t value = ay_code_set_find(&set, text);
        assert_int_equal(value, ay_set_find(&twin, text));
        found += value != UINT32_MAX;
    }
    assert_true(found > TEXTS / 3 && found < TEXTS);
    ay_code_set_free(&set);
    ay_set_free(&twin);
}

/* Texts that share bytes, and differ in length, in zeros at the end, or where a length could be taken for a byte. */
static void near_misses(void **state)
{
    (void)state;
    static const ay_str near[] = {
        {"1111111\7", 8}, {"1111111\10", 8}, {"1111111\0", 8}, {"", 0},         {"\0", 1},        {"\0\0", 2},
        {"1", 1},         {"1\0", 2},        {"11", 2},        {"111", 3},      {"1\0\0", 3},     {"1111", 4},
        {"11111", 5},     {"111111", 6},     {"1111111", 7},   {"11111111", 8}, {"111111111", 9}, {"1\0\0\0", 4},
        {"121", 3},       {"112", 3},        {"1211", 4},      {"11112", 5},    {"21111", 5},
    };
    for (size_t i = 0; i < AY_COUNT(near); i++) {
        ay_code_set set = {0};
        assert_true(ay_code_set_add(&set, near[i], 7, NULL));
        for (size_t j = 0; j < AY_COUNT(near); j++)
            if (ay_code_set_find(&set, near[j]) != (i == j ? 7 : UINT32_MAX)) fail_msg("%zu is taken for %zu", j, i);
        ay_code_set_free(&set);
    }
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    size_t n = 1;
    for (bool reached = true; reached; n++) {
        ay_code_set set = {0};
        char code[100][12];
        (void)ay_mem_fail_at(n);
        for (uint32_t i = 0; i < 100; i++) {
            const int len = snprintf(code[i], sizeof code[i], i % 2 ? "%u" : "%010u", i);
            const ay_str text = {code[i], (size_t)len};
            if (!ay_code_set_add(&set, text, i, NULL)) break;
            assert_int_equal(ay_code_set_find(&set, text), i);
        }
        reached = ay_mem_fail_at(0) >= n;
        ay_code_set_free(&set);
    }
    assert_true(n > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_its_twin),
        cmocka_unit_test(near_misses),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
