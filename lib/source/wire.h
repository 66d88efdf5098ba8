/* Values as PostgreSQL's binary send functions lay them out. */
#ifndef AY_SOURCE_WIRE_H
#define AY_SOURCE_WIRE_H

#include "record/batch.h"

typedef enum ay_wire_fault {
    AY_WIRE_OK,
    AY_WIRE_LENGTH,  /* not a length of this type */
    AY_WIRE_RANGE,   /* a value that PostgreSQL cannot hold */
    AY_WIRE_TEXT,    /* text that is not UTF-8, or has a NUL byte */
    AY_WIRE_VERSION, /* jsonb of an unknown version */
    AY_WIRE_NOMEM,
} ay_wire_fault;

/* Put the value at p into column `column` of the row that comes after the batch's rows. Text and bytes are not copied.
 */
ay_wire_fault ay_wire_value(ay_batch *batch, uint32_t column, const unsigned char *p, uint32_t len);
void ay_wire_null(ay_col *col, uint32_t row);
void ay_wire_explain(ay_wire_fault fault, ay_type type, uint32_t column, assay_err *ret);

#endif
