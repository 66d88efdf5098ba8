/* Values that `one_of` allows and another rule of the same field refuses: the rules themselves are asked, over a batch
 * of these values. */
#include "pack/load.h"

#include "base/mem.h"

typedef struct trial {
    ay_batch texts; /* the values as written */
    ay_reader *reader;
    ay_batch shown; /* the columns of the dataset; only that of the field is there */
    const ay_field *field;
    uint64_t *active, *refused, *fail, *unknown, *unreadable;
} trial;

static void close_trial(trial *t)
{
    ay_batch_free(&t->texts);
    ay_reader_free(t->reader);
}

/* Kinds whose verdict on a value is known before a run; bounds only where they do not depend on the day. */
static bool is_decidable(ay_load *l, const ay_field *field, const ay_rule *rule)
{
    static const char *const plain[] = {"one_of", "not_in",  "length",   "match",    "not_match",
                                        "scale",  "charset", "checksum", "normalize"};
    static const char *const bounds[] = {"min", "max", "exclusive_min", "exclusive_max"};
    ay_cell value;
    for (size_t i = 0; i < AY_COUNT(plain); i++) {
        if (strcmp(rule->kind->name, plain[i]) == 0) return true;
    }
    for (size_t i = 0; i < AY_COUNT(bounds); i++) {
        if (strcmp(rule->kind->name, bounds[i]) == 0) return ay_lint_fixed(l, field, rule, &value);
    }
    return false;
}

static assay_status open_trial(ay_arena *arena, const ay_rule *one_of, const ay_field *field, uint32_t i, trial *t)
{
    static const ay_type text = AY_TEXT;
    static const ay_column column = {.name = "", .type = AY_TEXT};
    const uint32_t n = (uint32_t)one_of->arg->n;
    const size_t words = AY_BITS_WORDS(n);
    ay_field *value = AY_ARENA_NEW(arena, ay_field);
    uint64_t **maps[] = {&t->active, &t->refused, &t->fail, &t->unknown, &t->unreadable};
    t->shown.cols = AY_ARENA_ARRAY(arena, i + 1, ay_col);
    for (size_t m = 0; m < AY_COUNT(maps); m++) {
        *maps[m] = AY_ARENA_ARRAY(arena, words, uint64_t);
        AY_NOMEM_IF(!*maps[m], NULL);
    }
    AY_NOMEM_IF(!value || !t->shown.cols, NULL);
    *value = (ay_field){.name = field->name, .column = "", .type = field->type, .zone = field->zone};
    t->field = field;
    t->shown.n = i + 1;
    t->shown.rows = t->shown.cap = n;
    AY_TRY(ay_batch_open(&t->texts, &text, 1, n, NULL));
    for (uint32_t k = 0; k < n; k++) t->texts.cols[0].v.str[k] = one_of->arg->items[k]->text;
    t->texts.rows = n;
    return ay_reader_open(value, 1, &(ay_schema){&column, 1}, n, &t->reader, NULL);
}

/* All values there are: compiled before, so none of them is bad. */
static assay_status read_values(trial *t)
{
    const ay_batch *read;
    AY_TRY(ay_reader_read(t->reader, &t->texts, &read, NULL));
    t->shown.cols[t->shown.n - 1] = read->cols[0];
    for (uint32_t k = 0; k < t->shown.rows; k++) ay_bit_set(t->active, k);
    return ASSAY_OK;
}

/* *ret_all: the rule refuses every value. */
static assay_status ask(trial *t, const ay_rule *rule, bool *ret_all)
{
    const size_t words = AY_BITS_WORDS(t->shown.rows);
    const ay_view view = {.batch = &t->shown, .context = &(ay_context){.zone = t->field->zone}};
    void *scratch = NULL;
    memset(t->fail, 0, words * sizeof *t->fail);
    memset(t->unknown, 0, words * sizeof *t->unknown);
    memset(t->unreadable, 0, words * sizeof *t->unreadable);
    if (rule->kind->open) AY_TRY(rule->kind->open(rule, t->shown.rows, &scratch, NULL));
    const assay_status status =
        rule->kind->eval(rule, scratch, &view, t->active, (ay_marks){t->fail, t->unknown, t->unreadable}, NULL);
    if (rule->kind->close) rule->kind->close(scratch);
    for (size_t w = 0; w < words; w++) t->refused[w] |= t->fail[w];
    *ret_all = memcmp(t->fail, t->active, words * sizeof *t->fail) == 0;
    return status;
}

static void report(ay_load *l, const ay_rule *one_of, const ay_rule *other)
{
    ay_diag_warn(l->build.diags, "contradiction", ay_lint_second(l, one_of, other)->pos,
                 "no value of '%s' can pass '%s'", "“%s”的取值都不能通过“%s”", one_of->id, other->id);
}

/* Two lists are compared once, when the first of them is asked about. */
static assay_status try_rules(ay_load *l, trial *t, const ay_rule *const *rules, uint32_t n, uint32_t own)
{
    bool is_told = false;
    for (uint32_t i = 0; i < n && !l->nomem; i++) {
        const bool is_list = rules[i]->kind == rules[own]->kind;
        bool all = false;
        if (i == own || !is_decidable(l, t->field, rules[i])) continue;
        AY_TRY(ask(t, rules[i], &all));
        is_told |= all;
        if (all && (!is_list || i > own)) report(l, rules[own], rules[i]);
    }
    const size_t words = AY_BITS_WORDS(t->shown.rows);
    if (is_told || memcmp(t->refused, t->active, words * sizeof *t->active) != 0) return ASSAY_OK;
    ay_diag_warn(l->build.diags, "contradiction", rules[own]->pos, "no value of '%s' can pass all other rules of '%s'",
                 "“%s”的取值都不能通过“%s”的其他所有规则", rules[own]->id, t->field->name);
    return ASSAY_OK;
}

void ay_lint_members(ay_load *l, const ay_field *field, const ay_rule *const *rules, uint32_t n)
{
    for (uint32_t i = 0; i < n && !l->nomem; i++) {
        if (strcmp(rules[i]->kind->name, "one_of") != 0) continue;
        AY_CLEANUP(close_trial) trial t = {0};
        assay_status status = open_trial(l->build.arena, rules[i], field, (uint32_t)rules[i]->field, &t);
        if (status == ASSAY_OK) status = read_values(&t);
        if (status == ASSAY_OK) status = try_rules(l, &t, rules, n, i);
        if (status != ASSAY_OK) l->nomem = true;
    }
}
