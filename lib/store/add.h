/* Storing a run: what add.c hands to reconcile.c. */
#ifndef AY_STORE_ADD_H
#define AY_STORE_ADD_H

#include "run/result.h"
#include "store/store.h"

/* The run that is being stored. */
typedef struct ay_adding {
    assay_result *result;
    int64_t run; /* its number */
    char run_text[24];
    char day[AY_MOMENT_SIZE];    /* of its as-of, in the pack's zone */
    char moment[AY_MOMENT_SIZE]; /* its as-of, UTC */
    const char **due;            /* [source of the pack] the day by which a ticket of today is due */
    int64_t events_before, events_after;
    assay_store_delta *delta;
} ay_adding;

/* Bring the tickets of one dataset up to date. In a transaction. */
assay_status ay_reconcile(assay_store *store, const ay_adding *adding, const ay_dataset_result *dataset,
                          assay_err *err);

/* Of a ticket under this rule: the source that answers for it, and who that is. */
uint32_t ay_answerable_source(const ay_dataset *dataset, const ay_rule *rule);
const char *ay_answerable_owner(const assay_pack *pack, uint32_t source);

#endif
