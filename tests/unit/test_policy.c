/* The auditor's policy: what is read of it, and with which line it is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/mem.h"
#include "fault.h"
#include "proof/policy.h"

/* Two keys: the example of C2SP's signed-note.md, and the SM2 key of GB/T 32918.5 annex A. */
#define ONE "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define TWO                                                                                                            \
    "data.example.gov.cn/assay+aff734e4+/3NtMi1zbTMtaWQ6MTIzNDU2NzgxMjM0NTY3OAQJ+d8xHlQhoVDdfRY"                       \
    "eS8XGchefrRgz/AdrsI/zVvNQIMzqSQziZ3WlLcbqcYzBqmAK7QX7814ISmYy9gctqa0T"

static void test_taken(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t n;
        uint64_t first, last; /* of the first signer */
    } cases[] = {
        {ONE, 1, 0, UINT64_MAX},
        {ONE "\n", 1, 0, UINT64_MAX},
        {"# keys\n\n" ONE " 0\n\n# end", 1, 0, UINT64_MAX},
        {ONE " 7\n", 1, 7, UINT64_MAX},
        {ONE " 7 7", 1, 7, 7},
        {ONE " 0 18446744073709551615\n", 1, 0, UINT64_MAX},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_policy policy = {0};
        assay_err err = {0};
        if (ay_policy_take(ay_str_from(cases[i].text), &policy, &err) != ASSAY_OK) fail_msg("%zu: %s", i, err.text);
        assert_int_equal(policy.signers.n, cases[i].n);
        assert_true(policy.first[0] == cases[i].first && policy.last[0] == cases[i].last);
        ay_policy_free(&policy);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t line;
        const char *want;
    } cases[] = {
        {"", 0, "the policy names no signer"},
        {"#" ONE "\n\n", 0, "the policy names no signer"},
        {"\n\n" ONE " \n", 3, "words are parted by one space"},
        {" " ONE, 1, "words are parted by one space"},
        {"# x\n" ONE "  1\n", 2, "behind a signer may stand its first and its last entry, as numbers"},
        {ONE " 1 \n", 1, "behind a signer may stand its first and its last entry, as numbers"},
        {ONE " 01\n", 1, "behind a signer may stand its first and its last entry, as numbers"},
        {ONE " 1 2 3\n", 1, "behind a signer may stand its first and its last entry, as numbers"},
        {ONE " 1 # from 1 on\n", 1, "behind a signer may stand its first and its last entry, as numbers"},
        {ONE " 18446744073709551616\n", 1, "behind a signer may stand its first and its last entry, as numbers"},
        {ONE " 5 4\n", 1, "the first entry is behind the last one"},
        {ONE "\n" ONE " 1\n", 2, "signer example.com/foo is given twice"},
        {ONE "\r\n", 1, "a signer is written as name+8 hex digits+base64"},
        {"\xef\xbb\xbf" ONE, 1, "a signer is written as name+8 hex digits+base64"},
        {"x" ONE, 1, "the signer's id is not that of its name and key"},
        {"x\n", 1, "a signer is written as name+8 hex digits+base64"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_policy policy = {0};
        assay_err err = {0};
        assert_int_equal(ay_policy_take(ay_str_from(cases[i].text), &policy, &err), ASSAY_EFORMAT);
        if (err.line != cases[i].line || strcmp(err.text, cases[i].want) != 0 || !err.text_zh[0])
            fail_msg("%zu: line %u, %s", i, err.line, err.text);
        ay_policy_free(&policy);
    }
}

/* 64 signers are told apart, 65 are too many: names differ, the key is one. */
static void test_limit(void **state)
{
    (void)state;
    ay_buf text = {0};
    ay_key *key = NULL;
    assert_int_equal(ay_key_generate(AY_KEY_ED25519, &key, NULL), ASSAY_OK);
    for (int i = 0; i <= AY_SIGNERS_MAX; i++) {
        ay_policy policy = {0};
        assay_err err = {0};
        ay_signer signer;
        char name[16];
        (void)snprintf(name, sizeof name, "n%d", i);
        assert_int_equal(ay_signer_make(ay_str_from(name), key, &signer, NULL), ASSAY_OK);
        assert_int_equal(ay_signer_put(&signer, &text, NULL), ASSAY_OK);
        ay_buf_char(&text, '\n');
        const assay_status st = ay_policy_take(ay_buf_view(&text), &policy, &err);
        assert_int_equal(st, i < AY_SIGNERS_MAX ? ASSAY_OK : ASSAY_ELIMIT);
        if (st != ASSAY_OK) assert_int_equal(err.line, AY_SIGNERS_MAX + 1);
        ay_policy_free(&policy);
    }
    ay_key_free(key);
    ay_buf_free(&text);
}

static void test_ranges(void **state)
{
    (void)state;
    ay_policy policy = {0};
    ay_buf who = {0};
    assert_int_equal(ay_policy_take(AY_STR(ONE " 2 4\n" TWO " 4\n"), &policy, NULL), ASSAY_OK);
    static const struct {
        uint64_t who, index, want;
    } cases[] = {{3, 1, 0}, {3, 2, 1}, {3, 4, 3},          {3, 5, 2},          {1, 5, 0},
                 {2, 3, 0}, {0, 4, 0}, {2, UINT64_MAX, 2}, {1, UINT64_MAX, 0}, {1, 4, 1}};
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        if (ay_policy_of(&policy, cases[i].who, cases[i].index) != cases[i].want) fail_msg("%zu", i);
    ay_signers_put(&policy.signers, 3, &who);
    const ay_str want = AY_STR("example.com/foo+530d903a, data.example.gov.cn/assay+aff734e4");
    assert_true(ay_str_eq(ay_buf_view(&who), want));
    ay_buf_free(&who);
    ay_policy_free(&policy);
}

static assay_status faulty(void *arg)
{
    ay_policy policy = {0};
    const assay_status st = ay_policy_take(*(const ay_str *)arg, &policy, NULL);
    ay_policy_free(&policy);
    return st;
}

static void test_faults(void **state)
{
    (void)state;
    ay_str text = AY_STR("# x\n" ONE "\n" TWO " 1\n");
    assert_true(fail_each_allocation(faulty, &text) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),  cmocka_unit_test(test_refused), cmocka_unit_test(test_limit),
        cmocka_unit_test(test_ranges), cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
