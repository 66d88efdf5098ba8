/* The files of a snapshot in an archive. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/thread.h"
#include "run/archive.h"

#define CHUNK ((size_t)256 << 10)

void ay_archive_path(const char *dir, const char *run, const char *dataset, const char *suffix, ay_buf *out)
{
    ay_buf_clear(out);
    ay_buf_printf(out, "%s/snapshots/%s.%s.%s", dir, run, dataset, suffix);
    ay_buf_char(out, 0);
}

/* A file under its own name with .tmp behind it until it is whole; what is written may be hashed on its way. */
typedef struct target {
    ay_buf path, temporary, bytes;
    int fd;
    bool is_whole;     /* it has its own name */
    ay_hasher *hasher; /* NULL: not hashed */
} target;

static assay_status fail(const target *t, assay_err *err)
{
    return ay_fail(err, ASSAY_EIO, "%s cannot be written: %s", "%s 无法写入：%s", t->path.ptr, strerror(errno));
}

static assay_status target_open(target *t, const char *dir, const char *run, const char *dataset, const char *suffix,
                                assay_err *err)
{
    ay_archive_path(dir, run, dataset, suffix, &t->path);
    ay_buf_printf(&t->temporary, "%s.tmp", t->path.ptr ? t->path.ptr : "");
    ay_buf_char(&t->temporary, 0);
    AY_TRY(ay_buf_status(&t->path, err));
    AY_TRY(ay_buf_status(&t->temporary, err));
    t->fd = open(t->temporary.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return t->fd < 0 ? fail(t, err) : ASSAY_OK;
}

static void target_close(target *t)
{
    if (t->fd >= 0) {
        close(t->fd);
        unlink(t->temporary.ptr);
    }
    ay_buf_free(&t->path);
    ay_buf_free(&t->temporary);
    ay_buf_free(&t->bytes);
}

static assay_status write_now(target *t, ay_str bytes, assay_err *err)
{
    for (size_t at = 0; at < bytes.len;) {
        const ssize_t n = write(t->fd, bytes.ptr + at, bytes.len - at);
        if (n < 0 && errno != EINTR) return fail(t, err);
        if (n > 0) at += (size_t)n;
    }
    return t->hasher ? ay_hasher_put(t->hasher, bytes, err) : ASSAY_OK;
}

static assay_status target_flush(target *t, assay_err *err)
{
    AY_TRY(ay_buf_status(&t->bytes, err));
    const ay_str bytes = ay_buf_view(&t->bytes);
    ay_buf_clear(&t->bytes);
    return write_now(t, bytes, err);
}

static assay_status target_write(void *self, ay_str bytes, assay_err *err)
{
    target *t = (target *)self;
    if (t->bytes.len + bytes.len > CHUNK) AY_TRY(target_flush(t, err));
    if (bytes.len > CHUNK) return write_now(t, bytes, err);
    ay_buf_str(&t->bytes, bytes);
    return ASSAY_OK;
}

static assay_status target_commit(target *t, assay_err *err)
{
    AY_TRY(target_flush(t, err));
    if (fsync(t->fd) != 0 || rename(t->temporary.ptr, t->path.ptr) != 0) return fail(t, err);
    close(t->fd);
    t->fd = -1;
    t->is_whole = true;
    return ASSAY_OK;
}

static bool is_temporary(const char *name)
{
    const ay_str text = ay_str_from(name);
    return text.len > 4 && memcmp(text.ptr + text.len - 4, ".tmp", 4) == 0;
}

void ay_archive_sweep(const char *snapshots)
{
    DIR *folder = opendir(snapshots);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder)) != NULL)
        if (is_temporary(entry->d_name)) (void)unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder) (void)closedir(folder);
}

/* ---- Keys: which key each kh belongs to ---- */

void ay_archive_keys_head(uint32_t prints, char to[AY_KEYS_HEAD_SIZE])
{
    memcpy(to, "assaykey", 8);
    for (unsigned i = 0; i < 4; i++) to[8 + i] = (char)(prints >> (24 - 8 * i));
}

static assay_status write_keys(ay_bins *keys, uint32_t prints, target *t, assay_err *err)
{
    ay_kept_reader *reader = NULL;
    char head[AY_KEYS_HEAD_SIZE];
    ay_archive_keys_head(prints, head);
    ay_buf_put(&t->bytes, head, sizeof head);
    assay_status st = ay_kept_open(keys, &reader, err);
    while (st == ASSAY_OK) {
        ay_str row;
        st = ay_kept_next(reader, &row, err);
        if (st != ASSAY_OK || !row.ptr) break;
        st = target_write(t, row, err);
    }
    ay_kept_close(reader);
    return st;
}

/* ---- All three ---- */

typedef struct files {
    target leaves, buckets, keys;
    ay_hasher *tree, *table; /* one hasher does one thing at a time */
    uint32_t prints;         /* fingerprints of fields in a row of the keys */
} files;

/* One of the three without the others is of no use. */
static void files_take_back(const files *f)
{
    const target *const all[] = {&f->leaves, &f->buckets, &f->keys};
    for (size_t i = 0; i < AY_COUNT(all); i++)
        if (all[i]->is_whole) unlink(all[i]->path.ptr);
}

static void files_close(files *f)
{
    target_close(&f->leaves);
    target_close(&f->buckets);
    target_close(&f->keys);
    ay_hasher_free(f->tree);
    ay_hasher_free(f->table);
}

static assay_status files_open(files *f, const char *dir, const ay_archive_leaves *l, assay_err *err)
{
    const ay_alg alg = l->how->alg;
    const char *run = l->run, *name = l->dataset->name;
    AY_TRY(ay_hasher_open(alg, AY_PROVIDER_LANES, &f->tree, err));
    AY_TRY(ay_hasher_open(alg, AY_PROVIDER_EVP, &f->table, err));
    f->buckets.hasher = f->table;
    f->prints = l->how->by_name ? l->dataset->n_fields : 0;
    AY_TRY(ay_hasher_begin(f->table, err));
    AY_TRY(target_open(&f->leaves, dir, run, name, "leaves", err));
    AY_TRY(target_open(&f->buckets, dir, run, name, "buckets", err));
    return target_open(&f->keys, dir, run, name, "keys", err);
}

/* Half of the files, which one thread writes while another writes the other half. */
typedef struct half {
    assay_status (*fill)(struct half *half, assay_err *err);
    files *files;
    ay_evidence *evidence;
    uint32_t bucket_bits;
    ay_archived *ret;
} half;

static assay_status fill_tree(half *h, assay_err *err)
{
    files *f = h->files;
    const ay_snapshot_options options = {.hasher = f->tree,
                                         .b = h->bucket_bits,
                                         .leaves = {target_write, &f->leaves},
                                         .buckets = {target_write, &f->buckets}};
    AY_TRY(ay_snapshot_finish(h->evidence->leaves, &options, &h->ret->head, err));
    AY_TRY(target_commit(&f->leaves, err));
    AY_TRY(target_commit(&f->buckets, err));
    return ay_hasher_end(f->table, &h->ret->buckets, err);
}

static assay_status fill_keys(half *h, assay_err *err)
{
    AY_TRY(write_keys(h->evidence->keys, h->files->prints, &h->files->keys, err));
    return target_commit(&h->files->keys, err);
}

static assay_status fill_half(void *job, assay_err *err)
{
    half *h = (half *)job;
    return h->fill(h, err);
}

static assay_status files_fill(files *f, ay_evidence *evidence, uint32_t bucket_bits, ay_archived *ret, assay_err *err)
{
    half tree = {fill_tree, f, evidence, bucket_bits, ret},
         keys = {.fill = fill_keys, .files = f, .evidence = evidence};
    void *const halves[] = {&tree, &keys};
    return ay_threads_run(fill_half, halves, AY_COUNT(halves), err);
}

static assay_status sync_folder(const char *dir, assay_err *err)
{
    ay_buf path = {0};
    ay_buf_printf(&path, "%s/snapshots", dir);
    ay_buf_char(&path, 0);
    assay_status st = ay_buf_status(&path, err);
    const int fd = st == ASSAY_OK ? open(path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (st == ASSAY_OK && (fd < 0 || fsync(fd) != 0))
        st = ay_fail(err, ASSAY_EIO, "%s: %s", "%s：%s", path.ptr, strerror(errno));
    if (fd >= 0) close(fd);
    ay_buf_free(&path);
    return st;
}

assay_status ay_archive_files(const char *dir, const ay_archive_leaves *leaves, uint32_t bucket_bits, ay_archived *ret,
                              assay_err *err)
{
    files f = {.leaves.fd = -1, .buckets.fd = -1, .keys.fd = -1};
    assay_status st = files_open(&f, dir, leaves, err);
    if (st == ASSAY_OK) st = files_fill(&f, leaves->evidence, bucket_bits, ret, err);
    if (st == ASSAY_OK) st = sync_folder(dir, err);
    if (st != ASSAY_OK) files_take_back(&f);
    files_close(&f);
    return st;
}

void ay_archive_files_remove(const char *dir, const char *run, const char *dataset)
{
    static const char *const suffixes[] = {"leaves", "buckets", "keys"};
    AY_CLEANUP(ay_buf_free) ay_buf path = {0};
    for (size_t i = 0; i < AY_COUNT(suffixes); i++) {
        ay_archive_path(dir, run, dataset, suffixes[i], &path);
        if (!path.failed) (void)unlink(path.ptr);
    }
}
