/* Archives through the public API: what is proved and told, wrong use, and every way out for lack of memory. */
#define _GNU_SOURCE /* nftw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "assay/archive.h"
#include "assay/key.h"
#include "base/mem.h"
#include "fault.h"
#include "pack/load.h"
#include "proof/note.h"
#include "proof/proof_file.h"

#define PACK(fields)                                                                                                   \
    "assay: 1\n"                                                                                                       \
    "pack: unit\n"                                                                                                     \
    "version: 1.0.0\n"                                                                                                 \
    "timezone: Asia/Shanghai\n"                                                                                        \
    "sources: {s: {title: {zh: 源, en: Source}, owner: o}}\n"                                                         \
    "datasets:\n"                                                                                                      \
    "  d: {title: {zh: 集, en: Set}, source: s, table: d, key: [a, b], fields: {a: {standard: integer}, "             \
    "b: {standard: text}, c: {standard: decimal}" fields "}}\n"

static const char then_csv[] = "a,b,c\n1,x,1.0\n1,y,2\n2,x,3\n2,x,3\n3,,4\n";
/* 1|x: another scale is no change; 1|y changed; 2|x one of two gone; 3| gone; 4|z new */
static const char now_csv[] = "a,b,c\n1,x,1.00\n1,y,2.5\n2,x,3\n4,z,0\n";

static char folder[] = "/tmp/assay-archive-XXXXXX";
static char proofs[64], secret[64], pem[64], then[64], now[64], signer_text[256];

static void write_file(char *path, const char *name, const char *text)
{
    (void)snprintf(path, 64, "%s/%s", folder, name);
    FILE *file = text ? fopen(path, "wbe") : NULL;
    if (!text) return;
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void make_signer(void)
{
    ay_key *key = NULL;
    ay_signer signer;
    ay_buf text = {0};
    assert_int_equal(ay_key_generate(AY_KEY_ED25519, &key, NULL), ASSAY_OK);
    assert_int_equal(ay_key_store(key, pem, NULL), ASSAY_OK);
    assert_int_equal(ay_signer_make(AY_STR("unit.example"), key, &signer, NULL), ASSAY_OK);
    assert_int_equal(ay_signer_put(&signer, &text, NULL), ASSAY_OK);
    (void)snprintf(signer_text, sizeof signer_text, "%.*s", (int)text.len, text.ptr);
    ay_buf_free(&text);
    ay_key_free(key);
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *at)
{
    (void)facts;
    (void)kind;
    (void)at;
    return remove(path);
}

static void wipe(const char *path)
{
    (void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static assay_pack *load(const char *text)
{
    assay_pack *pack = NULL;
    assay_err err = {0};
    const assay_pack_options options = ASSAY_PACK_OPTIONS_INIT;
    if (ay_pack_load_bytes("unit.yaml", ay_str_from(text), &options, &pack, NULL, &err) != ASSAY_OK)
        fail_msg("%s", err.text);
    return pack;
}

static int set_up(void **state)
{
    if (!mkdtemp(folder)) return -1;
    write_file(proofs, "proofs", NULL);
    write_file(secret, "secret", NULL);
    write_file(pem, "sign.pem", NULL);
    write_file(then, "then.csv", then_csv);
    write_file(now, "now.csv", now_csv);
    assert_int_equal(assay_key_new(secret, NULL), ASSAY_OK);
    make_signer();
    *state = load(PACK(""));
    return 0;
}

static int tear_down(void **state)
{
    wipe(folder);
    assay_pack_free(*state);
    return 0;
}

/* ---- The steps ---- */

static assay_archive_signer signer(void)
{
    return (assay_archive_signer){.name = "unit.example", .key_file = pem};
}

static assay_archive_options archive_options(const assay_archive_signer *signers)
{
    assay_archive_options o = ASSAY_ARCHIVE_OPTIONS_INIT;
    o.origin = "unit.example/assay";
    o.signers = signers;
    o.n_signers = 1;
    return o;
}

static assay_run_options run_options(void)
{
    assay_run_options o = ASSAY_RUN_OPTIONS_INIT;
    o.as_of = "2026-07-01";
    o.proof_key = secret;
    o.memory = (uint64_t)1 << 20;
    return o;
}

static assay_archive_place place(void)
{
    static const char *const verifiers[] = {signer_text};
    assay_archive_place p = ASSAY_ARCHIVE_PLACE_INIT;
    p.dir = proofs;
    p.dataset = "d";
    p.verifiers = verifiers;
    p.n_verifiers = 1;
    return p;
}

static assay_status run(const assay_pack *pack, const assay_run_options *o, const char *path, assay_result **ret,
                        assay_err *err)
{
    assay_run *r = NULL;
    AY_TRY(assay_run_open(pack, o, &r, err));
    assay_status st = assay_run_file(r, "d", path, NULL, err);
    if (st == ASSAY_OK) st = assay_run_finish(r, ret, err);
    assay_run_free(r);
    return st;
}

static assay_status archive(const assay_pack *pack, const assay_run_options *run_as, const assay_archive_options *o,
                            assay_err *err)
{
    assay_archive *a = NULL;
    assay_result *result = NULL;
    AY_TRY(assay_archive_open(proofs, o, &a, err));
    assay_status st = run(pack, run_as, then, &result, err);
    if (st == ASSAY_OK) st = assay_archive_add(a, result, err);
    assay_result_free(result);
    assay_archive_close(a);
    return st;
}

static assay_status archive_then(const assay_pack *pack, assay_err *err)
{
    const assay_archive_signer s = signer();
    const assay_archive_options o = archive_options(&s);
    const assay_run_options r = run_options();
    wipe(proofs);
    return archive(pack, &r, &o, err);
}

static void need(assay_status status, const assay_err *err)
{
    if (status != ASSAY_OK) fail_msg("%s", err->text);
}

static int collect(void *ctx, const void *bytes, size_t len)
{
    ay_buf_put(ctx, bytes, len);
    return ay_buf_status(ctx, NULL) == ASSAY_OK ? 0 : 1;
}

static assay_status compare(const assay_pack *pack, const assay_archive_place *p, const char *path, ay_buf *out,
                            assay_archive_difference *ret, assay_err *err)
{
    const assay_run_options o = run_options();
    const assay_explain_source source = {.path = path};
    return assay_archive_compare(pack, &o, p, &source, collect, out, ret, err);
}

static assay_status prove(const assay_pack *pack, const char *const *key, size_t n, const char *path, ay_buf *out,
                          assay_err *err)
{
    const assay_run_options o = run_options();
    const assay_archive_place p = place();
    const assay_explain_source source = {.path = path};
    return assay_archive_prove(pack, &o, &p, key, n, &source, collect, out, err);
}

/* ---- What is told ---- */

static void test_differences(void **state)
{
    static const char *const lines[] = {
        "{\"dataset\":\"d\",\"op\":\"changed\",\"key\":{\"a\":\"1\",\"b\":\"y\"},\"records\":1}\n",
        "{\"dataset\":\"d\",\"op\":\"removed\",\"key\":{\"a\":\"2\",\"b\":\"x\"},\"records\":1}\n",
        "{\"dataset\":\"d\",\"op\":\"removed\",\"key\":{\"a\":\"3\",\"b\":null},\"records\":1}\n",
        "{\"dataset\":\"d\",\"op\":\"added\",\"key\":{\"a\":\"4\",\"b\":\"z\"},\"records\":1}\n"};
    const assay_archive_place p = place();
    assay_archive_difference d = {.run = ""};
    assay_err err = {0};
    ay_buf out = {0};
    size_t len = 0;
    need(archive_then(*state, &err), &err);
    need(compare(*state, &p, then, &out, &d, &err), &err);
    assert_int_equal(out.len, 0);
    assert_true(d.then == 5 && d.now == 5 && !d.added && !d.removed && !d.changed);
    need(compare(*state, &p, now, &out, &d, &err), &err);
    assert_true(d.then == 5 && d.now == 4 && d.added == 1 && d.removed == 2 && d.changed == 1);
    ay_buf_char(&out, 0);
    for (size_t i = 0; i < AY_COUNT(lines); i++) {
        if (!strstr(out.ptr, lines[i])) fail_msg("missing: %s in %s", lines[i], out.ptr);
        len += strlen(lines[i]);
    }
    assert_int_equal(out.len, len + 1);
    ay_buf_free(&out);
}

/* Every proof in the text holds for the signer. Returns how many there are. */
static size_t check_proofs(ay_str text)
{
    ay_key *key = NULL;
    ay_signer known;
    size_t n = 0;
    assert_int_equal(ay_signer_take(ay_str_from(signer_text), &known, &key, NULL), ASSAY_OK);
    for (size_t from = 0, to; from < text.len; from = to, n++) {
        static const char head[] = "assay-proof@v1\n";
        const char *next = memmem(text.ptr + from + 1, text.len - from - 1, head, sizeof head - 1);
        ay_arena arena = {0};
        ay_proof proof;
        ay_proof_facts facts;
        assay_err err = {0};
        to = next ? (size_t)(next - text.ptr) : text.len;
        need(ay_proof_take(ay_str_slice(text, from, to), &arena, &proof, &err), &err);
        need(ay_proof_check(&proof, &known, 1, &arena, &facts, &err), &err);
        assert_int_equal(facts.index, 0);
        ay_arena_free(&arena);
    }
    ay_key_free(key);
    return n;
}

static void test_proofs(void **state)
{
    static const struct {
        const char *key[2];
        const char *path;
        assay_status status;
        size_t proofs;
    } cases[] = {
        {{"1", "x"}, then, ASSAY_OK, 1},     {{"2", "x"}, then, ASSAY_OK, 2},
        {{"1", "x"}, now, ASSAY_OK, 1},      {{"1", "y"}, now, ASSAY_EFORMAT, 0}, /* another record now */
        {{"4", "z"}, now, ASSAY_EFORMAT, 0},                                      /* not there then */
        {{"3", ""}, now, ASSAY_EUSAGE, 0},                                        /* not there now */
        {{"9", "x"}, then, ASSAY_EUSAGE, 0},
    };
    assay_err err = {0};
    need(archive_then(*state, &err), &err);
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf out = {0};
        const assay_status st = prove(*state, cases[i].key, 2, cases[i].path, &out, &err);
        if (st != cases[i].status) fail_msg("case %zu: status %d, %s", i, st, err.text);
        assert_int_equal(check_proofs(ay_buf_view(&out)), cases[i].proofs);
        ay_buf_free(&out);
    }
    assert_int_equal(prove(*state, cases[0].key, 1, then, &(ay_buf){0}, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "the key of d has 2 fields, 1 values were given");
}

/* ---- Wrong use ---- */

static void expect(assay_status status, assay_status expected, const assay_err *err, const char *text)
{
    if (status != expected || !strstr(err->text, text)) fail_msg("status %d: %s; not %s", status, err->text, text);
}

static void test_wrong_archives(void **state)
{
    const assay_archive_signer good = signer();
    const assay_archive_signer bad[] = {{.name = "n"},
                                        {.key_file = pem},
                                        {.name = "n", .key_file = pem, .command = "true"},
                                        {.verifier = signer_text},
                                        {.command = "true"},
                                        {.name = NULL}};
    assay_archive *a = NULL;
    assay_err err = {0};
    (void)state;
    wipe(proofs);
    for (size_t i = 0; i < AY_COUNT(bad); i++) {
        const assay_archive_options o = archive_options(&bad[i]);
        expect(assay_archive_open(proofs, &o, &a, &err), ASSAY_EUSAGE, &err, "a signer is a name with a key file, or");
    }
    assay_archive_options o = archive_options(&good);
    o.n_signers = 0;
    expect(assay_archive_open(proofs, &o, &a, &err), ASSAY_EUSAGE, &err, "an archive needs 1 to 8 signers");
    o.n_signers = 9;
    expect(assay_archive_open(proofs, &o, &a, &err), ASSAY_EUSAGE, &err, "an archive needs 1 to 8 signers");
    assert_int_not_equal(access(proofs, F_OK), 0); /* nothing was made so far */
    o = archive_options(&good);
    o.origin = NULL;
    expect(assay_archive_open(proofs, &o, &a, &err), ASSAY_EUSAGE, &err, "give its origin");
    o.struct_size = 1;
    assert_int_equal(assay_archive_open(proofs, &o, &a, &err), ASSAY_EUSAGE);
    assert_null(a);
    assert_null(assay_archive_close(NULL));
}

static size_t count_files(const char *name)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", proofs, name);
    DIR *dir = opendir(path);
    size_t n = 0;
    assert_non_null(dir);
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) n += e->d_name[0] != '.';
    assert_int_equal(closedir(dir), 0);
    return n;
}

static void test_run_without_leaves(void **state)
{
    const assay_archive_signer s = signer();
    const assay_archive_options o = archive_options(&s);
    assay_run_options r = run_options();
    assay_err err = {0};
    wipe(proofs);
    r.proof_key = NULL;
    expect(archive(*state, &r, &o, &err), ASSAY_EUSAGE, &err, "the run made no leaves: give it a proof_key");
    r.proof_alg = "sm3";
    expect(archive(*state, &r, &o, &err), ASSAY_EUSAGE, &err, "do nothing without proof_key");
    r = run_options();
    r.bridge_alg = "md5";
    expect(archive(*state, &r, &o, &err), ASSAY_EUSAGE, &err, "bridge algorithm 'md5' is not known");
    r = run_options();
    r.proof_alg = "md5";
    expect(archive(*state, &r, &o, &err), ASSAY_EUSAGE, &err, "proof algorithm 'md5' is not known");
    assert_int_equal(count_files("snapshots"), 0);
}

/* Before anything is fed: what would be refused at the end. */
static void test_checked_before_reading(void **state)
{
    const assay_archive_signer s = signer();
    const assay_archive_options o = archive_options(&s);
    const struct {
        const char *key, *bridge;
        uint32_t epoch;
        assay_status status;
        const char *text;
    } cases[] = {
        {NULL, NULL, 0, ASSAY_EUSAGE, "the run made no leaves: give it a proof_key"},
        {secret, NULL, 0, ASSAY_OK, ""},
        {secret, "sm3", 1, ASSAY_OK, ""},
        {secret, "sm3", 7, ASSAY_EUSAGE,
         "the last manifest of dataset d is of sm3, epoch 1: a bridge leads from there"},
        {secret, "sha256", 1, ASSAY_EUSAGE, "is of sm3, epoch 1"},
    };
    assay_archive *a = NULL;
    assay_err err = {0};
    need(archive_then(*state, &err), &err);
    need(assay_archive_open(proofs, &o, &a, &err), &err);
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        assay_run_options r = run_options();
        assay_run *opened = NULL;
        r.proof_key = cases[i].key;
        r.proof_epoch = cases[i].bridge ? 2 : 0;
        r.bridge_alg = cases[i].bridge;
        r.bridge_epoch = cases[i].epoch;
        need(assay_run_open(*state, &r, &opened, &err), &err);
        const assay_status st = assay_archive_check(a, opened, &err);
        if (st != ASSAY_OK || cases[i].status != ASSAY_OK) expect(st, cases[i].status, &err, cases[i].text);
        assay_run_free(opened);
    }
    assert_int_equal(assay_archive_size(a), 1);
    assay_archive_close(a);
}

/* Its leaves are those of any run: what is compared and proved does not ask for findings. */
static void test_run_that_only_counts(void **state)
{
    const assay_archive_signer s = signer();
    const assay_archive_options o = archive_options(&s);
    const assay_archive_place p = place();
    assay_run_options r = run_options();
    assay_archive_difference d;
    assay_err err = {0};
    ay_buf out = {0};
    wipe(proofs);
    r.counts_only = 1;
    need(archive(*state, &r, &o, &err), &err);
    assert_int_equal(count_files("snapshots"), 3);
    need(compare(*state, &p, now, &out, &d, &err), &err);
    assert_true(d.then == 5 && d.now == 4 && d.added == 1 && d.removed == 2 && d.changed == 1);
    ay_buf_free(&out);
}

static void test_wrong_places(void **state)
{
    static const char *const stranger[] = {"other+00000000+AAAA"};
    const struct {
        assay_status status;
        assay_archive_place place;
        const char *text;
    } cases[] = {
        {ASSAY_EUSAGE, {.dataset = "d"}, "name the folder of proofs"},
        {ASSAY_EUSAGE, {.dir = proofs}, "the pack has no dataset ''"},
        {ASSAY_EUSAGE, {.dir = proofs, .dataset = "e"}, "the pack has no dataset 'e'"},
        {ASSAY_EUSAGE, {.dir = proofs, .dataset = "d"}, "name a public key that may have signed"},
        {ASSAY_EIO, {.dir = folder, .dataset = "d"}, "No such file or directory"},
        {ASSAY_EFORMAT, {.dir = proofs, .dataset = "d", .verifiers = stranger, .n_verifiers = 1}, ""},
        {ASSAY_EUSAGE,
         {.dir = proofs, .dataset = "d", .run = "none", .verifiers = place().verifiers, .n_verifiers = 1},
         "has no such run of dataset d"},
    };
    assay_archive_difference d;
    assay_err err = {0};
    need(archive_then(*state, &err), &err);
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        assay_archive_place p = cases[i].place;
        ay_buf out = {0};
        p.struct_size = sizeof p;
        expect(compare(*state, &p, then, &out, &d, &err), cases[i].status, &err, cases[i].text);
        assert_int_equal(out.len, 0);
    }
}

static void test_without_the_secret(void **state)
{
    const assay_archive_place p = place();
    const assay_explain_source source = {.path = then};
    assay_run_options o = run_options();
    assay_archive_difference d;
    assay_err err = {0};
    o.proof_key = NULL;
    need(archive_then(*state, &err), &err);
    expect(assay_archive_compare(*state, &o, &p, &source, collect, NULL, &d, &err), ASSAY_EUSAGE, &err,
           "leaves need their secret");
}

/* Other fields make other leaves of the same data. */
static void test_other_packs(void **state)
{
    static const char *const texts[] = {PACK(", e: {standard: text}"), NULL};
    const assay_archive_place p = place();
    assay_archive_difference d;
    assay_err err = {0};
    need(archive_then(*state, &err), &err);
    for (size_t i = 0; texts[i]; i++) {
        assay_pack *pack = load(texts[i]);
        expect(compare(pack, &p, then, NULL, &d, &err), ASSAY_EUSAGE, &err,
               "dataset d has other fields, types or keys now than when it was archived");
        assay_pack_free(pack);
    }
}

static int refuse(void *ctx, const void *bytes, size_t len)
{
    (void)ctx;
    (void)bytes;
    (void)len;
    return 1;
}

static void test_output_that_is_refused(void **state)
{
    const assay_archive_place p = place();
    const assay_run_options o = run_options();
    const assay_explain_source source = {.path = now};
    assay_archive_difference d;
    assay_err err = {0};
    need(archive_then(*state, &err), &err);
    assert_int_equal(assay_archive_compare(*state, &o, &p, &source, refuse, NULL, &d, &err), ASSAY_EIO);
}

/* ---- Begun before it is added ---- */

typedef struct begun {
    assay_archive *archive;
    assay_result *result;
    assay_err err;
} begun;

static begun begin(const assay_pack *pack)
{
    const assay_archive_signer s = signer();
    const assay_archive_options o = archive_options(&s);
    const assay_run_options r = run_options();
    begun b = {.err = {0}};
    wipe(proofs);
    need(assay_archive_open(proofs, &o, &b.archive, &b.err), &b.err);
    need(run(pack, &r, then, &b.result, &b.err), &b.err);
    need(assay_archive_begin(b.archive, b.result, &b.err), &b.err);
    return b;
}

static void end(begun *b)
{
    assay_archive_close(b->archive);
    assay_result_free(b->result);
}

static void test_begun_and_added(void **state)
{
    const assay_archive_place p = place();
    assay_archive_difference d = {.run = ""};
    assay_err err = {0};
    ay_buf findings = {0}, out = {0};
    begun b = begin(*state);
    need(assay_result_write(b.result, ASSAY_RESULT_FINDINGS, collect, &findings, &err), &err);
    need(assay_archive_add(b.archive, b.result, &err), &err);
    assert_int_equal(assay_archive_size(b.archive), 1);
    assert_int_equal(count_files("snapshots"), 3);
    need(assay_archive_add(b.archive, b.result, &err), &err); /* again: another run of the same */
    assert_int_equal(assay_archive_size(b.archive), 2);
    end(&b);
    assert_int_equal(count_files("snapshots"), 6);
    need(compare(*state, &p, then, &out, &d, &err), &err);
    assert_true(d.then == 5 && d.now == 5 && !d.added && !d.removed && !d.changed);
    ay_buf_free(&findings);
    ay_buf_free(&out);
}

static void test_begun_and_not_added(void **state)
{
    begun b = begin(*state);
    end(&b);
    assert_int_equal(count_files("snapshots"), 0);
}

static void test_another_was_begun(void **state)
{
    const assay_run_options r = run_options();
    assay_result *other = NULL;
    assay_err err = {0};
    begun b = begin(*state);
    need(run(*state, &r, now, &other, &err), &err);
    assert_int_equal(assay_archive_begin(b.archive, other, &err), ASSAY_EUSAGE);
    assert_int_equal(assay_archive_begin(b.archive, b.result, &err), ASSAY_EUSAGE);
    assert_int_equal(assay_archive_add(b.archive, other, &err), ASSAY_EUSAGE);
    assert_non_null(strstr(err.text, "another result was begun"));
    need(assay_archive_add(b.archive, b.result, &err), &err); /* what was begun is still there */
    need(assay_archive_add(b.archive, other, &err), &err);
    assert_int_equal(assay_archive_size(b.archive), 2);
    assay_result_free(other);
    end(&b);
}

/* ---- No memory ---- */

static assay_status archive_with_bridge(void *arg)
{
    const assay_pack *pack = arg;
    const assay_archive_signer s = signer();
    const assay_archive_options o = archive_options(&s);
    assay_run_options r = run_options();
    r.proof_epoch = 2;
    r.bridge_alg = "sm3";
    AY_TRY(archive_then(pack, NULL));
    return archive(pack, &r, &o, NULL);
}

/* Of room enough: what is collected must not be what runs out. */
static assay_status everything(void *arg)
{
    char room[16384];
    static const char *const key[] = {"1", "x"};
    const assay_pack *pack = arg;
    const assay_archive_place p = place();
    assay_archive_difference d;
    ay_buf out = {.ptr = room, .cap = sizeof room};
    assay_status st = archive_then(pack, NULL);
    if (st == ASSAY_OK) st = compare(pack, &p, now, &out, &d, NULL);
    if (st == ASSAY_OK) st = prove(pack, key, 2, now, &out, NULL);
    return st;
}

static void test_no_memory(void **state)
{
    assert_true(fail_each_allocation(everything, *state) > 100);
    assert_true(fail_each_allocation(archive_with_bridge, *state) > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_proofs),
        cmocka_unit_test(test_wrong_archives),
        cmocka_unit_test(test_run_without_leaves),
        cmocka_unit_test(test_checked_before_reading),
        cmocka_unit_test(test_run_that_only_counts),
        cmocka_unit_test(test_wrong_places),
        cmocka_unit_test(test_without_the_secret),
        cmocka_unit_test(test_other_packs),
        cmocka_unit_test(test_output_that_is_refused),
        cmocka_unit_test(test_begun_and_added),
        cmocka_unit_test(test_begun_and_not_added),
        cmocka_unit_test(test_another_was_begun),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
