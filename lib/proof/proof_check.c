/* Checking a proof, from the records up to the signature. */
#include "proof/checkpoint.h"
#include "proof/proof_file.h"
#include "proof/record.h"

static bool is_sm3_log(ay_str origin)
{
    const ay_str tail = AY_STR("/sm3");
    return origin.len > tail.len && ay_str_eq(ay_str_slice(origin, origin.len - tail.len, origin.len), tail);
}

/* The leaves' hashes, from the records. */
static assay_status hash_leaves(ay_proof *proof, ay_hasher *hasher, assay_err *err)
{
    for (unsigned i = 0; i < 2; i++) {
        ay_leaf *leaf = &proof->place.leaves[i].leaf;
        const ay_opening *opening = &proof->openings[i];
        if (!proof->place.has[i]) continue;
        AY_FAIL_IF(!ay_record_valid(opening->record), err, ASSAY_EFORMAT, "proof: the record is not in canonical form",
                   "证明文件：记录不是规范形式");
        AY_TRY(ay_leaf_hash(hasher, leaf->kh, &opening->salt, opening->record, &leaf->hash, err));
    }
    return ASSAY_OK;
}

static assay_status check_snapshot(const ay_proof *proof, const ay_run_manifest *run, ay_hasher *hasher, assay_err *err)
{
    ay_snapshot_head head = {.count = run->rows, .b = (uint32_t)run->bucket_bits};
    ay_alg alg;
    AY_FAIL_IF(run->alg != proof->alg || run->bucket_bits != proof->bucket_bits, err, ASSAY_EFORMAT,
               "proof: algorithm and buckets are not those of the manifest", "证明文件：算法和分桶与清单不符");
    AY_FAIL_IF(!ay_digest_take(run->root, &alg, &head.root), err, ASSAY_EFORMAT, "proof: the manifest has no root",
               "证明文件：清单没有根");
    if (proof->is_absence)
        return ay_snapshot_check_absent(hasher, &head, proof->absent, &proof->place, proof->openings, err);
    return ay_snapshot_check(hasher, &head, &proof->place, &proof->openings[0], err);
}

static assay_status check_tree(ay_proof *proof, const ay_run_manifest *run, assay_err *err)
{
    ay_hasher *hasher = NULL;
    AY_TRY(ay_hasher_open(proof->alg, AY_PROVIDER_EVP, &hasher, err));
    assay_status st = hash_leaves(proof, hasher, err);
    if (st == ASSAY_OK) st = check_snapshot(proof, run, hasher, err);
    ay_hasher_free(hasher);
    return st;
}

static assay_status check_entry(const ay_proof *proof, const ay_checkpoint *checkpoint, assay_err *err)
{
    const ay_tlog_proof *log = &proof->log;
    ay_hasher *hasher = NULL;
    ay_digest leaf, root;
    (void)ay_digest_from((ay_str){(const char *)checkpoint->root, sizeof checkpoint->root}, &root);
    AY_TRY(ay_hasher_open(is_sm3_log(checkpoint->origin) ? AY_SM3 : AY_SHA256, AY_PROVIDER_EVP, &hasher, err));
    assay_status st = ay_merkle_leaf(hasher, proof->manifest, &leaf, err);
    if (st == ASSAY_OK)
        st = ay_merkle_check_path(hasher, (ay_merkle_place){log->index, checkpoint->size}, &leaf,
                                  (ay_merkle_proof){log->path, log->n}, &root, err);
    ay_hasher_free(hasher);
    return st;
}

assay_status ay_proof_check(ay_proof *proof, const ay_signer *signers, uint32_t n, ay_arena *arena, ay_proof_facts *ret,
                            assay_err *err)
{
    ay_proof_facts facts = {.index = proof->log.index};
    ay_checkpoint checkpoint = {0};
    ay_note note = {0};
    AY_TRY(ay_manifest_take(proof->manifest, arena, &facts.manifest, err));
    AY_FAIL_IF(facts.manifest.kind != AY_MANIFEST_RUN, err, ASSAY_EFORMAT, "proof: the manifest is not that of a run",
               "证明文件：清单不是运行清单");
    AY_TRY(check_tree(proof, &facts.manifest.as.run, err));
    AY_TRY(ay_note_read(proof->log.note, arena, &note, err));
    AY_TRY(ay_note_verify(&note, signers, n, &facts.who, err));
    AY_TRY(ay_checkpoint_take(note.text, &checkpoint, err));
    AY_TRY(check_entry(proof, &checkpoint, err));
    facts.size = checkpoint.size;
    facts.origin = checkpoint.origin;
    *ret = facts;
    return ASSAY_OK;
}
