#include "proof/record.h"

#include <assert.h>
#include <math.h>

#include "base/copy.h"
#include "base/digits.h"
#include "base/mem.h"
#include "proof/exact.h"
#include "proof/jcs.h"

#define HEAD_BYTES 6  /* "CRE" 01, number of fields */
#define HEAD_ROOM  32 /* most heads of fields fit; copying a fixed length is what makes this fast */
#define TAIL_BYTES 5  /* of a head: tag, length of the value */

/* A field of the record, ready to be written. */
typedef struct part {
    uint32_t column;
    ay_type type;
    size_t size; /* of a value in its column */
    size_t room; /* for the field, without the bytes of a text */
    bool is_text;
    const ay_zone *zone;
    ay_str name;
    ay_str head; /* length of the name, name, tag of the type, length of a value where all have the same */
} part;

struct ay_record_plan {
    part *parts; /* sorted by name */
    uint32_t n;
    ay_arena arena;
};

static const struct {
    uint8_t tag, size; /* size 0: each value has its own */
} forms[] = {
    [AY_TEXT] = {AY_TAG_TEXT, 0},           [AY_BOOL] = {AY_TAG_BOOL, 1},
    [AY_INT] = {AY_TAG_NUMBER, 0},          [AY_DEC] = {AY_TAG_NUMBER, 0},
    [AY_FLOAT] = {AY_TAG_FLOAT, 8},         [AY_DATE] = {AY_TAG_DATE, 4},
    [AY_TIME] = {AY_TAG_TIME, 8},           [AY_TIMETZ] = {AY_TAG_TIMETZ, 12},
    [AY_TIMESTAMP] = {AY_TAG_TIMESTAMP, 8}, [AY_TIMESTAMPTZ] = {AY_TAG_TIMESTAMPTZ, 8},
    [AY_INTERVAL] = {AY_TAG_INTERVAL, 16},  [AY_UUID] = {AY_TAG_UUID, 0},
    [AY_BYTES] = {AY_TAG_BYTES, 0},         [AY_JSON] = {AY_TAG_JSON, 0},
    [AY_JSONB] = {AY_TAG_JSONB, 0},
};
_Static_assert(AY_COUNT(forms) == AY_TYPE_COUNT, "a form for every type");
_Static_assert(AY_DEC_TEXT_MAX >= AY_I64_TEXT_MAX && AY_DEC_TEXT_MAX >= 16, "the longest value that is no text");

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
    const size_t len = 2 + to->name.len + TAIL_BYTES;
    char *head = ay_arena_alloc(&plan->arena, 1, len + HEAD_ROOM);
    AY_NOMEM_IF(!head, err);
    head[0] = (char)(to->name.len >> 8);
    head[1] = (char)to->name.len;
    memcpy(head + 2, to->name.ptr, to->name.len);
    head[len - TAIL_BYTES] = (char)forms[field->type].tag;
    store32(head + len - 4, forms[field->type].size);
    to->head = (ay_str){head, len};
    to->name.ptr = head + 2;
    to->type = field->type;
    to->size = ay_storage_size(ay_type_storage(field->type));
    to->room = len + HEAD_ROOM + AY_DEC_TEXT_MAX;
    to->is_text = ay_type_storage(field->type) == AY_STORE_STR;
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

/* ---- Values, where there is room for the field ---- */

static char *put_head(char *to, const part *p)
{
    if (p->head.len <= HEAD_ROOM) memcpy(to, p->head.ptr, HEAD_ROOM);
    else memcpy(to, p->head.ptr, p->head.len);
    return to + p->head.len;
}

static char *put_u32(char *to, uint32_t v)
{
    store32(to, v);
    return to + 4;
}

static char *put_u64(char *to, uint64_t v)
{
    store64(to, v);
    return to + 8;
}

static char *put_bool(char *to, bool v)
{
    *to = (char)v;
    return to + 1;
}

static char *put_date(char *to, int64_t days)
{
    const int64_t v = days == AY_INFINITY ? INT32_MAX : days == AY_NEG_INFINITY ? INT32_MIN : days;
    return put_u32(to, (uint32_t)v);
}

static char *put_float(char *to, double v)
{
    uint64_t bits = UINT64_C(0x7ff8000000000000);
    if (v == 0) v = 0; /* -0 is 0 */
    if (!isnan(v)) memcpy(&bits, &v, sizeof bits);
    return put_u64(to, bits);
}

static char *put_interval(char *to, ay_interval v)
{
    return put_u64(put_u32(put_u32(to, (uint32_t)v.months), (uint32_t)v.days), (uint64_t)v.us);
}

static char *put_timetz(char *to, ay_timetz v)
{
    return put_u32(put_u64(to, (uint64_t)v.us), (uint32_t)v.offset_s);
}

static char *put_text(char *to, ay_str v)
{
    ay_copy(to, v.ptr, v.len);
    return to + v.len;
}

/* What stands between the head and `end` is the value. */
static char *set_length(char *value, char *end)
{
    store32(value - 4, (uint32_t)(end - value));
    return end;
}

static size_t text_size(const part *p, const void *slot)
{
    return p->is_text ? ((const ay_str *)slot)->len : 0;
}

/* A field of any type but jsonb; p->room and its text fit. */
static char *put_value(char *to, const part *p, const void *slot)
{
    to = put_head(to, p);
    switch (p->type) {
    case AY_BOOL: return put_bool(to, *(const int64_t *)slot != 0);
    case AY_INT: return set_length(to, ay_put_i64(to, *(const int64_t *)slot));
    case AY_DEC: return set_length(to, ay_dec_put(ay_dec_canonical(*(const ay_dec *)slot), to));
    case AY_FLOAT: return put_float(to, *(const double *)slot);
    case AY_DATE: return put_date(to, *(const int64_t *)slot);
    case AY_TIME:
    case AY_TIMESTAMP:
    case AY_TIMESTAMPTZ: return put_u64(to, *(const uint64_t *)slot);
    case AY_TIMETZ: return put_timetz(to, *(const ay_timetz *)slot);
    case AY_INTERVAL: return put_interval(to, *(const ay_interval *)slot);
    case AY_TEXT:
    case AY_JSON:
    case AY_BYTES:
    case AY_UUID: return set_length(to, put_text(to, *(const ay_str *)slot));
    case AY_JSONB:
    case AY_TYPE_COUNT: break;
    }
    assert(false);
    return to;
}

/* ---- Values for which the buffer grows. What fails shows in ay_buf_status ---- */

static assay_status put_bytes(ay_buf *out, const part *p, uint8_t tag, ay_str value, assay_err *err)
{
    AY_FAIL_IF(value.len > UINT32_MAX, err, ASSAY_ELIMIT, "a value of %zu bytes is too long for a record",
               "长 %zu 字节的值超出记录的容量", value.len);
    char *to = ay_buf_reserve(out, p->room + value.len);
    if (!to) return ASSAY_OK;
    to = put_head(to, p);
    to[-TAIL_BYTES] = (char)tag;
    out->len = (size_t)(set_length(to, put_text(to, value)) - out->ptr);
    return ASSAY_OK;
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

static assay_status put_growing(ay_records *out, const part *p, const void *slot, assay_err *err)
{
    if (p->type == AY_JSONB) return put_jsonb(out, p, *(const ay_str *)slot, err);
    if (p->is_text) return put_bytes(&out->bytes, p, forms[p->type].tag, *(const ay_str *)slot, err);
    char *to = ay_buf_reserve(&out->bytes, p->room);
    if (to) out->bytes.len = (size_t)(put_value(to, p, slot) - out->bytes.ptr);
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
    const size_t before = out->len, start = before + p->head.len;
    char *to = ay_buf_reserve(out, p->room);
    if (!to) return true;
    out->len = (size_t)(put_head(to, p) - out->ptr);
    if (!ay_exact_put(text, out)) {
        out->len = before;
        return false;
    }
    if (!out->failed) (void)set_length(out->ptr + start, out->ptr + out->len);
    return true;
}

/* A missing word or a text that cannot be read as the type of the field. */
static assay_status put_stored(ay_records *out, const part *p, ay_str text, assay_err *err)
{
    ay_cell cell;
    assay_status status;
    if (ay_cell_read(text, p->type, p->zone, &out->arena, &cell, NULL, NULL, &status) || end_of_day(p, text, &cell))
        return put_growing(out, p, &cell.v, err);
    AY_NOMEM_IF(status == ASSAY_ENOMEM, err);
    if (put_exact(&out->bytes, p, text)) return ASSAY_OK;
    return put_bytes(&out->bytes, p, AY_TAG_TEXT, text, err);
}

/* ---- Records ---- */

static bool is_value(const ay_col *col, uint32_t row)
{
    return !((col->null[row / 64] | col->bad[row / 64]) >> row % 64 & 1);
}

static bool is_absent(const ay_col *col, uint32_t row)
{
    return ay_bit(col->null, row) && (!col->raw || !col->raw[row].ptr);
}

/* Of 64 records those with a value of this field that can be written at once, and where the first one's is. */
typedef struct ay_record_lane {
    const char *slots;
    uint64_t values;
} lane;

static assay_status reserve_lanes(const ay_record_plan *plan, ay_records *out, assay_err *err)
{
    if (plan->n <= out->n_lanes) return ASSAY_OK;
    lane *lanes = (lane *)ay_realloc_array(out->lanes, plan->n, sizeof *lanes);
    AY_NOMEM_IF(!lanes, err);
    out->lanes = lanes;
    out->n_lanes = plan->n;
    return ASSAY_OK;
}

static void set_lanes(const ay_record_plan *plan, const ay_batch *batch, uint32_t word, lane *lanes)
{
    for (uint32_t i = 0; i < plan->n; i++) {
        const part *p = &plan->parts[i];
        const ay_col *col = &batch->cols[p->column];
        assert(col->type == p->type);
        lanes[i].slots = (const char *)col->v.any + (size_t)word * 64 * p->size;
        lanes[i].values = p->type == AY_JSONB ? 0 : ~(col->null[word] | col->bad[word]);
    }
}

/* A field that is there. */
static assay_status put_slowly(ay_records *out, const part *p, const ay_col *col, uint32_t row, assay_err *err)
{
    assert(is_value(col, row) || ay_bit(col->null, row) || col->raw);
    const assay_status status = is_value(col, row) ? put_growing(out, p, (const char *)col->v.any + row * p->size, err)
                                                   : put_stored(out, p, col->raw[row], err);
    ay_arena_reset(&out->arena);
    return status == ASSAY_OK ? ay_buf_status(&out->bytes, err) : status;
}

/* No value that fits is too long for the word that tells its length. */
static char *end_of_room(const ay_buf *bytes)
{
    const size_t room = bytes->cap - bytes->len;
    return bytes->ptr + bytes->len + (room < UINT32_MAX ? room : UINT32_MAX);
}

static assay_status put_fields(const ay_record_plan *plan, const ay_batch *batch, uint32_t row, ay_records *out,
                               uint32_t *ret_n, assay_err *err)
{
    ay_buf *bytes = &out->bytes;
    char *to = bytes->ptr + bytes->len, *end = end_of_room(bytes);
    const lane *l = out->lanes;
    *ret_n = plan->n;
    for (const part *p = plan->parts; p < plan->parts + plan->n; p++, l++) {
        const void *slot = l->slots + row % 64 * p->size;
        if (l->values >> row % 64 & 1 && p->room + text_size(p, slot) <= (size_t)(end - to)) {
            to = put_value(to, p, slot);
        } else if (is_absent(&batch->cols[p->column], row)) {
            --*ret_n;
        } else {
            bytes->len = (size_t)(to - bytes->ptr);
            AY_TRY(put_slowly(out, p, &batch->cols[p->column], row, err));
            to = bytes->ptr + bytes->len;
            end = end_of_room(bytes);
        }
    }
    bytes->len = (size_t)(to - bytes->ptr);
    return ASSAY_OK;
}

/* With the lanes of its 64 records. */
static assay_status put_record(const ay_record_plan *plan, const ay_batch *batch, uint32_t row, ay_records *out,
                               assay_err *err)
{
    ay_buf *bytes = &out->bytes;
    const size_t start = bytes->len;
    uint32_t n;
    ay_buf_put(bytes, "CRE\1\0\0", HEAD_BYTES);
    AY_TRY(ay_buf_status(bytes, err));
    AY_TRY(put_fields(plan, batch, row, out, &n, err));
    bytes->ptr[start + 4] = (char)(n >> 8);
    bytes->ptr[start + 5] = (char)n;
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
    AY_TRY(reserve_lanes(plan, out, err));
    set_lanes(plan, batch, row / 64, out->lanes);
    const size_t before = out->bytes.len;
    const assay_status status = put_record(plan, batch, row, out, err);
    if (status == ASSAY_OK) {
        out->ends[out->n++] = out->bytes.len;
    } else {
        out->bytes.len = before;
        out->bytes.failed = ASSAY_OK;
    }
    return status;
}

static assay_status encode(const ay_record_plan *plan, const ay_batch *batch, ay_records *out, assay_err *err)
{
    AY_TRY(make_room(out, batch->rows, err));
    AY_TRY(reserve_lanes(plan, out, err));
    for (uint32_t row = 0; row < batch->rows; row++) {
        if (row % 64 == 0) set_lanes(plan, batch, row / 64, out->lanes);
        AY_TRY(put_record(plan, batch, row, out, err));
        out->ends[out->n++] = out->bytes.len;
    }
    return ASSAY_OK;
}

assay_status ay_records_encode(const ay_record_plan *plan, const ay_batch *batch, ay_records *out, assay_err *err)
{
    ay_records_clear(out);
    const assay_status status = encode(plan, batch, out, err);
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
    ay_free(records->lanes);
    *records = (ay_records){0};
}
