#define _GNU_SOURCE /* memmem */
#include "check/param.h"

#include "base/mem.h"

bool ay_param_scalar(ay_build *b, const ay_node *node)
{
    if (node->kind != AY_NODE_SCALAR) {
        ay_diag_error(b->diags, "wrong-kind", node->pos, "expected one value, found a %s", "此处应为单个值，而不是 %s",
                      ay_node_kind_name(node->kind));
        return false;
    }
    if (!ay_node_is_null(node)) return true;
    ay_diag_error(b->diags, "bad-value", node->pos, "a value is missing here", "此处缺少值");
    return false;
}

bool ay_param_map(ay_build *b, const ay_node *arg, const char *check, const char *const *keys, size_t n_keys)
{
    if (arg->kind != AY_NODE_MAP) {
        ay_diag_error(b->diags, "wrong-kind", arg->pos, "'%s' takes a map", "“%s”的参数应为映射", check);
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < arg->n; i++) {
        const ay_node *key = arg->items[i]->key;
        size_t k = 0;
        while (k < n_keys && !ay_str_is(key->text, keys[k])) k++;
        if (k < n_keys) continue;
        ay_diag_unknown(b->diags, "unknown-key", key->pos, "key", "键", key->text, keys, n_keys);
        ok = false;
    }
    return ok;
}

bool ay_param_u64(ay_build *b, const ay_node *node, uint64_t max, uint64_t *ret)
{
    if (!ay_param_scalar(b, node)) return false;
    int64_t value = 0;
    if (ay_i64_parse(node->text, &value) != AY_NUM_OK || value < 0 || (uint64_t)value > max) {
        ay_diag_error(b->diags, "bad-value", node->pos, "'" AY_STR_FMT "' is not a whole number from 0 to %llu",
                      "“" AY_STR_FMT "”不是 0 到 %llu 的整数", AY_STR_ARG(node->text), (unsigned long long)max);
        return false;
    }
    *ret = (uint64_t)value;
    return true;
}

bool ay_param_bool(ay_build *b, const ay_node *node, bool *ret)
{
    if (!ay_param_scalar(b, node)) return false;
    *ret = ay_str_is(node->text, "true");
    if (*ret || ay_str_is(node->text, "false")) return true;
    ay_diag_error(b->diags, "bad-value", node->pos, "'" AY_STR_FMT "' is neither true nor false",
                  "“" AY_STR_FMT "”既不是 true 也不是 false", AY_STR_ARG(node->text));
    return false;
}

bool ay_param_word(ay_build *b, const ay_node *node, const char *const *words, size_t n, uint32_t *ret)
{
    if (!ay_param_scalar(b, node)) return false;
    for (size_t i = 0; i < n; i++) {
        if (!ay_str_is(node->text, words[i])) continue;
        *ret = (uint32_t)i;
        return true;
    }
    ay_diag_unknown(b->diags, "unknown-word", node->pos, "word", "词", node->text, words, n);
    return false;
}

static bool is_filled_list(ay_build *b, const ay_node *node)
{
    if (node->kind == AY_NODE_LIST && node->n) return true;
    if (node->kind == AY_NODE_LIST) ay_diag_error(b->diags, "no-effect", node->pos, "the list is empty", "列表为空");
    else ay_diag_error(b->diags, "wrong-kind", node->pos, "expected a list of words", "此处应为词的列表");
    return false;
}

bool ay_param_words(ay_build *b, const ay_node *list, const char *const *words, size_t n, uint32_t *ret_bits)
{
    if (!is_filled_list(b, list)) return false;
    bool ok = true;
    *ret_bits = 0;
    for (size_t i = 0; i < list->n; i++) {
        uint32_t word = 0;
        if (!ay_param_word(b, list->items[i], words, n, &word)) {
            ok = false;
            continue;
        }
        if (*ret_bits >> word & 1) {
            ay_diag_error(b->diags, "duplicate", list->items[i]->pos, "'%s' is listed twice", "“%s”重复列出",
                          words[word]);
            ok = false;
        }
        *ret_bits |= 1u << word;
    }
    return ok;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static bool is_plain_number(ay_str s, bool point)
{
    size_t digits = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9') digits++;
        else if (!point || s.ptr[i] != '.') return false;
    }
    return digits > 0;
}

bool ay_count_parse(ay_str text, uint64_t *ret)
{
    int64_t count;
    if (!is_plain_number(text, false) || ay_i64_parse(text, &count) != AY_NUM_OK) return false;
    *ret = (uint64_t)count;
    return true;
}

#define PERCENT_SCALE_MAX 16 /* 100 * 10^16 still fits 64 bits */

bool ay_percent_parse(ay_str text, ay_limit *ret)
{
    ay_dec percent;
    if (!text.len || text.ptr[text.len - 1] != '%') return false;
    const ay_str digits = ay_str_slice(text, 0, text.len - 1);
    if (!is_plain_number(digits, true) || ay_dec_parse(digits, &percent) != AY_NUM_OK) return false;
    percent = ay_dec_canonical(percent);
    if (percent.scale > PERCENT_SCALE_MAX || ay_dec_cmp(percent, ay_dec_from_i64(100)) > 0) return false;
    uint64_t den = 100;
    for (uint16_t i = 0; i < percent.scale; i++) den *= 10;
    const uint64_t num = (uint64_t)percent.coef;
    const uint64_t common = gcd(den, num);
    *ret = (ay_limit){true, num / common, den / common};
    return true;
}

bool ay_param_dec(ay_build *b, const ay_node *node, ay_dec *ret)
{
    if (!ay_param_scalar(b, node)) return false;
    if (ay_dec_parse(node->text, ret) == AY_NUM_OK && ret->kind == AY_DEC_FINITE) return true;
    ay_diag_error(b->diags, "bad-value", node->pos, "'" AY_STR_FMT "' is not a number of at most 38 digits",
                  "“" AY_STR_FMT "”不是不超过 38 位的数", AY_STR_ARG(node->text));
    return false;
}

bool ay_param_interval(ay_build *b, const ay_node *node, ay_interval *ret)
{
    if (!ay_param_scalar(b, node)) return false;
    if (ay_interval_parse(node->text, ret) == AY_TIME_OK) return true;
    ay_diag_error(b->diags, "bad-value", node->pos, "'" AY_STR_FMT "' is not an interval such as '1 day' or '24h'",
                  "“" AY_STR_FMT "”不是时间间隔，应如“1 day”或“24h”", AY_STR_ARG(node->text));
    return false;
}

bool ay_param_value(ay_build *b, const ay_node *node, const ay_field *field, ay_cell *ret)
{
    if (!ay_param_scalar(b, node)) return false;
    const char *en = "", *zh = "";
    assay_status status = ASSAY_OK;
    if (ay_cell_read(node->text, field->type, field->zone, b->arena, ret, &en, &zh, &status)) return true;
    if (status == ASSAY_ENOMEM) return false;
    ay_diag_error(b->diags, "bad-value", node->pos, "'" AY_STR_FMT "' cannot be read as %s: %s%.0s",
                  "“" AY_STR_FMT "”不能读作 %s：%.0s%s", AY_STR_ARG(node->text), ay_type_name(field->type), en, zh);
    return false;
}

void ay_param_repeated(ay_build *b, const ay_node *node)
{
    ay_diag_error(b->diags, "duplicate", node->pos, "'" AY_STR_FMT "' is listed twice", "“" AY_STR_FMT "”重复列出",
                  AY_STR_ARG(node->text));
}

#define PART_MAX 1000 /* characters into a value that a part may reach */

static bool read_character(ay_str text, uint32_t *ret)
{
    int64_t value;
    if (ay_i64_parse(text, &value) != AY_NUM_OK || value < 1 || value > PART_MAX) return false;
    *ret = (uint32_t)value;
    return true;
}

static const char *find_dots(ay_str text)
{
    return text.len ? (const char *)memmem(text.ptr, text.len, "..", 2) : NULL;
}

bool ay_param_is_part(const ay_node *node)
{
    return node->kind == AY_NODE_SCALAR && find_dots(node->text);
}

bool ay_param_part(ay_build *b, const ay_node *node, ay_part *ret)
{
    if (!ay_param_scalar(b, node)) return false;
    const ay_str text = node->text;
    const char *dots = find_dots(text);
    const size_t at = dots ? (size_t)(dots - text.ptr) : 0;
    if (dots && read_character(ay_str_slice(text, 0, at), &ret->from) &&
        read_character(ay_str_slice(text, at + 2, text.len), &ret->to) && ret->from <= ret->to)
        return true;
    ay_diag_error(b->diags, "bad-value", node->pos,
                  "'" AY_STR_FMT "' is not a part such as '1..6', from 1 to at most %d characters",
                  "“" AY_STR_FMT "”不是“1..6”这样的字符范围（从 1 起，不超过 %d）", AY_STR_ARG(text), PART_MAX);
    return false;
}

static bool unknown_field(ay_build *b, const ay_node *node)
{
    const char **names = AY_ARENA_ARRAY(b->arena, b->n_fields, const char *);
    if (!names) return false;
    for (uint32_t i = 0; i < b->n_fields; i++) names[i] = b->fields[i].name;
    ay_diag_unknown(b->diags, "unknown-field", node->pos, "field", "字段", node->text, names, b->n_fields);
    return false;
}

bool ay_param_field(ay_build *b, const ay_node *node, uint32_t *ret)
{
    if (!ay_param_scalar(b, node)) return false;
    for (uint32_t i = 0; i < b->n_fields; i++) {
        if (!ay_str_is(node->text, b->fields[i].name)) continue;
        *ret = i;
        return true;
    }
    return unknown_field(b, node);
}

static bool is_repeated(ay_build *b, const ay_node *node, const uint32_t *fields, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (fields[i] != fields[n]) continue;
        ay_diag_error(b->diags, "duplicate", node->pos, "field '%s' is named twice", "字段“%s”出现两次",
                      b->fields[fields[n]].name);
        return true;
    }
    return false;
}

bool ay_param_fields(ay_build *b, const ay_node *node, const uint32_t **ret, uint32_t *ret_n)
{
    const bool is_list = node->kind == AY_NODE_LIST;
    const size_t n = is_list ? node->n : 1;
    if (n == 0) {
        ay_diag_error(b->diags, "bad-value", node->pos, "the list of fields is empty", "字段列表为空");
        return false;
    }
    uint32_t *fields = AY_ARENA_ARRAY(b->arena, n, uint32_t);
    if (!fields) return false;
    bool ok = true;
    uint32_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const ay_node *item = is_list ? node->items[i] : node;
        if (!ay_param_field(b, item, &fields[kept]) || is_repeated(b, item, fields, kept)) ok = false;
        else kept++;
    }
    *ret = fields;
    *ret_n = kept;
    return ok;
}

/* "integer, decimal and date": the types that a kind can test, for the message that another was given. */
static void types_text(uint32_t types, char *out, size_t size)
{
    size_t len = 0;
    out[0] = 0;
    for (uint32_t t = 0; t < AY_TYPE_COUNT; t++) {
        const char *name = ay_type_name((ay_type)t);
        const size_t need = strlen(name) + 2;
        if (!(types >> t & 1) || len + need >= size) continue;
        if (len) {
            memcpy(out + len, ", ", 2);
            len += 2;
        }
        memcpy(out + len, name, need - 1);
        len += need - 2;
    }
}

bool ay_param_own_field(ay_build *b, const ay_node *arg, ay_rule *rule)
{
    if (rule->field < 0) {
        ay_diag_error(b->diags, "no-field", rule->pos, "check '%s' tests a field: name it with 'field'",
                      "检查“%s”针对字段：请用 field 指明", rule->kind->name);
        return false;
    }
    const ay_field *field = &b->fields[rule->field];
    if (rule->kind->types && !(rule->kind->types >> field->type & 1)) {
        char able[200];
        types_text(rule->kind->types, able, sizeof able);
        ay_diag_error(b->diags, "type-mismatch", arg ? arg->pos : rule->pos,
                      "check '%s' cannot test field '%s' of type %s; it takes: %s",
                      "检查“%s”不能用于字段“%s”（类型 %s）；可用类型：%s", rule->kind->name, field->name,
                      ay_type_name(field->type), able);
        return false;
    }
    uint32_t *fields = AY_ARENA_NEW(b->arena, uint32_t);
    if (!fields) return false;
    *fields = (uint32_t)rule->field;
    rule->fields = fields;
    rule->n_fields = 1;
    return true;
}
