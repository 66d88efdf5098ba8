/* assay merge: the partials of assay scan, folded into what one run would have said. */
#include <string.h>
#include <unistd.h>

#include "interrupt.h"
#include "options.h"
#include "report.h"
#include "source_options.h"
#include "write_partial.h"

enum {
    OPT_DATASET,
    OPT_ALLOW_MISSING,
    OPT_OUTPUT,
    OPT_LINE,
    OPT_AS_OF,
    OPT_REPORT,
    OPT_FORMAT,
    OPT_FAIL_ON,
    OPT_REVEAL,
    OPT_KEY,
    OPT_MEMORY,
    OPT_SPILL_DIR,
    OPT_SPILL_LIMIT,
    OPT_INCLUDE,
    OPT_COUNT
};
/* lists in the order of the table */
enum { LIST_DATASET, LIST_REVEAL, LIST_INCLUDE };

static const cli_option options[] = {
    [OPT_DATASET] = {"dataset", CLI_LIST, "D", "only this dataset (may be repeated)", "只合并该数据集（可重复）", NULL},
    [OPT_ALLOW_MISSING] = {"allow-missing", CLI_FLAG, NULL,
                           "go on without chunks that are missing: no rule is evaluated",
                           "允许缺少分块：所有规则均不作评定", NULL},
    [OPT_OUTPUT] = {"output", CLI_TEXT, "FILE", "write a partial of what is there, also -o; no verdict",
                    "将已有内容写成部分结果，也可写作 -o；不作判定", NULL},
    [OPT_LINE] = {"line", CLI_FLAG, NULL, "with -o: as one line of base64", "与 -o 同用：写成一行 base64", NULL},
    [OPT_AS_OF] = {"as-of", CLI_TEXT, "T", "what the partials must look from; default: what they do",
                   "部分结果应有的基准时间；默认为其自身的", NULL},
    [OPT_REPORT] = {"report", CLI_TEXT, "DIR", "write result.json, findings.ndjson, summary.txt there",
                    "将 result.json、findings.ndjson、summary.txt 写入该目录", NULL},
    [OPT_FORMAT] = {"format", CLI_TEXT, "text|json|ndjson", "standard output: summary, result or findings",
                    "标准输出：摘要、结果或问题清单", cli_report_formats},
    [OPT_FAIL_ON] = {"fail-on", CLI_TEXT, "fail|warn", "exit 1 also for warnings", "有警告时也以 1 退出",
                     cli_report_fail_on},
    [OPT_REVEAL] = {"reveal", CLI_LIST, "D.FIELD", "show this field unmasked; recorded in the result",
                    "不脱敏显示该字段；会记入结果", NULL},
    [OPT_KEY] = {"pseudonym-key", CLI_TEXT, "FILE", "key for fields that are shown as pseudonyms",
                 "以假名显示的字段所用的密钥文件", NULL},
    [OPT_MEMORY] = {"memory", CLI_TEXT, "SIZE", "memory to take: sets and findings beyond spill; default 512MiB",
                    "可用内存，超出的集合与问题记录落盘；默认 512MiB", NULL},
    [OPT_SPILL_DIR] = {"spill-dir", CLI_TEXT, "DIR", "folder of temporary files; default $TMPDIR or /tmp",
                       "临时文件目录；默认 $TMPDIR 或 /tmp", NULL},
    [OPT_SPILL_LIMIT] = {"spill-limit", CLI_TEXT, "SIZE", "most bytes of temporary files", "临时文件上限", NULL},
    [OPT_INCLUDE] = {"include-dir", CLI_LIST, "DIR", "search included packs there (may be repeated)",
                     "在该目录查找 include 的规则包（可重复）", NULL},
    {0},
};

static int conclude(const cli_context *cli, const cli_given *g, assay_run *run)
{
    assay_err err = {0};
    assay_result *result = NULL;
    if (assay_run_finish(run, &result, &err) != ASSAY_OK) return cli_fail(cli, &err);
    int code = g->texts[OPT_REPORT] ? cli_write_report(cli, result, g->texts[OPT_REPORT]) : EXIT_WITHIN;
    if (code == EXIT_WITHIN) code = cli_conclude(cli, result, g->texts[OPT_FORMAT], g->texts[OPT_FAIL_ON]);
    assay_result_free(result);
    return code;
}

static int write_partial(const cli_context *cli, const cli_given *g, assay_run *run)
{
    assay_partial_options partial = ASSAY_PARTIAL_OPTIONS_INIT;
    partial.line = g->texts[OPT_LINE] != NULL;
    return cli_write_partial(cli, run, g->lists[LIST_DATASET][0], &partial, g->texts[OPT_OUTPUT]);
}

static int merge(const cli_context *cli, const cli_given *g, assay_run *run)
{
    assay_err err = {0};
    const assay_status st = assay_run_merge_files(run, g->words + 1, g->n_words - 1, &err);
    if (st != ASSAY_OK) return cli_fail(cli, &err);
    return g->texts[OPT_OUTPUT] ? write_partial(cli, g, run) : conclude(cli, g, run);
}

static int merge_into(const cli_context *cli, const cli_given *g, const assay_pack *pack)
{
    const char *report = g->texts[OPT_REPORT];
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    assay_run *run = NULL;
    assay_err err = {0};
    bool made = false;
    int code = cli_read_memory(cli, g->texts[OPT_MEMORY], g->texts[OPT_SPILL_LIMIT], &o);
    if (code != EXIT_WITHIN) return code;
    o.as_of = g->texts[OPT_AS_OF];
    o.datasets = g->lists[LIST_DATASET];
    o.n_datasets = g->list_counts[LIST_DATASET];
    o.reveal = g->lists[LIST_REVEAL];
    o.n_reveal = g->list_counts[LIST_REVEAL];
    o.pseudonym_key = g->texts[OPT_KEY];
    o.spill_dir = g->texts[OPT_SPILL_DIR];
    o.allow_missing = g->texts[OPT_ALLOW_MISSING] != NULL;
    o.lang = cli->zh ? "zh" : "en";
    if (assay_run_open(pack, &o, &run, &err) != ASSAY_OK) return cli_fail(cli, &err);
    cli_interrupt(NULL, run);
    if (report) code = cli_prepare_report(cli, report, &made);
    if (code == EXIT_WITHIN) code = merge(cli, g, run);
    cli_interrupt(NULL, NULL);
    assay_run_free(run);
    if (code > EXIT_FAILED && made) (void)rmdir(report); /* it stays where the files are in it */
    return code;
}

/* A partial is of one dataset, and of no verdict. */
static int check_output(const cli_context *cli, cli_given *g, const assay_pack *pack)
{
    static assay_dataset_info only;
    const bool has_report = g->texts[OPT_REPORT] || g->texts[OPT_FORMAT] || g->texts[OPT_FAIL_ON];
    if ((g->texts[OPT_OUTPUT] && has_report) || (!g->texts[OPT_OUTPUT] && g->texts[OPT_LINE])) {
        cli_complain(cli, "-o writes a partial and no report; --line belongs to it",
                     "-o 只写部分结果，不写报告；--line 须与其同用");
        return EXIT_USAGE;
    }
    if (!g->texts[OPT_OUTPUT] || g->list_counts[LIST_DATASET] == 1) return EXIT_WITHIN;
    if (!g->list_counts[LIST_DATASET] && assay_pack_dataset_count(pack) == 1) {
        assay_pack_dataset(pack, 0, &only);
        g->lists[LIST_DATASET][g->list_counts[LIST_DATASET]++] = only.name;
        return EXIT_WITHIN;
    }
    cli_complain(cli, "a partial is of one dataset: name it with --dataset",
                 "部分结果只含一个数据集：请用 --dataset 指明");
    return EXIT_USAGE;
}

static int command_merge(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    int code = cli_read_options(cli, &cli_merge, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    if (g.n_words < 2) {
        cli_complain(cli, "name a pack and partials: assay merge PACK FILE...",
                     "请给出规则包和部分结果：assay merge 规则包 文件...");
        return EXIT_USAGE;
    }
    assay_pack *pack = cli_load_pack(cli, g.words[0], g.lists[LIST_INCLUDE], g.list_counts[LIST_INCLUDE], &code);
    if (!pack) return code;
    code = check_output(cli, &g, pack);
    if (code == EXIT_WITHIN) code = merge_into(cli, &g, pack);
    assay_pack_free(pack);
    return code;
}

const cli_command cli_merge = {"merge",
                               "partial results of scan, merged into the result of one run",
                               "将 scan 的部分结果合并为一次运行的结果",
                               "PACK FILE... [OPTIONS]",
                               options,
                               command_merge};
