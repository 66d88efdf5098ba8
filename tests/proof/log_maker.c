/* Makes folders of proofs for the tests of verifying, with the library's own writers: what they make is then changed.
 *
 *   log_maker run DIR DATASET ROWS SEED RESULT FINDINGS   a manifest of a run with its snapshot files
 *   log_maker key DIR NEW OLD                             a manifest of a key; OLD "-": none
 *   log_maker raw DIR FILE                                an entry of any bytes
 *   log_maker sign DIR ORIGIN NAME=KEY.pem...             both checkpoints
 *   log_maker prove DIR INDEX ROW SEED sm3|sha256         a proof of presence of a row, or of absence (a row that is
 *                                                         none), on standard output */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "proof/checkpoint.h"
#include "proof/file.h"
#include "proof/log.h"
#include "proof/proof_file.h"

#define COLUMNS 2

static assay_err err;

static void require(assay_status status)
{
    if (status == ASSAY_OK) return;
    fprintf(stderr, "log_maker: %s\n", err.text);
    exit(2);
}

static void write_file(const char *path, ay_str bytes)
{
    FILE *file = fopen(path, "wb");
    if (!file || (bytes.len && fwrite(bytes.ptr, 1, bytes.len, file) != bytes.len) || fclose(file) != 0) exit(2);
}

/* ---- Records: id and name, made of a seed and a row ---- */

typedef struct made {
    ay_leaf leaf;
    ay_salt salt;
    ay_buf record;
} made;

static void put_field(const char *name, char tag, const char *value, ay_buf *out)
{
    const size_t len = strlen(name), value_len = strlen(value);
    ay_buf_char(out, 0);
    ay_buf_char(out, (char)len);
    ay_buf_text(out, name);
    ay_buf_char(out, tag);
    ay_buf_put(out, "\0\0\0", 3);
    ay_buf_char(out, (char)value_len);
    ay_buf_text(out, value);
}

static void make_record(unsigned row, unsigned seed, bool only_key, ay_buf *out)
{
    char id[16], name[64];
    (void)snprintf(id, sizeof id, "%u", row);
    (void)snprintf(name, sizeof name, "甲%u公司\x1b%u", row, seed);
    ay_buf_put(out, "CRE\1\0", 5);
    ay_buf_char(out, only_key ? 1 : COLUMNS);
    put_field("id", 2, id, out);
    if (!only_key) put_field("name", 5, name, out);
}

static void make_leaf(ay_hasher *hasher, const char *dataset, unsigned row, unsigned seed, made *ret)
{
    ay_leaf_options options = {.dataset = ay_str_from(dataset), .epoch = 1, .index_key = {1}, .salt_key = {2}};
    ay_leaf_maker *maker = NULL;
    ay_buf key = {0};
    *ret = (made){0};
    make_record(row, seed, true, &key);
    make_record(row, seed, false, &ret->record);
    const ay_str keys[] = {ay_buf_view(&key)}, records[] = {ay_buf_view(&ret->record)};
    require(ay_leaf_maker_open(hasher, &options, &maker, &err));
    require(ay_leaf_make(maker, &(ay_leaf_batch){keys, records, 1}, &ret->leaf, &ret->salt, &err));
    ay_leaf_maker_free(maker);
    ay_buf_free(&key);
}

/* ---- A run ---- */

static assay_status write_to_buf(void *self, ay_str bytes, assay_err *e)
{
    ay_buf_str(self, bytes);
    return ay_buf_status(self, e);
}

static void make_snapshot(ay_hasher *hasher, const char *dataset, unsigned rows, unsigned seed, ay_buf *leaves,
                          ay_buf *buckets, ay_snapshot_head *head)
{
    ay_budget budget = {0};
    ay_snapshot *part = NULL;
    const ay_snapshot_options options = {hasher, 2, {write_to_buf, leaves}, {write_to_buf, buckets}};
    require(ay_snapshot_open(&budget, &part, &err));
    for (unsigned i = 0; i < rows; i++) {
        made m;
        make_leaf(hasher, dataset, i, seed, &m);
        require(ay_snapshot_add(part, &m.leaf, 1, &err));
        ay_buf_free(&m.record);
    }
    require(ay_snapshot_finish(part, &options, head, &err));
    (void)ay_snapshot_free(part);
}

static ay_log *open_log(const char *dir, ay_log_mode mode)
{
    ay_log *log = NULL;
    require(ay_log_open(dir, mode, &log, &err));
    return log;
}

/* The digest of the last manifest of the dataset; empty: there is none. */
static void find_previous(ay_log *log, const char *dataset, ay_buf *ret)
{
    for (uint64_t i = ay_log_size(log); i > 0 && ret->len == 0; i--) {
        ay_buf bytes = {0};
        ay_arena arena = {0};
        ay_manifest manifest;
        require(ay_log_entry_at(log, i - 1, &bytes, &err));
        if (ay_manifest_take(ay_buf_view(&bytes), &arena, &manifest, NULL) == ASSAY_OK &&
            manifest.kind == AY_MANIFEST_RUN && ay_str_is(manifest.as.run.dataset, dataset))
            require(ay_digest_of(i % 2 ? AY_SM3 : AY_SHA256, ay_buf_view(&bytes), ret, &err));
        ay_arena_free(&arena);
        ay_buf_free(&bytes);
    }
}

static void append(ay_log *log, const ay_manifest *manifest)
{
    ay_buf bytes = {0};
    uint64_t index;
    require(ay_manifest_put(manifest, &bytes, &err));
    require(ay_log_append(log, ay_buf_view(&bytes), &index, &err));
    ay_buf_free(&bytes);
}

static void digest_file(const char *path, ay_alg alg, ay_buf *ret)
{
    ay_digest digests[2];
    require(ay_file_digests(path, digests, &err));
    ay_digest_put(alg, &digests[alg], ret);
}

static void count_lines(const char *path, ay_alg alg, ay_buf *ret_count, ay_buf *ret_root)
{
    ay_merkle_head heads[2];
    require(ay_file_line_trees(path, heads, &err));
    ay_buf_printf(ret_count, "%llu", (unsigned long long)heads[alg].size);
    ay_digest_put(alg, &heads[alg].root, ret_root);
}

static void keep(const char *dir, const char *run, const char *dataset, const char *kind, ay_str bytes)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/snapshots", dir);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof path, "%s/snapshots/%s.%s.%s", dir, run, dataset, kind);
    write_file(path, bytes);
}

static void add_run(char **args)
{
    const char *dir = args[0], *dataset = args[1];
    const unsigned rows = (unsigned)strtoul(args[2], NULL, 10), seed = (unsigned)strtoul(args[3], NULL, 10);
    const ay_alg alg = seed % 2 ? AY_SM3 : AY_SHA256;
    static const ay_manifest_column columns[COLUMNS] = {{{"id", 2}, {"integer", 7}, {"int8", 4}},
                                                        {{"name", 4}, {"text", 4}, {"text", 4}}};
    static const ay_str key[] = {{"id", 2}};
    ay_buf leaves = {0}, buckets = {0}, root = {0}, table = {0}, result = {0}, findings = {0}, lines = {0},
           previous = {0};
    ay_snapshot_head head;
    ay_hasher *hasher = NULL;
    char run[64];
    require(ay_hasher_open(alg, AY_PROVIDER_LANES, &hasher, &err));
    make_snapshot(hasher, dataset, rows, seed, &leaves, &buckets, &head);
    ay_digest_put(alg, &head.root, &root);
    require(ay_digest_of(alg, ay_buf_view(&buckets), &table, &err));
    digest_file(args[4], alg, &result);
    count_lines(args[5], alg, &lines, &findings);
    ay_log *log = open_log(dir, AY_LOG_WRITE);
    find_previous(log, dataset, &previous);
    (void)snprintf(run, sizeof run, "0193a1b2-c3d4-7e5f-8a6b-%012llu", (unsigned long long)ay_log_size(log));
    const ay_manifest manifest = {.kind = AY_MANIFEST_RUN,
                                  .as.run = {.run = ay_str_from(run),
                                             .engine = AY_STR("assay 0.1.0"),
                                             .namespace_ = AY_STR("file"),
                                             .dataset = ay_str_from(dataset),
                                             .columns = columns,
                                             .n_columns = COLUMNS,
                                             .key = key,
                                             .n_key = 1,
                                             .alg = alg,
                                             .root = ay_buf_view(&root),
                                             .bucket_table = ay_buf_view(&table),
                                             .rows = rows,
                                             .bucket_bits = head.b,
                                             .epoch = 1,
                                             .pack = AY_STR("demo"),
                                             .pack_version = AY_STR("1.0.0"),
                                             .pack_digest = ay_buf_view(&root),
                                             .result = ay_buf_view(&result),
                                             .findings = ay_buf_view(&lines),
                                             .findings_root = ay_buf_view(&findings),
                                             .previous = ay_buf_view(&previous)}};
    append(log, &manifest);
    keep(dir, run, dataset, "leaves", ay_buf_view(&leaves));
    keep(dir, run, dataset, "buckets", ay_buf_view(&buckets));
    ay_log_free(log);
    ay_hasher_free(hasher);
    ay_buf *const all[] = {&leaves, &buckets, &root, &table, &result, &findings, &lines, &previous};
    for (size_t i = 0; i < AY_COUNT(all); i++) ay_buf_free(all[i]);
}

/* ---- Other entries ---- */

static void add_key(const char *dir, const char *new_signer, const char *old_signer)
{
    ay_log *log = open_log(dir, AY_LOG_WRITE);
    ay_manifest manifest = {.kind = AY_MANIFEST_KEY,
                            .as.key = {.engine = AY_STR("assay 0.1.0"), .new_signer = ay_str_from(new_signer)}};
    if (strcmp(old_signer, "-") != 0) manifest.as.key.old_signer = ay_str_from(old_signer);
    append(log, &manifest);
    ay_log_free(log);
}

static void add_raw(const char *dir, const char *path)
{
    ay_buf bytes = {0};
    uint64_t index;
    ay_log *log = open_log(dir, AY_LOG_WRITE);
    require(ay_file_read(path, 1 << 20, &bytes, &err));
    require(ay_log_append(log, ay_buf_view(&bytes), &index, &err));
    ay_log_free(log);
    ay_buf_free(&bytes);
}

/* ---- Checkpoints ---- */

static void sign_note(const char *given, ay_str text, ay_buf *note)
{
    const char *equals = strchr(given, '=');
    ay_key *key = NULL;
    ay_signer signer;
    if (!equals) exit(2);
    require(ay_key_load(equals + 1, &key, &err));
    require(ay_signer_make((ay_str){given, (size_t)(equals - given)}, key, &signer, &err));
    require(ay_note_sign(&signer, text, note, &err));
    ay_key_free(key);
}

static void sign_log(const char *dir, const char *origin, int n, char **keys)
{
    ay_log *log = open_log(dir, AY_LOG_WRITE);
    for (int alg = 0; alg < 2; alg++) {
        ay_buf name = {0}, text = {0}, note = {0};
        ay_digest root;
        ay_checkpoint checkpoint = {.size = ay_log_size(log)};
        ay_buf_printf(&name, "%s%s", origin, alg == AY_SM3 ? "/sm3" : "");
        checkpoint.origin = ay_buf_view(&name);
        require(ay_log_root(log, (ay_alg)alg, checkpoint.size, &root, &err));
        memcpy(checkpoint.root, root.bytes, sizeof checkpoint.root);
        require(ay_checkpoint_put(&checkpoint, &text, &err));
        require(ay_note_begin(ay_buf_view(&text), &note, &err));
        for (int i = 0; i < n; i++) sign_note(keys[i], ay_buf_view(&text), &note);
        require(ay_log_write_note(log, (ay_alg)alg, ay_buf_view(&note), &err));
        ay_buf_free(&name);
        ay_buf_free(&text);
        ay_buf_free(&note);
    }
    ay_log_free(log);
}

/* ---- Proofs ---- */

static assay_status read_from_buf(void *self, uint64_t at, void *to, size_t len, assay_err *e)
{
    const ay_buf *buf = self;
    if (at + len > buf->len) return ay_fail(e, ASSAY_EIO, "the file ends", "文件结束");
    memcpy(to, buf->ptr + at, len);
    return ASSAY_OK;
}

/* The record of a leaf: found by making them all. */
static void open_leaf(ay_hasher *hasher, const char *dataset, const ay_leaf *leaf, unsigned rows, unsigned seed,
                      made *ret)
{
    for (unsigned i = 0; i < rows; i++) {
        make_leaf(hasher, dataset, i, seed, ret);
        if (memcmp(&ret->leaf, leaf, sizeof *leaf) == 0) return;
        ay_buf_free(&ret->record);
    }
    exit(2);
}

static void put_proof(ay_log *log, uint64_t index, ay_alg log_alg, ay_proof *proof)
{
    ay_digest path[AY_MERKLE_DEPTH_MAX];
    ay_buf note = {0}, out = {0};
    require(ay_log_path(log, log_alg, index, ay_log_size(log), path, &proof->log.n, &err));
    require(ay_log_read_note(log, log_alg, &note, &err));
    proof->log.index = index;
    proof->log.path = path;
    proof->log.note = ay_buf_view(&note);
    require(ay_proof_put(proof, &out, &err));
    if (fwrite(out.ptr, 1, out.len, stdout) != out.len) exit(2);
    ay_buf_free(&note);
    ay_buf_free(&out);
}

static void prove(char **args)
{
    const uint64_t index = strtoull(args[1], NULL, 10);
    const unsigned row = (unsigned)strtoul(args[2], NULL, 10), seed = (unsigned)strtoul(args[3], NULL, 10);
    ay_buf bytes = {0}, leaves = {0}, buckets = {0};
    ay_arena arena = {0};
    ay_manifest manifest;
    ay_hasher *hasher = NULL;
    ay_log *log = open_log(args[0], AY_LOG_READ);
    made wanted, opened[2] = {0};
    require(ay_log_entry_at(log, index, &bytes, &err));
    require(ay_manifest_take(ay_buf_view(&bytes), &arena, &manifest, &err));
    const ay_run_manifest *run = &manifest.as.run;
    const char *dataset = ay_arena_copy(&arena, run->dataset);
    ay_proof proof = {.alg = run->alg, .bucket_bits = (uint32_t)run->bucket_bits, .manifest = ay_buf_view(&bytes)};
    ay_snapshot_files files = {.leaves = {read_from_buf, &leaves}, .buckets = {read_from_buf, &buckets}};
    require(ay_hasher_open(run->alg, AY_PROVIDER_EVP, &hasher, &err));
    make_snapshot(hasher, dataset, (unsigned)run->rows, seed, &leaves, &buckets, &files.head);
    make_leaf(hasher, dataset, row, seed, &wanted);
    proof.is_absence = row >= run->rows;
    if (proof.is_absence) {
        memcpy(proof.absent, wanted.leaf.kh, AY_KH_SIZE);
        require(ay_snapshot_prove_absent(&files, hasher, wanted.leaf.kh, &proof.place, &err));
    } else {
        ay_snapshot_place place;
        require(ay_snapshot_find(&files, wanted.leaf.kh, &place, &err));
        require(ay_snapshot_prove(&files, hasher, wanted.leaf.kh, place.position, &proof.place, &err));
    }
    for (unsigned i = 0; i < 2; i++) {
        if (!proof.place.has[i]) continue;
        open_leaf(hasher, dataset, &proof.place.leaves[i].leaf, (unsigned)run->rows, seed, &opened[i]);
        proof.openings[i] = (ay_opening){opened[i].salt, ay_buf_view(&opened[i].record)};
    }
    put_proof(log, index, strcmp(args[4], "sm3") == 0 ? AY_SM3 : AY_SHA256, &proof);
    ay_log_free(log);
    ay_hasher_free(hasher);
    ay_arena_free(&arena);
    ay_buf *const all[] = {&bytes, &leaves, &buckets, &wanted.record, &opened[0].record, &opened[1].record};
    for (size_t i = 0; i < AY_COUNT(all); i++) ay_buf_free(all[i]);
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (argc == 8 && strcmp(word, "run") == 0) add_run(argv + 2);
    else if (argc == 5 && strcmp(word, "key") == 0) add_key(argv[2], argv[3], argv[4]);
    else if (argc == 4 && strcmp(word, "raw") == 0) add_raw(argv[2], argv[3]);
    else if (argc > 4 && strcmp(word, "sign") == 0) sign_log(argv[2], argv[3], argc - 4, argv + 4);
    else if (argc == 7 && strcmp(word, "prove") == 0) prove(argv + 2);
    else return 2;
    return 0;
}
