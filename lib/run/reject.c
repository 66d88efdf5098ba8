#include "run/reject.h"

#include "base/mem.h"
#include "check/state.h"

enum { DETAIL_RECORD, DETAIL_LINE, DETAIL_OFFSET, DETAIL_REASON, DETAIL_REASON_ZH, DETAIL_COUNT };

void ay_reject_detail(const ay_reject *reject, ay_buf *out)
{
    ay_tuple_put_u64(out, reject->record);
    ay_tuple_put_u64(out, reject->line);
    ay_tuple_put_u64(out, reject->byte_offset);
    ay_tuple_put_str(out, ay_str_from(reject->reason));
    ay_tuple_put_str(out, ay_str_from(reject->reason_zh));
}

assay_status ay_reject_check(ay_cursor *tuple, ay_arena *heap, assay_err *err)
{
    for (int i = 0; i < DETAIL_COUNT; i++) {
        ay_cell cell;
        AY_TRY(ay_state_take_cell(tuple, heap, &cell, err));
        const bool is_text = i == DETAIL_REASON || i == DETAIL_REASON_ZH;
        if (cell.is_null || cell.is_bad || cell.type != (is_text ? AY_TEXT : AY_INT)) return ay_in_damaged(err);
        if (!is_text && cell.v.i64 < 0) return ay_in_damaged(err);
    }
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    (void)rule;
    if (facts->n_detail < DETAIL_COUNT) return;
    const ay_cell *d = facts->detail;
    const ay_str why = d[zh ? DETAIL_REASON_ZH : DETAIL_REASON].v.str;
    ay_buf_printf(out, zh ? "第 %lld 条记录，第 %lld 行，字节 %lld：" : "record %lld, line %lld, byte %lld: ",
                  (long long)d[DETAIL_RECORD].v.i64, (long long)d[DETAIL_LINE].v.i64,
                  (long long)d[DETAIL_OFFSET].v.i64);
    ay_buf_str(out, why);
}

static const ay_kind kind_record = {
    .name = "record",
    .over = AY_OVER_RECORD,
    .summary = "the record can be read",
    .summary_zh = "记录可读取",
    .indicator = "0302",
    .reason = reason,
};

assay_status ay_reject_rule(ay_arena *arena, const ay_dataset *dataset, ay_rule *ret, assay_err *err)
{
    ay_buf id = {0};
    ay_buf_printf(&id, "%s.record", dataset->name);
    const char *copy = ay_buf_status(&id, NULL) == ASSAY_OK ? ay_arena_copy(arena, ay_buf_view(&id)) : NULL;
    ay_buf_free(&id);
    AY_NOMEM_IF(!copy, err);
    *ret = (ay_rule){
        .id = copy,
        .title = {.zh = "记录可读取", .en = "The record can be read"},
        .basis = "",
        .kind = &kind_record,
        .pos = dataset->pos,
        .field = -1,
        .severity = AY_ERROR,
        .weight = 1,
        .warn = {.is_set = true},
        .fail = {.is_set = true},
        .indicator = kind_record.indicator,
        .ordinal = dataset->n_rules,
    };
    return ASSAY_OK;
}
