/* Keeping a store: whether it is whole, forgetting what is old, a copy as text. */
#include <stdio.h>

#include "store/store.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/stream.h"
#include "store/schema.h"

#define FLUSH_AT ((size_t)256 << 10)

typedef struct output {
    ay_stream stream;
    uint64_t faults;
    const char *before;
    uint64_t rows;
} output;

/* ---- Whether it is whole ---- */

/* Each names rows that must not be. */
static const struct {
    const char *what, *sql;
} faults[] = {
    {"a ticket whose state is not that of its last event",
     "select t.id from ticket t where t.state <> (select e.state from event e where e.ticket = t.id order by e.no desc "
     "limit 1)"},
    {"a ticket without a history",
     "select t.id from ticket t where not exists (select 1 from event e where e.ticket = t.id)"},
    {"a ticket without its finding", "select t.id from ticket t where not exists (select 1 from finding f where "
                                     "f.ticket = t.id and f.run = t.version)"},
    {"a ticket with several findings that hold",
     "select f.ticket from finding f where f.gone is null group by f.ticket having count(*) > 1"},
    {"a ticket that is to be corrected and has no finding that holds",
     "select t.id from ticket t where t.state not in ('closed', 'gone') and t.digest <> '' and not exists (select 1 "
     "from "
     "finding f where f.ticket = t.id and f.gone is null)"}, /* without a digest: reopened by somebody */
    {"a finding without its ticket",
     "select f.ticket from finding f where not exists (select 1 from ticket t where t.id = f.ticket)"},
    {"an event without its ticket",
     "select e.ticket from event e where not exists (select 1 from ticket t where t.id = e.ticket)"},
    {"a closed ticket without a day or a reason",
     "select t.id from ticket t where t.state in ('closed', 'gone') and (t.closed is null or t.resolution is null)"},
    {"an outcome without its run",
     "select o.rule from outcome o where not exists (select 1 from run r where r.no = o.run)"},
};

static assay_status put_faults(assay_store *store, output *out, size_t i, assay_err *err)
{
    ay_rows *rows = NULL;
    bool end = false;
    AY_TRY(ay_db_query(store->db, faults[i].sql, NULL, 0, &rows, err));
    assay_status st = ay_rows_next(rows, &end, err);
    while (st == ASSAY_OK && !end) {
        out->faults++;
        ay_buf_printf(&out->stream.buf, "%s: ", faults[i].what);
        ay_buf_str(&out->stream.buf, ay_rows_text(rows, 0));
        ay_buf_char(&out->stream.buf, '\n');
        st = ay_stream_flush(&out->stream, FLUSH_AT, err);
        if (st == ASSAY_OK) st = ay_rows_next(rows, &end, err);
    }
    ay_rows_close(rows);
    return st;
}

static assay_status check(assay_store *store, void *ctx, assay_err *err)
{
    output *out = (output *)ctx;
    AY_TRY(ay_db_check(store->db, &out->stream.buf, err));
    for (size_t at = 0; at < out->stream.buf.len; at++) out->faults += out->stream.buf.ptr[at] == '\n';
    for (size_t i = 0; i < AY_COUNT(faults); i++) AY_TRY(put_faults(store, out, i, err));
    return ay_stream_flush(&out->stream, 0, err);
}

assay_status assay_store_check(assay_store *store, assay_write_fn write, void *ctx, uint64_t *ret_faults,
                               assay_err *err)
{
    output out = {.stream = {.write = write, .ctx = ctx}};
    const assay_status st = ay_store_work(store, false, check, &out, err);
    *ret_faults = out.faults;
    ay_buf_free(&out.stream.buf);
    return st;
}

/* ---- Forgetting ---- */

/* $1: the day. Results of runs that are not the last of any of their datasets; what hangs on tickets goes before them.
 */
#define OLD_RUN "(select no from run where day < $1 and no not in (select max(run) from reading group by dataset))"
/* One whose fault is still there stays (digest): "no fault" was said of it, and without it the next run would find it
 * anew. */
#define OLD_TICKET "(select id from ticket where state in ('closed', 'gone') and closed < $1 and digest = '')"

static const struct {
    const char *count, *forget;
} old[] = {
    {"select count(*) from event where ticket in " OLD_TICKET, "delete from event where ticket in " OLD_TICKET},
    {"select count(*) from finding where ticket in " OLD_TICKET, "delete from finding where ticket in " OLD_TICKET},
    {"select count(*) from finding where gone in " OLD_RUN
     " and not exists (select 1 from ticket t where t.id = finding.ticket and t.version = finding.run)",
     "delete from finding where gone in " OLD_RUN
     " and not exists (select 1 from ticket t where t.id = finding.ticket and t.version = finding.run)"},
    {"select count(*) from ticket where id in " OLD_TICKET, "delete from ticket where id in " OLD_TICKET},
    {"select count(*) from outcome where run in " OLD_RUN, "delete from outcome where run in " OLD_RUN},
    {"select count(*) from figure where run in " OLD_RUN, "delete from figure where run in " OLD_RUN},
    {"select count(*) from score where run in " OLD_RUN, "delete from score where run in " OLD_RUN},
    {"select count(*) from run where result is not null and no in " OLD_RUN,
     "update run set result = null where no in " OLD_RUN},
};

static assay_status prune(assay_store *store, void *ctx, assay_err *err)
{
    output *out = (output *)ctx;
    for (size_t i = 0; i < AY_COUNT(old); i++) {
        int64_t n;
        AY_TRY(ay_db_int(store->db, old[i].count, &out->before, 1, &n, err));
        if (n) AY_TRY(ay_db_exec(store->db, old[i].forget, &out->before, 1, err));
        out->rows += (uint64_t)n;
    }
    return ASSAY_OK;
}

assay_status assay_store_prune(assay_store *store, const char *before, uint64_t *ret_rows, assay_err *err)
{
    int64_t day;
    output out = {.before = before};
    AY_TRY(ay_day_take(before, &day, err));
    AY_TRY(ay_store_work(store, true, prune, &out, err));
    *ret_rows = out.rows;
    return ASSAY_OK;
}

/* ---- A copy ---- */

static void put_row(const ay_table *table, const ay_rows *rows, ay_buf *out)
{
    ay_json json = {.out = out};
    int column = 0;
    ay_json_open_object(&json);
    ay_json_key(&json, "table");
    ay_json_text(&json, table->name);
    for (const char *at = table->columns; *at; column++) {
        char name[64];
        const int len = (int)strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", len, at);
        at += len + (at[len] ? 2 : 0);
        const ay_str value = ay_rows_text(rows, column);
        ay_json_key(&json, name);
        if (value.ptr) ay_json_str(&json, value);
        else ay_json_null(&json);
    }
    ay_json_close_object(&json);
    ay_buf_char(out, '\n');
}

/* The seed stays: with it anybody could try keys against the numbers of tickets. */
static assay_status put_table(assay_store *store, const ay_table *table, ay_stream *stream, assay_err *err)
{
    char sql[512];
    ay_rows *rows = NULL;
    bool end = false;
    const bool is_meta = strcmp(table->name, "assay_meta") == 0;
    snprintf(sql, sizeof sql, "select %s from %s %s order by %s", table->columns, table->name,
             is_meta ? "where key <> 'seed'" : "", table->order);
    AY_TRY(ay_db_query(store->db, sql, NULL, 0, &rows, err));
    assay_status st = ay_rows_next(rows, &end, err);
    while (st == ASSAY_OK && !end) {
        put_row(table, rows, &stream->buf);
        st = ay_stream_flush(stream, FLUSH_AT, err);
        if (st == ASSAY_OK) st = ay_rows_next(rows, &end, err);
    }
    ay_rows_close(rows);
    return st;
}

static assay_status export_all(assay_store *store, void *ctx, assay_err *err)
{
    ay_stream *stream = (ay_stream *)ctx;
    for (size_t i = 0; ay_schema_table(i); i++) AY_TRY(put_table(store, ay_schema_table(i), stream, err));
    return ay_stream_flush(stream, 0, err);
}

assay_status assay_store_export(assay_store *store, assay_write_fn write, void *ctx, assay_err *err)
{
    ay_stream stream = {.write = write, .ctx = ctx};
    const assay_status st = ay_store_work(store, false, export_all, &stream, err);
    ay_buf_free(&stream.buf);
    return st;
}
