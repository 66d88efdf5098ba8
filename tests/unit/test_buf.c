/* Buffers and errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "fault.h"

static void assert_holds(const ay_buf *buf, const char *want)
{
    assert_int_equal(ay_buf_status(buf, NULL), ASSAY_OK);
    assert_int_equal(buf->len, strlen(want));
    assert_memory_equal(buf->len ? buf->ptr : "", want, buf->len);
}

static void test_appending(void **state)
{
    (void)state;
    ay_buf buf = {0};
    assert_holds(&buf, "");
    ay_buf_put(&buf, NULL, 0);
    ay_buf_str(&buf, (ay_str){NULL, 0});
    ay_buf_text(&buf, "");
    assert_holds(&buf, "");
    ay_buf_put(&buf, "abc", 2);
    ay_buf_char(&buf, '-');
    ay_buf_text(&buf, "名");
    ay_buf_str(&buf, AY_STR("xyz"));
    ay_buf_printf(&buf, "%s=%d;", "n", 42);
    assert_holds(&buf, "ab-名xyzn=42;");
    ay_buf_clear(&buf);
    assert_holds(&buf, "");
    for (int i = 0; i < 1000; i++) ay_buf_printf(&buf, "%04d", i); /* across every growth */
    assert_int_equal(buf.len, 4000);
    assert_memory_equal(buf.ptr + 3996, "0999", 4);
    ay_buf_free(&buf);
    assert_null(buf.ptr);
}

static void test_int(void **state)
{
    (void)state;
    static const struct {
        int64_t v;
        const char *want;
    } cases[] = {
        {0, "0"},
        {7, "7"},
        {-1, "-1"},
        {10, "10"},
        {1234567890123456789, "1234567890123456789"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf buf = {0};
        ay_buf_int(&buf, cases[i].v);
        assert_holds(&buf, cases[i].want);
        ay_buf_free(&buf);
    }
}

static void test_limit(void **state)
{
    (void)state;
    ay_buf buf = {.max = 10};
    assay_err err = {0};
    ay_buf_text(&buf, "0123456789");
    assert_holds(&buf, "0123456789");
    ay_buf_char(&buf, 'x');
    assert_int_equal(ay_buf_status(&buf, &err), ASSAY_ELIMIT);
    assert_string_equal(err.text, "a text would be longer than 10 bytes");
    assert_string_equal(err.text_zh, "文本将超过 10 字节");
    ay_buf_clear(&buf);
    ay_buf_printf(&buf, "%s", "0123456789"); /* the zero that vsnprintf writes does not count */
    assert_holds(&buf, "0123456789");
    ay_buf_clear(&buf);
    ay_buf_printf(&buf, "%s", "01234567890");
    assert_int_equal(buf.len, 0);
    ay_buf_text(&buf, "fits"); /* failure is sticky: no hole in the middle of a text */
    assert_int_equal(buf.len, 0);
    assert_null(ay_buf_reserve(&buf, 1));
    assert_int_equal(ay_buf_status(&buf, NULL), ASSAY_ELIMIT);
    ay_buf_free(&buf);
    assert_int_equal(ay_buf_status(&buf, NULL), ASSAY_OK);
    assert_int_equal(buf.max, 10);
}

static void test_reserve(void **state)
{
    (void)state;
    ay_buf buf = {0};
    assert_non_null(ay_buf_reserve(&buf, 0));
    char *room = ay_buf_reserve(&buf, 1000);
    memset(room, 'r', 1000);
    assert_int_equal(buf.len, 0);
    buf.len = 1000;
    assert_int_equal(ay_buf_view(&buf).len, 1000);
    assert_null(ay_buf_reserve(&buf, SIZE_MAX));
    assert_int_equal(ay_buf_status(&buf, NULL), ASSAY_ENOMEM);
    ay_buf_free(&buf);
}

static assay_status fill(void *arg)
{
    (void)arg;
    ay_buf buf = {0};
    for (int i = 0; i < 40; i++) {
        ay_buf_text(&buf, "some text ");
        ay_buf_printf(&buf, "%d", i);
    }
    assay_err err = {0};
    const assay_status status = ay_buf_status(&buf, &err);
    if (status) assert_string_equal(err.text_zh, "内存不足");
    ay_buf_free(&buf);
    return status;
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    assert_in_range(fail_each_allocation(fill, NULL), 3, 20);
}

/* ---- Errors ---- */

static void test_status_texts(void **state)
{
    (void)state;
    assert_string_equal(assay_status_text(ASSAY_OK), "ok");
    assert_string_equal(assay_status_text(ASSAY_ECANCELLED), "cancelled");
    assert_string_equal(assay_status_text(ASSAY_EINTERNAL), "internal error");
    assert_string_equal(assay_status_text((assay_status)10), "unknown status");
    assert_string_equal(assay_status_text((assay_status)-1), "unknown status");
    unsigned major, minor, patch;
    char more;
    assert_int_equal(sscanf(assay_version(), "%u.%u.%u%c", &major, &minor, &patch, &more), 3);
}

static void test_fail(void **state)
{
    (void)state;
    assay_err err = {.code = ASSAY_EIO, .line = 7, .column = 8};
    assert_int_equal(ay_fail(&err, ASSAY_EFORMAT, "%s has %d", "%1$s 有 %2$d 个", "field", 3), ASSAY_EFORMAT);
    assert_int_equal(err.code, ASSAY_EFORMAT);
    assert_int_equal(err.line, 0);
    assert_int_equal(err.column, 0);
    assert_string_equal(err.text, "field has 3");
    assert_string_equal(err.text_zh, "field 有 3 个");
    assert_int_equal(ay_fail(&err, ASSAY_EIO, "outer: %s", "外层：%s", err.text), ASSAY_EIO); /* its own text inside */
    assert_string_equal(err.text, "outer: field has 3");
    assert_string_equal(err.text_zh, "外层：field has 3");
    assert_int_equal(ay_fail(NULL, ASSAY_EIO, "%d", "%d", 1), ASSAY_EIO);
    assert_int_equal(ay_fail_nomem(&err), ASSAY_ENOMEM);
    assert_string_equal(err.text, "out of memory");
}

/* Whatever a name holds, the text stays one line of UTF-8. */
static void test_fail_with_hostile_text(void **state)
{
    (void)state;
    static const struct {
        const char *label, *in, *want;
    } cases[] = {
        {"line ends", "a\r\nb\tc", "a  b c"},
        {"escape sequence", "\x1b[31mred\x7f", " [31mred "},
        {"not UTF-8", "a\xff\xc3(z\xe4\xb8", "a?\?(z?\?"},
        {"surrogate", "\xed\xa0\x80", "???"},
        {"UTF-8 stays", "名称é😀", "名称é😀"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        assay_err err = {0};
        (void)ay_fail(&err, ASSAY_EIO, "%s", "%s", cases[i].in);
        if (strcmp(err.text, cases[i].want) != 0) fail_msg("%s: '%s'", cases[i].label, err.text);
    }
}

static void test_fail_cuts_at_a_character(void **state)
{
    (void)state;
    static const char *const characters[] = {"x", "é", "中", "😀"};
    for (size_t c = 0; c < AY_COUNT(characters); c++) {
        const size_t width = strlen(characters[c]);
        for (size_t lead = 0; lead < 4; lead++) { /* every place of the cut inside a character */
            ay_buf name = {0};
            ay_buf_put(&name, "aaa", lead);
            for (int i = 0; i < 600; i++) ay_buf_text(&name, characters[c]);
            ay_buf_char(&name, '\0');
            assay_err err = {0};
            (void)ay_fail(&err, ASSAY_EIO, "%s", "%s", name.ptr);
            ay_buf_free(&name);
            const size_t whole = (sizeof err.text - 1 - lead) / width * width + lead;
            assert_int_equal(strlen(err.text), whole);
            assert_memory_equal(err.text + whole - width, characters[c], width);
            assert_string_equal(err.text_zh, err.text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appending),
        cmocka_unit_test(test_int),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_reserve),
        cmocka_unit_test(test_every_allocation_can_fail),
        cmocka_unit_test(test_status_texts),
        cmocka_unit_test(test_fail),
        cmocka_unit_test(test_fail_with_hostile_text),
        cmocka_unit_test(test_fail_cuts_at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
