/* Organisations: the unified social credit code (GB 32100-2015), the organisation code inside it (GB 11714-1997) and
 * the business registration number of 15 digits (GS15-2006). */
#include "check/identifier.h"

#include "base/mem.h"
#include "base/word.h"

/* ---- GB 32100 ---- */

#define S 255 /* a stranger: no character of the alphabet */
/* 0-9 A-H J-N P-R T-U W-Y: 31 characters, no I O S V Z. Their positions are their values. */
static const uint8_t uscc_values[256] = {
    S, S,  S,  S,  S,  S,  S,  S,  S,  S, S,  S,  S,  S,  S,  S, S,  S,  S,  S, S,  S,  S, S,  S,  S,  S, S, S, S, S, S,
    S, S,  S,  S,  S,  S,  S,  S,  S,  S, S,  S,  S,  S,  S,  S, 0,  1,  2,  3, 4,  5,  6, 7,  8,  9,  S, S, S, S, S, S,
    S, 10, 11, 12, 13, 14, 15, 16, 17, S, 18, 19, 20, 21, 22, S, 23, 24, 25, S, 26, 27, S, 28, 29, 30, S, S, S, S, S, S,
    S, S,  S,  S,  S,  S,  S,  S,  S,  S, S,  S,  S,  S,  S,  S, S,  S,  S,  S, S,  S,  S, S,  S,  S,  S, S, S, S, S, S,
    S, S,  S,  S,  S,  S,  S,  S,  S,  S, S,  S,  S,  S,  S,  S, S,  S,  S,  S, S,  S,  S, S,  S,  S,  S, S, S, S, S, S,
    S, S,  S,  S,  S,  S,  S,  S,  S,  S, S,  S,  S,  S,  S,  S, S,  S,  S,  S, S,  S,  S, S,  S,  S,  S, S, S, S, S, S,
    S, S,  S,  S,  S,  S,  S,  S,  S,  S, S,  S,  S,  S,  S,  S, S,  S,  S,  S, S,  S,  S, S,  S,  S,  S, S, S, S, S, S,
    S, S,  S,  S,  S,  S,  S,  S,  S,  S, S,  S,  S,  S,  S,  S, S,  S,  S,  S, S,  S,  S, S,  S,  S,  S, S, S, S, S, S,
};

static uint8_t uscc_value(char c)
{
    return uscc_values[(unsigned char)c];
}

static const char uscc_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/* Characters 1 and 2, table 1 of the standard: bit d of the entry of the authority: category d is one of its own. */
static bool is_registered(char authority, char category)
{
    static const uint16_t categories[31] = {
        [1] = 0x20E,  /* 1 2 3 9 */
        [2] = 0x202,  /* 1 9 */
        [3] = 0x23E,  /* 1 2 3 4 5 9 */
        [4] = 0x202,  /* 1 9 */
        [5] = 0x20E,  /* 1 2 3 9 */
        [6] = 0x206,  /* 1 2 9 */
        [7] = 0x206,  /* 1 2 9 */
        [8] = 0x202,  /* 1 9 */
        [9] = 0x00E,  /* 1 2 3 */
        [10] = 0x202, /* A: 1 9 */
        [22] = 0x20E, /* N: 1 2 3 9 */
        [30] = 0x002, /* Y: 1 */
    };
    return category >= '0' && category <= '9' && categories[uscc_value(authority)] >> (category - '0') & 1;
}

/* The first byte that cannot stand where it stands; text.len when all can. */
static size_t uscc_stranger(ay_str text)
{
    size_t at = 0;
    while (at < text.len && uscc_value(text.ptr[at]) != S && (at < 2 || at > 7 || uscc_value(text.ptr[at]) <= 9)) at++;
    return at;
}

static ay_flaw uscc_flaw(ay_str text, size_t stranger)
{
    if (stranger >= 2 && stranger <= 7) return ay_flaw_alphabet(text, stranger, "a digit", "数字");
    return ay_flaw_alphabet(text, stranger, "a digit or a capital letter other than I, O, S, V, Z",
                            "数字或除 I、O、S、V、Z 以外的大写字母");
}

static const uint8_t uscc_weights[18] = {1,  3,  9,  27, 19, 26, 16, 17, 20, /* 3^i mod 31 */
                                         29, 25, 13, 8,  24, 10, 30, 28, 1}; /* and the check character */

ay_flaw ay_uscc_test(ay_str text, int64_t today)
{
    (void)today;
    const size_t stranger = uscc_stranger(text);
    if (stranger < text.len && stranger < 18) return uscc_flaw(text, stranger);
    if (text.len != 18) return ay_flaw_length("18");
    if (!is_registered(text.ptr[0], text.ptr[1]))
        return ay_flaw_part("the first two characters are no registration authority and category",
                            "前两位不是登记管理部门代码和机构类别代码");
    uint32_t sum = 0;
    for (size_t i = 0; i < 17; i++) sum += (uint32_t)uscc_value(text.ptr[i]) * uscc_weights[i];
    return ay_flaw_check(18, text.ptr[17], uscc_alphabet[(31 - sum % 31) % 31]);
}

bool ay_uscc_holds(ay_str text, int64_t today)
{
    (void)today;
    if (text.len != 18) return false;
    uint32_t sum = 0, seen = 0;
    for (size_t i = 0; i < 18; i++) {
        const uint32_t value = uscc_value(text.ptr[i]);
        seen |= value;
        sum += value * uscc_weights[i];
    }
    /* Of the alphabet, the letters are the bytes from 0x40 on. */
    const uint64_t letters = ay_load64(text.ptr + 2) & UINT64_C(0x404040404040);
    return seen != S && !letters && sum % 31 == 0 && is_registered(text.ptr[0], text.ptr[1]);
}

/* ---- GB 11714 ---- */

static bool is_org_character(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

static size_t org_stranger(ay_str text)
{
    size_t at = 0;
    while (at < text.len && at < 8 && is_org_character(text.ptr[at])) at++;
    return at;
}

/* Letters, the bytes from 0x40 on, count from 10 on. */
static char org_check(const char *body)
{
    static const uint8_t weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    uint32_t sum = 0;
    for (size_t i = 0; i < 8; i++) sum += (uint32_t)(body[i] - '0' - (body[i] >> 6) * ('A' - '9' - 1)) * weights[i];
    return "0X987654321"[sum % 11]; /* 11 - sum mod 11: 10 is written X, 11 is written 0 */
}

/* Numbers whose arithmetic is right and that nobody was given. */
static bool is_org_placeholder(ay_str text, char check)
{
    const bool is_right = text.ptr[text.len - 1] == check;
    return is_right && (memcmp(text.ptr, "00000000", 8) == 0 || memcmp(text.ptr, "12345678", 8) == 0);
}

ay_flaw ay_org_code_test(ay_str text, int64_t today)
{
    (void)today;
    const size_t stranger = org_stranger(text);
    if (stranger < text.len && stranger < 8)
        return ay_flaw_alphabet(text, stranger, "a digit or a capital letter", "数字或大写字母");
    const bool has_hyphen = text.len == 10 && text.ptr[8] == '-';
    if (text.len != 9 && !has_hyphen) return ay_flaw_length("9");
    const size_t last = text.len - 1;
    if (text.ptr[last] != 'X' && (unsigned)(text.ptr[last] - '0') > 9)
        return ay_flaw_alphabet(text, last, "a digit or X", "数字或 X");
    const char check = org_check(text.ptr);
    if (is_org_placeholder(text, check))
        return ay_flaw_part("it is a placeholder that was never issued", "是从未颁发的占位号码");
    return ay_flaw_check((uint32_t)text.len, text.ptr[last], check);
}

bool ay_org_code_holds(ay_str text, int64_t today)
{
    (void)today;
    const bool has_hyphen = text.len == 10 && text.ptr[8] == '-';
    if (text.len != 9 && !has_hyphen) return false;
    const uint64_t body = ay_load64(text.ptr);
    if ((ay_word_within(body, '0', '9') | ay_word_within(body, 'A', 'Z')) != AY_WORD_OF(0x80)) return false;
    const char check = org_check(text.ptr);
    return text.ptr[text.len - 1] == check && !is_org_placeholder(text, check);
}

/* ---- GS15 ---- */

/* ISO 7064 MOD 11,10: by a digit, from a state, 1 to 10, to the next. */
#define STEP(digit, p) (((p) + (digit)) % 10 ? ((p) + (digit)) % 10 * 2 % 11 : 9)
#define STEPS(digit)                                                                                                   \
    {                                                                                                                  \
        0, STEP(digit, 1), STEP(digit, 2), STEP(digit, 3), STEP(digit, 4), STEP(digit, 5), STEP(digit, 6),             \
            STEP(digit, 7), STEP(digit, 8), STEP(digit, 9), STEP(digit, 10)                                            \
    }
static const uint8_t mod11_10[10][11] = {STEPS(0), STEPS(1), STEPS(2), STEPS(3), STEPS(4),
                                         STEPS(5), STEPS(6), STEPS(7), STEPS(8), STEPS(9)};

static char gs15_check(const char *body)
{
    uint32_t p = 10;
    for (size_t i = 0; i < 14; i++) p = mod11_10[body[i] - '0'][p];
    return (char)('0' + (11 - p) % 10);
}

ay_flaw ay_gs15_test(ay_str text, int64_t today)
{
    (void)today;
    const size_t stranger = ay_digits_end(text);
    if (stranger < text.len && stranger < 15) return ay_flaw_alphabet(text, stranger, "a digit", "数字");
    if (text.len != 15) return ay_flaw_length("15");
    return ay_flaw_check(15, text.ptr[14], gs15_check(text.ptr));
}

bool ay_gs15_holds(ay_str text, int64_t today)
{
    (void)today;
    return text.len == 15 && ay_is_digits(text) && text.ptr[14] == gs15_check(text.ptr);
}
