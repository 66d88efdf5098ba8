/* A few threads of equal rank: start, join, first error wins. And one beside its owner, which does what that asks for.
 */
#ifndef AY_BASE_THREAD_H
#define AY_BASE_THREAD_H

#include <stdbool.h>

#include "base/err.h"

typedef assay_status (*ay_thread_main)(void *job, assay_err *err);

/* Run main(jobs[i]) for every i < n, each in a thread of its own (n == 1: in the caller), and wait for all.
 * The status and error of the lowest i that failed are returned, whatever the order in time. */
assay_status ay_threads_run(ay_thread_main main, void *const *jobs, uint32_t n, assay_err *err);

/* A thread that does tasks, one behind the other, while its owner does something else. Its owner is one thread; signals
 * do not reach it. */
typedef struct ay_companion ay_companion;

#define AY_COMPANION_MOST 8 /* tasks that are not done */

assay_status ay_companion_open(ay_thread_main task, ay_companion **ret, assay_err *err);
/* The task is to be done with this job, behind those that wait. */
void ay_companion_start(ay_companion *companion, void *job);
/* How many are not done. The error of one that failed, told once; those that waited behind it will not be done. */
assay_status ay_companion_load(ay_companion *companion, uint32_t *ret, assay_err *err);
/* Until all are done, or one has failed: its error, told once. OK where there are none. */
assay_status ay_companion_wait(ay_companion *companion, assay_err *err);
ay_companion *ay_companion_close(ay_companion *companion); /* waits first; takes NULL, returns NULL */

#endif
