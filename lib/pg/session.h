/* The session of a run and what it knows about the server. Private to this folder and its tests. */
#ifndef AY_PG_SESSION_H
#define AY_PG_SESSION_H

#include "pg/conn.h"

#include "base/arena.h"
#include "pg/pg.h"

struct ay_pg {
    ay_pg_conn leader;
    const char *conninfo;
    const atomic_bool *cancel;
    uint32_t jobs;          /* 1 where snapshots cannot be shared */
    bool is_binary;         /* COPY (FORMAT binary) works; false: COPY text, read by the same types (tests set it) */
    bool is_leader_broken;  /* its transaction ended early: nothing more can be read */
    const char *shared;     /* the snapshot to read on; NULL: its own */
    char snapshot_name[64]; /* what pg_export_snapshot said; "" when not exported */
    const char *snapshot_sql, *export_sql; /* how this server tells and exports its snapshot, "" when it does not */
    ay_pg_facts facts;
    ay_arena arena;
};

/* Another connection that sees the same data as the leader. ay_pg_conn_close is to be called whatever the outcome. */
assay_status ay_pg_join(const ay_pg *pg, ay_pg_conn *conn, assay_err *err);

/* Before the transaction: whether COPY (FORMAT binary) works. */
assay_status ay_pg_probe_binary(ay_pg *pg, assay_err *err);
/* In the transaction: whether another session can share the snapshot; sets jobs to 1 when not. */
assay_status ay_pg_probe_snapshot(ay_pg *pg, assay_err *err);
/* In the transaction: pg_current_snapshot() of a connection; freed with PQclear. */
assay_status ay_pg_snapshot_text(const ay_pg *pg, ay_pg_conn *conn, PGresult **ret, assay_err *err);

#endif
