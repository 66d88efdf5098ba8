/* Confirmed suggestions as UPDATE statements that test the old value. Written for somebody to read; never run here. */
#include "store/tickets.h"

#include "base/mem.h"
#include "base/stream.h"
#include "pack/pack.h"
#include "proof/jcs.h"

#define FLUSH_AT ((size_t)64 << 10)

typedef struct writing {
    const ay_filter *filter;
    const assay_pack *pack;
    ay_stream stream;
    ay_arena heap; /* of one ticket */
    assay_refused_fn refused;
    void *refused_ctx;
    assay_ticket_sum sum;
} writing;

/* ---- SQL ---- */

static void put_identifier(ay_buf *out, ay_str name)
{
    ay_buf_char(out, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"') ay_buf_char(out, '"');
        ay_buf_char(out, name.ptr[i]);
    }
    ay_buf_char(out, '"');
}

/* With standard_conforming_strings, which the script sets, only the quote itself is special. */
static void put_literal(ay_buf *out, ay_str text)
{
    ay_buf_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'') ay_buf_char(out, '\'');
        ay_buf_char(out, text.ptr[i]);
    }
    ay_buf_char(out, '\'');
}

static const char *column_of(const ay_dataset *d, ay_str field)
{
    for (uint32_t i = 0; i < d->n_fields; i++)
        if (ay_str_is(field, d->fields[i].name)) return d->fields[i].column;
    return NULL;
}

static void put_test(ay_buf *out, const char *column, const ay_jcs *value)
{
    put_identifier(out, ay_str_from(column));
    if (value->kind == AY_JCS_NULL) {
        ay_buf_text(out, " is null");
        return;
    }
    ay_buf_text(out, " = ");
    put_literal(out, value->text);
}

static bool put_key(ay_buf *out, const ay_dataset *d, const ay_jcs *key)
{
    for (uint32_t i = 0; i < key->n; i++) {
        const char *column = column_of(d, key->items[i]->name);
        if (!column) return false;
        put_test(out, column, key->items[i]);
        ay_buf_text(out, " and ");
    }
    return key->n > 0;
}

/* ---- One ticket ---- */

/* Of a rule over several fields value and suggestion are objects, and the suggestion names the field. */
typedef struct change {
    const ay_jcs *key, *old, *suggested;
    const char *column;
} change;

static assay_status read_json(writing *w, const char *json, const ay_jcs **ret, assay_err *err)
{
    return ay_jcs_read(ay_str_from(json), 8, &w->heap, ret, err);
}

static assay_status read_change(writing *w, const ay_dataset *d, const assay_ticket *t, change *ret, assay_err *err)
{
    *ret = (change){0};
    AY_TRY(read_json(w, t->key, &ret->key, err));
    AY_TRY(read_json(w, t->value, &ret->old, err));
    AY_TRY(read_json(w, t->suggestion, &ret->suggested, err));
    if (*t->field) {
        ret->column = column_of(d, ay_str_from(t->field));
    } else if (ret->suggested->kind == AY_JCS_OBJECT && ret->suggested->n == 1 && ret->old->kind == AY_JCS_OBJECT) {
        const ay_jcs *one = ret->suggested->items[0];
        const char *name = ay_arena_copy(&w->heap, one->name);
        AY_NOMEM_IF(!name, err);
        ret->column = column_of(d, one->name);
        ret->old = ay_jcs_member(ret->old, name);
        ret->suggested = one;
    }
    return ASSAY_OK;
}

static bool put_update(ay_buf *out, const ay_dataset *d, const assay_ticket *t, const change *c)
{
    const size_t before = out->len;
    ay_buf_printf(out, "-- %s %s %s %d%%\nupdate %s set ", t->id, t->rule, t->suggestion_by, t->confidence, d->table);
    put_identifier(out, ay_str_from(c->column));
    ay_buf_text(out, " = ");
    put_literal(out, c->suggested->text);
    ay_buf_text(out, " where ");
    if (!put_key(out, d, c->key)) {
        out->len = before;
        return false;
    }
    put_test(out, c->column, c->old);
    ay_buf_text(out, ";\n");
    return true;
}

static const char *const reasons[][2] = {
    {"it is not confirmed", "该工单尚未确认属实"},
    {"it has no suggestion", "没有修改建议"},
    {"its key or values are masked: run the pack with --reveal", "主键或取值已脱敏：请以 --reveal 运行规则包"},
    {"its dataset is not a table of this pack", "其数据集不是该规则包中的表"},
    {"its value or suggestion is not one of a field of this pack", "取值或建议与该规则包的字段不符"},
};
enum { UNCONFIRMED, NO_SUGGESTION, MASKED, NO_TABLE, NO_FIELD };

static assay_status refuse(writing *w, const assay_ticket *t, int reason)
{
    w->sum.refused++;
    if (w->refused) w->refused(w->refused_ctx, 0, t->id, reasons[reason][0], reasons[reason][1]);
    return ASSAY_OK;
}

static assay_status put_ticket(void *ctx, const ay_listed *listed, assay_err *err)
{
    writing *w = (writing *)ctx;
    const assay_ticket *t = &listed->ticket;
    const ay_dataset *d = ay_pack_dataset(w->pack, ay_str_from(t->dataset));
    change c;
    if (strcmp(t->state, "confirmed") != 0) return refuse(w, t, UNCONFIRMED);
    if (!*t->suggestion) return refuse(w, t, NO_SUGGESTION);
    if (listed->is_masked) return refuse(w, t, MASKED);
    if (!d || !d->table) return refuse(w, t, NO_TABLE);
    ay_arena_reset(&w->heap);
    AY_TRY(read_change(w, d, t, &c, err));
    if (!c.column || !c.old || c.key->kind != AY_JCS_OBJECT || !put_update(&w->stream.buf, d, t, &c))
        return refuse(w, t, NO_FIELD);
    w->sum.done++;
    return ay_stream_flush(&w->stream, FLUSH_AT, err);
}

static assay_status put_all(assay_store *store, void *ctx, assay_err *err)
{
    writing *w = (writing *)ctx;
    ay_buf_text(&w->stream.buf, "-- suggestions that were confirmed; read before you run\n"
                                "set standard_conforming_strings = on;\nbegin;\n");
    AY_TRY(ay_tickets_each(store, w->filter, put_ticket, w, err));
    ay_buf_text(&w->stream.buf, "commit;\n");
    return ay_stream_flush(&w->stream, 0, err);
}

assay_status assay_tickets_sql(assay_store *store, const assay_ticket_filter *filter, const assay_pack *pack,
                               assay_write_fn write, assay_refused_fn refused, void *ctx, assay_ticket_sum *ret,
                               assay_err *err)
{
    ay_filter f;
    writing w = {
        .filter = &f, .pack = pack, .stream = {.write = write, .ctx = ctx}, .refused = refused, .refused_ctx = ctx};
    assay_status st = ay_filter_take(filter, &f, err);
    if (st == ASSAY_OK) st = ay_store_work(store, false, put_all, &w, err);
    if (ret) *ret = w.sum;
    ay_filter_free(&f);
    ay_arena_free(&w.heap);
    ay_buf_free(&w.stream.buf);
    return st;
}
