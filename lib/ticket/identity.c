#include "ticket/identity.h"

#include "base/mem.h"
#include "proof/base64.h"
#include "proof/digest.h"

struct ay_namer {
    ay_hasher *hasher;
    ay_mac *mac;
    ay_buf message;
};

assay_status ay_namer_open(ay_str seed, ay_namer **ret, assay_err *err)
{
    ay_namer *namer = AY_NEW(ay_namer);
    AY_NOMEM_IF(!namer, err);
    assay_status st = ay_hasher_open(AY_SM3, AY_PROVIDER_LANES, &namer->hasher, err);
    if (st == ASSAY_OK) st = ay_mac_open(namer->hasher, seed, &namer->mac, err);
    if (st == ASSAY_OK) *ret = namer;
    else ay_namer_free(namer);
    return st;
}

ay_namer *ay_namer_free(ay_namer *namer)
{
    if (!namer) return NULL;
    ay_mac_free(namer->mac);
    ay_hasher_free(namer->hasher);
    ay_buf_free(&namer->message);
    return ay_free(namer);
}

assay_status ay_ticket_id(ay_namer *namer, const char *dataset, const char *rule, ay_str key, char ret[AY_TICKET_ID],
                          assay_err *err)
{
    ay_digest digest;
    ay_buf_clear(&namer->message);
    ay_buf_put(&namer->message, dataset, strlen(dataset) + 1);
    ay_buf_put(&namer->message, rule, strlen(rule) + 1);
    ay_buf_str(&namer->message, key);
    AY_TRY(ay_buf_status(&namer->message, err));
    const ay_message message = {.body = ay_buf_view(&namer->message)};
    AY_TRY(ay_mac_compute(namer->mac, &message, 1, &digest, err));
    ay_buf_clear(&namer->message);
    ay_hex_put((ay_str){(const char *)digest.bytes, AY_TICKET_ID / 2}, &namer->message);
    AY_TRY(ay_buf_status(&namer->message, err));
    memcpy(ret, namer->message.ptr, AY_TICKET_ID);
    return ASSAY_OK;
}
