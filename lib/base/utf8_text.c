/* Whether a text is UTF-8 without zero bytes, asked of every text that is read. */
#include "base/utf8_text.h"

/* Whether the 8 bytes are ASCII without NUL. */
static inline bool is_plain(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    return ((word | (word - ones)) & (ones << 7)) == 0;
}

static uint64_t load(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static bool is_ascii(ay_str s)
{
    if (s.len < 8) return false;
    for (size_t at = 0; at + 8 < s.len; at += 8)
        if (!is_plain(load(s.ptr + at))) return false;
    return is_plain(load(s.ptr + s.len - 8));
}

bool ay_utf8_is_text_plain(ay_str s)
{
    return is_ascii(s) || (ay_utf8_valid(s) == s.len && !(s.len && memchr(s.ptr, 0, s.len)));
}

bool ay_utf8_is_text(ay_str s)
{
#if AY_UTF8_WIDE
    if (__builtin_cpu_supports("avx512bw")) return ay_utf8_is_text_wide(s);
#endif
    return ay_utf8_is_text_plain(s);
}
