#include "proof/snapshot_root.h"

#include "base/mem.h"

#define PIECE 256

/* ---- A proof ---- */

static assay_status check_bucket(ay_hasher *hasher, const ay_snapshot_head *head, const ay_snapshot_proof *proof,
                                 const ay_digest *bucket_root, assay_err *err)
{
    unsigned char row[AY_BUCKET_ROW_SIZE];
    ay_message scratch[1];
    ay_digest hash;
    const ay_merkle_proof top = {proof->top, proof->n_top};
    ay_bucket_row_put(row, proof->bucket, proof->count, bucket_root);
    AY_TRY(ay_bucket_row_hash(hasher, row, 1, scratch, &hash, err));
    return ay_merkle_check_path(hasher, (ay_merkle_place){proof->bucket, UINT64_C(1) << head->b}, &hash, top,
                                &head->root, err);
}

static assay_status check_leaf(ay_hasher *hasher, const ay_snapshot_head *head, const ay_snapshot_proof *proof,
                               const ay_leaf_proof *leaf, assay_err *err)
{
    ay_digest bucket_root;
    AY_FAIL_IF(ay_snapshot_bucket(leaf->leaf.kh, head->b) != proof->bucket, err, ASSAY_EFORMAT,
               "the leaf belongs to another bucket than %u", "该叶子不属于第 %u 号桶", proof->bucket);
    AY_TRY(ay_merkle_climb(hasher, (ay_merkle_place){leaf->position, proof->count}, &leaf->leaf.hash,
                           (ay_merkle_proof){leaf->path, leaf->n}, &bucket_root, err));
    return check_bucket(hasher, head, proof, &bucket_root, err);
}

static assay_status check_head(const ay_snapshot_head *head, const ay_snapshot_proof *proof, assay_err *err)
{
    AY_FAIL_IF(head->b > AY_SNAPSHOT_B_MAX, err, ASSAY_EFORMAT, "a snapshot tree cannot have 2^%u buckets",
               "快照树不可能有 2^%u 个桶", head->b);
    AY_FAIL_IF(proof->count > head->count, err, ASSAY_EFORMAT, "the bucket has more leaves than the snapshot",
               "桶中的叶子比整个快照还多");
    return ASSAY_OK;
}

assay_status ay_snapshot_check_paths(ay_hasher *hasher, const ay_snapshot_head *head, const ay_snapshot_proof *proof,
                                     assay_err *err)
{
    AY_TRY(check_head(head, proof, err));
    for (unsigned i = 0; i < 2; i++)
        if (proof->has[i]) AY_TRY(check_leaf(hasher, head, proof, &proof->leaves[i], err));
    if (proof->count) return ASSAY_OK;
    ay_digest empty;
    AY_TRY(ay_hash(hasher, &(ay_message){0}, 1, &empty, err));
    return check_bucket(hasher, head, proof, &empty, err);
}

static assay_status check_opening(ay_hasher *hasher, const ay_leaf *leaf, const ay_opening *opening, assay_err *err)
{
    ay_digest hash;
    AY_TRY(ay_leaf_hash(hasher, leaf->kh, &opening->salt, opening->record, &hash, err));
    AY_FAIL_IF(!ay_digest_eq(&hash, &leaf->hash), err, ASSAY_EFORMAT, "record and salt are not those of the leaf",
               "记录和盐值与该叶子不符");
    return ASSAY_OK;
}

assay_status ay_snapshot_check(ay_hasher *hasher, const ay_snapshot_head *head, const ay_snapshot_proof *proof,
                               const ay_opening *opening, assay_err *err)
{
    AY_FAIL_IF(!proof->has[0] || proof->has[1], err, ASSAY_EFORMAT, "a proof of presence is about one leaf",
               "存在性证明应当恰好涉及一个叶子");
    AY_TRY(check_opening(hasher, &proof->leaves[0].leaf, opening, err));
    return ay_snapshot_check_paths(hasher, head, proof, err);
}

/* The two leaves, or the one at an end of the bucket, leave no place between them. */
static bool is_gap(const ay_snapshot_proof *proof)
{
    const ay_leaf_proof *left = &proof->leaves[0], *right = &proof->leaves[1];
    if (proof->has[0] && proof->has[1]) return right->position > 0 && left->position == right->position - 1;
    if (proof->has[0]) return left->position == proof->count - 1;
    if (proof->has[1]) return right->position == 0;
    return proof->count == 0;
}

static assay_status check_gap(const unsigned char *kh, const ay_snapshot_proof *proof, assay_err *err)
{
    AY_FAIL_IF(!is_gap(proof), err, ASSAY_EFORMAT, "the leaves of a proof of absence are not neighbours",
               "不存在性证明中的叶子并不相邻");
    const bool above = !proof->has[0] || memcmp(proof->leaves[0].leaf.kh, kh, AY_KH_SIZE) < 0;
    const bool below = !proof->has[1] || memcmp(kh, proof->leaves[1].leaf.kh, AY_KH_SIZE) < 0;
    AY_FAIL_IF(!above || !below, err, ASSAY_EFORMAT, "the key is not between the leaves of the proof of absence",
               "该键不在不存在性证明的两个叶子之间");
    return ASSAY_OK;
}

assay_status ay_snapshot_check_absent(ay_hasher *hasher, const ay_snapshot_head *head,
                                      const unsigned char kh[AY_KH_SIZE], const ay_snapshot_proof *proof,
                                      const ay_opening openings[2], assay_err *err)
{
    AY_TRY(check_head(head, proof, err));
    AY_FAIL_IF(ay_snapshot_bucket(kh, head->b) != proof->bucket, err, ASSAY_EFORMAT,
               "the key belongs to another bucket than %u", "该键不属于第 %u 号桶", proof->bucket);
    AY_TRY(check_gap(kh, proof, err));
    for (unsigned i = 0; i < 2; i++)
        if (proof->has[i]) AY_TRY(check_opening(hasher, &proof->leaves[i].leaf, &openings[i], err));
    return ay_snapshot_check_paths(hasher, head, proof, err);
}

/* ---- A leaf file ---- */

static assay_status feed(const ay_snapshot_files *files, ay_root_builder *builder, assay_err *err)
{
    ay_leaf leaves[PIECE + 1] = {0}; /* the last one of the piece before comes first */
    for (uint64_t from = 0; from < files->head.count;) {
        const uint64_t rest = files->head.count - from, n = rest < PIECE ? rest : PIECE;
        AY_TRY(files->leaves.read(files->leaves.self, from * sizeof *leaves, leaves + 1, n * sizeof *leaves, err));
        for (uint64_t i = 0; i < n; i++)
            AY_FAIL_IF(memcmp(&leaves[i], &leaves[i + 1], sizeof *leaves) > 0, err, ASSAY_EFORMAT,
                       "row %llu of the leaf file is out of order", "叶子文件第 %llu 行的顺序有误",
                       (unsigned long long)(from + i + 1));
        AY_TRY(ay_root_builder_take(builder, leaves + 1, n, err));
        leaves[0] = leaves[n];
        from += n;
    }
    return ASSAY_OK;
}

assay_status ay_snapshot_rebuild(const ay_snapshot_files *files, const ay_snapshot_options *options,
                                 ay_snapshot_head *ret, assay_err *err)
{
    ay_root_builder *builder = NULL;
    AY_TRY(ay_root_builder_open(options, options->b, &builder, err));
    assay_status status = feed(files, builder, err);
    if (status == ASSAY_OK) status = ay_root_builder_end(builder, ret, err);
    (void)ay_root_builder_free(builder);
    return status;
}

assay_status ay_snapshot_check_leaves(const ay_snapshot_files *files, ay_hasher *hasher, assay_err *err)
{
    const ay_snapshot_options options = {.hasher = hasher, .b = files->head.b};
    ay_snapshot_head found;
    AY_TRY(ay_snapshot_rebuild(files, &options, &found, err));
    AY_FAIL_IF(!ay_digest_eq(&found.root, &files->head.root), err, ASSAY_EFORMAT,
               "the leaf file does not have this root", "叶子文件与该树根不符");
    return ASSAY_OK;
}
