#include "archive_options.h"

#include <string.h>

enum { SIGNERS = 8, NAME_MAX_BYTES = 256 };

typedef struct signers {
    char names[SIGNERS][NAME_MAX_BYTES];
    assay_archive_signer list[SIGNERS];
    size_t n;
} signers;

static int add_key(const cli_context *cli, const char *given, signers *to)
{
    const char *equals = strchr(given, '=');
    const size_t len = equals ? (size_t)(equals - given) : 0;
    if (!len || len >= NAME_MAX_BYTES || !equals[1])
        return cli_complain(cli, "--sign %s: write NAME=FILE", "--sign %s：请写成 名称=文件", given), EXIT_USAGE;
    if (to->n == SIGNERS)
        return cli_complain(cli, "--sign %s: too many keys", "--sign %s：密钥过多", given), EXIT_USAGE;
    memcpy(to->names[to->n], given, len);
    to->list[to->n] = (assay_archive_signer){.name = to->names[to->n], .key_file = equals + 1};
    to->n++;
    return EXIT_WITHIN;
}

static int read_signers(const cli_context *cli, const cli_archive_given *g, signers *to)
{
    for (size_t i = 0; i < g->n_sign; i++) {
        const int code = add_key(cli, g->sign[i], to);
        if (code != EXIT_WITHIN) return code;
    }
    if (!g->verifier != !g->command)
        return cli_complain(cli, "--signer and --signer-command go together",
                            "--signer 与 --signer-command 须同时给出"),
               EXIT_USAGE;
    if (g->verifier && to->n == SIGNERS)
        return cli_complain(cli, "--signer %s: too many keys", "--signer %s：密钥过多", g->verifier), EXIT_USAGE;
    if (g->verifier) to->list[to->n++] = (assay_archive_signer){.verifier = g->verifier, .command = g->command};
    return EXIT_WITHIN;
}

int cli_open_archive(const cli_context *cli, const cli_archive_given *given, assay_archive **ret)
{
    signers to = {0};
    assay_archive_options o = ASSAY_ARCHIVE_OPTIONS_INIT;
    assay_err err = {0};
    if (!given->dir && (given->origin || given->verifier || given->command || given->n_sign))
        return cli_complain(cli, "--origin, --sign and --signer do nothing without --proof",
                            "未指定 --proof 时 --origin、--sign、--signer 不起作用"),
               EXIT_USAGE;
    if (!given->dir) return EXIT_WITHIN;
    const int code = read_signers(cli, given, &to);
    if (code != EXIT_WITHIN) return code;
    o.origin = given->origin;
    o.signers = to.list;
    o.n_signers = to.n;
    return assay_archive_open(given->dir, &o, ret, &err) == ASSAY_OK ? EXIT_WITHIN : cli_fail(cli, &err);
}
