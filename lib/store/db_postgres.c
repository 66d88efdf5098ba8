/* The store as a schema in PostgreSQL: the same statements, bulk rows by COPY, names held by advisory locks. */
#include <stdio.h>

#include "base/hash.h"
#include "base/mem.h"
#include "pg/client.h"
#include "store/db_kind.h"

#define SEND_AT ((size_t)64 << 10)

typedef struct postgres_db {
    ay_db base;
    ay_pg_client *client;
    char schema[64];
    bool is_begun;
} postgres_db;

typedef struct postgres_rows {
    ay_rows base;
    ay_pg_rows *rows;
} postgres_rows;

typedef struct postgres_bulk {
    ay_bulk base;
    postgres_db *db;
    ay_buf lines;
    int n;
} postgres_bulk;

static ay_db *close_db(ay_db *base)
{
    postgres_db *db = (postgres_db *)base;
    ay_pg_client_close(db->client);
    return ay_free(db);
}

static assay_status script(ay_db *base, const char *sql, assay_err *err)
{
    return ay_pg_client_script(((postgres_db *)base)->client, sql, err);
}

/* ---- Transactions: writers of one schema wait for each other, as they do for a file ---- */

static long long lock_number(const postgres_db *db, const char *name)
{
    char text[256];
    snprintf(text, sizeof text, "assay store %s %s", db->schema, name);
    return (long long)ay_hash64(ay_str_from(text));
}

static void rollback(ay_db *base)
{
    postgres_db *db = (postgres_db *)base;
    if (db->is_begun) (void)script(base, "rollback", NULL);
    db->is_begun = false;
}

static assay_status begin(ay_db *base, bool to_write, assay_err *err)
{
    postgres_db *db = (postgres_db *)base;
    char sql[160];
    /* A writer sees what the one before it committed, whatever the server's defaults are: its snapshot is not the one
     * with which it began to wait. */
    AY_TRY(script(base,
                  to_write ? "begin transaction isolation level read committed read write"
                           : "begin transaction isolation level repeatable read read only",
                  err));
    db->is_begun = true;
    if (!to_write) return ASSAY_OK;
    snprintf(sql, sizeof sql, "select pg_catalog.pg_advisory_xact_lock(%lld)", lock_number(db, "writer"));
    const assay_status st = script(base, sql, err);
    if (st != ASSAY_OK) rollback(base);
    return st;
}

static assay_status commit(ay_db *base, assay_err *err)
{
    ((postgres_db *)base)->is_begun = false;
    return script(base, "commit", err);
}

/* ---- Statements ---- */

static assay_status exec(ay_db *base, const char *sql, const char *const *args, int n, assay_err *err)
{
    return ay_pg_client_exec(((postgres_db *)base)->client, sql, args, n, err);
}

static const ay_db_kind kind;

static assay_status query(ay_db *base, const char *sql, const char *const *args, int n, ay_rows **ret, assay_err *err)
{
    postgres_rows *rows = AY_NEW(postgres_rows);
    AY_NOMEM_IF(!rows, err);
    rows->base.kind = &kind;
    const assay_status st = ay_pg_client_query(((postgres_db *)base)->client, sql, args, n, &rows->rows, err);
    if (st == ASSAY_OK) *ret = &rows->base;
    else ay_free(rows);
    return st;
}

static assay_status next(ay_rows *rows, bool *ret_end, assay_err *err)
{
    return ay_pg_rows_next(((postgres_rows *)rows)->rows, ret_end, err);
}

static ay_str text(const ay_rows *rows, int column)
{
    return ay_pg_rows_text(((const postgres_rows *)rows)->rows, column);
}

static ay_rows *rows_close(ay_rows *rows)
{
    ay_pg_rows_close(((postgres_rows *)rows)->rows);
    return ay_free(rows);
}

/* ---- Bulk ---- */

static void put_copy(ay_buf *sql, const char *table, const char *const *columns, int n)
{
    ay_buf_printf(sql, "copy %s (", table);
    for (int i = 0; i < n; i++) ay_buf_printf(sql, "%s%s", i ? ", " : "", columns[i]);
    ay_buf_text(sql, ") from stdin");
    ay_buf_char(sql, '\0');
}

static assay_status bulk_open(ay_db *base, const char *table, const char *const *columns, int n, ay_bulk **ret,
                              assay_err *err)
{
    postgres_db *db = (postgres_db *)base;
    ay_buf sql = {0};
    put_copy(&sql, table, columns, n);
    assay_status st = ay_buf_status(&sql, err);
    postgres_bulk *bulk = st == ASSAY_OK ? AY_NEW(postgres_bulk) : NULL;
    if (st == ASSAY_OK && !bulk) st = ay_fail_nomem(err);
    if (st == ASSAY_OK) st = ay_pg_client_copy_begin(db->client, sql.ptr, err);
    ay_buf_free(&sql);
    if (st != ASSAY_OK) {
        ay_free(bulk);
        return st;
    }
    *bulk = (postgres_bulk){{&kind}, db, {0}, n};
    *ret = &bulk->base;
    return ASSAY_OK;
}

/* COPY's text format: what would end a value or a line is written with a backslash. */
static void put_value(ay_buf *out, ay_str value)
{
    if (!value.ptr) {
        ay_buf_text(out, "\\N");
        return;
    }
    size_t from = 0;
    for (size_t i = 0; i < value.len; i++) {
        const char c = value.ptr[i];
        if (c != '\\' && c != '\t' && c != '\n' && c != '\r') continue;
        ay_buf_str(out, ay_str_slice(value, from, i));
        ay_buf_char(out, '\\');
        ay_buf_char(out, c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\\');
        from = i + 1;
    }
    ay_buf_str(out, ay_str_slice(value, from, value.len));
}

static assay_status send(postgres_bulk *bulk, assay_err *err)
{
    AY_TRY(ay_buf_status(&bulk->lines, err));
    const assay_status st = ay_pg_client_copy_send(bulk->db->client, ay_buf_view(&bulk->lines), err);
    ay_buf_clear(&bulk->lines);
    return st;
}

static assay_status bulk_put(ay_bulk *base, const ay_str *values, assay_err *err)
{
    postgres_bulk *bulk = (postgres_bulk *)base;
    for (int i = 0; i < bulk->n; i++) {
        if (i) ay_buf_char(&bulk->lines, '\t');
        put_value(&bulk->lines, values[i]);
    }
    ay_buf_char(&bulk->lines, '\n');
    return bulk->lines.len >= SEND_AT || bulk->lines.failed ? send(bulk, err) : ASSAY_OK;
}

static ay_bulk *free_bulk(postgres_bulk *bulk)
{
    ay_buf_free(&bulk->lines);
    return ay_free(bulk);
}

static assay_status bulk_close(ay_bulk *base, assay_err *err)
{
    postgres_bulk *bulk = (postgres_bulk *)base;
    assay_status st = send(bulk, err);
    const assay_status ended = ay_pg_client_copy_end(bulk->db->client, st == ASSAY_OK, st == ASSAY_OK ? err : NULL);
    free_bulk(bulk);
    return st == ASSAY_OK ? ended : st;
}

static ay_bulk *bulk_drop(ay_bulk *base)
{
    postgres_bulk *bulk = (postgres_bulk *)base;
    (void)ay_pg_client_copy_end(bulk->db->client, false, NULL);
    return free_bulk(bulk);
}

/* ---- Names that are held ---- */

static assay_status hold(ay_db *base, const char *name, bool *ret, assay_err *err)
{
    char sql[160];
    int64_t got = 0;
    snprintf(sql, sizeof sql, "select case when pg_catalog.pg_try_advisory_lock(%lld) then 1 else 0 end",
             lock_number((postgres_db *)base, name));
    AY_TRY(begin(base, false, err));
    const assay_status st = ay_db_int(base, sql, NULL, 0, &got, err);
    rollback(base); /* the lock is the session's and stays */
    *ret = got != 0;
    return st;
}

/* The server looks after its files itself. */
static assay_status check(ay_db *base, ay_buf *complaints, assay_err *err)
{
    (void)base, (void)complaints, (void)err;
    return ASSAY_OK;
}

static const ay_db_kind kind = {
    .serial = "bigint generated always as identity primary key",
    .id = "text collate \"C\"",
    .by_key = "",
    .find_table = "select count(*) from pg_catalog.pg_class where relnamespace = "
                  "pg_catalog.to_regnamespace(pg_catalog.current_schema()) and relkind = 'r' and relname = $1",
    .guard = "create function event_stays() returns trigger language plpgsql as"
             " 'begin raise exception ''the history of tickets is never changed''; end';"
             "create trigger event_stays before update on event for each row execute procedure event_stays()",
    .close = close_db,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .script = script,
    .exec = exec,
    .query = query,
    .next = next,
    .text = text,
    .rows_close = rows_close,
    .bulk_open = bulk_open,
    .bulk_put = bulk_put,
    .bulk_close = bulk_close,
    .bulk_drop = bulk_drop,
    .hold = hold,
    .check = check,
};

/* ---- Open ---- */

static bool is_name(const char *schema, size_t room)
{
    const size_t len = strlen(schema);
    return len > 0 && len < room && strspn(schema, "abcdefghijklmnopqrstuvwxyz0123456789_") == len &&
           (schema[0] < '0' || schema[0] > '9');
}

/* One after the other: of two that make the same schema at once the server refuses one. */
static assay_status make_schema(postgres_db *db, assay_err *err)
{
    char sql[128];
    snprintf(sql, sizeof sql, "create schema if not exists %s", db->schema);
    AY_TRY(begin(&db->base, true, err));
    assay_status st = script(&db->base, sql, err);
    if (st == ASSAY_OK) st = commit(&db->base, err);
    rollback(&db->base);
    return st;
}

static assay_status set_up(postgres_db *db, const ay_db_options *options, assay_err *err)
{
    char sql[320];
    AY_TRY(ay_pg_client_open(options->where, NULL, &db->client, err));
    snprintf(
        sql, sizeof sql,
        "set search_path = %s; set lock_timeout = %u; set synchronous_commit = on; set client_min_messages = warning",
        db->schema, options->patience_ms);
    AY_TRY(script(&db->base, sql, err));
    return options->create ? make_schema(db, err) : ASSAY_OK;
}

assay_status ay_postgres_open(const ay_db_options *options, ay_db **ret, assay_err *err)
{
    AY_FAIL_IF(!is_name(options->schema, sizeof((postgres_db *)0)->schema), err, ASSAY_EUSAGE,
               "schema '%.64s' is not a plain name: lower-case letters, digits and underscores",
               "模式名“%.64s”不是普通名称：只用小写字母、数字和下划线", options->schema);
    postgres_db *db = AY_NEW(postgres_db);
    AY_NOMEM_IF(!db, err);
    db->base.kind = &kind;
    memcpy(db->schema, options->schema, strlen(options->schema) + 1);
    const assay_status st = set_up(db, options, err);
    if (st == ASSAY_OK) *ret = &db->base;
    else close_db(&db->base);
    return st;
}
