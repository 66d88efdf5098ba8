#include "base/json.h"

#include <assert.h>

#include "base/utf8.h"
#include "base/word.h"

#define DEPTH_MAX 32

static void new_line(ay_json *j)
{
    if (!j->pretty) return;
    ay_buf_char(j->out, '\n');
    for (uint8_t i = 0; i < j->depth; i++) ay_buf_text(j->out, "  ");
}

static void before_item(ay_json *j)
{
    if (j->depth == 0) return;
    if (j->after[j->depth]) ay_buf_char(j->out, ',');
    j->after[j->depth] = true;
    new_line(j);
}

static void before_value(ay_json *j)
{
    if (!j->after_key) before_item(j);
    j->after_key = false;
}

static void open_nest(ay_json *j, char bracket)
{
    assert(j->depth < DEPTH_MAX);
    before_value(j);
    ay_buf_char(j->out, bracket);
    j->after[++j->depth] = false;
}

static void close_nest(ay_json *j, char bracket)
{
    assert(j->depth > 0 && !j->after_key);
    const bool has_items = j->after[j->depth--];
    if (has_items) new_line(j);
    ay_buf_char(j->out, bracket);
}

void ay_json_open_object(ay_json *j)
{
    open_nest(j, '{');
}
void ay_json_close_object(ay_json *j)
{
    close_nest(j, '}');
}
void ay_json_open_array(ay_json *j)
{
    open_nest(j, '[');
}
void ay_json_close_array(ay_json *j)
{
    close_nest(j, ']');
}

static void put_escaped(ay_buf *out, uint32_t cp)
{
    switch (cp) {
    case '"': ay_buf_text(out, "\\\""); break;
    case '\\': ay_buf_text(out, "\\\\"); break;
    case '\n': ay_buf_text(out, "\\n"); break;
    case '\r': ay_buf_text(out, "\\r"); break;
    case '\t': ay_buf_text(out, "\\t"); break;
    default: ay_buf_printf(out, "\\u%04x", cp); break;
    }
}

/* U+2028 and 2029 end a line in JavaScript, where reports embed their data. */
static bool must_escape(uint32_t cp)
{
    return cp == '"' || cp == '\\' || cp == 0x2028 || cp == 0x2029 || ay_unicode_is_control(cp);
}

/* Whether a character that begins with this byte may have to be escaped: the leads of C1 and of U+2028 stand for many
 * more that need not. No byte inside a character is one of these. */
static bool may_escape(unsigned char c)
{
    return c < ' ' || c == '"' || c == '\\' || c == 0x7f || c == 0xc2 || c == 0xe2;
}

static void put_valid(ay_buf *out, ay_str s)
{
    size_t plain = 0; /* what is copied as it is begins here */
    for (size_t at = 0; at < s.len;) {
        const size_t start = at;
        if (!may_escape((unsigned char)s.ptr[at])) {
            at++;
            continue;
        }
        const uint32_t cp = ay_utf8_next(s, &at);
        if (!must_escape(cp)) continue;
        ay_buf_put(out, s.ptr + plain, start - plain);
        put_escaped(out, cp);
        plain = at;
    }
    if (plain < s.len) ay_buf_put(out, s.ptr + plain, s.len - plain);
}

/* The highest bit of every byte for which may_escape is false. */
static uint64_t plain_bytes(uint64_t word)
{
    const uint64_t seven_bits = word & AY_WORD_OF(0x7f);
#define DIFFERS_FROM(byte) ((seven_bits ^ AY_WORD_OF((byte)&0x7f)) + AY_WORD_OF(0x7f))
    const uint64_t from_space = seven_bits + AY_WORD_OF(0x80 - ' ');
    const uint64_t ascii = from_space & DIFFERS_FROM('"') & DIFFERS_FROM('\\') & DIFFERS_FROM(0x7f) & ~word;
    const uint64_t beyond = DIFFERS_FROM(0xc2) & DIFFERS_FROM(0xe2) & word;
#undef DIFFERS_FROM
    return (ascii | beyond) & AY_WORD_OF(0x80);
}

/* The word at a place inside the text, with what need not be escaped above its end. */
static uint64_t padded_word_at(ay_str s, size_t at)
{
    const size_t left = s.len - at;
    return left >= 8 ? ay_load64(s.ptr + at) : ay_load_few(s.ptr + at, left) | AY_WORD_OF(' ') << 8 * left;
}

/* Whether the text goes out as it is. */
static bool is_plain(ay_str s)
{
    uint64_t plain = AY_WORD_OF(0x80), all = 0;
    for (size_t at = 0; at < s.len; at += 8) {
        const uint64_t word = padded_word_at(s, at);
        plain &= plain_bytes(word);
        all |= word;
    }
    return plain == AY_WORD_OF(0x80) && (!(all & AY_WORD_OF(0x80)) || ay_utf8_is_text(s));
}

static void put_plain(ay_buf *out, ay_str s)
{
    char *to = ay_buf_reserve(out, s.len + 2);
    if (!to) return;
    to[0] = '"';
    if (s.len) memcpy(to + 1, s.ptr, s.len);
    to[s.len + 1] = '"';
    out->len += s.len + 2;
}

static void put_string(ay_buf *out, ay_str s)
{
    if (is_plain(s)) {
        put_plain(out, s);
        return;
    }
    ay_buf_char(out, '"');
    for (size_t at = 0; at < s.len;) {
        const ay_str rest = ay_str_slice(s, at, s.len);
        const size_t valid = ay_utf8_valid(rest);
        put_valid(out, ay_str_slice(rest, 0, valid));
        at += valid;
        if (at == s.len) break;
        ay_buf_text(out, "\xef\xbf\xbd"); /* U+FFFD for each byte that is no character */
        at++;
    }
    ay_buf_char(out, '"');
}

void ay_json_key(ay_json *j, const char *key)
{
    assert(j->depth > 0 && !j->after_key);
    before_item(j);
    put_string(j->out, ay_str_from(key));
    ay_buf_text(j->out, j->pretty ? ": " : ":");
    j->after_key = true;
}

void ay_json_str(ay_json *j, ay_str s)
{
    before_value(j);
    put_string(j->out, s);
}

void ay_json_text(ay_json *j, const char *zero_terminated)
{
    if (!zero_terminated) {
        ay_json_null(j);
        return;
    }
    ay_json_str(j, ay_str_from(zero_terminated));
}

void ay_json_int(ay_json *j, int64_t v)
{
    before_value(j);
    ay_buf_int(j->out, v);
}

void ay_json_uint(ay_json *j, uint64_t v)
{
    before_value(j);
    ay_buf_printf(j->out, "%llu", (unsigned long long)v);
}

void ay_json_null(ay_json *j)
{
    ay_json_raw(j, AY_STR("null"));
}

void ay_json_raw(ay_json *j, ay_str s)
{
    before_value(j);
    ay_buf_str(j->out, s);
}
