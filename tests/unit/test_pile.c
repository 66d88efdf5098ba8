/* The pile against qsort: what is poured is all that was put, and what is read as repeated has all that share a hash.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/pile.h"
#include "fault.h"

/* ---- Records ---- */

typedef struct input {
    uint64_t hash;
    uint32_t number;
    uint32_t len; /* of the text that the number stands for: a few of its digits, again and again */
} input;

static char text_at(const input *in, uint32_t i)
{
    return (char)(in->number >> i % 32);
}

static void put_text(const input *in, ay_buf *out)
{
    for (uint32_t i = 0; i < in->len; i++) ay_buf_char(out, text_at(in, i));
}

typedef struct make {
    size_t n;
    size_t one_in;              /* one record in so many (0: none) has the hash of the one before it */
    size_t len;                 /* of a record, at most */
    uint64_t and_mask, or_mask; /* over the hashes; and_mask 0: all bits */
} make;

static input *make_inputs(const make *m)
{
    input *in = AY_NEW_ARRAY(m->n, input);
    assert_non_null(in);
    for (uint32_t i = 0; i < m->n; i++) {
        const uint32_t number = m->one_in && i % m->one_in == 1 ? i - 1 : i;
        in[i].hash = ay_hash64((ay_str){(const char *)&number, sizeof number});
        in[i].hash = (in[i].hash & (m->and_mask ? m->and_mask : UINT64_MAX)) | m->or_mask;
        in[i].number = i / 3; /* some are the same, some only share the hash */
        in[i].len = (uint32_t)(in[i].hash % (m->len + 1));
    }
    return in;
}

static int compare_inputs(const void *a, const void *b)
{
    const input *x = (const input *)a, *y = (const input *)b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    ay_buf one = {0}, other = {0};
    put_text(x, &one);
    put_text(y, &other);
    const int order = ay_str_cmp(ay_buf_view(&one), ay_buf_view(&other));
    ay_buf_free(&one);
    ay_buf_free(&other);
    return order;
}

/* Of sorted ones those that share a hash. */
static size_t keep_repeats(input *in, size_t n)
{
    size_t kept = 0;
    bool was_repeat = false;
    for (size_t i = 0; i < n; i++) {
        const bool is_first = i + 1 < n && in[i + 1].hash == in[i].hash;
        const bool is_kept = is_first || was_repeat;
        was_repeat = is_first;
        if (is_kept) in[kept++] = in[i];
    }
    return kept;
}

/* *ret_is_done: there was room for all of them. */
static assay_status put_together(ay_pile *pile, const input *in, uint32_t n, bool *ret_is_done, assay_err *err)
{
    char *to[64];
    size_t lens[64];
    uint64_t hashes[64];
    for (uint32_t i = 0; i < n; i++) {
        lens[i] = in[i].len;
        hashes[i] = in[i].hash;
    }
    AY_TRY(ay_pile_room(pile, lens, n, to, ret_is_done, err));
    if (!*ret_is_done) return ASSAY_OK;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t at = 0; at < in[i].len; at++) to[i][at] = text_at(&in[i], at);
    return ay_pile_take(pile, lens, hashes, n, err);
}

/* By turns 64 or fewer together and so many one by one. */
static assay_status put(ay_pile *pile, const input *in, size_t n, assay_err *err)
{
    for (size_t from = 0, to; from < n; from = to) {
        bool is_done = false;
        to = from + 1 + from % 64 < n ? from + 1 + from % 64 : n;
        if (from % 2) AY_TRY(put_together(pile, in + from, (uint32_t)(to - from), &is_done, err));
        for (size_t i = from; !is_done && i < to; i++) {
            put_text(&in[i], ay_pile_begin(pile));
            AY_TRY(ay_pile_end(pile, in[i].hash, err));
        }
    }
    return ASSAY_OK;
}

static void put_all(ay_pile *pile, const input *in, size_t n)
{
    assay_err err = {0};
    if (put(pile, in, n, &err) != ASSAY_OK) fail_msg("put: %s", err.text);
}

/* Every wanted record comes, in order; *ret_others: how many came beside them, all of which must be alone. */
static void assert_holds(const char *label, ay_sorter *sorter, const input *want, size_t n, size_t *ret_others)
{
    ay_sorted *sorted = NULL;
    ay_buf text = {0};
    bool end = false;
    size_t at = 0;
    *ret_others = 0;
    assert_int_equal(ay_sorted_open(sorter, &sorted, NULL), ASSAY_OK);
    for (;;) {
        ay_sort_record got;
        assert_int_equal(ay_sorted_next(sorted, &got, &end, NULL), ASSAY_OK);
        if (end) break;
        ay_buf_clear(&text);
        if (at < n) put_text(&want[at], &text);
        const bool is_wanted = at < n && got.prefix == want[at].hash && ay_str_eq(got.bytes, ay_buf_view(&text));
        at += is_wanted;
        *ret_others += !is_wanted;
    }
    if (at != n) fail_msg("%s: %zu of %zu records", label, at, n);
    ay_sorted_close(sorted);
    ay_buf_free(&text);
}

typedef assay_status reading(ay_pile *pile, ay_sorter *into, assay_err *err);

static size_t assert_reads(const char *label, reading *read, ay_pile *pile, ay_budget *budget, const input *want,
                           size_t n)
{
    ay_sorter *sorter = NULL;
    assay_err err = {0};
    size_t others;
    assert_int_equal(ay_sorter_open(budget, &sorter, NULL), ASSAY_OK);
    if (read(pile, sorter, &err) != ASSAY_OK) fail_msg("%s: %s", label, err.text);
    assert_holds(label, sorter, want, n, &others);
    ay_sorter_free(sorter);
    return others;
}

/* ---- Cases ---- */

static const struct pile_case {
    const char *label;
    make make;
    size_t memory, held_by_others;
    bool spills, all; /* all: are read, there is nothing to gain */
} cases[] = {
    {"nothing", {.n = 0}, 0, 0, false, false},
    {"one record", {.n = 1, .len = 20}, 0, 0, false, false},
    {"two alike", {.n = 2, .one_in = 2, .len = 20}, 0, 0, false, false},
    {"empty records", {.n = 3000, .one_in = 7}, 0, 0, false, false},
    {"no repeats", {.n = 60000, .len = 40}, 0, 0, false, false},
    {"few repeats, many chunks", {.n = 200000, .one_in = 1000, .len = 40}, 0, 0, false, false},
    {"a quarter of them", {.n = 90000, .one_in = 9, .len = 30}, 0, 0, false, false},
    {"all of them", {.n = 50000, .one_in = 2, .len = 30}, 0, 0, false, true},
    {"one bucket", {.n = 40000, .one_in = 50, .len = 9, .or_mask = UINT64_C(0xff) << 56}, 0, 0, false, false},
    {"low bits that all share", {.n = 40000, .one_in = 50, .len = 9, .and_mask = ~UINT64_C(0xfff)}, 0, 0, false, false},
    {"one hash for all", {.n = 3000, .len = 9, .and_mask = UINT64_C(1) << 63}, 0, 0, false, true},
    {"a long log is in the file", {.n = 200000, .one_in = 300, .len = 90}, 4 << 20, 0, true, false},
    {"log and index spilled", {.n = 60000, .one_in = 300, .len = 40}, 256 << 10, 0, true, false},
    {"spilled, all of them", {.n = 20000, .one_in = 2, .len = 40}, 128 << 10, 0, true, true},
    {"others hold everything", {.n = 60000, .one_in = 300, .len = 24}, 64 << 10, 1 << 20, true, false},
    {"a budget of one byte", {.n = 3000, .one_in = 30, .len = 24}, 1, 0, true, false},
    {"records longer than a block", {.n = 300, .one_in = 20, .len = 20000}, 256 << 10, 0, true, false},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        const struct pile_case *c = &cases[i];
        const size_t n = c->make.n;
        input *in = make_inputs(&c->make), *repeats = make_inputs(&c->make);
        ay_budget budget = {.memory_limit = c->memory};
        ay_pile *pile = NULL;
        ay_budget_take(&budget, c->held_by_others);
        assert_int_equal(ay_pile_open(&budget, &pile, NULL), ASSAY_OK);
        put_all(pile, in, n);
        assert_true(ay_pile_count(pile) == n);
        if ((budget.spilled > 0) != c->spills) fail_msg("%s: spilled %d", c->label, budget.spilled > 0);
        qsort(in, n, sizeof *in, compare_inputs);
        qsort(repeats, n, sizeof *in, compare_inputs);
        const size_t n_repeats = keep_repeats(repeats, n);
        for (int again = 0; again < 2; again++) {
            const size_t others = assert_reads(c->label, ay_pile_repeats, pile, &budget, repeats, n_repeats);
            const size_t least = c->all ? n - n_repeats : 0; /* a few come that only look like repeats */
            if (others < least || others > least + n / 1000) fail_msg("%s: %zu others", c->label, others);
        }
        assert_true(assert_reads(c->label, ay_pile_pour, pile, &budget, in, n) == 0);
        assert_true(ay_pile_count(pile) == 0);
        assert_null(ay_pile_free(pile));
        if (budget.used != c->held_by_others) fail_msg("%s: %zu bytes not given back", c->label, (size_t)budget.used);
        assert_int_equal(budget.on_disk, 0);
        ay_free(in);
        ay_free(repeats);
    }
}

static void test_poured_and_filled_again(void **state)
{
    (void)state;
    const make m = {.n = 5000, .one_in = 9, .len = 30};
    input *in = make_inputs(&m);
    ay_budget budget = {.memory_limit = 64 << 10};
    ay_pile *pile = NULL;
    assert_int_equal(ay_pile_open(&budget, &pile, NULL), ASSAY_OK);
    for (int turn = 0; turn < 2; turn++) {
        put_all(pile, in, m.n);
        if (turn == 0) qsort(in, m.n, sizeof *in, compare_inputs);
        assert_true(assert_reads("poured", ay_pile_pour, pile, &budget, in, m.n) == 0);
    }
    ay_pile_free(pile);
    assert_true(budget.used == 0);
    ay_free(in);
}

/* ---- Absorbing ---- */

enum { PARTS = 5 };

static void test_absorbing(void **state)
{
    (void)state;
    static const size_t budgets[] = {0, 256 << 10, 8 << 10};
    const make m = {.n = 30000, .one_in = 40, .len = 40};
    input *in = make_inputs(&m), *repeats = make_inputs(&m);
    qsort(repeats, m.n, sizeof *repeats, compare_inputs);
    const size_t n_repeats = keep_repeats(repeats, m.n);
    for (size_t b = 0; b < AY_COUNT(budgets); b++) {
        ay_budget budget = {.memory_limit = budgets[b]};
        ay_pile *parts[PARTS] = {0};
        size_t at = 0;
        for (size_t p = 0; p < PARTS; p++) { /* of very unequal size, one of them empty */
            const size_t n = p == 2 ? 0 : p == PARTS - 1 ? m.n - at : (m.n - at) / (2 * p + 2);
            assert_int_equal(ay_pile_open(&budget, &parts[p], NULL), ASSAY_OK);
            put_all(parts[p], in + at, n);
            at += n;
        }
        assert_int_equal(ay_pile_absorb(parts[1], parts[4], NULL), ASSAY_OK); /* a part of a part */
        for (size_t p = 1; p < PARTS - 1; p++) assert_int_equal(ay_pile_absorb(parts[0], parts[p], NULL), ASSAY_OK);
        put_all(parts[3], in, 10); /* an emptied one can be used */
        assert_true(ay_pile_count(parts[3]) == 10);
        for (size_t p = 1; p < PARTS; p++) ay_pile_free(parts[p]); /* before the reading */
        assert_true(ay_pile_count(parts[0]) == m.n);
        assert_true(assert_reads("absorbed", ay_pile_repeats, parts[0], &budget, repeats, n_repeats) == 0);
        ay_pile_free(parts[0]);
        assert_true(budget.used == 0);
    }
    ay_free(in);
    ay_free(repeats);
}

/* ---- Memory ---- */

/* All of it counts: log, index, what is known of the files, what finding and sorting take. Some buffers have a least
 * size, which only matters where there is hardly any memory, and is more or less by where the last of it was spilled.
 */
static void test_memory_stays_within_the_limit(void **state)
{
    (void)state;
    static const struct {
        make make;
        size_t limit, beyond;
    } each[] = {
        {{.n = 300000, .one_in = 300, .len = 60}, 4 << 20, 0},
        {{.n = 1000000, .one_in = 100, .len = 3}, 256 << 10, 704 << 10}, /* buckets in slices */
    };
    for (size_t i = 0; i < AY_COUNT(each); i++) {
        const make *m = &each[i].make;
        input *in = make_inputs(m), *repeats = make_inputs(m);
        ay_budget budget = {.memory_limit = each[i].limit};
        ay_pile *pile = NULL;
        assert_int_equal(ay_pile_open(&budget, &pile, NULL), ASSAY_OK);
        put_all(pile, in, m->n);
        assert_true(budget.peak >= each[i].limit / 2);
        qsort(repeats, m->n, sizeof *repeats, compare_inputs);
        const size_t n_repeats = keep_repeats(repeats, m->n);
        assert_in_range(assert_reads("bounded", ay_pile_repeats, pile, &budget, repeats, n_repeats), 0, m->n / 1000);
        if (budget.peak > each[i].limit + each[i].beyond) fail_msg("%zu: peak %zu", i, (size_t)budget.peak);
        ay_pile_free(pile);
        ay_free(repeats);
        ay_free(in);
    }
}

/* Where others hold everything the index is spilled a little at a time: what is to be known of that grows slowly. */
static void test_what_is_known_grows_slowly(void **state)
{
    (void)state;
    enum { LIMIT = 64 << 10, PART = 100000 };
    ay_budget budget = {.memory_limit = LIMIT};
    ay_pile *pile = NULL;
    ay_budget_take(&budget, LIMIT);
    assert_int_equal(ay_pile_open(&budget, &pile, NULL), ASSAY_OK);
    size_t held[2];
    for (uint32_t i = 0, part = 0; part < AY_COUNT(held); part++) {
        for (; i < PART * (1 + 15 * part); i++) { /* sixteen times as many */
            const uint64_t hash = ay_hash64((ay_str){(const char *)&i, sizeof i});
            (void)ay_pile_begin(pile);
            assert_int_equal(ay_pile_end(pile, hash, NULL), ASSAY_OK);
        }
        held[part] = budget.peak - LIMIT;
    }
    if (held[1] > 5 * held[0]) fail_msg("%zu, then %zu bytes", held[0], held[1]);
    ay_pile_free(pile);
    assert_true(budget.used == LIMIT);
}

/* One hash in a tenth of all records: its bucket does not fit. */
static void test_a_hash_that_comes_often(void **state)
{
    (void)state;
    enum { LIMIT = 4 << 20 };
    const make m = {.n = 200000, .len = 20};
    input *in = make_inputs(&m);
    for (size_t i = 0; i < m.n; i += 10) in[i].hash = UINT64_C(0x5a00000000000001);
    ay_budget budget = {.memory_limit = LIMIT};
    ay_pile *pile = NULL;
    assert_int_equal(ay_pile_open(&budget, &pile, NULL), ASSAY_OK);
    put_all(pile, in, m.n);
    qsort(in, m.n, sizeof *in, compare_inputs);
    const size_t n_repeats = keep_repeats(in, m.n);
    assert_int_equal(n_repeats, m.n / 10);
    const size_t others = assert_reads("often", ay_pile_repeats, pile, &budget, in, n_repeats);
    assert_in_range(others, 0, m.n / 200); /* no more than the others of its bucket */
    if (budget.peak > LIMIT) fail_msg("peak %zu", (size_t)budget.peak);
    ay_pile_free(pile);
    assert_true(budget.used == 0);
    ay_free(in);
}

static void test_too_long(void **state)
{
    (void)state;
    ay_budget budget = {0};
    ay_pile *pile = NULL;
    assay_err err = {0};
    assert_int_equal(ay_pile_open(&budget, &pile, NULL), ASSAY_OK);
    char *room = ay_buf_reserve(ay_pile_begin(pile), AY_SORT_RECORD_MAX + 1);
    assert_non_null(room);
    memset(room, 'x', AY_SORT_RECORD_MAX + 1);
    ay_pile_begin(pile)->len += AY_SORT_RECORD_MAX + 1; /* two headers: the second is part of the record */
    assert_int_equal(ay_pile_end(pile, 0, &err), ASSAY_ELIMIT);
    assert_non_null(strstr(err.text, "is too long to be sorted (at most 67108864)"));
    ay_pile_free(pile);
    assert_true(budget.used == 0);
}

/* ---- Faults ---- */

/* Where a file cannot be had all stays in memory as long as there is some, and is an error behind that. */
static void test_missing_directory(void **state)
{
    (void)state;
    const make m = {.n = 20000, .one_in = 100, .len = 60};
    input *in = make_inputs(&m);
    ay_budget budget = {.memory_limit = 2 << 20, .spill_dir = "/nonexistent/spill"};
    ay_pile *pile = NULL;
    assay_err err = {0};
    assert_int_equal(ay_pile_open(&budget, &pile, NULL), ASSAY_OK);
    put_all(pile, in, m.n); /* of 1 MiB, beyond an eighth of the limit */
    input *repeats = make_inputs(&m);
    qsort(repeats, m.n, sizeof *repeats, compare_inputs);
    assert_true(assert_reads("in memory", ay_pile_repeats, pile, &budget, repeats, keep_repeats(repeats, m.n)) == 0);
    assay_status status = ASSAY_OK;
    for (int turn = 0; status == ASSAY_OK && turn < 5; turn++) status = put(pile, in, m.n, &err);
    assert_int_equal(status, ASSAY_EIO);
    assert_string_equal(err.text, "cannot create a temporary file in '/nonexistent/spill': No such file or directory; "
                                  "name another directory or allow more memory");
    ay_pile_free(pile);
    assert_true(budget.used == 0);
    ay_free(repeats);
    ay_free(in);
}

static void test_spill_limit(void **state)
{
    (void)state;
    const make m = {.n = 20000, .len = 60};
    input *in = make_inputs(&m);
    ay_budget budget = {.memory_limit = 64 << 10, .spill_limit = 100000};
    ay_pile *pile = NULL;
    assay_err err = {0};
    assert_int_equal(ay_pile_open(&budget, &pile, NULL), ASSAY_OK);
    assert_int_equal(put(pile, in, m.n, &err), ASSAY_ELIMIT);
    assert_string_equal(err.text, "temporary files would take more than 100000 bytes; "
                                  "raise the limit or allow more memory");
    ay_pile_free(pile);
    assert_true(budget.used == 0);
    assert_int_equal(budget.on_disk, 0);
    ay_free(in);
}

static void test_reading_is_cancelled(void **state)
{
    (void)state;
    static reading *const readings[] = {ay_pile_repeats, ay_pile_pour};
    const input one = {.len = 3};
    for (size_t i = 0; i < AY_COUNT(readings); i++) {
        atomic_bool cancel = true;
        ay_budget budget = {.cancel = &cancel};
        ay_pile *pile = NULL;
        ay_sorter *sorter = NULL;
        assert_int_equal(ay_pile_open(&budget, &pile, NULL), ASSAY_OK);
        assert_int_equal(ay_sorter_open(&budget, &sorter, NULL), ASSAY_OK);
        put_all(pile, &one, 1);
        assert_int_equal(readings[i](pile, sorter, NULL), ASSAY_ECANCELLED);
        ay_sorter_free(sorter);
        ay_pile_free(pile);
    }
}

typedef struct life {
    const input *in;
    size_t n, memory;
    reading *read;
    uint64_t count;
} life;

static assay_status live(void *arg)
{
    life *l = (life *)arg;
    ay_budget budget = {.memory_limit = l->memory};
    ay_pile *a = NULL, *b = NULL;
    ay_sorter *sorter = NULL;
    assay_err err;
    assay_status status = ay_pile_open(&budget, &a, &err);
    if (status == ASSAY_OK) status = ay_pile_open(&budget, &b, &err);
    if (status == ASSAY_OK) status = ay_sorter_open(&budget, &sorter, &err);
    if (status == ASSAY_OK) status = put(a, l->in, l->n / 2, &err);
    if (status == ASSAY_OK) status = put(b, l->in + l->n / 2, l->n - l->n / 2, &err);
    if (status == ASSAY_OK) status = ay_pile_absorb(a, b, &err);
    if (status == ASSAY_OK) status = l->read(a, sorter, &err);
    if (status == ASSAY_OK) l->count = ay_sorter_count(sorter);
    ay_sorter_free(sorter);
    ay_pile_free(b);
    ay_pile_free(a);
    assert_true(budget.used == 0);
    return status;
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    static const size_t memories[] = {16 << 10, 1 << 20};
    const make m = {.n = 1200, .one_in = 10, .len = 40};
    input *in = make_inputs(&m);
    for (size_t i = 0; i < 2 * AY_COUNT(memories); i++) {
        life l = {.in = in, .n = m.n, .memory = memories[i / 2], .read = i % 2 ? ay_pile_pour : ay_pile_repeats};
        assert_in_range(fail_each_allocation(live, &l), 10, 1000);
        assert_true(l.count == (i % 2 ? m.n : 2 * m.n / 10)); /* the last one ran without a fault */
    }
    ay_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_poured_and_filled_again),
        cmocka_unit_test(test_absorbing),
        cmocka_unit_test(test_memory_stays_within_the_limit),
        cmocka_unit_test(test_what_is_known_grows_slowly),
        cmocka_unit_test(test_a_hash_that_comes_often),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_missing_directory),
        cmocka_unit_test(test_spill_limit),
        cmocka_unit_test(test_reading_is_cancelled),
        cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
