/* unique and depends: hand-made cases, and random tables against every pair of records. */
#include "dataset_kit.h"

#define UNIQUE(rows, surplus, groups, nulls, partial)                                                                  \
    " duplicate_rows=" #rows " duplicate_surplus=" #surplus " duplicate_groups=" #groups " null_keys=" #nulls          \
    " partial_null_keys=" #partial

/* clang-format off */
static const dk_case unique_cases[] = {
    {"rows involved", "text", "unique", "[a]", {"x", "y", "x", "y", "y", "z"},
     "6 5 0 0" UNIQUE(5, 3, 2, 0, 0) "\n1(x)the value occurs 2 times\n2(y)the value occurs 3 times"
     "\n3(x)the value occurs 2 times\n4(y)the value occurs 3 times\n5(y)the value occurs 3 times", 0},
    {"surplus", "text", "unique", "{fields: [a], count: surplus}", {"x", "y", "x", "y", "y", "z"},
     "6 3 0 0" UNIQUE(5, 3, 2, 0, 0) "\n1(x)the value occurs 2 times\n2(y)the value occurs 3 times"
     "\n3(x)the value occurs 2 times\n4(y)the value occurs 3 times\n5(y)the value occurs 3 times", 0},
    {"nothing at all", "text", "unique", "[a]", {NULL}, "0 0 0 0" UNIQUE(0, 0, 0, 0, 0), 0},
    {"text by bytes, with its case, blanks and marks", "text", "unique", "[a]",
     {"A", "a", "a ", "\xC3\xA9", "e\xCC\x81", "", " ", "\xEF\xBC\xA1"}, "8 0 0 0" UNIQUE(0, 0, 0, 0, 0), 0},
    {"decimals by value, shown as they came", "decimal", "unique", "[a]", {"1.0", "1.00", "1", "1.01", "NaN", "nan", "-0", "0"},
     "8 7 0 0" UNIQUE(7, 4, 3, 0, 0) "\n1(1.0)the value occurs 3 times\n2(1.00)the value occurs 3 times"
     "\n3(1)the value occurs 3 times\n5(NaN)the value occurs 2 times\n6(nan)the value occurs 2 times"
     "\n7(-0)the value occurs 2 times\n8(0)the value occurs 2 times", 0},
    {"nulls are distinct", "text text", "unique", "[a, b]", {"x|NULL", "x|NULL", "NULL|NULL", "NULL|NULL", "x|y", "x|y"},
     "2 2 4 0" UNIQUE(2, 1, 1, 2, 2) "\n5(x,y)the combination of a, b occurs 2 times"
     "\n6(x,y)the combination of a, b occurs 2 times", 0},
    {"nulls are equal", "text text", "unique", "{fields: [a, b], nulls: equal}",
     {"x|NULL", "x|NULL", "NULL|NULL", "NULL|NULL", "x|", "NULL|x"},
     "6 4 0 0" UNIQUE(4, 2, 2, 2, 3) "\n1(x,~)the combination of a, b occurs 2 times"
     "\n2(x,~)the combination of a, b occurs 2 times\n3(~,~)the combination of a, b occurs 2 times"
     "\n4(~,~)the combination of a, b occurs 2 times", 0},
    {"nulls fail", "text text", "unique", "{fields: [a, b], nulls: fail}", {"x|NULL", "x|y", "x|y", "NULL|NULL"},
     "4 4 0 0" UNIQUE(2, 1, 1, 1, 1) "\n1(x,~)a value is missing\n2(x,y)the combination of a, b occurs 2 times"
     "\n3(x,y)the combination of a, b occurs 2 times\n4(~,~)a value is missing", 0},
    {"nulls fail by the rule", "text", "unique", "[a]", {"NULL", "x"}, "2 1 0 0" UNIQUE(0, 0, 0, 1, 0) "\n1(~)a value is missing",
     AY_NULLS_FAIL},
    {"nulls pass by the rule", "text", "unique", "[a]", {"NULL", "x"}, "2 0 0 0" UNIQUE(0, 0, 0, 1, 0), AY_NULLS_PASS},
    {"values that cannot be read are neither null nor equal", "integer", "unique", "[a]", {"x", "x", "1", "01"},
     "2 2 0 2" UNIQUE(2, 1, 1, 0, 0) "\n3(1)the value occurs 2 times\n4(01)the value occurs 2 times", 0},
    {"the columns do not run into each other", "text text", "unique", "[a, b]", {"xy|z", "x|yz", "|xyz", "xyz|"},
     "4 0 0 0" UNIQUE(0, 0, 0, 0, 0), 0},
    {"the key itself", "text", "unique", "[b]", {"x", "x"}, "2 0 0 0" UNIQUE(0, 0, 0, 0, 0), 0},
};
/* clang-format on */

static void unique_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(unique_cases); i++) dk_run_case(&unique_cases[i]);
}

#define DEPENDS(groups, tied) " disagreeing_groups=" #groups " tied_groups=" #tied

/* clang-format off */
static const dk_case depends_cases[] = {
    {"minority", "text text", "depends", "{a: [b]}", {"u|1", "u|1", "v|1", "w|2", "w|2"},
     "5 1 0 0" DEPENDS(1, 0) "\n3(1,v)differs from the majority (2) of 3 records with the same b -> u:1 by majority 66", 0},
    {"two minorities", "text text", "depends", "{a: b}", {"v|1", "u|1", "t|1", "u|1"},
     "4 2 0 0" DEPENDS(1, 0) "\n1(1,v)differs from the majority (2) of 4 records with the same b -> u:1 by majority 50"
     "\n3(1,t)differs from the majority (2) of 4 records with the same b -> u:1 by majority 50", 0},
    {"tie: all of the group, the third value too", "text text", "depends", "{a: b}", {"u|1", "v|1", "v|1", "u|1", "t|1", "x|2"},
     "6 5 0 0" DEPENDS(1, 1) "\n1(1,u)one of several values, none of them the majority, of 5 records with the same b"
     "\n2(1,v)one of several values, none of them the majority, of 5 records with the same b"
     "\n3(1,v)one of several values, none of them the majority, of 5 records with the same b"
     "\n4(1,u)one of several values, none of them the majority, of 5 records with the same b"
     "\n5(1,t)one of several values, none of them the majority, of 5 records with the same b", 0},
    {"a tie below the majority is none", "text text", "depends", "{a: b}", {"t|1", "u|1", "z|1", "z|1"},
     "4 2 0 0" DEPENDS(1, 0) "\n1(1,t)differs from the majority (2) of 4 records with the same b -> z:1 by majority 50"
     "\n2(1,u)differs from the majority (2) of 4 records with the same b -> z:1 by majority 50", 0},
    {"several determine", "integer text text", "depends", "{a: [b, c]}", {"1|x|y", "2|x|y", "2|x|y", "3|xy|"},
     "4 1 0 0" DEPENDS(1, 0) "\n1(x,y,1)differs from the majority (2) of 3 records with the same b, c -> 2:2 by majority 66", 0},
    {"nulls and bad values take no part", "integer text", "depends", "{a: [b]}", {"1|x", "NULL|x", "1|NULL", "q|x", "NULL|NULL"},
     "1 0 3 1" DEPENDS(0, 0), 0},
    {"nulls fail", "integer text", "depends", "{a: [b]}", {"1|x", "NULL|x"}, "2 1 0 0" DEPENDS(0, 0) "\n2(x,~)a value is missing",
     AY_NULLS_FAIL},
    {"by value, not by text", "decimal text", "depends", "{a: [b]}", {"1.0|x", "1|x", "1.10|x"},
     "3 1 0 0" DEPENDS(1, 0) "\n3(x,1.10)differs from the majority (2) of 3 records with the same b -> 1:1 by majority 66", 0},
};
/* clang-format on */

static void depends_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(depends_cases); i++) dk_run_case(&depends_cases[i]);
}

/* ---- against every pair ---- */

#define ROWS 240

typedef struct row {
    int a, b; /* -1: null */
} row;

static void make_rows(dk_table *t, row *rows, uint64_t *seed, uint32_t values)
{
    for (uint32_t i = 0; i < ROWS; i++) {
        rows[i] = (row){(int)(dk_random(seed) % values) - (dk_random(seed) % 3 == 0), (int)(dk_random(seed) % values)};
        char line[64], a[16] = "NULL";
        if (rows[i].a >= 0) snprintf(a, sizeof a, "%d", rows[i].a);
        snprintf(line, sizeof line, "%s|%d", a, rows[i].b);
        dk_record(t, i, line);
    }
}

static bool is_repeated(const row *rows, uint32_t i)
{
    for (uint32_t j = 0; j < ROWS; j++)
        if (j != i && rows[i].a == rows[j].a && rows[i].b == rows[j].b) return true;
    return false;
}

/* a depends on b: how often row i's value, and any value, occurs with its b. */
static bool is_wrong(const row *rows, uint32_t i)
{
    uint32_t own = 0, best = 0, with_best = 0;
    for (int v = 0; v < 100; v++) {
        uint32_t n = 0;
        for (uint32_t j = 0; j < ROWS; j++) n += rows[j].b == rows[i].b && rows[j].a == v;
        if (v == rows[i].a) own = n;
        if (n == best && n) with_best++;
        if (n > best) best = n, with_best = 1;
    }
    return own < best || with_best > 1;
}

static void compare(const char *check, const char *arg, bool (*is_failing)(const row *, uint32_t), uint64_t *seed)
{
    dk_table t;
    row rows[ROWS];
    uint64_t failed[ROWS / 64 + 1] = {0};
    dk_result r = {.failed = failed};
    dk_open(&t, "integer integer", ROWS);
    make_rows(&t, rows, seed, 2 + (uint32_t)(dk_random(seed) % 40));
    dk_compile(&t, arg, check, arg);
    dk_run(&t, seed, &r);
    uint64_t evaluated = 0, n_failed = 0;
    for (uint32_t i = 0; i < ROWS; i++) {
        const bool is_known = rows[i].a >= 0, want = is_known && is_failing(rows, i);
        evaluated += is_known;
        n_failed += want;
        if (ay_bit(failed, i) != want) fail_msg("%s: row %u is %d", check, i, !want);
    }
    assert_int_equal(r.tally.evaluated, evaluated);
    assert_int_equal(r.tally.skipped, ROWS - evaluated);
    assert_int_equal(r.tally.failed, n_failed);
    assert_int_equal(r.findings, n_failed);
    dk_free(&r);
    dk_close(&t);
}

static void unique_against_pairs(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int i = 0; i < 8; i++) compare("unique", "[a, b]", is_repeated, &seed);
}

static void depends_against_pairs(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (int i = 0; i < 8; i++) compare("depends", "{a: [b]}", is_wrong, &seed);
}

/* ---- parameters, memory, records left out ---- */

/* clang-format off */
static const kit_fault_case faults[] = {
    {"true without a field", "text", "unique", "true", "no-field", 1, 1, "check 'unique' tests a field: name it with 'field'"},
    {"map without fields", "text", "unique", "{nulls: fail}", "no-field", 1, 1,
     "check 'unique' tests a field: name it with 'field'"},
    {"false", "text", "unique", "false", "bad-value", 1, 1, "'unique: false' checks nothing: leave it out"},
    {"unknown field", "text", "unique", "[aa]", "unknown-field", 1, 2, "unknown field 'aa'; known: a, b"},
    {"a field twice", "text", "unique", "[a, a]", "duplicate", 1, 5, "field 'a' is named twice"},
    {"unknown key", "text", "unique", "{field: [a]}", "unknown-key", 1, 2, "unknown key 'field', did you mean 'fields'?"},
    {"unknown word", "text", "unique", "{fields: [a], nulls: equals}", "unknown-word", 1, 22,
     "unknown word 'equals', did you mean 'equal'?"},
    {"unknown count", "text", "unique", "{fields: [a], count: row}", "unknown-word", 1, 22,
     "unknown word 'row', did you mean 'rows'?"},
    {"two dependants", "text text", "depends", "{a: [b], b: [a]}", "bad-value", 1, 1,
     "'depends' takes one dependent field, as in {city: [zip]}"},
    {"no dependant", "text text", "depends", "[a, b]", "bad-value", 1, 1,
     "'depends' takes one dependent field, as in {city: [zip]}"},
    {"nothing to depend on", "text text", "depends", "{a: []}", "bad-value", 1, 5, "the list of fields is empty"},
    {"on itself", "text text", "depends", "{a: [b, a]}", "duplicate", 1, 1, "field 'a' has two parts in check 'depends'"},
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
    static const char *const rows[] = {"u|1", "u|1", "v|1", "w|2", "NULL|2"};
    dk_run_fault("text text", "unique", "{fields: [a, b], nulls: fail}", rows, AY_COUNT(rows));
    dk_run_fault("text decimal", "depends", "{b: a}", rows, AY_COUNT(rows));
}

/* As the option of a field: `unique: true` and `unique: {nulls: fail}`. */
static void of_one_field(void **state)
{
    (void)state;
    dk_table t;
    dk_result r = {0};
    uint64_t seed = 5;
    dk_open(&t, "text text", 3);
    dk_record(&t, 0, "x|1");
    dk_record(&t, 1, "y|1");
    dk_record(&t, 2, "z|2");
    kit_reader reader = {&t.k, "true", "true"};
    const ay_kind *kind = ay_kind_find(AY_STR("unique"));
    t.k.rule = (ay_rule){.id = "d.b.unique", .basis = "", .kind = kind, .arg = kit_value(&reader), .field = 1};
    assert_true(kind->compile(&t.k.build, t.k.rule.arg, &t.k.rule));
    assert_int_equal(t.k.rule.n_fields, 1);
    assert_int_equal(t.k.rule.fields[0], 1);
    dk_run(&t, &seed, &r);
    assert_string_equal(r.text.ptr, "3 2 0 0" UNIQUE(2, 1, 1, 0, 0) "\n1(1)the value occurs 2 times"
                                                                    "\n2(1)the value occurs 2 times");
    dk_free(&r);
    dk_close(&t);
}

/* `where` chooses both the records compared and those reported. */
static void only_active_records(void **state)
{
    (void)state;
    dk_table t;
    dk_result r = {0};
    uint64_t seed = 3, active = 5; /* the first and the third */
    dk_open(&t, "text", 4);
    for (uint32_t i = 0; i < 4; i++) dk_record(&t, i, i == 2 ? "y" : "x");
    dk_compile(&t, "active", "unique", "[a]");
    t.active = &active;
    dk_run(&t, &seed, &r);
    assert_string_equal(r.text.ptr, "2 0 0 0" UNIQUE(0, 0, 0, 0, 0));
    dk_free(&r);
    dk_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unique_by_hand),       cmocka_unit_test(depends_by_hand),
        cmocka_unit_test(unique_against_pairs), cmocka_unit_test(depends_against_pairs),
        cmocka_unit_test(wrong_parameters),     cmocka_unit_test(no_memory),
        cmocka_unit_test(of_one_field),         cmocka_unit_test(only_active_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
