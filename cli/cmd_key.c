/* assay key: secret keys. */
#include <string.h>

#include "options.h"

static const cli_option options[] = {{0}};

static int command_key(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    assay_err err = {0};
    const int code = cli_read_options(cli, &cli_key, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    if (g.n_words != 2 || strcmp(g.words[0], "new") != 0) {
        cli_complain(cli, "name a file: assay key new FILE", "请给出文件：assay key new 文件");
        return EXIT_USAGE;
    }
    return assay_key_new(g.words[1], &err) == ASSAY_OK ? EXIT_WITHIN : cli_fail(cli, &err);
}

const cli_command cli_key = {"key",      "make a secret key for pseudonyms", "生成假名所用的密钥", "new FILE", options,
                             command_key};
