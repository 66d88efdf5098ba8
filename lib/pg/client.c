#include "pg/client.h"

#include "pg/conn.h"

/* Pieces grow while they are small: the rows of most queries are few, those of some hold a whole result each. */
enum { FETCH_FIRST = 64, FETCH_MOST = 2048, PIECE_BYTES = 1 << 20, SQL_MAX = 8192 };

struct ay_pg_client {
    ay_pg_conn conn;
    uint64_t cursors; /* made so far: each has a name of its own */
};

struct ay_pg_rows {
    ay_pg_client *client;
    uint64_t cursor;
    PGresult *piece;
    int row, n; /* of the piece */
    int want;   /* rows in the next one */
    bool is_last;
};

assay_status ay_pg_client_open(const char *conninfo, const atomic_bool *cancel, ay_pg_client **ret, assay_err *err)
{
    ay_pg_client *client = AY_NEW(ay_pg_client);
    AY_NOMEM_IF(!client, err);
    const assay_status st = ay_pg_conn_open(&client->conn, conninfo, cancel, err);
    if (st != ASSAY_OK) {
        ay_pg_client_close(client);
        return st;
    }
    client->conn.act = (ay_pg_act){"cannot work in database", "无法使用数据库", PQdb(client->conn.pq)};
    *ret = client;
    return ASSAY_OK;
}

ay_pg_client *ay_pg_client_close(ay_pg_client *client)
{
    if (!client) return NULL;
    ay_pg_conn_close(&client->conn);
    return ay_free(client);
}

const char *ay_pg_client_database(const ay_pg_client *client)
{
    return PQdb(client->conn.pq);
}

assay_status ay_pg_client_exec(ay_pg_client *client, const char *sql, const char *const *args, int n, assay_err *err)
{
    return ay_pg_query(&client->conn, sql, args, n, NULL, err);
}

assay_status ay_pg_client_script(ay_pg_client *client, const char *sql, assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *bad = NULL;
    if (!PQsendQuery(client->conn.pq, sql)) return ay_pg_fail(&client->conn, NULL, err);
    for (;;) {
        PGresult *result = NULL;
        AY_TRY(ay_pg_next_result(&client->conn, &result, err));
        if (!result) break;
        const ExecStatusType st = PQresultStatus(result);
        if (st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK || bad) PQclear(result);
        else bad = result;
    }
    return bad ? ay_pg_fail(&client->conn, bad, err) : ASSAY_OK;
}

/* ---- Rows ---- */

static assay_status fetch(ay_pg_rows *rows, assay_err *err)
{
    char sql[96];
    snprintf(sql, sizeof sql, "fetch forward %d from assay_%llu", rows->want, (unsigned long long)rows->cursor);
    PQclear(rows->piece);
    rows->piece = NULL;
    AY_TRY(ay_pg_query(&rows->client->conn, sql, NULL, 0, &rows->piece, err));
    rows->n = PQntuples(rows->piece);
    rows->row = 0;
    rows->is_last = rows->n < rows->want;
    if (PQresultMemorySize(rows->piece) > PIECE_BYTES) rows->want = rows->want > 1 ? rows->want / 2 : 1;
    else if (rows->want < FETCH_MOST) rows->want *= 2;
    return ASSAY_OK;
}

assay_status ay_pg_client_query(ay_pg_client *client, const char *sql, const char *const *args, int n, ay_pg_rows **ret,
                                assay_err *err)
{
    char declare[SQL_MAX];
    const uint64_t cursor = ++client->cursors;
    const int len = snprintf(declare, sizeof declare, "declare assay_%llu no scroll cursor for %s",
                             (unsigned long long)cursor, sql);
    AY_FAIL_IF(len < 0 || (size_t)len >= sizeof declare, err, ASSAY_EINTERNAL, "a statement is too long", "语句过长");
    AY_TRY(ay_pg_query(&client->conn, declare, args, n, NULL, err));
    ay_pg_rows *rows = AY_NEW(ay_pg_rows);
    AY_NOMEM_IF(!rows, err);
    rows->client = client;
    rows->cursor = cursor;
    rows->want = FETCH_FIRST;
    const assay_status st = fetch(rows, err);
    if (st != ASSAY_OK) {
        ay_pg_rows_close(rows);
        return st;
    }
    rows->row = -1;
    *ret = rows;
    return ASSAY_OK;
}

assay_status ay_pg_rows_next(ay_pg_rows *rows, bool *ret_end, assay_err *err)
{
    rows->row++;
    if (rows->row >= rows->n && !rows->is_last) AY_TRY(fetch(rows, err));
    *ret_end = rows->row >= rows->n;
    return ASSAY_OK;
}

ay_str ay_pg_rows_text(const ay_pg_rows *rows, int column)
{
    if (PQgetisnull(rows->piece, rows->row, column)) return (ay_str){0};
    return (ay_str){PQgetvalue(rows->piece, rows->row, column), (size_t)PQgetlength(rows->piece, rows->row, column)};
}

/* The cursor is closed as well, so that a transaction with many queries does not pile them up; where that fails, the
 * transaction is over and so is the cursor. */
ay_pg_rows *ay_pg_rows_close(ay_pg_rows *rows)
{
    if (!rows) return NULL;
    char sql[64];
    snprintf(sql, sizeof sql, "close assay_%llu", (unsigned long long)rows->cursor);
    if (PQtransactionStatus(rows->client->conn.pq) == PQTRANS_INTRANS)
        (void)ay_pg_query(&rows->client->conn, sql, NULL, 0, NULL, NULL);
    PQclear(rows->piece);
    return ay_free(rows);
}

/* ---- COPY in ---- */

assay_status ay_pg_client_copy_begin(ay_pg_client *client, const char *sql, assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    if (!PQsendQuery(client->conn.pq, sql)) return ay_pg_fail(&client->conn, NULL, err);
    AY_TRY(ay_pg_next_result(&client->conn, &result, err));
    if (PQresultStatus(result) == PGRES_COPY_IN) return ASSAY_OK;
    PGresult *none = NULL;
    AY_TRY(ay_pg_next_result(&client->conn, &none, err));
    PQclear(none);
    return ay_pg_fail(&client->conn, result, err);
}

assay_status ay_pg_client_copy_send(ay_pg_client *client, ay_str bytes, assay_err *err)
{
    AY_TRY(ay_pg_check_cancel(&client->conn, err));
    if (bytes.len && PQputCopyData(client->conn.pq, bytes.ptr, (int)bytes.len) != 1)
        return ay_pg_fail(&client->conn, NULL, err);
    return ASSAY_OK;
}

assay_status ay_pg_client_copy_end(ay_pg_client *client, bool keep, assay_err *err)
{
    if (PQputCopyEnd(client->conn.pq, keep ? NULL : "given up") != 1) return ay_pg_fail(&client->conn, NULL, err);
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    for (;;) {
        PGresult *next = NULL;
        AY_TRY(ay_pg_next_result(&client->conn, &next, err));
        if (!next) break;
        PQclear(result);
        result = next;
    }
    if (keep && PQresultStatus(result) != PGRES_COMMAND_OK) return ay_pg_fail(&client->conn, result, err);
    return ASSAY_OK;
}
