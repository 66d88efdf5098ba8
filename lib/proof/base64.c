#include "proof/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void ay_base64_put(ay_str bytes, ay_buf *out)
{
    for (size_t i = 0; i < bytes.len; i += 3) {
        const size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
        unsigned char group[3] = {0};
        memcpy(group, bytes.ptr + i, n);
        const char quad[] = {letters[group[0] >> 2], letters[(group[0] & 3) << 4 | group[1] >> 4],
                             n > 1 ? letters[(group[1] & 15) << 2 | group[2] >> 6] : '=',
                             n > 2 ? letters[group[2] & 63] : '='};
        ay_buf_put(out, quad, sizeof quad);
    }
}

/* The value of a letter, or -1. */
static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
}

/* Four letters as one to three bytes; 0: they are none. */
static size_t take_quad(const char *quad, bool is_last, char to[3])
{
    const size_t pads = is_last ? (size_t)(quad[3] == '=') + (quad[3] == '=' && quad[2] == '=') : 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < 4 - pads; i++) {
        const int v = sextet(quad[i]);
        if (v < 0) return 0;
        bits |= (uint32_t)v << (18 - 6 * i);
    }
    const uint32_t unused = pads == 2 ? 0xffff : pads == 1 ? 0xff : 0;
    if (bits & unused) return 0;
    for (size_t i = 0; i < 3 - pads; i++) to[i] = (char)(bits >> (16 - 8 * i));
    return 3 - pads;
}

bool ay_base64_take(ay_str text, char *to, size_t *ret_len)
{
    size_t len = 0;
    if (text.len % 4 != 0) return false;
    for (size_t i = 0; i < text.len; i += 4) {
        char bytes[3];
        const size_t n = take_quad(text.ptr + i, i + 4 == text.len, bytes);
        if (n == 0) return false;
        memcpy(to + len, bytes, n);
        len += n;
    }
    *ret_len = len;
    return true;
}

void ay_hex_put(ay_str bytes, ay_buf *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        const unsigned char byte = (unsigned char)bytes.ptr[i];
        ay_buf_char(out, digits[byte >> 4]);
        ay_buf_char(out, digits[byte & 15]);
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool ay_hex_take(ay_str text, unsigned char *to, size_t n)
{
    if (text.len != 2 * n) return false;
    for (size_t i = 0; i < n; i++) {
        const int high = hex_digit(text.ptr[2 * i]), low = hex_digit(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        to[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}
