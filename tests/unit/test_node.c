/* Documents as trees: what is null, looking up keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/node.h"

static void test_null(void **state)
{
    (void)state;
    static const struct {
        const char *label, *text;
        bool quoted;
        ay_node_kind kind;
        bool want;
    } cases[] = {
        {"plain empty", "", false, AY_NODE_SCALAR, true},
        {"tilde", "~", false, AY_NODE_SCALAR, true},
        {"null", "null", false, AY_NODE_SCALAR, true},
        {"quoted empty", "", true, AY_NODE_SCALAR, false},
        {"quoted null", "null", true, AY_NODE_SCALAR, false},
        {"quoted tilde", "~", true, AY_NODE_SCALAR, false},
        {"other cases are text", "NULL", false, AY_NODE_SCALAR, false},
        {"longer", "nulls", false, AY_NODE_SCALAR, false},
        {"no", "no", false, AY_NODE_SCALAR, false},
        {"an empty list", "", false, AY_NODE_LIST, false},
        {"an empty map", "", false, AY_NODE_MAP, false},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++) {
        const ay_node node = {.kind = cases[i].kind, .quoted = cases[i].quoted, .text = ay_str_from(cases[i].text)};
        if (ay_node_is_null(&node) != cases[i].want) fail_msg("%s", cases[i].label);
    }
}

static void test_get(void **state)
{
    (void)state;
    const ay_node key_a = {.text = AY_STR("a")}, key_b = {.text = AY_STR("bc")};
    const ay_node a = {.key = &key_a, .text = AY_STR("1")}, b = {.key = &key_b};
    const ay_node *items[] = {&a, &b};
    const ay_node map = {.kind = AY_NODE_MAP, .n = 2, .items = items};
    assert_ptr_equal(ay_node_get(&map, "a"), &a);
    assert_ptr_equal(ay_node_get(&map, "bc"), &b);
    assert_null(ay_node_get(&map, "b"));
    assert_null(ay_node_get(&map, ""));
    assert_null(ay_node_get(&a, "a"));
    assert_null(ay_node_get(NULL, "a"));
    const ay_node list = {.kind = AY_NODE_LIST, .n = 2, .items = items};
    assert_null(ay_node_get(&list, "a"));
}

static void test_eq(void **state)
{
    (void)state;
    const ay_node a = {.text = AY_STR("a")}, b = {.text = AY_STR("b")}, quoted = {.text = AY_STR("a"), .quoted = true};
    const ay_node under_a = {.key = &a, .text = AY_STR("1")}, under_b = {.key = &b, .text = AY_STR("1")};
    const ay_node *ab[] = {&a, &b}, *ba[] = {&b, &a}, *of_a[] = {&under_a}, *of_b[] = {&under_b};
    const ay_node list = {.kind = AY_NODE_LIST, .n = 2, .items = ab};
    const ay_node map = {.kind = AY_NODE_MAP, .n = 1, .items = of_a};
    const struct {
        const char *label;
        ay_node other;
        const ay_node *than;
        bool want;
    } cases[] = {
        {"the same text elsewhere", {.text = AY_STR("a"), .pos = {.line = 7}}, &a, true},
        {"another text", b, &a, false},
        {"quotes", quoted, &a, false},
        {"the same list", {.kind = AY_NODE_LIST, .n = 2, .items = ab}, &list, true},
        {"another order", {.kind = AY_NODE_LIST, .n = 2, .items = ba}, &list, false},
        {"a shorter list", {.kind = AY_NODE_LIST, .n = 1, .items = ab}, &list, false},
        {"the same map", {.kind = AY_NODE_MAP, .n = 1, .items = of_a}, &map, true},
        {"another key", {.kind = AY_NODE_MAP, .n = 1, .items = of_b}, &map, false},
        {"a list of the same", {.kind = AY_NODE_LIST, .n = 1, .items = of_a}, &map, false},
        {"nothing", a, NULL, false},
    };
    for (size_t i = 0; i < AY_COUNT(cases); i++)
        if (ay_node_eq(&cases[i].other, cases[i].than) != cases[i].want) fail_msg("%s", cases[i].label);
    assert_true(ay_node_eq(NULL, NULL));
}

static void test_kind_names(void **state)
{
    (void)state;
    assert_string_equal(ay_node_kind_name(AY_NODE_SCALAR), "text");
    assert_string_equal(ay_node_kind_name(AY_NODE_LIST), "list");
    assert_string_equal(ay_node_kind_name(AY_NODE_MAP), "map");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_eq),
        cmocka_unit_test(test_kind_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
