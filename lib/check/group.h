/* What the checks over a dataset share: records kept as groups, and the walk over the groups when all have come. A
 * record is one tuple: the values of rule->fields (the first n_group name its group, the others order it there), its
 * key, and the texts that the values alone could not give back. Its order is therefore a function of the data. */
#ifndef AY_CHECK_GROUP_H
#define AY_CHECK_GROUP_H

#include "base/pile.h"
#include "base/prints.h"
#include "check/rule.h"

/* Compiled, in the pack's arena. */
typedef struct ay_shape {
    uint32_t n_group;
    uint32_t n_known;     /* the first n_known of rule->fields must have a value for the record to be kept */
    uint32_t n_key;       /* key fields of the dataset */
    bool key_is_fields;   /* the key is just rule->fields: not kept twice */
    bool bare;            /* neither key nor texts are kept */
    bool repeats;         /* groups of one record are never looked at */
    bool quotable;        /* no field is sensitive or personal: a reason may quote neighbours and figures */
    const char **names;   /* of rule->fields */
    const ay_type *types; /* of the same */
} ay_shape;

typedef struct ay_groups {
    const ay_shape *shape;
    ay_budget *budget;
    const ay_zone *zone; /* in which timestamps are shown; known once records have come */
    ay_nulls nulls;      /* what a record without a known value is: left out, passed, or failed */
    ay_sorter *records;
    ay_pile *pile;      /* ... of a shape with `repeats`, until all of them are wanted in order */
    ay_prints *prints;  /* ... instead of the pile where findings are only counted; NULL until records have come */
    ay_sorter *missing; /* records that fail for a null; NULL unless nulls is AY_NULLS_FAIL */
    uint64_t passed, skipped, unreadable;
    uint64_t null_groups, partial_groups; /* records whose group values are all null, or some of them */
    ay_str last;                          /* during a walk: the record before this one */
    ay_buf line, text, values;
    ay_arena heap;
} ay_groups;

typedef struct ay_member {
    ay_str record;  /* valid during the call */
    uint64_t group; /* ordinal of the group, from 0 */
    bool is_first;  /* of its group */
} ay_member;

typedef struct ay_visitor {
    assay_status (*record)(void *ctx, const ay_member *member, assay_err *err);
    /* behind the last record of a group; may be NULL */
    assay_status (*close)(void *ctx, uint64_t group, assay_err *err);
    void *ctx;
} ay_visitor;

/* Compile: rule->fields = a then b, none twice; the shape over them with the first n_a as the group. */
bool ay_shape_compile(ay_build *build, ay_rule *rule, const uint32_t *a, uint32_t n_a, const uint32_t *b, uint32_t n_b,
                      ay_shape *ret);
/* The item of the map, or NULL after reporting that the check needs it. */
const ay_node *ay_shape_need(ay_build *build, const ay_node *map, const char *check, const char *key);
/* "a, b": names of rule->fields [from, to). */
void ay_shape_names(const ay_shape *shape, uint32_t from, uint32_t to, bool zh, ay_buf *out);

assay_status ay_groups_open(const ay_shape *shape, ay_nulls nulls, ay_budget *budget, ay_groups **ret, assay_err *err);
void ay_groups_close(void *groups);
assay_status ay_groups_absorb(const ay_rule *rule, ay_groups *groups, const ay_view *view, const uint64_t *active,
                              assay_err *err);
/* What a record of this group (its values as a tuple) is sorted by. */
uint64_t ay_groups_prefix(ay_str group);
assay_status ay_groups_merge(ay_groups *into, ay_groups *from, assay_err *err);
/* The same as members of a kind whose whole state is its groups. */
assay_status ay_groups_kind_absorb(const ay_rule *rule, void *groups, const ay_view *view, const uint64_t *active,
                                   assay_err *err);
assay_status ay_groups_kind_merge(const ay_rule *rule, void *into, void *from, assay_err *err);
/* Every record, group by group, in order; may be called several times. */
assay_status ay_groups_each(ay_groups *groups, const ay_visitor *visitor, assay_err *err);
/* The same, but a group of one record may be left out, and not be counted by the ordinals. */
assay_status ay_groups_repeats(ay_groups *groups, const ay_visitor *visitor, assay_err *err);
/* All kept records in order, wherever they were kept. */
assay_status ay_groups_sort(ay_groups *groups, ay_sorter **ret, assay_err *err);
/* During a visit: the record before this one. */
ay_str ay_groups_last(const ay_groups *groups);
ay_str ay_groups_value(ay_str record, uint32_t from, uint32_t to); /* values [from, to) of rule->fields, as a tuple */
/* Its first value; a text lives until the next finding. */
bool ay_groups_cell(ay_groups *groups, ay_str tuple, ay_cell *ret);
assay_status ay_groups_emit(const ay_rule *rule, ay_groups *groups, ay_str record, ay_str detail, const ay_emit *emit,
                            assay_err *err);
/* The counts that all kinds have in common, and the findings of records that fail for a null (with an empty detail). */
assay_status ay_groups_tally(const ay_rule *rule, ay_groups *groups, const ay_emit *emit, ay_tally *tally,
                             assay_err *err);

/* Facts on groups found in one walk for use in the next, in order of the groups. They spill like everything else. */
typedef struct ay_notes ay_notes;
assay_status ay_notes_open(ay_budget *budget, ay_notes **ret, assay_err *err);
ay_notes *ay_notes_close(ay_notes *notes);
void ay_notes_cleanup(ay_notes **notes);
assay_status ay_notes_put(ay_notes *notes, uint64_t group, ay_str note, assay_err *err);
/* Ascending groups. *ret_note is empty when there is no note; valid until the next group is asked for. */
assay_status ay_notes_get(ay_notes *notes, uint64_t group, ay_str *ret_note, assay_err *err);

#endif
