/* CSV as RFC 4180 has it, with the byte order mark without which spreadsheets take UTF-8 for the code page of the
 * machine. */
#include "order/plain.h"
#include "order/writer.h"

static bool needs_quotes(ay_str cell)
{
    for (size_t i = 0; i < cell.len; i++)
        if (cell.ptr[i] == ',' || cell.ptr[i] == '"') return true;
    return cell.len > 0 && (cell.ptr[0] == ' ' || cell.ptr[cell.len - 1] == ' ');
}

static void put_cell(ay_str cell, ay_buf *out)
{
    const bool quoted = needs_quotes(cell);
    if (quoted) ay_buf_char(out, '"');
    if (ay_order_is_formula(cell)) ay_buf_char(out, '\'');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] == '"') ay_buf_char(out, '"');
        ay_buf_char(out, cell.ptr[i]);
    }
    if (quoted) ay_buf_char(out, '"');
}

static assay_status csv_put(ay_order_writer *w, const assay_ticket *ticket, assay_err *err)
{
    ay_str cells[AY_ORDER_COLUMNS];
    AY_TRY(ay_order_row(w, ticket, cells, err));
    for (ay_order_column c = 0; c < AY_ORDER_COLUMNS; c++) {
        if (c > 0) ay_buf_char(&w->out.buf, ',');
        put_cell(cells[c], &w->out.buf);
    }
    ay_buf_text(&w->out.buf, "\r\n");
    return ASSAY_OK;
}

static assay_status csv_begin(ay_order_writer *w, assay_err *err)
{
    ay_buf_text(&w->out.buf, "\xef\xbb\xbf");
    return csv_put(w, NULL, err);
}

const ay_order_ops ay_order_csv = {.begin = csv_begin, .put = csv_put};
