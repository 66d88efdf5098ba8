/* code: the value is a code of a list file, in force on a day, and a leaf where that is asked. */
#include "check/code_list.h"
#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"

typedef struct coded {
    const ay_code_list *list;
    const char *file;
    bool leaf_only;
    ay_type at_type;     /* of rule->fields[1], where there is one */
    const char *at_name; /* of the same; a reason may quote its value when at_is_quotable */
    bool at_is_quotable;
    const ay_zone *zone;
} coded;

static bool compile_at(ay_build *b, const ay_node *at, coded *args, ay_rule *rule)
{
    uint32_t *fields = AY_ARENA_ARRAY(b->arena, 2, uint32_t);
    if (!fields || !ay_param_field(b, at, &fields[1])) return false;
    fields[0] = (uint32_t)rule->field;
    rule->fields = fields;
    rule->n_fields = 2;
    args->at_type = b->fields[fields[1]].type;
    args->at_name = b->fields[fields[1]].name;
    args->at_is_quotable = b->fields[fields[1]].level < AY_SENSITIVE;
    if (args->at_type == AY_DATE || args->at_type == AY_TIMESTAMP || args->at_type == AY_TIMESTAMPTZ) return true;
    ay_diag_error(b->diags, "type-mismatch", at->pos, "'at' needs a date, but field '%s' is of type %s",
                  "at 需要日期字段，而字段“%s”的类型为 %s", b->fields[fields[1]].name, ay_type_name(args->at_type));
    return false;
}

static bool columns_are_texts(ay_build *b, const ay_code_columns *c)
{
    const ay_node *const nodes[] = {c->key, c->from, c->to, c->parent};
    bool ok = true;
    for (size_t i = 0; i < AY_COUNT(nodes); i++)
        if (nodes[i] && !ay_param_scalar(b, nodes[i])) ok = false;
    return ok;
}

/* Parameters that only make sense together. */
static bool is_consistent(ay_build *b, const ay_node *arg, const ay_code_columns *c, bool leaf_only)
{
    if (ay_node_get(arg, "at") && !c->from && !c->to) {
        ay_diag_error(b->diags, "no-effect", arg->pos, "'at' has no effect without 'from' or 'to'",
                      "没有 from 或 to 时 at 不起作用");
        return false;
    }
    if (leaf_only && !c->parent) {
        ay_diag_error(b->diags, "missing-key", arg->pos, "'leaf' needs the column 'parent'", "leaf 需要 parent 列");
        return false;
    }
    return true;
}

static bool compile_map(ay_build *b, const ay_node *arg, coded *args, ay_rule *rule, ay_code_columns *c)
{
    static const char *const keys[] = {"file", "key", "from", "to", "at", "parent", "leaf"};
    if (!ay_param_map(b, arg, "code", keys, AY_COUNT(keys))) return false;
    *c = (ay_code_columns){ay_node_get(arg, "key"), ay_node_get(arg, "from"), ay_node_get(arg, "to"),
                           ay_node_get(arg, "parent")};
    const ay_node *at = ay_node_get(arg, "at"), *leaf = ay_node_get(arg, "leaf");
    bool ok = columns_are_texts(b, c);
    if (leaf && !ay_param_bool(b, leaf, &args->leaf_only)) ok = false;
    if (at && !compile_at(b, at, args, rule)) ok = false;
    return ok && is_consistent(b, arg, c, args->leaf_only);
}

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    coded *args = AY_ARENA_NEW(build->arena, coded);
    if (!args || !ay_param_own_field(build, arg, rule)) return false;
    rule->args = args;
    args->zone = build->zone;
    ay_code_columns columns = {0};
    if (arg->kind == AY_NODE_MAP && !compile_map(build, arg, args, rule, &columns)) return false;
    const ay_node *file = arg->kind == AY_NODE_MAP ? ay_node_get(arg, "file") : arg;
    if (!file) {
        ay_diag_error(build->diags, "missing-key", arg->pos, "'code' needs a file", "code 需要 file");
        return false;
    }
    if (!ay_param_scalar(build, file)) return false;
    args->file = ay_arena_copy(build->arena, file->text);
    return args->file && ay_code_list_read(build, file, &columns, &args->list);
}

static int64_t floor_day(int64_t us)
{
    if (us == AY_INFINITY || us == AY_NEG_INFINITY) return us;
    return us / AY_DAY_US - (us % AY_DAY_US < 0);
}

static int64_t day_of(ay_type type, int64_t value, const ay_zone *zone)
{
    if (type == AY_DATE) return value;
    return floor_day(type == AY_TIMESTAMPTZ ? ay_zone_from_utc(zone, value, NULL) : value);
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const coded *args = (const coded *)rule->args;
    const ay_str *codes = view->batch->cols[rule->fields[0]].v.str;
    const ay_col *at = rule->n_fields > 1 ? &view->batch->cols[rule->fields[1]] : NULL;
    AY_BITS_EACH (i, active, view->batch->rows) {
        if (at && ay_bit(at->null, i)) {
            ay_bit_set(marks.unknown, i);
        } else if (at && ay_bit(at->bad, i)) {
            ay_bit_set(marks.unreadable, i);
        } else {
            const int64_t day = at ? day_of(args->at_type, at->v.i64[i], args->zone) : view->context->today;
            if (ay_code_find(args->list, codes[i], day, args->leaf_only) != AY_CODE_IN) ay_bit_set(marks.fail, i);
        }
    }
    return ASSAY_OK;
}

static void put_not_in_force(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const coded *args = (const coded *)rule->args;
    if (rule->n_fields < 2) {
        ay_buf_text(out, zh ? "在检查日期已不在有效期内" : "not in force on the day of the check");
        return;
    }
    if (!args->at_is_quotable) {
        ay_buf_printf(out, zh ? "在 %s 的日期不在有效期内" : "not in force on the date of %s", args->at_name);
        return;
    }
    const ay_str day = ay_fact_text(facts, 1);
    if (zh) ay_buf_printf(out, "在 " AY_STR_FMT " 不在有效期内", AY_STR_ARG(day));
    else ay_buf_printf(out, "not in force on " AY_STR_FMT, AY_STR_ARG(day));
}

/* The day is not needed to tell why: whatever else is wrong with a code that failed, it was the day. */
static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const coded *args = (const coded *)rule->args;
    if (facts->verdict == AY_UNREADABLE) {
        ay_buf_text(out, zh ? "检查所依据的日期无法读取" : "the date that the code is checked for cannot be read");
        return;
    }
    switch (ay_code_find(args->list, ay_fact_text(facts, 0), 0, args->leaf_only)) {
    case AY_CODE_NOT_LISTED: ay_buf_printf(out, zh ? "不在代码表 %s 中" : "not in the list %s", args->file); break;
    case AY_CODE_NOT_LEAF:
        ay_buf_printf(out, zh ? "在代码表 %s 中不是末级代码" : "not a leaf of the list %s", args->file);
        break;
    default: put_not_in_force(rule, facts, zh, out); break;
    }
}

const ay_kind ay_kind_code = {
    .name = "code",
    .over = AY_OVER_VALUE,
    .summary = "the value is a code of the list",
    .summary_zh = "值是代码表中的代码",
    .indicator = "0105",
    .types = AY_TYPE_BIT(AY_TEXT),
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
