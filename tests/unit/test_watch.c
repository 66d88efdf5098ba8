/* Keys that a run looks out for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fault.h"
#include "run/watch.h"

enum { KEYS = 5000 };

static void print_of(const ay_watch *watch, int i, ay_buf *scratch, unsigned char ret[AY_PRINT_SIZE])
{
    char key[16];
    snprintf(key, sizeof key, "key %d", i);
    ay_watch_print(watch, ay_str_from(key), scratch, ret);
    assert_int_equal(ay_buf_status(scratch, NULL), ASSAY_OK);
}

static void test_seen(void **state)
{
    (void)state;
    ay_watch *watch = NULL;
    ay_budget budget = {0};
    ay_buf scratch = {0};
    unsigned char print[AY_PRINT_SIZE];
    assert_int_equal(ay_watch_open(AY_STR("seed"), &budget, &watch, NULL), ASSAY_OK);
    print_of(watch, 0, &scratch, print);
    ay_watch_see(watch, print); /* nothing is looked out for: nothing happens */
    assert_false(ay_watch_saw(watch, print));
    assert_false(ay_watch_has(watch, print));
    for (int twice = 0; twice < 2; twice++)
        for (int i = 0; i < KEYS; i++) {
            print_of(watch, i, &scratch, print);
            assert_int_equal(ay_watch_add(watch, print, NULL), ASSAY_OK);
        }
    assert_int_equal(ay_watch_count(watch), KEYS);
    for (int i = 0; i < 2 * KEYS; i += 3) {
        print_of(watch, i, &scratch, print);
        ay_watch_see(watch, print);
    }
    for (int i = 0; i < 2 * KEYS; i++) {
        print_of(watch, i, &scratch, print);
        assert_int_equal(ay_watch_has(watch, print), i < KEYS);
        assert_int_equal(ay_watch_saw(watch, print), i < KEYS && i % 3 == 0);
    }
    ay_buf_free(&scratch);
    ay_watch_free(watch);
    assert_null(ay_watch_free(NULL));
}

static void test_seed(void **state)
{
    (void)state;
    ay_buf scratch = {0};
    unsigned char one[AY_PRINT_SIZE], two[AY_PRINT_SIZE], again[AY_PRINT_SIZE];
    ay_print_key(AY_STR("a"), AY_STR("key"), &scratch, one);
    ay_print_key(AY_STR("b"), AY_STR("key"), &scratch, two);
    ay_print_key(AY_STR("a"), AY_STR("key"), &scratch, again);
    assert_memory_not_equal(one, two, sizeof one);
    assert_memory_equal(one, again, sizeof one);
    ay_buf_free(&scratch);
    char seed[200] = {0};
    ay_watch *watch = NULL;
    assert_int_equal(ay_watch_open((ay_str){seed, sizeof seed}, NULL, &watch, NULL), ASSAY_EINTERNAL);
    assert_null(watch);
}

static assay_status fill(void *arg)
{
    ay_watch *watch = NULL;
    unsigned char print[AY_PRINT_SIZE] = {0};
    AY_TRY(ay_watch_open(AY_STR("seed"), (ay_budget *)arg, &watch, NULL));
    assay_status st = ASSAY_OK;
    for (int i = 0; st == ASSAY_OK && i < 200; i++) {
        memcpy(print, &i, sizeof i);
        st = ay_watch_add(watch, print, NULL);
    }
    ay_watch_free(watch);
    return st;
}

static void test_memory(void **state)
{
    (void)state;
    ay_budget budget = {0};
    assert_in_range(fail_each_allocation(fill, &budget), 3, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_seen), cmocka_unit_test(test_seed),
                                       cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
