/* How somebody is reached: telephones, postcodes, e-mail and network addresses. */
#define _GNU_SOURCE /* memrchr */
#include <arpa/inet.h>

#include "check/format.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "base/word.h"
#include "check/identifier.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- telephones ---- */

static ay_flaw not_a_digit(ay_str text, size_t at)
{
    return ay_flaw_alphabet(text, at, "a digit", "数字");
}

ay_flaw ay_mobile_test(ay_str text)
{
    const size_t stranger = ay_digits_end(text);
    if (stranger < text.len && stranger < 11) return not_a_digit(text, stranger);
    if (text.len != 11) return ay_flaw_length("11");
    if (text.ptr[0] != '1' || text.ptr[1] < '3')
        return ay_flaw_part("the first two digits are none of 13 to 19", "前两位不在 13 至 19 之间");
    return ay_flaw_none();
}

/* 400 or 800 and seven digits, in groups of three and four or in one. */
static bool is_service(ay_str text)
{
    size_t digits = 0, hyphens = 0;
    if (text.len < 10 || text.len > 12 || (text.ptr[0] != '4' && text.ptr[0] != '8')) return false;
    for (size_t i = 0; i < text.len; i++) {
        const bool is_place = digits == 3 || digits == 6;
        if (is_digit(text.ptr[i])) digits++;
        else if (text.ptr[i] == '-' && is_place && text.ptr[i - 1] != '-') hyphens++;
        else return false;
    }
    return digits == 10 && digits + hyphens == text.len && memcmp(text.ptr + 1, "00", 2) == 0;
}

/* The digits of the area code that begins here: 3 for 010 and 02x, 4 for 03xx to 09xx, 0 for none. */
static size_t area_code(ay_str text)
{
    if (text.len < 4 || text.ptr[0] != '0' || !is_digit(text.ptr[1]) || !is_digit(text.ptr[2])) return 0;
    if (text.ptr[1] == '1') return text.ptr[2] == '0' ? 3 : 0;
    if (text.ptr[1] == '2') return text.ptr[2] == '6' ? 0 : 3; /* 026 is not given */
    return text.ptr[1] >= '3' && is_digit(text.ptr[3]) ? 4 : 0;
}

ay_flaw ay_landline_test(ay_str text)
{
    if (is_service(text)) return ay_flaw_none();
    const size_t area = area_code(text);
    if (!area) return ay_flaw_part("it begins with no area code", "开头不是长途区号");
    const size_t from = area + (text.len > area && text.ptr[area] == '-');
    const ay_str number = ay_str_slice(text, from, text.len);
    const size_t end = ay_digits_end(number);
    if (end < number.len) return not_a_digit(text, from + end);
    if (number.len < 7 || number.len > 8 || (area == 3 && number.len != 8))
        return ay_flaw_part("the number behind the area code has not 7 or 8 digits (8 behind 010 and 02x)",
                            "区号之后不是 7 或 8 位号码（010 与 02x 之后应为 8 位）");
    if (number.ptr[0] == '0') return ay_flaw_part("the number begins with 0", "号码以 0 开头");
    return ay_flaw_none();
}

ay_flaw ay_phone_test(ay_str text)
{
    const ay_flaw mobile = ay_mobile_test(text);
    if (mobile.code == AY_FLAW_NONE || (text.len && text.ptr[0] == '1')) return mobile;
    return ay_landline_test(text);
}

ay_flaw ay_postcode_test(ay_str text)
{
    /* Bit u of entry t: codes begin with tu. */
    static const uint16_t zones[10] = {0x0FE, 0x06F, 0x0FF, 0x07F, 0x0FF, 0x0FF, 0x0FE, 0x03F, 0x3FF, 0x1FF};
    const size_t stranger = ay_digits_end(text);
    if (stranger < text.len && stranger < 6) return not_a_digit(text, stranger);
    if (text.len != 6) return ay_flaw_length("6");
    if (memcmp(text.ptr, "99907", 5) == 0 && (text.ptr[5] == '7' || text.ptr[5] == '8')) return ay_flaw_none();
    if (zones[text.ptr[0] - '0'] >> (text.ptr[1] - '0') & 1) return ay_flaw_none();
    return ay_flaw_part("no postal zone begins with these two digits", "前两位不是任何邮区");
}

/* ---- e-mail ---- */

static bool is_letter_or_digit(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* atext of RFC 5322, and what RFC 6531 adds. */
static bool is_atext(char c)
{
    return is_letter_or_digit(c) || (unsigned char)c >= 0x80 || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_label_character(char c)
{
    return is_letter_or_digit(c) || (unsigned char)c >= 0x80 || c == '-';
}

/* Pieces between dots, none empty, of these characters only, none longer than max bytes; their number, 0: not so. */
static size_t count_pieces(ay_str s, bool (*is_allowed)(char), size_t max)
{
    size_t pieces = 1, len = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '.') {
            if (!len) return 0;
            pieces++;
            len = 0;
        } else if (!is_allowed(s.ptr[i]) || ++len > max) {
            return 0;
        }
    }
    return len ? pieces : 0;
}

static bool is_domain(ay_str s)
{
    if (s.len > 255 || count_pieces(s, is_label_character, 63) < 2) return false;
    for (size_t i = 0; i < s.len; i++) {
        const bool is_edge = i == 0 || i + 1 == s.len || s.ptr[i - 1] == '.' || s.ptr[i + 1] == '.';
        if (s.ptr[i] == '-' && is_edge) return false;
    }
    const char *dot = memrchr(s.ptr, '.', s.len);
    const ay_str top = {dot + 1, (size_t)(s.ptr + s.len - dot - 1)};
    return ay_digits_end(top) < top.len; /* only digits: an address */
}

/* RFC 6531 adds characters, not white space, controls or what cannot be seen. Of ASCII none is left here. */
static bool is_visible(ay_str s)
{
    if (ay_is_ascii(s)) return true;
    for (size_t at = 0; at < s.len;) {
        const uint32_t cp = ay_utf8_next(s, &at);
        if (ay_unicode_is_space(cp) || ay_unicode_is_control(cp) || ay_unicode_is_zero_width(cp) || cp == 0xFFFD)
            return false;
    }
    return true;
}

ay_flaw ay_email_test(ay_str text)
{
    const char *sign = text.len ? memrchr(text.ptr, '@', text.len) : NULL;
    const size_t at = sign ? (size_t)(sign - text.ptr) : 0;
    if (!sign) return ay_flaw_part("there is no @", "缺少 @");
    if (text.len > 254) return ay_flaw_part("it is longer than 254 bytes", "超过 254 字节");
    const ay_str local = ay_str_slice(text, 0, at), domain = ay_str_slice(text, at + 1, text.len);
    if (local.len > 64 || !count_pieces(local, is_atext, 64) || !is_visible(local))
        return ay_flaw_part("the part before the @ is no mailbox name", "@ 之前不是邮箱名");
    if (!is_domain(domain) || !is_visible(domain))
        return ay_flaw_part("the part behind the @ is no domain name", "@ 之后不是域名");
    return ay_flaw_none();
}

ay_flaw ay_email_ascii_test(ay_str text)
{
    size_t at = 0;
    while (at < text.len && (unsigned char)text.ptr[at] < 0x80) at++;
    return at == text.len ? ay_email_test(text) : ay_flaw_alphabet(text, at, "an ASCII character", "ASCII 字符");
}

/* ---- network addresses ---- */

static bool is_address(int family, ay_str text)
{
    char copy[INET6_ADDRSTRLEN];
    unsigned char address[16];
    if (!text.len || text.len >= sizeof copy || memchr(text.ptr, 0, text.len)) return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    return inet_pton(family, copy, address) == 1;
}

ay_flaw ay_ipv4_test(ay_str text)
{
    if (is_address(AF_INET, text)) return ay_flaw_none();
    return ay_flaw_part("it is not four numbers from 0 to 255 without leading zeros, with dots between",
                        "不是以点分隔、无前导零的四个 0 至 255 的数");
}

ay_flaw ay_ipv6_test(ay_str text)
{
    if (is_address(AF_INET6, text)) return ay_flaw_none();
    return ay_flaw_part("it is no IPv6 address of RFC 4291", "不是 RFC 4291 的 IPv6 地址");
}

ay_flaw ay_ip_test(ay_str text)
{
    return text.len && memchr(text.ptr, ':', text.len) ? ay_ipv6_test(text) : ay_ipv4_test(text);
}
