/* What a value that is not listed may stand for: a code whose name it is, or the nearest code. */
#ifndef AY_CHECK_CODE_GUESS_H
#define AY_CHECK_CODE_GUESS_H

#include "check/code_list.h"

typedef struct ay_code_guess ay_code_guess; /* immutable; borrows the list */

bool ay_code_guess_open(const ay_code_list *list, ay_code_guess **ret); /* false: no memory */
void ay_code_guess_close(void *guess);
/* The one code that meets the need: with that name, or else the nearest (check/near.h). */
bool ay_code_guess_find(const ay_code_guess *guess, ay_str value, const ay_code_need *need, ay_suggestion *ret,
                        ay_str *ret_code);

#endif
