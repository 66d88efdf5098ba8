#include "check/state.h"

#include "base/mem.h"

#define FLUSH_AT ((size_t)64 << 10)

void ay_state_put_counts(ay_stream *out, const uint64_t *counts, size_t n)
{
    for (size_t i = 0; i < n; i++) ay_buf_u64(&out->buf, counts[i]);
}

assay_status ay_state_take_counts(ay_in *in, uint64_t *ret_counts, size_t n, assay_err *err)
{
    for (size_t i = 0; i < n; i++) {
        AY_TRY(ay_in_u64(in, &ret_counts[i], err));
        if (ret_counts[i] > AY_STATE_COUNT_MAX) return ay_in_damaged(err);
    }
    return ASSAY_OK;
}

/* ---- Sorters ---- */

static void close_sorted(ay_sorted **sorted)
{
    ay_sorted_close(*sorted);
}

assay_status ay_state_put_sorter(ay_stream *out, ay_sorter *sorter, assay_err *err)
{
    AY_CLEANUP(close_sorted) ay_sorted *sorted = NULL;
    const uint64_t n = ay_sorter_count(sorter);
    ay_state_put_counts(out, &n, 1);
    AY_TRY(ay_sorted_open(sorter, &sorted, err));
    for (;;) {
        ay_sort_record record;
        bool end = false;
        AY_TRY(ay_sorted_next(sorted, &record, &end, err));
        if (end) return ay_stream_flush(out, FLUSH_AT, err);
        ay_buf_sized(&out->buf, record.bytes);
        AY_TRY(ay_stream_flush(out, FLUSH_AT, err));
    }
}

/* The record before, so that any other order than the sorter's is found. */
typedef struct previous {
    ay_buf bytes;
    uint64_t prefix;
    bool is_set;
} previous;

static assay_status check_order(previous *p, uint64_t prefix, ay_str record, bool is_set, assay_err *err)
{
    const bool is_behind = !p->is_set || prefix > p->prefix ||
                           (prefix == p->prefix && ay_str_cmp(record, ay_buf_view(&p->bytes)) >= is_set);
    if (!is_behind) return ay_in_damaged(err);
    p->is_set = true;
    p->prefix = prefix;
    ay_buf_clear(&p->bytes);
    ay_buf_str(&p->bytes, record);
    return ay_buf_status(&p->bytes, err);
}

static assay_status take_records(ay_in *in, ay_sorter *into, const ay_state_form *form, previous *p, ay_arena *heap,
                                 assay_err *err)
{
    uint64_t n;
    AY_TRY(ay_state_take_counts(in, &n, 1, err));
    for (; n; n--) {
        ay_str record;
        uint64_t prefix = 0;
        AY_TRY(ay_in_str(in, AY_SORT_RECORD_MAX, &record, err));
        ay_arena_reset(heap);
        AY_TRY(form->check(form->ctx, record, heap, &prefix, err));
        AY_TRY(check_order(p, prefix, record, form->is_set, err));
        AY_TRY(ay_sorter_put(into, prefix, record, err));
    }
    return ASSAY_OK;
}

assay_status ay_state_take_sorter(ay_in *in, ay_sorter *into, const ay_state_form *form, assay_err *err)
{
    previous p = {0};
    ay_arena heap = {0};
    const assay_status status = take_records(in, into, form, &p, &heap, err);
    ay_buf_free(&p.bytes);
    ay_arena_free(&heap);
    return status;
}

/* ---- Tuples ---- */

assay_status ay_state_take_cell(ay_cursor *tuple, ay_arena *heap, ay_cell *ret, assay_err *err)
{
    ay_cursor dry = *tuple;
    if (!ay_tuple_take(&dry, NULL, ret)) return ay_in_damaged(err);
    AY_NOMEM_IF(!ay_tuple_take(tuple, heap, ret), err);
    return ay_cell_is_sound(ret) ? ASSAY_OK : ay_in_damaged(err);
}

assay_status ay_state_take_null_or_text(ay_cursor *tuple, ay_arena *heap, assay_err *err)
{
    ay_cell cell;
    AY_TRY(ay_state_take_cell(tuple, heap, &cell, err));
    return cell.is_null || (!cell.is_bad && cell.type == AY_TEXT) ? ASSAY_OK : ay_in_damaged(err);
}

/* ---- Groups ---- */

typedef struct group_form {
    const ay_rule *rule;
    const ay_shape *shape;
    bool is_missing; /* a record that fails for a null: without order among its group */
} group_form;

/* The values of the rule's fields; *ret_group: where those of the group end. */
static assay_status check_values(const group_form *f, ay_cursor *c, ay_arena *heap, const unsigned char **ret_group,
                                 assay_err *err)
{
    uint32_t nulls = 0;
    *ret_group = c->at;
    for (uint32_t i = 0; i < f->rule->n_fields; i++) {
        ay_cell cell;
        AY_TRY(ay_state_take_cell(c, heap, &cell, err));
        if (!cell.is_null && (cell.is_bad || cell.type != f->shape->types[i])) return ay_in_damaged(err);
        nulls += cell.is_null && i < f->shape->n_known;
        if (i + 1 == f->shape->n_group) *ret_group = c->at;
    }
    return (nulls > 0) == f->is_missing ? ASSAY_OK : ay_in_damaged(err);
}

static assay_status check_record(const void *ctx, ay_str record, ay_arena *heap, uint64_t *ret_prefix, assay_err *err)
{
    const group_form *f = (const group_form *)ctx;
    ay_cursor c = ay_cursor_on(record.ptr, record.len);
    const unsigned char *group;
    AY_TRY(check_values(f, &c, heap, &group, err));
    const size_t group_len = (size_t)(group - (const unsigned char *)record.ptr);
    *ret_prefix = f->is_missing ? 0 : ay_groups_prefix(ay_str_slice(record, 0, group_len));
    const uint32_t n_key = f->shape->key_is_fields ? 0 : f->shape->n_key;
    for (uint32_t i = 0; i < n_key && !f->shape->bare; i++) {
        ay_cell cell;
        AY_TRY(ay_state_take_cell(&c, heap, &cell, err));
    }
    for (uint32_t i = 0; i < f->rule->n_fields && !f->shape->bare; i++)
        AY_TRY(ay_state_take_null_or_text(&c, heap, err));
    return c.at == c.end ? ASSAY_OK : ay_in_damaged(err);
}

assay_status ay_groups_kind_save(const ay_rule *rule, void *state, ay_stream *out, assay_err *err)
{
    (void)rule;
    ay_groups *g = (ay_groups *)state;
    ay_sorter *records;
    const uint64_t counts[] = {g->passed, g->skipped, g->unreadable, g->null_groups, g->partial_groups};
    ay_state_put_counts(out, counts, AY_COUNT(counts));
    AY_TRY(ay_groups_sort(g, &records, err));
    AY_TRY(ay_state_put_sorter(out, records, err));
    return g->missing ? ay_state_put_sorter(out, g->missing, err) : ASSAY_OK;
}

assay_status ay_groups_kind_load(const ay_rule *rule, void *state, const ay_context *context, ay_in *in, assay_err *err)
{
    ay_groups *g = (ay_groups *)state;
    group_form f = {.rule = rule, .shape = g->shape};
    const ay_state_form form = {.check = check_record, .ctx = &f};
    uint64_t counts[5];
    g->zone = context->zone;
    AY_TRY(ay_state_take_counts(in, counts, AY_COUNT(counts), err));
    g->passed = counts[0];
    g->skipped = counts[1];
    g->unreadable = counts[2];
    g->null_groups = counts[3];
    g->partial_groups = counts[4];
    AY_TRY(ay_state_take_sorter(in, g->records, &form, err));
    f.is_missing = true;
    return g->missing ? ay_state_take_sorter(in, g->missing, &form, err) : ASSAY_OK;
}
