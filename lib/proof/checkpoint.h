/* Checkpoints (C2SP tlog-checkpoint): the text of the note that states how long a log is and what its root is. */
#ifndef AY_PROOF_CHECKPOINT_H
#define AY_PROOF_CHECKPOINT_H

#include "base/buf.h"

typedef struct ay_checkpoint {
    ay_str origin; /* which log: one line */
    uint64_t size;
    unsigned char root[32];
    ay_str extension; /* further lines, each with its line feed, none empty */
} ay_checkpoint;

/* EUSAGE: an origin or an extension that is not of the form above. */
assay_status ay_checkpoint_put(const ay_checkpoint *checkpoint, ay_buf *out, assay_err *err);
/* The text of a note. Borrows from it. EFORMAT: another text than ay_checkpoint_put writes. */
assay_status ay_checkpoint_take(ay_str text, ay_checkpoint *ret, assay_err *err);

#endif
