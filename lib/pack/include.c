/* Files of a pack: finding them in the search path, reading each once, following includes. */
#define _GNU_SOURCE /* strerrordesc_np: the C library's texts without the process's locale */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pack/load.h"
#include "pack/tree.h"

#include "base/mem.h"

_Static_assert(AY_PACK_FILES <= 64, "ay_doc.includes has a bit for every file");

typedef struct opened {
    int fd;    /* -1: none */
    int error; /* errno where fd is -1 */
    const char *path;
    struct stat stat;
} opened;

/* Only regular files: a pipe or a device would block, or never end. */
static opened open_file(const char *path)
{
    opened file = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), .path = path};
    if (file.fd < 0) {
        file.error = errno;
        return file;
    }
    const bool known = fstat(file.fd, &file.stat) == 0;
    if (known && S_ISREG(file.stat.st_mode)) return file;
    file.error = !known ? errno : S_ISDIR(file.stat.st_mode) ? EISDIR : EINVAL;
    close(file.fd);
    file.fd = -1;
    return file;
}

static const char *error_text(int error)
{
    const char *text = error == EINVAL ? "not a regular file" : strerrordesc_np(error);
    return text ? text : "unknown error";
}

static bool is_absent(int error)
{
    return error == ENOENT || error == ENOTDIR;
}

static ay_str folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return AY_STR(".");
    return slash == path ? AY_STR("/") : (ay_str){path, (size_t)(slash - path)};
}

/* The i-th folder that is searched, ptr NULL past the last. */
static ay_str search_folder(const ay_load *l, const char *from, size_t i)
{
    if (i == 0) return folder_of(from);
    if (i - 1 < l->options.n_include_dirs) return ay_str_from(l->options.include_dirs[i - 1]);
    return i - 1 == l->options.n_include_dirs ? AY_STR(ASSAY_RULES_DIR) : (ay_str){NULL, 0};
}

static opened search_file(ay_load *l, const char *from, ay_str name)
{
    if (name.len && name.ptr[0] == '/') {
        const char *path = ay_load_format(l, "%.*s", (int)name.len, name.ptr);
        return path ? open_file(path) : (opened){.fd = -1};
    }
    opened file = {.fd = -1, .error = ENOENT};
    for (size_t i = 0; file.fd < 0 && is_absent(file.error); i++) {
        const ay_str folder = search_folder(l, from, i);
        if (!folder.ptr) break;
        const char *path = ay_load_format(l, "%.*s/%.*s", (int)folder.len, folder.ptr, (int)name.len, name.ptr);
        if (!path) return (opened){.fd = -1};
        file = open_file(path);
    }
    return file;
}

static void put_folders(const ay_load *l, const char *from, ay_buf *out)
{
    for (size_t i = 0; search_folder(l, from, i).ptr; i++) {
        if (i) ay_buf_text(out, ", ");
        ay_buf_str(out, search_folder(l, from, i));
    }
    ay_buf_char(out, 0);
}

static void report_absent(ay_load *l, const char *from, ay_str name, ay_pos pos, int error)
{
    ay_buf folders = {0};
    put_folders(l, from, &folders);
    if (folders.failed) {
        l->nomem = true;
    } else if (is_absent(error)) {
        ay_diag_error(l->build.diags, "file-not-found", pos, "file '" AY_STR_FMT "' was not found; searched: %s",
                      "未找到文件“" AY_STR_FMT "”；已搜索：%s", AY_STR_ARG(name), folders.ptr);
    } else {
        ay_diag_error(l->build.diags, "file-not-read", pos, "file '" AY_STR_FMT "' cannot be read: %s",
                      "无法读取文件“" AY_STR_FMT "”：%s", AY_STR_ARG(name), error_text(error));
    }
    ay_buf_free(&folders);
}

/* The bytes of an open file, which is closed. 0, or errno; a file that grows meanwhile is read as long as it was. */
static int read_all(ay_load *l, opened *file, ay_str *ret)
{
    const size_t size = (size_t)file->stat.st_size;
    char *bytes = ay_arena_bytes(l->build.arena, size + 1);
    int error = bytes ? 0 : ENOMEM;
    size_t have = 0;
    while (!error && have < size) {
        const ssize_t n = read(file->fd, bytes + have, size - have);
        if (n == 0) break;
        if (n > 0) have += (size_t)n;
        else if (errno != EINTR) error = errno;
    }
    close(file->fd);
    file->fd = -1;
    if (!bytes) l->nomem = true;
    else bytes[have] = 0;
    *ret = (ay_str){bytes, have};
    return error;
}

static uint32_t find_doc(const ay_load *l, const struct stat *stat)
{
    uint32_t i = 0;
    while (i < l->n_docs && (l->docs[i].device != (uint64_t)stat->st_dev || l->docs[i].inode != (uint64_t)stat->st_ino))
        i++;
    return i;
}

static ay_doc *add_doc(ay_load *l, const char *name, const opened *file, ay_str bytes)
{
    ay_doc *doc = &l->docs[l->n_docs];
    *doc = (ay_doc){.name = name, .path = file->path, (uint64_t)file->stat.st_dev, (uint64_t)file->stat.st_ino};
    l->files[l->n_docs++] = (ay_pack_file){name, bytes};
    l->pack->n_files = l->n_docs;
    ay_diags_file(l->build.diags, name);
    return doc;
}

/* Read a file that was found and is not loaded yet. NULL: reported. */
static ay_doc *load_file(ay_load *l, ay_str name, ay_pos pos, opened *file, off_t max)
{
    if (l->n_docs == AY_PACK_FILES || file->stat.st_size > max) {
        close(file->fd);
        if (l->n_docs == AY_PACK_FILES) {
            ay_diag_error(l->build.diags, "limit", pos, "more than %d files", "文件超过 %d 个", AY_PACK_FILES);
        } else {
            ay_diag_error(l->build.diags, "limit", pos, "file '" AY_STR_FMT "' is larger than %lld bytes",
                          "文件“" AY_STR_FMT "”超过 %lld 字节", AY_STR_ARG(name), (long long)max);
        }
        return NULL;
    }
    ay_str bytes;
    const char *copy = ay_arena_copy(l->build.arena, name);
    const int error = read_all(l, file, &bytes);
    if (!copy) l->nomem = true;
    if (l->nomem) return NULL;
    if (!error) return add_doc(l, copy, file, bytes);
    ay_diag_error(l->build.diags, "file-not-read", pos, "file '" AY_STR_FMT "' cannot be read: %s",
                  "无法读取文件“" AY_STR_FMT "”：%s", AY_STR_ARG(name), error_text(error));
    return NULL;
}

static void load_doc(ay_load *l, uint32_t index, uint64_t above);

static bool check_head(ay_load *l, const ay_doc *doc)
{
    assay_diags *diags = l->build.diags;
    const ay_node *root = doc->root;
    if (root->kind != AY_NODE_MAP || root->n == 0) {
        ay_diag_error(diags, "wrong-kind", root->pos, "a pack is a map that begins with 'assay: 1'",
                      "规则包应为映射，并以 'assay: 1' 开头");
        return false;
    }
    const ay_node *first = root->items[0];
    if (!ay_str_is(first->key->text, "assay")) {
        ay_diag_error(diags, "language", first->key->pos, "the first key must be 'assay: 1', found '" AY_STR_FMT "'",
                      "第一个键必须是 'assay: 1'，而不是“" AY_STR_FMT "”", AY_STR_ARG(first->key->text));
        if (!ay_node_get(root, "assay")) return true;
    }
    const ay_node *version = ay_node_get(root, "assay");
    if (version->kind == AY_NODE_SCALAR && ay_str_is(version->text, "1")) return true;
    ay_diag_error(diags, "language", version->pos, "only version 1 of the language is known to this version of assay",
                  "本版本的 assay 只支持规则语言第 1 版");
    return false;
}

static void report_cycle(ay_load *l, uint32_t to, uint64_t above, ay_pos pos)
{
    ay_buf chain = {0};
    for (uint32_t i = to; i < l->n_docs; i++) { /* files above each other stand in the order of loading */
        if (!(above >> i & 1)) continue;
        ay_buf_text(&chain, l->docs[i].name);
        ay_buf_text(&chain, " -> ");
    }
    ay_buf_put(&chain, l->docs[to].name, strlen(l->docs[to].name) + 1);
    if (chain.failed) l->nomem = true;
    else
        ay_diag_error(l->build.diags, "include-cycle", pos, "files include each other: %s", "文件循环包含：%s",
                      chain.ptr);
    ay_buf_free(&chain);
}

/* The file that an entry of `include` names: loaded now, or before. AY_PACK_FILES: reported. */
static uint32_t include_one(ay_load *l, uint32_t from, const ay_node *entry, uint64_t above)
{
    if (!ay_read_text(l, entry)) return AY_PACK_FILES;
    opened file = search_file(l, l->docs[from].path, entry->text);
    if (l->nomem) return AY_PACK_FILES;
    if (file.fd < 0) return report_absent(l, l->docs[from].path, entry->text, entry->pos, file.error), AY_PACK_FILES;
    const uint32_t known = find_doc(l, &file.stat);
    if (known == l->n_docs) {
        if (!load_file(l, entry->text, entry->pos, &file, AY_TREE_BYTES)) return AY_PACK_FILES;
        load_doc(l, known, above);
        return known;
    }
    close(file.fd);
    if (above >> known & 1) report_cycle(l, known, above, entry->pos);
    return known;
}

static void follow_includes(ay_load *l, uint32_t index, uint64_t above)
{
    const ay_node *list = ay_node_get(l->docs[index].root, "include");
    if (!list) return;
    if (list->kind != AY_NODE_LIST) {
        ay_diag_error(l->build.diags, "wrong-kind", list->pos, "'include' takes a list of files",
                      "include 应为文件列表");
        return;
    }
    uint8_t *included = ay_load_array(l, list->n, 1);
    for (size_t i = 0; i < list->n && !l->nomem; i++) {
        const uint32_t doc = include_one(l, index, list->items[i], above);
        included[i] = (uint8_t)doc;
        if (doc < AY_PACK_FILES) l->docs[index].includes |= UINT64_C(1) << doc;
    }
    if (index == 0) l->included = included;
}

static void load_doc(ay_load *l, uint32_t index, uint64_t above)
{
    ay_doc *doc = &l->docs[index];
    if (ay_tree_read(l->build.arena, doc->name, l->files[index].bytes, l->build.diags, &doc->root, NULL) != ASSAY_OK) {
        l->nomem = true;
        return;
    }
    if (doc->root && !check_head(l, doc)) doc->root = NULL;
    if (!doc->root) return;
    const ay_keys *keys = index == 0 ? &ay_keys_pack : &ay_keys_fragment;
    AY_ASK(l, ay_read_map(l, doc->root, keys->words, keys->n));
    follow_includes(l, index, above | UINT64_C(1) << index);
}

assay_status ay_load_path(ay_load *l, const char *path, assay_err *err)
{
    opened file = open_file(path);
    AY_FAIL_IF(file.fd < 0, err, ASSAY_EIO, "rule pack '%s' cannot be read: %s", "无法读取规则包“%s”：%s", path,
               error_text(file.error));
    if (load_file(l, ay_str_from(path), (ay_pos){path, 0, 0}, &file, AY_TREE_BYTES)) {
        l->docs[0].path = l->docs[0].name; /* `path` is the caller's */
        load_doc(l, 0, 0);
    }
    return ASSAY_OK;
}

void ay_load_text(ay_load *l, const char *name, ay_str bytes)
{
    ay_str copy;
    const char *own_name = ay_arena_copy(l->build.arena, ay_str_from(name));
    if (!own_name || !ay_arena_str(l->build.arena, bytes, &copy)) {
        l->nomem = true;
        return;
    }
    add_doc(l, own_name, &(opened){.path = own_name}, copy);
    load_doc(l, 0, 0);
}

static const char *path_of(const ay_load *l, const char *file)
{
    for (uint32_t i = 0; i < l->n_docs; i++) {
        if (l->docs[i].name == file) return l->docs[i].path;
    }
    return l->docs[0].path;
}

bool ay_load_read_file(void *ctx, ay_str name, ay_pos pos, ay_str *ret_bytes)
{
    ay_load *l = (ay_load *)ctx;
    const char *from = path_of(l, pos.file);
    opened file = search_file(l, from, name);
    if (l->nomem) return false;
    if (file.fd < 0) return report_absent(l, from, name, pos, file.error), false;
    const uint32_t known = find_doc(l, &file.stat);
    if (known < l->n_docs) close(file.fd);
    else if (!load_file(l, name, pos, &file, AY_CODE_LIST_BYTES)) return false;
    *ret_bytes = l->files[known].bytes;
    return true;
}

static assay_status fail_absent(const ay_load *l, const char *from, const char *name, assay_err *err)
{
    ay_buf folders = {0};
    put_folders(l, from, &folders);
    const assay_status status = folders.failed ? ay_fail_nomem(err)
                                               : ay_fail(err, ASSAY_EUSAGE, "file '%s' was not found; searched: %s",
                                                         "未找到文件“%s”；已搜索：%s", name, folders.ptr);
    ay_buf_free(&folders);
    return status;
}

assay_status ay_load_read_aside(ay_load *l, const char *name, off_t max, ay_str *ret_bytes, assay_err *err)
{
    const char *from = l->docs[0].path;
    opened file = search_file(l, from, ay_str_from(name));
    AY_NOMEM_IF(l->nomem, err);
    if (file.fd < 0 && is_absent(file.error)) return fail_absent(l, from, name, err);
    const bool is_large = file.fd >= 0 && file.stat.st_size > max;
    if (is_large) close(file.fd);
    AY_FAIL_IF(is_large, err, ASSAY_ELIMIT, "file '%s' is larger than %lld bytes", "文件“%s”超过 %lld 字节", file.path,
               (long long)max);
    const int error = file.fd < 0 ? file.error : read_all(l, &file, ret_bytes);
    AY_NOMEM_IF(l->nomem, err);
    AY_FAIL_IF(error, err, ASSAY_EIO, "file '%s' cannot be read: %s", "无法读取文件“%s”：%s", file.path,
               error_text(error));
    return ASSAY_OK;
}
