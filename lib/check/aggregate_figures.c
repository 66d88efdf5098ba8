#include "check/aggregate_figures.h"

#include "base/mem.h"

#define SHOWN_DIGITS 12 /* of a mean or deviation, behind the point */

static bool is_number(ay_type type)
{
    return type == AY_INT || type == AY_DEC;
}

static ay_dec to_dec(const ay_cell *cell)
{
    return cell->type == AY_INT ? ay_dec_from_i64(cell->v.i64) : cell->v.dec;
}

static void add_number(ay_figure_kind kind, ay_figure *f, const ay_cell *cell)
{
    const ay_dec number = to_dec(cell);
    if (number.kind != AY_DEC_FINITE) {
        f->special++;
        return;
    }
    ay_huge value = ay_huge_from_dec(number);
    ay_huge_add(&f->sum, &value);
    if (kind != AY_FIGURE_STDDEV) return;
    const ay_huge same = value;
    ay_huge_mul(&value, &same);
    ay_huge_add(&f->squares, &value);
}

/* The text as it came does not outlive its batch. Of values that are equal (1.0 and 1.00, 0 and -0) any may come first:
 * all are shown alike. */
void ay_figure_choose(ay_figure *f, const ay_cell *cell)
{
    f->chosen = *cell;
    f->chosen.raw = (ay_str){0};
    if (cell->type == AY_DEC) f->chosen.v.dec = ay_dec_canonical(cell->v.dec);
    if (cell->type == AY_FLOAT && cell->v.f64 == 0) f->chosen.v.f64 = 0;
    f->has_chosen = true;
}

static void add_extreme(ay_figure_kind kind, ay_figure *f, const ay_cell *cell)
{
    const int order = f->has_chosen ? ay_cell_cmp(cell, &f->chosen) : 0;
    const bool is_better = kind == AY_FIGURE_MIN ? order < 0 : order > 0;
    if (!f->has_chosen || is_better) ay_figure_choose(f, cell);
}

void ay_figure_add(ay_figure_kind kind, ay_figure *f, const ay_cell *cell)
{
    f->records++;
    if (!cell) return;
    if (cell->is_null) {
        f->nulls++;
        return;
    }
    if (kind == AY_FIGURE_SUM || kind == AY_FIGURE_MEAN || kind == AY_FIGURE_STDDEV) add_number(kind, f, cell);
    else if (kind == AY_FIGURE_MIN || kind == AY_FIGURE_MAX) add_extreme(kind, f, cell);
}

void ay_figure_merge(ay_figure_kind kind, ay_figure *into, const ay_figure *from)
{
    into->records += from->records;
    into->nulls += from->nulls;
    into->special += from->special;
    ay_huge_add(&into->sum, &from->sum);
    ay_huge_add(&into->squares, &from->squares);
    if (from->has_chosen) add_extreme(kind, into, &from->chosen);
}

static ay_figure_value ratio_of(uint64_t n, uint64_t of)
{
    const ay_dec one = {.coef = 1};
    ay_huge num = ay_huge_from_dec(one);
    const ay_huge times = ay_huge_from_u64(n);
    ay_huge_mul(&num, &times);
    return (ay_figure_value){.form = AY_FIGURE_RATIO, .num = num, .d1 = of, .d2 = 1};
}

/* Sample variance: (n * sum of squares - square of the sum) / (n * (n - 1)). */
static ay_figure_value deviation(const ay_figure *f, uint64_t n)
{
    if (n < 2) return (ay_figure_value){.form = AY_FIGURE_NONE};
    ay_figure_value v = {.form = AY_FIGURE_RATIO, .num = f->squares, .d1 = n, .d2 = n - 1, .is_squared = true};
    const ay_huge times = ay_huge_from_u64(n);
    ay_huge square = f->sum;
    ay_huge_mul(&v.num, &times);
    ay_huge_mul(&square, &f->sum);
    ay_huge_sub(&v.num, &square);
    return v;
}

ay_figure_value ay_figure_value_of(ay_figure_kind kind, const ay_figure *f)
{
    const ay_figure_value none = {.form = AY_FIGURE_NONE};
    const uint64_t n = f->records - f->nulls;
    if (kind == AY_FIGURE_COUNT) return ratio_of(n, 1);
    if (kind == AY_FIGURE_DISTINCT) return f->records ? ratio_of(f->distinct, 1) : none;
    if (kind == AY_FIGURE_SHARE_NULL) return f->records ? ratio_of(f->nulls, f->records) : none;
    if (n == 0) return none;
    if (f->special) return (ay_figure_value){.form = AY_FIGURE_SPECIAL};
    if (kind == AY_FIGURE_STDDEV) return deviation(f, n);
    if (kind == AY_FIGURE_SUM || kind == AY_FIGURE_MEAN)
        return (ay_figure_value){.form = AY_FIGURE_RATIO, .num = f->sum, .d1 = kind == AY_FIGURE_MEAN ? n : 1, .d2 = 1};
    return (ay_figure_value){.form = AY_FIGURE_CELL, .cell = f->chosen};
}

bool ay_figure_fraction(const ay_figure_value *value, ay_huge *ret_num, uint64_t *ret_den)
{
    *ret_num = value->num;
    *ret_den = value->d1;
    if (value->form == AY_FIGURE_RATIO) return !value->is_squared;
    if (value->form != AY_FIGURE_CELL || !is_number(value->cell.type)) return false;
    if (to_dec(&value->cell).kind != AY_DEC_FINITE) return false;
    *ret_num = ay_huge_from_dec(to_dec(&value->cell));
    *ret_den = 1;
    return true;
}

int ay_figure_cmp(const ay_figure_value *value, const ay_cell *bound)
{
    if (value->form == AY_FIGURE_CELL)
        return is_number(bound->type) ? ay_dec_cmp(to_dec(&value->cell), to_dec(bound))
                                      : ay_cell_cmp(&value->cell, bound);
    ay_huge limit = ay_huge_from_dec(bound->v.dec);
    const ay_huge same = limit, d1 = ay_huge_from_u64(value->d1), d2 = ay_huge_from_u64(value->d2);
    if (value->is_squared) {
        if (ay_huge_is_negative(&limit)) return 1; /* a root is never below 0 */
        ay_huge_mul(&limit, &same);
    }
    ay_huge_mul(&limit, &d1);
    ay_huge_mul(&limit, &d2);
    return ay_huge_cmp(&value->num, &limit);
}

/* At 38 fraction digits, toward zero. */
static ay_huge quotient(const ay_figure_value *value)
{
    if (value->form == AY_FIGURE_CELL) return ay_huge_from_dec(to_dec(&value->cell));
    ay_huge q = value->num;
    ay_huge_div(&q, value->d1);
    ay_huge_div(&q, value->d2);
    if (value->is_squared) ay_huge_sqrt(&q);
    return q;
}

void ay_figure_text(const ay_figure_value *value, const ay_zone *zone, ay_buf *out)
{
    if (value->form == AY_FIGURE_CELL && value->cell.type == AY_TIMESTAMPTZ) {
        ay_timestamptz_text(value->cell.v.i64, zone, out);
    } else if (value->form == AY_FIGURE_CELL) {
        ay_cell_text(&value->cell, out);
    } else {
        const bool is_exact = value->d1 == 1 && !value->is_squared;
        const ay_huge q = quotient(value);
        ay_huge_text(&q, is_exact ? AY_HUGE_SCALE : SHOWN_DIGITS, out);
    }
}

bool ay_figure_millionths(const ay_figure_value *value, int64_t *ret)
{
    if (value->form == AY_FIGURE_NONE || value->form == AY_FIGURE_SPECIAL) return false;
    if (value->form == AY_FIGURE_CELL && (!is_number(value->cell.type) || to_dec(&value->cell).kind != AY_DEC_FINITE))
        return false;
    const ay_huge q = quotient(value);
    return ay_huge_millionths(&q, ret);
}

uint64_t ay_figure_rank(ay_dec q, uint64_t n)
{
    __extension__ typedef unsigned __int128 u128;
    u128 scale = 1;
    for (unsigned i = 0; i < q.scale; i++) scale *= 10;
    const u128 rank = ((u128)q.coef * n + scale - 1) / scale;
    return rank ? (uint64_t)rank : 1;
}
