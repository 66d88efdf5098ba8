/* What the server can do, found out by doing it: derived servers (openGauss, Kingbase and others) report versions that
 * tell little. */
#include "pg/session.h"

#include <stdio.h>

/* ---- COPY (FORMAT binary) ---- */

/* Read the stream to its end: 19 bytes of header, one record of one int4 (2 + 4 + 4 bytes), a trailer of 2. */
static assay_status read_probe(ay_pg_conn *conn, bool *ret_is_binary, assay_err *err)
{
    size_t bytes = 0;
    bool has_signature = false;
    for (int n = 0; n >= 0;) {
        char *chunk = NULL;
        n = PQgetCopyData(conn->pq, &chunk, 1);
        if (n > 0) {
            if (bytes == 0) has_signature = n >= 11 && memcmp(chunk, "PGCOPY\n\377\r\n\0", 11) == 0;
            bytes += (size_t)n;
            PQfreemem(chunk);
        } else if (n == 0) {
            AY_TRY(ay_pg_wait_readable(conn, err));
        }
    }
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    AY_CLEANUP(ay_pg_clear) PGresult *none = NULL;
    AY_TRY(ay_pg_next_result(conn, &result, err));
    if (PQstatus(conn->pq) == CONNECTION_BAD) return ay_pg_fail(conn, result, err);
    AY_TRY(ay_pg_next_result(conn, &none, err));
    *ret_is_binary = PQresultStatus(result) == PGRES_COMMAND_OK && has_signature && bytes == 19 + 10 + 2;
    return ASSAY_OK;
}

assay_status ay_pg_probe_binary(ay_pg *pg, assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    AY_TRY(ay_pg_try(&pg->leader, "copy (select 1::int4) to stdout (format binary)", &result, err));
    return result ? read_probe(&pg->leader, &pg->is_binary, err) : ASSAY_OK;
}

/* ---- A snapshot for several connections ---- */

assay_status ay_pg_snapshot_text(const ay_pg *pg, ay_pg_conn *conn, PGresult **ret, assay_err *err)
{
    return ay_pg_query(conn, pg->snapshot_sql, NULL, 0, ret, err);
}

static assay_status export_snapshot(ay_pg *pg, assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    AY_TRY(ay_pg_query(&pg->leader, pg->export_sql, NULL, 0, &result, err));
    (void)snprintf(pg->snapshot_name, sizeof pg->snapshot_name, "%s", PQgetvalue(result, 0, 0));
    return ASSAY_OK;
}

/* Compare what an importing session says its snapshot is with what the leader's is.
 *
 * Some openGauss versions export a name, accept it in SET TRANSACTION SNAPSHOT and then go on with a snapshot of their
 * own; on a quiet server its text would be the same by chance. So a transaction id is used up first (no table is
 * touched): a snapshot taken later than the leader's then has a higher xmax and another text. A standby cannot do that,
 * and is refused nothing: it is PostgreSQL's own, where importing works. */
static assay_status compare(const ay_pg *pg, ay_pg_conn *conn, bool *ret_same, assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *used = NULL, *theirs = NULL;
    AY_TRY(ay_pg_conn_open(conn, pg->conninfo, pg->cancel, err));
    AY_TRY(ay_pg_try(conn, "select pg_catalog.txid_current()", &used, err));
    AY_TRY(ay_pg_begin(conn, pg->snapshot_name, err));
    AY_TRY(ay_pg_snapshot_text(pg, conn, &theirs, err));
    *ret_same = strcmp(PQgetvalue(theirs, 0, 0), pg->facts.snapshot) == 0;
    return ASSAY_OK;
}

assay_status ay_pg_probe_snapshot(ay_pg *pg, assay_err *err)
{
    bool same = false;
    if (*pg->snapshot_sql && *pg->export_sql) {
        ay_pg_conn conn = {0};
        AY_TRY(export_snapshot(pg, err));
        const assay_status st = compare(pg, &conn, &same, err);
        ay_pg_conn_close(&conn);
        if (st == ASSAY_ECANCELLED || st == ASSAY_ENOMEM) return st;
    }
    /* No second connection, or not the same data: everything is read over the leader, which is always right. */
    if (!same) pg->jobs = 1;
    return ASSAY_OK;
}
