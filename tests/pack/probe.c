/* What the loader says about files, in a form that scripts compare. `probe --keys`: the closed language, one "place
 * key" a line; `probe FILE...`: every diagnostic with lint on, and "ok RULES" or "failed" a file. */
#include <stdio.h>

#include "pack/load.h"

static void print_keys(void)
{
    for (size_t i = 0; ay_keys_at(i); i++) {
        const ay_keys *keys = ay_keys_at(i);
        for (size_t k = 0; k < keys->n; k++) printf("%s %s\n", keys->place, keys->words[k]);
    }
    for (size_t i = 0; ay_kind_at(i); i++) {
        const ay_kind *kind = ay_kind_at(i);
        const char *place = kind->absent                  ? "check-absent"
                            : kind->implied               ? "check-implied"
                            : kind->over == AY_OVER_VALUE ? "check-value"
                                                          : "check-other";
        printf("%s %s\n", place, kind->name);
    }
}

static void print_load(const char *path)
{
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    options.lint = 1;
    assay_err err;
    assay_pack *pack = NULL;
    assay_diags *diags = assay_diags_new();
    const assay_status status = assay_pack_load(path, &options, &pack, diags, &err);
    for (size_t i = 0; diags && i < assay_diags_count(diags); i++) {
        const assay_diag *d = assay_diags_at(diags, i);
        printf("%s:%u:%u %s %s | %s\n", d->file, d->line, d->column, d->code, d->text, d->text_zh);
    }
    if (status == ASSAY_OK) printf("ok %zu\n", assay_pack_rule_count(pack));
    else printf("failed %s\n", status == ASSAY_EPACK ? "EPACK" : err.text);
    assay_diags_free(diags);
    assay_pack_free(pack);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--keys") == 0) print_keys();
        else print_load(argv[i]);
    }
    return 0;
}
