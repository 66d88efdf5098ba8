/* Luhn (ISO/IEC 7812-1 annex B) and the systems of ISO/IEC 7064, all from one table. */
#ifndef AY_CHECK_ISO7064_H
#define AY_CHECK_ISO7064_H

#include "check/flaw.h"

#define AY_ISO7064_COUNT 9

typedef struct ay_iso7064 ay_iso7064; /* a system with its alphabets turned round; in the arena of its pack */

const char *ay_iso7064_name(uint32_t i);                        /* i < AY_ISO7064_COUNT */
const ay_iso7064 *ay_iso7064_open(uint32_t i, ay_arena *arena); /* NULL: out of memory */
ay_flaw ay_iso7064_test(const ay_iso7064 *system, ay_str text);
bool ay_iso7064_holds(const ay_iso7064 *system, ay_str text); /* is there no flaw: the same, much faster */

uint32_t ay_luhn(ay_str digits);               /* the check digit that these digits ask for */
bool ay_luhn_holds(ay_str text);               /* digits, at least two, the last of them what the others ask for */
char ay_mod11_2(const char *digits, size_t n); /* the check character, 0 to 9 or X */

#endif
