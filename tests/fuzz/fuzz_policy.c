/* Any bytes as an auditor's policy: refused with a reason and a line, or signers that are written as they were read,
 * each with a range that holds its ends and nothing outside. */
#define _GNU_SOURCE /* memmem */
#include <stdlib.h>

#include "base/mem.h"
#include "proof/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool ok)
{
    if (!ok) abort();
}

static void check_signer(const ay_policy *policy, uint32_t i, ay_str text)
{
    const uint64_t bit = UINT64_C(1) << i;
    ay_buf again = {0};
    require(ay_signer_put(&policy->signers.list[i], &again, NULL) == ASSAY_OK);
    require(memmem(text.ptr, text.len, again.ptr, again.len) != NULL);
    ay_buf_free(&again);
    require(policy->first[i] <= policy->last[i]);
    require(ay_policy_of(policy, bit, policy->first[i]) == bit && ay_policy_of(policy, bit, policy->last[i]) == bit);
    require(policy->first[i] == 0 || ay_policy_of(policy, bit, policy->first[i] - 1) == 0);
    require(policy->last[i] == UINT64_MAX || ay_policy_of(policy, bit, policy->last[i] + 1) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const ay_str text = {(const char *)data, len};
    ay_policy policy = {0};
    assay_err err = {0};
    const assay_status st = ay_policy_take(text, &policy, &err);
    if (st == ASSAY_OK)
        for (uint32_t i = 0; i < policy.signers.n; i++) check_signer(&policy, i, text);
    else require(err.text[0] && err.text_zh[0] && (err.line > 0 || policy.signers.n == 0));
    ay_policy_free(&policy);
    return 0;
}
