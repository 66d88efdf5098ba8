/* assay tickets: looking at tickets, and acting on them. */
#include <string.h>

#include "interrupt.h"
#include "output.h"
#include "store_options.h"
#include "ticket_request.h"
#include "ticket_text.h"

enum { LIST_INCLUDE, LIST_KEY };
static const char *const formats[] = {"text", "json", "csv", "ndjson", "xlsx", "sql", NULL};

static const cli_option options[] = {
    [TICKET_STORE] = {"store", CLI_TEXT, "STORE", "file, or postgresql:// URI; default assay.db",
                      "存储库：文件或 postgresql:// URI；默认 assay.db", NULL},
    [TICKET_SCHEMA] = {"schema", CLI_TEXT, "NAME", "PostgreSQL: schema of the tables; default assay",
                       "PostgreSQL：表所在的模式；默认 assay", NULL},
    [TICKET_PACK] = {"pack", CLI_TEXT, "PACK", "whose sources and calendar count deadlines; marks: whose keys",
                     "按其数源与日历计算期限；marks：主键所属的规则包", NULL},
    [TICKET_INCLUDE] = {"include-dir", CLI_LIST, "DIR", "search included packs there (may be repeated)",
                        "在该目录查找 include 的规则包（可重复）", NULL},
    [TICKET_DATASET] = {"dataset", CLI_TEXT, "D", "tickets of this dataset", "该数据集的工单", NULL},
    [TICKET_RULE] = {"rule", CLI_TEXT, "ID", "of this rule", "该规则的工单", NULL},
    [TICKET_SOURCE] = {"source", CLI_TEXT, "ID", "of this source", "该数源的工单", NULL},
    [TICKET_OWNER] = {"owner", CLI_TEXT, "NAME", "of this owner", "该责任方的工单", NULL},
    [TICKET_SEVERITY] = {"severity", CLI_TEXT, "S", "of this severity", "该严重程度的工单", NULL},
    [TICKET_STATE] = {"state", CLI_TEXT, "STATE", "in this state, or unclosed",
                      "处于该状态的工单，或 unclosed（未办结）", NULL},
    [TICKET_DUE_BEFORE] = {"due-before", CLI_TEXT, "DAY", "not over and due before this day: overdue, when it is today",
                           "未办结且期限早于该日：取今天即为超期", NULL},
    [TICKET_DUE_UNTIL] = {"due-until", CLI_TEXT, "DAY", "not over and due by this day", "未办结且期限不晚于该日", NULL},
    [TICKET_KEY] = {"key", CLI_LIST, "VALUE", "marks: the key, one for each field", "marks：主键，每个字段一个", NULL},
    [TICKET_WHO] = {"who", CLI_TEXT, "NAME", "who does it; default: the user", "操作人；默认为当前用户", NULL},
    [TICKET_REMARK] = {"remark", CLI_TEXT, "TEXT", "why", "理由", NULL},
    [TICKET_TO] = {"to", CLI_TEXT, "OWNER", "transfer: to whom", "transfer：转给谁", NULL},
    [TICKET_DAYS] = {"days", CLI_TEXT, "N", "extend: how many working days more", "extend：延长的工作日数", NULL},
    [TICKET_DAY] = {"day", CLI_TEXT, "DAY", "on which it was done; default today", "操作日期；默认今天", NULL},
    [TICKET_FORMAT] = {"format", CLI_TEXT, "F",
                       "list, show: text or json; export: csv, ndjson, xlsx or sql; import: by the name",
                       "list、show：text 或 json；export：csv、ndjson、xlsx 或 sql；import：按文件名判断", formats},
    [TICKET_OUTPUT] = {"output", CLI_TEXT, "FILE", "export: write this file; default: standard output",
                       "export：写入该文件；默认为标准输出", NULL},
    [TICKET_EVENTS] = {"events", CLI_TEXT, "FILE",
                       "append each change to this file, a line of JSON; - for standard output",
                       "将每项变更以一行 JSON 追加到该文件；- 为标准输出", NULL},
    [TICKET_NOTIFY] = {"notify-command", CLI_TEXT, "CMD", "the same lines go to the standard input of this command",
                       "同样的行送到该命令的标准输入", NULL},
    {0},
};

/* ---- Looking ---- */

static int take_format(const ticket_request *r, bool *ret_json)
{
    const char *format = r->given->texts[TICKET_FORMAT] ? r->given->texts[TICKET_FORMAT] : "text";
    *ret_json = strcmp(format, "json") == 0;
    if (*ret_json || strcmp(format, "text") == 0) return EXIT_WITHIN;
    cli_complain(r->cli, "%s writes text or json; a table is written by: assay tickets export",
                 "%s 只输出 text 或 json；表格请用 assay tickets export", r->given->words[0]);
    return EXIT_USAGE;
}

static int list(const ticket_request *r)
{
    assay_err err = {0};
    ticket_output out = {.cli = r->cli};
    const int code = take_format(r, &out.is_json);
    if (code != EXIT_WITHIN) return code;
    const assay_status st = assay_tickets_list(r->store, &r->filter, ticket_print, &out, &err);
    if (st == ASSAY_ECANCELLED && cli_is_interrupted()) return EXIT_INTERRUPTED;
    if (st != ASSAY_OK) return cli_fail(r->cli, &err);
    if (!out.is_json && !r->cli->quiet)
        fprintf(stderr, cli_say(r->cli, "%llu tickets\n", "%llu 个工单\n"), (unsigned long long)out.n);
    return EXIT_WITHIN;
}

/* Each ticket with its history. */
static int show(const ticket_request *r)
{
    assay_err err = {0};
    ticket_output out = {.cli = r->cli, .is_full = true};
    const int code = take_format(r, &out.is_json);
    if (code != EXIT_WITHIN) return code;
    if (r->filter.n_ids == 0) {
        cli_complain(r->cli, "name the tickets: assay tickets show ID...", "请指定工单：assay tickets show 工单号...");
        return EXIT_USAGE;
    }
    assay_status st = assay_tickets_list(r->store, &r->filter, ticket_print, &out, &err);
    for (size_t i = 0; st == ASSAY_OK && i < out.n_ids; i++) {
        if (!out.is_json) printf("%s%s\n", i ? "\n" : "", out.ids[i]);
        st = assay_ticket_history(r->store, out.ids[i], ticket_print_event, &out, &err);
    }
    ticket_output_free(&out);
    if (st != ASSAY_OK) return cli_fail(r->cli, &err);
    if (out.n > 0) return EXIT_WITHIN;
    cli_complain(r->cli, "there is no such ticket", "没有这样的工单");
    return EXIT_USAGE;
}

static int marks(const ticket_request *r)
{
    uint64_t n = 0;
    assay_err err = {0};
    if (!r->pack || !r->filter.dataset || r->given->list_counts[LIST_KEY] == 0) {
        cli_complain(r->cli, "marks needs --pack, --dataset and --key", "marks 需要 --pack、--dataset 和 --key");
        return EXIT_USAGE;
    }
    if (assay_tickets_marks(r->store, r->pack, r->filter.dataset, r->given->lists[LIST_KEY],
                            r->given->list_counts[LIST_KEY], &n, &err) != ASSAY_OK)
        return cli_fail(r->cli, &err);
    printf("%llu\n", (unsigned long long)n);
    return n ? EXIT_FAILED : EXIT_WITHIN;
}

/* ---- Acting ---- */

static void tell_refused(void *ctx, uint64_t line, const char *ticket, const char *reason, const char *reason_zh)
{
    const cli_context *cli = ctx;
    (void)line;
    fprintf(stderr, "%s: %s\n", ticket, cli_say(cli, reason, reason_zh));
}

static int act(const ticket_request *r)
{
    const cli_given *g = r->given;
    assay_ticket_deed deed = ASSAY_TICKET_DEED_INIT;
    assay_ticket_sum sum = {0};
    assay_err err = {0};
    uint64_t days = 0;
    if (g->texts[TICKET_DAYS] && !cli_parse_uint(g->texts[TICKET_DAYS], 3650, &days)) {
        cli_complain(r->cli, "--days %s: not a number in range", "--days %s：不是有效的数", g->texts[TICKET_DAYS]);
        return EXIT_USAGE;
    }
    deed.act = g->words[0];
    deed.who = g->texts[TICKET_WHO] ? g->texts[TICKET_WHO] : ticket_user();
    deed.remark = g->texts[TICKET_REMARK];
    deed.owner = g->texts[TICKET_TO];
    deed.days = (uint32_t)days;
    deed.day = g->texts[TICKET_DAY];
    deed.pack = r->pack;
    if (assay_tickets_act(r->store, &r->filter, &deed, tell_refused, r->cli, &sum, &err) != ASSAY_OK)
        return cli_fail(r->cli, &err);
    if (!r->cli->quiet)
        fprintf(stderr, cli_say(r->cli, "%llu done, %llu refused\n", "完成 %llu 个，拒绝 %llu 个\n"),
                (unsigned long long)sum.done, (unsigned long long)sum.refused);
    return sum.refused || !sum.done ? EXIT_FAILED : EXIT_WITHIN;
}

/* ---- The command ---- */

static const struct action {
    const char *name;
    int (*run)(const ticket_request *r);
} actions[] = {
    {"list", list},   {"show", show},   {"marks", marks}, {"dispatch", act},         {"confirm", act},
    {"reject", act},  {"correct", act}, {"return", act},  {"transfer", act},         {"extend", act},
    {"dispute", act}, {"close", act},   {"reopen", act},  {"export", ticket_export}, {"import", ticket_import},
};

static const struct action *find_action(const cli_context *cli, const cli_given *g)
{
    for (size_t i = 0; g->n_words > 0 && i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].name, g->words[0]) == 0) return &actions[i];
    cli_complain(cli,
                 "write: assay tickets list|show|marks|dispatch|confirm|reject|correct|return|transfer|extend|dispute|"
                 "close|reopen|export|import [ID...]",
                 "请写成：assay tickets list|show|marks|dispatch|confirm|reject|correct|return|transfer|extend|dispute|"
                 "close|reopen|export|import [工单号...]");
    return NULL;
}

static void take_filter(const cli_given *g, assay_ticket_filter *ret)
{
    *ret = (assay_ticket_filter)ASSAY_TICKET_FILTER_INIT;
    ret->ids = g->words + 1;
    ret->n_ids = g->n_words - 1;
    ret->dataset = g->texts[TICKET_DATASET];
    ret->rule = g->texts[TICKET_RULE];
    ret->source = g->texts[TICKET_SOURCE];
    ret->owner = g->texts[TICKET_OWNER];
    ret->severity = g->texts[TICKET_SEVERITY];
    ret->state = g->texts[TICKET_STATE];
    ret->due_before = g->texts[TICKET_DUE_BEFORE];
    ret->due_until = g->texts[TICKET_DUE_UNTIL];
}

static int run_action(ticket_request *r, const struct action *action)
{
    const cli_given *g = r->given;
    cli_events events = {.path = g->texts[TICKET_EVENTS], .command = g->texts[TICKET_NOTIFY]};
    cli_interrupt(NULL, NULL);
    int code = cli_open_store(r->cli, g->texts[TICKET_STORE], g->texts[TICKET_SCHEMA], &events, &r->store);
    if (code == EXIT_WITHIN) code = action->run(r);
    assay_store_close(r->store);
    const int told = cli_close_events(&events);
    return told != EXIT_WITHIN && code < EXIT_USAGE ? told : code;
}

static int command_tickets(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    int code = cli_read_options(cli, &cli_tickets, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    const struct action *action = find_action(cli, &g);
    if (!action) return EXIT_USAGE;
    ticket_request r = {.cli = cli, .given = &g};
    take_filter(&g, &r.filter);
    if (g.texts[TICKET_PACK]) {
        r.pack = cli_load_pack(cli, g.texts[TICKET_PACK], g.lists[LIST_INCLUDE], g.list_counts[LIST_INCLUDE], &code);
        if (!r.pack) return code;
    }
    code = run_action(&r, action);
    assay_pack_free(r.pack);
    return code;
}

const cli_command cli_tickets = {
    "tickets",      "look at tickets, act on them", "查看和处理校核工单", "ACTION [ID...] [OPTIONS]", options,
    command_tickets};
