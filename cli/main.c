#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "options.h"

static const cli_command *const commands[] = {&cli_run,     &cli_scan,        &cli_merge,     &cli_lint,   &cli_explain,
                                              &cli_key,     &cli_verify_data, &cli_verify,    &cli_prove,  &cli_store,
                                              &cli_tickets, &cli_checks,      &cli_standards, &cli_version};
enum { COMMANDS = sizeof commands / sizeof *commands };

const char *cli_say(const cli_context *cli, const char *en, const char *zh)
{
    return cli->zh ? zh : en;
}

void cli_complain(const cli_context *cli, const char *en, const char *zh, ...)
{
    va_list args;
    va_start(args, zh);
    fputs("assay: ", stderr);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    vfprintf(stderr, cli->zh ? zh : en, args);
#pragma GCC diagnostic pop
    fputc('\n', stderr);
    va_end(args);
}

int cli_exit_code(assay_status status)
{
    switch (status) {
    case ASSAY_OK: return EXIT_WITHIN;
    case ASSAY_EUSAGE:
    case ASSAY_EPACK: return EXIT_USAGE;
    case ASSAY_EFORMAT:
    case ASSAY_ELIMIT:
    case ASSAY_EIO:
    case ASSAY_ESOURCE: return EXIT_IO;
    case ASSAY_ECANCELLED: return EXIT_INTERRUPTED;
    case ASSAY_ENOMEM:
    case ASSAY_EINTERNAL: return EXIT_INTERNAL;
    }
    return EXIT_INTERNAL;
}

int cli_fail(const cli_context *cli, const assay_err *err)
{
    cli_complain(cli, "%s", "%s", cli->zh && err->text_zh[0] ? err->text_zh : err->text);
    return cli_exit_code(err->code);
}

static void print_help(const cli_context *cli, FILE *out)
{
    fputs(cli_say(cli, "assay COMMAND [OPTIONS]: applies rule packs to public data\n\n",
                  "assay 命令 [选项]：对公共数据执行规则包\n\n"),
          out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-12s %s\n", commands[i]->name, cli_say(cli, commands[i]->summary, commands[i]->summary_zh));
    fputs(cli_say(cli, "\nassay COMMAND --help tells the options of a command.\n",
                  "\nassay 命令 --help 显示该命令的选项。\n"),
          out);
}

static bool wants_chinese(void)
{
    const char *names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && value[0]) return strncmp(value, "zh", 2) == 0;
    }
    return false;
}

/* A full pipe or disk shows only when stdout is closed. */
static int close_stdout(const cli_context *cli, int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    cli_complain(cli, "standard output could not be written", "无法写标准输出");
    return EXIT_IO;
}

/* How many of the words are this command's name: none, or all of the name; some names have two words. */
static int words_of_name(const char *name, int argc, char **argv)
{
    const char *space = strchr(name, ' ');
    if (argc < 2) return 0;
    if (!space) return strcmp(name, argv[1]) == 0 ? 1 : 0;
    const size_t first = (size_t)(space - name);
    const bool is_first = strlen(argv[1]) == first && strncmp(argv[1], name, first) == 0;
    return is_first && argc > 2 && strcmp(argv[2], space + 1) == 0 ? 2 : 0;
}

int main(int argc, char **argv)
{
    cli_context cli = {.zh = wants_chinese()};
    const char *no_color = getenv("NO_COLOR");
    cli.color = isatty(STDERR_FILENO) && !(no_color && no_color[0]);
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < COMMANDS; i++) {
        const int words = words_of_name(commands[i]->name, argc, argv);
        if (words > 0) return close_stdout(&cli, commands[i]->run(&cli, argc - words, argv + words));
    }
    if (strcmp(name, "--version") == 0) return close_stdout(&cli, cli_version.run(&cli, 1, argv + 1));
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(&cli, stdout);
        return close_stdout(&cli, EXIT_WITHIN);
    }
    if (name[0]) cli_complain(&cli, "unknown command '%s'", "未知命令“%s”", name);
    print_help(&cli, stderr);
    return EXIT_USAGE;
}
