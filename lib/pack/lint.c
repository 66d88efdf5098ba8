/* What `assay lint` finds in a pack without errors: rules that no value can meet, rules said twice, things nobody uses.
 */
#include "pack/load.h"

#include <stdlib.h>

#include "base/mem.h"
#include "check/length.h"

const ay_rule *ay_lint_second(const ay_load *l, const ay_rule *a, const ay_rule *b)
{
    if (a->pos.file != b->pos.file) return a->pos.file == l->docs[0].name ? a : b;
    if (a->pos.line != b->pos.line) return a->pos.line > b->pos.line ? a : b;
    return a->pos.column > b->pos.column ? a : b;
}

static bool is_kind(const ay_rule *rule, const char *name)
{
    return strcmp(rule->kind->name, name) == 0;
}

/* ---- Things nobody uses ---- */

/* Only of the pack's own file: an included library always has more than one pack needs. */
static void unused_entries(ay_load *l)
{
    if (l->pack->n_datasets == 0) return; /* a library itself */
    for (uint32_t i = 0; i < l->n_declared; i++) {
        const ay_standard *s = &l->standards[i];
        if (s->used || l->drafts[i].doc != 0) continue;
        ay_diag_warn(l->build.diags, "unused-standard", s->pos, "no field uses standard '%s'", "没有字段使用标准“%s”",
                     s->id);
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
        ay_diag_warn(l->build.diags, "unused-include", list->items[i]->pos, "nothing of '%s' is used",
                     "“%s”中的内容均未使用", list->items[i]->text.ptr);
    }
}

/* ---- Rules said twice ---- */

static int by_key(const void *a, const void *b)
{
    const ay_str x = (*(const ay_node *const *)a)->key->text, y = (*(const ay_node *const *)b)->key->text;
    return ay_str_cmp(x, y);
}

/* In the order of the keys, which says nothing. NULL: out of memory. */
static const ay_node **sorted_items(ay_load *l, const ay_node *map)
{
    const ay_node **items = ay_load_array(l, map->n, sizeof *items);
    if (!items) return NULL;
    if (map->n) memcpy(items, map->items, map->n * sizeof *items);
    if (map->n) qsort(items, map->n, sizeof *items, by_key);
    return items;
}

/* Lengths before texts: different trees have different bytes. */
static void put_tree(ay_load *l, ay_buf *out, const ay_node *node)
{
    const bool is_map = node->kind == AY_NODE_MAP;
    const ay_node **sorted = is_map ? sorted_items(l, node) : NULL;
    if (is_map && !sorted) return;
    ay_buf_printf(out, "%d,%zu,%zu:", (int)node->kind, node->n, node->text.len);
    ay_buf_str(out, node->text);
    for (size_t i = 0; i < node->n; i++) {
        if (is_map) put_tree(l, out, sorted[i]->key);
        put_tree(l, out, is_map ? sorted[i] : node->items[i]);
    }
}

/* What a rule says, the same for every way to write it. */
static void put_rule(ay_load *l, ay_buf *out, const ay_rule *rule)
{
    ay_buf_printf(out, "%s %d %d ", rule->kind->name, (int)rule->field, (int)rule->nulls);
    if (is_kind(rule, "expect")) ay_expr_canonical(rule->arg, l->build.diags, out);
    else put_tree(l, out, rule->arg);
    ay_buf_text(out, " where ");
    if (rule->condition) ay_expr_canonical(rule->condition, l->build.diags, out);
}

static void report_repeated(ay_load *l, const ay_rule *a, const ay_rule *b)
{
    const ay_rule *second = ay_lint_second(l, a, b), *first = second == b ? a : b;
    ay_diag_warn(l->build.diags, "repeated-rule", second->pos, "rule '%s' says the same as '%s' (%s:%u)",
                 "规则“%s”与“%s”（%s:%u）相同", second->id, first->id, first->pos.file, first->pos.line);
}

static void repeated_rules(ay_load *l, const ay_dataset *d)
{
    ay_set seen = {0};
    for (uint32_t i = 0; i < d->n_rules && !l->nomem; i++) {
        ay_buf said = {0};
        ay_str name;
        uint32_t before = UINT32_MAX;
        put_rule(l, &said, d->rules[i]);
        if (said.failed || !ay_arena_str(l->build.arena, ay_buf_view(&said), &name) ||
            !ay_set_add(&seen, name, i, &before))
            l->nomem = true;
        else if (before != UINT32_MAX) report_repeated(l, d->rules[before], d->rules[i]);
        ay_buf_free(&said);
    }
    ay_set_free(&seen);
}

/* ---- Rules that no value can meet ---- */

/* The rules of one field over all its records, in the order of their ids. */
typedef struct group {
    const ay_rule **rules;
    uint32_t n;
} group;

static group *group_rules(ay_load *l, const ay_dataset *d)
{
    group *groups = ay_load_array(l, d->n_fields, sizeof *groups);
    const ay_rule **rules = ay_load_array(l, d->n_rules, sizeof *rules);
    if (l->nomem) return NULL;
    for (uint32_t i = 0; i < d->n_rules; i++) {
        if (d->rules[i]->field >= 0 && !d->rules[i]->where) groups[d->rules[i]->field].n++;
    }
    for (uint32_t i = 0; i < d->n_fields; i++) {
        groups[i].rules = rules;
        rules += groups[i].n;
        groups[i].n = 0;
    }
    for (uint32_t i = 0; i < d->n_rules; i++) {
        if (d->rules[i]->field < 0 || d->rules[i]->where) continue;
        group *g = &groups[d->rules[i]->field];
        g->rules[g->n++] = d->rules[i];
    }
    return groups;
}

static void report_pair(ay_load *l, const char *code, const ay_field *field, const ay_rule *a, const ay_rule *b)
{
    const ay_rule *second = ay_lint_second(l, a, b), *first = second == b ? a : b;
    ay_diag_warn(l->build.diags, code, second->pos, "no value of '%s' can meet both '%s' and '%s'",
                 "“%s”没有任何值能同时满足“%s”和“%s”", field->name, first->id, second->id);
}

/* One end of the range that the rules of a field leave. */
typedef struct bound {
    const ay_rule *rule; /* NULL: none */
    ay_cell at;
    bool is_open;
} bound;

bool ay_lint_fixed(ay_load *l, const ay_field *field, const ay_rule *rule, ay_cell *ret)
{
    const ay_constant *constant =
        ay_constant_compile(l->build.arena, rule->arg, field->type, field->zone, l->build.diags);
    if (!constant) l->nomem = true;
    if (!constant || !ay_constant_is_fixed(constant)) return false;
    *ret = ay_constant_value(constant, &(ay_context){.zone = field->zone});
    return !ret->is_bad && !ret->is_null;
}

/* direction 1: the greatest lower end is the tightest, -1: the least upper end. */
static void tighten(ay_load *l, const ay_field *field, const ay_rule *rule, int direction, bound *ret)
{
    bound one = {.rule = rule, .is_open = strncmp(rule->kind->name, "exclusive", 9) == 0};
    if (!ay_lint_fixed(l, field, rule, &one.at)) return;
    const int c = ret->rule ? direction * ay_cell_cmp(&one.at, &ret->at) : 1;
    if (c > 0 || (c == 0 && one.is_open && !ret->is_open)) *ret = one;
}

static void empty_range(ay_load *l, const ay_field *field, const group *g)
{
    bound low = {0}, high = {0};
    for (uint32_t i = 0; i < g->n; i++) {
        const ay_rule *rule = g->rules[i];
        if (is_kind(rule, "min") || is_kind(rule, "exclusive_min")) tighten(l, field, rule, 1, &low);
        if (is_kind(rule, "max") || is_kind(rule, "exclusive_max")) tighten(l, field, rule, -1, &high);
    }
    if (!low.rule || !high.rule) return;
    const int c = ay_cell_cmp(&low.at, &high.at);
    if (c > 0 || (c == 0 && (low.is_open || high.is_open))) report_pair(l, "empty-range", field, low.rule, high.rule);
}

typedef struct span {
    const ay_rule *min_rule, *max_rule;
    uint64_t min, max;
} span;

static void narrow(const ay_rule *rule, uint32_t unit, span *ret)
{
    const ay_length *length = ay_length_of(rule);
    if (!length || length->unit != unit) return;
    if (!ret->min_rule || length->min > ret->min) {
        ret->min_rule = rule;
        ret->min = length->min;
    }
    if (!ret->max_rule || length->max < ret->max) {
        ret->max_rule = rule;
        ret->max = length->max;
    }
}

static void contradicting_lengths(ay_load *l, const ay_field *field, const group *g)
{
    for (uint32_t unit = 0; unit < AY_LENGTH_UNITS; unit++) {
        span left = {0};
        for (uint32_t i = 0; i < g->n; i++) narrow(g->rules[i], unit, &left);
        if (!left.min_rule || left.min <= left.max) continue;
        report_pair(l, "contradicting-lengths", field, left.min_rule, left.max_rule);
    }
}

/* ---- Fields and keys ---- */

static void mark(bool *read, const uint32_t *fields, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) read[fields[i]] = true;
}

/* Those that are only there to name, choose or divide records are read too. */
static void fields_without_rule(ay_load *l, const ay_dataset *d)
{
    bool *read = ay_load_array(l, d->n_fields, sizeof *read);
    if (!read) return;
    mark(read, d->key, d->n_key);
    if (d->segment.field >= 0) read[d->segment.field] = true;
    for (uint32_t i = 0; i < d->n_rules; i++) {
        const ay_rule *rule = d->rules[i];
        const uint32_t *fields = NULL, n = rule->where ? ay_expr_fields(rule->where, &fields) : 0;
        mark(read, rule->fields, rule->n_fields);
        mark(read, fields, n);
    }
    for (uint32_t i = 0; i < d->n_fields; i++) {
        if (read[i]) continue;
        ay_diag_warn(l->build.diags, "field-without-rule", d->facts[i].pos, "no rule reads field '%s'",
                     "没有规则涉及字段“%s”", d->fields[i].name);
    }
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

static bool is_required(const group *g)
{
    uint32_t i = 0;
    while (i < g->n && !is_kind(g->rules[i], "required")) i++;
    return i < g->n;
}

static void check_key(ay_load *l, const ay_dataset *d, const group *groups, ay_pos pos)
{
    for (uint32_t i = 0; i < d->n_key; i++) {
        if (is_required(&groups[d->key[i]])) continue;
        ay_diag_warn(l->build.diags, "key-not-required", pos,
                     "key field '%s' is not required: a record without it cannot be named",
                     "主键字段“%s”未设为必填：缺少它的记录无法指明", d->fields[d->key[i]].name);
    }
    if (key_is_unique(d)) return;
    ay_diag_warn(l->build.diags, "key-not-unique", pos, "no rule says that the key of '%s' is unique",
                 "没有规则要求“%s”的主键唯一", d->name);
}

static void check_dataset(ay_load *l, const ay_dataset *d, const ay_node *map)
{
    const group *groups = group_rules(l, d);
    if (!groups) return;
    repeated_rules(l, d);
    check_key(l, d, groups, ay_node_get(map, "key")->pos);
    fields_without_rule(l, d);
    ay_lint_sharing(l, d, map);
    for (uint32_t i = 0; i < d->n_fields && !l->nomem; i++) {
        empty_range(l, &d->fields[i], &groups[i]);
        contradicting_lengths(l, &d->fields[i], &groups[i]);
        ay_lint_members(l, &d->fields[i], groups[i].rules, groups[i].n);
    }
}

void ay_load_lint(ay_load *l)
{
    const ay_node *datasets = ay_node_get(l->docs[0].root, "datasets");
    unused_entries(l);
    unused_includes(l);
    for (uint32_t i = 0; i < l->pack->n_datasets && !l->nomem; i++) {
        check_dataset(l, &l->datasets[i], datasets->items[i]);
    }
}
