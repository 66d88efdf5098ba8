/* A seeded generator of the `enterprise` table: synthetic enterprises with planted faults, at any size.
 *
 *   generate --records N [--seed S] [--faults PER_MILLE] [--manifest FILE] [--codes FILE] > table.copy
 *
 * Standard output is COPY text (id, uscc, name, legal_person, citizen_id, phone, region, capital, founded, status,
 * updated_at, address). The manifest lists what a perfect checker finds, a line each: rule TAB key. Record i depends on
 * the seed and i alone. Nobody is meant: birth years are 1880 to 1899, phone numbers begin with 154, which was never
 * issued, organisation codes with Y.
 *
 * Every fourth record (i % 4 == 1) may carry one fault; record i + 1 never does, so that a planted duplicate has a
 * clean twin. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CODES    3200

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
/* Districts of Suining (GB/T 2260); the rest of the code list is made up. */
static const struct {
    unsigned code;
    const char *name;
} districts[] = {
    {510903, "遂宁市船山区"}, {510904, "遂宁市安居区"}, {510921, "遂宁市蓬溪县"},
    {510923, "遂宁市大英县"}, {510981, "遂宁市射洪市"},
};

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

typedef struct record {
    char id[32], uscc[32], name[128], legal_person[32], citizen_id[32], phone[32], region[16], capital[32], founded[16],
        status[16], updated_at[40], address[192];
} record;

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

static void make_words(rng *r, size_t district, record *o)
{
    const char *place = districts[district].name;
    snprintf(o->name, sizeof o->name, "%s%s%s%s", place, brands[below(r, COUNT(brands))],
             trades[below(r, COUNT(trades))], forms[below(r, COUNT(forms))]);
    snprintf(o->legal_person, sizeof o->legal_person, "%s%s", surnames[below(r, COUNT(surnames))],
             given[below(r, COUNT(given))]);
    snprintf(o->address, sizeof o->address, "四川省%s%s%u号%u栋%u单元%u室", place, streets[below(r, COUNT(streets))],
             1 + below(r, 400), 1 + below(r, 30), 1 + below(r, 4), 101 + below(r, 1200));
}

static void make(uint64_t seed, uint64_t i, record *o)
{
    rng r = {seed ^ (i + 1) * UINT64_C(0xd1342543de82ef95)};
    next(&r);
    const size_t district = below(&r, COUNT(districts));
    const unsigned region = districts[district].code;
    make_id(i, o->id);
    make_uscc(&r, region, i, o->uscc);
    make_citizen_id(&r, region, o->citizen_id);
    make_words(&r, district, o);
    snprintf(o->phone, sizeof o->phone, "154%08u", below(&r, 100000000));
    snprintf(o->region, sizeof o->region, "%06u", region);
    snprintf(o->capital, sizeof o->capital, "%u.%02u", below(&r, 90000000), below(&r, 100));
    snprintf(o->founded, sizeof o->founded, "%04u-%02u-%02u", 1980 + below(&r, 45), 1 + below(&r, 12),
             1 + below(&r, 28));
    snprintf(o->status, sizeof o->status, "%s", statuses[below(&r, COUNT(statuses))]);
    snprintf(o->updated_at, sizeof o->updated_at, "2026-%02u-%02u %02u:%02u:%02u+08", 1 + below(&r, 6),
             1 + below(&r, 28), below(&r, 24), below(&r, 60), below(&r, 60));
    if (strcmp(o->status, "存续") != 0 && below(&r, 4) == 0) strcpy(o->phone, NULL_TEXT);
}

/* ---- Faults: each changes a record and says which rules it breaks ---- */

typedef struct fault {
    const char *rules[4]; /* broken by the record itself */
    bool twin;            /* the same rules are broken by the next record too */
    void (*plant)(record *o, const record *twin);
} fault;

static void no_name(record *o, const record *t)
{
    (void)t;
    strcpy(o->name, NULL_TEXT);
}
static void word_for_name(record *o, const record *t)
{
    (void)t;
    strcpy(o->name, "无");
}
static void no_person(record *o, const record *t)
{
    (void)t;
    strcpy(o->legal_person, NULL_TEXT);
}
static void no_region(record *o, const record *t)
{
    (void)t;
    strcpy(o->region, NULL_TEXT);
}
static void no_uscc(record *o, const record *t)
{
    (void)t;
    strcpy(o->uscc, NULL_TEXT);
}
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
static void wrong_phone(record *o, const record *t)
{
    (void)t;
    strcpy(o->phone, "12345678901");
}
static void no_phone(record *o, const record *t)
{
    (void)t;
    strcpy(o->status, "存续");
    strcpy(o->phone, NULL_TEXT);
}
static void odd_region(record *o, const record *t)
{
    (void)t;
    strcpy(o->region, "519999");
}
static void negative_capital(record *o, const record *t)
{
    (void)t;
    strcpy(o->capital, "-0.01");
}
static void vast_capital(record *o, const record *t)
{
    (void)t;
    strcpy(o->capital, "1000000000000.01");
}
static void early(record *o, const record *t)
{
    (void)t;
    strcpy(o->founded, "1949-09-30");
}
static void future(record *o, const record *t)
{
    (void)t;
    strcpy(o->founded, "2026-07-02");
}
static void odd_status(record *o, const record *t)
{
    (void)t;
    strcpy(o->status, "存续 ");
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

static const fault faults[] = {
    {{"enterprise.name.required"}, false, no_name},
    {{"enterprise.name.required"}, false, word_for_name},
    {{"enterprise.legal_person.required"}, false, no_person},
    {{"enterprise.region.required"}, false, no_region},
    {{"enterprise.uscc.required"}, false, no_uscc},
    {{"enterprise.uscc.match"}, false, letter_o},
    {{"enterprise.uscc.match", "enterprise.uscc.normalize"}, false, lower_uscc},
    {{"enterprise.uscc.match"}, false, short_uscc},
    {{"enterprise.uscc.unique"}, true, same_uscc},
    {{"enterprise.citizen_id.checksum"}, false, wrong_citizen},
    {{"enterprise.id.checksum"}, false, wrong_id},
    {{"enterprise.phone.match"}, false, wrong_phone},
    {{"enterprise.live-has-phone"}, false, no_phone},
    {{"enterprise.region.code"}, false, odd_region},
    {{"enterprise.capital.min"}, false, negative_capital},
    {{"enterprise.capital.max"}, false, vast_capital},
    {{"enterprise.founded.min"}, false, early},
    {{"enterprise.founded.max"}, false, future},
    {{"enterprise.status.one_of"}, false, odd_status},
    {{"enterprise.address.charset"}, false, broken_address},
    {{"enterprise.name.length"}, false, long_name},
    {{"enterprise.uscc.unique", "enterprise.whole-record"}, true, same_record},
};

static const fault *choose_fault(uint64_t seed, uint64_t i, uint64_t n, unsigned per_mille)
{
    rng r = {seed ^ (i + 1) * UINT64_C(0x2545f4914f6cdd1d)};
    next(&r);
    if (i % 4 != 1 || i + 1 >= n || below(&r, 250) >= per_mille) return NULL;
    return &faults[below(&r, COUNT(faults))];
}

static void note(FILE *manifest, const fault *f, const char *key)
{
    for (size_t k = 0; manifest && k < COUNT(f->rules) && f->rules[k]; k++)
        fprintf(manifest, "%s\t%s\n", f->rules[k], key);
}

static void print(const record *o)
{
    const char *fields[] = {o->id,     o->uscc,    o->name,    o->legal_person, o->citizen_id, o->phone,
                            o->region, o->capital, o->founded, o->status,       o->updated_at, o->address};
    for (size_t k = 0; k < COUNT(fields); k++) {
        if (k) putchar('\t');
        fputs(fields[k], stdout);
    }
    putchar('\n');
}

static void generate(uint64_t n, uint64_t seed, unsigned per_mille, FILE *manifest)
{
    record o, twin;
    for (uint64_t i = 0; i < n; i++) {
        const fault *f = choose_fault(seed, i, n, per_mille);
        make(seed, i, &o);
        if (f) {
            make(seed, i + 1, &twin);
            f->plant(&o, &twin);
            note(manifest, f, o.id);
            if (f->twin) note(manifest, f, twin.id);
        }
        print(&o);
    }
}

static void write_codes(FILE *out)
{
    fputs("code,name\n", out);
    for (size_t i = 0; i < COUNT(districts); i++) fprintf(out, "%u,%s\n", districts[i].code, districts[i].name);
    for (unsigned i = 0; i < CODES - COUNT(districts); i++) fprintf(out, "%u,synthetic %u\n", 600000 + i * 7, i);
}

/* ---- Command line ---- */

static FILE *create(const char *path)
{
    FILE *f = fopen(path, "w");
    if (!f) {
        perror(path);
        exit(3);
    }
    return f;
}

static void finish(FILE *f)
{
    if (f && (fflush(f) != 0 || ferror(f))) {
        perror("generate");
        exit(3);
    }
}

static uint64_t number(const char *text)
{
    char *end;
    const uint64_t v = strtoull(text, &end, 10);
    if (*end || end == text) {
        fprintf(stderr, "generate: '%s' is not a number\n", text);
        exit(2);
    }
    return v;
}

int main(int argc, char **argv)
{
    uint64_t n = 0, seed = 1, per_mille = 20;
    FILE *manifest = NULL, *codes = NULL;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--records") == 0) n = number(argv[i + 1]);
        else if (strcmp(argv[i], "--seed") == 0) seed = number(argv[i + 1]);
        else if (strcmp(argv[i], "--faults") == 0) per_mille = number(argv[i + 1]);
        else if (strcmp(argv[i], "--manifest") == 0) manifest = create(argv[i + 1]);
        else if (strcmp(argv[i], "--codes") == 0) codes = create(argv[i + 1]);
        else argc = 0;
    }
    if (argc % 2 == 0 || per_mille > 250) {
        fputs("generate --records N [--seed S] [--faults PER_MILLE (at most 250)] [--manifest FILE] [--codes FILE]\n",
              stderr);
        return 2;
    }
    if (codes) write_codes(codes);
    generate(n, seed, (unsigned)per_mille, manifest);
    finish(manifest);
    finish(codes);
    finish(stdout);
    return 0;
}
