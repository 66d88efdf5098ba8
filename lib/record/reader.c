/* From the columns of a source to the fields of a dataset. What already fits is borrowed; only what has to be read or
 * changed gets a column of the reader's own. */
#include <assert.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "record/batch.h"

typedef enum mode {
    MODE_BORROW,  /* as it is, at most under another type of the same storage */
    MODE_MISSING, /* text to text: borrowed unless a missing word turns up */
    MODE_READ,    /* text to a type */
    MODE_CONVERT, /* from type to type */
} mode;

typedef struct plan {
    mode mode;
    uint32_t source;  /* column of the schema */
    uint32_t own;     /* column of `own`, unless borrowed */
    uint64_t lengths; /* bit n: a missing word has n bytes (63: that or more) */
    ay_str *raw;      /* texts of values that a conversion cannot take, and of missing values of a typed source */
    ay_cell *missing; /* the missing words that are values of the field's type, for a source that has types */
    uint32_t n_missing;
} plan;

struct ay_reader {
    const ay_field *fields;
    uint32_t n, cap;
    plan *plans;
    ay_batch own; /* converted columns */
    ay_batch out; /* what the caller sees */
    ay_arena arena;
    ay_buf scratch;
};

bool ay_type_fits(ay_type from, ay_type to)
{
    if (from == to || from == AY_TEXT) return true;
    switch (from) {
    case AY_INT: return to == AY_DEC || to == AY_FLOAT;
    case AY_DEC: return to == AY_INT;
    case AY_UUID: return to == AY_TEXT;
    case AY_JSON: return to == AY_TEXT || to == AY_JSONB;
    case AY_JSONB: return to == AY_TEXT || to == AY_JSON;
    default: return false;
    }
}

/* ---- Opening ---- */

/* What is wrong with the fields, in both languages. */
typedef struct faults {
    uint32_t n;
    ay_buf en, zh;
} faults;

static void faults_free(faults *f)
{
    ay_buf_free(&f->en);
    ay_buf_free(&f->zh);
}

static void next_fault(faults *f)
{
    if (f->n++ == 0) return;
    ay_buf_text(&f->en, "; ");
    ay_buf_text(&f->zh, "；");
}

static void fault_absent(faults *f, const ay_field *field, const char *nearest)
{
    next_fault(f);
    ay_buf_printf(&f->en, "field '%s' has no column '%s'", field->name, field->column);
    ay_buf_printf(&f->zh, "字段“%s”没有对应的列“%s”", field->name, field->column);
    if (!nearest) return;
    ay_buf_printf(&f->en, ", did you mean '%s'?", nearest);
    ay_buf_printf(&f->zh, "，是否应为“%s”？", nearest);
}

static void fault_twice(faults *f, const ay_field *field)
{
    next_fault(f);
    ay_buf_printf(&f->en, "field '%s' has more than one column '%s'", field->name, field->column);
    ay_buf_printf(&f->zh, "字段“%s”对应的列“%s”不止一个", field->name, field->column);
}

static void fault_type(faults *f, const ay_field *field, const ay_column *column)
{
    const char *type = ay_type_name(column->type), *source = column->source_type ? column->source_type : type;
    next_fault(f);
    ay_buf_printf(&f->en, "field '%s' is %s, but column '%s' is %s (%s)", field->name, ay_type_name(field->type),
                  column->name, type, source);
    ay_buf_printf(&f->zh, "字段“%s”为 %s，而列“%s”为 %s（%s）", field->name, ay_type_name(field->type), column->name,
                  type, source);
}

static assay_status fail_faults(const faults *f, assay_err *err)
{
    if (f->n == 0) return ASSAY_OK;
    AY_TRY(ay_buf_status(&f->en, err));
    AY_TRY(ay_buf_status(&f->zh, err));
    char *en = f->en.ptr, *zh = f->zh.ptr;
    return ay_fail(err, ASSAY_EUSAGE, "%1$u fields cannot be read: %2$s%3$.0s", "%1$u 个字段无法读取：%2$.0s%3$s", f->n,
                   en, zh);
}

static mode choose(const ay_field *field, ay_type from)
{
    if (from == AY_TEXT && field->type != AY_TEXT) return MODE_READ;
    if (from == AY_TEXT && field->missing && field->missing->n > 0) return MODE_MISSING;
    const bool same_bytes = ay_type_storage(from) == ay_type_storage(field->type) && from != AY_UUID;
    return from == field->type || same_bytes ? MODE_BORROW : MODE_CONVERT;
}

static uint64_t length_bit(size_t length)
{
    return UINT64_C(1) << (length < 63 ? length : 63);
}

static uint64_t word_lengths(const ay_set *missing)
{
    uint64_t lengths = 0;
    for (size_t i = 0; missing && i < missing->cap; i++) {
        if (missing->slots[i].used) lengths |= length_bit(missing->slots[i].key.len);
    }
    return lengths;
}

/* A source with types has no words, but their values: 999999 in a column of numbers. A word that the type cannot read
 * is none. */
static assay_status read_words(ay_reader *r, plan *p, const ay_field *field, assay_err *err)
{
    const ay_set *words = field->missing;
    p->missing = AY_ARENA_ARRAY(&r->arena, words->n, ay_cell);
    AY_NOMEM_IF(!p->missing, err);
    for (size_t i = 0; i < words->cap; i++) {
        assay_status status = ASSAY_OK;
        ay_cell *cell = &p->missing[p->n_missing];
        if (!words->slots[i].used) continue;
        if (ay_cell_read(words->slots[i].key, field->type, field->zone, &r->arena, cell, NULL, NULL, &status))
            p->n_missing++;
        AY_NOMEM_IF(status == ASSAY_ENOMEM, err);
    }
    return ASSAY_OK;
}

/* The column of a field; false: there is none that can be read, and `f` says why. */
static bool find_column(const ay_field *field, const ay_schema *schema, const char *const *names, uint32_t *ret,
                        faults *f)
{
    uint32_t found = UINT32_MAX;
    for (uint32_t i = 0; i < schema->n; i++) {
        if (strcmp(names[i], field->column) != 0) continue;
        if (found != UINT32_MAX) {
            fault_twice(f, field);
            return false;
        }
        found = i;
    }
    if (found == UINT32_MAX) {
        fault_absent(f, field, ay_nearest(ay_str_from(field->column), names, schema->n));
        return false;
    }
    *ret = found;
    if (ay_type_fits(schema->columns[found].type, field->type)) return true;
    fault_type(f, field, &schema->columns[found]);
    return false;
}

static assay_status plan_fields(ay_reader *r, const ay_schema *schema, assay_err *err)
{
    AY_CLEANUP(faults_free) faults f = {0};
    const char **names = AY_ARENA_ARRAY(&r->arena, schema->n, const char *);
    AY_NOMEM_IF(!names, err);
    for (uint32_t i = 0; i < schema->n; i++) names[i] = schema->columns[i].name;
    for (uint32_t i = 0; i < r->n; i++) {
        plan *p = &r->plans[i];
        if (!find_column(&r->fields[i], schema, names, &p->source, &f)) continue;
        p->mode = choose(&r->fields[i], schema->columns[p->source].type);
        p->lengths = word_lengths(r->fields[i].missing);
        const bool has_types = p->mode == MODE_BORROW || p->mode == MODE_CONVERT;
        if (has_types && p->lengths) AY_TRY(read_words(r, p, &r->fields[i], err));
    }
    return fail_faults(&f, err);
}

static assay_status open_columns(ay_reader *r, assay_err *err)
{
    ay_type *types = AY_ARENA_ARRAY(&r->arena, r->n, ay_type);
    AY_NOMEM_IF(!types, err);
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        plan *p = &r->plans[i];
        if (p->mode == MODE_BORROW && !p->n_missing) continue;
        p->own = n;
        types[n++] = r->fields[i].type;
        if (p->mode != MODE_CONVERT && !p->n_missing) continue;
        p->raw = AY_ARENA_ARRAY(&r->arena, r->cap, ay_str);
        AY_NOMEM_IF(!p->raw, err);
    }
    return n > 0 ? ay_batch_open(&r->own, types, n, r->cap, err) : ASSAY_OK;
}

static assay_status set_up(ay_reader *r, const ay_schema *schema, assay_err *err)
{
    r->plans = AY_ARENA_ARRAY(&r->arena, r->n, plan);
    r->out.cols = AY_ARENA_ARRAY(&r->arena, r->n, ay_col);
    AY_NOMEM_IF(!r->plans || !r->out.cols, err);
    AY_TRY(plan_fields(r, schema, err));
    return open_columns(r, err);
}

assay_status ay_reader_open(const ay_field *fields, uint32_t n, const ay_schema *schema, uint32_t cap, ay_reader **ret,
                            assay_err *err)
{
    ay_reader *r = AY_NEW(ay_reader);
    AY_NOMEM_IF(!r, err);
    r->fields = fields;
    r->n = r->out.n = n;
    r->cap = r->out.cap = cap ? cap : AY_BATCH_ROWS;
    const assay_status status = set_up(r, schema, err);
    if (status != ASSAY_OK) r = ay_reader_free(r);
    else *ret = r;
    return status;
}

ay_reader *ay_reader_free(ay_reader *reader)
{
    if (!reader) return NULL;
    ay_batch_free(&reader->own);
    ay_arena_free(&reader->arena);
    ay_buf_free(&reader->scratch);
    return (ay_reader *)ay_free(reader);
}

/* ---- Reading ---- */

static void put(ay_col *col, uint32_t row, const ay_cell *cell)
{
    switch (ay_type_storage(col->type)) {
    case AY_STORE_I64: col->v.i64[row] = cell->v.i64; break;
    case AY_STORE_F64: col->v.f64[row] = cell->v.f64; break;
    case AY_STORE_DEC: col->v.dec[row] = cell->v.dec; break;
    case AY_STORE_STR: col->v.str[row] = cell->v.str; break;
    case AY_STORE_IV: col->v.iv[row] = cell->v.iv; break;
    case AY_STORE_TTZ: col->v.ttz[row] = cell->v.ttz; break;
    }
}

/* Null and bad values as they came, and slots that are zero. */
static void start(ay_col *col, const ay_col *in, uint32_t rows)
{
    memcpy(col->null, in->null, AY_BITS_WORDS(rows) * sizeof *in->null);
    memcpy(col->bad, in->bad, AY_BITS_WORDS(rows) * sizeof *in->bad);
    memset(col->v.any, 0, rows * ay_storage_size(ay_type_storage(col->type)));
}

static bool is_there(const ay_col *col, uint32_t row)
{
    return !ay_bit(col->null, row) && !ay_bit(col->bad, row);
}

/* The first bytes of white space (ay_unicode_is_space) beyond ASCII; few ideographs start with them. */
static bool may_be_space(unsigned char lead)
{
    return lead == 0xC2 || (lead >= 0xE1 && lead <= 0xE3) || lead == 0xEF;
}

/* False: white space neither begins nor ends the text. */
static bool may_be_padded(ay_str s)
{
    if (s.len == 0) return false;
    const unsigned char *p = (const unsigned char *)s.ptr, *end = p + s.len;
    if (p[0] <= ' ' || end[-1] <= ' ' || may_be_space(p[0])) return true;
    return (s.len > 1 && may_be_space(end[-2])) || (s.len > 2 && may_be_space(end[-3]));
}

/* `lengths`: those of the words, which rule most values out before they are looked up. */
static bool is_missing(const ay_field *field, uint64_t lengths, ay_str text)
{
    if ((lengths & length_bit(text.len)) && ay_set_find(field->missing, text) != UINT32_MAX) return true;
    if (!field->missing_trimmed || !may_be_padded(text)) return false;
    const ay_str inner = ay_utf8_trim(text);
    return inner.len < text.len && (lengths & length_bit(inner.len)) &&
           ay_set_find(field->missing, inner) != UINT32_MAX;
}

bool ay_field_is_missing(const ay_field *field, ay_str text)
{
    return field->missing && is_missing(field, UINT64_MAX, text);
}

/* A column of text is its own raw text. */
static const ay_str *raw_of(const ay_col *in)
{
    return in->type == AY_TEXT && !in->raw ? in->v.str : in->raw;
}

static void read_missing(ay_reader *r, uint32_t i, const ay_col *in, uint32_t rows)
{
    const plan *p = &r->plans[i];
    ay_col *own = &r->own.cols[p->own], *out = &r->out.cols[i];
    for (uint32_t row = 0; row < rows; row++) {
        if (!is_there(in, row) || !is_missing(&r->fields[i], p->lengths, in->v.str[row])) continue;
        if (out->v.str == in->v.str) { /* the first one: from here on the column is our own */
            start(own, in, rows);
            memcpy(own->v.str, in->v.str, rows * sizeof *in->v.str);
            own->raw = out->raw;
            *out = *own;
        }
        ay_bit_set(out->null, row);
        out->v.str[row] = (ay_str){0};
    }
}

static assay_status read_texts(ay_reader *r, uint32_t i, const ay_col *in, uint32_t rows, assay_err *err)
{
    const ay_field *field = &r->fields[i];
    const plan *p = &r->plans[i];
    ay_col *col = &r->own.cols[p->own];
    const size_t size = ay_storage_size(ay_type_storage(col->type));
    char *to = col->v.any;
    start(col, in, rows);
    col->raw = raw_of(in);
    for (uint32_t row = 0; row < rows; row++, to += size) {
        if (!is_there(in, row)) continue;
        const ay_str text = in->v.str[row];
        assay_status status;
        if (is_missing(field, p->lengths, text)) {
            ay_bit_set(col->null, row);
        } else if (!ay_value_read(text, field->type, field->zone, &r->own.heap, to, &status)) {
            AY_NOMEM_IF(status == ASSAY_ENOMEM, err);
            ay_bit_set(col->bad, row);
        }
    }
    r->out.cols[i] = *col;
    return ASSAY_OK;
}

/* The cell as text that lives until the next read. */
static assay_status keep_text(ay_reader *r, const ay_cell *cell, ay_str *ret, assay_err *err)
{
    ay_buf_clear(&r->scratch);
    ay_cell_text(cell, &r->scratch);
    AY_TRY(ay_buf_status(&r->scratch, err));
    AY_NOMEM_IF(!ay_arena_str(&r->own.heap, ay_buf_view(&r->scratch), ret), err);
    return ASSAY_OK;
}

/* True: `to` is the value; false: it cannot be. Texts are left to the caller. */
static bool convert(const ay_cell *from, ay_type type, ay_cell *to)
{
    if (from->type == AY_DEC) return ay_dec_to_i64(from->v.dec, &to->v.i64) == AY_NUM_OK;
    assert(from->type == AY_INT);
    if (type == AY_DEC) to->v.dec = ay_dec_from_i64(from->v.i64);
    else to->v.f64 = (double)from->v.i64; /* rounded as PostgreSQL's cast does */
    return true;
}

static assay_status convert_column(ay_reader *r, uint32_t i, const ay_batch *in, assay_err *err)
{
    const plan *p = &r->plans[i];
    const ay_col *from = &in->cols[p->source];
    ay_col *col = &r->own.cols[p->own];
    start(col, from, in->rows);
    if (from->raw) memcpy(p->raw, from->raw, in->rows * sizeof *p->raw);
    else memset(p->raw, 0, in->rows * sizeof *p->raw);
    col->raw = from->raw ? p->raw : NULL;
    for (uint32_t row = 0; row < in->rows; row++) {
        if (!is_there(from, row)) continue;
        const ay_cell cell = ay_batch_cell(in, p->source, row);
        ay_cell to;
        if (from->type == AY_UUID) {
            AY_TRY(keep_text(r, &cell, &col->v.str[row], err));
        } else if (convert(&cell, col->type, &to)) {
            put(col, row, &to);
        } else { /* a finding has to show it though the source had no text */
            ay_bit_set(col->bad, row);
            AY_TRY(keep_text(r, &cell, &p->raw[row], err));
            col->raw = p->raw;
        }
    }
    r->out.cols[i] = *col;
    return ASSAY_OK;
}

/* A column that the reader owns, from one that it may only have borrowed. */
static void take_over(ay_reader *r, uint32_t i, uint32_t rows)
{
    const plan *p = &r->plans[i];
    ay_col *own = &r->own.cols[p->own], *out = &r->out.cols[i];
    if (out->v.any != own->v.any) {
        const ay_col in = *out;
        start(own, &in, rows);
        memcpy(own->v.any, in.v.any, rows * ay_storage_size(ay_type_storage(own->type)));
        own->raw = in.raw;
        *out = *own;
    }
    if (out->raw == p->raw) return;
    if (out->raw) memcpy(p->raw, out->raw, rows * sizeof *p->raw);
    else memset(p->raw, 0, rows * sizeof *p->raw);
    out->raw = own->raw = p->raw;
}

static bool is_one_of(const ay_cell *cell, const plan *p)
{
    uint32_t i = 0;
    while (i < p->n_missing && ay_cell_cmp(cell, &p->missing[i]) != 0) i++;
    return i < p->n_missing;
}

/* The text of a missing value is kept: findings show it. */
static assay_status drop_missing(ay_reader *r, uint32_t i, uint32_t rows, assay_err *err)
{
    const plan *p = &r->plans[i];
    ay_col *out = &r->out.cols[i];
    const size_t size = ay_storage_size(ay_type_storage(out->type));
    r->out.rows = rows;
    for (uint32_t row = 0; row < rows; row++) {
        if (!is_there(out, row)) continue;
        const ay_cell cell = ay_batch_cell(&r->out, i, row);
        if (!is_one_of(&cell, p)) continue;
        take_over(r, i, rows);
        if (!p->raw[row].ptr) AY_TRY(keep_text(r, &cell, &p->raw[row], err));
        ay_bit_set(out->null, row);
        memset((char *)out->v.any + row * size, 0, size);
    }
    return ASSAY_OK;
}

static assay_status read_column(ay_reader *r, uint32_t i, const ay_batch *in, assay_err *err)
{
    const plan *p = &r->plans[i];
    const ay_col *from = &in->cols[p->source];
    if (p->mode == MODE_READ) return read_texts(r, i, from, in->rows, err);
    if (p->mode == MODE_CONVERT) {
        AY_TRY(convert_column(r, i, in, err));
        return p->n_missing ? drop_missing(r, i, in->rows, err) : ASSAY_OK;
    }
    ay_col *out = &r->out.cols[i];
    *out = *from;
    out->type = r->fields[i].type;
    out->raw = raw_of(from);
    if (p->mode == MODE_MISSING) read_missing(r, i, from, in->rows);
    return p->n_missing ? drop_missing(r, i, in->rows, err) : ASSAY_OK;
}

assay_status ay_reader_read(ay_reader *reader, const ay_batch *in, const ay_batch **ret_out, assay_err *err)
{
    assert(in->rows <= reader->cap);
    if (reader->own.n > 0) ay_batch_clear(&reader->own);
    reader->out.rows = in->rows;
    reader->out.first_record = in->first_record;
    for (uint32_t i = 0; i < reader->n; i++) AY_TRY(read_column(reader, i, in, err));
    *ret_out = &reader->out;
    return ASSAY_OK;
}
