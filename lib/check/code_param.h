/* The parameter of `code`, read. */
#ifndef AY_CHECK_CODE_PARAM_H
#define AY_CHECK_CODE_PARAM_H

#include "check/code_list.h"
#include "check/part.h"

/* When the code must be in force: on the day of the check, on the day of a field, at any time since the year of a field
 * or since the year that characters of the value tell. */
typedef enum ay_code_when { AY_CODE_TODAY, AY_CODE_AT, AY_CODE_SINCE_FIELD, AY_CODE_SINCE_PART } ay_code_when;

typedef struct ay_code_args {
    const ay_code_list *list;
    const char *file;   /* the names of the files */
    ay_part part, year; /* where the code stands, and the year of AY_CODE_SINCE_PART */
    bool leaf_only;
    ay_code_when when;
    ay_type day_type;     /* of rule->fields[1], where there is one */
    const char *day_name; /* of the same */
    bool is_quotable;     /* a reason may tell about the code */
    bool day_is_quotable; /* and about the value of rule->fields[1] */
    const ay_zone *zone;
} ay_code_args;

/* ay_kind.compile: rule->args become ay_code_args. */
bool ay_code_compile(ay_build *build, const ay_node *arg, ay_rule *rule);

#endif
