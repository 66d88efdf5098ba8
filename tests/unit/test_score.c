/* Outcomes, tolerances and scores: worked out by hand from GB/T 36344 (X = A / B) and the pack's weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "run/outcome.h"

static const ay_grade grades[] = {
    {{"优质", "excellent"}, 9000},
    {{"良好", "good"}, 8000},
    {{"合格", "fair"}, 6000},
    {{"待改进", "poor"}, 0},
};

static assay_pack pack_with(const uint32_t weights[AY_DIMENSIONS])
{
    assay_pack pack = {.grades = grades, .n_grades = 4};
    memcpy(pack.weights, weights, sizeof pack.weights);
    return pack;
}

/* ---- Tolerance ---- */

static const struct {
    const char *label;
    ay_limit limit;
    uint64_t evaluated, allowed;
} limits[] = {
    {"none", {true, 0, 0}, 1000, 0},
    {"a count", {true, 5, 0}, 3, 5},
    {"0.1 % of 999: floor", {true, 1, 1000}, 999, 0},
    {"0.1 % of 1000", {true, 1, 1000}, 1000, 1},
    {"0.1 % of 1999", {true, 1, 1000}, 1999, 1},
    {"99 % of 50: 49.5", {true, 99, 100}, 50, 49},
    {"100 %", {true, 1, 1}, UINT64_MAX, UINT64_MAX},
    {"a third of many, no overflow", {true, 1, 3}, UINT64_MAX, UINT64_MAX / 3},
};

static void test_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(limits); i++) {
        const uint64_t got = ay_limit_allows(limits[i].limit, limits[i].evaluated);
        if (got != limits[i].allowed) fail_msg("%s: %llu", limits[i].label, (unsigned long long)got);
    }
}

/* ---- Outcomes ---- */

static const struct {
    const char *label;
    ay_count count;
    ay_limit warn, fail;
    ay_severity severity;
    bool fed;
    assay_outcome outcome;
} outcomes[] = {
    {"all good", {10, 0, 0, 0, 0}, {0}, {0}, AY_ERROR, true, ASSAY_PASS},
    {"one failed, none allowed", {10, 1, 0, 0, 0}, {0}, {0}, AY_ERROR, true, ASSAY_FAIL},
    {"one failed, one allowed", {10, 1, 0, 0, 0}, {true, 0, 0}, {true, 1, 0}, AY_ERROR, true, ASSAY_WARN},
    {"one failed, below the warning", {10, 1, 0, 0, 0}, {true, 1, 0}, {true, 2, 0}, AY_ERROR, true, ASSAY_PASS},
    {"two failed, one allowed", {10, 2, 0, 0, 0}, {true, 0, 0}, {true, 1, 0}, AY_ERROR, true, ASSAY_FAIL},
    {"a warning never fails", {10, 9, 0, 0, 0}, {0}, {0}, AY_WARNING, true, ASSAY_WARN},
    {"an info never fails", {10, 9, 0, 0, 0}, {0}, {0}, AY_INFO, true, ASSAY_WARN},
    {"critical fails", {10, 1, 0, 0, 0}, {0}, {0}, AY_CRITICAL, true, ASSAY_FAIL},
    {"something unreadable is at best a warning", {9, 0, 0, 1, 0}, {0}, {0}, AY_ERROR, true, ASSAY_WARN},
    {"no records", {0, 0, 0, 0, 0}, {0}, {0}, AY_ERROR, true, ASSAY_VACUOUS},
    {"only nulls", {0, 0, 10, 0, 0}, {0}, {0}, AY_ERROR, true, ASSAY_VACUOUS},
    {"where left out all", {0, 0, 0, 0, 10}, {0}, {0}, AY_ERROR, true, ASSAY_VACUOUS},
    {"all unreadable", {0, 0, 0, 10, 0}, {0}, {0}, AY_ERROR, true, ASSAY_NOT_EVALUATED},
    {"not read", {0, 0, 0, 0, 0}, {0}, {0}, AY_ERROR, false, ASSAY_NOT_EVALUATED},
};

static void test_outcomes(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(outcomes); i++) {
        const ay_rule rule = {.warn = outcomes[i].warn, .fail = outcomes[i].fail, .severity = outcomes[i].severity};
        ay_rule_outcome o = {.rule = &rule, .count = outcomes[i].count};
        ay_outcome_decide(&o, outcomes[i].fed);
        if (o.outcome != outcomes[i].outcome) fail_msg("%s: %s", outcomes[i].label, assay_outcome_name(o.outcome));
    }
}

static void test_worst(void **state)
{
    (void)state;
    static const struct {
        assay_outcome before, rule;
        ay_on_empty on_empty;
        assay_outcome after;
        ay_severity severity;
    } cases[] = {
        {ASSAY_PASS, ASSAY_WARN, AY_EMPTY_WARN, ASSAY_WARN, AY_ERROR},
        {ASSAY_WARN, ASSAY_VACUOUS, AY_EMPTY_WARN, ASSAY_VACUOUS, AY_ERROR},
        {ASSAY_WARN, ASSAY_VACUOUS, AY_EMPTY_PASS, ASSAY_WARN, AY_ERROR},
        {ASSAY_WARN, ASSAY_VACUOUS, AY_EMPTY_FAIL, ASSAY_FAIL, AY_ERROR},
        {ASSAY_WARN, ASSAY_VACUOUS, AY_EMPTY_FAIL, ASSAY_VACUOUS, AY_WARNING},
        {ASSAY_FAIL, ASSAY_VACUOUS, AY_EMPTY_WARN, ASSAY_FAIL, AY_ERROR},
        {ASSAY_FAIL, ASSAY_NOT_EVALUATED, AY_EMPTY_WARN, ASSAY_NOT_EVALUATED, AY_ERROR},
        {ASSAY_ERROR, ASSAY_NOT_EVALUATED, AY_EMPTY_WARN, ASSAY_ERROR, AY_ERROR},
        {ASSAY_NOT_EVALUATED, ASSAY_PASS, AY_EMPTY_WARN, ASSAY_NOT_EVALUATED, AY_ERROR},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        const ay_rule rule = {.on_empty = cases[i].on_empty, .severity = cases[i].severity};
        const ay_rule_outcome o = {.rule = &rule, .outcome = cases[i].rule};
        if (ay_outcome_worse(cases[i].before, &o) != cases[i].after) fail_msg("case %zu", i);
    }
}

/* ---- Scores ---- */

static const ay_rule format_rule = {.indicator = "0302", .weight = 1};
static const ay_rule heavy_rule = {.indicator = "0302", .weight = 3};
static const ay_rule content_rule = {.indicator = "0301", .weight = 1};
static const ay_rule required_rule = {.indicator = "0201", .weight = 1};
static const ay_rule duplicate_rule = {.indicator = "0303", .weight = 1};

static const ay_indicator_score *indicator(const ay_scoreboard *b, const char *code)
{
    for (uint32_t i = 0; i < AY_INDICATORS; i++)
        if (strcmp(ay_indicators[i].code, code) == 0) return &b->indicators[i];
    fail_msg("no indicator %s", code);
    return NULL;
}

static const uint32_t equal[AY_DIMENSIONS] = {1, 1, 1, 1, 1, 1, 0};

/* 0302: (90 + 3 * 50) / (100 + 3 * 100) = 60 %; 0301: 80 %; accuracy 70 %. 0201: 100 %. Total 85 %. */
static void test_score(void **state)
{
    (void)state;
    const assay_pack pack = pack_with(equal);
    ay_scoreboard b = {0};
    ay_score_add(&b, &format_rule, 100, 10, false);
    ay_score_add(&b, &heavy_rule, 100, 50, false);
    ay_score_add(&b, &content_rule, 10, 2, false);
    ay_score_add(&b, &required_rule, 7, 0, false);
    ay_score_close(&b, &pack);
    assert_int_equal(indicator(&b, "0302")->a, 140);
    assert_int_equal(indicator(&b, "0302")->b, 200);
    assert_int_equal(indicator(&b, "0302")->score_e4, 600000);
    assert_int_equal(indicator(&b, "0301")->score_e4, 800000);
    assert_int_equal(b.dimensions_e4[2], 700000);
    assert_int_equal(b.dimensions_e4[1], 1000000);
    assert_int_equal(b.dimensions_e4[0], AY_NOT_ASSESSABLE);
    assert_int_equal(b.total_e4, 850000);
    assert_string_equal(b.grade->name.en, "good");
}

/* One bad record in 3,000,000 is never rounded up to 100. */
static void test_never_rounded_up(void **state)
{
    (void)state;
    const assay_pack pack = pack_with(equal);
    ay_scoreboard b = {0};
    ay_score_add(&b, &format_rule, 3000000, 1, false);
    ay_score_close(&b, &pack);
    assert_int_equal(b.total_e4, 999999);
    ay_scoreboard vast = {0};
    ay_score_add(&vast, &format_rule, UINT64_C(1) << 62, 1, false);
    ay_score_close(&vast, &pack);
    assert_int_equal(vast.total_e4, 999999);
}

/* 1/3 and 2/3: the mean is 50, not a step below. */
static void test_thirds(void **state)
{
    (void)state;
    const assay_pack pack = pack_with(equal);
    ay_scoreboard b = {0};
    ay_score_add(&b, &format_rule, 3, 1, false);
    ay_score_add(&b, &content_rule, 3, 2, false);
    ay_score_close(&b, &pack);
    assert_int_equal(indicator(&b, "0302")->score_e4, 666666);
    assert_int_equal(indicator(&b, "0301")->score_e4, 333333);
    assert_int_equal(b.total_e4, 500000);
}

/* 0303: A counts the failing, X = 5 / 20, the score is 1 - X = 75 %. */
static void test_lower_is_better(void **state)
{
    (void)state;
    const assay_pack pack = pack_with(equal);
    ay_scoreboard b = {0};
    ay_score_add(&b, &duplicate_rule, 20, 5, false);
    ay_score_close(&b, &pack);
    assert_int_equal(indicator(&b, "0303")->a, 5);
    assert_int_equal(indicator(&b, "0303")->b, 20);
    assert_int_equal(b.total_e4, 750000);
    assert_string_equal(b.grade->name.en, "fair");
}

static void test_not_assessable(void **state)
{
    (void)state;
    const assay_pack pack = pack_with(equal);
    ay_scoreboard nothing = {0}, missing = {0}, vacuous = {0};
    ay_score_close(&nothing, &pack);
    assert_int_equal(nothing.total_e4, AY_NOT_ASSESSABLE);
    assert_null(nothing.grade);
    ay_score_add(&missing, &required_rule, 10, 0, false);
    ay_score_add(&missing, &format_rule, 0, 0, true);
    ay_score_close(&missing, &pack);
    assert_int_equal(missing.dimensions_e4[1], 1000000);
    assert_int_equal(missing.dimensions_e4[2], AY_NOT_ASSESSABLE);
    assert_int_equal(missing.total_e4, AY_NOT_ASSESSABLE);
    ay_score_add(&vacuous, &required_rule, 10, 1, false);
    ay_score_add(&vacuous, &format_rule, 0, 0, false);
    ay_score_close(&vacuous, &pack);
    assert_int_equal(vacuous.total_e4, 900000);
}

/* 3 : 1 for completeness against accuracy: (3 * 100 + 1 * 60) / 4 = 90. */
static void test_weights(void **state)
{
    (void)state;
    const uint32_t weights[AY_DIMENSIONS] = {0, 3, 1, 0, 0, 0, 0};
    const assay_pack pack = pack_with(weights);
    ay_scoreboard b = {0};
    ay_score_add(&b, &required_rule, 10, 0, false);
    ay_score_add(&b, &format_rule, 10, 4, false);
    ay_score_close(&b, &pack);
    assert_int_equal(b.total_e4, 900000);
    assert_string_equal(b.grade->name.en, "excellent");
}

static void test_trace(void **state)
{
    (void)state;
    const uint32_t weights[AY_DIMENSIONS] = {0, 0, 0, 0, 0, 0, 1};
    const assay_pack pack = pack_with(weights);
    ay_scoreboard b = {0};
    ay_score_add_trace(&b, 3, 4);
    ay_score_close(&b, &pack);
    assert_int_equal(b.dimensions_e4[6], 750000);
    assert_int_equal(b.total_e4, AY_NOT_ASSESSABLE); /* no rule counted anything */
    ay_scoreboard counted = {0};
    ay_score_add_trace(&counted, 3, 4);
    ay_score_add(&counted, &format_rule, 1, 1, false);
    ay_score_close(&counted, &pack);
    assert_int_equal(counted.total_e4, 750000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_worst),
        cmocka_unit_test(test_score),
        cmocka_unit_test(test_never_rounded_up),
        cmocka_unit_test(test_lower_is_better),
        cmocka_unit_test(test_not_assessable),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_trace),
        cmocka_unit_test(test_thirds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
