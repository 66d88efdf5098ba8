/* What the checks that know Unicode cost on texts without a fault: one line a kernel, nanoseconds a value, the median
 * of several rounds. Only a release build tells anything. */
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "check/kinds.h"

enum { ROWS = 1024, BATCHES = 256, WORDS = 8, ROUNDS = 15 };

#define CLASSES                                                                                                        \
    {                                                                                                                  \
        "private_use", "replacement", "control", "full_width", "zero_width", "space", "question", "mixed_scripts"      \
    }
#define ASCII "91510900MA60001710"
#define NAME  "遂宁市船山区人民政府办公"

static const struct kernel {
    const char *name, *check, *words[WORDS], *value;
} kernels[] = {
    {"normalize [trim, width, nfc]: 18 of ASCII", "normalize", {"trim", "width", "nfc"}, ASCII},
    {"normalize [trim, width, nfc]: 12 ideographs", "normalize", {"trim", "width", "nfc"}, NAME},
    {"normalize [trim, digits, nfkc, dot]: 12 ideographs", "normalize", {"trim", "digits", "nfkc", "dot"}, NAME},
    {"normalize [trim, width, nfc]: a name with a dot", "normalize", {"trim", "width", "nfc"}, "阿依古丽·买买提"},
    {"normalize [trim, width, nfc]: 7 Uyghur letters", "normalize", {"trim", "width", "nfc"}, "ئۇيغۇرچ"},
    {"charset, all classes: 18 of ASCII", "charset", CLASSES, ASCII},
    {"charset, all classes: 12 ideographs", "charset", CLASSES, NAME},
    {"charset, all classes: 6 Cyrillic letters", "charset", CLASSES, "Иванов"},
    {"length in characters: 12 ideographs", "length", {"12"}, NAME},
};

static double nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static bool compile(const struct kernel *kernel, ay_build *build, ay_rule *rule)
{
    static ay_node nodes[WORDS], list;
    static const ay_node *items[WORDS];
    list = (ay_node){.kind = AY_NODE_LIST, .items = items};
    for (size_t i = 0; i < WORDS && kernel->words[i]; i++) {
        nodes[i] = (ay_node){.kind = AY_NODE_SCALAR, .text = ay_str_from(kernel->words[i])};
        items[list.n++] = &nodes[i];
    }
    *rule = (ay_rule){.id = "a", .kind = ay_kind_find(ay_str_from(kernel->check))};
    rule->arg = strcmp(kernel->check, "length") == 0 ? &nodes[0] : &list;
    return rule->kind->compile(build, rule->arg, rule);
}

/* Nanoseconds for a value in one round. */
static double time_round(const ay_rule *rule, void *scratch, const ay_view *view)
{
    uint64_t active[ROWS / 64], fail[ROWS / 64] = {0}, unknown[ROWS / 64] = {0}, unreadable[ROWS / 64] = {0};
    ay_bits_fill(active, ROWS);
    const double begin = nanoseconds();
    for (size_t b = 0; b < BATCHES; b++)
        (void)rule->kind->eval(rule, scratch, view, active, (ay_marks){fail, unknown, unreadable}, NULL);
    return (nanoseconds() - begin) / ((double)ROWS * BATCHES);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool run(const struct kernel *kernel)
{
    static ay_str texts[ROWS];
    const ay_field field = {.name = "a", .column = "a", .type = AY_TEXT};
    ay_arena arena = {0};
    ay_build build = {.arena = &arena, .diags = assay_diags_new(), .fields = &field, .n_fields = 1};
    ay_rule rule;
    ay_col column = {.type = AY_TEXT, .v.str = texts};
    const ay_batch batch = {.cols = &column, .n = 1, .rows = ROWS, .cap = ROWS};
    const ay_view view = {.batch = &batch};
    double rounds[ROUNDS];
    void *scratch = NULL;
    for (size_t i = 0; i < ROWS; i++) texts[i] = ay_str_from(kernel->value);
    const bool ok = build.diags && compile(kernel, &build, &rule) &&
                    (!rule.kind->open || rule.kind->open(&rule, ROWS, &scratch, NULL) == ASSAY_OK);
    if (ok) {
        for (size_t i = 0; i < ROUNDS; i++) rounds[i] = time_round(&rule, scratch, &view);
        qsort(rounds, ROUNDS, sizeof *rounds, by_size);
        printf("%-52s %8.2f ns/value   (%.2f to %.2f)\n", kernel->name, rounds[ROUNDS / 2], rounds[0],
               rounds[ROUNDS - 1]);
        if (rule.kind->close) rule.kind->close(scratch);
    }
    assay_diags_free(build.diags);
    ay_arena_free(&arena);
    return ok;
}

int main(void)
{
    bool ok = true;
    for (size_t i = 0; i < AY_COUNT(kernels) && ok; i++) ok = run(&kernels[i]);
    return ok ? 0 : 5;
}
