/* Which records of a batch fail under which rules. It is noted rule by rule, as they are judged, and put into the
 * sorter record by record: a key is encoded once, and what is found in records that come in the order of their keys
 * comes in order, too. */
#ifndef AY_RUN_NOTED_H
#define AY_RUN_NOTED_H

#include "run/plan.h"

typedef struct ay_noted ay_noted; /* of one batch after the other; one thread */

assay_status ay_noted_open(const ay_plan *plan, ay_noted **ret, assay_err *err);
ay_noted *ay_noted_close(ay_noted *noted); /* takes NULL */

/* The records of these bits have this verdict under the rule. What is beyond the room for notes is put at once. */
assay_status ay_noted_add(ay_noted *noted, const ay_batch *fields, const uint64_t *bits, const ay_rule *rule,
                          ay_verdict verdict, ay_sorter *into, assay_err *err);
/* All that was noted of the batch: at its end at the latest. */
assay_status ay_noted_put(ay_noted *noted, const ay_batch *fields, ay_sorter *into, assay_err *err);

#endif
