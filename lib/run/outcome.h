/* From counts to an outcome. */
#ifndef AY_RUN_OUTCOME_H
#define AY_RUN_OUTCOME_H

#include "run/result.h"

/* The most failures within a limit: floor(evaluated * num / den), exact. */
uint64_t ay_limit_allows(ay_limit limit, uint64_t evaluated);
/* Set allowed_* and outcome from rule and count. */
void ay_outcome_decide(ay_rule_outcome *o, bool fed);
/* The worse of two; VACUOUS is weighed as on_empty says, but a rule below severity `error` never fails. */
assay_outcome ay_outcome_worse(assay_outcome a, const ay_rule_outcome *b);

#endif
