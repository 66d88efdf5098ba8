/* The floor: a bare binary COPY drain, plain PQgetCopyData, nothing done with the bytes.
 *
 *   drain SQL        prints seconds, records and bytes */
#include <libpq-fe.h>
#include <stdio.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int fail(PGconn *conn)
{
    fprintf(stderr, "drain: %s", PQerrorMessage(conn));
    PQfinish(conn);
    return 3;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("drain 'COPY (SELECT ...) TO STDOUT (FORMAT binary)'\n", stderr);
        return 2;
    }
    PGconn *conn = PQconnectdb("");
    if (PQstatus(conn) != CONNECTION_OK) return fail(conn);
    const double begin = seconds();
    PQclear(PQexec(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    PGresult *copy = PQexec(conn, argv[1]);
    if (PQresultStatus(copy) != PGRES_COPY_OUT) return fail(conn);
    PQclear(copy);
    char *piece;
    unsigned long long pieces = 0, bytes = 0;
    for (int n; (n = PQgetCopyData(conn, &piece, 0)) > 0; pieces++) {
        bytes += (unsigned)n;
        PQfreemem(piece);
    }
    PGresult *end = PQgetResult(conn);
    if (PQresultStatus(end) != PGRES_COMMAND_OK) return fail(conn);
    PQclear(end);
    printf("%.3f s, %llu pieces, %llu bytes\n", seconds() - begin, pieces, bytes);
    PQfinish(conn);
    return 0;
}
