/* Trees of lines: roots computed with Python's hashlib, whatever the pieces in which the text comes, one line at a time
 * provable, and every text another tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "fault.h"
#include "proof/line_tree.h"
#include "proof_kit.h"

#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }

static const struct tree_case {
    const char *label;
    ay_str text; /* ptr NULL: of make_many */
    unsigned many;
    uint64_t lines;
    const char *sm3, *sha256;
} cases[] = {
    {"empty", TEXT(""), 0, 0, "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"one line", TEXT("a\n"), 0, 1, "b0b07568616b0f7e7d58eab2e8847e2bd72fa1de582734d46f022c51fcbeb326",
     "b6a567b466562a6a954af6157b898f9e880e4352304adc2969155f0e4de31cf0"},
    {"no line feed", TEXT("a"), 0, 1, "c688f41bcd570f9651ccb215058a545f66f52ab4eac2968896e1637af9443d8c",
     "022a6979e6dab7aa5ae4c3e5e45f7e977112a7e63593820dbec1ec738a24f93c"},
    {"a line feed alone", TEXT("\n"), 0, 1, "901d5729c46948e214b82f68a68f1b79308f444e9c2da3ff0edf166cfc827c8a",
     "67ebbd370daa02ba9aadd05d8e091e862d0d8bcadafdf2a22360240a42fe922e"},
    {"two", TEXT("a\n\n"), 0, 2, "93641549e38b5e0a5e07740c61909114ad87e1c93ad8257b47f48f06b9640475",
     "020fb9b79f381fe5832cdb73531e788813fd0af2a7cdcccaf65625b3177f7ba8"},
    {"three, the last one open", TEXT("a\nbc\nd"), 0, 3,
     "1f286858f5f2f2484772adf956b53ef00728e804e18d54d9184091c49348669e",
     "bc5d317c7b1c525b34ad64f00efd9e4c5e7061b65f9f5edea500c29618eb4e1f"},
    {"zero bytes", TEXT("\0\n\0"), 0, 2, "e1a88697f7b3f43d60efbf74ef73cd00c0ba0a1c73457eb9f1c5f83a457d10d3",
     "5f02509d83bd56bae228f15515f6ccb86e480b385233f13f0a99e2fa16f581db"},
    {"many",
     {NULL, 0},
     1025,
     1026,
     "1943ba4c1d9e1690915c485041b9c2d9339e8d34b9e6eb9482da5f1147625f39",
     "b9a41ec447e1425954d8a6dc6658421b64d4ee0131f7e5acf2f2dc9e688e4791"},
    {"very many",
     {NULL, 0},
     3000,
     3001,
     "e2b5248cc3e1bea9d70286eea322ae7448eed81c1d52825aeba86044aa70ed0f",
     "1064a45cabb161522f25ac75a92f827eab59b7ea16da7c8d8f7fd433bedf3e06"},
};

/* b"".join(b"%d:%s\n" % (i, b"x" * (i * 7 % 300)) for i in range(n)) + b"end" */
static void make_many(unsigned n, ay_buf *out)
{
    for (unsigned i = 0; i < n; i++) {
        ay_buf_printf(out, "%u:", i);
        for (unsigned x = i * 7 % 300; x > 0; x--) ay_buf_char(out, 'x');
        ay_buf_char(out, '\n');
    }
    ay_buf_text(out, "end");
}

static ay_line_tree *open_tree(const struct way *way)
{
    ay_line_tree *tree = NULL;
    assert_int_equal(ay_line_tree_open(way->alg, way->provider, &tree, NULL), ASSAY_OK);
    return tree;
}

/* In pieces of random length, at most `most` bytes each. */
static ay_merkle_head grow(ay_line_tree *tree, ay_str text, size_t most, uint64_t seed)
{
    ay_merkle_head head;
    while (text.len) {
        const size_t drawn = (size_t)(next_random(&seed) % (most + 1));
        const size_t n = drawn < text.len ? drawn : text.len;
        assert_int_equal(ay_line_tree_put(tree, ay_str_slice(text, 0, n), NULL), ASSAY_OK);
        text = ay_str_slice(text, n, text.len);
    }
    assert_int_equal(ay_line_tree_end(tree, &head, NULL), ASSAY_OK);
    return head;
}

static void test_roots(void **state)
{
    (void)state;
    static const size_t most[] = {1, 2, 3, 100, 1000, 70000, 1000000};
    for (size_t w = 0; w < AY_COUNT(ways); w++) {
        ay_line_tree *tree = open_tree(&ways[w]); /* the same one for all texts */
        for (size_t i = 0; i < AY_COUNT(cases); i++) {
            const struct tree_case *c = &cases[i];
            ay_buf many = {0};
            if (!c->text.ptr) make_many(c->many, &many);
            for (size_t m = 0; m < AY_COUNT(most); m++) {
                const ay_merkle_head head = grow(tree, c->text.ptr ? c->text : ay_buf_view(&many), most[m], m + 1);
                assert_int_equal(head.size, c->lines);
                assert_hex(c->label, head.root.bytes, AY_DIGEST_SIZE, ways[w].alg == AY_SM3 ? c->sm3 : c->sha256);
            }
            ay_buf_free(&many);
        }
        (void)ay_line_tree_free(tree);
    }
}

/* A line of 3 MiB, which no buffer here holds. */
static void test_long_line(void **state)
{
    (void)state;
    enum { PIECES = 48, PIECE = 65536 };
    static char piece[PIECE];
    ay_buf whole = {0};
    memset(piece, 'y', sizeof piece);
    ay_buf_text(&whole, "first\n");
    for (int i = 0; i < PIECES; i++) ay_buf_put(&whole, piece, sizeof piece);
    ay_buf_text(&whole, "\nlast\n");
    for (size_t w = 0; w < AY_COUNT(ways); w++) {
        ay_line_tree *tree = open_tree(&ways[w]);
        const ay_merkle_head at_once = grow(tree, ay_buf_view(&whole), whole.len, 1);
        const ay_merkle_head in_pieces = grow(tree, ay_buf_view(&whole), 1000, 2);
        assert_int_equal(at_once.size, 3);
        assert_memory_equal(&at_once, &in_pieces, sizeof at_once);
        (void)ay_line_tree_free(tree);
    }
    ay_buf_free(&whole);
}

/* The second of three lines, by its leaf and what stands beside it. */
static void test_one_line(void **state)
{
    (void)state;
    for (size_t w = 0; w < AY_COUNT(ways); w++) {
        ay_line_tree *tree = open_tree(&ways[w]);
        ay_hasher *hasher = open_hasher(&ways[w]);
        const ay_merkle_head head = grow(tree, AY_STR("a\nbc\nd\n"), 100, 1);
        ay_digest beside[2], line;
        assert_int_equal(ay_merkle_leaf(hasher, AY_STR("a\n"), &beside[0], NULL), ASSAY_OK);
        assert_int_equal(ay_merkle_leaf(hasher, AY_STR("d\n"), &beside[1], NULL), ASSAY_OK);
        assert_int_equal(ay_merkle_leaf(hasher, AY_STR("bc\n"), &line, NULL), ASSAY_OK);
        const ay_merkle_place place = {.index = 1, .size = head.size};
        const ay_merkle_proof path = {beside, 2};
        assert_int_equal(ay_merkle_check_path(hasher, place, &line, path, &head.root, NULL), ASSAY_OK);
        (void)ay_hasher_free(hasher);
        (void)ay_line_tree_free(tree);
    }
}

/* Every byte is bound: no change of one, none more and none less gives the same tree. */
static void test_every_byte(void **state)
{
    (void)state;
    static const char text[] = "ab\n\nc\nd";
    enum { LEN = sizeof text - 1 };
    ay_line_tree *tree = open_tree(&ways[1]);
    const ay_merkle_head whole = grow(tree, (ay_str){text, LEN}, 100, 1);
    for (size_t at = 0; at <= LEN; at++)
        for (int c = 0; c < 256; c++) {
            char more[LEN + 1];
            memcpy(more, text, at);
            more[at] = (char)c;
            memcpy(more + at + 1, text + at, LEN - at);
            const ay_merkle_head inserted = grow(tree, (ay_str){more, LEN + 1}, 100, 1);
            assert_memory_not_equal(inserted.root.bytes, whole.root.bytes, AY_DIGEST_SIZE);
            if (at == LEN || text[at] == (char)c) continue;
            memcpy(more + at + 1, text + at + 1, LEN - at - 1);
            const ay_merkle_head changed = grow(tree, (ay_str){more, LEN}, 100, 1);
            assert_memory_not_equal(changed.root.bytes, whole.root.bytes, AY_DIGEST_SIZE);
        }
    for (size_t len = 0; len < LEN; len++) {
        const ay_merkle_head cut = grow(tree, (ay_str){text, len}, 100, 1);
        assert_memory_not_equal(cut.root.bytes, whole.root.bytes, AY_DIGEST_SIZE);
    }
    (void)ay_line_tree_free(tree);
}

static assay_status live(void *unused)
{
    (void)unused;
    ay_line_tree *tree = NULL;
    assay_err err = {0};
    ay_merkle_head head;
    AY_TRY(ay_line_tree_open(AY_SM3, AY_PROVIDER_LANES, &tree, &err));
    assay_status st = ay_line_tree_put(tree, AY_STR("a\nb"), &err);
    if (st == ASSAY_OK) st = ay_line_tree_end(tree, &head, &err);
    (void)ay_line_tree_free(tree);
    return st;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    assert_int_equal(fail_each_allocation(live, NULL), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_roots), cmocka_unit_test(test_long_line),
                                       cmocka_unit_test(test_one_line), cmocka_unit_test(test_every_byte),
                                       cmocka_unit_test(test_out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
