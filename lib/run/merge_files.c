/* Partials from files: each is one partial, or lines with one partial each. They are taken in the order of how many
 * chunks they cover, most first, so that the outcome does not depend on the order in which they were named. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "assay/partial.h"
#include "base/mem.h"
#include "run/merge.h"

typedef struct entry {
    const char *path;
    uint64_t offset;
    uint64_t line; /* 0: the file is one partial */
    uint32_t chunks;
    size_t number; /* in the order they were found */
} entry;

typedef struct entries {
    entry *list;
    size_t n, cap;
} entries;

/* ---- Reading a file from some place on ---- */

typedef struct file {
    const char *path;
    int fd;
    uint64_t offset;
} file;

static assay_status open_file(const char *path, file *ret, assay_err *err)
{
    *ret = (file){.path = path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
    AY_FAIL_IF(ret->fd < 0, err, ASSAY_EIO, "%s: cannot open: %s", "%s：无法打开：%s", path, strerror(errno));
    return ASSAY_OK;
}

static assay_status read_file(void *ctx, char *to, size_t len, size_t *ret_len, assay_err *err)
{
    file *f = ctx;
    ssize_t n;
    do n = pread(f->fd, to, len, (off_t)f->offset);
    while (n < 0 && errno == EINTR);
    AY_FAIL_IF(n < 0, err, ASSAY_EIO, "%s: cannot read: %s", "%s：无法读取：%s", f->path, strerror(errno));
    f->offset += (uint64_t)n;
    *ret_len = (size_t)n;
    return ASSAY_OK;
}

/* What is wrong with a partial gets the name of its file. */
static assay_status name_entry(const entry *e, assay_status status, const assay_err *why, assay_err *err)
{
    if (status == ASSAY_EFORMAT || status == ASSAY_EUSAGE) {
        if (e->line)
            return ay_fail(err, status, "%1$s: line %2$llu: %3$s%4$.0s", "%1$s：第 %2$llu 行：%3$.0s%4$s", e->path,
                           (unsigned long long)e->line, why->text, why->text_zh);
        return ay_fail(err, status, "%1$s: %2$s%3$.0s", "%1$s：%2$.0s%3$s", e->path, why->text, why->text_zh);
    }
    if (status != ASSAY_OK && err) *err = *why;
    return status;
}

/* With run NULL only the head is read. */
static assay_status read_entry(assay_run *run, entry *e, assay_err *err)
{
    file f;
    assay_err why;
    AY_TRY(open_file(e->path, &f, err));
    f.offset = e->offset;
    const ay_bytes plain = {read_file, &f};
    ay_line line = {.text = &plain};
    const ay_bytes decoded = {ay_line_read, &line}, *from = e->line ? &decoded : &plain;
    const assay_status status = run ? ay_merge_one(run, from, &why) : ay_merge_peek(from, &e->chunks, &why);
    (void)close(f.fd);
    return name_entry(e, status, &why, err);
}

/* ---- Finding them ---- */

static assay_status add_entry(entries *all, const entry *e, assay_err *err)
{
    if (all->n == all->cap) {
        const size_t cap = all->cap ? all->cap * 2 : 64;
        entry *list = ay_realloc_array(all->list, cap, sizeof *list);
        AY_NOMEM_IF(!list, err);
        all->list = list;
        all->cap = cap;
    }
    entry *added = &all->list[all->n];
    *added = *e;
    added->number = all->n++;
    return read_entry(NULL, added, err);
}

/* Each line that is not empty. */
static assay_status add_lines(entries *all, file *f, assay_err *err)
{
    char piece[16384];
    uint64_t line = 1, start = 0, at = 0;
    for (size_t n = 1; n; at += n) {
        AY_TRY(read_file(f, piece, sizeof piece, &n, err));
        for (size_t i = 0; i < n; i++) {
            if (piece[i] != '\n') continue;
            if (at + i > start) AY_TRY(add_entry(all, &(entry){.path = f->path, .offset = start, .line = line}, err));
            start = at + i + 1;
            line++;
        }
    }
    AY_FAIL_IF(at > start, err, ASSAY_EFORMAT, "%s: line %llu: cut off: the end is missing",
               "%s：第 %llu 行：不完整：缺少末尾部分", f->path, (unsigned long long)line);
    return ASSAY_OK;
}

static assay_status add_file(entries *all, const char *path, assay_err *err)
{
    file f;
    char begin[16];
    size_t n = 0;
    AY_TRY(open_file(path, &f, err));
    assay_status status = read_file(&f, begin, sizeof begin, &n, err);
    f.offset = 0;
    if (status == ASSAY_OK)
        status =
            ay_line_begins((ay_str){begin, n}) ? add_lines(all, &f, err) : add_entry(all, &(entry){.path = path}, err);
    (void)close(f.fd);
    return status;
}

static int most_first(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->chunks != y->chunks) return x->chunks > y->chunks ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static assay_status merge_files(assay_run *run, const char *const *paths, size_t n, entries *all, assay_err *err)
{
    AY_TRY(ay_run_check(run, err));
    AY_FAIL_IF(n == 0, err, ASSAY_EUSAGE, "there is nothing to merge", "没有可合并的内容");
    for (size_t i = 0; i < n; i++) AY_TRY(add_file(all, paths[i], err));
    if (all->n) qsort(all->list, all->n, sizeof *all->list, most_first);
    for (size_t i = 0; i < all->n; i++) AY_TRY(read_entry(run, &all->list[i], err));
    return ASSAY_OK;
}

assay_status assay_run_merge_files(assay_run *run, const char *const *paths, size_t n, assay_err *err)
{
    entries all = {0};
    const assay_status status = ay_run_ended(run, merge_files(run, paths, n, &all, err));
    ay_free(all.list);
    return status;
}
