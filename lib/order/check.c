/* What one line must hold to count as an answer. */
#include "base/ascii.h"
#include "base/mem.h"
#include "base/time.h"
#include "base/utf8.h"
#include "order/answers.h"
#include "order/day.h"

#define ID_DIGITS    32
#define WHO_CHARS    200
#define REMARK_CHARS 2000
#define DAYS_MAX     250
#define QUOTE_CHARS  60

static ay_str quoted(ay_str cell)
{
    return ay_str_slice(cell, 0, ay_utf8_offset(cell, QUOTE_CHARS));
}

static bool is_id(ay_str cell)
{
    for (size_t i = 0; i < cell.len; i++) {
        const char c = ay_to_lower(cell.ptr[i]);
        if (!ay_is_digit(c) && (c < 'a' || c > 'f')) return false;
    }
    return cell.len == ID_DIGITS;
}

static assay_status check_ticket(ay_str cell, ay_arena *arena, const char **ret, assay_err *err)
{
    AY_FAIL_IF(!is_id(cell), err, ASSAY_EFORMAT,
               "'" AY_STR_FMT
               "' is not the id of a ticket, which has 32 hexadecimal digits; copy it from the work order",
               "“" AY_STR_FMT "”不是工单编号（应为 32 位十六进制数字）；请从原工单复制", AY_STR_ARG(quoted(cell)));
    char *id = ay_arena_copy(arena, cell);
    AY_NOMEM_IF(!id, err);
    for (size_t i = 0; i < ID_DIGITS; i++) id[i] = ay_to_lower(id[i]);
    *ret = id;
    return ASSAY_OK;
}

/* Names what is allowed. */
static assay_status fail_word(ay_str cell, ay_order_column column, ay_order_words words, assay_err *err)
{
    ay_buf en = {0}, zh = {0};
    const ay_order_word head = ay_order_heads[column];
    const ay_str found = quoted(cell);
    ay_order_list(words, false, &en);
    ay_order_list(words, true, &zh);
    ay_buf_char(&en, '\0');
    ay_buf_char(&zh, '\0');
    const bool ok = !en.failed && !zh.failed;
    if (ok)
        (void)ay_fail(err, ASSAY_EFORMAT, "%1$s%2$.0s '%6$.*5$s' is unknown; allowed: %3$s%4$.0s",
                      "%1$.0s%2$s“%6$.*5$s”无法识别；可用：%3$.0s%4$s", head.en, head.zh, ok ? en.ptr : "",
                      ok ? zh.ptr : "", (int)found.len, found.len ? found.ptr : "");
    ay_buf_free(&en);
    ay_buf_free(&zh);
    return ok ? ASSAY_EFORMAT : ay_fail_nomem(err);
}

/* NULL: no answer. */
static const ay_act_rule *find_act(ay_str cell)
{
    size_t i;
    return ay_order_find(ay_order_answers, cell, &i) ? &ay_acts[ay_order_answer(i)] : NULL;
}

static assay_status check_state(ay_str cell, const char **ret, assay_err *err)
{
    size_t i;
    *ret = "";
    if (cell.len == 0) return ASSAY_OK;
    if (!ay_order_find(ay_order_states, cell, &i)) return fail_word(cell, AY_ORDER_STATE, ay_order_states, err);
    *ret = ay_state_name((ay_state)i);
    return ASSAY_OK;
}

static assay_status check_text(ay_str cell, ay_order_column column, size_t chars, ay_arena *arena, const char **ret,
                               assay_err *err)
{
    const ay_order_word head = ay_order_heads[column];
    AY_FAIL_IF(ay_utf8_length(cell) > chars, err, ASSAY_EFORMAT, "%1$s%2$.0s is longer than %3$zu characters",
               "%1$.0s%2$s超过 %3$zu 个字符", head.en, head.zh, chars);
    *ret = ay_arena_copy(arena, cell);
    AY_NOMEM_IF(!*ret, err);
    return ASSAY_OK;
}

static assay_status check_remark(ay_str cell, const ay_act_rule *act, ay_arena *arena, const char **ret, assay_err *err)
{
    AY_FAIL_IF(cell.len == 0 && act->needs_remark, err, ASSAY_EFORMAT,
               "the answer '%1$s%2$.0s' needs a remark that says why", "答复“%1$.0s%2$s”须在“答复说明”中写明理由",
               act->name, act->zh);
    return check_text(cell, AY_ORDER_REMARK, REMARK_CHARS, arena, ret, err);
}

/* "5", and "5.0" as a spreadsheet may write a number. */
static bool read_days(ay_str text, uint32_t *ret)
{
    ay_scan s = ay_scan_on(text);
    if (!ay_day_number(&s, 3, ret) || *ret == 0 || *ret > DAYS_MAX) return false;
    if (ay_scan_take(&s, '.'))
        while (ay_scan_take(&s, '0')) continue;
    return ay_scan_ended(&s);
}

static assay_status check_extension(ay_str cell, const ay_act_rule *act, uint32_t *ret, assay_err *err)
{
    *ret = 0;
    AY_FAIL_IF(!act->needs_days && cell.len > 0, err, ASSAY_EFORMAT,
               "days do not go with the answer '%1$s%2$.0s', but with 'extend'; empty the cell, or answer so",
               "答复“%1$.0s%2$s”不填“延期工作日”；请清空该格，或改答“延期”", act->name, act->zh);
    AY_FAIL_IF(act->needs_days && !read_days(cell, ret), err, ASSAY_EFORMAT,
               "'extend' needs a number of working days from 1 to %d in days, not '" AY_STR_FMT "'",
               "“延期”须在“延期工作日”中填写 1 至 %d 的整数，现为“" AY_STR_FMT "”", DAYS_MAX, AY_STR_ARG(quoted(cell)));
    return ASSAY_OK;
}

static assay_status check_day(ay_str cell, bool from_1904, ay_arena *arena, const char **ret, assay_err *err)
{
    int64_t day;
    ay_buf text = {0};
    *ret = "";
    if (cell.len == 0) return ASSAY_OK;
    AY_FAIL_IF(!ay_day_read(cell, from_1904, &day), err, ASSAY_EFORMAT,
               "answered_on '" AY_STR_FMT "' is not a day; write it as 2026-07-01",
               "答复日期“" AY_STR_FMT "”不是日期，应写作 2026-07-01", AY_STR_ARG(quoted(cell)));
    ay_date_text(day, &text);
    *ret = text.failed ? NULL : ay_arena_copy(arena, ay_buf_view(&text));
    ay_buf_free(&text);
    AY_NOMEM_IF(!*ret, err);
    return ASSAY_OK;
}

assay_status ay_answer_check(const ay_str cells[AY_ORDER_COLUMNS], bool from_1904, ay_arena *arena, ay_answer *ret,
                             assay_err *err)
{
    const ay_act_rule *act = find_act(cells[AY_ORDER_ANSWER]);
    AY_TRY(check_ticket(cells[AY_ORDER_ID], arena, &ret->ticket, err));
    if (!act) return fail_word(cells[AY_ORDER_ANSWER], AY_ORDER_ANSWER, ay_order_answers, err);
    ret->act = act->name;
    AY_TRY(check_remark(cells[AY_ORDER_REMARK], act, arena, &ret->remark, err));
    AY_TRY(check_extension(cells[AY_ORDER_DAYS], act, &ret->extend_days, err));
    AY_TRY(check_text(cells[AY_ORDER_ANSWERED_BY], AY_ORDER_ANSWERED_BY, WHO_CHARS, arena, &ret->who, err));
    AY_TRY(check_day(cells[AY_ORDER_ANSWERED_ON], from_1904, arena, &ret->day, err));
    return check_state(cells[AY_ORDER_STATE], &ret->state, err);
}
