#include "proof/hasher.h"

#include "base/mem.h"

static const char *const alg_names[] = {[AY_SM3] = "SM3", [AY_SHA256] = "SHA256"};

bool ay_digest_from(ay_str bytes, ay_digest *ret)
{
    if (bytes.len != AY_DIGEST_SIZE) return false;
    memcpy(ret->bytes, bytes.ptr, AY_DIGEST_SIZE);
    return true;
}

assay_status ay_fail_libcrypto(ay_alg alg, assay_err *err)
{
    return ay_fail(err, ASSAY_EINTERNAL, "libcrypto cannot compute %s", "libcrypto 无法计算 %s", alg_names[alg]);
}

/* ---- The hasher ---- */

assay_status ay_hasher_open(ay_alg alg, ay_provider provider, ay_hasher **ret, assay_err *err)
{
    ay_hasher *hasher = AY_NEW(ay_hasher);
    AY_NOMEM_IF(!hasher, err);
    hasher->alg = alg;
    hasher->kernel = alg == AY_SM3 && provider == AY_PROVIDER_LANES ? ay_sm3_widest() : NULL;
    hasher->md = EVP_MD_fetch(NULL, alg_names[alg], NULL);
    hasher->ctx = EVP_MD_CTX_new();
    if (!hasher->md || !hasher->ctx) {
        const bool offered = hasher->md != NULL;
        (void)ay_hasher_free(hasher);
        AY_NOMEM_IF(offered, err);
        return ay_fail(err, ASSAY_ESOURCE, "this libcrypto does not offer %s", "本机的 libcrypto 不提供 %s",
                       alg_names[alg]);
    }
    *ret = hasher;
    return ASSAY_OK;
}

ay_hasher *ay_hasher_free(ay_hasher *hasher)
{
    if (!hasher) return NULL;
    EVP_MD_CTX_free(hasher->ctx);
    EVP_MD_free(hasher->md);
    return (ay_hasher *)ay_free(hasher);
}

ay_alg ay_hasher_alg(const ay_hasher *hasher)
{
    return hasher->alg;
}

/* ---- A stream ---- */

assay_status ay_hasher_begin(ay_hasher *hasher, assay_err *err)
{
    return EVP_DigestInit_ex2(hasher->ctx, hasher->md, NULL) == 1 ? ASSAY_OK : ay_fail_libcrypto(hasher->alg, err);
}

assay_status ay_hasher_put(ay_hasher *hasher, ay_str piece, assay_err *err)
{
    if (piece.len == 0 || EVP_DigestUpdate(hasher->ctx, piece.ptr, piece.len) == 1) return ASSAY_OK;
    return ay_fail_libcrypto(hasher->alg, err);
}

assay_status ay_hasher_end(ay_hasher *hasher, ay_digest *ret, assay_err *err)
{
    unsigned int len = 0;
    if (EVP_DigestFinal_ex(hasher->ctx, ret->bytes, &len) == 1 && len == AY_DIGEST_SIZE) return ASSAY_OK;
    return ay_fail_libcrypto(hasher->alg, err);
}

/* ---- A batch ---- */

assay_status ay_hash(ay_hasher *hasher, const ay_message *messages, size_t n, ay_digest *ret, assay_err *err)
{
    if (hasher->kernel) {
        ay_sm3_batch(hasher->kernel, &ay_sm3_initial, messages, n, ret);
        return ASSAY_OK;
    }
    for (size_t i = 0; i < n; i++) {
        AY_TRY(ay_hasher_begin(hasher, err));
        AY_TRY(ay_hasher_put(hasher, messages[i].head, err));
        AY_TRY(ay_hasher_put(hasher, messages[i].body, err));
        AY_TRY(ay_hasher_end(hasher, &ret[i], err));
    }
    return ASSAY_OK;
}

assay_status ay_hash_nodes(ay_hasher *hasher, const ay_digest *children, size_t n, ay_digest *ret, assay_err *err)
{
    if (hasher->kernel) {
        ay_sm3_nodes(hasher->kernel, children, n, ret);
        return ASSAY_OK;
    }
    for (size_t i = 0; i < n; i++) {
        const ay_str both = {(const char *)children[2 * i].bytes, 2 * sizeof(ay_digest)};
        AY_TRY(ay_hash(hasher, &(ay_message){AY_STR("\x01"), both}, 1, &ret[i], err));
    }
    return ASSAY_OK;
}

/* ---- Hex of pack files ---- */

static assay_status hash_pieces(ay_hasher *hasher, const ay_str *pieces, size_t n, ay_digest *ret, assay_err *err)
{
    AY_TRY(ay_hasher_begin(hasher, err));
    for (size_t i = 0; i < n; i++) AY_TRY(ay_hasher_put(hasher, pieces[i], err));
    return ay_hasher_end(hasher, ret, err);
}

assay_status ay_sha256_hex(const ay_str *pieces, size_t n, char ret_hex[65], assay_err *err)
{
    static const char digits[] = "0123456789abcdef";
    ay_digest digest;
    ay_hasher *hasher = NULL;
    AY_TRY(ay_hasher_open(AY_SHA256, AY_PROVIDER_EVP, &hasher, err));
    const assay_status status = hash_pieces(hasher, pieces, n, &digest, err);
    (void)ay_hasher_free(hasher);
    if (status != ASSAY_OK) return status;
    for (size_t i = 0; i < AY_DIGEST_SIZE; i++) {
        ret_hex[2 * i] = digits[digest.bytes[i] >> 4];
        ret_hex[2 * i + 1] = digits[digest.bytes[i] & 15];
    }
    ret_hex[64] = '\0';
    return ASSAY_OK;
}
