/* order: the values of the fields do not decrease (strict: they increase). A null takes part in no pair, so each
 * value is compared with the last one before it that is not null; with fewer than two values there is nothing to
 * say. */
#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"

typedef struct order {
    const ay_field **fields; /* of rule->fields */
    ay_type type;
    const ay_zone *zone;
    bool is_strict;
} order;

static bool check_types(ay_build *b, const ay_node *list, const ay_rule *rule)
{
    const ay_field *first = &b->fields[rule->fields[0]];
    bool ok = true;
    for (uint32_t i = 0; i < rule->n_fields; i++) {
        const ay_field *field = &b->fields[rule->fields[i]];
        if (!(AY_TYPES_ORDERED >> field->type & 1)) {
            ay_diag_error(b->diags, "type-mismatch", list->items[i]->pos, "field '%s' of type %s has no order to test",
                          "字段“%s”的类型 %s 没有可检查的顺序", field->name, ay_type_name(field->type));
            ok = false;
        } else if (field->type != first->type) {
            ay_diag_error(b->diags, "type-mismatch", list->items[i]->pos,
                          "field '%s' of type %s cannot be compared with field '%s' of type %s",
                          "字段“%s”（类型 %s）不能与字段“%s”（类型 %s）比较", field->name, ay_type_name(field->type),
                          first->name, ay_type_name(first->type));
            ok = false;
        }
    }
    return ok;
}

static bool compile_fields(ay_build *b, const ay_node *list, order *args, ay_rule *rule)
{
    if (!ay_param_fields(b, list, &rule->fields, &rule->n_fields)) return false;
    if (list->kind != AY_NODE_LIST || rule->n_fields < 2) {
        ay_diag_error(b->diags, "contradiction", list->pos, "'order' needs two fields or more",
                      "order 至少需要两个字段");
        return false;
    }
    if (!check_types(b, list, rule)) return false;
    args->type = b->fields[rule->fields[0]].type;
    args->zone = b->zone;
    args->fields = AY_ARENA_ARRAY(b->arena, rule->n_fields, const ay_field *);
    for (uint32_t i = 0; args->fields && i < rule->n_fields; i++) args->fields[i] = &b->fields[rule->fields[i]];
    return args->fields != NULL;
}

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    static const char *const keys[] = {"fields", "strict"};
    order *args = AY_ARENA_NEW(build->arena, order);
    if (!args) return false;
    rule->args = args;
    if (arg->kind != AY_NODE_MAP) return compile_fields(build, arg, args, rule);
    if (!ay_param_map(build, arg, "order", keys, AY_COUNT(keys))) return false;
    const ay_node *fields = ay_node_get(arg, "fields"), *strict = ay_node_get(arg, "strict");
    if (!fields) {
        ay_diag_error(build->diags, "missing-key", arg->pos, "'order' needs fields", "order 需要 fields");
        return false;
    }
    const bool is_fine = !strict || ay_param_bool(build, strict, &args->is_strict);
    return compile_fields(build, fields, args, rule) && is_fine;
}

static bool is_nan(const ay_cell *cell)
{
    return (cell->type == AY_FLOAT && cell->v.f64 != cell->v.f64) ||
           (cell->type == AY_DEC && cell->v.dec.kind == AY_DEC_NAN);
}

/* NaN stands in no order, as it is within no bound. */
static bool is_in_order(const order *args, const ay_cell *a, const ay_cell *b)
{
    if (is_nan(a) || is_nan(b)) return false;
    const int cmp = ay_cell_cmp(a, b);
    return cmp < 0 || (cmp == 0 && !args->is_strict);
}

/* A broken pair is a failure even where another value of the record cannot be read. */
static void eval_record(const ay_rule *rule, const ay_batch *batch, uint32_t row, ay_marks marks)
{
    ay_cell last = {0};
    uint32_t present = 0;
    bool is_bad = false;
    for (uint32_t f = 0; f < rule->n_fields; f++) {
        const ay_cell cell = ay_batch_cell(batch, rule->fields[f], row);
        is_bad |= cell.is_bad;
        if (cell.is_null || cell.is_bad) continue;
        if (present++ && !is_in_order((const order *)rule->args, &last, &cell)) {
            ay_bit_set(marks.fail, row);
            return;
        }
        last = cell;
    }
    if (is_bad) ay_bit_set(marks.unreadable, row);
    else if (present < 2) ay_bit_set(marks.unknown, row);
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    AY_BITS_EACH (i, active, view->batch->rows) eval_record(rule, view->batch, (uint32_t)i, marks);
    return ASSAY_OK;
}

/* The first pair that is out of order, read again from the texts of the finding, which shows a missing word as it was
 * written. Of a source with types such a word is a value: then only with them is there a pair. */
static bool find_pair(const ay_rule *rule, const ay_facts *facts, bool with_words, ay_arena *heap, uint32_t *ret_a,
                      uint32_t *ret_b)
{
    const order *args = (const order *)rule->args;
    ay_cell last = {0};
    bool has_last = false;
    for (uint32_t i = 0; i < rule->n_fields; i++) {
        ay_cell cell;
        assay_status status = ASSAY_OK;
        if (with_words ? facts->values[i].is_null : !ay_fact_has_value(facts, i, args->fields[i])) continue;
        if (!ay_cell_read(facts->values[i].v.str, args->type, args->zone, heap, &cell, NULL, NULL, &status)) continue;
        *ret_b = i;
        if (has_last && !is_in_order(args, &last, &cell)) return true;
        last = cell;
        has_last = true;
        *ret_a = i;
    }
    return false;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const order *args = (const order *)rule->args;
    AY_CLEANUP(ay_arena_free) ay_arena heap = {0};
    uint32_t a = 0, b = 0;
    if (!find_pair(rule, facts, false, &heap, &a, &b) &&
        (rule->nulls == AY_NULLS_FAIL || !find_pair(rule, facts, true, &heap, &a, &b))) {
        if (facts->verdict == AY_FAIL) ay_buf_text(out, zh ? "缺少取值" : "a value is missing");
        else ay_buf_text(out, zh ? "有字段的值无法读取" : "a value cannot be read");
        return;
    }
    const char *en = args->is_strict ? "should be less than" : "should not be more than";
    ay_buf_printf(out, "%s %s %s", args->fields[a]->name, zh ? (args->is_strict ? "应小于" : "不应大于") : en,
                  args->fields[b]->name);
}

const ay_kind ay_kind_order = {
    .name = "order",
    .over = AY_OVER_RECORD,
    .summary = "the values of the fields are in ascending order",
    .summary_zh = "各字段的值依次递增",
    .indicator = "0503",
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
