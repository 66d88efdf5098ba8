#include "enterprise.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *const rule_ids[] = {
#define X(name, id) "enterprise." id,
    RULES(X)
#undef X
};

/* ---- Random numbers: splitmix64, one stream a record ---- */

typedef struct rng {
    uint64_t state;
} rng;

static uint64_t next(rng *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint32_t below(rng *r, uint32_t n)
{
    return (uint32_t)((next(r) >> 32) * n >> 32);
}

static rng stream(uint64_t seed, uint64_t i, uint64_t purpose)
{
    rng r = {seed ^ (i + 1) * purpose};
    next(&r);
    return r;
}

/* ---- Words ---- */

static const char *const surnames[] = {"赵", "钱", "孙", "李", "周",   "吴",   "郑",   "王",  "冯", "陈",
                                       "褚", "卫", "蒋", "沈", "韩",   "杨",   "朱",   "秦",  "尤", "许",
                                       "何", "吕", "施", "张", "欧阳", "司马", "诸葛", "上官"};
static const char *const given[] = {"伟", "芳", "秀英", "敏",   "静",   "丽",   "强", "磊",   "军",
                                    "洋", "勇", "艳",   "杰",   "涛",   "明",   "超", "秀兰", "霞",
                                    "平", "刚", "桂英", "建国", "志强", "海燕", "㛃", "䶮",   "𠮷"};
static const char *const brands[] = {"恒达", "鑫源", "瑞丰", "华泰", "金桥", "兴隆", "天成",   "盛世", "宏远", "博大",
                                     "嘉禾", "润泽", "启明", "东方", "长江", "涪江", "观音湖", "灵泉", "中天", "百川"};
static const char *const trades[] = {"商贸",     "建筑工程", "信息技术", "农业开发", "餐饮管理", "物流运输",
                                     "机械设备", "文化传播", "环保科技", "电子科技", "食品加工", "纺织"};
static const char *const forms[] = {"有限公司", "有限责任公司", "股份有限公司", "个人独资企业", "合伙企业"};
static const char *const streets[] = {"遂州中路", "凯旋路", "渠河路",   "明月路", "嘉禾路",
                                      "德胜路",   "玉龙路", "滨江南路", "育才路", "和平东路"};
static const char *const statuses[] = {"存续", "存续", "存续", "存续", "存续", "存续", "注销", "吊销"};

/* ---- Places ---- */

typedef struct place {
    unsigned code;
    char province[64], name[128]; /* the name begins with that of the prefecture */
} place;

/* Districts of Suining (GB/T 2260). */
static const place districts[] = {
    {510903, "四川省", "遂宁市船山区"}, {510904, "四川省", "遂宁市安居区"}, {510921, "四川省", "遂宁市蓬溪县"},
    {510923, "四川省", "遂宁市大英县"}, {510981, "四川省", "遂宁市射洪市"},
};
static const place *places = districts;
static uint32_t n_places = COUNT(districts);

enum { CODES_MAX = 8192, MADE_UP = 3200 };
static struct {
    unsigned code, parent;
    char name[64];
} codes[CODES_MAX];
static size_t n_codes;

/* A line of a list of codes (code,name,parent,since,until,...), where the code is in force. */
static void read_code(char *line)
{
    char *cells[5];
    for (size_t k = 0; k < COUNT(cells); k++) cells[k] = strsep(&line, ",\n");
    if (cells[0][0] < '1' || cells[0][0] > '9' || !cells[4] || cells[4][0] || n_codes == CODES_MAX) return;
    codes[n_codes].code = (unsigned)strtoul(cells[0], NULL, 10);
    codes[n_codes].parent = (unsigned)strtoul(cells[2], NULL, 10);
    snprintf(codes[n_codes].name, sizeof codes->name, "%s", cells[1]);
    n_codes++;
}

static const char *name_of(unsigned code)
{
    for (size_t i = 0; i < n_codes; i++)
        if (codes[i].code == code) return codes[i].name;
    return "";
}

/* Counties of the mainland; those of a municipality stand in no province. */
static void make_places(place *out)
{
    n_places = 0;
    for (size_t i = 0; i < n_codes; i++) {
        const unsigned code = codes[i].code, province = code / 10000 * 10000;
        if (code >= 700000 || code % 100 == 0) continue;
        place *p = &out[n_places++];
        p->code = code;
        snprintf(p->province, sizeof p->province, "%s", codes[i].parent == province ? "" : name_of(province));
        snprintf(p->name, sizeof p->name, "%s%s", name_of(codes[i].parent), codes[i].name);
    }
    places = out;
}

bool read_regions(const char *path)
{
    static place read[CODES_MAX];
    char line[1024];
    FILE *file = fopen(path, "r");
    if (file)
        while (fgets(line, sizeof line, file)) read_code(line);
    if (!file || ferror(file)) perror(path);
    if (file) fclose(file);
    make_places(read);
    if (file && n_places == 0) fprintf(stderr, "%s: no codes of counties\n", path);
    return n_places > 0;
}

void write_codes(FILE *out)
{
    fputs("code,name\n", out);
    for (size_t i = 0; i < n_codes; i++) fprintf(out, "%06u,%s\n", codes[i].code, codes[i].name);
    if (n_codes > 0) return;
    for (size_t i = 0; i < COUNT(districts); i++) fprintf(out, "%u,%s\n", districts[i].code, districts[i].name);
    for (unsigned i = 0; i < MADE_UP - COUNT(districts); i++) fprintf(out, "%u,synthetic %u\n", 600000 + i * 7, i);
}

/* ---- Identifiers ---- */

static const char uscc_letters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static unsigned letter_value(char c)
{
    return (unsigned)(strchr(uscc_letters, c) - uscc_letters);
}

/* GB 11714: eight characters and a check character. */
static char org_check(const char *eight)
{
    static const unsigned weights[] = {3, 7, 9, 10, 5, 8, 4, 2};
    unsigned sum = 0;
    for (size_t i = 0; i < 8; i++) {
        const char c = eight[i];
        sum += weights[i] * (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
    }
    const unsigned check = (11 - sum % 11) % 11;
    return check == 10 ? 'X' : (char)('0' + check);
}

/* GB 32100: mod 31 over 17 characters. */
static char uscc_check(const char *seventeen)
{
    unsigned sum = 0, weight = 1;
    for (size_t i = 0; i < 17; i++) {
        sum += letter_value(seventeen[i]) * weight;
        weight = weight * 3 % 31;
    }
    return uscc_letters[(31 - sum % 31) % 31];
}

/* ISO 7064 MOD 11-2 over 17 digits. */
static char citizen_check(const char *seventeen)
{
    unsigned p = 0;
    for (size_t i = 0; i < 17; i++) p = (p + (unsigned)(seventeen[i] - '0')) * 2 % 11;
    const unsigned check = (12 - p) % 11;
    return check == 10 ? 'X' : (char)('0' + check);
}

/* ISO 7064 MOD 11,10 over 14 digits. */
static char number_check(const char *fourteen)
{
    unsigned p = 10;
    for (size_t i = 0; i < 14; i++) {
        p = (p + (unsigned)(fourteen[i] - '0')) % 10;
        p = (p ? p : 10) * 2 % 11;
    }
    return (char)('0' + (11 - p) % 10);
}

/* ---- A record ---- */

#define NULL_TEXT "\\N"

static void make_uscc(rng *r, unsigned region, uint64_t i, char out[32])
{
    char org[16];
    uint64_t n = i;
    org[0] = 'Y';
    for (size_t k = 7; k > 0; k--, n /= 31) org[k] = uscc_letters[n % 31];
    org[8] = org_check(org);
    org[9] = '\0';
    snprintf(out, 32, "9%u%06u%s", 1 + below(r, 3), region, org);
    out[17] = uscc_check(out);
    out[18] = '\0';
}

static void make_citizen_id(rng *r, unsigned region, char out[32])
{
    snprintf(out, 32, "%06u%04u%02u%02u%03u", region, 1880 + below(r, 20), 1 + below(r, 12), 1 + below(r, 28),
             below(r, 1000));
    out[17] = citizen_check(out);
    out[18] = '\0';
}

static void make_id(uint64_t i, char out[32])
{
    snprintf(out, 32, "510900%08" PRIu64, i);
    out[14] = number_check(out);
    out[15] = '\0';
}

static void make_words(rng *r, const place *where, record *o)
{
    snprintf(o->name, sizeof o->name, "%s%s%s%s", where->name, brands[below(r, COUNT(brands))],
             trades[below(r, COUNT(trades))], forms[below(r, COUNT(forms))]);
    snprintf(o->legal_person, sizeof o->legal_person, "%s%s", surnames[below(r, COUNT(surnames))],
             given[below(r, COUNT(given))]);
    snprintf(o->address, sizeof o->address, "%s%s%s%u号%u栋%u单元%u室", where->province, where->name,
             streets[below(r, COUNT(streets))], 1 + below(r, 400), 1 + below(r, 30), 1 + below(r, 4),
             101 + below(r, 1200));
}

void make_record(uint64_t seed, uint64_t i, record *o)
{
    rng r = stream(seed, i, UINT64_C(0xd1342543de82ef95));
    const place *const where = &places[below(&r, n_places)];
    make_id(i, o->id);
    make_uscc(&r, where->code, i, o->uscc);
    make_citizen_id(&r, where->code, o->citizen_id);
    make_words(&r, where, o);
    snprintf(o->phone, sizeof o->phone, "154%08u", below(&r, 100000000));
    snprintf(o->region, sizeof o->region, "%06u", where->code);
    snprintf(o->capital, sizeof o->capital, "%u.%02u", below(&r, 90000000), below(&r, 100));
    snprintf(o->founded, sizeof o->founded, "%04u-%02u-%02u", 1980 + below(&r, 45), 1 + below(&r, 12),
             1 + below(&r, 28));
    snprintf(o->status, sizeof o->status, "%s", statuses[below(&r, COUNT(statuses))]);
    snprintf(o->updated_at, sizeof o->updated_at, "2026-%02u-%02u %02u:%02u:%02u+08", 1 + below(&r, 6),
             1 + below(&r, 28), below(&r, 24), below(&r, 60), below(&r, 60));
    if (strcmp(o->status, "存续") != 0 && below(&r, 4) == 0) strcpy(o->phone, NULL_TEXT);
}

/* ---- Faults ---- */

static void letter_o(record *o, const record *t)
{
    (void)t;
    o->uscc[9] = 'O';
}
static void lower_uscc(record *o, const record *t)
{
    (void)t;
    o->uscc[8] = 'y';
}
static void short_uscc(record *o, const record *t)
{
    (void)t;
    o->uscc[17] = '\0';
}
static void wrong_uscc(record *o, const record *t)
{
    (void)t;
    o->uscc[17] = o->uscc[17] == '3' ? '4' : '3';
}
static void same_uscc(record *o, const record *t)
{
    strcpy(o->uscc, t->uscc);
}
static void wrong_citizen(record *o, const record *t)
{
    (void)t;
    o->citizen_id[17] = o->citizen_id[17] == '3' ? '4' : '3';
}
static void wrong_id(record *o, const record *t)
{
    (void)t;
    o->id[14] = o->id[14] == '9' ? '0' : (char)(o->id[14] + 1);
}
static void no_phone(record *o, const record *t)
{
    (void)t;
    strcpy(o->status, "存续");
    strcpy(o->phone, NULL_TEXT);
}
static void broken_address(record *o, const record *t)
{
    (void)t;
    strcat(o->address, "\xef\xbf\xbd");
}
static void long_name(record *o, const record *t)
{
    (void)t;
    o->name[0] = '\0';
    for (int i = 0; i < 41; i++) strcat(o->name, "长");
}
static void same_record(record *o, const record *t)
{
    char id[32];
    strcpy(id, o->id);
    *o = *t;
    strcpy(o->id, id);
}

#define BIT(rule)       (UINT32_C(1) << (rule))
#define SET(name, text) .field = offsetof(record, name), .value = (text)

static const fault faults[] = {
    {BIT(NAME_REQUIRED), SET(name, NULL_TEXT)},
    {BIT(NAME_REQUIRED), SET(name, "无")},
    {BIT(PERSON_REQUIRED), SET(legal_person, NULL_TEXT)},
    {BIT(REGION_REQUIRED), SET(region, NULL_TEXT)},
    {BIT(USCC_REQUIRED), SET(uscc, NULL_TEXT)},
    {BIT(USCC_MATCH) | BIT(USCC_CHECKSUM), .plant = letter_o},
    {BIT(USCC_MATCH) | BIT(USCC_CHECKSUM) | BIT(USCC_NORMALIZE), .plant = lower_uscc},
    {BIT(USCC_MATCH) | BIT(USCC_CHECKSUM), .plant = short_uscc},
    {BIT(USCC_CHECKSUM), .plant = wrong_uscc},
    {BIT(USCC_UNIQUE), true, .plant = same_uscc},
    {BIT(CITIZEN_CHECKSUM), .plant = wrong_citizen},
    {BIT(ID_CHECKSUM), .plant = wrong_id},
    {BIT(PHONE_MATCH), SET(phone, "12345678901")},
    {BIT(LIVE_HAS_PHONE), .plant = no_phone},
    {BIT(REGION_CODE), SET(region, "519999")},
    {BIT(CAPITAL_MIN), SET(capital, "-0.01")},
    {BIT(CAPITAL_MAX), SET(capital, "1000000000000.01")},
    {BIT(FOUNDED_MIN), SET(founded, "1949-09-30")},
    {BIT(FOUNDED_MAX), SET(founded, "2026-07-02")},
    {BIT(STATUS_ONE_OF), SET(status, "存续 ")},
    {BIT(ADDRESS_CHARSET), .plant = broken_address},
    {BIT(NAME_LENGTH), .plant = long_name},
    {BIT(USCC_UNIQUE) | BIT(WHOLE_RECORD), true, .plant = same_record},
};

/* Each in a field that no other reads, so that any of them may meet in one record. */
static const fault apart[] = {
    {BIT(PERSON_REQUIRED), SET(legal_person, NULL_TEXT)},
    {BIT(CITIZEN_CHECKSUM), .plant = wrong_citizen},
    {BIT(PHONE_MATCH), SET(phone, "12345678901")},
    {BIT(REGION_CODE), SET(region, "519999")},
    {BIT(CAPITAL_MIN), SET(capital, "-0.01")},
    {BIT(FOUNDED_MAX), SET(founded, "2026-07-02")},
    {BIT(STATUS_ONE_OF), SET(status, "存续 ")},
    {BIT(NAME_LENGTH), .plant = long_name},
};

const fault *choose_fault(uint64_t seed, uint64_t i, uint64_t n, unsigned per_mille)
{
    rng r = stream(seed, i, UINT64_C(0x2545f4914f6cdd1d));
    if (i % 4 != 1 || i + 1 >= n || below(&r, 250) >= per_mille) return NULL;
    return &faults[below(&r, COUNT(faults))];
}

size_t choose_three(uint64_t seed, uint64_t i, unsigned percent, const fault *ret[3])
{
    rng r = stream(seed, i, UINT64_C(0x2545f4914f6cdd1d));
    if (below(&r, 100) >= percent) return 0;
    const size_t first = below(&r, COUNT(apart));
    for (size_t k = 0; k < 3; k++) ret[k] = &apart[(first + k) % COUNT(apart)];
    return 3;
}

void plant(const fault *f, record *o, const record *twin)
{
    if (f->plant) f->plant(o, twin);
    else strcpy((char *)o + f->field, f->value);
}
