/* CRE1: a record as bytes, of which fingerprints and leaves are made. SPEC_RECORD.md describes them.
 *
 * The bytes depend on what is stored and on the declared types of the fields alone: not on the source or the order of
 * its columns, not on missing words, normalisers or rules. NULL is no field; a missing word is the value that is
 * stored; what cannot be read as its type is the text that is stored. */
#ifndef AY_PROOF_RECORD_H
#define AY_PROOF_RECORD_H

#include "base/cursor.h"
#include "record/batch.h"

typedef enum ay_record_tag {
    AY_TAG_BOOL = 0x01,
    AY_TAG_NUMBER = 0x02,
    AY_TAG_FLOAT = 0x04,
    AY_TAG_TEXT = 0x05,
    AY_TAG_BYTES = 0x06,
    AY_TAG_DATE = 0x07,
    AY_TAG_TIMESTAMP = 0x08,
    AY_TAG_TIMESTAMPTZ = 0x09,
    AY_TAG_TIME = 0x0a,
    AY_TAG_TIMETZ = 0x0b,
    AY_TAG_INTERVAL = 0x0c,
    AY_TAG_UUID = 0x0d,
    AY_TAG_JSONB = 0x0e,
    AY_TAG_JSON = 0x0f,
} ay_record_tag;

/* A jsonb of more bytes, as it is stored or in its canonical form, stays the text that is stored. */
#define AY_RECORD_JSON_BYTES ((size_t)16 << 20)

/* ---- Writing ---- */

typedef struct ay_record_plan ay_record_plan; /* immutable; shared by threads; borrows the fields' zones */

/* `fields` are the columns of the batches; `scope` holds the numbers of those that belong to the record (NULL: all).
 * EUSAGE: a name twice, a name or a number of fields beyond 65535. */
assay_status ay_record_plan_open(const ay_field *fields, const uint32_t *scope, uint32_t n, ay_record_plan **ret,
                                 assay_err *err);
ay_record_plan *ay_record_plan_free(ay_record_plan *plan);

/* Records one behind the other. Zero-initialise; one thread. */
typedef struct ay_records {
    ay_buf bytes;
    size_t *ends; /* of each record, in bytes */
    uint32_t n, cap;
    struct ay_record_lane *lanes; /* of the fields, while 64 records are written */
    uint32_t n_lanes;
    ay_arena arena; /* what reading a text needs; reset with each record */
    ay_buf json;
} ay_records;

/* The records of the batch in place of what `out` held. After an error `out` holds none. */
assay_status ay_records_encode(const ay_record_plan *plan, const ay_batch *batch, ay_records *out, assay_err *err);
/* One more record; after an error `out` is as it was. */
assay_status ay_records_add(const ay_record_plan *plan, const ay_batch *batch, uint32_t row, ay_records *out,
                            assay_err *err);
ay_str ay_records_at(const ay_records *records, uint32_t i);
void ay_records_clear(ay_records *records);
void ay_records_free(ay_records *records);

/* ---- Reading ---- */

typedef struct ay_record_field {
    ay_str name, value;
    uint8_t tag; /* ay_record_tag */
} ay_record_field;

typedef struct ay_record_reader {
    ay_cursor cursor; /* is_short: damaged */
    ay_str last;      /* the name before */
    uint32_t left;
} ay_record_reader;

ay_record_reader ay_record_open(ay_str record);
/* False: no more fields, or the bytes are not what a writer makes (cursor.is_short): fields out of order or twice, an
 * unknown tag, a value that does not belong to its tag, bytes behind the last one. */
bool ay_record_take(ay_record_reader *reader, ay_record_field *ret);
bool ay_record_valid(ay_str record);

#endif
