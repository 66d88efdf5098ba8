/* Kept keys: whatever the order they come in, the parts, the memory and the likeness of their hashes, they are read as
 * qsort would have them, and reading can be repeated. Every allocation may fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fault.h"
#include "proof_kit.h"
#include "run/kept.h"

enum { ROW = 64 }; /* a row of the test is at most so long, but for one */

typedef struct rows {
    char (*bytes)[ROW];
    size_t *lens;
    size_t n;
} rows;

static const struct order_case {
    const char *label;
    size_t n, parts, memory;
    unsigned kh_bytes; /* that differ at all */
    bool spills;
} order_cases[] = {
    {"none", 0, 1, 0, 16, false},
    {"one", 1, 1, 0, 16, false},
    {"in memory", 30000, 1, 0, 16, false},
    {"in memory, parts", 30000, 4, 0, 16, false},
    {"spilled, parts", 90000, 3, 1, 16, true},
    {"one kh for all", 20000, 2, 0, 0, false},
    {"one kh for all, more than fits", 60000, 2, 1, 0, true},
    {"few kh, more than fits", 60000, 2, 1 << 20, 1, true},
};

static rows make_rows(const struct order_case *c)
{
    uint64_t random = c->n + c->parts + 1;
    rows r = {(char(*)[ROW])ay_alloc(c->n * ROW), AY_NEW_ARRAY(c->n + 1, size_t), c->n};
    for (size_t i = 0; i < c->n; i++) {
        fill_random(r.bytes[i], ROW, &random);
        memset(r.bytes[i], 0x3c, AY_KH_SIZE - c->kh_bytes);
        r.lens[i] = AY_KEPT_HEAD + next_random(&random) % (ROW - AY_KEPT_HEAD + 1);
        ay_kept_put_length(r.bytes[i], r.lens[i]);
    }
    return r;
}

static ay_str row_at(const rows *r, size_t i)
{
    return (ay_str){r->bytes[i], r->lens[i]};
}

static int compare_rows(const void *a, const void *b)
{
    const ay_str *x = (const ay_str *)a, *y = (const ay_str *)b;
    const int by_kh = memcmp(x->ptr, y->ptr, AY_KH_SIZE);
    return by_kh ? by_kh : ay_str_cmp(ay_kept_rest(*x), ay_kept_rest(*y));
}

static assay_status fill(ay_bins *into, const rows *r, size_t parts, ay_budget *budget, assay_err *err)
{
    assay_status st = ASSAY_OK;
    for (size_t p = 0; st == ASSAY_OK && p < parts; p++) {
        ay_bins *part = NULL;
        AY_TRY(ay_bins_open(budget, &part, err));
        for (size_t i = p; st == ASSAY_OK && i < r->n; i += parts) st = ay_bins_put(part, row_at(r, i), err);
        if (st == ASSAY_OK) st = ay_bins_absorb(into, part, err);
        ay_bins_free(part);
    }
    return st;
}

static void assert_in_order(const char *label, ay_bins *bins, const ay_str *want, size_t n)
{
    ay_kept_reader *reader = NULL;
    ay_str row;
    assert_int_equal(ay_kept_open(bins, &reader, NULL), ASSAY_OK);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(ay_kept_next(reader, &row, NULL), ASSAY_OK);
        if (!row.ptr || !ay_str_eq(row, want[i])) fail_msg("%s: row %zu of %zu differs", label, i, n);
    }
    assert_int_equal(ay_kept_next(reader, &row, NULL), ASSAY_OK);
    assert_null(row.ptr);
    assert_null(ay_kept_close(reader));
}

static void test_order(void **state)
{
    (void)state;
    for (size_t k = 0; k < AY_COUNT(order_cases); k++) {
        const struct order_case *c = &order_cases[k];
        const rows r = make_rows(c);
        ay_str *want = AY_NEW_ARRAY(c->n + 1, ay_str);
        ay_budget budget = {.memory_limit = c->memory};
        ay_bins *bins = NULL;
        for (size_t i = 0; i < c->n; i++) want[i] = row_at(&r, i);
        qsort(want, c->n, sizeof *want, compare_rows);
        assert_int_equal(ay_bins_open(&budget, &bins, NULL), ASSAY_OK);
        assert_int_equal(fill(bins, &r, c->parts, &budget, NULL), ASSAY_OK);
        for (int again = 0; again < 2; again++) assert_in_order(c->label, bins, want, c->n);
        if ((budget.spilled > 0) != c->spills) fail_msg("%s: %d spilled", c->label, budget.spilled > 0);
        assert_null(ay_bins_free(bins));
        if (budget.used) fail_msg("%s: %zu bytes not given back", c->label, (size_t)budget.used);
        ay_free(want);
        ay_free(r.bytes);
        ay_free(r.lens);
    }
}

/* Longer than a chunk, and than what is written to a file together. */
static void test_long_row(void **state)
{
    (void)state;
    enum { LONG = 2 << 20 };
    char *row = (char *)ay_alloc(LONG);
    ay_budget budget = {.memory_limit = 1};
    ay_bins *bins = NULL;
    memset(row, 'x', LONG);
    ay_kept_put_length(row, LONG);
    assert_int_equal(ay_bins_open(&budget, &bins, NULL), ASSAY_OK);
    for (int i = 0; i < 3; i++) assert_int_equal(ay_bins_put(bins, (ay_str){row, LONG}, NULL), ASSAY_OK);
    const ay_str want[] = {{row, LONG}, {row, LONG}, {row, LONG}};
    assert_in_order("long", bins, want, AY_COUNT(want));
    assert_true(budget.spilled > 0);
    ay_bins_free(bins);
    ay_free(row);
}

/* What a store of few rows costs, alone and absorbed; a long row between them leaves the rest as it was. */
static void test_few_rows(void **state)
{
    (void)state;
    enum { LONG = 70001, FEW = 20 << 10 };
    char row[AY_KEPT_HEAD] = {0}, *long_row = (char *)ay_alloc(LONG);
    ay_budget budget = {0};
    ay_bins *one = NULL, *two = NULL;
    memset(long_row, 0, LONG);
    assert_int_equal(ay_bins_open(&budget, &one, NULL), ASSAY_OK);
    assert_int_equal(ay_bins_open(&budget, &two, NULL), ASSAY_OK);
    assert_true(budget.used == 0);
    for (row[0] = 0; row[0] < 3; row[0]++)
        assert_int_equal(ay_bins_put(one, (ay_str){row, sizeof row}, NULL), ASSAY_OK);
    assert_true(budget.used > 0 && budget.used <= FEW);
    assert_int_equal(ay_bins_put(one, (ay_str){long_row, LONG}, NULL), ASSAY_OK);
    assert_int_equal(ay_bins_put(one, (ay_str){row, sizeof row}, NULL), ASSAY_OK);
    assert_true(budget.used > LONG && budget.used <= LONG + FEW);
    assert_int_equal(ay_bins_put(two, (ay_str){row, sizeof row}, NULL), ASSAY_OK);
    const size_t both = budget.used;
    assert_int_equal(ay_bins_absorb(one, two, NULL), ASSAY_OK);
    assert_null(ay_bins_free(two));
    assert_true(budget.used == both);
    assert_int_equal(ay_bins_put(one, (ay_str){"x", 1}, NULL), ASSAY_OK);
    assert_true(budget.used == both && budget.spilled == 0);
    ay_bins_free(one);
    assert_true(budget.used == 0);
    ay_free(long_row);
}

static assay_status read_all(void *arg)
{
    ay_budget budget = {.memory_limit = 1};
    ay_bins *bins = NULL;
    ay_kept_reader *reader = NULL;
    ay_str row = {"", 0};
    AY_TRY(ay_bins_open(&budget, &bins, NULL));
    assay_status st = ASSAY_OK;
    for (int i = 0; st == ASSAY_OK && i < 12; i++) st = ay_bins_put(bins, *(const ay_str *)arg, NULL);
    if (st == ASSAY_OK) st = ay_kept_open(bins, &reader, NULL);
    while (st == ASSAY_OK && row.ptr) st = ay_kept_next(reader, &row, NULL);
    ay_kept_close(reader);
    ay_bins_free(bins);
    assert_true(budget.used == 0);
    return st;
}

/* A few long rows, more than fits, so that files and the sorter take part. */
static void test_allocations_fail(void **state)
{
    (void)state;
    enum { LONG = 100 << 10 };
    char *row = (char *)ay_alloc(LONG);
    memset(row, 'x', LONG);
    ay_kept_put_length(row, LONG);
    assert_true(fail_each_allocation(read_all, &(ay_str){row, LONG}) > 20);
    ay_free(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_long_row),
        cmocka_unit_test(test_few_rows),
        cmocka_unit_test(test_allocations_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
