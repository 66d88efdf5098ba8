/* The proof for one record: made by hand of the parts it stands on, written, read and checked; every bit of it counts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proof_sample.h"

#include "fault.h"

static void test_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < N * 8; i++) {
        sample *s = make_sample(i & 1 ? AY_SM3 : AY_SHA256, i & 2 ? AY_SM3 : AY_SHA256,
                                i & 4 ? AY_KEY_SM2 : AY_KEY_ED25519, i / 8);
        ay_arena arena = {0};
        ay_proof again;
        ay_buf text = {0};
        assay_err err = {0};
        if (check(s, ay_buf_view(&s->text), &err) != ASSAY_OK) fail_msg("%zu: %s", i, err.text);
        assert_int_equal(ay_proof_take(ay_buf_view(&s->text), &arena, &again, NULL), ASSAY_OK);
        assert_int_equal(ay_proof_put(&again, &text, NULL), ASSAY_OK);
        assert_str("again", ay_buf_view(&text), ay_buf_view(&s->text));
        ay_buf_free(&text);
        ay_arena_free(&arena);
        free_sample(s);
    }
}

/* Whatever single bit is another, the proof does not hold. */
static void test_every_byte(void **state)
{
    (void)state;
    sample *s = make_sample(AY_SM3, AY_SM3, AY_KEY_ED25519, 3);
    for (size_t i = 0; i < s->text.len; i++) {
        s->text.ptr[i] = (char)(s->text.ptr[i] ^ (1 << i % 7));
        if (check(s, ay_buf_view(&s->text), NULL) != ASSAY_EFORMAT) fail_msg("byte %zu, bit %zu", i, i % 7);
        s->text.ptr[i] = (char)(s->text.ptr[i] ^ (1 << i % 7));
    }
    for (size_t len = 0; len < s->text.len; len += 7)
        assert_int_equal(check(s, (ay_str){s->text.ptr, len}, NULL), ASSAY_EFORMAT);
    assert_int_equal(check(s, ay_buf_view(&s->text), NULL), ASSAY_OK);
    free_sample(s);
}

/* ---- Parts of two proofs that both hold ---- */

static void expect(sample *s, const char *want)
{
    ay_buf text = {0};
    assay_err err = {0};
    assert_int_equal(ay_proof_put(&s->proof, &text, NULL), ASSAY_OK);
    assert_int_equal(check(s, ay_buf_view(&text), &err), ASSAY_EFORMAT);
    if (strcmp(err.text, want) != 0) fail_msg("'%s' instead of '%s'", err.text, want);
    ay_buf_free(&text);
}

static void test_mixed(void **state)
{
    (void)state;
    sample *s = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 0),
           *t = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 1);
    const ay_proof good = s->proof;
    const ay_signer signer = s->signer;
    s->proof.openings[0].record = AY_STR("CRE\1\0\1\0\2id\2\0\0\0\2"
                                         "01");
    expect(s, "proof: the record is not in canonical form");
    s->proof = good;
    s->signer = t->signer; /* of the same name, another key */
    expect(s, "note: no signature by a known key");
    s->signer = signer;
    s->proof.alg = AY_SHA256;
    expect(s, "proof: algorithm and buckets are not those of the manifest");
    s->proof = good;
    s->proof.bucket_bits = 1;
    expect(s, "proof: algorithm and buckets are not those of the manifest");
    s->proof = good;
    s->proof.manifest = AY_STR("{}");
    expect(s, "manifest: not of format assay-manifest@v1");
    free_sample(s);
    free_sample(t);
}

/* ---- Form ---- */

static void test_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *want;
    } cases[] = {
        {"assay-proof@v1", "assay-proof@v2", "'assay-proof@v1'"},
        {"alg sm3", "alg SM3", "'alg'"},
        {"alg sm3", "alg  sm3", "'alg'"},
        {"alg sm3\n", "", "'alg'"},
        {"alg sm3\n", "alg sm3\n\n", "'record'"},
        {"record ", "record", "'record'"},
        {"record ", "record *", "'record'"},
        {"kh ", "kh 0", "'kh'"},
        {"salt ", "salt A", "'salt'"},
        {"bucket 0", "bucket 00", "'bucket'"},
        {"bucket 0", "bucket -0", "'bucket'"},
        {"bucket 0 0 5", "bucket 0 0", "'bucket'"},
        {"bucket 0 0 5", "bucket 0 0 5 5", "'bucket'"},
        {"bucket 0 0 5", "bucket 0 0 5 ", "'bucket'"},
        {"bucket 0", "bucket 4294967296", "'bucket'"},
        {"leaf 0", "leaf +0", "'leaf'"},
        {"leaf 0\n", "leaf 0\r\n", "'leaf'"},
        {"path ", "path =", "'path'"},
        {"path ", "Path ", "'manifest'"},
        {"manifest ", "manifest", "'manifest'"},
        {"c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v3", "log proof: not of the form of c2sp.org/tlog-proof@v1"},
        {"index 1", "index 01", "log proof: "},
        {"index 1", "extra\nindex 1", "log proof: "},
        {"index 1", "extra =\nindex 1", "log proof: "},
        {"index 1\n", "index 1\nAAAA\n", "log proof: "},
        {"\n\n", "\n", "log proof: "},
    };
    sample *s = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 0);
    ay_buf_char(&s->text, '\0');
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf text = {0};
        assay_err err = {0};
        const char *at = strstr(s->text.ptr, cases[i].from);
        assert_non_null(at);
        ay_buf_put(&text, s->text.ptr, (size_t)(at - s->text.ptr));
        ay_buf_text(&text, cases[i].to);
        ay_buf_text(&text, at + strlen(cases[i].from));
        const assay_status st = check(s, ay_buf_view(&text), &err);
        if (st != ASSAY_EFORMAT || !strstr(err.text, cases[i].want)) fail_msg("%s: %d, %s", cases[i].to, st, err.text);
        ay_buf_free(&text);
    }
    free_sample(s);
}

/* 64 hashes are a path, 65 none; and 24 above. */
static void test_limits(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        sample *s = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 0);
        ay_buf text = {0};
        if (i == 0) s->proof.place.leaves[0].n = AY_MERKLE_DEPTH_MAX + 1;
        if (i == 1) s->proof.place.n_top = AY_SNAPSHOT_B_MAX + 1;
        if (i == 2) s->proof.log.n = AY_MERKLE_DEPTH_MAX + 1;
        assert_int_equal(ay_proof_put(&s->proof, &text, NULL), ASSAY_EUSAGE);
        ay_buf_free(&text);
        free_sample(s);
    }
    sample *s = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 0);
    static const struct {
        const char *line;
        int most;
    } lines[] = {{"path ", AY_MERKLE_DEPTH_MAX}, {"top ", AY_SNAPSHOT_B_MAX}, {"", AY_MERKLE_DEPTH_MAX}};
    ay_buf_char(&s->text, '\0');
    for (size_t i = 0; i < AY_COUNT(lines) * 2; i++) {
        const char *before = i / 2 == 2 ? "\n\n" : "manifest "; /* all lines of a kind stand there */
        const char *at = strstr(s->text.ptr, before) + (i / 2 == 2);
        ay_buf text = {0};
        ay_arena arena = {0};
        ay_proof proof;
        ay_buf_put(&text, s->text.ptr, (size_t)(at - s->text.ptr));
        const int there = i / 2 == 0 ? (int)s->proof.place.leaves[0].n : i / 2 == 1 ? 0 : 1;
        for (int n = there; n < lines[i / 2].most + (int)(i % 2); n++)
            ay_buf_printf(&text, "%sAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", lines[i / 2].line);
        ay_buf_text(&text, at);
        assert_int_equal(ay_proof_take(ay_buf_view(&text), &arena, &proof, NULL), i % 2 ? ASSAY_EFORMAT : ASSAY_OK);
        ay_buf_free(&text);
        ay_arena_free(&arena);
    }
    free_sample(s);
}

static void test_extra(void **state)
{
    (void)state;
    sample *s = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 0);
    ay_arena arena = {0};
    ay_proof again;
    ay_buf text = {0};
    s->proof.log.extra = AY_STR("\0x");
    assert_int_equal(ay_proof_put(&s->proof, &text, NULL), ASSAY_OK);
    assert_int_equal(ay_proof_take(ay_buf_view(&text), &arena, &again, NULL), ASSAY_OK);
    assert_str("extra", again.log.extra, AY_STR("\0x"));
    assert_int_equal(check(s, ay_buf_view(&text), NULL), ASSAY_OK);
    ay_buf_free(&text);
    ay_arena_free(&arena);
    free_sample(s);
}

static assay_status faulty(void *arg)
{
    return check(arg, ay_buf_view(&((sample *)arg)->text), NULL);
}

static void test_faults(void **state)
{
    (void)state;
    sample *s = make_sample(AY_SM3, AY_SM3, AY_KEY_SM2, 0);
    assert_true(fail_each_allocation(faulty, s) > 10);
    free_sample(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holds),     cmocka_unit_test(test_every_byte), cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_limits),     cmocka_unit_test(test_extra),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
