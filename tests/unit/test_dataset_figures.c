/* rows, fresh, aggregate, schema, sharing and opening: hand-made cases, and random tables against sums by hand. As-of
 * is 2026-01-31 00:00 +08:00. */
#include "dataset_kit.h"

#include <limits.h>

/* clang-format off */
/* Their verdicts stand in the pack: the records change nothing. */
static const dk_case implied_cases[] = {
    {"nothing lacks", "", "sharing", "{share: unconditional}", {""}, "1 0 0 0", 0},
    {"conditions lack",
     "",
     "sharing",
     "{share: conditional, open: conditional}",
     {"", ""},
     "2 2 0 0\n()open on conditions, but 'condition' does not say which\n()shared on conditions, but 'condition' does not "
     "say which",
     0},
    {"one condition for both", "", "sharing", "{share: conditional, open: conditional, condition: x}", {""}, "2 0 0 0", 0},
    {"a ground lacks, in an empty table",
     "",
     "sharing",
     "{share: none}",
     {NULL},
     "1 1 0 0\n()not shared, but 'basis' does not name the law that says so",
     0},
    {"one ground for both", "", "sharing", "{share: none, open: none, basis: x}", {""}, "2 0 0 0", 0},
    {"said once", "", "sharing", "{share: none, open: none}", {""},
     "2 1 0 0\n()not shared, but 'basis' does not name the law that says so", 0},
    {"not open",
     "",
     "sharing",
     "{share: unconditional, open: none}",
     {""},
     "2 1 0 0\n()stated not to be open, but 'basis' does not say on what ground",
     0},
    {"public fields", "text integer", "opening", "unconditional", {"a|1"}, "3 0 0 0", 0}, /* with the key */
};

static const dk_case rows_cases[] = {
    {"enough", "", "rows", "{min: 2}", {"", ""}, "1 0 0 0 rows=2", 0},
    {"too few", "", "rows", "{min: 3}", {"", ""}, "1 1 0 0 rows=2\n()2 records, at least 3 expected", 0},
    {"too many", "", "rows", "{min: 0, max: 1}", {"", ""}, "1 1 0 0 rows=2\n()2 records, at most 1 expected", 0},
    {"exactly", "", "rows", "{min: 2, max: 2}", {"", ""}, "1 0 0 0 rows=2", 0},
    {"an empty table has 0 rows", "", "rows", "{min: 1}", {NULL}, "1 1 0 0 rows=0\n()0 records, at least 1 expected", 0},
    {"an empty table may be wanted", "", "rows", "{max: 0}", {NULL}, "1 0 0 0 rows=0", 0},
};
/* clang-format on */

#define FRESH(values, nulls, future) " values=" #values " nulls=" #nulls " future=" #future
#define STALE                        "the newest value is older than "

/* clang-format off */
static const dk_case fresh_cases[] = {
    {"just in time", "timestamptz", "fresh", "{field: a, within: 1 day}", {"2026-01-29 16:00:00Z", "2025-01-01 00:00:00Z"},
     "1 0 0 0" FRESH(2, 0, 0), 0},
    {"a microsecond late", "timestamptz", "fresh", "{field: a, within: 1 day}", {"2026-01-29 15:59:59.999999Z"},
     "1 1 0 0" FRESH(1, 0, 0) "\n(2026-01-29 23:59:59.999999+08)" STALE "1 day", 0},
    {"local time", "timestamp", "fresh", "{field: a, within: 2 hours}", {"2026-01-30 22:00:00", "NULL"}, "1 0 0 0" FRESH(1, 1, 0), 0},
    {"local time, late", "timestamp", "fresh", "{field: a, within: 2 hours}", {"2026-01-30 21:59:59"},
     "1 1 0 0" FRESH(1, 0, 0) "\n(2026-01-30 21:59:59)" STALE "02:00:00", 0},
    {"a date is the start of its day", "date", "fresh", "{field: a, within: 1 day}", {"2026-01-30"}, "1 0 0 0" FRESH(1, 0, 0), 0},
    {"a date, late", "date", "fresh", "{field: a, within: 1 day}", {"2026-01-29"},
     "1 1 0 0" FRESH(1, 0, 0) "\n(2026-01-29)" STALE "1 day", 0},
    {"a date, half a day is not enough", "date", "fresh", "{field: a, within: 12 hours}", {"2026-01-30"},
     "1 1 0 0" FRESH(1, 0, 0) "\n(2026-01-30)" STALE "12:00:00", 0},
    {"months of the calendar", "date", "fresh", "{field: a, within: 11 months}", {"2025-02-28"}, "1 0 0 0" FRESH(1, 0, 0), 0},
    {"months of the calendar, late", "date", "fresh", "{field: a, within: 11 months}", {"2025-02-27"},
     "1 1 0 0" FRESH(1, 0, 0) "\n(2025-02-27)" STALE "11 mons", 0},
    {"now is not the future", "timestamptz", "fresh", "{field: a, within: 0 days}", {"2026-01-30 16:00:00Z"}, "1 0 0 0" FRESH(1, 0, 0), 0},
    {"the future proves nothing", "timestamptz", "fresh", "{field: a, within: 1 day}",
     {"2026-01-30 16:00:00.000001Z", "2025-01-01 00:00:00Z"},
     "1 1 0 0" FRESH(2, 0, 1) "\n(2025-01-01 08:00:00+08)" STALE "1 day", 0},
    {"only the future", "date", "fresh", "{field: a, within: 1 day}", {"2026-02-01", "infinity"},
     "1 1 0 0" FRESH(2, 0, 2) "\n(~)there is no value up to the time of the check", 0},
    {"only nulls", "date", "fresh", "{field: a, within: 1 day}", {"NULL", "NULL"},
     "1 1 0 0" FRESH(0, 2, 0) "\n(~)there is no value up to the time of the check", 0},
    {"no record", "date", "fresh", "{field: a, within: 1 day}", {NULL}, "0 0 0 0" FRESH(0, 0, 0), 0},
    {"only what cannot be read", "date", "fresh", "{field: a, within: 1 day}", {"2026-02-30"}, "0 0 0 1" FRESH(0, 0, 0), 0},
    {"before all time", "date", "fresh", "{field: a, within: 1 day}", {"-infinity"},
     "1 1 0 0" FRESH(1, 0, 0) "\n(-infinity)" STALE "1 day", 0},
};
/* clang-format on */

#define GROUPS(groups, empty, nulls) " groups=" #groups " empty_groups=" #empty " nulls=" #nulls
#define E6(value)                    " value_e6=" #value

/* clang-format off */
static const dk_case aggregate_cases[] = {
    {"count of records", "text", "aggregate", "{figure: count, min: 3}", {"x", "NULL"},
     "1 1 0 0" GROUPS(1, 0, 0) E6(2000000) "\n()count is 2, at least 3 expected", 0},
    {"count of values", "text", "aggregate", "{figure: count, of: a, max: 0}", {"x", "NULL", "y"},
     "1 1 0 0" GROUPS(1, 0, 1) E6(2000000) "\n(~)a: count is 2, at most 0 expected", 0},
    {"count of nothing is 0", "", "aggregate", "{figure: count, min: 0, max: 0}", {NULL}, "1 0 0 0" GROUPS(1, 0, 0) E6(0), 0},
    {"sum is exact", "decimal", "aggregate", "{figure: sum, of: a, min: 0.3, max: 0.3}", {"0.1", "0.1", "0.1"},
     "1 0 0 0" GROUPS(1, 0, 0) E6(300000), 0},
    {"sum beyond 38 digits", "decimal", "aggregate", "{figure: sum, of: a, max: 0}",
     {"99999999999999999999999999999999999999", "99999999999999999999999999999999999999", "0.00000000000000000000000000000000000001"},
     "1 1 0 0" GROUPS(1, 0, 0)
     "\n(~)a: sum is 199999999999999999999999999999999999998.00000000000000000000000000000000000001, at most 0 expected", 0},
    {"sum of integers beyond 64 bits", "integer", "aggregate", "{figure: sum, of: a, max: 18446744073709551613}",
     {"9223372036854775807", "9223372036854775807", "-1"},
     "1 0 0 0" GROUPS(1, 0, 0), 0},
    {"sum that cancels", "decimal", "aggregate", "{figure: sum, of: a, min: 1, max: 1}", {"1e37", "1", "-1e37", "NULL"},
     "1 0 0 0" GROUPS(1, 0, 1) E6(1000000), 0},
    {"a NaN has no sum", "decimal", "aggregate", "{figure: sum, of: a, min: 0}", {"1", "NaN"},
     "0 0 0 1" GROUPS(1, 0, 0) "\n(~)!a: sum cannot be told: a value is NaN or infinite, or a bound is out of range", 0},
    {"a bad value is counted", "integer", "aggregate", "{figure: sum, of: a, min: 1}", {"1", "x"},
     "1 0 0 1" GROUPS(1, 0, 0) E6(1000000), 0},
    {"a third is above 0.33333333333333333333333333333333333333", "integer", "aggregate",
     "{figure: mean, of: a, max: 0.33333333333333333333333333333333333333}", {"0", "0", "1"},
     "1 1 0 0" GROUPS(1, 0, 0) E6(333333) "\n(~)a: mean is 0.333333333333, at most 0.33333333333333333333333333333333333333 expected", 0},
    {"and below one digit more", "integer", "aggregate", "{figure: mean, of: a, max: 0.33333333333333333333333333333333333334}",
     {"0", "0", "1"}, "1 0 0 0" GROUPS(1, 0, 0) E6(333333), 0},
    {"mean below 0 is shown cut off", "integer", "aggregate", "{figure: mean, of: a, min: 0}", {"-1", "0", "0"},
     "1 1 0 0" GROUPS(1, 0, 0) E6(-333333) "\n(~)a: mean is -0.333333333333, at least 0 expected", 0},
    {"deviation of the sample", "integer", "aggregate", "{figure: stddev, of: a, min: 3, max: 3}", {"1", "4", "7"},
     "1 0 0 0" GROUPS(1, 0, 0) E6(3000000), 0},
    {"deviation, not rational", "integer", "aggregate", "{figure: stddev, of: a, max: 1.2909944487358056283930884665941332036}",
     {"1", "2", "3", "4"},
     "1 1 0 0" GROUPS(1, 0, 0) E6(1290994) "\n(~)a: stddev is 1.290994448735, at most 1.2909944487358056283930884665941332036 expected", 0},
    {"deviation, one digit more", "integer", "aggregate", "{figure: stddev, of: a, max: 1.2909944487358056283930884665941332037}",
     {"1", "2", "3", "4"}, "1 0 0 0" GROUPS(1, 0, 0) E6(1290994), 0},
    {"deviation of equal values", "decimal", "aggregate", "{figure: stddev, of: a, min: -1, max: 0}", {"1.10", "1.1"},
     "1 0 0 0" GROUPS(1, 0, 0) E6(0), 0},
    {"deviation of one value is none", "integer", "aggregate", "{figure: stddev, of: a, max: 0}", {"1", "NULL"},
     "0 0 0 0" GROUPS(1, 1, 1), 0},
    {"deviation of the largest", "decimal", "aggregate", "{figure: stddev, of: a, max: 1}", {"9e37", "-9e37"},
     "1 1 0 0" GROUPS(1, 0, 0) "\n(~)a: stddev is 127279220613578554392151985178872827071.270468783925, at most 1 expected", 0},
    {"least date", "date", "aggregate", "{figure: min, of: a, min: 2000-01-01}", {"2001-01-01", "1999-12-31", "NULL"},
     "1 1 0 0" GROUPS(1, 0, 1) "\n(~)a: min is 1999-12-31, at least 2000-01-01 expected", 0},
    {"greatest date", "date", "aggregate", "{figure: max, of: a, max: today - 1 day}", {"2026-01-31", "1999-12-31"},
     "1 1 0 0" GROUPS(1, 0, 0) "\n(~)a: max is 2026-01-31, at most today - 1 day expected", 0},
    {"greatest integer, bound between", "integer", "aggregate", "{figure: max, of: a, max: 2.5}", {"2", "3"},
     "1 1 0 0" GROUPS(1, 0, 0) E6(3000000) "\n(~)a: max is 3, at most 2.5 expected", 0},
    {"least float", "float", "aggregate", "{figure: min, of: a, min: 0.1}", {"0.1", "1e300"}, "1 0 0 0" GROUPS(1, 0, 0), 0},
    {"only nulls", "integer", "aggregate", "{figure: min, of: a, min: 0}", {"NULL", "NULL"}, "0 0 0 0" GROUPS(1, 1, 2), 0},
    {"no record", "integer", "aggregate", "{figure: mean, of: a, min: 0}", {NULL}, "0 0 0 0" GROUPS(1, 1, 0), 0},
    {"median is a value", "integer", "aggregate", "{figure: quantile, of: a, quantile: 0.5, min: 2, max: 2}",
     {"4", "1", "NULL", "3", "2"}, "1 0 0 0" GROUPS(1, 0, 1) E6(2000000), 0},
    {"quantile 0.75 of 4", "integer", "aggregate", "{figure: quantile, of: a, quantile: 0.75, min: 3, max: 3}",
     {"4", "1", "3", "2"}, "1 0 0 0" GROUPS(1, 0, 0) E6(3000000), 0},
    {"quantile just above 0.75 of 4", "integer", "aggregate", "{figure: quantile, of: a, quantile: 0.750000000000000001, min: 4}",
     {"4", "1", "3", "2"}, "1 0 0 0" GROUPS(1, 0, 0) E6(4000000), 0},
    {"quantile 0", "date", "aggregate", "{figure: quantile, of: a, quantile: 0, max: 2020-01-01}", {"2021-01-01", "2020-01-02"},
     "1 1 0 0" GROUPS(1, 0, 0) "\n(~)a: quantile is 2020-01-02, at most 2020-01-01 expected", 0},
    {"quantile 1", "decimal", "aggregate", "{figure: quantile, of: a, quantile: 1.00, max: 1}", {"0.5", "1.0"},
     "1 0 0 0" GROUPS(1, 0, 0) E6(1000000), 0},
    {"different values", "decimal", "aggregate", "{figure: distinct, of: a, max: 2}", {"1", "1.0", "2", "NULL", "3"},
     "1 1 0 0" GROUPS(1, 0, 1) E6(3000000) "\n(~)a: distinct is 3, at most 2 expected", 0},
    {"no different values", "text", "aggregate", "{figure: distinct, of: a, min: 1}", {"NULL"},
     "1 1 0 0" GROUPS(1, 0, 1) E6(0) "\n(~)a: distinct is 0, at least 1 expected", 0},
    {"share of nulls", "text", "aggregate", "{figure: share_null, of: a, max: 0.33}", {"x", "NULL", ""},
     "1 1 0 0" GROUPS(1, 0, 1) E6(333333) "\n(~)a: share_null is 0.333333333333, at most 0.33 expected", 0},
    {"groups", "text integer", "aggregate", "{figure: sum, of: b, by: [a], max: 10}",
     {"x|10", "x|1", "y|10", "NULL|7", "NULL|4", "z|NULL", "w|q"},
     "3 2 0 1" GROUPS(4, 1, 1) "\n(x,~)b: sum is 11, at most 10 expected\n(~,~)b: sum is 11, at most 10 expected", 0},
    {"groups of two fields", "text text integer", "aggregate", "{figure: count, by: [a, b], min: 2}", {"x|y|1", "x|y|2", "xy||3"},
     "2 1 0 0" GROUPS(2, 0, 0) "\n(xy,)count is 1, at least 2 expected", 0},
    {"quantiles of groups", "text integer", "aggregate", "{figure: quantile, of: b, by: [a], quantile: 0.5, max: 5}",
     {"x|1", "x|9", "x|9", "y|5", "y|NULL", "z|NULL"},
     "2 1 0 0" GROUPS(3, 1, 2) "\n(x,~)b: quantile is 9, at most 5 expected", 0},
    {"distinct in groups", "text text", "aggregate", "{figure: distinct, of: b, by: a, max: 1}", {"x|1", "x|2", "y|2", "y|2", "z|2"},
     "3 1 0 0" GROUPS(3, 0, 0) "\n(x,~)b: distinct is 2, at most 1 expected", 0},
    {"the same value in every group", "text text", "aggregate", "{figure: distinct, of: b, by: a, min: 1}", {"x|2", "y|2", "z|2"},
     "3 0 0 0" GROUPS(3, 0, 0), 0},
    {"a null before the value that the group before ended with", "text text", "aggregate",
     "{figure: distinct, of: b, by: a, min: 1}", {"x|2", "y|2", "y|NULL"}, "2 0 0 0" GROUPS(2, 0, 1), 0},
    {"equal extremes are shown alike", "decimal", "aggregate", "{figure: max, of: a, max: 1}", {"2.50", "2.5"},
     "1 1 0 0" GROUPS(1, 0, 0) E6(2500000) "\n(~)a: max is 2.5, at most 1 expected", 0},
    {"greatest of groups", "text date", "aggregate", "{figure: max, of: b, by: [a], min: 2020-01-01}",
     {"x|2019-01-01", "x|2020-01-01", "y|2019-12-31"},
     "2 1 0 0" GROUPS(2, 0, 0) "\n(y,~)b: max is 2019-12-31, at least 2020-01-01 expected", 0},
};
/* clang-format on */

static void by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(rows_cases); i++) dk_run_case(&rows_cases[i]);
    for (size_t i = 0; i < AY_COUNT(implied_cases); i++) dk_run_case(&implied_cases[i]);
    for (size_t i = 0; i < AY_COUNT(fresh_cases); i++) dk_run_case(&fresh_cases[i]);
    for (size_t i = 0; i < AY_COUNT(aggregate_cases); i++) dk_run_case(&aggregate_cases[i]);
}

/* ---- aggregate against sums by hand ---- */

#define ROWS 150

/* Values and the bound in hundredths. How many groups are above it, of how many that have a figure. */
static void expect_groups(const char *figure, const int *group, const int *value, int bound, uint64_t *evaluated,
                          uint64_t *failed)
{
    *evaluated = *failed = 0;
    for (int g = 0; g < 12; g++) {
        long records = 0, n = 0, sum = 0, least = LONG_MAX, most = LONG_MIN, distinct = 0;
        bool seen[1000] = {false};
        for (int i = 0; i < ROWS; i++) {
            if (group[i] != g) continue;
            records++;
            if (value[i] < 0) continue;
            n++;
            sum += value[i];
            if (value[i] < least) least = value[i];
            if (value[i] > most) most = value[i];
            distinct += !seen[value[i]];
            seen[value[i]] = true;
        }
        if (!records) continue;
        const bool is_count = strcmp(figure, "count") == 0 || strcmp(figure, "distinct") == 0;
        const bool is_share = strcmp(figure, "share_null") == 0;
        if (!n && !is_count && !is_share) continue;
        *evaluated += 1;
        if (strcmp(figure, "sum") == 0) *failed += sum > bound;
        if (strcmp(figure, "mean") == 0) *failed += sum > bound * n;
        if (strcmp(figure, "min") == 0) *failed += least > bound;
        if (strcmp(figure, "max") == 0) *failed += most > bound;
        if (strcmp(figure, "distinct") == 0) *failed += distinct * 100 > bound;
        if (strcmp(figure, "count") == 0) *failed += n * 100 > bound;
        if (is_share) *failed += (records - n) * 100 > bound * records;
    }
}

static void compare(const char *figure, int bound, uint64_t *seed)
{
    dk_table t;
    int group[ROWS], value[ROWS];
    char line[64], arg[128];
    dk_result r = {0};
    const uint32_t span = 2 + (uint32_t)(dk_random(seed) % 900);
    dk_open(&t, "integer decimal", ROWS);
    for (uint32_t i = 0; i < ROWS; i++) {
        group[i] = (int)(dk_random(seed) % 12);
        value[i] = dk_random(seed) % 4 ? (int)(dk_random(seed) % span) : -1;
        if (value[i] < 0) snprintf(line, sizeof line, "%d|NULL", group[i]);
        else snprintf(line, sizeof line, "%d|%d.%02d%s", group[i], value[i] / 100, value[i] % 100, i % 2 ? "0" : "");
        dk_record(&t, i, line);
    }
    snprintf(arg, sizeof arg, "{figure: %s, of: b, by: [a], max: %d.%02d}", figure, bound / 100, bound % 100);
    dk_compile(&t, arg, "aggregate", arg);
    dk_run(&t, seed, &r);
    uint64_t evaluated, failed;
    expect_groups(figure, group, value, bound, &evaluated, &failed);
    if (r.tally.evaluated != evaluated || r.tally.failed != failed || r.findings != failed)
        fail_msg("%s: %llu of %llu\n%s", arg, (unsigned long long)failed, (unsigned long long)evaluated, r.text.ptr);
    dk_free(&r);
    dk_close(&t);
}

static void aggregate_against_hand(void **state)
{
    (void)state;
    static const char *const figures[] = {"sum", "mean", "min", "max", "distinct", "count", "share_null"};
    uint64_t seed = 31;
    for (size_t i = 0; i < AY_COUNT(figures); i++) {
        compare(figures[i], 15, &seed);
        compare(figures[i], 300, &seed);
        compare(figures[i], 1000, &seed);
    }
}

/* ---- schema ---- */

static const ay_column columns[] = {
    {"code", AY_TEXT, "character varying(18)", true},
    {"amount", AY_DEC, "numeric(12,2)", false},
    {"day", AY_DATE, "date", false},
};

static const struct {
    const char *label, *arg;
    uint32_t n; /* columns of the source */
    const char *want;
} schema_cases[] = {
    {"as it should be", "{columns: {code: text, day: date, amount: numeric}}", 3, "3 0 0 0"},
    {"missing", "{columns: {code: text, day: date}}", 2, "2 1 0 0\n()column 'day' is missing, expected with type date"},
    {"another type", "{columns: {code: integer}}", 3, "1 1 0 0\n()column 'code' has type text, expected integer"},
    {"others do not matter", "{columns: {day: date}}", 3, "1 0 0 0"},
    {"others do matter", "{columns: {day: date}, exact: true}", 3,
     "3 2 0 0\n()column 'amount' is not one of those named\n()column 'code' is not one of those named"},
    {"names by bytes", "{columns: {Code: text}}", 1, "1 1 0 0\n()column 'Code' is missing, expected with type text"},
    {"no columns", "{columns: {a: text}, exact: true}", 0, "1 1 0 0\n()column 'a' is missing, expected with type text"},
};

static void schema_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(schema_cases); i++) {
        dk_table t;
        dk_result r = {0};
        uint64_t seed = 9;
        const ay_schema source = {columns, schema_cases[i].n};
        dk_open(&t, "text", 3); /* empty parts and several batches among the cuts */
        for (uint32_t row = 0; row < 3; row++) dk_record(&t, row, "x");
        dk_compile(&t, schema_cases[i].label, "schema", schema_cases[i].arg);
        t.source = &source;
        dk_run(&t, &seed, &r);
        if (strcmp(r.text.ptr, schema_cases[i].want) != 0) fail_msg("%s: got\n%s", schema_cases[i].label, r.text.ptr);
        dk_free(&r);
        dk_close(&t);
    }
}

/* Parts of a source that do not have the same columns: every difference is found, each column counts once. */
static void schema_of_unequal_parts(void **state)
{
    (void)state;
    static const ay_column other[] = {{"code", AY_INT, "integer", false}};
    const ay_schema sources[] = {{columns, 2}, {other, 1}, {columns, 2}};
    dk_table t;
    dk_result r = {0};
    ay_budget budget = {.memory_limit = 1 << 20};
    dk_open(&t, "text", 1);
    dk_compile(&t, "parts", "schema", "{columns: {code: date, amount: decimal}, exact: true}");
    void *all = dk_state(&t, &budget);
    for (size_t i = 0; i < AY_COUNT(sources); i++) {
        void *part = dk_state(&t, &budget);
        t.source = &sources[i];
        assert_int_equal(dk_absorb(&t, part, NULL, 0, NULL), ASSAY_OK);
        assert_int_equal(t.k.rule.kind->merge(&t.k.rule, all, part, NULL), ASSAY_OK);
        t.k.rule.kind->state_close(part);
    }
    dk_finish(&t, all, &r);
    assert_string_equal(r.text.ptr, "2 2 0 0\n()column 'amount' is missing, expected with type decimal"
                                    "\n()column 'code' has type integer, expected date"
                                    "\n()column 'code' has type text, expected date");
    t.k.rule.kind->state_close(all);
    dk_free(&r);
    dk_close(&t);
}

/* ---- parameters, memory ---- */

/* clang-format off */
static const kit_fault_case faults[] = {
    {"rows: no bound", "", "rows", "{}", "bad-value", 1, 1, "'rows' needs 'min', 'max' or 'change', and min <= max"},
    {"rows: bounds crossed", "", "rows", "{min: 2, max: 1}", "bad-value", 1, 1, "'rows' needs 'min', 'max' or 'change', and min <= max"},
    {"rows: below 0", "", "rows", "{min: -1}", "bad-value", 1, 7,
     "'-1' is not a whole number from 0 to 9223372036854775807"},
    {"rows: unknown key", "", "rows", "{mni: 1}", "unknown-key", 1, 2, "unknown key 'mni', did you mean 'min'?"},
    {"fresh: no interval", "date", "fresh", "{field: a}", "missing-key", 1, 1, "check 'fresh' needs 'within'"},
    {"fresh: negative", "date", "fresh", "{field: a, within: -1 day}", "bad-value", 1, 20, "'within' cannot be negative"},
    {"fresh: not a time", "text", "fresh", "{field: a, within: 1 day}", "type-mismatch", 1, 9,
     "check 'fresh' cannot test field 'a' of type text; it takes: date, timestamp, timestamptz"},
    {"aggregate: no figure", "integer", "aggregate", "{of: a, min: 1}", "missing-key", 1, 1, "check 'aggregate' needs 'figure'"},
    {"aggregate: unknown figure", "integer", "aggregate", "{figure: means, of: a, min: 1}", "unknown-word", 1, 10,
     "unknown word 'means', did you mean 'mean'?"},
    {"aggregate: no field", "integer", "aggregate", "{figure: mean, min: 1}", "missing-key", 1, 1, "check 'aggregate' needs 'of'"},
    {"aggregate: no bound", "integer", "aggregate", "{figure: mean, of: a}", "missing-key", 1, 1,
     "check 'aggregate' needs 'min' or 'max'"},
    {"aggregate: bounds crossed", "integer", "aggregate", "{figure: mean, of: a, min: 2, max: 1.99}", "bad-value", 1, 28,
     "'min' is above 'max'"},
    {"aggregate: bound is no number", "integer", "aggregate", "{figure: mean, of: a, min: NaN}", "bad-value", 1, 28,
     "'NaN' is not a number of at most 38 digits"},
    {"aggregate: sum of floats", "float", "aggregate", "{figure: sum, of: a, min: 0}", "type-mismatch", 1, 19,
     "the sum of 'a' would depend on the order of addition: read the field as decimal, not float"},
    {"aggregate: sum of texts", "text", "aggregate", "{figure: sum, of: a, min: 0}", "type-mismatch", 1, 19,
     "there is no sum of field 'a' of type text"},
    {"aggregate: least text", "text", "aggregate", "{figure: min, of: a, min: x}", "type-mismatch", 1, 19,
     "there is no min of field 'a' of type text"},
    {"aggregate: which quantile", "integer", "aggregate", "{figure: quantile, of: a, min: 0}", "missing-key", 1, 1,
     "check 'aggregate' needs 'quantile'"},
    {"aggregate: quantile above 1", "integer", "aggregate", "{figure: quantile, of: a, quantile: 95, min: 0}", "bad-value", 1, 37,
     "a quantile is from 0 to 1, with at most 18 decimals"},
    {"aggregate: quantile of a sum", "integer", "aggregate", "{figure: sum, of: a, quantile: 0.5, min: 0}", "bad-value", 1, 32,
     "'quantile' belongs to 'figure: quantile'"},
    {"aggregate: by its own field", "integer", "aggregate", "{figure: sum, of: a, by: [a], min: 0}", "duplicate", 1, 1,
     "field 'a' has two parts in check 'aggregate'"},
    {"schema: no columns", "text", "schema", "{exact: true}", "missing-key", 1, 1, "check 'schema' needs 'columns'"},
    {"schema: empty", "text", "schema", "{columns: {}}", "bad-value", 1, 11, "'columns' takes a map of column names and types"},
    {"schema: unknown type", "text", "schema", "{columns: {a: txt}}", "unknown-type", 1, 15,
     "unknown type 'txt', did you mean 'text'?"},
    {"schema: a type is one word", "text", "schema", "{columns: {a: [text]}}", "bad-value", 1, 15,
     "the type of column 'a' must be one word"},
    {"schema: exact is a word", "text", "schema", "{columns: {a: text}, exact: maybe}", "bad-value", 1, 29,
     "'maybe' is neither true nor false"},
};
/* clang-format on */

static void wrong_parameters(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(faults); i++) dk_run_fault_case(&faults[i]);
}

static void no_memory(void **state)
{
    (void)state;
    static const char *const rows[] = {"x|1", "x|9", "y|5", "z|NULL"};
    static const char *const dates[] = {"2020-01-01", "NULL"};
    dk_run_fault("text integer", "aggregate", "{figure: quantile, of: b, by: [a], quantile: 0.5, max: 1}", rows, 4);
    dk_run_fault("text integer", "aggregate", "{figure: distinct, of: b, by: [a], max: 0}", rows, 4);
    dk_run_fault("text integer", "aggregate", "{figure: mean, of: b, max: 0}", rows, 4);
    dk_run_fault("date", "fresh", "{field: a, within: 1 day}", dates, 2);
    dk_run_fault("date", "rows", "{max: 1}", dates, 2);
    dk_run_fault("date", "sharing", "{share: none}", dates, 2);
}

static void no_memory_for_columns(void **state)
{
    (void)state;
    const ay_schema source = {columns, 3};
    dk_table t;
    dk_open(&t, "text", 1);
    dk_compile(&t, "fault", "schema", "{columns: {day: date, none: text}, exact: true}");
    t.source = &source;
    dk_fault f = {.table = &t};
    dk_pick(&t, NULL, 0, &f.batch, f.active);
    assert_true(fail_each_allocation(dk_fault_body, &f) > 3);
    ay_batch_free(&f.batch);
    dk_close(&t);
}

/* The least value of a sensitive field is a value of somebody. */
static void sensitive_extreme(void **state)
{
    (void)state;
    dk_table t;
    dk_result r = {0};
    uint64_t seed = 5;
    dk_open(&t, "integer", 1);
    t.k.fields[0].level = AY_PERSONAL;
    dk_record(&t, 0, "7");
    dk_compile(&t, "min", "aggregate", "{figure: min, of: a, min: 8}");
    dk_run(&t, &seed, &r);
    assert_string_equal(strchr(r.text.ptr, '\n'), "\n(~)a: min is out of range, at least 8 expected");
    dk_free(&r);
    dk_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(aggregate_against_hand),
        cmocka_unit_test(schema_by_hand),
        cmocka_unit_test(schema_of_unequal_parts),
        cmocka_unit_test(wrong_parameters),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(no_memory_for_columns),
        cmocka_unit_test(sensitive_extreme),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
