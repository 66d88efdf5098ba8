/* Where a store is, and who is told of what changes in it. */
#ifndef CLI_STORE_OPTIONS_H
#define CLI_STORE_OPTIONS_H

#include "options.h"

/* Takers of events, a line of JSON each: a file that is appended to, the standard input of a command. Zero-initialise.
 */
typedef struct cli_events {
    const cli_context *cli;
    const char *path, *command; /* each may be NULL */
    FILE *file, *pipe;
    bool has_failed;
} cli_events;

/* EXIT_USAGE, told: it names a password. */
int cli_check_store(const cli_context *cli, const char *where);
/* As given: where NULL is "assay.db", schema NULL the default. events->path "-": standard output. The store is to be
 * closed before the events are. Tells what is wrong; EXIT_WITHIN otherwise. */
int cli_open_store(const cli_context *cli, const char *where, const char *schema, cli_events *events,
                   assay_store **ret);
/* EXIT_IO, told, where an event could not be handed on or the command failed. */
int cli_close_events(cli_events *events);

#endif
