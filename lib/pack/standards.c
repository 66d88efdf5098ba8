/* `standards`: the one definition of each datum, from all files together, and the built-in ones behind them. */
#include "pack/load.h"

#include "base/mem.h"
#include "check/normalize.h"

typedef struct builtin {
    const char *id;
    ay_type type;
    ay_title title;
} builtin;

static const builtin builtins[] = {
    {"text", AY_TEXT, {"文本", "Text"}},
    {"integer", AY_INT, {"整数", "Integer"}},
    {"decimal", AY_DEC, {"小数", "Decimal number"}},
    {"float", AY_FLOAT, {"浮点数", "Floating-point number"}},
    {"money", AY_DEC, {"金额", "Amount of money"}},
    {"boolean", AY_BOOL, {"布尔值", "Boolean"}},
    {"date", AY_DATE, {"日期", "Date"}},
    {"time", AY_TIME, {"时间", "Time of day"}},
    {"timestamp", AY_TIMESTAMP, {"日期时间", "Date and time"}},
    {"timestamptz", AY_TIMESTAMPTZ, {"带时区的日期时间", "Date and time with zone"}},
    {"uuid", AY_UUID, {"通用唯一标识", "UUID"}},
    {"json", AY_JSON, {"JSON 文本", "JSON"}},
    {"bytes", AY_BYTES, {"二进制", "Bytes"}},
};

static bool is_new_standard(ay_load *l, const ay_node *key)
{
    for (size_t i = 0; i < AY_COUNT(builtins); i++) {
        if (!ay_str_is(key->text, builtins[i].id)) continue;
        ay_diag_error(l->build.diags, "builtin-standard", key->pos,
                      "'%s' is a built-in standard and cannot be defined again", "“%s”是内置标准，不能重新定义",
                      builtins[i].id);
        return false;
    }
    uint32_t before;
    if (!ay_set_add(&l->standard_ids, key->text, l->n_declared, &before)) l->nomem = true;
    if (l->nomem || before == UINT32_MAX) return !l->nomem;
    const ay_standard *other = &l->standards[before];
    ay_diag_error(l->build.diags, "duplicate-standard", key->pos, "standard '%s' is defined twice, first in %s:%u",
                  "标准“%s”重复定义，首次定义于 %s:%u", other->id, other->pos.file, other->pos.line);
    return false;
}

static ay_type read_type(ay_load *l, const ay_node *node)
{
    const char *names[AY_TYPE_COUNT];
    ay_type type = AY_TEXT;
    if (!node || !ay_read_text(l, node) || ay_type_from_name(node->text, &type)) return type;
    for (uint32_t i = 0; i < AY_TYPE_COUNT; i++) names[i] = ay_type_name((ay_type)i);
    ay_diag_unknown(l->build.diags, "unknown-type", node->pos, "type", "类型", node->text, names, AY_TYPE_COUNT);
    return AY_TEXT;
}

static ay_level read_level(ay_load *l, const ay_node *node)
{
    const char *names[AY_LEVEL_COUNT];
    for (uint32_t i = 0; i < AY_LEVEL_COUNT; i++) names[i] = ay_level_name((ay_level)i);
    uint32_t level = AY_INTERNAL;
    if (node && !AY_ASK(l, ay_param_word(&l->build, node, names, AY_LEVEL_COUNT, &level))) return AY_INTERNAL;
    return (ay_level)level;
}

/* At most two digits each: no value is shown longer. */
static bool read_ends(ay_str text, ay_mask *ret)
{
    const char *plus = text.len ? memchr(text.ptr, '+', text.len) : NULL;
    const size_t at = plus ? (size_t)(plus - text.ptr) : text.len;
    int64_t head, tail;
    if (!plus || at == 0 || at > 2 || text.len - at < 2 || text.len - at > 3) return false;
    if (ay_i64_parse(ay_str_slice(text, 0, at), &head) != AY_NUM_OK || head < 0) return false;
    if (plus[1] == '+' || ay_i64_parse(ay_str_slice(text, at + 1, text.len), &tail) != AY_NUM_OK || tail < 0)
        return false;
    *ret = (ay_mask){AY_MASK_ENDS, (uint32_t)head, (uint32_t)tail};
    return head + tail > 0;
}

static const char *const mask_words[] = {
    [AY_MASK_ALL] = "all", [AY_MASK_EMAIL] = "email", [AY_MASK_ADDRESS] = "address", [AY_MASK_PSEUDONYM] = "pseudonym"};

static bool read_form(ay_load *l, const ay_node *node, ay_mask *ret)
{
    for (size_t i = 0; i < AY_COUNT(mask_words); i++) {
        if (!mask_words[i] || !ay_str_is(node->text, mask_words[i])) continue;
        ret->form = (ay_mask_form)i;
        return true;
    }
    if (read_ends(node->text, ret)) return true;
    ay_diag_error(l->build.diags, "bad-value", node->pos,
                  "'" AY_STR_FMT
                  "' is no mask: all, email, address, pseudonym, or how many characters are shown at head "
                  "and tail, such as 3+4",
                  "“" AY_STR_FMT "”不是脱敏方式：all、email、address、pseudonym，或首尾显示的字符数，如 3+4",
                  AY_STR_ARG(node->text));
    return false;
}

static ay_mask read_mask(ay_load *l, const ay_node *node, ay_level level, ay_type type)
{
    ay_mask mask = {AY_MASK_BY_LEVEL, 0, 0};
    if (!node || !ay_read_text(l, node) || !read_form(l, node, &mask)) return mask;
    if (level < AY_SENSITIVE) {
        ay_diag_error(l->build.diags, "no-effect", node->key->pos,
                      "values of level %s are shown as they are: 'mask' does nothing",
                      "级别为 %s 的值按原样显示：mask 不起作用", ay_level_name(level));
    } else if (type != AY_TEXT && (mask.form == AY_MASK_EMAIL || mask.form == AY_MASK_ADDRESS)) {
        ay_diag_error(l->build.diags, "type-mismatch", node->pos, "mask '%s' is for text, not for type %s",
                      "脱敏方式“%s”适用于文本，不适用于类型 %s", mask_words[mask.form], ay_type_name(type));
    }
    return mask;
}

static void free_set(void *set)
{
    ay_set_free((ay_set *)set);
}

static void add_missing(ay_load *l, ay_set *set, const ay_node *item)
{
    uint32_t before = UINT32_MAX;
    if (item->kind != AY_NODE_SCALAR || (item->text.len == 0 && !item->quoted)) {
        ay_diag_error(l->build.diags, "bad-value", item->pos,
                      "a word for \"no value\" must be a text; write \"\" for the empty one",
                      "表示“无值”的词应为文本；空文本请写作 \"\"");
    } else if (!ay_set_add(set, item->text, 0, &before)) {
        l->nomem = true;
    } else if (before != UINT32_MAX) {
        ay_diag_error(l->build.diags, "duplicate", item->pos, "'" AY_STR_FMT "' is listed twice",
                      "“" AY_STR_FMT "”重复列出", AY_STR_ARG(item->text));
    }
}

/* Unlike the value lists of checks this one may hold the empty text and words such as null. */
static const ay_set *read_missing(ay_load *l, const ay_node *list)
{
    if (!list) return NULL;
    if (list->kind != AY_NODE_LIST) {
        ay_diag_error(l->build.diags, "wrong-kind", list->pos, "expected a list, found a %s", "此处应为列表，而不是 %s",
                      ay_node_kind_name(list->kind));
        return NULL;
    }
    ay_set *set = ay_load_array(l, 1, sizeof *set);
    if (set && !ay_arena_defer(l->build.arena, free_set, set)) l->nomem = true;
    for (size_t i = 0; i < list->n && !l->nomem; i++) add_missing(l, set, list->items[i]);
    return list->n && !l->nomem ? set : NULL;
}

static uint32_t read_normalize(ay_load *l, const ay_node *list)
{
    size_t n;
    const char *const *words = ay_norm_words(&n); /* bit i is word i */
    uint32_t bits = 0;
    if (!list || !AY_ASK(l, ay_param_words(&l->build, list, words, n, &bits))) return 0;
    return bits;
}

static ay_str check_id(const ay_node *map, const ay_node *check)
{
    const ay_node *id = ay_node_get(map, "id");
    return id ? id->text : check->key->text;
}

/* Two checks of one standard under one name would clash in every field that uses it: said once, here. */
static bool is_repeated(ay_load *l, ay_set *ids, const ay_node *map, const ay_node *check)
{
    const ay_str id = check_id(map, check);
    uint32_t before;
    if (!ay_set_add(ids, id, map->pos.line, &before)) l->nomem = true;
    if (l->nomem || before == UINT32_MAX) return l->nomem;
    ay_diag_error(l->build.diags, "duplicate-id", map->pos,
                  "check '" AY_STR_FMT "' stands twice in this standard, first in line %u: give one an 'id'",
                  "此标准中“" AY_STR_FMT "”检查重复，首次出现在第 %u 行：请为其中之一指定 id", AY_STR_ARG(id), before);
    return true;
}

static bool is_named_well(ay_load *l, const ay_node *map)
{
    const ay_node *id = ay_node_get(map, "id");
    return !id || ay_read_name(l, id, false);
}

static bool is_value_check(ay_load *l, const ay_node *check)
{
    const ay_kind *kind = ay_kind_find(check->key->text);
    if (kind->over == AY_OVER_VALUE) return true;
    ay_diag_error(l->build.diags, "misplaced-check", check->key->pos,
                  "check '%s' is not over one value, it belongs under 'rules' of a dataset",
                  "检查“%s”不针对单个值，应写在数据集的 rules 中", kind->name);
    return false;
}

static bool *read_checks(ay_load *l, const ay_node *list)
{
    if (!list) return NULL;
    if (list->kind != AY_NODE_LIST) {
        ay_diag_error(l->build.diags, "wrong-kind", list->pos, "'checks' takes a list, found a %s",
                      "checks 应为列表，而不是 %s", ay_node_kind_name(list->kind));
        return NULL;
    }
    ay_set ids = {0};
    bool *bad = ay_load_array(l, list->n, sizeof *bad);
    for (size_t i = 0; bad && i < list->n; i++) {
        const ay_node *check = ay_rule_check(l, list->items[i], true);
        bad[i] = !check || !is_value_check(l, check) || !is_named_well(l, list->items[i]) ||
                 is_repeated(l, &ids, list->items[i], check);
    }
    ay_set_free(&ids);
    return bad;
}

static void read_standard(ay_load *l, const ay_node *map, uint32_t doc)
{
    if (!AY_ASK(l, ay_read_map(l, map, ay_keys_standard.words, ay_keys_standard.n)) && map->kind != AY_NODE_MAP) return;
    if (!ay_read_name(l, map->key, true) || !is_new_standard(l, map->key)) return;
    const ay_node *checks = ay_node_get(map, "checks");
    l->drafts[l->n_declared] = (ay_standard_draft){
        .type = ay_node_get(map, "type"),
        .missing = read_missing(l, ay_node_get(map, "missing")),
        .normalize = ay_node_get(map, "normalize"),
        .bad = read_checks(l, checks),
        .doc = doc,
    };
    if (l->drafts[l->n_declared].bad) l->drafts[l->n_declared].checks = checks;
    const ay_type type = read_type(l, ay_node_get(map, "type"));
    const ay_level level = read_level(l, ay_node_get(map, "level"));
    l->standards[l->n_declared++] = (ay_standard){
        .id = map->key->text.ptr,
        .title = ay_read_title(l, ay_node_get(map, "title")),
        .basis = ay_read_text_of(l, map, "basis"),
        .type = type,
        .level = level,
        .mask = read_mask(l, ay_node_get(map, "mask"), level, type),
        .normalizers = read_normalize(l, ay_node_get(map, "normalize")),
        .pos = map->key->pos,
    };
}

void ay_load_standards(ay_load *l)
{
    size_t n = AY_COUNT(builtins);
    for (uint32_t i = 0; i < l->n_docs; i++) n += ay_section(l, i, "standards", NULL);
    l->standards = ay_load_array(l, n, sizeof *l->standards);
    l->drafts = ay_load_array(l, n, sizeof *l->drafts);
    for (uint32_t d = 0; d < l->n_docs && !l->nomem; d++) {
        const ay_node *section;
        const size_t count = ay_section(l, d, "standards", &section);
        for (size_t i = 0; i < count && !l->nomem; i++) read_standard(l, section->items[i], d);
    }
    l->pack->standards = l->standards;
    l->pack->n_standards = l->n_declared;
}

/* A built-in standard takes its place behind the declared ones when it is first used. */
static int32_t use_builtin(ay_load *l, ay_str name)
{
    for (size_t i = 0; i < AY_COUNT(builtins); i++) {
        if (!ay_str_is(name, builtins[i].id)) continue;
        const uint32_t index = l->pack->n_standards++;
        l->standards[index] = (ay_standard){.id = builtins[i].id,
                                            .title = builtins[i].title,
                                            .basis = "",
                                            .type = builtins[i].type,
                                            .level = AY_INTERNAL,
                                            .pos = {"(built in)", 0, 0}};
        return (int32_t)index;
    }
    return -1;
}

static void report_unknown(ay_load *l, const ay_node *name)
{
    const char *ids[AY_NEAREST_WORDS];
    size_t n = 0;
    for (size_t i = 0; i < AY_COUNT(builtins); i++) ids[n++] = builtins[i].id;
    for (uint32_t i = 0; i < l->n_declared && n < AY_NEAREST_WORDS; i++) ids[n++] = l->standards[i].id;
    ay_diag_unknown(l->build.diags, "unknown-standard", name->pos, "standard", "标准", name->text, ids, n);
}

int32_t ay_find_standard(ay_load *l, const ay_node *name)
{
    if (!ay_read_text(l, name)) return -1;
    const uint32_t declared = ay_set_find(&l->standard_ids, name->text);
    int32_t found = declared == UINT32_MAX ? -1 : (int32_t)declared;
    for (uint32_t i = l->n_declared; found < 0 && i < l->pack->n_standards; i++) {
        if (ay_str_is(name->text, l->standards[i].id)) found = (int32_t)i;
    }
    if (found < 0) found = use_builtin(l, name->text);
    if (found >= 0) l->standards[found].used = true;
    else report_unknown(l, name);
    return found;
}
