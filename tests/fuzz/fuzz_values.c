/* Any text as a value of every type, and as a constant of a pack: what can be read is written as a text that reads back
 * as the same value, and as a tuple that decodes to the same value. The first byte chooses the type. */
#include <stdlib.h>

#include "base/mem.h"
#include "expr/expr.h"
#include "record/tuple.h"

static void require(bool holds)
{
    if (!holds) abort();
}

static bool read_value(ay_str text, ay_type type, const ay_zone *zone, ay_arena *heap, ay_cell *ret)
{
    const char *en = NULL, *zh = NULL;
    assay_status status = ASSAY_OK;
    const bool ok = ay_cell_read(text, type, zone, heap, ret, &en, &zh, &status);
    require(ok || (status == ASSAY_OK && en && zh && *en && *zh));
    return ok;
}

static bool same(ay_cell a, ay_cell b)
{
    return a.is_null == b.is_null && a.is_bad == b.is_bad && (a.is_null || a.is_bad || ay_cell_cmp(&a, &b) == 0);
}

static void through_text(ay_cell cell, const ay_zone *zone, ay_arena *heap)
{
    ay_buf first = {0}, second = {0};
    ay_cell again = {0};
    cell.raw = (ay_str){0};
    ay_cell_text(&cell, &first);
    require(ay_buf_status(&first, NULL) == ASSAY_OK);
    require(read_value(ay_buf_view(&first), cell.type, zone, heap, &again) && same(cell, again));
    again.raw = (ay_str){0};
    ay_cell_text(&again, &second);
    require(ay_str_eq(ay_buf_view(&first), ay_buf_view(&second)));
    ay_buf_free(&first);
    ay_buf_free(&second);
}

static void through_tuple(const ay_cell *cell, ay_arena *heap)
{
    ay_buf bytes = {0};
    ay_cell again = {0};
    ay_tuple_put(&bytes, cell);
    require(ay_buf_status(&bytes, NULL) == ASSAY_OK);
    require(ay_tuple_length(ay_buf_view(&bytes), 1) == bytes.len);
    ay_cursor cursor = ay_cursor_on(bytes.ptr, bytes.len);
    require(ay_tuple_take(&cursor, heap, &again) && same(*cell, again));
    ay_buf_free(&bytes);
}

/* Any bytes as tuples: read to their end or refused, within bounds. */
static void as_tuples(ay_str bytes, ay_arena *heap)
{
    ay_cursor cursor = ay_cursor_on(bytes.ptr, bytes.len);
    ay_cell cell;
    for (size_t n = 0; ay_tuple_take(&cursor, heap, &cell); n++) require(n <= bytes.len);
}

static void as_constant(ay_str text, ay_type type, const ay_zone *zone, ay_arena *arena)
{
    assay_diags *diags = assay_diags_new();
    require(diags != NULL);
    const ay_context context = {
        .as_of_us = INT64_C(1709179200000000), .now_local = INT64_C(1709208000000000), .today = 19782, .zone = zone};
    const ay_node node = {.kind = AY_NODE_SCALAR, .pos = {"fuzz", 1, 1}, .text = text};
    const ay_constant *constant = ay_constant_compile(arena, &node, type, zone, diags);
    require((constant != NULL) == (ay_diags_errors(diags) == 0));
    if (constant) {
        const ay_cell value = ay_constant_value(constant, &context);
        require(value.type == type && !value.is_null && (value.is_bad || same(value, value)));
    }
    assay_diags_free(diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0) return 0;
    const ay_type type = (ay_type)(data[0] % AY_TYPE_COUNT);
    const ay_str text = {(const char *)data + 1, len - 1};
    ay_arena heap = {0};
    ay_zone *zone = NULL;
    ay_cell cell = {0};
    require(ay_zone_open(data[0] & 0x80 ? "Asia/Shanghai" : "+08:00", &zone, NULL) == ASSAY_OK);
    if (read_value(text, type, zone, &heap, &cell)) {
        require(cell.type == type);
        through_text(cell, zone, &heap);
        through_tuple(&cell, &heap);
    }
    as_tuples(text, &heap);
    as_constant(text, type, zone, &heap);
    ay_zone_close(zone);
    ay_arena_free(&heap);
    return 0;
}
