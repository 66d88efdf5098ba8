/* Findings as lines of findings.ndjson. The same fault is put into words once: values that are missing, and wrong words
 * where there are few, are most of what is found, and only their keys differ. */
#ifndef AY_RUN_FINDING_LINE_H
#define AY_RUN_FINDING_LINE_H

#include "run/result.h"

typedef struct ay_liner ay_liner; /* one thread; of one result */

assay_status ay_liner_open(assay_result *result, ay_liner **ret, assay_err *err);
ay_liner *ay_liner_free(ay_liner *liner); /* takes NULL */

/* Append the line of a finding of the dataset, given in its sorted form. Whether memory lacked for it, `out` tells. */
assay_status ay_liner_put(ay_liner *liner, const ay_dataset_result *dataset, ay_str finding, ay_buf *out,
                          assay_err *err);

#endif
