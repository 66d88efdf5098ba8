/* CSV as RFC 4180 has it. */
#include "source/lines.h"

static ay_scan fault_at(ay_lines *l, const char *text, size_t at)
{
    l->pos = at;
    if (text[at] == '\r')
        return ay_lines_fault(l, ASSAY_EFORMAT, "a carriage return without a line feed in field %u",
                              "第 %u 个字段含有后面没有换行符的回车符", l->found + 1);
    if (!l->part.quoted)
        return ay_lines_fault(l, ASSAY_EFORMAT, "a quote inside field %u, which does not begin with one",
                              "第 %u 个字段未以引号开头，却含有引号", l->found + 1);
    return ay_lines_fault(l, ASSAY_EFORMAT, "text after the closing quote of field %u",
                          "第 %u 个字段的右引号之后还有文本", l->found + 1);
}

/* The field ends at `to` if what stands at `at` allows it. */
static ay_scan end_field(ay_lines *l, ay_str text, bool at_end, size_t to, size_t at)
{
    const char c = at < text.len ? text.ptr[at] : '\0';
    const bool is_cut = at == text.len || (c == '\r' && at + 1 == text.len);
    if (is_cut && !at_end) {
        l->pos = to;
        return AY_SCAN_MORE;
    }
    size_t next = at + 1;
    if (at == text.len) next = at;
    else if (c == '\r' && !is_cut && text.ptr[at + 1] == '\n') next = at + 2;
    else if (c != l->delimiter && c != '\n') return fault_at(l, text.ptr, at);
    if (ay_lines_close_part(l, to) == AY_SCAN_FAULT) return AY_SCAN_FAULT;
    l->pos = l->part.from = next;
    return at < text.len && c == l->delimiter ? AY_SCAN_ON : AY_SCAN_RECORD;
}

static ay_scan begin_field(ay_lines *l, ay_str text, bool at_end)
{
    if (l->pos == text.len && !at_end) return AY_SCAN_MORE;
    if (l->pos < text.len && text.ptr[l->pos] == l->quote) {
        l->part.quoted = l->multi_line = true;
        l->pos++;
    }
    l->part.from = l->pos;
    l->in_field = true;
    return AY_SCAN_ON;
}

static ay_scan plain_field(ay_lines *l, ay_str text, bool at_end)
{
    size_t at = ay_lines_find(l, text.ptr, l->pos, text.len);
    while (at < text.len && text.ptr[at] != l->delimiter && text.ptr[at] != l->quote && text.ptr[at] != '\n' &&
           text.ptr[at] != '\r')
        at = ay_lines_find(l, text.ptr, at + 1, text.len); /* another control character */
    return end_field(l, text, at_end, at, at);
}

static ay_scan quoted_field(ay_lines *l, ay_str text, bool at_end)
{
    const char *found = memchr(text.ptr + l->pos, l->quote, text.len - l->pos);
    const size_t at = found ? (size_t)(found - text.ptr) : text.len;
    if (!found) {
        l->pos = at;
        if (!at_end || at - l->part.from > l->field_bytes) return AY_SCAN_MORE;
        l->pos = l->part.from - 1;
        return ay_lines_fault(l, ASSAY_EFORMAT, "the quote that opens field %u is never closed",
                              "第 %u 个字段的左引号没有对应的右引号", l->found + 1);
    }
    if (at + 1 == text.len || text.ptr[at + 1] != l->quote) return end_field(l, text, at_end, at, at + 1);
    l->part.escaped = true;
    l->pos = at + 2;
    return AY_SCAN_ON;
}

static ay_scan csv_scan(ay_lines *l, const char *text, size_t len, bool at_end)
{
    const ay_str s = {text, len};
    ay_scan scanned;
    do {
        if (!l->in_field) scanned = begin_field(l, s, at_end);
        else scanned = l->part.quoted ? quoted_field(l, s, at_end) : plain_field(l, s, at_end);
    } while (scanned == AY_SCAN_ON);
    return scanned;
}

/* ---- From mark to mark ---- */

/* The quoted text whose opening quote is at part->from. Returns the mark behind its closing quote, SIZE_MAX where there
 * is none. */
static size_t quoted_part(ay_lines *l, ay_part *part)
{
    ay_walk *w = &l->walk;
    const ay_str text = w->text;
    part->quoted = true;
    part->from++;
    for (;;) {
        part->to = ay_walk_next(w);
        while (part->to < text.len && text.ptr[part->to] != l->quote) {
            l->multi_line |= text.ptr[part->to] == '\n';
            part->to = ay_walk_next(w);
        }
        const size_t behind = ay_walk_next(w);
        if (behind != part->to + 1 || behind >= text.len) return SIZE_MAX;
        if (text.ptr[behind] != l->quote) return behind;
        part->escaped = true;
    }
}

static bool csv_quick(ay_lines *l, size_t at)
{
    ay_walk *w = &l->walk;
    const ay_str text = w->text;
    for (ay_part part = {.from = at};;) {
        size_t end = part.to = ay_walk_next(w);
        if (end == part.from && end < text.len && text.ptr[end] == l->quote) end = quoted_part(l, &part);
        if (end >= text.len || !ay_lines_put_part(l, at, part)) return false;
        const char c = text.ptr[end];
        if (c == l->delimiter) {
            part = (ay_part){.from = end + 1};
            continue;
        }
        const size_t line_end = c == '\r' ? ay_walk_next(w) : end;
        if (line_end >= text.len || text.ptr[line_end] != '\n' || line_end - end > 1) return false;
        l->pos = line_end + 1 - at;
        return true;
    }
}

/* Two quotes are one. */
static bool csv_unescape(ay_lines *l, char *text, size_t *len)
{
    size_t to = 0;
    for (size_t i = 0; i < *len; i++) {
        text[to++] = text[i];
        if (text[i] == l->quote) i++;
    }
    *len = to;
    return true;
}

static const ay_lines_ops csv_ops = {.quick = csv_quick, .scan = csv_scan, .unescape = csv_unescape};

assay_status ay_csv_open(uint32_t n, const ay_csv_options *options, ay_decode_limits limits, ay_decoder **ret,
                         assay_err *err)
{
    const ay_csv_options o = options ? *options : (ay_csv_options){0};
    const ay_lines_options lines = {
        .ops = &csv_ops,
        .n = n,
        .delimiter = o.delimiter ? o.delimiter : ',',
        .quote = o.quote ? o.quote : '"',
        .null_text = o.null_text ? o.null_text : "",
        .expect_header = o.expect_header,
        .keep = o.keep,
        .ragged = o.ragged,
    };
    AY_FAIL_IF(o.quote == '\\', err, ASSAY_EUSAGE, "a backslash cannot be the quote", "反斜杠不能作为引号");
    return ay_lines_open(&lines, limits, ret, err);
}
