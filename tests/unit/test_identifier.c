/* Identifiers against published examples and specimens, and all of them against every change of one character and
 * every exchange of two neighbours: what is not rejected must be what the arithmetic of the standard cannot see. */
#include "check_kit.h"

#include "check/identifier.h"
#include "check/iso7064.h"

typedef struct sample {
    const char *system, *text;
    ay_flaw_code code;
    uint32_t at;          /* of an alphabet or check flaw */
    const char *expected; /* check character */
} sample;

static const sample samples[] = {
    {"gb32100", "91350100M000100Y43", AY_FLAW_NONE, 0, ""}, /* the example of GB 32100-2015 */
    {"gb32100", "91310115591693856A", AY_FLAW_NONE, 0, ""},
    {"gb32100", "91320621MA1MRHG205", AY_FLAW_NONE, 0, ""},
    {"gb32100", "91510900MA60001710", AY_FLAW_NONE, 0, ""}, /* check character 0 */
    {"gb32100", "A1110000MB20000201", AY_FLAW_NONE, 0, ""},
    {"gb32100", "Y1510900MJ300003X5", AY_FLAW_NONE, 0, ""},
    {"gb32100", "52510900MJ500005XA", AY_FLAW_NONE, 0, ""},
    {"gb32100", "91350100M000100Y44", AY_FLAW_CHECK, 18, "3"},
    {"gb32100", "91320621MA1MRHG250", AY_FLAW_CHECK, 18, ""},
    {"gb32100", "91350100I000100Y43", AY_FLAW_ALPHABET, 9, ""},
    {"gb32100", "91350100m000100y43", AY_FLAW_ALPHABET, 9, ""},
    {"gb32100", "9135010AM000100Y43", AY_FLAW_ALPHABET, 8, ""}, /* the place is written in digits */
    {"gb32100", "９1350100M000100Y43", AY_FLAW_ALPHABET, 1, ""},
    {"gb32100", "91350100M000100Y4", AY_FLAW_LENGTH, 0, ""},
    {"gb32100", "91350100M000100Y430", AY_FLAW_LENGTH, 0, ""},
    {"gb32100", "91350100M000100Y43 ", AY_FLAW_LENGTH, 0, ""},
    {"gb32100", "000000000000000000", AY_FLAW_PART, 0, ""}, /* its arithmetic is right */
    {"gb32100", "", AY_FLAW_LENGTH, 0, ""},
    {"gb11714", "D2143569-X", AY_FLAW_NONE, 0, ""}, /* the example of GB 11714-1997 */
    {"gb11714", "D2143569X", AY_FLAW_NONE, 0, ""},
    {"gb11714", "551385082", AY_FLAW_NONE, 0, ""},
    {"gb11714", "D21435690", AY_FLAW_CHECK, 9, "X"},
    {"gb11714", "D2143569-0", AY_FLAW_CHECK, 10, "X"},
    {"gb11714", "000000000", AY_FLAW_PART, 0, ""},
    {"gb11714", "123456788", AY_FLAW_PART, 0, ""},
    {"gb11714", "d2143569X", AY_FLAW_ALPHABET, 1, ""},
    {"gb11714", "D2143569Y", AY_FLAW_ALPHABET, 9, ""},
    {"gb11714", "D2143569--X", AY_FLAW_LENGTH, 0, ""},
    {"gb11714", "D2143569", AY_FLAW_LENGTH, 0, ""},
    {"gb11643", "11010519491231002X", AY_FLAW_NONE, 0, ""}, /* the examples of GB 11643-1999 */
    {"gb11643", "440524188001010014", AY_FLAW_NONE, 0, ""},
    {"gb11643", "412723199010050012", AY_FLAW_NONE, 0, ""},
    {"gb11643", "34052419800101001X", AY_FLAW_NONE, 0, ""},
    {"gb11643", "11010519491231002x", AY_FLAW_ALPHABET, 18, ""},
    {"gb11643", "11010519491231002Ｘ", AY_FLAW_ALPHABET, 18, ""},
    {"gb11643", "110105194912310020", AY_FLAW_CHECK, 18, "X"},
    {"gb11643", "440308199902301512", AY_FLAW_PART, 0, ""}, /* 30 February, right by arithmetic */
    {"gb11643", "201511221897205960", AY_FLAW_PART, 0, ""},
    {"gb11643", "990426199112010074", AY_FLAW_PART, 0, ""}, /* no province 99 */
    {"gb11643", "810000199408230021", AY_FLAW_PART, 0, ""}, /* a residence permit */
    {"gb11643", "3301022011022000D6", AY_FLAW_ALPHABET, 17, ""},
    {"gb11643", "1101054912310021", AY_FLAW_LENGTH, 0, ""},
    {"gb11643", "610104620927690", AY_FLAW_OLD_FORM, 0, ""},
    {"gb11643", "610104620932690", AY_FLAW_LENGTH, 0, ""}, /* 15 digits, and no such day */
    {"gb11643-15", "610104620927690", AY_FLAW_NONE, 0, ""},
    {"gb11643-15", "340524800101001", AY_FLAW_NONE, 0, ""},
    {"gb11643-15", "110105000229001", AY_FLAW_PART, 0, ""}, /* 1900 had no 29 February */
    {"gb11643-15", "610104620932690", AY_FLAW_PART, 0, ""},
    {"gb11643-15", "815727834224151", AY_FLAW_PART, 0, ""},
    {"gb11643-15", "360198910283844", AY_FLAW_PART, 0, ""},
    {"residence-permit", "810000199408230021", AY_FLAW_NONE, 0, ""},
    {"residence-permit", "830000200209060065", AY_FLAW_NONE, 0, ""},
    {"residence-permit", "81000019980902013X", AY_FLAW_NONE, 0, ""},
    {"residence-permit", "830000199201300022", AY_FLAW_NONE, 0, ""},
    {"residence-permit", "810100199408230021", AY_FLAW_PART, 0, ""},
    {"residence-permit", "910000199408230021", AY_FLAW_PART, 0, ""},
    {"residence-permit", "810000199402300021", AY_FLAW_PART, 0, ""},
    {"foreigner-permit", "932682198501010017", AY_FLAW_NONE, 0, ""},
    {"foreigner-permit", "999682198501010017", AY_FLAW_PART, 0, ""},
    {"foreigner-permit", "832682198501010017", AY_FLAW_PART, 0, ""},
    {"foreigner-permit", "932682198501010018", AY_FLAW_CHECK, 18, "7"},
    {"gs15", "110108000000016", AY_FLAW_NONE, 0, ""}, /* the example of GS15-2006 */
    {"gs15", "310117003171688", AY_FLAW_NONE, 0, ""},
    {"gs15", "440301103072002", AY_FLAW_NONE, 0, ""},
    {"gs15", "110108000000017", AY_FLAW_CHECK, 15, "6"},
    {"gs15", "32048300006784", AY_FLAW_LENGTH, 0, ""},
    {"gs15", "31011700317168A", AY_FLAW_ALPHABET, 15, ""},
    {"vin", "LSJA24U62JG269225", AY_FLAW_NONE, 0, ""},
    {"vin", "1M8GDM9AXKP042788", AY_FLAW_NONE, 0, ""},
    {"vin", "LSJA24U62QG269225", AY_FLAW_ALPHABET, 10, ""},
    {"vin", "LSJI24U62JG269225", AY_FLAW_ALPHABET, 4, ""},
    {"vin", "LSJA24U63JG269225", AY_FLAW_CHECK, 9, "2"},
    {"vin", "LSJA24U62JG26922", AY_FLAW_LENGTH, 0, ""},
    {"vin", "11111111111111111", AY_FLAW_PART, 0, ""},
    {"vin", "00000000000000000", AY_FLAW_PART, 0, ""},
    {"bank-card", "4111111111111111", AY_FLAW_NONE, 0, ""},
    {"bank-card", "6222021234567890123", AY_FLAW_CHECK, 19, ""},
    {"bank-card", "6200000000000006", AY_FLAW_CHECK, 16, ""},
    {"bank-card", "411111111111111", AY_FLAW_CHECK, 15, ""},
    {"bank-card", "0000000000000000", AY_FLAW_PART, 0, ""},
    {"bank-card", "411111111111", AY_FLAW_LENGTH, 0, ""},
    {"bank-card", "4111 1111 1111 1111", AY_FLAW_ALPHABET, 5, ""},
};

static const ay_identifier *find(const char *name)
{
    for (size_t i = 0; ay_identifier_at(i); i++)
        if (strcmp(ay_identifier_at(i)->name, name) == 0) return ay_identifier_at(i);
    fail_msg("no identifier %s", name);
    return NULL;
}

/* The quick answer is that of the test. */
static bool holds(const ay_identifier *identifier, ay_str text, int64_t today)
{
    const bool is_right = identifier->test(text, today).code == AY_FLAW_NONE;
    if (identifier->holds(text, today) != is_right)
        fail_msg("%s: the quick answer to " AY_STR_FMT " is wrong", identifier->name, AY_STR_ARG(text));
    return is_right;
}

static void published(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(samples); i++) {
        const sample *s = &samples[i];
        const ay_flaw flaw = find(s->system)->test(ay_str_from(s->text), ay_days_from_civil(2026, 1, 31));
        if (flaw.code != s->code || (s->at && flaw.at != s->at) || (*s->expected && strcmp(flaw.expected, s->expected)))
            fail_msg("%s %s: got flaw %d at %u '%s'", s->system, s->text, (int)flaw.code, flaw.at, flaw.expected);
    }
}

/* All systems on all samples, on what every byte in every place makes of them, and on their beginnings. The copies end
 * where their memory does. */
static void quick_answers(void **state)
{
    (void)state;
    const int64_t today = ay_days_from_civil(2026, 1, 31);
    uint32_t right = 0;
    for (size_t i = 0; i < AY_COUNT(samples); i++)
        for (size_t n = 0; n <= strlen(samples[i].text); n++) {
            char *text = ay_alloc(n ? n : 1);
            assert_non_null(text);
            memcpy(text, samples[i].text, n);
            for (size_t k = 0; ay_identifier_at(k); k++) {
                right += holds(ay_identifier_at(k), (ay_str){text, n}, today);
                if (n < strlen(samples[i].text)) continue;
                for (size_t at = 0; at < n * 256; at++) {
                    text[at / 256] = (char)(at % 256);
                    right += holds(ay_identifier_at(k), (ay_str){text, n}, today);
                    text[at / 256] = samples[i].text[at / 256];
                }
            }
            ay_free(text);
        }
    assert_true(right > 1000);
}

/* A birth is possible up to the day of the check. */
static void births(void **state)
{
    (void)state;
    char id[] = "11010520260131001?";
    int found = 0;
    for (const char *c = "0123456789X"; *c; c++) {
        id[17] = *c;
        const ay_str text = {id, 18};
        if (!holds(find("gb11643"), text, ay_days_from_civil(2026, 1, 31))) continue;
        found++;
        assert_false(holds(find("gb11643"), text, ay_days_from_civil(2026, 1, 30)));
        assert_int_equal(ay_citizen_id_test(text, ay_days_from_civil(2026, 1, 30)).code, AY_FLAW_PART);
    }
    assert_int_equal(found, 1);
    const ay_str early = AY_STR("110105179912310020");
    assert_int_equal(ay_citizen_id_test(early, INT64_MAX).code, AY_FLAW_PART);
}

static void births_of_every_day(void **state)
{
    (void)state;
    const ay_identifier *identifier = find("gb11643");
    for (int64_t day = ay_days_from_civil(1800, 1, 1); day < ay_days_from_civil(2100, 1, 1); day++) {
        int64_t year;
        unsigned month, of_month;
        char id[32];
        ay_civil_from_days(day, &year, &month, &of_month);
        snprintf(id, sizeof id, "110105%04u%02u%02u0010", (unsigned)year, month, of_month);
        const ay_flaw flaw = identifier->test((ay_str){id, 18}, INT64_MAX);
        if (flaw.code == AY_FLAW_CHECK) id[17] = flaw.expected[0];
        if (!holds(identifier, (ay_str){id, 18}, day) || holds(identifier, (ay_str){id, 18}, day - 1))
            fail_msg("%s is judged wrongly on the day of its birth, or the day before", id);
    }
}

static void upgrades(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to; /* to "": none */
    } rows[] = {
        {"340524800101001", "34052419800101001X"},
        {"410881790605552", "410881197906055527"},
        {"610104620932690", ""},
        {"610104620927998", ""}, /* born before 1900, in which year of the century is not told */
        {"34052480010100", ""},
    };
    for (size_t i = 0; i < AY_COUNT(rows); i++) {
        char out[19] = {0};
        const bool has = ay_citizen_id_upgrade(ay_str_from(rows[i].from), out);
        if (has != (*rows[i].to != 0) || (has && strcmp(out, rows[i].to) != 0)) fail_msg("%s: %s", rows[i].from, out);
    }
}

/* ---- every change of one character ---- */

static uint64_t seed = 20260131;

static uint32_t draw(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((seed >> 33) % below);
}

#define DIGITS "0123456789"
#define USCC   DIGITS "ABCDEFGHJKLMNPQRTUWXY"
#define VIN    DIGITS "ABCDEFGHJKLMNPRSTUVWXYZ"
#define ORG    DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The alphabets of the places of a value: a place has the last one whose `from` it reaches. */
typedef struct places {
    size_t from;
    const char *alphabet;
} places;

typedef struct family {
    const char *system, *start; /* how every value begins */
    size_t length, check;       /* place of the check character, 0-based */
    places places[4];
    const char *checks; /* its alphabet */
    /* Whether the arithmetic takes one for the other; NULL: never. */
    bool (*is_blind)(const char *a, const char *b, size_t place, size_t n);
} family;

static int value(char c)
{
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* GB 11714 counts modulo 11 and its letters go on to 35; X is 10 as a check character. */
static bool org_is_blind(const char *a, const char *b, size_t place, size_t n)
{
    static const int weights[] = {3, 7, 9, 10, 5, 8, 4, 2, 1};
    int difference = 0;
    for (size_t i = place; i < place + n; i++) {
        const int x = i == 8 && a[i] == 'X' ? 10 : value(a[i]), y = i == 8 && b[i] == 'X' ? 10 : value(b[i]);
        difference += (x - y) * weights[i];
    }
    return difference % 11 == 0;
}

/* Letters of a VIN count as the digits 1 to 9 over again (ISO 3779's table, written out here letter by letter). */
static int vin_number(char c)
{
    static const char letters[] = "ABCDEFGHJKLMNPRSTUVWXYZ", numbers[] = "12345678123457923456789";
    return c <= '9' ? c - '0' : numbers[strchr(letters, c) - letters] - '0';
}

static bool vin_is_blind(const char *a, const char *b, size_t place, size_t n)
{
    static const int weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    int difference = 0;
    for (size_t i = place; i < place + n; i++) {
        if (i == 8 && a[i] != b[i]) difference += (a[i] == 'X' ? 10 : value(a[i])) - (b[i] == 'X' ? 10 : value(b[i]));
        else difference -= (vin_number(a[i]) - vin_number(b[i])) * weights[i];
    }
    return difference % 11 == 0;
}

/* Luhn does not see 09 written as 90. */
static bool luhn_is_blind(const char *a, const char *b, size_t place, size_t n)
{
    (void)b;
    return n == 2 && (memcmp(a + place, "09", 2) == 0 || memcmp(a + place, "90", 2) == 0);
}

/* MOD 11,10 does not see some exchanges of neighbours: those for which its general form, tested elsewhere, is right. */
static bool gs15_is_blind(const char *a, const char *b, size_t place, size_t n)
{
    (void)a;
    (void)place;
    AY_CLEANUP(ay_arena_free) ay_arena arena = {0};
    uint32_t i = 0;
    while (strcmp(ay_iso7064_name(i), "iso7064-mod11-10") != 0) i++;
    const ay_iso7064 *system = ay_iso7064_open(i, &arena);
    assert_non_null(system);
    return n == 2 && ay_iso7064_test(system, (ay_str){b, 15}).code == AY_FLAW_NONE;
}

static const family families[] = {
    {"gb32100", "9133", 18, 17, {{0, "9"}, {1, "123"}, {2, DIGITS}, {8, USCC}}, USCC, NULL},
    {"gb11714", "", 9, 8, {{0, ORG}}, DIGITS "X", org_is_blind},
    {"gb11643", "110105", 18, 17, {{0, DIGITS}}, DIGITS "X", NULL},
    {"residence-permit", "820000", 18, 17, {{0, DIGITS}}, DIGITS "X", NULL},
    {"foreigner-permit", "911840", 18, 17, {{0, DIGITS}}, DIGITS "X", NULL},
    {"gs15", "", 15, 14, {{0, DIGITS}}, DIGITS, gs15_is_blind},
    {"vin", "L", 17, 8, {{0, VIN}}, DIGITS "X", vin_is_blind},
    {"bank-card", "62", 19, 18, {{0, DIGITS}}, DIGITS, luhn_is_blind},
};

static const char *alphabet_at(const family *f, size_t place)
{
    const char *alphabet = "";
    if (place == f->check) return f->checks;
    for (size_t i = 0; i < AY_COUNT(f->places) && f->places[i].alphabet; i++)
        if (place >= f->places[i].from) alphabet = f->places[i].alphabet;
    return alphabet;
}

static bool is_right(const family *f, const char *text)
{
    return holds(find(f->system), (ay_str){text, f->length}, INT64_MAX);
}

/* A value that is right: drawn until one of the check characters makes it so. */
static void draw_value(const family *f, char *out)
{
    const size_t start = strlen(f->start);
    for (;;) {
        for (size_t i = 0; i < f->length; i++) {
            const char *alphabet = alphabet_at(f, i);
            out[i] = i < start ? f->start[i] : alphabet[draw((uint32_t)strlen(alphabet))];
        }
        for (const char *c = f->checks; *c; c++) {
            out[f->check] = *c;
            if (is_right(f, out)) return;
        }
    }
}

/* Every character that the value could hold there: those of the whole alphabet of the system. */
static uint32_t count_changes(const family *f, char *text)
{
    uint32_t unseen = 0;
    char right[24];
    memcpy(right, text, f->length);
    for (size_t i = 0; i < f->length; i++) {
        for (const char *c = ORG; *c; c++) {
            text[i] = *c;
            if (*c == right[i] || !is_right(f, text)) continue;
            if (!f->is_blind || !f->is_blind(right, text, i, 1))
                fail_msg("%s: %.*s passes for %.*s", f->system, (int)f->length, text, (int)f->length, right);
            unseen++;
        }
        text[i] = right[i];
    }
    return unseen;
}

static uint32_t count_exchanges(const family *f, char *text)
{
    uint32_t unseen = 0;
    char right[24];
    memcpy(right, text, f->length);
    for (size_t i = 0; i + 1 < f->length; i++) {
        if (right[i] == right[i + 1]) continue;
        text[i] = right[i + 1];
        text[i + 1] = right[i];
        if (is_right(f, text)) {
            if (!f->is_blind || !f->is_blind(right, text, i, 2))
                fail_msg("%s: %.*s passes for %.*s", f->system, (int)f->length, text, (int)f->length, right);
            unseen++;
        }
        memcpy(text + i, right + i, 2);
    }
    return unseen;
}

#define VALUES 1000

static void no_slip_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(families); i++) {
        uint32_t changes = 0, exchanges = 0;
        char text[24];
        for (int n = 0; n < VALUES; n++) {
            draw_value(&families[i], text);
            changes += count_changes(&families[i], text);
            exchanges += count_exchanges(&families[i], text);
        }
        print_message("%-18s %d values: %u changes and %u exchanges that the arithmetic cannot see\n",
                      families[i].system, VALUES, changes, exchanges);
        assert_true(families[i].is_blind || (!changes && !exchanges));
    }
}

/* ---- the check ---- */

static const kit_case cases[] = {
    {"one of two systems",
     "text",
     "checksum",
     "[gb11643, residence-permit]",
     {"11010519491231002X", "810000199408230021", "810000199408230022", "11010519491231002", "NULL"},
     "PPFFS"},
    {"a part",
     "text",
     "checksum",
     "{system: gb11714, part: '9..17'}",
     {"91350100M000100Y43", "91110000100000000R", "91350100M000100Y", "", "91320621MA1MRHG205"},
     "PFFFP"},
    {"a list of one", "text", "checksum", "[luhn]", {"79927398713", "79927398710"}, "PF"},
};

static void verdicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(cases); i++) kit_run_case(&cases[i], NULL);
}

static const kit_reason_case reasons[] = {
    {"check", "text", "checksum", "gb32100", "91350100M000100Y45", AY_FAIL, "check character is 5, should be 3",
     "校验码为 5，应为 3"},
    {"class", "text", "checksum", "gb32100", "000000000000000000", AY_FAIL,
     "the first two characters are no registration authority and category", "前两位不是登记管理部门代码和机构类别代码"},
    {"length", "text", "checksum", "gb32100", "91350100M000100Y4", AY_FAIL, "length is 17, should be 18",
     "长度为 17，应为 18"},
    {"digit", "text", "checksum", "gb32100", "91X50100M000100Y43", AY_FAIL, "character 3 should be a digit",
     "第 3 个字符应为数字"},
    {"birth", "text", "checksum", "gb11643", "440308199902301512", AY_FAIL, "the birth date does not exist",
     "出生日期不存在"},
    {"future", "text", "checksum", "gb11643", "110105209901310015", AY_FAIL,
     "the birth date is after the day of the check", "出生日期晚于检查日期"},
    {"old form", "text", "checksum", "gb11643", "610104620927690", AY_FAIL,
     "it has the 15 digits of the form before GB 11643-1999", "是 GB 11643-1999 之前的 15 位号码"},
    {"the system that got furthest", "text", "checksum", "[residence-permit, gb11643]", "110105194912310021", AY_FAIL,
     "check character is 1, should be X", "校验码为 1，应为 X"},
    {"part", "text", "checksum", "{system: gb11714, part: '9..17'}", "91110000100000000R", AY_FAIL,
     "characters 9 to 17: check character is 0, should be 8", "第 9 至 17 个字符：校验码为 0，应为 8"},
    {"part beyond the end", "text", "checksum", "{system: gb11714, part: '9..17'}", "9111", AY_FAIL,
     "characters 9 to 17: too short to hold a check character", "第 9 至 17 个字符：太短，没有校验码的位置"},
};

static void reasons_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(reasons); i++) kit_run_reason(&reasons[i], NULL);
}

static void suggestions(void **state)
{
    (void)state;
    static const struct {
        const char *arg, *value, *want; /* the confidence of a check digit: 100 by the number of characters tested */
        ay_level level;
    } rows[] = {
        {"gb32100", "91350100M000100Y44", "91350100M000100Y43 by check-digit 5", AY_INTERNAL},
        {"gb32100", "91350100M000100Y43", "", AY_INTERNAL},
        {"gb32100", "91350100M000100Y4", "", AY_INTERNAL},
        {"gb11643", "610104620927690", "610104196209276908 by upgrade 99", AY_INTERNAL},
        {"gb11643", "340524800101001", "34052419800101001X by upgrade 99", AY_INTERNAL},
        {"gb11643", "440308199902301512", "", AY_INTERNAL},
        {"vin", "LSJA24U63JG269225", "LSJA24U62JG269225 by check-digit 5", AY_INTERNAL},
        {"iso7064-mod97-10", "79445", "79444 by check-digit 20", AY_INTERNAL},
        {"luhn", "12", "18 by check-digit 50", AY_INTERNAL},
        {"luhn", "12", "18 by check-digit 5", AY_SENSITIVE}, /* the figure would tell the length of a masked value */
        {"{system: gb11714, part: '9..17'}", "91110000100000000R", "91110000100000008R by check-digit 11", AY_INTERNAL},
    };
    for (size_t i = 0; i < AY_COUNT(rows); i++) {
        kit k;
        char got[64];
        kit_open(&k, "text");
        k.fields[0].level = rows[i].level;
        assert_true(kit_compile(&k, "checksum", rows[i].arg));
        kit_suggest_for(&k, rows[i].value, got, sizeof got);
        if (strcmp(got, rows[i].want) != 0) fail_msg("%s: got '%s'", rows[i].value, got);
        kit_close(&k);
    }
}

static const kit_fault_case faults[] = {
    {"an empty list", "text", "checksum", "[]", "bad-value", 1, 1, "expected a list of 1 to 8 checksums"},
    {"twice", "text", "checksum", "[luhn, luhn]", "duplicate", 1, 8, "'luhn' is listed twice"},
    {"no system", "text", "checksum", "{part: '1..2'}", "missing-key", 1, 1, "'checksum' needs a system"},
    {"turned round", "text", "checksum", "{system: luhn, part: '3..2'}", "bad-value", 1, 22,
     "'3..2' is not a part such as '1..6', from 1 to at most 1000 characters"},
    {"from 0", "text", "checksum", "{system: luhn, part: '0..2'}", "bad-value", 1, 22,
     "'0..2' is not a part such as '1..6', from 1 to at most 1000 characters"},
    {"unknown", "text", "checksum", "gb32101", "unknown-word", 1, 1, "unknown word 'gb32101', did you mean 'gb32100'?"},
};

static void faults_of_packs(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(faults); i++) kit_run_fault(&faults[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),   cmocka_unit_test(quick_answers),
        cmocka_unit_test(births),      cmocka_unit_test(births_of_every_day),
        cmocka_unit_test(upgrades),    cmocka_unit_test(no_slip_passes),
        cmocka_unit_test(verdicts),    cmocka_unit_test(reasons_in_words),
        cmocka_unit_test(suggestions), cmocka_unit_test(faults_of_packs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
