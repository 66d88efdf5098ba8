#include "proof/hasher.h"

#include <openssl/crypto.h>

#include "base/mem.h"

#define BLOCK AY_SM3_BLOCK /* SHA-256 has the same */

/* The states behind key ^ ipad and key ^ opad: for libcrypto as contexts to copy, for the lanes as words. */
struct ay_mac {
    ay_hasher *hasher;
    EVP_MD_CTX *inner, *outer;
    ay_sm3_start inner_start, outer_start;
};

static void xor_key(const unsigned char *key, unsigned char pad, unsigned char *ret)
{
    for (unsigned i = 0; i < BLOCK; i++) ret[i] = key[i] ^ pad;
}

static bool set_evp(const ay_hasher *hasher, const unsigned char *block, EVP_MD_CTX **ret)
{
    *ret = EVP_MD_CTX_new();
    return *ret && EVP_DigestInit_ex2(*ret, hasher->md, NULL) == 1 && EVP_DigestUpdate(*ret, block, BLOCK) == 1;
}

static bool set_states(ay_mac *mac, const unsigned char *key)
{
    unsigned char inner[BLOCK], outer[BLOCK];
    xor_key(key, 0x36, inner);
    xor_key(key, 0x5c, outer);
    bool ok = true;
    if (mac->hasher->kernel) {
        ay_sm3_start_behind(inner, &mac->inner_start);
        ay_sm3_start_behind(outer, &mac->outer_start);
    } else {
        ok = set_evp(mac->hasher, inner, &mac->inner) && set_evp(mac->hasher, outer, &mac->outer);
    }
    OPENSSL_cleanse(inner, sizeof inner);
    OPENSSL_cleanse(outer, sizeof outer);
    return ok;
}

static assay_status key_block(ay_hasher *hasher, ay_str key, unsigned char *ret, assay_err *err)
{
    memset(ret, 0, BLOCK);
    if (key.len > BLOCK) return ay_hash(hasher, &(ay_message){.body = key}, 1, (ay_digest *)(void *)ret, err);
    if (key.len) memcpy(ret, key.ptr, key.len);
    return ASSAY_OK;
}

assay_status ay_mac_open(ay_hasher *hasher, ay_str key, ay_mac **ret, assay_err *err)
{
    unsigned char block[BLOCK];
    ay_mac *mac = AY_NEW(ay_mac);
    AY_NOMEM_IF(!mac, err);
    mac->hasher = hasher;
    assay_status status = key_block(hasher, key, block, err);
    if (status == ASSAY_OK && !set_states(mac, block)) status = ay_fail_libcrypto(hasher->alg, err);
    OPENSSL_cleanse(block, sizeof block);
    if (status != ASSAY_OK) {
        (void)ay_mac_free(mac);
        return status;
    }
    *ret = mac;
    return ASSAY_OK;
}

ay_mac *ay_mac_free(ay_mac *mac)
{
    if (!mac) return NULL;
    EVP_MD_CTX_free(mac->inner);
    EVP_MD_CTX_free(mac->outer);
    OPENSSL_cleanse(mac, sizeof *mac);
    return (ay_mac *)ay_free(mac);
}

/* One half: H(what is in `from` ‖ message). */
static assay_status half(ay_mac *mac, const EVP_MD_CTX *from, const ay_message *message, ay_digest *ret, assay_err *err)
{
    ay_hasher *hasher = mac->hasher;
    if (EVP_MD_CTX_copy_ex(hasher->ctx, from) != 1) return ay_fail_libcrypto(hasher->alg, err);
    AY_TRY(ay_hasher_put(hasher, message->head, err));
    AY_TRY(ay_hasher_put(hasher, message->body, err));
    return ay_hasher_end(hasher, ret, err);
}

static ay_message message_of(const ay_digest *digest)
{
    return (ay_message){.body = {(const char *)digest->bytes, AY_DIGEST_SIZE}};
}

static assay_status compute_evp(ay_mac *mac, const ay_message *messages, size_t n, ay_digest *ret, assay_err *err)
{
    for (size_t i = 0; i < n; i++) {
        AY_TRY(half(mac, mac->inner, &messages[i], &ret[i], err));
        const ay_message inner = message_of(&ret[i]);
        AY_TRY(half(mac, mac->outer, &inner, &ret[i], err));
    }
    return ASSAY_OK;
}

assay_status ay_mac_compute(ay_mac *mac, const ay_message *messages, size_t n, ay_digest *ret, assay_err *err)
{
    if (!mac->hasher->kernel) return compute_evp(mac, messages, n, ret, err);
    ay_sm3_mac_batch(mac->hasher->kernel, &mac->inner_start, &mac->outer_start, messages, n, ret);
    return ASSAY_OK;
}
