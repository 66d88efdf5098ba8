/* Any text as an expression: it is compiled or refused with a message, and what it answers does not depend on how the
 * records are cut into batches. */
#include <stdlib.h>

#include "base/mem.h"
#include "expr/expr.h"

#define ROWS 8

static const ay_field fields[] = {
    {.name = "t", .type = AY_TEXT},         {.name = "i", .type = AY_INT},         {.name = "d", .type = AY_DEC},
    {.name = "f", .type = AY_FLOAT},        {.name = "day", .type = AY_DATE},      {.name = "ts", .type = AY_TIMESTAMP},
    {.name = "tz", .type = AY_TIMESTAMPTZ}, {.name = "ok", .type = AY_BOOL},       {.name = "iv", .type = AY_INTERVAL},
    {.name = "tm", .type = AY_TIME},        {.name = "注销日期", .type = AY_DATE}, {.name = "js", .type = AY_JSON},
};
#define FIELDS AY_COUNT(fields)

/* By type: two values beside null and a bad one. */
static const char *const values[AY_TYPE_COUNT][2] = {
    [AY_TEXT] = {"abc", "注销 "},
    [AY_INT] = {"9223372036854775807", "-3"},
    [AY_DEC] = {"0.10", "-12345678901234567890.5"},
    [AY_FLOAT] = {"1e300", "NaN"},
    [AY_DATE] = {"2024-02-29", "infinity"},
    [AY_TIMESTAMP] = {"2024-02-29 23:59:59", "-infinity"},
    [AY_TIMESTAMPTZ] = {"1988-04-10 02:30:00+08", "9999-12-31 00:00:00+00"},
    [AY_BOOL] = {"true", "false"},
    [AY_INTERVAL] = {"1 mon", "-1 days"},
    [AY_TIME] = {"00:00:00", "23:59:59"},
    [AY_JSON] = {"{}", "[1]"}};

typedef struct verdicts {
    uint64_t is_true, is_unknown, is_bad; /* bit: record */
} verdicts;

static void require(bool holds)
{
    if (!holds) abort();
}

/* Record `number` of the fixed dataset: value 0 or 1, null, or bad, shifted from field to field. */
static void put(ay_batch *batch, uint32_t row, uint32_t number)
{
    for (uint32_t f = 0; f < FIELDS; f++) {
        ay_col *col = &batch->cols[f];
        const uint32_t which = (number * 7 + f * (1 + number / 4)) % 4;
        ay_cell cell = {0};
        assay_status status;
        if (which == 2) ay_bit_set(col->null, row);
        if (which == 3) ay_bit_set(col->bad, row);
        const size_t size = ay_storage_size(ay_type_storage(col->type));
        if (which < 2)
            require(ay_cell_read(ay_str_from(values[col->type][which]), col->type, NULL, &batch->heap, &cell, NULL,
                                 NULL, &status));
        memcpy((char *)col->v.any + row * size, &cell.v, size);
    }
}

static void evaluate(const ay_expr *expr, const ay_context *context, uint32_t cap, verdicts *ret)
{
    ay_type types[FIELDS];
    ay_batch batch;
    ay_eval *eval = NULL;
    for (size_t f = 0; f < FIELDS; f++) types[f] = fields[f].type;
    require(ay_batch_open(&batch, types, FIELDS, cap, NULL) == ASSAY_OK);
    require(ay_eval_open(expr, cap, &eval, NULL) == ASSAY_OK);
    *ret = (verdicts){0};
    for (uint32_t start = 0; start < ROWS; start += cap) {
        uint64_t active[1], t[1], u[1], b[1];
        ay_batch_clear(&batch);
        while (batch.rows < cap && start + batch.rows < ROWS) {
            batch.rows++;
            put(&batch, batch.rows - 1, start + batch.rows - 1);
        }
        ay_bits_fill(active, batch.rows);
        require(ay_eval_run(eval, &batch, context, active, t, u, b, NULL) == ASSAY_OK);
        require(((t[0] | u[0] | b[0]) & ~active[0]) == 0 && !(t[0] & u[0]) && !(t[0] & b[0]) && !(u[0] & b[0]));
        ret->is_true |= t[0] << start;
        ret->is_unknown |= u[0] << start;
        ret->is_bad |= b[0] << start;
    }
    ay_eval_close(eval);
    ay_batch_free(&batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    ay_arena arena = {0};
    assay_diags *diags = assay_diags_new();
    ay_zone *zone = NULL;
    require(diags && ay_zone_open("+08:00", &zone, NULL) == ASSAY_OK);
    const ay_context context = {.as_of_us = INT64_C(1709179200000000),
                                .now_local = INT64_C(1709208000000000),
                                .today = 19782,
                                .zone = zone}; /* 2024-02-29 12:00 +08 */
    const ay_node node = {.kind = AY_NODE_SCALAR, .pos = {"fuzz", 1, 1}, .text = {(const char *)data, len}};
    const ay_expr *expr = ay_expr_compile(&arena, &node, fields, FIELDS, zone, diags);
    require((expr != NULL) == (ay_diags_errors(diags) == 0));
    if (expr) {
        verdicts whole, cut;
        evaluate(expr, &context, ROWS, &whole);
        evaluate(expr, &context, 3, &cut);
        require(memcmp(&whole, &cut, sizeof whole) == 0);
    }
    ay_arena_free(&arena);
    ay_zone_close(zone);
    assay_diags_free(diags);
    return 0;
}
