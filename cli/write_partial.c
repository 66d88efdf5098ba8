#include "write_partial.h"

#include <string.h>
#include <sys/stat.h>

#include "interrupt.h"
#include "output.h"

static int open_private(const cli_context *cli, const char *path, cli_file *ret)
{
    char dir[sizeof ret->path];
    const char *slash = strrchr(path, '/');
    const int len = slash ? (int)(slash - path + (slash == path)) : 0;
    if (strlen(path) >= sizeof dir) return cli_complain_unwritten(cli, path);
    snprintf(dir, sizeof dir, "%.*s", len, path);
    const int code = cli_file_open(cli, len ? dir : ".", slash ? slash + 1 : path, ret);
    if (code == EXIT_WITHIN) (void)fchmod(fileno(ret->stream), S_IRUSR | S_IWUSR);
    return code;
}

int cli_write_partial(const cli_context *cli, assay_run *run, const char *dataset, const assay_partial_options *options,
                      const char *path)
{
    cli_file file = {0};
    assay_err err = {0};
    int code = open_private(cli, path, &file);
    if (code != EXIT_WITHIN) return code;
    const assay_status st = assay_run_partial(run, dataset, options, cli_file_write, &file, &err);
    if (st == ASSAY_OK) code = cli_file_flush(cli, &file);
    else if (cli_is_interrupted()) code = EXIT_INTERRUPTED;
    else code = ferror(file.stream) ? cli_complain_unwritten(cli, file.path) : cli_fail(cli, &err);
    if (code == EXIT_WITHIN) code = cli_file_commit(cli, &file);
    cli_file_discard(&file);
    return code;
}
