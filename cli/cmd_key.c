/* assay key: secret keys, keys that sign, and their public part. */
#include <string.h>

#include "archive_options.h"
#include "options.h"
#include "output.h"

enum { SM2, ED25519, NAME, PEM, SIGN, REASON };
static const cli_option options[] = {
    {"sm2", CLI_FLAG, NULL, "new: a key that signs, SM2 with SM3 (PEM)", "new：SM2 签名密钥（PEM）", NULL},
    {"ed25519", CLI_FLAG, NULL, "new: a key that signs, Ed25519 (PEM)", "new：Ed25519 签名密钥（PEM）", NULL},
    {"name", CLI_TEXT, "NAME", "the signer's name: print NAME+id+base64, which verifies signatures",
     "签名者名称：输出供验证用的“名称+编号+base64”", NULL},
    {"pem", CLI_FLAG, NULL, "public: print the public key as PEM", "public：以 PEM 输出公钥", NULL},
    {"sign", CLI_LIST, "NAME=FILE", "rotate: the key so far, then the new one", "rotate：先给原密钥，再给新密钥", NULL},
    {"reason", CLI_TEXT, "TEXT", "rotate: why, for the manifest", "rotate：更换原因，写入清单", NULL},
    {0},
};

static int misused(const cli_context *cli)
{
    cli_complain(
        cli,
        "name a file: assay key new FILE [--sm2|--ed25519 [--name NAME]], assay key public FILE --name NAME|--pem, or "
        "assay key rotate DIR --sign OLD=FILE --sign NEW=FILE",
        "请给出文件：assay key new 文件 [--sm2|--ed25519 [--name 名称]]，assay key public 文件 --name 名称|--pem，或 "
        "assay key rotate 目录 --sign 原名称=文件 --sign 新名称=文件");
    return EXIT_USAGE;
}

static int make(const cli_context *cli, const cli_given *g)
{
    assay_err err = {0};
    const char *const *o = g->texts;
    if (o[PEM] || o[REASON] || g->list_counts[0] || (o[SM2] && o[ED25519]) || (o[NAME] && !o[SM2] && !o[ED25519]))
        return misused(cli);
    const assay_status st = o[SM2] || o[ED25519]
                                ? assay_signing_key_new(g->words[1], o[SM2] ? ASSAY_KEY_SM2 : ASSAY_KEY_ED25519,
                                                        o[NAME], cli_write_stdout, NULL, &err)
                                : assay_key_new(g->words[1], &err);
    return st == ASSAY_OK ? EXIT_WITHIN : cli_fail(cli, &err);
}

static int tell_public(const cli_context *cli, const cli_given *g)
{
    assay_err err = {0};
    const char *const *o = g->texts;
    if (o[SM2] || o[ED25519] || o[REASON] || g->list_counts[0] || !o[NAME] == !o[PEM]) return misused(cli);
    const assay_status st = assay_public_key_write(g->words[1], o[NAME], cli_write_stdout, NULL, &err);
    return st == ASSAY_OK ? EXIT_WITHIN : cli_fail(cli, &err);
}

/* A log that names no key yet may be given its first. */
static int rotate(const cli_context *cli, const cli_given *g)
{
    assay_err err = {0};
    assay_archive *archive = NULL;
    const char *const *o = g->texts;
    const cli_archive_given given = {.dir = g->words[1], .sign = g->lists[0], .n_sign = g->list_counts[0]};
    if (o[SM2] || o[ED25519] || o[NAME] || o[PEM] || !given.n_sign) return misused(cli);
    int code = cli_open_archive(cli, &given, &archive);
    if (code == EXIT_WITHIN && assay_archive_rotate(archive, o[REASON], &err) != ASSAY_OK) code = cli_fail(cli, &err);
    assay_archive_close(archive);
    return code;
}

static int command_key(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    const int code = cli_read_options(cli, &cli_key, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    if (g.n_words == 2 && strcmp(g.words[0], "new") == 0) return make(cli, &g);
    if (g.n_words == 2 && strcmp(g.words[0], "public") == 0) return tell_public(cli, &g);
    if (g.n_words == 2 && strcmp(g.words[0], "rotate") == 0) return rotate(cli, &g);
    return misused(cli);
}

const cli_command cli_key = {"key",
                             "keys for pseudonyms and for signing",
                             "假名密钥和签名密钥",
                             "new|public FILE, or rotate DIR [OPTIONS]",
                             options,
                             command_key};
