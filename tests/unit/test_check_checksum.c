/* Luhn and ISO/IEC 7064 against published numbers: ISO 7064's own examples (0794, 079, 794, ISO79), ORCID, GRid, ISBT
 * 128, specimen citizen ids, ISO/IEC 7812's example account and test cards; the others were found by trying every
 * check character against the definition of the system. */
#include "check_kit.h"

#include "check/iso7064.h"

static const kit_case cases[] = {
    {"luhn",
     "text",
     "checksum",
     "luhn",
     {"79927398713", "4111111111111111", "222", "79927398710", "79927398713 ", "a", "", "NULL"},
     "PPFFFFFS"},
    {"luhn: every other check digit",
     "text",
     "checksum",
     "luhn",
     {"79927398710", "79927398711", "79927398712", "79927398713", "79927398714", "79927398715", "79927398716",
      "79927398717", "79927398718", "79927398719"},
     "FFFPFFFFFF"},
    {"luhn: zeros", "text", "checksum", "luhn", {"00", "0", "18", "26"}, "PFPP"},
    {"mod 11-2",
     "text",
     "checksum",
     "iso7064-mod11-2",
     {"07940", "079X", "0000000218250097", "11010519491231002X", "34052419800101001X", "07941", "079x", "X", "X0"},
     "PPPPPFFFF"},
    {"mod 11-2: transposed", "text", "checksum", "iso7064-mod11-2", {"11010519491231020X", "11015019491231002X"}, "FF"},
    {"mod 37-2",
     "text",
     "checksum",
     "iso7064-mod37-2",
     {"G123489654321Y", "A999914123456N", "G123489654312Y", "g123489654321y", "1*0"},
     "PPFFF"},
    {"mod 97-10",
     "text",
     "checksum",
     "iso7064-mod97-10",
     {"79444", "9999123456789012141490", "3214282912345698765432161182", "79445", "44", "3214282912345698765432161183"},
     "PPPFFF"},
    {"mod 97-10: two ways to write one number",
     "text",
     "checksum",
     "iso7064-mod97-10",
     {"0098", "0001", "6500", "6597", "3202", "3299", "3203"},
     "PPPPPPF"},
    {"mod 661-26",
     "text",
     "checksum",
     "iso7064-mod661-26",
     {"BAISDLAFKBM", "BAISDLAFKBN", "BAISDLAFKMB", "1BM"},
     "PFFF"},
    {"mod 1271-36",
     "text",
     "checksum",
     "iso7064-mod1271-36",
     {"ISO793W", "W0XLR", "ISO793X", "ISO79W3", "ISO79"},
     "PPFFF"},
    {"mod 661-26: two ways", "text", "checksum", "iso7064-mod661-26", {"AAAB", "AAZM", "AAZZ"}, "PPF"},
    {"mod 1271-36: two ways",
     "text",
     "checksum",
     "iso7064-mod1271-36",
     {"5JK0EEBVGW20S9LCG0B", "5JK0EEBVGW20S9LCGZM", "5JK0EEBVGW20S9LCGZN"},
     "PPF"},
    {"mod 11,10",
     "text",
     "checksum",
     "iso7064-mod11-10",
     {"07945", "794623", "002006673085", "07946", "794263"},
     "PPPFF"},
    {"mod 27,26", "text", "checksum", "iso7064-mod27-26", {"BAISDLAFKX", "QJZC", "QJZD", "QZJC"}, "PPFF"},
    {"mod 37,36",
     "text",
     "checksum",
     "iso7064-mod37-36",
     {"A12425GABC1234002M", "B159D8FA01240000K", "188166C7342000003", "00000000C36D002B00000000EZ",
      "A12425GABC1234002N"},
     "PPPPF"},
    {"full-width digits are outside the alphabet", "text", "checksum", "luhn", {"７９９"}, "F"},
};

static void verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) kit_run_case(&cases[i], NULL);
}

static const kit_reason_case reasons[] = {
    {"wrong", "text", "checksum", "luhn", "79927398710", AY_FAIL, "check character is 0, should be 3",
     "校验码为 0，应为 3"},
    {"wrong, two", "text", "checksum", "iso7064-mod97-10", "79445", AY_FAIL, "check character is 45, should be 44",
     "校验码为 45，应为 44"},
    {"should be X", "text", "checksum", "iso7064-mod11-2", "0790", AY_FAIL, "check character is 0, should be X",
     "校验码为 0，应为 X"},
    {"below ten is written with a zero", "text", "checksum", "iso7064-mod97-10", "3203", AY_FAIL,
     "check character is 03, should be 02", "校验码为 03，应为 02"},
    {"outside the alphabet", "text", "checksum", "luhn", "4111 1111", AY_FAIL,
     "character 5 is outside the alphabet of the checksum", "第 5 个字符不在该校验算法的字符集内"},
    {"outside, after wide characters", "text", "checksum", "iso7064-mod37-36", "é1", AY_FAIL,
     "character 1 is outside the alphabet of the checksum", "第 1 个字符不在该校验算法的字符集内"},
    {"the check letter of the middle", "text", "checksum", "iso7064-mod11-2", "07X0", AY_FAIL,
     "character 3 is outside the alphabet of the checksum", "第 3 个字符不在该校验算法的字符集内"},
    {"too short", "text", "checksum", "iso7064-mod97-10", "44", AY_FAIL, "too short to hold a check character",
     "太短，没有校验码的位置"},
    {"empty", "text", "checksum", "luhn", "", AY_FAIL, "too short to hold a check character", "太短，没有校验码的位置"},
};

static void reasons_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(reasons); i++) kit_run_reason(&reasons[i], NULL);
}

/* NUL inside a text: strchr would find it in every alphabet. */
static void nul_is_outside(void **state)
{
    (void)state;
    kit k;
    uint64_t fail[1] = {0}, other[1] = {0}, active[1] = {1};
    kit_open(&k, "text");
    assert_true(kit_compile(&k, "checksum", "luhn"));
    kit_batch(&k, 1);
    k.batch.cols[0].v.str[0] = (ay_str){"7992739871\0", 11};
    assert_int_equal(kit_eval(&k, active, (ay_marks){fail, other, other}, NULL), ASSAY_OK);
    assert_int_equal(fail[0], 1);
    kit_close(&k);
}

/* The quick answer is that of the test, for texts of the alphabet, most of them made right, and with a stranger. */
static void quick_answers(void **state)
{
    (void)state;
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";
    static const size_t sizes[] = {10, 10, 36, 10, 26, 36, 10, 26, 36}, from[] = {0, 0, 0, 0, 10, 0, 0, 10, 0};
    AY_CLEANUP(ay_arena_free) ay_arena arena = {0};
    uint64_t random = 20260131;
    for (uint32_t i = 0; i < AY_ISO7064_COUNT; i++) {
        const ay_iso7064 *system = ay_iso7064_open(i, &arena);
        uint32_t right = 0;
        assert_non_null(system);
        for (size_t round = 0; round < 40000; round++) {
            const size_t n = round % 80;
            char *text = ay_alloc(n ? n : 1);
            assert_non_null(text);
            for (size_t at = 0; at < n; at++) {
                random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                text[at] = alphabet[from[i] + (random >> 33) % sizes[i]];
            }
            const ay_flaw flaw = ay_iso7064_test(system, (ay_str){text, n});
            if (flaw.code == AY_FLAW_CHECK) memcpy(text + flaw.at - 1, flaw.expected, n - (flaw.at - 1));
            if (n && random >> 40 & 1) text[(random >> 45) % n] = (char)(random >> 55);
            const bool is_right = ay_iso7064_test(system, (ay_str){text, n}).code == AY_FLAW_NONE;
            if (ay_iso7064_holds(system, (ay_str){text, n}) != is_right)
                fail_msg("%s: the quick answer to %.*s is wrong", ay_iso7064_name(i), (int)n, text);
            right += is_right;
            ay_free(text);
        }
        assert_true(right > 10000 && right < 30000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(reasons_in_words),
        cmocka_unit_test(nul_is_outside),
        cmocka_unit_test(quick_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
