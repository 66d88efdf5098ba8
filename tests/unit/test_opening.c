/* Whether a dataset may be open, from what its rules counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "run/opening.h"

enum { OPENING, SEARCH, EXTRA, OTHER, RULES };

static const struct {
    const char *label, *open;
    uint64_t records, rejected;
    ay_count counts[RULES];
    uint32_t n_rules; /* that were run */
    bool unfed;
    ay_may_open verdict;
    const char *because; /* ids, a space behind each */
} cases[] = {
#define GOOD                                                                                                           \
    {                                                                                                                  \
        .evaluated = 5                                                                                                 \
    }
    {"nothing found", "unconditional", 5, 0, {GOOD, GOOD, GOOD, GOOD}, RULES, false, AY_OPEN_ALLOWED, ""},
    {"another rule failed",
     "conditional",
     5,
     0,
     {GOOD, GOOD, GOOD, {5, 5, 0, 0, 0}},
     RULES,
     false,
     AY_OPEN_ALLOWED,
     ""},
    {"a personal field",
     "conditional",
     5,
     0,
     {{5, 1, 0, 0, 0}, GOOD, GOOD, GOOD},
     RULES,
     false,
     AY_OPEN_BLOCKED,
     "d.opening "},
    {"one finding",
     "conditional",
     5,
     0,
     {GOOD, {5, 1, 0, 0, 0}, GOOD, GOOD},
     RULES,
     false,
     AY_OPEN_BLOCKED,
     "d.v.personal "},
    {"both",
     "conditional",
     5,
     0,
     {{5, 1, 0, 0, 0}, {5, 1, 0, 0, 0}, GOOD, GOOD},
     RULES,
     false,
     AY_OPEN_BLOCKED,
     "d.opening d.v.personal "},
    {"a finding of a search for some",
     "conditional",
     5,
     0,
     {GOOD, GOOD, {1, 1, 0, 0, 4}, GOOD},
     RULES,
     false,
     AY_OPEN_BLOCKED,
     "d.z-extra "},
    {"blocked outweighs unknown",
     "conditional",
     5,
     0,
     {GOOD, {4, 0, 0, 1, 0}, {1, 1, 0, 0, 4}, GOOD},
     RULES,
     false,
     AY_OPEN_BLOCKED,
     "d.z-extra "},
    {"a search for some found nothing",
     "conditional",
     5,
     0,
     {GOOD, GOOD, {1, 0, 0, 0, 4}, GOOD},
     RULES,
     false,
     AY_OPEN_ALLOWED,
     ""},
    {"nulls alone", "unconditional", 5, 0, {GOOD, {0, 0, 5, 0, 0}, GOOD, GOOD}, RULES, false, AY_OPEN_ALLOWED, ""},
    {"an unreadable value",
     "unconditional",
     5,
     0,
     {GOOD, {4, 0, 0, 1, 0}, GOOD, GOOD},
     RULES,
     false,
     AY_OPEN_UNKNOWN,
     "d.v.personal "},
    {"records left out",
     "unconditional",
     5,
     0,
     {GOOD, {4, 0, 0, 0, 1}, GOOD, GOOD},
     RULES,
     false,
     AY_OPEN_UNKNOWN,
     "d.v.personal "},
    {"a rule that was not chosen", "unconditional", 5, 0, {GOOD}, 1, false, AY_OPEN_UNKNOWN, "d.v.personal "},
    {"an empty table", "unconditional", 0, 0, {GOOD}, RULES, false, AY_OPEN_UNKNOWN, ""},
    {"an empty table with a personal field",
     "unconditional",
     0,
     0,
     {{5, 1, 0, 0, 0}},
     RULES,
     false,
     AY_OPEN_BLOCKED,
     "d.opening "},
    {"records that could not be read",
     "unconditional",
     5,
     1,
     {GOOD, GOOD, GOOD, GOOD},
     RULES,
     false,
     AY_OPEN_UNKNOWN,
     ""},
    {"not read", "unconditional", 0, 0, {{0}}, RULES, true, AY_OPEN_UNKNOWN, "d.opening d.v.personal "},
    {"not asked for", "none", 5, 0, {GOOD, GOOD, GOOD, GOOD}, RULES, false, AY_OPEN_BLOCKED, ""},
    {"not stated", "", 5, 0, {GOOD, GOOD, GOOD, GOOD}, RULES, false, AY_OPEN_BLOCKED, ""},
};

static void test_verdicts(void **state)
{
    (void)state;
    const ay_kind *opening = ay_kind_find(AY_STR("opening")), *personal = ay_kind_find(AY_STR("personal"));
    const ay_rule rules[RULES] = {
        [OPENING] = {.id = "d.opening", .kind = opening, .field = -1},
        [SEARCH] = {.id = "d.v.personal", .kind = personal, .field = 0},
        [EXTRA] = {.id = "d.z-extra", .kind = personal, .field = 0, .where = (const ay_expr *)&state},
        [OTHER] = {.id = "d.zz", .kind = ay_kind_find(AY_STR("length")), .field = 0},
    };
    const ay_rule *all[RULES] = {&rules[0], &rules[1], &rules[2], &rules[3]};
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_arena arena = {0};
        AY_CLEANUP(ay_buf_free) ay_buf because = {0};
        const ay_dataset dataset = {.name = "d", .open = cases[i].open, .rules = all, .n_rules = RULES};
        ay_rule_outcome outcomes[RULES] = {{0}};
        for (uint32_t r = 0; r < RULES; r++)
            outcomes[r] = (ay_rule_outcome){.rule = &rules[r], .count = cases[i].counts[r]};
        ay_dataset_result d = {.dataset = &dataset,
                               .fed = !cases[i].unfed,
                               .records = cases[i].records,
                               .rejected = cases[i].rejected,
                               .rules = outcomes,
                               .n_rules = cases[i].n_rules};
        assert_int_equal(ay_opening_decide(&arena, &d, NULL), ASSAY_OK);
        for (uint32_t r = 0; r < d.opening.n; r++) ay_buf_printf(&because, "%s ", d.opening.because[r]->id);
        if (d.opening.verdict != cases[i].verdict || !ay_str_is(ay_buf_view(&because), cases[i].because))
            fail_msg("%s: %s %.*s", cases[i].label, ay_may_open_name(d.opening.verdict), (int)because.len,
                     because.ptr ? because.ptr : "");
        ay_arena_free(&arena);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    ay_arena arena = {0};
    const ay_dataset dataset = {.name = "d", .open = "conditional"};
    ay_dataset_result d = {.dataset = &dataset};
    ay_mem_fail_at(1);
    const assay_status status = ay_opening_decide(&arena, &d, NULL);
    ay_mem_fail_at(0);
    assert_int_equal(status, ASSAY_ENOMEM);
    ay_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_verdicts), cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
