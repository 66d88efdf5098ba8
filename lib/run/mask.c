#include "run/mask.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "proof/digest.h"

static const char stars[] = "***";

/* Of fewer characters (a name, a flag, an age) the first one alone would tell much or all. */
enum { PERSONAL_SHOWN_FROM = 6 };

static void put_ends(ay_str text, size_t n, size_t head, size_t tail, ay_buf *out)
{
    ay_buf_str(out, ay_str_slice(text, 0, ay_utf8_offset(text, head)));
    ay_buf_text(out, stars);
    ay_buf_str(out, ay_str_slice(text, ay_utf8_offset(text, n - tail), text.len));
}

static void put_by_level(ay_level level, ay_str text, ay_buf *out)
{
    const size_t n = ay_utf8_length(text);
    const size_t quarter = n / 4 < 4 ? n / 4 : 4;
    if (level == AY_SENSITIVE) put_ends(text, n, quarter, quarter, out);
    else put_ends(text, n, n >= PERSONAL_SHOWN_FROM ? 1 : 0, 0, out);
}

static void put_at_most_half(ay_mask mask, ay_str text, ay_buf *out)
{
    const size_t n = ay_utf8_length(text), half = n / 2, wanted = (size_t)mask.head + mask.tail;
    if (wanted <= half) put_ends(text, n, mask.head, mask.tail, out);
    else put_ends(text, n, mask.head * half / wanted, mask.tail * half / wanted, out);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Labels of letters, digits and hyphens, the last one of letters alone: a number behind an @ is no domain. */
static bool is_domain(ay_str s)
{
    size_t label = 0, last = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        if (c == '.' && i == label) return false;
        if (c == '.') last = label = i + 1;
        else if (!is_letter(c) && c != '-' && !(c >= '0' && c <= '9')) return false;
    }
    for (size_t i = last; i < s.len; i++)
        if (!is_letter(s.ptr[i])) return false;
    return last > 0 && s.len - last >= 2;
}

static void put_email(ay_str text, ay_buf *out)
{
    size_t at = text.len;
    while (at > 0 && text.ptr[at - 1] != '@') at--;
    const ay_str local = ay_str_slice(text, 0, at ? at - 1 : 0), domain = ay_str_slice(text, at, text.len);
    if (!local.len || !is_domain(domain)) {
        ay_buf_text(out, stars);
        return;
    }
    ay_buf_str(out, ay_str_slice(local, 0, ay_utf8_length(local) > 1 ? ay_utf8_offset(local, 1) : 0));
    ay_buf_text(out, stars);
    ay_buf_char(out, '@');
    ay_buf_str(out, domain);
}

static bool is_han(uint32_t cp)
{
    return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF) || (cp >= 0x20000 && cp <= 0x3134F);
}

/* What a name of a place ends with: 省市区县旗镇乡路街道巷村; 自治区 and 街道 end in one of them. */
static bool ends_place(uint32_t cp)
{
    static const uint32_t ends[] = {0x7701, 0x5E02, 0x533A, 0x53BF, 0x65D7, 0x9547,
                                    0x4E61, 0x8DEF, 0x8857, 0x9053, 0x5DF7, 0x6751};
    for (size_t i = 0; i < AY_COUNT(ends); i++)
        if (cp == ends[i]) return true;
    return false;
}

static void put_address(ay_str text, ay_buf *out)
{
    size_t shown = 0, places = 0;
    for (size_t at = 0; at < text.len;) {
        const uint32_t cp = ay_utf8_next(text, &at);
        if (!is_han(cp)) break;
        if (!ends_place(cp)) continue;
        places++;
        shown = at;
    }
    ay_buf_str(out, ay_str_slice(text, 0, places >= 2 ? shown : 0));
    ay_buf_text(out, stars);
}

static assay_status compute(ay_hasher *hasher, const ay_secret *key, const ay_message *message, ay_digest *ret)
{
    ay_mac *mac = NULL;
    AY_TRY(ay_mac_open(hasher, (ay_str){(const char *)key->bytes, sizeof key->bytes}, &mac, NULL));
    const assay_status st = ay_mac_compute(mac, message, 1, ret, NULL);
    ay_mac_free(mac);
    return st;
}

static void put_pseudonym(const ay_secret *key, const char *standard, ay_str text, ay_buf *out)
{
    static const char digits[] = "0123456789abcdef";
    const ay_message message = {{standard, strlen(standard) + 1}, text}; /* with the zero byte between the two */
    ay_hasher *hasher = NULL;
    ay_digest mac;
    assay_status st = ay_hasher_open(AY_SM3, AY_PROVIDER_EVP, &hasher, NULL);
    if (st == ASSAY_OK) st = compute(hasher, key, &message, &mac);
    ay_hasher_free(hasher);
    if (st != ASSAY_OK) {
        out->failed = ASSAY_ENOMEM; /* libcrypto has SM3: it can only lack memory */
        return;
    }
    ay_buf_text(out, "p:");
    for (size_t i = 0; i < sizeof mac.bytes / 2; i++) {
        ay_buf_char(out, digits[mac.bytes[i] >> 4]);
        ay_buf_char(out, digits[mac.bytes[i] & 15]);
    }
}

static bool is_revealed(const ay_gate *gate, const char *dataset, const char *field)
{
    const size_t n = strlen(dataset);
    for (size_t i = 0; i < gate->n_reveal; i++) {
        const char *path = gate->reveal[i];
        if (strncmp(path, dataset, n) == 0 && path[n] == '.' && strcmp(path + n + 1, field) == 0) return true;
    }
    return false;
}

/* Another rule, the key and the segment would show the number that the search finds as well. */
static bool is_found(ay_leaving what, ay_str text)
{
    for (uint32_t i = 0; i < what.dataset->n_rules; i++) {
        const ay_rule *rule = what.dataset->rules[i];
        if ((uint32_t)rule->field == what.field && rule->kind->finds_personal && rule->kind->finds_personal(rule, text))
            return true;
    }
    return false;
}

static ay_level level_of(ay_leaving what, ay_str text)
{
    const ay_level level = what.dataset->fields[what.field].level;
    if (level > AY_INTERNAL) return level;
    return (what.rule && what.rule->kind->finds_personal) || is_found(what, text) ? AY_PERSONAL : level;
}

bool ay_gate_hides(const ay_gate *gate, ay_leaving what, ay_str text)
{
    return level_of(what, text) > AY_INTERNAL &&
           !is_revealed(gate, what.dataset->name, what.dataset->fields[what.field].name);
}

bool ay_gate_put(const ay_gate *gate, ay_leaving what, ay_str text, ay_buf *out)
{
    const ay_field *field = &what.dataset->fields[what.field];
    if (!ay_gate_hides(gate, what, text)) {
        ay_buf_str(out, text);
        return false;
    }
    switch (field->mask.form) {
    case AY_MASK_BY_LEVEL: put_by_level(level_of(what, text), text, out); break;
    case AY_MASK_ALL: ay_buf_text(out, stars); break;
    case AY_MASK_ENDS: put_at_most_half(field->mask, text, out); break;
    case AY_MASK_EMAIL: put_email(text, out); break;
    case AY_MASK_ADDRESS: put_address(text, out); break;
    case AY_MASK_PSEUDONYM: put_pseudonym(gate->pseudonym_key, field->standard, text, out); break;
    }
    return true;
}
