/* together: all of the fields have a value, or none. A bad value is a value. */
#include "check/kinds.h"
#include "check/param.h"

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    if (!ay_param_fields(build, arg, &rule->fields, &rule->n_fields)) return false;
    if (rule->n_fields < 2) {
        ay_diag_error(build->diags, "contradiction", arg->pos, "'together' needs two fields or more",
                      "together 至少需要两个字段");
        return false;
    }
    const ay_field **fields = AY_ARENA_ARRAY(build->arena, rule->n_fields, const ay_field *);
    if (!fields) return false;
    for (uint32_t i = 0; i < rule->n_fields; i++) fields[i] = &build->fields[rule->fields[i]];
    rule->args = fields;
    return true;
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const ay_col *cols = view->batch->cols;
    for (size_t w = 0; w < AY_BITS_WORDS(view->batch->rows); w++) {
        uint64_t any = 0, all = UINT64_MAX; /* nulls */
        for (uint32_t f = 0; f < rule->n_fields; f++) {
            any |= cols[rule->fields[f]].null[w];
            all &= cols[rule->fields[f]].null[w];
        }
        marks.fail[w] |= active[w] & any & ~all;
    }
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const ay_field *const *fields = (const ay_field *const *)rule->args;
    bool is_first = true;
    for (uint32_t i = 0; i < rule->n_fields; i++) {
        if (ay_fact_has_value(facts, i, fields[i])) continue;
        ay_buf_text(out, is_first ? "" : (zh ? "、" : ", "));
        ay_buf_text(out, fields[i]->name);
        is_first = false;
    }
    ay_buf_text(out, zh ? " 无值，而其他字段有值" : " without a value, the others with one");
}

const ay_kind ay_kind_together = {
    .name = "together",
    .over = AY_OVER_RECORD,
    .summary = "all of the fields have a value, or none",
    .summary_zh = "各字段同时有值或同时无值",
    .indicator = "0402",
    .without = AY_WITHOUT_NULLS,
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
