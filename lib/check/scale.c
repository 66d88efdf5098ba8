/* scale: at most so many digits behind the point; trailing zeros do not count. NaN and infinities have no digits at
 * all and fail. */
#include "check/kinds.h"
#include "check/param.h"

typedef struct scale {
    uint64_t most;
} scale;

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    scale *args = AY_ARENA_NEW(build->arena, scale);
    if (!args) return false;
    rule->args = args;
    return ay_param_own_field(build, arg, rule) && ay_param_u64(build, arg, 38, &args->most);
}

static bool fits(ay_dec value, uint64_t most)
{
    return value.kind == AY_DEC_FINITE && (value.scale <= most || ay_dec_canonical(value).scale <= most);
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const uint64_t most = ((const scale *)rule->args)->most;
    const ay_col *col = &view->batch->cols[rule->fields[0]];
    AY_BITS_EACH (i, active, view->batch->rows) {
        ay_dec value;
        if (col->type == AY_DEC) value = col->v.dec[i];
        else if (ay_dec_parse(col->v.str[i], &value) != AY_NUM_OK) {
            ay_bit_set(marks.unreadable, i);
            continue;
        }
        if (!fits(value, most)) ay_bit_set(marks.fail, i);
    }
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const unsigned long long most = ((const scale *)rule->args)->most;
    ay_dec value;
    if (ay_dec_parse(ay_fact_text(facts, 0), &value) != AY_NUM_OK)
        ay_buf_text(out, zh ? "不是不超过 38 位的数" : "is not a number of at most 38 digits");
    else if (value.kind != AY_DEC_FINITE) ay_buf_text(out, zh ? "不是有限的数" : "is not a finite number");
    else if (!facts->is_quotable)
        ay_buf_printf(
            out, zh ? "小数位数过多，最多 %llu 位" : "has too many digits behind the point, at most %llu are allowed",
            most);
    else
        ay_buf_printf(out,
                      zh ? "有 %u 位小数，最多 %llu 位" : "has %u digits behind the point, at most %llu are allowed",
                      (unsigned)ay_dec_canonical(value).scale, most);
}

const ay_kind ay_kind_scale = {
    .name = "scale",
    .over = AY_OVER_VALUE,
    .summary = "the number has no more digits behind the point than allowed",
    .summary_zh = "小数位数不超过规定",
    .indicator = "0302",
    .types = AY_TYPE_BIT(AY_DEC) | AY_TYPE_BIT(AY_TEXT),
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
