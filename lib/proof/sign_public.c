/* The public functions for keys that sign. */
#include "assay/proof.h"

#include "proof/note.h"

static assay_status write_out(assay_write_fn write, void *ctx, const ay_buf *bytes, assay_err *err)
{
    AY_TRY(ay_buf_status(bytes, err));
    AY_FAIL_IF(write(ctx, bytes->ptr, bytes->len) != 0, err, ASSAY_EIO, "the public key could not be written",
               "无法写出公钥");
    return ASSAY_OK;
}

static assay_status put_signer(const char *name, const ay_key *key, ay_buf *out, assay_err *err)
{
    ay_signer signer;
    AY_TRY(ay_signer_make(ay_str_from(name), key, &signer, err));
    AY_TRY(ay_signer_put(&signer, out, err));
    ay_buf_char(out, '\n');
    return ay_buf_status(out, err);
}

assay_status assay_signing_key_new(const char *path, assay_key_kind kind, const char *name, assay_write_fn write,
                                   void *ctx, assay_err *err)
{
    ay_buf text = {0};
    ay_key *key = NULL;
    AY_FAIL_IF(!path || !path[0], err, ASSAY_EUSAGE, "name a key file", "请给出密钥文件名");
    AY_FAIL_IF(kind != ASSAY_KEY_SM2 && kind != ASSAY_KEY_ED25519, err, ASSAY_EUSAGE, "no such kind of key",
               "没有这种密钥");
    AY_TRY(ay_key_generate(kind == ASSAY_KEY_SM2 ? AY_KEY_SM2 : AY_KEY_ED25519, &key, err));
    assay_status st = name ? put_signer(name, key, &text, err) : ASSAY_OK; /* before there is a file */
    if (st == ASSAY_OK) st = ay_key_store(key, path, err);
    if (st == ASSAY_OK && name) st = write_out(write, ctx, &text, err);
    ay_key_free(key);
    ay_buf_free(&text);
    return st;
}

assay_status assay_public_key_write(const char *path, const char *name, assay_write_fn write, void *ctx, assay_err *err)
{
    ay_buf text = {0};
    ay_key *key = NULL;
    AY_FAIL_IF(!path || !path[0], err, ASSAY_EUSAGE, "name a key file", "请给出密钥文件名");
    AY_TRY(ay_key_load(path, &key, err));
    assay_status st = name ? put_signer(name, key, &text, err) : ay_key_put_pem(key, &text, err);
    if (st == ASSAY_OK) st = write_out(write, ctx, &text, err);
    ay_key_free(key);
    ay_buf_free(&text);
    return st;
}
