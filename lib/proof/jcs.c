#include "proof/jcs.h"

#include <assert.h>

#include "base/dec.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "proof/exact.h"
#include "record/json_check.h"

/* What went wrong, in both languages; en NULL: nothing did. */
typedef struct fault {
    const char *en, *zh;
} fault;

static const fault not_json = {"not JSON", "不是 JSON"};
static const fault too_deep = {"too many arrays and objects within each other", "数组和对象嵌套过深"};
static const fault no_character = {"half a surrogate pair", "代理对不完整"};
static const fault name_twice = {"the name of a member occurs twice", "成员名称重复"};
static const fault no_memory = {"out of memory", "内存不足"};

typedef struct reader {
    ay_scan scan;
    ay_arena *arena;
    unsigned depth_left;
    fault fault;
} reader;

static bool fail(reader *r, fault why)
{
    if (!r->fault.en) r->fault = why;
    return false;
}

static void skip_space(ay_scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r')) s->at++;
}

/* ---- Strings ---- */

static bool take_hex4(reader *r, uint32_t *ret)
{
    if (r->scan.end - r->scan.at < 4) return fail(r, not_json);
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        const char c = ay_to_lower(*r->scan.at);
        if (!ay_is_digit(c) && (c < 'a' || c > 'f')) return fail(r, not_json);
        v = v << 4 | (uint32_t)(ay_is_digit(c) ? c - '0' : c - 'a' + 10);
        r->scan.at++;
    }
    *ret = v;
    return true;
}

/* Behind the u. */
static bool take_code_point(reader *r, uint32_t *ret)
{
    uint32_t high, low;
    if (!take_hex4(r, &high)) return false;
    *ret = high;
    if (high < 0xd800 || high > 0xdfff) return true;
    if (high > 0xdbff || !ay_scan_take(&r->scan, '\\') || !ay_scan_take(&r->scan, 'u')) return fail(r, no_character);
    if (!take_hex4(r, &low)) return false;
    if (low < 0xdc00 || low > 0xdfff) return fail(r, no_character);
    *ret = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

/* Behind the backslash. */
static bool take_escape(reader *r, char **to)
{
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    if (ay_scan_ended(&r->scan)) return fail(r, not_json);
    const char c = *r->scan.at++;
    if (c == 'u') {
        uint32_t cp;
        if (!take_code_point(r, &cp)) return false;
        *to += ay_utf8_encode(cp, *to);
        return true;
    }
    const char *letter = c ? strchr(letters, c) : NULL;
    if (!letter) return fail(r, not_json);
    *(*to)++ = bytes[letter - letters];
    return true;
}

/* The closing quote, and whether an escape stands before it; NULL: there is none, or a control character. */
static const char *closing_quote(const ay_scan *s, bool *ret_escaped)
{
    *ret_escaped = false;
    for (const char *p = s->at; p < s->end; p++) {
        if (*p == '"') return p;
        if ((unsigned char)*p < 0x20) return NULL;
        if (*p != '\\') continue;
        *ret_escaped = true;
        if (++p == s->end) return NULL;
    }
    return NULL;
}

static bool take_string(reader *r, ay_str *ret)
{
    bool escaped;
    if (!ay_scan_take(&r->scan, '"')) return fail(r, not_json);
    const char *close = closing_quote(&r->scan, &escaped);
    if (!close) return fail(r, not_json);
    *ret = (ay_str){r->scan.at, (size_t)(close - r->scan.at)};
    if (escaped) {
        char *to = ay_arena_bytes(r->arena, ret->len); /* no escape is shorter than what it stands for */
        if (!to) return fail(r, no_memory);
        ret->ptr = to;
        while (r->scan.at < close) {
            if (*r->scan.at != '\\') *to++ = *r->scan.at++;
            else if (r->scan.at++, !take_escape(r, &to)) return false;
        }
        ret->len = (size_t)(to - ret->ptr);
    }
    r->scan.at = close + 1;
    return true;
}

/* ---- Values ---- */

static bool take_number(reader *r, ay_jcs *to)
{
    const char *start = r->scan.at;
    if (!ay_json_number(&r->scan)) return fail(r, not_json);
    to->kind = AY_JCS_NUMBER;
    to->text = (ay_str){start, (size_t)(r->scan.at - start)};
    return true;
}

static bool take_word(reader *r, ay_jcs *to)
{
    static const struct {
        ay_str word;
        ay_jcs_kind kind;
    } words[] = {{{"null", 4}, AY_JCS_NULL}, {{"false", 5}, AY_JCS_FALSE}, {{"true", 4}, AY_JCS_TRUE}};
    for (size_t i = 0; i < AY_COUNT(words); i++) {
        const ay_str word = words[i].word;
        if ((size_t)(r->scan.end - r->scan.at) < word.len || memcmp(r->scan.at, word.ptr, word.len) != 0) continue;
        r->scan.at += word.len;
        to->kind = words[i].kind;
        return true;
    }
    return fail(r, not_json);
}

/* UTF-16 puts what lies beyond U+FFFF, as surrogates, before U+E000; else the order is that of the bytes. */
static int order_of_names(const void *a, const void *b)
{
    const ay_str x = (*(const ay_jcs *const *)a)->name, y = (*(const ay_jcs *const *)b)->name;
    const size_t n = x.len < y.len ? x.len : y.len;
    for (size_t i = 0; i < n; i++) {
        const unsigned char p = (unsigned char)x.ptr[i], q = (unsigned char)y.ptr[i];
        if (p == q) continue;
        const bool p_far = p >= 0xf0, q_far = q >= 0xf0;
        if (p_far != q_far && (p_far ? q : p) >= 0xee) return p_far ? -1 : 1;
        return p < q ? -1 : 1;
    }
    return (x.len > y.len) - (x.len < y.len);
}

static bool sort_members(reader *r, ay_jcs *object)
{
    bool sorted = true;
    for (uint32_t i = 1; sorted && i < object->n; i++)
        sorted = order_of_names(&object->items[i - 1], &object->items[i]) < 0;
    if (sorted) return true;
    qsort((void *)object->items, object->n, sizeof(ay_jcs *), order_of_names);
    for (uint32_t i = 1; i < object->n; i++)
        if (ay_str_eq(object->items[i - 1]->name, object->items[i]->name)) return fail(r, name_twice);
    return true;
}

/* The list becomes an array. */
static bool settle(reader *r, ay_jcs *to, const ay_jcs *first)
{
    if (to->n == 0) return true;
    to->items = AY_ARENA_ARRAY(r->arena, to->n, const ay_jcs *);
    if (!to->items) return fail(r, no_memory);
    for (uint32_t i = 0; i < to->n; i++, first = first->next) to->items[i] = first;
    return to->kind == AY_JCS_ARRAY || sort_members(r, to);
}

static bool take_value(reader *r, ay_jcs *to);

static ay_jcs *take_item(reader *r, ay_jcs_kind parent)
{
    ay_jcs *item = AY_ARENA_NEW(r->arena, ay_jcs);
    if (!item) {
        (void)fail(r, no_memory);
        return NULL;
    }
    if (parent == AY_JCS_OBJECT) {
        skip_space(&r->scan);
        if (!take_string(r, &item->name)) return NULL;
        skip_space(&r->scan);
        if (!ay_scan_take(&r->scan, ':')) (void)fail(r, not_json);
    }
    return !r->fault.en && take_value(r, item) ? item : NULL;
}

/* Behind the opening bracket. */
static bool take_items(reader *r, ay_jcs *to, char close)
{
    ay_jcs *first = NULL, **last = &first;
    skip_space(&r->scan);
    if (ay_scan_take(&r->scan, close)) return true;
    do {
        *last = take_item(r, to->kind);
        if (!*last) return false;
        last = &(*last)->next;
        to->n++;
    } while (ay_scan_take(&r->scan, ','));
    if (!ay_scan_take(&r->scan, close)) return fail(r, not_json);
    return settle(r, to, first);
}

static bool take_nest(reader *r, ay_jcs *to)
{
    if (r->depth_left == 0) return fail(r, too_deep);
    const bool is_object = *r->scan.at++ == '{';
    to->kind = is_object ? AY_JCS_OBJECT : AY_JCS_ARRAY;
    r->depth_left--;
    const bool ok = take_items(r, to, is_object ? '}' : ']');
    r->depth_left++;
    return ok;
}

static bool take_value(reader *r, ay_jcs *to)
{
    bool ok;
    skip_space(&r->scan);
    if (ay_scan_ended(&r->scan)) return fail(r, not_json);
    switch (*r->scan.at) {
    case '{':
    case '[': ok = take_nest(r, to); break;
    case '"':
        to->kind = AY_JCS_STRING;
        ok = take_string(r, &to->text);
        break;
    case 't':
    case 'f':
    case 'n': ok = take_word(r, to); break;
    default: ok = take_number(r, to); break;
    }
    skip_space(&r->scan);
    return ok;
}

assay_status ay_jcs_read(ay_str text, unsigned depth, ay_arena *arena, const ay_jcs **ret, assay_err *err)
{
    const size_t valid = ay_utf8_valid(text);
    AY_FAIL_IF(valid < text.len, err, ASSAY_EFORMAT, "JSON, byte %zu: not UTF-8", "JSON 第 %zu 字节：不是 UTF-8",
               valid + 1);
    reader r = {.scan = ay_scan_on(text), .arena = arena, .depth_left = depth};
    ay_jcs *value = AY_ARENA_NEW(arena, ay_jcs);
    AY_NOMEM_IF(!value, err);
    if (take_value(&r, value) && !ay_scan_ended(&r.scan)) (void)fail(&r, not_json);
    AY_NOMEM_IF(r.fault.en == no_memory.en, err);
    AY_FAIL_IF(r.fault.en, err, ASSAY_EFORMAT, "JSON, byte %1$zu: %2$s%3$.0s", "JSON 第 %1$zu 字节：%2$.0s%3$s",
               (size_t)(r.scan.at - text.ptr) + 1, r.fault.en, r.fault.zh);
    *ret = value;
    return ASSAY_OK;
}

/* ---- Writing ---- */

static void put_escaped(char c, ay_buf *out)
{
    static const char letters[] = "btn?fr"; /* U+0008 and on; vertical tab has none */
    ay_buf_char(out, '\\');
    if (c == '"' || c == '\\') ay_buf_char(out, c);
    else if (c >= '\b' && c <= '\r' && c != '\v') ay_buf_char(out, letters[c - '\b']);
    else ay_buf_printf(out, "u%04x", (unsigned)c);
}

void ay_jcs_put_string(ay_str valid_utf8, ay_buf *out)
{
    size_t plain = 0; /* what is copied as it is begins here */
    ay_buf_char(out, '"');
    for (size_t i = 0; i < valid_utf8.len; i++) {
        const char c = valid_utf8.ptr[i];
        if ((unsigned char)c >= 0x20 && c != '"' && c != '\\') continue;
        ay_buf_put(out, valid_utf8.ptr + plain, i - plain);
        put_escaped(c, out);
        plain = i + 1;
    }
    if (plain < valid_utf8.len) ay_buf_put(out, valid_utf8.ptr + plain, valid_utf8.len - plain);
    ay_buf_char(out, '"');
}

static bool put_number(ay_str text, ay_jcs_numbers numbers, ay_buf *out)
{
    double v;
    if (numbers == AY_JCS_EXACT) return ay_exact_put(text, out);
    if (ay_f64_parse(text, &v) != AY_NUM_OK) return false;
    ay_jcs_put_double(v, out);
    return true;
}

static bool put_value(const ay_jcs *value, ay_jcs_numbers numbers, ay_buf *out);

static bool put_items(const ay_jcs *value, ay_jcs_numbers numbers, ay_buf *out)
{
    const bool is_object = value->kind == AY_JCS_OBJECT;
    ay_buf_char(out, is_object ? '{' : '[');
    for (uint32_t i = 0; i < value->n; i++) {
        if (i > 0) ay_buf_char(out, ',');
        if (is_object) {
            ay_jcs_put_string(value->items[i]->name, out);
            ay_buf_char(out, ':');
        }
        if (!put_value(value->items[i], numbers, out)) return false;
    }
    ay_buf_char(out, is_object ? '}' : ']');
    return true;
}

static bool put_value(const ay_jcs *value, ay_jcs_numbers numbers, ay_buf *out)
{
    switch (value->kind) {
    case AY_JCS_NULL: ay_buf_text(out, "null"); return true;
    case AY_JCS_FALSE: ay_buf_text(out, "false"); return true;
    case AY_JCS_TRUE: ay_buf_text(out, "true"); return true;
    case AY_JCS_NUMBER: return put_number(value->text, numbers, out);
    case AY_JCS_STRING: ay_jcs_put_string(value->text, out); return true;
    case AY_JCS_ARRAY:
    case AY_JCS_OBJECT: return put_items(value, numbers, out);
    }
    return false;
}

assay_status ay_jcs_write(const ay_jcs *value, ay_jcs_numbers numbers, ay_buf *out, assay_err *err)
{
    AY_FAIL_IF(!put_value(value, numbers, out), err, ASSAY_EFORMAT, "JSON: a number that is out of range",
               "JSON：数字超出范围");
    return ay_buf_status(out, err);
}

const ay_jcs *ay_jcs_member(const ay_jcs *object, const char *name)
{
    assert(object->kind == AY_JCS_OBJECT);
    for (uint32_t i = 0; i < object->n; i++)
        if (ay_str_is(object->items[i]->name, name)) return object->items[i];
    return NULL;
}
