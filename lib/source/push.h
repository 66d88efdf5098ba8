/* Records from the caller: a batch that is filled value by value or column by column. No I/O, no thread of its own:
 * when the batch is full the owner's function takes it. */
#ifndef AY_SOURCE_PUSH_H
#define AY_SOURCE_PUSH_H

#include "source/source.h"

typedef struct ay_push ay_push;

/* `take` is called with each full batch and with the last one; its failure is passed on. Schema is copied. */
assay_status ay_push_open(const ay_schema *schema, uint32_t batch_cap,
                          assay_status (*take)(void *ctx, const ay_batch *batch, assay_err *err), void *ctx,
                          ay_push **ret, assay_err *err);
const ay_schema *ay_push_schema(const ay_push *push);
assay_status ay_push_int(ay_push *push, size_t column, int64_t value, assay_err *err);
assay_status ay_push_float(ay_push *push, size_t column, double value, assay_err *err);
assay_status ay_push_text(ay_push *push, size_t column, ay_str text, assay_err *err); /* as assay_feed_text */
assay_status ay_push_next(ay_push *push, assay_err *err);
/* values[i]: int64_t, double or assay_str arrays as in assay_vector. */
assay_status ay_push_columns(ay_push *push, const uint64_t *const *null, const void *const *values, uint64_t rows,
                             assay_err *err);
assay_status ay_push_end(ay_push *push, assay_err *err); /* hands over the last batch; half a record is EUSAGE */
ay_push *ay_push_free(ay_push *push);

#endif
