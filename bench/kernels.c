/* What a check costs, by itself: one line a kernel, nanoseconds a value, the median of several rounds over values that
 * do not fit the nearest cache. Only a release build tells anything.
 *
 *   bench_kernels [RULES [NAME]]      the folder of the rules (default: rules); kernels whose name has NAME in it */
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "pack/load.h"

enum { ROWS = 1024, BATCHES = 64, VALUES = ROWS * BATCHES, VALUE_MAX = 32, ROUNDS = 15 };

/* Makes a value from random bits, returns its length. */
typedef size_t make_value(uint64_t random, char out[VALUE_MAX]);

static make_value region, number_of_region;

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
        printf("%-40s %8.2f ns/value   (%.2f to %.2f)\n", kernel->name, rounds[ROUNDS / 2], rounds[0],
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
