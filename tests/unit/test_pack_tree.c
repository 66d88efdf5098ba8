/* YAML -> tree: kinds, texts, quotes, positions, aliases, limits to the unit, every failing allocation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "pack/tree.h"

typedef struct tree {
    ay_arena arena;
    assay_diags *diags;
    const ay_node *root;
} tree;

static assay_status read_tree(tree *t, ay_str text)
{
    *t = (tree){.diags = assay_diags_new()};
    if (!t->diags) return ASSAY_ENOMEM;
    const assay_status status = ay_tree_read(&t->arena, "t.yaml", text, t->diags, &t->root, NULL);
    return ay_diags_out_of_memory(t->diags) ? ASSAY_ENOMEM : status;
}

static void free_tree(tree *t)
{
    ay_arena_free(&t->arena);
    assay_diags_free(t->diags);
}

static void put_node(ay_buf *out, const ay_node *node)
{
    if (node->key)
        ay_buf_printf(out, "%.*s@%u:%u=", (int)node->key->text.len, node->key->text.ptr, node->key->pos.line,
                      node->key->pos.column);
    ay_buf_printf(out, "%s%u:%u",
                  node->kind == AY_NODE_MAP    ? "M"
                  : node->kind == AY_NODE_LIST ? "L"
                  : node->quoted               ? "Q"
                                               : "P",
                  node->pos.line, node->pos.column);
    if (node->kind == AY_NODE_SCALAR) ay_buf_printf(out, "'%.*s'", (int)node->text.len, node->text.ptr);
    for (size_t i = 0; i < node->n; i++) {
        ay_buf_char(out, i ? ' ' : '(');
        put_node(out, node->items[i]);
    }
    if (node->n) ay_buf_char(out, ')');
}

static const struct {
    const char *label, *text, *want;
} shapes[] = {
    {"plain text stays text", "a: no\nb: 010101\nc: 1e5\nd: 22:22\n",
     "M1:1(a@1:1=P1:4'no' b@2:1=P2:4'010101' c@3:1=P3:4'1e5' d@4:1=P4:4'22:22')"},
    {"quotes", "[\"x\", 'y', z, '']", "L1:1(Q1:2'x' Q1:7'y' P1:12'z' Q1:15'')"},
    {"blocks", "a: |\n  one\n  two\nb: >\n  x\n  y\n", "M1:1(a@1:1=Q1:4'one\ntwo\n' b@4:1=Q4:4'x y\n')"},
    {"null words", "[~, null, , ]", NULL},
    {"nulls", "a: ~\nb: null\nc:\n", "M1:1(a@1:1=P1:4'~' b@2:1=P2:4'null' c@3:1=P3:3'')"},
    {"columns count characters", "标准: {甲: 乙, x: y}", "M1:1(标准@1:1=M1:5(甲@1:6=P1:9'乙' x@1:12=P1:15'y'))"},
    {"a byte order mark counts for nothing",
     "\xEF\xBB\xBF"
     "a: b",
     "M1:1(a@1:1=P1:4'b')"},
    {"CRLF", "a: b\r\nc: d\r\n", "M1:1(a@1:1=P1:4'b' c@2:1=P2:4'd')"},
    {"an alias stands where it is written", "a: &x [1]\nb: *x\n", "M1:1(a@1:1=L1:4(P1:8'1') b@2:1=L2:4(P1:8'1'))"},
    {"an anchor used again", "[&a x, *a, &a y, *a]", "L1:1(P1:2'x' P1:8'x' P1:12'y' P1:18'y')"},
    {"a comment and a document mark", "# hello\n---\na: b\n...\n", "M3:1(a@3:1=P3:4'b')"},
    {"the first of two keys stays", "a: 1\na: 2\n", "M1:1(a@1:1=P1:4'1')"},
};

static void check_shapes(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(shapes); i++) {
        tree t;
        ay_buf got = {0};
        assert_int_equal(read_tree(&t, ay_str_from(shapes[i].text)), ASSAY_OK);
        if (t.root) put_node(&got, t.root);
        ay_buf_char(&got, 0);
        const char *want = shapes[i].want ? shapes[i].want : "";
        if (strcmp(got.ptr, want) != 0) fail_msg("%s: %s, want %s", shapes[i].label, got.ptr, want);
        if (!shapes[i].want) assert_true(ay_diags_errors(t.diags) > 0);
        ay_buf_free(&got);
        free_tree(&t);
    }
}

/* `n` times `piece` between `head` and `tail`. */
static ay_buf repeated(const char *head, const char *piece, size_t n, const char *tail)
{
    ay_buf text = {0};
    ay_buf_text(&text, head);
    for (size_t i = 0; i < n; i++) ay_buf_text(&text, piece);
    ay_buf_text(&text, tail);
    return text;
}

static size_t faults_of(ay_buf text, const char *code)
{
    tree t;
    assert_int_equal(read_tree(&t, ay_buf_view(&text)), ASSAY_OK);
    const size_t n = ay_diags_errors(t.diags);
    assert_true(n <= 1);
    if (n) assert_string_equal(assay_diags_at(t.diags, 0)->code, code);
    assert_true((t.root == NULL) == (n > 0));
    free_tree(&t);
    ay_buf_free(&text);
    return n;
}

static void check_limits(void **state)
{
    (void)state;
    /* 31 lists around one text are 32 levels */
    assert_int_equal(
        faults_of(repeated("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "x", 1, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), "limit"), 0);
    assert_int_equal(
        faults_of(repeated("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "x", 1, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), "limit"),
        1);
    /* the list itself is a value too */
    assert_int_equal(faults_of(repeated("[", "x,", AY_TREE_NODES - 1, "]"), "limit"), 0);
    assert_int_equal(faults_of(repeated("[", "x,", AY_TREE_NODES, "]"), "limit"), 1);
    /* an alias counts what it stands for: 1 + (1 + 10) + n * 11 */
    assert_int_equal(faults_of(repeated("[&a [1,1,1,1,1,1,1,1,1,1],", "*a,", (AY_TREE_NODES - 12) / 11, "]"), "limit"),
                     0);
    assert_int_equal(
        faults_of(repeated("[&a [1,1,1,1,1,1,1,1,1,1],", "*a,", (AY_TREE_NODES - 12) / 11 + 1, "]"), "limit"), 1);
    assert_int_equal(faults_of(repeated("a", "b", AY_TREE_BYTES - 1, ""), "limit"), 0);
    assert_int_equal(faults_of(repeated("a", "b", AY_TREE_BYTES, ""), "limit"), 1);
}

/* An alias of 20 levels in 20 levels is 40 levels. */
static void check_alias_depth(void **state)
{
    (void)state;
    assert_int_equal(
        faults_of(repeated("[&a ", "[", 15, "x]]]]]]]]]]]]]]], [[[[[[[[[[[[[[[ *a ]]]]]]]]]]]]]]]]"), "limit"), 0);
    assert_int_equal(
        faults_of(repeated("[&a ", "[", 15, "x]]]]]]]]]]]]]]], [[[[[[[[[[[[[[[[ *a ]]]]]]]]]]]]]]]]]"), "limit"), 1);
}

static void check_cut_anywhere(void **state)
{
    (void)state;
    static const char text[] = "a: &x {b: [c, \"d\\u4e2d\", 'e']}\nf: |\n  乙\ng: *x\n";
    for (size_t len = 0; len < sizeof text; len++) {
        tree t;
        assert_int_equal(read_tree(&t, (ay_str){text, len}), ASSAY_OK);
        assert_true(t.root || ay_diags_errors(t.diags) == 1);
        free_tree(&t);
    }
}

static void check_allocations(void **state)
{
    (void)state;
    static const char text[] = "a: &x {b: [c, d]}\na: 1\n<<: *x\n? [q]\n: !!str w\nz: *x\ny: *none\n";
    assay_status status = ASSAY_ENOMEM;
    size_t n = 1;
    for (; status != ASSAY_OK; n++) {
        tree t;
        ay_mem_fail_at(n);
        status = read_tree(&t, AY_STR(text));
        ay_mem_fail_at(0);
        assert_true(status == ASSAY_OK || status == ASSAY_ENOMEM);
        if (status == ASSAY_OK) assert_int_equal(ay_diags_errors(t.diags), 5);
        free_tree(&t);
    }
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_shapes),       cmocka_unit_test(check_limits),      cmocka_unit_test(check_alias_depth),
        cmocka_unit_test(check_cut_anywhere), cmocka_unit_test(check_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
