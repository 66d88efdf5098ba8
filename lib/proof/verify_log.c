/* Verifying a run log. */
#include "proof/file.h"
#include "proof/verify.h"

/* ---- An older checkpoint ---- */

static assay_status find_log(const ay_audit *v, const ay_checkpoint *old, ay_alg *ret, assay_err *err)
{
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) {
        *ret = (ay_alg)alg;
        if (ay_str_eq(old->origin, v->heads[alg].origin)) return ASSAY_OK;
    }
    return ay_fail(err, ASSAY_EFORMAT, "it is a checkpoint of another log, '" AY_STR_FMT "'",
                   "它是另一日志“" AY_STR_FMT "”的检查点", AY_STR_ARG(old->origin));
}

/* All entries are here, so the root of the first ones is computed: nothing shorter could show more. */
static assay_status check_prefix(const ay_audit *v, ay_alg alg, const ay_checkpoint *old, assay_err *err)
{
    ay_digest root;
    AY_FAIL_IF(old->size > ay_log_size(v->log), err, ASSAY_EFORMAT,
               "it was signed for %llu entries, and the log has only %llu", "签名时有 %llu 个条目，而日志只有 %llu 个",
               (unsigned long long)old->size, (unsigned long long)ay_log_size(v->log));
    AY_TRY(ay_log_root(v->log, alg, old->size, &root, err));
    AY_FAIL_IF(memcmp(root.bytes, old->root, sizeof root.bytes) != 0, err, ASSAY_EFORMAT,
               "the first %llu entries are no longer those it was signed for", "前 %llu 个条目已不是签名时的条目",
               (unsigned long long)old->size);
    return ASSAY_OK;
}

static void tell_since(ay_audit *v, ay_alg alg, const ay_checkpoint *old)
{
    assay_verdict *verdict = v->verdict;
    ay_verdict_say(verdict, "append-only since: %llu entries (%s checkpoint '%s')",
                   "自 %llu 个条目起只追加（%s 检查点“%s”）", (unsigned long long)old->size, ay_alg_name(alg),
                   v->options.since);
    ay_json_key(&verdict->json, "append_only_since");
    ay_json_uint(&verdict->json, old->size);
}

static assay_status check_old(ay_audit *v, ay_str bytes, assay_err *err)
{
    ay_note note;
    ay_checkpoint old;
    ay_alg alg;
    uint64_t who;
    AY_TRY(ay_note_read(bytes, &v->arena, &note, err));
    AY_TRY(ay_note_verify(&note, v->signers.list, v->signers.n, &who, err));
    AY_TRY(ay_checkpoint_take(note.text, &old, err));
    AY_TRY(find_log(v, &old, &alg, err));
    AY_TRY(check_prefix(v, alg, &old, err));
    tell_since(v, alg, &old);
    return ASSAY_OK;
}

static assay_status check_since(ay_audit *v, assay_err *err)
{
    ay_buf bytes = {0};
    assay_status st = ay_file_read(v->options.since, AY_NOTE_BYTES, &bytes, err);
    if (st == ASSAY_OK) st = ay_fault_in(v->options.since, check_old(v, ay_buf_view(&bytes), err), err);
    ay_buf_free(&bytes);
    return st;
}

/* ---- The log ---- */

static assay_status check_log(ay_audit *v, assay_err *err)
{
    AY_FAIL_IF(v->options.result || v->options.findings, err, ASSAY_EUSAGE, "result and findings are of a report",
               "result 和 findings 用于验证报告");
    ay_verdict_say(v->verdict, "verified: the log '%s'. The data it speaks of was not read.",
                   "验证对象：日志“%s”。未读取其所述的数据。", v->dir);
    ay_json_key(&v->verdict->json, "dir");
    ay_json_text(&v->verdict->json, v->dir);
    AY_TRY(ay_verify_heads(v, err));
    AY_TRY(ay_verify_chain(v, err));
    if (v->options.since) AY_TRY(check_since(v, err));
    return v->options.snapshots ? ay_verify_snapshots(v, err) : ASSAY_OK;
}

assay_status assay_verify_log(const char *dir, const assay_verify_options *options, assay_verdict **ret_verdict,
                              assay_err *err)
{
    return ay_verify_run(dir, options, "log", check_log, ret_verdict, err);
}
