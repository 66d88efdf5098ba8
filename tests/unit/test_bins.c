/* Rows in bins, read back as they were put; what is held and what is known of the files. The leaves and the kept keys,
 * which lie in bins, have tests of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/bins.h"
#include "base/mem.h"

enum { ROW = 4000 };

static void put_rows(ay_bins *bins, size_t n)
{
    char row[ROW];
    memset(row, 'x', sizeof row);
    for (size_t i = 0; i < n; i++) {
        row[0] = (char)i;
        if (ay_bins_put(bins, (ay_str){row, sizeof row}, NULL) != ASSAY_OK) fail_msg("row %zu", i);
    }
}

static assay_status count_bytes(void *self, ay_str bytes, assay_err *err)
{
    (void)err;
    *(uint64_t *)self += bytes.len;
    return ASSAY_OK;
}

/* 300 MB while others hold everything. 1 MiB at a time that would be 290 times, each of which is to be known of each
 * bin; as it is never less than what is known already they are at most 256. */
static void test_what_is_known_grows_slowly(void **state)
{
    (void)state;
    enum { LIMIT = 1 << 20, ROWS = 300 * AY_BINS, KNOWN = 24 };
    ay_budget budget = {.memory_limit = LIMIT};
    ay_bins *bins = NULL;
    uint64_t bytes = 0;
    ay_budget_take(&budget, LIMIT);
    assert_int_equal(ay_bins_open(&budget, &bins, NULL), ASSAY_OK);
    put_rows(bins, ROWS);
    assert_int_equal(ay_bins_settle(bins, 0, NULL), ASSAY_OK); /* nothing is held but what is known */
    assert_int_equal(budget.used - LIMIT, 256 * AY_BINS * KNOWN);
    assert_in_range(budget.peak - LIMIT, AY_BINS_LEAST, (4 << 20) - 1);
    assert_int_equal(ay_bins_size(bins, 7).rows, ROWS / AY_BINS);
    assert_int_equal(ay_bins_each(bins, 7, &(ay_bin_taker){count_bytes, &bytes}, NULL), ASSAY_OK);
    assert_int_equal(bytes, ROWS / AY_BINS * ROW);
    assert_null(ay_bins_free(bins));
    assert_int_equal(budget.used, LIMIT);
    assert_int_equal(budget.on_disk, 0);
}

/* Sorting may use what is kept back from those who hold. */
static void test_room_for_sorting(void **state)
{
    (void)state;
    enum { LIMIT = 16 << 20 };
    static const struct {
        size_t held, bytes;
        bool fits;
    } cases[] = {
        {0, LIMIT, true},
        {0, LIMIT + 1, false},
        {LIMIT / 8 * 7, LIMIT / 8, true},
        {LIMIT / 8 * 7, LIMIT / 8 + 1, false},
        {LIMIT + 1, AY_BINS_LEAST, true},
        {LIMIT + 1, AY_BINS_LEAST + 1, false},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_budget budget = {.memory_limit = LIMIT};
        ay_bins *bins = NULL;
        ay_bin_room room = {0};
        bool fits = !cases[i].fits;
        ay_budget_take(&budget, cases[i].held);
        assert_int_equal(ay_bins_open(&budget, &bins, NULL), ASSAY_OK);
        assert_int_equal(ay_bins_make_room(bins, &room, cases[i].bytes, &fits, NULL), ASSAY_OK);
        if (fits != cases[i].fits) fail_msg("case %zu: fits %d", i, fits);
        assert_int_equal(budget.used, cases[i].held + (fits ? cases[i].bytes : 0));
        ay_bins_free_room(bins, &room);
        ay_bins_free(bins);
        assert_int_equal(budget.used, cases[i].held);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_known_grows_slowly),
        cmocka_unit_test(test_room_for_sorting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
