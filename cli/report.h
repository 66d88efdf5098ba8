/* What a command does with a result: the report's files, standard output, the verdict as an exit code. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli.h"

extern const char *const cli_report_formats[]; /* of --format */
extern const char *const cli_report_fail_on[]; /* of --fail-on */

/* Before anything is read: that the folder cannot be written to is not found out at the end of the night. *ret_made: it
 * was not there before. */
int cli_prepare_report(const cli_context *cli, const char *dir, bool *ret_made);
int cli_write_report(const cli_context *cli, assay_result *result, const char *dir);
/* Standard output, the cost on stderr, and the exit code. Format and fail_on may be NULL. */
int cli_conclude(const cli_context *cli, assay_result *result, const char *format, const char *fail_on);

#endif
