#include "pg/conn.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

enum { SLICE_MS = 100 }; /* how long a cancellation may go unnoticed */

/* ---- Words ---- */

/* What to do about an error, by SQLSTATE or its class (the first two characters). */
static const struct advice {
    const char *state, *en, *zh;
} advices[] = {
    {"22", "see the server's log for the value, and correct the query, or the values",
     "具体取值请查看服务器日志，并更正查询或数据"},
    {"23", "see the server's log for the value, and correct the query, or the values",
     "具体取值请查看服务器日志，并更正查询或数据"},
    {"42501", "grant SELECT on it to this user (where row security is on: read as its owner or a role with BYPASSRLS)",
     "请授予该用户 SELECT 权限（若启用了行级安全：请用属主或具有 BYPASSRLS 的角色读取）"},
    {"42P01", "check the name and the search_path", "请检查名称与 search_path"},
    {"42703", "check the column names", "请检查列名"},
    {"42", "correct the table or query of the dataset", "请更正数据集的表名或查询"},
    {"57014", "raise statement_timeout for this user, or read when the server is less busy",
     "请为该用户调大 statement_timeout，或在服务器空闲时读取"},
    {"55P03", "another session waits to change the table; run again later", "有会话正等待修改该表，请稍后重试"},
    {"40001", "on a standby: set hot_standby_feedback or raise max_standby_streaming_delay",
     "备库上请设置 hot_standby_feedback 或调大 max_standby_streaming_delay"},
    {"25006", "datasets are read in a read-only transaction: the query must not write",
     "数据集在只读事务中读取：查询不得写入"},
    {"53300", "use fewer jobs, or raise max_connections", "请减少并行数，或调大 max_connections"},
    {"57", "the server was stopped or restarted; run again", "服务器被停止或重启，请重新运行"},
    {"", "see the server's log", "请查看服务器日志"},
};

static const struct advice *advice_for(const char *state)
{
    size_t i = 0;
    while (strncmp(advices[i].state, state, strlen(advices[i].state)) != 0) i++;
    return &advices[i];
}

/* libpq ends its messages with line feeds and breaks them; ay_fail makes one line of what is left. */
static int trimmed(const char *text)
{
    enum { MESSAGE_MAX = 280 }; /* room for our words and the advice */
    size_t len = strlen(text);
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' ')) len--;
    if (len > MESSAGE_MAX) {
        len = MESSAGE_MAX;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) len--;
    }
    return (int)len;
}

/* The first line is the reason; behind it stand the statement and what libpq supposes. */
static assay_status fail_lost(const ay_pg_conn *conn, const char *message, assay_err *err)
{
    const int line = (int)strcspn(message, "\n"), all = trimmed(message);
    return ay_fail(
        err, ASSAY_ESOURCE,
        "%1$.0s%2$s %3$s: the server closed the connection while it was being read: %5$.*4$s; see the server's "
        "log and run again",
        "%1$s%2$.0s %3$s：读取过程中服务器关闭了连接：%5$.*4$s；请查看服务器日志后重新运行", conn->act.zh, conn->act.en,
        conn->act.name, line < all ? line : all, message);
}

/* Data exceptions, violated constraints, and what functions of users and foreign tables raise: their messages, not only
 * DETAIL and CONTEXT, quote values of the table. */
static bool quotes_values(const char *state)
{
    static const char *const classes[] = {"22", "23", "38", "39", "44", "HV", "P0"};
    bool quotes = false;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) quotes |= strncmp(state, classes[i], 2) == 0;
    return quotes;
}

static assay_status fail_value(const ay_pg_conn *conn, const char *state, assay_err *err)
{
    const struct advice *advice = advice_for(state);
    return ay_fail(err, ASSAY_ESOURCE, "%1$.0s%2$s %3$s: the server refused a value (SQLSTATE %4$s); %5$s%6$.0s",
                   "%1$s%2$.0s %3$s：服务器拒绝了一个取值（SQLSTATE %4$s）；%6$s%5$.0s", conn->act.zh, conn->act.en,
                   conn->act.name, state, advice->en, advice->zh);
}

assay_status ay_pg_fail(const ay_pg_conn *conn, const PGresult *result, assay_err *err)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (PQstatus(conn->pq) == CONNECTION_BAD) return fail_lost(conn, PQerrorMessage(conn->pq), err);
    if (state && quotes_values(state)) return fail_value(conn, state, err);
    const struct advice *advice = advice_for(state ? state : "");
    /* Neither DETAIL nor CONTEXT: they quote values of the table. */
    const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *hint = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_HINT) : NULL;
    if (!text) text = PQerrorMessage(conn->pq);
    if (!hint) hint = "";
    return ay_fail(err, ASSAY_ESOURCE, "%1$.0s%2$s %3$s: %5$.*4$s (SQLSTATE %6$s)%7$s%8$s; %10$.0s%9$s",
                   "%1$s%2$.0s %3$s：%5$.*4$s（SQLSTATE %6$s）%7$s%8$s；%10$s%9$.0s", conn->act.zh, conn->act.en,
                   conn->act.name, trimmed(text), text, state ? state : "?", *hint ? "; " : "", hint, advice->en,
                   advice->zh);
}

/* ---- Waiting ---- */

assay_status ay_pg_check_cancel(ay_pg_conn *conn, assay_err *err)
{
    if (!conn->cancel || !atomic_load_explicit(conn->cancel, memory_order_relaxed)) return ASSAY_OK;
    char reason[256];
    PGcancel *request = PQgetCancel(conn->pq);
    if (request) (void)PQcancel(request, reason, sizeof reason); /* at worst the server goes on until it sees us gone */
    PQfreeCancel(request);
    return ay_fail(err, ASSAY_ECANCELLED, "cancelled while waiting for the server (%s)", "等待服务器时被取消（%s）",
                   conn->act.name);
}

assay_status ay_pg_wait(ay_pg_conn *conn, assay_err *err)
{
    const int left = PQflush(conn->pq);
    if (left < 0) return ay_pg_fail(conn, NULL, err);
    struct pollfd fd = {.fd = PQsocket(conn->pq), .events = (short)(left ? POLLIN | POLLOUT : POLLIN)};
    int n = 0;
    while (n == 0) {
        AY_TRY(ay_pg_check_cancel(conn, err));
        n = poll(&fd, 1, SLICE_MS);
        if (n < 0 && errno == EINTR) n = 0;
    }
    return n < 0 ? ay_pg_fail(conn, NULL, err) : ASSAY_OK;
}

assay_status ay_pg_wait_readable(ay_pg_conn *conn, assay_err *err)
{
    AY_TRY(ay_pg_wait(conn, err));
    return PQconsumeInput(conn->pq) ? ASSAY_OK : ay_pg_fail(conn, NULL, err);
}

/* ---- Statements ---- */

assay_status ay_pg_next_result(ay_pg_conn *conn, PGresult **ret, assay_err *err)
{
    while (PQisBusy(conn->pq)) AY_TRY(ay_pg_wait_readable(conn, err));
    *ret = PQgetResult(conn->pq);
    return ASSAY_OK;
}

static bool is_good(const PGresult *result)
{
    const ExecStatusType st = PQresultStatus(result);
    return st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK || st == PGRES_COPY_OUT;
}

/* The result of the one statement sent, good or not. A COPY is left where its data begins. */
static assay_status take_result(ay_pg_conn *conn, PGresult **ret, assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *first = NULL;
    AY_TRY(ay_pg_next_result(conn, &first, err));
    AY_NOMEM_IF(!first, err);
    while (PQresultStatus(first) != PGRES_COPY_OUT) {
        PGresult *rest = NULL;
        AY_TRY(ay_pg_next_result(conn, &rest, err));
        if (!rest) break;
        PQclear(rest);
    }
    *ret = AY_STEAL(first);
    return ASSAY_OK;
}

assay_status ay_pg_query(ay_pg_conn *conn, const char *sql, const char *const *args, int n, PGresult **ret,
                         assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    AY_TRY(ay_pg_check_cancel(conn, err));
    if (!PQsendQueryParams(conn->pq, sql, n, NULL, args, NULL, NULL, 0)) return ay_pg_fail(conn, NULL, err);
    AY_TRY(take_result(conn, &result, err));
    if (!is_good(result)) return ay_pg_fail(conn, result, err);
    if (ret) *ret = AY_STEAL(result);
    return ASSAY_OK;
}

assay_status ay_pg_try(ay_pg_conn *conn, const char *sql, PGresult **ret, assay_err *err)
{
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    if (!PQsendQueryParams(conn->pq, sql, 0, NULL, NULL, NULL, NULL, 0)) return ay_pg_fail(conn, NULL, err);
    AY_TRY(take_result(conn, &result, err));
    if (PQstatus(conn->pq) == CONNECTION_BAD) return ay_pg_fail(conn, result, err);
    *ret = is_good(result) ? AY_STEAL(result) : NULL;
    return ASSAY_OK;
}

assay_status ay_pg_begin(ay_pg_conn *conn, const char *snapshot, assay_err *err)
{
    AY_TRY(ay_pg_query(conn, "begin transaction isolation level repeatable read read only", NULL, 0, NULL, err));
    if (!snapshot) return ASSAY_OK;
    AY_CLEANUP(ay_pg_clear) PGresult *result = NULL;
    char sql[128]; /* a snapshot's name is hexadecimal digits and dashes */
    const int n = snprintf(sql, sizeof sql, "set transaction snapshot '%s'", snapshot);
    AY_FAIL_IF(n < 0 || (size_t)n >= sizeof sql || strspn(snapshot, "0123456789abcdefABCDEF-") != strlen(snapshot), err,
               ASSAY_ESOURCE, "the server named its snapshot in an unknown way: %.64s; read with one job",
               "服务器给出的快照名称无法识别：%.64s；请用单连接读取", snapshot);
    return ay_pg_query(conn, sql, NULL, 0, &result, err);
}
