/* What has to stand beside `share` and `open` of a dataset. */
#ifndef AY_CHECK_SHARING_H
#define AY_CHECK_SHARING_H

#include "record/schema.h"

typedef enum ay_sharing_fault {
    AY_SHARE_CONDITION,
    AY_SHARE_BASIS,
    AY_OPEN_CONDITION,
    AY_OPEN_BASIS,
    AY_SHARING_FAULTS
} ay_sharing_fault;

/* The faults of a dataset, as bits. Words as stated, empty where they are not. */
uint32_t ay_sharing_faults(ay_str share, ay_str open, bool has_condition, bool has_basis);
const char *ay_sharing_fault_text(ay_sharing_fault fault, bool zh);

/* Whether `open` asks for the dataset to be opened. */
static inline bool ay_asks_to_open(ay_str open)
{
    return open.len && !ay_str_is(open, "none");
}

/* Whether the field must not be in an open dataset. */
static inline bool ay_forbids_opening(const ay_field *field)
{
    return field->level >= AY_SENSITIVE;
}

#endif
