/* The figures of `aggregate`: what is accumulated over one group, and the exact value that comes out. */
#ifndef AY_CHECK_AGGREGATE_FIGURES_H
#define AY_CHECK_AGGREGATE_FIGURES_H

#include "check/huge.h"
#include "record/batch.h"

/* The words of the language, in this order. */
typedef enum ay_figure_kind {
    AY_FIGURE_COUNT,
    AY_FIGURE_SUM,
    AY_FIGURE_MEAN,
    AY_FIGURE_MIN,
    AY_FIGURE_MAX,
    AY_FIGURE_STDDEV,
    AY_FIGURE_QUANTILE,
    AY_FIGURE_DISTINCT,
    AY_FIGURE_SHARE_NULL,
    AY_FIGURE_KINDS
} ay_figure_kind;

/* Zero-initialise. Merges exactly in any order. */
typedef struct ay_figure {
    uint64_t records, nulls;
    uint64_t special;     /* NaN and infinities, which have no sum */
    uint64_t distinct;    /* counted by who sees the values in order */
    ay_huge sum, squares; /* at 38 and 76 fraction digits */
    ay_cell chosen;       /* least, greatest, or the quantile */
    bool has_chosen;
} ay_figure;

void ay_figure_add(ay_figure_kind kind, ay_figure *figure, const ay_cell *cell); /* cell NULL: a record, no field */
void ay_figure_choose(ay_figure *figure, const ay_cell *cell);                   /* the quantile */
void ay_figure_merge(ay_figure_kind kind, ay_figure *into, const ay_figure *from);

typedef enum ay_figure_form {
    AY_FIGURE_NONE,    /* nothing to make the figure of: no records, only nulls, one value for stddev */
    AY_FIGURE_SPECIAL, /* NaN or infinity among the values */
    AY_FIGURE_RATIO,   /* num / (d1 * d2), its square root when is_squared */
    AY_FIGURE_CELL
} ay_figure_form;

typedef struct ay_figure_value {
    ay_figure_form form;
    ay_huge num; /* at 38 fraction digits, 76 when is_squared */
    uint64_t d1, d2;
    bool is_squared;
    ay_cell cell;
} ay_figure_value;

ay_figure_value ay_figure_value_of(ay_figure_kind kind, const ay_figure *figure);
/* The value as num / den, num at 38 fraction digits; false: it is not one finite number, or it is a root. */
bool ay_figure_fraction(const ay_figure_value *value, ay_huge *ret_num, uint64_t *ret_den);
/* Order of the value (RATIO, CELL) and a bound: a decimal, or a cell of the field's type. Nothing is divided. */
int ay_figure_cmp(const ay_figure_value *value, const ay_cell *bound);
void ay_figure_text(const ay_figure_value *value, const ay_zone *zone, ay_buf *out);
/* In millionths, toward zero; false: does not fit or is not a number. */
bool ay_figure_millionths(const ay_figure_value *value, int64_t *ret);
/* The rank of a quantile among n > 0 ordered values, from 1: ceil(q * n), at least 1 (nearest rank). */
uint64_t ay_figure_rank(ay_dec q, uint64_t n);

#endif
