#include "proof/merkle.h"

#include <assert.h>

#include "base/mem.h"

#define CHUNK_BITS 10
#define CHUNK      (1u << CHUNK_BITS) /* leaves hashed together, level by level, so that the lanes are full */
#define TALLEST    (64 - CHUNK_BITS)

struct ay_merkle {
    ay_hasher *hasher;
    uint64_t chunks;         /* complete ones taken in */
    uint32_t n;              /* of leaves */
    ay_digest done[TALLEST]; /* [i]: a perfect tree of 2^i chunks, where chunks has bit i */
    ay_digest leaves[CHUNK]; /* of the chunk that is not complete */
};

assay_status ay_merkle_leaf(ay_hasher *hasher, ay_str data, ay_digest *ret, assay_err *err)
{
    return ay_hash(hasher, &(ay_message){{"\x00", 1}, data}, 1, ret, err);
}

assay_status ay_merkle_node(ay_hasher *hasher, const ay_digest *left, const ay_digest *right, ay_digest *ret,
                            assay_err *err)
{
    const ay_digest both[2] = {*left, *right};
    return ay_hash_nodes(hasher, both, 1, ret, err);
}

assay_status ay_merkle_open(ay_hasher *hasher, ay_merkle **ret, assay_err *err)
{
    ay_merkle *tree = AY_NEW(ay_merkle);
    AY_NOMEM_IF(!tree, err);
    tree->hasher = hasher;
    *ret = tree;
    return ASSAY_OK;
}

ay_merkle *ay_merkle_free(ay_merkle *tree)
{
    return (ay_merkle *)ay_free(tree);
}

uint64_t ay_merkle_count(const ay_merkle *tree)
{
    return tree->chunks * CHUNK + tree->n;
}

/* From n nodes to the (n + 1) / 2 above them. */
static assay_status raise(ay_merkle *tree, uint32_t *n, assay_err *err)
{
    const uint32_t pairs = *n / 2;
    AY_TRY(ay_hash_nodes(tree->hasher, tree->leaves, pairs, tree->leaves, err));
    if (*n % 2) tree->leaves[pairs] = tree->leaves[*n - 1];
    *n = pairs + *n % 2;
    return ASSAY_OK;
}

/* The root of the chunk, complete or not: levels with the odd node moving up are the tree of RFC 6962. */
static assay_status chunk_root(ay_merkle *tree, ay_digest *ret, assay_err *err)
{
    while (tree->n > 1) AY_TRY(raise(tree, &tree->n, err));
    *ret = tree->leaves[0];
    tree->n = 0;
    return ASSAY_OK;
}

static assay_status take_chunk(ay_merkle *tree, assay_err *err)
{
    ay_digest root;
    AY_TRY(chunk_root(tree, &root, err));
    unsigned i = 0;
    for (; tree->chunks >> i & 1; i++) AY_TRY(ay_merkle_node(tree->hasher, &tree->done[i], &root, &root, err));
    assert(i < TALLEST);
    tree->done[i] = root;
    tree->chunks++;
    return ASSAY_OK;
}

assay_status ay_merkle_add(ay_merkle *tree, const ay_digest *leaf, assay_err *err)
{
    tree->leaves[tree->n++] = *leaf;
    return tree->n < CHUNK ? ASSAY_OK : take_chunk(tree, err);
}

assay_status ay_merkle_root(ay_merkle *tree, ay_digest *ret, assay_err *err)
{
    if (ay_merkle_count(tree) == 0) return ay_hash(tree->hasher, &(ay_message){0}, 1, ret, err);
    bool have = tree->n > 0;
    if (have) AY_TRY(chunk_root(tree, ret, err));
    for (unsigned i = 0; i < TALLEST; i++) {
        if (!(tree->chunks >> i & 1)) continue;
        if (have) AY_TRY(ay_merkle_node(tree->hasher, &tree->done[i], ret, ret, err));
        else *ret = tree->done[i];
        have = true;
    }
    tree->chunks = 0;
    return ASSAY_OK;
}
