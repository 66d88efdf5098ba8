/* Archives: opening one, signing checkpoints, changing keys. */
#include "run/archive.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/options.h"
#include "proof/checkpoint.h"

#define TIMEOUT_MS 60000

/* ---- Opening ---- */

static assay_status make_folder(const char *path, assay_err *err)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST) return ASSAY_OK;
    return ay_fail(err, ASSAY_EIO, "folder %s cannot be made: %s", "无法创建目录 %s：%s", path, strerror(errno));
}

static assay_status open_log(assay_archive *a, assay_err *err)
{
    AY_TRY(ay_log_open(a->dir, AY_LOG_WRITE, &a->log, err));
    AY_FAIL_IF(
        ay_log_tail(a->log), err, ASSAY_EFORMAT,
        "the log in %s ends in %llu bytes that are no entry: a run was cut off while it wrote; keep a copy, then "
        "drop them: truncate -s -%llu %s/entries",
        "%s 中的日志末尾有 %llu 字节不是条目：某次运行在写入时中断；请先备份，再清除：truncate -s -%llu %s/entries",
        a->dir, (unsigned long long)ay_log_tail(a->log), (unsigned long long)ay_log_tail(a->log), a->dir);
    return ASSAY_OK;
}

/* Both folders; and the log, which locks them. */
static assay_status open_folders(assay_archive *a, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf snapshots = {0};
    ay_buf_printf(&snapshots, "%s/snapshots", a->dir);
    ay_buf_char(&snapshots, 0);
    AY_TRY(ay_buf_status(&snapshots, err));
    AY_TRY(make_folder(a->dir, err));
    AY_TRY(make_folder(snapshots.ptr, err));
    AY_TRY(open_log(a, err));
    ay_archive_sweep(snapshots.ptr);
    return ASSAY_OK;
}

static assay_status take_signer(assay_archive *a, const assay_archive_signer *from, assay_err *err)
{
    ay_archive_signer *s = &a->signers[a->n_signers];
    const bool is_own = from->name && from->key_file && !from->verifier && !from->command;
    const bool is_other = !from->name && !from->key_file && from->verifier && from->command;
    AY_FAIL_IF(!is_own && !is_other, err, ASSAY_EUSAGE,
               "a signer is a name with a key file, or a verifier with a command",
               "签名者应为名称加密钥文件，或验证者文本加命令");
    a->n_signers++; /* from here on its key is freed */
    if (is_other) {
        const char *text = ay_arena_copy(&a->arena, ay_str_from(from->verifier));
        s->command = ay_arena_copy(&a->arena, ay_str_from(from->command));
        AY_NOMEM_IF(!text || !s->command, err);
        return ay_signer_take(ay_str_from(text), &s->signer, &s->key, err);
    }
    const char *name = ay_arena_copy(&a->arena, ay_str_from(from->name));
    AY_NOMEM_IF(!name, err);
    AY_TRY(ay_key_load(from->key_file, &s->key, err));
    AY_FAIL_IF(!ay_key_is_private(s->key), err, ASSAY_EFORMAT, "key file %s holds no private key",
               "密钥文件 %s 不含私钥", from->key_file);
    return ay_signer_make(ay_str_from(name), s->key, &s->signer, err);
}

static assay_status take_signers(assay_archive *a, const assay_archive_options *o, assay_err *err)
{
    AY_FAIL_IF(o->n_signers == 0 || o->n_signers > AY_ARCHIVE_SIGNERS, err, ASSAY_EUSAGE,
               "an archive needs 1 to %d signers", "存证需要 1 至 %d 个签名者", AY_ARCHIVE_SIGNERS);
    for (size_t i = 0; i < o->n_signers; i++) AY_TRY(take_signer(a, &o->signers[i], err));
    return ASSAY_OK;
}

/* The origin of the last checkpoint; ptr NULL: there is none. */
static assay_status read_origin(const assay_archive *a, ay_buf *note, ay_arena *heap, ay_str *ret, assay_err *err)
{
    ay_note parsed;
    ay_checkpoint checkpoint;
    *ret = (ay_str){0};
    AY_TRY(ay_log_read_note(a->log, AY_SHA256, note, err));
    if (!note->len) return ASSAY_OK;
    AY_TRY(ay_note_read(ay_buf_view(note), heap, &parsed, err));
    AY_TRY(ay_checkpoint_take(parsed.text, &checkpoint, err));
    *ret = checkpoint.origin;
    return ASSAY_OK;
}

static assay_status take_origin(assay_archive *a, const char *asked, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf note = {0};
    AY_CLEANUP(ay_arena_free) ay_arena heap = {0};
    ay_str known;
    AY_TRY(read_origin(a, &note, &heap, &known, err));
    AY_FAIL_IF(!known.ptr && !asked, err, ASSAY_EUSAGE, "a new log needs a name: give its origin",
               "新的日志需要名称：请给出 origin");
    AY_FAIL_IF(known.ptr && asked && !ay_str_is(known, asked), err, ASSAY_EUSAGE,
               "this log is '" AY_STR_FMT "', not '%.128s'", "该日志为“" AY_STR_FMT "”，而不是“%.128s”",
               AY_STR_ARG(known), asked);
    a->origin = ay_arena_copy(&a->arena, known.ptr ? known : ay_str_from(asked));
    AY_NOMEM_IF(!a->origin, err);
    return ASSAY_OK;
}

static assay_status open_all(assay_archive *a, const char *dir, const assay_archive_options *o, assay_err *err)
{
    a->timeout_ms = o->timeout_ms ? o->timeout_ms : TIMEOUT_MS;
    a->dir = ay_arena_copy(&a->arena, ay_str_from(dir));
    AY_NOMEM_IF(!a->dir, err);
    AY_TRY(take_signers(a, o, err));
    AY_TRY(open_folders(a, err));
    return take_origin(a, o->origin, err);
}

assay_status assay_archive_open(const char *dir, const assay_archive_options *options, assay_archive **ret_archive,
                                assay_err *err)
{
    assay_archive_options o = {0};
    AY_TRY(ay_take_options(&o, sizeof o, sizeof o, options, err));
    assay_archive *a = AY_NEW(assay_archive);
    AY_NOMEM_IF(!a, err);
    const assay_status st = open_all(a, dir, &o, err);
    if (st == ASSAY_OK) *ret_archive = a;
    else assay_archive_close(a);
    return st;
}

assay_archive *assay_archive_close(assay_archive *archive)
{
    if (!archive) return NULL;
    ay_archive_drop_draft(archive); /* before the log, which locks the folder */
    ay_log_free(archive->log);
    for (size_t i = 0; i < archive->n_signers; i++) ay_key_free(archive->signers[i].key);
    ay_arena_free(&archive->arena);
    return ay_free(archive);
}

uint64_t assay_archive_size(const assay_archive *archive)
{
    return ay_log_size(archive->log);
}

/* ---- Checkpoints ---- */

static assay_status sign_note(const assay_archive *a, const ay_archive_signer *s, ay_str text, ay_buf *note,
                              assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf signature = {0};
    if (!s->command) return ay_note_sign(&s->signer, text, note, err);
    AY_TRY(ay_sign_by_command(s->command, a->timeout_ms, s->key, text, &signature, err));
    ay_note_put_signature(&s->signer, ay_buf_view(&signature), note);
    return ay_buf_status(note, err);
}

static assay_status write_checkpoint(assay_archive *a, ay_alg alg, ay_buf *note, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf origin = {0}, text = {0};
    ay_digest root;
    ay_checkpoint checkpoint = {.size = ay_log_size(a->log)};
    ay_buf_printf(&origin, alg == AY_SM3 ? "%s/sm3" : "%s", a->origin);
    AY_TRY(ay_buf_status(&origin, err));
    AY_TRY(ay_log_root(a->log, alg, checkpoint.size, &root, err));
    checkpoint.origin = ay_buf_view(&origin);
    memcpy(checkpoint.root, root.bytes, sizeof checkpoint.root);
    AY_TRY(ay_checkpoint_put(&checkpoint, &text, err));
    AY_TRY(ay_note_begin(ay_buf_view(&text), note, err));
    for (size_t i = 0; i < a->n_signers; i++) AY_TRY(sign_note(a, &a->signers[i], ay_buf_view(&text), note, err));
    return ay_log_write_note(a->log, alg, ay_buf_view(note), err);
}

assay_status ay_archive_checkpoints(assay_archive *a, assay_result *result, assay_err *err)
{
    static const ay_alg algs[] = {AY_SM3, AY_SHA256};
    for (size_t i = 0; i < AY_COUNT(algs); i++) {
        AY_CLEANUP(ay_buf_free) ay_buf note = {0};
        AY_TRY(write_checkpoint(a, algs[i], &note, err));
        if (!result) continue;
        result->checkpoints[algs[i]] = ay_arena_copy(&result->arena, ay_buf_view(&note));
        AY_NOMEM_IF(!result->checkpoints[algs[i]], err);
    }
    return ASSAY_OK;
}

/* ---- Keys ---- */

static assay_status put_rotation(const assay_archive *a, const char *reason, ay_buf *out, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf fresh = {0}, old = {0}, engine = {0};
    const ay_archive_signer *newest = &a->signers[a->n_signers - 1];
    ay_manifest m = {.kind = AY_MANIFEST_KEY, .as.key = {.at = ay_clock_us()}};
    ay_buf_printf(&engine, "assay %s", assay_version());
    AY_TRY(ay_buf_status(&engine, err));
    AY_TRY(ay_signer_put(&newest->signer, &fresh, err));
    if (a->n_signers == 2) AY_TRY(ay_signer_put(&a->signers[0].signer, &old, err));
    m.as.key.engine = ay_buf_view(&engine);
    m.as.key.new_signer = ay_buf_view(&fresh);
    if (a->n_signers == 2) m.as.key.old_signer = ay_buf_view(&old);
    if (reason) m.as.key.reason = ay_str_from(reason);
    return ay_manifest_put(&m, out, err);
}

assay_status assay_archive_rotate(assay_archive *archive, const char *reason, assay_err *err)
{
    AY_CLEANUP(ay_buf_free) ay_buf manifest = {0};
    uint64_t index;
    AY_FAIL_IF(archive->n_signers > 2, err, ASSAY_EUSAGE, "keys are changed one by one: the old one and the new one",
               "密钥须逐个更换：旧密钥与新密钥");
    AY_TRY(put_rotation(archive, reason, &manifest, err));
    AY_TRY(ay_log_append(archive->log, ay_buf_view(&manifest), &index, err));
    return ay_archive_checkpoints(archive, NULL, err);
}
