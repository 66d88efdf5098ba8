/* What a value is, and the columns of a source or of a dataset. */
#ifndef AY_RECORD_SCHEMA_H
#define AY_RECORD_SCHEMA_H

#include "base/arena.h"
#include "base/dec.h"
#include "base/hash.h"
#include "base/time.h"

/* name in packs and messages, storage: I64 F64 DEC STR IV TTZ */
#define AY_TYPE_MAP(X)                                                                                                 \
    X(TEXT, "text", STR)                                                                                               \
    X(BOOL, "boolean", I64)                                                                                            \
    X(INT, "integer", I64)                                                                                             \
    X(DEC, "decimal", DEC)                                                                                             \
    X(FLOAT, "float", F64)                                                                                             \
    X(DATE, "date", I64) /* days */                                                                                    \
    X(TIME, "time", I64) /* microseconds */                                                                            \
    X(TIMETZ, "timetz", TTZ)                                                                                           \
    X(TIMESTAMP, "timestamp", I64)     /* microseconds, local */                                                       \
    X(TIMESTAMPTZ, "timestamptz", I64) /* microseconds, UTC */                                                         \
    X(INTERVAL, "interval", IV)                                                                                        \
    X(UUID, "uuid", STR) /* 16 bytes */                                                                                \
    X(BYTES, "bytes", STR)                                                                                             \
    X(JSON, "json", STR)                                                                                               \
    X(JSONB, "jsonb", STR) /* text as the server writes it, without the version byte */

typedef enum ay_type {
#define X(name, text, storage) AY_##name,
    AY_TYPE_MAP(X)
#undef X
        AY_TYPE_COUNT
} ay_type;

typedef enum ay_storage {
    AY_STORE_I64,
    AY_STORE_F64,
    AY_STORE_DEC,
    AY_STORE_STR,
    AY_STORE_IV,
    AY_STORE_TTZ
} ay_storage;

const char *ay_type_name(ay_type type);
bool ay_type_from_name(ay_str name,
                       ay_type *ret); /* the names above, and: bool int bigint numeric double varchar char bytea */
ay_storage ay_type_storage(ay_type type);
size_t ay_storage_size(ay_storage storage); /* bytes of one value in a column */

/* A column as a source yields it. */
typedef struct ay_column {
    const char *name;
    ay_type type;
    const char
        *source_type; /* as the source names it: "character varying(18)", "csv", for messages and schema checks */
    bool not_null;    /* declared so by the source */
} ay_column;

/* Strings and array live in an arena of the source. */
typedef struct ay_schema {
    const ay_column *columns;
    uint32_t n;
} ay_schema;

/* How personal a value is; drives masking. Ordered. */
typedef enum ay_level { AY_PUBLIC, AY_INTERNAL, AY_SENSITIVE, AY_PERSONAL, AY_LEVEL_COUNT } ay_level;
const char *ay_level_name(ay_level level);

/* How a value of a sensitive or personal field is shown; see run/mask.h. */
typedef enum ay_mask_form {
    AY_MASK_BY_LEVEL, /* the pack does not say */
    AY_MASK_ALL,
    AY_MASK_ENDS,
    AY_MASK_EMAIL,
    AY_MASK_ADDRESS,
    AY_MASK_PSEUDONYM
} ay_mask_form;

typedef struct ay_mask {
    ay_mask_form form;
    uint32_t head, tail; /* AY_MASK_ENDS: characters shown at most */
} ay_mask;

/* A field of a dataset as the pack states it. Immutable, lives in the pack's arena. */
typedef struct ay_field {
    const char *name;   /* logical name; what findings and results show */
    const char *column; /* physical name in the source; same as name unless the pack says `column:` */
    ay_type type;
    ay_level level;
    ay_mask mask;
    const char *standard;  /* its id: equal values of one standard have one pseudonym */
    const ay_set *missing; /* words that mean "no value", and of a source with types their values; NULL: none */
    bool missing_trimmed;  /* a text with white space around one of them is missing too; the raw text keeps it */
    const ay_zone *zone;   /* how a timestamptz without a zone is read */
    uint32_t normalizers;  /* allowed repairs, AY_NORM_* bits, in that order; see check/normalize.h */
} ay_field;

/* Whether the text means "no value" in this field. */
bool ay_field_is_missing(const ay_field *field, ay_str text);

#endif
