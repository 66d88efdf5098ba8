/* Reading datasets from PostgreSQL: one session, one or several workers a dataset. */
#include "base/mem.h"
#include "base/options.h"
#include "base/thread.h"
#include "pg/pg.h"
#include "run/run.h"

typedef struct part_job {
    assay_run *run;
    ay_dataset_run *dataset;
    ay_pg_reading *reading;
    uint32_t part;
    ay_partial partial;
    assay_status
        status; /* of this part, with its own error: of several, the first that was not merely stopped is told */
    assay_err err;
} part_job;

static assay_status read_one(part_job *job, assay_err *err)
{
    ay_source *source = NULL;
    AY_TRY(ay_partial_open(&job->dataset->plan, job->run->budget, &job->partial, err));
    AY_TRY(ay_pg_part_open(job->reading, job->part, &source, err));
    return ay_run_drain(job->run, job->dataset, source, ay_pg_reading_all_columns(job->reading), &job->partial, err);
}

/* A part that fails stops the others at their next batch. */
static assay_status read_part(void *p, assay_err *err)
{
    part_job *job = p;
    (void)err;
    job->status = read_one(job, &job->err);
    if (job->status != ASSAY_OK) atomic_store(&job->dataset->stop, true);
    return ASSAY_OK;
}

static assay_status first_failure(const part_job *jobs, uint32_t n, assay_err *err)
{
    const part_job *worst = NULL;
    for (uint32_t i = 0; i < n; i++) {
        const bool is_cause = jobs[i].status != ASSAY_OK && jobs[i].status != ASSAY_ECANCELLED;
        if (is_cause && (!worst || worst->status == ASSAY_ECANCELLED)) worst = &jobs[i];
        if (!worst && jobs[i].status != ASSAY_OK) worst = &jobs[i];
    }
    if (!worst) return ASSAY_OK;
    if (err) *err = worst->err;
    return worst->status;
}

static assay_status run_jobs(part_job *jobs, uint32_t n, ay_partial *into, assay_err *err)
{
    void **each = AY_NEW_ARRAY(n, void *);
    AY_NOMEM_IF(!each, err);
    for (uint32_t i = 0; i < n; i++) each[i] = &jobs[i];
    assay_status st = ay_threads_run(read_part, each, n, err);
    if (st == ASSAY_OK) st = first_failure(jobs, n, err);
    for (uint32_t i = 0; i < n && st == ASSAY_OK; i++) st = ay_partial_merge(into, &jobs[i].partial, err);
    ay_free(each);
    return st;
}

static assay_status read_parts(assay_run *run, ay_dataset_run *d, ay_pg_reading *reading, assay_err *err)
{
    const uint32_t n = ay_pg_reading_parts(reading);
    part_job *jobs = AY_NEW_ARRAY(n, part_job);
    AY_NOMEM_IF(!jobs, err);
    for (uint32_t i = 0; i < n; i++) jobs[i] = (part_job){.run = run, .dataset = d, .reading = reading, .part = i};
    const assay_status st = run_jobs(jobs, n, &d->partial, err);
    for (uint32_t i = 0; i < n; i++)
        if (jobs[i].partial.plan) ay_partial_free(&jobs[i].partial);
    ay_free(jobs);
    return st;
}

static assay_status note_facts(assay_run *run, ay_dataset_run *d, const ay_pg *pg, assay_err *err)
{
    const ay_pg_facts *f = ay_pg_session_facts(pg);
    const ay_dataset *dataset = d->plan.dataset;
    d->facts = (ay_reading_facts){
        .kind = "postgres",
        .place = dataset->table   ? dataset->table
                 : dataset->query ? dataset->query
                                  : "",
        .server_version = ay_run_copy(run, f->server_version),
        .database = ay_run_copy(run, f->database),
        .snapshot = ay_run_copy(run, f->snapshot),
        .lsn = ay_run_copy(run, f->lsn),
    };
    AY_NOMEM_IF(!d->facts.server_version || !d->facts.database || !d->facts.snapshot || !d->facts.lsn, err);
    return ASSAY_OK;
}

static assay_status read_dataset(assay_run *run, ay_dataset_run *d, ay_pg *pg, const assay_piece *piece, assay_err *err)
{
    const ay_dataset *dataset = d->plan.dataset;
    AY_FAIL_IF(!dataset->table && !dataset->query && !piece->table, err, ASSAY_EUSAGE,
               "dataset %s names neither a table nor a query: read it from a file, or name one in the pack",
               "数据集 %s 既没有表也没有查询：请从文件读取，或在规则包中写明", dataset->name);
    const ay_pg_request request = {.table = piece->table ? piece->table : dataset->table,
                                   .query = dataset->query,
                                   .columns = (const char *const *)d->plan.columns,
                                   .n = d->plan.n_needed,
                                   .batch_cap = d->plan.batch_cap,
                                   .piece = piece->part,
                                   .pieces = piece->of};
    ay_pg_reading *reading = NULL;
    AY_TRY(note_facts(run, d, pg, err));
    AY_TRY(ay_pg_reading_open(pg, &request, &reading, err));
    const int64_t estimate = ay_pg_reading_estimate(reading);
    d->expected = estimate > 0 ? (uint64_t)estimate : 0;
    assay_status st = ay_run_begin(run, d, err);
    if (st == ASSAY_OK) st = read_parts(run, d, reading, err);
    if (st == ASSAY_OK) st = ay_run_end(run, d, err);
    ay_pg_reading_close(reading);
    return st;
}

static assay_status read_all(assay_run *run, ay_pg *pg, assay_err *err)
{
    static const assay_piece all = ASSAY_PIECE_INIT;
    for (uint32_t i = 0; i < run->pack->n_datasets; i++) {
        ay_dataset_run *d = &run->datasets[i];
        const bool is_here = d->plan.dataset->table || d->plan.dataset->query;
        if (d->selected && d->fed == AY_UNFED && is_here) AY_TRY(read_dataset(run, d, pg, &all, err));
    }
    return ASSAY_OK;
}

static assay_status read_postgres(assay_run *run, const char *dataset, const char *conninfo, assay_err *err)
{
    ay_dataset_run *d = NULL;
    ay_pg *pg = NULL;
    if (dataset) AY_TRY(ay_run_dataset(run, dataset, &d, err));
    AY_TRY(ay_pg_open(conninfo ? conninfo : "", run->jobs, &run->cancel, &pg, err));
    static const assay_piece all = ASSAY_PIECE_INIT;
    const assay_status st = d ? read_dataset(run, d, pg, &all, err) : read_all(run, pg, err);
    ay_pg_close(pg);
    return st;
}

assay_status assay_run_postgres(assay_run *run, const char *dataset, const char *conninfo, assay_err *err)
{
    return ay_run_ended(run, read_postgres(run, dataset, conninfo, err));
}

static assay_status take_piece(const assay_piece *from, assay_piece *ret, assay_err *err)
{
    AY_TRY(ay_take_options(ret, sizeof *ret, sizeof *ret, from, err));
    const bool is_all = !ret->part && !ret->of;
    AY_FAIL_IF(!is_all && (ret->part < 1 || ret->part > ret->of || ret->of > AY_PARTIAL_CHUNKS_MAX), err, ASSAY_EUSAGE,
               "there is no piece %u of %u", "没有第 %u 块（共 %u 块）", ret->part, ret->of);
    AY_FAIL_IF(ret->snapshot && (!*ret->snapshot || ret->snapshot[strspn(ret->snapshot, "0123456789abcdefABCDEF-")]),
               err, ASSAY_EUSAGE, "'%.64s' is no snapshot: write what pg_export_snapshot() returned",
               "“%.64s”不是快照：请写 pg_export_snapshot() 返回的名称", ret->snapshot);
    return ASSAY_OK;
}

static assay_status read_postgres_piece(assay_run *run, const char *name, const char *conninfo,
                                        const assay_piece *given, assay_err *err)
{
    ay_dataset_run *d = NULL;
    ay_pg *pg = NULL;
    assay_piece piece = {0};
    AY_TRY(take_piece(given, &piece, err));
    AY_TRY(ay_run_dataset(run, name, &d, err));
    AY_TRY(ay_pg_open_at(conninfo ? conninfo : "", 1, piece.snapshot, &run->cancel, &pg, err));
    const assay_status st = read_dataset(run, d, pg, &piece, err);
    ay_pg_close(pg);
    return st;
}

assay_status assay_run_postgres_piece(assay_run *run, const char *dataset, const char *conninfo,
                                      const assay_piece *piece, assay_err *err)
{
    return ay_run_ended(run, read_postgres_piece(run, dataset, conninfo, piece, err));
}
