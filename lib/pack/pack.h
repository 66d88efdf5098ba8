/* The pack as the run sees it: immutable, everything in one arena. */
#ifndef AY_PACK_PACK_H
#define AY_PACK_PACK_H

#include "assay/pack.h"
#include "base/workdays.h"
#include "check/rule.h"

/* How long a body has for a correction. Whole days, so that a due date is a date. */
typedef struct ay_deadline {
    uint32_t n;   /* 1..3650 */
    bool working; /* working days of the pack's calendar; else days */
} ay_deadline;

typedef struct ay_answerable { /* one entry of `sources` */
    const char *id;
    ay_title title;
    const char *owner;          /* "" when none */
    const char *correct_within; /* as written, "" when none */
    ay_deadline within;         /* 10 working days when none is written */
    ay_pos pos;
} ay_answerable;

typedef struct ay_standard {
    const char *id;
    ay_title title;
    const char *basis;
    ay_type type;
    ay_level level;
    ay_mask mask;
    uint32_t normalizers;
    ay_pos pos;
    bool used; /* by a field of any dataset */
} ay_standard;

typedef struct ay_field_facts { /* beside dataset->fields[i] */
    uint32_t standard;          /* index into pack->standards */
    uint32_t source;            /* index into pack->sources */
    ay_title title;
    ay_pos pos;
} ay_field_facts;

typedef struct ay_segment {
    int32_t field;     /* -1: none */
    uint32_t from, to; /* code points, 1-based, inclusive; 0 and 0: the whole value */
} ay_segment;

typedef struct ay_dataset {
    const char *name;
    ay_title title;
    uint32_t source;
    const char *table, *query, *file; /* exactly one is not NULL */
    const ay_field *fields;
    const ay_field_facts *facts;
    uint32_t n_fields;
    const uint32_t *key; /* at least one */
    uint32_t n_key;
    ay_segment segment;
    const char *update_cycle;      /* as written, "" when none */
    const char *share, *open;      /* as stated, "" when not; `share: none` without `open` implies none */
    const char *condition, *basis; /* on what conditions, by what law; "" when none */
    const ay_rule *const *rules;   /* ordered by id bytes; rule->ordinal is the index */
    uint32_t n_rules;
    ay_pos pos;
} ay_dataset;

typedef struct ay_grade {
    ay_title name;
    uint32_t cut_e2; /* the grade is reached at score >= cut_e2 / 100; ordered from high to low */
} ay_grade;

typedef struct ay_pack_file {
    const char *name; /* as included */
    ay_str bytes;
} ay_pack_file;

#define AY_DIMENSIONS 7 /* 01..06 of GB/T 36344, and traceability */

/* What working days are counted by: `calendar` of the pack, else calendars/cn.csv of the rules. */
typedef struct ay_calendar {
    const ay_workdays *days; /* NULL: the default is not there or not right; */
    assay_err err;           /* why, for who asks. No pack fails for want of what it does not name. */
} ay_calendar;

struct assay_pack {
    ay_arena arena;
    const char *id, *version, *timezone;
    ay_title title;
    const ay_zone *zone;
    const ay_calendar *calendar;
    const ay_answerable *sources;
    uint32_t n_sources;
    const ay_standard *standards;
    uint32_t n_standards;
    const ay_dataset *datasets; /* in the order of the pack */
    uint32_t n_datasets;
    const ay_grade *grades; /* from high to low; the last has cut 0 */
    uint32_t n_grades;
    uint32_t weights[AY_DIMENSIONS]; /* of the dimensions; default 1 each, traceability 0 */
    const ay_pack_file *files;       /* in order of loading: the pack, its includes, code lists, a named calendar */
    uint32_t n_files;
};

const ay_dataset *ay_pack_dataset(const assay_pack *pack, ay_str name); /* NULL: none of this name */

/* The day on which a correction by a source is due that was asked for on `from_day` (days since 1970-01-01 in the
 * pack's time zone, which does not count itself). Errors: as ay_workdays_add, and where there is no calendar those of
 * reading the default (EUSAGE: it was not found; EIO, EFORMAT). */
assay_status ay_pack_due(const assay_pack *pack, uint32_t source, int64_t from_day, int64_t *ret_due, assay_err *err);
/* The same with `n` days, of the kind that the source's time is counted in. */
assay_status ay_pack_later(const assay_pack *pack, uint32_t source, int64_t from_day, uint32_t n, int64_t *ret_due,
                           assay_err *err);

#endif
