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

typedef enum errand { RESTING, ASKED, WORKING, LEAVING } errand;

struct ay_companion {
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    errand errand;
    bool has_lent;
    ay_thread_main task;
    void *job;
    assay_status status; /* of the task, until it is waited for */
    assay_err err;
};

static void *accompany(void *arg)
{
    ay_companion *c = (ay_companion *)arg;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        while (c->errand == RESTING) pthread_cond_wait(&c->changed, &c->lock);
        if (c->errand == LEAVING) break;
        c->errand = WORKING;
        pthread_mutex_unlock(&c->lock);
        const assay_status status = c->task(c->job, &c->err); /* the owner does not look before it rests */
        pthread_mutex_lock(&c->lock);
        c->status = status;
        c->errand = RESTING;
        c->has_lent = false;
        pthread_cond_signal(&c->changed);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* With the lock. */
static void ask(ay_companion *c, errand what)
{
    c->errand = what;
    c->has_lent = what == ASKED;
    pthread_cond_signal(&c->changed);
}

static bool is_at_work(const ay_companion *c)
{
    return c->errand == ASKED || c->errand == WORKING;
}

static assay_status take_status(ay_companion *c, assay_err *err)
{
    const assay_status status = c->status;
    c->status = ASSAY_OK;
    if (status != ASSAY_OK && err) *err = c->err;
    return status;
}

static void free_companion(ay_companion *c)
{
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    ay_free(c);
}

assay_status ay_companion_open(ay_thread_main task, void *job, ay_companion **ret, assay_err *err)
{
    ay_companion *c = AY_NEW(ay_companion);
    AY_NOMEM_IF(!c, err);
    c->task = task;
    c->job = job;
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

void ay_companion_start(ay_companion *companion)
{
    pthread_mutex_lock(&companion->lock);
    ask(companion, ASKED);
    pthread_mutex_unlock(&companion->lock);
}

assay_status ay_companion_offer(ay_companion *companion, bool *ret_started, assay_err *err)
{
    assay_status status = ASSAY_OK;
    pthread_mutex_lock(&companion->lock);
    const bool is_free = !is_at_work(companion);
    if (is_free) status = take_status(companion, err);
    *ret_started = is_free && status == ASSAY_OK;
    if (*ret_started) ask(companion, ASKED);
    pthread_mutex_unlock(&companion->lock);
    return status;
}

void ay_companion_give_back(ay_companion *companion)
{
    pthread_mutex_lock(&companion->lock);
    companion->has_lent = false;
    pthread_cond_signal(&companion->changed);
    pthread_mutex_unlock(&companion->lock);
}

bool ay_companion_take_back(ay_companion *companion)
{
    pthread_mutex_lock(&companion->lock);
    const bool is_mine = companion->errand == ASKED;
    if (is_mine) companion->errand = RESTING;
    while (companion->errand == WORKING && companion->has_lent)
        pthread_cond_wait(&companion->changed, &companion->lock);
    pthread_mutex_unlock(&companion->lock);
    return is_mine;
}

assay_status ay_companion_wait(ay_companion *companion, assay_err *err)
{
    pthread_mutex_lock(&companion->lock);
    while (is_at_work(companion)) pthread_cond_wait(&companion->changed, &companion->lock);
    const assay_status status = take_status(companion, err);
    pthread_mutex_unlock(&companion->lock);
    return status;
}

ay_companion *ay_companion_close(ay_companion *companion)
{
    if (!companion) return NULL;
    (void)ay_companion_wait(companion, NULL);
    pthread_mutex_lock(&companion->lock);
    ask(companion, LEAVING);
    pthread_mutex_unlock(&companion->lock);
    pthread_join(companion->thread, NULL);
    free_companion(companion);
    return NULL;
}
