/* A run through the public API: pushed records, row by row and as columns, cut anywhere, cancelled, out of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "assay/assay.h"
#include "base/buf.h"
#include "base/mem.h"
#include "pack/load.h"

static const char pack_text[] =
    "assay: 1\n"
    "pack: unit\n"
    "version: 1.0.0\n"
    "timezone: Asia/Shanghai\n"
    "sources: {s: {title: {zh: 源, en: Source}, owner: o}}\n"
    "standards:\n"
    "  code: {title: {zh: 码, en: Code}, missing: [无], normalize: [upper], checks: [{match: '[A-Z][0-9]'}]}\n"
    "  secret: {title: {zh: 密, en: Secret}, level: personal, checks: [{length: 2}]}\n"
    "datasets:\n"
    "  d:\n"
    "    title: {zh: 集, en: Set}\n"
    "    source: s\n"
    "    table: d\n"
    "    key: [id]\n"
    "    segment: code[1..1]\n"
    "    fields:\n"
    "      id: {standard: integer, required: true, unique: true}\n"
    "      code: {standard: code, required: true}\n"
    "      amount: {standard: decimal, min: 0}\n"
    "      day: {standard: date, max: today}\n"
    "      secret: {standard: secret}\n"
    "    rules:\n"
    "      - {id: paid, expect: amount > 0 or code <> 'B1', where: id < 100}\n"
    "      - {id: known, field: code, one_of: [A1, B1]}\n";

static const assay_column columns[] = {
    {"day", ASSAY_TEXT},       {"id", ASSAY_INT},      {"code", ASSAY_TEXT},
    {"amount", ASSAY_DECIMAL}, {"secret", ASSAY_TEXT}, {"unused", ASSAY_FLOAT},
};
enum { DAY, ID, CODE, AMOUNT, SECRET, UNUSED, COLUMNS };

typedef struct row {
    int64_t id;
    const char *code, *amount, *day, *secret; /* NULL: null */
} row;

static const row rows[] = {
    {1, "A1", "1.50", "2026-01-01", "ab"},  {2, "b1", "0", "2026-01-02", "abc"}, {3, "无", NULL, "2026-02-30", NULL},
    {2, "B1", "-0.01", "2026-07-02", "xy"}, {5, NULL, "3", NULL, "zz"},          {100, "B1", "0", "2026-01-01", "zz"},
};

static assay_pack *load(assay_err *err)
{
    assay_pack *pack = NULL;
    const assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    const assay_status st = ay_pack_load_bytes("unit.yaml", AY_STR(pack_text), &options, &pack, NULL, err);
    return st == ASSAY_OK ? pack : NULL;
}

static assay_status put(assay_feed *feed, size_t column, const char *text, assay_err *err)
{
    return text ? assay_feed_text(feed, column, text, strlen(text), err) : ASSAY_OK;
}

static assay_status push_row(assay_feed *feed, const row *r, assay_err *err)
{
    AY_TRY(assay_feed_int(feed, ID, r->id, err));
    AY_TRY(put(feed, CODE, r->code, err));
    AY_TRY(put(feed, AMOUNT, r->amount, err));
    AY_TRY(put(feed, DAY, r->day, err));
    AY_TRY(put(feed, SECRET, r->secret, err));
    return assay_feed_next(feed, err);
}

static assay_status push_rows(assay_feed *feed, assay_err *err)
{
    for (size_t i = 0; i < AY_COUNT(rows); i++) AY_TRY(push_row(feed, &rows[i], err));
    return ASSAY_OK;
}

static void set_text(assay_str *values, uint64_t *null, size_t i, const char *text)
{
    if (text) values[i] = (assay_str){text, strlen(text)};
    else *null |= UINT64_C(1) << i;
}

static assay_status push_columns(assay_feed *feed, assay_err *err)
{
    enum { N = AY_COUNT(rows) };
    int64_t ids[N];
    double unused[N] = {0};
    assay_str text[COLUMNS][N] = {0};
    uint64_t null[COLUMNS] = {0};
    for (size_t i = 0; i < N; i++) {
        ids[i] = rows[i].id;
        set_text(text[CODE], &null[CODE], i, rows[i].code);
        set_text(text[AMOUNT], &null[AMOUNT], i, rows[i].amount);
        set_text(text[DAY], &null[DAY], i, rows[i].day);
        set_text(text[SECRET], &null[SECRET], i, rows[i].secret);
    }
    const assay_vector vectors[COLUMNS] = {
        [DAY] = {&null[DAY], text[DAY]},          [ID] = {NULL, ids},
        [CODE] = {&null[CODE], text[CODE]},       [AMOUNT] = {&null[AMOUNT], text[AMOUNT]},
        [SECRET] = {&null[SECRET], text[SECRET]}, [UNUSED] = {NULL, unused},
    };
    return assay_feed_columns(feed, vectors, N, err);
}

static int collect(void *ctx, const void *bytes, size_t len)
{
    ay_buf_put(ctx, bytes, len);
    return ay_buf_status(ctx, NULL) == ASSAY_OK ? 0 : 1;
}

typedef struct job {
    const assay_pack *pack;
    assay_status (*push)(assay_feed *feed, assay_err *err);
    assay_run_options options;
    ay_buf json, findings, summary;
    assay_rule_result paid;
    assay_err err;
} job;

static assay_status feed_all(job *j, assay_run *run)
{
    assay_feed *feed = NULL;
    AY_TRY(assay_feed_open(run, "d", columns, COLUMNS, &feed, &j->err));
    const assay_status st = j->push(feed, &j->err);
    const assay_status closed = assay_feed_close(feed, st == ASSAY_OK ? &j->err : NULL);
    return st == ASSAY_OK ? closed : st;
}

static assay_status write_all(job *j, assay_result *result)
{
    for (size_t i = 0; i < assay_result_rule_count(result); i++) {
        assay_rule_result r;
        assay_result_rule(result, i, &r);
        if (strcmp(r.id, "d.paid") == 0) j->paid = r;
    }
    AY_TRY(assay_result_write(result, ASSAY_RESULT_JSON, collect, &j->json, &j->err));
    AY_TRY(assay_result_write(result, ASSAY_RESULT_FINDINGS, collect, &j->findings, &j->err));
    return assay_result_write(result, ASSAY_RESULT_SUMMARY, collect, &j->summary, &j->err);
}

static assay_status run_job(job *j)
{
    assay_run *run = NULL;
    assay_result *result = NULL;
    AY_TRY(assay_run_open(j->pack, &j->options, &run, &j->err));
    assay_status st = feed_all(j, run);
    if (st == ASSAY_OK) st = assay_run_finish(run, &result, &j->err);
    assay_run_free(run);
    if (st == ASSAY_OK) st = write_all(j, result);
    assay_result_free(result);
    return st;
}

static void job_free(job *j)
{
    ay_buf_free(&j->json);
    ay_buf_free(&j->findings);
    ay_buf_free(&j->summary);
}

static job job_of(const assay_pack *pack, assay_status (*push)(assay_feed *feed, assay_err *err))
{
    job j = {.pack = pack, .push = push, .options = ASSAY_RUN_OPTIONS_INIT};
    j.options.as_of = "2026-07-01";
    return j;
}

static size_t count_lines(const ay_buf *buf, const char *needle)
{
    size_t n = 0;
    ay_buf_char((ay_buf *)(uintptr_t)buf, '\0');
    for (const char *at = buf->ptr; (at = strstr(at, needle)); at++) n++;
    return n;
}

/* By hand: paid: ids 1, 2, 3, 2, 5 are below 100. (1: 1.50 > 0) pass; (2 b1: 0 > 0 or 'b1' <> 'B1') pass; (3: null or
 * null) unknown: skipped; (2 B1: -0.01 > 0 or false) fail; (5: 3 > 0) pass; 100 is excluded. */
static void test_counts(void **state)
{
    job j = job_of(*state, push_rows);
    if (run_job(&j) != ASSAY_OK) fail_msg("%s", j.err.text);
    assert_int_equal(j.paid.evaluated, 4);
    assert_int_equal(j.paid.failed, 1);
    assert_int_equal(j.paid.skipped, 1);
    assert_int_equal(j.paid.unreadable, 0);
    assert_int_equal(j.paid.excluded, 1);
    assert_int_equal(j.paid.outcome, ASSAY_FAIL);
    /* match b1; normalize b1; one_of b1; required 无 and null; min -0.01; max 2026-07-02; type 2026-02-30; length abc;
     * unique 2, 2; paid */
    assert_int_equal(count_lines(&j.findings, "\n"), 12);
    assert_int_equal(count_lines(&j.findings, "\"rule\":\"d.id.unique\",\"key\":{\"id\":2}"), 2);
    assert_int_equal(
        count_lines(&j.findings, "\"rule\":\"d.code.required\",\"key\":{\"id\":3},\"field\":\"code\",\"value\":\"无\""),
        1);
    assert_int_equal(
        count_lines(&j.findings, "\"rule\":\"d.code.required\",\"key\":{\"id\":5},\"field\":\"code\",\"value\":null"),
        1);
    assert_int_equal(
        count_lines(&j.findings,
                    "\"rule\":\"d.day.type\",\"key\":{\"id\":3},\"field\":\"day\",\"value\":\"2026-02-30\""),
        1);
    assert_int_equal(
        count_lines(&j.findings,
                    "\"rule\":\"d.secret.length\",\"key\":{\"id\":2},\"field\":\"secret\",\"value\":\"***\""),
        1);
    assert_int_equal(count_lines(&j.findings, "abc"), 0);
    assert_non_null(
        strstr(j.findings.ptr, "\"rule\":\"d.code.match\",\"key\":{\"id\":2},\"field\":\"code\",\"value\":\"b1\""));
    assert_int_equal(
        count_lines(&j.findings, "\"suggestion\":\"B1\",\"suggestion_by\":\"normalizer\",\"confidence\":100"), 3);
    job_free(&j);
}

static bool same(const ay_buf *a, const ay_buf *b)
{
    return ay_str_eq(ay_buf_view(a), ay_buf_view(b));
}

static void test_cuts(void **state)
{
    static const uint32_t sizes[] = {1, 2, 3, 5, 64};
    job whole = job_of(*state, push_rows);
    assert_int_equal(run_job(&whole), ASSAY_OK);
    for (size_t i = 0; i < AY_COUNT(sizes) * 2; i++) {
        job cut = job_of(*state, i % 2 ? push_columns : push_rows);
        cut.options.batch_records = sizes[i / 2];
        cut.options.memory = 1 << 20;
        if (run_job(&cut) != ASSAY_OK) fail_msg("%s", cut.err.text);
        if (!same(&whole.json, &cut.json) || !same(&whole.findings, &cut.findings) ||
            !same(&whole.summary, &cut.summary))
            fail_msg("batches of %u records change the result", sizes[i / 2]);
        job_free(&cut);
    }
    job_free(&whole);
}

/* The same result but for the findings, which are not there to be shown or proved. */
static void test_counts_only(void **state)
{
    job kept = job_of(*state, push_rows), counted = job_of(*state, push_rows);
    assert_int_equal(run_job(&kept), ASSAY_OK);
    counted.options.counts_only = 1;
    assert_int_equal(run_job(&counted), ASSAY_EUSAGE); /* it asks for them at last */
    assert_non_null(strstr(counted.err.text, "counts_only"));
    assert_true(same(&kept.json, &counted.json));
    assert_int_equal(counted.findings.len, 0);
    assert_int_equal(counted.paid.failed, 1);
    job_free(&kept);
    job_free(&counted);
}

static void test_reveal(void **state)
{
    static const char *const reveal[] = {"d.secret"}, *const unknown[] = {"d.secrets"};
    job j = job_of(*state, push_rows);
    j.options.reveal = reveal;
    j.options.n_reveal = 1;
    assert_int_equal(run_job(&j), ASSAY_OK);
    assert_int_equal(count_lines(&j.findings, "\"field\":\"secret\",\"value\":\"abc\""), 1);
    assert_int_equal(count_lines(&j.json, "\"d.secret\"\n"), 1);
    job_free(&j);
    job bad = job_of(*state, push_rows);
    bad.options.reveal = unknown;
    bad.options.n_reveal = 1;
    assert_int_equal(run_job(&bad), ASSAY_EUSAGE);
    assert_string_equal(bad.err.text, "reveal 'd.secrets': the pack has no such field; write dataset.field");
}

/* ---- Wrong use ---- */

static const struct {
    const char *label;
    assay_run_options options;
    const char *text;
} bad_options[] = {
    {"as-of",
     {.as_of = "yesterday"},
     "as-of 'yesterday' is not a date or a time: write 2026-01-31 or 2026-01-31T08:00:00+08:00"},
    {"as-of further than microseconds reach",
     {.as_of = "294277-01-01"},
     "as-of '294277-01-01' is not a date or a time: write 2026-01-31 or 2026-01-31T08:00:00+08:00"},
    {"jobs", {.jobs = 65}, "jobs is 65, the most is 64"},
    {"batch", {.batch_records = 4097}, "batch_records is 4097, the most is 4096"},
    {"memory", {.memory = 1000}, "memory is less than 1 MiB"},
    {"lang", {.lang = "fr"}, "language 'fr' is not known: en or zh"},
    {"dataset", {.datasets = (const char *const[]){"e"}, .n_datasets = 1}, "the pack has no dataset 'e'"},
    {"rule", {.rules = (const char *const[]){"d.x"}, .n_rules = 1}, "the pack has no rule 'd.x'"},
};

static void test_bad_options(void **state)
{
    for (size_t i = 0; i < AY_COUNT(bad_options); i++) {
        assay_run_options o = bad_options[i].options;
        assay_run *run = NULL;
        assay_err err = {0};
        o.struct_size = sizeof o;
        if (assay_run_open(*state, &o, &run, &err) != ASSAY_EUSAGE) fail_msg("%s is accepted", bad_options[i].label);
        assert_string_equal(err.text, bad_options[i].text);
        assert_null(run);
    }
}

static void test_wrong_order(void **state)
{
    assay_run *run = NULL;
    assay_feed *feed = NULL, *again = NULL;
    assay_result *result = NULL;
    assay_err err = {0};
    assert_int_equal(assay_run_open(*state, NULL, &run, &err), ASSAY_OK);
    assert_int_equal(assay_feed_open(run, "dd", columns, COLUMNS, &feed, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "the pack has no dataset 'dd'");
    assert_int_equal(assay_feed_open(run, "d", columns, COLUMNS, &feed, &err), ASSAY_OK);
    assert_int_equal(assay_feed_open(run, "d", columns, COLUMNS, &again, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "dataset d was already read in this run");
    assert_int_equal(assay_run_finish(run, &result, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "dataset d is still being read: close its feed first");
    assert_int_equal(assay_feed_int(feed, ID, 1, &err), ASSAY_OK);
    assert_int_equal(assay_feed_close(feed, &err), ASSAY_EUSAGE); /* half a record */
    assay_run_free(run);
}

/* A value that cannot be taken is not lost without a word: the run is over, and frees what is open. */
static void test_failure_ends_the_run(void **state)
{
    assay_run *run = NULL;
    assay_feed *feed = NULL;
    assay_result *result = NULL;
    assay_err err = {0};
    assert_int_equal(assay_run_open(*state, NULL, &run, &err), ASSAY_OK);
    assert_int_equal(assay_feed_open(run, "d", columns, COLUMNS, &feed, &err), ASSAY_OK);
    assert_int_equal(assay_feed_text(feed, AMOUNT, "zz", 2, &err), ASSAY_EFORMAT);
    assert_int_equal(assay_feed_int(feed, ID, 1, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "an earlier call of this run failed: it can only be freed");
    assert_int_equal(assay_feed_next(feed, &err), ASSAY_EUSAGE);
    assert_int_equal(assay_run_finish(run, &result, &err), ASSAY_EUSAGE);
    assay_run_free(run);
}

static void test_struct_size(void **state)
{
    assay_run *run = NULL;
    assay_err err = {0};
    assay_run_options zero = {0};
    struct {
        assay_run_options known;
        uint64_t later;
    } newer = {ASSAY_RUN_OPTIONS_INIT, 0};
    assert_int_equal(assay_run_open(*state, &zero, &run, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "struct_size is 0: begin with the _OPTIONS_INIT of the options");
    newer.known.struct_size = sizeof newer;
    newer.later = 1;
    assert_int_equal(assay_run_open(*state, &newer.known, &run, &err), ASSAY_EUSAGE);
    newer.later = 0;
    assert_int_equal(assay_run_open(*state, &newer.known, &run, &err), ASSAY_OK);
    assay_run_free(run);
}

static void test_missing_columns(void **state)
{
    static const assay_column few[] = {{"id", ASSAY_INT}, {"code", ASSAY_TEXT}, {"amount", ASSAY_DATE}};
    assay_run *run = NULL;
    assay_feed *feed = NULL;
    assay_err err = {0};
    assert_int_equal(assay_run_open(*state, NULL, &run, &err), ASSAY_OK);
    assert_int_equal(assay_feed_open(run, "d", few, AY_COUNT(few), &feed, &err), ASSAY_EUSAGE);
    assert_non_null(strstr(err.text, "day"));
    assert_non_null(strstr(err.text, "secret"));
    assert_non_null(strstr(err.text, "amount"));
    assay_run_free(run);
}

/* A dataset that was not fed: nothing is known, so nothing is 100. */
static void test_unfed(void **state)
{
    assay_run *run = NULL;
    assay_result *result = NULL;
    assay_err err = {0};
    assert_int_equal(assay_run_open(*state, NULL, &run, &err), ASSAY_OK);
    assert_int_equal(assay_run_finish(run, &result, &err), ASSAY_OK);
    assert_int_equal(assay_result_outcome(result), ASSAY_NOT_EVALUATED);
    assert_int_equal(assay_result_score(result), -1);
    assert_int_equal(assay_result_finding_count(result), 0);
    assay_result_free(result);
    assay_run_free(run);
}

static void test_cancel(void **state)
{
    assay_run *run = NULL;
    assay_feed *feed = NULL;
    assay_err err = {0};
    assert_int_equal(assay_run_open(*state, NULL, &run, &err), ASSAY_OK);
    assert_int_equal(assay_feed_open(run, "d", columns, COLUMNS, &feed, &err), ASSAY_OK);
    assert_int_equal(push_rows(feed, &err), ASSAY_OK);
    assay_run_cancel(run);
    assert_int_equal(assay_feed_close(feed, &err), ASSAY_ECANCELLED);
    assert_string_equal(err.text, "cancelled while reading d");
    assert_string_equal(err.text_zh, "读取 d 时被取消");
    assay_run_free(run);
}

static int refuse(void *ctx, const void *bytes, size_t len)
{
    (void)ctx, (void)bytes, (void)len;
    return 1;
}

static void test_refused_output(void **state)
{
    assay_run *run = NULL;
    assay_result *result = NULL;
    assay_err err = {0};
    assert_int_equal(assay_run_open(*state, NULL, &run, &err), ASSAY_OK);
    assert_int_equal(assay_run_finish(run, &result, &err), ASSAY_OK);
    assert_int_equal(assay_result_write(result, ASSAY_RESULT_JSON, refuse, NULL, &err), ASSAY_EIO);
    assert_int_equal(assay_result_write(result, (assay_part)99, refuse, NULL, &err), ASSAY_EUSAGE);
    assay_result_free(result);
    assay_run_free(run);
}

/* ---- So many findings that a thread of its own puts them into words ---- */

enum { MANY_FINDINGS = 6000 };

static assay_status push_many(assay_feed *feed, assay_err *err)
{
    row r = {0, "A1", "1.50", "2026-01-01", "abc"};
    for (r.id = MANY_FINDINGS - 1; r.id >= 0; r.id--) AY_TRY(push_row(feed, &r, err));
    return ASSAY_OK;
}

static assay_result *run_many(const assay_pack *pack)
{
    assay_run *run = NULL;
    assay_result *result = NULL;
    job j = job_of(pack, push_many);
    assert_int_equal(assay_run_open(pack, &j.options, &run, &j.err), ASSAY_OK);
    assert_int_equal(feed_all(&j, run), ASSAY_OK);
    assert_int_equal(assay_run_finish(run, &result, &j.err), ASSAY_OK);
    assay_run_free(run);
    return result;
}

static void test_many(void **state)
{
    assay_result *result = run_many(*state);
    assay_err err = {0};
    ay_buf want = {0}, got = {0};
    for (int i = 0; i < MANY_FINDINGS; i++)
        ay_buf_printf(&want,
                      "{\"dataset\":\"d\",\"rule\":\"d.secret.length\",\"key\":{\"id\":%d},\"field\":\"secret\","
                      "\"value\":\"***\",\"verdict\":\"fail\",\"reason\":\"the length is wrong, should be 2\"}\n",
                      i);
    for (int again = 0; again < 2; again++) {
        ay_buf_clear(&got);
        assert_int_equal(assay_result_write(result, ASSAY_RESULT_FINDINGS, collect, &got, &err), ASSAY_OK);
        if (!same(&got, &want)) fail_msg("%.300s", got.ptr);
    }
    ay_buf_free(&want);
    ay_buf_free(&got);
    assay_result_free(result);
}

static int refuse_the_third(void *ctx, const void *bytes, size_t len)
{
    int *n = ctx;
    (void)bytes, (void)len;
    return ++*n == 3;
}

static void test_many_refused(void **state)
{
    assay_result *result = run_many(*state);
    assay_err err = {0};
    int n = 0;
    assert_int_equal(assay_result_write(result, ASSAY_RESULT_FINDINGS, refuse_the_third, &n, &err), ASSAY_EIO);
    assert_int_equal(n, 3);
    assert_int_equal(assay_result_write(result, ASSAY_RESULT_FINDINGS, refuse_the_third, &n, &err), ASSAY_OK);
    assay_result_free(result);
}

static int forget(void *ctx, const void *bytes, size_t len)
{
    (void)ctx, (void)bytes, (void)len;
    return 0;
}

static assay_status write_many(void *result)
{
    assay_err err = {0};
    return assay_result_write(result, ASSAY_RESULT_FINDINGS, forget, NULL, &err);
}

/* The first allocations one by one, further on in steps that grow: each finding has some. */
static void test_many_out_of_memory(void **state)
{
    assay_result *result = run_many(*state);
    size_t n = 1;
    for (bool is_through = false; !is_through; n += 1 + n / 8) {
        (void)ay_mem_fail_at(n);
        const assay_status status = write_many(result);
        is_through = ay_mem_fail_at(0) < n;
        assert_int_equal(status, is_through ? ASSAY_OK : ASSAY_ENOMEM);
    }
    assert_true(n > 10);
    assay_result_free(result);
}

/* ---- Out of memory, everywhere ---- */

typedef struct life {
    ay_buf findings; /* of the life without a fault */
    bool differs;
} life;

/* From the text of the pack to the findings, with the n-th allocation failing. */
static assay_status live(life *l)
{
    assay_err err = {0};
    job j = job_of(load(&err), push_rows);
    j.options.batch_records = 4;
    if (!j.pack) return err.code;
    const assay_status st = run_job(&j);
    if (st == ASSAY_OK && l->findings.len == 0) ay_buf_str(&l->findings, ay_buf_view(&j.findings));
    l->differs = st == ASSAY_OK && !same(&l->findings, &j.findings);
    job_free(&j);
    assay_pack_free((assay_pack *)(uintptr_t)j.pack);
    /* collect() runs out of memory too; the writer can only call that an output error */
    return st == ASSAY_EIO ? ASSAY_ENOMEM : st;
}

/* Every failing allocation is ENOMEM, or (the pattern's JIT code, in place of which it is interpreted) changes nothing.
 */
static void test_out_of_memory(void **state)
{
    (void)state;
    life l = {0};
    size_t harmless = 0, n = 1;
    assert_int_equal(live(&l), ASSAY_OK);
    for (;; n++) {
        (void)ay_mem_fail_at(n);
        const assay_status status = live(&l);
        if (ay_mem_fail_at(0) < n) break;
        if (status != ASSAY_ENOMEM && (status != ASSAY_OK || l.differs))
            fail_msg("allocation %zu failed, status %d", n, status);
        harmless += status == ASSAY_OK;
    }
    assert_true(n > 200);
    assert_in_range(harmless, 0, 6);
    ay_buf_free(&l.findings);
}

static int set_up(void **state)
{
    assay_err err = {0};
    *state = load(&err);
    if (!*state) fprintf(stderr, "%s\n", err.text);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    assay_pack_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_counts_only),
        cmocka_unit_test(test_reveal),
        cmocka_unit_test(test_bad_options),
        cmocka_unit_test(test_wrong_order),
        cmocka_unit_test(test_missing_columns),
        cmocka_unit_test(test_unfed),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_refused_output),
        cmocka_unit_test(test_failure_ends_the_run),
        cmocka_unit_test(test_struct_size),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_many_refused),
        cmocka_unit_test(test_many_out_of_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
