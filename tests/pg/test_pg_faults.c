/* Permissions, locks, timeouts, cancellation, and tables that change under a session. */
#include "help.h"

#include <pthread.h>
#include <time.h>

static PGconn *admin;

static int set_up(void **state)
{
    (void)state;
    admin = admin_open();
    run_sql(
        admin,
        "create role reader login; create schema closed;"
        "create table closed.t (id int);"
        "create table secret (id int);"
        "create table half_secret (id int, name text, id_no text); grant select (id, name) on half_secret to reader;"
        "insert into half_secret values (1, 'a', 'x');"
        "create table guarded (id int, owner text); insert into guarded values (1, 'reader'), (2, 'other');"
        "alter table guarded enable row level security;"
        "create policy own on guarded using (owner = current_user); grant select on guarded to reader;"
        "create view slow as select i as id, pg_sleep(0.05)::text as nap from generate_series(1, 10000) i;"
        "create table changing as select i as id from generate_series(1, 10) i;"
        "create table going as select 1 as id; create table staying as select 1 as id");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    PQfinish(admin);
    return 0;
}

typedef struct denied_case {
    const char *label, *table, *query;
    const char *const *columns;
    const char *en, *zh;
} denied_case;

static const denied_case denied_cases[] = {
    {"table", "secret", NULL, COLS("id"),
     "cannot read table secret: permission denied for table secret (SQLSTATE 42501); grant SELECT",
     "无法读取表 secret"},
    {"column", "half_secret", NULL, COLS("id", "id_no"), "permission denied for table half_secret",
     "请授予该用户 SELECT 权限"},
    {"schema", "closed.t", NULL, COLS("id"), "permission denied for schema closed", "无法读取表 closed.t"},
    {"query", NULL, "select id from secret", COLS("id"),
     "cannot read query select id from secret: permission denied for table secret",
     "无法读取查询 select id from secret"},
    {"row security", "guarded", NULL, COLS("id"), "row-level security policy for table \"guarded\"", "BYPASSRLS"},
    {"row security in a query", NULL, "select id from guarded", COLS("id"), "row-level security", "BYPASSRLS"},
};

static void test_denied(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(denied_cases); i++) {
        const denied_case *c = &denied_cases[i];
        assay_err err = {0};
        ay_pg *pg = session("user=reader", 2);
        ay_pg_reading *reading = NULL;
        const ay_pg_request request = request_for(c->table, c->query, c->columns);
        assert_int_equal(ay_pg_reading_open(pg, &request, &reading, &err), ASSAY_ESOURCE); /* before the first record */
        expect_text(c->label, err.text, c->en);
        expect_text(c->label, err.text_zh, c->zh);
        ay_pg_close(pg);
    }
}

static void test_allowed(void **state)
{
    (void)state;
    ay_pg *pg = session("user=reader", 1);
    records r = read_table(pg, "half_secret", COLS("name", "id"));
    expect_lines("allowed columns", &r, LINES("a|1"));
    records_free(&r);
    ay_pg_close(pg);
    pg = session(NULL, 1); /* row security does not bind the superuser: all records */
    r = read_table(pg, "guarded", COLS("id"));
    expect_lines("all rows", &r, LINES("1", "2"));
    records_free(&r);
    ay_pg_close(pg);
}

static assay_status read_slow(ay_pg *pg, assay_err *err)
{
    records r;
    const ay_pg_request request = request_for("slow", NULL, COLS("id", "nap"));
    const assay_status st = read_parts(pg, &request, &r, err);
    if (st == ASSAY_OK) records_free(&r);
    return st;
}

static void test_statement_timeout(void **state)
{
    (void)state;
    assay_err err = {0};
    ay_pg *pg = session("options='-c statement_timeout=400ms'", 1);
    const int64_t begun = clock_ms();
    assert_int_equal(read_slow(pg, &err), ASSAY_ESOURCE);
    assert_in_range(clock_ms() - begun, 300, 3000);
    expect_text("timeout", err.text,
                "cannot read table slow: canceling statement due to statement timeout (SQLSTATE 57014); raise");
    expect_text("timeout", err.text_zh, "statement_timeout");
    ay_pg_close(pg);
}

/* ---- Cancel ---- */

typedef struct canceller {
    atomic_bool flag;
    int64_t at;
} canceller;

static void *cancel_soon(void *p)
{
    canceller *c = p;
    nanosleep(&(struct timespec){0, 300000000}, NULL);
    c->at = clock_ms();
    atomic_store(&c->flag, true);
    return NULL;
}

static void test_cancel(void **state)
{
    (void)state;
    canceller c = {0};
    assay_err err = {0};
    ay_pg *pg = NULL;
    pthread_t thread;
    char buf[32];
    assert_int_equal(ay_pg_open("application_name=x", 1, &c.flag, &pg, &err), ASSAY_OK);
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &c), 0);
    assert_int_equal(read_slow(pg, &err), ASSAY_ECANCELLED);
    pthread_join(thread, NULL);
    assert_in_range(clock_ms() - c.at, 0, 250);
    expect_text("cancel", err.text, "cancelled while waiting for the server (slow)");
    expect_text("cancel", err.text_zh, "被取消");
    /* The server does not go on working for nobody. */
    nanosleep(&(struct timespec){0, 200000000}, NULL);
    static const char active[] =
        "select count(*) from pg_stat_activity where application_name = 'assay' and state = 'active'";
    assert_string_equal(ask(admin, active, buf, sizeof buf), "0");
    ay_pg_close(pg);
}

static void test_cancel_before_anything(void **state)
{
    (void)state;
    atomic_bool flag = true;
    assay_err err = {0};
    ay_pg *pg = NULL;
    assert_int_equal(ay_pg_open(NULL, 4, &flag, &pg, &err), ASSAY_ECANCELLED);
    assert_null(pg);
}

/* ---- Tables that change ---- */

static assay_status open_only(ay_pg *pg, const char *table, assay_err *err)
{
    ay_pg_reading *reading = NULL;
    const ay_pg_request request = request_for(table, NULL, COLS("id"));
    const assay_status st = ay_pg_reading_open(pg, &request, &reading, err);
    ay_pg_reading_close(reading);
    return st;
}

/* TRUNCATE is not transactional for those who look with an older snapshot: they would see an empty table. */
static void test_truncated_behind_the_snapshot(void **state)
{
    (void)state;
    static const char *const changes[] = {"truncate changing", "alter table changing alter id type bigint",
                                          "cluster changing using changing_id"};
    run_sql(admin, "create index changing_id on changing (id)");
    for (size_t i = 0; i < AY_COUNT(changes); i++) {
        assay_err err = {0};
        ay_pg *pg = session(NULL, 1);
        run_sql(admin, changes[i]);
        assert_int_equal(open_only(pg, "changing", &err), ASSAY_ESOURCE);
        expect_text(changes[i], err.text,
                    "public.changing was truncated or rewritten just after the run began; run again");
        expect_text(changes[i], err.text_zh, "请重新运行");
        ay_pg_close(pg);
    }
}

static void test_dropped_between_datasets(void **state)
{
    (void)state;
    assay_err err = {0};
    ay_pg *pg = session(NULL, 1);
    records r = read_table(pg, "staying", COLS("id"));
    records_free(&r);
    run_sql(admin, "drop table going");
    assert_int_equal(open_only(pg, "going", &err), ASSAY_ESOURCE);
    expect_text("dropped", err.text, "has no table or view going");
    /* The transaction is gone, and whoever goes on all the same is told so. */
    assert_int_equal(open_only(pg, "staying", &err), ASSAY_ESOURCE);
    expect_text("after it", err.text, "cannot read staying: the session ended with an earlier failure; open a new one");
    expect_text("after it", err.text_zh, "会话已因先前的错误结束");
    ay_pg_close(pg);
}

/* From its description on a table cannot be taken away. */
static void test_locked_while_read(void **state)
{
    (void)state;
    ay_pg *pg = session(NULL, 1);
    records r = read_table(pg, "staying", COLS("id"));
    records_free(&r);
    PGresult *result = PQexec(admin, "set lock_timeout = '50ms'; truncate staying");
    assert_int_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
    assert_string_equal(PQresultErrorField(result, PG_DIAG_SQLSTATE), "55P03");
    PQclear(result);
    run_sql(admin, "reset lock_timeout");
    ay_pg_close(pg);
}

/* A source that is closed early ends the session, and says so afterwards. */
static void test_closed_early(void **state)
{
    (void)state;
    assay_err err = {0};
    ay_pg *pg = session(NULL, 1);
    ay_pg_reading *reading = NULL;
    ay_source *source = NULL;
    const ay_batch *batch = NULL;
    bool is_end = false;
    const ay_pg_request request = request_for(NULL, "select i as id from generate_series(1, 100000) i", COLS("id"));
    assert_int_equal(ay_pg_reading_open(pg, &request, &reading, &err), ASSAY_OK);
    assert_int_equal(ay_pg_part_open(reading, 0, &source, &err), ASSAY_OK);
    assert_int_equal(ay_source_next(source, &batch, &is_end, &err), ASSAY_OK);
    ay_source_close(source);
    ay_pg_reading_close(reading);
    assert_int_equal(open_only(pg, "staying", &err), ASSAY_ESOURCE);
    expect_text("closed early", err.text, "the session ended");
    ay_pg_close(pg);
}

/* Every allocation of opening and reading fails once: nothing leaks, nothing is half done. */
static void read_with_failing_memory(bool binary)
{
    const ay_pg_request request = request_for("half_secret", NULL, COLS("id", "name"));
    assay_status st = ASSAY_ENOMEM;
    size_t n = 0;
    while (st != ASSAY_OK) {
        ay_pg *pg = NULL;
        (void)ay_mem_fail_at(++n);
        st = ay_pg_open(NULL, 2, NULL, &pg, NULL);
        if (st == ASSAY_OK) {
            ay_pg_reading *reading = NULL;
            ay_source *source = NULL;
            const ay_batch *batch = NULL;
            bool is_end = false;
            pg->is_binary = binary;
            st = ay_pg_reading_open(pg, &request, &reading, NULL);
            if (st == ASSAY_OK) st = ay_pg_part_open(reading, 0, &source, NULL);
            while (st == ASSAY_OK && !is_end) st = ay_source_next(source, &batch, &is_end, NULL);
            ay_source_close(source);
            ay_pg_reading_close(reading);
        }
        ay_pg_close(pg);
        if (st != ASSAY_OK && st != ASSAY_ENOMEM) fail_msg("allocation %zu: status %d", n, st);
    }
    (void)ay_mem_fail_at(0);
    assert_true(n > 10);
}

static void test_no_memory(void **state)
{
    (void)state;
    read_with_failing_memory(true);
    read_with_failing_memory(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_denied),
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_statement_timeout),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cancel_before_anything),
        cmocka_unit_test(test_truncated_behind_the_snapshot),
        cmocka_unit_test(test_dropped_between_datasets),
        cmocka_unit_test(test_locked_while_read),
        cmocka_unit_test(test_closed_early),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
