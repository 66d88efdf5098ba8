/* The floor: a bare binary COPY drain of a table, nothing done with the bytes.
 *
 *   drain [--large] [--connections N] TABLE      prints seconds, records and bytes
 *
 * Plain is PQgetCopyData, a piece for each record. Large reads the socket in pieces of 1 MiB and only looks where
 * messages begin. Several connections share a snapshot and cut the table by pages. */
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 1 << 20, CONNECTIONS_MAX = 64, HEAD = 5 /* of a message: its kind and its length */ };

typedef struct part {
    PGconn *conn;
    char sql[512];
    bool is_large, ok;
    unsigned long long records, bytes;
    pthread_t thread;
} part;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool tell(const part *p)
{
    fprintf(stderr, "drain: %s", PQerrorMessage(p->conn));
    return false;
}

/* ---- Plain ---- */

static bool drain_plain(part *p)
{
    PGresult *result = PQexec(p->conn, p->sql);
    bool ok = PQresultStatus(result) == PGRES_COPY_OUT;
    PQclear(result);
    if (!ok) return tell(p);
    char *piece;
    for (int n; (n = PQgetCopyData(p->conn, &piece, 0)) > 0; p->records++) {
        p->bytes += (unsigned)n;
        PQfreemem(piece);
    }
    p->records--; /* the trailer comes by itself, the header with the first record */
    result = PQgetResult(p->conn);
    ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return ok || tell(p);
}

/* ---- Large: the connection is idle, so that libpq holds nothing of what the server will send ---- */

typedef struct scanner {
    unsigned char head[HEAD];
    size_t have; /* of the head */
    size_t skip; /* of the body */
    unsigned long long records, bytes;
    bool ended, failed;
} scanner;

static void begin_message(scanner *s)
{
    s->skip = ((size_t)s->head[1] << 24 | (size_t)s->head[2] << 16 | (size_t)s->head[3] << 8 | s->head[4]) - 4;
    s->have = 0;
    if (s->head[0] == 'd') s->records++, s->bytes += s->skip;
    if (s->head[0] == 'E') s->failed = true;
    if (s->head[0] == 'Z') s->ended = true;
}

static void scan(scanner *s, const unsigned char *at, size_t n)
{
    while (n > 0) {
        const size_t want = s->skip > 0 ? s->skip : HEAD - s->have, take = n < want ? n : want;
        if (s->skip > 0) {
            s->skip -= take;
        } else {
            memcpy(s->head + s->have, at, take);
            s->have += take;
            if (s->have == HEAD) begin_message(s);
        }
        at += take;
        n -= take;
    }
}

static bool send_query(int fd, const char *sql)
{
    const size_t len = strlen(sql) + 5; /* with the length itself and the zero */
    unsigned char message[600] = {'Q', 0, 0, (unsigned char)(len >> 8), (unsigned char)len};
    memcpy(message + HEAD, sql, len - 4);
    return write(fd, message, len + 1) == (ssize_t)len + 1;
}

static bool drain_large(part *p)
{
    static _Thread_local unsigned char piece[PIECE];
    struct pollfd fd = {.fd = PQsocket(p->conn), .events = POLLIN};
    scanner s = {0};
    bool ok = send_query(fd.fd, p->sql);
    while (ok && !(s.ended && s.skip == 0)) {
        ok = poll(&fd, 1, -1) == 1;
        const ssize_t n = ok ? read(fd.fd, piece, sizeof piece) : 0;
        if (n > 0) scan(&s, piece, (size_t)n);
        ok = n > 0;
    }
    p->records = s.records - 1;
    p->bytes = s.bytes;
    if (!ok || s.failed) fprintf(stderr, "drain: the server broke off\n");
    return ok && !s.failed;
}

/* ---- Parts ---- */

static void *drain(void *argument)
{
    part *p = argument;
    p->ok = p->is_large ? drain_large(p) : drain_plain(p);
    return NULL;
}

/* Runs a statement; its one value goes to out. */
static bool ask(part *p, const char *sql, char *out, size_t size)
{
    PGresult *result = PQexec(p->conn, sql);
    const ExecStatusType status = PQresultStatus(result);
    if (out && status == PGRES_TUPLES_OK) snprintf(out, size, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || tell(p);
}

static bool connect_part(part *p, const char *snapshot)
{
    char sql[256];
    p->conn = PQconnectdb("");
    if (PQstatus(p->conn) != CONNECTION_OK) return tell(p);
    if (!ask(p, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL, 0)) return false;
    snprintf(sql, sizeof sql, "SET TRANSACTION SNAPSHOT '%s'", snapshot);
    return !*snapshot || ask(p, sql, NULL, 0);
}

static void cut(part *p, const char *table, unsigned long pages, unsigned i, unsigned n)
{
    char end[64] = "";
    if (i + 1 < n) snprintf(end, sizeof end, " AND ctid < '(%lu,0)'", pages * (i + 1) / n);
    snprintf(p->sql, sizeof p->sql, "COPY (SELECT * FROM %s WHERE ctid >= '(%lu,0)'%s) TO STDOUT (FORMAT binary)",
             table, pages * i / n, end);
    if (n == 1) snprintf(p->sql, sizeof p->sql, "COPY (SELECT * FROM %s) TO STDOUT (FORMAT binary)", table);
}

static bool open_parts(part *parts, unsigned n, const char *table)
{
    char snapshot[128] = "", size[32], sql[256];
    snprintf(sql, sizeof sql, "SELECT pg_relation_size('%s') / current_setting('block_size')::int8", table);
    for (unsigned i = 0; i < n; i++) {
        if (!connect_part(&parts[i], snapshot)) return false;
        if (i == 0 && !ask(parts, "SELECT pg_export_snapshot()", snapshot, sizeof snapshot)) return false;
        if (i == 0 && !ask(parts, sql, size, sizeof size)) return false;
        cut(&parts[i], table, strtoul(size, NULL, 10), i, n);
    }
    return true;
}

static bool run(part *parts, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (pthread_create(&parts[i].thread, NULL, drain, &parts[i]) != 0) exit(3);
    bool ok = true;
    for (unsigned i = 0; i < n; i++) {
        pthread_join(parts[i].thread, NULL);
        ok = ok && parts[i].ok;
    }
    return ok;
}

static int usage(void)
{
    fputs("drain [--large] [--connections N] TABLE\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static part parts[CONNECTIONS_MAX];
    unsigned n = 1;
    bool is_large = false;
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++)
        if (strcmp(argv[at], "--large") == 0) is_large = true;
        else if (strcmp(argv[at], "--connections") == 0 && at + 1 < argc) n = (unsigned)strtoul(argv[++at], NULL, 10);
        else return usage();
    if (at + 1 != argc || n < 1 || n > CONNECTIONS_MAX) return usage();
    for (unsigned i = 0; i < n; i++) parts[i].is_large = is_large;
    const double begin = seconds();
    if (!open_parts(parts, n, argv[at]) || !run(parts, n)) return 3;
    unsigned long long records = 0, bytes = 0;
    for (unsigned i = 0; i < n; i++) records += parts[i].records, bytes += parts[i].bytes;
    printf("%.3f s, %llu records, %llu bytes\n", seconds() - begin, records, bytes);
    for (unsigned i = 0; i < n; i++) PQfinish(parts[i].conn);
    return 0;
}
