/* explain: one rule over one dataset, told in full for the records with one key. */
#include "base/mem.h"
#include "base/options.h"
#include "base/utf8.h"
#include "run/finding.h"
#include "run/options.h"
#include "run/predicate.h"
#include "run/result.h"
#include "base/stream.h"

typedef struct explainer {
    const assay_pack *pack;
    const ay_dataset *dataset;
    const ay_rule *rule;
    const char *const *key;
    assay_run *run;
    ay_budget budget; /* of `told`, which outlives run and result */
    pthread_mutex_t lock;
    ay_sorter *told; /* what was seen of the records with the key: verdict and values */
    ay_buf scratch, text;
    uint64_t seen;
} explainer;

/* ---- While reading: remember the records with the key ---- */

/* Beside the verdicts. */
enum { NO_FINDING = AY_UNDECIDED + 1, EXCLUDED, BAD_VALUE };

static bool find_bad(const ay_batch *batch, uint32_t row, const uint32_t *fields, uint32_t n, uint32_t *ret_field)
{
    for (uint32_t f = 0; f < n; f++) {
        *ret_field = fields[f];
        if (ay_batch_cell(batch, fields[f], row).is_bad) return true;
    }
    return false;
}

/* Where a value cannot be read, the rule itself never saw it; rules over the dataset leave such records out. */
static uint64_t standing(const explainer *e, const ay_batch *batch, uint32_t row, ay_verdict verdict)
{
    const ay_rule *rule = e->rule;
    const bool over_dataset = rule->kind->over == AY_OVER_DATASET;
    const uint32_t *fields = NULL;
    uint32_t bad = 0;
    const uint32_t n = rule->where ? ay_expr_fields(rule->where, &fields) : 0;
    if (verdict == AY_UNDECIDED || (verdict != AY_UNREADABLE && !over_dataset)) return (uint64_t)verdict;
    if (find_bad(batch, row, rule->fields, rule->n_fields, &bad) || find_bad(batch, row, fields, n, &bad))
        return BAD_VALUE + bad;
    return over_dataset ? NO_FINDING : (uint64_t)verdict;
}

static assay_status remember(explainer *e, const ay_batch *fields, uint32_t row, uint64_t verdict, assay_err *err)
{
    ay_buf_clear(&e->scratch);
    ay_tuple_put_u64(&e->scratch, verdict);
    for (uint32_t f = 0; f < e->rule->n_fields; f++)
        ay_finding_put_value(&e->scratch, &e->text, ay_batch_cell(fields, e->rule->fields[f], row), e->pack->zone);
    AY_TRY(ay_buf_status(&e->scratch, err));
    e->seen++;
    return ay_sorter_put(e->told, 0, ay_buf_view(&e->scratch), err);
}

static assay_status on_record(void *ctx, const ay_batch *fields, uint32_t row, ay_verdict verdict, bool is_excluded,
                              assay_err *err)
{
    explainer *e = ctx;
    pthread_mutex_lock(&e->lock);
    const assay_status st =
        !ay_row_has_key(&(const ay_key_wanted){e->dataset, e->pack->zone, e->key}, fields, row, &e->text)
            ? ay_buf_status(&e->text, err)
            : remember(e, fields, row, is_excluded ? EXCLUDED : standing(e, fields, row, verdict), err);
    pthread_mutex_unlock(&e->lock);
    return st;
}

/* ---- Afterwards: tell ---- */

typedef struct teller {
    const explainer *e;
    const assay_result *result;
    ay_buf *out;
    ay_buf key; /* scratch */
    uint64_t told;
    bool zh;
} teller;

__attribute__((format_arg(2), format_arg(3))) static const char *say(const teller *t, const char *en, const char *zh)
{
    return t->zh ? zh : en;
}

static void tell_code_points(teller *t, ay_str text)
{
    ay_buf_printf(t->out, "    %s", say(t, "code points:", "码位："));
    if (ay_utf8_valid(text) != text.len) {
        ay_buf_text(t->out, say(t, " (not UTF-8)\n", "（不是 UTF-8）\n"));
        return;
    }
    for (size_t at = 0; at < text.len;) ay_buf_printf(t->out, " U+%04X", (unsigned)ay_utf8_next(text, &at));
    ay_buf_char(t->out, '\n');
}

static ay_leaving leaving(const teller *t, uint32_t field)
{
    return (ay_leaving){t->e->dataset, field, t->e->rule};
}

static void put_value(teller *t, uint32_t field, const ay_cell *cell)
{
    ay_buf_printf(t->out, "%s = ", t->e->dataset->fields[field].name);
    if (cell->is_null) {
        ay_buf_text(t->out, "NULL");
        return;
    }
    ay_buf_char(t->out, '"');
    ay_gate_put(&t->result->gate, leaving(t, field), cell->v.str, t->out);
    ay_buf_char(t->out, '"');
}

static void tell_value(teller *t, uint32_t field, const ay_cell *cell)
{
    ay_buf_text(t->out, "  ");
    put_value(t, field, cell);
    ay_buf_char(t->out, '\n');
    if (cell->is_null) return;
    if (!ay_gate_hides(&t->result->gate, leaving(t, field), cell->v.str)) tell_code_points(t, cell->v.str);
    else
        ay_buf_printf(t->out, "    %s\n",
                      say(t, "masked; reveal the field to see it", "已脱敏；如需查看请指定 reveal"));
}

static void tell_head(teller *t)
{
    const ay_rule *rule = t->e->rule;
    ay_buf_printf(t->out, "%s%s", say(t, "rule: ", "规则："), rule->id);
    const char *title = t->zh ? rule->title.zh : rule->title.en;
    if (title[0]) ay_buf_printf(t->out, t->zh ? "（%s）" : " (%s)", title);
    ay_buf_text(t->out, say(t, "\npredicate: ", "\n要求："));
    ay_predicate_text(rule, t->out);
    ay_buf_printf(t->out, "\n%s%s:%u\n", say(t, "stated at: ", "出处："), rule->pos.file, rule->pos.line);
    if (rule->basis[0]) ay_buf_printf(t->out, "%s%s\n", say(t, "basis: ", "依据："), rule->basis);
}

static void tell_bad_value(teller *t, uint32_t number)
{
    const ay_field *field = &t->e->dataset->fields[number];
    ay_buf_text(t->out, say(t, "  verdict: unreadable\n  reason: ", "  判定：无法判定\n  原因："));
    ay_buf_printf(t->out, t->zh ? "%s 不能读作 %s\n" : "%s cannot be read as %s\n", field->name,
                  ay_type_name(field->type));
}

static void tell_verdict(teller *t, uint64_t verdict, const ay_facts *facts)
{
    static const char *const en[] = {"pass",
                                     "fail",
                                     "skipped (no value)",
                                     "unreadable",
                                     "unreadable",
                                     "no finding about this record",
                                     "left out by the condition (where)"};
    static const char *const zh[] = {"合格",     "不合格",         "跳过（无值）",       "无法判定",
                                     "无法判定", "该记录没有问题", "被条件（where）排除"};
    const ay_rule *rule = t->e->rule;
    if (verdict == NO_FINDING && rule->kind->of_whole) return;
    if (verdict >= BAD_VALUE) {
        tell_bad_value(t, (uint32_t)(verdict - BAD_VALUE));
        return;
    }
    ay_buf_printf(t->out, "  %s%s\n", say(t, "verdict: ", "判定："), t->zh ? zh[verdict] : en[verdict]);
    if (verdict != AY_FAIL && verdict != AY_UNREADABLE && verdict != AY_UNDECIDED) return;
    ay_buf_text(t->out, say(t, "  reason: ", "  原因："));
    ay_rule_reason(rule, t->e->dataset->fields, facts, t->zh, t->out);
    ay_buf_char(t->out, '\n');
}

static void tell_record(teller *t, const ay_cell *values, const ay_cell *detail, uint32_t n_detail, uint64_t verdict)
{
    const explainer *e = t->e;
    ay_buf_text(t->out, say(t, "record:", "记录："));
    for (uint32_t k = 0; k < e->dataset->n_key; k++) {
        const uint32_t field = e->dataset->key[k];
        ay_buf_printf(t->out, " %s = ", e->dataset->fields[field].name);
        ay_gate_put(&t->result->gate, (ay_leaving){e->dataset, field, NULL}, ay_str_from(e->key[k]), t->out);
    }
    ay_buf_char(t->out, '\n');
    for (uint32_t f = 0; f < e->rule->n_fields; f++) tell_value(t, e->rule->fields[f], &values[f]);
    const ay_facts facts = {.values = values,
                            .detail = detail,
                            .n_detail = n_detail,
                            .verdict = (ay_verdict)verdict,
                            .today = t->result->today};
    tell_verdict(t, verdict, &facts);
}

static bool finding_has_key(const explainer *e, const ay_finding *f, ay_buf *text)
{
    for (uint32_t k = 0; k < f->n_key; k++) {
        ay_buf_clear(text);
        ay_cell_text_in(&f->key[k], e->pack->zone, text);
        if (f->key[k].is_null || !ay_str_eq(ay_buf_view(text), ay_str_from(e->key[k]))) return false;
    }
    return true;
}

/* Findings of a rule over the dataset carry what the group showed. */
static void tell_of_record(teller *t, const ay_finding *f)
{
    if (!finding_has_key(t->e, f, &t->key)) return;
    tell_record(t, f->values, f->detail, f->n_detail, f->verdict);
    t->told++;
}

/* Of a rule about all records or groups of them: why, and the group or the newest value. */
static void tell_of_whole(teller *t, const ay_finding *f)
{
    const ay_rule *rule = t->e->rule;
    const ay_facts facts = {.values = f->values,
                            .detail = f->detail,
                            .n_detail = f->n_detail,
                            .verdict = f->verdict,
                            .today = t->result->today};
    if (f->verdict == AY_UNDECIDED) return; /* of one record, which is told by itself */
    ay_buf_text(t->out, say(t, "  reason: ", "  原因："));
    ay_rule_reason(rule, t->e->dataset->fields, &facts, t->zh, t->out);
    for (uint32_t i = 0; i < f->n_values; i++) {
        if (f->values[i].is_null) continue;
        ay_buf_text(t->out, say(t, "; ", "；"));
        put_value(t, rule->fields[i], &f->values[i]);
    }
    ay_buf_char(t->out, '\n');
}

static assay_status tell_findings(teller *t, ay_sorter *findings, void (*tell_one)(teller *, const ay_finding *),
                                  assay_err *err)
{
    ay_sorted *sorted = NULL;
    ay_arena heap = {0};
    ay_finding *f = AY_NEW(ay_finding);
    AY_NOMEM_IF(!f, err);
    assay_status st = ay_sorted_open(findings, &sorted, err);
    for (bool end = false; st == ASSAY_OK;) {
        ay_sort_record record;
        st = ay_sorted_next(sorted, &record, &end, err);
        if (st != ASSAY_OK || end) break;
        ay_arena_reset(&heap);
        st = ay_finding_take(record.bytes, t->e->dataset->n_key, &heap, f, err);
        if (st == ASSAY_OK && f->ordinal == t->e->rule->ordinal) tell_one(t, f);
    }
    ay_sorted_close(sorted);
    ay_arena_free(&heap);
    ay_free(f);
    return st;
}

static assay_status tell_seen(teller *t, assay_err *err)
{
    ay_sorted *sorted = NULL;
    ay_arena heap = {0};
    ay_cell cells[AY_FINDING_CELLS_MAX + 1];
    assay_status st = ay_sorted_open(t->e->told, &sorted, err);
    for (bool end = false; st == ASSAY_OK;) {
        ay_sort_record record;
        st = ay_sorted_next(sorted, &record, &end, err);
        if (st != ASSAY_OK || end) break;
        ay_arena_reset(&heap);
        ay_cursor c = ay_cursor_on(record.bytes.ptr, record.bytes.len);
        bool taken = true;
        for (uint32_t i = 0; i <= t->e->rule->n_fields && taken; i++) taken = ay_tuple_take(&c, &heap, &cells[i]);
        if (!taken) st = ay_fail_nomem(err);
        else tell_record(t, cells + 1, NULL, 0, (uint64_t)cells[0].v.i64);
    }
    ay_sorted_close(sorted);
    ay_arena_free(&heap);
    return st;
}

static assay_status tell_whole(teller *t, ay_dataset_result *d, assay_err *err)
{
    uint32_t i = 0;
    while (d->rules[i].rule != t->e->rule) i++;
    ay_buf_printf(t->out, "%s%s\n", say(t, "all records together: ", "针对全部记录："),
                  assay_outcome_name(d->rules[i].outcome));
    return tell_findings(t, d->partial.sorted, tell_of_whole, err);
}

static assay_status tell(explainer *e, assay_result *result, ay_stream *out, assay_err *err)
{
    teller t = {.e = e, .result = result, .out = &out->buf, .zh = strcmp(result->lang, "zh") == 0};
    ay_dataset_result *d = &result->datasets[e->dataset - e->pack->datasets];
    const ay_kind *kind = e->rule->kind;
    assay_status st = ASSAY_OK;
    tell_head(&t);
    if (kind->over == AY_OVER_DATASET && !kind->of_whole)
        st = tell_findings(&t, d->partial.sorted, tell_of_record, err);
    if (st == ASSAY_OK && t.told == 0) st = tell_seen(&t, err);
    if (st == ASSAY_OK && kind->of_whole) st = tell_whole(&t, d, err);
    if (st == ASSAY_OK) st = ay_buf_status(&t.key, err);
    if (st == ASSAY_OK) st = ay_stream_flush(out, 0, err);
    ay_buf_free(&t.key);
    return st;
}

/* ---- The whole ---- */

static bool find_rule(const assay_pack *pack, const char *id, explainer *e)
{
    for (uint32_t d = 0; d < pack->n_datasets; d++)
        for (uint32_t r = 0; r < pack->datasets[d].n_rules; r++)
            if (strcmp(pack->datasets[d].rules[r]->id, id) == 0) {
                e->dataset = &pack->datasets[d];
                e->rule = pack->datasets[d].rules[r];
                return true;
            }
    return false;
}

static assay_status explain(explainer *e, const assay_run_options *options, const assay_explain_source *source,
                            ay_stream *out, assay_err *err)
{
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    assay_result *result = NULL;
    AY_TRY(ay_take_options(&o, sizeof o, AY_RUN_OPTIONS_FIRST, options, err));
    o.struct_size = sizeof o;
    o.datasets = &e->dataset->name;
    o.n_datasets = 1;
    o.rules = &e->rule->id;
    o.n_rules = 1;
    o.counts_only = 0; /* what is told of the whole dataset is told by findings */
    const ay_trace trace = {.record = on_record, .ctx = e};
    AY_TRY(assay_run_open(e->pack, &o, &e->run, err));
    e->run->trace = &trace;
    AY_TRY(ay_sorter_open(&e->budget, &e->told, err));
    if (o.on_run) o.on_run(o.on_run_ctx, e->run);
    const assay_status read = ay_run_source(e->run, e->dataset->name, source, err);
    if (o.on_run) o.on_run(o.on_run_ctx, NULL);
    AY_TRY(read);
    AY_FAIL_IF(e->seen == 0, err, ASSAY_EUSAGE, "dataset %s has no record with this key",
               "数据集 %s 中没有该主键的记录", e->dataset->name);
    AY_TRY(assay_run_finish(e->run, &result, err));
    const assay_status st = tell(e, result, out, err);
    assay_result_free(result);
    return st;
}

assay_status assay_explain(const assay_pack *pack, const assay_run_options *options, const char *rule_id,
                           const char *const *key, size_t n_key, const assay_explain_source *source,
                           assay_write_fn write, void *ctx, assay_err *err)
{
    explainer e = {.pack = pack, .key = key};
    ay_stream out = {.write = write, .ctx = ctx};
    AY_FAIL_IF(!find_rule(pack, rule_id, &e), err, ASSAY_EUSAGE, "the pack has no rule '%.200s'",
               "规则包中没有规则“%.200s”", rule_id);
    AY_FAIL_IF(n_key != e.dataset->n_key, err, ASSAY_EUSAGE, "the key of %s has %u fields, %zu values were given",
               "数据集 %s 的主键有 %u 个字段，但给出了 %zu 个值", e.dataset->name, e.dataset->n_key, n_key);
    pthread_mutex_init(&e.lock, NULL);
    const assay_status st = explain(&e, options, source, &out, err);
    ay_sorter_free(e.told);
    assay_run_free(e.run);
    pthread_mutex_destroy(&e.lock);
    ay_buf_free(&e.scratch);
    ay_buf_free(&e.text);
    ay_buf_free(&out.buf);
    return st;
}
