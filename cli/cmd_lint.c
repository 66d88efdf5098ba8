/* assay lint: every error of every pack, and what is doubtful in it. */
#include "options.h"

enum { OPT_INCLUDE, OPT_FAIL_ON };
enum { LIST_INCLUDE };

static const char *const fail_on[] = {"error", "warn", NULL};

static const cli_option options[] = {
    [OPT_INCLUDE] = {"include-dir", CLI_LIST, "DIR", "search included packs there (may be repeated)",
                     "在该目录查找 include 的规则包（可重复）", NULL},
    [OPT_FAIL_ON] = {"fail-on", CLI_TEXT, "error|warn", "exit 2 also for warnings", "有警告时也以 2 退出", fail_on},
    {0},
};

static size_t count_level(const assay_diags *diags, assay_level level)
{
    size_t n = 0;
    for (size_t i = 0; i < assay_diags_count(diags); i++) n += assay_diags_at(diags, i)->level == level;
    return n;
}

static int lint_one(const cli_context *cli, const cli_given *g, const char *path)
{
    assay_pack_options o = ASSAY_PACK_OPTIONS_INIT;
    assay_pack *pack = NULL;
    assay_err err = {0};
    assay_diags *diags = assay_diags_new();
    if (!diags) {
        cli_complain(cli, "out of memory", "内存不足");
        return EXIT_INTERNAL;
    }
    o.include_dirs = g->lists[LIST_INCLUDE];
    o.n_include_dirs = g->list_counts[LIST_INCLUDE];
    o.lint = 1;
    const assay_status st = assay_pack_load(path, &o, &pack, diags, &err);
    const size_t errors = count_level(diags, ASSAY_LEVEL_ERROR), warnings = count_level(diags, ASSAY_LEVEL_WARNING);
    int code = st == ASSAY_OK || errors ? cli_exit_code(st) : cli_fail(cli, &err);
    cli_print_diags(cli, stdout, diags);
    if (!cli->quiet)
        printf(cli_say(cli, "%s: %zu errors, %zu warnings, %zu rules\n", "%s：%zu 个错误，%zu 个警告，%zu 条规则\n"),
               path, errors, warnings, pack ? assay_pack_rule_count(pack) : 0);
    const char *strict = g->texts[OPT_FAIL_ON];
    if (code == EXIT_WITHIN && warnings && strict && strict[0] == 'w') code = EXIT_USAGE;
    assay_diags_free(diags);
    assay_pack_free(pack);
    return code;
}

static int command_lint(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    int code = cli_read_options(cli, &cli_lint, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    if (g.n_words == 0) {
        cli_complain(cli, "name a pack: assay lint PACK...", "请给出规则包：assay lint 规则包...");
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < g.n_words; i++) {
        const int one = lint_one(cli, &g, g.words[i]);
        if (one > code) code = one;
    }
    return code;
}

const cli_command cli_lint = {"lint",
                              "every error of a pack, and what is doubtful in it",
                              "列出规则包的全部错误与可疑之处",
                              "PACK... [OPTIONS]",
                              options,
                              command_lint};
