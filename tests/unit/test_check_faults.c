/* What is wrong with a rule is found when the pack is compiled; the registry; memory that runs out at any moment. */
#include "check_kit.h"

#include "assay/pack.h"
#include "check/param.h"

static const kit_fault_case faults[] = {
    {"required: no boolean", "text", "required", "yes", "bad-value", 1, 1, "'yes' is neither true nor false"},
    {"required: false", "text", "required", "false", "no-effect", 1, 1,
     "'required: false' tests nothing: leave it out"},
    {"required: nothing", "text", "required", "", "bad-value", 1, 1, "a value is missing here"},
    {"type: unknown", "text", "type", "intger", "unknown-type", 1, 1, "unknown type 'intger', did you mean 'integer'?"},
    {"type: never", "integer", "type", "date", "type-mismatch", 1, 1, "field 'a' is of type integer and is never date"},
    {"length: negative", "text", "length", "-1", "bad-value", 1, 1, "'-1' is not a whole number from 0 to 4294967295"},
    {"length: fraction", "text", "length", "1.5", "bad-value", 1, 1,
     "'1.5' is not a whole number from 0 to 4294967295"},
    {"length: huge", "text", "length", "99999999999999999999", "bad-value", 1, 1,
     "'99999999999999999999' is not a whole number from 0 to 4294967295"},
    {"length: contradiction", "text", "length", "{min: 3, max: 2}", "contradiction", 1, 1,
     "no length is at least 3 and at most 2"},
    {"length: neither", "text", "length", "{unit: bytes}", "missing-key", 1, 1, "'length' needs min or max"},
    {"length: unit", "text", "length", "{min: 1, unit: byte}", "unknown-word", 1, 16,
     "unknown word 'byte', did you mean 'bytes'?"},
    {"length: key", "text", "length", "{mn: 1, max: 2}", "unknown-key", 1, 2, "unknown key 'mn', did you mean 'min'?"},
    {"length: of a number", "integer", "length", "1", "type-mismatch", 1, 1,
     "check 'length' cannot test field 'a' of type integer; it takes: text, bytes"},
    {"length: characters of bytes", "bytes", "length", "{max: 1, unit: characters}", "type-mismatch", 1, 1,
     "bytes have no characters"},
    {"length: list", "text", "length", "[1]", "wrong-kind", 1, 1, "expected one value, found a list"},
    {"min: text", "text", "min", "0", "type-mismatch", 1, 1,
     "check 'min' cannot test field 'a' of type text; it takes: integer, decimal, float, date, time, timetz, "
     "timestamp, timestamptz, interval"},
    {"min: NaN", "float", "min", "NaN", "contradiction", 1, 1, "no value is on any side of NaN"},
    {"max: NaN", "decimal", "max", "nan", "contradiction", 1, 1, "no value is on any side of NaN"},
    {"one_of: empty", "text", "one_of", "[]", "contradiction", 1, 1, "no value is one of an empty list"},
    {"not_in: empty", "text", "not_in", "[]", "no-effect", 1, 1, "an empty list excludes nothing"},
    {"one_of: no list", "text", "one_of", "a", "wrong-kind", 1, 1, "expected a list of values"},
    {"one_of: twice", "text", "one_of", "[a, b, a]", "duplicate", 1, 8, "'a' is listed twice"},
    {"one_of: twice by value, the later one", "decimal", "one_of", "[1.0, 2, 1]", "duplicate", 1, 10,
     "'1' is listed twice"},
    {"one_of: null", "text", "one_of", "[a, null]", "bad-value", 1, 5, "a value is missing here"},
    {"one_of: JSON", "json", "one_of", "[a]", "type-mismatch", 1, 1,
     "check 'one_of' cannot test field 'a' of type json; it takes: text, boolean, integer, decimal, float, date, "
     "time, timetz, timestamp, timestamptz, interval, uuid, bytes"},
    {"checksum: unknown", "text", "checksum", "lun", "unknown-word", 1, 1, "unknown word 'lun', did you mean 'luhn'?"},
    {"scale: too many", "decimal", "scale", "39", "bad-value", 1, 1, "'39' is not a whole number from 0 to 38"},
    {"scale: float", "float", "scale", "2", "type-mismatch", 1, 1,
     "check 'scale' cannot test field 'a' of type float; it takes: text, decimal"},
    {"charset: empty", "text", "charset", "[]", "no-effect", 1, 1, "the list is empty"},
    {"charset: unknown", "text", "charset", "[control, private]", "unknown-word", 1, 11,
     "unknown word 'private'; known: private_use, replacement, control, full_width, zero_width, space, question, "
     "mixed_scripts"},
    {"charset: twice", "text", "charset", "[control, control]", "duplicate", 1, 11, "'control' is listed twice"},
    {"charset: no list", "text", "charset", "control", "wrong-kind", 1, 1, "expected a list of words"},
    {"normalize: both cases", "text", "normalize", "[upper, lower]", "contradiction", 1, 1,
     "a letter cannot be both upper and lower case"},
    {"normalize: unknown", "text", "normalize", "[trimm]", "unknown-word", 1, 2,
     "unknown word 'trimm', did you mean 'trim'?"},
    {"personal: false", "text", "personal", "false", "no-effect", 1, 1,
     "'personal: false' looks for nothing: leave it out"},
    {"personal: number", "integer", "personal", "true", "type-mismatch", 1, 1,
     "check 'personal' cannot test field 'a' of type integer; it takes: text, json, jsonb"},
    {"together: one", "text text", "together", "[a]", "contradiction", 1, 1, "'together' needs two fields or more"},
    {"together: twice", "text text", "together", "[a, b, a]", "duplicate", 1, 8, "field 'a' is named twice"},
    {"together: unknown", "text text", "together", "[a, x]", "unknown-field", 1, 5, "unknown field 'x'; known: a, b"},
    {"together: empty", "text text", "together", "[]", "bad-value", 1, 1, "the list of fields is empty"},
    {"coordinates: one", "decimal decimal", "coordinates", "{longitude: a}", "missing-key", 1, 1,
     "'coordinates' needs the field of the latitude"},
    {"coordinates: twice the same", "decimal decimal", "coordinates", "{longitude: a, latitude: a}", "contradiction", 1,
     1, "longitude and latitude are the same field"},
    {"coordinates: text", "text decimal", "coordinates", "{longitude: a, latitude: b}", "type-mismatch", 1, 13,
     "field 'a' of type text is no coordinate: decimal or float"},
    {"coordinates: an area", "decimal decimal", "coordinates", "{longitude: a, latitude: b, within: europe}",
     "unknown-word", 1, 37, "unknown word 'europe'; known: china, world"},
    {"coordinates: three sides", "decimal decimal", "coordinates", "{longitude: a, latitude: b, within: [1, 2, 3]}",
     "bad-value", 1, 37, "a box is [west, south, east, north] in degrees, west and south not above east and north"},
    {"coordinates: turned round", "decimal decimal", "coordinates", "{longitude: a, latitude: b, within: [3, 2, 1, 4]}",
     "bad-value", 1, 37, "a box is [west, south, east, north] in degrees, west and south not above east and north"},
    {"coordinates: no number", "decimal decimal", "coordinates", "{longitude: a, latitude: b, within: [1, 2, x, 4]}",
     "bad-value", 1, 37, "a box is [west, south, east, north] in degrees, west and south not above east and north"},
    {"order: one", "date date", "order", "[a]", "contradiction", 1, 1, "'order' needs two fields or more"},
    {"order: a name", "date date", "order", "a", "contradiction", 1, 1, "'order' needs two fields or more"},
    {"order: no fields", "date date", "order", "{strict: true}", "missing-key", 1, 1, "'order' needs fields"},
    {"order: text", "text text", "order", "[a, b]", "type-mismatch", 1, 2,
     "field 'a' of type text has no order to test"},
    {"order: two types", "date timestamp", "order", "[a, b]", "type-mismatch", 1, 5,
     "field 'b' of type timestamp cannot be compared with field 'a' of type date"},
    {"order: strict", "date date", "order", "{fields: [a, b], strict: yes}", "bad-value", 1, 26,
     "'yes' is neither true nor false"},
    {"refers: not in this version", "text", "refers", "x", "not-in-this-version", 1, 1,
     "check 'refers' is not in this version"},
};

static void faults_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(faults); i++) kit_run_fault(&faults[i], NULL);
}

/* Texts of the layers below are not repeated here: only that they are told, and where. */
static void faults_of_other_layers_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *label, *types, *check, *arg;
    } rows[] = {
        {"match: broken pattern", "text", "match", "'(a'"},
        {"min: no integer", "integer", "min", "1.5"},
        {"min: no date", "date", "min", "2023-02-29"},
        {"min: a list", "integer", "min", "[1]"},
        {"min: nothing", "integer", "min", ""},
        {"one_of: no date", "date", "one_of", "[2023-02-29]"},
        {"expect: no field", "integer", "expect", "'b > 0'"},
        {"expect: no boolean", "integer", "expect", "'a + 1'"},
        {"expect: empty", "integer", "expect", "''"},
        {"expect: a list", "integer", "expect", "[a]"},
    };
    for (size_t i = 0; i < AY_COUNT(rows); i++) {
        kit k;
        kit_open(&k, rows[i].types);
        if (kit_compile(&k, rows[i].check, rows[i].arg)) fail_msg("%s: compiles", rows[i].label);
        if (!ay_diags_errors(k.diags)) fail_msg("%s: nothing is said", rows[i].label);
        assert_int_equal(assay_diags_at(k.diags, 0)->line, 1);
        kit_close(&k);
    }
}

static void every_fault_of_a_list_is_told(void **state)
{
    (void)state;
    kit k;
    kit_open(&k, "integer");
    assert_false(kit_compile(&k, "one_of", "[1, x, 2, 1, y]"));
    assert_int_equal(assay_diags_count(k.diags), 3);
    kit_close(&k);
}

static void a_value_check_needs_a_field(void **state)
{
    (void)state;
    static const char *const checks[] = {"required", "type",  "length",  "match",     "min",      "one_of", "code",
                                         "checksum", "scale", "charset", "normalize", "personal", "format"};
    for (size_t i = 0; i < AY_COUNT(checks); i++) {
        kit k;
        kit_open(&k, "text");
        const ay_node arg = {.kind = AY_NODE_SCALAR, .pos = {"test.yaml", 1, 1}, .text = AY_STR("1")};
        k.rule = (ay_rule){
            .kind = ay_kind_find(ay_str_from(checks[i])), .pos = {"test.yaml", 3, 4}, .arg = &arg, .field = -1};
        assert_false(k.rule.kind->compile(&k.build, &arg, &k.rule));
        assert_string_equal(assay_diags_at(k.diags, 0)->code, "no-field");
        assert_int_equal(assay_diags_at(k.diags, 0)->line, 3);
        kit_close(&k);
    }
}

static void parameters_are_read(void **state)
{
    (void)state;
    kit k;
    ay_dec dec;
    ay_interval interval;
    kit_open(&k, "text");
    kit_reader r = {&k, "{d: 1.50, e: NaN, i: 1 day, j: soon}", NULL};
    r.at = r.start;
    const ay_node *map = kit_value(&r);
    assert_true(ay_param_dec(&k.build, ay_node_get(map, "d"), &dec));
    assert_int_equal(ay_dec_cmp(dec, (ay_dec){.coef = 15, .scale = 1}), 0);
    assert_false(ay_param_dec(&k.build, ay_node_get(map, "e"), &dec));
    assert_true(ay_param_interval(&k.build, ay_node_get(map, "i"), &interval));
    assert_int_equal(interval.days, 1);
    assert_false(ay_param_interval(&k.build, ay_node_get(map, "j"), &interval));
    assert_int_equal(assay_diags_count(k.diags), 2);
    kit_close(&k);
}

/* ---- the registry ---- */

static void kinds_are_complete_and_in_order(void **state)
{
    (void)state;
    size_t n = 0;
    for (const ay_kind *kind; (kind = ay_kind_at(n)); n++) {
        assay_check_info info;
        assay_check_at(n, &info);
        assert_string_equal(info.name, kind->name);
        if (n && strcmp(ay_kind_at(n - 1)->name, kind->name) >= 0) fail_msg("%s is out of order", kind->name);
        assert_ptr_equal(ay_kind_find(ay_str_from(kind->name)), kind);
        if (!kind->compile || !kind->summary[0] || !kind->summary_zh[0]) fail_msg("%s says too little", kind->name);
        if (strlen(kind->indicator) != 4) fail_msg("%s has no indicator", kind->name);
        assert_int_equal(info.available, !kind->absent);
        if (kind->absent) continue;
        const bool is_dataset = kind->over == AY_OVER_DATASET;
        const bool has_state = kind->state_open && kind->absorb && kind->merge && kind->finish && kind->state_close;
        if (is_dataset ? !has_state : !kind->eval) fail_msg("%s cannot run", kind->name);
        if (!is_dataset && !kind->reason) fail_msg("%s gives no reason", kind->name);
    }
    assert_int_equal(n, assay_check_count());
    assert_null(ay_kind_at(n));
    assert_null(ay_kind_find(AY_STR("lenght")));
    assert_null(ay_kind_find(AY_STR("")));
}

/* ---- memory ---- */

static const kit_case working[] = {
    {"required", "text", "required", "true", {"a", "NULL"}, "PF"},
    {"type", "text", "type", "bytes", {"\\x01", "x", "NULL"}, "PFS"},
    {"length", "text", "length", "{min: 1, max: 2}", {"a", ""}, "PF"},
    {"match", "text", "match", "'[a-z]+'", {"a", "1"}, "PF"},
    {"min", "decimal", "min", "0", {"1", "-1"}, "PF"},
    {"max", "date", "max", "today - 1 day", {"2026-01-30", "2026-01-31"}, "PF"},
    {"one_of texts", "text", "one_of", "[a, b]", {"a", "c"}, "PF"},
    {"one_of numbers", "decimal", "one_of", "[1, 2]", {"1", "3"}, "PF"},
    {"code",
     "text date",
     "code",
     "{file: x.csv, key: k, from: f, parent: p, leaf: true, at: b}",
     {"a\"b|2024-01-01", "c|2024-01-01"},
     "PF"},
    {"checksum", "text", "checksum", "{system: [luhn, gb11643], part: '1..3'}", {"182", "181"}, "PF"},
    {"format", "text", "format", "ip", {"::1", "1"}, "PF"},
    {"coordinates", "decimal decimal", "coordinates", "{longitude: a, latitude: b}", {"100|30", "0|0"}, "PF"},
    {"scale", "text", "scale", "1", {"1.5", "1.55"}, "PF"},
    {"charset", "text", "charset", "[control]", {"a", "\t"}, "PF"},
    {"charset: scripts", "text", "charset", "[mixed_scripts]", {"Жук", "Aж"}, "PF"},
    {"normalize", "text", "normalize", "[trim]", {"a", " "}, "PF"},
    {"normalize: forms", "text", "normalize", "[trim, nfkc, dot]", {"ṩ", "s\xCC\x87\xCC\xA3"}, "PF"},
    {"personal", "text", "personal", "[mobile]", {"a", "13800138000"}, "PF"},
    {"expect", "integer integer", "expect", "'a < b'", {"1|2", "2|1"}, "PF"},
    {"together", "text text", "together", "[a, b]", {"a|b", "a|NULL"}, "PF"},
    {"order", "date date", "order", "[a, b]", {"2024-01-01|2024-01-02", "2024-01-02|2024-01-01"}, "PF"},
};

/* With the n-th allocation failing: a status, never a wrong verdict. Returns whether it was reached. */
static bool survives(const kit_case *c, size_t nth)
{
    kit k;
    uint64_t fail[1] = {0}, unknown[1] = {0}, unreadable[1] = {0};
    const uint64_t active[1] = {1};
    kit_open(&k, c->types);
    k.file = "k,f,p\n\"a\"\"b\",2000,c\nc,2000,\n";
    kit_reader r = {&k, c->arg, c->arg};
    const ay_node *arg = kit_value(&r);
    kit_batch(&k, 1);
    kit_record(&k, 0, c->rows[0]);
    const ay_kind *kind = ay_kind_find(ay_str_from(c->check));
    k.rule =
        (ay_rule){.kind = kind, .pos = {"test.yaml", 1, 1}, .arg = arg, .field = kind->over == AY_OVER_VALUE ? 0 : -1};
    (void)ay_mem_fail_at(nth);
    if (kind->compile(&k.build, arg, &k.rule)) {
        assay_err err = {0};
        const assay_status status = kit_eval(&k, active, (ay_marks){fail, unknown, unreadable}, &err);
        if (status != ASSAY_OK && status != ASSAY_ENOMEM) fail_msg("%s: status %d", c->label, status);
        if (status == ASSAY_OK && (fail[0] || unknown[0] || unreadable[0])) fail_msg("%s: wrong verdict", c->label);
    }
    const bool reached = ay_mem_fail_at(0) >= nth;
    kit_close(&k);
    return reached;
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(working); i++) {
        size_t n = 1;
        kit_run_case(&working[i], "k,f,p\n\"a\"\"b\",2000,c\nc,2000,\n");
        while (survives(&working[i], n)) n++;
        assert_true(n > 1 && n < 500);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_told),
        cmocka_unit_test(faults_of_other_layers_are_told),
        cmocka_unit_test(every_fault_of_a_list_is_told),
        cmocka_unit_test(a_value_check_needs_a_field),
        cmocka_unit_test(parameters_are_read),
        cmocka_unit_test(kinds_are_complete_and_in_order),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
