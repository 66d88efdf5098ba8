/* Diagnostics: order, texts, the nearest word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/diag.h"
#include "base/mem.h"
#include "fault.h"

static const char *const words[] = {"threshold",     "title",    "min",      "max",
                                    "exclusive_min", "注销日期", "standard", "standards"};

static void test_nearest(void **state)
{
    (void)state;
    static const struct {
        const char *label, *text, *want;
    } cases[] = {
        {"a letter missing", "treshold", "threshold"},
        {"a letter too many", "titlle", "title"},
        {"two swapped are one step", "tilte", "title"},
        {"upper case is no difference", "TITLE", "title"},
        {"one of three", "mix", "min"}, /* min and max are equally near: the first */
        {"half is too far", "ma", "max"},
        {"one of three at the end", "mab", "max"},
        {"two of five is too far", "tixxe", NULL},
        {"the nearer of two", "standrd", "standard"},
        {"Chinese, one character of four", "注消日期", "注销日期"},
        {"empty", "", NULL},
        {"nothing near", "frobnicate", NULL},
        {"longer by more than a third", "minimumest", NULL},
        {"longer than any word", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        const char *got = ay_nearest(ay_str_from(cases[i].text), words, AY_COUNT(words));
        if (got == cases[i].want) continue;
        if (!got || !cases[i].want || strcmp(got, cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].label, got ? got : "none");
    }
    assert_null(ay_nearest(AY_STR("x"), NULL, 0));
}

static void test_unknown(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        const char *en, *zh;
    } cases[] = {
        {"treshold", 8, "unknown key 'treshold', did you mean 'threshold'?",
         "未知的键“treshold”，是否应为“threshold”？"},
        {"zzz", 2, "unknown key 'zzz'; known: threshold, title", "未知的键“zzz”；可用：threshold、title"},
        {"zzz", 0, "unknown key 'zzz'", "未知的键“zzz”"},
        {"%s%n", 0, "unknown key '%s%n'", "未知的键“%s%n”"},
    };
    assay_diags *diags = assay_diags_new();
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        const ay_pos pos = {"pack.yaml", (uint32_t)i + 1, 5};
        ay_diag_unknown(diags, "unknown-key", pos, "key", "键", ay_str_from(cases[i].text), words, cases[i].n);
        const assay_diag *d = assay_diags_at(diags, i);
        assert_string_equal(d->text, cases[i].en);
        assert_string_equal(d->text_zh, cases[i].zh);
        assert_string_equal(d->code, "unknown-key");
        assert_int_equal(d->level, ASSAY_LEVEL_ERROR);
        assert_int_equal(d->line, i + 1);
    }
    assert_int_equal(ay_diags_errors(diags), AY_COUNT(cases));
    assert_null(assay_diags_free(diags));
}

static void test_order(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        uint32_t line, column;
        const char *text;
    } added[] = {
        {"b.yaml", 9, 1, "5"},  {"a.yaml", 3, 7, "2"}, {"a.yaml", 3, 2, "1"}, {"c.yaml", 1, 1, "7"},
        {"b.yaml", 2, 1, "4"},  {"a.yaml", 0, 0, "0"}, {"a.yaml", 3, 7, "3"}, /* same place: in order of adding */
        {"b.yaml", 10, 1, "6"},
    };
    assay_diags *diags = assay_diags_new();
    ay_diags_file(diags, "a.yaml"); /* loaded first, though the first diagnostic is of b */
    ay_diags_file(diags, "b.yaml");
    ay_diags_file(diags, "a.yaml");
    for (size_t i = 0; i < AY_COUNT(added); i++) {
        const ay_pos pos = {added[i].file, added[i].line, added[i].column};
        if (i % 2) ay_diag_error(diags, "e", pos, "%s", "%s", added[i].text);
        else ay_diag_warn(diags, "w", pos, "%s", "%s", added[i].text);
    }
    assert_int_equal(assay_diags_count(diags), AY_COUNT(added));
    assert_int_equal(ay_diags_errors(diags), AY_COUNT(added) / 2);
    for (size_t i = 0; i < AY_COUNT(added); i++) {
        const char want[2] = {(char)('0' + i), '\0'};
        assert_string_equal(assay_diags_at(diags, i)->text, want);
    }
    assert_string_equal(assay_diags_at(diags, 0)->file, "a.yaml");
    assert_int_equal(assay_diags_at(diags, 7)->level, ASSAY_LEVEL_ERROR);
    assert_int_equal(assay_diags_at(diags, 1)->level, ASSAY_LEVEL_WARNING);
    assay_diags_free(diags);
}

static void test_strings_are_copied(void **state)
{
    (void)state;
    char name[] = "pack.yaml", text[] = "text";
    assay_diags *diags = assay_diags_new();
    ay_diag_error(diags, "e", ((ay_pos){name, 1, 1}), "%s", "%s", text);
    ay_diag_error(diags, "e", ((ay_pos){0}), "no place", "无位置");
    memset(name, 'x', sizeof name - 1);
    memset(text, 'x', sizeof text - 1);
    assert_string_equal(assay_diags_at(diags, 0)->file, "pack.yaml");
    assert_string_equal(assay_diags_at(diags, 0)->text, "text");
    assert_string_equal(assay_diags_at(diags, 1)->file, "");
    assay_diags_free(diags);
    assert_null(assay_diags_free(NULL));
}

static assay_status collect(void *arg)
{
    (void)arg;
    assay_diags *diags = assay_diags_new();
    if (!diags) return ASSAY_ENOMEM;
    const size_t errors = 20;
    for (uint32_t i = 0; i < errors; i++)
        ay_diag_unknown(diags, "c", (ay_pos){i % 2 ? "a" : "b", i, 1}, "key", "键", AY_STR("titel"), words,
                        AY_COUNT(words));
    assert_int_equal(ay_diags_errors(diags), errors); /* a lost text is an error still */
    const bool lost = assay_diags_count(diags) < errors;
    assert_int_equal(ay_diags_out_of_memory(diags), lost);
    assay_diags_free(diags);
    return lost ? ASSAY_ENOMEM : ASSAY_OK;
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    assert_in_range(fail_each_allocation(collect, NULL), 20, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_strings_are_copied),
        cmocka_unit_test(test_every_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
