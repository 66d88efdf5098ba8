#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/mem.h"
#include "proof/sign_key.h"

#define ED25519_RAW 32
#define SM2_RAW     65
#define SM2_HALF    32

static assay_status crypto_failed(const char *what, const char *what_zh, assay_err *err)
{
    ERR_clear_error();
    return ay_fail(err, ASSAY_EINTERNAL, "libcrypto cannot %1$s%2$.0s", "libcrypto 无法%1$.0s%2$s", what, what_zh);
}

/* ---- Keys ---- */

static bool take_raw(ay_key *key)
{
    size_t len = sizeof key->raw;
    bool ok;
    if (key->kind == AY_KEY_ED25519)
        ok = EVP_PKEY_get_raw_public_key(key->pkey, key->raw, &len) == 1 && len == ED25519_RAW;
    else
        ok =
            EVP_PKEY_get_octet_string_param(key->pkey, OSSL_PKEY_PARAM_PUB_KEY, key->raw, sizeof key->raw, &len) == 1 &&
            len == SM2_RAW && key->raw[0] == 4;
    key->raw_len = len;
    return ok;
}

assay_status ay_key_adopt(EVP_PKEY *pkey, bool is_private, ay_key **ret, assay_err *err)
{
    ay_key *key = AY_NEW(ay_key);
    if (!key) {
        EVP_PKEY_free(pkey);
        return ay_fail_nomem(err);
    }
    *key = (ay_key){.pkey = pkey, .is_private = is_private};
    const bool is_ed25519 = EVP_PKEY_is_a(pkey, "ED25519") == 1;
    key->kind = is_ed25519 ? AY_KEY_ED25519 : AY_KEY_SM2;
    if ((!is_ed25519 && EVP_PKEY_is_a(pkey, "SM2") != 1) || !take_raw(key)) {
        ay_key_free(key);
        ERR_clear_error();
        return ay_fail(err, ASSAY_EFORMAT, "the key is neither Ed25519 nor SM2", "密钥既不是 Ed25519 也不是 SM2");
    }
    *ret = key;
    return ASSAY_OK;
}

assay_status ay_key_generate(ay_key_kind kind, ay_key **ret, assay_err *err)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, kind == AY_KEY_ED25519 ? "ED25519" : "SM2");
    if (!pkey) return crypto_failed("make a key", "生成密钥", err);
    return ay_key_adopt(pkey, true, ret, err);
}

static EVP_PKEY *sm2_from_point(ay_str raw)
{
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t) "SM2", 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)raw.ptr, raw.len),
        OSSL_PARAM_construct_end(),
    };
    if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 || EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

/* Not the point at infinity and no point of another curve. */
static bool is_good_point(EVP_PKEY *pkey)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    const bool ok = ctx && EVP_PKEY_public_check(ctx) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

assay_status ay_key_from_raw(ay_key_kind kind, ay_str raw, ay_key **ret, assay_err *err)
{
    EVP_PKEY *pkey = NULL;
    if (kind == AY_KEY_ED25519 && raw.len == ED25519_RAW)
        pkey = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, (const unsigned char *)raw.ptr, raw.len);
    if (kind == AY_KEY_SM2 && raw.len == SM2_RAW && raw.ptr[0] == 4) pkey = sm2_from_point(raw);
    if (pkey && kind == AY_KEY_SM2 && !is_good_point(pkey)) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    ERR_clear_error();
    AY_FAIL_IF(!pkey, err, ASSAY_EFORMAT, "not a public key of its kind", "不是该类型的公钥");
    return ay_key_adopt(pkey, false, ret, err);
}

ay_key *ay_key_free(ay_key *key)
{
    if (key) EVP_PKEY_free(key->pkey);
    return ay_free(key);
}

ay_key_kind ay_key_kind_of(const ay_key *key)
{
    return key->kind;
}

bool ay_key_is_private(const ay_key *key)
{
    return key->is_private;
}

ay_str ay_key_raw(const ay_key *key)
{
    return (ay_str){(const char *)key->raw, key->raw_len};
}

/* ---- Signatures ---- */

/* The identifier of SM2 is always given: libcrypto would else leave it out. Behind the beginning, since OpenSSL 3.0
 * does not take it with it. */
static bool begin(EVP_MD_CTX *ctx, const ay_key *key, bool sign)
{
    EVP_PKEY_CTX *details = NULL; /* belongs to ctx */
    const char *digest = key->kind == AY_KEY_SM2 ? "SM3" : NULL;
    const int done = sign ? EVP_DigestSignInit_ex(ctx, &details, digest, NULL, NULL, key->pkey, NULL)
                          : EVP_DigestVerifyInit_ex(ctx, &details, digest, NULL, NULL, key->pkey, NULL);
    if (done != 1) return false;
    return key->kind != AY_KEY_SM2 || EVP_PKEY_CTX_set1_id(details, AY_SM2_ID, (int)strlen(AY_SM2_ID)) == 1;
}

static EVP_MD_CTX *open_context(const ay_key *key, bool sign)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx && begin(ctx, key, sign)) return ctx;
    EVP_MD_CTX_free(ctx);
    return NULL;
}

assay_status ay_sign(const ay_key *key, ay_str message, ay_buf *out, assay_err *err)
{
    unsigned char signature[AY_SIGNATURE_MAX];
    size_t len = sizeof signature;
    AY_FAIL_IF(!key->is_private, err, ASSAY_EUSAGE, "a public key cannot sign", "公钥不能用于签名");
    EVP_MD_CTX *ctx = open_context(key, true);
    const bool ok = ctx && EVP_DigestSign(ctx, signature, &len, (const unsigned char *)message.ptr, message.len) == 1;
    EVP_MD_CTX_free(ctx);
    if (!ok) return crypto_failed("sign", "签名", err);
    ay_buf_put(out, signature, len);
    return ay_buf_status(out, err);
}

/* libcrypto's own SM2 is as strict; that of another provider need not be. */
static bool is_strict_der(ay_str signature)
{
    const unsigned char *at = (const unsigned char *)signature.ptr;
    unsigned char *again = NULL;
    if (signature.len == 0 || signature.len > AY_SIGNATURE_MAX) return false;
    ECDSA_SIG *parts = d2i_ECDSA_SIG(NULL, &at, (long)signature.len);
    const int len = parts ? i2d_ECDSA_SIG(parts, &again) : 0;
    const bool ok = len > 0 && (size_t)len == signature.len && memcmp(again, signature.ptr, signature.len) == 0;
    OPENSSL_free(again);
    ECDSA_SIG_free(parts);
    return ok;
}

assay_status ay_verify(const ay_key *key, ay_str message, ay_str signature, assay_err *err)
{
    bool ok = key->kind == AY_KEY_ED25519 ? signature.len == 64 : is_strict_der(signature);
    if (ok) {
        EVP_MD_CTX *ctx = open_context(key, false);
        if (!ctx) return crypto_failed("verify", "验证签名", err);
        /* any other result, and there are negative ones, is a no */
        ok = EVP_DigestVerify(ctx, (const unsigned char *)signature.ptr, signature.len,
                              (const unsigned char *)message.ptr, message.len) == 1;
        EVP_MD_CTX_free(ctx);
    }
    ERR_clear_error();
    AY_FAIL_IF(!ok, err, ASSAY_EFORMAT, "the signature does not verify", "签名验证不通过");
    return ASSAY_OK;
}

bool ay_sm2_der(const unsigned char raw[64], ay_buf *out)
{
    unsigned char *der = NULL;
    ECDSA_SIG *parts = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, SM2_HALF, NULL), *s = BN_bin2bn(raw + SM2_HALF, SM2_HALF, NULL);
    const bool owned = parts && r && s && ECDSA_SIG_set0(parts, r, s) == 1;
    if (!owned) {
        BN_free(r);
        BN_free(s);
    }
    const int len = owned ? i2d_ECDSA_SIG(parts, &der) : 0;
    if (len > 0) ay_buf_put(out, der, (size_t)len);
    OPENSSL_free(der);
    ECDSA_SIG_free(parts);
    return len > 0;
}
