/* Code lists: CSV files (RFC 4180, UTF-8, with a header) of codes, their validity and their hierarchy. */
#ifndef AY_CHECK_CODE_LIST_H
#define AY_CHECK_CODE_LIST_H

#include "check/rule.h"

typedef struct ay_code_list ay_code_list; /* immutable, in the arena of its pack */

/* Which columns are read; NULL members: none (key: the first column). Nodes, so that an unknown column has a
 * position. */
typedef struct ay_code_columns {
    const ay_node *key, *from, *to, *parent;
} ay_code_columns;

typedef enum ay_code_verdict {
    AY_CODE_IN,
    AY_CODE_NOT_LISTED,
    AY_CODE_NOT_IN_FORCE, /* listed, but not on that day */
    AY_CODE_NOT_LEAF,     /* another code names it as parent */
} ay_code_verdict;

/* Reads `file` through build->read_file. False: every fault was reported, with the line of the file; or no memory. */
bool ay_code_list_read(ay_build *build, const ay_node *file, const ay_code_columns *columns, const ay_code_list **ret);
ay_code_verdict ay_code_find(const ay_code_list *list, ay_str code, int64_t day, bool leaf_only);

#endif
