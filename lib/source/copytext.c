/* PostgreSQL's COPY text format. */
#include "base/utf8.h"
#include "source/lines.h"

/* \. alone on its line. */
static ay_scan end_mark(ay_lines *l, ay_str text, bool at_end)
{
    const char c = text.len > 2 ? text.ptr[2] : '\0', d = text.len > 3 ? text.ptr[3] : '\0';
    if (!at_end && (text.len == 2 || (text.len == 3 && c == '\r'))) return AY_SCAN_MORE;
    l->pos = 2;
    if (text.len > 2 && c != '\n' && c != '\r')
        return ay_lines_fault(l, ASSAY_EFORMAT, "text after the end mark \\.", "结束标记 \\. 之后还有文本");
    l->pos = text.len == 2 ? 2 : c == '\r' && d == '\n' ? 4 : 3;
    return AY_SCAN_END;
}

static ay_scan mixed(ay_lines *l, size_t at)
{
    static const char *const names[] = {
        [AY_EOL_UNKNOWN] = "", [AY_EOL_LF] = "LF", [AY_EOL_CRLF] = "CR LF", [AY_EOL_CR] = "CR"};
    l->pos = at;
    return ay_lines_fault(l, ASSAY_EFORMAT, "a bare line end character in a file whose lines end with %s",
                          "文件各行以 %s 结束，此处却有单独的换行或回车符", names[l->eol]);
}

/* The line ends at `at` if its line end is of the kind that the first line had. */
static ay_scan end_line(ay_lines *l, ay_str text, bool at_end, size_t at)
{
    ay_eol eol = AY_EOL_LF;
    if (text.ptr[at] == '\r') {
        if (at + 1 == text.len && !at_end && l->eol != AY_EOL_LF && l->eol != AY_EOL_CR) {
            l->pos = at;
            return AY_SCAN_MORE;
        }
        const bool is_pair = l->eol != AY_EOL_CR && at + 1 < text.len && text.ptr[at + 1] == '\n';
        eol = is_pair ? AY_EOL_CRLF : AY_EOL_CR;
    }
    if (l->eol != AY_EOL_UNKNOWN && l->eol != eol) return mixed(l, at);
    if (ay_lines_close_part(l, at) == AY_SCAN_FAULT) return AY_SCAN_FAULT;
    l->eol = eol;
    l->pos = at + (eol == AY_EOL_CRLF ? 2 : 1);
    return AY_SCAN_RECORD;
}

static ay_scan backslash(ay_lines *l, ay_str text, bool at_end, size_t at)
{
    l->pos = at;
    if (at + 1 == text.len) {
        if (!at_end) return AY_SCAN_MORE;
        return ay_lines_fault(l, ASSAY_EFORMAT, "the input ends with a backslash", "输入以反斜杠结束");
    }
    l->part.escaped = true;
    if (text.ptr[at + 1] == '\n' || text.ptr[at + 1] == '\r') l->multi_line = true;
    l->pos = at + 2;
    return AY_SCAN_ON;
}

static ay_scan at_special(ay_lines *l, ay_str text, bool at_end, size_t at)
{
    const char c = text.ptr[at];
    if (c == '\\') return backslash(l, text, at_end, at);
    if (c == '\n' || c == '\r') return end_line(l, text, at_end, at);
    if (c != l->delimiter) { /* another control character */
        l->pos = at + 1;
        return AY_SCAN_ON;
    }
    if (ay_lines_close_part(l, at) == AY_SCAN_FAULT) return AY_SCAN_FAULT;
    l->pos = l->part.from = at + 1;
    return AY_SCAN_ON;
}

static ay_scan copytext_scan(ay_lines *l, const char *text, size_t len, bool at_end)
{
    const ay_str s = {text, len};
    if (l->pos == 0 && len >= 2 && text[0] == '\\' && text[1] == '.') return end_mark(l, s, at_end);
    for (;;) {
        const size_t at = ay_lines_find(l, text, l->pos, len);
        if (at == len) {
            l->pos = len;
            if (!at_end) return AY_SCAN_MORE;
            return ay_lines_close_part(l, len) == AY_SCAN_FAULT ? AY_SCAN_FAULT : AY_SCAN_RECORD;
        }
        const ay_scan scanned = at_special(l, s, at_end, at);
        if (scanned != AY_SCAN_ON) return scanned;
    }
}

/* ---- From mark to mark ---- */

/* Read over the character behind a backslash. False: it is a line end, or there is none. */
static bool over_escaped(const ay_lines *l, ay_walk *w, size_t at)
{
    if (at + 1 == w->text.len) return false;
    const char c = w->text.ptr[at + 1];
    if (c == l->delimiter || c == '\\') (void)ay_walk_next(w);
    return c != '\n' && c != '\r';
}

/* Where the line ends whose line end begins at `at`; SIZE_MAX: with another one than the first line did. */
static size_t line_end(const ay_lines *l, ay_walk *w, size_t at)
{
    const bool is_pair = w->text.ptr[at] == '\r';
    if (l->eol != (is_pair ? AY_EOL_CRLF : AY_EOL_LF)) return SIZE_MAX;
    const size_t last = is_pair ? ay_walk_next(w) : at;
    return last == at + is_pair && last < w->text.len && w->text.ptr[last] == '\n' ? last + 1 : SIZE_MAX;
}

static bool copytext_quick(ay_lines *l, size_t at)
{
    ay_walk *w = &l->walk;
    const ay_str text = w->text;
    for (ay_part part = {.from = at};;) {
        const size_t to = part.to = ay_walk_next(w);
        if (to == text.len) return false;
        if (text.ptr[to] == '\\') {
            part.escaped = true;
            if (!over_escaped(l, w, to) || (to == at && text.ptr[to + 1] == '.')) return false;
            continue;
        }
        if (!ay_lines_put_part(l, at, part)) return false;
        part = (ay_part){.from = to + 1};
        if (text.ptr[to] == l->delimiter) continue;
        const size_t end = line_end(l, w, to);
        if (end == SIZE_MAX) return false;
        l->pos = end - at;
        return true;
    }
}

/* ---- Escapes ---- */

static int digit(char c, int base)
{
    int v = -1;
    if (c >= '0' && c <= '9') v = c - '0';
    else if (c >= 'a' && c <= 'f') v = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F') v = c - 'A' + 10;
    return v < base ? v : -1;
}

/* At most `max` digits from text[*i]; *i moves behind them. */
static int number(ay_str text, size_t *i, int base, int max)
{
    int value = 0;
    for (int n = 0; n < max && *i < text.len && digit(text.ptr[*i], base) >= 0; n++)
        value = value * base + digit(text.ptr[(*i)++], base);
    return value & 0xff;
}

/* The byte that the escape at text[*i], behind its backslash, stands for. */
static int escaped_byte(ay_str text, size_t *i)
{
    static const char letters[] = "bfnrtv", bytes[] = "\b\f\n\r\t\v";
    const char c = text.ptr[*i];
    if (digit(c, 8) >= 0) return number(text, i, 8, 3);
    ++*i;
    if (c == 'x' && *i < text.len && digit(text.ptr[*i], 16) >= 0) return number(text, i, 16, 2);
    const char *letter = memchr(letters, c, sizeof letters - 1);
    return (unsigned char)(letter ? bytes[letter - letters] : c);
}

static bool copytext_unescape(ay_lines *l, char *text, size_t *len)
{
    const ay_str from = {text, *len};
    size_t to = 0;
    for (size_t i = 0; i < from.len;) {
        if (text[i] != '\\') {
            text[to++] = text[i++];
            continue;
        }
        if (text[++i] == '.')
            return ay_fail(&l->fault, ASSAY_EFORMAT, "the end mark \\. inside a line", "结束标记 \\. 出现在行内") ==
                   ASSAY_OK;
        const int byte = escaped_byte(from, &i);
        if (byte == 0) return ay_fail(&l->fault, ASSAY_EFORMAT, "a NUL byte", "含 NUL 字节") == ASSAY_OK;
        text[to++] = (char)byte;
    }
    *len = to;
    if (ay_utf8_valid((ay_str){text, to}) == to) return true;
    return ay_fail(&l->fault, ASSAY_EFORMAT, "escapes that do not make UTF-8", "转义后的字节不是 UTF-8") == ASSAY_OK;
}

static const ay_lines_ops copytext_ops = {
    .quick = copytext_quick, .scan = copytext_scan, .unescape = copytext_unescape};

assay_status ay_copytext_open(uint32_t n, const ay_copytext_options *options, ay_decode_limits limits, ay_decoder **ret,
                              assay_err *err)
{
    const ay_copytext_options o = options ? *options : (ay_copytext_options){0};
    const ay_lines_options lines = {
        .ops = &copytext_ops,
        .n = n,
        .delimiter = o.delimiter ? o.delimiter : '\t',
        .quote = '\\',
        .null_text = o.null_text ? o.null_text : "\\N",
        .expect_header = o.expect_header,
        .keep = o.keep,
    };
    return ay_lines_open(&lines, limits, ret, err);
}
