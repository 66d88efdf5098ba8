/* How the values of a tuple are written that are no texts: what follows their tag and type (see tuple.h). */
#ifndef AY_RECORD_TUPLE_BODY_H
#define AY_RECORD_TUPLE_BODY_H

#include "base/cursor.h"
#include "record/batch.h"

enum { AY_TUPLE_NULL = 0x00, AY_TUPLE_VALUE = 0x01, AY_TUPLE_BAD = 0x02 }; /* tags */

#define AY_TUPLE_BODY_MAX 32

/* Of a value as its column has it; there is room for AY_TUPLE_BODY_MAX, all of which may be written to. The length. */
size_t ay_tuple_body(ay_storage storage, const void *slot, char *to);
size_t ay_tuple_body_size(ay_storage storage); /* the length where all have the same, else 0 */
/* The value of ret->type. Damaged bytes make the cursor short. */
void ay_tuple_take_body(ay_cursor *c, ay_cell *ret);

#endif
