#include "proof/signers.h"

#include "base/mem.h"
#include "proof/base64.h"

static bool is_same(const ay_signer *a, const ay_signer *b)
{
    return ay_str_eq(a->name, b->name) && memcmp(a->id.bytes, b->id.bytes, sizeof a->id.bytes) == 0;
}

assay_status ay_signers_add(ay_signers *signers, ay_str text, assay_err *err)
{
    ay_signer signer;
    ay_key *key = NULL;
    AY_FAIL_IF(signers->n == AY_SIGNERS_MAX, err, ASSAY_ELIMIT, "more than %d signers", "签名者超过 %d 个",
               AY_SIGNERS_MAX);
    AY_TRY(ay_signer_take(text, &signer, &key, err));
    for (uint32_t i = 0; i < signers->n; i++) {
        if (!is_same(&signers->list[i], &signer)) continue;
        ay_key_free(key);
        return ay_fail(err, ASSAY_EFORMAT, "signer " AY_STR_FMT " is given twice", "签名者 " AY_STR_FMT " 给了两次",
                       AY_STR_ARG(signer.name));
    }
    signers->keys[signers->n] = key;
    signers->list[signers->n++] = signer;
    return ASSAY_OK;
}

void ay_signers_free(ay_signers *signers)
{
    for (uint32_t i = 0; i < signers->n; i++) ay_key_free(signers->keys[i]);
    signers->n = 0;
}

void ay_signers_put(const ay_signers *signers, uint64_t who, ay_buf *out)
{
    const char *between = "";
    for (uint32_t i = 0; i < signers->n; i++) {
        const ay_signer *s = &signers->list[i];
        if (!(who >> i & 1)) continue;
        ay_buf_text(out, between);
        ay_buf_str(out, s->name);
        ay_buf_char(out, '+');
        ay_hex_put((ay_str){(const char *)s->id.bytes, sizeof s->id.bytes}, out);
        between = ", ";
    }
}
