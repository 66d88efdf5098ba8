/* What the compiler refuses: code, column and text; limits; and that running out of memory anywhere is answered. */
#include "test_expr_rig.h"

/* The scalar starts in column 9. */
static const struct fault {
    const char *label, *text;
    const char *code;
    uint32_t column;
    const char *words;
} faults[] = {
    {"empty", "", "expression-syntax", 9, "ends where a value should be"},
    {"unknown field", "i > 0 and statu = 1", "unknown-field", 19, "statu"},
    {"nearest field", "dya = today", "unknown-field", 9, "day"},
    {"unknown function", "lenght(t) = 1", "unknown-function", 9, "length"},
    {"column counts characters", "注销日期 is null and x = 1", "unknown-field", 26, "'x'"},
    {"to_char of another word", "to_char(day, 'YYYY-Mon') = t", "expression-template", 22, "YYYY, MM, DD"},
    {"to_char of no word", "to_char(day, '') = t", "expression-template", 22, "YYYY, MM, DD"},
    {"to_char by a field", "to_char(day, t) = t", "expression-template", 22, "YYYY, MM, DD"},
    {"to_char of null", "to_char(day, null) = t", "expression-template", 22, "YYYY, MM, DD"},
    {"to_char of a number", "to_char(i, 'YYYY') = t", "expression-type", 9, "to_char does not take (integer, text)"},
    {"types", "t = i", "expression-type", 11, "text cannot be compared with integer"},
    {"boolean wanted", "i and ok", "expression-type", 9, "and needs boolean, this is integer"},
    {"not of a number", "not i", "expression-type", 13, "not needs boolean"},
    {"no boolean", "i + 1", "expression-type", 11, "of type integer"},
    {"no boolean literal", "'x'", "expression-type", 9, "of type text"},
    {"date literal", "day = '2024-02-30'", "bad-literal", 15, "2024-02-30"},
    {"typed literal", "day = date '2024-13-01'", "bad-literal", 20, "2024-13-01"},
    {"number literal", "i = 'x'", "bad-literal", 13, "'x' cannot be read as integer"},
    {"fraction beside an integer", "i = '1.5'", "bad-literal", 13, "1.5"},
    {"comparisons do not chain", "i < j < 3", "expression-syntax", 15, "<"},
    {"is does not chain", "i is null is null", "expression-syntax", 19, "is"},
    {"open text", "t = 'abc", "expression-syntax", 13, "' is not closed"},
    {"open name", "\"t = 1", "expression-syntax", 9, "\" is not closed"},
    {"open parenthesis", "(i = 1", "expression-syntax", 15, "ends where )"},
    {"too many parentheses", "i = 1)", "expression-syntax", 14, ")"},
    {"comment", "i = 1 -- one", "expression-syntax", 15, "--"},
    {"full-width comma", "i in (1，2)", "expression-syntax", 16, "write ','"},
    {"full-width parenthesis", "i in （1)", "expression-syntax", 14, "write '('"},
    {"Chinese quote", "t = ‘a’", "expression-syntax", 13, "U+2018"},
    {"letters after a number", "i = 12ab", "expression-syntax", 13, "a number is followed by letters"},
    {"semicolon", "i = 1;", "expression-syntax", 14, "U+003B"},
    {"control character", "i = \x01", "expression-syntax", 13, "U+0001"},
    {"not UTF-8", "t = '\xff'", "expression-syntax", 9, "byte 5"},
    {"keyword as a field", "end = 1", "expression-syntax", 9, "end stands where a value should be"},
    {"not alone", "i not 5", "expression-syntax", 15, "in, between, like or matches"},
    {"is something else", "i is 5", "expression-syntax", 14, "null, true, false, unknown"},
    {"between without and", "i between 1 or 2", "expression-syntax", 21, "and"},
    {"empty list", "i in ()", "expression-syntax", 15, "a value"},
    {"case without when", "case i when 1 then 2 end = 2", "expression-syntax", 14, "when"},
    {"case without end", "case when ok then 1 = 2", "expression-syntax", 32, "end"},
    {"case of two types", "case when ok then 1 else t end = 1", "expression-type", 34, "integer before and text here"},
    {"coalesce of two types", "coalesce(i, t) = 1", "expression-type", 21, "integer before and text here"},
    {"pattern", "t matches 'a('", "bad-pattern", 22, "pattern:"},
    {"pattern that closes the group", "t matches 'a)|(b'", "bad-pattern", 21, "pattern:"},
    {"pattern of the record", "t matches u", "bad-pattern", 19, "in quotes"},
    {"like ends with the escape", "t like 'a\\'", "bad-pattern", 16, "ends with the escape"},
    {"escape of two", "t like 'a' escape 'xx'", "bad-pattern", 27, "one character"},
    {"like of a number", "i like '1%'", "expression-type", 9, "like needs text"},
    {"remainder of floats", "f % 2 = 1", "expression-type", 11, "% does not join float and integer"},
    {"sum of texts", "t + u = 'x'", "expression-type", 11, "+ does not join text and text"},
    {"text beside a timestamp", "ts + '1 day' > ts", "expression-type", 12, "interval '"},
    {"date times", "day * 2 = day", "expression-type", 13, "* does not join date and integer"},
    {"minus text", "-t = 'a'", "expression-type", 9, "- does not go before text"},
    {"minus quoted", "-'1' = 1", "expression-type", 9, "has no type here"},
    {"too few arguments", "substr(t) = 'a'", "expression-type", 9, "substr does not take (text)"},
    {"too many arguments", "length(t, 1) = 1", "expression-type", 9, "length does not take (text, integer)"},
    {"no argument", "coalesce() = 1", "expression-type", 9, "coalesce does not take ()"},
    {"round of a float to a scale", "round(f, 2) = 1", "expression-type", 9, "round does not take (float, integer)"},
    {"json has no order", "js = '{}'", "expression-type", 12, "json"},
    {"39 digits", "d = 123456789012345678901234567890123456789", "bad-literal", 13, "38 digits"},
    {"a date is no time", "day = tm", "expression-type", 13, "date cannot be compared with time"},
    {"two words", "i j", "expression-syntax", 11, "j stands where"},
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t n = 0; n < AY_COUNT(faults); n++) {
        const struct fault *f = &faults[n];
        rig r = rig_open(1);
        if (rig_compile(&r, ay_str_from(f->text))) fail_msg("%s: compiled", f->label);
        if (assay_diags_count(r.diags) != 1) fail_msg("%s: %zu messages", f->label, assay_diags_count(r.diags));
        const assay_diag *d = assay_diags_at(r.diags, 0);
        if (strcmp(d->code, f->code) || d->line != 3 || d->column != f->column || !strstr(d->text, f->words))
            fail_msg("%s: %u:%u %s: %s", f->label, d->line, d->column, d->code, d->text);
        if (!d->text_zh[0] || strcmp(d->text, d->text_zh) == 0) fail_msg("%s: no Chinese", f->label);
        rig_close(&r);
    }
}

static const struct {
    const char *text, *zh;
} chinese[] = {
    {"i j", "此处是 j，应为 and、or 或表达式结尾"},
    {"", "表达式在此结束，缺少 值"},
    {"i not 5", "此处是 5，应为 in、between、like 或 matches"},
    {"i is 5", "此处是 5，应为 null、true、false、unknown 或 distinct from"},
    {"(i = 1", "表达式在此结束，缺少 )"},
};

static void test_chinese_texts(void **state)
{
    (void)state;
    for (size_t n = 0; n < AY_COUNT(chinese); n++) {
        rig r = rig_open(1);
        assert_false(rig_compile(&r, ay_str_from(chinese[n].text)));
        assert_string_equal(assay_diags_at(r.diags, 0)->text_zh, chinese[n].zh);
        rig_close(&r);
    }
}

static void test_all_unknown_names_are_reported(void **state)
{
    (void)state;
    rig r = rig_open(1);
    assert_null(rig_compile(&r, AY_STR("dya = today and lenght(t) = 1 and xxxx is null")));
    assert_int_equal(assay_diags_count(r.diags), 3);
    rig_close(&r);
}

static const struct place {
    const char *label, *text;
    bool quoted;
    uint32_t line, column;
} places[] = {
    {"plain", "i = 1 and x", false, 3, 19},
    {"quoted", "i = 1 and x", true, 3, 20},
    {"block", "i = 1\n  and x", true, 5, 7},
    {"block, first line", "x and\ni = 1\n", true, 4, 1},
};

static void test_positions(void **state)
{
    (void)state;
    for (size_t n = 0; n < AY_COUNT(places); n++) {
        rig r = rig_open(1);
        const ay_node node = {.kind = AY_NODE_SCALAR,
                              .pos = {"p.yaml", 3, 9},
                              .quoted = places[n].quoted,
                              .text = ay_str_from(places[n].text)};
        assert_null(ay_expr_compile(&r.arena, &node, rig_fields, RIG_FIELDS, r.zone, r.diags));
        const assay_diag *d = assay_diags_at(r.diags, 0);
        if (d->line != places[n].line || d->column != places[n].column)
            fail_msg("%s: %u:%u", places[n].label, d->line, d->column);
        assert_string_equal(d->file, "p.yaml");
        rig_close(&r);
    }
}

static void test_a_map_is_no_expression(void **state)
{
    (void)state;
    rig r = rig_open(1);
    const ay_node node = {.kind = AY_NODE_MAP, .pos = {"p.yaml", 3, 9}};
    assert_null(ay_expr_compile(&r.arena, &node, rig_fields, RIG_FIELDS, r.zone, r.diags));
    assert_string_equal(assay_diags_at(r.diags, 0)->code, "expression-syntax");
    rig_close(&r);
}

/* n times `unit` between head and tail. */
static char *repeat(const char *head, const char *unit, size_t n, const char *tail)
{
    const size_t size = strlen(unit);
    char *text = test_malloc(strlen(head) + n * size + strlen(tail) + 1), *at = text;
    memcpy(at, head, strlen(head));
    at += strlen(head);
    for (size_t i = 0; i < n; i++, at += size) memcpy(at, unit, size);
    memcpy(at, tail, strlen(tail) + 1);
    return text;
}

static const struct hostile {
    const char *label, *head, *unit, *tail;
    size_t good, bad;
    const char *code;
} hostile[] = {
    {"parentheses", "", "(", "true", 0, 100000, "expression-limit"},
    {"deep parentheses", "", "(", "", 0, 65, "expression-limit"},
    {"not", "", "not ", "true", 63, 64, "expression-limit"},
    {"signs", "i = ", "- ", "1", 63, 64, "expression-limit"},
    {"chain of +", "i = 1", " + 1", "", 100, 200, "expression-limit"},
    {"chain of ||", "t = t", " || t", "", 100, 20000, "expression-limit"},
    {"case in case", "", "case when ", "", 0, 65, "expression-limit"},
    {"functions", "", "abs(", "", 0, 65, "expression-limit"},
    {"a long and", "ok", " and ok", "", 9000, 9400, "expression-limit"},
    {"a long list", "i in (0", ", 123", ")", 13000, 14000, "expression-limit"},
    {"a long text", "t = '", "x", "'", 65000, 65536, "expression-limit"},
};

static void try_size(const struct hostile *h, size_t n, bool good)
{
    rig r = rig_open(1);
    char *text = repeat(h->head, h->unit, n, h->tail);
    const ay_expr *expr = rig_compile(&r, ay_str_from(text));
    if (good != (expr != NULL)) fail_msg("%s: %zu", h->label, n);
    if (!good && strcmp(assay_diags_at(r.diags, 0)->code, h->code))
        fail_msg("%s: %s", h->label, assay_diags_at(r.diags, 0)->text);
    if (good) (void)rig_verdict(&r, expr, "i=1;ok=true;t=a");
    test_free(text);
    rig_close(&r);
}

static void test_limits(void **state)
{
    (void)state;
    for (size_t n = 0; n < AY_COUNT(hostile); n++) {
        if (hostile[n].good) try_size(&hostile[n], hostile[n].good, true);
        try_size(&hostile[n], hostile[n].bad, false);
    }
}

/* Every cut of a good expression is answered, and so is every byte of it replaced. */
static void test_truncated_and_damaged(void **state)
{
    static const char whole[] =
        "case when i in (1, 2) and t like 'a!%' escape '!' then \"u\" else upper(t) || '中' end is not distinct "
        "from u and day between date '2020-01-01' and today - interval '1 day' or d * -1.5e3 >= abs(e)";
    (void)state;
    for (size_t n = 0; n < sizeof whole; n++) {
        rig r = rig_open(1);
        const ay_expr *expr = rig_compile(&r, (ay_str){whole, n});
        assert_true((expr != NULL) == (assay_diags_count(r.diags) == 0));
        rig_close(&r);
    }
    for (size_t n = 0; n + 1 < sizeof whole; n++) {
        char damaged[sizeof whole];
        memcpy(damaged, whole, sizeof whole);
        damaged[n] = (char)(n * 37);
        rig r = rig_open(1);
        const ay_expr *expr = rig_compile(&r, (ay_str){damaged, sizeof whole - 1});
        assert_true((expr != NULL) == (assay_diags_count(r.diags) == 0));
        rig_close(&r);
    }
}

static const char memory_text[] =
    "t in ('a','b','c','d','e','f','g','h','i') or upper(t) || u matches 'A(b|c)+' or f > 1.5 and case when ok then d "
    "else i end > 2 "
    "or day > today - interval '1 day' or coalesce(t, u) like 'x%' or t = '注销' or i in (1, 2, j)";

static void test_compile_without_memory(void **state)
{
    (void)state;
    bool compiled = false;
    for (size_t n = 1; !compiled; n++) {
        rig r = rig_open(1);
        ay_mem_fail_at(n);
        const ay_expr *expr = rig_compile(&r, AY_STR(memory_text));
        ay_mem_fail_at(0);
        compiled = expr != NULL;
        rig_close(&r);
        assert_true(n < 10000);
    }
}

static void test_eval_without_memory(void **state)
{
    (void)state;
    rig r = rig_open(1);
    const ay_expr *expr = rig_compile(&r, AY_STR(memory_text));
    assert_non_null(expr);
    rig_add(&r, "t=zz;u=Abbc;ok=true;d=1;f=1.5;day=2020-01-01;i=9");
    assay_status status = ASSAY_ENOMEM;
    for (size_t n = 1; status != ASSAY_OK; n++) {
        ay_eval *eval = NULL;
        const uint64_t active = 1;
        uint64_t t, u, b;
        ay_mem_fail_at(n);
        status = ay_eval_open(expr, 1, &eval, NULL);
        if (status == ASSAY_OK) status = ay_eval_run(eval, &r.batch, &r.context, &active, &t, &u, &b, NULL);
        ay_mem_fail_at(0);
        ay_eval_close(eval);
        assert_true(status == ASSAY_OK || status == ASSAY_ENOMEM);
        assert_true(n < 10000);
    }
    rig_close(&r);
}

/* Once the arenas have grown, a batch takes nothing more from the heap. */
static void test_steady_state(void **state)
{
    (void)state;
    if (AY_ARENA_ONE_BLOCK_EACH) skip(); /* no steady state under AddressSanitizer */
    rig r = rig_open(64);
    const ay_expr *expr =
        rig_compile(&r, AY_STR("upper(t) || u = 'AB' and t matches '[a-z]+' and f > 1.5 and d * 2 > f"));
    ay_eval *eval = NULL;
    uint64_t active = ~UINT64_C(0), t, u, b;
    for (int i = 0; i < 64; i++) rig_add(&r, "t=a;u=B;f=2;d=7.5");
    assert_int_equal(ay_eval_open(expr, 64, &eval, NULL), ASSAY_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ay_eval_run(eval, &r.batch, &r.context, &active, &t, &u, &b, NULL), ASSAY_OK);
    ay_mem_fail_at(1);
    assert_int_equal(ay_eval_run(eval, &r.batch, &r.context, &active, &t, &u, &b, NULL), ASSAY_OK);
    ay_mem_fail_at(0);
    ay_eval_close(eval);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_chinese_texts),
        cmocka_unit_test(test_all_unknown_names_are_reported),
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_a_map_is_no_expression),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_truncated_and_damaged),
        cmocka_unit_test(test_compile_without_memory),
        cmocka_unit_test(test_eval_without_memory),
        cmocka_unit_test(test_steady_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
