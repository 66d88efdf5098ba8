/* The gate: what is shown of a value, by level, mask and what was revealed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"
#include "run/mask.h"

#define ENDS(head, tail)                                                                                               \
    {                                                                                                                  \
        AY_MASK_ENDS, (head), (tail)                                                                                   \
    }

static const struct {
    ay_level level;
    ay_mask mask;
    const char *text, *shown;
} cases[] = {
    {AY_PUBLIC, {0}, "91510900MA60001710", "91510900MA60001710"},
    {AY_INTERNAL, {0}, "abc", "abc"},
    {AY_SENSITIVE, {0}, "15408269755", "15***55"},
    {AY_SENSITIVE, {0}, "abc", "***"},
    {AY_SENSITIVE, {0}, "12345678901234567890", "1234***7890"},
    {AY_SENSITIVE, {0}, "𠮷𠮷𠮷𠮷", "𠮷***𠮷"},
    {AY_PERSONAL, {0}, "王建国", "***"},
    {AY_PERSONAL, {0}, "诸葛建国", "***"},
    {AY_PERSONAL, {0}, "12345", "***"},
    {AY_PERSONAL, {0}, "𠮷𠮷𠮷𠮷𠮷", "***"},
    {AY_PERSONAL, {0}, "𠮷𠮷𠮷𠮷𠮷𠮷", "𠮷***"},
    {AY_PERSONAL, {0}, "true", "***"},
    {AY_PERSONAL, {0}, "false", "***"},
    {AY_PERSONAL, {0}, "t", "***"},
    {AY_PERSONAL, {0}, "510904188604183998", "5***"},
    {AY_PERSONAL, {0}, "王", "***"},
    {AY_PERSONAL, {0}, "", "***"},

    {AY_SENSITIVE, {AY_MASK_ALL, 0, 0}, "12345678901234567890", "***"},
    {AY_PERSONAL, {AY_MASK_ALL, 0, 0}, "", "***"},

    {AY_PERSONAL, ENDS(1, 0), "王建国", "王***"},
    {AY_PERSONAL, ENDS(1, 0), "王五", "王***"},
    {AY_PERSONAL, ENDS(1, 0), "王", "***"},
    {AY_PERSONAL, ENDS(0, 4), "6222021234567894", "***7894"},
    {AY_PERSONAL, ENDS(4, 4), "6222021234567894", "6222***7894"},
    {AY_PERSONAL, ENDS(6, 4), "11010519491231002X", "11010***02X"}, /* 9 of 18 */
    {AY_PERSONAL, ENDS(3, 4), "13800138000", "13***00"},            /* 5 of 11: 3 * 5 / 7 and 4 * 5 / 7 */
    {AY_PERSONAL, ENDS(3, 4), "12345678901234", "123***1234"},
    {AY_PERSONAL, ENDS(3, 4), "abc", "***"},
    {AY_PERSONAL, ENDS(3, 4), "", "***"},
    {AY_PERSONAL, ENDS(99, 99), "1234", "1***4"},
    {AY_PERSONAL, ENDS(99, 0), "𠮷𠮷𠮷", "𠮷***"},

    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "zhang.san@example.com", "z***@example.com"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "张三@mail.example.cn", "张***@mail.example.cn"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "a@example.com", "***@example.com"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "a@b@example.com", "a***@example.com"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "@example.com", "***"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "zhang@13800138000", "***"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "zhang@example", "***"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "zhang@example.com 13800138000", "***"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "zhang@.com", "***"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "zhang@a..com", "***"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "zhang@a.c", "***"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "13800138000", "***"},
    {AY_PERSONAL, {AY_MASK_EMAIL, 0, 0}, "", "***"},

    {AY_SENSITIVE, {AY_MASK_ADDRESS, 0, 0}, "四川省遂宁市船山区遂州中路128号3栋", "四川省遂宁市船山区遂州中路***"},
    {AY_SENSITIVE, {AY_MASK_ADDRESS, 0, 0}, "射洪市太和街道新阳街八号", "射洪市太和街道新阳街***"},
    {AY_SENSITIVE, {AY_MASK_ADDRESS, 0, 0}, "内蒙古自治区额济纳旗达来呼布镇２号", "内蒙古自治区额济纳旗达来呼布镇***"},
    {AY_SENSITIVE, {AY_MASK_ADDRESS, 0, 0}, "蓬溪县赤城镇白塔村3组", "蓬溪县赤城镇白塔村***"},
    {AY_SENSITIVE, {AY_MASK_ADDRESS, 0, 0}, "四川省遂宁市", "四川省遂宁市***"},
    {AY_SENSITIVE, {AY_MASK_ADDRESS, 0, 0}, "四川省遂宁市A座", "四川省遂宁市***"},
    {AY_SENSITIVE, {AY_MASK_ADDRESS, 0, 0}, "张建国，住四川省遂宁市", "***"},
    {AY_SENSITIVE, {AY_MASK_ADDRESS, 0, 0}, "欧阳路", "***"},
    {AY_SENSITIVE, {AY_MASK_ADDRESS, 0, 0}, "13800138000", "***"},
    {AY_SENSITIVE, {AY_MASK_ADDRESS, 0, 0}, "", "***"},

    /* Python: hmac.new(bytes(range(32)), b"cn.citizen_id\0" + value, "sm3").hexdigest()[:32] */
    {AY_PERSONAL, {AY_MASK_PSEUDONYM, 0, 0}, "11010519491231002X", "p:1c30f5acd1b9b18601b6eca6e46706df"},
};

static void put(const ay_gate *gate, const ay_field *field, const ay_rule *rule, const char *text, ay_buf *out)
{
    const ay_dataset dataset = {.name = "people", .fields = field, .n_fields = 1};
    ay_buf_clear(out);
    ay_gate_put(gate, (ay_leaving){&dataset, 0, rule}, ay_str_from(text), out);
}

static ay_secret make_key(void)
{
    ay_secret key;
    for (size_t i = 0; i < sizeof key.bytes; i++) key.bytes[i] = (unsigned char)i;
    return key;
}

static void test_shown(void **state)
{
    (void)state;
    AY_CLEANUP(ay_buf_free) ay_buf out = {0};
    ay_secret key = make_key();
    const ay_gate gate = {.pseudonym_key = &key};
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        const ay_field field = {
            .name = "v", .level = cases[i].level, .mask = cases[i].mask, .standard = "cn.citizen_id"};
        put(&gate, &field, NULL, cases[i].text, &out);
        if (!ay_str_is(ay_buf_view(&out), cases[i].shown))
            fail_msg("%s: %.*s, not %s", cases[i].text, (int)out.len, out.ptr, cases[i].shown);
    }
}

/* Of no value more than half of the characters, whatever is asked for. */
static void test_never_more_than_half(void **state)
{
    (void)state;
    AY_CLEANUP(ay_buf_free) ay_buf out = {0};
    const ay_gate gate = {0};
    for (uint32_t head = 0; head < 12; head++)
        for (uint32_t tail = head ? 0 : 1; tail < 12; tail++)
            for (int n = 0; n < 30; n++) {
                char text[32];
                memset(text, 'x', sizeof text);
                text[n] = '\0';
                const ay_field field = {.name = "v", .level = AY_PERSONAL, .mask = ENDS(head, tail)};
                put(&gate, &field, NULL, text, &out);
                assert_true((out.len - 3) * 2 <= (size_t)n);
            }
}

static void test_pseudonyms(void **state)
{
    (void)state;
    AY_CLEANUP(ay_buf_free) ay_buf one = {0}, two = {0};
    ay_secret key = make_key();
    ay_gate gate = {.pseudonym_key = &key};
    ay_field field = {.name = "v", .level = AY_PERSONAL, .mask = {AY_MASK_PSEUDONYM, 0, 0}, .standard = "a"};
    put(&gate, &field, NULL, "1", &one);
    put(&gate, &field, NULL, "1", &two);
    assert_true(ay_str_eq(ay_buf_view(&one), ay_buf_view(&two)));
    put(&gate, &field, NULL, "2", &two);
    assert_false(ay_str_eq(ay_buf_view(&one), ay_buf_view(&two)));
    field.standard = "b";
    put(&gate, &field, NULL, "1", &two);
    assert_false(ay_str_eq(ay_buf_view(&one), ay_buf_view(&two)));
    field.standard = "a";
    key.bytes[31] ^= 1;
    put(&gate, &field, NULL, "1", &two);
    assert_false(ay_str_eq(ay_buf_view(&one), ay_buf_view(&two)));
}

static void test_revealed(void **state)
{
    (void)state;
    AY_CLEANUP(ay_buf_free) ay_buf out = {0};
    static const struct {
        const char *path, *shown;
    } rows[] = {{"people.v", "13800138000"},
                {"people.w", "1***"},
                {"people", "1***"},
                {"peoples.v", "1***"},
                {"people.", "1***"}};
    for (size_t i = 0; i < AY_COUNT(rows); i++) {
        const char *reveal[] = {rows[i].path};
        const ay_gate gate = {.reveal = reveal, .n_reveal = 1};
        const ay_field field = {.name = "v", .level = AY_PERSONAL};
        put(&gate, &field, NULL, "13800138000", &out);
        if (!ay_str_is(ay_buf_view(&out), rows[i].shown)) fail_msg("%s: %.*s", rows[i].path, (int)out.len, out.ptr);
    }
}

/* What is found as personal data in a public field is not shown by the finding. */
static void test_found(void **state)
{
    (void)state;
    AY_CLEANUP(ay_buf_free) ay_buf out = {0};
    const ay_rule personal = {.kind = ay_kind_find(AY_STR("personal"))},
                  length = {.kind = ay_kind_find(AY_STR("length"))};
    const char *reveal[] = {"people.v"};
    const ay_gate gate = {0}, open = {.reveal = reveal, .n_reveal = 1};
    const ay_field field = {.name = "v", .level = AY_PUBLIC};
    put(&gate, &field, &length, "13800138000", &out);
    assert_true(ay_str_is(ay_buf_view(&out), "13800138000"));
    put(&gate, &field, &personal, "13800138000", &out);
    assert_true(ay_str_is(ay_buf_view(&out), "1***"));
    put(&open, &field, &personal, "13800138000", &out);
    assert_true(ay_str_is(ay_buf_view(&out), "13800138000"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown),      cmocka_unit_test(test_never_more_than_half),
        cmocka_unit_test(test_pseudonyms), cmocka_unit_test(test_revealed),
        cmocka_unit_test(test_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
