/* How records come into groups: those of `repeats` by 64, column by column where that is possible, all others one by
 * one. The bytes are the same either way. */
#include "base/bits.h"
#include "check/group.h"
#include "record/tuple_rows.h"

enum { FEW = 4 };                /* records: not worth going column by column */
#define LONG ((size_t)256 << 10) /* bytes of 64 records: they are not gathered */

static uint64_t count_bits(uint64_t bits)
{
    return (uint64_t)__builtin_popcountll(bits);
}

/* ---- One by one ---- */

static bool is_apart(const ay_col *c, uint32_t row)
{
    return c->type != AY_TEXT && c->raw && c->raw[row].ptr && !ay_bit(c->null, row);
}

/* The texts of values as they came, where the typed value alone would not give them back ("1.00", "2024-1-1"); nulls
 * for all others. */
static void put_texts(const ay_rule *rule, ay_buf *out, const ay_batch *batch, uint32_t row)
{
    uint32_t nulls = 0;
    for (uint32_t i = 0; i < rule->n_fields; i++) {
        const ay_col *c = &batch->cols[rule->fields[i]];
        if (!is_apart(c, row)) {
            nulls++;
            continue;
        }
        ay_tuple_put_nulls(out, nulls);
        ay_tuple_put_str(out, c->raw[row]);
        nulls = 0;
    }
    ay_tuple_put_nulls(out, nulls);
}

/* Returns the length of the group's values. */
static size_t put_record(const ay_rule *rule, const ay_shape *shape, ay_buf *out, const ay_view *view, uint32_t row)
{
    const size_t start = out->len;
    size_t group = 0;
    for (uint32_t i = 0; i < rule->n_fields; i++) {
        ay_tuple_put_col(out, view->batch, rule->fields[i], row);
        if (i + 1 == shape->n_group) group = out->len - start;
    }
    if (shape->bare) return group;
    for (uint32_t i = 0; i < view->n_key && !shape->key_is_fields; i++)
        ay_tuple_put_col(out, view->batch, view->key[i], row);
    put_texts(rule, out, view->batch, row);
    return group;
}

static assay_status put_in_pile(const ay_rule *rule, ay_groups *groups, const ay_view *view, uint32_t row,
                                assay_err *err)
{
    ay_buf *out = ay_pile_begin(groups->pile);
    const size_t start = out->len;
    const size_t group = put_record(rule, groups->shape, out, view, row);
    AY_TRY(ay_buf_status(out, err));
    return ay_pile_end(groups->pile, ay_groups_prefix((ay_str){out->ptr + start, group}), err);
}

static assay_status put_print(const ay_rule *rule, ay_groups *groups, const ay_view *view, uint32_t row, assay_err *err)
{
    ay_buf *out = &groups->line;
    ay_buf_clear(out);
    for (uint32_t i = 0; i < groups->shape->n_group; i++) ay_tuple_put_col(out, view->batch, rule->fields[i], row);
    AY_TRY(ay_buf_status(out, err));
    return ay_prints_put(groups->prints, ay_buf_view(out), err);
}

static assay_status put_in_sorter(const ay_rule *rule, ay_groups *groups, const ay_view *view, uint32_t row,
                                  bool is_missing, assay_err *err)
{
    ay_buf_clear(&groups->line);
    const size_t group = put_record(rule, groups->shape, &groups->line, view, row);
    AY_TRY(ay_buf_status(&groups->line, err));
    const ay_str line = ay_buf_view(&groups->line);
    if (is_missing) return ay_sorter_put(groups->missing, 0, line, err);
    return ay_sorter_put(groups->records, ay_groups_prefix(ay_str_slice(line, 0, group)), line, err);
}

/* ---- By 64 ---- */

static void put_column(ay_tuple_rows *rows, const ay_view *view, uint32_t col, size_t word)
{
    const ay_col *c = &view->batch->cols[col];
    const size_t size = ay_storage_size(ay_type_storage(c->type));
    ay_tuple_rows_put(rows, &(ay_tuple_lane){c->type, c->null[word], (const char *)c->v.any + word * 64 * size});
}

static uint64_t find_apart(const ay_tuple_rows *rows, const ay_col *c, size_t word)
{
    uint64_t found = 0;
    if (c->type == AY_TEXT || !c->raw) return 0;
    for (uint32_t i = 0; i < rows->n; i++)
        found |= (uint64_t)is_apart(c, (uint32_t)(word * 64) + rows->row[i]) << rows->row[i];
    return found;
}

static void put_texts_of(ay_tuple_rows *rows, const ay_rule *rule, const ay_batch *batch, size_t word)
{
    uint32_t nulls = 0;
    for (uint32_t i = 0; i < rule->n_fields; i++) {
        const ay_col *c = &batch->cols[rule->fields[i]];
        const uint64_t apart = find_apart(rows, c, word);
        nulls += !apart;
        if (!apart) continue;
        ay_tuple_rows_put_nulls(rows, nulls);
        ay_tuple_rows_put(rows, &(ay_tuple_lane){AY_TEXT, ~apart, c->raw + word * 64});
        nulls = 0;
    }
    ay_tuple_rows_put_nulls(rows, nulls);
}

static void put_group(ay_tuple_rows *rows, const ay_rule *rule, const ay_shape *shape, const ay_view *view, size_t word)
{
    for (uint32_t i = 0; i < shape->n_group; i++) put_column(rows, view, rule->fields[i], word);
}

static void put_rest(ay_tuple_rows *rows, const ay_rule *rule, const ay_shape *shape, const ay_view *view, size_t word)
{
    for (uint32_t i = shape->n_group; i < rule->n_fields; i++) put_column(rows, view, rule->fields[i], word);
    if (shape->bare) return;
    for (uint32_t i = 0; i < view->n_key && !shape->key_is_fields; i++) put_column(rows, view, view->key[i], word);
    put_texts_of(rows, rule, view->batch, word);
}

static bool has_bad_key(const ay_view *view, uint64_t which, size_t word)
{
    uint64_t bad = 0;
    for (uint32_t i = 0; i < view->n_key; i++) bad |= view->batch->cols[view->key[i]].bad[word];
    return bad & which;
}

/* Where they are to be written: one behind the other. */
static assay_status gather(ay_groups *groups, ay_tuple_rows *rows, assay_err *err)
{
    size_t all = 0;
    for (uint32_t i = 0; i < rows->n; i++) all += rows->len[i];
    if (all > LONG) return ASSAY_OK;
    ay_buf_clear(&groups->line);
    char *to = ay_buf_reserve(&groups->line, all);
    AY_TRY(ay_buf_status(&groups->line, err));
    for (uint32_t i = 0; i < rows->n; to += rows->len[i++]) rows->to[i] = to;
    rows->is_placed = true;
    return ASSAY_OK;
}

static assay_status print_rows(const ay_rule *rule, ay_groups *groups, const ay_view *view, ay_tuple_rows *rows,
                               size_t word, bool *ret_is_done, assay_err *err)
{
    put_group(rows, rule, groups->shape, view, word);
    AY_TRY(gather(groups, rows, err));
    if (rows->is_placed) put_group(rows, rule, groups->shape, view, word);
    *ret_is_done = rows->is_placed && !rows->is_torn;
    for (uint32_t i = 0; *ret_is_done && i < rows->n; i++)
        AY_TRY(ay_prints_put(groups->prints, (ay_str){rows->to[i] - rows->len[i], rows->len[i]}, err));
    return ASSAY_OK;
}

static void write_records(const ay_rule *rule, const ay_shape *shape, const ay_view *view, ay_tuple_rows *rows,
                          size_t word, uint64_t *ret_hashes)
{
    char *starts[64];
    memcpy(starts, rows->to, rows->n * sizeof *starts);
    put_group(rows, rule, shape, view, word);
    for (uint32_t i = 0; i < rows->n; i++)
        ret_hashes[i] = ay_groups_prefix((ay_str){starts[i], (size_t)(rows->to[i] - starts[i])});
    put_rest(rows, rule, shape, view, word);
}

static assay_status pile_rows(const ay_rule *rule, ay_groups *groups, const ay_view *view, ay_tuple_rows *rows,
                              size_t word, bool *ret_is_done, assay_err *err)
{
    uint64_t hashes[64];
    put_group(rows, rule, groups->shape, view, word);
    put_rest(rows, rule, groups->shape, view, word);
    AY_TRY(ay_pile_room(groups->pile, rows->len, rows->n, rows->to, &rows->is_placed, err));
    if (rows->is_placed) write_records(rule, groups->shape, view, rows, word, hashes);
    *ret_is_done = rows->is_placed && !rows->is_torn;
    return *ret_is_done ? ay_pile_take(groups->pile, rows->len, hashes, rows->n, err) : ASSAY_OK;
}

/* Not *ret_is_done: some are out of the ordinary, and none was put. */
static assay_status put_rows(const ay_rule *rule, ay_groups *groups, const ay_view *view, uint64_t which, size_t word,
                             bool *ret_is_done, assay_err *err)
{
    ay_tuple_rows rows;
    *ret_is_done = false;
    if (count_bits(which) < FEW || has_bad_key(view, which, word)) return ASSAY_OK;
    ay_tuple_rows_begin(&rows, which);
    return (groups->prints ? print_rows : pile_rows)(rule, groups, view, &rows, word, ret_is_done, err);
}

/* ---- Batches ---- */

/* Of 64 records those that are among `active`, and what their values are. */
typedef struct absent {
    uint64_t bad;     /* a value cannot be read */
    uint64_t some;    /* a value of the group is null */
    uint64_t all;     /* all are */
    uint64_t unknown; /* one that the record needs is */
} absent;

static absent look_for_absent(const ay_rule *rule, const ay_shape *shape, const ay_batch *batch, uint64_t active,
                              size_t word)
{
    absent a = {.all = shape->n_group ? active : 0};
    for (uint32_t i = 0; i < rule->n_fields; i++) {
        const ay_col *c = &batch->cols[rule->fields[i]];
        const uint64_t null = c->null[word];
        a.bad |= c->bad[word];
        if (i < shape->n_known) a.unknown |= null;
        if (i >= shape->n_group) continue;
        a.some |= null;
        a.all &= null;
    }
    a.bad &= active;
    const uint64_t readable = active & ~a.bad;
    return (absent){a.bad, a.some & readable, a.all & readable, a.unknown & readable};
}

static void count_absent(ay_groups *groups, const absent *a)
{
    groups->unreadable += count_bits(a->bad);
    groups->null_groups += count_bits(a->all);
    groups->partial_groups += count_bits(a->some & ~a->all);
    if (groups->nulls == AY_NULLS_PASS) groups->passed += count_bits(a->unknown);
    else if (groups->nulls != AY_NULLS_FAIL) groups->skipped += count_bits(a->unknown);
}

/* Those for which another one is missing have a place of their own. */
static assay_status put_each(const ay_rule *rule, ay_groups *groups, const ay_view *view, uint64_t which,
                             uint64_t missing, size_t word, assay_err *err)
{
    for (; which; which &= which - 1) {
        const unsigned bit = (unsigned)__builtin_ctzll(which);
        const bool is_missing = missing >> bit & 1;
        const uint32_t row = (uint32_t)(word * 64 + bit);
        if (groups->prints && !is_missing) AY_TRY(put_print(rule, groups, view, row, err));
        else if (groups->pile && !is_missing) AY_TRY(put_in_pile(rule, groups, view, row, err));
        else AY_TRY(put_in_sorter(rule, groups, view, row, is_missing, err));
    }
    return ASSAY_OK;
}

static assay_status absorb_word(const ay_rule *rule, ay_groups *groups, const ay_view *view, uint64_t active,
                                size_t word, assay_err *err)
{
    const absent a = look_for_absent(rule, groups->shape, view->batch, active, word);
    count_absent(groups, &a);
    uint64_t kept = active & ~a.bad;
    if (groups->nulls != AY_NULLS_FAIL) kept &= ~a.unknown;
    bool is_done = false;
    if (groups->pile) AY_TRY(put_rows(rule, groups, view, kept & ~a.unknown, word, &is_done, err));
    return put_each(rule, groups, view, is_done ? kept & a.unknown : kept, a.unknown, word, err);
}

assay_status ay_groups_absorb(const ay_rule *rule, ay_groups *groups, const ay_view *view, const uint64_t *active,
                              assay_err *err)
{
    const ay_prints_key *key = view->context->prints_key;
    groups->zone = view->context->zone;
    if (key && groups->pile && !groups->prints) AY_TRY(ay_prints_open(groups->budget, key, &groups->prints, err));
    for (size_t word = 0; word < AY_BITS_WORDS(view->batch->rows); word++)
        AY_TRY(absorb_word(rule, groups, view, active[word], word, err));
    return ASSAY_OK;
}
