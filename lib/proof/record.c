#include "proof/record.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"
#include "proof/exact.h"
#include "proof/jcs.h"

#define HEAD_BYTES 6  /* "CRE" 01, number of fields */
#define HEAD_ROOM  32 /* most heads of fields fit; copying a fixed length is what makes this fast */

/* A field of the record, ready to be written. */
typedef struct part {
    uint32_t column;
    ay_type type;
    size_t size; /* of a value in its column */
    const ay_zone *zone;
    ay_str name;
    ay_str head; /* length of the name, name */
} part;

struct ay_record_plan {
    part *parts; /* sorted by name */
    uint32_t n;
    ay_arena arena;
};

static const uint8_t tags[] = {
    [AY_TEXT] = AY_TAG_TEXT,           [AY_BOOL] = AY_TAG_BOOL,
    [AY_INT] = AY_TAG_NUMBER,          [AY_DEC] = AY_TAG_NUMBER,
    [AY_FLOAT] = AY_TAG_FLOAT,         [AY_DATE] = AY_TAG_DATE,
    [AY_TIME] = AY_TAG_TIME,           [AY_TIMETZ] = AY_TAG_TIMETZ,
    [AY_TIMESTAMP] = AY_TAG_TIMESTAMP, [AY_TIMESTAMPTZ] = AY_TAG_TIMESTAMPTZ,
    [AY_INTERVAL] = AY_TAG_INTERVAL,   [AY_UUID] = AY_TAG_UUID,
    [AY_BYTES] = AY_TAG_BYTES,         [AY_JSON] = AY_TAG_JSON,
    [AY_JSONB] = AY_TAG_JSONB,
};
_Static_assert(AY_COUNT(tags) == AY_TYPE_COUNT, "a tag for every type");

/* ---- The plan ---- */

static int by_name(const void *a, const void *b)
{
    return ay_str_cmp(((const part *)a)->name, ((const part *)b)->name);
}

static assay_status plan_part(ay_record_plan *plan, const ay_field *field, part *to, assay_err *err)
{
    to->name = ay_str_from(field->name);
    AY_FAIL_IF(to->name.len > UINT16_MAX, err, ASSAY_EUSAGE, "the name of a field has %zu bytes, a record takes 65535",
               "字段名称有 %zu 字节，记录最多容纳 65535 字节", to->name.len);
    char *head = ay_arena_alloc(&plan->arena, 1, to->name.len + 2 + HEAD_ROOM);
    AY_NOMEM_IF(!head, err);
    head[0] = (char)(to->name.len >> 8);
    head[1] = (char)to->name.len;
    memcpy(head + 2, to->name.ptr, to->name.len);
    to->head = (ay_str){head, to->name.len + 2};
    to->name.ptr = head + 2;
    to->type = field->type;
    to->size = ay_storage_size(ay_type_storage(field->type));
    to->zone = field->zone;
    return ASSAY_OK;
}

static assay_status make_plan(ay_record_plan *plan, const ay_field *fields, const uint32_t *scope, assay_err *err)
{
    AY_FAIL_IF(plan->n > UINT16_MAX, err, ASSAY_EUSAGE, "%u fields, a record takes 65535",
               "有 %u 个字段，记录最多容纳 65535 个", plan->n);
    plan->parts = AY_ARENA_ARRAY(&plan->arena, plan->n, part);
    AY_NOMEM_IF(!plan->parts, err);
    for (uint32_t i = 0; i < plan->n; i++) {
        const uint32_t column = scope ? scope[i] : i;
        plan->parts[i].column = column;
        AY_TRY(plan_part(plan, &fields[column], &plan->parts[i], err));
    }
    if (plan->n > 0) qsort(plan->parts, plan->n, sizeof *plan->parts, by_name);
    for (uint32_t i = 1; i < plan->n; i++)
        AY_FAIL_IF(by_name(&plan->parts[i - 1], &plan->parts[i]) == 0, err, ASSAY_EUSAGE,
                   "a record takes field '%.*s' once", "记录中字段“%.*s”只能出现一次", (int)plan->parts[i].name.len,
                   plan->parts[i].name.ptr);
    return ASSAY_OK;
}

assay_status ay_record_plan_open(const ay_field *fields, const uint32_t *scope, uint32_t n, ay_record_plan **ret,
                                 assay_err *err)
{
    ay_record_plan *plan = AY_NEW(ay_record_plan);
    AY_NOMEM_IF(!plan, err);
    plan->n = n;
    const assay_status status = make_plan(plan, fields, scope, err);
    if (status != ASSAY_OK) plan = ay_record_plan_free(plan);
    else *ret = plan;
    return status;
}

ay_record_plan *ay_record_plan_free(ay_record_plan *plan)
{
    if (plan) ay_arena_free(&plan->arena);
    return ay_free(plan);
}

/* ---- Values ---- */

static void store32(char *to, uint32_t v)
{
    v = __builtin_bswap32(v);
    memcpy(to, &v, sizeof v);
}

static void store64(char *to, uint64_t v)
{
    v = __builtin_bswap64(v);
    memcpy(to, &v, sizeof v);
}

/* Name, tag and length, with room for the value behind them; NULL: no memory. */
static char *put_head(ay_buf *out, const part *p, uint8_t tag, size_t len)
{
    char *to = ay_buf_reserve(out, HEAD_ROOM + p->head.len + 5 + len);
    if (!to) return NULL;
    if (p->head.len <= HEAD_ROOM) memcpy(to, p->head.ptr, HEAD_ROOM);
    else memcpy(to, p->head.ptr, p->head.len);
    to[p->head.len] = (char)tag;
    store32(to + p->head.len + 1, (uint32_t)len);
    out->len += p->head.len + 5;
    return to + p->head.len + 5;
}

static assay_status put_bytes(ay_buf *out, const part *p, uint8_t tag, ay_str value, assay_err *err)
{
    AY_FAIL_IF(value.len > UINT32_MAX, err, ASSAY_ELIMIT, "a value of %zu bytes is too long for a record",
               "长 %zu 字节的值超出记录的容量", value.len);
    char *to = put_head(out, p, tag, value.len);
    if (to && value.len > 0) memcpy(to, value.ptr, value.len);
    if (to) out->len += value.len;
    return ASSAY_OK;
}

static void put_u64(ay_buf *out, const part *p, uint64_t v)
{
    char *to = put_head(out, p, tags[p->type], 8);
    if (!to) return;
    store64(to, v);
    out->len += 8;
}

static void put_bool(ay_buf *out, const part *p, bool v)
{
    char *to = put_head(out, p, AY_TAG_BOOL, 1);
    if (!to) return;
    *to = (char)v;
    out->len++;
}

static void put_date(ay_buf *out, const part *p, int64_t days)
{
    const int64_t v = days == AY_INFINITY ? INT32_MAX : days == AY_NEG_INFINITY ? INT32_MIN : days;
    char *to = put_head(out, p, AY_TAG_DATE, 4);
    if (!to) return;
    store32(to, (uint32_t)v);
    out->len += 4;
}

static void put_float(ay_buf *out, const part *p, double v)
{
    uint64_t bits = UINT64_C(0x7ff8000000000000);
    if (v == 0) v = 0; /* -0 is 0 */
    if (!isnan(v)) memcpy(&bits, &v, sizeof bits);
    put_u64(out, p, bits);
}

static void put_timetz(ay_buf *out, const part *p, ay_timetz v)
{
    char *to = put_head(out, p, AY_TAG_TIMETZ, 12);
    if (!to) return;
    store64(to, (uint64_t)v.us);
    store32(to + 8, (uint32_t)v.offset_s);
    out->len += 12;
}

static void put_interval(ay_buf *out, const part *p, ay_interval v)
{
    char *to = put_head(out, p, AY_TAG_INTERVAL, 16);
    if (!to) return;
    store32(to, (uint32_t)v.months);
    store32(to + 4, (uint32_t)v.days);
    store64(to + 8, (uint64_t)v.us);
    out->len += 16;
}

/* What was appended behind a head of length 0 is the value. */
static void set_length(ay_buf *out, size_t start)
{
    if (!out->failed) store32(out->ptr + start - 4, (uint32_t)(out->len - start));
}

static void put_int(ay_buf *out, const part *p, int64_t v)
{
    if (!put_head(out, p, AY_TAG_NUMBER, 0)) return;
    const size_t start = out->len;
    ay_buf_int(out, v);
    set_length(out, start);
}

static void put_dec(ay_buf *out, const part *p, ay_dec v)
{
    if (!put_head(out, p, AY_TAG_NUMBER, 0)) return;
    const size_t start = out->len;
    ay_dec_text(ay_dec_canonical(v), out);
    set_length(out, start);
}

/* False: it has no canonical form. */
static bool canonical_json(ay_records *out, ay_str text)
{
    const ay_jcs *value;
    ay_buf_clear(&out->json);
    out->json.max = AY_RECORD_JSON_BYTES;
    if (text.len > AY_RECORD_JSON_BYTES) return false;
    assay_status status = ay_jcs_read(text, AY_JCS_DEPTH, &out->arena, &value, NULL);
    if (status == ASSAY_OK) status = ay_jcs_write(value, AY_JCS_EXACT, &out->json, NULL);
    if (status == ASSAY_ENOMEM) out->bytes.failed = status;
    return status == ASSAY_OK;
}

static assay_status put_jsonb(ay_records *out, const part *p, ay_str text, assay_err *err)
{
    if (!canonical_json(out, text)) return put_bytes(&out->bytes, p, AY_TAG_TEXT, text, err);
    return put_bytes(&out->bytes, p, AY_TAG_JSONB, ay_buf_view(&out->json), err);
}

static assay_status put_value(ay_records *out, const part *p, const void *slot, assay_err *err)
{
    ay_buf *bytes = &out->bytes;
    switch (p->type) {
    case AY_BOOL: put_bool(bytes, p, *(const int64_t *)slot != 0); return ASSAY_OK;
    case AY_INT: put_int(bytes, p, *(const int64_t *)slot); return ASSAY_OK;
    case AY_DEC: put_dec(bytes, p, *(const ay_dec *)slot); return ASSAY_OK;
    case AY_FLOAT: put_float(bytes, p, *(const double *)slot); return ASSAY_OK;
    case AY_DATE: put_date(bytes, p, *(const int64_t *)slot); return ASSAY_OK;
    case AY_TIME:
    case AY_TIMESTAMP:
    case AY_TIMESTAMPTZ: put_u64(bytes, p, *(const uint64_t *)slot); return ASSAY_OK;
    case AY_TIMETZ: put_timetz(bytes, p, *(const ay_timetz *)slot); return ASSAY_OK;
    case AY_INTERVAL: put_interval(bytes, p, *(const ay_interval *)slot); return ASSAY_OK;
    case AY_JSONB: return put_jsonb(out, p, *(const ay_str *)slot, err);
    case AY_TEXT:
    case AY_JSON:
    case AY_BYTES:
    case AY_UUID: return put_bytes(bytes, p, tags[p->type], *(const ay_str *)slot, err);
    case AY_TYPE_COUNT: break;
    }
    return ASSAY_OK;
}

/* ---- Texts that are no value to the rules ---- */

/* 24:00 is a time to the server, and so on the binary way, though no text that rules accept. */
static bool end_of_day(const part *p, ay_str text, ay_cell *ret)
{
    char again[48];
    if ((p->type != AY_TIME && p->type != AY_TIMETZ) || text.len < 5 || text.len > sizeof again) return false;
    if (memcmp(text.ptr, "24:", 3) != 0) return false;
    memcpy(again, text.ptr, text.len);
    memcpy(again, "00", 2);
    if (!ay_cell_read((ay_str){again, text.len}, p->type, NULL, NULL, ret, NULL, NULL, NULL)) return false;
    int64_t *us = p->type == AY_TIME ? &ret->v.i64 : &ret->v.ttz.us;
    const bool is_midnight = *us == 0;
    *us = AY_DAY_US;
    return is_midnight;
}

/* A number of more digits than rules can compute with, or no integer where one belongs. */
static bool put_exact(ay_buf *out, const part *p, ay_str text)
{
    if (p->type != AY_INT && p->type != AY_DEC) return false;
    const size_t before = out->len;
    if (!put_head(out, p, AY_TAG_NUMBER, 0)) return true;
    const size_t start = out->len;
    if (!ay_exact_put(text, out)) {
        out->len = before;
        return false;
    }
    set_length(out, start);
    return true;
}

/* A missing word or a text that cannot be read as the type of the field. */
static assay_status put_stored(ay_records *out, const part *p, ay_str text, assay_err *err)
{
    ay_cell cell;
    assay_status status;
    if (ay_cell_read(text, p->type, p->zone, &out->arena, &cell, NULL, NULL, &status) || end_of_day(p, text, &cell))
        return put_value(out, p, &cell.v, err);
    AY_NOMEM_IF(status == ASSAY_ENOMEM, err);
    if (put_exact(&out->bytes, p, text)) return ASSAY_OK;
    return put_bytes(&out->bytes, p, AY_TAG_TEXT, text, err);
}

/* ---- Records ---- */

static assay_status put_field(ay_records *out, const part *p, const ay_batch *batch, uint32_t row, assay_err *err)
{
    const ay_col *col = &batch->cols[p->column];
    assert(col->type == p->type);
    const bool is_value = !ay_bit(col->null, row) && !ay_bit(col->bad, row);
    if (is_value) return put_value(out, p, (const char *)col->v.any + row * p->size, err);
    assert(ay_bit(col->null, row) || col->raw);
    return put_stored(out, p, col->raw[row], err);
}

static bool is_absent(const ay_col *col, uint32_t row)
{
    return ay_bit(col->null, row) && (!col->raw || !col->raw[row].ptr);
}

static assay_status put_record(const ay_record_plan *plan, const ay_batch *batch, uint32_t row, ay_records *out,
                               assay_err *err)
{
    const size_t start = out->bytes.len;
    uint32_t n = 0;
    ay_buf_put(&out->bytes, "CRE\1\0\0", HEAD_BYTES);
    for (uint32_t i = 0; i < plan->n; i++) {
        const part *p = &plan->parts[i];
        if (is_absent(&batch->cols[p->column], row)) continue;
        AY_TRY(put_field(out, p, batch, row, err));
        n++;
    }
    AY_TRY(ay_buf_status(&out->bytes, err));
    out->bytes.ptr[start + 4] = (char)(n >> 8);
    out->bytes.ptr[start + 5] = (char)n;
    return ASSAY_OK;
}

static assay_status make_room(ay_records *out, uint32_t more, assay_err *err)
{
    if (more <= out->cap - out->n) return ASSAY_OK;
    const size_t cap = (size_t)out->n + (more < out->n ? out->n : more);
    AY_FAIL_IF(cap > UINT32_MAX, err, ASSAY_ELIMIT, "too many records at once", "一次的记录过多");
    size_t *ends = (size_t *)ay_realloc_array(out->ends, cap, sizeof *ends);
    AY_NOMEM_IF(!ends, err);
    out->ends = ends;
    out->cap = (uint32_t)cap;
    return ASSAY_OK;
}

assay_status ay_records_add(const ay_record_plan *plan, const ay_batch *batch, uint32_t row, ay_records *out,
                            assay_err *err)
{
    assert(row < batch->rows);
    AY_TRY(make_room(out, 1, err));
    const size_t before = out->bytes.len;
    const assay_status status = put_record(plan, batch, row, out, err);
    ay_arena_reset(&out->arena);
    if (status == ASSAY_OK) {
        out->ends[out->n++] = out->bytes.len;
    } else {
        out->bytes.len = before;
        out->bytes.failed = ASSAY_OK;
    }
    return status;
}

assay_status ay_records_encode(const ay_record_plan *plan, const ay_batch *batch, ay_records *out, assay_err *err)
{
    assay_status status = ASSAY_OK;
    ay_records_clear(out);
    status = make_room(out, batch->rows, err);
    for (uint32_t row = 0; status == ASSAY_OK && row < batch->rows; row++)
        status = ay_records_add(plan, batch, row, out, err);
    if (status != ASSAY_OK) ay_records_clear(out);
    return status;
}

ay_str ay_records_at(const ay_records *records, uint32_t i)
{
    assert(i < records->n);
    const size_t start = i > 0 ? records->ends[i - 1] : 0;
    return (ay_str){records->bytes.ptr + start, records->ends[i] - start};
}

void ay_records_clear(ay_records *records)
{
    ay_buf_clear(&records->bytes);
    records->n = 0;
}

void ay_records_free(ay_records *records)
{
    ay_buf_free(&records->bytes);
    ay_buf_free(&records->json);
    ay_arena_free(&records->arena);
    ay_free(records->ends);
    *records = (ay_records){0};
}
