/* What the files of this folder share while a pack is loaded. Faults go to diags and loading goes on; only running out
 * of memory ends it, through `nomem`. */
#ifndef AY_PACK_LOAD_H
#define AY_PACK_LOAD_H

#include <sys/types.h>

#include "check/param.h"
#include "pack/pack.h"

#define AY_PACK_FILES      64
#define AY_NEAREST_WORDS   1000 /* of so many names the nearest is looked for */
#define AY_CODE_LIST_BYTES (64 * 1024 * 1024)

/* A file that was read. The pack itself is the first. */
typedef struct ay_doc {
    const char *name; /* as named by the user or the include */
    const char *path; /* where it was found */
    uint64_t device, inode;
    const ay_node *root; /* NULL: not a pack file, or not readable */
    uint64_t includes;   /* bit i: it includes docs[i] */
} ay_doc;

/* What standards say beyond ay_standard; beside pack->standards[i]. */
typedef struct ay_standard_draft {
    const ay_node *type; /* NULL: by default, or built in */
    const ay_set *missing;
    const ay_node *normalize; /* NULL: none */
    const ay_node *checks;
    bool *bad;    /* of each check: its faults were reported, do not compile it again */
    uint32_t doc; /* the file it stands in */
} ay_standard_draft;

typedef struct ay_source_draft {
    bool used;
    uint32_t doc;
} ay_source_draft;

typedef struct ay_load {
    assay_pack *pack;
    ay_build build; /* arena, diags, read_file; fields and key while a dataset is compiled */
    assay_pack_options options;
    ay_doc docs[AY_PACK_FILES];
    uint32_t n_docs;
    uint8_t *included;   /* for each entry of the pack's own `include`: index into docs, or AY_PACK_FILES */
    ay_pack_file *files; /* room for AY_PACK_FILES; files[i] is docs[i] */
    ay_answerable *sources;
    ay_source_draft *source_drafts;
    ay_set source_ids, standard_ids; /* -> index */
    ay_standard *standards;
    ay_standard_draft *drafts;
    uint32_t n_declared; /* standards of the files; the built-in ones follow */
    ay_dataset *datasets;
    bool nomem;
} ay_load;

/* `call` returns false after a report, or without one when memory is gone: tell the two apart. */
#define AY_ASK(l, call)                                                                                                \
    __extension__({                                                                                                    \
        const size_t ay_ask_before = ay_diags_errors((l)->build.diags);                                                \
        const bool ay_ask_ok = (call);                                                                                 \
        if (!ay_ask_ok && ay_diags_errors((l)->build.diags) == ay_ask_before) (l)->nomem = true;                       \
        ay_ask_ok;                                                                                                     \
    })

/* ---- read.c: values of the tree ---- */
bool ay_read_map(ay_load *l, const ay_node *node, const char *const *keys,
                 size_t n_keys);                           /* a map with only these keys */
const char *ay_read_text(ay_load *l, const ay_node *node); /* a text that is not empty; NULL: reported */
/* The text under `key`, or "" where it is absent. */
const char *ay_read_text_of(ay_load *l, const ay_node *map, const char *key);
const ay_node *ay_read_need(ay_load *l, const ay_node *map, const char *key); /* NULL: reported as missing */
ay_title ay_read_title(ay_load *l, const ay_node *node);                      /* node NULL: no title */
/* A name people refer to: letters, digits, - and _; where `dots`, also dots between them. */
bool ay_read_name(ay_load *l, const ay_node *node, bool dots);
/* The number of entries of a section of a file, 0 where it is absent; a section that is no map is reported when asked
 * for with ret_section. */
size_t ay_section(ay_load *l, uint32_t doc, const char *key, const ay_node **ret_section);
void *ay_load_array(ay_load *l, size_t n, size_t size); /* of the pack; NULL sets nomem */
const char *ay_load_format(ay_load *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- the sections ---- */
/* include.c: the pack and everything it includes. Fails with EIO where the pack itself cannot be read. */
assay_status ay_load_path(ay_load *l, const char *path, assay_err *err);
void ay_load_text(ay_load *l, const char *name, ay_str bytes);
bool ay_load_read_file(void *ctx, ay_str name, ay_pos pos, ay_str *ret_bytes); /* ay_build.read_file, ctx is ay_load */
/* Find and read a file that is none of the pack's: where one would be found, but not kept among them. The bytes live as
 * long as the pack. Errors: EUSAGE (not found), EIO, ELIMIT, ENOMEM. */
assay_status ay_load_read_aside(ay_load *l, const char *name, off_t max, ay_str *ret_bytes, assay_err *err);
void ay_load_sources(ay_load *l);
int32_t ay_find_source(ay_load *l, const ay_node *name); /* -1: reported */
void ay_load_standards(ay_load *l);
int32_t ay_find_standard(ay_load *l, const ay_node *name); /* -1: reported */
void ay_load_datasets(ay_load *l);
void ay_load_score(ay_load *l);
void ay_load_lint(ay_load *l);

/* ---- deadline.c ---- */
#define AY_DEADLINE_USUAL ((ay_deadline){10, true})            /* 政务数据共享条例 Art. 26 */
ay_deadline ay_load_deadline(ay_load *l, const ay_node *text); /* what is no deadline is reported */
void ay_load_calendar(ay_load *l);

/* ---- lint.c ---- */
/* Of two rules the one that was written second, as far as that can be told: a standard comes before its use. */
const ay_rule *ay_lint_second(const ay_load *l, const ay_rule *a, const ay_rule *b);
/* The constant of a bound. False: depends on the day of the run. */
bool ay_lint_fixed(ay_load *l, const ay_field *field, const ay_rule *rule, ay_cell *ret);
/* lint_members.c: `rules` are all rules over this field that hold for every record. */
void ay_lint_members(ay_load *l, const ay_field *field, const ay_rule *const *rules, uint32_t n);

/* ---- sharing.c ---- */
/* A rule that `share` and `open` of a dataset imply. */
typedef struct ay_implied {
    const ay_node *check; /* the parameter; its key is the check */
    int32_t field;        /* -1: over the dataset */
    ay_severity severity;
    const char *basis;
} ay_implied;

void ay_load_sharing(ay_load *l, const ay_node *map, ay_dataset *dataset);
uint32_t ay_load_implied(ay_load *l, const ay_node *map, const ay_dataset *dataset, const ay_implied **ret);
void ay_lint_sharing(ay_load *l, const ay_dataset *dataset, const ay_node *map);

/* ---- rules.c ---- */
void ay_load_rules(ay_load *l, ay_dataset *dataset, const ay_node *map);
/* Compile the checks of a standard that no field uses, as if a field had it, so that their faults are seen too. */
void ay_load_standard_alone(ay_load *l, uint32_t standard);
/* The one check of a rule's map. NULL: none or several, or unknown keys; reported. */
const ay_node *ay_rule_check(ay_load *l, const ay_node *map, bool in_standard);

/* ---- rule_options.c: everything of a rule beside its check ---- */
void ay_rule_defaults(ay_rule *rule);
/* in_standard: `where` may name one field, `value`. */
bool ay_rule_options(ay_load *l, const ay_node *map, bool in_standard, ay_rule *rule);

/* ---- keys.c: the closed language, in one place; the schema is tested against it ---- */
typedef struct ay_keys {
    const char *place;
    const char *const *words;
    size_t n;
} ay_keys;
extern const ay_keys ay_keys_pack, ay_keys_fragment, ay_keys_source, ay_keys_standard, ay_keys_dataset, ay_keys_field,
    ay_keys_rule, ay_keys_standard_check, ay_keys_score, ay_keys_grade, ay_keys_weights, ay_keys_title,
    ay_keys_tolerance;
const ay_keys *ay_keys_at(size_t i); /* NULL past the end */

/* A pack from bytes, includes relative to the working directory: fuzzing and tests. */
assay_status ay_pack_load_bytes(const char *name, ay_str bytes, const assay_pack_options *options,
                                assay_pack **ret_pack, assay_diags *diags, assay_err *err);

#endif
