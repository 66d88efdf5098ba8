/* One connection: statements that can be cancelled while the server works on them, and the server's errors put into
 * words. Private to this folder. */
#ifndef AY_PG_CONN_H
#define AY_PG_CONN_H

#include <libpq-fe.h> /* before base/mem.h, which poisons names */

#include <stdatomic.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* What the connection is being used for, for messages: "cannot read table" / "无法读取表" and its name. */
typedef struct ay_pg_act {
    const char *en, *zh, *name;
} ay_pg_act;

typedef struct ay_pg_conn {
    PGconn *pq;
    const atomic_bool *cancel; /* may be NULL */
    ay_pg_act act;
    unsigned growths; /* of libpq's buffer, see bulk.c */
} ay_pg_conn;

/* Connect and pin the session. ay_pg_conn_close is to be called whatever the outcome. */
assay_status ay_pg_conn_open(ay_pg_conn *conn, const char *conninfo, const atomic_bool *cancel, assay_err *err);
void ay_pg_conn_close(ay_pg_conn *conn);

/* One statement with n text arguments; *ret (may be NULL) is freed with PQclear. For a COPY the result is its
 * beginning. */
assay_status ay_pg_query(ay_pg_conn *conn, const char *sql, const char *const *args, int n, PGresult **ret,
                         assay_err *err);
/* A statement that this kind of server may not know, outside a transaction: *ret becomes NULL when the server refuses
 * it. */
assay_status ay_pg_try(ay_pg_conn *conn, const char *sql, PGresult **ret, assay_err *err);
/* REPEATABLE READ READ ONLY, on the snapshot that another session exported, or on one of its own (NULL). */
assay_status ay_pg_begin(ay_pg_conn *conn, const char *snapshot, assay_err *err);

/* Wait until the socket can be read (and written, where libpq still has to send). Looks at `cancel` ten times a second.
 */
assay_status ay_pg_wait(ay_pg_conn *conn, assay_err *err);
/* The same, and hand libpq what has come: a little at once, or (bulk) as much as soon will be there. */
assay_status ay_pg_wait_readable(ay_pg_conn *conn, assay_err *err);
assay_status ay_pg_wait_bulk(ay_pg_conn *conn, assay_err *err);
/* ECANCELLED when `cancel` is set; the server's query is cancelled too. */
assay_status ay_pg_check_cancel(ay_pg_conn *conn, assay_err *err);
/* Take the next result, NULL after the last. */
assay_status ay_pg_next_result(ay_pg_conn *conn, PGresult **ret, assay_err *err);

/* ESOURCE for what the server refused (result may be NULL) or for a lost connection. */
assay_status ay_pg_fail(const ay_pg_conn *conn, const PGresult *result, assay_err *err);

static inline void ay_pg_clear(PGresult **result)
{
    PQclear(*result);
}

#endif
