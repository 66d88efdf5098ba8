#include "check/flaw.h"

#include "base/mem.h"
#include "base/utf8.h"

ay_flaw ay_flaw_length(const char *lengths)
{
    return (ay_flaw){.code = AY_FLAW_LENGTH, .what = {.zh = lengths, .en = lengths}};
}

ay_flaw ay_flaw_alphabet(ay_str text, size_t byte, const char *en, const char *zh)
{
    const uint32_t at = (uint32_t)ay_utf8_length(ay_str_slice(text, 0, byte)) + 1;
    return (ay_flaw){.code = AY_FLAW_ALPHABET, .at = at, .what = {.zh = zh, .en = en}};
}

ay_flaw ay_flaw_part(const char *en, const char *zh)
{
    return (ay_flaw){.code = AY_FLAW_PART, .what = {.zh = zh, .en = en}};
}

ay_flaw ay_flaw_check(uint32_t at, char found, char expected)
{
    if (found == expected) return ay_flaw_none();
    return (ay_flaw){.code = AY_FLAW_CHECK, .at = at, .found = {found}, .expected = {expected}};
}

static void put_length(const ay_flaw *flaw, ay_str text, bool is_quotable, bool zh, ay_buf *out)
{
    if (is_quotable) ay_buf_printf(out, zh ? "长度为 %zu，" : "length is %zu, ", ay_utf8_length(text));
    else ay_buf_text(out, zh ? "长度有误，" : "the length is wrong, ");
    ay_buf_printf(out, zh ? "应为 %s" : "should be %s", zh ? flaw->what.zh : flaw->what.en);
}

static void put_alphabet(const ay_flaw *flaw, bool zh, ay_buf *out)
{
    const char *what = zh ? flaw->what.zh : flaw->what.en;
    ay_buf_printf(out, zh ? "第 %u 个字符" : "character %u ", flaw->at);
    if (*what) ay_buf_printf(out, zh ? "应为%s" : "should be %s", what);
    else ay_buf_text(out, zh ? "不在该校验算法的字符集内" : "is outside the alphabet of the checksum");
}

void ay_flaw_reason(const ay_flaw *flaw, ay_str text, bool is_quotable, bool zh, ay_buf *out)
{
    switch (flaw->code) {
    case AY_FLAW_NONE: break;
    case AY_FLAW_SHORT: ay_buf_text(out, zh ? "太短，没有校验码的位置" : "too short to hold a check character"); break;
    case AY_FLAW_LENGTH: put_length(flaw, text, is_quotable, zh, out); break;
    case AY_FLAW_ALPHABET: put_alphabet(flaw, zh, out); break;
    case AY_FLAW_PART:
    case AY_FLAW_OLD_FORM: ay_buf_text(out, zh ? flaw->what.zh : flaw->what.en); break;
    case AY_FLAW_CHECK:
        if (is_quotable)
            ay_buf_printf(out, zh ? "校验码为 %s，应为 %s" : "check character is %s, should be %s", flaw->found,
                          flaw->expected);
        else ay_buf_text(out, zh ? "校验码错误" : "the check character is wrong");
        break;
    }
}
