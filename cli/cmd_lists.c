/* assay checks, standards, version: reference, from the same tables the loader uses. */
#include "options.h"

static const cli_option no_options[] = {{0}};

static int command_checks(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    const int code = cli_read_options(cli, &cli_checks, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    for (size_t i = 0; i < assay_check_count(); i++) {
        assay_check_info c;
        assay_check_at(i, &c);
        printf("%-14s %-12s %-4s  %s%s\n", c.name, c.over, c.indicator, cli_say(cli, c.summary, c.summary_zh),
               c.available ? "" : cli_say(cli, " (not in this version)", "（此版本不提供）"));
    }
    return EXIT_WITHIN;
}

const cli_command cli_checks = {"checks", "the kinds of checks", "检查种类", "", no_options, command_checks};

static int command_standards(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    int code = cli_read_options(cli, &cli_standards, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    if (g.n_words != 1) {
        cli_complain(cli, "name one pack: assay standards PACK", "请给出一个规则包：assay standards 规则包");
        return EXIT_USAGE;
    }
    assay_pack *pack = cli_load_pack(cli, g.words[0], NULL, 0, &code);
    if (!pack) return code;
    for (size_t i = 0; i < assay_pack_standard_count(pack); i++) {
        assay_standard_info s;
        assay_pack_standard(pack, i, &s);
        printf("%-20s %-12s %-10s %s%s%s\n", s.id, s.type, s.level, cli_say(cli, s.title, s.title_zh),
               s.basis[0] ? "  " : "", s.basis);
    }
    assay_pack_free(pack);
    return EXIT_WITHIN;
}

const cli_command cli_standards = {"standards", "the standards of a pack", "规则包中的标准", "PACK",
                                   no_options,  command_standards};

static int command_version(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    const int code = cli_read_options(cli, &cli_version, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    printf("assay %s\n", assay_version());
    return EXIT_WITHIN;
}

const cli_command cli_version = {"version", "the version of the library", "库的版本", "", no_options, command_version};
