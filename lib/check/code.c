/* code: the value, or a part of it, is a code of a list: in force on a day or since a year, and a leaf where that is
 * asked. A retired code suggests what replaced it, and one that is not listed what it may stand for. */
#include "check/code_guess.h"
#include "check/code_param.h"
#include "check/kinds.h"

#include "base/ascii.h"
#include "base/mem.h"
#include "base/utf8.h"

/* ---- one value ---- */

static int64_t floor_day(int64_t us)
{
    if (us == AY_INFINITY || us == AY_NEG_INFINITY) return us;
    return us / AY_DAY_US - (us % AY_DAY_US < 0);
}

static int64_t day_of(ay_type type, int64_t value, const ay_zone *zone)
{
    if (type == AY_DATE) return value;
    return floor_day(type == AY_TIMESTAMPTZ ? ay_zone_from_utc(zone, value, NULL) : value);
}

static int64_t year_start(int64_t day)
{
    int64_t year;
    unsigned month, of_month;
    if (day == AY_INFINITY || day == AY_NEG_INFINITY) return day;
    ay_civil_from_days(day, &year, &month, &of_month);
    return ay_days_from_civil(year, 1, 1);
}

/* What the value of rule->fields[1] asks for. */
static ay_code_need need_of(const ay_code_args *args, int64_t value, int64_t today)
{
    const int64_t day = day_of(args->day_type, value, args->zone);
    if (args->when == AY_CODE_AT) return (ay_code_need){day, day, args->leaf_only};
    return (ay_code_need){year_start(day), today, args->leaf_only};
}

static bool take_year(ay_str text, ay_part p, int64_t *ret_first)
{
    ay_str digits;
    int64_t year = 0;
    if (!ay_part_take(p, text, &digits)) return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (!ay_is_digit(digits.ptr[i])) return false;
        year = year * 10 + (digits.ptr[i] - '0');
    }
    if (year) *ret_first = ay_days_from_civil(year, 1, 1);
    return year != 0;
}

/* What a value can lack before its code is looked up. */
typedef enum lack { LACKS_NOTHING, LACKS_PART, LACKS_YEAR } lack;

static lack locate(const ay_code_args *args, ay_str text, ay_code_need *need, ay_str *ret_code)
{
    if (!ay_part_take(args->part, text, ret_code)) return LACKS_PART;
    if (args->when == AY_CODE_SINCE_PART && !take_year(text, args->year, &need->first)) return LACKS_YEAR;
    return LACKS_NOTHING;
}

/* ---- a batch ---- */

/* Where every record asks for the same, the list is judged once. */
typedef struct answers {
    int64_t today;
    bool is_known;
    uint64_t accepted[];
} answers;

static bool is_one_need(const ay_rule *rule)
{
    return rule->n_fields == 1 && ((const ay_code_args *)rule->args)->when != AY_CODE_SINCE_PART;
}

static assay_status open(const ay_rule *rule, uint32_t cap, void **ret_scratch, assay_err *err)
{
    (void)cap;
    *ret_scratch = NULL;
    if (!is_one_need(rule)) return ASSAY_OK;
    const size_t n = ay_code_answers(((const ay_code_args *)rule->args)->list);
    answers *a = (answers *)ay_alloc(sizeof *a + AY_BITS_WORDS(n) * sizeof *a->accepted);
    AY_NOMEM_IF(!a, err);
    a->is_known = false;
    *ret_scratch = a;
    return ASSAY_OK;
}

static void close(void *scratch)
{
    ay_free(scratch);
}

static void prepare(const ay_code_args *args, int64_t today, answers *a)
{
    if (a->is_known && a->today == today) return;
    ay_code_accept_all(args->list, &(ay_code_need){today, today, args->leaf_only}, a->accepted);
    a->today = today;
    a->is_known = true;
}

/* The codes of up to 64 records, and what the list is asked for each where they differ in that. All are located before
 * the first is looked up, so that what the lookups read is on its way. */
typedef struct asked {
    uint64_t located; /* bits: of the others the code or the year is lacking */
    ay_str code[64];
    ay_code_need need[64];
} asked;

static void locate_all(const ay_code_args *args, const ay_str *texts, uint64_t todo, int64_t today, asked *ret)
{
    ret->located = 0;
    for (; todo; todo &= todo - 1) {
        const size_t i = (size_t)__builtin_ctzll(todo);
        if (args->when == AY_CODE_SINCE_PART) ret->need[i] = (ay_code_need){today, today, args->leaf_only};
        if (locate(args, texts[i], &ret->need[i], &ret->code[i]) != LACKS_NOTHING) continue;
        ret->located |= UINT64_C(1) << i;
        ay_code_fetch(args->list, ret->code[i]);
    }
}

/* The records of `todo` whose code is not accepted. */
static uint64_t judge_all(const ay_code_args *args, const answers *known, const asked *q, uint64_t todo)
{
    uint64_t fail = todo & ~q->located;
    for (todo &= q->located; todo; todo &= todo - 1) {
        const size_t i = (size_t)__builtin_ctzll(todo);
        const bool ok = known ? ay_code_is_accepted(args->list, q->code[i], known->accepted)
                              : ay_code_accepts(args->list, q->code[i], &q->need[i]);
        fail |= (uint64_t)!ok << i;
    }
    return fail;
}

/* The days of a field: none is unknown, a bad one unreadable; the others are left in `todo`. */
static void take_days(const ay_code_args *args, const ay_col *day, size_t w, int64_t today, ay_marks marks,
                      uint64_t *todo, asked *q)
{
    marks.unknown[w] |= *todo & day->null[w];
    marks.unreadable[w] |= *todo & day->bad[w] & ~day->null[w];
    *todo &= ~(day->null[w] | day->bad[w]);
    for (uint64_t left = *todo; left; left &= left - 1) {
        const size_t i = (size_t)__builtin_ctzll(left);
        q->need[i] = need_of(args, day->v.i64[w * 64 + i], today);
    }
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)err;
    const ay_code_args *args = (const ay_code_args *)rule->args;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    const ay_col *day = rule->n_fields > 1 ? &view->batch->cols[rule->fields[1]] : NULL;
    const int64_t today = view->context->today;
    asked q;
    if (scratch) prepare(args, today, (answers *)scratch);
    for (size_t w = 0; w < AY_BITS_WORDS(view->batch->rows); w++) {
        uint64_t todo = active[w];
        locate_all(args, texts + w * 64, todo, today, &q);
        if (day) take_days(args, day, w, today, marks, &todo, &q);
        marks.fail[w] |= judge_all(args, (const answers *)scratch, &q, todo);
    }
    return ASSAY_OK;
}

/* ---- in words ---- */

/* A value that failed, looked at again. */
typedef struct again {
    lack lack;
    ay_str code;
    ay_code_need need;
    ay_code_verdict verdict; /* where nothing is lacking */
} again;

static bool need_again(const ay_rule *rule, const ay_facts *facts, ay_code_need *ret)
{
    const ay_code_args *args = (const ay_code_args *)rule->args;
    ay_cell day;
    assay_status status = ASSAY_OK;
    *ret = (ay_code_need){facts->today, facts->today, args->leaf_only};
    if (rule->n_fields < 2) return true;
    if (facts->values[1].is_null ||
        !ay_cell_read(ay_fact_text(facts, 1), args->day_type, args->zone, NULL, &day, NULL, NULL, &status))
        return false;
    *ret = need_of(args, day.v.i64, facts->today);
    return true;
}

/* False: the date cannot be read. */
static bool look_again(const ay_rule *rule, const ay_facts *facts, again *ret)
{
    const ay_code_args *args = (const ay_code_args *)rule->args;
    if (facts->verdict != AY_FAIL || !need_again(rule, facts, &ret->need)) return false;
    ret->lack = locate(args, ay_fact_text(facts, 0), &ret->need, &ret->code);
    if (ret->lack == LACKS_NOTHING) ret->verdict = ay_code_find(args->list, ret->code, &ret->need);
    return true;
}

static void put_heirs(const ay_code_lapse *lapse, bool zh, ay_buf *out)
{
    for (uint32_t i = 0; i < lapse->n_heirs; i++) {
        const bool is_last = i + 1 == lapse->n_heirs && !lapse->has_more;
        if (i == 0) ay_buf_text(out, zh ? "；由 " : "; replaced by ");
        else if (is_last) ay_buf_text(out, zh ? " 或 " : " or ");
        else ay_buf_text(out, zh ? "、" : ", ");
        ay_buf_str(out, lapse->heirs[i]);
    }
    if (lapse->n_heirs && lapse->has_more) ay_buf_text(out, zh ? " 或其他代码" : " or others");
    if (lapse->n_heirs && zh) ay_buf_text(out, " 取代");
}

/* "retired 2003; replaced by 510903 or 510904": tells much about the code, so only where it may be quoted. */
static void put_lapse(const ay_code_args *args, const again *a, bool zh, ay_buf *out)
{
    const bool is_retired = a->verdict == AY_CODE_RETIRED;
    ay_code_lapse lapse;
    ay_code_explain(args->list, a->code, &a->need, &lapse);
    if (!args->is_quotable && is_retired) {
        ay_buf_text(out, zh ? "代码已停用" : "retired");
    } else if (!args->is_quotable) {
        ay_buf_text(out, zh ? "代码尚未生效" : "not yet in force");
    } else if (is_retired) {
        ay_buf_printf(out, zh ? "已于 " AY_STR_FMT " 停用" : "retired " AY_STR_FMT, AY_STR_ARG(lapse.until));
        put_heirs(&lapse, zh, out);
    } else {
        ay_buf_printf(out, zh ? "自 " AY_STR_FMT " 起才生效" : "not in force before " AY_STR_FMT,
                      AY_STR_ARG(lapse.since));
    }
}

/* Where the date may not be quoted, the period of the code would tell about it. */
static void put_not_in_force(const ay_code_args *args, const ay_facts *facts, const again *a, bool zh, ay_buf *out)
{
    if (args->when == AY_CODE_AT && !args->day_is_quotable) {
        ay_buf_printf(out, zh ? "在 %s 的日期不在有效期内" : "not in force on the date of %s", args->day_name);
    } else if (args->when == AY_CODE_SINCE_FIELD && !args->day_is_quotable) {
        ay_buf_printf(out, zh ? "自 %s 的年份起不曾有效" : "not in force since the year of %s", args->day_name);
    } else if (args->when == AY_CODE_AT) {
        const ay_str day = ay_fact_text(facts, 1);
        ay_buf_printf(out, zh ? "在 " AY_STR_FMT " 不在有效期内" : "not in force on " AY_STR_FMT, AY_STR_ARG(day));
        if (!args->is_quotable) return;
        ay_buf_text(out, zh ? "：" : ": ");
        put_lapse(args, a, zh, out);
    } else {
        put_lapse(args, a, zh, out);
    }
}

static void put_part(ay_part part, bool zh, ay_buf *out)
{
    ay_buf_printf(out, zh ? "第 %u 至 %u 个字符" : "characters %u to %u", part.from, part.to);
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const ay_code_args *args = (const ay_code_args *)rule->args;
    again a;
    if (!look_again(rule, facts, &a)) {
        ay_buf_text(out, zh ? "检查所依据的日期无法读取" : "the date that the code is checked for cannot be read");
        return;
    }
    if (a.lack == LACKS_YEAR) {
        put_part(args->year, zh, out);
        ay_buf_text(out, zh ? "不是年份" : " are not a year");
        return;
    }
    if (args->part.to) {
        put_part(args->part, zh, out);
        ay_buf_text(out, zh ? "：" : ": ");
    }
    if (a.lack == LACKS_PART) ay_buf_text(out, zh ? "值太短" : "the value is too short");
    else if (a.verdict == AY_CODE_NOT_LISTED)
        ay_buf_printf(out, zh ? "不在代码表 %s 中" : "not in the list %s", args->file);
    else if (a.verdict == AY_CODE_NOT_LEAF)
        ay_buf_printf(out, zh ? "在代码表 %s 中不是末级代码" : "not a leaf of the list %s", args->file);
    else put_not_in_force(args, facts, &a, zh, out);
}

#define SUCCESSOR_CONFIDENCE 95 /* lists are not always right about what replaced a code */

static bool sole_heir(const ay_code_args *args, const again *a, ay_suggestion *ret, ay_str *ret_code)
{
    ay_code_lapse lapse;
    ay_code_explain(args->list, a->code, &a->need, &lapse);
    if (lapse.n_heirs != 1 || lapse.has_more) return false;
    *ret = (ay_suggestion){.by = AY_BY_SUCCESSOR, .confidence = SUCCESSOR_CONFIDENCE};
    *ret_code = lapse.heirs[0];
    return true;
}

static bool meant(const ay_code_args *args, const again *a, ay_memo *memo, ay_suggestion *ret, ay_str *ret_code,
                  ay_buf *out)
{
    ay_code_guess *guess = NULL;
    if (!memo->kept && !ay_code_guess_open(args->list, &guess)) {
        out->failed = ASSAY_ENOMEM;
        return false;
    }
    if (guess) *memo = (ay_memo){guess, ay_code_guess_close};
    return ay_code_guess_find((const ay_code_guess *)memo->kept, a->code, &a->need, ret, ret_code);
}

/* The one code in force that replaced a retired one, or that one which is not listed may stand for. Never inside a
 * longer value: a citizen's number keeps the code of its region for life, and its check digit stands for it. */
static bool suggest(const ay_rule *rule, const ay_facts *facts, ay_memo *memo, ay_suggestion *ret, ay_buf *out)
{
    const ay_code_args *args = (const ay_code_args *)rule->args;
    again a;
    ay_str code;
    if (args->part.to || (rule->n_fields > 1 && !args->day_is_quotable) || !look_again(rule, facts, &a)) return false;
    if (a.lack != LACKS_NOTHING) return false;
    const bool is_known = (a.verdict == AY_CODE_RETIRED && sole_heir(args, &a, ret, &code)) ||
                          (a.verdict == AY_CODE_NOT_LISTED && meant(args, &a, memo, ret, &code, out));
    if (is_known) ay_buf_str(out, code);
    return is_known;
}

const ay_kind ay_kind_code = {
    .name = "code",
    .over = AY_OVER_VALUE,
    .summary = "the value is a code of the list",
    .summary_zh = "值是代码表中的代码",
    .indicator = "0105",
    .types = AY_TYPE_BIT(AY_TEXT),
    .compile = ay_code_compile,
    .open = open,
    .eval = eval,
    .close = close,
    .reason = reason,
    .suggest = suggest,
};
