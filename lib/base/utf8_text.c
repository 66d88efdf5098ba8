/* Whether a text is UTF-8 without zero bytes, asked of every text that is read. */
#include "base/utf8_text.h"

#include "base/word.h"

/* Whether the 8 bytes are ASCII without NUL. */
static inline bool is_plain(uint64_t word)
{
    return ((word | (word - AY_WORD_OF(1))) & AY_WORD_OF(0x80)) == 0;
}

static bool is_ascii(ay_str s)
{
    if (s.len < 8) return s.len && is_plain(ay_load_few(s.ptr, s.len) | AY_WORD_OF(1) << 8 * s.len);
    for (size_t at = 0; at + 8 < s.len; at += 8)
        if (!is_plain(ay_load64(s.ptr + at))) return false;
    return is_plain(ay_load64(s.ptr + s.len - 8));
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
