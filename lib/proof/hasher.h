/* What digest.c and mac.c share. */
#ifndef AY_PROOF_HASHER_H
#define AY_PROOF_HASHER_H

#include <openssl/evp.h>

#include "proof/sm3.h"

struct ay_hasher {
    ay_alg alg;
    EVP_MD *md; /* fetched once: the implicit fetch costs more than a short message */
    EVP_MD_CTX *ctx;
    const ay_sm3_kernel *kernel; /* NULL: libcrypto computes batches too */
};

assay_status ay_fail_libcrypto(ay_alg alg, assay_err *err);

#endif
