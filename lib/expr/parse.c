/* Precedence as PostgreSQL's, loosest first: or, and, not, is, comparison, between/in/like/matches, ||, + -, * / %,
 * sign. Comparisons, is and between/in/like/matches do not chain. */
#include "base/mem.h"
#include "expr/tree.h"

static ay_term *parse_or(ay_compiler *cx);

/* What should have stood here, in both languages. */
static ay_term *unexpected(ay_compiler *cx, const char *en, const char *zh)
{
    const ay_token *t = &cx->token;
    if (t->kind == AY_TOKEN_FAULT) return NULL;
    if (t->kind == AY_TOKEN_END)
        ay_fault(cx, "expression-syntax", t->offset, "the expression ends where %s%.0s should be",
                 "表达式在此结束，缺少 %.0s%s", en, zh);
    else
        ay_fault(cx, "expression-syntax", t->offset, AY_STR_FMT " stands where %s%.0s should be",
                 "此处是 " AY_STR_FMT "，应为 %.0s%s", AY_STR_ARG(t->text), en, zh);
    return NULL;
}

static bool accept(ay_compiler *cx, const char *word)
{
    if (!ay_token_is(&cx->token, word)) return false;
    ay_lex(cx);
    return true;
}

static bool expect(ay_compiler *cx, const char *word)
{
    if (accept(cx, word)) return true;
    unexpected(cx, word, word);
    return false;
}

/* Guards the stack against ((((… and not not not …. */
static bool enter(ay_compiler *cx)
{
    if (cx->nesting++ < AY_EXPR_NESTING) return true;
    ay_fault(cx, "expression-limit", cx->token.offset, "nested more than %d deep", "嵌套超过 %d 层", AY_EXPR_NESTING);
    return false;
}

static ay_term *parse_constant_word(ay_compiler *cx, uint32_t offset)
{
    const ay_token word = cx->token;
    ay_term *term;
    ay_lex(cx);
    if (ay_token_is(&word, "today")) term = ay_term_new(cx, AY_OP_TODAY, AY_DATE, offset, (ay_terms){0});
    else if (ay_token_is(&word, "now")) term = ay_term_new(cx, AY_OP_NOW, AY_TIMESTAMPTZ, offset, (ay_terms){0});
    else if (ay_token_is(&word, "null")) term = ay_term_const(cx, AY_TEXT, (ay_value){0}, offset);
    else term = ay_term_const(cx, AY_BOOL, (ay_value){.i64 = ay_token_is(&word, "true")}, offset);
    if (term && term->op != AY_OP_CONST) term->constant = true;
    if (term) term->flexible = term->op == AY_OP_NOW;
    if (term) term->untyped = term->is_null = ay_token_is(&word, "null");
    return term;
}

static ay_term *parse_number(ay_compiler *cx)
{
    const ay_token number = cx->token;
    ay_value value = {0};
    ay_lex(cx);
    if (ay_i64_parse(number.text, &value.i64) == AY_NUM_OK) return ay_term_const(cx, AY_INT, value, number.offset);
    if (ay_dec_parse(number.text, &value.dec) == AY_NUM_OK) return ay_term_const(cx, AY_DEC, value, number.offset);
    ay_fault(cx, "bad-literal", number.offset, "number of more than 38 digits", "数字超过 38 位");
    return ay_term_fault(cx, number.offset);
}

static ay_term *parse_string(ay_compiler *cx)
{
    const ay_token string = cx->token;
    ay_value value = {0};
    if (!ay_token_unquote(cx, string.text, &value.str)) return NULL;
    ay_lex(cx);
    ay_term *term = ay_term_const(cx, AY_TEXT, value, string.offset);
    if (term) term->untyped = true;
    return term;
}

static ay_term *parse_field(ay_compiler *cx, const ay_token *token)
{
    ay_str name = token->text;
    if (token->kind == AY_TOKEN_QUOTED && !ay_token_unquote(cx, token->text, &name)) return NULL;
    for (uint32_t i = 0; i < cx->n_fields; i++) {
        if (!name.len || !ay_str_is(name, cx->fields[i].name)) continue; /* a field may have no name to call it by */
        ay_term *term = ay_term_new(cx, AY_OP_FIELD, cx->fields[i].type, token->offset, (ay_terms){0});
        if (term) term->index = i;
        return term;
    }
    const char **names = AY_ARENA_ARRAY(cx->arena, cx->n_fields + 1, const char *);
    if (!names) ay_fault_memory(cx);
    else {
        size_t n = 0;
        for (uint32_t i = 0; i < cx->n_fields; i++)
            if (*cx->fields[i].name) names[n++] = cx->fields[i].name;
        cx->faulty = true;
        ay_diag_unknown(cx->diags, "unknown-field", ay_source_pos(cx->node, token->offset), "field", "字段", name,
                        names, n);
    }
    return ay_term_fault(cx, token->offset);
}

/* Up to and with the closing parenthesis. */
static bool parse_list(ay_compiler *cx, ay_terms *terms)
{
    do {
        if (!ay_terms_add(cx, terms, parse_or(cx))) return false;
    } while (accept(cx, ","));
    return expect(cx, ")");
}

static ay_term *parse_call(ay_compiler *cx, const ay_token *name)
{
    ay_terms args = {0};
    if (!accept(cx, ")") && !parse_list(cx, &args)) return NULL;
    return ay_make_function(cx, name->text, args, name->offset);
}

/* date '…' and so on, a function, or a field. */
static ay_term *parse_name(ay_compiler *cx)
{
    static const struct {
        const char *word;
        ay_type type;
    } typed[] = {{"date", AY_DATE},
                 {"time", AY_TIME},
                 {"timestamp", AY_TIMESTAMP},
                 {"timestamptz", AY_TIMESTAMPTZ},
                 {"interval", AY_INTERVAL}};
    const ay_token name = cx->token;
    ay_lex(cx);
    for (size_t i = 0; cx->token.kind == AY_TOKEN_STRING && i < AY_COUNT(typed); i++) {
        if (!ay_token_is(&name, typed[i].word)) continue;
        ay_term *term = parse_string(cx);
        return term ? ay_cast(cx, term, typed[i].type, false) : NULL;
    }
    if (name.kind == AY_TOKEN_NAME && accept(cx, "(")) return parse_call(cx, &name);
    return parse_field(cx, &name);
}

static ay_term *parse_case(ay_compiler *cx)
{
    const uint32_t offset = cx->token.offset;
    ay_terms args = {0};
    ay_lex(cx);
    do {
        if (!expect(cx, "when") || !ay_terms_add(cx, &args, parse_or(cx))) return NULL;
        if (!expect(cx, "then") || !ay_terms_add(cx, &args, parse_or(cx))) return NULL;
    } while (ay_token_is(&cx->token, "when"));
    ay_term *otherwise;
    if (accept(cx, "else")) otherwise = parse_or(cx);
    else if ((otherwise = ay_term_const(cx, AY_TEXT, (ay_value){0}, offset)))
        otherwise->untyped = otherwise->is_null = true;
    if (!ay_terms_add(cx, &args, otherwise) || !expect(cx, "end")) return NULL;
    return ay_make_case(cx, args, offset);
}

static ay_term *parse_operand(ay_compiler *cx)
{
    const ay_token *t = &cx->token;
    if (t->kind == AY_TOKEN_NUMBER) return parse_number(cx);
    if (t->kind == AY_TOKEN_STRING) return parse_string(cx);
    if (accept(cx, "(")) {
        ay_term *inner = parse_or(cx);
        return inner && expect(cx, ")") ? inner : NULL;
    }
    if (ay_token_is(t, "case")) return parse_case(cx);
    if (ay_token_is(t, "today") || ay_token_is(t, "now") || ay_token_is(t, "null") || ay_token_is(t, "true") ||
        ay_token_is(t, "false"))
        return parse_constant_word(cx, t->offset);
    if (t->kind == AY_TOKEN_QUOTED || (t->kind == AY_TOKEN_NAME && !ay_token_reserved(t))) return parse_name(cx);
    return unexpected(cx, "a value", "值");
}

static ay_term *parse_sign(ay_compiler *cx)
{
    const ay_token sign = cx->token;
    if (!ay_token_is(&sign, "-") && !ay_token_is(&sign, "+")) {
        ay_term *operand = enter(cx) ? parse_operand(cx) : NULL;
        cx->nesting--;
        return operand;
    }
    ay_lex(cx);
    ay_term *arg = enter(cx) ? parse_sign(cx) : NULL;
    cx->nesting--;
    const ay_terms args = arg ? ay_terms_of(cx, 1, &arg) : (ay_terms){0};
    return args.n ? ay_make_arithmetic(cx, sign.text, args, sign.offset) : NULL;
}

/* The binary operators that chain to the left, loosest first. */
static const char *const chains[][4] = {{"||"}, {"+", "-"}, {"*", "/", "%"}};

static bool accept_chain(ay_compiler *cx, size_t level, ay_token *ret)
{
    *ret = cx->token;
    for (size_t i = 0; i < AY_COUNT(chains[level]) && chains[level][i]; i++)
        if (accept(cx, chains[level][i])) return true;
    return false;
}

static ay_term *parse_chain(ay_compiler *cx, size_t level)
{
    if (level == AY_COUNT(chains)) return parse_sign(cx);
    ay_term *left = parse_chain(cx, level + 1);
    ay_token op;
    while (left && accept_chain(cx, level, &op)) {
        ay_term *pair[] = {left, parse_chain(cx, level + 1)};
        const ay_terms args = pair[1] ? ay_terms_of(cx, 2, pair) : (ay_terms){0};
        left = args.n ? ay_make_arithmetic(cx, op.text, args, op.offset) : NULL;
    }
    return left;
}

static ay_term *parse_in(ay_compiler *cx, ay_terms args, uint32_t offset)
{
    return expect(cx, "(") && parse_list(cx, &args) ? ay_make_compare(cx, AY_OP_IN, AY_EQ, args, offset) : NULL;
}

static ay_term *parse_between(ay_compiler *cx, ay_terms args, uint32_t offset)
{
    if (!ay_terms_add(cx, &args, parse_chain(cx, 0)) || !expect(cx, "and")) return NULL;
    if (!ay_terms_add(cx, &args, parse_chain(cx, 0))) return NULL;
    return ay_make_compare(cx, AY_OP_BETWEEN, 0, args, offset);
}

static ay_term *parse_like(ay_compiler *cx, ay_terms args, uint32_t offset)
{
    if (!ay_terms_add(cx, &args, parse_chain(cx, 0))) return NULL;
    if (accept(cx, "escape") && !ay_terms_add(cx, &args, parse_chain(cx, 0))) return NULL;
    return ay_make_like(cx, args, offset);
}

static ay_term *parse_matches(ay_compiler *cx, ay_terms args, uint32_t offset)
{
    return ay_terms_add(cx, &args, parse_chain(cx, 0)) ? ay_make_matches(cx, args, offset) : NULL;
}

/* [not] in, between, like, matches */
static ay_term *parse_test(ay_compiler *cx)
{
    static const struct {
        const char *word;
        ay_term *(*parse)(ay_compiler *, ay_terms, uint32_t);
    } tests[] = {{"in", parse_in}, {"between", parse_between}, {"like", parse_like}, {"matches", parse_matches}};
    ay_term *left = parse_chain(cx, 0);
    if (!left) return NULL;
    const uint32_t offset = cx->token.offset;
    const bool negated = accept(cx, "not");
    for (size_t i = 0; i < AY_COUNT(tests); i++) {
        if (!ay_token_is(&cx->token, tests[i].word)) continue;
        const uint32_t at = cx->token.offset;
        ay_lex(cx);
        const ay_terms args = ay_terms_of(cx, 1, &left);
        ay_term *term = args.n ? tests[i].parse(cx, args, at) : NULL;
        return term && negated ? ay_make_not(cx, term, offset) : term;
    }
    return negated ? unexpected(cx, "in, between, like or matches", "in、between、like 或 matches") : left;
}

static ay_term *parse_comparison(ay_compiler *cx)
{
    static const struct {
        const char *word;
        uint8_t want;
    } signs[] = {{"=", AY_EQ},          {"<>", AY_LT | AY_GT}, {"!=", AY_LT | AY_GT}, {"<", AY_LT},
                 {"<=", AY_LT | AY_EQ}, {">", AY_GT},          {">=", AY_GT | AY_EQ}};
    ay_term *left = parse_test(cx);
    const uint32_t offset = cx->token.offset;
    for (size_t i = 0; left && i < AY_COUNT(signs); i++) {
        if (!accept(cx, signs[i].word)) continue;
        ay_term *pair[] = {left, parse_test(cx)};
        const ay_terms args = pair[1] ? ay_terms_of(cx, 2, pair) : (ay_terms){0};
        return args.n ? ay_make_compare(cx, AY_OP_CALL, signs[i].want, args, offset) : NULL;
    }
    return left;
}

static ay_term *parse_distinct(ay_compiler *cx, ay_term *left, uint32_t offset)
{
    if (!expect(cx, "from")) return NULL;
    ay_term *pair[] = {left, parse_comparison(cx)};
    const ay_terms args = pair[1] ? ay_terms_of(cx, 2, pair) : (ay_terms){0};
    return args.n ? ay_make_compare(cx, AY_OP_DISTINCT, AY_LT | AY_GT, args, offset) : NULL;
}

static ay_term *parse_is(ay_compiler *cx)
{
    static const struct {
        const char *word;
        ay_op op;
    } words[] = {
        {"null", AY_OP_IS_NULL}, {"true", AY_OP_IS_TRUE}, {"false", AY_OP_IS_FALSE}, {"unknown", AY_OP_IS_UNKNOWN}};
    ay_term *left = parse_comparison(cx), *term = NULL;
    const uint32_t offset = cx->token.offset;
    if (!left || !accept(cx, "is")) return left;
    const bool negated = accept(cx, "not");
    bool known = false;
    for (size_t i = 0; !known && i < AY_COUNT(words); i++)
        if ((known = accept(cx, words[i].word))) term = ay_make_is(cx, words[i].op, left, offset);
    if (!known && accept(cx, "distinct")) term = parse_distinct(cx, left, offset);
    else if (!known)
        return unexpected(cx, "null, true, false, unknown or distinct from",
                          "null、true、false、unknown 或 distinct from");
    return term && negated ? ay_make_not(cx, term, offset) : term;
}

static ay_term *parse_not(ay_compiler *cx)
{
    const uint32_t offset = cx->token.offset;
    if (!accept(cx, "not")) return parse_is(cx);
    ay_term *arg = enter(cx) ? parse_not(cx) : NULL;
    cx->nesting--;
    return arg ? ay_make_not(cx, arg, offset) : NULL;
}

static ay_term *parse_and(ay_compiler *cx)
{
    ay_terms args = {0};
    do {
        if (!ay_terms_add(cx, &args, parse_not(cx))) return NULL;
    } while (accept(cx, "and"));
    return ay_make_logic(cx, AY_OP_AND, args);
}

static ay_term *parse_or(ay_compiler *cx)
{
    ay_terms args = {0};
    do {
        if (!ay_terms_add(cx, &args, parse_and(cx))) return NULL;
    } while (accept(cx, "or"));
    return ay_make_logic(cx, AY_OP_OR, args);
}

ay_term *ay_parse(ay_compiler *cx)
{
    ay_lex(cx);
    ay_term *term = parse_or(cx);
    if (!term || cx->token.kind == AY_TOKEN_END) return term;
    return unexpected(cx, "and, or, or the end", "and、or 或表达式结尾");
}
