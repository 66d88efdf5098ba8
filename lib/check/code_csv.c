#include "check/code_csv.h"

#include "base/mem.h"
#include "base/utf8.h"

/* The text of a quoted cell, whose doubled quotes become single ones. */
static bool unquote(ay_code_csv *csv, ay_str inner, ay_str *ret)
{
    if (!inner.len || !memchr(inner.ptr, '"', inner.len)) {
        *ret = inner;
        return true;
    }
    char *out = ay_arena_bytes(csv->build->arena, inner.len);
    if (!out) return false;
    size_t len = 0;
    for (size_t i = 0; i < inner.len; i++) {
        out[len++] = inner.ptr[i];
        if (inner.ptr[i] == '"') i++;
    }
    *ret = (ay_str){out, len};
    return true;
}

static bool quoted_cell(ay_code_csv *csv, ay_str *ret)
{
    const size_t start = ++csv->at;
    for (;; csv->at++) {
        if (csv->at == csv->bytes.len) return ay_code_fault(csv, "a quote is not closed", "引号未闭合");
        const char c = csv->bytes.ptr[csv->at];
        if (c == '\n') csv->lines++;
        if (c != '"') continue;
        if (csv->at + 1 == csv->bytes.len || csv->bytes.ptr[csv->at + 1] != '"') break;
        csv->at++;
    }
    return unquote(csv, ay_str_slice(csv->bytes, start, csv->at++), ret);
}

static bool plain_cell(ay_code_csv *csv, ay_str *ret)
{
    const size_t start = csv->at;
    while (csv->at < csv->bytes.len && !memchr(",\r\n\"", csv->bytes.ptr[csv->at], 4)) csv->at++;
    if (csv->at < csv->bytes.len && csv->bytes.ptr[csv->at] == '"')
        return ay_code_fault(csv, "a quote in the middle of a cell", "单元格中间出现引号");
    *ret = ay_str_slice(csv->bytes, start, csv->at);
    return true;
}

/* Past the comma or the end of line behind a cell. */
static bool end_cell(ay_code_csv *csv, bool *ret_more)
{
    *ret_more = false;
    if (csv->at == csv->bytes.len) return true;
    if (csv->bytes.ptr[csv->at] == ',') {
        *ret_more = true;
        csv->at++;
        return true;
    }
    if (csv->bytes.ptr[csv->at] == '\r') csv->at++;
    if (csv->at == csv->bytes.len || csv->bytes.ptr[csv->at] != '\n')
        return ay_code_fault(csv, "expected a comma or the end of the line", "此处应为逗号或行尾");
    csv->at++;
    csv->lines++;
    return true;
}

static bool read_line(ay_code_csv *csv)
{
    csv->n = 0;
    csv->pos.line = csv->lines + 1;
    for (bool more = true; more;) {
        if (csv->n == AY_CODE_COLUMNS) return ay_code_fault(csv, "more than 64 columns", "超过 64 列");
        ay_str *cell = &csv->cells[csv->n++];
        const bool is_quoted = csv->at < csv->bytes.len && csv->bytes.ptr[csv->at] == '"';
        if (!(is_quoted ? quoted_cell(csv, cell) : plain_cell(csv, cell)) || !end_cell(csv, &more)) return false;
    }
    return true;
}

bool ay_code_csv_next(ay_code_csv *csv, bool *ret_end)
{
    *ret_end = csv->at == csv->bytes.len;
    return *ret_end || read_line(csv);
}

void ay_code_csv_rewind(ay_code_csv *csv)
{
    csv->at = csv->body_at;
    csv->lines = csv->body_lines;
}

/* "# text" and a bare "#"; a header such as "#code" is none. */
static bool is_comment(ay_str rest)
{
    return rest.len && rest.ptr[0] == '#' && (rest.len == 1 || memchr(" \r\n", rest.ptr[1], 3));
}

static void skip_comments(ay_code_csv *csv)
{
    while (is_comment(ay_str_slice(csv->bytes, csv->at, csv->bytes.len))) {
        const char *end = memchr(csv->bytes.ptr + csv->at, '\n', csv->bytes.len - csv->at);
        csv->at = end ? (size_t)(end - csv->bytes.ptr) + 1 : csv->bytes.len;
        csv->lines++;
    }
}

bool ay_code_csv_open(ay_build *build, const ay_node *file, ay_code_csv *ret)
{
    *ret = (ay_code_csv){.build = build, .pos = {.line = 1}};
    if (!build->read_file(build->read_ctx, file->text, file->pos, &ret->bytes)) return false;
    ret->pos.file = ay_arena_copy(build->arena, file->text);
    if (!ret->pos.file) return false;
    const ay_str bom = AY_STR("\xEF\xBB\xBF"), bytes = ret->bytes;
    if (bytes.len >= bom.len && memcmp(bytes.ptr, bom.ptr, bom.len) == 0)
        ret->bytes = ay_str_slice(bytes, bom.len, bytes.len);
    const size_t valid = ay_utf8_valid(ret->bytes);
    for (size_t i = 0; i < valid && valid < ret->bytes.len; i++) ret->pos.line += ret->bytes.ptr[i] == '\n';
    if (valid < ret->bytes.len) return ay_code_fault(ret, "the file is not UTF-8", "文件不是 UTF-8 编码");
    skip_comments(ret);
    if (ret->at == ret->bytes.len) return ay_code_fault(ret, "the code list is empty", "代码表为空");
    if (!read_line(ret)) return false;
    ret->body_at = ret->at;
    ret->body_lines = ret->lines;
    return true;
}
