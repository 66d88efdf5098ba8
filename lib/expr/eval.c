/* Evaluating a tree over the columns of a batch. Every term gets the records it has to answer for (`active`) and yields
 * a column; and, or, case, coalesce, in and between hand down only the records that are still open. */
#include "base/mem.h"
#include "expr/kernel.h"

struct ay_eval {
    const ay_expr *expr;
    size_t cap, rows;
    bool single; /* inside a term that is the same for all records: one is computed */
    const ay_batch *batch;
    const ay_context *context;
    ay_slot *slots;
    uint64_t *zeros, *ones;
    ay_regex_match **matches;
    ay_arena fixed, heap; /* heap: texts of this batch */
    ay_buf text;
};

typedef bool (*compute)(ay_eval *e, const ay_term *term, const uint64_t *active,
                        ay_slot *out); /* false: out of memory */

static bool eval_term(ay_eval *e, const ay_term *term, const uint64_t *active, ay_vec *ret);

#define EACH_WORD(w, e) for (size_t w = 0; w < AY_BITS_WORDS((e)->rows); w++)

static void constant_vec(const ay_eval *e, const ay_term *term, ay_vec *ret)
{
    ret->mask = 0;
    ret->null = term->is_null ? e->ones : e->zeros;
    ret->bad = e->zeros;
    ret->truth = term->type == AY_BOOL && !term->is_null && term->value.i64 ? e->ones : e->zeros;
    ret->v.any = &term->value;
    if (term->op == AY_OP_TODAY) ret->v.i64 = &e->context->today;
    if (term->op == AY_OP_NOW) ret->v.i64 = term->type == AY_TIMESTAMP ? &e->context->now_local : &e->context->as_of_us;
}

static void field_vec(ay_eval *e, const ay_term *term, const uint64_t *active, ay_vec *ret)
{
    const ay_col *col = &e->batch->cols[term->index];
    *ret = (ay_vec){.type = col->type, .mask = SIZE_MAX, .null = col->null, .bad = col->bad, .v.any = col->v.any};
    if (col->type != AY_BOOL) return;
    uint64_t *truth = e->slots[term->slot].truth;
    EACH_WORD (w, e) truth[w] = 0;
    AY_BITS_EACH (i, active, e->rows) truth[i >> 6] |= (uint64_t)(col->v.i64[i] != 0) << (i & 63);
    ret->truth = truth;
}

static void slot_clear(const ay_eval *e, ay_slot *slot)
{
    EACH_WORD (w, e) slot->null[w] = slot->bad[w] = slot->truth[w] = 0;
}

static bool has_bits(const ay_eval *e, const uint64_t *bits)
{
    EACH_WORD (w, e)
        if (bits[w]) return true;
    return false;
}

static bool compute_call(ay_eval *e, const ay_term *term, const uint64_t *active, ay_slot *out)
{
    ay_vec args[3];
    for (uint32_t i = 0; i < term->n; i++)
        if (!eval_term(e, term->args[i], active, &args[i])) return false;
    EACH_WORD (w, e) {
        uint64_t null = 0, bad = 0;
        for (uint32_t i = 0; i < term->n; i++) {
            null |= args[i].null[w];
            bad |= args[i].bad[w];
        }
        out->bad[w] = active[w] & bad;
        out->null[w] = active[w] & null & ~bad;
        out->work[w] = active[w] & ~(null | bad);
        out->truth[w] = 0;
    }
    const ay_call call = {.term = term,
                          .arg = args,
                          .out = out,
                          .live = out->work,
                          .rows = e->rows,
                          .context = e->context,
                          .heap = &e->heap,
                          .text = &e->text,
                          .match = term->regex ? e->matches[term->index] : NULL};
    return term->kernel(&call);
}

/* `and` is decided by a false, `or` by a true; what is not decided is unreadable, else unknown, else the other. */
static bool compute_logic(ay_eval *e, const ay_term *term, const uint64_t *active, ay_slot *out)
{
    const bool is_or = term->op == AY_OP_OR;
    uint64_t *open = out->work, *decided = out->more;
    slot_clear(e, out);
    EACH_WORD (w, e) {
        open[w] = active[w];
        decided[w] = 0;
    }
    for (uint32_t i = 0; i < term->n && has_bits(e, open); i++) {
        ay_vec arg;
        if (!eval_term(e, term->args[i], open, &arg)) return false;
        EACH_WORD (w, e) {
            const uint64_t known = open[w] & ~(arg.null[w] | arg.bad[w]),
                           now = known & (is_or ? arg.truth[w] : ~arg.truth[w]);
            out->null[w] |= open[w] & arg.null[w];
            out->bad[w] |= open[w] & arg.bad[w];
            decided[w] |= now;
            open[w] &= ~now;
        }
    }
    EACH_WORD (w, e) {
        out->bad[w] &= ~decided[w];
        out->null[w] &= ~(decided[w] | out->bad[w]);
        out->truth[w] = is_or ? decided[w] : active[w] & ~(decided[w] | out->bad[w] | out->null[w]);
    }
    return true;
}

static bool compute_not(ay_eval *e, const ay_term *term, const uint64_t *active, ay_slot *out)
{
    ay_vec arg;
    if (!eval_term(e, term->args[0], active, &arg)) return false;
    EACH_WORD (w, e) {
        out->null[w] = active[w] & arg.null[w];
        out->bad[w] = active[w] & arg.bad[w];
        out->truth[w] = active[w] & ~(arg.null[w] | arg.bad[w] | arg.truth[w]);
    }
    return true;
}

static uint64_t is_word(const ay_term *term, const ay_vec *arg, size_t w)
{
    switch (term->op) {
    case AY_OP_IS_TRUE: return ~arg->null[w] & arg->truth[w];
    case AY_OP_IS_FALSE: return ~arg->null[w] & ~arg->truth[w];
    default: return arg->null[w];
    }
}

static bool compute_is(ay_eval *e, const ay_term *term, const uint64_t *active, ay_slot *out)
{
    ay_vec arg;
    if (!eval_term(e, term->args[0], active, &arg)) return false;
    EACH_WORD (w, e) {
        out->null[w] = 0;
        out->bad[w] = active[w] & arg.bad[w];
        out->truth[w] = active[w] & ~arg.bad[w] & is_word(term, &arg, w);
    }
    return true;
}

static bool compute_distinct(ay_eval *e, const ay_term *term, const uint64_t *active, ay_slot *out)
{
    ay_vec a, b;
    if (!eval_term(e, term->args[0], active, &a) || !eval_term(e, term->args[1], active, &b)) return false;
    EACH_WORD (w, e) {
        out->null[w] = 0;
        out->bad[w] = active[w] & (a.bad[w] | b.bad[w]);
        out->truth[w] = active[w] & ~out->bad[w] & (a.null[w] ^ b.null[w]);
        out->work[w] = active[w] & ~(out->bad[w] | a.null[w] | b.null[w]);
    }
    ay_compare(&a, &b, term->want, out->work, e->rows, out->truth);
    return true;
}

static void find_in_set(const ay_eval *e, const ay_term *term, const ay_vec *value, const uint64_t *open, ay_slot *out)
{
    EACH_WORD (w, e) out->more[w] = open[w] & ~value->null[w];
    AY_BITS_EACH (i, out->more, e->rows)
        if (ay_set_find(term->set, AY_AT(*value, str, i)) != UINT32_MAX) ay_bit_set(out->truth, i);
}

static bool find_in_list(ay_eval *e, const ay_term *term, const ay_vec *value, uint64_t *open, ay_slot *out)
{
    for (uint32_t i = 1; i < term->n && has_bits(e, open); i++) {
        ay_vec item;
        if (!eval_term(e, term->args[i], open, &item)) return false;
        EACH_WORD (w, e) {
            out->bad[w] |= open[w] & item.bad[w];
            out->null[w] |= open[w] & item.null[w];
            out->more[w] = open[w] & ~(value->null[w] | item.null[w] | item.bad[w]);
        }
        ay_compare(value, &item, AY_EQ, out->more, e->rows, out->truth);
        EACH_WORD (w, e) open[w] &= ~out->truth[w];
    }
    return true;
}

/* Like `or` over the comparisons with each item. */
static bool compute_in(ay_eval *e, const ay_term *term, const uint64_t *active, ay_slot *out)
{
    ay_vec value;
    if (!eval_term(e, term->args[0], active, &value)) return false;
    slot_clear(e, out);
    EACH_WORD (w, e) out->work[w] = active[w] & ~value.bad[w];
    if (term->set) find_in_set(e, term, &value, out->work, out);
    else if (!find_in_list(e, term, &value, out->work, out)) return false;
    EACH_WORD (w, e) {
        out->bad[w] = active[w] & (value.bad[w] | (out->bad[w] & ~out->truth[w]));
        out->null[w] = active[w] & (out->null[w] | value.null[w]) & ~(out->truth[w] | out->bad[w]);
    }
    return true;
}

/* value >= low and value <= high, the value computed once. out->truth serves as scratch until the end. */
static bool compute_between(ay_eval *e, const ay_term *term, const uint64_t *active, ay_slot *out)
{
    static const uint8_t wants[] = {AY_GT | AY_EQ, AY_LT | AY_EQ};
    ay_vec value;
    if (!eval_term(e, term->args[0], active, &value)) return false;
    slot_clear(e, out);
    EACH_WORD (w, e) out->work[w] = active[w] & ~value.bad[w];
    for (uint32_t i = 0; i < 2; i++) {
        ay_vec bound;
        if (!eval_term(e, term->args[i + 1], out->work, &bound)) return false;
        EACH_WORD (w, e) {
            out->truth[w] = 0;
            out->bad[w] |= out->work[w] & bound.bad[w];
            out->null[w] |= out->work[w] & (value.null[w] | bound.null[w]);
            out->more[w] = out->work[w] & ~(value.null[w] | bound.null[w] | bound.bad[w]);
        }
        ay_compare(&value, &bound, wants[i], out->more, e->rows, out->truth);
        EACH_WORD (w, e) out->work[w] &= ~(out->more[w] & ~out->truth[w]); /* those below or above are decided */
    }
    EACH_WORD (w, e) {
        out->bad[w] = active[w] & (value.bad[w] | (out->bad[w] & out->work[w]));
        out->null[w] &= out->work[w] & ~out->bad[w];
        out->truth[w] = out->work[w] & ~(out->bad[w] | out->null[w]);
    }
    return true;
}

/* The chosen records of a column into the result. */
static void copy_rows(const ay_eval *e, const ay_vec *from, const uint64_t *chosen, ay_slot *out)
{
    EACH_WORD (w, e) {
        out->null[w] |= chosen[w] & from->null[w];
        out->bad[w] |= chosen[w] & from->bad[w];
        if (from->type == AY_BOOL) out->truth[w] |= chosen[w] & from->truth[w] & ~(from->null[w] | from->bad[w]);
    }
    if (from->type == AY_BOOL) return;
    const size_t size = ay_storage_size(ay_type_storage(from->type));
    AY_BITS_EACH (i, chosen, e->rows)
        memcpy((char *)out->v.any + i * size, (const char *)from->v.any + (i & from->mask) * size, size);
}

/* A condition that is unreadable makes the result so; unknown counts as not met. */
static bool compute_case(ay_eval *e, const ay_term *term, const uint64_t *active, ay_slot *out)
{
    uint64_t *open = out->work, *chosen = out->more;
    ay_vec arg;
    slot_clear(e, out);
    EACH_WORD (w, e) open[w] = active[w];
    for (uint32_t i = 0; i + 1 < term->n && has_bits(e, open); i += 2) {
        if (!eval_term(e, term->args[i], open, &arg)) return false;
        EACH_WORD (w, e) {
            out->bad[w] |= open[w] & arg.bad[w];
            chosen[w] = open[w] & arg.truth[w] & ~(arg.null[w] | arg.bad[w]);
            open[w] &= ~(chosen[w] | arg.bad[w]);
        }
        if (!has_bits(e, chosen)) continue;
        if (!eval_term(e, term->args[i + 1], chosen, &arg)) return false;
        copy_rows(e, &arg, chosen, out);
    }
    if (!has_bits(e, open)) return true;
    if (!eval_term(e, term->args[term->n - 1], open, &arg)) return false;
    copy_rows(e, &arg, open, out);
    return true;
}

static bool compute_coalesce(ay_eval *e, const ay_term *term, const uint64_t *active, ay_slot *out)
{
    uint64_t *open = out->work, *chosen = out->more;
    slot_clear(e, out);
    EACH_WORD (w, e) open[w] = active[w];
    for (uint32_t i = 0; i < term->n && has_bits(e, open); i++) {
        ay_vec arg;
        if (!eval_term(e, term->args[i], open, &arg)) return false;
        EACH_WORD (w, e) {
            chosen[w] = open[w] & ~arg.null[w];
            open[w] &= arg.null[w];
        }
        copy_rows(e, &arg, chosen, out);
    }
    EACH_WORD (w, e) out->null[w] = open[w];
    return true;
}

static const compute computes[AY_OP_COUNT] = {[AY_OP_CALL] = compute_call,         [AY_OP_AND] = compute_logic,
                                              [AY_OP_OR] = compute_logic,          [AY_OP_NOT] = compute_not,
                                              [AY_OP_IS_NULL] = compute_is,        [AY_OP_IS_TRUE] = compute_is,
                                              [AY_OP_IS_FALSE] = compute_is,       [AY_OP_IS_UNKNOWN] = compute_is,
                                              [AY_OP_DISTINCT] = compute_distinct, [AY_OP_IN] = compute_in,
                                              [AY_OP_BETWEEN] = compute_between,   [AY_OP_CASE] = compute_case,
                                              [AY_OP_COALESCE] = compute_coalesce};

/* One record stands for all. */
static bool compute_constant(ay_eval *e, const ay_term *term, ay_slot *out, ay_vec *ret)
{
    const uint64_t first = 1;
    const size_t rows = e->rows;
    e->rows = 1;
    e->single = true;
    const bool ok = computes[term->op](e, term, &first, out);
    e->rows = rows;
    e->single = false;
    *ret = (ay_vec){.type = term->type, .mask = 0, .v.any = out->v.any};
    ret->null = out->null[0] & 1 ? e->ones : e->zeros;
    ret->bad = out->bad[0] & 1 ? e->ones : e->zeros;
    ret->truth = out->truth[0] & 1 ? e->ones : e->zeros;
    return ok;
}

static bool eval_term(ay_eval *e, const ay_term *term, const uint64_t *active, ay_vec *ret)
{
    ay_slot *slot = &e->slots[term->slot];
    ret->type = term->type;
    switch (term->op) {
    case AY_OP_CONST:
    case AY_OP_TODAY:
    case AY_OP_NOW: constant_vec(e, term, ret); return true;
    case AY_OP_FIELD: field_vec(e, term, active, ret); return true;
    default: break;
    }
    if (term->constant && !e->single) return compute_constant(e, term, slot, ret);
    if (!computes[term->op](e, term, active, slot)) return false;
    *ret = (ay_vec){.type = term->type,
                    .mask = SIZE_MAX,
                    .null = slot->null,
                    .bad = slot->bad,
                    .truth = slot->truth,
                    .v.any = slot->v.any};
    return true;
}

static bool open_slot(ay_eval *e, ay_slot *slot, size_t size)
{
    uint64_t **bitmaps[] = {&slot->null, &slot->bad, &slot->truth, &slot->work, &slot->more};
    for (size_t i = 0; i < AY_COUNT(bitmaps); i++)
        if (!(*bitmaps[i] = AY_ARENA_ARRAY(&e->fixed, AY_BITS_WORDS(e->cap), uint64_t))) return false;
    slot->v.any = ay_arena_alloc(&e->fixed, e->cap, size ? size : 1);
    return slot->v.any != NULL;
}

static bool open_parts(ay_eval *e, assay_err *err)
{
    const ay_expr *expr = e->expr;
    e->zeros = AY_ARENA_ARRAY(&e->fixed, AY_BITS_WORDS(e->cap), uint64_t);
    e->ones = AY_ARENA_ARRAY(&e->fixed, AY_BITS_WORDS(e->cap), uint64_t);
    e->slots = AY_ARENA_ARRAY(&e->fixed, expr->n_slots, ay_slot);
    e->matches = AY_ARENA_ARRAY(&e->fixed, expr->n_regex + 1, ay_regex_match *);
    if (!e->zeros || !e->ones || !e->slots || !e->matches) return false;
    memset(e->ones, 0xff, AY_BITS_WORDS(e->cap) * 8);
    for (uint32_t i = 0; i < expr->n_slots; i++)
        if (!open_slot(e, &e->slots[i], expr->slot_size[i])) return false;
    for (uint32_t i = 0; i < expr->n_regex; i++)
        if (ay_regex_match_open(expr->regex[i], &e->matches[i], err) != ASSAY_OK) return false;
    return true;
}

assay_status ay_eval_open(const ay_expr *expr, uint32_t cap, ay_eval **ret, assay_err *err)
{
    ay_eval *e = AY_NEW(ay_eval);
    AY_NOMEM_IF(!e, err);
    e->expr = expr;
    e->cap = cap ? cap : AY_BATCH_ROWS;
    if (!open_parts(e, err)) {
        ay_eval_close(e);
        return ay_fail_nomem(err);
    }
    *ret = e;
    return ASSAY_OK;
}

assay_status ay_eval_run(ay_eval *e, const ay_batch *batch, const ay_context *context, const uint64_t *active,
                         uint64_t *is_true, uint64_t *is_unknown, uint64_t *is_bad, assay_err *err)
{
    ay_vec root;
    e->rows = batch->rows;
    e->single = false;
    e->batch = batch;
    e->context = context;
    ay_arena_reset(&e->heap);
    AY_NOMEM_IF(!eval_term(e, e->expr->root, active, &root), err);
    EACH_WORD (w, e) {
        is_bad[w] = active[w] & root.bad[w];
        is_unknown[w] = active[w] & root.null[w] & ~root.bad[w];
        is_true[w] = active[w] & root.truth[w] & ~(root.null[w] | root.bad[w]);
    }
    return ASSAY_OK;
}

ay_eval *ay_eval_close(ay_eval *e)
{
    if (!e) return NULL;
    for (uint32_t i = 0; e->matches && i < e->expr->n_regex; i++) ay_regex_match_close(e->matches[i]);
    ay_arena_free(&e->heap);
    ay_arena_free(&e->fixed);
    ay_buf_free(&e->text);
    return ay_free(e);
}
