#include "order/columns.h"

#include "base/ascii.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "order/plain.h"

static ay_order_word state_at(size_t i)
{
    return (ay_order_word){ay_state_name((ay_state)i), ay_state_zh((ay_state)i)};
}
const ay_order_words ay_order_states = {AY_STATE_COUNT, state_at};

static const ay_act answers[] = {AY_ACT_CONFIRM, AY_ACT_CORRECT, AY_ACT_REJECT,
                                 AY_ACT_RETURN,  AY_ACT_DISPUTE, AY_ACT_EXTEND};

ay_act ay_order_answer(size_t i)
{
    return answers[i];
}

static ay_order_word answer_at(size_t i)
{
    return (ay_order_word){ay_acts[answers[i]].name, ay_acts[answers[i]].zh};
}
const ay_order_words ay_order_answers = {AY_COUNT(answers), answer_at};

static const ay_order_word severities[] = {
    {"info", "提示"}, {"warning", "警告"}, {"error", "错误"}, {"critical", "严重"}};

static ay_order_word severity_at(size_t i)
{
    return severities[i];
}

static const ay_order_word origins[] = {
    {"normalizer", "规范化"},     {"check-digit", "校验码推算"}, {"upgrade", "号码升位"},
    {"successor", "代码沿革"},    {"name", "名称对应代码"},      {"nearest", "相近代码"},
    {"majority", "多数来源一致"}, {"authority", "权威来源数据"},
};

static ay_order_word origin_at(size_t i)
{
    return origins[i];
}

const ay_order_word ay_order_heads[AY_ORDER_COLUMNS] = {
    [AY_ORDER_ID] = {"id", "工单编号"},
    [AY_ORDER_DATASET] = {"dataset", "数据集"},
    [AY_ORDER_RULE] = {"rule", "规则"},
    [AY_ORDER_BASIS] = {"basis", "标准条款"},
    [AY_ORDER_KEY] = {"key", "记录主键"},
    [AY_ORDER_FIELD] = {"field", "字段"},
    [AY_ORDER_VALUE] = {"value", "问题值"},
    [AY_ORDER_REASON] = {"reason", "问题说明"},
    [AY_ORDER_SUGGESTION] = {"suggestion", "建议值"},
    [AY_ORDER_SUGGESTION_BY] = {"suggestion_by", "建议依据"},
    [AY_ORDER_CONFIDENCE] = {"confidence", "建议把握（%）"},
    [AY_ORDER_SEVERITY] = {"severity", "严重程度"},
    [AY_ORDER_STATE] = {"state", "状态"},
    [AY_ORDER_OPENED] = {"opened", "发现日期"},
    [AY_ORDER_DUE] = {"due", "截止日期"},
    [AY_ORDER_OWNER] = {"owner", "责任单位"},
    [AY_ORDER_ANSWER] = {"answer", "答复"},
    [AY_ORDER_REMARK] = {"remark", "答复说明"},
    [AY_ORDER_DAYS] = {"days", "延期工作日"},
    [AY_ORDER_ANSWERED_BY] = {"answered_by", "答复人"},
    [AY_ORDER_ANSWERED_ON] = {"answered_on", "答复日期"},
};

static ay_order_word head_at(size_t i)
{
    return ay_order_heads[i];
}

bool ay_order_find(ay_order_words words, ay_str text, size_t *ret)
{
    const ay_str trimmed = ay_utf8_trim(text);
    for (size_t i = 0; i < words.n; i++) {
        const ay_order_word word = words.at(i);
        if (!ay_is_word(trimmed, word.en) && !ay_str_is(trimmed, word.zh)) continue;
        *ret = i;
        return true;
    }
    return false;
}

void ay_order_list(ay_order_words words, bool zh, ay_buf *out)
{
    for (size_t i = 0; i < words.n; i++) {
        const ay_order_word word = words.at(i);
        if (i > 0) ay_buf_text(out, zh ? "、" : ", ");
        ay_buf_text(out, zh ? word.zh : word.en);
    }
}

ay_order_column ay_order_column_of(ay_str head)
{
    size_t i;
    return ay_order_find((ay_order_words){AY_ORDER_COLUMNS, head_at}, head, &i) ? (ay_order_column)i : AY_ORDER_COLUMNS;
}

static void put_word(ay_order_words words, const char *en, bool zh, ay_buf *out)
{
    size_t i;
    const bool is_known = ay_order_find(words, ay_str_from(en), &i);
    ay_buf_text(out, zh && is_known ? words.at(i).zh : en);
}

static const char *text_of(const assay_ticket *t, ay_order_column column)
{
    switch (column) {
    case AY_ORDER_ID: return t->id;
    case AY_ORDER_DATASET: return t->dataset;
    case AY_ORDER_RULE: return t->rule;
    case AY_ORDER_BASIS: return t->basis;
    case AY_ORDER_FIELD: return t->field;
    case AY_ORDER_REASON: return t->reason;
    case AY_ORDER_OPENED: return t->opened;
    case AY_ORDER_DUE: return t->due;
    case AY_ORDER_OWNER: return t->owner;
    default: return "";
    }
}

assay_status ay_order_cell(const assay_ticket *ticket, ay_order_column column, bool zh, ay_arena *arena, ay_buf *out,
                           assay_err *err)
{
    const assay_ticket *t = ticket;
    switch (column) {
    case AY_ORDER_KEY: return ay_order_plain(ay_str_from(t->key), arena, out, err);
    case AY_ORDER_VALUE: return ay_order_plain(ay_str_from(t->value), arena, out, err);
    case AY_ORDER_SUGGESTION: return ay_order_plain(ay_str_from(t->suggestion), arena, out, err);
    case AY_ORDER_SUGGESTION_BY:
        put_word((ay_order_words){AY_COUNT(origins), origin_at}, t->suggestion_by, zh, out);
        break;
    case AY_ORDER_SEVERITY: put_word((ay_order_words){AY_COUNT(severities), severity_at}, t->severity, zh, out); break;
    case AY_ORDER_STATE: put_word(ay_order_states, t->state, zh, out); break;
    case AY_ORDER_CONFIDENCE:
        if (t->confidence) ay_buf_int(out, t->confidence);
        break;
    default: ay_buf_text(out, text_of(t, column)); break;
    }
    return ay_buf_status(out, err);
}
