#include "check/iso7064.h"

#include "base/mem.h"
#include "base/word.h"

typedef enum family { LUHN, PURE, HYBRID } family;

typedef struct definition {
    const char *name;
    family family;
    uint16_t modulus;     /* M of the pure systems; of the hybrid ones the smaller of M, M+1 */
    uint16_t radix;       /* pure systems */
    uint16_t checks;      /* check characters at the end */
    const char *alphabet; /* of the body; its positions are the values */
    const char *check_alphabet;
} definition;

#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static const definition systems[] = {
    {"luhn", LUHN, 10, 0, 1, DIGITS, DIGITS},
    {"iso7064-mod11-2", PURE, 11, 2, 1, DIGITS, DIGITS "X"},
    {"iso7064-mod37-2", PURE, 37, 2, 1, DIGITS LETTERS, DIGITS LETTERS "*"},
    {"iso7064-mod97-10", PURE, 97, 10, 2, DIGITS, DIGITS},
    {"iso7064-mod661-26", PURE, 661, 26, 2, LETTERS, LETTERS},
    {"iso7064-mod1271-36", PURE, 1271, 36, 2, DIGITS LETTERS, DIGITS LETTERS},
    {"iso7064-mod11-10", HYBRID, 10, 0, 1, DIGITS, DIGITS},
    {"iso7064-mod27-26", HYBRID, 26, 0, 1, LETTERS, LETTERS},
    {"iso7064-mod37-36", HYBRID, 36, 0, 1, DIGITS LETTERS, DIGITS LETTERS},
};

_Static_assert(AY_COUNT(systems) == AY_ISO7064_COUNT, "count every system");

enum {
    NO_VALUE = 255,
    VALUES = 64, /* more than any alphabet has, and a mask of NO_VALUE leaves the last of them, which is none */
    PLACES = 64, /* of the values whose weights are tabulated */
    STATES = 37, /* of the hybrid systems: 1 to M; none leads to 0, and 0 only to itself */
};

struct ay_iso7064 {
    const definition *system;
    uint8_t body[256], check[256];                      /* from a byte to its value */
    uint16_t weights[PLACES];                           /* pure: of a value that has so many places */
    uint8_t step[VALUES][STATES], back[VALUES][STATES]; /* hybrid: by a value, from a state to the next; and back */
};

static void turn_round(const char *alphabet, uint8_t values[256])
{
    memset(values, NO_VALUE, 256);
    for (uint8_t i = 0; alphabet[i]; i++) values[(unsigned char)alphabet[i]] = i;
}

/* ISO/IEC 7064, hybrid systems: add the character modulo M (0 counts as M), double modulo M + 1. */
static void tabulate_steps(ay_iso7064 *tables, uint32_t m)
{
    for (uint32_t v = 0; v < m; v++)
        for (uint32_t p = 1; p <= m; p++) {
            const uint32_t sum = (p + v) % m, next = (sum ? sum : m) * 2 % (m + 1);
            tables->step[v][p] = (uint8_t)next;
            tables->back[v][next] = (uint8_t)p;
        }
}

/* Pure systems: the powers of the radix, the last place has the lowest. */
static void tabulate_weights(ay_iso7064 *tables, const definition *s)
{
    uint32_t weight = 1;
    for (size_t i = PLACES; i-- > 0; weight = weight * s->radix % s->modulus) tables->weights[i] = (uint16_t)weight;
}

const char *ay_iso7064_name(uint32_t i)
{
    return systems[i].name;
}

const ay_iso7064 *ay_iso7064_open(uint32_t i, ay_arena *arena)
{
    ay_iso7064 *tables = AY_ARENA_NEW(arena, ay_iso7064);
    if (!tables) return NULL;
    tables->system = &systems[i];
    turn_round(systems[i].alphabet, tables->body);
    turn_round(systems[i].check_alphabet, tables->check);
    if (systems[i].family == HYBRID) tabulate_steps(tables, systems[i].modulus);
    if (systems[i].family == PURE) tabulate_weights(tables, &systems[i]);
    return tables;
}

static uint32_t value_of(const ay_iso7064 *args, char c)
{
    return args->body[(unsigned char)c];
}

uint32_t ay_luhn(ay_str digits)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < digits.len; i++) {
        const uint32_t digit = (uint32_t)(digits.ptr[i] - '0');
        const uint32_t doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += (digits.len - i) % 2 ? doubled : digit; /* the digit beside the check digit is doubled */
    }
    return (10 - sum % 10) % 10;
}

char ay_mod11_2(const char *digits, size_t n)
{
    uint32_t p = 0;
    for (size_t i = 0; i < n; i++) p = (p + (uint32_t)(digits[i] - '0')) * 2 % 11;
    return "10X98765432"[p];
}

/* The whole string, read as a number in the radix, must be 1 modulo M. */
static uint32_t pure(const ay_iso7064 *args, ay_str body)
{
    const definition *s = args->system;
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

static uint32_t hybrid(const ay_iso7064 *args, ay_str body)
{
    const uint32_t m = args->system->modulus;
    uint32_t p = m;
    for (size_t i = 0; i < body.len; i++) p = args->step[value_of(args, body.ptr[i])][p];
    return (m + 1 - p) % m;
}

static void expect(const ay_iso7064 *args, ay_str body, char expected[3])
{
    const definition *s = args->system;
    const uint32_t check = s->family == LUHN   ? ay_luhn(body)
                           : s->family == PURE ? pure(args, body)
                                               : hybrid(args, body);
    if (s->checks == 1) {
        expected[0] = s->check_alphabet[check];
    } else {
        expected[0] = s->check_alphabet[check / s->radix];
        expected[1] = s->check_alphabet[check % s->radix];
    }
}

/* Two characters can write more values than the modulus has: what is congruent to the expected value is right too. */
static bool is_congruent(const ay_iso7064 *args, const ay_flaw *f)
{
    const definition *s = args->system;
    if (s->family != PURE || s->checks != 2) return false;
    const uint32_t a = value_of(args, f->found[0]) * s->radix + value_of(args, f->found[1]);
    const uint32_t b = value_of(args, f->expected[0]) * s->radix + value_of(args, f->expected[1]);
    return a % s->modulus == b % s->modulus;
}

/* The first byte that is not of the alphabet of its place; text.len when all are. */
static size_t first_stranger(const ay_iso7064 *args, ay_str text, size_t body)
{
    size_t at = 0;
    while (at < body && args->body[(unsigned char)text.ptr[at]] != NO_VALUE) at++;
    if (at < body) return at;
    while (at < text.len && args->check[(unsigned char)text.ptr[at]] != NO_VALUE) at++;
    return at;
}

ay_flaw ay_iso7064_test(const ay_iso7064 *args, ay_str text)
{
    const definition *s = args->system;
    if (text.len <= s->checks) return (ay_flaw){.code = AY_FLAW_SHORT};
    const size_t body = text.len - s->checks, stranger = first_stranger(args, text, body);
    if (stranger < text.len) return ay_flaw_alphabet(text, stranger, "", "");
    ay_flaw f = {.code = AY_FLAW_CHECK, .at = (uint32_t)body + 1};
    memcpy(f.found, text.ptr + body, s->checks);
    expect(args, ay_str_slice(text, 0, body), f.expected);
    return strcmp(f.found, f.expected) == 0 || is_congruent(args, &f) ? ay_flaw_none() : f;
}

/* ---- yes or no ---- */

/* Eight values of digits, of which every other one is doubled, beginning with the first; their digits summed up. */
static uint32_t luhn_word(uint64_t values)
{
    const uint64_t every_other = UINT64_C(0x00FF00FF00FF00FF), ones = UINT64_C(0x0001000100010001);
    const uint64_t doubled = (values & every_other) * 2, from_ten = (doubled + ones * 0x76) >> 7 & ones;
    return (uint32_t)((doubled - from_ten * 9 + (values >> 8 & every_other)) * ones >> 48);
}

bool ay_luhn_holds(ay_str text)
{
    if (text.len < 2 || !ay_is_digits(text)) return false;
    uint32_t sum = 0;
    size_t left = text.len;
    for (; left >= 8; left -= 8) sum += luhn_word(ay_load64(text.ptr + left - 8) - AY_WORD_OF('0'));
    if (left) sum += luhn_word((ay_load_few(text.ptr, left) ^ AY_WORD_OF('0')) << 8 * (8 - left));
    return sum % 10 == 0;
}

/* The sum of all values, each with the weight of its place. */
static bool pure_holds(const ay_iso7064 *args, ay_str text)
{
    const uint16_t *weights = args->weights + PLACES - text.len;
    const size_t body = text.len - args->system->checks;
    uint32_t sum = 0, seen = 0;
    for (size_t i = 0; i < text.len; i++) {
        const uint32_t value = (i < body ? args->body : args->check)[(unsigned char)text.ptr[i]];
        seen |= value;
        sum += value * weights[i];
    }
    return seen < VALUES && sum % args->system->modulus == 1;
}

/* Every step has to wait for the one before it, so two walks are made at once: from the first state on, and back from
 * the state that the check character asks for. They must meet in the middle. */
static bool hybrid_holds(const ay_iso7064 *args, ay_str text)
{
    const uint32_t m = args->system->modulus, check = args->check[(unsigned char)text.ptr[text.len - 1]];
    if (check == NO_VALUE) return false;
    uint32_t front = m, behind = check ? m + 1 - check : 1;
    size_t from = 0, to = text.len - 1;
    for (; to - from >= 2; from++) {
        front = args->step[value_of(args, text.ptr[from]) % VALUES][front];
        behind = args->back[value_of(args, text.ptr[--to]) % VALUES][behind];
    }
    if (from < to) front = args->step[value_of(args, text.ptr[from]) % VALUES][front];
    return front == behind && front;
}

bool ay_iso7064_holds(const ay_iso7064 *args, ay_str text)
{
    const definition *s = args->system;
    if (s->family == LUHN) return ay_luhn_holds(text);
    if (text.len <= s->checks) return false;
    if (s->family == HYBRID) return hybrid_holds(args, text);
    return text.len <= PLACES ? pure_holds(args, text) : ay_iso7064_test(args, text).code == AY_FLAW_NONE;
}
