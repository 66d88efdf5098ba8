/* Reading over several connections: every record exactly once, all of one moment, while others write. */
#include "help.h"

#include <pthread.h>
#include <stdatomic.h>

static PGconn *admin;

/* About 2600 pages each: enough for four parts. Values do not repeat, `id` does not follow the order on disk. */
static int set_up(void **state)
{
    (void)state;
    admin = admin_open();
    run_sql(admin, "create table big (id int, amount int, pad text);"
                   "insert into big select i * 7 % 50021, 100, repeat('x', 380) from generate_series(1, 50000) i;"
                   "create table halves (id int, amount int, pad text) partition by range (id);"
                   "create table half1 partition of halves for values from (0) to (15000);"
                   "create table half2 partition of halves for values from (15000) to (60000) partition by hash (id);"
                   "create table half2a partition of half2 for values with (modulus 2, remainder 0);"
                   "create table half2b partition of half2 for values with (modulus 2, remainder 1);"
                   "create table half3 partition of halves default;" /* stays empty */
                   "insert into halves select * from big;"
                   "create table mother (id int, amount int, pad text);"
                   "create table child1 (extra int) inherits (mother); create table child2 () inherits (mother);"
                   "create table grandchild () inherits (child1, child2);" /* reached over two ways */
                   "insert into mother select * from big where id < 20000;"
                   "insert into grandchild select id, amount, pad, 1 from big where id >= 20000;"
                   "create table small as select * from big limit 5000;"
                   "create view window_on as select * from big;"
                   "create materialized view copied as select * from big;"
                   "analyze");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    PQfinish(admin);
    return 0;
}

static uint32_t parts_of(ay_pg *pg, const char *table)
{
    ay_pg_reading *reading = NULL;
    const ay_pg_request request = request_for(table, NULL, COLS("id"));
    assay_err err;
    if (ay_pg_reading_open(pg, &request, &reading, &err) != ASSAY_OK) fail_msg("%s", err.text);
    const uint32_t n = ay_pg_reading_parts(reading);
    ay_pg_reading_close(reading);
    return n;
}

static void test_number_of_parts(void **state)
{
    (void)state;
    static const struct parts_case {
        const char *table;
        uint32_t jobs, parts;
    } cases[] = {
        {"big", 1, 1},    {"big", 2, 2},    {"big", 4, 4},    {"big", 64, 5}, /* of 500 pages at least */
        {"halves", 4, 4}, {"mother", 4, 4}, {"copied", 4, 4}, {"small", 4, 1}, {"window_on", 4, 1}, {"half3", 4, 1},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_pg *pg = session(NULL, cases[i].jobs);
        const uint32_t n = parts_of(pg, cases[i].table);
        if (n != cases[i].parts) fail_msg("%s with %u jobs: %u parts", cases[i].table, cases[i].jobs, n);
        ay_pg_close(pg);
    }
}

static void expect_same(const char *label, const records *a, const records *b)
{
    if (a->n != b->n) fail_msg("%s: %zu and %zu records", label, a->n, b->n);
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->line[i], b->line[i]) != 0) fail_msg("%s: record %zu: %s, %s", label, i, a->line[i], b->line[i]);
}

static void test_every_record_once(void **state)
{
    (void)state;
    static const char *const tables[] = {"big", "halves", "mother", "copied", "small", "window_on"};
    static const uint32_t jobs[] = {2, 3, 4, 7};
    for (size_t i = 0; i < AY_COUNT(tables); i++) {
        ay_pg *one = session(NULL, 1);
        records whole = read_table(one, tables[i], COLS("id", "amount"));
        assert_int_equal(whole.n, i == 4 ? 5000 : 50000);
        for (size_t j = 0; j < AY_COUNT(jobs); j++) {
            ay_pg *many = session(NULL, jobs[j]);
            records parts = read_table(many, tables[i], COLS("id", "amount"));
            expect_same(tables[i], &whole, &parts);
            records_free(&parts);
            ay_pg_close(many);
        }
        records_free(&whole);
        ay_pg_close(one);
    }
}

/* ---- While others write ---- */

static atomic_bool stop;
static atomic_uint transactions;

/* Move amounts between records, and records to other places; count and sum stay what they are. */
static void *write_on(void *arg)
{
    const char *table = arg;
    char sql[1024];
    PGconn *conn = PQconnectdb("application_name=writer");
    for (unsigned i = 0; !atomic_load(&stop) && PQstatus(conn) == CONNECTION_OK; i++) {
        (void)snprintf(sql, sizeof sql,
                       "begin; update %1$s set amount = amount - 5 where ctid = any (array(select ctid from %1$s where "
                       "id %% 97 = %2$u));"
                       "update %1$s set amount = amount + 5 where id %% 97 = %2$u;"
                       "with gone as (delete from %1$s where id %% 499 = %3$u returning *)"
                       " insert into %1$s select id + 100000, amount, pad from gone;"
                       "update %1$s set id = id - 100000 where id >= 100000; commit; select pg_sleep(0.005)",
                       table, i % 97, i % 499);
        PGresult *result = PQexec(conn, sql);
        if (PQresultStatus(result) == PGRES_TUPLES_OK) atomic_fetch_add(&transactions, 1);
        PQclear(result);
        if (i % 10 == 9) PQclear(PQexec(conn, "vacuum big"));
    }
    PQfinish(conn);
    return NULL;
}

static void expect_consistent(const char *label, const records *r)
{
    long long sum = 0;
    if (r->n != 50000) fail_msg("%s: %zu records", label, r->n);
    for (size_t i = 0; i < r->n; i++) {
        const char *bar = strchr(r->line[i], '|');
        sum += strtoll(bar + 1, NULL, 10);
        if (i > 0 && strtoll(r->line[i], NULL, 10) == strtoll(r->line[i - 1], NULL, 10))
            fail_msg("%s: twice %s", label, r->line[i]);
    }
    if (sum != 5000000) fail_msg("%s: the sum is %lld", label, sum);
}

static void read_while_writing(const char *table, uint32_t jobs)
{
    ay_pg *pg = session(NULL, jobs);
    assert_int_equal(pg->jobs, jobs);
    records first = read_table(pg, table, COLS("id", "amount"));
    expect_consistent(table, &first);
    pg->jobs = 1; /* the same session over its one connection, later */
    records second = read_table(pg, table, COLS("id", "amount"));
    expect_same(table, &first, &second);
    records_free(&first);
    records_free(&second);
    ay_pg_close(pg);
}

/* On a busy machine the writer may come to little during three readings: then there are more. */
static void test_concurrent_writers(void **state)
{
    (void)state;
    enum { ENOUGH = 10, MOST = 300 };
    static char big[] = "big";
    static const uint32_t jobs[] = {1, 2, 4};
    pthread_t writer;
    atomic_store(&stop, false);
    assert_int_equal(pthread_create(&writer, NULL, write_on, big), 0);
    for (size_t i = 0; i < AY_COUNT(jobs) || (atomic_load(&transactions) <= ENOUGH && i < MOST); i++)
        read_while_writing(big, jobs[i % AY_COUNT(jobs)]);
    atomic_store(&stop, true);
    pthread_join(writer, NULL);
    assert_true(atomic_load(&transactions) > ENOUGH);
}

/* ---- What keeps a table from being cut ---- */

static void expect_whole(const char *label, const char *conninfo, const char *table)
{
    ay_pg *pg = session(conninfo, 4);
    const uint32_t n = parts_of(pg, table);
    if (n != 1) fail_msg("%s: %u parts", label, n);
    records r = read_table(pg, table, COLS("id", "amount"));
    expect_consistent(label, &r);
    records_free(&r);
    ay_pg_close(pg);
}

/* Who may read the parent need not be allowed to read its partitions by themselves. */
static void test_rights_on_the_parent_only(void **state)
{
    (void)state;
    run_sql(admin, "create role parent_only login; grant select on halves to parent_only");
    expect_whole("no right to the partitions", "user=parent_only", "halves");
    run_sql(admin, "grant select on half1, half2, half2a, half2b, half3 to parent_only");
    ay_pg *pg = session("user=parent_only", 4);
    assert_int_equal(parts_of(pg, "halves"), 4);
    ay_pg_close(pg);
    run_sql(admin, "alter table half2a enable row level security");
    expect_whole("row security on a partition", "user=parent_only", "halves");
    run_sql(admin, "alter table half2a disable row level security; drop owned by parent_only; drop role parent_only");
}

/* A server or pooler that gives only one connection. */
static void test_one_connection(void **state)
{
    (void)state;
    run_sql(admin, "create role single login connection limit 1; grant select on big to single");
    expect_whole("connection limit", "user=single", "big");
    run_sql(admin, "drop owned by single; drop role single");
}

/* Behind somebody who waits for an exclusive lock, which the leader keeps from him, a part would wait for ever. */
static void test_exclusive_lock_between_parts(void **state)
{
    (void)state;
    assay_err err = {0};
    ay_pg *pg = session(NULL, 2);
    ay_pg_reading *reading = NULL;
    ay_source *source = NULL;
    char buf[16] = "";
    const ay_pg_request request = request_for("big", NULL, COLS("id"));
    assert_int_equal(ay_pg_reading_open(pg, &request, &reading, &err), ASSAY_OK);
    PGconn *other = PQconnectdb("");
    assert_int_equal(PQsendQuery(other, "begin; lock table big in access exclusive mode"), 1);
    while (strcmp(buf, "1") != 0)
        ask(admin, "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and not granted", buf, sizeof buf);
    assert_int_equal(ay_pg_part_open(reading, 1, &source, &err), ASSAY_ESOURCE);
    expect_text("lock", err.text,
                "lock timeout (SQLSTATE 55P03); another session waits to change the table; run again");
    assert_null(source);
    PQfinish(other);
    ay_pg_reading_close(reading);
    ay_pg_close(pg);
}

static void test_probe_tells_another_snapshot(void **state)
{
    (void)state;
    ay_pg *pg = session(NULL, 2);
    assert_int_equal(pg->jobs, 2);
    pg->facts.snapshot = "1:1:"; /* as if the import had been accepted and ignored */
    assert_int_equal(ay_pg_probe_snapshot(pg, NULL), ASSAY_OK);
    assert_int_equal(pg->jobs, 1);
    ay_pg_close(pg);
}

/* The probe must be able to fail: without the import, the text is another one even on a quiet server. */
static void test_probe_without_import(void **state)
{
    (void)state;
    ay_pg *pg = session(NULL, 1);
    ay_pg_conn other = {0};
    PGresult *result = NULL;
    assert_int_equal(ay_pg_conn_open(&other, "", NULL, NULL), ASSAY_OK);
    assert_int_equal(ay_pg_query(&other, "select txid_current()", NULL, 0, NULL, NULL), ASSAY_OK);
    assert_int_equal(ay_pg_begin(&other, NULL, NULL), ASSAY_OK);
    assert_int_equal(ay_pg_query(&other, pg->snapshot_sql, NULL, 0, &result, NULL), ASSAY_OK);
    assert_string_not_equal(PQgetvalue(result, 0, 0), pg->facts.snapshot);
    PQclear(result);
    ay_pg_conn_close(&other);
    ay_pg_close(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number_of_parts),
        cmocka_unit_test(test_every_record_once),
        cmocka_unit_test(test_concurrent_writers),
        cmocka_unit_test(test_rights_on_the_parent_only),
        cmocka_unit_test(test_exclusive_lock_between_parts),
        cmocka_unit_test(test_one_connection),
        cmocka_unit_test(test_probe_tells_another_snapshot),
        cmocka_unit_test(test_probe_without_import),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
