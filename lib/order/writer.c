#include "order/writer.h"

#include "base/mem.h"
#include "base/time.h"
#include "order/plain.h"

#define PIECE ((size_t)64 << 10)

static assay_status put_cell(ay_order_writer *w, const assay_ticket *ticket, ay_order_column column, assay_err *err)
{
    const ay_order_word head = ay_order_heads[column];
    ay_buf_clear(&w->plain);
    if (ticket) AY_TRY(ay_order_cell(ticket, column, w->options.zh, &w->arena, &w->plain, err));
    else ay_buf_text(&w->plain, w->options.zh ? head.zh : head.en);
    ay_order_visible(ay_buf_view(&w->plain), false, &w->text);
    return ay_buf_status(&w->plain, err);
}

assay_status ay_order_row(ay_order_writer *w, const assay_ticket *ticket, ay_str ret[AY_ORDER_COLUMNS], assay_err *err)
{
    size_t to[AY_ORDER_COLUMNS], from = 0;
    ay_arena_reset(&w->arena);
    ay_buf_clear(&w->text);
    for (ay_order_column c = 0; c < AY_ORDER_COLUMNS; c++) {
        AY_TRY(put_cell(w, ticket, c, err));
        to[c] = w->text.len;
    }
    AY_TRY(ay_buf_status(&w->text, err));
    for (ay_order_column c = 0; c < AY_ORDER_COLUMNS; from = to[c++])
        ret[c] = ay_str_slice(ay_buf_view(&w->text), from, to[c]);
    return ASSAY_OK;
}

static assay_status begin(ay_order_writer *w, assay_err *err)
{
    const char *day = w->options.day;
    AY_FAIL_IF(ay_date_parse(ay_str_from(day), &w->day) != AY_TIME_OK || w->day <= 0 || w->day == AY_INFINITY, err,
               ASSAY_EUSAGE, "'%s' is not the day of a work order; write it as 2026-07-01",
               "“%s”不是工单的日期，应写作 2026-07-01", day ? day : "");
    return w->ops->begin ? w->ops->begin(w, err) : ASSAY_OK;
}

assay_status ay_order_open(const ay_order_options *options, ay_order_writer **ret, assay_err *err)
{
    static const ay_order_ops *const formats[] = {
        [AY_ORDER_CSV] = &ay_order_csv, [AY_ORDER_NDJSON] = &ay_order_ndjson, [AY_ORDER_XLSX] = &ay_order_xlsx};
    ay_order_writer *w = AY_NEW(ay_order_writer);
    AY_NOMEM_IF(!w, err);
    w->ops = formats[options->format];
    w->options = *options;
    w->out = (ay_stream){.write = options->write, .ctx = options->ctx};
    const assay_status st = begin(w, err);
    if (st == ASSAY_OK) *ret = w;
    else ay_order_drop(w);
    return st;
}

assay_status ay_order_put(ay_order_writer *writer, const assay_ticket *ticket, assay_err *err)
{
    AY_TRY(writer->ops->put(writer, ticket, err));
    return ay_stream_flush(&writer->out, PIECE, err);
}

assay_status ay_order_close(ay_order_writer *writer, assay_err *err)
{
    assay_status st = writer->ops->end ? writer->ops->end(writer, err) : ASSAY_OK;
    if (st == ASSAY_OK) st = ay_stream_flush(&writer->out, 0, err);
    ay_order_drop(writer);
    return st;
}

ay_order_writer *ay_order_drop(ay_order_writer *writer)
{
    if (!writer) return NULL;
    if (writer->ops->drop) writer->ops->drop(writer);
    ay_buf_free(&writer->out.buf);
    ay_buf_free(&writer->plain);
    ay_buf_free(&writer->text);
    ay_arena_free(&writer->arena);
    return ay_free(writer);
}
