/* Work orders: tickets given out as a table, and answers taken back. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "ticket_request.h"

const char *ticket_user(void)
{
    const struct passwd *entry = getpwuid(getuid());
    return entry ? entry->pw_name : NULL;
}

/* ---- Out ---- */

static bool take_order_format(const char *name, assay_order_format *ret)
{
    static const struct {
        const char *name;
        assay_order_format format;
    } known[] = {{"csv", ASSAY_ORDER_CSV}, {"ndjson", ASSAY_ORDER_NDJSON}, {"xlsx", ASSAY_ORDER_XLSX}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i].name) == 0) {
            *ret = known[i].format;
            return true;
        }
    return false;
}

/* A file, whole or not there, or standard output. */
typedef struct target {
    cli_file file;
    const char *path; /* NULL: standard output */
} target;

static int open_target(const cli_context *cli, const char *path, target *ret)
{
    char dir[4096];
    const char *slash = path ? strrchr(path, '/') : NULL;
    *ret = (target){.path = path};
    if (!path) return EXIT_WITHIN;
    snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    return cli_file_open(cli, slash == path ? "/" : dir, slash ? slash + 1 : path, &ret->file);
}

static int close_target(const cli_context *cli, target *t, int code)
{
    if (!t->path) return code;
    if (code < EXIT_USAGE) {
        int closed = cli_file_flush(cli, &t->file);
        if (closed == EXIT_WITHIN) closed = cli_file_commit(cli, &t->file);
        if (closed != EXIT_WITHIN) code = closed;
    }
    cli_file_discard(&t->file);
    return code;
}

typedef struct sql_output {
    const cli_context *cli;
    FILE *stream;
} sql_output;

static int write_sql(void *ctx, const void *bytes, size_t len)
{
    return cli_write_stream(((sql_output *)ctx)->stream, bytes, len);
}

static void refuse_sql(void *ctx, uint64_t line, const char *ticket, const char *reason, const char *reason_zh)
{
    const cli_context *cli = ((sql_output *)ctx)->cli;
    (void)line;
    fprintf(stderr, "%s: %s\n", ticket, cli_say(cli, reason, reason_zh));
}

static int export_sql(const ticket_request *r, FILE *stream)
{
    assay_ticket_sum sum = {0};
    assay_err err = {0};
    sql_output out = {r->cli, stream};
    if (!r->pack) {
        cli_complain(r->cli, "--format sql needs --pack", "--format sql 需要 --pack");
        return EXIT_USAGE;
    }
    if (assay_tickets_sql(r->store, &r->filter, r->pack, write_sql, refuse_sql, &out, &sum, &err) != ASSAY_OK)
        return cli_fail(r->cli, &err);
    if (!r->cli->quiet)
        fprintf(stderr, cli_say(r->cli, "%llu statements, %llu refused\n", "%llu 条语句，拒绝 %llu 个\n"),
                (unsigned long long)sum.done, (unsigned long long)sum.refused);
    return sum.refused ? EXIT_FAILED : EXIT_WITHIN;
}

static int export_order(const ticket_request *r, const char *format, FILE *stream)
{
    assay_order_options o = ASSAY_ORDER_OPTIONS_INIT;
    assay_err err = {0};
    uint64_t n = 0;
    if (!take_order_format(format, &o.format)) {
        cli_complain(r->cli, "export needs --format csv, ndjson, xlsx or sql",
                     "export 需要 --format csv、ndjson、xlsx 或 sql");
        return EXIT_USAGE;
    }
    o.lang = r->cli->zh ? "zh" : "en";
    o.owner = r->filter.owner;
    o.day = r->given->texts[TICKET_DAY];
    if (assay_tickets_export(r->store, &r->filter, &o, cli_write_stream, stream, &n, &err) != ASSAY_OK)
        return cli_fail(r->cli, &err);
    if (!r->cli->quiet) fprintf(stderr, cli_say(r->cli, "%llu tickets\n", "%llu 个工单\n"), (unsigned long long)n);
    return EXIT_WITHIN;
}

int ticket_export(const ticket_request *r)
{
    const char *format = r->given->texts[TICKET_FORMAT] ? r->given->texts[TICKET_FORMAT] : "csv";
    target t;
    int code = open_target(r->cli, r->given->texts[TICKET_OUTPUT], &t);
    if (code != EXIT_WITHIN) return code;
    FILE *stream = t.path ? t.file.stream : stdout;
    code = strcmp(format, "sql") == 0 ? export_sql(r, stream) : export_order(r, format, stream);
    return close_target(r->cli, &t, code);
}

/* ---- Back ---- */

#define ORDER_BYTES ((size_t)1 << 30) /* more is no work order */

static int read_stream(const cli_context *cli, const char *path, FILE *stream, char **ret, size_t *ret_len)
{
    size_t cap = 0;
    for (size_t n = 1; n > 0; *ret_len += n) {
        if (*ret_len == cap) {
            char *more = cap < ORDER_BYTES ? realloc(*ret, cap = cap ? cap * 2 : 65536) : NULL;
            if (!more) {
                cli_complain(cli, "%s is too large for a work order", "%s 过大，不是工单文件", path);
                return EXIT_IO;
            }
            *ret = more;
        }
        n = fread(*ret + *ret_len, 1, cap - *ret_len, stream);
    }
    if (!ferror(stream)) return EXIT_WITHIN;
    cli_complain(cli, "%s cannot be read: %s", "无法读取 %s：%s", path, strerror(errno));
    return EXIT_IO;
}

static int read_whole(const cli_context *cli, const char *path, char **ret, size_t *ret_len)
{
    const bool is_input = strcmp(path, "-") == 0;
    FILE *stream = is_input ? stdin : fopen(path, "re");
    if (!stream) {
        cli_complain(cli, "%s cannot be read: %s", "无法读取 %s：%s", path, strerror(errno));
        return EXIT_IO;
    }
    const int code = read_stream(cli, path, stream, ret, ret_len);
    if (!is_input) fclose(stream);
    return code;
}

static void tell_line(void *ctx, uint64_t line, const char *ticket, const char *reason, const char *reason_zh)
{
    const cli_context *cli = ctx;
    fprintf(stderr, cli_say(cli, "line %llu: %s: %s\n", "第 %llu 行：%s：%s\n"), (unsigned long long)line, ticket,
            cli_say(cli, reason, reason_zh));
}

static int import_bytes(const ticket_request *r, const char *path, const char *bytes, size_t len)
{
    const cli_given *g = r->given;
    assay_import_options o = ASSAY_IMPORT_OPTIONS_INIT;
    assay_ticket_sum sum = {0};
    assay_err err = {0};
    const char *dot = strrchr(path, '.');
    const char *format = g->texts[TICKET_FORMAT] ? g->texts[TICKET_FORMAT] : dot ? dot + 1 : "";
    if (!take_order_format(format, &o.format)) {
        cli_complain(r->cli, "%s: say what it is: --format csv, ndjson or xlsx",
                     "%s：请说明格式：--format csv、ndjson 或 xlsx", path);
        return EXIT_USAGE;
    }
    o.who = g->texts[TICKET_WHO] ? g->texts[TICKET_WHO] : ticket_user();
    o.day = g->texts[TICKET_DAY];
    o.pack = r->pack;
    if (assay_tickets_import(r->store, bytes, len, &o, tell_line, r->cli, &sum, &err) != ASSAY_OK)
        return cli_fail(r->cli, &err);
    if (!r->cli->quiet)
        fprintf(stderr,
                cli_say(r->cli, "%llu answers taken, %llu taken before, %llu refused, %llu lines without an answer\n",
                        "采纳 %llu 条答复，此前已采纳 %llu 条，拒绝 %llu 条，未答复 %llu 行\n"),
                (unsigned long long)sum.done, (unsigned long long)sum.unchanged, (unsigned long long)sum.refused,
                (unsigned long long)sum.unanswered);
    return sum.refused ? EXIT_FAILED : EXIT_WITHIN;
}

int ticket_import(const ticket_request *r)
{
    char *bytes = NULL;
    size_t len = 0;
    if (r->given->n_words != 2) {
        cli_complain(r->cli, "name one file: assay tickets import FILE", "请给出一个文件：assay tickets import 文件");
        return EXIT_USAGE;
    }
    int code = read_whole(r->cli, r->given->words[1], &bytes, &len);
    if (code == EXIT_WITHIN) code = import_bytes(r, r->given->words[1], bytes, len);
    free(bytes);
    return code;
}
