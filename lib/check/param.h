/* Reading the parameter of a check: each helper reports its own fault (code, position, nearest word) and returns
 * false. */
#ifndef AY_CHECK_PARAM_H
#define AY_CHECK_PARAM_H

#include "check/part.h"

/* One value that is written at all: not a list, not a map, not a plain empty, ~ or null. */
bool ay_param_scalar(ay_build *b, const ay_node *node);
/* The argument must be a map with only these keys. */
bool ay_param_map(ay_build *b, const ay_node *arg, const char *check, const char *const *keys, size_t n_keys);
bool ay_param_u64(ay_build *b, const ay_node *node, uint64_t max, uint64_t *ret);
bool ay_param_bool(ay_build *b, const ay_node *node, bool *ret); /* true or false */
bool ay_param_word(ay_build *b, const ay_node *node, const char *const *words, size_t n, uint32_t *ret);
/* A list of such words, at least one and none twice, as bits. */
bool ay_param_words(ay_build *b, const ay_node *list, const char *const *words, size_t n, uint32_t *ret_bits);
/* Plain digits, whole text: no sign, no exponent. */
bool ay_count_parse(ay_str text, uint64_t *ret);
bool ay_percent_parse(ay_str text, ay_limit *ret); /* "0.1%", from 0% to 100% with at most 16 decimals, as a fraction */
bool ay_param_dec(ay_build *b, const ay_node *node, ay_dec *ret);
bool ay_param_interval(ay_build *b, const ay_node *node, ay_interval *ret);
/* A value of the field's type; it may point into the text or the arena. */
bool ay_param_value(ay_build *b, const ay_node *node, const ay_field *field, ay_cell *ret);
void ay_param_repeated(ay_build *b, const ay_node *node);             /* reports that it was listed before */
bool ay_param_field(ay_build *b, const ay_node *node, uint32_t *ret); /* a field of the dataset */
/* A list of field names, or one name; no name twice. */
bool ay_param_fields(ay_build *b, const ay_node *node, const uint32_t **ret, uint32_t *ret_n);
/* "9..17": characters of a value, 1-based, inclusive. */
bool ay_param_is_part(const ay_node *node); /* it is written with dots: a part, or an error */
bool ay_param_part(ay_build *b, const ay_node *node, ay_part *ret);
/* rule->fields = {rule->field}; reports when the rule stands on a record or dataset. */
bool ay_param_own_field(ay_build *b, const ay_node *arg, ay_rule *rule);

#endif
