/* The snapshot tree of a dataset: a set of leaves, whatever their order, in 2^b buckets by the first bits of kh.
 * SPEC.md says what is hashed and how its two files look.
 *
 * Collecting: any number of parts take leaves, each by one thread, and are absorbed into one; what does not fit the
 * budget lies in temporary files without names. Then the leaves are read in order, and the root, the leaf file and the
 * bucket table come out in one pass. The root does not depend on order, parts or budget. */
#ifndef AY_PROOF_SNAPSHOT_H
#define AY_PROOF_SNAPSHOT_H

#include "base/sort.h"
#include "proof/leaf.h"
#include "proof/merkle.h"

#define AY_SNAPSHOT_B_MAX   24
#define AY_SNAPSHOT_BY_ROWS UINT32_MAX /* b follows from the number of leaves */
#define AY_BUCKET_ROW_SIZE  44         /* u32 bucket, u64 leaves, root of the bucket */

typedef struct ay_snapshot_head {
    uint64_t count;
    uint32_t b;
    ay_digest root;
} ay_snapshot_head;

uint32_t ay_snapshot_b(uint64_t count);
uint32_t ay_snapshot_bucket(const unsigned char kh[AY_KH_SIZE], uint32_t b);

/* ---- Collecting ---- */

typedef struct ay_snapshot ay_snapshot;

/* The budget is borrowed. A part holds at least 1 MiB before it spills, whatever others hold. */
assay_status ay_snapshot_open(ay_budget *budget, ay_snapshot **ret, assay_err *err);
ay_snapshot *ay_snapshot_free(ay_snapshot *part);
/* Errors: ENOMEM, EIO (spill), ELIMIT (spill_limit). After an error only free is allowed. */
assay_status ay_snapshot_add(ay_snapshot *part, const ay_leaf *leaves, size_t n, assay_err *err);
assay_status ay_snapshot_absorb(ay_snapshot *into, ay_snapshot *from, assay_err *err); /* from is empty afterwards */
uint64_t ay_snapshot_count(const ay_snapshot *part);

/* All leaves in the order of memcmp, some at a time, equal ones as often as they were added. May be repeated. */
typedef struct ay_leaf_taker {
    assay_status (*take)(void *self, const ay_leaf *leaves, size_t n, assay_err *err);
    void *self;
} ay_leaf_taker;

/* A second thread reads and sorts ahead. ELIMIT: there is none. */
assay_status ay_snapshot_each(ay_snapshot *part, const ay_leaf_taker *taker, assay_err *err);

/* ---- The root ---- */

/* Where a file goes; write is NULL where it is not wanted. */
typedef struct ay_sink {
    assay_status (*write)(void *self, ay_str bytes, assay_err *err);
    void *self;
} ay_sink;

typedef struct ay_snapshot_options {
    ay_hasher *hasher; /* of the algorithm the leaves were made with */
    uint32_t b;        /* as the dataset has had it so far, or AY_SNAPSHOT_BY_ROWS */
    ay_sink leaves, buckets;
} ay_snapshot_options;

/* Errors: EUSAGE (b), ENOMEM, EIO, ELIMIT (no thread), ECANCELLED, and those of the sinks. */
assay_status ay_snapshot_finish(ay_snapshot *part, const ay_snapshot_options *options, ay_snapshot_head *ret,
                                assay_err *err);

/* ---- The files of a snapshot, read again ---- */

typedef struct ay_source_at {
    assay_status (*read)(void *self, uint64_t at, void *to, size_t len, assay_err *err); /* all of len */
    void *self;
} ay_source_at;

typedef struct ay_snapshot_files {
    ay_snapshot_head head; /* as the manifest has it */
    ay_source_at leaves, buckets;
} ay_snapshot_files;

/* Whether the leaf file is in order and has this count and root: EFORMAT where it is not so. Reads all of it. */
assay_status ay_snapshot_check_leaves(const ay_snapshot_files *files, ay_hasher *hasher, assay_err *err);

/* ---- One leaf is in the tree, or no leaf has this kh ---- */

typedef struct ay_leaf_proof {
    ay_leaf leaf;
    uint64_t position; /* in its bucket */
    ay_digest path[AY_MERKLE_DEPTH_MAX];
    uint32_t n;
} ay_leaf_proof;

/* Neighbours and the way from their bucket to the root. For presence: one leaf, has[0]. For absence: the last leaf
 * below kh, has[0], and the first above it, has[1], each where the bucket has one. */
typedef struct ay_snapshot_proof {
    uint32_t bucket;
    uint64_t count; /* leaves in the bucket */
    bool has[2];
    ay_leaf_proof leaves[2];
    ay_digest top[AY_SNAPSHOT_B_MAX];
    uint32_t n_top;
} ay_snapshot_proof;

/* How many leaves have this kh, and where in its bucket the first is or would be. */
typedef struct ay_snapshot_place {
    uint64_t position, matches;
} ay_snapshot_place;

assay_status ay_snapshot_find(const ay_snapshot_files *files, const unsigned char kh[AY_KH_SIZE],
                              ay_snapshot_place *ret, assay_err *err);
/* For the leaf at this position of the bucket of kh; it must have that kh (EUSAGE). EFORMAT: the files are not those of
 * the root. */
assay_status ay_snapshot_prove(const ay_snapshot_files *files, ay_hasher *hasher, const unsigned char kh[AY_KH_SIZE],
                               uint64_t position, ay_snapshot_proof *ret, assay_err *err);
assay_status ay_snapshot_prove_absent(const ay_snapshot_files *files, ay_hasher *hasher,
                                      const unsigned char kh[AY_KH_SIZE], ay_snapshot_proof *ret, assay_err *err);

/* What opens a leaf. The tree binds hashes only: that a leaf stands at its kh is seen by hashing its record again. */
typedef struct ay_opening {
    ay_salt salt;
    ay_str record;
} ay_opening;

/* OK only where it holds; EFORMAT with the reason where not. openings[i] is that of proof->leaves[i], where it stands:
 * without the records of the neighbours absence cannot be shown, as whoever denies a record could give its leaf
 * another kh. */
assay_status ay_snapshot_check(ay_hasher *hasher, const ay_snapshot_head *head, const ay_snapshot_proof *proof,
                               const ay_opening *opening, assay_err *err);
/* Besides the hashes absence rests on the order within the bucket, which ay_snapshot_check_leaves sees. */
assay_status ay_snapshot_check_absent(ay_hasher *hasher, const ay_snapshot_head *head,
                                      const unsigned char kh[AY_KH_SIZE], const ay_snapshot_proof *proof,
                                      const ay_opening openings[2], assay_err *err);

#endif
