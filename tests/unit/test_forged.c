/* A fingerprint is no evidence: another record with the same XXH3-128 is made here, and has another leaf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define XXH_INLINE_ALL /* its secret, and the product over it */
#include <xxhash.h>

#include "base/hash.h"
#include "proof/leaf.h"
#include "proof/record.h"
#include "proof_kit.h"

/* id = 1, and 64 bytes named photograph. */
enum { RECORD_SIZE = 96, VALUE_AT = 32, KEY_SIZE = 16 };
static const unsigned char head[VALUE_AT + 1] = "CRE\1\0\2\0\1a\2\0\0\0\1"
                                                "1\0\12photograph\6\0\0\0\100";

static uint64_t word(const unsigned char *at)
{
    return XXH_readLE64(at);
}

static void put_word(unsigned char *at, uint64_t v)
{
    for (unsigned i = 0; i < 8; i++) at[i] = (unsigned char)(v >> 8 * i);
}

/* XXH3 multiplies two words, each xored with the secret. Where the first word is the secret the product is 0, and the
 * second counts only where it is added and xored in, which can be solved for. Two blocks are overwritten so that both
 * halves of the state stay; whatever follows them may be chosen freely, and so may the rest. */
static void forge(unsigned char *record)
{
    const unsigned char *secret = XXH3_kSecret + 64; /* of the first round over 65 to 96 bytes */
    unsigned char *one = record + VALUE_AT, *two = one + 16;
    const uint64_t low = RECORD_SIZE * XXH_PRIME64_1, low_after = low + XXH3_mix16B(one, secret, 0);
    const uint64_t high_after = XXH3_mix16B(two, secret + 16, 0);
    const uint64_t sum_one = word(one) + word(one + 8), sum_two = word(two) + word(two + 8);
    put_word(one, word(secret));
    put_word(one + 8, (high_after ^ sum_one) - word(secret));
    put_word(two, word(secret + 16));
    put_word(two + 8, (low ^ low_after ^ sum_two) - word(secret + 16));
}

static ay_leaf leaf_of(ay_alg alg, const unsigned char *record)
{
    static const ay_str key = {"CRE\1\0\1\0\1a\2\0\0\0\1"
                               "1",
                               15};
    const ay_leaf_options o = {.dataset = AY_STR("d"), .epoch = 1};
    const ay_str text = {(const char *)record, RECORD_SIZE};
    ay_hasher *hasher = NULL;
    ay_leaf_maker *maker = NULL;
    ay_leaf leaf;
    assert_int_equal(ay_hasher_open(alg, AY_PROVIDER_LANES, &hasher, NULL), ASSAY_OK);
    assert_int_equal(ay_leaf_maker_open(hasher, &o, &maker, NULL), ASSAY_OK);
    assert_int_equal(ay_leaf_make(maker, &(ay_leaf_batch){&key, &text, 1}, &leaf, NULL, NULL), ASSAY_OK);
    ay_leaf_maker_free(maker);
    ay_hasher_free(hasher);
    return leaf;
}

static void test_second_preimage(void **state)
{
    unsigned char then[RECORD_SIZE], now[RECORD_SIZE], of_then[16], of_now[16];
    (void)state;
    for (unsigned seed = 0; seed < 100; seed++) {
        memcpy(then, head, VALUE_AT);
        for (unsigned i = VALUE_AT; i < RECORD_SIZE; i++) then[i] = (unsigned char)(i * 7 + seed * 31);
        memcpy(now, then, RECORD_SIZE);
        forge(now);
        assert_memory_not_equal(then, now, RECORD_SIZE);
        ay_hash128((ay_str){(const char *)then, RECORD_SIZE}, of_then);
        ay_hash128((ay_str){(const char *)now, RECORD_SIZE}, of_now);
        assert_memory_equal(of_then, of_now, sizeof of_then);
        for (int alg = AY_SM3; alg <= AY_SHA256; alg++) {
            const ay_leaf one = leaf_of((ay_alg)alg, then), other = leaf_of((ay_alg)alg, now);
            assert_memory_equal(one.kh, other.kh, AY_KH_SIZE);
            assert_false(ay_digest_eq(&one.hash, &other.hash));
        }
    }
}

/* The bytes that were forged are a record, not just bytes. */
static void test_it_is_a_record(void **state)
{
    unsigned char record[RECORD_SIZE] = {0};
    (void)state;
    memcpy(record, head, VALUE_AT);
    forge(record);
    assert_true(ay_record_valid((ay_str){(const char *)record, RECORD_SIZE}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_second_preimage), cmocka_unit_test(test_it_is_a_record)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
