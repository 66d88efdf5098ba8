/* The code of the statistics bureau for places: 6 digits of the county, 3 of the township, 3 of the village. */
#include "check/format.h"

#include "base/mem.h"
#include "check/identifier.h"

ay_flaw ay_stat_code_test(ay_str text)
{
    const size_t stranger = ay_digits_end(text);
    if (stranger < text.len && stranger < 12) return ay_flaw_alphabet(text, stranger, "a digit", "数字");
    if (text.len != 12) return ay_flaw_length("12");
    if (!ay_is_province(text.ptr))
        return ay_flaw_part("the first two digits are no province", "前两位不是省级行政区划代码");
    /* Townships may stand right below a prefecture, whose county is then 00 (441900003000). */
    const bool no_prefecture = memcmp(text.ptr + 2, "00", 2) == 0 && memcmp(text.ptr + 4, "00000000", 8) != 0;
    const bool no_township = memcmp(text.ptr + 6, "000", 3) == 0 && memcmp(text.ptr + 9, "000", 3) != 0;
    if (no_prefecture || no_township)
        return ay_flaw_part("a lower level is given below one that is not", "上级为零而下级不为零");
    return ay_flaw_none();
}
