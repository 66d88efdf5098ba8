/* The files of snapshots that are kept, against the manifests that name them. */
#include "base/mem.h"
#include "proof/file.h"
#include "proof/snapshot_root.h"
#include "proof/verify.h"

typedef struct snapshots {
    ay_audit *v;
    uint64_t leaves, tables, absent; /* files verified; manifests without a leaf file */
} snapshots;

/* DIR/snapshots/RUN.DATASET.KIND, zero-terminated. */
static assay_status path_of(const snapshots *s, const ay_run_manifest *run, const char *kind, ay_buf *out,
                            assay_err *err)
{
    AY_FAIL_IF(memchr(run->dataset.ptr, '/', run->dataset.len) || memchr(run->dataset.ptr, '\0', run->dataset.len), err,
               ASSAY_EFORMAT, "no file can have the name of dataset " AY_STR_FMT,
               "文件名中不能含数据集名称 " AY_STR_FMT, AY_STR_ARG(run->dataset));
    ay_buf_text(out, s->v->dir);
    ay_buf_text(out, "/snapshots/");
    ay_buf_str(out, run->run);
    ay_buf_char(out, '.');
    ay_buf_str(out, run->dataset);
    ay_buf_text(out, kind);
    ay_buf_char(out, '\0');
    return ay_buf_status(out, err);
}

static assay_status put_row(void *self, ay_str bytes, assay_err *err)
{
    return ay_hasher_put(self, bytes, err);
}

static assay_status check_table_digest(const ay_file *file, const ay_run_manifest *run, const ay_digest *found,
                                       assay_err *err)
{
    ay_alg alg;
    ay_digest wanted;
    (void)ay_digest_take(run->bucket_table, &alg, &wanted);
    AY_FAIL_IF(!ay_digest_eq(found, &wanted), err, ASSAY_EFORMAT, "'%s' does not give the manifest's bucket table",
               "“%s”与清单的分桶表不符", file->path);
    return ASSAY_OK;
}

/* ---- A leaf file ---- */

static assay_status rebuild(ay_file *file, const ay_run_manifest *run, ay_hasher *hasher, ay_hasher *table,
                            assay_err *err)
{
    ay_alg alg;
    ay_digest root, digest;
    const ay_snapshot_options options = {
        .hasher = hasher, .b = (uint32_t)run->bucket_bits, .buckets = {put_row, table}};
    ay_snapshot_files files = {.head = {.count = run->rows}, .leaves = {ay_file_read_at, file}};
    (void)ay_digest_take(run->root, &alg, &root);
    AY_TRY(ay_hasher_begin(table, err));
    AY_TRY(ay_fault_in(file->path, ay_snapshot_rebuild(&files, &options, &files.head, err), err));
    AY_TRY(ay_hasher_end(table, &digest, err));
    AY_FAIL_IF(!ay_digest_eq(&files.head.root, &root), err, ASSAY_EFORMAT, "'%s' does not have the manifest's root",
               "“%s”与清单的根不符", file->path);
    return check_table_digest(file, run, &digest, err);
}

static assay_status check_leaves(ay_file *file, const ay_run_manifest *run, assay_err *err)
{
    ay_hasher *hasher = NULL, *table = NULL;
    AY_FAIL_IF(file->size % sizeof(ay_leaf) != 0 || file->size / sizeof(ay_leaf) != run->rows, err, ASSAY_EFORMAT,
               "'%s' does not have the manifest's %llu leaves", "“%s”没有清单所列的 %llu 个叶子", file->path,
               (unsigned long long)run->rows);
    assay_status st = ay_hasher_open(run->alg, AY_PROVIDER_LANES, &hasher, err);
    if (st == ASSAY_OK) st = ay_hasher_open(run->alg, AY_PROVIDER_EVP, &table, err);
    if (st == ASSAY_OK) st = rebuild(file, run, hasher, table, err);
    ay_hasher_free(hasher);
    ay_hasher_free(table);
    return st;
}

/* ---- A bucket table ---- */

static assay_status check_table(ay_file *file, const ay_run_manifest *run, assay_err *err)
{
    ay_digest digests[AY_LOG_ALGS];
    AY_TRY(ay_file_digests(file->path, digests, err));
    return check_table_digest(file, run, &digests[run->alg], err);
}

/* ---- All of them ---- */

static assay_status check_file(snapshots *s, const ay_run_manifest *run, const char *kind,
                               assay_status (*check)(ay_file *file, const ay_run_manifest *run, assay_err *err),
                               bool *ret_there, assay_err *err)
{
    ay_buf path = {0};
    ay_file file;
    assay_status st = path_of(s, run, kind, &path, err);
    if (st == ASSAY_OK) st = ay_file_open(path.ptr, &file, ret_there, err);
    if (st == ASSAY_OK && *ret_there) {
        st = check(&file, run, err);
        ay_file_close(&file);
    }
    ay_buf_free(&path);
    return st;
}

static assay_status take(void *self, uint64_t index, ay_str bytes, const ay_manifest *manifest, assay_err *err)
{
    snapshots *s = self;
    bool leaves, table;
    (void)index, (void)bytes;
    if (manifest->kind != AY_MANIFEST_RUN) return ASSAY_OK;
    AY_TRY(check_file(s, &manifest->as.run, ".leaves", check_leaves, &leaves, err));
    AY_TRY(check_file(s, &manifest->as.run, ".buckets", check_table, &table, err));
    s->leaves += leaves;
    s->tables += table;
    s->absent += !leaves;
    return ASSAY_OK;
}

assay_status ay_verify_snapshots(ay_audit *v, assay_err *err)
{
    snapshots s = {.v = v};
    assay_verdict *verdict = v->verdict;
    AY_TRY(ay_verify_each(v, &(ay_manifest_taker){take, &s}, err));
    ay_verdict_say(verdict,
                   "snapshots: %llu leaf files with the roots and %llu bucket tables with the digests of their "
                   "manifests; of %llu manifests no leaf file is kept",
                   "快照：%llu 个叶子文件的根和 %llu 个分桶表的摘要与清单一致；%llu 份清单未保留叶子文件",
                   (unsigned long long)s.leaves, (unsigned long long)s.tables, (unsigned long long)s.absent);
    ay_json_key(&verdict->json, "leaf_files");
    ay_json_uint(&verdict->json, s.leaves);
    ay_json_key(&verdict->json, "bucket_tables");
    ay_json_uint(&verdict->json, s.tables);
    ay_json_key(&verdict->json, "leaf_files_not_kept");
    ay_json_uint(&verdict->json, s.absent);
    return ASSAY_OK;
}
