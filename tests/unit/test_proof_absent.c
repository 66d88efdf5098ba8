/* The proof that no record has a key: written, read and checked; every bit of it counts, and so does each neighbour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proof_sample.h"

#include "fault.h"

/* ---- From the sample for presence ---- */

static void open_neighbour(sample *s, ay_hasher *hasher, unsigned i, size_t position)
{
    ay_leaf_proof *leaf = &s->proof.place.leaves[i];
    ay_merkle *tree = NULL;
    assert_int_equal(ay_merkle_open(hasher, &tree, NULL), ASSAY_OK);
    s->proof.place.has[i] = true;
    leaf->leaf = s->leaves[position];
    leaf->position = position;
    assert_int_equal(ay_merkle_path(tree, &(ay_merkle_leaves){N, read_leaf, s}, position, leaf->path, &leaf->n, NULL),
                     ASSAY_OK);
    ay_merkle_free(tree);
    const size_t found = record_of(s, hasher, position);
    s->proof.openings[i] = (ay_opening){s->salts[found % N], records[found / N]};
}

/* The gap before the leaf at this position; N: behind the last. The kh is the next to the leaf's. */
static void deny(sample *s, size_t position)
{
    ay_hasher *hasher = NULL;
    const bool first = position == 0;
    assert_int_equal(ay_hasher_open(s->alg, AY_PROVIDER_EVP, &hasher, NULL), ASSAY_OK);
    s->proof.is_absence = true;
    s->proof.place = (ay_snapshot_proof){.count = N};
    if (!first) open_neighbour(s, hasher, 0, position - 1);
    if (position < N) open_neighbour(s, hasher, 1, position);
    memcpy(s->proof.absent, s->leaves[first ? 0 : position - 1].kh, AY_KH_SIZE);
    s->proof.absent[AY_KH_SIZE - 1] = (unsigned char)(s->proof.absent[AY_KH_SIZE - 1] + (first ? -1 : 1));
    ay_hasher_free(hasher);
    ay_buf_clear(&s->text);
    assert_int_equal(ay_proof_put(&s->proof, &s->text, NULL), ASSAY_OK);
}

static sample *make_absent(size_t position)
{
    sample *s = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 0);
    deny(s, position);
    return s;
}

static void test_holds(void **state)
{
    (void)state;
    for (size_t position = 0; position <= N; position++) {
        sample *s = make_absent(position);
        ay_arena arena = {0};
        ay_proof again;
        ay_buf text = {0};
        assay_err err = {0};
        if (check(s, ay_buf_view(&s->text), &err) != ASSAY_OK) fail_msg("%zu: %s", position, err.text);
        assert_int_equal(ay_proof_take(ay_buf_view(&s->text), &arena, &again, NULL), ASSAY_OK);
        assert_true(again.is_absence && again.place.has[0] == (position > 0) && again.place.has[1] == (position < N));
        assert_int_equal(ay_proof_put(&again, &text, NULL), ASSAY_OK);
        assert_str("again", ay_buf_view(&text), ay_buf_view(&s->text));
        ay_buf_free(&text);
        ay_arena_free(&arena);
        free_sample(s);
    }
}

static void test_every_byte(void **state)
{
    (void)state;
    sample *s = make_absent(2);
    for (size_t i = 0; i < s->text.len; i++) {
        const char was = s->text.ptr[i];
        s->text.ptr[i] = (char)(was ^ (1 << i % 7));
        /* of the kh that is absent all others in the gap are absent too */
        const bool is_kh = i >= 30 && i < 62 && strchr("0123456789abcdef", s->text.ptr[i]);
        if (!is_kh && check(s, ay_buf_view(&s->text), NULL) != ASSAY_EFORMAT) fail_msg("byte %zu, bit %zu", i, i % 7);
        s->text.ptr[i] = was;
    }
    for (size_t len = 0; len < s->text.len; len += 7)
        assert_int_equal(check(s, (ay_str){s->text.ptr, len}, NULL), ASSAY_EFORMAT);
    free_sample(s);
}

/* ---- Who denies a record ---- */

static void expect(sample *s, const char *want)
{
    ay_buf text = {0};
    assay_err err = {0};
    assert_int_equal(ay_proof_put(&s->proof, &text, NULL), ASSAY_OK);
    assert_int_equal(check(s, ay_buf_view(&text), &err), ASSAY_EFORMAT);
    if (strcmp(err.text, want) != 0) fail_msg("'%s' instead of '%s'", err.text, want);
    ay_buf_free(&text);
}

static void test_denied(void **state)
{
    (void)state;
    static const char not_neighbours[] = "the leaves of a proof of absence are not neighbours",
                      not_between[] = "the key is not between the leaves of the proof of absence";
    sample *s = make_absent(2);
    const ay_proof good = s->proof;
    ay_hasher *hasher = NULL;
    assert_int_equal(ay_hasher_open(s->alg, AY_PROVIDER_EVP, &hasher, NULL), ASSAY_OK);
    memcpy(s->proof.absent, s->leaves[3].kh, AY_KH_SIZE); /* elsewhere */
    expect(s, not_between);
    memcpy(s->proof.absent, s->leaves[2].kh, AY_KH_SIZE); /* a neighbour's own */
    expect(s, not_between);
    s->proof = good;
    s->proof.place.has[0] = false;
    expect(s, not_neighbours);
    s->proof = good;
    s->proof.place.has[1] = false;
    expect(s, not_neighbours);
    s->proof = good;
    open_neighbour(s, hasher, 1, 3); /* the record between is passed over */
    expect(s, not_neighbours);
    s->proof = good;
    s->proof.place.leaves[1].leaf = s->leaves[3]; /* or its leaf is given another kh */
    expect(s, "the path does not lead to the root");
    s->proof = good;
    s->proof.place.has[0] = s->proof.place.has[1] = false;
    s->proof.place.count = 0;
    expect(s, "the path does not lead to the root");
    ay_hasher_free(hasher);
    free_sample(s);
}

/* ---- Form ---- */

static void test_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *want;
    } cases[] = {
        {"absent ", "absent 0", "'absent'"},      {"absent ", "Absent ", "'record'"},
        {"bucket 0 0 5", "bucket 0", "'bucket'"}, {"below 1", "below 01", "'below'"},
        {"below 1", "below  1", "'below'"},       {"below 1\n", "below 1\nleaf 1\n", "'record'"},
        {"above 2", "above x", "'above'"},        {"above 2", "below 2", "'manifest'"},
        {"below 1", "above 1", "'manifest'"},     {"manifest ", "leaf 1\nmanifest ", "'manifest'"},
    };
    sample *s = make_absent(2);
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

static void test_not_written(void **state)
{
    (void)state;
    sample *s = make_absent(2);
    const ay_proof good = s->proof;
    for (int i = 0; i < 4; i++) {
        ay_buf text = {0};
        s->proof = good;
        if (i == 0) s->proof.openings[1].record = (ay_str){0};
        if (i == 1) s->proof.place.leaves[1].n = AY_MERKLE_DEPTH_MAX + 1;
        if (i == 2) s->proof.manifest = (ay_str){0};
        if (i == 3) s->proof.is_absence = false; /* two leaves are not one */
        assert_int_equal(ay_proof_put(&s->proof, &text, NULL), ASSAY_EUSAGE);
        ay_buf_free(&text);
    }
    free_sample(s);
}

static assay_status faulty(void *arg)
{
    return check(arg, ay_buf_view(&((sample *)arg)->text), NULL);
}

static void test_faults(void **state)
{
    (void)state;
    sample *s = make_absent(2);
    assert_true(fail_each_allocation(faulty, s) > 10);
    free_sample(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holds),     cmocka_unit_test(test_every_byte),  cmocka_unit_test(test_denied),
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_not_written), cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
