/* Reading assay_run_options into a run. */
#ifndef AY_RUN_OPTIONS_H
#define AY_RUN_OPTIONS_H

#include "run/run.h"

#define AY_RUN_OPTIONS_FIRST offsetof(assay_run_options, pseudonym_key) /* size of the first version */

/* The moment that the rules look from. Only before a record was read. */
assay_status ay_run_set_as_of(assay_run *run, int64_t as_of_us, assay_err *err);
assay_status ay_run_take_options(assay_run *run, const assay_run_options *options, assay_err *err);

#endif
