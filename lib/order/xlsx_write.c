/* xlsx by libxlsxwriter, the only file that sees it. It wants the name of a file: a temporary one that has none in any
 * folder gets one under /proc/self/fd. Its memory is not ours, so the test of failing allocations passes it by. */
#include <xlsxwriter.h>

#include <assert.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/spill.h"
#include "base/utf8.h"
#include "order/writer.h"

#define ROWS_MAX    1048576
#define CELL_CHARS  16000 /* a cell holds 32767 UTF-16 units */
#define PIECE       ((size_t)64 << 10)
#define DAY_SECONDS 86400
#define ACTS_MAX    16

static const uint8_t widths[AY_ORDER_COLUMNS] = {
    [AY_ORDER_ID] = 35,          [AY_ORDER_DATASET] = 16,       [AY_ORDER_RULE] = 22,       [AY_ORDER_BASIS] = 22,
    [AY_ORDER_KEY] = 24,         [AY_ORDER_FIELD] = 16,         [AY_ORDER_VALUE] = 24,      [AY_ORDER_REASON] = 40,
    [AY_ORDER_SUGGESTION] = 24,  [AY_ORDER_SUGGESTION_BY] = 16, [AY_ORDER_CONFIDENCE] = 14, [AY_ORDER_SEVERITY] = 11,
    [AY_ORDER_STATE] = 12,       [AY_ORDER_OPENED] = 12,        [AY_ORDER_DUE] = 12,        [AY_ORDER_OWNER] = 18,
    [AY_ORDER_ANSWER] = 12,      [AY_ORDER_REMARK] = 40,        [AY_ORDER_DAYS] = 12,       [AY_ORDER_ANSWERED_BY] = 12,
    [AY_ORDER_ANSWERED_ON] = 14,
};

struct ay_order_sheet {
    ay_budget budget;
    ay_spill *file;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *head, *text, *open; /* open: where people write, not locked */
    lxw_row_t rows;
    ay_buf cell;
};

static assay_status fail(lxw_error error, assay_err *err)
{
    AY_NOMEM_IF(error == LXW_ERROR_MEMORY_MALLOC_FAILED, err);
    return ay_fail(err, ASSAY_EIO, "the work order could not be written as xlsx: %s", "无法写出 xlsx 工单：%s",
                   lxw_strerror(error));
}

/* libxlsxwriter takes char * where it only reads. */
static char *unconst(const char *text)
{
    return (char *)(uintptr_t)text;
}

/* ---- Begin ---- */

static assay_status open_book(ay_order_writer *w, assay_err *err)
{
    ay_order_sheet *s = w->sheet;
    char name[64];
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", s->file->fd);
    lxw_workbook_options options = {.constant_memory = 1, .tmpdir = unconst(s->file->dir)};
    s->book = workbook_new_opt(name, &options);
    AY_NOMEM_IF(!s->book, err);
    s->sheet = workbook_add_worksheet(s->book, w->options.zh ? "工单" : "work order");
    AY_NOMEM_IF(!s->sheet, err);
    lxw_doc_properties about = {
        .title = unconst(w->options.zh ? "校核工单" : "Work order"),
        .company = unconst(w->options.owner ? w->options.owner : ""),
        .created = (time_t)(w->day * DAY_SECONDS),
    };
    const lxw_error error = workbook_set_properties(s->book, &about);
    return error ? fail(error, err) : ASSAY_OK;
}

static lxw_format *add_format(ay_order_writer *w)
{
    lxw_format *format = workbook_add_format(w->sheet->book);
    if (!format) return NULL;
    format_set_font_name(format, w->options.zh ? "宋体" : "Calibri");
    format_set_num_format(format, "@");
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    format_set_border(format, LXW_BORDER_THIN);
    return format;
}

static assay_status add_formats(ay_order_writer *w, assay_err *err)
{
    ay_order_sheet *s = w->sheet;
    s->head = add_format(w);
    s->text = add_format(w);
    s->open = add_format(w);
    AY_NOMEM_IF(!s->head || !s->text || !s->open, err);
    format_set_bold(s->head);
    format_set_bg_color(s->head, 0xD9E1F2);
    format_set_unlocked(s->open);
    format_set_bg_color(s->open, 0xFFF9E5);
    return ASSAY_OK;
}

static void lay_out(ay_order_sheet *s)
{
    for (ay_order_column c = 0; c < AY_ORDER_COLUMNS; c++)
        (void)worksheet_set_column(s->sheet, (lxw_col_t)c, (lxw_col_t)c, widths[c], NULL);
    worksheet_freeze_panes(s->sheet, 1, 1);
    worksheet_set_landscape(s->sheet);
    worksheet_set_paper(s->sheet, 9); /* A4 */
    worksheet_fit_to_pages(s->sheet, 1, 0);
    (void)worksheet_repeat_rows(s->sheet, 0, 0);
}

/* Excel reads _x0041_ as the character of that number: the underscore itself is written so. */
static bool is_escape(ay_str text, size_t at)
{
    if (text.len - at < 7 || text.ptr[at] != '_' || text.ptr[at + 1] != 'x' || text.ptr[at + 6] != '_') return false;
    for (size_t i = at + 2; i < at + 6; i++)
        if (!strchr("0123456789abcdefABCDEF", text.ptr[i])) return false;
    return true;
}

static void put_cell_text(ay_str text, ay_buf *out)
{
    const size_t end = ay_utf8_offset(text, CELL_CHARS);
    ay_buf_clear(out);
    for (size_t i = 0; i < end; i++) {
        ay_buf_char(out, text.ptr[i]);
        if (is_escape(text, i)) ay_buf_text(out, "x005F_");
    }
    if (end < text.len) ay_buf_text(out, "…");
    ay_buf_char(out, '\0');
}

static assay_status put_cell(ay_order_sheet *s, lxw_col_t column, ay_str text, lxw_format *format, assay_err *err)
{
    lxw_error error;
    if (text.len == 0) {
        error = worksheet_write_blank(s->sheet, s->rows, column, format);
    } else {
        put_cell_text(text, &s->cell);
        AY_TRY(ay_buf_status(&s->cell, err));
        error = worksheet_write_string(s->sheet, s->rows, column, s->cell.ptr, format);
    }
    return error ? fail(error, err) : ASSAY_OK;
}

static assay_status xlsx_put(ay_order_writer *w, const assay_ticket *ticket, assay_err *err)
{
    ay_str cells[AY_ORDER_COLUMNS];
    ay_order_sheet *s = w->sheet;
    AY_FAIL_IF(s->rows == ROWS_MAX, err, ASSAY_ELIMIT,
               "an xlsx work order holds %d tickets at most; choose fewer, or csv or ndjson",
               "xlsx 工单最多容纳 %d 张工单；请缩小范围，或改用 csv 或 ndjson", ROWS_MAX - 1);
    AY_TRY(ay_order_row(w, ticket, cells, err));
    for (ay_order_column c = 0; c < AY_ORDER_COLUMNS; c++) {
        lxw_format *body = c < AY_ORDER_ANSWER ? s->text : s->open;
        AY_TRY(put_cell(s, (lxw_col_t)c, cells[c], ticket ? body : s->head, err));
    }
    s->rows++;
    return ASSAY_OK;
}

static assay_status xlsx_begin(ay_order_writer *w, assay_err *err)
{
    ay_order_sheet *s = w->sheet = AY_NEW(ay_order_sheet);
    AY_NOMEM_IF(!s, err);
    s->budget.spill_dir = w->options.temp_dir;
    AY_TRY(ay_spill_open(&s->budget, &s->file, err));
    AY_TRY(open_book(w, err));
    AY_TRY(add_formats(w, err));
    lay_out(s);
    return xlsx_put(w, NULL, err);
}

/* ---- End ---- */

static assay_status add_drop_down(ay_order_writer *w, assay_err *err)
{
    char *choices[ACTS_MAX + 1] = {NULL};
    assert(ay_order_answers.n <= ACTS_MAX);
    for (size_t i = 0; i < ay_order_answers.n; i++) {
        const ay_order_word word = ay_order_answers.at(i);
        choices[i] = unconst(w->options.zh ? word.zh : word.en);
    }
    lxw_data_validation rule = {
        .validate = LXW_VALIDATION_TYPE_LIST,
        .value_list = choices,
        .input_title = unconst(w->options.zh ? "答复" : "Answer"),
        .input_message =
            unconst(w->options.zh ? "不属实、退回、争议、延期须填写答复说明；延期还须填写延期工作日。"
                                  : "reject, return, dispute and extend need a remark; extend also needs days."),
        .error_title = unconst(w->options.zh ? "答复" : "Answer"),
        .error_message = unconst(w->options.zh ? "请从列表中选择。" : "Choose one of the list."),
    };
    const lxw_error error = worksheet_data_validation_range(w->sheet->sheet, 1, AY_ORDER_ANSWER, w->sheet->rows - 1,
                                                            AY_ORDER_ANSWER, &rule);
    return error ? fail(error, err) : ASSAY_OK;
}

static assay_status finish_sheet(ay_order_writer *w, assay_err *err)
{
    ay_order_sheet *s = w->sheet;
    lxw_protection allowed = {.format_columns = 1, .format_rows = 1, .sort = 1, .autofilter = 1};
    worksheet_protect(s->sheet, NULL, &allowed);
    if (s->rows > 1) AY_TRY(add_drop_down(w, err));
    lxw_error error = worksheet_autofilter(s->sheet, 0, 0, s->rows - 1, AY_ORDER_COLUMNS - 1);
    if (error) return fail(error, err);
    error = workbook_close(AY_STEAL(s->book));
    return error ? fail(error, err) : ASSAY_OK;
}

static assay_status xlsx_end(ay_order_writer *w, assay_err *err)
{
    struct stat status;
    const ay_spill *file = w->sheet->file;
    AY_TRY(finish_sheet(w, err));
    if (fstat(file->fd, &status) != 0) return fail(LXW_ERROR_CREATING_XLSX_FILE, err);
    for (uint64_t at = 0, size = (uint64_t)status.st_size; at < size;) {
        const size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;
        char *to = ay_buf_reserve(&w->out.buf, n);
        AY_NOMEM_IF(!to, err);
        AY_TRY(ay_spill_read(file, at, to, n, err));
        w->out.buf.len += n;
        AY_TRY(ay_stream_flush(&w->out, 0, err));
        at += n;
    }
    return ASSAY_OK;
}

static void xlsx_drop(ay_order_writer *w)
{
    ay_order_sheet *s = w->sheet;
    if (!s) return;
    if (s->book) lxw_workbook_free(s->book);
    ay_spill_unref(s->file);
    ay_buf_free(&s->cell);
    ay_free(s);
}

const ay_order_ops ay_order_xlsx = {.begin = xlsx_begin, .put = xlsx_put, .end = xlsx_end, .drop = xlsx_drop};
