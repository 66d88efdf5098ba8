/* Work orders written: the bytes of CSV and NDJSON, what is made harmless, and what happens when writing fails. */
#include "order_kit.h"
#include "fault.h"
#include "order/plain.h"

static const assay_ticket plain = {
    .id = ID_A,
    .dataset = "vehicles",
    .rule = "vehicles.vin",
    .field = "vin",
    .key = "{\"plate\":\"沪A12345\"}",
    .source = "jt",
    .owner = "市交通运输局",
    .severity = "error",
    .basis = "GB 16735-2019 4.1",
    .state = "dispatched",
    .value = "\"LSVAA\"",
    .reason = "17 characters, \"5\" found",
    .suggestion = "{\"vin\":\"LSV\",\"n\":1.50}",
    .suggestion_by = "check-digit",
    .confidence = 80,
    .opened = "2026-07-01",
    .received = "2026-07-02",
    .due = "2026-07-16",
    .closed = "",
    .resolution = "",
    .records = 2,
    .reopened = 1,
};

static const assay_ticket hostile = {
    .id = ID_B,
    .dataset = "=1+1",
    .rule = "\t=x",
    .field = "-2",
    .key = "'; DROP TABLE ticket; --",
    .source = "",
    .owner = "",
    .severity = "info",
    .basis = "＝HYPERLINK(1)",
    .state = "closed",
    .value = "\"@SUM(A1)\"",
    .reason = "a\r\nb\x01\xe2\x80\xaex\xff",
    .suggestion = "",
    .suggestion_by = "",
    .opened = "2026-07-01",
    .received = "",
    .due = "",
    .closed = "2026-07-03",
    .resolution = "passed",
};

static int collect(void *ctx, const void *bytes, size_t len)
{
    ay_buf_put(ctx, bytes, len);
    return ((ay_buf *)ctx)->failed != ASSAY_OK;
}

static assay_status write_both(const ay_order_options *options, assay_err *err)
{
    ay_order_writer *w = NULL;
    assay_status st = ay_order_open(options, &w, err);
    if (st != ASSAY_OK) return st;
    st = ay_order_put(w, &plain, err);
    if (st == ASSAY_OK) st = ay_order_put(w, &hostile, err);
    if (st == ASSAY_OK) return ay_order_close(w, err);
    ay_order_drop(w);
    return st;
}

static void expect_bytes(ay_order_options options, const char *want)
{
    ay_buf out = {0};
    assay_err err;
    options.write = collect;
    options.ctx = &out;
    options.day = "2026-07-03";
    assert_int_equal(write_both(&options, &err), ASSAY_OK);
    ay_buf_char(&out, '\0');
    assert_string_equal(out.ptr, want);
    ay_buf_free(&out);
}

static void test_csv(void **state)
{
    (void)state;
    expect_bytes(
        (ay_order_options){.format = AY_ORDER_CSV},
        "\xef\xbb\xbfid,dataset,rule,basis,key,field,value,reason,suggestion,suggestion_by,confidence,severity,"
        "state,opened,due,owner,answer,remark,days,answered_by,answered_on\r\n" ID_A
        ",vehicles,vehicles.vin,GB 16735-2019 4.1,plate=沪A12345,vin,LSVAA,\"17 characters, \"\"5\"\" found\","
        "n=1.50; vin=LSV,check-digit,80,error,dispatched,2026-07-01,2026-07-16,市交通运输局,,,,,\r\n" ID_B
        ",'=1+1,␉=x,'＝HYPERLINK(1),'; DROP TABLE ticket; --,'-2,'@SUM(A1),a␍␊b␁\xef\xbf\xbdx\xef\xbf\xbd,,,,info,"
        "closed,2026-07-01,,,,,,,\r\n");
    expect_bytes(
        (ay_order_options){.format = AY_ORDER_CSV, .zh = true},
        "\xef\xbb\xbf工单编号,数据集,规则,标准条款,记录主键,字段,问题值,问题说明,建议值,建议依据,建议把握（%）,"
        "严重程度,状态,发现日期,截止日期,责任单位,答复,答复说明,延期工作日,答复人,答复日期\r\n" ID_A
        ",vehicles,vehicles.vin,GB 16735-2019 4.1,plate=沪A12345,vin,LSVAA,\"17 characters, \"\"5\"\" found\","
        "n=1.50; vin=LSV,校验码推算,80,错误,已派发,2026-07-01,2026-07-16,市交通运输局,,,,,\r\n" ID_B
        ",'=1+1,␉=x,'＝HYPERLINK(1),'; DROP TABLE ticket; --,'-2,'@SUM(A1),a␍␊b␁\xef\xbf\xbdx\xef\xbf\xbd,,,,提示,"
        "办结,2026-07-01,,,,,,,\r\n");
}

static void test_ndjson(void **state)
{
    (void)state;
    expect_bytes((ay_order_options){.format = AY_ORDER_NDJSON},
                 "{\"id\":\"" ID_A
                 "\",\"dataset\":\"vehicles\",\"rule\":\"vehicles.vin\",\"basis\":\"GB 16735-2019 4.1\","
                 "\"key\":{\"plate\":\"沪A12345\"},\"field\":\"vin\",\"value\":\"LSVAA\",\"reason\":\"17 characters, "
                 "\\\"5\\\" found\","
                 "\"suggestion\":{\"vin\":\"LSV\",\"n\":1.50},\"suggestion_by\":\"check-digit\",\"confidence\":80,"
                 "\"severity\":\"error\",\"source\":\"jt\",\"owner\":\"市交通运输局\",\"state\":\"dispatched\","
                 "\"opened\":\"2026-07-01\",\"received\":\"2026-07-02\",\"due\":\"2026-07-16\",\"closed\":\"\","
                 "\"resolution\":\"\","
                 "\"records\":2,\"reopened\":1}\n"
                 "{\"id\":\"" ID_B "\",\"dataset\":\"=1+1\",\"rule\":\"\\t=x\",\"basis\":\"＝HYPERLINK(1)\","
                 "\"key\":\"'; DROP TABLE ticket; --\",\"field\":\"-2\",\"value\":\"@SUM(A1)\","
                 "\"reason\":\"a\\r\\nb\\u0001\xe2\x80\xaex\xef\xbf\xbd\",\"suggestion\":null,\"suggestion_by\":\"\","
                 "\"confidence\":0,"
                 "\"severity\":\"info\",\"source\":\"\",\"owner\":\"\",\"state\":\"closed\",\"opened\":\"2026-07-01\","
                 "\"received\":\"\",\"due\":\"\",\"closed\":\"2026-07-03\",\"resolution\":\"passed\",\"records\":0,"
                 "\"reopened\":0}\n");
}

static void test_formula(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is;
    } cases[] = {
        {"=1", true},    {"+1", true},
        {"-1", true},    {"@x", true},
        {"  =1", true},  {"\xe3\x80\x80=1", true},
        {"＝1", true},   {"＋1", true},
        {"－1", true},   {"＠x", true},
        {"\tx", true},   {"\rx", true},
        {"'=1", true},   {"''=1", true},
        {"' =1", true},  {"\xe2\x80\x8b=1", true},
        {"", false},     {"'", false},
        {"1=1", false},  {"a", false},
        {"'a", false},   {" 1", false},
        {"工=1", false}, {"\xff=1", false},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        if (ay_order_is_formula(ay_str_from(cases[i].text)) != cases[i].is) fail_msg("'%s'", cases[i].text);
}

/* What was guarded in writing reads as it was. */
static void test_unguarded(void **state)
{
    (void)state;
    static const char *const texts[] = {"=1", "'=1", "''=1", " @x", "'a", "''", "a", "", "'", "' -1"};
    for (size_t i = 0; i < AY_COUNT(texts); i++) {
        char guarded[16];
        const ay_str text = ay_str_from(texts[i]);
        (void)snprintf(guarded, sizeof guarded, "%s%s", ay_order_is_formula(text) ? "'" : "", texts[i]);
        if (!ay_str_eq(ay_order_unguarded(ay_str_from(guarded)), text)) fail_msg("'%s'", texts[i]);
    }
}

static void test_plain(void **state)
{
    (void)state;
    static const struct {
        const char *json, *want;
    } cases[] = {
        {"\"a\\u0041\"", "aA"},
        {"110101199001011234", "110101199001011234"},
        {"1.50", "1.50"},
        {"null", ""},
        {"true", "true"},
        {"{}", ""},
        {"{\"b\":null,\"a\":\"x=y\"}", "a=x=y; b="},
        {"{\"a\":[1, 2.0],\"c\":{\"d\":\"e\"}}", "a=[1,2]; c={\"d\":\"e\"}"},
        {"[\"a\"]", "[\"a\"]"},
        {"no json", "no json"},
        {"{\"a\":1e99999999}", "a=1e99999999"},
        {"{\"a\":[1e99999999]}", "{\"a\":[1e99999999]}"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_arena arena = {0};
        ay_buf out = {0};
        assay_err err;
        assert_int_equal(ay_order_plain(ay_str_from(cases[i].json), &arena, &out, &err), ASSAY_OK);
        if (!ay_str_is(ay_buf_view(&out), cases[i].want)) fail_msg("%s: %.*s", cases[i].json, (int)out.len, out.ptr);
        ay_buf_free(&out);
        ay_arena_free(&arena);
    }
}

/* ---- Faults ---- */

static int refuse(void *ctx, const void *bytes, size_t len)
{
    (void)ctx, (void)bytes, (void)len;
    return 1;
}

static void test_fails(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        ay_order_options options;
        assay_status want;
        const char *text;
    } cases[] = {
        {"nowhere to write",
         {AY_ORDER_CSV, false, NULL, "2026-07-01", NULL, refuse, NULL},
         ASSAY_EIO,
         "the output could not be written"},
        {"no day",
         {AY_ORDER_CSV, false, NULL, NULL, NULL, refuse, NULL},
         ASSAY_EUSAGE,
         "'' is not the day of a work order; write it as 2026-07-01"},
        {"a day that is none",
         {AY_ORDER_CSV, false, NULL, "2026-02-30", NULL, refuse, NULL},
         ASSAY_EUSAGE,
         "'2026-02-30' is not the day of a work order; write it as 2026-07-01"},
#if AY_XLSX
        {"nowhere to write an xlsx",
         {AY_ORDER_XLSX, false, NULL, "2026-07-01", NULL, refuse, NULL},
         ASSAY_EIO,
         "the output could not be written"},
        {"no folder",
         {AY_ORDER_XLSX, false, NULL, "2026-07-01", "/nonexistent", refuse, NULL},
         ASSAY_EIO,
         "cannot create a temporary file in '/nonexistent': No such file or directory; name another directory or allow "
         "more memory"},
#else
        {"no xlsx",
         {AY_ORDER_XLSX, false, NULL, "2026-07-01", NULL, refuse, NULL},
         ASSAY_EUSAGE,
         "this build knows no xlsx: it was configured with ASSAY_XLSX=OFF; use csv or ndjson"},
#endif
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        assay_err err;
        const assay_status st = write_both(&cases[i].options, &err);
        if (st != cases[i].want || strcmp(err.text, cases[i].text) != 0)
            fail_msg("%s: %d, %s", cases[i].label, (int)st, err.text);
    }
}

static void test_read_without_xlsx(void **state)
{
    (void)state;
    ay_buf out = {0};
    assert_int_equal(kit_read(AY_ORDER_XLSX, AY_STR("x"), &out), AY_XLSX ? ASSAY_EFORMAT : ASSAY_EUSAGE);
    ay_buf_free(&out);
}

static void test_drop(void **state)
{
    (void)state;
    const ay_order_format formats[] = {AY_ORDER_CSV, AY_ORDER_NDJSON, AY_ORDER_XLSX};
    for (size_t i = 0; i < AY_COUNT(formats) - !AY_XLSX; i++) {
        ay_order_writer *w = NULL;
        const ay_order_options options = {.format = formats[i], .day = "2026-07-01", .write = refuse};
        assert_int_equal(ay_order_open(&options, &w, NULL), ASSAY_OK);
        assert_int_equal(ay_order_put(w, &plain, NULL), ASSAY_OK);
        assert_null(ay_order_drop(w));
    }
    assert_null(ay_order_drop(NULL));
}

static assay_status write_once(void *arg)
{
    ay_buf out = {0};
    const ay_order_options options = {.format = *(const ay_order_format *)arg,
                                      .zh = true,
                                      .owner = "o",
                                      .day = "2026-07-01",
                                      .write = collect,
                                      .ctx = &out};
    assay_status st = write_both(&options, NULL);
    if (st == ASSAY_EIO && out.failed) st = out.failed;
    ay_buf_free(&out);
    return st;
}

static void test_no_memory(void **state)
{
    (void)state;
    ay_order_format formats[] = {AY_ORDER_CSV, AY_ORDER_NDJSON, AY_ORDER_XLSX};
    for (size_t i = 0; i < AY_COUNT(formats) - !AY_XLSX; i++)
        assert_true(fail_each_allocation(write_once, &formats[i]) > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_ndjson),
        cmocka_unit_test(test_formula),
        cmocka_unit_test(test_unguarded),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_fails),
        cmocka_unit_test(test_read_without_xlsx),
        cmocka_unit_test(test_drop),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
