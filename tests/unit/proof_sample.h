/* A proof for one of five records, made by hand of the parts it stands on. Include after cmocka.h. */
#ifndef AY_TESTS_PROOF_SAMPLE_H
#define AY_TESTS_PROOF_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "proof/checkpoint.h"
#include "proof/proof_file.h"
#include "vectors.h"

enum { N = 5 };

/* Five records, their snapshot in one bucket, and a log whose second entry is its manifest. */
typedef struct sample {
    ay_alg alg, log_alg;
    ay_leaf leaves[N];
    ay_salt salts[N];
    ay_str records[N];
    ay_digest root;
    ay_key *key;
    ay_signer signer;
    ay_digest entry; /* of the log, before the manifest */
    ay_buf manifest, note, text;
    ay_proof proof;
} sample;

static const ay_str records[N] = {{"CRE\1\0\1\0\2id\2\0\0\0\1"
                                   "1",
                                   16},
                                  {"CRE\1\0\1\0\2id\2\0\0\0\1"
                                   "2",
                                   16},
                                  {"CRE\1\0\1\0\2id\2\0\0\0\1"
                                   "3",
                                   16},
                                  {"CRE\1\0\1\0\2id\2\0\0\0\1"
                                   "4",
                                   16},
                                  {"CRE\1\0\1\0\2id\2\0\0\0\1"
                                   "5",
                                   16}};

static inline int by_leaf(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(ay_leaf));
}

static inline assay_status read_leaf(void *self, uint64_t from, uint32_t n, ay_digest *ret, assay_err *err)
{
    const sample *s = self;
    (void)err;
    for (uint32_t i = 0; i < n; i++) ret[i] = s->leaves[from + i].hash;
    return ASSAY_OK;
}

/* The leaf at this position is that of record `ret`. */
static inline size_t record_of(const sample *s, ay_hasher *hasher, size_t position)
{
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            ay_digest hash;
            assert_int_equal(ay_leaf_hash(hasher, s->leaves[position].kh, &s->salts[j], records[i], &hash, NULL),
                             ASSAY_OK);
            if (ay_digest_eq(&hash, &s->leaves[position].hash)) return i * N + j;
        }
    fail_msg("no record of this leaf");
    return 0;
}

static inline void make_tree(sample *s, ay_hasher *hasher, size_t position)
{
    const ay_leaf_options options = {.dataset = AY_STR("d"), .epoch = 1, .index_key = {1}, .salt_key = {2}};
    ay_leaf_maker *maker = NULL;
    ay_merkle *tree = NULL;
    ay_digest bucket;
    assert_int_equal(ay_leaf_maker_open(hasher, &options, &maker, NULL), ASSAY_OK);
    assert_int_equal(ay_leaf_make(maker, &(ay_leaf_batch){records, records, N}, s->leaves, s->salts, NULL), ASSAY_OK);
    ay_leaf_maker_free(maker);
    qsort(s->leaves, N, sizeof *s->leaves, by_leaf);
    assert_int_equal(ay_merkle_open(hasher, &tree, NULL), ASSAY_OK);
    for (size_t i = 0; i < N; i++) assert_int_equal(ay_merkle_add(tree, &s->leaves[i].hash, NULL), ASSAY_OK);
    assert_int_equal(ay_merkle_root(tree, &bucket, NULL), ASSAY_OK);
    char head[] = "\0CRB\1\0\0\0\0\0\0\0\0\0\0\0\5";
    const ay_message message = {{head, sizeof head - 1}, {(const char *)bucket.bytes, 32}};
    assert_int_equal(ay_hash(hasher, &message, 1, &s->root, NULL), ASSAY_OK);
    ay_leaf_proof *leaf = &s->proof.place.leaves[0];
    s->proof.place = (ay_snapshot_proof){.count = N, .has = {true}};
    leaf->leaf = s->leaves[position];
    leaf->position = position;
    assert_int_equal(ay_merkle_path(tree, &(ay_merkle_leaves){N, read_leaf, s}, position, leaf->path, &leaf->n, NULL),
                     ASSAY_OK);
    ay_merkle_free(tree);
    const size_t found = record_of(s, hasher, position);
    s->proof.openings[0].record = records[found / N];
    s->proof.openings[0].salt = s->salts[found % N];
}

static inline void make_manifest(sample *s)
{
    static const ay_manifest_column columns[] = {{{"id", 2}, {"integer", 7}, {"int8", 4}}};
    ay_buf root = {0};
    ay_digest_put(s->alg, &s->root, &root);
    const ay_manifest manifest = {.kind = AY_MANIFEST_RUN,
                                  .as.run = {.run = AY_STR("0193a1b2-c3d4-7e5f-8a6b-0123456789ab"),
                                             .engine = AY_STR("assay"),
                                             .namespace_ = AY_STR("file"),
                                             .dataset = AY_STR("d"),
                                             .columns = columns,
                                             .n_columns = 1,
                                             .alg = s->alg,
                                             .root = ay_buf_view(&root),
                                             .bucket_table = ay_buf_view(&root),
                                             .rows = N,
                                             .epoch = 1,
                                             .pack = AY_STR("p"),
                                             .pack_version = AY_STR("1"),
                                             .pack_digest = ay_buf_view(&root)}};
    assert_int_equal(ay_manifest_put(&manifest, &s->manifest, NULL), ASSAY_OK);
    s->proof.manifest = ay_buf_view(&s->manifest);
    ay_buf_free(&root);
}

static inline void make_log(sample *s)
{
    ay_hasher *hasher = NULL;
    ay_digest leaf, root;
    ay_buf text = {0};
    ay_checkpoint checkpoint = {.size = 2};
    checkpoint.origin = s->log_alg == AY_SM3 ? AY_STR("example.gov.cn/log/sm3") : AY_STR("example.gov.cn/log");
    assert_int_equal(ay_hasher_open(s->log_alg, AY_PROVIDER_EVP, &hasher, NULL), ASSAY_OK);
    assert_int_equal(ay_merkle_leaf(hasher, AY_STR("before"), &s->entry, NULL), ASSAY_OK);
    assert_int_equal(ay_merkle_leaf(hasher, ay_buf_view(&s->manifest), &leaf, NULL), ASSAY_OK);
    assert_int_equal(ay_merkle_node(hasher, &s->entry, &leaf, &root, NULL), ASSAY_OK);
    ay_hasher_free(hasher);
    memcpy(checkpoint.root, root.bytes, 32);
    assert_int_equal(ay_checkpoint_put(&checkpoint, &text, NULL), ASSAY_OK);
    assert_int_equal(ay_note_begin(ay_buf_view(&text), &s->note, NULL), ASSAY_OK);
    assert_int_equal(ay_note_sign(&s->signer, ay_buf_view(&text), &s->note, NULL), ASSAY_OK);
    ay_buf_free(&text);
    s->proof.log = (ay_tlog_proof){.index = 1, .path = &s->entry, .n = 1, .note = ay_buf_view(&s->note)};
}

static inline sample *make_sample(ay_alg alg, ay_alg log_alg, ay_key_kind kind, size_t position)
{
    sample *s = AY_NEW(sample);
    ay_hasher *hasher = NULL;
    s->alg = s->proof.alg = alg;
    s->log_alg = log_alg;
    assert_int_equal(ay_key_generate(kind, &s->key, NULL), ASSAY_OK);
    assert_int_equal(ay_signer_make(AY_STR("example.gov.cn"), s->key, &s->signer, NULL), ASSAY_OK);
    assert_int_equal(ay_hasher_open(alg, AY_PROVIDER_EVP, &hasher, NULL), ASSAY_OK);
    make_tree(s, hasher, position);
    ay_hasher_free(hasher);
    make_manifest(s);
    make_log(s);
    assert_int_equal(ay_proof_put(&s->proof, &s->text, NULL), ASSAY_OK);
    return s;
}

static inline void free_sample(sample *s)
{
    ay_key_free(s->key);
    ay_buf_free(&s->manifest);
    ay_buf_free(&s->note);
    ay_buf_free(&s->text);
    ay_free(s);
}

static inline assay_status check(const sample *s, ay_str text, assay_err *err)
{
    ay_arena arena = {0};
    ay_proof proof;
    ay_proof_facts facts;
    assay_status st = ay_proof_take(text, &arena, &proof, err);
    if (st == ASSAY_OK) st = ay_proof_check(&proof, &s->signer, 1, &arena, &facts, err);
    if (st == ASSAY_OK) assert_true(facts.who == 1 && facts.size == 2 && facts.manifest.as.run.rows == N);
    ay_arena_free(&arena);
    return st;
}

#endif
