/* personal: finds personal data inside text: citizen ids (GB 11643), mobile numbers and bank cards. A number is looked
 * for among whole runs of digits, and among runs that a single space or hyphen joins where their lengths are those in
 * which such a number is written; a part of a longer run is never taken for one. */
#include "check/identifier.h"
#include "check/iso7064.h"
#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "base/word.h"

typedef enum what { CITIZEN_ID, MOBILE, BANK_CARD, OLD_CITIZEN_ID, WHAT_COUNT } what;

/* Without a check character one in 27 numbers that begin with a region is a citizen id of 15 digits by chance: such ids
 * are looked for only where they are named. */
enum { BY_DEFAULT = 1u << CITIZEN_ID | 1u << MOBILE | 1u << BANK_CARD };

static const char *const what_name[] = {
    [CITIZEN_ID] = "citizen_id", [MOBILE] = "mobile", [BANK_CARD] = "bank_card", [OLD_CITIZEN_ID] = "old_citizen_id"};
static const char *const what_en[] = {[CITIZEN_ID] = "citizen id",
                                      [MOBILE] = "mobile number",
                                      [BANK_CARD] = "bank card number",
                                      [OLD_CITIZEN_ID] = "citizen id of 15 digits"};
static const char *const what_zh[] = {[CITIZEN_ID] = "公民身份号码",
                                      [MOBILE] = "手机号码",
                                      [BANK_CARD] = "银行卡号",
                                      [OLD_CITIZEN_ID] = "15 位公民身份号码"};
_Static_assert(AY_COUNT(what_name) == WHAT_COUNT, "name everything that is looked for");

#define DIGITS_MAX 19 /* of the longest number that is looked for */
#define GROUPS_MAX 5  /* in which one is written */

/* A run of digits, full-width ones as half-width, or several of them joined. */
typedef struct run {
    char digits[DIGITS_MAX];
    size_t n;     /* may be more than DIGITS_MAX: then only the first are kept */
    size_t index; /* of the first one, 1-based, in code points */
    bool has_x;   /* an X follows: the check character of a citizen id */
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
    args->wanted = BY_DEFAULT;
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

/* Citizen ids, residence permits and the cards of foreign permanent residents: all have a birth date, which is before
 * 2100 here, and a check character. */
static bool is_citizen_id(const run *r)
{
    const int64_t latest = ay_days_from_civil(2100, 1, 1);
    char id[18];
    if (r->n != 18 && !(r->n == 17 && r->has_x)) return false;
    memcpy(id, r->digits, sizeof id);
    if (r->n == 17) id[17] = 'X';
    const ay_str text = {id, sizeof id};
    return ay_citizen_id_holds(text, latest) || ay_residence_permit_holds(text, latest) ||
           ay_foreigner_permit_holds(text, latest);
}

static bool is_old_citizen_id(const run *r)
{
    return r->n == 15 && ay_citizen_id_15_holds((ay_str){r->digits, 15}, 0);
}

static bool is_mobile(const run *r)
{
    const bool is_abroad = r->n == 13 && r->after_plus && memcmp(r->digits, "86", 2) == 0;
    const char *digits = is_abroad ? r->digits + 2 : r->digits;
    return (r->n == 11 || is_abroad) && digits[0] == '1' && digits[1] >= '3';
}

/* How long cards that begin so are: UnionPay 62 and other 6, national 94 to 99 (91 to 93 begin the codes of
 * enterprises), Visa 4, Mastercard 5, JCB 35, American Express 34 and 37, Diners Club 30, 36, 38 and 39. */
static bool has_card_length(const run *r)
{
    const unsigned first = (unsigned)(r->digits[0] - '0'), two = number(r->digits, 2);
    const bool is_national = first == 6 || two >= 94;
    switch (r->n) {
    case 13: return first == 4;
    case 14: return two == 30 || two == 36 || two == 38 || two == 39;
    case 15: return two == 34 || two == 37;
    case 16: return (first >= 3 && first <= 6) || is_national;
    case 17:
    case 18: return is_national;
    case 19: return is_national || first == 4;
    default: return false;
    }
}

/* ISO/IEC 7812, with the check digit of Luhn. */
static bool is_bank_card(const run *r)
{
    return r->n >= 13 && has_card_length(r) && ay_luhn_holds((ay_str){r->digits, r->n});
}

static what what_is(uint32_t wanted, const run *r)
{
    if (wanted >> CITIZEN_ID & 1 && is_citizen_id(r)) return CITIZEN_ID;
    if (wanted >> MOBILE & 1 && is_mobile(r)) return MOBILE;
    if (wanted >> BANK_CARD & 1 && is_bank_card(r)) return BANK_CARD;
    return wanted >> OLD_CITIZEN_ID & 1 && is_old_citizen_id(r) ? OLD_CITIZEN_ID : WHAT_COUNT;
}

/* ---- Groups: 6222 0210 0111 2233, 138-0013-8000, 110105 19491231 002X ---- */

typedef struct groups {
    run run[GROUPS_MAX]; /* the last ones */
    size_t n;            /* kept */
    size_t total;        /* of the chain */
} groups;

static run join(const run *first, size_t n)
{
    run all = {.index = first->index, .has_x = first[n - 1].has_x};
    for (size_t g = 0; g < n; g++)
        for (size_t i = 0; i < first[g].n; i++, all.n++)
            if (all.n < DIGITS_MAX && i < DIGITS_MAX) all.digits[all.n] = first[g].digits[i];
    return all;
}

/* Lengths of the groups, one hex digit each, the first one highest. */
static uint32_t shape_of(const run *first, size_t n)
{
    uint32_t shape = 0;
    for (size_t g = 0; g < n; g++) shape = shape << 4 | (uint32_t)(first[g].n < 15 ? first[g].n : 15);
    return shape;
}

static uint32_t wanted_in(uint32_t shape, bool is_whole)
{
    static const uint32_t citizens[] = {0x684, 0x683, 0x6C, 0x6B, 0xE4, 0xE3, 0x6444, 0x6443};
    static const uint32_t mobiles[] = {0x344, 0x38, 0x74};
    static const uint32_t cards[] = {0x4444, 0x44441, 0x44442, 0x44443, 0x465, 0x464};
    static const uint32_t old[] = {0x663};
    uint32_t wanted = 0;
    for (size_t i = 0; i < AY_COUNT(citizens); i++) wanted |= (uint32_t)(shape == citizens[i]) << CITIZEN_ID;
    for (size_t i = 0; i < AY_COUNT(mobiles); i++) wanted |= (uint32_t)(shape == mobiles[i]) << MOBILE;
    for (size_t i = 0; is_whole && i < AY_COUNT(cards); i++) wanted |= (uint32_t)(shape == cards[i]) << BANK_CARD;
    for (size_t i = 0; i < AY_COUNT(old); i++) wanted |= (uint32_t)(shape == old[i]) << OLD_CITIZEN_ID;
    return wanted;
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

static bool is_alphanumeric(uint32_t cp)
{
    return is_digit(cp) || ((cp | 0x20) >= 'a' && (cp | 0x20) <= 'z');
}

/* A check character X belongs to the run unless a letter or a digit follows. */
static void take_x(reading *t, run *r)
{
    if (t->cp != 'X' && t->cp != 'x') return;
    reading behind = *t;
    step(&behind);
    if (is_alphanumeric(behind.cp)) return;
    r->has_x = true;
    *t = behind;
}

static run take_run(reading *t, bool after_plus)
{
    run r = {.index = t->index, .after_plus = after_plus};
    for (; is_digit(t->cp); step(t), r.n++)
        if (r.n < DIGITS_MAX) r.digits[r.n] = (char)t->cp;
    take_x(t, &r);
    return r;
}

/* Behind a space or hyphen between two runs. */
static bool skip_joint(reading *t)
{
    reading behind = *t;
    if (t->cp != ' ' && t->cp != '-') return false;
    step(&behind);
    if (!is_digit(behind.cp)) return false;
    *t = behind;
    return true;
}

/* The last run alone, and the last ones together. Lists of numbers of 4 digits would often look like cards by chance: a
 * card is the whole chain. */
static found look(uint32_t wanted, const groups *g, bool is_end)
{
    const run *last = &g->run[g->n - 1];
    const what alone = what_is(wanted, last);
    if (alone != WHAT_COUNT) return (found){alone, last->index};
    for (size_t n = 2; n <= g->n; n++) {
        const run *first = &g->run[g->n - n];
        const uint32_t possible = wanted & wanted_in(shape_of(first, n), is_end && n == g->total);
        if (!possible) continue;
        const run all = join(first, n);
        const what w = what_is(possible, &all);
        if (w != WHAT_COUNT) return (found){w, all.index};
    }
    return (found){WHAT_COUNT, 0};
}

static void add_run(groups *g, run r)
{
    if (g->n == GROUPS_MAX) memmove(g->run, g->run + 1, --g->n * sizeof *g->run);
    g->run[g->n++] = r;
    g->total++;
}

/* Over bytes that begin neither a digit nor a plus, half-width or full-width. */
static void skip(reading *t)
{
    for (; t->at < t->text.len; t->at++) {
        const unsigned char c = (unsigned char)t->text.ptr[t->at];
        if ((c >= '0' && c <= '9') || c == '+' || c == 0xEF) return;
        t->index += (c & 0xC0) != 0x80;
    }
}

static found find(uint32_t wanted, ay_str text)
{
    bool after_plus = false;
    groups g;
    reading t = {.text = text};
    g.n = g.total = 0;
    skip(&t);
    for (step(&t); t.cp || t.at < text.len;) {
        if (!is_digit(t.cp)) {
            after_plus = t.cp == '+';
            if (!after_plus) skip(&t);
            step(&t);
            continue;
        }
        add_run(&g, take_run(&t, after_plus));
        const bool is_joined = !g.run[g.n - 1].has_x && skip_joint(&t);
        const found f = look(wanted, &g, !is_joined);
        if (f.what != WHAT_COUNT) return f;
        if (!is_joined) g.n = g.total = 0;
        after_plus = false;
    }
    return (found){WHAT_COUNT, 0};
}

/* ---- most texts need no search ---- */

enum { LEAST = 11 }; /* digits of a number, alone or in runs that are joined */

/* A full-width digit begins with the byte EF. */
static bool has_digits(ay_str text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++)
        digits += (text.ptr[i] >= '0' && text.ptr[i] <= '9') | ((unsigned char)text.ptr[i] == 0xEF);
    return digits >= LEAST;
}

/* Bytes of a word, by their highest bits. What begins with E4 to E9 is an ideograph; a full-width joint begins with E3
 * or EF. */
static uint64_t may_be_digits(uint64_t word)
{
    return ay_word_within(word, '0', '9') | ay_word_within(word ^ AY_WORD_OF(0x80), 0x6F, 0x6F);
}

static uint64_t set_apart(uint64_t word)
{
    const uint64_t ascii = ~word & AY_WORD_OF(0x80);
    return (ascii & ~ay_word_within(word, ' ', '9')) | ay_word_within(word ^ AY_WORD_OF(0x80), 0x64, 0x69);
}

/* Whether digits enough follow one another with nothing between that sets them apart. */
static bool has_chain(ay_str text)
{
    size_t chain = 0;
    for (size_t at = 0; at < text.len && chain < LEAST; at += 8) {
        const uint64_t word = ay_word_at(text, at), digits = may_be_digits(word), apart = set_apart(word);
        const uint64_t before = (apart & -apart) - 1; /* all where nothing is apart */
        chain += ay_word_count(digits & before);
        if (apart && chain < LEAST) chain = ay_word_count(digits & ~(~UINT64_C(0) >> __builtin_clzll(apart)));
    }
    return chain >= LEAST;
}

static bool holds(const ay_rule *rule, ay_str text)
{
    return has_digits(text) && has_chain(text) && find(((const personal *)rule->args)->wanted, text).what != WHAT_COUNT;
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    AY_BITS_EACH (i, active, view->batch->rows)
        if (holds(rule, texts[i])) ay_bit_set(marks.fail, i);
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const found f = find(((const personal *)rule->args)->wanted, ay_fact_text(facts, 0));
    if (f.what == WHAT_COUNT) return;
    if (!facts->is_quotable) ay_buf_printf(out, zh ? "含有%s" : "holds a %s", zh ? what_zh[f.what] : what_en[f.what]);
    else if (zh) ay_buf_printf(out, "第 %zu 个字符起含有%s", f.index, what_zh[f.what]);
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
    .finds_personal = holds,
};
