/* Manifests: the bytes of one, every member that is missing, unknown or not of its form, and what members say of each
 * other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/mem.h"
#include "fault.h"
#include "proof/jcs.h"
#include "proof/manifest.h"
#include "proof/manifest_members.h"
#include "vectors.h"

#define D0 "0000000000000000000000000000000000000000000000000000000000000000"
#define D1 "1111111111111111111111111111111111111111111111111111111111111111"

static const ay_manifest_column columns[] = {{{"id", 2}, {"text", 4}, {"character varying(18)", 21}},
                                             {{"名称", 6}, {"text", 4}, {"text", 4}}};
static const ay_str key[] = {{"id", 2}};

static ay_manifest sample(void)
{
    return (ay_manifest){.kind = AY_MANIFEST_RUN,
                         .as.run = {.run = AY_STR("0193a1b2-c3d4-7e5f-8a6b-0123456789ab"),
                                    .engine = AY_STR("assay 0.3.0"),
                                    .started = 1764110271000000,
                                    .ended = 1764110272500001,
                                    .namespace_ = AY_STR("postgres://db.example.gov.cn:5432"),
                                    .dataset = AY_STR("city.public.enterprise"),
                                    .columns = columns,
                                    .n_columns = 2,
                                    .key = key,
                                    .n_key = 1,
                                    .alg = AY_SM3,
                                    .root = AY_STR("sm3:" D0),
                                    .bucket_table = AY_STR("sm3:" D1),
                                    .rows = 9007199254740993,
                                    .bucket_bits = 7,
                                    .epoch = 1,
                                    .pack = AY_STR("demo"),
                                    .pack_version = AY_STR("1.0.0"),
                                    .pack_digest = AY_STR("sha256:" D0)}};
}

static const char sample_text[] =
    "{\"alg\":\"sm3\",\"bucket_bits\":\"7\",\"bucket_table\":\"sm3:" D1 "\",\"columns\":["
    "{\"name\":\"id\",\"source_type\":\"character varying(18)\",\"type\":\"text\"},"
    "{\"name\":\"名称\",\"source_type\":\"text\",\"type\":\"text\"}],\"dataset\":\"city.public.enterprise\","
    "\"ended\":\"2025-11-25T22:37:52.500001Z\",\"engine\":\"assay 0.3.0\",\"epoch\":\"1\","
    "\"format\":\"assay-manifest@v1\",\"key\":[\"id\"],\"namespace\":\"postgres://db.example.gov.cn:5432\","
    "\"pack\":\"demo\",\"pack_digest\":\"sha256:" D0 "\",\"pack_version\":\"1.0.0\",\"root\":\"sm3:" D0 "\","
    "\"rows\":\"9007199254740993\",\"run\":\"0193a1b2-c3d4-7e5f-8a6b-0123456789ab\","
    "\"started\":\"2025-11-25T22:37:51.000000Z\",\"type\":\"run\"}";

static const char key_text[] = "{\"at\":\"2025-11-25T22:37:51.000000Z\",\"engine\":\"assay 0.3.0\","
                               "\"format\":\"assay-manifest@v1\",\"new_signer\":\"n+00000000+AA==\",\"type\":\"key\"}";

static assay_status take(ay_str text, ay_manifest *ret, ay_arena *arena, assay_err *err)
{
    return ay_manifest_take(text, arena, ret, err);
}

static void test_bytes(void **state)
{
    (void)state;
    const ay_manifest manifest = sample();
    ay_arena arena = {0};
    ay_manifest again;
    ay_buf out = {0}, canonical = {0};
    const ay_jcs *value;
    assert_int_equal(ay_manifest_put(&manifest, &out, NULL), ASSAY_OK);
    assert_str("manifest", ay_buf_view(&out), ay_str_from(sample_text));
    assert_int_equal(ay_jcs_read(ay_buf_view(&out), 8, &arena, &value, NULL), ASSAY_OK);
    assert_int_equal(ay_jcs_write(value, AY_JCS_DOUBLES, &canonical, NULL), ASSAY_OK);
    assert_str("canonical", ay_buf_view(&out), ay_buf_view(&canonical));
    assert_int_equal(take(ay_buf_view(&out), &again, &arena, NULL), ASSAY_OK);
    assert_true(again.as.run.rows == 9007199254740993 && again.as.run.ended == 1764110272500001);
    assert_str("column", again.as.run.columns[1].name, AY_STR("名称"));
    assert_null(again.as.run.previous.ptr);
    /* as sha256sum and `openssl sm3` have it */
    ay_buf_clear(&canonical);
    assert_int_equal(ay_digest_of(AY_SM3, ay_buf_view(&out), &canonical, NULL), ASSAY_OK);
    assert_str("digest", ay_buf_view(&canonical),
               AY_STR("sm3:cbb6f19589b00c5109e42e1c4622a21b7f9c8928a39bd8dccc909b24172869f8"));
    ay_buf_free(&out);
    ay_buf_free(&canonical);
    ay_arena_free(&arena);
}

/* All that may be absent is there: the same struct comes back. */
static void test_full(void **state)
{
    (void)state;
    ay_manifest manifest = sample();
    ay_arena arena = {0};
    ay_manifest again;
    ay_buf out = {0}, second = {0};
    ay_run_manifest *r = &manifest.as.run;
    r->contract = AY_STR("ent@3");
    r->outcome = AY_STR("pass");
    r->score = AY_STR("998700");
    r->result = r->findings_root = r->previous = r->bridge_of = AY_STR("sha256:" D1);
    r->findings = AY_STR("18446744073709551615");
    r->snapshot = AY_STR("1001:1001:");
    r->lsn = AY_STR("0/16B3748");
    assert_int_equal(ay_manifest_put(&manifest, &out, NULL), ASSAY_OK);
    assert_int_equal(take(ay_buf_view(&out), &again, &arena, NULL), ASSAY_OK);
    assert_int_equal(ay_manifest_put(&again, &second, NULL), ASSAY_OK);
    assert_str("again", ay_buf_view(&second), ay_buf_view(&out));
    assert_str("bridge", again.as.run.bridge_of, AY_STR("sha256:" D1));
    assert_str("findings", again.as.run.findings, AY_STR("18446744073709551615"));
    ay_buf_free(&out);
    ay_buf_free(&second);
    ay_arena_free(&arena);
}

static void test_key(void **state)
{
    (void)state;
    ay_manifest manifest = {
        .kind = AY_MANIFEST_KEY,
        .as.key = {.engine = AY_STR("assay 0.3.0"), .at = 1764110271000000, .new_signer = AY_STR("n+00000000+AA==")}};
    ay_arena arena = {0};
    ay_manifest again;
    ay_buf out = {0};
    assert_int_equal(ay_manifest_put(&manifest, &out, NULL), ASSAY_OK);
    assert_str("key", ay_buf_view(&out), ay_str_from(key_text));
    assert_int_equal(take(ay_buf_view(&out), &again, &arena, NULL), ASSAY_OK);
    assert_int_equal(again.kind, AY_MANIFEST_KEY);
    assert_str("signer", again.as.key.new_signer, AY_STR("n+00000000+AA=="));
    ay_buf_free(&out);
    ay_arena_free(&arena);
}

/* The sample with one piece of its text in place of another. */
static void put_changed(ay_buf *out, const char *from, const char *to)
{
    const char *at = strstr(sample_text, from);
    if (!at) fail_msg("the sample has no %s", from);
    ay_buf_put(out, sample_text, (size_t)(at - sample_text));
    ay_buf_text(out, to);
    ay_buf_text(out, at + strlen(from));
}

/* clang-format off */
static void test_refused(void **state)
{
    (void)state;
#define FORM(name) "manifest: '" name "' is missing or not of its form"
#define UNKNOWN(name) "manifest: a member that format assay-manifest@v1 does not have: '" name "'"
#define FINDINGS      "manifest: findings and findings_root go together"
    static const char other_form[] = "manifest: not in canonical form";
    static const struct {
        const char *from, *to, *want;
    } cases[] = {
        {"{\"alg\"", "{ \"alg\"", other_form}, {"\"type\":\"run\"}", "\"type\":\"run\"}\n", other_form},
        {"\"pack\":\"demo\"", "\"pack\":\"d\\u0065mo\"", other_form},
        {"{\"alg\":\"sm3\",\"bucket_bits\":\"7\"", "{\"bucket_bits\":\"7\",\"alg\":\"sm3\"", other_form},
        {"\"type\":\"run\"", "\"type\":\"run\",\"x\":\"1\"", UNKNOWN("x")}, {"{\"alg\"", "{\"Alg\":\"sm3\",\"alg\"", UNKNOWN("Alg")},
        {"\"type\":\"run\"", "\"tickets\":\"sm3:" D0 "\",\"type\":\"run\"", UNKNOWN("tickets")},
        {"\"format\"", "\"findings\":\"0\",\"format\"", FINDINGS}, {"\"format\"", "\"findings_root\":\"sm3:" D0 "\",\"format\"", FINDINGS},
        {"\"format\"", "\"findings\":\"00\",\"findings_root\":\"sm3:" D0 "\",\"format\"", FORM("findings")},
        {"\"format\"", "\"findings\":0,\"findings_root\":\"sm3:" D0 "\",\"format\"", FORM("findings")},
        {"\"format\"", "\"findings\":\"0\",\"findings_root\":\"sm3:0\",\"format\"", FORM("findings_root")},
        {"{\"alg\"", "{\"alg\":\"sm3\",\"alg\"", "JSON, byte 986: the name of a member occurs twice"},
        {"assay-manifest@v1", "assay-manifest@v2", "manifest: not of format assay-manifest@v1"},
        {"\"format\":\"assay-manifest@v1\",", "", "manifest: not of format assay-manifest@v1"},
        {"\"type\":\"run\"", "\"type\":\"ruN\"", FORM("type")}, {",\"type\":\"run\"", "", FORM("type")},
        {"\"type\":\"run\"", "\"type\":7", FORM("type")},
        {"\"alg\":\"sm3\",", "", FORM("alg")}, {"\"alg\":\"sm3\"", "\"alg\":\"md5\"", FORM("alg")}, {"\"alg\":\"sm3\"", "\"alg\":null", FORM("alg")},
        {"\"rows\":\"9007199254740993\"", "\"rows\":9007199254740993", FORM("rows")}, {"\"rows\":\"9", "\"rows\":\"09", FORM("rows")},
        {"\"rows\":\"9007199254740993\"", "\"rows\":\"18446744073709551616\"", FORM("rows")}, {"\"rows\":\"9", "\"rows\":\"-9", FORM("rows")},
        {"\"rows\":\"9007199254740993\"", "\"rows\":\"\"", FORM("rows")}, {"\"epoch\":\"1\"", "\"epoch\":\"1.0\"", FORM("epoch")},
        {"\"dataset\":\"city.public.enterprise\"", "\"dataset\":\"\"", FORM("dataset")},
        {"\"root\":\"sm3:0", "\"root\":\"sm3:", FORM("root")}, {"\"root\":\"sm3:0", "\"root\":\"sm3:A", FORM("root")},
        {"\"root\":\"sm3:0", "\"root\":\"sm3:00", FORM("root")}, {"\"root\":\"sm3:", "\"root\":\"md5:", FORM("root")},
        {"\"root\":\"sm3:", "\"root\":\"", FORM("root")},
        {"\"run\":\"0193a1b2-c3d4-7e5f", "\"run\":\"0193a1b2-c3d4-4e5f", FORM("run")}, {"\"run\":\"0193a1b2", "\"run\":\"0193A1b2", FORM("run")},
        {"\"run\":\"0193a1b2-", "\"run\":\"0193a1b2", FORM("run")}, {"-8a6b-", "-7a6b-", FORM("run")},
        {"2025-11-25T22:37:51.000000Z", "2025-11-25T22:37:51Z", FORM("started")}, {"2025-11-25T22:37:51.000000Z", "2025-11-25 22:37:51.000000Z", FORM("started")},
        {"2025-11-25T22:37:51.000000Z", "2025-11-31T22:37:51.000000Z", FORM("started")}, {"2025-11-25T22:37:51.000000Z", "2025-11-25T22:37:51.00000+Z", FORM("started")},
        {"2025-11-25T22:37:51.000000Z", "2025-11-26T22:37:51.000000Z", "manifest: it ended before it started"},
        {"\"columns\":[", "\"columns\":[{\"name\":\"x\",\"type\":\"text\"},", FORM("columns")},
        {"\"columns\":[", "\"columns\":[{\"name\":\"x\",\"source_type\":\"t\",\"type\":\"t\",\"z\":\"\"},", FORM("columns")},
        {"\"columns\":[", "\"columns\":[\"x\",", FORM("columns")}, {"\"name\":\"id\"", "\"name\":\"\"", FORM("columns")},
        {"\"name\":\"id\"", "\"name\":7", FORM("columns")}, {"\"key\":[\"id\"]", "\"key\":\"id\"", FORM("key")}, {"\"key\":[\"id\"]", "\"key\":[7]", FORM("key")},
        {"\"key\":[\"id\"]", "\"key\":[\"\"]", FORM("key")},
        {"\"key\":[\"id\"]", "\"key\":[\"id\",\"id\"]", "manifest: a column or a field of the key occurs twice"},
        {"\"name\":\"名称\"", "\"name\":\"id\"", "manifest: a column or a field of the key occurs twice"},
        {"\"key\":[\"id\"]", "\"key\":[\"ID\"]", "manifest: a field of the key is no column"},
        {"\"alg\":\"sm3\"", "\"alg\":\"sha256\"", "manifest: root and bucket table must be of the algorithm that it names"},
        {"\"bucket_table\":\"sm3", "\"bucket_table\":\"sha256", "manifest: root and bucket table must be of the algorithm that it names"},
        {"\"bucket_bits\":\"7\"", "\"bucket_bits\":\"25\"", "manifest: bucket_bits is at most 24"},
        {"\"epoch\":\"1\"", "\"epoch\":\"4294967296\"", "manifest: epoch is at most 4294967295"},
        {"\"engine\":\"assay 0.3.0\"", "\"engine\":\"\\ud800\"", "JSON, byte 408: half a surrogate pair"},
        {"\"engine\":\"assay 0.3.0\"", "\"engine\":[[[[]]]]", "JSON, byte 402: too many arrays and objects within each other"},
        {"\"type\":\"run\"", "\"type\":\"key\"", FORM("at")},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_arena arena = {0};
        ay_buf text = {0};
        ay_manifest manifest;
        assay_err err = {0};
        put_changed(&text, cases[i].from, cases[i].to);
        assert_int_equal(take(ay_buf_view(&text), &manifest, &arena, &err), ASSAY_EFORMAT);
        const bool is_json = strncmp(cases[i].want, "JSON", 4) == 0; /* the byte depends on the sample */
        const char *want = is_json ? strrchr(cases[i].want, ':') : cases[i].want;
        if (is_json ? !strstr(err.text, want) : strcmp(err.text, want) != 0) fail_msg("%s: %s", cases[i].to, err.text);
        ay_buf_free(&text);
        ay_arena_free(&arena);
    }
}
/* clang-format on */

/* Each member that must be there, left out: the message names it. */
static void test_missing_members(void **state)
{
    (void)state;
    for (int kind = AY_MANIFEST_RUN; kind <= AY_MANIFEST_KEY; kind++) {
        const ay_members members = ay_manifest_members((ay_manifest_kind)kind);
        const char *text = kind == AY_MANIFEST_RUN ? sample_text : key_text;
        for (size_t i = 0; i < members.n; i++) {
            ay_arena arena = {0};
            ay_manifest manifest;
            assay_err err = {0};
            char name[32], other[4096];
            (void)snprintf(name, sizeof name, "\"%s\":", members.list[i].name);
            const char *at = NULL; /* the last one: columns have types, too */
            for (const char *p = text; (p = strstr(p, name)) != NULL; p++) at = p;
            if (!at) {
                assert_true(members.list[i].may_be_absent);
                continue;
            }
            (void)snprintf(other, sizeof other, "%.*s\"X%s", (int)(at - text), text, at + 1);
            assert_int_equal(take(ay_str_from(other), &manifest, &arena, &err), ASSAY_EFORMAT);
            if (strcmp(members.list[i].name, "format") != 0 && !strstr(err.text, members.list[i].name))
                fail_msg("%s: %s", name, err.text);
            ay_arena_free(&arena);
        }
        for (size_t i = 1; i < members.n; i++) assert_true(strcmp(members.list[i - 1].name, members.list[i].name) < 0);
    }
}

static void test_bad_structs(void **state)
{
    (void)state;
    ay_buf out = {0};
    assay_err err;
    ay_manifest m = sample();
    m.as.run.pack = (ay_str){0};
    assert_int_equal(ay_manifest_put(&m, &out, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "manifest: 'pack' is missing or not of its form");
    m = sample();
    m.as.run.engine = AY_STR("\xff");
    assert_int_equal(ay_manifest_put(&m, &out, &err), ASSAY_EUSAGE);
    m = sample();
    m.as.run.started = INT64_MIN;
    assert_int_equal(ay_manifest_put(&m, &out, &err), ASSAY_EUSAGE);
    assert_string_equal(err.text, "manifest: 'started' is missing or not of its form");
    m = sample();
    m.as.run.n_columns = 0;
    assert_int_equal(ay_manifest_put(&m, &out, &err), ASSAY_EUSAGE);
    assert_int_equal(out.len, 0);
    ay_buf_free(&out);
}

static void test_instants(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {{0, "1970-01-01T00:00:00.000000Z"},
                 {-1, "1969-12-31T23:59:59.999999Z"},
                 {INT64_C(-62167219200000000), "0000-01-01T00:00:00.000000Z"},
                 {INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z"}};
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        ay_buf out = {0};
        ay_instant_put(cases[i].us, &out);
        assert_str("instant", ay_buf_view(&out), ay_str_from(cases[i].text));
        ay_buf_free(&out);
    }
    int64_t us;
    assert_true(ay_instant_take(AY_STR("9999-12-31T23:59:59.999999Z"), &us) && us == cases[3].us);
    assert_false(ay_instant_valid(cases[2].us - 1) || ay_instant_valid(cases[3].us + 1));
}

/* SM3 of "abc" (GB/T 32905, A.1) and SHA-256 of it (FIPS 180). */
static void test_digests(void **state)
{
    (void)state;
    ay_buf out = {0};
    ay_alg alg;
    ay_digest digest;
    assert_int_equal(ay_digest_of(AY_SM3, AY_STR("abc"), &out, NULL), ASSAY_OK);
    assert_str("sm3", ay_buf_view(&out),
               AY_STR("sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"));
    ay_buf_clear(&out);
    assert_int_equal(ay_digest_of(AY_SHA256, AY_STR("abc"), &out, NULL), ASSAY_OK);
    assert_str("sha256", ay_buf_view(&out),
               AY_STR("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    assert_true(ay_digest_take(ay_buf_view(&out), &alg, &digest) && alg == AY_SHA256 && digest.bytes[0] == 0xba);
    ay_buf_free(&out);
}

static assay_status faulty(void *arg)
{
    ay_manifest manifest = sample();
    ay_arena arena = {0};
    ay_buf out = {0};
    (void)arg;
    assay_status st = ay_manifest_put(&manifest, &out, NULL);
    if (st == ASSAY_OK) st = take(ay_buf_view(&out), &manifest, &arena, NULL);
    ay_buf_free(&out);
    ay_arena_free(&arena);
    return st;
}

static void test_faults(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(faulty, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_missing_members),
        cmocka_unit_test(test_bad_structs),
        cmocka_unit_test(test_instants),
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
