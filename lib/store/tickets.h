/* Tickets of a filter, one by one, for the files of the store. */
#ifndef AY_STORE_TICKETS_H
#define AY_STORE_TICKETS_H

#include "store/filter.h"
#include "store/store.h"

typedef struct ay_listed {
    assay_ticket ticket; /* strings until the function returns */
    bool is_masked;      /* something of its last finding is not shown as it is */
} ay_listed;

typedef assay_status (*ay_listed_fn)(void *ctx, const ay_listed *listed, assay_err *err);

/* In a transaction, in order of dataset, deadline, id. */
assay_status ay_tickets_each(assay_store *store, const ay_filter *filter, ay_listed_fn fn, void *ctx, assay_err *err);

#endif
