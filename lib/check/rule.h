/* Rules and check kinds. A rule is one test bound to a field, a record or a dataset; a kind says how to compile and run
 * it. Adding a kind: one file here, one line in kinds.h, one page in rules/checks/. */
#ifndef AY_CHECK_RULE_H
#define AY_CHECK_RULE_H

#include "base/input.h"
#include "base/sort.h"
#include "base/stream.h"
#include "check/tally.h"
#include "expr/expr.h"
#include "record/tuple.h"

#define AY_RULE_FIELDS_MAX 64 /* fields that one rule, or a key, can name: a finding shows them all */

typedef struct ay_kind ay_kind;
typedef struct ay_rule ay_rule;

typedef struct ay_title {
    const char *zh, *en; /* never NULL: "" when none; a missing language repeats the other */
} ay_title;

typedef enum ay_over { AY_OVER_VALUE, AY_OVER_RECORD, AY_OVER_DATASET, AY_OVER_TWO, AY_OVER_COUNT } ay_over;
typedef enum ay_severity { AY_INFO, AY_WARNING, AY_ERROR, AY_CRITICAL, AY_SEVERITY_COUNT } ay_severity;
const char *ay_severity_name(ay_severity severity);                                   /* "error" */
typedef enum ay_nulls { AY_NULLS_SKIP, AY_NULLS_PASS, AY_NULLS_FAIL } ay_nulls;       /* unknown verdicts */
typedef enum ay_on_empty { AY_EMPTY_WARN, AY_EMPTY_PASS, AY_EMPTY_FAIL } ay_on_empty; /* nothing to evaluate */
/* AY_UNDECIDED: unreadable because the condition `where` could not be computed. */
typedef enum ay_verdict { AY_PASS, AY_FAIL, AY_SKIPPED, AY_UNREADABLE, AY_UNDECIDED } ay_verdict;

/* The most failures that are still within the limit: floor(evaluated * num / den), or num where den is 0. */
typedef struct ay_limit {
    bool is_set;
    uint64_t num, den;
} ay_limit;

struct ay_rule {
    const char *id;
    ay_title title;
    const char *basis; /* "" when none */
    const ay_kind *kind;
    ay_pos pos;
    const ay_node *arg;     /* the check's parameter as written; the predicate shown to people */
    const uint32_t *fields; /* indexes of the dataset's fields it reads, without those of `where`; set by compile */
    uint32_t n_fields;
    int32_t field;            /* the field it belongs to, or -1; set before compile */
    const void *args;         /* compiled parameter, owned by the kind, in the pack's arena */
    const ay_expr *where;     /* NULL: all records */
    const ay_node *condition; /* `where` as written, or NULL */
    ay_nulls nulls;
    ay_on_empty on_empty;
    ay_severity severity;
    uint32_t weight;       /* >= 1 */
    ay_limit warn, fail;   /* defaults: 0 and 0 */
    const char *indicator; /* GB/T 36344 code */
    uint32_t ordinal;      /* in its dataset; rules are ordered by id (bytes) */
};

/* What a kind sees while a pack is compiled. */
typedef struct ay_build {
    ay_arena *arena;
    assay_diags *diags;
    const ay_field *fields;
    uint32_t n_fields;
    const uint32_t *key; /* key fields of the dataset */
    uint32_t n_key;
    const ay_zone *zone;
    /* Content of a file beside the pack or in the search path (code lists); errors are reported to diags at `pos` and
     * false is returned. The bytes live as long as the pack and count into its digest. */
    bool (*read_file)(void *ctx, ay_str name, ay_pos pos, ay_str *ret_bytes);
    void *read_ctx;
} ay_build;

/* What a kind sees of the records. */
typedef struct ay_view {
    const ay_batch *batch; /* columns are the dataset's fields */
    const ay_context *context;
    const uint32_t *key; /* key fields */
    uint32_t n_key;
    const ay_schema *source; /* all columns of the source, wanted or not */
} ay_view;

/* Bitmaps over the batch, zeroed by the caller. */
typedef struct ay_marks {
    uint64_t *fail, *unknown, *unreadable;
} ay_marks;

typedef struct ay_emit {
    /* One failing record: key tuple (empty: none), values tuple (texts of rule->fields), detail tuple (kind's own). */
    assay_status (*finding)(void *ctx, const ay_rule *rule, ay_verdict verdict, ay_str key, ay_str values,
                            ay_str detail, assay_err *err);
    void *ctx;
} ay_emit;

/* A finding when it is put into words. */
typedef struct ay_facts {
    const ay_cell *values; /* rule->n_fields cells: TEXT (the value as text) or null */
    const ay_cell *detail; /* the kind's own facts */
    uint32_t n_detail;
    ay_verdict verdict; /* AY_FAIL or AY_UNREADABLE */
    bool is_quotable;   /* no field of the rule is sensitive or personal: places and figures may be told */
    int64_t today;      /* the day of the check, as ay_context has it */
} ay_facts;

/* Where a suggested value comes from, in the words of findings.ndjson. doc/suggestions.md says how sure each is. */
#define AY_ORIGIN_MAP(X)                                                                                               \
    X(NORMALIZER, "normalizer")                                                                                        \
    X(CHECK_DIGIT, "check-digit")                                                                                      \
    X(UPGRADE, "upgrade")                                                                                              \
    X(SUCCESSOR, "successor")                                                                                          \
    X(NAME, "name")                                                                                                    \
    X(NEAREST, "nearest")                                                                                              \
    X(MAJORITY, "majority")

typedef enum ay_origin {
#define X(name, word) AY_BY_##name,
    AY_ORIGIN_MAP(X)
#undef X
} ay_origin;

const char *ay_origin_name(ay_origin origin);

/* The suggested text lies in a buffer beside it. */
typedef struct ay_suggestion {
    uint32_t i; /* of rule->fields: the value to change */
    ay_origin by;
    uint32_t confidence; /* percent, rounded down */
} ay_suggestion;

/* What a kind keeps from one suggestion of a rule to the next, made when it is first needed. Zeroed before the first;
 * one thread at a time. */
typedef struct ay_memo {
    void *kept;
    void (*close)(void *kept);
} ay_memo;

static inline void ay_memo_close(ay_memo *memo)
{
    if (memo->kept) memo->close(memo->kept);
    *memo = (ay_memo){0};
}

/* Options of a rule that would do nothing beside a kind: errors of the pack. */
enum {
    AY_WITHOUT_WHERE = 1,
    AY_WITHOUT_NULLS = 2,    /* its verdict is never unknown */
    AY_WITHOUT_ON_EMPTY = 4, /* it always has something to evaluate */
    AY_WITHOUT_TOLERANCE = 8 /* it has one verdict over the dataset, unless its parameter has `by` */
};

struct ay_kind {
    const char *name;
    ay_over over;
    const char *summary, *summary_zh;
    const char *indicator;
    bool absent;      /* a known word of the language that this version cannot do: "not in this version" */
    bool implied;     /* follows from other keys of the pack and is never written */
    bool sees_null;   /* value kinds: null and bad values are given to eval too (required, type) */
    bool looks_back;  /* over the dataset: finish asks a store for earlier runs */
    bool of_whole;    /* over the dataset: findings are about all records or a group of them, not about one record */
    uint32_t without; /* AY_WITHOUT_* bits */
    uint32_t types;   /* value kinds: bit set of ay_type it can test; 0: all. Others are an error of the pack */

    /* Read the parameter: fill rule->args, rule->fields; report every fault to build->diags. False: there were faults,
     * or, where no error was added to build->diags, memory ran out. */
    bool (*compile)(ay_build *build, const ay_node *arg, ay_rule *rule);

    /* over a value or a record: scratch of one thread (optional), then one call a batch. Only `active` records are
     * looked at; for value kinds without sees_null these are neither null nor bad. Fails only with ENOMEM. */
    assay_status (*open)(const ay_rule *rule, uint32_t cap, void **ret_scratch, assay_err *err);
    assay_status (*eval)(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err);
    void (*close)(void *scratch);

    /* over the dataset: a mergeable state (commutative, associative, no arrival order). absorb is called at least once
     * a part of the source, with an empty batch where there are no records. Nulls and bad values are the kind's own
     * matter. */
    assay_status (*state_open)(const ay_rule *rule, ay_budget *budget, void **ret_state, assay_err *err);
    assay_status (*absorb)(const ay_rule *rule, void *state, const ay_view *view, const uint64_t *active,
                           assay_err *err);
    assay_status (*merge)(const ay_rule *rule, void *into, void *from,
                          assay_err *err); /* from stays closable, is empty */
    assay_status (*finish)(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                           ay_tally *ret_tally, assay_err *err);
    void (*state_close)(void *state);
    /* The state before finish, as canonical bytes (see state.h), and back into one that was just opened. */
    assay_status (*save)(const ay_rule *rule, void *state, ay_stream *out, assay_err *err);
    assay_status (*load)(const ay_rule *rule, void *state, const ay_context *context, ay_in *in, assay_err *err);

    /* One line for people: what is wrong with this record under this rule ("length is 17, should be 18"). Must not
     * quote the value itself: that is the caller's, masked. NULL: "does not meet the rule". */
    void (*reason)(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out);
    /* A suggested value, from the kind's own knowledge; false: none, and nothing was appended, or, with a failure of
     * `out`, memory ran out. A value that meets the rule has none. Optional. */
    bool (*suggest)(const ay_rule *rule, const ay_facts *facts, ay_memo *memo, ay_suggestion *ret, ay_buf *out);
    /* Whether the text holds personal data: then it is masked wherever it is shown, whatever the level of its field
     * says. NULL: the kind does not look for any. */
    bool (*finds_personal)(const ay_rule *rule, ay_str text);
};

/* The kind's finish, whose figures go into `arena`. */
assay_status ay_rule_finish(const ay_rule *rule, void *state, const ay_context *context, const ay_emit *emit,
                            ay_arena *arena, ay_tally *ret_tally, assay_err *err);

/* Why a finding is one, never empty. `fields` are the dataset's. Tells nothing of a value of a field that is sensitive
 * or personal, whether it is revealed or not. */
void ay_rule_reason(const ay_rule *rule, const ay_field *fields, const ay_facts *facts, bool zh, ay_buf *out);

/* ay_kind.suggest, for kinds that have it. */
bool ay_rule_suggest(const ay_rule *rule, const ay_field *fields, const ay_facts *facts, ay_memo *memo,
                     ay_suggestion *ret, ay_buf *out);

const ay_kind *ay_kind_find(ay_str name);
const ay_kind *ay_kind_at(size_t i); /* by name order of the reference; NULL past the end */

#endif
