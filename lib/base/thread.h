/* A few threads of equal rank: start, join, first error wins. */
#ifndef AY_BASE_THREAD_H
#define AY_BASE_THREAD_H

#include "base/err.h"

typedef assay_status (*ay_thread_main)(void *job, assay_err *err);

/* Run main(jobs[i]) for every i < n, each in a thread of its own (n == 1: in the caller), and wait for all.
 * The status and error of the lowest i that failed are returned, whatever the order in time. */
assay_status ay_threads_run(ay_thread_main main, void *const *jobs, uint32_t n, assay_err *err);

#endif
