/* Presence and absence in a snapshot: made from its files, checked with the root alone, and no forged one holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fault.h"
#include "proof/snapshot_root.h"
#include "snapshot_kit.h"

enum { N = 3000 };

typedef struct fixture {
    ay_hasher *hasher;
    ay_leaf *leaves;
    ay_opening *openings;
    snapshot_kept kept;
} fixture;

static void open_fixture(fixture *f, const struct way *way, uint32_t b)
{
    static char records[N][6];
    uint64_t random = 7;
    f->hasher = open_hasher(way);
    f->leaves = make_leaves(N, 77);
    f->openings = AY_NEW_ARRAY(N, ay_opening);
    assert_non_null(f->openings);
    for (size_t i = 0; i < N; i++) f->leaves[i].kh[15] &= 0xfe; /* odd ones are absent for certain */
    memcpy(f->leaves[5].kh, f->leaves[6].kh, AY_KH_SIZE);       /* one key, two contents */
    for (size_t i = 0; i < N; i++) {
        ay_opening *o = &f->openings[i];
        fill_random(&o->salt, sizeof o->salt, &random);
        fill_random(records[i], sizeof records[i], &random);
        o->record = (ay_str){records[i], sizeof records[i]};
        assert_int_equal(ay_leaf_hash(f->hasher, f->leaves[i].kh, &o->salt, o->record, &f->leaves[i].hash, NULL),
                         ASSAY_OK);
    }
    f->leaves[8] = f->leaves[7]; /* one record twice */
    f->openings[8] = f->openings[7];
    keep_snapshot(f->hasher, f->leaves, N, b, &f->kept);
}

static void close_fixture(fixture *f)
{
    drop_snapshot(&f->kept);
    ay_free(f->leaves);
    ay_free(f->openings);
    (void)ay_hasher_free(f->hasher);
}

/* What the bureau would give along with the proof. */
static void open_leaves(const fixture *f, const ay_snapshot_proof *proof, ay_opening ret[2])
{
    for (unsigned n = 0; n < 2; n++) {
        ret[n] = (ay_opening){{{0}}, {NULL, 0}};
        for (size_t i = 0; proof->has[n] && i < N; i++)
            if (ay_digest_eq(&f->leaves[i].hash, &proof->leaves[n].leaf.hash)) ret[n] = f->openings[i];
    }
}

static assay_status check_present(const fixture *f, const ay_snapshot_proof *proof, assay_err *err)
{
    ay_opening openings[2];
    open_leaves(f, proof, openings);
    return ay_snapshot_check(f->hasher, &f->kept.files.head, proof, openings, err);
}

static assay_status check_absent(const fixture *f, const unsigned char *kh, const ay_snapshot_proof *proof,
                                 assay_err *err)
{
    ay_opening openings[2];
    open_leaves(f, proof, openings);
    return ay_snapshot_check_absent(f->hasher, &f->kept.files.head, kh, proof, openings, err);
}

/* ---- What is there ---- */

static void test_presence(void **state)
{
    (void)state;
    static const uint32_t bs[] = {0, 1, 7, 13};
    for (size_t k = 0; k < AY_COUNT(bs); k++) {
        fixture f;
        open_fixture(&f, &ways[k % 3], bs[k]);
        for (size_t i = 0; i < N; i += i < 12 ? 1 : 211) {
            const unsigned char *kh = f.leaves[i].kh;
            ay_snapshot_place place;
            ay_snapshot_proof proof;
            assert_int_equal(ay_snapshot_find(&f.kept.files, kh, &place, NULL), ASSAY_OK);
            assert_int_equal(place.matches, i >= 5 && i <= 8 ? 2 : 1);
            bool found = false;
            for (uint64_t m = 0; m < place.matches; m++) {
                assert_int_equal(ay_snapshot_prove(&f.kept.files, f.hasher, kh, place.position + m, &proof, NULL),
                                 ASSAY_OK);
                assert_int_equal(check_present(&f, &proof, NULL), ASSAY_OK);
                assert_memory_equal(proof.leaves[0].leaf.kh, kh, AY_KH_SIZE);
                found |= ay_digest_eq(&proof.leaves[0].leaf.hash, &f.leaves[i].hash);
            }
            assert_true(found);
            assert_int_equal(ay_snapshot_prove_absent(&f.kept.files, f.hasher, kh, &proof, NULL), ASSAY_EUSAGE);
        }
        close_fixture(&f);
    }
}

static void test_absence(void **state)
{
    (void)state;
    static const uint32_t bs[] = {0, 1, 7, 13};
    unsigned seen[4] = {0}; /* by which neighbours stand */
    for (size_t k = 0; k < AY_COUNT(bs); k++) {
        fixture f;
        uint64_t random = 1000 + k;
        open_fixture(&f, &ways[k % 3], bs[k]);
        for (size_t i = 0; i < 60; i++) {
            unsigned char kh[AY_KH_SIZE];
            ay_snapshot_proof proof;
            ay_snapshot_place place;
            fill_random(kh, sizeof kh, &random);
            if (i < 2) memset(kh, i ? 0xff : 0, sizeof kh); /* the ends */
            kh[15] |= 1;
            assert_int_equal(ay_snapshot_prove_absent(&f.kept.files, f.hasher, kh, &proof, NULL), ASSAY_OK);
            assert_int_equal(check_absent(&f, kh, &proof, NULL), ASSAY_OK);
            seen[proof.has[0] + 2 * proof.has[1]]++;
            assert_int_equal(ay_snapshot_find(&f.kept.files, kh, &place, NULL), ASSAY_OK);
            assert_int_equal(place.matches, 0);
            assert_int_equal(ay_snapshot_prove(&f.kept.files, f.hasher, kh, place.position, &proof, NULL),
                             ASSAY_EUSAGE);
        }
        close_fixture(&f);
    }
    for (unsigned i = 0; i < 4; i++)
        if (!seen[i]) fail_msg("no case of neighbours %u", i);
}

static void test_an_empty_snapshot(void **state)
{
    (void)state;
    ay_hasher *hasher = open_hasher(&ways[1]);
    snapshot_kept kept;
    ay_snapshot_proof proof;
    static const unsigned char kh[AY_KH_SIZE] = {1};
    static const ay_opening none[2];
    keep_snapshot(hasher, NULL, 0, AY_SNAPSHOT_BY_ROWS, &kept);
    assert_int_equal(ay_snapshot_prove_absent(&kept.files, hasher, kh, &proof, NULL), ASSAY_OK);
    assert_false(proof.has[0] || proof.has[1] || proof.n_top);
    assert_int_equal(ay_snapshot_check_absent(hasher, &kept.files.head, kh, &proof, none, NULL), ASSAY_OK);
    assert_int_equal(ay_snapshot_check(hasher, &kept.files.head, &proof, none, NULL), ASSAY_EFORMAT);
    drop_snapshot(&kept);
    (void)ay_hasher_free(hasher);
}

/* ---- What is forged ---- */

/* Each changes one thing of a proof that holds. */
static void other_kh(ay_snapshot_proof *p)
{
    p->leaves[0].leaf.kh[3] ^= 1; /* in the same bucket */
}
static void other_hash(ay_snapshot_proof *p)
{
    p->leaves[0].leaf.hash.bytes[31] ^= 1;
}
static void other_bucket(ay_snapshot_proof *p)
{
    p->bucket ^= 1;
}
static void kh_of_another_bucket(ay_snapshot_proof *p)
{
    p->leaves[0].leaf.kh[0] ^= 0x80;
}
static void more_in_bucket(ay_snapshot_proof *p)
{
    p->count++;
}
static void other_position(ay_snapshot_proof *p)
{
    p->leaves[0].position ^= 1;
}
static void position_behind(ay_snapshot_proof *p)
{
    p->leaves[0].position = p->count;
}
static void shorter_path(ay_snapshot_proof *p)
{
    p->leaves[0].n--;
}
static void longer_path(ay_snapshot_proof *p)
{
    p->leaves[0].path[p->leaves[0].n++] = p->top[0];
}
static void other_path(ay_snapshot_proof *p)
{
    p->leaves[0].path[2].bytes[7] ^= 4;
}
static void other_top(ay_snapshot_proof *p)
{
    p->top[1].bytes[7] ^= 4;
}
static void shorter_top(ay_snapshot_proof *p)
{
    p->n_top--;
}
static void longer_top(ay_snapshot_proof *p)
{
    p->top[p->n_top++] = p->top[0];
}
static void no_leaf(ay_snapshot_proof *p)
{
    p->has[0] = false;
}
static void two_leaves(ay_snapshot_proof *p)
{
    p->has[1] = true;
    p->leaves[1] = p->leaves[0];
}
/* The node above the leaf as a leaf of a tree half as large. */
static void inner_node(ay_snapshot_proof *p)
{
    ay_leaf_proof *l = &p->leaves[0];
    ay_hasher *hasher = open_hasher(&ways[1]);
    const bool right = l->position & 1;
    assert_int_equal(ay_merkle_node(hasher, right ? &l->path[0] : &l->leaf.hash, right ? &l->leaf.hash : &l->path[0],
                                    &l->leaf.hash, NULL),
                     ASSAY_OK);
    memmove(l->path, l->path + 1, --l->n * sizeof *l->path);
    l->position /= 2;
    p->count = (p->count + 1) / 2;
    (void)ay_hasher_free(hasher);
}
/* The bucket's root as the only leaf of its bucket. */
static void root_as_leaf(ay_snapshot_proof *p)
{
    ay_leaf_proof *l = &p->leaves[0];
    ay_hasher *hasher = open_hasher(&ways[1]);
    assert_int_equal(ay_merkle_climb(hasher, (ay_merkle_place){l->position, p->count}, &l->leaf.hash,
                                     (ay_merkle_proof){l->path, l->n}, &l->leaf.hash, NULL),
                     ASSAY_OK);
    l->n = 0;
    l->position = 0;
    p->count = 1;
    (void)ay_hasher_free(hasher);
}

static const struct forgery {
    const char *label;
    void (*change)(ay_snapshot_proof *proof);
} forgeries[] = {
    {"another kh", other_kh},
    {"another hash", other_hash},
    {"another bucket", other_bucket},
    {"the kh of another bucket", kh_of_another_bucket},
    {"more leaves in the bucket", more_in_bucket},
    {"another position", other_position},
    {"a position behind the last", position_behind},
    {"a shorter path", shorter_path},
    {"a longer path", longer_path},
    {"another path", other_path},
    {"another way to the top", other_top},
    {"a shorter way to the top", shorter_top},
    {"a longer way to the top", longer_top},
    {"no leaf", no_leaf},
    {"two leaves", two_leaves},
    {"an inner node as a leaf", inner_node},
    {"the root of the bucket as a leaf", root_as_leaf},
};

static void test_forged_presence(void **state)
{
    (void)state;
    fixture f;
    ay_snapshot_place place;
    ay_snapshot_proof proof;
    open_fixture(&f, &ways[1], 3);
    for (size_t i = 20; i < 40; i++) {
        assert_int_equal(ay_snapshot_find(&f.kept.files, f.leaves[i].kh, &place, NULL), ASSAY_OK);
        assert_int_equal(ay_snapshot_prove(&f.kept.files, f.hasher, f.leaves[i].kh, place.position, &proof, NULL),
                         ASSAY_OK);
        for (size_t k = 0; k < AY_COUNT(forgeries); k++) {
            ay_snapshot_proof forged = proof;
            forgeries[k].change(&forged);
            if (ay_snapshot_check(f.hasher, &f.kept.files.head, &forged, &f.openings[i], NULL) != ASSAY_EFORMAT)
                fail_msg("leaf %zu: %s holds", i, forgeries[k].label);
        }
        ay_snapshot_head other = f.kept.files.head;
        other.b++;
        assert_int_equal(ay_snapshot_check(f.hasher, &other, &proof, &f.openings[i], NULL), ASSAY_EFORMAT);
        other = f.kept.files.head;
        other.root.bytes[0] ^= 1;
        assert_int_equal(ay_snapshot_check(f.hasher, &other, &proof, &f.openings[i], NULL), ASSAY_EFORMAT);
    }
    close_fixture(&f);
}

/* Whoever wants to deny a record that is there: with leaves that are not neighbours, with one end left out, with the
 * gap beside it, with an empty bucket. */
static void test_forged_absence(void **state)
{
    (void)state;
    fixture f;
    ay_snapshot_proof before, after, forged;
    assay_err err = {0};
    open_fixture(&f, &ways[1], 3);
    for (size_t i = 100; i < 130; i++) {
        unsigned char below[AY_KH_SIZE], above[AY_KH_SIZE];
        const unsigned char *kh = f.leaves[i].kh;
        memcpy(below, kh, AY_KH_SIZE);
        memcpy(above, kh, AY_KH_SIZE);
        above[15] |= 1;
        below[14]--;
        below[15] |= 1;
        if (kh[14] == 0) continue;
        assert_int_equal(ay_snapshot_prove_absent(&f.kept.files, f.hasher, below, &before, NULL), ASSAY_OK);
        assert_int_equal(ay_snapshot_prove_absent(&f.kept.files, f.hasher, above, &after, NULL), ASSAY_OK);
        if (!before.has[0] || !after.has[1]) continue;
        assert_int_equal(check_absent(&f, kh, &before, &err), ASSAY_EFORMAT);
        assert_int_equal(check_absent(&f, kh, &after, &err), ASSAY_EFORMAT);
        assert_string_equal(err.text, "the key is not between the leaves of the proof of absence");
        forged = before;
        forged.leaves[1] = after.leaves[1];
        assert_int_equal(check_absent(&f, kh, &forged, &err), ASSAY_EFORMAT);
        assert_string_equal(err.text, "the leaves of a proof of absence are not neighbours");
        forged.leaves[1].position--;
        assert_int_equal(check_absent(&f, kh, &forged, &err), ASSAY_EFORMAT);
        forged = before;
        forged.has[1] = false;
        assert_int_equal(check_absent(&f, kh, &forged, &err), ASSAY_EFORMAT);
        forged = after;
        forged.has[0] = false;
        assert_int_equal(check_absent(&f, kh, &forged, &err), ASSAY_EFORMAT);
        forged.has[1] = false;
        assert_int_equal(check_absent(&f, kh, &forged, &err), ASSAY_EFORMAT);
        forged.count = 0;
        assert_int_equal(check_absent(&f, kh, &forged, &err), ASSAY_EFORMAT);
        assert_int_equal(check_absent(&f, above, &after, &err), ASSAY_OK);
        above[0] ^= 0x80;
        assert_int_equal(check_absent(&f, above, &after, &err), ASSAY_EFORMAT);
    }
    close_fixture(&f);
}

/* A record that is there is denied by giving its leaf another kh: the tree alone does not see it, the opening does. */
static void test_a_renamed_leaf(void **state)
{
    (void)state;
    fixture f;
    ay_snapshot_proof proof;
    ay_snapshot_place place;
    assay_err err = {0};
    open_fixture(&f, &ways[1], 0);
    for (size_t i = 200; i < 220; i++) {
        unsigned char kh[AY_KH_SIZE];
        memcpy(kh, f.leaves[i].kh, sizeof kh);
        assert_int_equal(ay_snapshot_find(&f.kept.files, kh, &place, NULL), ASSAY_OK);
        kh[15] |= 1; /* the gap behind it, whose lower end is this leaf */
        assert_int_equal(ay_snapshot_prove_absent(&f.kept.files, f.hasher, kh, &proof, NULL), ASSAY_OK);
        assert_true(proof.has[0] && proof.leaves[0].position == place.position);
        if (kh[14] == 0) continue;
        proof.leaves[0].leaf.kh[14]--;
        assert_int_equal(check_absent(&f, f.leaves[i].kh, &proof, &err), ASSAY_EFORMAT);
        assert_string_equal(err.text, "record and salt are not those of the leaf");
    }
    close_fixture(&f);
}

/* A tree whose maker put a leaf into a bucket that is not its own, where nobody would look for it. */
static void test_a_misplaced_leaf(void **state)
{
    (void)state;
    ay_hasher *hasher = open_hasher(&ways[1]);
    const ay_opening opening = {{{1, 2, 3}}, AY_STR("record")};
    ay_snapshot_head head = {.count = 1, .b = 1};
    ay_snapshot_proof proof = {.bucket = 0, .count = 1, .has = {true, false}, .n_top = 1};
    ay_digest first;
    assay_err err = {0};
    for (unsigned misplaced = 0; misplaced < 2; misplaced++) {
        unsigned char rows[2][AY_BUCKET_ROW_SIZE];
        ay_message scratch[1];
        ay_leaf *leaf = &proof.leaves[0].leaf;
        leaf->kh[0] = misplaced ? 0x80 : 0x7f;
        assert_int_equal(ay_leaf_hash(hasher, leaf->kh, &opening.salt, opening.record, &leaf->hash, NULL), ASSAY_OK);
        ay_bucket_row_put(rows[0], 0, 1, &leaf->hash);
        assert_int_equal(ay_hash(hasher, &(ay_message){0}, 1, &first, NULL), ASSAY_OK);
        ay_bucket_row_put(rows[1], 1, 0, &first);
        assert_int_equal(ay_bucket_row_hash(hasher, rows[0], 1, scratch, &first, NULL), ASSAY_OK);
        assert_int_equal(ay_bucket_row_hash(hasher, rows[1], 1, scratch, &proof.top[0], NULL), ASSAY_OK);
        assert_int_equal(ay_merkle_node(hasher, &first, &proof.top[0], &head.root, NULL), ASSAY_OK);
        assert_int_equal(ay_snapshot_check(hasher, &head, &proof, &opening, &err),
                         misplaced ? ASSAY_EFORMAT : ASSAY_OK);
    }
    assert_string_equal(err.text, "the leaf belongs to another bucket than 0");
    (void)ay_hasher_free(hasher);
}

/* ---- Files that are not those of the root ---- */

static void assert_no_proof(fixture *f, const char *label)
{
    assay_err err = {0};
    ay_snapshot_proof proof;
    unsigned char kh[AY_KH_SIZE];
    memcpy(kh, f->leaves[50].kh, sizeof kh);
    kh[15] |= 1;
    if (ay_snapshot_prove_absent(&f->kept.files, f->hasher, kh, &proof, &err) != ASSAY_EFORMAT) fail_msg("%s", label);
    assert_string_equal(err.text, "the leaf file or the bucket table does not belong to this root");
}

static void test_wrong_files(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, &ways[1], 4);
    const uint32_t bucket = ay_snapshot_bucket(f.leaves[50].kh, 4);
    for (uint32_t row = 0; row < 16; row++) {
        if (row == bucket) continue; /* its root comes from the leaves */
        f.kept.buckets.ptr[row * AY_BUCKET_ROW_SIZE + 30] ^= 1;
        assert_no_proof(&f, "a root in the table");
        f.kept.buckets.ptr[row * AY_BUCKET_ROW_SIZE + 30] ^= 1;
    }
    f.kept.buckets.ptr[bucket * AY_BUCKET_ROW_SIZE + 4] ^= 1; /* 2^56 leaves */
    assert_no_proof(&f, "a number in the table");
    f.kept.buckets.ptr[bucket * AY_BUCKET_ROW_SIZE + 4] ^= 1;
    for (size_t i = 0; i < N; i++) f.kept.leaves.ptr[48 * i + 40] ^= 1;
    assert_no_proof(&f, "the hashes of leaves");
    for (size_t i = 0; i < N; i++) f.kept.leaves.ptr[48 * i + 40] ^= 1;
    f.kept.files.head.b = 25;
    assert_no_proof(&f, "too many buckets");
    f.kept.files.head.b = 4;
    f.kept.files.head.count = 5;
    assert_no_proof(&f, "too few leaves");
    f.kept.files.head.count = N;
    f.kept.leaves.len = 48; /* reading fails */
    ay_snapshot_place place;
    assert_int_equal(ay_snapshot_find(&f.kept.files, f.leaves[50].kh, &place, NULL), ASSAY_EIO);
    close_fixture(&f);
}

static assay_status prove_one(void *arg)
{
    fixture *f = (fixture *)arg;
    ay_snapshot_place place;
    ay_snapshot_proof proof;
    assay_err err;
    AY_TRY(ay_snapshot_find(&f->kept.files, f->leaves[50].kh, &place, &err));
    AY_TRY(ay_snapshot_prove(&f->kept.files, f->hasher, f->leaves[50].kh, place.position, &proof, &err));
    return ay_snapshot_check_leaves(&f->kept.files, f->hasher, &err);
}

static void test_no_memory(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, &ways[1], 4);
    assert_true(fail_each_allocation(prove_one, &f) == 4); /* scratch of the proof; the builder and its two trees */
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_presence),          cmocka_unit_test(test_absence),
        cmocka_unit_test(test_an_empty_snapshot), cmocka_unit_test(test_forged_presence),
        cmocka_unit_test(test_forged_absence),    cmocka_unit_test(test_a_renamed_leaf),
        cmocka_unit_test(test_a_misplaced_leaf),  cmocka_unit_test(test_wrong_files),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
