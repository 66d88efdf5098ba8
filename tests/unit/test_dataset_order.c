/* sequence and overlap: hand-made cases, and random tables against every pair of records. */
#include "dataset_kit.h"

#define SEQUENCE(groups, gaps, repeats) " groups=" #groups " gaps=" #gaps " repeats=" #repeats
#define GAP                             "is not one step behind the value before it: expected "
#define REPEAT                          "repeats the value before it"

/* clang-format off */
static const dk_case sequence_cases[] = {
    {"gap and repeat", "integer", "sequence", "{field: a, step: 1}", {"3", "1", "2", "5", "5", "6", "9"},
     "7 3 0 0" SEQUENCE(1, 2, 1) "\n4(5)" GAP "4\n5(5)" REPEAT "\n7(9)" GAP "7", 0},
    {"values between two steps", "integer", "sequence", "{field: a, step: 10}", {"10", "15", "20", "25", "35"},
     "5 3 0 0" SEQUENCE(1, 3, 0) "\n2(15)" GAP "20\n3(20)" GAP "25\n4(25)" GAP "30", 0},
    {"below zero", "integer", "sequence", "{field: a, step: 2}", {"-3", "-1", "1"}, "3 0 0 0" SEQUENCE(1, 0, 0), 0},
    {"ends of the range", "integer", "sequence", "{field: a, step: 9223372036854775807}",
     {"-9223372036854775807", "0", "9223372036854775807", "-9223372036854775808"},
     "4 1 0 0" SEQUENCE(1, 1, 0) "\n1(-9223372036854775807)" GAP "-1", 0},
    {"behind the last integer there is none", "integer", "sequence", "{field: a, step: 1}",
     {"9223372036854775807", "9223372036854775807"}, "2 1 0 0" SEQUENCE(1, 0, 1) "\n2(9223372036854775807)" REPEAT, 0},
    {"each group its own", "text integer", "sequence", "{field: b, step: 1, by: [a]}",
     {"x|1", "y|7", "x|2", "y|8", "x|4", "z|100"}, "6 1 0 0" SEQUENCE(3, 1, 0) "\n5(x,4)" GAP "3", 0},
    {"nulls and bad values", "text integer", "sequence", "{field: b, step: 1, by: a}",
     {"x|1", "x|NULL", "NULL|2", "x|q", "x|2"}, "2 0 2 1" SEQUENCE(1, 0, 0), 0},
    {"nulls fail", "integer", "sequence", "{field: a, step: 1}", {"1", "NULL"},
     "2 1 0 0" SEQUENCE(1, 0, 0) "\n2(~)a value is missing", AY_NULLS_FAIL},
    {"tenths are exact", "decimal", "sequence", "{field: a, step: 0.1}", {"0.1", "0.20", "0.3", "0.5", "0.50"},
     "5 2 0 0" SEQUENCE(1, 1, 1) "\n4(0.5)" GAP "0.4\n5(0.50)" REPEAT, 0},
    {"not a number follows nothing", "decimal", "sequence", "{field: a, step: 1}", {"1", "NaN", "Infinity", "NaN"},
     "4 3 0 0" SEQUENCE(1, 2, 1) "\n2(NaN)is not one step behind the value before it\n3(Infinity)" GAP "2\n4(NaN)" REPEAT, 0},
    {"days", "date", "sequence", "{field: a, step: 1}", {"2024-02-28", "2024-02-29", "2024-03-01", "2024-03-03"},
     "4 1 0 0" SEQUENCE(1, 1, 0) "\n4(2024-03-03)" GAP "2024-03-02", 0},
    {"weeks", "date", "sequence", "{field: a, step: 1 week}", {"2024-02-26", "2024-03-04", "2024-03-12"},
     "3 1 0 0" SEQUENCE(1, 1, 0) "\n3(2024-03-12)" GAP "2024-03-11", 0},
    {"ends of months", "date", "sequence", "{field: a, step: 1 month}",
     {"2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30", "2023-05-30"},
     "5 0 0 0" SEQUENCE(1, 0, 0), 0},
    {"a day before the end of a month", "date", "sequence", "{field: a, step: 1 month}", {"2023-02-28", "2023-03-30"},
     "2 1 0 0" SEQUENCE(1, 1, 0) "\n2(2023-03-30)" GAP "2023-03-28", 0},
    {"leap years", "date", "sequence", "{field: a, step: 12 months}", {"2023-02-28", "2024-02-29", "2025-02-28"},
     "3 0 0 0" SEQUENCE(1, 0, 0), 0},
    {"infinite dates", "date", "sequence", "{field: a, step: 1}", {"-infinity", "2024-01-01", "infinity", "infinity"},
     "4 3 0 0" SEQUENCE(1, 2, 1) "\n2(2024-01-01)is not one step behind the value before it\n3(infinity)" GAP
     "2024-01-02\n4(infinity)" REPEAT, 0},
    {"dates further than any timestamp", "date", "sequence", "{field: a, step: 1}",
     {"294277-01-01", "294277-01-02", "5874897-12-31", "5874897-12-31"},
     "4 2 0 0" SEQUENCE(1, 1, 1) "\n3(5874897-12-31)" GAP "294277-01-03\n4(5874897-12-31)" REPEAT, 0},
    {"months further than any timestamp", "date", "sequence", "{field: a, step: 1 month}",
     {"2022026-01-31", "2022026-02-28", "2022026-03-31", "2022026-04-29"},
     "4 1 0 0" SEQUENCE(1, 1, 0) "\n4(2022026-04-29)" GAP "2022026-04-30", 0},
    {"hours across a day", "timestamp", "sequence", "{field: a, step: 1 hour}",
     {"2024-02-28 23:00:00", "2024-02-29 00:00:00", "2024-02-29 01:00:01"},
     "3 1 0 0" SEQUENCE(1, 1, 0) "\n3(2024-02-29 01:00:01)" GAP "2024-02-29 01:00:00", 0},
    {"months in the pack's zone", "timestamptz", "sequence", "{field: a, step: 1 month}",
     {"2024-01-30 16:00:00Z", "2024-02-28 16:00:00Z", "2024-03-30 16:00:00Z", "2024-04-30 16:00:00Z"},
     "4 1 0 0" SEQUENCE(1, 1, 0) "\n4(2024-04-30 16:00:00Z)" GAP "2024-04-30 00:00:00+08", 0},
};
/* clang-format on */

static void sequence_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(sequence_cases); i++) dk_run_case(&sequence_cases[i]);
}

#define OVERLAP(overlapping, reversed) " overlapping=" #overlapping " reversed=" #reversed
#define LAPS                           "overlaps another period of its group: "

/* clang-format off */
static const dk_case overlap_cases[] = {
    {"both are named", "integer integer", "overlap", "{from: a, to: b}", {"1|5", "5|9", "10|12"},
     "3 2 0 0" OVERLAP(2, 0) "\n1(1,5)" LAPS "5 to 9\n2(5,9)" LAPS "1 to 5", 0},
    {"one over all, once each", "integer integer", "overlap", "{from: a, to: b}", {"1|100", "2|3", "5|6", "101|102"},
     "4 3 0 0" OVERLAP(3, 0) "\n1(1,100)" LAPS "2 to 3\n2(2,3)" LAPS "1 to 100\n3(5,6)" LAPS "1 to 100", 0},
    {"alike", "integer integer", "overlap", "{from: a, to: b}", {"1|2", "1|2"},
     "2 2 0 0" OVERLAP(2, 0) "\n1(1,2)" LAPS "1 to 2\n2(1,2)" LAPS "1 to 2", 0},
    {"no end", "date date", "overlap", "{from: a, to: b}", {"2024-01-01|NULL", "2030-01-01|2030-01-02", "2023-01-01|2023-12-31"},
     "3 2 0 0" OVERLAP(2, 0) "\n1(2024-01-01,~)" LAPS "2030-01-01 to 2030-01-02\n2(2030-01-01,2030-01-02)" LAPS
     "2024-01-01 to open", 0},
    {"ends before it begins, and overlaps nothing", "integer integer", "overlap", "{from: a, to: b}", {"1|9", "5|3", "10|11"},
     "3 1 0 0" OVERLAP(0, 1) "\n2(5,3)the period ends before it begins", 0},
    {"one instant", "integer integer", "overlap", "{from: a, to: b}", {"1|1", "1|1", "2|2"},
     "3 2 0 0" OVERLAP(2, 0) "\n1(1,1)" LAPS "1 to 1\n2(1,1)" LAPS "1 to 1", 0},
    {"groups", "text integer integer", "overlap", "{from: b, to: c, by: [a]}", {"x|1|5", "y|1|5", "x|6|7", "NULL|1|5", "x|NULL|9"},
     "3 0 2 0" OVERLAP(0, 0), 0},
    {"bad values", "integer integer", "overlap", "{from: a, to: b}", {"1|5", "x|5", "2|x", "7|9"}, "2 0 0 2" OVERLAP(0, 0), 0},
    {"nulls fail, except an open end", "integer integer", "overlap", "{from: a, to: b}", {"1|NULL", "NULL|5"},
     "2 1 0 0" OVERLAP(0, 0) "\n2(~,5)a value is missing", AY_NULLS_FAIL},
    {"an end may be infinite", "date date", "overlap", "{from: a, to: b}", {"2024-01-01|infinity", "infinity|NULL"},
     "2 2 0 0" OVERLAP(2, 0) "\n1(2024-01-01,infinity)" LAPS "infinity to open\n2(infinity,~)" LAPS "2024-01-01 to infinity", 0},
    {"times with a zone are shown in the pack's", "timestamptz timestamptz", "overlap", "{from: a, to: b}",
     {"2024-01-01 00:00:00Z|2024-01-02 00:00:00Z", "2024-01-02 08:00:00+08|NULL"},
     "2 2 0 0" OVERLAP(2, 0) "\n1(2024-01-01 00:00:00Z,2024-01-02 00:00:00Z)" LAPS
     "2024-01-02 08:00:00+08 to open\n2(2024-01-02 08:00:00+08,~)" LAPS "2024-01-01 08:00:00+08 to 2024-01-02 08:00:00+08", 0},
};
/* clang-format on */

static void overlap_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(overlap_cases); i++) dk_run_case(&overlap_cases[i]);
}

/* ---- against every pair ---- */

#define ROWS 200

typedef struct row {
    int group, from, to; /* -1: null */
} row;

static void make_rows(dk_table *t, row *rows, uint64_t *seed, uint32_t span)
{
    for (uint32_t i = 0; i < ROWS; i++) {
        row *r = &rows[i];
        *r = (row){(int)(dk_random(seed) % 9), (int)(dk_random(seed) % span), 0};
        r->to = r->from - 1 + (int)(dk_random(seed) % 5);
        if (r->to < 0 || dk_random(seed) % 30 == 0) r->to = -1;
        char line[64], to[16] = "NULL";
        if (r->to >= 0) snprintf(to, sizeof to, "%d", r->to);
        snprintf(line, sizeof line, "%d|%d|%s", r->group, r->from, to);
        dk_record(t, i, line);
    }
}

static bool is_reversed(row r)
{
    return r.to >= 0 && r.to < r.from;
}

static bool overlaps(const row *rows, uint32_t i)
{
    for (uint32_t j = 0; j < ROWS; j++) {
        const row a = rows[i], b = rows[j];
        if (i == j || a.group != b.group || is_reversed(a) || is_reversed(b)) continue;
        if ((a.to < 0 || b.from <= a.to) && (b.to < 0 || a.from <= b.to)) return true;
    }
    return is_reversed(rows[i]);
}

/* Step 2: the nearest value below is not exactly 2 below, or the value occurs in an earlier row. */
static bool does_not_follow(const row *rows, uint32_t i)
{
    int below = -1;
    for (uint32_t j = 0; j < ROWS; j++) {
        if (rows[j].group != rows[i].group) continue;
        if (j < i && rows[j].from == rows[i].from) return true;
        if (rows[j].from < rows[i].from && rows[j].from > below) below = rows[j].from;
    }
    return below >= 0 && rows[i].from != below + 2;
}

static void compare(const char *check, const char *arg, bool (*is_failing)(const row *, uint32_t), uint64_t *seed)
{
    dk_table t;
    row rows[ROWS];
    uint64_t failed[ROWS / 64 + 1] = {0}, n_failed = 0;
    dk_result r = {.failed = failed};
    dk_open(&t, "integer integer integer", ROWS);
    make_rows(&t, rows, seed, 10 + (uint32_t)(dk_random(seed) % 200));
    dk_compile(&t, arg, check, arg);
    dk_run(&t, seed, &r);
    for (uint32_t i = 0; i < ROWS; i++) {
        const bool want = is_failing(rows, i);
        n_failed += want;
        if (ay_bit(failed, i) != want) fail_msg("%s: row %u is %d", check, i, !want);
    }
    assert_int_equal(r.tally.failed, n_failed);
    assert_int_equal(r.findings, n_failed);
    dk_free(&r);
    dk_close(&t);
}

static void overlap_against_pairs(void **state)
{
    (void)state;
    uint64_t seed = 23;
    for (int i = 0; i < 10; i++) compare("overlap", "{from: b, to: c, by: [a]}", overlaps, &seed);
}

static void sequence_against_pairs(void **state)
{
    (void)state;
    uint64_t seed = 29;
    for (int i = 0; i < 10; i++) compare("sequence", "{field: b, step: 2, by: [a]}", does_not_follow, &seed);
}

/* ---- parameters, memory, masking ---- */

/* clang-format off */
static const kit_fault_case faults[] = {
    {"no step", "integer", "sequence", "{field: a}", "missing-key", 1, 1, "check 'sequence' needs 'step'"},
    {"no field", "integer", "sequence", "{step: 1}", "missing-key", 1, 1, "check 'sequence' needs 'field'"},
    {"step 0", "integer", "sequence", "{field: a, step: 0}", "bad-value", 1, 18, "the step must be more than 0"},
    {"step below 0", "decimal", "sequence", "{field: a, step: -0.5}", "bad-value", 1, 18, "the step must be more than 0"},
    {"half a step", "integer", "sequence", "{field: a, step: 0.5}", "bad-value", 1, 18,
     "the step must be whole, as the values of the field are"},
    {"no step at all", "date", "sequence", "{field: a, step: 0 days}", "bad-value", 1, 18, "the step must be more than 0"},
    {"backwards", "date", "sequence", "{field: a, step: -1}", "bad-value", 1, 18, "the step must be more than 0"},
    {"hours between dates", "date", "sequence", "{field: a, step: 12 hours}", "bad-value", 1, 18,
     "the step must be whole, as the values of the field are"},
    {"a number between timestamps", "timestamp", "sequence", "{field: a, step: one}", "bad-value", 1, 18,
     "'one' is not an interval such as '1 day' or '24h'"},
    {"floats have no exact step", "float", "sequence", "{field: a, step: 1}", "type-mismatch", 1, 18,
     "check 'sequence' cannot test field 'a' of type float; it takes: integer, decimal, date, timestamp, timestamptz"},
    {"by itself", "integer", "sequence", "{field: a, step: 1, by: [a]}", "duplicate", 1, 1,
     "field 'a' has two parts in check 'sequence'"},
    {"not a map", "integer", "sequence", "a", "wrong-kind", 1, 1, "'sequence' takes a map"},
    {"no end", "date date", "overlap", "{from: a}", "missing-key", 1, 1, "check 'overlap' needs 'to'"},
    {"ends of two types", "date timestamp", "overlap", "{from: a, to: b}", "type-mismatch", 1, 1,
     "fields 'a' (date) and 'b' (timestamp) make no period: both must be date, timestamp, timestamptz, time, integer or "
     "decimal"},
    {"texts", "text text", "overlap", "{from: a, to: b}", "type-mismatch", 1, 1,
     "fields 'a' (text) and 'b' (text) make no period: both must be date, timestamp, timestamptz, time, integer or "
     "decimal"},
    {"one field for both ends", "date", "overlap", "{from: a, to: a}", "duplicate", 1, 1,
     "field 'a' has two parts in check 'overlap'"},
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
    static const char *const rows[] = {"x|1|5", "x|2|3", "x|7|NULL", "y|4|1"};
    dk_run_fault("text integer integer", "overlap", "{from: b, to: c, by: a}", rows, AY_COUNT(rows));
    dk_run_fault("text integer integer", "sequence", "{field: b, step: 1, by: [a]}", rows, AY_COUNT(rows));
}

/* A neighbour's value is not quoted where the field is sensitive. */
static void sensitive_neighbours(void **state)
{
    (void)state;
    dk_table t;
    dk_result r = {0};
    uint64_t seed = 5;
    dk_open(&t, "integer integer", 2);
    t.k.fields[0].level = AY_SENSITIVE;
    dk_record(&t, 0, "1|9");
    dk_record(&t, 1, "3|5");
    dk_compile(&t, "sequence", "sequence", "{field: a, step: 1}");
    dk_run(&t, &seed, &r);
    assert_string_equal(r.text.ptr, "2 1 0 0" SEQUENCE(1, 1, 0) "\n2(3)is not one step behind the value before it");
    dk_free(&r);
    r = (dk_result){0};
    dk_compile(&t, "overlap", "overlap", "{from: a, to: b}");
    dk_run(&t, &seed, &r);
    assert_string_equal(r.text.ptr, "2 2 0 0" OVERLAP(2, 0) "\n1(1,9)overlaps another period of its group"
                                                            "\n2(3,5)overlaps another period of its group");
    dk_free(&r);
    dk_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequence_by_hand),      cmocka_unit_test(overlap_by_hand),
        cmocka_unit_test(overlap_against_pairs), cmocka_unit_test(sequence_against_pairs),
        cmocka_unit_test(wrong_parameters),      cmocka_unit_test(no_memory),
        cmocka_unit_test(sensitive_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
