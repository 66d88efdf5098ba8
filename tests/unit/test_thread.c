/* Threads: all run at once, the lowest that failed is reported, signals stay with the application. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "base/thread.h"
#include "fault.h"

typedef struct job {
    uint32_t number;
    assay_status status;
    pthread_barrier_t *together; /* NULL: does not wait */
    pthread_t thread;
    bool ran, signals_blocked;
} job;

static assay_status work(void *arg, assay_err *err)
{
    job *j = (job *)arg;
    sigset_t mask;
    if (j->together) (void)pthread_barrier_wait(j->together); /* only all of them get past */
    j->thread = pthread_self();
    j->ran = true;
    (void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
    j->signals_blocked = sigismember(&mask, SIGINT) == 1;
    return j->status == ASSAY_OK ? ASSAY_OK : ay_fail(err, j->status, "job %u", "任务 %u", j->number);
}

static const struct run_case {
    const char *label;
    uint32_t n;
    assay_status each[4], want;
    const char *text;
} run_cases[] = {
    {"none", 0, {0}, ASSAY_OK, ""},
    {"one", 1, {ASSAY_OK}, ASSAY_OK, ""},
    {"one fails", 1, {ASSAY_EIO}, ASSAY_EIO, "job 0"},
    {"all well", 4, {0}, ASSAY_OK, ""},
    {"the last fails", 4, {0, 0, 0, ASSAY_EFORMAT}, ASSAY_EFORMAT, "job 3"},
    {"two fail: the lower one", 4, {0, ASSAY_ESOURCE, 0, ASSAY_EIO}, ASSAY_ESOURCE, "job 1"},
    {"all fail", 4, {ASSAY_EIO, ASSAY_ELIMIT, ASSAY_EIO, ASSAY_EIO}, ASSAY_EIO, "job 0"},
};

static void test_run(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(run_cases); i++) {
        const struct run_case *c = &run_cases[i];
        job jobs[4] = {0};
        void *args[4];
        pthread_barrier_t together;
        assay_err err = {0};
        if (c->n > 1) assert_int_equal(pthread_barrier_init(&together, NULL, c->n), 0);
        for (uint32_t n = 0; n < 4; n++) {
            jobs[n] = (job){.number = n, .status = c->each[n], .together = c->n > 1 ? &together : NULL};
            args[n] = &jobs[n];
        }
        if (ay_threads_run(work, args, c->n, &err) != c->want) fail_msg("%s: %s", c->label, err.text);
        assert_string_equal(err.text, c->text);
        for (uint32_t n = 0; n < 4; n++) {
            assert_int_equal(jobs[n].ran, n < c->n);
            if (jobs[n].ran) assert_int_equal(jobs[n].signals_blocked, c->n > 1);
            if (jobs[n].ran) assert_int_equal(pthread_equal(jobs[n].thread, pthread_self()) != 0, c->n == 1);
        }
        if (c->n > 1) (void)pthread_barrier_destroy(&together);
        sigset_t mask;
        assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
        assert_int_equal(sigismember(&mask, SIGINT), 0);
    }
}

static void test_no_err_object(void **state)
{
    (void)state;
    job jobs[2] = {{.status = ASSAY_EIO}, {.number = 1}};
    void *args[] = {&jobs[0], &jobs[1]};
    assert_int_equal(ay_threads_run(work, args, 2, NULL), ASSAY_EIO);
}

/* ---- A companion ---- */

static ay_companion *open_companion(void)
{
    ay_companion *c = NULL;
    assert_int_equal(ay_companion_open(work, &c, NULL), ASSAY_OK);
    return c;
}

/* Neither gets past the barrier alone: the task runs while its owner does something else. */
static void test_companion_works_beside(void **state)
{
    (void)state;
    pthread_barrier_t together;
    assert_int_equal(pthread_barrier_init(&together, NULL, 2), 0);
    job j = {.together = &together};
    ay_companion *c = open_companion();
    for (unsigned i = 0; i < 1000; i++) {
        j.ran = false;
        ay_companion_start(c, &j);
        (void)pthread_barrier_wait(&together);
        assert_int_equal(ay_companion_wait(c, NULL), ASSAY_OK);
        assert_true(j.ran && j.signals_blocked && !pthread_equal(j.thread, pthread_self()));
    }
    assert_null(ay_companion_close(c));
    (void)pthread_barrier_destroy(&together);
}

static void test_companion_tells_once(void **state)
{
    (void)state;
    job j = {.number = 7, .status = ASSAY_EIO};
    assay_err err = {0};
    uint32_t load = 9;
    ay_companion *c = open_companion();
    assert_int_equal(ay_companion_wait(c, &err), ASSAY_OK); /* nothing was started */
    assert_int_equal(ay_companion_load(c, &load, &err), ASSAY_OK);
    assert_int_equal(load, 0);
    ay_companion_start(c, &j);
    assert_int_equal(ay_companion_wait(c, &err), ASSAY_EIO);
    assert_string_equal(err.text, "job 7");
    assert_int_equal(ay_companion_wait(c, &err), ASSAY_OK);
    assert_int_equal(ay_companion_load(c, &load, &err), ASSAY_OK);
    j.status = ASSAY_OK;
    ay_companion_start(c, &j);
    assert_int_equal(ay_companion_wait(c, NULL), ASSAY_OK);
    assert_null(ay_companion_close(c));
}

/* What was started before it is closed is done. */
static void test_companion_is_waited_for(void **state)
{
    (void)state;
    assert_null(ay_companion_close(NULL));
    for (unsigned i = 0; i < 100; i++) {
        job jobs[AY_COMPANION_MOST] = {0};
        ay_companion *c = open_companion();
        for (unsigned n = 0; n < i % (AY_COMPANION_MOST + 1); n++) ay_companion_start(c, &jobs[n]);
        assert_null(ay_companion_close(c));
        for (unsigned n = 0; n < AY_COMPANION_MOST; n++) assert_int_equal(jobs[n].ran, n < i % (AY_COMPANION_MOST + 1));
    }
}

/* ---- Several tasks ---- */

typedef struct queue {
    job jobs[AY_COMPANION_MOST];
    pthread_barrier_t gate; /* the first job stands here until it is opened */
    ay_companion *companion;
} queue;

static uint32_t load_of(const queue *q)
{
    uint32_t load = UINT32_MAX;
    assert_int_equal(ay_companion_load(q->companion, &load, NULL), ASSAY_OK);
    return load;
}

/* As many as there may be, none of them done; job `failing` will fail. */
static void fill_queue(queue *q, uint32_t failing)
{
    q->companion = open_companion();
    assert_int_equal(pthread_barrier_init(&q->gate, NULL, 2), 0);
    for (uint32_t i = 0; i < AY_COMPANION_MOST; i++) {
        q->jobs[i] = (job){.number = i, .together = i ? NULL : &q->gate};
        if (i == failing) q->jobs[i].status = ASSAY_EFORMAT;
        ay_companion_start(q->companion, &q->jobs[i]);
        assert_int_equal(load_of(q), i + 1);
    }
}

static void open_gate(queue *q)
{
    (void)pthread_barrier_wait(&q->gate);
}

static void close_queue(queue *q)
{
    assert_null(ay_companion_close(q->companion));
    (void)pthread_barrier_destroy(&q->gate);
}

static void test_all_tasks_are_done(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 100; round++) {
        queue q;
        fill_queue(&q, UINT32_MAX);
        open_gate(&q);
        if (round % 2) assert_int_equal(ay_companion_wait(q.companion, NULL), ASSAY_OK);
        else
            while (load_of(&q)) (void)sched_yield();
        for (uint32_t i = 0; i < AY_COMPANION_MOST; i++) assert_true(q.jobs[i].ran);
        close_queue(&q);
    }
}

/* Those before it are done, those behind it are not, whoever asks first is told, and the next ones are done again. */
static void test_nothing_is_done_behind_a_failure(void **state)
{
    (void)state;
    for (uint32_t failing = 0; failing < AY_COMPANION_MOST; failing++) {
        queue q;
        assay_err err = {0};
        fill_queue(&q, failing);
        open_gate(&q);
        uint32_t load = 1;
        assay_status st = ASSAY_OK;
        if (failing % 2) st = ay_companion_wait(q.companion, &err);
        else
            while (st == ASSAY_OK && load) st = ay_companion_load(q.companion, &load, &err);
        assert_int_equal(st, ASSAY_EFORMAT);
        assert_int_equal(err.text[4] - '0', failing);
        for (uint32_t i = 0; i < AY_COMPANION_MOST; i++) assert_int_equal(q.jobs[i].ran, i <= failing);
        assert_int_equal(load_of(&q), 0);
        job next = {0};
        ay_companion_start(q.companion, &next);
        assert_int_equal(ay_companion_wait(q.companion, NULL), ASSAY_OK);
        assert_true(next.ran);
        close_queue(&q);
    }
}

static assay_status one_companion(void *arg)
{
    (void)arg;
    ay_companion *c = NULL;
    AY_TRY(ay_companion_open(work, &c, NULL));
    ay_companion_close(c);
    return ASSAY_OK;
}

static assay_status run_two(void *arg)
{
    (void)arg;
    job jobs[2] = {{.number = 0}, {.number = 1}};
    void *args[] = {&jobs[0], &jobs[1]};
    return ay_threads_run(work, args, 2, NULL);
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    assert_int_equal(fail_each_allocation(run_two, NULL), 1);
    assert_int_equal(fail_each_allocation(one_companion, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_no_err_object),
        cmocka_unit_test(test_companion_works_beside),
        cmocka_unit_test(test_companion_tells_once),
        cmocka_unit_test(test_companion_is_waited_for),
        cmocka_unit_test(test_all_tasks_are_done),
        cmocka_unit_test(test_nothing_is_done_behind_a_failure),
        cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
