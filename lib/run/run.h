/* The run: what was asked for, and one entry a dataset that fills as its records come. */
#ifndef AY_RUN_RUN_H
#define AY_RUN_RUN_H

#include <pthread.h>
#include <stdatomic.h>

#include "assay/run.h"
#include "check/history.h"
#include "pack/pack.h"
#include "run/mask.h"
#include "run/partial.h"
#include "run/partial_head.h"
#include "run/worker.h"

typedef enum ay_fed { AY_UNFED, AY_FEEDING, AY_FED, AY_WRITTEN } ay_fed; /* WRITTEN: as a partial */

/* How the records of a dataset came in; strings live in the run's arena and move with it into the result. */
typedef struct ay_reading_facts {
    const char *kind;                                       /* "postgres" "file" "push"; NULL: not read */
    const char *place;                                      /* table or query, path; "" for push */
    const char *server_version, *database, *snapshot, *lsn; /* "" where there is none */
    bool lenient;
} ay_reading_facts;

/* Where a dataset that was merged comes from: what its partials have in common, and the chunks they cover. Lives in the
 * arena of the run, which frees what it owns. */
typedef struct ay_merged {
    ay_partial_head head;
    uint32_t cap; /* of head.chunks */
    ay_set known; /* name of a chunk -> its number */
} ay_merged;

typedef struct ay_dataset_run {
    bool selected;
    ay_fed fed;
    ay_plan plan;
    ay_partial partial; /* open while fed is FEEDING or FED */
    ay_reading_facts facts;
    ay_merged *origin; /* NULL: not merged */
    uint64_t began_us;
    uint64_t expected;
    _Atomic uint64_t records; /* for progress */
    atomic_bool stop;         /* a part of it failed: the others need not go on */
} ay_dataset_run;

struct assay_run {
    const assay_pack *pack;
    ay_arena arena;           /* options, plans, facts; handed to the result */
    ay_budget *budget;        /* handed to the result, whose findings live in it */
    ay_context *context;      /* in the arena */
    ay_dataset_run *datasets; /* [pack->n_datasets] */
    const char *lang;
    const char *as_of; /* as text, in the pack's zone */
    ay_gate gate;      /* handed to the result */
    uint32_t jobs;
    void (*progress)(void *ctx, const assay_progress *progress);
    void *progress_ctx;
    pthread_mutex_t progress_lock;
    uint64_t progress_last_us;
    uint64_t began_us;
    const ay_trace *trace;
    atomic_bool cancel;
    bool has_as_of; /* it was asked for, or a partial has it */
    bool allows_missing, is_for_partial, counts_only;
    const ay_partial_head *first_head; /* of the first dataset that was merged */
    bool is_merge;                     /* partials were taken: what is not there is missing */
    bool has_read_stdin;
    bool has_failed;          /* only assay_run_free is allowed */
    struct assay_feed *feeds; /* open ones */
};

uint64_t ay_monotonic_us(void);

/* Look out for these keys while the i-th dataset of the pack is read. Before it is fed; the run takes the watch over,
 * also on failure, and hands it to the result (in the dataset's plan). */
assay_status ay_run_watch(assay_run *run, uint32_t dataset, ay_watch *watch, assay_err *err);

/* What rules that look back compare with; before the run is finished, borrowed until then. NULL, as at first: there is
 * no store, and such rules are not evaluated. */
void ay_run_set_history(assay_run *run, const ay_history *history);

/* The entry of a dataset by name: EUSAGE when the pack has none (nearest name), it was not selected, or it was fed. */
assay_status ay_run_dataset(assay_run *run, const char *name, ay_dataset_run **ret, assay_err *err);
/* The entry of a selected dataset by name, whatever was read. */
assay_status ay_run_find(assay_run *run, const char *name, ay_dataset_run **ret, assay_err *err);
/* Open its partial; afterwards workers can be merged into it. */
assay_status ay_run_begin(assay_run *run, ay_dataset_run *d, assay_err *err);
assay_status ay_run_end(assay_run *run, ay_dataset_run *d, assay_err *err);
/* Count records for progress; ECANCELLED when the run was cancelled. Any worker's thread. */
assay_status ay_run_tick(assay_run *run, ay_dataset_run *d, uint64_t records, assay_err *err);

/* Read a source to its end with one worker, folding the findings into `into`. Takes over the source. */
assay_status ay_run_drain(assay_run *run, ay_dataset_run *d, ay_source *source, const ay_schema *all, ay_partial *into,
                          assay_err *err);
/* Read a dataset from a file or the server, whichever is named. */
assay_status ay_run_source(assay_run *run, const char *dataset, const assay_explain_source *source, assay_err *err);

/* Whether the key of a record reads so, one text a key field. `scratch` is cleared; its failure is the caller's to see.
 */
typedef struct ay_key_wanted {
    const ay_dataset *dataset;
    const ay_zone *zone;
    const char *const *texts;
} ay_key_wanted;
bool ay_row_has_key(const ay_key_wanted *wanted, const ay_batch *fields, uint32_t row, ay_buf *scratch);
/* Pass the status of a call on; a failure ends the run. */
assay_status ay_run_ended(assay_run *run, assay_status status);
assay_status ay_run_check(const assay_run *run, assay_err *err); /* EUSAGE after a failure */
void ay_feeds_free(struct assay_feed *feeds);
const char *ay_run_copy(assay_run *run, const char *text); /* into the arena; NULL: no memory */

#endif
