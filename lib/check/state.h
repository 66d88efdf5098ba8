/* States of rules over the dataset as bytes, and back: what their kinds share. The bytes are canonical: they depend on
 * the records alone. Bytes that come back may be anybody's: what no state can have written is EFORMAT. */
#ifndef AY_CHECK_STATE_H
#define AY_CHECK_STATE_H

#include "base/input.h"
#include "base/stream.h"
#include "check/group.h"

#define AY_STATE_COUNT_MAX (UINT64_C(1) << 46) /* of records, so that the sum over any number of partials fits */

void ay_state_put_counts(ay_stream *out, const uint64_t *counts, size_t n);
assay_status ay_state_take_counts(ay_in *in, uint64_t *ret_counts, size_t n, assay_err *err);

/* A sorter: the number of its records, then each in order. */
assay_status ay_state_put_sorter(ay_stream *out, ay_sorter *sorter, assay_err *err);

/* What a record of the sorter has to be. */
typedef struct ay_state_form {
    /* EFORMAT: not such a record. *ret_prefix is the one it was put with. */
    assay_status (*check)(const void *ctx, ay_str record, ay_arena *heap, uint64_t *ret_prefix, assay_err *err);
    const void *ctx;
    bool is_set; /* no two records are equal */
} ay_state_form;
assay_status ay_state_take_sorter(ay_in *in, ay_sorter *into, const ay_state_form *form, assay_err *err);

/* The next value of a tuple; its text lives in the heap. */
assay_status ay_state_take_cell(ay_cursor *tuple, ay_arena *heap, ay_cell *ret, assay_err *err);
assay_status ay_state_take_null_or_text(ay_cursor *tuple, ay_arena *heap, assay_err *err);

/* The members of a kind whose whole state is its groups. */
assay_status ay_groups_kind_save(const ay_rule *rule, void *groups, ay_stream *out, assay_err *err);
assay_status ay_groups_kind_load(const ay_rule *rule, void *groups, const ay_context *context, ay_in *in,
                                 assay_err *err);

#endif
