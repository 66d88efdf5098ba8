/* Secret keys in files of their own: one line of 64 hex digits that nobody else may read. */
#ifndef AY_PROOF_SECRET_H
#define AY_PROOF_SECRET_H

#include "base/err.h"
#include "base/str.h"

#define AY_SECRET_BYTES 32

typedef struct ay_secret {
    unsigned char bytes[AY_SECRET_BYTES];
} ay_secret;

/* One line of 64 hex digits; its line end may be missing. False: it is none, and *ret is not to be used. */
bool ay_secret_parse(ay_str text, ay_secret *ret);

/* Refuses a file that is not a regular one, that belongs to somebody else than the user or root, or that its group or
 * others may do anything with. Errors: EIO, EFORMAT, ENOMEM. */
assay_status ay_secret_read(const char *path, ay_secret **ret, assay_err *err);
ay_secret *ay_secret_free(ay_secret *key); /* zeroed before; takes NULL, returns NULL */

#endif
