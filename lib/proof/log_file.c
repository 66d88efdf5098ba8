#define _GNU_SOURCE /* strerror_r that returns the text */
#include "proof/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "proof/note.h"

assay_status ay_log_fail(const char *dir, const char *name, assay_err *err)
{
    char reason[128];
    const char *text = strerror_r(errno, reason, sizeof reason);
    return ay_fail(err, ASSAY_EIO, "run log '%s/%s': %s", "运行日志“%s/%s”：%s", dir, name, text);
}

/* ---- Opening ---- */

static assay_status lock(int fd, const char *dir, assay_err *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return ASSAY_OK;
    if (errno != EWOULDBLOCK) return ay_log_fail(dir, "entries", err);
    return ay_fail(err, ASSAY_EUSAGE, "run log '%s' is being written by another process",
                   "运行日志“%s”正由另一进程写入", dir);
}

static assay_status open_file(int dir_fd, const char *dir, ay_log_mode mode, int *ret, assay_err *err)
{
    const int flags = mode == AY_LOG_WRITE ? O_RDWR | O_CREAT : O_RDONLY;
    const int fd = openat(dir_fd, "entries", flags | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0) return ay_log_fail(dir, "entries", err);
    assay_status st = mode == AY_LOG_WRITE ? lock(fd, dir, err) : ASSAY_OK;
    if (st == ASSAY_OK && mode == AY_LOG_WRITE && fsync(dir_fd) != 0) st = ay_log_fail(dir, "", err);
    if (st == ASSAY_OK) *ret = fd;
    else (void)close(fd);
    return st;
}

assay_status ay_log_open_entries(const char *dir, ay_log_mode mode, int *ret_dir, int *ret_fd, assay_err *err)
{
    if (mode == AY_LOG_WRITE && mkdir(dir, 0750) != 0 && errno != EEXIST) return ay_log_fail(dir, "", err);
    const int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0) return ay_log_fail(dir, "", err);
    const assay_status st = open_file(dir_fd, dir, mode, ret_fd, err);
    if (st == ASSAY_OK) *ret_dir = dir_fd;
    else (void)close(dir_fd);
    return st;
}

/* ---- Bytes ---- */

bool ay_log_write_at(int fd, uint64_t at, ay_str bytes)
{
    for (size_t done = 0; done < bytes.len;) {
        const ssize_t n = pwrite(fd, bytes.ptr + done, bytes.len - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = ENOSPC;
        if (n <= 0) return false;
        done += (size_t)n;
    }
    return true;
}

bool ay_log_read_at(int fd, uint64_t at, void *to, size_t len)
{
    for (size_t done = 0; done < len;) {
        const ssize_t n = pread(fd, (char *)to + done, len - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = ENODATA;
        if (n <= 0) return false;
        done += (size_t)n;
    }
    return true;
}

/* ---- Small files ---- */

static assay_status read_rest(int fd, const char *dir, const char *name, ay_buf *out, assay_err *err)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0) return ay_log_fail(dir, name, err);
    AY_FAIL_IF(facts.st_size > (off_t)AY_NOTE_BYTES, err, ASSAY_ELIMIT, "run log '%s/%s' is too long",
               "运行日志“%s/%s”过长", dir, name);
    char *to = ay_buf_reserve(out, (size_t)facts.st_size);
    AY_NOMEM_IF(!to, err);
    if (!ay_log_read_at(fd, 0, to, (size_t)facts.st_size)) return ay_log_fail(dir, name, err);
    out->len += (size_t)facts.st_size;
    return ASSAY_OK;
}

assay_status ay_log_read_file(int dir_fd, const char *dir, const char *name, ay_buf *out, assay_err *err)
{
    const int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) return ASSAY_OK;
    if (fd < 0) return ay_log_fail(dir, name, err);
    const assay_status st = read_rest(fd, dir, name, out, err);
    (void)close(fd);
    return st;
}

assay_status ay_log_replace_file(int dir_fd, const char *dir, const char *name, ay_str bytes, assay_err *err)
{
    char part[64];
    (void)snprintf(part, sizeof part, "%s.new", name);
    const int fd = openat(dir_fd, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0) return ay_log_fail(dir, part, err);
    const bool written = ay_log_write_at(fd, 0, bytes) && fsync(fd) == 0;
    const int number = errno;
    const bool closed = close(fd) == 0;
    if (!written) errno = number;
    if (written && closed && renameat(dir_fd, part, dir_fd, name) == 0 && fsync(dir_fd) == 0) return ASSAY_OK;
    const assay_status st = ay_log_fail(dir, part, err);
    (void)unlinkat(dir_fd, part, 0);
    return st;
}
