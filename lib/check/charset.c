/* charset: classes of characters that must not occur. */
#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"
#include "base/utf8.h"

typedef enum class_bit { PRIVATE_USE, REPLACEMENT, CONTROL, FULL_WIDTH, ZERO_WIDTH, CLASS_COUNT } class_bit;

static const char *const class_name[] = {[PRIVATE_USE] = "private_use",
                                         [REPLACEMENT] = "replacement",
                                         [CONTROL] = "control",
                                         [FULL_WIDTH] = "full_width",
                                         [ZERO_WIDTH] = "zero_width"};
static const char *const class_en[] = {[PRIVATE_USE] = "private use character",
                                       [REPLACEMENT] = "replacement character",
                                       [CONTROL] = "control character",
                                       [FULL_WIDTH] = "full-width character",
                                       [ZERO_WIDTH] = "zero-width character"};
static const char *const class_zh[] = {[PRIVATE_USE] = "私有区字符",
                                       [REPLACEMENT] = "替换字符",
                                       [CONTROL] = "控制字符",
                                       [FULL_WIDTH] = "全角字符",
                                       [ZERO_WIDTH] = "零宽字符"};
_Static_assert(AY_COUNT(class_name) == CLASS_COUNT && AY_COUNT(class_en) == CLASS_COUNT &&
                   AY_COUNT(class_zh) == CLASS_COUNT,
               "name every class");

typedef struct charset {
    uint32_t classes; /* bits */
} charset;

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    charset *args = AY_ARENA_NEW(build->arena, charset);
    if (!args) return false;
    rule->args = args;
    return ay_param_own_field(build, arg, rule) &&
           ay_param_words(build, arg, class_name, AY_COUNT(class_name), &args->classes);
}

/* The first of the classes that the character belongs to; CLASS_COUNT: none. */
static class_bit class_of(uint32_t classes, uint32_t cp)
{
    const bool is[] = {
        [PRIVATE_USE] = ay_unicode_is_private(cp),   [REPLACEMENT] = cp == 0xFFFD,
        [CONTROL] = ay_unicode_is_control(cp),       [FULL_WIDTH] = ay_unicode_half_width(cp) != cp,
        [ZERO_WIDTH] = ay_unicode_is_zero_width(cp),
    };
    class_bit c = PRIVATE_USE;
    while (c < CLASS_COUNT && !(is[c] && classes >> c & 1)) c++;
    return c;
}

typedef struct place {
    class_bit class_; /* CLASS_COUNT: nothing found */
    uint32_t cp;
    size_t index; /* 1-based, in code points */
} place;

/* The length of the character that begins with this byte where all such characters are in no class, else 0: printing
 * ASCII, and U+4000 to U+DFFF, where the ideographs and Hangul are. */
static size_t harmless(unsigned char byte)
{
    if (byte >= 0x20 && byte < 0x7F) return 1;
    return byte >= 0xE4 && byte <= 0xED ? 3 : 0;
}

static place find(uint32_t classes, ay_str text)
{
    place p = {CLASS_COUNT, 0, 0};
    for (size_t at = 0; at < text.len;) {
        const unsigned char byte = (unsigned char)text.ptr[at];
        const size_t skip = harmless(byte);
        p.index++;
        if (skip) {
            at += skip;
            continue;
        }
        p.cp = ay_utf8_next(text, &at);
        p.class_ = class_of(classes, p.cp);
        if (p.class_ != CLASS_COUNT) return p;
    }
    return p;
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const uint32_t classes = ((const charset *)rule->args)->classes;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    AY_BITS_EACH (i, active, view->batch->rows)
        if (find(classes, texts[i]).class_ != CLASS_COUNT) ay_bit_set(marks.fail, i);
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const place p = find(((const charset *)rule->args)->classes, ay_fact_text(facts, 0));
    if (p.class_ == CLASS_COUNT) return;
    if (!facts->is_quotable)
        ay_buf_printf(out, zh ? "含有%s" : "holds a %s", zh ? class_zh[p.class_] : class_en[p.class_]);
    else if (zh) ay_buf_printf(out, "第 %zu 个字符是%s U+%04X", p.index, class_zh[p.class_], p.cp);
    else ay_buf_printf(out, "%s U+%04X at position %zu", class_en[p.class_], p.cp, p.index);
}

const ay_kind ay_kind_charset = {
    .name = "charset",
    .over = AY_OVER_VALUE,
    .summary = "the text holds no character of the named classes",
    .summary_zh = "文本不含指定类别的字符",
    .indicator = "0302",
    .types = AY_TYPE_BIT(AY_TEXT),
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
