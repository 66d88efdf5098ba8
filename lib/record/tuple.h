/* Tuples: typed values as self-delimiting bytes whose memcmp order is the order of the values, decodable again.
 * Keys, groups and findings are kept in this form, in memory, on disk and in sorters.
 *
 * value   := 00 (null) | 01 type body (value) | 02 str (bad value: its raw text)
 * str     := bytes with 00 as 00 FF, closed by 00 00
 * I64     := 8 bytes big-endian, sign bit flipped;  F64 := IEEE bits big-endian, flipped to sort, NaN last, -0 as 0
 * DEC     := sign, exponent and digits such that order is numeric and 1.0 = 1.00 encode the same
 * IV, TTZ := the sort key PostgreSQL compares by, then the parts
 */
#ifndef AY_RECORD_TUPLE_H
#define AY_RECORD_TUPLE_H

#include "base/cursor.h"
#include "record/batch.h"

void ay_tuple_put(ay_buf *out, const ay_cell *cell);
void ay_tuple_put_nulls(ay_buf *out, size_t n);
void ay_tuple_put_str(ay_buf *out, ay_str s);   /* a TEXT value */
void ay_tuple_put_u64(ay_buf *out, uint64_t v); /* an INT value, v <= INT64_MAX */
void ay_tuple_put_col(ay_buf *out, const ay_batch *batch, uint32_t col, uint32_t row);

/* Decode the next value; text is unescaped into `heap`. False: no more values, damaged bytes, or no memory
 * (c->is_short is set for the last two). Raw text is not kept except for bad values. heap NULL: texts stay empty. */
bool ay_tuple_take(ay_cursor *c, ay_arena *heap, ay_cell *ret);
bool ay_tuple_take_u64(ay_cursor *c, uint64_t *ret); /* what ay_tuple_put_u64 wrote; false, and nothing is taken: not */
/* Length of the first n values, or SIZE_MAX when damaged. */
size_t ay_tuple_length(ay_str tuple, uint32_t n);

#endif
