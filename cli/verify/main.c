#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proof/file.h"
#include "verify.h"

enum { HOLDS, DOES_NOT_HOLD, USAGE, UNREADABLE, INTERNAL = 5 };

static const char usage[] =
    "assay-verify [--quiet] [--lang zh|en] POLICY PROOF...\n"
    "whether proofs hold: the record stood in the snapshot that was signed, by a key of the policy\n\n"
    "  --lang zh|en    language of messages; default: LC_MESSAGES\n"
    "  --quiet         leave the values of records out\n"
    "  --version       the version\n"
    "  --help          this text\n\n"
    "POLICY has one key a line: NAME+id+base64 [FIRST [LAST]], the entries of the log it counts for.\n"
    "Exit code: 0 all hold, 1 one does not, 2 usage or policy, 3 one could not be read.\n";
static const char usage_zh[] = "assay-verify [--quiet] [--lang zh|en] 策略文件 证明文件...\n"
                               "验证证明是否成立：记录在由策略中的密钥所签署的快照中\n\n"
                               "  --lang zh|en    消息语言；默认取 LC_MESSAGES\n"
                               "  --quiet         不显示记录的值\n"
                               "  --version       版本\n"
                               "  --help          显示本说明\n\n"
                               "策略文件每行一个密钥：名称+编号+base64 [首个 [末个]]，即其适用的日志条目。\n"
                               "退出码：0 全部成立，1 有不成立者，2 用法或策略错误，3 有无法读取者。\n";

/* path NULL: the message names it. */
static void complain(const verifier *v, const char *path, const assay_err *err)
{
    fputs("assay-verify: ", stderr);
    if (path) fputs(path, stderr);
    if (err->line) fprintf(stderr, ":%u", err->line);
    if (path) fputs(v->zh ? "：" : ": ", stderr);
    fprintf(stderr, "%s\n", v->zh ? err->text_zh : err->text);
}

/* ---- Proofs ---- */

static assay_status check(const verifier *v, ay_proof *proof, ay_arena *arena, ay_proof_facts *facts,
                          uint64_t *ret_counting, assay_err *err)
{
    AY_TRY(ay_proof_check(proof, v->policy.signers.list, v->policy.signers.n, arena, facts, err));
    *ret_counting = ay_policy_of(&v->policy, facts->who, facts->index);
    AY_FAIL_IF(*ret_counting == 0, err, ASSAY_EFORMAT, "no key that signed counts for entry %llu of the log",
               "签名的密钥均不适用于日志条目 %llu", (unsigned long long)facts->index);
    return ASSAY_OK;
}

static assay_status verify_text(const verifier *v, const char *path, ay_str text, ay_arena *arena, ay_buf *out,
                                assay_err *err)
{
    ay_proof proof;
    ay_proof_facts facts;
    uint64_t counting;
    AY_TRY(ay_proof_take(text, arena, &proof, err));
    AY_TRY(check(v, &proof, arena, &facts, &counting, err));
    verifier_tell(v, path, &proof, &facts, counting, out);
    return ay_buf_status(out, err);
}

static int code_of(assay_status status)
{
    switch (status) {
    case ASSAY_OK: return HOLDS;
    case ASSAY_EFORMAT:
    case ASSAY_ELIMIT: return DOES_NOT_HOLD;
    case ASSAY_EIO: return UNREADABLE;
    default: return INTERNAL;
    }
}

static int verify(const verifier *v, const char *path)
{
    ay_arena arena = {0};
    ay_buf text = {0}, out = {0};
    assay_err err = {0};
    assay_status st = ay_file_read(path, AY_PROOF_BYTES, &text, &err);
    const bool is_read = st == ASSAY_OK;
    if (is_read) st = verify_text(v, path, ay_buf_view(&text), &arena, &out, &err);
    if (st == ASSAY_OK) (void)fwrite(out.ptr, 1, out.len, stdout); /* whether it was written is seen at the end */
    else complain(v, is_read ? path : NULL, &err);
    ay_buf_free(&out);
    ay_buf_free(&text);
    ay_arena_free(&arena);
    return code_of(st);
}

/* What does not hold is certain, whatever else could not be read. */
static int worse(int a, int b)
{
    if (a == DOES_NOT_HOLD || b == DOES_NOT_HOLD) return DOES_NOT_HOLD;
    return a > b ? a : b;
}

static int verify_all(verifier *v, const char *policy, char **proofs, int n)
{
    ay_buf text = {0};
    assay_err err = {0};
    int code = HOLDS;
    assay_status st = ay_file_read(policy, AY_POLICY_BYTES, &text, &err);
    const bool is_read = st == ASSAY_OK;
    if (is_read) st = ay_policy_take(ay_buf_view(&text), &v->policy, &err);
    if (st != ASSAY_OK) complain(v, is_read ? policy : NULL, &err);
    if (st != ASSAY_OK) code = code_of(st) == DOES_NOT_HOLD ? USAGE : code_of(st);
    for (int i = 0; st == ASSAY_OK && i < n; i++) code = worse(code, verify(v, proofs[i]));
    ay_policy_free(&v->policy);
    ay_buf_free(&text);
    return code;
}

/* ---- The command line ---- */

static bool wants_chinese(void)
{
    const char *names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && value[0]) return strncmp(value, "zh", 2) == 0;
    }
    return false;
}

static int misused(const verifier *v)
{
    fputs(v->zh ? usage_zh : usage, stderr);
    return USAGE;
}

static bool take_language(verifier *v, const char *value)
{
    v->zh = value && strcmp(value, "zh") == 0;
    return value && (v->zh || strcmp(value, "en") == 0);
}

static int run(verifier *v, int argc, char **argv)
{
    int at = 1;
    bool help = false, version = false;
    for (; at < argc && argv[at][0] == '-' && argv[at][1]; at++) {
        const char *arg = argv[at];
        if (strcmp(arg, "--") == 0) {
            at++;
            break;
        }
        if (strcmp(arg, "--quiet") == 0) v->quiet = true;
        else if (strcmp(arg, "--help") == 0) help = true;
        else if (strcmp(arg, "--version") == 0) version = true;
        else if (strncmp(arg, "--lang=", 7) == 0 ? !take_language(v, arg + 7)
                                                 : strcmp(arg, "--lang") != 0 || !take_language(v, argv[++at]))
            return misused(v);
    }
    if (help) fputs(v->zh ? usage_zh : usage, stdout);
    else if (version) printf("assay-verify %s\n", assay_version());
    else if (argc - at < 2) return misused(v);
    else return verify_all(v, argv[at], argv + at + 1, argc - at - 1);
    return HOLDS;
}

int main(int argc, char **argv)
{
    verifier v = {.zh = wants_chinese()};
    const int code = run(&v, argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fputs(v.zh ? "assay-verify：无法写标准输出\n" : "assay-verify: standard output could not be written\n", stderr);
    return UNREADABLE;
}
