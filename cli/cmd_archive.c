/* assay verify data: a dataset against what a run has archived of it. assay prove: proofs for records with one key. */
#include <string.h>

#include "interrupt.h"
#include "options.h"
#include "output.h"
#include "source_options.h"

enum {
    OPT_PROOF,
    OPT_PROOF_KEY,
    OPT_SIGNER,
    OPT_DATASET,
    OPT_RUN,
    OPT_DB,
    OPT_CSV,
    OPT_COPY,
    OPT_JOBS,
    OPT_MEMORY,
    OPT_SPILL_DIR,
    OPT_PSEUDONYM_KEY,
    OPT_INCLUDE,
    OPT_DELIMITER,
    OPT_ENCODING,
    OPT_NULL,
    OPT_NO_HEADER,
    OPT_OWN,   /* verify data: --reveal; prove: --key */
    OPT_ABSENT /* prove */
};
enum { LIST_SIGNER, LIST_INCLUDE, LIST_OWN };

#define SHARED_OPTIONS                                                                                                 \
    [OPT_PROOF] = {"proof", CLI_TEXT, "DIR", "the folder of proofs (required)", "存证目录（必需）", NULL},             \
    [OPT_PROOF_KEY] =                                                                                                  \
        {"proof-key", CLI_TEXT, "FILE", "secret of the leaves (required)", "叶的密钥文件（必需）", NULL},              \
    [OPT_SIGNER] = {"signer",                                                                                          \
                    CLI_LIST,                                                                                          \
                    "KEY",                                                                                             \
                    "who may have signed: NAME+ID+BASE64 (required; may be repeated)",                                 \
                    "可信签名者：NAME+ID+BASE64（必需；可重复）",                                                      \
                    NULL},                                                                                             \
    [OPT_DATASET] = {"dataset",                                                                                        \
                     CLI_TEXT,                                                                                         \
                     "D",                                                                                              \
                     "the dataset; needed where the pack has several",                                                 \
                     "数据集；规则包有多个时必需",                                                                     \
                     NULL},                                                                                            \
    [OPT_RUN] = {"run",                                                                                                \
                 CLI_TEXT,                                                                                             \
                 "ID",                                                                                                 \
                 "the run; default: the last one of the dataset",                                                      \
                 "运行；默认为该数据集的最近一次",                                                                     \
                 NULL},                                                                                                \
    [OPT_DB] = {"db",                                                                                                  \
                CLI_TEXT,                                                                                              \
                "URI",                                                                                                 \
                "PostgreSQL connection; default: PG* environment",                                                     \
                "PostgreSQL 连接；默认取 PG* 环境变量",                                                                \
                NULL},                                                                                                 \
    [OPT_CSV] = {"csv", CLI_TEXT, "FILE", "read the records from a CSV file", "从 CSV 文件读取记录", NULL},            \
    [OPT_COPY] = {"copy",                                                                                              \
                  CLI_TEXT,                                                                                            \
                  "FILE",                                                                                              \
                  "read the records from a file in COPY text format",                                                  \
                  "从 COPY 文本格式文件读取记录",                                                                      \
                  NULL},                                                                                               \
    [OPT_JOBS] = {"jobs", CLI_TEXT, "N", "connections and threads; default 1", "连接与线程数；默认 1", NULL},          \
    [OPT_MEMORY] = {"memory",                                                                                          \
                    CLI_TEXT,                                                                                          \
                    "SIZE",                                                                                            \
                    "memory before leaves spill; default 512MiB",                                                      \
                    "叶落盘前可用内存；默认 512MiB",                                                                   \
                    NULL},                                                                                             \
    [OPT_SPILL_DIR] = {"spill-dir",                                                                                    \
                       CLI_TEXT,                                                                                       \
                       "DIR",                                                                                          \
                       "folder of temporary files; default $TMPDIR or /tmp",                                           \
                       "临时文件目录；默认 $TMPDIR 或 /tmp",                                                           \
                       NULL},                                                                                          \
    [OPT_PSEUDONYM_KEY] = {"pseudonym-key",                                                                            \
                           CLI_TEXT,                                                                                   \
                           "FILE",                                                                                     \
                           "key for fields that are shown as pseudonyms",                                              \
                           "以假名显示的字段所用的密钥文件",                                                           \
                           NULL},                                                                                      \
    [OPT_INCLUDE] = {"include-dir",                                                                                    \
                     CLI_LIST,                                                                                         \
                     "DIR",                                                                                            \
                     "search included packs there (may be repeated)",                                                  \
                     "在该目录查找 include 的规则包（可重复）",                                                        \
                     NULL},                                                                                            \
    [OPT_DELIMITER] = {"delimiter", CLI_TEXT, "C", "of the file", "文件的分隔符", NULL},                               \
    [OPT_ENCODING] = {"encoding", CLI_TEXT, "NAME", "of the file: UTF-8, GB18030, ...", "文件编码：UTF-8、GB18030 等", \
                      NULL},                                                                                           \
    [OPT_NULL] = {"null", CLI_TEXT, "TEXT", "text that stands for NULL in the file", "文件中表示 NULL 的文本", NULL},  \
    [OPT_NO_HEADER] = {"no-header", CLI_FLAG, NULL, "the file has no header line", "文件没有标题行", NULL}

static const cli_option verify_options[] = {
    SHARED_OPTIONS,
    [OPT_OWN] = {"reveal", CLI_LIST, "D.FIELD", "show this field of keys unmasked", "不脱敏显示主键中的该字段", NULL},
    {0},
};
static const cli_option prove_options[] = {
    SHARED_OPTIONS,
    [OPT_OWN] = {"key", CLI_LIST, "VALUE", "the record: one for each field of the key (required)",
                 "记录：主键的每个字段一个值（必需）", NULL},
    [OPT_ABSENT] = {"absent", CLI_FLAG, NULL, "prove that the snapshot holds no record of this key",
                    "证明快照中没有该主键的记录", NULL},
    {0},
};

/* ---- What both need ---- */

typedef struct asked {
    assay_run_options run;
    assay_archive_place place;
    cli_source from;
} asked;

static int read_numbers(const cli_context *cli, const cli_given *g, assay_run_options *o)
{
    const char *jobs = g->texts[OPT_JOBS], *memory = g->texts[OPT_MEMORY];
    uint64_t n = 0;
    const bool is_fine = (!jobs || (cli_parse_uint(jobs, 64, &n) && n)) &&
                         (!memory || (cli_parse_size(memory, &o->memory) && o->memory));
    o->jobs = (uint32_t)n;
    if (is_fine) return EXIT_WITHIN;
    cli_complain(cli, "--jobs or --memory: not a number in range", "--jobs 或 --memory：不是有效的数");
    return EXIT_USAGE;
}

/* The dataset that is named, or the only one. */
static int find_dataset(const cli_context *cli, const cli_given *g, const assay_pack *pack, assay_dataset_info *ret)
{
    const char *name = g->texts[OPT_DATASET];
    for (size_t i = 0; i < assay_pack_dataset_count(pack); i++) {
        assay_pack_dataset(pack, i, ret);
        if (name ? strcmp(ret->name, name) == 0 : assay_pack_dataset_count(pack) == 1) return EXIT_WITHIN;
    }
    cli_complain(cli, "name one dataset of the pack with --dataset", "请用 --dataset 指明规则包中的一个数据集");
    return EXIT_USAGE;
}

static int read_source(const cli_context *cli, const cli_given *g, const assay_dataset_info *dataset, asked *to)
{
    const cli_source_words words = CLI_SOURCE_WORDS(g);
    return cli_read_source(cli, &words, dataset, g->words[0], &to->from);
}

static int read_asked(const cli_context *cli, const cli_given *g, const assay_pack *pack, asked *to)
{
    assay_dataset_info dataset = {0};
    *to = (asked){.run = ASSAY_RUN_OPTIONS_INIT, .place = ASSAY_ARCHIVE_PLACE_INIT};
    int code = find_dataset(cli, g, pack, &dataset);
    if (code == EXIT_WITHIN) code = read_numbers(cli, g, &to->run);
    if (code == EXIT_WITHIN) code = read_source(cli, g, &dataset, to);
    to->run.proof_key = g->texts[OPT_PROOF_KEY];
    to->run.pseudonym_key = g->texts[OPT_PSEUDONYM_KEY];
    to->run.spill_dir = g->texts[OPT_SPILL_DIR];
    to->run.on_run = cli_interrupt;
    to->place.dir = g->texts[OPT_PROOF];
    to->place.dataset = dataset.name;
    to->place.run = g->texts[OPT_RUN];
    to->place.verifiers = g->lists[LIST_SIGNER];
    to->place.n_verifiers = g->list_counts[LIST_SIGNER];
    return code;
}

/* ---- The two commands ---- */

static void tell_difference(const cli_context *cli, const char *dataset, const assay_archive_difference *d,
                            bool is_same)
{
    fprintf(stderr,
            cli_say(cli,
                    "the data of %s against run %s: %s; %llu records then, %llu now; %llu added, %llu removed, "
                    "%llu changed\n",
                    "%s 的数据与运行 %s 相比：%s；当时 %llu 条记录，现在 %llu 条；新增 %llu，减少 %llu，变化 %llu\n"),
            dataset, d->run, is_same ? cli_say(cli, "the same", "相同") : cli_say(cli, "different", "不同"),
            (unsigned long long)d->then, (unsigned long long)d->now, (unsigned long long)d->added,
            (unsigned long long)d->removed, (unsigned long long)d->changed);
}

static int compare(const cli_context *cli, const cli_given *g, const assay_pack *pack)
{
    asked to;
    assay_err err = {0};
    assay_archive_difference d;
    const int code = read_asked(cli, g, pack, &to);
    if (code != EXIT_WITHIN) return code;
    to.run.reveal = g->lists[LIST_OWN];
    to.run.n_reveal = g->list_counts[LIST_OWN];
    if (assay_archive_compare(pack, &to.run, &to.place, &to.from.source, cli_write_stdout, NULL, &d, &err) != ASSAY_OK)
        return cli_fail(cli, &err);
    const bool is_same = !d.added && !d.removed && !d.changed;
    if (!cli->quiet) tell_difference(cli, to.place.dataset, &d, is_same);
    if (d.then && d.now && d.removed == d.then && d.added == d.now)
        cli_complain(cli, "none of the keys of then is among those of now: is --proof-key the secret of then?",
                     "当时的主键无一在现在的主键之中：--proof-key 是否为当时的密钥？");
    return is_same ? EXIT_WITHIN : EXIT_FAILED;
}

static int prove(const cli_context *cli, const cli_given *g, const assay_pack *pack)
{
    asked to;
    assay_err err = {0};
    const int code = read_asked(cli, g, pack, &to);
    if (code != EXIT_WITHIN) return code;
    const bool is_absent = g->texts[OPT_ABSENT] != NULL;
    const assay_status st = (is_absent ? assay_archive_prove_absent : assay_archive_prove)(
        pack, &to.run, &to.place, g->lists[LIST_OWN], g->list_counts[LIST_OWN], &to.from.source, cli_write_stdout, NULL,
        &err);
    return st == ASSAY_OK ? EXIT_WITHIN : cli_fail(cli, &err);
}

static int command(cli_context *cli, const cli_command *self, int argc, char **argv,
                   int (*act)(const cli_context *, const cli_given *, const assay_pack *))
{
    cli_given g;
    int code = cli_read_options(cli, self, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    const bool has_all = g.texts[OPT_PROOF] && g.texts[OPT_PROOF_KEY] && g.list_counts[LIST_SIGNER] &&
                         (act != prove || g.list_counts[LIST_OWN]);
    if (g.n_words != 1 || !has_all) {
        cli_complain(cli, "assay %s %s", "assay %s %s", self->name, self->usage);
        return EXIT_USAGE;
    }
    assay_pack *pack = cli_load_pack(cli, g.words[0], g.lists[LIST_INCLUDE], g.list_counts[LIST_INCLUDE], &code);
    if (!pack) return code;
    code = act(cli, &g, pack);
    assay_pack_free(pack);
    return code;
}

static int command_verify_data(cli_context *cli, int argc, char **argv)
{
    return command(cli, &cli_verify_data, argc, argv, compare);
}

static int command_prove(cli_context *cli, int argc, char **argv)
{
    return command(cli, &cli_prove, argc, argv, prove);
}

const cli_command cli_verify_data = {"verify data",
                                     "whether a dataset is still what a run has archived: which keys differ",
                                     "数据集是否仍与某次运行的存证一致：哪些主键不同",
                                     "PACK --proof DIR --proof-key FILE --signer KEY [OPTIONS]",
                                     verify_options,
                                     command_verify_data};
const cli_command cli_prove = {"prove",
                               "a proof that a record stands in what a run has archived",
                               "证明某条记录在某次运行的存证之中",
                               "PACK --proof DIR --proof-key FILE --signer KEY --key VALUE [OPTIONS]",
                               prove_options,
                               command_prove};
