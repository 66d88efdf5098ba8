/* What verifying found, said twice over: for people in two languages, for machines in JSON. */
#ifndef AY_PROOF_VERDICT_H
#define AY_PROOF_VERDICT_H

#include "assay/proof.h"
#include "base/json.h"

struct assay_verdict {
    ay_buf en, zh; /* lines */
    ay_buf bytes;
    ay_json json; /* into bytes: members of one object */
    assay_err fault;
};

/* What the bytes say is wrong with them; everything else says that they could not be judged. */
static inline bool ay_is_fault(assay_status status)
{
    return status == ASSAY_EFORMAT || status == ASSAY_ELIMIT;
}

/* `what` is said as {"verified": what}; the lines are begun by the caller. */
assay_status ay_verdict_open(const char *what, assay_verdict **ret, assay_err *err);
/* One line in each language; the formats take the same arguments. */
void ay_verdict_say(assay_verdict *verdict, const char *en, const char *zh, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* A fault with the file it is in before it; what is none stays as it is. */
assay_status ay_fault_in(const char *path, assay_status status, assay_err *err);
/* The end: what does not hold is the verdict's fault, and OK; what could not be done is the caller's error. *verdict is
 * passed on, or freed. */
assay_status ay_verdict_close(assay_verdict *verdict, assay_status status, const assay_err *fault, assay_verdict **ret,
                              assay_err *err);

#endif
