#include "record/json_check.h"

static void skip_space(ay_scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r')) s->at++;
}

static bool take_digits(ay_scan *s)
{
    const char *start = s->at;
    while (ay_scan_at_digit(s)) s->at++;
    return s->at > start;
}

bool ay_json_number(ay_scan *s)
{
    (void)ay_scan_take(s, '-');
    if (!ay_scan_take(s, '0') && !take_digits(s)) return false;
    if (ay_scan_take(s, '.') && !take_digits(s)) return false;
    if (!ay_scan_take(s, 'e') && !ay_scan_take(s, 'E')) return true;
    (void)ay_scan_minus(s);
    return take_digits(s);
}

static bool take_escape(ay_scan *s)
{
    if (ay_scan_ended(s)) return false;
    const char c = *s->at++;
    if (c != 'u') return c != 0 && strchr("\"\\/bfnrt", c) != NULL;
    if (s->end - s->at < 4) return false;
    for (int i = 0; i < 4; i++) {
        const char hex = ay_to_lower(*s->at++);
        if (!ay_is_digit(hex) && (hex < 'a' || hex > 'f')) return false;
    }
    return true;
}

static bool take_string(ay_scan *s)
{
    if (!ay_scan_take(s, '"')) return false;
    while (s->at < s->end) {
        const unsigned char c = (unsigned char)*s->at++;
        if (c == '"') return true;
        if (c < 0x20 || (c == '\\' && !take_escape(s))) return false;
    }
    return false;
}

static bool take_word(ay_scan *s, ay_str word)
{
    if ((size_t)(s->end - s->at) < word.len || memcmp(s->at, word.ptr, word.len) != 0) return false;
    s->at += word.len;
    return true;
}

static bool take_value(ay_scan *s, unsigned depth);

/* The rest of an array or object, behind its opening bracket. */
static bool take_items(ay_scan *s, char close, unsigned depth)
{
    skip_space(s);
    if (ay_scan_take(s, close)) return true;
    do {
        skip_space(s);
        if (close == '}') {
            if (!take_string(s)) return false;
            skip_space(s);
            if (!ay_scan_take(s, ':')) return false;
        }
        if (!take_value(s, depth)) return false;
    } while (ay_scan_take(s, ','));
    return ay_scan_take(s, close);
}

static bool take_value(ay_scan *s, unsigned depth)
{
    skip_space(s);
    if (ay_scan_ended(s)) return false;
    bool ok;
    switch (*s->at) {
    case '{':
    case '[': {
        const char close = *s->at++ == '{' ? '}' : ']';
        ok = depth < AY_JSON_DEPTH && take_items(s, close, depth + 1);
        break;
    }
    case '"': ok = take_string(s); break;
    case 't': ok = take_word(s, AY_STR("true")); break;
    case 'f': ok = take_word(s, AY_STR("false")); break;
    case 'n': ok = take_word(s, AY_STR("null")); break;
    default: ok = ay_json_number(s); break;
    }
    skip_space(s);
    return ok;
}

bool ay_json_valid(ay_str text)
{
    ay_scan s = ay_scan_on(text);
    return take_value(&s, 0) && ay_scan_ended(&s);
}
