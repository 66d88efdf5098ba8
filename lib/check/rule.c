#include "check/kinds.h"

const char *ay_severity_name(ay_severity severity)
{
    static const char *const names[] = {
        [AY_INFO] = "info",
        [AY_WARNING] = "warning",
        [AY_ERROR] = "error",
        [AY_CRITICAL] = "critical",
    };
    _Static_assert(sizeof names / sizeof *names == AY_SEVERITY_COUNT, "name every severity");
    return names[severity];
}

const char *ay_origin_name(ay_origin origin)
{
    static const char *const names[] = {
#define X(name, word) [AY_BY_##name] = word,
        AY_ORIGIN_MAP(X)
#undef X
    };
    return names[origin];
}

/* The check of a value is not asked about null; with `nulls: fail` a null fails all the same. */
static bool fails_for_null(const ay_rule *rule, const ay_field *fields, const ay_facts *facts)
{
    if (facts->verdict != AY_FAIL || rule->nulls != AY_NULLS_FAIL) return false;
    if (rule->kind->over != AY_OVER_VALUE || rule->kind->sees_null) return false;
    for (uint32_t i = 0; i < rule->n_fields; i++)
        if (!ay_fact_has_value(facts, i, &fields[rule->fields[i]])) return true;
    return false;
}

static bool is_quotable(const ay_rule *rule, const ay_field *fields)
{
    bool quotable = true;
    for (uint32_t i = 0; i < rule->n_fields; i++) quotable &= fields[rule->fields[i]].level < AY_SENSITIVE;
    return quotable;
}

void ay_rule_reason(const ay_rule *rule, const ay_field *fields, const ay_facts *facts, bool zh, ay_buf *out)
{
    const size_t from = out->len;
    ay_facts told = *facts;
    told.is_quotable = is_quotable(rule, fields);
    if (facts->verdict == AY_UNDECIDED)
        ay_buf_text(out, zh ? "条件（where）无法计算" : "the condition (where) cannot be computed");
    else if (fails_for_null(rule, fields, facts)) ay_buf_text(out, zh ? "缺少取值" : "a value is missing");
    else if (rule->kind->reason) rule->kind->reason(rule, &told, zh, out);
    if (out->len > from) return;
    if (facts->verdict == AY_FAIL) ay_buf_text(out, zh ? "不符合规则" : "does not meet the rule");
    else ay_buf_text(out, zh ? "无法判定" : "cannot be evaluated");
}

bool ay_rule_suggest(const ay_rule *rule, const ay_field *fields, const ay_facts *facts, ay_memo *memo,
                     ay_suggestion *ret, ay_buf *out)
{
    ay_facts told = *facts;
    told.is_quotable = is_quotable(rule, fields);
    return rule->kind->suggest && rule->kind->suggest(rule, &told, memo, ret, out);
}
