/* Several signers, from their published texts. */
#ifndef AY_PROOF_SIGNERS_H
#define AY_PROOF_SIGNERS_H

#include "proof/note.h"

#define AY_SIGNERS_MAX 64 /* as many as ay_note_verify can tell apart */

/* Zero-initialise. The names borrow from the texts. */
typedef struct ay_signers {
    ay_signer list[AY_SIGNERS_MAX];
    ay_key *keys[AY_SIGNERS_MAX];
    uint32_t n;
} ay_signers;

/* EFORMAT: no signer, or one that is there already; ELIMIT: too many. */
assay_status ay_signers_add(ay_signers *signers, ay_str text, assay_err *err);
void ay_signers_free(ay_signers *signers);
/* "NAME+id, NAME+id": those whose bit is set. */
void ay_signers_put(const ay_signers *signers, uint64_t who, ay_buf *out);

#endif
