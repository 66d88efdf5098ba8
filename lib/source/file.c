#include "source/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "source/common.h"
#include "source/encoding.h"
#include "source/lines.h"

#define PIECE        ((size_t)256 << 10)
#define HEADER_LIMIT ((size_t)1 << 20)
#define SLICE_MS     100

typedef struct file {
    ay_source base;
    ay_arena arena; /* path, schema */
    const char *path, *path_zh;
    int fd;
    const atomic_bool *cancel; /* may be NULL */
    ay_schema schema, all;     /* the columns that a field wants; all of the header */
    ay_encoding *encoding;     /* NULL: UTF-8 */
    ay_decoder *decoder;

    ay_buf raw, text; /* what was read, and the text of its first `converted` bytes (text: only with an encoding) */
    size_t converted;
    size_t pushed;                    /* of the text */
    uint64_t raw_offset, text_offset; /* of the first bytes of raw and of its text, in the file */
    bool at_eof, finished, lent;
    bool is_whole; /* the last line has to have an end */
    char last;     /* of the text so far; a line end at first */
} file;

static assay_err file_place(const file *f)
{
    assay_err where;
    (void)ay_fail(&where, ASSAY_EIO, "%1$s%2$.0s", "%1$.0s%2$s", f->path, f->path_zh);
    return where;
}

/* Whatever the decoder says gets the name of the file. */
static assay_status name_file(const file *f, assay_status st, const assay_err *why, assay_err *err)
{
    if (st != ASSAY_EFORMAT && st != ASSAY_ELIMIT) {
        if (st != ASSAY_OK && err) *err = *why;
        return st;
    }
    const assay_err where = file_place(f);
    return ay_fail_in(err, &where, why, why->line);
}

/* ---- Reading ---- */

static ay_str text_of(const file *f)
{
    return f->encoding ? ay_buf_view(&f->text) : ay_buf_view(&f->raw);
}

/* A pipe may have nothing for hours, and a signal may come just before we wait: look at `cancel` ten times a second. */
static assay_status wait_for_input(const file *f, assay_err *err)
{
    struct pollfd fd = {.fd = f->fd, .events = POLLIN};
    int n = 0;
    while (n == 0) {
        AY_FAIL_IF(f->cancel && atomic_load(f->cancel), err, ASSAY_ECANCELLED, "cancelled while reading %1$s%2$.0s",
                   "%1$.0s读取%2$s时被取消", f->path, f->path_zh);
        n = poll(&fd, 1, SLICE_MS);
        if (n < 0 && errno == EINTR) n = 0;
    }
    AY_FAIL_IF(n < 0, err, ASSAY_EIO, "%1$s: cannot read: %3$s%2$.0s", "%1$.0s%2$s：无法读取：%3$s", f->path,
               f->path_zh, strerror(errno));
    return ASSAY_OK;
}

static assay_status read_piece(file *f, assay_err *err)
{
    char *to = ay_buf_reserve(&f->raw, PIECE);
    if (!to) return ay_buf_status(&f->raw, err);
    ssize_t n;
    do {
        AY_TRY(wait_for_input(f, err));
        n = read(f->fd, to, PIECE);
    } while (n < 0 && (errno == EINTR || errno == EAGAIN));
    AY_FAIL_IF(n < 0, err, ASSAY_EIO, "%1$s: cannot read: %3$s%2$.0s", "%1$.0s%2$s：无法读取：%3$s", f->path,
               f->path_zh, strerror(errno));
    f->raw.len += (size_t)n;
    f->at_eof = n == 0;
    return ASSAY_OK;
}

static void drop_pushed(file *f)
{
    if (f->pushed == 0) return;
    f->raw_offset += f->converted;
    f->text_offset += f->pushed;
    f->raw.len -= f->converted;
    memmove(f->raw.ptr, f->raw.ptr + f->converted, f->raw.len);
    ay_buf_clear(&f->text);
    f->converted = f->pushed = 0;
}

/* Read the next piece behind what was not pushed yet. */
static assay_status refill(file *f, assay_err *err)
{
    drop_pushed(f);
    AY_TRY(read_piece(f, err));
    size_t used = f->raw.len - f->converted;
    if (f->encoding) {
        const ay_str fresh = ay_str_slice(ay_buf_view(&f->raw), f->converted, f->raw.len);
        AY_TRY(ay_encoding_convert(f->encoding, fresh, f->at_eof, &used, &f->text, err));
    }
    f->converted += used;
    const ay_str text = text_of(f);
    if (text.len) f->last = text.ptr[text.len - 1];
    return ASSAY_OK;
}

/* From a place in the text to one in the file; 0 when that part of the file is gone. */
static uint64_t offset_in_file(const file *f, uint64_t offset)
{
    if (!f->encoding) return offset;
    if (offset < f->text_offset) return 0;
    const ay_str raw = {f->raw.ptr, f->converted};
    return f->raw_offset + ay_encoding_locate(f->encoding, raw, (size_t)(offset - f->text_offset));
}

static assay_status take_reject(void *ctx, const ay_reject *reject, assay_err *err)
{
    const file *f = ctx;
    ay_reject at = *reject;
    at.byte_offset = offset_in_file(f, reject->byte_offset);
    if (f->base.on_reject) return f->base.on_reject(f->base.reject_ctx, &at, err);
    assay_err where, why = {.code = at.code};
    (void)ay_fail(&where, at.code, "line %" PRIu64 ", record %" PRIu64 ", byte offset %" PRIu64,
                  "第 %" PRIu64 " 行，第 %" PRIu64 " 条记录，字节偏移 %" PRIu64, at.line, at.record, at.byte_offset);
    memcpy(why.text, at.reason, sizeof at.reason);
    memcpy(why.text_zh, at.reason_zh, sizeof at.reason_zh);
    return ay_fail_in(err, &where, &why, at.line);
}

/* ---- Batches ---- */

static assay_status check_end(const file *f, assay_err *err)
{
    AY_FAIL_IF(f->is_whole && f->last != '\n' && f->last != '\r', err, ASSAY_EFORMAT,
               "%1$s: the last line has no end: the input was cut off%2$.0s",
               "%1$.0s%2$s：最后一行没有换行：输入不完整", f->path, f->path_zh);
    return ASSAY_OK;
}

static assay_status advance(file *f, assay_err *err)
{
    const ay_str text = text_of(f);
    assay_err why;
    if (f->pushed < text.len) {
        size_t used = 0;
        const assay_status st = ay_decoder_push(f->decoder, text.ptr + f->pushed, text.len - f->pushed, &used, &why);
        f->pushed += used;
        return name_file(f, st, &why, err);
    }
    if (!f->at_eof) return refill(f, err);
    AY_TRY(check_end(f, err));
    const assay_status st = ay_decoder_finish(f->decoder, &why);
    f->finished = !ay_decoder_full(f->decoder);
    return name_file(f, st, &why, err);
}

static assay_status file_next(ay_source *self, const ay_batch **ret_batch, bool *ret_end, assay_err *err)
{
    file *f = (file *)self;
    ay_decoder *d = f->decoder;
    if (f->lent) ay_batch_clear(&d->batch);
    f->lent = false;
    while (!ay_decoder_full(d) && !f->finished) AY_TRY(advance(f, err));
    *ret_end = d->batch.rows == 0;
    f->lent = !*ret_end;
    if (f->lent) *ret_batch = &d->batch;
    return ASSAY_OK;
}

static void file_close(ay_source *self)
{
    file *f = (file *)self;
    if (f->fd > STDIN_FILENO) (void)close(f->fd);
    ay_decoder_free(f->decoder);
    ay_encoding_close(f->encoding);
    ay_buf_free(&f->raw);
    ay_buf_free(&f->text);
    ay_arena_free(&f->arena);
    ay_free(f);
}

static const ay_source_ops file_ops = {.next = file_next, .close = file_close};

/* ---- Header ---- */

static bool is_csv(const assay_file_options *o)
{
    return o->format == ASSAY_FILE_CSV;
}

static assay_status open_lines(const assay_file_options *o, const ay_schema *header, const ay_keep *keep, uint32_t n,
                               uint32_t cap, ay_decoder **ret, assay_err *err)
{
    const ay_decode_limits limits = {.batch_cap = cap, .field_bytes = o->field_limit};
    if (is_csv(o)) {
        const ay_csv_options csv = {o->delimiter, o->quote, o->null_text, header, keep, false};
        return ay_csv_open(n, &csv, limits, ret, err);
    }
    const ay_copytext_options text = {o->delimiter, o->null_text, header, keep};
    return ay_copytext_open(n, &text, limits, ret, err);
}

/* Fields of the first line of what was read so far, 0 when it is not complete. */
static assay_status count_fields(file *f, const assay_file_options *o, uint32_t *ret_n, assay_err *err)
{
    ay_decoder *d = NULL;
    AY_TRY(open_lines(o, NULL, NULL, 1, 1, &d, err));
    const assay_status st = ay_lines_count_fields(d, text_of(f), f->at_eof, ret_n, err);
    ay_decoder_free(d);
    return st;
}

static assay_status read_header_line(file *f, const assay_file_options *o, uint32_t *ret_n, assay_err *err)
{
    *ret_n = 0;
    while (*ret_n == 0) {
        AY_TRY(count_fields(f, o, ret_n, err));
        if (*ret_n) break;
        AY_FAIL_IF(f->at_eof, err, ASSAY_EFORMAT, "the file is empty, but a header line is expected",
                   "文件为空，应有表头行");
        AY_FAIL_IF(text_of(f).len > HEADER_LIMIT, err, ASSAY_EFORMAT, "the header line is longer than %zu bytes",
                   "表头行超过 %zu 字节", HEADER_LIMIT);
        AY_TRY(refill(f, err));
    }
    return ASSAY_OK;
}

static assay_status copy_names(file *f, ay_decoder *d, ay_schema *ret, assay_err *err)
{
    size_t used = 0;
    const ay_str text = text_of(f);
    AY_TRY(ay_decoder_push(d, text.ptr, text.len, &used, err));
    if (d->batch.rows == 0) AY_TRY(ay_decoder_finish(d, err));
    ay_column *columns = AY_ARENA_ARRAY(&f->arena, d->batch.n, ay_column);
    AY_NOMEM_IF(!columns, err);
    for (uint32_t i = 0; i < d->batch.n; i++) {
        columns[i] = (ay_column){.type = AY_TEXT, .source_type = "text"};
        columns[i].name = ay_arena_copy(&f->arena, d->batch.cols[i].v.str[0]);
        AY_NOMEM_IF(!columns[i].name, err);
    }
    *ret = (ay_schema){.columns = columns, .n = d->batch.n};
    return ASSAY_OK;
}

static assay_status read_header(file *f, const assay_file_options *o, ay_schema *ret, assay_err *err)
{
    uint32_t n = 0;
    ay_decoder *d = NULL;
    AY_TRY(read_header_line(f, o, &n, err));
    AY_TRY(open_lines(o, NULL, NULL, n, 1, &d, err));
    const assay_status st = copy_names(f, d, ret, err);
    ay_decoder_free(d);
    return st;
}

/* ---- Opening ---- */

static bool is_wanted(const char *name, const ay_field *fields, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(fields[i].column, name) == 0) return true;
    return false;
}

static bool has_column(const ay_schema *schema, const char *name)
{
    for (uint32_t i = 0; i < schema->n; i++)
        if (strcmp(schema->columns[i].name, name) == 0) return true;
    return false;
}

/* The schema becomes those columns of the header that a field wants. */
static assay_status choose_columns(file *f, const ay_schema *header, const ay_field *fields, uint32_t n, uint32_t *keep,
                                   assay_err *err)
{
    ay_column *columns = AY_ARENA_ARRAY(&f->arena, header->n, ay_column);
    AY_NOMEM_IF(!columns, err);
    f->schema.columns = columns;
    for (uint32_t i = 0; i < header->n; i++) {
        const char *name = header->columns[i].name;
        keep[i] = UINT32_MAX;
        if (!is_wanted(name, fields, n)) continue;
        AY_FAIL_IF(has_column(&f->schema, name), err, ASSAY_EUSAGE,
                   "%1$s: the header names the column '%3$s' twice%2$.0s", "%1$.0s%2$s：表头中列“%3$s”出现两次",
                   f->path, f->path_zh, name);
        keep[i] = f->schema.n;
        columns[f->schema.n++] = header->columns[i];
    }
    return ASSAY_OK;
}

static assay_status open_with_header(file *f, const assay_file_options *o, const ay_field *fields, uint32_t n,
                                     uint32_t cap, assay_err *err)
{
    assay_err why;
    AY_TRY(name_file(f, read_header(f, o, &f->all, &why), &why, err));
    uint32_t *of = AY_ARENA_ARRAY(&f->arena, f->all.n, uint32_t);
    AY_NOMEM_IF(!of, err);
    AY_TRY(choose_columns(f, &f->all, fields, n, of, err));
    const ay_keep keep = {.of = of, .n = f->schema.n};
    return open_lines(o, &f->all, &keep, f->all.n, cap, &f->decoder, err);
}

/* The columns are the fields, in order. */
static assay_status schema_of_fields(file *f, const ay_field *fields, uint32_t n, bool typed, assay_err *err)
{
    ay_column *columns = AY_ARENA_ARRAY(&f->arena, n, ay_column);
    AY_NOMEM_IF(!columns, err);
    for (uint32_t i = 0; i < n; i++) {
        const ay_type type = typed ? fields[i].type : AY_TEXT;
        const char *name = ay_arena_copy(&f->arena, ay_str_from(fields[i].column));
        AY_NOMEM_IF(!name, err);
        columns[i] = (ay_column){.name = name, .type = type, .source_type = ay_type_name(type)};
    }
    f->schema = f->all = (ay_schema){.columns = columns, .n = n};
    return ASSAY_OK;
}

static assay_status open_binary(file *f, const assay_file_options *o, const ay_field *fields, uint32_t n, uint32_t cap,
                                assay_err *err)
{
    AY_FAIL_IF(f->encoding, err, ASSAY_EUSAGE, "%s: COPY binary is read as UTF-8, not as '%s'",
               "%s：COPY 二进制格式按 UTF-8 读取，不能用编码“%s”", f->path, o->encoding);
    AY_TRY(schema_of_fields(f, fields, n, true, err));
    ay_type *types = AY_ARENA_ARRAY(&f->arena, n, ay_type);
    AY_NOMEM_IF(!types, err);
    for (uint32_t i = 0; i < n; i++) types[i] = fields[i].type;
    const ay_decode_limits limits = {.batch_cap = cap, .field_bytes = o->field_limit};
    return ay_copybin_open(types, n, limits, &f->decoder, err);
}

static assay_status open_decoder(file *f, const assay_file_options *o, const ay_file_request *r, assay_err *err)
{
    if (o->format == ASSAY_FILE_COPY_BINARY) return open_binary(f, o, r->fields, r->n, r->batch_cap, err);
    if (!o->no_header) return open_with_header(f, o, r->fields, r->n, r->batch_cap, err);
    AY_TRY(schema_of_fields(f, r->fields, r->n, false, err));
    return open_lines(o, NULL, NULL, r->n, r->batch_cap, &f->decoder, err);
}

static assay_status open_input(file *f, const char *path, const assay_file_options *o, assay_err *err)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    f->path = ay_arena_copy(&f->arena, is_stdin ? AY_STR("standard input") : ay_str_from(path));
    AY_NOMEM_IF(!f->path, err);
    f->path_zh = is_stdin ? "标准输入" : f->path;
    AY_FAIL_IF((unsigned)o->format > ASSAY_FILE_COPY_BINARY, err, ASSAY_EUSAGE, "%s: unknown file format %d",
               "%s：未知文件格式 %d", f->path, (int)o->format);
    if (!ay_encoding_is_utf8(o->encoding)) AY_TRY(ay_encoding_open(o->encoding, &f->encoding, err));
    f->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a named pipe: wait in poll */
    AY_FAIL_IF(f->fd < 0, err, ASSAY_EIO, "%s: cannot open: %s", "%s：无法打开：%s", path, strerror(errno));
    return refill(f, err); /* so that what cannot be read is known now */
}

assay_status ay_file_source_open(const ay_file_request *request, ay_source **ret, assay_err *err)
{
    static const assay_file_options defaults = ASSAY_FILE_OPTIONS_INIT;
    const assay_file_options *o = request->options ? request->options : &defaults;
    file *f = AY_NEW(file);
    AY_NOMEM_IF(!f, err);
    f->base.ops = &file_ops;
    f->base.schema = &f->schema;
    f->fd = -1;
    f->cancel = request->cancel;
    f->is_whole = o->whole && o->format != ASSAY_FILE_COPY_BINARY; /* which has an end mark */
    f->last = '\n';
    assay_status st = open_input(f, request->path, o, err);
    if (st == ASSAY_OK) st = open_decoder(f, o, request, err);
    if (st != ASSAY_OK) {
        file_close(&f->base);
        return st;
    }
    f->decoder->on_reject = take_reject;
    f->decoder->reject_ctx = f;
    *ret = &f->base;
    return ASSAY_OK;
}

const ay_schema *ay_file_source_columns(const ay_source *source)
{
    return &((const file *)source)->all;
}
