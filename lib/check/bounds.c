/* min, max, exclusive_min, exclusive_max: one kernel, told apart by which comparisons with the bound are allowed. NaN
 * is neither at least nor at most anything: it fails all four. */
#include "check/kinds.h"
#include "check/param.h"

enum { BELOW = 1, EQUAL = 2, ABOVE = 4 };

typedef struct bound {
    const ay_constant *constant;
    ay_type type;
    uint32_t allowed; /* how the value may compare with the bound */
} bound;

static uint32_t allowed_by(const ay_kind *kind)
{
    if (kind == &ay_kind_min) return EQUAL | ABOVE;
    if (kind == &ay_kind_max) return EQUAL | BELOW;
    return kind == &ay_kind_exclusive_min ? ABOVE : BELOW;
}

static bool is_nan(const ay_cell *cell)
{
    return (cell->type == AY_FLOAT && cell->v.f64 != cell->v.f64) ||
           (cell->type == AY_DEC && cell->v.dec.kind == AY_DEC_NAN);
}

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    bound *args = AY_ARENA_NEW(build->arena, bound);
    if (!args || !ay_param_own_field(build, arg, rule) || !ay_param_scalar(build, arg)) return false;
    rule->args = args;
    args->type = build->fields[rule->field].type;
    args->allowed = allowed_by(rule->kind);
    args->constant = ay_constant_compile(build->arena, arg, args->type, build->zone, build->diags);
    if (!args->constant) return false;
    const ay_cell fixed = ay_constant_value(args->constant, &(ay_context){.zone = build->zone});
    if (!ay_constant_is_fixed(args->constant) || !is_nan(&fixed)) return true;
    ay_diag_error(build->diags, "contradiction", arg->pos, "no value is on any side of NaN",
                  "任何值都无法与 NaN 比较大小");
    return false;
}

static bool is_allowed(uint32_t allowed, int cmp)
{
    return allowed & (cmp < 0 ? BELOW : cmp > 0 ? ABOVE : EQUAL);
}

/* The bound as a closed range, so that the loop has no branch. */
static void eval_i64(uint32_t allowed, int64_t c, const int64_t *values, uint32_t rows, const uint64_t *active,
                     uint64_t *fail)
{
    const bool is_none = (allowed == ABOVE && c == INT64_MAX) || (allowed == BELOW && c == INT64_MIN);
    const int64_t lo = is_none ? 1 : !(allowed & ABOVE) ? INT64_MIN : allowed & EQUAL ? c : c + 1;
    const int64_t hi = is_none ? 0 : !(allowed & BELOW) ? INT64_MAX : allowed & EQUAL ? c : c - 1;
    for (uint32_t first = 0; first < rows; first += 64) {
        const uint32_t n = rows - first < 64 ? rows - first : 64;
        uint64_t outside = 0;
        for (uint32_t b = 0; b < n; b++)
            outside |= (uint64_t)((values[first + b] < lo) | (values[first + b] > hi)) << b;
        fail[first / 64] |= outside & active[first / 64];
    }
}

static void eval_f64(uint32_t allowed, double c, const double *values, uint32_t rows, const uint64_t *active,
                     uint64_t *fail)
{
    AY_BITS_EACH (i, active, rows) {
        const double v = values[i];
        if (v != v || !is_allowed(allowed, (v > c) - (v < c))) ay_bit_set(fail, i);
    }
}

static void eval_dec(uint32_t allowed, ay_dec c, const ay_dec *values, uint32_t rows, const uint64_t *active,
                     uint64_t *fail)
{
    AY_BITS_EACH (i, active, rows)
        if (values[i].kind == AY_DEC_NAN || !is_allowed(allowed, ay_dec_cmp(values[i], c))) ay_bit_set(fail, i);
}

static void eval_other(const bound *args, const ay_cell *c, const ay_col *col, uint32_t rows, const uint64_t *active,
                       uint64_t *fail)
{
    AY_BITS_EACH (i, active, rows) {
        const int cmp =
            args->type == AY_INTERVAL ? ay_interval_cmp(col->v.iv[i], c->v.iv) : ay_timetz_cmp(col->v.ttz[i], c->v.ttz);
        if (!is_allowed(args->allowed, cmp)) ay_bit_set(fail, i);
    }
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const bound *args = (const bound *)rule->args;
    const ay_col *col = &view->batch->cols[rule->fields[0]];
    const uint32_t rows = view->batch->rows;
    const ay_cell c = ay_constant_value(args->constant, view->context);
    if (c.is_bad) {
        for (size_t w = 0; w < AY_BITS_WORDS(rows); w++) marks.unreadable[w] |= active[w];
        return ASSAY_OK;
    }
    switch (ay_type_storage(args->type)) {
    case AY_STORE_I64: eval_i64(args->allowed, c.v.i64, col->v.i64, rows, active, marks.fail); break;
    case AY_STORE_F64: eval_f64(args->allowed, c.v.f64, col->v.f64, rows, active, marks.fail); break;
    case AY_STORE_DEC: eval_dec(args->allowed, c.v.dec, col->v.dec, rows, active, marks.fail); break;
    default: eval_other(args, &c, col, rows, active, marks.fail); break;
    }
    return ASSAY_OK;
}

static const char *should_be(uint32_t allowed, bool zh)
{
    switch (allowed) {
    case EQUAL | ABOVE: return zh ? "应不小于" : "should be at least";
    case EQUAL | BELOW: return zh ? "应不大于" : "should be at most";
    case ABOVE: return zh ? "应大于" : "should be more than";
    default: return zh ? "应小于" : "should be less than";
    }
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const bound *args = (const bound *)rule->args;
    if (facts->verdict == AY_UNREADABLE)
        ay_buf_text(out, zh ? "界限超出日期范围：" : "the bound lies outside the range of dates: ");
    else ay_buf_printf(out, "%s ", should_be(args->allowed, zh));
    ay_buf_str(out, rule->arg->text);
}

#define BOUND(word, en, zh)                                                                                            \
    const ay_kind ay_kind_##word = {                                                                                   \
        .name = #word,                                                                                                 \
        .over = AY_OVER_VALUE,                                                                                         \
        .summary = en,                                                                                                 \
        .summary_zh = zh,                                                                                              \
        .indicator = "0302",                                                                                           \
        .types = AY_TYPES_ORDERED,                                                                                     \
        .compile = compile,                                                                                            \
        .eval = eval,                                                                                                  \
        .reason = reason,                                                                                              \
    }

BOUND(min, "the value is at least the bound", "值不小于下限");
BOUND(max, "the value is at most the bound", "值不大于上限");
BOUND(exclusive_min, "the value is more than the bound", "值大于下限");
BOUND(exclusive_max, "the value is less than the bound", "值小于上限");
