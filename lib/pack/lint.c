/* What `assay lint` finds in a pack without errors: rules that no value can meet, rules said twice, things nobody uses. */
#include "pack/load.h"
#include "pack/tree.h"

#include "base/mem.h"

/* Of two rules the one that was written second, as far as that can be told: a standard comes before its use. */
static const ay_rule *second_of(const ay_load *l, const ay_rule *a, const ay_rule *b)
{
    if (a->pos.file != b->pos.file) return a->pos.file == l->docs[0].name ? a : b;
    if (a->pos.line != b->pos.line) return a->pos.line > b->pos.line ? a : b;
    return a->pos.column > b->pos.column ? a : b;
}

/* ---- Things nobody uses ---- */

/* Only of the pack's own file: an included library always has more than one pack needs. */
static void unused_entries(ay_load *l)
{
    if (l->pack->n_datasets == 0) return; /* a library itself */
    for (uint32_t i = 0; i < l->n_declared; i++) {
        const ay_standard *s = &l->standards[i];
        if (s->used || l->drafts[i].doc != 0) continue;
        ay_diag_warn(l->build.diags, "unused-standard", s->pos, "no field uses standard '%s'", "没有字段使用标准“%s”", s->id);
    }
    for (uint32_t i = 0; i < l->pack->n_sources; i++) {
        if (l->source_drafts[i].used || l->source_drafts[i].doc != 0) continue;
        ay_diag_warn(l->build.diags, "unused-source", l->sources[i].pos, "no dataset or field uses source '%s'",
                     "没有数据集或字段使用数源“%s”", l->sources[i].id);
    }
}

/* The files that a file includes, itself and theirs among them. */
static uint64_t reach(const ay_load *l, uint32_t doc)
{
    uint64_t seen = UINT64_C(1) << doc;
    for (uint64_t before = 0; before != seen;) {
        before = seen;
        for (uint32_t i = 0; i < l->n_docs; i++) {
            if (before >> i & 1) seen |= l->docs[i].includes;
        }
    }
    return seen;
}

static uint64_t used_docs(const ay_load *l)
{
    uint64_t used = 0;
    for (uint32_t i = 0; i < l->n_declared; i++) {
        if (l->standards[i].used) used |= UINT64_C(1) << l->drafts[i].doc;
    }
    for (uint32_t i = 0; i < l->pack->n_sources; i++) {
        if (l->source_drafts[i].used) used |= UINT64_C(1) << l->source_drafts[i].doc;
    }
    return used;
}

static void unused_includes(ay_load *l)
{
    const ay_node *list = ay_node_get(l->docs[0].root, "include");
    if (!list || l->pack->n_datasets == 0) return;
    const uint64_t used = used_docs(l);
    for (size_t i = 0; i < list->n; i++) {
        if (reach(l, l->included[i]) & used) continue;
        ay_diag_warn(l->build.diags, "unused-include", list->items[i]->pos, "nothing of '%s' is used", "“%s”中的内容均未使用",
                     list->items[i]->text.ptr);
    }
}

/* ---- Rules said twice ---- */

static const ay_node *where_of(const ay_rule *rule, const ay_node *const *options)
{
    return options[rule->ordinal] ? ay_node_get(options[rule->ordinal], "where") : NULL;
}

/* The map of a listed rule, to compare its `where` as written. */
static const ay_node **options_of(ay_load *l, const ay_dataset *d, const ay_node *list)
{
    const ay_node **options = ay_load_array(l, d->n_rules, sizeof *options);
    for (uint32_t i = 0; options && list && i < d->n_rules; i++) {
        for (size_t k = 0; k < list->n && d->rules[i]->where; k++) {
            if (ay_node_get(list->items[k], d->rules[i]->kind->name) == d->rules[i]->arg) options[i] = list->items[k];
        }
    }
    return options;
}

static bool same_rule(const ay_rule *a, const ay_rule *b, const ay_node *const *options)
{
    return a->kind == b->kind && a->field == b->field && ay_tree_same(a->arg, b->arg) &&
           ay_tree_same(where_of(a, options), where_of(b, options));
}

static void repeated_rules(ay_load *l, const ay_dataset *d, const ay_node *list)
{
    const ay_node **options = options_of(l, d, list);
    for (uint32_t i = 0; options && i < d->n_rules; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (!same_rule(d->rules[k], d->rules[i], options)) continue;
            const ay_rule *second = second_of(l, d->rules[k], d->rules[i]);
            const ay_rule *first = second == d->rules[i] ? d->rules[k] : d->rules[i];
            ay_diag_warn(l->build.diags, "repeated-rule", second->pos, "rule '%s' says the same as '%s' (%s:%u)",
                         "规则“%s”与“%s”（%s:%u）相同", second->id, first->id, first->pos.file, first->pos.line);
            break;
        }
    }
}

/* ---- Rules that no value can meet ---- */

/* The next rule of one kind over all records of a field, from *at on. */
static const ay_rule *next_rule(const ay_dataset *d, uint32_t field, const char *kind, uint32_t *at)
{
    while (*at < d->n_rules) {
        const ay_rule *rule = d->rules[(*at)++];
        if (rule->field == (int32_t)field && !rule->where && strcmp(rule->kind->name, kind) == 0) return rule;
    }
    return NULL;
}

/* False: depends on the day of the run. */
static bool fixed_bound(ay_load *l, const ay_field *field, const ay_rule *rule, ay_cell *ret)
{
    const ay_constant *constant = ay_constant_compile(l->build.arena, rule->arg, field->type, field->zone, l->build.diags);
    if (!constant) l->nomem = true;
    if (!constant || !ay_constant_is_fixed(constant)) return false;
    *ret = ay_constant_value(constant, &(ay_context){.zone = field->zone});
    return !ret->is_bad && !ret->is_null;
}

static void report_pair(ay_load *l, const char *code, const ay_field *field, const ay_rule *a, const ay_rule *b)
{
    const ay_rule *second = second_of(l, a, b), *first = second == b ? a : b;
    ay_diag_warn(l->build.diags, code, second->pos, "no value of '%s' can meet both '%s' and '%s'",
                 "“%s”没有任何值能同时满足“%s”和“%s”", field->name, first->id, second->id);
}

static void bounds_pair(ay_load *l, const ay_field *field, const ay_rule *low, const ay_rule *high)
{
    ay_cell from, to;
    if (!fixed_bound(l, field, low, &from) || !fixed_bound(l, field, high, &to)) return;
    const bool open = strncmp(low->kind->name, "exclusive", 9) == 0 || strncmp(high->kind->name, "exclusive", 9) == 0;
    const int c = ay_cell_cmp(&from, &to);
    if (c < 0 || (c == 0 && !open)) return;
    report_pair(l, "empty-range", field, low, high);
}

static void empty_ranges(ay_load *l, const ay_dataset *d, uint32_t field)
{
    static const char *const lows[] = {"min", "exclusive_min"}, *const highs[] = {"max", "exclusive_max"};
    for (size_t i = 0; i < 4; i++) {
        uint32_t a = 0;
        for (const ay_rule *low; (low = next_rule(d, field, lows[i / 2], &a)) != NULL;) {
            uint32_t b = 0;
            for (const ay_rule *high; (high = next_rule(d, field, highs[i % 2], &b)) != NULL;) {
                bounds_pair(l, &d->fields[field], low, high);
            }
        }
    }
}

typedef struct lengths {
    uint64_t min, max;
    ay_str unit;
} lengths;

/* As written; that these are numbers was found when the rule was compiled. */
static lengths lengths_of(const ay_node *arg)
{
    lengths ret = {0, UINT64_MAX, AY_STR("characters")};
    const bool is_map = arg->kind == AY_NODE_MAP;
    const ay_node *min = is_map ? ay_node_get(arg, "min") : arg, *max = is_map ? ay_node_get(arg, "max") : arg;
    const ay_node *unit = ay_node_get(arg, "unit");
    int64_t value;
    if (min && ay_i64_parse(min->text, &value) == AY_NUM_OK) ret.min = (uint64_t)value;
    if (max && ay_i64_parse(max->text, &value) == AY_NUM_OK) ret.max = (uint64_t)value;
    if (unit) ret.unit = unit->text;
    return ret;
}

static void contradicting_lengths(ay_load *l, const ay_dataset *d, uint32_t field)
{
    uint32_t a = 0;
    for (const ay_rule *one; (one = next_rule(d, field, "length", &a)) != NULL;) {
        uint32_t b = a;
        for (const ay_rule *two; (two = next_rule(d, field, "length", &b)) != NULL;) {
            const lengths x = lengths_of(one->arg), y = lengths_of(two->arg);
            if (!ay_str_eq(x.unit, y.unit) || (x.min <= y.max && y.min <= x.max)) continue;
            report_pair(l, "contradicting-lengths", &d->fields[field], one, two);
        }
    }
}

static bool holds(const ay_node *list, const ay_node *item)
{
    for (size_t i = 0; i < list->n; i++) {
        if (ay_str_eq(list->items[i]->text, item->text)) return true;
    }
    return false;
}

static void excluded_sets(ay_load *l, const ay_dataset *d, uint32_t field)
{
    uint32_t a = 0;
    for (const ay_rule *one; (one = next_rule(d, field, "one_of", &a)) != NULL;) {
        uint32_t b = 0;
        for (const ay_rule *none; (none = next_rule(d, field, "not_in", &b)) != NULL;) {
            size_t left = one->arg->n;
            for (size_t i = 0; i < one->arg->n; i++) left -= holds(none->arg, one->arg->items[i]);
            if (left) continue;
            ay_diag_warn(l->build.diags, "excluded-set", none->pos, "'%s' excludes every value that '%s' allows",
                         "“%s”排除了“%s”允许的所有值", none->id, one->id);
        }
    }
}

/* ---- Fields and keys ---- */

static bool has_rule(const ay_dataset *d, uint32_t field)
{
    for (uint32_t i = 0; i < d->n_rules; i++) {
        const ay_rule *rule = d->rules[i];
        for (uint32_t k = 0; k < rule->n_fields; k++) {
            if (rule->fields[k] == field) return true;
        }
    }
    return false;
}

static bool is_key(const ay_dataset *d, uint32_t field)
{
    for (uint32_t i = 0; i < d->n_key; i++) {
        if (d->key[i] == field) return true;
    }
    return false;
}

/* A rule over some of the key's fields: where these are unique, the key is. */
static bool key_is_unique(const ay_dataset *d)
{
    for (uint32_t i = 0; i < d->n_rules; i++) {
        const ay_rule *rule = d->rules[i];
        if (rule->where || strcmp(rule->kind->name, "unique") != 0) continue;
        uint32_t inside = 0;
        while (inside < rule->n_fields && is_key(d, rule->fields[inside])) inside++;
        if (inside == rule->n_fields) return true;
    }
    return false;
}

static void check_key(ay_load *l, const ay_dataset *d, const ay_node *map)
{
    const ay_pos pos = ay_node_get(map, "key")->pos;
    for (uint32_t i = 0; i < d->n_key; i++) {
        uint32_t at = 0;
        if (next_rule(d, d->key[i], "required", &at)) continue;
        ay_diag_warn(l->build.diags, "key-not-required", pos, "key field '%s' is not required: a record without it cannot be named",
                     "主键字段“%s”未设为必填：缺少它的记录无法指明", d->fields[d->key[i]].name);
    }
    if (key_is_unique(d)) return;
    ay_diag_warn(l->build.diags, "key-not-unique", pos, "no rule says that the key of '%s' is unique", "没有规则要求“%s”的主键唯一",
                 d->name);
}

static void check_dataset(ay_load *l, const ay_dataset *d, const ay_node *map)
{
    repeated_rules(l, d, ay_node_get(map, "rules"));
    check_key(l, d, map);
    for (uint32_t i = 0; i < d->n_fields && !l->nomem; i++) {
        empty_ranges(l, d, i);
        contradicting_lengths(l, d, i);
        excluded_sets(l, d, i);
        if (has_rule(d, i)) continue;
        ay_diag_warn(l->build.diags, "field-without-rule", d->facts[i].pos, "no rule reads field '%s'", "没有规则涉及字段“%s”",
                     d->fields[i].name);
    }
}

void ay_load_lint(ay_load *l)
{
    const ay_node *datasets = ay_node_get(l->docs[0].root, "datasets");
    unused_entries(l);
    unused_includes(l);
    for (uint32_t i = 0; i < l->pack->n_datasets && !l->nomem; i++) check_dataset(l, &l->datasets[i], datasets->items[i]);
}
