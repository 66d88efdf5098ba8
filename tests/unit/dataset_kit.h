/* What the tests of checks over a dataset share. The last field is the key: the number of the row, from 1. A result is
 * rendered as one text: the tally, the figures, the findings. Tables are cut into random parts and batches, taken up in
 * random order and merged in random groups: whatever the way, the same text must come out. */
#ifndef AY_TEST_DATASET_KIT_H
#define AY_TEST_DATASET_KIT_H

#pragma GCC diagnostic ignored "-Wunused-function" /* no test needs all of the kits */

#include "base/prints.h"
#include "check_kit.h"
#include "fault.h"

#define DK_PARTS 5

typedef struct dk_table {
    kit k;
    uint32_t key;
    ay_str *raw[KIT_FIELDS];
    const uint64_t *active; /* NULL: all */
    const ay_schema *source;
} dk_table;

typedef struct dk_result {
    ay_buf text;
    ay_tally tally;
    ay_arena figures;
    uint64_t *failed; /* bitmap by row, may be NULL */
    uint64_t findings;
} dk_result;

static uint64_t dk_random(uint64_t *state) /* xorshift64* */
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717) >> 11;
}

/* ---- tables ---- */

/* `types` without the key. */
static void dk_open(dk_table *t, const char *types, uint32_t rows)
{
    char all[128];
    snprintf(all, sizeof all, "%s%sinteger", types, *types ? " " : "");
    *t = (dk_table){0};
    kit_open(&t->k, all);
    t->key = t->k.n_fields - 1;
    t->k.build.key = &t->key;
    t->k.build.n_key = 1;
    kit_batch(&t->k, rows);
    for (uint32_t i = 0; i < t->k.n_fields; i++) {
        t->raw[i] = AY_ARENA_ARRAY(&t->k.arena, rows + 1, ay_str);
        assert_non_null(t->raw[i]);
    }
}

static void dk_close(dk_table *t)
{
    kit_close(&t->k);
}

/* As a source of text would give it: a typed value with its text beside it. */
static void dk_record(dk_table *t, uint32_t row, const char *line)
{
    char copy[512];
    assert_true(strlen(line) + 24 < sizeof copy);
    snprintf(copy, sizeof copy, "%s%s%u", line, t->key ? "|" : "", row + 1);
    kit_record(&t->k, row, copy);
    const char *at = copy;
    for (uint32_t f = 0; f < t->k.n_fields; f++) {
        const size_t n = strcspn(at, "|");
        if (f < t->key) assert_true(ay_arena_str(&t->k.arena, (ay_str){at, n}, &t->raw[f][row]));
        at += n + (at[n] == '|');
    }
    for (uint32_t f = 0; f < t->key; f++) t->k.batch.cols[f].raw = t->raw[f];
}

static void dk_compile(dk_table *t, const char *label, const char *check, const char *arg)
{
    if (!kit_compile(&t->k, check, arg))
        fail_msg("%s: does not compile: %s", label,
                 assay_diags_count(t->k.diags) ? assay_diags_at(t->k.diags, 0)->text : "no diagnostic");
}

/* A batch of these rows of the table. */
static void dk_pick(dk_table *t, const uint32_t *rows, uint32_t n, ay_batch *out, uint64_t *active)
{
    ay_type types[KIT_FIELDS];
    for (uint32_t i = 0; i < t->k.n_fields; i++) types[i] = t->k.fields[i].type;
    assert_int_equal(ay_batch_open(out, types, t->k.n_fields, n + 1, NULL), ASSAY_OK);
    out->rows = n;
    ay_bits_zero(active, n + 1);
    for (uint32_t i = 0; i < n; i++)
        if (!t->active || ay_bit(t->active, rows[i])) ay_bit_set(active, i);
    for (uint32_t f = 0; f < t->k.n_fields; f++) {
        ay_str *raw = AY_ARENA_ARRAY(&out->fixed, n + 1, ay_str);
        assert_non_null(raw);
        for (uint32_t i = 0; i < n; i++) {
            const ay_cell cell = ay_batch_cell(&t->k.batch, f, rows[i]);
            if (cell.is_null) ay_bit_set(out->cols[f].null, i);
            else if (cell.is_bad) ay_bit_set(out->cols[f].bad, i);
            else kit_put(&out->cols[f], i, &cell);
            raw[i] = cell.raw;
        }
        if (t->k.batch.cols[f].raw) out->cols[f].raw = raw;
    }
}

/* ---- results ---- */

static uint32_t dk_take(ay_str tuple, ay_cell cells[8], ay_arena *heap)
{
    ay_cursor c = ay_cursor_on(tuple.ptr, tuple.len);
    uint32_t n = 0;
    for (; c.at < c.end; n++) assert_true(n < 8 && ay_tuple_take(&c, heap, &cells[n]));
    return n;
}

static void dk_put_cells(ay_buf *out, const ay_cell *cells, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (i) ay_buf_char(out, ',');
        if (cells[i].is_null) ay_buf_char(out, '~');
        else ay_cell_text(&cells[i], out);
    }
}

static void dk_put_words(dk_result *r, const ay_rule *rule, const ay_facts *facts)
{
    const size_t from = r->text.len;
    rule->kind->reason(rule, facts, false, &r->text);
    assert_true(r->text.len > from);
    AY_CLEANUP(ay_buf_free) ay_buf zh = {0}, suggestion = {0};
    rule->kind->reason(rule, facts, true, &zh);
    assert_true(zh.len > 0 && ay_utf8_valid(ay_buf_view(&zh)) == zh.len && ay_utf8_length(ay_buf_view(&zh)) < zh.len);
    ay_suggestion s = {.i = UINT32_MAX};
    ay_memo memo = {0};
    if (!rule->kind->suggest || !rule->kind->suggest(rule, facts, &memo, &s, &suggestion)) return;
    ay_memo_close(&memo);
    assert_true(s.i < rule->n_fields);
    ay_buf_text(&r->text, " -> ");
    kit_put_suggestion(&s, ay_buf_view(&suggestion), &r->text);
}

/* "KEY(values)reason". */
static assay_status dk_finding(void *ctx, const ay_rule *rule, ay_verdict verdict, ay_str key, ay_str values,
                               ay_str detail, assay_err *err)
{
    (void)err;
    dk_result *r = (dk_result *)ctx;
    ay_cell keys[8], cells[8], details[8];
    ay_arena heap = {0};
    const uint32_t n_key = dk_take(key, keys, &heap), n_values = dk_take(values, cells, &heap);
    const uint32_t n_detail = dk_take(detail, details, &heap);
    assert_true(n_values == rule->n_fields || !values.len);
    ay_buf_text(&r->text, "\n");
    dk_put_cells(&r->text, keys, n_key);
    ay_buf_char(&r->text, '(');
    dk_put_cells(&r->text, cells, n_values);
    ay_buf_char(&r->text, ')');
    if (verdict == AY_UNREADABLE) ay_buf_char(&r->text, '!');
    const ay_facts facts = {.values = cells, .detail = details, .n_detail = n_detail, .verdict = verdict};
    dk_put_words(r, rule, &facts);
    if (r->failed && n_key) ay_bit_set(r->failed, (size_t)keys[0].v.i64 - 1);
    r->findings++;
    ay_arena_free(&heap);
    return ASSAY_OK;
}

static assay_status dk_count(void *ctx, const ay_rule *rule, ay_verdict verdict, ay_str key, ay_str values,
                             ay_str detail, assay_err *err)
{
    (void)rule, (void)verdict, (void)key, (void)values, (void)detail, (void)err;
    ((dk_result *)ctx)->findings++;
    return ASSAY_OK;
}

static assay_status dk_absorb(dk_table *t, void *state, const uint32_t *rows, uint32_t n, assay_err *err)
{
    ay_batch batch;
    uint64_t active[64];
    const uint32_t key = t->key;
    assert_true(n < 64 * 64);
    dk_pick(t, rows, n, &batch, active);
    const ay_view view = {.batch = &batch, .context = &t->k.context, .key = &key, .n_key = 1, .source = t->source};
    const assay_status status = t->k.rule.kind->absorb(&t->k.rule, state, &view, active, err);
    ay_batch_free(&batch);
    return status;
}

static void dk_finish(dk_table *t, void *state, dk_result *r)
{
    assay_err err = {0};
    const ay_emit emit = {.finding = t->k.context.prints_key ? dk_count : dk_finding, .ctx = r};
    ay_buf body = {0};
    if (ay_rule_finish(&t->k.rule, state, &t->k.context, &emit, &r->figures, &r->tally, &err))
        fail_msg("finish: %s", err.text);
    const ay_buf findings = r->text;
    const ay_tally *y = &r->tally;
    ay_buf_printf(&body, "%llu %llu %llu %llu", (unsigned long long)y->evaluated, (unsigned long long)y->failed,
                  (unsigned long long)y->skipped, (unsigned long long)y->unreadable);
    for (uint32_t i = 0; i < y->n_figures; i++) {
        const ay_named *figure = &y->figures[i];
        ay_buf_printf(&body, " %s=", figure->name);
        if (figure->text) ay_buf_printf(&body, "'%s'", figure->text);
        else ay_buf_int(&body, figure->value);
    }
    if (y->lack.of != AY_LACK_NONE) {
        ay_buf_char(&body, ' ');
        ay_lack_text(&y->lack, false, &body);
    }
    ay_buf_str(&body, ay_buf_view(&findings));
    ay_buf_char(&body, 0);
    assert_int_equal(ay_buf_status(&body, NULL), ASSAY_OK);
    ay_buf_free(&r->text);
    r->text = body;
}

static void dk_free(dk_result *r)
{
    ay_buf_free(&r->text);
    ay_arena_free(&r->figures);
}

/* ---- runs ---- */

static void *dk_state(dk_table *t, ay_budget *budget)
{
    void *state = NULL;
    assert_int_equal(t->k.rule.kind->state_open(&t->k.rule, budget, &state, NULL), ASSAY_OK);
    return state;
}

/* All rows in one batch. */
static void dk_run_whole(dk_table *t, ay_budget *budget, dk_result *r)
{
    void *state = dk_state(t, budget);
    uint32_t rows[64 * 63];
    assert_true(t->k.batch.rows <= AY_COUNT(rows));
    for (uint32_t i = 0; i < t->k.batch.rows; i++) rows[i] = i;
    assert_int_equal(dk_absorb(t, state, rows, t->k.batch.rows, NULL), ASSAY_OK);
    dk_finish(t, state, r);
    t->k.rule.kind->state_close(state);
}

static void dk_shuffle(uint32_t *rows, uint32_t n, uint64_t *seed)
{
    for (uint32_t i = n; i > 1; i--) {
        const uint32_t j = (uint32_t)(dk_random(seed) % i), kept = rows[i - 1];
        rows[i - 1] = rows[j];
        rows[j] = kept;
    }
}

static void dk_absorb_cut(dk_table *t, void *const *states, uint64_t *seed)
{
    uint32_t rows[64 * 63];
    const uint32_t n = t->k.batch.rows;
    for (uint32_t i = 0; i < n; i++) rows[i] = i;
    dk_shuffle(rows, n, seed);
    for (uint32_t i = 0; i < DK_PARTS; i++) assert_int_equal(dk_absorb(t, states[i], rows, 0, NULL), ASSAY_OK);
    for (uint32_t at = 0; at < n;) {
        uint32_t size = 1 + (uint32_t)(dk_random(seed) % 50);
        if (size > n - at) size = n - at;
        assert_int_equal(dk_absorb(t, states[dk_random(seed) % DK_PARTS], rows + at, size, NULL), ASSAY_OK);
        at += size;
    }
}

static void dk_run_cut(dk_table *t, uint64_t *seed, ay_budget *budget, dk_result *r)
{
    void *states[DK_PARTS];
    for (uint32_t i = 0; i < DK_PARTS; i++) states[i] = dk_state(t, budget);
    dk_absorb_cut(t, states, seed);
    for (uint32_t left = DK_PARTS; left > 1; left--) {
        const uint64_t into = dk_random(seed) % left;
        uint64_t from = dk_random(seed) % (left - 1);
        from += from >= into;
        assert_int_equal(t->k.rule.kind->merge(&t->k.rule, states[into], states[from], NULL), ASSAY_OK);
        t->k.rule.kind->state_close(states[from]);
        states[from] = states[left - 1];
    }
    dk_finish(t, states[0], r);
    t->k.rule.kind->state_close(states[0]);
}

/* A run that only counts: the first line is the same, and as many findings. */
static void dk_run_counted(dk_table *t, uint64_t *seed, ay_budget *budget, const dk_result *r)
{
    ay_prints_key key;
    dk_result counted = {0};
    assert_int_equal(ay_prints_key_make(&key, NULL), ASSAY_OK);
    t->k.context.prints_key = &key;
    dk_run_cut(t, seed, budget, &counted);
    t->k.context.prints_key = NULL;
    const ay_str line = {r->text.ptr, strcspn(r->text.ptr, "\n")};
    if (!ay_str_is(line, counted.text.ptr))
        fail_msg("counted only:\n%s\n--- whole:\n%s", counted.text.ptr, r->text.ptr);
    assert_int_equal(counted.findings, r->findings);
    assert_int_equal(budget->used, 0);
    dk_free(&counted);
}

/* The result, which must not depend on cuts, order or memory. */
static void dk_run(dk_table *t, uint64_t *seed, dk_result *r)
{
    ay_budget plain = {.memory_limit = 64u << 20};
    dk_run_whole(t, &plain, r);
    for (int i = 0; i < 3; i++) {
        ay_budget tiny = {.memory_limit = 1};
        dk_result other = {0};
        dk_run_cut(t, seed, i ? &tiny : &plain, &other);
        if (!ay_str_eq(ay_buf_view(&r->text), ay_buf_view(&other.text)))
            fail_msg("cut %d differs:\n%s\n--- whole:\n%s", i, other.text.ptr, r->text.ptr);
        assert_int_equal(tiny.used, 0);
        dk_free(&other);
        dk_run_counted(t, seed, i ? &tiny : &plain, r);
    }
    assert_int_equal(plain.used, 0);
}

/* ---- cases ---- */

#define DK_ROWS 12

typedef struct dk_case {
    const char *label, *types, *check, *arg;
    const char *rows[DK_ROWS];
    const char *want; /* "evaluated failed skipped unreadable figures" and one line a finding, by key */
    ay_nulls nulls;
} dk_case;

static int dk_compare_lines(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    const int by_length = (int)strcspn(x, "(") - (int)strcspn(y, "(");
    return by_length ? by_length : strcmp(x, y);
}

/* Findings by key, as a run puts them. */
static void dk_sort_lines(char *text, char *out)
{
    char *lines[64];
    size_t n = 0;
    for (char *at = text; at; n++) {
        assert_true(n < 64);
        lines[n] = at;
        at = strchr(at, '\n');
        if (at) *at++ = 0;
    }
    qsort(lines + 1, n - 1, sizeof *lines, dk_compare_lines);
    for (size_t i = 0; i < n; i++) out += snprintf(out, 512, "%s%s", i ? "\n" : "", lines[i]);
}

static void dk_run_case(const dk_case *c)
{
    dk_table t;
    dk_result r = {0};
    char got[4096];
    uint32_t rows = 0;
    uint64_t seed = 42;
    while (rows < DK_ROWS && c->rows[rows]) rows++;
    dk_open(&t, c->types, rows);
    dk_compile(&t, c->label, c->check, c->arg);
    t.k.rule.nulls = c->nulls;
    for (uint32_t i = 0; i < rows; i++) dk_record(&t, i, c->rows[i]);
    dk_run(&t, &seed, &r);
    dk_sort_lines(r.text.ptr, got);
    if (strcmp(got, c->want) != 0) fail_msg("%s: got\n%s\n--- want\n%s", c->label, got, c->want);
    dk_free(&r);
    dk_close(&t);
}

/* ---- lack of memory ---- */

typedef struct dk_fault {
    dk_table *table;
    ay_batch batch;
    uint64_t active[4];
} dk_fault;

static assay_status dk_ignore(void *ctx, const ay_rule *rule, ay_verdict verdict, ay_str key, ay_str values,
                              ay_str detail, assay_err *err)
{
    (void)ctx, (void)rule, (void)verdict, (void)key, (void)values, (void)detail, (void)err;
    return ASSAY_OK;
}

static assay_status dk_fault_run(dk_fault *f, void **states, assay_err *err)
{
    dk_table *t = f->table;
    const ay_rule *rule = &t->k.rule;
    const ay_view view = {
        .batch = &f->batch, .context = &t->k.context, .key = &t->key, .n_key = 1, .source = t->source};
    const ay_emit emit = {.finding = dk_ignore};
    ay_tally tally;
    for (int i = 0; i < 2; i++) AY_TRY(rule->kind->absorb(rule, states[i], &view, f->active, err));
    AY_TRY(rule->kind->merge(rule, states[0], states[1], err));
    AY_CLEANUP(ay_arena_free) ay_arena figures = {0};
    return ay_rule_finish(rule, states[0], &t->k.context, &emit, &figures, &tally, err);
}

static assay_status dk_fault_body(void *arg)
{
    dk_fault *f = (dk_fault *)arg;
    const ay_rule *rule = &f->table->k.rule;
    ay_budget budget = {.memory_limit = 1 << 20};
    void *states[2] = {NULL, NULL};
    assay_err err = {0};
    assay_status status = rule->kind->state_open(rule, &budget, &states[0], &err);
    if (status == ASSAY_OK) status = rule->kind->state_open(rule, &budget, &states[1], &err);
    if (status == ASSAY_OK) status = dk_fault_run(f, states, &err);
    rule->kind->state_close(states[0]);
    rule->kind->state_close(states[1]);
    assert_int_equal(budget.used, 0);
    return status;
}

/* Open, absorb, merge and finish with every allocation failing in turn. The rows stand twice in the data. */
static void dk_run_fault(const char *types, const char *check, const char *arg, const char *const *rows, uint32_t n)
{
    dk_table t;
    uint32_t all[64];
    dk_open(&t, types, n);
    dk_compile(&t, "fault", check, arg);
    dk_fault f = {.table = &t};
    for (uint32_t i = 0; i < n; i++) {
        dk_record(&t, i, rows[i]);
        all[i] = i;
    }
    dk_pick(&t, all, n, &f.batch, f.active);
    assert_true(fail_each_allocation(dk_fault_body, &f) > 1);
    ay_batch_free(&f.batch);
    dk_close(&t);
}

static void dk_run_fault_case(const kit_fault_case *c)
{
    dk_table t;
    dk_open(&t, c->types, 1);
    if (kit_compile(&t.k, c->check, c->arg)) fail_msg("%s: compiles", c->label);
    if (assay_diags_count(t.k.diags) == 0) fail_msg("%s: no diagnostic", c->label);
    const assay_diag *d = assay_diags_at(t.k.diags, 0);
    if (strcmp(d->code, c->code) != 0 || strcmp(d->text, c->text) != 0 || d->column != c->column)
        fail_msg("%s: got %s %u:%u '%s'", c->label, d->code, d->line, d->column, d->text);
    assert_true(d->text_zh[0]);
    dk_close(&t);
}

#endif
