/* Whether a dataset may be open: what the negative list says after a run. */
#ifndef AY_RUN_OPENING_H
#define AY_RUN_OPENING_H

#include "run/result.h"

/* Set d->opening from its rules, where the pack states `open`. Blocked: a field may not be in an open dataset, or
 * personal data was found, however little and whatever is tolerated. Unknown: one of these was not looked for in every
 * record, or there was no record. `open: none` is blocked without a rule. */
assay_status ay_opening_decide(ay_arena *arena, ay_dataset_result *d, assay_err *err);
const char *ay_may_open_name(ay_may_open verdict); /* "allowed" */

#endif
