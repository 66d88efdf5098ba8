/* Looking at tickets: lists, histories, marks. */
#include <stdio.h>

#include "store/tickets.h"

#include "base/mem.h"
#include "proof/base64.h"
#include "record/tuple.h"

/* ---- Lists ---- */

enum {
    ID,
    DATASET,
    RULE,
    FIELD,
    KEY,
    SOURCE,
    OWNER,
    SEVERITY,
    BASIS,
    STATE,
    VALUE,
    REASON,
    SUGGESTION,
    SUGGESTION_BY,
    CONFIDENCE,
    OPENED,
    RECEIVED,
    DUE,
    CLOSED,
    RESOLUTION,
    RECORDS,
    REOPENED,
    MASKED
};
static const char list_sql[] =
    "select t.id, t.dataset, t.rule, t.field, t.key, t.source, t.owner, t.severity, t.basis, t.state, f.value, "
    "f.reason,"
    " f.suggestion, f.suggestion_by, f.confidence, t.opened, t.received, t.due, t.closed, t.resolution, t.records,"
    " t.reopened, f.masked from ticket t left join finding f on f.ticket = t.id and f.run = t.version where ";

static const char *text_of(const ay_rows *rows, int column)
{
    const char *ptr = ay_rows_text(rows, column).ptr; /* ends with a zero in both back ends */
    return ptr ? ptr : "";
}

static void take_ticket(const ay_rows *rows, ay_listed *ret)
{
    ret->is_masked = ay_rows_int(rows, MASKED) != 0;
    ret->ticket = (assay_ticket){.id = text_of(rows, ID),
                                 .dataset = text_of(rows, DATASET),
                                 .rule = text_of(rows, RULE),
                                 .field = text_of(rows, FIELD),
                                 .key = text_of(rows, KEY),
                                 .source = text_of(rows, SOURCE),
                                 .owner = text_of(rows, OWNER),
                                 .severity = text_of(rows, SEVERITY),
                                 .basis = text_of(rows, BASIS),
                                 .state = text_of(rows, STATE),
                                 .value = text_of(rows, VALUE),
                                 .reason = text_of(rows, REASON),
                                 .suggestion = text_of(rows, SUGGESTION),
                                 .suggestion_by = text_of(rows, SUGGESTION_BY),
                                 .confidence = (int)ay_rows_int(rows, CONFIDENCE),
                                 .opened = text_of(rows, OPENED),
                                 .received = text_of(rows, RECEIVED),
                                 .due = text_of(rows, DUE),
                                 .closed = text_of(rows, CLOSED),
                                 .resolution = text_of(rows, RESOLUTION),
                                 .records = (uint64_t)ay_rows_int(rows, RECORDS),
                                 .reopened = (uint64_t)ay_rows_int(rows, REOPENED)};
}

/* What is named must be one ticket: nobody meant another that begins alike, or none. */
static assay_status check_named(assay_store *store, const ay_filter *f, assay_err *err)
{
    for (int i = f->first_id; i < f->n && !f->may_lack; i++) {
        int64_t n = 0;
        AY_TRY(ay_db_int(store->db, "select count(*) from ticket where id >= $1 and id < $1 || 'g'", &f->args[i], 1, &n,
                         err));
        AY_FAIL_IF(n == 0, err, ASSAY_EUSAGE, "there is no such ticket: %s", "没有这样的工单：%s", f->args[i]);
        AY_FAIL_IF(n > 1, err, ASSAY_EUSAGE, "%lld tickets begin with %s: write more of the number",
                   "有 %lld 个工单号以 %s 开头：请写出更多位数", (long long)n, f->args[i]);
    }
    return ASSAY_OK;
}

assay_status ay_tickets_each(assay_store *store, const ay_filter *filter, ay_listed_fn fn, void *ctx, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf sql = {0};
    ay_rows *rows = NULL;
    bool end = false;
    AY_TRY(check_named(store, filter, err));
    ay_buf_text(&sql, list_sql);
    ay_buf_str(&sql, ay_buf_view(&filter->sql));
    ay_buf_put(&sql, " order by t.dataset, t.due, t.id", sizeof " order by t.dataset, t.due, t.id");
    AY_TRY(ay_buf_status(&sql, err));
    AY_TRY(ay_db_query(store->db, sql.ptr, filter->args, filter->n, &rows, err));
    assay_status st = ay_rows_next(rows, &end, err);
    while (st == ASSAY_OK && !end) {
        ay_listed listed;
        take_ticket(rows, &listed);
        st = fn(ctx, &listed, err);
        if (st == ASSAY_OK) st = ay_rows_next(rows, &end, err);
    }
    ay_rows_close(rows);
    return st;
}

typedef struct listing {
    const ay_filter *filter;
    assay_ticket_fn fn;
    void *ctx;
} listing;

static assay_status hand_on(void *ctx, const ay_listed *listed, assay_err *err)
{
    const listing *l = (const listing *)ctx;
    AY_FAIL_IF(l->fn(l->ctx, &listed->ticket) != 0, err, ASSAY_ECANCELLED, "stopped by the caller", "被调用者中止");
    return ASSAY_OK;
}

static assay_status list(assay_store *store, void *ctx, assay_err *err)
{
    const listing *l = (const listing *)ctx;
    return ay_tickets_each(store, l->filter, hand_on, ctx, err);
}

assay_status assay_tickets_list(assay_store *store, const assay_ticket_filter *filter, assay_ticket_fn fn, void *ctx,
                                assay_err *err)
{
    ay_filter f;
    listing l = {&f, fn, ctx};
    assay_status st = ay_filter_take(filter, &f, err);
    if (st == ASSAY_OK) st = ay_store_work(store, false, list, &l, err);
    ay_filter_free(&f);
    return st;
}

/* ---- History ---- */

typedef struct looking_back {
    const char *id;
    assay_ticket_event_fn fn;
    void *ctx;
} looking_back;

static assay_status look_back(assay_store *store, void *ctx, assay_err *err)
{
    enum { NO, MOMENT, WHO, ACT, STATE_TO, RUN, REMARK, DETAIL };
    const looking_back *l = (const looking_back *)ctx;
    ay_rows *rows = NULL;
    bool end = false;
    uint64_t n = 0;
    AY_TRY(ay_db_query(
        store->db, "select no, moment, who, act, state, run, remark, detail from event where ticket = $1 order by no",
        &l->id, 1, &rows, err));
    assay_status st = ay_rows_next(rows, &end, err);
    for (; st == ASSAY_OK && !end; n++) {
        const assay_ticket_event event = {.no = (uint64_t)ay_rows_int(rows, NO),
                                          .moment = text_of(rows, MOMENT),
                                          .who = text_of(rows, WHO),
                                          .act = text_of(rows, ACT),
                                          .state = text_of(rows, STATE_TO),
                                          .run = (uint64_t)ay_rows_int(rows, RUN),
                                          .remark = text_of(rows, REMARK),
                                          .detail = text_of(rows, DETAIL)};
        if (l->fn(l->ctx, &event) != 0) st = ay_fail(err, ASSAY_ECANCELLED, "stopped by the caller", "被调用者中止");
        if (st == ASSAY_OK) st = ay_rows_next(rows, &end, err);
    }
    ay_rows_close(rows);
    AY_FAIL_IF(st == ASSAY_OK && n == 0, err, ASSAY_EUSAGE, "there is no ticket %.64s", "没有工单 %.64s", l->id);
    return st;
}

assay_status assay_ticket_history(assay_store *store, const char *id, assay_ticket_event_fn fn, void *ctx,
                                  assay_err *err)
{
    looking_back l = {id, fn, ctx};
    return ay_store_work(store, false, look_back, &l, err);
}

/* ---- Marks ---- */

typedef struct marking {
    const char *dataset;
    char print[2 * AY_PRINT_SIZE + 1];
    int64_t n;
} marking;

static assay_status count_marks(assay_store *store, void *ctx, assay_err *err)
{
    marking *m = (marking *)ctx;
    const char *const args[] = {m->dataset, m->print};
    return ay_db_int(store->db,
                     "select count(*) from ticket where dataset = $1 and key_print = $2 and state not in ('closed', "
                     "'gone') and (state <> 'open' or received is not null)",
                     args, 2, &m->n, err);
}

/* The key as a run would read it: typed, then as a tuple. */
static assay_status put_key(const assay_pack *pack, const ay_dataset *d, const char *const *key, size_t n, ay_buf *out,
                            assay_err *err)
{
    AY_CLEANUP(ay_arena_free) ay_arena heap = {0};
    AY_FAIL_IF(n != d->n_key, err, ASSAY_EUSAGE, "the key of %s has %u fields, not %zu",
               "%s 的主键有 %u 个字段，而不是 %zu 个", d->name, d->n_key, n);
    for (uint32_t k = 0; k < d->n_key; k++) {
        const ay_field *field = &d->fields[d->key[k]];
        const char *why = "", *why_zh = "";
        assay_status st = ASSAY_OK;
        ay_cell cell = {0};
        const bool is_read =
            ay_cell_read(ay_str_from(key[k]), field->type, pack->zone, &heap, &cell, &why, &why_zh, &st);
        AY_TRY(st);
        AY_FAIL_IF(!is_read, err, ASSAY_EUSAGE, "the key field %s cannot be read: %s%.0s",
                   "主键字段 %s 无法读取：%.0s%s", field->name, why, why_zh);
        ay_tuple_put(out, &cell);
    }
    return ay_buf_status(out, err);
}

static assay_status make_print(assay_store *store, ay_str key, marking *m, assay_err *err)
{
    unsigned char print[AY_PRINT_SIZE];
    AY_CLEANUP(ay_buf_free) ay_buf scratch = {0};
    ay_print_key(ay_str_from(store->seed), key, &scratch, print);
    AY_TRY(ay_buf_status(&scratch, err));
    ay_buf_clear(&scratch);
    ay_hex_put((ay_str){(const char *)print, sizeof print}, &scratch);
    AY_TRY(ay_buf_status(&scratch, err));
    memcpy(m->print, scratch.ptr, sizeof m->print - 1);
    return ASSAY_OK;
}

assay_status assay_tickets_marks(assay_store *store, const assay_pack *pack, const char *dataset,
                                 const char *const *key, size_t n_key, uint64_t *ret, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf tuple = {0};
    marking m = {.dataset = dataset};
    const ay_dataset *d = ay_pack_dataset(pack, ay_str_from(dataset));
    AY_FAIL_IF(!d, err, ASSAY_EUSAGE, "the pack has no dataset '%.128s'", "规则包中没有数据集“%.128s”", dataset);
    AY_TRY(put_key(pack, d, key, n_key, &tuple, err));
    AY_TRY(make_print(store, ay_buf_view(&tuple), &m, err));
    AY_TRY(ay_store_work(store, false, count_marks, &m, err));
    *ret = (uint64_t)m.n;
    return ASSAY_OK;
}
