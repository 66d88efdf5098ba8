/* What a check costs, by itself: one line a kernel, nanoseconds a value, the median of several rounds over values that
 * do not fit the nearest cache. Only a release build tells anything.
 *
 *   bench_kernels [RULES [NAME]]      the folder of the rules (default: rules); kernels whose name has NAME in it */
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "check/identifier.h"
#include "check/iso7064.h"
#include "pack/load.h"

enum { ROWS = 1024, BATCHES = 64, VALUES = ROWS * BATCHES, VALUE_MAX = 40, ROUNDS = 15 };

/* Makes a value from random bits, returns its length. */
typedef size_t make_value(uint64_t random, char out[VALUE_MAX]);

static make_value region, slip_of_region, word_among_digits, slip_of_word, number_of_region, uscc, citizen_id,
    citizen_id_15, residence_permit, foreigner_permit, gs15, card, vin, luhn, mod11_2, mod37_2, mod97_10, mod661_26,
    mod1271_36, mod11_10, mod27_26, mod37_36, mobile, phone, plate, date, day, datetime, email, ipv4, ascii, ideographs,
    dotted, told, amount;

#define CLASSES "[private_use, replacement, control, full_width, zero_width, space, question, mixed_scripts]"

/* A kernel is the first check of a standard, as a pack writes it, and what it is given. */
static const struct kernel {
    const char *name, *check;
    make_value *value;
    const char *type; /* NULL: text */
} kernels[] = {
    {"length", "length: 6", region, NULL}, /* what the least check costs */
    {"length: 12 ideographs", "length: {max: 12}", ideographs, NULL},
    {"length in UTF-16: 12 ideographs", "length: {max: 12, unit: utf16}", ideographs, NULL},
    {"length in GB 18030: 12 ideographs", "length: {max: 24, unit: gb18030}", ideographs, NULL},
    {"required", "required: true", region, NULL},
    {"type: integer", "type: integer", region, NULL},
    {"type: date", "type: date", date, NULL},
    {"min: integer", "min: 300000", region, "integer"},
    {"max: decimal", "max: 500.5", amount, "decimal"},
    {"exclusive_min: float", "exclusive_min: 500.5", amount, "float"},
    {"exclusive_max: date", "exclusive_max: 2000-01-01", day, "date"},
    {"scale", "scale: 2", amount, "decimal"},
    {"one of", "one_of: [510902, 510903, 510904, 510923, 510981]", region, NULL},
    {"one of: integers", "one_of: [510902, 510903, 510904, 510923, 510981]", region, "integer"},
    {"not in", "not_in: [510902, 510903, 510904, 510923, 510981]", region, NULL},
    {"code: region", "code: codes/regions.csv", region, NULL},
    {"code: region, statistics", "code: codes/regions_statistics.csv", region, NULL},
    {"code: region, two lists", "code: {file: [codes/regions.csv, codes/regions_legacy.csv]}", region, NULL},
    {"code: region of a citizen's number", "code: {file: codes/regions.csv, part: 1..6, since: 7..10}",
     number_of_region, NULL},
    {"checksum: gb32100", "checksum: gb32100", uscc, NULL},
    {"checksum: gb11714 in it", "checksum: {system: gb11714, part: 9..17}", uscc, NULL},
    {"checksum: gb11643", "checksum: gb11643", citizen_id, NULL},
    {"checksum: gb11643-15", "checksum: gb11643-15", citizen_id_15, NULL},
    {"checksum: residence-permit", "checksum: residence-permit", residence_permit, NULL},
    {"checksum: foreigner-permit", "checksum: foreigner-permit", foreigner_permit, NULL},
    {"checksum: gs15", "checksum: gs15", gs15, NULL},
    {"checksum: vin", "checksum: vin", vin, NULL},
    {"checksum: bank-card", "checksum: bank-card", card, NULL},
    {"checksum: luhn", "checksum: luhn", luhn, NULL},
    {"checksum: iso7064-mod11-2", "checksum: iso7064-mod11-2", mod11_2, NULL},
    {"checksum: iso7064-mod37-2", "checksum: iso7064-mod37-2", mod37_2, NULL},
    {"checksum: iso7064-mod97-10", "checksum: iso7064-mod97-10", mod97_10, NULL},
    {"checksum: iso7064-mod661-26", "checksum: iso7064-mod661-26", mod661_26, NULL},
    {"checksum: iso7064-mod1271-36", "checksum: iso7064-mod1271-36", mod1271_36, NULL},
    {"checksum: iso7064-mod11-10", "checksum: iso7064-mod11-10", mod11_10, NULL},
    {"checksum: iso7064-mod27-26", "checksum: iso7064-mod27-26", mod27_26, NULL},
    {"checksum: iso7064-mod37-36", "checksum: iso7064-mod37-36", mod37_36, NULL},
    {"match: class sequence", "match: '[0-9A-HJ-NPQRTUWXY]{18}'", uscc, NULL},
    {"match: alternatives", "match: '(1|5|9|Y)[0-9A-Z]+'", uscc, NULL},
    {"not match", "not_match: '.*[IOSVZ].*'", uscc, NULL},
    {"format: vin", "format: vin", vin, NULL},
    {"format: mobile", "format: mobile", mobile, NULL},
    {"format: phone", "format: phone", mobile, NULL},
    {"format: landline", "format: landline", phone, NULL},
    {"format: plate", "format: plate", plate, NULL},
    {"format: email", "format: email", email, NULL},
    {"format: ip", "format: ip", ipv4, NULL},
    {"format: gbt7408-date", "format: gbt7408-date", date, NULL},
    {"format: gbt7408-datetime", "format: gbt7408-datetime", datetime, NULL},
    {"personal: 18 of ASCII", "personal: true", ascii, NULL},
    {"personal: 12 ideographs", "personal: true", ideographs, NULL},
    {"personal: a mobile number is told", "personal: true", told, NULL},
    {"personal: a citizen's number", "personal: true", citizen_id, NULL},
    {"normalize [trim, width, nfc]: 18 of ASCII", "normalize: [trim, width, nfc]", ascii, NULL},
    {"normalize [trim, width, nfc]: 12 ideographs", "normalize: [trim, width, nfc]", ideographs, NULL},
    {"normalize [trim, digits, nfkc, dot]: a dot", "normalize: [trim, digits, nfkc, dot]", dotted, NULL},
    {"charset, all classes: 18 of ASCII", "charset: " CLASSES, ascii, NULL},
    {"charset, all classes: 12 ideographs", "charset: " CLASSES, ideographs, NULL},
};

/* What it costs to suggest a value for a finding, once the first one has made the index. */
static const struct kernel suggestions[] = {
    {"suggestion: nearest of 6,450 regions", "code: codes/regions.csv", slip_of_region, NULL},
    {"suggestion: the same, a letter among digits", "code: codes/regions.csv", word_among_digits, NULL},
    {"suggestion: nearest of 5 texts", "one_of: [active, suspended, closed, retired, unknown]", slip_of_word, NULL},
    {"suggestion: check digit of gb32100", "checksum: gb32100", uscc, NULL},
};

/* ---- values ---- */

static struct {
    char code[8192][7];
    size_t n;
} regions;

static bool read_regions(const char *rules)
{
    char path[4096], line[4096];
    snprintf(path, sizeof path, "%s/codes/regions.csv", rules);
    FILE *file = fopen(path, "r");
    if (!file) return false;
    while (regions.n < AY_COUNT(regions.code) && fgets(line, sizeof line, file))
        if (line[0] >= '1' && line[0] <= '9') memcpy(regions.code[regions.n++], line, 6);
    fclose(file);
    return regions.n > 0;
}

/* One in sixteen is no region. */
static size_t region(uint64_t random, char out[VALUE_MAX])
{
    memcpy(out, regions.code[(random >> 8) % regions.n], 6);
    if (random % 16 == 0) out[0] = '9';
    return 6;
}

static size_t slip_of_region(uint64_t random, char out[VALUE_MAX])
{
    (void)region(random | 1, out);
    out[(random >> 24) % 6] = (char)('0' + (random >> 32) % 10);
    return 6;
}

static size_t word_among_digits(uint64_t random, char out[VALUE_MAX])
{
    (void)region(random | 1, out);
    out[(random >> 24) % 6] = 'O';
    return 6;
}

static size_t slip_of_word(uint64_t random, char out[VALUE_MAX])
{
    const size_t n = (size_t)snprintf(out, VALUE_MAX, "suspended");
    out[random % n] = (char)('a' + (random >> 8) % 26);
    return n;
}

static size_t number_of_region(uint64_t random, char out[VALUE_MAX])
{
    const unsigned year = 1940 + (unsigned)(random >> 40) % 80;
    (void)region(random, out);
    return 6 + (size_t)snprintf(out + 6, VALUE_MAX - 6, "%u0307001X", year);
}

/* Whatever check character makes it right; one in sixteen stays wrong. */
static size_t with_check(ay_identifier_test test, uint64_t random, char *out, size_t length, size_t place)
{
    out[place] = '0';
    const ay_flaw flaw = test((ay_str){out, length}, INT64_MAX);
    if (flaw.code == AY_FLAW_CHECK && random % 16) out[place] = flaw.expected[0];
    return length;
}

static size_t draw(const char *alphabet, uint64_t random, char *out, size_t n)
{
    const size_t size = strlen(alphabet);
    for (size_t i = 0; i < n; i++, random = random * 25214903917 + 11) out[i] = alphabet[(random >> 20) % size];
    return n;
}

static size_t uscc(uint64_t random, char out[VALUE_MAX])
{
    memcpy(out, "91", 2);
    (void)draw("0123456789", random, out + 2, 6);
    (void)draw("0123456789ABCDEFGHJKLMNPQRTUWXY", random, out + 8, 9);
    return with_check(ay_uscc_test, random, out, 18, 17);
}

static size_t citizen_id(uint64_t random, char out[VALUE_MAX])
{
    (void)snprintf(out, VALUE_MAX, "510903%04u%02u%02u%03u", 1940 + (unsigned)(random >> 40) % 80,
                   1 + (unsigned)(random >> 30) % 12, 1 + (unsigned)(random >> 20) % 28,
                   (unsigned)(random >> 8) % 1000);
    return with_check(ay_citizen_id_test, random, out, 18, 17);
}

static size_t card(uint64_t random, char out[VALUE_MAX])
{
    (void)draw("0123456789", random, out, 18);
    out[0] = '6';
    return with_check(ay_bank_card_test, random, out, 19, 18);
}

static size_t vin(uint64_t random, char out[VALUE_MAX])
{
    (void)draw("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", random, out, 17);
    return with_check(ay_vin_test, random, out, 17, 8);
}

static size_t citizen_id_15(uint64_t random, char out[VALUE_MAX])
{
    return (size_t)snprintf(out, VALUE_MAX, "510903%02u%02u%02u%03u", (unsigned)(random >> 40) % 80,
                            1 + (unsigned)(random >> 30) % 12, 1 + (unsigned)(random >> 20) % 31,
                            (unsigned)(random >> 8) % 1000);
}

/* Numbers of a person that begin otherwise. */
static size_t permit(const char *start, ay_identifier_test test, uint64_t random, char *out)
{
    (void)citizen_id(random, out);
    memcpy(out, start, 6);
    return with_check(test, random, out, 18, 17);
}

static size_t residence_permit(uint64_t random, char out[VALUE_MAX])
{
    return permit("810000", ay_residence_permit_test, random, out);
}

static size_t foreigner_permit(uint64_t random, char out[VALUE_MAX])
{
    return permit("911840", ay_foreigner_permit_test, random, out);
}

static size_t gs15(uint64_t random, char out[VALUE_MAX])
{
    (void)draw("0123456789", random, out, 14);
    return with_check(ay_gs15_test, random, out, 15, 14);
}

/* 18 characters with the check characters that the system asks for; one in sixteen stays wrong. */
static size_t of_system(uint32_t i, const char *alphabet, uint64_t random, char *out)
{
    static ay_arena arena;
    static const ay_iso7064 *systems[AY_ISO7064_COUNT];
    if (!systems[i]) systems[i] = ay_iso7064_open(i, &arena);
    (void)draw(alphabet, random, out, 18);
    const ay_flaw flaw = ay_iso7064_test(systems[i], (ay_str){out, 18});
    if (flaw.code == AY_FLAW_CHECK && random % 16) memcpy(out + flaw.at - 1, flaw.expected, 18 - (flaw.at - 1));
    return 18;
}

#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define OF_SYSTEM(name, i, alphabet)                                                                                   \
    static size_t name(uint64_t random, char out[VALUE_MAX])                                                           \
    {                                                                                                                  \
        return of_system(i, alphabet, random, out);                                                                    \
    }
OF_SYSTEM(luhn, 0, DIGITS)
OF_SYSTEM(mod11_2, 1, DIGITS)
OF_SYSTEM(mod37_2, 2, DIGITS LETTERS)
OF_SYSTEM(mod97_10, 3, DIGITS)
OF_SYSTEM(mod661_26, 4, LETTERS)
OF_SYSTEM(mod1271_36, 5, DIGITS LETTERS)
OF_SYSTEM(mod11_10, 6, DIGITS)
OF_SYSTEM(mod27_26, 7, LETTERS)
OF_SYSTEM(mod37_36, 8, DIGITS LETTERS)

static size_t mobile(uint64_t random, char out[VALUE_MAX])
{
    (void)draw("0123456789", random, out, 11);
    memcpy(out, random % 16 ? "13" : "12", 2);
    return 11;
}

static size_t phone(uint64_t random, char out[VALUE_MAX])
{
    return (size_t)snprintf(out, VALUE_MAX, "0825-%07u", 2000000 + (unsigned)(random >> 8) % 7000000);
}

static size_t plate(uint64_t random, char out[VALUE_MAX])
{
    memcpy(out, "川J", 4);
    return 4 + draw("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", random, out + 4, 5);
}

static size_t date(uint64_t random, char out[VALUE_MAX])
{
    return (size_t)snprintf(out, VALUE_MAX, "%04u-%02u-%02u", 1940 + (unsigned)(random >> 40) % 80,
                            1 + (unsigned)(random >> 30) % 12, 1 + (unsigned)(random >> 20) % 31);
}

/* There is one like it. */
static size_t day(uint64_t random, char out[VALUE_MAX])
{
    const size_t n = date(random, out);
    if (out[8] == '3') out[8] = '1';
    if (memcmp(out + 5, "02-29", 5) == 0) out[9] = '8';
    return n;
}

static size_t datetime(uint64_t random, char out[VALUE_MAX])
{
    const size_t n = date(random, out);
    return n + (size_t)snprintf(out + n, VALUE_MAX - n, "T%02u:%02u:00+08:00", (unsigned)(random >> 50) % 24,
                                (unsigned)(random >> 44) % 60);
}

static size_t email(uint64_t random, char out[VALUE_MAX])
{
    return (size_t)snprintf(out, VALUE_MAX, "bgs%u@suining.gov.cn", (unsigned)(random >> 8) % 100000);
}

static size_t ipv4(uint64_t random, char out[VALUE_MAX])
{
    return (size_t)snprintf(out, VALUE_MAX, "10.%u.%u.%u", (unsigned)(random >> 8) % 260,
                            (unsigned)(random >> 16) % 256, (unsigned)(random >> 24) % 256);
}

static size_t told(uint64_t random, char out[VALUE_MAX])
{
    return (size_t)snprintf(out, VALUE_MAX, "联系电话：1%u（办公）",
                            3000000000u + (unsigned)(random >> 8) % 1000000000u);
}

static size_t amount(uint64_t random, char out[VALUE_MAX])
{
    return (size_t)snprintf(out, VALUE_MAX, "%u.%02u", (unsigned)(random >> 20) % 1000, (unsigned)(random >> 8) % 100);
}

static size_t put(const char *text, char out[VALUE_MAX])
{
    memcpy(out, text, strlen(text));
    return strlen(text);
}

static size_t ascii(uint64_t random, char out[VALUE_MAX])
{
    (void)random;
    return put("91510900MA60001710", out);
}

static size_t ideographs(uint64_t random, char out[VALUE_MAX])
{
    (void)random;
    return put("遂宁市船山区人民政府办公", out);
}

static size_t dotted(uint64_t random, char out[VALUE_MAX])
{
    (void)random;
    return put("阿依古丽·买买提", out);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* ---- one kernel ---- */

/* Of this thread alone: what others do on the machine is not counted, but still felt in its caches. */
static double nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static assay_pack *load(const struct kernel *kernel, const char *rules)
{
    char text[2048];
    const int len = snprintf(text, sizeof text,
                             "assay: 1\npack: bench\ntimezone: Asia/Shanghai\nsources: {s: {title: S, owner: O}}\n"
                             "standards: {v: {title: V, type: %s, checks: [{%s}]}}\ndatasets:\n  d:\n    title: D\n"
                             "    source: s\n    file: f\n    key: [id]\n    fields:\n"
                             "      id: {standard: text, required: true, unique: true}\n      v: {standard: v}\n",
                             kernel->type ? kernel->type : "text", kernel->check);
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    options.include_dirs = &rules;
    options.n_include_dirs = 1;
    assay_err err;
    assay_pack *pack = NULL;
    if (ay_pack_load_bytes("bench.yaml", (ay_str){text, (size_t)len}, &options, &pack, NULL, &err) != ASSAY_OK)
        fprintf(stderr, "bench_kernels: %s: %s\n", kernel->name, err.text);
    return pack;
}

/* The kind of a check is the word before its colon. The last one: every field has a rule for its own type before. */
static const ay_rule *rule_of(const assay_pack *pack, const struct kernel *kernel)
{
    const ay_dataset *d = &pack->datasets[0];
    const ay_str kind = {kernel->check, strcspn(kernel->check, ":")};
    const ay_rule *found = NULL;
    for (uint32_t i = 0; i < d->n_rules; i++) {
        const ay_rule *rule = d->rules[i];
        if (rule->field >= 0 && strcmp(d->fields[rule->field].name, "v") == 0 && ay_str_is(kind, rule->kind->name))
            found = rule;
    }
    return found;
}

/* Values that are no texts as they lie in a column. */
static union {
    int64_t i64[VALUES];
    double f64[VALUES];
    ay_dec dec[VALUES];
} typed;

static bool read_values(ay_type type, const ay_str *values)
{
    for (size_t i = 0; i < VALUES; i++) {
        ay_cell cell;
        assay_status status = ASSAY_OK;
        if (!ay_cell_read(values[i], type, NULL, NULL, &cell, NULL, NULL, &status)) return false;
        if (ay_type_storage(type) == AY_STORE_DEC) typed.dec[i] = cell.v.dec;
        else if (ay_type_storage(type) == AY_STORE_F64) typed.f64[i] = cell.v.f64;
        else typed.i64[i] = cell.v.i64;
    }
    return true;
}

/* A batch as it comes from a decoder: just written. */
static void fill(ay_col *col, const ay_str *values, size_t from)
{
    static char text[ROWS][VALUE_MAX];
    switch (ay_type_storage(col->type)) {
    case AY_STORE_I64: memcpy(col->v.i64, typed.i64 + from, ROWS * sizeof *typed.i64); return;
    case AY_STORE_F64: memcpy(col->v.f64, typed.f64 + from, ROWS * sizeof *typed.f64); return;
    case AY_STORE_DEC: memcpy(col->v.dec, typed.dec + from, ROWS * sizeof *typed.dec); return;
    default: break;
    }
    for (size_t i = 0; i < ROWS; i++) {
        col->v.str[i] = (ay_str){text[i], values[from + i].len};
        memcpy(text[i], values[from + i].ptr, VALUE_MAX);
    }
}

/* Nanoseconds for a value in one round. */
static double time_round(const ay_rule *rule, const ay_view *view, ay_batch *batch, const ay_str *values)
{
    uint64_t active[AY_BITS_WORDS(ROWS)], fail[AY_BITS_WORDS(ROWS)], unknown[AY_BITS_WORDS(ROWS)],
        unreadable[AY_BITS_WORDS(ROWS)];
    void *scratch = NULL;
    if (rule->kind->open && rule->kind->open(rule, ROWS, &scratch, NULL) != ASSAY_OK) return 0;
    ay_bits_fill(active, ROWS);
    double spent = 0;
    for (size_t b = 0; b < BATCHES; b++) {
        ay_bits_zero(fail, ROWS);
        ay_bits_zero(unknown, ROWS);
        ay_bits_zero(unreadable, ROWS);
        fill(&batch->cols[1], values, b * ROWS);
        const double begin = nanoseconds();
        (void)rule->kind->eval(rule, scratch, view, active, (ay_marks){fail, unknown, unreadable}, NULL);
        spent += nanoseconds() - begin;
    }
    if (rule->kind->close) rule->kind->close(scratch);
    return spent / VALUES;
}

/* The same for suggestions, of values that need one and of some that do not. */
static double time_suggestions(const ay_rule *rule, const ay_view *view, ay_batch *batch, const ay_str *values)
{
    (void)batch;
    ay_memo memo = {0};
    ay_buf out = {0};
    double begin = 0;
    for (size_t i = 0; i < VALUES; i++) {
        const ay_cell value = {.type = AY_TEXT, .v.str = values[i]};
        const ay_facts facts = {
            .values = &value, .verdict = AY_FAIL, .is_quotable = true, .today = view->context->today};
        ay_suggestion suggestion;
        ay_buf_clear(&out);
        (void)rule->kind->suggest(rule, &facts, &memo, &suggestion, &out);
        if (i == 0) begin = nanoseconds(); /* the first one made the index */
    }
    const double spent = nanoseconds() - begin;
    ay_memo_close(&memo);
    ay_buf_free(&out);
    return spent / (VALUES - 1);
}

typedef double time_values(const ay_rule *rule, const ay_view *view, ay_batch *batch, const ay_str *values);

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void time_rounds(const struct kernel *kernel, const assay_pack *pack, ay_batch *batch, const ay_str *values,
                        time_values *timed)
{
    const int64_t today = ay_days_from_civil(2026, 1, 31);
    const ay_context context = {
        .today = today, .now_local = today * AY_DAY_US, .as_of_us = today * AY_DAY_US, .zone = pack->zone};
    const ay_view view = {.batch = batch, .context = &context};
    double rounds[ROUNDS];
    batch->rows = ROWS;
    for (size_t i = 0; i < ROUNDS; i++) rounds[i] = timed(rule_of(pack, kernel), &view, batch, values);
    qsort(rounds, ROUNDS, sizeof *rounds, by_size);
    printf("%-46s %8.2f ns/value   (%.2f to %.2f)\n", kernel->name, rounds[ROUNDS / 2], rounds[0], rounds[ROUNDS - 1]);
}

static bool run(const struct kernel *kernel, const char *rules, time_values *timed)
{
    static char bytes[VALUES][VALUE_MAX];
    static ay_str values[VALUES];
    uint64_t state = 88172645463325252;
    for (size_t i = 0; i < VALUES; i++) values[i] = (ay_str){bytes[i], kernel->value(next_random(&state), bytes[i])};
    assay_pack *pack = load(kernel, rules);
    ay_batch batch = {0};
    ay_type types[] = {AY_TEXT, AY_TEXT};
    bool ok = pack && (!kernel->type || ay_type_from_name(ay_str_from(kernel->type), &types[1]));
    ok = ok && (!kernel->type || read_values(types[1], values)) && rule_of(pack, kernel);
    ok = ok && ay_batch_open(&batch, types, AY_COUNT(types), ROWS, NULL) == ASSAY_OK;
    if (ok) time_rounds(kernel, pack, &batch, values, timed);
    else fprintf(stderr, "bench_kernels: %s cannot be run\n", kernel->name);
    ay_batch_free(&batch);
    assay_pack_free(pack);
    return ok;
}

int main(int argc, char **argv)
{
    const char *rules = argc > 1 ? argv[1] : "rules", *part = argc > 2 ? argv[2] : "";
    bool ok = read_regions(rules);
    if (!ok) fprintf(stderr, "bench_kernels: no lists in %s\n", rules);
    for (size_t i = 0; i < AY_COUNT(kernels) && ok; i++)
        if (strstr(kernels[i].name, part)) ok = run(&kernels[i], rules, time_round);
    for (size_t i = 0; i < AY_COUNT(suggestions) && ok; i++)
        if (strstr(suggestions[i].name, part)) ok = run(&suggestions[i], rules, time_suggestions);
    return ok ? 0 : 3;
}
