#include "record/tuple.h"

#include <assert.h>

#include "record/tuple_body.h"
#include "record/tuple_text.h"

/* ---- Writing ---- */

static void put_escaped(ay_buf *out, ay_str s)
{
    while (s.len) {
        const char *zero = (const char *)memchr(s.ptr, 0, s.len);
        const size_t n = zero ? (size_t)(zero - s.ptr) : s.len;
        ay_buf_put(out, s.ptr, n);
        if (!zero) break;
        ay_buf_put(out, "\x00\xff", 2);
        s = ay_str_slice(s, n + 1, s.len);
    }
    ay_buf_put(out, "\x00\x00", 2);
}

/* The usual text has no zero byte: one reservation for all of it. */
static void put_text(ay_buf *out, ay_type type, ay_str s)
{
    char *to = ay_buf_reserve(out, AY_TUPLE_TEXT_MORE + s.len);
    if (!to) return; /* the buffer remembers */
    to[0] = AY_TUPLE_VALUE;
    to[1] = (char)type;
    out->len += 2;
    if (ay_tuple_copy(to + 2, s)) {
        put_escaped(out, s);
        return;
    }
    memset(to + 2 + s.len, 0, 2);
    out->len += s.len + 2;
}

/* A value of any storage but text. */
static void put_body(ay_buf *out, ay_type type, const void *slot)
{
    char *to = ay_buf_reserve(out, 2 + AY_TUPLE_BODY_MAX);
    if (!to) return; /* the buffer remembers */
    to[0] = AY_TUPLE_VALUE;
    to[1] = (char)type;
    out->len += 2 + ay_tuple_body(ay_type_storage(type), slot, to + 2);
}

void ay_tuple_put(ay_buf *out, const ay_cell *cell)
{
    if (cell->is_null) {
        ay_buf_char(out, AY_TUPLE_NULL);
    } else if (cell->is_bad) {
        ay_buf_char(out, AY_TUPLE_BAD);
        put_escaped(out, cell->raw);
    } else if (ay_type_storage(cell->type) == AY_STORE_STR) {
        put_text(out, cell->type, cell->v.str);
    } else {
        put_body(out, cell->type, &cell->v);
    }
}

void ay_tuple_put_nulls(ay_buf *out, size_t n)
{
    char *to = ay_buf_reserve(out, n);
    if (!to) return;
    memset(to, AY_TUPLE_NULL, n);
    out->len += n;
}

void ay_tuple_put_str(ay_buf *out, ay_str s)
{
    put_text(out, AY_TEXT, s);
}

void ay_tuple_put_u64(ay_buf *out, uint64_t v)
{
    assert(v <= INT64_MAX);
    put_body(out, AY_INT, &v);
}

/* Values without the way through a cell. */
void ay_tuple_put_col(ay_buf *out, const ay_batch *batch, uint32_t col, uint32_t row)
{
    const ay_col *c = &batch->cols[col];
    const ay_storage storage = ay_type_storage(c->type);
    if (ay_bit(c->null, row) || ay_bit(c->bad, row)) {
        const ay_cell cell = ay_batch_cell(batch, col, row);
        ay_tuple_put(out, &cell);
    } else if (storage == AY_STORE_STR) {
        put_text(out, c->type, c->v.str[row]);
    } else {
        put_body(out, c->type, (const char *)c->v.any + row * ay_storage_size(storage));
    }
}

/* ---- Reading. Damaged bytes and lack of memory make the cursor short. ---- */

static unsigned char take_byte(ay_cursor *c)
{
    const unsigned char *p = ay_take(c, 1);
    return p ? *p : 0;
}

static void damaged(ay_cursor *c)
{
    c->is_short = true;
}

/* Length of the escaped string at the cursor, without its end; SIZE_MAX when it has none. */
static size_t escaped_length(const ay_cursor *c)
{
    for (const unsigned char *p = c->at; p < c->end; p += 2) {
        p = (const unsigned char *)memchr(p, 0, (size_t)(c->end - p));
        if (!p || c->end - p < 2 || (p[1] != 0 && p[1] != 0xff)) return SIZE_MAX;
        if (p[1] == 0) return (size_t)(p - c->at);
    }
    return SIZE_MAX;
}

/* heap NULL: only move on. */
static ay_str take_str(ay_cursor *c, ay_arena *heap)
{
    const size_t len = c->is_short ? SIZE_MAX : escaped_length(c);
    char *to = len == SIZE_MAX || !heap ? NULL : ay_arena_bytes(heap, len);
    if (len == SIZE_MAX || (heap && !to)) {
        damaged(c);
        return (ay_str){NULL, 0};
    }
    const unsigned char *from = ay_take(c, len + 2);
    if (!heap) return (ay_str){NULL, 0};
    size_t n = 0;
    for (size_t at = 0; at < len;) { /* to the end, or up to a zero and over the FF behind it */
        const unsigned char *zero = (const unsigned char *)memchr(from + at, 0, len - at);
        const size_t stretch = zero ? (size_t)(zero + 1 - from) - at : len - at;
        memcpy(to + n, from + at, stretch);
        n += stretch;
        at += stretch + (zero != NULL);
    }
    return (ay_str){to, n};
}

static void take_value(ay_cursor *c, ay_arena *heap, ay_cell *ret)
{
    const unsigned char type = take_byte(c);
    if (c->is_short || type >= AY_TYPE_COUNT) {
        damaged(c);
        return;
    }
    ret->type = (ay_type)type;
    if (ay_type_storage(ret->type) == AY_STORE_STR) ret->v.str = take_str(c, heap);
    else ay_tuple_take_body(c, ret);
}

bool ay_tuple_take(ay_cursor *c, ay_arena *heap, ay_cell *ret)
{
    if (c->is_short || c->at == c->end) return false;
    ay_cell cell = {.type = AY_TEXT};
    switch (take_byte(c)) {
    case AY_TUPLE_NULL: cell.is_null = true; break;
    case AY_TUPLE_VALUE: take_value(c, heap, &cell); break;
    case AY_TUPLE_BAD:
        cell.is_bad = true;
        cell.raw = take_str(c, heap);
        break;
    default: damaged(c); break;
    }
    if (c->is_short) return false;
    *ret = cell;
    return true;
}

bool ay_tuple_take_u64(ay_cursor *c, uint64_t *ret)
{
    enum { BYTES = 2 + sizeof(uint64_t) };
    if (c->is_short || c->end - c->at < BYTES || c->at[0] != AY_TUPLE_VALUE || c->at[1] != AY_INT) return false;
    ay_cursor body = ay_cursor_on(c->at + 2, sizeof(uint64_t));
    ay_cell cell = {.type = AY_INT};
    ay_tuple_take_body(&body, &cell);
    if (cell.v.i64 < 0) return false;
    *ret = (uint64_t)cell.v.i64;
    c->at += BYTES;
    return true;
}

size_t ay_tuple_length(ay_str tuple, uint32_t n)
{
    ay_cursor c = ay_cursor_on(tuple.ptr, tuple.len);
    const unsigned char *start = c.at;
    ay_cell cell;
    for (uint32_t i = 0; i < n; i++)
        if (!ay_tuple_take(&c, NULL, &cell)) return SIZE_MAX;
    return (size_t)(c.at - start);
}
