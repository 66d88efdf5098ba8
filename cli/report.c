#include "report.h"

#include <string.h>

#include "interrupt.h"
#include "output.h"

const char *const cli_report_formats[] = {"text", "json", "ndjson", NULL};
const char *const cli_report_fail_on[] = {"fail", "warn", NULL};

static const struct {
    const char *name;
    assay_part part;
} report_files[] = {
    {"findings.ndjson", ASSAY_RESULT_FINDINGS},
    {"summary.txt", ASSAY_RESULT_SUMMARY},
    {"result.json", ASSAY_RESULT_JSON}, /* last: where it is, the others are */
};
enum { REPORT_FILES = sizeof report_files / sizeof *report_files };

static int tell_interrupted(const cli_context *cli, const char *path)
{
    cli_complain(cli, "interrupted while writing %s", "写入%s时被中断", path);
    return EXIT_INTERRUPTED;
}

static int write_file(const cli_context *cli, assay_result *result, assay_part part, cli_file *file)
{
    assay_err err = {0};
    const assay_status st = assay_result_write(result, part, cli_file_write, file, &err);
    if (st == ASSAY_OK) return cli_file_flush(cli, file);
    if (cli_is_interrupted()) return tell_interrupted(cli, file->path);
    return ferror(file->stream) ? cli_complain_unwritten(cli, file->path) : cli_fail(cli, &err);
}

/* All files are written before the first is renamed. */
int cli_write_report(const cli_context *cli, assay_result *result, const char *dir)
{
    cli_file files[REPORT_FILES] = {0};
    int code = EXIT_WITHIN;
    for (size_t i = 0; code == EXIT_WITHIN && i < REPORT_FILES; i++) {
        code = cli_file_open(cli, dir, report_files[i].name, &files[i]);
        if (code == EXIT_WITHIN) code = write_file(cli, result, report_files[i].part, &files[i]);
    }
    for (size_t i = 0; code == EXIT_WITHIN && i < REPORT_FILES; i++) code = cli_file_commit(cli, &files[i]);
    for (size_t i = 0; i < REPORT_FILES; i++) cli_file_discard(&files[i]);
    return code;
}

int cli_prepare_report(const cli_context *cli, const char *dir, bool *ret_made)
{
    cli_file probe = {0};
    int code = cli_make_dir(cli, dir, ret_made);
    if (code == EXIT_WITHIN) code = cli_file_open(cli, dir, report_files[0].name, &probe);
    cli_file_discard(&probe);
    return code;
}

/* What cannot be written is told when stdout is closed. */
static int write_output(const cli_context *cli, assay_result *result, const char *format)
{
    const bool is_text = !format || strcmp(format, "text") == 0;
    if (is_text && cli->quiet) return EXIT_WITHIN;
    const assay_part part = is_text                       ? ASSAY_RESULT_SUMMARY
                            : strcmp(format, "json") == 0 ? ASSAY_RESULT_JSON
                                                          : ASSAY_RESULT_FINDINGS;
    assay_err err = {0};
    const assay_status st = assay_result_write(result, part, cli_write_stdout, NULL, &err);
    if (st == ASSAY_OK) return fflush(stdout) == 0 ? EXIT_WITHIN : EXIT_IO;
    if (cli_is_interrupted()) return tell_interrupted(cli, cli_say(cli, "standard output", "标准输出"));
    return ferror(stdout) ? EXIT_IO : cli_fail(cli, &err);
}

static void print_cost(const cli_context *cli, const assay_result *result)
{
    assay_stats s;
    assay_result_stats(result, &s);
    if (cli->quiet) return;
    fprintf(stderr,
            cli_say(cli,
                    "%llu records in %.2f s, %llu findings, peak %.1f MiB for sets and findings, %.1f MiB spilled\n",
                    "%llu 条记录，用时 %.2f 秒，%llu 个问题，集合与问题记录内存峰值 %.1f MiB，落盘 %.1f MiB\n"),
            (unsigned long long)s.records, (double)s.elapsed_us / 1e6, (unsigned long long)s.findings,
            (double)s.peak_memory / 1048576, (double)s.spilled / 1048576);
}

/* ---- The verdict as an exit code ---- */

static bool has_warning(const assay_result *result)
{
    for (size_t i = 0; i < assay_result_rule_count(result); i++) {
        assay_rule_result r;
        assay_result_rule(result, i, &r);
        if (r.outcome == ASSAY_WARN && strcmp(r.severity, "info") != 0) return true;
    }
    return assay_result_outcome(result) == ASSAY_VACUOUS;
}

static int verdict(const assay_result *result, bool fail_on_warn)
{
    switch (assay_result_outcome(result)) {
    case ASSAY_PASS:
    case ASSAY_WARN:
    case ASSAY_VACUOUS: return fail_on_warn && has_warning(result) ? EXIT_FAILED : EXIT_WITHIN;
    case ASSAY_FAIL:
    case ASSAY_NOT_EVALUATED: return EXIT_FAILED;
    case ASSAY_ERROR: return EXIT_IO;
    }
    return EXIT_INTERNAL;
}

int cli_conclude(const cli_context *cli, assay_result *result, const char *format, const char *fail_on)
{
    const int code = write_output(cli, result, format);
    if (code != EXIT_WITHIN) return code;
    print_cost(cli, result);
    return verdict(result, fail_on && strcmp(fail_on, "warn") == 0);
}
