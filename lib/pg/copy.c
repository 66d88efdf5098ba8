/* A part as a source: the bytes of a COPY go through a decoder as they arrive. */
#include "pg/reading.h"

#include "source/decoder.h"

typedef struct pg_source {
    ay_source base;
    ay_pg_reading *reading;
    ay_pg_conn own;   /* parts after the first */
    ay_pg_conn *conn; /* &own, or the leader's */
    ay_decoder *decoder;
    ay_arena arena;
    ay_reader *reader; /* text COPY: to the types that binary COPY has at once */
    ay_batch typed;    /* what the reader made, with the raw texts of bad values only */
    ay_str **raw;      /* for each column that ever had a bad value */
    char *chunk;       /* from libpq, not wholly taken by the decoder */
    size_t len, used;
    enum { READING, FINISHING, ENDED } state;
} pg_source;

/* ---- Receiving ---- */

static assay_status end_copy(pg_source *s, assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    AY_CLEANUP(ay_pg_clear) PGresult *none = NULL;
    AY_TRY(ay_pg_next_result(s->conn, &result, err));
    if (PQresultStatus(result) != PGRES_COMMAND_OK) return ay_pg_fail(s->conn, result, err);
    AY_TRY(ay_pg_next_result(s->conn, &none, err));
    s->state = FINISHING;
    return ASSAY_OK;
}

/* The next piece of the stream, or its end. */
static assay_status receive(pg_source *s, assay_err *err)
{
    PQfreemem(s->chunk);
    s->chunk = NULL;
    int n = 0;
    while ((n = PQgetCopyData(s->conn->pq, &s->chunk, 1)) == 0) AY_TRY(ay_pg_wait_bulk(s->conn, err));
    if (n < 0) return end_copy(s, err); /* the result tells the end from an error */
    s->len = (size_t)n;
    s->used = 0;
    return ASSAY_OK;
}

/* What the decoder says, with the name of what was being read. */
static assay_status fail_decoding(const pg_source *s, const assay_err *why, assay_err *err)
{
    const assay_status code = why->code == ASSAY_EFORMAT ? ASSAY_ESOURCE : why->code;
    return ay_fail(err, code, "%1$.0s%2$s %3$s: %4$s%5$.0s", "%1$s%2$.0s %3$s：%4$.0s%5$s", s->conn->act.zh,
                   s->conn->act.en, s->conn->act.name, why->text, why->text_zh);
}

static assay_status decode(pg_source *s, assay_err *err)
{
    assay_err why;
    size_t taken = 0;
    if (ay_decoder_push(s->decoder, s->chunk + s->used, s->len - s->used, &taken, &why) != ASSAY_OK)
        return fail_decoding(s, &why, err);
    s->used += taken;
    return ASSAY_OK;
}

static assay_status finish(pg_source *s, assay_err *err)
{
    assay_err why;
    if (ay_decoder_finish(s->decoder, &why) != ASSAY_OK) return fail_decoding(s, &why, err);
    if (!ay_decoder_full(s->decoder)) s->state = ENDED;
    return ASSAY_OK;
}

static assay_status fill(pg_source *s, assay_err *err)
{
    while (s->state != ENDED && !ay_decoder_full(s->decoder)) {
        if (s->state == FINISHING) AY_TRY(finish(s, err));
        else if (s->chunk && s->used < s->len) AY_TRY(decode(s, err));
        else AY_TRY(receive(s, err));
    }
    return ASSAY_OK;
}

/* Like the binary decoder: a text is kept where a value is bad, and nowhere else. */
static assay_status keep_bad(pg_source *s, uint32_t column, uint32_t rows, assay_err *err)
{
    ay_col *col = &s->typed.cols[column];
    const ay_str *texts = col->raw;
    if (ay_bits_count(col->bad, rows) > 0 && !s->raw[column]) {
        s->raw[column] = AY_ARENA_ARRAY(&s->arena, s->typed.cap, ay_str);
        AY_NOMEM_IF(!s->raw[column], err);
    }
    for (uint32_t row = 0; s->raw[column] && row < rows; row++)
        s->raw[column][row] = ay_bit(col->bad, row) ? texts[row] : (ay_str){0};
    col->raw = s->raw[column];
    return ASSAY_OK;
}

/* What was read from text looks as if it had come in binary: nothing downstream can tell the difference. */
static assay_status read_typed(pg_source *s, const ay_batch **ret_batch, assay_err *err)
{
    const ay_batch *read = NULL;
    ay_col *cols = s->typed.cols;
    AY_TRY(ay_reader_read(s->reader, &s->decoder->batch, &read, err));
    s->typed = *read;
    s->typed.cols = cols;
    memcpy(cols, read->cols, read->n * sizeof *cols);
    for (uint32_t i = 0; i < read->n; i++) AY_TRY(keep_bad(s, i, read->rows, err));
    *ret_batch = &s->typed;
    return ASSAY_OK;
}

static assay_status next(ay_source *self, const ay_batch **ret_batch, bool *ret_end, assay_err *err)
{
    pg_source *s = (pg_source *)self;
    AY_TRY(ay_pg_check_cancel(s->conn, err));
    ay_batch_clear(&s->decoder->batch);
    AY_TRY(fill(s, err));
    *ret_end = s->decoder->batch.rows == 0;
    if (*ret_end) return ASSAY_OK;
    s->decoder->batch.first_record = 0; /* a table has no order */
    if (s->reader) return read_typed(s, ret_batch, err);
    *ret_batch = &s->decoder->batch;
    return ASSAY_OK;
}

static void close(ay_source *self)
{
    pg_source *s = (pg_source *)self;
    if (s->conn == &s->reading->pg->leader && s->state == READING) s->reading->pg->is_leader_broken = true;
    PQfreemem(s->chunk);
    ay_reader_free(s->reader);
    ay_decoder_free(s->decoder);
    ay_pg_conn_close(&s->own);
    ay_arena_free(&s->arena);
    ay_free(s);
}

/* ---- Opening ---- */

static assay_status open_binary(pg_source *s, ay_decode_limits limits, assay_err *err)
{
    const ay_schema *schema = s->base.schema;
    ay_type *types = AY_ARENA_ARRAY(&s->arena, schema->n, ay_type);
    AY_NOMEM_IF(!types, err);
    for (uint32_t i = 0; i < schema->n; i++) types[i] = schema->columns[i].type;
    return ay_copybin_open(types, schema->n, limits, &s->decoder, err);
}

static assay_status open_text(pg_source *s, ay_decode_limits limits, assay_err *err)
{
    const ay_schema *schema = s->base.schema;
    ay_field *fields = AY_ARENA_ARRAY(&s->arena, schema->n, ay_field);
    ay_column *texts = AY_ARENA_ARRAY(&s->arena, schema->n, ay_column);
    s->typed.cols = AY_ARENA_ARRAY(&s->arena, schema->n, ay_col);
    s->raw = AY_ARENA_ARRAY(&s->arena, schema->n, ay_str *);
    AY_NOMEM_IF(!fields || !texts || !s->typed.cols || !s->raw, err);
    for (uint32_t i = 0; i < schema->n; i++) {
        texts[i] = schema->columns[i];
        texts[i].type = AY_TEXT;
        fields[i] = (ay_field){.name = texts[i].name, .column = texts[i].name, .type = schema->columns[i].type};
    }
    AY_TRY(ay_copytext_open(schema->n, &(ay_copytext_options){0}, limits, &s->decoder, err));
    return ay_reader_open(fields, schema->n, &(ay_schema){texts, schema->n}, limits.batch_cap, &s->reader, err);
}

static assay_status connect_part(pg_source *s, uint32_t part, assay_err *err)
{
    ay_pg *pg = s->reading->pg;
    s->conn = part == 0 ? &pg->leader : &s->own;
    if (part > 0) AY_TRY(ay_pg_join(pg, &s->own, err));
    s->conn->act = s->reading->act;
    return ay_pg_query(s->conn, s->reading->parts[part], NULL, 0, NULL, err);
}

static assay_status open_part(pg_source *s, uint32_t part, assay_err *err)
{
    const ay_decode_limits limits = {.batch_cap = s->reading->batch_cap};
    AY_TRY(s->reading->pg->is_binary ? open_binary(s, limits, err) : open_text(s, limits, err));
    return connect_part(s, part, err);
}

assay_status ay_pg_part_open(ay_pg_reading *reading, uint32_t part, ay_source **ret, assay_err *err)
{
    static const ay_source_ops ops = {.next = next, .close = close};
    AY_FAIL_IF(reading->wanted.n == 0, err, ASSAY_EUSAGE, "%s has none of the columns that the pack's fields name",
               "%s 不含规则包字段所指的任何列", reading->act.name);
    pg_source *s = AY_NEW(pg_source);
    AY_NOMEM_IF(!s, err);
    *s = (pg_source){.base = {.ops = &ops, .schema = &reading->wanted}, .reading = reading};
    const assay_status st = open_part(s, part, err);
    if (st == ASSAY_OK) *ret = &s->base;
    else close(&s->base);
    return st;
}
