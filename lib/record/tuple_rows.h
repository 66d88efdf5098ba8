/* The tuples of up to 64 records at once, column by column: the same bytes as ay_tuple_put_col writes value by value,
 * each record to a place that the caller has for exactly that many. So all values are gone through twice: first
 * their lengths are added up, then, once `to` is filled in and `is_placed` set, they are written. */
#ifndef AY_RECORD_TUPLE_ROWS_H
#define AY_RECORD_TUPLE_ROWS_H

#include "record/tuple_body.h"

#define AY_TUPLE_KEPT 4

typedef struct ay_tuple_rows {
    uint32_t n;
    uint8_t row[64]; /* which of 64 */
    size_t len[64];
    bool is_placed;
    bool is_torn; /* a text had a zero byte, so its length was wrong and what was written is of no use */
    char *to[64]; /* where the next value goes */
    struct {
        uint8_t len[64];
        char bytes[64][AY_TUPLE_BODY_MAX];
    } kept[AY_TUPLE_KEPT];      /* decimals of the first columns, which had to be encoded for their lengths */
    uint32_t measured, written; /* columns of decimals so far */
} ay_tuple_rows;

/* One value of each. */
typedef struct ay_tuple_lane {
    ay_type type;
    uint64_t nulls;    /* bit: of the row, among 64 */
    const void *first; /* the value of row 0; those of nulls are not looked at */
} ay_tuple_lane;

void ay_tuple_rows_begin(ay_tuple_rows *rows, uint64_t which); /* not 0 */
void ay_tuple_rows_put(ay_tuple_rows *rows, const ay_tuple_lane *lane);
void ay_tuple_rows_put_nulls(ay_tuple_rows *rows, uint32_t n); /* so many values of each */

#endif
