/* Types: making terms, promotion (as PostgreSQL's implicit casts), literals read as the type they meet. */
#include "base/mem.h"
#include "expr/kernel.h"

static bool all_constant(ay_terms args)
{
    for (uint32_t i = 0; i < args.n; i++)
        if (!args.items[i]->constant) return false;
    return args.n > 0;
}

ay_term *ay_term_new(ay_compiler *cx, ay_op op, ay_type type, uint32_t offset, ay_terms args)
{
    ay_term *term = AY_ARENA_NEW(cx->arena, ay_term);
    if (!term) {
        ay_fault_memory(cx);
        return NULL;
    }
    *term = (ay_term){.op = op, .type = type, .offset = offset, .n = args.n, .args = args.items};
    term->constant = all_constant(args);
    for (uint32_t i = 0; i < args.n; i++)
        if (args.items[i]->depth >= term->depth) term->depth = (uint16_t)(args.items[i]->depth + 1);
    if (term->depth <= AY_EXPR_DEPTH) return term;
    ay_fault(cx, "expression-limit", offset, "more than %d operators below each other", "运算层次超过 %d 层",
             AY_EXPR_DEPTH);
    return NULL;
}

ay_term *ay_term_fault(ay_compiler *cx, uint32_t offset)
{
    return ay_term_new(cx, AY_OP_FAULT, AY_BOOL, offset, (ay_terms){0});
}

ay_term *ay_term_const(ay_compiler *cx, ay_type type, ay_value value, uint32_t offset)
{
    ay_term *term = ay_term_new(cx, AY_OP_CONST, type, offset, (ay_terms){0});
    if (!term) return NULL;
    term->value = value;
    term->constant = true;
    return term;
}

ay_term *ay_term_call(ay_compiler *cx, ay_kernel kernel, ay_type type, uint32_t offset, ay_terms args)
{
    ay_term *term = ay_term_new(cx, AY_OP_CALL, type, offset, args);
    if (term) term->kernel = kernel;
    return term;
}

bool ay_terms_add(ay_compiler *cx, ay_terms *terms, ay_term *term)
{
    if (!term) return false;
    if (terms->n == terms->cap) {
        const uint32_t cap = terms->cap ? terms->cap * 2 : 2;
        ay_term **items = AY_ARENA_ARRAY(cx->arena, cap, ay_term *);
        if (!items) {
            ay_fault_memory(cx);
            return false;
        }
        if (terms->n) memcpy(items, terms->items, terms->n * sizeof *items);
        terms->items = items;
        terms->cap = cap;
    }
    terms->items[terms->n++] = term;
    return true;
}

ay_terms ay_terms_of(ay_compiler *cx, uint32_t n, ay_term *const *items)
{
    ay_terms terms = {0};
    for (uint32_t i = 0; i < n; i++)
        if (!ay_terms_add(cx, &terms, items[i])) return (ay_terms){0};
    return terms;
}

ay_term *ay_terms_fault(ay_terms terms)
{
    for (uint32_t i = 0; i < terms.n; i++)
        if (terms.items[i]->op == AY_OP_FAULT) return terms.items[i];
    return NULL;
}

/* A timestamp may also be written as a date: its midnight. */
static bool read_midnight(ay_str text, const ay_zone *zone, ay_cell *cell)
{
    int64_t days, us;
    if (ay_date_parse(text, &days) != AY_TIME_OK || !ay_date_midnight(days, &us)) return false;
    cell->v.i64 = cell->type == AY_TIMESTAMPTZ ? ay_local_to_utc(zone, us) : us;
    return true;
}

bool ay_literal_read(ay_str text, ay_type type, const ay_zone *zone, ay_arena *arena, ay_cell *ret, const char *why[2],
                     assay_status *ret_status)
{
    *ret = (ay_cell){.type = type};
    *ret_status = ASSAY_OK;
    if ((type == AY_TIMESTAMP || type == AY_TIMESTAMPTZ) && read_midnight(text, zone, ret)) return true;
    return ay_cell_read(text, type, zone, arena, ret, &why[0], &why[1], ret_status);
}

static ay_value cell_value(const ay_cell *cell)
{
    switch (ay_type_storage(cell->type)) {
    case AY_STORE_I64: return (ay_value){.i64 = cell->v.i64};
    case AY_STORE_F64: return (ay_value){.f64 = cell->v.f64};
    case AY_STORE_DEC: return (ay_value){.dec = cell->v.dec};
    case AY_STORE_STR: return (ay_value){.str = cell->v.str};
    case AY_STORE_IV: return (ay_value){.iv = cell->v.iv};
    case AY_STORE_TTZ: return (ay_value){.ttz = cell->v.ttz};
    }
    return (ay_value){0};
}

/* A literal in quotes, or null, as the type that it meets. */
static ay_term *cast_untyped(ay_compiler *cx, const ay_term *term, ay_type type)
{
    ay_term *cast = ay_term_const(cx, type, (ay_value){0}, term->offset);
    if (!cast) return NULL;
    cast->is_null = term->is_null;
    if (term->is_null) return cast;
    ay_cell cell;
    const char *why[2] = {"", ""};
    assay_status status;
    if (ay_literal_read(term->value.str, type, cx->zone, cx->arena, &cell, why, &status)) {
        cast->value = cell_value(&cell);
        return cast;
    }
    if (status == ASSAY_ENOMEM) {
        ay_fault_memory(cx);
        return NULL;
    }
    ay_fault(cx, "bad-literal", term->offset, "'" AY_STR_FMT "' cannot be read as %s: %s%.0s",
             "“" AY_STR_FMT "”不能读作 %s：%.0s%s", AY_STR_ARG(term->value.str), ay_type_name(type), why[0], why[1]);
    return ay_term_fault(cx, term->offset);
}

static const struct {
    ay_type from, to;
    ay_kernel kernel;
} casts[] = {
    {AY_INT, AY_DEC, ay_k_int_dec},
    {AY_INT, AY_FLOAT, ay_k_int_float},
    {AY_DEC, AY_FLOAT, ay_k_dec_float},
    {AY_DATE, AY_TIMESTAMP, ay_k_date_ts},
    {AY_TIMESTAMP, AY_TIMESTAMPTZ, ay_k_ts_tstz},
};

/* `now`, with or without intervals added, as a local time. */
static void settle(ay_term *term)
{
    for (; term->flexible; term = term->args[0]) {
        term->flexible = false;
        term->type = AY_TIMESTAMP;
        if (term->kernel == ay_k_tstz_add) term->kernel = ay_k_ts_add;
        if (term->kernel == ay_k_tstz_sub) term->kernel = ay_k_ts_sub;
        if (term->op == AY_OP_NOW) return;
    }
}

static ay_term *cast_once(ay_compiler *cx, ay_term *term, ay_type type, bool lenient)
{
    for (size_t i = 0; i < AY_COUNT(casts); i++) {
        if (casts[i].from != term->type || casts[i].to != type) continue;
        const ay_terms args = ay_terms_of(cx, 1, &term);
        ay_term *cast = args.n ? ay_term_call(cx, casts[i].kernel, type, term->offset, args) : NULL;
        if (cast) cast->lenient = lenient;
        return cast;
    }
    return ay_term_fault(cx, term->offset);
}

ay_term *ay_cast(ay_compiler *cx, ay_term *term, ay_type type, bool lenient)
{
    if (term->op == AY_OP_FAULT) return term;
    if (term->untyped) return cast_untyped(cx, term, type);
    if (term->type == type) return term;
    if (term->flexible && type == AY_TIMESTAMP) {
        settle(term);
        return term;
    }
    if (term->type == AY_DATE && type == AY_TIMESTAMPTZ) term = cast_once(cx, term, AY_TIMESTAMP, lenient);
    return term ? cast_once(cx, term, type, lenient) : NULL;
}

/* The position of a type in a family whose members are promoted to the later ones; -1: in none. */
static int rank(ay_type type, const ay_type family[3])
{
    for (int i = 0; i < 3; i++)
        if (family[i] == type) return i;
    return -1;
}

/* Steps count twice, so that `now` as a local time (1) comes behind what it is (0) and before a real cast (2). */
int ay_promotion(const ay_term *term, ay_type type)
{
    static const ay_type families[][3] = {{AY_INT, AY_DEC, AY_FLOAT}, {AY_DATE, AY_TIMESTAMP, AY_TIMESTAMPTZ}};
    if (term->untyped || term->type == type) return 0;
    if (term->flexible && type == AY_TIMESTAMP) return 1;
    for (size_t i = 0; i < AY_COUNT(families); i++) {
        const int from = rank(term->type, families[i]), to = rank(type, families[i]);
        if (from >= 0 && to > from) return 2 * (to - from);
    }
    return -1;
}

/* The wider of the two types, or false. `now` yields to dates and local times. */
static bool widen(const ay_term *term, ay_type *type, bool *flexible)
{
    const ay_term sofar = {.type = *type, .flexible = *flexible};
    const bool local = *flexible && (term->type == AY_DATE || term->type == AY_TIMESTAMP);
    if (term->flexible && (*type == AY_DATE || *type == AY_TIMESTAMP)) {
        *type = AY_TIMESTAMP;
        return true;
    }
    if (local) *type = AY_TIMESTAMP;
    else if (ay_promotion(&sofar, term->type) >= 0) *type = term->type;
    else if (ay_promotion(term, *type) < 0) return false;
    *flexible = *flexible && term->flexible;
    return true;
}

bool ay_common_type(ay_terms terms, uint32_t step, ay_type *ret, uint32_t *ret_odd)
{
    bool any = false, flexible = false;
    ay_type type = AY_TEXT;
    for (uint32_t i = 0; i < terms.n; i += step) {
        const ay_term *term = terms.items[i];
        if (term->untyped) continue;
        if (!any) {
            any = true;
            type = term->type;
            flexible = term->flexible;
        } else if (!widen(term, &type, &flexible)) {
            *ret = type;
            *ret_odd = i;
            return false;
        }
    }
    *ret = type;
    return true;
}
