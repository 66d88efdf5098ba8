#include "run/worker.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "run/digests.h"
#include "run/finding.h"
#include "run/judge.h"
#include "run/noted.h"
#include "run/reject.h"

#define BITMAPS 8

struct ay_worker {
    const ay_plan *plan;
    const ay_trace *trace;
    ay_partial partial;
    ay_reader *reader;
    ay_batch fields; /* columns by field number of the dataset; unneeded ones are empty */
    ay_view view;
    ay_judge *judges; /* [rule] */
    uint64_t *bits;   /* BITMAPS of cap records */
    ay_judged judged;
    uint32_t *segment_of; /* [record] row in partial.segments */
    ay_prover *prover;    /* NULL: no leaves */
    ay_prover *bridge;    /* NULL: none beside them as before */
    ay_noted *noted;      /* NULL: findings are only counted */
    ay_buf key, scratch;
};

static assay_status open_bits(ay_worker *w, uint32_t cap, assay_err *err)
{
    const size_t words = AY_BITS_WORDS(cap);
    w->bits = AY_NEW_ARRAY(words * BITMAPS, uint64_t);
    AY_NOMEM_IF(!w->bits, err);
    uint64_t *b = w->bits;
    w->judged = (ay_judged){.evaluated = b,
                            .fail = b + words,
                            .skipped = b + 2 * words,
                            .unreadable = b + 3 * words,
                            .own = b + 4 * words,
                            .undecided = b + 5 * words,
                            .active = b + 6 * words,
                            .spare = b + 7 * words};
    return ASSAY_OK;
}

/* Every field of the dataset must be in the source and fit, also those that no rule needs. */
static assay_status check_all_fields(const ay_plan *plan, const ay_schema *all, assay_err *err)
{
    ay_reader *reader = NULL;
    assay_err why;
    const assay_status st = ay_reader_open(plan->dataset->fields, plan->dataset->n_fields, all, 1, &reader, &why);
    ay_reader_free(reader);
    if (st == ASSAY_OK) return ASSAY_OK;
    return ay_fail(err, st, "dataset %1$s: %2$s%3$.0s", "数据集 %1$s：%2$.0s%3$s", plan->dataset->name, why.text,
                   why.text_zh);
}

static assay_status open_parts(ay_worker *w, const ay_schema *schema, ay_budget *budget, assay_err *err)
{
    const ay_plan *plan = w->plan;
    const uint32_t cap = plan->batch_cap;
    AY_TRY(ay_partial_open(plan, budget, &w->partial, err));
    AY_TRY(ay_reader_open(plan->fields, plan->n_needed, schema, cap, &w->reader, err));
    w->fields.cols = AY_NEW_ARRAY(plan->dataset->n_fields, ay_col);
    w->segment_of = AY_NEW_ARRAY(cap, uint32_t);
    AY_NOMEM_IF(!w->fields.cols || !w->segment_of, err);
    w->fields.n = plan->dataset->n_fields;
    w->fields.cap = cap;
    AY_TRY(open_bits(w, cap, err));
    if (!plan->counts_only) AY_TRY(ay_noted_open(plan, &w->noted, err));
    if (plan->proving) AY_TRY(ay_prover_open(plan->proving, plan->dataset, cap, &w->prover, err));
    if (plan->bridge) AY_TRY(ay_prover_open(plan->bridge, plan->dataset, cap, &w->bridge, err));
    return ay_judges_open(plan->rules, plan->n_rules, cap, &w->judges, err);
}

/* Rules over the dataset learn of the source's columns even where it has no records. */
static assay_status announce_source(ay_worker *w, assay_err *err)
{
    w->fields.rows = 0;
    for (uint32_t i = 0; i < w->plan->n_rules; i++) {
        const ay_rule *rule = w->plan->rules[i];
        if (rule->kind->over == AY_OVER_DATASET)
            AY_TRY(rule->kind->absorb(rule, w->partial.states[i], &w->view, w->judged.active, err));
    }
    return ASSAY_OK;
}

assay_status ay_worker_open(const ay_plan *plan, const ay_schema *schema, const ay_schema *all, ay_budget *budget,
                            const ay_trace *trace, ay_worker **ret, assay_err *err)
{
    AY_TRY(check_all_fields(plan, all, err));
    ay_worker *w = AY_NEW(ay_worker);
    AY_NOMEM_IF(!w, err);
    w->plan = plan;
    w->trace = trace;
    w->view = (ay_view){.batch = &w->fields,
                        .context = plan->context,
                        .key = plan->dataset->key,
                        .n_key = plan->dataset->n_key,
                        .source = all};
    assay_status st = open_parts(w, schema, budget, err);
    if (st == ASSAY_OK && plan->proving) ay_evidence_note_types(&w->partial.evidence, plan->dataset, all);
    if (st == ASSAY_OK) st = ay_schema_digest(all, &w->partial.schema, err);
    if (st == ASSAY_OK) st = announce_source(w, err);
    if (st != ASSAY_OK) {
        ay_worker_close(w);
        return st;
    }
    *ret = w;
    return ASSAY_OK;
}

ay_worker *ay_worker_close(ay_worker *w)
{
    if (!w) return NULL;
    ay_judges_close(w->judges, w->plan->n_rules);
    ay_prover_close(w->prover); /* before what it works into */
    ay_prover_close(w->bridge);
    if (w->partial.plan) ay_partial_free(&w->partial);
    ay_reader_free(w->reader);
    ay_free(w->fields.cols);
    ay_free(w->segment_of);
    ay_free(w->bits);
    ay_noted_close(w->noted);
    ay_buf_free(&w->key);
    ay_buf_free(&w->scratch);
    return ay_free(w);
}

/* Put the typed columns where the rules look for them: at the field's number. */
static void spread_columns(ay_worker *w, const ay_batch *typed)
{
    for (uint32_t i = 0; i < w->plan->n_needed; i++) w->fields.cols[w->plan->needed[i]] = typed->cols[i];
    w->fields.rows = typed->rows;
    w->fields.first_record = typed->first_record;
}

static void make_key(ay_worker *w, uint32_t row)
{
    ay_buf_clear(&w->key);
    ay_finding_put_key(&w->key, w->plan->dataset, &w->fields, row);
}

static assay_status put_findings(ay_worker *w, const ay_rule *rule, const uint64_t *bits, ay_verdict verdict,
                                 assay_err *err)
{
    w->partial.findings += ay_bits_count(bits, w->fields.rows);
    if (w->plan->counts_only) return ASSAY_OK;
    return ay_noted_add(w->noted, &w->fields, bits, rule, verdict, w->partial.sorted, err);
}

/* ---- Segments ---- */

static void put_segment_key(ay_worker *w, uint32_t row)
{
    const ay_segment *s = &w->plan->dataset->segment;
    ay_cell cell = ay_batch_cell(&w->fields, (uint32_t)s->field, row);
    ay_buf_clear(&w->key);
    ay_buf_clear(&w->scratch);
    if (cell.is_null) {
        cell.type = AY_TEXT;
        ay_tuple_put(&w->key, &cell);
        return;
    }
    ay_cell_text_in(&cell, w->view.context->zone, &w->scratch);
    ay_str text = ay_buf_view(&w->scratch);
    if (s->from) {
        const size_t from = ay_utf8_offset(text, s->from - 1);
        text = ay_str_slice(text, from, ay_utf8_offset(text, s->to));
    }
    ay_tuple_put_str(&w->key, text);
    if (w->scratch.failed) w->key.failed = w->scratch.failed;
}

static assay_status find_segments(ay_worker *w, assay_err *err)
{
    if (w->plan->dataset->segment.field < 0) return ASSAY_OK;
    for (uint32_t row = 0; row < w->fields.rows; row++) {
        put_segment_key(w, row);
        AY_TRY(ay_buf_status(&w->key, err));
        AY_TRY(ay_segments_row(&w->partial.segments, ay_buf_view(&w->key), w->plan->n_rules, &w->segment_of[row], err));
    }
    return ASSAY_OK;
}

static void count_segments(ay_worker *w, uint32_t rule)
{
    if (w->plan->dataset->segment.field < 0) return;
    ay_count **counts = w->partial.segments.counts;
    AY_BITS_EACH (i, w->judged.evaluated, w->fields.rows) counts[w->segment_of[i]][rule].evaluated++;
    AY_BITS_EACH (i, w->judged.fail, w->fields.rows) counts[w->segment_of[i]][rule].failed++;
}

/* ---- Judging ---- */

static ay_verdict verdict_of(const ay_judged *j, uint32_t row)
{
    if (ay_bit(j->fail, row)) return AY_FAIL;
    if (ay_bit(j->undecided, row)) return AY_UNDECIDED;
    if (ay_bit(j->unreadable, row)) return AY_UNREADABLE;
    return ay_bit(j->evaluated, row) ? AY_PASS : AY_SKIPPED;
}

static assay_status trace_batch(ay_worker *w, assay_err *err)
{
    const ay_judged *j = &w->judged;
    for (uint32_t row = 0; w->trace && w->trace->record && row < w->fields.rows; row++) {
        const bool has_verdict = ay_bit(j->evaluated, row) || ay_bit(j->skipped, row) || ay_bit(j->unreadable, row);
        AY_TRY(w->trace->record(w->trace->ctx, &w->fields, row, verdict_of(j, row), !has_verdict, err));
    }
    return ASSAY_OK;
}

static assay_status judge_records(ay_worker *w, uint32_t i, assay_err *err)
{
    const ay_rule *rule = w->plan->rules[i];
    AY_TRY(ay_judge_run(&w->judges[i], &w->view, &w->judged, err));
    ay_judge_count(&w->judged, w->fields.rows, &w->partial.counts[i]);
    count_segments(w, i);
    AY_TRY(put_findings(w, rule, w->judged.fail, AY_FAIL, err));
    AY_TRY(put_findings(w, rule, w->judged.own, AY_UNREADABLE, err));
    return put_findings(w, rule, w->judged.undecided, AY_UNDECIDED, err);
}

/* Records that `where` leaves out or cannot decide are counted here, everything else is the kind's own matter. */
static assay_status judge_dataset(ay_worker *w, uint32_t i, assay_err *err)
{
    const ay_rule *rule = w->plan->rules[i];
    const uint32_t rows = w->fields.rows;
    AY_TRY(ay_judge_where(&w->judges[i], &w->view, &w->judged, err));
    const uint64_t active = ay_bits_count(w->judged.active, rows);
    const uint64_t unreadable = ay_bits_count(w->judged.unreadable, rows);
    w->partial.counts[i].unreadable += unreadable;
    w->partial.counts[i].excluded += rows - active - unreadable;
    memcpy(w->judged.evaluated, w->judged.active, AY_BITS_WORDS(rows) * sizeof(uint64_t));
    ay_bits_zero(w->judged.fail, rows);
    ay_bits_zero(w->judged.skipped, rows);
    AY_TRY(put_findings(w, rule, w->judged.undecided, AY_UNDECIDED, err));
    return rule->kind->absorb(rule, w->partial.states[i], &w->view, w->judged.active, err);
}

static assay_status make_leaves(ay_worker *w, assay_err *err)
{
    AY_TRY(ay_prover_take(w->prover, &w->fields, &w->partial.evidence, err));
    if (w->bridge) AY_TRY(ay_prover_take(w->bridge, &w->fields, &w->partial.bridge, err));
    if (!w->trace || !w->trace->leaf) return ASSAY_OK;
    AY_TRY(ay_prover_settle(w->prover, err));
    for (uint32_t row = 0; row < w->fields.rows; row++)
        AY_TRY(w->trace->leaf(w->trace->ctx, w->prover, &w->fields, row, err));
    return ASSAY_OK;
}

static assay_status see_keys(ay_worker *w, assay_err *err)
{
    ay_watch *watch = w->plan->watch;
    for (uint32_t row = 0; row < w->fields.rows; row++) {
        unsigned char print[AY_PRINT_SIZE];
        make_key(w, row);
        AY_TRY(ay_buf_status(&w->key, err));
        ay_watch_print(watch, ay_buf_view(&w->key), &w->scratch, print);
        AY_TRY(ay_buf_status(&w->scratch, err));
        ay_watch_see(watch, print);
    }
    return ASSAY_OK;
}

static assay_status judge_batch(ay_worker *w, assay_err *err)
{
    if (w->prover) AY_TRY(make_leaves(w, err));
    if (w->plan->watch && ay_watch_count(w->plan->watch)) AY_TRY(see_keys(w, err));
    AY_TRY(find_segments(w, err));
    for (uint32_t i = 0; i < w->plan->n_rules; i++) {
        const bool over_dataset = w->plan->rules[i]->kind->over == AY_OVER_DATASET;
        AY_TRY(over_dataset ? judge_dataset(w, i, err) : judge_records(w, i, err));
        AY_TRY(trace_batch(w, err));
    }
    w->partial.records += w->fields.rows;
    return w->noted ? ay_noted_put(w->noted, &w->fields, w->partial.sorted, err) : ASSAY_OK;
}

assay_status ay_worker_take(ay_worker *w, const ay_batch *batch, assay_err *err)
{
    const ay_batch *typed;
    AY_TRY(ay_reader_read(w->reader, batch, &typed, err));
    spread_columns(w, typed);
    return judge_batch(w, err);
}

assay_status ay_worker_reject(ay_worker *w, const ay_reject *reject, assay_err *err)
{
    w->partial.rejected++;
    w->partial.findings++;
    if (w->plan->counts_only) return ASSAY_OK;
    ay_buf *finding = &w->scratch;
    ay_buf_clear(finding);
    ay_tuple_put_nulls(finding, w->view.n_key);
    ay_finding_begin(finding, &w->plan->reject_rule, AY_FAIL, 0);
    ay_reject_detail(reject, finding);
    return ay_finding_end(finding, w->partial.sorted, err);
}

assay_status ay_worker_merge(ay_worker *w, ay_partial *into, assay_err *err)
{
    if (w->prover) AY_TRY(ay_prover_settle(w->prover, err));
    if (w->bridge) AY_TRY(ay_prover_settle(w->bridge, err));
    return ay_partial_merge(into, &w->partial, err);
}
