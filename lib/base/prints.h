/* Fingerprints of 128 bits, to count those that occur more than once: 16 bytes a value where the values themselves need
 * not be named. Two values have the same one by chance only: among 10^9 values with a probability below 2e-21, and
 * since the key is random, nobody can prepare such values. What is counted does not depend on the order of arrival. */
#ifndef AY_BASE_PRINTS_H
#define AY_BASE_PRINTS_H

#include "base/sort.h"

#define AY_PRINTS_KEY 192 /* bytes */

/* Random bytes, the same for all that is to be counted together; secret as long as it is used. */
typedef struct ay_prints_key {
    unsigned char bytes[AY_PRINTS_KEY];
} ay_prints_key;

assay_status ay_prints_key_make(ay_prints_key *key, assay_err *err); /* EIO: the system gives no random bytes */

typedef struct ay_prints ay_prints; /* one thread at a time */

/* budget and key are borrowed. */
assay_status ay_prints_open(ay_budget *budget, const ay_prints_key *key, ay_prints **ret, assay_err *err);
ay_prints *ay_prints_free(ay_prints *prints);
/* The fingerprint of a value. Errors as ay_bins_put. */
assay_status ay_prints_put(ay_prints *prints, ay_str value, assay_err *err);
assay_status ay_prints_absorb(ay_prints *into, ay_prints *from,
                              assay_err *err); /* of one key; from is empty afterwards */
uint64_t ay_prints_count(const ay_prints *prints);

typedef struct ay_repeats {
    uint64_t values;  /* that occur more than once */
    uint64_t records; /* how often they do, taken together */
} ay_repeats;
assay_status ay_prints_repeats(ay_prints *prints, ay_repeats *ret, assay_err *err);

#endif
