/* Hashes and sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/hash.h"
#include "base/mem.h"
#include "fault.h"

/* Published test vector of XXH3 (xxHash's documentation of the empty input), and sensitivity. */
static void test_hash(void **state)
{
    (void)state;
    assert_true(ay_hash64((ay_str){NULL, 0}) == UINT64_C(0x2D06800538D394C2));
    assert_true(ay_hash64(AY_STR("")) == UINT64_C(0x2D06800538D394C2));
    assert_true(ay_hash64(AY_STR("a")) != ay_hash64(AY_STR("b")));
    assert_true(ay_hash64(AY_STR("a\0")) != ay_hash64(AY_STR("a")));
}

static ay_str numbered(char text[16], uint32_t i)
{
    return (ay_str){text, (size_t)snprintf(text, 16, "k%u", i * 7919)};
}

static void test_many(void **state)
{
    (void)state;
    enum { N = 20000 };
    static char keys[N][16];
    ay_set set = {0};
    for (uint32_t i = 0; i < N; i++) {
        uint32_t existing = 1;
        assert_true(ay_set_add(&set, numbered(keys[i], i), i, &existing));
        assert_int_equal(existing, UINT32_MAX);
    }
    assert_int_equal(set.n, N);
    assert_true((set.cap & (set.cap - 1)) == 0 && set.cap > N);
    for (uint32_t i = 0; i < N; i++) {
        char text[16];
        assert_int_equal(ay_set_find(&set, numbered(text, i)), i);
        assert_int_equal(ay_set_find(&set, numbered(text, i + N)), UINT32_MAX);
    }
    ay_set_free(&set);
    assert_int_equal(set.n, 0);
}

static void test_existing_values_stay(void **state)
{
    (void)state;
    ay_set set = {0};
    uint32_t existing = 0;
    assert_int_equal(ay_set_find(&set, AY_STR("a")), UINT32_MAX); /* of an empty set */
    assert_true(ay_set_add(&set, AY_STR("a"), 1, NULL));
    assert_true(ay_set_add(&set, AY_STR("a"), 2, &existing));
    assert_int_equal(existing, 1);
    assert_int_equal(ay_set_find(&set, AY_STR("a")), 1);
    assert_int_equal(set.n, 1);
    static const char bytes[] = "a\0b";
    assert_true(ay_set_add(&set, (ay_str){bytes, 3}, 3, NULL));
    assert_true(ay_set_add(&set, (ay_str){bytes, 2}, 4, NULL));
    assert_true(ay_set_add(&set, (ay_str){NULL, 0}, 5, NULL)); /* the empty word is a word */
    assert_int_equal(ay_set_find(&set, AY_STR("a\0b")), 3);
    assert_int_equal(ay_set_find(&set, AY_STR("a\0")), 4);
    assert_int_equal(ay_set_find(&set, AY_STR("")), 5);
    assert_int_equal(ay_set_find(&set, AY_STR("a")), 1);
    assert_int_equal(ay_set_find(&set, AY_STR("A")), UINT32_MAX);
    ay_set_free(&set);
}

static assay_status build(void *arg)
{
    (void)arg;
    enum { N = 100 };
    static char keys[N][16];
    ay_set set = {0};
    bool ok = true;
    uint32_t i = 0;
    for (; ok && i < N; i++) ok = ay_set_add(&set, numbered(keys[i], i), i, NULL);
    /* none is lost */
    for (uint32_t j = 0; j + 1 < i; j++) assert_int_equal(ay_set_find(&set, numbered(keys[j], j)), j);
    ay_set_free(&set);
    return ok ? ASSAY_OK : ASSAY_ENOMEM;
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    assert_in_range(fail_each_allocation(build, NULL), 3, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_existing_values_stay),
        cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
