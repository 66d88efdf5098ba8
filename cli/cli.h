/* What the commands of the program share. The command line sees the library through include/assay only. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "assay/assay.h"

/* Exit codes, frozen. */
enum {
    EXIT_WITHIN = 0,      /* all rules within tolerance */
    EXIT_FAILED = 1,      /* at least one rule failed, or could not be evaluated */
    EXIT_USAGE = 2,       /* usage or pack error: nothing was run */
    EXIT_IO = 3,          /* source, store or file */
    EXIT_INTERRUPTED = 4, /* Ctrl-C */
    EXIT_INTERNAL = 5
};

typedef struct cli_context {
    bool zh; /* language of messages */
    bool quiet;
    bool color; /* of stderr */
} cli_context;

typedef struct cli_command {
    const char *name;
    const char *summary, *summary_zh;
    const char *usage; /* after "assay NAME " */
    const struct cli_option *options;
    int (*run)(cli_context *cli, int argc, char **argv); /* argv[0] is the command's name */
} cli_command;

extern const cli_command cli_run, cli_scan, cli_merge, cli_lint, cli_explain, cli_key, cli_verify, cli_verify_data,
    cli_prove, cli_store, cli_tickets, cli_checks, cli_standards, cli_version;

/* The one of two texts that is in the user's language. */
const char *cli_say(const cli_context *cli, const char *en, const char *zh)
    __attribute__((format_arg(2), format_arg(3)));
/* "assay: TEXT" on stderr. */
void cli_complain(const cli_context *cli, const char *en, const char *zh, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* Tell err on stderr and return the exit code that belongs to it. */
int cli_fail(const cli_context *cli, const assay_err *err);
int cli_exit_code(assay_status status);
/* Load a pack, telling all its diagnostics on stderr; NULL with *ret_exit set when it has errors. */
assay_pack *cli_load_pack(cli_context *cli, const char *path, const char *const *include_dirs, size_t n, int *ret_exit);
/* The path of a dataset's file, which the pack names relative to its own folder. False: it names none. */
bool cli_dataset_file(const assay_dataset_info *dataset, const char *pack_path, char *path, size_t size);
void cli_print_diags(const cli_context *cli, FILE *out, const assay_diags *diags);

#endif
