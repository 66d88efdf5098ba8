/* Reading a dataset from a file. */
#include "base/mem.h"
#include "base/options.h"
#include "run/run.h"
#include "source/file.h"

#define AY_FILE_OPTIONS_FIRST offsetof(assay_file_options, whole) /* size of the first version */

/* Standard input can be read once: for a second dataset it would be empty without a word. */
static assay_status claim_stdin(assay_run *run, const char *path, assay_err *err)
{
    if (strcmp(path, "-") != 0) return ASSAY_OK;
    AY_FAIL_IF(run->has_read_stdin, err, ASSAY_EUSAGE, "standard input is already the source of another dataset",
               "标准输入已用作另一个数据集的来源");
    run->has_read_stdin = true;
    return ASSAY_OK;
}

static assay_status read_file(assay_run *run, const char *dataset, const char *path, const assay_file_options *options,
                              assay_err *err)
{
    ay_dataset_run *d = NULL;
    ay_source *source = NULL;
    assay_file_options o = {0};
    AY_TRY(ay_take_options(&o, sizeof o, AY_FILE_OPTIONS_FIRST, options, err));
    AY_TRY(ay_run_dataset(run, dataset, &d, err));
    AY_TRY(claim_stdin(run, path, err));
    d->facts = (ay_reading_facts){.kind = "file", .place = ay_run_copy(run, path), .lenient = o.lenient != 0};
    AY_NOMEM_IF(!d->facts.place, err);
    const ay_dataset *ds = d->plan.dataset;
    const ay_file_request request = {.path = path,
                                     .options = &o,
                                     .fields = ds->fields,
                                     .n = ds->n_fields,
                                     .batch_cap = d->plan.batch_cap,
                                     .cancel = &run->cancel};
    AY_TRY(ay_file_source_open(&request, &source, err));
    const assay_status st = ay_run_begin(run, d, err);
    if (st != ASSAY_OK) {
        ay_source_close(source);
        return st;
    }
    AY_TRY(ay_run_drain(run, d, source, ay_file_source_columns(source), &d->partial, err));
    return ay_run_end(run, d, err);
}

assay_status assay_run_file(assay_run *run, const char *dataset, const char *path, const assay_file_options *options,
                            assay_err *err)
{
    return ay_run_ended(run, read_file(run, dataset, path, options, err));
}
