#include "run/noted.h"

#include "base/mem.h"
#include "run/finding.h"

#define EACH 4 /* notes for so many rules a record, if all fail */

typedef struct note {
    uint32_t rule; /* its ordinal */
    uint16_t row;
    uint8_t verdict;
} note;

_Static_assert(AY_BATCH_ROWS <= UINT16_MAX, "a row has 16 bits");

struct ay_noted {
    const ay_plan *plan;
    note *notes, *by_row; /* [cap] as they came; and by record, of one record as they came */
    uint32_t *starts;     /* [record] of its notes */
    size_t n, cap;
    ay_buf finding, text;
};

assay_status ay_noted_open(const ay_plan *plan, ay_noted **ret, assay_err *err)
{
    ay_noted *t = AY_NEW(ay_noted);
    AY_NOMEM_IF(!t, err);
    t->plan = plan;
    t->cap = (size_t)plan->batch_cap * EACH;
    t->notes = AY_NEW_ARRAY(t->cap, note);
    t->by_row = AY_NEW_ARRAY(t->cap, note);
    t->starts = AY_NEW_ARRAY(plan->batch_cap, uint32_t);
    if (!t->notes || !t->by_row || !t->starts) {
        ay_noted_close(t);
        return ay_fail_nomem(err);
    }
    *ret = t;
    return ASSAY_OK;
}

ay_noted *ay_noted_close(ay_noted *t)
{
    if (!t) return NULL;
    ay_free(t->notes);
    ay_free(t->by_row);
    ay_free(t->starts);
    ay_buf_free(&t->finding);
    ay_buf_free(&t->text);
    return (ay_noted *)ay_free(t);
}

/* Counted, then put in their places. */
static void order_by_row(ay_noted *t, uint32_t rows)
{
    memset(t->starts, 0, rows * sizeof *t->starts);
    for (size_t i = 0; i < t->n; i++) t->starts[t->notes[i].row]++;
    for (uint32_t row = 0, sum = 0; row < rows; row++) {
        const uint32_t count = t->starts[row];
        t->starts[row] = sum;
        sum += count;
    }
    for (size_t i = 0; i < t->n; i++) t->by_row[t->starts[t->notes[i].row]++] = t->notes[i];
}

static void put_values(ay_noted *t, const ay_batch *fields, const ay_rule *rule, uint32_t row)
{
    for (uint32_t f = 0; f < rule->n_fields; f++)
        ay_finding_put_value(&t->finding, &t->text, ay_batch_cell(fields, rule->fields[f], row),
                             t->plan->context->zone);
}

assay_status ay_noted_put(ay_noted *t, const ay_batch *fields, ay_sorter *into, assay_err *err)
{
    const ay_dataset *dataset = t->plan->dataset;
    size_t key = 0; /* its length, in front of the finding */
    if (t->n) order_by_row(t, fields->rows);
    for (size_t i = 0; i < t->n; i++) {
        const note *it = &t->by_row[i];
        const ay_rule *rule = dataset->rules[it->rule];
        if (i == 0 || it[-1].row != it->row) {
            ay_buf_clear(&t->finding);
            ay_finding_put_key(&t->finding, dataset, fields, it->row);
            key = t->finding.len;
        }
        t->finding.len = key;
        ay_finding_begin(&t->finding, rule, (ay_verdict)it->verdict, rule->n_fields);
        put_values(t, fields, rule, it->row);
        AY_TRY(ay_finding_end(&t->finding, into, err));
    }
    t->n = 0;
    return ASSAY_OK;
}

assay_status ay_noted_add(ay_noted *t, const ay_batch *fields, const uint64_t *bits, const ay_rule *rule,
                          ay_verdict verdict, ay_sorter *into, assay_err *err)
{
    if (t->cap - t->n < fields->rows) AY_TRY(ay_noted_put(t, fields, into, err));
    AY_BITS_EACH (row, bits, fields->rows)
        t->notes[t->n++] = (note){.rule = rule->ordinal, .row = (uint16_t)row, .verdict = (uint8_t)verdict};
    return ASSAY_OK;
}
