/* What the tests against a real server share. */
#ifndef TESTS_PG_HELP_H
#define TESTS_PG_HELP_H

#include <libpq-fe.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "pg/session.h"

/* A superuser's connection beside the tested one; a failing statement fails the test. */
PGconn *admin_open(void); /* waits for a server that is being restarted */
void run_sql(PGconn *admin, const char *sql);
char *ask(PGconn *admin, const char *sql, char *buf, size_t size); /* the one value */

/* A session that must open. `conninfo` as ay_pg_open; NULL: the superuser's. */
ay_pg *session(const char *conninfo, uint32_t jobs);

/* The records of a dataset, "a|b|c" each, sorted; null as "~", a bad value as "!" and its text. */
typedef struct records {
    char **line;
    size_t n, cap;
} records;
void records_free(records *r);
/* Read all parts, each in a thread of its own. NULL-terminated column names. */
assay_status read_parts(ay_pg *pg, const ay_pg_request *request, records *ret, assay_err *err);
records read_table(ay_pg *pg, const char *table, const char *const *columns);
records read_query(ay_pg *pg, const char *query, const char *const *columns);
ay_pg_request request_for(const char *table, const char *query, const char *const *columns);
#define COLS(...) ((const char *const[]){__VA_ARGS__, NULL})
void expect_lines(const char *label, const records *r, const char *const *lines);
#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

void expect_text(const char *label, const char *text, const char *part); /* `text` contains `part` */
int64_t clock_ms(void);

#endif
