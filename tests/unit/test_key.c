/* Key files and HMAC-SM3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assay/key.h"
#include "base/buf.h"
#include "base/mem.h"
#include "proof/secret.h"

static char folder[] = "/tmp/assay-key-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    const bool made = mkdtemp(folder) != NULL;
    snprintf(path, sizeof path, "%s/key", folder);
    return made ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void write_file(const char *text, size_t len, mode_t mode)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1F"

static const struct {
    const char *label, *text;
    mode_t mode;
    assay_status status;
    const char *en;
} files[] = {
    {"a key", HEX "\n", 0600, ASSAY_OK, ""},
    {"without a line end", HEX, 0400, ASSAY_OK, ""},
    {"read-only", HEX "\n", 0400, ASSAY_OK, ""},
    {"readable by the group", HEX "\n", 0640, ASSAY_EIO, "is open to others (mode 0640): run chmod 600 on it"},
    {"readable by others", HEX "\n", 0604, ASSAY_EIO, "is open to others (mode 0604): run chmod 600 on it"},
    {"writable by others", HEX "\n", 0602, ASSAY_EIO, "is open to others (mode 0602): run chmod 600 on it"},
    {"executable by the group", HEX "\n", 0610, ASSAY_EIO, "is open to others (mode 0610): run chmod 600 on it"},
    {"empty", "", 0600, ASSAY_EFORMAT, "is not one line of 64 hex digits"},
    {"a digit short",
     "00"
     "0",
     0600, ASSAY_EFORMAT, "is not one line of 64 hex digits"},
    {"a digit more", HEX "0", 0600, ASSAY_EFORMAT, "is not one line of 64 hex digits"},
    {"two lines", HEX "\n\n", 0600, ASSAY_EFORMAT, "is not one line of 64 hex digits"},
    {"two keys", HEX "\n" HEX "\n", 0600, ASSAY_EFORMAT, "is not one line of 64 hex digits"},
    {"no hex digit", "g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", 0600, ASSAY_EFORMAT,
     "is not one line of 64 hex digits"},
    {"a space before", " 00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", 0600, ASSAY_EFORMAT,
     "is not one line of 64 hex digits"},
};

static void test_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < AY_COUNT(files); i++) {
        ay_secret *key = NULL;
        assay_err err = {0};
        write_file(files[i].text, strlen(files[i].text), files[i].mode);
        const assay_status status = ay_secret_read(path, &key, &err);
        if (status != files[i].status || (status != ASSAY_OK && !strstr(err.text, files[i].en)))
            fail_msg("%s: %d %s", files[i].label, (int)status, err.text);
        assert_true((key != NULL) == (status == ASSAY_OK));
        for (size_t b = 0; key && b < AY_SECRET_BYTES; b++) assert_int_equal(key->bytes[b], b);
        ay_secret_free(key);
        unlink(path);
    }
}

static void test_no_file(void **state)
{
    (void)state;
    ay_secret *key = NULL;
    assay_err err;
    assert_int_equal(ay_secret_read(path, &key, &err), ASSAY_EIO);
    assert_non_null(strstr(err.text, "No such file or directory"));
    assert_int_equal(ay_secret_read(folder, &key, &err), ASSAY_EIO);
    assert_non_null(strstr(err.text, "is not a regular file"));
    assert_int_equal(mkfifo(path, 0600), 0); /* nobody writes into it: it must not wait */
    assert_int_equal(ay_secret_read(path, &key, &err), ASSAY_EIO);
    assert_non_null(strstr(err.text, "is not a regular file"));
    unlink(path);
    assert_null(key);
}

/* Only root can give a file away. */
static void test_owner(void **state)
{
    (void)state;
    ay_secret *key = NULL;
    assay_err err;
    if (geteuid() != 0) skip();
    write_file(HEX "\n", 65, 0600);
    assert_int_equal(chown(path, 1, 1), 0);
    assert_int_equal(ay_secret_read(path, &key, &err), ASSAY_EIO);
    assert_non_null(strstr(err.text, "belongs to another user"));
    unlink(path);
}

static void test_new(void **state)
{
    (void)state;
    ay_secret *one = NULL, *two = NULL;
    assay_err err;
    struct stat file;
    const mode_t mask = umask(0);
    assert_int_equal(assay_key_new(path, &err), ASSAY_OK);
    umask(mask);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 07777, 0600);
    assert_int_equal(file.st_size, 65);
    assert_int_equal(ay_secret_read(path, &one, &err), ASSAY_OK);
    assert_int_equal(assay_key_new(path, &err), ASSAY_EIO);
    assert_non_null(strstr(err.text, "exists: a key is never overwritten"));
    assert_int_equal(ay_secret_read(path, &two, &err), ASSAY_OK);
    assert_memory_equal(one->bytes, two->bytes, AY_SECRET_BYTES);
    ay_secret_free(two);
    unlink(path);
    assert_int_equal(assay_key_new(path, &err), ASSAY_OK);
    assert_int_equal(ay_secret_read(path, &two, &err), ASSAY_OK);
    assert_memory_not_equal(one->bytes, two->bytes, AY_SECRET_BYTES);
    ay_secret_free(one);
    ay_secret_free(two);
    unlink(path);
    assert_int_equal(assay_key_new("/nowhere/key", &err), ASSAY_EIO);
    assert_int_equal(assay_key_new("", &err), ASSAY_EUSAGE);
    assert_int_equal(assay_key_new(NULL, &err), ASSAY_EUSAGE);
}

/* No memory: an error, and neither key nor file; remove_folder finds what is left. */
static void test_allocations(void **state)
{
    (void)state;
    assay_status status = ASSAY_ENOMEM;
    for (size_t n = 1; status != ASSAY_OK; n++) {
        ay_mem_fail_at(n);
        status = assay_key_new(path, NULL);
        ay_mem_fail_at(0);
        assert_true(status == ASSAY_OK || (status == ASSAY_ENOMEM && access(path, F_OK) != 0));
    }
    status = ASSAY_ENOMEM;
    for (size_t n = 1; status != ASSAY_OK; n++) {
        ay_secret *key = NULL;
        ay_mem_fail_at(n);
        status = ay_secret_read(path, &key, NULL);
        ay_mem_fail_at(0);
        assert_true(status == ASSAY_OK || (status == ASSAY_ENOMEM && !key));
        ay_secret_free(key);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files), cmocka_unit_test(test_no_file),     cmocka_unit_test(test_owner),
        cmocka_unit_test(test_new),   cmocka_unit_test(test_allocations),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
