/* Identifiers of Chinese registers that carry a check character: each is tested as its standard defines it, from its
 * length to its arithmetic. Sources: rules/checks/checksum.md. */
#ifndef AY_CHECK_IDENTIFIER_H
#define AY_CHECK_IDENTIFIER_H

#include "check/flaw.h"

/* Text of any bytes. `today` in days: births after it are a flaw. */
typedef ay_flaw (*ay_identifier_test)(ay_str text, int64_t today);

/* Is there no flaw: the same, much faster. */
typedef bool (*ay_identifier_holds)(ay_str text, int64_t today);

typedef struct ay_identifier {
    const char *name; /* the word behind `checksum:` */
    ay_identifier_test test;
    ay_identifier_holds holds;
} ay_identifier;

const ay_identifier *ay_identifier_at(size_t i); /* NULL past the end */

ay_flaw ay_uscc_test(ay_str text, int64_t today);     /* GB 32100 */
ay_flaw ay_org_code_test(ay_str text, int64_t today); /* GB 11714 */
ay_flaw ay_gs15_test(ay_str text, int64_t today);
ay_flaw ay_vin_test(ay_str text, int64_t today); /* GB 16735 */
ay_flaw ay_bank_card_test(ay_str text, int64_t today);
ay_flaw ay_citizen_id_test(ay_str text, int64_t today);    /* GB 11643, 18 digits */
ay_flaw ay_citizen_id_15_test(ay_str text, int64_t today); /* its form of 15 digits */
ay_flaw ay_residence_permit_test(ay_str text, int64_t today);
ay_flaw ay_foreigner_permit_test(ay_str text, int64_t today);

bool ay_uscc_holds(ay_str text, int64_t today);
bool ay_org_code_holds(ay_str text, int64_t today);
bool ay_gs15_holds(ay_str text, int64_t today);
bool ay_vin_holds(ay_str text, int64_t today);
bool ay_bank_card_holds(ay_str text, int64_t today);
bool ay_citizen_id_holds(ay_str text, int64_t today);
bool ay_citizen_id_15_holds(ay_str text, int64_t today);
bool ay_residence_permit_holds(ay_str text, int64_t today);
bool ay_foreigner_permit_holds(ay_str text, int64_t today);

/* The 18 digits of a citizen id of 15 that is right. False: it is not, or its century is not known. */
bool ay_citizen_id_upgrade(ay_str text, char out[18]);

/* What a VIN looks like, without its arithmetic. */
ay_flaw ay_vin_shape(ay_str text);
/* Whether these two digits are the code of a province of the mainland (GB/T 2260). */
bool ay_is_province(const char *digits);
/* The first byte of text that is no digit; text.len when all are. */
size_t ay_digits_end(ay_str text);

#endif
