/* HMAC-SM3 (RFC 2104 with the hash of GB/T 32905): a digest that only who has the key can make or repeat. */
#ifndef AY_PROOF_HMAC_H
#define AY_PROOF_HMAC_H

#include "base/err.h"
#include "base/str.h"

#define AY_SM3_BYTES 32

/* Over a sequence of pieces. Errors: EINTERNAL. */
assay_status ay_hmac_sm3(ay_str key, const ay_str *pieces, size_t n, unsigned char ret[AY_SM3_BYTES], assay_err *err);

#endif
