#include "run/run.h"

#include <time.h>

#include "base/diag.h"
#include "base/mem.h"
#include "run/options.h"

#define PROGRESS_EVERY_US 100000

uint64_t ay_monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

assay_status assay_run_open(const assay_pack *pack, const assay_run_options *options, assay_run **ret_run,
                            assay_err *err)
{
    assay_run *run = AY_NEW(assay_run);
    AY_NOMEM_IF(!run, err);
    run->pack = pack;
    pthread_mutex_init(&run->progress_lock, NULL);
    atomic_init(&run->cancel, false);
    run->began_us = ay_monotonic_us();
    run->datasets = AY_NEW_ARRAY(pack->n_datasets + 1, ay_dataset_run);
    const assay_status st = run->datasets ? ay_run_take_options(run, options, err) : ay_fail_nomem(err);
    if (st != ASSAY_OK) {
        assay_run_free(run);
        return st;
    }
    run->budget->cancel = &run->cancel;
    *ret_run = run;
    return ASSAY_OK;
}

assay_run *assay_run_free(assay_run *run)
{
    if (!run) return NULL;
    ay_feeds_free(run->feeds);
    for (uint32_t i = 0; run->datasets && i < run->pack->n_datasets; i++)
        if (run->datasets[i].partial.plan) ay_partial_free(&run->datasets[i].partial);
    ay_free(run->datasets);
    ay_secret_free(run->gate.pseudonym_key);
    ay_arena_free(&run->arena);
    ay_free(run->budget); /* last: what lives in the arena may give back to it */
    pthread_mutex_destroy(&run->progress_lock);
    return ay_free(run);
}

assay_status ay_run_ended(assay_run *run, assay_status status)
{
    if (status != ASSAY_OK) run->has_failed = true;
    return status;
}

assay_status ay_run_check(const assay_run *run, assay_err *err)
{
    AY_FAIL_IF(run->has_failed, err, ASSAY_EUSAGE, "an earlier call of this run failed: it can only be freed",
               "本次运行中先前的调用已失败：只能释放");
    return ASSAY_OK;
}

void assay_run_cancel(assay_run *run)
{
    atomic_store(&run->cancel, true);
}

void ay_run_set_history(assay_run *run, const ay_history *history)
{
    run->context->history = history;
}

const char *ay_run_copy(assay_run *run, const char *text)
{
    return ay_arena_copy(&run->arena, ay_str_from(text));
}

static assay_status fail_unknown_dataset(const assay_pack *pack, const char *name, assay_err *err)
{
    const char **names = AY_NEW_ARRAY(pack->n_datasets + 1, const char *);
    AY_NOMEM_IF(!names, err);
    for (uint32_t i = 0; i < pack->n_datasets; i++) names[i] = pack->datasets[i].name;
    const char *near = ay_nearest(ay_str_from(name), names, pack->n_datasets);
    ay_free(names);
    if (!near)
        return ay_fail(err, ASSAY_EUSAGE, "the pack has no dataset '%.128s'", "规则包中没有数据集“%.128s”", name);
    return ay_fail(err, ASSAY_EUSAGE, "the pack has no dataset '%.128s', did you mean '%.128s'?",
                   "规则包中没有数据集“%.128s”，是否指“%.128s”？", name, near);
}

assay_status ay_run_find(assay_run *run, const char *name, ay_dataset_run **ret, assay_err *err)
{
    const assay_pack *pack = run->pack;
    uint32_t i = 0;
    AY_TRY(ay_run_check(run, err));
    while (i < pack->n_datasets && strcmp(pack->datasets[i].name, name) != 0) i++;
    if (i == pack->n_datasets) return fail_unknown_dataset(pack, name, err);
    ay_dataset_run *d = &run->datasets[i];
    AY_FAIL_IF(!d->selected, err, ASSAY_EUSAGE, "dataset %s is not among the datasets of this run",
               "数据集 %s 不在本次运行的范围内", name);
    *ret = d;
    return ASSAY_OK;
}

assay_status ay_run_dataset(assay_run *run, const char *name, ay_dataset_run **ret, assay_err *err)
{
    AY_TRY(ay_run_find(run, name, ret, err));
    AY_FAIL_IF((*ret)->fed != AY_UNFED, err, ASSAY_EUSAGE, "dataset %s was already read in this run",
               "数据集 %s 在本次运行中已经读过", name);
    return ASSAY_OK;
}

static void free_watch(void *watch)
{
    ay_watch_free((ay_watch *)watch);
}

assay_status ay_run_watch(assay_run *run, uint32_t dataset, ay_watch *watch, assay_err *err)
{
    AY_NOMEM_IF(!ay_arena_defer(&run->arena, free_watch, watch), err);
    run->datasets[dataset].plan.watch = watch;
    return ASSAY_OK;
}

assay_status ay_run_begin(assay_run *run, ay_dataset_run *d, assay_err *err)
{
    AY_TRY(ay_partial_open(&d->plan, run->budget, &d->partial, err));
    d->fed = AY_FEEDING;
    d->began_us = ay_monotonic_us();
    return ay_run_tick(run, d, 0, err);
}

static void report(assay_run *run, ay_dataset_run *d, bool done)
{
    if (!run->progress) return;
    pthread_mutex_lock(&run->progress_lock);
    const uint64_t now = ay_monotonic_us();
    if (done || now - run->progress_last_us >= PROGRESS_EVERY_US) {
        run->progress_last_us = now;
        const assay_progress p = {.dataset = d->plan.dataset->name,
                                  .records = atomic_load(&d->records),
                                  .expected = d->expected,
                                  .elapsed_us = now - d->began_us,
                                  .done = done};
        run->progress(run->progress_ctx, &p);
    }
    pthread_mutex_unlock(&run->progress_lock);
}

assay_status ay_run_tick(assay_run *run, ay_dataset_run *d, uint64_t records, assay_err *err)
{
    const bool is_over = atomic_load(&run->cancel) || atomic_load(&d->stop);
    AY_FAIL_IF(is_over, err, ASSAY_ECANCELLED, "cancelled while reading %s", "读取 %s 时被取消", d->plan.dataset->name);
    atomic_fetch_add(&d->records, records);
    report(run, d, false);
    return ASSAY_OK;
}

assay_status ay_run_end(assay_run *run, ay_dataset_run *d, assay_err *err)
{
    AY_TRY(ay_run_tick(run, d, 0, err));
    d->fed = AY_FED;
    report(run, d, true);
    return ASSAY_OK;
}

/* ---- One source, one worker ---- */

static assay_status on_reject(void *ctx, const ay_reject *reject, assay_err *err)
{
    return ay_worker_reject(ctx, reject, err);
}

static assay_status drain(assay_run *run, ay_dataset_run *d, ay_source *source, ay_worker *worker, assay_err *err)
{
    for (bool end = false;;) {
        const ay_batch *batch = NULL;
        AY_TRY(ay_source_next(source, &batch, &end, err));
        if (end) return ASSAY_OK;
        AY_TRY(ay_worker_take(worker, batch, err));
        AY_TRY(ay_run_tick(run, d, batch->rows, err));
    }
}

assay_status ay_run_drain(assay_run *run, ay_dataset_run *d, ay_source *source, const ay_schema *all, ay_partial *into,
                          assay_err *err)
{
    ay_worker *worker = NULL;
    assay_status st = ay_worker_open(&d->plan, source->schema, all, run->budget, run->trace, &worker, err);
    if (st == ASSAY_OK && d->facts.lenient) {
        source->on_reject = on_reject;
        source->reject_ctx = worker;
    }
    if (st == ASSAY_OK) st = drain(run, d, source, worker, err);
    if (st == ASSAY_OK) st = ay_worker_merge(worker, into, err);
    ay_worker_close(worker);
    ay_source_close(source);
    return st;
}

assay_status ay_run_source(assay_run *run, const char *dataset, const assay_explain_source *source, assay_err *err)
{
    if (source->path) return assay_run_file(run, dataset, source->path, source->file, err);
    return assay_run_postgres(run, dataset, source->conninfo, err);
}

bool ay_row_has_key(const ay_key_wanted *wanted, const ay_batch *fields, uint32_t row, ay_buf *scratch)
{
    for (uint32_t k = 0; k < wanted->dataset->n_key; k++) {
        const ay_cell cell = ay_batch_cell(fields, wanted->dataset->key[k], row);
        ay_buf_clear(scratch);
        ay_cell_text_in(&cell, wanted->zone, scratch);
        if (cell.is_null || !ay_str_eq(ay_buf_view(scratch), ay_str_from(wanted->texts[k]))) return false;
    }
    return true;
}
