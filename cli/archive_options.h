/* The options that say where proofs are kept and who signs them. */
#ifndef CLI_ARCHIVE_OPTIONS_H
#define CLI_ARCHIVE_OPTIONS_H

#include "options.h"

/* As given; each may be NULL. */
typedef struct cli_archive_given {
    const char *dir, *origin, *verifier, *command;
    const char *const *sign; /* NAME=FILE */
    size_t n_sign;
} cli_archive_given;

/* Open the archive, or tell what is wrong; EXIT_WITHIN and *ret NULL where no folder is named. */
int cli_open_archive(const cli_context *cli, const cli_archive_given *given, assay_archive **ret);

#endif
