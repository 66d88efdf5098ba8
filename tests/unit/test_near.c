/* Suggestions by likeness: distances, ties and limits by hand, names of codes, lists that are too large, random
 * values against the table, lack of memory. Real codes and names: tests/conformance/nearest.py. */
#include "check/near.h"
#include "check_kit.h"
#include "fault.h"

static const struct {
    const char *label, *check, *arg, *value, *want;
} cases[] = {
    {"substitution", "one_of", "[active, closed]", "actove", "active by nearest 90"},
    {"insertion", "one_of", "[active, closed]", "acttive", "active by nearest 90"},
    {"deletion", "one_of", "[active, closed]", "ative", "active by nearest 90"},
    {"exchange", "one_of", "[active, closed]", "atcive", "active by nearest 90"},
    {"at both ends", "one_of", "[active, closed]", "xctivx", "active by nearest 70"},
    {"two exchanges", "one_of", "[active, closed]", "catiev", "active by nearest 70"},
    {"no character twice: exchanged, and one put between", "one_of", "[abcwxyz]", "cawxyz", ""},
    {"three edits", "one_of", "[active, closed]", "xxtivx", ""},
    {"one of the list", "one_of", "[active, closed]", "active", ""},
    {"equally near", "one_of", "[abcdef, abcdeg]", "abcdex", ""},
    {"the nearer one of two", "one_of", "[abcdef, abcggg]", "abcdxf", "abcdef by nearest 90"},
    {"one, and another at three", "one_of", "[abcdef, axxdef]", "xbcdef", "abcdef by nearest 90"},
    {"one, and another at two", "one_of", "[abcdef, xyccef]", "xbcdef", "abcdef by nearest 70"},
    {"five characters: one edit", "one_of", "[abcde]", "abcdx", "abcde by nearest 90"},
    {"five characters: no second one", "one_of", "[abcde]", "abcxx", ""},
    {"of the value, not of the text", "one_of", "[abcde]", "abcdexx", "abcde by nearest 70"},
    {"of the value: four of six", "one_of", "[abcdef]", "abcd", ""},
    {"six of four", "one_of", "[abcd]", "abcdef", "abcd by nearest 70"},
    {"behind a common beginning", "one_of", "[government - federal, government - local]", "government - locol",
     "government - local by nearest 90"},
    {"two letters", "one_of", "[al, ak]", "xl", "al by nearest 90"},
    {"two of two", "one_of", "[al, ak]", "la", "al by nearest 90"},
    {"a single character", "one_of", "[ab, cd]", "a", ""},
    {"to a single character", "one_of", "[a, xyz]", "ab", "a by nearest 90"},
    {"characters, not bytes", "one_of", "[存续, 注销]", "存绪", "存续 by nearest 90"},
    {"exchanged ideographs", "one_of", "[存续, 注销]", "续存", "存续 by nearest 90"},
    {"five ideographs: one edit", "one_of", "[吊销未注销]", "吊销未主肖", ""},
    {"nothing", "one_of", "[a, b]", "", ""},
    {"null", "one_of", "[a, b]", NULL, ""},
    {"not where values are excluded", "not_in", "[active]", "actove", ""},
    {"digits: substitution", "one_of", "['510903', '510921']", "510904", "510903 by nearest 60"},
    {"digits: exchange", "one_of", "['510903', '510921']", "519003", "510903 by nearest 60"},
    {"digits: no second edit", "one_of", "['510903', '510921']", "510914", ""},
    {"digits: none lost", "one_of", "['510903', '510921']", "51903", ""},
    {"digits: none added", "one_of", "['510903', '510921']", "5109033", ""},
    {"digits: no letters", "one_of", "['51090X']", "510903", ""},
    {"a letter among digits", "one_of", "['510903', '510921']", "51O903", "510903 by nearest 90"},
    {"a letter in place of two digits", "one_of", "['510903', '510921']", "51O03", ""},
};

static const struct {
    const char *label, *arg, *value, *want;
    ay_level level; /* of the field of the day */
} codes[] = {
    {"a name", "x.csv", "北京市", "110100 by name 95", AY_PUBLIC},
    {"the name of two", "x.csv", "天津市", "", AY_PUBLIC},
    {"the former name of a code in force", "x.csv", "直隶", "130000 by name 95", AY_PUBLIC},
    {"a name in two lines of one code", "x.csv", "山西省", "140000 by name 95", AY_PUBLIC},
    {"the name of a code that is retired", "x.csv", "绥远", "", AY_PUBLIC},
    {"the name of a code to come", "x.csv", "晋", "", AY_PUBLIC},
    {"a name that is nearly one", "x.csv", "北京是", "", AY_PUBLIC},
    {"nearest", "x.csv", "131000", "130000 by nearest 60", AY_PUBLIC},
    {"nearest that is in force", "x.csv", "110300", "110100 by nearest 60", AY_PUBLIC},
    {"nearest that was in force", "{file: x.csv, at: b}", "110201|1999-01-01", "110200 by nearest 60", AY_PUBLIC},
    {"not when it was retired", "{file: x.csv, at: b}", "110201|2001-01-01", "", AY_PUBLIC},
    {"not where the day is masked", "{file: x.csv, at: b}", "110201|1999-01-01", "", AY_SENSITIVE},
    {"not within a value", "{file: x.csv, part: '1..6'}", "110108", "", AY_PUBLIC},
    {"not for a retired code", "x.csv", "110200", "", AY_PUBLIC},
};

static void check(const char *label, const char *got, const char *want)
{
    if (strcmp(got, want) != 0) fail_msg("%s: got '%s', want '%s'", label, got, want);
}

static void nearest_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        kit k;
        char got[96];
        kit_open(&k, "text");
        assert_true(kit_compile(&k, cases[i].check, cases[i].arg));
        kit_suggest_for(&k, cases[i].value, got, sizeof got);
        check(cases[i].label, got, cases[i].want);
        kit_suggest_for(&k, cases[i].value, got, sizeof got); /* what is kept gives the same */
        check(cases[i].label, got, cases[i].want);
        kit_close(&k);
    }
}

static void other_types(void **state)
{
    (void)state;
    kit k;
    char got[96];
    kit_open(&k, "integer");
    assert_true(kit_compile(&k, "one_of", "[510903, 510921]"));
    kit_suggest_for(&k, "510904", got, sizeof got);
    check("numbers have no characters", got, "");
    kit_close(&k);
}

static void codes_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(codes); i++) {
        kit k;
        char got[96], row[64];
        ay_cell values[KIT_FIELDS] = {{0}};
        kit_open(&k, "text date");
        k.file = "code,name,since,until,successors\n110100,北京市,,,\n110200,北京县,,2000,\n120000,天津市,,,\n"
                 "120100,天津市,,,\n130000,直隶,,1990,\n130000,河北省,1991,,\n140000,山西省,,1990,\n"
                 "140000,山西省,1995,,\n150000,绥远,,1980,\n160000,晋,2030,,\n";
        k.fields[1].level = codes[i].level;
        assert_true(kit_compile(&k, "code", codes[i].arg));
        snprintf(row, sizeof row, "%s", codes[i].value);
        char *bar = strchr(row, '|');
        if (bar) *bar = 0;
        values[0] = (ay_cell){.type = AY_TEXT, .v.str = ay_str_from(row)};
        values[1] = (ay_cell){.type = AY_TEXT, .v.str = ay_str_from(bar ? bar + 1 : "")};
        kit_suggest(&k, &(ay_facts){.values = values, .verdict = AY_FAIL, .today = k.context.today}, got, sizeof got);
        check(codes[i].label, got, codes[i].want);
        kit_close(&k);
    }
}

/* ---- limits ---- */

enum { MANY = 150000 };

static char many[MANY][8];

/* Distinct texts of seven characters: 29 variants each. */
static void large_lists(void **state)
{
    (void)state;
    const ay_str value = AY_STR("x0x0010");
    for (uint32_t n = 1000; n <= MANY; n += MANY - 1000) {
        ay_str *texts = AY_NEW_ARRAY(n, ay_str);
        ay_near *near = NULL;
        ay_near_hit hit;
        for (uint32_t i = 0; i < n; i++) texts[i] = (ay_str){many[i], (size_t)snprintf(many[i], 8, "%07u", i * 10)};
        assert_true(ay_near_open(texts, n, &near));
        assert_int_equal(ay_near_find(near, value, NULL, &hit), n == 1000);
        if (n == 1000) assert_true(ay_str_is(hit.text, "0000010"));
        ay_near_close(near);
    }
}

/* Entries that differ in the middle alone have to be looked at one by one, up to a limit. */
static void alike_at_both_ends(void **state)
{
    (void)state;
    static char alike[4097][20];
    for (uint32_t n = 300; n <= 4097; n += 3797) {
        ay_str *texts = AY_NEW_ARRAY(n, ay_str);
        ay_near *near = NULL;
        ay_near_hit hit;
        for (uint32_t i = 0; i < n; i++)
            texts[i] = (ay_str){alike[i], (size_t)snprintf(alike[i], 20, "abcdef%05uuvwxyz", i * 11)};
        assert_true(ay_near_open(texts, n, &near));
        assert_int_equal(ay_near_find(near, AY_STR("abcdef0121xuvwxyz"), NULL, &hit), n == 300);
        if (n == 300) assert_true(ay_str_is(hit.text, "abcdef01210uvwxyz") && hit.confidence == 70);
        ay_near_close(near);
    }
}

/* The longest texts that are compared have 256 characters. */
static void long_texts(void **state)
{
    (void)state;
    static char text[300], value[300];
    for (size_t n = 256; n <= 257; n++) {
        ay_str *texts = AY_NEW_ARRAY(1, ay_str);
        ay_near *near = NULL;
        ay_near_hit hit;
        memset(text, 'a', n);
        memset(value, 'a', n);
        value[n - 1] = 'b';
        *texts = (ay_str){text, n};
        assert_true(ay_near_open(texts, 1, &near));
        assert_int_equal(ay_near_find(near, (ay_str){value, n}, NULL, &hit), n == 256);
        assert_int_equal(ay_near_find(near, (ay_str){value, n - 1}, NULL, &hit), n == 256);
        ay_near_close(near);
    }
}

/* ---- against the textbook's table ---- */

enum { LETTERS = 3, LONGEST = 18, LISTED = 60, ASKED = 3000 };

static uint64_t draw(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 8;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned table(const char *a, const char *b)
{
    unsigned d[LONGEST + 4][LONGEST + 4];
    const size_t n = strlen(a), m = strlen(b);
    for (size_t i = 0; i <= n; i++)
        for (size_t k = 0; k <= m; k++) {
            d[i][k] = (unsigned)(i + k);
            if (!i || !k) continue;
            d[i][k] = least(least(d[i - 1][k], d[i][k - 1]) + 1, d[i - 1][k - 1] + (a[i - 1] != b[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                d[i][k] = least(d[i][k], d[i - 2][k - 2] + 1);
        }
    return d[n][m];
}

static void make_word(uint64_t *state, char *out)
{
    const size_t n = 1 + draw(state) % LONGEST;
    for (size_t i = 0; i < n; i++) out[i] = (char)('a' + draw(state) % LETTERS);
    out[n] = 0;
}

/* Up to three edits. */
static void slip(uint64_t *state, char *word)
{
    for (uint64_t edits = draw(state) % 4; edits > 0; edits--) {
        const size_t n = strlen(word), at = draw(state) % n;
        const char letter = (char)('a' + draw(state) % LETTERS);
        switch (draw(state) % 4) {
        case 0: word[at] = letter; break;
        case 1: memmove(word + at + 1, word + at, n - at + 1), word[at] = letter; break;
        case 2:
            if (n > 1) memmove(word + at, word + at + 1, n - at);
            break;
        default:
            if (at + 1 < n) {
                const char kept = word[at];
                word[at] = word[at + 1];
                word[at + 1] = kept;
            }
        }
    }
}

/* The nearest word and how sure it is; NULL: none. */
static const char *nearest_by_table(char words[LISTED][LONGEST + 4], const char *value, uint32_t *ret_confidence)
{
    const unsigned limit = strlen(value) < 2 ? 0 : strlen(value) <= 5 ? 1 : 2;
    unsigned counts[3] = {0}, nearest = 3;
    const char *best = NULL;
    for (size_t i = 0; i < LISTED; i++) {
        const unsigned d = table(value, words[i]);
        if (d > limit) continue;
        counts[d]++;
        if (d >= nearest) continue;
        nearest = d;
        best = words[i];
    }
    if (!best || !nearest || counts[nearest] > 1) return NULL;
    *ret_confidence = nearest == 1 && !counts[2] ? 90 : 70;
    return best;
}

static void make_words(uint64_t *state, char words[LISTED][LONGEST + 4])
{
    for (size_t i = 0; i < LISTED; i++) {
        size_t k = 0;
        make_word(state, words[i]);
        while (strcmp(words[k], words[i]) != 0) k++;
        i -= k < i; /* once more */
    }
}

static void agrees_with_the_table(void **state)
{
    (void)state;
    static char words[LISTED][LONGEST + 4];
    uint64_t random = 88172645463325252;
    unsigned found = 0;
    for (int round = 0; round < 20; round++) {
        ay_str *texts = AY_NEW_ARRAY(LISTED, ay_str);
        ay_near *near = NULL;
        make_words(&random, words);
        for (size_t i = 0; i < LISTED; i++) texts[i] = ay_str_from(words[i]);
        assert_true(ay_near_open(texts, LISTED, &near));
        for (int i = 0; i < ASKED / 20; i++) {
            char value[LONGEST + 4];
            uint32_t confidence = 0;
            ay_near_hit hit = {0};
            snprintf(value, sizeof value, "%s", words[draw(&random) % LISTED]);
            slip(&random, value);
            const char *want = nearest_by_table(words, value, &confidence);
            const bool has = ay_near_find(near, ay_str_from(value), NULL, &hit);
            if (has != (want != NULL) || (has && (!ay_str_is(hit.text, want) || hit.confidence != confidence)))
                fail_msg("%s: got '%.*s' %u, want '%s' %u", value, (int)hit.text.len, hit.text.ptr, hit.confidence,
                         want ? want : "", confidence);
            found += has;
        }
        ay_near_close(near);
    }
    assert_in_range(found, ASKED / 4, ASKED * 3 / 4);
}

/* ---- lack of memory ---- */

static assay_status suggest_once(void *arg)
{
    kit *k = (kit *)arg;
    AY_CLEANUP(ay_buf_free) ay_buf out = {0};
    ay_suggestion s;
    const ay_cell value = {.type = AY_TEXT, .v.str = AY_STR("actove")};
    const ay_facts facts = {.values = &value, .verdict = AY_FAIL, .today = k->context.today};
    const bool has = ay_rule_suggest(&k->rule, k->fields, &facts, &k->memo, &s, &out);
    ay_memo_close(&k->memo);
    assert_true(has || out.failed);
    return out.failed;
}

static void lack_of_memory(void **state)
{
    (void)state;
    static const char *const checks[][2] = {{"one_of", "[active, closed]"}, {"code", "x.csv"}};
    for (size_t i = 0; i < AY_COUNT(checks); i++) {
        kit k;
        kit_open(&k, "text");
        k.file = "code,name\nactive,A\nclosed,A\n";
        assert_true(kit_compile(&k, checks[i][0], checks[i][1]));
        assert_true(fail_each_allocation(suggest_once, &k) > 4);
        kit_close(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_by_hand),       cmocka_unit_test(other_types),        cmocka_unit_test(codes_by_hand),
        cmocka_unit_test(large_lists),           cmocka_unit_test(alike_at_both_ends), cmocka_unit_test(long_texts),
        cmocka_unit_test(agrees_with_the_table), cmocka_unit_test(lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
