/* Ctrl-C and its like end a run in order: exit code 4, nothing half-written. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include "cli.h"

/* From now on a signal cancels this run; NULL: none. The first argument is not used, so that this can be an
 * assay_run_options.on_run. */
void cli_interrupt(void *ctx, assay_run *run);
/* Whether a signal came since the first run. */
bool cli_is_interrupted(void);

#endif
