/* Events as lines of JSON, for whoever wants to know of every change. */
#include <stdio.h>

#include "base/json.h"
#include "base/mem.h"
#include "store/store.h"

assay_status ay_store_last_event(assay_store *store, int64_t *ret, assay_err *err)
{
    return ay_db_int(store->db, "select coalesce(max(no), 0) from event", NULL, 0, ret, err);
}

enum { NO, TICKET, MOMENT, WHO, ACT, STATE, RUN, REMARK, DETAIL, DATASET, RULE, KEY, OWNER, DUE, COLUMNS };
static const char *const names[COLUMNS] = {"no",     "ticket", "moment",  "who",  "act", "state", "run",
                                           "remark", "detail", "dataset", "rule", "key", "owner", "due"};
static const char sql[] =
    "select e.no, e.ticket, e.moment, e.who, e.act, e.state, e.run, e.remark, e.detail, t.dataset, t.rule, t.key, "
    "t.owner, t.due from event e join ticket t on t.id = e.ticket where e.no > $1 and e.no <= $2 order by e.no";

static void put_event(const ay_rows *rows, ay_buf *out)
{
    ay_json json = {.out = out};
    ay_json_open_object(&json);
    for (int i = 0; i < COLUMNS; i++) {
        const ay_str value = ay_rows_text(rows, i);
        const bool is_json = i == NO || i == RUN || i == DETAIL || i == KEY;
        ay_json_key(&json, names[i]);
        if (!value.ptr) ay_json_null(&json);
        else if (is_json) ay_json_raw(&json, value);
        else ay_json_str(&json, value);
    }
    ay_json_close_object(&json);
    ay_buf_char(out, '\n');
}

/* ctx: the two numbers, as arguments. */
static assay_status tell(assay_store *store, void *ctx, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf line = {0};
    ay_rows *rows = NULL;
    bool end = false;
    AY_TRY(ay_db_query(store->db, sql, (const char *const *)ctx, 2, &rows, err));
    assay_status st = ay_rows_next(rows, &end, err);
    for (; st == ASSAY_OK && !end; st = ay_rows_next(rows, &end, err)) {
        ay_buf_clear(&line);
        put_event(rows, &line);
        st = ay_buf_status(&line, err);
        if (st == ASSAY_OK && store->on_event(store->on_event_ctx, line.ptr, line.len) != 0)
            st = ay_fail(err, ASSAY_EIO, "an event could not be handed on; what was done is in the store",
                         "事件未能送出；已做的更改已存入存储库");
        if (st != ASSAY_OK) break;
    }
    ay_rows_close(rows);
    return st;
}

assay_status ay_store_tell(assay_store *store, int64_t after, int64_t last, assay_err *err)
{
    char texts[2][24];
    snprintf(texts[0], sizeof texts[0], "%lld", (long long)after);
    snprintf(texts[1], sizeof texts[1], "%lld", (long long)last);
    const char *args[] = {texts[0], texts[1]};
    return store->on_event ? ay_store_work(store, false, tell, args, err) : ASSAY_OK;
}
