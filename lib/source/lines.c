#include "source/lines.h"

#include "base/mem.h"

#define READ_OVER   UINT32_MAX
#define NOWHERE     SIZE_MAX
#define FIELD_BYTES ((uint64_t)64 << 20)
/* More fields than expected are counted, for the message, but not without end. */
#define SURPLUS_FIELDS 10000

/* ---- Places ---- */

static char newline_of(const ay_lines *l)
{
    return l->eol == AY_EOL_CR ? '\r' : '\n';
}

static uint64_t count_newlines(const ay_lines *l, const char *text, size_t len)
{
    const char newline = newline_of(l);
    uint64_t n = 0;
    for (size_t i = 0; i < len; i++) n += text[i] == newline;
    return n;
}

static ay_place place_at(const ay_lines *l, const char *text, size_t at)
{
    const uint64_t line = l->line + (l->multi_line ? count_newlines(l, text, at) : 0);
    return (ay_place){.record = l->base.records + 1, .line = line, .offset = l->offset + at};
}

/* The next record begins behind text[0..n), n > 0. */
static void eat(ay_lines *l, const char *text, size_t n)
{
    l->line += l->multi_line ? count_newlines(l, text, n) : (uint64_t)(text[n - 1] == newline_of(l));
    l->offset += n;
    l->pos = 0;
    l->found = 0;
    l->part = (ay_part){0};
    l->in_field = l->multi_line = false;
}

/* ---- Faults ---- */

static bool is_too_long(const ay_lines *l)
{
    return l->pos > l->part.from && l->pos - l->part.from > l->field_bytes;
}

static ay_scan too_long(ay_lines *l)
{
    l->pos = l->part.from + (size_t)l->field_bytes;
    return ay_lines_fault(l, ASSAY_ELIMIT, "field %u is longer than %llu bytes", "第 %u 个字段超过 %llu 字节",
                          l->found + 1, (unsigned long long)l->field_bytes);
}

/* Eat the rest of a rejected line: through the first line end at or behind text[from]. */
static size_t skip_line(ay_lines *l, ay_str text, size_t from)
{
    const char *end = memchr(text.ptr + from, newline_of(l), text.len - from);
    const size_t n = end ? (size_t)(end - text.ptr) + 1 : text.len;
    l->skipping = !end;
    eat(l, text.ptr, n);
    return n;
}

static assay_status refuse(ay_lines *l, ay_str text, size_t at, assay_err *err)
{
    ay_place place = place_at(l, text.ptr, at);
    if (l->header.n) {
        place.record = 0;
        return ay_decoder_fail(place, &l->fault, err);
    }
    AY_TRY(ay_decoder_refuse(&l->base, place, &l->fault, err));
    l->base.records++;
    return ASSAY_OK;
}

/* The line could not be split. */
static assay_status refuse_line(ay_lines *l, ay_str text, size_t *ret_eaten, assay_err *err)
{
    if (is_too_long(l)) (void)too_long(l);
    AY_TRY(refuse(l, text, l->pos, err));
    *ret_eaten = skip_line(l, text, l->part.quoted ? l->part.from : l->pos);
    return ASSAY_OK;
}

ay_scan ay_lines_close_part(ay_lines *l, size_t to)
{
    l->pos = to;
    if (is_too_long(l)) return too_long(l);
    if (l->found >= l->n + SURPLUS_FIELDS)
        return ay_lines_fault(l, ASSAY_EFORMAT, "more than %u fields, expected %u", "字段多于 %u 个，应为 %u 个",
                              l->found, l->n);
    l->part.to = to;
    if (l->found < l->n) l->parts[l->found] = l->part;
    l->found++;
    l->part = (ay_part){0};
    l->in_field = false;
    return AY_SCAN_ON;
}

/* ---- A record into the batch ---- */

/* *ret_at: where the fault lies. */
static bool check_text(ay_lines *l, const char *text, size_t *ret_at)
{
    const size_t valid = ay_text_valid((ay_str){text, l->pos});
    *ret_at = valid;
    if (valid < l->pos && text[valid] == '\0')
        return ay_fail(&l->fault, ASSAY_EFORMAT, "a NUL byte (is the file UTF-16?)",
                       "含 NUL 字节（文件是否为 UTF-16？）") == ASSAY_OK;
    if (valid < l->pos)
        return ay_fail(&l->fault, ASSAY_EFORMAT, "a byte that is not of the encoding", "含有不属于该编码的字节") ==
               ASSAY_OK;
    *ret_at = 0;
    while (l->ragged && l->found < l->n) l->parts[l->found++] = (ay_part){.from = l->pos, .to = l->pos};
    if (l->found == l->n) return true;
    return ay_fail(&l->fault, ASSAY_EFORMAT, "%u fields, expected %u", "有 %u 个字段，应为 %u 个", l->found, l->n) ==
           ASSAY_OK;
}

static bool is_null_text(const ay_lines *l, const ay_part *part, const char *raw)
{
    const size_t len = part->to - part->from;
    return len == l->null_text.len && !part->quoted && (len == 0 || memcmp(raw, l->null_text.ptr, len) == 0);
}

static bool set_field(ay_lines *l, const ay_part *part, char *text, ay_col *col)
{
    const uint32_t row = l->base.batch.rows;
    size_t len = part->to - part->from;
    if (is_null_text(l, part, text)) {
        ay_bit_set(col->null, row);
        col->v.str[row] = (ay_str){0};
        return true;
    }
    if (part->escaped && !l->ops->unescape(l, text, &len)) return false;
    col->v.str[row] = (ay_str){text, len};
    return true;
}

static void clear_row(ay_batch *b)
{
    for (uint32_t c = 0; c < b->n; c++) ay_bit_clear(b->cols[c].null, b->rows);
}

/* *ret_bad: the field that cannot be read, l->n when all can. */
static assay_status set_record(ay_lines *l, const char *text, uint32_t *ret_bad, assay_err *err)
{
    ay_batch *b = &l->base.batch;
    char *copy = ay_arena_bytes(&b->heap, l->pos);
    AY_NOMEM_IF(!copy, err);
    memcpy(copy, text, l->pos);
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->keep[i] == READ_OVER) continue;
        const ay_part *part = &l->parts[i];
        if (set_field(l, part, copy + part->from, &b->cols[l->keep[i]])) continue;
        clear_row(b);
        *ret_bad = i;
        return ASSAY_OK;
    }
    *ret_bad = l->n;
    return ASSAY_OK;
}

static assay_status take_record(ay_lines *l, ay_str text, assay_err *err)
{
    size_t at = 0;
    if (!check_text(l, text.ptr, &at)) return refuse(l, text, at, err);
    uint32_t bad = 0;
    AY_TRY(set_record(l, text.ptr, &bad, err));
    if (bad < l->n) return refuse(l, text, l->parts[bad].from, err);
    ay_decoder_begin_record(&l->base, l->pos);
    l->base.batch.rows++;
    return ASSAY_OK;
}

/* ---- The header ---- */

static bool check_header(ay_lines *l, char *copy, uint32_t *ret_bad)
{
    for (uint32_t i = 0; i < l->n; i++) {
        const ay_part *part = &l->parts[i];
        size_t len = part->to - part->from;
        char *name = copy + part->from;
        *ret_bad = i;
        if (part->escaped && !l->ops->unescape(l, name, &len)) return false;
        if (ay_str_is((ay_str){name, len}, l->header.columns[i].name)) continue;
        (void)ay_fail(&l->fault, ASSAY_EFORMAT, "column %u of the header is '" AY_STR_FMT "', expected '%s'",
                      "表头第 %u 列为“" AY_STR_FMT "”，应为“%s”", i + 1, AY_STR_ARG(((ay_str){name, len})),
                      l->header.columns[i].name);
        return false;
    }
    return true;
}

static assay_status take_header(ay_lines *l, ay_str text, assay_err *err)
{
    size_t at = 0;
    if (!check_text(l, text.ptr, &at)) return refuse(l, text, at, err);
    char *copy = ay_arena_bytes(&l->arena, l->pos);
    AY_NOMEM_IF(!copy, err);
    memcpy(copy, text.ptr, l->pos);
    uint32_t bad = 0;
    if (!check_header(l, copy, &bad)) return refuse(l, text, l->parts[bad].from, err);
    l->header.n = 0;
    return ASSAY_OK;
}

/* ---- Decoding ---- */

/* Read over a byte order mark. False: nothing else can be done with this text yet. */
static bool begin(ay_lines *l, ay_str text, bool at_end, size_t *ret_eaten)
{
    static const char mark[] = "\xef\xbb\xbf";
    const size_t n = text.len < 3 ? text.len : 3;
    const bool is_mark = memcmp(text.ptr, mark, n) == 0;
    if (is_mark && n < 3 && !at_end) return false;
    l->begun = true;
    if (!is_mark || n < 3) return true;
    l->offset += n;
    *ret_eaten = n;
    return false;
}

static assay_status fail_after_end(const ay_lines *l, assay_err *err)
{
    assay_err why;
    (void)ay_fail(&why, ASSAY_EFORMAT, "data after the end mark", "结束标记之后还有数据");
    return ay_decoder_fail((ay_place){.line = l->line, .offset = l->offset}, &why, err);
}

/* at: where the record begins in the text that is walked. */
static bool split_quickly(ay_lines *l, size_t at)
{
    if (at == NOWHERE) return false;
    if (l->walked != at) ay_walk_to(&l->walk, at);
    if (l->ops->quick(l, at)) {
        l->walked = at + l->pos;
        return true;
    }
    l->walked = NOWHERE;
    l->found = 0;
    l->multi_line = false;
    return false;
}

/* One step at text, where the current record begins: a record, or as much of a rejected line as there is. *ret_eaten 0:
 * more bytes are needed. at: where it begins in the text that is walked, if it does. */
static assay_status step(ay_lines *l, ay_str text, size_t at, bool at_end, size_t *ret_eaten, assay_err *err)
{
    *ret_eaten = 0;
    if (text.len == 0) return ASSAY_OK;
    if (l->done) return fail_after_end(l, err);
    if (!l->begun && !begin(l, text, at_end, ret_eaten)) return ASSAY_OK;
    if (l->skipping) {
        *ret_eaten = skip_line(l, text, 0);
        return ASSAY_OK;
    }
    const ay_scan scanned = split_quickly(l, at) ? AY_SCAN_RECORD : l->ops->scan(l, text.ptr, text.len, at_end);
    if (scanned == AY_SCAN_MORE && !is_too_long(l)) return ASSAY_OK;
    if (scanned == AY_SCAN_MORE || scanned == AY_SCAN_FAULT) return refuse_line(l, text, ret_eaten, err);
    if (scanned == AY_SCAN_END) l->done = true;
    else AY_TRY(l->header.n ? take_header(l, text, err) : take_record(l, text, err));
    *ret_eaten = l->pos;
    eat(l, text.ptr, l->pos);
    return ASSAY_OK;
}

/* Put bytes behind the record that is not complete. */
static assay_status carry_on(ay_lines *l, ay_str more, assay_err *err)
{
    if (l->head) {
        l->carry.len -= l->head;
        memmove(l->carry.ptr, l->carry.ptr + l->head, l->carry.len);
        l->head = 0;
    }
    ay_buf_put(&l->carry, more.ptr, more.len);
    return ay_buf_status(&l->carry, err);
}

static void drop_carried(ay_lines *l, size_t n)
{
    l->head += n;
    if (l->head < l->carry.len) return;
    l->head = 0;
    ay_buf_clear(&l->carry);
}

static size_t one_line(ay_str text)
{
    const char *end = memchr(text.ptr, '\n', text.len);
    return end ? (size_t)(end - text.ptr) + 1 : text.len;
}

/* A record is split where it lies in `input`; only one that a cut divides goes through `carry`, line by line, until a
 * record ends where the carried bytes end. */
static assay_status decode(ay_lines *l, ay_str input, bool at_end, size_t *ret_used, assay_err *err)
{
    size_t used = 0;
    ay_walk_begin(&l->walk, input);
    l->walked = 0;
    while (!ay_decoder_full(&l->base)) {
        const ay_str rest = {input.ptr + used, input.len - used};
        const bool carried = l->carry.len > l->head;
        const ay_str text = carried ? (ay_str){l->carry.ptr + l->head, l->carry.len - l->head} : rest;
        size_t eaten = 0;
        AY_TRY(step(l, text, carried ? NOWHERE : used, at_end, &eaten, err));
        if (carried) drop_carried(l, eaten);
        else used += eaten;
        if (eaten) continue;
        if (used == input.len) break;
        const size_t more = carried ? one_line(rest) : rest.len;
        AY_TRY(carry_on(l, (ay_str){rest.ptr, more}, err));
        used += more;
    }
    *ret_used = used;
    return ASSAY_OK;
}

static assay_status lines_push(ay_decoder *self, const void *bytes, size_t len, size_t *ret_used, assay_err *err)
{
    *ret_used = 0;
    if (len == 0) return ASSAY_OK;
    return decode((ay_lines *)self, (ay_str){bytes, len}, false, ret_used, err);
}

static assay_status lines_finish(ay_decoder *self, assay_err *err)
{
    ay_lines *l = (ay_lines *)self;
    size_t used = 0;
    AY_TRY(decode(l, AY_STR(""), true, &used, err));
    AY_FAIL_IF(l->header.n, err, ASSAY_EFORMAT, "the input is empty, but a header line is expected",
               "输入为空，应有表头行");
    return ASSAY_OK;
}

static void lines_free(ay_decoder *self)
{
    ay_lines *l = (ay_lines *)self;
    ay_batch_free(&l->base.batch);
    ay_buf_free(&l->carry);
    ay_arena_free(&l->arena);
    ay_free(l);
}

static const ay_decoder_ops lines_ops = {.push = lines_push, .finish = lines_finish, .free = lines_free};

/* ---- Opening ---- */

static assay_status copy_header(ay_lines *l, const ay_schema *from, assay_err *err)
{
    if (!from) return ASSAY_OK;
    AY_FAIL_IF(from->n != l->n, err, ASSAY_EUSAGE, "a header of %u names for lines of %u fields",
               "表头有 %u 个列名，每行有 %u 个字段", from->n, l->n);
    ay_column *columns = AY_ARENA_ARRAY(&l->arena, from->n, ay_column);
    AY_NOMEM_IF(!columns, err);
    for (uint32_t i = 0; i < from->n; i++) {
        columns[i].name = ay_arena_copy(&l->arena, ay_str_from(from->columns[i].name));
        AY_NOMEM_IF(!columns[i].name, err);
    }
    l->header = (ay_schema){.columns = columns, .n = from->n};
    return ASSAY_OK;
}

static assay_status copy_keep(ay_lines *l, const ay_keep *from, assay_err *err)
{
    l->keep = AY_ARENA_ARRAY(&l->arena, l->n, uint32_t);
    AY_NOMEM_IF(!l->keep, err);
    for (uint32_t i = 0; i < l->n; i++) l->keep[i] = from ? from->of[i] : i;
    return ASSAY_OK;
}

static assay_status open_batch(ay_lines *l, uint32_t n, uint32_t cap, assay_err *err)
{
    const ay_type *types = AY_ARENA_ARRAY(&l->arena, n, ay_type); /* zeroed: all TEXT */
    AY_NOMEM_IF(!types, err);
    return ay_batch_open(&l->base.batch, types, n, cap, err);
}

static assay_status fill(ay_lines *l, const ay_lines_options *o, ay_decode_limits limits, assay_err *err)
{
    AY_NOMEM_IF(!ay_arena_str(&l->arena, ay_str_from(o->null_text), &l->null_text), err);
    l->parts = AY_ARENA_ARRAY(&l->arena, l->n, ay_part);
    AY_NOMEM_IF(!l->parts, err);
    AY_TRY(copy_keep(l, o->keep, err));
    AY_TRY(copy_header(l, o->expect_header, err));
    return open_batch(l, o->keep ? o->keep->n : o->n, limits.batch_cap, err);
}

/* Letters and digits as delimiters would make escapes ambiguous; a byte above 7f is a part of a character. */
static assay_status check_options(const ay_lines_options *o, assay_err *err)
{
    const char d = o->delimiter, q = o->quote;
    AY_FAIL_IF(o->n == 0, err, ASSAY_EUSAGE, "lines of no fields", "每行没有字段");
    AY_FAIL_IF((signed char)d <= 0 || d == '\n' || d == '\r' || d == '.' || (d >= '0' && d <= '9') ||
                   (d >= 'a' && d <= 'z') || (d >= 'A' && d <= 'Z'),
               err, ASSAY_EUSAGE, "the delimiter must be one ASCII character, no letter, digit, point or line end",
               "分隔符须为一个 ASCII 字符，不能是字母、数字、句点或换行");
    AY_FAIL_IF((signed char)q <= 0 || q == '\n' || q == '\r' || q == d, err, ASSAY_EUSAGE,
               "the quote must be one ASCII character other than the delimiter and line ends",
               "引号须为一个 ASCII 字符，且不同于分隔符和换行");
    const char bad[] = {d, '\n', '\r', q == '\\' ? '\0' : q, '\0'};
    AY_FAIL_IF(strpbrk(o->null_text, bad), err, ASSAY_EUSAGE,
               "the text for NULL must not contain the delimiter, the quote or a line end",
               "表示 NULL 的文本不能含分隔符、引号或换行");
    return ASSAY_OK;
}

assay_status ay_lines_open(const ay_lines_options *options, ay_decode_limits limits, ay_decoder **ret, assay_err *err)
{
    AY_TRY(check_options(options, err));
    ay_lines *l = AY_NEW(ay_lines);
    AY_NOMEM_IF(!l, err);
    l->base.ops = &lines_ops;
    l->ops = options->ops;
    l->n = options->n;
    l->ragged = options->ragged;
    l->delimiter = options->delimiter;
    l->quote = options->quote;
    l->field_bytes = limits.field_bytes ? limits.field_bytes : FIELD_BYTES;
    l->line = 1;
    ay_walk_open(&l->walk, (const char[AY_MARKS_KINDS]){options->delimiter, options->quote, '\n', '\r'});
    const assay_status st = fill(l, options, limits, err);
    if (st == ASSAY_OK) *ret = &l->base;
    else lines_free(&l->base);
    return st;
}

assay_status ay_lines_count_fields(ay_decoder *d, ay_str text, bool at_end, uint32_t *ret_n, assay_err *err)
{
    ay_lines *l = (ay_lines *)d;
    size_t mark = 0;
    *ret_n = 0;
    if (text.len == 0 || (!begin(l, text, at_end, &mark) && mark == 0) || mark == text.len) return ASSAY_OK;
    const ay_str line = ay_str_slice(text, mark, text.len);
    const ay_scan scanned = l->ops->scan(l, line.ptr, line.len, at_end);
    if (scanned == AY_SCAN_FAULT)
        return ay_decoder_fail((ay_place){.line = place_at(l, line.ptr, l->pos).line}, &l->fault, err);
    if (scanned == AY_SCAN_RECORD) *ret_n = l->found;
    return ASSAY_OK;
}
