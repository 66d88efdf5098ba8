/* Findings in their sorted form: one byte record each, put in any order, read back by key, rule and content.
 *
 * record := key tuple . fault
 * fault  := rule ordinal (INT) . verdict (INT) . number of values (INT) . values . detail
 * The sorter's prefix is the first eight bytes, so the order is that of the bytes: by key first. A finding without a
 * key (over the dataset, or a record that could not be read) has nulls for its key. */
#ifndef AY_RUN_FINDING_H
#define AY_RUN_FINDING_H

#include "check/rule.h"
#include "pack/pack.h"

/* One finding is written into a buffer: its key, then begin, the values, the detail, and end, which hands it over. */
void ay_finding_put_key(ay_buf *out, const ay_dataset *dataset, const ay_batch *fields, uint32_t row);
void ay_finding_begin(ay_buf *out, const ay_rule *rule, ay_verdict verdict, uint32_t n_values);
/* A value as a text: of a missing word the word itself, of NULL null. */
void ay_finding_put_value(ay_buf *out, ay_buf *scratch, ay_cell cell, const ay_zone *zone);
assay_status ay_finding_end(const ay_buf *finding, ay_sorter *sorter, assay_err *err);

/* All of it, from parts that are there. key empty: none. */
assay_status ay_finding_put(ay_sorter *sorter, ay_buf *scratch, uint32_t n_key, const ay_rule *rule, ay_verdict verdict,
                            ay_str key, ay_str values, ay_str detail, assay_err *err);

#define AY_FINDING_CELLS_MAX AY_RULE_FIELDS_MAX

/* One finding taken apart; cells point into the heap given. */
typedef struct ay_finding {
    ay_cell key[AY_FINDING_CELLS_MAX];
    ay_cell values[AY_FINDING_CELLS_MAX];
    ay_cell detail[AY_FINDING_CELLS_MAX];
    uint32_t n_key, n_values, n_detail;
    uint32_t ordinal;
    ay_verdict verdict;
} ay_finding;

/* EINTERNAL when the bytes are not a finding. The key alone, and how many bytes it takes; what follows it; or both. */
assay_status ay_finding_take_key(ay_str bytes, uint32_t n_key, ay_arena *heap, ay_finding *ret, size_t *ret_length,
                                 assay_err *err);
assay_status ay_finding_take_fault(ay_str bytes, ay_arena *heap, ay_finding *ret, assay_err *err);
assay_status ay_finding_take(ay_str bytes, uint32_t n_key, ay_arena *heap, ay_finding *ret, assay_err *err);

#endif
