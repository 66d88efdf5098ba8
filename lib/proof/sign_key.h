/* What the files about keys share. */
#ifndef AY_PROOF_SIGN_KEY_H
#define AY_PROOF_SIGN_KEY_H

#include <openssl/evp.h>

#include "proof/sign.h"

struct ay_key {
    EVP_PKEY *pkey;
    ay_key_kind kind;
    bool is_private;
    size_t raw_len;
    unsigned char raw[AY_KEY_RAW_MAX];
};

/* Takes the pkey over, also when it fails: EFORMAT where it is of another kind than ours. */
assay_status ay_key_adopt(EVP_PKEY *pkey, bool is_private, ay_key **ret, assay_err *err);
/* DER of r ‖ s, 32 bytes each; false: it cannot be. */
bool ay_sm2_der(const unsigned char raw[64], ay_buf *out);

#endif
