/* Operators: which kernel for which types, and what cannot be. */
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/kernel.h"

static const struct arithmetic {
    const char *op;
    ay_type left, right, type;
    ay_kernel kernel;
} arithmetic[] = {
    {"+", AY_INT, AY_INT, AY_INT, ay_k_int_add},
    {"+", AY_DEC, AY_DEC, AY_DEC, ay_k_dec_add},
    {"+", AY_FLOAT, AY_FLOAT, AY_FLOAT, ay_k_float_add},
    {"+", AY_DATE, AY_INT, AY_DATE, ay_k_date_add},
    {"+", AY_DATE, AY_INTERVAL, AY_TIMESTAMP, ay_k_date_iv_add},
    {"+", AY_TIMESTAMP, AY_INTERVAL, AY_TIMESTAMP, ay_k_ts_add},
    {"+", AY_TIMESTAMPTZ, AY_INTERVAL, AY_TIMESTAMPTZ, ay_k_tstz_add},
    {"+", AY_INTERVAL, AY_INTERVAL, AY_INTERVAL, ay_k_iv_add},
    {"-", AY_INT, AY_INT, AY_INT, ay_k_int_sub},
    {"-", AY_DEC, AY_DEC, AY_DEC, ay_k_dec_sub},
    {"-", AY_FLOAT, AY_FLOAT, AY_FLOAT, ay_k_float_sub},
    {"-", AY_DATE, AY_DATE, AY_INT, ay_k_date_diff},
    {"-", AY_DATE, AY_INT, AY_DATE, ay_k_date_sub},
    {"-", AY_TIMESTAMP, AY_TIMESTAMP, AY_INTERVAL, ay_k_ts_diff},
    {"-", AY_TIMESTAMPTZ, AY_TIMESTAMPTZ, AY_INTERVAL, ay_k_ts_diff},
    {"-", AY_DATE, AY_INTERVAL, AY_TIMESTAMP, ay_k_date_iv_sub},
    {"-", AY_TIMESTAMP, AY_INTERVAL, AY_TIMESTAMP, ay_k_ts_sub},
    {"-", AY_TIMESTAMPTZ, AY_INTERVAL, AY_TIMESTAMPTZ, ay_k_tstz_sub},
    {"-", AY_INTERVAL, AY_INTERVAL, AY_INTERVAL, ay_k_iv_sub},
    {"*", AY_INT, AY_INT, AY_INT, ay_k_int_mul},
    {"*", AY_DEC, AY_DEC, AY_DEC, ay_k_dec_mul},
    {"*", AY_FLOAT, AY_FLOAT, AY_FLOAT, ay_k_float_mul},
    {"/", AY_INT, AY_INT, AY_INT, ay_k_int_div},
    {"/", AY_DEC, AY_DEC, AY_DEC, ay_k_dec_div},
    {"/", AY_FLOAT, AY_FLOAT, AY_FLOAT, ay_k_float_div},
    {"%", AY_INT, AY_INT, AY_INT, ay_k_int_mod},
    {"%", AY_DEC, AY_DEC, AY_DEC, ay_k_dec_mod},
    {"||", AY_TEXT, AY_TEXT, AY_TEXT, ay_k_concat},
};
static const struct {
    ay_type type;
    ay_kernel kernel;
} negatives[] = {
    {AY_INT, ay_k_int_neg}, {AY_DEC, ay_k_dec_neg}, {AY_FLOAT, ay_k_float_neg}, {AY_INTERVAL, ay_k_iv_neg}};

/* Every argument as this type. */
static bool cast_all(ay_compiler *cx, ay_terms args, uint32_t first, ay_type type, bool lenient)
{
    for (uint32_t i = first; i < args.n; i++)
        if (!(args.items[i] = ay_cast(cx, args.items[i], type, lenient))) return false;
    return true;
}

/* Arguments that must be this type: a fault where one cannot be. */
static bool require(ay_compiler *cx, ay_terms args, ay_type type, const char *op)
{
    for (uint32_t i = 0; i < args.n; i++) {
        ay_term *arg = args.items[i];
        if (arg->op == AY_OP_FAULT || arg->untyped || arg->type == type) continue;
        ay_fault(cx, "expression-type", arg->offset, "%s needs %s, this is %s", "%s 需要 %s，此处是 %s", op,
                 ay_type_name(type), ay_type_name(arg->type));
        args.items[i] = ay_term_fault(cx, arg->offset);
        if (!args.items[i]) return false;
    }
    return cast_all(cx, args, 0, type, false);
}

ay_term *ay_make_logic(ay_compiler *cx, ay_op op, ay_terms args)
{
    if (args.n == 1) return args.items[0];
    if (!require(cx, args, AY_BOOL, op == AY_OP_AND ? "and" : "or")) return NULL;
    ay_term *fault = ay_terms_fault(args);
    return fault ? fault : ay_term_new(cx, op, AY_BOOL, args.items[0]->offset, args);
}

ay_term *ay_make_not(ay_compiler *cx, ay_term *arg, uint32_t offset)
{
    const ay_terms args = ay_terms_of(cx, 1, &arg);
    if (!args.n || !require(cx, args, AY_BOOL, "not")) return NULL;
    ay_term *fault = ay_terms_fault(args);
    return fault ? fault : ay_term_new(cx, AY_OP_NOT, AY_BOOL, offset, args);
}

ay_term *ay_make_is(ay_compiler *cx, ay_op op, ay_term *arg, uint32_t offset)
{
    const ay_terms args = ay_terms_of(cx, 1, &arg);
    if (!args.n) return NULL;
    const ay_type type = op == AY_OP_IS_NULL ? arg->type : AY_BOOL;
    if (!(op == AY_OP_IS_NULL ? cast_all(cx, args, 0, type, false) : require(cx, args, type, "is"))) return NULL;
    ay_term *fault = ay_terms_fault(args);
    return fault ? fault : ay_term_new(cx, op, AY_BOOL, offset, args);
}

static bool comparable(ay_type type)
{
    return type != AY_JSON && type != AY_JSONB;
}

/* The operands as one type that has an order, or a faulty term among them. */
static bool align(ay_compiler *cx, ay_terms args, uint32_t offset)
{
    ay_type type;
    uint32_t odd = 0;
    const bool common = ay_common_type(args, 1, &type, &odd);
    if (common && comparable(type)) return cast_all(cx, args, 0, type, true);
    if (common)
        ay_fault(cx, "expression-type", offset, "values of type %s have no order and cannot be compared",
                 "类型 %s 的值不能比较", ay_type_name(type));
    else
        ay_fault(cx, "expression-type", offset, "%s cannot be compared with %s", "%s 不能与 %s 比较",
                 ay_type_name(type), ay_type_name(args.items[odd]->type));
    return (args.items[0] = ay_term_fault(cx, offset)) != NULL;
}

static void free_set(void *set)
{
    ay_set_free((ay_set *)set);
}

/* A long list of constant texts is looked up, not compared one by one. */
static bool index_items(ay_compiler *cx, ay_term *in)
{
    const uint32_t worthwhile = 8;
    for (uint32_t i = 1; i < in->n; i++)
        if (in->args[i]->op != AY_OP_CONST || in->args[i]->type != AY_TEXT || in->args[i]->is_null) return true;
    if (in->n < worthwhile) return true;
    ay_set *set = AY_ARENA_NEW(cx->arena, ay_set);
    bool ok = set && ay_arena_defer(cx->arena, free_set, set);
    for (uint32_t i = 1; ok && i < in->n; i++) ok = ay_set_add(set, in->args[i]->value.str, i, NULL);
    in->set = set;
    if (!ok) ay_fault_memory(cx);
    return ok;
}

ay_term *ay_make_compare(ay_compiler *cx, ay_op op, uint8_t want, ay_terms args, uint32_t offset)
{
    ay_term *fault = ay_terms_fault(args);
    if (fault) return fault;
    if (!align(cx, args, offset)) return NULL;
    if ((fault = ay_terms_fault(args))) return fault;
    ay_term *term = ay_term_new(cx, op, AY_BOOL, offset, args);
    if (!term) return NULL;
    term->want = want;
    if (op == AY_OP_CALL) term->kernel = ay_k_compare;
    return op != AY_OP_IN || index_items(cx, term) ? term : NULL;
}

static bool read_escape(ay_compiler *cx, const ay_term *escape, ay_str *ret)
{
    if (escape->op == AY_OP_CONST && !escape->is_null && ay_utf8_length(escape->value.str) <= 1) {
        *ret = escape->value.str;
        return true;
    }
    ay_fault(cx, "bad-pattern", escape->offset, "escape must be one character, or '' for none",
             "escape 必须是一个字符，或 '' 表示不用");
    return false;
}

/* A pattern that is known now must not end with the escape. */
static bool check_like(ay_compiler *cx, const ay_term *pattern, ay_str escape)
{
    if (pattern->op != AY_OP_CONST || pattern->is_null || !escape.len) return true;
    const ay_str p = pattern->value.str;
    size_t at = 0;
    while (at < p.len) {
        if (p.len - at < escape.len || memcmp(p.ptr + at, escape.ptr, escape.len)) {
            (void)ay_utf8_next(p, &at);
            continue;
        }
        at += escape.len;
        if (at < p.len) {
            (void)ay_utf8_next(p, &at);
            continue;
        }
        ay_fault(cx, "bad-pattern", pattern->offset, "the pattern ends with the escape character",
                 "模式以转义字符结尾");
        return false;
    }
    return true;
}

ay_term *ay_make_like(ay_compiler *cx, ay_terms args, uint32_t offset)
{
    if (!require(cx, args, AY_TEXT, "like")) return NULL;
    ay_term *fault = ay_terms_fault(args);
    if (fault) return fault;
    ay_str escape = AY_STR("\\");
    if (args.n == 3 && !read_escape(cx, args.items[2], &escape)) return ay_term_fault(cx, offset);
    if (!check_like(cx, args.items[1], escape)) return ay_term_fault(cx, offset);
    args.n = 2;
    ay_term *term = ay_term_call(cx, ay_k_like, AY_BOOL, offset, args);
    if (term) term->escape = escape;
    return term;
}

ay_term *ay_make_matches(ay_compiler *cx, ay_terms args, uint32_t offset)
{
    if (!require(cx, args, AY_TEXT, "matches")) return NULL;
    ay_term *fault = ay_terms_fault(args);
    if (fault) return fault;
    const ay_term *pattern = args.items[1];
    if (pattern->op != AY_OP_CONST || pattern->is_null) {
        ay_fault(cx, "bad-pattern", pattern->offset, "matches needs a pattern in quotes", "matches 需要加引号的模式");
        return ay_term_fault(cx, offset);
    }
    ay_regex *regex;
    size_t at = 0;
    char message[128];
    const assay_status status = ay_regex_compile(pattern->value.str, &regex, &at, message);
    if (status == ASSAY_EFORMAT) {
        ay_fault(cx, "bad-pattern", pattern->offset + 1 + at, "pattern: %s", "模式：%s", message);
        return ay_term_fault(cx, offset);
    }
    if (status != ASSAY_OK || !ay_arena_defer(cx->arena, ay_regex_free, regex)) {
        ay_fault_memory(cx);
        return NULL;
    }
    args.n = 1;
    ay_term *term = ay_term_call(cx, ay_k_matches, AY_BOOL, offset, args);
    if (!term) return NULL;
    term->regex = regex;
    term->index = cx->n_regex++;
    return term;
}

/* Steps of promotion for this row of the table, or -1. A bare literal is taken as the type of the other operand, as
 * PostgreSQL does; bare null also as whatever the row wants. */
static int row_cost(const struct arithmetic *row, const ay_term *left, const ay_term *right)
{
    if (left->untyped && !left->is_null && !right->untyped && row->left != right->type) return -1;
    if (right->untyped && !right->is_null && !left->untyped && row->right != left->type) return -1;
    const int l = ay_promotion(left, row->left), r = ay_promotion(right, row->right);
    return l < 0 || r < 0 ? -1 : l + r;
}

static const struct arithmetic *find_row(ay_str op, const ay_term *left, const ay_term *right)
{
    const struct arithmetic *best = NULL;
    int best_cost = 0;
    for (size_t i = 0; i < AY_COUNT(arithmetic); i++) {
        if (!ay_str_is(op, arithmetic[i].op)) continue;
        const int cost = row_cost(&arithmetic[i], left, right);
        if (cost < 0 || (best && cost >= best_cost)) continue;
        best = &arithmetic[i];
        best_cost = cost;
    }
    return best;
}

static ay_term *no_row(ay_compiler *cx, ay_str op, ay_terms args, uint32_t offset)
{
    const ay_term *left = args.items[0], *right = args.items[args.n - 1];
    if (left->untyped || right->untyped)
        ay_fault(cx, "expression-type", offset,
                 "the text beside " AY_STR_FMT " has no type here; write interval '…' or date '…'",
                 AY_STR_FMT " 旁的文本没有类型；请写作 interval '…' 或 date '…'", AY_STR_ARG(op));
    else if (args.n == 1)
        ay_fault(cx, "expression-type", offset, AY_STR_FMT " does not go before %s", AY_STR_FMT " 不能用于 %s",
                 AY_STR_ARG(op), ay_type_name(left->type));
    else
        ay_fault(cx, "expression-type", offset, AY_STR_FMT " does not join %s and %s", AY_STR_FMT " 不能用于 %s 和 %s",
                 AY_STR_ARG(op), ay_type_name(left->type), ay_type_name(right->type));
    return ay_term_fault(cx, offset);
}

static ay_term *make_signed(ay_compiler *cx, ay_str op, ay_terms args, uint32_t offset)
{
    ay_term *arg = args.items[0];
    for (size_t i = 0; !arg->untyped && i < AY_COUNT(negatives); i++) {
        if (negatives[i].type != arg->type) continue;
        return ay_str_is(op, "+") ? arg : ay_term_call(cx, negatives[i].kernel, arg->type, offset, args);
    }
    return no_row(cx, op, args, offset);
}

ay_term *ay_make_arithmetic(ay_compiler *cx, ay_str op, ay_terms args, uint32_t offset)
{
    ay_term *fault = ay_terms_fault(args);
    if (fault) return fault;
    if (args.n == 1) return make_signed(cx, op, args, offset);
    const struct arithmetic *row = find_row(op, args.items[0], args.items[1]);
    if (!row && ay_str_is(op, "+") &&
        (row = find_row(op, args.items[1], args.items[0]))) { /* integer + date, interval + date */
        ay_term *left = args.items[0];
        args.items[0] = args.items[1];
        args.items[1] = left;
    }
    if (!row) return no_row(cx, op, args, offset);
    const bool flexible = args.items[0]->flexible && row->left == AY_TIMESTAMPTZ && row->right == AY_INTERVAL;
    if (!(args.items[0] = ay_cast(cx, args.items[0], row->left, false))) return NULL;
    if (!(args.items[1] = ay_cast(cx, args.items[1], row->right, false))) return NULL;
    if ((fault = ay_terms_fault(args))) return fault;
    ay_term *term = ay_term_call(cx, row->kernel, row->type, offset, args);
    if (term) term->flexible = flexible;
    return term;
}

/* Conditions are at even places, values at odd ones, the value of `else` at the last. */
static bool align_case(ay_compiler *cx, ay_terms args, ay_type *ret, uint32_t offset)
{
    ay_terms values = {0};
    for (uint32_t i = 1; i < args.n; i += 2)
        if (!ay_terms_add(cx, &values, args.items[i])) return false;
    if (!ay_terms_add(cx, &values, args.items[args.n - 1])) return false;
    uint32_t odd = 0;
    if (!ay_common_type(values, 1, ret, &odd)) {
        ay_fault(cx, "expression-type", values.items[odd]->offset, "case yields %s before and %s here",
                 "case 前面的结果是 %s，此处是 %s", ay_type_name(*ret), ay_type_name(values.items[odd]->type));
        return (args.items[0] = ay_term_fault(cx, offset)) != NULL;
    }
    if (!cast_all(cx, values, 0, *ret, false)) return false;
    for (uint32_t i = 0; i < values.n; i++) args.items[i + 1 < values.n ? 2 * i + 1 : args.n - 1] = values.items[i];
    return true;
}

ay_term *ay_make_case(ay_compiler *cx, ay_terms args, uint32_t offset)
{
    ay_terms conditions = {0};
    for (uint32_t i = 0; i + 1 < args.n; i += 2)
        if (!ay_terms_add(cx, &conditions, args.items[i])) return NULL;
    if (!require(cx, conditions, AY_BOOL, "when")) return NULL;
    for (uint32_t i = 0; i < conditions.n; i++) args.items[2 * i] = conditions.items[i];
    ay_term *fault = ay_terms_fault(args);
    ay_type type = AY_TEXT;
    if (fault) return fault;
    if (!align_case(cx, args, &type, offset)) return NULL;
    fault = ay_terms_fault(args);
    return fault ? fault : ay_term_new(cx, AY_OP_CASE, type, offset, args);
}
