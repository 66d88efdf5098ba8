/* What the tests of check kinds share: a field or two, a rule from a line of text, records from lines of text,
 * verdicts as letters. The parameter is written as YAML's flow style, read here so that these tests need no pack. */
#ifndef AY_TEST_CHECK_KIT_H
#define AY_TEST_CHECK_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "check/kinds.h"

#define KIT_FIELDS 4

typedef struct kit {
    ay_arena arena;
    assay_diags *diags;
    ay_zone *zone;
    ay_field fields[KIT_FIELDS];
    uint32_t n_fields;
    const char *file;  /* what any code list file holds; NULL: there is none */
    const char *other; /* what y.csv holds, where it is another */
    ay_build build;
    ay_context context;
    ay_batch batch;
    ay_rule rule;
    ay_memo memo;
} kit;

/* ---- parameters ---- */

typedef struct kit_reader {
    kit *k;
    const char *start, *at;
} kit_reader;

static ay_node *kit_node(kit_reader *r, ay_node_kind kind)
{
    ay_node *node = AY_ARENA_NEW(&r->k->arena, ay_node);
    assert_non_null(node);
    node->kind = kind;
    node->pos = (ay_pos){"test.yaml", 1, (uint32_t)ay_utf8_length((ay_str){r->start, (size_t)(r->at - r->start)}) + 1};
    return node;
}

static void kit_skip(kit_reader *r)
{
    while (*r->at == ' ') r->at++;
}

static ay_node *kit_scalar(kit_reader *r, const char *stop)
{
    ay_node *node = kit_node(r, AY_NODE_SCALAR);
    if (*r->at == '\'') {
        node->quoted = true;
        stop = "'";
        r->at++;
    }
    const char *from = r->at;
    while (*r->at && !strchr(stop, *r->at)) r->at++;
    assert_true(ay_arena_str(&r->k->arena, (ay_str){from, (size_t)(r->at - from)}, &node->text));
    if (node->quoted) r->at++;
    return node;
}

static ay_node *kit_value(kit_reader *r)
{
    kit_skip(r);
    if (*r->at != '[' && *r->at != '{') return kit_scalar(r, ",]}");
    const bool is_map = *r->at == '{';
    ay_node *node = kit_node(r, is_map ? AY_NODE_MAP : AY_NODE_LIST);
    node->items = AY_ARENA_ARRAY(&r->k->arena, 32, const ay_node *);
    assert_non_null(node->items);
    r->at++;
    for (kit_skip(r); *r->at != ']' && *r->at != '}'; kit_skip(r)) {
        ay_node *key = NULL;
        if (is_map) {
            key = kit_scalar(r, ":");
            r->at++;
        }
        ay_node *item = kit_value(r);
        item->key = key;
        assert_true(node->n < 32);
        node->items[node->n++] = item;
        kit_skip(r);
        if (*r->at == ',') r->at++;
    }
    r->at++;
    return node;
}

/* ---- opening ---- */

static bool kit_file(void *ctx, ay_str name, ay_pos pos, ay_str *ret_bytes)
{
    kit *k = (kit *)ctx;
    if (!k->file) {
        ay_diag_error(k->diags, "file-not-found", pos, "no file '" AY_STR_FMT "'", "没有文件“" AY_STR_FMT "”",
                      AY_STR_ARG(name));
        return false;
    }
    *ret_bytes = ay_str_from(k->other && ay_str_is(name, "y.csv") ? k->other : k->file);
    return true;
}

/* Types of the fields a, b, c, d, separated by blanks. */
static void kit_open(kit *k, const char *types)
{
    static const char *const names[KIT_FIELDS] = {"a", "b", "c", "d"};
    *k = (kit){.diags = assay_diags_new()};
    assert_non_null(k->diags);
    assert_int_equal(ay_zone_open("+08:00", &k->zone, NULL), ASSAY_OK);
    for (const char *at = types; *at; k->n_fields++) {
        const char *end = strchr(at, ' ');
        const ay_str name = {at, end ? (size_t)(end - at) : strlen(at)};
        ay_field *field = &k->fields[k->n_fields];
        *field = (ay_field){.name = names[k->n_fields], .column = names[k->n_fields], .zone = k->zone};
        assert_true(ay_type_from_name(name, &field->type));
        at = end ? end + 1 : at + name.len;
    }
    k->build = (ay_build){.arena = &k->arena,
                          .diags = k->diags,
                          .fields = k->fields,
                          .n_fields = k->n_fields,
                          .zone = k->zone,
                          .read_file = kit_file,
                          .read_ctx = k};
    const int64_t today = ay_days_from_civil(2026, 1, 31);
    k->context = (ay_context){
        .today = today, .now_local = today * AY_DAY_US, .as_of_us = today * AY_DAY_US - 28800000000, .zone = k->zone};
}

static void kit_close(kit *k)
{
    ay_memo_close(&k->memo);
    ay_batch_free(&k->batch);
    ay_arena_free(&k->arena);
    k->zone = ay_zone_close(k->zone);
    k->diags = assay_diags_free(k->diags);
}

static inline bool kit_compile(kit *k, const char *check, const char *arg)
{
    kit_reader r = {k, arg, arg};
    const ay_kind *kind = ay_kind_find(ay_str_from(check));
    assert_non_null(kind);
    k->rule = (ay_rule){.id = "d.rule",
                        .basis = "",
                        .kind = kind,
                        .pos = {"test.yaml", 1, 1},
                        .arg = kit_value(&r),
                        .field = kind->over == AY_OVER_VALUE ? 0 : -1};
    return kind->compile(&k->build, k->rule.arg, &k->rule);
}

/* ---- records ---- */

static void kit_put(ay_col *col, uint32_t row, const ay_cell *cell)
{
    switch (ay_type_storage(col->type)) {
    case AY_STORE_I64: col->v.i64[row] = cell->v.i64; break;
    case AY_STORE_F64: col->v.f64[row] = cell->v.f64; break;
    case AY_STORE_DEC: col->v.dec[row] = cell->v.dec; break;
    case AY_STORE_STR: col->v.str[row] = cell->v.str; break;
    case AY_STORE_IV: col->v.iv[row] = cell->v.iv; break;
    case AY_STORE_TTZ: col->v.ttz[row] = cell->v.ttz; break;
    }
}

/* One value: NULL means null, text that the type cannot read is a bad value. */
static void kit_set(kit *k, uint32_t field, uint32_t row, const char *text)
{
    ay_col *col = &k->batch.cols[field];
    ay_cell cell;
    assay_status status = ASSAY_OK;
    if (!text || strcmp(text, "NULL") == 0) {
        ay_bit_set(col->null, row);
        return;
    }
    const char *kept = ay_arena_copy(&k->arena, ay_str_from(text));
    assert_non_null(kept);
    if (ay_cell_read(ay_str_from(kept), col->type, k->zone, &k->batch.heap, &cell, NULL, NULL, &status))
        kit_put(col, row, &cell);
    else ay_bit_set(col->bad, row);
}

static inline void kit_batch(kit *k, uint32_t rows)
{
    ay_type types[KIT_FIELDS];
    for (uint32_t i = 0; i < k->n_fields; i++) types[i] = k->fields[i].type;
    assert_int_equal(ay_batch_open(&k->batch, types, k->n_fields, rows, NULL), ASSAY_OK);
    k->batch.rows = rows;
}

/* Values of one record are separated by '|'. */
static inline void kit_record(kit *k, uint32_t row, const char *line)
{
    char copy[512];
    assert_true(strlen(line) < sizeof copy);
    memcpy(copy, line, strlen(line) + 1);
    char *at = copy;
    for (uint32_t f = 0; f < k->n_fields; f++) {
        char *bar = k->n_fields > 1 ? strchr(at, '|') : NULL;
        if (bar) *bar = 0;
        kit_set(k, f, row, at);
        if (bar) at = bar + 1;
    }
}

/* ---- verdicts ---- */

static inline assay_status kit_eval(kit *k, const uint64_t *active, ay_marks marks, assay_err *err)
{
    const ay_kind *kind = k->rule.kind;
    const ay_view view = {.batch = &k->batch, .context = &k->context};
    void *scratch = NULL;
    assay_status status = kind->open ? kind->open(&k->rule, k->batch.cap, &scratch, err) : ASSAY_OK;
    if (status == ASSAY_OK) status = kind->eval(&k->rule, scratch, &view, active, marks, err);
    if (kind->close) kind->close(scratch);
    return status;
}

/* As a run does it: P pass, F fail, S skipped, U unreadable. */
static inline void kit_verdicts(kit *k, char *out)
{
    uint64_t fail[80] = {0}, unknown[80] = {0}, unreadable[80] = {0}, active[80];
    const uint32_t rows = k->batch.rows;
    const ay_col *col = &k->batch.cols[0];
    const bool is_masked = k->rule.kind->over == AY_OVER_VALUE && !k->rule.kind->sees_null;
    ay_bits_fill(active, rows);
    for (size_t w = 0; w < AY_BITS_WORDS(rows) && is_masked; w++) active[w] &= ~(col->null[w] | col->bad[w]);
    assert_int_equal(kit_eval(k, active, (ay_marks){fail, unknown, unreadable}, NULL), ASSAY_OK);
    for (uint32_t i = 0; i < rows; i++) {
        const int marked = ay_bit(fail, i) + ay_bit(unknown, i) + ay_bit(unreadable, i);
        assert_true(marked <= 1 && (!marked || ay_bit(active, i)));
        out[i] = ay_bit(fail, i) ? 'F' : ay_bit(unreadable, i) ? 'U' : ay_bit(unknown, i) ? 'S' : 'P';
        if (!ay_bit(active, i)) out[i] = ay_bit(col->null, i) ? 'S' : 'U';
    }
    out[rows] = 0;
}

/* The reason for a record whose values read like this line. */
static inline void kit_reason(kit *k, const char *line, ay_verdict verdict, bool zh, char *out, size_t size)
{
    char copy[512];
    ay_cell values[KIT_FIELDS] = {{0}};
    AY_CLEANUP(ay_buf_free) ay_buf buf = {0};
    assert_true(strlen(line) < sizeof copy);
    memcpy(copy, line, strlen(line) + 1);
    char *at = copy;
    for (uint32_t f = 0; f < k->rule.n_fields; f++) {
        char *bar = k->rule.n_fields > 1 ? strchr(at, '|') : NULL;
        if (bar) *bar = 0;
        values[f] = (ay_cell){.type = AY_TEXT, .is_null = strcmp(at, "NULL") == 0, .v.str = ay_str_from(at)};
        at = bar ? bar + 1 : at + strlen(at);
    }
    k->rule.kind->reason(
        &k->rule, &(ay_facts){.values = values, .verdict = verdict, .is_quotable = true, .today = k->context.today}, zh,
        &buf);
    assert_true(buf.len < size && buf.len > 0);
    memcpy(out, buf.ptr, buf.len);
    out[buf.len] = 0;
    assert_int_equal(ay_utf8_valid((ay_str){out, buf.len}), buf.len);
}

/* "VALUE by ORIGIN CONFIDENCE", with ":FIELD" behind the value where it is not of the first; "" for none. */
static inline void kit_put_suggestion(const ay_suggestion *s, ay_str value, ay_buf *out)
{
    ay_buf_str(out, value);
    if (s->i) ay_buf_printf(out, ":%u", s->i);
    ay_buf_printf(out, " by %s %u", ay_origin_name(s->by), s->confidence);
}

/* As a run asks for it; what a field's normalizers would do is not known here. */
static inline void kit_suggest(kit *k, const ay_facts *facts, char *out, size_t size)
{
    AY_CLEANUP(ay_buf_free) ay_buf value = {0}, text = {0};
    ay_suggestion s = {.i = 99};
    if (ay_rule_suggest(&k->rule, k->fields, facts, &k->memo, &s, &value)) {
        assert_true(s.i < k->rule.n_fields && s.confidence <= 100);
        kit_put_suggestion(&s, ay_buf_view(&value), &text);
    } else {
        assert_int_equal(value.len, 0);
    }
    assert_int_equal(value.failed, ASSAY_OK);
    assert_true(text.len < size);
    if (text.len) memcpy(out, text.ptr, text.len);
    out[text.len] = 0;
}

/* Of a failed value of the first field. */
static inline void kit_suggest_for(kit *k, const char *value, char *out, size_t size)
{
    ay_cell values[KIT_FIELDS] = {{0}};
    values[0] = (ay_cell){.type = AY_TEXT, .is_null = !value, .v.str = ay_str_from(value)};
    kit_suggest(k, &(ay_facts){.values = values, .verdict = AY_FAIL, .today = k->context.today}, out, size);
}

/* ---- tables ---- */

#define KIT_ROWS 12

typedef struct kit_case {
    const char *label, *types, *check, *arg;
    const char *rows[KIT_ROWS];
    const char *verdicts; /* one letter a row */
} kit_case;

static inline void kit_run_case(const kit_case *c, const char *file)
{
    kit k;
    char got[KIT_ROWS + 1];
    const uint32_t rows = (uint32_t)strlen(c->verdicts);
    kit_open(&k, c->types);
    k.file = file;
    if (!kit_compile(&k, c->check, c->arg))
        fail_msg("%s: does not compile: %s", c->label,
                 assay_diags_count(k.diags) ? assay_diags_at(k.diags, 0)->text : "no diagnostic");
    kit_batch(&k, rows);
    for (uint32_t i = 0; i < rows; i++) kit_record(&k, i, c->rows[i]);
    kit_verdicts(&k, got);
    if (strcmp(got, c->verdicts) != 0) fail_msg("%s: got %s, want %s", c->label, got, c->verdicts);
    kit_close(&k);
}

typedef struct kit_reason_case {
    const char *label, *types, *check, *arg, *row;
    ay_verdict verdict;
    const char *en, *zh;
} kit_reason_case;

static inline void kit_run_reason(const kit_reason_case *c, const char *file)
{
    kit k;
    char got[512];
    kit_open(&k, c->types);
    k.file = file;
    if (!kit_compile(&k, c->check, c->arg)) fail_msg("%s: does not compile", c->label);
    kit_reason(&k, c->row, c->verdict, false, got, sizeof got);
    if (strcmp(got, c->en) != 0) fail_msg("%s: got '%s', want '%s'", c->label, got, c->en);
    kit_reason(&k, c->row, c->verdict, true, got, sizeof got);
    if (strcmp(got, c->zh) != 0) fail_msg("%s: got '%s', want '%s'", c->label, got, c->zh);
    kit_close(&k);
}

typedef struct kit_fault_case {
    const char *label, *types, *check, *arg;
    const char *code;
    uint32_t line, column;
    const char *text; /* the English message */
} kit_fault_case;

static inline void kit_run_fault(const kit_fault_case *c, const char *file)
{
    kit k;
    kit_open(&k, c->types);
    k.file = file;
    if (kit_compile(&k, c->check, c->arg)) fail_msg("%s: compiles", c->label);
    if (assay_diags_count(k.diags) == 0) fail_msg("%s: no diagnostic", c->label);
    const assay_diag *d = assay_diags_at(k.diags, 0);
    if (strcmp(d->code, c->code) != 0 || strcmp(d->text, c->text) != 0 || d->line != c->line || d->column != c->column)
        fail_msg("%s: got %s %u:%u '%s'", c->label, d->code, d->line, d->column, d->text);
    assert_true(d->text_zh[0]);
    kit_close(&k);
}

#endif
