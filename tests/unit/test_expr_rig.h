/* A small dataset for the tests of expressions: fields of every type, records as "field=value;…" (absent: null; "!": a
 * value that cannot be read), verdicts as letters: T F U (unknown) B (unreadable). */
#ifndef TEST_EXPR_RIG_H
#define TEST_EXPR_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "expr/expr.h"

static const ay_field rig_fields[] = {
    {.name = "t", .type = AY_TEXT},
    {.name = "u", .type = AY_TEXT},
    {.name = "i", .type = AY_INT},
    {.name = "j", .type = AY_INT},
    {.name = "d", .type = AY_DEC},
    {.name = "e", .type = AY_DEC},
    {.name = "f", .type = AY_FLOAT},
    {.name = "g", .type = AY_FLOAT},
    {.name = "day", .type = AY_DATE},
    {.name = "注销日期", .type = AY_DATE},
    {.name = "ts", .type = AY_TIMESTAMP},
    {.name = "ts2", .type = AY_TIMESTAMP},
    {.name = "tz", .type = AY_TIMESTAMPTZ},
    {.name = "tz2", .type = AY_TIMESTAMPTZ},
    {.name = "ok", .type = AY_BOOL},
    {.name = "flag", .type = AY_BOOL},
    {.name = "iv", .type = AY_INTERVAL},
    {.name = "tm", .type = AY_TIME},
    {.name = "id", .type = AY_UUID},
    {.name = "js", .type = AY_JSON},
    {.name = "odd \"name\"", .type = AY_TEXT},
    {.name = "date", .type = AY_DATE},
    {.name = "ttz", .type = AY_TIMETZ},
};
#define RIG_FIELDS ((uint32_t)AY_COUNT(rig_fields))

typedef struct rig {
    ay_arena arena;
    assay_diags *diags;
    ay_zone *zone;
    ay_context context;
    ay_batch batch;
} rig;

static inline rig rig_open(uint32_t cap)
{
    rig r = {.diags = assay_diags_new()};
    assay_err err;
    ay_type types[RIG_FIELDS];
    for (uint32_t i = 0; i < RIG_FIELDS; i++) types[i] = rig_fields[i].type;
    assert_non_null(r.diags);
    assert_int_equal(ay_zone_open("Asia/Shanghai", &r.zone, &err), ASSAY_OK);
    assert_int_equal(ay_batch_open(&r.batch, types, RIG_FIELDS, cap, &err), ASSAY_OK);
    /* as of 2024-02-29 12:00:00 in Shanghai */
    const int64_t today = ay_days_from_civil(2024, 2, 29), local = today * AY_DAY_US + AY_DAY_US / 2;
    r.context =
        (ay_context){.as_of_us = local - INT64_C(8) * 3600000000, .now_local = local, .today = today, .zone = r.zone};
    return r;
}

static inline void rig_close(rig *r)
{
    ay_batch_free(&r->batch);
    ay_zone_close(r->zone);
    assay_diags_free(r->diags);
    ay_arena_free(&r->arena);
}

static inline const ay_expr *rig_compile(rig *r, ay_str text)
{
    const ay_node node = {.kind = AY_NODE_SCALAR, .pos = {"p.yaml", 3, 9}, .text = text};
    return ay_expr_compile(&r->arena, &node, rig_fields, RIG_FIELDS, r->zone, r->diags);
}

static inline void rig_store(ay_col *col, uint32_t row, const ay_cell *cell)
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

static inline void rig_set(rig *r, uint32_t row, ay_str name, ay_str text)
{
    uint32_t i = 0;
    while (i < RIG_FIELDS && !ay_str_is(name, rig_fields[i].name)) i++;
    if (i == RIG_FIELDS) fail_msg("no field %.*s", (int)name.len, name.ptr);
    ay_col *col = &r->batch.cols[i];
    ay_bit_clear(col->null, row);
    ay_cell cell;
    assay_status status;
    const char *en = "", *zh = "";
    if (ay_str_is(text, "!")) ay_bit_set(col->bad, row);
    else if (ay_cell_read(text, col->type, r->zone, &r->batch.heap, &cell, &en, &zh, &status))
        rig_store(col, row, &cell);
    else fail_msg("%.*s: %s", (int)text.len, text.ptr, en);
}

/* Append one record. */
static inline void rig_add(rig *r, const char *record)
{
    const uint32_t row = r->batch.rows++;
    for (uint32_t i = 0; i < RIG_FIELDS; i++) ay_bit_set(r->batch.cols[i].null, row);
    while (*record) {
        const char *end = strchr(record, ';'), *equals = strchr(record, '=');
        if (!end) end = record + strlen(record);
        assert_non_null(equals);
        rig_set(r, row, (ay_str){record, (size_t)(equals - record)}, (ay_str){equals + 1, (size_t)(end - equals - 1)});
        record = *end ? end + 1 : end;
    }
}

static inline char rig_letter(const uint64_t *t, const uint64_t *u, const uint64_t *b, size_t i)
{
    return ay_bit(b, i) ? 'B' : ay_bit(u, i) ? 'U' : ay_bit(t, i) ? 'T' : 'F';
}

/* The verdict of one record, which becomes the only one of the batch. */
static inline char rig_verdict(rig *r, const ay_expr *expr, const char *record)
{
    ay_eval *eval = NULL;
    const uint64_t active = 1;
    uint64_t t = ~UINT64_C(0), u = t, b = t;
    ay_batch_clear(&r->batch);
    rig_add(r, record);
    assert_int_equal(ay_eval_open(expr, r->batch.cap, &eval, NULL), ASSAY_OK);
    assert_int_equal(ay_eval_run(eval, &r->batch, &r->context, &active, &t, &u, &b, NULL), ASSAY_OK);
    ay_eval_close(eval);
    assert_true((t | u | b) <= 1 && !(t & u) && !(t & b) && !(u & b));
    return rig_letter(&t, &u, &b, 0);
}

#endif
