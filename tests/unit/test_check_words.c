/* Reasons as they leave the library: what is not told of sensitive and personal values, what is said of a value that is
 * missing, and that every check has words where its facts are lacking. */
#include "check_kit.h"

typedef struct words_case {
    const char *label, *types, *check, *arg, *row;
    ay_level levels[KIT_FIELDS];
    const char *detail; /* a text and a number, as aggregate has them: "7.5|1"; NULL: none */
    ay_nulls nulls;
    const char *en, *zh;
} words_case;

static const char codes[] = "code,from,to\nA,2000-01-01,2009-12-31\n";

static const words_case cases[] = {
    {"checksum of a public field",
     "text",
     "checksum",
     "luhn",
     "79927398710",
     {AY_PUBLIC},
     NULL,
     AY_NULLS_SKIP,
     "check character is 0, should be 3",
     "校验码为 0，应为 3"},
    {"checksum of an internal field",
     "text",
     "checksum",
     "luhn",
     "79927398710",
     {AY_INTERNAL},
     NULL,
     AY_NULLS_SKIP,
     "check character is 0, should be 3",
     "校验码为 0，应为 3"},
    {"checksum of a sensitive field",
     "text",
     "checksum",
     "luhn",
     "79927398710",
     {AY_SENSITIVE},
     NULL,
     AY_NULLS_SKIP,
     "the check character is wrong",
     "校验码错误"},
    {"checksum of a personal field",
     "text",
     "checksum",
     "luhn",
     "79927398710",
     {AY_PERSONAL},
     NULL,
     AY_NULLS_SKIP,
     "the check character is wrong",
     "校验码错误"},
    {"code at a public date",
     "text date",
     "code",
     "{file: c, from: from, to: to, at: b}",
     "A|1990-03-07",
     {AY_PERSONAL, AY_PUBLIC},
     NULL,
     AY_NULLS_SKIP,
     "not in force on 1990-03-07",
     "在 1990-03-07 不在有效期内"},
    {"code at a sensitive date",
     "text date",
     "code",
     "{file: c, from: from, to: to, at: b}",
     "A|1990-03-07",
     {AY_PUBLIC, AY_SENSITIVE},
     NULL,
     AY_NULLS_SKIP,
     "not in force on the date of b",
     "在 b 的日期不在有效期内"},
    {"code at a personal date",
     "text date",
     "code",
     "{file: c, from: from, to: to, at: b}",
     "A|1990-03-07",
     {AY_PUBLIC, AY_PERSONAL},
     NULL,
     AY_NULLS_SKIP,
     "not in force on the date of b",
     "在 b 的日期不在有效期内"},
    {"length of a public field",
     "text",
     "length",
     "18",
     "abc",
     {AY_PUBLIC},
     NULL,
     AY_NULLS_SKIP,
     "length is 3, should be 18",
     "长度为 3，应为 18"},
    {"length of a sensitive field",
     "text",
     "length",
     "18",
     "abc",
     {AY_SENSITIVE},
     NULL,
     AY_NULLS_SKIP,
     "the length is wrong, should be 18",
     "长度不符，应为 18"},
    {"length of a personal field in bytes",
     "text",
     "length",
     "{max: 2, unit: bytes}",
     "abc",
     {AY_PERSONAL},
     NULL,
     AY_NULLS_SKIP,
     "the length is wrong, should be at most 2 bytes",
     "长度不符，应不大于 2 字节"},
    {"scale of a sensitive field",
     "decimal",
     "scale",
     "2",
     "0.12345",
     {AY_SENSITIVE},
     NULL,
     AY_NULLS_SKIP,
     "has too many digits behind the point, at most 2 are allowed",
     "小数位数过多，最多 2 位"},
    {"characters of a personal field",
     "text",
     "charset",
     "[full_width]",
     "张三１２",
     {AY_PERSONAL},
     NULL,
     AY_NULLS_SKIP,
     "holds a full-width character",
     "含有全角字符"},
    {"personal data in a personal field",
     "text",
     "personal",
     "true",
     "电13800138000",
     {AY_PERSONAL},
     NULL,
     AY_NULLS_SKIP,
     "holds a mobile number",
     "含有手机号码"},
    {"personal data: kind and place",
     "text",
     "personal",
     "true",
     "电13800138000",
     {AY_PUBLIC},
     NULL,
     AY_NULLS_SKIP,
     "holds a mobile number at position 2",
     "第 2 个字符起含有手机号码"},
    {"sum of a public field",
     "decimal",
     "aggregate",
     "{figure: sum, of: a, max: 5}",
     "NULL",
     {AY_PUBLIC},
     "7.5|1",
     AY_NULLS_SKIP,
     "a: sum is 7.5, at most 5 expected",
     "a 的合计为 7.5，应不大于 5"},
    {"sum of a sensitive field",
     "decimal",
     "aggregate",
     "{figure: sum, of: a, max: 5}",
     "NULL",
     {AY_SENSITIVE},
     "7.5|1",
     AY_NULLS_SKIP,
     "a: sum is out of range, at most 5 expected",
     "a 的合计超出范围，应不大于 5"},
    {"mean of a personal field",
     "decimal",
     "aggregate",
     "{figure: mean, of: a, min: 9}",
     "NULL",
     {AY_PERSONAL},
     "7.5|0",
     AY_NULLS_SKIP,
     "a: mean is out of range, at least 9 expected",
     "a 的平均值超出范围，应不小于 9"},
    {"stddev of a sensitive field",
     "decimal",
     "aggregate",
     "{figure: stddev, of: a, max: 5}",
     "NULL",
     {AY_SENSITIVE},
     "7.5|1",
     AY_NULLS_SKIP,
     "a: stddev is out of range, at most 5 expected",
     "a 的标准差超出范围，应不大于 5"},
    {"distinct values of a personal field",
     "text",
     "aggregate",
     "{figure: distinct, of: a, max: 5}",
     "NULL",
     {AY_PERSONAL},
     "7|1",
     AY_NULLS_SKIP,
     "a: distinct is 7, at most 5 expected",
     "a 的不同取值数为 7，应不大于 5"},
    {"share of nulls of a personal field",
     "text",
     "aggregate",
     "{figure: share_null, of: a, max: 0.5}",
     "NULL",
     {AY_PERSONAL},
     "0.7|1",
     AY_NULLS_SKIP,
     "a: share_null is 0.7, at most 0.5 expected",
     "a 的空值占比为 0.7，应不大于 0.5"},
    {"null fails", "text", "length", "3", "NULL", {AY_PUBLIC}, NULL, AY_NULLS_FAIL, "a value is missing", "缺少取值"},
    {"missing word fails",
     "text",
     "length",
     "3",
     "无",
     {AY_PUBLIC},
     NULL,
     AY_NULLS_FAIL,
     "a value is missing",
     "缺少取值"},
    {"missing word, but nulls do not fail",
     "text",
     "length",
     "3",
     "无",
     {AY_PUBLIC},
     NULL,
     AY_NULLS_SKIP,
     "length is 1, should be 3",
     "长度为 1，应为 3"},
    {"a value where nulls fail",
     "text",
     "length",
     "3",
     "ab",
     {AY_PUBLIC},
     NULL,
     AY_NULLS_FAIL,
     "length is 2, should be 3",
     "长度为 2，应为 3"},
    {"date of a code is null",
     "text date",
     "code",
     "{file: c, from: from, to: to, at: b}",
     "A|NULL",
     {AY_PUBLIC, AY_PUBLIC},
     NULL,
     AY_NULLS_FAIL,
     "a value is missing",
     "缺少取值"},
    {"required sees nulls itself",
     "text",
     "required",
     "true",
     "NULL",
     {AY_PUBLIC},
     NULL,
     AY_NULLS_FAIL,
     "the value is NULL",
     "值为 NULL"},
    {"order: fewer than two values",
     "integer integer",
     "order",
     "[a, b]",
     "5|无",
     {AY_PUBLIC, AY_PUBLIC},
     NULL,
     AY_NULLS_FAIL,
     "a value is missing",
     "缺少取值"},
    {"order: a missing word that could be read",
     "integer integer integer",
     "order",
     "[a, b, c]",
     "5|0|4",
     {AY_PUBLIC, AY_PUBLIC},
     NULL,
     AY_NULLS_SKIP,
     "a should not be more than c",
     "a 不应大于 c"},
    {"order: a missing word as a value of a source with types",
     "integer integer",
     "order",
     "[a, b]",
     "5|0",
     {AY_PUBLIC, AY_PUBLIC},
     NULL,
     AY_NULLS_SKIP,
     "a should not be more than b",
     "a 不应大于 b"},
    {"together: missing words",
     "integer integer",
     "together",
     "[a, b]",
     "5|0",
     {AY_PUBLIC, AY_PUBLIC},
     NULL,
     AY_NULLS_SKIP,
     "b without a value, the others with one",
     "b 无值，而其他字段有值"},
};

static void put_missing(kit *k, ay_set *missing)
{
    assert_true(ay_set_add(missing, AY_STR("无"), 0, NULL));
    assert_true(ay_set_add(missing, AY_STR("0"), 1, NULL));
    for (uint32_t i = 0; i < k->n_fields; i++) k->fields[i].missing = missing;
}

/* Cells of the texts between the bars. */
static uint32_t take_cells(char *line, ay_cell *cells)
{
    uint32_t n = 0;
    char *rest = line;
    for (char *at = strtok_r(rest, "|", &rest); at; at = strtok_r(NULL, "|", &rest))
        cells[n++] = (ay_cell){.type = AY_TEXT, .is_null = strcmp(at, "NULL") == 0, .v.str = ay_str_from(at)};
    return n;
}

static uint32_t take_detail(const char *line, char *copy, ay_cell *cells)
{
    if (!line) return 0;
    snprintf(copy, 64, "%s", line);
    const uint32_t n = take_cells(copy, cells);
    cells[1] = (ay_cell){.type = AY_INT, .v.i64 = cells[1].v.str.ptr[0] - '0'};
    return n;
}

static void check_words(const kit *k, const char *label, const ay_facts *facts, bool zh, const char *want)
{
    AY_CLEANUP(ay_buf_free) ay_buf got = {0};
    ay_rule_reason(&k->rule, k->fields, facts, zh, &got);
    if (!ay_str_is(ay_buf_view(&got), want)) fail_msg("%s: got '%.*s', want '%s'", label, (int)got.len, got.ptr, want);
}

static void run_case(const words_case *c)
{
    kit k;
    ay_set missing = {0};
    char row[64], copy[64];
    ay_cell values[KIT_FIELDS] = {{0}}, detail[2] = {{0}};
    kit_open(&k, c->types);
    k.file = codes;
    put_missing(&k, &missing);
    for (uint32_t i = 0; i < k.n_fields; i++) k.fields[i].level = c->levels[i];
    if (!kit_compile(&k, c->check, c->arg)) fail_msg("%s: does not compile", c->label);
    k.rule.nulls = c->nulls;
    snprintf(row, sizeof row, "%s", c->row);
    assert_int_equal(take_cells(row, values), k.rule.n_fields);
    const uint32_t n_detail = take_detail(c->detail, copy, detail);
    const ay_facts facts = {.values = values, .detail = detail, .n_detail = n_detail, .verdict = AY_FAIL};
    check_words(&k, c->label, &facts, false, c->en);
    check_words(&k, c->label, &facts, true, c->zh);
    ay_set_free(&missing);
    kit_close(&k);
}

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) run_case(&cases[i]);
}

/* ---- Facts that are lacking ---- */

static const struct {
    const char *types, *check, *arg;
    const char *en; /* for a failure; NULL: the words are those of the values, which other tests hold */
} bare[] = {
    {"integer", "aggregate", "{figure: sum, of: a, max: 5}", "a: sum is out of range"},
    {"integer", "change", "{figure: sum, of: a, within: 10% of last 7}", "does not meet the rule"},
    {"text", "charset", "[control]", "does not meet the rule"},
    {"text", "checksum", "luhn", NULL},
    {"text", "code", "c", NULL},
    {"decimal decimal", "coordinates", "{longitude: a, latitude: b}", "a value is missing"},
    {"text text", "depends", "{b: [a]}", "a value is missing"},
    {"integer", "distribution", "{field: a, bins: [0], against: last 7, psi: 0.25}", "does not meet the rule"},
    {"integer", "exclusive_max", "5", NULL},
    {"integer", "exclusive_min", "5", NULL},
    {"integer", "expect", "a > 5", NULL},
    {"text", "format", "plate", NULL},
    {"date", "fresh", "{field: a, within: 1 day}", NULL},
    {"text", "length", "3", NULL},
    {"text", "match", "x", NULL},
    {"integer", "max", "5", NULL},
    {"integer", "min", "5", NULL},
    {"text", "normalize", "[trim]", "does not meet the rule"},
    {"text", "not_in", "[a]", NULL},
    {"text", "not_match", "x", NULL},
    {"text", "one_of", "[a]", NULL},
    {"text", "opening", "conditional", "does not meet the rule"},
    {"integer integer", "order", "[a, b]", "a value is missing"},
    {"date date", "overlap", "{from: a, to: b}", "a value is missing"},
    {"text", "personal", "true", "does not meet the rule"},
    {"text", "required", "true", NULL},
    {"", "rows", "{min: 5}", "does not meet the rule"},
    {"decimal", "scale", "2", NULL},
    {"", "sharing", "{share: none}", "does not meet the rule"},
    {"", "schema", "{columns: {a: text}}", "does not meet the rule"},
    {"integer", "sequence", "{field: a, step: 1}", "a value is missing"},
    {"text text", "together", "[a, b]", NULL},
    {"integer", "type", "integer", NULL},
    {"text", "unique", "[a]", "a value is missing"},
};

static bool has_row(const char *check)
{
    for (size_t i = 0; i < AY_COUNT(bare); i++)
        if (strcmp(bare[i].check, check) == 0) return true;
    return false;
}

static void check_bare(kit *k, size_t row, ay_verdict verdict, const ay_cell *values)
{
    const ay_facts facts = {.values = values, .verdict = verdict};
    for (int zh = 0; zh < 2; zh++) {
        AY_CLEANUP(ay_buf_free) ay_buf got = {0};
        char suggested[64];
        ay_rule_reason(&k->rule, k->fields, &facts, zh, &got);
        if (got.len == 0) fail_msg("%s: no words", bare[row].check);
        if (verdict == AY_FAIL && !zh && bare[row].en && !ay_str_is(ay_buf_view(&got), bare[row].en))
            fail_msg("%s: got '%.*s', want '%s'", bare[row].check, (int)got.len, got.ptr, bare[row].en);
        if (verdict == AY_UNDECIDED)
            assert_true(ay_str_is(ay_buf_view(&got),
                                  zh ? "条件（where）无法计算" : "the condition (where) cannot be computed"));
        kit_suggest(k, &facts, suggested, sizeof suggested);
        assert_string_equal(suggested, "");
    }
}

/* Every check has words for nulls and texts without facts of its own, whatever the verdict. */
static void test_bare(void **state)
{
    (void)state;
    static const ay_verdict verdicts[] = {AY_FAIL, AY_UNREADABLE, AY_UNDECIDED};
    const ay_cell nulls[KIT_FIELDS] = {{.is_null = true}, {.is_null = true}};
    for (size_t i = 0; ay_kind_at(i); i++)
        if (!ay_kind_at(i)->absent && !has_row(ay_kind_at(i)->name)) fail_msg("no row for %s", ay_kind_at(i)->name);
    for (size_t i = 0; i < AY_COUNT(bare); i++) {
        kit k;
        kit_open(&k, bare[i].types);
        k.file = "code\nA\n";
        if (!kit_compile(&k, bare[i].check, bare[i].arg)) fail_msg("%s: does not compile", bare[i].check);
        for (size_t v = 0; v < AY_COUNT(verdicts); v++) check_bare(&k, i, verdicts[v], nulls);
        kit_close(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_bare)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
