/* Structures of values without check characters: examples of open validators' tests, of RFC 4291 and 5322 and of the
 * calendar, and values that break each part. */
#include "check_kit.h"

static const kit_case cases[] = {
    {"vin",
     "text",
     "format",
     "vin",
     {"LSJA24U62JG269225", "LSJA24U63JG269225", "LSJA24U62QG269225", "LSJ", ""},
     "PPFFF"},
    {"plates",
     "text",
     "format",
     "plate",
     {"川J12345", "渝A1B2C3", "粤BA032挂", "川J1234I", "川J1234O", "JJ12345", "川012345", "川J1234", "川J12345挂", "",
      "川j12345", "粤B12港45"},
     "PPPFFFFFFFFF"},
    {"plates of new energy",
     "text",
     "format",
     "plate",
     {"粤BA03205", "粤BF12345", "粤B12345D", "川AF1234A", "川J123456", "川AI12345", "川A12345I", "川AFF2345",
      "川A1234AD"},
     "PPPFFFFPF"},
    {"diplomatic plates",
     "text",
     "format",
     "plate",
     {"使014578", "闽20401领", "沪A0023领", "使01457", "使A14578", "闽204领", "领204011"},
     "PPPFFFF"},
    {"mobile",
     "text",
     "format",
     "mobile",
     {"13900221432", "19900221432", "12900221432", "1390022143", "139002214321", "13900221432 ", "１3900221432", "",
      "23900221432", "+8613900221432"},
     "PPFFFFFFFF"},
    {"landline",
     "text",
     "format",
     "landline",
     {"0825-2222222", "08252222222", "010-02345678", "010-22345678", "4008008000", "400-800-8000", "400-8008000",
      "021-2345678", "026-22345678", "825-2222222", "0825-222222", "0825--2222222"},
     "PPFPPPPFFFFF"},
    {"landline: more",
     "text",
     "format",
     "landline",
     {"0825-22222222", "0825-222222222", "0825-222222a", "0825", "", "40080080000", "400--8008000", "4108008000"},
     "PFFFFFFF"},
    {"phone", "text", "format", "phone", {"13900221432", "0825-2222222", "8008008000", "139", "x"}, "PPPFF"},
    {"postcode",
     "text",
     "format",
     "postcode",
     {"629000", "016063", "999077", "999078", "999079", "000000", "140000", "79000", "6290000", "62900O", "990000"},
     "PPPPFFFFFFF"},
    {"e-mail",
     "text",
     "format",
     "email",
     {"abc_cde@163.com", "lisi@qq.com", "用户@例子.广告", "a.b+c@x-y.org", "a@b", "a..b@c.cn", ".a@b.cn", "a@-b.cn",
      "a@b-.cn", "a@b.cn.", "a b@c.cn", "@b.cn"},
     "PPPPFFFFFFFF"},
    {"e-mail: more",
     "text",
     "format",
     "email",
     {"a@b@c.cn", "a@1.2.3.4", "a@xn--fiqs8s", "a@b.xn--fiqs8s", "\"a\"@b.cn", "a@[1.2.3.4]", "a@b.c1",
      "a\xE3\x80\x80"
      "b@c.cn",
      "a@b_c.cn", "", "a@", "a'b@c.cn"},
     "FFFPFFPFFFFP"},
    {"e-mail in ASCII", "text", "format", "email-ascii", {"lisi@qq.com", "用户@例子.广告", "a@b"}, "PFF"},
    {"ipv4",
     "text",
     "format",
     "ipv4",
     {"192.168.1.1", "0.0.0.0", "1.2.3", "256.1.1.1", "01.2.3.4", "1.2.3.4.5", "1.2.3.4 ", "", "::1"},
     "PPFFFFFFF"},
    {"ipv6",
     "text",
     "format",
     "ipv6",
     {"::1", "::", "2001:db8::1", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "1::2::3", "1:2:3:4:5:6:7",
      "12345::", "fe80::1%eth0", "1.2.3.4", "[::1]", "0000:0000:0000:0000:0000:ffff:192.168.100.228"},
     "PPPPPFFFFFFP"},
    {"ip", "text", "format", "ip", {"::1", "1.2.3.4", "1.2.3", "::g"}, "PPFF"},
    {"dates",
     "text",
     "format",
     "gbt7408-date",
     {"2024-02-29", "20240229", "2024-366", "2024366", "2024-W09-4", "2024W094", "2023-02-29", "2023-366", "2023-W53-1",
      "2020-W53-5", "24-02-29", "45351"},
     "PPPPPPFFFPFF"},
    {"dates: more",
     "text",
     "format",
     "gbt7408-date",
     {"2024-13-01", "2024-00-01", "2024-01-00", "2024-1-1", "2024-0229", "202402-29", "2024-W9-4", "2024-W09-8",
      "2024W09-4", "2024-02-29 ", "2024/02/29", "2024-02"},
     "FFFFFFFFFFFF"},
    {"weeks",
     "text",
     "format",
     "gbt7408-date",
     {"2015-W53-7", "2016-W53-1", "2026-W53-1", "2032-W53-1", "2024-W00-1", "1998-W53-1", "1992-W53-1", "2028-W53-1"},
     "PFPPFPPF"}, /* years of 53 weeks: those that begin on a Thursday, leap ones also on a Wednesday */
    {"times",
     "text",
     "format",
     "gbt7408-time",
     {"08:30", "08:30:00", "0830", "083000", "08:30:00.5", "08:30Z", "08:30+08:00", "0830+0800", "08:30+08", "24:00",
      "23:60", "23:59:60"},
     "PPPPPPPPPFFF"},
    {"times: more",
     "text",
     "format",
     "gbt7408-time",
     {"8:30", "08", "08:3", "08:3000", "0830:00", "08:30:00.", "08:30+8", "08:30+24:00", "08:30+08:60", "08:30 Z", "",
      "08:30:00,25"},
     "FFFFFFFFFFFP"},
    {"dates with times",
     "text",
     "format",
     "gbt7408-datetime",
     {"2024-02-29T23:59:59", "20240229T235959Z", "2024-02-29T24:00:00", "2024-02-29 23:59:59", "2024-02-29",
      "2024-02-29T235959", "20240229T23:59:59", "2023-02-29T00:00", "2024-060T00:00", "2024-02-29T"},
     "PPFFFFFFPF"},
    {"either", "text", "format", "gbt7408", {"2024-02-29", "2024-02-29T08:00", "08:00", "T08:00", ""}, "PPFFF"},
    {"places",
     "text",
     "format",
     "stat-code",
     {"510903001001", "510903001000", "510903000000", "510000000000", "441900003000", "510903000001", "510000001000",
      "990903001001", "51090300100", "5109030010011", "51090300100A", "510003000000"},
     "PPPPPFFFFFFF"},
};

static void verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) kit_run_case(&cases[i], NULL);
}

static const kit_reason_case reasons[] = {
    {"plate: letter", "text", "format", "plate", "川J1234I", AY_FAIL,
     "character 7 should be a digit or a capital letter other than I and O",
     "第 7 个字符应为数字或除 I、O 以外的大写字母"},
    {"plate: province", "text", "format", "plate", "JJ12345", AY_FAIL, "character 1 should be a province",
     "第 1 个字符应为省份简称"},
    {"plate: length", "text", "format", "plate", "川J1234", AY_FAIL, "length is 6, should be 7, 8",
     "长度为 6，应为 7, 8"},
    {"mobile", "text", "format", "mobile", "12900221432", AY_FAIL, "the first two digits are none of 13 to 19",
     "前两位不在 13 至 19 之间"},
    {"landline", "text", "format", "landline", "0825-222a222", AY_FAIL, "character 9 should be a digit",
     "第 9 个字符应为数字"},
    {"e-mail", "text", "format", "email", "lisi.qq.com", AY_FAIL, "there is no @", "缺少 @"},
    {"date", "text", "format", "gbt7408-date", "2023-W53-1", AY_FAIL, "the year has no such week", "该年没有这一周"},
    {"hour", "text", "format", "gbt7408-datetime", "2024-02-29T24:00", AY_FAIL,
     "the hours end with 23 (24:00 was dropped)", "小时最大为 23（24:00 已取消）"},
    {"place", "text", "format", "stat-code", "510903000001", AY_FAIL, "a lower level is given below one that is not",
     "上级为零而下级不为零"},
};

static void reasons_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(reasons); i++) kit_run_reason(&reasons[i], NULL);
}

static const kit_fault_case faults[] = {
    {"unknown", "text", "format", "plates", "unknown-word", 1, 1, "unknown word 'plates', did you mean 'plate'?"},
    {"a number", "integer", "format", "mobile", "type-mismatch", 1, 1,
     "check 'format' cannot test field 'a' of type integer; it takes: text"},
    {"a list", "text", "format", "[ip]", "wrong-kind", 1, 1, "expected one value, found a list"},
};

static void faults_of_packs(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(faults); i++) kit_run_fault(&faults[i], NULL);
}

/* NUL, halves of characters' bytes and very long texts end in a flaw, never beyond the text. */
static void hostile_texts(void **state)
{
    (void)state;
    static const char *const names[] = {"vin",  "plate", "mobile",  "landline",     "postcode",         "email",
                                        "ipv4", "ipv6",  "gbt7408", "gbt7408-time", "gbt7408-datetime", "stat-code"};
    char long_text[600];
    memset(long_text, '1', sizeof long_text);
    for (size_t i = 0; i < AY_COUNT(names); i++) {
        kit k;
        uint64_t fail[1] = {0}, other[1] = {0}, active[1] = {15};
        kit_open(&k, "text");
        assert_true(kit_compile(&k, "format", names[i]));
        kit_batch(&k, 4);
        k.batch.cols[0].v.str[0] = (ay_str){"\0\0\0\0\0\0", 6};
        k.batch.cols[0].v.str[1] = (ay_str){long_text, sizeof long_text};
        k.batch.cols[0].v.str[2] = (ay_str){"1.2.3.4\0", 8};
        k.batch.cols[0].v.str[3] = (ay_str){NULL, 0};
        assert_int_equal(kit_eval(&k, active, (ay_marks){fail, other, other}, NULL), ASSAY_OK);
        if (fail[0] != 15) fail_msg("%s: %llx", names[i], (unsigned long long)fail[0]);
        kit_close(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(reasons_in_words),
        cmocka_unit_test(faults_of_packs),
        cmocka_unit_test(hostile_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
