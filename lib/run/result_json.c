/* result.json: see rules/result.schema.json. Integers only; no wall clock, no machine, so the same input gives the same
 * bytes. */
#include "base/json.h"
#include "base/mem.h"
#include "run/opening.h"
#include "run/predicate.h"
#include "run/result.h"
#include "base/stream.h"

typedef struct writer {
    const assay_result *result;
    ay_json json;
    ay_buf text;
} writer;

static void put_text(writer *w, const char *key, const char *text)
{
    ay_json_key(&w->json, key);
    ay_json_text(&w->json, text);
}

static void put_uint(writer *w, const char *key, uint64_t v)
{
    ay_json_key(&w->json, key);
    ay_json_uint(&w->json, v);
}

static void put_title(writer *w, const char *key, ay_title title)
{
    ay_json_key(&w->json, key);
    ay_json_open_object(&w->json);
    put_text(w, "zh", title.zh);
    put_text(w, "en", title.en);
    ay_json_close_object(&w->json);
}

/* ---- Scores ---- */

static void put_score(writer *w, const char *key, int64_t e4)
{
    ay_json_key(&w->json, key);
    if (e4 == AY_NOT_ASSESSABLE) ay_json_null(&w->json);
    else ay_json_int(&w->json, e4);
}

static void put_dimensions(writer *w, const ay_scoreboard *b)
{
    ay_json_key(&w->json, "dimensions");
    ay_json_open_array(&w->json);
    for (uint32_t i = 0; i < AY_DIMENSIONS; i++) {
        const ay_dimension *d = &ay_dimensions[i];
        ay_json_open_object(&w->json);
        put_text(w, "code", d->code);
        put_title(w, "name", (ay_title){d->zh, d->en});
        put_uint(w, "weight", w->result->pack->weights[i]);
        put_score(w, "score_e4", b->dimensions_e4[i]);
        ay_json_close_object(&w->json);
    }
    ay_json_close_array(&w->json);
}

static void put_indicators(writer *w, const ay_scoreboard *b)
{
    ay_json_key(&w->json, "indicators");
    ay_json_open_array(&w->json);
    for (uint32_t i = 0; i < AY_INDICATORS; i++) {
        const ay_indicator *d = &ay_indicators[i];
        const ay_indicator_score *s = &b->indicators[i];
        if (!s->is_used) continue;
        ay_json_open_object(&w->json);
        put_text(w, "code", d->code);
        put_title(w, "name", (ay_title){d->zh, d->en});
        put_text(w, "better", d->lower_is_better ? "low" : "high");
        put_uint(w, "a", s->a);
        put_uint(w, "b", s->b);
        put_score(w, "score_e4", s->score_e4);
        ay_json_close_object(&w->json);
    }
    ay_json_close_array(&w->json);
}

static void put_scoreboard(writer *w, const ay_scoreboard *b)
{
    ay_json_key(&w->json, "score");
    ay_json_open_object(&w->json);
    put_score(w, "total_e4", b->total_e4);
    if (b->grade) put_title(w, "grade", b->grade->name);
    else put_text(w, "grade", NULL);
    put_dimensions(w, b);
    put_indicators(w, b);
    ay_json_close_object(&w->json);
}

/* ---- Rules ---- */

static void put_predicate(writer *w, const ay_rule *rule)
{
    ay_buf_clear(&w->text);
    ay_predicate_text(rule, &w->text);
    ay_json_key(&w->json, "predicate");
    ay_json_str(&w->json, ay_buf_view(&w->text));
    if (w->text.failed) w->json.out->failed = w->text.failed;
}

/* Conditions and allowances as the pack gives them. */
static void put_limit(writer *w, const char *key, ay_limit limit)
{
    ay_buf_clear(&w->text);
    ay_buf_printf(&w->text, "%llu", (unsigned long long)limit.num);
    if (limit.den) ay_buf_printf(&w->text, "/%llu", (unsigned long long)limit.den);
    ay_json_key(&w->json, key);
    ay_json_str(&w->json, ay_buf_view(&w->text));
}

static void put_options(writer *w, const ay_rule *rule)
{
    static const char *const nulls[] = {[AY_NULLS_SKIP] = "skip", [AY_NULLS_PASS] = "pass", [AY_NULLS_FAIL] = "fail"};
    static const char *const on_empty[] = {
        [AY_EMPTY_WARN] = "warn", [AY_EMPTY_PASS] = "pass", [AY_EMPTY_FAIL] = "fail"};
    ay_buf_clear(&w->text);
    if (rule->condition) ay_node_text(rule->condition, &w->text);
    ay_json_key(&w->json, "where");
    if (rule->condition) ay_json_str(&w->json, ay_buf_view(&w->text));
    else ay_json_null(&w->json);
    if (w->text.failed) w->json.out->failed = w->text.failed;
    put_text(w, "nulls", nulls[rule->nulls]);
    put_text(w, "on_empty", on_empty[rule->on_empty]);
    ay_json_key(&w->json, "tolerance");
    ay_json_open_object(&w->json);
    put_limit(w, "warn", rule->warn);
    put_limit(w, "fail", rule->fail);
    ay_json_close_object(&w->json);
}

static void put_lack_text(writer *w, const ay_lack *lack, const char *lang, bool zh)
{
    ay_buf_clear(&w->text);
    ay_lack_text(lack, zh, &w->text);
    ay_json_key(&w->json, lang);
    ay_json_str(&w->json, ay_buf_view(&w->text));
    if (w->text.failed) w->json.out->failed = w->text.failed;
}

/* Why a rule, or its part that looks at earlier runs, was not evaluated. */
static void put_lack(writer *w, const ay_lack *lack)
{
    if (lack->of == AY_LACK_NONE) return;
    ay_json_key(&w->json, "not_evaluated");
    ay_json_open_object(&w->json);
    put_lack_text(w, lack, "zh", true);
    put_lack_text(w, lack, "en", false);
    ay_json_close_object(&w->json);
}

static void put_counts(writer *w, const ay_rule_outcome *o)
{
    put_uint(w, "evaluated", o->count.evaluated);
    put_uint(w, "failed", o->count.failed);
    put_uint(w, "skipped", o->count.skipped);
    put_uint(w, "unreadable", o->count.unreadable);
    put_uint(w, "excluded", o->count.excluded);
    ay_json_key(&w->json, "allowed");
    ay_json_open_object(&w->json);
    put_uint(w, "warn", o->allowed_warn);
    put_uint(w, "fail", o->allowed_fail);
    ay_json_close_object(&w->json);
}

static void put_figures(writer *w, const ay_tally *tally)
{
    if (tally->n_figures == 0) return;
    ay_json_key(&w->json, "figures");
    ay_json_open_object(&w->json);
    for (uint32_t i = 0; i < tally->n_figures; i++) {
        ay_json_key(&w->json, tally->figures[i].name);
        if (tally->figures[i].text) ay_json_text(&w->json, tally->figures[i].text);
        else ay_json_int(&w->json, tally->figures[i].value);
    }
    ay_json_close_object(&w->json);
}

static void put_rule(writer *w, const ay_rule_outcome *o)
{
    const ay_rule *rule = o->rule;
    ay_json_open_object(&w->json);
    put_text(w, "id", rule->id);
    put_text(w, "check", rule->kind->name);
    put_text(w, "field", rule->field >= 0 ? o->dataset->fields[rule->field].name : NULL);
    put_title(w, "title", rule->title);
    put_text(w, "basis", rule->basis);
    put_text(w, "severity", ay_severity_name(rule->severity));
    put_text(w, "indicator", rule->indicator);
    put_uint(w, "weight", rule->weight);
    put_predicate(w, rule);
    put_options(w, rule);
    put_text(w, "outcome", assay_outcome_name(o->outcome));
    put_lack(w, &o->tally.lack);
    put_counts(w, o);
    put_figures(w, &o->tally);
    ay_json_close_object(&w->json);
}

/* ---- Datasets, segments, sources ---- */

/* Masked like any value of its field; segments that then look alike stay apart. */
static void put_masked(writer *w, const ay_dataset *d, ay_str text)
{
    ay_buf_clear(&w->text);
    const ay_leaving what = {.dataset = d, .field = (uint32_t)d->segment.field};
    ay_gate_put(&w->result->gate, what, text, &w->text);
    ay_json_str(&w->json, ay_buf_view(&w->text));
    if (w->text.failed) w->json.out->failed = w->text.failed;
}

static void put_segment_key(writer *w, const ay_dataset *d, ay_str key)
{
    ay_arena heap = {0};
    ay_cell cell;
    ay_cursor c = ay_cursor_on(key.ptr, key.len);
    ay_json_key(&w->json, "key");
    const bool taken = ay_tuple_take(&c, &heap, &cell);
    if (!taken) w->json.out->failed = ASSAY_ENOMEM;
    if (!taken || cell.is_null) ay_json_null(&w->json);
    else put_masked(w, d, cell.v.str);
    ay_arena_free(&heap);
}

static void put_segments(writer *w, const ay_dataset_result *d)
{
    ay_json_key(&w->json, "segments");
    ay_json_open_array(&w->json);
    for (uint32_t i = 0; i < d->n_segments; i++) {
        ay_json_open_object(&w->json);
        put_segment_key(w, d->dataset, d->segments[i].key);
        put_scoreboard(w, &d->segments[i].score);
        ay_json_close_object(&w->json);
    }
    ay_json_close_array(&w->json);
}

static void put_reading(writer *w, const ay_reading_facts *f)
{
    ay_json_key(&w->json, "reading");
    if (!f->kind) {
        ay_json_null(&w->json);
        return;
    }
    ay_json_open_object(&w->json);
    put_text(w, "kind", f->kind);
    put_text(w, "place", f->place);
    if (f->server_version) {
        put_text(w, "server_version", f->server_version);
        put_text(w, "database", f->database);
        put_text(w, "snapshot", f->snapshot);
        put_text(w, "lsn", f->lsn);
    }
    ay_json_close_object(&w->json);
}

/* Only where chunks of a merged dataset are missing. */
static void put_missing(writer *w, const ay_dataset_result *d)
{
    if (!d->missing) return;
    ay_json_key(&w->json, "missing");
    ay_json_open_object(&w->json);
    put_uint(w, "chunks", d->missing);
    put_uint(w, "of", d->chunks);
    ay_json_close_object(&w->json);
}

/* Only where the pack states `open`. */
static void put_opening(writer *w, const ay_dataset_result *d)
{
    if (!d->dataset->open[0]) return;
    ay_json_key(&w->json, "opening");
    ay_json_open_object(&w->json);
    put_text(w, "asked", d->dataset->open);
    put_text(w, "verdict", ay_may_open_name(d->opening.verdict));
    ay_json_key(&w->json, "because");
    ay_json_open_array(&w->json);
    for (uint32_t i = 0; i < d->opening.n; i++) ay_json_text(&w->json, d->opening.because[i]->id);
    ay_json_close_array(&w->json);
    ay_json_close_object(&w->json);
}

static void put_dataset(writer *w, const ay_dataset_result *d)
{
    const assay_pack *pack = w->result->pack;
    ay_json_open_object(&w->json);
    put_text(w, "name", d->dataset->name);
    put_title(w, "title", d->dataset->title);
    put_text(w, "source", pack->sources[d->dataset->source].id);
    put_reading(w, &d->facts);
    put_missing(w, d);
    put_uint(w, "records", d->records);
    put_uint(w, "rejected", d->rejected);
    put_uint(w, "findings", d->findings);
    put_opening(w, d);
    ay_json_key(&w->json, "rules");
    ay_json_open_array(&w->json);
    for (uint32_t i = 0; i < d->n_rules; i++) put_rule(w, &d->rules[i]);
    ay_json_close_array(&w->json);
    put_scoreboard(w, &d->score);
    put_segments(w, d);
    ay_json_close_object(&w->json);
}

static void put_sources(writer *w)
{
    const assay_pack *pack = w->result->pack;
    ay_json_key(&w->json, "sources");
    ay_json_open_array(&w->json);
    for (uint32_t i = 0; i < pack->n_sources; i++) {
        ay_json_open_object(&w->json);
        put_text(w, "id", pack->sources[i].id);
        put_title(w, "title", pack->sources[i].title);
        put_text(w, "owner", pack->sources[i].owner);
        put_scoreboard(w, &w->result->sources[i]);
        ay_json_close_object(&w->json);
    }
    ay_json_close_array(&w->json);
}

static void put_pack(writer *w)
{
    const assay_pack *pack = w->result->pack;
    ay_json_key(&w->json, "pack");
    ay_json_open_object(&w->json);
    put_text(w, "id", pack->id);
    put_text(w, "version", pack->version);
    put_title(w, "title", pack->title);
    put_text(w, "digest", w->result->pack_digest);
    put_text(w, "digest_algorithm", "SHA-256");
    ay_json_close_object(&w->json);
}

static void put_grades(writer *w)
{
    const assay_pack *pack = w->result->pack;
    ay_json_key(&w->json, "grades");
    ay_json_open_array(&w->json);
    for (uint32_t i = 0; i < pack->n_grades; i++) {
        ay_json_open_object(&w->json);
        put_title(w, "name", pack->grades[i].name);
        put_uint(w, "min_e4", (uint64_t)pack->grades[i].cut_e2 * 100);
        ay_json_close_object(&w->json);
    }
    ay_json_close_array(&w->json);
}

static void put_run(writer *w)
{
    ay_json_key(&w->json, "run");
    ay_json_open_object(&w->json);
    put_text(w, "engine", assay_version());
    put_text(w, "as_of", w->result->as_of);
    put_text(w, "timezone", w->result->pack->timezone);
    put_text(w, "outcome", assay_outcome_name(assay_result_outcome(w->result)));
    put_uint(w, "findings", assay_result_finding_count(w->result));
    ay_json_key(&w->json, "revealed");
    ay_json_open_array(&w->json);
    for (size_t i = 0; i < w->result->gate.n_reveal; i++) ay_json_text(&w->json, w->result->gate.reveal[i]);
    ay_json_close_array(&w->json);
    ay_json_close_object(&w->json);
}

assay_status ay_result_write_json(assay_result *result, ay_stream *out, assay_err *err)
{
    writer w = {.result = result, .json = {.out = &out->buf, .pretty = true}};
    assay_status st = ASSAY_OK;
    ay_json_open_object(&w.json);
    put_uint(&w, "assay_result", 1);
    put_run(&w);
    put_pack(&w);
    put_scoreboard(&w, &result->score);
    put_grades(&w);
    put_sources(&w);
    ay_json_key(&w.json, "datasets");
    ay_json_open_array(&w.json);
    for (uint32_t i = 0; st == ASSAY_OK && i < result->pack->n_datasets; i++) {
        if (result->datasets[i].selected) put_dataset(&w, &result->datasets[i]);
        st = ay_stream_flush(out, (size_t)64 << 10, err);
    }
    ay_json_close_array(&w.json);
    ay_json_close_object(&w.json);
    ay_buf_char(&out->buf, '\n');
    if (st == ASSAY_OK) st = ay_buf_status(&out->buf, err);
    ay_buf_free(&w.text);
    return st;
}
