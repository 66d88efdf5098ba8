/* What a rule demands, as written in the pack, on one line. */
#ifndef AY_RUN_PREDICATE_H
#define AY_RUN_PREDICATE_H

#include "check/rule.h"

/* Any node of the pack on one line, as flow YAML without quotes. */
void ay_node_text(const ay_node *node, ay_buf *out);
void ay_predicate_text(const ay_rule *rule, ay_buf *out); /* length: {min: 2, max: 18} */

#endif
