/* A filter of tickets as SQL: conditions over the table `t` and their arguments. */
#ifndef AY_STORE_FILTER_H
#define AY_STORE_FILTER_H

#include "assay/ticket.h"
#include "base/buf.h"

#define AY_FILTER_ARGS 64

typedef struct ay_filter {
    ay_buf sql;                       /* "1 = 1 and ..." */
    const char *args[AY_FILTER_ARGS]; /* the caller's */
    int n, first_id;                  /* from there on they are ids and beginnings of ids */
    bool is_restricted;
    bool may_lack; /* a named ticket that is not there is no error */
} ay_filter;

/* EUSAGE: a state, a day, an id that is none, too many ids. ay_filter_free whatever the outcome. */
assay_status ay_filter_take(const assay_ticket_filter *from, ay_filter *ret, assay_err *err);
void ay_filter_free(ay_filter *filter);

#endif
