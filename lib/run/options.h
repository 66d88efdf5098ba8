/* Reading assay_run_options into a run. */
#ifndef AY_RUN_OPTIONS_H
#define AY_RUN_OPTIONS_H

#include "run/run.h"

#define AY_RUN_OPTIONS_FIRST offsetof(assay_run_options, pseudonym_key) /* size of the first version */

assay_status ay_run_take_options(assay_run *run, const assay_run_options *options, assay_err *err);

#endif
