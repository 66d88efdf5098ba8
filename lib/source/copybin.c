/* PostgreSQL's COPY binary format. A record is measured first (a walk over its length words, which also finds
 * everything that is wrong with its frame), then copied once, then read in place without looking at its end again. */
#include "base/buf.h"
#include "base/mem.h"
#include "source/common.h"
#include "source/wire.h"

#define FIELD_BYTES    ((uint64_t)64 << 20)
#define NULL_LENGTH    UINT32_MAX
#define TRAILER        0xffff
#define HEADER_BYTES   19
#define FLAG_OIDS      (UINT32_C(1) << 16)
#define FLAGS_CRITICAL UINT32_C(0xffff0000)

typedef enum stage { STAGE_HEADER, STAGE_EXTENSION, STAGE_RECORDS, STAGE_DONE } stage;

typedef struct copybin {
    ay_decoder base;
    ay_type *types;
    uint32_t n;
    bool has_text; /* some column points into the record, so that it must be copied */
    uint64_t field_bytes;
    stage stage;
    uint64_t extension; /* bytes of it still to be read over */
    uint64_t offset;    /* of the record's first byte */
    ay_buf carry;       /* the beginning of a record, or of the header, that a cut divides */
    size_t at;          /* measured so far of the record: up to the length word of field `field` */
    uint32_t field;
} copybin;

static uint32_t load32(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return __builtin_bswap32(v);
}

/* ---- Faults ---- */

static ay_place place_of(const copybin *c)
{
    return (ay_place){.record = c->base.records + 1, .offset = c->offset + c->at};
}

#define FAIL_RECORD(c, err, code, ...)                                                                                 \
    do {                                                                                                               \
        assay_err why;                                                                                                 \
        (void)ay_fail(&why, (code), __VA_ARGS__);                                                                      \
        return ay_decoder_fail(place_of(c), &why, (err));                                                              \
    } while (0)

/* ---- Frame ---- */

static assay_status measure_count(copybin *c, const unsigned char *p, assay_err *err)
{
    const uint32_t count = (uint32_t)p[0] << 8 | p[1];
    if (count == TRAILER) {
        c->stage = STAGE_DONE;
    } else if (count != c->n) {
        FAIL_RECORD(c, err, ASSAY_EFORMAT, "%u fields, expected %u", "有 %u 个字段，应为 %u 个", count, c->n);
    }
    c->at = 2;
    c->field = 0;
    return ASSAY_OK;
}

static assay_status check_length(const copybin *c, uint32_t len, assay_err *err)
{
    if (len > INT32_MAX)
        FAIL_RECORD(c, err, ASSAY_EFORMAT, "column %u: length %d", "第 %u 列：长度为 %d", c->field + 1, (int)len);
    if (len > c->field_bytes)
        FAIL_RECORD(c, err, ASSAY_ELIMIT, "column %u: %u bytes are more than the limit of %llu",
                    "第 %u 列：%u 字节，超过上限 %llu", c->field + 1, len, (unsigned long long)c->field_bytes);
    return ASSAY_OK;
}

/* Go on measuring the record p[0..have). *ret_want: how many bytes are needed to get on; not more than `have`: the
 * record is complete and so long. */
static assay_status measure(copybin *c, const unsigned char *p, size_t have, size_t *ret_want, assay_err *err)
{
    *ret_want = 2;
    if (c->at == 0 && have < 2) return ASSAY_OK;
    if (c->at == 0) AY_TRY(measure_count(c, p, err));
    if (c->stage == STAGE_DONE) return ASSAY_OK;
    for (; c->field < c->n; c->field++) {
        *ret_want = c->at + 4;
        if (have < *ret_want) return ASSAY_OK;
        uint32_t len = load32(p + c->at);
        if (len == NULL_LENGTH) len = 0;
        else if (len > c->field_bytes || len > INT32_MAX) return check_length(c, len, err);
        *ret_want += len;
        if (have < *ret_want) return ASSAY_OK;
        c->at = *ret_want;
    }
    *ret_want = c->at;
    return ASSAY_OK;
}

/* ---- Values ---- */

static void clear_row(ay_batch *b)
{
    for (uint32_t i = 0; i < b->n; i++) {
        ay_bit_clear(b->cols[i].null, b->rows);
        ay_bit_clear(b->cols[i].bad, b->rows);
    }
}

/* The values of the record at p, which holds all of them. *ret_fault: of column *ret_column. */
static assay_status read_values(copybin *c, const unsigned char *p, ay_wire_fault *ret_fault, uint32_t *ret_column,
                                assay_err *err)
{
    ay_batch *b = &c->base.batch;
    p += 2;
    for (uint32_t i = 0; i < c->n; i++) {
        const uint32_t len = load32(p);
        p += 4;
        if (len == NULL_LENGTH) {
            ay_wire_null(&b->cols[i], b->rows);
            continue;
        }
        const ay_wire_fault fault = ay_wire_value(b, i, p, len);
        if (fault == AY_WIRE_NOMEM) return ay_fail_nomem(err);
        if (fault != AY_WIRE_OK) {
            *ret_fault = fault;
            *ret_column = i;
            return ASSAY_OK;
        }
        p += len;
    }
    return ASSAY_OK;
}

static assay_status refuse_value(copybin *c, ay_wire_fault fault, uint32_t column, assay_err *err)
{
    clear_row(&c->base.batch);
    assay_err why;
    ay_wire_explain(fault, c->types[column], column, &why);
    const ay_place place = {.record = c->base.records + 1, .offset = c->offset};
    AY_TRY(ay_decoder_refuse(&c->base, place, &why, err));
    c->base.records++;
    return ASSAY_OK;
}

static assay_status take_record(copybin *c, const unsigned char *p, size_t len, assay_err *err)
{
    ay_batch *b = &c->base.batch;
    if (c->has_text) {
        char *copy = ay_arena_bytes(&b->heap, len);
        AY_NOMEM_IF(!copy, err);
        memcpy(copy, p, len);
        p = (const unsigned char *)copy;
    }
    ay_wire_fault fault = AY_WIRE_OK;
    uint32_t column = 0;
    AY_TRY(read_values(c, p, &fault, &column, err));
    if (fault != AY_WIRE_OK) return refuse_value(c, fault, column, err);
    ay_decoder_begin_record(&c->base, len);
    b->rows++;
    return ASSAY_OK;
}

/* ---- Stages ---- */

/* Move bytes from the input behind the carried ones, until there are `want` of them. */
static assay_status carry_on(copybin *c, ay_str *input, size_t want, assay_err *err)
{
    const size_t missing = want - c->carry.len, n = missing < input->len ? missing : input->len;
    ay_buf_put(&c->carry, input->ptr, n);
    *input = ay_str_slice(*input, n, input->len);
    return ay_buf_status(&c->carry, err);
}

static assay_status take_header(copybin *c, ay_str *input, assay_err *err)
{
    static const unsigned char signature[] = "PGCOPY\n\377\r\n"; /* its closing zero is the eleventh byte */
    AY_TRY(carry_on(c, input, HEADER_BYTES, err));
    const unsigned char *p = (const unsigned char *)c->carry.ptr;
    const size_t n = c->carry.len < sizeof signature ? c->carry.len : sizeof signature;
    AY_FAIL_IF(memcmp(p, signature, n) != 0, err, ASSAY_EFORMAT, "the input does not begin as COPY binary does",
               "输入的开头不是 COPY 二进制格式");
    if (c->carry.len < HEADER_BYTES) return ASSAY_OK;
    const uint32_t flags = load32(p + 11), extension = load32(p + 15);
    AY_FAIL_IF(flags & FLAG_OIDS, err, ASSAY_EFORMAT, "COPY binary with OIDs is not supported",
               "不支持带 OID 的 COPY 二进制格式");
    AY_FAIL_IF(flags & FLAGS_CRITICAL, err, ASSAY_EFORMAT, "COPY binary with unknown flags %08x",
               "COPY 二进制格式含未知标志 %08x", flags);
    AY_FAIL_IF(extension > INT32_MAX, err, ASSAY_EFORMAT, "COPY binary with a header extension of %d bytes",
               "COPY 二进制格式的扩展头长度为 %d 字节", (int)extension);
    ay_buf_clear(&c->carry);
    c->offset = HEADER_BYTES;
    c->extension = extension;
    c->stage = extension ? STAGE_EXTENSION : STAGE_RECORDS;
    return ASSAY_OK;
}

static void skip_extension(copybin *c, ay_str *input)
{
    const size_t n = c->extension < input->len ? (size_t)c->extension : input->len;
    *input = ay_str_slice(*input, n, input->len);
    c->offset += n;
    c->extension -= n;
    if (c->extension == 0) c->stage = STAGE_RECORDS;
}

/* Measure the carried record, taking bytes from the input as it asks for them. *ret_len 0: the input is used up. */
static assay_status complete_carried(copybin *c, ay_str *input, size_t *ret_len, assay_err *err)
{
    *ret_len = 0;
    for (;;) {
        size_t want = 0;
        AY_TRY(measure(c, (const unsigned char *)c->carry.ptr, c->carry.len, &want, err));
        if (want <= c->carry.len) *ret_len = want;
        if (*ret_len || input->len == 0) return ASSAY_OK;
        AY_TRY(carry_on(c, input, want, err));
    }
}

static assay_status end_record(copybin *c, const char *p, size_t len, assay_err *err)
{
    if (c->stage != STAGE_DONE) AY_TRY(take_record(c, (const unsigned char *)p, len, err));
    c->offset += len;
    c->at = 0;
    return ASSAY_OK;
}

/* A record is read where it lies in the input; only one that a cut divides goes through `carry`. */
static assay_status step_record(copybin *c, ay_str *input, assay_err *err)
{
    size_t len = 0;
    if (c->carry.len > 0) {
        AY_TRY(complete_carried(c, input, &len, err));
        if (len == 0) return ASSAY_OK;
        AY_TRY(end_record(c, c->carry.ptr, len, err));
        ay_buf_clear(&c->carry);
        return ASSAY_OK;
    }
    AY_TRY(measure(c, (const unsigned char *)input->ptr, input->len, &len, err));
    if (len > input->len) return carry_on(c, input, input->len, err);
    AY_TRY(end_record(c, input->ptr, len, err));
    *input = ay_str_slice(*input, len, input->len);
    return ASSAY_OK;
}

static assay_status step(copybin *c, ay_str *input, assay_err *err)
{
    switch (c->stage) {
    case STAGE_HEADER: return take_header(c, input, err);
    case STAGE_EXTENSION: skip_extension(c, input); return ASSAY_OK;
    case STAGE_RECORDS: return step_record(c, input, err);
    case STAGE_DONE: break;
    }
    return ay_fail(err, ASSAY_EFORMAT, "data after the trailer, behind record %llu",
                   "第 %llu 条记录之后的结束标记后还有数据", (unsigned long long)c->base.records);
}

static assay_status copybin_push(ay_decoder *self, const void *bytes, size_t len, size_t *ret_used, assay_err *err)
{
    copybin *c = (copybin *)self;
    ay_str input = {bytes, len};
    *ret_used = 0;
    while (input.len > 0 && !ay_decoder_full(self)) AY_TRY(step(c, &input, err));
    *ret_used = len - input.len;
    return ASSAY_OK;
}

static assay_status copybin_finish(ay_decoder *self, assay_err *err)
{
    const copybin *c = (const copybin *)self;
    const unsigned long long next = c->base.records + 1;
    if (c->stage == STAGE_DONE) return ASSAY_OK;
    AY_FAIL_IF(c->stage != STAGE_RECORDS, err, ASSAY_EFORMAT, "the input ends inside the header of COPY binary",
               "输入在 COPY 二进制格式的文件头内中断");
    AY_FAIL_IF(c->carry.len > 0, err, ASSAY_EFORMAT, "the input ends inside record %llu", "输入在第 %llu 条记录内中断",
               next);
    return ay_fail(err, ASSAY_EFORMAT, "the input ends without the trailer, where record %llu would begin",
                   "输入缺少结束标记，在第 %llu 条记录应开始处中断", next);
}

static void copybin_free(ay_decoder *self)
{
    copybin *c = (copybin *)self;
    ay_batch_free(&c->base.batch);
    ay_buf_free(&c->carry);
    ay_free(c->types);
    ay_free(c);
}

static const ay_decoder_ops copybin_ops = {.push = copybin_push, .finish = copybin_finish, .free = copybin_free};

static assay_status fill(copybin *c, const ay_type *types, uint32_t n, uint32_t cap, assay_err *err)
{
    c->types = AY_NEW_ARRAY(n, ay_type);
    AY_NOMEM_IF(!c->types, err);
    for (uint32_t i = 0; i < n; i++) {
        c->types[i] = types[i];
        c->has_text = c->has_text || ay_type_storage(types[i]) == AY_STORE_STR;
    }
    return ay_batch_open(&c->base.batch, types, n, cap, err);
}

assay_status ay_copybin_open(const ay_type *types, uint32_t n, ay_decode_limits limits, ay_decoder **ret,
                             assay_err *err)
{
    copybin *c = AY_NEW(copybin);
    AY_NOMEM_IF(!c, err);
    c->base.ops = &copybin_ops;
    c->n = n;
    c->field_bytes = limits.field_bytes ? limits.field_bytes : FIELD_BYTES;
    const assay_status st = fill(c, types, n, limits.batch_cap, err);
    if (st == ASSAY_OK) *ret = &c->base;
    else copybin_free(&c->base);
    return st;
}
