/* Checks over one value: verdicts and reasons. */
#include "check_kit.h"

static const kit_case cases[] = {
    {"required: null fails, empty text and bad values do not",
     "date",
     "required",
     "true",
     {"2024-01-01", "NULL", "2024-13-01", ""},
     "PFPP"},
    {"required: empty text is a value", "text", "required", "true", {"", " ", "NULL"}, "PPF"},

    {"type: own type", "date", "type", "date", {"2024-02-29", "2023-02-29", "0000-00-00", "NULL"}, "PFFS"},
    {"type: texts as integers", "text", "type", "integer", {"12", "-3", "1.5", "", "９", "NULL"}, "PPFFFS"},
    {"type: texts as texts", "text", "type", "text", {"x", "NULL"}, "PS"},
    {"type: more than 38 digits",
     "text",
     "type",
     "decimal",
     {"12345678901234567890123456789012345678", "123456789012345678901234567890123456789"},
     "PF"},

    {"length: exact", "text", "length", "3", {"abc", "ab", "abcd", "", "NULL", "一二三"}, "PFFFSP"},
    {"length: zero", "text", "length", "0", {"", "a"}, "PF"},
    {"length: range is inclusive", "text", "length", "{min: 2, max: 3}", {"a", "ab", "abc", "abcd"}, "FPPF"},
    {"length: only min", "text", "length", "{min: 2}", {"a", "ab", "𠮷𠮷"}, "FPP"},
    {"length: only max", "text", "length", "{max: 2}", {"", "ab", "abc", "𠮷𠮷"}, "PPFP"},
    {"length: 𠮷 is one character", "text", "length", "1", {"𠮷", "e\xCC\x81"}, "PF"},
    {"length: 𠮷 is four bytes", "text", "length", "{min: 4, max: 4, unit: bytes}", {"𠮷", "abcd", "é"}, "PPF"},
    {"length: 𠮷 is two UTF-16 units", "text", "length", "{min: 2, max: 2, unit: utf16}", {"𠮷", "ab", "é"}, "PPF"},
    {"length: graphemes",
     "text",
     "length",
     "{max: 1, unit: graphemes}",
     {"e\xCC\x81", "𠮷", "ab", "", "\xF0\x9F\x87\xA8\xF0\x9F\x87\xB3"},
     "PPFPP"},
    {"length: bytes of bytes", "bytes", "length", "2", {"\\x0102", "\\x01", "NULL"}, "PFS"},

    {"match: whole value, both alternatives",
     "text",
     "match",
     "'1|2'",
     {"1", "2", "12", "1x", "x1", "1\n", "", "NULL"},
     "PPFFFFFS"},
    {"match: digits are ASCII", "text", "match", "'\\d+'", {"12", "１２", ""}, "PFF"},
    {"match: (?u) digits are all digits", "text", "match", "'(?u)\\d+'", {"12", "１２"}, "PP"},
    {"match: an empty pattern accepts the empty text only", "text", "match", "''", {"", "a"}, "PF"},
    {"match: line break inside", "text", "match", "'.*'", {"a\nb", "a"}, "FP"},
    {"match: runaway pattern",
     "text",
     "match",
     "'(a|aa)+b|(?:.*.*.*.*.*.*.*.*x)'",
     {"aab", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"},
     "PU"},
    {"not_match: verdict is negated", "text", "not_match", "'.*test.*'", {"a test b", "b", "", "NULL"}, "FPPS"},
    {"not_match: whole value", "text", "not_match", "'test'", {"test", "tests", ""}, "FPP"},
    {"not_match: a limit is no verdict",
     "text",
     "not_match",
     "'(a|aa)+b|(?:.*.*.*.*.*.*.*.*x)'",
     {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"},
     "U"},

    {"min: integer", "integer", "min", "0", {"0", "-1", "1", "x", "NULL"}, "PFPUS"},
    {"exclusive_min: integer", "integer", "exclusive_min", "0", {"0", "-1", "1"}, "FFP"},
    {"max: integer", "integer", "max", "-5", {"-5", "-4", "-6"}, "PFP"},
    {"exclusive_max: integer", "integer", "exclusive_max", "-5", {"-5", "-4", "-6"}, "FFP"},
    {"min: least integer", "integer", "min", "-9223372036854775808", {"-9223372036854775808", "0"}, "PP"},
    {"exclusive_max: least integer lets nothing pass",
     "integer",
     "exclusive_max",
     "-9223372036854775808",
     {"-9223372036854775808", "0"},
     "FF"},
    {"exclusive_min: greatest integer lets nothing pass",
     "integer",
     "exclusive_min",
     "9223372036854775807",
     {"9223372036854775807", "0"},
     "FF"},
    {"max: greatest integer", "integer", "max", "9223372036854775807", {"9223372036854775807", "0"}, "PP"},
    {"min: decimal, scale does not matter",
     "decimal",
     "min",
     "1.0",
     {"1", "1.00", "0.99999999999999999999999999999999999999", "NaN", "Infinity", "-Infinity", "NULL"},
     "PPFFPFS"},
    {"max: decimal", "decimal", "max", "1e12", {"1000000000000", "1000000000000.01", "NaN", "-Infinity"}, "PFFP"},
    {"min: 2^53 + 1 is not 2^53", "decimal", "min", "9007199254740993", {"9007199254740992", "9007199254740993"}, "FP"},
    {"min: float", "float", "min", "0", {"0", "-0", "-1e-300", "NaN", "Infinity"}, "PPFFP"},
    {"max: float", "float", "max", "0", {"0", "NaN", "-Infinity", "1e-300"}, "PFPF"},
    {"exclusive_min: float", "float", "exclusive_min", "0", {"0", "1e-300", "NaN"}, "FPF"},
    {"exclusive_max: float", "float", "exclusive_max", "0", {"0", "-1e-300", "NaN"}, "FPF"},
    {"exclusive_min: decimal", "decimal", "exclusive_min", "1", {"1.000", "1.001", "NaN"}, "FPF"},
    {"min: date",
     "date",
     "min",
     "1949-10-01",
     {"1949-10-01", "1949-09-30", "infinity", "-infinity", "1949-02-30"},
     "PFPFU"},
    {"max: today", "date", "max", "today", {"2026-01-31", "2026-02-01", "NULL"}, "PFS"},
    {"max: today less 18 years", "date", "max", "today - 18 years", {"2008-01-31", "2008-02-01"}, "PF"},
    {"max: a bound outside the calendar", "date", "max", "today + 9000000 years", {"2026-01-31", "NULL"}, "US"},
    {"max: now, local", "timestamp", "max", "now", {"2026-01-31 00:00:00", "2026-01-31 00:00:01"}, "PF"},
    {"max: now, with zone", "timestamptz", "max", "now", {"2026-01-30 16:00:00Z", "2026-01-31 00:00:01"}, "PF"},
    {"min: time", "time", "min", "08:30", {"08:30:00", "08:29:59.999999"}, "PF"},
    {"min: timetz by instant", "timetz", "min", "08:00:00+08", {"00:00:00Z", "07:59:59+08"}, "PF"},
    {"max: interval", "interval", "max", "1 mon", {"30 days", "31 days"}, "PF"},
    {"exclusive_max: interval", "interval", "exclusive_max", "1 mon", {"30 days", "29 days"}, "FP"},

    {"one_of: texts stay what they are",
     "text",
     "one_of",
     "[no, 010101, '']",
     {"no", "NO", "10101", "010101", "", "NULL"},
     "PFFPPS"},
    {"one_of: decimals by value", "decimal", "one_of", "[1.0, 2]", {"1", "1.000", "2.0", "3", "NaN"}, "PPPFF"},
    {"one_of: integers", "integer", "one_of", "[3, 1, 2]", {"1", "2", "3", "4", "0", "x"}, "PPPFFU"},
    {"one_of: NaN is a value here", "float", "one_of", "[NaN, 0]", {"NaN", "-0", "1"}, "PPF"},
    {"one_of: booleans", "boolean", "one_of", "[true]", {"true", "false"}, "PF"},
    {"one_of: dates", "date", "one_of", "[2024-01-01]", {"2024-01-01", "2024-01-02"}, "PF"},
    {"one_of: intervals by length", "interval", "one_of", "[1 mon]", {"30 days", "1 mon", "1 day"}, "PPF"},
    {"one_of: uuids by value",
     "uuid",
     "one_of",
     "[A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11]",
     {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12"},
     "PF"},
    {"not_in: texts", "text", "not_in", "[无, 不详]", {"无", "有", "", "NULL"}, "FPPS"},
    {"not_in: decimals by value", "decimal", "not_in", "[0]", {"0.00", "0.01"}, "FP"},

    {"scale: trailing zeros do not count",
     "decimal",
     "scale",
     "2",
     {"1.23", "1.230", "1.234", "1", "NaN", "Infinity", "NULL"},
     "PPFPFFS"},
    {"scale: 0", "decimal", "scale", "0", {"1.000", "0.5", "100"}, "PFP"},
    {"scale: text", "text", "scale", "1", {"1.5", "1.55", "1e-2", "x", ""}, "PFFUU"},

    {"charset: private use",
     "text",
     "charset",
     "[private_use]",
     {"\xEE\x80\x80", "\xEF\xA3\xBF", "\xF3\xB0\x80\x80", "\xF4\x80\x80\x80", "龥", "\xEF\xBF\xBD"},
     "FFFFPP"},
    {"charset: replacement", "text", "charset", "[replacement]", {"a\xEF\xBF\xBD", "a", "", "NULL"}, "FPPS"},
    {"charset: control", "text", "charset", "[control]", {"a\tb", "a\r", "\x7F", "\xC2\x85", "a b", "\x1F"}, "FFFFPF"},
    {"charset: full width", "text", "charset", "[full_width]", {"Ａ", "\xE3\x80\x80", "（", "。", "A", "～"}, "FFFPPF"},
    {"charset: zero width",
     "text",
     "charset",
     "[zero_width]",
     {"\xE2\x80\x8B", "\xEF\xBB\xBF", "\xC2\xAD", "\xE2\x80\xAE", "\xE2\x80\x8A"},
     "FFFFP"},
    {"charset: only what is named",
     "text",
     "charset",
     "[replacement, zero_width]",
     {"a\tb", "Ａ", "a\xE2\x80\x8B"},
     "PPF"},

    {"normalize: trim",
     "text",
     "normalize",
     "[trim]",
     {"a", " a", "a\xE3\x80\x80",
      "\xC2\xA0"
      "a",
      "a\xE2\x80\x8B", "a b", "", "NULL"},
     "PFFFFPPS"},
    {"normalize: width", "text", "normalize", "[width]", {"Ａ", "A", "a　b", "。"}, "FPFP"},
    {"normalize: upper", "text", "normalize", "[upper]", {"a", "A", "é", "ａ"}, "FPPP"},
    {"normalize: lower", "text", "normalize", "[lower]", {"a", "A", "1"}, "PFP"},
    {"normalize: all white", "text", "normalize", "[trim]", {"   "}, "F"},

    {"personal: citizen ids",
     "text",
     "personal",
     "[citizen_id]",
     {"11010519491231002X", "身份证440524188001010014。", "11010519491231002x", "110105194912310021",
      "11010519491331002X", "x11010519491231002Xy", "111010519491231002X", "440524188001010014X"},
     "FFFPPPPF"},
    {"personal: mobiles",
     "text",
     "personal",
     "[mobile]",
     {"13800138000", "12800138000", "138001380001", "电话:13800138000,", "+8613800138000", "8613800138000",
      "１３８００１３８０００", "1380013800"},
     "FPPFFPFP"},
    {"personal: bank cards",
     "text",
     "personal",
     "[bank_card]",
     {"4111111111111111", "4111111111111112", "1111111111111117", "6222021234567894 and", "79927398713",
      "4222222222222", "41111111111111111111"},
     "FPPFPFP"},
    {"personal: a bank card before an X",
     "text",
     "personal",
     "[bank_card]",
     {"62947420240131215x", "62947420240131216x"},
     "FP"},
    {"personal: how long cards are",
     "text",
     "personal",
     "[bank_card]",
     {"340000000000009", "510000000000003", "30000000000004", "9111111111111111115", "9558800000000000000",
      "6200000000000000000", "4000000000000000006", "5100000000000000003", "350000000000000009"},
     "FPFPFFFPP"},
    {"personal: permits of residents of Hong Kong, Macao and Taiwan, and of foreigners",
     "text",
     "personal",
     "[citizen_id]",
     {"810000199408230021", "830000199201300022", "932682198501010017", "931682198501010017", "990000198501010017",
      "700000199408230021"},
     "FFFPPP"},
    {"personal: citizen ids of 15 digits are looked for by name alone",
     "text",
     "personal",
     "[old_citizen_id]",
     {"340524800101001", "340524801301001", "990524800101001", "3405248001010012", "340524 800101 001"},
     "FPPPF"},
    {"personal: not by default", "text", "personal", "true", {"340524800101001"}, "P"},
    {"personal: groups joined by a space or a hyphen",
     "text",
     "personal",
     "true",
     {"138-0013-8000", "138 0013 8000", "+86 138-0013-8000", "4111 1111 1111 1111", "4111-1111-1111-1111",
      "110105 19491231 002X", "110105-1949-1231-002X", "110105194912 31002X", "6222 0200 0000 0000 000",
      "tel 0825 138 0013 8000"},
     "FFFFFFFPFF"},
    {"personal: what groups are not",
     "text",
     "personal",
     "true",
     {"1380-013-8000", "138  0013 8000", "138_0013_8000", "2026-01-31 1234567", "4111 1111 1111 1111 2222 3333",
      "1990-01-01 123", "138-0013-80001", "138 0013\t8000", "110105 19491331 002X", "13 80 01 38 00 0"},
     "PPPPPPPPPP"},
    {"personal: all", "text", "personal", "true", {"13800138000", "无", "4111111111111111", "", "NULL"}, "FPFPS"},
    {"personal: only what is named", "text", "personal", "[mobile]", {"11010519491231002X", "4111111111111111"}, "PP"},
    {"personal: inside JSON", "json", "personal", "true", {"{\"tel\": \"13800138000\"}", "{\"tel\": 1}"}, "FP"},
};

static void verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) kit_run_case(&cases[i], NULL);
}

static const kit_reason_case reasons[] = {
    {"required", "text", "required", "true", "NULL", AY_FAIL, "the value is NULL", "值为 NULL"},
    {"required: missing word", "text", "required", "true", "不详", AY_FAIL, "the text is a word that means no value",
     "所填文字表示“无值”"},
    {"length", "text", "length", "18", "9151", AY_FAIL, "length is 4, should be 18", "长度为 4，应为 18"},
    {"length range", "text", "length", "{min: 2, max: 3}", "𠮷", AY_FAIL, "length is 1, should be 2 to 3",
     "长度为 1，应为 2 至 3"},
    {"length unit", "text", "length", "{max: 3, unit: bytes}", "𠮷", AY_FAIL, "length is 4 bytes, should be at most 3",
     "长度为 4 字节，应不大于 3"},
    {"length min", "text", "length", "{min: 3}", "", AY_FAIL, "length is 0, should be at least 3",
     "长度为 0，应不小于 3"},
    {"length of bytes", "bytes", "length", "3", "\\x0102", AY_FAIL, "length is 2 bytes, should be 3",
     "长度为 2 字节，应为 3"},
    {"match", "text", "match", "'[0-9]+'", "x", AY_FAIL, "does not match [0-9]+", "不符合模式 [0-9]+"},
    {"match limit", "text", "match", "'[0-9]+'", "x", AY_UNREADABLE, "the pattern [0-9]+ ran into its limit",
     "与模式 [0-9]+ 比对时达到上限"},
    {"not_match", "text", "not_match", "'[0-9]+'", "1", AY_FAIL, "matches [0-9]+, which is not allowed",
     "符合不允许的模式 [0-9]+"},
    {"min", "integer", "min", "0", "-1", AY_FAIL, "should be at least 0", "应不小于 0"},
    {"max", "date", "max", "today - 18 years", "2020-01-01", AY_FAIL, "should be at most today - 18 years",
     "应不大于 today - 18 years"},
    {"exclusive_min", "integer", "exclusive_min", "0", "0", AY_FAIL, "should be more than 0", "应大于 0"},
    {"exclusive_max", "integer", "exclusive_max", "0", "0", AY_FAIL, "should be less than 0", "应小于 0"},
    {"bound unreadable", "date", "max", "today", "2020-01-01", AY_UNREADABLE,
     "the bound lies outside the range of dates: today", "界限超出日期范围：today"},
    {"one_of", "text", "one_of", "[存续, 注销]", "x", AY_FAIL, "is not one of the allowed values: 存续, 注销",
     "不在允许的值之中：存续、注销"},
    {"one_of, long", "integer", "one_of", "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]", "12", AY_FAIL,
     "is not one of the allowed values", "不在允许的值之中"},
    {"not_in", "text", "not_in", "[无]", "无", AY_FAIL, "is one of the values that are not allowed", "属于不允许的值"},
    {"scale", "decimal", "scale", "2", "1.2340", AY_FAIL, "has 3 digits behind the point, at most 2 are allowed",
     "有 3 位小数，最多 2 位"},
    {"scale NaN", "decimal", "scale", "2", "NaN", AY_FAIL, "is not a finite number", "不是有限的数"},
    {"scale text", "text", "scale", "2", "x", AY_UNREADABLE, "is not a number of at most 38 digits",
     "不是不超过 38 位的数"},
    {"charset", "text", "charset", "[replacement]", "遂宁\xEF\xBF\xBD", AY_FAIL,
     "replacement character U+FFFD at position 3", "第 3 个字符是替换字符 U+FFFD"},
    {"charset supplementary", "text", "charset", "[private_use]", "\xF3\xB0\x80\x80", AY_FAIL,
     "private use character U+F0000 at position 1", "第 1 个字符是私有区字符 U+F0000"},
    {"normalize", "text", "normalize", "[trim, width, upper]", " Ａb", AY_FAIL,
     "needs trimming, half-width characters, upper case", "需要去除首尾空白、全角转半角、转为大写"},
    {"personal", "text", "personal", "true", "电话13800138000", AY_FAIL, "holds a mobile number at position 3",
     "第 3 个字符起含有手机号码"},
    {"personal id", "text", "personal", "true", "11010519491231002X", AY_FAIL, "holds a citizen id at position 1",
     "第 1 个字符起含有公民身份号码"},
};

static void reasons_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(reasons); i++) kit_run_reason(&reasons[i], NULL);
}

static void type_reason_says_why(void **state)
{
    (void)state;
    kit k;
    char got[256];
    kit_open(&k, "date");
    assert_true(kit_compile(&k, "type", "date"));
    kit_reason(&k, "2023-02-29", AY_FAIL, false, got, sizeof got);
    assert_non_null(strstr(got, "cannot be read as date: "));
    kit_reason(&k, "2023-02-29", AY_FAIL, true, got, sizeof got);
    assert_non_null(strstr(got, "不能读作 date："));
    kit_close(&k);
}

/* The rule that every field has by itself has no parameter. */
static void type_without_parameter(void **state)
{
    (void)state;
    kit k;
    char got[4];
    kit_open(&k, "integer");
    k.rule = (ay_rule){.kind = &ay_kind_type, .field = 0};
    assert_true(ay_kind_type.compile(&k.build, NULL, &k.rule));
    kit_batch(&k, 3);
    kit_record(&k, 0, "1");
    kit_record(&k, 1, "x");
    kit_record(&k, 2, "NULL");
    kit_verdicts(&k, got);
    assert_string_equal(got, "PFS");
    kit_close(&k);
}

/* A missing word may come with its text beside the null. */
static void required_names_missing_words(void **state)
{
    (void)state;
    AY_CLEANUP(ay_buf_free) ay_buf out = {0};
    const ay_cell value = {.type = AY_TEXT, .is_null = true, .raw = AY_STR("无")};
    ay_kind_required.reason(NULL, &(ay_facts){.values = &value, .verdict = AY_FAIL}, false, &out);
    assert_true(ay_str_is(ay_buf_view(&out), "the text is a word that means no value"));
}

/* Word boundaries of the bitmaps, and records that are not active: only the active ones may be marked. */
static void only_active_records_are_marked(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {1, 63, 64, 65, 127, 128, 129};
    static const struct {
        const char *type, *check, *arg, *bad;
    } kinds[] = {
        {"integer", "min", "0", "-1"},
        {"float", "min", "0", "-1"},
        {"decimal", "max", "0", "1"},
        {"text", "length", "1", "ab"},
        {"text", "match", "a", "b"},
        {"text", "one_of", "[a]", "b"},
        {"text", "charset", "[control]", "\t"},
        {"text", "scale", "0", "0.5"},
        {"text", "normalize", "[trim]", " a"},
        {"text", "personal", "true", "13800138000"},
        {"text", "checksum", "luhn", "79927398710"},
        {"text", "type", "integer", "x"},
        {"text", "required", "true", "NULL"},
        {"interval", "max", "1 day", "2 days"},
    };
    for (size_t c = 0; c < AY_COUNT(kinds); c++) {
        for (size_t s = 0; s < AY_COUNT(sizes); s++) {
            kit k;
            uint64_t active[3], fail[3] = {0}, unknown[3] = {0}, unreadable[3] = {0};
            kit_open(&k, kinds[c].type);
            assert_true(kit_compile(&k, kinds[c].check, kinds[c].arg));
            kit_batch(&k, sizes[s]);
            for (uint32_t i = 0; i < sizes[s]; i++) kit_record(&k, i, kinds[c].bad);
            ay_bits_zero(active, 192);
            for (uint32_t i = 0; i < sizes[s]; i += 3) ay_bit_set(active, i);
            assert_int_equal(kit_eval(&k, active, (ay_marks){fail, unknown, unreadable}, NULL), ASSAY_OK);
            if (memcmp(fail, active, sizeof fail) != 0)
                fail_msg("%s over %u records: not exactly the active ones fail", kinds[c].check, sizes[s]);
            for (size_t w = 0; w < 3; w++) assert_true(!unknown[w] && !unreadable[w]);
            kit_close(&k);
        }
    }
}

/* The first glances at a text let everything through in which the search, which the reason makes anew, finds something.
 */
static void glances_at_personal_texts(void **state)
{
    (void)state;
    static const char *const pieces[] = {"13800138000",
                                         "138-0013-8000",
                                         "１３８００１３８０００",
                                         "138　0013　8000",
                                         "138－0013－8000",
                                         "+86",
                                         "8613800138000",
                                         "11010519491231002X",
                                         "110105 19491231 002X",
                                         "110105194912310",
                                         "4111 1111 1111 1111",
                                         "4111111111111111",
                                         "4111-",
                                         "1111",
                                         " ",
                                         "-",
                                         "　",
                                         "－",
                                         "，",
                                         "电话",
                                         "A",
                                         "x",
                                         "é",
                                         "🇨🇳",
                                         "1",
                                         "0013",
                                         "８",
                                         "邮编",
                                         "138001"};
    enum { ROUNDS = 20000 };
    uint64_t random = 20260131;
    uint32_t found = 0;
    kit k;
    kit_open(&k, "text");
    assert_true(kit_compile(&k, "personal", "[citizen_id, mobile, bank_card, old_citizen_id]"));
    kit_batch(&k, 1);
    for (int round = 0; round < ROUNDS; round++) {
        char text[256] = "";
        AY_CLEANUP(ay_buf_free) ay_buf reason = {0};
        size_t len = 0;
        for (int n = round % 6; n > 0; n--) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            len += (size_t)snprintf(text + len, sizeof text - len, "%s", pieces[(random >> 33) % AY_COUNT(pieces)]);
        }
        uint64_t fail[1] = {0}, other[1] = {0}, active[1] = {1};
        k.batch.cols[0].v.str[0] = (ay_str){text, len};
        assert_int_equal(kit_eval(&k, active, (ay_marks){fail, other, other}, NULL), ASSAY_OK);
        const ay_cell value = {.type = AY_TEXT, .v.str = {text, len}};
        k.rule.kind->reason(&k.rule, &(ay_facts){.values = &value, .verdict = AY_FAIL}, false, &reason);
        if ((fail[0] == 1) != (reason.len > 0)) fail_msg("'%s': %d", text, (int)fail[0]);
        found += fail[0] == 1;
    }
    assert_true(found > ROUNDS / 4 && found < ROUNDS * 3 / 4);
    kit_close(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(reasons_in_words),
        cmocka_unit_test(type_reason_says_why),
        cmocka_unit_test(type_without_parameter),
        cmocka_unit_test(required_names_missing_words),
        cmocka_unit_test(only_active_records_are_marked),
        cmocka_unit_test(glances_at_personal_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
