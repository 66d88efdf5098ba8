/* Keys in files. A private key passes through memory that is wiped, and through no buffer that grows. */
#define _GNU_SOURCE /* strerror_r that returns the text */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "proof/sign_key.h"

static assay_status fail_file(const char *path, assay_err *err)
{
    char reason[128];
    const char *text = strerror_r(errno, reason, sizeof reason);
    return ay_fail(err, ASSAY_EIO, "key file '%s': %s", "密钥文件“%s”：%s", path, text);
}

/* ---- Loading ---- */

/* Nobody is there to be asked for a password. */
static int no_password(char *buf, int size, int writing, void *data)
{
    (void)buf, (void)size, (void)writing, (void)data;
    return -1;
}

static EVP_PKEY *read_pem(const char *text, size_t len, bool *ret_private)
{
    EVP_PKEY *pkey = NULL;
    BIO *bio = BIO_new_mem_buf(text, (int)len);
    if (bio) pkey = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    *ret_private = pkey != NULL;
    if (bio && !pkey && BIO_reset(bio) == 1) pkey = PEM_read_bio_PUBKEY(bio, NULL, no_password, NULL);
    BIO_free(bio);
    ERR_clear_error();
    return pkey;
}

static assay_status read_all(int fd, const char *path, char *to, size_t *ret_len, assay_err *err)
{
    for (*ret_len = 0;;) {
        const ssize_t n = read(fd, to + *ret_len, AY_KEY_FILE_BYTES - *ret_len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_file(path, err);
        if (n == 0) return ASSAY_OK;
        *ret_len += (size_t)n;
        AY_FAIL_IF(*ret_len == AY_KEY_FILE_BYTES, err, ASSAY_ELIMIT, "key file '%s' is too long to be one",
                   "密钥文件“%s”过长，不是密钥文件", path);
    }
}

static assay_status take_key(const char *path, const struct stat *facts, ay_str text, ay_key **ret, assay_err *err)
{
    bool is_private;
    EVP_PKEY *pkey = read_pem(text.ptr, text.len, &is_private);
    AY_FAIL_IF(!pkey, err, ASSAY_EFORMAT, "key file '%s' holds no key in PEM without a password",
               "密钥文件“%s”中没有未加口令的 PEM 密钥", path);
    if (is_private && (facts->st_uid != geteuid() || (facts->st_mode & 077) != 0)) {
        EVP_PKEY_free(pkey);
        return ay_fail(err, ASSAY_EUSAGE,
                       "key file '%s' holds a private key but others can get at it; it must be yours, with mode 0600",
                       "密钥文件“%s”含有私钥，但他人可以访问；该文件须归您所有，权限为 0600", path);
    }
    return ay_key_adopt(pkey, is_private, ret, err);
}

static assay_status load(int fd, const char *path, ay_key **ret, assay_err *err)
{
    char text[AY_KEY_FILE_BYTES];
    size_t len = 0;
    struct stat facts;
    if (fstat(fd, &facts) != 0) return fail_file(path, err);
    AY_FAIL_IF(!S_ISREG(facts.st_mode), err, ASSAY_EUSAGE, "key file '%s' is no ordinary file",
               "密钥文件“%s”不是普通文件", path);
    assay_status st = read_all(fd, path, text, &len, err);
    if (st == ASSAY_OK) st = take_key(path, &facts, (ay_str){text, len}, ret, err);
    OPENSSL_cleanse(text, sizeof text);
    return st;
}

assay_status ay_key_load(const char *path, ay_key **ret, assay_err *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* opening a pipe must not wait */
    if (fd < 0) return fail_file(path, err);
    const assay_status st = load(fd, path, ret, err);
    (void)close(fd);
    return st;
}

/* ---- Storing ---- */

static bool write_all(int fd, const char *bytes, size_t len)
{
    for (size_t done = 0; done < len;) {
        const ssize_t n = write(fd, bytes + done, len - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        done += (size_t)n;
    }
    return fsync(fd) == 0;
}

static assay_status store(BIO *pem, const char *path, assay_err *err)
{
    char *text = NULL;
    const long len = BIO_get_mem_data(pem, &text);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_file(path, err);
    const bool written = write_all(fd, text, (size_t)len);
    const int number = errno;
    if (close(fd) == 0 && written) return ASSAY_OK;
    if (!written) errno = number;
    const assay_status st = fail_file(path, err);
    (void)unlink(path);
    return st;
}

assay_status ay_key_store(const ay_key *key, const char *path, assay_err *err)
{
    AY_FAIL_IF(!key->is_private, err, ASSAY_EUSAGE, "a public key has no private part to store",
               "公钥没有可保存的私钥部分");
    BIO *pem = BIO_new(BIO_s_secmem());
    const bool ok = pem && PEM_write_bio_PrivateKey(pem, key->pkey, NULL, NULL, 0, NULL, NULL) == 1;
    const assay_status st =
        ok ? store(pem, path, err)
           : ay_fail(err, ASSAY_EINTERNAL, "libcrypto cannot write the key as PEM", "libcrypto 无法将密钥写为 PEM");
    BIO_free(pem);
    ERR_clear_error();
    return st;
}

assay_status ay_key_put_pem(const ay_key *key, ay_buf *out, assay_err *err)
{
    char *text = NULL;
    BIO *pem = BIO_new(BIO_s_mem());
    const bool ok = pem && PEM_write_bio_PUBKEY(pem, key->pkey) == 1;
    if (ok) {
        const long len = BIO_get_mem_data(pem, &text);
        ay_buf_put(out, text, (size_t)len);
    }
    BIO_free(pem);
    ERR_clear_error();
    AY_FAIL_IF(!ok, err, ASSAY_EINTERNAL, "libcrypto cannot write the key as PEM", "libcrypto 无法将密钥写为 PEM");
    return ay_buf_status(out, err);
}
