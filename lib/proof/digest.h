/* Cryptographic digests of bytes; with OpenSSL's libcrypto. */
#ifndef AY_PROOF_DIGEST_H
#define AY_PROOF_DIGEST_H

#include "base/err.h"
#include "base/str.h"

/* SHA-256 over a sequence of pieces; hex is lower case and zero-terminated. */
assay_status ay_sha256_hex(const ay_str *pieces, size_t n, char ret_hex[65], assay_err *err);

#endif
