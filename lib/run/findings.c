/* findings.ndjson: each finding put into words and masked, in order of dataset, key, rule. */
#include "base/json.h"
#include "base/mem.h"
#include "check/normalize.h"
#include "run/finding.h"
#include "run/result.h"
#include "base/stream.h"

#define FLUSH_AT ((size_t)256 << 10)

typedef struct writer {
    assay_result *result;
    const ay_dataset_result *dataset;
    ay_arena heap; /* of one finding */
    ay_buf text;   /* scratch */
    ay_buf shown;  /* masked */
    ay_norm_room room;
    ay_json json;
} writer;

/* The scratch buffer, empty; a failure in it becomes one of the output. */
static ay_buf *blank(writer *w, ay_buf *scratch)
{
    if (scratch->failed) w->json.out->failed = scratch->failed;
    ay_buf_clear(scratch);
    return scratch;
}

/* `rule` as in ay_leaving. */
static void put_masked(writer *w, const ay_rule *rule, uint32_t field, ay_str text)
{
    const ay_leaving what = {w->dataset->dataset, field, rule};
    ay_gate_put(&w->result->gate, what, text, blank(w, &w->shown));
    ay_json_str(&w->json, ay_buf_view(&w->shown));
}

static void put_cell(writer *w, const ay_rule *rule, uint32_t field, const ay_cell *cell)
{
    if (cell->is_null) {
        ay_json_null(&w->json);
        return;
    }
    ay_cell_text_in(cell, w->result->pack->zone, blank(w, &w->text));
    const bool is_number =
        cell->type == AY_INT && !cell->is_bad && w->dataset->dataset->fields[field].level <= AY_INTERNAL;
    if (is_number) ay_json_raw(&w->json, ay_buf_view(&w->text));
    else put_masked(w, rule, field, ay_buf_view(&w->text));
}

static void put_key(writer *w, const ay_finding *f)
{
    const ay_dataset *d = w->dataset->dataset;
    bool is_known = false;
    for (uint32_t k = 0; k < f->n_key; k++) is_known |= !f->key[k].is_null;
    ay_json_key(&w->json, "key");
    if (!is_known) {
        ay_json_null(&w->json);
        return;
    }
    ay_json_open_object(&w->json);
    for (uint32_t k = 0; k < f->n_key; k++) {
        ay_json_key(&w->json, d->fields[d->key[k]].name);
        put_cell(w, NULL, d->key[k], &f->key[k]);
    }
    ay_json_close_object(&w->json);
}

static void put_values(writer *w, const ay_rule *rule, const ay_finding *f)
{
    const ay_field *fields = w->dataset->dataset->fields;
    const bool is_one = f->n_values == 1;
    ay_json_key(&w->json, "field");
    ay_json_text(&w->json, is_one ? fields[rule->fields[0]].name : NULL);
    ay_json_key(&w->json, is_one ? "value" : "values");
    if (is_one) {
        put_cell(w, rule, rule->fields[0], &f->values[0]);
        return;
    }
    ay_json_open_object(&w->json);
    for (uint32_t i = 0; i < f->n_values; i++) {
        ay_json_key(&w->json, fields[rule->fields[i]].name);
        put_cell(w, rule, rule->fields[i], &f->values[i]);
    }
    ay_json_close_object(&w->json);
}

static void put_reason(writer *w, const ay_rule *rule, const ay_facts *facts)
{
    const bool zh = strcmp(w->result->lang, "zh") == 0;
    ay_rule_reason(rule, w->dataset->dataset->fields, facts, zh, blank(w, &w->text));
    ay_json_key(&w->json, "reason");
    ay_json_str(&w->json, ay_buf_view(&w->text));
}

/* What a normaliser would make of the one text the rule reads. */
static bool suggest_normal(writer *w, const ay_rule *rule, const ay_facts *facts, ay_buf *out)
{
    if (rule->n_fields != 1 || facts->values[0].is_null || out->failed) return false;
    const ay_str text = facts->values[0].v.str;
    ay_str repaired;
    out->failed =
        ay_norm_apply(w->dataset->dataset->fields[rule->fields[0]].normalizers, text, &w->room, &repaired, NULL);
    if (out->failed || ay_str_eq(repaired, text)) return false;
    ay_buf_str(out, repaired);
    return true;
}

static void put_suggestion(writer *w, const ay_rule *rule, const ay_facts *facts)
{
    uint32_t i = 0;
    blank(w, &w->text);
    const bool is_known = rule->kind->suggest && rule->kind->suggest(rule, facts, &i, &w->text);
    if (!is_known && !suggest_normal(w, rule, facts, &w->text)) return;
    ay_json_key(&w->json, "suggestion");
    if (rule->n_fields == 1) {
        put_masked(w, rule, rule->fields[0], ay_buf_view(&w->text));
        return;
    }
    ay_json_open_object(&w->json);
    ay_json_key(&w->json, w->dataset->dataset->fields[rule->fields[i]].name);
    put_masked(w, rule, rule->fields[i], ay_buf_view(&w->text));
    ay_json_close_object(&w->json);
}

static const ay_rule *rule_of(const ay_dataset_result *d, uint32_t ordinal)
{
    const ay_dataset *dataset = d->dataset;
    return ordinal < dataset->n_rules ? dataset->rules[ordinal] : &d->plan->reject_rule;
}

static void put_finding(writer *w, const ay_finding *f, ay_buf *out)
{
    const ay_rule *rule = rule_of(w->dataset, f->ordinal);
    const ay_facts facts = {.values = f->values,
                            .detail = f->detail,
                            .n_detail = f->n_detail,
                            .verdict = f->verdict,
                            .today = w->result->today};
    w->json = (ay_json){.out = out};
    ay_json_open_object(&w->json);
    ay_json_key(&w->json, "dataset");
    ay_json_text(&w->json, w->dataset->dataset->name);
    ay_json_key(&w->json, "rule");
    ay_json_text(&w->json, rule->id);
    put_key(w, f);
    put_values(w, rule, f);
    ay_json_key(&w->json, "verdict");
    ay_json_text(&w->json, f->verdict == AY_FAIL ? "fail" : "unreadable");
    put_reason(w, rule, &facts);
    put_suggestion(w, rule, &facts);
    ay_json_close_object(&w->json);
    ay_buf_char(out, '\n');
    blank(w, &w->text);
    blank(w, &w->shown);
}

static assay_status write_sorted(writer *w, ay_sorted *sorted, ay_stream *out, assay_err *err)
{
    ay_finding *finding = AY_NEW(ay_finding);
    AY_NOMEM_IF(!finding, err);
    assay_status st = ASSAY_OK;
    for (bool end = false; st == ASSAY_OK;) {
        ay_sort_record record;
        st = ay_sorted_next(sorted, &record, &end, err);
        if (st != ASSAY_OK || end) break;
        ay_arena_reset(&w->heap);
        st = ay_finding_take(record.bytes, w->dataset->dataset->n_key, &w->heap, finding, err);
        if (st == ASSAY_OK) put_finding(w, finding, &out->buf);
        if (st == ASSAY_OK) st = ay_stream_flush(out, FLUSH_AT, err);
    }
    ay_free(finding);
    return st;
}

assay_status ay_result_write_findings(assay_result *result, ay_stream *out, assay_err *err)
{
    writer w = {.result = result};
    assay_status st = ASSAY_OK;
    for (uint32_t i = 0; st == ASSAY_OK && i < result->pack->n_datasets; i++) {
        ay_sorted *sorted = NULL;
        w.dataset = &result->datasets[i];
        if (!w.dataset->selected || !w.dataset->fed) continue;
        st = ay_sorted_open(w.dataset->partial.sorted, &sorted, err);
        if (st == ASSAY_OK) st = write_sorted(&w, sorted, out, err);
        ay_sorted_close(sorted);
    }
    ay_arena_free(&w.heap);
    ay_buf_free(&w.text);
    ay_buf_free(&w.shown);
    ay_norm_room_free(&w.room);
    return st;
}
