/* A few threads of equal rank: start, join, first error wins. And one beside its owner, which does a task at a time. */
#ifndef AY_BASE_THREAD_H
#define AY_BASE_THREAD_H

#include <stdbool.h>

#include "base/err.h"

typedef assay_status (*ay_thread_main)(void *job, assay_err *err);

/* Run main(jobs[i]) for every i < n, each in a thread of its own (n == 1: in the caller), and wait for all.
 * The status and error of the lowest i that failed are returned, whatever the order in time. */
assay_status ay_threads_run(ay_thread_main main, void *const *jobs, uint32_t n, assay_err *err);

/* A thread that does one task while its owner does something else. Its owner is one thread; signals do not reach it. */
typedef struct ay_companion ay_companion;

assay_status ay_companion_open(ay_thread_main task, void *job, ay_companion **ret, assay_err *err);
void ay_companion_start(ay_companion *companion); /* the task; the one before was waited for */
/* The same where it rests, with what became of the task before; while it works it is left alone, *ret_started false. */
assay_status ay_companion_offer(ay_companion *companion, bool *ret_started, assay_err *err);
/* By the task: what its owner lent it for this time is no longer looked at. A task that ends has given all back. */
void ay_companion_give_back(ay_companion *companion);
/* By the owner: true: the task was started and not begun, and will not be. False, after all is given back: otherwise.
 */
bool ay_companion_take_back(ay_companion *companion);
/* What became of the task that was started; OK where none was, or it was waited for already. */
assay_status ay_companion_wait(ay_companion *companion, assay_err *err);
ay_companion *ay_companion_close(ay_companion *companion); /* waits first; takes NULL, returns NULL */

#endif
