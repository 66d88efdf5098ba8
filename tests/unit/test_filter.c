/* Which tickets: the SQL of each restriction, and what is refused. Values are arguments, never SQL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "fault.h"
#include "store/filter.h"

#define LIVE " and t.state not in ('closed', 'gone')"

static const char *const ids[] = {"0123456789abcdef0123456789abcdef", "01234567"};

static const struct {
    const char *label;
    assay_ticket_filter filter; /* but for its size */
    const char *sql;
    const char *args[4];
} cases[] = {
    {"nothing", {0}, "1 = 1", {NULL}},
    {"a dataset", {.dataset = "a'b"}, "1 = 1 and t.dataset = $1", {"a'b"}},
    {"several",
     {.rule = "r", .source = "s", .owner = "o", .severity = "error"},
     "1 = 1 and t.rule = $1 and t.source = $2 and t.owner = $3 and t.severity = $4",
     {"r", "s", "o", "error"}},
    {"a state", {.state = "disputed"}, "1 = 1 and t.state = $1", {"disputed"}},
    {"what is not over", {.state = "unclosed"}, "1 = 1" LIVE, {NULL}},
    {"overdue", {.due_before = "2026-07-01"}, "1 = 1" LIVE " and t.due < $1", {"2026-07-01"}},
    {"due", {.due_until = "2026-07-01"}, "1 = 1" LIVE " and t.due <= $1", {"2026-07-01"}},
    {"both",
     {.due_before = "2026-07-01", .due_until = "2028-02-29"},
     "1 = 1" LIVE " and t.due < $1" LIVE " and t.due <= $2",
     {"2026-07-01", "2028-02-29"}},
    {"ids",
     {.ids = ids, .n_ids = 2, .dataset = "d"},
     "1 = 1 and t.dataset = $1 and (t.id = $2 or (t.id >= $3 and t.id < $3 || 'g'))",
     {"d", "0123456789abcdef0123456789abcdef", "01234567"}},
};

static void test_sql(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        assay_ticket_filter from = cases[i].filter;
        ay_filter f;
        from.struct_size = sizeof from;
        assert_int_equal(ay_filter_take(&from, &f, NULL), ASSAY_OK);
        if (!ay_str_is(ay_buf_view(&f.sql), cases[i].sql))
            fail_msg("%s: %.*s", cases[i].label, (int)f.sql.len, f.sql.ptr);
        int n = 0;
        while (n < 4 && cases[i].args[n]) n++;
        assert_int_equal(f.n, n);
        for (int a = 0; a < n; a++) assert_string_equal(f.args[a], cases[i].args[a]);
        assert_int_equal(f.is_restricted, i > 0);
        ay_filter_free(&f);
    }
    ay_filter f;
    assert_int_equal(ay_filter_take(NULL, &f, NULL), ASSAY_OK); /* all */
    assert_false(f.is_restricted);
    ay_filter_free(&f);
}

static const struct {
    const char *state, *day, *id;
} wrong[] = {
    {"Open", NULL, NULL},
    {"", NULL, NULL},
    {"open' or '1' = '1", NULL, NULL},
    {NULL, "", NULL},
    {NULL, "2026-7-1", NULL},
    {NULL, "2026-02-29", NULL},
    {NULL, "2026-07-01 ", NULL},
    {NULL, "20260701", NULL},
    {NULL, "2026-07-01' or ", NULL},
    {NULL, NULL, ""},
    {NULL, NULL, "0123456"},
    {NULL, NULL, "0123456789abcdef0123456789abcdef0"},
    {NULL, NULL, "0123456789ABCDEF"},
    {NULL, NULL, "0123456%"},
    {NULL, NULL, "________"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(wrong); i++)
        for (int until = 0; until < 2; until++) {
            assay_ticket_filter from = ASSAY_TICKET_FILTER_INIT;
            ay_filter f;
            assay_err err = {0};
            from.state = wrong[i].state;
            if (until) from.due_until = wrong[i].day;
            else from.due_before = wrong[i].day;
            from.ids = &wrong[i].id;
            from.n_ids = wrong[i].id ? 1 : 0;
            if (ay_filter_take(&from, &f, &err) != ASSAY_EUSAGE) fail_msg("case %zu", i);
            assert_true(*err.text && *err.text_zh);
            ay_filter_free(&f);
        }
}

static void test_too_many(void **state)
{
    (void)state;
    const char *many[AY_FILTER_ARGS + 1];
    for (size_t i = 0; i < AY_COUNT(many); i++) many[i] = ids[1];
    assay_ticket_filter from = ASSAY_TICKET_FILTER_INIT;
    ay_filter f;
    from.ids = many;
    from.n_ids = AY_FILTER_ARGS;
    assert_int_equal(ay_filter_take(&from, &f, NULL), ASSAY_OK);
    ay_filter_free(&f);
    from.n_ids = AY_FILTER_ARGS + 1;
    assert_int_equal(ay_filter_take(&from, &f, NULL), ASSAY_EUSAGE);
    ay_filter_free(&f);
    /* What restricts beside them takes its room too. */
    from.n_ids = AY_FILTER_ARGS;
    from.dataset = "d";
    assert_int_equal(ay_filter_take(&from, &f, NULL), ASSAY_EUSAGE);
    ay_filter_free(&f);
    from.struct_size = 3;
    assert_int_equal(ay_filter_take(&from, &f, NULL), ASSAY_EUSAGE);
    ay_filter_free(&f);
}

static assay_status take(void *arg)
{
    ay_filter f;
    const assay_status st = ay_filter_take((const assay_ticket_filter *)arg, &f, NULL);
    ay_filter_free(&f);
    return st;
}

static void test_memory(void **state)
{
    (void)state;
    assay_ticket_filter from = ASSAY_TICKET_FILTER_INIT;
    from.dataset = "d";
    from.ids = ids;
    from.n_ids = 2;
    assert_in_range(fail_each_allocation(take, &from), 2, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sql), cmocka_unit_test(test_refusals),
                                       cmocka_unit_test(test_too_many), cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
