/* What a run does with one dataset, worked out once and shared by its workers. Immutable. */
#ifndef AY_RUN_PLAN_H
#define AY_RUN_PLAN_H

#include "pack/pack.h"
#include "run/proving.h"
#include "run/watch.h"

typedef struct ay_plan {
    const ay_dataset *dataset;
    const ay_context *context;
    const ay_rule *const *rules; /* the chosen ones, ordered by id */
    uint32_t n_rules;
    const uint32_t *needed; /* fields that a chosen rule, the key or the segment reads; ascending */
    uint32_t n_needed;
    const ay_field *fields; /* [n_needed], copies of the dataset's, for the typed reader */
    const char **columns;   /* [n_needed], physical names */
    ay_rule reject_rule;    /* DATASET.record: records that could not be split (lenient reading) */
    uint32_t batch_cap;
    bool counts_only;          /* findings are counted and not kept */
    const ay_proving *proving; /* NULL: no leaves are made; else every field is needed */
    const ay_proving *bridge;  /* NULL, or how the leaves are made that a bridge leads from */
    ay_watch *watch;           /* NULL: nobody asks which keys were read */
} ay_plan;

/* Rules with these ids only; n 0: all. */
typedef struct ay_chosen {
    const char *const *ids;
    size_t n;
} ay_chosen;

/* `proving` may be NULL. */
assay_status ay_plan_make(ay_arena *arena, const ay_dataset *dataset, const ay_context *context, ay_chosen only,
                          const ay_proving *proving, ay_plan *ret, assay_err *err);

#endif
