/* Persons: the citizen id (GB 11643-1999, 18 digits and the 15 before it), the residence permits of residents of Hong
 * Kong, Macao and Taiwan and the permanent resident card of foreigners, which have the citizen id's birth date,
 * sequence and check character (ISO 7064 MOD 11-2). */
#include "check/identifier.h"

#include "base/mem.h"
#include "base/time.h"
#include "base/word.h"

static unsigned two(const char *digits)
{
    return (unsigned)(digits[0] - '0') * 10 + (unsigned)(digits[1] - '0');
}

typedef struct birth {
    unsigned year, month, day;
} birth;

/* The date written YYYYMMDD; false: there is no such day, or it is before 1800. */
static bool read_birth(const char *digits, birth *ret)
{
    const birth b = {two(digits) * 100 + two(digits + 2), two(digits + 4), two(digits + 6)};
    *ret = b;
    return b.year >= 1800 && b.month - 1 < 12 && b.day >= 1 && b.day <= ay_days_in_month(b.year, b.month);
}

/* The days of a date are counted only where its year may not be over: no year has more than 366. */
static bool is_after(const birth *b, int64_t today)
{
    const int64_t year_end = b->year < 1970 ? 0 : (int64_t)(b->year - 1969) * 366;
    return year_end > today && ay_days_from_civil(b->year, b->month, b->day) > today;
}

static ay_flaw no_such_birth(void)
{
    return ay_flaw_part("the birth date does not exist", "出生日期不存在");
}

static char check_of(const char *body)
{
    static const uint8_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}; /* 2^(17-i) mod 11 */
    uint32_t sum = 0;
    for (size_t i = 0; i < 17; i++) sum += (uint32_t)(body[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

/* Characters 7 to 18, the same in all of them. */
static ay_flaw test_tail(ay_str text, int64_t today)
{
    birth b;
    if (!read_birth(text.ptr + 6, &b)) return no_such_birth();
    if (is_after(&b, today))
        return ay_flaw_part("the birth date is after the day of the check", "出生日期晚于检查日期");
    return ay_flaw_check(18, text.ptr[17], check_of(text.ptr));
}

/* 17 digits, and a digit or X. */
static ay_flaw test_characters(ay_str text)
{
    const size_t stranger = ay_digits_end(text);
    if (stranger < text.len && stranger < 17) return ay_flaw_alphabet(text, stranger, "a digit", "数字");
    if (stranger == 17 && text.len > 17 && text.ptr[17] != 'X')
        return ay_flaw_alphabet(text, stranger, "a digit or X", "数字或 X");
    return text.len == 18 ? ay_flaw_none() : ay_flaw_length("18");
}

static ay_flaw no_province(void)
{
    return ay_flaw_part("the first two digits are no province", "前两位不是省级行政区划代码");
}

ay_flaw ay_citizen_id_test(ay_str text, int64_t today)
{
    ay_flaw flaw = test_characters(text);
    if (text.len == 15 && ay_citizen_id_15_test(text, today).code == AY_FLAW_NONE) {
        flaw =
            ay_flaw_part("it has the 15 digits of the form before GB 11643-1999", "是 GB 11643-1999 之前的 15 位号码");
        flaw.code = AY_FLAW_OLD_FORM;
    }
    if (flaw.code != AY_FLAW_NONE) return flaw;
    return ay_is_province(text.ptr) ? test_tail(text, today) : no_province();
}

/* Who was over a hundred when the numbers were given has a sequence from 996 to 999. */
static bool is_centenarian(ay_str text)
{
    return memcmp(text.ptr + 12, "99", 2) == 0 && text.ptr[14] >= '6';
}

/* Of 15 digits. */
static bool has_birth_15(ay_str text)
{
    char digits[8] = {'1', is_centenarian(text) ? '8' : '9'};
    birth b;
    memcpy(digits + 2, text.ptr + 6, 6);
    return read_birth(digits, &b);
}

ay_flaw ay_citizen_id_15_test(ay_str text, int64_t today)
{
    (void)today; /* none was given after 1999 */
    const size_t stranger = ay_digits_end(text);
    if (stranger < text.len && stranger < 15) return ay_flaw_alphabet(text, stranger, "a digit", "数字");
    if (text.len != 15) return ay_flaw_length("15");
    if (!ay_is_province(text.ptr)) return no_province();
    return has_birth_15(text) ? ay_flaw_none() : no_such_birth();
}

bool ay_citizen_id_upgrade(ay_str text, char out[18])
{
    if (ay_citizen_id_15_test(text, 0).code != AY_FLAW_NONE || is_centenarian(text)) return false;
    memcpy(out, text.ptr, 6);
    memcpy(out + 6, "19", 2);
    memcpy(out + 8, text.ptr + 6, 9);
    out[17] = '0';
    const ay_flaw flaw = test_tail((ay_str){out, 18}, INT64_MAX);
    if (flaw.code == AY_FLAW_CHECK) out[17] = flaw.expected[0];
    return true;
}

/* Of 18 characters. */
static bool is_of_residents(ay_str text)
{
    return text.ptr[0] == '8' && text.ptr[1] >= '1' && text.ptr[1] <= '3' && memcmp(text.ptr + 2, "0000", 4) == 0;
}

ay_flaw ay_residence_permit_test(ay_str text, int64_t today)
{
    const ay_flaw flaw = test_characters(text);
    if (flaw.code != AY_FLAW_NONE) return flaw;
    if (!is_of_residents(text))
        return ay_flaw_part("the first six digits are none of 810000, 820000 and 830000",
                            "前六位不是 810000、820000 或 830000");
    return test_tail(text, today);
}

/* 9, the province that issued it, the country of the holder (ISO 3166 numeric). Whether there is such a country is
 * the matter of a code list. */
ay_flaw ay_foreigner_permit_test(ay_str text, int64_t today)
{
    const ay_flaw flaw = test_characters(text);
    if (flaw.code != AY_FLAW_NONE) return flaw;
    if (text.ptr[0] != '9') return ay_flaw_part("the first digit is not 9", "第一位不是 9");
    if (!ay_is_province(text.ptr + 1))
        return ay_flaw_part("digits 2 and 3 are no province", "第二、三位不是省级行政区划代码");
    return test_tail(text, today);
}

/* ---- yes or no ---- */

/* Everything but the first six digits. */
static bool holds(ay_str text, int64_t today)
{
    birth b;
    return text.len == 18 && ay_is_digits(ay_str_slice(text, 0, 17)) && text.ptr[17] == check_of(text.ptr) &&
           read_birth(text.ptr + 6, &b) && !is_after(&b, today);
}

bool ay_citizen_id_holds(ay_str text, int64_t today)
{
    return holds(text, today) && ay_is_province(text.ptr);
}

bool ay_citizen_id_15_holds(ay_str text, int64_t today)
{
    (void)today;
    return text.len == 15 && ay_is_digits(text) && ay_is_province(text.ptr) && has_birth_15(text);
}

bool ay_residence_permit_holds(ay_str text, int64_t today)
{
    return holds(text, today) && is_of_residents(text);
}

bool ay_foreigner_permit_holds(ay_str text, int64_t today)
{
    return holds(text, today) && text.ptr[0] == '9' && ay_is_province(text.ptr + 1);
}
