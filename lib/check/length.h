/* What a rule of kind `length` says, for those who compare rules. */
#ifndef AY_CHECK_LENGTH_H
#define AY_CHECK_LENGTH_H

#include "check/rule.h"

#define AY_LENGTH_UNITS 5 /* lengths of two units cannot be compared */

typedef struct ay_length {
    uint64_t min, max; /* inclusive; max UINT64_MAX: none */
    uint32_t unit;     /* below AY_LENGTH_UNITS */
    bool is_bytes;     /* the field holds bytes, which are shown as \x and two digits each */
} ay_length;

const ay_length *ay_length_of(const ay_rule *rule); /* NULL: of another kind */

#endif
