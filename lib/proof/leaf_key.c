#include "proof/leaf_key.h"

#include <openssl/crypto.h>

#include "base/mem.h"

/* HMAC-SM3 whatever the leaves are hashed with: the keys stay the same when the algorithm changes. */
static assay_status derive(ay_mac *mac, ay_str label, ay_str epoch, unsigned char ret[AY_LEAF_KEY_SIZE], assay_err *err)
{
    ay_digest key;
    AY_TRY(ay_mac_compute(mac, &(ay_message){label, epoch}, 1, &key, err));
    memcpy(ret, key.bytes, AY_LEAF_KEY_SIZE);
    OPENSSL_cleanse(&key, sizeof key);
    return ASSAY_OK;
}

static assay_status derive_both(ay_hasher *hasher, const ay_secret *secret, ay_leaf_options *ret, assay_err *err)
{
    const char epoch[] = {(char)(ret->epoch >> 24), (char)(ret->epoch >> 16), (char)(ret->epoch >> 8),
                          (char)ret->epoch};
    ay_mac *mac = NULL;
    AY_TRY(ay_mac_open(hasher, (ay_str){(const char *)secret->bytes, sizeof secret->bytes}, &mac, err));
    assay_status st = derive(mac, AY_STR("assay-proof index 01"), (ay_str){0}, ret->index_key, err);
    if (st == ASSAY_OK)
        st = derive(mac, AY_STR("assay-proof salt 01"), (ay_str){epoch, sizeof epoch}, ret->salt_key, err);
    ay_mac_free(mac);
    return st;
}

assay_status ay_leaf_keys(const ay_secret *secret, uint32_t epoch, ay_leaf_options *ret, assay_err *err)
{
    ay_hasher *hasher = NULL;
    AY_TRY(ay_hasher_open(AY_SM3, AY_PROVIDER_EVP, &hasher, err));
    ret->epoch = epoch;
    const assay_status st = derive_both(hasher, secret, ret, err);
    ay_hasher_free(hasher);
    return st;
}

void ay_leaf_keys_wipe(ay_leaf_options *options)
{
    OPENSSL_cleanse(options->index_key, sizeof options->index_key);
    OPENSSL_cleanse(options->salt_key, sizeof options->salt_key);
}
