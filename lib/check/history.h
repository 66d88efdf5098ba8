/* What earlier runs found of a rule: the one door between checks and a store, and the rules that go through it. */
#ifndef AY_CHECK_HISTORY_H
#define AY_CHECK_HISTORY_H

#include "check/rule.h"

#define AY_HISTORY_RUNS 366 /* the most runs that a rule can look back on */

/* The figures of one rule in one stored run, as its tally had them, in any order; valid during the call. */
typedef struct ay_past {
    const ay_named *figures;
    uint32_t n;
} ay_past;

typedef struct ay_past_sink {
    assay_status (*take)(void *ctx, const ay_past *past, assay_err *err);
    void *ctx;
} ay_past_sink;

/* Borrowed by a run. The run under test is never part of it. */
typedef struct ay_history {
    /* Give the figures of the rule in the last n stored runs that hold any, newest first; fewer when there are fewer. A
     * status of the sink that is not OK ends it and is passed on.
     * The outcome does not matter: a run that failed is history, or a change that came to stay would be reported for
     * ever; and so is one that was NOT_EVALUATED, or there would never be enough runs to begin with. A rule without
     * figures in a run (not read, nothing to count) has none to give. Runs over a part of the records (shards that
     * were missing) are left out by the store. */
    assay_status (*last)(void *ctx, const char *rule_id, uint32_t n, const ay_past_sink *sink, assay_err *err);
    void *ctx;
} ay_history;

/* Sums of figures over the last runs. A run counts only if it holds all of them by these names: names say what was
 * measured, so a rule that comes to measure something else begins anew. */
typedef struct ay_pool {
    const char *const *names;
    uint32_t n;
    ay_huge *sums; /* [n], at 38 fraction digits; zero before */
    uint32_t runs;
} ay_pool;

/* Adds up `last` runs; where there are fewer, tally->lack is set. */
assay_status ay_pool_fill(ay_pool *pool, const ay_rule *rule, const ay_context *context, uint32_t last, ay_tally *tally,
                          assay_err *err);
/* A sum of counts: whole, not negative, at most 2^54. EIO names the rule whose figures a store gives back otherwise. */
assay_status ay_pool_count(const ay_pool *pool, uint32_t i, const ay_rule *rule, uint64_t *ret, assay_err *err);

/* "last 7", and "10% of last 7". */
bool ay_param_last(ay_build *b, const ay_node *node, uint32_t *ret);

typedef struct ay_change {
    ay_limit within; /* a share of the mean */
    uint32_t last;
    const char *share; /* as written: "10%" */
} ay_change;
bool ay_param_change(ay_build *b, const ay_node *node, ay_change *ret);

typedef struct ay_ratio {
    ay_huge num; /* at 38 fraction digits */
    uint64_t den;
} ay_ratio;
void ay_ratio_text(const ay_ratio *ratio, ay_buf *out); /* 12 digits behind the point, cut off */

/* What is compared: the figure now, and the figures of each run that it is made of. */
typedef struct ay_measured {
    ay_ratio now;
    const char *names[2]; /* numerator, denominator; the second NULL: 1 in each run */
} ay_measured;

/* Whether |now - mean| is more than the share of |mean|, by multiplication of whole numbers. The mean is the sum of the
 * numerators over the sum of the denominators; it is not rounded. False with tally->lack set: it cannot be told. */
assay_status ay_change_judge(const ay_change *change, const ay_measured *m, const ay_rule *rule,
                             const ay_context *context, ay_tally *tally, bool *ret_beyond, ay_ratio *ret_mean,
                             assay_err *err);
/* Behind a figure: "; mean of the last 7: 98.5, a change of at most 10% expected". */
void ay_change_reason(const ay_change *change, ay_str mean, bool zh, ay_buf *out);

#endif
