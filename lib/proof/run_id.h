/* Ids of runs: UUID version 7 (RFC 9562), so that they sort by time. */
#ifndef AY_PROOF_RUN_ID_H
#define AY_PROOF_RUN_ID_H

#include "base/err.h"

#define AY_RUN_ID_SIZE 37 /* with its zero */

/* EINTERNAL: libcrypto has no random bytes. */
assay_status ay_run_id_new(int64_t now_us, char ret[AY_RUN_ID_SIZE], assay_err *err);

#endif
