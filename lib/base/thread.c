#define _GNU_SOURCE /* strerror_r that returns the text */
#include "base/thread.h"

#include <assert.h>
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

/* Signals belong to the application's own threads. Returns the reason where there is no thread. */
static int start_quietly(pthread_t *thread, void *(*main)(void *), void *arg)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(thread, NULL, main, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

static assay_status cannot_start(int failed, uint32_t number, uint32_t n, assay_err *err)
{
    char reason[128];
    const char *text = strerror_r(failed, reason, sizeof reason);
    return ay_fail(err, ASSAY_ELIMIT, "cannot start thread %u of %u: %s; use fewer jobs",
                   "无法启动第 %u 个线程（共 %u 个）：%s；请减少并行数", number, n, text);
}

static uint32_t start_all(worker *workers, uint32_t n)
{
    for (uint32_t started = 0; started < n; started++) {
        worker *w = &workers[started];
        const int failed = start_quietly(&w->thread, start, w);
        if (!failed) continue;
        w->status = cannot_start(failed, started + 1, n, &w->err);
        return started;
    }
    return n;
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

/* ---- A companion ---- */

struct ay_companion {
    pthread_t thread;
    ay_thread_main task;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    bool is_leaving;
    void *jobs[AY_COMPANION_MOST]; /* a ring; the first one is being done */
    uint32_t first, n;
    assay_status status; /* of the first task that failed, until it is told */
    assay_err err;
};

/* With the lock, which is not held while the task runs. */
static void do_first(ay_companion *c)
{
    void *job = c->jobs[c->first];
    assay_err err;
    pthread_mutex_unlock(&c->lock);
    const assay_status status = c->task(job, &err);
    pthread_mutex_lock(&c->lock);
    c->first = (c->first + 1) % AY_COMPANION_MOST;
    c->n--;
    if (status != ASSAY_OK) {
        c->n = 0;
        c->status = status;
        c->err = err;
    }
    pthread_cond_signal(&c->changed);
}

static void *accompany(void *arg)
{
    ay_companion *c = (ay_companion *)arg;
    pthread_mutex_lock(&c->lock);
    while (c->n || !c->is_leaving) {
        if (c->n) do_first(c);
        else pthread_cond_wait(&c->changed, &c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static void free_companion(ay_companion *c)
{
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    ay_free(c);
}

assay_status ay_companion_open(ay_thread_main task, ay_companion **ret, assay_err *err)
{
    ay_companion *c = AY_NEW(ay_companion);
    AY_NOMEM_IF(!c, err);
    c->task = task;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    const int failed = start_quietly(&c->thread, accompany, c);
    if (!failed) {
        *ret = c;
        return ASSAY_OK;
    }
    free_companion(c);
    return cannot_start(failed, 1, 1, err);
}

void ay_companion_start(ay_companion *c, void *job)
{
    pthread_mutex_lock(&c->lock);
    assert(c->n < AY_COMPANION_MOST);
    c->jobs[(c->first + c->n++) % AY_COMPANION_MOST] = job;
    pthread_cond_signal(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

/* With the lock. */
static assay_status tell(ay_companion *c, assay_err *err)
{
    const assay_status status = c->status;
    c->status = ASSAY_OK;
    if (status != ASSAY_OK && err) *err = c->err;
    return status;
}

assay_status ay_companion_load(ay_companion *c, uint32_t *ret, assay_err *err)
{
    pthread_mutex_lock(&c->lock);
    *ret = c->n;
    const assay_status status = tell(c, err);
    pthread_mutex_unlock(&c->lock);
    return status;
}

assay_status ay_companion_wait(ay_companion *c, assay_err *err)
{
    pthread_mutex_lock(&c->lock);
    while (c->n) pthread_cond_wait(&c->changed, &c->lock);
    const assay_status status = tell(c, err);
    pthread_mutex_unlock(&c->lock);
    return status;
}

ay_companion *ay_companion_close(ay_companion *c)
{
    if (!c) return NULL;
    pthread_mutex_lock(&c->lock);
    c->is_leaving = true;
    pthread_cond_signal(&c->changed);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    free_companion(c);
    return NULL;
}
