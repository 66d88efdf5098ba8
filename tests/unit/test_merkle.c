/* Merkle trees: roots against a second reading of RFC 6962, every path and consistency proof of small trees, and that
 * no changed proof holds. The public vectors are tried by tests/proof/rfc6962.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fault.h"
#include "proof/merkle.h"
#include "proof_kit.h"

enum { MANY = 5000, SMALL = 36 };

static ay_hasher *hasher;
static ay_digest leaves[MANY]; /* H(00 ‖ u32 i) */

static void make_leaves(const struct way *way)
{
    hasher = open_hasher(way);
    for (uint32_t i = 0; i < MANY; i++) {
        const char data[4] = {0, 0, (char)(i >> 8), (char)i};
        assert_int_equal(ay_merkle_leaf(hasher, (ay_str){data, 4}, &leaves[i], NULL), ASSAY_OK);
    }
}

static ay_digest root_of(const ay_digest *from, size_t n)
{
    ay_merkle *tree = NULL;
    ay_digest root;
    assert_int_equal(ay_merkle_open(hasher, &tree, NULL), ASSAY_OK);
    for (size_t i = 0; i < n; i++) assert_int_equal(ay_merkle_add(tree, &from[i], NULL), ASSAY_OK);
    assert_true(ay_merkle_count(tree) == n);
    assert_int_equal(ay_merkle_root(tree, &root, NULL), ASSAY_OK);
    assert_true(ay_merkle_count(tree) == 0);
    (void)ay_merkle_free(tree);
    return root;
}

/* RFC 6962 word for word. */
static ay_digest recursive_root(const ay_digest *from, size_t n)
{
    if (n == 1) return from[0];
    size_t k = 1;
    while (k * 2 < n) k *= 2;
    const ay_digest left = recursive_root(from, k), right = recursive_root(from + k, n - k);
    ay_digest both;
    assert_int_equal(ay_merkle_node(hasher, &left, &right, &both, NULL), ASSAY_OK);
    return both;
}

/* ---- Roots ---- */

static const struct root_case {
    ay_alg alg;
    size_t n;
    const char *want; /* computed with Python's hashlib */
} root_cases[] = {
    {AY_SM3, 0, "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"},
    {AY_SM3, 1, "04713317ea894e890d27fb1cf0800ead8183f647fd2fd3112d151f8ac269617c"},
    {AY_SM3, 2, "fc46733d67d8b6fe5f29b2312e4a382a9392034b3dad756f31f40dc803439c8e"},
    {AY_SM3, 3, "9febc18d1fab6ad75e0517f726f41f367b934c9150396b64b6ec2388b084c96a"},
    {AY_SM3, 7, "d8b815f2d50c588cff0a6ea6129d8c42385a1eb29781d833187dee0ea764d934"},
    {AY_SM3, 1025, "a8df7aacf17d16c65807a0f88c720c78d1423a99ff4020261afce696c5e15808"},
    {AY_SM3, 2500, "9909f3f051602f5145a3919bbceec6e6ec63db2e4790c0115501efe90fcb10f8"},
    {AY_SHA256, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {AY_SHA256, 1, "8855508aade16ec573d21e6a485dfd0a7624085c1a14b5ecdd6485de0c6839a4"},
    {AY_SHA256, 2, "50746ee02c3fda32e421ddc1bbf3f20b50ce18738d48709cb6d0ad13f2bdabb7"},
    {AY_SHA256, 3, "e4b0b8adadc95bb54949a5993c44797855d5acc2f863aab6435b74799e4c3484"},
    {AY_SHA256, 7, "d62b43d7342d2e73a4a8910565cffb0dd6c07f65f9b8647417ad8d5c86bed8d8"},
    {AY_SHA256, 1025, "fe46b331dab3aeef4776e679b11bc7e5120a9f7aa40c111bdc88f8c3a25b7210"},
    {AY_SHA256, 2500, "a6f54e40e94288df2b75d47661634a32decbff7151e0e98556c35b5fd557ceb5"},
};

static void test_roots(void **state)
{
    (void)state;
    for (size_t w = 0; w < AY_COUNT(ways); w++) {
        make_leaves(&ways[w]);
        for (size_t i = 0; i < AY_COUNT(root_cases); i++) {
            if (root_cases[i].alg != ways[w].alg) continue;
            const ay_digest root = root_of(leaves, root_cases[i].n);
            assert_hex(ways[w].label, root.bytes, sizeof root.bytes, root_cases[i].want);
        }
        hasher = ay_hasher_free(hasher);
    }
}

static void test_sizes(void **state)
{
    (void)state;
    make_leaves(&ways[1]);
    static const size_t around[] = {1023, 1024, 1025, 1536, 2047, 2048, 2049, 3071, 3072, 3073, 4095, 4096, 4097, MANY};
    for (size_t n = 1; n < 130; n++) {
        const ay_digest got = root_of(leaves, n), want = recursive_root(leaves, n);
        if (!ay_digest_eq(&got, &want)) fail_msg("root of %zu leaves", n);
    }
    for (size_t i = 0; i < AY_COUNT(around); i++) {
        const ay_digest got = root_of(leaves, around[i]), want = recursive_root(leaves, around[i]);
        if (!ay_digest_eq(&got, &want)) fail_msg("root of %zu leaves", around[i]);
    }
    hasher = ay_hasher_free(hasher);
}

/* ---- Proofs ---- */

static assay_status read_leaves(void *self, uint64_t from, uint32_t n, ay_digest *ret, assay_err *err)
{
    (void)err;
    memcpy(ret, (const ay_digest *)self + from, n * sizeof *ret);
    return ASSAY_OK;
}

static ay_merkle_leaves readable(uint64_t size)
{
    return (ay_merkle_leaves){size, read_leaves, leaves};
}

static bool path_holds(uint64_t index, uint64_t size, const ay_digest *leaf, const ay_digest *hashes, uint32_t n)
{
    const ay_digest root = root_of(leaves, size);
    return ay_merkle_check_path(hasher, (ay_merkle_place){index, size}, leaf, (ay_merkle_proof){hashes, n}, &root,
                                NULL) == ASSAY_OK;
}

/* One bit anywhere, one hash less or more, two in the wrong order, another place. */
static void assert_no_change_holds(uint64_t index, uint64_t size, const ay_digest *path, uint32_t n)
{
    ay_digest changed[AY_MERKLE_DEPTH_MAX + 1];
    memcpy(changed, path, n * sizeof *path);
    for (uint32_t i = 0; i < n; i++) {
        changed[i].bytes[(index + i) % AY_DIGEST_SIZE] ^= 0x10;
        assert_false(path_holds(index, size, &leaves[index], changed, n));
        changed[i] = path[i];
    }
    changed[n] = leaves[0];
    assert_false(path_holds(index, size, &leaves[index], changed, n + 1));
    if (n) {
        assert_false(path_holds(index, size, &leaves[index], path, n - 1));
        assert_false(path_holds(index, size, &leaves[index], path + 1, n - 1));
    }
    if (n > 1) {
        changed[0] = path[1];
        changed[1] = path[0];
        assert_false(path_holds(index, size, &leaves[index], changed, n));
    }
    if (index) assert_false(path_holds(index - 1, size, &leaves[index], path, n));
    assert_false(path_holds(index + 1, size, &leaves[index], path, n));
    assert_false(path_holds(index, size, &leaves[index + 1], path, n));
}

static void test_paths(void **state)
{
    (void)state;
    ay_merkle *scratch = NULL;
    make_leaves(&ways[1]);
    assert_int_equal(ay_merkle_open(hasher, &scratch, NULL), ASSAY_OK);
    for (uint64_t size = 1; size <= SMALL; size++)
        for (uint64_t index = 0; index < size; index++) {
            const ay_merkle_leaves tree = readable(size);
            ay_digest path[AY_MERKLE_DEPTH_MAX];
            uint32_t n = 0;
            assert_int_equal(ay_merkle_path(scratch, &tree, index, path, &n, NULL), ASSAY_OK);
            if (!path_holds(index, size, &leaves[index], path, n))
                fail_msg("the path of leaf %d of %d does not hold", (int)index, (int)size);
            assert_no_change_holds(index, size, path, n);
        }
    (void)ay_merkle_free(scratch);
    hasher = ay_hasher_free(hasher);
}

static void test_a_long_path(void **state)
{
    (void)state;
    ay_merkle *scratch = NULL;
    make_leaves(&ways[2]);
    assert_int_equal(ay_merkle_open(hasher, &scratch, NULL), ASSAY_OK);
    for (uint64_t index = 0; index < MANY; index += 499) {
        const ay_merkle_leaves tree = readable(MANY);
        ay_digest path[AY_MERKLE_DEPTH_MAX];
        uint32_t n = 0;
        assert_int_equal(ay_merkle_path(scratch, &tree, index, path, &n, NULL), ASSAY_OK);
        assert_true(path_holds(index, MANY, &leaves[index], path, n));
    }
    (void)ay_merkle_free(scratch);
    hasher = ay_hasher_free(hasher);
}

static bool grown(uint64_t old_size, uint64_t size, const ay_digest *hashes, uint32_t n)
{
    const ay_merkle_head old = {old_size, root_of(leaves, old_size)}, now = {size, root_of(leaves, size)};
    return ay_merkle_check_consistency(hasher, &old, &now, (ay_merkle_proof){hashes, n}, NULL) == ASSAY_OK;
}

static void assert_no_change_is_consistent(uint64_t old_size, uint64_t size, const ay_digest *proof, uint32_t n)
{
    ay_digest changed[AY_MERKLE_CONSISTENCY_MAX + 1];
    if (n) memcpy(changed, proof, n * sizeof *proof);
    for (uint32_t i = 0; i < n; i++) {
        changed[i].bytes[31 - i] ^= 1;
        assert_false(grown(old_size, size, changed, n));
        changed[i] = proof[i];
    }
    changed[n] = leaves[1];
    assert_false(grown(old_size, size, changed, n + 1));
    if (n) assert_false(grown(old_size, size, proof, n - 1));
    if (n) assert_false(grown(old_size, size, proof + 1, n - 1));
    if (old_size > 1) assert_false(grown(old_size - 1, size, proof, n));
    if (old_size < size) assert_false(grown(size, old_size, proof, n));
}

static void test_consistency(void **state)
{
    (void)state;
    ay_merkle *scratch = NULL;
    make_leaves(&ways[1]);
    assert_int_equal(ay_merkle_open(hasher, &scratch, NULL), ASSAY_OK);
    for (uint64_t size = 1; size <= SMALL; size++)
        for (uint64_t old_size = 1; old_size <= size; old_size++) {
            const ay_merkle_leaves tree = readable(size);
            ay_digest proof[AY_MERKLE_CONSISTENCY_MAX];
            uint32_t n = 0;
            assert_int_equal(ay_merkle_consistency(scratch, &tree, old_size, proof, &n, NULL), ASSAY_OK);
            if (!grown(old_size, size, proof, n)) fail_msg("from %d to %d does not hold", (int)old_size, (int)size);
            assert_no_change_is_consistent(old_size, size, proof, n);
        }
    (void)ay_merkle_free(scratch);
    hasher = ay_hasher_free(hasher);
}

/* ---- What is refused, and how it is said ---- */

static void test_refusals(void **state)
{
    (void)state;
    make_leaves(&ways[2]);
    ay_merkle *scratch = NULL;
    const ay_merkle_leaves five = readable(5), nothing = readable(0);
    ay_digest hashes[AY_MERKLE_CONSISTENCY_MAX] = {{{0}}};
    uint32_t n = 77;
    assay_err err = {0};
    assert_int_equal(ay_merkle_open(hasher, &scratch, NULL), ASSAY_OK);
    assert_int_equal(ay_merkle_path(scratch, &five, 5, hashes, &n, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "a tree of 5 leaves has no leaf 5");
    assert_int_equal(ay_merkle_path(scratch, &nothing, 0, hashes, &n, &err), ASSAY_EUSAGE);
    assert_int_equal(ay_merkle_consistency(scratch, &five, 0, hashes, &n, &err), ASSAY_EUSAGE);
    assert_int_equal(ay_merkle_consistency(scratch, &five, 6, hashes, &n, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "a tree of 5 leaves cannot have grown from one of 6");
    assert_int_equal(n, 77);
    (void)ay_merkle_free(scratch);

    const ay_merkle_proof none = {0}, one = {leaves, 1}, most = {hashes, AY_MERKLE_CONSISTENCY_MAX};
    const ay_merkle_head empty = {0, root_of(leaves, 0)}, three = {3, root_of(leaves, 3)};
    assert_int_equal(ay_merkle_check_path(hasher, (ay_merkle_place){0, 0}, leaves, none, &empty.root, &err),
                     ASSAY_EFORMAT);
    assert_string_equal(err.text, "the proof is for leaf 0 of a tree that has 0");
    assert_int_equal(
        ay_merkle_check_path(hasher, (ay_merkle_place){UINT64_MAX, UINT64_MAX}, leaves, none, &empty.root, &err),
        ASSAY_EFORMAT);
    assert_int_equal(ay_merkle_check_path(hasher, (ay_merkle_place){0, UINT64_MAX}, leaves, most, &empty.root, &err),
                     ASSAY_EFORMAT);
    assert_int_equal(ay_merkle_check_path(hasher, (ay_merkle_place){1, 3}, leaves, one, &three.root, &err),
                     ASSAY_EFORMAT);
    assert_string_equal(err.text, "the proof has 1 hashes, which is not what trees of these sizes need");
    assert_int_equal(ay_merkle_check_path(hasher, (ay_merkle_place){2, 3}, leaves, one, &three.root, &err),
                     ASSAY_EFORMAT);
    assert_string_equal(err.text, "the path does not lead to the root");
    const ay_merkle_proof two = {leaves, 2};
    assert_int_equal(ay_merkle_check_path(hasher, (ay_merkle_place){2, 3}, leaves, two, &three.root, &err),
                     ASSAY_EFORMAT);
    assert_string_equal(err.text, "the proof has 2 hashes, which is not what trees of these sizes need");
    assert_int_equal(ay_merkle_check_consistency(hasher, &empty, &three, none, &err), ASSAY_EFORMAT);
    assert_int_equal(ay_merkle_check_consistency(hasher, &empty, &empty, none, &err), ASSAY_EFORMAT);
    assert_int_equal(ay_merkle_check_consistency(hasher, &three, &three, one, &err), ASSAY_EFORMAT);
    const ay_merkle_head other = {3, root_of(leaves + 1, 3)};
    assert_int_equal(ay_merkle_check_consistency(hasher, &three, &other, none, &err), ASSAY_EFORMAT);
    assert_string_equal(err.text, "the proof does not lead to the new root");
    const ay_merkle_head huge = {UINT64_MAX, three.root};
    assert_int_equal(ay_merkle_check_consistency(hasher, &three, &huge, most, &err), ASSAY_EFORMAT);
    hasher = ay_hasher_free(hasher);
}

/* ---- Attacks ---- */

/* An inner node passed off as a leaf: no data hashes to it, as its bytes start differently. */
static void test_second_preimage(void **state)
{
    (void)state;
    for (size_t w = 0; w < AY_COUNT(ways); w++) {
        make_leaves(&ways[w]);
        ay_digest node, as_leaf, unmarked;
        const ay_str children = {(const char *)leaves, 2 * sizeof *leaves};
        assert_int_equal(ay_merkle_node(hasher, &leaves[0], &leaves[1], &node, NULL), ASSAY_OK);
        assert_int_equal(ay_merkle_leaf(hasher, children, &as_leaf, NULL), ASSAY_OK);
        assert_int_equal(ay_hash(hasher, &(ay_message){.body = children}, 1, &unmarked, NULL), ASSAY_OK);
        assert_false(ay_digest_eq(&node, &as_leaf));
        assert_false(ay_digest_eq(&node, &unmarked));
        hasher = ay_hasher_free(hasher);
    }
}

static void assert_other_root(const char *label, const ay_digest *changed, size_t n, const ay_digest *root)
{
    const ay_digest got = root_of(changed, n);
    if (ay_digest_eq(&got, root)) fail_msg("%s: the same root", label);
}

static void test_changed_lists(void **state)
{
    (void)state;
    make_leaves(&ways[1]);
    for (size_t n = 2; n <= SMALL; n++) {
        ay_digest list[SMALL + 2];
        const ay_digest root = root_of(leaves, n);
        memcpy(list, leaves, sizeof list);
        list[n] = leaves[n - 1];
        assert_other_root("the last leaf twice", list, n + 1, &root);
        list[n + 1] = leaves[n - 1];
        list[n] = leaves[n - 2];
        assert_other_root("the last two leaves twice", list, n + 2, &root);
        assert_other_root("the last leaf dropped", leaves, n - 1, &root);
        assert_other_root("the first leaf dropped", leaves + 1, n - 1, &root);
        for (size_t i = 1; i < n; i++) {
            memcpy(list, leaves, sizeof list);
            list[i] = leaves[i - 1];
            list[i - 1] = leaves[i];
            assert_other_root("two leaves swapped", list, n, &root);
        }
    }
    hasher = ay_hasher_free(hasher);
}

/* ---- Failures ---- */

static assay_status read_fails(void *self, uint64_t from, uint32_t n, ay_digest *ret, assay_err *err)
{
    (void)self;
    (void)n;
    (void)ret;
    return ay_fail(err, ASSAY_EIO, "leaf %llu", "叶子 %llu", (unsigned long long)from);
}

static void test_reading_fails(void **state)
{
    (void)state;
    make_leaves(&ways[2]);
    ay_merkle *scratch = NULL;
    ay_digest hashes[AY_MERKLE_CONSISTENCY_MAX];
    uint32_t n;
    assay_err err = {0};
    const ay_merkle_leaves broken = {9, read_fails, NULL};
    assert_int_equal(ay_merkle_open(hasher, &scratch, NULL), ASSAY_OK);
    assert_int_equal(ay_merkle_path(scratch, &broken, 0, hashes, &n, &err), ASSAY_EIO);
    assert_string_equal(err.text, "leaf 8");
    assert_int_equal(ay_merkle_consistency(scratch, &broken, 3, hashes, &n, &err), ASSAY_EIO);
    (void)ay_merkle_free(scratch);
    hasher = ay_hasher_free(hasher);
}

static assay_status open_tree(void *arg)
{
    ay_merkle *tree = NULL;
    assay_err err;
    const assay_status status = ay_merkle_open((ay_hasher *)arg, &tree, &err);
    (void)ay_merkle_free(tree);
    return status;
}

static void test_no_memory(void **state)
{
    (void)state;
    make_leaves(&ways[2]);
    assert_true(fail_each_allocation(open_tree, hasher) == 1);
    assert_null(ay_merkle_free(NULL));
    hasher = ay_hasher_free(hasher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roots),           cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_paths),           cmocka_unit_test(test_a_long_path),
        cmocka_unit_test(test_consistency),     cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_second_preimage), cmocka_unit_test(test_changed_lists),
        cmocka_unit_test(test_reading_fails),   cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
