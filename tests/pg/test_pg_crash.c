/* The server goes away in the middle of a COPY: never a shorter table, always an error that says so. */
#include "help.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static PGconn *admin;

/* 100 MB, more than any buffer between the server and us. */
static const char long_query[] = "select i as id, repeat('x', 500) as pad from generate_series(1, 200000) i";

typedef struct stream {
    ay_pg *pg;
    ay_pg_reading *reading;
    ay_source *source;
} stream;

/* Open the stream and read its first batch. */
static stream begin(void)
{
    stream s = {.pg = session(NULL, 1)};
    assay_err err;
    const ay_batch *batch = NULL;
    bool is_end = false;
    const ay_pg_request request = request_for(NULL, long_query, COLS("id", "pad"));
    if (ay_pg_reading_open(s.pg, &request, &s.reading, &err) != ASSAY_OK) fail_msg("%s", err.text);
    if (ay_pg_part_open(s.reading, 0, &s.source, &err) != ASSAY_OK) fail_msg("%s", err.text);
    assert_int_equal(ay_source_next(s.source, &batch, &is_end, &err), ASSAY_OK);
    assert_true(batch->rows > 0);
    return s;
}

static assay_status rest(stream *s, assay_err *err)
{
    bool is_end = false;
    uint64_t rows = 0;
    while (!is_end) {
        const ay_batch *batch = NULL;
        const assay_status st = ay_source_next(s->source, &batch, &is_end, err);
        if (st != ASSAY_OK) return st;
        rows += is_end ? 0 : batch->rows;
    }
    fail_msg("the stream ended well after %llu records", (unsigned long long)rows);
    return ASSAY_OK;
}

static void end(stream *s)
{
    ay_source_close(s->source);
    ay_pg_reading_close(s->reading);
    ay_pg_close(s->pg);
}

static void expect_lost(const char *label, stream *s)
{
    assay_err err = {0};
    assert_int_equal(rest(s, &err), ASSAY_ESOURCE);
    expect_text(label, err.text, "cannot read query select i as id");
    expect_text(label, err.text, "the server closed the connection while it was being read");
    expect_text(label, err.text_zh, "读取过程中服务器关闭了连接");
    end(s);
}

static pid_t backend_pid(void)
{
    char buf[32];
    static const char sql[] = "select pid from pg_stat_activity where application_name = 'assay' and state = 'active'";
    return (pid_t)strtol(ask(admin, sql, buf, sizeof buf), NULL, 10);
}

static void test_terminated(void **state)
{
    (void)state;
    admin = admin_open();
    stream s = begin();
    char sql[64];
    (void)snprintf(sql, sizeof sql, "select pg_terminate_backend(%d, 5000)", (int)backend_pid());
    run_sql(admin, sql);
    PQfinish(admin);
    expect_lost("terminated", &s);
}

static void test_killed(void **state)
{
    (void)state;
    admin = admin_open();
    stream s = begin();
    assert_int_equal(kill(backend_pid(), SIGKILL), 0);
    PQfinish(admin);
    expect_lost("killed", &s);
}

/* Last, for the cluster does not come back from this. */
static void test_postmaster_killed(void **state)
{
    (void)state;
    char path[256];
    admin = admin_open();
    stream s = begin();
    (void)snprintf(path, sizeof path, "%s/postmaster.pid", getenv("CLUSTER_DATA"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    int pid = 0;
    assert_int_equal(fscanf(file, "%d", &pid), 1);
    fclose(file);
    assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
    PQfinish(admin);
    expect_lost("postmaster", &s);
    assay_err err = {0};
    ay_pg *pg = NULL;
    assert_int_equal(ay_pg_open(NULL, 1, NULL, &pg, &err), ASSAY_ESOURCE);
    expect_text("afterwards", err.text, "cannot connect to PostgreSQL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terminated),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_postmaster_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
