/* The run log on disk: what a crash leaves at each byte, what was changed, who may write, and the roots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "fault.h"
#include "proof/checkpoint.h"
#include "proof/log.h"
#include "proof/log_index.h"
#include "proof/note.h"
#include "vectors.h"

static char folder[] = "/tmp/assay-log-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/log%s%s", folder, name[0] ? "/" : "", name);
    return path;
}

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

static int remove_log(void **state)
{
    static const char *const names[] = {"entries", "checkpoint.sm3", "checkpoint.sha256"};
    (void)state;
    for (size_t i = 0; i < AY_COUNT(names); i++) (void)unlink(path_of(names[i]));
    (void)rmdir(path_of(""));
    return 0;
}

static ay_log *open_log(ay_log_mode mode)
{
    ay_log *log = NULL;
    assay_err err = {0};
    if (ay_log_open(path_of(""), mode, &log, &err) != ASSAY_OK) fail_msg("%s", err.text);
    return log;
}

static const ay_str entries[] = {{"{\"a\":1}", 7}, {"\0binary\n", 8}, {"third", 5}};

static ay_log *make_log(size_t n)
{
    ay_log *log = open_log(AY_LOG_WRITE);
    for (uint64_t i = 0, index = 99; i < n; i++) {
        assert_int_equal(ay_log_append(log, entries[i], &index, NULL), ASSAY_OK);
        assert_int_equal(index, i);
    }
    return log;
}

static ay_buf read_entries(void)
{
    ay_buf bytes = {0};
    FILE *file = fopen(path_of("entries"), "rb");
    assert_non_null(file);
    for (int c; (c = fgetc(file)) != EOF;) ay_buf_char(&bytes, (char)c);
    (void)fclose(file);
    return bytes;
}

static void write_entries(ay_str bytes)
{
    FILE *file = fopen(path_of("entries"), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
}

static void assert_entries(ay_log *log, size_t n)
{
    assert_int_equal(ay_log_size(log), n);
    for (size_t i = 0; i < n; i++) {
        ay_buf bytes = {0};
        assert_int_equal(ay_log_entry_at(log, i, &bytes, NULL), ASSAY_OK);
        assert_str("entry", ay_buf_view(&bytes), entries[i]);
        ay_buf_free(&bytes);
    }
}

static void test_append_and_read(void **state)
{
    (void)state;
    ay_log_free(make_log(3));
    ay_log *log = open_log(AY_LOG_READ);
    ay_buf bytes = {0};
    uint64_t index;
    assay_err err;
    assert_entries(log, 3);
    assert_int_equal(ay_log_tail(log), 0);
    assert_int_equal(ay_log_append(log, AY_STR("x"), &index, &err), ASSAY_EUSAGE);
    assert_int_equal(ay_log_drop_tail(log, &err), ASSAY_EUSAGE);
    assert_int_equal(ay_log_entry_at(log, 3, &bytes, &err), ASSAY_EUSAGE);
    assert_int_equal(ay_log_entry_at(log, UINT64_MAX, &bytes, &err), ASSAY_EUSAGE);
    ay_log_free(log);
    struct stat facts;
    assert_int_equal(stat(path_of("entries"), &facts), 0);
    assert_int_equal(facts.st_size, 8 + 3 * 68 + 7 + 8 + 5);
    ay_buf_free(&bytes);
}

static void test_bytes(void **state)
{
    (void)state;
    ay_log_free(make_log(1));
    ay_buf bytes = read_entries(), want = {0};
    ay_buf_put(&want, "ASSAYLG\1\0\0\0\7{\"a\":1}", 19);
    /* printf '\0{"a":1}' through `openssl sm3` and `sha256sum` */
    put_unhex(&want, AY_STR("b576ac05ff6e3fcbab0a1d44e86c2af434c2e01b62c2772d45f97551c3ee7ff5"));
    put_unhex(&want, AY_STR("c7261463ebd776f4650b6d0fe942d9cc38c925d90f77d440ab6df8d5dd258c5f"));
    assert_str("entries", ay_buf_view(&bytes), ay_buf_view(&want));
    ay_buf_free(&bytes);
    ay_buf_free(&want);
}

static void test_refused_entries(void **state)
{
    (void)state;
    ay_log *log = make_log(1);
    uint64_t index;
    assay_err err;
    char *large = ay_alloc(AY_LOG_ENTRY_BYTES + 1);
    memset(large, 'x', AY_LOG_ENTRY_BYTES + 1);
    assert_int_equal(ay_log_append(log, AY_STR(""), &index, &err), ASSAY_EUSAGE);
    assert_int_equal(ay_log_append(log, (ay_str){large, AY_LOG_ENTRY_BYTES + 1}, &index, &err), ASSAY_ELIMIT);
    assert_int_equal(ay_log_append(log, (ay_str){large, AY_LOG_ENTRY_BYTES}, &index, &err), ASSAY_OK);
    ay_log_free(log);
    log = open_log(AY_LOG_READ);
    assert_int_equal(ay_log_size(log), 2);
    ay_log_free(log);
    ay_free(large);
}

/* ---- Roots and proofs ---- */

static void test_roots(void **state)
{
    (void)state;
    static const unsigned char roots[AY_LOG_ALGS][8] = {[AY_SM3] = {0x38, 0x8f, 0x9a, 0xb9, 0xf7, 0x54, 0xfe, 0xd3},
                                                        [AY_SHA256] = {0x7e, 0x9f, 0xc5, 0x65, 0x3f, 0x11, 0x56, 0x78}};
    ay_log *log = make_log(3);
    for (int alg = AY_SM3; alg <= AY_SHA256; alg++) {
        ay_hasher *hasher = NULL;
        ay_digest leaf[3], pair, root, want, path[AY_MERKLE_DEPTH_MAX], proof[AY_MERKLE_CONSISTENCY_MAX];
        uint32_t n;
        assert_int_equal(ay_hasher_open((ay_alg)alg, AY_PROVIDER_EVP, &hasher, NULL), ASSAY_OK);
        for (int i = 0; i < 3; i++) assert_int_equal(ay_merkle_leaf(hasher, entries[i], &leaf[i], NULL), ASSAY_OK);
        assert_int_equal(ay_merkle_node(hasher, &leaf[0], &leaf[1], &pair, NULL), ASSAY_OK);
        assert_int_equal(ay_merkle_node(hasher, &pair, &leaf[2], &want, NULL), ASSAY_OK);
        assert_int_equal(ay_log_root(log, (ay_alg)alg, 3, &root, NULL), ASSAY_OK);
        assert_memory_equal(root.bytes, want.bytes, 32);
        assert_memory_equal(root.bytes, roots[alg], 8); /* the beginning of what SPEC_RECORD.md states */
        assert_int_equal(ay_log_root(log, (ay_alg)alg, 1, &root, NULL), ASSAY_OK);
        assert_memory_equal(root.bytes, leaf[0].bytes, 32);
        assert_int_equal(ay_log_root(log, (ay_alg)alg, 4, &root, NULL), ASSAY_EUSAGE);
        assert_int_equal(ay_log_path(log, (ay_alg)alg, 2, 3, path, &n, NULL), ASSAY_OK);
        assert_int_equal(n, 1);
        assert_memory_equal(path[0].bytes, pair.bytes, 32);
        assert_int_equal(ay_log_path(log, (ay_alg)alg, 0, 4, path, &n, NULL), ASSAY_EUSAGE);
        assert_int_equal(ay_log_consistency(log, (ay_alg)alg, 2, 3, proof, &n, NULL), ASSAY_OK);
        const ay_merkle_head old = {2, pair}, now = {3, want};
        assert_int_equal(ay_merkle_check_consistency(hasher, &old, &now, (ay_merkle_proof){proof, n}, NULL), ASSAY_OK);
        assert_int_equal(ay_log_consistency(log, (ay_alg)alg, 2, 4, proof, &n, NULL), ASSAY_EUSAGE);
        ay_hasher_free(hasher);
    }
    ay_log_free(log);
}

/* ---- What a crash leaves ---- */

/* Cut at every byte: whole entries are read, the rest is told, nothing is added before somebody has dropped it. */
static void test_every_cut(void **state)
{
    (void)state;
    static const size_t ends[] = {8, 8 + 68 + 7, 8 + 2 * 68 + 15, 8 + 3 * 68 + 20};
    ay_log_free(make_log(3));
    ay_buf bytes = read_entries();
    for (size_t len = 1; len < bytes.len; len++) {
        size_t whole = 0;
        uint64_t index;
        assay_err err = {0};
        write_entries((ay_str){bytes.ptr, len});
        while (whole < 3 && ends[whole + 1] <= len) whole++;
        const size_t tail = len < 8 ? len : len - ends[whole];
        ay_log *log = open_log(AY_LOG_READ);
        assert_entries(log, whole);
        assert_int_equal(ay_log_tail(log), tail);
        ay_log_free(log);
        log = open_log(AY_LOG_WRITE);
        assert_int_equal(ay_log_tail(log), tail);
        if (tail > 0) {
            assert_int_equal(ay_log_append(log, AY_STR("x"), &index, &err), ASSAY_EUSAGE);
            assert_non_null(strstr(err.text, "bytes that are no entry"));
        }
        if (len % 7 != 0) { /* each entry that is added waits for the disk */
            ay_log_free(log);
            continue;
        }
        assert_int_equal(ay_log_drop_tail(log, NULL), ASSAY_OK);
        for (size_t i = whole; i < 3; i++) assert_int_equal(ay_log_append(log, entries[i], &index, NULL), ASSAY_OK);
        ay_log_free(log);
        log = open_log(AY_LOG_READ);
        assert_entries(log, 3);
        ay_log_free(log);
        ay_buf again = read_entries();
        assert_str("as before", ay_buf_view(&again), ay_buf_view(&bytes));
        ay_buf_free(&again);
    }
    ay_buf_free(&bytes);
}

/* A byte that was changed ends the entries before it: never is a changed entry read as one. */
static void test_every_byte(void **state)
{
    (void)state;
    static const size_t ends[] = {8, 8 + 68 + 7, 8 + 2 * 68 + 15, 8 + 3 * 68 + 20};
    ay_log_free(make_log(3));
    ay_buf bytes = read_entries();
    for (size_t i = 0; i < bytes.len; i++) {
        ay_log *log = NULL;
        assay_err err = {0};
        size_t whole = 0;
        bytes.ptr[i] ^= 1;
        write_entries(ay_buf_view(&bytes));
        bytes.ptr[i] ^= 1;
        const assay_status st = ay_log_open(path_of(""), AY_LOG_READ, &log, &err);
        if (i < 8) {
            assert_int_equal(st, ASSAY_EFORMAT);
            assert_string_equal(err.text, "not a run log of version 1");
            continue;
        }
        while (ends[whole + 1] <= i) whole++;
        assert_int_equal(st, ASSAY_OK);
        assert_entries(log, whole);
        assert_int_equal(ay_log_tail(log), bytes.len - ends[whole]);
        ay_log_free(log);
    }
    ay_buf_free(&bytes);
}

/* A file system may have made the file longer before it wrote the bytes. */
static void test_zeros(void **state)
{
    (void)state;
    ay_log_free(make_log(2));
    ay_buf bytes = read_entries();
    for (int i = 0; i < 300; i++) ay_buf_char(&bytes, '\0');
    write_entries(ay_buf_view(&bytes));
    ay_log *log = open_log(AY_LOG_READ);
    assert_entries(log, 2);
    assert_int_equal(ay_log_tail(log), 300);
    ay_log_free(log);
    ay_buf_free(&bytes);
}

static void test_full_disk(void **state)
{
    (void)state;
    ay_log *log = make_log(1);
    struct rlimit before, limit;
    uint64_t index;
    assay_err err = {0};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = (struct rlimit){.rlim_cur = 120, .rlim_max = before.rlim_max};
    void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    const assay_status st = ay_log_append(log, entries[1], &index, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, old);
    assert_int_equal(st, ASSAY_EIO);
    assert_non_null(strstr(err.text, "File too large"));
    /* what was written of it is gone, and there may be another try */
    struct stat facts;
    assert_int_equal(stat(path_of("entries"), &facts), 0);
    assert_int_equal(facts.st_size, 8 + 68 + 7);
    assert_int_equal(ay_log_append(log, entries[1], &index, NULL), ASSAY_OK);
    assert_entries(log, 2);
    ay_log_free(log);
    log = open_log(AY_LOG_READ);
    assert_entries(log, 2);
    assert_int_equal(ay_log_tail(log), 0);
    ay_log_free(log);
}

/* ---- Who may write ---- */

static void test_one_writer(void **state)
{
    (void)state;
    ay_log *log = make_log(1), *second = NULL;
    assay_err err = {0};
    assert_int_equal(ay_log_open(path_of(""), AY_LOG_WRITE, &second, &err), ASSAY_EUSAGE);
    assert_non_null(strstr(err.text, "is being written by another process"));
    second = open_log(AY_LOG_READ);
    assert_entries(second, 1);
    ay_log_free(second);
    ay_log_free(log);
    ay_log_free(open_log(AY_LOG_WRITE));
}

static void test_no_log(void **state)
{
    (void)state;
    ay_log *log = NULL;
    assay_err err;
    assert_int_equal(ay_log_open(path_of(""), AY_LOG_READ, &log, &err), ASSAY_EIO);
    assert_non_null(strstr(err.text, "No such file"));
    assert_int_equal(mkdir(path_of(""), 0700), 0);
    assert_int_equal(ay_log_open(path_of(""), AY_LOG_READ, &log, &err), ASSAY_EIO);
    assert_int_equal(symlink("/etc/passwd", path_of("entries")), 0);
    assert_int_equal(ay_log_open(path_of(""), AY_LOG_WRITE, &log, &err), ASSAY_EIO);
    assert_null(log);
}

/* ---- Checkpoints ---- */

static void sign_checkpoint(ay_log *log, ay_alg alg, uint64_t size, ay_buf *note)
{
    ay_checkpoint checkpoint = {.origin = AY_STR("example.gov.cn/log"), .size = size};
    ay_digest root;
    ay_key *key = NULL;
    ay_signer signer;
    ay_buf text = {0};
    assert_int_equal(ay_log_root(log, alg, size, &root, NULL), ASSAY_OK);
    memcpy(checkpoint.root, root.bytes, 32);
    assert_int_equal(ay_key_generate(AY_KEY_ED25519, &key, NULL), ASSAY_OK);
    assert_int_equal(ay_signer_make(AY_STR("n"), key, &signer, NULL), ASSAY_OK);
    assert_int_equal(ay_checkpoint_put(&checkpoint, &text, NULL), ASSAY_OK);
    assert_int_equal(ay_note_begin(ay_buf_view(&text), note, NULL), ASSAY_OK);
    assert_int_equal(ay_note_sign(&signer, ay_buf_view(&text), note, NULL), ASSAY_OK);
    ay_buf_free(&text);
    ay_key_free(key);
}

static void test_checkpoints(void **state)
{
    (void)state;
    ay_log *log = make_log(2);
    for (int alg = AY_SM3; alg <= AY_SHA256; alg++) {
        ay_buf note = {0}, old = {0}, again = {0};
        assay_err err = {0};
        assert_int_equal(ay_log_read_note(log, (ay_alg)alg, &again, NULL), ASSAY_OK);
        assert_int_equal(again.len, 0);
        sign_checkpoint(log, (ay_alg)alg, 2, &note);
        sign_checkpoint(log, (ay_alg)alg, 1, &old);
        assert_int_equal(ay_log_write_note(log, (ay_alg)alg, ay_buf_view(&note), NULL), ASSAY_OK);
        assert_int_equal(ay_log_write_note(log, (ay_alg)alg, ay_buf_view(&old), &err), ASSAY_EUSAGE);
        assert_string_equal(err.text, "the checkpoint is for 1 entries, the run log has 2");
        assert_int_equal(ay_log_write_note(log, (ay_alg)!alg, ay_buf_view(&note), &err), ASSAY_EFORMAT);
        assert_int_equal(ay_log_write_note(log, (ay_alg)alg, AY_STR("x\n"), &err), ASSAY_EFORMAT);
        assert_int_equal(ay_log_read_note(log, (ay_alg)alg, &again, NULL), ASSAY_OK);
        assert_str("note", ay_buf_view(&again), ay_buf_view(&note));
        ay_buf_free(&note);
        ay_buf_free(&old);
        ay_buf_free(&again);
    }
    ay_log_free(log);
    log = open_log(AY_LOG_READ);
    assert_int_equal(ay_log_write_note(log, AY_SM3, AY_STR("x\n"), NULL), ASSAY_EUSAGE);
    ay_log_free(log);
}

/* A log from which entries are gone, or in which one was replaced together with its hashes, does not open. */
static void test_rewritten(void **state)
{
    (void)state;
    ay_log *log = make_log(2);
    ay_buf note = {0};
    assay_err err = {0};
    sign_checkpoint(log, AY_SHA256, 2, &note);
    assert_int_equal(ay_log_write_note(log, AY_SHA256, ay_buf_view(&note), NULL), ASSAY_OK);
    ay_log_free(log);
    ay_buf bytes = read_entries();
    write_entries((ay_str){bytes.ptr, 8 + 68 + 7});
    for (int mode = AY_LOG_READ; mode <= AY_LOG_WRITE; mode++) {
        assert_int_equal(ay_log_open(path_of(""), (ay_log_mode)mode, &log, &err), ASSAY_EFORMAT);
        assert_non_null(strstr(err.text, "has 1 entries, but its checkpoint was signed for 2: entries are gone"));
    }
    assert_int_equal(unlink(path_of("checkpoint.sha256")), 0);
    log = open_log(AY_LOG_WRITE);
    uint64_t index;
    assert_int_equal(ay_log_append(log, AY_STR("another"), &index, NULL), ASSAY_OK);
    ay_log_free(log);
    FILE *file = fopen(path_of("checkpoint.sha256"), "wb");
    assert_int_equal(fwrite(note.ptr, 1, note.len, file), note.len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(ay_log_open(path_of(""), AY_LOG_READ, &log, &err), ASSAY_EFORMAT);
    assert_non_null(strstr(err.text, "is not what its checkpoint was signed for: an entry was changed"));
    ay_buf_free(&note);
    ay_buf_free(&bytes);
}

/* ---- Faults ---- */

static assay_status faulty(void *arg)
{
    ay_log *log = NULL;
    ay_digest root;
    uint64_t index;
    ay_buf bytes = {0};
    (void)arg;
    (void)unlink(path_of("entries"));
    assay_status st = ay_log_open(path_of(""), AY_LOG_WRITE, &log, NULL);
    if (st == ASSAY_OK) st = ay_log_append(log, entries[0], &index, NULL);
    if (st == ASSAY_OK) st = ay_log_root(log, AY_SM3, 1, &root, NULL);
    log = ay_log_free(log);
    if (st == ASSAY_OK) st = ay_log_open(path_of(""), AY_LOG_READ, &log, NULL);
    if (st == ASSAY_OK) st = ay_log_entry_at(log, 0, &bytes, NULL);
    ay_log_free(log);
    ay_buf_free(&bytes);
    return st;
}

static void test_faults(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(faulty, NULL) > 10);
}

int main(void)
{
#define LOG_TEST(f) cmocka_unit_test_teardown(f, remove_log)
    const struct CMUnitTest tests[] = {
        LOG_TEST(test_append_and_read), LOG_TEST(test_bytes),       LOG_TEST(test_refused_entries),
        LOG_TEST(test_roots),           LOG_TEST(test_every_cut),   LOG_TEST(test_every_byte),
        LOG_TEST(test_zeros),           LOG_TEST(test_full_disk),   LOG_TEST(test_one_writer),
        LOG_TEST(test_no_log),          LOG_TEST(test_checkpoints), LOG_TEST(test_rewritten),
        LOG_TEST(test_faults),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
