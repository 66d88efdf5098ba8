/* The rules of a dataset: implied by types and standards, given as options of fields, or listed. All are one thing. */
#include "pack/load.h"

#include <stdlib.h>

#include "base/mem.h"

/* A rule before it is known that it stands. */
typedef struct draft {
    const ay_node *check;   /* the parameter; its key is the check */
    const ay_node *options; /* the map around it, NULL: an option of a field */
    ay_str name;            /* last part of the id */
    int32_t field;          /* -1: over the record or dataset */
    bool is_listed;         /* under `rules`: its id does not name the field */
    const char *basis;
    ay_pos pos;
} draft;

typedef struct builder {
    ay_load *l;
    ay_dataset *dataset;
    ay_rule **rules;
    uint32_t n, cap;
} builder;

static const ay_node *report_check(ay_load *l, const ay_node *map, const ay_node *first, const ay_node *second)
{
    if (second) {
        ay_diag_error(l->build.diags, "two-checks", second->key->pos,
                      "a rule has exactly one check: '%s' and '%s' are two rules",
                      "一条规则只能有一项检查：“%s”和“%s”应为两条规则", first->key->text.ptr, second->key->text.ptr);
    } else {
        ay_diag_error(l->build.diags, "no-check", map->pos, "the rule has no check", "规则没有检查项");
    }
    return NULL;
}

static bool is_word(ay_str text, const ay_keys *keys)
{
    for (size_t i = 0; i < keys->n; i++) {
        if (ay_str_is(text, keys->words[i])) return true;
    }
    return false;
}

/* `words` beside all checks that may stand here. */
static void report_key(ay_load *l, const ay_node *key, const ay_keys *keys, bool values_only)
{
    size_t n = 0;
    while (ay_kind_at(n)) n++;
    const char **words = ay_load_array(l, keys->n + n, sizeof *words);
    if (!words) return;
    memcpy(words, keys->words, keys->n * sizeof *words);
    size_t used = keys->n;
    for (size_t i = 0; i < n; i++) {
        const ay_kind *kind = ay_kind_at(i);
        if (!kind->implied && (!values_only || kind->over == AY_OVER_VALUE)) words[used++] = kind->name;
    }
    ay_diag_unknown(l->build.diags, "unknown-key", key->pos, "key", "键", key->text, words, used);
}

/* Whether the check may be written at all. */
static bool may_stand(ay_load *l, const ay_node *check, const ay_kind *kind)
{
    if (!kind->implied) return true;
    ay_diag_error(l->build.diags, "misplaced-check", check->key->pos,
                  "check '%s' follows from 'share' and 'open' of the dataset: it is not written",
                  "检查“%s”由数据集的 share 和 open 得出：无需书写", kind->name);
    return false;
}

const ay_node *ay_rule_check(ay_load *l, const ay_node *map, bool in_standard)
{
    const ay_keys *keys = in_standard ? &ay_keys_standard_check : &ay_keys_rule;
    const ay_node *check = NULL, *second = NULL;
    bool known = true;
    if (map->kind != AY_NODE_MAP) {
        ay_diag_error(l->build.diags, "wrong-kind", map->pos, "a rule is a map such as {length: 18}, found a %s",
                      "规则应为映射，如 {length: 18}，而不是 %s", ay_node_kind_name(map->kind));
        return NULL;
    }
    for (size_t i = 0; i < map->n; i++) {
        const ay_node *item = map->items[i];
        if (is_word(item->key->text, keys)) continue;
        const ay_kind *kind = ay_kind_find(item->key->text);
        if (!kind) report_key(l, item->key, keys, in_standard);
        if (!kind || !may_stand(l, item, kind)) {
            known = false;
        } else if (!check) {
            check = item;
        } else if (!second) {
            second = item;
        }
    }
    if (second || (!check && known)) return report_check(l, map, check, second);
    return known ? check : NULL;
}

/* ---- One rule ---- */

static const char *rule_id(const builder *b, const draft *d)
{
    const char *dataset = b->dataset->name;
    const int len = (int)d->name.len;
    if (d->is_listed) return ay_load_format(b->l, "%s.%.*s", dataset, len, d->name.ptr);
    return ay_load_format(b->l, "%s.%s.%.*s", dataset, b->dataset->fields[d->field].name, len, d->name.ptr);
}

/* A finding shows every field of its rule. */
static bool is_narrow(ay_load *l, const ay_rule *rule)
{
    if (rule->n_fields <= AY_RULE_FIELDS_MAX) return true;
    ay_diag_error(l->build.diags, "too-many", rule->arg->pos, "the rule reads %u fields, more than %d: split it",
                  "规则涉及 %u 个字段，多于 %d 个：请拆分", rule->n_fields, AY_RULE_FIELDS_MAX);
    return false;
}

static ay_rule *compile(builder *b, const draft *d)
{
    ay_load *l = b->l;
    ay_rule *rule = ay_load_array(l, 1, sizeof *rule);
    if (!rule) return NULL;
    *rule = (ay_rule){.kind = ay_kind_find(d->check->key->text), .pos = d->pos, .arg = d->check, .field = d->field};
    ay_rule_defaults(rule);
    rule->basis = d->basis;
    const bool options = !d->options || ay_rule_options(l, d->options, !d->is_listed, rule);
    if (!AY_ASK(l, rule->kind->compile(&l->build, d->check, rule))) return NULL;
    return is_narrow(l, rule) && options ? rule : NULL;
}

static bool keep(builder *b, ay_rule *rule, const char *id)
{
    if (!rule || !id) return false;
    rule->id = id;
    if (b->n == b->cap) {
        const uint32_t cap = b->cap ? b->cap * 2 : 32;
        ay_rule **grown = ay_realloc_array(b->rules, cap, sizeof *grown);
        if (!grown) return b->l->nomem = true, false;
        b->rules = grown;
        b->cap = cap;
    }
    b->rules[b->n++] = rule;
    return true;
}

static bool add(builder *b, const draft *d)
{
    if (b->l->nomem) return false;
    return keep(b, compile(b, d), rule_id(b, d));
}

/* ---- Rules of a field ---- */

/* The parameter of a rule that nobody wrote down: its own type, told in the standard or known from a built-in one. */
static const ay_node *type_node(ay_load *l, ay_type type, ay_pos pos)
{
    ay_node *node = ay_load_array(l, 2, sizeof *node);
    if (!node) return NULL;
    node[1] = (ay_node){.kind = AY_NODE_SCALAR, .pos = pos, .text = AY_STR("type")};
    node[0] = (ay_node){.kind = AY_NODE_SCALAR, .pos = pos, .text = ay_str_from(ay_type_name(type)), .key = &node[1]};
    return node;
}

static void add_type(builder *b, int32_t field, const ay_standard *standard, const ay_standard_draft *more, ay_pos pos)
{
    if (standard->type == AY_TEXT) return;
    const ay_pos at = more->type ? more->type->pos : pos;
    const ay_node *node = type_node(b->l, standard->type, at);
    if (node)
        add(b, &(draft){.check = node, .name = node->key->text, .field = field, .basis = standard->basis, .pos = at});
}

static void add_standard(builder *b, int32_t field, const ay_standard *standard, ay_standard_draft *more)
{
    const ay_node *normalize = standard->normalizers ? more->normalize : NULL;
    if (normalize && !add(b, &(draft){.check = normalize,
                                      .name = normalize->key->text,
                                      .field = field,
                                      .basis = standard->basis,
                                      .pos = normalize->pos})) {
        more->normalize = NULL; /* its fault was told: once is enough */
    }
    for (size_t i = 0; more->checks && i < more->checks->n; i++) {
        const ay_node *map = more->checks->items[i];
        if (more->bad[i]) continue;
        const ay_node *check = ay_rule_check(b->l, map, true), *id = ay_node_get(map, "id");
        const ay_str name = id ? id->text : check->key->text;
        more->bad[i] = !add(b, &(draft){.check = check,
                                        .options = map,
                                        .name = name,
                                        .field = field,
                                        .basis = standard->basis,
                                        .pos = check->key->pos});
    }
}

/* The check that an option of a field stands for. NULL: none, reported where it is none of the others either. */
static const ay_kind *option_kind(ay_load *l, const ay_node *option)
{
    if (is_word(option->key->text, &ay_keys_field)) return NULL;
    const ay_kind *kind = ay_kind_find(option->key->text);
    if (!kind) {
        report_key(l, option->key, &ay_keys_field, true);
    } else if (!may_stand(l, option, kind)) {
        return NULL;
    } else if (kind->over != AY_OVER_VALUE && strcmp(kind->name, "unique") != 0) {
        ay_diag_error(l->build.diags, "misplaced-check", option->key->pos,
                      "check '%s' is not over one value, it belongs under 'rules' of the dataset",
                      "检查“%s”不针对单个值，应写在数据集的 rules 中", kind->name);
        return NULL;
    }
    return kind;
}

/* `required: false` says what holds anyway: no rule. */
static bool is_nothing(const ay_node *option)
{
    return ay_str_is(option->key->text, "required") && option->kind == AY_NODE_SCALAR &&
           ay_str_is(option->text, "false");
}

static void add_options(builder *b, int32_t field, const ay_node *map)
{
    for (size_t i = 0; map->kind == AY_NODE_MAP && i < map->n; i++) {
        const ay_node *option = map->items[i];
        if (!option_kind(b->l, option) || is_nothing(option)) continue;
        add(b,
            &(draft){.check = option, .name = option->key->text, .field = field, .basis = "", .pos = option->key->pos});
    }
}

static void add_field(builder *b, uint32_t field, const ay_node *node)
{
    const ay_field_facts *facts = &b->dataset->facts[field];
    if (facts->standard != UINT32_MAX) { /* else its standard is unknown, which was reported */
        const ay_standard *standard = &b->l->standards[facts->standard];
        add_type(b, (int32_t)field, standard, &b->l->drafts[facts->standard], node->pos);
        add_standard(b, (int32_t)field, standard, &b->l->drafts[facts->standard]);
        add_options(b, (int32_t)field, node);
    }
}

/* ---- Rules of the list ---- */

static bool read_id(ay_load *l, const ay_node *map, ay_str *ret)
{
    const ay_node *id = ay_read_need(l, map, "id");
    if (!id || !ay_read_name(l, id, false)) return false;
    *ret = id->text;
    if (!ay_str_is(id->text, "record")) return true;
    ay_diag_error(l->build.diags, "reserved-id", id->pos, "id 'record' is kept for records that cannot be read",
                  "标识 record 保留给无法读取的记录");
    return false;
}

static bool read_field(ay_load *l, const ay_node *map, const ay_node *check, int32_t *ret)
{
    const ay_node *node = ay_node_get(map, "field");
    const ay_kind *kind = ay_kind_find(check->key->text);
    uint32_t field;
    *ret = -1;
    if (!node) return true; /* the check says where it needs one */
    if (kind->over != AY_OVER_VALUE && strcmp(kind->name, "unique") != 0) {
        ay_diag_error(l->build.diags, "misplaced-field", node->key->pos,
                      "check '%s' is not over one field: leave 'field' out", "检查“%s”不针对单个字段：请删去 field",
                      kind->name);
        return false;
    }
    if (!AY_ASK(l, ay_param_field(&l->build, node, &field))) return false;
    *ret = (int32_t)field;
    return true;
}

static void add_listed(builder *b, const ay_node *map)
{
    const ay_node *check = ay_rule_check(b->l, map, false);
    draft d = {.check = check, .options = map, .is_listed = true, .basis = "", .pos = map->pos};
    if (map->kind != AY_NODE_MAP) return;
    const bool named = read_id(b->l, map, &d.name);
    if (!check || !read_field(b->l, map, check, &d.field)) return;
    if (is_nothing(check)) {
        ay_diag_error(b->l->build.diags, "no-effect", check->key->pos,
                      "'required: false' tests nothing: leave the rule out",
                      "“required: false”不做任何检查：请删去此规则");
        return;
    }
    if (named) add(b, &d);
    else compile(b, &d); /* for its faults */
}

/* ---- All of them ---- */

static int by_id(const void *a, const void *b)
{
    const ay_rule *x = *(ay_rule *const *)a, *y = *(ay_rule *const *)b;
    const int c = strcmp(x->id, y->id);
    if (c) return c;
    return x->pos.line != y->pos.line ? (x->pos.line > y->pos.line) - (x->pos.line < y->pos.line)
                                      : (x->pos.column > y->pos.column) - (x->pos.column < y->pos.column);
}

static void report_repeated(const builder *b)
{
    for (uint32_t i = 1; i < b->n; i++) {
        const ay_rule *one = b->rules[i - 1], *two = b->rules[i];
        if (strcmp(one->id, two->id) != 0) continue;
        ay_diag_error(b->l->build.diags, "duplicate-id", two->pos, "rule id '%s' is used twice, first in %s:%u",
                      "规则标识“%s”重复使用，首次出现在 %s:%u", two->id, one->pos.file, one->pos.line);
    }
}

static void publish(builder *b)
{
    const ay_rule **rules = ay_load_array(b->l, b->n, sizeof *rules);
    if (!rules) return;
    if (b->n) qsort(b->rules, b->n, sizeof *b->rules, by_id);
    report_repeated(b);
    for (uint32_t i = 0; i < b->n; i++) {
        b->rules[i]->ordinal = i;
        rules[i] = b->rules[i];
    }
    b->dataset->rules = rules;
    b->dataset->n_rules = b->n;
}

/* ---- Implied rules ---- */

/* The pack itself says how this field is searched: that stands, unless only for some of the records. */
static bool has_own_search(const builder *b, int32_t field, const char *id)
{
    bool has = false;
    for (uint32_t i = 0; i < b->n && !has; i++) {
        const ay_rule *rule = b->rules[i];
        const bool is_search = rule->field == field && rule->kind->finds_personal && !rule->where;
        has = is_search || strcmp(rule->id, id) == 0;
    }
    return has;
}

static void add_implied(builder *b, const ay_implied *implied)
{
    const draft d = {.check = implied->check,
                     .name = implied->check->key->text,
                     .field = implied->field,
                     .is_listed = implied->field < 0,
                     .basis = implied->basis,
                     .pos = implied->check->pos};
    const char *id = rule_id(b, &d);
    if (!id || (implied->field >= 0 && has_own_search(b, implied->field, id))) return;
    ay_rule *rule = compile(b, &d);
    if (keep(b, rule, id)) rule->severity = implied->severity;
}

void ay_load_rules(ay_load *l, ay_dataset *dataset, const ay_node *map)
{
    builder b = {.l = l, .dataset = dataset};
    const ay_node *fields = ay_node_get(map, "fields"), *list = ay_node_get(map, "rules");
    const ay_implied *implied = NULL;
    for (uint32_t i = 0; i < dataset->n_fields && !l->nomem; i++) add_field(&b, i, fields->items[i]);
    if (list && list->kind != AY_NODE_LIST) {
        ay_diag_error(l->build.diags, "wrong-kind", list->pos, "'rules' takes a list, found a %s",
                      "rules 应为列表，而不是 %s", ay_node_kind_name(list->kind));
        list = NULL;
    }
    for (size_t i = 0; list && i < list->n && !l->nomem; i++) add_listed(&b, list->items[i]);
    const uint32_t n = l->nomem ? 0 : ay_load_implied(l, map, dataset, &implied);
    for (uint32_t i = 0; i < n && !l->nomem; i++) add_implied(&b, &implied[i]);
    if (!l->nomem) publish(&b);
    ay_free(b.rules);
}

void ay_load_standard_alone(ay_load *l, uint32_t standard)
{
    const ay_standard *s = &l->standards[standard];
    ay_standard_draft *more = &l->drafts[standard];
    const ay_field field = {
        .name = s->id, .column = s->id, .type = s->type, .level = s->level, .normalizers = s->normalizers};
    ay_dataset dataset = {.name = "", .fields = &field, .n_fields = 1};
    builder b = {.l = l, .dataset = &dataset};
    l->build.fields = &field;
    l->build.n_fields = 1;
    /* `at` names a field of a dataset that is not there */
    for (size_t i = 0; more->checks && i < more->checks->n; i++) {
        const ay_node *check = more->bad[i] ? NULL : ay_rule_check(l, more->checks->items[i], true);
        if (check && ay_node_get(check, "at")) more->bad[i] = true;
    }
    add_standard(&b, 0, s, more);
    l->build.fields = NULL;
    l->build.n_fields = 0;
    ay_free(b.rules);
}
