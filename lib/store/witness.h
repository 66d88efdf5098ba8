/* Leaves of records as the evidence of what happened to their tickets. Where a run made leaves: say which tickets want
 * theirs, look once through all leaves, then ask for them in order of ticket id. */
#ifndef AY_STORE_WITNESS_H
#define AY_STORE_WITNESS_H

#include "run/result.h"
#include "ticket/identity.h"

typedef struct ay_witness ay_witness;

assay_status ay_witness_open(ay_budget *budget, ay_witness **ret, assay_err *err);
ay_witness *ay_witness_free(ay_witness *witness); /* takes NULL */

assay_status ay_witness_want(ay_witness *witness, const unsigned char print[AY_PRINT_SIZE], const char id[AY_TICKET_ID],
                             assay_err *err);
assay_status ay_witness_look(ay_witness *witness, const ay_dataset_result *dataset, assay_err *err);
/* Ids ascending. *ret_found false: none was seen. Of several records with one key: the first leaf. */
assay_status ay_witness_next(ay_witness *witness, const char id[AY_TICKET_ID], ay_digest *ret, bool *ret_found,
                             assay_err *err);

#endif
