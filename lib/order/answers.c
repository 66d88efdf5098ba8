#include "order/answers.h"

#include <assert.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "order/plain.h"

#define LINES_MAX    (UINT32_C(1) << 20) /* answered or refused; as many as a sheet has */
#define TICKET_CHARS 64                  /* of what is no id, for a message */
#define HEAD_ROWS    20                  /* above the header there may be a title */

/* A line that says something: an answer, or why it is none. */
struct ay_answers_entry {
    ay_answer answer;            /* its ticket also where it is refused, "" when unknown */
    const char *why_en, *why_zh; /* NULL: it is an answer */
    uint32_t first;              /* the first entry of this ticket, maybe this one */
    uint64_t differs;            /* of a first entry: the line that answers differently, 0: none */
    bool repeats;                /* the same as `first` */
};

void ay_answers_free(ay_answers *answers)
{
    ay_set_free(&answers->tickets);
    answers->entries = ay_free(answers->entries);
    ay_arena_free(&answers->arena);
    ay_arena_free(&answers->row);
}

/* ---- Keeping ---- */

/* A new last entry. */
static assay_status add_entry(ay_answers *a, assay_err *err)
{
    AY_FAIL_IF(a->n == LINES_MAX, err, ASSAY_ELIMIT, "more than %u lines with answers; split the file",
               "含答复的行超过 %u 行；请拆分文件", LINES_MAX);
    if (a->n == a->cap) {
        const size_t cap = a->cap ? 2 * a->cap : 16;
        ay_answers_entry *more = ay_realloc_array(a->entries, cap, sizeof *more);
        AY_NOMEM_IF(!more, err);
        a->entries = more;
        a->cap = cap;
    }
    const uint32_t at = (uint32_t)a->n++;
    a->entries[at] = (ay_answers_entry){.first = at, .answer = {.ticket = ""}};
    return ASSAY_OK;
}

static ay_answers_entry *last(const ay_answers *a)
{
    return &a->entries[a->n - 1];
}

static assay_status set_why(ay_answers *a, ay_answers_entry *e, const assay_err *why, assay_err *err)
{
    e->why_en = ay_arena_copy(&a->arena, ay_str_from(why->text));
    e->why_zh = ay_arena_copy(&a->arena, ay_str_from(why->text_zh));
    AY_NOMEM_IF(!e->why_en || !e->why_zh, err);
    return ASSAY_OK;
}

assay_status ay_answers_refuse(ay_answers *answers, uint64_t line, ay_str ticket, const assay_err *why, assay_err *err)
{
    AY_TRY(add_entry(answers, err));
    ay_answers_entry *e = last(answers);
    e->answer.line = line;
    e->answer.ticket = ay_arena_copy(&answers->arena, ay_str_slice(ticket, 0, ay_utf8_offset(ticket, TICKET_CHARS)));
    AY_NOMEM_IF(!e->answer.ticket, err);
    return set_why(answers, e, why, err);
}

static bool same_answer(const ay_answers_entry *a, const ay_answers_entry *b)
{
    const ay_answer *p = &a->answer, *q = &b->answer;
    return !a->why_en && !b->why_en && strcmp(p->act, q->act) == 0 && strcmp(p->remark, q->remark) == 0 &&
           strcmp(p->who, q->who) == 0 && strcmp(p->day, q->day) == 0 && p->extend_days == q->extend_days;
}

/* Hold the last entry against the first one of its ticket. */
static assay_status compare(ay_answers *a, assay_err *err)
{
    ay_answers_entry *e = last(a);
    uint32_t first;
    AY_NOMEM_IF(!ay_set_add(&a->tickets, ay_str_from(e->answer.ticket), e->first, &first), err);
    if (first == UINT32_MAX) return ASSAY_OK;
    e->first = first;
    e->repeats = same_answer(e, &a->entries[first]);
    if (!e->repeats && !a->entries[first].differs) a->entries[first].differs = e->answer.line;
    return ASSAY_OK;
}

/* ---- Lines ---- */

/* Harmless, and without white space around; what nobody reads stays out. */
static assay_status clean(ay_answers *a, const ay_str cells[AY_ORDER_COLUMNS], ay_str ret[AY_ORDER_COLUMNS],
                          assay_err *err)
{
    ay_buf text = {0};
    bool ok = true;
    ay_arena_reset(&a->row);
    for (ay_order_column c = 0; ok && c < AY_ORDER_COLUMNS; c++) {
        ret[c] = (ay_str){"", 0};
        if (!ay_order_is_read(c) || cells[c].len == 0) continue;
        ay_buf_clear(&text);
        ay_order_visible(ay_utf8_trim(cells[c]), c == AY_ORDER_REMARK, &text);
        ok = !text.failed && ay_arena_str(&a->row, ay_buf_view(&text), &ret[c]);
    }
    ay_buf_free(&text);
    AY_NOMEM_IF(!ok, err);
    return ASSAY_OK;
}

static assay_status take_answer(ay_answers *a, uint64_t line, const ay_str cells[AY_ORDER_COLUMNS], assay_err *err)
{
    assay_err why;
    ay_answer answer = {.line = line, .ticket = ""};
    const assay_status st = ay_answer_check(cells, a->from_1904, &a->arena, &answer, &why);
    if (st != ASSAY_OK && st != ASSAY_EFORMAT) return ay_fail_nomem(err);
    if (st == ASSAY_EFORMAT && !*answer.ticket) return ay_answers_refuse(a, line, cells[AY_ORDER_ID], &why, err);
    AY_TRY(add_entry(a, err));
    last(a)->answer = answer;
    if (st == ASSAY_EFORMAT) AY_TRY(set_why(a, last(a), &why, err));
    return compare(a, err);
}

assay_status ay_answers_row(ay_answers *answers, uint64_t line, const ay_str cells[AY_ORDER_COLUMNS], assay_err *err)
{
    ay_str text[AY_ORDER_COLUMNS] = {{NULL, 0}};
    AY_TRY(clean(answers, cells, text, err));
    if (text[AY_ORDER_ANSWER].len > 0) return take_answer(answers, line, text, err);
    for (ay_order_column c = 0; c < AY_ORDER_COLUMNS; c++) {
        if (text[c].len == 0) continue;
        answers->unanswered++;
        break;
    }
    return ASSAY_OK;
}

/* ---- Tables ---- */

/* The header, when the row names the needed columns. */
static assay_status take_head(ay_answers *a, const ay_str *cells, size_t n, assay_err *err)
{
    bool has[AY_ORDER_COLUMNS + 1] = {false};
    const ay_order_word *twice = NULL;
    for (size_t i = 0; i < n; i++) {
        const ay_order_column c = ay_order_column_of(cells[i]);
        a->column[i] = (uint8_t)c;
        if (has[c] && ay_order_is_read(c)) twice = &ay_order_heads[c];
        has[c] = c != AY_ORDER_COLUMNS;
    }
    a->has_head = has[AY_ORDER_ID] && has[AY_ORDER_ANSWER];
    AY_FAIL_IF(a->has_head && twice, err, ASSAY_EFORMAT, "the header names the column '%1$s%2$.0s' twice",
               "表头中列“%1$.0s%2$s”出现两次", twice ? twice->en : "", twice ? twice->zh : "");
    return a->has_head || ++a->rows < HEAD_ROWS ? ASSAY_OK : ay_answers_table_end(a, err);
}

assay_status ay_answers_table_row(ay_answers *answers, uint64_t line, const ay_str *cells, size_t n, assay_err *err)
{
    ay_str by_column[AY_ORDER_COLUMNS + 1] = {{NULL, 0}};
    assert(n <= AY_ORDER_CELLS);
    if (!answers->has_head) {
        memset(answers->column, AY_ORDER_COLUMNS, sizeof answers->column);
        return take_head(answers, cells, n, err);
    }
    for (size_t i = 0; i < n; i++) by_column[answers->column[i]] = cells[i];
    return ay_answers_row(answers, line, by_column, err);
}

assay_status ay_answers_table_end(const ay_answers *answers, assay_err *err)
{
    const ay_order_word id = ay_order_heads[AY_ORDER_ID], answer = ay_order_heads[AY_ORDER_ANSWER];
    AY_FAIL_IF(
        !answers->has_head, err, ASSAY_EFORMAT,
        "no header with the columns '%1$s' and '%2$s' (or '%3$s' and '%4$s'); fill in the work order as it was sent",
        "没有含“%3$s”和“%4$s”（或“%1$s”和“%2$s”）列的表头；请在下发的工单上填写", id.en, answer.en, id.zh, answer.zh);
    return ASSAY_OK;
}

/* ---- Handing over ---- */

static assay_status refuse(const ay_answers_sink *sink, const ay_answers_entry *e, const assay_err *why,
                           ay_answers_count *count, assay_err *err)
{
    count->refused++;
    return sink->refuse(sink->ctx, e->answer.line, e->answer.ticket, why, err);
}

static assay_status hand_over(const ay_answers *a, const ay_answers_entry *e, const ay_answers_sink *sink,
                              ay_answers_count *count, assay_err *err)
{
    assay_err why;
    const ay_answers_entry *first = &a->entries[e->first];
    if (e->why_en) {
        (void)ay_fail(&why, ASSAY_EFORMAT, "%1$s%2$.0s", "%1$.0s%2$s", e->why_en, e->why_zh);
        return refuse(sink, e, &why, count, err);
    }
    if (first->differs) {
        const unsigned long long other = e == first || e->repeats ? first->differs : first->answer.line;
        (void)ay_fail(&why, ASSAY_EFORMAT, "line %llu answers the same ticket differently; keep one of them",
                      "第 %llu 行对同一工单的答复不同；请只保留一行", other);
        return refuse(sink, e, &why, count, err);
    }
    if (e->repeats) {
        count->repeated++;
        return ASSAY_OK;
    }
    count->answered++;
    return sink->line(sink->ctx, &e->answer, err);
}

static assay_status read_all(ay_answers *a, ay_order_format format, ay_str bytes, assay_err *err)
{
    switch (format) {
    case AY_ORDER_CSV: return ay_answers_csv(a, bytes, err);
    case AY_ORDER_NDJSON: return ay_answers_ndjson(a, bytes, err);
    case AY_ORDER_XLSX: return ay_answers_xlsx(a, bytes, err);
    }
    return ay_fail(err, ASSAY_EUSAGE, "unknown format %d of a work order", "未知工单格式 %d", (int)format);
}

assay_status ay_answers_read(ay_order_format format, ay_str bytes, const ay_answers_sink *sink, ay_answers_count *ret,
                             assay_err *err)
{
    ay_answers a = {0};
    assay_status st = read_all(&a, format, bytes, err);
    ay_answers_count count = {.unanswered = a.unanswered};
    for (size_t i = 0; st == ASSAY_OK && i < a.n; i++) st = hand_over(&a, &a.entries[i], sink, &count, err);
    ay_answers_free(&a);
    if (st == ASSAY_OK) *ret = count;
    return st;
}
