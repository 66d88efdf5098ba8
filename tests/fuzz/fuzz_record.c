/* First byte 0: any bytes as a record, damaged, or put together again from its fields to the same bytes. Else: a stored
 * text in a field of the type that the byte chooses; whatever the text, the record is a valid one, and where the text
 * can be read as the type it is the record of that value. */
#include <stdlib.h>

#include "base/utf8.h"
#include "proof/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool ok)
{
    if (!ok) abort();
}

static void check_bytes(ay_str record)
{
    ay_record_reader reader = ay_record_open(record);
    ay_record_field field;
    ay_buf again = {0};
    uint32_t n = 0;
    ay_buf_put(&again, "CRE\1\0\0", 6);
    for (; ay_record_take(&reader, &field); n++) {
        const unsigned char head[] = {(unsigned char)(field.name.len >> 8), (unsigned char)field.name.len};
        const uint32_t size = __builtin_bswap32((uint32_t)field.value.len);
        ay_buf_put(&again, head, sizeof head);
        ay_buf_str(&again, field.name);
        ay_buf_char(&again, (char)field.tag);
        ay_buf_put(&again, &size, sizeof size);
        ay_buf_str(&again, field.value);
    }
    require(reader.cursor.is_short != ay_record_valid(record));
    if (!reader.cursor.is_short) {
        again.ptr[4] = (char)(n >> 8);
        again.ptr[5] = (char)n;
        require(ay_str_eq(ay_buf_view(&again), record));
    }
    ay_buf_free(&again);
}

static void encode(const ay_field *field, ay_str text, bool is_missing, ay_records *out)
{
    ay_batch batch = {0};
    ay_arena heap = {0};
    ay_record_plan *plan = NULL;
    ay_cell cell;
    require(ay_batch_open(&batch, &field->type, 1, 1, NULL) == ASSAY_OK);
    require(ay_record_plan_open(field, NULL, 1, &plan, NULL) == ASSAY_OK);
    ay_col *col = &batch.cols[0];
    batch.rows = 1;
    col->raw = &text;
    if (is_missing) ay_bit_set(col->null, 0);
    else if (!ay_cell_read(text, field->type, field->zone, &heap, &cell, NULL, NULL, NULL)) ay_bit_set(col->bad, 0);
    else memcpy(col->v.any, &cell.v, ay_storage_size(ay_type_storage(field->type)));
    require(ay_records_encode(plan, &batch, out, NULL) == ASSAY_OK);
    ay_record_plan_free(plan);
    ay_arena_free(&heap);
    ay_batch_free(&batch);
}

static void check_text(ay_type type, ay_str text)
{
    const ay_field field = {.name = "f", .column = "f", .type = type};
    ay_records stored = {0}, read = {0};
    encode(&field, text, true, &stored);
    encode(&field, text, false, &read);
    require(ay_record_valid(ay_records_at(&stored, 0)));
    require(ay_str_eq(ay_records_at(&stored, 0), ay_records_at(&read, 0)));
    ay_records_free(&stored);
    ay_records_free(&read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) return 0;
    const ay_str rest = {(const char *)data + 1, len - 1};
    if (data[0] == 0) check_bytes(rest);
    else if (ay_utf8_valid(rest) == rest.len) check_text((ay_type)(data[0] % AY_TYPE_COUNT), rest);
    return 0;
}
