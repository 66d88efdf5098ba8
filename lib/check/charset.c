/* charset: classes of characters that must not occur. Mixed scripts are not a matter of one character: they are found
 * by a pattern, and only in texts that hold other than common characters. */
#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "expr/regex.h"

typedef enum class_bit {
    PRIVATE_USE,
    REPLACEMENT,
    CONTROL,
    FULL_WIDTH,
    ZERO_WIDTH,
    SPACE,
    QUESTION,
    MIXED_SCRIPTS,
    CLASS_COUNT
} class_bit;

static const char *const class_name[] = {
    [PRIVATE_USE] = "private_use", [REPLACEMENT] = "replacement",    [CONTROL] = "control",
    [FULL_WIDTH] = "full_width",   [ZERO_WIDTH] = "zero_width",      [SPACE] = "space",
    [QUESTION] = "question",       [MIXED_SCRIPTS] = "mixed_scripts"};
static const char *const class_en[] = {[PRIVATE_USE] = "private use character",
                                       [REPLACEMENT] = "replacement character",
                                       [CONTROL] = "control character",
                                       [FULL_WIDTH] = "full-width character",
                                       [ZERO_WIDTH] = "zero-width character",
                                       [SPACE] = "white space",
                                       [QUESTION] = "question mark",
                                       [MIXED_SCRIPTS] = "character of another script"};
static const char *const class_zh[] = {
    [PRIVATE_USE] = "私有区字符", [REPLACEMENT] = "替换字符",        [CONTROL] = "控制字符",
    [FULL_WIDTH] = "全角字符",    [ZERO_WIDTH] = "零宽字符",         [SPACE] = "空白字符",
    [QUESTION] = "问号",          [MIXED_SCRIPTS] = "混入的其他文字"};
_Static_assert(AY_COUNT(class_name) == CLASS_COUNT && AY_COUNT(class_en) == CLASS_COUNT &&
                   AY_COUNT(class_zh) == CLASS_COUNT,
               "name every class");

/* UTS 39, highly restrictive: Latin with one of the three East Asian sets, or one script. PCRE2 looks at the script
 * extensions, and a script run takes the decimal digits of one set only. Unknown: private use, and newer than PCRE2. No
 * step goes back: time is linear. */
#define COMMON "\\p{Latin}\\p{Han}\\p{Common}\\p{Inherited}\\p{Unknown}"
static const char one_script[] =
    "(?u)(?s)(?:[" COMMON "\\p{Bopomofo}]*+\\z|[" COMMON "\\p{Hiragana}\\p{Katakana}]*+\\z|"
    "[" COMMON "\\p{Hangul}]*+\\z|(*script_run:.*+))";

typedef struct charset {
    uint32_t classes;  /* bits */
    uint64_t ascii[2]; /* the ASCII characters that are of these classes, a bit each */
    ay_regex *regex;   /* of texts without mixed scripts; NULL: not asked */
} charset;

/* The first of the classes that the character belongs to; CLASS_COUNT: none. */
static class_bit class_of(uint32_t classes, uint32_t cp)
{
    const bool is[] = {
        [PRIVATE_USE] = ay_unicode_is_private(cp),   [REPLACEMENT] = cp == 0xFFFD,
        [CONTROL] = ay_unicode_is_control(cp),       [FULL_WIDTH] = ay_unicode_half_width(cp) != cp,
        [ZERO_WIDTH] = ay_unicode_is_zero_width(cp), [SPACE] = ay_unicode_is_space(cp),
        [QUESTION] = cp == '?' || cp == 0xFF1F,
    };
    class_bit c = PRIVATE_USE;
    while (c < MIXED_SCRIPTS && !(is[c] && classes >> c & 1)) c++;
    return c < MIXED_SCRIPTS ? c : CLASS_COUNT;
}

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    charset *args = AY_ARENA_NEW(build->arena, charset);
    size_t offset;
    char message[128];
    if (!args) return false;
    rule->args = args;
    if (!ay_param_own_field(build, arg, rule) ||
        !ay_param_words(build, arg, class_name, AY_COUNT(class_name), &args->classes))
        return false;
    for (uint32_t c = 0; c < 0x80; c++)
        if (class_of(args->classes, c) != CLASS_COUNT) args->ascii[c >> 6] |= UINT64_C(1) << (c & 0x3f);
    if (!(args->classes >> MIXED_SCRIPTS & 1)) return true;
    return ay_regex_compile(ay_str_from(one_script), &args->regex, &offset, message) == ASSAY_OK &&
           ay_arena_defer(build->arena, ay_regex_free, args->regex);
}

typedef struct place {
    class_bit class_; /* CLASS_COUNT: nothing found */
    uint32_t cp;
    size_t index; /* 1-based, in code points */
} place;

/* Of no script that may not stand beside Latin and Han: up to U+02AF, punctuation, ideographs, full-width forms. False
 * says nothing. */
static bool is_common(uint32_t cp)
{
    return cp < 0x2b0 || (cp >= 0x2010 && cp <= 0x2027) || (cp >= 0x3000 && cp <= 0x3003) ||
           ay_unicode_is_ideograph(cp) || (cp >= 0xff01 && cp <= 0xff5e) || ay_unicode_is_private(cp);
}

/* The first character of a class other than mixed scripts. *ret_common: all before it are common. */
static place find(const charset *args, ay_str text, bool *ret_common)
{
    place p = {CLASS_COUNT, 0, 0};
    *ret_common = true;
    for (size_t at = 0; at < text.len;) {
        const unsigned char byte = (unsigned char)text.ptr[at];
        p.index++;
        if (byte < 0x80 && !(args->ascii[byte >> 6] >> (byte & 0x3f) & 1)) at++;
        else if (byte >= 0xe4 && byte <= 0xe9) at += 3; /* U+4000 to U+9FFF: ideographs and hexagrams */
        else {
            p.cp = ay_utf8_next(text, &at);
            p.class_ = class_of(args->classes, p.cp);
            if (p.class_ != CLASS_COUNT) return p;
            *ret_common = *ret_common && is_common(p.cp);
        }
    }
    return p;
}

/* The first character that does not go with those before it, found by halves: what is mixed stays so with more behind
 * it. */
static place find_mixed(const charset *args, ay_regex_match *match, ay_str text)
{
    place p = {MIXED_SCRIPTS, 0, 0};
    size_t low = 1, high = ay_utf8_length(text); /* the first `high` characters are mixed, the first low - 1 are not */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const ay_str front = ay_str_slice(text, 0, ay_utf8_offset(text, middle));
        if (ay_regex_whole(args->regex, match, front) == AY_REGEX_NO) high = middle;
        else low = middle + 1;
    }
    size_t at = ay_utf8_offset(text, high - 1);
    p.index = high;
    p.cp = ay_utf8_next(text, &at);
    return p;
}

static assay_status open(const ay_rule *rule, uint32_t cap, void **ret_scratch, assay_err *err)
{
    (void)cap;
    const charset *args = (const charset *)rule->args;
    ay_regex_match *match = NULL;
    if (args->regex) AY_TRY(ay_regex_match_open(args->regex, &match, err));
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
    const charset *args = (const charset *)rule->args;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    AY_BITS_EACH (i, active, view->batch->rows) {
        bool is_plain;
        if (find(args, texts[i], &is_plain).class_ != CLASS_COUNT) {
            ay_bit_set(marks.fail, i);
            continue;
        }
        if (!args->regex || is_plain) continue;
        const ay_regex_verdict verdict = ay_regex_whole(args->regex, (ay_regex_match *)scratch, texts[i]);
        if (verdict == AY_REGEX_NO) ay_bit_set(marks.fail, i);
        else if (verdict == AY_REGEX_LIMIT) ay_bit_set(marks.unreadable, i);
    }
    return ASSAY_OK;
}

static place find_any(const charset *args, ay_str text, ay_buf *out)
{
    bool is_plain;
    const place p = find(args, text, &is_plain);
    ay_regex_match *match = NULL;
    if (p.class_ != CLASS_COUNT || !args->regex || is_plain) return p;
    if (ay_regex_match_open(args->regex, &match, NULL) != ASSAY_OK) out->failed = ASSAY_ENOMEM;
    const bool is_mixed = match && ay_regex_whole(args->regex, match, text) == AY_REGEX_NO;
    const place mixed = is_mixed ? find_mixed(args, match, text) : p;
    ay_regex_match_close(match);
    return mixed;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const place p = find_any((const charset *)rule->args, ay_fact_text(facts, 0), out);
    if (facts->verdict == AY_UNREADABLE)
        ay_buf_text(out, zh ? "文本过于复杂，无法判断所用文字" : "the text is too complex for its scripts to be told");
    if (p.class_ == CLASS_COUNT || facts->verdict == AY_UNREADABLE) return;
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
    .open = open,
    .eval = eval,
    .close = close,
    .reason = reason,
};
