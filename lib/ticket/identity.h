/* Who a ticket is: one rule and one record of one dataset, on every night the same. With the store's own seed in it, so
 * that the number of a ticket tells nothing of a personal key to somebody who tries all keys. */
#ifndef AY_TICKET_IDENTITY_H
#define AY_TICKET_IDENTITY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define AY_TICKET_ID 32 /* hexadecimal digits */

typedef struct ay_namer ay_namer; /* one thread */

assay_status ay_namer_open(ay_str seed, ay_namer **ret, assay_err *err);
ay_namer *ay_namer_free(ay_namer *namer); /* takes NULL */

/* HMAC-SM3(seed, dataset 00 rule 00 key), the first 128 bits. `key` is the key tuple. */
assay_status ay_ticket_id(ay_namer *namer, const char *dataset, const char *rule, ay_str key, char ret[AY_TICKET_ID],
                          assay_err *err);

#endif
