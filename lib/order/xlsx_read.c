/* xlsx (ECMA-376) as Excel, WPS and LibreOffice save it: the first sheet of the workbook, its texts shared or inline.
 */
#include "base/ascii.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "order/answers.h"
#include "order/xml.h"

#define WORKBOOK     "xl/workbook.xml"
#define WORKBOOK_DIR "xl/"
#define RELATIONS    "xl/_rels/workbook.xml.rels"
#define ROWS_MAX     1048576
#define ROW_BYTES    ((size_t)8 << 20)
#define ESCAPE_LEN   7                 /* _x000D_ */
#define SHARED_MAX   ((size_t)4 << 20) /* texts */

typedef struct book {
    ay_zip zip;
    ay_arena arena;
    ay_answers *answers;
    const char *sheet_id;          /* of the first sheet, in the relations */
    const char *sheet, *shared;    /* names of the parts */
    ay_buf shared_text, shared_to; /* all shared texts; where each ends, as size_t */
} book;

static assay_status fail_no_sheet(assay_err *err)
{
    return ay_fail(err, ASSAY_EFORMAT, "the file is no xlsx workbook with a sheet", "文件不是含工作表的 xlsx 工作簿");
}

static bool is(const char *name, const char *other)
{
    return strcmp(name, other) == 0;
}

static assay_status nothing(void *ctx, const char *name, assay_err *err)
{
    (void)ctx, (void)name, (void)err;
    return ASSAY_OK;
}

static assay_status read_part(book *b, const char *name, ay_xml_handler handler, assay_err *err)
{
    const ay_zip_part *part = ay_zip_find(&b->zip, ay_str_from(name));
    return part ? ay_xml_read(&b->zip, part, &handler, err) : fail_no_sheet(err);
}

/* ---- Workbook ---- */

static assay_status workbook_start(void *ctx, const char *name, const char **attributes, assay_err *err)
{
    book *b = ctx;
    if (is(name, "workbookPr")) {
        const char *from_1904 = ay_xml_attribute(attributes, "date1904");
        b->answers->from_1904 = from_1904 && (is(from_1904, "1") || is(from_1904, "true"));
    }
    if (!is(name, "sheet") || b->sheet_id) return ASSAY_OK;
    const char *id = ay_xml_attribute(attributes, "id");
    if (!id) return fail_no_sheet(err);
    b->sheet_id = ay_arena_copy(&b->arena, ay_str_from(id));
    AY_NOMEM_IF(!b->sheet_id, err);
    return ASSAY_OK;
}

/* A target is relative to the workbook, or absolute. */
static const char *part_name(ay_arena *arena, const char *target)
{
    if (target[0] == '/') return ay_arena_copy(arena, ay_str_from(target + 1));
    const size_t dir = sizeof WORKBOOK_DIR - 1, len = strlen(target);
    char *name = ay_arena_bytes(arena, dir + len + 1);
    if (!name) return NULL;
    memcpy(name, WORKBOOK_DIR, dir);
    memcpy(name + dir, target, len + 1);
    return name;
}

static bool ends_with(const char *text, const char *end)
{
    const size_t len = strlen(text), n = strlen(end);
    return len >= n && is(text + len - n, end);
}

static assay_status relations_start(void *ctx, const char *name, const char **attributes, assay_err *err)
{
    book *b = ctx;
    const char *id = ay_xml_attribute(attributes, "Id"), *type = ay_xml_attribute(attributes, "Type"),
               *target = ay_xml_attribute(attributes, "Target");
    if (!is(name, "Relationship") || !id || !type || !target) return ASSAY_OK;
    const char **of = NULL;
    if (is(id, b->sheet_id)) of = &b->sheet;
    else if (ends_with(type, "/sharedStrings")) of = &b->shared;
    if (!of) return ASSAY_OK;
    *of = part_name(&b->arena, target);
    AY_NOMEM_IF(!*of, err);
    return ASSAY_OK;
}

static assay_status read_workbook(book *b, assay_err *err)
{
    AY_TRY(read_part(b, WORKBOOK, (ay_xml_handler){b, workbook_start, nothing, NULL}, err));
    if (!b->sheet_id) return fail_no_sheet(err);
    AY_TRY(read_part(b, RELATIONS, (ay_xml_handler){b, relations_start, nothing, NULL}, err));
    return b->sheet ? ASSAY_OK : fail_no_sheet(err);
}

/* ---- Texts ---- */

/* Inside <si> or <is>: the text of every <t>, but for readings of characters. */
typedef struct rich {
    bool in_text, in_reading;
} rich;

static void rich_start(rich *r, const char *name)
{
    if (is(name, "rPh")) r->in_reading = true;
    if (is(name, "t")) r->in_text = !r->in_reading;
}

static void rich_end(rich *r, const char *name)
{
    if (is(name, "rPh")) r->in_reading = false;
    if (is(name, "t")) r->in_text = false;
}

/* _x000D_ is how a character is written that XML has not, and _x005F_ the underscore before what looks so. */
static bool read_escape(ay_str text, size_t at, uint32_t *ret)
{
    if (text.len - at < ESCAPE_LEN || memcmp(text.ptr + at, "_x", 2) != 0 || text.ptr[at + 6] != '_') return false;
    for (size_t i = at + 2; i < at + 6; i++) {
        const char c = ay_to_lower(text.ptr[i]);
        if (!ay_is_digit(c) && (c < 'a' || c > 'f')) return false;
        *ret = *ret << 4 | (uint32_t)(ay_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    if (*ret >= 0xd800 && *ret <= 0xdfff) *ret = 0xfffd;
    return true;
}

static void put_unescaped(ay_str text, ay_buf *out)
{
    char bytes[4];
    for (size_t at = 0; at < text.len;) {
        uint32_t cp = 0;
        const char *mark = memchr(text.ptr + at + 1, '_', text.len - at - 1);
        size_t next = mark ? (size_t)(mark - text.ptr) : text.len;
        if (text.ptr[at] == '_' && read_escape(text, at, &cp)) {
            ay_buf_put(out, bytes, ay_utf8_encode(cp, bytes));
            next = at + ESCAPE_LEN;
        } else ay_buf_put(out, text.ptr + at, next - at);
        at = next;
    }
}

typedef struct shared_reader {
    book *book;
    rich rich;
} shared_reader;

static assay_status shared_start(void *ctx, const char *name, const char **attributes, assay_err *err)
{
    shared_reader *r = ctx;
    (void)attributes, (void)err;
    rich_start(&r->rich, name);
    return ASSAY_OK;
}

static assay_status shared_text(void *ctx, ay_str text, assay_err *err)
{
    const shared_reader *r = ctx;
    if (r->rich.in_text) ay_buf_str(&r->book->shared_text, text);
    return ay_buf_status(&r->book->shared_text, err);
}

static assay_status shared_end(void *ctx, const char *name, assay_err *err)
{
    shared_reader *r = ctx;
    rich_end(&r->rich, name);
    if (!is(name, "si")) return ASSAY_OK;
    ay_buf_put(&r->book->shared_to, &r->book->shared_text.len, sizeof(size_t));
    return ay_buf_status(&r->book->shared_to, err);
}

static assay_status read_shared(book *b, assay_err *err)
{
    shared_reader r = {.book = b};
    b->shared_to.max = SHARED_MAX * sizeof(size_t);
    if (!b->shared) return ASSAY_OK;
    return read_part(b, b->shared, (ay_xml_handler){&r, shared_start, shared_end, shared_text}, err);
}

static size_t shared_end_of(const book *b, size_t i)
{
    size_t to;
    memcpy(&to, b->shared_to.ptr + i * sizeof to, sizeof to);
    return to;
}

/* ---- Sheet ---- */

typedef struct cell {
    size_t from, to; /* in row_text */
} cell;

typedef struct sheet_reader {
    book *book;
    rich rich;
    uint32_t row, column; /* 1-based row, 0-based column; of the row and cell that are open */
    bool in_row, in_cell, in_value, is_shared, is_inline;
    ay_buf raw;      /* of the open cell */
    ay_buf row_text; /* of the cells of the row */
    cell cells[AY_ORDER_CELLS];
} sheet_reader;

/* "AB12": 27. False: not of the form. */
static bool column_of(const char *reference, uint32_t *ret)
{
    uint32_t v = 0;
    const char *p = reference;
    for (; *p >= 'A' && *p <= 'Z' && v < 100000; p++) v = v * 26 + (uint32_t)(*p - 'A') + 1;
    if (v == 0 || !ay_is_digit(*p)) return false;
    *ret = v - 1;
    return true;
}

static assay_status open_row(sheet_reader *r, const char **attributes, assay_err *err)
{
    const char *number = ay_xml_attribute(attributes, "r");
    uint32_t row = number ? 0 : r->row + 1;
    for (const char *p = number ? number : ""; ay_is_digit(*p) && row <= ROWS_MAX; p++)
        row = row * 10 + (uint32_t)(*p - '0');
    AY_FAIL_IF(row <= r->row || row > ROWS_MAX, err, ASSAY_EFORMAT, "the xlsx file has a row without a right number",
               "xlsx 文件中有行号错误的行");
    r->row = row;
    r->in_row = true;
    r->column = UINT32_MAX; /* the next is 0 */
    ay_buf_clear(&r->row_text);
    memset(r->cells, 0, sizeof r->cells);
    return ASSAY_OK;
}

static assay_status open_cell(sheet_reader *r, const char **attributes, assay_err *err)
{
    const char *reference = ay_xml_attribute(attributes, "r"), *type = ay_xml_attribute(attributes, "t");
    r->column++;
    AY_FAIL_IF(reference && !column_of(reference, &r->column), err, ASSAY_EFORMAT,
               "the xlsx file has a cell without a right place", "xlsx 文件中有位置错误的单元格");
    r->in_cell = true;
    r->is_shared = type && is(type, "s");
    r->is_inline = type && is(type, "inlineStr");
    ay_buf_clear(&r->raw);
    return ASSAY_OK;
}

static assay_status sheet_start(void *ctx, const char *name, const char **attributes, assay_err *err)
{
    sheet_reader *r = ctx;
    if (is(name, "row")) return open_row(r, attributes, err);
    if (r->in_row && is(name, "c")) return open_cell(r, attributes, err);
    if (r->in_cell && is(name, "v")) r->in_value = !r->is_inline;
    if (r->in_cell && r->is_inline) rich_start(&r->rich, name);
    return ASSAY_OK;
}

static assay_status sheet_text(void *ctx, ay_str text, assay_err *err)
{
    sheet_reader *r = ctx;
    if (r->in_cell && (r->in_value || r->rich.in_text)) ay_buf_str(&r->raw, text);
    return ay_buf_status(&r->raw, err);
}

static assay_status fail_no_text(assay_err *err)
{
    return ay_fail(err, ASSAY_EFORMAT, "the xlsx file names a text that it does not hold",
                   "xlsx 文件引用了不存在的文本");
}

/* What the open cell says: its own text, or the shared one it names. */
static assay_status cell_text(const sheet_reader *r, ay_str *ret, assay_err *err)
{
    book *b = r->book;
    const size_t n = b->shared_to.len / sizeof(size_t);
    size_t at = 0;
    *ret = ay_buf_view(&r->raw);
    if (!r->is_shared || ret->len == 0) return ASSAY_OK;
    for (size_t i = 0; i < ret->len; i++) {
        if (!ay_is_digit(ret->ptr[i]) || at >= n) return fail_no_text(err);
        at = at * 10 + (size_t)(ret->ptr[i] - '0');
    }
    if (at >= n) return fail_no_text(err);
    *ret = ay_str_slice(ay_buf_view(&b->shared_text), at ? shared_end_of(b, at - 1) : 0, shared_end_of(b, at));
    return ay_zip_count(&b->zip, ret->len, err); /* one text may be named by all cells */
}

static assay_status close_cell(sheet_reader *r, assay_err *err)
{
    ay_str text;
    r->in_cell = r->in_value = false;
    if (r->column >= AY_ORDER_CELLS) return ASSAY_OK;
    AY_TRY(cell_text(r, &text, err));
    r->cells[r->column].from = r->row_text.len;
    put_unescaped(text, &r->row_text);
    r->cells[r->column].to = r->row_text.len;
    return ay_buf_status(&r->row_text, err);
}

static assay_status close_row(sheet_reader *r, assay_err *err)
{
    ay_str cells[AY_ORDER_CELLS];
    r->in_row = false;
    for (size_t i = 0; i < AY_ORDER_CELLS; i++)
        cells[i] = ay_str_slice(ay_buf_view(&r->row_text), r->cells[i].from, r->cells[i].to);
    return ay_answers_table_row(r->book->answers, r->row, cells, AY_ORDER_CELLS, err);
}

static assay_status sheet_end(void *ctx, const char *name, assay_err *err)
{
    sheet_reader *r = ctx;
    if (r->in_cell) rich_end(&r->rich, name);
    if (r->in_cell && is(name, "v")) r->in_value = false;
    if (r->in_cell && is(name, "c")) return close_cell(r, err);
    if (r->in_row && is(name, "row")) return close_row(r, err);
    return ASSAY_OK;
}

static assay_status read_sheet(book *b, assay_err *err)
{
    sheet_reader *r = AY_NEW(sheet_reader);
    AY_NOMEM_IF(!r, err);
    r->book = b;
    r->raw.max = r->row_text.max = ROW_BYTES;
    assay_status st = read_part(b, b->sheet, (ay_xml_handler){r, sheet_start, sheet_end, sheet_text}, err);
    ay_buf_free(&r->raw);
    ay_buf_free(&r->row_text);
    ay_free(r);
    return st;
}

static assay_status read_book(book *b, ay_str bytes, assay_err *err)
{
    AY_TRY(ay_zip_open(bytes, &b->arena, &b->zip, err));
    AY_TRY(read_workbook(b, err));
    AY_TRY(read_shared(b, err));
    AY_TRY(read_sheet(b, err));
    return ay_answers_table_end(b->answers, err);
}

assay_status ay_answers_xlsx(ay_answers *answers, ay_str bytes, assay_err *err)
{
    book b = {.answers = answers};
    const assay_status st = read_book(&b, bytes, err);
    ay_buf_free(&b.shared_text);
    ay_buf_free(&b.shared_to);
    ay_arena_free(&b.arena);
    return st;
}
