/* A whole run through the public API: CSV bytes against rules of a fixed pack. Findings, result and error are the same
 * with batches of any size, with little memory, and with the records pushed in reverse.
 * Bytes 0 and 1 choose the rules, byte 2 how the bytes are read, byte 3 what is varied; the rest is the CSV. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "assay/assay.h"
#include "base/buf.h"
#include "base/mem.h"
#include "pack/load.h"

static const char pack_text[] =
    "assay: 1\n"
    "pack: fuzz\n"
    "version: 1.0.0\n"
    "timezone: Asia/Shanghai\n"
    "sources: {s: {title: {zh: 源, en: Source}, owner: o}}\n"
    "standards:\n"
    "  code: {title: {zh: 码, en: Code}, missing: [无, '-'], normalize: [trim, width, upper],\n"
    "    checks: [{match: '[A-Z][0-9]+'}, {length: {min: 2, max: 4}}, {not_in: [A0, B0]}]}\n"
    "  secret: {level: personal, checks: [{checksum: luhn}, {charset: [control, full_width, zero_width]}]}\n"
    "  note: {level: sensitive, checks: [{personal: true}, {not_match: '.*(a+)+b'}]}\n"
    "datasets:\n"
    "  d:\n"
    "    source: s\n"
    "    file: d.csv\n"
    "    key: [id]\n"
    "    segment: code[1..1]\n"
    "    fields:\n"
    "      id: {standard: integer, required: true, unique: true}\n"
    "      code: {standard: code, required: true}\n"
    "      n: {standard: decimal, min: 0, exclusive_max: 1e6, scale: 2}\n"
    "      day: {standard: date, max: today}\n"
    "      at: {standard: timestamptz}\n"
    "      secret: {standard: secret}\n"
    "      note: {standard: note}\n"
    "      lot: {standard: integer}\n"
    "      until: {standard: date}\n"
    "    rules:\n"
    "      - {id: r0, expect: n > 0 or code <> 'B1', where: id < 100, tolerance: 10%}\n"
    "      - {id: r1, expect: n / id > 1 and day <= today, nulls: fail}\n"
    "      - {id: r2, together: [day, at]}\n"
    "      - {id: r3, order: {fields: [id, lot], strict: true}}\n"
    "      - {id: r4, unique: {fields: [code, day], nulls: equal, count: surplus}}\n"
    "      - {id: r5, unique: {fields: [note], nulls: distinct, count: rows}, where: length(code) = 2}\n"
    "      - {id: r6, depends: {code: [day]}}\n"
    "      - {id: r7, depends: {note: [code, n]}}\n"
    "      - {id: r8, sequence: {field: id, step: 1, by: [code]}}\n"
    "      - {id: r9, sequence: {field: day, step: 1 day}}\n"
    "      - {id: r10, overlap: {from: day, to: until, by: [code]}}\n"
    "      - {id: r11, rows: {min: 2, max: 5}}\n"
    "      - {id: r12, fresh: {field: at, within: 2 days}}\n"
    "      - {id: r13, aggregate: {figure: stddev, of: n, by: [code], min: 0, max: 10}}\n"
    "      - {id: r14, aggregate: {figure: quantile, of: n, quantile: 0.5, min: 1, max: 2}}\n"
    "      - {id: r15, aggregate: {figure: distinct, of: note, by: [day], max: 2}}\n"
    "      - {id: r16, distribution: {field: n, bins: [-1, 0, 100], against: last 1, psi: 0.25}}\n"
    "      - {id: r17, change: {figure: mean, of: n, within: 10% of last 1}}\n";

static const char *const value_rules[] = {
    "d.id.required",     "d.id.type",        "d.id.unique",      "d.code.required", "d.code.match",
    "d.code.length",     "d.code.not_in",    "d.code.normalize", "d.n.type",        "d.n.min",
    "d.n.exclusive_max", "d.n.scale",        "d.day.type",       "d.day.max",       "d.at.type",
    "d.secret.checksum", "d.secret.charset", "d.note.personal",  "d.note.not_match"};
static const char *const wide_rules[] = {"d.r0",  "d.r1",  "d.r2",  "d.r3",  "d.r4",  "d.r5",
                                         "d.r6",  "d.r7",  "d.r8",  "d.r9",  "d.r10", "d.r11",
                                         "d.r12", "d.r13", "d.r14", "d.r15", "d.r16", "d.r17"};
#define FIELDS         9
#define RECORDS_MAX    4096
#define REPEATED_BYTES ((size_t)80 << 10)

typedef struct choice {
    const char *rules[AY_COUNT(value_rules) + AY_COUNT(wide_rules)];
    size_t n_rules;
    assay_file_options file;
    const char *lang;
    bool repeat; /* many times over, so that a little memory does not hold what is found */
    enum { BATCH_1, BATCH_3, LITTLE_MEMORY, REVERSED } vary;
} choice;

typedef struct seen {
    assay_status status;
    assay_err err;
    ay_buf result, findings, summary;
} seen;

static void require(bool holds)
{
    if (!holds) abort();
}

static const assay_pack *the_pack(void)
{
    static assay_pack *pack;
    const assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    if (!pack) require(ay_pack_load_bytes("fuzz.yaml", AY_STR(pack_text), &options, &pack, NULL, NULL) == ASSAY_OK);
    return pack;
}

/* Eighteen bits, one for each rule over records or the dataset; one more for all rules over a value. */
static choice choose(const uint8_t *head)
{
    choice c = {.file = ASSAY_FILE_OPTIONS_INIT};
    const unsigned bits = head[0] | (unsigned)head[1] << 8 | (unsigned)(head[2] >> 6) << 16;
    for (size_t i = 0; i < AY_COUNT(wide_rules); i++)
        if (bits >> i & 1) c.rules[c.n_rules++] = wide_rules[i];
    for (size_t i = 0; (head[2] & 1) && i < AY_COUNT(value_rules); i++) c.rules[c.n_rules++] = value_rules[i];
    c.file.lenient = head[2] >> 1 & 1;
    c.file.no_header = head[2] >> 2 & 1;
    c.file.encoding = head[2] & 8 ? "GB18030" : NULL;
    c.file.field_limit = 256;
    c.lang = head[2] & 16 ? "zh" : "en";
    c.vary = head[3] & 3;
    c.repeat = c.vary == LITTLE_MEMORY && head[3] >> 2 == 63;
    return c;
}

static assay_status open_run(const choice *c, uint32_t batch, uint64_t memory, assay_run **ret, assay_err *err)
{
    assay_run_options options = ASSAY_RUN_OPTIONS_INIT;
    options.as_of = "2026-01-31";
    options.rules = c->rules;
    options.n_rules = c->n_rules;
    options.batch_records = batch;
    options.memory = memory;
    options.lang = c->lang;
    return assay_run_open(the_pack(), &options, ret, err);
}

static int collect(void *ctx, const void *bytes, size_t len)
{
    ay_buf_put(ctx, bytes, len);
    return 0;
}

static void finish(assay_run *run, seen *s)
{
    assay_result *result = NULL;
    if (s->status == ASSAY_OK) s->status = assay_run_finish(run, &result, &s->err);
    if (s->status == ASSAY_OK) s->status = assay_result_write(result, ASSAY_RESULT_JSON, collect, &s->result, &s->err);
    if (s->status == ASSAY_OK)
        s->status = assay_result_write(result, ASSAY_RESULT_FINDINGS, collect, &s->findings, &s->err);
    if (s->status == ASSAY_OK)
        s->status = assay_result_write(result, ASSAY_RESULT_SUMMARY, collect, &s->summary, &s->err);
    require(s->status == ASSAY_OK || (s->err.text[0] && s->err.text_zh[0]));
    assay_result_free(result);
    assay_run_free(run);
}

static seen run_file(const choice *c, const char *path, uint32_t batch, uint64_t memory)
{
    seen s = {0};
    assay_run *run = NULL;
    require(open_run(c, batch, memory, &run, &s.err) == ASSAY_OK);
    s.status = assay_run_file(run, "d", path, &c->file, &s.err);
    finish(run, &s);
    return s;
}

/* ---- The same records pushed: split at every comma and line end, without quotes ---- */

typedef struct record {
    ay_str fields[FIELDS];
    uint32_t n;
} record;

static size_t split(ay_str bytes, record *records)
{
    size_t n = 0, start = 0;
    for (size_t at = 0; at <= bytes.len && n < RECORDS_MAX; at++) {
        const char c = at < bytes.len ? bytes.ptr[at] : '\n';
        if (c != ',' && c != '\n') continue;
        if (records[n].n < FIELDS) records[n].fields[records[n].n++] = ay_str_slice(bytes, start, at);
        n += c == '\n';
        start = at + 1;
    }
    return n;
}

static assay_status push(assay_feed *feed, const record *r, assay_err *err)
{
    for (uint32_t i = 0; i < r->n; i++)
        if (r->fields[i].len) AY_TRY(assay_feed_text(feed, i, r->fields[i].ptr, r->fields[i].len, err));
    return assay_feed_next(feed, err);
}

static seen run_push(const choice *c, const record *records, size_t n, bool reversed)
{
    static const assay_column columns[FIELDS] = {{"id", ASSAY_TEXT},   {"code", ASSAY_TEXT}, {"n", ASSAY_TEXT},
                                                 {"day", ASSAY_TEXT},  {"at", ASSAY_TEXT},   {"secret", ASSAY_TEXT},
                                                 {"note", ASSAY_TEXT}, {"lot", ASSAY_TEXT},  {"until", ASSAY_TEXT}};
    seen s = {0};
    assay_run *run = NULL;
    assay_feed *feed = NULL;
    require(open_run(c, reversed ? 3 : 64, 0, &run, &s.err) == ASSAY_OK);
    require(assay_feed_open(run, "d", columns, FIELDS, &feed, &s.err) == ASSAY_OK);
    for (size_t i = 0; s.status == ASSAY_OK && i < n; i++)
        s.status = push(feed, &records[reversed ? n - 1 - i : i], &s.err);
    const assay_status closed = assay_feed_close(feed, s.status == ASSAY_OK ? &s.err : NULL);
    if (s.status == ASSAY_OK) s.status = closed;
    finish(run, &s);
    return s;
}

/* ---- Comparing ---- */

static void release(seen *s)
{
    ay_buf_free(&s->result);
    ay_buf_free(&s->findings);
    ay_buf_free(&s->summary);
}

static void require_same(const seen *a, seen b, bool same_error)
{
    require(a->status == b.status);
    if (a->status == ASSAY_OK) {
        require(ay_str_eq(ay_buf_view(&a->result), ay_buf_view(&b.result)));
        require(ay_str_eq(ay_buf_view(&a->findings), ay_buf_view(&b.findings)));
        require(ay_str_eq(ay_buf_view(&a->summary), ay_buf_view(&b.summary)));
    } else if (same_error) {
        require(a->err.line == b.err.line && strcmp(a->err.text, b.err.text) == 0);
    }
    release(&b);
}

static void compare_files(const choice *c, ay_str csv)
{
    char path[64];
    const int fd = memfd_create("fuzz.csv", MFD_CLOEXEC);
    require(fd >= 0);
    const size_t times = c->repeat && csv.len ? REPEATED_BYTES / csv.len + 1 : 1;
    for (size_t i = 0; i < times; i++) require(write(fd, csv.ptr, csv.len) == (ssize_t)csv.len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    seen all = run_file(c, path, 4096, 0);
    if (c->vary == LITTLE_MEMORY) require_same(&all, run_file(c, path, 4096, 1 << 20), true);
    else require_same(&all, run_file(c, path, c->vary == BATCH_1 ? 1 : 3, 0), true);
    release(&all);
    (void)close(fd);
}

static void compare_pushed(const choice *c, ay_str csv)
{
    record *records = AY_NEW_ARRAY(RECORDS_MAX, record);
    require(records != NULL);
    const size_t n = split(csv, records);
    seen all = run_push(c, records, n, false);
    require_same(&all, run_push(c, records, n, true), false);
    release(&all);
    ay_free(records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 4) return 0;
    const choice c = choose(data);
    const ay_str csv = {(const char *)data + 4, len - 4};
    if (c.vary == REVERSED) compare_pushed(&c, csv);
    else compare_files(&c, csv);
    return 0;
}
