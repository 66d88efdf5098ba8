/* personal: finds personal data inside text: citizen ids (GB 11643), mobile numbers and bank cards. A number is
 * looked for among whole runs of digits only, so that a part of a longer number is never taken for one. */
#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"
#include "base/utf8.h"

typedef enum what { CITIZEN_ID, MOBILE, BANK_CARD, WHAT_COUNT } what;

static const char *const what_name[] = {[CITIZEN_ID] = "citizen_id", [MOBILE] = "mobile", [BANK_CARD] = "bank_card"};
static const char *const what_en[] = {
    [CITIZEN_ID] = "citizen id", [MOBILE] = "mobile number", [BANK_CARD] = "bank card number"};
static const char *const what_zh[] = {[CITIZEN_ID] = "公民身份号码", [MOBILE] = "手机号码", [BANK_CARD] = "银行卡号"};
_Static_assert(AY_COUNT(what_name) == WHAT_COUNT, "name everything that is looked for");

#define RUN_MAX 19 /* digits of the longest number that is looked for */

/* A run of digits, full-width ones as half-width. */
typedef struct run {
    char digits[RUN_MAX + 1]; /* and a closing X of a citizen id */
    size_t n;                 /* may be more than RUN_MAX: then only the first are kept */
    size_t index;             /* of the first one, 1-based, in code points */
    bool after_plus;
} run;

typedef struct found {
    what what; /* WHAT_COUNT: nothing */
    size_t index;
} found;

typedef struct personal {
    uint32_t wanted; /* bits */
} personal;

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    personal *args = AY_ARENA_NEW(build->arena, personal);
    if (!args || !ay_param_own_field(build, arg, rule)) return false;
    rule->args = args;
    if (arg->kind == AY_NODE_LIST) return ay_param_words(build, arg, what_name, AY_COUNT(what_name), &args->wanted);
    bool is_on = false;
    if (!ay_param_bool(build, arg, &is_on)) return false;
    args->wanted = (1u << WHAT_COUNT) - 1;
    if (is_on) return true;
    ay_diag_error(build->diags, "no-effect", arg->pos, "'personal: false' looks for nothing: leave it out",
                  "personal: false 不查找任何内容：请删去");
    return false;
}

static unsigned number(const char *digits, size_t n)
{
    unsigned v = 0;
    for (size_t i = 0; i < n; i++) v = v * 10 + (unsigned)(digits[i] - '0');
    return v;
}

/* Region, birthday and check character of GB 11643, which is ISO 7064 MOD 11-2. */
static bool is_citizen_id(const run *r)
{
    if (r->n != 18 || r->digits[0] == '0') return false;
    const unsigned year = number(r->digits + 6, 4), month = number(r->digits + 10, 2), day = number(r->digits + 12, 2);
    if (year < 1800 || year > 2199 || month < 1 || month > 12) return false;
    if (day < 1 || day > ay_days_in_month(year, month)) return false;
    unsigned p = 0;
    for (size_t i = 0; i < 17; i++) p = (p + (unsigned)(r->digits[i] - '0')) * 2 % 11;
    return (p + (r->digits[17] == 'X' ? 10u : (unsigned)(r->digits[17] - '0'))) % 11 == 1;
}

static bool is_mobile(const run *r)
{
    const bool is_abroad = r->n == 13 && r->after_plus && memcmp(r->digits, "86", 2) == 0;
    const char *digits = is_abroad ? r->digits + 2 : r->digits;
    return (r->n == 11 || is_abroad) && digits[0] == '1' && digits[1] >= '3';
}

/* ISO/IEC 7812: 13 to 19 digits, a major industry of banks or travel (3 to 6) or a national one (9), and Luhn. An X
 * that was taken for a check character of a citizen id is no part of it. */
static bool is_bank_card(const run *r)
{
    const size_t n = r->n == 18 && r->digits[17] == 'X' ? 17 : r->n;
    if (n < 13 || n > RUN_MAX || !strchr("34569", r->digits[0])) return false;
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        const unsigned digit = (unsigned)(r->digits[i] - '0');
        const bool is_doubled = (n - i) % 2 == 0;
        sum += !is_doubled ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
    }
    return sum % 10 == 0;
}

static what what_is(uint32_t wanted, const run *r)
{
    if (wanted >> CITIZEN_ID & 1 && is_citizen_id(r)) return CITIZEN_ID;
    if (wanted >> MOBILE & 1 && is_mobile(r)) return MOBILE;
    return wanted >> BANK_CARD & 1 && is_bank_card(r) ? BANK_CARD : WHAT_COUNT;
}

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

/* The text as half-width characters with their positions. */
typedef struct reading {
    ay_str text;
    size_t at, index; /* behind the character; index counts from 1 */
    uint32_t cp;      /* 0 at the end */
} reading;

static void step(reading *r)
{
    r->index++;
    r->cp = r->at < r->text.len ? ay_unicode_half_width(ay_utf8_next(r->text, &r->at)) : 0;
}

/* A check character X belongs to the run unless a letter or a digit follows. */
static void take_x(reading *t, run *r)
{
    if (r->n != 17 || (t->cp != 'X' && t->cp != 'x')) return;
    reading behind = *t;
    step(&behind);
    if (is_digit(behind.cp) || ((behind.cp | 0x20) >= 'a' && (behind.cp | 0x20) <= 'z')) return;
    r->digits[r->n++] = 'X';
    *t = behind;
}

static found find(uint32_t wanted, ay_str text)
{
    bool after_plus = false;
    reading t = {.text = text};
    for (step(&t); t.cp || t.at < text.len;) {
        if (!is_digit(t.cp)) {
            after_plus = t.cp == '+';
            step(&t);
            continue;
        }
        run r = {.index = t.index, .after_plus = after_plus};
        for (; is_digit(t.cp); step(&t), r.n++)
            if (r.n < RUN_MAX) r.digits[r.n] = (char)t.cp;
        take_x(&t, &r);
        const what w = what_is(wanted, &r);
        if (w != WHAT_COUNT) return (found){w, r.index};
        after_plus = false;
    }
    return (found){WHAT_COUNT, 0};
}

/* Most texts hold too few digits for any number. A full-width digit begins with the byte EF. */
static bool may_hold(ay_str text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++)
        digits += (text.ptr[i] >= '0' && text.ptr[i] <= '9') | ((unsigned char)text.ptr[i] == 0xEF);
    return digits >= 11;
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const uint32_t wanted = ((const personal *)rule->args)->wanted;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    AY_BITS_EACH (i, active, view->batch->rows)
        if (may_hold(texts[i]) && find(wanted, texts[i]).what != WHAT_COUNT) ay_bit_set(marks.fail, i);
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const found f = find(((const personal *)rule->args)->wanted, ay_fact_text(facts, 0));
    if (f.what == WHAT_COUNT) return;
    if (zh) ay_buf_printf(out, "第 %zu 个字符起含有%s", f.index, what_zh[f.what]);
    else ay_buf_printf(out, "holds a %s at position %zu", what_en[f.what], f.index);
}

const ay_kind ay_kind_personal = {
    .name = "personal",
    .over = AY_OVER_VALUE,
    .summary = "the text holds no personal data",
    .summary_zh = "文本不含个人信息",
    .indicator = "0106",
    .types = AY_TYPE_BIT(AY_TEXT) | AY_TYPE_BIT(AY_JSON) | AY_TYPE_BIT(AY_JSONB),
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
