#define _GNU_SOURCE /* O_TMPFILE, mkostemp, fallocate, sync_file_range, strerror_r that returns the text */
#include "base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"

#define WINDOW ((uint64_t)8 << 20)
#define CACHED ((uint64_t)1 << 30)

static const char *spill_dir(const ay_budget *budget)
{
    if (budget->spill_dir && budget->spill_dir[0]) return budget->spill_dir;
    const char *dir = getenv("TMPDIR");
    return dir && dir[0] ? dir : "/tmp";
}

static assay_status fail_create(const char *dir, int number, assay_err *err)
{
    char reason[128];
    return ay_fail(
        err, ASSAY_EIO, "cannot create a temporary file in '%s': %s; name another directory or allow more memory",
        "无法在“%s”中创建临时文件：%s；请指定其他目录或增大内存上限", dir, strerror_r(number, reason, sizeof reason));
}

static int open_unlinked(const char *dir)
{
    const int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (fd >= 0) return fd;
    char path[4096]; /* file systems without O_TMPFILE */
    if (snprintf(path, sizeof path, "%s/assay-XXXXXX", dir) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    const int named = mkostemp(path, O_CLOEXEC);
    if (named >= 0) (void)unlink(path);
    return named;
}

assay_status ay_spill_open(ay_budget *budget, ay_spill **ret, assay_err *err)
{
    const char *dir = spill_dir(budget);
    ay_spill *file = AY_NEW(ay_spill);
    AY_NOMEM_IF(!file, err);
    file->fd = open_unlinked(dir);
    file->dir = dir;
    file->budget = budget;
    atomic_init(&file->refs, 1);
    if (file->fd < 0) {
        const int number = errno;
        ay_free(file);
        return fail_create(dir, number, err);
    }
    *ret = file;
    return ASSAY_OK;
}

ay_spill *ay_spill_ref(ay_spill *file)
{
    atomic_fetch_add_explicit(&file->refs, 1, memory_order_relaxed);
    return file;
}

static void give_back(ay_spill *file, uint64_t bytes)
{
    atomic_fetch_sub_explicit(&file->held, bytes, memory_order_relaxed);
    atomic_fetch_sub_explicit(&file->budget->on_disk, bytes, memory_order_relaxed);
}

void ay_spill_unref(ay_spill *file)
{
    if (!file || atomic_fetch_sub_explicit(&file->refs, 1, memory_order_acq_rel) > 1) return;
    give_back(file, atomic_load_explicit(&file->held, memory_order_relaxed));
    (void)close(file->fd); /* its content dies with it: nothing to be lost by a failing close */
    ay_free(file);
}

static assay_status take_room(ay_spill *file, size_t len, assay_err *err)
{
    ay_budget *budget = file->budget;
    const uint64_t before = atomic_fetch_add_explicit(&budget->on_disk, len, memory_order_relaxed);
    atomic_fetch_add_explicit(&file->held, len, memory_order_relaxed);
    if (!budget->spill_limit || before + len <= budget->spill_limit) {
        atomic_fetch_add_explicit(&budget->spilled, len, memory_order_relaxed);
        return ASSAY_OK;
    }
    give_back(file, len);
    return ay_fail(err, ASSAY_ELIMIT,
                   "temporary files would take more than %llu bytes; raise the limit or allow more memory",
                   "临时文件将超过 %llu 字节；请提高该上限或增大内存上限", (unsigned long long)budget->spill_limit);
}

/* What is written is hardly ever read again soon: beyond a first part its pages are let go as the disk takes them,
 * without waiting for it, and the memory of the machine stays with the database. */
static void write_behind(const ay_spill *file, uint64_t before)
{
    if (file->size < CACHED || before / WINDOW == file->size / WINDOW) return;
    const uint64_t done = file->size / WINDOW * WINDOW;
    (void)sync_file_range(file->fd, (off_t)(done - WINDOW), (off_t)WINDOW, SYNC_FILE_RANGE_WRITE);
    (void)posix_fadvise(file->fd, (off_t)(CACHED - WINDOW), (off_t)(done - CACHED), POSIX_FADV_DONTNEED);
}

assay_status ay_spill_write(ay_spill *file, ay_str bytes, assay_err *err)
{
    AY_TRY(take_room(file, bytes.len, err));
    for (size_t done = 0; done < bytes.len;) {
        const ssize_t n = pwrite(file->fd, bytes.ptr + done, bytes.len - done, (off_t)(file->size + done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            char reason[128];
            return ay_fail(err, ASSAY_EIO,
                           "cannot write a temporary file in '%s': %s; free space there, name another directory or "
                           "allow more memory",
                           "无法写入“%s”中的临时文件：%s；请清理空间、指定其他目录或增大内存上限", file->dir,
                           strerror_r(n < 0 ? errno : ENOSPC, reason, sizeof reason));
        }
        done += (size_t)n;
    }
    file->size += bytes.len;
    write_behind(file, file->size - bytes.len);
    return ASSAY_OK;
}

assay_status ay_spill_read(const ay_spill *file, uint64_t at, char *to, size_t len, assay_err *err)
{
    for (size_t done = 0; done < len;) {
        const ssize_t n = pread(file->fd, to + done, len - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            char reason[128];
            return ay_fail(err, ASSAY_EIO, "cannot read back a temporary file in '%s': %s",
                           "无法读回“%s”中的临时文件：%s", file->dir,
                           n < 0 ? strerror_r(errno, reason, sizeof reason) : "unexpected end of file");
        }
        done += (size_t)n;
    }
    return ASSAY_OK;
}

void ay_spill_discard(ay_spill *file, uint64_t from, uint64_t to)
{
    if (to == from) return;
    const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    if (fallocate(file->fd, mode, (off_t)from, (off_t)(to - from)) == 0) give_back(file, to - from);
}
