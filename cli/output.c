#define _GNU_SOURCE /* sync_file_range */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interrupt.h"

#define DISK_PIECE ((uint64_t)64 << 20) /* smaller ones cost more than the waiting that they save */

int cli_write_stream(void *stream, const void *bytes, size_t len)
{
    return !cli_is_interrupted() && fwrite(bytes, 1, len, stream) == len ? 0 : 1;
}

/* Small enough that a pipe with room for anything takes it whole. */
static bool write_piece(const char *bytes, size_t len)
{
    struct pollfd fd = {.fd = STDOUT_FILENO, .events = POLLOUT};
    int n = 0;
    while (n <= 0 && !cli_is_interrupted()) {
        n = poll(&fd, 1, 100);
        if (n < 0 && errno != EINTR) return false;
    }
    return !cli_is_interrupted() && fwrite(bytes, 1, len, stdout) == len && fflush(stdout) == 0;
}

int cli_write_stdout(void *unused, const void *bytes, size_t len)
{
    (void)unused;
    for (size_t at = 0; at < len; at += PIPE_BUF)
        if (!write_piece((const char *)bytes + at, len - at < PIPE_BUF ? len - at : PIPE_BUF)) return 1;
    return 0;
}

int cli_complain_unwritten(const cli_context *cli, const char *path)
{
    cli_complain(cli, "%s: cannot be written: %s", "%s：无法写入：%s", path, strerror(errno));
    return EXIT_IO;
}

int cli_make_dir(const cli_context *cli, const char *dir, bool *ret_made)
{
    *ret_made = mkdir(dir, 0777) == 0;
    if (*ret_made || errno == EEXIST) return 0;
    return cli_complain_unwritten(cli, dir);
}

int cli_file_open(const cli_context *cli, const char *dir, const char *name, cli_file *ret)
{
    const int n = snprintf(ret->path, sizeof ret->path, "%s/%s", dir, name);
    ret->stream = NULL;
    ret->size = ret->begun = 0;
    if (n < 0 || (size_t)n >= sizeof ret->path) {
        errno = ENAMETOOLONG;
        return cli_complain_unwritten(cli, dir);
    }
    snprintf(ret->temporary, sizeof ret->temporary, "%s.XXXXXX", ret->path);
    const int fd = mkstemp(ret->temporary);
    if (fd < 0) return cli_complain_unwritten(cli, ret->path);
    const mode_t mask = umask(0);
    umask(mask);
    fchmod(fd, 0666 & ~mask);
    ret->stream = fdopen(fd, "wb");
    if (ret->stream) return 0;
    const int code = cli_complain_unwritten(cli, ret->path);
    close(fd);
    unlink(ret->temporary);
    return code;
}

/* The disk begins with a long file while the rest of it is made: then the flush at its end has less to wait for. */
int cli_file_write(void *self, const void *bytes, size_t len)
{
    cli_file *file = self;
    if (cli_write_stream(file->stream, bytes, len) != 0) return 1;
    file->size += len;
    if (file->size - file->begun < DISK_PIECE) return 0;
    (void)sync_file_range(fileno(file->stream), (off_t)file->begun, (off_t)DISK_PIECE,
                          SYNC_FILE_RANGE_WRITE); /* a failure is told by the flush */
    file->begun += DISK_PIECE;
    return 0;
}

int cli_file_flush(const cli_context *cli, cli_file *file)
{
    const bool flushed = fflush(file->stream) == 0 && fsync(fileno(file->stream)) == 0;
    return flushed ? 0 : cli_complain_unwritten(cli, file->path);
}

int cli_file_commit(const cli_context *cli, cli_file *file)
{
    if (rename(file->temporary, file->path) != 0) return cli_complain_unwritten(cli, file->path);
    fclose(file->stream);
    file->stream = NULL;
    return 0;
}

void cli_file_discard(cli_file *file)
{
    if (!file->stream) return;
    fclose(file->stream);
    unlink(file->temporary);
    file->stream = NULL;
}
