/* From a scalar of a pack to an expression: parse, then give every term that computes a slot for its column. */
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/kernel.h"

typedef struct placing {
    uint8_t size[AY_EXPR_SLOTS];
    uint32_t n_slots;
    bool *used; /* fields */
    const ay_regex **regex;
} placing;

static bool has_slot(const ay_term *term)
{
    switch (term->op) {
    case AY_OP_CONST:
    case AY_OP_TODAY:
    case AY_OP_NOW: return false;
    case AY_OP_FIELD: return term->type == AY_BOOL; /* its truth as bits */
    default: return true;
    }
}

/* How many of the arguments are needed at the same time: their columns must not share a slot. */
static uint32_t held(const ay_term *term)
{
    switch (term->op) {
    case AY_OP_CALL:
    case AY_OP_DISTINCT: return term->n;
    case AY_OP_IN:
    case AY_OP_BETWEEN: return 1;
    default: return 0;
    }
}

/* Depth is bounded by AY_EXPR_DEPTH, and a term takes at most four slots a level: its own and three arguments. */
static void place(placing *p, ay_term *term, uint32_t slot)
{
    term->slot = (uint16_t)slot;
    if (term->op == AY_OP_FIELD) p->used[term->index] = true;
    if (term->regex) p->regex[term->index] = term->regex;
    if (has_slot(term)) {
        const size_t size = term->type == AY_BOOL ? 0 : ay_storage_size(ay_type_storage(term->type));
        if (size > p->size[slot]) p->size[slot] = (uint8_t)size;
        if (slot >= p->n_slots) p->n_slots = slot + 1;
        slot++;
    }
    for (uint32_t i = 0; i < term->n; i++) {
        place(p, term->args[i], slot);
        if (i < held(term) && has_slot(term->args[i])) slot++;
    }
}

static bool finish(ay_compiler *cx, ay_expr *expr, ay_term *root)
{
    placing p = {.n_slots = 1};
    p.used = AY_ARENA_ARRAY(cx->arena, cx->n_fields + 1, bool);
    p.regex = AY_ARENA_ARRAY(cx->arena, cx->n_regex + 1, const ay_regex *);
    uint32_t *fields = AY_ARENA_ARRAY(cx->arena, cx->n_fields + 1, uint32_t);
    uint8_t *sizes = AY_ARENA_ARRAY(cx->arena, AY_EXPR_SLOTS, uint8_t);
    if (!p.used || !p.regex || !fields || !sizes) return false;
    place(&p, root, 0);
    memcpy(sizes, p.size, sizeof p.size);
    uint32_t n = 0;
    for (uint32_t i = 0; i < cx->n_fields; i++)
        if (p.used[i]) fields[n++] = i;
    *expr = (ay_expr){.root = root,
                      .fields = fields,
                      .n_fields = n,
                      .n_slots = p.n_slots,
                      .slot_size = sizes,
                      .regex = p.regex,
                      .n_regex = cx->n_regex};
    return true;
}

static bool acceptable(ay_compiler *cx)
{
    const size_t valid = ay_utf8_valid(cx->source);
    if (cx->node->kind != AY_NODE_SCALAR)
        ay_fault(cx, "expression-syntax", 0, "an expression is text, not a %s", "表达式应为文本，而不是 %s",
                 ay_node_kind_name(cx->node->kind));
    else if (cx->source.len > AY_EXPR_BYTES)
        ay_fault(cx, "expression-limit", 0, "expression of more than %d bytes", "表达式超过 %d 字节", AY_EXPR_BYTES);
    else if (valid < cx->source.len)
        ay_fault(cx, "expression-syntax", 0, "not UTF-8 at byte %zu", "第 %zu 字节不是 UTF-8", valid);
    return !cx->faulty;
}

static ay_term *parse_boolean(ay_compiler *cx)
{
    ay_term *root = ay_parse(cx);
    if (!root || cx->faulty) return NULL;
    if (root->untyped && root->is_null) return ay_cast(cx, root, AY_BOOL, false);
    if (root->type == AY_BOOL) return root;
    ay_fault(cx, "expression-type", root->offset, "the expression is of type %s, it should be true or false",
             "表达式的类型是 %s，应为真或假", ay_type_name(root->type));
    return NULL;
}

const ay_expr *ay_expr_compile(ay_arena *arena, const ay_node *text, const ay_field *fields, uint32_t n_fields,
                               const ay_zone *zone, assay_diags *diags)
{
    ay_compiler cx = {.arena = arena,
                      .node = text,
                      .source = text->text,
                      .fields = fields,
                      .n_fields = n_fields,
                      .zone = zone,
                      .diags = diags};
    ay_term *root = acceptable(&cx) ? parse_boolean(&cx) : NULL;
    ay_expr *expr = root ? AY_ARENA_NEW(arena, ay_expr) : NULL;
    if (expr && finish(&cx, expr, root)) return expr;
    if (root) ay_fault_memory(&cx);
    return NULL;
}

uint32_t ay_expr_fields(const ay_expr *expr, const uint32_t **ret_fields)
{
    *ret_fields = expr->fields;
    return expr->n_fields;
}
