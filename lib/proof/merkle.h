/* Merkle trees as RFC 6962 (2.1) and RFC 9162 (2.1) have them, over SM3 or SHA-256: leaves are H(00 ‖ data), inner
 * nodes H(01 ‖ left ‖ right), a node without a partner moves up as it is, no leaf is ever taken twice. */
#ifndef AY_PROOF_MERKLE_H
#define AY_PROOF_MERKLE_H

#include "proof/digest.h"

#define AY_MERKLE_DEPTH_MAX       64 /* a path of inclusion has at most 64 hashes */
#define AY_MERKLE_CONSISTENCY_MAX (AY_MERKLE_DEPTH_MAX + 1)

/* H(00 ‖ data). */
assay_status ay_merkle_leaf(ay_hasher *hasher, ay_str data, ay_digest *ret, assay_err *err);

/* H(01 ‖ left ‖ right). ret may be one of the two. */
assay_status ay_merkle_node(ay_hasher *hasher, const ay_digest *left, const ay_digest *right, ay_digest *ret,
                            assay_err *err);

/* ---- The root of a stream of leaves, in constant memory ---- */

typedef struct ay_merkle ay_merkle; /* one thread at a time */

assay_status ay_merkle_open(ay_hasher *hasher, ay_merkle **ret, assay_err *err); /* hasher is borrowed */
ay_merkle *ay_merkle_free(ay_merkle *tree);
assay_status ay_merkle_add(ay_merkle *tree, const ay_digest *leaf, assay_err *err);
uint64_t ay_merkle_count(const ay_merkle *tree);
/* The root of what was added (of nothing: H("")). The tree is empty afterwards, ready for the next. */
assay_status ay_merkle_root(ay_merkle *tree, ay_digest *ret, assay_err *err);

/* ---- Proofs: made from leaves that can be read again ---- */

/* A tree of this size; read gives leaf hashes [from, from + n). */
typedef struct ay_merkle_leaves {
    uint64_t size;
    assay_status (*read)(void *self, uint64_t from, uint32_t n, ay_digest *ret, assay_err *err);
    void *self;
} ay_merkle_leaves;

/* PATH(index, D[size]), from the leaf upwards: ceil(log2(size)) hashes at most. Errors: EUSAGE (index not below size),
 * and those of reading. */
assay_status ay_merkle_path(ay_merkle *scratch, const ay_merkle_leaves *leaves, uint64_t index, ay_digest *ret,
                            uint32_t *ret_n, assay_err *err);
/* PROOF(old_size, D[size]): one hash more at most, none for equal sizes. Errors: EUSAGE (old_size is 0 or above size),
 * those of reading. */
assay_status ay_merkle_consistency(ay_merkle *scratch, const ay_merkle_leaves *leaves, uint64_t old_size,
                                   ay_digest *ret, uint32_t *ret_n, assay_err *err);

/* ---- Checking proofs: OK only where the proof holds, EFORMAT with the reason where it does not ---- */

typedef struct ay_merkle_proof {
    const ay_digest *hashes;
    uint32_t n;
} ay_merkle_proof;

typedef struct ay_merkle_place {
    uint64_t index, size; /* of the leaf, of the tree */
} ay_merkle_place;

assay_status ay_merkle_check_path(ay_hasher *hasher, ay_merkle_place place, const ay_digest *leaf, ay_merkle_proof path,
                                  const ay_digest *root, assay_err *err);
/* The root a path leads to: for a tree whose root is itself a leaf further up. */
assay_status ay_merkle_climb(ay_hasher *hasher, ay_merkle_place place, const ay_digest *leaf, ay_merkle_proof path,
                             ay_digest *ret_root, assay_err *err);

typedef struct ay_merkle_head {
    uint64_t size;
    ay_digest root;
} ay_merkle_head;

assay_status ay_merkle_check_consistency(ay_hasher *hasher, const ay_merkle_head *old, const ay_merkle_head *now,
                                         ay_merkle_proof proof, assay_err *err);

#endif
