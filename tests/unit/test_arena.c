/* Arenas: alignment, lifetime, deferred calls, reuse of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/mem.h"
#include "fault.h"

/* Under AddressSanitizer no memory is kept, since each allocation is a block of its own. */
#define KEEPS_MEMORY (!AY_ARENA_ONE_BLOCK_EACH)

static void test_allocations(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 0, 15, 16, 17, 4095, 4096, 4097, 3, 262144, 262145, 1, 1 << 20, (1 << 20) + 1, 5};
    ay_arena arena = {0};
    unsigned char *got[AY_COUNT(sizes)];
    for (size_t i = 0; i < AY_COUNT(sizes); i++) {
        got[i] = (unsigned char *)ay_arena_alloc(&arena, sizes[i], 1);
        assert_non_null(got[i]);
        assert_true((uintptr_t)got[i] % 16 == 0);
        for (size_t j = 0; j < sizes[i]; j++) assert_int_equal(got[i][j], 0);
        memset(got[i], (int)i + 1, sizes[i]);
        assert_non_null(ay_arena_bytes(&arena, 1)); /* unaligned, in between */
    }
    for (size_t i = 0; i < AY_COUNT(sizes); i++) /* nobody wrote over another's bytes */
        for (size_t j = 0; j < sizes[i]; j++) assert_int_equal(got[i][j], i + 1);
    assert_true(arena.total > (2 << 20));
    ay_arena_free(&arena);
    assert_true(arena.total == 0);
    ay_arena_free(&arena); /* an empty one too */
}

static void test_zeroed_after_reset(void **state)
{
    (void)state;
    ay_arena arena = {0};
    for (int round = 0; round < 3; round++) {
        unsigned char *p = (unsigned char *)ay_arena_alloc(&arena, 100, 30);
        for (size_t i = 0; i < 3000; i++) assert_int_equal(p[i], 0);
        memset(p, 0xee, 3000);
        ay_arena_reset(&arena);
    }
    ay_arena_free(&arena);
}

static void test_overflow(void **state)
{
    (void)state;
    ay_arena arena = {0};
    assert_null(ay_arena_alloc(&arena, SIZE_MAX, 2));
    assert_null(ay_arena_alloc(&arena, SIZE_MAX / 2, 3));
    assert_null(ay_arena_bytes(&arena, SIZE_MAX - 8));
    assert_null(ay_arena_copy(&arena, (ay_str){"never read", SIZE_MAX}));
    assert_true(arena.total == 0);
    ay_arena_free(&arena);
}

static void test_copies(void **state)
{
    (void)state;
    ay_arena arena = {0};
    assert_string_equal(ay_arena_copy(&arena, AY_STR("名称")), "名称");
    assert_string_equal(ay_arena_copy(&arena, (ay_str){NULL, 0}), "");
    ay_str copy = {0};
    assert_true(ay_arena_str(&arena, AY_STR("a\0b"), &copy));
    assert_int_equal(copy.len, 3);
    assert_memory_equal(copy.ptr, "a\0b", 4);
    ay_arena_free(&arena);
}

typedef struct noted {
    char text[8];
    size_t n;
} noted;

typedef struct note {
    noted *to;
    char what;
} note;

static void take_note(void *p)
{
    const note *n = (const note *)p;
    n->to->text[n->to->n++] = n->what;
}

static void test_deferred_last_in_first_out(void **state)
{
    (void)state;
    ay_arena arena = {0};
    noted log = {0};
    note a = {&log, 'a'}, b = {&log, 'b'}, c = {&log, 'c'};
    assert_true(ay_arena_defer(&arena, take_note, &a));
    assert_true(ay_arena_defer(&arena, take_note, &b));
    assert_string_equal(log.text, "");
    ay_arena_reset(&arena);
    assert_string_equal(log.text, "ba");
    assert_true(ay_arena_defer(&arena, take_note, &c));
    ay_arena_free(&arena);
    assert_string_equal(log.text, "bac");
}

static void test_deferred_at_once_without_memory(void **state)
{
    (void)state;
    ay_arena arena = {0};
    noted log = {0};
    note a = {&log, 'a'};
    (void)ay_mem_fail_at(1);
    assert_false(ay_arena_defer(&arena, take_note, &a));
    assert_int_equal(ay_mem_fail_at(0), 1);
    assert_string_equal(log.text, "a");
    ay_arena_free(&arena);
    assert_string_equal(log.text, "a");
}

static void test_reset_keeps_memory(void **state)
{
    (void)state;
    if (!KEEPS_MEMORY) skip();
    ay_arena arena = {0};
    for (int i = 0; i < 1000; i++) assert_non_null(ay_arena_bytes(&arena, 1000));
    assert_non_null(ay_arena_bytes(&arena, 3 << 20)); /* so large a block is given back */
    ay_arena_reset(&arena);
    const size_t kept = arena.total;
    assert_in_range(kept, 1000 * 1000, 2 << 20);
    (void)ay_mem_fail_at(1); /* the second round needs nothing from the heap */
    for (int i = 0; i < 1000; i++) assert_non_null(ay_arena_bytes(&arena, 1000));
    assert_int_equal(ay_mem_fail_at(0), 0);
    assert_true(arena.total == kept);
    ay_arena_free(&arena);
}

static void count(void *p)
{
    ++*(int *)p;
}

static assay_status use(void *arg)
{
    (void)arg;
    ay_arena arena = {0};
    ay_str s;
    int called = 0;
    const bool ok = ay_arena_alloc(&arena, 10, 100) && ay_arena_defer(&arena, count, &called) &&
                    ay_arena_copy(&arena, AY_STR("text")) && ay_arena_str(&arena, AY_STR("text"), &s) &&
                    ay_arena_bytes(&arena, 1 << 20) && ay_arena_bytes(&arena, 5000);
    const bool had_deferred = arena.deferred != NULL;
    ay_arena_free(&arena);
    assert_int_equal(called, had_deferred || called ? 1 : 0);
    return ok ? ASSAY_OK : ASSAY_ENOMEM;
}

static void test_every_allocation_can_fail(void **state)
{
    (void)state;
    assert_in_range(fail_each_allocation(use, NULL), 3, 6);
}

static void test_heap_sizes(void **state)
{
    (void)state;
    void *p = ay_alloc(0);
    assert_non_null(p);
    assert_null(ay_free(p));
    assert_null(ay_free(NULL));
    assert_null(ay_alloc_array(SIZE_MAX, 2));
    assert_null(ay_realloc_array(NULL, SIZE_MAX / 4, 5));
    int *zeroed = AY_NEW_ARRAY(100, int);
    for (int i = 0; i < 100; i++) assert_int_equal(zeroed[i], 0);
    zeroed[99] = 7;
    assert_null(ay_realloc_array(zeroed, SIZE_MAX, sizeof(int)));
    assert_int_equal(zeroed[99], 7); /* as it was */
    int *moved = AY_STEAL(zeroed);
    assert_null(zeroed);
    ay_free(moved);
}

static void test_only_the_nth_fails(void **state)
{
    (void)state;
    (void)ay_mem_fail_at(2);
    void *a = ay_alloc(1), *b = AY_NEW(int), *c = ay_realloc_array(NULL, 1, 1);
    assert_int_equal(ay_mem_fail_at(0), 3);
    assert_non_null(a);
    assert_null(b);
    assert_non_null(c);
    ay_free(ay_alloc(1)); /* not counted while off */
    assert_int_equal(ay_mem_fail_at(0), 0);
    ay_free(a);
    ay_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allocations),
        cmocka_unit_test(test_zeroed_after_reset),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_deferred_last_in_first_out),
        cmocka_unit_test(test_deferred_at_once_without_memory),
        cmocka_unit_test(test_reset_keeps_memory),
        cmocka_unit_test(test_every_allocation_can_fail),
        cmocka_unit_test(test_heap_sizes),
        cmocka_unit_test(test_only_the_nth_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
