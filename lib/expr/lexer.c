/* From text to tokens: numbers, 'text', names, "names", symbols. A token that cannot be is reported here. */
#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "expr/tree.h"

static const char *const reserved[] = {"and",  "or",    "not",  "in",   "between", "like", "matches", "is",    "null",
                                       "true", "false", "case", "when", "then",    "else", "end",     "today", "now"};
static const char *const symbols[] = {"<=", ">=", "<>", "!=", "||", "(", ")", ",",
                                      "<",  ">",  "=",  "+",  "-",  "*", "/", "%"};

/* The scalar starts at node->pos. A quoted one has its quote before the text. A text of several lines came from a
 * block: its first line is the one behind the | or >, and its columns count from the block's own indent, which is not
 * known here. */
ay_pos ay_source_pos(const ay_node *node, size_t offset)
{
    ay_pos pos = node->pos;
    const ay_str before = {node->text.ptr, offset < node->text.len ? offset : node->text.len};
    const bool block = node->quoted && node->text.len && memchr(node->text.ptr, '\n', node->text.len);
    if (!block) {
        pos.column += (uint32_t)ay_utf8_length(before) + (node->quoted ? 1 : 0);
        return pos;
    }
    size_t start = 0;
    pos.line++;
    for (size_t i = 0; i < before.len; i++)
        if (before.ptr[i] == '\n') {
            pos.line++;
            start = i + 1;
        }
    pos.column = (uint32_t)ay_utf8_length(ay_str_slice(before, start, before.len)) + 1;
    return pos;
}

void ay_fault_memory(ay_compiler *cx)
{
    ay_fault(cx, "no-memory", 0, "out of memory", "内存不足");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters beyond ASCII are all code points that are neither white, invisible nor punctuation of the CJK and general
 * blocks. */
static bool is_name(uint32_t cp, bool first)
{
    if (cp < 0x80) {
        const bool letter = (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '_';
        return letter || (!first && cp >= '0' && cp <= '9');
    }
    if (ay_unicode_is_space(cp) || ay_unicode_is_control(cp) || ay_unicode_is_zero_width(cp)) return false;
    const bool punctuation =
        (cp >= 0x2000 && cp <= 0x206F) || (cp >= 0x3000 && cp <= 0x303F && cp != 0x3007 && cp != 0x3005);
    const uint32_t half = ay_unicode_half_width(cp);
    return !punctuation && cp >= 0xAA && (half == cp || is_name(half, first));
}

static size_t name_end(ay_str s, size_t at)
{
    for (bool first = true; at < s.len; first = false) {
        size_t next = at;
        if (!is_name(ay_utf8_next(s, &next), first)) break;
        at = next;
    }
    return at;
}

static size_t digits_end(ay_str s, size_t at)
{
    while (at < s.len && is_digit(s.ptr[at])) at++;
    return at;
}

static size_t number_end(ay_str s, size_t at)
{
    at = digits_end(s, at);
    if (at < s.len && s.ptr[at] == '.') at = digits_end(s, at + 1);
    if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
        size_t exponent = at + 1;
        if (exponent < s.len && (s.ptr[exponent] == '+' || s.ptr[exponent] == '-')) exponent++;
        if (digits_end(s, exponent) > exponent) at = digits_end(s, exponent);
    }
    return at;
}

/* Behind the closing quote; 0 when there is none. */
static size_t quoted_end(ay_str s, size_t at, char quote)
{
    for (size_t i = at + 1; i < s.len; i++) {
        if (s.ptr[i] != quote) continue;
        if (i + 1 < s.len && s.ptr[i + 1] == quote) i++;
        else return i + 1;
    }
    return 0;
}

static void take(ay_compiler *cx, ay_token_kind kind, size_t end)
{
    cx->token = (ay_token){kind, ay_str_slice(cx->source, cx->at, end), cx->at};
    cx->at = (uint32_t)end;
}

static void stray(ay_compiler *cx)
{
    size_t end = cx->at;
    const uint32_t cp = ay_utf8_next(cx->source, &end), half = ay_unicode_half_width(cp);
    const ay_str text = ay_str_slice(cx->source, cx->at, end);
    if (half != cp && half > ' ')
        ay_fault(cx, "expression-syntax", cx->at, "full-width character '" AY_STR_FMT "', write '%c'",
                 "全角字符“" AY_STR_FMT "”，请写作“%c”", AY_STR_ARG(text), (int)half);
    else if (cp <= ' ' || cp == 0x7f)
        ay_fault(cx, "expression-syntax", cx->at, "control character U+%04X", "控制字符 U+%04X", (unsigned)cp);
    else
        ay_fault(cx, "expression-syntax", cx->at, "a character that has no meaning here: '" AY_STR_FMT "' (U+%04X)",
                 "此处无意义的字符“" AY_STR_FMT "”（U+%04X）", AY_STR_ARG(text), (unsigned)cp);
    take(cx, AY_TOKEN_FAULT, end);
}

static void lex_quoted(ay_compiler *cx, char quote)
{
    const size_t end = quoted_end(cx->source, cx->at, quote);
    if (end) {
        take(cx, quote == '\'' ? AY_TOKEN_STRING : AY_TOKEN_QUOTED, end);
        return;
    }
    ay_fault(cx, "expression-syntax", cx->at, "%c is not closed", "%c 没有闭合", quote);
    take(cx, AY_TOKEN_FAULT, cx->source.len);
}

static void lex_number(ay_compiler *cx)
{
    const size_t end = number_end(cx->source, cx->at);
    take(cx, AY_TOKEN_NUMBER, end);
    if (name_end(cx->source, end) == end) return;
    ay_fault(cx, "expression-syntax", cx->token.offset,
             "a number is followed by letters; quote a name that starts with a digit",
             "数字后紧跟字母；以数字开头的名称请加双引号");
    cx->token.kind = AY_TOKEN_FAULT;
}

static void lex_symbol(ay_compiler *cx)
{
    const ay_str rest = ay_str_slice(cx->source, cx->at, cx->source.len);
    if (rest.len > 1 && memcmp(rest.ptr, "--", 2) == 0) {
        ay_fault(cx, "expression-syntax", cx->at, "-- starts no comment here; write - (-x) with a space",
                 "此处 -- 不是注释；请写作 - (-x)");
        take(cx, AY_TOKEN_FAULT, cx->at + 2);
        return;
    }
    for (size_t i = 0; i < AY_COUNT(symbols); i++) {
        const size_t n = strlen(symbols[i]);
        if (rest.len >= n && memcmp(rest.ptr, symbols[i], n) == 0) {
            take(cx, AY_TOKEN_SYMBOL, cx->at + n);
            return;
        }
    }
    stray(cx);
}

void ay_lex(ay_compiler *cx)
{
    const ay_str s = cx->source;
    while (cx->at < s.len && strchr(" \t\r\n", s.ptr[cx->at]) && s.ptr[cx->at]) cx->at++;
    if (cx->at == s.len) {
        take(cx, AY_TOKEN_END, s.len);
        return;
    }
    const char c = s.ptr[cx->at];
    const size_t end = name_end(s, cx->at);
    if (c == '\'' || c == '"') lex_quoted(cx, c);
    else if (end > cx->at) take(cx, AY_TOKEN_NAME, end);
    else if (is_digit(c) || (c == '.' && cx->at + 1 < s.len && is_digit(s.ptr[cx->at + 1]))) lex_number(cx);
    else lex_symbol(cx);
}

static bool same_word(ay_str text, const char *word)
{
    if (text.len != strlen(word)) return false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != word[i]) return false;
    }
    return true;
}

bool ay_token_is(const ay_token *token, const char *word)
{
    return (token->kind == AY_TOKEN_NAME || token->kind == AY_TOKEN_SYMBOL) && same_word(token->text, word);
}

bool ay_token_reserved(const ay_token *token)
{
    for (size_t i = 0; i < AY_COUNT(reserved); i++)
        if (token->kind == AY_TOKEN_NAME && same_word(token->text, reserved[i])) return true;
    return false;
}

bool ay_token_unquote(ay_compiler *cx, ay_str text, ay_str *ret)
{
    char *out = ay_arena_bytes(cx->arena, text.len);
    if (!out) {
        ay_fault_memory(cx);
        return false;
    }
    const char quote = text.ptr[0];
    size_t n = 0;
    for (size_t i = 1; i + 1 < text.len; i++) {
        out[n++] = text.ptr[i];
        if (text.ptr[i] == quote) i++;
    }
    *ret = (ay_str){out, n};
    return true;
}

static void put_token(const ay_token *token, ay_buf *out)
{
    const bool is_keyword = ay_token_reserved(token), is_quoted = token->kind == AY_TOKEN_QUOTED;
    const ay_token_kind kind = is_keyword ? AY_TOKEN_SYMBOL : is_quoted ? AY_TOKEN_NAME : token->kind;
    ay_str text = is_quoted ? ay_str_slice(token->text, 1, token->text.len - 1) : token->text;
    if (ay_token_is(token, "!=")) text = AY_STR("<>");
    ay_buf_printf(out, "%d,%zu:", (int)kind, text.len);
    for (size_t i = 0; i < text.len; i++) ay_buf_char(out, is_keyword ? (char)(text.ptr[i] | 0x20) : text.ptr[i]);
}

void ay_expr_canonical(const ay_node *text, assay_diags *diags, ay_buf *out)
{
    ay_compiler cx = {.node = text, .source = text->text, .diags = diags};
    for (ay_lex(&cx); cx.token.kind != AY_TOKEN_END; ay_lex(&cx)) put_token(&cx.token, out);
}
