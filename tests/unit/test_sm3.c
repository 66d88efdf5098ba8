/* SM3 in lanes against OpenSSL's: every length, every width, mixed batches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "proof/sm3.h"
#include "proof_kit.h"

/* Sixteen lanes without instructions for them: the same source as for AVX-512, on any machine. */
#define LANES 16
#include "proof/sm3_kernel.h"

static const ay_sm3_kernel sixteen_anywhere = {"any", LANES, load, absorb, store};

static const ay_sm3_kernel *kernel_at(size_t i)
{
    if (i == 0) return &sixteen_anywhere;
    return ay_sm3_kernel_at(i - 1);
}

enum { TEXT = 4096, MANY = 600 };
static char text[TEXT];

/* The answers of libcrypto. */
static void compare(const char *label, const ay_message *messages, size_t n)
{
    static ay_digest want[MANY], got[MANY];
    ay_hasher *evp = open_hasher(&ways[0]);
    assert_int_equal(ay_hash(evp, messages, n, want, NULL), ASSAY_OK);
    for (size_t k = 0; kernel_at(k); k++) {
        memset(got, 0, sizeof got);
        ay_sm3_batch(kernel_at(k), &ay_sm3_initial, messages, n, got);
        for (size_t i = 0; i < n; i++)
            if (!ay_digest_eq(&got[i], &want[i]))
                fail_msg("%s: %s, %u lanes: message %zu of %zu, %zu + %zu bytes, differs", label, kernel_at(k)->name,
                         kernel_at(k)->lanes, i, n, messages[i].head.len, messages[i].body.len);
    }
    (void)ay_hasher_free(evp);
}

static const struct standard_case {
    const char *text, *want;
} standard_cases[] = {
    /* GB/T 32905-2016, annex A */
    {"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
    {"abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd",
     "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
    /* computed with OpenSSL 3.0 */
    {"", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"},
};

static void test_the_standards_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(standard_cases); i++)
        for (size_t k = 0; kernel_at(k); k++) {
            const ay_message message = {.body = ay_str_from(standard_cases[i].text)};
            ay_digest got;
            ay_sm3_batch(kernel_at(k), &ay_sm3_initial, &message, 1, &got);
            assert_hex(kernel_at(k)->name, got.bytes, sizeof got.bytes, standard_cases[i].want);
        }
}

static void test_every_length(void **state)
{
    (void)state;
    static ay_message messages[MANY];
    for (size_t head = 0; head <= 130; head += 13) {
        for (size_t len = 0; len <= 300; len++) {
            const size_t first = head < len ? head : len;
            messages[len] = (ay_message){{text + 1, first}, {text + 701, len - first}};
        }
        compare("lengths 0..300", messages, 301);
    }
}

/* Heads and bodies that end near the end of a block, each in memory of just its size: what pads a message may take
 * three blocks, and nothing beside them may be read. */
static void test_edges_of_blocks(void **state)
{
    (void)state;
    static const size_t heads[] = {0, 1, 57, 62, 63, 64, 65, 121, 126, 127, 128, 129}, from[] = {0, 54, 118};
    for (size_t h = 0; h < AY_COUNT(heads); h++) {
        ay_message messages[3 * 14];
        char *head = (char *)ay_alloc(heads[h]), *bodies[AY_COUNT(messages)];
        memcpy(head, text, heads[h]);
        for (size_t i = 0; i < AY_COUNT(messages); i++) {
            const size_t len = from[i / 14] + i % 14;
            bodies[i] = (char *)ay_alloc(len);
            memcpy(bodies[i], text + 500 + i, len);
            messages[i] = (ay_message){{heads[h] ? head : NULL, heads[h]}, {len ? bodies[i] : NULL, len}};
        }
        compare("edges", messages, AY_COUNT(messages));
        for (size_t i = 0; i < AY_COUNT(messages); i++) ay_free(bodies[i]);
        ay_free(head);
    }
}

static void test_every_size_of_batch(void **state)
{
    (void)state;
    ay_message messages[70];
    for (size_t i = 0; i < AY_COUNT(messages); i++) messages[i] = (ay_message){{text, 5}, {text + i, i * 17 % 200}};
    for (size_t n = 0; n <= AY_COUNT(messages); n++) compare("size of batch", messages, n);
}

static void test_random_batches(void **state)
{
    (void)state;
    static ay_message messages[MANY];
    uint64_t random = 20261125;
    for (int round = 0; round < 40; round++) {
        const size_t n = next_random(&random) % MANY, longest = round % 2 ? 3900 : 90;
        for (size_t i = 0; i < n; i++) {
            const size_t head = next_random(&random) % 100, body = next_random(&random) % longest;
            messages[i] =
                (ay_message){{text + next_random(&random) % 90, head}, {text + next_random(&random) % 90, body}};
        }
        compare("random", messages, n);
    }
}

/* One long record among short ones, wherever it stands. */
static void test_uneven_batches(void **state)
{
    (void)state;
    ay_message messages[40];
    for (size_t at = 0; at < AY_COUNT(messages); at++) {
        for (size_t i = 0; i < AY_COUNT(messages); i++) messages[i] = (ay_message){.body = {text, i == at ? TEXT : 3}};
        compare("uneven", messages, AY_COUNT(messages));
    }
}

static void test_bodies_in_the_results(void **state)
{
    (void)state;
    static ay_message messages[MANY];
    static ay_digest in_place[MANY], before[MANY], want[MANY];
    uint64_t random = 7;
    fill_random(before, sizeof before, &random);
    for (size_t i = 0; i < MANY; i++) messages[i].body = (ay_str){(const char *)before[i].bytes, sizeof before[i]};
    ay_sm3_batch(&ay_sm3_plain, &ay_sm3_initial, messages, MANY, want);
    for (size_t k = 0; kernel_at(k); k++) {
        memcpy(in_place, before, sizeof before);
        for (size_t i = 0; i < MANY; i++) messages[i].body.ptr = (const char *)in_place[i].bytes;
        ay_sm3_batch(kernel_at(k), &ay_sm3_initial, messages, MANY, in_place);
        assert_memory_equal(in_place, want, sizeof want);
    }
}

/* A start behind a block counts in the length. */
static void test_start_behind_a_block(void **state)
{
    (void)state;
    ay_digest want, got;
    ay_sm3_start start;
    ay_sm3_start_behind((const unsigned char *)text, &start);
    for (size_t len = 0; len < 200; len++) {
        const ay_message whole = {.body = {text, AY_SM3_BLOCK + len}};
        const ay_message rest = {.body = {text + AY_SM3_BLOCK, len}};
        ay_sm3_batch(ay_sm3_widest(), &ay_sm3_initial, &whole, 1, &want);
        ay_sm3_batch(ay_sm3_widest(), &start, &rest, 1, &got);
        assert_true(ay_digest_eq(&want, &got));
    }
}

/* Nodes as messages of 65 bytes, any number of them, beside the children and in their place. */
static void test_nodes(void **state)
{
    (void)state;
    static ay_digest children[2 * 40], want[40], got[40], in_place[2 * 40];
    uint64_t random = 11;
    fill_random(children, sizeof children, &random);
    for (size_t i = 0; i < AY_COUNT(want); i++) {
        const ay_message node = {AY_STR("\x01"), {(const char *)children[2 * i].bytes, 64}};
        ay_sm3_batch(&ay_sm3_plain, &ay_sm3_initial, &node, 1, &want[i]);
    }
    for (size_t k = 0; kernel_at(k); k++)
        for (size_t n = 0; n <= AY_COUNT(want); n++) {
            memset(got, 0, sizeof got);
            memcpy(in_place, children, sizeof children);
            ay_sm3_nodes(kernel_at(k), children, n, got);
            ay_sm3_nodes(kernel_at(k), in_place, n, in_place);
            assert_memory_equal(got, want, n * sizeof *want);
            assert_memory_equal(in_place, want, n * sizeof *want);
            if (n < AY_COUNT(want)) assert_int_equal(got[n].bytes[0] | got[n].bytes[31], 0); /* nothing behind them */
        }
}

/* HMAC in lanes is the hash of the hash, from two starts. */
static void test_macs(void **state)
{
    (void)state;
    static ay_message messages[MANY], outer_messages[MANY];
    static ay_digest middle[MANY], want[MANY], got[MANY];
    ay_sm3_start inner, outer;
    uint64_t random = 12;
    ay_sm3_start_behind((const unsigned char *)text, &inner);
    ay_sm3_start_behind((const unsigned char *)text + 1, &outer);
    for (size_t i = 0; i < MANY; i++) {
        messages[i] = (ay_message){{text, next_random(&random) % 90}, {text + 99, next_random(&random) % 300}};
        outer_messages[i] = (ay_message){.body = {(const char *)middle[i].bytes, sizeof middle[i]}};
    }
    ay_sm3_batch(&ay_sm3_plain, &inner, messages, MANY, middle);
    ay_sm3_batch(&ay_sm3_plain, &outer, outer_messages, MANY, want);
    for (size_t k = 0; kernel_at(k); k++) {
        ay_sm3_mac_batch(kernel_at(k), &inner, &outer, messages, MANY, got);
        assert_memory_equal(got, want, sizeof want);
    }
}

static void test_kernels_widen(void **state)
{
    (void)state;
    assert_ptr_equal(ay_sm3_kernel_at(0), &ay_sm3_plain);
    size_t n = 1;
    for (; ay_sm3_kernel_at(n); n++) assert_true(ay_sm3_kernel_at(n)->lanes > ay_sm3_kernel_at(n - 1)->lanes);
    assert_ptr_equal(ay_sm3_widest(), ay_sm3_kernel_at(n - 1));
    print_message("widest kernel here: %s, %u lanes\n", ay_sm3_widest()->name, ay_sm3_widest()->lanes);
}

static int make_text(void **state)
{
    (void)state;
    uint64_t random = 42;
    fill_random(text, sizeof text, &random);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_standards_examples),
        cmocka_unit_test(test_every_length),
        cmocka_unit_test(test_edges_of_blocks),
        cmocka_unit_test(test_every_size_of_batch),
        cmocka_unit_test(test_random_batches),
        cmocka_unit_test(test_uneven_batches),
        cmocka_unit_test(test_bodies_in_the_results),
        cmocka_unit_test(test_start_behind_a_block),
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_macs),
        cmocka_unit_test(test_kernels_widen),
    };
    return cmocka_run_group_tests(tests, make_text, NULL);
}
