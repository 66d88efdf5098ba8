/* Work orders: tickets as a table for people, and their answers taken back. */
#include <stdio.h>

#include "store/deed.h"

#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/options.h"
#include "order/order.h"
#include "proof/base64.h"

static assay_status take_format(assay_order_format format, ay_order_format *ret, assay_err *err)
{
    static const ay_order_format known[] = {
        [ASSAY_ORDER_CSV] = AY_ORDER_CSV, [ASSAY_ORDER_NDJSON] = AY_ORDER_NDJSON, [ASSAY_ORDER_XLSX] = AY_ORDER_XLSX};
    AY_FAIL_IF((size_t)format >= AY_COUNT(known), err, ASSAY_EUSAGE, "unknown format of a work order: %d",
               "未知的工单文件格式：%d", (int)format);
    *ret = known[format];
    return ASSAY_OK;
}

/* ---- Out ---- */

typedef struct exporting {
    const ay_filter *filter;
    ay_order_writer *writer;
    uint64_t n;
} exporting;

static assay_status put_ticket(void *ctx, const ay_listed *listed, assay_err *err)
{
    exporting *e = (exporting *)ctx;
    e->n++;
    return ay_order_put(e->writer, &listed->ticket, err);
}

static assay_status put_all(assay_store *store, void *ctx, assay_err *err)
{
    const exporting *e = (const exporting *)ctx;
    return ay_tickets_each(store, e->filter, put_ticket, ctx, err);
}

static assay_status export_to(assay_store *store, exporting *e, const ay_order_options *options, assay_err *err)
{
    AY_TRY(ay_order_open(options, &e->writer, err));
    const assay_status st = ay_store_work(store, false, put_all, e, err);
    if (st == ASSAY_OK) return ay_order_close(e->writer, err);
    ay_order_drop(e->writer);
    return st;
}

assay_status assay_tickets_export(assay_store *store, const assay_ticket_filter *filter,
                                  const assay_order_options *options, assay_write_fn write, void *ctx, uint64_t *ret_n,
                                  assay_err *err)
{
    assay_order_options o = {0};
    char today[AY_MOMENT_SIZE];
    ay_filter f;
    AY_TRY(ay_take_options(&o, sizeof o, sizeof o, options, err));
    ay_today_text(today);
    ay_order_options how = {.zh = o.lang && strcmp(o.lang, "zh") == 0,
                            .owner = o.owner,
                            .day = o.day ? o.day : today,
                            .temp_dir = o.temp_dir,
                            .write = write,
                            .ctx = ctx};
    AY_TRY(take_format(o.format, &how.format, err));
    exporting e = {.filter = &f};
    assay_status st = ay_filter_take(filter, &f, err);
    if (st == ASSAY_OK) st = export_to(store, &e, &how, err);
    if (ret_n) *ret_n = e.n;
    ay_filter_free(&f);
    return st;
}

/* ---- Back ---- */

typedef struct importing {
    assay_store *store;
    ay_order_format format;
    ay_str bytes;
    assay_import_options options;
    ay_deeds deeds;
    assay_refused_fn refused;
    void *refused_ctx;
    assay_ticket_sum sum;
    int64_t events_before, events_after;
} importing;

static assay_status refuse(void *ctx, uint64_t line, const char *ticket, const assay_err *why, assay_err *err)
{
    importing *i = (importing *)ctx;
    (void)err;
    i->sum.refused++;
    if (i->refused) i->refused(i->refused_ctx, line, ticket, why->text, why->text_zh);
    return ASSAY_OK;
}

/* {"answer": fingerprint of all that the answer says}: so that it is known again. */
static assay_status put_detail(const ay_answer *a, ay_buf *out, assay_err *err)
{
    unsigned char hash[16];
    AY_CLEANUP(ay_buf_free) ay_buf all = {0};
    const char *const parts[] = {a->ticket, a->act, a->remark, a->who, a->day};
    for (size_t i = 0; i < AY_COUNT(parts); i++) ay_buf_put(&all, parts[i], strlen(parts[i]) + 1);
    ay_buf_printf(&all, "%u", a->extend_days);
    AY_TRY(ay_buf_status(&all, err));
    ay_hash128(ay_buf_view(&all), hash);
    ay_buf_text(out, "{\"answer\":\"");
    ay_hex_put((ay_str){(const char *)hash, sizeof hash}, out);
    ay_buf_text(out, "\"");
    if (a->extend_days) ay_buf_printf(out, ",\"days\":%u", a->extend_days);
    ay_buf_put(out, "}", 2);
    return ay_buf_status(out, err);
}

/* Not since the ticket was last opened or given out: from then on the same words are a new answer. */
static assay_status was_taken(const importing *i, const ay_answer *a, const char *detail, bool *ret, assay_err *err)
{
    const char *const args[] = {a->ticket, detail};
    int64_t n;
    AY_TRY(ay_db_int(i->store->db,
                     "select count(*) from event e where e.ticket = $1 and e.detail = $2 and not exists (select 1 from "
                     "event l where l.ticket = e.ticket and l.no > e.no and l.act in ('refound', 'reopen', 'dispatch', "
                     "'transfer'))",
                     args, 2, &n, err));
    *ret = n > 0;
    return ASSAY_OK;
}

typedef struct applying {
    importing *i;
    const ay_answer *answer;
    const ay_deed *deed;
    bool is_there;
} applying;

/* A ticket that has moved on since it was given out is not answered by an old sheet. */
static assay_status apply(void *ctx, const ay_listed *listed, assay_err *err)
{
    applying *a = (applying *)ctx;
    const assay_ticket *t = &listed->ticket;
    assay_err why = {0};
    bool is_refused = false;
    a->is_there = true;
    if (*a->answer->state && strcmp(a->answer->state, t->state) != 0) {
        ay_fail(&why, ASSAY_EUSAGE, "it was %s when it was given out and is %s now: export it again",
                "导出时状态为 %s，现为 %s：请重新导出", a->answer->state, t->state);
        return refuse(a->i, a->answer->line, t->id, &why, err);
    }
    const assay_status st = ay_deeds_add(&a->i->deeds, a->deed, t, &is_refused, &why);
    if (st == ASSAY_EUSAGE || is_refused) return refuse(a->i, a->answer->line, t->id, &why, err);
    if (st != ASSAY_OK && err) *err = why;
    AY_TRY(st);
    a->i->sum.done++;
    return ASSAY_OK;
}

static assay_status find_and_apply(importing *i, const ay_answer *answer, const ay_deed *deed, assay_err *err)
{
    applying a = {.i = i, .answer = answer, .deed = deed};
    assay_ticket_filter one = ASSAY_TICKET_FILTER_INIT;
    ay_filter f;
    one.ids = &answer->ticket;
    one.n_ids = 1;
    assay_status st = ay_filter_take(&one, &f, err);
    f.may_lack = true;
    if (st == ASSAY_OK) st = ay_tickets_each(i->store, &f, apply, &a, err);
    ay_filter_free(&f);
    if (st != ASSAY_OK || a.is_there) return st;
    assay_err why = {0};
    ay_fail(&why, ASSAY_EUSAGE, "there is no such ticket", "没有这个工单");
    return refuse(i, answer->line, answer->ticket, &why, err);
}

static assay_status take_answer(void *ctx, const ay_answer *answer, assay_err *err)
{
    importing *i = (importing *)ctx;
    AY_CLEANUP(ay_buf_free) ay_buf detail = {0};
    assay_ticket_deed asked = ASSAY_TICKET_DEED_INIT;
    ay_deed deed;
    assay_err why = {0};
    bool is_taken = false;
    AY_TRY(put_detail(answer, &detail, err));
    AY_TRY(was_taken(i, answer, detail.ptr, &is_taken, err));
    i->sum.unchanged += is_taken;
    if (is_taken) return ASSAY_OK;
    asked.act = answer->act;
    asked.who = *answer->who ? answer->who : i->options.who;
    asked.day = *answer->day ? answer->day : i->options.day;
    asked.remark = answer->remark;
    asked.days = answer->extend_days;
    asked.pack = i->options.pack;
    if (ay_deed_take(&asked, &deed, &why) != ASSAY_OK) return refuse(i, answer->line, answer->ticket, &why, err);
    deed.detail = detail.ptr;
    return find_and_apply(i, answer, &deed, err);
}

static assay_status import_all(assay_store *store, void *ctx, assay_err *err)
{
    importing *i = (importing *)ctx;
    const ay_answers_sink sink = {i, take_answer, refuse};
    ay_answers_count count = {0};
    AY_TRY(ay_store_last_event(store, &i->events_before, err));
    AY_TRY(ay_answers_read(i->format, i->bytes, &sink, &count, err));
    i->sum.unanswered = count.unanswered;
    AY_TRY(ay_deeds_write(&i->deeds, err));
    return ay_store_last_event(store, &i->events_after, err);
}

assay_status assay_tickets_import(assay_store *store, const void *bytes, size_t len,
                                  const assay_import_options *options, assay_refused_fn refused, void *ctx,
                                  assay_ticket_sum *ret, assay_err *err)
{
    importing i = {.store = store,
                   .bytes = {(const char *)bytes, len},
                   .deeds = {.store = store},
                   .refused = refused,
                   .refused_ctx = ctx};
    AY_TRY(ay_take_options(&i.options, sizeof i.options, sizeof i.options, options, err));
    AY_TRY(take_format(i.options.format, &i.format, err));
    AY_FAIL_IF(!i.options.who || !*i.options.who, err, ASSAY_EUSAGE, "say who brings the answers: who",
               "请说明由谁导入：who");
    assay_status st = ay_store_work(store, true, import_all, &i, err);
    if (ret) *ret = i.sum;
    ay_deeds_free(&i.deeds);
    return st == ASSAY_OK ? ay_store_tell(store, i.events_before, i.events_after, err) : st;
}
