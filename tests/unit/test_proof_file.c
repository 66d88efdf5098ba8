/* The proof for one record: made by hand of the parts it stands on, written, read and checked; every bit of it counts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fault.h"
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

static int by_leaf(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(ay_leaf));
}

static assay_status read_leaf(void *self, uint64_t from, uint32_t n, ay_digest *ret, assay_err *err)
{
    const sample *s = self;
    (void)err;
    for (uint32_t i = 0; i < n; i++) ret[i] = s->leaves[from + i].hash;
    return ASSAY_OK;
}

/* The leaf at this position is that of record `ret`. */
static size_t record_of(const sample *s, ay_hasher *hasher, size_t position)
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

static void make_tree(sample *s, ay_hasher *hasher, size_t position)
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

static void make_manifest(sample *s)
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

static void make_log(sample *s)
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

static sample *make_sample(ay_alg alg, ay_alg log_alg, ay_key_kind kind, size_t position)
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

static void free_sample(sample *s)
{
    ay_key_free(s->key);
    ay_buf_free(&s->manifest);
    ay_buf_free(&s->note);
    ay_buf_free(&s->text);
    ay_free(s);
}

static assay_status check(const sample *s, ay_str text, assay_err *err)
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

static void test_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < N * 8; i++) {
        sample *s = make_sample(i & 1 ? AY_SM3 : AY_SHA256, i & 2 ? AY_SM3 : AY_SHA256,
                                i & 4 ? AY_KEY_SM2 : AY_KEY_ED25519, i / 8);
        ay_arena arena = {0};
        ay_proof again;
        ay_buf text = {0};
        assay_err err = {0};
        if (check(s, ay_buf_view(&s->text), &err) != ASSAY_OK) fail_msg("%zu: %s", i, err.text);
        assert_int_equal(ay_proof_take(ay_buf_view(&s->text), &arena, &again, NULL), ASSAY_OK);
        assert_int_equal(ay_proof_put(&again, &text, NULL), ASSAY_OK);
        assert_str("again", ay_buf_view(&text), ay_buf_view(&s->text));
        ay_buf_free(&text);
        ay_arena_free(&arena);
        free_sample(s);
    }
}

/* Whatever single bit is another, the proof does not hold. */
static void test_every_byte(void **state)
{
    (void)state;
    sample *s = make_sample(AY_SM3, AY_SM3, AY_KEY_ED25519, 3);
    for (size_t i = 0; i < s->text.len; i++) {
        s->text.ptr[i] = (char)(s->text.ptr[i] ^ (1 << i % 7));
        if (check(s, ay_buf_view(&s->text), NULL) != ASSAY_EFORMAT) fail_msg("byte %zu, bit %zu", i, i % 7);
        s->text.ptr[i] = (char)(s->text.ptr[i] ^ (1 << i % 7));
    }
    for (size_t len = 0; len < s->text.len; len += 7)
        assert_int_equal(check(s, (ay_str){s->text.ptr, len}, NULL), ASSAY_EFORMAT);
    assert_int_equal(check(s, ay_buf_view(&s->text), NULL), ASSAY_OK);
    free_sample(s);
}

/* ---- Parts of two proofs that both hold ---- */

static void expect(sample *s, const char *want)
{
    ay_buf text = {0};
    assay_err err = {0};
    assert_int_equal(ay_proof_put(&s->proof, &text, NULL), ASSAY_OK);
    assert_int_equal(check(s, ay_buf_view(&text), &err), ASSAY_EFORMAT);
    if (strcmp(err.text, want) != 0) fail_msg("'%s' instead of '%s'", err.text, want);
    ay_buf_free(&text);
}

static void test_mixed(void **state)
{
    (void)state;
    sample *s = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 0),
           *t = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 1);
    const ay_proof good = s->proof;
    const ay_signer signer = s->signer;
    s->proof.openings[0].record = AY_STR("CRE\1\0\1\0\2id\2\0\0\0\2"
                                         "01");
    expect(s, "proof: the record is not in canonical form");
    s->proof = good;
    s->signer = t->signer; /* of the same name, another key */
    expect(s, "note: no signature by a known key");
    s->signer = signer;
    s->proof.alg = AY_SHA256;
    expect(s, "proof: algorithm and buckets are not those of the manifest");
    s->proof = good;
    s->proof.bucket_bits = 1;
    expect(s, "proof: algorithm and buckets are not those of the manifest");
    s->proof = good;
    s->proof.manifest = AY_STR("{}");
    expect(s, "manifest: not of format assay-manifest@v1");
    free_sample(s);
    free_sample(t);
}

/* ---- Form ---- */

static void test_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *want;
    } cases[] = {
        {"assay-proof@v1", "assay-proof@v2", "'assay-proof@v1'"},
        {"alg sm3", "alg SM3", "'alg'"},
        {"alg sm3", "alg  sm3", "'alg'"},
        {"alg sm3\n", "", "'alg'"},
        {"alg sm3\n", "alg sm3\n\n", "'record'"},
        {"record ", "record", "'record'"},
        {"record ", "record *", "'record'"},
        {"kh ", "kh 0", "'kh'"},
        {"salt ", "salt A", "'salt'"},
        {"bucket 0", "bucket 00", "'bucket'"},
        {"bucket 0", "bucket -0", "'bucket'"},
        {"bucket 0 0 5", "bucket 0 0", "'bucket'"},
        {"bucket 0 0 5", "bucket 0 0 5 5", "'bucket'"},
        {"bucket 0 0 5", "bucket 0 0 5 ", "'bucket'"},
        {"bucket 0", "bucket 4294967296", "'bucket'"},
        {"leaf 0", "leaf +0", "'leaf'"},
        {"leaf 0\n", "leaf 0\r\n", "'leaf'"},
        {"path ", "path =", "'path'"},
        {"path ", "Path ", "'manifest'"},
        {"manifest ", "manifest", "'manifest'"},
        {"c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v3", "log proof: not of the form of c2sp.org/tlog-proof@v1"},
        {"index 1", "index 01", "log proof: "},
        {"index 1", "extra\nindex 1", "log proof: "},
        {"index 1", "extra =\nindex 1", "log proof: "},
        {"index 1\n", "index 1\nAAAA\n", "log proof: "},
        {"\n\n", "\n", "log proof: "},
    };
    sample *s = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 0);
    ay_buf_char(&s->text, '\0');
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf text = {0};
        assay_err err = {0};
        const char *at = strstr(s->text.ptr, cases[i].from);
        assert_non_null(at);
        ay_buf_put(&text, s->text.ptr, (size_t)(at - s->text.ptr));
        ay_buf_text(&text, cases[i].to);
        ay_buf_text(&text, at + strlen(cases[i].from));
        const assay_status st = check(s, ay_buf_view(&text), &err);
        if (st != ASSAY_EFORMAT || !strstr(err.text, cases[i].want)) fail_msg("%s: %d, %s", cases[i].to, st, err.text);
        ay_buf_free(&text);
    }
    free_sample(s);
}

/* 64 hashes are a path, 65 none; and 24 above. */
static void test_limits(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        sample *s = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 0);
        ay_buf text = {0};
        if (i == 0) s->proof.place.leaves[0].n = AY_MERKLE_DEPTH_MAX + 1;
        if (i == 1) s->proof.place.n_top = AY_SNAPSHOT_B_MAX + 1;
        if (i == 2) s->proof.log.n = AY_MERKLE_DEPTH_MAX + 1;
        assert_int_equal(ay_proof_put(&s->proof, &text, NULL), ASSAY_EUSAGE);
        ay_buf_free(&text);
        free_sample(s);
    }
    sample *s = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 0);
    static const struct {
        const char *line;
        int most;
    } lines[] = {{"path ", AY_MERKLE_DEPTH_MAX}, {"top ", AY_SNAPSHOT_B_MAX}, {"", AY_MERKLE_DEPTH_MAX}};
    ay_buf_char(&s->text, '\0');
    for (size_t i = 0; i < AY_COUNT(lines) * 2; i++) {
        const char *before = i / 2 == 2 ? "\n\n" : "manifest "; /* all lines of a kind stand there */
        const char *at = strstr(s->text.ptr, before) + (i / 2 == 2);
        ay_buf text = {0};
        ay_arena arena = {0};
        ay_proof proof;
        ay_buf_put(&text, s->text.ptr, (size_t)(at - s->text.ptr));
        const int there = i / 2 == 0 ? (int)s->proof.place.leaves[0].n : i / 2 == 1 ? 0 : 1;
        for (int n = there; n < lines[i / 2].most + (int)(i % 2); n++)
            ay_buf_printf(&text, "%sAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", lines[i / 2].line);
        ay_buf_text(&text, at);
        assert_int_equal(ay_proof_take(ay_buf_view(&text), &arena, &proof, NULL), i % 2 ? ASSAY_EFORMAT : ASSAY_OK);
        ay_buf_free(&text);
        ay_arena_free(&arena);
    }
    free_sample(s);
}

static void test_extra(void **state)
{
    (void)state;
    sample *s = make_sample(AY_SM3, AY_SHA256, AY_KEY_ED25519, 0);
    ay_arena arena = {0};
    ay_proof again;
    ay_buf text = {0};
    s->proof.log.extra = AY_STR("\0x");
    assert_int_equal(ay_proof_put(&s->proof, &text, NULL), ASSAY_OK);
    assert_int_equal(ay_proof_take(ay_buf_view(&text), &arena, &again, NULL), ASSAY_OK);
    assert_str("extra", again.log.extra, AY_STR("\0x"));
    assert_int_equal(check(s, ay_buf_view(&text), NULL), ASSAY_OK);
    ay_buf_free(&text);
    ay_arena_free(&arena);
    free_sample(s);
}

static assay_status faulty(void *arg)
{
    return check(arg, ay_buf_view(&((sample *)arg)->text), NULL);
}

static void test_faults(void **state)
{
    (void)state;
    sample *s = make_sample(AY_SM3, AY_SM3, AY_KEY_SM2, 0);
    assert_true(fail_each_allocation(faulty, s) > 10);
    free_sample(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holds),     cmocka_unit_test(test_every_byte), cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_limits),     cmocka_unit_test(test_extra),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
