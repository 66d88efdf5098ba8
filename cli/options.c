#include "options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const languages[] = {"en", "zh", NULL};

const cli_option cli_common_options[] = {
    {"lang", CLI_TEXT, "zh|en", "language of messages; default: LC_MESSAGES", "消息语言；默认取 LC_MESSAGES",
     languages},
    {"quiet", CLI_FLAG, NULL, "errors only", "只输出错误", NULL},
    {"help", CLI_FLAG, NULL, "this text", "显示本说明", NULL},
    {0},
};

/* ---- Help ---- */

static void print_option(const cli_context *cli, const cli_option *o, FILE *out)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
    fprintf(out, "  %-26s %s\n", left, cli_say(cli, o->help, o->help_zh));
}

void cli_print_help(const cli_context *cli, const cli_command *command, FILE *out)
{
    fprintf(out, "assay %s %s\n%s\n\n", command->name, command->usage,
            cli_say(cli, command->summary, command->summary_zh));
    for (const cli_option *o = command->options; o->name; o++) print_option(cli, o, out);
    for (const cli_option *o = cli_common_options; o->name; o++) print_option(cli, o, out);
}

/* ---- Reading ---- */

static const cli_option *find(const cli_option *table, const char *name, size_t len, size_t *ret_index)
{
    for (size_t i = 0; table[i].name; i++)
        if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0) {
            *ret_index = i;
            return &table[i];
        }
    return NULL;
}

static bool is_allowed(const cli_option *option, const char *value)
{
    bool allowed = !option->words;
    for (size_t i = 0; !allowed && option->words[i]; i++) allowed = strcmp(option->words[i], value) == 0;
    return allowed;
}

static size_t list_number(const cli_option *table, size_t index)
{
    size_t n = 0;
    for (size_t i = 0; i < index; i++) n += table[i].kind == CLI_LIST;
    return n;
}

static int keep(const cli_context *cli, const cli_option *table, size_t index, const char *value, cli_given *ret)
{
    const cli_option *o = &table[index];
    if (!is_allowed(o, value)) {
        cli_complain(cli, "--%s %s: not one of %s", "--%s %s：只能是 %s 之一", o->name, value, o->value);
        return EXIT_USAGE;
    }
    if (o->kind != CLI_LIST) {
        if (ret->texts[index]) {
            cli_complain(cli, "--%s is given twice", "--%s 给了两次", o->name);
            return EXIT_USAGE;
        }
        ret->texts[index] = value;
        return EXIT_WITHIN;
    }
    const size_t list = list_number(table, index);
    if (ret->list_counts[list] == CLI_LIST_MAX) {
        cli_complain(cli, "--%s is given too often", "--%s 给得太多", o->name);
        return EXIT_USAGE;
    }
    ret->lists[list][ret->list_counts[list]++] = value;
    return EXIT_WITHIN;
}

static void take_common(cli_context *cli, size_t index, const char *value)
{
    if (index == 0) cli->zh = strcmp(value, "zh") == 0;
    if (index == 1) cli->quiet = true;
}

typedef struct option_reader {
    cli_context *cli;
    const cli_command *command;
    int argc, at;
    char **argv;
} option_reader;

/* The value behind "=" or the next argument; NULL after a complaint. */
static const char *take_value(option_reader *r, const cli_option *o, const char *equals)
{
    if (o->kind == CLI_FLAG) {
        if (!equals) return "";
        cli_complain(r->cli, "--%s takes no value", "--%s 不带值", o->name);
        return NULL;
    }
    if (equals) return equals + 1;
    if (r->at + 1 < r->argc) return r->argv[++r->at];
    cli_complain(r->cli, "--%s needs a value: %s", "--%s 需要一个值：%s", o->name, o->value);
    return NULL;
}

static int read_one(option_reader *r, const char *name, cli_given *ret)
{
    const char *equals = strchr(name, '=');
    const size_t len = equals ? (size_t)(equals - name) : strlen(name);
    size_t index = 0;
    const cli_option *own = find(r->command->options, name, len, &index);
    const cli_option *o = own ? own : find(cli_common_options, name, len, &index);
    if (!o) {
        cli_complain(r->cli, "unknown option --%.*s; see assay %s --help", "未知选项 --%.*s；见 assay %s --help",
                     (int)len, name, r->command->name);
        return EXIT_USAGE;
    }
    const char *value = take_value(r, o, equals);
    if (!value) return EXIT_USAGE;
    if (own) return keep(r->cli, r->command->options, index, value, ret);
    if (!is_allowed(o, value)) {
        cli_complain(r->cli, "--%s %s: not one of %s", "--%s %s：只能是 %s 之一", o->name, value, o->value);
        return EXIT_USAGE;
    }
    take_common(r->cli, index, value);
    return EXIT_WITHIN;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return true;
    return false;
}

/* What is wrong with the first option is said in the language that a later one names. */
static void look_for_language(cli_context *cli, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const bool is_apart = strcmp(argv[i], "--lang") == 0 && i + 1 < argc;
        const char *value = is_apart ? argv[i + 1] : strncmp(argv[i], "--lang=", 7) == 0 ? argv[i] + 7 : "";
        if (is_allowed(&cli_common_options[0], value)) take_common(cli, 0, value);
    }
}

static bool is_long(const char *arg)
{
    return arg[0] == '-' && arg[1] == '-';
}

static bool is_output(const cli_command *command, const char *arg)
{
    size_t index;
    return strcmp(arg, "-o") == 0 && find(command->options, "output", strlen("output"), &index);
}

int cli_read_options(cli_context *cli, const cli_command *command, int argc, char **argv, cli_given *ret)
{
    option_reader r = {cli, command, argc, 1, argv};
    bool only_words = false;
    const bool help = asks_for_help(argc, argv);
    look_for_language(cli, argc, argv);
    memset(ret, 0, sizeof *ret);
    ret->words = (const char *const *)(argv + 1);
    for (; r.at < argc; r.at++) {
        const char *arg = argv[r.at];
        if (!only_words && strcmp(arg, "--") == 0) only_words = true;
        else if (!only_words && strcmp(arg, "-h") == 0) continue;
        else if (!only_words && (is_long(arg) || is_output(command, arg))) {
            const int code = read_one(&r, is_long(arg) ? arg + 2 : "output", ret);
            if (code != EXIT_WITHIN) return code;
        } else if (!only_words && arg[0] == '-' && arg[1]) {
            cli_complain(cli, "unknown option %s; see assay %s --help", "未知选项 %s；见 assay %s --help", arg,
                         command->name);
            return EXIT_USAGE;
        } else {
            argv[1 + ret->n_words++] = argv[r.at];
        }
    }
    if (!help) return EXIT_WITHIN;
    cli_print_help(cli, command, stdout);
    return -1;
}

/* ---- Values ---- */

bool cli_parse_uint(const char *text, uint64_t max, uint64_t *ret)
{
    char *end;
    if (text[0] < '0' || text[0] > '9') return false;
    errno = 0;
    const uintmax_t v = strtoumax(text, &end, 10);
    if (errno || *end || v > max) return false;
    *ret = v;
    return true;
}

int cli_read_number(const cli_context *cli, const char *option, const char *text, cli_number is, uint64_t max,
                    uint64_t *ret)
{
    if (!text) return EXIT_WITHIN;
    if ((is == CLI_SIZE ? cli_parse_size(text, ret) : cli_parse_uint(text, max, ret)) && *ret) return EXIT_WITHIN;
    cli_complain(cli, "--%s %s: not a number in range", "--%s %s：不是有效的数", option, text);
    return EXIT_USAGE;
}

bool cli_parse_size(const char *text, uint64_t *ret)
{
    static const char units[] = "KMGT";
    char *end;
    if (text[0] < '0' || text[0] > '9') return false;
    errno = 0;
    const uintmax_t v = strtoumax(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    const unsigned shift = unit ? (unsigned)(unit - units + 1) * 10 : 0;
    if (unit) end++;
    if (unit && strcmp(end, "iB") == 0) end += 2;
    if (errno || *end || v > (UINT64_MAX >> shift)) return false;
    *ret = (uint64_t)v << shift;
    return true;
}
