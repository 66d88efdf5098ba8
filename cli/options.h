/* A table of options, and one reader for all commands. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stddef.h>

#include "cli.h"

typedef enum cli_kind { CLI_FLAG, CLI_TEXT, CLI_LIST } cli_kind;

typedef struct cli_option {
    const char *name; /* without the dashes; NULL ends a table */
    cli_kind kind;
    const char *value; /* what stands for the value in the help, e.g. "FILE" */
    const char *help, *help_zh;
    const char *const *words; /* the only values allowed; NULL: any */
} cli_option;

#define CLI_LIST_MAX 1024
#define CLI_LISTS    6

/* What was given, in the order of the table. */
typedef struct cli_given {
    const char *texts[40];                      /* CLI_TEXT: the value; CLI_FLAG: "" when given */
    const char *lists[CLI_LISTS][CLI_LIST_MAX]; /* CLI_LIST, in the order of the lists in the table */
    size_t list_counts[CLI_LISTS];
    const char *const *words; /* arguments that are not options, in the memory of argv */
    size_t n_words;
} cli_given;

/* Options every command has; they are read into cli and need no entry in a command's table. */
extern const cli_option cli_common_options[];

/* Reads argv[1..], which is reordered; "--" ends the options, -o is --output. Returns EXIT_WITHIN, or EXIT_USAGE after
 * telling what is wrong; -1 after
 * --help was printed. */
int cli_read_options(cli_context *cli, const cli_command *command, int argc, char **argv, cli_given *ret);
void cli_print_help(const cli_context *cli, const cli_command *command, FILE *out);

/* "64MiB", "2G", "1000": bytes (K, M, G, T with optional iB are powers of 1024). False: not a size. */
bool cli_parse_size(const char *text, uint64_t *ret);
bool cli_parse_uint(const char *text, uint64_t max, uint64_t *ret);
/* The value of an option that is a number above 0, or a size; NULL: not given, and *ret stays. EXIT_USAGE when it is
 * neither, after telling. */
typedef enum cli_number { CLI_COUNT, CLI_SIZE } cli_number;
int cli_read_number(const cli_context *cli, const char *option, const char *text, cli_number is, uint64_t max,
                    uint64_t *ret);

#endif
