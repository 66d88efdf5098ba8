#include "store_options.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "source_options.h"

static int take_event(void *ctx, const void *bytes, size_t len)
{
    cli_events *e = ctx;
    FILE *const takers[] = {e->file, e->pipe};
    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++)
        if (takers[i] && fwrite(bytes, 1, len, takers[i]) != len) e->has_failed = true;
    return e->has_failed;
}

static int open_takers(cli_events *e)
{
    if (e->path) e->file = strcmp(e->path, "-") == 0 ? stdout : fopen(e->path, "ae");
    if (e->path && !e->file) {
        cli_complain(e->cli, "%s cannot be written: %s", "无法写入 %s：%s", e->path, strerror(errno));
        return EXIT_IO;
    }
    if (e->command) e->pipe = popen(e->command, "we");
    if (e->command && !e->pipe) {
        cli_complain(e->cli, "the notify command cannot be started: %s", "无法启动通知命令：%s", strerror(errno));
        return EXIT_IO;
    }
    return EXIT_WITHIN;
}

int cli_check_store(const cli_context *cli, const char *where)
{
    return where && strstr(where, "://") ? cli_check_conninfo(cli, "STORE", where) : EXIT_WITHIN;
}

int cli_open_store(const cli_context *cli, const char *where, const char *schema, cli_events *events, assay_store **ret)
{
    assay_store_options o = ASSAY_STORE_OPTIONS_INIT;
    assay_err err = {0};
    events->cli = cli;
    o.schema = schema;
    if (cli_check_store(cli, where) != EXIT_WITHIN) return EXIT_USAGE;
    if (events->path || events->command) {
        const int code = open_takers(events);
        if (code != EXIT_WITHIN) return code;
        o.on_event = take_event;
        o.on_event_ctx = events;
    }
    return assay_store_open(where ? where : "assay.db", &o, ret, &err) == ASSAY_OK ? EXIT_WITHIN : cli_fail(cli, &err);
}

static int close_file(cli_events *e)
{
    if (!e->file) return EXIT_WITHIN;
    const bool failed = e->file == stdout ? fflush(stdout) != 0 : fclose(e->file) != 0;
    e->file = NULL;
    if (!failed && !e->has_failed) return EXIT_WITHIN;
    cli_complain(e->cli, "events: %s could not be written", "事件：无法写入 %s", e->path);
    return EXIT_IO;
}

static int close_pipe(cli_events *e)
{
    if (!e->pipe) return EXIT_WITHIN;
    const int status = pclose(e->pipe);
    e->pipe = NULL;
    if (status == 0 && !e->has_failed) return EXIT_WITHIN;
    if (status == 0)
        cli_complain(e->cli, "the notify command did not read all events; what was done is in the store",
                     "通知命令未读完所有事件；已做的更改已存入存储库");
    else if (status >= 0 && WIFEXITED(status))
        cli_complain(e->cli, "the notify command ended with %d; what was done is in the store",
                     "通知命令以 %d 结束；已做的更改已存入存储库", WEXITSTATUS(status));
    else
        cli_complain(e->cli, "the notify command did not end by itself; what was done is in the store",
                     "通知命令未正常结束；已做的更改已存入存储库");
    return EXIT_IO;
}

int cli_close_events(cli_events *events)
{
    const int file = close_file(events), pipe = close_pipe(events);
    return file != EXIT_WITHIN ? file : pipe;
}
