/* Connecting: what is refused, how it is said, and that no password is ever shown. */
#include "help.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static PGconn *admin;

static int set_up(void **state)
{
    (void)state;
    admin = admin_open();
    run_sql(admin, "create database ascii encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'");
    run_sql(admin, "create database latin encoding 'LATIN1' template template0 lc_collate 'C' lc_ctype 'C'");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    PQfinish(admin);
    return 0;
}

typedef struct connect_case {
    const char *label, *conninfo;
    assay_status code;
    const char *en, *zh;
} connect_case;

/* Each holds the password hush7, where there is one. */
static const connect_case connect_cases[] = {
    {"no such socket", "host=/nowhere password=hush7", ASSAY_ESOURCE,
     "cannot connect to PostgreSQL: connection to server on socket", "无法连接 PostgreSQL"},
    {"refused", "host=127.0.0.1 port=1 password=hush7", ASSAY_ESOURCE, "Connection refused", "请检查连接串"},
    {"no such database", "dbname=nodb password=hush7", ASSAY_ESOURCE, "database \"nodb\" does not exist", "nodb"},
    {"no such role", "user=norole password=hush7", ASSAY_ESOURCE, "role \"norole\" does not exist", "norole"},
    {"wrong password", "user=assay_scram password=hush7", ASSAY_ESOURCE, "check the password in ~/.pgpass",
     "请检查 ~/.pgpass"},
    {"wrong password in a URI", "postgresql://assay_scram:hush7@/postgres", ASSAY_ESOURCE, "check the password",
     "请检查"},
    {"no password", "user=assay_scram", ASSAY_ESOURCE, "put the password into ~/.pgpass or PGPASSWORD", "请将密码放入"},
    {"SQL_ASCII", "dbname=ascii password=hush7", ASSAY_ESOURCE, "database \"ascii\" has the encoding SQL_ASCII",
     "编码为 SQL_ASCII"},
    {"password with a blank", "user=x password=a hush7", ASSAY_EUSAGE, "the connection string is not valid",
     "连接串无效"},
    {"unknown option", "user=x hush7=1", ASSAY_EUSAGE, "the connection string is not valid", "连接串无效"},
    {"open quote", "user=x password='hush7", ASSAY_EUSAGE, "the connection string is not valid", "连接串无效"},
    {"at sign in a URI's password", "postgresql://u:p@hush7@localhost/db", ASSAY_EUSAGE, "percent-encode",
     "百分号编码"},
    {"slash in a URI's password", "postgresql://u:hush7/p@localhost/db", ASSAY_EUSAGE, "percent-encode", "百分号编码"},
    {"colon and slash in a URI's password", "postgresql://u:12/hush7@localhost/db", ASSAY_EUSAGE, "percent-encode",
     "百分号编码"},
    {"bad escape in a URI", "postgresql://u:hush7%zz@localhost/db", ASSAY_EUSAGE, "not valid", "连接串无效"},
    {"unknown URI parameter", "postgresql://localhost/db?hush7=1", ASSAY_EUSAGE, "not valid", "连接串无效"},
    {"bad option value", "sslmode=perhaps password=hush7", ASSAY_ESOURCE, "invalid sslmode value", "无法连接"},
};

static void test_refused_connections(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(connect_cases); i++) {
        const connect_case *c = &connect_cases[i];
        assay_err err = {0};
        ay_pg *pg = NULL;
        const assay_status st = ay_pg_open(c->conninfo, 1, NULL, &pg, &err);
        if (st != c->code) fail_msg("%s: status %d: %s", c->label, st, err.text);
        assert_null(pg);
        expect_text(c->label, err.text, c->en);
        expect_text(c->label, err.text_zh, c->zh);
        if (strstr(err.text, "hush7") || strstr(err.text_zh, "hush7"))
            fail_msg("%s: a password is shown: %s", c->label, err.text);
    }
}

static void test_right_password(void **state)
{
    (void)state;
    char conninfo[256];
    (void)snprintf(conninfo, sizeof conninfo, "user=%s password='%s'", getenv("CLUSTER_SCRAM_USER"),
                   getenv("CLUSTER_SCRAM_PASSWORD"));
    ay_pg *pg = session(conninfo, 2); /* the second connection needs it, too */
    assert_int_equal(pg->jobs, 2);
    ay_pg_close(pg);
}

/* A database of another encoding is converted by the server. */
static void test_latin_database(void **state)
{
    (void)state;
    ay_pg *pg = session("dbname=latin", 1);
    records r = read_query(pg, "select chr(233) as v", COLS("v"));
    expect_lines("latin", &r, LINES("é"));
    records_free(&r);
    ay_pg_close(pg);
    pg = session("client_encoding=LATIN1", 1); /* a wish that is not granted */
    r = read_query(pg, "select '遂宁' as v", COLS("v"));
    expect_lines("UTF-8 all the same", &r, LINES("遂宁"));
    records_free(&r);
    ay_pg_close(pg);
}

/* ---- A server that accepts and says nothing ---- */

typedef struct mute_server {
    char dir[64], path[96];
    int fd;
} mute_server;

static mute_server open_mute(void)
{
    mute_server m = {.dir = "/tmp/assay-mute.XXXXXX"};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_non_null(mkdtemp(m.dir));
    (void)snprintf(m.path, sizeof m.path, "%s/.s.PGSQL.5432", m.dir);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", m.path);
    m.fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(m.fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(m.fd, 4), 0);
    return m;
}

static void close_mute(mute_server *m)
{
    close(m->fd);
    unlink(m->path);
    rmdir(m->dir);
}

static void test_connect_timeout(void **state)
{
    (void)state;
    char conninfo[160];
    assay_err err = {0};
    ay_pg *pg = NULL;
    mute_server m = open_mute();
    (void)snprintf(conninfo, sizeof conninfo, "host=%s port=5432 connect_timeout=1 password=hush7", m.dir);
    const int64_t begun = clock_ms();
    assert_int_equal(ay_pg_open(conninfo, 1, NULL, &pg, &err), ASSAY_ESOURCE);
    assert_in_range(clock_ms() - begun, 900, 3000);
    expect_text("timeout", err.text, "did not answer in time; check host and port, or raise connect_timeout");
    expect_text("timeout", err.text_zh, "未在限定时间内应答");
    expect_text("timeout", err.text, m.dir);
    close_mute(&m);
}

static void *cancel_soon(void *flag)
{
    nanosleep(&(struct timespec){0, 300000000}, NULL);
    atomic_store((atomic_bool *)flag, true);
    return NULL;
}

static void test_cancel_while_connecting(void **state)
{
    (void)state;
    char conninfo[160];
    assay_err err = {0};
    ay_pg *pg = NULL;
    atomic_bool cancel = false;
    pthread_t thread;
    mute_server m = open_mute();
    (void)snprintf(conninfo, sizeof conninfo, "host=%s port=5432", m.dir);
    const int64_t begun = clock_ms();
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
    assert_int_equal(ay_pg_open(conninfo, 1, &cancel, &pg, &err), ASSAY_ECANCELLED);
    assert_in_range(clock_ms() - begun, 250, 800);
    pthread_join(thread, NULL);
    expect_text("cancel", err.text, "cancelled while connecting");
    close_mute(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_connections),     cmocka_unit_test(test_right_password),
        cmocka_unit_test(test_latin_database),          cmocka_unit_test(test_connect_timeout),
        cmocka_unit_test(test_cancel_while_connecting),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
