#include "check/group.h"

#include <assert.h>

#include "base/hash.h"
#include "base/mem.h"

/* ---- Shape ---- */

static bool is_free(ay_build *b, const ay_rule *rule, const uint32_t *fields, uint32_t n, uint32_t field)
{
    for (uint32_t i = 0; i < n; i++) {
        if (fields[i] != field) continue;
        ay_diag_error(b->diags, "duplicate", rule->pos, "field '%s' has two parts in check '%s'",
                      "字段“%s”在检查“%s”中担任两个角色", b->fields[field].name, rule->kind->name);
        return false;
    }
    return true;
}

static bool is_key(const ay_build *b, const uint32_t *fields, uint32_t n)
{
    return n == b->n_key && memcmp(fields, b->key, n * sizeof *fields) == 0;
}

bool ay_shape_compile(ay_build *build, ay_rule *rule, const uint32_t *a, uint32_t n_a, const uint32_t *b, uint32_t n_b,
                      ay_shape *ret)
{
    const uint32_t n = n_a + n_b;
    uint32_t *fields = AY_ARENA_ARRAY(build->arena, n, uint32_t);
    const char **names = AY_ARENA_ARRAY(build->arena, n, const char *);
    ay_type *types = AY_ARENA_ARRAY(build->arena, n, ay_type);
    if (!fields || !names || !types) return false;
    bool quotable = true;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t field = i < n_a ? a[i] : b[i - n_a];
        if (!is_free(build, rule, fields, i, field)) return false;
        fields[i] = field;
        names[i] = build->fields[field].name;
        types[i] = build->fields[field].type;
        quotable = quotable && build->fields[field].level < AY_SENSITIVE;
    }
    rule->fields = fields;
    rule->n_fields = n;
    *ret = (ay_shape){
        .n_group = n_a,
        .n_known = n,
        .n_key = build->n_key,
        .key_is_fields = n && is_key(build, fields, n),
        .quotable = quotable,
        .names = names,
        .types = types,
    };
    return true;
}

const ay_node *ay_shape_need(ay_build *build, const ay_node *map, const char *check, const char *key)
{
    const ay_node *item = ay_node_get(map, key);
    if (!item)
        ay_diag_error(build->diags, "missing-key", map->pos, "check '%s' needs '%s'", "检查“%s”缺少“%s”", check, key);
    return item;
}

void ay_shape_names(const ay_shape *shape, uint32_t from, uint32_t to, bool zh, ay_buf *out)
{
    for (uint32_t i = from; i < to; i++) {
        if (i > from) ay_buf_text(out, zh ? "、" : ", ");
        ay_buf_text(out, shape->names[i]);
    }
}

/* ---- State ---- */

void ay_groups_close(void *state)
{
    ay_groups *groups = (ay_groups *)state;
    if (!groups) return;
    ay_sorter_free(groups->records);
    ay_pile_free(groups->pile);
    ay_prints_free(groups->prints);
    ay_sorter_free(groups->missing);
    ay_buf_free(&groups->line);
    ay_buf_free(&groups->text);
    ay_buf_free(&groups->values);
    ay_arena_free(&groups->heap);
    ay_free(groups);
}

static void close_groups(ay_groups **groups)
{
    ay_groups_close(*groups);
}

assay_status ay_groups_open(const ay_shape *shape, ay_nulls nulls, ay_budget *budget, ay_groups **ret, assay_err *err)
{
    AY_CLEANUP(close_groups) ay_groups *groups = AY_NEW(ay_groups);
    AY_NOMEM_IF(!groups, err);
    groups->shape = shape;
    groups->nulls = nulls;
    groups->budget = budget;
    AY_TRY(ay_sorter_open(budget, &groups->records, err));
    if (shape->repeats) AY_TRY(ay_pile_open(budget, &groups->pile, err));
    if (nulls == AY_NULLS_FAIL) AY_TRY(ay_sorter_open(budget, &groups->missing, err));
    *ret = AY_STEAL(groups);
    return ASSAY_OK;
}

uint64_t ay_groups_prefix(ay_str group)
{
    return ay_hash64(group);
}

static assay_status merge_prints(ay_groups *into, ay_groups *from, assay_err *err)
{
    if (into->prints && from->prints) return ay_prints_absorb(into->prints, from->prints, err);
    if (from->prints) into->prints = AY_STEAL(from->prints);
    return ASSAY_OK;
}

assay_status ay_groups_merge(ay_groups *into, ay_groups *from, assay_err *err)
{
    AY_TRY(ay_sorter_absorb(into->records, from->records, err));
    if (into->pile) AY_TRY(ay_pile_absorb(into->pile, from->pile, err));
    AY_TRY(merge_prints(into, from, err));
    if (into->missing) AY_TRY(ay_sorter_absorb(into->missing, from->missing, err));
    into->passed += from->passed;
    into->skipped += from->skipped;
    into->unreadable += from->unreadable;
    into->null_groups += from->null_groups;
    into->partial_groups += from->partial_groups;
    if (!into->zone) into->zone = from->zone;
    from->passed = from->skipped = from->unreadable = from->null_groups = from->partial_groups = 0;
    return ASSAY_OK;
}

assay_status ay_groups_kind_absorb(const ay_rule *rule, void *groups, const ay_view *view, const uint64_t *active,
                                   assay_err *err)
{
    return ay_groups_absorb(rule, (ay_groups *)groups, view, active, err);
}

assay_status ay_groups_kind_merge(const ay_rule *rule, void *into, void *from, assay_err *err)
{
    (void)rule;
    return ay_groups_merge((ay_groups *)into, (ay_groups *)from, err);
}

/* ---- Walk ---- */

static void close_sorted(ay_sorted **sorted)
{
    ay_sorted_close(*sorted);
}

static void free_sorter(ay_sorter **sorter)
{
    ay_sorter_free(*sorter);
}

/* Only a temporary file that was changed under our feet can have such a record. */
static assay_status fail_damaged(assay_err *err)
{
    return ay_fail(err, ASSAY_EIO, "a temporary file was damaged", "临时文件已损坏");
}

static size_t values_length(ay_str tuple, uint32_t n)
{
    return n ? ay_tuple_length(tuple, n) : 0;
}

/* Whether the record is of the group of the one before it, which groups->last is. Its values are only looked at
 * where the hashes of the two groups agree. */
static assay_status is_same_group(const ay_groups *groups, const ay_sort_record *record, uint64_t last_prefix,
                                  bool *ret, assay_err *err)
{
    *ret = false;
    if (record->prefix != last_prefix) return ASSAY_OK;
    const size_t n = values_length(record->bytes, groups->shape->n_group);
    if (n == SIZE_MAX) return fail_damaged(err);
    *ret = n <= groups->last.len && memcmp(groups->last.ptr, record->bytes.ptr, n) == 0;
    return ASSAY_OK;
}

static assay_status step(ay_groups *groups, const ay_sort_record *record, uint64_t last_prefix, ay_member *member,
                         assay_err *err)
{
    const bool is_start = !member->record.ptr;
    bool is_same = false;
    if (!is_start) AY_TRY(is_same_group(groups, record, last_prefix, &is_same, err));
    member->is_first = !is_same;
    member->group += member->is_first && !is_start;
    member->record = record->bytes;
    return ASSAY_OK;
}

/* A record that is in memory stays where it is and is not even touched. */
static assay_status remember(ay_groups *groups, const ay_sort_record *record, assay_err *err)
{
    groups->last = record->bytes;
    if (record->stays) return ASSAY_OK;
    ay_buf_clear(&groups->line);
    ay_buf_str(&groups->line, record->bytes);
    groups->last = ay_buf_view(&groups->line);
    return ay_buf_status(&groups->line, err);
}

static assay_status walk(ay_groups *groups, ay_sorted *sorted, const ay_visitor *visitor, assay_err *err)
{
    ay_member member = {0};
    uint64_t last_prefix = 0;
    for (bool is_empty = true;; is_empty = false) {
        ay_sort_record record;
        bool end = false;
        AY_TRY(ay_sorted_next(sorted, &record, &end, err));
        const uint64_t last = member.group;
        if (!end) AY_TRY(step(groups, &record, last_prefix, &member, err));
        if (!is_empty && visitor->close && (end || member.is_first)) AY_TRY(visitor->close(visitor->ctx, last, err));
        if (end) return ASSAY_OK;
        AY_TRY(visitor->record(visitor->ctx, &member, err));
        AY_TRY(remember(groups, &record, err));
        last_prefix = record.prefix;
    }
}

assay_status ay_groups_sort(ay_groups *groups, ay_sorter **ret, assay_err *err)
{
    assert(!groups->prints); /* where findings are only counted nobody asks for records */
    *ret = groups->records;
    return groups->pile ? ay_pile_pour(groups->pile, groups->records, err) : ASSAY_OK;
}

static assay_status walk_sorter(ay_groups *groups, ay_sorter *sorter, const ay_visitor *visitor, assay_err *err)
{
    AY_CLEANUP(close_sorted) ay_sorted *sorted = NULL;
    AY_TRY(ay_sorted_open(sorter, &sorted, err));
    return walk(groups, sorted, visitor, err);
}

assay_status ay_groups_each(ay_groups *groups, const ay_visitor *visitor, assay_err *err)
{
    ay_sorter *all;
    AY_TRY(ay_groups_sort(groups, &all, err));
    return walk_sorter(groups, all, visitor, err);
}

assay_status ay_groups_repeats(ay_groups *groups, const ay_visitor *visitor, assay_err *err)
{
    if (ay_sorter_count(groups->records)) return ay_groups_each(groups, visitor, err);
    AY_CLEANUP(free_sorter) ay_sorter *repeats = NULL;
    AY_TRY(ay_sorter_open(groups->budget, &repeats, err));
    AY_TRY(ay_pile_repeats(groups->pile, repeats, err));
    return walk_sorter(groups, repeats, visitor, err);
}

ay_str ay_groups_last(const ay_groups *groups)
{
    return groups->last;
}

ay_str ay_groups_value(ay_str record, uint32_t from, uint32_t to)
{
    return ay_str_slice(record, values_length(record, from), values_length(record, to));
}

bool ay_groups_cell(ay_groups *groups, ay_str tuple, ay_cell *ret)
{
    ay_cursor c = ay_cursor_on(tuple.ptr, tuple.len);
    return ay_tuple_take(&c, &groups->heap, ret);
}

/* ---- Findings ---- */

/* One text for each of rule->fields, from the values and the texts that came beside them. False: no memory. */
static bool put_values(const ay_rule *rule, ay_groups *groups, ay_str fields, ay_str texts)
{
    ay_cursor at_field = ay_cursor_on(fields.ptr, fields.len), at_text = ay_cursor_on(texts.ptr, texts.len);
    ay_buf_clear(&groups->values);
    for (uint32_t i = 0; i < rule->n_fields; i++) {
        ay_cell cell, text;
        if (!ay_tuple_take(&at_field, &groups->heap, &cell) || !ay_tuple_take(&at_text, &groups->heap, &text))
            return false;
        if (cell.is_null || !text.is_null) {
            ay_tuple_put(&groups->values, &text);
            continue;
        }
        ay_buf_clear(&groups->text);
        ay_cell_text_in(&cell, groups->zone, &groups->text);
        if (groups->text.failed) return false;
        ay_tuple_put_str(&groups->values, ay_buf_view(&groups->text));
    }
    return true;
}

assay_status ay_groups_emit(const ay_rule *rule, ay_groups *groups, ay_str record, ay_str detail, const ay_emit *emit,
                            assay_err *err)
{
    const size_t n = values_length(record, rule->n_fields);
    if (n == SIZE_MAX) return fail_damaged(err);
    const ay_str fields = ay_str_slice(record, 0, n), rest = ay_str_slice(record, n, record.len);
    const bool is_apart = !groups->shape->key_is_fields;
    const size_t n_key = is_apart ? values_length(rest, groups->shape->n_key) : 0;
    if (n_key == SIZE_MAX) return fail_damaged(err);
    const ay_str key = is_apart ? ay_str_slice(rest, 0, n_key) : fields;
    ay_arena_reset(&groups->heap);
    AY_NOMEM_IF(!put_values(rule, groups, fields, ay_str_slice(rest, n_key, rest.len)), err);
    AY_TRY(ay_buf_status(&groups->values, err));
    return emit->finding(emit->ctx, rule, AY_FAIL, key, ay_buf_view(&groups->values), detail, err);
}

assay_status ay_groups_tally(const ay_rule *rule, ay_groups *groups, const ay_emit *emit, ay_tally *tally,
                             assay_err *err)
{
    tally->evaluated += ay_sorter_count(groups->records) + groups->passed;
    if (groups->pile) tally->evaluated += ay_pile_count(groups->pile);
    if (groups->prints) tally->evaluated += ay_prints_count(groups->prints);
    tally->skipped += groups->skipped;
    tally->unreadable += groups->unreadable;
    if (!groups->missing) return ASSAY_OK;
    tally->evaluated += ay_sorter_count(groups->missing);
    tally->failed += ay_sorter_count(groups->missing);
    AY_CLEANUP(close_sorted) ay_sorted *sorted = NULL;
    AY_TRY(ay_sorted_open(groups->missing, &sorted, err));
    for (;;) {
        ay_sort_record record;
        bool end = false;
        AY_TRY(ay_sorted_next(sorted, &record, &end, err));
        if (end) return ASSAY_OK;
        AY_TRY(ay_groups_emit(rule, groups, record.bytes, AY_STR(""), emit, err));
    }
}

/* ---- Notes ---- */

struct ay_notes {
    ay_sorter *sorter;
    ay_sorted *sorted;
    ay_sort_record next;
    bool end;
};

ay_notes *ay_notes_close(ay_notes *notes)
{
    if (!notes) return NULL;
    ay_sorted_close(notes->sorted);
    ay_sorter_free(notes->sorter);
    return (ay_notes *)ay_free(notes);
}

void ay_notes_cleanup(ay_notes **notes)
{
    ay_notes_close(*notes);
}

assay_status ay_notes_open(ay_budget *budget, ay_notes **ret, assay_err *err)
{
    AY_CLEANUP(ay_notes_cleanup) ay_notes *notes = AY_NEW(ay_notes);
    AY_NOMEM_IF(!notes, err);
    AY_TRY(ay_sorter_open(budget, &notes->sorter, err));
    *ret = AY_STEAL(notes);
    return ASSAY_OK;
}

assay_status ay_notes_put(ay_notes *notes, uint64_t group, ay_str note, assay_err *err)
{
    return ay_sorter_put(notes->sorter, group, note, err);
}

assay_status ay_notes_get(ay_notes *notes, uint64_t group, ay_str *ret_note, assay_err *err)
{
    bool is_behind = false;
    if (!notes->sorted) {
        AY_TRY(ay_sorted_open(notes->sorter, &notes->sorted, err));
        is_behind = true;
    }
    while (is_behind || (!notes->end && notes->next.prefix < group)) {
        AY_TRY(ay_sorted_next(notes->sorted, &notes->next, &notes->end, err));
        is_behind = false;
    }
    const bool is_found = !notes->end && notes->next.prefix == group;
    *ret_note = is_found ? notes->next.bytes : (ay_str){0};
    return ASSAY_OK;
}
