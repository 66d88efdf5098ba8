#define _GNU_SOURCE /* strerror_r that returns the text */
#include "proof/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proof/line_tree.h"
#include "proof/log_file.h"

#define PIECE 65536

static assay_status fail_file(const char *path, assay_err *err)
{
    char reason[128];
    const char *text = strerror_r(errno, reason, sizeof reason);
    return ay_fail(err, ASSAY_EIO, "%s: cannot be read: %s", "%s：无法读取：%s", path, text);
}

/* ---- From the beginning to the end, pipes too ---- */

typedef struct piece_taker {
    assay_status (*take)(void *self, ay_str piece, assay_err *err);
    void *self;
} piece_taker;

static assay_status read_pieces(int fd, const char *path, const piece_taker *taker, assay_err *err)
{
    char piece[PIECE];
    for (;;) {
        const ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_file(path, err);
        if (n == 0) return ASSAY_OK;
        AY_TRY(taker->take(taker->self, (ay_str){piece, (size_t)n}, err));
    }
}

static assay_status each_piece(const char *path, const piece_taker *taker, assay_err *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail_file(path, err);
    const assay_status st = read_pieces(fd, path, taker, err);
    (void)close(fd);
    return st;
}

static assay_status take_bytes(void *self, ay_str piece, assay_err *err)
{
    ay_buf_str(self, piece);
    return ay_buf_status(self, err);
}

assay_status ay_file_read(const char *path, size_t max, ay_buf *out, assay_err *err)
{
    out->max = max;
    const assay_status st = each_piece(path, &(piece_taker){take_bytes, out}, err);
    AY_FAIL_IF(st == ASSAY_ELIMIT, err, ASSAY_ELIMIT, "%s: more than %zu bytes", "%s：超过 %zu 字节", path, max);
    return st;
}

static assay_status take_digests(void *self, ay_str piece, assay_err *err)
{
    ay_hasher *const *hashers = self;
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) AY_TRY(ay_hasher_put(hashers[alg], piece, err));
    return ASSAY_OK;
}

static assay_status digest(const char *path, ay_hasher *hashers[AY_LOG_ALGS], ay_digest *ret, assay_err *err)
{
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) {
        AY_TRY(ay_hasher_open((ay_alg)alg, AY_PROVIDER_EVP, &hashers[alg], err));
        AY_TRY(ay_hasher_begin(hashers[alg], err));
    }
    AY_TRY(each_piece(path, &(piece_taker){take_digests, hashers}, err));
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) AY_TRY(ay_hasher_end(hashers[alg], &ret[alg], err));
    return ASSAY_OK;
}

assay_status ay_file_digests(const char *path, ay_digest ret[AY_LOG_ALGS], assay_err *err)
{
    ay_hasher *hashers[AY_LOG_ALGS] = {NULL};
    const assay_status st = digest(path, hashers, ret, err);
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) ay_hasher_free(hashers[alg]);
    return st;
}

static assay_status take_lines(void *self, ay_str piece, assay_err *err)
{
    ay_line_tree *const *trees = self;
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) AY_TRY(ay_line_tree_put(trees[alg], piece, err));
    return ASSAY_OK;
}

static assay_status grow_trees(const char *path, ay_line_tree *trees[AY_LOG_ALGS], ay_merkle_head *ret, assay_err *err)
{
    for (int alg = 0; alg < AY_LOG_ALGS; alg++)
        AY_TRY(ay_line_tree_open((ay_alg)alg, AY_PROVIDER_LANES, &trees[alg], err));
    AY_TRY(each_piece(path, &(piece_taker){take_lines, trees}, err));
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) AY_TRY(ay_line_tree_end(trees[alg], &ret[alg], err));
    return ASSAY_OK;
}

assay_status ay_file_line_trees(const char *path, ay_merkle_head ret[AY_LOG_ALGS], assay_err *err)
{
    ay_line_tree *trees[AY_LOG_ALGS] = {NULL};
    const assay_status st = grow_trees(path, trees, ret, err);
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) (void)ay_line_tree_free(trees[alg]);
    return st;
}

/* ---- Here and there ---- */

assay_status ay_file_open(const char *path, ay_file *ret, bool *ret_there, assay_err *err)
{
    struct stat facts;
    *ret = (ay_file){path, open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), 0};
    *ret_there = ret->fd >= 0;
    if (ret->fd < 0) return errno == ENOENT ? ASSAY_OK : fail_file(path, err);
    assay_status st = fstat(ret->fd, &facts) == 0 ? ASSAY_OK : fail_file(path, err);
    if (st == ASSAY_OK && !S_ISREG(facts.st_mode))
        st = ay_fail(err, ASSAY_EIO, "%s: is no ordinary file", "%s：不是普通文件", path);
    if (st == ASSAY_OK) ret->size = (uint64_t)facts.st_size;
    else ay_file_close(ret);
    return st;
}

void ay_file_close(ay_file *file)
{
    (void)close(file->fd);
}

assay_status ay_file_read_at(void *file, uint64_t at, void *to, size_t len, assay_err *err)
{
    const ay_file *f = file;
    return ay_log_read_at(f->fd, at, to, len) ? ASSAY_OK : fail_file(f->path, err);
}
