/* Bytes as words against the same said byte by byte. Texts end where their memory does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/word.h"

#define LONGEST 40

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void test_loads(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 8; n++) {
        char *text = ay_alloc(n + 1);
        uint64_t want = 0;
        assert_non_null(text);
        for (size_t i = 0; i < n; i++) {
            text[1 + i] = (char)(0x81 + i * 0x13);
            want |= (uint64_t)(unsigned char)text[1 + i] << 8 * i;
        }
        assert_int_equal(ay_load_few(text + 1, n), want);
        if (n == 8) assert_int_equal(ay_load64(text + 1), want);
        if (n) assert_int_equal(ay_word_at((ay_str){text, n + 1}, 1), want);
        ay_free(text);
    }
}

/* Every byte in every place of a word, between neighbours that could carry. */
static void test_within(void **state)
{
    (void)state;
    static const unsigned char ranges[][2] = {{'0', '9'}, {'A', 'Z'}, {0, 0}, {0, 0x7F}, {0x7F, 0x7F}, {' ', '-'}};
    static const unsigned char neighbours[] = {0, '0', 0x7F, 0x80, 0xFF};
    for (size_t r = 0; r < AY_COUNT(ranges); r++)
        for (size_t k = 0; k < AY_COUNT(neighbours); k++)
            for (uint32_t i = 0; i < 8 * 256; i++) {
                const unsigned byte = i / 8, shift = i % 8 * 8;
                const uint64_t others = AY_WORD_OF(neighbours[k]) & ~((uint64_t)0xFF << shift);
                const uint64_t got = ay_word_within(others | (uint64_t)byte << shift, ranges[r][0], ranges[r][1]);
                const bool is_in = byte >= ranges[r][0] && byte <= ranges[r][1];
                const bool has_others = neighbours[k] >= ranges[r][0] && neighbours[k] <= ranges[r][1];
                const uint64_t rest = has_others ? AY_WORD_OF(0x80) & ~((uint64_t)0x80 << shift) : 0;
                if (got != (rest | (uint64_t)(is_in ? 0x80 : 0) << shift)) fail_msg("byte %02x, place %u", byte, i % 8);
            }
}

/* One byte that is another kind, of every value, in every place of texts of every length. */
static void test_one_stranger(void **state)
{
    (void)state;
    for (size_t n = 0; n <= LONGEST; n++) {
        char *text = ay_alloc(n ? n : 1);
        assert_non_null(text);
        memset(text, '7', n);
        assert_true(ay_is_ascii((ay_str){text, n}) && ay_is_digits((ay_str){text, n}));
        for (size_t i = 0; i < n * 256; i++) {
            const unsigned char c = (unsigned char)(i % 256);
            text[i / 256] = (char)c;
            if (ay_is_ascii((ay_str){text, n}) != (c < 0x80)) fail_msg("ASCII: %02x in %zu of %zu", c, i / 256, n);
            if (ay_is_digits((ay_str){text, n}) != (c >= '0' && c <= '9'))
                fail_msg("digits: %02x in %zu of %zu", c, i / 256, n);
            text[i / 256] = '7';
        }
        ay_free(text);
    }
}

static void test_lengths(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252;
    for (size_t round = 0; round < 20000; round++) {
        size_t len = 0, characters = 0, units = 0;
        char text[LONGEST + 4];
        for (const size_t most = next_random(&random) % LONGEST; len < most; characters++) {
            static const uint32_t below[] = {0x80, 0x800, 0xD800, 0x110000};
            const uint32_t cp = (uint32_t)(next_random(&random) >> 20) % below[next_random(&random) >> 62];
            const uint32_t scalar = cp >= 0xD800 && cp <= 0xDFFF ? 'x' : cp;
            units += scalar > 0xFFFF ? 2 : 1;
            len += ay_utf8_encode(scalar, text + len);
        }
        char *exact = ay_alloc(len ? len : 1);
        assert_non_null(exact);
        memcpy(exact, text, len);
        assert_int_equal(ay_utf8_length((ay_str){exact, len}), characters);
        assert_int_equal(ay_utf8_utf16_length((ay_str){exact, len}), units);
        ay_free(exact);
    }
}

static void test_eq(void **state)
{
    (void)state;
    char a[40], b[40];
    for (size_t n = 0; n <= sizeof a; n++) {
        memset(a, 'x', sizeof a);
        memset(b, 'x', sizeof b);
        if (n < sizeof b) b[n] = 'y'; /* behind the text */
        assert_true(ay_word_eq((ay_str){a, n}, (ay_str){b, n}));
        if (n) assert_false(ay_word_eq((ay_str){a, n}, (ay_str){b, n - 1}));
        for (size_t at = 0; at < n; at++) {
            memcpy(b, a, sizeof b);
            b[at] = 'y';
            if (ay_word_eq((ay_str){a, n}, (ay_str){b, n})) fail_msg("byte %zu of %zu", at, n);
        }
    }
    assert_true(ay_word_eq((ay_str){NULL, 0}, (ay_str){a, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eq),           cmocka_unit_test(test_loads),   cmocka_unit_test(test_within),
        cmocka_unit_test(test_one_stranger), cmocka_unit_test(test_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
