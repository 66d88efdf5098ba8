/* The one small layer between the store and its two back ends: an SQLite file or a schema in PostgreSQL. Everything is
 * text on its way in and out; statements are written in what both understand, with $1, $2, ... for arguments. One
 * thread at a time.
 *
 * All work is done in a transaction. There is one writer at a time: a second one waits in ay_db_begin. */
#ifndef AY_STORE_DB_H
#define AY_STORE_DB_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

typedef struct ay_db ay_db;
typedef struct ay_rows ay_rows;
typedef struct ay_bulk ay_bulk;

typedef struct ay_db_options {
    const char *where;    /* path of a file, or postgresql:// URI */
    const char *schema;   /* PostgreSQL: where the tables are */
    bool create;          /* SQLite: make the file where there is none */
    uint32_t patience_ms; /* how long to wait for another writer */
} ay_db_options;

bool ay_db_is_server(const char *where); /* whether it names a server rather than a file */

/* Errors: EIO (file), ESOURCE (server), EFORMAT (not a database), EUSAGE, ENOMEM. */
assay_status ay_db_open(const ay_db_options *options, ay_db **ret, assay_err *err);
ay_db *ay_db_close(ay_db *db); /* takes NULL; an open transaction is rolled back */

assay_status ay_db_begin(ay_db *db, bool to_write, assay_err *err);
assay_status ay_db_commit(ay_db *db, assay_err *err);
void ay_db_rollback(ay_db *db); /* harmless without a transaction */

/* Several statements without arguments. "%serial%" is the type of a number that the database gives, "%id%" that of a
 * text ordered by its bytes; "%by_key%" behind a table: its rows lie in the order of its key, where that can be had. */
assay_status ay_db_script(ay_db *db, const char *sql, assay_err *err);
/* One statement with n arguments; NULL is null. */
assay_status ay_db_exec(ay_db *db, const char *sql, const char *const *args, int n, assay_err *err);

assay_status ay_db_query(ay_db *db, const char *sql, const char *const *args, int n, ay_rows **ret, assay_err *err);
assay_status ay_rows_next(ay_rows *rows, bool *ret_end, assay_err *err);
ay_str ay_rows_text(const ay_rows *rows, int column); /* ptr NULL: null; valid until the next row */
int64_t ay_rows_int(const ay_rows *rows, int column); /* null: 0 */
ay_rows *ay_rows_close(ay_rows *rows);                /* takes NULL */

assay_status ay_db_has_table(ay_db *db, const char *name, bool *ret, assay_err *err);
assay_status ay_db_guard(ay_db *db, assay_err *err); /* from now on no row of the table `event` can be changed */

/* The first column of the first row, copied into the arena; *ret NULL: no row, or null. */
assay_status ay_db_text(ay_db *db, const char *sql, const char *const *args, int n, ay_arena *arena, const char **ret,
                        assay_err *err);
assay_status ay_db_int(ay_db *db, const char *sql, const char *const *args, int n, int64_t *ret, assay_err *err);

/* Many rows into the n columns of one table; nothing else may be asked of the database until it is closed. */
assay_status ay_bulk_open(ay_db *db, const char *table, const char *const *columns, int n, ay_bulk **ret,
                          assay_err *err);
assay_status ay_bulk_put(ay_bulk *bulk, const ay_str *values, assay_err *err); /* ptr NULL: null */
assay_status ay_bulk_close(ay_bulk *bulk, assay_err *err);
ay_bulk *ay_bulk_drop(ay_bulk *bulk); /* after an error; takes NULL */

/* Hold a name until the database is closed or the process ends; *ret false: somebody else holds it. */
assay_status ay_db_hold(ay_db *db, const char *name, bool *ret, assay_err *err);

/* Whether the database finds itself whole; what it says where it does not. */
assay_status ay_db_check(ay_db *db, ay_buf *complaints, assay_err *err);

#endif
