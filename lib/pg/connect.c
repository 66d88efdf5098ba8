/* Connecting and pinning the session, so that the same data gives the same bytes whatever the user's settings are. */
#include "pg/conn.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

enum { CONNECT_TIMEOUT_S = 60, SLICE_MS = 100 };

/* ---- The connection string: libpq's own complaints quote it, password and all, so they are never shown ---- */

static bool is_uri(const char *conninfo)
{
    return strncmp(conninfo, "postgresql://", 13) == 0 || strncmp(conninfo, "postgres://", 11) == 0;
}

/* A password with an unescaped '@', ':' or '/' ends up in the host, the port or the database of a URI, and from there
 * in messages. */
static bool is_spilt(const PQconninfoOption *option)
{
    if (!option->val) return false;
    if (strcmp(option->keyword, "port") == 0) return option->val[strspn(option->val, "0123456789,")] != '\0';
    if (strcmp(option->keyword, "host") == 0) return *option->val && strchr(option->val + 1, '@');
    return strcmp(option->keyword, "dbname") == 0 && strchr(option->val, '@');
}

static assay_status check_conninfo(const char *conninfo, assay_err *err)
{
    if (!is_uri(conninfo) && !strchr(conninfo, '=')) return ASSAY_OK; /* a database name, or nothing at all */
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &message);
    PQfreemem(message);
    bool spilt = false;
    for (PQconninfoOption *o = options; o && o->keyword && is_uri(conninfo); o++) spilt = spilt || is_spilt(o);
    PQconninfoFree(options);
    AY_FAIL_IF(!options, err, ASSAY_EUSAGE,
               "the connection string is not valid: write host=... dbname=... user=... (values with spaces in single "
               "quotes) or "
               "postgresql://user@host/database, and keep the password in ~/.pgpass",
               "连接串无效：请写成 host=... dbname=... user=...（含空格的值用单引号）或 "
               "postgresql://user@host/database，密码请放在 "
               "~/.pgpass");
    AY_FAIL_IF(spilt, err, ASSAY_EUSAGE,
               "the connection URI is ambiguous: percent-encode '@', ':' and '/' in the user name and the password, or "
               "keep the "
               "password in ~/.pgpass",
               "连接 URI 有歧义：用户名和密码中的 '@'、':'、'/' 须用百分号编码，或将密码放在 ~/.pgpass");
    return ASSAY_OK;
}

/* ---- Connecting ---- */

static void drop_notice(void *ctx, const PGresult *result)
{
    (void)ctx, (void)result; /* a library does not print */
}

static assay_status fail_connect(const ay_pg_conn *conn, assay_err *err)
{
    const char *en = "check the connection string, the PG* environment and that the server runs";
    const char *zh = "请检查连接串、PG* 环境变量以及服务器是否在运行";
    if (PQconnectionNeedsPassword(conn->pq)) {
        en = "put the password into ~/.pgpass or PGPASSWORD";
        zh = "请将密码放入 ~/.pgpass 或 PGPASSWORD";
    } else if (PQconnectionUsedPassword(conn->pq)) {
        en = "check the password in ~/.pgpass or PGPASSWORD";
        zh = "请检查 ~/.pgpass 或 PGPASSWORD 中的密码";
    }
    const char *message = PQerrorMessage(conn->pq);
    size_t len = strlen(message);
    while (len > 0 && message[len - 1] == '\n') len--;
    return ay_fail(err, ASSAY_ESOURCE, "cannot connect to PostgreSQL: %1$.*2$s; %3$s%4$.0s",
                   "无法连接 PostgreSQL：%1$.*2$s；%3$.0s%4$s", message, len > 320 ? 320 : (int)len, en, zh);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* As libpq itself: 0 waits for ever. Unset is not for ever: a nightly run must end. */
static int64_t timeout_ms(const ay_pg_conn *conn)
{
    int64_t seconds = CONNECT_TIMEOUT_S;
    PQconninfoOption *options = PQconninfo(conn->pq);
    for (const PQconninfoOption *o = options; o && o->keyword; o++)
        if (strcmp(o->keyword, "connect_timeout") == 0 && o->val) seconds = strtol(o->val, NULL, 10);
    PQconninfoFree(options);
    return seconds > 0 ? seconds * 1000 : INT64_MAX / 2;
}

static assay_status finish_connecting(ay_pg_conn *conn, assay_err *err)
{
    const int64_t until = now_ms() + timeout_ms(conn);
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;
    while (want != PGRES_POLLING_OK) {
        if (want == PGRES_POLLING_FAILED || PQstatus(conn->pq) == CONNECTION_BAD) return fail_connect(conn, err);
        struct pollfd fd = {.fd = PQsocket(conn->pq), .events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        const int n = poll(&fd, 1, SLICE_MS);
        AY_FAIL_IF(n < 0 && errno != EINTR, err, ASSAY_ESOURCE, "cannot connect to PostgreSQL: %s",
                   "无法连接 PostgreSQL：%s", strerror(errno));
        AY_FAIL_IF(conn->cancel && atomic_load(conn->cancel), err, ASSAY_ECANCELLED,
                   "cancelled while connecting to PostgreSQL", "连接 PostgreSQL 时被取消");
        AY_FAIL_IF(
            now_ms() > until, err, ASSAY_ESOURCE,
            "cannot connect to PostgreSQL: %s did not answer in time; check host and port, or raise connect_timeout",
            "无法连接 PostgreSQL：%s 未在限定时间内应答；请检查主机和端口，或调大 connect_timeout", PQhost(conn->pq));
        if (n > 0) want = PQconnectPoll(conn->pq);
    }
    return ASSAY_OK;
}

/* ---- The session ---- */

static assay_status check_encoding(const ay_pg_conn *conn, assay_err *err)
{
    const char *server = PQparameterStatus(conn->pq, "server_encoding");
    const char *client = PQparameterStatus(conn->pq, "client_encoding");
    AY_FAIL_IF(
        server && strcmp(server, "SQL_ASCII") == 0, err, ASSAY_ESOURCE,
        "database \"%s\" has the encoding SQL_ASCII: what its bytes mean is not known and they cannot be turned into "
        "UTF-8; "
        "move the data to a database with a real encoding (pg_dump --encoding=...), or export it to CSV and name the "
        "encoding",
        "数据库 \"%s\" 的编码为 SQL_ASCII：字节的含义未知，无法转换为 UTF-8；请迁移到具有明确编码的数据库（pg_dump "
        "--encoding=...），或导出为 CSV 并指明编码",
        PQdb(conn->pq));
    AY_FAIL_IF(!client || strcmp(client, "UTF8") != 0, err, ASSAY_ESOURCE,
               "the server would not send UTF-8: client_encoding is %s; connect without a pooler that changes it",
               "服务器未按 UTF-8 发送：client_encoding 为 %s；请绕过会修改该设置的连接池", client ? client : "?");
    return ASSAY_OK;
}

/* Only settings that the server has are set, so that older and derived servers are served too.
 * row_security off: a table that the server would filter silently is an error, not a smaller table.
 * statement_timeout is left alone: it is how an administrator protects the server. */
static const char pin_sql[] =
    "select pg_catalog.set_config(s.name, v.value, false) from (values"
    " ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), ('TimeZone', 'UTC'), ('extra_float_digits', '3'),"
    " ('bytea_output', 'hex'), ('standard_conforming_strings', 'on'), ('synchronize_seqscans', 'off'),"
    " ('row_security', 'off'), ('idle_in_transaction_session_timeout', '0')"
    ") as v(name, value) join pg_catalog.pg_settings s on pg_catalog.lower(s.name) = pg_catalog.lower(v.name)";

assay_status ay_pg_conn_open(ay_pg_conn *conn, const char *conninfo, const atomic_bool *cancel, assay_err *err)
{
    *conn = (ay_pg_conn){.cancel = cancel, .act = {"cannot prepare the session on database", "无法准备数据库会话", ""}};
    AY_TRY(check_conninfo(conninfo, err));
    const char *const names[] = {"dbname", "application_name", "client_encoding", NULL};
    const char *const values[] = {conninfo, "assay", "UTF8", NULL};
    conn->pq = PQconnectStartParams(names, values, 1);
    AY_NOMEM_IF(!conn->pq, err);
    PQsetNoticeReceiver(conn->pq, drop_notice, NULL);
    AY_TRY(finish_connecting(conn, err));
    conn->act.name = PQdb(conn->pq);
    AY_TRY(check_encoding(conn, err));
    return ay_pg_query(conn, pin_sql, NULL, 0, NULL, err);
}

void ay_pg_conn_close(ay_pg_conn *conn)
{
    PQfinish(conn->pq);
    conn->pq = NULL;
}
