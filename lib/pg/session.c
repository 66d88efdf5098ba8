/* Opening the session of a run. */
#include "pg/session.h"

static void close_pg(ay_pg **pg)
{
    ay_pg_close(*pg);
}

/* The first of the statements that the server knows, "" when none. Tried before the transaction, which an error would
 * end. */
static assay_status choose(ay_pg_conn *conn, const char *const *candidates, size_t n, const char **ret, assay_err *err)
{
    *ret = "";
    for (size_t i = 0; i < n && !**ret; i++) {
        AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
        AY_TRY(ay_pg_try(conn, candidates[i], &result, err));
        if (result) *ret = candidates[i];
    }
    return ASSAY_OK;
}

static const char *const snapshot_candidates[] = {"select pg_catalog.pg_current_snapshot()::text",
                                                  "select pg_catalog.txid_current_snapshot()::text"};
static const char *const export_candidates[] = {"select pg_catalog.pg_export_snapshot()"};
static const char *const lsn_candidates[] = {
    "select (case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn() "
    "else pg_catalog.pg_current_wal_lsn() end)::text",
    "select (case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_xlog_replay_location() "
    "else pg_catalog.pg_current_xlog_location() end)::text"};

static assay_status keep(ay_pg *pg, const char *text, const char **ret, assay_err *err)
{
    *ret = ay_arena_copy(&pg->arena, ay_str_from(text));
    AY_NOMEM_IF(!*ret, err);
    return ASSAY_OK;
}

static assay_status read_fact(ay_pg *pg, const char *sql, const char **ret, assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    if (!*sql) return keep(pg, "", ret, err);
    AY_TRY(ay_pg_query(&pg->leader, sql, NULL, 0, &result, err));
    return keep(pg, PQntuples(result) == 1 ? PQgetvalue(result, 0, 0) : "", ret, err);
}

static assay_status read_facts(ay_pg *pg, const char *lsn_sql, assay_err *err)
{
    const char *version = PQparameterStatus(pg->leader.pq, "server_version"); /* "15.18 (Debian 15.18-1)" */
    const ay_str number = {version, version ? strcspn(version, " ") : 0};
    pg->facts.server_version = ay_arena_copy(&pg->arena, number);
    AY_NOMEM_IF(!pg->facts.server_version, err);
    AY_TRY(keep(pg, PQdb(pg->leader.pq), &pg->facts.database, err));
    /* The first query of the transaction fixes its snapshot: the LSN read next is not before it. */
    AY_TRY(read_fact(pg, pg->snapshot_sql, &pg->facts.snapshot, err));
    return read_fact(pg, lsn_sql, &pg->facts.lsn, err);
}

/* A snapshot that is not there any more is named. */
static assay_status begin(ay_pg *pg, assay_err *err)
{
    const ay_pg_act act = pg->leader.act;
    if (pg->shared) pg->leader.act = (ay_pg_act){"cannot read on snapshot", "无法在快照上读取", pg->shared};
    AY_TRY(ay_pg_begin(&pg->leader, pg->shared, err));
    pg->leader.act = act;
    return ASSAY_OK;
}

static assay_status open_session(ay_pg *pg, const char *conninfo, assay_err *err)
{
    const char *lsn_sql = "";
    AY_TRY(keep(pg, conninfo, &pg->conninfo, err));
    AY_TRY(ay_pg_conn_open(&pg->leader, pg->conninfo, pg->cancel, err));
    AY_TRY(ay_pg_probe_binary(pg, err));
    AY_TRY(choose(&pg->leader, snapshot_candidates, AY_COUNT(snapshot_candidates), &pg->snapshot_sql, err));
    AY_TRY(choose(&pg->leader, lsn_candidates, AY_COUNT(lsn_candidates), &lsn_sql, err));
    AY_TRY(choose(&pg->leader, export_candidates, AY_COUNT(export_candidates), &pg->export_sql, err));
    AY_TRY(begin(pg, err));
    AY_TRY(read_facts(pg, lsn_sql, err));
    return pg->jobs > 1 ? ay_pg_probe_snapshot(pg, err) : ASSAY_OK;
}

assay_status ay_pg_open(const char *conninfo, uint32_t jobs, const atomic_bool *cancel, ay_pg **ret, assay_err *err)
{
    return ay_pg_open_at(conninfo, jobs, NULL, cancel, ret, err);
}

assay_status ay_pg_open_at(const char *conninfo, uint32_t jobs, const char *snapshot, const atomic_bool *cancel,
                           ay_pg **ret, assay_err *err)
{
    AY_CLEANUP(close_pg) ay_pg *pg = AY_NEW(ay_pg);
    AY_NOMEM_IF(!pg, err);
    pg->jobs = jobs;
    pg->cancel = cancel;
    pg->shared = snapshot;
    AY_TRY(open_session(pg, conninfo ? conninfo : "", err));
    *ret = AY_STEAL(pg);
    return ASSAY_OK;
}

const ay_pg_facts *ay_pg_session_facts(const ay_pg *pg)
{
    return &pg->facts;
}

assay_status ay_pg_join(const ay_pg *pg, ay_pg_conn *conn, assay_err *err)
{
    assay_err why;
    const assay_status st = ay_pg_conn_open(conn, pg->conninfo, pg->cancel, &why);
    AY_FAIL_IF(st == ASSAY_ESOURCE, err, st, "%1$s; or read with fewer jobs%2$.0s", "%1$.0s%2$s；或减少并行数",
               why.text, why.text_zh);
    if (st != ASSAY_OK && err) *err = why;
    AY_TRY(st);
    /* Who waits for an exclusive lock waits for the leader; a lock asked for behind it would wait for ever. */
    static const char lock_sql[] = "select pg_catalog.set_config(name, '5s', false) from pg_catalog.pg_settings "
                                   "where name = 'lock_timeout'";
    AY_TRY(ay_pg_query(conn, lock_sql, NULL, 0, NULL, err));
    return ay_pg_begin(conn, pg->snapshot_name, err);
}

ay_pg *ay_pg_close(ay_pg *pg)
{
    if (!pg) return NULL;
    ay_pg_conn_close(&pg->leader);
    ay_arena_free(&pg->arena);
    return ay_free(pg);
}
