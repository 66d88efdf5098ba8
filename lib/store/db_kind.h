/* What a back end does; ay_db and its kin begin with these. Private to the db files. */
#ifndef AY_STORE_DB_KIND_H
#define AY_STORE_DB_KIND_H

#include "store/db.h"

typedef struct ay_db_kind {
    const char *serial, *id, *by_key; /* what stands for %serial%, %id% and %by_key% */
    const char *find_table;           /* counts the tables of this name */
    const char *guard;                /* statements that let nobody change a row of `event` */
    ay_db *(*close)(ay_db *db);
    assay_status (*begin)(ay_db *db, bool to_write, assay_err *err);
    assay_status (*commit)(ay_db *db, assay_err *err);
    void (*rollback)(ay_db *db);
    assay_status (*script)(ay_db *db, const char *sql, assay_err *err);
    assay_status (*exec)(ay_db *db, const char *sql, const char *const *args, int n, assay_err *err);
    assay_status (*query)(ay_db *db, const char *sql, const char *const *args, int n, ay_rows **ret, assay_err *err);
    assay_status (*next)(ay_rows *rows, bool *ret_end, assay_err *err);
    ay_str (*text)(const ay_rows *rows, int column);
    ay_rows *(*rows_close)(ay_rows *rows);
    assay_status (*bulk_open)(ay_db *db, const char *table, const char *const *columns, int n, ay_bulk **ret,
                              assay_err *err);
    assay_status (*bulk_put)(ay_bulk *bulk, const ay_str *values, assay_err *err);
    assay_status (*bulk_close)(ay_bulk *bulk, assay_err *err);
    ay_bulk *(*bulk_drop)(ay_bulk *bulk);
    assay_status (*hold)(ay_db *db, const char *name, bool *ret, assay_err *err);
    assay_status (*check)(ay_db *db, ay_buf *complaints, assay_err *err);
} ay_db_kind;

struct ay_db {
    const ay_db_kind *kind;
};

struct ay_rows {
    const ay_db_kind *kind;
};

struct ay_bulk {
    const ay_db_kind *kind;
};

assay_status ay_sqlite_open(const ay_db_options *options, ay_db **ret, assay_err *err);
assay_status ay_postgres_open(const ay_db_options *options, ay_db **ret, assay_err *err);

#endif
