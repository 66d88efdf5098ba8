/* What a check costs, by itself: one line a kernel, nanoseconds a value, the median of several rounds over values that
 * do not fit the nearest cache. Only a release build tells anything.
 *
 *   bench_kernels [RULES [NAME]]      the folder of the rules (default: rules); kernels whose name has NAME in it */
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "check/identifier.h"
#include "pack/load.h"

enum { ROWS = 1024, BATCHES = 64, VALUES = ROWS * BATCHES, VALUE_MAX = 40, ROUNDS = 15 };

/* Makes a value from random bits, returns its length. */
typedef size_t make_value(uint64_t random, char out[VALUE_MAX]);

static make_value region, number_of_region, uscc, citizen_id, card, vin, mobile, plate, date, ascii, ideographs, dotted;

#define CLASSES "[private_use, replacement, control, full_width, zero_width, space, question, mixed_scripts]"

/* A kernel is the first check of a standard of texts, as a pack writes it, and what it is given. */
static const struct kernel {
    const char *name, *check;
    make_value *value;
} kernels[] = {
    {"length", "length: 6", region}, /* what the least check costs */
    {"one of", "one_of: [510902, 510903, 510904, 510923, 510981]", region},
    {"code: region", "code: codes/regions.csv", region},
    {"code: region, statistics", "code: codes/regions_statistics.csv", region},
    {"code: region, two lists", "code: {file: [codes/regions.csv, codes/regions_legacy.csv]}", region},
    {"code: region of a citizen's number", "code: {file: codes/regions.csv, part: 1..6, since: 7..10}",
     number_of_region},
    {"checksum: gb32100", "checksum: gb32100", uscc},
    {"checksum: gb11714 in it", "checksum: {system: gb11714, part: 9..17}", uscc},
    {"checksum: gb11643", "checksum: gb11643", citizen_id},
    {"checksum: vin", "checksum: vin", vin},
    {"checksum: bank-card", "checksum: bank-card", card},
    {"checksum: luhn", "checksum: luhn", card},
    {"checksum: iso7064-mod11-2", "checksum: iso7064-mod11-2", citizen_id},
    {"match: class sequence", "match: '[0-9A-HJ-NPQRTUWXY]{18}'", uscc},
    {"format: mobile", "format: mobile", mobile},
    {"format: phone", "format: phone", mobile},
    {"format: plate", "format: plate", plate},
    {"format: gbt7408-date", "format: gbt7408-date", date},
    {"personal: 18 of ASCII", "personal: true", ascii},
    {"personal: 12 ideographs", "personal: true", ideographs},
    {"normalize [trim, width, nfc]: 18 of ASCII", "normalize: [trim, width, nfc]", ascii},
    {"normalize [trim, width, nfc]: 12 ideographs", "normalize: [trim, width, nfc]", ideographs},
    {"normalize [trim, digits, nfkc, dot]: a dot", "normalize: [trim, digits, nfkc, dot]", dotted},
    {"charset, all classes: 18 of ASCII", "charset: " CLASSES, ascii},
    {"charset, all classes: 12 ideographs", "charset: " CLASSES, ideographs},
    {"length in GB 18030: 12 ideographs", "length: {max: 24, unit: gb18030}", ideographs},
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

static size_t mobile(uint64_t random, char out[VALUE_MAX])
{
    (void)draw("0123456789", random, out, 11);
    memcpy(out, random % 16 ? "13" : "12", 2);
    return 11;
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
                             "standards: {v: {title: V, checks: [{%s}]}}\ndatasets:\n  d:\n    title: D\n"
                             "    source: s\n    file: f\n    key: [id]\n    fields:\n"
                             "      id: {standard: text, required: true, unique: true}\n      v: {standard: v}\n",
                             kernel->check);
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    options.include_dirs = &rules;
    options.n_include_dirs = 1;
    assay_err err;
    assay_pack *pack = NULL;
    if (ay_pack_load_bytes("bench.yaml", (ay_str){text, (size_t)len}, &options, &pack, NULL, &err) != ASSAY_OK)
        fprintf(stderr, "bench_kernels: %s: %s\n", kernel->name, err.text);
    return pack;
}

static const ay_rule *rule_of(const assay_pack *pack)
{
    const ay_dataset *d = &pack->datasets[0];
    const char *const field = d->fields[1].name;
    for (uint32_t i = 0; i < d->n_rules; i++)
        if (d->rules[i]->field >= 0 && strcmp(d->fields[d->rules[i]->field].name, field) == 0) return d->rules[i];
    return NULL;
}

/* Nanoseconds for a value in one round. */
static double time_round(const ay_rule *rule, const ay_view *view, ay_batch *batch, const ay_str *values)
{
    uint64_t active[AY_BITS_WORDS(ROWS)], fail[AY_BITS_WORDS(ROWS)], unknown[AY_BITS_WORDS(ROWS)],
        unreadable[AY_BITS_WORDS(ROWS)];
    static char text[ROWS][VALUE_MAX];
    void *scratch = NULL;
    ay_str *const own = batch->cols[1].v.str;
    if (rule->kind->open && rule->kind->open(rule, ROWS, &scratch, NULL) != ASSAY_OK) return 0;
    ay_bits_fill(active, ROWS);
    double spent = 0;
    for (size_t b = 0; b < BATCHES; b++) {
        ay_bits_zero(fail, ROWS);
        ay_bits_zero(unknown, ROWS);
        ay_bits_zero(unreadable, ROWS);
        for (size_t i = 0; i < ROWS; i++) { /* as they come from a decoder: just written */
            own[i] = (ay_str){text[i], values[b * ROWS + i].len};
            memcpy(text[i], values[b * ROWS + i].ptr, VALUE_MAX);
        }
        const double begin = nanoseconds();
        (void)rule->kind->eval(rule, scratch, view, active, (ay_marks){fail, unknown, unreadable}, NULL);
        spent += nanoseconds() - begin;
    }
    if (rule->kind->close) rule->kind->close(scratch);
    return spent / VALUES;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool run(const struct kernel *kernel, const char *rules)
{
    static char bytes[VALUES][VALUE_MAX];
    static ay_str values[VALUES];
    static const ay_type types[] = {AY_TEXT, AY_TEXT};
    uint64_t state = 88172645463325252;
    for (size_t i = 0; i < VALUES; i++) values[i] = (ay_str){bytes[i], kernel->value(next_random(&state), bytes[i])};
    assay_pack *pack = load(kernel, rules);
    ay_batch batch = {0};
    const int64_t today = ay_days_from_civil(2026, 1, 31);
    const bool ok = pack && ay_batch_open(&batch, types, AY_COUNT(types), ROWS, NULL) == ASSAY_OK;
    if (ok) {
        const ay_context context = {
            .today = today, .now_local = today * AY_DAY_US, .as_of_us = today * AY_DAY_US, .zone = pack->zone};
        const ay_view view = {.batch = &batch, .context = &context};
        double rounds[ROUNDS];
        batch.rows = ROWS;
        for (size_t i = 0; i < ROUNDS; i++) rounds[i] = time_round(rule_of(pack), &view, &batch, values);
        qsort(rounds, ROUNDS, sizeof *rounds, by_size);
        printf("%-46s %8.2f ns/value   (%.2f to %.2f)\n", kernel->name, rounds[ROUNDS / 2], rounds[0],
               rounds[ROUNDS - 1]);
    }
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
        if (strstr(kernels[i].name, part)) ok = run(&kernels[i], rules);
    return ok ? 0 : 3;
}
