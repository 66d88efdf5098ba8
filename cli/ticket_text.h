/* Tickets on standard output: a line each for people, or JSON. */
#ifndef CLI_TICKET_TEXT_H
#define CLI_TICKET_TEXT_H

#include "cli.h"

typedef struct ticket_output {
    const cli_context *cli;
    bool is_json, is_full; /* is_full: keep the ids, for their histories */
    uint64_t n;
    char (*ids)[40];
    size_t n_ids;
} ticket_output;

int ticket_print(void *output, const assay_ticket *ticket); /* an assay_ticket_fn */
int ticket_print_event(void *output, const assay_ticket_event *event);
void ticket_output_free(ticket_output *output);

#endif
