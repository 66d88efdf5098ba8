/* Proofs that an entry stands in a log (C2SP tlog-proof): its index, its path and a signed checkpoint, in one text. */
#ifndef AY_PROOF_TLOG_PROOF_H
#define AY_PROOF_TLOG_PROOF_H

#include "base/arena.h"
#include "base/buf.h"
#include "proof/merkle.h"

typedef struct ay_tlog_proof {
    ay_str extra; /* bytes of the writer's own, which nothing vouches for; ptr NULL: none */
    uint64_t index;
    const ay_digest *path; /* from the leaf upwards */
    uint32_t n;            /* at most AY_MERKLE_DEPTH_MAX */
    ay_str note;           /* the checkpoint, signed */
} ay_tlog_proof;

assay_status ay_tlog_proof_put(const ay_tlog_proof *proof, ay_buf *out, assay_err *err);
/* The form is checked, the note is not looked into. Borrows from the text. EFORMAT: another form. */
assay_status ay_tlog_proof_take(ay_str text, ay_arena *arena, ay_tlog_proof *ret, assay_err *err);

#endif
