#include "base/mem.h"
#include "base/utf8.h"
#include "order/answers.h"
#include "order/plain.h"
#include "source/encoding.h"
#include "source/decoder.h"

#define BATCH_ROWS  64
#define FIELD_BYTES ((uint64_t)1 << 20)

typedef struct table {
    ay_answers *answers;
    ay_decoder *decoder;
    uint32_t taken; /* rows of its batch that were handed on */
} table;

static bool begins_with(ay_str text, ay_str mark)
{
    return text.len >= mark.len && memcmp(text.ptr, mark.ptr, mark.len) == 0;
}

/* Spreadsheets save CSV in the code page of the machine: what is no UTF-8 is GB18030, and converted into `room`. */
static assay_status make_utf8(ay_str *text, ay_buf *room, assay_err *err)
{
    ay_encoding *encoding = NULL;
    size_t used;
    AY_FAIL_IF(begins_with(*text, AY_STR("\xff\xfe")) || begins_with(*text, AY_STR("\xfe\xff")), err, ASSAY_EFORMAT,
               "the file is UTF-16; save it as xlsx, or as CSV in UTF-8",
               "文件编码为 UTF-16；请另存为 xlsx 或 UTF-8 编码的 CSV");
    if (ay_utf8_valid(*text) == text->len || begins_with(*text, AY_STR("\xef\xbb\xbf"))) return ASSAY_OK;
    AY_TRY(ay_encoding_open("GB18030", &encoding, err));
    const assay_status st = ay_encoding_convert(encoding, *text, true, &used, room, err);
    ay_encoding_close(encoding);
    *text = ay_buf_view(room);
    return st;
}

static assay_status take_rows(table *t, assay_err *err)
{
    const ay_batch *b = &t->decoder->batch;
    ay_str cells[AY_ORDER_CELLS];
    for (; t->taken < b->rows; t->taken++) {
        for (uint32_t c = 0; c < b->n; c++) cells[c] = ay_order_unguarded(b->cols[c].v.str[t->taken]);
        AY_TRY(ay_answers_table_row(t->answers, b->first_record + t->taken, cells, b->n, err));
    }
    return ASSAY_OK;
}

/* A reject comes at once, before the rows in the batch that stand above it. */
static assay_status take_reject(void *ctx, const ay_reject *reject, assay_err *err)
{
    table *t = ctx;
    assay_err why;
    AY_TRY(take_rows(t, err));
    (void)ay_fail(&why, ASSAY_EFORMAT, "%1$s%2$.0s", "%1$.0s%2$s", reject->reason, reject->reason_zh);
    return ay_answers_refuse(t->answers, reject->record, (ay_str){"", 0}, &why, err);
}

static assay_status take_batch(table *t, assay_err *err)
{
    AY_TRY(take_rows(t, err));
    t->taken = 0;
    ay_batch_clear(&t->decoder->batch);
    return ASSAY_OK;
}

static assay_status decode(table *t, ay_str text, assay_err *err)
{
    ay_decoder *d = t->decoder;
    for (size_t at = 0, used = 0; at < text.len; at += used) {
        AY_TRY(ay_decoder_push(d, text.ptr + at, text.len - at, &used, err));
        if (ay_decoder_full(d)) AY_TRY(take_batch(t, err));
    }
    for (bool more = true; more;) {
        AY_TRY(ay_decoder_finish(d, err));
        more = ay_decoder_full(d);
        AY_TRY(take_batch(t, err));
    }
    return ay_answers_table_end(t->answers, err);
}

/* Spreadsheets leave out empty cells at the end of a line, for many lines at once: lines may be of any length. */
static assay_status read_text(ay_answers *answers, ay_str text, assay_err *err)
{
    table t = {.answers = answers};
    const ay_csv_options options = {.ragged = true};
    const ay_decode_limits limits = {.batch_cap = BATCH_ROWS, .field_bytes = FIELD_BYTES};
    AY_TRY(ay_csv_open(AY_ORDER_CELLS, &options, limits, &t.decoder, err));
    t.decoder->on_reject = take_reject;
    t.decoder->reject_ctx = &t;
    const assay_status st = decode(&t, text, err);
    ay_decoder_free(t.decoder);
    return st;
}

assay_status ay_answers_csv(ay_answers *answers, ay_str bytes, assay_err *err)
{
    ay_buf converted = {0};
    ay_str text = bytes;
    assay_status st = make_utf8(&text, &converted, err);
    if (st == ASSAY_OK) st = read_text(answers, text, err);
    ay_buf_free(&converted);
    return st;
}
