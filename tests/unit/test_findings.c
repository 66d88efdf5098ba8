/* The lines of findings.ndjson: each about its own record, rule and value, and in order; however often a fault comes
 * again, in whatever order the records come, and where more rules fail than a batch has room for notes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "assay/assay.h"
#include "base/buf.h"
#include "base/mem.h"
#include "pack/load.h"

/* The rules of both datasets have the same ordinals, so that the same fault has the same bytes in both. */
#define RULES                                                                                                          \
    "    rules:\n"                                                                                                     \
    "      - {id: m1, field: word, match: '1'}\n"                                                                      \
    "      - {id: m2, field: word, match: '2'}\n"                                                                      \
    "      - {id: m3, field: word, match: '3'}\n"                                                                      \
    "      - {id: m4, field: word, match: '4'}\n"                                                                      \
    "      - {id: m5, field: word, match: '5'}\n"                                                                      \
    "      - {id: size, field: word, length: {min: 1000}}\n"

static const char pack_text[] = "assay: 1\n"
                                "pack: lines\n"
                                "version: 1.0.0\n"
                                "timezone: Asia/Shanghai\n"
                                "sources: {s: {title: S, owner: o}}\n"
                                "standards: {hidden: {title: H, level: personal}}\n"
                                "datasets:\n"
                                "  up:\n"
                                "    title: Up\n"
                                "    source: s\n"
                                "    table: up\n"
                                "    key: [id]\n"
                                "    fields: {id: {standard: integer}, word: {standard: text}}\n" RULES "  down:\n"
                                "    title: Down\n"
                                "    source: s\n"
                                "    table: down\n"
                                "    key: [no]\n"
                                "    fields: {no: {standard: integer}, word: {standard: hidden}}\n" RULES;

enum { RECORDS = 3000, MATCHES = 5, LONG = 600 };

typedef struct set {
    const char *name, *key;
    bool is_hidden, is_descending;
} set;

static const set sets[] = {{"up", "id", false, false}, {"down", "no", true, true}};

static const char *const rules[] = {"m1", "m2", "m3", "m4", "m5", "size"};

/* Half of the words are the same one, a quarter come once, a quarter are long and come again. */
static void word_of(int id, ay_buf *out)
{
    ay_buf_clear(out);
    if (id % 4 == 1) ay_buf_printf(out, "w%05d", id);
    else if (id % 4 == 2) ay_buf_printf(out, "%0*d", LONG, id % 8);
    else ay_buf_char(out, 'x');
}

static void put_line(const set *s, int id, int rule, ay_str word, ay_buf *out)
{
    const bool is_match = rule <= MATCHES;
    char value[LONG + 1];
    if (s->is_hidden) snprintf(value, sizeof value, "%.*s***", word.len >= 6, word.ptr);
    else snprintf(value, sizeof value, "%.*s", (int)word.len, word.ptr);
    ay_buf_printf(out,
                  "{\"dataset\":\"%s\",\"rule\":\"%s.%s\",\"key\":{\"%s\":%d},\"field\":\"word\",\"value\":\"%s\","
                  "\"verdict\":\"fail\",\"reason\":\"",
                  s->name, s->name, rules[rule - 1], s->key, id, value);
    if (is_match) ay_buf_printf(out, "does not match %d\"}\n", rule);
    else if (s->is_hidden) ay_buf_printf(out, "the length is wrong, should be at least 1000\"}\n");
    else ay_buf_printf(out, "length is %zu, should be at least 1000\"}\n", word.len);
}

static void put_lines(const set *s, ay_buf *out)
{
    ay_buf word = {0};
    for (int id = 0; id < RECORDS; id++) {
        word_of(id, &word);
        for (int rule = 1; rule <= MATCHES + 1; rule++) put_line(s, id, rule, ay_buf_view(&word), out);
    }
    ay_buf_free(&word);
}

static assay_status push(assay_feed *feed, const set *s, assay_err *err)
{
    ay_buf word = {0};
    assay_status st = ASSAY_OK;
    for (int i = 0; st == ASSAY_OK && i < RECORDS; i++) {
        const int id = s->is_descending ? RECORDS - 1 - i : i;
        word_of(id, &word);
        st = assay_feed_int(feed, 0, id, err);
        if (st == ASSAY_OK) st = assay_feed_text(feed, 1, word.ptr, word.len, err);
        if (st == ASSAY_OK) st = assay_feed_next(feed, err);
    }
    ay_buf_free(&word);
    return st;
}

static assay_status feed_set(assay_run *run, const set *s, assay_err *err)
{
    const assay_column columns[] = {{s->key, ASSAY_INT}, {"word", ASSAY_TEXT}};
    assay_feed *feed = NULL;
    AY_TRY(assay_feed_open(run, s->name, columns, AY_COUNT(columns), &feed, err));
    const assay_status st = push(feed, s, err);
    const assay_status closed = assay_feed_close(feed, st == ASSAY_OK ? err : NULL);
    return st == ASSAY_OK ? closed : st;
}

static int collect(void *ctx, const void *bytes, size_t len)
{
    ay_buf_put(ctx, bytes, len);
    return ay_buf_status(ctx, NULL) == ASSAY_OK ? 0 : 1;
}

static assay_status find(const assay_pack *pack, uint32_t batch_records, ay_buf *ret, assay_err *err)
{
    assay_run_options options = ASSAY_RUN_OPTIONS_INIT;
    options.as_of = "2026-07-01";
    options.batch_records = batch_records;
    assay_run *run = NULL;
    assay_result *result = NULL;
    AY_TRY(assay_run_open(pack, &options, &run, err));
    assay_status st = ASSAY_OK;
    for (size_t i = 0; st == ASSAY_OK && i < AY_COUNT(sets); i++) st = feed_set(run, &sets[i], err);
    if (st == ASSAY_OK) st = assay_run_finish(run, &result, err);
    if (st == ASSAY_OK) st = assay_result_write(result, ASSAY_RESULT_FINDINGS, collect, ret, err);
    assay_result_free(result);
    assay_run_free(run);
    return st;
}

/* Where two texts part, from the line before on. */
static void assert_same_lines(const ay_buf *got, const ay_buf *want)
{
    size_t at = 0, line = 0;
    for (; at < got->len && at < want->len && got->ptr[at] == want->ptr[at]; at++)
        if (got->ptr[at] == '\n') line = at + 1;
    if (at == got->len && at == want->len) return;
    fail_msg("byte %zu of %zu, %zu:\n%.300s\n%.300s", at, got->len, want->len, got->ptr + line, want->ptr + line);
}

static void test_lines(void **state)
{
    (void)state;
    static const uint32_t batches[] = {0, 1, 7};
    assay_pack *pack = NULL;
    assay_err err = {0};
    const assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    if (ay_pack_load_bytes("lines.yaml", AY_STR(pack_text), &options, &pack, NULL, &err)) fail_msg("%s", err.text);
    ay_buf want = {0}, got = {0};
    for (size_t i = 0; i < AY_COUNT(sets); i++) put_lines(&sets[i], &want);
    for (size_t i = 0; i < AY_COUNT(batches); i++) {
        ay_buf_clear(&got);
        if (find(pack, batches[i], &got, &err) != ASSAY_OK) fail_msg("%s", err.text);
        ay_buf_char(&got, '\0');
        got.len--;
        assert_same_lines(&got, &want);
    }
    ay_buf_free(&want);
    ay_buf_free(&got);
    assay_pack_free(pack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
