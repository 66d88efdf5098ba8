/* What Unicode and GB 18030 say of a text: normalize, the classes of charset, the unit gb18030 of length. */
#include "check_kit.h"

#include "check/normalize.h"

/* The whole range against Python's tables and iconv is in tests/text; these are counted by hand. */
static const kit_case cases[] = {
    {"charset: space",
     "text",
     "charset",
     "[space]",
     {"买 买", "a\tb", "a　", "\xE2\x80\x8B", "买买", "", "NULL"},
     "FFFFPPS"},
    {"charset: question", "text", "charset", "[question]", {"李?", "？", "李", "¿", "‽"}, "FFPPP"},
    {"charset: one script",
     "text",
     "charset",
     "[mixed_scripts]",
     {"ABC公司", "買い物カゴABC", "한국漢字ABC", "ㄅㄆ注音abc", "Иванов И.И.", "阿依古丽·买买提", "Ａ１（中）",
      "ئۇيغۇر 2026", "བོད་", "", "é—“”、。"},
     "PPPPPPPPPPP"},
    {"charset: mixed scripts",
     "text",
     "charset",
     "[mixed_scripts]",
     {"А公司" /* Cyrillic A */, "pаypal" /* Cyrillic a */, "Ωmega", "中Ω", "ひ한", "ひㄅ", "αж",
      "中\xD9\xA1"}, /* Arabic-Indic 1 */
     "FFFFFFFF"},
    {"charset: digits of two sets", "text", "charset", "[mixed_scripts]", {"م1", "م١", "م1١"}, "PPF"},
    {"charset: private use and Greek", "text", "charset", "[mixed_scripts]", {"\xEE\xA1\xA3中A", "αβγ"}, "PP"},
    {"charset: all",
     "text",
     "charset",
     "[private_use, replacement, control, full_width, zero_width, space, question, mixed_scripts]",
     {"ABC公司", "？", "Ж中", "a b", "\xEE\xA1\xA3"},
     "PFFFF"},
    {"length: GB 18030",
     "text",
     "length",
     "{min: 4, max: 4, unit: gb18030}",
     {"abcd", "中文", "䶮䶮", "\xF0\xA0\x80\x80", "\xC2\x80", "\xEE\xA1\xA3", "中a", "ḿḿ", "ǹ一"},
     "PPPPPPFPP"},
    {"length: GB 18030 is longer than UTF-8 for some",
     "text",
     "length",
     "{min: 7, unit: gb18030}",
     {"\xC2\x80\xC2\x80", "\xC2\x80中"},
     "PF"},
    {"normalize: digits", "text", "normalize", "[digits]", {"٣", "３", "3", "三", "²", "𝟗"}, "FFPPPF"},
    {"normalize: nfc", "text", "normalize", "[nfc]", {"é", "e\xCC\x81", "ｱ", "\xEF\xA4\x80", "中文", "ṩ"}, "PFPFPP"},
    {"normalize: nfkc", "text", "normalize", "[nfkc]", {"㎏", "ﬁ", "１", "⼀", "中文", "ｶﾞ", "·"}, "FFFFPFP"},
    {"normalize: dot",
     "text",
     "normalize",
     "[dot]",
     {"买•买", "买・买", "买·买", "J. Smith", "3.5", "买.买", "买.a", "。", "●"},
     "FFPPPFPPP"},
};

static void verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) kit_run_case(&cases[i], NULL);
}

static const kit_reason_case reasons[] = {
    {"space", "text", "charset", "[control, space]", "a b", AY_FAIL, "white space U+0020 at position 2",
     "第 2 个字符是空白字符 U+0020"},
    {"tab", "text", "charset", "[space, control]", "a\tb", AY_FAIL, "control character U+0009 at position 2",
     "第 2 个字符是控制字符 U+0009"},
    {"question", "text", "charset", "[question]", "李？", AY_FAIL, "question mark U+FF1F at position 2",
     "第 2 个字符是问号 U+FF1F"},
    {"mixed after Han", "text", "charset", "[mixed_scripts]", "公司АB", AY_FAIL,
     "character of another script U+0410 at position 3", "第 3 个字符是混入的其他文字 U+0410"},
    {"mixed after Cyrillic", "text", "charset", "[mixed_scripts]", "Жук 中", AY_FAIL,
     "character of another script U+4E2D at position 5", "第 5 个字符是混入的其他文字 U+4E2D"},
    {"scripts too complex", "text", "charset", "[mixed_scripts]", "Жук", AY_UNREADABLE,
     "the text is too complex for its scripts to be told", "文本过于复杂，无法判断所用文字"},
    {"GB 18030", "text", "length", "{max: 3, unit: gb18030}", "中文", AY_FAIL,
     "length is 4 bytes of GB 18030, should be at most 3", "长度为 4 个 GB 18030 字节，应不大于 3"},
    {"forms", "text", "normalize", "[digits, nfkc, dot]", "٣㎏・", AY_FAIL,
     "needs ASCII digits, form NFKC, U+00B7 as the dot",
     "需要数字转为 ASCII 数字、转为 NFKC 规范形式、间隔号改为 U+00B7"},
    {"nfc", "text", "normalize", "[nfc, trim]", "e\xCC\x81", AY_FAIL, "needs form NFC", "需要转为 NFC 规范形式"},
};

static void reasons_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(reasons); i++) kit_run_reason(&reasons[i], NULL);
}

static void faults_are_told(void **state)
{
    (void)state;
    static const kit_fault_case faults[] = {
        {"two forms", "text", "normalize", "[nfc, nfkc]", "contradiction", 1, 1,
         "a text is put into one form, nfc or nfkc"},
        {"near", "text", "normalize", "[nfd]", "unknown-word", 1, 2, "unknown word 'nfd', did you mean 'nfc'?"},
        {"class", "text", "charset", "[mixed_script]", "unknown-word", 1, 2,
         "unknown word 'mixed_script', did you mean 'mixed_scripts'?"},
    };
    for (size_t i = 0; i < AY_COUNT(faults); i++) kit_run_fault(&faults[i], NULL);
}

/* A rule of its own repairs, beside or without those of the standard, suggests what they make of the value. */
static void suggestions(void **state)
{
    (void)state;
    static const struct {
        const char *arg, *value, *want;
    } rows[] = {
        {"[dot]", "买•买", "买·买 by normalizer 100"},
        {"[trim, digits]", " ٣ ", "3 by normalizer 100"},
        {"[trim]", " ", " by normalizer 100"},
        {"[upper]", "A", ""},
    };
    for (size_t i = 0; i < AY_COUNT(rows); i++) {
        kit k;
        char got[64];
        kit_open(&k, "text");
        assert_true(kit_compile(&k, "normalize", rows[i].arg));
        kit_suggest_for(&k, rows[i].value, got, sizeof got);
        if (strcmp(got, rows[i].want) != 0) fail_msg("%s of '%s': got '%s'", rows[i].arg, rows[i].value, got);
        kit_close(&k);
    }
}

/* ---- repairs ---- */

static void assert_repaired(const char *label, uint32_t normalizers, ay_str text, ay_str want)
{
    AY_CLEANUP(ay_norm_room_free) ay_norm_room room = {0};
    ay_str got;
    assert_int_equal(ay_norm_apply(normalizers, text, &room, &got, NULL), ASSAY_OK);
    if (!ay_str_eq(got, want)) fail_msg("%s: got '%.*s'", label, (int)got.len, got.ptr);
}

static void repairs(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        uint32_t normalizers;
        const char *text, *want;
    } rows[] = {
        {"nothing allowed", 0, " ａ ", " ａ "},
        {"trim", AY_NORM_TRIM, "\xE3\x80\x80 a b\xE2\x80\x8B", "a b"},
        {"width", AY_NORM_WIDTH, "ＭＡ１　～", "MA1 ~"},
        {"upper is ASCII", AY_NORM_UPPER, "aé1", "Aé1"},
        {"lower", AY_NORM_LOWER, "AÉ1", "aÉ1"},
        {"width, then upper", AY_NORM_WIDTH | AY_NORM_UPPER, "ａ", "A"},
        {"all", AY_NORM_TRIM | AY_NORM_WIDTH | AY_NORM_UPPER, " ｍa６ ", "MA6"},
        {"to nothing", AY_NORM_TRIM, " \t", ""},
        {"digits", AY_NORM_DIGITS, "٠१៣９𝟚²", "01392²"},
        {"composed", AY_NORM_NFC, "e\xCC\x81", "é"},
        {"marks in order", AY_NORM_NFC, "s\xCC\x87\xCC\xA3", "ṩ"},
        {"Hangul", AY_NORM_NFC, "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "한"},
        {"composition exclusion", AY_NORM_NFC, "\xE0\xA5\x98", "\xE0\xA4\x95\xE0\xA4\xBC"},
        {"compatibility", AY_NORM_NFKC, "㎏①ﬁ", "kg1fi"},
        {"form before letters", AY_NORM_NFC | AY_NORM_UPPER, "a\xCC\x81", "á"},
        {"width, then form", AY_NORM_NFC | AY_NORM_WIDTH, "Ａ\xCC\x81", "Á"},
        {"letters of NFKC", AY_NORM_NFKC | AY_NORM_UPPER, "㎏", "KG"},
        {"spaces of NFKC", AY_NORM_NFKC | AY_NORM_TRIM, "\xC2\xB4", "\xCC\x81"},
        {"dots", AY_NORM_DOT, "买•买・买．买‧买･买∙买⋅买·买⸱买", "买·买·买·买·买·买·买·买·买·买"},
        {"full stop between ideographs", AY_NORM_DOT, "艾力.买买提.", "艾力·买买提."},
        {"dot before width", AY_NORM_DOT | AY_NORM_WIDTH, "买．Ａ", "买·A"},
        {"dot before NFKC", AY_NORM_DOT | AY_NORM_NFKC, "买．Ａ", "买·A"},
        {"radicals are ideographs after NFKC", AY_NORM_DOT | AY_NORM_NFKC, "⼀.二", "一·二"},
    };
    for (size_t i = 0; i < AY_COUNT(rows); i++)
        assert_repaired(rows[i].label, rows[i].normalizers, ay_str_from(rows[i].text), ay_str_from(rows[i].want));
    size_t n = 0;
    assert_string_equal(ay_norm_words(&n)[3], "lower");
    assert_int_equal(n, 8);
    assert_repaired("NUL is a character", AY_NORM_NFKC, AY_STR("\0e\xCC\x81"), AY_STR("\0é"));
    assert_repaired("no text", 255 & ~AY_NORM_NFC & ~AY_NORM_LOWER, (ay_str){NULL, 0}, AY_STR(""));
}

/* Sets without a contradiction: every single word, and what packs use. */
static const uint32_t sets[] = {
    AY_NORM_DIGITS,
    AY_NORM_NFC,
    AY_NORM_NFKC,
    AY_NORM_DOT,
    AY_NORM_TRIM | AY_NORM_WIDTH | AY_NORM_NFC,
    AY_NORM_TRIM | AY_NORM_WIDTH | AY_NORM_UPPER | AY_NORM_DIGITS | AY_NORM_NFC | AY_NORM_DOT,
    AY_NORM_TRIM | AY_NORM_WIDTH | AY_NORM_LOWER | AY_NORM_DIGITS | AY_NORM_NFKC | AY_NORM_DOT,
    AY_NORM_TRIM | AY_NORM_UPPER | AY_NORM_NFKC | AY_NORM_DOT,
};

static void assert_stable(ay_str text, ay_norm_room *once, ay_norm_room *twice)
{
    for (size_t i = 0; i < AY_COUNT(sets); i++) {
        ay_str first, second;
        assert_int_equal(ay_norm_apply(sets[i], text, once, &first, NULL), ASSAY_OK);
        assert_int_equal(ay_norm_apply(sets[i], first, twice, &second, NULL), ASSAY_OK);
        if (ay_utf8_valid(first) != first.len || !ay_str_eq(first, second))
            fail_msg("set %zu: '%.*s' is not stable", i, (int)text.len, text.ptr);
    }
}

static bool is_scalar(uint32_t cp)
{
    return cp < 0xd800 || (cp > 0xdfff && cp <= 0x10ffff);
}

static void repaired_once_is_repaired(void **state)
{
    (void)state;
    AY_CLEANUP(ay_norm_room_free) ay_norm_room once = {0}, twice = {0};
    for (uint32_t cp = 0; cp < 0x30000; cp++) {
        char bytes[4];
        if (is_scalar(cp)) assert_stable((ay_str){bytes, ay_utf8_encode(cp, bytes)}, &once, &twice);
    }
}

/* Characters that act on each other: marks, jamo, dots, spaces, digits, letters, what NFKC takes apart. */
static uint32_t draw(uint32_t *seed)
{
    static const uint32_t ranges[][2] = {{0x20, 0x7f},     {0xa0, 0x17f},    {0x300, 0x345},   {0x660, 0x669},
                                         {0x900, 0x97f},   {0x1100, 0x11ff}, {0x2000, 0x206f}, {0x2100, 0x22ff},
                                         {0x2e30, 0x2fd5}, {0x3000, 0x30ff}, {0x3300, 0x33ff}, {0xac00, 0xac40},
                                         {0xf900, 0xfaff}, {0xfb00, 0xfdff}, {0xff00, 0xffef}, {0x1d400, 0x1d7ff}};
    *seed = *seed * 1664525u + 1013904223u;
    const uint32_t *range = ranges[*seed >> 27 & 15], step = *seed >> 8 & 0xffff;
    return range[0] + step % (range[1] - range[0] + 1);
}

static void random_texts_are_stable(void **state)
{
    (void)state;
    AY_CLEANUP(ay_norm_room_free) ay_norm_room once = {0}, twice = {0};
    uint32_t seed = 7;
    for (int i = 0; i < 100000; i++) {
        char text[64];
        size_t len = 0;
        for (int n = 2 + i % 4; n > 0; n--) len += ay_utf8_encode(draw(&seed), text + len);
        assert_stable((ay_str){text, len}, &once, &twice);
    }
}

/* Long runs of marks in the worst order: sorted, and in time that a test does not notice. */
static void marks_alone(void **state)
{
    (void)state;
    enum { N = 200000 };
    AY_CLEANUP(ay_buf_free) ay_buf text = {0}, want = {0};
    AY_CLEANUP(ay_norm_room_free) ay_norm_room room = {0};
    ay_str got;
    for (int i = 0; i < N; i++) ay_buf_text(&text, i % 2 ? "\xCC\xA3" : "\xCC\x87"); /* classes 220 and 230 */
    for (int i = 0; i < N; i++) ay_buf_text(&want, i < N / 2 ? "\xCC\xA3" : "\xCC\x87");
    assert_int_equal(ay_norm_apply(AY_NORM_NFC, ay_buf_view(&text), &room, &got, NULL), ASSAY_OK);
    assert_true(ay_str_eq(got, ay_buf_view(&want)));
}

/* ---- tables ---- */

/* Characters that the quick way passes are those that the slow way passes: U+02B0, a Latin modifier, forces that. */
static void quick_way_of_scripts(void **state)
{
    (void)state;
    enum { BATCH = 1024 };
    kit k;
    kit_open(&k, "text");
    assert_true(kit_compile(&k, "charset", "[mixed_scripts]"));
    kit_batch(&k, BATCH);
    for (uint32_t cp = 0; cp < 0x30000; cp += BATCH / 2) {
        uint64_t fail[BATCH / 64] = {0}, none[BATCH / 64] = {0}, active[BATCH / 64];
        static char texts[BATCH][16];
        for (uint32_t i = 0; i < BATCH; i++) {
            const uint32_t one = is_scalar(cp + i / 2) ? cp + i / 2 : 'x';
            size_t len = 4;
            memcpy(texts[i], "A\xE4\xB8\xAD", len);
            len += ay_utf8_encode(one, texts[i] + len);
            if (i % 2) len += ay_utf8_encode(0x2b0, texts[i] + len);
            k.batch.cols[0].v.str[i] = (ay_str){texts[i], len};
        }
        ay_bits_fill(active, BATCH);
        assert_int_equal(kit_eval(&k, active, (ay_marks){fail, none, none}, NULL), ASSAY_OK);
        for (uint32_t i = 0; i < BATCH; i += 2)
            if (ay_bit(fail, i) != ay_bit(fail, i + 1)) fail_msg("U+%04X: %d", cp + i / 2, ay_bit(fail, i));
    }
    kit_close(&k);
}

static void ideographs(void **state)
{
    (void)state;
    static const struct {
        uint32_t cp;
        bool want;
    } rows[] = {{0x33ff, false}, {0x3400, true},   {0x4dbf, true},  {0x4dc0, false}, {0x4e00, true},  {0x9fff, true},
                {0xa000, false}, {0xf8ff, false},  {0xf900, true},  {0xfaff, true},  {0xfb00, false}, {0x3007, true},
                {0x3006, false}, {0x1ffff, false}, {0x20000, true}, {0x3ffff, true}, {0x40000, false}};
    for (size_t i = 0; i < AY_COUNT(rows); i++)
        if (ay_unicode_is_ideograph(rows[i].cp) != rows[i].want) fail_msg("U+%04X", rows[i].cp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(reasons_in_words),
        cmocka_unit_test(faults_are_told),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(repairs),
        cmocka_unit_test(repaired_once_is_repaired),
        cmocka_unit_test(random_texts_are_stable),
        cmocka_unit_test(marks_alone),
        cmocka_unit_test(quick_way_of_scripts),
        cmocka_unit_test(ideographs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
