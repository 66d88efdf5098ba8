/* Verifying that a report is the one of a run in the log. */
#include "proof/file.h"
#include "proof/lines.h"
#include "proof/verify.h"

typedef struct search {
    ay_audit *v;
    ay_digest result[AY_LOG_ALGS];
    ay_merkle_head findings[AY_LOG_ALGS];
    /* Manifests with the result's digest; of those that name findings at all, and that name these. */
    uint64_t results, keeping, matches;
} search;

static bool is_result(const search *s, ay_str text)
{
    ay_alg alg;
    ay_digest digest;
    return text.ptr && ay_digest_take(text, &alg, &digest) && ay_digest_eq(&digest, &s->result[alg]);
}

static bool are_findings(const search *s, ay_str lines, ay_str text)
{
    ay_alg alg;
    ay_merkle_head head;
    return text.ptr && ay_count_take(lines, &head.size) && ay_digest_take(text, &alg, &head.root) &&
           head.size == s->findings[alg].size && ay_digest_eq(&head.root, &s->findings[alg].root);
}

static void put_member(ay_json *json, const char *name, ay_str value)
{
    ay_json_key(json, name);
    ay_json_str(json, value);
}

static void tell(assay_verdict *verdict, uint64_t index, const ay_run_manifest *run)
{
    ay_json *json = &verdict->json;
    ay_verdict_say(
        verdict,
        "entry %llu: run " AY_STR_FMT ", dataset " AY_STR_FMT ", pack " AY_STR_FMT " " AY_STR_FMT " " AY_STR_FMT,
        "条目 %llu：运行 " AY_STR_FMT "，数据集 " AY_STR_FMT "，规则包 " AY_STR_FMT " " AY_STR_FMT " " AY_STR_FMT,
        (unsigned long long)index, AY_STR_ARG(run->run), AY_STR_ARG(run->dataset), AY_STR_ARG(run->pack),
        AY_STR_ARG(run->pack_version), AY_STR_ARG(run->pack_digest));
    ay_json_open_object(json);
    ay_json_key(json, "index");
    ay_json_uint(json, index);
    put_member(json, "run", run->run);
    put_member(json, "namespace", run->namespace_);
    put_member(json, "dataset", run->dataset);
    put_member(json, "pack", run->pack);
    put_member(json, "pack_version", run->pack_version);
    put_member(json, "pack_digest", run->pack_digest);
    ay_json_close_object(json);
}

static assay_status take(void *self, uint64_t index, ay_str bytes, const ay_manifest *manifest, assay_err *err)
{
    search *s = self;
    const ay_run_manifest *run = &manifest->as.run;
    (void)bytes, (void)err;
    if (manifest->kind != AY_MANIFEST_RUN || !is_result(s, run->result)) return ASSAY_OK;
    s->results++;
    s->keeping += run->findings_root.ptr != NULL;
    if (s->v->options.findings && !are_findings(s, run->findings, run->findings_root)) return ASSAY_OK;
    s->matches++;
    tell(s->v->verdict, index, run);
    return ASSAY_OK;
}

/* The same report may be that of several runs: the same rules over the same data give the same bytes. */
static assay_status find(search *s, assay_err *err)
{
    ay_json *json = &s->v->verdict->json;
    ay_json_key(json, "manifests");
    ay_json_open_array(json);
    const assay_status st = ay_verify_each(s->v, &(ay_manifest_taker){take, s}, err);
    ay_json_close_array(json);
    AY_TRY(st);
    AY_FAIL_IF(s->results == 0, err, ASSAY_EFORMAT, "no manifest of the log is of the result '%s'",
               "日志中没有清单与结果文件“%s”对应", s->v->options.result);
    AY_FAIL_IF(s->matches == 0 && s->keeping == 0, err, ASSAY_EFORMAT,
               "the result is that of a run in the log, which kept no findings: '%s' cannot be shown to be its own",
               "结果文件属于日志中的一次运行，而该运行未保留问题清单：无法证明“%s”属于它", s->v->options.findings);
    AY_FAIL_IF(s->matches == 0, err, ASSAY_EFORMAT, "the result is that of a run in the log, the findings '%s' are not",
               "结果文件属于日志中的一次运行，而问题清单“%s”不属于", s->v->options.findings);
    return ASSAY_OK;
}

static assay_status check_report(ay_audit *v, assay_err *err)
{
    search s = {.v = v};
    AY_FAIL_IF(!v->options.result, err, ASSAY_EUSAGE, "name the result of the report", "请给出报告的结果文件");
    AY_FAIL_IF(v->options.since || v->options.snapshots, err, ASSAY_EUSAGE, "since and snapshots are of a log",
               "since 和 snapshots 用于验证日志");
    AY_TRY(ay_file_digests(v->options.result, s.result, err));
    if (v->options.findings) AY_TRY(ay_file_line_trees(v->options.findings, s.findings, err));
    ay_verdict_say(v->verdict, "verified: that the report '%s' is one of the log '%s'. The data was not read.",
                   "验证对象：报告“%s”是否属于日志“%s”。未读取数据。", v->options.result, v->dir);
    ay_json_key(&v->verdict->json, "dir");
    ay_json_text(&v->verdict->json, v->dir);
    AY_TRY(ay_verify_heads(v, err));
    return find(&s, err);
}

assay_status assay_verify_report(const char *dir, const assay_verify_options *options, assay_verdict **ret_verdict,
                                 assay_err *err)
{
    return ay_verify_run(dir, options, "report", check_report, ret_verdict, err);
}
