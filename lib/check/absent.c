/* Words of the language that this version knows but cannot do: using one is an error that says so, never a check that
 * quietly does nothing. */
#include "check/kinds.h"

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    (void)arg;
    ay_diag_error(build->diags, "not-in-this-version", rule->pos, "check '%s' is not in this version",
                  "本版本尚不支持检查“%s”", rule->kind->name);
    return false;
}

#define ABSENT(word, over_what, code, en, zh)                                                                          \
    const ay_kind ay_kind_##word = {                                                                                   \
        .name = #word,                                                                                                 \
        .over = over_what,                                                                                             \
        .summary = en,                                                                                                 \
        .summary_zh = zh,                                                                                              \
        .indicator = code,                                                                                             \
        .absent = true,                                                                                                \
        .compile = compile,                                                                                            \
    }

ABSENT(refers, AY_OVER_TWO, "0402", "every value exists in another dataset", "每个值都存在于另一数据集");
ABSENT(agrees, AY_OVER_TWO, "0401", "this copy equals the authoritative source, field by field",
       "本副本与权威数源逐字段一致");
ABSENT(reconciles, AY_OVER_TWO, "0401", "counts and sums of two datasets agree", "两个数据集的数量与合计一致");
ABSENT(only_source, AY_OVER_TWO, "0401", "a key lives in one source only", "同一主键只存在于一个数源");
