/* Secret keys in files of their own: one line of 64 hex digits that nobody else may read. */
#ifndef AY_PROOF_KEY_H
#define AY_PROOF_KEY_H

#include "base/err.h"
#include "base/str.h"

#define AY_KEY_BYTES 32

typedef struct ay_key {
    unsigned char bytes[AY_KEY_BYTES];
} ay_key;

/* One line of 64 hex digits; its line end may be missing. False: it is none, and *ret is not to be used. */
bool ay_key_parse(ay_str text, ay_key *ret);

/* Refuses a file that is not a regular one, that belongs to somebody else than the user or root, or that its group or
 * others may do anything with. Errors: EIO, EFORMAT, ENOMEM. */
assay_status ay_key_read(const char *path, ay_key **ret, assay_err *err);
ay_key *ay_key_free(ay_key *key); /* zeroed before; takes NULL, returns NULL */

#endif
