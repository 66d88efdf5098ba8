/* match, not_match: a pattern over the whole value. not_match negates the verdict, never the pattern; a pattern that
 * runs into its limit has no verdict to negate. */
#include "check/kinds.h"
#include "check/param.h"

#include "expr/regex.h"

typedef struct pattern {
    const ay_regex *regex;
    ay_regex_verdict bad; /* what fails */
} pattern;

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    pattern *args = AY_ARENA_NEW(build->arena, pattern);
    if (!args || !ay_param_own_field(build, arg, rule) || !ay_param_scalar(build, arg)) return false;
    rule->args = args;
    args->bad = rule->kind == &ay_kind_match ? AY_REGEX_NO : AY_REGEX_YES;
    ay_regex *regex = NULL;
    size_t offset = 0;
    char message[128];
    const assay_status status = ay_regex_compile(arg->text, &regex, &offset, message);
    if (status == ASSAY_EFORMAT)
        ay_diag_error(build->diags, "bad-pattern", arg->pos, "the pattern is wrong at byte %zu: %s",
                      "正则表达式第 %zu 字节处有误：%s", offset + 1, message);
    if (status != ASSAY_OK) return false;
    args->regex = regex;
    return ay_arena_defer(build->arena, ay_regex_free, regex);
}

static assay_status open(const ay_rule *rule, uint32_t cap, void **ret_scratch, assay_err *err)
{
    (void)cap;
    const pattern *args = (const pattern *)rule->args;
    ay_regex_match *match = NULL;
    AY_TRY(ay_regex_match_open(args->regex, &match, err));
    *ret_scratch = match;
    return ASSAY_OK;
}

static void close(void *scratch)
{
    ay_regex_match_close((ay_regex_match *)scratch);
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)err;
    const pattern *args = (const pattern *)rule->args;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    AY_BITS_EACH (i, active, view->batch->rows) {
        const ay_regex_verdict verdict = ay_regex_whole(args->regex, (ay_regex_match *)scratch, texts[i]);
        if (verdict == args->bad) ay_bit_set(marks.fail, i);
        else if (verdict == AY_REGEX_LIMIT) ay_bit_set(marks.unreadable, i);
    }
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const pattern *args = (const pattern *)rule->args;
    const ay_str text = rule->arg->text;
    if (facts->verdict == AY_UNREADABLE)
        ay_buf_printf(out,
                      zh ? "与模式 " AY_STR_FMT " 比对时达到上限" : "the pattern " AY_STR_FMT " ran into its limit",
                      AY_STR_ARG(text));
    else if (args->bad == AY_REGEX_NO)
        ay_buf_printf(out, zh ? "不符合模式 " AY_STR_FMT : "does not match " AY_STR_FMT, AY_STR_ARG(text));
    else
        ay_buf_printf(out, zh ? "符合不允许的模式 " AY_STR_FMT : "matches " AY_STR_FMT ", which is not allowed",
                      AY_STR_ARG(text));
}

#define PATTERN(word, en, zh)                                                                                          \
    const ay_kind ay_kind_##word = {                                                                                   \
        .name = #word,                                                                                                 \
        .over = AY_OVER_VALUE,                                                                                         \
        .summary = en,                                                                                                 \
        .summary_zh = zh,                                                                                              \
        .indicator = "0302",                                                                                           \
        .types = AY_TYPE_BIT(AY_TEXT),                                                                                 \
        .compile = compile,                                                                                            \
        .open = open,                                                                                                  \
        .eval = eval,                                                                                                  \
        .close = close,                                                                                                \
        .reason = reason,                                                                                              \
    }

PATTERN(match, "the whole value matches the pattern", "整个值符合模式");
PATTERN(not_match, "the whole value does not match the pattern", "整个值不符合所禁止的模式");
