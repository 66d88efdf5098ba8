/* Loading a pack for a command, and telling what is wrong with it. */
#include "cli.h"

#include <string.h>

void cli_print_diags(const cli_context *cli, FILE *out, const assay_diags *diags)
{
    static const char *const en[] = {"note", "warning", "error"};
    static const char *const zh[] = {"提示", "警告", "错误"};
    for (size_t i = 0; i < assay_diags_count(diags); i++) {
        const assay_diag *d = assay_diags_at(diags, i);
        if (cli->quiet && d->level != ASSAY_LEVEL_ERROR) continue;
        if (d->line) fprintf(out, "%s:%u:%u: ", d->file, (unsigned)d->line, (unsigned)d->column);
        else fprintf(out, "%s: ", d->file);
        fprintf(out, "%s: %s [%s]\n", cli->zh ? zh[d->level] : en[d->level], cli->zh ? d->text_zh : d->text, d->code);
    }
}

assay_pack *cli_load_pack(cli_context *cli, const char *path, const char *const *include_dirs, size_t n, int *ret_exit)
{
    assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    assay_pack *pack = NULL;
    assay_err err = {0};
    options.include_dirs = include_dirs;
    options.n_include_dirs = n;
    assay_diags *diags = assay_diags_new();
    const assay_status st = assay_pack_load(path, &options, &pack, diags, &err);
    if (diags) cli_print_diags(cli, stderr, diags);
    if (st != ASSAY_OK) *ret_exit = st == ASSAY_EPACK && diags ? cli_exit_code(st) : cli_fail(cli, &err);
    assay_diags_free(diags);
    return st == ASSAY_OK ? pack : NULL;
}

bool cli_dataset_file(const assay_dataset_info *dataset, const char *pack_path, char *path, size_t size)
{
    const char *slash = strrchr(pack_path, '/');
    const int folder = slash && dataset->file && dataset->file[0] != '/' ? (int)(slash - pack_path + 1) : 0;
    if (!dataset->file) return false;
    snprintf(path, size, "%.*s%s", folder, pack_path, dataset->file); /* cut, it is not found, which is then told */
    return true;
}
