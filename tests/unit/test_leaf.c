/* Leaves: the values of lib/proof/SPEC.md, all ways alike, what binds what. tests/proof compares many with a second
 * implementation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fault.h"
#include "proof/leaf_key.h"
#include "proof_kit.h"

static ay_leaf_options example_options(void)
{
    ay_leaf_options o = {.dataset = AY_STR("company"), .epoch = 1};
    for (unsigned i = 0; i < AY_LEAF_KEY_SIZE; i++) {
        o.index_key[i] = (unsigned char)i;
        o.salt_key[i] = (unsigned char)(100 + i);
    }
    return o;
}

static const ay_str example_key = {"CRE\x01\0\x01\0\x02id\x05\0\0\0\x02"
                                   "B1",
                                   17};
static const ay_str example_record = {"CRE\x01\0\x02\0\x02id\x05\0\0\0\x02"
                                      "B1\0\x04name\x05\0\0\0\x09甲公司",
                                      37};

static const char *const examples[][3] = {
    [AY_SM3] = {"05184a5fc6aa32fcbd0f4e1782cad175", "8e9c51082cd3ce42ded445806700961a",
                "78bb859817f5869d4a75929ab929969abda427d5e431dd9287b233e2a82987f8"},
    [AY_SHA256] = {"222dceee711720893d55a7c2d3a8b5e9", "bd76266cf487f57d7700d96f0eb1b525",
                   "bbfc3e3af8f9fb68d245c4b8cc03a6227213c18c30c6c150ca8efeeeac782c7c"},
};

static ay_leaf make_one(ay_hasher *hasher, const ay_leaf_options *o, ay_str key, ay_str record, ay_salt *salt)
{
    ay_leaf_maker *maker = NULL;
    ay_leaf leaf;
    assert_int_equal(ay_leaf_maker_open(hasher, o, &maker, NULL), ASSAY_OK);
    assert_int_equal(ay_leaf_make(maker, &(ay_leaf_batch){&key, &record, 1}, &leaf, salt, NULL), ASSAY_OK);
    assert_null(ay_leaf_maker_free(maker));
    return leaf;
}

static void test_the_example(void **state)
{
    (void)state;
    for (size_t w = 0; w < AY_COUNT(ways); w++) {
        ay_hasher *hasher = open_hasher(&ways[w]);
        const ay_leaf_options o = example_options();
        const char *const *want = examples[ways[w].alg];
        ay_salt salt;
        ay_digest again;
        const ay_leaf leaf = make_one(hasher, &o, example_key, example_record, &salt);
        assert_hex("kh", leaf.kh, AY_KH_SIZE, want[0]);
        assert_hex("salt", salt.bytes, AY_SALT_SIZE, want[1]);
        assert_hex("leaf", leaf.hash.bytes, AY_DIGEST_SIZE, want[2]);
        assert_int_equal(ay_leaf_hash(hasher, leaf.kh, &salt, example_record, &again, NULL), ASSAY_OK);
        assert_true(ay_digest_eq(&again, &leaf.hash));
        (void)ay_hasher_free(hasher);
    }
}

/* Whatever changes, the right values change: bit 0 kh, 1 salt, 2 leaf. */
static const struct change_case {
    const char *label;
    const char *dataset;
    uint32_t epoch;
    unsigned char index_flip, salt_flip;
    const char *key, *record;
    unsigned changed;
} change_cases[] = {
    {"nothing", "d", 1, 0, 0, "k", "r", 0},
    {"record", "d", 1, 0, 0, "k", "R", 4},
    {"key", "d", 1, 0, 0, "K", "r", 7},
    {"dataset", "e", 1, 0, 0, "k", "r", 7},
    {"epoch", "d", 2, 0, 0, "k", "r", 6},
    {"index key", "d", 1, 1, 0, "k", "r", 7},
    {"salt key", "d", 1, 0, 1, "k", "r", 6},
    {"the border of dataset and key", "dk", 1, 0, 0, "", "r", 7},
    {"an empty record", "d", 1, 0, 0, "k", "", 4},
};

static void test_what_binds_what(void **state)
{
    (void)state;
    ay_hasher *hasher = open_hasher(&ways[1]);
    ay_leaf first = {{0}, {{0}}};
    ay_salt first_salt = {{0}};
    for (size_t i = 0; i < AY_COUNT(change_cases); i++) {
        const struct change_case *c = &change_cases[i];
        ay_leaf_options o = example_options();
        ay_salt salt;
        o.dataset = ay_str_from(c->dataset);
        o.epoch = c->epoch;
        o.index_key[31] ^= c->index_flip;
        o.salt_key[31] ^= c->salt_flip;
        const ay_leaf leaf = make_one(hasher, &o, ay_str_from(c->key), ay_str_from(c->record), &salt);
        if (i == 0) {
            first = leaf;
            first_salt = salt;
        }
        const unsigned changed = (unsigned)(memcmp(leaf.kh, first.kh, AY_KH_SIZE) != 0) |
                                 (unsigned)(memcmp(&salt, &first_salt, sizeof salt) != 0) << 1 |
                                 (unsigned)!ay_digest_eq(&leaf.hash, &first.hash) << 2;
        if (changed != c->changed) fail_msg("%s: %u changed instead of %u", c->label, changed, c->changed);
    }
    (void)ay_hasher_free(hasher);
}

/* A batch is the same as its records one by one, and as libcrypto's. */
static void test_batches(void **state)
{
    (void)state;
    enum { N = 1000 };
    static char text[2000];
    static ay_str keys[N], records[N];
    static ay_leaf leaves[2][N];
    static ay_salt salts[2][N];
    uint64_t random = 5;
    fill_random(text, sizeof text, &random);
    for (size_t i = 0; i < N; i++) {
        keys[i] = (ay_str){text + next_random(&random) % 500, next_random(&random) % 100};
        records[i] = (ay_str){text + next_random(&random) % 500, next_random(&random) % 1500};
    }
    const ay_leaf_options o = example_options();
    for (size_t w = 0; w < 2; w++) {
        ay_hasher *hasher = open_hasher(&ways[w]);
        ay_leaf_maker *maker = NULL;
        assert_int_equal(ay_leaf_maker_open(hasher, &o, &maker, NULL), ASSAY_OK);
        assert_int_equal(ay_leaf_make(maker, &(ay_leaf_batch){keys, records, N}, leaves[w], salts[w], NULL), ASSAY_OK);
        for (size_t i = 0; i < N; i += 97) {
            ay_leaf one;
            assert_int_equal(ay_leaf_make(maker, &(ay_leaf_batch){&keys[i], &records[i], 1}, &one, NULL, NULL),
                             ASSAY_OK);
            assert_memory_equal(&one, &leaves[w][i], sizeof one);
        }
        (void)ay_leaf_maker_free(maker);
        (void)ay_hasher_free(hasher);
    }
    assert_memory_equal(leaves[0], leaves[1], sizeof leaves[0]);
    assert_memory_equal(salts[0], salts[1], sizeof salts[0]);
}

static void test_names(void **state)
{
    (void)state;
    static char name[UINT16_MAX + 1];
    memset(name, 'n', sizeof name);
    ay_hasher *hasher = open_hasher(&ways[2]);
    ay_leaf_options o = example_options();
    ay_leaf_maker *maker = NULL;
    assay_err err = {0};
    o.dataset = (ay_str){name, UINT16_MAX + 1};
    assert_int_equal(ay_leaf_maker_open(hasher, &o, &maker, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "a dataset name of 65536 bytes is too long for leaves");
    assert_null(maker);
    o.dataset.len = UINT16_MAX;
    assert_int_equal(ay_leaf_maker_open(hasher, &o, &maker, &err), ASSAY_OK);
    assert_null(ay_leaf_maker_free(maker));
    assert_null(ay_leaf_maker_free(NULL));
    (void)ay_hasher_free(hasher);
}

static assay_status open_maker(void *arg)
{
    const ay_leaf_options o = example_options();
    ay_leaf_maker *maker = NULL;
    assay_err err;
    const assay_status status = ay_leaf_maker_open((ay_hasher *)arg, &o, &maker, &err);
    (void)ay_leaf_maker_free(maker);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t w = 0; w < AY_COUNT(ways); w++) {
        ay_hasher *hasher = open_hasher(&ways[w]);
        assert_true(fail_each_allocation(open_maker, hasher) == 5); /* the maker, two heads, two keyed states */
        (void)ay_hasher_free(hasher);
    }
}

/* Python's hmac with hashlib's sm3 repeats them; so does SPEC.md. */
static void test_keys_of_a_secret(void **state)
{
    (void)state;
    ay_secret secret;
    ay_leaf_options o = {.epoch = 0};
    for (unsigned i = 0; i < AY_SECRET_BYTES; i++) secret.bytes[i] = (unsigned char)i;
    assert_int_equal(ay_leaf_keys(&secret, 1, &o, NULL), ASSAY_OK);
    assert_int_equal(o.epoch, 1);
    assert_hex("index", o.index_key, 32, "ead84be40eac3715caf654ae5e5b349efe85b10fb6dfcf236ef898d8b0521302");
    assert_hex("salt", o.salt_key, 32, "b02e8ff9c4555bc9cdbdb987f0c8f73f87e444e2e437e8cbd84e6a37c42fe2a4");
    assert_int_equal(ay_leaf_keys(&secret, 258, &o, NULL), ASSAY_OK);
    assert_hex("index", o.index_key, 32, "ead84be40eac3715caf654ae5e5b349efe85b10fb6dfcf236ef898d8b0521302");
    assert_hex("salt", o.salt_key, 32, "7a217db320771b573daeb068be6cc97b69b92f144600ffb1dee3382b30c4fa56");
    ay_leaf_keys_wipe(&o);
    for (unsigned i = 0; i < AY_LEAF_KEY_SIZE; i++) assert_true(!o.index_key[i] && !o.salt_key[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_example), cmocka_unit_test(test_what_binds_what),
        cmocka_unit_test(test_batches),     cmocka_unit_test(test_names),
        cmocka_unit_test(test_no_memory),   cmocka_unit_test(test_keys_of_a_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
