/* The library's side of verifying: options, verdicts, no memory. What is found in logs that were changed stands in
 * tests/cli/test_verify.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "fault.h"
#include "proof/checkpoint.h"
#include "proof/log.h"
#include "proof/manifest.h"
#include "proof/note.h"
#include "proof/verdict.h"

static char folder[] = "/tmp/assay-verify-XXXXXX";
static char dir[64], result[64], key_file[64];
static ay_buf signer_text;

/* ---- A log of one run, signed ---- */

static void make_entry(ay_log *log)
{
    static const ay_manifest_column columns[] = {{{"id", 2}, {"integer", 7}, {"int8", 4}}};
    ay_buf digest = {0}, of_result = {0}, bytes = {0};
    uint64_t index;
    assert_int_equal(ay_digest_of(AY_SM3, AY_STR(""), &digest, NULL), ASSAY_OK);
    assert_int_equal(ay_digest_of(AY_SHA256, AY_STR("result"), &of_result, NULL), ASSAY_OK);
    const ay_manifest manifest = {.kind = AY_MANIFEST_RUN,
                                  .as.run = {.run = AY_STR("0193a1b2-c3d4-7e5f-8a6b-0123456789ab"),
                                             .engine = AY_STR("assay"),
                                             .namespace_ = AY_STR("file"),
                                             .dataset = AY_STR("d"),
                                             .columns = columns,
                                             .n_columns = 1,
                                             .alg = AY_SM3,
                                             .root = ay_buf_view(&digest),
                                             .bucket_table = ay_buf_view(&digest),
                                             .epoch = 1,
                                             .pack = AY_STR("p"),
                                             .pack_version = AY_STR("1"),
                                             .pack_digest = ay_buf_view(&digest),
                                             .result = ay_buf_view(&of_result)}};
    assert_int_equal(ay_manifest_put(&manifest, &bytes, NULL), ASSAY_OK);
    assert_int_equal(ay_log_append(log, ay_buf_view(&bytes), &index, NULL), ASSAY_OK);
    ay_buf_free(&digest);
    ay_buf_free(&of_result);
    ay_buf_free(&bytes);
}

static void sign(ay_log *log, ay_alg alg, const ay_signer *signer)
{
    ay_buf text = {0}, note = {0};
    ay_digest root;
    ay_checkpoint checkpoint = {.origin = alg == AY_SM3 ? AY_STR("log/sm3") : AY_STR("log"), .size = 1};
    assert_int_equal(ay_log_root(log, alg, 1, &root, NULL), ASSAY_OK);
    memcpy(checkpoint.root, root.bytes, sizeof checkpoint.root);
    assert_int_equal(ay_checkpoint_put(&checkpoint, &text, NULL), ASSAY_OK);
    assert_int_equal(ay_note_begin(ay_buf_view(&text), &note, NULL), ASSAY_OK);
    assert_int_equal(ay_note_sign(signer, ay_buf_view(&text), &note, NULL), ASSAY_OK);
    assert_int_equal(ay_log_write_note(log, alg, ay_buf_view(&note), NULL), ASSAY_OK);
    ay_buf_free(&text);
    ay_buf_free(&note);
}

static int keep(void *ctx, const void *bytes, size_t len)
{
    ay_buf_put(ctx, bytes, len);
    return ((ay_buf *)ctx)->failed != ASSAY_OK;
}

static int refuse(void *ctx, const void *bytes, size_t len)
{
    (void)ctx, (void)bytes, (void)len;
    return 1;
}

static int make_folder(void **state)
{
    (void)state;
    ay_log *log = NULL;
    ay_key *key = NULL;
    ay_signer signer;
    if (!mkdtemp(folder)) return -1;
    (void)snprintf(dir, sizeof dir, "%s/log", folder);
    (void)snprintf(result, sizeof result, "%s/result", folder);
    (void)snprintf(key_file, sizeof key_file, "%s/key", folder);
    FILE *file = fopen(result, "wb");
    if (!file || fputs("result", file) < 0 || fclose(file) != 0) return -1;
    assert_int_equal(assay_signing_key_new(key_file, ASSAY_KEY_SM2, "n", keep, &signer_text, NULL), ASSAY_OK);
    signer_text.ptr[signer_text.len - 1] = '\0'; /* its line feed */
    assert_int_equal(ay_key_load(key_file, &key, NULL), ASSAY_OK);
    assert_int_equal(ay_signer_make(AY_STR("n"), key, &signer, NULL), ASSAY_OK);
    assert_int_equal(ay_log_open(dir, AY_LOG_WRITE, &log, NULL), ASSAY_OK);
    make_entry(log);
    sign(log, AY_SM3, &signer);
    sign(log, AY_SHA256, &signer);
    ay_log_free(log);
    ay_key_free(key);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"log/entries", "log/checkpoint.sm3", "log/checkpoint.sha256", "result", "key"};
    char path[128];
    ay_buf_free(&signer_text);
    for (size_t i = 0; i < AY_COUNT(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (unlink(path) != 0) return -1;
    }
    return rmdir(dir) == 0 ? rmdir(folder) : -1;
}

static assay_verify_options options_of(const char *const *signer)
{
    assay_verify_options o = ASSAY_VERIFY_OPTIONS_INIT;
    o.signers = signer;
    o.n_signers = 1;
    return o;
}

/* ---- Verdicts ---- */

static void test_verdict(void **state)
{
    (void)state;
    const char *const signer[] = {signer_text.ptr};
    assay_verify_options o = options_of(signer);
    assay_verdict *verdict = NULL;
    assay_err err = {0};
    ay_buf text = {0};
    o.snapshots = 1;
    assert_int_equal(assay_verify_log(dir, &o, &verdict, &err), ASSAY_OK);
    assert_int_equal(assay_verdict_holds(verdict), 1);
    assert_null(assay_verdict_fault(verdict));
    assert_int_equal(assay_verdict_write(verdict, ASSAY_VERDICT_JSON, keep, &text, &err), ASSAY_OK);
    ay_buf_char(&text, '\0');
    assert_non_null(strstr(text.ptr, "\"leaf_files_not_kept\":1,\"holds\":true}\n"));
    assert_int_equal(assay_verdict_write(verdict, ASSAY_VERDICT_TEXT, refuse, NULL, &err), ASSAY_EIO);
    assert_int_equal(assay_verdict_write(verdict, (assay_verdict_form)3, keep, &text, &err), ASSAY_EUSAGE);
    ay_buf_free(&text);
    assert_null(assay_verdict_free(verdict));
    assert_null(assay_verdict_free(NULL));
}

static void test_does_not_hold(void **state)
{
    (void)state;
    static const char other[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const char *const signer[] = {other};
    const assay_verify_options o = options_of(signer);
    assay_verdict *verdict = NULL;
    assert_int_equal(assay_verify_log(dir, &o, &verdict, NULL), ASSAY_OK);
    assert_int_equal(assay_verdict_holds(verdict), 0);
    assert_int_equal(assay_verdict_fault(verdict)->code, ASSAY_EFORMAT);
    assert_true(assay_verdict_fault(verdict)->text_zh[0]);
    assay_verdict_free(verdict);
}

static void test_options(void **state)
{
    (void)state;
    const char *const signer[] = {signer_text.ptr}, *const twice[] = {signer_text.ptr, signer_text.ptr};
    assay_verdict *verdict = NULL;
    assay_err err = {0};
    assay_verify_options o = options_of(signer);
    assert_int_equal(assay_verify_log(NULL, &o, &verdict, &err), ASSAY_EUSAGE);
    assert_int_equal(assay_verify_log(dir, NULL, &verdict, &err), ASSAY_EUSAGE);
    o.result = result;
    assert_int_equal(assay_verify_log(dir, &o, &verdict, &err), ASSAY_EUSAGE);
    o.snapshots = 1;
    assert_int_equal(assay_verify_report(dir, &o, &verdict, &err), ASSAY_EUSAGE);
    o = options_of(signer);
    assert_int_equal(assay_verify_report(dir, &o, &verdict, NULL), ASSAY_EUSAGE);
    o.struct_size = 0;
    assert_int_equal(assay_verify_log(dir, &o, &verdict, &err), ASSAY_EUSAGE);
    o = options_of(twice);
    o.n_signers = 2;
    assert_int_equal(assay_verify_log(dir, &o, &verdict, &err), ASSAY_EUSAGE);
    assert_int_equal(err.code, ASSAY_EUSAGE);
    o = options_of(signer);
    assert_int_equal(assay_verify_log(folder, &o, &verdict, &err), ASSAY_EIO);
    assert_null(verdict);
}

static void test_keys(void **state)
{
    (void)state;
    assay_err err = {0};
    char path[128];
    ay_buf text = {0};
    (void)snprintf(path, sizeof path, "%s/refused", folder);
    assert_int_equal(assay_signing_key_new(path, (assay_key_kind)2, NULL, NULL, NULL, &err), ASSAY_EUSAGE);
    assert_int_equal(assay_signing_key_new(path, ASSAY_KEY_SM2, "a b", keep, &text, &err), ASSAY_EUSAGE);
    assert_int_equal(assay_signing_key_new("", ASSAY_KEY_SM2, NULL, NULL, NULL, &err), ASSAY_EUSAGE);
    assert_int_equal(assay_signing_key_new(key_file, ASSAY_KEY_SM2, "n", keep, &text, &err), ASSAY_EIO);
    assert_int_equal(text.len, 0);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(assay_public_key_write(NULL, "n", keep, &text, &err), ASSAY_EUSAGE);
    assert_int_equal(assay_public_key_write(result, "n", keep, &text, &err), ASSAY_EFORMAT);
    assert_int_equal(assay_public_key_write(key_file, "n", refuse, NULL, &err), ASSAY_EIO);
    assert_int_equal(assay_public_key_write(key_file, "n", keep, &text, &err), ASSAY_OK);
    assert_int_equal(text.len, signer_text.len);
    assert_memory_equal(text.ptr, signer_text.ptr, text.len - 1);
    ay_buf_free(&text);
}

/* ---- No memory ---- */

static assay_status faulty_log(void *arg)
{
    assay_verify_options o = options_of(arg);
    char since[128];
    assay_verdict *verdict = NULL;
    (void)snprintf(since, sizeof since, "%s/checkpoint.sm3", dir);
    o.since = since;
    o.snapshots = 1;
    const assay_status st = assay_verify_log(dir, &o, &verdict, NULL);
    if (st == ASSAY_OK) assert_int_equal(assay_verdict_holds(verdict), 1);
    assay_verdict_free(verdict);
    return st;
}

static assay_status faulty_report(void *arg)
{
    assay_verify_options o = options_of(arg);
    assay_verdict *verdict = NULL;
    o.result = result;
    const assay_status st = assay_verify_report(dir, &o, &verdict, NULL);
    if (st == ASSAY_OK) assert_int_equal(assay_verdict_holds(verdict), 1);
    assay_verdict_free(verdict);
    return st;
}

static void test_faults(void **state)
{
    (void)state;
    const char *signer[] = {signer_text.ptr};
    assert_true(fail_each_allocation(faulty_log, signer) > 20);
    assert_true(fail_each_allocation(faulty_report, signer) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdict), cmocka_unit_test(test_does_not_hold), cmocka_unit_test(test_options),
        cmocka_unit_test(test_keys),    cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
