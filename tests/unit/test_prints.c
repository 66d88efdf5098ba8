/* What occurs more than once among fingerprints, counted by hand; the same in every budget, cut and order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/bins.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/prints.h"
#include "base/sift.h"
#include "fault.h"

static ay_prints_key key;

static int set_up(void **state)
{
    (void)state;
    return ay_prints_key_make(&key, NULL) == ASSAY_OK ? 0 : 1;
}

/* `groups` values that occur `size` times each, and `single` that occur once. */
typedef struct make {
    const char *label;
    uint32_t groups, size, single;
    size_t memory;
    uint64_t spill_least; /* bytes on disk in the course of it, at least */
} make;

static const make makes[] = {
    {"nothing", 0, 0, 0, 1 << 20, 0},
    {"one", 0, 0, 1, 1 << 20, 0},
    {"the same twice", 1, 2, 0, 1 << 20, 0},
    {"all alone", 0, 0, 100000, 64 << 20, 0},
    {"pairs among many", 1000, 2, 98000, 64 << 20, 0},
    {"all in pairs", 50000, 2, 0, 64 << 20, 0},
    {"groups of many sizes", 300, 301, 7, 64 << 20, 0},
    {"one value, always", 1, 100000, 0, 64 << 20, 0},
    {"spilled", 1000, 3, 200000, 1 << 20, 1000000},
    {"one value, always, more than may be sorted at once", 1, 100000, 10, 1, 1000000},
};

static assay_status put(ay_prints *prints, uint32_t value, assay_err *err)
{
    char text[32];
    const int n = snprintf(text, sizeof text, "value %u", value);
    return ay_prints_put(prints, (ay_str){text, (size_t)n}, err);
}

/* In parts that take turns, and are absorbed by the first. */
static assay_status count(const make *m, ay_budget *budget, uint32_t parts, ay_repeats *ret, assay_err *err)
{
    ay_prints *prints[4] = {0};
    assay_status st = ASSAY_OK;
    uint32_t turn = 0, value = 0;
    for (uint32_t i = 0; i < parts && st == ASSAY_OK; i++) st = ay_prints_open(budget, &key, &prints[i], err);
    for (uint32_t s = 0; s < m->size; s++)
        for (value = 0; value < m->groups && st == ASSAY_OK; value++) st = put(prints[turn++ % parts], value, err);
    for (uint32_t s = 0; s < m->single && st == ASSAY_OK; s++) st = put(prints[turn++ % parts], m->groups + s, err);
    for (uint32_t i = 1; i < parts && st == ASSAY_OK; i++) st = ay_prints_absorb(prints[0], prints[i], err);
    if (st == ASSAY_OK) {
        assert_int_equal(ay_prints_count(prints[0]), (uint64_t)m->groups * m->size + m->single);
        st = ay_prints_repeats(prints[0], ret, err);
    }
    for (uint32_t i = 0; i < parts; i++) assert_null(ay_prints_free(prints[i]));
    assert_int_equal(budget->used, 0);
    return st;
}

static void test_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(makes); i++) {
        for (uint32_t parts = 1; parts <= 4; parts++) {
            const make *m = &makes[i];
            ay_budget budget = {.memory_limit = m->memory};
            ay_repeats repeats;
            assert_int_equal(count(m, &budget, parts, &repeats, NULL), ASSAY_OK);
            const uint64_t records = m->size > 1 ? (uint64_t)m->groups * m->size : 0;
            if (repeats.values != (m->size > 1 ? m->groups : 0) || repeats.records != records)
                fail_msg("%s: %llu values, %llu records", m->label, (unsigned long long)repeats.values,
                         (unsigned long long)repeats.records);
            assert_true(atomic_load(&budget.spilled) >= m->spill_least);
        }
    }
}

/* Counting changes nothing: it may be done again, and more be put in between. */
static void test_counting_again(void **state)
{
    (void)state;
    ay_budget budget = {.memory_limit = 1 << 20};
    ay_prints *prints = NULL;
    ay_repeats repeats;
    assert_int_equal(ay_prints_open(&budget, &key, &prints, NULL), ASSAY_OK);
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t v = 0; v < 50000; v++) assert_int_equal(put(prints, v, NULL), ASSAY_OK);
        assert_int_equal(ay_prints_repeats(prints, &repeats, NULL), ASSAY_OK);
        assert_int_equal(repeats.values, round ? 50000 : 0);
        assert_int_equal(repeats.records, round ? 50000 * (round + 1) : 0);
    }
    assert_null(ay_prints_free(prints));
}

/* ---- Faults ---- */

static assay_status count_some(void *arg)
{
    const make m = {"some", 50, 2, 1000, *(const size_t *)arg, 0};
    ay_budget budget = {.memory_limit = m.memory};
    ay_repeats repeats;
    return count(&m, &budget, 2, &repeats, NULL);
}

static void test_no_memory(void **state)
{
    (void)state;
    size_t memory = 1 << 20;
    assert_true(fail_each_allocation(count_some, &memory) > 5);
    memory = 1;
    assert_true(fail_each_allocation(count_some, &memory) > 5);
}

static void test_no_room_on_disk(void **state)
{
    (void)state;
    const make m = makes[AY_COUNT(makes) - 1];
    ay_repeats repeats;
    assay_err err;
    ay_budget budget = {.memory_limit = 1, .spill_limit = 100000};
    assert_int_equal(count(&m, &budget, 1, &repeats, &err), ASSAY_ELIMIT);
    assert_non_null(strstr(err.text, "100000"));
    ay_budget lost = {.memory_limit = 1, .spill_dir = "/nowhere"};
    assert_int_equal(count(&m, &lost, 1, &repeats, &err), ASSAY_EIO);
    assert_non_null(strstr(err.text, "/nowhere"));
}

static void test_cancelled(void **state)
{
    (void)state;
    atomic_bool cancel = true;
    ay_budget budget = {.memory_limit = 1 << 20, .cancel = &cancel};
    ay_repeats repeats;
    assert_int_equal(count(&makes[2], &budget, 1, &repeats, NULL), ASSAY_ECANCELLED);
}

/* ---- What it is made of ---- */

/* The same text has the same print under one key, and another one under another; lengths on every side of the ways in
 * which XXH3 reads. */
static void test_keys(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1024, 5000};
    ay_prints_key other;
    char text[5000], copy[5000];
    assert_int_equal(ay_prints_key_make(&other, NULL), ASSAY_OK);
    assert_memory_not_equal(&key, &other, sizeof key);
    for (size_t i = 0; i < sizeof text; i++) text[i] = copy[i] = (char)(i * 7);
    for (size_t i = 0; i < AY_COUNT(lens); i++) {
        uint64_t high[4], low[4];
        ay_hash128_keyed((ay_str){text, lens[i]}, key.bytes, sizeof key.bytes, &high[0], &low[0]);
        ay_hash128_keyed((ay_str){copy, lens[i]}, key.bytes, sizeof key.bytes, &high[1], &low[1]);
        ay_hash128_keyed((ay_str){text, lens[i]}, other.bytes, sizeof other.bytes, &high[2], &low[2]);
        assert_true(high[0] == high[1] && low[0] == low[1]);
        assert_true(high[0] != high[2] && low[0] != low[2]);
        if (!lens[i]) continue;
        copy[lens[i] - 1] ^= 1;
        ay_hash128_keyed((ay_str){copy, lens[i]}, key.bytes, sizeof key.bytes, &high[3], &low[3]);
        assert_true(high[0] != high[3] && low[0] != low[3]);
        copy[lens[i] - 1] ^= 1;
    }
}

/* Hashes from a few values to nearly all different. What is kept holds every repeat, in the order that was, and where
 * hashes differ in their bits hardly anything else. */
static void test_sift(void **state)
{
    (void)state;
    enum { MOST = 5000 };
    static const struct {
        uint64_t mask;
        unsigned low;
        bool is_sharp;
    } hashes[] = {{0, 0, true},
                  {0xf, 0, false},
                  {0xff00, 0, false},
                  {0xfff0000000000000, 0, false},
                  {UINT64_MAX, 0, true},
                  {UINT64_MAX, 8, true},
                  {0xffffffffffffff00, 8, true},
                  {0x00000fffff000000, 0, false}};
    static const size_t counts[] = {0, 1, 2, 3, 100, MOST};
    ay_pair *pairs = AY_NEW_ARRAY(MOST, ay_pair), *kept = AY_NEW_ARRAY(MOST, ay_pair);
    assert_true(pairs && kept);
    ay_budget budget = {.memory_limit = 1 << 20};
    for (size_t h = 0; h < AY_COUNT(hashes); h++) {
        for (size_t c = 0; c < AY_COUNT(counts); c++) {
            const size_t n = counts[c];
            ay_sift sift = {0};
            for (uint32_t i = 0; i < n; i++)
                pairs[i] = (ay_pair){ay_hash64((ay_str){(const char *)&i, sizeof i}) & hashes[h].mask, i};
            memcpy(kept, pairs, n * sizeof *pairs);
            assert_int_equal(ay_sift_open(&sift, &budget, n, hashes[h].low, NULL), ASSAY_OK);
            const size_t n_kept = ay_sift_keep(&sift, kept, n);
            size_t at = 0, others = 0;
            for (size_t i = 0; i < n; i++) {
                bool is_repeat = false;
                for (size_t j = 0; j < n && !is_repeat; j++) is_repeat = j != i && pairs[j].hash == pairs[i].hash;
                const bool is_kept = at < n_kept && kept[at].with == i;
                at += is_kept;
                others += is_kept && !is_repeat;
                assert_true(is_kept || !is_repeat);
            }
            assert_int_equal(at, n_kept);
            if (hashes[h].is_sharp) assert_true(others <= 1 + n / 1000);
            ay_sift_close(&sift);
        }
    }
    assert_int_equal(budget.used, 0);
    ay_free(pairs);
    ay_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),    cmocka_unit_test(test_counting_again),
        cmocka_unit_test(test_no_memory), cmocka_unit_test(test_no_room_on_disk),
        cmocka_unit_test(test_cancelled), cmocka_unit_test(test_keys),
        cmocka_unit_test(test_sift),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
