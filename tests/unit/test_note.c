/* Signed notes and checkpoints: what is refused, who has signed, and the reference note. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/mem.h"
#include "fault.h"
#include "proof/base64.h"
#include "proof/checkpoint.h"
#include "proof/note.h"
#include "vectors.h"

/* The example of C2SP's signed-note.md: a key and a note that it signed. */
static const char example_signer[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char example_note[] =
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72"
    "IneyaQM=\n";

static assay_status verify(ay_str bytes, const ay_signer *signers, uint32_t n, uint64_t *ret_who, assay_err *err)
{
    ay_arena arena = {0};
    ay_note note;
    assay_status st = ay_note_read(bytes, &arena, &note, err);
    if (st == ASSAY_OK) st = ay_note_verify(&note, signers, n, ret_who, err);
    ay_arena_free(&arena);
    return st;
}

static void test_example(void **state)
{
    (void)state;
    ay_signer signer;
    ay_key *key = NULL;
    uint64_t who;
    ay_buf text = {0};
    assert_int_equal(ay_signer_take(ay_str_from(example_signer), &signer, &key, NULL), ASSAY_OK);
    assert_str("name", signer.name, AY_STR("example.com/foo"));
    assert_int_equal(verify(ay_str_from(example_note), &signer, 1, &who, NULL), ASSAY_OK);
    assert_int_equal(who, 1);
    assert_int_equal(ay_signer_put(&signer, &text, NULL), ASSAY_OK);
    assert_str("signer", ay_buf_view(&text), ay_str_from(example_signer));
    ay_key_free(key);
    ay_buf_free(&text);
}

/* One bit anywhere is another note: none verifies. */
static void test_every_bit(void **state)
{
    (void)state;
    char bytes[sizeof example_note];
    ay_signer signer;
    ay_key *key = NULL;
    uint64_t who;
    assert_int_equal(ay_signer_take(ay_str_from(example_signer), &signer, &key, NULL), ASSAY_OK);
    for (size_t bit = 0; bit < (sizeof example_note - 1) * 8; bit++) {
        memcpy(bytes, example_note, sizeof bytes);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        const assay_status st = verify((ay_str){bytes, sizeof bytes - 1}, &signer, 1, &who, NULL);
        if (st != ASSAY_EFORMAT) fail_msg("bit %zu: status %d", bit, st);
    }
    for (size_t len = 0; len < sizeof example_note - 1; len++)
        assert_int_equal(verify((ay_str){example_note, len}, &signer, 1, &who, NULL), ASSAY_EFORMAT);
    ay_key_free(key);
}

/* clang-format off */
static void test_malformed(void **state)
{
    (void)state;
    static const char plain[] = "note: not UTF-8 without control characters that ends with a line feed";
    static const char none[] = "note: no signatures behind a blank line";
    static const char first[] = "note: line 1 of the signatures is none", second[] = "note: line 2 of the signatures is none";
    static const struct {
        ay_str bytes;
        const char *want;
    } cases[] = {
        {AY_STR(""), plain}, {AY_STR("a"), plain}, {AY_STR("a\r\n\n— n AAAAAAA=\n"), plain}, {AY_STR("a\0\n\n— n AAAAAAA=\n"), plain},
        {AY_STR("a\t\n\n— n AAAAAAA=\n"), plain}, {AY_STR("\xff\n\n— n AAAAAAA=\n"), plain}, {AY_STR("a\n\n— n AAAAAAA="), plain},
        {AY_STR("a\n"), none}, {AY_STR("a\n— n AAAAAAA=\n"), none}, {AY_STR("a\n\n"), none}, {AY_STR("a\n\n— n AAAAAAA=\n\n"), none},
        {AY_STR("a\n\n- n AAAAAAA=\n"), first}, {AY_STR("a\n\n—n AAAAAAA=\n"), first}, {AY_STR("a\n\n— AAAAAAA=\n"), first},
        {AY_STR("a\n\n—  AAAAAAA=\n"), first}, {AY_STR("a\n\n— a+b AAAAAAA=\n"), first}, {AY_STR("a\n\n— n  AAAAAAA=\n"), first},
        {AY_STR("a\n\n— n AAAAAAA= \n"), first}, {AY_STR("a\n\n— n AAAAAAA\n"), first}, {AY_STR("a\n\n— n AAAAAAB=\n"), first},
        {AY_STR("a\n\n— n AAAAAA==\n"), first}, {AY_STR("a\n\n— n \n"), first}, {AY_STR("a\n\n— n\n"), first}, {AY_STR("a\n\nx\n"), first},
        {AY_STR("a\n\n— n\xe3\x80\x80m AAAAAAA=\n"), first}, {AY_STR("a\n\n— n AAAAAAA=\nx\n"), second},
        {AY_STR("a\n\n— n AAAAAAA=\n"), "note: no signature by a known key"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        assay_err err = {0};
        uint64_t who;
        assert_int_equal(verify(cases[i].bytes, NULL, 0, &who, &err), ASSAY_EFORMAT);
        if (strcmp(err.text, cases[i].want) != 0) fail_msg("case %zu: %s", i, err.text);
    }
}
/* clang-format on */

static void test_limits(void **state)
{
    (void)state;
    ay_buf note = {0};
    assay_err err;
    uint64_t who;
    ay_buf_text(&note, "a\n\n");
    for (int i = 0; i < AY_NOTE_SIGNATURES; i++) ay_buf_text(&note, "— n AAAAAAA=\n");
    assert_int_equal(verify(ay_buf_view(&note), NULL, 0, &who, &err), ASSAY_EFORMAT);
    ay_buf_text(&note, "— n AAAAAAA=\n");
    assert_int_equal(verify(ay_buf_view(&note), NULL, 0, &who, &err), ASSAY_ELIMIT);
    assert_string_equal(err.text, "note: more than 64 signatures");
    memset(ay_buf_reserve(&note, AY_NOTE_BYTES), '\n', AY_NOTE_BYTES);
    note.len += AY_NOTE_BYTES;
    assert_int_equal(verify(ay_buf_view(&note), NULL, 0, &who, &err), ASSAY_ELIMIT);
    assert_string_equal(err.text, "note: more than 1048576 bytes");
    ay_buf_free(&note);
}

/* ---- Several signers ---- */

typedef struct signers {
    ay_key *keys[3];
    ay_signer list[3];
} signers;

static signers make_signers(void)
{
    static const char *const names[] = {"data.example.gov.cn/assay", "data.example.gov.cn/assay", "审计局"};
    static const ay_key_kind kinds[] = {AY_KEY_ED25519, AY_KEY_SM2, AY_KEY_SM2};
    signers s = {0};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ay_key_generate(kinds[i], &s.keys[i], NULL), ASSAY_OK);
        assert_int_equal(ay_signer_make(ay_str_from(names[i]), s.keys[i], &s.list[i], NULL), ASSAY_OK);
    }
    return s;
}

static void free_signers(signers *s)
{
    for (int i = 0; i < 3; i++) s->keys[i] = ay_key_free(s->keys[i]);
}

static void test_several(void **state)
{
    (void)state;
    signers s = make_signers();
    const ay_str text = AY_STR("first\n\nlast line, with a blank one before it\n");
    ay_buf note = {0};
    uint64_t who;
    assay_err err;
    assert_int_equal(ay_note_begin(text, &note, NULL), ASSAY_OK);
    for (int i = 0; i < 3; i++) assert_int_equal(ay_note_sign(&s.list[i], text, &note, NULL), ASSAY_OK);
    assert_int_equal(verify(ay_buf_view(&note), s.list, 3, &who, NULL), ASSAY_OK);
    assert_int_equal(who, 7);
    assert_int_equal(verify(ay_buf_view(&note), s.list + 1, 1, &who, NULL), ASSAY_OK);
    assert_int_equal(who, 1);
    /* a signature over another text, by a key that is known here: refused, though the others are good */
    ay_buf other = {0};
    assert_int_equal(ay_sign(s.keys[2], AY_STR("x\n"), &other, NULL), ASSAY_OK);
    ay_note_put_signature(&s.list[2], ay_buf_view(&other), &note);
    assert_int_equal(verify(ay_buf_view(&note), s.list, 3, &who, &err), ASSAY_EFORMAT);
    assert_string_equal(err.text, "note: the signature of 审计局 does not verify");
    assert_string_equal(err.text_zh, "签名文本：审计局 的签名验证不通过");
    /* not known: left aside */
    assert_int_equal(verify(ay_buf_view(&note), s.list, 2, &who, &err), ASSAY_OK);
    assert_int_equal(who, 3);
    free_signers(&s);
    ay_buf_free(&note);
    ay_buf_free(&other);
}

static void test_signers(void **state)
{
    (void)state;
    signers s = make_signers();
    for (int i = 0; i < 3; i++) {
        ay_buf text = {0};
        ay_key *key = NULL;
        ay_signer again;
        assert_int_equal(ay_signer_put(&s.list[i], &text, NULL), ASSAY_OK);
        assert_int_equal(ay_signer_take(ay_buf_view(&text), &again, &key, NULL), ASSAY_OK);
        assert_str("raw", ay_key_raw(key), ay_key_raw(s.keys[i]));
        assert_int_equal(ay_key_kind_of(key), ay_key_kind_of(s.keys[i]));
        key = ay_key_free(key);
        text.ptr[s.list[i].name.len + 1] ^= 1; /* another digit of the id */
        assert_int_equal(ay_signer_take(ay_buf_view(&text), &again, &key, NULL), ASSAY_EFORMAT);
        assert_null(key);
        ay_buf_free(&text);
    }
    static const char *const names[] = {"", "a b", "a+b", "a\n", "a\xe3\x80\x80", "\xff", "a\x7f"};
    for (size_t i = 0; i < AY_COUNT(names); i++) {
        ay_signer signer;
        assert_int_equal(ay_signer_make(ay_str_from(names[i]), s.keys[0], &signer, NULL), ASSAY_EUSAGE);
    }
    free_signers(&s);
}

/* The id of an SM2 key: SHA-256 of name, line feed, ff, identifier and point, as sha256sum gives it. */
static void test_sm2_id(void **state)
{
    (void)state;
    static const char point[] = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
                                "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    ay_buf raw = {0}, id = {0};
    ay_key *key = NULL;
    ay_signer signer;
    put_unhex(&raw, ay_str_from(point));
    assert_int_equal(ay_key_from_raw(AY_KEY_SM2, ay_buf_view(&raw), &key, NULL), ASSAY_OK);
    assert_int_equal(ay_signer_make(AY_STR("data.example.gov.cn/assay"), key, &signer, NULL), ASSAY_OK);
    ay_hex_put((ay_str){(const char *)signer.id.bytes, 4}, &id);
    assert_str("id", ay_buf_view(&id), AY_STR("aff734e4"));
    ay_key_free(key);
    ay_buf_free(&raw);
    ay_buf_free(&id);
}

static void test_bad_signers(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", "a signer is written as name+8 hex digits+base64"},
        {"example.com/foo", "a signer is written as name+8 hex digits+base64"},
        {"example.com/foo+530d903a", "a signer is written as name+8 hex digits+base64"},
        {"+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "a signer is written as name+8 hex digits+base64"},
        {"example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
         "a signer is written as name+8 hex digits+base64"},
        {"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k+",
         "a signer is written as name+8 hex digits+base64"},
        {"example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
         "the signer's id is not that of its name and key"},
        {"example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
         "the signer's key is neither Ed25519 nor SM2"},
        {"example.com/foo+530d903a+", "the signer's key is neither Ed25519 nor SM2"},
        {"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv", "not a public key of its kind"},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_signer signer;
        ay_key *key = NULL;
        assay_err err = {0};
        assert_int_equal(ay_signer_take(ay_str_from(cases[i].text), &signer, &key, &err), ASSAY_EFORMAT);
        if (strcmp(err.text, cases[i].want) != 0) fail_msg("%s: %s", cases[i].text, err.text);
    }
}

static void test_bad_texts(void **state)
{
    (void)state;
    const ay_str bad[] = {AY_STR(""), AY_STR("a"), AY_STR("a\r\n"), AY_STR("a\0\n"), AY_STR("\xff\n"), AY_STR("a\n ")};
    for (size_t i = 0; i < AY_COUNT(bad); i++) {
        ay_buf out = {0};
        assert_int_equal(ay_note_begin(bad[i], &out, NULL), ASSAY_EUSAGE);
        ay_buf_free(&out);
    }
}

/* ---- Checkpoints ---- */

#define ROOT "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static void test_checkpoint(void **state)
{
    (void)state;
    static const ay_str extensions[] = {{"", 0}, {"one\n", 4}, {"one\ntwo 2\n", 10}};
    static const uint64_t sizes[] = {0, 42, UINT64_MAX};
    for (size_t i = 0; i < 9; i++) {
        ay_checkpoint c = {.origin = AY_STR("data.example.gov.cn/assay/ent/sm3"),
                           .size = sizes[i % 3],
                           .extension = extensions[i / 3]};
        ay_checkpoint again = {0};
        ay_buf out = {0}, want = {0};
        for (unsigned char b = 0; b < 32; b++) c.root[b] = b;
        assert_int_equal(ay_checkpoint_put(&c, &out, NULL), ASSAY_OK);
        ay_buf_printf(&want, "data.example.gov.cn/assay/ent/sm3\n%llu\n" ROOT "\n", (unsigned long long)c.size);
        ay_buf_str(&want, c.extension);
        assert_str("checkpoint", ay_buf_view(&out), ay_buf_view(&want));
        assert_int_equal(ay_checkpoint_take(ay_buf_view(&out), &again, NULL), ASSAY_OK);
        assert_str("origin", again.origin, c.origin);
        assert_str("extension", again.extension, c.extension);
        assert_memory_equal(again.root, c.root, 32);
        assert_true(again.size == c.size);
        ay_buf_free(&out);
        ay_buf_free(&want);
    }
}

static void test_bad_checkpoints(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "o\n",
        "o\n1\n",
        "o\n1\n" ROOT,
        "\n1\n" ROOT "\n",
        "o\n\n" ROOT "\n",
        "o\n01\n" ROOT "\n",
        "o\n-1\n" ROOT "\n",
        "o\n+1\n" ROOT "\n",
        "o\n1 \n" ROOT "\n",
        "o\n18446744073709551616\n" ROOT "\n",
        "o\n1\n\n",
        "o\n1\nAAEC\n",
        "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",
        "o\n1\n" ROOT "\n\n",
        "o\n1\n" ROOT "\nx\n\ny\n",
        "o\r\n1\n" ROOT "\n",
        "o\n0x1\n" ROOT "\n",
        "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n",
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_checkpoint c;
        if (ay_checkpoint_take(ay_str_from(cases[i]), &c, NULL) != ASSAY_EFORMAT) fail_msg("taken: %s", cases[i]);
    }
    ay_buf out = {0};
    ay_checkpoint c = {.origin = AY_STR("")};
    assert_int_equal(ay_checkpoint_put(&c, &out, NULL), ASSAY_EUSAGE);
    c.origin = AY_STR("a\nb");
    assert_int_equal(ay_checkpoint_put(&c, &out, NULL), ASSAY_EUSAGE);
    c = (ay_checkpoint){.origin = AY_STR("o"), .extension = AY_STR("x")};
    assert_int_equal(ay_checkpoint_put(&c, &out, NULL), ASSAY_EUSAGE);
    c.extension = AY_STR("x\n\n");
    assert_int_equal(ay_checkpoint_put(&c, &out, NULL), ASSAY_EUSAGE);
    ay_buf_free(&out);
}

/* ---- Faults ---- */

static assay_status faulty(void *arg)
{
    ay_key *key = NULL;
    ay_signer signer;
    ay_buf note = {0};
    uint64_t who;
    (void)arg;
    assay_status st = ay_key_generate(AY_KEY_ED25519, &key, NULL);
    if (st == ASSAY_OK) st = ay_signer_make(AY_STR("n"), key, &signer, NULL);
    if (st == ASSAY_OK) st = ay_note_begin(AY_STR("text\n"), &note, NULL);
    if (st == ASSAY_OK) st = ay_note_sign(&signer, AY_STR("text\n"), &note, NULL);
    if (st == ASSAY_OK) st = verify(ay_buf_view(&note), &signer, 1, &who, NULL);
    ay_key_free(key);
    ay_buf_free(&note);
    return st;
}

static void test_faults(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(faulty, NULL) >= 4);
}

static void test_vectors(void **state)
{
    (void)state;
    ay_buf file = {0};
    if (read_vectors("c2sp/signed_note_ed25519.txt", &file)) {
        ay_buf_char(&file, '\0');
        assert_non_null(strstr(file.ptr, example_signer));
        assert_non_null(strstr(file.ptr, example_note));
    }
    ay_buf_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_example),    cmocka_unit_test(test_every_bit),       cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_several),         cmocka_unit_test(test_signers),
        cmocka_unit_test(test_sm2_id),     cmocka_unit_test(test_bad_signers),     cmocka_unit_test(test_bad_texts),
        cmocka_unit_test(test_checkpoint), cmocka_unit_test(test_bad_checkpoints), cmocka_unit_test(test_faults),
        cmocka_unit_test(test_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
