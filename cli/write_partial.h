/* Writing a partial to a file, for the commands that make one. */
#ifndef CLI_WRITE_PARTIAL_H
#define CLI_WRITE_PARTIAL_H

#include "cli.h"

/* The file is whole or not there, and readable by its owner alone: it holds values unmasked. */
int cli_write_partial(const cli_context *cli, assay_run *run, const char *dataset, const assay_partial_options *options,
                      const char *path);

#endif
