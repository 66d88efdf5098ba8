#include "proof/line_tree.h"

#include "base/mem.h"
#include "proof/lines.h"

#define BATCH 256 /* lines hashed together, so that the lanes are full */

/* Lines that are whole in a piece are hashed where they lie; the one that is cut at its end goes through the stream of
 * the hasher, however long it gets. */
struct ay_line_tree {
    ay_hasher *hasher;
    ay_merkle *tree;
    bool is_open; /* the stream has the beginning of a line */
    ay_message batch[BATCH];
    ay_digest leaves[BATCH];
};

static const ay_str leaf_prefix = {"\x00", 1};

assay_status ay_line_tree_open(ay_alg alg, ay_provider provider, ay_line_tree **ret, assay_err *err)
{
    ay_line_tree *tree = AY_NEW(ay_line_tree);
    AY_NOMEM_IF(!tree, err);
    assay_status st = ay_hasher_open(alg, provider, &tree->hasher, err);
    if (st == ASSAY_OK) st = ay_merkle_open(tree->hasher, &tree->tree, err);
    if (st == ASSAY_OK) *ret = tree;
    else (void)ay_line_tree_free(tree);
    return st;
}

ay_line_tree *ay_line_tree_free(ay_line_tree *tree)
{
    if (!tree) return NULL;
    (void)ay_merkle_free(tree->tree);
    (void)ay_hasher_free(tree->hasher);
    return (ay_line_tree *)ay_free(tree);
}

/* ---- A line in pieces ---- */

static assay_status open_line(ay_line_tree *tree, ay_str begin, assay_err *err)
{
    AY_TRY(ay_hasher_begin(tree->hasher, err));
    AY_TRY(ay_hasher_put(tree->hasher, leaf_prefix, err));
    tree->is_open = true;
    return ay_hasher_put(tree->hasher, begin, err);
}

static assay_status close_line(ay_line_tree *tree, assay_err *err)
{
    ay_digest leaf;
    tree->is_open = false;
    AY_TRY(ay_hasher_end(tree->hasher, &leaf, err));
    return ay_merkle_add(tree->tree, &leaf, err);
}

/* As far as the open line goes. */
static assay_status continue_line(ay_line_tree *tree, ay_str *piece, assay_err *err)
{
    const char *end = piece->len ? memchr(piece->ptr, '\n', piece->len) : NULL;
    const size_t len = end ? (size_t)(end - piece->ptr) + 1 : piece->len;
    AY_TRY(ay_hasher_put(tree->hasher, ay_str_slice(*piece, 0, len), err));
    *piece = ay_str_slice(*piece, len, piece->len);
    return end ? close_line(tree, err) : ASSAY_OK;
}

/* ---- Whole lines ---- */

static assay_status add_batch(ay_line_tree *tree, size_t n, assay_err *err)
{
    AY_TRY(ay_hash(tree->hasher, tree->batch, n, tree->leaves, err));
    for (size_t i = 0; i < n; i++) AY_TRY(ay_merkle_add(tree->tree, &tree->leaves[i], err));
    return ASSAY_OK;
}

static assay_status add_lines(ay_line_tree *tree, ay_str *piece, assay_err *err)
{
    size_t n = 0;
    for (ay_str line; ay_line_take(piece, &line);) {
        tree->batch[n++] = (ay_message){leaf_prefix, {line.ptr, line.len + 1}};
        if (n < BATCH) continue;
        AY_TRY(add_batch(tree, n, err));
        n = 0;
    }
    return add_batch(tree, n, err);
}

assay_status ay_line_tree_put(ay_line_tree *tree, ay_str piece, assay_err *err)
{
    if (tree->is_open) AY_TRY(continue_line(tree, &piece, err));
    AY_TRY(add_lines(tree, &piece, err));
    return piece.len ? open_line(tree, piece, err) : ASSAY_OK;
}

assay_status ay_line_tree_end(ay_line_tree *tree, ay_merkle_head *ret, assay_err *err)
{
    if (tree->is_open) AY_TRY(close_line(tree, err));
    ret->size = ay_merkle_count(tree->tree);
    return ay_merkle_root(tree->tree, &ret->root, err);
}
