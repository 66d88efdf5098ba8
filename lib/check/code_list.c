#include "check/code_list.h"

#include "base/mem.h"
#include "base/utf8.h"

#define COLUMNS 64
#define NONE    UINT32_MAX

/* One line of the list; lines of one code are chained. */
typedef struct entry {
    int64_t from, to; /* days, inclusive */
    uint32_t next;
    bool is_parent; /* kept in the first line of a code */
} entry;

struct ay_code_list {
    ay_set codes; /* code -> its first entry */
    entry *entries;
    uint32_t n, cap;
};

typedef struct reader {
    ay_build *build;
    ay_str bytes;
    size_t at;
    ay_pos pos;     /* of the line being read */
    uint32_t lines; /* ends of line passed */
    ay_str cells[COLUMNS];
    uint32_t n;
} reader;

/* Where the columns stand; NONE: not read. */
typedef struct places {
    uint32_t key, from, to, parent;
} places;

/* ---- splitting the file ---- */

/* Reports a fault of the line being read; the value is false. */
#define fault(r, en, zh) (ay_diag_error((r)->build->diags, "bad-code-list", (r)->pos, en, zh), false)

/* The text of a quoted cell, whose doubled quotes become single ones. */
static bool unquote(reader *r, ay_str inner, ay_str *ret)
{
    if (!inner.len || !memchr(inner.ptr, '"', inner.len)) {
        *ret = inner;
        return true;
    }
    char *out = ay_arena_bytes(r->build->arena, inner.len);
    if (!out) return false;
    size_t len = 0;
    for (size_t i = 0; i < inner.len; i++) {
        out[len++] = inner.ptr[i];
        if (inner.ptr[i] == '"') i++;
    }
    *ret = (ay_str){out, len};
    return true;
}

static bool quoted_cell(reader *r, ay_str *ret)
{
    const size_t start = ++r->at;
    for (;; r->at++) {
        if (r->at == r->bytes.len) return fault(r, "a quote is not closed", "引号未闭合");
        const char c = r->bytes.ptr[r->at];
        if (c == '\n') r->lines++;
        if (c != '"') continue;
        if (r->at + 1 == r->bytes.len || r->bytes.ptr[r->at + 1] != '"') break;
        r->at++;
    }
    return unquote(r, ay_str_slice(r->bytes, start, r->at++), ret);
}

static bool plain_cell(reader *r, ay_str *ret)
{
    const size_t start = r->at;
    while (r->at < r->bytes.len && !memchr(",\r\n\"", r->bytes.ptr[r->at], 4)) r->at++;
    if (r->at < r->bytes.len && r->bytes.ptr[r->at] == '"')
        return fault(r, "a quote in the middle of a cell", "单元格中间出现引号");
    *ret = ay_str_slice(r->bytes, start, r->at);
    return true;
}

/* Past the comma or the end of line behind a cell. */
static bool end_cell(reader *r, bool *ret_more)
{
    *ret_more = false;
    if (r->at == r->bytes.len) return true;
    if (r->bytes.ptr[r->at] == ',') {
        *ret_more = true;
        r->at++;
        return true;
    }
    if (r->bytes.ptr[r->at] == '\r') r->at++;
    if (r->at == r->bytes.len || r->bytes.ptr[r->at] != '\n')
        return fault(r, "expected a comma or the end of the line", "此处应为逗号或行尾");
    r->at++;
    r->lines++;
    return true;
}

static bool next_line(reader *r)
{
    r->n = 0;
    r->pos.line = r->lines + 1;
    for (bool more = true; more;) {
        if (r->n == COLUMNS) return fault(r, "more than 64 columns", "超过 64 列");
        ay_str *cell = &r->cells[r->n++];
        const bool is_quoted = r->at < r->bytes.len && r->bytes.ptr[r->at] == '"';
        if (!(is_quoted ? quoted_cell(r, cell) : plain_cell(r, cell)) || !end_cell(r, &more)) return false;
    }
    return true;
}

/* ---- the header ---- */

static bool find_column(reader *r, const ay_node *node, uint32_t *ret)
{
    for (uint32_t i = 0; node && i < r->n; i++) {
        if (!ay_str_eq(node->text, r->cells[i])) continue;
        *ret = i;
        return true;
    }
    if (!node) return true;
    const char *names[COLUMNS];
    for (uint32_t i = 0; i < r->n; i++)
        if (!(names[i] = ay_arena_copy(r->build->arena, r->cells[i]))) return false;
    ay_diag_unknown(r->build->diags, "unknown-column", node->pos, "column", "列", node->text, names, r->n);
    return false;
}

static bool read_header(reader *r, const ay_code_columns *columns, places *ret)
{
    *ret = (places){0, NONE, NONE, NONE};
    if (r->bytes.len == 0) return fault(r, "the code list is empty", "代码表为空");
    if (!next_line(r)) return false;
    const bool key = find_column(r, columns->key, &ret->key), from = find_column(r, columns->from, &ret->from);
    const bool to = find_column(r, columns->to, &ret->to), parent = find_column(r, columns->parent, &ret->parent);
    return key && from && to && parent;
}

/* ---- the lines ---- */

/* A year, a month or a date: its first or its last day. */
static bool read_day(ay_str text, bool is_last, int64_t *ret)
{
    char full[] = "0000-01-01";
    if (text.len != 4 && text.len != 7 && text.len != 10) return false;
    memcpy(full, text.ptr, text.len);
    if (is_last && text.len == 4) memcpy(full + 5, "12", 2);
    if (ay_date_parse((ay_str){full, 10}, ret) != AY_TIME_OK) return false;
    if (!is_last || text.len == 10) return true;
    int64_t year;
    unsigned month, day;
    ay_civil_from_days(*ret, &year, &month, &day);
    *ret += (int64_t)ay_days_in_month(year, month) - 1;
    return true;
}

static bool read_period(reader *r, const places *p, entry *ret)
{
    *ret = (entry){AY_NEG_INFINITY, AY_INFINITY, NONE, false};
    if (p->from != NONE && r->cells[p->from].len && !read_day(r->cells[p->from], false, &ret->from))
        return fault(r, "the first day of validity is no year, month or date", "有效期起始不是年、年月或日期");
    if (p->to != NONE && r->cells[p->to].len && !read_day(r->cells[p->to], true, &ret->to))
        return fault(r, "the last day of validity is no year, month or date", "有效期截止不是年、年月或日期");
    if (ret->from > ret->to) return fault(r, "the validity ends before it begins", "有效期截止早于起始");
    return true;
}

static bool grow(ay_build *b, ay_code_list *list)
{
    if (list->n < list->cap) return true;
    const uint32_t cap = list->cap ? list->cap * 2 : 64;
    entry *entries = AY_ARENA_ARRAY(b->arena, cap, entry);
    if (!entries) return false;
    if (list->n) memcpy(entries, list->entries, list->n * sizeof *entries);
    list->entries = entries;
    list->cap = cap;
    return true;
}

/* A code may come back with another period, but never twice for one day. */
static bool chain(reader *r, ay_code_list *list, uint32_t first, entry added)
{
    uint32_t last = first;
    for (uint32_t i = first; i != NONE; i = list->entries[i].next) {
        last = i;
        if (added.from <= list->entries[i].to && list->entries[i].from <= added.to)
            return fault(r, "the code is listed twice for the same time", "同一代码在同一时间重复列出");
    }
    list->entries[last].next = list->n;
    list->entries[list->n++] = added;
    return true;
}

static bool add_line(reader *r, const places *p, uint32_t columns, ay_code_list *list)
{
    if (r->n != columns) return fault(r, "the line has another number of columns than the header", "列数与表头不符");
    const ay_str code = r->cells[p->key];
    entry added;
    if (!code.len) return fault(r, "the code is empty", "代码为空");
    if (ay_utf8_trim(code).len != code.len) return fault(r, "white space around the code", "代码前后有空白");
    if (!read_period(r, p, &added) || !grow(r->build, list)) return false;
    uint32_t first = NONE;
    if (!ay_set_add(&list->codes, code, list->n, &first)) return false;
    if (first != NONE) return chain(r, list, first, added);
    list->entries[list->n++] = added;
    return true;
}

static bool mark_parent(reader *r, const places *p, ay_code_list *list)
{
    const ay_str parent = r->cells[p->parent];
    if (!parent.len) return true;
    const uint32_t i = ay_set_find(&list->codes, parent);
    if (i == NONE) return fault(r, "the parent is not a code of the list", "上级代码不在代码表中");
    if (!ay_str_eq(parent, r->cells[p->key])) list->entries[i].is_parent = true;
    return true;
}

/* Parents may stand below their children, so they are looked up in a second pass. */
static bool mark_parents(reader *r, const places *p, ay_code_list *list)
{
    bool ok = true;
    r->at = 0;
    r->lines = 0;
    (void)next_line(r);
    while (r->at < r->bytes.len && next_line(r))
        if (!mark_parent(r, p, list)) ok = false;
    return ok;
}

static bool read_lines(reader *r, const ay_code_columns *columns, ay_code_list *list)
{
    places p;
    if (!read_header(r, columns, &p)) return false;
    const uint32_t width = r->n;
    bool ok = true;
    while (r->at < r->bytes.len) {
        if (!next_line(r)) return false;
        if (!add_line(r, &p, width, list)) ok = false;
    }
    if (ok && !list->n) return fault(r, "the code list has no codes", "代码表没有任何代码");
    return ok && (p.parent == NONE || mark_parents(r, &p, list));
}

static void free_codes(void *codes)
{
    ay_set_free((ay_set *)codes);
}

bool ay_code_list_read(ay_build *build, const ay_node *file, const ay_code_columns *columns, const ay_code_list **ret)
{
    reader r = {.build = build, .pos = {.line = 1}};
    if (!build->read_file(build->read_ctx, file->text, file->pos, &r.bytes)) return false;
    ay_code_list *list = AY_ARENA_NEW(build->arena, ay_code_list);
    r.pos.file = ay_arena_copy(build->arena, file->text);
    if (!list || !r.pos.file || !ay_arena_defer(build->arena, free_codes, &list->codes)) return false;
    const ay_str bom = AY_STR("\xEF\xBB\xBF");
    if (r.bytes.len >= 3 && memcmp(r.bytes.ptr, bom.ptr, 3) == 0) r.bytes = ay_str_slice(r.bytes, 3, r.bytes.len);
    const size_t valid = ay_utf8_valid(r.bytes);
    for (size_t i = 0; i < valid && valid < r.bytes.len; i++) r.pos.line += r.bytes.ptr[i] == '\n';
    if (valid < r.bytes.len) return fault(&r, "the file is not UTF-8", "文件不是 UTF-8 编码");
    if (!read_lines(&r, columns, list)) return false;
    *ret = list;
    return true;
}

ay_code_verdict ay_code_find(const ay_code_list *list, ay_str code, int64_t day, bool leaf_only)
{
    const uint32_t first = ay_set_find(&list->codes, code);
    if (first == NONE) return AY_CODE_NOT_LISTED;
    if (leaf_only && list->entries[first].is_parent) return AY_CODE_NOT_LEAF;
    for (uint32_t i = first; i != NONE; i = list->entries[i].next)
        if (list->entries[i].from <= day && day <= list->entries[i].to) return AY_CODE_IN;
    return AY_CODE_NOT_IN_FORCE;
}
