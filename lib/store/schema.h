/* The tables, by version. A new version appends one step; steps are never changed. */
#ifndef AY_STORE_SCHEMA_H
#define AY_STORE_SCHEMA_H

#include "store/db.h"

#define AY_SCHEMA_VERSION 1

#define AY_TICKET_PRINT "create index ticket_print on ticket (key_print)"

typedef enum ay_schema_state { AY_SCHEMA_NONE, AY_SCHEMA_OLDER, AY_SCHEMA_CURRENT, AY_SCHEMA_NEWER } ay_schema_state;

/* All three in a transaction. EFORMAT: there are tables, but not ours. */
assay_status ay_schema_look(ay_db *db, int64_t *ret_version, ay_schema_state *ret, assay_err *err);
assay_status ay_schema_raise(ay_db *db, int64_t from, assay_err *err); /* from 0: make everything */

/* Every table and its columns, in the order of an export. */
typedef struct ay_table {
    const char *name, *columns, *order;
} ay_table;
const ay_table *ay_schema_table(size_t i); /* NULL past the end */

#endif
