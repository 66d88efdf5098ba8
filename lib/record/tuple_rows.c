#include "record/tuple_rows.h"

#include "record/tuple_text.h"

void ay_tuple_rows_begin(ay_tuple_rows *rows, uint64_t which)
{
    rows->n = 0;
    rows->measured = rows->written = 0;
    rows->is_placed = rows->is_torn = false;
    memset(rows->len, 0, sizeof rows->len);
    for (; which; which &= which - 1) rows->row[rows->n++] = (uint8_t)__builtin_ctzll(which);
}

static bool is_null(const ay_tuple_lane *lane, unsigned row)
{
    return lane->nulls >> row & 1;
}

/* Other texts have no zero byte, or hardly ever one. */
static bool has_zeros(ay_type type)
{
    return type == AY_UUID || type == AY_BYTES;
}

static const void *slot_of(const ay_tuple_lane *lane, ay_storage storage, unsigned row)
{
    return (const char *)lane->first + row * ay_storage_size(storage);
}

/* ---- Lengths ---- */

static void measure_fixed(ay_tuple_rows *rows, const ay_tuple_lane *lane, size_t body)
{
    for (uint32_t i = 0; i < rows->n; i++) rows->len[i] += is_null(lane, rows->row[i]) ? 1 : 2 + body;
}

static void measure_texts(ay_tuple_rows *rows, const ay_tuple_lane *lane)
{
    const ay_str *texts = (const ay_str *)lane->first;
    for (uint32_t i = 0; i < rows->n; i++) {
        const unsigned row = rows->row[i];
        rows->len[i] += is_null(lane, row) ? 1 : AY_TUPLE_TEXT_MORE + texts[row].len;
    }
}

static size_t count_zeros(ay_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += s.ptr[i] == 0;
    return n;
}

static void measure_zeros(ay_tuple_rows *rows, const ay_tuple_lane *lane)
{
    const ay_str *texts = (const ay_str *)lane->first;
    for (uint32_t i = 0; i < rows->n; i++)
        if (!is_null(lane, rows->row[i])) rows->len[i] += count_zeros(texts[rows->row[i]]);
}

static void measure_decimals(ay_tuple_rows *rows, const ay_tuple_lane *lane)
{
    const uint32_t column = rows->measured++;
    char scratch[AY_TUPLE_BODY_MAX];
    for (uint32_t i = 0; i < rows->n; i++) {
        const unsigned row = rows->row[i];
        if (is_null(lane, row)) {
            rows->len[i]++;
            continue;
        }
        char *to = column < AY_TUPLE_KEPT ? rows->kept[column].bytes[i] : scratch;
        const size_t len = ay_tuple_body(AY_STORE_DEC, slot_of(lane, AY_STORE_DEC, row), to);
        if (column < AY_TUPLE_KEPT) rows->kept[column].len[i] = (uint8_t)len;
        rows->len[i] += 2 + len;
    }
}

static void measure(ay_tuple_rows *rows, const ay_tuple_lane *lane, ay_storage storage)
{
    if (storage == AY_STORE_DEC) measure_decimals(rows, lane);
    else if (storage == AY_STORE_STR) measure_texts(rows, lane);
    else measure_fixed(rows, lane, ay_tuple_body_size(storage));
    if (has_zeros(lane->type)) measure_zeros(rows, lane);
}

/* ---- Bytes ---- */

static char *put_null(char *to)
{
    *to = AY_TUPLE_NULL;
    return to + 1;
}

static char *put_head(char *to, ay_type type)
{
    const uint16_t head = (uint16_t)(AY_TUPLE_VALUE | type << 8);
    memcpy(to, &head, sizeof head);
    return to + sizeof head;
}

static char *put_end(char *to)
{
    memset(to, 0, 2);
    return to + 2;
}

static char *put_escaped(char *to, ay_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        *to++ = s.ptr[i];
        if (s.ptr[i] == 0) *to++ = (char)0xff;
    }
    return put_end(to);
}

static char *put_body(char *to, ay_storage storage, const void *slot)
{
    char body[AY_TUPLE_BODY_MAX];
    const size_t len = ay_tuple_body(storage, slot, body);
    (void)ay_tuple_copy(to, (ay_str){body, len});
    return to + len;
}

static void write_any(ay_tuple_rows *rows, const ay_tuple_lane *lane, ay_storage storage)
{
    for (uint32_t i = 0; i < rows->n; i++) {
        const unsigned row = rows->row[i];
        const void *slot = slot_of(lane, storage, row);
        char *to = rows->to[i];
        if (is_null(lane, row)) to = put_null(to);
        else if (storage == AY_STORE_STR) to = put_escaped(put_head(to, lane->type), *(const ay_str *)slot);
        else to = put_body(put_head(to, lane->type), storage, slot);
        rows->to[i] = to;
    }
}

static void write_kept(ay_tuple_rows *rows, const ay_tuple_lane *lane, uint32_t column)
{
    for (uint32_t i = 0; i < rows->n; i++) {
        char *to = rows->to[i];
        if (is_null(lane, rows->row[i])) {
            rows->to[i] = put_null(to);
            continue;
        }
        const ay_str body = {rows->kept[column].bytes[i], rows->kept[column].len[i]};
        to = put_head(to, lane->type);
        (void)ay_tuple_copy(to, body);
        rows->to[i] = to + body.len;
    }
}

static void write_texts(ay_tuple_rows *rows, const ay_tuple_lane *lane)
{
    const ay_str *texts = (const ay_str *)lane->first;
    uint64_t zeros = 0;
    for (uint32_t i = 0; i < rows->n; i++) {
        const ay_str text = texts[rows->row[i]];
        char *to = rows->to[i];
        if (is_null(lane, rows->row[i])) {
            rows->to[i] = put_null(to);
            continue;
        }
        to = put_head(to, lane->type);
        zeros |= ay_tuple_copy(to, text);
        rows->to[i] = put_end(to + text.len);
    }
    rows->is_torn |= zeros != 0;
}

static void write_numbers(ay_tuple_rows *rows, const ay_tuple_lane *lane)
{
    for (uint32_t i = 0; i < rows->n; i++) {
        const unsigned row = rows->row[i];
        char *to = rows->to[i];
        if (is_null(lane, row)) {
            rows->to[i] = put_null(to);
            continue;
        }
        to = put_head(to, lane->type);
        rows->to[i] = to + ay_tuple_body(AY_STORE_I64, slot_of(lane, AY_STORE_I64, row), to);
    }
}

static void put(ay_tuple_rows *rows, const ay_tuple_lane *lane, ay_storage storage)
{
    if (storage == AY_STORE_STR && !has_zeros(lane->type)) write_texts(rows, lane);
    else if (storage == AY_STORE_I64) write_numbers(rows, lane);
    else if (storage == AY_STORE_DEC && rows->written < AY_TUPLE_KEPT) write_kept(rows, lane, rows->written++);
    else write_any(rows, lane, storage);
}

void ay_tuple_rows_put(ay_tuple_rows *rows, const ay_tuple_lane *lane)
{
    const ay_storage storage = ay_type_storage(lane->type);
    if (rows->is_placed) put(rows, lane, storage);
    else measure(rows, lane, storage);
}

void ay_tuple_rows_put_nulls(ay_tuple_rows *rows, uint32_t n)
{
    for (uint32_t i = 0; i < rows->n; i++) {
        if (rows->is_placed) rows->to[i] = (char *)memset(rows->to[i], AY_TUPLE_NULL, n) + n;
        else rows->len[i] += n;
    }
}
