/* The rules over a dataset, once all its records were seen. */
#ifndef AY_RUN_FINISH_RULES_H
#define AY_RUN_FINISH_RULES_H

#include "run/result.h"

/* Adds what these rules come to: to the outcomes, which have their rule and the counts of the records, and to the
 * findings of the partial. Figures go into the result's arena. A second thread helps where it pays. */
assay_status ay_finish_rules(assay_result *result, ay_dataset_result *dataset, assay_err *err);

#endif
