/* Files of reference vectors that may lie beside the checkout: tests read them in addition to their own tables, and say
 * so where there are none. Include after cmocka.h and stdio.h. */
#ifndef AY_TESTS_VECTORS_H
#define AY_TESTS_VECTORS_H

#include "base/buf.h"

/* False: there is no such file. Free the buffer. */
static inline bool read_vectors(const char *path, ay_buf *ret)
{
    char name[512], bytes[4096];
    (void)snprintf(name, sizeof name, "%s/%s", ASSAY_VECTORS, path);
    FILE *file = fopen(name, "rb");
    if (!file) {
        print_message("no %s: only the tables of this test are used\n", name);
        return false;
    }
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;) ay_buf_put(ret, bytes, n);
    fclose(file);
    assert_int_equal(ay_buf_status(ret, NULL), ASSAY_OK);
    return true;
}

static inline void put_unhex(ay_buf *out, ay_str hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        const char *high = strchr(digits, hex.ptr[i]), *low = strchr(digits, hex.ptr[i + 1]);
        assert_true(high && low);
        ay_buf_char(out, (char)((high - digits) << 4 | (low - digits)));
    }
}

static inline void assert_str(const char *label, ay_str got, ay_str want)
{
    if (ay_str_eq(got, want)) return;
    print_error("%s: %zu bytes, not %zu:", label, got.len, want.len);
    for (size_t i = 0; i < got.len && i < 400; i++) print_error(" %02x", (unsigned char)got.ptr[i]);
    fail_msg("\n%s: %.*s", label, (int)got.len, got.len ? got.ptr : "");
}

#endif
