/* PostgreSQL as a source. The files of this folder are the only ones that see libpq-fe.h. */
#ifndef AY_PG_PG_H
#define AY_PG_PG_H

#include <stdatomic.h>

#include "source/source.h"

/* One transaction for all datasets of a run: a leader connection in REPEATABLE READ READ ONLY with an exported
 * snapshot. */
typedef struct ay_pg ay_pg;
typedef struct ay_pg_reading ay_pg_reading;

typedef struct ay_pg_facts {    /* strings live as long as the session */
    const char *server_version; /* "15.18" */
    const char *database;
    const char *snapshot; /* pg_current_snapshot() */
    const char *lsn;      /* pg_current_wal_lsn(), of a standby the replay LSN; "" where not to be had */
} ay_pg_facts;

/* Connect, pin the session (client_encoding UTF8, DateStyle ISO, IntervalStyle, extra_float_digits, bytea_output,
 * TimeZone UTC, synchronize_seqscans off, application_name assay), begin the transaction. `jobs` > 1 also probes
 * whether a snapshot can be exported, imported and shows the same data; where not, everything is read over one
 * connection. cancel: looked at while waiting for the server; ECANCELLED when it is set (the server's query is
 * cancelled too). ESOURCE with the server's message; a password is never part of a message. */
assay_status ay_pg_open(const char *conninfo, uint32_t jobs, const atomic_bool *cancel, ay_pg **ret, assay_err *err);
/* The same on a snapshot that another session has exported (NULL: its own). */
assay_status ay_pg_open_at(const char *conninfo, uint32_t jobs, const char *snapshot, const atomic_bool *cancel,
                           ay_pg **ret, assay_err *err);
const ay_pg_facts *ay_pg_session_facts(const ay_pg *pg);
ay_pg *ay_pg_close(ay_pg *pg);

typedef struct ay_pg_request {
    const char *table;          /* [schema.]name, as in SQL (unquoted parts are folded to lower case) */
    const char *query;          /* or a SELECT (or VALUES, WITH ... SELECT) */
    const char *const *columns; /* physical names that are needed */
    uint32_t n;
    uint32_t batch_cap;
    uint32_t piece, pieces; /* the piece-th of so many, from 1; 0 and 0: all */
} ay_pg_request;

/* Describe the dataset: resolves the relation, checks that it can be read, maps the types of the wanted columns (arrays
 * and types without a binary reader are cast to text in the COPY), plans the parts. The schema holds those wanted
 * columns that exist, in the order wanted; who asked for more finds out from it (ay_reader_open names them all). */
assay_status ay_pg_reading_open(ay_pg *pg, const ay_pg_request *request, ay_pg_reading **ret, assay_err *err);
const ay_schema *ay_pg_reading_schema(const ay_pg_reading *reading);
/* All columns of the relation or query, whatever was wanted (for the `schema` check and for messages). */
const ay_schema *ay_pg_reading_all_columns(const ay_pg_reading *reading);
int64_t ay_pg_reading_estimate(const ay_pg_reading *reading); /* records, -1 unknown */
/* Parts (ctid ranges, leaf partitions): 1 .. jobs. Each is opened and read by one thread on a connection of its own
 * that shares the snapshot; part 0 may use the leader's. Together they are the relation, each record once. */
uint32_t ay_pg_reading_parts(const ay_pg_reading *reading);
assay_status ay_pg_part_open(ay_pg_reading *reading, uint32_t part, ay_source **ret, assay_err *err);
ay_pg_reading *ay_pg_reading_close(ay_pg_reading *reading);

#endif
