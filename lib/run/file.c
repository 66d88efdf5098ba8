/* Reading a dataset from a file. */
#include "base/mem.h"
#include "run/run.h"
#include "source/file.h"

assay_status assay_run_file(assay_run *run, const char *dataset, const char *path, const assay_file_options *options,
                            assay_err *err)
{
    ay_dataset_run *d = NULL;
    ay_source *source = NULL;
    assay_file_options o = {0};
    if (options) memcpy(&o, options, options->struct_size < sizeof o ? options->struct_size : sizeof o);
    AY_TRY(ay_run_dataset(run, dataset, &d, err));
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
