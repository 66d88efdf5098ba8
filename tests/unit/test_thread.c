/* Threads: all run at once, the lowest that failed is reported, signals stay with the application. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
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

static ay_companion *open_companion(job *j)
{
    ay_companion *c = NULL;
    assert_int_equal(ay_companion_open(work, j, &c, NULL), ASSAY_OK);
    return c;
}

/* Neither gets past the barrier alone: the task runs while its owner does something else. */
static void test_companion_works_beside(void **state)
{
    (void)state;
    pthread_barrier_t together;
    assert_int_equal(pthread_barrier_init(&together, NULL, 2), 0);
    job j = {.together = &together};
    ay_companion *c = open_companion(&j);
    for (unsigned i = 0; i < 1000; i++) {
        j.ran = false;
        ay_companion_start(c);
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
    ay_companion *c = open_companion(&j);
    assert_int_equal(ay_companion_wait(c, &err), ASSAY_OK); /* nothing was started */
    ay_companion_start(c);
    assert_int_equal(ay_companion_wait(c, &err), ASSAY_EIO);
    assert_string_equal(err.text, "job 7");
    assert_int_equal(ay_companion_wait(c, &err), ASSAY_OK);
    j.status = ASSAY_OK;
    ay_companion_start(c);
    assert_int_equal(ay_companion_wait(c, NULL), ASSAY_OK);
    assert_null(ay_companion_close(c));
}

static void test_companion_is_waited_for(void **state)
{
    (void)state;
    assert_null(ay_companion_close(NULL));
    for (unsigned i = 0; i < 100; i++) {
        job j = {0};
        ay_companion *c = open_companion(&j);
        if (i % 2) ay_companion_start(c);
        assert_null(ay_companion_close(c));
        assert_int_equal(j.ran, i % 2);
    }
}

/* ---- A companion that is offered work and lent things ---- */

typedef struct loan {
    ay_companion *companion;
    pthread_barrier_t begun, given_back; /* where it is not quick both wait there */
    bool quick;
    assay_status status;
    unsigned lent, seen; /* what is lent, and what the task saw of it */
    unsigned ran;
} loan;

static assay_status borrow(void *arg, assay_err *err)
{
    loan *l = (loan *)arg;
    l->ran++;
    if (!l->quick) (void)pthread_barrier_wait(&l->begun);
    l->seen = l->lent;
    ay_companion_give_back(l->companion);
    if (!l->quick) (void)pthread_barrier_wait(&l->given_back);
    return l->status == ASSAY_OK ? ASSAY_OK : ay_fail(err, l->status, "loan", "loan");
}

static void open_loan(loan *l)
{
    *l = (loan){0};
    assert_int_equal(pthread_barrier_init(&l->begun, NULL, 2), 0);
    assert_int_equal(pthread_barrier_init(&l->given_back, NULL, 2), 0);
    assert_int_equal(ay_companion_open(borrow, l, &l->companion, NULL), ASSAY_OK);
}

static void close_loan(loan *l)
{
    assert_null(ay_companion_close(l->companion));
    (void)pthread_barrier_destroy(&l->begun);
    (void)pthread_barrier_destroy(&l->given_back);
}

/* The owner has it back before the task ends, and what it changes then is not seen. */
static void test_loan_ends_before_the_task(void **state)
{
    (void)state;
    loan l;
    open_loan(&l);
    bool is_started = false, again = true;
    for (unsigned i = 1; i <= 200; i++) {
        l.lent = i;
        assert_int_equal(ay_companion_offer(l.companion, &is_started, NULL), ASSAY_OK);
        assert_true(is_started);
        (void)pthread_barrier_wait(&l.begun);
        assert_false(ay_companion_take_back(l.companion)); /* it has begun */
        l.lent = 0;
        assert_int_equal(ay_companion_offer(l.companion, &again, NULL), ASSAY_OK);
        assert_false(again); /* it is still at work */
        (void)pthread_barrier_wait(&l.given_back);
        assert_int_equal(ay_companion_wait(l.companion, NULL), ASSAY_OK);
        assert_int_equal(l.seen, i);
        assert_int_equal(l.ran, i);
    }
    close_loan(&l);
}

/* Taken back at once: either it was not begun and never is, or it was and is done once. */
static void test_what_is_taken_back_is_not_begun(void **state)
{
    (void)state;
    loan l;
    open_loan(&l);
    l.quick = true;
    unsigned begun = 0;
    for (unsigned i = 0; i < 20000; i++) {
        bool is_started = false;
        assert_int_equal(ay_companion_wait(l.companion, NULL), ASSAY_OK);
        assert_int_equal(ay_companion_offer(l.companion, &is_started, NULL), ASSAY_OK);
        assert_true(is_started);
        if (!ay_companion_take_back(l.companion)) begun++;
    }
    assert_int_equal(ay_companion_wait(l.companion, NULL), ASSAY_OK);
    assert_int_equal(l.ran, begun);
    assert_false(ay_companion_take_back(l.companion)); /* nothing was started */
    close_loan(&l);
}

static void test_offer_tells_what_failed(void **state)
{
    (void)state;
    loan l;
    assay_err err = {0};
    bool is_started = false;
    open_loan(&l);
    l.quick = true;
    l.status = ASSAY_EIO;
    assert_int_equal(ay_companion_offer(l.companion, &is_started, &err), ASSAY_OK);
    assert_true(is_started);
    assay_status st = ASSAY_OK;
    do { /* until it rests */
        st = ay_companion_offer(l.companion, &is_started, &err);
        assert_false(is_started);
    } while (st == ASSAY_OK);
    assert_int_equal(st, ASSAY_EIO);
    assert_string_equal(err.text, "loan");
    assert_false(is_started);
    assert_int_equal(l.ran, 1);
    l.status = ASSAY_OK;
    assert_int_equal(ay_companion_offer(l.companion, &is_started, &err), ASSAY_OK); /* told once */
    assert_true(is_started);
    assert_int_equal(ay_companion_wait(l.companion, NULL), ASSAY_OK);
    close_loan(&l);
}

static assay_status one_companion(void *arg)
{
    ay_companion *c = NULL;
    AY_TRY(ay_companion_open(work, arg, &c, NULL));
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
    job j = {0};
    assert_int_equal(fail_each_allocation(run_two, NULL), 1);
    assert_int_equal(fail_each_allocation(one_companion, &j), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_no_err_object),
        cmocka_unit_test(test_companion_works_beside),
        cmocka_unit_test(test_companion_tells_once),
        cmocka_unit_test(test_companion_is_waited_for),
        cmocka_unit_test(test_loan_ends_before_the_task),
        cmocka_unit_test(test_what_is_taken_back_is_not_begun),
        cmocka_unit_test(test_offer_tells_what_failed),
        cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
