/* What `aggregate` measures, for kinds that ask something else of the same figures: their compiled parameter begins
 * with an ay_aggregate_args, and their state is the one of `aggregate`. */
#ifndef AY_CHECK_AGGREGATE_H
#define AY_CHECK_AGGREGATE_H

#include "check/aggregate_figures.h"
#include "check/group.h"

/* rule->fields: those of `by`, then `of`. */
typedef struct ay_aggregate_args {
    ay_shape shape;
    uint32_t figure; /* ay_figure_kind */
    bool has_of, is_sorted;
    ay_dec quantile;
    const ay_constant *min, *max;
    const char *min_text, *max_text; /* as written */
} ay_aggregate_args;

/* The fields of `of` and `by`; args->figure is set before. */
bool ay_aggregate_compile(ay_build *b, const ay_node *arg, ay_rule *rule, ay_aggregate_args *args);
/* Whether the figure may be told: it tells nothing of a value, or no field is sensitive or personal. */
bool ay_aggregate_is_quotable(const ay_aggregate_args *args);

assay_status ay_aggregate_state_open(const ay_rule *rule, ay_budget *budget, void **ret, assay_err *err);
assay_status ay_aggregate_absorb(const ay_rule *rule, void *state, const ay_view *view, const uint64_t *active,
                                 assay_err *err);
assay_status ay_aggregate_merge(const ay_rule *rule, void *into, void *from, assay_err *err);
void ay_aggregate_state_close(void *state);
assay_status ay_aggregate_save(const ay_rule *rule, void *state, ay_stream *out, assay_err *err);
assay_status ay_aggregate_load(const ay_rule *rule, void *state, const ay_context *context, ay_in *in, assay_err *err);

/* "amount: sum". */
void ay_aggregate_name(const ay_rule *rule, bool zh, ay_buf *out);

/* Without `by`: the figure over all records, and how many of them could not be read. */
assay_status ay_aggregate_whole(const ay_rule *rule, const void *state, ay_figure *ret, uint64_t *ret_unreadable,
                                assay_err *err);

#endif
