#include "proof/log.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "proof/checkpoint.h"
#include "proof/log_file.h"
#include "proof/log_index.h"
#include "proof/note.h"

struct ay_log {
    char *dir;
    ay_log_mode mode;
    int dir_fd, fd;
    uint64_t bytes;  /* of the file */
    bool is_unknown; /* whether the last entry was written is not known */
    ay_log_index index;
    ay_hasher *hashers[AY_LOG_ALGS];
    ay_merkle *trees[AY_LOG_ALGS];
};

static const char *const note_names[AY_LOG_ALGS] = {[AY_SM3] = "checkpoint.sm3", [AY_SHA256] = "checkpoint.sha256"};

/* ---- Opening ---- */

static assay_status read_entries(void *self, uint64_t at, void *to, size_t len, assay_err *err)
{
    const ay_log *log = self;
    return ay_log_read_at(log->fd, at, to, len) ? ASSAY_OK : ay_log_fail(log->dir, "entries", err);
}

static assay_status open_hashers(ay_log *log, assay_err *err)
{
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) {
        AY_TRY(ay_hasher_open((ay_alg)alg, AY_PROVIDER_EVP, &log->hashers[alg], err));
        AY_TRY(ay_merkle_open(log->hashers[alg], &log->trees[alg], err));
    }
    return ASSAY_OK;
}

static assay_status write_head(ay_log *log, assay_err *err)
{
    const bool ok = ay_log_write_at(log->fd, 0, (ay_str){AY_LOG_HEAD, AY_LOG_HEAD_BYTES}) && fsync(log->fd) == 0;
    if (!ok) return ay_log_fail(log->dir, "entries", err);
    log->bytes = log->index.end = AY_LOG_HEAD_BYTES;
    return ASSAY_OK;
}

static assay_status read_log(ay_log *log, assay_err *err)
{
    struct stat facts;
    if (fstat(log->fd, &facts) != 0) return ay_log_fail(log->dir, "entries", err);
    AY_FAIL_IF(!S_ISREG(facts.st_mode), err, ASSAY_EFORMAT, "not a run log of version 1", "不是版本 1 的运行日志");
    log->bytes = (uint64_t)facts.st_size;
    AY_TRY(ay_log_scan(&(ay_source_at){read_entries, log}, log->bytes, log->hashers, &log->index, err));
    return log->bytes == 0 && log->mode == AY_LOG_WRITE ? write_head(log, err) : ASSAY_OK;
}

/* The checkpoint in a note; the signatures are not looked at. */
static assay_status read_checkpoint(ay_str bytes, ay_checkpoint *ret, assay_err *err)
{
    ay_arena arena = {0};
    ay_note note;
    assay_status st = ay_note_read(bytes, &arena, &note, err);
    if (st == ASSAY_OK) st = ay_checkpoint_take(note.text, ret, err); /* borrows from the bytes alone */
    ay_arena_free(&arena);
    return st;
}

static assay_status check_checkpoint(ay_log *log, ay_alg alg, const ay_checkpoint *checkpoint, assay_err *err)
{
    ay_digest root;
    AY_FAIL_IF(checkpoint->size > log->index.n, err, ASSAY_EFORMAT,
               "run log '%s' has %llu entries, but its checkpoint was signed for %llu: entries are gone",
               "运行日志“%s”有 %llu 个条目，而已签署的检查点为 %llu 个：有条目丢失", log->dir,
               (unsigned long long)log->index.n, (unsigned long long)checkpoint->size);
    AY_TRY(ay_log_root(log, alg, checkpoint->size, &root, err));
    AY_FAIL_IF(memcmp(root.bytes, checkpoint->root, sizeof root.bytes) != 0, err, ASSAY_EFORMAT,
               "run log '%s' is not what its checkpoint was signed for: an entry was changed",
               "运行日志“%s”与已签署的检查点不符：有条目被改动", log->dir);
    return ASSAY_OK;
}

static assay_status check_note(ay_log *log, ay_alg alg, ay_str note, assay_err *err)
{
    ay_checkpoint checkpoint;
    if (note.len == 0) return ASSAY_OK;
    AY_TRY(read_checkpoint(note, &checkpoint, err));
    return check_checkpoint(log, alg, &checkpoint, err);
}

/* Notes before entries: a writer puts the entry first, so whatever is read of the entries later is no shorter. */
static assay_status read_folder(ay_log *log, ay_buf notes[AY_LOG_ALGS], assay_err *err)
{
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) AY_TRY(ay_log_read_note(log, (ay_alg)alg, &notes[alg], err));
    AY_TRY(read_log(log, err));
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) AY_TRY(check_note(log, (ay_alg)alg, ay_buf_view(&notes[alg]), err));
    return ASSAY_OK;
}

static assay_status open_log(ay_log *log, const char *dir, assay_err *err)
{
    const ay_str name = ay_str_from(dir);
    ay_buf notes[AY_LOG_ALGS] = {{0}};
    log->dir = ay_alloc(name.len + 1);
    AY_NOMEM_IF(!log->dir, err);
    memcpy(log->dir, name.ptr, name.len + 1);
    AY_TRY(open_hashers(log, err));
    AY_TRY(ay_log_open_entries(dir, log->mode, &log->dir_fd, &log->fd, err));
    const assay_status st = read_folder(log, notes, err);
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) ay_buf_free(&notes[alg]);
    return st;
}

assay_status ay_log_open(const char *dir, ay_log_mode mode, ay_log **ret, assay_err *err)
{
    ay_log *log = AY_NEW(ay_log);
    AY_NOMEM_IF(!log, err);
    log->mode = mode;
    log->dir_fd = log->fd = -1;
    const assay_status st = open_log(log, dir, err);
    if (st == ASSAY_OK) *ret = log;
    else ay_log_free(log);
    return st;
}

ay_log *ay_log_free(ay_log *log)
{
    if (!log) return NULL;
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) {
        ay_merkle_free(log->trees[alg]);
        ay_hasher_free(log->hashers[alg]);
    }
    if (log->fd >= 0) (void)close(log->fd); /* and the lock with it; all was synced */
    if (log->dir_fd >= 0) (void)close(log->dir_fd);
    ay_log_index_free(&log->index);
    ay_free(log->dir);
    return ay_free(log);
}

uint64_t ay_log_size(const ay_log *log)
{
    return log->index.n;
}

uint64_t ay_log_tail(const ay_log *log)
{
    return log->bytes - log->index.end;
}

/* ---- Writing ---- */

static assay_status may_write(const ay_log *log, assay_err *err)
{
    AY_FAIL_IF(log->mode != AY_LOG_WRITE, err, ASSAY_EUSAGE, "run log '%s' was opened for reading",
               "运行日志“%s”以只读方式打开", log->dir);
    AY_FAIL_IF(log->is_unknown, err, ASSAY_EIO, "run log '%s' must be opened again after an error",
               "运行日志“%s”出错后须重新打开", log->dir);
    return ASSAY_OK;
}

/* What was written of a frame is taken back where that can be. */
static assay_status take_back(ay_log *log, assay_err *err)
{
    const assay_status st = ay_log_fail(log->dir, "entries", err);
    log->is_unknown = ftruncate(log->fd, (off_t)log->index.end) != 0 || fsync(log->fd) != 0;
    return st;
}

static assay_status write_frame(ay_log *log, ay_str frame, assay_err *err)
{
    if (!ay_log_write_at(log->fd, log->index.end, frame)) return take_back(log, err);
    if (fsync(log->fd) == 0) return ASSAY_OK;
    log->is_unknown = true; /* after a failed fsync nothing is known of what the disk holds */
    return ay_log_fail(log->dir, "entries", err);
}

assay_status ay_log_append(ay_log *log, ay_str data, uint64_t *ret_index, assay_err *err)
{
    AY_TRY(may_write(log, err));
    AY_FAIL_IF(
        ay_log_tail(log) > 0, err, ASSAY_EUSAGE,
        "run log '%s' ends in %llu bytes that are no entry, left by a crash or changed; look at them, then drop them",
        "运行日志“%s”末尾有 %llu 字节不是条目，可能因崩溃残留或被改动；请查看后再清除", log->dir,
        (unsigned long long)ay_log_tail(log));
    AY_FAIL_IF(data.len == 0, err, ASSAY_EUSAGE, "an entry of a run log must have content", "运行日志的条目不能为空");
    AY_FAIL_IF(data.len > AY_LOG_ENTRY_BYTES, err, ASSAY_ELIMIT, "an entry of a run log has at most %zu bytes",
               "运行日志的条目最多 %zu 字节", AY_LOG_ENTRY_BYTES);
    ay_buf frame = {0};
    ay_log_entry entry = {.at = log->index.end + 4};
    assay_status st = ay_log_frame(log->hashers, data, &frame, &entry, err);
    if (st == ASSAY_OK) st = write_frame(log, ay_buf_view(&frame), err);
    ay_buf_free(&frame);
    AY_TRY(st);
    log->bytes = log->index.end + AY_LOG_FRAME_BYTES + data.len;
    log->is_unknown = true; /* it is on the disk, and must be in the index too */
    AY_TRY(ay_log_index_add(&log->index, &entry, err));
    log->is_unknown = false;
    *ret_index = log->index.n - 1;
    return ASSAY_OK;
}

assay_status ay_log_drop_tail(ay_log *log, assay_err *err)
{
    AY_TRY(may_write(log, err));
    if (ftruncate(log->fd, (off_t)log->index.end) != 0 || fsync(log->fd) != 0)
        return ay_log_fail(log->dir, "entries", err);
    log->bytes = log->index.end;
    return log->bytes == 0 ? write_head(log, err) : ASSAY_OK;
}

/* ---- Reading ---- */

static assay_status check_size(const ay_log *log, uint64_t size, assay_err *err)
{
    AY_FAIL_IF(size > log->index.n, err, ASSAY_EUSAGE, "run log '%s' has only %llu entries",
               "运行日志“%s”只有 %llu 个条目", log->dir, (unsigned long long)log->index.n);
    return ASSAY_OK;
}

assay_status ay_log_entry_at(const ay_log *log, uint64_t index, ay_buf *out, assay_err *err)
{
    AY_TRY(check_size(log, index == UINT64_MAX ? index : index + 1, err));
    const ay_log_entry *entry = &log->index.entries[index];
    char *to = ay_buf_reserve(out, entry->len);
    if (!to) return ay_buf_status(out, err);
    if (!ay_log_read_at(log->fd, entry->at, to, entry->len)) return ay_log_fail(log->dir, "entries", err);
    out->len += entry->len;
    return ASSAY_OK;
}

assay_status ay_log_root(ay_log *log, ay_alg alg, uint64_t size, ay_digest *ret, assay_err *err)
{
    AY_TRY(check_size(log, size, err));
    ay_merkle *tree = log->trees[alg];
    assay_status st = ASSAY_OK;
    for (uint64_t i = 0; st == ASSAY_OK && i < size; i++)
        st = ay_merkle_add(tree, &log->index.entries[i].hash[alg], err);
    if (st != ASSAY_OK) (void)ay_merkle_root(tree, ret, NULL); /* which empties it */
    AY_TRY(st);
    return ay_merkle_root(tree, ret, err);
}

typedef struct leaves {
    const ay_log_entry *entries;
    ay_alg alg;
} leaves;

static assay_status read_leaves(void *self, uint64_t from, uint32_t n, ay_digest *ret, assay_err *err)
{
    const leaves *l = self;
    (void)err;
    for (uint32_t i = 0; i < n; i++) ret[i] = l->entries[from + i].hash[l->alg];
    return ASSAY_OK;
}

assay_status ay_log_path(ay_log *log, ay_alg alg, uint64_t index, uint64_t size, ay_digest ret[AY_MERKLE_DEPTH_MAX],
                         uint32_t *ret_n, assay_err *err)
{
    leaves l = {log->index.entries, alg};
    AY_TRY(check_size(log, size, err));
    return ay_merkle_path(log->trees[alg], &(ay_merkle_leaves){size, read_leaves, &l}, index, ret, ret_n, err);
}

assay_status ay_log_consistency(ay_log *log, ay_alg alg, uint64_t old_size, uint64_t size,
                                ay_digest ret[AY_MERKLE_CONSISTENCY_MAX], uint32_t *ret_n, assay_err *err)
{
    leaves l = {log->index.entries, alg};
    AY_TRY(check_size(log, size, err));
    return ay_merkle_consistency(log->trees[alg], &(ay_merkle_leaves){size, read_leaves, &l}, old_size, ret, ret_n,
                                 err);
}

/* ---- Checkpoints ---- */

assay_status ay_log_read_note(const ay_log *log, ay_alg alg, ay_buf *out, assay_err *err)
{
    return ay_log_read_file(log->dir_fd, log->dir, note_names[alg], out, err);
}

assay_status ay_log_write_note(ay_log *log, ay_alg alg, ay_str note, assay_err *err)
{
    ay_checkpoint checkpoint;
    AY_TRY(may_write(log, err));
    AY_TRY(read_checkpoint(note, &checkpoint, err));
    AY_FAIL_IF(checkpoint.size != log->index.n, err, ASSAY_EUSAGE,
               "the checkpoint is for %llu entries, the run log has %llu",
               "检查点针对 %llu 个条目，而运行日志有 %llu 个", (unsigned long long)checkpoint.size,
               (unsigned long long)log->index.n);
    AY_TRY(check_checkpoint(log, alg, &checkpoint, err));
    return ay_log_replace_file(log->dir_fd, log->dir, note_names[alg], note, err);
}
