#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "proof/hmac.h"

static bool compute(EVP_MAC_CTX *ctx, ay_str key, const ay_str *pieces, size_t n, unsigned char *ret)
{
    char name[] = "SM3";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                 OSSL_PARAM_construct_end()};
    size_t len = 0;
    bool ok = EVP_MAC_init(ctx, (const unsigned char *)key.ptr, key.len, params) == 1;
    for (size_t i = 0; ok && i < n; i++)
        if (pieces[i].len) ok = EVP_MAC_update(ctx, (const unsigned char *)pieces[i].ptr, pieces[i].len) == 1;
    return ok && EVP_MAC_final(ctx, ret, &len, AY_SM3_BYTES) == 1 && len == AY_SM3_BYTES;
}

assay_status ay_hmac_sm3(ay_str key, const ay_str *pieces, size_t n, unsigned char ret[AY_SM3_BYTES], assay_err *err)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
    const bool ok = ctx && compute(ctx, key, pieces, n, ret);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    AY_FAIL_IF(!ok, err, ASSAY_EINTERNAL, "libcrypto cannot compute HMAC-SM3", "libcrypto 无法计算 HMAC-SM3");
    return ASSAY_OK;
}
