/* expect: an expression over the record is true. Unknown is its own verdict, and so is what cannot be computed. */
#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"

typedef struct scratch {
    ay_eval *eval;
    uint64_t *is_true;
} scratch;

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    if (!ay_param_scalar(build, arg)) return false;
    const ay_expr *expr = ay_expr_compile(build->arena, arg, build->fields, build->n_fields, build->zone, build->diags);
    if (!expr) return false;
    rule->args = expr;
    rule->n_fields = ay_expr_fields(expr, &rule->fields);
    return true;
}

static void close(void *p)
{
    scratch *s = (scratch *)p;
    if (!s) return;
    ay_eval_close(s->eval);
    ay_free(s->is_true);
    ay_free(s);
}

static void close_p(scratch **s)
{
    close(*s);
}

static assay_status open(const ay_rule *rule, uint32_t cap, void **ret_scratch, assay_err *err)
{
    AY_CLEANUP(close_p) scratch *s = AY_NEW(scratch);
    AY_NOMEM_IF(!s, err);
    s->is_true = AY_NEW_ARRAY(AY_BITS_WORDS(cap), uint64_t);
    AY_NOMEM_IF(!s->is_true, err);
    AY_TRY(ay_eval_open((const ay_expr *)rule->args, cap, &s->eval, err));
    *ret_scratch = AY_STEAL(s);
    return ASSAY_OK;
}

static assay_status eval(const ay_rule *rule, void *p, const ay_view *view, const uint64_t *active, ay_marks marks,
                         assay_err *err)
{
    (void)rule;
    scratch *s = (scratch *)p;
    AY_TRY(ay_eval_run(s->eval, view->batch, view->context, active, s->is_true, marks.unknown, marks.unreadable, err));
    for (size_t w = 0; w < AY_BITS_WORDS(view->batch->rows); w++)
        marks.fail[w] = active[w] & ~(s->is_true[w] | marks.unknown[w] | marks.unreadable[w]);
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    if (facts->verdict == AY_UNREADABLE) ay_buf_text(out, zh ? "无法计算：" : "cannot be computed: ");
    else ay_buf_text(out, zh ? "不成立：" : "is not true: ");
    ay_buf_str(out, rule->arg->text);
}

const ay_kind ay_kind_expect = {
    .name = "expect",
    .over = AY_OVER_RECORD,
    .summary = "the expression is true",
    .summary_zh = "表达式成立",
    .indicator = "0104",
    .compile = compile,
    .open = open,
    .eval = eval,
    .close = close,
    .reason = reason,
};
