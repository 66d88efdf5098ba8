/* Runs: applying a pack to records from PostgreSQL, from files, or pushed by the caller.
 *
 * open -> feed every dataset (postgres, file or push) -> finish -> write the result. One run is used by one thread at a
 * time; it starts its own threads where `jobs` says so. A failed call ends the run: afterwards assay_run_free is
 * allowed, which also frees feeds that are open; everything else answers EUSAGE. */
#ifndef ASSAY_RUN_H
#define ASSAY_RUN_H

#include "assay/pack.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct assay_run assay_run;
typedef struct assay_feed assay_feed;
typedef struct assay_result assay_result;

typedef struct assay_progress {
    const char *dataset;
    uint64_t records;    /* read so far in this dataset */
    uint64_t expected;   /* the server's estimate, 0: unknown */
    uint64_t elapsed_us; /* since the dataset was begun */
    int done;            /* 1: the dataset is read */
} assay_progress;

/* Start from ASSAY_RUN_OPTIONS_INIT; a member left 0 means its default. Strings are copied. */
typedef struct assay_run_options {
    size_t struct_size;
    const char *as_of;           /* "2026-01-31", "2026-01-31T08:00:00+08:00"; without zone in the pack's; NULL: now */
    const char *const *datasets; /* only these; default: all of the pack */
    size_t n_datasets;
    const char *const *reveal; /* "dataset.field" shown unmasked in findings; recorded in the result */
    size_t n_reveal;
    const char *lang;       /* "en" (default) or "zh": language of the reasons in findings */
    uint32_t jobs;          /* connections and threads reading one dataset; default 1, at most 64. With a proof_key
                             * each has a second thread, which makes leaves; with bridge_alg a third */
    uint32_t batch_records; /* records in a batch; default 512, at most 4096 */
    uint64_t memory;        /* bytes that a run is to take, default 512 MiB, however many records there are. A quarter,
                             * at most 32 MiB, is for batches, buffers and code; of the rest sets and findings spill
                             * when they reach seven eighths, and the last one is for merging and sorting what was
                             * spilled; records of `unique` beyond one eighth go to a temporary file before that, if one
                             * can be had */
    uint64_t spill_limit;   /* bytes that temporary files take at any time; default: no limit */
    const char *spill_dir;  /* default: $TMPDIR, else /tmp */
    void (*progress)(void *ctx,
                     const assay_progress *progress); /* at most every 100 ms, never from two threads at once */
    void *progress_ctx;
    const char *const *rules; /* only these rule ids are run (explain, debugging); default: all */
    size_t n_rules;
    void (*on_run)(void *ctx,
                   assay_run *run); /* assay_explain: its run, so that it can be cancelled; NULL when it ends */
    void *on_run_ctx;
    const char *pseudonym_key; /* file of the key for fields shown as pseudonyms, see assay/key.h; default: none, then a
                                * selected dataset with such a field is EUSAGE */
    const char *proof_key; /* file of the secret that leaves are made with (assay/key.h): every record that is read gets
                            * a leaf, for assay_archive_add; default: none, and no leaves */
    const char *proof_alg; /* what leaves are hashed with: "sm3" (default) or "sha256" */
    uint32_t proof_epoch;  /* of the salts; default 1 */
    int proof_fields;  /* 1: keep a fingerprint of each field of each record as well (32 bits, personal data), so that a
                        * comparison can name the fields that changed; default 0 */
    int allow_missing; /* 1: finish although chunks of a merged dataset are missing (assay/partial.h): all its rules are
                        * then NOT_EVALUATED. Default 0: ESOURCE */
    int for_partial;   /* 1: only partials will be written of this run: fields shown as pseudonyms need no key, since
                        * nothing is shown, and assay_run_finish is EUSAGE. Default 0 */
    int counts_only;   /* 1: findings are counted and not kept, which takes less time and memory: the result is the same
                        * (`unique` compares keyed fingerprints of 128 bits: among 10^9 values two different ones are
                        * taken for the same with a probability below 2 in 10^21), but ASSAY_RESULT_FINDINGS,
                        * assay_store_begin and assay_run_partial are EUSAGE, and a manifest names no findings. Default
                        * 0 */
    /* For a change of algorithm, epoch or secret: leaves are also made as they were before, of the same reading, and
     * assay_archive_add writes a manifest of them and behind it the run's own, which names that one as what its bridge
     * leads from. The last manifest of each dataset must be of that algorithm and epoch (assay_archive_check); that the
     * secret is that of then cannot be seen. Twice the leaves, their files and the time of making them. */
    const char *bridge_alg; /* "sm3" or "sha256"; default: no bridge */
    uint32_t bridge_epoch;  /* default 1 */
    const char *bridge_key; /* file of the secret; default: proof_key */
} assay_run_options;
#define ASSAY_RUN_OPTIONS_INIT                                                                                         \
    {                                                                                                                  \
        sizeof(assay_run_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0  \
    }

/* Errors: EUSAGE (unknown dataset, field, rule, as_of; no key for pseudonyms), EIO and EFORMAT (a key), ENOMEM. The
 * pack must outlive the run and its result. */
ASSAY_NODISCARD ASSAY_API assay_status assay_run_open(const assay_pack *pack, const assay_run_options *options,
                                                      assay_run **ret_run, assay_err *err);
ASSAY_API assay_run *assay_run_free(assay_run *run); /* takes NULL, returns NULL */
/* Ask the run to stop at the next batch: it then fails with ECANCELLED. Any thread, and a signal handler, may call it.
 */
ASSAY_API void assay_run_cancel(assay_run *run);

/* Read datasets that name a table or a query from PostgreSQL, all in one REPEATABLE READ READ ONLY transaction.
 * conninfo: a libpq connection string or URI; "" or NULL: PG* environment, service file, ~/.pgpass.
 * dataset NULL: every selected dataset that has a table or query and was not fed yet.
 * Errors: ESOURCE (server, permission, missing table; the message names it), EUSAGE (a field that the table lacks, a
 * type that does not fit: all of them, before the first record), ECANCELLED, EIO, ELIMIT, ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_run_postgres(assay_run *run, const char *dataset, const char *conninfo,
                                                          assay_err *err);

/* A piece of one dataset's relation, for chunks that are read apart from each other (assay/partial.h). Start from
 * ASSAY_PIECE_INIT. */
typedef struct assay_piece {
    size_t struct_size;
    const char *table; /* read this table or partition, in place of what the pack names; default: that */
    uint32_t part, of; /* the part-th of `of` pieces, 1 <= part <= of <= 100000; 0 and 0: all of it. Every page of the
                        * table is in one piece, whatever its size is when each is read */
    const char *snapshot; /* as pg_export_snapshot() named it in a transaction that is still open; default: its own */
} assay_piece;
#define ASSAY_PIECE_INIT                                                                                               \
    {                                                                                                                  \
        sizeof(assay_piece), 0, 0, 0, 0                                                                                \
    }
/* As assay_run_postgres, over one connection. The result names the pack's table as the place. EUSAGE also for pieces of
 * what has no pages of its own: a query, a view, a foreign table. */
ASSAY_NODISCARD ASSAY_API assay_status assay_run_postgres_piece(assay_run *run, const char *dataset,
                                                                const char *conninfo, const assay_piece *piece,
                                                                assay_err *err);

typedef enum assay_file_format {
    ASSAY_FILE_CSV = 0,
    ASSAY_FILE_COPY_TEXT = 1,
    ASSAY_FILE_COPY_BINARY = 2
} assay_file_format;

typedef struct assay_file_options {
    size_t struct_size;
    assay_file_format format;
    char delimiter;        /* default ',' (CSV), tab (COPY text) */
    char quote;            /* CSV; default '"' */
    int no_header;         /* 1: no header line; columns are the pack's fields in order */
    const char *null_text; /* unquoted text that means NULL; default "" (CSV), "\N" (COPY text) */
    const char *encoding;  /* "UTF-8" (default), "GB18030", any name iconv knows */
    int lenient;          /* 1: a record that cannot be split or decoded is a finding of DATASET.record, not an error */
    uint64_t field_limit; /* bytes of one field; default 64 MiB */
    int whole;            /* 1: text whose last line has no line end was cut off, and is EFORMAT; default 0 */
} assay_file_options;
#define ASSAY_FILE_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(assay_file_options), ASSAY_FILE_CSV, 0, 0, 0, 0, 0, 0, 0, 0                                             \
    }

/* Read one dataset from a file; path "-": standard input. Errors: EIO, EFORMAT (err->line is the line in the file),
 * EUSAGE, ELIMIT, ECANCELLED, ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_run_file(assay_run *run, const char *dataset, const char *path,
                                                      const assay_file_options *options, assay_err *err);

/* ---- Push: records from the caller ---- */

typedef enum assay_type {
    ASSAY_TEXT,
    ASSAY_BOOL,
    ASSAY_INT,
    ASSAY_DECIMAL,
    ASSAY_FLOAT,
    ASSAY_DATE,
    ASSAY_TIME,
    ASSAY_TIMETZ,
    ASSAY_TIMESTAMP,
    ASSAY_TIMESTAMPTZ,
    ASSAY_INTERVAL,
    ASSAY_UUID,
    ASSAY_BYTES,
    ASSAY_JSON,
    ASSAY_JSONB
} assay_type;

typedef struct assay_column {
    const char *name;
    assay_type type;
} assay_column;

typedef struct assay_str {
    const char *ptr;
    size_t len;
} assay_str;

/* Begin pushing a dataset. Columns may stand in any order; those that no rule needs are ignored.
 * Several feeds of different datasets may be open at once. A dataset that is unknown or was read already: EUSAGE, and
 * the run goes on. */
ASSAY_NODISCARD ASSAY_API assay_status assay_feed_open(assay_run *run, const char *dataset, const assay_column *columns,
                                                       size_t n, assay_feed **ret_feed, assay_err *err);
/* Set one value of the record being built; a column not set is null. The value is copied.
 * int: BOOL (0/1), INT, DATE (days since 1970-01-01), TIME, TIMESTAMP (local), TIMESTAMPTZ (UTC) (microseconds);
 * INT64_MAX and INT64_MIN are infinity and -infinity of days and moments.
 * text: TEXT, JSON, JSONB, BYTES, UUID (16 bytes or text form), DECIMAL, INTERVAL, TIMETZ in text form (EFORMAT when it
 * cannot be read). A value of a kind that the column is not: EUSAGE. Text that is not UTF-8: EFORMAT. */
ASSAY_NODISCARD ASSAY_API assay_status assay_feed_int(assay_feed *feed, size_t column, int64_t value, assay_err *err);
ASSAY_NODISCARD ASSAY_API assay_status assay_feed_float(assay_feed *feed, size_t column, double value, assay_err *err);
ASSAY_NODISCARD ASSAY_API assay_status assay_feed_text(assay_feed *feed, size_t column, const char *ptr, size_t len,
                                                       assay_err *err);
/* End the record. */
ASSAY_NODISCARD ASSAY_API assay_status assay_feed_next(assay_feed *feed, assay_err *err);
/* Append whole columns: one vector a column, in order. `null` is a bitmap (bit i of byte i/8 ... little-endian words of
 * 64, bit set = null) or NULL; `values` are int64_t, double or assay_str, as assay_feed_int/float/text would take. The
 * memory is the caller's and may be reused on return. No record may be half built. */
typedef struct assay_vector {
    const uint64_t *null;
    const void *values;
} assay_vector;
ASSAY_NODISCARD ASSAY_API assay_status assay_feed_columns(assay_feed *feed, const assay_vector *columns, uint64_t rows,
                                                          assay_err *err);
/* End the dataset and free the feed (also on failure). A half-built record is EUSAGE. */
ASSAY_NODISCARD ASSAY_API assay_status assay_feed_close(assay_feed *feed, assay_err *err);

/* ---- Result ---- */

typedef enum assay_outcome {
    ASSAY_PASS,
    ASSAY_WARN,
    ASSAY_FAIL,
    ASSAY_VACUOUS,
    ASSAY_NOT_EVALUATED,
    ASSAY_ERROR
} assay_outcome;
ASSAY_API const char *assay_outcome_name(assay_outcome outcome); /* "PASS" ... static */

typedef struct assay_rule_result {
    const char *id, *dataset, *field, *check, *severity, *indicator; /* field may be NULL */
    assay_outcome outcome;
    uint64_t evaluated, failed, skipped, unreadable, excluded; /* excluded: records that `where` left out */
} assay_rule_result;

/* Merge everything, find duplicates and so on, compute scores. The run can only be freed afterwards; the result is
 * independent of it and is freed with assay_result_free. Datasets that were selected but not fed are NOT_EVALUATED. */
ASSAY_NODISCARD ASSAY_API assay_status assay_run_finish(assay_run *run, assay_result **ret_result, assay_err *err);
ASSAY_API assay_result *assay_result_free(assay_result *result);

ASSAY_API size_t assay_result_rule_count(const assay_result *result);
ASSAY_API void assay_result_rule(const assay_result *result, size_t i, assay_rule_result *ret);
/* The worst over all rules: ERROR > NOT_EVALUATED > FAIL > VACUOUS > WARN > PASS; VACUOUS counts as its on_empty says.
 * Without any rule: VACUOUS. */
ASSAY_API assay_outcome assay_result_outcome(const assay_result *result);
ASSAY_API uint64_t assay_result_finding_count(const assay_result *result);
/* Total score in 1/10000 of a point (0..1000000), rounded down; -1: not assessable. */
ASSAY_API int64_t assay_result_score(const assay_result *result);

/* What a run cost. Not part of the result: it differs from run to run. */
typedef struct assay_stats {
    uint64_t records, findings;
    uint64_t peak_memory; /* bytes held for sets and findings at most */
    uint64_t spilled;     /* bytes written to temporary files */
    uint64_t elapsed_us;  /* from open to finish */
} assay_stats;
ASSAY_API void assay_result_stats(const assay_result *result, assay_stats *ret);

typedef enum assay_part {
    ASSAY_RESULT_JSON,     /* result.json, see result.schema.json */
    ASSAY_RESULT_FINDINGS, /* findings.ndjson, ordered by dataset, key, rule */
    ASSAY_RESULT_SUMMARY   /* text for people, in options.lang */
} assay_part;
/* Takes all bytes or returns non-zero: then writing stops with EIO. */
typedef int (*assay_write_fn)(void *ctx, const void *bytes, size_t len);
ASSAY_NODISCARD ASSAY_API assay_status assay_result_write(assay_result *result, assay_part part, assay_write_fn write,
                                                          void *ctx, assay_err *err);

/* ---- Explain ---- */

/* Where the records of one dataset come from. */
typedef struct assay_explain_source {
    const char *conninfo;           /* PostgreSQL, when path is NULL */
    const char *path;               /* a file, read as `file` says */
    const assay_file_options *file; /* may be NULL */
} assay_explain_source;
/* Write, as text in options.lang, for each record with this key (one text a key field): the value, its code points, the
 * predicate, the verdict and its reason, and the clause of the standard. EUSAGE: unknown rule, wrong number of key
 * values, no such record. Values are masked by their level unless revealed. */
ASSAY_NODISCARD ASSAY_API assay_status assay_explain(const assay_pack *pack, const assay_run_options *options,
                                                     const char *rule_id, const char *const *key, size_t n_key,
                                                     const assay_explain_source *source, assay_write_fn write,
                                                     void *ctx, assay_err *err);

#ifdef __cplusplus
}
#endif
#endif
