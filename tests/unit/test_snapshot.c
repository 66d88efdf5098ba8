/* The snapshot tree: the values of lib/proof/SPEC.md; one root whatever the order, the parts and the budget; its files.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/thread.h"
#include "fault.h"
#include "proof/leaf_sort.h"
#include "snapshot_kit.h"

static ay_snapshot_head head_of(ay_hasher *hasher, const ay_leaf *leaves, size_t n, uint32_t b)
{
    snapshot_kept kept;
    keep_snapshot(hasher, leaves, n, b, &kept);
    drop_snapshot(&kept);
    return kept.files.head;
}

/* ---- Values ---- */

static const struct value_case {
    ay_alg alg;
    size_t n;
    uint32_t b;
    const char *want;
} value_cases[] = {
    {AY_SM3, 0, 0, "9163b539cbdabad1261a9ef50da95013b9836ebb15f11826098aa2390a3b5b26"},
    {AY_SM3, 10, 0, "cade8c4a4042a6e46fd54d918a40dc9d5d722850a4f2d4b3ba8880bc532742d1"},
    {AY_SM3, 10, 2, "d2914fcca26da9d5bcc709518692fbb1609634d020b13bb5cdfcc5e7ad5ad1ca"},
    {AY_SHA256, 0, 0, "055d26d5f78f6fa581846643aaf5f5edb789310593336332d6c01a097e3d9da8"},
    {AY_SHA256, 10, 0, "aa6cf15acb9bf1d61911c9e660c5f6eff9d4d2c0243366a0dd2ef6b927911741"},
    {AY_SHA256, 10, 2, "17680c34d4b5ced4249131f6fd3ea64cdd4c9827bcd0dab81a1624312fd1f04d"},
};

static void make_spec_leaves(ay_hasher *hasher, ay_leaf *leaves)
{
    for (size_t i = 0; i < 10; i++) {
        const char bytes[2] = {(char)i, (char)i};
        ay_digest kh;
        assert_int_equal(ay_hash(hasher, &(ay_message){.body = {bytes, 1}}, 1, &kh, NULL), ASSAY_OK);
        memcpy(leaves[i].kh, kh.bytes, AY_KH_SIZE);
        assert_int_equal(ay_hash(hasher, &(ay_message){.body = {bytes, 2}}, 1, &leaves[i].hash, NULL), ASSAY_OK);
    }
}

static void test_values(void **state)
{
    (void)state;
    for (size_t w = 0; w < AY_COUNT(ways); w++) {
        ay_leaf leaves[10];
        ay_hasher *hasher = open_hasher(&ways[w]);
        make_spec_leaves(hasher, leaves);
        for (size_t i = 0; i < AY_COUNT(value_cases); i++) {
            if (value_cases[i].alg != ways[w].alg) continue;
            const ay_snapshot_head head = head_of(hasher, leaves, value_cases[i].n, value_cases[i].b);
            assert_hex(ways[w].label, head.root.bytes, sizeof head.root.bytes, value_cases[i].want);
            assert_true(head.count == value_cases[i].n && head.b == value_cases[i].b);
        }
        (void)ay_hasher_free(hasher);
    }
}

static void test_b(void **state)
{
    (void)state;
    static const struct {
        uint64_t count;
        uint32_t want;
    } cases[] = {{0, 0},           {1, 0},          {1023, 0},          {2047, 0},
                 {2048, 1},        {4095, 1},       {4096, 2},          {1000000, 9},
                 {10000000, 13},   {100000000, 16}, {17179869183u, 23}, {17179869184u, 24},
                 {1ull << 40, 24}, {UINT64_MAX, 24}};
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        if (ay_snapshot_b(cases[i].count) != cases[i].want)
            fail_msg("b of %llu is %u", (unsigned long long)cases[i].count, ay_snapshot_b(cases[i].count));
    static const unsigned char kh[AY_KH_SIZE] = {0xa5, 0x0f, 0xff, 0x80};
    assert_int_equal(ay_snapshot_bucket(kh, 0), 0);
    assert_int_equal(ay_snapshot_bucket(kh, 1), 1);
    assert_int_equal(ay_snapshot_bucket(kh, 9), 0x14a);
    assert_int_equal(ay_snapshot_bucket(kh, 24), 0xa50fff);
}

/* ---- The same root ---- */

static void shuffle(ay_leaf *leaves, size_t n, uint64_t seed)
{
    for (size_t i = n; i > 1; i--) {
        const size_t j = next_random(&seed) % i;
        const ay_leaf moved = leaves[i - 1];
        leaves[i - 1] = leaves[j];
        leaves[j] = moved;
    }
}

static const struct same_case {
    const char *label;
    size_t n, parts, memory;
    unsigned kh_bytes; /* that differ at all: fewer make the partitions lopsided */
    bool spills;
    enum { SPREAD, TWO_BINS, ONE_LARGE_BIN } bins;
} same_cases[] = {
    {"one leaf", 1, 1, 0, 16, false, SPREAD},
    {"in memory", 40000, 1, 0, 16, false, SPREAD},
    {"in memory, parts", 40000, 5, 0, 16, false, SPREAD},
    {"spilled", 60000, 1, 1, 16, true, SPREAD},
    {"spilled, parts", 60000, 3, 1, 16, true, SPREAD},
    {"some in memory, some in files", 90000, 3, 2 << 20, 16, true, SPREAD},
    {"one key for all", 60000, 2, 1, 0, true, SPREAD},
    {"one key for all, in memory", 60000, 2, 0, 0, false, SPREAD},
    {"two bytes of keys", 60000, 2, 1 << 20, 2, true, SPREAD},
    /* bins of 2.4 MB: both find room beside each other, one at a time, neither */
    {"two bins in memory", 100000, 2, 0, 16, false, TWO_BINS},
    {"two bins, one at a time", 100000, 2, 3 << 20, 16, true, TWO_BINS},
    {"two bins, none in memory", 100000, 2, 2 << 20, 16, true, TWO_BINS},
    {"one large bin among small ones", 100000, 2, 2 << 20, 16, true, ONE_LARGE_BIN},
};

static void narrow(const struct same_case *c, ay_leaf *leaf, size_t number)
{
    memset(leaf->kh, 0x3c, AY_KH_SIZE - c->kh_bytes);
    if (c->bins == TWO_BINS) leaf->kh[0] &= 1;
    if (c->bins == ONE_LARGE_BIN) leaf->kh[0] = number % 2 ? 0x10 : leaf->kh[0] & 0x1f;
}

static void add_in_parts(ay_budget *budget, const ay_leaf *leaves, size_t n, size_t parts, ay_snapshot **ret)
{
    assay_err err = {0};
    const size_t each = n / parts;
    assert_int_equal(ay_snapshot_open(budget, ret, NULL), ASSAY_OK);
    for (size_t p = 0; p < parts; p++) {
        ay_snapshot *part = NULL;
        const size_t from = p * each, to = p + 1 == parts ? n : from + each;
        assert_int_equal(ay_snapshot_open(budget, &part, NULL), ASSAY_OK);
        for (size_t i = from; i < to; i += 1000)
            if (ay_snapshot_add(part, leaves + i, to - i < 1000 ? to - i : 1000, &err)) fail_msg("%s", err.text);
        if (ay_snapshot_absorb(*ret, part, &err)) fail_msg("%s", err.text);
        assert_true(ay_snapshot_count(part) == 0 && ay_snapshot_count(*ret) == to);
        assert_null(ay_snapshot_free(part));
    }
}

/* Twice the same, as reading may be repeated. */
static void assert_same(const struct same_case *c, ay_hasher *hasher, ay_leaf *leaves, const ay_snapshot_head *want)
{
    ay_budget budget = {.memory_limit = c->memory};
    ay_snapshot *part = NULL;
    assay_err err = {0};
    const ay_snapshot_options o = {.hasher = hasher, .b = AY_SNAPSHOT_BY_ROWS};
    shuffle(leaves, c->n, c->n + c->parts);
    add_in_parts(&budget, leaves, c->n, c->parts, &part);
    for (int again = 0; again < 2; again++) {
        ay_snapshot_head got;
        if (ay_snapshot_finish(part, &o, &got, &err)) fail_msg("%s: %s", c->label, err.text);
        if (!ay_digest_eq(&got.root, &want->root) || got.count != want->count || got.b != want->b)
            fail_msg("%s: another root", c->label);
    }
    if ((budget.spilled > 0) != c->spills) fail_msg("%s: %d spilled", c->label, budget.spilled > 0);
    assert_null(ay_snapshot_free(part));
    if (budget.used) fail_msg("%s: %zu bytes not given back", c->label, (size_t)budget.used);
}

/* By qsort, a bucket list and the tree alone. */
static ay_snapshot_head expected(ay_hasher *hasher, ay_leaf *leaves, size_t n)
{
    ay_snapshot_head head = {.count = n, .b = ay_snapshot_b(n)};
    ay_merkle *bucket = NULL, *top = NULL;
    assert_int_equal(ay_merkle_open(hasher, &bucket, NULL), ASSAY_OK);
    assert_int_equal(ay_merkle_open(hasher, &top, NULL), ASSAY_OK);
    qsort(leaves, n, sizeof *leaves, compare_leaves);
    size_t at = 0;
    for (uint32_t i = 0; i < 1u << head.b; i++) {
        unsigned char row[49] = {0, 'C', 'R', 'B', 1, 0, 0, (unsigned char)(i >> 8), (unsigned char)i};
        const size_t first = at;
        for (; at < n && ay_snapshot_bucket(leaves[at].kh, head.b) == i; at++)
            assert_int_equal(ay_merkle_add(bucket, &leaves[at].hash, NULL), ASSAY_OK);
        for (unsigned k = 0; k < 4; k++) row[16 - k] = (unsigned char)((at - first) >> 8 * k);
        ay_digest root;
        assert_int_equal(ay_merkle_root(bucket, &root, NULL), ASSAY_OK);
        memcpy(row + 17, root.bytes, sizeof root.bytes);
        assert_int_equal(ay_hash(hasher, &(ay_message){.body = {(const char *)row, 49}}, 1, &root, NULL), ASSAY_OK);
        assert_int_equal(ay_merkle_add(top, &root, NULL), ASSAY_OK);
    }
    assert_int_equal(ay_merkle_root(top, &head.root, NULL), ASSAY_OK);
    (void)ay_merkle_free(bucket);
    (void)ay_merkle_free(top);
    return head;
}

static void test_same_root(void **state)
{
    (void)state;
    ay_hasher *hasher = open_hasher(&ways[1]);
    for (size_t i = 0; i < AY_COUNT(same_cases); i++) {
        const struct same_case *c = &same_cases[i];
        ay_leaf *leaves = make_leaves(c->n, i + 1);
        for (size_t j = 0; j < c->n; j++) narrow(c, &leaves[j], j);
        for (size_t j = 0; j + 7 < c->n; j += 100) leaves[j + 7] = leaves[j]; /* some leaves twice */
        const ay_snapshot_head want = expected(hasher, leaves, c->n);
        assert_same(c, hasher, leaves, &want);
        ay_free(leaves);
    }
    (void)ay_hasher_free(hasher);
}

static void test_memory_stays_near_the_budget(void **state)
{
    (void)state;
    enum { N = 400000, LIMIT = 4 << 20 };
    ay_leaf *leaves = make_leaves(N, 3);
    ay_hasher *hasher = open_hasher(&ways[1]);
    ay_budget budget = {.memory_limit = LIMIT};
    ay_snapshot *part = NULL;
    ay_snapshot_head head;
    const ay_snapshot_options o = {.hasher = hasher, .b = AY_SNAPSHOT_BY_ROWS};
    add_in_parts(&budget, leaves, N, 2, &part);
    assert_int_equal(ay_snapshot_finish(part, &o, &head, NULL), ASSAY_OK);
    if (budget.peak > LIMIT + (1 << 20)) fail_msg("peak %zu", (size_t)budget.peak);
    (void)ay_snapshot_free(part);
    (void)ay_hasher_free(hasher);
    ay_free(leaves);
}

/* ---- Parts in threads ---- */

typedef struct job {
    ay_budget *budget;
    const ay_leaf *leaves;
    size_t n;
    ay_snapshot *part;
} job;

static assay_status work(void *arg, assay_err *err)
{
    job *j = (job *)arg;
    AY_TRY(ay_snapshot_open(j->budget, &j->part, err));
    for (size_t i = 0; i < j->n; i += 500)
        AY_TRY(ay_snapshot_add(j->part, j->leaves + i, j->n - i < 500 ? j->n - i : 500, err));
    return ASSAY_OK;
}

static void test_threads(void **state)
{
    (void)state;
    enum { N = 120000, JOBS = 4 };
    ay_leaf *leaves = make_leaves(N, 17);
    ay_hasher *hasher = open_hasher(&ways[1]);
    ay_budget budget = {.memory_limit = 3 << 20};
    job jobs[JOBS];
    void *pointers[JOBS];
    ay_snapshot_head head;
    const ay_snapshot_options o = {.hasher = hasher, .b = AY_SNAPSHOT_BY_ROWS};
    for (size_t i = 0; i < JOBS; i++) {
        jobs[i] = (job){&budget, leaves + i * (N / JOBS), N / JOBS, NULL};
        pointers[i] = &jobs[i];
    }
    assert_int_equal(ay_threads_run(work, pointers, JOBS, NULL), ASSAY_OK);
    for (size_t i = 1; i < JOBS; i++) {
        assert_int_equal(ay_snapshot_absorb(jobs[0].part, jobs[i].part, NULL), ASSAY_OK);
        (void)ay_snapshot_free(jobs[i].part);
    }
    assert_int_equal(ay_snapshot_finish(jobs[0].part, &o, &head, NULL), ASSAY_OK);
    (void)ay_snapshot_free(jobs[0].part);
    assert_true(budget.spilled > 0);
    const ay_snapshot_head want = expected(hasher, leaves, N);
    assert_true(ay_digest_eq(&head.root, &want.root));
    (void)ay_hasher_free(hasher);
    ay_free(leaves);
}

/* ---- What else the root depends on: nothing; and what it does depend on ---- */

static void test_changed_sets(void **state)
{
    (void)state;
    enum { N = 3000 };
    ay_hasher *hasher = open_hasher(&ways[1]);
    ay_leaf *leaves = make_leaves(N + 1, 23);
    const ay_snapshot_head head = head_of(hasher, leaves, N, 1);
    leaves[N] = leaves[N - 1];
    const ay_snapshot_head twice = head_of(hasher, leaves, N + 1, 1), dropped = head_of(hasher, leaves, N - 1, 1);
    const ay_snapshot_head other_b = head_of(hasher, leaves, N, 2);
    const ay_digest kept = leaves[0].hash;
    leaves[0].hash = leaves[1].hash;
    leaves[1].hash = kept; /* two records exchange their keys */
    const ay_snapshot_head exchanged = head_of(hasher, leaves, N, 1);
    assert_false(ay_digest_eq(&twice.root, &head.root));
    assert_false(ay_digest_eq(&dropped.root, &head.root));
    assert_false(ay_digest_eq(&other_b.root, &head.root));
    assert_false(ay_digest_eq(&exchanged.root, &head.root));
    (void)ay_hasher_free(hasher);
    ay_free(leaves);
}

/* ---- The files ---- */

static void test_files(void **state)
{
    (void)state;
    enum { N = 5000 };
    ay_hasher *hasher = open_hasher(&ways[1]);
    ay_leaf *leaves = make_leaves(N, 31);
    snapshot_kept kept;
    keep_snapshot(hasher, leaves, N, 11, &kept);
    qsort(leaves, N, sizeof *leaves, compare_leaves);
    assert_true(kept.leaves.len == N * sizeof *leaves);
    assert_memory_equal(kept.leaves.ptr, leaves, kept.leaves.len);
    assert_true(kept.buckets.len == (size_t)AY_BUCKET_ROW_SIZE << 11);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < 1u << 11; i++) {
        const unsigned char *row = (const unsigned char *)kept.buckets.ptr + (size_t)i * AY_BUCKET_ROW_SIZE;
        assert_true(((uint32_t)row[2] << 8 | row[3]) == i && row[0] == 0 && row[1] == 0);
        sum += (uint64_t)row[10] << 8 | row[11];
    }
    assert_true(sum == N);
    drop_snapshot(&kept);
    (void)ay_hasher_free(hasher);
    ay_free(leaves);
}

static void test_check_leaves(void **state)
{
    (void)state;
    enum { N = 3000 };
    ay_hasher *hasher = open_hasher(&ways[1]);
    ay_leaf *leaves = make_leaves(N, 37);
    assay_err err = {0};
    snapshot_kept kept;
    keep_snapshot(hasher, leaves, N, AY_SNAPSHOT_BY_ROWS, &kept);
    assert_int_equal(ay_snapshot_check_leaves(&kept.files, hasher, &err), ASSAY_OK);
    kept.leaves.ptr[48 * 1234 + 20] ^= 1; /* a hash */
    assert_int_equal(ay_snapshot_check_leaves(&kept.files, hasher, &err), ASSAY_EFORMAT);
    kept.leaves.ptr[48 * 1234 + 20] ^= 1;
    ay_leaf *rows = (ay_leaf *)(void *)kept.leaves.ptr;
    const ay_leaf moved = rows[256];
    rows[256] = rows[255]; /* across the pieces it is read in */
    rows[255] = moved;
    assert_int_equal(ay_snapshot_check_leaves(&kept.files, hasher, &err), ASSAY_EFORMAT);
    assert_string_equal(err.text, "row 257 of the leaf file is out of order");
    rows[255] = rows[256];
    rows[256] = moved;
    kept.files.head.count--; /* a row dropped at the end */
    assert_int_equal(ay_snapshot_check_leaves(&kept.files, hasher, &err), ASSAY_EFORMAT);
    assert_string_equal(err.text, "the leaf file does not have this root");
    kept.files.head.count += 2;
    assert_int_equal(ay_snapshot_check_leaves(&kept.files, hasher, &err), ASSAY_EIO);
    drop_snapshot(&kept);
    (void)ay_hasher_free(hasher);
    ay_free(leaves);
}

/* ---- Sorting ---- */

static void test_sort(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 31, 32, 33, 500, 20000};
    for (size_t s = 0; s < AY_COUNT(sizes); s++)
        for (unsigned same = 0; same <= 48; same += 12) {
            const size_t n = sizes[s];
            ay_leaf *got = make_leaves(n, s + 50), *want = AY_NEW_ARRAY(n, ay_leaf);
            for (size_t i = 0; i < n; i++) memset(&got[i], 9, same);
            if (n) memcpy(want, got, n * sizeof *got);
            qsort(want, n, sizeof *want, compare_leaves);
            ay_leaf_sort(got, n, same ? 1 : 0);
            if (n) assert_memory_equal(got, want, n * sizeof *got);
            ay_free(got);
            ay_free(want);
        }
}

/* ---- Failures ---- */

static assay_status refuse(void *self, ay_str bytes, assay_err *err)
{
    (void)bytes;
    return ay_fail(err, ASSAY_EIO, "no room for %s", "%s没有空间", (const char *)self);
}

static void test_failures(void **state)
{
    (void)state;
    static char name[] = "leaves";
    ay_hasher *hasher = open_hasher(&ways[1]);
    ay_leaf *leaves = make_leaves(60000, 41);
    atomic_bool cancel = true;
    ay_budget budget = {.memory_limit = 1, .spill_limit = 1 << 20}, plain = {0}, cancelled = {.cancel = &cancel};
    ay_snapshot *part = NULL;
    ay_snapshot_head head;
    assay_err err = {0};
    ay_snapshot_options o = {.hasher = hasher, .b = 25};
    assert_int_equal(ay_snapshot_open(&plain, &part, NULL), ASSAY_OK);
    assert_int_equal(ay_snapshot_add(part, leaves, 100, NULL), ASSAY_OK);
    assert_int_equal(ay_snapshot_finish(part, &o, &head, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "a snapshot tree has at most 2^24 buckets, not 2^25");
    o = (ay_snapshot_options){hasher, 0, {refuse, name}, {NULL, NULL}};
    assert_int_equal(ay_snapshot_finish(part, &o, &head, &err), ASSAY_EIO);
    assert_string_equal(err.text, "no room for leaves");
    assert_int_equal(ay_snapshot_add(part, leaves, 60000, NULL), ASSAY_OK); /* while the next bin is being sorted */
    assert_int_equal(ay_snapshot_finish(part, &o, &head, &err), ASSAY_EIO);
    (void)ay_snapshot_free(part);
    assert_true(plain.used == 0);

    assert_int_equal(ay_snapshot_open(&budget, &part, NULL), ASSAY_OK);
    assert_int_equal(ay_snapshot_add(part, leaves, 60000, &err), ASSAY_ELIMIT);
    (void)ay_snapshot_free(part);
    budget.spill_dir = "/nonexistent";
    assert_int_equal(ay_snapshot_open(&budget, &part, NULL), ASSAY_OK);
    assert_int_equal(ay_snapshot_add(part, leaves, 60000, &err), ASSAY_EIO);
    (void)ay_snapshot_free(part);
    assert_true(budget.used == 0);

    assert_int_equal(ay_snapshot_open(&cancelled, &part, NULL), ASSAY_OK);
    assert_int_equal(ay_snapshot_add(part, leaves, 10, &err), ASSAY_OK);
    o.leaves.write = NULL;
    assert_int_equal(ay_snapshot_finish(part, &o, &head, &err), ASSAY_ECANCELLED);
    (void)ay_snapshot_free(part);
    assert_null(ay_snapshot_free(NULL));
    (void)ay_hasher_free(hasher);
    ay_free(leaves);
}

typedef struct fault_job {
    ay_hasher *hasher;
    const ay_leaf *leaves;
    size_t n, memory;
} fault_job;

static assay_status two_parts(const fault_job *f, ay_budget *budget, ay_snapshot *parts[2])
{
    const ay_snapshot_options o = {.hasher = f->hasher, .b = AY_SNAPSHOT_BY_ROWS};
    ay_snapshot_head head;
    assay_err err;
    AY_TRY(ay_snapshot_open(budget, &parts[0], &err));
    AY_TRY(ay_snapshot_open(budget, &parts[1], &err));
    AY_TRY(ay_snapshot_add(parts[0], f->leaves, f->n / 2, &err));
    AY_TRY(ay_snapshot_add(parts[1], f->leaves + f->n / 2, f->n - f->n / 2, &err));
    AY_TRY(ay_snapshot_absorb(parts[0], parts[1], &err));
    return ay_snapshot_finish(parts[0], &o, &head, &err);
}

static assay_status collect(void *arg)
{
    const fault_job *f = (const fault_job *)arg;
    ay_budget budget = {.memory_limit = f->memory};
    ay_snapshot *parts[2] = {NULL, NULL};
    const assay_status status = two_parts(f, &budget, parts);
    (void)ay_snapshot_free(parts[0]);
    (void)ay_snapshot_free(parts[1]);
    assert_true(budget.used == 0);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    ay_hasher *hasher = open_hasher(&ways[1]);
    ay_leaf *leaves = make_leaves(46000, 43);
    fault_job small = {hasher, leaves, 120, 0}, spilling = {hasher, leaves, 46000, 1};
    for (size_t i = 0; i < 46000; i++) leaves[i].kh[0] &= 3; /* few partitions, so that few allocations fill them */
    assert_true(fail_each_allocation(collect, &small) > 8);
    assert_true(fail_each_allocation(collect, &spilling) > 60);
    (void)ay_hasher_free(hasher);
    ay_free(leaves);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),    cmocka_unit_test(test_b),
        cmocka_unit_test(test_same_root), cmocka_unit_test(test_memory_stays_near_the_budget),
        cmocka_unit_test(test_threads),   cmocka_unit_test(test_changed_sets),
        cmocka_unit_test(test_files),     cmocka_unit_test(test_check_leaves),
        cmocka_unit_test(test_sort),      cmocka_unit_test(test_failures),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
