/* Runs over a dataset one after the other, each with the ones before it as its history, as a store would keep them:
 *
 *     history_probe PACK DATASET AS_OF json|ndjson|summary FILE.csv...
 *
 * The last result is written. AS_OF "": now. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "run/result.h"

#define RUNS 16

typedef struct earlier {
    assay_result *results[RUNS];
    uint32_t n;
} earlier;

static const ay_tally *tally_of(const assay_result *result, const char *rule_id)
{
    for (uint32_t d = 0; d < result->pack->n_datasets; d++) {
        const ay_dataset_result *dataset = &result->datasets[d];
        for (uint32_t i = 0; i < dataset->n_rules; i++)
            if (strcmp(dataset->rules[i].rule->id, rule_id) == 0) return &dataset->rules[i].tally;
    }
    return NULL;
}

static assay_status give_last(void *ctx, const char *rule_id, uint32_t n, const ay_past_sink *sink, assay_err *err)
{
    const earlier *e = ctx;
    for (uint32_t i = e->n; n && i-- > 0;) {
        const ay_tally *tally = tally_of(e->results[i], rule_id);
        if (!tally || !tally->n_figures) continue;
        const ay_past past = {tally->figures, tally->n_figures};
        AY_TRY(sink->take(sink->ctx, &past, err));
        n--;
    }
    return ASSAY_OK;
}

static assay_status run_file(const assay_pack *pack, char **argv, const char *path, earlier *e, assay_err *err)
{
    const ay_history history = {give_last, e};
    assay_run_options options = ASSAY_RUN_OPTIONS_INIT;
    assay_run *run = NULL;
    options.as_of = argv[3][0] ? argv[3] : NULL;
    assay_status status = assay_run_open(pack, &options, &run, err);
    if (status == ASSAY_OK) ay_run_set_history(run, &history);
    if (status == ASSAY_OK) status = assay_run_file(run, argv[2], path, NULL, err);
    if (status == ASSAY_OK) status = assay_run_finish(run, &e->results[e->n], err);
    if (status == ASSAY_OK) e->n++;
    assay_run_free(run);
    return status;
}

static int write_out(void *ctx, const void *bytes, size_t len)
{
    (void)ctx;
    return fwrite(bytes, 1, len, stdout) == len ? 0 : -1;
}

static assay_status write_last(const earlier *e, const char *part, assay_err *err)
{
    const assay_part which = strcmp(part, "json") == 0     ? ASSAY_RESULT_JSON
                             : strcmp(part, "ndjson") == 0 ? ASSAY_RESULT_FINDINGS
                                                           : ASSAY_RESULT_SUMMARY;
    return assay_result_write(e->results[e->n - 1], which, write_out, NULL, err);
}

int main(int argc, char **argv)
{
    assay_err err = {0};
    assay_pack *pack = NULL;
    earlier e = {0};
    assay_diags *diags = assay_diags_new();
    if (argc < 6 || argc > 5 + RUNS || !diags) return 2;
    assay_status status = assay_pack_load(argv[1], NULL, &pack, diags, &err);
    for (int i = 5; status == ASSAY_OK && i < argc; i++) status = run_file(pack, argv, argv[i], &e, &err);
    if (status == ASSAY_OK) status = write_last(&e, argv[4], &err);
    if (status != ASSAY_OK) fprintf(stderr, "%s\n", err.text);
    for (size_t i = 0; i < assay_diags_count(diags); i++) fprintf(stderr, "%s\n", assay_diags_at(diags, i)->text);
    for (uint32_t i = 0; i < e.n; i++) assay_result_free(e.results[i]);
    assay_pack_free(pack);
    assay_diags_free(diags);
    return status == ASSAY_OK ? 0 : 1;
}
