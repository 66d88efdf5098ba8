/* The options that say where records come from, for the commands that read them. */
#ifndef CLI_SOURCE_OPTIONS_H
#define CLI_SOURCE_OPTIONS_H

#include "options.h"

#define CLI_FILE_WORDS_EN "tab, comma, semicolon or one character"

/* Fill file options from the values given (each may be NULL). Returns EXIT_WITHIN, or tells the user and EXIT_USAGE. */
int cli_read_file_options(const cli_context *cli, const char *delimiter, const char *encoding, const char *null_text,
                          bool no_header, bool lenient, assay_file_options *ret);
/* What was given to say where the records of one dataset come from; each may be NULL. */
typedef struct cli_source_words {
    const char *db, *csv, *copy;
    const char *delimiter, *encoding, *null_text;
    bool no_header;
} cli_source_words;

/* Of a command that numbers its options by these names. */
#define CLI_SOURCE_WORDS(g)                                                                                            \
    {                                                                                                                  \
        .db = (g)->texts[OPT_DB], .csv = (g)->texts[OPT_CSV], .copy = (g)->texts[OPT_COPY],                            \
        .delimiter = (g)->texts[OPT_DELIMITER], .encoding = (g)->texts[OPT_ENCODING],                                  \
        .null_text = (g)->texts[OPT_NULL], .no_header = (g)->texts[OPT_NO_HEADER] != NULL                              \
    }

/* Where they come from then; borrowed by `source`, so it stays where it is. */
typedef struct cli_source {
    assay_explain_source source;
    assay_file_options file;
    char path[4096]; /* of the file that the pack names */
} cli_source;

/* One source, or where none was given what the pack says. Returns as cli_read_file_options. */
int cli_read_source(const cli_context *cli, const cli_source_words *words, const assay_dataset_info *dataset,
                    const char *pack_path, cli_source *ret);
/* --memory and --spill-limit, each may be NULL. */
int cli_read_memory(const cli_context *cli, const char *memory, const char *spill_limit, assay_run_options *ret);
/* A password has no place among the arguments, where every user of the machine can read it. */
int cli_check_conninfo(const cli_context *cli, const char *name, const char *conninfo);

#endif
