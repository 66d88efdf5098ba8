#define _GNU_SOURCE /* mkostemp */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proof/secret.h"

#include "assay/key.h"
#include "base/buf.h"
#include "base/mem.h"

#define HEX_DIGITS ((size_t)AY_SECRET_BYTES * 2)

ay_secret *ay_secret_free(ay_secret *key)
{
    if (key) OPENSSL_cleanse(key, sizeof *key);
    return ay_free(key);
}

/* ---- Reading ---- */

static assay_status check_file(int fd, const char *path, assay_err *err)
{
    struct stat file;
    AY_FAIL_IF(fstat(fd, &file) != 0, err, ASSAY_EIO, "key file %s: %s", "密钥文件 %s：%s", path, strerror(errno));
    AY_FAIL_IF(!S_ISREG(file.st_mode), err, ASSAY_EIO, "key file %s is not a regular file", "密钥文件 %s 不是普通文件",
               path);
    AY_FAIL_IF(file.st_uid != geteuid() && file.st_uid != 0, err, ASSAY_EIO,
               "key file %s belongs to another user: whoever owns it could exchange the key",
               "密钥文件 %s 属于其他用户：其所有者可以更换密钥", path);
    AY_FAIL_IF(file.st_mode & (S_IRWXG | S_IRWXO), err, ASSAY_EIO,
               "key file %s is open to others (mode %04o): run chmod 600 on it",
               "密钥文件 %s 可被他人访问（权限 %04o）：请执行 chmod 600", path, (unsigned)(file.st_mode & 07777));
    return ASSAY_OK;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool ay_secret_parse(ay_str text, ay_secret *ret)
{
    if (text.len != HEX_DIGITS && !(text.len == HEX_DIGITS + 1 && text.ptr[HEX_DIGITS] == '\n')) return false;
    for (size_t i = 0; i < AY_SECRET_BYTES; i++) {
        const int high = digit_of(text.ptr[2 * i]), low = digit_of(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        ret->bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* Without stdio, whose buffer would keep a copy. False: errno says why. */
static bool read_all(int fd, char *text, size_t size, size_t *ret_len)
{
    *ret_len = 0;
    while (*ret_len < size) {
        const ssize_t n = read(fd, text + *ret_len, size - *ret_len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n == 0;
        *ret_len += (size_t)n;
    }
    return true;
}

static assay_status read_key(int fd, const char *path, ay_secret *key, assay_err *err)
{
    char text[HEX_DIGITS + 2]; /* one more than a key, so that a longer file is seen */
    size_t len;
    AY_TRY(check_file(fd, path, err));
    const bool is_read = read_all(fd, text, sizeof text, &len);
    const int reason = errno;
    const bool is_key = is_read && ay_secret_parse((ay_str){text, len}, key);
    OPENSSL_cleanse(text, sizeof text);
    AY_FAIL_IF(!is_read, err, ASSAY_EIO, "key file %s: %s", "密钥文件 %s：%s", path, strerror(reason));
    AY_FAIL_IF(!is_key, err, ASSAY_EFORMAT, "key file %s is not one line of %zu hex digits",
               "密钥文件 %s 应为一行 %zu 位十六进制数字", path, HEX_DIGITS);
    return ASSAY_OK;
}

assay_status ay_secret_read(const char *path, ay_secret **ret, assay_err *err)
{
    ay_secret *key = AY_NEW(ay_secret);
    AY_NOMEM_IF(!key, err);
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a pipe must not make it wait */
    assay_status st = fd >= 0 ? read_key(fd, path, key, err)
                              : ay_fail(err, ASSAY_EIO, "key file %s: %s", "密钥文件 %s：%s", path, strerror(errno));
    if (fd >= 0) close(fd);
    if (st == ASSAY_OK) *ret = key;
    else ay_secret_free(key);
    return st;
}

/* ---- Making ---- */

static bool write_all(int fd, const char *text, size_t len)
{
    while (len) {
        const ssize_t n = write(fd, text, len);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        }
    }
    return fsync(fd) == 0;
}

static assay_status fill(int fd, const char *path, assay_err *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[AY_SECRET_BYTES];
    char text[HEX_DIGITS + 1];
    AY_FAIL_IF(RAND_bytes(bytes, sizeof bytes) != 1, err, ASSAY_EINTERNAL, "libcrypto has no random bytes",
               "libcrypto 无法提供随机数");
    for (size_t i = 0; i < AY_SECRET_BYTES; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[HEX_DIGITS] = '\n';
    const bool is_written = fchmod(fd, S_IRUSR | S_IWUSR) == 0 && write_all(fd, text, sizeof text);
    const int reason = errno;
    OPENSSL_cleanse(bytes, sizeof bytes);
    OPENSSL_cleanse(text, sizeof text);
    AY_FAIL_IF(!is_written, err, ASSAY_EIO, "key file %s: %s", "密钥文件 %s：%s", path, strerror(reason));
    return ASSAY_OK;
}

/* A link is made only where nothing is: the file is there as a whole or not at all, and none is overwritten. */
static assay_status publish(const char *temporary, const char *path, assay_err *err)
{
    if (link(temporary, path) == 0) return ASSAY_OK;
    AY_FAIL_IF(errno == EEXIST, err, ASSAY_EIO, "key file %s exists: a key is never overwritten",
               "密钥文件 %s 已存在：密钥从不覆盖", path);
    return ay_fail(err, ASSAY_EIO, "key file %s: %s", "密钥文件 %s：%s", path, strerror(errno));
}

static assay_status make(char *temporary, const char *path, assay_err *err)
{
    const int fd = mkostemp(temporary, O_CLOEXEC); /* O_EXCL, 0600 */
    AY_FAIL_IF(fd < 0, err, ASSAY_EIO, "key file %s: %s", "密钥文件 %s：%s", path, strerror(errno));
    assay_status st = fill(fd, path, err);
    if (close(fd) != 0 && st == ASSAY_OK)
        st = ay_fail(err, ASSAY_EIO, "key file %s: %s", "密钥文件 %s：%s", path, strerror(errno));
    if (st == ASSAY_OK) st = publish(temporary, path, err);
    unlink(temporary);
    return st;
}

assay_status assay_key_new(const char *path, assay_err *err)
{
    ay_buf temporary = {0};
    AY_FAIL_IF(!path || !path[0], err, ASSAY_EUSAGE, "name a key file", "请给出密钥文件名");
    ay_buf_text(&temporary, path);
    ay_buf_text(&temporary, ".XXXXXX");
    ay_buf_char(&temporary, '\0');
    assay_status st = ay_buf_status(&temporary, err);
    if (st == ASSAY_OK) st = make(temporary.ptr, path, err);
    ay_buf_free(&temporary);
    return st;
}
