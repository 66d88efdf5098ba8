/* The one gate through which values leave the library. It is asked with the field, so that none of its callers decides
 * what may be seen: by the level and mask of the field's standard, unless it is revealed by name. */
#ifndef AY_RUN_MASK_H
#define AY_RUN_MASK_H

#include "base/buf.h"
#include "pack/pack.h"
#include "proof/secret.h"

typedef struct ay_gate {
    const char **reveal; /* "dataset.field" */
    size_t n_reveal;
    ay_secret *pseudonym_key; /* owned; NULL: none was given, and none is needed */
} ay_gate;

/* A value on its way out: of which field, and which rule shows it (NULL: it is part of a key or names a segment). */
typedef struct ay_leaving {
    const ay_dataset *dataset;
    uint32_t field;
    const ay_rule *rule;
} ay_leaving;

/* Whether the value is masked: by the level of its field, and where that is lower, also what a rule `personal` shows
 * and every value in which such a rule of the field finds something. */
bool ay_gate_hides(const ay_gate *gate, ay_leaving what, ay_str text);

/* Append the value, masked if need be. True: it was. Always 3 stars, so the length is not told; characters are code
 * points. By the form of the field's mask:
 *   by level    sensitive: the first and last quarter, at most 4 each; personal: the first of at least 6
 *   all         nothing
 *   H+T         H characters at the head and T at the tail, together at most half of all: otherwise both shrink in
 *               proportion, and a short value shows none
 *   email       the first letter where there is another one, and the domain; nothing of what is not an address
 *   address     the Chinese characters it begins with, up to the last of 省市区县旗镇乡路街道巷村; nothing where there
 *               are not two of these, so that a name is never taken for an address
 *   pseudonym   p: and the first 128 bits of HMAC-SM3(key, standard 00 value) in hex: equal values look equal */
bool ay_gate_put(const ay_gate *gate, ay_leaving what, ay_str text, ay_buf *out);

#endif
