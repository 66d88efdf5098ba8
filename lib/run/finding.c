#include "run/finding.h"

#include "base/mem.h"

static void put_no_key(ay_buf *out, uint32_t n_key)
{
    const ay_cell null = {.type = AY_TEXT, .is_null = true};
    for (uint32_t i = 0; i < n_key; i++) ay_tuple_put(out, &null);
}

assay_status ay_finding_put(ay_sorter *sorter, ay_buf *scratch, uint32_t n_key, const ay_rule *rule, ay_verdict verdict,
                            ay_str key, ay_str values, ay_str detail, assay_err *err)
{
    ay_buf_clear(scratch);
    if (key.len) ay_buf_str(scratch, key);
    else put_no_key(scratch, n_key);
    ay_tuple_put_u64(scratch, rule->ordinal);
    ay_tuple_put_u64(scratch, (uint64_t)verdict);
    ay_tuple_put_u64(scratch, values.len ? rule->n_fields : 0);
    ay_buf_str(scratch, values);
    ay_buf_str(scratch, detail);
    AY_TRY(ay_buf_status(scratch, err));
    return ay_sorter_put(sorter, ay_sort_prefix(ay_buf_view(scratch)), ay_buf_view(scratch), err);
}

static bool take_cells(ay_cursor *c, ay_arena *heap, ay_cell *cells, uint64_t n)
{
    if (n > AY_FINDING_CELLS_MAX) return false;
    for (uint64_t i = 0; i < n; i++)
        if (!ay_tuple_take(c, heap, &cells[i])) return false;
    return true;
}

static bool take_number(ay_cursor *c, uint32_t *ret)
{
    uint64_t number;
    if (!ay_tuple_take_u64(c, &number)) return false;
    *ret = (uint32_t)number;
    return true;
}

static bool take_key(ay_cursor *c, ay_arena *heap, ay_finding *f)
{
    return take_cells(c, heap, f->key, f->n_key);
}

static bool take_fault(ay_cursor *c, ay_arena *heap, ay_finding *f)
{
    uint32_t verdict;
    if (!take_number(c, &f->ordinal) || !take_number(c, &verdict) || !take_number(c, &f->n_values) ||
        !take_cells(c, heap, f->values, f->n_values))
        return false;
    f->verdict = (ay_verdict)verdict;
    for (f->n_detail = 0; c->at < c->end; f->n_detail++)
        if (!take_cells(c, heap, &f->detail[f->n_detail], f->n_detail < AY_FINDING_CELLS_MAX ? 1 : UINT64_MAX))
            return false;
    return true;
}

typedef bool (*part_taker)(ay_cursor *c, ay_arena *heap, ay_finding *f);

static assay_status take_part(part_taker take, ay_str bytes, ay_arena *heap, ay_finding *ret, ay_cursor *ret_end,
                              assay_err *err)
{
    *ret_end = ay_cursor_on(bytes.ptr, bytes.len);
    if (take(ret_end, heap, ret)) return ASSAY_OK;
    *ret_end = ay_cursor_on(bytes.ptr, bytes.len);
    AY_NOMEM_IF(take(ret_end, NULL, ret), err); /* without texts it can be taken: only memory was lacking */
    return ay_fail(err, ASSAY_EINTERNAL, "a stored finding is damaged", "暂存的问题记录已损坏");
}

assay_status ay_finding_take_key(ay_str bytes, uint32_t n_key, ay_arena *heap, ay_finding *ret, size_t *ret_length,
                                 assay_err *err)
{
    ay_cursor end;
    ret->n_key = n_key;
    AY_TRY(take_part(take_key, bytes, heap, ret, &end, err));
    *ret_length = bytes.len - (size_t)(end.end - end.at);
    return ASSAY_OK;
}

assay_status ay_finding_take_fault(ay_str bytes, ay_arena *heap, ay_finding *ret, assay_err *err)
{
    ay_cursor end;
    return take_part(take_fault, bytes, heap, ret, &end, err);
}

assay_status ay_finding_take(ay_str bytes, uint32_t n_key, ay_arena *heap, ay_finding *ret, assay_err *err)
{
    size_t key;
    AY_TRY(ay_finding_take_key(bytes, n_key, heap, ret, &key, err));
    return ay_finding_take_fault(ay_str_slice(bytes, key, bytes.len), heap, ret, err);
}
