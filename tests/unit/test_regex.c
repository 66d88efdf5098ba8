/* Patterns: whole values, ASCII classes, faults with their place, limits, graphemes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "expr/places.h"
#include "expr/regex.h"

#define S(text)                                                                                                        \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }

static const struct whole {
    const char *label;
    ay_str pattern, value;
    ay_regex_verdict want;
} wholes[] = {
    {"same", S("abc"), S("abc"), AY_REGEX_YES},
    {"part", S("b"), S("abc"), AY_REGEX_NO},
    {"start", S("a"), S("ab"), AY_REGEX_NO},
    {"end", S("b"), S("ab"), AY_REGEX_NO},
    {"longest is not taken first", S("a|ab"), S("ab"), AY_REGEX_YES},
    {"lazy goes on", S("a+?"), S("aaa"), AY_REGEX_YES},
    {"own anchors", S("^a$"), S("a"), AY_REGEX_YES},
    {"line feed at the end", S("^a$"), S("a\n"), AY_REGEX_NO},
    {"several lines", S("(?m)^a$"), S("a\na"), AY_REGEX_NO},
    {"dot is no line feed", S("."), S("\n"), AY_REGEX_NO},
    {"dot under (?s)", S("(?s)."), S("\n"), AY_REGEX_YES},
    {"NUL is data", S("a.b"), S("a\0b"), AY_REGEX_YES},
    {"empty value", S(""), S(""), AY_REGEX_YES},
    {"empty pattern", S(""), S("a"), AY_REGEX_NO},
    {"case", S("a"), S("A"), AY_REGEX_NO},
    {"no case", S("(?i)a"), S("A"), AY_REGEX_YES},
    {"comment to the end", S("(?x)a # a"), S("a"), AY_REGEX_YES},
    {"back reference", S("(a|b)\\1"), S("aa"), AY_REGEX_YES},
    {"full-width digit", S("\\d"), S("１"), AY_REGEX_NO},
    {"full-width digit, unicode", S("(?u)\\d"), S("１"), AY_REGEX_YES},
    {"ideographic space", S("\\s"), S("　"), AY_REGEX_NO},
    {"ideographic space, unicode", S("(?u)\\s"), S("　"), AY_REGEX_YES},
    {"script", S("\\p{Han}{2}"), S("中文"), AY_REGEX_YES},
    {"beyond the first plane", S("."), S("𠮷"), AY_REGEX_YES},
    {"code", S("[0-9A-HJ-NPQRTUWXY]{18}"), S("91350211M000100Y43"), AY_REGEX_YES},
    {"value not UTF-8", S(".*"), S("a\xff"), AY_REGEX_LIMIT},
    {"catastrophe", S("(a+)+b|(a|a)*c"),
     S("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), AY_REGEX_LIMIT},
    {"interpreted", S("(*NO_JIT)[a-c]+"), S("abcabc"), AY_REGEX_YES},
    {"interpreted, part", S("(*NO_JIT)[a-c]+"), S("abcabcd"), AY_REGEX_NO},
    {"interpreted catastrophe", S("(*NO_JIT)(a+)+b|(a|a)*c"),
     S("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), AY_REGEX_LIMIT},
    {"a limit cannot be raised by the pattern", S("(*LIMIT_MATCH=4000000000)(a+)+b|(a|a)*c"),
     S("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), AY_REGEX_LIMIT},
    {"endless recursion", S("(?R)?a|(?R)b"), S("ccc"), AY_REGEX_LIMIT},
};

static void test_whole(void **state)
{
    (void)state;
    for (size_t n = 0; n < AY_COUNT(wholes); n++) {
        ay_regex *regex = NULL;
        ay_regex_match *match = NULL;
        size_t offset;
        char message[128];
        if (ay_regex_compile(wholes[n].pattern, &regex, &offset, message) != ASSAY_OK)
            fail_msg("%s: %s", wholes[n].label, message);
        assert_int_equal(ay_regex_match_open(regex, &match, NULL), ASSAY_OK);
        for (int twice = 0; twice < 2; twice++)
            if (ay_regex_whole(regex, match, wholes[n].value) != wholes[n].want) fail_msg("%s", wholes[n].label);
        assert_null(ay_regex_match_close(match));
        ay_regex_free(regex);
    }
}

static const struct fault {
    const char *label;
    ay_str pattern;
    size_t offset;
} faults[] = {
    {"open group", S("a(b"), 3},
    {"closed group", S("a)b"), 1},
    {"would close the group around it", S("a)|(b"), 1},
    {"nothing to repeat", S("*a"), 0},
    {"open class", S("[a"), 2},
    {"backwards", S("[z-a]"), 3},
    {"counted from behind (?u)", S("(?u)*"), 4},
    {"one code unit", S("\\C"), 2},
    {"unknown property", S("\\p{Nope}"), 8},
    {"not UTF-8", S("a\xff"), 1},
    {"repeats of repeats", S("((((a{1,99}){1,99}){1,99}){1,99})"), 33},
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t n = 0; n < AY_COUNT(faults); n++) {
        ay_regex *regex = NULL;
        size_t offset = 99;
        char message[128] = "";
        if (ay_regex_compile(faults[n].pattern, &regex, &offset, message) != ASSAY_EFORMAT)
            fail_msg("%s: compiled", faults[n].label);
        if (offset != faults[n].offset || !message[0]) fail_msg("%s: %zu %s", faults[n].label, offset, message);
    }
}

static void test_long_pattern(void **state)
{
    static char pattern[70000];
    (void)state;
    memset(pattern, 'a', sizeof pattern);
    ay_regex *regex = NULL;
    size_t offset;
    char message[128];
    assert_int_equal(ay_regex_compile((ay_str){pattern, sizeof pattern}, &regex, &offset, message), ASSAY_EFORMAT);
}

static void test_without_memory(void **state)
{
    (void)state;
    bool done = false;
    for (size_t n = 1; !done; n++) {
        ay_regex *regex = NULL;
        ay_regex_match *match = NULL;
        size_t offset;
        char message[128];
        ay_mem_fail_at(n);
        const bool compiled = ay_regex_compile(AY_STR("(a|b)+\\d{3}"), &regex, &offset, message) == ASSAY_OK;
        if (compiled) done = ay_regex_match_open(regex, &match, NULL) == ASSAY_OK;
        ay_mem_fail_at(0);
        ay_regex_match_close(match);
        ay_regex_free(regex);
        assert_true(n < 1000);
    }
}

static const struct graphemes {
    const char *label;
    ay_str text;
    size_t want;
} graphemes[] = {
    {"empty", S(""), 0},
    {"ASCII", S("abc"), 3},
    {"CR LF", S("a\r\nb"), 3},
    {"Chinese", S("中文𠮷"), 3},
    {"combining", S("e\xCC\x81x"), 2},
    {"ideographic variation", S("葛\xF3\xA0\x84\x80"), 1},
    {"family", S("👨\xE2\x80\x8D👩\xE2\x80\x8D👧"), 1},
    {"flags", S("🇨🇳🇨🇳"), 2},
    {"hangul jamo", S("각"), 1},
    {"not UTF-8", S("\xff"), SIZE_MAX},
};

static void test_graphemes(void **state)
{
    (void)state;
    for (size_t n = 0; n < AY_COUNT(graphemes); n++) {
        const size_t got = ay_grapheme_length(graphemes[n].text);
        if (got != graphemes[n].want) fail_msg("%s: %zu", graphemes[n].label, got);
    }
}

/* Patterns that are walked as rows of classes, and some that only look so: each against itself in a group, which is
 * PCRE2's alone. */
static const ay_str rows_of_classes[] = {
    S("[0-9A-HJ-NPQRTUWXY]{18}"),
    S("\\d{6}"),
    S("CN-[A-Z]{2}\\d{4}"),
    S("[a-c-]\\d"),
    S("[\\dX]{2}"),
    S("a{2}b{3}"),
    S("a{64}"),
    S("a{65}"),
    S("a{0}b"),
    S("a{1,2}"),
    S("a{,2}"),
    S("a{2}+"),
    S("ab?"),
    S("[0-9]*"),
    S("[^0-9]"),
    S("[a\\-c]"),
    S("[A-z]"),
    S("[]a]"),
    S("[a]]"),
    S("a b"),
    S("a.c"),
    S("a|b"),
    S("a|ab"),
    S("ab|a"),
    S("a|"),
    S("|a"),
    S("a||b"),
    S("a|b|c"),
    S("[|]a"),
    S("a\\|b"),
    S("1[3-9][0-9]{9}|0{3}"),
    S("(?i)a"),
    S("-"),
    S("[-a]"),
    S("1/2:3,4 5_6"),
    S("[a][b][c][d][e][f][1][2]"),
    S("[a][b][c][d][e][f][1][2][3]"),
    S("é"),
    S("[é]"),
    S("a{2"),
    S("a{}"),
    S("a]"),
    S("[[:digit:]]"),
    S("\\D"),
    S("#"),
    S("a{0064}"),
};

/* Values: what the pattern itself begins with, and characters drawn from those that occur in patterns. */
static size_t draw_value(size_t round, ay_str pattern, uint64_t random, char out[80])
{
    static const char alphabet[] = "abc0123456789AXCN-/:,_ {}[]\\\r\n\xC3\xA9\xFF";
    static const size_t usual[] = {0, 1, 2, 3, 6, 9, 12, 18, 64, 65};
    const size_t n = usual[round % AY_COUNT(usual)];
    for (size_t i = 0; i < n; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const bool is_own = random >> 62 && i < pattern.len;
        out[i] =
            round % 3 ? (char)(round % 3 == 1 ? '0' + random % 10 : 'a') : alphabet[(random >> 33) % (sizeof alphabet)];
        if (is_own) out[i] = pattern.ptr[i];
    }
    return n;
}

static void compare_with_pcre2(ay_str pattern)
{
    char grouped[64], value[80], message[128];
    const int len = snprintf(grouped, sizeof grouped, "(?:" AY_STR_FMT ")", AY_STR_ARG(pattern));
    const ay_str patterns[] = {pattern, {grouped, (size_t)len}};
    ay_regex *regex[2];
    ay_regex_match *match[2];
    size_t offset;
    for (int k = 0; k < 2; k++) {
        if (ay_regex_compile(patterns[k], &regex[k], &offset, message) != ASSAY_OK)
            fail_msg(AY_STR_FMT ": %s", AY_STR_ARG(patterns[k]), message);
        assert_int_equal(ay_regex_match_open(regex[k], &match[k], NULL), ASSAY_OK);
    }
    for (size_t round = 0; round < 3000; round++) {
        const ay_str text = {value, draw_value(round, pattern, round * UINT64_C(0x9E3779B97F4A7C15), value)};
        if (ay_regex_whole(regex[0], match[0], text) != ay_regex_whole(regex[1], match[1], text))
            fail_msg(AY_STR_FMT ": " AY_STR_FMT, AY_STR_ARG(pattern), AY_STR_ARG(text));
    }
    for (int k = 0; k < 2; k++) {
        ay_regex_match_close(match[k]);
        ay_regex_free(regex[k]);
    }
}

static void test_rows_of_classes(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(rows_of_classes); i++) compare_with_pcre2(rows_of_classes[i]);
    assert_int_equal(ay_places_read(AY_STR("CN-[A-Z]{2}\\d{4}")).n, 9);
    assert_int_equal(ay_places_read(AY_STR("[a][b][c][d][e][f][1][2]")).n, 8);
    assert_int_equal(ay_rows_read(AY_STR("1[3-9][0-9]{9}|0{20}")).n, 2);
    assert_int_equal(ay_rows_read(AY_STR("a|")).n, 0);
    assert_int_equal(ay_rows_read(AY_STR("")).n, 0);
    static const char *const others[] = {"a{1,2}", "a{65}", "[^0-9]", "a.c", "(?i)a", "é", "[[:digit:]]", "a{2}+", ""};
    for (size_t i = 0; i < AY_COUNT(others); i++) assert_int_equal(ay_places_read(ay_str_from(others[i])).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),          cmocka_unit_test(test_faults),    cmocka_unit_test(test_long_pattern),
        cmocka_unit_test(test_without_memory), cmocka_unit_test(test_graphemes), cmocka_unit_test(test_rows_of_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
