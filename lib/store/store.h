/* What the files of the store share. */
#ifndef AY_STORE_STORE_H
#define AY_STORE_STORE_H

#include "assay/store.h"
#include "run/run.h"
#include "store/db.h"
#include "ticket/identity.h"

struct assay_store {
    ay_arena arena;
    ay_db *db;
    const char *seed;   /* of ids and of the fingerprints of keys */
    ay_history history; /* lent to runs that are begun */
    const char *pack;   /* of the run that is begun, whose history is meant: borrowed */
    assay_write_fn on_event;
    void *on_event_ctx;
};

#define AY_MOMENT_SIZE 32

/* "2026-07-01T00:00:00Z", whole seconds; and the clock's. */
void ay_moment_text(int64_t utc_us, char ret[AY_MOMENT_SIZE]);
void ay_moment_now(char ret[AY_MOMENT_SIZE]);
/* "2026-07-01"; and the day it is here. */
void ay_day_text(int64_t day, char ret[AY_MOMENT_SIZE]);
assay_status ay_day_take(const char *text, int64_t *ret, assay_err *err); /* EUSAGE: no such day; NULL is none */
int64_t ay_today(void);
void ay_today_text(char ret[AY_MOMENT_SIZE]);

/* ay_history.last; ctx is the store. */
assay_status ay_store_past(void *ctx, const char *rule_id, uint32_t n, const ay_past_sink *sink, assay_err *err);

/* Begin, do, and commit, or roll back. */
typedef assay_status (*ay_work_fn)(assay_store *store, void *ctx, assay_err *err);
assay_status ay_store_work(assay_store *store, bool to_write, ay_work_fn work, void *ctx, assay_err *err);

/* After a commit: tell the caller of the events behind number `after` up to `last` (another writer may have come in
 * between, who tells of its own), one line of JSON each. */
assay_status ay_store_tell(assay_store *store, int64_t after, int64_t last, assay_err *err);
assay_status ay_store_last_event(assay_store *store, int64_t *ret, assay_err *err); /* in a transaction */

#endif
