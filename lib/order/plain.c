#include "order/plain.h"

#include "base/utf8.h"
#include "proof/jcs.h"

#define DEPTH_MAX 32

/* ---- JSON ---- */

static assay_status put_plain(const ay_jcs *value, ay_buf *out, assay_err *err)
{
    switch (value->kind) {
    case AY_JCS_NULL: return ASSAY_OK;
    case AY_JCS_STRING:
    case AY_JCS_NUMBER: ay_buf_str(out, value->text); return ASSAY_OK;
    default: return ay_jcs_write(value, AY_JCS_EXACT, out, err);
    }
}

static assay_status put_members(const ay_jcs *object, ay_buf *out, assay_err *err)
{
    for (uint32_t i = 0; i < object->n; i++) {
        if (i > 0) ay_buf_text(out, "; ");
        ay_buf_str(out, object->items[i]->name);
        ay_buf_char(out, '=');
        AY_TRY(put_plain(object->items[i], out, err));
    }
    return ASSAY_OK;
}

assay_status ay_order_plain(ay_str json, ay_arena *arena, ay_buf *out, assay_err *err)
{
    const ay_jcs *value = NULL;
    const size_t before = out->len;
    assay_status st = ay_jcs_read(json, DEPTH_MAX, arena, &value, err);
    if (st == ASSAY_OK && value->kind == AY_JCS_OBJECT) st = put_members(value, out, err);
    else if (st == ASSAY_OK) st = put_plain(value, out, err);
    if (st == ASSAY_EFORMAT) {
        out->len = before;
        ay_buf_str(out, json);
        st = ASSAY_OK;
    }
    return st == ASSAY_OK ? ay_buf_status(out, err) : st;
}

/* ---- Harmless ---- */

static bool turns_direction(uint32_t cp)
{
    return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

static uint32_t visible(uint32_t cp)
{
    if (cp < 0x20) return 0x2400 + cp;
    if (cp == 0x7f) return 0x2421;
    if (ay_unicode_is_control(cp) || turns_direction(cp) || (cp & 0xfffe) == 0xfffe) return 0xfffd;
    return cp;
}

static void put_valid(ay_str text, bool keep_lines, ay_buf *out)
{
    char bytes[4];
    for (size_t at = 0; at < text.len;) {
        const uint32_t cp = ay_utf8_next(text, &at);
        if (keep_lines && cp == '\r' && at < text.len && text.ptr[at] == '\n') continue;
        if (keep_lines && (cp == '\r' || cp == '\n')) ay_buf_char(out, '\n');
        else ay_buf_put(out, bytes, ay_utf8_encode(visible(cp), bytes));
    }
}

void ay_order_visible(ay_str text, bool keep_lines, ay_buf *out)
{
    for (size_t at = 0; at < text.len; at++) {
        const ay_str rest = ay_str_slice(text, at, text.len);
        const size_t valid = ay_utf8_valid(rest);
        put_valid(ay_str_slice(rest, 0, valid), keep_lines, out);
        at += valid;
        if (at < text.len) ay_buf_text(out, "\xef\xbf\xbd");
    }
}

bool ay_order_is_formula(ay_str text)
{
    const ay_str valid = ay_str_slice(text, 0, ay_utf8_valid(text));
    if (valid.len > 0 && (valid.ptr[0] == '\t' || valid.ptr[0] == '\r')) return true;
    for (size_t at = 0; at < valid.len;) {
        const uint32_t cp = ay_unicode_half_width(ay_utf8_next(valid, &at));
        if (cp == '\'' || ay_unicode_is_space(cp) || ay_unicode_is_zero_width(cp)) continue;
        return cp == '=' || cp == '+' || cp == '-' || cp == '@';
    }
    return false;
}

ay_str ay_order_unguarded(ay_str text)
{
    if (text.len == 0 || text.ptr[0] != '\'') return text;
    const ay_str rest = ay_str_slice(text, 1, text.len);
    return ay_order_is_formula(rest) ? rest : text;
}
