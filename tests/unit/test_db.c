/* The layer under the store, over a file: rows, nulls, many rows, names that are held, and a history that stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "fault.h"
#include "store/db.h"

static char folder[] = "/tmp/assay-db-XXXXXX";
static char path[64];

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/a.db", folder);
    return 0;
}

static void wipe(void)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < AY_COUNT(suffixes); i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        (void)unlink(name);
    }
}

static int tear_down(void **state)
{
    (void)state;
    wipe();
    return rmdir(folder);
}

static const ay_db_options options = {.where = path, .create = true, .patience_ms = 50};

static ay_db *open_db(void)
{
    ay_db *db = NULL;
    assay_err err = {0};
    if (ay_db_open(&options, &db, &err) != ASSAY_OK) fail_msg("%s", err.text);
    return db;
}

static void need(assay_status st, const assay_err *err)
{
    if (st != ASSAY_OK) fail_msg("%s", err->text);
}

static ay_db *open_table(void)
{
    assay_err err = {0};
    wipe();
    ay_db *db = open_db();
    need(ay_db_begin(db, true, &err), &err);
    need(ay_db_script(db, "create table t (no %serial%, a %id%, b text); create table k (x %id% primary key) %by_key%",
                      &err),
         &err);
    need(ay_db_commit(db, &err), &err);
    return db;
}

static const char *const columns[] = {"a", "b"};

static void put(ay_bulk *bulk, ay_str a, ay_str b)
{
    assay_err err = {0};
    const ay_str values[] = {a, b};
    need(ay_bulk_put(bulk, values, &err), &err);
}

static void test_rows(void **state)
{
    (void)state;
    assay_err err = {0};
    ay_db *db = open_table();
    ay_bulk *bulk = NULL;
    ay_rows *rows = NULL;
    bool end = false;
    need(ay_db_begin(db, true, &err), &err);
    need(ay_bulk_open(db, "t", columns, 2, &bulk, &err), &err);
    put(bulk, AY_STR("x"), (ay_str){0});
    put(bulk, (ay_str){"", 0}, AY_STR("'; drop table t; --\n\t\\N"));
    put(bulk, (ay_str){"cut short", 3}, AY_STR("\xe2\x80\xa8"));
    need(ay_bulk_close(bulk, &err), &err);
    const char *const args[] = {NULL, "$1"};
    need(ay_db_exec(db, "insert into t (a, b) values ($1, $2)", args, 2, &err), &err);
    need(ay_db_commit(db, &err), &err);

    static const char *const want[][2] = {
        {"x", NULL}, {"", "'; drop table t; --\n\t\\N"}, {"cut", "\xe2\x80\xa8"}, {NULL, "$1"}};
    need(ay_db_begin(db, false, &err), &err);
    need(ay_db_query(db, "select no, a, b from t order by no", NULL, 0, &rows, &err), &err);
    for (size_t i = 0; i < AY_COUNT(want); i++) {
        need(ay_rows_next(rows, &end, &err), &err);
        assert_false(end);
        assert_int_equal(ay_rows_int(rows, 0), i + 1);
        for (int c = 0; c < 2; c++) {
            const ay_str text = ay_rows_text(rows, c + 1);
            if (!want[i][c]) assert_null(text.ptr);
            else assert_true(ay_str_is(text, want[i][c]) && text.ptr[text.len] == '\0');
        }
        assert_int_equal(ay_rows_int(rows, 1), 0); /* null and no number */
    }
    need(ay_rows_next(rows, &end, &err), &err);
    assert_true(end);
    assert_null(ay_rows_close(rows));
    assert_null(ay_rows_close(NULL));
    ay_db_rollback(db);
    ay_db_rollback(db);
    assert_null(ay_db_close(db));
}

/* A query goes on while the same database is written to, and queries may stand in each other. */
static void test_interleaved(void **state)
{
    (void)state;
    enum { N = 5000 };
    assay_err err = {0};
    ay_db *db = open_table();
    ay_rows *rows = NULL;
    ay_bulk *bulk = NULL;
    bool end = false;
    need(ay_db_begin(db, true, &err), &err);
    need(ay_bulk_open(db, "k", (const char *const[]){"x"}, 1, &bulk, &err), &err);
    for (int i = 0; i < N; i++) {
        char text[16];
        snprintf(text, sizeof text, "%05d", i);
        put(bulk, ay_str_from(text), (ay_str){0});
    }
    need(ay_bulk_close(bulk, &err), &err);
    need(ay_db_query(db, "select x from k order by x", NULL, 0, &rows, &err), &err);
    int n = 0;
    for (need(ay_rows_next(rows, &end, &err), &err); !end; need(ay_rows_next(rows, &end, &err), &err), n++) {
        int64_t found = -1;
        const char *const args[] = {ay_rows_text(rows, 0).ptr};
        need(ay_db_exec(db, "insert into t (a) values ($1)", args, 1, &err), &err);
        need(ay_db_int(db, "select count(*) from k where x < $1", args, 1, &found, &err), &err);
        if (n % 500 == 0) assert_int_equal(found, n);
    }
    ay_rows_close(rows);
    assert_int_equal(n, N);
    int64_t count = 0;
    need(ay_db_int(db, "select count(*) from t", NULL, 0, &count, &err), &err);
    assert_int_equal(count, N);
    ay_db_rollback(db);
    need(ay_db_begin(db, false, &err), &err);
    need(ay_db_int(db, "select count(*) from t", NULL, 0, &count, &err), &err);
    assert_int_equal(count, 0);
    ay_db_close(db); /* in a transaction */
}

static void test_one_value(void **state)
{
    (void)state;
    assay_err err = {0};
    ay_db *db = open_table();
    AY_CLEANUP(ay_arena_free) ay_arena arena = {0};
    const char *text = "x";
    bool is_there = false;
    need(ay_db_text(db, "select a from t", NULL, 0, &arena, &text, &err), &err);
    assert_null(text); /* no row */
    need(ay_db_text(db, "select null", NULL, 0, &arena, &text, &err), &err);
    assert_null(text);
    need(ay_db_text(db, "select 'y'", NULL, 0, &arena, &text, &err), &err);
    assert_string_equal(text, "y");
    need(ay_db_has_table(db, "t", &is_there, &err), &err);
    assert_true(is_there);
    need(ay_db_has_table(db, "T'", &is_there, &err), &err);
    assert_false(is_there);
    assert_int_equal(ay_db_exec(db, "select * from nothing", NULL, 0, &err), ASSAY_EINTERNAL);
    assert_int_equal(ay_db_exec(db, "insert into k values ('a'), ('a')", NULL, 0, &err), ASSAY_EINTERNAL);
    ay_db_close(db);
}

static void test_names(void **state)
{
    (void)state;
    assay_err err = {0};
    ay_db *one = open_table(), *two = open_db();
    bool is_ours = false;
    need(ay_db_hold(one, "a", &is_ours, &err), &err);
    assert_true(is_ours);
    need(ay_db_hold(one, "b", &is_ours, &err), &err);
    assert_true(is_ours);
    need(ay_db_hold(two, "a", &is_ours, &err), &err);
    assert_false(is_ours);
    need(ay_db_hold(two, "c", &is_ours, &err), &err);
    assert_true(is_ours);
    ay_db_close(one);
    need(ay_db_hold(two, "a", &is_ours, &err), &err);
    assert_true(is_ours);
    ay_db_close(two);
}

static void test_one_writer(void **state)
{
    (void)state;
    assay_err err = {0};
    ay_db *one = open_table(), *two = open_db();
    need(ay_db_begin(one, true, &err), &err);
    assert_int_equal(ay_db_begin(two, true, &err), ASSAY_EIO); /* its patience is short */
    assert_non_null(strstr(err.text, "another process has been writing"));
    need(ay_db_begin(two, false, &err), &err); /* readers are not in the way */
    ay_db_rollback(two);
    need(ay_db_commit(one, &err), &err);
    need(ay_db_begin(two, true, &err), &err);
    ay_db_close(two);
    ay_db_close(one);
}

static void test_guard(void **state)
{
    (void)state;
    assay_err err = {0};
    ay_db *db = open_table();
    need(ay_db_script(db, "create table event (no %serial%, a text); insert into event (a) values ('x'), ('y')", &err),
         &err);
    need(ay_db_guard(db, &err), &err);
    assert_true(ay_db_exec(db, "update event set a = 'z'", NULL, 0, &err) != ASSAY_OK);
    assert_non_null(strstr(err.text, "the history of tickets is never changed"));
    need(ay_db_exec(db, "insert into event (a) values ('z')", NULL, 0, &err), &err);
    need(ay_db_exec(db, "delete from event where a = 'x'", NULL, 0, &err), &err); /* what is forgotten */
    ay_db_close(db);
}

static void test_check(void **state)
{
    (void)state;
    assay_err err = {0};
    ay_db *db = open_table();
    ay_buf complaints = {0};
    need(ay_db_check(db, &complaints, &err), &err);
    assert_int_equal(complaints.len, 0);
    ay_buf_free(&complaints);
    ay_db_close(db);
}

static void test_places(void **state)
{
    (void)state;
    assert_true(ay_db_is_server("postgresql://h/d") && ay_db_is_server("postgres://"));
    assert_false(ay_db_is_server("postgresql.db") || ay_db_is_server("/postgresql://") || ay_db_is_server(""));
    ay_db *db = NULL;
    assay_err err = {0};
    const ay_db_options none = {.where = "/nowhere/at/all.db"};
    assert_int_equal(ay_db_open(&none, &db, &err), ASSAY_EIO);
    assert_null(db);
    const ay_db_options made = {.where = "/nowhere/at/all.db", .create = true};
    assert_int_equal(ay_db_open(&made, &db, &err), ASSAY_EIO);
}

/* ---- No memory ---- */

static assay_status use(void *arg)
{
    ay_db *db = NULL;
    ay_bulk *bulk = NULL;
    ay_arena arena = {0};
    const char *text = NULL;
    bool is_ours = false;
    const ay_str values[] = {AY_STR("x"), AY_STR("y")};
    (void)arg;
    AY_TRY(ay_db_open(&options, &db, NULL));
    assay_status st = ay_db_begin(db, true, NULL);
    if (st == ASSAY_OK)
        st = ay_db_script(db, "drop table if exists u; create table u (no %serial%, a text, b text)", NULL);
    if (st == ASSAY_OK) st = ay_bulk_open(db, "u", columns, 2, &bulk, NULL);
    if (st == ASSAY_OK) {
        st = ay_bulk_put(bulk, values, NULL);
        if (st == ASSAY_OK) st = ay_bulk_close(bulk, NULL);
        else ay_bulk_drop(bulk);
    }
    if (st == ASSAY_OK) st = ay_db_text(db, "select b from u", NULL, 0, &arena, &text, NULL);
    if (st == ASSAY_OK) st = ay_db_hold(db, "n", &is_ours, NULL);
    if (st == ASSAY_OK) st = ay_db_commit(db, NULL);
    ay_arena_free(&arena);
    ay_db_close(db);
    return st;
}

static void test_memory(void **state)
{
    (void)state;
    wipe();
    assert_in_range(fail_each_allocation(use, NULL), 6, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),  cmocka_unit_test(test_interleaved), cmocka_unit_test(test_one_value),
        cmocka_unit_test(test_names), cmocka_unit_test(test_one_writer),  cmocka_unit_test(test_guard),
        cmocka_unit_test(test_check), cmocka_unit_test(test_places),      cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
