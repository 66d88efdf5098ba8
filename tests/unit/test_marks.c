/* Marks of a text: every way of finding them against looking at each byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/marks.h"
#include "base/mem.h"

#define MOST 300

static const ay_mark_set sets[] = {{{',', '"', '\n', '\r'}}, {{'\t', '\t', '\n', '\\'}}, {{'a', 'a', 'a', 'a'}}};

static bool is_mark(const ay_mark_set *set, char c)
{
    for (size_t i = 0; i < AY_MARKS_KINDS; i++)
        if (set->of[i] == c) return true;
    return false;
}

/* `text` ends where its block ends, so that a sanitizer sees a look behind it. */
static void check(ay_marks_fn find, const char *name, ay_str text, const ay_mark_set *set)
{
    uint64_t out[MOST / 64 + 2];
    memset(out, 0xAA, sizeof out);
    find(text, set, out);
    const size_t words = (text.len + 63) / 64;
    for (size_t i = 0; i < words * 64; i++) {
        const bool want = i < text.len && is_mark(set, text.ptr[i]);
        if ((out[i / 64] >> i % 64 & 1) != want) fail_msg("%s: byte %zu of %zu", name, i, text.len);
    }
    assert_true(out[words] == UINT64_C(0xAAAAAAAAAAAAAAAA)); /* nothing behind is written */
}

static void check_all_ways(ay_str text, const ay_mark_set *set)
{
    check(ay_marks_plain, "plain", text, set);
    check(ay_marks_best(), "best", text, set);
#if AY_MARKS_WIDE
    if (__builtin_cpu_supports("avx2")) check(ay_marks_avx2, "avx2", text, set);
    if (__builtin_cpu_supports("avx512bw")) check(ay_marks_avx512, "avx512", text, set);
#endif
}

/* Bytes near the marks in value, their like with the highest bit, and the marks themselves. */
static char byte_of(uint64_t random, const ay_mark_set *set)
{
    const char mark = set->of[random >> 8 & 3];
    switch (random & 7) {
    case 0: return mark;
    case 1: return (char)(mark ^ 0x80);
    case 2: return (char)(mark + 1);
    case 3: return (char)(mark - 1);
    case 4: return 0;
    default: return (char)(random >> 16);
    }
}

static void test_every_length(void **state)
{
    (void)state;
    uint64_t random = 7;
    for (size_t len = 0; len <= MOST; len++)
        for (size_t s = 0; s < AY_COUNT(sets); s++) {
            char *text = ay_alloc(len ? len : 1);
            assert_non_null(text);
            for (size_t i = 0; i < len; i++) {
                random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
                text[i] = byte_of(random >> 33, &sets[s]);
            }
            check_all_ways((ay_str){text, len}, &sets[s]);
            ay_free(text);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_length)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
