/* Records that could not be split into fields (lenient reading of files): the implicit rule DATASET.record. */
#ifndef AY_RUN_REJECT_H
#define AY_RUN_REJECT_H

#include "pack/pack.h"
#include "base/cursor.h"
#include "source/source.h"

assay_status ay_reject_rule(ay_arena *arena, const ay_dataset *dataset, ay_rule *ret, assay_err *err);
/* The facts of a reject as a detail tuple: record, line, byte offset, reason, reason in Chinese. */
void ay_reject_detail(const ay_reject *reject, ay_buf *out);
/* Move behind such a tuple that somebody else wrote; EFORMAT where it is none. */
assay_status ay_reject_check(ay_cursor *tuple, ay_arena *heap, assay_err *err);

#endif
