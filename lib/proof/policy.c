#include "proof/policy.h"

#include "proof/lines.h"

static assay_status take_range(ay_str rest, uint64_t *first, uint64_t *last, assay_err *err)
{
    ay_str word;
    *first = 0;
    *last = UINT64_MAX;
    if (rest.len == 0) return ASSAY_OK;
    const bool ok = ay_word_take(&rest, &word) && ay_count_take(word, first) &&
                    (rest.len == 0 || (ay_word_take(&rest, &word) && ay_count_take(word, last))) && rest.len == 0;
    AY_FAIL_IF(!ok, err, ASSAY_EFORMAT, "behind a signer may stand its first and its last entry, as numbers",
               "签名者之后可写其首个和末个条目的序号");
    AY_FAIL_IF(*first > *last, err, ASSAY_EFORMAT, "the first entry is behind the last one", "首个条目在末个条目之后");
    return ASSAY_OK;
}

static assay_status take_line(ay_str line, ay_policy *policy, assay_err *err)
{
    ay_str signer;
    const uint32_t i = policy->signers.n;
    if (line.len == 0 || line.ptr[0] == '#') return ASSAY_OK;
    AY_FAIL_IF(!ay_word_take(&line, &signer), err, ASSAY_EFORMAT, "words are parted by one space",
               "词与词之间只用一个空格分隔");
    AY_TRY(ay_signers_add(&policy->signers, signer, err));
    return take_range(line, &policy->first[i], &policy->last[i], err);
}

assay_status ay_policy_take(ay_str text, ay_policy *ret, assay_err *err)
{
    ay_str rest = text, line;
    for (uint32_t number = 1; rest.len > 0; number++) {
        if (!ay_line_take(&rest, &line)) {
            line = rest;
            rest.len = 0;
        }
        const assay_status st = take_line(line, ret, err);
        if (st != ASSAY_OK && err) err->line = number;
        AY_TRY(st);
    }
    AY_FAIL_IF(ret->signers.n == 0, err, ASSAY_EFORMAT, "the policy names no signer", "策略文件中没有签名者");
    return ASSAY_OK;
}

void ay_policy_free(ay_policy *policy)
{
    ay_signers_free(&policy->signers);
}

uint64_t ay_policy_of(const ay_policy *policy, uint64_t who, uint64_t index)
{
    uint64_t of = 0;
    for (uint32_t i = 0; i < policy->signers.n; i++)
        if (who >> i & 1 && policy->first[i] <= index && index <= policy->last[i]) of |= UINT64_C(1) << i;
    return of;
}
