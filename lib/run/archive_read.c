#include "run/archive_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/options.h"
#include "proof/signers.h"
#include "run/options.h"

/* ---- The signature ---- */

static assay_status take_verifiers(const assay_archive_place *place, ay_signers *ret, assay_err *err)
{
    AY_FAIL_IF(place->n_verifiers == 0, err, ASSAY_EUSAGE, "name a public key that may have signed the run log",
               "请给出可签署运行日志的公钥");
    for (size_t i = 0; i < place->n_verifiers; i++) AY_TRY(ay_signers_add(ret, ay_str_from(place->verifiers[i]), err));
    return ASSAY_OK;
}

static assay_status check_signature(ay_archive_reader *r, const assay_archive_place *place, assay_err *err)
{
    AY_CLEANUP(ay_signers_free) ay_signers v = {.n = 0};
    ay_note note;
    uint64_t who;
    AY_TRY(take_verifiers(place, &v, err));
    AY_TRY(ay_log_read_note(r->log, AY_SHA256, &r->note, err));
    AY_FAIL_IF(!r->note.len, err, ASSAY_EFORMAT, "the run log in %s has no signed checkpoint",
               "%s 中的运行日志没有已签名的检查点", r->dir);
    AY_TRY(ay_note_read(ay_buf_view(&r->note), &r->arena, &note, err));
    AY_TRY(ay_note_verify(&note, v.list, v.n, &who, err));
    return ay_checkpoint_take(note.text, &r->checkpoint, err);
}

/* Signed is what the checkpoint covers; entries behind it may be of a run that was cut off. */
static assay_status check_root(ay_archive_reader *r, assay_err *err)
{
    ay_digest root;
    AY_TRY(ay_log_root(r->log, AY_SHA256, r->checkpoint.size, &root, err));
    AY_FAIL_IF(memcmp(root.bytes, r->checkpoint.root, sizeof root.bytes) != 0, err, ASSAY_EFORMAT,
               "the run log in %s is not the one of its checkpoint", "%s 中的运行日志与其检查点不符", r->dir);
    return ASSAY_OK;
}

/* ---- The manifest ---- */

static bool is_wanted(const ay_manifest *m, const assay_pack *pack, const assay_archive_place *place)
{
    if (m->kind != AY_MANIFEST_RUN || !ay_str_is(m->as.run.namespace_, pack->id)) return false;
    if (!ay_str_is(m->as.run.dataset, place->dataset)) return false;
    return !place->run || ay_str_is(m->as.run.run, place->run);
}

static assay_status find_manifest(ay_archive_reader *r, const assay_pack *pack, const assay_archive_place *place,
                                  assay_err *err)
{
    for (uint64_t i = r->checkpoint.size; i-- > 0;) {
        ay_buf_clear(&r->bytes);
        AY_TRY(ay_log_entry_at(r->log, i, &r->bytes, err));
        AY_TRY(ay_manifest_take(ay_buf_view(&r->bytes), &r->arena, &r->manifest, err));
        r->index = i;
        if (is_wanted(&r->manifest, pack, place)) return ASSAY_OK;
    }
    return ay_fail(err, ASSAY_EUSAGE, "the run log in %s has no such run of dataset %.128s",
                   "%s 中的运行日志没有数据集 %.128s 的此次运行", r->dir, place->dataset);
}

static assay_status find_dataset(ay_archive_reader *r, const assay_pack *pack, const assay_archive_place *place,
                                 assay_err *err)
{
    for (uint32_t i = 0; place->dataset && i < pack->n_datasets; i++)
        if (strcmp(pack->datasets[i].name, place->dataset) == 0) r->dataset = &pack->datasets[i];
    AY_FAIL_IF(!r->dataset, err, ASSAY_EUSAGE, "the pack has no dataset '%.128s'", "规则包中没有数据集“%.128s”",
               place->dataset ? place->dataset : "");
    return ASSAY_OK;
}

/* Leaves of other columns would differ in every record, and say nothing of the data. */
static assay_status check_columns(const ay_archive_reader *r, assay_err *err)
{
    const ay_run_manifest *m = &r->manifest.as.run;
    bool same = m->n_columns == r->dataset->n_fields && m->n_key == r->dataset->n_key;
    for (uint32_t i = 0; same && i < m->n_columns; i++)
        same = ay_str_is(m->columns[i].name, r->dataset->fields[i].name) &&
               ay_str_is(m->columns[i].type, ay_type_name(r->dataset->fields[i].type));
    for (uint32_t i = 0; same && i < m->n_key; i++)
        same = ay_str_is(m->key[i], r->dataset->fields[r->dataset->key[i]].name);
    AY_FAIL_IF(!same, err, ASSAY_EUSAGE,
               "dataset %s has other fields, types or keys now than when it was archived: use the pack of then",
               "数据集 %s 的字段、类型或主键与存证时不同：请使用当时的规则包", r->dataset->name);
    return ASSAY_OK;
}

/* ---- The files ---- */

static assay_status read_at(void *self, uint64_t at, void *to, size_t len, assay_err *err)
{
    const struct ay_archive_fd *f = self;
    for (size_t have = 0; have < len;) {
        const ssize_t n = pread(f->fd, (char *)to + have, len - have, (off_t)(at + have));
        if (n < 0 && errno == EINTR) continue;
        AY_FAIL_IF(n < 0, err, ASSAY_EIO, "%s cannot be read: %s", "%s 无法读取：%s", f->path, strerror(errno));
        AY_FAIL_IF(n == 0, err, ASSAY_EFORMAT, "%s is cut off", "%s 不完整", f->path);
        have += (size_t)n;
    }
    return ASSAY_OK;
}

static assay_status name_file(ay_archive_reader *r, const char *suffix, const char **ret, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf path = {0};
    char run[AY_RUN_ID_SIZE];
    snprintf(run, sizeof run, AY_STR_FMT, AY_STR_ARG(r->manifest.as.run.run));
    ay_archive_path(r->dir, run, r->dataset->name, suffix, &path);
    AY_TRY(ay_buf_status(&path, err));
    *ret = ay_arena_copy(&r->arena, ay_str_from(path.ptr));
    AY_NOMEM_IF(!*ret, err);
    return ASSAY_OK;
}

/* Keys need not have been kept. */
static assay_status look_at_keys(ay_archive_reader *r, assay_err *err)
{
    char head[AY_KEYS_HEAD_SIZE], with_fields[AY_KEYS_HEAD_SIZE];
    AY_TRY(name_file(r, "keys", &r->keys, err));
    const int fd = open(r->keys, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return ASSAY_OK;
    ay_archive_keys_head(r->dataset->n_fields, with_fields);
    const bool is_read = pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head;
    r->keeps_fields = is_read && memcmp(head, with_fields, sizeof head) == 0;
    close(fd);
    return ASSAY_OK;
}

static assay_status open_file(ay_archive_reader *r, const char *suffix, uint64_t size, struct ay_archive_fd *f,
                              assay_err *err)
{
    struct stat facts;
    AY_TRY(name_file(r, suffix, &f->path, err));
    f->fd = open(f->path, O_RDONLY | O_CLOEXEC);
    AY_FAIL_IF(f->fd < 0 || fstat(f->fd, &facts) != 0, err, ASSAY_EIO, "%s cannot be read: %s", "%s 无法读取：%s",
               f->path, strerror(errno));
    AY_FAIL_IF((uint64_t)facts.st_size != size, err, ASSAY_EFORMAT, "%s has %lld bytes, not %llu as its manifest says",
               "%s 有 %lld 字节，与运行清单所述的 %llu 字节不符", f->path, (long long)facts.st_size,
               (unsigned long long)size);
    return ASSAY_OK;
}

static assay_status hash_file(struct ay_archive_fd *f, uint64_t size, ay_hasher *hasher, ay_digest *ret, assay_err *err)
{
    char piece[4096];
    AY_TRY(ay_hasher_begin(hasher, err));
    for (uint64_t at = 0; at < size;) {
        const size_t n = size - at < sizeof piece ? (size_t)(size - at) : sizeof piece;
        AY_TRY(read_at(f, at, piece, n, err));
        AY_TRY(ay_hasher_put(hasher, (ay_str){piece, n}, err));
        at += n;
    }
    return ay_hasher_end(hasher, ret, err);
}

/* Proofs are read out of it. */
static assay_status check_buckets(ay_archive_reader *r, ay_hasher *hasher, assay_err *err)
{
    ay_digest expected, found;
    ay_alg alg;
    const bool known = ay_digest_take(r->manifest.as.run.bucket_table, &alg, &expected);
    AY_TRY(hash_file(&r->buckets, (uint64_t)AY_BUCKET_ROW_SIZE << r->files.head.b, hasher, &found, err));
    AY_FAIL_IF(!known || !ay_digest_eq(&found, &expected), err, ASSAY_EFORMAT, "%s is not what its manifest says",
               "%s 与运行清单不符", r->buckets.path);
    return ASSAY_OK;
}

static assay_status check_files(ay_archive_reader *r, ay_hasher *hasher, assay_err *err)
{
    AY_TRY(ay_snapshot_check_leaves(&r->files, hasher, err));
    return check_buckets(r, hasher, err);
}

static assay_status open_files(ay_archive_reader *r, assay_err *err)
{
    const ay_run_manifest *m = &r->manifest.as.run;
    ay_hasher *hasher = NULL;
    ay_alg alg;
    AY_TRY(look_at_keys(r, err));
    AY_FAIL_IF(m->bucket_bits > AY_SNAPSHOT_B_MAX || m->rows > UINT64_MAX / sizeof(ay_leaf), err, ASSAY_EFORMAT,
               "the manifest has a number out of range", "运行清单中的数超出范围");
    AY_TRY(open_file(r, "leaves", m->rows * sizeof(ay_leaf), &r->leaves, err));
    AY_TRY(open_file(r, "buckets", (uint64_t)AY_BUCKET_ROW_SIZE << m->bucket_bits, &r->buckets, err));
    r->files = (ay_snapshot_files){.head = {.count = m->rows, .b = (uint32_t)m->bucket_bits},
                                   .leaves = {read_at, &r->leaves},
                                   .buckets = {read_at, &r->buckets}};
    AY_FAIL_IF(!ay_digest_take(m->root, &alg, &r->files.head.root), err, ASSAY_EFORMAT, "the manifest has no root",
               "运行清单没有树根");
    AY_TRY(ay_hasher_open(m->alg, AY_PROVIDER_LANES, &hasher, err));
    const assay_status st = check_files(r, hasher, err);
    ay_hasher_free(hasher);
    return st;
}

/* ---- All of it ---- */

assay_status ay_archive_reader_open(const assay_pack *pack, const assay_archive_place *place, ay_archive_reader *ret,
                                    assay_err *err)
{
    assay_archive_place p = {0};
    *ret = (ay_archive_reader){.leaves.fd = -1, .buckets.fd = -1};
    AY_TRY(ay_take_options(&p, sizeof p, sizeof p, place, err));
    AY_FAIL_IF(!p.dir, err, ASSAY_EUSAGE, "name the folder of proofs", "请给出存证目录");
    ret->dir = ay_arena_copy(&ret->arena, ay_str_from(p.dir));
    AY_NOMEM_IF(!ret->dir, err);
    AY_TRY(find_dataset(ret, pack, &p, err));
    AY_TRY(ay_log_open(ret->dir, AY_LOG_READ, &ret->log, err));
    AY_TRY(check_signature(ret, &p, err));
    AY_TRY(check_root(ret, err));
    AY_TRY(find_manifest(ret, pack, &p, err));
    AY_TRY(check_columns(ret, err));
    return open_files(ret, err);
}

assay_status ay_archive_check_key(const ay_archive_reader *r, size_t n_key, assay_err *err)
{
    AY_FAIL_IF(n_key != r->dataset->n_key, err, ASSAY_EUSAGE, "the key of %s has %u fields, %zu values were given",
               "数据集 %s 的主键有 %u 个字段，但给出了 %zu 个值", r->dataset->name, r->dataset->n_key, n_key);
    return ASSAY_OK;
}

void ay_archive_reader_close(ay_archive_reader *r)
{
    if (r->leaves.fd >= 0) close(r->leaves.fd);
    if (r->buckets.fd >= 0) close(r->buckets.fd);
    ay_log_free(r->log);
    ay_buf_free(&r->note);
    ay_buf_free(&r->bytes);
    ay_arena_free(&r->arena);
}

static assay_status read_again(assay_run *run, const ay_archive_reader *r, const assay_run_options *o,
                               const assay_explain_source *source, assay_err *err)
{
    for (uint32_t i = 0; i < run->pack->n_datasets; i++) run->datasets[i].plan.n_rules = 0; /* leaves only */
    if (o->on_run) o->on_run(o->on_run_ctx, run);
    const assay_status st = ay_run_source(run, r->dataset->name, source, err);
    if (o->on_run) o->on_run(o->on_run_ctx, NULL);
    return st;
}

assay_status ay_archive_reread(const ay_archive_reader *r, const assay_pack *pack, const assay_run_options *options,
                               const ay_trace *trace, const assay_explain_source *source, assay_run **ret,
                               assay_err *err)
{
    assay_run_options o = {0};
    AY_TRY(ay_take_options(&o, sizeof o, AY_RUN_OPTIONS_FIRST, options, err));
    AY_FAIL_IF(!o.proof_key, err, ASSAY_EUSAGE, "leaves need their secret: name its file (proof_key)",
               "生成叶需要密钥：请指定文件（proof_key）");
    AY_FAIL_IF(r->manifest.as.run.epoch > UINT32_MAX || r->manifest.as.run.epoch == 0, err, ASSAY_EFORMAT,
               "the manifest has an epoch out of range", "运行清单的纪元超出范围");
    o.struct_size = sizeof o;
    o.datasets = &r->dataset->name;
    o.n_datasets = 1;
    o.proof_alg = ay_alg_name(r->manifest.as.run.alg);
    o.proof_epoch = (uint32_t)r->manifest.as.run.epoch;
    o.proof_fields = r->keeps_fields;
    o.bridge_alg = o.bridge_key = NULL; /* nothing is archived */
    o.bridge_epoch = 0;
    AY_TRY(assay_run_open(pack, &o, ret, err));
    (*ret)->trace = trace;
    return read_again(*ret, r, &o, source, err);
}
