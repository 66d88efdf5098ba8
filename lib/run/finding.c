#include "run/finding.h"

#include "base/mem.h"

void ay_finding_put_key(ay_buf *out, const ay_dataset *dataset, const ay_batch *fields, uint32_t row)
{
    for (uint32_t k = 0; k < dataset->n_key; k++) ay_tuple_put_col(out, fields, dataset->key[k], row);
}

void ay_finding_begin(ay_buf *out, const ay_rule *rule, ay_verdict verdict, uint32_t n_values)
{
    ay_tuple_put_u64(out, rule->ordinal);
    ay_tuple_put_u64(out, (uint64_t)verdict);
    ay_tuple_put_u64(out, n_values);
}

void ay_finding_put_value(ay_buf *out, ay_buf *scratch, ay_cell cell, const ay_zone *zone)
{
    if (!cell.is_null) {
        ay_tuple_put_str(out, ay_cell_view(&cell, zone, scratch));
        if (scratch->failed) out->failed = scratch->failed;
    } else if (cell.raw.ptr) {
        ay_tuple_put_str(out, cell.raw);
    } else {
        ay_tuple_put_nulls(out, 1);
    }
}

assay_status ay_finding_end(const ay_buf *finding, ay_sorter *sorter, assay_err *err)
{
    AY_TRY(ay_buf_status(finding, err));
    return ay_sorter_put(sorter, ay_sort_prefix(ay_buf_view(finding)), ay_buf_view(finding), err);
}

assay_status ay_finding_put(ay_sorter *sorter, ay_buf *scratch, uint32_t n_key, const ay_rule *rule, ay_verdict verdict,
                            ay_str key, ay_str values, ay_str detail, assay_err *err)
{
    ay_buf_clear(scratch);
    if (key.len) ay_buf_str(scratch, key);
    else ay_tuple_put_nulls(scratch, n_key);
    ay_finding_begin(scratch, rule, verdict, values.len ? rule->n_fields : 0);
    ay_buf_str(scratch, values);
    ay_buf_str(scratch, detail);
    return ay_finding_end(scratch, sorter, err);
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
