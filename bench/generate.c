/* A seeded generator of the `enterprise` table: synthetic enterprises with planted faults, at any size.
 *
 *   generate --records N [OPTION VALUE]... > table.copy
 *
 *   --seed S             another seed gives other records (default 1)
 *   --faults PER_MILLE   one fault in so many of 1000 records (default 20, at most 250)
 *   --failing PERCENT    instead: three faults in so many of 100 records
 *   --regions FILE       places from this list of codes (rules/codes/regions.csv), not from five districts
 *   --codes FILE         write the list of codes there
 *   --manifest FILE      write what a perfect checker finds: rule TAB key, a line each
 *   --counts FILE        write how many findings each rule has: rule TAB number, a line each
 *
 * Standard output is COPY text (id, uscc, name, legal_person, citizen_id, phone, region, capital, founded, status,
 * updated_at, address). */
#include "enterprise.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS_MAX = 100000000 }; /* the numbers of the records have eight digits */

typedef struct job {
    uint64_t records, seed, per_mille, percent;
    bool is_failing; /* --failing was given */
    const char *regions;
    FILE *codes, *manifest, *counts;
} job;

/* What a perfect checker finds. */
typedef struct truth {
    FILE *manifest;
    uint64_t count[RULE_COUNT];
    char newest[40]; /* updated_at */
} truth;

static void note(truth *t, const fault *f, const char *key)
{
    for (size_t rule = 0; rule < RULE_COUNT; rule++) {
        if (!(f->rules >> rule & 1)) continue;
        t->count[rule]++;
        if (t->manifest) fprintf(t->manifest, "%s\t%s\n", rule_ids[rule], key);
    }
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

static size_t choose(const job *j, uint64_t i, const fault *ret[3])
{
    if (j->is_failing) return choose_three(j->seed, i, (unsigned)j->percent, ret);
    ret[0] = choose_fault(j->seed, i, j->records, (unsigned)j->per_mille);
    return ret[0] != NULL;
}

static void generate(const job *j, truth *t)
{
    record o, twin = {0};
    const fault *faults[3];
    for (uint64_t i = 0; i < j->records; i++) {
        make_record(j->seed, i, &o);
        const size_t n = choose(j, i, faults);
        for (size_t k = 0; k < n; k++) {
            if (faults[k]->twin) make_record(j->seed, i + 1, &twin);
            plant(faults[k], &o, &twin);
            note(t, faults[k], o.id);
            if (faults[k]->twin) note(t, faults[k], twin.id);
        }
        if (strcmp(o.updated_at, t->newest) > 0) strcpy(t->newest, o.updated_at);
        print(&o);
    }
}

static void write_counts(const truth *t, FILE *out)
{
    for (size_t rule = 0; rule < RULE_COUNT; rule++) fprintf(out, "%s\t%" PRIu64 "\n", rule_ids[rule], t->count[rule]);
    fprintf(out, "enterprise.fresh\t%d\n", strcmp(t->newest, "2026-06-24 00:00:00+08") < 0); /* within 7 days */
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

static uint64_t number(const char *text, uint64_t most)
{
    char *end;
    const uint64_t v = strtoull(text, &end, 10);
    if (*end || end == text || v > most) {
        fprintf(stderr, "generate: '%s' is not a number up to %" PRIu64 "\n", text, most);
        exit(2);
    }
    return v;
}

static bool take(job *j, const char *option, const char *value)
{
    if (strcmp(option, "--records") == 0) j->records = number(value, RECORDS_MAX);
    else if (strcmp(option, "--seed") == 0) j->seed = number(value, UINT64_MAX);
    else if (strcmp(option, "--faults") == 0) j->per_mille = number(value, 250);
    else if (strcmp(option, "--failing") == 0) j->percent = number(value, 100), j->is_failing = true;
    else if (strcmp(option, "--regions") == 0) j->regions = value;
    else if (strcmp(option, "--codes") == 0) j->codes = create(value);
    else if (strcmp(option, "--manifest") == 0) j->manifest = create(value);
    else if (strcmp(option, "--counts") == 0) j->counts = create(value);
    else return false;
    return true;
}

int main(int argc, char **argv)
{
    job j = {.seed = 1, .per_mille = 20};
    bool ok = argc % 2 == 1;
    for (int i = 1; i + 1 < argc && ok; i += 2) ok = take(&j, argv[i], argv[i + 1]);
    if (!ok) {
        fputs(
            "generate --records N [--seed S] [--faults PER_MILLE | --failing PERCENT] [--regions FILE] [--codes FILE]\n"
            "         [--manifest FILE] [--counts FILE]\n",
            stderr);
        return 2;
    }
    if (j.regions && !read_regions(j.regions)) return 3;
    if (j.codes) write_codes(j.codes);
    truth t = {.manifest = j.manifest};
    generate(&j, &t);
    if (j.counts) write_counts(&t, j.counts);
    finish(j.manifest);
    finish(j.codes);
    finish(j.counts);
    finish(stdout);
    return 0;
}
