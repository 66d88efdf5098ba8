/* Partials: cut anywhere and merged in any order they give the bytes of one run; what does not belong together, is cut
 * off or was changed is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "../partial_pack.h"
#include "assay/assay.h"
#include "base/buf.h"
#include "fault.h"
#include "pack/load.h"

#define FIELDS 8

typedef const char *row[FIELDS];

static const char *const names[FIELDS] = {"id", "code", "n", "f", "day", "until", "at", "note"};

/* NULL: null. Repeats, gaps, overlaps, words that mean no value, what cannot be read, and equal numbers of unlike
 * texts. */
static const row rows[] = {
    {"1", "A1", "1.50", "0.5", "2026-01-31", "2026-02-03", "2026-06-30T08:00:00+08:00", "x"},
    {"2", "A1", "1.5", "-0", "2026-02-28", NULL, "2026-06-29 08:00:00+08", "x"},
    {"2", "B1", "0", "1e3", "2026-01-31", "2026-01-01", NULL, "13912345678"},
    {"x", "B1", "2", "NaN", "2026-02-30", "2026-03-01", "2026-07-09 00:00:00+08", NULL},
    {"4", "无", "-1", "0", "2026-03-31", "2026-04-01", "2026-06-28 08:00:00+08", ""},
    {NULL, "c", NULL, NULL, NULL, NULL, NULL, NULL},
    {"5", "A1", "NaN", "7", "2026-01-31", "2026-01-31", "never", "y"},
    {"7", "B1", "3.25", "0.1", "infinity", NULL, "2026-06-30 00:00:00Z", "x"},
    {"7", "B1", "3.250", "0.2", "2026-05-01", "infinity", "2026-06-30 00:00:00Z", "一"},
    {"9223372036854775807", "Z9", "99999999999999999999999999999999999999", "1e308", "2026-06-30", "2026-07-30",
     "2026-06-30 23:59:59.999999+08", "z"},
    {"-3", "A1", "0.00000000000000000000000000000000000001", "2", "2020-02-29", "2020-02-29", NULL, "x"},
    {"1", "A1", "1.50", "0.5", "2026-01-31", "2026-02-03", "2026-06-30T08:00:00+08:00", "x"},
};
enum { ROWS = sizeof rows / sizeof *rows };

static const assay_pack *pack; /* of all tests */

static assay_pack *load(const char *text, assay_err *err)
{
    assay_pack *loaded = NULL;
    const assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    const assay_status st = ay_pack_load_bytes("p.yaml", (ay_str){text, strlen(text)}, &options, &loaded, NULL, err);
    return st == ASSAY_OK ? loaded : NULL;
}

static int collect(void *ctx, const void *bytes, size_t len)
{
    ay_buf_put(ctx, bytes, len);
    return ay_buf_status(ctx, NULL) == ASSAY_OK ? 0 : 1;
}

/* ---- Runs ---- */

typedef struct part {
    const char *chunk, *job, *label, *place, *as_of; /* job, as_of: NULL: as all have it */
    uint32_t of;
    size_t from, to, times; /* rows, and how often */
    uint64_t memory;
    bool line, fewer_columns, reversed, counts_only;
    const assay_pack *pack; /* NULL: as all */
} part;

static assay_status open_run(const part *p, assay_run **ret, assay_err *err)
{
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    o.as_of = p->as_of ? p->as_of : "2026-07-01";
    o.memory = p->memory;
    o.batch_records = 4;
    o.counts_only = p->counts_only;
    return assay_run_open(p->pack ? p->pack : pack, &o, ret, err);
}

static assay_status push(assay_feed *feed, const row *r, size_t serial, assay_err *err)
{
    char id[32];
    for (size_t c = 0; c < FIELDS; c++) {
        const char *text = (*r)[c];
        if (c == 0 && serial) {
            snprintf(id, sizeof id, "%zu", serial);
            text = id;
        }
        if (text) AY_TRY(assay_feed_text(feed, c, text, strlen(text), err));
    }
    return assay_feed_next(feed, err);
}

static assay_status push_part(assay_feed *feed, const part *p, assay_err *err)
{
    for (size_t t = 0; t <= p->times; t++)
        for (size_t i = p->from; i < p->to; i++)
            AY_TRY(push(feed, &rows[p->reversed ? p->to - 1 - (i - p->from) : i], t ? t * ROWS + i : 0, err));
    return ASSAY_OK;
}

static assay_status feed(assay_run *run, const part *p, assay_err *err)
{
    assay_column columns[FIELDS + 1];
    assay_feed *f = NULL;
    for (size_t i = 0; i < FIELDS; i++) columns[i] = (assay_column){names[i], ASSAY_TEXT};
    columns[FIELDS] = (assay_column){"more", ASSAY_INT};
    AY_TRY(assay_feed_open(run, "d", columns, FIELDS + !p->fewer_columns, &f, err));
    const assay_status st = push_part(f, p, err);
    const assay_status closed = assay_feed_close(f, st == ASSAY_OK ? err : NULL);
    return st == ASSAY_OK ? closed : st;
}

static assay_partial_options options_of(const part *p)
{
    assay_partial_options o = ASSAY_PARTIAL_OPTIONS_INIT;
    o.job = p->job ? p->job : "night";
    o.chunk = p->chunk;
    o.of = p->of;
    o.label = p->label;
    o.place = p->place;
    o.line = p->line;
    return o;
}

static assay_status try_scan(const part *p, ay_buf *out, assay_err *err)
{
    assay_run *run = NULL;
    const assay_partial_options o = options_of(p);
    AY_TRY(open_run(p, &run, err));
    assay_status st = feed(run, p, err);
    if (st == ASSAY_OK) st = assay_run_partial(run, "d", &o, collect, out, err);
    assay_run_free(run);
    return st;
}

static ay_buf scan(part p)
{
    ay_buf out = {0};
    assay_err err = {0};
    if (try_scan(&p, &out, &err) != ASSAY_OK) fail_msg("%s", err.text);
    return out;
}

/* ---- Results ---- */

typedef struct told {
    ay_buf json, findings, summary;
    assay_stats stats;
} told;

static assay_status tell(assay_run *run, told *ret, assay_err *err)
{
    assay_result *result = NULL;
    AY_TRY(assay_run_finish(run, &result, err));
    assay_result_stats(result, &ret->stats);
    assay_status st = assay_result_write(result, ASSAY_RESULT_JSON, collect, &ret->json, err);
    if (st == ASSAY_OK) st = assay_result_write(result, ASSAY_RESULT_FINDINGS, collect, &ret->findings, err);
    if (st == ASSAY_OK) st = assay_result_write(result, ASSAY_RESULT_SUMMARY, collect, &ret->summary, err);
    assay_result_free(result);
    return st;
}

static void told_free(told *t)
{
    ay_buf_free(&t->json);
    ay_buf_free(&t->findings);
    ay_buf_free(&t->summary);
}

static bool same(const ay_buf *a, const ay_buf *b)
{
    return ay_str_eq(ay_buf_view(a), ay_buf_view(b));
}

static told run_whole(const part *p)
{
    told t = {0};
    assay_run *run = NULL;
    assay_err err = {0};
    assert_int_equal(open_run(p, &run, &err), ASSAY_OK);
    if (feed(run, p, &err) != ASSAY_OK || tell(run, &t, &err) != ASSAY_OK) fail_msg("%s", err.text);
    assay_run_free(run);
    assert_true(t.findings.len > 0);
    return t;
}

/* A run that takes these, without a moment of its own. */
static assay_status merge(const ay_buf *partials, const size_t *order, size_t n, assay_run **ret, assay_err *err)
{
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    AY_TRY(assay_run_open(pack, &o, ret, err));
    for (size_t i = 0; i < n; i++) {
        const ay_buf *p = &partials[order ? order[i] : i];
        AY_TRY(assay_run_merge(*ret, p->ptr, p->len, err));
    }
    return ASSAY_OK;
}

static void require_merged(const ay_buf *partials, const size_t *order, size_t n, const told *want)
{
    told t = {0};
    assay_run *run = NULL;
    assay_err err = {0};
    if (merge(partials, order, n, &run, &err) != ASSAY_OK || tell(run, &t, &err) != ASSAY_OK) fail_msg("%s", err.text);
    assert_true(same(&t.findings, &want->findings));
    assert_true(same(&t.json, &want->json));
    assert_true(same(&t.summary, &want->summary));
    assay_run_free(run);
    told_free(&t);
}

static ay_buf merge_on(const ay_buf *partials, const size_t *order, size_t n)
{
    ay_buf out = {0};
    assay_run *run = NULL;
    assay_err err = {0};
    const assay_partial_options o = ASSAY_PARTIAL_OPTIONS_INIT;
    if (merge(partials, order, n, &run, &err) != ASSAY_OK ||
        assay_run_partial(run, "d", &o, collect, &out, &err) != ASSAY_OK)
        fail_msg("%s", err.text);
    assay_run_free(run);
    return out;
}

/* The message of a merge that must fail. */
static void require_refused(const ay_buf *partials, size_t n, assay_status status, const char *text,
                            const char *text_zh)
{
    told t = {0};
    assay_run *run = NULL;
    assay_err err = {0};
    assay_status st = merge(partials, NULL, n, &run, &err);
    if (st == ASSAY_OK) st = tell(run, &t, &err);
    assert_string_equal(err.text, text);
    assert_string_equal(err.text_zh, text_zh);
    assert_int_equal(st, status);
    assert_int_equal(t.json.len, 0);
    assay_run_free(run);
}

static void free_all(ay_buf *partials, size_t n)
{
    for (size_t i = 0; i < n; i++) ay_buf_free(&partials[i]);
}

static const part whole = {.chunk = "1", .of = 1, .from = 0, .to = ROWS};

/* ---- Same bytes ---- */

static void test_every_cut(void **state)
{
    (void)state;
    told want = run_whole(&whole);
    for (size_t cut = 0; cut <= ROWS; cut++) {
        ay_buf two[] = {scan((part){.chunk = "1", .of = 2, .from = 0, .to = cut}),
                        scan((part){.chunk = "2", .of = 2, .from = cut, .to = ROWS, .line = cut % 2})};
        require_merged(two, NULL, 2, &want);
        free_all(two, 2);
    }
    told_free(&want);
}

static void four(ay_buf ret[4])
{
    for (size_t i = 0; i < 4; i++) {
        char name[] = {(char)('a' + (char)i), '\0'};
        ret[i] = scan((part){.chunk = name, .of = 4, .from = i * ROWS / 4, .to = (i + 1) * ROWS / 4});
    }
}

static void test_every_order(void **state)
{
    (void)state;
    told want = run_whole(&whole);
    ay_buf parts[4];
    four(parts);
    ay_buf all = merge_on(parts, NULL, 4);
    for (size_t i = 0; i < 256; i++) {
        const size_t order[] = {i & 3, i >> 2 & 3, i >> 4 & 3, i >> 6};
        if ((1u << order[0] | 1u << order[1] | 1u << order[2] | 1u << order[3]) != 15) continue;
        require_merged(parts, order, 4, &want);
        ay_buf again = merge_on(parts, order, 4);
        assert_true(same(&again, &all));
        ay_buf_free(&again);
    }
    require_merged(&all, NULL, 1, &want);
    ay_buf_free(&all);
    free_all(parts, 4);
    told_free(&want);
}

/* ((a b) (c d)) is (a b c d), and so is what holds repeats. */
static void test_trees(void **state)
{
    (void)state;
    told want = run_whole(&whole);
    ay_buf parts[4], both[2];
    four(parts);
    both[0] = merge_on(parts, (const size_t[]){1, 0}, 2);
    both[1] = merge_on(parts, (const size_t[]){2, 3, 2}, 3);
    ay_buf flat = merge_on(parts, NULL, 4), tree = merge_on(both, NULL, 2);
    assert_true(same(&flat, &tree));
    require_merged(both, NULL, 2, &want);
    const ay_buf mixed[] = {both[0], both[1], parts[3], both[1], parts[0], both[0]};
    require_merged(mixed, NULL, 6, &want);
    ay_buf_free(&flat);
    ay_buf_free(&tree);
    free_all(both, 2);
    free_all(parts, 4);
    told_free(&want);
}

/* What is written depends on the records alone: not on their order, on memory or on how often it was scanned. */
static void test_canonical(void **state)
{
    (void)state;
    ay_buf plain = scan(whole), again = scan(whole);
    assert_true(same(&plain, &again));
    part p = whole;
    p.reversed = true;
    ay_buf reversed = scan(p);
    assert_true(same(&plain, &reversed));
    free_all((ay_buf[]){plain, again, reversed}, 3);
}

/* More than a MiB of findings and groups, so that everything spills on both ways. */
static void test_little_memory(void **state)
{
    (void)state;
    part p = whole;
    p.times = 800;
    told want = run_whole(&p);
    ay_buf plain = scan(p);
    assert_true(plain.len > (size_t)4 << 20);
    p.memory = (uint64_t)1 << 20;
    ay_buf spilled = scan(p);
    assert_true(same(&plain, &spilled));
    told t = {0};
    assay_run *run = NULL;
    assay_err err = {0};
    assert_int_equal(open_run(&p, &run, &err), ASSAY_OK);
    assert_int_equal(assay_run_merge(run, spilled.ptr, spilled.len, &err), ASSAY_OK);
    assert_int_equal(tell(run, &t, &err), ASSAY_OK);
    assert_true(same(&t.json, &want.json) && same(&t.findings, &want.findings));
    assert_true(t.stats.spilled > 0 && want.stats.spilled == 0);
    assay_run_free(run);
    told_free(&t);
    told_free(&want);
    free_all((ay_buf[]){plain, spilled}, 2);
}

/* ---- What belongs together ---- */

static void test_strangers(void **state)
{
    (void)state;
    assay_err err = {0};
    char text[sizeof partial_pack_text];
    memcpy(text, partial_pack_text, sizeof text);
    memcpy(strstr(text, "1.0.0"), "1.0.1", 5);
    assay_pack *other = load(text, &err);
    assert_non_null(other);
    const struct {
        part second;
        const char *en, *zh;
    } cases[] = {
        {{.chunk = "2", .of = 2, .job = "day"},
         "of job 'day', and the others are of 'night'",
         "属于作业“day”，而其他的属于“night”"},
        {{.chunk = "2", .of = 2, .label = "s"},
         "of snapshot 's', and the others are of ''",
         "属于快照“s”，而其他的属于“”"},
        {{.chunk = "2", .of = 3},
         "says that dataset d has 3 chunks, and the others say 2",
         "称数据集 d 有 3 块，而其他的称有 2 块"},
        {{.chunk = "2", .of = 2, .as_of = "2026-07-02"},
         "looks from another moment than 2026-07-01 00:00:00+08: scan all chunks with the same --as-of",
         "基准时间不是 2026-07-01 00:00:00+08：请用相同的 --as-of 扫描所有分块"},
        {{.chunk = "2", .of = 2, .pack = other},
         "of another pack, or of other files of it: scan again with this one",
         "属于另一规则包，或其文件已变化：请用当前规则包重新扫描"},
        {{.chunk = "2", .of = 2, .fewer_columns = true},
         "of dataset d, but read from other columns, from another kind of source or in another way (--lenient)",
         "属于数据集 d，但读取的列、来源类型或方式（--lenient）与其他的不同"},
        {{.chunk = "1", .of = 2, .to = 3},
         "chunk '1' is there already and is not the same: the two were read from different data",
         "分块“1”已存在且内容不同：两者读自不同的数据"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ay_buf two[] = {scan((part){.chunk = "1", .of = 2, .to = 2}), scan(cases[i].second)};
        require_refused(two, 2, ASSAY_EFORMAT, cases[i].en, cases[i].zh);
        free_all(two, 2);
    }
    assay_pack_free(other);
}

static void test_gaps(void **state)
{
    (void)state;
    ay_buf some[] = {scan((part){.chunk = "0", .of = 14, .to = 2}), scan((part){.chunk = "12", .of = 14, .to = 2})};
    require_refused(some, 2, ASSAY_ESOURCE,
                    "dataset d: 12 of 14 chunks are missing (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...)",
                    "数据集 d：缺少 12 块（共 14 块） (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...)");
    ay_buf named[] = {scan((part){.chunk = "east", .of = 2, .to = 2}), scan((part){.chunk = "west", .of = 1, .to = 2}),
                      scan((part){.chunk = "north", .of = 1, .to = 2})};
    require_refused(named, 1, ASSAY_ESOURCE, "dataset d: 1 of 2 chunks are missing", "数据集 d：缺少 1 块（共 2 块）");
    require_refused(named + 1, 2, ASSAY_EFORMAT, "chunk 'north' is one more than the 1 of the dataset",
                    "分块“north”超出该数据集的 1 块");
    ay_buf both = merge_on(some, NULL, 2);
    ay_buf overlap[] = {some[0], both};
    require_refused(overlap, 2, ASSAY_EFORMAT,
                    "covers chunk '0', which is there already, and others that are not: the two cannot be merged",
                    "包含已存在的分块“0”和尚不存在的分块：两者无法合并");
    ay_buf_free(&both);
    free_all(some, 2);
    free_all(named, 3);
}

/* Findings stay what they are; no rule is evaluated, and nothing has a score. */
static void test_allowed_gaps(void **state)
{
    (void)state;
    ay_buf one = scan((part){.chunk = "1", .of = 3, .to = ROWS});
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    assay_run *run = NULL;
    assay_result *result = NULL;
    assay_err err = {0};
    ay_buf json = {0};
    o.allow_missing = 1;
    assert_int_equal(assay_run_open(pack, &o, &run, &err), ASSAY_OK);
    assert_int_equal(assay_run_merge(run, one.ptr, one.len, &err), ASSAY_OK);
    assert_int_equal(assay_run_finish(run, &result, &err), ASSAY_OK);
    assert_true(assay_result_rule_count(result) > 30);
    for (size_t i = 0; i < assay_result_rule_count(result); i++) {
        assay_rule_result r;
        assay_result_rule(result, i, &r);
        assert_int_equal(r.outcome, ASSAY_NOT_EVALUATED);
    }
    assert_int_equal(assay_result_outcome(result), ASSAY_NOT_EVALUATED);
    assert_int_equal(assay_result_score(result), -1);
    assert_true(assay_result_finding_count(result) > 10);
    assert_int_equal(assay_result_write(result, ASSAY_RESULT_JSON, collect, &json, &err), ASSAY_OK);
    ay_buf_char(&json, '\0');
    assert_non_null(strstr(json.ptr, "\"missing\": {\n        \"chunks\": 2,\n        \"of\": 3\n      }"));
    ay_buf_free(&json);
    assay_result_free(result);
    assay_run_free(run);
    ay_buf_free(&one);
}

/* A fact that differs is not told; which of two repeats came first does not matter. */
static void test_places(void **state)
{
    (void)state;
    ay_buf parts[] = {scan((part){.chunk = "1", .of = 2, .to = 2, .place = "east"}),
                      scan((part){.chunk = "2", .of = 2, .to = 2, .place = "east"}),
                      scan((part){.chunk = "2", .of = 2, .to = 2, .place = "west"})};
    const struct {
        size_t order[3], n;
        const char *want;
    } cases[] = {{{0, 1}, 2, "\"place\": \"east\""},
                 {{0, 2}, 2, "\"place\": \"\""},
                 {{0, 1, 2}, 3, "\"place\": \"\""},
                 {{2, 1, 0}, 3, "\"place\": \"\""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        told t = {0};
        assay_run *run = NULL;
        assay_err err = {0};
        assert_int_equal(merge(parts, cases[i].order, cases[i].n, &run, &err), ASSAY_OK);
        assert_int_equal(tell(run, &t, &err), ASSAY_OK);
        ay_buf_char(&t.json, '\0');
        assert_non_null(strstr(t.json.ptr, cases[i].want));
        assay_run_free(run);
        told_free(&t);
    }
    free_all(parts, 3);
}

/* ---- Options ---- */

static void test_options(void **state)
{
    (void)state;
    char long_name[130];
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    const part bad[] = {{.chunk = NULL, .of = 1},
                        {.chunk = "", .of = 1},
                        {.chunk = long_name, .of = 1},
                        {.chunk = "a\nb", .of = 1},
                        {.chunk = "\xff", .of = 1},
                        {.chunk = "1", .of = 0},
                        {.chunk = "1", .of = 100001},
                        {.chunk = "1", .of = 1, .job = ""},
                        {.chunk = "1", .of = 1, .label = "\t"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ay_buf out = {0};
        assay_err err = {0};
        assert_int_equal(try_scan(&bad[i], &out, &err), ASSAY_EUSAGE);
        assert_true(err.text[0] && err.text_zh[0]);
        assert_int_equal(out.len, 0);
    }
}

static void test_wrong_calls(void **state)
{
    (void)state;
    const part p = whole;
    const assay_partial_options o = options_of(&p);
    assay_run *run = NULL;
    assay_result *result = NULL;
    assay_err err = {0};
    ay_buf out = {0};
    assert_int_equal(open_run(&p, &run, &err), ASSAY_OK);
    assert_int_equal(assay_run_partial(run, "d", &o, collect, &out, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "dataset d was not read: there is nothing to write");
    assay_run_free(run);
    assert_int_equal(open_run(&p, &run, &err), ASSAY_OK);
    assert_int_equal(feed(run, &p, &err), ASSAY_OK);
    assert_int_equal(assay_run_partial(run, "d", &o, collect, &out, &err), ASSAY_OK);
    assert_int_equal(assay_run_partial(run, "d", &o, collect, &out, &err), ASSAY_EUSAGE);
    assay_run_free(run);
    assert_int_equal(open_run(&p, &run, &err), ASSAY_OK);
    assert_int_equal(feed(run, &p, &err), ASSAY_OK);
    ay_buf_clear(&out);
    assert_int_equal(assay_run_partial(run, "d", &o, collect, &out, &err), ASSAY_OK);
    assert_int_equal(assay_run_finish(run, &result, &err), ASSAY_EUSAGE);
    assay_run_free(run);
    assert_int_equal(open_run(&p, &run, &err), ASSAY_OK);
    assert_int_equal(feed(run, &p, &err), ASSAY_OK);
    assert_int_equal(assay_run_merge(run, out.ptr, out.len, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "dataset d was already read in this run");
    assay_run_free(run);
    ay_buf_free(&out);
}

static void test_counts_are_no_partial(void **state)
{
    (void)state;
    part p = whole;
    p.counts_only = true;
    const assay_partial_options o = options_of(&p);
    assay_run *run = NULL;
    assay_err err = {0};
    ay_buf out = {0};
    assert_int_equal(open_run(&p, &run, &err), ASSAY_OK);
    assert_int_equal(feed(run, &p, &err), ASSAY_OK);
    assert_int_equal(assay_run_partial(run, "d", &o, collect, &out, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "a partial is of findings, too: leave out `counts_only`");
    assert_int_equal(out.len, 0);
    assay_run_free(run);
    ay_buf_free(&out);
}

static int refuse(void *ctx, const void *bytes, size_t len)
{
    (void)bytes;
    size_t *left = ctx;
    if (*left < len) return 1;
    *left -= len;
    return 0;
}

static void test_refused_output(void **state)
{
    (void)state;
    const part p = whole;
    for (int line = 0; line < 2; line++) {
        assay_partial_options o = options_of(&p);
        o.line = line;
        for (size_t room = 0; room < 3; room++) {
            size_t left = room * 300;
            assay_run *run = NULL;
            assay_err err = {0};
            assert_int_equal(open_run(&p, &run, &err), ASSAY_OK);
            assert_int_equal(feed(run, &p, &err), ASSAY_OK);
            assert_int_equal(assay_run_partial(run, "d", &o, refuse, &left, &err), ASSAY_EIO);
            assay_run_free(run);
        }
    }
}

/* ---- Damage ---- */

static assay_status merge_bytes(const char *bytes, size_t len)
{
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    assay_run *run = NULL;
    assay_err err = {0};
    assert_int_equal(assay_run_open(pack, &o, &run, &err), ASSAY_OK);
    const assay_status st = assay_run_merge(run, bytes, len, &err);
    if (st != ASSAY_OK) assert_true(err.text[0] && err.text_zh[0]);
    if (st != ASSAY_OK) assert_int_equal(assay_run_merge(run, bytes, len, &err), ASSAY_EUSAGE); /* the run has ended */
    assay_run_free(run);
    return st;
}

static void test_cut_off(void **state)
{
    (void)state;
    for (int line = 0; line < 2; line++) {
        ay_buf all = scan((part){.chunk = "1", .of = 1, .to = 3, .line = line});
        const size_t whole_len = all.len - (size_t)line; /* a line without its end is whole */
        assert_int_equal(merge_bytes(all.ptr, all.len), ASSAY_OK);
        for (size_t len = 0; len < whole_len; len++)
            if (merge_bytes(all.ptr, len) != ASSAY_EFORMAT) fail_msg("cut at %zu of %zu", len, all.len);
        ay_buf_char(&all, 'x');
        if (!line) assert_int_equal(merge_bytes(all.ptr, all.len), ASSAY_EFORMAT);
        ay_buf_free(&all);
    }
}

/* The name of the dataset may become one that the pack does not have: EUSAGE. */
static void test_flipped(void **state)
{
    (void)state;
    for (int line = 0; line < 2; line++) {
        ay_buf all = scan((part){.chunk = "1", .of = 1, .to = 3, .line = line});
        for (size_t i = 0; i < all.len - (size_t)line; i++) {
            all.ptr[i] ^= (char)(1 << i % 8);
            const assay_status st = merge_bytes(all.ptr, all.len);
            if (st != ASSAY_EFORMAT && st != ASSAY_EUSAGE) fail_msg("flipped at %zu: %d", i, st);
            all.ptr[i] ^= (char)(1 << i % 8);
        }
        assert_int_equal(merge_bytes(all.ptr, all.len), ASSAY_OK);
        ay_buf_free(&all);
    }
}

/* ---- Files ---- */

static void write_file(const char *path, const ay_buf *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    for (size_t i = 0; i < n; i++) assert_int_equal(fwrite(bytes[i].ptr, 1, bytes[i].len, f), bytes[i].len);
    assert_int_equal(fclose(f), 0);
}

static void test_files(void **state)
{
    (void)state;
    char dir[] = "/tmp/assay-unit.XXXXXX", plain[64], lines[64], both[64];
    assert_non_null(mkdtemp(dir));
    snprintf(plain, sizeof plain, "%s/plain", dir);
    snprintf(lines, sizeof lines, "%s/lines", dir);
    snprintf(both, sizeof both, "%s/both", dir);
    told want = run_whole(&whole), t = {0};
    ay_buf parts[] = {scan((part){.chunk = "1", .of = 3, .to = 3}),
                      scan((part){.chunk = "2", .of = 3, .from = 3, .to = 9, .line = true}),
                      scan((part){.chunk = "3", .of = 3, .from = 9, .to = ROWS, .line = true}),
                      {0}};
    parts[3] = merge_on(parts, NULL, 2);
    const ay_buf empty_line = {.ptr = (char *)(uintptr_t) "\n", .len = 1};
    write_file(plain, parts, 1);
    write_file(lines, (const ay_buf[]){parts[1], empty_line, parts[2], parts[1]}, 4);
    write_file(both, &parts[3], 1);
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    assay_run *run = NULL;
    assay_err err = {0};
    assert_int_equal(assay_run_open(pack, &o, &run, &err), ASSAY_OK);
    /* of the three `both` covers most, and is taken first */
    assert_int_equal(assay_run_merge_files(run, (const char *const[]){plain, lines, both}, 3, &err), ASSAY_OK);
    assert_int_equal(tell(run, &t, &err), ASSAY_OK);
    assert_true(same(&t.json, &want.json) && same(&t.findings, &want.findings));
    assay_run_free(run);

    parts[1].ptr[100] ^= 1;
    write_file(lines, (const ay_buf[]){parts[2], parts[1]}, 2);
    assert_int_equal(assay_run_open(pack, &o, &run, &err), ASSAY_OK);
    assert_int_equal(assay_run_merge_files(run, (const char *const[]){lines}, 1, &err), ASSAY_EFORMAT);
    char begin[128];
    snprintf(begin, sizeof begin, "%s: line 2: ", lines);
    assert_memory_equal(err.text, begin, strlen(begin));
    assay_run_free(run);
    unlink(plain), unlink(lines), unlink(both), rmdir(dir);
    free_all(parts, 4);
    told_free(&want);
    told_free(&t);
}

/* ---- Out of memory, everywhere ---- */

static assay_status live(void *arg)
{
    told *want = arg, t = {0};
    assay_err err = {0};
    ay_buf two[2] = {{0}, {0}};
    assay_run *run = NULL;
    assay_status st = try_scan(&(part){.chunk = "1", .of = 2, .to = 2, .line = true}, &two[0], &err);
    if (st == ASSAY_OK) st = try_scan(&(part){.chunk = "2", .of = 2, .from = 2, .to = 3}, &two[1], &err);
    if (st == ASSAY_OK) st = merge(two, NULL, 2, &run, &err);
    if (st == ASSAY_OK) st = tell(run, &t, &err);
    if (st == ASSAY_OK && want->json.len) assert_true(same(&t.json, &want->json));
    assay_run_free(run);
    free_all(two, 2);
    told_free(&t);
    return st == ASSAY_EIO ? ASSAY_ENOMEM : st; /* collect() runs out of memory too */
}

static void test_out_of_memory(void **state)
{
    (void)state;
    told want = run_whole(&(part){.to = 3});
    assert_int_equal(live(&want), ASSAY_OK);
    assert_true(fail_each_allocation(live, &want) > 500);
    told_free(&want);
}

static int set_up(void **state)
{
    assay_err err = {0};
    *state = load(partial_pack_text, &err);
    pack = *state;
    if (!pack) fprintf(stderr, "%s\n", err.text);
    return pack ? 0 : -1;
}

static int tear_down(void **state)
{
    assay_pack_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cut),     cmocka_unit_test(test_every_order),
        cmocka_unit_test(test_trees),         cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_little_memory), cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_gaps),          cmocka_unit_test(test_allowed_gaps),
        cmocka_unit_test(test_places),        cmocka_unit_test(test_options),
        cmocka_unit_test(test_wrong_calls),   cmocka_unit_test(test_refused_output),
        cmocka_unit_test(test_cut_off),       cmocka_unit_test(test_flipped),
        cmocka_unit_test(test_files),         cmocka_unit_test(test_counts_are_no_partial),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
