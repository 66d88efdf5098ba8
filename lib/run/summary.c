/* A text for people: what was read, which rules did not pass, the scores. */
#include <stdio.h>

#include "base/mem.h"
#include "check/sharing.h"
#include "run/result.h"
#include "base/stream.h"

typedef struct writer {
    const assay_result *result;
    ay_buf *out;
    bool zh;
} writer;

static const char *title_of(const writer *w, ay_title title, const char *name)
{
    const char *text = w->zh ? title.zh : title.en;
    return text[0] ? text : name;
}

/* Two places, rounded down: 99.9999 is shown as 99.99. */
static const char *points(const writer *w, int64_t e4, char text[32])
{
    if (e4 == AY_NOT_ASSESSABLE) return w->zh ? "不可评估" : "not assessable";
    snprintf(text, 32, "%lld.%02lld", (long long)(e4 / 10000), (long long)(e4 % 10000 / 100));
    return text;
}

static void put_score(writer *w, const ay_scoreboard *b, const char *indent)
{
    char text[32];
    ay_buf_printf(w->out, w->zh ? "%s得分 %s" : "%sscore %s", indent, points(w, b->total_e4, text));
    if (b->grade) ay_buf_printf(w->out, w->zh ? "（%s）" : " (%s)", title_of(w, b->grade->name, ""));
    ay_buf_text(w->out, w->zh ? "：" : ":");
    const char *comma = "";
    for (uint32_t i = 0; i < AY_DIMENSIONS; i++) {
        if (b->dimensions_e4[i] == AY_NOT_ASSESSABLE) continue;
        ay_buf_printf(w->out, "%s %s %s", comma, w->zh ? ay_dimensions[i].zh : ay_dimensions[i].en,
                      points(w, b->dimensions_e4[i], text));
        comma = w->zh ? "，" : ",";
    }
    ay_buf_char(w->out, '\n');
}

static void put_rule(writer *w, const ay_rule_outcome *o)
{
    const ay_count *c = &o->count;
    ay_buf_printf(w->out, "  %-13s %s", assay_outcome_name(o->outcome), o->rule->id);
    const char *title = title_of(w, o->rule->title, "");
    if (title[0]) ay_buf_printf(w->out, w->zh ? "（%s）" : " (%s)", title);
    ay_buf_printf(w->out, w->zh ? "：%llu 条已评，%llu 条不合格" : ": %llu evaluated, %llu failed",
                  (unsigned long long)c->evaluated, (unsigned long long)c->failed);
    if (c->skipped) ay_buf_printf(w->out, w->zh ? "，%llu 条跳过" : ", %llu skipped", (unsigned long long)c->skipped);
    if (c->unreadable)
        ay_buf_printf(w->out, w->zh ? "，%llu 条无法判定" : ", %llu unreadable", (unsigned long long)c->unreadable);
    if (c->excluded)
        ay_buf_printf(w->out, w->zh ? "，%llu 条不适用" : ", %llu excluded", (unsigned long long)c->excluded);
    if (o->tally.lack.of != AY_LACK_NONE) {
        ay_buf_text(w->out, w->zh ? "；" : "; ");
        ay_lack_text(&o->tally.lack, w->zh, w->out);
    }
    ay_buf_char(w->out, '\n');
}

/* Only of datasets that ask to be open. */
static void put_opening(writer *w, const ay_dataset_result *d)
{
    static const char *const en[] = {
        [AY_OPEN_ALLOWED] = "allowed", [AY_OPEN_BLOCKED] = "blocked", [AY_OPEN_UNKNOWN] = "unknown"};
    static const char *const zh[] = {
        [AY_OPEN_ALLOWED] = "可以开放", [AY_OPEN_BLOCKED] = "不得开放", [AY_OPEN_UNKNOWN] = "无法判断"};
    const char *comma = w->zh ? "：" : ": ";
    if (!ay_asks_to_open(ay_str_from(d->dataset->open))) return;
    ay_buf_printf(w->out, w->zh ? "  开放：%s" : "  opening: %s", (w->zh ? zh : en)[d->opening.verdict]);
    for (uint32_t i = 0; i < d->opening.n; i++) {
        ay_buf_printf(w->out, "%s%s", comma, d->opening.because[i]->id);
        comma = w->zh ? "，" : ", ";
    }
    ay_buf_char(w->out, '\n');
}

static void put_dataset(writer *w, const ay_dataset_result *d)
{
    uint32_t passed = 0;
    const char *name = title_of(w, d->dataset->title, d->dataset->name);
    if (!d->fed) {
        ay_buf_printf(w->out, w->zh ? "\n%s：未读取\n" : "\n%s: not read\n", name);
        put_opening(w, d);
        return;
    }
    ay_buf_printf(w->out, w->zh ? "\n%s：%llu 条记录，%llu 个问题\n" : "\n%s: %llu records, %llu findings\n", name,
                  (unsigned long long)(d->records + d->rejected), (unsigned long long)d->findings);
    if (d->missing)
        ay_buf_printf(w->out,
                      w->zh ? "  缺少 %u 块（共 %u 块）：无法评定\n"
                            : "  %u of %u chunks are missing: nothing can be evaluated\n",
                      d->missing, d->chunks);
    for (uint32_t i = 0; i < d->n_rules; i++) {
        if (d->rules[i].outcome == ASSAY_PASS) passed++;
        else put_rule(w, &d->rules[i]);
    }
    ay_buf_printf(w->out, w->zh ? "  %2$u 条规则中 %1$u 条通过\n" : "  %1$u of %2$u rules passed\n", passed,
                  d->n_rules);
    put_opening(w, d);
    put_score(w, &d->score, "  ");
}

assay_status ay_result_write_summary(assay_result *result, ay_stream *out, assay_err *err)
{
    const bool zh = strcmp(result->lang, "zh") == 0;
    const assay_pack *pack = result->pack;
    writer w = {.result = result, .out = &out->buf, .zh = zh};
    ay_buf_printf(w.out, zh ? "%s %s，基准时间 %s：%s\n" : "%s %s, as of %s: %s\n", title_of(&w, pack->title, pack->id),
                  pack->version, result->as_of, assay_outcome_name(assay_result_outcome(result)));
    for (uint32_t i = 0; i < pack->n_datasets; i++)
        if (result->datasets[i].selected) put_dataset(&w, &result->datasets[i]);
    ay_buf_text(w.out, zh ? "\n总体 " : "\nTotal ");
    put_score(&w, &result->score, "");
    return ay_buf_status(w.out, err);
}
