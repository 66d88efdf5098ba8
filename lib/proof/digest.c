#include <openssl/evp.h>

#include "proof/digest.h"

static bool digest(EVP_MD_CTX *ctx, const ay_str *pieces, size_t n, unsigned char ret[32])
{
    unsigned int len = 0;
    bool ok = EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;
    for (size_t i = 0; ok && i < n; i++)
        if (pieces[i].len) ok = EVP_DigestUpdate(ctx, pieces[i].ptr, pieces[i].len) == 1;
    return ok && EVP_DigestFinal_ex(ctx, ret, &len) == 1 && len == 32;
}

assay_status ay_sha256_hex(const ay_str *pieces, size_t n, char ret_hex[65], assay_err *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[32];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    AY_FAIL_IF(!ctx, err, ASSAY_ENOMEM, "out of memory", "内存不足");
    const bool ok = digest(ctx, pieces, n, bytes);
    EVP_MD_CTX_free(ctx);
    AY_FAIL_IF(!ok, err, ASSAY_EINTERNAL, "libcrypto cannot compute SHA-256", "libcrypto 无法计算 SHA-256");
    for (size_t i = 0; i < 32; i++) {
        ret_hex[2 * i] = digits[bytes[i] >> 4];
        ret_hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret_hex[64] = '\0';
    return ASSAY_OK;
}
