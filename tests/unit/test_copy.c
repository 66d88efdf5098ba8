/* Short copies: every length from every offset, no byte beside them read (by the sanitizer) or written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/copy.h"
#include "base/mem.h"

enum { MOST = 2 * AY_COPY_LONG, MARGIN = 32 };

static void copy_and_compare(size_t n, size_t offset)
{
    unsigned char to[MOST + 2 * MARGIN];
    unsigned char *from = (unsigned char *)ay_alloc(offset + n); /* ends where what is copied ends */
    assert_non_null(from);
    for (size_t i = 0; i < n; i++) from[offset + i] = (unsigned char)(i * 7 + 1);
    memset(to, 0xee, sizeof to);
    ay_copy(to + MARGIN, from + offset, n);
    for (size_t i = 0; i < sizeof to; i++) {
        const unsigned char want = i >= MARGIN && i < MARGIN + n ? (unsigned char)((i - MARGIN) * 7 + 1) : 0xee;
        if (to[i] != want) fail_msg("%zu bytes: byte %zu is %u, not %u", n, i, to[i], want);
    }
    ay_free(from);
}

static void test_every_length(void **state)
{
    (void)state;
    for (size_t n = 1; n <= MOST; n++)
        for (size_t offset = 0; offset < 16; offset += 5) copy_and_compare(n, offset);
}

static void test_nothing(void **state)
{
    (void)state;
    char to = 'x';
    ay_copy_short(&to, "", 0);
    assert_int_equal(to, 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_length),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
