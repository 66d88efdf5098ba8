/* What the files of assay tickets share: the options as given, the store, the filter. */
#ifndef CLI_TICKET_REQUEST_H
#define CLI_TICKET_REQUEST_H

#include "options.h"

/* Options, in the order of the table. */
enum {
    TICKET_STORE,
    TICKET_SCHEMA,
    TICKET_PACK,
    TICKET_INCLUDE,
    TICKET_DATASET,
    TICKET_RULE,
    TICKET_SOURCE,
    TICKET_OWNER,
    TICKET_SEVERITY,
    TICKET_STATE,
    TICKET_DUE_BEFORE,
    TICKET_DUE_UNTIL,
    TICKET_KEY,
    TICKET_WHO,
    TICKET_REMARK,
    TICKET_TO,
    TICKET_DAYS,
    TICKET_DAY,
    TICKET_FORMAT,
    TICKET_OUTPUT,
    TICKET_EVENTS,
    TICKET_NOTIFY,
};

typedef struct ticket_request {
    cli_context *cli;
    const cli_given *given;
    assay_store *store;
    assay_pack *pack; /* NULL: none was named */
    assay_ticket_filter filter;
} ticket_request;

const char *ticket_user(void); /* the user's name, NULL when the system has none */

/* Work orders; each returns an exit code. */
int ticket_export(const ticket_request *r);
int ticket_import(const ticket_request *r);

#endif
