/* One dataset of a session: what is read and how it is cut. Private to this folder. */
#ifndef AY_PG_READING_H
#define AY_PG_READING_H

#include "pg/session.h"

struct ay_pg_reading {
    ay_pg *pg;
    ay_arena arena;
    ay_pg_act act;
    const char *from; /* "public"."Name", or the query in brackets */
    const char *oid;  /* of the relation, as text; NULL for a query */
    char kind;        /* pg_class.relkind, 'q' for a query */
    ay_schema all, wanted;
    const char **wanted_exprs; /* what is selected for each wanted column: "a"::text */
    const char **all_exprs;
    bool *is_stored; /* [all] the column is read as it is stored, without a cast; never for a query */
    bool can_copy;   /* all wanted columns are */
    int64_t estimate;
    const char **parts; /* a COPY statement each */
    uint32_t n_parts;
    uint32_t batch_cap;
    uint32_t piece, pieces; /* as in ay_pg_request */
};

/* Fill from, oid, kind, act and the columns; the relation stays locked (ACCESS SHARE) until the session ends. */
assay_status ay_pg_describe(ay_pg_reading *reading, const ay_pg_request *request, assay_err *err);
/* Fill parts and estimate. */
assay_status ay_pg_plan(ay_pg_reading *reading, assay_err *err);

/* What is selected: "a", "b"::text. */
void ay_pg_put_columns(const ay_pg_reading *reading, ay_buf *out);
/* A copy in the reading's arena; ENOMEM also when the buffer had failed. */
assay_status ay_pg_keep(ay_pg_reading *reading, const ay_buf *text, const char **ret, assay_err *err);

#endif
