/* Code lists: files of codes, their validity, their hierarchy and what replaced them. */
#ifndef AY_CHECK_CODE_LIST_H
#define AY_CHECK_CODE_LIST_H

#include "check/rule.h"

typedef struct ay_code_list ay_code_list; /* immutable, in the arena of its pack */

/* Which columns are read. NULL members: the column of the usual name (code, parent, since, until, successors), where a
 * file has it; without `code` the codes are the first column, and with another key name, parent and successors, which
 * speak of codes, are not read. Nodes, so that an unknown column has a position. */
typedef struct ay_code_columns {
    const ay_node *key, *parent, *from, *to, *successors;
} ay_code_columns;

/* What a code must have been: in force on some day from `first` to `last`, and a leaf where that is asked. */
typedef struct ay_code_need {
    int64_t first, last;
    bool leaf;
} ay_code_need;

typedef enum ay_code_verdict {
    AY_CODE_IN,
    AY_CODE_NOT_LISTED,
    AY_CODE_RETIRED, /* was in force, until some day before the first */
    AY_CODE_NOT_YET, /* is in force, from some day after the last */
    AY_CODE_NOT_LEAF /* another code names it as parent */
} ay_code_verdict;

#define AY_CODE_HEIRS 16

/* Why a code is not in force, in the words of its list, and what can stand in its place. */
typedef struct ay_code_lapse {
    ay_str until; /* of a retired code: the end of the last period before the first day; empty: unknown */
    ay_str since; /* of one not yet in force: the start of the next period */
    ay_str heirs[AY_CODE_HEIRS];
    uint32_t n_heirs;
    bool has_more; /* heirs than are named here */
} ay_code_lapse;

/* Reads the files (scalars) as one list: a code that several of them have is in force when one of them says so.
 * False: every fault was reported, with the line of the file; or no memory. */
bool ay_code_list_read(ay_build *build, const ay_node *const *files, size_t n_files, const ay_code_columns *columns,
                       const ay_code_list **ret);
/* Whether one of the files has the column. */
bool ay_code_list_has_from(const ay_code_list *list);
bool ay_code_list_has_to(const ay_code_list *list);
bool ay_code_list_has_parent(const ay_code_list *list);
/* The lines, by number; a code may have several. A name is what the column `name` has, or else empty. */
uint32_t ay_code_list_lines(const ay_code_list *list);
void ay_code_list_line(const ay_code_list *list, uint32_t i, ay_str *ret_code, ay_str *ret_name);

void ay_code_fetch(const ay_code_list *list, ay_str code); /* what the next question will read */
bool ay_code_accepts(const ay_code_list *list, ay_str code, const ay_code_need *need); /* is the verdict AY_CODE_IN */
/* The same for a need that many codes share: a bitmap of so many answers is found once. */
size_t ay_code_answers(const ay_code_list *list);
void ay_code_accept_all(const ay_code_list *list, const ay_code_need *need, uint64_t *ret_accepted);
bool ay_code_is_accepted(const ay_code_list *list, ay_str code, const uint64_t *accepted);
ay_code_verdict ay_code_find(const ay_code_list *list, ay_str code, const ay_code_need *need);
/* Of a code that is retired or not yet in force. Heirs: successors, and theirs where they are retired too, down to
 * those that meet the need. */
void ay_code_explain(const ay_code_list *list, ay_str code, const ay_code_need *need, ay_code_lapse *ret);

#endif
