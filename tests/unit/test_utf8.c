/* UTF-8 against the definition in RFC 3629, written down a second time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8_text.h"

/* The definition, byte by byte: the number of bytes of the scalar value that `bytes` begins with, 0 if none. */
static size_t oracle(const unsigned char *p, size_t n)
{
    if (n >= 1 && p[0] <= 0x7f) return 1;
    for (size_t len = 2; len <= 4 && len <= n; len++) {
        static const unsigned char mask[] = {0, 0, 0xe0, 0xf0, 0xf8}, mark[] = {0, 0, 0xc0, 0xe0, 0xf0};
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        if ((p[0] & mask[len]) != mark[len]) continue;
        uint32_t cp = p[0] & (unsigned char)~mask[len];
        for (size_t i = 1; i < len; i++) {
            if ((p[i] & 0xc0) != 0x80) return 0;
            cp = cp << 6 | (p[i] & 0x3f);
        }
        return cp >= least[len] && cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff) ? len : 0;
    }
    return 0;
}

static void test_every_code_point(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        if (cp >= 0xd800 && cp <= 0xdfff) continue;
        char bytes[4];
        const size_t n = ay_utf8_encode(cp, bytes);
        const ay_str s = {bytes, n};
        size_t pos = 0;
        if (oracle((const unsigned char *)bytes, n) != n) fail_msg("U+%04X encoded wrongly", cp);
        if (ay_utf8_valid(s) != n || ay_utf8_next(s, &pos) != cp || pos != n) fail_msg("U+%04X", cp);
        const size_t units = cp > 0xffff ? 2 : 1;
        if (ay_utf8_length(s) != 1 || ay_utf8_utf16_length(s) != units) fail_msg("U+%04X: length", cp);
        for (size_t cut = 1; cut < n; cut++) /* every truncation */
            if (ay_utf8_valid((ay_str){bytes, cut}) != 0) fail_msg("U+%04X cut to %zu bytes", cp, cut);
    }
}

/* The definition of a text: no byte is zero. */
static bool is_text(const unsigned char *p, size_t len)
{
    size_t at = 0;
    for (size_t n = 1; n && at < len && p[at]; at += n) n = oracle(p + at, len - at);
    return at == len;
}

/* The bytes in memory of just their length, so that reading beyond them is noticed. */
static void assert_text(const unsigned char *bytes, size_t len)
{
    char *exact = (char *)ay_alloc(len + !len);
    memcpy(exact, bytes, len);
    const ay_str s = {exact, len};
    const bool want = is_text(bytes, len);
    if (ay_utf8_is_text(s) != want || ay_utf8_is_text_plain(s) != want)
        fail_msg("%zu bytes, from %02x %02x %02x on: text %d", len, bytes[0], bytes[1], bytes[2], want);
#if AY_UTF8_WIDE
    if (__builtin_cpu_supports("avx512bw")) assert_int_equal(ay_utf8_is_text_wide(s), want);
#endif
    ay_free(exact);
}

/* All sequences of the bytes at which a rule begins or ends: every overlong form, surrogate, value too large. */
static void test_every_sequence_of_edge_bytes(void **state)
{
    (void)state;
    static const unsigned char edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0,
                                          0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xfe, 0xff};
    enum { N = sizeof edges };
    for (uint32_t i = 0; i < N * N * N * N; i++) {
        const unsigned char bytes[] = {edges[i % N], edges[i / N % N], edges[i / N / N % N], edges[i / N / N / N]};
        size_t want = 0;
        for (size_t n = 1; n && want < 4; want += n) n = oracle(bytes + want, 4 - want);
        const size_t got = ay_utf8_valid((ay_str){(const char *)bytes, 4});
        assert_text(bytes, sizeof bytes);
        if (got != want) fail_msg("%02x %02x %02x %02x: %zu", bytes[0], bytes[1], bytes[2], bytes[3], got);
    }
}

static void test_named_faults(void **state)
{
    (void)state;
    static const struct {
        const char *label, *text;
        size_t len, want;
    } cases[] = {
        {"empty", "", 0, 0},
        {"zero byte", "\0", 1, 1},
        {"overlong slash, two", "\xc0\xaf", 2, 0},
        {"overlong slash, three", "\xe0\x80\xaf", 3, 0},
        {"overlong slash, four", "\xf0\x80\x80\xaf", 4, 0},
        {"overlong zero", "\xc0\x80", 2, 0},
        {"largest overlong of two", "\xc1\xbf", 2, 0},
        {"largest overlong of three", "\xe0\x9f\xbf", 3, 0},
        {"largest overlong of four", "\xf0\x8f\xbf\xbf", 4, 0},
        {"first surrogate", "\xed\xa0\x80", 3, 0},
        {"last surrogate", "\xed\xbf\xbf", 3, 0},
        {"a pair of surrogates (CESU-8)", "\xed\xa0\xbd\xed\xb8\x80", 6, 0},
        {"beyond U+10FFFF", "\xf4\x90\x80\x80", 4, 0},
        {"five bytes", "\xf8\x88\x80\x80\x80", 5, 0},
        {"lone continuation", "a\x80", 2, 1},
        {"lead without continuation", "a\xe4z", 3, 1},
        {"noncharacter is valid", "\xef\xbf\xbf", 3, 3},
        {"GBK", "\xc3\xfb\xb3\xc6", 4, 0},
        {"byte order mark is valid",
         "\xef\xbb\xbf"
         "a",
         4, 4},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        if (ay_utf8_valid((ay_str){cases[i].text, cases[i].len}) != cases[i].want) fail_msg("%s", cases[i].label);
}

/* The words of eight bytes: a fault and the end of the text at every offset. */
static void test_fault_at_every_offset(void **state)
{
    (void)state;
    char text[40];
    for (size_t len = 0; len <= sizeof text; len++) {
        memset(text, 'a', sizeof text);
        char *exact = (char *)ay_alloc(len); /* so that reading past the end is noticed */
        memcpy(exact, text, len);
        assert_int_equal(ay_utf8_valid((ay_str){exact, len}), len);
        for (size_t at = 0; at < len; at++) {
            exact[at] = (char)0xff;
            assert_int_equal(ay_utf8_valid((ay_str){exact, len}), at);
            exact[at] = 'a';
            if (at + 3 > len) continue;
            memcpy(exact + at, "中", 3);
            assert_int_equal(ay_utf8_valid((ay_str){exact, len}), len);
            assert_int_equal(ay_utf8_length((ay_str){exact, len}), len - 2);
            memset(exact + at, 'a', 3);
        }
        ay_free(exact);
    }
}

/* Sequences where a rule begins or ends, at every place of texts of every length. */
static void test_texts_with_edge_bytes(void **state)
{
    (void)state;
    static const char *const sequences[] = {"\x7f",
                                            "\x80",
                                            "\xbf",
                                            "\xc0\x80",
                                            "\xc1\xbf",
                                            "\xc2\x80",
                                            "\xdf\xbf",
                                            "\xe0\x9f\xbf",
                                            "\xe0\xa0\x80",
                                            "\xe4\xb8\xad",
                                            "\xed\x9f\xbf",
                                            "\xed\xa0\x80",
                                            "\xee\x80\x80",
                                            "\xef\xbf\xbf",
                                            "\xf0\x8f\xbf\xbf",
                                            "\xf0\x90\x80\x80",
                                            "\xf4\x8f\xbf\xbf",
                                            "\xf4\x90\x80\x80",
                                            "\xf5\x80\x80\x80",
                                            "\xff",
                                            "\xe4\xb8",
                                            "\xf0\x9f\x98",
                                            "\xf0\x9f",
                                            "\xf0\x9f\x98\x80\x80"};
    unsigned char text[136];
    for (size_t len = 0; len <= sizeof text; len++)
        for (size_t i = 0; i < AY_COUNT(sequences); i++) {
            const size_t n = strlen(sequences[i]);
            for (size_t at = len > 70 ? len - 70 : 0; at + n <= len; at++) {
                memset(text, 'a', sizeof text);
                memcpy(text + at, sequences[i], n);
                assert_text(text, len);
            }
        }
}

static void test_texts_of_every_kind(void **state)
{
    (void)state;
    unsigned char text[200];
    uint64_t random = 20261129;
    for (int round = 0; round < 40000; round++) {
        size_t len = 0;
        while (len < sizeof text - 4) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
            const uint32_t pick = (uint32_t)(random >> 33);
            const uint32_t cp = pick % 4 == 0   ? 'a'
                                : pick % 4 == 1 ? 0x4e00 + pick / 4 % 0x5000
                                                : 1 + pick / 4 % 0xd7ff;
            if (pick % 97 == 0) break;
            len += ay_utf8_encode(pick % 31 == 0 ? 0x10000 + pick % 0x100000 : cp, (char *)text + len);
        }
        if (round % 2 && len) text[(random >> 20) % len] = (unsigned char)(random >> 50); /* mostly a fault */
        if (round % 3 == 2 && len) len -= (random >> 10) % (len < 4 ? len : 4);           /* cut */
        assert_text(text, len);
    }
    assert_text((const unsigned char *)"a\0b", 3);
    memset(text, 'a', sizeof text);
    for (size_t at = 0; at < 140; at++) {
        text[at] = 0;
        for (size_t len = 130; len <= 140; len++) assert_text(text, len);
        text[at] = 'a';
    }
}

static void test_lengths_and_offsets(void **state)
{
    (void)state;
    const ay_str s = AY_STR("a中😀é");
    static const size_t offsets[] = {0, 1, 4, 8, 10, 10, 10};
    assert_int_equal(ay_utf8_length(s), 4);
    assert_int_equal(ay_utf8_utf16_length(s), 5);
    for (size_t i = 0; i < AY_COUNT(offsets); i++) assert_int_equal(ay_utf8_offset(s, i), offsets[i]);
    assert_int_equal(ay_utf8_offset((ay_str){NULL, 0}, 3), 0);
    assert_int_equal(ay_utf8_length((ay_str){NULL, 0}), 0);
    assert_int_equal(ay_utf8_valid((ay_str){NULL, 0}), 0);
}

typedef struct range {
    uint32_t from, to;
} range;

/* Inside at both ends, outside just beyond them, for ranges that do not touch; nothing else in all of Unicode. */
static void assert_ranges(const char *label, bool (*is)(uint32_t), const range *ranges, size_t n)
{
    size_t r = 0;
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        while (r < n && cp > ranges[r].to) r++;
        const bool want = r < n && cp >= ranges[r].from;
        if (is(cp) != want) fail_msg("%s: U+%04X", label, cp);
    }
}

static void test_classes(void **state)
{
    (void)state;
    /* PropList.txt of Unicode 15, White_Space; then 200B, 2060, FEFF */
    static const range space[] = {{0x09, 0x0d},     {0x20, 0x20},     {0x85, 0x85},     {0xa0, 0xa0},
                                  {0x1680, 0x1680}, {0x2000, 0x200b}, {0x2028, 0x2029}, {0x202f, 0x202f},
                                  {0x205f, 0x2060}, {0x3000, 0x3000}, {0xfeff, 0xfeff}};
    static const range private_use[] = {{0xe000, 0xf8ff}, {0xf0000, 0x10ffff}};
    static const range control[] = {{0, 0x1f}, {0x7f, 0x9f}};
    static const range zero_width[] = {{0xad, 0xad},     {0x180e, 0x180e}, {0x200b, 0x200f},
                                       {0x202a, 0x202e}, {0x2060, 0x2064}, {0xfeff, 0xfeff}};
    assert_ranges("space", ay_unicode_is_space, space, AY_COUNT(space));
    assert_ranges("private", ay_unicode_is_private, private_use, AY_COUNT(private_use));
    assert_ranges("control", ay_unicode_is_control, control, AY_COUNT(control));
    assert_ranges("zero width", ay_unicode_is_zero_width, zero_width, AY_COUNT(zero_width));
}

static void test_half_width(void **state)
{
    (void)state;
    static const struct {
        uint32_t in, want;
    } cases[] = {
        {0xff01, '!'},    {0xff10, '0'},    {0xff21, 'A'}, {0xff5e, '~'},    {0x3000, ' '},
        {0xff00, 0xff00}, {0xff5f, 0xff5f}, {'A', 'A'},    {0x3001, 0x3001}, {0xffe5, 0xffe5},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) assert_int_equal(ay_unicode_half_width(cases[i].in), cases[i].want);
}

static void test_trim(void **state)
{
    (void)state;
    static const struct {
        const char *label, *in, *want;
    } cases[] = {
        {"empty", "", ""},
        {"nothing to do", "名称", "名称"},
        {"ASCII", " \t\r\nab c\n", "ab c"},
        {"ideographic space", "　名 称　", "名 称"},
        {"byte order mark, word joiner, zero width space", "\xef\xbb\xbf\xe2\x81\xa0x\xe2\x80\x8b", "x"},
        {"nothing but white space", " 　\xc2\xa0\t", ""},
        {"one space", " ", ""},
        {"zero width joiner stays", "\xe2\x80\x8dx", "\xe2\x80\x8dx"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        if (!ay_str_is(ay_utf8_trim(ay_str_from(cases[i].in)), cases[i].want)) fail_msg("%s", cases[i].label);
    assert_int_equal(ay_utf8_trim((ay_str){NULL, 0}).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code_point),
        cmocka_unit_test(test_every_sequence_of_edge_bytes),
        cmocka_unit_test(test_named_faults),
        cmocka_unit_test(test_fault_at_every_offset),
        cmocka_unit_test(test_texts_with_edge_bytes),
        cmocka_unit_test(test_texts_of_every_kind),
        cmocka_unit_test(test_lengths_and_offsets),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_half_width),
        cmocka_unit_test(test_trim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
