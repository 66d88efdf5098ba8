/* What people do with tickets, one by one, for acts by filter and for answers that are imported. In a transaction. */
#ifndef AY_STORE_DEED_H
#define AY_STORE_DEED_H

#include "store/tickets.h"
#include "ticket/act.h"

typedef struct ay_deed {
    ay_act act;
    const char *who, *remark, *owner; /* remark NULL: none */
    uint32_t days;
    int64_t day;
    char day_text[AY_MOMENT_SIZE], moment[AY_MOMENT_SIZE];
    const assay_pack *pack;
    const char *detail; /* of the event; NULL: what the deed itself says */
} ay_deed;

/* Checks what an act needs: EUSAGE. */
assay_status ay_deed_take(const assay_ticket_deed *from, ay_deed *ret, assay_err *err);

/* Deeds are collected, then written together. */
typedef struct ay_deeds {
    assay_store *store;
    ay_arena arena;
    struct ay_done *first, *tail;
} ay_deeds;

/* *ret_refused: it cannot be done with this ticket; err tells why, and the call itself succeeds. */
assay_status ay_deeds_add(ay_deeds *deeds, const ay_deed *deed, const assay_ticket *ticket, bool *ret_refused,
                          assay_err *err);
assay_status ay_deeds_write(ay_deeds *deeds, assay_err *err);
void ay_deeds_free(ay_deeds *deeds);

#endif
