/* The inside of the expression language: terms (typed nodes of the tree), the compiler's state, and who builds what.
 * lexer.c -> parse.c (precedence) -> ops.c and func.c (which operator or function) -> types.c (types, casts, literals).
 */
#ifndef AY_EXPR_TREE_H
#define AY_EXPR_TREE_H

#include "base/arena.h"
#include "base/diag.h"
#include "expr/expr.h"
#include "expr/regex.h"

#define AY_EXPR_BYTES   65536 /* longest expression */
#define AY_EXPR_NESTING 64    /* parentheses, case, not and signs within each other */
#define AY_EXPR_DEPTH   128   /* operators below each other in the tree; a long chain of + counts */
#define AY_EXPR_SLOTS   (AY_EXPR_DEPTH * 4 + 4)

typedef enum ay_op {
    AY_OP_FAULT, /* was reported already; silences what stands on it */
    AY_OP_CONST,
    AY_OP_FIELD,
    AY_OP_TODAY,
    AY_OP_NOW,
    AY_OP_CALL, /* strict: null where an argument is null; `kernel` does the rest */
    AY_OP_AND,
    AY_OP_OR,
    AY_OP_NOT,
    AY_OP_IS_NULL,
    AY_OP_IS_TRUE,
    AY_OP_IS_FALSE,
    AY_OP_IS_UNKNOWN,
    AY_OP_DISTINCT,
    AY_OP_IN,      /* args: value, items */
    AY_OP_BETWEEN, /* args: value, low, high */
    AY_OP_CASE,    /* args: condition, value, ..., value of else */
    AY_OP_COALESCE,
    AY_OP_COUNT
} ay_op;

typedef union ay_value {
    int64_t i64;
    double f64;
    ay_dec dec;
    ay_str str;
    ay_interval iv;
    ay_timetz ttz;
} ay_value;

/* Which orders make a comparison true: the bit 1 << (sign + 1). */
enum { AY_LT = 1, AY_EQ = 2, AY_GT = 4 };

struct ay_call;
typedef bool (*ay_kernel)(const struct ay_call *call); /* false: out of memory */

typedef struct ay_term ay_term;
struct ay_term {
    ay_op op;
    ay_type type;
    bool untyped;  /* a literal in quotes, or null: takes the type of what it meets */
    bool flexible; /* `now`, also with an interval added: local or UTC, as what it meets */
    bool is_null;  /* of a constant */
    bool constant; /* the same for every record of a run */
    bool lenient;  /* a cast for a comparison: beyond the range is beyond all others, not unreadable */
    uint8_t want;  /* comparison: AY_LT | AY_EQ | AY_GT */
    uint16_t slot, depth;
    uint32_t offset; /* byte in the source, for messages */
    uint32_t index;  /* field, or pattern */
    uint32_t n;
    ay_term **args;
    ay_kernel kernel;
    ay_value value;
    ay_str escape;         /* like: "" for none */
    const ay_regex *regex; /* matches */
    const ay_set *set;     /* in: all items, where they are constant texts */
};

typedef enum ay_token_kind {
    AY_TOKEN_END,
    AY_TOKEN_NUMBER,
    AY_TOKEN_STRING,
    AY_TOKEN_NAME,
    AY_TOKEN_QUOTED,
    AY_TOKEN_SYMBOL,
    AY_TOKEN_FAULT /* was reported */
} ay_token_kind;

typedef struct ay_token {
    ay_token_kind kind;
    ay_str text; /* as written, quotes included */
    uint32_t offset;
} ay_token;

typedef struct ay_terms {
    ay_term **items;
    uint32_t n, cap;
} ay_terms;

typedef struct ay_compiler {
    ay_arena *arena;
    const ay_node *node;
    ay_str source;
    const ay_field *fields;
    uint32_t n_fields;
    const ay_zone *zone;
    assay_diags *diags;
    ay_token token; /* the one to be looked at */
    uint32_t at;    /* where the next one starts */
    uint32_t nesting;
    uint32_t n_regex;
    bool faulty;
} ay_compiler;

struct ay_expr {
    const ay_term *root;
    const uint32_t *fields;
    uint32_t n_fields;
    uint32_t n_slots;
    const uint8_t *slot_size; /* bytes of one value, 0: truth only */
    const ay_regex **regex;
    uint32_t n_regex;
};

/* Positions and faults. */
ay_pos ay_source_pos(const ay_node *node, size_t offset);
#define ay_fault(cx, code, offset, ...)                                                                                \
    ((cx)->faulty = true, ay_diag_error((cx)->diags, (code), ay_source_pos((cx)->node, (offset)), __VA_ARGS__))
void ay_fault_memory(ay_compiler *cx);

/* lexer.c */
void ay_lex(ay_compiler *cx); /* the next token into cx->token */
bool ay_token_is(const ay_token *token, const char *symbol_or_keyword);
bool ay_token_reserved(const ay_token *token);
bool ay_token_unquote(ay_compiler *cx, ay_str text, ay_str *ret); /* without quotes, doubled ones single */

/* parse.c: NULL after a fault of form or when out of memory. */
ay_term *ay_parse(ay_compiler *cx);

/* types.c */
ay_term *ay_term_new(ay_compiler *cx, ay_op op, ay_type type, uint32_t offset, ay_terms args);
ay_term *ay_term_fault(ay_compiler *cx, uint32_t offset);
ay_term *ay_term_const(ay_compiler *cx, ay_type type, ay_value value, uint32_t offset);
ay_term *ay_term_call(ay_compiler *cx, ay_kernel kernel, ay_type type, uint32_t offset, ay_terms args);
bool ay_terms_add(ay_compiler *cx, ay_terms *terms, ay_term *term);
ay_terms ay_terms_of(ay_compiler *cx, uint32_t n, ay_term *const *items); /* n 0: out of memory, reported */
ay_term *ay_terms_fault(ay_terms terms);                                  /* the first that is faulty, or NULL */
bool ay_literal_read(ay_str text, ay_type type, const ay_zone *zone, ay_arena *arena, ay_cell *ret, const char *why[2],
                     assay_status *ret_status);
/* The term as this type, which it can be promoted to (see ay_promotion). NULL: out of memory. */
ay_term *ay_cast(ay_compiler *cx, ay_term *term, ay_type type, bool lenient);
/* What it costs to make it that type: 0 it is that, -1 it cannot be. */
int ay_promotion(const ay_term *term, ay_type type);
/* The type that all of them can be promoted to; false: there is none. All untyped: text. */
bool ay_common_type(ay_terms terms, uint32_t step, ay_type *ret, uint32_t *ret_odd);

/* ops.c */
ay_term *ay_make_logic(ay_compiler *cx, ay_op op, ay_terms args);
ay_term *ay_make_not(ay_compiler *cx, ay_term *arg, uint32_t offset);
ay_term *ay_make_is(ay_compiler *cx, ay_op op, ay_term *arg, uint32_t offset);
ay_term *ay_make_compare(ay_compiler *cx, ay_op op, uint8_t want, ay_terms args, uint32_t offset);
ay_term *ay_make_like(ay_compiler *cx, ay_terms args, uint32_t offset);
ay_term *ay_make_matches(ay_compiler *cx, ay_terms args, uint32_t offset);
ay_term *ay_make_arithmetic(ay_compiler *cx, ay_str op, ay_terms args, uint32_t offset);
ay_term *ay_make_case(ay_compiler *cx, ay_terms args, uint32_t offset);

/* func.c */
ay_term *ay_make_function(ay_compiler *cx, ay_str name, ay_terms args, uint32_t offset);

#endif
