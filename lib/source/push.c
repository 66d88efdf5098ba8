#include "source/push.h"

#include "assay/run.h"
#include "base/mem.h"
#include "source/common.h"

struct ay_push {
    ay_arena arena; /* schema */
    ay_schema schema;
    ay_batch batch;
    bool in_record; /* a value of the next record was set */
    uint64_t records;
    size_t bytes; /* of texts in the batch */
    assay_status (*take)(void *ctx, const ay_batch *batch, assay_err *err);
    void *ctx;
};

/* What PostgreSQL can hold, from 1970: 4713-11-24 BC; 5874897-12-31; the last timestamp that 64 bits hold. */
#define MIN_DATE INT64_C(-2440588)
#define END_DATE INT64_C(2145042906)

/* ---- Opening ---- */

static assay_status copy_schema(ay_push *p, const ay_schema *from, assay_err *err)
{
    ay_column *columns = AY_ARENA_ARRAY(&p->arena, from->n, ay_column);
    AY_NOMEM_IF(!columns, err);
    for (uint32_t i = 0; i < from->n; i++) {
        columns[i] = from->columns[i];
        columns[i].name = ay_arena_copy(&p->arena, ay_str_from(from->columns[i].name));
        AY_NOMEM_IF(!columns[i].name, err);
        if (!columns[i].source_type) continue;
        columns[i].source_type = ay_arena_copy(&p->arena, ay_str_from(columns[i].source_type));
        AY_NOMEM_IF(!columns[i].source_type, err);
    }
    p->schema = (ay_schema){.columns = columns, .n = from->n};
    return ASSAY_OK;
}

static assay_status open_batch(ay_push *p, uint32_t cap, assay_err *err)
{
    ay_type *types = AY_ARENA_ARRAY(&p->arena, p->schema.n, ay_type);
    AY_NOMEM_IF(!types, err);
    for (uint32_t i = 0; i < p->schema.n; i++) types[i] = p->schema.columns[i].type;
    return ay_batch_open(&p->batch, types, p->schema.n, cap, err);
}

assay_status ay_push_open(const ay_schema *schema, uint32_t batch_cap,
                          assay_status (*take)(void *ctx, const ay_batch *batch, assay_err *err), void *ctx,
                          ay_push **ret, assay_err *err)
{
    ay_push *p = AY_NEW(ay_push);
    AY_NOMEM_IF(!p, err);
    p->take = take;
    p->ctx = ctx;
    assay_status st = copy_schema(p, schema, err);
    if (st == ASSAY_OK) st = open_batch(p, batch_cap, err);
    if (st == ASSAY_OK) *ret = p;
    else ay_push_free(p);
    return st;
}

const ay_schema *ay_push_schema(const ay_push *push)
{
    return &push->schema;
}

ay_push *ay_push_free(ay_push *push)
{
    if (!push) return NULL;
    ay_batch_free(&push->batch);
    ay_arena_free(&push->arena);
    return ay_free(push);
}

/* ---- Values ---- */

static assay_status wrong_kind(const ay_column *column, const char *kind, assay_err *err)
{
    return ay_fail(err, ASSAY_EUSAGE, "column '%s' (%s) does not take %s values", "列“%s”（%s）不接受 %s 值",
                   column->name, ay_type_name(column->type), kind);
}

static assay_status out_of_range(const ay_column *column, assay_err *err)
{
    return ay_fail(err, ASSAY_EFORMAT, "column '%s': the number is no value of type %s", "列“%s”：该数不是类型 %s 的值",
                   column->name, ay_type_name(column->type));
}

static assay_status check_int(const ay_column *column, int64_t value, assay_err *err)
{
    const bool is_infinite = value == AY_INFINITY || value == AY_NEG_INFINITY;
    bool ok = true;
    switch (column->type) {
    case AY_INT: break;
    case AY_BOOL: ok = value == 0 || value == 1; break;
    case AY_TIME: ok = value >= 0 && value <= AY_DAY_US; break;
    case AY_DATE: ok = is_infinite || (value >= MIN_DATE && value < END_DATE); break;
    case AY_TIMESTAMP:
    case AY_TIMESTAMPTZ: ok = is_infinite || value >= MIN_DATE * AY_DAY_US; break;
    default: return wrong_kind(column, "int", err);
    }
    return ok ? ASSAY_OK : out_of_range(column, err);
}

static assay_status check_float(const ay_column *column, assay_err *err)
{
    return column->type == AY_FLOAT ? ASSAY_OK : wrong_kind(column, "float", err);
}

/* Number of the record in `row`, which lies in the batch or behind it. */
static unsigned long long record_at(const ay_push *p, uint32_t row)
{
    return p->records + 1 + (row - p->batch.rows);
}

/* Text and bytes as they are; put_read may look at them again. */
static assay_status put_plain(ay_push *p, uint32_t column, ay_str text, uint32_t row, assay_err *err)
{
    const ay_column *c = &p->schema.columns[column];
    AY_FAIL_IF(c->type != AY_BYTES && c->type != AY_UUID && ay_text_valid(text) != text.len, err, ASSAY_EFORMAT,
               "record %llu, column '%s': text that is not UTF-8, or holds a NUL byte",
               "第 %llu 条记录，列“%s”：文本不是 UTF-8，或含 NUL 字节", record_at(p, row), c->name);
    char *copy = ay_arena_bytes(&p->batch.heap, text.len);
    AY_NOMEM_IF(!copy, err);
    if (text.len) memcpy(copy, text.ptr, text.len);
    p->bytes += text.len;
    p->batch.cols[column].v.str[row] = (ay_str){copy, text.len};
    return ASSAY_OK;
}

static void put_cell(ay_col *col, uint32_t row, const ay_cell *cell)
{
    switch (ay_type_storage(col->type)) {
    case AY_STORE_I64: col->v.i64[row] = cell->v.i64; break;
    case AY_STORE_F64: col->v.f64[row] = cell->v.f64; break;
    case AY_STORE_DEC: col->v.dec[row] = cell->v.dec; break;
    case AY_STORE_STR: col->v.str[row] = cell->v.str; break;
    case AY_STORE_IV: col->v.iv[row] = cell->v.iv; break;
    case AY_STORE_TTZ: col->v.ttz[row] = cell->v.ttz; break;
    }
}

/* Text that is read as the column's type; the result lies in the batch's heap or has no bytes of its own. */
static assay_status put_read(ay_push *p, uint32_t column, ay_str text, uint32_t row, assay_err *err)
{
    const ay_column *c = &p->schema.columns[column];
    ay_cell cell = {0};
    assay_status st = ASSAY_OK;
    if (ay_cell_read(text, c->type, NULL, &p->batch.heap, &cell, NULL, NULL, &st)) {
        put_cell(&p->batch.cols[column], row, &cell);
        return ASSAY_OK;
    }
    AY_NOMEM_IF(st == ASSAY_ENOMEM, err);
    /* Without the value: it may be personal. */
    return ay_fail(err, ASSAY_EFORMAT, "record %llu, column '%s': the text cannot be read as %s",
                   "第 %llu 条记录，列“%s”：文本不能读作 %s", record_at(p, row), c->name, ay_type_name(c->type));
}

static assay_status put_text(ay_push *p, uint32_t column, ay_str text, uint32_t row, assay_err *err)
{
    const ay_column *c = &p->schema.columns[column];
    switch (c->type) {
    case AY_TEXT:
    case AY_BYTES: return put_plain(p, column, text, row, err);
    case AY_JSON:
    case AY_JSONB:
        AY_TRY(put_plain(p, column, text, row, err));
        return put_read(p, column, p->batch.cols[column].v.str[row], row, err);
    case AY_UUID:
        if (text.len == 16) return put_plain(p, column, text, row, err);
        return put_read(p, column, text, row, err);
    case AY_DEC:
    case AY_INTERVAL:
    case AY_TIMETZ: return put_read(p, column, text, row, err);
    default: return wrong_kind(c, "text", err);
    }
}

/* ---- Records ---- */

static void set_null(ay_col *col, uint32_t row)
{
    const size_t size = ay_storage_size(ay_type_storage(col->type));
    ay_bit_set(col->null, row);
    memset((char *)col->v.any + row * size, 0, size);
}

/* The batch has room for the next record; a column that is not set stays null. */
static void begin_record(ay_push *p)
{
    if (p->in_record) return;
    for (uint32_t i = 0; i < p->batch.n; i++) set_null(&p->batch.cols[i], p->batch.rows);
    p->in_record = true;
}

static assay_status check_column(const ay_push *p, size_t column, assay_err *err)
{
    AY_FAIL_IF(column >= p->schema.n, err, ASSAY_EUSAGE, "no column %1$zu: there are %2$u, counted from 0",
               "没有第 %1$zu 列：共 %2$u 列，从 0 起", column, p->schema.n);
    return ASSAY_OK;
}

assay_status ay_push_int(ay_push *push, size_t column, int64_t value, assay_err *err)
{
    AY_TRY(check_column(push, column, err));
    AY_TRY(check_int(&push->schema.columns[column], value, err));
    begin_record(push);
    ay_col *col = &push->batch.cols[column];
    col->v.i64[push->batch.rows] = value;
    ay_bit_clear(col->null, push->batch.rows);
    return ASSAY_OK;
}

assay_status ay_push_float(ay_push *push, size_t column, double value, assay_err *err)
{
    AY_TRY(check_column(push, column, err));
    AY_TRY(check_float(&push->schema.columns[column], err));
    begin_record(push);
    ay_col *col = &push->batch.cols[column];
    col->v.f64[push->batch.rows] = value;
    ay_bit_clear(col->null, push->batch.rows);
    return ASSAY_OK;
}

assay_status ay_push_text(ay_push *push, size_t column, ay_str text, assay_err *err)
{
    AY_TRY(check_column(push, column, err));
    begin_record(push);
    AY_TRY(put_text(push, (uint32_t)column, text, push->batch.rows, err));
    ay_bit_clear(push->batch.cols[column].null, push->batch.rows);
    return ASSAY_OK;
}

static assay_status hand_over(ay_push *p, assay_err *err)
{
    AY_TRY(p->take(p->ctx, &p->batch, err));
    ay_batch_clear(&p->batch);
    p->bytes = 0;
    return ASSAY_OK;
}

/* `rows` records were put behind the batch's. */
static assay_status end_records(ay_push *p, uint32_t rows, assay_err *err)
{
    if (p->batch.rows == 0) p->batch.first_record = p->records + 1;
    p->batch.rows += rows;
    p->records += rows;
    p->in_record = false;
    if (p->batch.rows < p->batch.cap && p->bytes < AY_BATCH_BYTES) return ASSAY_OK;
    return hand_over(p, err);
}

assay_status ay_push_next(ay_push *push, assay_err *err)
{
    begin_record(push);
    return end_records(push, 1, err);
}

/* ---- Whole columns ---- */

/* Some records of a pushed column: values[first] goes to the row behind the batch's. */
typedef struct span {
    const uint64_t *null;
    const void *values;
    uint64_t first;
    uint32_t rows;
} span;

static bool is_null_at(const span *s, uint32_t i)
{
    return s->null && ay_bit(s->null, s->first + i);
}

static assay_status put_ints(const ay_column *column, ay_col *col, const span *s, uint32_t row, assay_err *err)
{
    const int64_t *values = (const int64_t *)s->values + s->first;
    for (uint32_t i = 0; i < s->rows; i++) {
        if (is_null_at(s, i)) continue;
        AY_TRY(check_int(column, values[i], err));
        col->v.i64[row + i] = values[i];
    }
    return ASSAY_OK;
}

static assay_status put_floats(const ay_column *column, ay_col *col, const span *s, uint32_t row, assay_err *err)
{
    const double *values = (const double *)s->values + s->first;
    AY_TRY(check_float(column, err));
    for (uint32_t i = 0; i < s->rows; i++)
        if (!is_null_at(s, i)) col->v.f64[row + i] = values[i];
    return ASSAY_OK;
}

static assay_status put_texts(ay_push *p, uint32_t column, const span *s, uint32_t row, assay_err *err)
{
    const assay_str *values = (const assay_str *)s->values + s->first;
    for (uint32_t i = 0; i < s->rows; i++)
        if (!is_null_at(s, i)) AY_TRY(put_text(p, column, (ay_str){values[i].ptr, values[i].len}, row + i, err));
    return ASSAY_OK;
}

static assay_status put_span(ay_push *p, uint32_t column, const span *s, assay_err *err)
{
    const ay_column *c = &p->schema.columns[column];
    ay_col *col = &p->batch.cols[column];
    const uint32_t row = p->batch.rows;
    for (uint32_t i = 0; i < s->rows; i++)
        if (is_null_at(s, i)) set_null(col, row + i);
    switch (ay_type_storage(c->type)) {
    case AY_STORE_I64: return put_ints(c, col, s, row, err);
    case AY_STORE_F64: return put_floats(c, col, s, row, err);
    default: return put_texts(p, column, s, row, err);
    }
}

/* Columns of text are taken in small steps, so that the batch is handed over when it holds much of it. */
static uint32_t span_rows(const ay_push *p, uint64_t left)
{
    const uint32_t room = p->batch.cap - p->batch.rows, step = room < 64 ? room : 64;
    return left < step ? (uint32_t)left : step;
}

assay_status ay_push_columns(ay_push *push, const uint64_t *const *null, const void *const *values, uint64_t rows,
                             assay_err *err)
{
    AY_FAIL_IF(push->in_record, err, ASSAY_EUSAGE, "columns are pushed while a record is half built",
               "记录尚未完成时不能按列推送");
    for (uint64_t done = 0; done < rows;) {
        span s = {.first = done, .rows = span_rows(push, rows - done)};
        for (uint32_t i = 0; i < push->schema.n; i++) {
            s.null = null ? null[i] : NULL;
            s.values = values[i];
            AY_TRY(put_span(push, i, &s, err));
        }
        AY_TRY(end_records(push, s.rows, err));
        done += s.rows;
    }
    return ASSAY_OK;
}

assay_status ay_push_end(ay_push *push, assay_err *err)
{
    AY_FAIL_IF(push->in_record, err, ASSAY_EUSAGE, "the last record is half built: assay_feed_next is missing",
               "最后一条记录未完成：缺少 assay_feed_next");
    return push->batch.rows ? hand_over(push, err) : ASSAY_OK;
}
