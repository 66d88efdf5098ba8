#include "check/normalize.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "check/kinds.h"
#include "check/param.h"

/* Bit i of the set is word i. */
static const char *const words[] = {"trim", "width", "upper", "lower"};
_Static_assert(AY_NORM_TRIM == 1 && AY_NORM_WIDTH == 2 && AY_NORM_UPPER == 4 && AY_NORM_LOWER == 8,
               "order of the words");

static const char *const repair_zh[] = {"去除首尾空白", "全角转半角", "转为大写", "转为小写"};
static const char *const repair_en[] = {"trimming", "half-width characters", "upper case", "lower case"};

const char *const *ay_norm_words(size_t *ret_n)
{
    *ret_n = AY_COUNT(words);
    return words;
}

static uint32_t repaired(uint32_t normalizers, uint32_t cp)
{
    if (normalizers & AY_NORM_WIDTH) cp = ay_unicode_half_width(cp);
    if (normalizers & AY_NORM_UPPER && cp >= 'a' && cp <= 'z') cp -= 'a' - 'A';
    if (normalizers & AY_NORM_LOWER && cp >= 'A' && cp <= 'Z') cp += 'a' - 'A';
    return cp;
}

bool ay_norm_needed(uint32_t normalizers, ay_str text)
{
    if (normalizers & AY_NORM_TRIM && ay_utf8_trim(text).len != text.len) return true;
    if (!(normalizers & ~AY_NORM_TRIM)) return false;
    for (size_t at = 0; at < text.len;) {
        const uint32_t cp = ay_utf8_next(text, &at);
        if (repaired(normalizers, cp) != cp) return true;
    }
    return false;
}

void ay_norm_apply(uint32_t normalizers, ay_str text, ay_buf *out)
{
    if (normalizers & AY_NORM_TRIM) text = ay_utf8_trim(text);
    for (size_t at = 0; at < text.len;) {
        char bytes[4];
        const size_t n = ay_utf8_encode(repaired(normalizers, ay_utf8_next(text, &at)), bytes);
        ay_buf_put(out, bytes, n);
    }
}

/* ---- the check: a value that needs a repair fails ---- */

typedef struct repairs {
    uint32_t bits;
} repairs;

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    repairs *args = AY_ARENA_NEW(build->arena, repairs);
    if (!args || !ay_param_own_field(build, arg, rule)) return false;
    rule->args = args;
    if (!ay_param_words(build, arg, words, AY_COUNT(words), &args->bits)) return false;
    if ((args->bits & (AY_NORM_UPPER | AY_NORM_LOWER)) != (AY_NORM_UPPER | AY_NORM_LOWER)) return true;
    ay_diag_error(build->diags, "contradiction", arg->pos, "a letter cannot be both upper and lower case",
                  "字母不能既大写又小写");
    return false;
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const uint32_t bits = ((const repairs *)rule->args)->bits;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    AY_BITS_EACH (i, active, view->batch->rows)
        if (ay_norm_needed(bits, texts[i])) ay_bit_set(marks.fail, i);
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const uint32_t bits = ((const repairs *)rule->args)->bits;
    bool is_first = true;
    for (uint32_t i = 0; i < AY_COUNT(words); i++) {
        if (!ay_norm_needed(bits & 1u << i, ay_fact_text(facts, 0))) continue;
        ay_buf_text(out, is_first ? (zh ? "需要" : "needs ") : (zh ? "、" : ", "));
        ay_buf_text(out, zh ? repair_zh[i] : repair_en[i]);
        is_first = false;
    }
}

const ay_kind ay_kind_normalize = {
    .name = "normalize",
    .over = AY_OVER_VALUE,
    .summary = "the text needs none of the allowed repairs",
    .summary_zh = "文本无需规范化",
    .indicator = "0302",
    .types = AY_TYPE_BIT(AY_TEXT),
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
