/* A connection for whoever keeps tables of their own in PostgreSQL: statements with text arguments, rows in pieces,
 * COPY in. One thread at a time. What the server refuses is ESOURCE with its message. */
#ifndef AY_PG_CLIENT_H
#define AY_PG_CLIENT_H

#include <stdatomic.h>

#include "base/err.h"
#include "base/str.h"

typedef struct ay_pg_client ay_pg_client;
typedef struct ay_pg_rows ay_pg_rows;

/* cancel: as ay_pg_open; may be NULL. */
assay_status ay_pg_client_open(const char *conninfo, const atomic_bool *cancel, ay_pg_client **ret, assay_err *err);
ay_pg_client *ay_pg_client_close(ay_pg_client *client); /* takes NULL; an open transaction is rolled back */
const char *ay_pg_client_database(const ay_pg_client *client);

/* Statements without arguments, several at once. */
assay_status ay_pg_client_script(ay_pg_client *client, const char *sql, assay_err *err);
/* One statement; an argument that is NULL is null. */
assay_status ay_pg_client_exec(ay_pg_client *client, const char *sql, const char *const *args, int n, assay_err *err);

/* The rows of a query, in a transaction: a cursor, so that other statements may run in between. */
assay_status ay_pg_client_query(ay_pg_client *client, const char *sql, const char *const *args, int n, ay_pg_rows **ret,
                                assay_err *err);
assay_status ay_pg_rows_next(ay_pg_rows *rows, bool *ret_end, assay_err *err);
ay_str ay_pg_rows_text(const ay_pg_rows *rows, int column); /* ptr NULL: null; until the next row */
ay_pg_rows *ay_pg_rows_close(ay_pg_rows *rows);

/* COPY ... FROM STDIN in text format: begin, send bytes, end. `keep` false: nothing of it is kept. */
assay_status ay_pg_client_copy_begin(ay_pg_client *client, const char *sql, assay_err *err);
assay_status ay_pg_client_copy_send(ay_pg_client *client, ay_str bytes, assay_err *err);
assay_status ay_pg_client_copy_end(ay_pg_client *client, bool keep, assay_err *err);

#endif
