/* assay scan: one chunk of a dataset, as a partial for assay merge. */
#include <string.h>
#include <unistd.h>

#include "interrupt.h"
#include "options.h"
#include "output.h"
#include "progress.h"
#include "source_options.h"
#include "write_partial.h"

enum {
    OPT_DATASET,
    OPT_JOB,
    OPT_CHUNK,
    OPT_OF,
    OPT_AS_OF,
    OPT_OUTPUT,
    OPT_LINES,
    OPT_LABEL,
    OPT_PLACE,
    OPT_DB,
    OPT_TABLE,
    OPT_RANGE,
    OPT_SNAPSHOT,
    OPT_CSV,
    OPT_COPY,
    OPT_MEMORY,
    OPT_SPILL_DIR,
    OPT_SPILL_LIMIT,
    OPT_INCLUDE,
    OPT_DELIMITER,
    OPT_ENCODING,
    OPT_NULL,
    OPT_NO_HEADER,
    OPT_LENIENT,
    OPT_COUNT
};

#define CHUNKS_MAX 100000

static const cli_option options[] = {
    [OPT_DATASET] = {"dataset", CLI_TEXT, "D", "the dataset (required)", "数据集（必需）", NULL},
    [OPT_JOB] = {"job", CLI_TEXT, "NAME", "what all chunks of one merge share (required)",
                 "一次合并中所有分块共用的作业名（必需）", NULL},
    [OPT_CHUNK] = {"chunk", CLI_TEXT, "NAME", "name of this chunk in its dataset; default: I of --range I/N",
                   "本分块在数据集中的名称；默认为 --range I/N 的 I", NULL},
    [OPT_OF] = {"of", CLI_TEXT, "N", "how many chunks the dataset has; default: N of --range I/N",
                "数据集的分块总数；默认为 --range I/N 的 N", NULL},
    [OPT_AS_OF] = {"as-of", CLI_TEXT, "T", "date or time the rules look from, the same for all chunks (required)",
                   "规则的基准日期或时间，所有分块相同（必需）", NULL},
    [OPT_OUTPUT] = {"output", CLI_TEXT, "FILE", "the partial, also -o; whole or not there",
                    "部分结果文件，也可写作 -o；要么完整要么不存在", NULL},
    [OPT_LINES] = {"lines", CLI_FLAG, NULL, "CSV lines without a header in, one line of base64 out",
                   "从标准输入读取无标题的 CSV 行，输出一行 base64", NULL},
    [OPT_LABEL] = {"label", CLI_TEXT, "TEXT", "of the snapshot that all chunks are read from; compared by merge",
                   "所有分块所读快照的标记；由 merge 比对", NULL},
    [OPT_PLACE] = {"place", CLI_TEXT, "TEXT", "what the result names as the place of the records",
                   "结果中所写的记录来源", NULL},
    [OPT_DB] = {"db", CLI_TEXT, "URI", "PostgreSQL connection; default: PG* environment",
                "PostgreSQL 连接；默认取 PG* 环境变量", NULL},
    [OPT_TABLE] = {"table", CLI_TEXT, "NAME", "read this table or partition, not what the pack names",
                   "读取该表或分区，而不是规则包所写的", NULL},
    [OPT_RANGE] = {"range", CLI_TEXT, "I/N", "the I-th of N pieces of the table, cut by pages",
                   "按页划分的 N 份中的第 I 份", NULL},
    [OPT_SNAPSHOT] = {"snapshot", CLI_TEXT, "ID", "read on this snapshot, which another session has exported",
                      "在另一会话导出的快照上读取", NULL},
    [OPT_CSV] = {"csv", CLI_TEXT, "FILE", "read a CSV file, - for standard input", "读取 CSV 文件，- 为标准输入", NULL},
    [OPT_COPY] = {"copy", CLI_TEXT, "FILE", "read a file in COPY text format", "读取 COPY 文本格式文件", NULL},
    [OPT_MEMORY] = {"memory", CLI_TEXT, "SIZE", "memory to take: sets and findings beyond spill; default 512MiB",
                    "可用内存，超出的集合与问题记录落盘；默认 512MiB", NULL},
    [OPT_SPILL_DIR] = {"spill-dir", CLI_TEXT, "DIR", "folder of temporary files; default $TMPDIR or /tmp",
                       "临时文件目录；默认 $TMPDIR 或 /tmp", NULL},
    [OPT_SPILL_LIMIT] = {"spill-limit", CLI_TEXT, "SIZE", "most bytes of temporary files", "临时文件上限", NULL},
    [OPT_INCLUDE] = {"include-dir", CLI_LIST, "DIR", "search included packs there (may be repeated)",
                     "在该目录查找 include 的规则包（可重复）", NULL},
    [OPT_DELIMITER] = {"delimiter", CLI_TEXT, "C", "of the file", "文件的分隔符", NULL},
    [OPT_ENCODING] = {"encoding", CLI_TEXT, "NAME", "of the file: UTF-8, GB18030, ...", "文件编码：UTF-8、GB18030 等",
                      NULL},
    [OPT_NULL] = {"null", CLI_TEXT, "TEXT", "text that stands for NULL in the file", "文件中表示 NULL 的文本", NULL},
    [OPT_NO_HEADER] = {"no-header", CLI_FLAG, NULL, "the file has no header line", "文件没有标题行", NULL},
    [OPT_LENIENT] = {"lenient", CLI_FLAG, NULL, "a line that cannot be read is a finding, not an error",
                     "无法读取的行记为问题，而不是错误", NULL},
    {0},
};

/* ---- Options ---- */

/* I/N, both from 1. */
static int read_range(const cli_context *cli, const char *text, assay_piece *ret)
{
    char first[16];
    uint64_t part = 0, of = 0;
    const char *slash = text ? strchr(text, '/') : NULL;
    if (!text) return EXIT_WITHIN;
    if (slash && (size_t)(slash - text) < sizeof first) {
        snprintf(first, sizeof first, "%.*s", (int)(slash - text), text);
        if (cli_parse_uint(first, CHUNKS_MAX, &part) && cli_parse_uint(slash + 1, CHUNKS_MAX, &of) && part &&
            part <= of) {
            ret->part = (uint32_t)part;
            ret->of = (uint32_t)of;
            return EXIT_WITHIN;
        }
    }
    cli_complain(cli, "--range %s: write I/N, as 1/8", "--range %s：请写成 I/N，如 1/8", text);
    return EXIT_USAGE;
}

typedef struct scan {
    const cli_context *cli;
    const cli_given *given;
    assay_piece piece;
    assay_partial_options partial;
    char chunk[16]; /* of --range */
} scan;

static int complain_needed(const cli_context *cli, const char *what)
{
    cli_complain(cli, "assay scan needs %s; see assay scan --help", "assay scan 需要 %s；见 assay scan --help", what);
    return EXIT_USAGE;
}

static int read_partial_options(scan *s)
{
    const cli_given *g = s->given;
    uint64_t of = s->piece.of;
    const int code = cli_read_number(s->cli, "of", g->texts[OPT_OF], CLI_COUNT, CHUNKS_MAX, &of);
    if (code != EXIT_WITHIN) return code;
    snprintf(s->chunk, sizeof s->chunk, "%u", (unsigned)s->piece.part);
    s->partial.job = g->texts[OPT_JOB];
    s->partial.chunk = g->texts[OPT_CHUNK] ? g->texts[OPT_CHUNK] : s->piece.part ? s->chunk : NULL;
    s->partial.of = (uint32_t)of;
    s->partial.label = g->texts[OPT_LABEL];
    s->partial.place = g->texts[OPT_PLACE];
    s->partial.line = g->texts[OPT_LINES] != NULL;
    return s->partial.chunk && of ? EXIT_WITHIN : complain_needed(s->cli, "--chunk, --of");
}

static bool asks_for_server(const cli_given *g)
{
    return g->texts[OPT_DB] || g->texts[OPT_TABLE] || g->texts[OPT_RANGE] || g->texts[OPT_SNAPSHOT];
}

static int check_together(const scan *s)
{
    const cli_given *g = s->given;
    const int files = (g->texts[OPT_CSV] != NULL) + (g->texts[OPT_COPY] != NULL) + (g->texts[OPT_LINES] != NULL);
    if (files > 1 || (files && asks_for_server(g))) {
        cli_complain(s->cli, "a chunk has one source: a server, --csv, --copy or --lines",
                     "一个分块只有一个来源：服务器、--csv、--copy 或 --lines");
        return EXIT_USAGE;
    }
    if (!g->texts[OPT_LINES] == !g->texts[OPT_OUTPUT]) {
        cli_complain(s->cli, "write to a file with -o FILE, or to standard output with --lines",
                     "请用 -o 文件 写入文件，或用 --lines 写到标准输出");
        return EXIT_USAGE;
    }
    return EXIT_WITHIN;
}

static int read_options(scan *s)
{
    static const struct {
        int option;
        const char *name;
    } needed[] = {{OPT_DATASET, "--dataset"}, {OPT_JOB, "--job"}, {OPT_AS_OF, "--as-of"}};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!s->given->texts[needed[i].option]) return complain_needed(s->cli, needed[i].name);
    int code = read_range(s->cli, s->given->texts[OPT_RANGE], &s->piece);
    if (code == EXIT_WITHIN) code = read_partial_options(s);
    if (code == EXIT_WITHIN) code = check_together(s);
    s->piece.table = s->given->texts[OPT_TABLE];
    s->piece.snapshot = s->given->texts[OPT_SNAPSHOT];
    return code;
}

/* ---- Reading ---- */

static int read_file(const scan *s, assay_run *run, const char *path, assay_file_format format)
{
    const cli_given *g = s->given;
    assay_file_options file = ASSAY_FILE_OPTIONS_INIT;
    assay_err err = {0};
    const int code =
        cli_read_file_options(s->cli, g->texts[OPT_DELIMITER], g->texts[OPT_ENCODING], g->texts[OPT_NULL],
                              g->texts[OPT_NO_HEADER] || g->texts[OPT_LINES], g->texts[OPT_LENIENT], &file);
    if (code != EXIT_WITHIN) return code;
    file.format = format;
    file.whole = 1;
    const assay_status st = assay_run_file(run, g->texts[OPT_DATASET], path, &file, &err);
    return st == ASSAY_OK ? EXIT_WITHIN : cli_fail(s->cli, &err);
}

/* The file that the pack names for the dataset. */
static bool find_file(const scan *s, const assay_pack *pack, char *path, size_t size)
{
    for (size_t i = 0; !asks_for_server(s->given) && i < assay_pack_dataset_count(pack); i++) {
        assay_dataset_info d;
        assay_pack_dataset(pack, i, &d);
        if (strcmp(d.name, s->given->texts[OPT_DATASET]) == 0)
            return cli_dataset_file(&d, s->given->words[0], path, size);
    }
    return false;
}

static int read_chunk(const scan *s, const assay_pack *pack, assay_run *run)
{
    const cli_given *g = s->given;
    char path[4096];
    assay_err err = {0};
    if (g->texts[OPT_CSV]) return read_file(s, run, g->texts[OPT_CSV], ASSAY_FILE_CSV);
    if (g->texts[OPT_COPY]) return read_file(s, run, g->texts[OPT_COPY], ASSAY_FILE_COPY_TEXT);
    if (g->texts[OPT_LINES]) return read_file(s, run, "-", ASSAY_FILE_CSV);
    if (find_file(s, pack, path, sizeof path)) return read_file(s, run, path, ASSAY_FILE_CSV);
    const assay_status st = assay_run_postgres_piece(run, g->texts[OPT_DATASET], g->texts[OPT_DB], &s->piece, &err);
    return st == ASSAY_OK ? EXIT_WITHIN : cli_fail(s->cli, &err);
}

/* ---- Writing ---- */

static int write_line(const scan *s, assay_run *run)
{
    assay_err err = {0};
    const assay_status st =
        assay_run_partial(run, s->given->texts[OPT_DATASET], &s->partial, cli_write_stdout, NULL, &err);
    if (st == ASSAY_OK) return EXIT_WITHIN;
    if (cli_is_interrupted()) return EXIT_INTERRUPTED;
    return ferror(stdout) ? EXIT_IO : cli_fail(s->cli, &err); /* the first is told when stdout is closed */
}

static int scan_chunk(const scan *s, const assay_pack *pack)
{
    const cli_given *g = s->given;
    cli_progress progress = {.cli = s->cli};
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    assay_run *run = NULL;
    assay_err err = {0};
    int code = cli_read_memory(s->cli, g->texts[OPT_MEMORY], g->texts[OPT_SPILL_LIMIT], &o);
    if (code != EXIT_WITHIN) return code;
    o.as_of = g->texts[OPT_AS_OF];
    o.datasets = &g->texts[OPT_DATASET];
    o.n_datasets = 1;
    o.spill_dir = g->texts[OPT_SPILL_DIR];
    o.for_partial = 1;
    if (isatty(STDERR_FILENO) && !s->cli->quiet) {
        o.progress = cli_show_progress;
        o.progress_ctx = &progress;
    }
    if (assay_run_open(pack, &o, &run, &err) != ASSAY_OK) return cli_fail(s->cli, &err);
    cli_interrupt(NULL, run);
    code = read_chunk(s, pack, run);
    cli_clear_progress(&progress);
    if (code == EXIT_WITHIN)
        code = g->texts[OPT_LINES]
                   ? write_line(s, run)
                   : cli_write_partial(s->cli, run, g->texts[OPT_DATASET], &s->partial, g->texts[OPT_OUTPUT]);
    cli_interrupt(NULL, NULL);
    assay_run_free(run);
    return code;
}

static int command_scan(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    int code = cli_read_options(cli, &cli_scan, argc, argv, &g);
    if (code != EXIT_WITHIN) return code < 0 ? EXIT_WITHIN : code;
    if (g.n_words != 1) {
        cli_complain(cli, "name one pack: assay scan PACK", "请给出一个规则包：assay scan 规则包");
        return EXIT_USAGE;
    }
    scan s = {.cli = cli, .given = &g, .piece = ASSAY_PIECE_INIT, .partial = ASSAY_PARTIAL_OPTIONS_INIT};
    code = read_options(&s);
    if (code == EXIT_WITHIN) code = cli_check_conninfo(cli, "--db", g.texts[OPT_DB]);
    if (code != EXIT_WITHIN) return code;
    assay_pack *pack = cli_load_pack(cli, g.words[0], g.lists[0], g.list_counts[0], &code);
    if (!pack) return code;
    code = scan_chunk(&s, pack);
    assay_pack_free(pack);
    return code;
}

const cli_command cli_scan = {"scan",
                              "one chunk of a dataset, as a partial result for merge",
                              "扫描数据集的一个分块，生成供 merge 使用的部分结果",
                              "PACK --dataset D --job NAME --chunk NAME --of N --as-of T -o FILE [OPTIONS]",
                              options,
                              command_scan};
