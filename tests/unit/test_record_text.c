/* Records for people: every tag, and text that must not move a cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "proof/record_text.h"

#define BYTES(literal)                                                                                                 \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

static void test_values(void **state)
{
    (void)state;
    static const struct {
        uint8_t tag;
        ay_str value;
        const char *want;
    } cases[] = {
        {AY_TAG_BOOL, BYTES("\0"), "false"},
        {AY_TAG_BOOL, BYTES("\1"), "true"},
        {AY_TAG_NUMBER, BYTES("-12.5"), "-12.5"},
        {AY_TAG_FLOAT, BYTES("\x3f\xb9\x99\x99\x99\x99\x99\x9a"), "0.1"},
        {AY_TAG_FLOAT, BYTES("\x7f\xf8\0\0\0\0\0\0"), "NaN"},
        {AY_TAG_FLOAT, BYTES("\x7f\xf0\0\0\0\0\0\0"), "Infinity"},
        {AY_TAG_FLOAT, BYTES("\xff\xf0\0\0\0\0\0\0"), "-Infinity"},
        {AY_TAG_DATE, BYTES("\0\0\x4d\x46"), "2024-02-29"},
        {AY_TAG_DATE, BYTES("\xff\xff\xff\xff"), "1969-12-31"},
        {AY_TAG_DATE, BYTES("\x7f\xff\xff\xff"), "infinity"},
        {AY_TAG_DATE, BYTES("\x80\0\0\0"), "-infinity"},
        {AY_TAG_TIMESTAMP, BYTES("\0\0\0\0\0\x0f\x42\x41"), "1970-01-01 00:00:01.000001"},
        {AY_TAG_TIMESTAMPTZ, BYTES("\0\0\0\0\0\0\0\0"), "1970-01-01 00:00:00+00"},
        {AY_TAG_TIMESTAMPTZ, BYTES("\x7f\xff\xff\xff\xff\xff\xff\xff"), "infinity"},
        {AY_TAG_TIME, BYTES("\0\0\0\x14\x1d\xd7\x60\0"), "24:00:00"},
        {AY_TAG_TIMETZ, BYTES("\0\0\0\0\0\x0f\x42\x40\0\0\x70\x80"), "00:00:01+08"},
        {AY_TAG_INTERVAL, BYTES("\0\0\0\1\0\0\0\2\0\0\0\0\0\x0f\x42\x40"), "1 mon 2 days 00:00:01"},
        {AY_TAG_UUID, BYTES("\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef"),
         "01234567-89ab-cdef-0123-456789abcdef"},
        {AY_TAG_BYTES, BYTES("\0\xff"), "\\x00ff"},
        {AY_TAG_TEXT, BYTES(""), "\"\""},
        {AY_TAG_TEXT, BYTES("甲 \"a\\b\""), "\"甲 \\\"a\\\\b\\\"\""},
        {AY_TAG_TEXT, BYTES("\x1b[2J\n\x7f\xc2\x9b"), "\"\\u{1b}[2J\\u{a}\\u{7f}\\u{9b}\""},
        {AY_TAG_TEXT,
         BYTES("a\xe2\x80\xae"
               "b\xe2\x81\xa6"
               "c\xe2\x80\x8b"
               "d\xef\xbb\xbf\xe2\x80\xa8"),
         "\"a\\u{202e}b\\u{2066}c\\u{200b}d\\u{feff}\\u{2028}\""},
        {AY_TAG_JSONB, BYTES("{\"a\":\"\\\\\"}"), "{\"a\":\"\\\\\"}"},
        {AY_TAG_JSON, BYTES("[1,\n\"x\"]"), "[1,\\u{a}\"x\"]"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        const ay_record_field field = {.name = AY_STR("f"), .value = cases[i].value, .tag = cases[i].tag};
        ay_buf out = {0};
        ay_record_field_text(&field, &out);
        ay_buf_char(&out, '\0');
        assert_int_equal(out.failed, ASSAY_OK);
        if (strncmp(out.ptr, "f = ", 4) != 0 || strcmp(out.ptr + 4, cases[i].want) != 0)
            fail_msg("%zu: %s instead of %s", i, out.ptr, cases[i].want);
        ay_buf_free(&out);
    }
}

static void test_plain(void **state)
{
    (void)state;
    ay_buf out = {0};
    ay_plain_text(AY_STR("ok\tä\xff\x80z"), &out);
    const ay_str want = AY_STR("ok\\u{9}ä\\xff\\x80\\x7a"); /* what follows bytes that are no text is shown as bytes */
    assert_true(ay_str_eq(ay_buf_view(&out), want));
    ay_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_values), cmocka_unit_test(test_plain)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
