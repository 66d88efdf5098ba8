/* The codes of a list, built once and then only read: what ay_set does, but codes of up to 8 bytes are words that lie
 * in the table itself, five to a cache line and compared all at once, so that a lookup touches one line and guesses
 * nothing. Longer codes go to an ay_set. Codes are borrowed. */
#ifndef AY_CHECK_CODE_SET_H
#define AY_CHECK_CODE_SET_H

#include "base/hash.h"

#define AY_CODE_BUCKET 5

typedef struct ay_code_set {
    struct ay_code_bucket {
        uint64_t words[AY_CODE_BUCKET];      /* from the first on; 0: free */
        uint32_t values[AY_CODE_BUCKET + 1]; /* the first is UINT32_MAX, those of the words follow */
    } * buckets;                             /* aligned, within `block` */
    void *block;
    size_t n, cap; /* of words, of buckets; cap is a power of two, or 0 */
    ay_set longer;
} ay_code_set;

/* As ay_set_add; value is never UINT32_MAX. */
bool ay_code_set_add(ay_code_set *set, ay_str code, uint32_t value, uint32_t *ret_existing);
uint32_t ay_code_set_find(const ay_code_set *set, ay_str code); /* the value, or UINT32_MAX */
/* Asks for what ay_code_set_find will read. */
void ay_code_set_fetch(const ay_code_set *set, ay_str code);
void ay_code_set_free(ay_code_set *set);

#endif
