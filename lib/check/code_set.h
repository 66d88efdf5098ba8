/* The codes of a list, built once and then only read: what ay_set does, but a code of up to 8 bytes is compared as one
 * word and lies in the table itself, so that most lookups touch one cache line. Longer codes go to an ay_set. Codes are
 * borrowed. */
#ifndef AY_CHECK_CODE_SET_H
#define AY_CHECK_CODE_SET_H

#include "base/hash.h"

typedef struct ay_code_set {
    struct ay_code_slot {
        uint64_t word;  /* the bytes of the code, zeros behind them */
        uint32_t value; /* UINT32_MAX: free */
        uint32_t len;
    } * slots;
    size_t n, cap; /* cap is a power of two, or 0 */
    ay_set longer;
} ay_code_set;

/* As ay_set_add; value is never UINT32_MAX. */
bool ay_code_set_add(ay_code_set *set, ay_str code, uint32_t value, uint32_t *ret_existing);
uint32_t ay_code_set_find(const ay_code_set *set, ay_str code); /* the value, or UINT32_MAX */
void ay_code_set_free(ay_code_set *set);

#endif
