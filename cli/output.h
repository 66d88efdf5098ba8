/* Files that are whole or not there: written under a temporary name, flushed to disk, then renamed. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli.h"

typedef struct cli_file {
    char path[4096], temporary[4096 + 16];
    FILE *stream;
    uint64_t size, begun; /* bytes written, and of these how many the disk was told to begin with */
} cli_file;

/* Each returns 0, or tells the user and returns EXIT_IO. */
int cli_file_open(const cli_context *cli, const char *dir, const char *name, cli_file *ret);
int cli_file_write(void *file, const void *bytes, size_t len); /* assay_write_fn; refuses when a signal came */
int cli_file_flush(const cli_context *cli, cli_file *file);    /* to the disk */
int cli_file_commit(const cli_context *cli, cli_file *file);   /* rename; flushed before */
void cli_file_discard(cli_file *file);                         /* harmless after commit */
int cli_make_dir(const cli_context *cli, const char *dir, bool *ret_made); /* *ret_made: it was not there before */
int cli_complain_unwritten(const cli_context *cli, const char *path);      /* with errno's reason; returns EXIT_IO */

/* assay_write_fn over a FILE; refuses when a signal came. */
int cli_write_stream(void *stream, const void *bytes, size_t len);
/* The same over standard output, whose reader may be slow or asleep: a signal ends the wait. */
int cli_write_stdout(void *unused, const void *bytes, size_t len);

#endif
