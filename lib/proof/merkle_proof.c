#include "proof/merkle.h"

#define PIECE 256 /* leaves read at a time */

/* ---- Making ---- */

/* The largest power of two below n, for n > 1: where RFC 6962 cuts a tree of n leaves. */
static uint64_t cut_of(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

typedef struct maker {
    ay_merkle *scratch;
    const ay_merkle_leaves *leaves;
    ay_digest *hashes; /* written from the root downwards, turned round at the end */
    uint32_t n;
} maker;

static assay_status add_subtree(maker *m, uint64_t from, uint64_t to, assay_err *err)
{
    ay_digest piece[PIECE];
    while (from < to) {
        const uint32_t n = (uint32_t)(to - from < PIECE ? to - from : PIECE);
        AY_TRY(m->leaves->read(m->leaves->self, from, n, piece, err));
        for (uint32_t i = 0; i < n; i++) AY_TRY(ay_merkle_add(m->scratch, &piece[i], err));
        from += n;
    }
    return ay_merkle_root(m->scratch, &m->hashes[m->n++], err);
}

static void turn_round(maker *m)
{
    for (uint32_t i = 0, j = m->n; i + 1 < j; i++) {
        const ay_digest last = m->hashes[--j];
        m->hashes[j] = m->hashes[i];
        m->hashes[i] = last;
    }
}

/* Down to the leaf at `at`, adding what lies beside the way. */
static assay_status walk_to(maker *m, uint64_t at, assay_err *err)
{
    uint64_t from = 0, to = m->leaves->size;
    while (to - from > 1) {
        const uint64_t cut = from + cut_of(to - from);
        if (at < cut) {
            AY_TRY(add_subtree(m, cut, to, err));
            to = cut;
        } else {
            AY_TRY(add_subtree(m, from, cut, err));
            from = cut;
        }
    }
    return ASSAY_OK;
}

assay_status ay_merkle_path(ay_merkle *scratch, const ay_merkle_leaves *leaves, uint64_t index, ay_digest *ret,
                            uint32_t *ret_n, assay_err *err)
{
    AY_FAIL_IF(index >= leaves->size, err, ASSAY_EUSAGE, "a tree of %llu leaves has no leaf %llu",
               "共 %llu 个叶子的树中没有第 %llu 个叶子", (unsigned long long)leaves->size, (unsigned long long)index);
    maker m = {.scratch = scratch, .leaves = leaves, .hashes = ret};
    AY_TRY(walk_to(&m, index, err));
    turn_round(&m);
    *ret_n = m.n;
    return ASSAY_OK;
}

/* Down to the subtree that ends where the old tree ended. It is left out itself while it is the whole old tree, whose
 * root the reader has. */
static assay_status walk_to_old(maker *m, uint64_t old_size, assay_err *err)
{
    uint64_t from = 0, to = m->leaves->size;
    while (to != old_size) {
        const uint64_t cut = from + cut_of(to - from);
        if (old_size <= cut) {
            AY_TRY(add_subtree(m, cut, to, err));
            to = cut;
        } else {
            AY_TRY(add_subtree(m, from, cut, err));
            from = cut;
        }
    }
    return from == 0 ? ASSAY_OK : add_subtree(m, from, to, err);
}

assay_status ay_merkle_consistency(ay_merkle *scratch, const ay_merkle_leaves *leaves, uint64_t old_size,
                                   ay_digest *ret, uint32_t *ret_n, assay_err *err)
{
    AY_FAIL_IF(old_size == 0 || old_size > leaves->size, err, ASSAY_EUSAGE,
               "a tree of %llu leaves cannot have grown from one of %llu",
               "共 %llu 个叶子的树不可能由 %llu 个叶子的树增长而来", (unsigned long long)leaves->size,
               (unsigned long long)old_size);
    maker m = {.scratch = scratch, .leaves = leaves, .hashes = ret};
    AY_TRY(walk_to_old(&m, old_size, err));
    turn_round(&m);
    *ret_n = m.n;
    return ASSAY_OK;
}

/* ---- Checking ---- */

static assay_status fail_length(uint32_t have, assay_err *err)
{
    return ay_fail(err, ASSAY_EFORMAT, "the proof has %u hashes, which is not what trees of these sizes need",
                   "证明含有 %u 个散列值，与这些规模的树所需不符", have);
}

/* How far up a path goes beside full subtrees (inner), and how many left neighbours stand on its rest (border): above
 * the level where index and the last leaf meet, every step to the right is one hash of the left. */
static uint32_t inner_of(uint64_t index, uint64_t size)
{
    const uint64_t differ = index ^ (size - 1);
    return differ ? 64 - (uint32_t)__builtin_clzll(differ) : 0;
}

static uint32_t border_of(uint64_t index, uint32_t inner)
{
    return inner < 64 ? (uint32_t)__builtin_popcountll(index >> inner) : 0;
}

assay_status ay_merkle_climb(ay_hasher *hasher, ay_merkle_place place, const ay_digest *leaf, ay_merkle_proof path,
                             ay_digest *ret_root, assay_err *err)
{
    AY_FAIL_IF(place.index >= place.size, err, ASSAY_EFORMAT, "the proof is for leaf %llu of a tree that has %llu",
               "证明所指的是第 %llu 个叶子，而树只有 %llu 个叶子", (unsigned long long)place.index,
               (unsigned long long)place.size);
    const uint32_t inner = inner_of(place.index, place.size);
    if (path.n != inner + border_of(place.index, inner)) return fail_length(path.n, err);
    ay_digest node = *leaf;
    for (uint32_t i = 0; i < path.n; i++) {
        const bool is_right = i >= inner || (place.index >> i & 1);
        AY_TRY(is_right ? ay_merkle_node(hasher, &path.hashes[i], &node, &node, err)
                        : ay_merkle_node(hasher, &node, &path.hashes[i], &node, err));
    }
    *ret_root = node;
    return ASSAY_OK;
}

assay_status ay_merkle_check_path(ay_hasher *hasher, ay_merkle_place place, const ay_digest *leaf, ay_merkle_proof path,
                                  const ay_digest *root, assay_err *err)
{
    ay_digest reached;
    AY_TRY(ay_merkle_climb(hasher, place, leaf, path, &reached, err));
    AY_FAIL_IF(!ay_digest_eq(&reached, root), err, ASSAY_EFORMAT, "the path does not lead to the root",
               "该路径不能推导出树根");
    return ASSAY_OK;
}

/* From the last whole subtree of the old tree upwards, to both roots at once: what stands left of it belongs to both
 * trees, what stands right of it to the new one only. */
static assay_status climb_both(ay_hasher *hasher, uint64_t old_last, uint64_t last, ay_merkle_proof rest,
                               ay_digest ret[2], assay_err *err)
{
    const uint32_t inner = inner_of(old_last, last + 1);
    if (rest.n != inner + border_of(old_last, inner)) return fail_length(rest.n, err);
    for (uint32_t i = 0; i < rest.n; i++) {
        const ay_digest *beside = &rest.hashes[i];
        if (i < inner && !(old_last >> i & 1)) {
            AY_TRY(ay_merkle_node(hasher, &ret[1], beside, &ret[1], err));
            continue;
        }
        AY_TRY(ay_merkle_node(hasher, beside, &ret[0], &ret[0], err));
        AY_TRY(ay_merkle_node(hasher, beside, &ret[1], &ret[1], err));
    }
    return ASSAY_OK;
}

static assay_status check_roots(const ay_digest reached[2], const ay_merkle_head *old, const ay_merkle_head *now,
                                assay_err *err)
{
    AY_FAIL_IF(!ay_digest_eq(&reached[0], &old->root), err, ASSAY_EFORMAT, "the proof does not lead to the old root",
               "该证明不能推导出旧的树根");
    AY_FAIL_IF(!ay_digest_eq(&reached[1], &now->root), err, ASSAY_EFORMAT, "the proof does not lead to the new root",
               "该证明不能推导出新的树根");
    return ASSAY_OK;
}

assay_status ay_merkle_check_consistency(ay_hasher *hasher, const ay_merkle_head *old, const ay_merkle_head *now,
                                         ay_merkle_proof proof, assay_err *err)
{
    AY_FAIL_IF(old->size == 0 || old->size > now->size, err, ASSAY_EFORMAT,
               "a tree of %llu leaves cannot have grown from one of %llu",
               "共 %llu 个叶子的树不可能由 %llu 个叶子的树增长而来", (unsigned long long)now->size,
               (unsigned long long)old->size);
    if (old->size == now->size) {
        if (proof.n) return fail_length(proof.n, err);
        return check_roots((const ay_digest[2]){old->root, old->root}, old, now, err);
    }
    const uint32_t whole = (uint32_t)__builtin_ctzll(old->size); /* levels of the last whole subtree */
    ay_digest reached[2] = {old->root, old->root};
    if (old->size != UINT64_C(1) << whole) { /* otherwise it is the old tree itself */
        if (proof.n == 0) return fail_length(proof.n, err);
        reached[0] = reached[1] = proof.hashes[0];
        proof.hashes++;
        proof.n--;
    }
    AY_TRY(climb_both(hasher, (old->size - 1) >> whole, (now->size - 1) >> whole, proof, reached, err));
    return check_roots(reached, old, now, err);
}
