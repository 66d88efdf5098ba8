/* What a rule says beside its check: uniform keys, the same for every kind. */
#include "pack/load.h"

#include "base/mem.h"

#define WEIGHT_MAX 1000

static const char *const nulls_words[] = {[AY_NULLS_SKIP] = "skip", [AY_NULLS_PASS] = "pass", [AY_NULLS_FAIL] = "fail"};
static const char *const on_empty_words[] = {
    [AY_EMPTY_WARN] = "warn", [AY_EMPTY_PASS] = "pass", [AY_EMPTY_FAIL] = "fail"};

/* GB/T 36344-2018. */
static const char *const indicators[] = {"0101", "0102", "0103", "0104", "0105", "0106", "0201",
                                         "0202", "0301", "0302", "0303", "0304", "0305", "0401",
                                         "0402", "0501", "0502", "0503", "0601", "0602"};

void ay_rule_defaults(ay_rule *rule)
{
    rule->title = (ay_title){"", ""};
    rule->basis = "";
    rule->severity = AY_ERROR;
    rule->weight = 1;
    rule->indicator = rule->kind->indicator;
}

static bool read_count(ay_str digits, ay_limit *ret)
{
    uint64_t count;
    if (!ay_count_parse(digits, &count)) return false;
    *ret = (ay_limit){true, count, 0};
    return true;
}

static bool read_limit(ay_load *l, const ay_node *node, ay_limit *ret)
{
    if (!ay_read_text(l, node)) return false;
    const ay_str s = node->text;
    const bool is_share = s.ptr[s.len - 1] == '%';
    if (is_share ? ay_percent_parse(s, ret) : read_count(s, ret)) return true;
    ay_diag_error(l->build.diags, "bad-tolerance", node->pos,
                  "'" AY_STR_FMT "' is not a tolerance: a count such as 10, or a share from 0%% to 100%% such as 0.1%%",
                  "“" AY_STR_FMT "”不是容差：应为个数（如 10）或 0%% 到 100%% 的比例（如 0.1%%）", AY_STR_ARG(s));
    return false;
}

/* A count and a share cannot be compared before the records are counted. */
static bool is_above(ay_limit warn, ay_limit fail)
{
    if ((warn.den == 0) != (fail.den == 0)) return false;
    if (warn.den == 0) return warn.num > fail.num;
    return (unsigned __int128)warn.num * fail.den > (unsigned __int128)fail.num * warn.den;
}

static void read_tolerance(ay_load *l, const ay_node *node, ay_rule *rule)
{
    if (node->kind != AY_NODE_MAP) {
        read_limit(l, node, &rule->fail);
        return;
    }
    ay_read_map(l, node, ay_keys_tolerance.words, ay_keys_tolerance.n);
    const ay_node *warn = ay_node_get(node, "warn"), *fail = ay_read_need(l, node, "fail");
    const bool has_warn = warn && read_limit(l, warn, &rule->warn);
    if (!fail || !read_limit(l, fail, &rule->fail) || !has_warn || !is_above(rule->warn, rule->fail)) return;
    ay_diag_error(l->build.diags, "bad-tolerance", warn->pos, "the warn limit is above the fail limit",
                  "warn 限度高于 fail 限度");
}

static void read_weight(ay_load *l, const ay_node *node, ay_rule *rule)
{
    uint64_t weight;
    if (!AY_ASK(l, ay_param_u64(&l->build, node, WEIGHT_MAX, &weight))) return;
    if (weight == 0)
        ay_diag_error(l->build.diags, "bad-value", node->pos, "a weight is from 1 to %d", "权重应为 1 到 %d",
                      WEIGHT_MAX);
    rule->weight = (uint32_t)weight;
}

static void read_indicator(ay_load *l, const ay_node *node, ay_rule *rule)
{
    if (!ay_read_text(l, node)) return;
    for (size_t i = 0; i < AY_COUNT(indicators); i++) {
        if (!ay_str_is(node->text, indicators[i])) continue;
        rule->indicator = indicators[i];
        return;
    }
    ay_diag_unknown(l->build.diags, "unknown-indicator", node->pos, "GB/T 36344 indicator", "GB/T 36344 指标",
                    node->text, indicators, AY_COUNT(indicators));
}

/* A standard knows one field only, its own, and calls it `value`: the fields of the dataset under this name and
 * under none that could be written. */
static const ay_field *own_field_only(ay_load *l, int32_t field)
{
    const ay_build *b = &l->build;
    ay_field *fields = ay_load_array(l, b->n_fields, sizeof *fields);
    for (uint32_t i = 0; fields && i < b->n_fields; i++) {
        fields[i] = b->fields[i];
        fields[i].name = (int32_t)i == field ? "value" : "";
    }
    return fields;
}

static void read_where(ay_load *l, const ay_node *node, bool in_standard, ay_rule *rule)
{
    rule->condition = node;
    if (!ay_read_text(l, node)) return;
    const ay_build *b = &l->build;
    const ay_field *fields = in_standard ? own_field_only(l, rule->field) : b->fields;
    if (!fields) return;
    (void)AY_ASK(l, (rule->where = ay_expr_compile(b->arena, node, fields, b->n_fields, b->zone, b->diags)) != NULL);
}

static uint32_t read_word(ay_load *l, const ay_node *map, const char *key, const char *const *words, size_t n,
                          uint32_t none)
{
    const ay_node *node = ay_node_get(map, key);
    uint32_t word = none;
    if (node && !AY_ASK(l, ay_param_word(&l->build, node, words, n, &word))) return none;
    return word;
}

/* Whether the option `bit` does nothing beside this check. */
static bool is_idle(const ay_rule *rule, uint32_t bit)
{
    if (bit == AY_WITHOUT_NULLS && strcmp(rule->kind->name, "unique") == 0) {
        const ay_node *own = ay_node_get(rule->arg, "nulls"); /* says already what a null is */
        return own && !ay_str_is(own->text, "distinct");
    }
    if (!(rule->kind->without & bit)) return false;
    return bit != AY_WITHOUT_TOLERANCE || !ay_node_get(rule->arg, "by");
}

/* An option that changes nothing would be believed to. */
static void report_idle(ay_load *l, const ay_node *map, const ay_rule *rule)
{
    static const struct {
        const char *key;
        uint32_t bit;
    } options[] = {{"where", AY_WITHOUT_WHERE},
                   {"tolerance", AY_WITHOUT_TOLERANCE},
                   {"nulls", AY_WITHOUT_NULLS},
                   {"on_empty", AY_WITHOUT_ON_EMPTY}};
    for (size_t i = 0; i < AY_COUNT(options); i++) {
        const ay_node *option = ay_node_get(map, options[i].key);
        if (!option || !is_idle(rule, options[i].bit)) continue;
        ay_diag_error(l->build.diags, "no-effect", option->key->pos, "'%s' does nothing beside '%s' here: leave it out",
                      "“%s”对此处的“%s”不起作用：请删去", options[i].key, rule->kind->name);
    }
}

bool ay_rule_options(ay_load *l, const ay_node *map, bool in_standard, ay_rule *rule)
{
    const size_t before = ay_diags_errors(l->build.diags);
    const ay_node *tolerance = ay_node_get(map, "tolerance"), *weight = ay_node_get(map, "weight");
    const ay_node *indicator = ay_node_get(map, "indicator"), *where = ay_node_get(map, "where");
    const char *severities[AY_SEVERITY_COUNT];
    for (uint32_t i = 0; i < AY_SEVERITY_COUNT; i++) severities[i] = ay_severity_name((ay_severity)i);
    rule->title = ay_read_title(l, ay_node_get(map, "title"));
    if (ay_node_get(map, "basis")) rule->basis = ay_read_text_of(l, map, "basis");
    rule->severity = (ay_severity)read_word(l, map, "severity", severities, AY_SEVERITY_COUNT, AY_ERROR);
    rule->nulls = (ay_nulls)read_word(l, map, "nulls", nulls_words, AY_COUNT(nulls_words), AY_NULLS_SKIP);
    rule->on_empty =
        (ay_on_empty)read_word(l, map, "on_empty", on_empty_words, AY_COUNT(on_empty_words), AY_EMPTY_WARN);
    if (tolerance) read_tolerance(l, tolerance, rule);
    if (weight) read_weight(l, weight, rule);
    if (indicator) read_indicator(l, indicator, rule);
    if (where) read_where(l, where, in_standard, rule);
    report_idle(l, map, rule);
    return !l->nomem && ay_diags_errors(l->build.diags) == before;
}
