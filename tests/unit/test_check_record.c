/* Checks over one record. */
#include "check_kit.h"

static const kit_case cases[] = {
    {"expect: true, false, unknown",
     "integer integer",
     "expect",
     "'a < b'",
     {"1|2", "2|1", "1|1", "1|NULL", "NULL|NULL"},
     "PFFSS"},
    {"expect: what cannot be computed",
     "integer integer",
     "expect",
     "'a / b > 0'",
     {"1|1", "1|0", "x|1", "NULL|0"},
     "PUUS"},
    {"expect: a bad value only matters where it decides",
     "integer integer",
     "expect",
     "'a > 0 or b > 0'",
     {"1|x", "0|x", "x|1"},
     "PUP"},
    {"together",
     "text date",
     "together",
     "[a, b]",
     {"x|2024-01-01", "NULL|NULL", "x|NULL", "NULL|2024-01-01", "NULL|2024-13-01"},
     "PPFFF"},
    {"together: bad values are values", "date date", "together", "[a, b]", {"x|x", "x|2024-01-01", "x|NULL"}, "PPF"},
    {"together: three", "text text text", "together", "[c, a, b]", {"x|y|z", "x|NULL|z", "NULL|NULL|NULL"}, "PFP"},
    {"order: dates",
     "date date",
     "order",
     "[a, b]",
     {"2024-01-01|2024-01-02", "2024-01-01|2024-01-01", "2024-01-02|2024-01-01", "NULL|2024-01-01", "NULL|NULL",
      "-infinity|infinity"},
     "PPFSSP"},
    {"order: strict",
     "date date",
     "order",
     "{fields: [a, b], strict: true}",
     {"2024-01-01|2024-01-02", "2024-01-01|2024-01-01", "infinity|infinity"},
     "PFF"},
    {"order: not strict", "date date", "order", "{fields: [a, b], strict: false}", {"2024-01-01|2024-01-01"}, "P"},
    {"order: the fields in the order named", "integer integer", "order", "[b, a]", {"1|2", "2|1"}, "FP"},
    {"order: a null takes part in no pair",
     "integer integer integer",
     "order",
     "[a, b, c]",
     {"1|NULL|2", "2|NULL|1", "NULL|2|1", "NULL|NULL|1", "1|3|2", "1|2|3"},
     "PFFSFP"},
    {"order: a bad value",
     "integer integer integer",
     "order",
     "[a, b, c]",
     {"1|x|2", "2|x|1", "x|NULL|1", "x|x|x"},
     "UFUU"},
    {"order: decimals",
     "decimal decimal",
     "order",
     "[a, b]",
     {"1.0|1", "1.01|1", "NaN|1", "1|NaN", "-Infinity|Infinity"},
     "PFFFP"},
    {"order: strict, 1.0 is 1", "decimal decimal", "order", "{fields: [a, b], strict: true}", {"1.0|1"}, "F"},
    {"coordinates: decimals",
     "decimal decimal",
     "coordinates",
     "{longitude: a, latitude: b}",
     {"105.5929|30.5328", "73.5|3.8", "135.1|53.6", "135.10000000000000000001|53.6", "73.49|30", "100|53.61", "0|0",
      "NaN|30", "105.5929|NULL", "x|30", "30.5328|105.5929", "Infinity|30"},
     "PPPFFFFFSUFF"},
    {"coordinates: floats, turned round",
     "float float",
     "coordinates",
     "{longitude: b, latitude: a, within: world}",
     {"30.5|105.5", "90|180", "-90|-180", "90.5|0", "0|0", "-0|0", "0|1", "NaN|0"},
     "PPPFFFPF"},
    {"coordinates: a box of one's own",
     "decimal float",
     "coordinates",
     "{longitude: a, latitude: b, within: [105, 30, 106, 31]}",
     {"105.5|30.5", "104.9|30.5", "105.5|31.1"},
     "PFF"},
    {"order: floats", "float float", "order", "[a, b]", {"1|NaN", "NaN|NaN", "-0|0"}, "FFP"},
};

static void verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) kit_run_case(&cases[i], NULL);
}

static const kit_reason_case reasons[] = {
    {"expect", "integer integer", "expect", "'a < b'", "2|1", AY_FAIL, "is not true: a < b", "不成立：a < b"},
    {"expect unreadable", "integer integer", "expect", "'a / b > 0'", "1|0", AY_UNREADABLE,
     "cannot be computed: a / b > 0", "无法计算：a / b > 0"},
    {"together", "text text text", "together", "[a, b, c]", "NULL|x|NULL", AY_FAIL,
     "a, c without a value, the others with one", "a、c 无值，而其他字段有值"},
#define PLACE(label, row, en, zh)                                                                                      \
    {                                                                                                                  \
        label, "decimal decimal", "coordinates", "{longitude: a, latitude: b}", row, AY_FAIL, en, zh                   \
    }
    PLACE("no place", "0|0.0", "both are 0, which is no place", "经纬度均为 0，不是地点"),
    PLACE("swapped", "30.5|105.5", "they look swapped", "经度与纬度似已颠倒"),
    PLACE("a sign", "105.5|-30.5", "a sign is wrong", "正负号有误"),
    PLACE("scaled", "1055929|305328", "the decimal point looks lost", "小数点似已丢失"),
    PLACE("latitude", "105.5|60", "the latitude is outside the area", "纬度超出范围"),
    PLACE("longitude", "150|30", "the longitude is outside the area", "经度超出范围"),
    PLACE("both", "150|60", "both are outside the area", "经度与纬度均超出范围"),
    {"order", "date date", "order", "[a, b]", "2024-01-02|2024-01-01", AY_FAIL, "a should not be more than b",
     "a 不应大于 b"},
    {"order over a null", "date date date", "order", "[a, b, c]", "2024-01-02|NULL|2024-01-01", AY_FAIL,
     "a should not be more than c", "a 不应大于 c"},
    {"order strict", "date date", "order", "{fields: [a, b], strict: true}", "2024-01-01|2024-01-01", AY_FAIL,
     "a should be less than b", "a 应小于 b"},
    {"order unreadable", "date date", "order", "[a, b]", "x|2024-01-01", AY_UNREADABLE, "a value cannot be read",
     "有字段的值无法读取"},
};

static void reasons_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(reasons); i++) kit_run_reason(&reasons[i], NULL);
}

static void only_active_records_are_marked(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 63, 64, 65, 129};
    static const struct {
        const char *check, *arg, *bad;
    } kinds[] = {{"expect", "'a < b'", "2|1"}, {"together", "[a, b]", "NULL|1"}, {"order", "[a, b]", "2|1"}};
    for (size_t c = 0; c < AY_COUNT(kinds); c++) {
        for (size_t s = 0; s < AY_COUNT(sizes); s++) {
            kit k;
            uint64_t active[3], fail[3] = {0}, unknown[3] = {0}, unreadable[3] = {0};
            kit_open(&k, "integer integer");
            assert_true(kit_compile(&k, kinds[c].check, kinds[c].arg));
            kit_batch(&k, sizes[s]);
            for (uint32_t i = 0; i < sizes[s]; i++) kit_record(&k, i, kinds[c].bad);
            ay_bits_zero(active, 192);
            for (uint32_t i = 0; i < sizes[s]; i += 3) ay_bit_set(active, i);
            assert_int_equal(kit_eval(&k, active, (ay_marks){fail, unknown, unreadable}, NULL), ASSAY_OK);
            assert_memory_equal(fail, active, sizeof fail);
            for (size_t w = 0; w < 3; w++) assert_true(!unknown[w] && !unreadable[w]);
            kit_close(&k);
        }
    }
}

/* A missing word is no value, though the finding shows it as a text. */
static void together_knows_missing_words(void **state)
{
    (void)state;
    kit k;
    char got[128];
    ay_set missing = {0};
    assert_true(ay_set_add(&missing, AY_STR("无"), 0, NULL));
    kit_open(&k, "text text");
    k.fields[1].missing = &missing;
    assert_true(kit_compile(&k, "together", "[a, b]"));
    kit_reason(&k, "x|无", AY_FAIL, false, got, sizeof got);
    assert_string_equal(got, "b without a value, the others with one");
    kit_reason(&k, "无|NULL", AY_FAIL, true, got, sizeof got);
    assert_string_equal(got, "b 无值，而其他字段有值");
    kit_close(&k);
    ay_set_free(&missing);
}

/* The fields a rule reads are what its findings show. */
static void fields_are_named(void **state)
{
    (void)state;
    kit k;
    kit_open(&k, "integer integer integer");
    assert_true(kit_compile(&k, "expect", "'c > 0 and a > 0'"));
    assert_int_equal(k.rule.n_fields, 2);
    assert_int_equal(k.rule.fields[0], 0);
    assert_int_equal(k.rule.fields[1], 2);
    assert_true(kit_compile(&k, "order", "[c, a]"));
    assert_int_equal(k.rule.fields[0], 2);
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(reasons_in_words),
        cmocka_unit_test(only_active_records_are_marked),
        cmocka_unit_test(together_knows_missing_words),
        cmocka_unit_test(fields_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
