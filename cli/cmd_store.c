/* assay store: making and keeping a store. */
#include <string.h>

#include "interrupt.h"
#include "output.h"
#include "store_options.h"

enum { SCHEMA, BEFORE };
static const cli_option options[] = {
    [SCHEMA] = {"schema", CLI_TEXT, "NAME", "PostgreSQL: schema of the tables; default assay",
                "PostgreSQL：表所在的模式；默认 assay", NULL},
    [BEFORE] = {"before", CLI_TEXT, "DAY", "prune: forget what was over before this day",
                "prune：清除该日期前已结束的内容", NULL},
    {0},
};

typedef struct request {
    const cli_context *cli;
    const char *where, *schema, *before;
    assay_store *store; /* open, for actions that need one */
} request;

static int init(const request *r)
{
    assay_store_options o = ASSAY_STORE_OPTIONS_INIT;
    assay_err err = {0};
    o.schema = r->schema;
    return assay_store_init(r->where, &o, &err) == ASSAY_OK ? EXIT_WITHIN : cli_fail(r->cli, &err);
}

static int upgrade(const request *r)
{
    assay_store_options o = ASSAY_STORE_OPTIONS_INIT;
    assay_err err = {0};
    o.schema = r->schema;
    return assay_store_upgrade(r->where, &o, &err) == ASSAY_OK ? EXIT_WITHIN : cli_fail(r->cli, &err);
}

static int check(const request *r)
{
    uint64_t faults = 0;
    assay_err err = {0};
    if (assay_store_check(r->store, cli_write_stdout, NULL, &faults, &err) != ASSAY_OK) return cli_fail(r->cli, &err);
    if (!r->cli->quiet) fprintf(stderr, cli_say(r->cli, "%llu faults\n", "%llu 处错误\n"), (unsigned long long)faults);
    return faults ? EXIT_FAILED : EXIT_WITHIN;
}

static int export_all(const request *r)
{
    assay_err err = {0};
    return assay_store_export(r->store, cli_write_stdout, NULL, &err) == ASSAY_OK ? EXIT_WITHIN
                                                                                  : cli_fail(r->cli, &err);
}

static int prune(const request *r)
{
    uint64_t rows = 0;
    assay_err err = {0};
    if (!r->before) {
        cli_complain(r->cli, "prune needs --before DAY", "prune 需要 --before 日期");
        return EXIT_USAGE;
    }
    if (assay_store_prune(r->store, r->before, &rows, &err) != ASSAY_OK) return cli_fail(r->cli, &err);
    if (!r->cli->quiet) fprintf(stderr, cli_say(r->cli, "%llu rows\n", "%llu 行\n"), (unsigned long long)rows);
    return EXIT_WITHIN;
}

static const struct action {
    const char *name;
    bool needs_store, takes_before;
    int (*run)(const request *r);
} actions[] = {
    {"init", false, false, init},        {"upgrade", false, false, upgrade}, {"check", true, false, check},
    {"export", true, false, export_all}, {"prune", true, true, prune},
};

static const struct action *find_action(const cli_context *cli, const cli_given *g)
{
    for (size_t i = 0; g->n_words > 0 && g->n_words <= 2 && i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].name, g->words[0]) == 0) return &actions[i];
    cli_complain(cli, "write: assay store init|upgrade|check|export|prune [STORE]",
                 "请写成：assay store init|upgrade|check|export|prune [存储库]");
    return NULL;
}

static int command_store(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    cli_events events = {0};
    int code = cli_read_options(cli, &cli_store, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    const struct action *action = find_action(cli, &g);
    if (!action) return EXIT_USAGE;
    if (g.texts[BEFORE] && !action->takes_before) {
        cli_complain(cli, "--before belongs to assay store prune", "--before 只用于 assay store prune");
        return EXIT_USAGE;
    }
    request r = {cli, g.n_words > 1 ? g.words[1] : "assay.db", g.texts[SCHEMA], g.texts[BEFORE], NULL};
    cli_interrupt(NULL, NULL);
    if (!action->needs_store) code = cli_check_store(cli, r.where);
    else code = cli_open_store(cli, r.where, r.schema, &events, &r.store);
    if (code == EXIT_WITHIN) code = action->run(&r);
    assay_store_close(r.store);
    return code;
}

const cli_command cli_store = {"store",
                               "make and keep a store",
                               "创建和维护存储库",
                               "init|upgrade|check|export|prune [STORE] [OPTIONS]",
                               options,
                               command_store};
