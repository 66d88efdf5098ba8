/* `datasets`: where records come from, their fields and their key; the rules are in rules.c. */
#define _GNU_SOURCE /* memmem */
#include "pack/load.h"

#include "base/mem.h"
#include "check/normalize.h"

static const char *const cycle_words[] = {"realtime",  "hourly",      "daily",  "weekly",   "monthly",
                                          "quarterly", "half-yearly", "yearly", "irregular"};

static const char *read_cycle(ay_load *l, const ay_node *map)
{
    const ay_node *node = ay_node_get(map, "update_cycle");
    uint32_t word;
    if (!node || !AY_ASK(l, ay_param_word(&l->build, node, cycle_words, AY_COUNT(cycle_words), &word))) return "";
    return cycle_words[word];
}

/* Exactly one of table, query and file. */
static void read_origin(ay_load *l, const ay_node *map, ay_dataset *dataset)
{
    static const char *const keys[] = {"table", "query", "file"};
    const char **texts[] = {&dataset->table, &dataset->query, &dataset->file};
    const ay_node *first = NULL;
    for (size_t i = 0; i < AY_COUNT(keys); i++) {
        const ay_node *node = ay_node_get(map, keys[i]);
        if (!node) continue;
        if (first) {
            ay_diag_error(l->build.diags, "contradiction", node->key->pos, "'%s' and '%s' exclude each other",
                          "“%s”与“%s”只能二选一", first->key->text.ptr, keys[i]);
            continue;
        }
        first = node;
        *texts[i] = ay_read_text(l, node);
    }
    if (first) return;
    ay_diag_error(l->build.diags, "missing-key", map->key->pos,
                  "one of 'table', 'query' and 'file' must say where the records are",
                  "必须用 table、query 或 file 之一指明数据来源");
}

static void read_field(ay_load *l, const ay_node *node, const ay_dataset *dataset, ay_field *field,
                       ay_field_facts *facts)
{
    const bool is_map = node->kind == AY_NODE_MAP;
    *facts =
        (ay_field_facts){.standard = UINT32_MAX, .source = dataset->source, .title = {"", ""}, .pos = node->key->pos};
    *field = (ay_field){.name = node->key->text.ptr,
                        .column = node->key->text.ptr,
                        .type = AY_TEXT,
                        .level = AY_INTERNAL,
                        .zone = l->build.zone};
    ay_read_name(l, node->key, false);
    if (!is_map) {
        ay_diag_error(l->build.diags, "wrong-kind", node->pos, "a field is a map such as {standard: text}, found a %s",
                      "字段应为映射，如 {standard: text}，而不是 %s", ay_node_kind_name(node->kind));
        return;
    }
    const ay_node *source = ay_node_get(node, "source"), *name = ay_read_need(l, node, "standard");
    const int32_t from = source ? ay_find_source(l, source) : -1;
    const int32_t found = name ? ay_find_standard(l, name) : -1;
    if (from >= 0) facts->source = (uint32_t)from;
    facts->title = ay_read_title(l, ay_node_get(node, "title"));
    if (ay_node_get(node, "column")) field->column = ay_read_text_of(l, node, "column");
    if (found < 0) return;
    const ay_standard *standard = &l->standards[found];
    facts->standard = (uint32_t)found;
    field->type = standard->type;
    field->level = standard->level;
    field->mask = standard->mask;
    field->standard = standard->id;
    field->normalizers = standard->normalizers;
    field->missing = l->drafts[found].missing;
    field->missing_trimmed = field->missing && (standard->normalizers & AY_NORM_TRIM);
}

/* Two fields over one column would give one datum two standards. */
static void check_columns(ay_load *l, const ay_dataset *dataset)
{
    ay_set columns = {0};
    for (uint32_t i = 0; i < dataset->n_fields && !l->nomem; i++) {
        uint32_t before;
        if (!ay_set_add(&columns, ay_str_from(dataset->fields[i].column), i, &before)) l->nomem = true;
        if (l->nomem || before == UINT32_MAX) continue;
        ay_diag_error(l->build.diags, "duplicate-column", dataset->facts[i].pos,
                      "fields '%s' and '%s' read the same column '%s': one datum, one standard",
                      "字段“%s”和“%s”读取同一列“%s”：一数一标准", dataset->fields[before].name, dataset->fields[i].name,
                      dataset->fields[i].column);
    }
    ay_set_free(&columns);
}

/* False: there are no fields to go on with. */
static bool read_fields(ay_load *l, const ay_node *map, ay_dataset *dataset)
{
    const ay_node *section = ay_read_need(l, map, "fields");
    if (!section) return false;
    if (section->kind != AY_NODE_MAP || section->n == 0) {
        ay_diag_error(l->build.diags, "wrong-kind", section->pos, "'fields' takes a map of fields",
                      "fields 应为字段的映射（map）");
        return false;
    }
    ay_field *fields = ay_load_array(l, section->n, sizeof *fields);
    ay_field_facts *facts = ay_load_array(l, section->n, sizeof *facts);
    if (l->nomem) return false;
    for (size_t i = 0; i < section->n; i++) read_field(l, section->items[i], dataset, &fields[i], &facts[i]);
    dataset->fields = fields;
    dataset->facts = facts;
    dataset->n_fields = (uint32_t)section->n;
    check_columns(l, dataset);
    return !l->nomem;
}

static void read_key(ay_load *l, const ay_node *map, ay_dataset *dataset)
{
    const ay_node *key = ay_read_need(l, map, "key");
    if (key && !AY_ASK(l, ay_param_fields(&l->build, key, &dataset->key, &dataset->n_key))) dataset->n_key = 0;
    if (key && dataset->n_key > AY_RULE_FIELDS_MAX) {
        ay_diag_error(l->build.diags, "too-many", key->pos, "the key has %u fields, more than %d",
                      "主键有 %u 个字段，多于 %d 个", dataset->n_key, AY_RULE_FIELDS_MAX);
    }
    l->build.key = dataset->key;
    l->build.n_key = dataset->n_key;
}

static bool read_position(ay_str text, uint32_t *ret)
{
    int64_t value;
    if (ay_i64_parse(text, &value) != AY_NUM_OK || value < 1 || value > 1000) return false;
    *ret = (uint32_t)value;
    return true;
}

/* "[1..4]" behind the name of a field. */
static bool read_range(ay_str text, ay_segment *ret)
{
    const char *dots = text.len > 2 ? memmem(text.ptr, text.len, "..", 2) : NULL;
    if (!dots || text.ptr[0] != '[' || text.ptr[text.len - 1] != ']') return false;
    const size_t at = (size_t)(dots - text.ptr);
    return read_position(ay_str_slice(text, 1, at), &ret->from) &&
           read_position(ay_str_slice(text, at + 2, text.len - 1), &ret->to) && ret->from <= ret->to;
}

static void read_segment(ay_load *l, const ay_node *node, ay_dataset *dataset)
{
    if (!ay_read_text(l, node)) return;
    const char *bracket = memchr(node->text.ptr, '[', node->text.len);
    const size_t len = bracket ? (size_t)(bracket - node->text.ptr) : node->text.len;
    ay_node name = *node;
    name.text.len = len;
    uint32_t field;
    if (bracket && !read_range(ay_str_slice(node->text, len, node->text.len), &dataset->segment)) {
        ay_diag_error(l->build.diags, "bad-value", node->pos,
                      "'" AY_STR_FMT "' is not a segment such as region_code or region_code[1..4]",
                      "“" AY_STR_FMT "”不是分段，应如 region_code 或 region_code[1..4]", AY_STR_ARG(node->text));
    } else if (AY_ASK(l, ay_param_field(&l->build, &name, &field))) {
        dataset->segment.field = (int32_t)field;
        if (!bracket || dataset->fields[field].type == AY_TEXT) return;
        ay_diag_error(l->build.diags, "type-mismatch", node->pos, "only a text can be cut: field '%s' is of type %s",
                      "只有文本才能截取：字段“%s”的类型为 %s", dataset->fields[field].name,
                      ay_type_name(dataset->fields[field].type));
    }
}

static void read_records(ay_load *l, const ay_node *map, ay_dataset *dataset)
{
    const ay_node *segment = ay_node_get(map, "segment");
    l->build.fields = dataset->fields;
    l->build.n_fields = dataset->n_fields;
    read_key(l, map, dataset);
    if (segment) read_segment(l, segment, dataset);
    ay_load_rules(l, dataset, map);
    l->build.fields = NULL;
    l->build.n_fields = l->build.n_key = 0;
}

static void read_dataset(ay_load *l, const ay_node *map)
{
    ay_dataset *dataset = &l->datasets[l->pack->n_datasets];
    *dataset = (ay_dataset){.name = map->key->text.ptr, .segment = {-1, 0, 0}, .pos = map->key->pos};
    ay_read_name(l, map->key, false);
    ay_read_map(l, map, ay_keys_dataset.words, ay_keys_dataset.n);
    if (map->kind != AY_NODE_MAP) return;
    l->pack->n_datasets++;
    const ay_node *source = ay_read_need(l, map, "source");
    const int32_t from = source ? ay_find_source(l, source) : -1;
    dataset->source = from < 0 ? 0 : (uint32_t)from;
    dataset->title = ay_read_title(l, ay_node_get(map, "title"));
    read_origin(l, map, dataset);
    dataset->update_cycle = read_cycle(l, map);
    ay_load_sharing(l, map, dataset);
    if (read_fields(l, map, dataset)) read_records(l, map, dataset);
}

void ay_load_datasets(ay_load *l)
{
    const ay_node *section;
    const size_t n = ay_section(l, 0, "datasets", &section);
    l->datasets = ay_load_array(l, n, sizeof *l->datasets);
    for (size_t i = 0; i < n && !l->nomem; i++) read_dataset(l, section->items[i]);
    l->pack->datasets = l->datasets;
}
