#include "proof/leaf.h"

#include <openssl/crypto.h>

#include "base/buf.h"
#include "base/mem.h"

#define CHUNK     256
#define LEAF_HEAD (1 + 4 + AY_KH_SIZE + AY_SALT_SIZE)

struct ay_leaf_maker {
    ay_hasher *hasher;
    ay_mac *index, *salt;
    ay_buf key_head, salt_head; /* what stands before the key's record, before kh */
    /* The batch's scratch. */
    ay_message messages[CHUNK];
    ay_digest macs[CHUNK];
    char leaf_heads[CHUNK][LEAF_HEAD];
};

static void put_be(ay_buf *buf, uint32_t v, unsigned bytes)
{
    while (bytes-- > 0) ay_buf_char(buf, (char)(v >> 8 * bytes));
}

static assay_status write_heads(ay_leaf_maker *maker, const ay_leaf_options *o, assay_err *err)
{
    ay_buf_str(&maker->key_head, AY_STR("CRK\x01"));
    put_be(&maker->key_head, (uint32_t)o->dataset.len, 2);
    ay_buf_str(&maker->key_head, o->dataset);
    ay_buf_str(&maker->salt_head, AY_STR("CRS\x01"));
    put_be(&maker->salt_head, o->epoch, 4);
    put_be(&maker->salt_head, (uint32_t)o->dataset.len, 2);
    ay_buf_str(&maker->salt_head, o->dataset);
    AY_TRY(ay_buf_status(&maker->key_head, err));
    return ay_buf_status(&maker->salt_head, err);
}

static assay_status set_up(ay_leaf_maker *maker, const ay_leaf_options *o, assay_err *err)
{
    AY_TRY(write_heads(maker, o, err));
    const ay_str index_key = {(const char *)o->index_key, AY_LEAF_KEY_SIZE};
    const ay_str salt_key = {(const char *)o->salt_key, AY_LEAF_KEY_SIZE};
    AY_TRY(ay_mac_open(maker->hasher, index_key, &maker->index, err));
    return ay_mac_open(maker->hasher, salt_key, &maker->salt, err);
}

assay_status ay_leaf_maker_open(ay_hasher *hasher, const ay_leaf_options *options, ay_leaf_maker **ret, assay_err *err)
{
    AY_FAIL_IF(options->dataset.len > UINT16_MAX, err, ASSAY_EUSAGE,
               "a dataset name of %zu bytes is too long for leaves", "数据集名称有 %zu 字节，过长，无法生成叶子",
               options->dataset.len);
    ay_leaf_maker *maker = AY_NEW(ay_leaf_maker);
    AY_NOMEM_IF(!maker, err);
    maker->hasher = hasher;
    const assay_status status = set_up(maker, options, err);
    if (status != ASSAY_OK) {
        (void)ay_leaf_maker_free(maker);
        return status;
    }
    *ret = maker;
    return ASSAY_OK;
}

ay_leaf_maker *ay_leaf_maker_free(ay_leaf_maker *maker)
{
    if (!maker) return NULL;
    (void)ay_mac_free(maker->index);
    (void)ay_mac_free(maker->salt);
    ay_buf_free(&maker->key_head);
    ay_buf_free(&maker->salt_head);
    OPENSSL_cleanse(maker, sizeof *maker); /* the last salts */
    return (ay_leaf_maker *)ay_free(maker);
}

static void write_leaf_head(char *to, const void *kh, const void *salt)
{
    memcpy(to,
           "\x00"
           "CRL\x01",
           5);
    memcpy(to + 5, kh, AY_KH_SIZE);
    memcpy(to + 5 + AY_KH_SIZE, salt, AY_SALT_SIZE);
}

static assay_status key_hashes(ay_leaf_maker *maker, const ay_str *keys, size_t n, ay_leaf *ret, assay_err *err)
{
    for (size_t i = 0; i < n; i++) maker->messages[i] = (ay_message){ay_buf_view(&maker->key_head), keys[i]};
    AY_TRY(ay_mac_compute(maker->index, maker->messages, n, maker->macs, err));
    for (size_t i = 0; i < n; i++) memcpy(ret[i].kh, maker->macs[i].bytes, AY_KH_SIZE);
    return ASSAY_OK;
}

/* Behind it, the first bytes of macs[i] are the salts. */
static assay_status salts(ay_leaf_maker *maker, const ay_leaf *leaves, size_t n, assay_err *err)
{
    for (size_t i = 0; i < n; i++)
        maker->messages[i] = (ay_message){ay_buf_view(&maker->salt_head), {(const char *)leaves[i].kh, AY_KH_SIZE}};
    return ay_mac_compute(maker->salt, maker->messages, n, maker->macs, err);
}

static assay_status hashes(ay_leaf_maker *maker, const ay_str *records, size_t n, ay_leaf *ret, assay_err *err)
{
    for (size_t i = 0; i < n; i++) {
        write_leaf_head(maker->leaf_heads[i], ret[i].kh, maker->macs[i].bytes);
        maker->messages[i] = (ay_message){{maker->leaf_heads[i], LEAF_HEAD}, records[i]};
    }
    AY_TRY(ay_hash(maker->hasher, maker->messages, n, maker->macs, err));
    for (size_t i = 0; i < n; i++) ret[i].hash = maker->macs[i];
    return ASSAY_OK;
}

assay_status ay_leaf_make(ay_leaf_maker *maker, const ay_leaf_batch *batch, ay_leaf *ret, ay_salt *ret_salts,
                          assay_err *err)
{
    for (size_t from = 0; from < batch->n; from += CHUNK) {
        const size_t n = batch->n - from < CHUNK ? batch->n - from : CHUNK;
        AY_TRY(key_hashes(maker, batch->keys + from, n, ret + from, err));
        AY_TRY(salts(maker, ret + from, n, err));
        for (size_t i = 0; ret_salts && i < n; i++)
            memcpy(ret_salts[from + i].bytes, maker->macs[i].bytes, AY_SALT_SIZE);
        AY_TRY(hashes(maker, batch->records + from, n, ret + from, err));
    }
    return ASSAY_OK;
}

assay_status ay_leaf_hash(ay_hasher *hasher, const unsigned char kh[AY_KH_SIZE], const ay_salt *salt, ay_str record,
                          ay_digest *ret, assay_err *err)
{
    char head[LEAF_HEAD];
    write_leaf_head(head, kh, salt->bytes);
    return ay_hash(hasher, &(ay_message){{head, LEAF_HEAD}, record}, 1, ret, err);
}
