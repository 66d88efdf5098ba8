/* One rule over one batch: `where`, nulls and unreadable values applied uniformly around the kind's kernel. */
#ifndef AY_RUN_JUDGE_H
#define AY_RUN_JUDGE_H

#include "run/partial.h"

/* Scratch of one rule in one thread. Of rules with the same condition, or the same check of the same fields, the first
 * has what the condition, or the check, found in this batch, and the others take it from there: every batch is given to
 * all judges, in their order. */
typedef struct ay_judge ay_judge;
struct ay_judge {
    const ay_rule *rule;
    const ay_judge *where_of; /* the first with this condition, perhaps itself; NULL: all records */
    ay_judge *check_of;       /* the first with this check, perhaps itself */
    ay_eval *where;           /* of the first */
    void *scratch;            /* of the kind, of the first */
    uint64_t *conditions;     /* NULL: no other has this condition */
    uint64_t *checks;         /* NULL: no other has this check */
    size_t words;             /* of one bitmap in them */
};

/* Verdicts of a batch: every record is in exactly one of pass (evaluated and not fail), fail, skipped, unreadable,
 * excluded. Of the unreadable, `own` marks those whose cause is the rule itself and `undecided` those whose condition
 * cannot be computed; the others have an unreadable field. */
typedef struct ay_judged {
    uint64_t *evaluated, *fail, *skipped, *unreadable, *own, *undecided, *active, *spare;
} ay_judged;

assay_status ay_judges_open(const ay_rule *const *rules, uint32_t n, uint32_t cap, ay_judge **ret, assay_err *err);
void ay_judges_close(ay_judge *judges, uint32_t n); /* judges may be NULL */
/* Bitmaps of `out` are overwritten. */
assay_status ay_judge_run(ay_judge *judge, const ay_view *view, ay_judged *out, assay_err *err);
/* Only the `where` part, for rules over the dataset: out->active = where is true, out->unreadable = where is
 * unreadable, out->undecided = of these, those in which no field is to blame. */
assay_status ay_judge_where(ay_judge *judge, const ay_view *view, ay_judged *out, assay_err *err);
void ay_judge_count(const ay_judged *judged, uint32_t rows, ay_count *count); /* adds */

#endif
