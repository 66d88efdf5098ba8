/* required: the field has a value. A bad value is a value; a word of the `missing` list is none. */
#include "check/kinds.h"
#include "check/param.h"

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    bool is_on = false;
    if (!ay_param_own_field(build, arg, rule) || !ay_param_bool(build, arg, &is_on)) return false;
    if (is_on) return true;
    ay_diag_error(build->diags, "no-effect", arg->pos, "'required: false' tests nothing: leave it out",
                  "required: false 不做任何检查：请删去");
    return false;
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const uint64_t *null = view->batch->cols[rule->fields[0]].null;
    for (size_t w = 0; w < AY_BITS_WORDS(view->batch->rows); w++) marks.fail[w] |= active[w] & null[w];
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    (void)rule;
    const ay_cell *value = &facts->values[0];
    const bool is_word = !value->is_null || value->raw.ptr;
    if (is_word) ay_buf_text(out, zh ? "所填文字表示“无值”" : "the text is a word that means no value");
    else ay_buf_text(out, zh ? "值为 NULL" : "the value is NULL");
}

const ay_kind ay_kind_required = {
    .name = "required",
    .over = AY_OVER_VALUE,
    .summary = "the field has a value",
    .summary_zh = "字段必须有值",
    .indicator = "0201",
    .without = AY_WITHOUT_NULLS,
    .sees_null = true,
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
