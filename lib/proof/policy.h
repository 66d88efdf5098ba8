/* The policy of an auditor: whose signature counts for which part of a log. A text, one key a line:
 *
 *   # keys of the bureau
 *   NAME+id+base64
 *   NAME+id+base64 FIRST          for entries from FIRST on
 *   NAME+id+base64 FIRST LAST     for entries FIRST to LAST
 *
 * Words are parted by one space; lines that are empty or begin with # say nothing; the last line's end may be missing.
 * Everything else is refused with its line. */
#ifndef AY_PROOF_POLICY_H
#define AY_PROOF_POLICY_H

#include "proof/signers.h"

#define AY_POLICY_BYTES ((size_t)1 << 20)

/* Zero-initialise. Borrows from the text. */
typedef struct ay_policy {
    ay_signers signers;
    uint64_t first[AY_SIGNERS_MAX], last[AY_SIGNERS_MAX]; /* of each signer; both count */
} ay_policy;

/* Errors: EFORMAT and ELIMIT, with err->line; ENOMEM, EINTERNAL. *ret is to be freed in any case. */
assay_status ay_policy_take(ay_str text, ay_policy *ret, assay_err *err);
void ay_policy_free(ay_policy *policy);
/* Of those who signed, the ones whose entries reach over this one. */
uint64_t ay_policy_of(const ay_policy *policy, uint64_t who, uint64_t index);

#endif
