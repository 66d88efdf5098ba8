/* assay-verify: whether proofs hold, for an auditor who has nothing but them and a policy. */
#ifndef CLI_VERIFY_VERIFY_H
#define CLI_VERIFY_VERIFY_H

#include "proof/policy.h"
#include "proof/proof_file.h"

typedef struct verifier {
    bool zh;
    bool quiet; /* without the values of records */
    ay_policy policy;
} verifier;

/* What a proof that holds has shown, as text. */
void verifier_tell(const verifier *v, const char *path, const ay_proof *proof, const ay_proof_facts *facts,
                   uint64_t counting, ay_buf *out);

#endif
