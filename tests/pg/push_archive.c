/* A program that links the library, pushes the records of a file and archives the run.
 *
 *   push_archive PACK DATASET RECORDS PROOFS SECRET PEM ORIGIN COLUMN:TYPE...
 *
 * RECORDS: one record a line, values between tabs: "-" for null, else "x" and the bytes of the value in hexadecimal. */
#include <assay/archive.h>
#include <assay/assay.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACK = 1, DATASET, RECORDS, PROOFS, SECRET, PEM, ORIGIN, FIRST_COLUMN, MAX_COLUMNS = 64 };

/* In the order of assay_type. */
static const char *const type_names[] = {"text",     "boolean", "integer", "decimal",   "float",
                                         "date",     "time",    "timetz",  "timestamp", "timestamptz",
                                         "interval", "uuid",    "bytes",   "json",      "jsonb"};

static assay_column columns[MAX_COLUMNS];

static int read_columns(char **words, int n)
{
    for (int i = 0; i < n; i++) {
        char *colon = strchr(words[i], ':');
        size_t type = 0;
        if (!colon) return -1;
        *colon = 0;
        while (type < sizeof type_names / sizeof *type_names && strcmp(type_names[type], colon + 1) != 0) type++;
        if (type == sizeof type_names / sizeof *type_names) return -1;
        columns[i] = (assay_column){words[i], (assay_type)type};
    }
    return 0;
}

/* In place: the bytes are half as long. */
static size_t from_hex(char *text)
{
    size_t n = 0;
    for (const char *at = text; at[0] && at[1]; at += 2) {
        const char pair[] = {at[0], at[1], 0};
        text[n++] = (char)strtoul(pair, NULL, 16);
    }
    text[n] = 0;
    return n;
}

static assay_status push_value(assay_feed *feed, size_t column, char *value, assay_err *err)
{
    if (value[0] == '-') return ASSAY_OK; /* not set: null */
    const size_t len = from_hex(value + 1);
    switch (columns[column].type) {
    case ASSAY_BOOL:
    case ASSAY_INT:
    case ASSAY_DATE:
    case ASSAY_TIME:
    case ASSAY_TIMESTAMP:
    case ASSAY_TIMESTAMPTZ: return assay_feed_int(feed, column, strtoll(value + 1, NULL, 10), err);
    case ASSAY_FLOAT: return assay_feed_float(feed, column, strtod(value + 1, NULL), err);
    default: return assay_feed_text(feed, column, value + 1, len, err);
    }
}

static assay_status push_line(assay_feed *feed, char *line, assay_err *err)
{
    assay_status st = ASSAY_OK;
    size_t column = 0;
    for (char *value = strtok(line, "\t\n"); value && st == ASSAY_OK; value = strtok(NULL, "\t\n"))
        st = push_value(feed, column++, value, err);
    return st == ASSAY_OK ? assay_feed_next(feed, err) : st;
}

static assay_status push_all(assay_run *run, char **argv, size_t n_columns, assay_err *err)
{
    static char line[1 << 16];
    assay_feed *feed = NULL;
    FILE *records = fopen(argv[RECORDS], "rbe");
    if (!records) return ASSAY_EIO;
    assay_status st = assay_feed_open(run, argv[DATASET], columns, n_columns, &feed, err);
    while (st == ASSAY_OK && fgets(line, sizeof line, records)) st = push_line(feed, line, err);
    const assay_status closed = feed ? assay_feed_close(feed, st == ASSAY_OK ? err : NULL) : st;
    (void)fclose(records);
    return st == ASSAY_OK ? closed : st;
}

static assay_status run_pack(const assay_pack *pack, char **argv, size_t n_columns, assay_result **ret, assay_err *err)
{
    assay_run_options options = ASSAY_RUN_OPTIONS_INIT;
    assay_run *run = NULL;
    options.proof_key = argv[SECRET];
    assay_status st = assay_run_open(pack, &options, &run, err);
    if (st == ASSAY_OK) st = push_all(run, argv, n_columns, err);
    if (st == ASSAY_OK) st = assay_run_finish(run, ret, err);
    assay_run_free(run);
    return st;
}

static assay_status archive(assay_result *result, char **argv, assay_err *err)
{
    const assay_archive_signer signer = {.name = argv[ORIGIN], .key_file = argv[PEM]};
    assay_archive_options options = ASSAY_ARCHIVE_OPTIONS_INIT;
    assay_archive *a = NULL;
    options.origin = argv[ORIGIN];
    options.signers = &signer;
    options.n_signers = 1;
    assay_status st = assay_archive_open(argv[PROOFS], &options, &a, err);
    if (st == ASSAY_OK) st = assay_archive_add(a, result, err);
    assay_archive_close(a);
    return st;
}

int main(int argc, char **argv)
{
    assay_pack *pack = NULL;
    assay_result *result = NULL;
    assay_err err = {0};
    const int n = argc - FIRST_COLUMN;
    if (n < 1 || n > MAX_COLUMNS || read_columns(argv + FIRST_COLUMN, n) != 0) {
        fputs("push_archive PACK DATASET RECORDS PROOFS SECRET PEM ORIGIN COLUMN:TYPE...\n", stderr);
        return 2;
    }
    assay_status st = assay_pack_load(argv[PACK], NULL, &pack, NULL, &err);
    if (st == ASSAY_OK) st = run_pack(pack, argv, (size_t)n, &result, &err);
    if (st == ASSAY_OK) st = archive(result, argv, &err);
    assay_result_free(result);
    assay_pack_free(pack);
    if (st != ASSAY_OK) fprintf(stderr, "%s\n", err.text);
    return st == ASSAY_OK ? 0 : 1;
}
