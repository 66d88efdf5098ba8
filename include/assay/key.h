/* Secret keys: what pseudonyms are made with.
 *
 * A key is 256 random bits in a file of its own, one line of 64 hex digits. Whoever has it can find out by trying which
 * value a pseudonym stands for; without it nobody can. Keep it as long as pseudonyms are to stay the same. */
#ifndef ASSAY_KEY_H
#define ASSAY_KEY_H

#include "assay/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Make a new key, readable by the user alone. A file that exists is never overwritten; on failure there is none.
 * Errors: EIO, EUSAGE, ENOMEM, EINTERNAL. */
ASSAY_NODISCARD ASSAY_API assay_status assay_key_new(const char *path, assay_err *err);

#ifdef __cplusplus
}
#endif
#endif
