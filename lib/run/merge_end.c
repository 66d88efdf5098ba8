/* What a run that merged partials has and lacks. */
#include <stdio.h>

#include "base/mem.h"
#include "run/merge.h"

uint32_t ay_merge_missing(const ay_dataset_run *d)
{
    return d->origin ? d->origin->head.of - d->origin->head.n_chunks : 0;
}

/* A chunk by number, as counters and ranks name it. */
static bool has_number(const ay_merged *o, uint32_t number)
{
    char name[16];
    const int n = snprintf(name, sizeof name, "%u", number);
    return ay_set_find(&o->known, (ay_str){name, (size_t)n}) != UINT32_MAX;
}

/* The first numbers that are missing, where the names are numbers from 0 or from 1; else nothing. */
static void put_missing(const ay_merged *o, ay_buf *out)
{
    const uint32_t from = has_number(o, 0) ? 0 : 1;
    uint32_t told = 0, found = 0;
    for (uint32_t i = 0; i < o->head.of; i++) found += has_number(o, from + i);
    if (found < o->head.n_chunks) return;
    for (uint32_t i = 0; i < o->head.of && told < 10; i++)
        if (!has_number(o, from + i)) ay_buf_printf(out, "%s%u", told++ ? ", " : " (", from + i);
    ay_buf_text(out, o->head.of - found > told ? ", ...)" : ")");
}

static assay_status fail_missing(const ay_dataset_run *d, assay_err *err)
{
    const char *name = d->plan.dataset->name;
    AY_FAIL_IF(!d->origin, err, ASSAY_ESOURCE,
               "dataset %s: no chunk of it is there; name the datasets that were scanned (--dataset)",
               "数据集 %s：没有任何分块；请指明已扫描的数据集（--dataset）", name);
    ay_buf numbers = {0};
    put_missing(d->origin, &numbers);
    ay_buf_char(&numbers, '\0');
    if (!numbers.failed)
        (void)ay_fail(err, ASSAY_ESOURCE, "dataset %s: %u of %u chunks are missing%s",
                      "数据集 %s：缺少 %u 块（共 %u 块）%s", name, ay_merge_missing(d), d->origin->head.of,
                      numbers.ptr);
    else (void)ay_fail_nomem(err);
    const assay_status status = numbers.failed ? ASSAY_ENOMEM : ASSAY_ESOURCE;
    ay_buf_free(&numbers);
    return status;
}

assay_status ay_merge_check(const assay_run *run, assay_err *err)
{
    if (!run->is_merge || run->allows_missing) return ASSAY_OK;
    for (uint32_t i = 0; i < run->pack->n_datasets; i++) {
        const ay_dataset_run *d = &run->datasets[i];
        if (d->selected && (d->fed == AY_UNFED || ay_merge_missing(d))) return fail_missing(d, err);
    }
    return ASSAY_OK;
}

static const char *text_of(const ay_fact *fact)
{
    static const char *const texts[] = {[AY_FACT_NONE] = NULL, [AY_FACT_MANY] = ""};
    return fact->state == AY_FACT_ONE ? fact->text : texts[fact->state];
}

void ay_merge_facts(const ay_merged *origin, ay_reading_facts *ret)
{
    const ay_fact *f = origin->head.facts;
    *ret = (ay_reading_facts){.kind = text_of(&f[AY_FACT_KIND]),
                              .place = text_of(&f[AY_FACT_PLACE]),
                              .server_version = text_of(&f[AY_FACT_SERVER]),
                              .database = text_of(&f[AY_FACT_DATABASE]),
                              .snapshot = text_of(&f[AY_FACT_SNAPSHOT]),
                              .lsn = text_of(&f[AY_FACT_LSN]),
                              .lenient = origin->head.lenient};
}
