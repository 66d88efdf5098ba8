#include "check/normalize.h"

#include "base/mem.h"
#include "base/nfc.h"
#include "base/utf8.h"
#include "check/kinds.h"
#include "check/param.h"

/* Bit i of the set is word i. */
static const char *const words[] = {"trim", "width", "upper", "lower", "digits", "nfc", "nfkc", "dot"};
_Static_assert(AY_NORM_TRIM == 1 && AY_NORM_WIDTH == 2 && AY_NORM_UPPER == 4 && AY_NORM_LOWER == 8 &&
                   AY_NORM_DIGITS == 16 && AY_NORM_NFC == 32 && AY_NORM_NFKC == 64 && AY_NORM_DOT == 128,
               "order of the words");

static const char *const repair_zh[] = {"去除首尾空白",       "全角转半角",          "转为大写",
                                        "转为小写",           "数字转为 ASCII 数字", "转为 NFC 规范形式",
                                        "转为 NFKC 规范形式", "间隔号改为 U+00B7"};
static const char *const repair_en[] = {"trimming",   "half-width characters", "upper case",
                                        "lower case", "ASCII digits",          "form NFC",
                                        "form NFKC",  "U+00B7 as the dot"};
_Static_assert(AY_COUNT(repair_zh) == AY_COUNT(words) && AY_COUNT(repair_en) == AY_COUNT(words), "name every repair");

const char *const *ay_norm_words(size_t *ret_n)
{
    *ret_n = AY_COUNT(words);
    return words;
}

/* ---- characters ---- */

/* What is typed or converted for the dot between the parts of a name, always. The full stop is among them only between
 * ideographs: see is_dot_at. */
static bool is_dot(uint32_t cp)
{
    static const uint16_t dots[] = {0x387, 0x2022, 0x2027, 0x2219, 0x22c5, 0x2e31, 0x30fb, 0xff0e, 0xff65};
    size_t i = 0;
    while (i < AY_COUNT(dots) && dots[i] != cp) i++;
    return i < AY_COUNT(dots);
}

static uint32_t repaired(uint32_t normalizers, uint32_t cp)
{
    if (normalizers & AY_NORM_DOT && cp >= 0x80 && is_dot(cp)) return 0xb7;
    if (normalizers & AY_NORM_WIDTH) cp = ay_unicode_half_width(cp);
    if (normalizers & AY_NORM_DIGITS && cp >= 0x80) {
        const int digit = ay_unicode_digit(cp);
        if (digit >= 0) cp = '0' + (uint32_t)digit;
    }
    if (normalizers & AY_NORM_UPPER && cp >= 'a' && cp <= 'z') cp -= 'a' - 'A';
    if (normalizers & AY_NORM_LOWER && cp >= 'A' && cp <= 'Z') cp += 'a' - 'A';
    return cp;
}

/* The ASCII characters that may need a repair, a bit each. */
typedef struct ascii_set {
    uint64_t low, high;
} ascii_set;

static ascii_set ascii_of(uint32_t normalizers)
{
    static const uint64_t capitals = UINT64_C(0x7fffffe); /* A-Z, from U+0040 on */
    ascii_set set = {0, 0};
    if (normalizers & AY_NORM_DOT) set.low |= UINT64_C(1) << '.';
    if (normalizers & AY_NORM_UPPER) set.high |= capitals << 32;
    if (normalizers & AY_NORM_LOWER) set.high |= capitals;
    return set;
}

static ay_form form_of(uint32_t normalizers)
{
    return normalizers & AY_NORM_NFKC ? AY_FORM_NFKC : AY_FORM_NFC;
}

/* False for nearly all texts that need no repair, without a table of Unicode. */
static bool may_need(uint32_t normalizers, ay_str text)
{
    const ascii_set ascii = ascii_of(normalizers);
    const bool has_form = normalizers & (AY_NORM_NFC | AY_NORM_NFKC);
    if (normalizers & AY_NORM_TRIM && ay_utf8_trim(text).len != text.len) return true;
    if (!(normalizers & ~AY_NORM_TRIM)) return false;
    for (size_t at = 0; at < text.len;) {
        const unsigned char byte = (unsigned char)text.ptr[at];
        if (byte < 0x80) {
            if ((byte < 0x40 ? ascii.low : ascii.high) >> (byte & 0x3f) & 1) return true;
            at++;
        } else if (byte >= 0xe4 && byte <= 0xe9) at += 3; /* U+4000 to U+9FFF: ideographs and hexagrams */
        else {
            const uint32_t cp = ay_utf8_next(text, &at);
            if ((has_form && !ay_nfc_is_plain(form_of(normalizers), cp)) || repaired(normalizers, cp) != cp)
                return true;
        }
    }
    return false;
}

/* ---- the whole text ---- */

/* A full stop where only a dot can be meant: in 艾力.买买提, not in J. Smith or 3.5. */
static bool is_dot_at(ay_str text, size_t at, uint32_t before)
{
    size_t next = at + 1;
    return text.ptr[at] == '.' && ay_unicode_is_ideograph(before) && next < text.len &&
           ay_unicode_is_ideograph(ay_utf8_next(text, &next));
}

static void put_repaired(uint32_t normalizers, ay_str text, ay_buf *out)
{
    uint32_t before = 0;
    for (size_t at = 0; at < text.len;) {
        char bytes[4];
        const bool dot = normalizers & AY_NORM_DOT && is_dot_at(text, at, before);
        before = ay_utf8_next(text, &at);
        ay_buf_put(out, bytes, ay_utf8_encode(dot ? 0xb7 : repaired(normalizers, before), bytes));
    }
}

/* One repair of *text, or several of single characters: true when it changes. */
static bool step(uint32_t normalizers, ay_norm_room *room, ay_str *text)
{
    ay_buf *out = &room->steps[!room->last];
    if (!normalizers) return false;
    ay_buf_clear(out);
    if (normalizers & (AY_NORM_NFC | AY_NORM_NFKC)) ay_nfc_put(form_of(normalizers), *text, &room->points, out);
    else put_repaired(normalizers, *text, out);
    if (out->failed || ay_str_eq(ay_buf_view(out), *text)) return false;
    room->last = !room->last;
    *text = ay_buf_view(out);
    return true;
}

/* Every repair once. The dot comes before NFKC and width, which make a full stop of U+FF0E; the form before the
 * letters, so that a letter with a mark is one thing however it is written. */
static bool pass(uint32_t normalizers, ay_norm_room *room, ay_str *text)
{
    static const uint32_t orders[] = {AY_NORM_DOT, AY_NORM_NFC | AY_NORM_NFKC,
                                      AY_NORM_WIDTH | AY_NORM_DIGITS | AY_NORM_UPPER | AY_NORM_LOWER};
    bool is_changed = false;
    for (size_t i = 0; i < AY_COUNT(orders); i++) is_changed |= step(normalizers & orders[i], room, text);
    const size_t len = text->len;
    if (normalizers & AY_NORM_TRIM) *text = ay_utf8_trim(*text);
    return is_changed || text->len != len;
}

/* It ends: no repair makes what an earlier one takes away, apart from what NFKC and the letters bring forth, once. */
assay_status ay_norm_apply(uint32_t normalizers, ay_str text, ay_norm_room *room, ay_str *ret, assay_err *err)
{
    *ret = text;
    if (!may_need(normalizers, text)) return ASSAY_OK;
    while (pass(normalizers, room, ret)) continue;
    for (size_t i = 0; i < AY_COUNT(room->steps); i++) AY_TRY(ay_buf_status(&room->steps[i], err));
    return ASSAY_OK;
}

void ay_norm_room_free(ay_norm_room *room)
{
    for (size_t i = 0; i < AY_COUNT(room->steps); i++) ay_buf_free(&room->steps[i]);
    ay_buf_free(&room->points);
}

/* ---- the check: a value that needs a repair fails ---- */

typedef struct repairs {
    uint32_t bits;
} repairs;

static bool has_both(uint32_t bits, uint32_t both)
{
    return (bits & both) == both;
}

static bool is_contradictory(ay_build *build, const ay_node *arg, uint32_t bits)
{
    const bool cases = has_both(bits, AY_NORM_UPPER | AY_NORM_LOWER),
               forms = has_both(bits, AY_NORM_NFC | AY_NORM_NFKC);
    if (cases)
        ay_diag_error(build->diags, "contradiction", arg->pos, "a letter cannot be both upper and lower case",
                      "字母不能既大写又小写");
    if (forms)
        ay_diag_error(build->diags, "contradiction", arg->pos, "a text is put into one form, nfc or nfkc",
                      "文本只能转为一种规范形式：nfc 或 nfkc");
    return cases || forms;
}

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    repairs *args = AY_ARENA_NEW(build->arena, repairs);
    if (!args || !ay_param_own_field(build, arg, rule)) return false;
    rule->args = args;
    return ay_param_words(build, arg, words, AY_COUNT(words), &args->bits) && !is_contradictory(build, arg, args->bits);
}

static assay_status open(const ay_rule *rule, uint32_t cap, void **ret_scratch, assay_err *err)
{
    (void)rule;
    (void)cap;
    *ret_scratch = AY_NEW(ay_norm_room);
    AY_NOMEM_IF(!*ret_scratch, err);
    return ASSAY_OK;
}

static void close(void *scratch)
{
    if (scratch) ay_norm_room_free((ay_norm_room *)scratch);
    ay_free(scratch);
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    const uint32_t bits = ((const repairs *)rule->args)->bits;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    AY_BITS_EACH (i, active, view->batch->rows) {
        ay_str repaired_text;
        AY_TRY(ay_norm_apply(bits, texts[i], (ay_norm_room *)scratch, &repaired_text, err));
        if (!ay_str_eq(repaired_text, texts[i])) ay_bit_set(marks.fail, i);
    }
    return ASSAY_OK;
}

/* False: none of these repairs changes the text, or, with a failure of `out`, memory ran out. */
static bool put_changed(uint32_t bits, ay_str text, ay_buf *out)
{
    AY_CLEANUP(ay_norm_room_free) ay_norm_room room = {0};
    ay_str changed;
    if (ay_norm_apply(bits, text, &room, &changed, NULL) != ASSAY_OK) out->failed = ASSAY_ENOMEM;
    if (out->failed || ay_str_eq(changed, text)) return false;
    ay_buf_str(out, changed);
    return true;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const uint32_t bits = ((const repairs *)rule->args)->bits;
    bool is_first = true;
    for (uint32_t i = 0; i < AY_COUNT(words); i++) {
        AY_CLEANUP(ay_buf_free) ay_buf changed = {0};
        const bool is_needed = put_changed(bits & 1u << i, ay_fact_text(facts, 0), &changed);
        if (changed.failed) out->failed = changed.failed;
        if (!is_needed) continue;
        ay_buf_text(out, is_first ? (zh ? "需要" : "needs ") : (zh ? "、" : ", "));
        ay_buf_text(out, zh ? repair_zh[i] : repair_en[i]);
        is_first = false;
    }
}

static bool suggest(const ay_rule *rule, const ay_facts *facts, ay_memo *memo, ay_suggestion *ret, ay_buf *out)
{
    (void)memo;
    *ret = (ay_suggestion){.by = AY_BY_NORMALIZER, .confidence = AY_NORM_CONFIDENCE};
    return put_changed(((const repairs *)rule->args)->bits, ay_fact_text(facts, 0), out);
}

const ay_kind ay_kind_normalize = {
    .name = "normalize",
    .over = AY_OVER_VALUE,
    .summary = "the text needs none of the allowed repairs",
    .summary_zh = "文本无需规范化",
    .indicator = "0302",
    .types = AY_TYPE_BIT(AY_TEXT),
    .compile = compile,
    .open = open,
    .eval = eval,
    .close = close,
    .reason = reason,
    .suggest = suggest,
};
