/* Things: vehicles (VIN, GB 16735) and bank cards (ISO/IEC 7812). */
#include "check/identifier.h"

#include "base/word.h"
#include "check/iso7064.h"

/* ---- VIN ---- */

#define S 255 /* a stranger: no character of a VIN */
/* The number that each character counts as. No I, O, Q. */
static const uint8_t vin_values[256] = {
    S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, /* */
    S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, S, S, S, S, S, S, /* 0-9 */
    S, 1, 2, 3, 4, 5, 6, 7, 8, S, 1, 2, 3, 4, 5, S, 7, S, 9, 2, 3, 4, 5, 6, 7, 8, 9, S, S, S, S, S, /* A-Z */
    S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, /* */
    S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, /* */
    S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, /* */
    S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, /* */
    S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, /* */
};

static uint8_t vin_value(char c)
{
    return vin_values[(unsigned char)c];
}

ay_flaw ay_vin_shape(ay_str text)
{
    size_t at = 0;
    while (at < text.len && at < 17 && vin_value(text.ptr[at]) != S) at++;
    if (at < text.len && at < 17)
        return ay_flaw_alphabet(text, at, "a digit or a capital letter other than I, O, Q",
                                "数字或除 I、O、Q 以外的大写字母");
    return text.len == 17 ? ay_flaw_none() : ay_flaw_length("17");
}

static bool is_one_character(ay_str text)
{
    size_t i = 1;
    while (i < text.len && text.ptr[i] == text.ptr[0]) i++;
    return i == text.len;
}

static const uint8_t vin_weights[17] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
static const char vin_checks[] = "0123456789X";

ay_flaw ay_vin_test(ay_str text, int64_t today)
{
    (void)today;
    const ay_flaw flaw = ay_vin_shape(text);
    if (flaw.code != AY_FLAW_NONE) return flaw;
    if (is_one_character(text)) /* the arithmetic of seventeen 0 or 1 is right */
        return ay_flaw_part("it is one character repeated, a placeholder", "为同一字符重复的占位号码");
    uint32_t sum = 0;
    for (size_t i = 0; i < 17; i++) sum += (uint32_t)vin_value(text.ptr[i]) * vin_weights[i];
    return ay_flaw_check(9, text.ptr[8], vin_checks[sum % 11]);
}

bool ay_vin_holds(ay_str text, int64_t today)
{
    (void)today;
    if (text.len != 17) return false;
    uint32_t sum = 0, seen = 0;
    for (size_t i = 0; i < 17; i++) {
        const uint32_t value = vin_value(text.ptr[i]);
        seen |= value;
        sum += value * vin_weights[i];
    }
    return seen != S && text.ptr[8] == vin_checks[sum % 11] && !is_one_character(text);
}

/* ---- bank cards ---- */

ay_flaw ay_bank_card_test(ay_str text, int64_t today)
{
    (void)today;
    const size_t stranger = ay_digits_end(text);
    if (stranger < text.len && stranger < 19) return ay_flaw_alphabet(text, stranger, "a digit", "数字");
    if (text.len < 13 || text.len > 19) return ay_flaw_length("13 - 19");
    if (text.ptr[0] == '0') return ay_flaw_part("no card number begins with 0", "卡号不以 0 开头");
    const uint32_t check = ay_luhn(ay_str_slice(text, 0, text.len - 1));
    return ay_flaw_check((uint32_t)text.len, text.ptr[text.len - 1], (char)('0' + check));
}

bool ay_bank_card_holds(ay_str text, int64_t today)
{
    (void)today;
    return text.len >= 13 && text.len <= 19 && text.ptr[0] != '0' && ay_luhn_holds(text);
}
