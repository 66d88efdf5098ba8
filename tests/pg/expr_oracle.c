/* Random expressions over random records, answered by PostgreSQL and by us.
 *
 *   expr_oracle sql SEED COUNT                the question: SQL for psql
 *   expr_oracle check SEED COUNT < ANSWERS    the same expressions again, compared with psql's answers
 *
 * Each expression is written twice, in our language and in PostgreSQL's (integers as bigint, matches as ~, and so on).
 * A verdict is T, F, U (null) or B (PostgreSQL: an error of class 22; we: unreadable). PostgreSQL may raise where and,
 * or, case, coalesce, in or between have decided already, and has more than 38 digits: both are counted and must stay
 * below 1 %. */
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "expr/expr.h"

#define TEXT  3000 /* longest rendering */
#define ROWS  80
#define ASKED 12 /* records a expression is asked about */

typedef enum kind { ATOM, ARITHMETIC, TEST, COMPARISON, IS, NOT, AND, OR } kind; /* loosest last */

typedef struct pair {
    kind kind;
    bool lazy, decimal; /* what may differ: see above */
    bool too_long;
    char ours[TEXT], pg[TEXT];
} pair;

static uint64_t seed;

static uint32_t below(uint32_t n)
{
    seed += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) >> 33) % n;
}

/* ---- Records ---- */

static const ay_field fields[] = {
    {.name = "t", .type = AY_TEXT},         {.name = "u", .type = AY_TEXT},
    {.name = "i", .type = AY_INT},          {.name = "j", .type = AY_INT},
    {.name = "d", .type = AY_DEC},          {.name = "e", .type = AY_DEC},
    {.name = "f", .type = AY_FLOAT},        {.name = "g", .type = AY_FLOAT},
    {.name = "day", .type = AY_DATE},       {.name = "day2", .type = AY_DATE},
    {.name = "ts", .type = AY_TIMESTAMP},   {.name = "ts2", .type = AY_TIMESTAMP},
    {.name = "tz", .type = AY_TIMESTAMPTZ}, {.name = "tz2", .type = AY_TIMESTAMPTZ},
    {.name = "ok", .type = AY_BOOL},        {.name = "flag", .type = AY_BOOL},
    {.name = "iv", .type = AY_INTERVAL},    {.name = "iv2", .type = AY_INTERVAL},
};
#define FIELDS AY_COUNT(fields)

static const char *const pg_types[AY_TYPE_COUNT] = {[AY_TEXT] = "text collate \"C\"",
                                                    [AY_INT] = "bigint",
                                                    [AY_DEC] = "numeric",
                                                    [AY_FLOAT] = "float8",
                                                    [AY_DATE] = "date",
                                                    [AY_TIMESTAMP] = "timestamp",
                                                    [AY_TIMESTAMPTZ] = "timestamptz",
                                                    [AY_BOOL] = "boolean",
                                                    [AY_INTERVAL] = "interval"};

#define POOL 14
static const char *const pool[AY_TYPE_COUNT][POOL] = {
    [AY_TEXT] = {"", "a", "ab", "abc", "ABC", "注销", "注销企业", "a中𠮷b", "é", "  pad　", "100%", "a_c", "aab", "Z"},
    [AY_INT] = {"0", "1", "-1", "2", "3", "7", "-7", "10", "100", "9007199254740993", "9223372036854775807",
                "-9223372036854775808", "2147483648", "18"},
    [AY_DEC] = {"0", "1", "-1", "0.1", "0.2", "0.10", "2.5", "-2.5", "3.14159", "100.00", "99999999.99", "-0.005",
                "NaN", "1e5"},
    [AY_FLOAT] = {"0", "1", "-1", "0.1", "0.2", "2.5", "-2.5", "1e200", "1e-200", "1e308", "NaN", "Infinity",
                  "-Infinity", "3.5"},
    [AY_DATE] = {"2024-02-29", "2023-02-28", "2000-02-29", "1900-02-28", "1970-01-01", "1988-07-01", "2024-12-31",
                 "0001-01-01", "infinity", "-infinity", "2024-03-31", "9999-12-31", "5874897-12-31", "1949-10-01"},
    [AY_TIMESTAMP] = {"2024-02-29 00:00:00", "2024-02-29 23:59:59.999999", "2023-03-31 12:00:00", "1970-01-01 00:00:00",
                      "1988-07-01 08:30:00", "1988-04-10 02:30:00", "1900-01-01 00:00:00", "2024-12-31 23:00:00",
                      "infinity", "-infinity", "0001-01-01 00:00:00", "2000-02-29 06:07:08.5", "9999-12-31 00:00:00",
                      "2024-03-01 00:00:00"},
    [AY_TIMESTAMPTZ] = {"2024-02-29 00:00:00+08", "2024-02-28 16:00:00+00", "2023-03-31 12:00:00+08",
                        "1970-01-01 00:00:00+00", "1988-07-01 08:30:00+09", "1988-04-10 02:30:00+09",
                        "1988-09-11 01:30:00+08", "2024-12-31 23:00:00-05", "infinity", "-infinity",
                        "1900-01-01 00:00:00+08:05:43", "2000-02-29 06:07:08.5+08", "9999-12-31 00:00:00+08",
                        "2024-03-01 00:00:00+08"},
    [AY_BOOL] = {"true", "false", "true", "false", "true", "false", "true", "false", "true", "false", "true", "false",
                 "true", "false"},
    [AY_INTERVAL] = {"1 day", "24:00:00", "1 mon", "30 days", "-1 days", "1 year 2 mons", "-1 mons +29 days",
                     "00:00:00", "00:00:00.000001", "1000000 years", "-40 days", "1 mon 1 day 01:00:00", "18 years",
                     "-18 years"},
};

static const char *records[ROWS][FIELDS]; /* NULL: null */

static void make_records(void)
{
    for (size_t r = 0; r < ROWS; r++)
        for (size_t f = 0; f < FIELDS; f++) records[r][f] = below(7) ? pool[fields[f].type][below(POOL)] : NULL;
}

/* ---- Expressions ---- */

static void append(char text[TEXT], size_t *n, const char *more, bool *too_long)
{
    const size_t len = strlen(more);
    if (*n + len >= TEXT) *too_long = true;
    else memcpy(text + *n, more, len + 1), *n += len;
}

/* One rendering from a template in which 1, 2 and 3 behind a $ are the operands. */
static void fill(char text[TEXT], const char *template, const pair *operands, bool ours, bool *too_long)
{
    size_t n = 0;
    text[0] = '\0';
    for (; *template; template ++) {
        char one[2] = {*template, '\0'};
        const bool place = template[0] == '$' && template[1] >= '1' && template[1] <= '3';
        const pair *operand = place ? &operands[*++template - '1'] : NULL;
        append(text, &n, operand ? (ours ? operand->ours : operand->pg) : one, too_long);
    }
}

static void make(pair *out, kind top, const char *ours, const char *pg, const pair *operands, size_t n)
{
    *out = (pair){.kind = top};
    for (size_t i = 0; i < n; i++) {
        out->lazy |= operands[i].lazy;
        out->decimal |= operands[i].decimal;
        out->too_long |= operands[i].too_long;
    }
    fill(out->ours, ours, operands, true, &out->too_long);
    fill(out->pg, pg ? pg : ours, operands, false, &out->too_long);
}

/* Parentheses where the operand binds as loosely as what is around it, and now and then where they change nothing. */
static void guard(pair *operand, kind around)
{
    if (operand->kind < around && below(4)) return;
    if (operand->kind == ATOM) return;
    const pair inner = *operand;
    make(operand, ATOM, "($1)", NULL, &inner, 1);
}

static void generate(pair *out, ay_type type, unsigned depth);

static void generate_operands(pair *operands, size_t n, ay_type type, unsigned depth, kind around)
{
    for (size_t i = 0; i < n; i++) {
        generate(&operands[i], type, depth ? depth - 1 : 0);
        guard(&operands[i], around);
    }
}

static void literal(pair *out, ay_type type)
{
    const char *value = pool[type][below(POOL)];
    pair text = {.kind = ATOM};
    (void)snprintf(text.ours, TEXT, "%s", value);
    (void)snprintf(text.pg, TEXT, "%s", value);
    switch (type) {
    case AY_INT:
        if (value[0] == '-') make(out, ATOM, "(0 - 2)", "(bigint '0' - bigint '2')", NULL, 0);
        else make(out, ATOM, "$1", "bigint '$1'", &text, 1);
        break;
    case AY_DEC:
        if (value[0] == '-' || value[0] == 'N') make(out, ATOM, "2.50", NULL, NULL, 0);
        else make(out, ATOM, strchr(value, '.') ? "$1" : "$1.0", "numeric '$1'", &text, strchr(value, 'e') ? 0 : 1);
        if (strchr(value, 'e')) make(out, ATOM, "1e5", "numeric '1e5'", NULL, 0);
        break;
    case AY_TEXT: make(out, ATOM, "'$1'", NULL, &text, 1); break;
    case AY_BOOL: make(out, ATOM, "$1", NULL, &text, 1); break;
    case AY_DATE: make(out, ATOM, "date '$1'", NULL, &text, 1); break;
    case AY_TIMESTAMP: make(out, ATOM, "timestamp '$1'", NULL, &text, 1); break;
    case AY_TIMESTAMPTZ: make(out, ATOM, "timestamptz '$1'", NULL, &text, 1); break;
    case AY_INTERVAL: make(out, ATOM, "interval '$1'", NULL, &text, 1); break;
    default: make(out, ATOM, "f", NULL, NULL, 0); break;
    }
}

static void leaf(pair *out, ay_type type)
{
    if (type == AY_DATE && below(6) == 0) {
        make(out, ATOM, "today", "date '2024-02-29'", NULL, 0);
        return;
    }
    if (type == AY_TIMESTAMPTZ && below(6) == 0) {
        make(out, ATOM, "now", "timestamptz '2024-02-29 12:00:00+08'", NULL, 0);
        return;
    }
    if (below(3) == 0 && type != AY_FLOAT) {
        literal(out, type);
        return;
    }
    size_t f = below(FIELDS);
    while (fields[f].type != type) f = (f + 1) % FIELDS;
    pair name = {.kind = ATOM};
    (void)snprintf(name.ours, TEXT, "%s", fields[f].name);
    (void)snprintf(name.pg, TEXT, "%s", fields[f].name);
    make(out, ATOM, "$1", NULL, &name, 1);
}

/* case and coalesce, which every type has. */
static void generate_choice(pair *out, ay_type type, unsigned depth)
{
    pair p[3];
    if (below(2)) {
        generate_operands(p, 2, type, depth, OR);
        make(out, ATOM, "coalesce($1, $2)", NULL, p, 2);
    } else {
        generate_operands(p, 1, AY_BOOL, depth, OR);
        generate_operands(p + 1, 2, type, depth, OR);
        make(out, ATOM, below(3) ? "case when $1 then $2 else $3 end" : "case when $1 then $2 when ok then $3 end",
             NULL, p, 3);
    }
    out->lazy = true;
}

/* Numbers promote: an operand may be of a narrower type, as long as one is of this type. */
static ay_type narrower(ay_type type)
{
    if (type == AY_FLOAT && below(3) == 0) return below(2) ? AY_DEC : AY_INT;
    return type == AY_DEC && below(3) == 0 ? AY_INT : type;
}

static void generate_number(pair *out, ay_type type, unsigned depth)
{
    static const char *const binary[] = {"$1 + $2", "$1 - $2", "$1 * $2", "$1 / $2", "$1 % $2"};
    pair p[2];
    const uint32_t which = below(type == AY_FLOAT ? 4 : 5);
    switch (below(8)) {
    case 0:
        generate_operands(p, 1, type, depth, ARITHMETIC);
        make(out, ARITHMETIC, "- $1", NULL, p, 1);
        return;
    case 1:
        generate_operands(p, 1, type, depth, OR);
        make(out, ATOM, "abs($1)", NULL, p, 1);
        return;
    default:
        generate_operands(p, 1, type, depth, ARITHMETIC);
        generate_operands(p + 1, 1, narrower(type), depth, ARITHMETIC);
        make(out, ARITHMETIC, binary[which], NULL, p, 2);
        out->decimal |= type == AY_DEC;
    }
}

/* PostgreSQL's age takes timestamps only, and has an answer for infinities; ours has none. */
#define COMMON_ERA   " between date '0001-01-01' and date '9999-12-31'"
#define AGE_IN_RANGE "case when $1" COMMON_ERA " and $2" COMMON_ERA " then "

/* No constants: PostgreSQL takes the null that is the month of infinity for the whole, before it computes the rest. */
static const char *const days[] = {"day", "day2 + 1", "ts", "ts2 + iv", "tz", "tz2 - iv2"};

static void generate_int(pair *out, unsigned depth)
{
    pair p[2];
    switch (below(8)) {
    case 0:
        generate_operands(p, 1, AY_TEXT, depth, OR);
        make(out, ATOM, "length($1)", "length($1)::bigint", p, 1);
        return;
    case 1:
        generate_operands(p, 2, AY_DATE, depth, ARITHMETIC);
        make(out, ARITHMETIC, "$1 - $2", "($1 - $2)::bigint", p, 2);
        return;
    case 2:
        generate_operands(p, 2, AY_DATE, 0, OR);
        make(out, ATOM, AGE_IN_RANGE "age_years($1, $2) else 0 end",
             AGE_IN_RANGE "extract(year from age($2::timestamp, $1::timestamp))::bigint else 0 end", p, 2);
        return;
    case 3:
        make(&p[0], ARITHMETIC, days[below(AY_COUNT(days))], NULL, NULL, 0);
        make(out, ATOM, "month($1)", "extract(month from $1)::bigint", p, 1);
        return;
    default: generate_number(out, AY_INT, depth);
    }
}

static void generate_dec(pair *out, unsigned depth)
{
    static const char *const rounds[] = {"round($1, 2)", "round($1)", "round($1, -1)", "round($1, 0)"};
    pair p[1];
    if (below(5)) {
        generate_number(out, AY_DEC, depth);
        return;
    }
    generate_operands(p, 1, AY_DEC, depth, OR);
    make(out, ATOM, rounds[below(AY_COUNT(rounds))], NULL, p, 1);
}

static void generate_float(pair *out, unsigned depth)
{
    pair p[1];
    if (below(6)) {
        generate_number(out, AY_FLOAT, depth);
        return;
    }
    generate_operands(p, 1, AY_FLOAT, depth, OR);
    make(out, ATOM, "round($1)", NULL, p, 1);
}

static void generate_text(pair *out, unsigned depth)
{
    static const char *const calls[] = {"upper($1)",        "lower($1)",         "substr($1, 2)",
                                        "substr($1, 1, 2)", "substr($1, -1, 3)", "substr($1, 3, 9)"};
    pair p[2];
    switch (below(5)) {
    case 0:
        generate_operands(p, 2, AY_TEXT, depth, ARITHMETIC);
        make(out, ARITHMETIC, "$1 || $2", NULL, p, 2);
        return;
    case 4:
        generate_operands(p, 1, AY_DATE, 0, OR);
        make(out, ATOM, "case when $1" COMMON_ERA " then to_char($1, 'YYYY-MM/DD.') else '' end", NULL, p, 1);
        return;
    case 1:
        generate_operands(p, 1, AY_TEXT, depth, OR);
        make(out, ATOM, "trim($1)",
             "btrim($1, E' \\t\\n\\x0b\\f\\r\\u0085\\u00a0\\u1680\\u2000\\u2001\\u2002\\u2003\\u2004\\u2005\\u2006"
             "\\u2007\\u2008\\u2009\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\u200b\\ufeff\\u2060')",
             p, 1);
        return;
    default: generate_operands(p, 1, AY_TEXT, depth, OR); make(out, ATOM, calls[below(AY_COUNT(calls))], NULL, p, 1);
    }
}

static void generate_time(pair *out, ay_type type, unsigned depth)
{
    pair p[2];
    const bool minus = below(2);
    const ay_type other = type == AY_DATE ? AY_INT : AY_INTERVAL;
    generate_operands(p, 1, type == AY_TIMESTAMP && below(3) == 0 ? AY_DATE : type, depth, ARITHMETIC);
    generate_operands(p + 1, 1, other, depth, ARITHMETIC);
    if (type == AY_DATE) /* an integer there has 32 bits */
        make(out, ARITHMETIC, minus ? "$1 - ($2) % 100000" : "$1 + ($2) % 100000",
             minus ? "$1 - (($2) % 100000)::int" : "$1 + (($2) % 100000)::int", p, 2);
    else make(out, ARITHMETIC, minus ? "$1 - $2" : "$1 + $2", NULL, p, 2);
}

static void generate_interval(pair *out, unsigned depth)
{
    pair p[2];
    switch (below(4)) {
    case 0:
        generate_operands(p, 1, AY_INTERVAL, depth, ARITHMETIC);
        make(out, ARITHMETIC, "- $1", NULL, p, 1);
        return;
    case 1:
        generate_operands(p, 2, below(2) ? AY_TIMESTAMP : AY_TIMESTAMPTZ, depth, ARITHMETIC);
        make(out, ARITHMETIC, "$1 - $2", NULL, p, 2);
        return;
    default:
        generate_operands(p, 2, AY_INTERVAL, depth, ARITHMETIC);
        make(out, ARITHMETIC, below(2) ? "$1 + $2" : "$1 - $2", NULL, p, 2);
    }
}

static ay_type any_type(void)
{
    static const ay_type types[] = {AY_TEXT,      AY_INT,         AY_DEC,  AY_FLOAT,   AY_DATE,
                                    AY_TIMESTAMP, AY_TIMESTAMPTZ, AY_BOOL, AY_INTERVAL};
    return types[below(AY_COUNT(types))];
}

/* A type that it can be compared with. */
static ay_type comparable(ay_type type)
{
    switch (type) {
    case AY_INT:
    case AY_DEC:
    case AY_FLOAT: return (ay_type[]){AY_INT, AY_DEC, AY_FLOAT}[below(3)];
    case AY_DATE:
    case AY_TIMESTAMP:
    case AY_TIMESTAMPTZ: return (ay_type[]){AY_DATE, AY_TIMESTAMP, AY_TIMESTAMPTZ}[below(3)];
    default: return type;
    }
}

static void generate_comparison(pair *out, unsigned depth)
{
    static const char *const signs[] = {"$1 = $2", "$1 <> $2", "$1 < $2", "$1 <= $2", "$1 > $2", "$1 >= $2"};
    const ay_type type = any_type();
    pair p[2];
    generate_operands(p, 1, type, depth, COMPARISON);
    generate_operands(p + 1, 1, comparable(type), depth, COMPARISON);
    make(out, COMPARISON, signs[below(AY_COUNT(signs))], NULL, p, 2);
}

static void generate_test(pair *out, unsigned depth)
{
    static const char *const tests[] = {"$1 in ($2, $3)",           "$1 not in ($2, $3)",    "$1 in ($2, null, $3)",
                                        "$1 not in (null, $2, $3)", "$1 between $2 and $3",  "$1 not between $2 and $3",
                                        "$1 between null and $3",   "$1 between $2 and null"};
    const ay_type type = any_type();
    pair p[3];
    generate_operands(p, 3, type, depth, TEST);
    make(out, TEST, tests[below(AY_COUNT(tests))], NULL, p, 3);
    out->lazy = true;
}

static void generate_pattern(pair *out, unsigned depth)
{
    static const struct {
        const char *ours, *pg;
    } tests[] = {{"$1 like 'a%'", NULL},
                 {"$1 not like '%b_'", NULL},
                 {"$1 like '%a%b%'", NULL},
                 {"$1 like '_中%'", NULL},
                 {"$1 like '100!%' escape '!'", NULL},
                 {"$1 like '1__\\%'", NULL},
                 {"$1 like $2 || '%'", NULL},
                 {"$1 like '注_'", NULL},
                 {"$1 like 'a\\_%'", NULL},
                 {"$1 like '%' || $2 || '%'", NULL},
                 {"$1 matches '[a-c]+'", "$1 ~ '^(?:[a-c]+)$'"},
                 {"$1 matches 'a|b'", "$1 ~ '^(?:a|b)$'"},
                 {"$1 matches '(a|ab)(c|bcd)?'", "$1 ~ '^(?:(a|ab)(c|bcd)?)$'"},
                 {"$1 not matches '.{2}'", "$1 !~ '^(?:.{2})$'"},
                 {"$1 matches '[^a]*企业'", "$1 ~ '^(?:[^a]*企业)$'"},
                 {"$1 matches ''", "$1 ~ '^(?:)$'"}};
    const size_t which = below(AY_COUNT(tests));
    pair p[2];
    generate_operands(p, 1, AY_TEXT, depth, TEST);
    leaf(&p[1], AY_TEXT);
    /* a matches is a comparison of a special operator in PostgreSQL, which binds tighter: guarded on both sides */
    make(out, TEST, tests[which].ours, tests[which].pg, p, 2);
    if (tests[which].pg) {
        const pair inner = *out;
        make(out, ATOM, "($1)", NULL, &inner, 1);
    }
}

static void generate_is(pair *out, unsigned depth)
{
    static const char *const nulls[] = {"$1 is null", "$1 is not null"};
    static const char *const truths[] = {"$1 is true",      "$1 is not true", "$1 is false",
                                         "$1 is not false", "$1 is unknown",  "$1 is not unknown"};
    static const char *const distincts[] = {"$1 is distinct from $2", "$1 is not distinct from $2"};
    pair p[2];
    const uint32_t which = below(3);
    const ay_type type = which == 1 ? AY_BOOL : any_type();
    generate_operands(p, 2, type, depth, IS);
    if (which == 0) make(out, IS, nulls[below(2)], NULL, p, 1);
    else if (which == 1) make(out, IS, truths[below(6)], NULL, p, 1);
    else make(out, IS, distincts[below(2)], NULL, p, 2);
}

static void generate_logic(pair *out, unsigned depth)
{
    pair p[2];
    const uint32_t which = below(5);
    const kind top = which == 0 ? NOT : which < 3 ? AND : OR;
    generate_operands(p, 2, AY_BOOL, depth, top);
    make(out, top, top == NOT ? "not $1" : top == AND ? "$1 and $2" : "$1 or $2", NULL, p, top == NOT ? 1 : 2);
    out->lazy |= top != NOT;
}

static void generate_bool(pair *out, unsigned depth)
{
    switch (below(9)) {
    case 0:
    case 1:
    case 2: generate_comparison(out, depth); break;
    case 3:
    case 4: generate_test(out, depth); break;
    case 5: generate_pattern(out, depth); break;
    case 6: generate_is(out, depth); break;
    default: generate_logic(out, depth);
    }
}

static void generate(pair *out, ay_type type, unsigned depth)
{
    if (depth == 0 || below(6) == 0) {
        leaf(out, type);
        return;
    }
    if (below(8) == 0) {
        generate_choice(out, type, depth);
        return;
    }
    switch (type) {
    case AY_BOOL: generate_bool(out, depth); break;
    case AY_INT: generate_int(out, depth); break;
    case AY_DEC: generate_dec(out, depth); break;
    case AY_FLOAT: generate_float(out, depth); break;
    case AY_TEXT: generate_text(out, depth); break;
    case AY_INTERVAL: generate_interval(out, depth); break;
    default: generate_time(out, type, depth);
    }
}

typedef struct question {
    pair text;
    size_t rows[ASKED];
} question;

static void ask(question *q)
{
    do {
        generate_bool(&q->text, 1 + below(4));
    } while (q->text.too_long);
    for (size_t i = 0; i < ASKED; i++) q->rows[i] = below(ROWS);
}

/* ---- The question ---- */

static void write_records(void)
{
    printf("create temp table r(n int primary key");
    for (size_t f = 0; f < FIELDS; f++) printf(", %s %s", fields[f].name, pg_types[fields[f].type]);
    puts(");");
    for (size_t r = 0; r < ROWS; r++) {
        printf("insert into r values (%zu", r);
        for (size_t f = 0; f < FIELDS; f++)
            printf(records[r][f] ? ", '%s'" : ", null", records[r][f] ? records[r][f] : "");
        puts(");");
    }
}

static void write_sql(uint32_t count)
{
    static question q;
    puts("\\set ON_ERROR_STOP on\nset client_min_messages = error; set timezone = 'Asia/Shanghai'; set client_encoding "
         "= 'UTF8';");
    puts("create function pg_temp.verdict(e text, n int) returns text language plpgsql as $f$\n"
         "declare b boolean;\nbegin\n  execute 'select (' || e || ') from r where n = ' || n into b;\n"
         "  return case b when true then 'T' when false then 'F' else 'U' end;\n"
         "exception when data_exception then return 'B';\nend $f$;");
    write_records();
    for (uint32_t n = 0; n < count; n++) {
        ask(&q);
        printf("select string_agg(pg_temp.verdict($q$%s$q$, n), '' order by o) from unnest(array[", q.text.pg);
        for (size_t i = 0; i < ASKED; i++) printf(i ? ",%zu" : "%zu", q.rows[i]);
        puts("]) with ordinality as x(n, o);");
    }
}

/* ---- The comparison ---- */

typedef struct checker {
    ay_arena arena;
    ay_zone *zone;
    ay_batch batch;
    ay_context context;
    assay_diags *diags;
    uint64_t same, short_circuit, precision, wrong, seen[4];
} checker;

static bool set_cell(checker *c, uint32_t f, uint32_t row, const char *text)
{
    ay_col *col = &c->batch.cols[f];
    ay_cell cell;
    assay_status status;
    if (!text) {
        ay_bit_set(col->null, row);
        return true;
    }
    if (!ay_cell_read(ay_str_from(text), col->type, c->zone, &c->batch.heap, &cell, NULL, NULL, &status)) {
        fprintf(stderr, "cannot read %s as %s\n", text, ay_type_name(col->type));
        return false;
    }
    memcpy((char *)col->v.any + row * ay_storage_size(ay_type_storage(col->type)), &cell.v,
           ay_storage_size(ay_type_storage(col->type)));
    return true;
}

static bool open_checker(checker *c)
{
    ay_type types[FIELDS];
    for (size_t f = 0; f < FIELDS; f++) types[f] = fields[f].type;
    c->diags = assay_diags_new();
    if (!c->diags || ay_zone_open("Asia/Shanghai", &c->zone, NULL) != ASSAY_OK) return false;
    if (ay_batch_open(&c->batch, types, FIELDS, ROWS, NULL) != ASSAY_OK) return false;
    const int64_t today = ay_days_from_civil(2024, 2, 29), local = today * AY_DAY_US + AY_DAY_US / 2;
    c->context =
        (ay_context){.as_of_us = local - INT64_C(8) * 3600000000, .now_local = local, .today = today, .zone = c->zone};
    c->batch.rows = ROWS;
    for (uint32_t r = 0; r < ROWS; r++)
        for (uint32_t f = 0; f < FIELDS; f++)
            if (!set_cell(c, f, r, records[r][f])) return false;
    return true;
}

static void close_checker(checker *c)
{
    ay_batch_free(&c->batch);
    ay_zone_close(c->zone);
    assay_diags_free(c->diags);
    ay_arena_free(&c->arena);
}

static bool verdicts(checker *c, const char *text, char ret[ROWS])
{
    const ay_node node = {.kind = AY_NODE_SCALAR, .pos = {"oracle", 1, 1}, .text = ay_str_from(text)};
    const ay_expr *expr = ay_expr_compile(&c->arena, &node, fields, FIELDS, c->zone, c->diags);
    uint64_t active[AY_BITS_WORDS(ROWS)], t[AY_BITS_WORDS(ROWS)], u[AY_BITS_WORDS(ROWS)], b[AY_BITS_WORDS(ROWS)];
    ay_eval *eval = NULL;
    if (!expr) {
        const assay_diag *d = assay_diags_at(c->diags, 0);
        fprintf(stderr, "%s\n  %u: %s\n", text, d->column, d->text);
        return false;
    }
    ay_bits_fill(active, ROWS);
    bool ok = ay_eval_open(expr, ROWS, &eval, NULL) == ASSAY_OK;
    ok = ok && ay_eval_run(eval, &c->batch, &c->context, active, t, u, b, NULL) == ASSAY_OK;
    for (size_t r = 0; ok && r < ROWS; r++) ret[r] = ay_bit(b, r) ? 'B' : ay_bit(u, r) ? 'U' : ay_bit(t, r) ? 'T' : 'F';
    ay_eval_close(eval);
    ay_arena_reset(&c->arena);
    return ok;
}

static void show(const question *q, size_t i, char ours, char theirs)
{
    fprintf(stderr, "we %c, PostgreSQL %c: %s\n  %s\n ", ours, theirs, q->text.ours, q->text.pg);
    for (size_t f = 0; f < FIELDS; f++)
        fprintf(stderr, " %s=%s", fields[f].name, records[q->rows[i]][f] ? records[q->rows[i]][f] : "null");
    fputs("\n", stderr);
}

static void compare(checker *c, const question *q, size_t i, char ours, char theirs)
{
    c->seen[strchr("TFUB", theirs) - "TFUB"]++;
    if (ours == theirs) c->same++;
    else if (theirs == 'B' && q->text.lazy) c->short_circuit++;
    else if (ours == 'B' && q->text.decimal) c->precision++;
    else if (c->wrong++ < 20) show(q, i, ours, theirs);
}

static bool check_one(checker *c, const question *q, uint32_t n)
{
    char line[64], ours[ROWS];
    if (!fgets(line, sizeof line, stdin) || strspn(line, "TFUB") != ASKED) {
        fprintf(stderr, "no answer to expression %u: %s\n", n, q->text.pg);
        return false;
    }
    if (!verdicts(c, q->text.ours, ours)) return false;
    for (size_t i = 0; i < ASKED; i++) compare(c, q, i, ours[q->rows[i]], line[i]);
    return true;
}

static int check(uint32_t count)
{
    static question q;
    checker c = {0};
    bool ok = open_checker(&c);
    for (uint32_t n = 0; ok && n < count; n++) {
        ask(&q);
        ok = check_one(&c, &q, n);
    }
    close_checker(&c);
    const uint64_t total = c.same + c.short_circuit + c.precision + c.wrong;
    printf("%u expressions, %llu verdicts (T %llu F %llu U %llu B %llu): %llu same, %llu decided before PostgreSQL's "
           "error, "
           "%llu beyond 38 digits, %llu wrong\n",
           count, (unsigned long long)total, (unsigned long long)c.seen[0], (unsigned long long)c.seen[1],
           (unsigned long long)c.seen[2], (unsigned long long)c.seen[3], (unsigned long long)c.same,
           (unsigned long long)c.short_circuit, (unsigned long long)c.precision, (unsigned long long)c.wrong);
    const bool all_seen = c.seen[0] && c.seen[1] && c.seen[2] && c.seen[3];
    return ok && all_seen && c.wrong == 0 && c.short_circuit * 100 < total && c.precision * 100 < total ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s sql|check SEED COUNT\n", argv[0]);
        return 2;
    }
    seed = strtoull(argv[2], NULL, 10);
    const uint32_t count = (uint32_t)strtoul(argv[3], NULL, 10);
    make_records();
    if (strcmp(argv[1], "check") == 0) return check(count);
    write_sql(count);
    return 0;
}
