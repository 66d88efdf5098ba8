/* A batch: up to AY_BATCH_ROWS records as columns. The only coupling between sources and checks. */
#ifndef AY_RECORD_BATCH_H
#define AY_RECORD_BATCH_H

#include "base/bits.h"
#include "base/err.h"
#include "record/schema.h"

#define AY_BATCH_ROWS 4096

/* One column. Value i is v.xxx[i] when neither null nor bad; a null's or bad value's slot is zeroed. */
typedef struct ay_col {
    ay_type type;
    uint64_t *null; /* bit: no value (NULL, or a word of the `missing` list) */
    uint64_t *bad;  /* bit: there is a value, but it cannot be read as `type`; a bad value is not null */
    union {
        void *any;
        int64_t *i64;
        double *f64;
        ay_dec *dec;
        ay_str *str;
        ay_interval *iv;
        ay_timetz *ttz;
    } v;
    const ay_str *raw; /* the text as it came (also of bad and missing values), or NULL when the source was typed */
} ay_col;

typedef struct ay_batch {
    uint32_t rows; /* <= cap */
    uint32_t cap;  /* AY_BATCH_ROWS, smaller in tests */
    uint32_t n;    /* columns */
    ay_col *cols;
    uint64_t first_record; /* 1-based number of the first record in its source; 0 where the source has no order */
    ay_arena heap;         /* text and bytes of the values; reset with the batch */
    ay_arena fixed;        /* the columns themselves */
} ay_batch;

/* A batch with these column types and room for `cap` records (0: AY_BATCH_ROWS). */
assay_status ay_batch_open(ay_batch *batch, const ay_type *types, uint32_t n, uint32_t cap, assay_err *err);
void ay_batch_clear(ay_batch *batch); /* no records; memory kept; bitmaps zeroed */
void ay_batch_free(ay_batch *batch);

/* One cell, for messages and encodings (not for kernels). */
typedef struct ay_cell {
    ay_type type;
    bool is_null, is_bad;
    ay_str raw; /* text as it came; ptr NULL when none */
    union {
        int64_t i64;
        double f64;
        ay_dec dec;
        ay_str str;
        ay_interval iv;
        ay_timetz ttz;
    } v;
} ay_cell;

ay_cell ay_batch_cell(const ay_batch *batch, uint32_t col, uint32_t row);
/* The value as text: the raw text where there is one, else canonical (ISO dates, plain decimals, lower-case uuid, bytea
 * as \x hex). Appends nothing for null. */
void ay_cell_text(const ay_cell *cell, ay_buf *out);
/* The same with timestamps with a zone shown in this one (NULL: UTC). */
void ay_cell_text_in(const ay_cell *cell, const ay_zone *zone, ay_buf *out);
/* The same, not copied where it is a text already; otherwise it lies in `scratch`, which is cleared before. */
ay_str ay_cell_view(const ay_cell *cell, const ay_zone *zone, ay_buf *scratch);
/* Order of two present values of one type: numbers by value, NaN above all, text by bytes. */
int ay_cell_cmp(const ay_cell *a, const ay_cell *b);
/* Whether a cell that was read back holds what one of its type can hold: dates in range, texts that are UTF-8. */
bool ay_cell_is_sound(const ay_cell *cell);

/* ---- Typed reading: from the columns of a source to the fields of a dataset ---- */

/* Whether a source column of type `from` can be read as a field of type `to` at all (value by value it may still be
 * unreadable): same type; text as anything; integer as decimal or float; decimal as integer (integral values);
 * uuid, json, jsonb as text; json <-> jsonb. */
bool ay_type_fits(ay_type from, ay_type to);

typedef struct ay_reader ay_reader; /* one thread; borrows fields and schema */

/* EUSAGE where a field has no column in the schema or a type that does not fit: all such fields are named in one
 * message, with the nearest column name. */
assay_status ay_reader_open(const ay_field *fields, uint32_t n, const ay_schema *schema, uint32_t cap, ay_reader **ret,
                            assay_err *err);
/* Columns of *ret_out are the fields, in order. It borrows from `in` and is valid until the next read or until `in`
 * changes. */
assay_status ay_reader_read(ay_reader *reader, const ay_batch *in, const ay_batch **ret_out, assay_err *err);
ay_reader *ay_reader_free(ay_reader *reader);

/* Read one text as a type. False: unreadable; *ret_reason_en/zh (may be NULL) say why, static. The result may point
 * into `text` or into `heap`. */
bool ay_cell_read(ay_str text, ay_type type, const ay_zone *zone, ay_arena *heap, ay_cell *ret,
                  const char **ret_reason_en, const char **ret_reason_zh, assay_status *ret_status);
/* The same into a place of the type's storage, such as that of a column, which stays as it was where the text is
 * unreadable. */
bool ay_value_read(ay_str text, ay_type type, const ay_zone *zone, ay_arena *heap, void *to, assay_status *ret_status);

#endif
