#define _GNU_SOURCE /* strerror_r that returns the text */
#include "base/thread.h"

#include <pthread.h>
#include <signal.h>

#include "base/mem.h"

typedef struct worker {
    pthread_t thread;
    ay_thread_main main;
    void *job;
    assay_status status;
    assay_err err;
} worker;

static void *start(void *arg)
{
    worker *w = (worker *)arg;
    w->status = w->main(w->job, &w->err);
    return NULL;
}

/* Signals belong to the application's own threads. */
static uint32_t start_all(worker *workers, uint32_t n)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    uint32_t started = 0;
    for (; started < n; started++) {
        worker *w = &workers[started];
        const int failed = pthread_create(&w->thread, NULL, start, w);
        if (!failed) continue;
        char reason[128];
        const char *text = strerror_r(failed, reason, sizeof reason);
        w->status = ay_fail(&w->err, ASSAY_ELIMIT, "cannot start thread %u of %u: %s; use fewer jobs",
                            "无法启动第 %u 个线程（共 %u 个）：%s；请减少并行数", started + 1, n, text);
        break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

assay_status ay_threads_run(ay_thread_main main, void *const *jobs, uint32_t n, assay_err *err)
{
    if (n == 0) return ASSAY_OK;
    if (n == 1) return main(jobs[0], err);
    worker *workers = AY_NEW_ARRAY(n, worker);
    AY_NOMEM_IF(!workers, err);
    for (uint32_t i = 0; i < n; i++) {
        workers[i].main = main;
        workers[i].job = jobs[i];
    }
    const uint32_t started = start_all(workers, n);
    for (uint32_t i = 0; i < started; i++) pthread_join(workers[i].thread, NULL);
    uint32_t first = 0;
    while (first < n && workers[first].status == ASSAY_OK) first++;
    const assay_status status = first < n ? workers[first].status : ASSAY_OK;
    if (status != ASSAY_OK && err) *err = workers[first].err;
    ay_free(workers);
    return status;
}
