/* Canonical JSON (RFC 8785): read strictly, written in one form only. White space, the order of members, escapes and
 * the way a number is written do not matter; invalid UTF-8, half surrogates and a name twice are refused. */
#ifndef AY_PROOF_JCS_H
#define AY_PROOF_JCS_H

#include "base/arena.h"
#include "base/buf.h"

#define AY_JCS_DEPTH 512 /* arrays and objects within each other */

typedef enum ay_jcs_kind {
    AY_JCS_NULL,
    AY_JCS_FALSE,
    AY_JCS_TRUE,
    AY_JCS_NUMBER,
    AY_JCS_STRING,
    AY_JCS_ARRAY,
    AY_JCS_OBJECT
} ay_jcs_kind;

typedef struct ay_jcs {
    ay_jcs_kind kind;
    ay_str name; /* of a member of an object */
    ay_str text; /* string: without escapes; number: as it was written */
    uint32_t n;
    const struct ay_jcs **items; /* elements; members sorted by name, in the order of their UTF-16 code units */
    struct ay_jcs *next;         /* while they are read */
} ay_jcs;

typedef enum ay_jcs_numbers {
    AY_JCS_DOUBLES, /* as RFC 8785 wants them: IEEE doubles in ECMAScript's form; out of their range is refused */
    AY_JCS_EXACT,   /* exact decimals, see proof/exact.h */
} ay_jcs_numbers;

/* The tree lives in the arena and borrows from the text. Errors: EFORMAT with the byte, ENOMEM. */
assay_status ay_jcs_read(ay_str text, unsigned depth, ay_arena *arena, const ay_jcs **ret, assay_err *err);
/* EFORMAT: a number that the mode cannot hold. */
assay_status ay_jcs_write(const ay_jcs *value, ay_jcs_numbers numbers, ay_buf *out, assay_err *err);
const ay_jcs *ay_jcs_member(const ay_jcs *object, const char *name); /* NULL: it has none */

void ay_jcs_put_string(ay_str valid_utf8, ay_buf *out); /* with its quotes */
void ay_jcs_put_double(double finite, ay_buf *out);     /* ECMAScript's Number::toString */

#endif
