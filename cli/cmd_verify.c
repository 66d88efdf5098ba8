/* assay verify: whether a log, or a report under it, is what was signed. */
#include <string.h>

#include "options.h"
#include "output.h"

static const char *const formats[] = {"text", "json", NULL};

enum { SIGNER, SINCE, SNAPSHOTS, PROOF, FINDINGS, FORMAT, OPTIONS };
static const cli_option options[] = {
    {"signer", CLI_LIST, "VKEY", "who may have signed: NAME+id+base64; may be repeated",
     "可信签名者：名称+编号+base64；可重复", NULL},
    {"since", CLI_TEXT, "FILE", "log: an older checkpoint that the log must continue", "log：日志须延续的较早检查点",
     NULL},
    {"snapshots", CLI_FLAG, NULL, "log: also the files of snapshots that are kept", "log：同时验证保留的快照文件",
     NULL},
    {"proof", CLI_TEXT, "DIR", "report: the folder of proofs whose log has it", "report：日志中有该报告的存证目录",
     NULL},
    {"findings", CLI_TEXT, "FILE", "report: its findings.ndjson", "report：其 findings.ndjson", NULL},
    {"format", CLI_TEXT, "text|json", "what goes to standard output", "标准输出的内容", formats},
    {0},
};

/* What can be verified, the options that belong to it besides signer and format, and one that it needs. */
typedef struct verifiable {
    const char *name;
    bool takes[OPTIONS];
    int needs; /* 0: none */
    assay_status (*verify)(const char *dir, const assay_verify_options *o, assay_verdict **ret, assay_err *err);
} verifiable;

static const verifiable objects[] = {
    {"log", {[SINCE] = true, [SNAPSHOTS] = true, [FORMAT] = true}, 0, assay_verify_log},
    {"report", {[PROOF] = true, [FINDINGS] = true, [FORMAT] = true}, PROOF, assay_verify_report},
};

static const verifiable *find_object(const cli_context *cli, const cli_given *g)
{
    if (g->n_words == 2)
        for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
            if (strcmp(objects[i].name, g->words[0]) == 0) return &objects[i];
    cli_complain(cli, "say what to verify: assay verify log DIR, or assay verify report FILE --proof DIR",
                 "请说明验证对象：assay verify log 目录，或 assay verify report 文件 --proof 目录");
    return NULL;
}

static bool fits(const cli_context *cli, const verifiable *object, const cli_given *g)
{
    for (int i = 0; i < OPTIONS; i++)
        if (g->texts[i] && !object->takes[i]) {
            cli_complain(cli, "--%s does not belong to assay verify %s", "--%s 不适用于 assay verify %s",
                         options[i].name, object->name);
            return false;
        }
    if (object->needs && !g->texts[object->needs]) {
        cli_complain(cli, "assay verify %s needs --%s", "assay verify %s 需要 --%s", object->name,
                     options[object->needs].name);
        return false;
    }
    return true;
}

static int tell(const cli_context *cli, const cli_given *g, const assay_verdict *verdict)
{
    assay_err err = {0};
    const bool is_json = g->texts[FORMAT] && strcmp(g->texts[FORMAT], "json") == 0;
    const assay_verdict_form form = is_json ? ASSAY_VERDICT_JSON : cli->zh ? ASSAY_VERDICT_TEXT_ZH : ASSAY_VERDICT_TEXT;
    if ((is_json || !cli->quiet) && assay_verdict_write(verdict, form, cli_write_stdout, NULL, &err) != ASSAY_OK)
        return cli_fail(cli, &err);
    if (assay_verdict_holds(verdict)) return EXIT_WITHIN;
    (void)cli_fail(cli, assay_verdict_fault(verdict));
    return EXIT_FAILED;
}

static int command_verify(cli_context *cli, int argc, char **argv)
{
    cli_given g;
    assay_err err = {0};
    assay_verdict *verdict = NULL;
    const int read = cli_read_options(cli, &cli_verify, argc, argv, &g);
    if (read != EXIT_WITHIN) return read < 0 ? EXIT_WITHIN : read;
    const verifiable *object = find_object(cli, &g);
    if (!object || !fits(cli, object, &g)) return EXIT_USAGE;
    assay_verify_options o = ASSAY_VERIFY_OPTIONS_INIT;
    o.signers = g.lists[0];
    o.n_signers = g.list_counts[0];
    o.since = g.texts[SINCE];
    o.snapshots = g.texts[SNAPSHOTS] != NULL;
    const char *dir = g.texts[PROOF] ? g.texts[PROOF] : g.words[1];
    o.result = g.texts[PROOF] ? g.words[1] : NULL;
    o.findings = g.texts[FINDINGS];
    if (object->verify(dir, &o, &verdict, &err) != ASSAY_OK) return cli_fail(cli, &err);
    const int code = tell(cli, &g, verdict);
    assay_verdict_free(verdict);
    return code;
}

const cli_command cli_verify = {"verify",
                                "whether a log or a report is what was signed",
                                "验证日志或报告与签名是否一致",
                                "log DIR|report FILE [OPTIONS]",
                                options,
                                command_verify};
