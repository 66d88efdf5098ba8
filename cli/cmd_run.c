/* assay run: apply a pack to its datasets. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive_options.h"
#include "interrupt.h"
#include "options.h"
#include "output.h"
#include "progress.h"
#include "report.h"
#include "source_options.h"
#include "store_options.h"

enum {
    OPT_DATASET,
    OPT_DB,
    OPT_CSV,
    OPT_COPY,
    OPT_AS_OF,
    OPT_JOBS,
    OPT_MEMORY,
    OPT_SPILL_DIR,
    OPT_SPILL_LIMIT,
    OPT_REPORT,
    OPT_FORMAT,
    OPT_FAIL_ON,
    OPT_REVEAL,
    OPT_KEY,
    OPT_PROOF,
    OPT_PROOF_KEY,
    OPT_PROOF_ALG,
    OPT_PROOF_EPOCH,
    OPT_KEEP_FIELDS,
    OPT_BRIDGE_ALG,
    OPT_BRIDGE_EPOCH,
    OPT_BRIDGE_KEY,
    OPT_ORIGIN,
    OPT_SIGN,
    OPT_SIGNER,
    OPT_SIGNER_COMMAND,
    OPT_STORE,
    OPT_SCHEMA,
    OPT_EVENTS,
    OPT_NOTIFY,
    OPT_INCLUDE,
    OPT_DELIMITER,
    OPT_ENCODING,
    OPT_NULL,
    OPT_NO_HEADER,
    OPT_LENIENT,
    OPT_COUNT
};
/* lists in the order of the table */
enum { LIST_DATASET, LIST_CSV, LIST_COPY, LIST_REVEAL, LIST_SIGN, LIST_INCLUDE };

static const char *const algorithms[] = {"sm3", "sha256", NULL};

static const cli_option options[] = {
    [OPT_DATASET] = {"dataset", CLI_LIST, "D", "only this dataset (may be repeated)", "只运行该数据集（可重复）", NULL},
    [OPT_DB] = {"db", CLI_TEXT, "URI", "PostgreSQL connection; default: PG* environment",
                "PostgreSQL 连接；默认取 PG* 环境变量", NULL},
    [OPT_CSV] = {"csv", CLI_LIST, "D=FILE", "read dataset D from a CSV file, - for standard input",
                 "从 CSV 文件读取数据集 D，- 为标准输入", NULL},
    [OPT_COPY] = {"copy", CLI_LIST, "D=FILE", "read dataset D from a file in COPY text format",
                  "从 COPY 文本格式文件读取数据集 D", NULL},
    [OPT_AS_OF] = {"as-of", CLI_TEXT, "T", "date or time the rules look from; default: now",
                   "规则的基准日期或时间；默认为现在", NULL},
    [OPT_JOBS] = {"jobs", CLI_TEXT, "N", "connections and threads reading one dataset; default 1",
                  "读取一个数据集的连接与线程数；默认 1", NULL},
    [OPT_MEMORY] = {"memory", CLI_TEXT, "SIZE", "memory to take: sets and findings beyond spill; default 512MiB",
                    "可用内存，超出的集合与问题记录落盘；默认 512MiB", NULL},
    [OPT_SPILL_DIR] = {"spill-dir", CLI_TEXT, "DIR", "folder of temporary files; default $TMPDIR or /tmp",
                       "临时文件目录；默认 $TMPDIR 或 /tmp", NULL},
    [OPT_SPILL_LIMIT] = {"spill-limit", CLI_TEXT, "SIZE", "most bytes of temporary files", "临时文件上限", NULL},
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
    [OPT_PROOF] = {"proof", CLI_TEXT, "DIR", "make a leaf of each record; write leaves, manifests, run log there",
                   "为每条记录生成叶；将叶、清单和运行日志写入该目录", NULL},
    [OPT_PROOF_KEY] = {"proof-key", CLI_TEXT, "FILE", "secret of the leaves, made by assay key new",
                       "叶的密钥文件，由 assay key new 生成", NULL},
    [OPT_PROOF_ALG] = {"proof-alg", CLI_TEXT, "sm3|sha256", "what leaves are hashed with; default sm3",
                       "叶的散列算法；默认 sm3", algorithms},
    [OPT_PROOF_EPOCH] = {"proof-epoch", CLI_TEXT, "N", "epoch of the salts; default 1", "盐的纪元；默认 1", NULL},
    [OPT_KEEP_FIELDS] = {"keep-fields", CLI_FLAG, NULL, "keep what names changed fields later (personal data)",
                         "保留日后指明变化字段所需的信息（个人信息）", NULL},
    [OPT_BRIDGE_ALG] =
        {"bridge-alg", CLI_TEXT, "sm3|sha256",
         "make leaves as before, too, and a bridge from there: for a change of algorithm, epoch or secret",
         "同时按原方式生成叶并由此桥接：用于更换算法、纪元或密钥", algorithms},
    [OPT_BRIDGE_EPOCH] = {"bridge-epoch", CLI_TEXT, "N", "epoch of before; default 1", "原来的纪元；默认 1", NULL},
    [OPT_BRIDGE_KEY] = {"bridge-key", CLI_TEXT, "FILE", "secret of before; default that of --proof-key",
                        "原来的叶密钥文件；默认同 --proof-key", NULL},
    [OPT_ORIGIN] = {"origin", CLI_TEXT, "TEXT", "name of a new run log, in its checkpoints",
                    "新运行日志在检查点中的名称", NULL},
    [OPT_SIGN] = {"sign", CLI_LIST, "NAME=FILE", "sign checkpoints with this private key (may be repeated)",
                  "用该私钥签署检查点（可重复）", NULL},
    [OPT_SIGNER] = {"signer", CLI_TEXT, "KEY", "public key of --signer-command: NAME+ID+BASE64",
                    "--signer-command 的公钥：NAME+ID+BASE64", NULL},
    [OPT_SIGNER_COMMAND] = {"signer-command", CLI_TEXT, "CMD", "command that signs its standard input, for a device",
                            "签署其标准输入的命令，用于密码设备", NULL},
    [OPT_STORE] = {"store", CLI_TEXT, "STORE", "keep the run and its tickets there: file, or postgresql:// URI",
                   "将运行与工单存入该存储库：文件或 postgresql:// URI", NULL},
    [OPT_SCHEMA] = {"schema", CLI_TEXT, "NAME", "PostgreSQL: schema of the store; default assay",
                    "PostgreSQL：存储库所在的模式；默认 assay", NULL},
    [OPT_EVENTS] = {"events", CLI_TEXT, "FILE", "append each change of a ticket to this file, a line of JSON",
                    "将工单的每项变更以一行 JSON 追加到该文件", NULL},
    [OPT_NOTIFY] = {"notify-command", CLI_TEXT, "CMD", "the same lines go to the standard input of this command",
                    "同样的行送到该命令的标准输入", NULL},
    [OPT_INCLUDE] = {"include-dir", CLI_LIST, "DIR", "search included packs there (may be repeated)",
                     "在该目录查找 include 的规则包（可重复）", NULL},
    [OPT_DELIMITER] = {"delimiter", CLI_TEXT, "C", "of the files", "文件的分隔符", NULL},
    [OPT_ENCODING] = {"encoding", CLI_TEXT, "NAME", "of the files: UTF-8, GB18030, ...", "文件编码：UTF-8、GB18030 等",
                      NULL},
    [OPT_NULL] = {"null", CLI_TEXT, "TEXT", "text that stands for NULL in the files", "文件中表示 NULL 的文本", NULL},
    [OPT_NO_HEADER] = {"no-header", CLI_FLAG, NULL, "the files have no header line", "文件没有标题行", NULL},
    [OPT_LENIENT] = {"lenient", CLI_FLAG, NULL, "a line that cannot be read is a finding, not an error",
                     "无法读取的行记为问题，而不是错误", NULL},
    {0},
};

/* ---- Options ---- */

/* Who asks for none of these sees counts alone. */
static bool writes_findings(const cli_given *g)
{
    const char *format = g->texts[OPT_FORMAT];
    return g->texts[OPT_REPORT] || g->texts[OPT_STORE] || (format && strcmp(format, "ndjson") == 0);
}

static int read_run_options(const cli_context *cli, const cli_given *g, assay_run_options *o)
{
    uint64_t jobs = 0, epoch = 0, before = 0;
    int code = cli_read_number(cli, "jobs", g->texts[OPT_JOBS], CLI_COUNT, 64, &jobs);
    if (code == EXIT_WITHIN)
        code = cli_read_number(cli, "proof-epoch", g->texts[OPT_PROOF_EPOCH], CLI_COUNT, UINT32_MAX, &epoch);
    if (code == EXIT_WITHIN)
        code = cli_read_number(cli, "bridge-epoch", g->texts[OPT_BRIDGE_EPOCH], CLI_COUNT, UINT32_MAX, &before);
    if (code == EXIT_WITHIN) code = cli_read_memory(cli, g->texts[OPT_MEMORY], g->texts[OPT_SPILL_LIMIT], o);
    o->jobs = (uint32_t)jobs;
    o->as_of = g->texts[OPT_AS_OF];
    o->spill_dir = g->texts[OPT_SPILL_DIR];
    o->datasets = g->lists[LIST_DATASET];
    o->n_datasets = g->list_counts[LIST_DATASET];
    o->reveal = g->lists[LIST_REVEAL];
    o->n_reveal = g->list_counts[LIST_REVEAL];
    o->pseudonym_key = g->texts[OPT_KEY];
    o->proof_key = g->texts[OPT_PROOF_KEY];
    o->proof_alg = g->texts[OPT_PROOF_ALG];
    o->proof_epoch = (uint32_t)epoch;
    o->proof_fields = g->texts[OPT_KEEP_FIELDS] != NULL;
    o->bridge_alg = g->texts[OPT_BRIDGE_ALG];
    o->bridge_epoch = (uint32_t)before;
    o->bridge_key = g->texts[OPT_BRIDGE_KEY];
    o->lang = cli->zh ? "zh" : "en";
    o->counts_only = !writes_findings(g);
    return code;
}

/* ---- Reading ---- */

typedef struct reading {
    const cli_context *cli;
    const cli_given *given;
    const char *pack_path;
    const assay_pack *pack;
    assay_run *run;
} reading;

static int read_file(const reading *r, const char *dataset, const char *path, assay_file_format format)
{
    const cli_given *g = r->given;
    assay_file_options file = ASSAY_FILE_OPTIONS_INIT;
    assay_err err = {0};
    file.format = format;
    const int code = cli_read_file_options(r->cli, g->texts[OPT_DELIMITER], g->texts[OPT_ENCODING], g->texts[OPT_NULL],
                                           g->texts[OPT_NO_HEADER], g->texts[OPT_LENIENT], &file);
    if (code != EXIT_WITHIN) return code;
    return assay_run_file(r->run, dataset, path, &file, &err) == ASSAY_OK ? EXIT_WITHIN : cli_fail(r->cli, &err);
}

static int read_named(const reading *r, int list, assay_file_format format)
{
    for (size_t i = 0; i < r->given->list_counts[list]; i++) {
        char dataset[256];
        const char *given = r->given->lists[list][i], *equals = strchr(given, '=');
        if (!equals || equals == given || (size_t)(equals - given) >= sizeof dataset) {
            cli_complain(r->cli, "'%s': write DATASET=FILE", "“%s”：请写成 数据集=文件", given);
            return EXIT_USAGE;
        }
        snprintf(dataset, sizeof dataset, "%.*s", (int)(equals - given), given);
        const int code = read_file(r, dataset, equals + 1, format);
        if (code != EXIT_WITHIN) return code;
    }
    return EXIT_WITHIN;
}

static bool names_dataset(const cli_given *g, int list, const char *dataset)
{
    const size_t len = strlen(dataset);
    for (size_t i = 0; i < g->list_counts[list]; i++)
        if (strncmp(g->lists[list][i], dataset, len) == 0 && strchr("=", g->lists[list][i][len])) return true;
    return false;
}

/* Selected, and not read from a file that the user named. */
static bool is_left(const cli_given *g, const char *dataset)
{
    const bool selected = g->list_counts[LIST_DATASET] == 0 || names_dataset(g, LIST_DATASET, dataset);
    return selected && !names_dataset(g, LIST_CSV, dataset) && !names_dataset(g, LIST_COPY, dataset);
}

/* The datasets whose file the pack names; *ret_server: others are left, for the server. */
static int read_left(const reading *r, bool *ret_server)
{
    int code = EXIT_WITHIN;
    for (size_t i = 0; code == EXIT_WITHIN && i < assay_pack_dataset_count(r->pack); i++) {
        char path[4096];
        assay_dataset_info d;
        assay_pack_dataset(r->pack, i, &d);
        if (!is_left(r->given, d.name)) continue;
        if (cli_dataset_file(&d, r->pack_path, path, sizeof path)) code = read_file(r, d.name, path, ASSAY_FILE_CSV);
        else *ret_server = true;
    }
    return code;
}

static int read_all(const reading *r)
{
    assay_err err = {0};
    const char *uri = r->given->texts[OPT_DB];
    bool server = false;
    int code = read_named(r, LIST_CSV, ASSAY_FILE_CSV);
    if (code == EXIT_WITHIN) code = read_named(r, LIST_COPY, ASSAY_FILE_COPY_TEXT);
    if (code == EXIT_WITHIN) code = read_left(r, &server);
    if (code == EXIT_WITHIN && uri && !server)
        cli_complain(r->cli, "note: --db has no effect: every dataset is read from a file",
                     "提示：--db 不起作用：所有数据集都从文件读取");
    if (code != EXIT_WITHIN || !server) return code;
    return assay_run_postgres(r->run, NULL, uri, &err) == ASSAY_OK ? EXIT_WITHIN : cli_fail(r->cli, &err);
}

/* ---- The end ---- */

/* While its threads write leaves the report is written. */
static int begin_proof(const cli_context *cli, assay_archive *archive, assay_result *result)
{
    assay_err err = {0};
    if (!archive || assay_archive_begin(archive, result, &err) == ASSAY_OK) return EXIT_WITHIN;
    return cli_fail(cli, &err);
}

/* After the report, whose digests stand in the manifests. */
static int add_proof(const cli_context *cli, assay_archive *archive, assay_result *result)
{
    assay_err err = {0};
    if (!archive) return EXIT_WITHIN;
    if (assay_archive_add(archive, result, &err) != ASSAY_OK) return cli_fail(cli, &err);
    if (!cli->quiet)
        fprintf(stderr, cli_say(cli, "proof: %llu manifests in the run log\n", "存证：运行日志中有 %llu 份清单\n"),
                (unsigned long long)assay_archive_size(archive));
    return EXIT_WITHIN;
}

/* Last: what the store says of a run, it says of one whose report and proof are written. */
static int add_to_store(const cli_context *cli, assay_store *store, assay_result *result)
{
    assay_store_delta d;
    assay_err err = {0};
    if (!store) return EXIT_WITHIN;
    if (assay_store_add(store, result, &d, &err) != ASSAY_OK) return cli_fail(cli, &err);
    if (!cli->quiet)
        fprintf(stderr,
                cli_say(cli,
                        "run %llu: %llu tickets opened, %llu reopened, %llu closed, %llu gone, %llu changed, %llu as "
                        "before\n",
                        "第 %llu 次运行：新建工单 %llu，重开 %llu，办结 %llu，记录消失 %llu，变化 %llu，未变 %llu\n"),
                (unsigned long long)d.run, (unsigned long long)d.opened, (unsigned long long)d.reopened,
                (unsigned long long)d.closed, (unsigned long long)d.gone, (unsigned long long)d.changed,
                (unsigned long long)d.unchanged);
    return EXIT_WITHIN;
}

/* What a run writes into beside its report. */
typedef struct keeping {
    assay_archive *archive;
    assay_store *store;
    cli_events events;
} keeping;

static int finish(const cli_context *cli, const cli_given *g, assay_run *run, keeping *keep)
{
    assay_err err = {0};
    assay_result *result = NULL;
    if (assay_run_finish(run, &result, &err) != ASSAY_OK) return cli_fail(cli, &err);
    int code = begin_proof(cli, keep->archive, result);
    if (code == EXIT_WITHIN && g->texts[OPT_REPORT]) code = cli_write_report(cli, result, g->texts[OPT_REPORT]);
    if (code == EXIT_WITHIN) code = add_proof(cli, keep->archive, result);
    if (code == EXIT_WITHIN) code = add_to_store(cli, keep->store, result);
    if (code == EXIT_WITHIN) code = cli_conclude(cli, result, g->texts[OPT_FORMAT], g->texts[OPT_FAIL_ON]);
    keep->archive = assay_archive_close(keep->archive); /* before the result, which it may still be reading */
    assay_result_free(result);
    return code;
}

static int open_archive(const cli_context *cli, const cli_given *g, assay_archive **ret)
{
    const cli_archive_given given = {.dir = g->texts[OPT_PROOF],
                                     .origin = g->texts[OPT_ORIGIN],
                                     .verifier = g->texts[OPT_SIGNER],
                                     .command = g->texts[OPT_SIGNER_COMMAND],
                                     .sign = g->lists[LIST_SIGN],
                                     .n_sign = g->list_counts[LIST_SIGN]};
    if (!given.dir == !g->texts[OPT_PROOF_KEY]) return cli_open_archive(cli, &given, ret);
    cli_complain(cli, "--proof and --proof-key go together", "--proof 与 --proof-key 须同时给出");
    return EXIT_USAGE;
}

static int open_store(const cli_context *cli, const cli_given *g, keeping *keep)
{
    if (g->texts[OPT_STORE])
        return cli_open_store(cli, g->texts[OPT_STORE], g->texts[OPT_SCHEMA], &keep->events, &keep->store);
    if (!g->texts[OPT_EVENTS] && !g->texts[OPT_NOTIFY] && !g->texts[OPT_SCHEMA]) return EXIT_WITHIN;
    cli_complain(cli, "--events, --notify-command and --schema need --store",
                 "--events、--notify-command、--schema 需要 --store");
    return EXIT_USAGE;
}

static int check_proof(const cli_context *cli, const assay_archive *archive, const assay_run *run)
{
    assay_err err = {0};
    if (!archive || assay_archive_check(archive, run, &err) == ASSAY_OK) return EXIT_WITHIN;
    return cli_fail(cli, &err);
}

static int begin_store(const cli_context *cli, const keeping *keep, assay_run *run)
{
    assay_err err = {0};
    if (!keep->store || assay_store_begin(keep->store, run, &err) == ASSAY_OK) return EXIT_WITHIN;
    return cli_fail(cli, &err);
}

static int run_pack(const cli_context *cli, const cli_given *g, const assay_pack *pack, keeping *keep)
{
    cli_progress progress = {.cli = cli};
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    assay_run *run = NULL;
    assay_err err = {0};
    const char *report = g->texts[OPT_REPORT];
    bool made = false;
    int code = read_run_options(cli, g, &o);
    if (code != EXIT_WITHIN) return code;
    if (isatty(STDERR_FILENO) && !cli->quiet) {
        o.progress = cli_show_progress;
        o.progress_ctx = &progress;
    }
    if (assay_run_open(pack, &o, &run, &err) != ASSAY_OK) return cli_fail(cli, &err);
    cli_interrupt(NULL, run);
    if (report) code = cli_prepare_report(cli, report, &made);
    if (code == EXIT_WITHIN) code = check_proof(cli, keep->archive, run);
    if (code == EXIT_WITHIN) code = begin_store(cli, keep, run);
    if (code == EXIT_WITHIN) code = read_all(&(const reading){cli, g, g->words[0], pack, run});
    cli_clear_progress(&progress);
    if (code == EXIT_WITHIN) code = finish(cli, g, run, keep);
    cli_interrupt(NULL, NULL);
    assay_run_free(run);
    if (code > EXIT_FAILED && made) (void)rmdir(report); /* it stays where the files are in it */
    return code;
}

static int command_run(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    int code = cli_read_options(cli, &cli_run, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    if (g.n_words != 1) {
        cli_complain(cli, "name one pack: assay run PACK", "请给出一个规则包：assay run 规则包");
        return EXIT_USAGE;
    }
    code = cli_check_conninfo(cli, "--db", g.texts[OPT_DB]);
    if (code != EXIT_WITHIN) return code;
    assay_pack *pack = cli_load_pack(cli, g.words[0], g.lists[LIST_INCLUDE], g.list_counts[LIST_INCLUDE], &code);
    if (!pack) return code;
    keeping keep = {.events = {.path = g.texts[OPT_EVENTS], .command = g.texts[OPT_NOTIFY]}};
    code = open_archive(cli, &g, &keep.archive);
    if (code == EXIT_WITHIN) code = open_store(cli, &g, &keep);
    if (code == EXIT_WITHIN) code = run_pack(cli, &g, pack, &keep);
    assay_archive_close(keep.archive);
    assay_store_close(keep.store);
    const int told = cli_close_events(&keep.events);
    assay_pack_free(pack);
    return told != EXIT_WITHIN && code < EXIT_USAGE ? told : code;
}

const cli_command cli_run = {
    "run", "apply a pack to its datasets", "对规则包中的数据集执行规则", "PACK [OPTIONS]", options, command_run};
