#include "run/shown.h"

#include "base/json.h"
#include "base/mem.h"
#include "check/normalize.h"

struct ay_shower {
    assay_result *result;
    const ay_dataset_result *dataset;
    ay_finding *finding;
    ay_arena heap; /* of one finding */
    ay_buf text;   /* scratch */
    ay_buf shown;  /* masked */
    ay_norm_room room;
    bool is_masked;
    ay_json json; /* into one of these: */
    ay_buf key, value, reason, suggestion;
};

assay_status ay_shower_open(assay_result *result, ay_shower **ret, assay_err *err)
{
    ay_shower *s = AY_NEW(ay_shower);
    AY_NOMEM_IF(!s, err);
    s->result = result;
    s->finding = AY_NEW(ay_finding);
    if (!s->finding) {
        ay_shower_free(s);
        return ay_fail_nomem(err);
    }
    *ret = s;
    return ASSAY_OK;
}

ay_shower *ay_shower_free(ay_shower *s)
{
    if (!s) return NULL;
    ay_free(s->finding);
    ay_arena_free(&s->heap);
    ay_norm_room_free(&s->room);
    ay_buf *const bufs[] = {&s->text, &s->shown, &s->key, &s->value, &s->reason, &s->suggestion};
    for (size_t i = 0; i < AY_COUNT(bufs); i++) ay_buf_free(bufs[i]);
    return ay_free(s);
}

/* The scratch buffer, empty; a failure in it becomes one of the output. */
static ay_buf *blank(ay_shower *s, ay_buf *scratch)
{
    if (scratch->failed) s->json.out->failed = scratch->failed;
    ay_buf_clear(scratch);
    return scratch;
}

static void write_to(ay_shower *s, ay_buf *out)
{
    ay_buf_clear(out);
    s->json = (ay_json){.out = out};
}

/* `rule` as in ay_leaving. */
static void put_masked(ay_shower *s, const ay_rule *rule, uint32_t field, ay_str text)
{
    const ay_leaving what = {s->dataset->dataset, field, rule};
    s->is_masked |= ay_gate_hides(&s->result->gate, what, text);
    ay_gate_put(&s->result->gate, what, text, blank(s, &s->shown));
    ay_json_str(&s->json, ay_buf_view(&s->shown));
}

static void put_cell(ay_shower *s, const ay_rule *rule, uint32_t field, const ay_cell *cell)
{
    if (cell->is_null) {
        ay_json_null(&s->json);
        return;
    }
    ay_cell_text_in(cell, s->result->pack->zone, blank(s, &s->text));
    const bool is_number =
        cell->type == AY_INT && !cell->is_bad && s->dataset->dataset->fields[field].level <= AY_INTERNAL;
    if (is_number) ay_json_raw(&s->json, ay_buf_view(&s->text));
    else put_masked(s, rule, field, ay_buf_view(&s->text));
}

static void put_key(ay_shower *s, const ay_finding *f)
{
    const ay_dataset *d = s->dataset->dataset;
    bool is_known = false;
    for (uint32_t k = 0; k < f->n_key; k++) is_known |= !f->key[k].is_null;
    if (!is_known) {
        ay_json_null(&s->json);
        return;
    }
    ay_json_open_object(&s->json);
    for (uint32_t k = 0; k < f->n_key; k++) {
        ay_json_key(&s->json, d->fields[d->key[k]].name);
        put_cell(s, NULL, d->key[k], &f->key[k]);
    }
    ay_json_close_object(&s->json);
}

static void put_values(ay_shower *s, const ay_rule *rule, const ay_finding *f)
{
    const ay_field *fields = s->dataset->dataset->fields;
    if (f->n_values == 1) {
        put_cell(s, rule, rule->fields[0], &f->values[0]);
        return;
    }
    ay_json_open_object(&s->json);
    for (uint32_t i = 0; i < f->n_values; i++) {
        ay_json_key(&s->json, fields[rule->fields[i]].name);
        put_cell(s, rule, rule->fields[i], &f->values[i]);
    }
    ay_json_close_object(&s->json);
}

/* What a normaliser would make of the one text the rule reads. */
static bool suggest_normal(ay_shower *s, const ay_rule *rule, const ay_facts *facts, ay_buf *out)
{
    if (rule->n_fields != 1 || facts->values[0].is_null || out->failed) return false;
    const ay_str text = facts->values[0].v.str;
    ay_str repaired;
    out->failed =
        ay_norm_apply(s->dataset->dataset->fields[rule->fields[0]].normalizers, text, &s->room, &repaired, NULL);
    if (out->failed || ay_str_eq(repaired, text)) return false;
    ay_buf_str(out, repaired);
    return true;
}

static bool put_suggestion(ay_shower *s, const ay_rule *rule, const ay_facts *facts)
{
    uint32_t i = 0;
    blank(s, &s->text);
    const bool is_known = rule->kind->suggest && rule->kind->suggest(rule, facts, &i, &s->text);
    if (!is_known && !suggest_normal(s, rule, facts, &s->text)) return false;
    if (rule->n_fields == 1) {
        put_masked(s, rule, rule->fields[0], ay_buf_view(&s->text));
        return true;
    }
    ay_json_open_object(&s->json);
    ay_json_key(&s->json, s->dataset->dataset->fields[rule->fields[i]].name);
    put_masked(s, rule, rule->fields[i], ay_buf_view(&s->text));
    ay_json_close_object(&s->json);
    return true;
}

static const ay_rule *rule_of(const ay_dataset_result *d, uint32_t ordinal)
{
    const ay_dataset *dataset = d->dataset;
    return ordinal < dataset->n_rules ? dataset->rules[ordinal] : &d->plan->reject_rule;
}

static void show(ay_shower *s, const ay_rule *rule, ay_shown *ret)
{
    const ay_finding *f = s->finding;
    const ay_field *fields = s->dataset->dataset->fields;
    const ay_facts facts = {.values = f->values,
                            .detail = f->detail,
                            .n_detail = f->n_detail,
                            .verdict = f->verdict,
                            .today = s->result->today};
    s->is_masked = false;
    write_to(s, &s->key);
    put_key(s, f);
    write_to(s, &s->value);
    put_values(s, rule, f);
    write_to(s, &s->reason);
    ay_rule_reason(rule, fields, &facts, strcmp(s->result->lang, "zh") == 0, &s->reason);
    write_to(s, &s->suggestion);
    const bool is_suggested = put_suggestion(s, rule, &facts);
    blank(s, &s->text);
    blank(s, &s->shown);
    *ret = (ay_shown){.rule = rule,
                      .key = ay_buf_view(&s->key),
                      .field = f->n_values == 1 ? fields[rule->fields[0]].name : NULL,
                      .value = ay_buf_view(&s->value),
                      .reason = ay_buf_view(&s->reason),
                      .suggestion = is_suggested ? ay_buf_view(&s->suggestion) : (ay_str){0},
                      .is_masked = s->is_masked,
                      .suggestion_by = "",
                      .verdict = f->verdict == AY_FAIL ? "fail" : "unreadable"};
}

assay_status ay_show(ay_shower *s, const ay_dataset_result *dataset, ay_str bytes, ay_shown *ret, assay_err *err)
{
    s->dataset = dataset;
    ay_arena_reset(&s->heap);
    AY_TRY(ay_finding_take(bytes, dataset->dataset->n_key, &s->heap, s->finding, err));
    show(s, rule_of(dataset, s->finding->ordinal), ret);
    AY_TRY(ay_buf_status(&s->key, err));
    AY_TRY(ay_buf_status(&s->value, err));
    AY_TRY(ay_buf_status(&s->reason, err));
    return ay_buf_status(&s->suggestion, err);
}
