/* The sorter against qsort: whatever the budget, the cut and the grouping, the same records in the same order. */
#define _GNU_SOURCE /* unshare */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/sort_run.h"
#include "base/spill.h"
#include "base/thread.h"
#include "fault.h"

/* ---- Records ---- */

typedef struct input {
    uint64_t prefix;
    char bytes[48];
    size_t len;
} input;

static uint64_t next_random(uint64_t *state) /* xorshift64* */
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static input *make_inputs(size_t n, unsigned prefix_bits, size_t max_len)
{
    input *in = AY_NEW_ARRAY(n, input);
    assert_non_null(in);
    uint64_t state = 88172645463325252u + n;
    for (size_t i = 0; i < n; i++) {
        in[i].prefix = prefix_bits ? next_random(&state) >> (64 - prefix_bits) : 7;
        in[i].len = next_random(&state) % (max_len + 1);
        /* few distinct bytes, so that many records share a beginning or are equal */
        for (size_t j = 0; j < in[i].len; j++)
            in[i].bytes[j] = "\x00\x01"
                             "az\x7f\x80\xff\xff"[next_random(&state) % 8];
    }
    return in;
}

static int compare_inputs(const void *a, const void *b)
{
    const input *x = (const input *)a, *y = (const input *)b;
    if (x->prefix != y->prefix) return x->prefix < y->prefix ? -1 : 1;
    const int c = memcmp(x->bytes, y->bytes, x->len < y->len ? x->len : y->len);
    return c ? c : (x->len > y->len) - (x->len < y->len);
}

/* The order in which records come. */
typedef enum arrival {
    MIXED,
    ASCENDING,
    DESCENDING,
    IN_STRETCHES, /* the upper half, then the lower one, each ascending */
} arrival;

static void arrange(input *in, size_t n, arrival how)
{
    if (how != MIXED) qsort(in, n, sizeof *in, compare_inputs);
    for (size_t i = 0; i < n / 2; i++) {
        input *const other = how == DESCENDING ? &in[n - 1 - i] : &in[n - n / 2 + i];
        if (how != DESCENDING && how != IN_STRETCHES) return;
        const input swapped = in[i];
        in[i] = *other;
        *other = swapped;
    }
}

static void put_inputs(ay_sorter *sorter, const input *in, size_t n)
{
    assay_err err = {0};
    for (size_t i = 0; i < n; i++)
        if (ay_sorter_put(sorter, in[i].prefix, (ay_str){in[i].bytes, in[i].len}, &err)) fail_msg("put: %s", err.text);
}

static void assert_reads(const char *label, ay_sorter *sorter, const input *want, size_t n)
{
    ay_sorted *sorted = NULL;
    assay_err err = {0};
    if (ay_sorted_open(sorter, &sorted, &err)) fail_msg("%s: open: %s", label, err.text);
    ay_sort_record got;
    bool end = false;
    for (size_t i = 0; i < n; i++) {
        if (ay_sorted_next(sorted, &got, &end, &err)) fail_msg("%s: record %zu: %s", label, i, err.text);
        if (end) fail_msg("%s: %zu records instead of %zu", label, i, n);
        if (got.prefix != want[i].prefix || !ay_str_eq(got.bytes, (ay_str){want[i].bytes, want[i].len}))
            fail_msg("%s: record %zu differs", label, i);
    }
    for (int again = 0; again < 2; again++) { /* the end stays the end */
        assert_int_equal(ay_sorted_next(sorted, &got, &end, &err), ASSAY_OK);
        if (!end) fail_msg("%s: more than %zu records", label, n);
    }
    assert_null(ay_sorted_close(sorted));
}

/* ---- Order, budgets ---- */

static const struct order_case {
    const char *label;
    size_t n, memory, held_by_others;
    unsigned prefix_bits;
    size_t max_len;
    bool spills;
    arrival arrival;
} order_cases[] = {
    {"nothing", 0, 0, 0, 64, 0, false, MIXED},
    {"one record", 1, 0, 0, 64, 8, false, MIXED},
    {"few: compared only", 200, 0, 0, 64, 8, false, MIXED},
    {"radix over the whole prefix", 5000, 0, 0, 64, 8, false, MIXED},
    {"radix, two of eight bytes", 5000, 0, 0, 12, 24, false, MIXED},
    {"one prefix: bytes decide", 5000, 0, 0, 0, 24, false, MIXED},
    {"empty records", 3000, 0, 0, 3, 0, false, MIXED},
    {"runs in memory", 200000, 0, 0, 64, 12, false, MIXED},
    {"a tiny budget", 20000, 32768, 0, 64, 24, true, MIXED},
    {"a tiny budget, one prefix", 20000, 32768, 0, 0, 24, true, MIXED},
    {"levels of runs", 150000, 16384, 0, 20, 24, true, MIXED},
    {"others hold everything", 60000, 32768, 1 << 20, 64, 24, true, MIXED},
    {"a budget of one byte", 2000, 1, 0, 64, 24, true, MIXED},
    {"few, in order", 200, 0, 0, 64, 8, false, ASCENDING},
    {"in order", 200000, 0, 0, 64, 12, false, ASCENDING},
    {"in order, one prefix", 200000, 0, 0, 0, 24, false, ASCENDING},
    {"in order, all equal", 200000, 0, 0, 0, 0, false, ASCENDING},
    {"the other way round", 200000, 0, 0, 3, 24, false, DESCENDING},
    {"two stretches", 200000, 0, 0, 3, 24, false, IN_STRETCHES},
    {"in order, a tiny budget", 20000, 32768, 0, 12, 24, true, ASCENDING},
    {"two stretches, a tiny budget", 20000, 32768, 0, 0, 24, true, IN_STRETCHES},
};

static void test_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(order_cases); i++) {
        const struct order_case *c = &order_cases[i];
        input *in = make_inputs(c->n, c->prefix_bits, c->max_len);
        ay_budget budget = {.memory_limit = c->memory};
        ay_budget_take(&budget, c->held_by_others);
        ay_sorter *sorter = NULL;
        assert_int_equal(ay_sorter_open(&budget, &sorter, NULL), ASSAY_OK);
        arrange(in, c->n, c->arrival);
        put_inputs(sorter, in, c->n);
        assert_true(ay_sorter_count(sorter) == c->n);
        qsort(in, c->n, sizeof *in, compare_inputs);
        assert_reads(c->label, sorter, in, c->n);
        assert_reads(c->label, sorter, in, c->n); /* a second time */
        if ((budget.spilled > 0) != c->spills) fail_msg("%s: spilled %d", c->label, budget.spilled > 0);
        assert_null(ay_sorter_free(sorter));
        if (budget.used != c->held_by_others) fail_msg("%s: %zu bytes not given back", c->label, (size_t)budget.used);
        ay_free(in);
    }
}

/* ---- Runs that follow each other ---- */

enum { RUNS = 3, RUN_RECORDS = 300 };

/* The run of these numbers, each twice. */
static void make_run(ay_run *run, ay_budget *budget, unsigned from)
{
    for (unsigned i = 0; i < RUN_RECORDS; i++) {
        char bytes[4];
        bool nomem;
        snprintf(bytes, sizeof bytes, "%03u", from + i / 2);
        const ay_sort_record record = {.bytes = {bytes, 3}};
        assert_true(ay_run_put(run, budget, 1 << 20, &record, &nomem));
    }
    assert_int_equal(ay_run_sort(run, budget, NULL), ASSAY_OK);
}

/* Their first numbers, and how many readers they take: one for those that follow each other, even if the last record
 * of the one is the first of the next. */
static const struct following_case {
    unsigned from[RUNS];
    uint32_t readers;
} following_cases[] = {
    {{100, 300, 500}, 1}, {{100, 249, 398}, 1}, {{100, 248, 397}, 2}, {{300, 100, 500}, 2}, {{500, 300, 100}, 3},
};

static void test_runs_that_follow_each_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(following_cases); i++) {
        const struct following_case *c = &following_cases[i];
        ay_budget budget = {0};
        ay_run runs[RUNS] = {0};
        ay_merge merge;
        for (size_t r = 0; r < RUNS; r++) make_run(&runs[r], &budget, c->from[r]);
        assert_int_equal(ay_merge_open(&merge, runs, RUNS, &budget, NULL), ASSAY_OK);
        if (merge.n != c->readers) fail_msg("case %zu: %u readers", i, merge.n);
        char before[4] = "";
        for (size_t k = 0; k <= (size_t)RUNS * RUN_RECORDS; k++) {
            ay_sort_record got;
            bool end;
            assert_int_equal(ay_merge_next(&merge, &got, &end, NULL), ASSAY_OK);
            assert_true(end == (k == (size_t)RUNS * RUN_RECORDS));
            if (!end && memcmp(before, got.bytes.ptr, 3) > 0) fail_msg("case %zu: record %zu", i, k);
            if (!end) memcpy(before, got.bytes.ptr, 3);
        }
        ay_merge_close(&merge);
        for (size_t r = 0; r < RUNS; r++) ay_run_free(&runs[r], &budget);
        assert_true(budget.used == 0);
    }
}

/* ---- Memory ---- */

static void test_memory_stays_near_the_budget(void **state)
{
    (void)state;
    enum { N = 200000, LIMIT = 1 << 20 };
    input *in = make_inputs(N, 64, 40);
    ay_budget budget = {.memory_limit = LIMIT};
    ay_sorter *sorter = NULL;
    assert_int_equal(ay_sorter_open(&budget, &sorter, NULL), ASSAY_OK);
    put_inputs(sorter, in, N);
    qsort(in, N, sizeof *in, compare_inputs);
    assert_reads("bounded", sorter, in, N);
    ay_sorter_free(sorter);
    ay_free(in);
    if (budget.peak > 2 * LIMIT) fail_msg("peak %zu", (size_t)budget.peak);
    assert_true(budget.peak >= LIMIT / 2);
}

static void test_long_records(void **state)
{
    (void)state;
    enum { LONG = 3 << 20, N = 9, SHORT = 4000 };
    static char bytes[LONG];
    ay_budget budget = {.memory_limit = 1 << 20};
    ay_sorter *sorter = NULL;
    assay_err err = {0};
    assert_int_equal(ay_sorter_open(&budget, &sorter, &err), ASSAY_OK);
    for (unsigned i = 0; i < N; i++) { /* lengths differ: the same beginning, the shorter first */
        memset(bytes, 'x', sizeof bytes);
        assert_int_equal(ay_sorter_put(sorter, 0, (ay_str){bytes, (i * 5 % N) * (LONG / N)}, &err), ASSAY_OK);
        for (unsigned j = 0; j < SHORT / N; j++)
            assert_int_equal(ay_sorter_put(sorter, 1, (ay_str){bytes, 8}, &err), ASSAY_OK);
    }
    ay_sorted *sorted = NULL;
    assert_int_equal(ay_sorted_open(sorter, &sorted, &err), ASSAY_OK);
    for (unsigned i = 0; i < N; i++) {
        ay_sort_record got;
        bool end;
        assert_int_equal(ay_sorted_next(sorted, &got, &end, &err), ASSAY_OK);
        assert_false(end);
        assert_true(got.bytes.len == (size_t)i * (LONG / N));
        if (got.bytes.len) assert_memory_equal(got.bytes.ptr, bytes, got.bytes.len);
    }
    for (unsigned i = 0; i < SHORT / N * N; i++) {
        ay_sort_record got;
        bool end;
        assert_int_equal(ay_sorted_next(sorted, &got, &end, &err), ASSAY_OK);
        assert_true(!end && got.prefix == 1 && got.bytes.len == 8);
    }
    if (budget.used > 512 << 10)
        fail_msg("%zu bytes held: room for the long ones is not given back", (size_t)budget.used);
    ay_sorted_close(sorted);
    ay_sorter_free(sorter);
    assert_true(budget.used == 0);
    assert_true(budget.spilled > 0);
}

static void test_too_long(void **state)
{
    (void)state;
    ay_budget budget = {0};
    ay_sorter *sorter = NULL;
    assay_err err = {0};
    assert_int_equal(ay_sorter_open(&budget, &sorter, &err), ASSAY_OK);
    assert_int_equal(ay_sorter_put(sorter, 0, (ay_str){"never read", (64u << 20) + 1}, &err), ASSAY_ELIMIT);
    assert_string_equal(err.text, "a record of 67108865 bytes is too long to be sorted (at most 67108864)");
    assert_true(ay_sorter_count(sorter) == 0);
    ay_sorter_free(sorter);
}

/* ---- What is held ---- */

static void put_numbers(ay_sorter *sorter, uint64_t *random, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t bytes = next_random(random);
        assert_int_equal(ay_sorter_put(sorter, bytes, (ay_str){(const char *)&bytes, sizeof bytes}, NULL), ASSAY_OK);
    }
}

static void test_open_runs_are_bounded(void **state)
{
    (void)state;
    enum { LIMIT = 32768, BUFFER = 4096, OPEN = 64 };
    ay_budget budget = {.memory_limit = LIMIT};
    ay_budget_take(&budget, LIMIT + 1); /* always over: spills often */
    ay_sorter *sorter = NULL;
    assert_int_equal(ay_sorter_open(&budget, &sorter, NULL), ASSAY_OK);
    uint64_t random = 1, spilled = 0;
    for (int spills = 0; spills < 3 * OPEN - 1;) { /* two runs of 64 each, and 63 more */
        put_numbers(sorter, &random, 1);
        spills += budget.spilled != spilled;
        spilled = budget.spilled;
    }
    ay_sorted *sorted = NULL;
    ay_sort_record got;
    bool end;
    assert_int_equal(ay_sorted_open(sorter, &sorted, NULL), ASSAY_OK);
    assert_int_equal(ay_sorted_next(sorted, &got, &end, NULL), ASSAY_OK);
    if (budget.used - (LIMIT + 1) > OPEN * BUFFER) fail_msg("%zu bytes held", (size_t)budget.used - LIMIT);
    ay_sorted_close(sorted);
    ay_sorter_free(sorter);
}

static void test_absorbed_runs_are_spilled_too(void **state)
{
    (void)state;
    enum { LIMIT = 4 << 20, LITTLE = 64 << 10 };
    ay_budget budget = {.memory_limit = LIMIT};
    ay_sorter *a = NULL, *b = NULL;
    uint64_t random = 1;
    assert_int_equal(ay_sorter_open(&budget, &a, NULL), ASSAY_OK);
    assert_int_equal(ay_sorter_open(&budget, &b, NULL), ASSAY_OK);
    put_numbers(b, &random, 60000);
    assert_int_equal(ay_sorter_absorb(a, b, NULL), ASSAY_OK);
    assert_true(budget.spilled == 0 && budget.used > 1 << 20);
    ay_budget_take(&budget, LIMIT); /* now others need the room */
    assert_int_equal(ay_sorter_absorb(a, b, NULL), ASSAY_OK);
    assert_true(budget.spilled > 1 << 20);
    assert_true(budget.used - LIMIT < LITTLE);
    const uint64_t spilled = budget.spilled;
    put_numbers(a, &random, 1000); /* too little to be spilled */
    assert_true(budget.spilled == spilled);
    ay_budget_give(&budget, LIMIT);
    ay_sorter_free(a);
    ay_sorter_free(b);
    assert_true(budget.used == 0);
}

/* ---- Grouping ---- */

enum { PARTS = 8, GROUPED = 12000 };

/* How the parts are put together: {into, from} in order; every part but 0 is absorbed once. */
static const struct grouping {
    const char *label;
    unsigned char pairs[PARTS - 1][2];
} groupings[] = {
    {"one after the other", {{0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {0, 6}, {0, 7}}},
    {"from the end", {{0, 7}, {0, 6}, {0, 5}, {0, 4}, {0, 3}, {0, 2}, {0, 1}}},
    {"as a tree", {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {0, 2}, {4, 6}, {0, 4}}},
    {"as a chain", {{6, 7}, {5, 6}, {4, 5}, {3, 4}, {2, 3}, {1, 2}, {0, 1}}},
};

static void test_grouping(void **state)
{
    (void)state;
    static const size_t budgets[] = {0, 65536, 8192};
    input *in = make_inputs(GROUPED, 10, 24), *want = make_inputs(GROUPED, 10, 24);
    qsort(want, GROUPED, sizeof *want, compare_inputs);
    for (size_t i = 0; i < AY_COUNT(groupings) * AY_COUNT(budgets); i++) {
        const struct grouping *g = &groupings[i % AY_COUNT(groupings)];
        ay_budget budget = {.memory_limit = budgets[i / AY_COUNT(groupings)]};
        ay_sorter *parts[PARTS] = {0};
        size_t at = 0;
        for (size_t p = 0; p < PARTS; p++) { /* of very unequal size, one of them empty */
            const size_t n = p == 3 ? 0 : p == PARTS - 1 ? GROUPED - at : (GROUPED - at) / (p + 2);
            assert_int_equal(ay_sorter_open(&budget, &parts[p], NULL), ASSAY_OK);
            put_inputs(parts[p], in + at, n);
            at += n;
        }
        for (size_t p = 0; p < PARTS - 1; p++) {
            ay_sorter *from = parts[g->pairs[p][1]];
            assert_int_equal(ay_sorter_absorb(parts[g->pairs[p][0]], from, NULL), ASSAY_OK);
            assert_true(ay_sorter_count(from) == 0);
            assert_reads("absorbed", from, NULL, 0);
        }
        for (size_t p = 1; p < PARTS; p++) ay_sorter_free(parts[p]); /* before the reading */
        assert_true(ay_sorter_count(parts[0]) == GROUPED);
        assert_reads(g->label, parts[0], want, GROUPED);
        ay_sorter_free(parts[0]);
        assert_true(budget.used == 0);
    }
    ay_free(in);
    ay_free(want);
}

typedef struct fill_job {
    ay_sorter *sorter;
    const input *in;
    size_t n;
} fill_job;

static assay_status fill(void *arg, assay_err *err)
{
    const fill_job *job = (const fill_job *)arg;
    for (size_t i = 0; i < job->n; i++)
        AY_TRY(ay_sorter_put(job->sorter, job->in[i].prefix, (ay_str){job->in[i].bytes, job->in[i].len}, err));
    return ASSAY_OK;
}

static void test_threads_share_a_budget(void **state)
{
    (void)state;
    enum { THREADS = 4, EACH = 10000, N = THREADS * EACH };
    input *in = make_inputs(N, 64, 24);
    ay_budget budget = {.memory_limit = 256 << 10};
    fill_job jobs[THREADS];
    void *args[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        jobs[i] = (fill_job){.in = in + i * EACH, .n = EACH};
        assert_int_equal(ay_sorter_open(&budget, &jobs[i].sorter, NULL), ASSAY_OK);
        args[i] = &jobs[i];
    }
    assert_int_equal(ay_threads_run(fill, args, THREADS, NULL), ASSAY_OK);
    for (size_t i = 1; i < THREADS; i++) {
        assert_int_equal(ay_sorter_absorb(jobs[0].sorter, jobs[i].sorter, NULL), ASSAY_OK);
        ay_sorter_free(jobs[i].sorter);
    }
    qsort(in, N, sizeof *in, compare_inputs);
    assert_reads("threads", jobs[0].sorter, in, N);
    ay_sorter_free(jobs[0].sorter);
    assert_true(budget.used == 0);
    assert_true(budget.spilled > 0);
    ay_free(in);
}

/* ---- Faults ---- */

/* Fill until it fails; the sorter must still be freed cleanly. */
static assay_status fill_until_failure(ay_budget *budget, assay_err *err)
{
    ay_sorter *sorter = NULL;
    assay_status status = ay_sorter_open(budget, &sorter, err);
    uint64_t random = 1;
    for (size_t i = 0; status == ASSAY_OK && i < 200000; i++) {
        const uint64_t bytes = next_random(&random);
        status = ay_sorter_put(sorter, bytes, (ay_str){(const char *)&bytes, sizeof bytes}, err);
    }
    ay_sorter_free(sorter);
    assert_true(budget->used == 0);
    return status;
}

static void test_spill_limit(void **state)
{
    (void)state;
    ay_budget budget = {.memory_limit = 32768, .spill_limit = 100000};
    assay_err err = {0};
    assert_int_equal(fill_until_failure(&budget, &err), ASSAY_ELIMIT);
    assert_string_equal(err.text, "temporary files would take more than 100000 bytes; "
                                  "raise the limit or allow more memory");
    assert_string_equal(err.text_zh, "临时文件将超过 100000 字节；请提高该上限或增大内存上限");
    assert_true(budget.spilled <= 100000);
    assert_int_equal(budget.on_disk, 0);
}

static void test_missing_directory(void **state)
{
    (void)state;
    ay_budget budget = {.memory_limit = 32768, .spill_dir = "/nonexistent/spill"};
    assay_err err = {0};
    assert_int_equal(fill_until_failure(&budget, &err), ASSAY_EIO);
    assert_string_equal(err.text, "cannot create a temporary file in '/nonexistent/spill': No such file or directory; "
                                  "name another directory or allow more memory");
    budget = (ay_budget){.memory_limit = 32768};
    assert_int_equal(setenv("TMPDIR", "/nonexistent/from-environment", 1), 0);
    assert_int_equal(fill_until_failure(&budget, &err), ASSAY_EIO);
    assert_int_equal(unsetenv("TMPDIR"), 0);
    assert_non_null(strstr(err.text, "'/nonexistent/from-environment'"));
}

static void assert_disk_full(const char *dir, const char *reason)
{
    ay_budget budget = {.memory_limit = 32768, .spill_dir = dir};
    assay_err err = {0};
    char want[512];
    assert_int_equal(fill_until_failure(&budget, &err), ASSAY_EIO);
    (void)snprintf(want, sizeof want,
                   "cannot write a temporary file in '%s': %s; free space there, name another directory or "
                   "allow more memory",
                   dir, reason);
    assert_string_equal(err.text, want);
    (void)snprintf(want, sizeof want, "无法写入“%s”中的临时文件：%s；请清理空间、指定其他目录或增大内存上限", dir,
                   reason);
    assert_string_equal(err.text_zh, want);
}

/* What was merged into a larger run takes no room any more: 7 MB are written, never more than 5.5 MB are there. */
static void assert_room_is_reused(const char *dir)
{
    enum { LIMIT = 1 << 20 };
    ay_budget budget = {.memory_limit = LIMIT, .spill_dir = dir, .spill_limit = 6000 << 10};
    ay_budget_take(&budget, LIMIT + 1);
    ay_sorter *sorter = NULL;
    uint64_t random = 1;
    assert_int_equal(ay_sorter_open(&budget, &sorter, NULL), ASSAY_OK);
    put_numbers(sorter, &random, 180000);
    assert_true(budget.spilled > 6500 << 10);
    assert_in_range(budget.on_disk, 1, 6000 << 10);
    ay_sorter_free(sorter);
    assert_int_equal(budget.on_disk, 0);
}

static void assert_no_space_left(const char *dir)
{
    assert_disk_full(dir, "No space left on device");
}

/* A file system of its own, in a mount namespace of this process alone. False: not permitted. */
static bool on_tmpfs(const char *options, void (*test)(const char *dir))
{
    char dir[] = "/tmp/assay-tmpfs-XXXXXX";
    assert_non_null(mkdtemp(dir));
    const bool mounted = unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                         mount("tmpfs", dir, "tmpfs", 0, options) == 0;
    if (mounted) test(dir);
    if (mounted) assert_int_equal(umount(dir), 0); /* fails where a file is left open */
    assert_int_equal(rmdir(dir), 0);
    return mounted;
}

static void test_full_file_system(void **state)
{
    (void)state;
    if (!on_tmpfs("size=256k", assert_no_space_left)) skip();
}

static void test_room_is_reused(void **state)
{
    (void)state;
    if (!on_tmpfs("size=6000k", assert_room_is_reused)) skip();
}

static void test_file_size_limit(void **state)
{
    (void)state;
    struct rlimit before, tight = {.rlim_cur = 100000};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight.rlim_max = before.rlim_max;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    assert_disk_full("/tmp", "File too large");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
}

typedef struct life {
    const input *in;
    size_t n, memory;
    uint64_t digest;
} life;

/* Two sorters, one absorbed, both spilled and not where memory is short; all read. */
static assay_status live(void *arg)
{
    life *l = (life *)arg;
    ay_budget budget = {.memory_limit = l->memory};
    ay_sorter *a = NULL, *b = NULL;
    ay_sorted *sorted = NULL;
    assay_err err;
    assay_status status = ay_sorter_open(&budget, &a, &err);
    if (status == ASSAY_OK) status = ay_sorter_open(&budget, &b, &err);
    for (size_t i = 0; status == ASSAY_OK && i < l->n; i++)
        status = ay_sorter_put(i % 3 ? a : b, l->in[i].prefix, (ay_str){l->in[i].bytes, l->in[i].len}, &err);
    if (status == ASSAY_OK) status = ay_sorter_absorb(a, b, &err);
    if (status == ASSAY_OK) status = ay_sorted_open(a, &sorted, &err);
    l->digest = 0;
    for (bool end = false; status == ASSAY_OK && !end;) {
        ay_sort_record got;
        status = ay_sorted_next(sorted, &got, &end, &err);
        if (status == ASSAY_OK && !end) l->digest = l->digest * 31 + ay_hash64(got.bytes) + got.prefix;
    }
    ay_sorted_close(sorted);
    ay_sorter_free(b);
    ay_sorter_free(a);
    assert_true(budget.used == 0);
    return status;
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    enum { N = 1200 };
    input *in = make_inputs(N, 8, 24);
    life l = {.in = in, .n = N, .memory = 8192};
    assert_int_equal(live(&l), ASSAY_OK);
    const uint64_t want = l.digest;
    assert_true(want != 0);
    assert_in_range(fail_each_allocation(live, &l), 20, 1000);
    assert_true(l.digest == want); /* the last one ran without a fault */
    ay_free(in);
}

static void test_reading_is_cancelled(void **state)
{
    (void)state;
    atomic_bool cancel = false;
    ay_budget budget = {.cancel = &cancel};
    ay_sorter *sorter = NULL;
    ay_sorted *sorted = NULL;
    ay_sort_record got;
    bool end;
    assert_int_equal(ay_sorter_open(&budget, &sorter, NULL), ASSAY_OK);
    assert_int_equal(ay_sorted_open(sorter, &sorted, NULL), ASSAY_OK);
    assert_int_equal(ay_sorted_next(sorted, &got, &end, NULL), ASSAY_OK);
    atomic_store(&cancel, true);
    assert_int_equal(ay_sorted_next(sorted, &got, &end, NULL), ASSAY_ECANCELLED);
    ay_sorted_close(sorted);
    ay_sorter_free(sorter);
}

/* ---- A long file: its pages are let go while it is written ---- */

#define PIECE  ((size_t)3 << 20) /* no divisor of what is let go at once */
#define PIECES 350

static void test_a_long_file_is_whole(void **state)
{
    (void)state;
    ay_budget budget = {0};
    ay_spill *file = NULL;
    uint64_t *piece = ay_alloc(PIECE), *got = ay_alloc(PIECE);
    assert_true(piece && got);
    assert_int_equal(ay_spill_open(&budget, &file, NULL), ASSAY_OK);
    uint64_t random = 1;
    for (size_t i = 0; i < PIECE / sizeof *piece; i++) piece[i] = next_random(&random);
    for (uint64_t i = 0; i < PIECES; i++) {
        piece[i] = i;
        assert_int_equal(ay_spill_write(file, (ay_str){(const char *)piece, PIECE}, NULL), ASSAY_OK);
    }
    assert_int_equal(file->size, PIECES * PIECE);
    for (uint64_t i = PIECES; i-- > 0;) {
        assert_int_equal(ay_spill_read(file, i * PIECE, (char *)got, PIECE, NULL), ASSAY_OK);
        assert_int_equal(got[i], i);
        for (uint64_t k = i + 1; k < PIECES; k++) got[k] = piece[k]; /* numbers of pieces that were written later */
        assert_memory_equal(got, piece, PIECE);
    }
    assert_int_equal(budget.on_disk, PIECES * PIECE);
    ay_spill_unref(file);
    assert_int_equal(budget.on_disk, 0);
    ay_free(piece);
    ay_free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_runs_that_follow_each_other),
        cmocka_unit_test(test_reading_is_cancelled),
        cmocka_unit_test(test_memory_stays_near_the_budget),
        cmocka_unit_test(test_long_records),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_open_runs_are_bounded),
        cmocka_unit_test(test_absorbed_runs_are_spilled_too),
        cmocka_unit_test(test_grouping),
        cmocka_unit_test(test_threads_share_a_budget),
        cmocka_unit_test(test_spill_limit),
        cmocka_unit_test(test_missing_directory),
        cmocka_unit_test(test_file_size_limit),
        cmocka_unit_test(test_full_file_system),
        cmocka_unit_test(test_room_is_reused),
        cmocka_unit_test(test_a_long_file_is_whole),
        cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
