#include "proof/verify.h"

#include "base/mem.h"
#include "base/options.h"

/* ---- Opening ---- */

/* Signers that cannot be read are a mistake of who gives them, not a fault of what they sign. */
static assay_status take_signers(ay_audit *v, assay_err *err)
{
    AY_FAIL_IF(v->options.n_signers == 0, err, ASSAY_EUSAGE, "name at least one signer whose signature counts",
               "请至少给出一个可信签名者");
    for (size_t i = 0; i < v->options.n_signers; i++) {
        const assay_status st = ay_signers_add(&v->signers, ay_str_from(v->options.signers[i]), err);
        if (ay_is_fault(st)) return err->code = ASSAY_EUSAGE;
        AY_TRY(st);
    }
    return ASSAY_OK;
}

static void free_verify(ay_audit *v)
{
    ay_signers_free(&v->signers);
    ay_log_free(v->log);
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) ay_buf_free(&v->notes[alg]);
    ay_arena_free(&v->arena);
    ay_free(v);
}

static assay_status begin(ay_audit *v, const assay_verify_options *options, assay_err *err)
{
    AY_TRY(ay_take_options(&v->options, sizeof v->options, sizeof v->options, options, err));
    return take_signers(v, err);
}

assay_status ay_verify_run(const char *dir, const assay_verify_options *options, const char *what,
                           assay_status (*body)(ay_audit *v, assay_err *err), assay_verdict **ret, assay_err *err)
{
    assay_err fault = {0};
    AY_FAIL_IF(!dir || !dir[0], err, ASSAY_EUSAGE, "name a folder of proofs", "请给出证明目录");
    ay_audit *v = AY_NEW(ay_audit);
    AY_NOMEM_IF(!v, err);
    v->dir = dir;
    assay_status st = begin(v, options, &fault);
    if (st == ASSAY_OK) st = ay_verdict_open(what, &v->verdict, &fault);
    if (st != ASSAY_OK && err) *err = fault;
    if (st == ASSAY_OK) st = ay_verdict_close(v->verdict, body(v, &fault), &fault, ret, err);
    free_verify(v);
    return st;
}

/* ---- Checkpoints ---- */

static const char *file_of(ay_alg alg)
{
    return alg == AY_SM3 ? "checkpoint.sm3" : "checkpoint.sha256";
}

/* The file before the reason: which of the two it is matters. */
static assay_status of_file(const ay_audit *v, ay_alg alg, assay_status status, assay_err *err)
{
    if (!ay_is_fault(status)) return status;
    const assay_err inner = *err;
    return ay_fail(err, status, "'%1$s/%2$s': %3$s%4$.0s", "“%1$s/%2$s”：%3$.0s%4$s", v->dir, file_of(alg), inner.text,
                   inner.text_zh);
}

static assay_status read_head(ay_audit *v, ay_alg alg, assay_err *err)
{
    AY_TRY(ay_log_read_note(v->log, alg, &v->notes[alg], err));
    AY_FAIL_IF(v->notes[alg].len == 0, err, ASSAY_EFORMAT, "there is no checkpoint: nothing of the log is signed",
               "没有检查点：日志未经签名");
    AY_TRY(ay_note_read(ay_buf_view(&v->notes[alg]), &v->arena, &v->note[alg], err));
    AY_TRY(ay_note_verify(&v->note[alg], v->signers.list, v->signers.n, &v->who[alg], err));
    return ay_checkpoint_take(v->note[alg].text, &v->heads[alg], err);
}

static assay_status check_head(ay_audit *v, ay_alg alg, assay_err *err)
{
    const ay_checkpoint *head = &v->heads[alg];
    ay_digest root;
    AY_FAIL_IF(head->size != ay_log_size(v->log), err, ASSAY_EFORMAT,
               "it was signed for %llu entries, and the log has %llu", "签名时有 %llu 个条目，而日志有 %llu 个",
               (unsigned long long)head->size, (unsigned long long)ay_log_size(v->log));
    AY_TRY(ay_log_root(v->log, alg, head->size, &root, err));
    AY_FAIL_IF(memcmp(root.bytes, head->root, sizeof root.bytes) != 0, err, ASSAY_EFORMAT,
               "its root is not that of the entries", "其根与条目不符");
    return ASSAY_OK;
}

/* The origin of the SM3 log is that of the SHA-256 log and "/sm3". */
static assay_status check_origins(const ay_audit *v, assay_err *err)
{
    const ay_str tail = AY_STR("/sm3"), plain = v->heads[AY_SHA256].origin, sm3 = v->heads[AY_SM3].origin;
    const bool ok = sm3.len == plain.len + tail.len && ay_str_eq(ay_str_slice(sm3, 0, plain.len), plain) &&
                    ay_str_eq(ay_str_slice(sm3, plain.len, sm3.len), tail);
    AY_FAIL_IF(!ok, err, ASSAY_EFORMAT, "the two checkpoints are of two logs: '" AY_STR_FMT "' and '" AY_STR_FMT "'",
               "两个检查点属于不同的日志：“" AY_STR_FMT "”和“" AY_STR_FMT "”", AY_STR_ARG(plain), AY_STR_ARG(sm3));
    return ASSAY_OK;
}

static void tell_head(ay_audit *v, ay_alg alg, assay_verdict *verdict)
{
    ay_buf root = {0}, who = {0};
    ay_digest digest;
    memcpy(digest.bytes, v->heads[alg].root, sizeof digest.bytes);
    ay_digest_put(alg, &digest, &root);
    ay_signers_put(&v->signers, v->who[alg], &who);
    ay_verdict_say(verdict, "checkpoint: " AY_STR_FMT ", root " AY_STR_FMT ", signed by " AY_STR_FMT,
                   "检查点：" AY_STR_FMT "，根 " AY_STR_FMT "，签名者 " AY_STR_FMT, AY_STR_ARG(v->heads[alg].origin),
                   AY_STR_ARG(ay_buf_view(&root)), AY_STR_ARG(ay_buf_view(&who)));
    ay_json_open_object(&verdict->json);
    ay_json_key(&verdict->json, "origin");
    ay_json_str(&verdict->json, v->heads[alg].origin);
    ay_json_key(&verdict->json, "root");
    ay_json_str(&verdict->json, ay_buf_view(&root));
    ay_json_key(&verdict->json, "signed_by");
    ay_json_str(&verdict->json, ay_buf_view(&who));
    ay_json_close_object(&verdict->json);
    if (root.failed || who.failed) verdict->bytes.failed = ASSAY_ENOMEM;
    ay_buf_free(&root);
    ay_buf_free(&who);
}

static void tell_heads(ay_audit *v)
{
    assay_verdict *verdict = v->verdict;
    ay_verdict_say(verdict, "entries: %llu", "条目：%llu", (unsigned long long)ay_log_size(v->log));
    ay_json_key(&verdict->json, "entries");
    ay_json_uint(&verdict->json, ay_log_size(v->log));
    ay_json_key(&verdict->json, "checkpoints");
    ay_json_open_array(&verdict->json);
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) tell_head(v, (ay_alg)alg, verdict);
    ay_json_close_array(&verdict->json);
}

assay_status ay_verify_heads(ay_audit *v, assay_err *err)
{
    AY_TRY(ay_log_open(v->dir, AY_LOG_READ, &v->log, err));
    AY_FAIL_IF(ay_log_tail(v->log) > 0, err, ASSAY_EFORMAT,
               "run log '%s' ends in %llu bytes that are no entry: they were changed, or left by a crash",
               "运行日志“%s”末尾有 %llu 字节不是条目：被改动过，或因崩溃残留", v->dir,
               (unsigned long long)ay_log_tail(v->log));
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) AY_TRY(of_file(v, (ay_alg)alg, read_head(v, (ay_alg)alg, err), err));
    for (int alg = 0; alg < AY_LOG_ALGS; alg++) AY_TRY(of_file(v, (ay_alg)alg, check_head(v, (ay_alg)alg, err), err));
    AY_TRY(check_origins(v, err));
    tell_heads(v);
    return ASSAY_OK;
}

/* ---- Manifests ---- */

static assay_status of_entry(uint64_t index, assay_status status, assay_err *err)
{
    if (!ay_is_fault(status)) return status;
    const assay_err inner = *err;
    return ay_fail(err, status, "entry %1$llu: %2$s%3$.0s", "条目 %1$llu：%2$.0s%3$s", (unsigned long long)index,
                   inner.text, inner.text_zh);
}

static assay_status take_entry(ay_audit *v, uint64_t index, ay_buf *bytes, const ay_manifest_taker *taker,
                               assay_err *err)
{
    ay_arena arena = {0};
    ay_manifest manifest;
    ay_buf_clear(bytes);
    AY_TRY(ay_log_entry_at(v->log, index, bytes, err));
    assay_status st = ay_manifest_take(ay_buf_view(bytes), &arena, &manifest, err);
    if (st == ASSAY_OK) st = taker->take(taker->self, index, ay_buf_view(bytes), &manifest, err);
    ay_arena_free(&arena);
    return of_entry(index, st, err);
}

assay_status ay_verify_each(ay_audit *v, const ay_manifest_taker *taker, assay_err *err)
{
    ay_buf bytes = {0};
    assay_status st = ASSAY_OK;
    for (uint64_t i = 0; i < ay_log_size(v->log) && st == ASSAY_OK; i++) st = take_entry(v, i, &bytes, taker, err);
    ay_buf_free(&bytes);
    return st;
}
