/* assay explain: one rule, one record, in full. */
#include <string.h>

#include "interrupt.h"
#include "options.h"
#include "output.h"
#include "source_options.h"

enum {
    OPT_PACK,
    OPT_KEY,
    OPT_DB,
    OPT_CSV,
    OPT_COPY,
    OPT_AS_OF,
    OPT_REVEAL,
    OPT_PSEUDONYM_KEY,
    OPT_INCLUDE,
    OPT_DELIMITER,
    OPT_ENCODING,
    OPT_NULL,
    OPT_NO_HEADER
};
enum { LIST_KEY, LIST_REVEAL, LIST_INCLUDE };

static const cli_option options[] = {
    [OPT_PACK] = {"pack", CLI_TEXT, "PACK", "the pack with the rule (required)", "规则所在的规则包（必需）", NULL},
    [OPT_KEY] = {"key", CLI_LIST, "VALUE", "the record; one for each field of the key (required)",
                 "记录的主键值；每个主键字段一个（必需）", NULL},
    [OPT_DB] = {"db", CLI_TEXT, "URI", "PostgreSQL connection; default: PG* environment",
                "PostgreSQL 连接；默认取 PG* 环境变量", NULL},
    [OPT_CSV] = {"csv", CLI_TEXT, "FILE", "read the records from a CSV file", "从 CSV 文件读取记录", NULL},
    [OPT_COPY] = {"copy", CLI_TEXT, "FILE", "read the records from a file in COPY text format",
                  "从 COPY 文本格式文件读取记录", NULL},
    [OPT_AS_OF] = {"as-of", CLI_TEXT, "T", "date or time the rule looks from; default: now",
                   "规则的基准日期或时间；默认为现在", NULL},
    [OPT_REVEAL] = {"reveal", CLI_LIST, "D.FIELD", "show this field unmasked", "不脱敏显示该字段", NULL},
    [OPT_PSEUDONYM_KEY] = {"pseudonym-key", CLI_TEXT, "FILE", "key for fields that are shown as pseudonyms",
                           "以假名显示的字段所用的密钥文件", NULL},
    [OPT_INCLUDE] = {"include-dir", CLI_LIST, "DIR", "search included packs there (may be repeated)",
                     "在该目录查找 include 的规则包（可重复）", NULL},
    [OPT_DELIMITER] = {"delimiter", CLI_TEXT, "C", "of the file", "文件的分隔符", NULL},
    [OPT_ENCODING] = {"encoding", CLI_TEXT, "NAME", "of the file: UTF-8, GB18030, ...", "文件编码：UTF-8、GB18030 等",
                      NULL},
    [OPT_NULL] = {"null", CLI_TEXT, "TEXT", "text that stands for NULL in the file", "文件中表示 NULL 的文本", NULL},
    [OPT_NO_HEADER] = {"no-header", CLI_FLAG, NULL, "the file has no header line", "文件没有标题行", NULL},
    {0},
};

static const char *dataset_of(const assay_pack *pack, const char *rule_id)
{
    assay_rule_info rule;
    for (size_t i = 0; i < assay_pack_rule_count(pack); i++) {
        assay_pack_rule(pack, i, &rule);
        if (strcmp(rule.id, rule_id) == 0) return rule.dataset;
    }
    return NULL;
}

/* Empty where the rule is not known, which is told later. */
static assay_dataset_info find_dataset(const assay_pack *pack, const char *rule_id)
{
    const char *name = dataset_of(pack, rule_id);
    assay_dataset_info dataset = {0};
    for (size_t i = 0; name && i < assay_pack_dataset_count(pack); i++) {
        assay_pack_dataset(pack, i, &dataset);
        if (strcmp(dataset.name, name) == 0) return dataset;
    }
    return (assay_dataset_info){0};
}

static int explain(cli_context *cli, const cli_given *g, const assay_pack *pack)
{
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    assay_err err = {0};
    const cli_source_words words = CLI_SOURCE_WORDS(g);
    const assay_dataset_info dataset = find_dataset(pack, g->words[0]);
    cli_source from;
    const int code = cli_read_source(cli, &words, &dataset, g->texts[OPT_PACK], &from);
    if (code != EXIT_WITHIN) return code;
    o.as_of = g->texts[OPT_AS_OF];
    o.reveal = g->lists[LIST_REVEAL];
    o.n_reveal = g->list_counts[LIST_REVEAL];
    o.pseudonym_key = g->texts[OPT_PSEUDONYM_KEY];
    o.lang = cli->zh ? "zh" : "en";
    o.on_run = cli_interrupt;
    const assay_status st = assay_explain(pack, &o, g->words[0], g->lists[LIST_KEY], g->list_counts[LIST_KEY],
                                          &from.source, cli_write_stream, stdout, &err);
    return st == ASSAY_OK ? EXIT_WITHIN : cli_fail(cli, &err);
}

static int command_explain(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    int code = cli_read_options(cli, &cli_explain, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    if (g.n_words != 1 || !g.texts[OPT_PACK] || !g.list_counts[LIST_KEY]) {
        cli_complain(cli, "assay explain RULE --pack PACK --key VALUE",
                     "assay explain 规则 --pack 规则包 --key 主键值");
        return EXIT_USAGE;
    }
    assay_pack *pack = cli_load_pack(cli, g.texts[OPT_PACK], g.lists[LIST_INCLUDE], g.list_counts[LIST_INCLUDE], &code);
    if (!pack) return code;
    code = explain(cli, &g, pack);
    assay_pack_free(pack);
    return code;
}

const cli_command cli_explain = {"explain",
                                 "one rule and one record: value, code points, predicate, verdict, clause",
                                 "一条规则与一条记录：值、码位、要求、判定、依据",
                                 "RULE --pack PACK --key VALUE [OPTIONS]",
                                 options,
                                 command_explain};
