#include "interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static _Atomic(assay_run *) interruptible;
static atomic_bool interrupted;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&interrupted, true);
    assay_run *run = atomic_load(&interruptible);
    if (run) assay_run_cancel(run);
}

void cli_interrupt(void *ctx, assay_run *run)
{
    const struct sigaction action = {.sa_handler = on_signal};
    (void)ctx;
    atomic_store(&interruptible, run);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error, not the end of the program */
    signal(SIGXFSZ, SIG_IGN);
}

bool cli_is_interrupted(void)
{
    return atomic_load(&interrupted);
}
