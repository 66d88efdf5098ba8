/* The store: runs, outcomes, scores, findings, tickets and their history, manifests. An SQLite file, or a schema in
 * PostgreSQL; the same tables in both. One run is one transaction: it is wholly there or not at all.
 *
 * Order for a run: open the store, open the run, assay_store_begin, feed the run, finish it, assay_store_add. A store
 * is used by one thread at a time; any number of processes may have it open. */
#ifndef ASSAY_STORE_H
#define ASSAY_STORE_H

#include "assay/run.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct assay_store assay_store;

/* Start from ASSAY_STORE_OPTIONS_INIT; a member left 0 means its default. Strings are copied. */
typedef struct assay_store_options {
    size_t struct_size;
    const char *schema;      /* PostgreSQL: where the tables are; default "assay" */
    uint32_t patience_ms;    /* how long to wait for another writer; default 600000, ten minutes */
    assay_write_fn on_event; /* takes each change of a ticket once it is committed, a line of JSON; NULL: nobody.
                                It must not use the store. */
    void *on_event_ctx;
} assay_store_options;
#define ASSAY_STORE_OPTIONS_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(assay_store_options), 0, 0, 0, 0                                                                        \
    }

/* `where`: a path, or postgresql://USER@HOST/DATABASE (the password belongs into ~/.pgpass).
 * init makes what is missing and is harmless when repeated. Errors: EIO, ESOURCE, EFORMAT (something else is there),
 * EUSAGE, ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_store_init(const char *where, const assay_store_options *options,
                                                        assay_err *err);
/* Bring the tables of an earlier version up to this one's, in one transaction. Harmless when they are. */
ASSAY_NODISCARD ASSAY_API assay_status assay_store_upgrade(const char *where, const assay_store_options *options,
                                                           assay_err *err);
/* Errors also: EUSAGE (no store there, or one of another version: init or upgrade first). */
ASSAY_NODISCARD ASSAY_API assay_status assay_store_open(const char *where, const assay_store_options *options,
                                                        assay_store **ret_store, assay_err *err);
ASSAY_API assay_store *assay_store_close(assay_store *store); /* takes NULL, returns NULL */

/* Before a run is fed: claim its datasets until the store is closed, so that no second run of the same dataset is under
 * way; make sure that the calendar reaches as far as deadlines of this night; tell the run what earlier runs found.
 * The store is the run's until it is finished.
 * Errors: EUSAGE (another run of a dataset is under way, the calendar ends), EIO, ESOURCE, ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_store_begin(assay_store *store, assay_run *run, assay_err *err);

/* What a run changed. */
typedef struct assay_store_delta {
    uint64_t run; /* number of the run in the store */
    uint64_t opened, reopened, closed, gone, changed, unchanged;
} assay_store_delta;

/* Store a finished run and bring its tickets up to date, all in one transaction. Where the run made leaves, they are
 * kept with its tickets as evidence; after assay_archive_add the run has the same id in both and its own manifests are
 * kept as well (not those that a bridge leads from). ret may be NULL. Errors: EUSAGE (the run was not begun with a
 * store), EIO, ESOURCE, ELIMIT, ENOMEM; then nothing of the run is in the store, ret->run is 0. Where events could not
 * be told (on_event answers otherwise than with 0: EIO) the run is stored all the same and *ret is filled. */
ASSAY_NODISCARD ASSAY_API assay_status assay_store_add(assay_store *store, assay_result *result, assay_store_delta *ret,
                                                       assay_err *err);

/* Whether everything in the store fits together: the database itself, every ticket's state against its last event,
 * every finding against its ticket. Writes one line for each fault. *ret_faults 0: whole. */
ASSAY_NODISCARD ASSAY_API assay_status assay_store_check(assay_store *store, assay_write_fn write, void *ctx,
                                                         uint64_t *ret_faults, assay_err *err);
/* Forget what is older than `before` (a day): results, outcomes and scores of runs (the last run of each dataset
 * stays), findings that were over by then, and tickets closed before it with their history. The run log and the archive
 * are never touched. *ret_rows: how many rows went. Errors: EUSAGE (no day), EIO, ESOURCE, ENOMEM. */
ASSAY_NODISCARD ASSAY_API assay_status assay_store_prune(assay_store *store, const char *before, uint64_t *ret_rows,
                                                         assay_err *err);
/* All tables as lines of JSON, {"table": ..., column: value, ...}, in a fixed order: a copy to keep or to load
 * elsewhere. What is masked in the store is masked here. */
ASSAY_NODISCARD ASSAY_API assay_status assay_store_export(assay_store *store, assay_write_fn write, void *ctx,
                                                          assay_err *err);

#ifdef __cplusplus
}
#endif
#endif
