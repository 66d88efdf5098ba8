/* Fail the n-th allocation, for n = 1, 2, ... until none is left to fail: with the leak check of AddressSanitizer this
 * walks every way out for lack of memory. Include after cmocka.h. */
#ifndef AY_TESTS_FAULT_H
#define AY_TESTS_FAULT_H

#include "assay/status.h"
#include "base/mem.h"

/* body(arg) must say ENOMEM for every allocation that fails, and OK without a fault. Returns how many there were. */
static inline size_t fail_each_allocation(assay_status (*body)(void *arg), void *arg)
{
    for (size_t n = 1;; n++) {
        (void)ay_mem_fail_at(n);
        const assay_status status = body(arg);
        if (ay_mem_fail_at(0) < n) {
            if (status != ASSAY_OK) fail_msg("status %d without a fault", status);
            return n - 1;
        }
        if (status != ASSAY_ENOMEM) fail_msg("allocation %zu failed, status %d", n, status);
    }
}

#endif
