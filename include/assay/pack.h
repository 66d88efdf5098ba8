/* Rule packs: loading, checking, listing.
 *
 * A pack is immutable once loaded and may be used by any number of threads and runs at once. */
#ifndef ASSAY_PACK_H
#define ASSAY_PACK_H

#include "assay/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct assay_pack assay_pack;
typedef struct assay_diags assay_diags;

typedef enum assay_level { ASSAY_LEVEL_NOTE = 0, ASSAY_LEVEL_WARNING = 1, ASSAY_LEVEL_ERROR = 2 } assay_level;

/* One message about a pack. Strings belong to the list and live as long as it. */
typedef struct assay_diag {
    assay_level level;
    const char *code;      /* stable word, e.g. "unknown-key" */
    const char *file;      /* as named by the caller or the include */
    uint32_t line, column; /* 1-based, column in characters; 0: the whole file */
    const char *text;      /* English */
    const char *text_zh;   /* Chinese */
} assay_diag;

/* An empty list; NULL when out of memory. One thread at a time. Free with assay_diags_free (takes and returns NULL). */
ASSAY_API assay_diags *assay_diags_new(void);
ASSAY_API assay_diags *assay_diags_free(assay_diags *diags);
ASSAY_API size_t assay_diags_count(const assay_diags *diags);
/* The i-th, ordered by file (in order of loading), line, column. i must be below the count. */
ASSAY_API const assay_diag *assay_diags_at(const assay_diags *diags, size_t i);

/* Start from ASSAY_PACK_OPTIONS_INIT; a member left 0 means its default. */
typedef struct assay_pack_options {
    size_t struct_size;
    const char *const *include_dirs; /* searched after the including file's folder and before the installed rules */
    size_t n_include_dirs;
    int lint; /* 1: also report what `assay lint` finds (warnings) */
} assay_pack_options;
#define ASSAY_PACK_OPTIONS_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(assay_pack_options), 0, 0, 0                                                                            \
    }

/* Load and compile the pack at `path`. All errors of the pack go to `diags` (may be NULL); the first of them also to
 * err. Errors: EPACK (see diags), EIO, ENOMEM, EUSAGE. *ret_pack is untouched on failure; free it with
 * assay_pack_free, which takes NULL and returns NULL. */
ASSAY_NODISCARD ASSAY_API assay_status assay_pack_load(const char *path, const assay_pack_options *options,
                                                       assay_pack **ret_pack, assay_diags *diags, assay_err *err);
ASSAY_API assay_pack *assay_pack_free(assay_pack *pack);

/* Facts for listing. Strings live as long as the pack; texts without a translation repeat the other language. */
typedef struct assay_rule_info {
    const char *id, *dataset, *field, *check; /* field NULL: over the record or the dataset */
    const char *title, *title_zh;             /* "" when none */
    const char *indicator;                    /* GB/T 36344 code, "0302" */
    const char *severity;                     /* info warning error critical */
    const char *basis;                        /* the clause of the standard, "" when none */
    const char *file;
    uint32_t line;
} assay_rule_info;

typedef struct assay_standard_info {
    const char *id, *title, *title_zh, *basis, *type, *level;
    const char *file;
    uint32_t line;
} assay_standard_info;

typedef struct assay_dataset_info {
    const char *name, *title, *title_zh;
    const char *source;               /* id of the answerable source */
    const char *table, *query, *file; /* exactly one is not NULL */
} assay_dataset_info;

ASSAY_API const char *assay_pack_id(const assay_pack *pack);
ASSAY_API const char *assay_pack_version(const assay_pack *pack);
ASSAY_API size_t assay_pack_rule_count(const assay_pack *pack);
ASSAY_API void assay_pack_rule(const assay_pack *pack, size_t i, assay_rule_info *ret);
ASSAY_API size_t assay_pack_standard_count(const assay_pack *pack);
ASSAY_API void assay_pack_standard(const assay_pack *pack, size_t i, assay_standard_info *ret);
ASSAY_API size_t assay_pack_dataset_count(const assay_pack *pack);
ASSAY_API void assay_pack_dataset(const assay_pack *pack, size_t i, assay_dataset_info *ret);

/* The check kinds the loader knows, from the same table it uses. Static strings. */
typedef struct assay_check_info {
    const char *name;
    const char *over; /* "value" "record" "dataset" "two datasets" */
    const char *summary, *summary_zh;
    const char *indicator; /* default GB/T 36344 code */
    int available;         /* 0: a known word that answers "not in this version" */
} assay_check_info;

ASSAY_API size_t assay_check_count(void);
ASSAY_API void assay_check_at(size_t i, assay_check_info *ret);

#ifdef __cplusplus
}
#endif
#endif
