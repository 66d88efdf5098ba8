/* `share`, `open`, `condition` and `basis` of a dataset, the rules they imply, and what `assay lint` says of them. */
#include "check/sharing.h"

#include "base/mem.h"
#include "pack/load.h"

static const char *const share_words[] = {"unconditional", "conditional", "none"};

static const char *read_choice(ay_load *l, const ay_node *map, const char *key)
{
    const ay_node *node = ay_node_get(map, key);
    uint32_t word;
    if (!node || !AY_ASK(l, ay_param_word(&l->build, node, share_words, AY_COUNT(share_words), &word))) return "";
    return share_words[word];
}

static bool is_word(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static void check_effect(ay_load *l, const ay_node *map, const ay_dataset *dataset)
{
    const ay_node *condition = ay_node_get(map, "condition"), *basis = ay_node_get(map, "basis");
    if (condition && !is_word(dataset->share, "conditional") && !is_word(dataset->open, "conditional"))
        ay_diag_error(l->build.diags, "no-effect", condition->key->pos,
                      "'condition' does nothing: neither 'share' nor 'open' is conditional",
                      "condition 不起作用：share 和 open 均不是 conditional");
    if (basis && !ay_node_get(map, "share") && !ay_node_get(map, "open"))
        ay_diag_error(l->build.diags, "no-effect", basis->key->pos,
                      "'basis' does nothing: neither 'share' nor 'open' is stated",
                      "basis 不起作用：share 和 open 均未注明");
}

void ay_load_sharing(ay_load *l, const ay_node *map, ay_dataset *dataset)
{
    dataset->share = read_choice(l, map, "share");
    dataset->open = read_choice(l, map, "open");
    dataset->condition = ay_read_text_of(l, map, "condition");
    dataset->basis = ay_read_text_of(l, map, "basis");
    if (is_word(dataset->share, "none") && ay_asks_to_open(ay_str_from(dataset->open)))
        ay_diag_error(l->build.diags, "contradiction", ay_node_get(map, "open")->pos,
                      "data that is not shared cannot be open: 'share: none' implies 'open: none'",
                      "不予共享的数据不能开放：share: none 时 open 只能为 none");
    check_effect(l, map, dataset);
}

/* ---- Implied rules ---- */

static bool imply(ay_load *l, const char *kind, ay_node node, ay_implied *ret)
{
    ay_node *nodes = ay_load_array(l, 2, sizeof *nodes);
    if (!nodes) return false;
    nodes[1] = (ay_node){.kind = AY_NODE_SCALAR, .pos = node.pos, .text = ay_str_from(kind)};
    nodes[0] = node;
    nodes[0].key = &nodes[1];
    ret->check = nodes;
    return true;
}

/* What is stated, as one map. */
static bool imply_sharing(ay_load *l, const ay_node *map, ay_implied *ret)
{
    static const char *const keys[] = {"share", "open", "condition", "basis"};
    ay_node node = {.kind = AY_NODE_MAP};
    const ay_node **items = ay_load_array(l, AY_COUNT(keys), sizeof *items);
    if (!items) return false;
    for (size_t i = 0; i < AY_COUNT(keys); i++) {
        const ay_node *item = ay_node_get(map, keys[i]);
        if (item) items[node.n++] = item;
    }
    node.items = items;
    node.pos = items[0]->pos;
    *ret = (ay_implied){.field = -1, .severity = AY_ERROR, .basis = "《政务数据共享条例》第十四条、第十五条"};
    return imply(l, "sharing", node, ret);
}

static bool can_hold_personal(const ay_field *field)
{
    const bool is_text = field->type == AY_TEXT || field->type == AY_JSON || field->type == AY_JSONB;
    return is_text && !ay_forbids_opening(field);
}

static bool imply_personal(ay_load *l, const ay_dataset *dataset, uint32_t field, ay_implied *ret)
{
    const ay_node yes = {.kind = AY_NODE_SCALAR, .pos = dataset->facts[field].pos, .text = AY_STR("true")};
    *ret = (ay_implied){.field = (int32_t)field, .severity = AY_CRITICAL, .basis = ""};
    return imply(l, "personal", yes, ret);
}

uint32_t ay_load_implied(ay_load *l, const ay_node *map, const ay_dataset *dataset, const ay_implied **ret)
{
    uint32_t n = 0;
    ay_implied *rules = ay_load_array(l, (size_t)dataset->n_fields + 2, sizeof *rules);
    if (!rules) return 0;
    *ret = rules;
    if (*dataset->share || *dataset->open) n += imply_sharing(l, map, &rules[n]);
    if (!ay_asks_to_open(ay_str_from(dataset->open))) return n;
    rules[n] = (ay_implied){.field = -1, .severity = AY_CRITICAL, .basis = ""};
    n += imply(l, "opening", *ay_node_get(map, "open"), &rules[n]);
    for (uint32_t i = 0; i < dataset->n_fields; i++)
        if (can_hold_personal(&dataset->fields[i])) n += imply_personal(l, dataset, i, &rules[n]);
    return n;
}

/* ---- Lint ---- */

void ay_lint_sharing(ay_load *l, const ay_dataset *dataset, const ay_node *map)
{
    static const char *const codes[] = {[AY_SHARE_CONDITION] = "sharing-condition",
                                        [AY_SHARE_BASIS] = "sharing-basis",
                                        [AY_OPEN_CONDITION] = "sharing-condition",
                                        [AY_OPEN_BASIS] = "sharing-basis"};
    _Static_assert(AY_COUNT(codes) == AY_SHARING_FAULTS, "a code for every fault");
    const ay_str open = ay_str_from(dataset->open);
    const uint32_t faults = ay_sharing_faults(ay_str_from(dataset->share), open, *dataset->condition, *dataset->basis);
    for (uint32_t i = 0; i < AY_SHARING_FAULTS; i++) {
        const char *key = i == AY_SHARE_CONDITION || i == AY_SHARE_BASIS ? "share" : "open";
        if (faults >> i & 1)
            ay_diag_warn(l->build.diags, codes[i], ay_node_get(map, key)->pos, "%s%.0s", "%.0s%s",
                         ay_sharing_fault_text((ay_sharing_fault)i, false),
                         ay_sharing_fault_text((ay_sharing_fault)i, true));
    }
    for (uint32_t i = 0; ay_asks_to_open(open) && i < dataset->n_fields; i++) {
        const ay_field *field = &dataset->fields[i];
        if (ay_forbids_opening(field))
            ay_diag_warn(l->build.diags, "open-personal", dataset->facts[i].pos,
                         "open dataset holds %1$s field %2$s%3$.0s", "%1$.0s开放的数据集含有%3$s字段 %2$s",
                         ay_level_name(field->level), field->name, field->level == AY_PERSONAL ? "个人信息" : "敏感");
    }
}
