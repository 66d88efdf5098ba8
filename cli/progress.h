/* One line on the terminal: records, rate, time left. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli.h"

typedef struct cli_progress {
    const cli_context *cli;
    bool shown;
} cli_progress;

void cli_show_progress(void *progress, const assay_progress *now); /* assay_run_options.progress */
void cli_clear_progress(cli_progress *progress);

#endif
