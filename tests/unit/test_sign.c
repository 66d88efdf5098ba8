/* Keys and signatures: the standard's example, what does not verify, files, and commands that sign. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "fault.h"
#include "proof/base64.h"
#include "proof/sign.h"
#include "proof/sign_key.h"
#include "vectors.h"

/* GB/T 32918.5-2017, annex A: the public key, and the signature of "message digest" under the usual identifier. */
static const char sm2_point[] = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
                                "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
static const char sm2_raw[] = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
                              "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";
/* RFC 8032, 7.1, test 2. */
static const char ed_public[] = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
static const char ed_signature[] = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                   "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

static ay_key *key_of(ay_key_kind kind, const char *hex)
{
    ay_buf raw = {0};
    ay_key *key = NULL;
    put_unhex(&raw, ay_str_from(hex));
    assert_int_equal(ay_key_from_raw(kind, ay_buf_view(&raw), &key, NULL), ASSAY_OK);
    ay_buf_free(&raw);
    return key;
}

static void test_sm2_example(void **state)
{
    (void)state;
    ay_buf raw = {0}, der = {0};
    ay_key *key = key_of(AY_KEY_SM2, sm2_point);
    put_unhex(&raw, ay_str_from(sm2_raw));
    assert_true(ay_sm2_der((const unsigned char *)raw.ptr, &der));
    assert_int_equal(der.len, 72);
    const ay_str signature = ay_buf_view(&der);
    assert_int_equal(ay_verify(key, AY_STR("message digest"), signature, NULL), ASSAY_OK);
    assert_int_equal(ay_verify(key, AY_STR("message digesu"), signature, NULL), ASSAY_EFORMAT);
    assert_int_equal(ay_verify(key, AY_STR(""), signature, NULL), ASSAY_EFORMAT);
    for (size_t i = 0; i < der.len; i++) {
        der.ptr[i] ^= 1;
        assert_int_equal(ay_verify(key, AY_STR("message digest"), signature, NULL), ASSAY_EFORMAT);
        der.ptr[i] ^= 1;
    }
    ay_key_free(key);
    ay_buf_free(&raw);
    ay_buf_free(&der);
}

static void test_ed25519_example(void **state)
{
    (void)state;
    ay_buf signature = {0};
    ay_key *key = key_of(AY_KEY_ED25519, ed_public);
    assay_err err;
    put_unhex(&signature, ay_str_from(ed_signature));
    assert_int_equal(ay_verify(key, AY_STR("r"), ay_buf_view(&signature), NULL), ASSAY_OK);
    assert_int_equal(ay_verify(key, AY_STR("s"), ay_buf_view(&signature), &err), ASSAY_EFORMAT);
    assert_string_equal(err.text, "the signature does not verify");
    assert_int_equal(ay_verify(key, AY_STR("r"), (ay_str){signature.ptr, 63}, NULL), ASSAY_EFORMAT);
    assert_int_equal(ay_verify(key, AY_STR("r"), (ay_str){0}, NULL), ASSAY_EFORMAT);
    ay_key_free(key);
    ay_buf_free(&signature);
}

/* DER in another form holds the same numbers, and is no signature for it. */
static void test_strict_der(void **state)
{
    (void)state;
    ay_buf raw = {0}, der = {0}, other = {0};
    ay_key *key = key_of(AY_KEY_SM2, sm2_point);
    put_unhex(&raw, ay_str_from(sm2_raw));
    assert_true(ay_sm2_der((const unsigned char *)raw.ptr, &der));
    const ay_str der_text = ay_buf_view(&der);
    const struct {
        const char *label;
        ay_str head;
        size_t from, to;
        ay_str tail;
    } cases[] = {
        {"as it is", {"", 0}, 0, 72, {"", 0}},
        {"a byte behind", {"", 0}, 0, 72, {"\0", 1}},
        {"a byte less", {"", 0}, 0, 71, {"", 0}},
        {"nothing", {"", 0}, 0, 0, {"", 0}},
        {"long form of the length", {"\x30\x81\x46", 3}, 2, 72, {"", 0}},
        {"indefinite length", {"\x30\x80", 2}, 2, 72, {"\0\0", 2}},
        {"no sign byte", {"\x30\x45\x02\x20", 4}, 5, 72, {"", 0}},
        {"two sign bytes", {"\x30\x47\x02\x22\0", 5}, 4, 72, {"", 0}},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf_clear(&other);
        ay_buf_str(&other, cases[i].head);
        ay_buf_str(&other, ay_str_slice(der_text, cases[i].from, cases[i].to));
        ay_buf_str(&other, cases[i].tail);
        const assay_status st = ay_verify(key, AY_STR("message digest"), ay_buf_view(&other), NULL);
        if (st != (i == 0 ? ASSAY_OK : ASSAY_EFORMAT)) fail_msg("%s: status %d", cases[i].label, st);
    }
    assert_int_equal(ay_verify(key, AY_STR("message digest"), ay_buf_view(&raw), NULL), ASSAY_EFORMAT);
    ay_key_free(key);
    ay_buf_free(&raw);
    ay_buf_free(&der);
    ay_buf_free(&other);
}

static void test_sign_and_verify(void **state)
{
    (void)state;
    for (int kind = AY_KEY_ED25519; kind <= AY_KEY_SM2; kind++) {
        ay_key *key = NULL, *other = NULL, *public = NULL;
        ay_buf signature = {0};
        assert_int_equal(ay_key_generate((ay_key_kind)kind, &key, NULL), ASSAY_OK);
        assert_int_equal(ay_key_generate((ay_key_kind)kind, &other, NULL), ASSAY_OK);
        assert_int_equal(ay_key_kind_of(key), kind);
        assert_int_equal(ay_key_from_raw((ay_key_kind)kind, ay_key_raw(key), &public, NULL), ASSAY_OK);
        assert_true(ay_key_is_private(key) && !ay_key_is_private(public));
        for (int i = 0; i < 50; i++) { /* SM2's are random: short ones come up, too */
            ay_buf_clear(&signature);
            assert_int_equal(ay_sign(key, AY_STR("中文\n"), &signature, NULL), ASSAY_OK);
            assert_int_equal(ay_verify(public, AY_STR("中文\n"), ay_buf_view(&signature), NULL), ASSAY_OK);
            assert_int_equal(ay_verify(other, AY_STR("中文\n"), ay_buf_view(&signature), NULL), ASSAY_EFORMAT);
        }
        assert_int_equal(ay_sign(public, AY_STR("x"), &signature, NULL), ASSAY_EUSAGE);
        ay_key_free(key);
        ay_key_free(other);
        ay_key_free(public);
        ay_buf_free(&signature);
    }
}

static void test_no_keys(void **state)
{
    (void)state;
    ay_buf point = {0};
    ay_key *key = NULL;
    put_unhex(&point, ay_str_from(sm2_point));
    point.ptr[64] ^= 1; /* off the curve */
    assert_int_equal(ay_key_from_raw(AY_KEY_SM2, ay_buf_view(&point), &key, NULL), ASSAY_EFORMAT);
    point.ptr[64] ^= 1;
    assert_int_equal(ay_key_from_raw(AY_KEY_SM2, (ay_str){point.ptr, 64}, &key, NULL), ASSAY_EFORMAT);
    point.ptr[0] = 2; /* as if compressed */
    assert_int_equal(ay_key_from_raw(AY_KEY_SM2, ay_buf_view(&point), &key, NULL), ASSAY_EFORMAT);
    memset(point.ptr, 0, 65);
    assert_int_equal(ay_key_from_raw(AY_KEY_SM2, ay_buf_view(&point), &key, NULL), ASSAY_EFORMAT);
    assert_int_equal(ay_key_from_raw(AY_KEY_SM2, (ay_str){point.ptr, 1}, &key, NULL), ASSAY_EFORMAT);
    assert_int_equal(ay_key_from_raw(AY_KEY_ED25519, (ay_str){point.ptr, 31}, &key, NULL), ASSAY_EFORMAT);
    assert_int_equal(ay_key_from_raw(AY_KEY_ED25519, (ay_str){0}, &key, NULL), ASSAY_EFORMAT);
    assert_null(key);
    ay_buf_free(&point);
}

/* ---- Files ---- */

static char folder[] = "/tmp/assay-sign-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static const char *path_of(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *path, ay_str text, mode_t mode)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void test_files(void **state)
{
    (void)state;
    for (int kind = AY_KEY_ED25519; kind <= AY_KEY_SM2; kind++) {
        ay_key *key = NULL, *again = NULL, *public = NULL;
        ay_buf pem = {0}, signature = {0};
        struct stat facts;
        assay_err err;
        assert_int_equal(ay_key_generate((ay_key_kind)kind, &key, NULL), ASSAY_OK);
        assert_int_equal(ay_key_store(key, path_of("key"), NULL), ASSAY_OK);
        assert_int_equal(stat(path_of("key"), &facts), 0);
        assert_int_equal(facts.st_mode & 0777, 0600);
        assert_int_equal(ay_key_store(key, path_of("key"), &err), ASSAY_EIO);
        assert_non_null(strstr(err.text, "File exists"));
        assert_int_equal(ay_key_load(path_of("key"), &again, NULL), ASSAY_OK);
        assert_true(ay_key_is_private(again) && ay_key_kind_of(again) == (ay_key_kind)kind);
        assert_str("public part", ay_key_raw(again), ay_key_raw(key));
        assert_int_equal(ay_sign(again, AY_STR("m"), &signature, NULL), ASSAY_OK);
        assert_int_equal(ay_key_put_pem(key, &pem, NULL), ASSAY_OK);
        write_file(path_of("public"), ay_buf_view(&pem), 0644);
        assert_int_equal(ay_key_load(path_of("public"), &public, NULL), ASSAY_OK);
        assert_false(ay_key_is_private(public));
        assert_int_equal(ay_verify(public, AY_STR("m"), ay_buf_view(&signature), NULL), ASSAY_OK);
        assert_int_equal(ay_key_store(public, path_of("other"), NULL), ASSAY_EUSAGE);
        for (mode_t bit = 1; bit <= 040; bit <<= 1) {
            assert_int_equal(chmod(path_of("key"), 0600 | bit), 0);
            ay_key *open = NULL;
            assert_int_equal(ay_key_load(path_of("key"), &open, &err), ASSAY_EUSAGE);
            assert_non_null(strstr(err.text, "others can get at it"));
        }
        assert_int_equal(unlink(path_of("key")), 0);
        assert_int_equal(unlink(path_of("public")), 0);
        ay_key_free(key);
        ay_key_free(again);
        ay_key_free(public);
        ay_buf_free(&pem);
        ay_buf_free(&signature);
    }
}

/* A key of another curve, one behind a password, and no key. The first two are made for this test. */
static const char p256_pem[] = "-----BEGIN PUBLIC KEY-----\n"
                               "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE94q7f2E8i1+9sUa9DrJ1aafczNmE\n"
                               "waXi0Mtd+SDzhHC9igRO3i8zKtB+Yt0JI3Y/Vmz+RXHQLfjTWx+Bbr4ssA==\n"
                               "-----END PUBLIC KEY-----\n";
static const char locked_pem[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";

static void test_bad_files(void **state)
{
    (void)state;
    static char long_text[20000];
    memset(long_text, 'x', sizeof long_text);
    const struct {
        ay_str text;
        assay_status want;
        const char *part;
    } cases[] = {
        {{p256_pem, sizeof p256_pem - 1}, ASSAY_EFORMAT, "neither Ed25519 nor SM2"},
        {{locked_pem, sizeof locked_pem - 1}, ASSAY_EFORMAT, "holds no key in PEM without a password"},
        {AY_STR(""), ASSAY_EFORMAT, "holds no key in PEM"},
        {AY_STR("hello\n"), ASSAY_EFORMAT, "holds no key in PEM"},
        {{long_text, sizeof long_text}, ASSAY_ELIMIT, "too long"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_key *key = NULL;
        assay_err err = {0};
        write_file(path_of("key"), cases[i].text, 0600);
        assert_int_equal(ay_key_load(path_of("key"), &key, &err), cases[i].want);
        if (!strstr(err.text, cases[i].part)) fail_msg("case %zu: %s", i, err.text);
        assert_null(key);
        assert_int_equal(unlink(path_of("key")), 0);
    }
    ay_key *key = NULL;
    assay_err err;
    assert_int_equal(ay_key_load(path_of("none"), &key, &err), ASSAY_EIO);
    assert_int_equal(ay_key_load(folder, &key, &err), ASSAY_EUSAGE);
    assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
    assert_int_equal(ay_key_load(path_of("pipe"), &key, &err), ASSAY_EUSAGE);
    assert_int_equal(unlink(path_of("pipe")), 0);
}

/* ---- Commands ---- */

static void test_command(void **state)
{
    (void)state;
    ay_key *key = NULL;
    ay_buf signature = {0}, command = {0};
    assert_int_equal(ay_key_generate(AY_KEY_ED25519, &key, NULL), ASSAY_OK);
    assert_int_equal(ay_sign(key, AY_STR("note\n"), &signature, NULL), ASSAY_OK);
    ay_buf_text(&command, "test \"$(cat)\" = note && echo ");
    ay_base64_put(ay_buf_view(&signature), &command);
    ay_buf_char(&command, '\0');
    ay_buf got = {0};
    ay_buf_text(&got, "before");
    assert_int_equal(ay_sign_by_command(command.ptr, 10000, key, AY_STR("note\n"), &got, NULL), ASSAY_OK);
    assert_str("signature", ay_str_slice(ay_buf_view(&got), 6, got.len), ay_buf_view(&signature));
    ay_key_free(key);
    ay_buf_free(&signature);
    ay_buf_free(&command);
    ay_buf_free(&got);
}

/* A device's 64 bytes become DER. */
static void test_raw_sm2(void **state)
{
    (void)state;
    ay_buf raw = {0}, command = {0}, got = {0};
    ay_key *key = key_of(AY_KEY_SM2, sm2_point);
    put_unhex(&raw, ay_str_from(sm2_raw));
    ay_buf_text(&command, "echo ");
    ay_base64_put(ay_buf_view(&raw), &command);
    ay_buf_char(&command, '\0');
    assert_int_equal(ay_sign_by_command(command.ptr, 10000, key, AY_STR("message digest"), &got, NULL), ASSAY_OK);
    assert_int_equal(got.len, 72);
    ay_key_free(key);
    ay_buf_free(&raw);
    ay_buf_free(&command);
    ay_buf_free(&got);
}

static void test_bad_commands(void **state)
{
    (void)state;
    static const struct {
        const char *command, *want;
        uint32_t timeout_ms;
    } cases[] = {
        {"exit 3", "the command that signs failed with exit code 3", 10000},
        {"/no/such/command 2>/dev/null", "the command that signs failed with exit code 127", 10000},
        {"kill -9 $$", "the command that signs was ended by signal 9", 10000},
        {"sleep 60", "the command that signs took too long and was ended", 100},
        {"sleep 60 & wait", "the command that signs took too long and was ended", 100},
        {"exec >&-; sleep 60", "the command that signs took too long and was ended", 100},
        {"trap '' TERM; while :; do :; done", "the command that signs took too long and was ended", 100},
        {"cat /dev/zero", "the command that signs writes more than a signature", 10000},
        {"true", "the command that signs wrote a signature that is not one of the given key", 10000},
        {"echo", "the command that signs wrote a signature that is not one of the given key", 10000},
        {"echo YWJj", "the command that signs wrote a signature that is not one of the given key", 10000},
        {"echo 'YWJ j'", "the command that signs does not write a signature in base64", 10000},
        {"printf 'YWJj\\n\\n'", "the command that signs does not write a signature in base64", 10000},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        assay_err err = {0};
        ay_buf got = {0};
        ay_key *key = key_of(AY_KEY_ED25519, ed_public);
        const assay_status st = ay_sign_by_command(cases[i].command, cases[i].timeout_ms, key, AY_STR("r"), &got, &err);
        if (st != ASSAY_EIO || strcmp(err.text, cases[i].want) != 0)
            fail_msg("%s: status %d, %s", cases[i].command, st, err.text);
        assert_int_equal(got.len, 0);
        ay_buf_free(&got);
        ay_key_free(key);
    }
}

/* A program that ignores its children's ends never learns an exit code: no signature is taken. */
static void test_lost_child(void **state)
{
    (void)state;
    ay_key *key = key_of(AY_KEY_ED25519, ed_public);
    ay_buf got = {0};
    assay_err err = {0};
    void (*before)(int) = signal(SIGCHLD, SIG_IGN);
    const assay_status st = ay_sign_by_command("echo YWJj", 10000, key, AY_STR("r"), &got, &err);
    (void)signal(SIGCHLD, before);
    assert_int_equal(st, ASSAY_EIO);
    assert_string_equal(err.text, "how the command that signs ended is not known: is SIGCHLD ignored?");
    ay_key_free(key);
    ay_buf_free(&got);
}

/* ---- Base64, hex ---- */

static void test_base64(void **state)
{
    (void)state;
    /* RFC 4648, section 10 */
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    static const char *const bad[] = {"Z",    "Zg",   "Zg=",  "Zg===",  "Zh==", "Zm9=", "Zm8=Zm9v", "Zg==Zm9v",
                                      "=g==", "Z===", "====", "Zm9v\n", "Zm 9", "Zm9_", "Z=8="};
    for (size_t i = 0; i < AY_COUNT(pairs); i++) {
        ay_buf out = {0};
        char back[16];
        size_t len;
        ay_base64_put(ay_str_from(pairs[i][0]), &out);
        assert_str(pairs[i][0], ay_buf_view(&out), ay_str_from(pairs[i][1]));
        assert_true(ay_base64_take(ay_buf_view(&out), back, &len));
        assert_str(pairs[i][1], (ay_str){back, len}, ay_str_from(pairs[i][0]));
        ay_buf_free(&out);
    }
    for (size_t i = 0; i < AY_COUNT(bad); i++) {
        char back[16];
        size_t len;
        if (ay_base64_take(ay_str_from(bad[i]), back, &len)) fail_msg("%s is taken", bad[i]);
    }
}

static void test_hex(void **state)
{
    (void)state;
    unsigned char bytes[2];
    assert_true(ay_hex_take(AY_STR("00ff"), bytes, 2) && bytes[0] == 0 && bytes[1] == 255);
    assert_false(ay_hex_take(AY_STR("00fF"), bytes, 2));
    assert_false(ay_hex_take(AY_STR("00f"), bytes, 2));
    assert_false(ay_hex_take(AY_STR("00ffa"), bytes, 2));
    assert_false(ay_hex_take(AY_STR("0x0f"), bytes, 2));
}

/* ---- Faults ---- */

static assay_status faulty(void *arg)
{
    ay_key *key = NULL, *again = NULL;
    ay_buf out = {0};
    assay_status st = ay_key_generate(*(const ay_key_kind *)arg, &key, NULL);
    if (st == ASSAY_OK) st = ay_key_from_raw(*(const ay_key_kind *)arg, ay_key_raw(key), &again, NULL);
    if (st == ASSAY_OK) st = ay_key_put_pem(key, &out, NULL);
    if (st == ASSAY_OK) st = ay_sign(key, AY_STR("m"), &out, NULL);
    ay_key_free(key);
    ay_key_free(again);
    ay_buf_free(&out);
    return st;
}

static void test_faults(void **state)
{
    (void)state;
    for (int kind = AY_KEY_ED25519; kind <= AY_KEY_SM2; kind++)
        assert_true(fail_each_allocation(faulty, &(ay_key_kind){(ay_key_kind)kind}) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sm2_example), cmocka_unit_test(test_ed25519_example),
        cmocka_unit_test(test_strict_der),  cmocka_unit_test(test_sign_and_verify),
        cmocka_unit_test(test_no_keys),     cmocka_unit_test(test_files),
        cmocka_unit_test(test_bad_files),   cmocka_unit_test(test_command),
        cmocka_unit_test(test_raw_sm2),     cmocka_unit_test(test_bad_commands),
        cmocka_unit_test(test_lost_child),  cmocka_unit_test(test_base64),
        cmocka_unit_test(test_hex),         cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
