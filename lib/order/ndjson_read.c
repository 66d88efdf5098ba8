#include "order/answers.h"
#include "proof/jcs.h"

#define DEPTH_MAX 32

static assay_status take_member(const ay_jcs *member, ay_str cells[AY_ORDER_COLUMNS], assay_err *err)
{
    const ay_order_column c = ay_order_column_of(member->name);
    if (!ay_order_is_read(c) || member->kind == AY_JCS_NULL) return ASSAY_OK;
    AY_FAIL_IF(member->kind != AY_JCS_STRING && member->kind != AY_JCS_NUMBER, err, ASSAY_EFORMAT,
               "the member '%s' is no text", "成员“%s”不是文本", ay_order_heads[c].en);
    cells[c] = member->text;
    return ASSAY_OK;
}

static assay_status read_object(ay_str line, ay_arena *arena, ay_str cells[AY_ORDER_COLUMNS], assay_err *err)
{
    const ay_jcs *object;
    AY_TRY(ay_jcs_read(line, DEPTH_MAX, arena, &object, err));
    AY_FAIL_IF(object->kind != AY_JCS_OBJECT, err, ASSAY_EFORMAT, "no JSON object", "不是 JSON 对象");
    for (uint32_t i = 0; i < object->n; i++) AY_TRY(take_member(object->items[i], cells, err));
    return ASSAY_OK;
}

static assay_status read_line(ay_answers *answers, uint64_t number, ay_str line, ay_arena *arena, assay_err *err)
{
    ay_str cells[AY_ORDER_COLUMNS] = {{NULL, 0}};
    assay_err why;
    const assay_status st = read_object(line, arena, cells, &why);
    if (st == ASSAY_OK) return ay_answers_row(answers, number, cells, err);
    if (st != ASSAY_EFORMAT) return ay_fail_nomem(err);
    return ay_answers_refuse(answers, number, (ay_str){"", 0}, &why, err);
}

static bool is_blank(ay_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (!strchr(" \t\r", line.ptr[i]) || line.ptr[i] == '\0') return false;
    return true;
}

assay_status ay_answers_ndjson(ay_answers *answers, ay_str bytes, assay_err *err)
{
    ay_arena arena = {0};
    assay_status st = ASSAY_OK;
    size_t from = bytes.len >= 3 && memcmp(bytes.ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (uint64_t number = 1; st == ASSAY_OK && from < bytes.len; number++) {
        const char *end = memchr(bytes.ptr + from, '\n', bytes.len - from);
        const ay_str line = ay_str_slice(bytes, from, end ? (size_t)(end - bytes.ptr) : bytes.len);
        ay_arena_reset(&arena);
        if (!is_blank(line)) st = read_line(answers, number, line, &arena, err);
        from += line.len + 1;
    }
    ay_arena_free(&arena);
    return st;
}
