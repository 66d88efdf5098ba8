/* JSON as it is written: structure, escapes, hostile text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "fault.h"

static void assert_written(const char *label, ay_buf *out, const char *want)
{
    assert_int_equal(ay_buf_status(out, NULL), ASSAY_OK);
    ay_buf_char(out, '\0');
    if (strcmp(out->ptr, want) != 0) fail_msg("%s: %s", label, out->ptr);
    ay_buf_free(out);
}

static void test_strings(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        ay_str in;
        const char *want;
    } cases[] = {
        {"empty", {"", 0}, "\"\""},
        {"no pointer", {NULL, 0}, "\"\""},
        {"Chinese and beyond the BMP stay", {"名称😀", 10}, "\"名称😀\""},
        {"quote and backslash", {"a\"b\\c", 5}, "\"a\\\"b\\\\c\""},
        {"slash stays", {"</", 2}, "\"</\""},
        {"short escapes", {"\n\r\t", 3}, "\"\\n\\r\\t\""},
        {"controls", {"\0\x01\x1f\x7f", 4}, "\"\\u0000\\u0001\\u001f\\u007f\""},
        {"C1 controls", {"\xc2\x80\xc2\x9f\xc2\xa0", 6}, "\"\\u0080\\u009f\xc2\xa0\""},
        {"line separators", {"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", 9}, "\"\\u2028\\u2029\xe2\x80\xaa\""},
        {"invalid bytes", {"a\xff\xc0z", 4}, "\"a\xef\xbf\xbd\xef\xbf\xbdz\""},
        {"cut character", {"a\xe4\xb8", 3}, "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
        {"surrogate", {"\xed\xa0\x80", 3}, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {"escape at the very end", {"ab\n", 3}, "\"ab\\n\""},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf out = {0};
        ay_json j = {.out = &out};
        ay_json_str(&j, cases[i].in);
        assert_written(cases[i].label, &out, cases[i].want);
    }
}

/* What a text without escapes does not tell apart, at every place of one. */
static void test_escapes_at_every_place(void **state)
{
    (void)state;
    static const struct {
        const char *in, *want;
    } cases[] = {{"\"", "\\\""},           {"\\", "\\\\"},          {"\x1f", "\\u001f"},
                 {"\x7f", "\\u007f"},      {"\xc2\x85", "\\u0085"}, {"\xe2\x80\xa8", "\\u2028"},
                 {"\xc2\xa0", "\xc2\xa0"}, {"\xff", "\xef\xbf\xbd"}};
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        for (int at = 0; at < 80; at++) {
            ay_buf in = {0}, out = {0}, want = {0};
            ay_json j = {.out = &out};
            ay_buf_printf(&in, "%0*d%s%0*d", at + 1, 0, cases[i].in, 80 - at, 0);
            ay_buf_printf(&want, "\"%0*d%s%0*d\"", at + 1, 0, cases[i].want, 80 - at, 0);
            ay_json_str(&j, ay_buf_view(&in));
            ay_buf_char(&want, '\0');
            assert_written(cases[i].want, &out, want.ptr);
            ay_buf_free(&in);
            ay_buf_free(&want);
        }
}

static void write_document(ay_json *j)
{
    ay_json_open_object(j);
    ay_json_key(j, "a\"b");
    ay_json_int(j, INT64_MIN);
    ay_json_key(j, "list");
    ay_json_open_array(j);
    ay_json_uint(j, UINT64_MAX);
    ay_json_null(j);
    ay_json_text(j, NULL);
    ay_json_text(j, "t");
    ay_json_raw(j, AY_STR("1.50"));
    ay_json_open_object(j);
    ay_json_close_object(j);
    ay_json_close_array(j);
    ay_json_key(j, "empty");
    ay_json_open_array(j);
    ay_json_close_array(j);
    ay_json_close_object(j);
}

static void test_compact(void **state)
{
    (void)state;
    ay_buf out = {0};
    ay_json j = {.out = &out};
    write_document(&j);
    assert_written("compact", &out,
                   "{\"a\\\"b\":-9223372036854775808,"
                   "\"list\":[18446744073709551615,null,null,\"t\",1.50,{}],"
                   "\"empty\":[]}");
}

static void test_pretty(void **state)
{
    (void)state;
    ay_buf out = {0};
    ay_json j = {.out = &out, .pretty = true};
    write_document(&j);
    assert_written("pretty", &out,
                   "{\n"
                   "  \"a\\\"b\": -9223372036854775808,\n"
                   "  \"list\": [\n"
                   "    18446744073709551615,\n"
                   "    null,\n"
                   "    null,\n"
                   "    \"t\",\n"
                   "    1.50,\n"
                   "    {}\n"
                   "  ],\n"
                   "  \"empty\": []\n"
                   "}");
}

static void test_documents_in_a_row(void **state)
{
    (void)state;
    ay_buf out = {0};
    ay_json j = {.out = &out};
    for (int i = 0; i < 2; i++) {
        ay_json_open_array(&j);
        ay_json_int(&j, i);
        ay_json_close_array(&j);
        ay_buf_char(&out, '\n');
    }
    assert_written("NDJSON", &out, "[0]\n[1]\n");
}

static void test_deepest(void **state)
{
    (void)state;
    ay_buf out = {0};
    ay_json j = {.out = &out};
    char want[65];
    for (int i = 0; i < 32; i++) ay_json_open_array(&j);
    for (int i = 0; i < 32; i++) ay_json_close_array(&j);
    memset(want, '[', 32);
    memset(want + 32, ']', 32);
    want[64] = '\0';
    assert_written("32 levels", &out, want);
}

static assay_status write_one(void *arg)
{
    (void)arg;
    ay_buf out = {0};
    ay_json j = {.out = &out};
    write_document(&j);
    const assay_status status = ay_buf_status(&out, NULL);
    ay_buf_free(&out);
    return status;
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    assert_in_range(fail_each_allocation(write_one, NULL), 1, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_escapes_at_every_place),
        cmocka_unit_test(test_compact),
        cmocka_unit_test(test_pretty),
        cmocka_unit_test(test_documents_in_a_row),
        cmocka_unit_test(test_deepest),
        cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
