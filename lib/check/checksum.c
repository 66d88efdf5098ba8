/* checksum: Luhn (ISO/IEC 7812-1 annex B) and the systems of ISO/IEC 7064, all from one table. */
#include "check/kinds.h"
#include "check/param.h"

#include "base/mem.h"
#include "base/utf8.h"

typedef enum family { LUHN, PURE, HYBRID, ABSENT } family;

typedef struct checksum_system {
    const char *name;
    family family;
    uint16_t modulus;     /* M of the pure systems; of the hybrid ones the smaller of M, M+1 */
    uint16_t radix;       /* pure systems */
    uint16_t checks;      /* check characters at the end */
    const char *alphabet; /* of the body; its positions are the values */
    const char *check_alphabet;
} checksum_system;

#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const checksum_system systems[] = {
    {"luhn", LUHN, 10, 0, 1, DIGITS, DIGITS},
    {"iso7064-mod11-2", PURE, 11, 2, 1, DIGITS, DIGITS "X"},
    {"iso7064-mod37-2", PURE, 37, 2, 1, DIGITS LETTERS, DIGITS LETTERS "*"},
    {"iso7064-mod97-10", PURE, 97, 10, 2, DIGITS, DIGITS},
    {"iso7064-mod661-26", PURE, 661, 26, 2, LETTERS, LETTERS},
    {"iso7064-mod1271-36", PURE, 1271, 36, 2, DIGITS LETTERS, DIGITS LETTERS},
    {"iso7064-mod11-10", HYBRID, 10, 0, 1, DIGITS, DIGITS},
    {"iso7064-mod27-26", HYBRID, 26, 0, 1, LETTERS, LETTERS},
    {"iso7064-mod37-36", HYBRID, 36, 0, 1, DIGITS LETTERS, DIGITS LETTERS},
    {"gb32100", ABSENT, 0, 0, 0, "", ""},
    {"gb11714", ABSENT, 0, 0, 0, "", ""},
    {"gb11643", ABSENT, 0, 0, 0, "", ""},
    {"gs15", ABSENT, 0, 0, 0, "", ""},
    {"vin", ABSENT, 0, 0, 0, "", ""},
};

enum { NO_VALUE = 255 };

/* A system with its alphabets turned round: from a byte to its value. Compiled once. */
typedef struct checksum_args {
    const checksum_system *system;
    bool is_quotable; /* a reason may quote check characters */
    uint8_t body[256], check[256];
    uint8_t step[37][36]; /* hybrid: from the state and the value of a character to the next state */
} checksum_args;

typedef enum fault { RIGHT, TOO_SHORT, NOT_IN_ALPHABET, WRONG } fault;

typedef struct finding {
    fault fault;
    size_t at; /* byte of the character outside the alphabet */
    char found[3], expected[3];
} finding;

static void turn_round(const char *alphabet, uint8_t values[256])
{
    memset(values, NO_VALUE, 256);
    for (uint8_t i = 0; alphabet[i]; i++) values[(unsigned char)alphabet[i]] = i;
}

/* ISO/IEC 7064, hybrid systems: add the character modulo M (0 counts as M), double modulo M + 1. */
static void tabulate_steps(uint32_t m, uint8_t step[37][36])
{
    for (uint32_t p = 0; p <= m; p++)
        for (uint32_t v = 0; v < m; v++) {
            const uint32_t sum = (p + v) % m;
            step[p][v] = (uint8_t)((sum ? sum : m) * 2 % (m + 1));
        }
}

static bool compile_tables(ay_build *build, const checksum_system *system, ay_rule *rule)
{
    checksum_args *args = AY_ARENA_NEW(build->arena, checksum_args);
    if (!args) return false;
    args->system = system;
    args->is_quotable = build->fields[rule->field].level < AY_SENSITIVE;
    turn_round(system->alphabet, args->body);
    turn_round(system->check_alphabet, args->check);
    if (system->family == HYBRID) tabulate_steps(system->modulus, args->step);
    rule->args = args;
    return true;
}

static bool compile(ay_build *build, const ay_node *arg, ay_rule *rule)
{
    const char *names[AY_COUNT(systems)];
    for (size_t i = 0; i < AY_COUNT(systems); i++) names[i] = systems[i].name;
    uint32_t i = 0;
    if (!ay_param_own_field(build, arg, rule) || !ay_param_word(build, arg, names, AY_COUNT(names), &i)) return false;
    if (systems[i].family != ABSENT) return compile_tables(build, &systems[i], rule);
    ay_diag_error(build->diags, "not-in-this-version", arg->pos, "checksum '%s' is not in this version",
                  "本版本尚不支持校验算法“%s”", systems[i].name);
    return false;
}

static uint32_t value_of(const checksum_args *args, char c)
{
    return args->body[(unsigned char)c];
}

/* The check value that the body asks for. */
static uint32_t luhn(ay_str body)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < body.len; i++) {
        const uint32_t digit = (uint32_t)(body.ptr[i] - '0');
        const uint32_t doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += (body.len - i) % 2 ? doubled : digit; /* the digit beside the check digit is doubled */
    }
    return (10 - sum % 10) % 10;
}

/* The whole string, read as a number in the radix, must be 1 modulo M. */
static uint32_t pure(const checksum_args *args, ay_str body)
{
    const checksum_system *s = args->system;
    uint64_t p = 0;
    for (size_t i = 0; i < body.len; i++) {
        p = p * s->radix + value_of(args, body.ptr[i]);
        if (p >> 57) p %= s->modulus; /* seldom: the radix is at most 36 */
    }
    p %= s->modulus;
    for (uint32_t i = 0; i < s->checks; i++) p = p * s->radix % s->modulus;
    const uint32_t check = (1 + s->modulus - (uint32_t)p) % s->modulus;
    return s->modulus == 97 && check < 2 ? check + 97 : check; /* 98 - p: two digits from 02 to 98 */
}

static uint32_t hybrid(const checksum_args *args, ay_str body)
{
    const uint32_t m = args->system->modulus;
    uint32_t p = m;
    for (size_t i = 0; i < body.len; i++) p = args->step[p][value_of(args, body.ptr[i])];
    return (m + 1 - p) % m;
}

static void expect(const checksum_args *args, ay_str body, char expected[3])
{
    const checksum_system *s = args->system;
    const uint32_t check = s->family == LUHN ? luhn(body) : s->family == PURE ? pure(args, body) : hybrid(args, body);
    if (s->checks == 1) {
        expected[0] = s->check_alphabet[check];
    } else {
        expected[0] = s->check_alphabet[check / s->radix];
        expected[1] = s->check_alphabet[check % s->radix];
    }
}

/* Two characters can write more values than the modulus has: what is congruent to the expected value is right too. */
static bool is_congruent(const checksum_args *args, const finding *f)
{
    const checksum_system *s = args->system;
    if (s->family != PURE || s->checks != 2) return false;
    const uint32_t a = value_of(args, f->found[0]) * s->radix + value_of(args, f->found[1]);
    const uint32_t b = value_of(args, f->expected[0]) * s->radix + value_of(args, f->expected[1]);
    return a % s->modulus == b % s->modulus;
}

/* The first byte that is not of the alphabet of its place; text.len when all are. */
static size_t first_stranger(const checksum_args *args, ay_str text, size_t body)
{
    size_t at = 0;
    while (at < body && args->body[(unsigned char)text.ptr[at]] != NO_VALUE) at++;
    if (at < body) return at;
    while (at < text.len && args->check[(unsigned char)text.ptr[at]] != NO_VALUE) at++;
    return at;
}

static finding test(const checksum_args *args, ay_str text)
{
    const checksum_system *s = args->system;
    finding f = {.fault = TOO_SHORT};
    if (text.len <= s->checks) return f;
    const size_t body = text.len - s->checks;
    f.fault = NOT_IN_ALPHABET;
    f.at = first_stranger(args, text, body);
    if (f.at < text.len) return f;
    memcpy(f.found, text.ptr + body, s->checks);
    expect(args, ay_str_slice(text, 0, body), f.expected);
    f.fault = strcmp(f.found, f.expected) == 0 || is_congruent(args, &f) ? RIGHT : WRONG;
    return f;
}

static assay_status eval(const ay_rule *rule, void *scratch, const ay_view *view, const uint64_t *active,
                         ay_marks marks, assay_err *err)
{
    (void)scratch;
    (void)err;
    const ay_str *texts = view->batch->cols[rule->fields[0]].v.str;
    AY_BITS_EACH (i, active, view->batch->rows)
        if (test((const checksum_args *)rule->args, texts[i]).fault != RIGHT) ay_bit_set(marks.fail, i);
    return ASSAY_OK;
}

static void reason(const ay_rule *rule, const ay_facts *facts, bool zh, ay_buf *out)
{
    const ay_str text = ay_fact_text(facts, 0);
    const checksum_args *args = (const checksum_args *)rule->args;
    const finding f = test(args, text);
    switch (f.fault) {
    case TOO_SHORT: ay_buf_text(out, zh ? "太短，没有校验码的位置" : "too short to hold a check character"); break;
    case NOT_IN_ALPHABET:
        ay_buf_printf(
            out, zh ? "第 %zu 个字符不在该校验算法的字符集内" : "character %zu is outside the alphabet of the checksum",
            ay_utf8_length(ay_str_slice(text, 0, f.at)) + 1);
        break;
    default:
        if (!args->is_quotable) {
            ay_buf_text(out, zh ? "校验码错误" : "the check character is wrong");
            break;
        }
        ay_buf_printf(out, zh ? "校验码为 %s，应为 %s" : "check character is %s, should be %s", f.found, f.expected);
        break;
    }
}

const ay_kind ay_kind_checksum = {
    .name = "checksum",
    .over = AY_OVER_VALUE,
    .summary = "the check characters agree with the rest of the value",
    .summary_zh = "校验码正确",
    .indicator = "0301",
    .types = AY_TYPE_BIT(AY_TEXT),
    .compile = compile,
    .eval = eval,
    .reason = reason,
};
