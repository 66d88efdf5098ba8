#include "help.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "base/thread.h"

static void ignore_notice(void *ctx, const PGresult *result)
{
    (void)ctx, (void)result;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

PGconn *admin_open(void)
{
    PGconn *admin = PQconnectdb("application_name=admin client_min_messages=warning");
    for (int i = 0; i < 100 && PQstatus(admin) != CONNECTION_OK; i++) {
        PQfinish(admin);
        pause_ms(100);
        admin = PQconnectdb("application_name=admin");
    }
    if (PQstatus(admin) != CONNECTION_OK) fail_msg("%s", PQerrorMessage(admin));
    PQsetNoticeReceiver(admin, ignore_notice, NULL);
    return admin;
}

void run_sql(PGconn *admin, const char *sql)
{
    PGresult *result = PQexec(admin, sql);
    const ExecStatusType st = PQresultStatus(result);
    PQclear(result);
    if (st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK) fail_msg("%s: %s", sql, PQerrorMessage(admin));
}

char *ask(PGconn *admin, const char *sql, char *buf, size_t size)
{
    PGresult *result = PQexec(admin, sql);
    if (PQntuples(result) != 1) fail_msg("%s: %s", sql, PQerrorMessage(admin));
    (void)snprintf(buf, size, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return buf;
}

ay_pg *session(const char *conninfo, uint32_t jobs)
{
    ay_pg *pg = NULL;
    assay_err err;
    if (ay_pg_open(conninfo, jobs, NULL, &pg, &err) != ASSAY_OK) fail_msg("%s", err.text);
    return pg;
}

/* ---- Records as text ---- */

static void add_line(records *r, const ay_batch *batch, uint32_t row)
{
    ay_buf text = {0};
    for (uint32_t i = 0; i < batch->n; i++) {
        const ay_cell cell = ay_batch_cell(batch, i, row);
        if (i) ay_buf_char(&text, '|');
        if (cell.is_null) ay_buf_char(&text, '~');
        if (cell.is_bad) ay_buf_char(&text, '!');
        ay_cell_text(&cell, &text);
    }
    ay_buf_char(&text, '\0');
    if (r->n == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 64;
        r->line = ay_realloc_array(r->line, r->cap, sizeof *r->line);
    }
    r->line[r->n++] = text.ptr;
}

void records_free(records *r)
{
    for (size_t i = 0; i < r->n; i++) ay_free(r->line[i]);
    ay_free(r->line);
    *r = (records){0};
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

typedef struct part_job {
    ay_pg_reading *reading;
    uint32_t part;
    records records;
} part_job;

static assay_status drain(ay_source *source, records *r, assay_err *err)
{
    for (;;) {
        const ay_batch *batch = NULL;
        bool is_end = false;
        AY_TRY(ay_source_next(source, &batch, &is_end, err));
        if (is_end) return ASSAY_OK;
        for (uint32_t row = 0; row < batch->rows; row++) add_line(r, batch, row);
    }
}

static assay_status read_part(void *p, assay_err *err)
{
    part_job *job = p;
    ay_source *source = NULL;
    AY_TRY(ay_pg_part_open(job->reading, job->part, &source, err));
    const assay_status st = drain(source, &job->records, err);
    ay_source_close(source);
    return st;
}

static void gather(part_job *jobs, uint32_t n, records *ret)
{
    for (uint32_t i = 0; i < n; i++) ret->cap += jobs[i].records.n;
    ret->line = AY_NEW_ARRAY(ret->cap, char *);
    for (uint32_t i = 0; i < n; i++) {
        if (jobs[i].records.n) memcpy(ret->line + ret->n, jobs[i].records.line, jobs[i].records.n * sizeof(char *));
        ret->n += jobs[i].records.n;
        ay_free(jobs[i].records.line);
    }
    qsort(ret->line, ret->n, sizeof *ret->line, by_bytes);
}

assay_status read_parts(ay_pg *pg, const ay_pg_request *request, records *ret, assay_err *err)
{
    ay_pg_reading *reading = NULL;
    AY_TRY(ay_pg_reading_open(pg, request, &reading, err));
    const uint32_t n = ay_pg_reading_parts(reading);
    part_job jobs[64] = {0};
    void *each[64];
    for (uint32_t i = 0; i < n; i++) {
        jobs[i] = (part_job){.reading = reading, .part = i};
        each[i] = &jobs[i];
    }
    const assay_status st = ay_threads_run(read_part, each, n, err);
    *ret = (records){0};
    gather(jobs, n, ret);
    ay_pg_reading_close(reading);
    if (st != ASSAY_OK) records_free(ret);
    return st;
}

ay_pg_request request_for(const char *table, const char *query, const char *const *columns)
{
    uint32_t n = 0;
    while (columns[n]) n++;
    return (ay_pg_request){.table = table, .query = query, .columns = columns, .n = n};
}

static records read_well(ay_pg *pg, ay_pg_request request)
{
    records r;
    assay_err err;
    if (read_parts(pg, &request, &r, &err) != ASSAY_OK) fail_msg("%s", err.text);
    return r;
}

records read_table(ay_pg *pg, const char *table, const char *const *columns)
{
    return read_well(pg, request_for(table, NULL, columns));
}

records read_query(ay_pg *pg, const char *query, const char *const *columns)
{
    return read_well(pg, request_for(NULL, query, columns));
}

void expect_lines(const char *label, const records *r, const char *const *lines)
{
    size_t n = 0;
    while (lines[n]) n++;
    if (r->n != n)
        fail_msg("%s: %zu records, expected %zu; the first is %s", label, r->n, n, r->n ? r->line[0] : "none");
    for (size_t i = 0; i < n; i++)
        if (strcmp(r->line[i], lines[i]) != 0)
            fail_msg("%s: record %zu is [%s], expected [%s]", label, i, r->line[i], lines[i]);
}

void expect_text(const char *label, const char *text, const char *part)
{
    if (!strstr(text, part)) fail_msg("%s: [%s] does not contain [%s]", label, text, part);
}
