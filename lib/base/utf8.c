#include "base/utf8.h"

#include "base/word.h"

/* How many bytes the character at p has, 0 if it is none. Table 3-7 of the Unicode standard: the second byte's range
 * depends on the first, the others are 80..BF. */
static size_t character(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80) return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4) return 0;
    const size_t len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (left < len) return 0;
    const unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    const unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    return len;
}

/* Length of the ASCII text at p, found eight bytes at a time: a lower bound, the rest is the caller's. */
static size_t ascii_words(const unsigned char *p, size_t left)
{
    size_t n = 0;
    while (left - n >= 8 && !(ay_load64((const char *)p + n) & AY_WORD_OF(0x80))) n += 8;
    return n;
}

/* Length of the characters U+1000 to U+CFFF at p, where most ideographs are: all of three bytes without an exception.
 */
static size_t ideographs(const unsigned char *p, size_t left)
{
    size_t n = 0;
    while (left - n >= 3 && p[n] >= 0xe1 && p[n] <= 0xec && ((p[n + 1] ^ 0x80) | (p[n + 2] ^ 0x80)) < 0x40) n += 3;
    return n;
}

size_t ay_utf8_valid(ay_str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    for (size_t at = 0; at < s.len;) {
        at += p[at] < 0x80 ? ascii_words(p + at, s.len - at) : ideographs(p + at, s.len - at);
        if (at == s.len) break;
        const size_t n = character(p + at, s.len - at);
        if (n == 0) return at;
        at += n;
    }
    return s.len;
}

/* A character is a byte that does not go on with another: not 10xxxxxx. */
static size_t count_others(uint64_t word)
{
    return ay_word_count(word & ~(word << 1));
}

size_t ay_utf8_length(ay_str s)
{
    size_t n = s.len;
    for (size_t at = 0; at < s.len; at += 8) n -= count_others(ay_word_at(s, at));
    return n;
}

/* Characters beyond U+FFFF are surrogate pairs there: those that begin with 1111xxxx. */
size_t ay_utf8_utf16_length(ay_str s)
{
    size_t n = s.len;
    for (size_t at = 0; at < s.len; at += 8) {
        const uint64_t word = ay_word_at(s, at);
        n += ay_word_count(word & word << 1 & word << 2 & word << 3) - count_others(word);
    }
    return n;
}

uint32_t ay_utf8_next(ay_str s, size_t *pos)
{
    const unsigned char *p = (const unsigned char *)s.ptr + *pos;
    if (p[0] < 0x80) {
        *pos += 1;
        return p[0];
    }
    const size_t len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t cp = p[0] & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) cp = cp << 6 | (p[i] & 0x3f);
    *pos += len;
    return cp;
}

size_t ay_utf8_encode(uint32_t code_point, char out[4])
{
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    const size_t len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = len; --i > 0; code_point >>= 6) out[i] = (char)(0x80 | (code_point & 0x3f));
    out[0] = (char)(lead[len] | code_point);
    return len;
}

size_t ay_utf8_offset(ay_str s, size_t code_points)
{
    size_t at = 0;
    for (; at < s.len; at++)
        if (((unsigned char)s.ptr[at] & 0xc0) != 0x80 && code_points-- == 0) break;
    return at;
}

bool ay_unicode_is_space(uint32_t cp)
{
    return (cp >= 0x09 && cp <= 0x0d) || cp == 0x20 || cp == 0x85 || cp == 0xa0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200b) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f ||
           cp == 0x2060 || cp == 0x3000 || cp == 0xfeff;
}

bool ay_unicode_is_private(uint32_t cp)
{
    return (cp >= 0xe000 && cp <= 0xf8ff) || (cp >= 0xf0000 && cp <= 0x10ffff);
}

bool ay_unicode_is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f);
}

bool ay_unicode_is_zero_width(uint32_t cp)
{
    return cp == 0xad || cp == 0x180e || (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2060 && cp <= 0x2064) || cp == 0xfeff;
}

bool ay_unicode_is_ideograph(uint32_t cp)
{
    return (cp >= 0x4e00 && cp <= 0x9fff) || (cp >= 0x3400 && cp <= 0x4dbf) || cp == 0x3007 ||
           (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0x20000 && cp <= 0x3ffff);
}

uint32_t ay_unicode_half_width(uint32_t cp)
{
    if (cp >= 0xff01 && cp <= 0xff5e) return cp - 0xfee0;
    return cp == 0x3000 ? 0x20 : cp;
}

ay_str ay_utf8_trim(ay_str s)
{
    size_t from = 0, to = s.len;
    for (size_t next = from; from < to && ay_unicode_is_space(ay_utf8_next(s, &next)); from = next) {
    }
    while (to > from) {
        size_t start = to - 1;
        while (start > from && ((unsigned char)s.ptr[start] & 0xc0) == 0x80) start--;
        size_t next = start;
        if (!ay_unicode_is_space(ay_utf8_next(s, &next))) break;
        to = start;
    }
    return ay_str_slice(s, from, to);
}
