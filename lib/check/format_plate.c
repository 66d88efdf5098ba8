/* Number plates of GA 36: ordinary, with a last character for its use, of new energy, consular and diplomatic. */
#include "check/format.h"

#include "base/mem.h"
#include "base/utf8.h"

#define PLATE_MAX 8

typedef struct plate {
    uint32_t cp[PLATE_MAX + 1];
    size_t n; /* more than PLATE_MAX: too long */
} plate;

static plate read_plate(ay_str text)
{
    plate p = {.n = 0};
    for (size_t at = 0; at < text.len && p.n <= PLATE_MAX; p.n++) p.cp[p.n] = ay_utf8_next(text, &at);
    return p;
}

/* Characters, sorted, of the basic plane. */
static bool is_one_of(uint32_t cp, const uint16_t *sorted, size_t n)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (sorted[middle] == cp) return true;
        if (sorted[middle] < cp) low = middle + 1;
        else high = middle;
    }
    return false;
}

static bool is_province(uint32_t cp)
{
    /* 云京冀吉宁川新晋桂沪津浙渝湘琼甘皖粤苏蒙藏豫贵赣辽鄂闽陕青鲁黑 */
    static const uint16_t provinces[] = {0x4E91, 0x4EAC, 0x5180, 0x5409, 0x5B81, 0x5DDD, 0x65B0, 0x664B,
                                         0x6842, 0x6CAA, 0x6D25, 0x6D59, 0x6E1D, 0x6E58, 0x743C, 0x7518,
                                         0x7696, 0x7CA4, 0x82CF, 0x8499, 0x85CF, 0x8C6B, 0x8D35, 0x8D63,
                                         0x8FBD, 0x9102, 0x95FD, 0x9655, 0x9752, 0x9C81, 0x9ED1};
    return is_one_of(cp, provinces, AY_COUNT(provinces));
}

/* The last character of an ordinary plate may tell its use: 使学挂港澳警领. */
static bool is_use(uint32_t cp)
{
    static const uint16_t uses[] = {0x4F7F, 0x5B66, 0x6302, 0x6E2F, 0x6FB3, 0x8B66, 0x9886};
    return is_one_of(cp, uses, AY_COUNT(uses));
}

enum { ENVOY = 0x4F7F, CONSUL = 0x9886 };

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

static bool is_letter(uint32_t cp)
{
    return cp >= 'A' && cp <= 'Z';
}

static bool is_serial(uint32_t cp)
{
    return is_digit(cp) || (is_letter(cp) && cp != 'I' && cp != 'O');
}

/* A to H, J, K: the kinds of new energy. */
static bool is_energy(uint32_t cp)
{
    return cp >= 'A' && cp <= 'K' && cp != 'I';
}

static size_t count_digits(const plate *p, size_t from)
{
    size_t n = 0;
    while (from + n < p->n && n <= PLATE_MAX && is_digit(p->cp[from + n])) n++;
    return n;
}

static ay_flaw at_character(size_t i, const char *en, const char *zh)
{
    return (ay_flaw){.code = AY_FLAW_ALPHABET, .at = (uint32_t)i + 1, .what = {.zh = zh, .en = en}};
}

static ay_flaw test_ordinary(const plate *p)
{
    for (size_t i = 2; i < 7; i++) {
        if (is_serial(p->cp[i]) || (i == 6 && is_use(p->cp[i]))) continue;
        return at_character(i, "a digit or a capital letter other than I and O", "数字或除 I、O 以外的大写字母");
    }
    return ay_flaw_none();
}

/* Small cars: the kind, a digit or letter, four digits; large ones: five digits, the kind. */
static ay_flaw test_energy(const plate *p)
{
    const bool is_small = is_energy(p->cp[2]) && is_serial(p->cp[3]) && count_digits(p, 4) == 4;
    const bool is_large = count_digits(p, 2) == 5 && is_energy(p->cp[7]);
    if (is_small || is_large) return ay_flaw_none();
    return ay_flaw_part(
        "eight characters are no plate of new energy: its letter (A-H, J, K) stands third or last, beside digits",
        "8 位号牌不符合新能源汽车号牌结构：类型字母（A-H、J、K）位于第三位或末位，其余为数字");
}

/* 使 and six digits; a province, four to six digits and 领. */
static bool is_diplomatic(const plate *p)
{
    if (p->n == 7 && p->cp[0] == ENVOY) return count_digits(p, 1) == 6;
    const size_t digits = p->n <= PLATE_MAX ? count_digits(p, 1) : 0;
    return digits >= 4 && digits <= 6 && p->n == digits + 2 && is_province(p->cp[0]) && p->cp[p->n - 1] == CONSUL;
}

ay_flaw ay_plate_test(ay_str text)
{
    const plate p = read_plate(text);
    if (is_diplomatic(&p)) return ay_flaw_none();
    if (p.n > 0 && !is_province(p.cp[0])) return at_character(0, "a province", "省份简称");
    if (p.n > 1 && !is_letter(p.cp[1])) return at_character(1, "a capital letter", "大写字母");
    if (p.n == 7) return test_ordinary(&p);
    return p.n == 8 ? test_energy(&p) : ay_flaw_length("7, 8");
}
