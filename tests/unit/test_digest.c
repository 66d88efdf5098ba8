/* Digests and HMAC: values from GB/T 32905, FIPS 180-4, RFC 4231 and Python's hmac; all ways agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fault.h"
#include "proof_kit.h"

static ay_str bytes_of(const ay_digest *digest)
{
    return (ay_str){(const char *)digest->bytes, sizeof digest->bytes};
}

static const struct digest_case {
    ay_alg alg;
    const char *text, *want;
} digest_cases[] = {
    {AY_SM3, "", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"},
    {AY_SM3, "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
    {AY_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {AY_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
};

static void test_batch_and_stream(void **state)
{
    (void)state;
    for (size_t w = 0; w < AY_COUNT(ways); w++) {
        ay_hasher *hasher = open_hasher(&ways[w]);
        assert_int_equal(ay_hasher_alg(hasher), ways[w].alg);
        for (size_t i = 0; i < AY_COUNT(digest_cases); i++) {
            const struct digest_case *c = &digest_cases[i];
            if (c->alg != ways[w].alg) continue;
            const ay_str text = ay_str_from(c->text);
            const size_t cut = text.len / 2;
            const ay_message message = {ay_str_slice(text, 0, cut), ay_str_slice(text, cut, text.len)};
            ay_digest got;
            assert_int_equal(ay_hash(hasher, &message, 1, &got, NULL), ASSAY_OK);
            assert_hex(ways[w].label, got.bytes, sizeof got.bytes, c->want);
            assert_int_equal(ay_hasher_begin(hasher, NULL), ASSAY_OK);
            for (size_t at = 0; at < text.len; at++)
                assert_int_equal(ay_hasher_put(hasher, ay_str_slice(text, at, at + 1), NULL), ASSAY_OK);
            assert_int_equal(ay_hasher_end(hasher, &got, NULL), ASSAY_OK);
            assert_hex(ways[w].label, got.bytes, sizeof got.bytes, c->want);
        }
        assert_null(ay_hasher_free(hasher));
    }
    assert_null(ay_hasher_free(NULL));
}

static const struct mac_case {
    ay_alg alg;
    size_t key; /* bytes 00 01 02 ... */
    const char *text, *want;
} mac_cases[] = {
    {AY_SM3, 0, "", "0d23f72ba15e9c189a879aefc70996b06091de6e64d31b7a84004356dd915261"},
    {AY_SM3, 16, "abc", "83fd35b3ff6211428a38c070431ad42c23a86eaca25a5ea81a1ded4704a12c7c"},
    {AY_SM3, 64, "abc", "14ccadbee92a9be279c849b7359fafac65a9f04b156fa8723a72700e506927d5"},
    {AY_SM3, 65, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "578ece79e1ab48e32c302c0017768cea4dbd920528661ca8127023220fac5064"},
    {AY_SHA256, 0, "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    {AY_SHA256, 64, "abc", "6ab541b4869dca71c4ca11d8bb1b02533b789a557583161429292c7404bc21f6"},
    {AY_SHA256, 65, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "1ddc09ce9b52c73000432940ad00ac2344c127cc36218e3e58b634dca4533575"},
};

static void assert_mac(const struct way *way, ay_str key, ay_str text, const char *want)
{
    ay_hasher *hasher = open_hasher(way);
    ay_mac *mac = NULL;
    assert_int_equal(ay_mac_open(hasher, key, &mac, NULL), ASSAY_OK);
    for (int again = 0; again < 2; again++) { /* the cached states stay as they are */
        ay_digest got;
        const size_t cut = text.len / 3;
        const ay_message message = {ay_str_slice(text, 0, cut), ay_str_slice(text, cut, text.len)};
        assert_int_equal(ay_mac_compute(mac, &message, 1, &got, NULL), ASSAY_OK);
        assert_hex(way->label, got.bytes, sizeof got.bytes, want);
    }
    assert_null(ay_mac_free(mac));
    (void)ay_hasher_free(hasher);
}

static void test_mac(void **state)
{
    (void)state;
    char key[65];
    for (size_t i = 0; i < sizeof key; i++) key[i] = (char)i;
    for (size_t w = 0; w < AY_COUNT(ways); w++)
        for (size_t i = 0; i < AY_COUNT(mac_cases); i++)
            if (mac_cases[i].alg == ways[w].alg)
                assert_mac(&ways[w], (ay_str){key, mac_cases[i].key}, ay_str_from(mac_cases[i].text),
                           mac_cases[i].want);
    /* RFC 4231, case 2 */
    assert_mac(&ways[2], AY_STR("Jefe"), AY_STR("what do ya want for nothing?"),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_null(ay_mac_free(NULL));
}

/* Many messages of different lengths: the lanes against libcrypto. */
static void test_mac_of_a_batch(void **state)
{
    (void)state;
    enum { N = 700 };
    static char text[1000];
    static ay_message messages[N];
    static ay_digest results[2][N];
    uint64_t random = 99;
    fill_random(text, sizeof text, &random);
    for (size_t i = 0; i < N; i++)
        messages[i] = (ay_message){{text, next_random(&random) % 80}, {text + 100, next_random(&random) % 900}};
    for (size_t w = 0; w < 2; w++) {
        ay_hasher *hasher = open_hasher(&ways[w]);
        ay_mac *mac = NULL;
        assert_int_equal(ay_mac_open(hasher, (ay_str){text, 32}, &mac, NULL), ASSAY_OK);
        assert_int_equal(ay_mac_compute(mac, messages, N, results[w], NULL), ASSAY_OK);
        (void)ay_mac_free(mac);
        (void)ay_hasher_free(hasher);
    }
    assert_memory_equal(results[0], results[1], sizeof results[0]);
}

static void test_digests_from_outside(void **state)
{
    (void)state;
    static const char bytes[40] = "0123456789abcdef0123456789ABCDEF++++";
    ay_digest digest = {{0}};
    for (size_t len = 0; len <= sizeof bytes; len++)
        assert_int_equal(ay_digest_from((ay_str){bytes, len}, &digest), len == 32);
    assert_true(ay_str_eq(bytes_of(&digest), (ay_str){bytes, 32}));
}

static void test_hex(void **state)
{
    (void)state;
    char hex[65];
    const ay_str pieces[] = {AY_STR("a"), {NULL, 0}, AY_STR("bc")};
    assert_int_equal(ay_sha256_hex(pieces, AY_COUNT(pieces), hex, NULL), ASSAY_OK);
    assert_string_equal(hex, digest_cases[3].want);
}

static assay_status open_both(void *arg)
{
    ay_hasher *hasher = NULL;
    ay_mac *mac = NULL;
    assay_err err;
    assay_status status =
        ay_hasher_open(((const struct way *)arg)->alg, ((const struct way *)arg)->provider, &hasher, &err);
    if (status == ASSAY_OK) status = ay_mac_open(hasher, AY_STR("key"), &mac, &err);
    (void)ay_mac_free(mac);
    (void)ay_hasher_free(hasher);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t w = 0; w < AY_COUNT(ways); w++) {
        struct way way = ways[w];
        assert_true(fail_each_allocation(open_both, &way) == 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch_and_stream),     cmocka_unit_test(test_mac), cmocka_unit_test(test_mac_of_a_batch),
        cmocka_unit_test(test_digests_from_outside), cmocka_unit_test(test_hex), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
